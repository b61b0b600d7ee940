/*
 * One change undone and done again: every way in which a history writes something else than what stood.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "../../lib/replay/undo.h"
#include "arena.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TAGS8 "[tag-5eed] [tag-1f5b] [tag-a0ea] [tag-8a74] [tag-db17] [tag-6af2] [tag-73a1] [tag-e1ec] "
#define LONG TAGS8 TAGS8 TAGS8			/* 264 characters */
#define LONG_GUESSED TAGS8 TAGS8 "[tag-5eed], [tag-1f5b] [tag-a0ea] [tag-8a74] [tag-db17] [tag-6af2] [tag-73a1] [tag-e1ec] "

struct row {
	const char *what;
	enum undo_kind kind;
	bool newer;
	const char *value;	/* the known one; NULL: not known */
	bool exact;
	const char *removed;
	const char *added;
	const char *result;
	bool result_exact;
	bool fits;
};

static void
run_row(const struct row *row, bool back)
{
	struct undone state = { row->value, row->exact };
	bool fits = back ?
	    lapse_undo_scalar(&state, &arena, row->removed, row->added, row->kind, row->newer) :
	    lapse_redo_scalar(&state, row->removed, row->added, row->kind);

	if (strcmp(state.value, row->result) != 0 || state.exact != row->result_exact || fits != row->fits)
		fail_msg("%s: '%s'%s%s, not '%s'%s%s", row->what, state.value, state.exact ? "" : " inexact",
		    fits ? "" : " misfit", row->result, row->result_exact ? "" : " inexact", row->fits ? "" : " misfit");
}

#define T UNDO_TEXT
#define A UNDO_ACCOUNT
#define U UNDO_URL

static const struct row backwards[] = {
	{ "one change", T, 0, "RESOLVED", 1, "ASSIGNED", "RESOLVED", "ASSIGNED", 1, 1 },
	{ "to nothing", T, 0, "", 1, "[x]", "", "[x]", 1, 1 },
	{ "from nothing", T, 0, "[x]", 1, "", "[x]", "", 1, 1 },
	{ "values with blanks", T, 0, "[c] d", 1, "[a] b", "[c] d", "[a] b", 1, 1 },
	{ "two in one second", T, 0, "C", 1, "A B", "B C", "A", 1, 1 },
	{ "two in one second, with blanks", T, 0, "[ca] n 3", 1, "[ca] n 1 [ca] n 2", "[ca] n 2 [ca] n 3", "[ca] n 1", 1, 1 },
	{ "three in one second", T, 0, "D", 1, "A B C", "B C D", "A", 1, 1 },
	{ "two, from nothing", T, 0, "C", 1, "B", "B C", "", 1, 1 },
	{ "two, to nothing", T, 0, "", 1, "A B", "B", "A", 1, 1 },
	{ "two, through nothing", T, 0, "C", 1, "A", "C", "A", 1, 1 },
	{ "two, there and back", T, 0, "A", 1, "A B", "B A", "A", 1, 1 },
	{ "set and cleared", T, 0, "", 1, "B", "B", "", 1, 1 },
	{ "cleared and set again", T, 0, "B", 1, "B", "B", "B", 1, 1 },
	{ "a value that begins with a blank", T, 0, " next", 1, "[a]", " next", "[a]", 1, 1 },
	{ "two, the last begins with a blank", T, 0, " c", 1, "A B", "B c", "A", 1, 1 },
	{ "two, the middle begins with a blank", T, 0, "C", 1, "A b", " b C", "A", 1, 1 },
	{ "two, the last begins with a comma", T, 0, ",c", 1, "A B", "B,c", "A", 1, 1 },
	{ "addresses have nothing between them", U, 0, "http://c", 1, "http://ahttp://b", "http://bhttp://c", "http://a", 1, 1 },
	{ "words that only end alike", T, 0, "C", 1, "A", "BC", "A", 0, 0 },
	{ "two, and what was removed does not match", T, 0, "C", 1, "A X", "B C", "A X", 0, 0 },
	{ "two, and the last is not known for certain", T, 0, "C", 0, "A B", "B C", "A", 0, 1 },
	{ "another value was added", T, 0, "VERIFIED", 1, "NEW", "RESOLVED", "NEW", 0, 0 },
	{ "a value in doubt that the change confirms", T, 0, "B", 0, "A", "B", "A", 1, 1 },
	{ "nothing is known", T, 0, NULL, 0, "A", "B", "A", 0, 1 },

	{ "to a long value, as written", T, 0, LONG, 1, "A", LONG, "A", 1, 1 },
	{ "to a long value, guessed otherwise", T, 0, LONG, 1, "A", LONG_GUESSED, "A", 1, 1 },
	{ "to another long value", T, 0, LONG, 1, "A", LONG "x", "A", 0, 0 },
	{ "to the beginning of a long value", T, 0, LONG "x", 1, "A", LONG, "A", 0, 0 },
	{ "from a long value", T, 0, "B", 1, LONG, "B", LONG, 0, 1 },
	{ "two, the first one long", T, 0, "C", 1, LONG " B", "B C", LONG, 0, 1 },
	{ "two, together long", T, 0, "C", 1, "A " TAGS8 TAGS8 TAGS8, TAGS8 TAGS8 TAGS8 " C", "A", 1, 1 },

	{ "a login", A, 0, "a@x", 1, "n@x", "a@x", "n@x", 1, 1 },
	{ "a login renamed since", A, 0, "new@x", 1, "n@x", "old@x", "n@x", 1, 0 },
	{ "a login renamed since, from nobody", A, 0, "new@x", 1, "", "old@x", "", 0, 0 },
	{ "two logins, the last renamed", A, 0, "new@x", 1, "n@x m@x", "m@x old@x", "n@x m@x", 0, 0 },

	{ "newer than the snapshot, which has not seen it", T, 1, "A", 1, "A", "B", "A", 1, 1 },
	{ "newer than the snapshot, which has", T, 1, "B", 1, "A", "B", "A", 1, 1 },
	{ "newer, two in one second, not seen", T, 1, "A", 1, "A B", "B C", "A", 1, 1 },
	{ "newer, from nothing, not seen", T, 1, "", 1, "", "B", "", 1, 1 },
	{ "newer, and it fits neither way", T, 1, "X", 1, "A", "B", "A", 0, 0 },
	{ "newer, nothing, and it fits neither way", T, 1, "", 1, "A", "B", "A", 0, 0 },
};

static const struct row forwards[] = {
	{ "one change", T, 0, "ASSIGNED", 1, "ASSIGNED", "RESOLVED", "RESOLVED", 1, 1 },
	{ "to nothing", T, 0, "[x]", 1, "[x]", "", "", 1, 1 },
	{ "from nothing", T, 0, "", 1, "", "[x]", "[x]", 1, 1 },
	{ "two in one second", T, 0, "A", 1, "A B", "B C", "C", 1, 1 },
	{ "three in one second", T, 0, "A", 1, "A B C", "B C D", "D", 1, 1 },
	{ "two, from nothing", T, 0, "", 1, "B", "B C", "C", 1, 1 },
	{ "two, to nothing", T, 0, "A", 1, "A B", "B", "", 1, 1 },
	{ "set and cleared", T, 0, "", 1, "B", "B", "", 1, 1 },
	{ "two, the middle begins with a blank", T, 0, "A", 1, "A b", " b C", "C", 1, 1 },
	{ "addresses have nothing between them", U, 0, "http://a", 1, "http://ahttp://b", "http://bhttp://c", "http://c", 1, 1 },
	{ "another value was removed", T, 0, "NEW", 1, "ASSIGNED", "RESOLVED", "RESOLVED", 0, 0 },
	{ "words that only begin alike", T, 0, "A", 1, "AB", "C", "C", 0, 0 },
	{ "nothing is known", T, 0, NULL, 0, "A", "B", "B", 0, 1 },
	{ "to a long value", T, 0, "A", 1, "A", LONG, LONG, 0, 1 },
	{ "from a long value, guessed otherwise", T, 0, LONG, 1, LONG_GUESSED, "B", "B", 1, 1 },
	{ "a login renamed since", A, 0, "new@x", 1, "old@x", "b@x", "b@x", 1, 0 },
};

static void
a_change_is_undone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(backwards); i++)
		run_row(&backwards[i], true);
}

static void
a_change_is_done_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forwards); i++)
		run_row(&forwards[i], false);
}

static void
a_long_value_has_more_than_254_characters(void **state)
{
	char text[2 * 256 + 1] = "";

	(void)state;
	for (size_t i = 0; i < 254; i++)
		strcat(text, "ä");
	assert_false(lapse_undo_is_long(text));
	strcat(text, "ä");
	assert_true(lapse_undo_is_long(text));
}

/* What Bugzilla does with several values of one second. */
static void
join(char *out, const char *next)
{
	if (*out != '\0' && *next != '\0' && *next != ' ' && *next != ',')
		strcat(out, " ");
	strcat(out, next);
}

/* Every walk over a few values, joined as one change, is undone from its end and done again from its beginning. */
static void
walks_within_a_second_are_followed_both_ways(void **state)
{
	static const char *const values[] = { "", "a", "b b", "[c] d", "e" };
	enum { N = COUNT(values) };

	(void)state;
	for (size_t code = 0; code < (size_t)N * N * N * N; code++) {
		const char *walk[4] = { values[code % N], values[code / N % N], values[code / N / N % N],
		    values[code / N / N / N] };
		char removed[64] = "", added[64] = "";
		struct undone end = { walk[3], true }, start = { walk[0], true };

		for (int i = 0; i < 3; i++) {
			if (strcmp(walk[i], walk[i + 1]) == 0)
				continue;
			join(removed, walk[i]);
			join(added, walk[i + 1]);
		}
		if (*removed == '\0' && *added == '\0')
			continue;
		if (!lapse_undo_scalar(&end, &arena, removed, added, UNDO_TEXT, false) || !end.exact ||
		    strcmp(end.value, walk[0]) != 0)
			fail_msg("back from '%s' by '%s', '%s': '%s', not '%s'", walk[3], removed, added, end.value, walk[0]);
		if (!lapse_redo_scalar(&start, removed, added, UNDO_TEXT) || strcmp(start.value, walk[3]) != 0)
			fail_msg("on from '%s' by '%s', '%s': '%s', not '%s'", walk[0], removed, added, start.value, walk[3]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_undone),
		cmocka_unit_test(a_change_is_done_again),
		cmocka_unit_test(a_long_value_has_more_than_254_characters),
		cmocka_unit_test(walks_within_a_second_are_followed_both_ways),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
