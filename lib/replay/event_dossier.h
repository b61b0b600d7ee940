/*
 * What all captures left of one thread, and the events that it tells: shared by the files
 * that compare. Private to this floor.
 */
#ifndef LAPSE_REPLAY_DOSSIER_H
#define LAPSE_REPLAY_DOSSIER_H

#include <jansson.h>

#include "event_declared.h"

#include "lapse/events.h"
#include "lapse/layout.h"

/*
 * A server's replicas may lag behind: what happened this many seconds before a capture may be missing
 * from it. Five minutes is what the operators of Bugzilla themselves allow for.
 */
#define EVENTS_LAG 300

/* A document of the thread's folder as one version has it, where it is another than the version before had. */
struct take {
	enum lapse_file file;
	int64_t number;		/* of a post or attachment */
	size_t version;
	struct lapse_entry entry;
	const char *path;	/* in the archive */
	json_t *doc;		/* NULL until somebody reads it */
};

/* A list of posts or attachments as one version has it. */
struct listing {
	size_t version;
	struct lapse_ids ids;
};
struct listings {
	struct listing *items;
	size_t nitems, cap;
};

struct told;

struct dossier {
	struct lapse_view *view;
	struct lapse_store *store;
	struct lapse_arena *arena;
	struct lapse_buf buf;		/* scratch for one document */
	const char *source, *id, *folder;
	bool is_mail;			/* a list's: what is said of it follows from its messages, which nobody edits */
	bool silent_only;
	struct lapse_known_capture *captures;
	unsigned char *covered;
	size_t ncaptures;
	struct lapse_version *versions;
	size_t nversions;
	bool *settled;			/* of each version: the bug had last changed well before its capture */
	size_t version;			/* that is being listed */
	struct take *takes;		/* by file, number, version */
	size_t ntakes, takes_cap;
	struct { size_t first, n; } runs[LAPSE_FILE_TOMBSTONE + 1];	/* of takes, by file */
	struct listings posts, attachments;
	struct lapse_change *changes;	/* all that any history told */
	size_t nchanges;
	struct declared declared;	/* the same, by field */
	struct told *told;		/* the histories, oldest first; of lapse_events_renames() */
	size_t ntold;
	struct renames renames;
	struct lapse_event *events;
	size_t nevents, events_cap;
};

/* ---- record.c ---- */

/* Gather the captures, the versions, and the takes. Ended by lapse_dossier_release(), also on failure. */
int lapse_dossier_open(struct dossier *r, size_t thread);
void lapse_dossier_release(struct dossier *r);

/* The takes of one kind of document: a run of r->takes. */
struct take *lapse_dossier_takes(size_t *ntakes, const struct dossier *r, enum lapse_file file);

/* The takes of one document: how many from `first` on, at most `ntakes`, are of its number. */
size_t lapse_dossier_run(const struct take *first, size_t ntakes);

/* The document of this number as a version left it; NULL: it had none. */
struct take *lapse_dossier_find(const struct dossier *r, enum lapse_file file, int64_t number, size_t version);

/* Read a take's document, if it is not yet. */
int lapse_dossier_read(struct dossier *r, struct take *take);

/* Was this number in the newest list as of a version? Without any list, no. */
bool lapse_dossier_lists(const struct listings *listings, int64_t number, size_t version);

/* Was it in any list that is older than a version? */
bool lapse_dossier_listed_before(const struct listings *listings, int64_t number, size_t version);

/* Is it missing from a list between two versions, or from the next one, which a capture that was torn leads to? Without any list, no. */
bool lapse_dossier_hides(const struct listings *listings, int64_t number, size_t from, size_t to);

/* Where a difference lies that a version shows: between the captures of these numbers. */
struct between {
	size_t before;		/* the last one before that covered the part, or that left the earlier version */
	size_t after;		/* that of the version */
	struct lapse_instant from, to;	/* their times */
	struct span span;	/* where entries of the history are that can declare it */
};
struct between lapse_dossier_between(const struct dossier *r, enum lapse_part part, size_t earlier, size_t version);

/*
 * What an undeclared difference is that a capture shows: silent, when a history was captured later, or by the same
 * capture and `settled` says that the thread stood still meanwhile; unproven, when none was that could declare it.
 */
enum lapse_standing lapse_dossier_judge(const struct dossier *r, size_t capture, bool settled);

/* A new event, zeroed but for what every event has. Good until the next one. */
struct lapse_event *lapse_dossier_event(struct dossier *r, enum lapse_event_kind kind, struct lapse_instant at);

/* The same, for what two takes show; `earlier` may be NULL. */
struct lapse_event *lapse_dossier_difference(struct dossier *r, enum lapse_event_kind kind,
    const struct between *between, const struct take *earlier, const struct take *later);

/* ---- texts.c ---- */

struct texts {
	const char **items;
	size_t nitems;
};

/* A member of a document as text: strings as they are, null and absent "", all else in canonical JSON. */
const char *lapse_dossier_text(struct dossier *r, const json_t *value);

/* The same of each item of a list, in order, logins as they are today; what of one list the other lacks, as multisets; and in one text, ", " between. */
struct texts lapse_dossier_list(struct dossier *r, const json_t *list);
struct texts lapse_dossier_lacking(struct dossier *r, const struct texts *a, const struct texts *b);
const char *lapse_dossier_joined(struct dossier *r, const struct texts *texts);

/* Flags as the history writes them, "needinfo?(x@y)", in order, under today's logins. */
struct texts lapse_dossier_flags(struct dossier *r, const json_t *flags);

/* ---- values.c ---- */

/* How a member of a document is compared. */
enum treatment {
	TREAT_VALUE,		/* one value, of which each change is declared */
	TREAT_LIST,		/* a list, of which each item is */
	TREAT_LINKS,		/* a list of bugs: those that the reader may not see come and go undeclared */
	TREAT_PERSON,		/* a login */
	TREAT_FIXED,		/* one value that never changes */
	TREAT_FLAGS,
	TREAT_NOISE,		/* volatile, or it follows from the rest */
	TREAT_SKIP		/* compared elsewhere, or the same as another member */
};

/* One kind of document, and how its members are compared; those that are not listed as values or lists. */
struct member_rule {
	const char *key;
	enum treatment treatment;
	const char *field;	/* what the history calls it; NULL: the prefix and the key */
};
struct document_rules {
	const struct member_rule *items;	/* by key */
	size_t nitems;
	enum lapse_part part;
	enum lapse_event_kind kind;
	enum subject subject;		/* what entries of the history about it are about */
	int64_t number;
	const char *prefix;
};

/* Compare two versions of one document, member by member. */
void lapse_events_members(struct dossier *r, const struct document_rules *rules,
    const struct take *before, const struct take *after);

/* ---- one kind of difference each: they add events ---- */

int lapse_events_renames(struct dossier *r);
int lapse_events_posts(struct dossier *r);
int lapse_events_attachments(struct dossier *r);
int lapse_events_fields(struct dossier *r);
int lapse_events_history(struct dossier *r);	/* after the renames */
int lapse_events_sight(struct dossier *r);

#endif
