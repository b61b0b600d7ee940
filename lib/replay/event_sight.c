/*
 * A thread that a capture does not have though it had most of what the one before had: hidden, moved, or not asked
 * for. Captures that asked for other things say nothing. Captures from the network say themselves what they do not have.
 */
#include <string.h>

#include "event_dossier.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"

#define SEES (1 << LAPSE_PART_BUGS | 1 << LAPSE_PART_COMMENTS | LAPSE_SIGHT_SAME)

/* What a capture covers: sorted ids of threads. */
static int
read_scope(struct lapse_capture *out, struct dossier *r, size_t capture)
{
	struct lapse_commit commit = { 0 };
	char path[LAPSE_PATH_MAX];
	json_t *doc = NULL;
	int rc = lapse_store_commit(&commit, r->store, r->captures[capture].commit);

	lapse_capture_init(out);
	if (rc >= 0 && lapse_commit_trailer(path, sizeof(path), &commit, "Lapse-Record"))
		rc = lapse_doc_find(&r->buf, r->store, &commit.tree, path);
	if (rc > 0)
		rc = lapse_json_parse(&doc, r->buf.data, r->buf.len, NULL);
	if (rc >= 0 && doc != NULL)
		rc = lapse_codec_capture_decode(out, doc);
	json_decref(doc);
	lapse_commit_release(&commit);
	return rc < 0 ? rc : 0;
}

static const struct lapse_ids *
threads(const struct lapse_capture *capture)
{
	return &capture->scope[capture->scope[LAPSE_PART_BUGS].nitems > 0 ? LAPSE_PART_BUGS : LAPSE_PART_COMMENTS];
}

/* Does a capture have at least half of the other threads that an earlier one had? */
static int
asked_alike(bool *out, struct dossier *r, size_t before, size_t after)
{
	struct lapse_capture a, b;
	const struct lapse_ids *had, *has;
	size_t common = 0;
	int rc = read_scope(&a, r, before), rc_b = read_scope(&b, r, after);

	had = threads(&a);
	has = threads(&b);
	for (size_t i = 0, j = 0; i < had->nitems && j < has->nitems; ) {
		common += had->items[i] == has->items[j];
		if (had->items[i] <= has->items[j])
			i++;
		else
			j++;
	}
	*out = common > 0 && 2 * common >= had->nitems - 1;
	lapse_capture_release(&a);
	lapse_capture_release(&b);
	return rc < 0 ? rc : rc_b;
}

/* What the history says that put the bug out of sight, or back into it; NULL: nothing. */
static const char *
reason(const struct dossier *r, const struct between *between)
{
	static const struct { const char *field, *why; } reasons[] = {
		{ "component", "it moved" }, { "product", "it moved" },
		{ "groups", "the groups that may see it changed" }, { "bug_group", "the groups that may see it changed" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		struct about about = { .field = reasons[i].field, .span = { between->from, between->to } };

		if (lapse_declared_entry(&r->declared, &about, NULL, NULL) != NULL)
			return reasons[i].why;
	}
	return NULL;
}

/* Why a thread is out of sight, in the words of its captures. */
static const char *
outcome(unsigned char bits)
{
	if ((bits & LAPSE_SIGHT_HIDDEN) != 0)
		return "the source says that it is not to be seen";
	return (bits & LAPSE_SIGHT_OTHER) != 0 ? "the search does not have it" : "hidden, moved, or not asked for";
}

static void
note(struct dossier *r, enum lapse_event_kind kind, size_t before, size_t after, bool alike)
{
	struct between between = { .before = before, .after = after,
	    .from = r->captures[before].time, .to = r->captures[after].time };
	struct take here = { .path = r->folder };
	struct lapse_event *event = lapse_dossier_difference(r, kind, &between, &here, &here);

	if (!alike) {
		event->standing = LAPSE_STANDING_NOISE;
		event->why = "the capture asked for other threads";
	} else if (reason(r, &between) != NULL) {
		event->standing = LAPSE_STANDING_EXPLAINED;
		event->why = reason(r, &between);
	} else {
		event->standing = LAPSE_STANDING_UNPROVEN;
		event->why = kind == LAPSE_EVENT_UNSEEN ? outcome(r->covered[after]) : NULL;
	}
}

/* Did a capture ask for what the one before it, which has the thread, asked for? */
static int
is_alike(bool *out, struct dossier *r, size_t before, size_t after)
{
	if ((r->covered[after] & (LAPSE_SIGHT_HIDDEN | LAPSE_SIGHT_OTHER)) == 0)
		return asked_alike(out, r, before, after);
	*out = (r->covered[after] & LAPSE_SIGHT_HIDDEN) != 0 || (r->covered[before] & LAPSE_SIGHT_OTHER) == 0;
	return 0;
}

int
lapse_events_sight(struct dossier *r)
{
	size_t seen = SIZE_MAX;
	bool alike = false;
	int rc = 0;

	if (r->is_mail)	/* saved mail holds what it holds: that a thread is not in it says nothing */
		return 0;
	for (size_t c = 0; rc == 0 && c < r->ncaptures; c++) {
		if ((r->covered[c] & SEES) != 0) {
			if (seen != SIZE_MAX && seen + 1 < c)
				note(r, LAPSE_EVENT_SEEN, c - 1, c, alike);
			seen = c;
		} else if (seen != SIZE_MAX && seen + 1 == c) {
			rc = is_alike(&alike, r, seen, c);
			if (rc == 0)
				note(r, LAPSE_EVENT_UNSEEN, seen, c, alike);
		}
	}
	return rc;
}
