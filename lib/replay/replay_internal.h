/* Private to this floor. */
#ifndef LAPSE_REPLAY_INTERNAL_H
#define LAPSE_REPLAY_INTERNAL_H

#include "index.h"

#include "lapse/replay.h"

/* A thread of the view, where its record lies, and when each of its parts was last seen. */
struct known_thread {
	size_t source;
	int64_t id;
	const struct segment *segment;
	const struct segment_thread *entry;
	struct lapse_instant seen[LAPSE_NPARTS];	/* LAPSE_NEVER: never */
	struct lapse_instant hidden;	/* not visible since then; LAPSE_NEVER */
};

struct known_source {
	struct lapse_known_source public;
	uint32_t number;		/* in the index */
	uint32_t last;			/* the number of its newest known capture */
	size_t first, nthreads;		/* its run of the view's threads */
};

struct lapse_view {
	struct lapse_store *store;
	struct index *index;
	struct lapse_arena arena;	/* names */
	struct known_source *sources;	/* by name */
	size_t nsources;
	size_t sources_cap;
	struct known_thread *threads;	/* by source, then id */
	size_t nthreads;
	size_t threads_cap;
	const char **commits;		/* of the archive's captures, by number; those not asked for yet are NULL */
	struct lapse_buf buf;		/* scratch for one document */
};

/* The commit of a capture by its number, 40 hex digits; borrowed from `view`. */
const char *lapse_view_commit(struct lapse_view *view, size_t number);

/* Fill `seen` and `hidden` of the threads of source `s` from what its known captures cover. */
void lapse_view_cover(struct lapse_view *view, size_t s);

/* A thread's record, in the arena. */
int lapse_view_record(struct record *out, struct lapse_arena *arena, struct lapse_view *view, size_t i);

/* Fill thread->turns and what belongs to them from all known changes. */
void lapse_rewind_turns(struct lapse_thread *thread, struct lapse_arena *arena,
    const struct lapse_change *changes, size_t nchanges);

#endif
