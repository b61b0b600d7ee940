/* What in a message's text is whose: its author's, somebody's that is quoted, the list's. Private to this floor. */
#ifndef SOURCE_MAIL_TEXT_H
#define SOURCE_MAIL_TEXT_H

#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/digest.h"

/*
 * The author's own words: the text without quoted lines and the line that introduces them ("On …, X wrote:"), what Outlook quotes
 * below ("-----Original Message-----", "From: … Sent: …"), the footers of lists, and the signature (from the last "-- ", when up to 30
 * lines follow); no blank lines at its ends.
 */
const char *lapse_mail_own(struct lapse_arena *arena, const char *text, size_t len);

/*
 * The digest of what stays the same however a mail was archived, in hex. It is over the ASCII letters (in lower case) and digits of
 *   - the subject without [tags] and "Re:" at its beginning, and
 *   - the text of the first part that is not blank (`len` bytes): what comes after Mailman's "next part" is left out, as are its notes of
 *     what it scrubbed and lists' footers; so are the words "at" and "(a)", with which archives write "@".
 * Other letters count only where they are more than those: archives in another charset write "?" for them. What else is left out (the
 * author, dates, later parts, attachments) lists and archives rewrite or drop.
 */
char *lapse_mail_alike(char out[LAPSE_SHA256_HEX + 1], const char *subject, const char *text, size_t len);

#endif
