/* What a killed run left behind, cleared by the next one, which holds the lock. */
#ifndef LAPSE_STORE_RECOVER_H
#define LAPSE_STORE_RECOVER_H

#include "store_internal.h"

/* `note` is what the run said it was about, "" when it ended well. */
int store_recover(struct lapse_store *store, const char *note);

/* libgit2 moves a new ref by a second link to its lock file: remove the first, if it is still there. */
int store_drop_ref_lock(const struct lapse_store *store, const char *name);

#endif
