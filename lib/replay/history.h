/*
 * The histories that captures brought, joined: a change once seen stays known, even when a later
 * answer leaves it out. Private to this floor.
 */
#ifndef LAPSE_REPLAY_HISTORY_H
#define LAPSE_REPLAY_HISTORY_H

#include "lapse/alloc.h"
#include "lapse/model.h"

/* Who made a change, as the history of one capture spells it: logins are renamed afterwards. */
struct history_who {
	size_t since;		/* the first version (capture) that spells it so */
	const char *who;
	struct history_who *older;	/* NULL: none */
};

struct history_entry {
	struct lapse_change change;	/* `who` as the newest spells it */
	size_t since;			/* the first capture that told it */
	struct history_who *who;	/* the newest */
};

struct history {
	struct lapse_arena *arena;	/* of strings and entries */
	struct history_entry **entries;	/* by time, in one second as the histories list them */
	size_t nentries;
};

void lapse_history_init(struct history *history, struct lapse_arena *arena);
void lapse_history_release(struct history *history);

/* Order of changes of one second: 0 when they are the same but for who made them. */
int lapse_change_cmp(const struct lapse_change *a, const struct lapse_change *b);

/*
 * Add what the history of one capture told (in its order; strings are in the arena). Entries are the same when time,
 * field, both values, comment and attachment are: as many of one kind are known as the richest history
 * listed. Those that are there already keep their order.
 */
void lapse_history_add(struct history *history, const struct lapse_change *changes, size_t nchanges, size_t capture);

#endif
