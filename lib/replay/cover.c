/* When each thread was last seen, part by part, by the captures that are known: the newest first, only as far back as it must be. */
#include <stdlib.h>

#include "replay_internal.h"

/* The threads of one source that a part has not been seen of yet. */
struct covering {
	const struct known_thread *threads;	/* by id */
	size_t nthreads;
	struct lapse_instant *seen;	/* when, thread by thread */
	enum lapse_part part;
	bool only_read;			/* what came counts, not what is said to be unchanged */
	size_t missing;
	struct lapse_instant time;	/* of the capture at hand */
};

static void
see(struct covering *c, size_t thread)
{
	if (lapse_time_is_set(c->seen[thread]))
		return;
	c->seen[thread] = c->time;
	c->missing--;
}

/* The first thread from `lo` on whose id is not less: steps that double, then halves, for lists of any length. */
static size_t
seek(const struct covering *c, size_t lo, int64_t id)
{
	size_t step = 1, hi = lo;

	while (hi < c->nthreads && c->threads[hi].id < id) {
		lo = hi + 1;
		hi += step;
		step *= 2;
	}
	if (hi > c->nthreads)
		hi = c->nthreads;
	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (c->threads[middle].id < id)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

static void
cover_list(struct covering *c, const int64_t *ids, size_t nids)
{
	size_t at = 0;

	for (size_t i = 0; i < nids && at < c->nthreads; i++) {
		at = seek(c, at, ids[i]);
		if (at < c->nthreads && c->threads[at].id == ids[i])
			see(c, at);
	}
}

/* All threads that were there, but those of a list: nothing of them has changed since the capture before. */
static void
cover_others(struct covering *c, const int64_t *ids, size_t nids, uint32_t capture)
{
	size_t next = 0;

	for (size_t i = 0; i < c->nthreads; i++) {
		while (next < nids && ids[next] < c->threads[i].id)
			next++;
		if ((next == nids || ids[next] != c->threads[i].id) && c->threads[i].entry->first <= capture)
			see(c, i);
	}
}

static void
cover_part(const struct lapse_view *view, const struct known_source *source, struct covering *c)
{
	const struct segment_capture *capture;
	const struct segment *segment;
	const int64_t *ids;
	size_t nids;

	c->missing = c->nthreads;
	for (size_t i = 0; i < c->nthreads; i++)
		c->seen[i] = LAPSE_NEVER;
	for (size_t n = (size_t)source->last + 1; n-- > 0 && c->missing > 0; ) {
		capture = lapse_index_capture(&segment, view->index, n);
		if (capture->source != source->number)
			continue;
		c->time.sec = capture->time;
		nids = lapse_segment_scope(&ids, segment, capture, c->part);
		cover_list(c, ids, nids);
		if (!c->only_read && (capture->marks & SEGMENT_UNCHANGED) != 0) {
			nids = lapse_segment_scope(&ids, segment, capture, SEGMENT_BUT);
			cover_others(c, ids, nids, (uint32_t)n);
		}
	}
}

/* ---- hidden ---- */

/* Threads, ascending, that no capture has seen since the one at hand. */
struct hiding {
	struct known_thread *threads;
	size_t nthreads;
	size_t *places;
	size_t nplaces;
};

/* The newest capture from the network: these are hidden. */
static void
begin_hiding(struct hiding *h, const int64_t *ids, size_t nids)
{
	for (size_t i = 0, at = 0; i < h->nthreads; i++) {
		while (at < nids && ids[at] < h->threads[i].id)
			at++;
		if (at < nids && ids[at] == h->threads[i].id)
			h->places[h->nplaces++] = i;
	}
}

/* An earlier one: those that it lists too were hidden already. */
static void
go_back(struct hiding *h, const int64_t *ids, size_t nids, struct lapse_instant time)
{
	size_t kept = 0, at = 0;

	for (size_t i = 0; i < h->nplaces; i++) {
		struct known_thread *thread = &h->threads[h->places[i]];

		while (at < nids && ids[at] < thread->id)
			at++;
		if (at == nids || ids[at] != thread->id)
			continue;
		thread->hidden = time;
		h->places[kept++] = h->places[i];
	}
	h->nplaces = kept;
}

static void
find_hidden(struct lapse_view *view, const struct known_source *source)
{
	struct hiding h = { .threads = view->threads + source->first, .nthreads = source->nthreads };
	const struct segment_capture *capture;
	const struct segment *segment;
	bool is_newest = true;
	const int64_t *ids;
	size_t nids;

	h.places = lapse_alloc(h.nthreads + 1, sizeof(*h.places));
	for (size_t n = (size_t)source->last + 1; n-- > 0 && (is_newest || h.nplaces > 0); ) {
		capture = lapse_index_capture(&segment, view->index, n);
		if (capture->source != source->number || (capture->marks & SEGMENT_ASKED) == 0)
			continue;
		nids = lapse_segment_scope(&ids, segment, capture, SEGMENT_HIDDEN);
		if (is_newest)
			begin_hiding(&h, ids, nids);
		is_newest = false;
		go_back(&h, ids, nids, (struct lapse_instant){ capture->time });
	}
	free(h.places);
}

/* ---- all of it ---- */

void
lapse_view_cover(struct lapse_view *view, size_t s)
{
	const struct known_source *source = &view->sources[s];
	struct known_thread *threads = view->threads + source->first;
	struct covering c = { .threads = threads, .nthreads = source->nthreads };

	c.seen = lapse_alloc(c.nthreads + 1, sizeof(*c.seen));
	for (int part = 0; part < LAPSE_NPARTS; part++) {
		c.part = (enum lapse_part)part;
		cover_part(view, source, &c);
		for (size_t i = 0; i < c.nthreads; i++)
			threads[i].seen[part] = c.seen[i];
	}
	free(c.seen);
	find_hidden(view, source);
}

void
lapse_view_reads(struct lapse_instant **out, struct lapse_arena *arena, const struct lapse_view *view)
{
	*out = lapse_arena_alloc(arena, (view->nthreads + 1) * sizeof(**out));
	for (size_t s = 0; s < view->nsources; s++) {
		const struct known_source *source = &view->sources[s];
		struct covering c = { .threads = view->threads + source->first, .nthreads = source->nthreads,
		    .seen = *out + source->first, .part = LAPSE_PART_COMMENTS, .only_read = true };

		if (source->public.has_capture)
			cover_part(view, source, &c);
	}
}
