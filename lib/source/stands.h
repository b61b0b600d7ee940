/* Threads that stand as an earlier capture left them: private to this floor. */
#ifndef LAPSE_SOURCE_STANDS_H
#define LAPSE_SOURCE_STANDS_H

#include "lapse/model.h"
#include "lapse/store.h"

/* Is a commit (40 hex digits) a capture that a tree holds the record of, and has the tree each of these threads just as it left them? 1, 0. */
int lapse_stands(struct lapse_store *store, const struct lapse_oid *tree, const char *source, const char *commit,
    const struct lapse_ids *ids);

#endif
