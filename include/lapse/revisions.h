/*
 * The revisions of one post, as the source lists them on request: each text with its time and by whom. Kept beside the post; what
 * they tell is told like entries of a change history.
 */
#ifndef LAPSE_REVISIONS_H
#define LAPSE_REVISIONS_H

#include <jansson.h>

#include "lapse/alloc.h"
#include "lapse/model.h"

struct lapse_revision {
	const char *who;	/* as shown: a name, no login; "" not said */
	const char *shown;	/* the time as shown, "YYYY-MM-DD HH:MM:SS", of no zone */
	struct lapse_instant at;	/* LAPSE_NEVER: the zone is not known */
	const char *text;	/* of a hidden one what is shown in its place */
	bool hidden;
};

struct lapse_revisions {
	int64_t bug, comment, number;	/* `comment` is its id at the source, `number` the post's */
	char of[65];			/* which state of the post they were asked for: a digest, "" none */
	bool has_offset;
	int64_t offset;			/* of the times shown, in seconds: it was measured */
	struct lapse_revision *items;	/* the first is what was posted; none: it was never edited */
	size_t nitems;
};

/*
 * Date them: the first was shown with the time at which the post was made, so that the difference is the source's offset, if it is one
 * that a zone can have. A zone that has a summer time makes times of its other half an hour wrong.
 */
void lapse_revisions_date(struct lapse_revisions *revisions, struct lapse_instant created);

/* revisions/N/NUMBER.json: a new reference, NULL for texts that are no UTF-8. And back, into the arena: LAPSE_EFORMAT. */
json_t *lapse_revisions_encode(const struct lapse_revisions *revisions);
int lapse_revisions_decode(struct lapse_revisions *out, struct lapse_arena *arena, const json_t *doc);

/* What they tell, as entries "comment_revision" of a history, oldest first; those that are not dated are left out. */
void lapse_revisions_changes(struct lapse_change **out, size_t *nout, struct lapse_arena *arena,
    const struct lapse_revisions *revisions);

/* Posts that were edited: a list that grows. Sorted, none stands twice. */
struct lapse_edited_post {
	int64_t bug, number;
};
struct lapse_edited {
	struct lapse_edited_post *items;
	size_t nitems, cap;
};
void lapse_edited_add(struct lapse_edited *edited, int64_t bug, int64_t number);
void lapse_edited_sort(struct lapse_edited *edited);
void lapse_edited_release(struct lapse_edited *edited);

#endif
