/* Private to this floor. */
#ifndef LAPSE_REPLAY_INTERNAL_H
#define LAPSE_REPLAY_INTERNAL_H

#include "lapse/replay.h"

/* A thread of the view, and when each of its parts was last seen. */
struct known_thread {
	size_t source;
	int64_t id;
	struct lapse_oid tree;
	struct lapse_instant seen[LAPSE_NPARTS];	/* LAPSE_NEVER: never */
};

struct known_source {
	struct lapse_known_source public;
	struct lapse_commit commit;	/* of its newest known capture */
	size_t first, nthreads;		/* its run of the view's threads */
	size_t uncovered;		/* fields and posts of them that no record read so far covers */
	struct lapse_walk *records;	/* of captures, newest first; where reading them stopped */
};

struct lapse_view {
	struct lapse_store *store;
	struct lapse_arena arena;	/* names */
	struct known_source *sources;
	size_t nsources;
	size_t sources_cap;
	struct known_thread *threads;
	size_t nthreads;
	size_t threads_cap;
	struct lapse_buf buf;		/* scratch for one document */
};

/* List the threads of source `s` below its tree. They are not sorted yet. */
int lapse_view_list_threads(struct lapse_view *view, size_t s);

/* Fill `seen` of the threads of source `s` from the captures' records until their fields and posts are covered. */
int lapse_view_cover(struct lapse_view *view, size_t s);

/* Read on until the thread's history is covered, too, or there is no older record. */
int lapse_view_cover_history(struct lapse_view *view, struct known_thread *thread);

/* The state of a field at thread->at: the newest value with the changes after it undone. */
const char *lapse_rewind_field(const struct lapse_thread *thread, const struct lapse_change *changes,
    size_t nchanges, const char *field, const char *newest);

/* Fill thread->turns and what belongs to them from all known changes. */
void lapse_rewind_turns(struct lapse_thread *thread, struct lapse_arena *arena,
    const struct lapse_change *changes, size_t nchanges);

#endif
