/* The Next update date in a whiteboard: every real form, and every edge of the grammar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "lapse/whiteboard.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NONE ""
#define UNREADABLE "?"

struct row {
	const char *whiteboard;
	const char *says;	/* a date, NONE or UNREADABLE */
};

static void
check(const struct row *rows, size_t nrows)
{
	char text[LAPSE_DAY_LEN + 1];

	for (size_t i = 0; i < nrows; i++) {
		struct lapse_day day;
		enum lapse_next_update read = lapse_whiteboard_read(&day, rows[i].whiteboard);
		const char *says = read == LAPSE_NEXT_UPDATE_NONE ? NONE : UNREADABLE;

		if (read == LAPSE_NEXT_UPDATE_DATE)
			says = lapse_day_format(text, day);
		if (strcmp(says, rows[i].says) != 0)
			fail_msg("'%s': '%s', not '%s'", rows[i].whiteboard, says, rows[i].says);
	}
}

static void
every_form_that_was_met_is_read(void **state)
{
	static const struct row rows[] = {
		{ "[ca-compliance] [ov-misissuance] Next update 2025-03-03", "2025-03-03" },
		{ "[ca-compliance] [audit-delay] Next Update 01-Nov-2023", "2023-11-01" },
		{ "[ca-compliance] Next update 2-Oct-2023", "2023-10-02" },
		{ "[ca-compliance] Next update 2023-Oct-27", "2023-10-27" },
		{ "[ca-compliance] next update at 23.2.2024", "2024-02-23" },
		{ "[ca-compliance] Next Update - 01-April 2020", "2020-04-01" },
		{ "[ca-compliance] Next update 3-1-2023", UNREADABLE },
		{ "[close on 2026-03-06] [ca-compliance] Next update 2026-02-01", "2026-02-01" },
		{ "[close on 2026-03-06] [ca-compliance]", NONE },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void
the_words_before_the_date_have_their_forms(void **state)
{
	static const struct row rows[] = {
		{ "", NONE }, { NULL, NONE }, { "next", NONE }, { "next updat 2025-03-03", NONE },
		{ "next  update 2025-03-03", NONE }, { "next\tupdate 2025-03-03", NONE }, { "next_update 2025-03-03", NONE },
		{ "NEXT UPDATE 2025-03-03", "2025-03-03" }, { "next-update 2025-03-03", "2025-03-03" },
		{ "nextUpdate 2025-03-03", "2025-03-03" }, { "[nExT uPdAtE 2025-03-03]", "2025-03-03" },
		{ "thenext update 2025-03-03", "2025-03-03" }, { "next update2025-03-03", "2025-03-03" },
		{ "next update: 2025-03-03", "2025-03-03" }, { "next update :2025-03-03", "2025-03-03" },
		{ "next update - 2025-03-03", "2025-03-03" }, { "next update-2025-03-03", "2025-03-03" },
		{ "next update at 2025-03-03", "2025-03-03" }, { "next update AT 2025-03-03", "2025-03-03" },
		{ "next update \t  :\t 2025-03-03", "2025-03-03" },
		{ "next update :: 2025-03-03", UNREADABLE }, { "next update: at 2025-03-03", UNREADABLE },
		{ "next update on 2025-03-03", UNREADABLE }, { "next update = 2025-03-03", UNREADABLE },
		{ "next updates 2025-03-03", UNREADABLE }, { "next update\n2025-03-03", UNREADABLE },
		{ "next update", UNREADABLE }, { "next update ", UNREADABLE }, { "next update:", UNREADABLE },
		{ "next update TBD", UNREADABLE }, { "next update at the end of May", UNREADABLE },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void
a_date_has_one_of_six_forms(void **state)
{
#define N "next update "
	static const struct row rows[] = {
		{ N "2025-3-3", "2025-03-03" }, { N "2025/03/03", "2025-03-03" }, { N "2025/3/13", "2025-03-13" },
		{ N "2025-3/3", UNREADABLE }, { N "2025.3.3", UNREADABLE }, { N "2025 3 3", UNREADABLE },
		{ N "2025-03", UNREADABLE }, { N "2025", UNREADABLE }, { N "25-03-03", UNREADABLE },
		{ N "12025-03-03", UNREADABLE }, { N "2025-003-03", UNREADABLE }, { N "2025-03-003", UNREADABLE },
		{ N "20250303", UNREADABLE }, { N "2025--03-03", UNREADABLE }, { N "2025- 03-03", UNREADABLE },
		{ N "3-Mar-2025", "2025-03-03" }, { N "3 Mar 2025", "2025-03-03" }, { N "3-March 2025", "2025-03-03" },
		{ N "3 march-2025", "2025-03-03" }, { N "03 MAR 2025", "2025-03-03" },
		{ N "3  Mar 2025", UNREADABLE }, { N "3Mar2025", UNREADABLE }, { N "3/Mar/2025", UNREADABLE },
		{ N "3 Marc 2025", UNREADABLE }, { N "3 Ma 2025", UNREADABLE }, { N "3 Mar 25", UNREADABLE },
		{ N "003 Mar 2025", UNREADABLE }, { N "3 Mar, 2025", UNREADABLE },
		{ N "2025-Mar-3", "2025-03-03" }, { N "2025-march-03", "2025-03-03" }, { N "2025 Mar 3", UNREADABLE },
		{ N "2025/Mar/3", UNREADABLE }, { N "2025-Sept-3", UNREADABLE },
		{ N "Mar 3, 2025", "2025-03-03" }, { N "Mar 3 2025", "2025-03-03" }, { N "March 03, 2025", "2025-03-03" },
		{ N "Mar 3,2025", UNREADABLE }, { N "Mar. 3, 2025", UNREADABLE }, { N "Mar-3-2025", UNREADABLE },
		{ N "Mar 3rd, 2025", UNREADABLE }, { N "March 2025", UNREADABLE },
		{ N "3.3.2025", "2025-03-03" }, { N "03.03.2025", "2025-03-03" }, { N "3. 3. 2025", UNREADABLE },
		{ N "3.Mar.2025", UNREADABLE }, { N "3.3.25", UNREADABLE }, { N "3/3/2025", UNREADABLE },
		{ N "3-3-2025", UNREADABLE },
		{ N "May 1, 2025", "2025-05-01" }, { N "1 May 2025", "2025-05-01" },
		{ N "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa5-03-03", UNREADABLE },	/* Arabic digits */
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void
every_month_is_known_by_its_name_and_its_first_three_letters(void **state)
{
	static const char *const names[] = { "January", "February", "March", "April", "May", "June", "July",
		"August", "September", "October", "November", "December" };
	char whiteboard[64], day[16];

	(void)state;
	for (int m = 0; m < 12; m++) {
		struct row rows[] = { { whiteboard, day } };

		snprintf(day, sizeof(day), "2025-%02d-07", m + 1);
		snprintf(whiteboard, sizeof(whiteboard), "next update 7 %s 2025", names[m]);
		check(rows, 1);
		snprintf(whiteboard, sizeof(whiteboard), "next update 2025-%.3s-7", names[m]);
		check(rows, 1);
	}
}

static void
the_day_exists_and_the_year_is_within_bounds(void **state)
{
	static const struct row rows[] = {
		{ N "2024-02-29", "2024-02-29" }, { N "2025-02-29", UNREADABLE }, { N "2000-02-29", "2000-02-29" },
		{ N "2100-02-29", UNREADABLE }, { N "2025-13-01", UNREADABLE }, { N "2025-13-45", UNREADABLE },
		{ N "2025-00-10", UNREADABLE }, { N "2025-01-00", UNREADABLE }, { N "2025-04-31", UNREADABLE },
		{ N "1990-01-01", "1990-01-01" }, { N "1989-12-31", UNREADABLE }, { N "2999-12-31", "2999-12-31" },
		{ N "3000-01-01", UNREADABLE }, { N "0000-01-01", UNREADABLE },
		/* One that is no day is not read in another form. */
		{ N "31.4.2025", UNREADABLE }, { N "Feb 30, 2025", UNREADABLE },
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void
no_letter_or_digit_follows_the_date(void **state)
{
	static const struct row rows[] = {
		{ N "2025-03-03]", "2025-03-03" }, { N "2025-03-03.", "2025-03-03" }, { N "2025-03-03, then more", "2025-03-03" },
		{ N "2025-03-03-04", "2025-03-03" }, { N "2025-03-03T10:00:00Z", UNREADABLE }, { N "2025-03-03x", UNREADABLE },
		{ N "2025-03-031", UNREADABLE }, { N "2025-03-03_", "2025-03-03" }, { N "3.3.20255", UNREADABLE },
		{ N "2025-03-03\xc3\xa9", UNREADABLE },			/* é */
		{ N "2025-03-03\xe6\x97\xa5", UNREADABLE },		/* 日 */
		{ N "2025-03-03\xe2\x80\x94 then", "2025-03-03" },	/* a dash */
		{ N "2025-03-03\xff", "2025-03-03" },			/* no character at all */
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void
the_last_next_update_in_the_text_counts(void **state)
{
	static const struct row rows[] = {
		{ N "2025-03-03 " N "2025-04-04", "2025-04-04" }, { N "TBD, " N "2025-04-04", "2025-04-04" },
		{ N "2025-03-03 (next update)", UNREADABLE }, { N "2025-03-03 nextupdate TBD", UNREADABLE },
		{ N N "2025-03-03", "2025-03-03" }, { "nextnext update 2025-03-03", "2025-03-03" },
		{ N "2025-03-03 update 2025-04-04", "2025-03-03" },
	};

	(void)state;
	check(rows, COUNT(rows));
	assert_string_equal(lapse_whiteboard_promise("[x] next update TBD, Next-Update soon"), "Next-Update soon");
	assert_null(lapse_whiteboard_promise("[x]"));
	assert_null(lapse_whiteboard_promise(NULL));
}

static void
a_date_lasts_as_long_as_it_is_that_date_anywhere_on_earth(void **state)
{
	char text[LAPSE_TIME_LEN + 1];
	struct lapse_day day;

	(void)state;
	assert_true(lapse_day_from_civil(&day, 2025, 3, 3));
	assert_string_equal(lapse_time_format(text, lapse_date_begin(day)), "2025-03-02T10:00:00Z");
	assert_string_equal(lapse_time_format(text, lapse_date_end(day)), "2025-03-04T11:59:59Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_that_was_met_is_read),
		cmocka_unit_test(the_words_before_the_date_have_their_forms),
		cmocka_unit_test(a_date_has_one_of_six_forms),
		cmocka_unit_test(every_month_is_known_by_its_name_and_its_first_three_letters),
		cmocka_unit_test(the_day_exists_and_the_year_is_within_bounds),
		cmocka_unit_test(no_letter_or_digit_follows_the_date),
		cmocka_unit_test(the_last_next_update_in_the_text_counts),
		cmocka_unit_test(a_date_lasts_as_long_as_it_is_that_date_anywhere_on_earth),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
