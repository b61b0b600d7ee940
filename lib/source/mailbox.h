/* Saved mail cut into messages. Private to this floor. */
#ifndef SOURCE_MAILBOX_H
#define SOURCE_MAILBOX_H

#include "raw.h"

/*
 * Call fn for each message of a path: a file, plain or gzip, or a folder, of which all files count (recursively, by the bytes of
 * their paths; hidden ones and links not; those in "tmp" beside "cur" not). A file is told by looking: one message where it is named
 * .eml, lies in "cur" or "new", or begins with a header; else a mailbox (mbox.h). An empty file holds none. The data are valid until fn
 * returns; memory is that of the largest message. fn's non-zero answer ends it and is returned. LAPSE_EFORMAT for what is no
 * mail, and LAPSE_ETOOBIG for a message over 1 GiB: both name file and line.
 */
int lapse_mailbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload);

#endif
