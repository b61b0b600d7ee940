/* public-inbox's repositories (public-inbox-v2-format): one commit a message, which is the file "m". Private to this floor. */
#ifndef SOURCE_INBOX_H
#define SOURCE_INBOX_H

#include "raw.h"

/*
 * Call fn for every message of an inbox: a folder with the epochs git/0.git, git/1.git, …, or a single epoch. Messages that were
 * deleted there (the file "d") are in the history still, and come too. 1, or 0 when `path` is no inbox; a non-zero answer of fn ends
 * it and is returned. LAPSE_EFORMAT for an epoch that cannot be read.
 */
int lapse_inbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload);

#endif
