/* zlib streams (RFC 1950) and gzip members in memory, and CRC-32, by zlib. */
#ifndef LAPSE_ZIP_H
#define LAPSE_ZIP_H

#include <stddef.h>
#include <stdint.h>

struct lapse_deflate;

/* A compressor to be used many times, at level 1 (fast) to 9. The caller releases it with lapse_deflate_free(). */
struct lapse_deflate *lapse_deflate_new(int level);

/* The same, but what it makes are members of gzip files (RFC 1952), without a name and a time. */
struct lapse_deflate *lapse_gzip_new(int level);
void lapse_deflate_free(struct lapse_deflate *deflate);

/* Room that `len` bytes need at most when compressed, and the compressing: `out` has that room. Returns the bytes written. */
size_t lapse_deflate_bound(struct lapse_deflate *packer, size_t len);
size_t lapse_deflate_run(struct lapse_deflate *packer, void *out, size_t room, const void *data, size_t len);

/*
 * Uncompress a whole stream into exactly `size` bytes. LAPSE_EFORMAT when it is damaged,
 * cut short, or of another size; bytes after its end are passed over.
 */
int lapse_inflate(void *out, size_t size, const void *data, size_t len);

/* The first bytes of a stream, at most `room`: how many came, or LAPSE_EFORMAT. */
int lapse_inflate_head(void *out, size_t room, const void *data, size_t len);

/* No stream of `len` bytes holds more than this. */
size_t lapse_inflate_max(size_t len);

/* CRC-32 (RFC 1952 §8) of some bytes; and of bytes that follow those of which it is `crc`. */
uint32_t lapse_crc32(const void *data, size_t len);
uint32_t lapse_crc32_add(uint32_t crc, const void *data, size_t len);

#endif
