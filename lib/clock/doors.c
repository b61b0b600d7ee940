/* When the thread was open, second by second: the turns of one second taken together. */
#include "bench.h"

static void
pass_through(struct door *door, const struct lapse_turn *turn)
{
	if (door->open && !turn->open && !door->closes) {
		door->closes = true;
		door->order = turn->order;
	}
	door->open = turn->open;
}

void
lapse_bench_doors(struct bench *b)
{
	const struct lapse_thread *thread = b->thread;
	bool open = thread->starts_open;
	size_t n = 0, next;

	b->doors = lapse_arena_alloc(&b->list->arena, thread->nturns * sizeof(*b->doors));
	for (size_t i = 0; i < thread->nturns; i++) {
		const struct lapse_turn *turn = &thread->turns[i];

		if (n == 0 || b->doors[n - 1].at.sec != turn->at.sec)
			b->doors[n++] = (struct door){ .at = turn->at, .was_open = open, .open = open };
		pass_through(&b->doors[n - 1], turn);
		open = turn->open;
	}
	b->ndoors = next = n;
	while (n-- > 0) {
		if (b->doors[n].closes)
			next = n;
		b->doors[n].next = next;
	}
}

size_t
lapse_bench_doors_after(const struct bench *b, struct lapse_instant at)
{
	size_t lo = 0, hi = b->ndoors;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (b->doors[middle].at.sec <= at.sec)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

bool
lapse_bench_stays_open(const struct bench *b, struct lapse_instant x)
{
	size_t after = lapse_bench_doors_after(b, x);
	const struct door *door;

	if (after == 0)
		return b->thread->starts_open;
	door = &b->doors[after - 1];
	return door->open && !(door->closes && door->at.sec == x.sec);
}

bool
lapse_bench_was_open(const struct bench *b, struct lapse_instant x)
{
	size_t after = lapse_bench_doors_after(b, x);

	if (after > 0 && b->doors[after - 1].at.sec == x.sec)
		return b->doors[after - 1].was_open;
	return after > 0 ? b->doors[after - 1].open : b->thread->starts_open;
}

const struct door *
lapse_bench_next_closing(const struct bench *b, struct lapse_instant x)
{
	size_t after = lapse_bench_doors_after(b, x);

	if (after == b->ndoors || b->doors[after].next == b->ndoors)
		return NULL;
	return &b->doors[b->doors[after].next];
}
