/* SHA-1 (git's pack trailers), by libcrypto. */
#ifndef LAPSE_DIGEST_H
#define LAPSE_DIGEST_H

#include <stddef.h>

#define LAPSE_SHA1_LEN 20

struct lapse_sha1;

/* The caller releases it with lapse_sha1_free(). */
struct lapse_sha1 *lapse_sha1_new(void);
void lapse_sha1_add(struct lapse_sha1 *sha, const void *data, size_t len);

/* Write the digest of all that was added; nothing may be added after. */
void lapse_sha1_end(struct lapse_sha1 *sha, unsigned char out[LAPSE_SHA1_LEN]);
void lapse_sha1_free(struct lapse_sha1 *sha);

#endif
