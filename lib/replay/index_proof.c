/* The index against one made anew: nothing in it may differ from what the archive gives. */
#include <stdlib.h>
#include <string.h>

#include "index.h"

#include "lapse/error.h"
#include "lapse/layout.h"

struct proof {
	const struct index *index;	/* the user's */
	const struct index *fresh;
	void (*fn)(const char *path, const char *what, void *payload);
	void *payload;
	size_t nthreads;
	size_t faults;
};

static void
fault(struct proof *p, const char *path, const char *what)
{
	p->faults++;
	p->fn(path, what, p->payload);
}

/* ---- captures ---- */

static bool
is_same_scope(const struct segment *a, const struct segment_capture *in_a, const struct segment *b,
    const struct segment_capture *in_b, int list)
{
	const int64_t *a_ids, *b_ids;
	size_t n = lapse_segment_scope(&a_ids, a, in_a, list);

	return n == lapse_segment_scope(&b_ids, b, in_b, list) &&
	    (n == 0 || memcmp(a_ids, b_ids, n * sizeof(*a_ids)) == 0);
}

static bool
is_same_capture(const struct proof *p, size_t n)
{
	const struct segment *a, *b;
	const struct segment_capture *in_a = lapse_index_capture(&a, p->index, n);
	const struct segment_capture *in_b = lapse_index_capture(&b, p->fresh, n);
	bool same = memcmp(in_a->commit, in_b->commit, sizeof(in_a->commit)) == 0 && in_a->source == in_b->source &&
	    in_a->time == in_b->time && in_a->reaches == in_b->reaches && in_a->marks == in_b->marks && in_a->due == in_b->due;

	for (int list = 0; same && list < SEGMENT_NLISTS; list++)
		same = is_same_scope(a, in_a, b, in_b, list);
	return same;
}

static void
compare_captures(struct proof *p)
{
	bool same = p->index->ncaptures == p->fresh->ncaptures;
	const char *name;

	for (size_t n = 0; same && (name = lapse_index_source(p->fresh, n)) != NULL; n++)
		same = lapse_index_source(p->index, n) != NULL && strcmp(name, lapse_index_source(p->index, n)) == 0;
	for (size_t n = 0; same && n < p->fresh->ncaptures; n++)
		same = is_same_capture(p, n);
	if (!same)
		fault(p, "", "the index in the user's cache told of other captures than the archive has; it was thrown away");
}

/* ---- threads ---- */

static void
count_thread(const struct segment *segment, const struct segment_thread *thread, void *payload)
{
	(void)segment;
	(void)thread;
	++*(size_t *)payload;
}

static void
compare_thread(const struct segment *segment, const struct segment_thread *thread, void *payload)
{
	struct proof *p = payload;
	const struct segment *in;
	const struct segment_thread *other;
	const unsigned char *a, *b = lapse_segment_record(segment, thread);
	char path[LAPSE_PATH_MAX];

	p->nthreads++;
	if (lapse_index_find(&in, &other, p->index, thread->source, thread->id)) {
		a = lapse_segment_record(in, other);
		/* Without a record, its documents were damaged then, or are now: nothing was told wrongly. */
		if (other->length == 0 || thread->length == 0)
			return;
		if (other->first == thread->first && other->length == thread->length && a != NULL && b != NULL &&
		    memcmp(a, b, thread->length) == 0)
			return;
	}
	fault(p, lapse_path_thread(path, lapse_index_source(p->fresh, thread->source), thread->id),
	    "the index in the user's cache told something else than the archive; it was thrown away");
}

static void
compare(struct proof *p)
{
	size_t n = 0;

	compare_captures(p);
	lapse_index_each(p->fresh, compare_thread, p);
	lapse_index_each(p->index, count_thread, &n);
	if (n != p->nthreads)
		fault(p, "", "the index in the user's cache told of other threads than the archive has; it was thrown away");
}

static void
throw_away(const struct index *index)
{
	char name[LAPSE_OID_HEX + 1];

	for (size_t i = 0; i < index->nsegments; i++)
		lapse_cache_remove(SEGMENT_KIND, lapse_oid_format(name, &index->segments[i].tip));
}

/* ---- the whole ---- */

/* One made anew, up to where the user's reaches. */
static int
make_fresh(struct index **out, struct lapse_store *store, const struct index *index, const struct lapse_meter *meter)
{
	struct lapse_commit tip = { .message = NULL };
	struct new_captures captures = { .nitems = 0 };
	char rev[LAPSE_OID_HEX + 1];
	int rc = lapse_store_commit(&tip, store, lapse_oid_format(rev, &index->segments[index->nsegments - 1].tip));

	*out = lapse_alloc(1, sizeof(**out));
	if (rc >= 0)
		rc = lapse_index_walk(&captures, NULL, store, &tip);
	if (rc >= 0 && captures.nitems > 0)
		rc = lapse_index_grow(*out, store, &captures, meter, true);
	free(captures.items);
	lapse_commit_release(&tip);
	return rc < 0 ? rc : 0;
}

int
lapse_index_check(struct lapse_store *store, void (*fn)(const char *path, const char *what, void *payload),
    void *payload, const struct lapse_meter *meter)
{
	struct index *index = lapse_alloc(1, sizeof(*index)), *fresh = NULL;
	struct proof proof = { .index = index, .fn = fn, .payload = payload };
	struct lapse_commit tip = { .message = NULL };
	struct new_captures captures = { .nitems = 0 };
	int rc = lapse_store_tip(&tip, store);

	if (rc > 0)
		rc = lapse_index_walk(&captures, index, store, &tip);
	if (rc == 0 && index->nsegments > 0) {
		rc = make_fresh(&fresh, store, index, meter);
		proof.fresh = fresh;
		if (rc == 0)
			compare(&proof);
		if (proof.faults > 0)
			throw_away(index);
	}
	free(captures.items);
	lapse_commit_release(&tip);
	lapse_index_free(index);
	lapse_index_free(fresh);
	return rc < 0 ? rc : 0;
}
