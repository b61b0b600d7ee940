/* HTML as anybody writes it, made plain before a parser sees it. Private to this floor. */
#ifndef SOURCE_MAIL_HTML_PLAIN_H
#define SOURCE_MAIL_HTML_PLAIN_H

#include <stddef.h>

#include "lapse/buf.h"

/*
 * Append HTML that reads the same, of the tags <p> (a paragraph begins), <br>, <hr> (a line
 * begins), <blockquote>, <pre> and <a href="…"> alone: not nested but for block
 * quotes, and those 16 deep at most, with no other attribute, and each of them closed. Comments, scripts, styles and titles are left out.
 * libxml2 takes time by the square of a tag's attributes, and by the depth of what is open for each tag that closes nothing:
 * here there are neither. 0 or LAPSE_ETOOBIG.
 */
int lapse_mail_html_plain(struct lapse_buf *out, const char *html, size_t len);

#endif
