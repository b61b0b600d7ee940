/*
 * Bringing the index up to date, at the cost of what the new captures brought: the threads that they changed get
 * records anew, and small files at the end of the chain are joined with the new one, so that there are few.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/text.h"

/* A thread's folder as a new capture left it. */
struct touched {
	uint32_t source;
	int64_t id;
	struct record_version version;
};

struct growing {
	struct index *index;
	struct lapse_store *store;
	const struct new_captures *captures;
	const struct lapse_meter *meter;
	struct lapse_arena arena;	/* of the record at hand */
	struct lapse_arena names;
	struct lapse_buf scratch, bytes;
	const char **sources;
	size_t nsources, sources_cap;
	struct touched *touched;
	size_t ntouched, touched_cap;
	size_t nkept;			/* segments that stay as they are */
	size_t done;
	struct segment_writer writer;
};

/* ---- sources ---- */

static uint32_t
source_number(struct growing *g, const char *name)
{
	for (size_t i = 0; i < g->nsources; i++)
		if (strcmp(g->sources[i], name) == 0)
			return (uint32_t)i;
	g->sources = lapse_grow(g->sources, g->nsources, &g->sources_cap, sizeof(*g->sources));
	g->sources[g->nsources] = lapse_arena_dup(&g->names, name);
	return (uint32_t)g->nsources++;
}

/* ---- what a capture changed ---- */

struct comparing {
	struct growing *g;
	const char *source;
	uint32_t number;	/* of the source */
	uint32_t capture;
};

/* A folder that the layout would not put where it is is none of the source's threads. */
static int
note_folder(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct comparing *c = payload;
	struct growing *g = c->g;
	const char *name = strrchr(path, '/');
	char place[LAPSE_PATH_MAX], wanted[LAPSE_PATH_MAX];
	int64_t id;

	(void)before;
	if (after == NULL || after->kind != LAPSE_ENTRY_TREE || name == NULL ||
	    lapse_int_parse(&id, name + 1, 0, INT64_MAX) < 0 ||
	    (size_t)snprintf(place, sizeof(place), "threads/%.65s/%.100s", c->source, path) >= sizeof(place) ||
	    strcmp(place, lapse_path_thread(wanted, c->source, id)) != 0)
		return 0;
	g->touched = lapse_grow(g->touched, g->ntouched, &g->touched_cap, sizeof(*g->touched));
	g->touched[g->ntouched++] = (struct touched){ c->number, id, { c->capture, after->oid } };
	return 0;
}

/* The source's folder below a tree: 1, or 0. */
static int
source_folder(struct lapse_entry *out, struct growing *g, const struct lapse_oid *tree, const char *source)
{
	char path[LAPSE_PATH_MAX];

	snprintf(path, sizeof(path), "threads/%s", source);
	return lapse_tree_find(out, g->store, tree, path);
}

/* The tree of the newest capture of a source that is indexed already: 1, or 0. */
static int
indexed_tree(struct lapse_oid *out, struct growing *g, uint32_t source)
{
	struct lapse_commit commit = { .message = NULL };
	char rev[LAPSE_OID_HEX + 1];
	struct lapse_oid oid;
	int rc;

	for (size_t i = g->index->ncaptures; i-- > 0; ) {
		const struct segment_capture *capture = lapse_index_capture(NULL, g->index, i);

		if (capture->source != source)
			continue;
		memcpy(oid.id, capture->commit, sizeof(oid.id));
		rc = lapse_store_commit(&commit, g->store, lapse_oid_format(rev, &oid));
		*out = commit.tree;
		lapse_commit_release(&commit);
		return rc < 0 ? rc : 1;
	}
	return 0;
}

/* Compare a new capture with the one of its source before it, among the new ones (which are newest first) or indexed. */
static int
compare_capture(struct growing *g, size_t i)
{
	const struct new_capture *captures = g->captures->items;
	size_t ncaptures = g->captures->nitems;
	struct comparing c = { .g = g, .source = captures[i].source };
	struct lapse_entry before, after;
	struct lapse_oid tree;
	int had = 0, has;

	c.number = source_number(g, c.source);
	c.capture = (uint32_t)(g->index->ncaptures + ncaptures - 1 - i);
	for (size_t k = i + 1; k < ncaptures && had == 0; k++) {
		if (strcmp(captures[k].source, c.source) != 0)
			continue;
		tree = captures[k].tree;
		had = 1;
	}
	if (had == 0)
		had = indexed_tree(&tree, g, c.number);
	if (had > 0)
		had = source_folder(&before, g, &tree, c.source);
	has = had < 0 ? had : source_folder(&after, g, &captures[i].tree, c.source);
	if (has <= 0)
		return has;
	return lapse_tree_compare_folders(g->store, had > 0 ? &before.oid : NULL, &after.oid, 3, note_folder, &c);
}

/* ---- a capture's record ---- */

static uint32_t
marks_of(const struct new_capture *c, const struct lapse_capture *capture)
{
	const struct lapse_asked *asked = &capture->asked;
	uint32_t marks = (c->stated ? SEGMENT_STATED : 0) | (strcmp(capture->kind, "mail") == 0 ? SEGMENT_MAIL : 0);

	if (asked->rest == NULL)
		return marks;
	return marks | SEGMENT_ASKED | (asked->unchanged ? SEGMENT_UNCHANGED : 0) |
	    (asked->authenticated ? SEGMENT_AUTHENTICATED : 0);
}

static void
add_lists(struct segment_writer *writer, const struct lapse_capture *capture)
{
	const struct lapse_asked *asked = &capture->asked;
	struct lapse_ids but, hidden;

	for (int part = 0; part < LAPSE_NPARTS; part++)
		lapse_segment_add_scope(writer, part, &capture->scope[part]);
	lapse_ids_init(&but);
	lapse_ids_init(&hidden);
	for (size_t i = 0; i < asked->outside.nitems; i++)
		if (!lapse_ids_has(&asked->followed, asked->outside.items[i]))
			lapse_ids_add(&but, asked->outside.items[i]);
	for (size_t i = 0; i < asked->due.nitems; i++)
		lapse_ids_add(&but, asked->due.items[i]);
	for (size_t i = 0; i < asked->nhidden; i++)
		lapse_ids_add(&hidden, asked->hidden[i].id);
	lapse_ids_sort(&but);
	lapse_segment_add_scope(writer, SEGMENT_BUT, &but);
	lapse_segment_add_scope(writer, SEGMENT_HIDDEN, &hidden);
	lapse_ids_release(&but);
	lapse_ids_release(&hidden);
}

static int
add_capture(struct growing *g, const struct new_capture *c)
{
	struct segment_capture entry = { .source = source_number(g, c->source), .time = c->time.sec };
	struct lapse_capture capture;
	json_t *doc = NULL;
	int rc;

	memcpy(entry.commit, c->commit.id, sizeof(entry.commit));
	lapse_capture_init(&capture);
	rc = lapse_doc_find(&g->scratch, g->store, &c->tree, c->record);
	if (rc == 0)
		rc = lapse_fail(LAPSE_EFORMAT, "the capture's record is not there");
	else if (rc > 0)
		rc = lapse_json_parse(&doc, g->scratch.data, g->scratch.len, NULL);
	if (rc == 0)
		rc = lapse_codec_capture_decode(&capture, doc);
	/* Nothing is judged by a time that the archive contradicts. */
	if (rc == 0 && (strcmp(capture.source, c->source) != 0 || capture.time.sec != c->time.sec))
		rc = lapse_fail(LAPSE_EFORMAT, "the commit's trailers and its record do not agree");
	if (rc == 0) {
		entry.marks = marks_of(c, &capture);
		entry.due = (uint32_t)capture.asked.due.nitems;
		entry.reaches = lapse_time_is_set(capture.reaches) ? capture.reaches.sec : entry.time;
		lapse_segment_add_capture(&g->writer, &entry);
		add_lists(&g->writer, &capture);
	}
	lapse_capture_release(&capture);
	json_decref(doc);
	return lapse_context(rc, "%s", c->record);
}

/* ---- records ---- */

static int
by_thread_capture(const void *va, const void *vb)
{
	const struct touched *a = va, *b = vb;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->version.capture < b->version.capture ? -1 : a->version.capture > b->version.capture;
}

/* A thread's versions: those that are indexed, then `n` new ones. */
static int
gather_versions(struct record_version **out, size_t *nout, struct growing *g, const struct touched *touched, size_t n,
    const struct record_origin *origin)
{
	const struct segment *segment;
	const struct segment_thread *thread;
	struct record record = { .nversions = 0 };
	int rc = 0;

	if (lapse_index_find(&segment, &thread, g->index, touched->source, touched->id))
		rc = lapse_index_record(&record, g->index, segment, thread, origin);
	*out = lapse_arena_alloc(&g->arena, (record.nversions + n) * sizeof(**out));
	*nout = record.nversions + n;
	if (record.nversions > 0)
		memcpy(*out, record.versions, record.nversions * sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[record.nversions + i] = touched[i].version;
	return rc;
}

/* The capture that brought a thread, which the index knows also of one whose documents are damaged. */
static uint32_t
first_capture(const struct growing *g, const struct touched *touched)
{
	const struct segment *segment;
	const struct segment_thread *thread;

	if (lapse_index_find(&segment, &thread, g->index, touched->source, touched->id))
		return thread->first;
	return touched->version.capture;
}

/* One whose documents are damaged gets no record: whoever asks for it is told then, and nobody else. */
static int
add_record(struct growing *g, const struct touched *touched, size_t n)
{
	struct segment_thread entry = { .source = touched->source, .id = touched->id, .first = first_capture(g, touched) };
	struct record_origin origin = { .store = g->store, .arena = &g->arena, .scratch = &g->scratch, .id = touched->id };
	char path[LAPSE_PATH_MAX];
	struct record_version *versions;
	struct record record;
	size_t nversions;
	int rc;

	origin.path = lapse_path_thread(path, g->sources[touched->source], touched->id);
	lapse_arena_reset(&g->arena);
	lapse_buf_reset(&g->bytes);
	rc = gather_versions(&versions, &nversions, g, touched, n, &origin);
	if (rc == 0)
		rc = lapse_record_make(&record, &origin, versions, nversions);
	if (rc == 0)
		rc = lapse_record_encode(&g->bytes, &record);
	lapse_segment_add_thread(&g->writer, &entry, rc == 0 ? (unsigned char *)g->bytes.data : NULL, g->bytes.len);
	if (g->meter != NULL)
		g->meter->fn(++g->done, g->ntouched, g->meter->payload);
	return 0;
}

/* Copy the records of the segments that are joined, from before the new ones on. */
struct copying {
	struct growing *g;
	size_t next;		/* of the touched ones */
	int rc;
};

static void
add_touched_before(struct copying *c, const struct segment_thread *end)
{
	struct growing *g = c->g;

	while (c->rc == 0 && c->next < g->ntouched) {
		const struct touched *first = &g->touched[c->next];
		size_t n = 1;

		if (end != NULL && (first->source > end->source || (first->source == end->source && first->id > end->id)))
			return;
		while (c->next + n < g->ntouched && first[n].source == first->source && first[n].id == first->id)
			n++;
		c->rc = add_record(g, first, n);
		c->next += n;
	}
}

static void
copy_record(const struct segment *segment, const struct segment_thread *thread, void *payload)
{
	struct copying *c = payload;
	struct growing *g = c->g;
	const struct touched *last;

	add_touched_before(c, thread);
	last = c->next > 0 ? &g->touched[c->next - 1] : NULL;
	if (last != NULL && last->source == thread->source && last->id == thread->id)
		return;		/* it has just been made anew */
	lapse_segment_add_thread(&g->writer, thread, lapse_segment_record(segment, thread), thread->length);
}

/* ---- the whole ---- */

/* Segments at the end that hold no more than twice what comes are joined with it: then there are few, and each thread's bytes move seldom. */
static size_t
count_kept(const struct growing *g)
{
	size_t kept = g->index->nsegments, threads = g->ntouched;

	while (kept > 0 && g->index->segments[kept - 1].nthreads <= 2 * threads + 64)
		threads += g->index->segments[--kept].nthreads;
	return kept;
}

static int
write_segment(struct segment *out, struct growing *g, bool in_memory)
{
	struct index joined = { .segments = g->index->segments + g->nkept, .nsegments = g->index->nsegments - g->nkept };
	const struct segment *before = g->nkept > 0 ? &g->index->segments[g->nkept - 1] : NULL;
	struct copying copying = { .g = g };
	struct lapse_oid base = { { 0 } };
	int rc = 0;

	lapse_segment_begin(&g->writer, in_memory);
	g->done = 0;
	lapse_index_each(&joined, copy_record, &copying);
	add_touched_before(&copying, NULL);
	rc = copying.rc;
	for (size_t i = 0; rc == 0 && i < joined.nsegments; i++)
		lapse_segment_add_captures(&g->writer, &joined.segments[i]);
	for (size_t i = g->captures->nitems; rc == 0 && i-- > 0; )
		rc = add_capture(g, &g->captures->items[i]);
	for (size_t i = 0; rc == 0 && i < g->nsources; i++)
		rc = lapse_segment_add_source(&g->writer, g->sources[i]);
	if (before != NULL)
		base = before->tip;
	if (rc == 0)
		return lapse_segment_finish(out, &g->writer, &g->captures->items[0].commit, &base,
		    before != NULL ? before->first + (uint32_t)before->ncaptures : 0);
	lapse_segment_abandon(&g->writer);
	return rc;
}

/* The new one takes the place of those that it was joined with. */
static void
replace_segments(struct growing *g, const struct segment *fresh)
{
	struct index *index = g->index;
	char name[LAPSE_OID_HEX + 1];

	for (size_t i = g->nkept; i < index->nsegments; i++) {
		if (!fresh->file.in_memory && !lapse_oid_equal(&index->segments[i].tip, &fresh->tip))
			lapse_cache_remove(SEGMENT_KIND, lapse_oid_format(name, &index->segments[i].tip));
		lapse_segment_close(&index->segments[i]);
	}
	index->nsegments = g->nkept;
	index->segments = lapse_grow(index->segments, index->nsegments, &index->cap, sizeof(*index->segments));
	index->segments[index->nsegments++] = *fresh;
	index->ncaptures = fresh->first + fresh->ncaptures;
}

static int
grow(struct growing *g, bool in_memory)
{
	struct segment fresh;
	const char *name;
	int rc = 0;

	while ((name = lapse_index_source(g->index, g->nsources)) != NULL)
		source_number(g, name);
	for (size_t i = g->captures->nitems; rc == 0 && i-- > 0; )
		rc = compare_capture(g, i);
	if (rc < 0)
		return rc;
	if (g->ntouched > 0)
		qsort(g->touched, g->ntouched, sizeof(*g->touched), by_thread_capture);
	g->nkept = count_kept(g);
	rc = write_segment(&fresh, g, in_memory);
	if (rc == LAPSE_EFAIL && !in_memory)	/* the cache's disk is full, say: an answer needs none */
		rc = write_segment(&fresh, g, true);
	if (rc == 0)
		replace_segments(g, &fresh);
	return rc;
}

int
lapse_index_grow(struct index *index, struct lapse_store *store, const struct new_captures *captures,
    const struct lapse_meter *meter, bool in_memory)
{
	struct growing g = { .index = index, .store = store, .captures = captures, .meter = meter };
	int rc;

	lapse_arena_init(&g.arena);
	lapse_arena_init(&g.names);
	lapse_buf_init(&g.scratch, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&g.bytes, LAPSE_BUF_DOCUMENT);
	rc = grow(&g, in_memory);
	free(g.sources);
	free(g.touched);
	lapse_arena_release(&g.arena);
	lapse_arena_release(&g.names);
	lapse_buf_release(&g.scratch);
	lapse_buf_release(&g.bytes);
	return rc;
}
