#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
utf8_is_decoded_and_every_other_byte_is_bad(void **state)
{
	static const struct {
		const char *text;
		size_t len, taken;
		uint32_t c;
	} cases[] = {
		{ "", 0, 0, LAPSE_BAD_CHAR },
		{ "\0", 1, 1, 0 },
		{ "a", 1, 1, 'a' },
		{ "\x7f", 1, 1, 0x7f },
		{ "\xc2\x80", 2, 2, 0x80 },
		{ "\xdf\xbf", 2, 2, 0x7ff },
		{ "\xe0\xa0\x80", 3, 3, 0x800 },
		{ "\xed\x9f\xbf", 3, 3, 0xd7ff },
		{ "\xee\x80\x80", 3, 3, 0xe000 },
		{ "\xef\xbf\xbf", 3, 3, 0xffff },
		{ "\xf0\x90\x80\x80", 4, 4, 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff },
		/* overlong, a surrogate, too high, cut short, a stray continuation, never valid */
		{ "\xc0\x80", 2, 1, LAPSE_BAD_CHAR },
		{ "\xc1\xbf", 2, 1, LAPSE_BAD_CHAR },
		{ "\xe0\x9f\xbf", 3, 1, LAPSE_BAD_CHAR },
		{ "\xf0\x8f\xbf\xbf", 4, 1, LAPSE_BAD_CHAR },
		{ "\xed\xa0\x80", 3, 1, LAPSE_BAD_CHAR },
		{ "\xf4\x90\x80\x80", 4, 1, LAPSE_BAD_CHAR },
		{ "\xe2\x82\xac", 2, 1, LAPSE_BAD_CHAR },
		{ "\xe2\x82" "a", 3, 1, LAPSE_BAD_CHAR },
		{ "\x80", 1, 1, LAPSE_BAD_CHAR },
		{ "\xff", 1, 1, LAPSE_BAD_CHAR },
		{ "\xf5\x80\x80\x80", 4, 1, LAPSE_BAD_CHAR },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t c = 1;

		assert_int_equal(lapse_utf8_decode(&c, cases[i].text, cases[i].len), cases[i].taken);
		assert_int_equal(c, cases[i].c);
	}
}

static void
what_hides_or_steers_is_unsafe(void **state)
{
	static const uint32_t bad[] = { 0, '\n', '\t', 0x1b, 0x1f, 0x7f, 0x80, 0x9b, 0x9f, 0xad, 0x34f, 0x61c, 0x115f,
	    0x180e, 0x200b, 0x200d, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2064, 0x2066, 0x2069, 0x206f,
	    0x3164, 0xd800, 0xdfff, 0xfdd0, 0xfdef, 0xfeff, 0xfff9, 0xfffe, 0xffff, 0x1d173, 0x1fffe, 0xe0001, 0xe007f,
	    0xe01ef, 0x10ffff, 0x110000, LAPSE_BAD_CHAR };
	static const uint32_t good[] = { ' ', 'a', '~', 0xa0, 0xac, 0xae, 0xe9, 0x600, 0x2010, 0x2027, 0x202f, 0x205f,
	    0x20ac, 0x3000, 0x4e2d, 0xe000, 0xf8ff, 0xfdcf, 0xfdf0, 0xfe0f, 0xfffc, 0xfffd, 0x1f600, 0x10fffd };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (!lapse_char_is_unsafe(bad[i]))
			fail_msg("U+%04X is safe", (unsigned)bad[i]);
	}
	for (size_t i = 0; i < COUNT(good); i++) {
		if (lapse_char_is_unsafe(good[i]))
			fail_msg("U+%04X is unsafe", (unsigned)good[i]);
	}
}

static void
text_becomes_one_safe_line(void **state)
{
	static const struct {
		const char *text, *line, *lines;
	} cases[] = {
		{ "", "", "" },
		{ "plain, caf\xc3\xa9 \xe4\xb8\xad", "plain, caf\xc3\xa9 \xe4\xb8\xad", "plain, caf\xc3\xa9 \xe4\xb8\xad" },
		{ "a\nb\tc", "a b c", "a\nb\tc" },
		{ "a\r\nb\rc\r", "a b\\x0Dc\\x0D", "a\nb\\x0Dc\\x0D" },
		{ "\x1b[2J\x07", "\\x1B[2J\\x07", "\\x1B[2J\\x07" },
		{ "\xc2\x9b" "31m", "\\u{009B}31m", "\\u{009B}31m" },
		{ "a\xe2\x80\xae" "b", "a\\u{202E}b", "a\\u{202E}b" },
		{ "\xff\xc3", "\\xFF\\xC3", "\\xFF\\xC3" },
		{ "\xed\xa0\x80", "\\xED\\xA0\\x80", "\\xED\\xA0\\x80" },
		{ "\xf3\xa0\x81\xa1", "\\u{E0061}", "\\u{E0061}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lapse_buf out;

		lapse_buf_init(&out, 1000);
		assert_int_equal(lapse_buf_puts(&out, ">"), 0);
		assert_int_equal(lapse_text_safe(&out, cases[i].text, strlen(cases[i].text), false), 0);
		assert_string_equal(out.data + 1, cases[i].line);
		lapse_buf_reset(&out);
		assert_int_equal(lapse_buf_puts(&out, ">"), 0);
		assert_int_equal(lapse_text_safe(&out, cases[i].text, strlen(cases[i].text), true), 0);
		assert_string_equal(out.data + 1, cases[i].lines);
		lapse_buf_release(&out);
	}
}

static void
nul_is_text_too_and_the_ceiling_holds(void **state)
{
	struct lapse_buf out;

	(void)state;
	lapse_buf_init(&out, 6);
	assert_int_equal(lapse_text_safe(&out, "a\0b", 3, false), 0);
	assert_string_equal(out.data, "a\\x00b");
	assert_int_equal(lapse_text_safe(&out, "\x1b", 1, false), LAPSE_ETOOBIG);
	lapse_buf_release(&out);
}

/* No byte string whatever may come out with an unsafe character, or change when made safe again. */
static void
random_bytes_come_out_safe(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		char text[40];
		struct lapse_buf once, twice;

		for (size_t i = 0; i < sizeof(text); i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = (char)(seed >> 16);
		}
		lapse_buf_init(&once, 4096);
		lapse_buf_init(&twice, 4096);
		assert_int_equal(lapse_text_safe(&once, text, sizeof(text), false), 0);
		for (size_t i = 0; i < once.len;) {
			uint32_t c;

			i += lapse_utf8_decode(&c, once.data + i, once.len - i);
			assert_false(lapse_char_is_unsafe(c));
		}
		assert_int_equal(lapse_text_safe(&twice, once.data, once.len, false), 0);
		assert_string_equal(once.data, twice.data);
		lapse_buf_release(&once);
		lapse_buf_release(&twice);
	}
}

static void
widths_are_columns(void **state)
{
	(void)state;
	assert_int_equal(lapse_text_width(""), 0);
	assert_int_equal(lapse_text_width("abc"), 3);
	assert_int_equal(lapse_text_width("caf\xc3\xa9"), 4);
	assert_int_equal(lapse_text_width("e\xcc\x81"), 1);
	assert_int_equal(lapse_text_width("\xe4\xb8\xad\xe6\x96\x87"), 4);
	assert_int_equal(lapse_text_width("\xf0\x9f\x98\x80"), 2);
}

static void
prefixes_match_whatever_their_case(void **state)
{
	static const struct {
		const char *text, *prefix;
		size_t len;
	} cases[] = {
		{ "CFCA: late", "CFCA", 4 },
		{ "cfca: late", "CFCA", 4 },
		{ "CFC", "CFCA", 0 },
		{ "", "a", 0 },
		{ "a", "", 0 },
		{ "KAMU SM", "kamu sm", 7 },
		{ "\xc3\x89" "COLE", "\xc3\xa9" "cole", 6 },
		{ "\xce\xa3\xce\xb1", "\xcf\x82", 2 },
		{ "\xc4\xb0", "i", 0 },
		{ "i", "\xc4\xb1", 0 },
		/* the Kelvin sign: two lengths of what matches */
		{ "\xe2\x84\xaa" "x", "k", 3 },
		{ "\xff" "a", "\xff", 1 },
		{ "\xff" "a", "\xfe", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (lapse_text_has_prefix(cases[i].text, cases[i].prefix) != cases[i].len)
			fail_msg("'%s' in '%s'", cases[i].prefix, cases[i].text);
	}
}

static void
ascii_is_compared_whatever_its_case(void **state)
{
	(void)state;
	assert_int_equal(lapse_ascii_casecmp("Bob@Example.ORG", "bob@example.org"), 0);
	assert_true(lapse_ascii_casecmp("a", "b") < 0);
	assert_true(lapse_ascii_casecmp("ab", "a") > 0);
	assert_true(lapse_ascii_casecmp("\xc3\x89", "\xc3\xa9") != 0);
	assert_true(lapse_ascii_casecmp("[", "{") != 0);
}

static void
names_sort_as_people_count(void **state)
{
	static const char *const sorted[] = { "", "1", "01", "2", "010", "10", "10a", "a", "a:9", "a:10", "a:10#2",
	    "a:10#10", "a:99999999999999999999998", "a:99999999999999999999999", "b:1" };

	(void)state;
	for (size_t i = 0; i < COUNT(sorted); i++) {
		for (size_t j = 0; j < COUNT(sorted); j++) {
			int order = lapse_text_numcmp(sorted[i], sorted[j]);
			bool same_value = (i == 1 && j == 2) || (i == 2 && j == 1) || (i == 4 && j == 5) || (i == 5 && j == 4);

			if (i == j)
				assert_int_equal(order, 0);
			else if (same_value)
				assert_int_not_equal(order, 0);
			else if ((order < 0) != (i < j))
				fail_msg("'%s' and '%s'", sorted[i], sorted[j]);
			assert_int_equal(order > 0, lapse_text_numcmp(sorted[j], sorted[i]) < 0);
		}
	}
}

static void
numbers_are_whole_and_in_range(void **state)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "1x", "x", "0x1", "1.0", "101", "-1", "--1",
	    "9223372036854775808", "99999999999999999999999" };
	int64_t n = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(lapse_int_parse(&n, bad[i], 0, 100), LAPSE_EUSAGE);
		assert_int_equal(n, 7);
	}
	assert_string_equal(lapse_error(), "not a number from 0 to 100: '99999999999999999999999'");
	assert_int_equal(lapse_int_parse(&n, "100", 0, 100), 0);
	assert_int_equal(n, 100);
	assert_int_equal(lapse_int_parse(&n, "-9223372036854775808", INT64_MIN, INT64_MAX), 0);
	assert_true(n == INT64_MIN);
	assert_int_equal(lapse_int_parse(&n, "9223372036854775807", INT64_MIN, INT64_MAX), 0);
	assert_true(n == INT64_MAX);
	assert_int_equal(lapse_int_parse(&n, "-9223372036854775809", INT64_MIN, INT64_MAX), LAPSE_EUSAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_decoded_and_every_other_byte_is_bad),
		cmocka_unit_test(what_hides_or_steers_is_unsafe),
		cmocka_unit_test(text_becomes_one_safe_line),
		cmocka_unit_test(nul_is_text_too_and_the_ceiling_holds),
		cmocka_unit_test(random_bytes_come_out_safe),
		cmocka_unit_test(widths_are_columns),
		cmocka_unit_test(prefixes_match_whatever_their_case),
		cmocka_unit_test(ascii_is_compared_whatever_its_case),
		cmocka_unit_test(names_sort_as_people_count),
		cmocka_unit_test(numbers_are_whole_and_in_range),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
