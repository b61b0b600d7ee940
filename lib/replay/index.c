#include "index.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/layout.h"

/* ---- the chain ---- */

static bool
is_zero(const struct lapse_oid *oid)
{
	static const struct lapse_oid zero;

	return lapse_oid_equal(oid, &zero);
}

static void
close_segments(struct index *index)
{
	while (index->nsegments > 0)
		lapse_segment_close(&index->segments[--index->nsegments]);
	index->ncaptures = 0;
}

/* They were opened newest first. */
static void
turn_round(struct index *index)
{
	for (size_t i = 0, j = index->nsegments; i + 1 < j; i++) {
		struct segment swap = index->segments[i];

		index->segments[i] = index->segments[--j];
		index->segments[j] = swap;
	}
}

/* Does each go on where the one before ends? */
static bool
is_joined(const struct index *index)
{
	size_t n = 0;

	for (size_t i = 0; i < index->nsegments; i++) {
		if (index->segments[i].first != n)
			return false;
		n += index->segments[i].ncaptures;
	}
	return true;
}

/* Open the segment that reaches to a commit, and all before it: false when one of them is missing. */
static bool
open_chain(struct index *index, const struct lapse_oid *tip)
{
	struct lapse_oid at = *tip;

	do {
		index->segments = lapse_grow(index->segments, index->nsegments, &index->cap, sizeof(*index->segments));
		if (lapse_segment_open(&index->segments[index->nsegments], &at) == 0)
			break;
		at = index->segments[index->nsegments++].base;
	} while (!is_zero(&at) && index->nsegments < 64);
	turn_round(index);
	for (size_t i = 0; i < index->nsegments; i++)
		index->ncaptures += index->segments[i].ncaptures;
	if (is_zero(&at) && index->nsegments > 0 && is_joined(index))
		return true;
	close_segments(index);
	return false;
}

/* ---- what is not indexed yet ---- */

static void
note_capture(struct new_captures *captures, const struct lapse_commit *commit)
{
	struct new_capture c = { .commit = commit->id, .tree = commit->tree };
	char time[LAPSE_TIME_LEN + 1], is[16] = "";

	if (!lapse_commit_trailer(c.source, sizeof(c.source), commit, "Lapse-Source") ||
	    !lapse_commit_trailer(time, sizeof(time), commit, "Lapse-Capture") ||
	    !lapse_commit_trailer(c.record, sizeof(c.record), commit, "Lapse-Record") ||
	    !lapse_name_is_valid(c.source) || lapse_time_parse(&c.time, time) < 0)
		return;
	lapse_commit_trailer(is, sizeof(is), commit, "Lapse-Time");
	c.stated = strcmp(is, "observed") != 0;
	captures->items = lapse_grow(captures->items, captures->nitems, &captures->cap, sizeof(*captures->items));
	captures->items[captures->nitems++] = c;
}

int
lapse_index_walk(struct new_captures *captures, struct index *index, struct lapse_store *store,
    const struct lapse_commit *tip)
{
	struct lapse_commit commit = *tip;
	int rc = 1;

	*captures = (struct new_captures){ .nitems = 0 };
	commit.message = lapse_strdup(tip->message);
	while (rc > 0 && (index == NULL || !open_chain(index, &commit.id))) {
		note_capture(captures, &commit);
		rc = lapse_commit_parent(&commit, store);
	}
	lapse_commit_release(&commit);
	return rc < 0 ? rc : 0;
}

int
lapse_index_open(struct index **out, struct lapse_store *store, const struct lapse_commit *tip,
    const struct lapse_meter *meter)
{
	struct index *index = lapse_alloc(1, sizeof(*index));
	struct new_captures captures;
	int rc = lapse_index_walk(&captures, index, store, tip);

	/* Settings come and go without a capture: they are walked over each time, which is cheap. */
	if (rc == 0 && captures.nitems > 0)
		rc = lapse_index_grow(index, store, &captures, meter, false);
	free(captures.items);
	if (rc < 0) {
		lapse_index_free(index);
		index = NULL;
	}
	*out = index;
	return rc;
}

void
lapse_index_free(struct index *index)
{
	if (index == NULL)
		return;
	close_segments(index);
	free(index->segments);
	free(index);
}

/* ---- looking things up ---- */

const char *
lapse_index_source(const struct index *index, size_t n)
{
	const struct segment *last = index->nsegments > 0 ? &index->segments[index->nsegments - 1] : NULL;
	const char *name;

	if (last == NULL || n >= last->nsources)
		return NULL;
	name = last->sources;
	while (n-- > 0)
		name += strlen(name) + 1;
	return name;
}

const struct segment_capture *
lapse_index_capture(const struct segment **segment, const struct index *index, size_t n)
{
	size_t i = index->nsegments - 1;

	while (index->segments[i].first > n)
		i--;
	if (segment != NULL)
		*segment = &index->segments[i];
	return &index->segments[i].captures[n - index->segments[i].first];
}

static int
by_source_id(const void *va, const void *vb)
{
	const struct segment_thread *a = va, *b = vb;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

void
lapse_index_each(const struct index *index,
    void (*fn)(const struct segment *segment, const struct segment_thread *thread, void *payload), void *payload)
{
	size_t *next = lapse_alloc(index->nsegments, sizeof(*next));

	for (;;) {
		const struct segment_thread *least = NULL, *at;
		const struct segment *of = NULL;

		/* Of one thread's records the newest, which comes last. */
		for (size_t i = 0; i < index->nsegments; i++) {
			at = &index->segments[i].threads[next[i]];
			if (next[i] == index->segments[i].nthreads || (least != NULL && by_source_id(at, least) > 0))
				continue;
			least = at;
			of = &index->segments[i];
		}
		if (least == NULL)
			break;
		for (size_t i = 0; i < index->nsegments; i++) {
			at = &index->segments[i].threads[next[i]];
			next[i] += next[i] < index->segments[i].nthreads && by_source_id(at, least) == 0;
		}
		fn(of, least, payload);
	}
	free(next);
}

bool
lapse_index_find(const struct segment **segment, const struct segment_thread **thread, const struct index *index,
    uint32_t source, int64_t id)
{
	struct segment_thread key = { .source = source, .id = id };

	for (size_t i = index->nsegments; i-- > 0; ) {
		const struct segment *s = &index->segments[i];

		*thread = s->nthreads > 0 ? bsearch(&key, s->threads, s->nthreads, sizeof(key), by_source_id) : NULL;
		*segment = s;
		if (*thread != NULL)
			return true;
	}
	return false;
}

/* ---- records ---- */

/* The versions of a folder by what every capture of its source holds: slow, and rests on the archive alone. */
static int
find_versions(struct record_version **out, size_t *nout, const struct index *index, uint32_t source,
    const struct record_origin *origin)
{
	struct record_version *versions = lapse_arena_alloc(origin->arena, index->ncaptures * sizeof(*versions));
	char rev[LAPSE_OID_HEX + 1];
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < index->ncaptures; i++) {
		const struct segment_capture *capture = lapse_index_capture(NULL, index, i);
		struct lapse_commit commit = { .message = NULL };
		struct lapse_entry entry;
		struct lapse_oid oid;

		if (capture->source != source)
			continue;
		memcpy(oid.id, capture->commit, sizeof(oid.id));
		rc = lapse_store_commit(&commit, origin->store, lapse_oid_format(rev, &oid));
		if (rc >= 0)
			rc = lapse_tree_find(&entry, origin->store, &commit.tree, origin->path);
		if (rc > 0 && (n == 0 || !lapse_oid_equal(&versions[n - 1].tree, &entry.oid)))
			versions[n++] = (struct record_version){ .capture = (uint32_t)i, .tree = entry.oid };
		lapse_commit_release(&commit);
	}
	*out = versions;
	*nout = n;
	return rc < 0 ? rc : 0;
}

int
lapse_index_record(struct record *out, const struct index *index, const struct segment *segment,
    const struct segment_thread *thread, const struct record_origin *origin)
{
	const unsigned char *bytes = lapse_segment_record(segment, thread);
	struct record_version *versions;
	size_t nversions;
	int rc;

	if (bytes != NULL && lapse_record_decode(out, origin->arena, bytes, thread->length) == 0)
		return 0;
	rc = find_versions(&versions, &nversions, index, thread->source, origin);
	if (rc == 0 && nversions == 0)
		rc = lapse_fail(LAPSE_EFORMAT, "%s: no capture has it, but the index does", origin->path);
	return rc < 0 ? rc : lapse_record_make(out, origin, versions, nversions);
}
