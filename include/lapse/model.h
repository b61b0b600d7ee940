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
	int32_t slack;		/* mail: seconds that `at` may be off, either way; 0 else */
	bool is_public;		/* seen in public in some known capture */
	bool is_generated;	/* only the server wrote it: a duplicate notice and nothing else */
	bool is_undated;	/* mail: nothing says when it was written; `at` is 1970's beginning then, and no clock rests on it */
	bool in_parts;		/* long: its file in the archive is a folder of parts */
};

/* One entry of a bug's own change history. */
struct lapse_change {
	struct lapse_instant at;
	const char *who;
	const char *field;	/* the name that the history uses: "status", "whiteboard", "flagtypes.name" … */
	const char *removed;
	const char *added;
	int64_t post;		/* the comment that it is about (comment_count); -1: none */
	int64_t attachment;	/* the attachment that it is about (attachment_id); -1: none */
	const char *capture;	/* commit of the first known capture whose history tells it, 40 hex digits; NULL: none was asked */
};

/*
 * Where an event stands among the changes of its second: the number of its change in
 * thread->changes; LAPSE_ORDER_LAST for what no change tells (a closing by cf_last_resolved).
 */
#define LAPSE_ORDER_LAST SIZE_MAX

/* The thread was opened again, or closed, at a known time. */
struct lapse_turn {
	struct lapse_instant at;
	bool open;
	size_t order;
};

/* A field took another value. What one account changed several times within a second is one step, from the first value to the last. */
struct lapse_step {
	struct lapse_instant at;
	const char *who;
	const char *value;	/* after it */
	bool exact;		/* the value is what stood, not only what the history wrote of it */
	size_t order;
};

/* A field through time: what it was at first, and its steps up to the thread's moment, oldest first. */
struct lapse_track {
	const char *first;	/* NULL: not known */
	bool first_exact;
	const struct lapse_step *steps;
	size_t nsteps;
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
	struct lapse_instant changed;	/* last_change_time, as the newest known capture has it; LAPSE_NEVER when not given */
	struct lapse_instant last_resolved;	/* as the newest known capture has it; LAPSE_NEVER when not given */

	const struct lapse_post *posts;	/* by time, then number; none after `at` */
	size_t nposts;
	/*
	 * All changes that any known history told, by time, then as the histories list them; none after `at`.
	 * Only those of the fields that lapse_field_is_kept() names, unless lapse_view_changes() fetched them.
	 */
	const struct lapse_change *changes;
	size_t nchanges;
	struct lapse_track whiteboards;	/* the whiteboard through time */

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

	bool is_mail;		/* a thread of a mailing list, not a bug */
	bool has_fields;	/* the bug itself was captured */
	bool has_posts;		/* an answer that lists its comments was captured */
	bool has_history;	/* a change history was captured, up to `at` */
	struct lapse_instant at;	/* the moment that all of this stood: never after `covered` */
	struct lapse_instant covered;	/* the newest known capture that saw it; LAPSE_NEVER: none did whole */
	struct lapse_instant hidden;	/* not visible at the source since this known capture; LAPSE_NEVER: visible, as far as is known */
	const char *capture;	/* commit id of the newest known capture of its source, 40 hex digits */
	const char *path;	/* its folder in the archive */
};

/* A growing list of ids. */
struct lapse_ids {
	int64_t *items;
	size_t nitems;
	size_t cap;
};
void lapse_ids_init(struct lapse_ids *ids);
void lapse_ids_add(struct lapse_ids *ids, int64_t id);
void lapse_ids_release(struct lapse_ids *ids);

/* Sort and drop what stands twice; has() needs a sorted list. */
void lapse_ids_sort(struct lapse_ids *ids);
bool lapse_ids_has(const struct lapse_ids *ids, int64_t id);

/* The same ids in the same order? */
bool lapse_ids_equal(const struct lapse_ids *a, const struct lapse_ids *b);

/* Drop one; the order of the others stays. */
void lapse_ids_drop(struct lapse_ids *ids, int64_t id);

/* The parts of a thread that an answer can cover. */
enum lapse_part {
	LAPSE_PART_BUGS,	/* the thread's own fields */
	LAPSE_PART_COMMENTS,	/* the full list of its posts */
	LAPSE_PART_HISTORY,
	LAPSE_PART_ATTACHMENTS,
	LAPSE_NPARTS
};
const char *lapse_part_name(enum lapse_part part);	/* "bugs", "comments", "history", "attachments" */

/* A thread that is not visible, and the server's code for that; 0: it was not asked for. */
struct lapse_hidden {
	int64_t id;
	int64_t code;
};

/* Bugs of which the server said that they are as it had told an earlier capture. */
struct lapse_stood {
	char commit[41];	/* that capture's, 40 hex digits */
	struct lapse_ids bugs;
};

/* What a capture from the network records beside. Lists are sorted. */
struct lapse_asked {
	char *rest;			/* the REST interface's address; NULL: not from the network, and nothing below counts */
	char *query;			/* the search, encoded */
	int64_t requests, again, pages;	/* requests sent, of these again, pages of lists */
	bool authenticated;
	bool complete;			/* nothing is due */
	struct lapse_instant server_time;	/* the server's own, when it was first asked; LAPSE_NEVER */
	struct lapse_instant listed;	/* the newest capture that had a list of all bugs of the search; LAPSE_NEVER */
	int64_t total;			/* bugs that the search had, by the server's count; -1: not known */
	bool unchanged;			/* all threads of the source but those in `outside` (unless `followed`) and `due` are as the
					   capture before saw them */
	struct lapse_ids outside;	/* threads of the source in the archive that the search no longer has, or never had */
	struct lapse_ids followed;	/* those of `outside` that were asked for by number and are as the capture before saw them */
	struct lapse_ids due;		/* those still to be asked for */
	struct lapse_hidden *hidden;	/* those not visible any more, by id; they are in `outside` too */
	size_t nhidden, hidden_cap;
	int64_t rechecked;		/* threads that were to be read again, changed or not */
	int64_t by_edits;		/* of these, threads whose edit counts say that they need not be; their comments are in the scope */
	int64_t revisions;		/* posts whose revisions came */
	struct lapse_stood *stood;	/* threads that the answer "not modified" was about; they are in the scope */
	size_t nstood, stood_cap;
};

/* What a run's record names as its evidence: files on a branch of their own. */
struct lapse_exhibit {
	char commit[41];	/* that brought them, 40 hex digits; "" when none was kept */
	char folder[112];	/* in which they lie */
	char sha256[65];	/* of their bytes, in order: 64 hex digits */
	int64_t files;
};

/*
 * What one run recorded of itself. lapse_capture_release() ends it. Scope
 * lists are sorted.
 */
struct lapse_capture {
	char source[65];
	char kind[17];			/* "bugzilla", "mail" */
	struct lapse_instant time;	/* of its first request */
	struct lapse_instant reaches;	/* saved mail: its newest message, after which nothing is known; LAPSE_NEVER: up to `time` */
	bool stated;			/* the user said the time; else lapse observed it */
	struct lapse_ids scope[LAPSE_NPARTS];	/* threads that its answers cover, part by part */
	int64_t counts[LAPSE_NPARTS];	/* bugs, comments, changes, attachments that came */
	int64_t people;
	int64_t versions;		/* things that came in two versions in this run */
	struct lapse_asked asked;
	struct lapse_exhibit evidence;
};
void lapse_capture_init(struct lapse_capture *capture);
void lapse_capture_release(struct lapse_capture *capture);

/* Note that a thread is not visible; a code that is known already stays. And that it is. The order is kept. */
void lapse_hidden_set(struct lapse_asked *asked, int64_t id, int64_t code);
void lapse_hidden_clear(struct lapse_asked *asked, int64_t id);
bool lapse_hidden_has(const struct lapse_asked *asked, int64_t id);

/* Note that a thread stands as a capture saw it; and that capture's commit, NULL when none is noted. */
void lapse_stood_add(struct lapse_asked *asked, const char *commit, int64_t id);
const char *lapse_stood_find(const struct lapse_asked *asked, int64_t id);

/* Statuses that close a bug: RESOLVED, VERIFIED, CLOSED. */
bool lapse_status_is_closed(const char *status);

/*
 * Did only the server write this text? True for a duplicate notice
 * ("*** Bug N has been marked as a duplicate of this bug. ***", "*** This bug has
 * been marked as a duplicate of bug N ***") with nothing but blanks around it.
 */
bool lapse_text_is_generated(const char *text);

/* Where a post of a thread lies in the archive; `out` holds LAPSE_PATH_MAX bytes (lapse/layout.h). Returns `out`. */
char *lapse_post_path(char *out, const struct lapse_thread *thread, const struct lapse_post *post);

/* Order by thread: source by bytes, then id (numbers by value). */
int lapse_thread_cmp(const char *source_a, const char *id_a, const char *source_b, const char *id_b);

#endif
