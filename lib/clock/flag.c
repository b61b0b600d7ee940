#include "flag.h"

#include <stdlib.h>
#include <string.h>

#define NEEDINFO "needinfo?"
#define NONE SIZE_MAX

/* One "needinfo?…" of a change, on the side of what it added or of what it removed. */
struct token {
	const char *text;
	size_t change;
	size_t place;		/* among those of its side of the change */
	bool added;
};

struct tokens {
	struct token *items;
	size_t nitems;
	size_t cap;
};

/* ---- texts to tokens ---- */

/* A value's flags are separated by ", "; what one second joined, by blanks alone. */
static void
split(struct tokens *tokens, struct lapse_arena *arena, const char *value, size_t change, bool added)
{
	size_t len, place = 0;

	for (; *value != '\0'; value += len) {
		value += strspn(value, " ");
		len = strcspn(value, " ");
		if (strncmp(value, NEEDINFO, strlen(NEEDINFO)) != 0)
			continue;
		tokens->items = lapse_grow(tokens->items, tokens->nitems, &tokens->cap, sizeof(*tokens->items));
		tokens->items[tokens->nitems++] = (struct token){
			.text = lapse_arena_dupn(arena, value, len - (value[len - 1] == ',')),
			.change = change, .place = place++, .added = added
		};
	}
}

static int
compare_sizes(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

/* Equal texts stand together, oldest first; of one change what it removed before what it added. */
static int
by_text(const void *va, const void *vb)
{
	const struct token *a = va, *b = vb;
	int order = strcmp(a->text, b->text);

	if (order == 0)
		order = compare_sizes(a->change, b->change);
	if (order == 0)
		order = (int)a->added - (int)b->added;
	return order != 0 ? order : compare_sizes(a->place, b->place);
}

static int
by_age(const void *va, const void *vb)
{
	const struct token *a = va, *b = vb;
	int order = compare_sizes(a->change, b->change);

	return order != 0 ? order : compare_sizes(a->place, b->place);
}

static int
flags_by_age(const void *va, const void *vb)
{
	const struct flag *a = va, *b = vb;
	int order = compare_sizes(a->set, b->set);

	return order != 0 ? order : compare_sizes(a->place, b->place);
}

/* ---- clearings to flags ---- */

struct matching {
	struct flag *flags;
	size_t nflags;
	struct token *left;	/* clearings that no flag of their text takes */
	size_t nleft;
};

/*
 * The tokens of one text: of each change what it added and removed cancel out, what is left sets flags,
 * or clears the oldest that are open.
 */
static void
match_text(struct matching *m, const struct token *tokens, size_t n)
{
	size_t open = m->nflags, i = 0;

	while (i < n) {
		size_t middle = i, end;

		while (middle < n && tokens[middle].change == tokens[i].change && !tokens[middle].added)
			middle++;
		for (end = middle; end < n && tokens[end].change == tokens[i].change; end++)
			;
		/* As many of the one as of the other are passed over. */
		for (size_t k = middle; k < end && k - middle + (middle - i) < end - middle; k++)
			m->flags[m->nflags++] = (struct flag){ .text = tokens[k].text, .set = tokens[k].change,
			    .place = tokens[k].place, .cleared = NONE };
		for (size_t k = i; k < middle && k - i + (end - middle) < middle - i; k++) {
			if (open < m->nflags)
				m->flags[open++].cleared = tokens[k].change;
			else
				m->left[m->nleft++] = tokens[k];
		}
		i = end;
	}
}

/* What is left over, oldest first, goes to the oldest flags that nothing has cleared. */
static void
match_left(struct matching *m)
{
	size_t next = 0;

	for (size_t i = 0; i < m->nleft; i++) {
		while (next < m->nflags && m->flags[next].cleared != NONE)
			next++;
		if (next < m->nflags && m->flags[next].set < m->left[i].change)
			m->flags[next].cleared = m->left[i].change;
	}
}

static void
match_all(struct matching *m, struct tokens *tokens)
{
	size_t end;

	qsort(tokens->items, tokens->nitems, sizeof(*tokens->items), by_text);
	for (size_t i = 0; i < tokens->nitems; i = end) {
		for (end = i + 1; end < tokens->nitems &&
		    strcmp(tokens->items[end].text, tokens->items[i].text) == 0; end++)
			;
		match_text(m, tokens->items + i, end - i);
	}
	if (m->nleft > 1)
		qsort(m->left, m->nleft, sizeof(*m->left), by_age);
	if (m->nflags > 1)
		qsort(m->flags, m->nflags, sizeof(*m->flags), flags_by_age);
	match_left(m);
}

struct flag *
lapse_flags_match(size_t *nout, struct lapse_arena *arena, const struct lapse_change *changes, size_t nchanges)
{
	struct tokens tokens = { 0 };
	struct matching m = { 0 };

	for (size_t i = 0; i < nchanges; i++) {
		if (strcmp(changes[i].field, "flagtypes.name") != 0)
			continue;
		split(&tokens, arena, changes[i].removed, i, false);
		split(&tokens, arena, changes[i].added, i, true);
	}
	if (tokens.nitems > 0) {
		m.flags = lapse_arena_alloc(arena, tokens.nitems * sizeof(*m.flags));
		m.left = lapse_arena_alloc(arena, tokens.nitems * sizeof(*m.left));
		match_all(&m, &tokens);
	}
	free(tokens.items);
	*nout = m.nflags;
	return m.flags;
}

/* ---- those that ask the owner ---- */

/* The login in "needinfo?(login)"; NULL: the flag asks nobody in particular. */
static const char *
login_of(struct lapse_arena *arena, const char *text)
{
	size_t start = strlen(NEEDINFO "("), len = strlen(text);

	if (len < start + 2 || text[start - 1] != '(' || text[len - 1] != ')')
		return NULL;
	return lapse_arena_dupn(arena, text + start, len - start - 1);
}

void
lapse_bench_flags(struct bench *b)
{
	const struct lapse_thread *thread = b->thread;
	struct lapse_arena *arena = &b->list->arena;
	size_t n, kept = 0;
	struct flag *flags = lapse_flags_match(&n, arena, thread->changes, thread->nchanges);

	for (size_t i = 0; i < n; i++) {
		const char *login = login_of(arena, flags[i].text);

		if (login != NULL && lapse_bench_side(b, login, thread->changes[flags[i].set].at) == LAPSE_SIDE_OWNER)
			flags[kept++] = flags[i];
	}
	b->flags = flags;
	b->nflags = kept;
	b->has_flags = true;
}
