/*
 * Mailboxes of the mbox family (RFC 4155 and its relatives), and months of pipermail. Private to this floor.
 *
 * A message begins at a line "From …" that stands at the file's beginning or after an empty line, ends in a date as asctime()
 * writes it (with or without seconds, a zone, "remote from …"), and is followed by a header; any other is text. It ends
 * before the empty line that precedes the next one, or the file's end.
 *
 * What is quoted is told from the whole file:
 *   pipermail  the first "From " names "somebody at host": nothing is quoted
 *   mboxcl2    most messages have a Content-Length that ends just at the next one, and no line begins with ">From "
 *   mboxcl     the same, and some do: one ">" goes
 *   mboxo      some text has lines "From …" as they are: so only what could be taken for a beginning was quoted, and of ">From "
 *              after an empty line one ">" goes
 *   mboxrd     all others: of ">From ", ">>From ", … one ">" goes
 * A mailbox that quoted ">From " but not ">>From " cannot be told from mboxrd, unless it is the text's own: then a ">" goes too many.
 */
#ifndef SOURCE_MBOX_H
#define SOURCE_MBOX_H

#include <stdbool.h>

#include "raw.h"

/* Does a file that begins with this line (of `len` bytes) look like a mailbox, or like one message? */
bool lapse_mbox_begins(const char *line, size_t len);
bool lapse_mail_begins(const char *line, size_t len);

/* Call fn for each message of a file, which is read twice. As lapse_mailbox_each(). */
int lapse_mbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload);

#endif
