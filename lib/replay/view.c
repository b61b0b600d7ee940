/* What is known: the sources' newest captures by a moment, and their threads. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"

#include "lapse/error.h"
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
compare_sources(const void *a, const void *b)
{
	return strcmp(((const struct known_source *)a)->public.name, ((const struct known_source *)b)->public.name);
}

static int
list_sources(struct lapse_view *view, const struct lapse_oid *tree)
{
	struct lapse_entry folder;
	int rc = lapse_tree_find(&folder, view->store, tree, "sources");

	if (rc > 0)
		rc = lapse_tree_each(view->store, &folder.oid, add_source, view);
	if (rc >= 0 && view->nsources > 1)
		qsort(view->sources, view->nsources, sizeof(*view->sources), compare_sources);
	return rc;
}

const char *
lapse_view_commit(struct lapse_view *view, size_t number)
{
	char hex[LAPSE_OID_HEX + 1];
	struct lapse_oid oid;

	if (view->commits[number] == NULL) {
		memcpy(oid.id, lapse_index_capture(NULL, view->index, number)->commit, sizeof(oid.id));
		view->commits[number] = lapse_arena_dup(&view->arena, lapse_oid_format(hex, &oid));
	}
	return view->commits[number];
}

/* What all of the first `ncaptures` captures of a source say together: was any made logged in, what did the newest sync leave? */
static void
look_over(struct lapse_known_source *out, const struct index *index, size_t ncaptures, uint32_t source)
{
	bool is_newest = true;

	for (size_t n = ncaptures; n-- > 0 && !out->authenticated; ) {
		const struct segment_capture *capture = lapse_index_capture(NULL, index, n);

		if (capture->source != source || (capture->marks & SEGMENT_ASKED) == 0)
			continue;
		if (is_newest)
			out->due = capture->due;
		is_newest = false;
		out->authenticated = (capture->marks & SEGMENT_AUTHENTICATED) != 0;
	}
}

/* Give a source its newest capture among the first `ncaptures` that is not after `by`. */
static void
find_capture(struct lapse_view *view, struct known_source *source, size_t ncaptures, struct lapse_instant by)
{
	const struct segment_capture *capture;
	const char *name;
	struct lapse_oid oid;

	for (size_t n = ncaptures; n-- > 0; ) {
		capture = lapse_index_capture(NULL, view->index, n);
		name = lapse_index_source(view->index, capture->source);
		if (name == NULL || strcmp(name, source->public.name) != 0 ||
		    (lapse_time_is_set(by) && capture->time > by.sec))
			continue;
		memcpy(oid.id, capture->commit, sizeof(oid.id));
		lapse_oid_format(source->public.commit, &oid);
		source->public.has_capture = true;
		source->public.time.sec = capture->time;
		source->public.stated = (capture->marks & SEGMENT_STATED) != 0;
		source->public.is_mail = (capture->marks & SEGMENT_MAIL) != 0;
		source->number = capture->source;
		source->last = (uint32_t)n;
		look_over(&source->public, view->index, n + 1, capture->source);
		return;
	}
}

/* ---- which captures are known ---- */

/* How many captures there are up to this commit: 1 + the number of one, when it is one. */
static size_t
count_up_to(const struct index *index, const struct lapse_commit *commit)
{
	for (size_t n = index->ncaptures; n > 0; n--)
		if (memcmp(lapse_index_capture(NULL, index, n - 1)->commit, commit->id.id, sizeof(commit->id.id)) == 0)
			return n;
	return 0;
}

/* Is it one of the archive's line, from its tip back? */
static int
is_of_branch(struct lapse_store *store, const struct lapse_oid *id)
{
	struct lapse_commit commit = { .message = NULL };
	int rc = lapse_store_tip(&commit, store);

	while (rc > 0 && !lapse_oid_equal(&commit.id, id))
		rc = lapse_commit_parent(&commit, store);
	lapse_commit_release(&commit);
	return rc;
}

/* What a revision knows: its sources, and the captures on the way back from it. */
static int
look_from(size_t *out, struct lapse_view *view, const char *rev)
{
	struct lapse_commit commit = { .message = NULL };
	int rc = lapse_store_commit(&commit, view->store, rev);

	*out = 0;
	if (rc >= 0)
		rc = is_of_branch(view->store, &commit.id);
	if (rc == 0)
		rc = lapse_fail(LAPSE_ENOTFOUND, "commit '%s' is not of the archive's branch", rev);
	if (rc > 0)
		rc = list_sources(view, &commit.tree) < 0 ? LAPSE_EFAIL : 1;
	while (rc > 0 && (*out = count_up_to(view->index, &commit)) == 0)
		rc = lapse_commit_parent(&commit, view->store);
	lapse_commit_release(&commit);
	return rc < 0 ? rc : 0;
}

/* ---- threads ---- */

static void
list_thread(const struct segment *segment, const struct segment_thread *entry, void *payload)
{
	struct lapse_view *view = payload;
	size_t s = entry->source < view->nplaces ? view->places[entry->source] : SIZE_MAX;
	struct known_source *source;

	if (s == SIZE_MAX || entry->first > view->sources[s].last)
		return;
	source = &view->sources[s];
	if (source->nthreads++ == 0)
		source->first = view->nthreads;
	view->threads[view->nthreads++] = (struct known_thread){ segment, entry };
}

/* They came by the index's numbers of sources; the view's are by name. */
static void
order_sources(struct lapse_view *view)
{
	struct known_thread *ordered = lapse_alloc(view->nthreads, sizeof(*ordered));
	size_t n = 0;

	for (size_t s = 0; s < view->nsources; s++) {
		struct known_source *source = &view->sources[s];

		if (source->nthreads > 0)
			memcpy(ordered + n, view->threads + source->first, source->nthreads * sizeof(*ordered));
		source->first = n;
		n += source->nthreads;
	}
	free(view->threads);
	view->threads = ordered;
}

static void
list_threads(struct lapse_view *view)
{
	size_t most = 0;

	while (lapse_index_source(view->index, view->nplaces) != NULL)
		view->nplaces++;
	view->places = lapse_alloc(view->nplaces, sizeof(*view->places));
	for (size_t n = 0; n < view->nplaces; n++)
		view->places[n] = SIZE_MAX;
	for (size_t s = 0; s < view->nsources; s++)
		if (view->sources[s].public.has_capture)
			view->places[view->sources[s].number] = s;
	for (size_t i = 0; i < view->index->nsegments; i++)
		most += view->index->segments[i].nthreads;
	view->threads = lapse_alloc(most, sizeof(*view->threads));
	lapse_index_each(view->index, list_thread, view);
	if (view->nsources > 1)
		order_sources(view);
}

const struct known_source *
lapse_view_source_of(const struct lapse_view *view, size_t i)
{
	return &view->sources[view->places[view->threads[i].entry->source]];
}

/* ---- opening ---- */

static int
fill_view(struct lapse_view *view, const struct lapse_known *known, const struct lapse_meter *meter)
{
	struct lapse_commit tip = { .message = NULL };
	size_t ncaptures = 0;
	int rc = lapse_store_tip(&tip, view->store);

	if (rc == 0)
		rc = lapse_fail(LAPSE_ENOTFOUND, "the archive has no commit yet");
	if (rc > 0)
		rc = lapse_index_open(&view->index, view->store, &tip, meter);
	if (rc >= 0 && known->rev != NULL) {
		rc = look_from(&ncaptures, view, known->rev);
	} else if (rc >= 0) {
		rc = list_sources(view, &tip.tree);
		ncaptures = view->index->ncaptures;
	}
	lapse_commit_release(&tip);
	if (rc < 0)
		return rc;
	view->commits = lapse_alloc(view->index->ncaptures, sizeof(*view->commits));
	for (size_t s = 0; s < view->nsources; s++)
		find_capture(view, &view->sources[s], ncaptures, known->by);
	list_threads(view);
	return 0;
}

int
lapse_view_open(struct lapse_view **out, struct lapse_store *store, const struct lapse_known *known,
    const struct lapse_meter *meter)
{
	struct lapse_view *view = lapse_alloc(1, sizeof(*view));
	int rc;

	view->store = store;
	lapse_arena_init(&view->arena);
	lapse_buf_init(&view->buf, LAPSE_BUF_DOCUMENT);
	rc = fill_view(view, known, meter);
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
	lapse_index_free(view->index);
	free(view->sources);
	free(view->threads);
	free(view->places);
	free(view->seen);
	free(view->commits);
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

static int
by_id(const void *key, const void *item)
{
	int64_t id = *(const int64_t *)key, other = ((const struct known_thread *)item)->entry->id;

	return id < other ? -1 : id > other;
}

/* Was the newest known sync of a source (any, with "") still to ask for a thread? */
static bool
is_due(const struct lapse_view *view, const char *wanted, int64_t id)
{
	for (size_t s = 0; s < view->nsources; s++) {
		const struct known_source *source = &view->sources[s];
		const struct segment *segment;
		const struct segment_capture *capture;

		if (source->public.due == 0 || (wanted[0] != '\0' && strcmp(source->public.name, wanted) != 0))
			continue;
		for (size_t n = (size_t)source->last + 1; n-- > 0; ) {
			capture = lapse_index_capture(&segment, view->index, n);
			if (capture->source != source->number || (capture->marks & SEGMENT_ASKED) == 0)
				continue;
			/* What the search has no more is in the archive: of the others there it was due. */
			if (lapse_capture_lists(segment, capture, SEGMENT_BUT, id))
				return true;
			break;
		}
	}
	return false;
}

int
lapse_view_find(size_t *out, int64_t *post, const struct lapse_view *view, const char *name)
{
	char wanted[65];
	size_t nfound = 0;
	int64_t id;

	if (split_name(wanted, &id, post, name) < 0)
		return lapse_fail(LAPSE_EUSAGE, "not a thread's name: '%s' (SOURCE:ID, such as bmo:1888882)", name);
	for (size_t s = 0; s < view->nsources; s++) {
		const struct known_source *source = &view->sources[s];
		const struct known_thread *found;

		if (source->nthreads == 0 || (wanted[0] != '\0' && strcmp(source->public.name, wanted) != 0))
			continue;
		found = bsearch(&id, view->threads + source->first, source->nthreads, sizeof(*found), by_id);
		if (found == NULL)
			continue;
		*out = (size_t)(found - view->threads);
		nfound++;
	}
	if (nfound > 1)
		return lapse_fail(LAPSE_EUSAGE, "several sources have a thread '%s'; write SOURCE:%" PRId64, name, id);
	return nfound == 1 ? 0 : lapse_fail(LAPSE_ENOTFOUND, "no thread '%s' in the archive%s", name,
	    is_due(view, wanted, id) ? " yet: it is still to be fetched (lapse sync)" : "");
}

const struct lapse_known_source *
lapse_view_of(const struct lapse_view *view, size_t i)
{
	return &lapse_view_source_of(view, i)->public;
}

void
lapse_view_name(const char **source, const char **id, const struct lapse_view *view, size_t i,
    struct lapse_arena *arena)
{
	*source = lapse_view_source_of(view, i)->public.name;
	*id = lapse_arena_printf(arena, "%" PRId64, view->threads[i].entry->id);
}
