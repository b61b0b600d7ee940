/* Needinfo flags and their clock: a row a sentence of the design, told as tale.h explains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <locale.h>

#include "unit/tale.h"
#include "../../lib/clock/flag.h"

#define I "{'id':'i','clock':'needinfo','limit':'P7D','level':'must'}"
#define FROM_2D "{'id':'i','clock':'needinfo','limit':'P7D','level':'must','from':'2024-05-08'}"
#define HOURS "{'id':'h','clock':'needinfo','limit':'PT168H','level':'must'}"

/* Of the owner, of the root program, of the community, of the owner once more; one that asks nobody. */
#define A "needinfo?(ca@ca.example)"
#define R "needinfo?(root@root.example)"
#define C "needinfo?(com@com.example)"
#define B "needinfo?(ca2@ca.example)"
#define NEW "needinfo?(renamed@ca.example)"
#define ANY "needinfo?"

static void
a_post_or_the_clearing_by_the_owner_fulfils_it(void **state)
{
	static const struct tale tales[] = {
		{ "a post", I, NULL, "0d root flags >" A "; 3d ca post", "4d",
		    "i " A " 0d raised root due 7d limit, post#0 3d met\n" },
		{ "by anybody of the owner", I, NULL, "0d root flags >" A "; 3d ca2 post", "4d",
		    "i " A " 0d raised root due 7d limit, post#0 3d met\n" },
		{ "a clearing", I, NULL, "0d root flags >" A "; 7d ca flags " A ">", "8d",
		    "i " A " 0d raised root due 7d limit, flag 7d met\n" },
		{ "late", I, NULL, "0d root flags >" A "; 7d+1 ca2 flags " A ">", "8d",
		    "i " A " 0d raised root due 7d limit, flag 7d+1 late 1 counting\n" },
		{ "whichever is first: the clearing", I, NULL, "0d root flags >" A "; 2d ca flags " A ">; 3d ca post", "4d",
		    "i " A " 0d raised root due 7d limit, flag 2d met\n" },
		{ "whichever is first: the post", I, NULL, "0d root flags >" A "; 2d ca post; 3d ca flags " A ">", "4d",
		    "i " A " 0d raised root due 7d limit, post#0 2d met\n" },
		{ "in one second the post", I, NULL, "0d root flags >" A "; 2d ca flags " A ">; 2d ca post", "4d",
		    "i " A " 0d raised root due 7d limit, post#0 2d met\n" },
		{ "a post in the second of the flag precedes it", I, NULL, "0d root flags >" A "; 0d ca post", "8d",
		    "i " A " 0d raised root due 7d limit, overdue 86400\n" },
		{ "cleared in the second in which it was set", I, NULL, "0d root flags >" A "; 0d ca flags " A ">", "8d",
		    "i " A " 0d raised root due 7d limit, flag 0d met\n" },
		{ "changed to another answer", I, NULL, "0d root flags >" A "; 1d ca flags " A ">needinfo+", "8d",
		    "i " A " 0d raised root due 7d limit, flag 1d met\n" },
		{ "no post but the server's", I, NULL, "0d root flags >" A "; 3d ca server", "4d",
		    "i " A " 0d raised root due 7d limit, running\n" },
		{ "nor by anybody else", I, NULL, "0d root flags >" A "; 3d com post", "4d",
		    "i " A " 0d raised root due 7d limit, running\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
it_arises_for_the_owners_side_alone(void **state)
{
	static const struct tale tales[] = {
		{ "for others nothing is owed", I, NULL, "0d root flags >" R "; 0d root flags >" C, "8d", "" },
		{ "nor when nobody is asked", I, NULL, "0d root flags >" ANY "; 1d root flags >needinfo?()", "8d", "" },
		{ "nor for other flags", I, NULL, "0d root flags >qe-verify?(ca@ca.example), needinfo+, needinfo-", "8d", "" },
		{ "nor for what is no whole flag", I, NULL, "0d root flags >needinfo?(ca@ca.example", "8d", "" },
		{ "whoever sets it", I, NULL, "0d com flags >" A "; 0d ca flags >" B, "7d",
		    "i " A " 0d raised com due 7d limit, running\n"
		    "i " B " 0d raised ca due 7d limit, running\n" },
		{ "by an unclaimed author, with a doubt", I, NULL, "0d who flags >" A, "8d",
		    "i " A " 0d raised who due 7d limit, overdue 86400 opener\n" },
		{ "an unclaimed post from that second on may have answered", HOURS, NULL, "0d root flags >" A "; 0d who post", "8d",
		    "h " A " 0d raised root due 7d limit, overdue 86400 answer\n" },
		{ "one before or after may not", I, NULL, "1d root flags >" A "; 1d-1 who post; 8d+1 who post", "9d",
		    "i " A " 1d raised root due 8d limit, overdue 86400\n" },
		{ "one that opens it is no answer of another: not so with a flag and a post", I, NULL,
		    "0d who post; 0d who flags >" A, "8d",
		    "i " A " 0d raised who due 7d limit, overdue 86400 answer,opener\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
cleared_by_anybody_else_it_is_withdrawn(void **state)
{
	static const struct tale tales[] = {
		{ "in time", I, NULL, "0d root flags >" A "; 7d root flags " A ">", "8d",
		    "i " A " 0d raised root due 7d limit, withdrawn 7d moot\n" },
		{ "after the due time: late up to then", I, NULL, "0d root flags >" A "; 9d com flags " A ">", "10d",
		    "i " A " 0d raised root due 7d limit, withdrawn 9d late 172800\n" },
		{ "by somebody unclaimed", I, NULL, "0d root flags >" A "; 2d who flags " A ">", "10d",
		    "i " A " 0d raised root due 7d limit, withdrawn 2d moot\n" },
		{ "in the second in which it was set: nothing opens", I, NULL, "0d root flags >" A "; 0d root flags " A ">", "8d", "" },
		{ "a post in that second comes first", I, NULL, "0d root flags >" A "; 9d root flags " A ">; 9d ca post", "10d",
		    "i " A " 0d raised root due 7d limit, post#0 9d late 172800\n" },
		{ "it ends the duty: no reopening brings it back", I, NULL,
		    "0d root flags >" A "; 1d root close; 2d root flags " A ">; 3d root open", "8d",
		    "i " A " 0d raised root due 7d limit, closed 1d moot\n" },
		{ "nothing opens in its second", I, NULL, "0d root flags >" A "; 1d root close; 2d root open; 2d root flags " A ">", "8d",
		    "i " A " 0d raised root due 7d limit, closed 1d moot\n" },
		{ "nor does a rule's start open it", FROM_2D, NULL, "0d root flags >" A "; 2d root flags " A ">", "8d", "" },
		{ "a second later", FROM_2D, NULL, "0d root flags >" A "; 2d+1 root flags " A ">", "8d",
		    "i " A " 0d..2d rule root due 9d limit, withdrawn 2d+1 moot\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
flags_are_counted(void **state)
{
	static const struct tale tales[] = {
		{ "two at once, one cleared", I, NULL, "0d root flags >" A ", " A "; 3d ca flags " A ">", "4d",
		    "i " A " 0d raised root due 7d limit, running\n"
		    "i " A " 0d raised root due 7d limit, flag 3d met\n" },
		{ "joined by blanks", I, NULL, "0d root flags >" A " " B "; 3d ca flags " B " " A ">", "4d",
		    "i " B " 0d raised root due 7d limit, flag 3d met\n"
		    "i " A " 0d raised root due 7d limit, flag 3d met\n" },
		{ "both ways and with others", I, NULL, "0d root flags >qe-verify+, " A "  " B " checkin?, ; 3d ca flags " A ", qe-verify+>", "4d",
		    "i " B " 0d raised root due 7d limit, running\n"
		    "i " A " 0d raised root due 7d limit, flag 3d met\n" },
		{ "added and removed by one change: nothing happened", I, NULL, "0d root flags " A ">" A, "4d", "" },
		{ "refreshed while it is set: it goes on", I, NULL, "0d root flags >" A "; 2d root flags " A ">" A, "4d",
		    "i " A " 0d raised root due 7d limit, running\n" },
		{ "one more than was removed", I, NULL, "0d root flags >" A "; 2d root flags " A ">" A ", " A, "4d",
		    "i " A " 0d raised root due 7d limit, running\n"
		    "i " A " 2d raised root due 9d limit, running\n" },
		{ "the oldest is cleared first", I, NULL, "0d root flags >" A "; 1d com flags >" A "; 2d ca flags " A ">; 3d root flags " A ">", "4d",
		    "i " A " 0d raised root due 7d limit, flag 2d met\n"
		    "i " A " 1d raised com due 8d limit, withdrawn 3d moot\n" },
		{ "one post answers them all", I, NULL, "0d root flags >" A "; 1d com flags >" B "; 2d ca post", "4d",
		    "i " A " 0d raised root due 7d limit, post#0 2d met\n"
		    "i " B " 1d raised com due 8d limit, post#0 2d met\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
redirects_move_the_duty(void **state)
{
	static const struct tale tales[] = {
		{ "to the owner", I, NULL, "0d root flags >" R "; 1d root flags " R ">" A, "4d",
		    "i " A " 1d raised root due 8d limit, running\n" },
		{ "away, by the owner: its clearing", I, NULL, "0d root flags >" A "; 1d ca flags " A ">" R, "4d",
		    "i " A " 0d raised root due 7d limit, flag 1d met\n" },
		{ "away, by another: withdrawn", I, NULL, "0d root flags >" A "; 1d root flags " A ">" R, "4d",
		    "i " A " 0d raised root due 7d limit, withdrawn 1d moot\n" },
		{ "to another of the owner", I, NULL, "0d root flags >" A "; 1d root flags " A ">" B, "4d",
		    "i " A " 0d raised root due 7d limit, withdrawn 1d moot\n"
		    "i " B " 1d raised root due 8d limit, running\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
clearings_left_over_belong_to_the_oldest_open_flags(void **state)
{
	static const struct tale tales[] = {
		{ "a login renamed in between", I, NULL, "0d root flags >" A "; 3d ca flags " NEW ">", "4d",
		    "i " A " 0d raised root due 7d limit, flag 3d met\n" },
		{ "whoever it asks", I, NULL, "0d root flags >" C "; 1d root flags >" A "; 3d ca flags " NEW ">", "4d",
		    "i " A " 1d raised root due 8d limit, running\n" },
		{ "one that asks nobody is a flag, too", I, NULL, "0d root flags >" ANY "; 1d root flags >" A "; 3d ca flags " NEW ">", "4d",
		    "i " A " 1d raised root due 8d limit, running\n" },
		{ "not to one that a clearing of its own text takes, though later", I, NULL,
		    "0d root flags >" A "; 1d ca flags " NEW ">; 2d root flags " A ">", "4d",
		    "i " A " 0d raised root due 7d limit, withdrawn 2d moot\n" },
		{ "not to one that was set after it", I, NULL, "0d ca flags " NEW ">; 1d root flags >" A, "4d",
		    "i " A " 1d raised root due 8d limit, running\n" },
		{ "nor to one of its own change", I, NULL, "0d root flags " NEW ">" A, "4d",
		    "i " A " 0d raised root due 7d limit, running\n" },
		{ "of its own text only one that was set before", I, NULL, "0d ca flags " A ">; 0d root flags >" A, "4d",
		    "i " A " 0d raised root due 7d limit, running\n" },
		{ "in order", I, NULL, "0d root flags >" A "; 1d root flags >" B "; 2d ca flags " NEW ">; 3d root flags needinfo?(x@y.example)>", "4d",
		    "i " A " 0d raised root due 7d limit, flag 2d met\n"
		    "i " B " 1d raised root due 8d limit, withdrawn 3d moot\n" },
		{ "what comes after the moment is not known then", I, NULL,
		    "0d root flags >" A "; 1d root flags >" B "; 2d ca flags " NEW ">", "3d",
		    "i " A " 0d raised root due 7d limit, flag 2d met\n"
		    "i " B " 1d raised root due 8d limit, running\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
closings_stop_it_and_reopenings_bring_it_back(void **state)
{
	static const struct tale tales[] = {
		{ "closed and opened again", I, NULL, "0d root flags >" A "; 2d root close; 4d root open; 5d ca flags " A ">", "6d",
		    "i " A " 0d raised root due 7d limit, closed 2d moot\n"
		    "i " A " 0d..4d reopening root due 11d limit, flag 5d met\n" },
		{ "cleared while it was closed", I, NULL, "0d root flags >" A "; 2d root close; 3d ca flags " A ">; 4d root open", "6d",
		    "i " A " 0d raised root due 7d limit, closed 2d moot\n" },
		{ "set on a closed thread", I, NULL, "0d root close; 1d root flags >" A "; 3d root open", "4d",
		    "i " A " 1d..3d reopening root due 10d limit, running\n" },
		{ "set in the second of a closing", I, NULL, "1d root flags >" A "; 1d root close; 3d root open", "4d",
		    "i " A " 1d..3d reopening root due 10d limit, running\n" },
		{ "set in the second of a reopening", I, NULL, "0d root close; 3d root open; 3d root flags >" A, "4d",
		    "i " A " 3d raised root due 10d limit, running\n" },
		{ "cleared before the closing of its second", I, NULL, "0d root flags >" A "; 2d ca flags " A ">; 2d ca close", "4d",
		    "i " A " 0d raised root due 7d limit, flag 2d met\n" },
		{ "cleared after the closing of its second", I, NULL, "0d root flags >" A "; 9d root close; 9d ca flags " A ">", "10d",
		    "i " A " 0d raised root due 7d limit, closed 9d late 172800\n" },
		{ "withdrawn before the closing of its second", I, NULL, "0d root flags >" A "; 2d root flags " A ">; 2d root close", "4d",
		    "i " A " 0d raised root due 7d limit, withdrawn 2d moot\n" },
		{ "a rule over a standing flag", FROM_2D, NULL, "0d root flags >" A, "9d+1",
		    "i " A " 0d..2d rule root due 9d limit, overdue 1 counting\n" },
		{ "cleared in the second in which the rule starts: nothing opens", FROM_2D, NULL, "0d root flags >" A "; 2d ca flags " A ">", "9d", "" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
on_a_thread_closed_at_an_unknown_time_only_posts_prove(void **state)
{
	static const struct tale tales[] = {
		{ "a post", I, NULL, "!closed-unknown; 0d root flags >" A "; 3d ca post", "9d",
		    "i " A " 0d raised root due 7d limit, post#0 3d met\n" },
		{ "no clearing", I, NULL, "!closed-unknown; 0d root flags >" A "; 8d ca flags " A ">", "9d",
		    "i " A " 0d raised root due 7d limit, unproven\n" },
		{ "no withdrawal", I, NULL, "!closed-unknown; 0d root flags >" A "; 8d root flags " A ">", "9d",
		    "i " A " 0d raised root due 7d limit, unproven\n" },
		{ "nothing at all", I, NULL, "!closed-unknown; 0d root flags >" A, "9d",
		    "i " A " 0d raised root due 7d limit, unproven\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
an_obligation_names_its_flag_and_the_changes(void **state)
{
	static const struct tale tale = { "set and cleared", I, NULL, "0d root board x; 0d root flags >" A "; 1d com board y; 2d ca flags " A ">",
	    "4d", "i " A " 0d raised root due 7d limit, flag 2d met\n" };
	struct lapse_parties *parties = tale_parties();
	struct lapse_obligations list;
	struct tale_thread t;

	(void)state;
	lapse_obligations_init(&list);
	tale_check_list(&list, &t, &tale, parties);
	assert_null(list.items[0].post);
	assert_null(list.items[0].story);
	assert_string_equal(list.items[0].flag, A);
	assert_int_equal(list.items[0].flag_order, 1);
	assert_int_equal(list.items[0].stopped_order, 3);
	lapse_obligations_release(&list);
	lapse_parties_free(parties);
}

static void
many_flags_cost_little(void **state)
{
	const size_t n = 20000;
	struct lapse_change *changes = lapse_alloc(2 * n, sizeof(*changes));
	struct lapse_arena arena;
	struct flag *flags;
	size_t nflags;

	(void)state;
	/* All set first, then all cleared; every second clearing is of another text. */
	for (size_t i = 0; i < 2 * n; i++)
		changes[i] = (struct lapse_change){ .at = { (int64_t)i }, .who = "x", .field = "flagtypes.name",
		    .removed = i < n ? "" : i % 2 == 0 ? A : NEW, .added = i < n ? A : "" };
	lapse_arena_init(&arena);
	flags = lapse_flags_match(&nflags, &arena, changes, 2 * n);
	assert_int_equal(nflags, n);
	for (size_t i = 0; i < n; i++) {
		/* The first half by clearings of their text, the others by those left over. */
		assert_int_equal(flags[i].set, i);
		assert_int_equal(flags[i].cleared, i < n / 2 ? n + 2 * i : n + 2 * (i - n / 2) + 1);
	}
	lapse_arena_release(&arena);
	free(changes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_or_the_clearing_by_the_owner_fulfils_it),
		cmocka_unit_test(it_arises_for_the_owners_side_alone),
		cmocka_unit_test(cleared_by_anybody_else_it_is_withdrawn),
		cmocka_unit_test(flags_are_counted),
		cmocka_unit_test(redirects_move_the_duty),
		cmocka_unit_test(clearings_left_over_belong_to_the_oldest_open_flags),
		cmocka_unit_test(closings_stop_it_and_reopenings_bring_it_back),
		cmocka_unit_test(on_a_thread_closed_at_an_unknown_time_only_posts_prove),
		cmocka_unit_test(an_obligation_names_its_flag_and_the_changes),
		cmocka_unit_test(many_flags_cost_little),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
