/* What a file is, told from the whole of it before it is cut. Private to this floor. */
#ifndef LAPSE_SOURCE_MBOX_LOOK_H
#define LAPSE_SOURCE_MBOX_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mbox_lines.h"
#include "mbox_quote.h"

#define LAPSE_MBOX_MESSAGE_MAX ((size_t)1 << 30)

/* How far a message's header came, and what it says of the body's length. */
struct lapse_mbox_head {
	uint64_t body;		/* where the body begins; 0: not yet */
	int64_t length;		/* the first Content-Length that is a number, or -1 */
};

/* Follow a message from its first line on: a piece of it after the other. */
void lapse_mbox_head_start(struct lapse_mbox_head *head);
void lapse_mbox_head_add(struct lapse_mbox_head *head, const struct lapse_mbox_piece *piece);

/* A From_ line. */
struct lapse_mbox_mark {
	uint32_t until;		/* the one before which the message ends by its Content-Length, which is right; the end is one more; 0: none */
	bool after_blank;
};

struct lapse_mbox_form {
	enum { LAPSE_FORM_NONE, LAPSE_FORM_EMPTY, LAPSE_FORM_MESSAGE, LAPSE_FORM_MBOX } kind;
	bool is_mail;			/* a message: a field that mail has is in its header */
	int64_t line;			/* none: the line that says so, and why */
	const char *cause;
	const char *format;		/* an mbox: "mboxrd" and so on; what has to be unquoted; all From_ lines in order */
	enum lapse_mbox_quote quote;
	bool by_length;			/* Content-Length counts where it is right */
	struct lapse_mbox_mark *marks;
	size_t nmarks, cap;
};

/* Read the file once; of one that is no mbox only the header. LAPSE_ETOOBIG: a message of an mbox is over the limit. Failures name the file. */
int lapse_mbox_look(struct lapse_mbox_form *out, const char *path);
void lapse_mbox_form_release(struct lapse_mbox_form *form);

#endif
