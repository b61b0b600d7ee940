/* One thread as it stood: its documents read, and rewound to the moment asked for. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"

/* The documents of one thread's folder. */
struct folder {
	struct lapse_entry fields, changes, posts;
	bool has_fields, has_changes, has_posts, has_list;
};

static bool
is_doc(const struct lapse_entry *entry, const char *stem)
{
	size_t len = strlen(stem);

	if (strncmp(entry->name, stem, len) != 0)
		return false;
	return (entry->kind == LAPSE_ENTRY_BLOB && strcmp(entry->name + len, ".json") == 0) ||
	    (entry->kind == LAPSE_ENTRY_TREE && strcmp(entry->name + len, ".parts") == 0);
}

static int
note_entry(const struct lapse_entry *entry, void *payload)
{
	struct folder *folder = payload;

	if (is_doc(entry, "thread")) {
		folder->fields = *entry;
		folder->has_fields = true;
	} else if (is_doc(entry, "changes")) {
		folder->changes = *entry;
		folder->has_changes = true;
	} else if (is_doc(entry, "posts")) {
		folder->has_list = true;
	} else if (entry->kind == LAPSE_ENTRY_TREE && strcmp(entry->name, "posts") == 0) {
		folder->posts = *entry;
		folder->has_posts = true;
	}
	return 0;
}

/* ---- documents ---- */

static int
read_json(json_t **out, struct lapse_view *view, const struct lapse_entry *entry)
{
	int rc = lapse_doc_read(&view->buf, view->store, entry);

	return rc < 0 ? rc : lapse_json_parse(out, view->buf.data, view->buf.len, NULL);
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
load_fields(struct lapse_thread *thread, struct lapse_arena *arena, struct lapse_view *view,
    const struct lapse_entry *entry, int64_t id)
{
	json_t *doc = NULL;
	int rc = read_json(&doc, view, entry);

	if (rc == 0)
		rc = check_number(doc, "id", id);
	if (rc == 0)
		rc = lapse_codec_fields(thread, arena, doc);
	json_decref(doc);
	return lapse_context(rc, "%s/thread.json", thread->path);
}

static int
load_changes(struct lapse_change **out, size_t *nout, struct lapse_arena *arena, struct lapse_view *view,
    const struct lapse_entry *entry, const char *path)
{
	json_t *doc = NULL;
	int rc = read_json(&doc, view, entry);

	if (rc == 0)
		rc = lapse_codec_changes(out, nout, arena, doc);
	json_decref(doc);
	return lapse_context(rc, "%s/changes.json", path);
}

/* The entry of a document at a path, or at that of its other form, plain or in parts: 1, or 0. */
static int
find_either(struct lapse_entry *out, struct lapse_view *view, const struct lapse_oid *tree, const char *path)
{
	const char *dot = strrchr(path, '.');
	char other[LAPSE_PATH_MAX];
	int rc = lapse_tree_find(out, view->store, tree, path);

	if (rc != 0 || dot == NULL)
		return rc;
	snprintf(other, sizeof(other), "%.*s%s", (int)(dot - path), path,
	    strcmp(dot, ".parts") == 0 ? ".json" : ".parts");
	return lapse_tree_find(out, view->store, tree, other);
}

/* Did an earlier known capture see this post in public? Then it counts, whatever it is now. */
static int
was_public(struct lapse_view *view, const struct known_source *source, const char *path)
{
	struct lapse_commit commit = source->commit;
	struct lapse_arena arena;
	struct lapse_post post = { 0 };
	struct lapse_entry entry;
	struct lapse_oid last = { { 0 } };
	json_t *doc;
	int rc = 0;

	lapse_arena_init(&arena);
	commit.message = NULL;
	while (!post.is_public && (rc = lapse_commit_parent(&commit, view->store)) > 0) {
		rc = find_either(&entry, view, &commit.tree, path);
		if (rc <= 0)
			break;
		if (lapse_oid_equal(&entry.oid, &last))
			continue;
		last = entry.oid;
		doc = NULL;
		rc = read_json(&doc, view, &entry);
		if (rc == 0)
			rc = lapse_codec_post(&post, &arena, doc, false);
		json_decref(doc);
		if (rc < 0)
			break;
	}
	lapse_commit_release(&commit);
	lapse_arena_release(&arena);
	return rc < 0 ? rc : post.is_public;
}

struct posts {
	struct lapse_post *items;
	size_t nitems;
	size_t cap;
};

static const char *
join(struct lapse_arena *arena, const char *folder, const char *below)
{
	size_t folder_len = strlen(folder), below_len = strlen(below);
	char *path = lapse_arena_alloc(arena, folder_len + strlen("/posts/") + below_len + 1);

	memcpy(path, folder, folder_len);
	memcpy(path + folder_len, "/posts/", strlen("/posts/"));
	memcpy(path + folder_len + strlen("/posts/"), below, below_len + 1);
	return path;
}

/* `path` is in the arena. */
static int
load_post(struct posts *posts, struct lapse_arena *arena, struct lapse_view *view,
    const struct known_source *source, const struct lapse_entry *entry, const char *path, int64_t number, bool text)
{
	struct lapse_post *post;
	json_t *doc = NULL;
	int rc = read_json(&doc, view, entry);

	if (rc == 0)
		rc = check_number(doc, "count", number);
	posts->items = lapse_grow(posts->items, posts->nitems, &posts->cap, sizeof(*posts->items));
	post = &posts->items[posts->nitems];
	*post = (struct lapse_post){ 0 };
	if (rc == 0)
		rc = lapse_codec_post(post, arena, doc, text);
	json_decref(doc);
	post->path = path;
	if (rc == 0 && !post->is_public) {
		rc = was_public(view, source, path);
		post->is_public = rc > 0;
	}
	posts->nitems++;
	return lapse_context(rc < 0 ? rc : 0, "%s", path);
}

static int
by_time_number(const void *va, const void *vb)
{
	const struct lapse_post *a = va, *b = vb;

	if (a->at.sec != b->at.sec)
		return a->at.sec < b->at.sec ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* All posts up to thread->at, into the arena. */
static int
load_posts(struct lapse_thread *thread, struct lapse_arena *arena, struct lapse_view *view,
    const struct known_source *source, const struct lapse_entry *folder, bool text)
{
	struct posts posts = { 0 };
	struct lapse_walk *walk = NULL;
	struct lapse_entry entry;
	struct lapse_post *kept;
	int64_t number;
	const char *path;
	int rc;

	rc = lapse_walk_open(&walk, view->store, &folder->oid, "");
	while (rc >= 0 && (rc = lapse_walk_next(walk, &path, &entry)) > 0) {
		number = lapse_place_post(path);
		if (number < 0)
			continue;	/* what is no path of the layout is no post */
		rc = load_post(&posts, arena, view, source, &entry, join(arena, thread->path, path), number, text);
		if (rc == 0 && posts.items[posts.nitems - 1].at.sec > thread->at.sec)
			posts.nitems--;
	}
	lapse_walk_free(walk);
	if (rc == 0 && posts.nitems > 0) {
		qsort(posts.items, posts.nitems, sizeof(*posts.items), by_time_number);
		kept = lapse_arena_alloc(arena, posts.nitems * sizeof(*kept));
		memcpy(kept, posts.items, posts.nitems * sizeof(*kept));
		thread->posts = kept;
		thread->nposts = posts.nitems;
	}
	free(posts.items);
	return rc;
}

/* ---- the moment ---- */

static struct lapse_instant
earlier(struct lapse_instant a, struct lapse_instant b)
{
	if (!lapse_time_is_set(a) || !lapse_time_is_set(b))
		return lapse_time_is_set(a) ? a : b;
	return a.sec < b.sec ? a : b;
}

/*
 * A thread is covered up to the capture that last saw both its fields and its
 * posts; where only one of them was ever captured, that one decides.
 */
static void
set_moment(struct lapse_thread *thread, const struct known_thread *known, const struct known_source *source,
    struct lapse_instant at)
{
	thread->covered = earlier(known->seen[LAPSE_PART_BUGS], known->seen[LAPSE_PART_COMMENTS]);
	thread->at = earlier(at, lapse_time_is_set(thread->covered) ? thread->covered : source->public.time);
}

/*
 * Is the captured history as new as what it has to explain: the fields, and the moment? An older one is, too,
 * when the bug itself says that nothing has changed since.
 */
static bool
history_reaches(const struct lapse_thread *thread, const struct known_thread *known)
{
	struct lapse_instant seen = known->seen[LAPSE_PART_HISTORY];
	struct lapse_instant fields = known->seen[LAPSE_PART_BUGS];

	if (!lapse_time_is_set(seen))
		return false;
	if (lapse_time_is_set(fields) && lapse_time_is_set(thread->changed) && thread->changed.sec <= seen.sec)
		return true;
	return seen.sec >= thread->at.sec && (!lapse_time_is_set(fields) || seen.sec >= fields.sec);
}

static void
rewind_fields(struct lapse_thread *thread, const struct lapse_change *changes, size_t n)
{
	thread->summary = lapse_rewind_field(thread, changes, n, "summary", thread->summary);
	thread->status = lapse_rewind_field(thread, changes, n, "status", thread->status);
	thread->resolution = lapse_rewind_field(thread, changes, n, "resolution", thread->resolution);
	thread->whiteboard = lapse_rewind_field(thread, changes, n, "whiteboard", thread->whiteboard);
	thread->product = lapse_rewind_field(thread, changes, n, "product", thread->product);
	thread->component = lapse_rewind_field(thread, changes, n, "component", thread->component);
	thread->assigned_to = lapse_rewind_field(thread, changes, n, "assigned_to", thread->assigned_to);
}

static void
rewind_thread(struct lapse_thread *thread, struct lapse_arena *arena, const struct lapse_change *changes, size_t n)
{
	lapse_rewind_turns(thread, arena, changes, n);
	if (!thread->has_posts && !thread->closed_unknown)
		thread->closed_unknown = true;
	rewind_fields(thread, changes, n);
	thread->changes = changes;
	for (size_t i = 0; i < n && changes[i].at.sec <= thread->at.sec; i++)
		thread->nchanges = i + 1;
}

/* Did the thread exist at its moment? Its creation says so, else its first post; with neither nothing denies it. */
static int
exists(const struct lapse_thread *thread, bool has_posts)
{
	if (lapse_time_is_set(thread->created) && thread->created.sec <= thread->at.sec)
		return 1;
	return thread->nposts > 0 || (!has_posts && !lapse_time_is_set(thread->created));
}

int
lapse_view_load(struct lapse_thread *out, struct lapse_arena *arena, struct lapse_view *view,
    size_t i, struct lapse_instant at, bool text)
{
	struct known_thread *known = &view->threads[i];
	const struct known_source *source = &view->sources[known->source];
	struct folder folder = { .has_fields = false };
	struct lapse_change *changes = NULL;
	char path[LAPSE_PATH_MAX];
	size_t nchanges = 0;
	int rc;

	*out = (struct lapse_thread){ .source = source->public.name, .capture = source->public.commit,
	    .created = LAPSE_NEVER, .changed = LAPSE_NEVER,
	    .last_resolved = LAPSE_NEVER };
	out->id = lapse_arena_printf(arena, "%" PRId64, known->id);
	out->path = lapse_arena_dup(arena, lapse_path_thread(path, out->source, known->id));
	set_moment(out, known, source, at);
	rc = lapse_tree_each(view->store, &known->tree, note_entry, &folder);
	out->has_fields = folder.has_fields;
	out->has_posts = folder.has_list;
	if (rc == 0 && folder.has_fields)
		rc = load_fields(out, arena, view, &folder.fields, known->id);
	if (rc == 0 && folder.has_changes)
		rc = lapse_view_cover_history(view, known);
	out->has_history = folder.has_changes && history_reaches(out, known);
	if (rc == 0 && folder.has_changes)
		rc = load_changes(&changes, &nchanges, arena, view, &folder.changes, out->path);
	if (rc == 0 && folder.has_posts)
		rc = load_posts(out, arena, view, source, &folder.posts, text);
	if (rc < 0)
		return rc;
	rewind_thread(out, arena, changes, nchanges);
	return exists(out, folder.has_posts);
}
