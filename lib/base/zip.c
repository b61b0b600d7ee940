#include "lapse/zip.h"

#include <assert.h>
#include <stdlib.h>
#include <zlib.h>

#include "lapse/alloc.h"
#include "lapse/error.h"

struct lapse_deflate {
	z_stream z;
};

#define WINDOW 15	/* zlib: the largest */
#define GZIP (WINDOW + 16)

static struct lapse_deflate *
deflate_new(int level, int window)
{
	struct lapse_deflate *deflate = lapse_alloc(1, sizeof(*deflate));

	if (deflateInit2(&deflate->z, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		lapse_out_of_memory();
	return deflate;
}

struct lapse_deflate *
lapse_deflate_new(int level)
{
	return deflate_new(level, WINDOW);
}

struct lapse_deflate *
lapse_gzip_new(int level)
{
	return deflate_new(level, GZIP);
}

void
lapse_deflate_free(struct lapse_deflate *deflate)
{
	if (deflate == NULL)
		return;
	deflateEnd(&deflate->z);
	free(deflate);
}

size_t
lapse_deflate_bound(struct lapse_deflate *packer, size_t len)
{
	return deflateBound(&packer->z, (uLong)len);
}

size_t
lapse_deflate_run(struct lapse_deflate *packer, void *out, size_t room, const void *data, size_t len)
{
	z_stream *z = &packer->z;
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
