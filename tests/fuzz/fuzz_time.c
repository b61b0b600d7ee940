/*
 * Times, dates, moments and durations: what is accepted is within its bounds,
 * and its canonical form is read back as the same.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/time.h"
#include "lapse/zone.h"

#define FIRST INT64_C(-62135596800)
#define LAST INT64_C(253402300799)

static void
try_time(const char *text)
{
	char form[LAPSE_TIME_LEN + 1], day_form[LAPSE_DAY_LEN + 1];
	struct lapse_instant t, again;
	struct lapse_day day;

	if (lapse_time_parse(&t, text) < 0)
		return;
	demand(t.sec >= FIRST && t.sec <= LAST, "a time beyond the years");
	lapse_time_format(form, t);
	demand(lapse_time_parse(&again, form) == 0, "a form that is no time");
	demand(again.sec == t.sec, "a form of another time");
	lapse_day_format(day_form, lapse_day_of(t));
	demand(lapse_day_parse(&day, day_form) == 0, "a day that is none");
	demand(strncmp(form, day_form, LAPSE_DAY_LEN) == 0, "another day");
}

static void
try_day(const char *text)
{
	char form[LAPSE_DAY_LEN + 1];
	struct lapse_day day;

	if (lapse_day_parse(&day, text) < 0)
		return;
	demand(strcmp(lapse_day_format(form, day), text) == 0, "another date");
	demand(lapse_day_of(lapse_day_start(day)).n == day.n, "another day");
}

static void
try_when(const char *text)
{
	struct lapse_instant base = { 1715160600 }, now = { 1741000000 }, a, b;
	int rc = lapse_when_parse(&a, text, LAPSE_EDGE_START, base, now);

	demand(rc == 0 || rc == LAPSE_EUSAGE, "a code that no caller expects");
	demand(lapse_when_parse(&b, text, LAPSE_EDGE_END, base, now) == rc,
	    "an edge that decides whether it is a moment");
	if (rc < 0)
		return;
	demand(a.sec >= FIRST && b.sec <= LAST, "a moment beyond the years");
	demand(b.sec == a.sec || b.sec == a.sec + 86399, "an edge elsewhere");
}

static void
try_duration(const char *text)
{
	struct lapse_duration d;

	if (lapse_duration_parse(&d, text) < 0)
		return;
	demand(d.days >= 0 && d.sec >= 0, "a duration before its start");
	demand(!d.in_days || d.sec == 0, "days that have seconds");
	demand(d.days < INT64_C(1000000000000), "days without end");
	demand(d.sec < INT64_C(1000000000000), "seconds without end");
}

static void
try_zone(const char *text)
{
	struct lapse_zone *zone;
	struct lapse_instant end;
	struct lapse_day day;

	if (strlen(text) > 40 || lapse_zone_load(&zone, text) < 0)
		return;
	for (day.n = 14900; day.n < 15400; day.n++) {
		end = lapse_zone_day_end(zone, day);
		demand(lapse_zone_day(zone, end).n <= day.n, "a late end");
		end.sec++;
		demand(lapse_zone_day(zone, end).n > day.n, "an early end");
	}
	lapse_zone_free(zone);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	try_time(text);
	try_day(text);
	try_when(text);
	try_duration(text);
	try_zone(text);
	free(text);
	return 0;
}
