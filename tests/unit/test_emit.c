#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lapse/emit.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct lapse_column columns[] = {
	{ "thread", "thread", false },
	{ "gap_seconds", "gap", true },
	{ "opened", NULL, false },
	{ NULL, "note", false },
	{ "doubts", "doubts", false },
	{ "firm", "firm", false },
	{ "a_text", "text", false },
};

/* What an emitter wrote; free_output() ends it. */
static char *output;
static size_t output_len;
static FILE *stream;

static struct lapse_emit *
open_emit(enum lapse_format format, bool colour)
{
	stream = open_memstream(&output, &output_len);
	return lapse_emit_new(stream, format, colour);
}

static void
close_emit(struct lapse_emit *emit)
{
	assert_int_equal(lapse_emit_finish(emit), 0);
	lapse_emit_free(emit);
	fclose(stream);
}

static void
free_output(void)
{
	free(output);
	output = NULL;
}

static void
put_row(struct lapse_emit *emit, const char *text, int64_t gap)
{
	static const char *const doubts[] = { "counting", "history" };

	lapse_emit_text(emit, "bmo:1888882");
	lapse_emit_style(emit, gap > 604800 ? LAPSE_STYLE_BAD : LAPSE_STYLE_PLAIN);
	lapse_emit_span(emit, gap);
	lapse_emit_time(emit, gap < 0 ? LAPSE_NEVER : (struct lapse_instant){ 1714468822 });
	lapse_emit_int(emit, gap);
	lapse_emit_list(emit, doubts, gap < 0 ? 0 : 2);
	lapse_emit_bool(emit, gap < 0);
	lapse_emit_text(emit, text);
	lapse_emit_row(emit);
}

static void
put_table(struct lapse_emit *emit, const char *text)
{
	lapse_emit_heading(emit, "Gaps of %s", "CFCA");
	lapse_emit_say(emit, "as of %s", "2024-05-08");
	lapse_emit_say(emit, "%s", "");
	lapse_emit_begin(emit, "obligation", columns, COUNT(columns));
	put_row(emit, text, 688732);
	put_row(emit, NULL, -1);
	lapse_emit_end(emit);
}

static void
check(enum lapse_format format, bool colour, const char *text, const char *expected)
{
	struct lapse_emit *emit = open_emit(format, colour);

	put_table(emit, text);
	close_emit(emit);
	assert_string_equal(output, expected);
	free_output();
}

static void
a_table_is_aligned(void **state)
{
	(void)state;
	check(LAPSE_FORMAT_TABLE, false, "caf\xc3\xa9 \xe4\xb8\xad",
	    "Gaps of CFCA\n"
	    "as of 2024-05-08\n"
	    "\n"
	    "thread          gap  note    doubts             firm  text\n"
	    "bmo:1888882  7d 23h  688732  counting, history  no    caf\xc3\xa9 \xe4\xb8\xad\n"
	    "bmo:1888882       -  -1      -                  yes   -\n");
}

static void
colour_stays_within_its_cell(void **state)
{
	(void)state;
	check(LAPSE_FORMAT_TABLE, true, "x",
	    "\033[1mGaps of CFCA\033[m\n"
	    "as of 2024-05-08\n"
	    "\n"
	    "\033[1mthread\033[m          \033[1mgap\033[m  \033[1mnote\033[m    \033[1mdoubts\033[m             "
	    "\033[1mfirm\033[m  \033[1mtext\033[m\n"
	    "bmo:1888882  \033[31m7d 23h\033[m  688732  counting, history  no    x\n"
	    "bmo:1888882       -  -1      -                  yes   -\n");
}

static void
ndjson_is_canonical(void **state)
{
	(void)state;
	check(LAPSE_FORMAT_NDJSON, false, "\"\\\n\x1b\x7f\xe2\x80\xae\xf3\xa0\x81\xa1\xc3\xa9",
	    "{\"a_text\":\"\\\"\\\\\\n\\u001b\\u007f\\u202e\\udb40\\udc61\xc3\xa9\",\"doubts\":[\"counting\",\"history\"],"
	    "\"firm\":false,\"gap_seconds\":688732,\"opened\":\"2024-04-30T09:20:22Z\",\"thread\":\"bmo:1888882\","
	    "\"type\":\"obligation\",\"v\":1}\n"
	    "{\"a_text\":null,\"doubts\":[],\"firm\":true,\"gap_seconds\":null,\"opened\":null,\"thread\":\"bmo:1888882\","
	    "\"type\":\"obligation\",\"v\":1}\n");
}

static void
csv_is_rfc_4180(void **state)
{
	(void)state;
	check(LAPSE_FORMAT_CSV, false, "say \"hi\",\r\nBob\x1b",
	    "thread,gap_seconds,opened,doubts,firm,a_text\r\n"
	    "bmo:1888882,688732,2024-04-30T09:20:22Z,counting history,false,\"say \"\"hi\"\",\nBob\\x1B\"\r\n"
	    "bmo:1888882,,,,true,\r\n");
}

static void
markdown_is_a_gfm_table(void **state)
{
	(void)state;
	check(LAPSE_FORMAT_MARKDOWN, false, "a|b <i> *c* _d_ [e](f) `g` \\",
	    "## Gaps of CFCA\n"
	    "\n"
	    "as of 2024-05-08\n"
	    "\n"
	    "| thread | gap | note | doubts | firm | text |\n"
	    "| --- | ---: | --- | --- | --- | --- |\n"
	    "| bmo:1888882 | 7d 23h | 688732 | counting, history | no | "
	    "a&#124;b &lt;i&gt; \\*c\\* \\_d\\_ \\[e\\](f) \\`g\\` \\\\ |\n"
	    "| bmo:1888882 | - | -1 | - | yes | - |\n");
}

/* One line of prose in Markdown, without its newline. */
static void
check_prose(const char *text, const char *expected)
{
	struct lapse_emit *emit = open_emit(LAPSE_FORMAT_MARKDOWN, false);

	lapse_emit_say(emit, "%s", text);
	close_emit(emit);
	assert_true(output_len > 0);
	output[output_len - 1] = '\0';
	assert_string_equal(output, expected);
	free_output();
}

static void
strangers_make_no_links_mentions_or_blocks_in_markdown(void **state)
{
	static const char *const cases[][2] = {
		{ "see https://evil.example/x now", "see `https://evil.example/x` now" },
		{ "www.evil.example", "`www.evil.example`" },
		{ "WWW.EVIL.EXAMPLE", "`WWW.EVIL.EXAMPLE`" },
		{ "ping @everyone, a@b.example", "ping `@everyone,` `a@b.example`" },
		{ "bmo:1888882#12 and #13", "`bmo:1888882#12` and `#13`" },
		{ "h`t@x", "h\\`t@&#8203;x" },
		{ "a\\@b|c", "a\\\\@&#8203;b&#124;c" },
		{ "`https://x|y", "\\`https:&#8203;//x&#124;y" },
		{ "|www.x", "&#124;www&#8203;.x" },
		{ "# head", "\\# head" },
		{ "- item", "\\- item" },
		{ "+ item", "\\+ item" },
		{ "* item", "\\* item" },
		{ "--- ", "\\---" },
		{ "===", "\\===" },
		{ "1. item", "1\\. item" },
		{ "12) item", "12\\) item" },
		{ "    code", "code" },
		{ "> quote", "&gt; quote" },
		{ "~~~", "\\~\\~\\~" },
		{ "![x](y)", "!\\[x\\](y)" },
		{ "&lt;b&gt; AT&T", "`&lt;b&gt;` `AT&T`" },
		{ "a & b, C#", "a &amp; b, C\\#" },
		{ "$x$", "`$x$`" },
		{ "two\nlines", "two lines" },
		{ "\x1b]8;;http://x\x07", "\\\\x1B\\]8;;http:&#8203;//x\\\\x07" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_prose(cases[i][0], cases[i][1]);
}

static void
formulas_are_made_harmless_in_csv(void **state)
{
	static const struct lapse_column one[] = { { "t", "t", false } };
	static const char *const cases[][2] = {
		{ "=1+1", "'=1+1" },
		{ "+1", "'+1" },
		{ "-1", "'-1" },
		{ "@SUM(A1)", "'@SUM(A1)" },
		{ "\t=1", "\"'\t=1\"" },
		{ "\r=1", "'\\x0D=1" },
		{ "\n=1", "\"'\n=1\"" },
		{ "  =1", "'  =1" },
		{ "\xef\xbc\x9d" "1", "'\xef\xbc\x9d" "1" },
		{ "=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"" },
		{ "a;=1", "\"a;=1\"" },
		{ "1=1", "1=1" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lapse_emit *emit = open_emit(LAPSE_FORMAT_CSV, false);

		lapse_emit_begin(emit, "x", one, 1);
		lapse_emit_text(emit, cases[i][0]);
		lapse_emit_row(emit);
		lapse_emit_end(emit);
		close_emit(emit);
		assert_true(output_len >= 5);
		output[output_len - 2] = '\0';
		assert_string_equal(output + 3, cases[i][1]);
		free_output();
	}
}

static void
nothing_unsafe_leaves_in_any_format(void **state)
{
	static const char hostile[] = "\x01\x1b]0;owned\x07\x1b[2J\xc2\x9b" "31m\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b"
	    "\xef\xbb\xbf\xf3\xa0\x81\xa1\xff\xfe\xed\xa0\x80\xc0\x80\x7f\r\b|<script>\xe2\x80\xa8,\"'=";

	(void)state;
	for (int format = LAPSE_FORMAT_TABLE; format <= LAPSE_FORMAT_MARKDOWN; format++) {
		struct lapse_emit *emit = open_emit((enum lapse_format)format, false);

		lapse_emit_heading(emit, "%s", hostile);
		lapse_emit_say(emit, "%s", hostile);
		put_table(emit, hostile);
		close_emit(emit);
		for (size_t i = 0; i < output_len;) {
			uint32_t c;

			i += lapse_utf8_decode(&c, output + i, output_len - i);
			if (c == '\n' || (format == LAPSE_FORMAT_CSV && c == '\r' && output[i] == '\n'))
				continue;
			if (lapse_char_is_unsafe(c))
				fail_msg("format %d lets U+%04X through", format, (unsigned)c);
		}
		free_output();
	}
}

static void
ndjson_strings_are_those_of_the_canonical_writer(void **state)
{
	static const struct lapse_column one[] = { { "t", NULL, false } };
	struct lapse_buf expected;
	uint32_t seed = 7;

	(void)state;
	lapse_buf_init(&expected, 4096);
	for (int round = 0; round < 500; round++) {
		struct lapse_emit *emit = open_emit(LAPSE_FORMAT_NDJSON, false);
		char text[64] = "";
		json_t *row;

		for (size_t len = 0; len < 40; len = strlen(text)) {
			static const char *const bits[] = { "\x01", "\n", "\"", "\\", "/", "a", "\x7f", "\xc2\x85", "\xe2\x80\xae",
			    "\xef\xbf\xbe", "\xf0\x9f\x98\x80", "\xf3\xa0\x81\xa1", "\b", "\xee\x80\x80", "<" };

			seed = seed * 1103515245 + 12345;
			memcpy(text + len, bits[(seed >> 16) % COUNT(bits)], strlen(bits[(seed >> 16) % COUNT(bits)]) + 1);
		}
		lapse_emit_begin(emit, "x", one, 1);
		lapse_emit_text(emit, text);
		lapse_emit_row(emit);
		lapse_emit_end(emit);
		close_emit(emit);
		row = json_pack("{s:s, s:s, s:f}", "t", text, "type", "x", "v", 1.0);
		lapse_buf_reset(&expected);
		assert_int_equal(lapse_canon_write_safe(&expected, row), 0);
		assert_int_equal(lapse_buf_putc(&expected, '\n'), 0);
		assert_string_equal(output, expected.data);
		json_decref(row);
		free_output();
	}
	lapse_buf_release(&expected);
}

static void
tables_without_rows_are_nothing_but_the_header_of_csv(void **state)
{
	static const struct lapse_column one[] = { { "t", "title", false } };
	static const char *const expected[] = { "", "", "t\r\n", "" };

	(void)state;
	for (int format = LAPSE_FORMAT_TABLE; format <= LAPSE_FORMAT_MARKDOWN; format++) {
		struct lapse_emit *emit = open_emit((enum lapse_format)format, false);

		lapse_emit_begin(emit, "x", one, 1);
		lapse_emit_end(emit);
		close_emit(emit);
		assert_string_equal(output, expected[format]);
		free_output();
	}
}

static void
machines_get_no_prose_and_two_tables_stand_apart(void **state)
{
	static const struct lapse_column one[] = { { "t", "title", false } };
	static const char *const expected[] = {
		"Head\nsaid\ntitle\n1\n\nHead\nsaid\ntitle\n2\n",
		"{\"t\":1,\"type\":\"x\",\"v\":1}\n{\"t\":2,\"type\":\"x\",\"v\":1}\n",
		"t\r\n1\r\n\r\nt\r\n2\r\n",
		"## Head\n\nsaid\n\n| title |\n| --- |\n| 1 |\n\n## Head\n\nsaid\n\n| title |\n| --- |\n| 2 |\n",
	};

	(void)state;
	for (int format = LAPSE_FORMAT_TABLE; format <= LAPSE_FORMAT_MARKDOWN; format++) {
		struct lapse_emit *emit = open_emit((enum lapse_format)format, false);

		for (int i = 1; i <= 2; i++) {
			lapse_emit_heading(emit, "Head");
			lapse_emit_say(emit, "said");
			lapse_emit_begin(emit, "x", one, 1);
			lapse_emit_int(emit, i);
			lapse_emit_row(emit);
			lapse_emit_end(emit);
		}
		close_emit(emit);
		assert_string_equal(output, expected[format]);
		free_output();
	}
}

static void
a_full_disk_is_a_failure(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct lapse_emit *emit;

	(void)state;
	if (full == NULL)
		skip();
	for (int rows = 1; rows <= 5000; rows += 4999) {
		emit = lapse_emit_new(full, LAPSE_FORMAT_NDJSON, false);
		lapse_emit_begin(emit, "obligation", columns, COUNT(columns));
		for (int i = 0; i < rows; i++)
			put_row(emit, "text", i);
		lapse_emit_end(emit);
		assert_int_equal(lapse_emit_finish(emit), LAPSE_EFAIL);
		assert_string_equal(lapse_error(), "writing the answer: No space left on device");
		lapse_emit_free(emit);
	}
	fclose(full);
}

static void
spans_are_cut_to_their_largest_units(void **state)
{
	static const struct {
		int64_t seconds;
		int units;
		const char *text;
	} cases[] = {
		{ -1, 2, "-" }, { 0, 2, "0s" }, { 45, 2, "45s" }, { 60, 2, "1m 0s" }, { 3599, 2, "59m 59s" },
		{ 3600, 3, "1h 0m 0s" }, { 604799, 2, "6d 23h" }, { 604800, 2, "7d 0h" }, { 688732, 1, "7d" },
		{ 688732, 3, "7d 23h 18m" }, { 688732, 4, "7d 23h 18m 52s" }, { INT64_MAX, 4, "106751991167300d 15h 30m 7s" },
	};
	char out[LAPSE_SPAN_LEN + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(lapse_span_format(out, cases[i].seconds, cases[i].units), cases[i].text);
}

static void
formats_have_names(void **state)
{
	enum lapse_format format = LAPSE_FORMAT_TABLE;

	(void)state;
	assert_true(lapse_format_parse(&format, "markdown"));
	assert_int_equal(format, LAPSE_FORMAT_MARKDOWN);
	assert_false(lapse_format_parse(&format, "json"));
	assert_false(lapse_format_parse(&format, ""));
}

static void
a_hundred_thousand_rows_take_no_time(void **state)
{
	FILE *null = fopen("/dev/null", "w");

	(void)state;
	for (int format = LAPSE_FORMAT_TABLE; format <= LAPSE_FORMAT_MARKDOWN; format++) {
		struct lapse_emit *emit = lapse_emit_new(null, (enum lapse_format)format, false);
		clock_t start = clock();

		lapse_emit_begin(emit, "obligation", columns, COUNT(columns));
		for (int i = 0; i < 100000; i++)
			put_row(emit, "a text of some length, someone@example.org", i);
		lapse_emit_end(emit);
		assert_int_equal(lapse_emit_finish(emit), 0);
		lapse_emit_free(emit);
		/* Processor time; ten times what a slow machine needs, and the sanitizers four times that. */
		assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 10);
	}
	fclose(null);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_aligned),
		cmocka_unit_test(colour_stays_within_its_cell),
		cmocka_unit_test(ndjson_is_canonical),
		cmocka_unit_test(csv_is_rfc_4180),
		cmocka_unit_test(markdown_is_a_gfm_table),
		cmocka_unit_test(strangers_make_no_links_mentions_or_blocks_in_markdown),
		cmocka_unit_test(formulas_are_made_harmless_in_csv),
		cmocka_unit_test(nothing_unsafe_leaves_in_any_format),
		cmocka_unit_test(ndjson_strings_are_those_of_the_canonical_writer),
		cmocka_unit_test(tables_without_rows_are_nothing_but_the_header_of_csv),
		cmocka_unit_test(machines_get_no_prose_and_two_tables_stand_apart),
		cmocka_unit_test(a_full_disk_is_a_failure),
		cmocka_unit_test(spans_are_cut_to_their_largest_units),
		cmocka_unit_test(formats_have_names),
		cmocka_unit_test(a_hundred_thousand_rows_take_no_time),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
