/* The histories that captures brought, joined: what was told once stays, in its order, as often as it was told at most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/replay/history.h"
#include "arena.h"

#define MAX_ENTRIES 8
#define MAX_HISTORIES 4

/* "10a 20b" is two entries: at 10 the field a changed, at 20 the field b. "10a=x" was made by x, else by "w". */
static size_t
read_history(struct lapse_change *out, const char *text)
{
	size_t n = 0;
	int used;
	char field[8], who[8];
	int64_t at;

	for (; *text != '\0'; text += used) {
		strcpy(who, "w");
		used = 0;
		if (sscanf(text, " %" SCNd64 "%1[a-z]=%1[a-z]%n", &at, field, who, &used) < 3 || used == 0) {
			strcpy(who, "w");
			assert_int_equal(sscanf(text, " %" SCNd64 "%1[a-z]%n", &at, field, &used), 2);
		}
		out[n++] = (struct lapse_change){ .at = { at }, .who = lapse_arena_dup(&arena, who),
		    .field = lapse_arena_dup(&arena, field), .removed = "", .added = "", .post = -1, .attachment = -1 };
		while (text[used] == ' ')
			used++;
	}
	return n;
}

static const char *
show_history(const struct history *history)
{
	char *text = lapse_arena_dup(&arena, "");

	for (size_t i = 0; i < history->nentries; i++) {
		const struct history_entry *e = history->entries[i];

		text = lapse_arena_printf(&arena, "%s%s%" PRId64 "%s", text, i > 0 ? " " : "", e->change.at.sec, e->change.field);
		if (strcmp(e->change.who, "w") != 0)
			text = lapse_arena_printf(&arena, "%s=%s", text, e->change.who);
		text = lapse_arena_printf(&arena, "%s@%zu", text, e->since);
	}
	return text;
}

struct row {
	const char *what;
	const char *histories[MAX_HISTORIES + 1];
	const char *joined;	/* each with the capture that told it first */
};

static const struct row rows[] = {
	{ "nothing", { "" }, "" },
	{ "one", { "10a 20b" }, "10a@0 20b@0" },
	{ "the same again", { "10a 20b", "10a 20b" }, "10a@0 20b@0" },
	{ "it goes on", { "10a", "10a 20b" }, "10a@0 20b@1" },
	{ "one that is left out later stays", { "10a 20b 30c", "10a 30c" }, "10a@0 20b@0 30c@0" },
	{ "all that is left out later stays", { "10a 20b", "" }, "10a@0 20b@0" },
	{ "one that comes late has its place in time", { "10a 30c", "10a 20b 30c" }, "10a@0 20b@1 30c@0" },
	{ "left out, and back again", { "10a 20b", "10a", "10a 20b" }, "10a@0 20b@0" },
	{ "twice the same in one history is two", { "10a 10a" }, "10a@0 10a@0" },
	{ "as many as the richest history told", { "10a", "10a 10a 10a", "10a 10a" }, "10a@0 10a@1 10a@1" },
	{ "in one second as the history lists them", { "10b 10a 10c" }, "10b@0 10a@0 10c@0" },
	{ "a new one among those of its second", { "10b 10c", "10b 10a 10c" }, "10b@0 10a@1 10c@0" },
	{ "before those of its second", { "10b", "10a 10b" }, "10a@1 10b@0" },
	{ "the order that was told first stays", { "10a 10b", "10b 10a" }, "10a@0 10b@0" },
	{ "what the new one lacks stays where it was", { "10a 10x 10b", "10a 10c 10b" }, "10a@0 10c@1 10x@0 10b@0" },
	{ "a login that was renamed is no other change", { "10a=o 20b=o", "10a=n 20b=n" }, "10a=n@0 20b=n@0" },
	{ "a history that is not in the order of time", { "30c 10a 20b" }, "10a@0 20b@0 30c@0" },
	{ "of such a one those of one second stay as they are listed", { "30c 10b 10a" }, "10b@0 10a@0 30c@0" },
	{ "all are new", { "10a 20b", "15c 25d" }, "10a@0 15c@1 20b@0 25d@1" },
	{ "three histories", { "10a", "20b", "10a 20b 30c" }, "10a@0 20b@1 30c@2" },
};

static void
histories_are_joined(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lapse_change changes[MAX_ENTRIES];
		struct history history;

		lapse_history_init(&history, &arena);
		for (size_t h = 0; rows[i].histories[h] != NULL; h++) {
			size_t n = read_history(changes, rows[i].histories[h]);
			struct lapse_change *copy = lapse_arena_alloc(&arena, n * sizeof(*copy));

			memcpy(copy, changes, n * sizeof(*copy));
			lapse_history_add(&history, copy, n, h);
		}
		if (strcmp(show_history(&history), rows[i].joined) != 0)
			fail_msg("%s: %s, not %s", rows[i].what, show_history(&history), rows[i].joined);
		lapse_history_release(&history);
	}
}

static void
changes_that_differ_in_anything_but_who_made_them_are_two(void **state)
{
	const struct lapse_change one = { .at = { 10 }, .who = "w", .field = "f", .removed = "r", .added = "a", .post = 1, .attachment = 2 };
	struct lapse_change others[6];
	struct history history;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		others[i] = one;
	others[0].field = "g";
	others[1].removed = "s";
	others[2].added = "b";
	others[3].post = -1;
	others[4].attachment = 3;
	others[5].at.sec = 11;
	for (size_t i = 0; i < 6; i++) {
		lapse_history_init(&history, &arena);
		lapse_history_add(&history, &one, 1, 0);
		lapse_history_add(&history, &others[i], 1, 1);
		assert_int_equal(history.nentries, 2);
		lapse_history_release(&history);
	}
}

static void
who_made_a_change_is_known_by_every_name(void **state)
{
	struct lapse_change change = { .at = { 10 }, .who = "old", .field = "f", .removed = "", .added = "" };
	const struct history_who *who;
	struct history history;

	(void)state;
	lapse_history_init(&history, &arena);
	lapse_history_add(&history, &change, 1, 0);
	lapse_history_add(&history, &change, 1, 1);
	change.who = "new";
	lapse_history_add(&history, &change, 1, 2);
	who = history.entries[0]->who;
	assert_string_equal(who->who, "new");
	assert_int_equal(who->since, 2);
	assert_string_equal(who->older->who, "old");
	assert_int_equal(who->older->since, 0);
	assert_null(who->older->older);
	lapse_history_release(&history);
}

static void
many_changes_in_one_second_cost_no_more_than_sorting_them(void **state)
{
	const size_t n = 40000;
	struct lapse_change *changes = lapse_arena_alloc(&arena, n * sizeof(*changes));
	struct history history;

	(void)state;
	for (size_t i = 0; i < n; i++)
		changes[i] = (struct lapse_change){ .at = { 10 }, .who = "w", .field = "cc", .removed = "",
		    .added = lapse_arena_printf(&arena, "%zu", i * 7919 % n) };
	lapse_history_init(&history, &arena);
	lapse_history_add(&history, changes, n / 2, 0);
	lapse_history_add(&history, changes, n, 1);
	assert_int_equal(history.nentries, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(history.entries[i]->change.added, changes[i].added);
	lapse_history_release(&history);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(histories_are_joined),
		cmocka_unit_test(changes_that_differ_in_anything_but_who_made_them_are_two),
		cmocka_unit_test(who_made_a_change_is_known_by_every_name),
		cmocka_unit_test(many_changes_in_one_second_cost_no_more_than_sorting_them),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
