#include "lapse/zip.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>

#include "lapse/alloc.h"
#include "lapse/error.h"

#define WINDOW 15	/* zlib: the largest */
#define GZIP (WINDOW + 16)
#define MEMORY 8	/* zlib's default */

/*
 * Before each run zlib clears its table of what it has seen, which takes longer than to pack a small text. For these
 * there is a stream whose table is small: their window is as large as they are.
 */
#define SMALL ((size_t)4096)
#define SMALL_WINDOW 12
#define SMALL_MEMORY 5

struct lapse_deflate {
	z_stream z;
	z_stream small;
	bool has_small;
};

static void
init(z_stream *z, int level, int window, int memory)
{
	if (deflateInit2(z, level, Z_DEFLATED, window, memory, Z_DEFAULT_STRATEGY) != Z_OK)
		lapse_out_of_memory();
}

struct lapse_deflate *
lapse_deflate_new(int level)
{
	struct lapse_deflate *deflate = lapse_alloc(1, sizeof(*deflate));

	init(&deflate->z, level, WINDOW, MEMORY);
	init(&deflate->small, level, SMALL_WINDOW, SMALL_MEMORY);
	deflate->has_small = true;
	return deflate;
}

struct lapse_deflate *
lapse_gzip_new(int level)
{
	struct lapse_deflate *deflate = lapse_alloc(1, sizeof(*deflate));

	init(&deflate->z, level, GZIP, MEMORY);
	return deflate;
}

void
lapse_deflate_free(struct lapse_deflate *deflate)
{
	if (deflate == NULL)
		return;
	deflateEnd(&deflate->z);
	if (deflate->has_small)
		deflateEnd(&deflate->small);
	free(deflate);
}

static z_stream *
stream_for(struct lapse_deflate *packer, size_t len)
{
	return packer->has_small && len <= SMALL ? &packer->small : &packer->z;
}

size_t
lapse_deflate_bound(struct lapse_deflate *packer, size_t len)
{
	return deflateBound(stream_for(packer, len), (uLong)len);
}

size_t
lapse_deflate_run(struct lapse_deflate *packer, void *out, size_t room, const void *data, size_t len)
{
	z_stream *z = stream_for(packer, len);
	int rc;

	deflateReset(z);
	z->next_in = (Bytef *)(uintptr_t)data;	/* zlib only reads it */
	z->avail_in = (uInt)len;
	z->next_out = out;
	z->avail_out = (uInt)room;
	rc = deflate(z, Z_FINISH);
	assert(rc == Z_STREAM_END);	/* deflateBound() promises the room */
	(void)rc;
	return z->total_out;
}

static int
inflate_into(z_stream *z, void *out, size_t size, const void *data, size_t len)
{
	int rc;

	*z = (z_stream){ .next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)len };
	if (len > UINT32_MAX || size > UINT32_MAX)
		return Z_DATA_ERROR;
	if (inflateInit(z) != Z_OK)
		lapse_out_of_memory();
	z->next_out = out;
	z->avail_out = (uInt)size;
	rc = inflate(z, Z_FINISH);
	inflateEnd(z);
	return rc;
}

int
lapse_inflate(void *out, size_t size, const void *data, size_t len)
{
	z_stream z;

	if (inflate_into(&z, out, size, data, len) != Z_STREAM_END || z.total_out != size)
		return lapse_fail(LAPSE_EFORMAT, "compressed data that is damaged or cut short");
	return 0;
}

int
lapse_inflate_head(void *out, size_t room, const void *data, size_t len)
{
	z_stream z;
	int rc = inflate_into(&z, out, room, data, len);

	/* Z_BUF_ERROR: the room is full, or the data ends; either way these bytes are right. */
	if (rc != Z_STREAM_END && rc != Z_BUF_ERROR && rc != Z_OK)
		return lapse_fail(LAPSE_EFORMAT, "compressed data that is damaged");
	return (int)z.total_out;
}

size_t
lapse_inflate_max(size_t len)
{
	return len > SIZE_MAX / 2048 ? SIZE_MAX : len * 1032 + 64;
}

uint32_t
lapse_crc32_add(uint32_t crc, const void *data, size_t len)
{
	return (uint32_t)crc32_z(crc, data, len);
}

uint32_t
lapse_crc32(const void *data, size_t len)
{
	return lapse_crc32_add(0, data, len);
}
