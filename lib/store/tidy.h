/*
 * Many small runs leave many small files. This gathers loose objects into a
 * pack, and small packs into a larger one, so that reading stays fast. What
 * is deleted stands durably somewhere else before.
 */
#ifndef LAPSE_STORE_TIDY_H
#define LAPSE_STORE_TIDY_H

#include "lock.h"
#include "store_internal.h"

/* After a run. What cannot be gathered stays as it is: nothing is lost by failing, so nothing is reported. */
void store_tidy(struct lapse_store *store, struct store_lock *lock);

/* Put the loose objects that can be read into a pack. */
int store_gather(struct lapse_store *store);

/* Put small packs that are whole into one, when there are too many. */
int store_merge(struct lapse_store *store, struct store_lock *lock);

/* Delete the packs that another replaces, as a "sweep" note names them, if that one is there. */
int store_sweep(const struct lapse_store *store, const char *note);

#endif
