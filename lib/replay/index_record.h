/*
 * One thread as all captures of an archive left it: what is needed to load it as it stood at any moment, as
 * it was known at any other. Made from the versions of its folder alone, so that the same archive gives the
 * same bytes. Captures are numbered through the whole archive, oldest first. Private to this floor.
 */
#ifndef LAPSE_REPLAY_RECORD_H
#define LAPSE_REPLAY_RECORD_H

#include "history.h"

#include "lapse/buf.h"
#include "lapse/store.h"

#define RECORD_NEVER UINT32_MAX

struct record_version {
	uint32_t capture;
	struct lapse_oid tree;
};

/* thread.json, as far as it is kept; from this capture on. */
enum record_text {
	RECORD_SUMMARY, RECORD_STATUS, RECORD_RESOLUTION, RECORD_WHITEBOARD, RECORD_PRODUCT, RECORD_COMPONENT,
	RECORD_CREATOR, RECORD_ASSIGNED_TO, RECORD_NTEXTS
};
struct record_fields {
	uint32_t capture;
	const char *texts[RECORD_NTEXTS];	/* NULL: absent */
	struct lapse_instant created, changed, last_resolved;
};

/* A post's file; from this capture on. */
struct record_sight {
	uint32_t capture;
	int32_t slack;		/* of the time, in seconds */
	struct lapse_instant at;
	const char *author;
	bool is_public, is_generated;
	bool in_parts;		/* its path ends in ".parts" */
	bool is_elsewhere;	/* it belongs to another thread */
	bool is_undated;
};
struct record_post {
	int64_t number;
	const struct record_sight *sights;	/* oldest first, at least one */
	size_t nsights;
};

struct record {
	const struct record_version *versions;	/* oldest first, at least one */
	size_t nversions;
	const struct record_fields *fields;
	size_t nfields;
	uint32_t list_since;	/* the first capture with a list of its posts; RECORD_NEVER */
	uint32_t history_since;	/* the first with a change history */
	const struct history_entry *changes;	/* of the fields that lapse_field_is_kept() names */
	size_t nchanges;
	const struct record_post *posts;	/* by number */
	size_t nposts;
};

/* Where a thread's documents are, and where what is read of them goes. */
struct record_origin {
	struct lapse_store *store;
	struct lapse_arena *arena;	/* the record, and everything that it points to */
	struct lapse_buf *scratch;
	int64_t id;			/* the thread's, which its documents must agree with */
	const char *path;		/* its folder, for messages */
};

/* Read the documents of all versions. */
int lapse_record_make(struct record *out, const struct record_origin *origin, const struct record_version *versions,
    size_t nversions);

/* Append a record's bytes. */
int lapse_record_encode(struct lapse_buf *out, const struct record *record);

/*
 * The other way. Texts point into `bytes`, the rest is in the arena. LAPSE_EFORMAT for bytes that are no record;
 * never reads outside of them.
 */
int lapse_record_decode(struct record *out, struct lapse_arena *arena, const unsigned char *bytes, size_t len);

#endif
