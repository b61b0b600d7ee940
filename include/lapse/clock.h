/*
 * The clocks: from a thread as it stood, the parties and a policy, every
 * obligation with its exact gap. The only arithmetic with meaning; pure: no I/O, no "now" of its
 * own (thread->at is the moment of evaluation).
 */
#ifndef LAPSE_CLOCK_H
#define LAPSE_CLOCK_H

#include <stddef.h>

#include "lapse/model.h"
#include "lapse/party.h"
#include "lapse/policy.h"

enum lapse_state {
	LAPSE_STATE_MET, LAPSE_STATE_LATE, LAPSE_STATE_RUNNING,
	LAPSE_STATE_OVERDUE, LAPSE_STATE_MOOT, LAPSE_STATE_UNPROVEN
};
enum lapse_stop {
	LAPSE_STOP_NONE, LAPSE_STOP_POST, LAPSE_STOP_FLAG, LAPSE_STOP_WITHDRAWN,
	LAPSE_STOP_RESCHEDULED, LAPSE_STOP_CLOSED
};
enum lapse_due_by { LAPSE_DUE_LIMIT, LAPSE_DUE_NEXT_UPDATE };

/* Doubts are a set; their names sort as the bits do. */
enum lapse_doubt {
	LAPSE_DOUBT_ANSWER = 1 << 0,
	LAPSE_DOUBT_COUNTING = 1 << 1,
	LAPSE_DOUBT_EARLY_UPDATE = 1 << 2,
	LAPSE_DOUBT_HISTORY = 1 << 3,
	LAPSE_DOUBT_OPENER = 1 << 4,
	LAPSE_DOUBT_RULE = 1 << 5,
	LAPSE_DOUBT_SETTER = 1 << 6
};
#define LAPSE_NDOUBTS 7

const char *lapse_state_name(enum lapse_state state);
const char *lapse_stop_name(enum lapse_stop stop);	/* NULL for none */
const char *lapse_due_by_name(enum lapse_due_by due_by);
const char *lapse_doubt_name(size_t bit);		/* by bit number, 0 to LAPSE_NDOUBTS - 1 */

/* One duty under one rule. Pointers are borrowed from the thread, the parties and the policy. */
struct lapse_obligation {
	const struct lapse_rule *rule;
	const struct lapse_party *owner;
	const struct lapse_post *post;		/* the duty's post; NULL for needinfo */
	const char *opened_by;
	struct lapse_instant arose;
	struct lapse_instant opened;
	struct lapse_instant due;
	struct lapse_instant stopped;		/* LAPSE_NEVER when nothing stopped it */
	const struct lapse_post *stopped_by;	/* NULL unless a post did */
	enum lapse_stop stopped_how;
	enum lapse_due_by due_by;
	enum lapse_state state;
	int64_t gap_seconds;	/* end - opened; -1 where there is none (moot, unproven) */
	int64_t late_seconds;	/* what of the gap lies after due */
	unsigned doubts;	/* of late and overdue ones; 0 is firm */
};

/* Is it a breach: late or overdue? */
bool lapse_obligation_is_breach(const struct lapse_obligation *o);

struct lapse_obligations {
	struct lapse_obligation *items;
	size_t nitems;
	size_t cap;
};
void lapse_obligations_init(struct lapse_obligations *list);
void lapse_obligations_release(struct lapse_obligations *list);

/*
 * Empty the list and fill it with every obligation of a thread at thread->at, sorted by
 * opened, post, rule's id. None without an owner. Rules with `unevaluated` are passed over.
 */
void lapse_obligations_compute(struct lapse_obligations *list, const struct lapse_thread *thread,
    const struct lapse_party *owner, const struct lapse_parties *parties, const struct lapse_policy *policy);

#endif
