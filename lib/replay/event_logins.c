#include "event_logins.h"

#include <stdlib.h>
#include <string.h>

bool
lapse_login_differs(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) != 0;
}

void
lapse_pairs_add(struct pairs *pairs, const char *before, const char *after)
{
	if (before == NULL || after == NULL || *before == '\0' || *after == '\0')
		return;
	pairs->items = lapse_grow(pairs->items, pairs->nitems, &pairs->cap, sizeof(*pairs->items));
	pairs->items[pairs->nitems++] = (struct pair){ before, after };
}

void
lapse_logins_add(struct logins *logins, const char *login)
{
	if (login == NULL)
		return;
	logins->items = lapse_grow(logins->items, logins->nitems, &logins->cap, sizeof(*logins->items));
	logins->items[logins->nitems++] = login;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
lapse_logins_sort(struct logins *logins)
{
	if (logins->nitems > 1)
		qsort(logins->items, logins->nitems, sizeof(*logins->items), by_bytes);
}

bool
lapse_logins_has(const struct logins *logins, const char *login)
{
	return logins->nitems > 0 &&
	    bsearch(&login, logins->items, logins->nitems, sizeof(*logins->items), by_bytes) != NULL;
}

static int
by_before(const void *va, const void *vb)
{
	const struct pair *a = va, *b = vb;
	int order = strcmp(a->before, b->before);

	return order != 0 ? order : strcmp(a->after, b->after);
}

void
lapse_pairs_sort(struct pairs *pairs)
{
	if (pairs->nitems > 1)
		qsort(pairs->items, pairs->nitems, sizeof(*pairs->items), by_before);
}

bool
lapse_pairs_has(const struct pairs *pairs, const struct pair *pair)
{
	return pairs->nitems > 0 &&
	    bsearch(pair, pairs->items, pairs->nitems, sizeof(*pair), by_before) != NULL;
}
