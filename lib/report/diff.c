/* Two states of a thread: what differs, one row a thing, and texts line by line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/align.h"
#include "lapse/alloc.h"
#include "lapse/diff.h"
#include "lapse/json.h"
#include "lapse/patch.h"
#include "lapse/text.h"

static const struct lapse_column columns[] = {
	{ "thread", NULL, false },
	{ "kind", NULL, false },
	{ "number", NULL, true },
	{ "name", NULL, false },
	{ NULL, "what", false },
	{ "change", NULL, false },
	{ "from", NULL, false },
	{ "to", NULL, false },
	{ NULL, "from", false },
	{ NULL, "to", false },
	{ "inexact", NULL, false },
	{ NULL, "note", false },
};

/* What a row is about. */
struct place {
	const char *kind;	/* "field", "flag", "post", "attachment" */
	const char *number;	/* of the post or attachment; NULL */
	const char *name;	/* of the field; NULL: the whole post or attachment */
};

struct comparing {
	struct lapse_emit *emit;
	const struct lapse_state_doc *a, *b;
	struct lapse_arena arena;
	size_t nrows;
	struct {
		const char *number;
		const char *from, *to;
	} *texts;		/* edited ones, for people */
	size_t ntexts;
	size_t texts_cap;
};

/* ---- cells ---- */

#define SHORT_LEN 48

/* The first words of a text, for a table. Borrowed from the arena. */
static const char *
shorten(struct comparing *c, const char *text)
{
	size_t len = strlen(text);

	if (len <= SHORT_LEN)
		return text;
	for (len = SHORT_LEN; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return lapse_arena_printf(&c->arena, "%.*s…", (int)len, text);
}

/* A value as text: text as it is, a list joined, all else as JSON; NULL for none. */
static const char *
say(struct comparing *c, const json_t *value)
{
	struct lapse_buf buf;
	const char *text;

	if (value == NULL || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return json_string_value(value);
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; i < json_array_size(value); i++) {
		lapse_buf_puts(&buf, i > 0 ? ", " : "");
		if (json_is_string(json_array_get(value, i)))
			lapse_buf_puts(&buf, json_string_value(json_array_get(value, i)));
		else
			lapse_canon_write(&buf, json_array_get(value, i));
	}
	if (!json_is_array(value))
		lapse_canon_write(&buf, value);
	text = lapse_arena_dup(&c->arena, buf.data != NULL ? buf.data : "");
	lapse_buf_release(&buf);
	return text;
}

static void
emit_number(struct lapse_emit *emit, const char *number)
{
	int64_t n;

	if (number != NULL && lapse_int_parse(&n, number, 0, INT64_MAX) == 0)
		lapse_emit_int(emit, n);
	else
		lapse_emit_null(emit);
}

static const char *
what(struct comparing *c, const struct place *place)
{
	const char *sign = strcmp(place->kind, "post") == 0 ? "#" : "attachment ";

	if (place->number == NULL)
		return place->name;
	return lapse_arena_printf(&c->arena, "%s%s%s%s", sign, place->number, place->name != NULL ? " " : "",
	    place->name != NULL ? place->name : "");
}

/* Why a value is inexact, by the notes of its state; NULL when it is exact. */
static const char *
doubt(const struct lapse_state_doc *state, const struct place *place)
{
	const json_t *notes = state->notes, *of;

	if (place->name == NULL)
		return NULL;
	if (place->number == NULL)
		return lapse_json_text(json_object_get(notes, "fields"),
		    strcmp(place->kind, "flag") == 0 ? "flags" : place->name);
	of = json_object_get(notes, strcmp(place->kind, "post") == 0 ? "posts" : "attachments");
	return lapse_json_text(json_object_get(json_object_get(of, place->number), "inexact"), place->name);
}

static void
emit_doubts(struct comparing *c, const struct place *place)
{
	const char *sides[2], *from = doubt(c->a, place), *to = doubt(c->b, place);
	size_t n = 0;

	if (from != NULL)
		sides[n++] = "from";
	if (to != NULL)
		sides[n++] = "to";
	lapse_emit_list(c->emit, sides, n);
	if (n > 0)
		lapse_emit_style(c->emit, LAPSE_STYLE_DOUBTFUL);
	lapse_emit_text(c->emit, n == 0 ? "" : n == 2 ? "both inexact" : from != NULL ? "from is inexact" : "to is inexact");
}

/* values: from and to, whole for machines; then for people, who get their first words. */
static void
emit_row(struct comparing *c, const struct place *place, const char *change, const char *const values[4])
{
	c->nrows++;
	lapse_emit_text(c->emit, lapse_json_text(c->b->doc, "thread") != NULL ? lapse_json_text(c->b->doc, "thread") :
	    lapse_json_text(c->a->doc, "thread"));
	lapse_emit_text(c->emit, place->kind);
	emit_number(c->emit, place->number);
	lapse_emit_text(c->emit, place->name);
	lapse_emit_text(c->emit, what(c, place));
	lapse_emit_text(c->emit, change);
	for (int i = 0; i < 4; i++)
		lapse_emit_text(c->emit, values[i] != NULL && i >= 2 ? shorten(c, values[i]) : values[i]);
	emit_doubts(c, place);
	lapse_emit_row(c->emit);
}

/* ---- values ---- */

/* Lists that are too long to look for what differs are shown whole. */
#define LIST_MAX 1000

static bool
are_short(const json_t *a, const json_t *b)
{
	return json_array_size(a) + json_array_size(b) <= LIST_MAX;
}

/* The items of a list that another one lacks, each as often. */
static json_t *
lacking(const json_t *list, const json_t *other)
{
	json_t *left = json_copy((json_t *)other), *out = json_array();

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *item = json_array_get(list, i);
		size_t j = 0;

		while (j < json_array_size(left) && !lapse_json_equal(json_array_get(left, j), item))
			j++;
		if (j < json_array_size(left))
			json_array_remove(left, j);
		else
			json_array_append(out, item);
	}
	json_decref(left);
	return out;
}

static void
compare_lists(struct comparing *c, const struct place *place, const json_t *a, const json_t *b)
{
	json_t *gone = lacking(a, b), *come = lacking(b, a);

	emit_row(c, place, "changed", (const char *const[4]){ say(c, a), say(c, b), say(c, gone), say(c, come) });
	json_decref(gone);
	json_decref(come);
}

static void
note_text(struct comparing *c, const struct place *place, const json_t *a, const json_t *b)
{
	if (strcmp(place->kind, "post") != 0 || strcmp(place->name, "text") != 0 || !json_is_string(a) || !json_is_string(b))
		return;
	c->texts = lapse_grow(c->texts, c->ntexts, &c->texts_cap, sizeof(*c->texts));
	c->texts[c->ntexts].number = place->number;
	c->texts[c->ntexts].from = json_string_value(a);
	c->texts[c->ntexts++].to = json_string_value(b);
}

/* One member in two versions; NULL: not there. */
static void
compare_member(struct comparing *c, const struct place *place, const json_t *a, const json_t *b)
{
	const char *from, *to;

	if (a != NULL && b != NULL && lapse_json_equal(a, b))
		return;
	if (json_is_array(a) && json_is_array(b) && are_short(a, b)) {
		compare_lists(c, place, a, b);
		return;
	}
	from = say(c, a);
	to = say(c, b);
	emit_row(c, place, a == NULL ? "added" : b == NULL ? "removed" : "changed",
	    (const char *const[4]){ from, to, from, to });
	note_text(c, place, a, b);
}

static int
by_name(const void *a, const void *b)
{
	return lapse_text_numcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
compare_members(struct comparing *c, const struct place *place, const json_t *a, const json_t *b)
{
	size_t nkeys;
	const char **keys = lapse_json_keys(&nkeys, a, b, by_name);

	for (size_t i = 0; i < nkeys; i++) {
		struct place below = { place->kind, place->number, keys[i] };

		compare_member(c, &below, json_object_get(a, keys[i]), json_object_get(b, keys[i]));
	}
	free(keys);
}

/* ---- flags, posts, attachments ---- */

static void
compare_flags(struct comparing *c)
{
	const json_t *a = json_object_get(c->a->doc, "flags"), *b = json_object_get(c->b->doc, "flags");
	json_t *gone, *come;

	if (!are_short(a, b)) {
		compare_member(c, &(struct place){ "flag", NULL, "flags" }, a, b);
		return;
	}
	gone = lacking(a, b);
	come = lacking(b, a);
	for (size_t i = 0; i < json_array_size(gone); i++) {
		const char *flag = json_string_value(json_array_get(gone, i));

		emit_row(c, &(struct place){ "flag", NULL, "flag" }, "removed", (const char *const[4]){ flag, NULL, flag, NULL });
	}
	for (size_t i = 0; i < json_array_size(come); i++) {
		const char *flag = json_string_value(json_array_get(come, i));

		emit_row(c, &(struct place){ "flag", NULL, "flag" }, "added", (const char *const[4]){ NULL, flag, NULL, flag });
	}
	json_decref(gone);
	json_decref(come);
}

/* A whole post or attachment that only one side has: its text, or what it is called. */
static void
emit_whole(struct comparing *c, const struct place *place, const json_t *a, const json_t *b)
{
	const json_t *one = a != NULL ? a : b;
	const char *words = lapse_json_text(one, strcmp(place->kind, "post") == 0 ? "text" : "file_name");
	const char *author = lapse_json_text(one, strcmp(place->kind, "post") == 0 ? "author" : "creator");
	const char *line = lapse_arena_printf(&c->arena, "%s: %s", author != NULL ? author : "", words != NULL ? words : "");

	words = words != NULL ? words : "";
	emit_row(c, place, a == NULL ? "added" : "removed", (const char *const[4]){ a != NULL ? words : NULL,
	    b != NULL ? words : NULL, a != NULL ? line : NULL, b != NULL ? line : NULL });
}

static void
compare_numbered(struct comparing *c, const char *kind, const json_t *a, const json_t *b)
{
	size_t nkeys;
	const char **keys = lapse_json_keys(&nkeys, a, b, by_name);

	for (size_t i = 0; i < nkeys; i++) {
		const json_t *before = json_object_get(a, keys[i]), *after = json_object_get(b, keys[i]);
		struct place place = { kind, keys[i], NULL };

		if (before == NULL || after == NULL)
			emit_whole(c, &place, before, after);
		else
			compare_members(c, &place, before, after);
	}
	free(keys);
}

/* ---- texts ---- */

struct lines {
	const char **items;
	size_t nitems;
};

static struct lines
split_lines(struct comparing *c, const char *text)
{
	struct lines lines = { .nitems = 0 };
	size_t most = 1;

	for (const char *p = text; *p != '\0'; p++)
		most += *p == '\n';
	lines.items = lapse_arena_alloc(&c->arena, most * sizeof(*lines.items));
	for (size_t i = 0; i < most; i++) {
		size_t len = strcspn(text, "\n");

		lines.items[lines.nitems++] = lapse_arena_dupn(&c->arena, text, len);
		text += len + (text[len] == '\n');
	}
	return lines;
}

struct both_lines {
	struct lines from, to;
};

static bool
is_same_line(size_t i, size_t j, const void *payload)
{
	const struct both_lines *both = payload;

	return strcmp(both->from.items[i], both->to.items[j]) == 0;
}

/* Lines that are the same on both sides are left out. */
static void
say_text(struct comparing *c, const char *number, const char *from, const char *to)
{
	struct both_lines both = { split_lines(c, from), split_lines(c, to) };
	size_t *places = lapse_arena_alloc(&c->arena, (both.from.nitems + 1) * sizeof(*places));
	size_t i = 0, j = 0;

	lapse_align(places, both.from.nitems, both.to.nitems, is_same_line, &both);
	lapse_emit_heading(c->emit, "#%s, its text", number);
	while (i < both.from.nitems || j < both.to.nitems) {
		bool in_both = i < both.from.nitems && places[i] != LAPSE_ALIGN_NONE;

		if (in_both && places[i] == j) {
			i++;
			j++;
		} else if (i < both.from.nitems && !in_both) {
			lapse_emit_say(c->emit, "- %s", both.from.items[i++]);
		} else {
			lapse_emit_say(c->emit, "+ %s", both.to.items[j++]);
		}
	}
}

size_t
lapse_report_diff(struct lapse_emit *emit, const struct lapse_state_doc *a, const struct lapse_state_doc *b)
{
	struct comparing c = { .emit = emit, .a = a, .b = b };

	lapse_arena_init(&c.arena);
	lapse_emit_begin(emit, "difference", columns, sizeof(columns) / sizeof(columns[0]));
	compare_members(&c, &(struct place){ "field", NULL, NULL }, json_object_get(a->doc, "fields"),
	    json_object_get(b->doc, "fields"));
	compare_flags(&c);
	compare_numbered(&c, "post", json_object_get(a->doc, "posts"), json_object_get(b->doc, "posts"));
	compare_numbered(&c, "attachment", json_object_get(a->doc, "attachments"), json_object_get(b->doc, "attachments"));
	lapse_emit_end(emit);
	for (size_t i = 0; i < c.ntexts; i++)
		say_text(&c, c.texts[i].number, c.texts[i].from, c.texts[i].to);
	free(c.texts);
	lapse_arena_release(&c.arena);
	return c.nrows;
}
