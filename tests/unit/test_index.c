/* The index of events: what is written is read again; one that lies, with all its sums right, is found out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/replay/index.h"
#include "lapse/error.h"
#include "lapse/settings.h"
#include "lapse/source.h"
#include "test_store.h"

static struct lapse_store *store;
static struct lapse_arena arena;

static int
set_up(void **state)
{
	int rc = enter_scratch(state);

	if (rc == 0)
		rc = lapse_archive_init("a");
	if (rc == 0)
		rc = lapse_store_open(&store, "a");
	lapse_arena_init(&arena);
	return rc;
}

static int
tear_down(void **state)
{
	lapse_arena_release(&arena);
	lapse_store_free(store);
	return leave_scratch(state);
}

/* ---- records ---- */

static struct record
a_record(void)
{
	static const struct record_version versions[] = { { 3, { { 1, 2, 3 } } }, { 700, { { 4 } } } };
	static const struct record_fields fields[] = {
		{ 3, { "a summary", "NEW", "", NULL, "p", "c", "x@y", "x@y" }, { 1700000000 }, { INT64_MIN }, { -5 } },
		{ 700, { "a summary", "RESOLVED", "FIXED", "[x]", "p", "c", "x@y", "x@y" }, { 1700000000 }, { 1 }, { 0 } },
	};
	static struct history_who old = { 3, "x@y", NULL }, new = { 700, "z@y", &old };
	static const struct history_entry changes[] = {
		{ { { 1700000001 }, "x@y", "whiteboard", "", "[x]", -1, -1, NULL }, 3, &old },
		{ { { 1700000009 }, "z@y", "flagtypes.name", "needinfo?(a)", "", -1, 77, NULL }, 700, &new },
	};
	static const struct record_sight sights[] = {
		{ 3, 0, { 1700000000 }, "x@y", true, false, false, true, false },
		{ 700, 50400, { 1700000000 }, "z@y", false, true, true, false, true },
		{ 700, 0, { 1600000000 }, "", true, false, false, false, false },
	};
	static const struct record_post posts[] = { { 0, sights, 2 }, { INT64_C(9007199254740991), &sights[2], 1 } };

	return (struct record){ versions, 2, fields, 2, 3, RECORD_NEVER, changes, 2, posts, 2 };
}

static void
a_record_is_read_as_it_was_written(void **state)
{
	struct record record = a_record(), read;
	struct lapse_buf bytes, again;

	(void)state;
	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&again, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_record_encode(&bytes, &record), 0);
	assert_int_equal(lapse_record_decode(&read, &arena, (unsigned char *)bytes.data, bytes.len), 0);
	assert_int_equal(read.nversions, 2);
	assert_int_equal(read.versions[1].capture, 700);
	assert_memory_equal(&read.versions[0].tree, &record.versions[0].tree, sizeof(struct lapse_oid));
	assert_int_equal(read.nfields, 2);
	assert_null(read.fields[0].texts[RECORD_WHITEBOARD]);
	assert_string_equal(read.fields[0].texts[RECORD_RESOLUTION], "");
	assert_string_equal(read.fields[1].texts[RECORD_WHITEBOARD], "[x]");
	assert_false(lapse_time_is_set(read.fields[0].changed));
	assert_int_equal(read.fields[0].last_resolved.sec, -5);
	assert_int_equal(read.list_since, 3);
	assert_int_equal(read.history_since, RECORD_NEVER);
	assert_int_equal(read.nchanges, 2);
	assert_string_equal(read.changes[1].change.field, "flagtypes.name");
	assert_int_equal(read.changes[1].change.attachment, 77);
	assert_string_equal(read.changes[1].who->who, "z@y");
	assert_string_equal(read.changes[1].who->older->who, "x@y");
	assert_int_equal(read.nposts, 2);
	assert_int_equal(read.posts[1].number, INT64_C(9007199254740991));
	assert_int_equal(read.posts[1].sights[0].at.sec, 1600000000);
	assert_false(read.posts[0].sights[1].is_public);
	assert_true(read.posts[0].sights[1].is_generated && read.posts[0].sights[1].in_parts);
	assert_true(read.posts[0].sights[0].is_elsewhere && !read.posts[0].sights[1].is_elsewhere);
	assert_true(read.posts[0].sights[1].is_undated && !read.posts[1].sights[0].is_undated);
	assert_int_equal(read.posts[0].sights[1].slack, 50400);
	assert_int_equal(read.posts[1].sights[0].slack, 0);
	assert_int_equal(lapse_record_encode(&again, &read), 0);
	assert_int_equal(bytes.len, again.len);
	assert_memory_equal(bytes.data, again.data, bytes.len);
	lapse_buf_release(&bytes);
	lapse_buf_release(&again);
}

static void
a_record_that_is_cut_or_goes_on_is_refused(void **state)
{
	struct record record = a_record(), read;
	struct lapse_buf bytes;
	unsigned char *part;

	(void)state;
	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_record_encode(&bytes, &record), 0);
	for (size_t len = 0; len < bytes.len; len++) {
		part = malloc(len + 1);	/* of just that size, for the sanitizers */
		memcpy(part, bytes.data, len);
		assert_int_equal(lapse_record_decode(&read, &arena, part, len), LAPSE_EFORMAT);
		free(part);
	}
	assert_int_equal(lapse_buf_putc(&bytes, '\0'), 0);
	assert_int_equal(lapse_record_decode(&read, &arena, (unsigned char *)bytes.data, bytes.len), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "damaged bytes in the index");
	lapse_buf_release(&bytes);
}

/* ---- an index that lies ---- */

static void
import(const char *when, const char *answer)
{
	struct lapse_import_options options = { .source = "bmo", .stated = true };
	struct lapse_import_result result;
	char *paths[] = { (char[]){ "answer.json" } };
	FILE *file = fopen(paths[0], "w");

	assert_non_null(file);
	for (; *answer != '\0'; answer++)
		fputc(*answer == '\'' ? '"' : *answer, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(lapse_time_parse(&options.time, when), 0);
	if (lapse_import_bugzilla(&result, store, paths, 1, &options) < 0)
		fail_msg("%s", lapse_error());
	lapse_import_result_release(&result);
}

static struct index *
open_index(void)
{
	struct lapse_commit tip;
	struct index *index;

	assert_int_equal(lapse_store_tip(&tip, store), 1);
	assert_int_equal(lapse_index_open(&index, store, &tip, NULL), 0);
	lapse_commit_release(&tip);
	return index;
}

struct told {
	size_t n;
	char last[512];
};

static void
note(const char *path, const char *what, void *payload)
{
	struct told *told = payload;

	told->n++;
	snprintf(told->last, sizeof(told->last), "%s: %s", path, what);
}

static struct told
check(void)
{
	struct told told = { .n = 0 };

	assert_int_equal(lapse_index_check(store, note, &told, NULL), 0);
	return told;
}

/* Write the one segment again, with all sums right, and something in it changed: a thread's record, a capture's time, or a thread left out. */
enum lie { NO_LIE, LIE_RECORD, LIE_TIME, LIE_SCOPE, LIE_THREAD };

static void
tell_lie(enum lie lie)
{
	struct index *index = open_index();
	const struct segment *s = &index->segments[0];
	struct segment_writer w;
	struct segment written;
	const int64_t *list;
	struct lapse_ids ids;

	assert_int_equal(index->nsegments, 1);
	lapse_segment_begin(&w, false);
	for (size_t i = 0; i < s->nthreads; i++) {
		const unsigned char *bytes = lapse_segment_record(s, &s->threads[i]);
		unsigned char *copy = malloc(s->threads[i].length);
		char *found = NULL;

		memcpy(copy, bytes, s->threads[i].length);
		for (size_t k = 0; lie == LIE_RECORD && found == NULL && k + 3 < s->threads[i].length; k++)
			if (memcmp(copy + k, "NEW", 4) == 0)
				memcpy(found = (char *)copy + k, "OLD", 3);
		if (lie != LIE_THREAD || i > 0)
			lapse_segment_add_thread(&w, &s->threads[i], copy, s->threads[i].length);
		free(copy);
	}
	for (size_t i = 0; i < s->ncaptures; i++) {
		struct segment_capture c = s->captures[i];

		c.time += lie == LIE_TIME;
		lapse_segment_add_capture(&w, &c);
		for (int part = 0; part < SEGMENT_NLISTS; part++) {
			size_t n = lapse_segment_scope(&list, s, &s->captures[i], part);

			lapse_ids_init(&ids);
			for (size_t k = lie == LIE_SCOPE; k < n; k++)
				lapse_ids_add(&ids, list[k]);
			lapse_segment_add_scope(&w, part, &ids);
			lapse_ids_release(&ids);
		}
	}
	assert_int_equal(lapse_segment_add_source(&w, "bmo"), 0);
	assert_int_equal(lapse_segment_finish(&written, &w, &s->tip, &s->base, s->first), 0);
	lapse_segment_close(&written);
	lapse_index_free(index);
}

static void
an_index_that_lies_is_found_out_and_thrown_away(void **state)
{
	static const char *const words[] = { NULL, "threads/bmo/06/00/6: the index in the user's cache told something else",
	    "told of other captures", "told of other captures", "told of other threads" };

	(void)state;
	import("2024-01-10T00:00:00Z", "{'bugs':[{'id':5,'summary':'x','status':'NEW','comments':[]},"
	    "{'id':6,'summary':'y','status':'NEW','comments':[]}]}");
	assert_int_equal(check().n, 0);		/* there is none yet */
	for (enum lie lie = NO_LIE; lie <= LIE_THREAD; lie++) {
		struct told told;

		tell_lie(lie);
		told = check();
		assert_int_equal(told.n > 0, lie != NO_LIE);
		if (told.n > 0 && strstr(told.last, words[lie]) == NULL)
			fail_msg("%s", told.last);
		assert_int_equal(check().n, 0);	/* it is gone */
	}
}

static void
an_index_goes_on_from_where_it_ends(void **state)
{
	struct index *index;

	(void)state;
	for (int i = 0; i < 12; i++) {
		char when[32], answer[4096];
		size_t len = 0;

		/* The first brings many bugs, so that what comes after stays in files of its own. */
		len += (size_t)snprintf(answer + len, sizeof(answer) - len, "{'bugs':[{'id':1,'summary':'%d','comments':[]}", i);
		for (int k = 2; i == 0 && k < 90; k++)
			len += (size_t)snprintf(answer + len, sizeof(answer) - len, ",{'id':%d,'summary':'x'}", k);
		snprintf(answer + len, sizeof(answer) - len, "]}");
		snprintf(when, sizeof(when), "2024-01-%02dT00:00:00Z", i + 1);
		import(when, answer);
		index = open_index();
		assert_int_equal(index->ncaptures, i + 1);
		assert_true(index->nsegments <= 3);
		assert_true(i == 0 || index->nsegments >= 2);
		lapse_index_free(index);
		assert_int_equal(check().n, 0);
	}
	/* Files that the others were joined into are gone. */
	assert_true(atoi(output("ls lapse/index-4 | wc -l")) <= 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_record_is_read_as_it_was_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_record_that_is_cut_or_goes_on_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_index_that_lies_is_found_out_and_thrown_away, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_index_goes_on_from_where_it_ends, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
