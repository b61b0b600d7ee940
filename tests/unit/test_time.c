#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lapse/error.h"
#include "lapse/time.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIRST INT64_C(-62135596800)
#define LAST INT64_C(253402300799)

static struct lapse_instant
instant(int64_t sec)
{
	return (struct lapse_instant){ sec };
}

static struct lapse_instant
at(const char *text)
{
	struct lapse_instant t;

	if (lapse_time_parse(&t, text) < 0)
		fail_msg("%s", lapse_error());
	return t;
}

static void
assert_error(int rc, int code, const char *fmt, const char *text)
{
	char expected[256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(expected, sizeof(expected), fmt, text);
#pragma GCC diagnostic pop
	assert_int_equal(rc, code);
	assert_string_equal(lapse_error(), expected);
}

static void
times_are_read_with_any_offset(void **state)
{
	static const struct {
		const char *text;
		int64_t sec;
		const char *canonical;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0, NULL },
		{ "2024-05-08T09:30:00Z", 1715160600, NULL },
		{ "2024-05-08t09:30:00z", 1715160600, "2024-05-08T09:30:00Z" },
		{ "2024-05-08 09:30:00Z", 1715160600, "2024-05-08T09:30:00Z" },
		{ "2024-05-08T02:30:00-07:00", 1715160600, "2024-05-08T09:30:00Z" },
		{ "2024-05-08T15:15:00+05:45", 1715160600, "2024-05-08T09:30:00Z" },
		{ "2024-05-08T09:30:00-00:00", 1715160600, "2024-05-08T09:30:00Z" },
		{ "2024-05-09T09:29:00+23:59", 1715160600, "2024-05-08T09:30:00Z" },
		{ "1969-12-31T23:59:59Z", -1, NULL },
		{ "2000-02-29T12:00:00Z", 951825600, NULL },
		{ "2038-01-19T03:14:08Z", INT64_C(2147483648), NULL },
		{ "0001-01-01T00:00:00Z", FIRST, NULL },
		{ "9999-12-31T23:59:59Z", LAST, NULL },
		{ "0001-01-01T01:00:00+01:00", FIRST, "0001-01-01T00:00:00Z" },
	};
	char text[LAPSE_TIME_LEN + 1];
	struct lapse_instant t;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (lapse_time_parse(&t, rows[i].text) < 0)
			fail_msg("%s", lapse_error());
		if (t.sec != rows[i].sec)
			fail_msg("%s: %" PRId64, rows[i].text, t.sec);
		assert_ptr_equal(lapse_time_format(text, t), text);
		assert_string_equal(text, rows[i].canonical != NULL ?
		    rows[i].canonical : rows[i].text);
	}
}

static void
what_is_no_time_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "2024", "2024-05-08", "2024-05-08T09:30Z", "2024-05-08T09:30:00",
		"2024-05-08T09:30:00.5Z", "2024-05-08T09:30:60Z", "2024-05-08T24:00:00Z",
		"2024-05-08T23:60:00Z", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z",
		"2024-01-00T00:00:00Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
		"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
		"2024-05-08T09:30:00+0200", "2024-05-08T09:30:00+24:00",
		"2024-05-08T09:30:00+02:60", "2024-05-08T09:30:00+2:00",
		"2024-05-08T09:30:00Z ", " 2024-05-08T09:30:00Z", "2024-05-08T09:30:00Zx",
		"2024-05-08_09:30:00Z", "2024/05/08T09:30:00Z", "2024-5-8T09:30:00Z",
		"+024-05-08T09:30:00Z", "2024-05-08T 9:30:00Z", "-7d", "now", "next friday",
	};
	struct lapse_instant t;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_error(lapse_time_parse(&t, texts[i]), LAPSE_EFORMAT,
		    "not a time: '%s'", texts[i]);
}

static void
dates_are_read_when_they_exist(void **state)
{
	static const struct {
		const char *text;
		int32_t n;
	} rows[] = {
		{ "1970-01-01", 0 }, { "1969-12-31", -1 }, { "1970-02-01", 31 },
		{ "2000-02-29", 11016 }, { "2000-03-01", 11017 }, { "2100-03-01", 47541 },
		{ "0001-01-01", -719162 }, { "9999-12-31", 2932896 },
	};
	static const char *const bad[] = {
		"", "2024-5-8", "2024-02-30", "2100-02-29", "2024-04-31", "2024-00-10",
		"0000-12-31", "2024-05-08 ", "2024-05-08T00:00:00Z", "20240508", "08-05-2024",
		"2024-05-0x", "\xef\xbc\x92" "024-05-08",
	};
	char text[LAPSE_DAY_LEN + 1];
	struct lapse_day day;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (lapse_day_parse(&day, rows[i].text) < 0)
			fail_msg("%s", lapse_error());
		assert_int_equal(day.n, rows[i].n);
		assert_string_equal(lapse_day_format(text, day), rows[i].text);
		assert_true(lapse_day_start(day).sec == (int64_t)rows[i].n * 86400);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_error(lapse_day_parse(&day, bad[i]), LAPSE_EFORMAT,
		    "not a date: '%s'", bad[i]);
}

static int
month_length(int year, int month)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* One by one, from the first day to the last: an oracle that only counts. */
static void
every_day_of_the_years_goes_there_and_back(void **state)
{
	int y, m, d;
	int32_t n = -719162;
	struct lapse_day day;

	(void)state;
	for (int year = 1; year <= 9999; year++) {
		for (int month = 1; month <= 12; month++) {
			for (int mday = 1; mday <= month_length(year, month); mday++, n++) {
				if (!lapse_day_from_civil(&day, year, month, mday) || day.n != n)
					fail_msg("%d-%d-%d is %d", year, month, mday, day.n);
				lapse_day_to_civil(day, &y, &m, &d);
				if (y != year || m != month || d != mday)
					fail_msg("%d is %d-%d-%d", n, y, m, d);
			}
		}
	}
	assert_int_equal(n, 2932897);
	assert_false(lapse_day_from_civil(&day, INT_MAX, 1, 1));
	assert_false(lapse_day_from_civil(&day, 2024, INT_MIN, 1));
	assert_false(lapse_day_from_civil(&day, 2024, 1, INT_MAX));
	assert_false(lapse_day_from_civil(&day, 2024, 1, 32));
}

static void
an_instant_knows_its_day(void **state)
{
	(void)state;
	assert_int_equal(lapse_day_of(instant(0)).n, 0);
	assert_int_equal(lapse_day_of(instant(86399)).n, 0);
	assert_int_equal(lapse_day_of(instant(86400)).n, 1);
	assert_int_equal(lapse_day_of(instant(-1)).n, -1);
	assert_int_equal(lapse_day_of(instant(-86400)).n, -1);
	assert_int_equal(lapse_day_of(instant(-86401)).n, -2);
	assert_int_equal(lapse_day_of(instant(INT64_MAX)).n, 2932896);
	assert_int_equal(lapse_day_of(instant(INT64_MIN + 1)).n, -719162);
}

static void
arithmetic_stays_within_the_years_that_can_be_written(void **state)
{
	static const struct {
		int64_t sec, span, expected;
	} rows[] = {
		{ 0, 604800, 604800 }, { 0, -1, -1 }, { LAST, 1, LAST }, { LAST, INT64_MAX, LAST },
		{ FIRST, -1, FIRST }, { FIRST, INT64_MIN, FIRST }, { 0, INT64_MAX, LAST },
		{ 0, INT64_MIN, FIRST }, { INT64_MAX, 0, LAST }, { INT64_MAX, -1, LAST - 1 },
		{ INT64_MIN + 1, 1, FIRST + 1 }, { LAST, FIRST - LAST, FIRST },
	};
	char text[LAPSE_TIME_LEN + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_span span = { rows[i].span };
		struct lapse_instant t = lapse_time_add(instant(rows[i].sec), span);

		if (t.sec != rows[i].expected)
			fail_msg("row %zu: %" PRId64, i, t.sec);
	}
	assert_true(lapse_span_between(instant(5), instant(3)).sec == -2);
	assert_true(lapse_span_between(instant(INT64_MIN + 1), instant(INT64_MAX)).sec == LAST - FIRST);
	assert_string_equal(lapse_time_format(text, instant(INT64_MAX)), "9999-12-31T23:59:59Z");
	assert_string_equal(lapse_time_format(text, instant(INT64_MIN + 1)), "0001-01-01T00:00:00Z");
}

static void
instants_are_ordered_and_may_be_unset(void **state)
{
	(void)state;
	assert_true(lapse_time_cmp(instant(1), instant(2)) < 0);
	assert_true(lapse_time_cmp(instant(2), instant(1)) > 0);
	assert_int_equal(lapse_time_cmp(instant(2), instant(2)), 0);
	assert_false(lapse_time_is_set(LAPSE_NEVER));
	assert_true(lapse_time_is_set(instant(0)));
}

static void
a_moment_on_the_command_line_has_four_forms(void **state)
{
	static const struct {
		const char *text;
		enum lapse_edge edge;
		const char *expected;
	} rows[] = {
		{ "2024-05-08", LAPSE_EDGE_START, "2024-05-08T00:00:00Z" },
		{ "2024-05-08", LAPSE_EDGE_END, "2024-05-08T23:59:59Z" },
		{ "9999-12-31", LAPSE_EDGE_END, "9999-12-31T23:59:59Z" },
		{ "2024-05-08T09:30:00Z", LAPSE_EDGE_END, "2024-05-08T09:30:00Z" },
		{ "2024-05-08T09:30:00+02:00", LAPSE_EDGE_START, "2024-05-08T07:30:00Z" },
		{ "now", LAPSE_EDGE_START, "2025-03-02T00:00:00Z" },
		{ "-7d", LAPSE_EDGE_END, "2025-01-03T12:00:00Z" },
		{ "-12h", LAPSE_EDGE_START, "2025-01-10T00:00:00Z" },
		{ "-2w", LAPSE_EDGE_START, "2024-12-27T12:00:00Z" },
		{ "-0d", LAPSE_EDGE_START, "2025-01-10T12:00:00Z" },
		{ "-007d", LAPSE_EDGE_START, "2025-01-03T12:00:00Z" },
		{ "-99999999w", LAPSE_EDGE_START, "0001-01-01T00:00:00Z" },
	};
	struct lapse_instant base = at("2025-01-10T12:00:00Z"), now = at("2025-03-02T00:00:00Z"), t;
	char text[LAPSE_TIME_LEN + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (lapse_when_parse(&t, rows[i].text, rows[i].edge, base, now) < 0)
			fail_msg("%s", lapse_error());
		assert_string_equal(lapse_time_format(text, t), rows[i].expected);
	}
}

static void
any_other_moment_is_a_misuse_that_names_the_forms(void **state)
{
	static const char *const texts[] = {
		"", "banana split", "yesterday", "NOW", "now ", "7d", "+7d", "-d", "-7", "-7m", "-7y",
		"-7 d", "-7dd", "--7d", "-1.5d", "-100000000d", "-99999999999999999999d",
		"2024-02-30", "2024-05-08T09:30Z", "2024-05", "1715160600",
	};
	struct lapse_instant t;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_error(lapse_when_parse(&t, texts[i], LAPSE_EDGE_START, instant(0), instant(0)),
		    LAPSE_EUSAGE, "not a time: '%s' (2024-05-08, 2024-05-08T09:30:00Z, now, "
		    "-7d, -12h and -2w are)", texts[i]);
}

static void
now_is_the_clock_unless_the_environment_says_otherwise(void **state)
{
	struct lapse_instant t;
	time_t before, after;

	(void)state;
	setenv("LAPSE_NOW", "2024-05-08T02:30:00-07:00", 1);
	assert_int_equal(lapse_time_now(&t), 0);
	assert_true(t.sec == 1715160600);
	setenv("LAPSE_NOW", "2024-05-08", 1);
	assert_error(lapse_time_now(&t), LAPSE_EUSAGE, "not a time: '%s'", "2024-05-08");
	setenv("LAPSE_NOW", "", 1);
	before = time(NULL);
	assert_int_equal(lapse_time_now(&t), 0);
	after = time(NULL);
	assert_true(t.sec >= before && t.sec <= after);
	unsetenv("LAPSE_NOW");
	assert_int_equal(lapse_time_now(&t), 0);
	assert_true(t.sec >= before && t.sec <= after + 60);
}

static void
limits_are_durations_of_a_fixed_length(void **state)
{
	static const struct {
		const char *text;
		int64_t days, sec;
		bool in_days;
	} rows[] = {
		{ "P7D", 7, 0, true }, { "P2W", 14, 0, true }, { "P1W2D", 9, 0, true },
		{ "P0D", 0, 0, true }, { "PT72H", 0, 259200, false }, { "P1DT12H", 1, 43200, false },
		{ "PT1H30M15S", 0, 5415, false }, { "PT0S", 0, 0, false }, { "PT90M", 0, 5400, false },
		{ "P007D", 7, 0, true }, { "P1W1DT1H1M1S", 8, 3661, false },
		{ "P999999999999D", INT64_C(999999999999), 0, true },
	};
	struct lapse_duration d;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (lapse_duration_parse(&d, rows[i].text) < 0)
			fail_msg("%s", lapse_error());
		if (d.days != rows[i].days || d.sec != rows[i].sec || d.in_days != rows[i].in_days)
			fail_msg("%s: %" PRId64 " %" PRId64, rows[i].text, d.days, d.sec);
	}
}

static void
months_years_fractions_and_nonsense_are_no_limits(void **state)
{
	static const char *const texts[] = {
		"", "P", "PT", "7D", "p7d", "P7d", "P7", "P1M", "P1Y", "P1Y7D", "P1D2W", "P1D1D", "P-7D",
		"-P7D", "+P7D", "P1.5D", "P1,5D", "P7D ", " P7D", "P7DT", "PT7D", "P7H", "PT1S1M", "PTT1S",
		"PT1HT1M", "P1DT1H1D", "P1000000000000D", "P999999999999W", "PT99999999999999999999S",
		"P142857142857W1D", "seven days",
	};
	struct lapse_duration d;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_error(lapse_duration_parse(&d, texts[i]), LAPSE_EFORMAT,
		    "not a duration: '%s' (whole weeks, days, hours, minutes and seconds are, "
		    "as P7D, PT72H, P1DT12H)", texts[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_with_any_offset),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(dates_are_read_when_they_exist),
		cmocka_unit_test(every_day_of_the_years_goes_there_and_back),
		cmocka_unit_test(an_instant_knows_its_day),
		cmocka_unit_test(arithmetic_stays_within_the_years_that_can_be_written),
		cmocka_unit_test(instants_are_ordered_and_may_be_unset),
		cmocka_unit_test(a_moment_on_the_command_line_has_four_forms),
		cmocka_unit_test(any_other_moment_is_a_misuse_that_names_the_forms),
		cmocka_unit_test(now_is_the_clock_unless_the_environment_says_otherwise),
		cmocka_unit_test(limits_are_durations_of_a_fixed_length),
		cmocka_unit_test(months_years_fractions_and_nonsense_are_no_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
