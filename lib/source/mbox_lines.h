/* An mbox line by line, and which of them are From_ lines. Private to this floor. */
#ifndef LAPSE_SOURCE_MBOX_LINES_H
#define LAPSE_SOURCE_MBOX_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line of this length comes whole; of a longer one at least so much comes first. */
#define LAPSE_MBOX_PIECE ((size_t)4096)

/* A line or, of a long one, a piece. */
struct lapse_mbox_piece {
	const char *data;	/* borrowed until the next is asked for */
	size_t len;		/* with the line's end */
	uint64_t offset;	/* in the file, unpacked */
	int64_t line;		/* from 1 */
	bool starts;		/* its line */
	bool is_blank;		/* a line with nothing in it */
	bool after_blank;	/* it is the first line, or the one before is blank */
	bool is_from;		/* a From_ line by its date and by what follows; what is before it is not asked */
};

struct lapse_mbox_lines;

/* The caller releases it with lapse_mbox_lines_free(), and keeps `path` so long. Failures name the file. */
int lapse_mbox_lines_open(struct lapse_mbox_lines **out, const char *path);
void lapse_mbox_lines_free(struct lapse_mbox_lines *lines);

/* 1 and the next, 0 at the end. */
int lapse_mbox_lines_next(struct lapse_mbox_piece *out, struct lapse_mbox_lines *lines);

#endif
