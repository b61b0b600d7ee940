/* Needinfo flags from a thread's history. Private to this floor. */
#ifndef LAPSE_CLOCK_FLAG_H
#define LAPSE_CLOCK_FLAG_H

#include "bench.h"

/* A flag that was set, and what became of it. */
struct flag {
	const char *text;	/* "needinfo?(login)", "needinfo?" */
	size_t set;		/* number of the change that set it, in thread->changes */
	size_t place;		/* among what that change added */
	size_t cleared;		/* number of the change that cleared it; SIZE_MAX: none did */
};

/* Fill b->flags with those that ask somebody of the owner's side, in the order in which they were set. */
void lapse_bench_flags(struct bench *b);

/*
 * All needinfo flags that changes set, whoever they ask, in the order in which they were set, each with its clearing: a
 * clearing belongs to the oldest open flag of the same text set before it; clearings left over (logins are
 * renamed) belong, in order, to the oldest flags set before them that nothing has cleared. Borrowed from `arena`.
 */
struct flag *lapse_flags_match(size_t *nout, struct lapse_arena *arena, const struct lapse_change *changes, size_t nchanges);

#endif
