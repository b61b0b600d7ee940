#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/json.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
read_into(struct lapse_buf *out, const char *path)
{
	lapse_buf_init(out, LAPSE_BUF_DOCUMENT);
	if (lapse_file_read(out, path) < 0)
		fail_msg("%s", lapse_error());
}

static void
assert_canon(const char *input, size_t len, const char *expected, size_t expected_len)
{
	struct lapse_buf out;

	lapse_buf_init(&out, LAPSE_BUF_DOCUMENT);
	if (lapse_canon(&out, input, len, "input") < 0)
		fail_msg("%s", lapse_error());
	if (out.len != expected_len || memcmp(out.data, expected, expected_len) != 0)
		fail_msg("'%s' instead of '%s'", out.data, expected);
	lapse_buf_release(&out);
}

static size_t
unhex(unsigned char *out, const char *text)
{
	size_t n = 0;
	unsigned byte;
	int used;

	for (; sscanf(text, "%2x%n", &byte, &used) == 1; text += used)
		out[n++] = (unsigned char)byte;
	return n;
}

static void
the_published_vectors_come_out_to_the_byte(void **state)
{
	static const char *const names[] = {
		"arrays", "french", "structures", "unicode", "values", "weird",
	};
	unsigned char bytes[1024];
	struct lapse_buf in, out, hex;
	char path[128];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "tests/data/jcs/input/%s.json", names[i]);
		read_into(&in, path);
		snprintf(path, sizeof(path), "tests/data/jcs/output/%s.json", names[i]);
		read_into(&out, path);
		snprintf(path, sizeof(path), "tests/data/jcs/outhex/%s.txt", names[i]);
		read_into(&hex, path);
		assert_true(hex.len / 3 < sizeof(bytes));
		assert_int_equal(unhex(bytes, hex.data), out.len);
		assert_memory_equal(bytes, out.data, out.len);
		assert_canon(in.data, in.len, out.data, out.len);
		assert_canon(out.data, out.len, out.data, out.len);
		lapse_buf_release(&in);
		lapse_buf_release(&out);
		lapse_buf_release(&hex);
	}
}

static void
every_published_number_is_written_as_asked(void **state)
{
	FILE *file = fopen("tests/data/jcs/es6numbers.txt", "r");
	char text[64], out[LAPSE_NUMBER_LEN + 1];
	unsigned long long bits;
	int seen = 0;

	(void)state;
	assert_non_null(file);
	while (fscanf(file, "%llx,%63s", &bits, text) == 2) {
		uint64_t same = bits;
		double value;

		memcpy(&value, &same, sizeof(value));
		assert_int_equal(lapse_number_format(out, value), strlen(text));
		assert_string_equal(out, text);
		seen++;
	}
	fclose(file);
	assert_int_equal(seen, 1000);
}

static void
numbers_at_the_borders_are_written_as_ecmascript_does(void **state)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{ 0.0, "0" }, { -0.0, "0" }, { 1, "1" }, { -1, "-1" },
		{ 0.1, "0.1" }, { 1e-6, "0.000001" }, { 1e-7, "1e-7" },
		{ -1.5e-7, "-1.5e-7" }, { 123456.789, "123456.789" },
		{ 1e20, "100000000000000000000" }, { 1e21, "1e+21" },
		{ 999999999999999900000.0, "999999999999999900000" },
		{ 1234567890123456800000.0, "1.2345678901234568e+21" },
		{ 9007199254740991.0, "9007199254740991" },
		{ 9007199254740992.0, "9007199254740992" },
		{ -9007199254740994.0, "-9007199254740994" },
		{ 4503599627370495.5, "4503599627370495.5" },
		{ 0x1p-1074, "5e-324" }, { -0x1p-1074, "-5e-324" },
		{ DBL_MIN, "2.2250738585072014e-308" },
		{ 0x0.fffffffffffffp-1022, "2.225073858507201e-308" },
		{ DBL_MAX, "1.7976931348623157e+308" },
		{ 0.000001234567890123456, "0.000001234567890123456" },
		{ -0.0000012345678901234567, "-0.0000012345678901234567" },
		/* powers of two: the nearest 16 digits are a neighbour's, the next ones up are not */
		{ 0x1p-1017, "7.120236347223045e-307" },
		{ 0x1p-957, "8.209073602596753e-289" },
		/* and one where two sets of 16 digits are as near: the even one */
		{ 0x1p-44, "5.684341886080802e-14" },
	};
	char out[LAPSE_NUMBER_LEN + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(lapse_number_format(out, rows[i].value), strlen(rows[i].text));
		assert_string_equal(out, rows[i].text);
	}
}

/* splitmix64: the same doubles on every machine. */
static uint64_t
next_random(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* All bit patterns; every eighth subnormal; every eighth a short decimal. */
static double
random_double(uint64_t *seed, int i)
{
	uint64_t bits = next_random(seed);
	double value;

	if (i % 8 == 1)
		return (double)(int64_t)(bits >> 40) / 1000;
	if (i % 8 == 0)
		bits &= ~(UINT64_C(0x7ff) << 52);
	if ((bits >> 52 & 0x7ff) == 0x7ff)
		bits ^= UINT64_C(1) << 62;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* The digits of a number without the zeros around them. */
static int
count_digits(const char *text)
{
	int digits = 0, zeros = 0;

	for (; *text != '\0' && *text != 'e'; text++) {
		if (*text == '0')
			zeros += digits > 0;
		else if (*text >= '1' && *text <= '9') {
			digits += zeros + 1;
			zeros = 0;
		}
	}
	return digits;
}

static void
a_million_random_numbers_are_shortest_and_read_back(void **state)
{
	char out[LAPSE_NUMBER_LEN + 1], shorter[64];
	uint64_t seed = 8785;

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		double value = random_double(&seed, i);
		size_t len = lapse_number_format(out, value);
		int digits = count_digits(out);

		if (len != strlen(out) || len > LAPSE_NUMBER_LEN || strtod(out, NULL) != value)
			fail_msg("%a is written as '%s'", value, out);
		if (digits < 2)
			continue;
		snprintf(shorter, sizeof(shorter), "%.*e", digits - 2, value);
		if (strtod(shorter, NULL) == value)
			fail_msg("'%s' is longer than '%s'", out, shorter);
	}
}

static void
keys_are_in_the_order_of_utf16_code_units(void **state)
{
	static const struct {
		const char *input, *expected;
	} rows[] = {
		{ "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" },
		{ "{\"ab\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"ab\":1}" },
		{ "{\"a\":1,\"B\":2,\"10\":3,\"9\":4}", "{\"10\":3,\"9\":4,\"B\":2,\"a\":1}" },
		/* U+FB33 is below U+1F602 by code point, above D83D by code unit */
		{ "{\"\\ufb33\":1,\"\\ud83d\\ude02\":2}", "{\"😂\":2,\"\xef\xac\xb3\":1}" },
		{ "{\"\\ue000\":1,\"\\ud7ff\":2,\"\\udbff\\udfff\":3,\"\\uffff\":4}",
		  "{\"\xed\x9f\xbf\":2,\"\xf4\x8f\xbf\xbf\":3,\"\xee\x80\x80\":1,\"\xef\xbf\xbf\":4}" },
		{ "{\"x\\uff5e\":1,\"x\\ud834\\udd1e\":2,\"x\":3}", "{\"x\":3,\"x𝄞\":2,\"x～\":1}" },
		{ "{\"\\ud83d\\ude03\":1,\"\\ud83d\\ude02\":2}", "{\"😂\":2,\"😃\":1}" },
		{ "{\"z\":{\"y\":1,\"x\":[{\"c\":1,\"b\":2}]},\"a\":0}",
		  "{\"a\":0,\"z\":{\"x\":[{\"b\":2,\"c\":1}],\"y\":1}}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *in = rows[i].input, *out = rows[i].expected;

		assert_canon(in, strlen(in), out, strlen(out));
		assert_canon(out, strlen(out), out, strlen(out));
	}
}

static void
a_thousand_keys_are_sorted(void **state)
{
	struct lapse_buf in, out;

	(void)state;
	lapse_buf_init(&in, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&out, LAPSE_BUF_DOCUMENT);
	for (int i = 0; i < 1000; i++) {
		/* 7 has no factor in common with 1000, so this meets every number once */
		lapse_buf_printf(&in, "%c\"%03d\":%d", i > 0 ? ',' : '{', i * 7 % 1000, i * 7 % 1000);
		lapse_buf_printf(&out, "%c\"%03d\":%d", i > 0 ? ',' : '{', i, i);
	}
	lapse_buf_putc(&in, '}');
	lapse_buf_putc(&out, '}');
	assert_canon(in.data, in.len, out.data, out.len);
	lapse_buf_release(&in);
	lapse_buf_release(&out);
}

static void
only_what_must_be_escaped_is_escaped(void **state)
{
	static const char input[] = "[\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001F\\\"\\\\\\/\x7f"
	    "\\u0080é\\u2028😂\\u202e\"]";
	static const char expected[] = "[\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\x7f"
	    "\xc2\x80é\xe2\x80\xa8😂\xe2\x80\xae\"]";

	(void)state;
	assert_canon(input, sizeof(input) - 1, expected, sizeof(expected) - 1);
}

static void
the_safe_form_also_escapes_what_could_do_harm(void **state)
{
	static const struct {
		const char *input, *expected;
	} rows[] = {
		{ "[\"plain é 😂 ～\"]", "[\"plain é 😂 ～\"]" },
		{ "[\"a\x7f\xc2\x9b\x62\"]", "[\"a\\u007f\\u009bb\"]" },
		{ "[\"\\u202e\\u2028\\ufeff\"]", "[\"\\u202e\\u2028\\ufeff\"]" },
		{ "[\"x\\udb40\\udc41y\"]", "[\"x\\udb40\\udc41y\"]" },
		{ "[\"\\n\\u0000\\u001B\"]", "[\"\\n\\u0000\\u001b\"]" },
		{ "{\"k\xe2\x80\xae\":\"\\ufffd\"}", "{\"k\\u202e\":\"\xef\xbf\xbd\"}" },
	};
	struct lapse_buf out;
	json_t *value;

	(void)state;
	lapse_buf_init(&out, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; i < COUNT(rows); i++) {
		lapse_buf_reset(&out);
		assert_int_equal(lapse_json_parse(&value, rows[i].input, strlen(rows[i].input), NULL), 0);
		assert_int_equal(lapse_canon_write_safe(&out, value), 0);
		assert_string_equal(out.data, rows[i].expected);
		json_decref(value);
	}
	lapse_buf_release(&out);
}

static void
values_made_in_memory_are_written_too(void **state)
{
	json_t *value = json_pack("{s:i, s:I, s:f, s:b, s:n, s:s#}", "i", -5,
	    "I", (json_int_t)9007199254740991, "f", 2.0, "b", 1, "n", "s", "a\0b", 3);
	struct lapse_buf out;

	(void)state;
	assert_non_null(value);
	lapse_buf_init(&out, 1024);
	assert_int_equal(lapse_buf_puts(&out, "> "), 0);
	assert_int_equal(lapse_canon_write(&out, value), 0);
	assert_string_equal(out.data, "> {\"I\":9007199254740991,\"b\":true,\"f\":2,"
	    "\"i\":-5,\"n\":null,\"s\":\"a\\u0000b\"}");
	lapse_buf_release(&out);
	json_decref(value);
}

/* `value` goes after "kept" and is refused: the text before it must stay. */
static void
assert_refused(json_t *value, size_t max, int code, const char *message)
{
	struct lapse_buf out;

	lapse_buf_init(&out, max);
	assert_int_equal(lapse_buf_puts(&out, "kept"), 0);
	assert_int_equal(lapse_canon_write(&out, value), code);
	assert_string_equal(lapse_error(), message);
	assert_string_equal(out.data, "kept");
	assert_int_equal(out.len, 4);
	lapse_buf_release(&out);
	json_decref(value);
}

static void
what_has_no_canonical_form_is_refused_and_nothing_is_written(void **state)
{
	static const char no_value[] =
	    "no JSON for a number that is not finite, or text that is not UTF-8";

	(void)state;
	assert_refused(json_real((double)INFINITY), 1024, LAPSE_EFORMAT, no_value);
	assert_refused(json_real((double)NAN), 1024, LAPSE_EFORMAT, no_value);
	assert_refused(json_string("\xff"), 1024, LAPSE_EFORMAT, no_value);
	assert_refused(json_pack("{s:I}", "a", (json_int_t)9007199254740992), 1024, LAPSE_EFORMAT,
	    "a whole number beyond 2^53 has no canonical JSON");
	assert_refused(json_pack("[s]", "0123456789"), 15, LAPSE_ETOOBIG, "more than 15 bytes");
}

static void
the_ceiling_is_exact(void **state)
{
	json_t *value = json_pack("[s, i]", "0123456789\n", 12);
	struct lapse_buf out;

	(void)state;
	lapse_buf_init(&out, 19);
	assert_int_equal(lapse_canon_write(&out, value), 0);
	assert_string_equal(out.data, "[\"0123456789\\n\",12]");
	lapse_buf_release(&out);
	lapse_buf_init(&out, 18);
	assert_int_equal(lapse_canon_write(&out, value), LAPSE_ETOOBIG);
	assert_int_equal(out.len, 0);
	lapse_buf_release(&out);
	json_decref(value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vectors_come_out_to_the_byte),
		cmocka_unit_test(every_published_number_is_written_as_asked),
		cmocka_unit_test(numbers_at_the_borders_are_written_as_ecmascript_does),
		cmocka_unit_test(a_million_random_numbers_are_shortest_and_read_back),
		cmocka_unit_test(keys_are_in_the_order_of_utf16_code_units),
		cmocka_unit_test(a_thousand_keys_are_sorted),
		cmocka_unit_test(only_what_must_be_escaped_is_escaped),
		cmocka_unit_test(the_safe_form_also_escapes_what_could_do_harm),
		cmocka_unit_test(values_made_in_memory_are_written_too),
		cmocka_unit_test(what_has_no_canonical_form_is_refused_and_nothing_is_written),
		cmocka_unit_test(the_ceiling_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
