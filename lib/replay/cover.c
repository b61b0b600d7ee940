/* When each thread was last seen, part by part, by the captures that are known: the newest first, only as far back as it must be. */
#include "replay_internal.h"

/* So many threads are looked up one by one before all are. */
#define FEW 16

/* The threads of one source that a part has not been seen of yet. */
struct covering {
	const struct known_thread *threads;	/* by id */
	struct seen *seen;			/* of each */
	size_t nthreads;
	enum lapse_part part;
	size_t missing;
	struct lapse_instant time;	/* of the capture at hand */
};

static void
see(struct covering *c, size_t i)
{
	if (lapse_time_is_set(c->seen[i].parts[c->part]))
		return;
	c->seen[i].parts[c->part] = c->time;
	c->missing--;
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

/* Fill `seen` of the threads of a source. */
static void
cover_source(struct lapse_view *view, const struct known_source *source)
{
	struct covering c = { view->threads + source->first, view->seen + source->first, .nthreads = source->nthreads };
	const struct segment_capture *capture;
	const struct segment *segment;
	const int64_t *ids;
	size_t nids;

	for (int part = 0; part < LAPSE_NPARTS; part++) {
		c.part = (enum lapse_part)part;
		c.missing = c.nthreads;
		for (size_t n = (size_t)source->last + 1; n-- > 0 && c.missing > 0; ) {
			capture = lapse_index_capture(&segment, view->index, n);
			if (capture->source != source->number)
				continue;
			c.time.sec = capture->time;
			nids = lapse_segment_scope(&ids, segment, capture, c.part);
			cover_list(&c, ids, nids);
		}
	}
}

static struct seen
never_seen(void)
{
	struct seen seen;

	for (int part = 0; part < LAPSE_NPARTS; part++)
		seen.parts[part] = LAPSE_NEVER;
	return seen;
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

bool
lapse_capture_covers(const struct segment *segment, const struct segment_capture *capture, enum lapse_part part,
    int64_t id)
{
	const int64_t *ids;
	size_t lo = 0, hi = lapse_segment_scope(&ids, segment, capture, part), end = hi;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (ids[middle] < id)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < end && ids[lo] == id;
}

static struct seen
look_up(const struct lapse_view *view, size_t i)
{
	const struct known_source *source = lapse_view_source_of(view, i);
	const struct segment_capture *capture;
	const struct segment *segment;
	struct seen seen = never_seen();
	size_t missing = LAPSE_NPARTS;

	for (size_t n = (size_t)source->last + 1; n-- > 0 && missing > 0; ) {
		capture = lapse_index_capture(&segment, view->index, n);
		if (capture->source != source->number)
			continue;
		for (int part = 0; part < LAPSE_NPARTS; part++) {
			if (lapse_time_is_set(seen.parts[part]) ||
			    !lapse_capture_covers(segment, capture, (enum lapse_part)part, view->threads[i].entry->id))
				continue;
			seen.parts[part].sec = capture->time;
			missing--;
		}
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
