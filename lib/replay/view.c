/* What is known: the sources' newest captures by a moment, their threads, and when each was last seen. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/text.h"

/* ---- sources ---- */

static int
add_source(const struct lapse_entry *entry, void *payload)
{
	struct lapse_view *view = payload;
	size_t len = strlen(entry->name);
	struct known_source *source;
	char *name;

	if (entry->kind != LAPSE_ENTRY_BLOB || len < 6 || strcmp(entry->name + len - 5, ".json") != 0)
		return 0;
	name = lapse_arena_dupn(&view->arena, entry->name, len - 5);
	if (!lapse_name_is_valid(name))
		return 0;
	view->sources = lapse_grow(view->sources, view->nsources, &view->sources_cap, sizeof(*view->sources));
	source = &view->sources[view->nsources++];
	*source = (struct known_source){ .public = { .name = name, .time = LAPSE_NEVER } };
	return 0;
}

static int
list_sources(struct lapse_view *view, const struct lapse_oid *tree)
{
	struct lapse_entry folder;
	int rc = lapse_tree_find(&folder, view->store, tree, "sources");

	return rc > 0 ? lapse_tree_each(view->store, &folder.oid, add_source, view) : rc;
}

/* Is this commit a capture of the source by the known moment? Then it is its newest: keep a copy. */
static void
match_capture(struct known_source *source, const struct lapse_commit *commit, const char *name,
    struct lapse_instant time, const char *is)
{
	if (source->public.has_capture || strcmp(source->public.name, name) != 0)
		return;
	source->commit = *commit;
	source->commit.message = NULL;
	source->public.has_capture = true;
	source->public.time = time;
	source->public.stated = strcmp(is, "observed") != 0;
	lapse_oid_format(source->public.commit, &commit->id);
}

/* Returns how many sources have their capture now. */
static size_t
match_captures(struct lapse_view *view, const struct lapse_commit *commit, struct lapse_instant by)
{
	char name[65], text[LAPSE_TIME_LEN + 1], is[16] = "";
	struct lapse_instant time;
	size_t matched = 0;
	bool is_capture = lapse_commit_trailer(name, sizeof(name), commit, "Lapse-Source") &&
	    lapse_commit_trailer(text, sizeof(text), commit, "Lapse-Capture") &&
	    lapse_time_parse(&time, text) == 0;

	if (is_capture && lapse_time_is_set(by) && time.sec > by.sec)
		is_capture = false;
	if (is_capture)
		lapse_commit_trailer(is, sizeof(is), commit, "Lapse-Time");
	for (size_t s = 0; s < view->nsources; s++) {
		if (is_capture)
			match_capture(&view->sources[s], commit, name, time, is);
		matched += view->sources[s].public.has_capture;
	}
	return matched;
}

/* Walk back from a commit until every source has its newest known capture. */
static int
find_captures(struct lapse_view *view, struct lapse_commit *commit, struct lapse_instant by)
{
	int rc;

	do {
		if (match_captures(view, commit, by) == view->nsources)
			return 0;
	} while ((rc = lapse_commit_parent(commit, view->store)) > 0);
	return rc;
}

/* ---- threads ---- */

struct listing {
	struct lapse_view *view;
	size_t source;
	int depth;
	char path[LAPSE_PATH_MAX];	/* of the folder at hand */
};

static int
list_folder(const struct lapse_entry *entry, void *payload)
{
	struct listing *listing = payload, below = *listing;
	struct lapse_view *view = listing->view;
	struct known_thread *thread;
	char path[LAPSE_PATH_MAX];
	int64_t id;

	if (entry->kind != LAPSE_ENTRY_TREE)
		return 0;
	below.depth--;
	if ((size_t)snprintf(below.path, sizeof(below.path), "%.190s/%.60s", listing->path, entry->name) >=
	    sizeof(below.path))
		return 0;
	if (listing->depth > 0)
		return lapse_tree_each(view->store, &entry->oid, list_folder, &below);
	/* A folder that the layout would not put there is none of its threads. */
	if (lapse_int_parse(&id, entry->name, 0, INT64_MAX) < 0 ||
	    strcmp(below.path, lapse_path_thread(path, view->sources[listing->source].public.name, id)) != 0)
		return 0;
	view->threads = lapse_grow(view->threads, view->nthreads, &view->threads_cap, sizeof(*view->threads));
	thread = &view->threads[view->nthreads++];
	*thread = (struct known_thread){ .source = listing->source, .id = id, .tree = entry->oid };
	for (int part = 0; part < LAPSE_NPARTS; part++)
		thread->seen[part] = LAPSE_NEVER;
	return 0;
}

int
lapse_view_list_threads(struct lapse_view *view, size_t s)
{
	struct listing listing = { .view = view, .source = s, .depth = 2 };
	struct lapse_entry folder;
	int rc;

	snprintf(listing.path, sizeof(listing.path), "threads/%s", view->sources[s].public.name);
	rc = lapse_tree_find(&folder, view->store, &view->sources[s].commit.tree, listing.path);
	return rc > 0 ? lapse_tree_each(view->store, &folder.oid, list_folder, &listing) : rc;
}

static int
by_source_id(const void *va, const void *vb)
{
	const struct known_thread *a = va, *b = vb;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int
compare_sources(const void *a, const void *b)
{
	return strcmp(((const struct known_source *)a)->public.name, ((const struct known_source *)b)->public.name);
}

/* ---- opening ---- */

static int
fill_view(struct lapse_view *view, const struct lapse_known *known)
{
	struct lapse_commit commit = { 0 };
	int rc;

	if (known->rev != NULL)
		rc = lapse_store_commit(&commit, view->store, known->rev);
	else
		rc = lapse_store_tip(&commit, view->store) > 0 ? 0 :
		    lapse_fail(LAPSE_ENOTFOUND, "the archive has no commit yet");
	if (rc >= 0)
		rc = list_sources(view, &commit.tree);
	if (rc >= 0 && view->nsources > 0) {
		qsort(view->sources, view->nsources, sizeof(*view->sources), compare_sources);
		rc = find_captures(view, &commit, known->by);
	}
	for (size_t s = 0; rc >= 0 && s < view->nsources; s++)
		if (view->sources[s].public.has_capture)
			rc = lapse_view_list_threads(view, s);
	if (rc >= 0 && view->nthreads > 0)
		qsort(view->threads, view->nthreads, sizeof(*view->threads), by_source_id);
	for (size_t s = 0; rc >= 0 && s < view->nsources; s++)
		if (view->sources[s].public.has_capture)
			rc = lapse_view_cover(view, s);
	lapse_commit_release(&commit);
	return rc < 0 ? rc : 0;
}

int
lapse_view_open(struct lapse_view **out, struct lapse_store *store, const struct lapse_known *known)
{
	struct lapse_view *view = lapse_alloc(1, sizeof(*view));
	int rc;

	view->store = store;
	lapse_arena_init(&view->arena);
	lapse_buf_init(&view->buf, LAPSE_BUF_DOCUMENT);
	rc = fill_view(view, known);
	if (rc < 0) {
		lapse_view_free(view);
		view = NULL;
	}
	*out = view;
	return rc;
}

void
lapse_view_free(struct lapse_view *view)
{
	if (view == NULL)
		return;
	for (size_t s = 0; s < view->nsources; s++)
		lapse_walk_free(view->sources[s].records);
	free(view->sources);
	free(view->threads);
	lapse_arena_release(&view->arena);
	lapse_buf_release(&view->buf);
	free(view);
}

size_t
lapse_view_nsources(const struct lapse_view *view)
{
	return view->nsources;
}

const struct lapse_known_source *
lapse_view_source(const struct lapse_view *view, size_t i)
{
	return &view->sources[i].public;
}

size_t
lapse_view_nthreads(const struct lapse_view *view)
{
	return view->nthreads;
}

/* ---- names ---- */

static int
split_name(char *source, int64_t *id, int64_t *post, const char *name)
{
	char text[128];
	char *hash, *colon;

	*post = -1;
	source[0] = '\0';
	if (strlen(name) >= sizeof(text))
		return -1;
	snprintf(text, sizeof(text), "%s", name);
	hash = strchr(text, '#');
	if (hash != NULL) {
		*hash = '\0';
		if (lapse_int_parse(post, hash + 1, 0, INT64_MAX) < 0)
			return -1;
	}
	colon = strchr(text, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (!lapse_name_is_valid(text))
			return -1;
		memcpy(source, text, strlen(text) + 1);
	}
	return lapse_int_parse(id, colon != NULL ? colon + 1 : text, 0, INT64_MAX);
}

int
lapse_view_find(size_t *out, int64_t *post, const struct lapse_view *view, const char *name)
{
	char source[65];
	size_t nfound = 0;
	int64_t id;

	if (split_name(source, &id, post, name) < 0)
		return lapse_fail(LAPSE_EUSAGE, "not a thread's name: '%s' (SOURCE:ID, such as bmo:1888882)", name);
	for (size_t i = 0; i < view->nthreads; i++) {
		const struct known_thread *thread = &view->threads[i];

		if (thread->id != id || (source[0] != '\0' &&
		    strcmp(view->sources[thread->source].public.name, source) != 0))
			continue;
		*out = i;
		nfound++;
	}
	if (nfound > 1)
		return lapse_fail(LAPSE_EUSAGE, "several sources have a thread '%s'; write SOURCE:%" PRId64, name, id);
	return nfound == 1 ? 0 : lapse_fail(LAPSE_ENOTFOUND, "no thread '%s' in the archive", name);
}

void
lapse_view_name(const char **source, const char **id, const struct lapse_view *view, size_t i,
    struct lapse_arena *arena)
{
	*source = view->sources[view->threads[i].source].public.name;
	*id = lapse_arena_printf(arena, "%" PRId64, view->threads[i].id);
}
