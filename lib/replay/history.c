#include "history.h"

#include <stdlib.h>
#include <string.h>

void
lapse_history_init(struct history *history, struct lapse_arena *arena)
{
	*history = (struct history){ .arena = arena };
}

void
lapse_history_release(struct history *history)
{
	free(history->entries);
	lapse_history_init(history, history->arena);
}

/* ---- which entries are the same ---- */

/* An entry of a second, known or new, on its way to its match. */
struct candidate {
	const struct lapse_change *change;
	size_t place;		/* in its own list */
	bool is_matched;
	size_t match;		/* of a new one: the place of the known one */
};

static int
compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

int
lapse_change_cmp(const struct lapse_change *a, const struct lapse_change *b)
{
	int order = strcmp(a->field, b->field);

	if (order == 0)
		order = strcmp(a->removed, b->removed);
	if (order == 0)
		order = strcmp(a->added, b->added);
	if (order == 0)
		order = compare_numbers(a->post, b->post);
	return order != 0 ? order : compare_numbers(a->attachment, b->attachment);
}

static int
by_kind(const void *va, const void *vb)
{
	const struct candidate *const *a = va, *const *b = vb;
	int order = lapse_change_cmp((*a)->change, (*b)->change);

	return order != 0 ? order : compare_numbers((int64_t)(*a)->place, (int64_t)(*b)->place);
}

static struct candidate **
sorted(struct candidate *items, size_t nitems)
{
	struct candidate **list = lapse_alloc(nitems, sizeof(*list));

	for (size_t i = 0; i < nitems; i++)
		list[i] = &items[i];
	if (nitems > 1)
		qsort(list, nitems, sizeof(*list), by_kind);
	return list;
}

/* Pair what is the same, first with first. */
static void
match(struct candidate *known, size_t nknown, struct candidate *fresh, size_t nfresh)
{
	struct candidate **a = sorted(known, nknown), **b = sorted(fresh, nfresh);
	size_t i = 0, j = 0;

	while (i < nknown && j < nfresh) {
		int order = lapse_change_cmp(a[i]->change, b[j]->change);

		if (order == 0) {
			a[i]->is_matched = b[j]->is_matched = true;
			b[j]->match = a[i]->place;
		}
		i += order <= 0;
		j += order >= 0;
	}
	free(a);
	free(b);
}

/* ---- joining ---- */

static void
name(struct history *history, struct history_entry *entry, const char *who, size_t capture)
{
	struct history_who *link;

	if (entry->who != NULL && strcmp(entry->who->who, who) == 0)
		return;
	link = lapse_arena_alloc(history->arena, sizeof(*link));
	*link = (struct history_who){ .since = capture, .who = who, .older = entry->who };
	entry->who = link;
	entry->change.who = who;
}

static struct history_entry *
new_entry(struct history *history, const struct lapse_change *change, size_t capture)
{
	struct history_entry *entry = lapse_arena_alloc(history->arena, sizeof(*entry));

	*entry = (struct history_entry){ .change = *change, .since = capture };
	name(history, entry, change->who, capture);
	return entry;
}

/* What is joined so far, built anew beside the known entries. */
struct joining {
	struct history *history;
	struct history_entry **out;
	size_t nout;
	size_t next;		/* of the known entries */
	size_t capture;
};

static void
keep_until(struct joining *j, size_t end)
{
	while (j->next < end)
		j->out[j->nout++] = j->history->entries[j->next++];
}

/* The new entries of one second beside the known ones of it, which are next. */
static void
join_second(struct joining *j, const struct lapse_change *changes, size_t n)
{
	struct history *history = j->history;
	size_t first = j->next, end = first;
	struct candidate *known, *fresh;

	while (end < history->nentries && history->entries[end]->change.at.sec == changes[0].at.sec)
		end++;
	known = lapse_alloc(end - first, sizeof(*known));
	fresh = lapse_alloc(n, sizeof(*fresh));
	for (size_t i = first; i < end; i++)
		known[i - first] = (struct candidate){ .change = &history->entries[i]->change, .place = i };
	for (size_t i = 0; i < n; i++)
		fresh[i] = (struct candidate){ .change = &changes[i], .place = i };
	match(known, end - first, fresh, n);
	for (size_t i = 0; i < n; i++) {
		if (fresh[i].is_matched) {
			name(history, history->entries[fresh[i].match], changes[i].who, j->capture);
			keep_until(j, fresh[i].match + 1);
		} else {
			j->out[j->nout++] = new_entry(history, &changes[i], j->capture);
		}
	}
	keep_until(j, end);
	free(known);
	free(fresh);
}

/* All of one list, which keeps the order of those of one second. */
static int
by_time_place(const void *va, const void *vb)
{
	const struct lapse_change *const *a = va, *const *b = vb;
	int order = compare_numbers((*a)->at.sec, (*b)->at.sec);

	return order != 0 ? order : (*a < *b ? -1 : *a > *b);
}

/* Bugzilla lists a history by time; others need not. */
static const struct lapse_change *
by_time(struct lapse_arena *arena, const struct lapse_change *changes, size_t n)
{
	const struct lapse_change **places;
	struct lapse_change *copy;
	size_t i = 1;

	while (i < n && changes[i - 1].at.sec <= changes[i].at.sec)
		i++;
	if (i >= n)
		return changes;
	places = lapse_alloc(n, sizeof(*places));
	for (i = 0; i < n; i++)
		places[i] = &changes[i];
	qsort(places, n, sizeof(*places), by_time_place);
	copy = lapse_arena_alloc(arena, n * sizeof(*copy));
	for (i = 0; i < n; i++)
		copy[i] = *places[i];
	free(places);
	return copy;
}

void
lapse_history_add(struct history *history, const struct lapse_change *changes, size_t nchanges, size_t capture)
{
	struct joining j = { .history = history, .capture = capture };
	size_t i = 0, end;

	if (nchanges == 0)
		return;
	changes = by_time(history->arena, changes, nchanges);
	j.out = lapse_alloc(history->nentries + nchanges, sizeof(*j.out));
	while (i < nchanges) {
		for (end = i + 1; end < nchanges && changes[end].at.sec == changes[i].at.sec; end++)
			;
		while (j.next < history->nentries && history->entries[j.next]->change.at.sec < changes[i].at.sec)
			keep_until(&j, j.next + 1);
		join_second(&j, changes + i, end - i);
		i = end;
	}
	keep_until(&j, history->nentries);
	free(history->entries);
	history->entries = j.out;
	history->nentries = j.nout;
}
