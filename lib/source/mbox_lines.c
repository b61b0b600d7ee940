#include "mbox_lines.h"

#include <stdlib.h>
#include <string.h>

#include "mbox_from.h"

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/stream.h"

#define WINDOW ((size_t)64 * 1024)
#define SHORT_PATH "%.1000s"	/* leaves room for the cause in a sentence */

struct lapse_mbox_lines {
	struct lapse_stream *stream;
	const char *path;
	const char *in;			/* what came and is not in the window yet */
	size_t in_len;
	bool ended;

	/* Of the next piece: */
	uint64_t offset;
	int64_t line;
	bool starts, after_blank;

	struct lapse_mbox_piece ahead;	/* read to see what follows a From_ line */
	bool has_ahead;
	bool has_text;			/* a line that is not blank came */
	size_t from, to;		/* what of the window is not given yet */
	char window[WINDOW];
	char held[LAPSE_MBOX_PIECE];	/* the From_ line */
};

int
lapse_mbox_lines_open(struct lapse_mbox_lines **out, const char *path)
{
	struct lapse_stream *stream;
	int rc = lapse_stream_open(&stream, path);

	*out = NULL;
	if (rc < 0)
		return rc;
	*out = lapse_alloc(1, sizeof(**out));
	(*out)->stream = stream;
	(*out)->path = path;
	(*out)->line = 1;
	(*out)->starts = (*out)->after_blank = true;
	return 0;
}

void
lapse_mbox_lines_free(struct lapse_mbox_lines *lines)
{
	if (lines == NULL)
		return;
	lapse_stream_free(lines->stream);
	free(lines);
}

/* ---- pieces ---- */

/* More bytes into the window. What is in it is less than a piece then: moving it costs little. */
static int
fill(struct lapse_mbox_lines *lines)
{
	size_t n = lines->to - lines->from;
	int rc = 1;

	if (lines->in_len == 0)
		rc = lapse_stream_next(lines->stream, &lines->in, &lines->in_len);
	if (rc <= 0) {
		lines->in_len = 0;
		lines->ended = true;
		return lapse_context(rc, SHORT_PATH, lines->path);
	}
	memmove(lines->window, lines->window + lines->from, n);
	lines->from = 0;
	lines->to = n;
	n = lines->in_len < WINDOW - n ? lines->in_len : WINDOW - n;
	memcpy(lines->window + lines->to, lines->in, n);
	lines->to += n;
	lines->in += n;
	lines->in_len -= n;
	return 1;
}

/* How long the next piece is; 0 at the end. */
static int
measure(size_t *out, struct lapse_mbox_lines *lines)
{
	for (;;) {
		const char *start = lines->window + lines->from;
		size_t have = lines->to - lines->from;
		const char *end = memchr(start, '\n', have);
		int rc;

		*out = end != NULL ? (size_t)(end + 1 - start) : have;
		if (end != NULL || have >= LAPSE_MBOX_PIECE || lines->ended)
			return 0;
		rc = fill(lines);
		if (rc < 0)
			return rc;
	}
}

static int
next_piece(struct lapse_mbox_piece *out, struct lapse_mbox_lines *lines)
{
	size_t len;
	bool ends;
	int rc = measure(&len, lines);

	if (rc < 0 || len == 0)
		return rc;
	*out = (struct lapse_mbox_piece){ .data = lines->window + lines->from, .len = len, .offset = lines->offset,
	    .line = lines->line, .starts = lines->starts, .after_blank = lines->starts && lines->after_blank };
	ends = out->data[len - 1] == '\n';
	out->is_blank = out->starts && lapse_mbox_is_blank(out->data, len);
	lines->from += len;
	lines->offset += len;
	lines->line += ends;
	lines->starts = ends;
	lines->after_blank = out->is_blank;
	return 1;
}

/* ---- From_ lines ---- */

/* A header; the ">From " line of a mailer that kept the old From_ line; behind the first From_ line also nothing. */
static bool
is_beginning(const struct lapse_mbox_lines *lines, bool is_first)
{
	const struct lapse_mbox_piece *next = &lines->ahead;

	if (is_first && (!lines->has_ahead || next->is_blank))
		return true;
	return lines->has_ahead && (lapse_mbox_is_header(next->data, next->len) ||
	    (next->len > 6 && memcmp(next->data, ">From ", 6) == 0));
}

static bool
may_be_from(const struct lapse_mbox_piece *piece)
{
	struct lapse_mbox_from from;

	return piece->starts && piece->len <= LAPSE_MBOX_FROM_MAX && piece->data[0] == 'F' &&
	    lapse_mbox_from_read(&from, piece->data, piece->len);
}

int
lapse_mbox_lines_next(struct lapse_mbox_piece *out, struct lapse_mbox_lines *lines)
{
	bool is_first;
	int rc = 1;

	if (lines->has_ahead)
		*out = lines->ahead;
	else
		rc = next_piece(out, lines);
	lines->has_ahead = false;
	if (rc <= 0)
		return rc;
	is_first = !lines->has_text;
	lines->has_text |= !out->is_blank;
	if (!may_be_from(out))
		return 1;
	memcpy(lines->held, out->data, out->len);
	out->data = lines->held;
	rc = next_piece(&lines->ahead, lines);
	lines->has_ahead = rc > 0;
	out->is_from = is_beginning(lines, is_first);
	return rc < 0 ? rc : 1;
}
