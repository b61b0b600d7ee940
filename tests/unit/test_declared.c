/* What a source declares, and which differences that explains. Times in the tables are seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "../../lib/replay/event_declared.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct renames nobody;

/* ---- renames ---- */

static void
renamed(struct renames *renames, const char *const (*pairs)[2], size_t n)
{
	*renames = (struct renames){ 0 };
	for (size_t i = 0; i < n; i++)
		lapse_renames_add(renames, pairs[i][0], pairs[i][1]);
	lapse_renames_sort(renames);
}

static void
a_login_is_called_what_its_last_rename_says(void **state)
{
	static const char *const pairs[][2] = { { "b", "c" }, { "a", "b" }, { "x", "y" }, { "x", "z" } };
	struct renames renames;

	(void)state;
	renamed(&renames, pairs, COUNT(pairs));
	assert_string_equal(lapse_renames_login(&renames, "a"), "c");
	assert_string_equal(lapse_renames_login(&renames, "b"), "c");
	assert_string_equal(lapse_renames_login(&renames, "c"), "c");
	assert_string_equal(lapse_renames_login(&renames, "x"), "z");
	assert_string_equal(lapse_renames_login(&renames, "w"), "w");
	assert_string_equal(lapse_renames_login(&nobody, "a"), "a");
	free(renames.items);
}

static void
all_of_a_circle_of_renames_have_one_name(void **state)
{
	static const char *const pairs[][2] = { { "b", "c" }, { "c", "a" }, { "a", "b" }, { "z", "b" } };
	static const char *const back[][2] = { { "new", "old" }, { "old", "new" } };
	struct renames renames;

	(void)state;
	renamed(&renames, pairs, COUNT(pairs));
	assert_string_equal(lapse_renames_login(&renames, "a"), "a");
	assert_string_equal(lapse_renames_login(&renames, "b"), "a");
	assert_string_equal(lapse_renames_login(&renames, "c"), "a");
	assert_string_equal(lapse_renames_login(&renames, "z"), "a");
	free(renames.items);
	renamed(&renames, back, COUNT(back));
	assert_string_equal(lapse_renames_login(&renames, "old"), lapse_renames_login(&renames, "new"));
	free(renames.items);
}

static void
a_flag_asks_somebody_by_todays_login(void **state)
{
	static const char *const pairs[][2] = { { "old@x", "new@x" } };
	static const char *const texts[][2] = {
		{ "needinfo?(old@x)", "needinfo?(new@x)" }, { "needinfo?(other@x)", "needinfo?(other@x)" },
		{ "needinfo?", "needinfo?" }, { "old@x", "new@x" }, { "", "" }, { ")", ")" }, { "()", "()" },
		{ "old@x)", "old@x)" }, { "(old@x)", "(new@x)" }, { "review+(old@x", "review+(old@x" },
	};
	struct lapse_arena arena;
	struct renames renames;

	(void)state;
	lapse_arena_init(&arena);
	renamed(&renames, pairs, COUNT(pairs));
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_string_equal(lapse_renames_text(&renames, &arena, texts[i][0]), texts[i][1]);
	free(renames.items);
	lapse_arena_release(&arena);
}

/* ---- values ---- */

struct entry {
	int64_t at;
	const char *field, *removed, *added;
	int64_t post;		/* 0: about none */
	int64_t attachment;
};

#define MAX_ENTRIES 6

static size_t
lay_out(struct declared *declared, struct lapse_change *changes, const struct entry *entries)
{
	size_t n = 0;

	for (; n < MAX_ENTRIES && entries[n].field != NULL; n++) {
		const struct entry *e = &entries[n];

		changes[n] = (struct lapse_change){ .at = { e->at }, .who = "w", .field = e->field, .removed = e->removed,
		    .added = e->added, .post = e->post != 0 ? e->post : -1,
		    .attachment = e->attachment != 0 ? e->attachment : -1 };
	}
	lapse_declared_init(declared, changes, n);
	return n;
}

#define LONG_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_B LONG_A ", " LONG_A " " LONG_A ", " LONG_A
#define LONG_C LONG_A " " LONG_A ", " LONG_A LONG_A

struct value_case {
	const char *name;
	struct entry entries[MAX_ENTRIES];
	const char *field, *from, *to;
	bool declared;
};

static const struct value_case values[] = {
	{ "one entry says it", { { 10, "status", "A", "B", 0, 0 } }, "status", "A", "B", true },
	{ "nothing says it", { { 0, NULL, NULL, NULL, 0, 0 } }, "status", "A", "B", false },
	{ "an entry of another field says nothing", { { 10, "priority", "A", "B", 0, 0 } }, "status", "A", "B", false },
	{ "an entry of another beginning says nothing", { { 10, "status", "X", "B", 0, 0 } }, "status", "A", "B", false },
	{ "an entry of another end says nothing", { { 10, "status", "A", "X", 0, 0 } }, "status", "A", "B", false },
	{ "an entry the other way round says nothing", { { 10, "status", "B", "A", 0, 0 } }, "status", "A", "B", false },
	{ "two in a row lead from one to the other",
	    { { 10, "status", "A", "X", 0, 0 }, { 12, "status", "X", "B", 0, 0 } }, "status", "A", "B", true },
	{ "two in the wrong order do not",
	    { { 10, "status", "X", "B", 0, 0 }, { 12, "status", "A", "X", 0, 0 } }, "status", "A", "B", false },
	{ "what came before the first value does not matter",
	    { { 10, "status", "X", "A", 0, 0 }, { 12, "status", "A", "B", 0, 0 } }, "status", "A", "B", true },
	{ "nor what comes after the second",
	    { { 10, "status", "A", "B", 0, 0 }, { 12, "status", "B", "X", 0, 0 } }, "status", "A", "B", true },
	{ "an entry at the end of the time counts", { { 20, "status", "A", "B", 0, 0 } }, "status", "A", "B", true },
	{ "one a second later does not", { { 21, "status", "A", "B", 0, 0 } }, "status", "A", "B", false },
	{ "one at its beginning does not", { { 5, "status", "A", "B", 0, 0 } }, "status", "A", "B", false },
	{ "two of one second are joined with a blank", { { 10, "whiteboard", "A X", "X B", 0, 0 } }, "whiteboard", "A", "B", true },
	{ "from nothing, the first is left out", { { 10, "whiteboard", "X", "X B", 0, 0 } }, "whiteboard", "", "B", true },
	{ "to nothing, the blank stays", { { 10, "whiteboard", "A X", "X ", 0, 0 } }, "whiteboard", "A", "", true },
	{ "a part of a word is no value", { { 10, "whiteboard", "AX", "XB", 0, 0 } }, "whiteboard", "A", "B", false },
	{ "but urls are joined without one", { { 10, "url", "AX", "XB", 0, 0 } }, "url", "A", "B", true },
	{ "something is not nothing", { { 10, "whiteboard", "X", "B", 0, 0 } }, "whiteboard", "", "B", false },
	{ "long values are not exact", { { 10, "whiteboard", LONG_C, "B", 0, 0 } }, "whiteboard", LONG_B, "B", true },
	{ "short ones are", { { 10, "whiteboard", "a b", "B", 0, 0 } }, "whiteboard", "a, b", "B", false },
	{ "an entry about a post is about no field", { { 10, "x", "A", "B", 3, 0 } }, "x", "A", "B", false },
};

static void
entries_declare_what_they_lead_to(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		const struct value_case *c = &values[i];
		struct about about = { .field = c->field, .span = { { 5 }, { 20 } } };
		struct lapse_change changes[MAX_ENTRIES];
		struct declared declared;

		lay_out(&declared, changes, c->entries);
		if (lapse_declared_value(&declared, &nobody, &about, c->from, c->to) != c->declared)
			fail_msg("%s", c->name);
		lapse_declared_release(&declared);
	}
}

static void
entries_are_about_a_post_or_an_attachment(void **state)
{
	static const struct entry entries[MAX_ENTRIES] = { { 10, "f", "A", "B", 3, 0 }, { 11, "f", "C", "D", 0, 7 } };
	struct about about = { .field = "f", .subject = ABOUT_POST, .number = 3, .span = { LAPSE_NEVER, LAPSE_NEVER } };
	struct lapse_change changes[MAX_ENTRIES];
	struct declared declared;

	(void)state;
	lay_out(&declared, changes, entries);
	assert_true(lapse_declared_value(&declared, &nobody, &about, "A", "B"));
	assert_false(lapse_declared_value(&declared, &nobody, &about, "C", "D"));
	assert_ptr_equal(lapse_declared_entry(&declared, &about, NULL, NULL), &changes[0]);
	about.subject = ABOUT_ATTACHMENT;
	about.number = 7;
	assert_true(lapse_declared_value(&declared, &nobody, &about, "C", "D"));
	assert_ptr_equal(lapse_declared_entry(&declared, &about, "C", "D"), &changes[1]);
	assert_null(lapse_declared_entry(&declared, &about, "C", "B"));
	about.number = 8;
	assert_null(lapse_declared_entry(&declared, &about, NULL, NULL));
	lapse_declared_release(&declared);
}

static void
a_renamed_login_is_the_same_value(void **state)
{
	static const struct entry entries[MAX_ENTRIES] = { { 10, "assigned_to", "nobody", "old@x", 0, 0 } };
	static const char *const pairs[][2] = { { "old@x", "new@x" } };
	struct about about = { .field = "assigned_to", .span = { { 5 }, { 20 } } };
	struct lapse_change changes[MAX_ENTRIES];
	struct declared declared;
	struct renames renames;

	(void)state;
	renamed(&renames, pairs, COUNT(pairs));
	lay_out(&declared, changes, entries);
	assert_true(lapse_declared_value(&declared, &renames, &about, "nobody", "new@x"));
	assert_false(lapse_declared_value(&declared, &nobody, &about, "nobody", "new@x"));
	lapse_declared_release(&declared);
	free(renames.items);
}

/* ---- lists ---- */

struct list_case {
	const char *name;
	struct entry entries[MAX_ENTRIES];
	bool added;
	const char *items;	/* with blanks between */
	const char *left;
};

static const struct list_case lists[] = {
	{ "one is added", { { 10, "f", "", "a", 0, 0 } }, true, "a", "" },
	{ "what is removed is not added", { { 10, "f", "a", "", 0, 0 } }, true, "a", "a" },
	{ "what is removed is removed", { { 10, "f", "a", "", 0, 0 } }, false, "a", "" },
	{ "several are written with commas", { { 10, "f", "", "a, b, c", 0, 0 } }, true, "c a b", "" },
	{ "or with a blank, when one second joined them", { { 10, "f", "", "needinfo?(a) needinfo?(b)", 0, 0 } }, true,
	    "needinfo?(a) needinfo?(b)", "" },
	{ "twice is twice", { { 10, "f", "", "a", 0, 0 } }, true, "a a", "a" },
	{ "twice declared is twice", { { 10, "f", "", "a, a", 0, 0 } }, true, "a a", "" },
	{ "in two entries, too", { { 10, "f", "", "a", 0, 0 }, { 11, "f", "", "a", 0, 0 } }, true, "a a", "" },
	{ "what is too early does not count", { { 4, "f", "", "a", 0, 0 } }, true, "a", "a" },
	{ "a part of a word does not", { { 10, "f", "", "ab", 0, 0 } }, true, "a", "a" },
	{ "the flag of a renamed login", { { 10, "f", "", "needinfo?(old@x)", 0, 0 } }, true, "needinfo?(new@x)", "" },
	{ "commas alone are nothing", { { 10, "f", "", ", ,, a", 0, 0 } }, true, "a", "" },
	{ "nothing is asked", { { 10, "f", "", "a", 0, 0 } }, true, "", "" },
};

static void
entries_declare_the_items_that_they_name(void **state)
{
	static const char *const pairs[][2] = { { "old@x", "new@x" } };
	struct renames renames;

	(void)state;
	renamed(&renames, pairs, COUNT(pairs));
	for (size_t i = 0; i < COUNT(lists); i++) {
		const struct list_case *c = &lists[i];
		struct about about = { .field = "f", .span = { { 5 }, { 20 } } };
		struct lapse_change changes[MAX_ENTRIES];
		struct declared declared;
		char text[80], left[80] = "";
		const char *items[8];
		size_t n = 0;

		snprintf(text, sizeof(text), "%s", c->items);
		for (char *rest = text, *word; *rest != '\0'; ) {
			word = rest;
			rest += strcspn(rest, " ");
			if (*rest != '\0')
				*rest++ = '\0';
			items[n++] = word;
		}
		lay_out(&declared, changes, c->entries);
		n = lapse_declared_items(&declared, &renames, &about, c->added, items, n);
		for (size_t k = 0; k < n; k++)
			snprintf(left + strlen(left), sizeof(left) - strlen(left), "%s%s", k > 0 ? " " : "", items[k]);
		if (strcmp(left, c->left) != 0)
			fail_msg("%s: left '%s', not '%s'", c->name, left, c->left);
		lapse_declared_release(&declared);
	}
	free(renames.items);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_login_is_called_what_its_last_rename_says),
		cmocka_unit_test(all_of_a_circle_of_renames_have_one_name),
		cmocka_unit_test(a_flag_asks_somebody_by_todays_login),
		cmocka_unit_test(entries_declare_what_they_lead_to),
		cmocka_unit_test(entries_are_about_a_post_or_an_attachment),
		cmocka_unit_test(a_renamed_login_is_the_same_value),
		cmocka_unit_test(entries_declare_the_items_that_they_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
