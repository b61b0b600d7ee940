/* Pages of revisions into the run: private to this floor. */
#ifndef LAPSE_SOURCE_REVISIONS_TAKE_H
#define LAPSE_SOURCE_REVISIONS_TAKE_H

#include "bugzilla.h"

#include "lapse/buf.h"
#include "lapse/revisions.h"

/* Append what to ask for, below the Bugzilla's own address. */
int lapse_revisions_target(struct lapse_buf *out, int64_t bug, int64_t comment);

/* The digest of a post's state, its words and how often it was edited: revisions that were asked for another one are old. `out` holds 65 bytes. */
void lapse_revisions_mark(char *out, const json_t *post);

/* Was it asked by this address? Then of which bug and comment. */
bool lapse_revisions_asked(int64_t *bug, int64_t *comment, const char *uri);

/*
 * Put what a page says of a comment of a bug into the run, dated by the post that is kept: 1 with an offset, 0 without one, so that nothing
 * of it is dated. LAPSE_EFORMAT for a page that is none, or another one's.
 */
int lapse_revisions_take(struct import *run, const struct lapse_buf *page, int64_t bug, int64_t comment);

#endif
