/* The lines of a text of mail, and the footers that lists add. Private to this floor. */
#ifndef SOURCE_MAIL_LINES_H
#define SOURCE_MAIL_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lapse_mail_line {
	const char *text;
	size_t len;		/* without its end, and without blanks before that */
	const char *next;	/* where the next one begins */
};

/* The line that begins at `p`; false at the end of the text. */
bool lapse_mail_line_at(struct lapse_mail_line *out, const char *p, const char *end);

bool lapse_mail_line_is(const struct lapse_mail_line *line, const char *text);
bool lapse_mail_line_begins(const struct lapse_mail_line *line, const char *text);
bool lapse_mail_line_ends(const struct lapse_mail_line *line, const char *text);
bool lapse_mail_line_has(const struct lapse_mail_line *line, const char *text);

/*
 * Where the list's footer ends that begins with this line: Google's ("-- ", "You received this message because …"), or Mailman's
 * (a rule of 40 underscores or more, and what the list is); both go to the next blank line. NULL: none begins here.
 */
const char *lapse_mail_footer_end(const struct lapse_mail_line *line, const char *end);

#endif
