/* An mbox of which it is known what it is, cut. Private to this floor. */
#ifndef LAPSE_SOURCE_MBOX_CUT_H
#define LAPSE_SOURCE_MBOX_CUT_H

#include "mbox_look.h"
#include "raw.h"

/*
 * Call fn for each message; its first negative answer ends it and is returned. Failures name the file and the line. A file that has
 * become another since it was looked at is cut all the same, but for what the look has told.
 */
int lapse_mbox_cut(const char *path, const struct lapse_mbox_form *form, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload);

#endif
