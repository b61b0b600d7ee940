/*
 * The archive as it was known at some moment, and its threads as they stood
 * at another: two times, independent of each other.
 */
#ifndef LAPSE_REPLAY_H
#define LAPSE_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/model.h"
#include "lapse/store.h"

/* System time: what the archive had captured by a moment, or by a commit. */
struct lapse_known {
	struct lapse_instant by;	/* LAPSE_NEVER: no bound */
	const char *rev;		/* NULL: the newest commit */
};

/* One source as it is known. */
struct lapse_known_source {
	const char *name;
	char commit[LAPSE_OID_HEX + 1];	/* its newest known capture */
	struct lapse_instant time;	/* of that capture */
	bool stated;			/* that time was stated, not observed */
	bool has_capture;
	bool is_mail;		/* a mailing list, not a Bugzilla */
	size_t due;		/* threads that its newest known sync was still to ask for: what they hold is not known */
	bool authenticated;	/* some known capture was made logged in: what it holds is more than the public sees */
};

struct lapse_view;

/* Who is told how far long work is. */
struct lapse_meter {
	void (*fn)(size_t done, size_t total, void *payload);
	void *payload;
};

/*
 * Brings the user's index of the archive up to date first, which takes time when it is new: `meter` (may be NULL) is
 * told. LAPSE_ENOTFOUND for a REV that is none, or none of the archive's branch. The caller releases it with lapse_view_free().
 */
int lapse_view_open(struct lapse_view **out, struct lapse_store *store, const struct lapse_known *known,
    const struct lapse_meter *meter);
void lapse_view_free(struct lapse_view *view);

/* The known sources, by name; borrowed from `view`. */
size_t lapse_view_nsources(const struct lapse_view *view);
const struct lapse_known_source *lapse_view_source(const struct lapse_view *view, size_t i);

/* The known threads, sorted by source, then id. */
size_t lapse_view_nthreads(const struct lapse_view *view);

/*
 * The number of a thread by its name: "SOURCE:ID", or "ID" where only one source has it.
 * A "#POST" at the end is cut off into *post (-1 without). LAPSE_ENOTFOUND "no thread 'X'…", which says whether a
 * sync is still to fetch it.
 */
int lapse_view_find(size_t *out, int64_t *post, const struct lapse_view *view, const char *name);

/* The source of a thread. */
const struct lapse_known_source *lapse_view_of(const struct lapse_view *view, size_t i);

/* A thread's source (borrowed from `view`) and id (borrowed from `arena`). */
void lapse_view_name(const char **source, const char **id, const struct lapse_view *view, size_t i,
    struct lapse_arena *arena);

/*
 * Load a thread as it stood at `at`, or at the newest known capture that covers it if that is
 * earlier (thread->at says which). Everything is borrowed from `arena`. With `text`, the
 * posts' texts too. Returns 1, or 0 when it did not exist yet at that moment.
 */
int lapse_view_load(struct lapse_thread *out, struct lapse_arena *arena, struct lapse_view *view,
    size_t i, struct lapse_instant at, bool text);

/* When each known thread's posts were last read, text by text, by a known capture; LAPSE_NEVER: never. Borrowed from `arena`. */
void lapse_view_reads(struct lapse_instant **out, struct lapse_arena *arena, const struct lapse_view *view);

/*
 * Compare the user's index of the archive, as far as it is there, with one made anew from the archive alone: fn gets
 * each difference. One that differs is thrown away. `meter` may be NULL. Returns < 0 only when the check could not run.
 */
int lapse_index_check(struct lapse_store *store, void (*fn)(const char *path, const char *what, void *payload),
    void *payload, const struct lapse_meter *meter);

/* ---- what each capture left of a thread ---- */

/* One capture of a source, as its commit says. */
struct lapse_known_capture {
	char commit[LAPSE_OID_HEX + 1];
	struct lapse_instant time;
	bool stated;		/* that time was stated, not observed */
};

/* What else a capture from the network says of a thread. */
enum lapse_sight {
	LAPSE_SIGHT_SAME = 1 << LAPSE_NPARTS,	/* the source said that nothing of it has changed since the capture before */
	LAPSE_SIGHT_HIDDEN = 2 << LAPSE_NPARTS,	/* it is not visible */
	LAPSE_SIGHT_OTHER = 4 << LAPSE_NPARTS	/* the search does not have it, or it was still to be asked for */
};

/*
 * All known captures of a thread's source, oldest first, and for each the parts of the thread that its answers
 * cover: bits 1 << enum lapse_part, and enum lapse_sight. Borrowed from `arena`.
 */
int lapse_view_captures(struct lapse_known_capture **captures, unsigned char **covered, size_t *ncaptures,
    struct lapse_arena *arena, struct lapse_view *view, size_t i);

/* A thread's folder as a capture left it that changed it. */
struct lapse_version {
	size_t capture;		/* its place among the source's known captures, as lapse_view_captures() lists them */
	struct lapse_oid tree;	/* of the folder threads/SOURCE/AA/BB/ID */
};

/* Every version of a thread's folder, oldest first; two that follow one another differ. Borrowed from `arena`. */
int lapse_view_versions(struct lapse_version **out, size_t *nout, struct lapse_arena *arena,
    struct lapse_view *view, size_t i);

/*
 * Every change of every field that any known history of the thread told: the union of the versions of
 * changes.json, by time, in one second as the histories list them. `who` is as the newest of them spells it. Borrowed
 * from `arena`.
 */
int lapse_view_changes(struct lapse_change **out, size_t *nout, struct lapse_arena *arena,
    struct lapse_view *view, size_t i);

/* Are the changes of this field kept in thread->changes? Those are what clocks and lists need. */
bool lapse_field_is_kept(const char *field);

#endif
