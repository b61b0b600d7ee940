/*
 * Plain data: a thread, its posts and its changes, as they stood at one
 * moment. Everything a struct points to is borrowed from the arena that
 * whoever filled it names.
 */
#ifndef LAPSE_MODEL_H
#define LAPSE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapse/time.h"

/* One comment of a bug, or one message of a list thread. */
struct lapse_post {
	int64_t number;		/* comment count; the bug's own text is 0 */
	struct lapse_instant at;
	const char *author;	/* login or address, as the newest known capture has it; "" when unknown */
	const char *text;	/* "" when empty or not loaded */
	const char *path;	/* its file in the archive */
	bool is_public;		/* seen in public in some known capture */
	bool is_generated;	/* only the server wrote it: a duplicate notice and nothing else */
};

/* One entry of a bug's own change history. */
struct lapse_change {
	struct lapse_instant at;
	const char *who;
	const char *field;	/* the name that the history uses: "status", "whiteboard", "flagtypes.name" … */
	const char *removed;
	const char *added;
};

/* The thread was opened again, or closed, at a known time. */
struct lapse_turn {
	struct lapse_instant at;
	bool open;
};

struct lapse_thread {
	const char *source;
	const char *id;		/* the part after "SOURCE:" */
	const char *summary;	/* fields at `at`; NULL when not captured */
	const char *status;
	const char *resolution;
	const char *whiteboard;
	const char *product;
	const char *component;
	const char *creator;
	const char *assigned_to;
	struct lapse_instant created;	/* LAPSE_NEVER when not captured */

	const struct lapse_post *posts;	/* by time, then number; none after `at` */
	size_t nposts;
	const struct lapse_change *changes;	/* as the history lists them; none after `at` */
	size_t nchanges;

	/*
	 * Open or closed, through time: the state before the first turn, then
	 * the turns up to `at`, oldest first; turns of one second are in their order.
	 * `closed_unknown`: the archive knows the thread to be closed, or does not know its
	 * status at all, and not since when.
	 */
	bool starts_open;
	const struct lapse_turn *turns;
	size_t nturns;
	bool closed_unknown;

	bool has_fields;	/* the bug itself was captured */
	bool has_posts;		/* an answer that lists its comments was captured */
	bool has_history;	/* a change history was captured, up to `at` */
	struct lapse_instant at;	/* the moment that all of this stood: never after `covered` */
	struct lapse_instant covered;	/* the newest known capture that saw it; LAPSE_NEVER: none did whole */
	const char *capture;	/* commit id of the newest known capture of its source, 40 hex digits */
	const char *path;	/* its folder in the archive */
};

/* Statuses that close a bug: RESOLVED, VERIFIED, CLOSED. */
bool lapse_status_is_closed(const char *status);

/*
 * Did only the server write this text? True for a duplicate notice
 * ("*** Bug N has been marked as a duplicate of this bug. ***", "*** This bug has
 * been marked as a duplicate of bug N ***") with nothing but blanks around it.
 */
bool lapse_text_is_generated(const char *text);

/* Order by thread: source by bytes, then id (numbers by value). */
int lapse_thread_cmp(const char *source_a, const char *id_a, const char *source_b, const char *id_b);

#endif
