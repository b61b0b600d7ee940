/*
 * Questions asked of every thread: each obligation with its exact gap, in
 * order, and what is left of them when the threads are gone.
 */
#ifndef LAPSE_GAPS_H
#define LAPSE_GAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/clock.h"
#include "lapse/replay.h"

/* What is asked: borrowed by whoever answers. */
struct lapse_question {
	struct lapse_view *view;
	const struct lapse_parties *parties;
	const struct lapse_policy *policy;	/* NULL: threads and owners only */
	struct lapse_instant at;
};

/* Which obligations are wanted; zero and LAPSE_NEVER mean all. */
struct lapse_filter {
	const size_t *threads;		/* numbers of the view's threads; NULL: all */
	size_t nthreads;
	int64_t post;			/* of one duty; -1: all */
	const char *owner;		/* a party's id */
	const char *rule;		/* a rule's id */
	const char *clock;		/* a kind's name */
	const char *level;
	bool late;			/* breaches only */
	bool stories;			/* each with its story */
	struct lapse_instant since;	/* by due, both ends included */
	struct lapse_instant until;
};
#define LAPSE_FILTER_ALL ((struct lapse_filter){ .post = -1, .since = LAPSE_NEVER, .until = LAPSE_NEVER })

/* Threads looked at, and those that bear on what the answer can claim. */
struct lapse_tally {
	size_t threads;			/* that existed at their moment */
	size_t unowned;			/* without an owner: no obligations */
	size_t bounded;			/* evaluated before `at`, at the newest capture that covers them */
	struct lapse_instant earliest;	/* of the moments of bounded ones; LAPSE_NEVER: none */
	struct lapse_instant latest;
};

/* One thread with its owner (NULL: none) and its wanted obligations; borrowed until fn returns. A non-zero answer of fn ends it. */
typedef int lapse_gaps_fn(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload);

/*
 * Call fn for every thread that existed, sorted, with the obligations that the filter wants (maybe none),
 * sorted by opened, post, rule. Returns fn's answer, or < 0.
 */
int lapse_gaps_each(const struct lapse_question *question, const struct lapse_filter *filter,
    lapse_gaps_fn *fn, void *payload, struct lapse_tally *tally);

/*
 * An obligation that outlives its thread: what it points to is copied into an arena, but for its story, and the
 * author of the post that stopped it.
 */
struct lapse_finding {
	const struct lapse_thread *thread;	/* source, id, summary, capture, path, at, covered; no posts */
	struct lapse_obligation o;
	size_t place;		/* among all findings, as they came */
};

/* What was copied of one thread for its findings: begin with `arena` and `from`, all else zero. */
#define LAPSE_NKEPT 32
struct lapse_keeper {
	struct lapse_arena *arena;
	const struct lapse_thread *from;
	const struct lapse_thread *thread;	/* the copy; NULL: none yet */
	const struct lapse_post *posts[LAPSE_NKEPT];	/* some that were copied */
	struct lapse_post *copies[LAPSE_NKEPT];
};

/* Copy what outlives the thread, most of it once for all of its findings. */
void lapse_finding_keep(struct lapse_finding *out, struct lapse_keeper *keeper, const struct lapse_obligation *o);

/*
 * The silence an obligation belongs to: those of one thread and clock with equal marks
 * are one silence. -1 for one that still runs, the post's number, or below -1 for the change that stopped it.
 */
int64_t lapse_silence_mark(const struct lapse_obligation *o);

#endif
