#include "lapse/time.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lapse/error.h"

#define DAY 86400

/* The first and the last second of the years 1 to 9999. */
#define FIRST INT64_C(-62135596800)
#define LAST INT64_C(253402300799)

bool
lapse_time_is_set(struct lapse_instant t)
{
	return t.sec != INT64_MIN;
}

int
lapse_time_cmp(struct lapse_instant a, struct lapse_instant b)
{
	assert(lapse_time_is_set(a) && lapse_time_is_set(b));
	return (a.sec > b.sec) - (a.sec < b.sec);
}

/* Instants stay in the years that can be written: over the edge is the edge. */
static int64_t
clamp(int64_t sec)
{
	return sec < FIRST ? FIRST : sec > LAST ? LAST : sec;
}

struct lapse_span
lapse_span_between(struct lapse_instant from, struct lapse_instant to)
{
	assert(lapse_time_is_set(from) && lapse_time_is_set(to));
	return (struct lapse_span){ clamp(to.sec) - clamp(from.sec) };
}

struct lapse_instant
lapse_time_add(struct lapse_instant t, struct lapse_span span)
{
	int64_t sec = clamp(t.sec);

	assert(lapse_time_is_set(t));
	if (span.sec > LAST - sec)
		return (struct lapse_instant){ LAST };
	if (span.sec < FIRST - sec)
		return (struct lapse_instant){ FIRST };
	return (struct lapse_instant){ sec + span.sec };
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_length(int year, int month)
{
	static const int lengths[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};

	return lengths[month - 1] + (month == 2 && is_leap(year));
}

/*
 * Years are counted from March, so that a leap day is the last of its year:
 * then the days before a month are (153 * m + 2) / 5, m being 0 for March.
 * 719468 days lie between 0000-03-01 and 1970-01-01, 146097 in 400 years.
 */
bool
lapse_day_from_civil(struct lapse_day *out, int year, int month, int mday)
{
	int y, m, days;

	if (year < 1 || year > 9999 || month < 1 || month > 12)
		return false;
	if (mday < 1 || mday > month_length(year, month))
		return false;
	y = month > 2 ? year : year - 1;
	m = (month + 9) % 12;
	days = y * 365 + y / 4 - y / 100 + y / 400;
	out->n = days + (153 * m + 2) / 5 + mday - 1 - 719468;
	return true;
}

void
lapse_day_to_civil(struct lapse_day day, int *year, int *month, int *mday)
{
	int64_t n, era, y;
	int in_era, in_year, m;

	n = clamp((int64_t)day.n * DAY);
	n = (n - FIRST) / DAY + FIRST / DAY + 719468;
	era = n / 146097;
	in_era = (int)(n % 146097);
	/* Take the leap days out, then whole years are 365 days. */
	y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	in_year = in_era - (int)(365 * y + y / 4 - y / 100);
	m = (5 * in_year + 2) / 153;
	*mday = in_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int)(era * 400 + y + (*month <= 2));
}

struct lapse_day
lapse_day_of(struct lapse_instant t)
{
	int64_t sec = clamp(t.sec);

	/* FIRST is a midnight, so the division never sees a negative. */
	return (struct lapse_day){
		(int32_t)((sec - FIRST) / DAY + FIRST / DAY)
	};
}

struct lapse_instant
lapse_day_start(struct lapse_day day)
{
	return (struct lapse_instant){ clamp((int64_t)day.n * DAY) };
}

/* Read exactly `width` digits at *p and step over them. */
static bool
read_digits(const char **p, int width, int *out)
{
	*out = 0;
	for (int i = 0; i < width; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*out = *out * 10 + (**p - '0');
	}
	return true;
}

/* Step over one byte of `set`. */
static bool
read_one(const char **p, const char *set)
{
	if (**p == '\0' || strchr(set, **p) == NULL)
		return false;
	(*p)++;
	return true;
}

static bool
read_date(const char **p, struct lapse_day *out)
{
	int year, month, mday;

	return read_digits(p, 4, &year) && read_one(p, "-") &&
	    read_digits(p, 2, &month) && read_one(p, "-") &&
	    read_digits(p, 2, &mday) &&
	    lapse_day_from_civil(out, year, month, mday);
}

/* "09:30:00" as seconds of the day. */
static bool
read_clock(const char **p, int *out)
{
	int hour, minute, second;

	if (!read_digits(p, 2, &hour) || !read_one(p, ":") ||
	    !read_digits(p, 2, &minute) || !read_one(p, ":") ||
	    !read_digits(p, 2, &second))
		return false;
	*out = hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second < 60;
}

/* "Z" or "+02:00" as seconds east of UTC. */
static bool
read_offset(const char **p, int *out)
{
	int hour, minute, sign = **p == '-' ? -1 : 1;

	*out = 0;
	if (read_one(p, "Zz"))
		return true;
	if (!read_one(p, "+-") || !read_digits(p, 2, &hour) ||
	    !read_one(p, ":") || !read_digits(p, 2, &minute))
		return false;
	*out = sign * (hour * 3600 + minute * 60);
	return hour < 24 && minute < 60;
}

/* Without an error, for texts that may also be something else. */
static bool
read_time(struct lapse_instant *out, const char *text)
{
	struct lapse_day day;
	const char *p = text;
	int clock, offset;
	int64_t sec;

	if (!read_date(&p, &day) || !read_one(&p, "Tt ") ||
	    !read_clock(&p, &clock) || !read_offset(&p, &offset) || *p != '\0')
		return false;
	sec = (int64_t)day.n * DAY + clock - offset;
	*out = (struct lapse_instant){ sec };
	return sec == clamp(sec);	/* the offset may leave the years */
}

static bool
read_day(struct lapse_day *out, const char *text)
{
	const char *p = text;

	return read_date(&p, out) && *p == '\0';
}

int
lapse_time_parse(struct lapse_instant *out, const char *text)
{
	if (!read_time(out, text))
		return lapse_fail(LAPSE_EFORMAT, "not a time: '%.60s'", text);
	return 0;
}

int
lapse_day_parse(struct lapse_day *out, const char *text)
{
	if (!read_day(out, text))
		return lapse_fail(LAPSE_EFORMAT, "not a date: '%s'", text);
	return 0;
}

/* The last `n` digits of a number, and what stands behind them. Reports are full of times: this is quicker than printf(). */
static char *
put_digits(char *out, int value, size_t n, char behind)
{
	for (size_t i = n; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
	out[n] = behind;
	return out + n + 1;
}

char *
lapse_day_format(char *out, struct lapse_day day)
{
	int year, month, mday;
	char *p = out;

	lapse_day_to_civil(day, &year, &month, &mday);
	p = put_digits(p, year, 4, '-');
	p = put_digits(p, month, 2, '-');
	put_digits(p, mday, 2, '\0');
	return out;
}

char *
lapse_time_format(char *out, struct lapse_instant t)
{
	struct lapse_day day = lapse_day_of(t);
	int sec = (int)(clamp(t.sec) - (int64_t)day.n * DAY);
	char *p = out + LAPSE_DAY_LEN;

	assert(lapse_time_is_set(t));
	lapse_day_format(out, day);
	*p++ = 'T';
	p = put_digits(p, sec / 3600, 2, ':');
	p = put_digits(p, sec / 60 % 60, 2, ':');
	p = put_digits(p, sec % 60, 2, 'Z');
	*p = '\0';
	return out;
}

/* "-7d", "-12h", "-2w": so long before. */
static bool
read_ago(struct lapse_span *out, const char *text)
{
	const char *p = text;
	int64_t n = 0;

	if (!read_one(&p, "-") || *p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		n = n * 10 + (*p - '0');
		if (n > 99999999)	/* hours in the years that there are */
			return false;
	}
	out->sec = -n * (*p == 'h' ? 3600 : *p == 'd' ? DAY : 7 * DAY);
	return read_one(&p, "hdw") && *p == '\0';
}

int
lapse_when_parse(struct lapse_instant *out, const char *text,
    enum lapse_edge edge, struct lapse_instant base, struct lapse_instant now)
{
	struct lapse_span ago;
	struct lapse_day day;

	if (read_day(&day, text)) {
		*out = lapse_day_start(day);
		if (edge == LAPSE_EDGE_END)
			out->sec += DAY - 1;
		return 0;
	}
	if (read_time(out, text))
		return 0;
	if (strcmp(text, "now") == 0) {
		*out = now;
		return 0;
	}
	if (read_ago(&ago, text)) {
		*out = lapse_time_add(base, ago);
		return 0;
	}
	return lapse_fail(LAPSE_EUSAGE, "not a time: '%.60s' (2024-05-08, "
	    "2024-05-08T09:30:00Z, now, -7d, -12h and -2w are)", text);
}

/* The only place that reads it. */
static const char *
time_given(void)
{
	const char *text = getenv("LAPSE_NOW");

	return text != NULL && *text != '\0' ? text : NULL;
}

bool
lapse_time_stands(void)
{
	return time_given() != NULL;
}

int
lapse_time_now(struct lapse_instant *out)
{
	const char *text = time_given();
	time_t sec;

	if (text != NULL) {
		if (!read_time(out, text))
			return lapse_fail(LAPSE_EUSAGE, "not a time: '%.60s'",
			    text);
		return 0;
	}
	sec = time(NULL);
	if (sec == (time_t)-1)
		return lapse_fail_errno(LAPSE_EFAIL, "reading the clock");
	*out = (struct lapse_instant){ clamp(sec) };
	return 0;
}
