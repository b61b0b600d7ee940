#include "lapse/unclaimed.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	struct lapse_unclaimed *out;
	const struct lapse_parties *parties;
};

static size_t
hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);	/* FNV-1a */

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static size_t *
slot_of(struct lapse_unclaimed *u, const char *address)
{
	size_t i = hash(address) & (u->table_size - 1);

	while (u->table[i] != 0 && strcmp(u->items[u->table[i] - 1].address, address) != 0)
		i = (i + 1) & (u->table_size - 1);
	return &u->table[i];
}

static void
grow_table(struct lapse_unclaimed *u)
{
	if (u->nitems * 2 < u->table_size)
		return;
	free(u->table);
	u->table_size = u->table_size > 0 ? u->table_size * 2 : 256;
	u->table = lapse_alloc(u->table_size, sizeof(*u->table));
	for (size_t i = 0; i < u->nitems; i++)
		*slot_of(u, u->items[i].address) = i + 1;
}

static char *
lower_case(struct lapse_arena *arena, const char *text)
{
	char *copy = lapse_arena_dup(arena, text);

	for (char *p = copy; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

static struct lapse_stranger *
note_post(struct lapse_unclaimed *u, const struct lapse_post *post)
{
	char *address = lower_case(&u->arena, post->author);
	struct lapse_stranger *stranger;
	size_t *slot;

	grow_table(u);
	slot = slot_of(u, address);
	if (*slot == 0) {
		u->items = lapse_grow(u->items, u->nitems, &u->cap, sizeof(*u->items));
		u->items[u->nitems] = (struct lapse_stranger){ .address = address, .first = post->at, .last = post->at };
		*slot = ++u->nitems;
	}
	stranger = &u->items[*slot - 1];
	stranger->posts++;
	if (post->at.sec < stranger->first.sec)
		stranger->first = post->at;
	if (post->at.sec > stranger->last.sec)
		stranger->last = post->at;
	return stranger;
}

/* Did this author post earlier in the thread, unclaimed as well? */
static bool
is_new_in_thread(const struct lapse_thread *thread, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (thread->posts[j].is_public && strcmp(thread->posts[j].author, thread->posts[i].author) == 0)
			return false;
	return true;
}

static int
note_thread(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	struct walk *w = payload;
	struct lapse_unclaimed *u = w->out;

	(void)items;
	(void)nitems;
	for (size_t i = 0; i < thread->nposts; i++) {
		const struct lapse_post *post = &thread->posts[i];

		if (!post->is_public || post->is_generated || post->is_undated || *post->author == '\0' ||
		    lapse_parties_side(w->parties, owner, post->author, post->at) != LAPSE_SIDE_UNCLAIMED)
			continue;
		note_post(u, post)->threads += is_new_in_thread(thread, i);
	}
	return 0;
}

static int
by_posts(const void *va, const void *vb)
{
	const struct lapse_stranger *a = va, *b = vb;

	if (a->posts != b->posts)
		return a->posts > b->posts ? -1 : 1;
	return strcmp(a->address, b->address);
}

int
lapse_unclaimed_run(struct lapse_unclaimed *out, const struct lapse_question *question)
{
	struct walk w = { .out = out, .parties = question->parties };
	struct lapse_filter all = LAPSE_FILTER_ALL;
	int rc;

	*out = (struct lapse_unclaimed){ 0 };
	lapse_arena_init(&out->arena);
	rc = lapse_gaps_each(question, &all, note_thread, &w, &out->tally);
	if (out->nitems > 0)
		qsort(out->items, out->nitems, sizeof(*out->items), by_posts);
	return rc;
}

void
lapse_unclaimed_release(struct lapse_unclaimed *unclaimed)
{
	free(unclaimed->items);
	free(unclaimed->table);
	lapse_arena_release(&unclaimed->arena);
	*unclaimed = (struct lapse_unclaimed){ 0 };
}
