/* The paths of an archive: built, taken apart, and refused when they are anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "unit/documents.h"

#include "lapse/layout.h"

#define LARGEST INT64_C(9007199254740991)

static const char longest[] = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqr";

/* What a path says, and the path: each row is read both ways. */
struct row {
	const char *path;
	struct lapse_place place;
};

static const struct row rows[] = {
	{ "lapse.json", { .file = LAPSE_FILE_ARCHIVE } },
	{ "parties.json", { .file = LAPSE_FILE_PARTIES } },
	{ "policies/ccadb.json", { .file = LAPSE_FILE_POLICY, .source = "ccadb" } },
	{ "policies/a.b_c-9.json", { .file = LAPSE_FILE_POLICY, .source = "a.b_c-9" } },
	{ "sources/bmo.json", { .file = LAPSE_FILE_SOURCE, .source = "bmo" } },
	{ "sources/x.parts.json", { .file = LAPSE_FILE_SOURCE, .source = "x.parts" } },
	{ "sources/x.json.json", { .file = LAPSE_FILE_SOURCE, .source = "x.json" } },
	{ "threads/bmo/82/88/1888882/thread.json", { .file = LAPSE_FILE_THREAD, .source = "bmo", .thread = 1888882 } },
	{ "threads/bmo/82/88/1888882/posts.json", { .file = LAPSE_FILE_POST_LIST, .source = "bmo", .thread = 1888882 } },
	{ "threads/bmo/82/88/1888882/posts/0/12.json",
	  { .file = LAPSE_FILE_POST, .source = "bmo", .thread = 1888882, .number = 12 } },
	{ "threads/bmo/82/88/1888882/posts/0/0.json",
	  { .file = LAPSE_FILE_POST, .source = "bmo", .thread = 1888882, .number = 0 } },
	{ "threads/bmo/82/88/1888882/posts/0/99.json",
	  { .file = LAPSE_FILE_POST, .source = "bmo", .thread = 1888882, .number = 99 } },
	{ "threads/bmo/82/88/1888882/posts/1/100.json",
	  { .file = LAPSE_FILE_POST, .source = "bmo", .thread = 1888882, .number = 100 } },
	{ "threads/bmo/82/88/1888882/posts/123/12345.json",
	  { .file = LAPSE_FILE_POST, .source = "bmo", .thread = 1888882, .number = 12345 } },
	{ "threads/bmo/82/88/1888882/changes.json", { .file = LAPSE_FILE_CHANGES, .source = "bmo", .thread = 1888882 } },
	{ "threads/bmo/82/88/1888882/revisions/1/112.json",
	  { .file = LAPSE_FILE_REVISIONS, .source = "bmo", .thread = 1888882, .number = 112 } },
	{ "threads/bmo/82/88/1888882/attachments.json",
	  { .file = LAPSE_FILE_ATTACHMENT_LIST, .source = "bmo", .thread = 1888882 } },
	{ "threads/bmo/82/88/1888882/attachments/07/9391207.json",
	  { .file = LAPSE_FILE_ATTACHMENT, .source = "bmo", .thread = 1888882, .number = 9391207 } },
	{ "threads/bmo/00/00/0/thread.json", { .file = LAPSE_FILE_THREAD, .source = "bmo", .thread = 0 } },
	{ "threads/bmo/07/00/7/thread.json", { .file = LAPSE_FILE_THREAD, .source = "bmo", .thread = 7 } },
	{ "threads/bmo/00/01/100/thread.json", { .file = LAPSE_FILE_THREAD, .source = "bmo", .thread = 100 } },
	{ "threads/bmo/99/99/9999/thread.json", { .file = LAPSE_FILE_THREAD, .source = "bmo", .thread = 9999 } },
	{ "people/bmo/11/00/11.json", { .file = LAPSE_FILE_PERSON, .source = "bmo", .thread = 11 } },
	{ "captures/bmo/2026/03-14/06/37/16.json",
	  { .file = LAPSE_FILE_CAPTURE, .source = "bmo", .number = 1, .time = { 1773470236 } } },
	{ "captures/bmo/2026/03-14/06/37/16_002.json",
	  { .file = LAPSE_FILE_CAPTURE, .source = "bmo", .number = 2, .time = { 1773470236 } } },
	{ "captures/bmo/2026/03-14/06/37/16_999.json",
	  { .file = LAPSE_FILE_CAPTURE, .source = "bmo", .number = 999, .time = { 1773470236 } } },
	{ "captures/bmo/1970/01-01/00/00/00.json",
	  { .file = LAPSE_FILE_CAPTURE, .source = "bmo", .number = 1, .time = { 0 } } },
	{ "captures/bmo/9999/12-31/23/59/59.json",
	  { .file = LAPSE_FILE_CAPTURE, .source = "bmo", .number = 1, .time = { INT64_C(253402300799) } } },
};

/* The path that the public functions build for a place; tombstones and the two at the top have none. */
static const char *
build(char *out, const struct lapse_place *p)
{
	switch (p->file) {
	case LAPSE_FILE_ARCHIVE: return "lapse.json";
	case LAPSE_FILE_PARTIES: return "parties.json";
	case LAPSE_FILE_POLICY: return lapse_path_policy(out, p->source);
	case LAPSE_FILE_SOURCE: return lapse_path_source(out, p->source);
	case LAPSE_FILE_THREAD: return lapse_path_fields(out, p->source, p->thread);
	case LAPSE_FILE_POST_LIST: return lapse_path_posts(out, p->source, p->thread);
	case LAPSE_FILE_POST: return lapse_path_post(out, p->source, p->thread, p->number);
	case LAPSE_FILE_REVISIONS: return lapse_path_revisions(out, p->source, p->thread, p->number);
	case LAPSE_FILE_CHANGES: return lapse_path_changes(out, p->source, p->thread);
	case LAPSE_FILE_ATTACHMENT_LIST: return lapse_path_attachments(out, p->source, p->thread);
	case LAPSE_FILE_ATTACHMENT: return lapse_path_attachment(out, p->source, p->thread, p->number);
	case LAPSE_FILE_PERSON: return lapse_path_person(out, p->source, p->thread);
	case LAPSE_FILE_CAPTURE: return lapse_path_capture(out, p->source, p->time, (int)p->number);
	default: return NULL;
	}
}

static void
paths_are_built_as_the_layout_says(void **state)
{
	char out[LAPSE_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(build(out, &rows[i].place), rows[i].path);
	assert_string_equal(lapse_path_thread(out, "bmo", 1888882), "threads/bmo/82/88/1888882");
}

static void
paths_are_taken_apart_again(void **state)
{
	struct lapse_place got;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct lapse_place *want = &rows[i].place;

		if (!lapse_place_parse(&got, rows[i].path))
			fail_msg("%s is refused", rows[i].path);
		assert_int_equal(got.file, want->file);
		assert_string_equal(got.source, want->source);
		assert_int_equal(got.thread, want->thread);
		assert_int_equal(got.number, want->number);
		assert_false(got.in_parts);
		if (want->file == LAPSE_FILE_CAPTURE)
			assert_int_equal(got.time.sec, want->time.sec);
	}
}

static void
a_parts_folder_is_the_document_that_it_stands_for(void **state)
{
	char path[LAPSE_PATH_MAX];
	struct lapse_place got;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(path, sizeof(path), "%.*s.parts", (int)strlen(rows[i].path) - 5, rows[i].path);
		if (!lapse_place_parse(&got, path))
			fail_msg("%s is refused", path);
		assert_true(got.in_parts);
		assert_int_equal(got.file, rows[i].place.file);
		assert_string_equal(got.source, rows[i].place.source);
	}
}

static void
the_largest_numbers_and_longest_names_fit(void **state)
{
	const struct lapse_place extremes[] = {
		{ .file = LAPSE_FILE_POST, .thread = LARGEST, .number = LARGEST },
		{ .file = LAPSE_FILE_ATTACHMENT, .thread = LARGEST, .number = LARGEST },
		{ .file = LAPSE_FILE_PERSON, .thread = LARGEST },
		{ .file = LAPSE_FILE_CAPTURE, .number = LAPSE_ORDINAL_MAX, .time = { 0 } },
		{ .file = LAPSE_FILE_POLICY },
	};
	char out[LAPSE_PATH_MAX];
	struct lapse_place got;

	(void)state;
	for (size_t i = 0; i < COUNT(extremes); i++) {
		struct lapse_place place = extremes[i];

		snprintf(place.source, sizeof(place.source), "%s", longest);
		assert_non_null(build(out, &place));
		assert_true(strlen(out) < LAPSE_PATH_MAX - 1);
		if (!lapse_place_parse(&got, out))
			fail_msg("%s is refused", out);
		assert_int_equal(got.thread, place.thread);
		assert_int_equal(got.number, place.number);
		assert_string_equal(got.source, longest);
	}
}

static void
anything_else_is_no_path(void **state)
{
	static const char *const paths[] = {
		"", "/", ".", "..", "lapse", "lapse.json/", "/lapse.json", "lapse.json\n", "lapse.jsonx", "Lapse.json",
		"x/lapse.json", "./lapse.json", "parties", "parties.json/x", "README.md", ".git", ".git/config",
		"policies", "policies/", "policies/.json", "policies/x", "policies/x.jso", "policies/X.json", "policies/x/y.json",
		"policies/../lapse.json", "policies/x .json", "policies/-x.json", "policies/_x.json", "policies/.x.json",
		"policies/0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrs.json",
		"sources/\xc3\xa4.json", "sources/a\x1b.json", "sources/a\\b.json", "sources//a.json", "source/a.json",
		"threads", "threads/", "threads/bmo", "threads/bmo/82/88/1888882", "threads/bmo/82/88/1888882/",
		"threads/bmo/82/88/1888882/thread.jsonl", "threads/bmo/82/88/1888882/Thread.json",
		"threads/bmo/82/88/1888882/thread.json/x", "threads/bmo/82/88/1888882/x.json",
		"threads/bmo/88/82/1888882/thread.json", "threads/bmo/82/88/1888883/thread.json", "threads/bmo/82/8/1888882/thread.json",
		"threads/bmo/8a/88/1888882/thread.json", "threads/bmo/82x88/1888882/thread.json", "threads/bmo/8288/1888882/thread.json",
		"threads/bmo/01/00/01/thread.json", "threads/bmo/01/00/+1/thread.json", "threads/bmo/01/00/-1/thread.json",
		"threads/bmo/01/00/1 /thread.json", "threads/bmo/01/00/0x1/thread.json", "threads/bmo/01/00//thread.json",
		"threads/bmo/92/09/9007199254740992/thread.json", "threads/bmo/16/16/18446744073709551616/thread.json",
		"threads/bmo/99/99/99999999999999999999999999/thread.json",
		"threads/BMO/01/00/1/thread.json", "threads//01/00/1/thread.json", "threads/../01/00/1/thread.json",
		"threads/-/01/00/1/thread.json", "threads/bmo/01/00/1/../1/thread.json",
		"threads/bmo/01/00/1/posts", "threads/bmo/01/00/1/posts/", "threads/bmo/01/00/1/posts/0", "threads/bmo/01/00/1/posts/0/",
		"threads/bmo/01/00/1/posts/0/x.json", "threads/bmo/01/00/1/posts/0/1", "threads/bmo/01/00/1/posts/0/01.json",
		"threads/bmo/01/00/1/posts/00/1.json", "threads/bmo/01/00/1/posts/1/1.json", "threads/bmo/01/00/1/posts/0/100.json",
		"threads/bmo/01/00/1/posts/x/1.json", "threads/bmo/01/00/1/posts/0/1.json.json", "threads/bmo/01/00/1/posts/0/1/2.json",
		"threads/bmo/01/00/1/posts/0/-1.json", "threads/bmo/01/00/1/posts/90071992547409/9007199254740992.json",
		"threads/bmo/01/00/1/attachments/1/1.json", "threads/bmo/01/00/1/attachments/02/1.json",
		"threads/bmo/01/00/1/attachments/01/1", "threads/bmo/01/00/1/changes", "threads/bmo/01/00/1/tags.json",
		"people/bmo/11/00/12.json", "people/bmo/11/00/11", "people/bmo/11/00/11/x.json", "people/bmo/11.json", "people/11/00/11.json",
		"captures/bmo", "captures/bmo/2026/03-14/06/37/16", "captures/bmo/2026/02-30/06/37/16.json",
		"captures/bmo/2026/03-14/24/00/00.json", "captures/bmo/2026/03-14/06/60/16.json", "captures/bmo/2026/03-14/06/37/60.json",
		"captures/bmo/2026/3-14/06/37/16.json", "captures/bmo/2026-03-14T06:37:16Z.json", "captures/bmo/0000/01-01/00/00/00.json",
		"captures/bmo/2026/03-14/06/37/16_.json", "captures/bmo/2026/03-14/06/37/16_2.json", "captures/bmo/2026/03-14/06/37/16_001.json",
		"captures/bmo/2026/03-14/06/37/16_000.json", "captures/bmo/2026/03-14/06/37/16_1000.json",
		"captures/bmo/2026/03-14/06/37/16-002.json", "captures/bmo/2026/03x14/06/37/16.json", "captures/bmo/2026/03-14/06/37/16.json.json",
		"captures/bmo/2026/03-14x06/37/16.json", "captures//2026/03-14/06/37/16.json",
		".parts", "x.parts", "lapse.json.parts", "lapse.parts.parts", "lapse.parts/0", "threads/bmo/01/00/1/posts/0/1.parts/0", "policies/.parts",
	};
	struct lapse_place got;

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		if (lapse_place_parse(&got, paths[i]))
			fail_msg("'%s' is taken for one", paths[i]);
		assert_int_equal(got.file, LAPSE_FILE_UNKNOWN);
	}
}

static void
a_path_that_is_too_long_is_none(void **state)
{
	static char path[4096];
	struct lapse_place got;

	(void)state;
	for (size_t len = 200; len < sizeof(path); len += 37) {
		memset(path, 'a', len);
		memcpy(path, "policies/", 9);
		memcpy(path + len - 5, ".json", 6);
		assert_false(lapse_place_parse(&got, path));
		memset(path, '/', len);
		memcpy(path + len - 5, ".json", 6);
		assert_false(lapse_place_parse(&got, path));
		memcpy(path, "tombstones/", 11);
		assert_true(lapse_place_parse(&got, path) == (len < LAPSE_PATH_MAX));
	}
}

/* Every path one edit away from a good one: refused, or built again from what was read of it. */
static void
try_edited(const char *path)
{
	char json[LAPSE_PATH_MAX + 1], out[LAPSE_PATH_MAX];
	struct lapse_place got;
	size_t len = strlen(path);
	const char *again;

	if (!lapse_place_parse(&got, path) || got.file == LAPSE_FILE_TOMBSTONE)
		return;
	snprintf(json, sizeof(json), "%s", path);
	if (got.in_parts)
		snprintf(json + len - 6, sizeof(json) - len + 6, ".json");
	again = build(out, &got);
	assert_non_null(again);
	assert_string_equal(again, json);
}

static void
no_path_has_two_spellings(void **state)
{
	static const char letters[] = "0123456789./-_aAzZ \n\\\xff";
	char path[LAPSE_PATH_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].path);

		for (size_t at = 0; at <= len; at++) {
			for (size_t c = 0; c < sizeof(letters) - 1; c++) {
				snprintf(path, sizeof(path), "%s", rows[i].path);
				if (at < len) {
					path[at] = letters[c];
					try_edited(path);
				}
				snprintf(path, sizeof(path), "%.*s%c%s", (int)at, rows[i].path, letters[c], rows[i].path + at);
				try_edited(path);
			}
			if (at < len) {
				snprintf(path, sizeof(path), "%.*s%s", (int)at, rows[i].path, rows[i].path + at + 1);
				try_edited(path);
			}
		}
	}
}

static void
names_are_of_few_letters(void **state)
{
	static const char *const good[] = { "a", "0", "bmo", "dev-security-policy", "a.b", "a_b", "a..b", "9-", longest };
	static const char *const bad[] = { "", ".", "..", "-", "_", ".a", "-a", "_a", "A", "bmO", "a b", "a/b", "a\\b", "a\n", "a:b", "a#b",
		"a%", "\xc3\xa4", "a\x7f", "~", "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrs" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!lapse_name_is_valid(good[i]))
			fail_msg("'%s' is refused", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (lapse_name_is_valid(bad[i]))
			fail_msg("'%s' is taken", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_built_as_the_layout_says),
		cmocka_unit_test(paths_are_taken_apart_again),
		cmocka_unit_test(a_parts_folder_is_the_document_that_it_stands_for),
		cmocka_unit_test(the_largest_numbers_and_longest_names_fit),
		cmocka_unit_test(anything_else_is_no_path),
		cmocka_unit_test(a_path_that_is_too_long_is_none),
		cmocka_unit_test(no_path_has_two_spellings),
		cmocka_unit_test(names_are_of_few_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
