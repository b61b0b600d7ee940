/* The parts of a message, and its body as one text. Private to this floor. */
#ifndef SOURCE_MAIL_PARTS_H
#define SOURCE_MAIL_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "mail_headers.h"

/* What was found beside the text. */
struct lapse_mail_body {
	size_t nattachments;	/* parts that are no text, or are marked as attachments, or are messages */
	size_t first;		/* where in the text the first part ends that is not blank; 0: there is none */
	bool bad_charset;	/* a charset was guessed, or bytes were replaced */
	bool broken;		/* boundaries missing or not ended, too many or too deep, a type or encoding that is none */
	bool html;		/* some of the text was written as HTML */
};

/*
 * Append the text of a message whose headers and body are given: all parts of type text in their order, each from a new line; of
 * alternatives the plain ones if there are any. Lines end in \n. One pass over the bytes, whatever they are; there are up
 * to 100,000 parts, 1,000 of them of text, up to 32 deep. 0, LAPSE_ETOOBIG, or LAPSE_EFAIL (a library is missing).
 */
int lapse_mail_parts_read(struct lapse_mail_body *out, struct lapse_buf *text, struct lapse_mail_headers *headers,
    const char *body, const char *end);

#endif
