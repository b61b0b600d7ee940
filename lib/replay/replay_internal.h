/* Private to this floor. */
#ifndef LAPSE_REPLAY_INTERNAL_H
#define LAPSE_REPLAY_INTERNAL_H

#include "index.h"

#include "lapse/replay.h"

/* A thread of the view: where its record lies. An archive has many, and each command lists them: this is kept small. */
struct known_thread {
	const struct segment *segment;
	const struct segment_thread *entry;
};

/* When each part of a thread was last seen; LAPSE_NEVER: never. */
struct seen {
	struct lapse_instant parts[LAPSE_NPARTS];
	struct lapse_instant hidden;	/* not visible since then; LAPSE_NEVER: it is, or nothing says it is not */
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
	size_t *places;			/* of the sources, by the index's numbers; SIZE_MAX: not known */
	size_t nplaces;
	struct seen *seen;		/* of each thread; NULL until many are asked for */
	size_t nseen;			/* how many were asked for one by one */
	const char **commits;		/* of the archive's captures, by number; those not asked for yet are NULL */
	struct lapse_buf buf;		/* scratch for one document */
};

/* The commit of a capture by its number, 40 hex digits; borrowed from `view`. */
const char *lapse_view_commit(struct lapse_view *view, size_t number);

/* The source of a thread. */
const struct known_source *lapse_view_source_of(const struct lapse_view *view, size_t i);

/* When a thread was last seen, by what the known captures of its source cover. */
struct seen lapse_view_seen(struct lapse_view *view, size_t i);

/* Is a thread in a list of a capture (an enum lapse_part, or enum segment_list)? */
bool lapse_capture_lists(const struct segment *segment, const struct segment_capture *capture, int list, int64_t id);

/* What a capture says of a thread: bits 1 << enum lapse_part, and enum lapse_sight. */
unsigned char lapse_capture_sight(const struct segment *segment, const struct segment_capture *capture, int64_t id);

/* A thread's record, in the arena. */
int lapse_view_record(struct record *out, struct lapse_arena *arena, struct lapse_view *view, size_t i);

/* Fill thread->turns and what belongs to them from all known changes. */
void lapse_rewind_turns(struct lapse_thread *thread, struct lapse_arena *arena,
    const struct lapse_change *changes, size_t nchanges);

#endif
