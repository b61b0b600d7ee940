/*
 * The Next update date in force, through time. Root programs set it: a change of the date by anybody else is
 * doubtful, and one by the owner moves nothing.
 */
#include "bench.h"

static bool
is_same_date(enum lapse_next_update a, struct lapse_day a_day, enum lapse_next_update b, struct lapse_day b_day)
{
	bool has_date = a == LAPSE_NEXT_UPDATE_DATE;

	return has_date == (b == LAPSE_NEXT_UPDATE_DATE) && (!has_date || a_day.n == b_day.n);
}

/* The date that the whiteboard says is in force now. */
static void
put_in_force(struct move *move, bool setter)
{
	move->has_date = move->read == LAPSE_NEXT_UPDATE_DATE;
	move->giver = move->step;
	move->setter = setter;
	if (!move->has_date)
		return;
	move->date = move->day;
	move->begin = lapse_date_begin(move->day);
	move->end = lapse_date_end(move->day);
}

static struct move
first_move(const struct lapse_track *track)
{
	struct move move = { .place = { INT64_MIN, 0 } };

	move.read = lapse_whiteboard_read(&move.day, track->first);
	put_in_force(&move, true);
	return move;
}

/*
 * What a step of the whiteboard makes of the last move. Compared is with the whiteboard just before, whoever wrote that:
 * a date that stays as it was moves nothing, nor does one that cannot be read after none.
 */
static struct move
next_move(struct bench *b, const struct move *last, const struct lapse_step *step)
{
	struct move move = *last;
	enum lapse_side side = lapse_bench_side(b, step->who != NULL ? step->who : "", step->at);

	move.place = place_of_change(step->at, step->order);
	move.step = step;
	move.owners = side == LAPSE_SIDE_OWNER;
	move.read = lapse_whiteboard_read(&move.day, step->value);
	move.moves = !move.owners && !is_same_date(last->read, last->day, move.read, move.day);
	if (move.moves)
		put_in_force(&move, side != LAPSE_SIDE_ROOT_PROGRAM);
	return move;
}

void
lapse_bench_moves(struct bench *b)
{
	const struct lapse_track *track = &b->thread->whiteboards;
	struct move *moves = lapse_arena_alloc(&b->list->arena, (track->nsteps + 1) * sizeof(*moves));
	size_t n = 0;

	moves[n++] = first_move(track);
	for (size_t i = 0; i < track->nsteps; i++) {
		const struct move *last = &moves[n - 1];
		struct move move = next_move(b, last, &track->steps[i]);

		/* Most steps are about tags and tell nothing of dates. */
		if (move.read != last->read || !is_same_date(last->read, last->day, move.read, move.day))
			moves[n++] = move;
	}
	b->moves = moves;
	b->nmoves = n;
}

/* The first move in second `sec` or later. */
static size_t
first_from(const struct bench *b, int64_t sec)
{
	size_t lo = 0, hi = b->nmoves;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (b->moves[middle].place.sec < sec)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

size_t
lapse_bench_move_before(const struct bench *b, struct lapse_instant x)
{
	return first_from(b, x.sec) - 1;
}

size_t
lapse_bench_move_until(const struct bench *b, struct lapse_instant x)
{
	return first_from(b, x.sec + 1) - 1;
}
