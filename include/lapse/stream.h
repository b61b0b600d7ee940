/*
 * Bytes that come a piece at a time, from a file or from anywhere else; gzip (RFC 1952, any number of members) is
 * recognised by its first bytes and unpacked on the way. Memory does not grow with what is inside.
 */
#ifndef LAPSE_STREAM_H
#define LAPSE_STREAM_H

#include <stddef.h>

#include "lapse/buf.h"

struct lapse_stream;

/* Where bytes come from: 1 and the next ones (borrowed until the next call), 0 at the end, or a failure. */
typedef int lapse_stream_fn(const char **data, size_t *len, void *payload);

/* The caller releases it with lapse_stream_free(). */
struct lapse_stream *lapse_stream_new(lapse_stream_fn *fn, void *payload);
void lapse_stream_free(struct lapse_stream *stream);

/* A regular file, "-" for standard input. Failures to open name it, later ones do not. */
int lapse_stream_open(struct lapse_stream **out, const char *path);

/*
 * The next bytes, unpacked: 1 and at least one byte (borrowed until the next call), 0 at the end. LAPSE_EFORMAT for gzip
 * data that is damaged or ends within a member.
 */
int lapse_stream_next(struct lapse_stream *stream, const char **data, size_t *len);

/* Append all that is left. LAPSE_ETOOBIG when the buffer's ceiling forbids it. */
int lapse_stream_read(struct lapse_buf *out, struct lapse_stream *stream);

/* Unpack gzip data in memory, as a whole: what is not gzip is LAPSE_EFORMAT. */
int lapse_gzip_unpack(struct lapse_buf *out, const void *data, size_t len);

#endif
