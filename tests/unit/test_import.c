/*
 * Answers into an archive: one thing may come in several versions and in several files, and neither the
 * order of the files nor that of what lies in them changes a byte of the archive.
 */
#include "test_store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>

#include "../../lib/source/bugzilla.h"

#include "lapse/json.h"
#include "lapse/settings.h"
#include "lapse/source.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_FILES 6

/* ---- one archive, taken back before every import ---- */

#define ID_LEN 40

static char base[ID_LEN + 1];
static char files[MAX_FILES][8];

/* An id that git tells. */
static void
ask_id(char out[ID_LEN + 1], const char *command)
{
	const char *text = output(command);

	assert_int_equal(strlen(text), ID_LEN);
	memcpy(out, text, ID_LEN + 1);
}

static void
write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	for (; *text != '\0'; text++)
		fputc(*text == '\'' ? '"' : *text, file);
	assert_int_equal(fclose(file), 0);
}

static void
make_archive(void)
{
	if (lapse_archive_init("a") < 0)
		fail_msg("%s", lapse_error());
	ask_id(base, "git -C a rev-parse HEAD");
}

/* The answers as files, and their names in this order. */
static void
write_files(char *names[MAX_FILES], const char *const *answers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		snprintf(files[i], sizeof(files[i]), "%zu.json", i);
		write_file(files[i], answers[i]);
		names[i] = files[i];
	}
}

/* Import files into the archive as it was at first: the id of the commit that this makes. */
static void
import_files(char out[ID_LEN + 1], struct lapse_import_result *result, char *const *names, size_t n)
{
	const struct lapse_import_options options = { .source = "bmo", .time = { 1715160600 }, .stated = true };
	struct lapse_store *store;

	assert_int_equal(sh("git -C a update-ref HEAD %s", base), 0);
	store = open_store("a");
	if (lapse_import_bugzilla(result, store, names, n, &options) < 0)
		fail_msg("%s", lapse_error());
	lapse_store_free(store);
	ask_id(out, "git -C a rev-parse HEAD");
}

/* The next order of numbers 0 to n - 1, by bytes; false after the last. */
static bool
next_order(size_t *order, size_t n)
{
	size_t i = n - 1, j = n - 1, swap;

	while (i > 0 && order[i - 1] >= order[i])
		i--;
	if (i == 0)
		return false;
	while (order[j] <= order[i - 1])
		j--;
	swap = order[i - 1];
	order[i - 1] = order[j];
	order[j] = swap;
	for (j = n - 1; i < j; i++, j--) {
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	return true;
}

/* In every order these answers make one commit, the record of the capture included. */
static void
assert_order_does_not_matter(const char *what, const char *const *answers, size_t n)
{
	size_t order[MAX_FILES] = { 0, 1, 2, 3, 4, 5 };
	struct lapse_import_result result;
	char first[ID_LEN + 1] = "", commit[ID_LEN + 1], difference[256], *names[MAX_FILES];

	write_files(names, answers, n);
	do {
		for (size_t i = 0; i < n; i++)
			names[i] = files[order[i]];
		import_files(commit, &result, names, n);
		lapse_import_result_release(&result);
		if (first[0] == '\0')
			memcpy(first, commit, sizeof(first));
		if (strcmp(commit, first) == 0)
			continue;
		snprintf(difference, sizeof(difference), "git -C a diff --no-color %s %s; git -C a log -1 --format=%%B", first, commit);
		for (size_t i = 0; i < n; i++)
			printf("%s: %s\n", names[i], answers[order[i]]);
		fail_msg("%s: another commit in this order: %s", what, output(difference));
	} while (next_order(order, n));
}

#define COMMENTS(list) "{'bugs':{'5':{'comments':[" list "]}},'comments':{}}"
#define COMMENT(n, more) "{'count':" #n ",'creation_time':'2024-01-0" #n "T00:00:00Z'" more "}"

static void
comments_in_versions(void **state)
{
	static const char *const answers[] = {
		COMMENTS(COMMENT(1, ",'text':'zz'") "," COMMENT(2, ",'text':'a','edit_count':1")),
		COMMENTS(COMMENT(1, ",'text':'a','more':1") "," COMMENT(3, ",'text':'x'")),
		COMMENTS(COMMENT(2, ",'text':'z'") "," COMMENT(1, ",'text':'b','more':1")),
		COMMENTS(COMMENT(2, ",'text':'b','last_change_time':'2024-05-01T00:00:00Z'")),
	};

	(void)state;
	make_archive();
	assert_order_does_not_matter("comments", answers, COUNT(answers));
}

static void
bugs_in_versions(void **state)
{
	static const char *const answers[] = {
		"{'bugs':[{'id':5,'summary':'a','last_change_time':'2024-05-01T00:00:00Z','creator_detail':{'id':1,'real_name':'A'}}]}",
		"{'bugs':[{'id':5,'summary':'b','last_change_time':'2024-05-02T00:00:00Z'},{'id':6,'summary':'c'}]}",
		"[{'id':6,'summary':'d','creator_detail':{'id':1,'real_name':'B'}},{'id':5,'last_change_time':'2024-06-01T00:00:00Z'}]",
		"{'bugs':[{'id':5,'summary':'b','last_change_time':'2024-05-02T00:00:00Z','description':'left out','cf_x':'---'}]}",
		"{'db_time':'2024-05-08T00:00:00Z'}",
	};

	(void)state;
	make_archive();
	assert_order_does_not_matter("bugs", answers, COUNT(answers));
}

static void
histories_in_versions(void **state)
{
	static const char *const answers[] = {
		"{'bugs':[{'id':5,'history':[]}]}",
		"{'bugs':[{'id':5,'history':[{'when':'2024-05-01T00:00:00Z','changes':[{'field_name':'cc'},{'field_name':'status'}]}]}]}",
		"{'bugs':[{'id':5,'history':[{'when':'2024-05-01T00:00:00Z','changes':[{'field_name':'cc'}]},"
		"{'when':'2024-05-02T00:00:00Z','changes':[{'field_name':'x'},{'field_name':'y'},{'field_name':'z'}]}]}]}",
	};

	(void)state;
	make_archive();
	assert_order_does_not_matter("histories", answers, COUNT(answers));
}

static void
lists_and_single_answers(void **state)
{
	static const char *const answers[] = {
		COMMENTS(COMMENT(1, "") "," COMMENT(3, "")),
		"{'bugs':{},'comments':{'77':{'bug_id':5,'count':2,'creation_time':'2024-01-02T00:00:00Z'},"
		"'78':{'bug_id':5,'count':3,'creation_time':'2024-01-03T00:00:00Z','text':'more'}}}",
		"{'bugs':{'5':[{'id':9},{'id':7,'file_name':'x'}]},'attachments':{}}",
		"{'bugs':{'5':[{'id':7,'file_name':'y'}],'6':{'comments':[]}},'attachments':{'8':{'id':8,'bug_id':5}}}",
		"{'bugs':[{'id':5,'summary':'s','comments':[" COMMENT(1, ",'text':'t'") "],'history':[],'attachments':[{'id':7}]}]}",
	};

	(void)state;
	make_archive();
	assert_order_does_not_matter("lists", answers, COUNT(answers));
}

/* ---- which version stays ---- */

static unsigned seed;

static unsigned
below(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

/* A version of comment 1, of few values so that many are alike in part. */
static json_t *
random_version(void)
{
	static const char *const times[] = { NULL, "", "2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z" };
	static const char *const texts[] = { "a", "b", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
	const char *time = times[below(4)];
	json_t *doc = json_pack("{s:f, s:s}", "count", 1.0, "creation_time", "2024-01-01T00:00:00Z");

	json_object_set_new(doc, "text", json_string(texts[below(4)]));
	if (time != NULL)
		json_object_set_new(doc, "last_change_time", json_string(time));
	if (below(3) == 0)
		json_object_set_new(doc, "edit_count", json_real(below(3)));
	if (below(3) == 0) {
		json_t *history = json_array();

		for (unsigned i = below(3); i > 0; i--)
			json_array_append_new(history, json_null());
		json_object_set_new(doc, "history", history);
	}
	if (below(3) == 0)
		json_object_set_new(doc, "more", json_null());
	return doc;
}

/* The rule of archive-layout.md, section 4, sentence by sentence: should `a` stay, and not `b`? */
static bool
stays(const json_t *a, const json_t *b)
{
	const char *ta = json_string_value(json_object_get(a, "last_change_time"));
	const char *tb = json_string_value(json_object_get(b, "last_change_time"));
	double ea = json_number_value(json_object_get(a, "edit_count")), eb = json_number_value(json_object_get(b, "edit_count"));
	size_t ha = json_array_size(json_object_get(a, "history")), hb = json_array_size(json_object_get(b, "history"));
	struct lapse_buf x, y;
	int order;

	order = strcmp(ta != NULL ? ta : "", tb != NULL ? tb : "");
	if (order != 0)
		return order > 0;
	if (ea < eb || ea > eb)
		return ea > eb;
	if (ha != hb)
		return ha > hb;
	if (json_object_size(a) != json_object_size(b))
		return json_object_size(a) > json_object_size(b);
	lapse_buf_init(&x, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&y, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_canon_write(&x, a), 0);
	assert_int_equal(lapse_canon_write(&y, b), 0);
	order = strcmp(x.data, y.data);
	lapse_buf_release(&x);
	lapse_buf_release(&y);
	return order > 0;
}

static void
the_version_stays_that_the_layout_names(void **state)
{
	const char *path = "threads/bmo/05/00/5/posts/0/1.json";
	struct lapse_store *store;
	struct lapse_buf want, have;

	(void)state;
	make_archive();
	store = open_store("a");
	lapse_buf_init(&want, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&have, LAPSE_BUF_DOCUMENT);
	for (unsigned trial = 0; trial < 2000; trial++) {
		struct lapse_capture capture;
		struct lapse_batch *batch = open_batch(store);
		struct import run = { .batch = batch, .source = "bmo", .capture = &capture, .newest = LAPSE_NEVER };
		json_t *best = NULL;

		seed = trial;
		lapse_capture_init(&capture);
		lapse_buf_init(&run.bytes, LAPSE_BUF_DOCUMENT);
		lapse_buf_init(&run.other, LAPSE_BUF_DOCUMENT);
		for (unsigned i = 0, n = 2 + below(4); i < n; i++) {
			json_t *version = random_version();

			if (best == NULL || stays(version, best)) {
				json_decref(best);
				best = json_deep_copy(version);
			}
			if (lapse_import_put(&run, path, version) < 0)
				fail_msg("%s", lapse_error());
			json_decref(version);
		}
		lapse_buf_reset(&want);
		assert_int_equal(lapse_canon_write(&want, best), 0);
		assert_int_equal(lapse_batch_get(&have, batch, path), 1);
		if (strcmp(have.data, want.data) != 0)
			fail_msg("trial %u: %s stays, not %s", trial, have.data, want.data);
		json_decref(best);
		free(run.contested);
		lapse_arena_release(&run.names);
		lapse_arena_release(&run.arena);
		lapse_buf_release(&run.bytes);
		lapse_buf_release(&run.other);
		lapse_batch_free(batch);
	}
	lapse_buf_release(&want);
	lapse_buf_release(&have);
	lapse_store_free(store);
}

/* ---- what a run says of itself ---- */

static void
a_result_tells_what_came(void **state)
{
	static const char *const answers[] = {
		"{'bugs':[{'id':6,'summary':'s','creation_time':'2024-01-01T00:00:00Z','creator_detail':{'id':1},'cc_detail':[{'id':2},{'id':1}]}]}",
		COMMENTS(COMMENT(1, "") "," COMMENT(2, "")),
		"{'bugs':[{'id':5,'history':[{'when':'2024-03-01T00:00:00Z','changes':[{'field_name':'cc'}]}]}]}",
		"{'bugs':{'5':[{'id':7},{'id':8}]},'attachments':{}}",
	};
	char oid[LAPSE_OID_HEX + 1], commit[ID_LEN + 1], *names[MAX_FILES];
	struct lapse_import_result result;

	(void)state;
	make_archive();
	write_files(names, answers, COUNT(answers));
	import_files(commit, &result, names, COUNT(answers));
	assert_true(result.made);
	assert_string_equal(lapse_oid_format(oid, &result.commit), commit);
	assert_int_equal(result.capture.counts[LAPSE_PART_BUGS], 1);
	assert_int_equal(result.capture.counts[LAPSE_PART_COMMENTS], 2);
	assert_int_equal(result.capture.counts[LAPSE_PART_HISTORY], 1);
	assert_int_equal(result.capture.counts[LAPSE_PART_ATTACHMENTS], 2);
	assert_int_equal(result.capture.people, 2);
	assert_int_equal(result.capture.versions, 0);
	assert_int_equal(result.newest.sec, 1709251200);	/* 2024-03-01 */
	assert_true(lapse_ids_has(&result.capture.scope[LAPSE_PART_BUGS], 6));
	assert_false(lapse_ids_has(&result.capture.scope[LAPSE_PART_BUGS], 5));
	assert_true(lapse_ids_has(&result.capture.scope[LAPSE_PART_COMMENTS], 5));
	assert_true(lapse_ids_has(&result.capture.scope[LAPSE_PART_HISTORY], 5));
	assert_true(lapse_ids_has(&result.capture.scope[LAPSE_PART_ATTACHMENTS], 5));
	lapse_import_result_release(&result);
	assert_fsck("a");
}

static void
a_run_that_fails_leaves_nothing(void **state)
{
	static const char *const answers[] = { "{'bugs':[{'id':6,'summary':'s'}]}", "{'bugs':[{'id':0}]}" };
	const struct lapse_import_options options = { .source = "bmo", .time = { 1715160600 }, .stated = true };
	struct lapse_import_result result;
	struct lapse_store *store;
	char *names[MAX_FILES];

	(void)state;
	make_archive();
	write_files(names, answers, COUNT(answers));
	store = open_store("a");
	assert_int_equal(lapse_import_bugzilla(&result, store, names, 2, &options), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "1.json: bugs[0]: a bug without a usable \"id\"");
	assert_false(result.made);
	lapse_import_result_release(&result);
	assert_string_equal(output("git -C a rev-parse HEAD"), base);
	assert_int_equal(lapse_import_bugzilla(&result, store, names, 1, &options), 0);
	assert_true(result.made);
	lapse_import_result_release(&result);
	lapse_store_free(store);
	assert_fsck("a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(comments_in_versions, enter_scratch, leave_scratch),
		cmocka_unit_test_setup_teardown(bugs_in_versions, enter_scratch, leave_scratch),
		cmocka_unit_test_setup_teardown(histories_in_versions, enter_scratch, leave_scratch),
		cmocka_unit_test_setup_teardown(lists_and_single_answers, enter_scratch, leave_scratch),
		cmocka_unit_test_setup_teardown(the_version_stays_that_the_layout_names, enter_scratch, leave_scratch),
		cmocka_unit_test_setup_teardown(a_result_tells_what_came, enter_scratch, leave_scratch),
		cmocka_unit_test_setup_teardown(a_run_that_fails_leaves_nothing, enter_scratch, leave_scratch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
