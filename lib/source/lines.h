/* A file line by line, unpacked if it is packed. Private to this floor. */
#ifndef SOURCE_LINES_H
#define SOURCE_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "lapse/buf.h"
#include "lapse/stream.h"

#define MESSAGE_MAX ((size_t)1 << 30)

struct lines {
	const char *path;
	struct lapse_stream *stream;
	const char *data;	/* what is left of the last piece */
	size_t len;
	int64_t number;		/* of the line that came last, from 1 */
	uint64_t end;		/* bytes up to its end */
};

int lines_open(struct lines *out, const char *path);
void lines_close(struct lines *lines);

/* Append the next line with its end, if it has one, after emptying the buffer: 1, or 0 at the end. LAPSE_ETOOBIG by its ceiling. Failures name file and line. */
int lines_next(struct lapse_buf *line, struct lines *lines);

/* Is a line of `len` bytes nothing but its end? */
bool lines_is_empty(const char *line, size_t len);

#endif
