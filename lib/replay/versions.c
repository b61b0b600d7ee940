/* What each capture left of a thread: its versions, the captures that cover it, the changes that they told. */
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "replay_internal.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/revisions.h"

int
lapse_view_captures(struct lapse_known_capture **captures, unsigned char **covered, size_t *ncaptures,
    struct lapse_arena *arena, struct lapse_view *view, size_t i)
{
	const struct known_source *source = lapse_view_source_of(view, i);
	const struct segment_capture *capture;
	const struct segment *segment;
	struct lapse_oid oid;
	size_t n = 0;

	*captures = lapse_arena_alloc(arena, ((size_t)source->last + 1) * sizeof(**captures));
	*covered = lapse_arena_alloc(arena, (size_t)source->last + 1);
	for (size_t k = 0; k <= source->last; k++) {
		capture = lapse_index_capture(&segment, view->index, k);
		if (capture->source != source->number)
			continue;
		(*captures)[n] = (struct lapse_known_capture){ .time = { capture->time }, .stated = (capture->marks & SEGMENT_STATED) != 0 };
		memcpy(oid.id, capture->commit, sizeof(oid.id));
		lapse_oid_format((*captures)[n].commit, &oid);
		(*covered)[n++] = lapse_capture_sight(segment, capture, view->threads[i].entry->id);
	}
	*ncaptures = n;
	return 0;
}

/* The place of a capture among its source's, by its number among all; both go forward. */
static size_t
place_of(const struct lapse_view *view, uint32_t source, size_t *number, size_t *place, size_t wanted)
{
	for (; *number < wanted; ++*number)
		*place += lapse_index_capture(NULL, view->index, *number)->source == source;
	return *place;
}

int
lapse_view_versions(struct lapse_version **out, size_t *nout, struct lapse_arena *arena,
    struct lapse_view *view, size_t i)
{
	const struct known_source *source = lapse_view_source_of(view, i);
	size_t number = 0, place = 0;
	struct record record;
	int rc = lapse_view_record(&record, arena, view, i);

	if (rc < 0)
		return rc;
	*out = lapse_arena_alloc(arena, record.nversions * sizeof(**out));
	*nout = 0;
	for (size_t k = 0; k < record.nversions && record.versions[k].capture <= source->last; k++)
		(*out)[(*nout)++] = (struct lapse_version){
			.capture = place_of(view, source->number, &number, &place, record.versions[k].capture),
			.tree = record.versions[k].tree,
		};
	return 0;
}

static int
add_history(struct history *history, struct lapse_view *view, const struct lapse_entry *entry, size_t capture)
{
	struct lapse_change *changes;
	json_t *doc = NULL;
	size_t n = 0;
	int rc = lapse_doc_read(&view->buf, view->store, entry);

	if (rc == 0)
		rc = lapse_json_parse(&doc, view->buf.data, view->buf.len, NULL);
	if (rc == 0)
		rc = lapse_codec_changes(&changes, &n, history->arena, doc);
	json_decref(doc);
	if (rc == 0)
		lapse_history_add(history, changes, n, capture);
	return rc;
}

/* ---- revisions of posts ---- */

struct telling {
	struct lapse_view *view;
	struct history *history;
	struct lapse_change *changes;	/* of the version at hand, post by post */
	size_t nchanges, cap;
};

static int
add_revisions(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct telling *t = payload;
	struct lapse_revisions revisions;
	struct lapse_change *changes;
	json_t *doc = NULL;
	size_t n;
	int rc;

	(void)before;
	if (after == NULL || lapse_place_post(path) < 0)
		return 0;
	rc = lapse_doc_read(&t->view->buf, t->view->store, after);
	if (rc == 0)
		rc = lapse_json_parse(&doc, t->view->buf.data, t->view->buf.len, NULL);
	if (rc == 0)
		rc = lapse_revisions_decode(&revisions, t->history->arena, doc);
	json_decref(doc);
	if (rc < 0)
		return lapse_context(rc, "revisions/%s", path);
	lapse_revisions_changes(&changes, &n, t->history->arena, &revisions);
	for (size_t i = 0; i < n; i++) {
		t->changes = lapse_grow(t->changes, t->nchanges, &t->cap, sizeof(*t->changes));
		t->changes[t->nchanges++] = changes[i];
	}
	return 0;
}

/* What a version's revisions tell that the one before (`last`, which becomes it; zero: none) did not have. */
static int
tell_revisions(struct history *history, struct lapse_oid *last, struct lapse_view *view, const struct lapse_version *version)
{
	static const struct lapse_oid none;
	struct telling t = { .view = view, .history = history };
	struct lapse_entry entry;
	int rc = lapse_tree_find(&entry, view->store, &version->tree, "revisions");

	if (rc <= 0 || entry.kind != LAPSE_ENTRY_TREE || lapse_oid_equal(&entry.oid, last))
		return rc < 0 ? rc : 0;
	rc = lapse_tree_compare(view->store, lapse_oid_equal(last, &none) ? NULL : last, &entry.oid, add_revisions, &t);
	*last = entry.oid;
	if (rc == 0)
		lapse_history_add(history, t.changes, t.nchanges, version->capture);
	free(t.changes);
	return rc;
}

int
lapse_view_changes(struct lapse_change **out, size_t *nout, struct lapse_arena *arena,
    struct lapse_view *view, size_t i)
{
	struct lapse_version *versions;
	struct history history;
	struct lapse_entry entry;
	struct lapse_oid last = { { 0 } }, last_revisions = { { 0 } };
	size_t nversions = 0, ncaptures;
	struct lapse_known_capture *captures;
	unsigned char *covered;
	int rc = lapse_view_versions(&versions, &nversions, arena, view, i);

	if (rc >= 0)
		rc = lapse_view_captures(&captures, &covered, &ncaptures, arena, view, i);
	lapse_history_init(&history, arena);
	for (size_t k = 0; rc >= 0 && k < nversions; k++) {
		rc = tell_revisions(&history, &last_revisions, view, &versions[k]);
		if (rc < 0)
			break;
		rc = lapse_doc_entry(&entry, view->store, &versions[k].tree, "changes.json");
		if (rc > 0 && !lapse_oid_equal(&entry.oid, &last)) {
			last = entry.oid;
			rc = add_history(&history, view, &entry, versions[k].capture);
		}
		lapse_context(rc, "changes.json");
	}
	*out = lapse_arena_alloc(arena, history.nentries * sizeof(**out));
	*nout = history.nentries;
	for (size_t k = 0; rc >= 0 && k < history.nentries; k++) {
		(*out)[k] = history.entries[k]->change;
		(*out)[k].capture = captures[history.entries[k]->since].commit;
	}
	lapse_history_release(&history);
	return rc < 0 ? rc : 0;
}
