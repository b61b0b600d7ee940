/*
 * The event index: what all captures of the archive brought, thread by thread, so that no question needs
 * to read the archive from its beginning. It lies in the user's cache folder, in files named by the
 * commits that they reach to, is brought up to date from the captures since, and made anew when it is absent or
 * damaged. It holds nothing that the archive does not. Private to this floor.
 */
#ifndef LAPSE_REPLAY_INDEX_H
#define LAPSE_REPLAY_INDEX_H

#include "index_record.h"
#include "index_segment.h"

#include "lapse/layout.h"
#include "lapse/replay.h"

struct index {
	struct segment *segments;	/* oldest first, each from where the one before ends */
	size_t nsegments;
	size_t cap;
	size_t ncaptures;		/* of all of them */
};

/*
 * The index up to a commit (`tip` is left as it is), brought up to date first. The caller releases it with
 * lapse_index_free(). `meter` may be NULL.
 */
int lapse_index_open(struct index **out, struct lapse_store *store, const struct lapse_commit *tip,
    const struct lapse_meter *meter);
void lapse_index_free(struct index *index);

/* The names of the sources that captures brought, in the order of their numbers: the n-th, or NULL. */
const char *lapse_index_source(const struct index *index, size_t n);

/* A capture by its number, oldest first, and the segment that has it (may be NULL). */
const struct segment_capture *lapse_index_capture(const struct segment **segment, const struct index *index, size_t n);

/* Every thread once: fn gets the newest record's entry and where it lies, by source number, then id. */
void lapse_index_each(const struct index *index,
    void (*fn)(const struct segment *segment, const struct segment_thread *thread, void *payload), void *payload);

/* The same for one thread: false when it is not there. */
bool lapse_index_find(const struct segment **segment, const struct segment_thread **thread, const struct index *index,
    uint32_t source, int64_t id);

/*
 * A thread's record: from the index, else, when it is damaged or was not to be made, from the archive itself.
 * Texts may point into the index.
 */
int lapse_index_record(struct record *out, const struct index *index, const struct segment *segment,
    const struct segment_thread *thread, const struct record_origin *origin);

/* A capture's commit on the way from the tip back to what is indexed. */
struct new_capture {
	struct lapse_oid commit;
	struct lapse_oid tree;
	char source[65];
	char record[LAPSE_PATH_MAX];
	struct lapse_instant time;
	bool stated;
};
struct new_captures {
	struct new_capture *items;	/* newest first */
	size_t nitems;
	size_t cap;
};

/*
 * Walk back from a commit to one that is indexed, which opens the index, or to the beginning, noting captures on
 * the way. With `index` NULL no index is looked for. The caller free()s the items.
 */
int lapse_index_walk(struct new_captures *captures, struct index *index, struct lapse_store *store,
    const struct lapse_commit *tip);

/* ---- index_grow.c ---- */

/*
 * Add what captures brought, as one more segment that reaches to the newest of them, joined with the last ones where they
 * are small. `in_memory`: no file is written, and none removed.
 */
int lapse_index_grow(struct index *index, struct lapse_store *store, const struct new_captures *captures,
    const struct lapse_meter *meter, bool in_memory);

#endif
