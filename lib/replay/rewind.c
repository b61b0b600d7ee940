/* Open and closed through time: from all known changes of the status, and the newest known status. */
#include <string.h>

#include "replay_internal.h"

static bool
is_status(const struct lapse_change *change)
{
	return strcmp(change->field, "status") == 0;
}

/* The next blank-separated word of a value, copied; NULL at its end. One second's changes are joined by blanks. */
static const char *
next_word(struct lapse_arena *arena, const char **value)
{
	const char *start = *value + strspn(*value, " ");
	size_t len = strcspn(start, " ");

	*value = start + len;
	return len > 0 ? lapse_arena_dupn(arena, start, len) : NULL;
}

static bool
is_open_in(struct lapse_arena *arena, const char *value)
{
	const char *status = next_word(arena, &value);

	return status == NULL || !lapse_status_is_closed(status);
}

struct turns {
	struct lapse_turn *items;
	size_t nitems;
	bool open;			/* after the last one, whether or not it was kept */
	struct lapse_instant last;	/* status change, whether or not it turned anything */
};

static void
turn(struct turns *turns, struct lapse_turn next, struct lapse_instant until)
{
	if (next.open != turns->open && next.at.sec <= until.sec)
		turns->items[turns->nitems++] = next;
	turns->open = next.open;
	turns->last = next.at;
}

static size_t
count_words(const struct lapse_change *changes, size_t nchanges)
{
	size_t n = 1;	/* a closing that cf_last_resolved tells */

	for (size_t i = 0; i < nchanges; i++)
		n += is_status(&changes[i]) ? strlen(changes[i].added) / 2 + 1 : 0;
	return n;
}

/* The newest status says closed, what is known of the changes says open: when did it close? */
static void
close_unseen(struct lapse_thread *thread, struct turns *turns)
{
	struct lapse_instant closed = thread->last_resolved;

	if (lapse_time_is_set(closed) && (!lapse_time_is_set(turns->last) || closed.sec >= turns->last.sec))
		turn(turns, (struct lapse_turn){ closed, false, LAPSE_ORDER_LAST }, thread->at);
	else
		thread->closed_unknown = true;
}

/*
 * The newest status says open, what is known of the changes says closed: it was reopened at a time that no
 * captured history shows. From its last closing on nobody can tell; that it stayed closed must not be said.
 */
static void
reopen_unseen(struct lapse_thread *thread, struct turns *turns)
{
	if (thread->has_history || turns->nitems == 0 || turns->items[turns->nitems - 1].open)
		return;
	turns->nitems--;
	thread->closed_unknown = true;
}

void
lapse_rewind_turns(struct lapse_thread *thread, struct lapse_arena *arena,
    const struct lapse_change *changes, size_t nchanges)
{
	struct turns turns = { .last = LAPSE_NEVER, .open = true };
	bool closed_now = thread->status != NULL && lapse_status_is_closed(thread->status);
	const char *word, *rest;

	turns.items = lapse_arena_alloc(arena, count_words(changes, nchanges) * sizeof(*turns.items));
	for (size_t i = 0; i < nchanges; i++) {
		if (!is_status(&changes[i]))
			continue;
		if (!lapse_time_is_set(turns.last))
			thread->starts_open = turns.open = is_open_in(arena, changes[i].removed);
		rest = changes[i].added;
		while ((word = next_word(arena, &rest)) != NULL)
			turn(&turns, (struct lapse_turn){ changes[i].at, !lapse_status_is_closed(word), i }, thread->at);
	}
	if (!lapse_time_is_set(turns.last)) {
		turns.open = !(thread->has_history && closed_now && !lapse_time_is_set(thread->last_resolved));
		thread->starts_open = turns.open;
	}
	if (thread->status == NULL)
		thread->closed_unknown = true;
	else if (closed_now && turns.open)
		close_unseen(thread, &turns);
	else if (!closed_now && !turns.open)
		reopen_unseen(thread, &turns);
	thread->turns = turns.items;
	thread->nturns = turns.nitems;
}
