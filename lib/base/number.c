#include "lapse/json.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2^53: below it every whole number is a double, and its own shortest form. */
#define WHOLE_END 9007199254740992.0

/* Any double has its own 17 digits; any 15 digits have their own normal double. */
#define DIGITS_MAX 17
#define DIGITS_SURE 15

/* A positive number: 0.DIGITS times ten to the power of `point`. */
struct decimal {
	char digits[DIGITS_MAX];
	int ndigits;
	int point;
};

/*
 * The `ndigits` digits nearest to `value`. Whatever bytes the locale has for a
 * decimal point are passed over.
 */
static void
round_to(struct decimal *d, double value, int ndigits)
{
	char text[64];
	const char *p = text;

	snprintf(text, sizeof(text), "%.*e", ndigits - 1, value);
	d->ndigits = 0;
	for (; *p != 'e'; p++) {
		if (*p >= '0' && *p <= '9')
			d->digits[d->ndigits++] = *p;
	}
	d->point = (int)strtol(p + 1, NULL, 10) + 1;
}

/* Does `d` read back as `value`? Without a decimal point no locale matters. */
static bool
reads_as(const struct decimal *d, double value)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*se%d", d->ndigits, d->digits,
	    d->point - d->ndigits);
	return strtod(text, NULL) == value;
}

/* The next decimal of as many digits; false when that would need one more. */
static bool
step_up(struct decimal *d)
{
	int i = d->ndigits;

	while (i > 0 && d->digits[i - 1] == '9')
		d->digits[--i] = '0';
	if (i == 0)
		return false;
	d->digits[i - 1]++;
	return true;
}

static bool
is_power_of_two(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return (bits & ((UINT64_C(1) << (DBL_MANT_DIG - 1)) - 1)) == 0;
}

/*
 * The fewest digits that read back as `value`, and of those the nearest.
 * Below a power of two doubles are twice as dense as above it: there the
 * nearest digits, if they are lower, may belong to a neighbour while the next
 * ones up do not (2^-1017 is one of 46). In all other cases, if the nearest
 * do not read back, none of that length do.
 */
static void
shorten(struct decimal *d, double value)
{
	int n = value < DBL_MIN ? 1 : DIGITS_SURE;

	for (; n < DIGITS_MAX; n++) {
		round_to(d, value, n);
		if (reads_as(d, value))
			break;
		if (is_power_of_two(value) && step_up(d) && reads_as(d, value))
			break;
	}
	if (n == DIGITS_MAX)
		round_to(d, value, n);
	while (d->ndigits > 1 && d->digits[d->ndigits - 1] == '0')
		d->ndigits--;
}

static char *
put(char *out, const char *text, int len)
{
	memcpy(out, text, (size_t)len);
	return out + len;
}

/* ECMAScript's Number::toString, from "If k <= n <= 21" on. */
static char *
lay_out(char *out, const struct decimal *d)
{
	static const char zeros[] = "00000000000000000000";
	int k = d->ndigits, n = d->point;

	if (k <= n && n <= 21) {
		out = put(out, d->digits, k);
		return put(out, zeros, n - k);
	}
	if (0 < n && n <= 21) {
		out = put(out, d->digits, n);
		*out++ = '.';
		return put(out, d->digits + n, k - n);
	}
	if (-6 < n && n <= 0) {
		out = put(out, "0.", 2);
		out = put(out, zeros, -n);
		return put(out, d->digits, k);
	}
	*out++ = d->digits[0];
	if (k > 1) {
		*out++ = '.';
		out = put(out, d->digits + 1, k - 1);
	}
	return out + snprintf(out, sizeof("e-324"), "e%+d", n - 1);
}

static char *
put_whole(char *out, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	return put(out, digits + at, (int)(sizeof(digits) - at));
}

size_t
lapse_number_format(char *out, double value)
{
	struct decimal d;
	char *end = out;

	assert(isfinite(value));
	if (value < 0) {
		*end++ = '-';
		value = -value;
	}
	if (value < WHOLE_END && value == (double)(uint64_t)value) {
		end = put_whole(end, (uint64_t)value);	/* -0 too: "0" */
	} else {
		shorten(&d, value);
		end = lay_out(end, &d);
	}
	*end = '\0';
	return (size_t)(end - out);
}
