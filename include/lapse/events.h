/*
 * All that happened to one thread: what its source declares (posts, changes), and what only the
 * comparison of two successive captures shows. Nothing happens unexplained: each
 * difference is matched with what the source declares, and what nothing explains is silent.
 */
#ifndef LAPSE_EVENTS_H
#define LAPSE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/model.h"
#include "lapse/replay.h"
#include "lapse/store.h"

enum lapse_event_kind {
	/* what the source declares */
	LAPSE_EVENT_POST,		/* a post came, at its own time */
	LAPSE_EVENT_CHANGE,		/* an entry of the history */
	LAPSE_EVENT_CLOSED,		/* entries of the history that have a word of their own */
	LAPSE_EVENT_REOPENED,
	LAPSE_EVENT_DUPLICATE,
	LAPSE_EVENT_MOVED,		/* to another product or component */
	LAPSE_EVENT_RETITLED,
	LAPSE_EVENT_ATTACHED,		/* an attachment came, at its own time */
	/* posts; an edit is one of a comment_revision entry, or of two texts that differ */
	LAPSE_EVENT_EDITED,
	LAPSE_EVENT_LATE,		/* came with a time that an earlier capture should have shown */
	LAPSE_EVENT_VANISHED,		/* hidden or deleted */
	LAPSE_EVENT_RETURNED,
	LAPSE_EVENT_REHUNG,		/* mail: belongs to another thread, as a later message showed */
	LAPSE_EVENT_REPLACED,		/* another comment under the same number */
	LAPSE_EVENT_RENDERED,		/* the server words its own lines in the text differently */
	LAPSE_EVENT_TAGGED,
	LAPSE_EVENT_REACTED,
	LAPSE_EVENT_RETIMED,		/* has another time than before */
	LAPSE_EVENT_REATTRIBUTED,	/* has another author than before */
	LAPSE_EVENT_PRIVACY,		/* private or public now */
	/* the bug */
	LAPSE_EVENT_RENAMED,		/* an account took another login */
	LAPSE_EVENT_FIELD,
	LAPSE_EVENT_FLAG,
	LAPSE_EVENT_UNSEEN,		/* a capture that asked for most of what one before it did does not have it */
	LAPSE_EVENT_SEEN,		/* again */
	/* attachments */
	LAPSE_EVENT_ATTACHMENT_LATE,
	LAPSE_EVENT_ATTACHMENT_VANISHED,
	LAPSE_EVENT_ATTACHMENT_RETURNED,
	LAPSE_EVENT_ATTACHMENT_CHANGED,
	/* the history itself, which should only grow at its end */
	LAPSE_EVENT_ENTRY_LOST,
	LAPSE_EVENT_ENTRY_BACKDATED,
	LAPSE_EVENT_ENTRY_REATTRIBUTED,
	LAPSE_NEVENTS
};

/* "post", "change", … "entry-reattributed". */
const char *lapse_event_name(enum lapse_event_kind kind);

enum lapse_standing {
	LAPSE_STANDING_DECLARED,	/* the source says so itself */
	LAPSE_STANDING_EXPLAINED,	/* follows from something else that is known */
	LAPSE_STANDING_UNPROVEN,	/* no captured history could declare it: the data cannot decide */
	LAPSE_STANDING_SILENT,		/* it should have been declared, and nothing does */
	LAPSE_STANDING_NOISE		/* changes by itself, or follows from the rest: reactions, cc, counts */
};

/* "declared", "explained", "unproven", "silent", "noise". */
const char *lapse_standing_name(enum lapse_standing standing);

struct lapse_event {
	struct lapse_instant at;	/* when; of what a comparison shows, the latest moment: that of the later capture */
	struct lapse_instant after;	/* the earlier capture, after which it happened; LAPSE_NEVER: `at` is exact */
	enum lapse_event_kind kind;
	enum lapse_standing standing;
	const char *who;		/* who did it, as it is spelled today; NULL: not known, as of most that comparisons show */
	bool is_undated;		/* a post that nothing dates: `at` means nothing */
	int64_t post;			/* -1: none */
	int64_t attachment;		/* -1: none */
	const char *field;		/* as the source calls it; NULL: none */
	const char *from, *to;		/* texts, whole; NULL: none */
	const char *why;		/* what explains it, or why nothing can, in some words; NULL: nothing to say */
	const char *capture;		/* a commit, and the document in it that shows it; the later one of two */
	const char *path;
	const char *earlier;		/* the commit of the earlier one; NULL: not a comparison */
	const char *earlier_path;	/* NULL: the same, or there was none */
};

struct lapse_events {
	const char *source, *id;
	const char *folder;	/* of the thread, in the archive */
	const struct lapse_event *items;	/* by time; in one second posts, changes, comparisons */
	size_t nitems;
	size_t nversions;	/* of the thread's folder */
	struct lapse_instant seen;	/* the newest known capture that covers its fields or posts; LAPSE_NEVER: none */
};

/*
 * Everything that is known of the thread number `i` of a view; borrowed from `arena`. With
 * `silent_only` just the silent events: what has one version only is not read then.
 */
int lapse_events_load(struct lapse_events *out, struct lapse_arena *arena, struct lapse_view *view,
    struct lapse_store *store, size_t i, bool silent_only);

#endif
