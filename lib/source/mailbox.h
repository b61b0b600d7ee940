/*
 * Mailboxes cut into messages. Private to this floor. A path is:
 *
 * - an mbox, or a month of pipermail's. A line begins a message (is a From_ line) at the start of the file and after an empty line,
 *   when a date ends it (mbox_from.h says which) and a header, or a ">From " line as old mailers put there, follows; behind the first
 *   one may also be nothing. All other lines are the message's own. One empty line before the next From_ line or the end belongs to
 *   the mailbox, not to the message. Empty lines may precede the first.
 * - one message: a file that begins with a header in which is a field that mail has; with any header when it is named .eml.
 * - a Maildir (what is in cur and new, whatever it is; not tmp), or any other folder: all mailboxes and messages below it, in byte order
 *   of their paths. Links are not followed, hidden files, empty ones, and those that are no mail are passed over; but what is named
 *   .eml and is no mail is refused.
 *
 * Files may be gzip. An mbox is read twice, first to tell what it is, and memory holds one message and a few bytes for each of the
 * others; so standard input and pipes are refused.
 *
 * What an mbox is, is told from the whole of it, for nothing in it says so:
 * - pipermail: most From_ lines have "user at host". Nothing is unquoted: pipermail does not quote.
 * - mboxcl, mboxcl2: of at least half of the messages the Content-Length is right, that is, they end just before a From_ line (or the
 *   empty line before it), or at the end of the file. Those messages are cut by it; a wrong one is passed over. mboxcl when some body
 *   line begins with ">From " and none with "From ": one '>' goes then. Else mboxcl2: nothing is quoted.
 * - mboxrd: From_ lines are public-inbox's own ("mboxrd@z"); or some body line begins with ">>From ", and none with "From ". Of lines
 *   that begin with '>'s and "From " one '>' goes.
 * - mboxo: all else. ">From " loses its '>'. Where there is no line with more than one '>' that is just what mboxrd would mean, so the
 *   name does not matter then. ">From " that was in the mail itself is lost with mboxo, whoever reads it, but where it can be told that
 *   the writer quotes nothing, nothing is unquoted: a body line begins with "From " behind an empty line. And when such lines
 *   are only elsewhere, the writer quotes only where it has to, and only there a '>' goes: behind an empty line.
 * Only bodies are unquoted.
 */
#ifndef LAPSE_SOURCE_MAILBOX_H
#define LAPSE_SOURCE_MAILBOX_H

#include "raw.h"

/*
 * Call fn for every message; what it gets is borrowed until it returns. Its first negative answer ends it and is returned.
 * LAPSE_EFORMAT: no mailbox, a folder without mail, or gzip data that is damaged or cut short (nothing of that file came then);
 * LAPSE_ETOOBIG: a message of more than 1 GiB. An empty file has no messages. Failures name the file, and its line where there is one.
 */
int lapse_mailbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload);

/* The same; `skipped` is told of each file of a folder that is no mail, and why. */
int lapse_mailbox_each_but(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload),
    void (*skipped)(const char *path, const char *cause, void *payload), void *payload);

#endif
