/* The end of a run: its objects become the archive's, and last of all the branch moves. */
#ifndef LAPSE_STORE_LAND_H
#define LAPSE_STORE_LAND_H

#include "lock.h"
#include "spool.h"
#include "store_internal.h"

struct store_landing {
	struct lapse_store *store;
	struct store_lock *lock;
	struct store_spool *spool;
	const char *branch;
	const struct lapse_oid *parent;	/* NULL for the first commit */
	bool is_new;			/* the branch is not there yet, whatever the parent */
	struct lapse_oid tree;
	const char *message;
	struct lapse_instant time;
};

/* Write the commit and what it leads to, then move the branch. Clears the lock's note when all went well. */
int store_land(struct lapse_oid *out, const struct store_landing *landing);

#endif
