/*
 * Times. An instant is a UTC second; a span is a number of seconds; a day is
 * a civil day, counted from 1970-01-01 in the proleptic Gregorian calendar.
 * Leap seconds do not exist here, as in POSIX. Supported years: 1 to 9999.
 */
#ifndef LAPSE_TIME_H
#define LAPSE_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct lapse_instant {
	int64_t sec;		/* since 1970-01-01T00:00:00Z */
};
struct lapse_span {
	int64_t sec;
};
struct lapse_day {
	int32_t n;		/* since 1970-01-01 */
};

/* No instant: before and after everything. Test with lapse_time_is_set. */
#define LAPSE_NEVER ((struct lapse_instant){ INT64_MIN })
bool lapse_time_is_set(struct lapse_instant t);

/* <0, 0, >0; both must be set. */
int lapse_time_cmp(struct lapse_instant a, struct lapse_instant b);
struct lapse_span lapse_span_between(struct lapse_instant from, struct lapse_instant to);
struct lapse_instant lapse_time_add(struct lapse_instant t, struct lapse_span span);

/*
 * RFC 3339 date-time: 2024-05-08T09:30:00Z, any numeric offset, seconds
 * needed; "t", "z" and a blank for the T are accepted, fractions are not.
 * A second of 60 is refused. 0 or LAPSE_EFORMAT "not a time: '…'".
 */
int lapse_time_parse(struct lapse_instant *out, const char *text);

/* "2024-05-08T09:30:00Z". `out` holds LAPSE_TIME_LEN + 1 bytes. Returns `out`. */
#define LAPSE_TIME_LEN 20
char *lapse_time_format(char *out, struct lapse_instant t);

/* "2024-05-08": a date that exists. 0 or LAPSE_EFORMAT "not a date: '…'". */
int lapse_day_parse(struct lapse_day *out, const char *text);

/* "2024-05-08". `out` holds LAPSE_DAY_LEN + 1 bytes. Returns `out`. */
#define LAPSE_DAY_LEN 10
char *lapse_day_format(char *out, struct lapse_day day);

/* Year, month 1-12 and day 1-31 to a civil day and back; from_civil refuses dates that do not exist (false). */
bool lapse_day_from_civil(struct lapse_day *out, int year, int month, int mday);
void lapse_day_to_civil(struct lapse_day day, int *year, int *month, int *mday);

/* The UTC day of an instant, and a UTC day's first second. */
struct lapse_day lapse_day_of(struct lapse_instant t);
struct lapse_instant lapse_day_start(struct lapse_day day);

/*
 * WHEN of the command line: a date (`edge` says which end of that UTC day:
 * 00:00:00 or 23:59:59), an RFC 3339 time, "now", or "-7d" ("-12h", "-2w"):
 * so long before `base`; "now" is `now`. 0 or LAPSE_EUSAGE naming the forms.
 */
enum lapse_edge { LAPSE_EDGE_START, LAPSE_EDGE_END };
int lapse_when_parse(struct lapse_instant *out, const char *text, enum lapse_edge edge,
    struct lapse_instant base, struct lapse_instant now);

/* The time now: LAPSE_NOW of the environment (RFC 3339), else the clock. */
int lapse_time_now(struct lapse_instant *out);

/* Does the environment say what time it is? Then it stays so, and waiting is in vain. */
bool lapse_time_stands(void);

/*
 * A limit, ISO 8601 duration of weeks, days, hours, minutes, seconds in whole
 * numbers ("P7D", "PT72H", "P1DT12H", "P2W"); months and years have no length.
 * `in_days` is true when it was written in weeks and days only.
 */
struct lapse_duration {
	int64_t days;		/* weeks and days */
	int64_t sec;		/* hours, minutes and seconds */
	bool in_days;
};
int lapse_duration_parse(struct lapse_duration *out, const char *text);

#endif
