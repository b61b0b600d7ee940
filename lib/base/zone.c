#include "lapse/zone.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "lapse/error.h"

#define DAY 86400

/*
 * The table covers 1970 to 2200. No offset since 1970 lasted less than a week
 * or is foreseen to; from 2090 on every zone follows a yearly rule.
 */
#define TABLE_START INT64_C(0)
#define TABLE_RULED INT64_C(3786912000)		/* 2090-01-01 */
#define TABLE_END INT64_C(7258118400)		/* 2200-01-01 */
#define QUARTER 900
#define STEP (4 * DAY)
#define STEP_RULED (14 * DAY)

/* An offset holds from `start` to the start of the next. */
struct segment {
	int64_t start;
	int32_t offset;
};

struct lapse_zone {
	char *name;
	struct segment *segments;	/* at least one, from INT64_MIN on */
	size_t nsegments;
	size_t cap;
	int32_t least;			/* the least offset of all */
};

static bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
}

/* Words between slashes. No dot can occur, so no path leads elsewhere. */
static bool
is_valid_name(const char *name)
{
	bool in_word = false;

	if (strncmp(name, "right/", 6) == 0 || strncmp(name, "posix/", 6) == 0 ||
	    strcmp(name, "localtime") == 0 || strcmp(name, "posixrules") == 0)
		return false;
	if (strlen(name) > 255)
		return false;
	for (; *name != '\0'; name++) {
		if (*name == '/' ? !in_word : !is_word_char(*name))
			return false;
		in_word = *name != '/';
	}
	return in_word;
}

static bool
is_zone_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	char magic[4];
	bool is;

	if (file == NULL)
		return false;
	is = fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) &&
	    fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0;
	fclose(file);
	return is;
}

/* The C library takes an unknown zone for UTC, so the file is looked for. */
static int
check_exists(const char *name)
{
	const char *dir = getenv("TZDIR");
	struct lapse_buf path;
	struct stat st;
	int rc;

	if (dir == NULL || *dir == '\0')
		dir = "/usr/share/zoneinfo";
	lapse_buf_init(&path, 4096);
	rc = lapse_buf_printf(&path, "%s/%s", dir, name);
	if (rc < 0)
		goto out;
	if (stat(dir, &st) != 0)
		rc = lapse_fail(LAPSE_EFORMAT, "unknown time zone '%s': "
		    "no time zone database in %s", name, dir);
	else if (!is_zone_file(path.data))
		rc = lapse_fail(LAPSE_EFORMAT, "unknown time zone '%s'", name);
out:
	lapse_buf_release(&path);
	return rc;
}

static void
add_segment(struct lapse_zone *zone, int64_t start, int32_t offset)
{
	zone->segments = lapse_grow(zone->segments, zone->nsegments,
	    &zone->cap, sizeof(*zone->segments));
	zone->segments[zone->nsegments++] =
	    (struct segment){ .start = start, .offset = offset };
	if (zone->nsegments == 1 || offset < zone->least)
		zone->least = offset;
}

/* What the C library says, of the zone that TZ names at the moment. */
static int32_t
probe(int64_t sec)
{
	time_t t = (time_t)sec;
	struct lapse_day day;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || !lapse_day_from_civil(&day,
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday))
		return 0;
	return (int32_t)((int64_t)day.n * DAY + tm.tm_hour * 3600 +
	    tm.tm_min * 60 + tm.tm_sec - sec);
}

/*
 * Bring *lo, where the offset is this one, and *hi, where it is another, as
 * near to each other as `unit` seconds.
 */
static void
narrow(int64_t *lo, int64_t *hi, int32_t offset, int64_t unit)
{
	while (*hi - *lo > unit) {
		int64_t half = (*hi - *lo) / unit / 2;
		int64_t middle = *lo + (half > 0 ? half : 1) * unit;

		if (probe(middle) == offset)
			*lo = middle;
		else
			*hi = middle;
	}
}

/* Add every change of offset after `lo`, where it is `offset`, up to `end`. */
static int32_t
add_changes(struct lapse_zone *zone, int64_t lo, int64_t end, int32_t offset)
{
	int32_t at_end = probe(end);

	while (offset != at_end) {
		int64_t hi = end;

		/* Nearly all changes are on the quarter of an hour. */
		narrow(&lo, &hi, offset, QUARTER);
		if (probe(hi - 1) != offset)
			narrow(&lo, &hi, offset, 1);
		offset = probe(hi);
		add_segment(zone, hi, offset);
		lo = hi;
	}
	return offset;
}

static void
build_table(struct lapse_zone *zone)
{
	int32_t offset = probe(TABLE_START);
	int64_t t = TABLE_START, next;

	add_segment(zone, INT64_MIN, offset);
	for (; t < TABLE_END; t = next) {
		next = t + (t < TABLE_RULED ? STEP : STEP_RULED);
		offset = add_changes(zone, t, next, offset);
	}
}

/* The C library reads only the zone that TZ names: set it for a moment. */
static int
read_zone(struct lapse_zone *zone)
{
	const char *tz = getenv("TZ");
	char *saved = tz != NULL ? lapse_strdup(tz) : NULL;
	int rc = 0;

	if (setenv("TZ", zone->name, 1) != 0) {
		rc = lapse_fail_errno(LAPSE_EFAIL, "setting TZ");
		goto out;
	}
	tzset();
	build_table(zone);
	rc = saved != NULL ? setenv("TZ", saved, 1) : unsetenv("TZ");
	if (rc != 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "restoring TZ");
	tzset();
out:
	free(saved);
	return rc;
}

int
lapse_zone_load(struct lapse_zone **out, const char *name)
{
	struct lapse_zone *zone;
	int rc;

	*out = NULL;
	if (!is_valid_name(name))
		return lapse_fail(LAPSE_EFORMAT, "unknown time zone '%s'", name);
	zone = lapse_alloc(1, sizeof(*zone));
	zone->name = lapse_strdup(name);
	if (strcmp(name, "UTC") == 0) {
		add_segment(zone, INT64_MIN, 0);
		*out = zone;
		return 0;
	}
	rc = check_exists(name);
	if (rc == 0)
		rc = read_zone(zone);
	if (rc < 0) {
		lapse_zone_free(zone);
		return rc;
	}
	*out = zone;
	return 0;
}

void
lapse_zone_free(struct lapse_zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->segments);
	free(zone->name);
	free(zone);
}

const char *
lapse_zone_name(const struct lapse_zone *zone)
{
	return zone->name;
}

/* The segment of an instant: the last that starts at it or before. */
static size_t
find_segment(const struct lapse_zone *zone, int64_t sec)
{
	size_t lo = 0, hi = zone->nsegments;

	while (hi - lo > 1) {
		size_t middle = lo + (hi - lo) / 2;

		if (zone->segments[middle].start <= sec)
			lo = middle;
		else
			hi = middle;
	}
	return lo;
}

int32_t
lapse_zone_offset(const struct lapse_zone *zone, struct lapse_instant t)
{
	return zone->segments[find_segment(zone, t.sec)].offset;
}

struct lapse_day
lapse_zone_day(const struct lapse_zone *zone, struct lapse_instant t)
{
	struct lapse_span offset = { lapse_zone_offset(zone, t) };

	return lapse_day_of(lapse_time_add(t, offset));
}

/*
 * While an offset holds, the zone's date is `day` or earlier up to the last
 * second of the day less the offset. The latest segment that has such a
 * second holds the answer: the second itself or the segment's end.
 */
struct lapse_instant
lapse_zone_day_end(const struct lapse_zone *zone, struct lapse_day day)
{
	int64_t last = ((int64_t)day.n + 1) * DAY - 1;
	size_t i = find_segment(zone, last - zone->least);
	int64_t sec = last - zone->segments[i].offset;

	while (i > 0 && sec < zone->segments[i].start) {
		int64_t end = zone->segments[i].start - 1;

		i--;
		sec = last - zone->segments[i].offset;
		if (sec > end)
			sec = end;
	}
	return lapse_time_add((struct lapse_instant){ sec },
	    (struct lapse_span){ 0 });
}

/*
 * RFC 3339 offsets are whole minutes. The few old ones that were not
 * (Monrovia's -00:44:30) are cut, and the time with them: the text still
 * names the instant.
 */
char *
lapse_zone_format(char *out, const struct lapse_zone *zone,
    struct lapse_instant t)
{
	int32_t offset = lapse_zone_offset(zone, t) / 60 * 60;
	int minutes = abs(offset) / 60;
	char text[40];

	lapse_time_format(out, lapse_time_add(t, (struct lapse_span){ offset }));
	snprintf(text, sizeof(text), "%c%02d:%02d", offset < 0 ? '-' : '+',
	    minutes / 60 % 100, minutes % 60);
	memcpy(out + LAPSE_TIME_LEN - 1, text, 7);
	return out;
}
