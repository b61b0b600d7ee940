#include "event_declared.h"

#include <stdlib.h>
#include <string.h>

/* ---- logins ---- */

void
lapse_renames_add(struct renames *renames, const char *from, const char *to)
{
	renames->items = lapse_grow(renames->items, renames->nitems, &renames->cap, sizeof(*renames->items));
	renames->items[renames->nitems++] = (struct rename){ from, to };
}

struct place {
	struct rename rename;
	size_t i;
};

static int
by_from(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;
	int order = strcmp(a->rename.from, b->rename.from);

	return order != 0 ? order : a->i < b->i ? -1 : a->i > b->i;
}

void
lapse_renames_sort(struct renames *renames)
{
	struct place *places = lapse_alloc(renames->nitems, sizeof(*places));
	size_t n = 0;

	for (size_t i = 0; i < renames->nitems; i++)
		places[i] = (struct place){ renames->items[i], i };
	if (renames->nitems > 1)
		qsort(places, renames->nitems, sizeof(*places), by_from);
	for (size_t i = 0; i < renames->nitems; i++) {
		if (n > 0 && strcmp(renames->items[n - 1].from, places[i].rename.from) == 0)
			n--;
		renames->items[n++] = places[i].rename;
	}
	renames->nitems = n;
	free(places);
}

static int
find_from(const void *key, const void *item)
{
	return strcmp(key, ((const struct rename *)item)->from);
}

/* Nobody is renamed more often. */
#define RENAMES_MAX 32

const char *
lapse_renames_login(const struct renames *renames, const char *login)
{
	const char *least = NULL;

	if (renames->nitems == 0)
		return login;
	for (int i = 0; i < 2 * RENAMES_MAX; i++) {
		const struct rename *next = bsearch(login, renames->items, renames->nitems, sizeof(*next), find_from);

		if (next == NULL)
			return login;
		login = next->to;
		if (i >= RENAMES_MAX && (least == NULL || strcmp(login, least) < 0))
			least = login;
	}
	return least;	/* renamed and renamed back: one name for all of the circle */
}

const char *
lapse_renames_text(const struct renames *renames, struct lapse_arena *arena, const char *text)
{
	const char *open, *login, *now;
	size_t len = strlen(text);

	if (renames->nitems == 0 || len == 0)
		return text;
	open = text[len - 1] == ')' ? strchr(text, '(') : NULL;
	if (open == NULL)
		return lapse_renames_login(renames, text);
	login = lapse_arena_dupn(arena, open + 1, (size_t)(text + len - 1 - (open + 1)));
	now = lapse_renames_login(renames, login);
	return now == login ? text : lapse_arena_printf(arena, "%.*s(%s)", (int)(open - text), text, now);
}

/* ---- entries by field ---- */

static enum subject
subject_of(const struct lapse_change *change)
{
	return change->post >= 0 ? ABOUT_POST : change->attachment >= 0 ? ABOUT_ATTACHMENT : ABOUT_BUG;
}

static int64_t
number_of(const struct lapse_change *change)
{
	return change->post >= 0 ? change->post : change->attachment >= 0 ? change->attachment : 0;
}

/* Where an entry stands against what is meant: the field, and what it is about. */
static int
compare(const struct lapse_change *change, const struct about *about)
{
	int order = strcmp(change->field, about->field);

	if (order == 0)
		order = (int)subject_of(change) - (int)about->subject;
	if (order == 0)
		order = number_of(change) < about->number ? -1 : number_of(change) > about->number;
	return order;
}

static int
by_field(const void *va, const void *vb)
{
	const struct lapse_change *a = *(const struct lapse_change *const *)va;
	const struct lapse_change *b = *(const struct lapse_change *const *)vb;
	struct about about = { .field = b->field, .subject = subject_of(b), .number = number_of(b) };
	int order = compare(a, &about);

	/* They lie in one array, by time. */
	return order != 0 ? order : a < b ? -1 : a > b;
}

void
lapse_declared_init(struct declared *declared, const struct lapse_change *changes, size_t nchanges)
{
	declared->items = lapse_alloc(nchanges, sizeof(*declared->items));
	declared->nitems = nchanges;
	for (size_t i = 0; i < nchanges; i++)
		declared->items[i] = &changes[i];
	if (nchanges > 1)
		qsort(declared->items, nchanges, sizeof(*declared->items), by_field);
}

void
lapse_declared_release(struct declared *declared)
{
	free(declared->items);
	*declared = (struct declared){ 0 };
}

/* The place of the first entry that is meant, or of what comes after it. */
static size_t
seek(const struct declared *declared, const struct about *about)
{
	size_t lo = 0, hi = declared->nitems;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;
		const struct lapse_change *change = declared->items[middle];
		int order = compare(change, about);

		if (order == 0 && change->at.sec > about->span.after.sec)
			order = 1;
		if (order > 0)
			hi = middle;
		else
			lo = middle + 1;
	}
	return lo;
}

/* The entry at *i, if it is still one that is meant, and on to the next. */
static const struct lapse_change *
next_entry(const struct declared *declared, size_t *i, const struct about *about)
{
	const struct lapse_change *change = *i < declared->nitems ? declared->items[*i] : NULL;

	if (change == NULL || compare(change, about) != 0 ||
	    (lapse_time_is_set(about->span.until) && change->at.sec > about->span.until.sec))
		return NULL;
	++*i;
	return change;
}

const struct lapse_change *
lapse_declared_entry(const struct declared *declared, const struct about *about,
    const char *removed, const char *added)
{
	size_t i = seek(declared, about);
	const struct lapse_change *change;

	while ((change = next_entry(declared, &i, about)) != NULL)
		if ((removed == NULL || strcmp(change->removed, removed) == 0) &&
		    (added == NULL || strcmp(change->added, added) == 0))
			break;
	return change;
}

/* ---- values ---- */

/* Longer ones are stored in pieces, and joined again with a blank or a comma that is guessed. */
#define LONG_VALUE 250

static bool
is_filling(char c)
{
	return c == ' ' || c == ',' || c == '\n' || c == '\t';
}

static bool
is_same_but_filling(const char *a, const char *b)
{
	for (;;) {
		while (is_filling(*a))
			a++;
		while (is_filling(*b))
			b++;
		if (*a != *b || *a == '\0')
			return *a == *b;
		a++;
		b++;
	}
}

static bool
is_same(const struct renames *renames, const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	if (strlen(a) > LONG_VALUE || strlen(b) > LONG_VALUE)
		return is_same_but_filling(a, b);
	return renames->nitems > 0 &&
	    strcmp(lapse_renames_login(renames, a), lapse_renames_login(renames, b)) == 0;
}

/* Two changes of one second are written as one, the values with a blank between, but for empty ones; a url's with nothing. */
static bool
begins(const struct renames *renames, const struct lapse_change *change, const char *value)
{
	size_t len = strlen(value), removed = strlen(change->removed);

	if (is_same(renames, change->removed, value))
		return true;
	if (len == 0)
		return strncmp(change->added, change->removed, removed) == 0 && change->added[removed] == ' ';
	return strncmp(change->removed, value, len) == 0 &&
	    (change->removed[len] == ' ' || strcmp(change->field, "url") == 0);
}

static bool
ends(const struct renames *renames, const struct lapse_change *change, const char *value)
{
	size_t len = strlen(value), added = strlen(change->added);

	if (is_same(renames, change->added, value))
		return true;
	return added > len && strcmp(change->added + added - len, value) == 0 &&
	    (change->added[added - len - 1] == ' ' || (len > 0 && strcmp(change->field, "url") == 0));
}

bool
lapse_declared_value(const struct declared *declared, const struct renames *renames,
    const struct about *about, const char *from, const char *to)
{
	size_t i = seek(declared, about);
	const struct lapse_change *change;
	bool begun = false;

	while ((change = next_entry(declared, &i, about)) != NULL) {
		begun = begun || begins(renames, change, from);
		if (begun && ends(renames, change, to))
			return true;
		begun = begun || ends(renames, change, from);
	}
	return false;
}

/* ---- lists ---- */

struct item {
	const char *text;	/* under today's logins */
	const char *given;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->text, ((const struct item *)b)->text);
}

struct items {
	struct item *items;
	size_t nitems, cap;
};

static void
add_item(struct items *list, const struct renames *renames, struct lapse_arena *arena, const char *text)
{
	list->items = lapse_grow(list->items, list->nitems, &list->cap, sizeof(*list->items));
	list->items[list->nitems++] = (struct item){ lapse_renames_text(renames, arena, text), text };
}

static void
sort_items(struct items *list)
{
	if (list->nitems > 1)
		qsort(list->items, list->nitems, sizeof(*list->items), by_text);
}

/* A list is written with ", " between, or a blank where one second joined two. */
static void
add_words(struct items *list, const struct renames *renames, struct lapse_arena *arena, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, " "), word = len;

		while (word > 0 && text[word - 1] == ',')
			word--;
		if (word > 0)
			add_item(list, renames, arena, lapse_arena_dupn(arena, text, word));
		text += len + strspn(text + len, " ");
	}
}

size_t
lapse_declared_items(const struct declared *declared, const struct renames *renames,
    const struct about *about, bool added, const char **items, size_t nitems)
{
	struct items told = { 0 }, asked = { 0 };
	const struct lapse_change *change;
	struct lapse_arena arena;
	size_t i = seek(declared, about), j = 0, left = 0;

	lapse_arena_init(&arena);
	while ((change = next_entry(declared, &i, about)) != NULL)
		add_words(&told, renames, &arena, added ? change->added : change->removed);
	for (i = 0; i < nitems; i++)
		add_item(&asked, renames, &arena, items[i]);
	sort_items(&told);
	sort_items(&asked);
	for (i = 0; i < nitems; i++) {
		while (j < told.nitems && strcmp(told.items[j].text, asked.items[i].text) < 0)
			j++;
		if (j < told.nitems && strcmp(told.items[j].text, asked.items[i].text) == 0)
			j++;
		else
			items[left++] = asked.items[i].given;
	}
	free(told.items);
	free(asked.items);
	lapse_arena_release(&arena);
	return left;
}
