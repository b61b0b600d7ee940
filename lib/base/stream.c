#include "lapse/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lapse/alloc.h"
#include "lapse/error.h"

#define CHUNK ((size_t)32 * 1024)
#define SHORT_PATH "%.1000s"	/* leaves room for the cause in a sentence */
#define GZIP_WINDOW (15 + 16)	/* zlib: the largest window, gzip framing only */

/* A file as where bytes come from. */
struct file {
	int fd;			/* -1: none */
	bool ended;		/* a terminal must not be asked again */
	unsigned char data[CHUNK];
};

struct lapse_stream {
	lapse_stream_fn *fn;
	void *payload;
	struct file *file;	/* its own, when it opened one */
	enum { UNKNOWN, PLAIN, GZIP } form;
	z_stream z;
	const char *in;		/* what came and was not unpacked yet */
	size_t in_len;
	bool whole;		/* a member has ended, and no other begun */
	unsigned char out[CHUNK];
};

/* ---- files ---- */

/* Fill the chunk as far as the input goes: gzip's mark is never split, and short reads cost nothing. */
static int
read_file(const char **data, size_t *len, void *payload)
{
	struct file *file = payload;
	size_t have = 0;

	while (have < CHUNK && !file->ended) {
		ssize_t n = read(file->fd, file->data + have, CHUNK - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "cannot read");
		file->ended = n == 0;
		have += (size_t)n;
	}
	*data = (const char *)file->data;
	*len = have;
	return have > 0;
}

/* Not blocking: or a FIFO would wait for its writer before it can be refused. */
static int
open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return lapse_fail_errno(errno == ENOENT ? LAPSE_ENOTFOUND : LAPSE_EFAIL, "cannot open");
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return lapse_fail(LAPSE_EFAIL, "not a regular file");
}

int
lapse_stream_open(struct lapse_stream **out, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open_regular(path);
	struct file *file;

	*out = NULL;
	if (fd < 0)
		return lapse_context(fd, SHORT_PATH, path);
	file = lapse_alloc(1, sizeof(*file));
	file->fd = fd;
	*out = lapse_stream_new(read_file, file);
	(*out)->file = file;
	return 0;
}

/* ---- streams ---- */

struct lapse_stream *
lapse_stream_new(lapse_stream_fn *fn, void *payload)
{
	struct lapse_stream *stream = lapse_alloc(1, sizeof(*stream));

	stream->fn = fn;
	stream->payload = payload;
	return stream;
}

void
lapse_stream_free(struct lapse_stream *stream)
{
	if (stream == NULL)
		return;
	if (stream->form == GZIP)
		inflateEnd(&stream->z);
	if (stream->file != NULL && stream->file->fd != STDIN_FILENO)
		close(stream->file->fd);
	free(stream->file);
	free(stream);
}

static int
fetch(struct lapse_stream *stream)
{
	int rc;

	do
		rc = stream->fn(&stream->in, &stream->in_len, stream->payload);
	while (rc > 0 && stream->in_len == 0);
	if (rc <= 0)
		stream->in_len = 0;
	return rc;
}

/* The first bytes say what it is. */
static int
begin(struct lapse_stream *stream)
{
	int rc = fetch(stream);

	if (rc <= 0)
		return rc;
	stream->form = PLAIN;
	if (stream->in_len < 2 || memcmp(stream->in, "\x1f\x8b", 2) != 0)
		return 1;
	if (inflateInit2(&stream->z, GZIP_WINDOW) != Z_OK)
		lapse_out_of_memory();
	stream->form = GZIP;
	return 1;
}

static int
next_plain(struct lapse_stream *stream, const char **data, size_t *len)
{
	int rc = stream->in_len > 0 ? 1 : fetch(stream);

	*data = stream->in;
	*len = stream->in_len;
	stream->in_len = 0;
	return rc;
}

/* Unpack some of what came; one member may follow another. */
static int
inflate_some(struct lapse_stream *stream)
{
	z_stream *z = &stream->z;
	int status;

	if (stream->whole)
		inflateReset(z);
	stream->whole = false;
	z->next_in = (Bytef *)(uintptr_t)stream->in;	/* zlib only reads it */
	z->avail_in = stream->in_len < UINT32_MAX ? (uInt)stream->in_len : UINT32_MAX;
	z->next_out = stream->out;
	z->avail_out = CHUNK;
	status = inflate(z, Z_NO_FLUSH);
	if (status == Z_MEM_ERROR)
		lapse_out_of_memory();
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		return lapse_fail(LAPSE_EFORMAT, "damaged gzip data");
	stream->whole = status == Z_STREAM_END;
	stream->in_len -= (size_t)((const char *)z->next_in - stream->in);
	stream->in = (const char *)z->next_in;
	return 0;
}

/* What zlib still holds comes out even when no more goes in: it filled the room it had. */
static int
next_gzip(struct lapse_stream *stream, const char **data, size_t *len)
{
	bool filled = stream->z.next_out != NULL && stream->z.avail_out == 0 && !stream->whole;

	for (;;) {
		int rc = stream->in_len > 0 || filled ? 1 : fetch(stream);

		if (rc < 0)
			return rc;
		if (rc == 0)
			return stream->whole ? 0 : lapse_fail(LAPSE_EFORMAT, "truncated gzip data");
		rc = inflate_some(stream);
		if (rc < 0)
			return rc;
		filled = stream->z.avail_out == 0 && !stream->whole;
		*data = (const char *)stream->out;
		*len = CHUNK - stream->z.avail_out;
		if (*len > 0)
			return 1;
	}
}

int
lapse_stream_next(struct lapse_stream *stream, const char **data, size_t *len)
{
	int rc = stream->form == UNKNOWN ? begin(stream) : 1;

	if (rc > 0)
		rc = stream->form == GZIP ? next_gzip(stream, data, len) : next_plain(stream, data, len);
	return rc;
}

int
lapse_stream_read(struct lapse_buf *out, struct lapse_stream *stream)
{
	const char *data;
	size_t len;
	int rc = lapse_buf_add(out, "", 0);

	while (rc >= 0 && (rc = lapse_stream_next(stream, &data, &len)) > 0)
		rc = lapse_buf_add(out, data, len);
	return rc;
}

/* ---- memory ---- */

struct memory {
	const void *data;
	size_t len;
};

static int
read_memory(const char **data, size_t *len, void *payload)
{
	struct memory *memory = payload;

	*data = memory->data;
	*len = memory->len;
	memory->len = 0;
	return *len > 0;
}

int
lapse_gzip_unpack(struct lapse_buf *out, const void *data, size_t len)
{
	struct memory memory = { data, len };
	struct lapse_stream *stream;
	int rc;

	if (len < 2 || memcmp(data, "\x1f\x8b", 2) != 0)
		return lapse_fail(LAPSE_EFORMAT, "not gzip data");
	stream = lapse_stream_new(read_memory, &memory);
	rc = lapse_stream_read(out, stream);
	lapse_stream_free(stream);
	return rc;
}
