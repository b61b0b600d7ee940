/*
 * A field at a moment, from captures and changes: random histories are played forward, seen at some moments by captures,
 * and asked about at every moment; and a table of what is not certain.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/json.h"
#include "lapse/patch.h"
#include "../../lib/replay/state_moment.h"
#include "arena.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static unsigned
dice(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % n;
}

/* ---- random histories ---- */

#define NSTEPS 24

/* What a field went through: its value after step i, and the change of step i (its time is its number). */
struct life {
	enum value_kind kind;
	json_t *values[NSTEPS + 1];	/* values[0] before the first */
	struct lapse_change changes[NSTEPS];
	const struct lapse_change *list[NSTEPS];
};

/* As a capture sees it: flags are objects. */
static json_t *
doc_of(const struct life *life, size_t i)
{
	json_t *flags;

	if (life->kind != VALUE_FLAGS)
		return json_pack("{s:O}", "f", life->values[i]);
	flags = json_array();
	for (size_t k = 0; k < json_array_size(life->values[i]); k++)
		json_array_append_new(flags, json_pack("{s:O}", "name", json_array_get(life->values[i], k)));
	return json_pack("{s:o}", "f", flags);
}

static void
step_text(struct life *life, size_t i, unsigned *seed)
{
	static const char *const texts[] = { "", "A", "B b", "[c] d", " e", "C, c" };
	const char *old = json_string_value(life->values[i]), *new = texts[dice(seed, COUNT(texts))];

	while (strcmp(new, old) == 0)
		new = texts[dice(seed, COUNT(texts))];
	life->values[i + 1] = json_string(new);
	life->changes[i] = (struct lapse_change){ .removed = old, .added = new };
}

/* Take one item away, or add one, or both. */
static void
step_list(struct life *life, size_t i, unsigned *seed)
{
	static const char *const words[] = { "a@x", "b@x", "c@x", "d@x", "e@x" };
	json_t *next = json_copy(life->values[i]);
	const char *removed = "", *added = "";
	bool set = life->kind != VALUE_FLAGS;

	if (json_array_size(next) > 0 && dice(seed, 2) > 0) {
		size_t gone = dice(seed, (unsigned)json_array_size(next));

		removed = lapse_arena_dup(&arena, json_string_value(json_array_get(next, gone)));
		json_array_remove(next, gone);
	}
	if (*removed == '\0' || dice(seed, 2) > 0) {
		const char *word = words[dice(seed, COUNT(words))];
		bool has = false;

		for (size_t k = 0; k < json_array_size(next); k++)
			has = has || strcmp(json_string_value(json_array_get(next, k)), word) == 0;
		if (!(set && has) && strcmp(removed, word) != 0) {
			json_array_append_new(next, json_string(word));
			added = word;
		}
	}
	life->values[i + 1] = next;
	life->changes[i] = (struct lapse_change){ .removed = removed, .added = added };
}

static void
live(struct life *life, enum value_kind kind, unsigned *seed)
{
	*life = (struct life){ .kind = kind };
	life->values[0] = kind == VALUE_TEXT ? json_string("A") : json_array();
	for (size_t i = 0; i < NSTEPS; i++) {
		if (kind == VALUE_TEXT)
			step_text(life, i, seed);
		else
			step_list(life, i, seed);
		life->changes[i].at = (struct lapse_instant){ (int64_t)i + 1 };
		life->list[i] = &life->changes[i];
	}
}

static void
die(struct life *life)
{
	for (size_t i = 0; i <= NSTEPS; i++)
		json_decref(life->values[i]);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(json_string_value(*(json_t *const *)a), json_string_value(*(json_t *const *)b));
}

/* A list in order, as values are written. */
static json_t *
sorted(const json_t *list)
{
	size_t n = json_array_size(list);
	json_t **items = lapse_arena_alloc(&arena, (n + 1) * sizeof(json_t *)), *out = json_array();

	for (size_t i = 0; i < n; i++)
		items[i] = json_array_get(list, i);
	qsort(items, n, sizeof(json_t *), by_text);
	for (size_t i = 0; i < n; i++)
		json_array_append(out, items[i]);
	return out;
}

/* The moment `at`, with what captures at `before` and `after` (-1: none) saw. */
static void
check(const struct life *life, int at, int before, int after)
{
	json_t *docs[2] = { before >= 0 ? doc_of(life, (size_t)before) : NULL, after >= 0 ? doc_of(life, (size_t)after) : NULL };
	struct moment moment = { .at = { at }, .before = { docs[0], { before }, { before } },
	    .after = { docs[1], { after }, { after } } };
	struct tracked field = { .key = "f", .kind = life->kind, .changes = life->list, .nchanges = NSTEPS };
	json_t *wanted = life->kind == VALUE_TEXT ? json_incref(life->values[at]) : sorted(life->values[at]), *found;
	struct value value;
	const char *why;

	assert_true(lapse_moment_value(&value, &why, &arena, &moment, &field));
	found = lapse_moment_write(&value, &moment, "f");
	if (!lapse_json_equal(found, wanted) || !value.exact || why != NULL)
		fail_msg("at %d, seen at %d and %d: '%s', not '%s' (%s)", at, before, after, lapse_value_say(&value, &arena),
		    json_is_string(wanted) ? json_string_value(wanted) : "the list", why != NULL ? why : "exact");
	json_decref(found);
	json_decref(wanted);
	json_decref(docs[0]);
	json_decref(docs[1]);
}

static void
rewinding_and_replaying_are_inverse(void **state)
{
	static const enum value_kind kinds[] = { VALUE_TEXT, VALUE_WORDS, VALUE_FLAGS };
	unsigned seed = 3;

	(void)state;
	for (int round = 0; round < 90; round++) {
		struct life life;

		live(&life, kinds[round % 3], &seed);
		for (int at = 0; at <= NSTEPS; at++) {
			check(&life, at, -1, NSTEPS);
			check(&life, at, -1, at + (int)dice(&seed, (unsigned)(NSTEPS - at + 1)));
			if (at > 0)
				check(&life, at, (int)dice(&seed, (unsigned)at), -1);
			if (at > 0)
				check(&life, at, (int)dice(&seed, (unsigned)at), at + (int)dice(&seed, (unsigned)(NSTEPS - at + 1)));
		}
		die(&life);
		lapse_arena_reset(&arena);
	}
}

/* ---- what is not certain ---- */

#define MAX 4
struct seen {
	int64_t time, changed;	/* 0: no such capture */
	const char *json;	/* the field */
};
struct row {
	const char *what;
	enum value_kind kind;
	struct { int64_t at; const char *removed, *added; } changes[MAX];
	struct seen before, after;
	int64_t at;
	const char *value;
	const char *why;	/* the beginning of the reason; NULL: exact */
};

static const struct row rows[] = {
	{ "before a joined change, the end seen later", VALUE_TEXT, { { 50, "A B", "B C" } }, { 0 }, { 90, 50, "\"C\"" }, 40, "A", NULL },
	{ "before a joined change, the beginning seen before", VALUE_TEXT, { { 50, "A B", "B C" } },
	    { 30, 10, "\"A\"" }, { 90, 90, "\"X\"" }, 40, "A", NULL },
	{ "after one, the beginning seen", VALUE_TEXT, { { 50, "A B", "B C" } }, { 30, 10, "\"A\"" }, { 90, 90, "\"X\"" }, 60, "X",
	    "the captures of 1970-01-01T00:00:30Z (here 'C') and 1970-01-01T00:01:30Z (here 'X') do not agree" },
	{ "after one, and the next change tells of it", VALUE_TEXT, { { 50, "A B", "B C" }, { 70, "C", "D" } },
	    { 30, 10, "\"A\"" }, { 90, 90, "\"X\"" }, 60, "C", NULL },
	{ "neither", VALUE_TEXT, { { 50, "A B", "B C" } }, { 0 }, { 90, 90, "\"X\"" }, 40, "A B", "the history of 1970-01-01T00:00:50Z says 'A B' to 'B C'" },
	{ "after a change that is not what was seen later", VALUE_TEXT, { { 50, "A", "B" } }, { 0 }, { 90, 70, "\"X\"" }, 60, "X",
	    "the history of 1970-01-01T00:00:50Z says 'A' to 'B'" },
	{ "but nothing changed since", VALUE_TEXT, { { 50, "A", "B" } }, { 0 }, { 90, 70, "\"X\"" }, 70, "X", NULL },
	{ "at the capture", VALUE_TEXT, { { 50, "A", "B" } }, { 0 }, { 90, 95, "\"X\"" }, 90, "X", NULL },
	{ "before it, with an earlier change that fits", VALUE_TEXT, { { 30, "Z", "A" }, { 50, "A", "B" } }, { 0 }, { 90, 70, "\"X\"" }, 20, "Z", NULL },
	{ "a change that no history tells", VALUE_TEXT, { { 0 } }, { 30, 10, "\"A\"" }, { 90, 70, "\"B\"" }, 40, "B",
	    "the captures of 1970-01-01T00:00:30Z (here 'A') and 1970-01-01T00:01:30Z (here 'B') do not agree" },
	{ "of a text the older one counts", VALUE_WHOLE, { { 0 } }, { 30, 10, "\"A\"" }, { 90, 70, "\"B\"" }, 40, "A", "the captures of" },
	{ "unless the history tells", VALUE_WHOLE, { { 35, "A", "B" } }, { 30, 10, "\"A\"" }, { 90, 70, "\"B\"" }, 40, "B", NULL },
	{ "a text before its first capture", VALUE_WHOLE, { { 0 } }, { 0 }, { 90, 70, "\"B\"" }, 40, "B", NULL },

	{ "newer than what the capture saw, within it", VALUE_TEXT, { { 92, "A", "B" } }, { 0 }, { 90, 70, "\"A\"" }, 80, "A", NULL },
	{ "the capture saw it already", VALUE_TEXT, { { 92, "A", "B" } }, { 0 }, { 90, 92, "\"B\"" }, 80, "A", NULL },
	{ "a stated time that is too late: not seen yet", VALUE_TEXT, { { 85, "A", "B" } }, { 0 }, { 90, 70, "\"A\"" }, 60, "A", NULL },
	{ "a stated time that is too late, of the older capture", VALUE_TEXT, { { 25, "A", "B" } }, { 30, 10, "\"A\"" }, { 0 }, 40, "B", NULL },
	{ "the older capture has seen it", VALUE_TEXT, { { 25, "A", "B" } }, { 30, 0, "\"B\"" }, { 0 }, 40, "B", NULL },

	{ "an account renamed since", VALUE_ACCOUNT, { { 50, "n@x", "old@x" } }, { 0 }, { 90, 50, "\"new@x\"" }, 60, "new@x", "the history of" },
	{ "seen before that", VALUE_ACCOUNT, { { 50, "n@x", "old@x" } }, { 0 }, { 70, 50, "\"old@x\"" }, 60, "old@x", NULL },
	{ "and who had it before", VALUE_ACCOUNT, { { 50, "n@x", "old@x" } }, { 0 }, { 90, 50, "\"new@x\"" }, 40, "n@x", NULL },

	{ "several added at once", VALUE_WORDS, { { 50, "", "b, c" } }, { 0 }, { 90, 50, "[\"a\",\"b\",\"c\"]" }, 40, "a", NULL },
	{ "within a second: joined by a blank", VALUE_WORDS, { { 50, "a", "b c" } }, { 0 }, { 90, 50, "[\"b\",\"c\"]" }, 40, "a", NULL },
	{ "added and taken away", VALUE_WORDS, { { 50, "b", "b" } }, { 0 }, { 90, 50, "[\"a\"]" }, 40, "a", NULL },
	{ "names with blanks", VALUE_NAMES, { { 50, "x y", "z" } }, { 0 }, { 90, 50, "[\"z\"]" }, 40, "x y", NULL },
	{ "what was added is not there", VALUE_WORDS, { { 50, "", "b" } }, { 0 }, { 90, 50, "[\"a\"]" }, 40, "a", "the history of" },
	{ "what was taken away is still there", VALUE_WORDS, { { 50, "a", "" } }, { 0 }, { 90, 50, "[\"a\"]" }, 40, "a", "the history of" },
	{ "but an earlier capture knows", VALUE_WORDS, { { 50, "", "b" } }, { 30, 30, "[]" }, { 90, 50, "[\"a\"]" }, 40, "", NULL },

	{ "a flag", VALUE_FLAGS, { { 50, "", "needinfo?(a@x)" } }, { 0 },
	    { 90, 50, "[{\"name\":\"needinfo\",\"status\":\"?\",\"requestee\":\"a@x\"}]" }, 40, "", NULL },
	{ "asked twice", VALUE_FLAGS, { { 50, "needinfo?(a@x), needinfo?(a@x)", "" } }, { 0 }, { 90, 50, "[]" }, 40,
	    "needinfo?(a@x), needinfo?(a@x)", NULL },
	{ "set twice in a second: joined by a blank", VALUE_FLAGS, { { 50, "", "needinfo?(a@x) needinfo?(b@x)" }, { 60, "needinfo?(b@x)", "" } },
	    { 0 }, { 90, 70, "[{\"name\":\"needinfo\",\"status\":\"?\",\"requestee\":\"a@x\"}]" }, 55, "needinfo?(a@x), needinfo?(b@x)", NULL },
	{ "set and cleared", VALUE_FLAGS, { { 50, "needinfo?(a@x)", "needinfo?(a@x)" } }, { 0 }, { 90, 70, "[]" }, 40, "", NULL },
	{ "redirected", VALUE_FLAGS, { { 50, "needinfo?(a@x)", "needinfo?(b@x)" } }, { 0 },
	    { 90, 70, "[{\"name\":\"needinfo\",\"status\":\"?\",\"requestee\":\"b@x\"}]" }, 40, "needinfo?(a@x)", NULL },
	{ "whoever was asked was renamed", VALUE_FLAGS, { { 30, "", "needinfo?(old@x)" }, { 50, "needinfo?(new@x)", "" } }, { 0 },
	    { 90, 70, "[]" }, 20, "", "the history of" },
	{ "and while it stood", VALUE_FLAGS, { { 30, "", "needinfo?(old@x)" }, { 50, "needinfo?(new@x)", "" } }, { 0 },
	    { 90, 70, "[]" }, 40, "needinfo?(new@x)", "the history of" },
	{ "granted", VALUE_FLAGS, { { 50, "review?(a@x)", "review+" } }, { 0 },
	    { 90, 70, "[{\"name\":\"review\",\"status\":\"+\",\"setter\":\"a@x\"}]" }, 40, "review?(a@x)", NULL },
};

static json_t *
doc_from(const struct seen *seen)
{
	char text[256];
	json_t *doc = NULL;

	if (seen->time == 0)
		return NULL;
	snprintf(text, sizeof(text), "{\"f\":%s}", seen->json);
	assert_int_equal(lapse_json_parse(&doc, text, strlen(text), NULL), 0);
	return doc;
}

static struct sight
sight_of(const struct seen *seen, const json_t *doc)
{
	return (struct sight){ doc, seen->time > 0 ? (struct lapse_instant){ seen->time } : LAPSE_NEVER,
	    seen->changed > 0 ? (struct lapse_instant){ seen->changed } : LAPSE_NEVER };
}

static void
what_is_not_certain_says_so(void **state)
{
	(void)state;
	for (size_t r = 0; r < COUNT(rows); r++) {
		const struct row *row = &rows[r];
		json_t *before = doc_from(&row->before), *after = doc_from(&row->after);
		struct lapse_change changes[MAX];
		const struct lapse_change *list[MAX];
		struct tracked field = { .key = "f", .kind = row->kind, .changes = list };
		struct moment moment = { { row->at }, sight_of(&row->before, before), sight_of(&row->after, after) };
		struct value value;
		const char *why, *said;

		for (; field.nchanges < MAX && row->changes[field.nchanges].at != 0; field.nchanges++) {
			changes[field.nchanges] = (struct lapse_change){ .at = { row->changes[field.nchanges].at },
			    .removed = row->changes[field.nchanges].removed, .added = row->changes[field.nchanges].added };
			list[field.nchanges] = &changes[field.nchanges];
		}
		assert_true(lapse_moment_value(&value, &why, &arena, &moment, &field));
		said = lapse_value_say(&value, &arena);
		if (strcmp(said, row->value) != 0)
			fail_msg("%s: '%s', not '%s'", row->what, said, row->value);
		if ((why == NULL) != (row->why == NULL) || value.exact != (row->why == NULL) ||
		    (why != NULL && strncmp(why, row->why, strlen(row->why)) != 0))
			fail_msg("%s: %s", row->what, why != NULL ? why : "exact");
		json_decref(before);
		json_decref(after);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rewinding_and_replaying_are_inverse),
		cmocka_unit_test(what_is_not_certain_says_so),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
