/* JSON Patch: the examples of RFC 6902, what it refuses, and that a patch made of two documents leads from one to the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/patch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static json_t *
parse(const char *text)
{
	json_t *value;

	if (lapse_json_parse(&value, text, strlen(text), NULL) < 0)
		fail_msg("%s: %s", text, lapse_error());
	return value;
}

static char *
canon(const json_t *value)
{
	struct lapse_buf buf;

	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_canon_write(&buf, value), 0);
	return lapse_buf_detach(&buf);
}

/* ---- applying ---- */

struct row {
	const char *doc;
	const char *patch;
	const char *result;	/* NULL: it fails */
	const char *error;
};

/* RFC 6902 appendix A; A.13 is no JSON to us (a duplicate key). */
static const struct row appendix[] = {
	{ "{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]", "{\"baz\":\"qux\",\"foo\":\"bar\"}", NULL },
	{ "{\"foo\":[\"bar\",\"baz\"]}", "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]", "{\"foo\":[\"bar\",\"qux\",\"baz\"]}", NULL },
	{ "{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"remove\",\"path\":\"/baz\"}]", "{\"foo\":\"bar\"}", NULL },
	{ "{\"foo\":[\"bar\",\"qux\",\"baz\"]}", "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", "{\"foo\":[\"bar\",\"baz\"]}", NULL },
	{ "{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]", "{\"baz\":\"boo\",\"foo\":\"bar\"}", NULL },
	{ "{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
	    "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
	    "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}", NULL },
	{ "{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}", "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
	    "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}", NULL },
	{ "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}", "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]",
	    "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}", NULL },
	{ "{\"baz\":\"qux\"}", "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", NULL, "operation 1: test: the value is another one" },
	{ "{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]", "{\"child\":{\"grandchild\":{}},\"foo\":\"bar\"}", NULL },
	{ "{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]", "{\"baz\":\"qux\",\"foo\":\"bar\"}", NULL },
	{ "{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", NULL, "operation 1: add: \"path\": there is no 'baz'" },
	{ "{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]", "{\"/\":9,\"~1\":10}", NULL },
	{ "{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]", NULL, "operation 1: test: the value is another one" },
	{ "{\"foo\":[\"bar\"]}", "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]", "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}", NULL },
};

static const struct row more[] = {
	{ "1", "[]", "1", NULL },
	{ "{\"a\":1}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}]", "{\"a\":1,\"b\":1}", NULL },
	{ "{\"a\":1}", "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/b\"}]", "{\"a\":1,\"b\":{\"a\":1}}", NULL },
	{ "{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"\"}]", "1", NULL },
	{ "{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", "{\"a\":1}", NULL },
	{ "{\"a\":1}", "[{\"op\":\"move\",\"from\":\"\",\"path\":\"\"}]", "{\"a\":1}", NULL },
	{ "{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"\",\"value\":[2]}]", "[2]", NULL },
	{ "{\"\":{\"\":1}}", "[{\"op\":\"replace\",\"path\":\"//\",\"value\":2}]", "{\"\":{\"\":2}}", NULL },
	{ "[1,2]", "[{\"op\":\"add\",\"path\":\"/2\",\"value\":3}]", "[1,2,3]", NULL },
	{ "[1]", "[{\"op\":\"test\",\"path\":\"/0\",\"value\":1.0}]", "[1]", NULL },
	{ "{\"a\":null}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":null}]", "{\"a\":null}", NULL },

	{ "1", "{}", NULL, "a patch is an array of operations" },
	{ "1", "[1]", NULL, "operation 1: no \"op\"" },
	{ "1", "[{\"op\":\"spam\",\"path\":\"\"}]", NULL, "operation 1: no operation 'spam'" },
	{ "1", "[{\"op\":\"add\",\"path\":\"\"}]", NULL, "operation 1: add: no \"value\"" },
	{ "1", "[{\"op\":\"add\",\"value\":1}]", NULL, "operation 1: add: \"path\" is not a JSON Pointer" },
	{ "{}", "[{\"op\":\"add\",\"path\":\"a\",\"value\":1}]", NULL, "operation 1: add: \"path\" is not a JSON Pointer" },
	{ "{}", "[{\"op\":\"add\",\"path\":\"/a~\",\"value\":1}]", NULL, "operation 1: add: \"path\" is not a JSON Pointer: ~ without 0 or 1" },
	{ "{}", "[{\"op\":\"add\",\"path\":\"/a~2\",\"value\":1}]", NULL, "operation 1: add: \"path\" is not a JSON Pointer: ~ without 0 or 1" },
	{ "{}", "[{\"op\":\"add\",\"path\":\"/a\\u0000b\",\"value\":1}]", NULL, "operation 1: add: \"path\" is not a JSON Pointer" },
	{ "{}", "[{\"op\":\"move\",\"path\":\"/a\"}]", NULL, "operation 1: move: \"from\" is not a JSON Pointer" },
	{ "[1]", "[{\"op\":\"add\",\"path\":\"/2\",\"value\":3}]", NULL, "operation 1: add: \"path\": no place '2' in an array" },
	{ "[1]", "[{\"op\":\"add\",\"path\":\"/00\",\"value\":3}]", NULL, "operation 1: add: \"path\": no place '00' in an array" },
	{ "[1]", "[{\"op\":\"add\",\"path\":\"/-1\",\"value\":3}]", NULL, "operation 1: add: \"path\": no place '-1' in an array" },
	{ "[1]", "[{\"op\":\"add\",\"path\":\"/1e0\",\"value\":3}]", NULL, "operation 1: add: \"path\": no place '1e0' in an array" },
	{ "[1]", "[{\"op\":\"add\",\"path\":\"/18446744073709551616\",\"value\":3}]", NULL,
	    "operation 1: add: \"path\": no place '18446744073709551616' in an array" },
	{ "[1]", "[{\"op\":\"add\",\"path\":\"/\",\"value\":3}]", NULL, "operation 1: add: \"path\": no place '' in an array" },
	{ "[1]", "[{\"op\":\"remove\",\"path\":\"/1\"}]", NULL, "operation 1: remove: \"path\": there is no '1'" },
	{ "[1]", "[{\"op\":\"remove\",\"path\":\"/-\"}]", NULL, "operation 1: remove: \"path\": there is no '-'" },
	{ "[]", "[{\"op\":\"replace\",\"path\":\"/0\",\"value\":1}]", NULL, "operation 1: replace: \"path\": there is no '0'" },
	{ "{}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":1}]", NULL, "operation 1: replace: \"path\": there is no 'a'" },
	{ "{}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":null}]", NULL, "operation 1: test: \"path\": there is no 'a'" },
	{ "{}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}]", NULL, "operation 1: copy: \"from\": there is no 'a'" },
	{ "{}", "[{\"op\":\"remove\",\"path\":\"\"}]", NULL, "operation 1: remove: the whole document cannot be taken away" },
	{ "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":1}]", NULL,
	    "operation 1: add: \"path\": 'b' would be in something that is neither object nor array" },
	{ "{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]", NULL, "operation 1: move: a value cannot be moved into itself" },
	{ "{}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":1},{\"op\":\"test\",\"path\":\"/a\",\"value\":2}]", NULL,
	    "operation 2: test: the value is another one" },
};

static void
run_rows(const struct row *rows, size_t nrows)
{
	for (size_t i = 0; i < nrows; i++) {
		json_t *doc = parse(rows[i].doc), *patch = parse(rows[i].patch), *out;
		int rc = lapse_patch_apply(&out, doc, patch);
		char *text = out != NULL ? canon(out) : NULL;

		if (rows[i].result != NULL && (rc != 0 || strcmp(text, rows[i].result) != 0))
			fail_msg("%s: %s", rows[i].patch, rc < 0 ? lapse_error() : text);
		if (rows[i].result == NULL && (rc != LAPSE_EFORMAT || out != NULL || strcmp(lapse_error(), rows[i].error) != 0))
			fail_msg("%s: %s", rows[i].patch, rc < 0 ? lapse_error() : "applies");
		free(text);
		text = canon(doc);
		json_decref(doc);
		doc = parse(rows[i].doc);
		char *before = canon(doc);
		assert_string_equal(text, before);	/* what it was given is as it was */
		free(before);
		free(text);
		json_decref(doc);
		json_decref(patch);
		json_decref(out);
	}
}

static void
the_examples_of_the_rfc(void **state)
{
	(void)state;
	run_rows(appendix, COUNT(appendix));
}

static void
what_is_applied_and_what_is_refused(void **state)
{
	(void)state;
	run_rows(more, COUNT(more));
}

static void
a_patch_that_doubles_a_document_ends(void **state)
{
	json_t *doc = parse("[0]"), *patch = json_array(), *out;

	(void)state;
	for (int i = 0; i < 60; i++)
		json_array_append_new(patch, parse("{\"op\":\"copy\",\"from\":\"\",\"path\":\"/0\"}"));
	assert_int_equal(lapse_patch_apply(&out, doc, patch), LAPSE_ETOOBIG);
	assert_null(out);
	assert_non_null(strstr(lapse_error(), ": copy: more than 4194304 values are moved about"));
	json_decref(doc);
	json_decref(patch);
}

static void
a_patch_makes_no_document_that_could_not_be_read(void **state)
{
	json_t *doc = parse("{\"a\":0}"), *patch = json_array(), *out;

	(void)state;
	for (int i = 0; i < 2100; i++) {
		json_array_append_new(patch, parse("{\"op\":\"add\",\"path\":\"/b\",\"value\":{}}"));
		json_array_append_new(patch, parse("{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b/a\"}"));
		json_array_append_new(patch, parse("{\"op\":\"move\",\"from\":\"/b\",\"path\":\"/a\"}"));
	}
	assert_int_equal(lapse_patch_apply(&out, doc, patch), LAPSE_ETOOBIG);
	assert_non_null(strstr(lapse_error(), "values nested more than 2048 deep"));
	json_decref(doc);
	json_decref(patch);
}

/* ---- making ---- */

struct made {
	const char *a, *b;
	const char *patch;
};

static const struct made made[] = {
	{ "1", "1", "[]" },
	{ "1", "1.0", "[]" },
	{ "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "[]" },
	{ "1", "\"1\"", "[{\"op\":\"replace\",\"path\":\"\",\"value\":\"1\"}]" },
	{ "{}", "[]", "[{\"op\":\"replace\",\"path\":\"\",\"value\":[]}]" },
	{ "{\"a\":null}", "{}", "[{\"op\":\"remove\",\"path\":\"/a\"}]" },
	{ "{}", "{\"a\":null}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":null}]" },
	{ "{\"c\":1,\"a\":1}", "{\"b\":1,\"a\":2}",
	    "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":2},{\"op\":\"add\",\"path\":\"/b\",\"value\":1},{\"op\":\"remove\",\"path\":\"/c\"}]" },
	{ "{\"~a/b\":{\"\":1}}", "{\"~a/b\":{\"\":2}}", "[{\"op\":\"replace\",\"path\":\"/~0a~1b/\",\"value\":2}]" },
	{ "[1,2,3]", "[1,3]", "[{\"op\":\"remove\",\"path\":\"/1\"}]" },
	{ "[1,3]", "[1,2,3]", "[{\"op\":\"add\",\"path\":\"/1\",\"value\":2}]" },
	{ "[1,3,5,7]", "[1,2,3,4,5,6]",
	    "[{\"op\":\"add\",\"path\":\"/1\",\"value\":2},{\"op\":\"add\",\"path\":\"/3\",\"value\":4},{\"op\":\"replace\",\"path\":\"/5\",\"value\":6}]" },
	{ "[1,2,3]", "[]", "[{\"op\":\"remove\",\"path\":\"/0\"},{\"op\":\"remove\",\"path\":\"/0\"},{\"op\":\"remove\",\"path\":\"/0\"}]" },
	{ "[[{\"a\":1},2],3]", "[[{\"a\":2},2],3]", "[{\"op\":\"replace\",\"path\":\"/0/0/a\",\"value\":2}]" },
};

static void
patches_are_short_and_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(made); i++) {
		json_t *a = parse(made[i].a), *b = parse(made[i].b), *patch;
		char *text;

		assert_int_equal(lapse_patch_make(&patch, a, b), 0);
		text = canon(patch);
		if (strcmp(text, made[i].patch) != 0)
			fail_msg("%s to %s: %s", made[i].a, made[i].b, text);
		free(text);
		json_decref(a);
		json_decref(b);
		json_decref(patch);
	}
}

static unsigned
dice(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % n;
}

static json_t *
random_value(unsigned *seed, int depth)
{
	static const char *const keys[] = { "", "a", "b", "~", "/", "~1", "0", "-", "é", "a\"b" };
	unsigned kind = dice(seed, depth > 0 ? 8 : 6);
	json_t *value;

	if (kind >= 6) {
		value = kind == 6 ? json_array() : json_object();
		for (unsigned i = dice(seed, 7); i > 0; i--) {
			if (kind == 6)
				json_array_append_new(value, random_value(seed, depth - 1));
			else
				json_object_set_new(value, keys[dice(seed, COUNT(keys))], random_value(seed, depth - 1));
		}
		return value;
	}
	switch (kind) {
	case 0: return json_null();
	case 1: return json_boolean(dice(seed, 2));
	case 2: return json_real(dice(seed, 4));
	case 3: return json_integer(dice(seed, 4));
	default: return json_string(keys[dice(seed, COUNT(keys))]);
	}
}

static void
check_way(const json_t *a, const json_t *b)
{
	json_t *patch, *out;
	char *left, *right;

	assert_int_equal(lapse_patch_make(&patch, a, b), 0);
	if (lapse_patch_apply(&out, a, patch) < 0)
		fail_msg("%s", lapse_error());
	left = canon(out);
	right = canon(b);
	assert_string_equal(left, right);
	assert_int_equal(json_array_size(patch) == 0, lapse_json_equal(a, b));
	free(left);
	free(right);
	json_decref(patch);
	json_decref(out);
}

static void
a_patch_of_two_documents_leads_from_one_to_the_other(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		json_t *a = random_value(&seed, 5), *b = random_value(&seed, 5);

		check_way(a, b);
		check_way(b, a);
		check_way(a, a);
		json_decref(a);
		json_decref(b);
	}
}

/* Deep, long-keyed, long: what differs is found all the same, at a cost in proportion. */
static void
hostile_documents_are_compared_too(void **state)
{
	json_t *a = json_integer(1), *b = json_integer(2), *key_a, *key_b;
	char *key = malloc(100001);

	(void)state;
	memset(key, '/', 100000);
	key[100000] = '\0';
	for (int i = 0; i < 2000; i++) {
		json_t *outer = i % 2 ? json_array() : json_object(), *other = i % 2 ? json_array() : json_object();

		if (i % 2) {
			json_array_append_new(outer, a);
			json_array_append_new(other, b);
		} else {
			json_object_set_new(outer, "k", a);
			json_object_set_new(other, "k", b);
		}
		a = outer;
		b = other;
	}
	check_way(a, b);
	key_a = json_object();
	key_b = json_object();
	json_object_set_new(key_a, key, a);
	json_object_set_new(key_b, key, b);
	check_way(key_a, key_b);
	json_decref(key_a);
	json_decref(key_b);
	free(key);
	a = json_array();
	b = json_array();
	for (int i = 0; i < 50000; i++) {
		json_array_append_new(a, json_integer(i));
		json_array_append_new(b, json_integer(50000 - i));
	}
	check_way(a, b);
	json_decref(a);
	json_decref(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_rfc),
		cmocka_unit_test(what_is_applied_and_what_is_refused),
		cmocka_unit_test(a_patch_that_doubles_a_document_ends),
		cmocka_unit_test(a_patch_makes_no_document_that_could_not_be_read),
		cmocka_unit_test(patches_are_short_and_in_order),
		cmocka_unit_test(a_patch_of_two_documents_leads_from_one_to_the_other),
		cmocka_unit_test(hostile_documents_are_compared_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
