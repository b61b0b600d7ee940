#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/json.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LEN(literal) literal, sizeof(literal) - 1

static void
bad_input_is_refused_with_its_place_and_cause(void **state)
{
	static const struct {
		const char *input;
		size_t len;
		const char *message;
	} rows[] = {
		{ LEN(""), "in:1:1: the text ends too early" },
		{ LEN(" \n\t"), "in:2:1: the text ends too early" },
		{ LEN("[1,\n"), "in:2:1: the text ends too early" },
		{ LEN("[1"), "in:1:2: the text ends too early" },
		{ LEN("{\"a\":1,\n \"a\":2}"), "in:2:4: a duplicate key" },
		{ LEN("{\"a\":1,\"\\u0061\":2}"), "in:1:15: a duplicate key" },
		{ LEN("[\n{},{\"é\":{},\"é\":[]}]"), "in:2:14: a duplicate key" },
		{ LEN("{\"a\\u0000b\":1}"), "in:1:11: a key with a NUL in it" },
		{ LEN("[\"\\ud834\"]"), "in:1:9: a lone surrogate in the string that ends here" },
		{ LEN("[\n\"\\udd1e\"]"), "in:2:8: a lone surrogate in the string that ends here" },
		{ LEN("\"\\ud834\\ud834\""), "in:1:14: a lone surrogate in the string that ends here" },
		{ LEN("\"\xed\xa0\xb4\""), "in:1:2: a byte that is not UTF-8" },
		{ LEN("\"é\xc0\x80\""), "in:1:3: a byte that is not UTF-8" },
		{ LEN("\"a\xf5\x80\x80\x80\""), "in:1:3: a byte that is not UTF-8" },
		{ LEN("\"ab\ncd\""), "in:1:4: a line break in a string" },
		{ LEN("\"ab\x1b[31m\""), "in:1:4: a control character in a string" },
		{ LEN("\"\\x41\""), "in:1:3: an invalid escape in a string" },
		{ LEN("\"\\u12g4\""), "in:1:6: an invalid escape in a string" },
		{ LEN("1e400"), "in:1:5: a number too large for a double" },
		{ LEN("[-1e309]"), "in:1:7: a number too large for a double" },
		{ LEN("NaN"), "in:1:3: not a JSON value" },
		{ LEN("[01]"), "in:1:2: not a JSON value" },
		{ LEN("\xef\xbb\xbf{}"), "in:1:1: not a JSON value" },
		{ LEN("[\x1b]0;title\x07]"), "in:1:2: not a JSON value" },
		{ LEN("[1,]"), "in:1:4: a value expected" },
		{ LEN("{1:2}"), "in:1:2: a key expected" },
		{ LEN("{\"a\" 1}"), "in:1:6: ':' expected" },
		{ LEN("{\"a\":1 2}"), "in:1:8: ',' or '}' expected" },
		{ LEN("[1 2]"), "in:1:4: ',' or ']' expected" },
		{ LEN("{} x"), "in:1:4: more text after the value" },
		{ LEN("1 2"), "in:1:3: more text after the value" },
		/* each of these jansson alone would take */
		{ LEN("123\0"), "in:1:4: a NUL byte" },
		{ LEN("[123\0]"), "in:1:5: a NUL byte" },
		{ LEN("[\n\"é\", true\0]"), "in:2:10: a NUL byte" },
	};
	json_t *value;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		value = json_true();	/* a failure must not leave it there */
		assert_int_equal(lapse_json_parse(&value, rows[i].input, rows[i].len, "in"), LAPSE_EFORMAT);
		assert_string_equal(lapse_error(), rows[i].message);
		assert_null(value);
		assert_int_equal(lapse_json_parse(&value, rows[i].input, rows[i].len, NULL), LAPSE_EFORMAT);
		assert_string_equal(lapse_error(), rows[i].message + strlen("in:"));
	}
}

/* `depth` arrays in each other: *rc is what the parser answers. */
static void
parse_nested(int *rc, int depth)
{
	struct lapse_buf text;
	json_t *value;

	lapse_buf_init(&text, 10000);
	for (int i = 0; i < depth; i++)
		lapse_buf_putc(&text, '[');
	for (int i = 0; i < depth; i++)
		lapse_buf_putc(&text, ']');
	*rc = lapse_json_parse(&value, text.data, text.len, "deep");
	if (*rc == 0) {
		struct lapse_buf out;

		lapse_buf_init(&out, 10000);
		assert_int_equal(lapse_canon_write(&out, value), 0);
		assert_string_equal(out.data, text.data);
		lapse_buf_release(&out);
	}
	json_decref(value);
	lapse_buf_release(&text);
}

static void
nesting_has_a_limit(void **state)
{
	int rc;

	(void)state;
	parse_nested(&rc, 2048);
	assert_int_equal(rc, 0);
	parse_nested(&rc, 2049);
	assert_int_equal(rc, LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "deep:1:2049: values nested more than 2048 deep");
}

static void
whole_numbers_come_back_as_integers(void **state)
{
	static const struct {
		const char *input;
		bool whole;
		int64_t value;
	} rows[] = {
		{ "0", true, 0 }, { "-0", true, 0 }, { "-0.0", true, 0 },
		{ "12.0", true, 12 }, { "1e3", true, 1000 }, { "-7", true, -7 },
		{ "1e-400", true, 0 },
		{ "9007199254740991", true, INT64_C(9007199254740991) },
		{ "-9007199254740991", true, INT64_C(-9007199254740991) },
		{ "9007199254740992", false, 0 }, { "-9007199254740992", false, 0 },
		{ "9223372036854775808", false, 0 }, { "1e300", false, 0 },
		{ "-1e300", false, 0 }, { "0.5", false, 0 }, { "-1.5", false, 0 },
		{ "\"1\"", false, 0 }, { "true", false, 0 }, { "null", false, 0 },
		{ "[1]", false, 0 },
	};
	json_t *value;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t got = 99;

		assert_int_equal(lapse_json_parse(&value, rows[i].input, strlen(rows[i].input), NULL), 0);
		assert_int_equal(lapse_json_int(&got, value), rows[i].whole);
		assert_true(got == (rows[i].whole ? rows[i].value : 99));
		json_decref(value);
	}
}

static void
integers_made_in_memory_have_the_same_limits(void **state)
{
	static const int64_t good[] = { 0, -1, INT64_C(9007199254740991), INT64_C(-9007199254740991) };
	static const int64_t bad[] = { INT64_C(9007199254740992), INT64_C(-9007199254740992),
		INT64_MAX, INT64_MIN };
	json_t *value = json_integer(0);
	int64_t got = 99;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		json_integer_set(value, good[i]);
		assert_true(lapse_json_int(&got, value));
		assert_true(got == good[i]);
	}
	got = 99;
	for (size_t i = 0; i < COUNT(bad); i++) {
		json_integer_set(value, bad[i]);
		assert_false(lapse_json_int(&got, value));
	}
	assert_false(lapse_json_int(&got, NULL));
	assert_true(got == 99);
	json_decref(value);
}

static void
a_member_is_text_or_nothing(void **state)
{
	static const char input[] = "{\"a\":\"x\",\"b\":1,\"c\":null,\"d\":\"\"}";
	json_t *value;

	(void)state;
	assert_int_equal(lapse_json_parse(&value, input, sizeof(input) - 1, NULL), 0);
	assert_string_equal(lapse_json_text(value, "a"), "x");
	assert_string_equal(lapse_json_text(value, "d"), "");
	assert_null(lapse_json_text(value, "b"));
	assert_null(lapse_json_text(value, "c"));
	assert_null(lapse_json_text(value, "e"));
	assert_null(lapse_json_text(json_object_get(value, "a"), "a"));
	assert_null(lapse_json_text(NULL, "a"));
	json_decref(value);
}

/* The suite asks to take these three, I-JSON and jansson to refuse them. */
static bool
is_refused_by_us(const char *name)
{
	return strcmp(name, "y_object_duplicated_key.json") == 0 ||
	    strcmp(name, "y_object_duplicated_key_and_value.json") == 0 ||
	    strcmp(name, "y_object_escaped_null_in_key.json") == 0;
}

struct suite {
	FILE *expected;	/* a line for each file, in order: what is recorded, or "NAME: accepted" */
	int nfiles;
};

static void
assert_canonical_twice(const json_t *value)
{
	struct lapse_buf once, twice;

	lapse_buf_init(&once, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&twice, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_canon_write(&once, value), 0);
	assert_int_equal(lapse_canon(&twice, once.data, once.len, NULL), 0);
	assert_int_equal(once.len, twice.len);
	assert_memory_equal(once.data, twice.data, once.len);
	lapse_buf_release(&once);
	lapse_buf_release(&twice);
}

static int
try_suite_file(const char *file, void *payload)
{
	struct suite *suite = payload;
	const char *name = strrchr(file, '/') + 1;
	char line[256], got[256];
	struct lapse_buf text;
	json_t *value;
	int rc;

	lapse_buf_init(&text, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_file_read(&text, file), 0);
	rc = lapse_json_parse(&value, text.data, text.len, name);
	if (name[0] == 'y')
		assert_int_equal(rc, is_refused_by_us(name) ? LAPSE_EFORMAT : 0);
	if (name[0] == 'n')
		assert_int_equal(rc, LAPSE_EFORMAT);
	snprintf(got, sizeof(got), "%s%s\n", rc == 0 ? name : lapse_error(),
	    rc == 0 ? ": accepted" : "");
	assert_non_null(fgets(line, sizeof(line), suite->expected));
	assert_string_equal(got, line);
	if (rc == 0)
		assert_canonical_twice(value);
	json_decref(value);
	lapse_buf_release(&text);
	suite->nfiles++;
	return 0;
}

static void
the_parsing_test_suite_is_answered_as_recorded(void **state)
{
	struct suite suite = { .expected = fopen("tests/data/jsontestsuite/expected.txt", "r") };

	(void)state;
	assert_non_null(suite.expected);
	assert_int_equal(lapse_files_each("tests/data/jsontestsuite/test_parsing",
	    try_suite_file, &suite), 0);
	assert_int_equal(suite.nfiles, 318);
	assert_int_equal(fgetc(suite.expected), EOF);
	fclose(suite.expected);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_input_is_refused_with_its_place_and_cause),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(whole_numbers_come_back_as_integers),
		cmocka_unit_test(integers_made_in_memory_have_the_same_limits),
		cmocka_unit_test(a_member_is_text_or_nothing),
		cmocka_unit_test(the_parsing_test_suite_is_answered_as_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
