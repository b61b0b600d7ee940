/* When each thread was last seen, part by part, by the captures that are known: the newest first, only as far back as it must be. */
#include "replay_internal.h"

/* The threads of one source that a part has not been seen of yet. */
struct covering {
	struct known_thread *threads;	/* by id */
	size_t nthreads;
	enum lapse_part part;
	size_t missing;
	struct lapse_instant time;	/* of the capture at hand */
};

static void
see(struct covering *c, struct known_thread *thread)
{
	if (lapse_time_is_set(thread->seen[c->part]))
		return;
	thread->seen[c->part] = c->time;
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
			see(c, &c->threads[at]);
	}
}

void
lapse_view_cover(struct lapse_view *view, size_t s)
{
	const struct known_source *source = &view->sources[s];
	struct covering c = { .threads = view->threads + source->first, .nthreads = source->nthreads };
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
