/* One thread as it stood: its record, as far as it was known, rewound to the moment asked for. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"
#include "track.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/text.h"

/* What one loading works with. */
struct loading {
	struct lapse_thread *thread;
	struct lapse_arena *arena;
	struct lapse_view *view;
	struct record record;
	uint32_t last;			/* the newest known capture of the thread's source */
	struct lapse_change *changes;	/* all that are known, also after the moment */
	size_t nchanges;
};

static int
read_record(struct record *out, struct lapse_arena *arena, struct lapse_view *view, size_t i, const char *path)
{
	const struct known_thread *known = &view->threads[i];
	struct record_origin origin = { view->store, arena, &view->buf, known->entry->id, path };

	return lapse_index_record(out, view->index, known->segment, known->entry, &origin);
}

int
lapse_view_record(struct record *out, struct lapse_arena *arena, struct lapse_view *view, size_t i)
{
	char path[LAPSE_PATH_MAX];

	lapse_path_thread(path, lapse_view_source_of(view, i)->public.name, view->threads[i].entry->id);
	return read_record(out, arena, view, i, path);
}

/* ---- fields ---- */

/* How many versions of the fields are known. */
static size_t
count_fields(const struct loading *l)
{
	size_t n = l->record.nfields;

	while (n > 0 && l->record.fields[n - 1].capture > l->last)
		n--;
	return n;
}

static void
load_fields(struct loading *l)
{
	struct lapse_thread *thread = l->thread;
	size_t n = count_fields(l);
	const struct record_fields *f;

	if (n == 0)
		return;
	f = &l->record.fields[n - 1];
	thread->has_fields = true;
	thread->summary = f->texts[RECORD_SUMMARY];
	thread->status = f->texts[RECORD_STATUS];
	thread->resolution = f->texts[RECORD_RESOLUTION];
	thread->whiteboard = f->texts[RECORD_WHITEBOARD];
	thread->product = f->texts[RECORD_PRODUCT];
	thread->component = f->texts[RECORD_COMPONENT];
	thread->creator = f->texts[RECORD_CREATOR];
	thread->assigned_to = f->texts[RECORD_ASSIGNED_TO];
	thread->created = f->created;
	thread->changed = f->changed;
	thread->last_resolved = f->last_resolved;
}

/* ---- changes ---- */

/* Who made a change, as the newest known history spells it. */
static const char *
who_of(const struct history_entry *entry, uint32_t last)
{
	const struct history_who *who = entry->who;

	while (who->since > last && who->older != NULL)
		who = who->older;
	return who->who;
}

static void
load_changes(struct loading *l)
{
	l->changes = lapse_arena_alloc(l->arena, l->record.nchanges * sizeof(*l->changes));
	for (size_t i = 0; i < l->record.nchanges; i++) {
		const struct history_entry *entry = &l->record.changes[i];

		if (entry->since > l->last)
			continue;
		l->changes[l->nchanges] = entry->change;
		l->changes[l->nchanges].capture = lapse_view_commit(l->view, entry->since);
		l->changes[l->nchanges++].who = who_of(entry, l->last);
	}
}

/* ---- posts ---- */

/* A message that says it was written after it was captured was not: by more than a day, and clocks differ less. */
static bool
is_impossible(const struct loading *l, const struct record_post *post)
{
	const struct record_sight *first = &post->sights[0];

	return l->thread->is_mail && first->at.sec > lapse_index_capture(NULL, l->view->index, first->capture)->time + 86400;
}

/* A post as the newest known capture has it, public when any of them saw it so: 1, or 0 when none has it, or not in this thread. */
static int
load_post(struct lapse_post *out, const struct loading *l, const struct record_post *post)
{
	const struct record_sight *sight = NULL;

	*out = (struct lapse_post){ .number = post->number, .text = "" };
	for (size_t i = 0; i < post->nsights && post->sights[i].capture <= l->last; i++) {
		sight = &post->sights[i];
		out->is_public |= sight->is_public;
	}
	if (sight == NULL || sight->is_elsewhere)
		return 0;
	out->at = sight->at;
	out->author = sight->author;
	out->is_generated = sight->is_generated;
	out->is_undated = sight->is_undated || is_impossible(l, post);
	out->slack = sight->slack;
	if (out->is_undated)
		out->at = (struct lapse_instant){ 0 };
	out->in_parts = sight->in_parts;
	return 1;
}

static int
by_time_number(const void *va, const void *vb)
{
	const struct lapse_post *a = va, *b = vb;

	if (a->at.sec != b->at.sec)
		return a->at.sec < b->at.sec ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* All known posts up to the thread's moment. Returns whether there are any at all. */
static bool
load_posts(struct loading *l)
{
	struct lapse_post *posts = lapse_arena_alloc(l->arena, l->record.nposts * sizeof(*posts));
	size_t n = 0;
	bool any = false, sorted = true;

	for (size_t i = 0; i < l->record.nposts; i++) {
		if (load_post(&posts[n], l, &l->record.posts[i]) == 0)
			continue;
		any = true;
		if (posts[n].at.sec > l->thread->at.sec)
			continue;
		sorted = sorted && (n == 0 || posts[n - 1].at.sec <= posts[n].at.sec);
		n++;
	}
	if (!sorted)
		qsort(posts, n, sizeof(*posts), by_time_number);
	l->thread->posts = posts;
	l->thread->nposts = n;
	return any;
}

/* The newest known text of every post. */
static int
load_texts(struct loading *l)
{
	struct lapse_post *posts = (struct lapse_post *)l->thread->posts;
	const struct record_version *version = l->record.versions;
	size_t folder_len = strlen(l->thread->path) + 1;
	int rc = 0;

	while (version + 1 < l->record.versions + l->record.nversions && version[1].capture <= l->last)
		version++;
	for (size_t i = 0; rc >= 0 && i < l->thread->nposts; i++) {
		struct lapse_post read;
		struct lapse_entry entry;
		char path[LAPSE_PATH_MAX];
		json_t *doc = NULL;

		lapse_post_path(path, l->thread, &posts[i]);
		rc = lapse_tree_find(&entry, l->view->store, &version->tree, path + folder_len);
		if (rc > 0)
			rc = lapse_doc_read(&l->view->buf, l->view->store, &entry);
		if (rc == 0)
			rc = lapse_json_parse(&doc, l->view->buf.data, l->view->buf.len, NULL);
		if (rc == 0)
			rc = lapse_codec_post(&read, l->arena, doc, true);
		if (rc == 0)
			posts[i].text = read.text;
		json_decref(doc);
		lapse_context(rc, "%s", path);
	}
	return rc < 0 ? rc : 0;
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
set_moment(struct lapse_thread *thread, const struct seen *seen, const struct known_source *source,
    struct lapse_instant at)
{
	thread->covered = earlier(seen->parts[LAPSE_PART_BUGS], seen->parts[LAPSE_PART_COMMENTS]);
	thread->at = earlier(at, lapse_time_is_set(thread->covered) ? thread->covered : source->public.time);
}

/*
 * Is the captured history as new as what it has to explain: the fields, and the moment? An older one is, too,
 * when the bug itself says that nothing has changed since.
 */
static bool
history_reaches(const struct lapse_thread *thread, const struct seen *seen)
{
	struct lapse_instant history = seen->parts[LAPSE_PART_HISTORY];
	struct lapse_instant fields = seen->parts[LAPSE_PART_BUGS];

	if (!lapse_time_is_set(history))
		return false;
	if (lapse_time_is_set(fields) && lapse_time_is_set(thread->changed) && thread->changed.sec <= history.sec)
		return true;
	return history.sec >= thread->at.sec && (!lapse_time_is_set(fields) || history.sec >= fields.sec);
}

/* The track of one field, and its value at the thread's moment. */
static const char *
rewind_field(struct lapse_track *track, const struct loading *l, const char *field, enum record_text text)
{
	size_t n = count_fields(l);
	struct snapshot *snapshots;

	if (n == 0) {
		*track = (struct lapse_track){ .first = NULL };
		return NULL;
	}
	snapshots = lapse_arena_alloc(l->arena, n * sizeof(*snapshots));
	for (size_t i = 0; i < n; i++) {
		const struct record_fields *f = &l->record.fields[i];

		snapshots[i].at.sec = lapse_index_capture(NULL, l->view->index, f->capture)->time;
		snapshots[i].value = f->texts[text];
	}
	lapse_track_build(track, l->arena, field, l->changes, l->nchanges, snapshots, n, l->thread->at);
	return lapse_track_last(track);
}

static void
rewind_fields(struct loading *l)
{
	struct lapse_thread *thread = l->thread;
	struct lapse_track track;

	thread->summary = rewind_field(&track, l, "summary", RECORD_SUMMARY);
	thread->status = rewind_field(&track, l, "status", RECORD_STATUS);
	thread->resolution = rewind_field(&track, l, "resolution", RECORD_RESOLUTION);
	thread->product = rewind_field(&track, l, "product", RECORD_PRODUCT);
	thread->component = rewind_field(&track, l, "component", RECORD_COMPONENT);
	thread->assigned_to = rewind_field(&track, l, "assigned_to", RECORD_ASSIGNED_TO);
	thread->whiteboard = rewind_field(&thread->whiteboards, l, "whiteboard", RECORD_WHITEBOARD);
}

static void
rewind_thread(struct loading *l)
{
	struct lapse_thread *thread = l->thread;

	lapse_rewind_turns(thread, l->arena, l->changes, l->nchanges);
	if (!thread->has_posts && !thread->closed_unknown)
		thread->closed_unknown = true;
	rewind_fields(l);
	thread->changes = l->changes;
	while (thread->nchanges < l->nchanges && l->changes[thread->nchanges].at.sec <= thread->at.sec)
		thread->nchanges++;
}

/* Did the thread exist at its moment? Its creation says so, else its first post; with neither nothing denies it. */
static int
exists(const struct lapse_thread *thread, bool has_posts)
{
	if (lapse_time_is_set(thread->created) && thread->created.sec <= thread->at.sec)
		return 1;
	if (thread->is_mail && !has_posts)
		return 0;	/* all of it belongs to other threads */
	return thread->nposts > 0 || (!has_posts && !lapse_time_is_set(thread->created));
}

int
lapse_view_load(struct lapse_thread *out, struct lapse_arena *arena, struct lapse_view *view,
    size_t i, struct lapse_instant at, bool text)
{
	const struct known_source *source = lapse_view_source_of(view, i);
	struct loading l = { .thread = out, .arena = arena, .view = view, .last = source->last };
	struct seen seen = lapse_view_seen(view, i);
	char path[LAPSE_PATH_MAX], digits[LAPSE_INT_LEN + 1];
	bool any_posts;
	int rc;

	*out = (struct lapse_thread){ .source = source->public.name, .capture = source->public.commit,
	    .is_mail = source->public.is_mail, .created = LAPSE_NEVER, .changed = LAPSE_NEVER,
	    .last_resolved = LAPSE_NEVER, .hidden = seen.hidden };
	out->id = lapse_arena_dupn(arena, digits, (size_t)(lapse_int_format(digits, view->threads[i].entry->id) - digits));
	out->path = lapse_arena_dup(arena, lapse_path_thread(path, out->source, view->threads[i].entry->id));
	rc = read_record(&l.record, arena, view, i, out->path);
	if (rc < 0)
		return rc;
	set_moment(out, &seen, source, at);
	load_fields(&l);
	load_changes(&l);
	out->has_posts = l.record.list_since <= l.last;
	out->has_history = l.record.history_since <= l.last && history_reaches(out, &seen);
	any_posts = load_posts(&l);
	rc = text ? load_texts(&l) : 0;
	if (rc < 0)
		return rc;
	rewind_thread(&l);
	return exists(out, any_posts);
}
