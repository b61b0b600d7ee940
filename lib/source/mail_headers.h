/* The headers of a message, or of a part of one. Private to this floor. */
#ifndef SOURCE_MAIL_HEADERS_H
#define SOURCE_MAIL_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"

/* One as it stands there; `value` is folded, and ends before the line's end. */
struct lapse_mail_header {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

struct lapse_mail_headers {
	size_t nitems;
	size_t cap;
	struct lapse_mail_header *items;	/* as they stand there, the first 10,000 */
	bool broken;		/* they end without an empty line, or are too many */
	bool bad;		/* a text that was asked for is not in UTF-8 */
};

void lapse_mail_headers_init(struct lapse_mail_headers *headers);
void lapse_mail_headers_release(struct lapse_mail_headers *headers);

/*
 * Cut `len` bytes at `data` into headers, which replace the earlier ones; lines "From …" among them are passed over. They end at an
 * empty line, at the first line that is none, or at one that begins with "--" (of a multipart). Returns where the body begins.
 */
const char *lapse_mail_headers_cut(struct lapse_mail_headers *out, const char *data, size_t len);

/* The next header of that name, whatever its case, from *place on, which is moved beyond it; NULL: none is left. */
const struct lapse_mail_header *lapse_mail_headers_next(const struct lapse_mail_headers *headers, size_t *place, const char *name);

/* Its text on one line, without blanks at its ends, in UTF-8; not decoded. */
const char *lapse_mail_header_text(struct lapse_mail_headers *headers, struct lapse_arena *arena, const struct lapse_mail_header *header);

/* The text of the first header of that name, or NULL. */
const char *lapse_mail_headers_text(struct lapse_mail_headers *headers, struct lapse_arena *arena, const char *name);

#endif
