/*
 * The clocks: from a thread as it stood, the parties and a policy, every
 * obligation with its exact gap. The only arithmetic with meaning; pure: no I/O, no "now" of its
 * own (thread->at is the moment of evaluation).
 */
#ifndef LAPSE_CLOCK_H
#define LAPSE_CLOCK_H

#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/model.h"
#include "lapse/party.h"
#include "lapse/policy.h"
#include "lapse/whiteboard.h"

enum lapse_state {
	LAPSE_STATE_MET, LAPSE_STATE_LATE, LAPSE_STATE_RUNNING,
	LAPSE_STATE_OVERDUE, LAPSE_STATE_MOOT, LAPSE_STATE_UNPROVEN
};
enum lapse_stop {
	LAPSE_STOP_NONE, LAPSE_STOP_POST, LAPSE_STOP_FLAG, LAPSE_STOP_WITHDRAWN,
	LAPSE_STOP_RESCHEDULED, LAPSE_STOP_CLOSED
};
enum lapse_due_by { LAPSE_DUE_LIMIT, LAPSE_DUE_NEXT_UPDATE };

/* What brought a duty, its rule and an open thread together. */
enum lapse_opening {
	LAPSE_OPENED_RAISED,		/* the duty arose: x is t */
	LAPSE_OPENED_RULE,		/* the rule came into force over a standing duty */
	LAPSE_OPENED_REOPENING,		/* the thread was opened again, the duty unfulfilled */
	LAPSE_OPENED_RESCHEDULED	/* a new date ended the breach before it */
};

/* Doubts are a set; their names sort as the bits do. */
enum lapse_doubt {
	LAPSE_DOUBT_ANSWER = 1 << 0,
	LAPSE_DOUBT_COUNTING = 1 << 1,
	LAPSE_DOUBT_EARLY_UPDATE = 1 << 2,
	LAPSE_DOUBT_HISTORY = 1 << 3,
	LAPSE_DOUBT_OPENER = 1 << 4,
	LAPSE_DOUBT_RULE = 1 << 5,
	LAPSE_DOUBT_SETTER = 1 << 6,
	LAPSE_DOUBT_TIME = 1 << 7
};
#define LAPSE_NDOUBTS 8

const char *lapse_state_name(enum lapse_state state);
const char *lapse_stop_name(enum lapse_stop stop);	/* NULL for none */
const char *lapse_due_by_name(enum lapse_due_by due_by);
const char *lapse_doubt_name(size_t bit);		/* by bit number, 0 to LAPSE_NDOUBTS - 1 */

/* What a date in the whiteboard did to the due time of an obligation. */
enum lapse_effect {
	LAPSE_EFFECT_DUE,		/* the date is the due time now */
	LAPSE_EFFECT_LIMIT,		/* the due time had come from a date: the limit counts anew from here */
	LAPSE_EFFECT_RESCHEDULED,	/* it came after the due time, and ended the breach */
	LAPSE_EFFECT_SPENT,		/* none: it had begun when the obligation opened */
	LAPSE_EFFECT_OVER,		/* none: it had ended when it was set */
	LAPSE_EFFECT_NONE,		/* none: no date, and the due time had not come from one */
	LAPSE_EFFECT_TOO_LATE,		/* none: a date was taken away after the due time */
	LAPSE_EFFECT_OWNER		/* none: the owner made the change */
};

/* One change of the date in the whiteboard, as it bore on one obligation. */
struct lapse_turning {
	enum lapse_effect effect;
	const struct lapse_step *step;	/* the change; with `before`, the one that put it in force; NULL: it stood at first */
	bool before;			/* it stood already when the obligation opened */
	bool setter;			/* not known to be a root program's */
	enum lapse_next_update was;	/* what the whiteboard said before it, and its date */
	struct lapse_day was_day;
	enum lapse_next_update is;	/* what it says after it, and its date; with `before`: what is in force */
	struct lapse_day is_day;
	struct lapse_instant due;	/* the due time after it */
};

/* How an obligation came about, beyond what it says itself. */
struct lapse_story {
	struct lapse_instant limit;	/* where the rule's limit ends, whatever a date says */
	const struct lapse_turning *turnings;	/* in order */
	size_t nturnings;
};

/* One duty under one rule. Pointers are borrowed from the thread, the parties and the policy. */
struct lapse_obligation {
	const struct lapse_rule *rule;
	const struct lapse_party *owner;
	const struct lapse_post *post;		/* the duty's post; NULL for needinfo */
	const char *flag;			/* the duty's flag, "needinfo?(login)"; NULL for the others */
	size_t flag_order;			/* the number of the change that set it, in thread->changes */
	enum lapse_opening opening;
	const char *opened_by;
	struct lapse_instant arose;
	struct lapse_instant opened;
	struct lapse_instant due;
	struct lapse_instant stopped;		/* LAPSE_NEVER when nothing stopped it */
	const struct lapse_post *stopped_by;	/* NULL unless a post did */
	enum lapse_stop stopped_how;
	size_t stopped_order;			/* the number of the change that did, in thread->changes; LAPSE_ORDER_LAST: none */
	enum lapse_due_by due_by;
	enum lapse_state state;
	int64_t gap_seconds;	/* end - opened; -1 where there is none (moot, unproven) */
	int64_t late_seconds;	/* what of the gap lies after due */
	unsigned doubts;	/* of late and overdue ones; 0 is firm */
	const struct lapse_story *story;	/* NULL unless the list tells stories; borrowed from it */
};

/* Is it a breach: late or overdue? */
bool lapse_obligation_is_breach(const struct lapse_obligation *o);

struct lapse_obligations {
	struct lapse_obligation *items;
	size_t nitems;
	size_t cap;
	bool tells_stories;		/* the caller's wish: each item gets its story */
	struct lapse_arena arena;	/* stories, and what one computation works with */
};
void lapse_obligations_init(struct lapse_obligations *list);
void lapse_obligations_release(struct lapse_obligations *list);

/*
 * Empty the list and fill it with every obligation of a thread at thread->at, sorted by
 * opened, post, rule's id. None without an owner. Rules with `unevaluated` are passed over.
 */
void lapse_obligations_compute(struct lapse_obligations *list, const struct lapse_thread *thread,
    const struct lapse_party *owner, const struct lapse_parties *parties, const struct lapse_policy *policy);

/* ---- mailing lists ---- */

/* Is any rule about the threads of its source, evaluated or not? */
bool lapse_policy_is_about(const struct lapse_policy *policy, const struct lapse_thread *thread);

/* A post that is not the owner's, and the owner's first one after it; NULL: none up to thread->at. */
struct lapse_answer_gap {
	const struct lapse_post *post, *answer;
};

/* Call fn for each such post of a thread, oldest first. A non-zero answer of fn ends it, and is returned. */
int lapse_answers_each(const struct lapse_thread *thread, const struct lapse_party *owner, const struct lapse_parties *parties,
    int (*fn)(const struct lapse_answer_gap *gap, void *payload), void *payload);

#endif
