/* When each thread was last seen, part by part, by the captures that are known: the newest first, only as far back as it must be. */
#include <stdlib.h>

#include "replay_internal.h"

/* So many threads are looked up one by one before all are. */
#define FEW 16

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
	struct lapse_instant *seen = &c->seen[thread];

	if (!lapse_time_is_set(*seen))
		c->missing--;
	if (!lapse_time_is_set(*seen) || seen->sec < c->time.sec)
		*seen = c->time;
}

/* The first thread from `lo` on whose id is not less: steps that double, then halves, for lists of any length. */
static size_t
seek(const struct covering *c, size_t lo, int64_t id)
{
	size_t step = 1, hi = lo;

	while (hi < c->nthreads && c->threads[hi].entry->id < id) {
		lo = hi + 1;
		hi += step;
		step *= 2;
	}
	if (hi > c->nthreads)
		hi = c->nthreads;
	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (c->threads[middle].entry->id < id)
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
		if (at < c->nthreads && c->threads[at].entry->id == ids[i])
			see(c, at);
	}
}

/* All threads that were there, but those of a list: nothing of them has changed since the capture before. */
static void
cover_others(struct covering *c, const int64_t *ids, size_t nids, uint32_t capture)
{
	size_t next = 0;

	for (size_t i = 0; i < c->nthreads; i++) {
		while (next < nids && ids[next] < c->threads[i].entry->id)
			next++;
		if ((next == nids || ids[next] != c->threads[i].entry->id) && c->threads[i].entry->first <= capture)
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
	bool falls_short = false;	/* an older capture may reach further */

	c->missing = c->nthreads;
	for (size_t i = 0; i < c->nthreads; i++)
		c->seen[i] = LAPSE_NEVER;
	for (size_t n = (size_t)source->last + 1; n-- > 0 && (c->missing > 0 || falls_short); ) {
		capture = lapse_index_capture(&segment, view->index, n);
		if (capture->source != source->number)
			continue;
		falls_short = falls_short || capture->reaches < capture->time;
		c->time.sec = capture->reaches;
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
	const struct known_thread *threads;
	struct seen *seen;	/* of each */
	size_t nthreads;
	size_t *places;
	size_t nplaces;
};

/* The newest capture from the network: these are hidden. */
static void
begin_hiding(struct hiding *h, const int64_t *ids, size_t nids)
{
	for (size_t i = 0, at = 0; i < h->nthreads; i++) {
		while (at < nids && ids[at] < h->threads[i].entry->id)
			at++;
		if (at < nids && ids[at] == h->threads[i].entry->id)
			h->places[h->nplaces++] = i;
	}
}

/* An earlier one: those that it lists too were hidden already. */
static void
go_back(struct hiding *h, const int64_t *ids, size_t nids, struct lapse_instant time)
{
	size_t kept = 0, at = 0;

	for (size_t i = 0; i < h->nplaces; i++) {
		size_t place = h->places[i];

		while (at < nids && ids[at] < h->threads[place].entry->id)
			at++;
		if (at == nids || ids[at] != h->threads[place].entry->id)
			continue;
		h->seen[place].hidden = time;
		h->places[kept++] = place;
	}
	h->nplaces = kept;
}

static void
find_hidden(struct lapse_view *view, const struct known_source *source)
{
	struct hiding h = { .threads = view->threads + source->first, .seen = view->seen + source->first,
	    .nthreads = source->nthreads };
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

static struct seen
never_seen(void)
{
	struct seen seen = { .hidden = LAPSE_NEVER };

	for (int part = 0; part < LAPSE_NPARTS; part++)
		seen.parts[part] = LAPSE_NEVER;
	return seen;
}

/* Fill `seen` of the threads of a source. */
static void
cover_source(struct lapse_view *view, const struct known_source *source)
{
	struct covering c = { .threads = view->threads + source->first, .nthreads = source->nthreads };

	c.seen = lapse_alloc(c.nthreads, sizeof(*c.seen));
	for (int part = 0; part < LAPSE_NPARTS; part++) {
		c.part = (enum lapse_part)part;
		cover_part(view, source, &c);
		for (size_t i = 0; i < c.nthreads; i++)
			view->seen[source->first + i].parts[part] = c.seen[i];
	}
	free(c.seen);
	find_hidden(view, source);
}

static void
cover_all(struct lapse_view *view)
{
	view->seen = lapse_alloc(view->nthreads, sizeof(*view->seen));
	for (size_t i = 0; i < view->nthreads; i++)
		view->seen[i] = never_seen();
	for (size_t s = 0; s < view->nsources; s++)
		if (view->sources[s].nthreads > 0)
			cover_source(view, &view->sources[s]);
}

/* ---- one thread ---- */

bool
lapse_capture_lists(const struct segment *segment, const struct segment_capture *capture, int list, int64_t id)
{
	const int64_t *ids;
	size_t lo = 0, hi = lapse_segment_scope(&ids, segment, capture, list), end = hi;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (ids[middle] < id)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < end && ids[lo] == id;
}

unsigned char
lapse_capture_sight(const struct segment *segment, const struct segment_capture *capture, int64_t id)
{
	unsigned bits = 0;

	for (int part = 0; part < LAPSE_NPARTS; part++)
		if (lapse_capture_lists(segment, capture, part, id))
			bits |= 1u << part;
	if ((capture->marks & SEGMENT_ASKED) == 0)
		return (unsigned char)bits;
	if (lapse_capture_lists(segment, capture, SEGMENT_HIDDEN, id))
		bits |= LAPSE_SIGHT_HIDDEN;
	if (lapse_capture_lists(segment, capture, SEGMENT_BUT, id))
		bits |= LAPSE_SIGHT_OTHER;
	else if ((capture->marks & SEGMENT_UNCHANGED) != 0)
		bits |= LAPSE_SIGHT_SAME;
	return (unsigned char)bits;
}

/* What a capture says of a thread, on the way back from the newest one; `hides`: each network capture so far had it hidden. */
static void
look_back(struct seen *seen, bool *hides, const struct segment_capture *capture, unsigned bits, bool was_there)
{
	bool same = was_there && (bits & LAPSE_SIGHT_SAME) != 0;

	for (int part = 0; part < LAPSE_NPARTS; part++)
		if (((bits & 1u << part) != 0 || same) &&
		    (!lapse_time_is_set(seen->parts[part]) || seen->parts[part].sec < capture->reaches))
			seen->parts[part].sec = capture->reaches;
	if ((capture->marks & SEGMENT_ASKED) == 0)
		return;
	*hides = *hides && (bits & LAPSE_SIGHT_HIDDEN) != 0;
	if (*hides)
		seen->hidden.sec = capture->time;
}

static bool
is_all_seen(const struct seen *seen)
{
	bool all = true;

	for (int part = 0; part < LAPSE_NPARTS; part++)
		all = all && lapse_time_is_set(seen->parts[part]);
	return all;
}

static struct seen
look_up(const struct lapse_view *view, size_t i)
{
	const struct known_source *source = lapse_view_source_of(view, i);
	const struct segment_thread *entry = view->threads[i].entry;
	const struct segment_capture *capture;
	const struct segment *segment;
	struct seen seen = never_seen();
	bool hides = true, falls_short = false;

	for (size_t n = (size_t)source->last + 1; n-- > 0 && (hides || falls_short || !is_all_seen(&seen)); ) {
		capture = lapse_index_capture(&segment, view->index, n);
		falls_short = falls_short || (capture->source == source->number && capture->reaches < capture->time);
		if (capture->source == source->number)
			look_back(&seen, &hides, capture, lapse_capture_sight(segment, capture, entry->id), entry->first <= n);
	}
	return seen;
}

struct seen
lapse_view_seen(struct lapse_view *view, size_t i)
{
	if (view->seen == NULL && view->nseen++ < FEW)
		return look_up(view, i);
	if (view->seen == NULL)
		cover_all(view);
	return view->seen[i];
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
