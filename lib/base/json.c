#include "lapse/json.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"

/* 2^53: from here on a double does not tell a whole number from its neighbour. */
#define WHOLE_END INT64_C(9007199254740992)

/*
 * jansson's causes in our words. Its own end in a piece of the input, which
 * may hold anything, so they are recognised by their beginning and dropped.
 * `ahead`: it stopped before the offending character, not on it.
 */
static const struct cause {
	const char *theirs;
	const char *ours;
	int ahead;
} causes[] = {
	{ "unable to decode byte", "a byte that is not UTF-8", 1 },
	{ "control character", "a control character in a string", 1 },
	{ "unexpected newline", "a line break in a string", 1 },
	{ "invalid escape", "an invalid escape in a string", 0 },
	{ "invalid Unicode", "a lone surrogate in the string that ends here", 0 },
	{ "duplicate object key", "a duplicate key", 0 },
	{ "NUL byte in object key", "a key with a NUL in it", 0 },
	{ "real number overflow", "a number too large for a double", 0 },
	{ "maximum parsing depth", "values nested more than 2048 deep", 0 },
	{ "end of file expected", "more text after the value", 0 },
	{ "invalid token", "not a JSON value", 0 },
	{ "unexpected token", "a value expected", 0 },
	{ "string or '}' expected", "a key expected", 0 },
	{ "':' expected", "':' expected", 0 },
	{ "'}' expected", "',' or '}' expected", 0 },
	{ "']' expected", "',' or ']' expected", 0 },
};

static int
fail_at(const char *name, int line, int column, const char *cause)
{
	return lapse_fail(LAPSE_EFORMAT, "%.1000s%s%d:%d: %s", name != NULL ? name : "",
	    name != NULL ? ":" : "", line, column > 0 ? column : 1, cause);
}

static int
fail_jansson(const char *name, const json_error_t *error)
{
	size_t i;

	if (error->text[0] == '\0')
		return lapse_fail(LAPSE_EFAIL, "out of memory");
	if (json_error_code(error) == json_error_premature_end_of_input)
		return fail_at(name, error->line, error->column, "the text ends too early");
	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (strncmp(error->text, causes[i].theirs, strlen(causes[i].theirs)) == 0)
			return fail_at(name, error->line,
			    error->column + causes[i].ahead, causes[i].ours);
	}
	return fail_at(name, error->line, error->column, "not JSON");
}

/* The place of a byte, as jansson counts: lines and code points from 1. */
static int
fail_at_byte(const char *name, const char *data, size_t at, const char *cause)
{
	int line = 1, column = 1;
	size_t i;

	for (i = 0; i < at; i++) {
		if (data[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)data[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return fail_at(name, line, column, cause);
}

/* jansson's numbers go through strtod(), which reads by the thread's locale. */
static json_t *
load_in_c_locale(const char *data, size_t len, json_error_t *error)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL |
	    JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL;
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t old = uselocale(c);
	json_t *value = json_loadb(data, len, flags, error);

	uselocale(old);
	if (c != (locale_t)0)
		freelocale(c);
	return value;
}

int
lapse_json_parse(json_t **out, const char *data, size_t len, const char *name)
{
	const char *nul = len > 0 ? memchr(data, '\0', len) : NULL;
	json_error_t error = { .line = 1, .column = 1 };

	/* jansson loses a NUL after a number or a word, and would take "[1\0]". */
	*out = NULL;
	if (nul != NULL)
		return fail_at_byte(name, data, (size_t)(nul - data), "a NUL byte");
	*out = load_in_c_locale(len > 0 ? data : "", len, &error);
	return *out != NULL ? 0 : fail_jansson(name, &error);
}

bool
lapse_json_int(int64_t *out, const json_t *value)
{
	double real = json_real_value(value);
	int64_t whole = json_integer_value(value);

	if (json_is_real(value)) {
		if (!(real > -(double)WHOLE_END && real < (double)WHOLE_END))
			return false;
		whole = (int64_t)real;
		if ((double)whole != real)
			return false;
	} else if (!json_is_integer(value)) {
		return false;
	}
	if (whole <= -WHOLE_END || whole >= WHOLE_END)
		return false;
	*out = whole;
	return true;
}

const char *
lapse_json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const char **
lapse_json_keys(size_t *nkeys, const json_t *a, const json_t *b, int (*order)(const void *, const void *))
{
	const char **keys = lapse_alloc(json_object_size(a) + json_object_size(b), sizeof(*keys));
	const char *key;
	json_t *value;

	*nkeys = 0;
	json_object_foreach((json_t *)a, key, value)
		keys[(*nkeys)++] = key;
	json_object_foreach((json_t *)b, key, value)
		if (json_object_get(a, key) == NULL)
			keys[(*nkeys)++] = key;
	if (*nkeys > 1)
		qsort(keys, *nkeys, sizeof(*keys), order);
	return keys;
}
