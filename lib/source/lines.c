#include "lines.h"

#include <inttypes.h>
#include <string.h>

#include "lapse/error.h"

int
lines_open(struct lines *out, const char *path)
{
	*out = (struct lines){ .path = path };
	return lapse_stream_open(&out->stream, path);
}

void
lines_close(struct lines *lines)
{
	lapse_stream_free(lines->stream);
	lines->stream = NULL;
}

/* Append up to the line's end: 1 when that was there, 0 when more is to come. */
static int
take_piece(struct lapse_buf *line, struct lines *lines)
{
	const char *end = memchr(lines->data, '\n', lines->len);
	size_t n = end != NULL ? (size_t)(end - lines->data) + 1 : lines->len;
	int rc = lapse_buf_add(line, lines->data, n);

	lines->data += n;
	lines->len -= n;
	lines->end += n;
	return rc < 0 ? rc : end != NULL;
}

int
lines_next(struct lapse_buf *line, struct lines *lines)
{
	int rc = 0;

	lapse_buf_reset(line);
	lines->number++;
	while (rc == 0) {
		if (lines->len == 0)
			rc = lapse_stream_next(lines->stream, &lines->data, &lines->len);
		if (rc == 0 && lines->len == 0)
			return line->len > 0;
		if (rc >= 0)
			rc = take_piece(line, lines);
	}
	return rc < 0 ? lapse_context(rc, "%s:%" PRId64, lines->path, lines->number) : 1;
}

bool
lines_is_empty(const char *line, size_t len)
{
	return len == 0 || (len == 1 && (*line == '\n' || *line == '\r')) || (len == 2 && line[0] == '\r' && line[1] == '\n');
}
