/*
 * One run at a time. The lock is flock() on a file that stays; what is in it
 * says what a run was about, so that the next knows which leftovers of a
 * killed one it may clear: "run"; "ref NAME ID" once it is moving the branch;
 * "sweep PACK" and the packs that it replaces. A last line "end" follows.
 */
#ifndef LAPSE_STORE_LOCK_H
#define LAPSE_STORE_LOCK_H

#include "store_internal.h"

struct store_lock;

/* Take it, waiting as LAPSE_LOCK_WAIT says, and clear what a killed run left. The caller releases it with store_lock_free(). */
int store_lock_take(struct store_lock **out, struct lapse_store *store);
void store_lock_free(struct store_lock *lock);

/* How many seconds the user has patience for others: LAPSE_LOCK_WAIT of the environment, 10 without it. */
long store_lock_patience(void);

/* Say in the lock what the run is about to do; with `durable`, a power cut cannot lose it. */
int store_lock_note(struct store_lock *lock, bool durable, const char *text);

/* Nothing of ours is left over. Without this the note stays for the next run to act on. */
void store_lock_clear(struct store_lock *lock);

/* The lock that a run holds, and the archive that it is of. Borrowed from `batch`. */
struct store_lock *store_batch_lock(const struct lapse_batch *batch);
struct lapse_store *store_batch_store(const struct lapse_batch *batch);

#endif
