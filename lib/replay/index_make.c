/* A thread's record from the documents that its versions hold: each document is read once for every version of itself. */
#include <stdlib.h>
#include <string.h>

#include "index_record.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/replay.h"

/* A post's file in one version; `order` keeps them apart while they are sorted. */
struct sighting {
	int64_t number;
	size_t order;
	struct record_sight sight;
};

struct making {
	const struct record_origin *origin;
	struct lapse_arena *arena;
	uint32_t capture;		/* of the version at hand */
	struct record *record;
	struct record_fields *fields;
	size_t fields_cap;
	struct history history;
	struct sighting *sightings;
	size_t nsightings, sightings_cap;
};

static int
read_json(json_t **out, struct making *m, const struct lapse_entry *entry)
{
	const struct record_origin *o = m->origin;
	int rc = lapse_doc_read(o->scratch, o->store, entry);

	return rc < 0 ? rc : lapse_json_parse(out, o->scratch->data, o->scratch->len, NULL);
}

/* A document that says it is another one's is not to be judged by. */
static int
check_number(const json_t *doc, const char *key, int64_t wanted)
{
	int64_t have;

	if (lapse_json_int(&have, json_object_get(doc, key)) && have == wanted)
		return 0;
	return lapse_fail(LAPSE_EFORMAT, "its \"%s\" is not that of its path (lapse verify)", key);
}

static int
note_fields(struct making *m, const json_t *doc)
{
	struct lapse_thread thread = { 0 };
	int rc = lapse_codec_fields(&thread, m->arena, doc);

	if (rc < 0)
		return rc;
	m->fields = lapse_grow(m->fields, m->record->nfields, &m->fields_cap, sizeof(*m->fields));
	m->fields[m->record->nfields++] = (struct record_fields){
		.capture = m->capture,
		.texts = {
			[RECORD_SUMMARY] = thread.summary, [RECORD_STATUS] = thread.status,
			[RECORD_RESOLUTION] = thread.resolution, [RECORD_WHITEBOARD] = thread.whiteboard,
			[RECORD_PRODUCT] = thread.product, [RECORD_COMPONENT] = thread.component,
			[RECORD_CREATOR] = thread.creator, [RECORD_ASSIGNED_TO] = thread.assigned_to,
		},
		.created = thread.created, .changed = thread.changed, .last_resolved = thread.last_resolved,
	};
	return 0;
}

static int
note_changes(struct making *m, const json_t *doc)
{
	struct lapse_change *changes;
	size_t n;
	int rc = lapse_codec_changes(&changes, &n, m->arena, doc);

	if (rc < 0)
		return rc;
	if (m->record->history_since == RECORD_NEVER)
		m->record->history_since = m->capture;
	lapse_history_add(&m->history, changes, n, m->capture);
	return 0;
}

static int
note_post(struct making *m, const json_t *doc, int64_t number, bool in_parts)
{
	struct lapse_post post = { 0 };
	int rc = lapse_codec_post(&post, m->arena, doc, false);

	if (rc < 0)
		return rc;
	m->sightings = lapse_grow(m->sightings, m->nsightings, &m->sightings_cap, sizeof(*m->sightings));
	m->sightings[m->nsightings] = (struct sighting){ .number = number, .order = m->nsightings,
	    .sight = { .capture = m->capture, .slack = post.slack, .at = post.at, .author = post.author, .is_public = post.is_public,
	    .is_generated = post.is_generated, .in_parts = in_parts, .is_elsewhere = lapse_codec_moved_to(doc) >= 0,
	    .is_undated = post.is_undated } };
	m->nsightings++;
	return 0;
}

/* A document that a version changed; what is no document of a thread is passed over. */
static int
note_document(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct making *m = payload;
	bool in_parts = after != NULL && after->kind == LAPSE_ENTRY_TREE;
	size_t stem = strcspn(path, ".");
	int64_t number = strncmp(path, "posts/", 6) == 0 ? lapse_place_post(path + 6) : -1;
	json_t *doc = NULL;
	int rc = 0;

	(void)before;
	if (after == NULL || after->kind == LAPSE_ENTRY_OTHER || strcmp(path + stem, in_parts ? ".parts" : ".json") != 0)
		return 0;
	if (stem == strlen("posts") && strncmp(path, "posts", stem) == 0) {
		if (m->record->list_since == RECORD_NEVER)
			m->record->list_since = m->capture;
	} else if (stem == strlen("thread") && strncmp(path, "thread", stem) == 0) {
		rc = read_json(&doc, m, after);
		rc = rc < 0 ? rc : check_number(doc, "id", m->origin->id);
		rc = rc < 0 ? rc : note_fields(m, doc);
	} else if (stem == strlen("changes") && strncmp(path, "changes", stem) == 0) {
		rc = read_json(&doc, m, after);
		rc = rc < 0 ? rc : note_changes(m, doc);
	} else if (number >= 0) {
		rc = read_json(&doc, m, after);
		rc = rc < 0 ? rc : check_number(doc, "count", number);
		rc = rc < 0 ? rc : note_post(m, doc, number, in_parts);
	}
	json_decref(doc);
	return lapse_context(rc, "%s/%s", m->origin->path, path);
}

/* ---- what was noted ---- */

static int
by_number_order(const void *va, const void *vb)
{
	const struct sighting *a = va, *b = vb;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void
keep_posts(struct making *m)
{
	struct record_post *posts = lapse_arena_alloc(m->arena, m->nsightings * sizeof(*posts));
	struct record_sight *sights = lapse_arena_alloc(m->arena, m->nsightings * sizeof(*sights));
	size_t n = 0;

	if (m->nsightings > 0)
		qsort(m->sightings, m->nsightings, sizeof(*m->sightings), by_number_order);
	for (size_t i = 0; i < m->nsightings; i++) {
		sights[i] = m->sightings[i].sight;
		if (n == 0 || posts[n - 1].number != m->sightings[i].number)
			posts[n++] = (struct record_post){ .number = m->sightings[i].number, .sights = &sights[i] };
		posts[n - 1].nsights++;
	}
	m->record->posts = posts;
	m->record->nposts = n;
}

static void
keep_changes(struct making *m)
{
	struct history_entry *changes = lapse_arena_alloc(m->arena, m->history.nentries * sizeof(*changes));
	size_t n = 0;

	for (size_t i = 0; i < m->history.nentries; i++)
		if (lapse_field_is_kept(m->history.entries[i]->change.field))
			changes[n++] = *m->history.entries[i];
	m->record->changes = changes;
	m->record->nchanges = n;
}

static void
keep_fields(struct making *m)
{
	struct record_fields *fields = lapse_arena_alloc(m->arena, m->record->nfields * sizeof(*fields));

	if (m->record->nfields > 0)
		memcpy(fields, m->fields, m->record->nfields * sizeof(*fields));
	m->record->fields = fields;
}

static void
keep_versions(struct making *m, const struct record_version *versions, size_t nversions)
{
	struct record_version *copy = lapse_arena_alloc(m->arena, nversions * sizeof(*copy));

	memcpy(copy, versions, nversions * sizeof(*copy));
	m->record->versions = copy;
	m->record->nversions = nversions;
}

int
lapse_record_make(struct record *out, const struct record_origin *origin, const struct record_version *versions,
    size_t nversions)
{
	struct making m = { .origin = origin, .arena = origin->arena, .record = out };
	int rc = 0;

	*out = (struct record){ .list_since = RECORD_NEVER, .history_since = RECORD_NEVER };
	lapse_history_init(&m.history, origin->arena);
	for (size_t i = 0; rc == 0 && i < nversions; i++) {
		m.capture = versions[i].capture;
		rc = lapse_tree_compare(origin->store, i > 0 ? &versions[i - 1].tree : NULL, &versions[i].tree,
		    note_document, &m);
	}
	keep_versions(&m, versions, nversions);
	keep_fields(&m);
	keep_changes(&m);
	keep_posts(&m);
	lapse_history_release(&m.history);
	free(m.fields);
	free(m.sightings);
	return rc < 0 ? rc : 0;
}
