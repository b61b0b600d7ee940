/* Next update dates and the update clock: a row a sentence of the design, told as tale.h explains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <locale.h>

#include "unit/tale.h"

#define U "{'id':'u','clock':'update','next_update':true,'limit':'P7D','level':'must'}"
#define FROM_2D "{'id':'u','clock':'update','next_update':true,'limit':'P7D','level':'must','from':'2024-05-08'}"
#define UNTIL_7D "{'id':'u','clock':'update','next_update':true,'limit':'P7D','level':'must','until':'2024-05-13'}"
#define PLAIN "{'id':'p','clock':'update','limit':'P7D','level':'must'}"
#define HOURS "{'id':'h','clock':'update','next_update':true,'limit':'PT168H','level':'must'}"
#define CALENDAR "{'id':'c','clock':'update','next_update':true,'limit':'P7D','count':'calendar','level':'must'}"
#define ANSWER "{'id':'r','clock':'response','limit':'P7D','level':'must'}"

/* 14d, from 13d+36000 to 15d+43199; 7d, from 6d+36000 to 8d+43199; 21d, from 20d+36000 to 22d+43199. */
#define N14 "next update 2024-05-20"
#define N7 "next update 2024-05-13"
#define N21 "next update 2024-05-27"

static void
without_a_date_the_limit_holds(void **state)
{
	static const struct tale tales[] = {
		{ "no date", U, NULL, "0d ca post; 8d ca post", "10d",
		    "u#0 0d raised ca due 7d limit, post#1 8d late 86400\n"
		    "u#1 8d raised ca due 15d limit, running\n" },
		{ "a rule that knows no dates", PLAIN, N14, "0d ca post; 1d root board " N21, "10d",
		    "p#0 0d raised ca due 7d limit, overdue 259200\n" },
		{ "a date does not postpone answers", ANSWER, N21, "0d root post; 8d+1 ca post", "10d",
		    "r#0 0d raised root due 7d limit, post#1 8d+1 late 86401\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
a_date_set_while_it_runs_takes_the_limits_place(void **state)
{
	static const struct tale tales[] = {
		{ "met in its last second", U, NULL, "0d ca post; 3d root board " N14 "; 15d+43199 ca post", "15d+43199",
		    "u#0 0d raised ca due 15d+43199 next-update, post#1 15d+43199 met\n"
		    "u#1 15d+43199 raised ca due 22d+43199 limit, running\n" },
		{ "late a second after", U, NULL, "0d ca post; 3d root board " N14 "; 15d+43200 ca post", "15d+43200",
		    "u#0 0d raised ca due 15d+43199 next-update, post#1 15d+43200 late 1\n"
		    "u#1 15d+43200 raised ca due 22d+43200 limit, running\n" },
		{ "in the second in which it was due", U, NULL, "0d ca post; 7d root board " N14, "8d",
		    "u#0 0d raised ca due 15d+43199 next-update, running\n" },
		{ "an earlier date", U, NULL, "0d ca post; 1d root board next update 2024-05-08", "5d",
		    "u#0 0d raised ca due 3d+43199 next-update, overdue 129601\n" },
		{ "moved later", U, NULL, "0d ca post; 1d root board " N14 "; 9d root2 board " N21, "23d",
		    "u#0 0d raised ca due 22d+43199 next-update, overdue 43201\n" },
		{ "moved earlier", U, NULL, "0d ca post; 1d root board " N21 "; 9d root board " N14, "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201\n" },
		{ "moved in the last second of the date", U, NULL, "0d ca post; 1d root board " N14 "; 15d+43199 root board " N21, "16d",
		    "u#0 0d raised ca due 22d+43199 next-update, running\n" },
		{ "set again in its own last second, from one that is over", U, N7,
		    "0d ca post; 1d root board x; 8d root board " N7 "; 8d+43199 ca post", "9d",
		    "u#0 0d raised ca due 8d+43199 next-update, post#1 8d+43199 met\n"
		    "u#1 8d+43199 raised ca due 15d+43199 limit, running\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
a_date_binds_what_opened_before_it_began(void **state)
{
	static const struct tale tales[] = {
		{ "a second before", U, NULL, "0d root board " N14 "; 13d+35999 ca post", "14d",
		    "u#0 13d+35999 raised ca due 15d+43199 next-update, running\n" },
		{ "when it began: the promised update", U, NULL, "0d root board " N14 "; 13d+36000 ca post", "14d",
		    "u#0 13d+36000 raised ca due 20d+36000 limit, running\n" },
		{ "one set that does not bind, and the due time came from the limit", U, NULL, "13d+36000 ca post; 14d root board " N14, "21d",
		    "u#0 13d+36000 raised ca due 20d+36000 limit, overdue 50400 counting\n" },
		{ "one set that has ended", U, NULL, "0d ca post; 4d root board next update 2024-05-08", "8d",
		    "u#0 0d raised ca due 7d limit, overdue 86400\n" },
		{ "one set that has ended, and the due time came from a date", U, NULL,
		    "0d ca post; 1d root board " N14 "; 4d root board next update 2024-05-08", "12d",
		    "u#0 0d raised ca due 11d limit, overdue 86400\n" },
		{ "one moved to a day that does not bind", U, NULL,
		    "7d ca post; 8d root board " N14 "; 9d root board " N7, "18d",
		    "u#0 7d raised ca due 16d limit, overdue 172800\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
a_date_taken_away_lets_the_limit_count_anew(void **state)
{
	static const struct tale tales[] = {
		{ "removed", U, NULL, "0d ca post; 1d root board " N14 "; 4d root board [tag]", "13d",
		    "u#0 0d raised ca due 11d limit, overdue 172800\n" },
		{ "less than a day late: counting", U, NULL, "0d ca post; 1d root board " N14 "; 4d root board ", "11d+1",
		    "u#0 0d raised ca due 11d limit, overdue 1 counting\n" },
		{ "what cannot be read is no date", U, NULL, "0d ca post; 1d root board " N14 "; 4d root board next update TBD", "13d",
		    "u#0 0d raised ca due 11d limit, overdue 172800\n" },
		{ "in its last second", U, NULL, "0d ca post; 1d root board " N14 "; 15d+43199 root board x", "16d",
		    "u#0 0d raised ca due 22d+43199 limit, running\n" },
		{ "after the due time", U, NULL, "0d ca post; 1d root board " N14 "; 15d+43200 root board x", "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201\n" },
		{ "and set again", U, NULL, "0d ca post; 1d root board " N14 "; 4d root board x; 5d root board " N21, "16d",
		    "u#0 0d raised ca due 22d+43199 next-update, running\n" },
		{ "in calendar days", CALENDAR, NULL, "0d ca post; 1d root board " N14 "; 4d+5 root board x", "12d",
		    "c#0 0d raised ca due 11d+86399 limit, overdue 1 counting\n" },
		{ "in hours, which have one reading", HOURS, NULL, "0d ca post; 1d root board " N14 "; 4d root board x", "11d+1",
		    "h#0 0d raised ca due 11d limit, overdue 1\n" },
		{ "none there to take away", U, NULL, "0d ca post; 1d root board next update TBD; 4d root board x", "8d",
		    "u#0 0d raised ca due 7d limit, overdue 86400\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
a_date_after_the_due_time_ends_the_breach(void **state)
{
	static const struct tale tales[] = {
		{ "a second after", U, NULL, "0d ca post; 7d+1 root board " N14, "8d",
		    "u#0 0d raised ca due 7d limit, rescheduled 7d+1 late 1 counting\n"
		    "u#0 0d..7d+1 rescheduled root due 15d+43199 next-update, running\n" },
		{ "twice", U, NULL, "0d ca post; 9d root board " N14 "; 17d root2 board " N21 "; 22d ca post", "22d",
		    "u#0 0d raised ca due 7d limit, rescheduled 9d late 172800\n"
		    "u#0 0d..9d rescheduled root due 15d+43199 next-update, rescheduled 17d late 129601\n"
		    "u#0 0d..17d rescheduled root2 due 22d+43199 next-update, post#1 22d met\n"
		    "u#1 22d raised ca due 29d limit, running\n" },
		{ "one that does not bind", U, NULL, "7d ca post; 15d root board " N7, "16d",
		    "u#0 7d raised ca due 14d limit, overdue 172800\n" },
		{ "one that has ended", U, NULL, "0d ca post; 9d root board " N7, "10d",
		    "u#0 0d raised ca due 7d limit, overdue 259200\n" },
		{ "in its last second", U, NULL, "0d ca post; 8d+43199 root board " N7, "9d",
		    "u#0 0d raised ca due 7d limit, rescheduled 8d+43199 late 129599\n"
		    "u#0 0d..8d+43199 rescheduled root due 15d+43199 limit, running\n" },
		{ "a post in that second comes first", U, NULL, "0d ca post; 9d ca post; 9d root board " N14, "10d",
		    "u#0 0d raised ca due 7d limit, post#1 9d late 172800\n"
		    "u#1 9d raised ca due 15d+43199 next-update, running\n" },
		{ "a rule that is over opens nothing anew", UNTIL_7D, NULL, "0d ca post; 9d root board " N14, "10d",
		    "u#0 0d raised ca due 7d limit, rescheduled 9d late 172800\n" },
		{ "at the moment of evaluation", U, NULL, "0d ca post; 9d root board " N14, "9d",
		    "u#0 0d raised ca due 7d limit, rescheduled 9d late 172800\n"
		    "u#0 0d..9d rescheduled root due 15d+43199 next-update, running\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
root_programs_set_dates_and_others_raise_doubts(void **state)
{
	static const struct tale tales[] = {
		{ "the community", U, NULL, "0d ca post; 1d com board " N14, "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201 setter\n" },
		{ "nobody that is known", U, NULL, "0d ca post; 1d who board " N14, "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201 setter\n" },
		{ "a bot", U, NULL, "0d ca post; 1d bot board " N14, "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201 setter\n" },
		{ "the owner: nothing moves", U, NULL, "0d ca post; 1d ca2 board " N14, "8d",
		    "u#0 0d raised ca due 7d limit, overdue 86400\n" },
		{ "the owner takes it away: it stays in force", U, NULL, "0d ca post; 1d root board " N14 "; 2d ca board x", "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201\n" },
		{ "a root program takes the owner's date away", U, NULL,
		    "0d ca post; 1d root board " N14 "; 2d ca board " N21 "; 3d root board x", "12d",
		    "u#0 0d raised ca due 10d limit, overdue 172800\n" },
		{ "a root program confirms the owner's date without changing it", U, NULL,
		    "0d ca post; 1d root board " N14 "; 2d ca board " N21 "; 3d root board [tag] " N21, "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201\n" },
		{ "the owner makes it unreadable, a root program empties it: no date changed", U, NULL,
		    "0d ca post; 1d root board " N14 "; 2d ca board next update TBD; 3d root board x", "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201\n" },
		{ "somebody takes it away", U, NULL, "0d ca post; 1d root board " N14 "; 4d com board x", "13d",
		    "u#0 0d raised ca due 11d limit, overdue 172800 setter\n" },
		{ "the last move decides", U, NULL, "0d ca post; 1d com board " N14 "; 4d root board " N21, "23d",
		    "u#0 0d raised ca due 22d+43199 next-update, overdue 43201\n" },
		{ "tags alone move nothing", U, NULL, "0d ca post; 1d root board " N14 "; 4d com board [tag] " N14, "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201\n" },
		{ "a move without effect is none that decides", U, NULL, "7d ca post; 8d com board " N7, "16d",
		    "u#0 7d raised ca due 14d limit, overdue 172800\n" },
		{ "the whiteboard at first, by nobody knows whom", U, N14, "0d ca post", "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201 early-update,setter\n" },
		{ "after the due time it is rescheduled all the same", U, NULL, "0d ca post; 9d who board " N14, "16d",
		    "u#0 0d raised ca due 7d limit, rescheduled 9d late 172800\n"
		    "u#0 0d..9d rescheduled who due 15d+43199 next-update, overdue 43201 setter\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
a_date_that_stood_already_may_have_been_met_early(void **state)
{
	static const struct tale tales[] = {
		{ "it stood before the post", U, NULL, "0d root board " N14 "; 1d ca post", "16d",
		    "u#0 1d raised ca due 15d+43199 next-update, overdue 43201 early-update\n" },
		{ "set in the second of the post: the post came first", U, NULL, "1d root board " N14 "; 1d ca post", "16d",
		    "u#0 1d raised ca due 15d+43199 next-update, overdue 43201\n" },
		{ "set after it", U, NULL, "1d ca post; 2d root board " N14, "16d",
		    "u#0 1d raised ca due 15d+43199 next-update, overdue 43201\n" },
		{ "moved to another since", U, NULL, "0d root board " N14 "; 1d ca post; 2d root board " N21, "23d",
		    "u#0 1d raised ca due 22d+43199 next-update, overdue 43201\n" },
		{ "moved away and back", U, NULL, "0d root board " N14 "; 1d ca post; 2d root board " N21 "; 3d root board " N14, "16d",
		    "u#0 1d raised ca due 15d+43199 next-update, overdue 43201 early-update\n" },
		{ "opened by a rule, not by the post", FROM_2D, NULL, "0d root board " N14 "; 1d ca post", "16d",
		    "u#0 1d..2d rule ca due 15d+43199 next-update, overdue 43201\n" },
		{ "opened by a reopening", U, NULL, "0d root board " N14 "; 1d ca post; 2d root close; 3d root open", "16d",
		    "u#0 1d raised ca due 15d+43199 next-update, closed 2d moot\n"
		    "u#0 1d..3d reopening ca due 15d+43199 next-update, overdue 43201\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
an_opening_sees_its_second_unless_a_post_makes_it(void **state)
{
	static const struct tale tales[] = {
		{ "a rule sees what that second brought", FROM_2D, NULL, "0d ca post; 2d com board " N14, "16d",
		    "u#0 0d..2d rule ca due 15d+43199 next-update, overdue 43201 setter\n" },
		{ "and what it took away", FROM_2D, N14, "0d ca post; 2d root board x", "10d",
		    "u#0 0d..2d rule ca due 9d limit, overdue 86400\n" },
		{ "a post does not: the date is taken away while it runs", U, N14, "2d ca post; 2d root board x", "10d",
		    "u#0 2d raised ca due 9d limit, overdue 86400\n" },
		{ "in the second of the rule's start, too", FROM_2D, N14, "2d ca post; 2d com board x", "10d",
		    "u#0 2d raised ca due 9d limit, overdue 86400 setter\n" },
		{ "a reopening sees what that second brought", U, NULL, "0d ca post; 1d root close; 2d root open; 2d root board " N14, "10d",
		    "u#0 0d raised ca due 7d limit, closed 1d moot\n"
		    "u#0 0d..2d reopening ca due 15d+43199 next-update, running\n" },
		{ "a rescheduling sees what follows in its second", U, NULL, "0d ca post; 9d root board " N14 "; 9d root2 board x", "17d",
		    "u#0 0d raised ca due 7d limit, rescheduled 9d late 172800\n"
		    "u#0 0d..9d rescheduled root due 16d limit, overdue 86400\n" },
		{ "moves of two accounts in one second, one after the other", U, NULL,
		    "0d ca post; 2d root board " N14 "; 2d com board " N21, "23d",
		    "u#0 0d raised ca due 22d+43199 next-update, overdue 43201 setter\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
closings_and_dates_of_one_second_keep_their_order(void **state)
{
	static const struct tale tales[] = {
		{ "the date first", U, NULL, "0d ca post; 9d root board " N14 "; 9d root close", "10d",
		    "u#0 0d raised ca due 7d limit, rescheduled 9d late 172800\n" },
		{ "the closing first", U, NULL, "0d ca post; 9d root close; 9d root board " N14, "10d",
		    "u#0 0d raised ca due 7d limit, closed 9d late 172800\n" },
		{ "the date first, in time", U, NULL, "0d ca post; 5d root board next update 2024-05-08; 5d root close", "10d",
		    "u#0 0d raised ca due 7d limit, closed 5d moot\n" },
		{ "an earlier date makes the closing late", U, NULL,
		    "0d ca post; 3d root board next update 2024-05-08; 4d root close", "10d",
		    "u#0 0d raised ca due 3d+43199 next-update, closed 4d late 43201\n" },
		{ "a date set on a closed thread holds when it opens again", U, NULL,
		    "0d ca post; 1d root close; 2d root board " N14 "; 3d root open", "16d",
		    "u#0 0d raised ca due 7d limit, closed 1d moot\n"
		    "u#0 0d..3d reopening ca due 15d+43199 next-update, overdue 43201\n" },
		{ "closed and opened again in the second of a date: nothing opens", U, NULL,
		    "0d ca post; 9d root board " N14 "; 9d root close; 9d root open", "10d",
		    "u#0 0d raised ca due 7d limit, rescheduled 9d late 172800\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
what_the_data_cannot_decide_is_unproven(void **state)
{
	static const struct tale tales[] = {
		{ "no date helps", U, NULL, "!closed-unknown; 0d ca post; 3d root board " N14, "20d",
		    "u#0 0d raised ca due 15d+43199 next-update, unproven\n" },
		{ "nor ends what nobody knows to be a breach", U, NULL,
		    "!closed-unknown; 0d ca post; 9d root board " N14 "; 10d ca post", "11d",
		    "u#0 0d raised ca due 7d limit, unproven\n"
		    "u#0 0d..9d rescheduled root due 15d+43199 next-update, post#1 10d met\n"
		    "u#1 10d raised ca due 15d+43199 next-update, unproven\n" },
		{ "without a history the whiteboard at hand counts, with doubts", U, N14, "!no-history; 0d ca post", "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201 early-update,history,setter\n" },
		{ "an unclaimed post before the date may have spoken for the owner", U, NULL,
		    "0d ca post; 1d root board " N14 "; 15d who post", "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201 answer\n" },
		{ "one after it may not", U, NULL, "0d ca post; 1d root board " N14 "; 15d+43200 who post", "16d",
		    "u#0 0d raised ca due 15d+43199 next-update, overdue 43201\n" },
	};

	(void)state;
	tale_check(tales, COUNT(tales));
}

static void
a_story_tells_every_date_and_what_it_did(void **state)
{
	static const struct tale tale = { "a long one", U, N7,
	    "0d ca post; 1d root board x; 2d ca board " N14 "; 3d root board " N21 "; 4d root board " N7 "; 5d root board next update TBD; "
	    "13d root board " N21, "14d",
	    "u#0 0d raised ca due 12d limit, rescheduled 13d late 86400\n"
	    "u#0 0d..13d rescheduled root due 22d+43199 next-update, running\n" };
	static const struct {
		const char *due;
		enum lapse_effect effect;
		enum lapse_next_update was, is;
	} rows[] = {
#define NO LAPSE_NEXT_UPDATE_NONE
#define A_DATE LAPSE_NEXT_UPDATE_DATE
#define BAD LAPSE_NEXT_UPDATE_UNREADABLE
		{ "8d+43199", LAPSE_EFFECT_DUE, NO, A_DATE },
		{ "8d", LAPSE_EFFECT_LIMIT, A_DATE, NO },
		{ "8d", LAPSE_EFFECT_OWNER, NO, A_DATE },
		{ "22d+43199", LAPSE_EFFECT_DUE, A_DATE, A_DATE },
		{ "8d+43199", LAPSE_EFFECT_DUE, A_DATE, A_DATE },
		{ "12d", LAPSE_EFFECT_LIMIT, A_DATE, BAD },
		{ "12d", LAPSE_EFFECT_RESCHEDULED, BAD, A_DATE },
	};
	struct lapse_parties *parties = tale_parties();
	struct lapse_obligations list;
	struct tale_thread t;
	const struct lapse_story *story;

	(void)state;
	lapse_obligations_init(&list);
	list.tells_stories = true;
	tale_check_list(&list, &t, &tale, parties);
	story = list.items[0].story;
	assert_int_equal(story->limit.sec, tale_time("7d").sec);
	assert_int_equal(story->nturnings, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(story->turnings[i].effect, rows[i].effect);
		assert_int_equal(story->turnings[i].due.sec, tale_time(rows[i].due).sec);
		assert_int_equal(story->turnings[i].was, rows[i].was);
		assert_int_equal(story->turnings[i].is, rows[i].is);
		assert_int_equal(story->turnings[i].before, i == 0);
		if (i == 0)
			assert_null(story->turnings[i].step);
		else
			assert_ptr_equal(story->turnings[i].step, &t.steps[i - 1]);
	}
	assert_int_equal(list.items[1].story->nturnings, 1);
	assert_ptr_equal(list.items[1].story->turnings[0].step, &t.steps[5]);
	assert_true(list.items[1].story->turnings[0].before);
	lapse_obligations_release(&list);
	lapse_parties_free(parties);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_date_the_limit_holds),
		cmocka_unit_test(a_date_set_while_it_runs_takes_the_limits_place),
		cmocka_unit_test(a_date_binds_what_opened_before_it_began),
		cmocka_unit_test(a_date_taken_away_lets_the_limit_count_anew),
		cmocka_unit_test(a_date_after_the_due_time_ends_the_breach),
		cmocka_unit_test(root_programs_set_dates_and_others_raise_doubts),
		cmocka_unit_test(a_date_that_stood_already_may_have_been_met_early),
		cmocka_unit_test(an_opening_sees_its_second_unless_a_post_makes_it),
		cmocka_unit_test(closings_and_dates_of_one_second_keep_their_order),
		cmocka_unit_test(what_the_data_cannot_decide_is_unproven),
		cmocka_unit_test(a_story_tells_every_date_and_what_it_did),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
