#include "state_value.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/codec.h"
#include "lapse/json.h"
#include "lapse/text.h"

bool
lapse_value_is_several(enum value_kind kind)
{
	return kind == VALUE_WORDS || kind == VALUE_NAMES || kind == VALUE_FLAGS;
}

static enum undo_kind
undo_kind_of(enum value_kind kind)
{
	return kind == VALUE_ACCOUNT ? UNDO_ACCOUNT : kind == VALUE_URL ? UNDO_URL :
	    kind == VALUE_WHOLE ? UNDO_WHOLE : UNDO_TEXT;
}

/* ---- names ---- */

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
sort(const char **items, size_t nitems)
{
	if (nitems > 1)
		qsort(items, nitems, sizeof(*items), by_bytes);
}

static size_t
place_of(const struct names *names, const char *name)
{
	const char **found = bsearch(&name, names->items, names->nitems, sizeof(*names->items), by_bytes);

	return (size_t)(found - names->items);
}

static const char *
text_of(struct lapse_arena *arena, const json_t *json)
{
	char number[LAPSE_NUMBER_LEN + 1];

	if (json_is_string(json))
		return lapse_codec_text(arena, json);
	if (json_is_boolean(json))
		return json_is_true(json) ? "1" : "0";
	if (!json_is_number(json))
		return "";
	lapse_number_format(number, json_number_value(json));
	return lapse_arena_dup(arena, number);
}

/* {"name":"needinfo","status":"?","requestee":"a"} as the history writes it: "needinfo?(a)". */
static const char *
flag_of(struct lapse_arena *arena, const json_t *flag)
{
	const char *name = lapse_json_text(flag, "name"), *status = lapse_json_text(flag, "status");
	const char *requestee = lapse_json_text(flag, "requestee");

	return lapse_arena_printf(arena, "%s%s%s%s%s", name != NULL ? name : "", status != NULL ? status : "",
	    requestee != NULL ? "(" : "", requestee != NULL ? requestee : "", requestee != NULL ? ")" : "");
}

/* Item i of what a capture saw: of a list, or of a text, which is a list of one; NULL beyond its end. */
static const char *
seen_item(struct lapse_arena *arena, const json_t *seen, size_t i, enum value_kind kind)
{
	if (json_is_array(seen) && i < json_array_size(seen))
		return kind == VALUE_FLAGS ? flag_of(arena, json_array_get(seen, i)) :
		    text_of(arena, json_array_get(seen, i));
	return json_is_string(seen) && i == 0 && *json_string_value(seen) != '\0' ? text_of(arena, seen) : NULL;
}

/*
 * The next text of a list as a history writes it, copied; NULL at its end. They are told apart by commas, and by blanks where
 * none has a blank in it: what one account changed twice within a second is joined by a blank, so are the pieces of
 * a long list.
 */
static const char *
next_name(struct lapse_arena *arena, const char **joined, enum value_kind kind)
{
	const char *start = *joined + strspn(*joined, ", ");
	size_t len = strcspn(start, kind == VALUE_NAMES ? "," : ", ");

	*joined = start + len;
	return len > 0 ? lapse_arena_dupn(arena, start, len) : NULL;
}

struct collection {
	struct lapse_arena *arena;
	enum value_kind kind;
	const char **items;
	size_t nitems;
	size_t cap;
};

static void
collect(struct collection *c, const char *name)
{
	c->items = lapse_grow(c->items, c->nitems, &c->cap, sizeof(*c->items));
	c->items[c->nitems++] = name;
}

static void
collect_joined(struct collection *c, const char *joined)
{
	const char *name;

	while ((name = next_name(c->arena, &joined, c->kind)) != NULL)
		collect(c, name);
}

static void
collect_seen(struct collection *c, const json_t *seen)
{
	const char *name;

	for (size_t i = 0; (name = seen_item(c->arena, seen, i, c->kind)) != NULL; i++)
		collect(c, name);
}

void
lapse_names_build(struct names *out, struct lapse_arena *arena, enum value_kind kind,
    const struct lapse_change *const *changes, size_t nchanges, const json_t *seen, const json_t *also_seen)
{
	struct collection c = { .arena = arena, .kind = kind };

	collect_seen(&c, seen);
	collect_seen(&c, also_seen);
	for (size_t i = 0; i < nchanges; i++) {
		collect_joined(&c, changes[i]->removed);
		collect_joined(&c, changes[i]->added);
	}
	sort(c.items, c.nitems);
	out->items = lapse_arena_alloc(arena, c.nitems * sizeof(*out->items));
	out->nitems = 0;
	for (size_t i = 0; i < c.nitems; i++)
		if (i == 0 || strcmp(c.items[i], c.items[i - 1]) != 0)
			out->items[out->nitems++] = c.items[i];
	free(c.items);
}

/* ---- JSON ---- */

void
lapse_value_read(struct value *out, struct lapse_arena *arena, const json_t *json, enum value_kind kind,
    const struct names *names, const char *absent)
{
	const char *name;

	*out = (struct value){ .text = json != NULL ? "" : absent, .exact = json != NULL || absent != NULL,
	    .as_seen = json };
	if (!lapse_value_is_several(kind)) {
		if (json != NULL)
			out->text = text_of(arena, json);
		/* A NUL in it has become another character. */
		if (json_is_string(json) && strlen(out->text) != json_string_length(json))
			out->as_seen = NULL;
		return;
	}
	out->names = names;
	out->counts = lapse_arena_alloc(arena, names->nitems * sizeof(*out->counts));
	for (size_t i = 0; (name = seen_item(arena, json, i, kind)) != NULL; i++)
		out->counts[place_of(names, name)]++;
}

static json_t *
write_text(const char *text, const json_t *like)
{
	const int64_t most = (INT64_C(1) << 53) - 1;
	int64_t n;

	if (json_is_boolean(like) && (strcmp(text, "0") == 0 || strcmp(text, "1") == 0))
		return json_boolean(*text == '1');
	if ((json_is_number(like) || json_is_null(like)) && *text == '\0')
		return json_null();
	if (json_is_number(like) && lapse_int_parse(&n, text, -most, most) == 0)
		return json_integer(n);
	return json_string(text);
}

json_t *
lapse_value_write(const struct value *value, const json_t *like)
{
	const json_t *first = json_array_get(like, 0);
	json_t *list;

	if (value->text == NULL)
		return json_null();
	if (value->names == NULL)
		return value->as_seen != NULL ? json_deep_copy(value->as_seen) : write_text(value->text, like);
	list = json_array();
	for (size_t i = 0; i < value->names->nitems; i++)
		for (long n = 0; n < value->counts[i]; n++)
			json_array_append_new(list, write_text(value->names->items[i], first));
	return list;
}

bool
lapse_value_equal(const struct value *a, const struct value *b)
{
	if (a->text == NULL || b->text == NULL)
		return a->text == b->text;
	if (a->names != NULL && b->names != NULL)
		return a->names == b->names && (a->names->nitems == 0 ||
		    memcmp(a->counts, b->counts, a->names->nitems * sizeof(*a->counts)) == 0);
	return strcmp(a->text, b->text) == 0;
}

const char *
lapse_value_say(const struct value *value, struct lapse_arena *arena)
{
	struct lapse_buf buf;
	const char *text;

	if (value->names == NULL || value->text == NULL)
		return value->text;
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; i < value->names->nitems; i++)
		for (long n = 0; n < value->counts[i]; n++)
			lapse_buf_printf(&buf, "%s%s", buf.len > 0 ? ", " : "", value->names->items[i]);
	text = lapse_arena_dup(arena, buf.len > 0 ? buf.data : "");
	lapse_buf_release(&buf);
	return text;
}

/* ---- several: counted, name by name ---- */

/* How much one change moves the count of one name. */
struct move {
	size_t name;
	long by;
};

struct moves {
	enum value_kind kind;
	struct move *items;
	size_t nitems;
	size_t cap;
};

static int
by_name(const void *va, const void *vb)
{
	const struct move *a = va, *b = vb;

	return a->name < b->name ? -1 : a->name > b->name;
}

static void
add_moves(struct moves *out, struct lapse_arena *arena, const struct value *value, const char *joined, long by)
{
	const char *name;

	while ((name = next_name(arena, &joined, out->kind)) != NULL) {
		out->items = lapse_grow(out->items, out->nitems, &out->cap, sizeof(*out->items));
		out->items[out->nitems++] = (struct move){ place_of(value->names, name), by };
	}
}

/* The moves of one change, each name once. The caller free()s them. */
static struct move *
moves_of(size_t *nmoves, const struct value *value, struct lapse_arena *arena, const char *minus, const char *plus,
    enum value_kind kind)
{
	struct moves moves = { .kind = kind };
	size_t kept = 0;

	add_moves(&moves, arena, value, minus, -1);
	add_moves(&moves, arena, value, plus, 1);
	if (moves.nitems > 1)
		qsort(moves.items, moves.nitems, sizeof(*moves.items), by_name);
	for (size_t i = 0; i < moves.nitems; i++) {
		if (kept > 0 && moves.items[kept - 1].name == moves.items[i].name)
			moves.items[kept - 1].by += moves.items[i].by;
		else
			moves.items[kept++] = moves.items[i];
	}
	*nmoves = kept;
	return moves.items;
}

static bool
is_possible(long n, enum value_kind kind)
{
	return n >= 0 && (n <= 1 || kind == VALUE_FLAGS);
}

/* How far flags are looked through for one whose requestee was renamed. */
#define NEIGHBOURS_MAX 256

/*
 * A flag that a change takes away is not there: one that asks the same of another login, which may be the same person
 * renamed, goes in its place.
 */
static void
drop_renamed(struct value *value, size_t missing)
{
	const char *flag = value->names->items[missing];
	size_t len = strcspn(flag, "("), first = missing, end;

	if (flag[len] != '(')
		return;
	while (first > 0 && missing - first < NEIGHBOURS_MAX &&
	    strncmp(value->names->items[first - 1], flag, len + 1) == 0)
		first--;
	for (end = first; end < value->names->nitems && end - first < 2 * NEIGHBOURS_MAX; end++) {
		if (strncmp(value->names->items[end], flag, len + 1) != 0)
			return;
		if (value->counts[end] > 0) {
			value->counts[end]--;
			return;
		}
	}
}

/* Can `minus` be taken away and `plus` be put in? */
static bool
can_exchange(const struct value *value, struct lapse_arena *arena, const char *minus, const char *plus,
    enum value_kind kind)
{
	size_t nmoves;
	struct move *moves = moves_of(&nmoves, value, arena, minus, plus, kind);
	bool fits = true;

	for (size_t i = 0; i < nmoves; i++)
		fits = fits && is_possible(value->counts[moves[i].name] + moves[i].by, kind);
	free(moves);
	return fits;
}

/* Do it: false when it cannot be, and then as far as it can. */
static bool
exchange(struct value *value, struct lapse_arena *arena, const char *minus, const char *plus, enum value_kind kind)
{
	size_t nmoves;
	struct move *moves = moves_of(&nmoves, value, arena, minus, plus, kind);
	bool fits = true;

	for (size_t i = 0; i < nmoves; i++) {
		long n = value->counts[moves[i].name] + moves[i].by;

		fits = fits && is_possible(n, kind);
		value->counts[moves[i].name] = n < 0 ? 0 : is_possible(n, kind) ? n : 1;
		for (; n < 0 && kind == VALUE_FLAGS; n++)
			drop_renamed(value, moves[i].name);
	}
	free(moves);
	value->exact = value->exact && fits;
	value->as_seen = NULL;
	return fits;
}

/* ---- one change ---- */

bool
lapse_value_undo(struct value *value, struct lapse_arena *arena, const struct lapse_change *change,
    enum value_kind kind, bool newer)
{
	struct undone state = { value->text, value->exact };
	bool fits;

	if (value->names != NULL) {
		if (newer && !lapse_value_fits(value, arena, change, kind, true) &&
		    lapse_value_fits(value, arena, change, kind, false))
			return true;
		return exchange(value, arena, change->added, change->removed, kind);
	}
	fits = lapse_undo_scalar(&state, arena, change->removed, change->added, undo_kind_of(kind), newer);
	if (state.value != value->text)
		value->as_seen = NULL;
	value->text = state.value;
	value->exact = state.exact;
	return fits;
}

bool
lapse_value_redo(struct value *value, struct lapse_arena *arena, const struct lapse_change *change,
    enum value_kind kind)
{
	struct undone state = { value->text, value->exact };
	bool fits;

	if (value->names != NULL)
		return exchange(value, arena, change->removed, change->added, kind);
	fits = lapse_redo_scalar(&state, change->removed, change->added, undo_kind_of(kind));
	value->as_seen = NULL;
	value->text = state.value;
	value->exact = state.exact;
	return fits;
}

bool
lapse_value_fits(const struct value *value, struct lapse_arena *arena, const struct lapse_change *change,
    enum value_kind kind, bool undo)
{
	struct undone state = { value->text, value->exact };
	const char *removed = change->removed, *added = change->added;

	if (value->names != NULL)
		return can_exchange(value, arena, undo ? added : removed, undo ? removed : added, kind);
	return undo ? lapse_undo_scalar(&state, arena, removed, added, undo_kind_of(kind), false) :
	    lapse_redo_scalar(&state, removed, added, undo_kind_of(kind));
}
