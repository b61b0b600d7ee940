/* What each capture left of a thread: its versions, the captures that cover it, the changes that they told. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "replay_internal.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"

bool
lapse_field_is_kept(const char *field)
{
	static const char *const kept[] = {
		"assigned_to", "component", "flagtypes.name", "product", "resolution", "status", "summary", "whiteboard"
	};

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strcmp(field, kept[i]) == 0)
			return true;
	return false;
}

/* ---- captures ---- */

/* Every known capture of a source, the newest first: fn gets its commit. */
static int
each_capture(struct lapse_view *view, const struct known_source *source,
    int (*fn)(const struct lapse_commit *commit, struct lapse_instant time, bool stated, void *payload), void *payload)
{
	struct lapse_commit commit = source->commit;
	char name[65], text[LAPSE_TIME_LEN + 1], is[16] = "";
	struct lapse_instant time;
	char rev[LAPSE_OID_HEX + 1];
	int rc;

	if (!source->public.has_capture)
		return 0;
	rc = lapse_store_commit(&commit, view->store, lapse_oid_format(rev, &source->commit.id));
	if (rc < 0)
		return rc;
	do {
		if (!lapse_commit_trailer(name, sizeof(name), &commit, "Lapse-Source") ||
		    strcmp(name, source->public.name) != 0 ||
		    !lapse_commit_trailer(text, sizeof(text), &commit, "Lapse-Capture") ||
		    lapse_time_parse(&time, text) < 0)
			continue;
		lapse_commit_trailer(is, sizeof(is), &commit, "Lapse-Time");
		rc = fn(&commit, time, strcmp(is, "observed") != 0, payload);
		if (rc < 0)
			break;
	} while ((rc = lapse_commit_parent(&commit, view->store)) > 0);
	lapse_commit_release(&commit);
	return rc;
}

struct captures {
	struct lapse_known_capture *items;
	size_t nitems, cap;
	struct lapse_oid *trees;	/* of the whole archive */
	size_t trees_cap;
};

static int
note_capture(const struct lapse_commit *commit, struct lapse_instant time, bool stated, void *payload)
{
	struct captures *c = payload;

	c->items = lapse_grow(c->items, c->nitems, &c->cap, sizeof(*c->items));
	c->trees = lapse_grow(c->trees, c->nitems, &c->trees_cap, sizeof(*c->trees));
	c->items[c->nitems] = (struct lapse_known_capture){ .time = time, .stated = stated };
	lapse_oid_format(c->items[c->nitems].commit, &commit->id);
	c->trees[c->nitems++] = commit->tree;
	return 0;
}

static int
cover(unsigned char *covered, struct lapse_view *view, const struct lapse_oid *tree, const char *record, int64_t id)
{
	struct lapse_capture capture;
	json_t *doc = NULL;
	int rc = lapse_doc_find(&view->buf, view->store, tree, record);

	lapse_capture_init(&capture);
	if (rc > 0)
		rc = lapse_json_parse(&doc, view->buf.data, view->buf.len, NULL);
	if (rc == 0)
		rc = lapse_codec_capture_decode(&capture, doc);
	for (int part = 0; rc == 0 && part < LAPSE_NPARTS; part++)
		if (lapse_ids_has(&capture.scope[part], id))
			*covered |= (unsigned char)(1 << part);
	lapse_capture_release(&capture);
	json_decref(doc);
	return rc < 0 ? lapse_context(rc, "%s", record) : 0;
}

int
lapse_view_captures(struct lapse_known_capture **captures, unsigned char **covered, size_t *ncaptures,
    struct lapse_arena *arena, struct lapse_view *view, size_t i)
{
	const struct known_thread *thread = &view->threads[i];
	struct captures c = { 0 };
	struct lapse_commit commit;
	char record[LAPSE_PATH_MAX];
	int rc = each_capture(view, &view->sources[thread->source], note_capture, &c);

	*captures = lapse_arena_alloc(arena, c.nitems * sizeof(**captures));
	*covered = lapse_arena_alloc(arena, c.nitems);
	*ncaptures = c.nitems;
	for (size_t k = 0; rc >= 0 && k < c.nitems; k++) {
		(*captures)[c.nitems - 1 - k] = c.items[k];
		rc = lapse_store_commit(&commit, view->store, c.items[k].commit);
		if (rc >= 0 && lapse_commit_trailer(record, sizeof(record), &commit, "Lapse-Record"))
			rc = cover(&(*covered)[c.nitems - 1 - k], view, &commit.tree, record, thread->id);
		lapse_commit_release(&commit);
	}
	free(c.items);
	free(c.trees);
	return rc < 0 ? rc : 0;
}

/* ---- versions ---- */

int
lapse_view_versions(struct lapse_version **out, size_t *nout, struct lapse_arena *arena,
    struct lapse_view *view, size_t i)
{
	const struct known_thread *thread = &view->threads[i];
	const struct known_source *source = &view->sources[thread->source];
	struct captures c = { 0 };
	struct lapse_entry entry;
	char path[LAPSE_PATH_MAX];
	int rc = each_capture(view, source, note_capture, &c);

	*out = lapse_arena_alloc(arena, c.nitems * sizeof(**out));
	*nout = 0;
	lapse_path_thread(path, source->public.name, thread->id);
	for (size_t k = 0; rc >= 0 && k < c.nitems; k++) {
		rc = lapse_tree_find(&entry, view->store, &c.trees[c.nitems - 1 - k], path);
		if (rc > 0 && (*nout == 0 || !lapse_oid_equal(&entry.oid, &(*out)[*nout - 1].tree)))
			(*out)[(*nout)++] = (struct lapse_version){ .capture = k, .tree = entry.oid };
	}
	free(c.items);
	free(c.trees);
	return rc < 0 ? rc : 0;
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

int
lapse_view_changes(struct lapse_change **out, size_t *nout, struct lapse_arena *arena,
    struct lapse_view *view, size_t i)
{
	struct lapse_version *versions;
	struct history history;
	struct lapse_entry entry;
	struct lapse_oid last = { { 0 } };
	size_t nversions;
	int rc = lapse_view_versions(&versions, &nversions, arena, view, i);

	lapse_history_init(&history, arena);
	for (size_t k = 0; rc >= 0 && k < nversions; k++) {
		rc = lapse_doc_entry(&entry, view->store, &versions[k].tree, "changes.json");
		if (rc <= 0 || lapse_oid_equal(&entry.oid, &last))
			continue;
		last = entry.oid;
		rc = lapse_context(add_history(&history, view, &entry, versions[k].capture), "changes.json");
	}
	*out = lapse_arena_alloc(arena, history.nentries * sizeof(**out));
	*nout = history.nentries;
	for (size_t k = 0; k < history.nentries; k++)
		(*out)[k] = history.entries[k]->change;
	lapse_history_release(&history);
	return rc < 0 ? rc : 0;
}
