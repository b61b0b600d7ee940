/* Who wrote what, and the next of a kind from each post on. */
#include "bench.h"

#include <string.h>

/* By where the name stands: a thread keeps each of its texts once. One that is kept twice has two places, no more. */
static size_t
place_of_author(const char *author)
{
	return (size_t)((uint64_t)(uintptr_t)author * UINT64_C(0x9e3779b97f4a7c15) >> 40) % NSTANCES;
}

enum lapse_side
lapse_bench_side(struct bench *b, const char *author, struct lapse_instant at)
{
	size_t i = place_of_author(author);
	struct lapse_stance *stance = &b->stances.items[i];
	const char *known = b->stances.authors[i];

	if (known == NULL || (known != author && strcmp(known, author) != 0) || !lapse_stance_holds(stance, at)) {
		*stance = lapse_parties_stance(b->parties, b->owner, author, at);
		b->stances.authors[i] = author;
	}
	return stance->side;
}

bool
lapse_bench_counts(const struct bench *b, size_t i, enum lapse_side side)
{
	return b->thread->posts[i].is_public && b->posts.sides[i] == side;
}

bool
lapse_bench_wants_answer(const struct bench *b, size_t i)
{
	return lapse_bench_counts(b, i, LAPSE_SIDE_ROOT_PROGRAM) || lapse_bench_counts(b, i, LAPSE_SIDE_OTHER) ||
	    lapse_bench_counts(b, i, LAPSE_SIDE_UNCLAIMED);
}

/* By who is whose at the thread's moment: there is no other to ask for. */
static bool
is_undated_of_owner(struct bench *b, const struct lapse_post *post)
{
	return post->is_undated && post->is_public && lapse_bench_side(b, post->author, b->thread->at) == LAPSE_SIDE_OWNER;
}

void
lapse_bench_posts(struct bench *b)
{
	const struct lapse_thread *thread = b->thread;
	struct lapse_arena *arena = &b->list->arena;
	size_t n = thread->nposts;
	struct posts *posts = &b->posts;

	posts->sides = lapse_arena_alloc(arena, n * sizeof(*posts->sides));
	posts->owners = lapse_arena_alloc(arena, (n + 1) * sizeof(*posts->owners));
	posts->unclaimed = lapse_arena_alloc(arena, (n + 1) * sizeof(*posts->unclaimed));
	posts->owners[n] = posts->unclaimed[n] = n;
	for (size_t i = n; i-- > 0; ) {
		const struct lapse_post *post = &thread->posts[i];

		posts->sides[i] = post->is_generated || post->is_undated ? LAPSE_SIDE_BOT : lapse_bench_side(b, post->author, post->at);
		posts->undated = posts->undated || is_undated_of_owner(b, post);
		posts->slack = post->slack > posts->slack ? post->slack : posts->slack;
		posts->owners[i] = lapse_bench_counts(b, i, LAPSE_SIDE_OWNER) ? i : posts->owners[i + 1];
		posts->unclaimed[i] = lapse_bench_counts(b, i, LAPSE_SIDE_UNCLAIMED) ? i : posts->unclaimed[i + 1];
	}
}

size_t
lapse_bench_posts_from(const struct bench *b, struct lapse_instant at)
{
	size_t lo = 0, hi = b->thread->nposts;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (b->thread->posts[middle].at.sec < at.sec)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

size_t
lapse_bench_posts_after(const struct bench *b, struct lapse_instant at)
{
	size_t i = lapse_bench_posts_from(b, at);

	while (i < b->thread->nposts && b->thread->posts[i].at.sec == at.sec)
		i++;
	return i;
}
