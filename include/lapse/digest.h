/* SHA-1 (git's pack trailers, other people's WARC files) and SHA-256 (evidence), by libcrypto. */
#ifndef LAPSE_DIGEST_H
#define LAPSE_DIGEST_H

#include <stddef.h>

#define LAPSE_SHA1_LEN 20
#define LAPSE_SHA256_LEN 32
#define LAPSE_SHA256_HEX 64

struct lapse_sha1;
struct lapse_sha256;

/* The caller releases it with lapse_sha1_free(), or lapse_sha256_free(). */
struct lapse_sha1 *lapse_sha1_new(void);
struct lapse_sha256 *lapse_sha256_new(void);

void lapse_sha1_add(struct lapse_sha1 *sha, const void *data, size_t len);
void lapse_sha256_add(struct lapse_sha256 *sha, const void *data, size_t len);

/* Write the digest of all that was added; nothing may be added after. */
void lapse_sha1_end(struct lapse_sha1 *sha, unsigned char out[LAPSE_SHA1_LEN]);
void lapse_sha256_end(struct lapse_sha256 *sha, unsigned char out[LAPSE_SHA256_LEN]);

void lapse_sha1_free(struct lapse_sha1 *sha);
void lapse_sha256_free(struct lapse_sha256 *sha);

/* Lower-case hex digits of `len` bytes; `out` holds 2 * len + 1. Returns `out`. */
char *lapse_hex_format(char *out, const unsigned char *bytes, size_t len);

/* The SHA-256 of some bytes in hex digits; `out` holds LAPSE_SHA256_HEX + 1. Returns `out`. */
char *lapse_sha256_hex(char *out, const void *data, size_t len);

#endif
