#include <string.h>

#include "lapse/error.h"
#include "lapse/time.h"

/* The most days or seconds of a limit: far more than there are years. */
#define MOST INT64_C(999999999999)

/* The units in the order in which they may stand; a 'T' comes before hours. */
static const struct unit {
	char letter;
	bool in_time;		/* after the 'T' */
	int64_t size;		/* in days before the 'T', in seconds after */
} units[] = {
	{ 'W', false, 7 },
	{ 'D', false, 1 },
	{ 'H', true, 3600 },
	{ 'M', true, 60 },
	{ 'S', true, 1 },
};
#define NUNITS (sizeof(units) / sizeof(units[0]))

static bool
read_number(const char **p, int64_t *out)
{
	if (**p < '0' || **p > '9')
		return false;
	for (*out = 0; **p >= '0' && **p <= '9'; (*p)++) {
		*out = *out * 10 + (**p - '0');
		if (*out > MOST)
			return false;
	}
	return true;
}

/* The next unit's place in the table, or NUNITS when it may not stand here. */
static size_t
find_unit(char letter, bool in_time, size_t from)
{
	for (size_t i = from; i < NUNITS; i++) {
		if (units[i].letter == letter && units[i].in_time == in_time)
			return i;
	}
	return NUNITS;
}

static bool
read_duration(struct lapse_duration *out, const char *text)
{
	const char *p = text;
	bool in_time = false;
	size_t next = 0;
	int64_t n, *sum;

	*out = (struct lapse_duration){ .in_days = true };
	if (*p++ != 'P')
		return false;
	do {
		if (*p == 'T' && !in_time) {
			in_time = true;
			p++;
		}
		if (!read_number(&p, &n))
			return false;
		next = find_unit(*p, in_time, next);
		if (next == NUNITS)
			return false;
		sum = in_time ? &out->sec : &out->days;
		if (n > (MOST - *sum) / units[next].size)
			return false;
		*sum += n * units[next].size;
		next++;
		p++;
	} while (*p != '\0');
	out->in_days = !in_time;
	return true;
}

int
lapse_duration_parse(struct lapse_duration *out, const char *text)
{
	if (!read_duration(out, text))
		return lapse_fail(LAPSE_EFORMAT, "not a duration: '%s' (whole "
		    "weeks, days, hours, minutes and seconds are, as P7D, "
		    "PT72H, P1DT12H)", text);
	return 0;
}
