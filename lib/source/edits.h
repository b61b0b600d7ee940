/*
 * How often comments were edited: some accounts are told. It takes a small part of what the comments themselves take, and what
 * it says of a bug is checked against the bug's documents. Private to this floor.
 */
#ifndef LAPSE_SOURCE_EDITS_H
#define LAPSE_SOURCE_EDITS_H

#include <jansson.h>

#include "lapse/buf.h"
#include "lapse/model.h"
#include "lapse/store.h"

/* What of the bugs is asked for then. */
#define EDITS_FIELDS "id,comments.id,comments.count,comments.edit_count,comments.last_change_time,comments.is_private,comments.tags"

/* Append what to ask for. */
int lapse_edits_target(struct lapse_buf *out, const int64_t *ids, size_t n);

/* Does an answer tell edit counts at all? */
bool lapse_edits_are_told(const json_t *answer);

/*
 * Add those bugs of an answer to `same` whose comments are, by what it tells of each, those that the source's thread in
 * a tree has now.
 */
int lapse_edits_compare(struct lapse_ids *same, struct lapse_store *store, const struct lapse_oid *tree, const char *source,
    const json_t *answer);

#endif
