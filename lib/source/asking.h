/* What requests ask for by number, and what one asked for, by its address: private to this floor. */
#ifndef LAPSE_SOURCE_ASKING_H
#define LAPSE_SOURCE_ASKING_H

#include <jansson.h>
#include <stdbool.h>

#include "lapse/buf.h"
#include "lapse/model.h"

/* Append "bug?id=1,2,3" of some items, which are of `size` bytes and begin with a bug's number, an int64_t. */
int lapse_asking_write(struct lapse_buf *out, const void *items, size_t n, size_t size);

/*
 * Narrow an answer to what its request asked for, as a sync does: where it named bugs (/bug/N…, id=N,M), to these. False when
 * nothing of it is kept: the request was for a list of ids (include_fields=id,last_change_time), or for edit counts.
 */
bool lapse_asking_narrow(json_t *answer, const char *uri);

/* Was it for edit counts (edits.h)? */
bool lapse_asking_edits(const char *uri);

/* What a request says that asks for bugs with all of their parts; and was it such a one? */
#define ASKING_ALL "include_fields=_default,comments,history,attachments&exclude_fields=attachments.data"
bool lapse_asking_all(const char *uri);

/* Append the bugs that a request named, ascending. */
void lapse_asking_bugs(struct lapse_ids *out, const char *uri);

#endif
