#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/zone.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY 86400
#define END INT64_C(7258118400)		/* 2200-01-01 */
#define ZONES "/usr/share/zoneinfo"

static struct lapse_instant
at(const char *text)
{
	struct lapse_instant t;

	if (lapse_time_parse(&t, text) < 0)
		fail_msg("%s", lapse_error());
	return t;
}

static struct lapse_day
day_at(const char *text)
{
	struct lapse_day day;

	if (lapse_day_parse(&day, text) < 0)
		fail_msg("%s", lapse_error());
	return day;
}

static struct lapse_zone *
load(const char *name)
{
	struct lapse_zone *zone;

	if (lapse_zone_load(&zone, name) < 0)
		fail_msg("%s", lapse_error());
	assert_string_equal(lapse_zone_name(zone), name);
	return zone;
}

static bool
skips_without(const char *path)
{
	if (access(path, R_OK) == 0)
		return false;
	print_message("skipped: %s is not there\n", path);
	return true;
}

static void
utc_is_there_without_a_database(void **state)
{
	char text[LAPSE_ZONE_TIME_LEN + 1], day[LAPSE_TIME_LEN + 1];
	struct lapse_zone *zone;

	(void)state;
	setenv("TZDIR", "/nonexistent", 1);
	zone = load("UTC");
	unsetenv("TZDIR");
	assert_int_equal(lapse_zone_offset(zone, at("1234-05-06T07:08:09Z")), 0);
	assert_int_equal(lapse_zone_day(zone, at("2024-05-08T23:59:59Z")).n, day_at("2024-05-08").n);
	assert_string_equal(lapse_time_format(day, lapse_zone_day_end(zone, day_at("2024-05-08"))),
	    "2024-05-08T23:59:59Z");
	assert_string_equal(lapse_zone_format(text, zone, at("2024-05-08T09:30:00Z")),
	    "2024-05-08T09:30:00+00:00");
	lapse_zone_free(zone);
	lapse_zone_free(NULL);
}

static void
an_unknown_zone_is_never_utc(void **state)
{
	static const char *const names[] = {
		"", "Mars/Olympus", "America/Los_Angele", "america/los_angeles ", "America/", "/UTC",
		"/etc/localtime", "America//Los_Angeles", "../zoneinfo/UTC", "America/../Asia/Tokyo",
		"./UTC", ":UTC", "UTC0", "PST8PDT,M3.2.0,M11.1.0", "zone1970.tab", "America",
		"right/America/Los_Angeles", "posix/America/Los_Angeles", "Europe/Z\xc3\xbcrich", "leapseconds",
	};
	char expected[128], longest[300];
	struct lapse_zone *zone;

	(void)state;
	if (skips_without(ZONES))
		return;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(lapse_zone_load(&zone, names[i]), LAPSE_EFORMAT);
		assert_null(zone);
		snprintf(expected, sizeof(expected), "unknown time zone '%s'", names[i]);
		assert_string_equal(lapse_error(), expected);
	}
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(lapse_zone_load(&zone, longest), LAPSE_EFORMAT);
}

static void
a_missing_database_is_named(void **state)
{
	struct lapse_zone *zone;

	(void)state;
	setenv("TZDIR", "/nonexistent", 1);
	assert_int_equal(lapse_zone_load(&zone, "Asia/Tokyo"), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(),
	    "unknown time zone 'Asia/Tokyo': no time zone database in /nonexistent");
	unsetenv("TZDIR");
}

static void
loading_leaves_the_environment_as_it_was(void **state)
{
	struct tm tm;
	time_t t = 0;

	(void)state;
	if (skips_without(ZONES "/Asia/Tokyo"))
		return;
	setenv("TZ", "XYZ-3", 1);
	tzset();
	lapse_zone_free(load("Asia/Tokyo"));
	assert_string_equal(getenv("TZ"), "XYZ-3");
	localtime_r(&t, &tm);
	assert_int_equal(tm.tm_hour, 3);
	unsetenv("TZ");
	tzset();
	lapse_zone_free(load("Asia/Tokyo"));
	assert_null(getenv("TZ"));
}

static void
times_are_written_with_the_offset_of_their_moment(void **state)
{
	static const struct {
		const char *zone, *time, *text;
	} rows[] = {
		{ "America/Los_Angeles", "2024-05-08T09:30:00Z", "2024-05-08T02:30:00-07:00" },
		{ "America/Los_Angeles", "2024-01-01T00:00:00Z", "2023-12-31T16:00:00-08:00" },
		{ "Asia/Kathmandu", "2024-05-08T18:30:00Z", "2024-05-09T00:15:00+05:45" },
		{ "Pacific/Kiritimati", "2024-05-08T10:00:00Z", "2024-05-09T00:00:00+14:00" },
		{ "America/St_Johns", "2024-01-01T00:00:00Z", "2023-12-31T20:30:00-03:30" },
		/* -00:44:30 until 1972: minutes are all that can be written. */
		{ "Africa/Monrovia", "1970-01-01T12:00:00Z", "1970-01-01T11:16:00-00:44" },
		{ "Africa/Casablanca", "2024-03-20T12:00:00Z", "2024-03-20T12:00:00+00:00" },
		{ "Africa/Casablanca", "2024-05-08T12:00:00Z", "2024-05-08T13:00:00+01:00" },
	};
	char text[LAPSE_ZONE_TIME_LEN + 1];

	(void)state;
	if (skips_without(ZONES "/Asia/Kathmandu"))
		return;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_zone *zone = load(rows[i].zone);

		assert_ptr_equal(lapse_zone_format(text, zone, at(rows[i].time)), text);
		assert_string_equal(text, rows[i].text);
		lapse_zone_free(zone);
	}
}

/* Worked out by hand from the history of each zone. */
static void
days_end_where_their_zone_says(void **state)
{
	static const struct {
		const char *zone, *day, *end;
	} rows[] = {
		{ "America/Los_Angeles", "2024-05-08", "2024-05-09T06:59:59Z" },
		{ "America/Los_Angeles", "2024-03-10", "2024-03-11T06:59:59Z" },	/* 23 hours */
		{ "America/Los_Angeles", "2024-11-03", "2024-11-04T07:59:59Z" },	/* 25 hours */
		{ "Asia/Tokyo", "2024-05-08", "2024-05-08T14:59:59Z" },
		/* The next midnight does not exist: 00:00 is 01:00. */
		{ "America/Sao_Paulo", "2018-11-03", "2018-11-04T02:59:59Z" },
		{ "Africa/Cairo", "2024-04-25", "2024-04-25T21:59:59Z" },
		{ "Asia/Beirut", "2024-03-30", "2024-03-30T21:59:59Z" },
		/* At midnight it was 23:00 again. */
		{ "America/Sao_Paulo", "2018-02-17", "2018-02-18T02:59:59Z" },
		{ "Africa/Cairo", "2024-10-31", "2024-10-31T21:59:59Z" },
		/* A minute after midnight it was 23:01 of the day before. */
		{ "America/St_Johns", "2010-11-06", "2010-11-07T03:29:59Z" },
		/* Midnight came twice, on the same day. */
		{ "America/Havana", "2024-11-02", "2024-11-03T03:59:59Z" },
		{ "America/Havana", "2024-11-03", "2024-11-04T04:59:59Z" },
		/* Samoa had no 30 December 2011, Kwajalein no 21 August 1993. */
		{ "Pacific/Apia", "2011-12-29", "2011-12-30T09:59:59Z" },
		{ "Pacific/Apia", "2011-12-30", "2011-12-30T09:59:59Z" },
		{ "Pacific/Apia", "2011-12-31", "2011-12-31T09:59:59Z" },
		{ "Pacific/Kwajalein", "1993-08-20", "1993-08-21T11:59:59Z" },
		{ "Pacific/Kwajalein", "1993-08-21", "1993-08-21T11:59:59Z" },
		{ "UTC", "0001-01-01", "0001-01-01T23:59:59Z" },
		{ "UTC", "9999-12-31", "9999-12-31T23:59:59Z" },
		{ "America/Los_Angeles", "9999-12-31", "9999-12-31T23:59:59Z" },
		{ "Asia/Tokyo", "0001-01-01", "0001-01-01T14:59:59Z" },
	};
	char text[LAPSE_TIME_LEN + 1];

	(void)state;
	if (skips_without(ZONES "/Pacific/Apia"))
		return;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_zone *zone = load(rows[i].zone);

		lapse_time_format(text, lapse_zone_day_end(zone, day_at(rows[i].day)));
		if (strcmp(text, rows[i].end) != 0)
			fail_msg("%s %s ends %s", rows[i].zone, rows[i].day, text);
		lapse_zone_free(zone);
	}
}

/* What the C library takes for the civil day, of the zone in TZ. */
static int32_t
oracle_day(int64_t sec)
{
	time_t t = (time_t)sec;
	struct lapse_day day;
	struct tm tm;

	localtime_r(&t, &tm);
	lapse_day_from_civil(&day, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	return day.n;
}

static int64_t
oracle_day_end(int32_t day)
{
	int64_t last = INT64_MIN;

	/* No offset is longer than 26 hours; all here are whole minutes. */
	for (int64_t t = ((int64_t)day - 1) * DAY; t < ((int64_t)day + 3) * DAY; t += 60) {
		if (oracle_day(t) <= day)
			last = t + 59;
	}
	return last;
}

static void
days_end_where_trying_every_minute_finds_it(void **state)
{
	static const struct {
		const char *zone, *first;
		int ndays;
	} rows[] = {
		{ "America/Sao_Paulo", "2018-11-02", 4 }, { "America/Sao_Paulo", "2019-02-15", 4 },
		{ "Africa/Cairo", "2010-08-09", 4 }, { "Africa/Cairo", "2014-05-14", 4 },
		{ "Africa/Casablanca", "2018-05-11", 5 }, { "Pacific/Apia", "2011-12-27", 7 },
		{ "Pacific/Kwajalein", "1993-08-18", 6 }, { "Pacific/Kanton", "1994-12-29", 5 },
		{ "America/St_Johns", "2011-03-12", 3 }, { "America/St_Johns", "2010-11-05", 4 },
		{ "Asia/Gaza", "2011-08-29", 4 }, { "Asia/Pyongyang", "2018-05-03", 4 },
		{ "Antarctica/Casey", "2010-03-03", 4 }, { "Australia/Lord_Howe", "2024-04-05", 4 },
		{ "America/Godthab", "2023-03-24", 4 }, { "Asia/Manila", "1978-03-20", 4 },
		{ "America/Caracas", "2007-12-08", 4 }, { "Antarctica/Troll", "2024-03-30", 3 },
	};

	(void)state;
	if (skips_without(ZONES "/Antarctica/Troll"))
		return;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_zone *zone = load(rows[i].zone);
		struct lapse_day day = day_at(rows[i].first);

		setenv("TZ", rows[i].zone, 1);
		tzset();
		for (int n = 0; n < rows[i].ndays; n++, day.n++) {
			int64_t end = lapse_zone_day_end(zone, day).sec;

			if (end != oracle_day_end(day.n))
				fail_msg("%s: day %" PRId32 " ends %" PRId64 ", not %" PRId64,
				    rows[i].zone, day.n, end, oracle_day_end(day.n));
		}
		lapse_zone_free(zone);
	}
	unsetenv("TZ");
	tzset();
}

/* Random, but the same in every run. */
static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void
assert_as_the_library_has_it(const struct lapse_zone *zone, int64_t sec)
{
	char expected[64], text[LAPSE_ZONE_TIME_LEN + 1];
	struct lapse_instant t = { sec };
	time_t clock = (time_t)sec;
	struct tm tm;

	localtime_r(&clock, &tm);
	/* "+0530" or "-0044": the library cuts the seconds off too. */
	strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M%z", &tm);
	lapse_zone_format(text, zone, t);
	memmove(text + 16, text + 19, 3);
	memmove(text + 19, text + 23, 3);
	if (lapse_zone_offset(zone, t) % 60 == 0 && strcmp(text, expected) != 0)
		fail_msg("%s at %" PRId64 ": %s, not %s", lapse_zone_name(zone), sec, text, expected);
	assert_int_equal(lapse_zone_day(zone, t).n, oracle_day(sec));
}

/* One line of zdump -v: "ZONE  Sun Mar 10 09:59:59 2024 UT = … gmtoff=-28800". */
static bool
read_transition(const char *line, char *name, int64_t *sec, int *offset)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *gmtoff = strstr(line, " gmtoff="), *found;
	int mday, hour, minute, second, year;
	struct lapse_day day;
	char month[8];

	if (gmtoff == NULL || sscanf(line, "%63s %*s %7s %d %d:%d:%d %d UT", name, month, &mday,
	    &hour, &minute, &second, &year) != 7)
		return false;
	found = strstr(months, month);
	if (found == NULL || !lapse_day_from_civil(&day, year, (int)(found - months) / 3 + 1, mday))
		return false;
	*sec = (int64_t)day.n * DAY + hour * 3600 + minute * 60 + second;
	*offset = atoi(gmtoff + strlen(" gmtoff="));
	return *sec >= 0;
}

static struct lapse_zone *
check_at_random(const char *name, uint64_t *seed)
{
	struct lapse_zone *zone = load(name);

	setenv("TZ", name, 1);
	tzset();
	for (int i = 0; i < 100; i++)
		assert_as_the_library_has_it(zone, (int64_t)(next_random(seed) % (uint64_t)END));
	unsetenv("TZ");
	tzset();
	return zone;
}

/*
 * zdump prints the seconds before and of every change in every zone: both
 * must be where the table has them. Random instants find what is too much.
 */
static void
every_zone_is_as_zdump_and_the_library_have_it(void **state)
{
	uint64_t seed = UINT64_C(88172645463325252);
	struct lapse_zone *zone = NULL;
	char line[512], name[64];
	int offset, nzones = 0;
	FILE *out;
	int64_t sec;

	(void)state;
	if (skips_without(ZONES "/zone1970.tab"))
		return;
	out = popen("command -v zdump >/dev/null && grep -v '^#' " ZONES "/zone1970.tab | "
	    "cut -f3 | xargs zdump -v -c 1970,2038", "r");
	assert_non_null(out);
	while (fgets(line, sizeof(line), out) != NULL) {
		if (!read_transition(line, name, &sec, &offset))
			continue;
		if (zone == NULL || strcmp(lapse_zone_name(zone), name) != 0) {
			lapse_zone_free(zone);
			zone = check_at_random(name, &seed);
			nzones++;
		}
		if (lapse_zone_offset(zone, (struct lapse_instant){ sec }) != offset)
			fail_msg("%s at %" PRId64 ": %d", name, sec, offset);
	}
	lapse_zone_free(zone);
	pclose(out);
	if (nzones == 0)
		print_message("skipped: zdump is not there\n");
}

/* The table's own ends, and the last year that it covers. */
static void
beyond_the_table_the_nearest_offset_holds(void **state)
{
	struct lapse_zone *zone;

	(void)state;
	if (skips_without(ZONES "/America/Los_Angeles"))
		return;
	zone = load("America/Los_Angeles");
	assert_int_equal(lapse_zone_offset(zone, at("1965-07-01T00:00:00Z")), -28800);
	assert_int_equal(lapse_zone_offset(zone, at("1970-01-01T00:00:00Z")), -28800);
	assert_int_equal(lapse_zone_offset(zone, at("2199-07-01T00:00:00Z")), -25200);
	assert_int_equal(lapse_zone_offset(zone, at("2199-12-31T00:00:00Z")), -28800);
	assert_int_equal(lapse_zone_offset(zone, at("9999-07-01T00:00:00Z")), -28800);
	lapse_zone_free(zone);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utc_is_there_without_a_database),
		cmocka_unit_test(an_unknown_zone_is_never_utc),
		cmocka_unit_test(a_missing_database_is_named),
		cmocka_unit_test(loading_leaves_the_environment_as_it_was),
		cmocka_unit_test(times_are_written_with_the_offset_of_their_moment),
		cmocka_unit_test(days_end_where_their_zone_says),
		cmocka_unit_test(days_end_where_trying_every_minute_finds_it),
		cmocka_unit_test(every_zone_is_as_zdump_and_the_library_have_it),
		cmocka_unit_test(beyond_the_table_the_nearest_offset_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
