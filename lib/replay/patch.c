/* The difference of two JSON documents as a JSON Patch. */
#include "lapse/patch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/align.h"
#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/json.h"

/* ---- equality ---- */

struct pair {
	const json_t *a, *b;
};

/* Pairs that are still to be compared: no recursion on input. */
struct pairs {
	struct pair *items;
	size_t nitems;
	size_t cap;
};

static void
push(struct pairs *pairs, const json_t *a, const json_t *b)
{
	pairs->items = lapse_grow(pairs->items, pairs->nitems, &pairs->cap, sizeof(*pairs->items));
	pairs->items[pairs->nitems++] = (struct pair){ a, b };
}

/* Push what both containers hold; false when that cannot be the same. */
static bool
push_members(struct pairs *pairs, const json_t *a, const json_t *b)
{
	const json_t *other;
	const char *key;
	json_t *value;

	if (json_object_size(a) != json_object_size(b))
		return false;
	json_object_foreach((json_t *)a, key, value) {
		other = json_object_get(b, key);
		if (other == NULL)
			return false;
		push(pairs, value, other);
	}
	return true;
}

static bool
push_items(struct pairs *pairs, const json_t *a, const json_t *b)
{
	if (json_array_size(a) != json_array_size(b))
		return false;
	for (size_t i = json_array_size(a); i-- > 0; )
		push(pairs, json_array_get(a, i), json_array_get(b, i));
	return true;
}

/* Is this pair the same, as far as it can be seen without its members? */
static bool
is_alike(struct pairs *pairs, const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	if (json_typeof(a) != json_typeof(b))
		return false;
	if (json_is_object(a))
		return push_members(pairs, a, b);
	if (json_is_array(a))
		return push_items(pairs, a, b);
	return !json_is_string(a) || (json_string_length(a) == json_string_length(b) &&
	    memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0);
}

bool
lapse_json_equal(const json_t *a, const json_t *b)
{
	struct pairs pairs = { .nitems = 0 };
	bool same = is_alike(&pairs, a, b);

	while (same && pairs.nitems > 0) {
		const struct pair *pair = &pairs.items[--pairs.nitems];

		same = is_alike(&pairs, pair->a, pair->b);
	}
	free(pairs.items);
	return same;
}

/* ---- making ---- */

/*
 * How far into the documents a difference is followed: what differs further down, or below keys
 * that long, is replaced whole. So the work stays in proportion, whatever strangers nest.
 */
#define DEPTH_MAX 32
#define PATH_MAX_LEN 1024

struct making {
	json_t *patch;
	struct lapse_buf path;	/* the pointer to where we are */
	int depth;
};

static int make_value(struct making *m, const json_t *a, const json_t *b);

/* One more token of the path (RFC 6901 §3). */
static int
descend(struct making *m, const char *key)
{
	int rc = lapse_buf_putc(&m->path, '/');

	for (; *key != '\0' && rc == 0; key++) {
		if (*key == '~')
			rc = lapse_buf_puts(&m->path, "~0");
		else if (*key == '/')
			rc = lapse_buf_puts(&m->path, "~1");
		else
			rc = lapse_buf_putc(&m->path, *key);
	}
	m->depth++;
	return rc;
}

static int
descend_index(struct making *m, size_t i)
{
	m->depth++;
	return lapse_buf_printf(&m->path, "/%zu", i);
}

static void
ascend(struct making *m, size_t len)
{
	m->path.len = len;
	m->path.data[len] = '\0';
	m->depth--;
}

/* `value` NULL: none, for "remove". */
static int
add_op(struct making *m, const char *op, const json_t *value)
{
	json_t *item = json_pack("{s:s, s:s%}", "op", op, "path", m->path.data, m->path.len);

	if (item != NULL && value != NULL && json_object_set_new(item, "value", json_deep_copy(value)) < 0) {
		json_decref(item);
		item = NULL;
	}
	if (item == NULL || json_array_append_new(m->patch, item) < 0)
		return lapse_fail(LAPSE_EFORMAT, "a value that is no JSON");
	return 0;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
make_object(struct making *m, const json_t *a, const json_t *b)
{
	size_t nkeys, len = m->path.len;
	const char **keys = lapse_json_keys(&nkeys, a, b, by_bytes);
	int rc = 0;

	for (size_t i = 0; i < nkeys && rc == 0; i++) {
		const json_t *before = json_object_get(a, keys[i]), *after = json_object_get(b, keys[i]);

		rc = descend(m, keys[i]);
		if (rc == 0 && before == NULL)
			rc = add_op(m, "add", after);
		else if (rc == 0 && after == NULL)
			rc = add_op(m, "remove", NULL);
		else if (rc == 0)
			rc = make_value(m, before, after);
		ascend(m, len);
	}
	free(keys);
	return rc;
}

static bool
is_same_item(size_t i, size_t j, const void *payload)
{
	const struct pair *arrays = payload;

	return lapse_json_equal(json_array_get(arrays->a, i), json_array_get(arrays->b, j));
}

/* What one step over two arrays does at the place `at` of the array as it is by then: from item i of a, to item j of b. */
struct stretch {
	size_t i, i_end;
	size_t j, j_end;
};

/* Items i to i_end of a become items j to j_end of b: as many as there are on both sides by changing them. */
static int
make_stretch(struct making *m, const struct pair *arrays, const struct stretch *s)
{
	size_t i = s->i, len = m->path.len;
	int rc = 0;

	for (size_t j = s->j; rc == 0 && (i < s->i_end || j < s->j_end); ) {
		rc = descend_index(m, j);
		if (rc == 0 && i < s->i_end && j < s->j_end)
			rc = make_value(m, json_array_get(arrays->a, i++), json_array_get(arrays->b, j++));
		else if (rc == 0 && i < s->i_end) {
			rc = add_op(m, "remove", NULL);
			i++;
		} else if (rc == 0)
			rc = add_op(m, "add", json_array_get(arrays->b, j++));
		ascend(m, len);
	}
	return rc;
}

static int
make_array(struct making *m, const json_t *a, const json_t *b)
{
	size_t na = json_array_size(a), nb = json_array_size(b);
	size_t *places = lapse_alloc(na, sizeof(*places));
	struct pair arrays = { a, b };
	struct stretch s = { 0, 0, 0, 0 };
	int rc = 0;

	lapse_align(places, na, nb, is_same_item, &arrays);
	while (rc == 0 && (s.i < na || s.j < nb)) {
		for (s.i_end = s.i; s.i_end < na && places[s.i_end] == LAPSE_ALIGN_NONE; s.i_end++)
			;
		s.j_end = s.i_end < na ? places[s.i_end] : nb;
		rc = make_stretch(m, &arrays, &s);
		s.i = s.i_end + 1;
		s.j = s.j_end + 1;
	}
	free(places);
	return rc;
}

/* Recursion: DEPTH_MAX deep at most. */
static int
make_value(struct making *m, const json_t *a, const json_t *b)
{
	bool follow = m->depth < DEPTH_MAX && m->path.len < PATH_MAX_LEN;

	if (follow && json_is_object(a) && json_is_object(b))
		return make_object(m, a, b);
	if (follow && json_is_array(a) && json_is_array(b))
		return make_array(m, a, b);
	return lapse_json_equal(a, b) ? 0 : add_op(m, "replace", b);
}

int
lapse_patch_make(json_t **patch, const json_t *a, const json_t *b)
{
	struct making m = { .patch = json_array() };
	int rc;

	lapse_buf_init(&m.path, LAPSE_BUF_DOCUMENT);
	rc = lapse_buf_puts(&m.path, "");
	if (rc == 0)
		rc = make_value(&m, a, b);
	lapse_buf_release(&m.path);
	if (rc < 0) {
		json_decref(m.patch);
		m.patch = NULL;
	}
	*patch = m.patch;
	return rc;
}
