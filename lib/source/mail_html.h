/* The text of mail that was written as HTML. Private to this floor. */
#ifndef SOURCE_MAIL_HTML_H
#define SOURCE_MAIL_HTML_H

#include <stddef.h>

#include "lapse/buf.h"

/*
 * Append the text of some HTML, in UTF-8: blocks on lines of their own, quoted ones after "> ", what is preformatted as it is, links'
 * addresses in <> where the text is another. Any bytes are HTML. 0, LAPSE_ETOOBIG, or LAPSE_EFAIL without libxml2.
 */
int lapse_mail_html_read(struct lapse_buf *out, const char *html, size_t len);

#endif
