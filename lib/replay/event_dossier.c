/* What all captures left of one thread: its versions, and the documents in which each differs from the one before. */
#include "event_dossier.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/text.h"

/* ---- takes ---- */

static int
note_take(const char *below, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct dossier *r = payload;
	struct lapse_place place;
	char path[LAPSE_PATH_MAX];

	(void)before;
	if (after == NULL || after->kind == LAPSE_ENTRY_OTHER ||
	    (size_t)snprintf(path, sizeof(path), "%s/%s", r->folder, below) >= sizeof(path) || !lapse_place_parse(&place, path))
		return 0;	/* gone or a link, which verify names, or no document of a thread */
	r->takes = lapse_grow(r->takes, r->ntakes, &r->takes_cap, sizeof(*r->takes));
	r->takes[r->ntakes++] = (struct take){ .file = place.file, .number = place.number, .version = r->version,
	    .entry = { .oid = after->oid, .kind = after->kind }, .path = lapse_arena_dup(r->arena, path) };
	return 0;
}

static int
compare_takes(const void *va, const void *vb)
{
	const struct take *a = va, *b = vb;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->version < b->version ? -1 : a->version > b->version;
}

static int
list_takes(struct dossier *r)
{
	int rc = 0;

	for (r->version = 0; rc == 0 && r->version < r->nversions; r->version++)
		rc = lapse_tree_compare(r->store, r->version > 0 ? &r->versions[r->version - 1].tree : NULL,
		    &r->versions[r->version].tree, note_take, r);
	if (r->ntakes > 1)
		qsort(r->takes, r->ntakes, sizeof(*r->takes), compare_takes);
	for (size_t i = r->ntakes; i-- > 0; ) {
		r->runs[r->takes[i].file].first = i;
		r->runs[r->takes[i].file].n++;
	}
	return rc;
}

struct take *
lapse_dossier_takes(size_t *ntakes, const struct dossier *r, enum lapse_file file)
{
	*ntakes = r->runs[file].n;
	return r->takes + r->runs[file].first;
}

size_t
lapse_dossier_run(const struct take *first, size_t ntakes)
{
	size_t n = 1;

	while (n < ntakes && first[n].number == first[0].number)
		n++;
	return n;
}

struct take *
lapse_dossier_find(const struct dossier *r, enum lapse_file file, int64_t number, size_t version)
{
	size_t n, lo = 0;
	struct take *takes = lapse_dossier_takes(&n, r, file);

	for (size_t hi = n; lo < hi; ) {
		size_t middle = lo + (hi - lo) / 2;

		if (takes[middle].number < number ||
		    (takes[middle].number == number && takes[middle].version <= version))
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo > 0 && takes[lo - 1].number == number ? &takes[lo - 1] : NULL;
}

int
lapse_dossier_read(struct dossier *r, struct take *take)
{
	int rc;

	if (take->doc != NULL)
		return 0;
	rc = lapse_doc_read(&r->buf, r->store, &take->entry);
	if (rc == 0)
		rc = lapse_json_parse(&take->doc, r->buf.data, r->buf.len, NULL);
	if (rc == 0 && !json_is_object(take->doc))
		rc = lapse_fail(LAPSE_EFORMAT, "not an object");
	return lapse_context(rc, "%s", take->path);
}

/* ---- lists ---- */

static int
read_listings(struct listings *out, struct dossier *r, enum lapse_file file)
{
	size_t ntakes;
	struct take *takes = lapse_dossier_takes(&ntakes, r, file);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ntakes; i++) {
		struct listing *listing;

		rc = lapse_dossier_read(r, &takes[i]);
		if (rc < 0)
			break;
		out->items = lapse_grow(out->items, out->nitems, &out->cap, sizeof(*out->items));
		listing = &out->items[out->nitems++];
		listing->version = takes[i].version;
		rc = lapse_context(lapse_codec_list_decode(&listing->ids, takes[i].doc), "%s", takes[i].path);
		lapse_ids_sort(&listing->ids);
	}
	return rc;
}

static void
release_listings(struct listings *listings)
{
	for (size_t i = 0; i < listings->nitems; i++)
		lapse_ids_release(&listings->items[i].ids);
	free(listings->items);
	*listings = (struct listings){ 0 };
}

bool
lapse_dossier_lists(const struct listings *listings, int64_t number, size_t version)
{
	size_t i = listings->nitems;

	while (i > 0 && listings->items[i - 1].version > version)
		i--;
	return i > 0 && lapse_ids_has(&listings->items[i - 1].ids, number);
}

bool
lapse_dossier_listed_before(const struct listings *listings, int64_t number, size_t version)
{
	for (size_t i = 0; i < listings->nitems && listings->items[i].version < version; i++)
		if (lapse_ids_has(&listings->items[i].ids, number))
			return true;
	return false;
}

bool
lapse_dossier_hides(const struct listings *listings, int64_t number, size_t from, size_t to)
{
	size_t i = 0, n = listings->nitems;

	while (i + 1 < n && listings->items[i + 1].version <= from)
		i++;
	for (; i < n; i++) {
		if (!lapse_ids_has(&listings->items[i].ids, number))
			return true;
		if (listings->items[i].version > to)
			break;
	}
	return false;
}

/* ---- opening ---- */

/* Of each version: had the bug last changed well before the capture that left it? */
static int
read_settled(struct dossier *r)
{
	size_t ntakes, i = 0;
	struct take *takes = lapse_dossier_takes(&ntakes, r, LAPSE_FILE_THREAD);
	struct lapse_thread fields = { .changed = LAPSE_NEVER };
	int rc = 0;

	r->settled = lapse_arena_alloc(r->arena, r->nversions * sizeof(*r->settled));
	for (size_t v = 0; rc == 0 && v < r->nversions; v++) {
		if (i < ntakes && takes[i].version == v) {
			rc = lapse_dossier_read(r, &takes[i]);
			if (rc == 0)
				rc = lapse_context(lapse_codec_fields(&fields, r->arena, takes[i].doc), "%s", takes[i].path);
			i++;
		}
		r->settled[v] = lapse_time_is_set(fields.changed) &&
		    fields.changed.sec <= r->captures[r->versions[v].capture].time.sec - EVENTS_LAG;
	}
	return rc;
}

static int
open_changes(struct dossier *r, size_t thread)
{
	int rc = lapse_view_changes(&r->changes, &r->nchanges, r->arena, r->view, thread);

	if (rc == 0)
		lapse_declared_init(&r->declared, r->changes, r->nchanges);
	return rc;
}

int
lapse_dossier_open(struct dossier *r, size_t thread)
{
	char path[LAPSE_PATH_MAX];
	int64_t id = 0;
	int rc;

	lapse_buf_init(&r->buf, LAPSE_BUF_DOCUMENT);
	lapse_view_name(&r->source, &r->id, r->view, thread, r->arena);
	rc = lapse_int_parse(&id, r->id, 0, INT64_MAX);
	if (rc < 0)
		return rc;
	r->is_mail = lapse_view_of(r->view, thread)->is_mail;
	r->folder = lapse_arena_dup(r->arena, lapse_path_thread(path, r->source, id));
	rc = lapse_view_versions(&r->versions, &r->nversions, r->arena, r->view, thread);
	if (rc < 0 || (r->silent_only && r->nversions < 2))
		return rc;
	rc = lapse_view_captures(&r->captures, &r->covered, &r->ncaptures, r->arena, r->view, thread);
	if (rc == 0)
		rc = list_takes(r);
	if (rc == 0)
		rc = read_listings(&r->posts, r, LAPSE_FILE_POST_LIST);
	if (rc == 0)
		rc = read_listings(&r->attachments, r, LAPSE_FILE_ATTACHMENT_LIST);
	if (rc == 0)
		rc = read_settled(r);
	return rc < 0 ? rc : open_changes(r, thread);
}

void
lapse_dossier_release(struct dossier *r)
{
	for (size_t i = 0; i < r->ntakes; i++)
		json_decref(r->takes[i].doc);
	free(r->takes);
	release_listings(&r->posts);
	release_listings(&r->attachments);
	lapse_declared_release(&r->declared);
	free(r->renames.items);
	free(r->events);
	lapse_buf_release(&r->buf);
}

/* ---- between captures ---- */

struct between
lapse_dossier_between(const struct dossier *r, enum lapse_part part, size_t earlier, size_t version)
{
	struct between b = { .before = r->versions[earlier].capture, .after = r->versions[version].capture };

	for (size_t c = b.after; c-- > b.before; ) {
		if (r->covered[c] & 1 << part) {
			b.before = c;
			break;
		}
	}
	b.from = r->captures[b.before].time;
	b.to = r->captures[b.after].time;
	/* A capture's time is that of its first request; its last one may be as late as the next capture. */
	b.span.after.sec = b.from.sec - EVENTS_LAG;
	b.span.until = b.after + 1 < r->ncaptures ? r->captures[b.after + 1].time : LAPSE_NEVER;
	return b;
}

enum lapse_standing
lapse_dossier_judge(const struct dossier *r, size_t capture, bool settled)
{
	for (size_t c = capture + (settled ? 0 : 1); c < r->ncaptures; c++)
		if (r->covered[c] & 1 << LAPSE_PART_HISTORY)
			return LAPSE_STANDING_SILENT;
	return LAPSE_STANDING_UNPROVEN;
}

/* ---- events ---- */

struct lapse_event *
lapse_dossier_event(struct dossier *r, enum lapse_event_kind kind, struct lapse_instant at)
{
	struct lapse_event *event;

	r->events = lapse_grow(r->events, r->nevents, &r->events_cap, sizeof(*r->events));
	event = &r->events[r->nevents++];
	*event = (struct lapse_event){ .kind = kind, .at = at, .after = LAPSE_NEVER, .post = -1, .attachment = -1 };
	return event;
}

struct lapse_event *
lapse_dossier_difference(struct dossier *r, enum lapse_event_kind kind, const struct between *between,
    const struct take *earlier, const struct take *later)
{
	struct lapse_event *event = lapse_dossier_event(r, kind, between->to);

	event->after = between->from;
	event->standing = LAPSE_STANDING_SILENT;
	event->capture = r->captures[between->after].commit;
	event->earlier = r->captures[between->before].commit;
	event->path = later->path;
	event->earlier_path = earlier != NULL ? earlier->path : NULL;
	if (later->file == LAPSE_FILE_POST)
		event->post = later->number;
	else if (later->file == LAPSE_FILE_ATTACHMENT)
		event->attachment = later->number;
	return event;
}
