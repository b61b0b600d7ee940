/*
 * A thread at a moment, from its newest state and its changes: when it was open, and what its fields were.
 * Times in the tables are seconds; 0 stands for one that is not known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lapse/alloc.h"
#include "../../lib/replay/replay_internal.h"
#include "../../lib/replay/track.h"
#include "arena.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_CHANGES 6

struct entry {
	int64_t at;
	const char *field;
	const char *removed;
	const char *added;
};

static size_t
changes_of(struct lapse_change *out, const struct entry *entries)
{
	size_t n = 0;

	for (; n < MAX_CHANGES && entries[n].field != NULL; n++)
		out[n] = (struct lapse_change){ .at = { entries[n].at }, .who = "x", .field = entries[n].field,
		    .removed = entries[n].removed, .added = entries[n].added };
	return n;
}

/* ---- open and closed ---- */

struct row {
	const char *what;
	const char *status;		/* the newest; NULL: the bug was not captured */
	int64_t last_resolved;
	bool has_history;
	struct entry entries[MAX_CHANGES + 1];
	int64_t at;
	const char *turns;		/* how it starts, then "o" or "c" and the time of each turn, "?" for closed and not since when */
};

static const struct row rows[] = {
	{ "open, and nothing else known", "NEW", 0, false, { { 0 } }, 100, "o" },
	{ "open, with an empty history", "ASSIGNED", 0, true, { { 0 } }, 100, "o" },
	{ "a status that no table has is open", "INCOMPLETE", 0, true, { { 0 } }, 100, "o" },
	{ "the bug was not captured", NULL, 0, false, { { 0 } }, 100, "o?" },
	{ "nor the bug, but its history", NULL, 0, true, { { 10, "status", "NEW", "RESOLVED" } }, 100, "oc10?" },

	{ "closed: by cf_last_resolved", "RESOLVED", 50, false, { { 0 } }, 100, "oc50" },
	{ "closed: by cf_last_resolved, verified", "VERIFIED", 50, false, { { 0 } }, 100, "oc50" },
	{ "closed: by cf_last_resolved, closed", "CLOSED", 50, false, { { 0 } }, 100, "oc50" },
	{ "closed at the very moment", "RESOLVED", 100, false, { { 0 } }, 100, "oc100" },
	{ "closed after the moment", "RESOLVED", 101, false, { { 0 } }, 100, "o" },
	{ "closed, and nobody knows when", "RESOLVED", 0, false, { { 0 } }, 100, "o?" },
	{ "closed, and an empty history knows of no other state", "RESOLVED", 0, true, { { 0 } }, 100, "c" },
	{ "closed, an empty history, and its own word", "RESOLVED", 50, true, { { 0 } }, 100, "oc50" },

	{ "closed: by its history", "RESOLVED", 50, true, { { 50, "status", "NEW", "RESOLVED" } }, 100, "oc50" },
	{ "closed: by its history alone", "RESOLVED", 0, true, { { 50, "status", "NEW", "RESOLVED" } }, 100, "oc50" },
	{ "other fields turn nothing", "RESOLVED", 0, true,
	  { { 40, "resolution", "", "FIXED" }, { 50, "status", "NEW", "RESOLVED" }, { 60, "cf_status_x", "RESOLVED", "NEW" } }, 100, "oc50" },
	{ "reopened", "REOPENED", 50, true,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED", "REOPENED" } }, 100, "oc50o60" },
	{ "reopened and closed again", "RESOLVED", 70, true,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED", "REOPENED" }, { 70, "status", "REOPENED", "RESOLVED" } },
	  100, "oc50o60c70" },
	{ "as far as the moment", "RESOLVED", 70, true,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED", "REOPENED" }, { 70, "status", "REOPENED", "RESOLVED" } },
	  69, "oc50o60" },
	{ "at the second of a turn", "RESOLVED", 70, true,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED", "REOPENED" }, { 70, "status", "REOPENED", "RESOLVED" } },
	  60, "oc50o60" },
	{ "before any", "RESOLVED", 70, true,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED", "REOPENED" }, { 70, "status", "REOPENED", "RESOLVED" } },
	  49, "o" },
	{ "from one open state to another, from one closed to another", "VERIFIED", 0, true,
	  { { 40, "status", "NEW", "ASSIGNED" }, { 50, "status", "ASSIGNED", "RESOLVED" }, { 60, "status", "RESOLVED", "VERIFIED" } },
	  100, "oc50" },
	{ "it began closed", "NEW", 0, true, { { 60, "status", "RESOLVED", "NEW" } }, 100, "co60" },
	{ "it began closed, before that", "NEW", 0, true, { { 60, "status", "RESOLVED", "NEW" } }, 59, "c" },

	{ "one second's changes, joined: closed and reopened", "REOPENED", 50, true,
	  { { 50, "status", "NEW RESOLVED", "RESOLVED REOPENED" } }, 100, "oc50o50" },
	{ "joined: closed, reopened, closed", "RESOLVED", 50, true,
	  { { 50, "status", "NEW RESOLVED REOPENED", "RESOLVED REOPENED RESOLVED" } }, 100, "oc50o50c50" },
	{ "joined: reopened and closed again", "RESOLVED", 60, true,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED REOPENED", "REOPENED RESOLVED" } }, 100, "oc50o60c60" },
	{ "joined: no turn in the end", "ASSIGNED", 0, true,
	  { { 50, "status", "NEW UNCONFIRMED", "UNCONFIRMED ASSIGNED" } }, 100, "o" },
	{ "joined, and it began closed", "NEW", 0, true, { { 50, "status", "RESOLVED NEW", "NEW ASSIGNED" } }, 100, "co50" },
	{ "joined by more than one blank", "REOPENED", 0, true,
	  { { 50, "status", " NEW  RESOLVED ", "  RESOLVED   REOPENED " } }, 100, "oc50o50" },
	{ "two accounts in one second", "REOPENED", 0, true,
	  { { 50, "status", "NEW", "RESOLVED" }, { 50, "status", "RESOLVED", "REOPENED" } }, 100, "oc50o50" },
	{ "a change to nothing", "NEW", 0, true, { { 50, "status", "", "" } }, 100, "o" },

	{ "a history that is older than the closing", "RESOLVED", 70, false,
	  { { 50, "status", "NEW", "ASSIGNED" } }, 100, "oc70" },
	{ "closed in the second of the last change known", "RESOLVED", 50, false,
	  { { 50, "status", "NEW", "ASSIGNED" } }, 100, "oc50" },
	{ "closed again: its own word is of another closing", "RESOLVED", 50, false,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED", "REOPENED" } }, 100, "oc50o60?" },
	{ "closed again, and since when it says itself", "RESOLVED", 80, false,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED", "REOPENED" } }, 100, "oc50o60c80" },
	{ "closed again, after the moment", "RESOLVED", 80, false,
	  { { 50, "status", "NEW", "RESOLVED" }, { 60, "status", "RESOLVED", "REOPENED" } }, 70, "oc50o60" },
};

static const char *
turns_of(char *out, size_t size, const struct lapse_thread *thread)
{
	size_t len = (size_t)snprintf(out, size, "%s", thread->starts_open ? "o" : "c");

	for (size_t i = 0; i < thread->nturns; i++)
		len += (size_t)snprintf(out + len, size - len, "%c%" PRId64, thread->turns[i].open ? 'o' : 'c', thread->turns[i].at.sec);
	snprintf(out + len, size - len, "%s", thread->closed_unknown ? "?" : "");
	return out;
}

static void
a_thread_is_open_and_closed_when_its_changes_say_so(void **state)
{
	struct lapse_change changes[MAX_CHANGES];
	char found[128];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct lapse_thread thread = {
			.status = row->status,
			.last_resolved = row->last_resolved != 0 ? (struct lapse_instant){ row->last_resolved } : LAPSE_NEVER,
			.created = LAPSE_NEVER,
			.has_history = row->has_history,
			.at = { row->at },
		};
		size_t n = changes_of(changes, row->entries);

		lapse_rewind_turns(&thread, &arena, changes, n);
		turns_of(found, sizeof(found), &thread);
		if (strcmp(found, row->turns) != 0)
			fail_msg("%s: %s, not %s", row->what, found, row->turns);
	}
}

/* A second whose changes were joined holds more words than changes: room for all of them. */
static void
many_turns_in_one_second_are_all_kept(void **state)
{
	static char removed[8192], added[8192];
	struct lapse_change change = { .at = { 50 }, .who = "x", .field = "status", .removed = removed, .added = added };
	struct lapse_thread thread = { .status = "X", .last_resolved = LAPSE_NEVER, .has_history = true, .at = { 100 } };

	(void)state;
	snprintf(removed, sizeof(removed), "N");
	for (size_t i = 0; i < 300; i++)
		snprintf(added + strlen(added), sizeof(added) - strlen(added), "CLOSED N ");
	lapse_rewind_turns(&thread, &arena, &change, 1);
	assert_int_equal(thread.nturns, 600);
	for (size_t i = 0; i < thread.nturns; i++)
		assert_true(thread.turns[i].open == (i % 2 == 1));
}

/* ---- fields ---- */

struct field_row {
	const char *what;
	const char *newest;
	struct entry entries[MAX_CHANGES + 1];
	int64_t at;
	const char *field;
	const char *wanted;
};

#define THREE { { 10, "whiteboard", "", "a" }, { 20, "whiteboard", "a", "b" }, { 30, "whiteboard", "b", "c" } }

static const struct field_row field_rows[] = {
	{ "no change", "c", { { 0 } }, 5, "whiteboard", "c" },
	{ "after all of them", "c", THREE, 31, "whiteboard", "c" },
	{ "at the second of the last", "c", THREE, 30, "whiteboard", "c" },
	{ "the second before", "c", THREE, 29, "whiteboard", "b" },
	{ "between", "c", THREE, 20, "whiteboard", "b" },
	{ "before the second", "c", THREE, 19, "whiteboard", "a" },
	{ "before the first: the initial value", "c", THREE, 9, "whiteboard", "" },
	{ "a field that is not known stays so", NULL, THREE, 9, "whiteboard", NULL },
	{ "other fields' changes are none of its own", "c", { { 30, "summary", "x", "c" }, { 40, "whiteboards", "y", "c" } }, 5, "whiteboard", "c" },
	{ "among others", "c", { { 10, "summary", "x", "y" }, { 20, "whiteboard", "a", "c" }, { 30, "summary", "y", "z" } }, 5, "whiteboard", "a" },
	{ "the other one", "z", { { 10, "summary", "x", "y" }, { 20, "whiteboard", "a", "c" }, { 30, "summary", "y", "z" } }, 10, "summary", "y" },
	{ "twice in a second, by two accounts: the first of them is undone last", "c",
	  { { 20, "whiteboard", "a", "b" }, { 20, "whiteboard", "b", "c" } }, 19, "whiteboard", "a" },
	{ "there and back", "a", { { 20, "whiteboard", "a", "b" }, { 30, "whiteboard", "b", "a" } }, 25, "whiteboard", "b" },
	{ "a change that does not fit the newest value is undone all the same", "z",
	  { { 20, "whiteboard", "a", "b" } }, 10, "whiteboard", "a" },
};

static void
fields_are_rewound_from_the_newest_value(void **state)
{
	struct lapse_change changes[MAX_CHANGES];

	(void)state;
	for (size_t i = 0; i < COUNT(field_rows); i++) {
		const struct field_row *row = &field_rows[i];
		struct snapshot newest = { .at = { 100 }, .value = row->newest };
		size_t n = changes_of(changes, row->entries);
		struct lapse_track track;
		const char *found;

		lapse_track_build(&track, &arena, row->field, changes, n, &newest, 1, (struct lapse_instant){ row->at });
		found = lapse_track_last(&track);

		if ((found == NULL) != (row->wanted == NULL) || (found != NULL && strcmp(found, row->wanted) != 0))
			fail_msg("%s: '%s', not '%s'", row->what, found != NULL ? found : "none", row->wanted != NULL ? row->wanted : "none");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_is_open_and_closed_when_its_changes_say_so),
		cmocka_unit_test(many_turns_in_one_second_are_all_kept),
		cmocka_unit_test(fields_are_rewound_from_the_newest_value),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
