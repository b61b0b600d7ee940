/* Documents to structs and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <inttypes.h>

#include "unit/documents.h"

#include "lapse/codec.h"
#include "arena.h"

/* ---- fields ---- */

static void
a_bugs_fields_are_read(void **state)
{
	json_t *doc = quoted("{'id':5,'summary':'S','status':'NEW','resolution':'','whiteboard':'[w]','product':'P','component':'C',"
	    "'creator':'a@x.example','assigned_to':'b@x.example','creation_time':'2024-05-08T09:30:00Z',"
	    "'cf_last_resolved':'2024-05-09T00:00:00Z','more':{'deep':[1]}}");
	struct lapse_thread thread = { 0 };

	(void)state;
	assert_int_equal(lapse_codec_fields(&thread, &arena, doc), 0);
	json_decref(doc);
	assert_string_equal(thread.summary, "S");
	assert_string_equal(thread.status, "NEW");
	assert_string_equal(thread.resolution, "");
	assert_string_equal(thread.whiteboard, "[w]");
	assert_string_equal(thread.product, "P");
	assert_string_equal(thread.component, "C");
	assert_string_equal(thread.creator, "a@x.example");
	assert_string_equal(thread.assigned_to, "b@x.example");
	assert_int_equal(thread.created.sec, at("2024-05-08T09:30:00Z").sec);
	assert_int_equal(thread.last_resolved.sec, at("2024-05-09T00:00:00Z").sec);
}

static void
fields_that_are_absent_or_no_text_are_none(void **state)
{
	static const char *const docs[] = {
		"{}", "{'summary':null,'status':null,'creation_time':null,'cf_last_resolved':null}",
		"{'summary':1,'status':['NEW'],'resolution':{},'whiteboard':true,'product':0,'component':[],'creator':{},'assigned_to':false,"
		"'creation_time':1715160600,'cf_last_resolved':[]}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(docs); i++) {
		struct lapse_thread t = { .summary = "x", .created = { 1 }, .last_resolved = { 1 } };
		json_t *doc = quoted(docs[i]);

		assert_int_equal(lapse_codec_fields(&t, &arena, doc), 0);
		json_decref(doc);
		assert_null(t.summary);
		assert_null(t.status);
		assert_null(t.resolution);
		assert_null(t.whiteboard);
		assert_null(t.product);
		assert_null(t.component);
		assert_null(t.creator);
		assert_null(t.assigned_to);
		assert_false(lapse_time_is_set(t.created));
		assert_false(lapse_time_is_set(t.last_resolved));
	}
}

struct wrong {
	const char *doc;	/* ' for " */
	const char *error;
};

static void
fields_that_are_wrong_are_named(void **state)
{
	static const struct wrong rows[] = {
		{ "[]", "not an object" },
		{ "'x'", "not an object" },
		{ "{'creation_time':'yesterday'}", "creation_time: not a time: 'yesterday'" },
		{ "{'creation_time':''}", "creation_time: not a time: ''" },
		{ "{'cf_last_resolved':'2024-05-08'}", "cf_last_resolved: not a time: '2024-05-08'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_thread thread = { 0 };
		json_t *doc = quoted(rows[i].doc);

		assert_int_equal(lapse_codec_fields(&thread, &arena, doc), LAPSE_EFORMAT);
		assert_string_equal(lapse_error(), rows[i].error);
		json_decref(doc);
	}
}

/* ---- posts ---- */

static struct lapse_post
post_of(const char *text, bool with_text)
{
	struct lapse_post post = { .in_parts = true };
	json_t *doc = quoted(text);

	if (lapse_codec_post(&post, &arena, doc, with_text) < 0)
		fail_msg("%s: %s", text, lapse_error());
	json_decref(doc);
	assert_true(post.in_parts);
	return post;
}

static void
a_post_is_read(void **state)
{
	static const char doc[] = "{'count':12,'creation_time':'2024-05-08T09:30:00Z','time':'2000-01-01T00:00:00Z','author':'a@x.example',"
	    "'creator':'b@x.example','text':'words','is_private':false,'bug_id':5}";
	struct lapse_post post = post_of(doc, true);

	(void)state;
	assert_int_equal(post.number, 12);
	assert_int_equal(post.at.sec, at("2024-05-08T09:30:00Z").sec);
	assert_string_equal(post.author, "a@x.example");
	assert_string_equal(post.text, "words");
	assert_true(post.is_public);
	assert_false(post.is_generated);
	post = post_of(doc, false);
	assert_string_equal(post.text, "");
}

static void
bugzillas_differ_in_the_keys_that_they_send(void **state)
{
	struct lapse_post post = post_of("{'count':0,'time':'2024-05-08T09:30:00Z','creator':'b@x.example'}", true);

	(void)state;
	assert_int_equal(post.at.sec, at("2024-05-08T09:30:00Z").sec);
	assert_string_equal(post.author, "b@x.example");
	assert_string_equal(post.text, "");
	post = post_of("{'count':0,'creation_time':null,'time':'2024-05-08T09:30:00Z','author':null}", true);
	assert_int_equal(post.at.sec, at("2024-05-08T09:30:00Z").sec);
	assert_string_equal(post.author, "");
}

static void
only_true_is_private(void **state)
{
	(void)state;
	assert_false(post_of("{'count':0,'time':'2024-05-08T09:30:00Z','is_private':true}", true).is_public);
	assert_true(post_of("{'count':0,'time':'2024-05-08T09:30:00Z','is_private':null}", true).is_public);
	assert_true(post_of("{'count':0,'time':'2024-05-08T09:30:00Z'}", true).is_public);
}

static void
what_the_server_wrote_is_told_even_when_texts_are_not_kept(void **state)
{
	static const struct {
		const char *text;
		bool generated;
	} rows[] = {
		{ "*** This bug has been marked as a duplicate of bug 7 ***", true },
		{ "\\n\\n*** This bug has been marked as a duplicate of bug 1888882 ***\\n ", true },
		{ "*** Bug 7 has been marked as a duplicate of this bug. ***", true },
		{ "*** Bug 7 has been marked as a duplicate of this bug. *** Sorry", false },
		{ "Sorry\\n*** Bug 7 has been marked as a duplicate of this bug. ***", false },
		{ "*** Bug x has been marked as a duplicate of this bug. ***", false },
		{ "*** Bug  has been marked as a duplicate of this bug. ***", false },
		{ "*** Bug 7 has been marked as a duplicate of this bug ***", false },
		{ "", false }, { "*", false }, { "***", false },
	};
	char doc[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(doc, sizeof(doc), "{'count':1,'time':'2024-05-08T09:30:00Z','text':'%s'}", rows[i].text);
		assert_true(post_of(doc, true).is_generated == rows[i].generated);
		assert_true(post_of(doc, false).is_generated == rows[i].generated);
	}
}

/* A NUL is a character like any other: what stands before it must not be taken for the whole. */
static void
a_nul_ends_no_text(void **state)
{
	struct lapse_post post = post_of("{'count':1,'time':'2024-05-08T09:30:00Z','author':'pki@ca.example\\u0000.evil.example',"
	    "'text':'*** Bug 7 has been marked as a duplicate of this bug. ***\\u0000 not at all'}", true);

	(void)state;
	assert_string_not_equal(post.author, "pki@ca.example");
	assert_false(post.is_generated);
}

static void
posts_that_are_wrong_are_named(void **state)
{
	static const struct wrong rows[] = {
		{ "{}", "\"count\" is not a number from 0" },
		{ "[]", "\"count\" is not a number from 0" },
		{ "{'count':'0','time':'2024-05-08T09:30:00Z'}", "\"count\" is not a number from 0" },
		{ "{'count':-1,'time':'2024-05-08T09:30:00Z'}", "\"count\" is not a number from 0" },
		{ "{'count':0.5,'time':'2024-05-08T09:30:00Z'}", "\"count\" is not a number from 0" },
		{ "{'count':1e300,'time':'2024-05-08T09:30:00Z'}", "\"count\" is not a number from 0" },
		{ "{'count':9007199254740992,'time':'2024-05-08T09:30:00Z'}", "\"count\" is not a number from 0" },
		{ "{'count':0}", "no \"creation_time\"" },
		{ "{'count':0,'creation_time':5,'time':null}", "no \"creation_time\"" },
		{ "{'count':0,'creation_time':'2024-05-08'}", "creation_time: not a time: '2024-05-08'" },
		{ "{'count':0,'time':'2024-05-08T24:00:00Z'}", "creation_time: not a time: '2024-05-08T24:00:00Z'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_post post = { 0 };
		json_t *doc = quoted(rows[i].doc);

		if (lapse_codec_post(&post, &arena, doc, true) != LAPSE_EFORMAT)
			fail_msg("%s is taken", rows[i].doc);
		assert_string_equal(lapse_error(), rows[i].error);
		json_decref(doc);
	}
	assert_int_equal(post_of("{'count':9007199254740991,'time':'2024-05-08T09:30:00Z'}", true).number, INT64_C(9007199254740991));
}

/* ---- changes ---- */

static void
changes_are_listed_one_by_one_in_their_order(void **state)
{
	json_t *doc = quoted("{'history':[{'when':'2024-05-09T00:00:00Z','who':'a@x.example','changes':["
	    "{'field_name':'status','removed':'NEW','added':'RESOLVED','more':1},{'field_name':'resolution','removed':'','added':'FIXED'}]},"
	    "{'when':'2024-05-08T00:00:00Z','changes':[]},"
	    "{'when':'2024-05-08T00:00:00Z','who':7,'changes':[{'field_name':'cc','removed':null}]}]}");
	struct lapse_change *changes;
	size_t n;

	(void)state;
	assert_int_equal(lapse_codec_changes(&changes, &n, &arena, doc), 0);
	json_decref(doc);
	assert_int_equal(n, 3);
	assert_string_equal(changes[0].field, "status");
	assert_string_equal(changes[0].removed, "NEW");
	assert_string_equal(changes[0].added, "RESOLVED");
	assert_string_equal(changes[0].who, "a@x.example");
	assert_int_equal(changes[0].at.sec, at("2024-05-09T00:00:00Z").sec);
	assert_string_equal(changes[1].field, "resolution");
	assert_string_equal(changes[1].who, "a@x.example");
	assert_int_equal(changes[1].at.sec, at("2024-05-09T00:00:00Z").sec);
	assert_string_equal(changes[2].field, "cc");
	assert_string_equal(changes[2].removed, "");
	assert_string_equal(changes[2].added, "");
	assert_string_equal(changes[2].who, "");
	assert_int_equal(changes[2].at.sec, at("2024-05-08T00:00:00Z").sec);
}

static void
changes_that_are_wrong_are_named(void **state)
{
	static const struct wrong rows[] = {
		{ "{}", "no list \"history\"" },
		{ "[]", "no list \"history\"" },
		{ "{'history':{}}", "no list \"history\"" },
		{ "{'history':[7]}", "an item without \"when\" or \"changes\"" },
		{ "{'history':[{'changes':[]}]}", "an item without \"when\" or \"changes\"" },
		{ "{'history':[{'when':'2024-05-08T00:00:00Z'}]}", "an item without \"when\" or \"changes\"" },
		{ "{'history':[{'when':'2024-05-08T00:00:00Z','changes':{}}]}", "an item without \"when\" or \"changes\"" },
		{ "{'history':[{'when':'soon','changes':[]}]}", "not a time: 'soon'" },
		{ "{'history':[{'when':'2024-05-08T00:00:00Z','changes':[{}]}]}", "a change without \"field_name\"" },
		{ "{'history':[{'when':'2024-05-08T00:00:00Z','changes':[[]]}]}", "a change without \"field_name\"" },
	};
	struct lapse_change *changes;
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *doc = quoted(rows[i].doc);

		if (lapse_codec_changes(&changes, &n, &arena, doc) != LAPSE_EFORMAT)
			fail_msg("%s is taken", rows[i].doc);
		assert_string_equal(lapse_error(), rows[i].error);
		json_decref(doc);
	}
}

/* ---- lists ---- */

static void
lists_go_there_and_back(void **state)
{
	static const struct wrong rows[] = {
		{ "{}", "no list \"numbers\"" },
		{ "{'numbers':{}}", "no list \"numbers\"" },
		{ "{'numbers':[1,'2']}", "\"numbers\" holds something that is no number from 0" },
		{ "{'numbers':[-1]}", "\"numbers\" holds something that is no number from 0" },
		{ "{'numbers':[1.5]}", "\"numbers\" holds something that is no number from 0" },
	};
	struct lapse_ids ids, back;
	struct lapse_buf bytes;
	json_t *doc;

	(void)state;
	lapse_ids_init(&ids);
	lapse_buf_init(&bytes, 4096);
	lapse_ids_add(&ids, 0);
	lapse_ids_add(&ids, 12);
	lapse_ids_add(&ids, INT64_C(9007199254740991));
	doc = lapse_codec_list_encode(&ids);
	assert_int_equal(lapse_canon_write(&bytes, doc), 0);
	assert_string_equal(bytes.data, "{\"numbers\":[0,12,9007199254740991]}");
	json_decref(doc);
	doc = document(bytes.data);
	assert_int_equal(lapse_codec_list_decode(&back, doc), 0);
	json_decref(doc);
	assert_int_equal(back.nitems, 3);
	assert_memory_equal(back.items, ids.items, 3 * sizeof(*ids.items));
	lapse_ids_release(&back);
	lapse_ids_release(&ids);
	lapse_buf_release(&bytes);
	for (size_t i = 0; i < COUNT(rows); i++) {
		doc = quoted(rows[i].doc);
		if (lapse_codec_list_decode(&back, doc) != LAPSE_EFORMAT)
			fail_msg("%s is taken", rows[i].doc);
		assert_string_equal(lapse_error(), rows[i].error);
		lapse_ids_release(&back);
		json_decref(doc);
	}
}

/* ---- captures ---- */

static const char record[] = "{\"asked\":null,\"counts\":{\"attachments\":4,\"bugs\":1,\"changes\":3,\"comments\":2,\"in_two_versions\":6,\"people\":5},"
    "\"format\":\"lapse-capture-1\",\"kind\":\"bugzilla\",\"lapse\":\"" LAPSE_VERSION "\",\"scope\":{\"attachments\":[],\"bugs\":[5,7],"
    "\"comments\":[7],\"history\":[9007199254740991]},\"source\":\"bmo\",\"time\":\"2024-05-08T09:30:00Z\",\"time_is\":\"stated\"}";

static void
a_captures_record_goes_there_and_back(void **state)
{
	struct lapse_capture capture, back;
	struct lapse_buf bytes;
	json_t *doc;

	(void)state;
	lapse_capture_init(&capture);
	snprintf(capture.source, sizeof(capture.source), "bmo");
	snprintf(capture.kind, sizeof(capture.kind), "bugzilla");
	capture.time = at("2024-05-08T09:30:00Z");
	capture.stated = true;
	for (int part = 0; part < LAPSE_NPARTS; part++)
		capture.counts[part] = part + 1;
	capture.people = 5;
	capture.versions = 6;
	lapse_ids_add(&capture.scope[LAPSE_PART_BUGS], 5);
	lapse_ids_add(&capture.scope[LAPSE_PART_BUGS], 7);
	lapse_ids_add(&capture.scope[LAPSE_PART_COMMENTS], 7);
	lapse_ids_add(&capture.scope[LAPSE_PART_HISTORY], INT64_C(9007199254740991));
	doc = lapse_codec_capture_encode(&capture);
	lapse_buf_init(&bytes, 4096);
	assert_int_equal(lapse_canon_write(&bytes, doc), 0);
	assert_string_equal(bytes.data, record);
	json_decref(doc);
	lapse_buf_release(&bytes);

	doc = document(record);
	assert_int_equal(lapse_codec_capture_decode(&back, doc), 0);
	json_decref(doc);
	assert_string_equal(back.source, "bmo");
	assert_string_equal(back.kind, "bugzilla");
	assert_int_equal(back.time.sec, capture.time.sec);
	assert_true(back.stated);
	assert_memory_equal(back.counts, capture.counts, sizeof(back.counts));
	assert_int_equal(back.people, 5);
	assert_int_equal(back.versions, 6);
	for (int part = 0; part < LAPSE_NPARTS; part++) {
		assert_int_equal(back.scope[part].nitems, capture.scope[part].nitems);
		for (size_t i = 0; i < back.scope[part].nitems; i++)
			assert_int_equal(back.scope[part].items[i], capture.scope[part].items[i]);
	}
	lapse_capture_release(&back);
	lapse_capture_release(&capture);
}

/* The record with one thing else: jansson parses, `key` is set to `value` (NULL: taken out). */
static json_t *
record_with(const char *key, const char *value)
{
	json_t *doc = document(record);

	if (value == NULL)
		json_object_del(doc, key);
	else
		json_object_set_new(doc, key, quoted(value));
	return doc;
}

static void
records_that_are_wrong_are_named(void **state)
{
	static const struct {
		const char *key;
		const char *value;
		const char *error;
	} rows[] = {
		{ "format", NULL, "no \"format\"; it should be \"lapse-capture-1\"" },
		{ "format", "'lapse-capture-2'", "format \"lapse-capture-2\", not \"lapse-capture-1\"" },
		{ "source", NULL, "no usable \"source\"" },
		{ "source", "5", "no usable \"source\"" },
		{ "source", "'0123456789012345678901234567890123456789012345678901234567890123x'", "no usable \"source\"" },
		{ "kind", NULL, "no usable \"kind\"" },
		{ "kind", "'a kind that is far too long'", "no usable \"kind\"" },
		{ "time", NULL, "no usable \"time\"" },
		{ "time", "'2024-05-08'", "no usable \"time\"" },
		{ "time_is", NULL, "\"time_is\" is neither \"stated\" nor \"observed\"" },
		{ "time_is", "'guessed'", "\"time_is\" is neither \"stated\" nor \"observed\"" },
		{ "scope", NULL, "no list \"bugs\"" },
		{ "scope", "{'bugs':[],'comments':[],'history':[]}", "no list \"attachments\"" },
		{ "scope", "{'bugs':['5']}", "\"bugs\" holds something that is no number from 0" },
	};
	struct lapse_capture capture;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *doc = record_with(rows[i].key, rows[i].value);

		if (lapse_codec_capture_decode(&capture, doc) != LAPSE_EFORMAT)
			fail_msg("%s %s is taken", rows[i].key, rows[i].value != NULL ? rows[i].value : "absent");
		assert_string_equal(lapse_error(), rows[i].error);
		lapse_capture_release(&capture);
		json_decref(doc);
	}
}

static void
a_record_from_the_network_goes_there_and_back(void **state)
{
	static const char asked[] = "{'rest':'https://x.example/rest/','query':'product=A','requests':7,'again':2,'pages':3}";
	static const struct { const char *key, *value; } more[] = {
		{ "authenticated", "true" }, { "complete", "false" }, { "server_time", "'2024-05-08T09:29:00Z'" }, { "listed", "null" },
		{ "total", "12" }, { "unchanged", "true" }, { "due", "[7]" }, { "outside", "[3,5]" },
		{ "not_visible", "{'3':102,'5':null}" },
		{ "recheck", "{'threads':9,'by_edit_counts':2,'not_modified':{'0123456789012345678901234567890123456789':[2,4],"
		    "'abcdefabcdefabcdefabcdefabcdefabcdefabcd':[8]}}" },
	};
	struct lapse_capture capture;
	struct lapse_buf bytes, same;
	json_t *doc = record_with("asked", asked), *again;

	(void)state;
	for (size_t i = 0; i < COUNT(more); i++)
		json_object_set_new(doc, more[i].key, quoted(more[i].value));
	assert_int_equal(lapse_codec_capture_decode(&capture, doc), 0);
	assert_string_equal(capture.asked.rest, "https://x.example/rest/");
	assert_int_equal(capture.asked.requests, 7);
	assert_int_equal(capture.asked.server_time.sec, at("2024-05-08T09:29:00Z").sec);
	assert_false(lapse_time_is_set(capture.asked.listed));
	assert_true(capture.asked.authenticated && capture.asked.unchanged && !capture.asked.complete);
	assert_int_equal(capture.asked.nhidden, 2);
	assert_int_equal(capture.asked.hidden[0].code, 102);
	assert_string_equal(lapse_stood_find(&capture.asked, 8), "abcdefabcdefabcdefabcdefabcdefabcdefabcd");
	assert_null(lapse_stood_find(&capture.asked, 3));
	again = lapse_codec_capture_encode(&capture);
	json_object_set(doc, "lapse", json_object_get(again, "lapse"));
	lapse_buf_init(&bytes, 4096);
	lapse_buf_init(&same, 4096);
	assert_int_equal(lapse_canon_write(&bytes, doc) + lapse_canon_write(&same, again), 0);
	assert_string_equal(bytes.data, same.data);
	lapse_buf_release(&bytes);
	lapse_buf_release(&same);
	json_decref(again);
	lapse_capture_release(&capture);
	json_object_set_new(doc, "not_visible", quoted("{'x':102}"));
	assert_int_equal(lapse_codec_capture_decode(&capture, doc), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "\"not_visible\" holds a key that is no number");
	lapse_capture_release(&capture);
	json_object_set_new(doc, "not_visible", quoted("{}"));
	json_object_set_new(doc, "recheck", quoted("{'not_modified':{'HEAD':[8]}}"));
	assert_int_equal(lapse_codec_capture_decode(&capture, doc), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "\"not_modified\" holds a key that is no commit");
	lapse_capture_release(&capture);
	json_decref(doc);
}

static void
what_is_hidden_is_listed_by_number(void **state)
{
	struct lapse_asked asked = { .total = -1 };

	(void)state;
	lapse_hidden_set(&asked, 7, 102);
	lapse_hidden_set(&asked, 3, 0);
	lapse_hidden_set(&asked, 5, 101);
	lapse_hidden_set(&asked, 3, 404);
	lapse_hidden_set(&asked, 7, 0);
	assert_int_equal(asked.nhidden, 3);
	assert_int_equal(asked.hidden[0].id, 3);
	assert_int_equal(asked.hidden[0].code, 404);
	assert_int_equal(asked.hidden[2].code, 102);
	lapse_hidden_clear(&asked, 4);
	lapse_hidden_clear(&asked, 5);
	assert_int_equal(asked.nhidden, 2);
	assert_int_equal(asked.hidden[1].id, 7);
	free(asked.hidden);
}

static void
what_a_record_may_lack_is_nothing(void **state)
{
	json_t *doc = record_with("counts", NULL);
	struct lapse_capture capture;

	(void)state;
	json_object_del(doc, "lapse");
	json_object_set_new(doc, "novel", json_true());
	json_object_set_new(doc, "time_is", json_string("observed"));
	json_object_set_new(json_object_get(doc, "scope"), "bugs", quoted("[7,5,7]"));
	assert_int_equal(lapse_codec_capture_decode(&capture, doc), 0);
	json_decref(doc);
	assert_false(capture.stated);
	assert_int_equal(capture.counts[LAPSE_PART_BUGS], 0);
	assert_int_equal(capture.people, 0);
	assert_int_equal(capture.scope[LAPSE_PART_BUGS].nitems, 2);
	assert_true(lapse_ids_has(&capture.scope[LAPSE_PART_BUGS], 5));
	lapse_capture_release(&capture);
}

/* ---- sources, the archive ---- */

static void
a_source_with_a_search_goes_there_and_back(void **state)
{
	static const char all[] = "{'evidence':false,'format':'lapse-source-1','kind':'bugzilla','name':'bmo','query':[['product','A']],"
	    "'recheck':'open','rest':'https://x.example/rest/','stopped':true,'url':'https://x.example/'}";
	static const char few[] = "{'format':'lapse-source-1','kind':'bugzilla','name':'bmo','url':null}";
	struct lapse_source source;
	json_t *doc = quoted(all), *again;

	(void)state;
	assert_int_equal(lapse_codec_source_read(&source, doc), 0);
	assert_string_equal(source.rest, "https://x.example/rest/");
	assert_string_equal(source.recheck, "open");
	assert_false(source.evidence);
	assert_true(source.stopped);
	again = lapse_codec_source_write(&source);
	assert_true(json_equal(doc, again));
	json_decref(again);
	json_decref(doc);
	doc = quoted(few);
	assert_int_equal(lapse_codec_source_read(&source, doc), 0);
	assert_null(source.rest);
	assert_true(source.evidence);
	assert_false(source.stopped);
	again = lapse_codec_source_write(&source);
	assert_true(json_equal(doc, again));
	json_decref(again);
	json_decref(doc);
}

static void
a_source_goes_there_and_back(void **state)
{
	static const struct wrong rows[] = {
		{ "{}", "no \"format\"; it should be \"lapse-source-1\"" },
		{ "[]", "no \"format\"; it should be \"lapse-source-1\"" },
		{ "{'format':7}", "no \"format\"; it should be \"lapse-source-1\"" },
		{ "{'format':'lapse-source-2','name':'a','kind':'b'}", "format \"lapse-source-2\", not \"lapse-source-1\"" },
		{ "{'format':'lapse-source-1','name':'a'}", "no \"name\" or no \"kind\"" },
		{ "{'format':'lapse-source-1','kind':'b'}", "no \"name\" or no \"kind\"" },
	};
	const char *name, *kind, *url;
	struct lapse_buf bytes;
	json_t *doc = lapse_codec_source_encode("bmo", "bugzilla", NULL);

	(void)state;
	lapse_buf_init(&bytes, 4096);
	assert_int_equal(lapse_canon_write(&bytes, doc), 0);
	assert_string_equal(bytes.data, "{\"format\":\"lapse-source-1\",\"kind\":\"bugzilla\",\"name\":\"bmo\",\"url\":null}");
	assert_int_equal(lapse_codec_source_decode(&name, &kind, &url, doc), 0);
	assert_string_equal(name, "bmo");
	assert_string_equal(kind, "bugzilla");
	assert_null(url);
	json_decref(doc);
	doc = lapse_codec_source_encode("bmo", "bugzilla", "https://x.example/");
	assert_int_equal(lapse_codec_source_decode(&name, &kind, &url, doc), 0);
	assert_string_equal(url, "https://x.example/");
	json_decref(doc);
	lapse_buf_release(&bytes);
	for (size_t i = 0; i < COUNT(rows); i++) {
		doc = quoted(rows[i].doc);
		assert_int_equal(lapse_codec_source_decode(&name, &kind, &url, doc), LAPSE_EFORMAT);
		assert_string_equal(lapse_error(), rows[i].error);
		json_decref(doc);
	}
}

static void
an_archive_says_its_format(void **state)
{
	json_t *doc = lapse_codec_archive_encode();

	(void)state;
	assert_int_equal(lapse_codec_format(doc, LAPSE_FORMAT_ARCHIVE), 0);
	assert_int_equal(lapse_codec_format(doc, "lapse-archive-2"), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "format \"lapse-archive-1\", not \"lapse-archive-2\"");
	json_decref(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bugs_fields_are_read),
		cmocka_unit_test(fields_that_are_absent_or_no_text_are_none),
		cmocka_unit_test(fields_that_are_wrong_are_named),
		cmocka_unit_test(a_post_is_read),
		cmocka_unit_test(bugzillas_differ_in_the_keys_that_they_send),
		cmocka_unit_test(only_true_is_private),
		cmocka_unit_test(what_the_server_wrote_is_told_even_when_texts_are_not_kept),
		cmocka_unit_test(a_nul_ends_no_text),
		cmocka_unit_test(posts_that_are_wrong_are_named),
		cmocka_unit_test(changes_are_listed_one_by_one_in_their_order),
		cmocka_unit_test(changes_that_are_wrong_are_named),
		cmocka_unit_test(lists_go_there_and_back),
		cmocka_unit_test(a_captures_record_goes_there_and_back),
		cmocka_unit_test(records_that_are_wrong_are_named),
		cmocka_unit_test(a_record_from_the_network_goes_there_and_back),
		cmocka_unit_test(what_is_hidden_is_listed_by_number),
		cmocka_unit_test(what_a_record_may_lack_is_nothing),
		cmocka_unit_test(a_source_with_a_search_goes_there_and_back),
		cmocka_unit_test(a_source_goes_there_and_back),
		cmocka_unit_test(an_archive_says_its_format),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
