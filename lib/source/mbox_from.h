/* The lines that begin a message in an mbox, and those of a header. Private to this floor. */
#ifndef LAPSE_SOURCE_MBOX_FROM_H
#define LAPSE_SOURCE_MBOX_FROM_H

#include <stdbool.h>
#include <stddef.h>

#define LAPSE_MBOX_FROM_MAX 1024	/* a longer line is no From_ line */

struct lapse_mbox_from {
	bool is_pipermail;	/* the sender is "user at host", with any one word for "at" */
	bool is_mboxrd;		/* public-inbox's own: it writes mboxrd */
};

/*
 * Is it "From SENDER DATE"? The sender may be any words, or none. The date is (brackets: may be left out) one of
 *   Thu Nov  1 11:19[:12] [ZONE [ZONE]] 2001 [ZONE]	asctime's, the year may have two digits
 *   Thu, 1 Nov 2001 11:19[:12] [ZONE [ZONE]]
 * with "remote from HOST" or nothing behind it; ZONE is "+0100", "+01:00", "CET", "GMT+0100" or "(CET)". `len` is with or without the line's end.
 */
bool lapse_mbox_from_read(struct lapse_mbox_from *out, const char *line, size_t len);

/* Does it look like the line of a header: a name of printable ASCII, and a colon right behind it? */
bool lapse_mbox_is_header(const char *line, size_t len);

/* "\n" or "\r\n". */
bool lapse_mbox_is_blank(const char *line, size_t len);

#endif
