/* A JSON Patch applied (RFC 6902 §4, §5): on a copy, so that a failure leaves nothing half done. */
#include "lapse/patch.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/text.h"

/* As deep as documents are read (jansson's limit): none gets deeper by a patch. */
#define DEPTH_MAX 2048

/*
 * How many values all operations of a patch together may copy or carry: "copy" can double a document each time it is
 * used, and a patch of a few lines must not fill the memory.
 */
#define VALUES_MAX ((size_t)1 << 22)

struct applying {
	json_t *doc;
	size_t values;		/* copied or carried so far */
};

/* A JSON Pointer taken apart: where its last token applies. */
struct spot {
	json_t *parent;		/* NULL: the whole document is meant */
	char *token;		/* the last one, unescaped; free()d by spot_release() */
	size_t depth;		/* tokens */
};

static void
spot_release(struct spot *spot)
{
	free(spot->token);
}

/* ---- pointers (RFC 6901) ---- */

/* The next token of a pointer, from behind its slash on, unescaped into `out`; returns its end, NULL for a bad escape. */
static const char *
next_token(char *out, const char *p)
{
	for (; *p != '\0' && *p != '/'; p++) {
		if (*p != '~') {
			*out++ = *p;
			continue;
		}
		p++;
		if (*p != '0' && *p != '1')
			return NULL;
		*out++ = *p == '0' ? '~' : '/';
	}
	*out = '\0';
	return p;
}

/* Digits without leading zeros, at most `max`? */
static bool
parse_index(size_t *out, const char *token, size_t max)
{
	int64_t n;

	if (token[0] < '0' || token[0] > '9' || (token[0] == '0' && token[1] != '\0') ||
	    lapse_int_parse(&n, token, 0, INT64_MAX) < 0 || (uint64_t)n > max)
		return false;
	*out = (size_t)n;
	return true;
}

/* The value of a container at a token: borrowed; NULL when it is not there. */
static json_t *
member(json_t *parent, const char *token)
{
	size_t i;

	if (json_is_object(parent))
		return json_object_get(parent, token);
	if (!json_is_array(parent) || json_array_size(parent) == 0 ||
	    !parse_index(&i, token, json_array_size(parent) - 1))
		return NULL;
	return json_array_get(parent, i);
}

/* Follow a pointer to the container that holds its end. `out` is ended with spot_release(), also after a failure. */
static int
find_spot(struct spot *out, json_t *doc, const json_t *pointer, const char *what)
{
	const char *p = json_string_value(pointer);
	json_t *here = doc;

	*out = (struct spot){ .parent = NULL };
	if (p == NULL || strlen(p) != json_string_length(pointer) || (*p != '\0' && *p != '/'))
		return lapse_fail(LAPSE_EFORMAT, "\"%s\" is not a JSON Pointer", what);
	out->token = lapse_alloc(strlen(p) + 1, 1);
	while (*p == '/') {
		out->parent = here;
		p = next_token(out->token, p + 1);
		if (p == NULL)
			return lapse_fail(LAPSE_EFORMAT, "\"%s\" is not a JSON Pointer: ~ without 0 or 1", what);
		out->depth++;
		here = member(out->parent, out->token);
		if (here == NULL && *p == '/')
			return lapse_fail(LAPSE_EFORMAT, "\"%s\": there is no '%.80s'", what, out->token);
	}
	return 0;
}

/* ---- size ---- */

struct visit {
	const json_t *value;
	size_t depth;
};

/* Count a value and all in it, up to the limits. No recursion on input. */
static int
weigh(struct applying *a, const json_t *value, size_t depth)
{
	struct visit *stack = NULL;
	size_t nstack = 0, cap = 0;
	const char *key;
	json_t *below;
	int rc = 0;

	stack = lapse_grow(stack, nstack, &cap, sizeof(*stack));
	stack[nstack++] = (struct visit){ value, depth };
	while (rc == 0 && nstack > 0) {
		struct visit v = stack[--nstack];

		if (++a->values > VALUES_MAX)
			rc = lapse_fail(LAPSE_ETOOBIG, "more than %zu values are moved about", VALUES_MAX);
		else if (v.depth > DEPTH_MAX)
			rc = lapse_fail(LAPSE_ETOOBIG, "values nested more than %d deep", DEPTH_MAX);
		json_object_foreach((json_t *)v.value, key, below) {
			stack = lapse_grow(stack, nstack, &cap, sizeof(*stack));
			stack[nstack++] = (struct visit){ below, v.depth + 1 };
		}
		for (size_t i = 0; i < json_array_size(v.value); i++) {
			stack = lapse_grow(stack, nstack, &cap, sizeof(*stack));
			stack[nstack++] = (struct visit){ json_array_get(v.value, i), v.depth + 1 };
		}
	}
	free(stack);
	return rc;
}

/* ---- the operations ---- */

static int
not_there(const struct spot *spot)
{
	return lapse_fail(LAPSE_EFORMAT, "\"path\": there is no '%.80s'", spot->token);
}

/* The value at a spot: borrowed; NULL when it is not there. */
static json_t *
value_at(const struct applying *a, const struct spot *spot)
{
	return spot->parent != NULL ? member(spot->parent, spot->token) : a->doc;
}

/* Takes the reference to `value`, also on failure. */
static int
put_whole(struct applying *a, json_t *value)
{
	json_decref(a->doc);
	a->doc = value;
	return 0;
}

/* The "add" of `value`, whose reference it takes. */
static int
put(struct applying *a, const struct spot *spot, json_t *value)
{
	size_t i;

	if (spot->parent == NULL)
		return put_whole(a, value);
	if (json_is_object(spot->parent))
		return json_object_set_new(spot->parent, spot->token, value) == 0 ? 0 :
		    lapse_fail(LAPSE_EFORMAT, "a key that is no JSON");
	if (json_is_array(spot->parent) && strcmp(spot->token, "-") == 0)
		return json_array_append_new(spot->parent, value);
	if (json_is_array(spot->parent) && parse_index(&i, spot->token, json_array_size(spot->parent)))
		return json_array_insert_new(spot->parent, i, value);
	json_decref(value);
	return lapse_fail(LAPSE_EFORMAT, json_is_array(spot->parent) ? "\"path\": no place '%.80s' in an array" :
	    "\"path\": '%.80s' would be in something that is neither object nor array", spot->token);
}

static int
take_away(struct applying *a, const struct spot *spot)
{
	size_t i;

	if (spot->parent == NULL)
		return lapse_fail(LAPSE_EFORMAT, "the whole document cannot be taken away");
	if (value_at(a, spot) == NULL)
		return not_there(spot);
	if (json_is_object(spot->parent))
		return json_object_del(spot->parent, spot->token);
	parse_index(&i, spot->token, json_array_size(spot->parent));
	return json_array_remove(spot->parent, i);
}

static int
replace(struct applying *a, const struct spot *spot, json_t *value)
{
	size_t i;

	if (value_at(a, spot) == NULL) {
		json_decref(value);
		return not_there(spot);
	}
	if (!json_is_array(spot->parent))
		return put(a, spot, value);
	parse_index(&i, spot->token, json_array_size(spot->parent));
	return json_array_set_new(spot->parent, i, value);
}

static int
test(const struct applying *a, const struct spot *spot, const json_t *value)
{
	const json_t *have = value_at(a, spot);

	if (have == NULL)
		return not_there(spot);
	return lapse_json_equal(have, value) ? 0 : lapse_fail(LAPSE_EFORMAT, "the value is another one");
}

/* "add", "replace" and "test" with their value. */
static int
apply_value(struct applying *a, const char *name, const json_t *op)
{
	const json_t *value = json_object_get(op, "value");
	struct spot spot = { 0 };
	int rc;

	if (value == NULL)
		return lapse_fail(LAPSE_EFORMAT, "no \"value\"");
	rc = find_spot(&spot, a->doc, json_object_get(op, "path"), "path");
	if (rc == 0 && strcmp(name, "test") == 0)
		rc = test(a, &spot, value);
	else if (rc == 0) {
		rc = weigh(a, value, spot.depth + 1);
		if (rc == 0)
			rc = strcmp(name, "add") == 0 ? put(a, &spot, json_deep_copy(value)) :
			    replace(a, &spot, json_deep_copy(value));
	}
	spot_release(&spot);
	return rc;
}

/* Does one location lie within another? Then a value would be moved into itself. */
static bool
is_within(const json_t *op)
{
	const char *from = json_string_value(json_object_get(op, "from"));
	const char *path = json_string_value(json_object_get(op, "path"));
	size_t len = from != NULL ? strlen(from) : 0;

	return from != NULL && path != NULL && strncmp(from, path, len) == 0 && path[len] == '/';
}

/* "move" and "copy": the value at "from", then added at "path" as the document is by then. */
static int
apply_from(struct applying *a, bool move, const json_t *op)
{
	struct spot from = { 0 }, to = { 0 };
	json_t *value = NULL;
	int rc = find_spot(&from, a->doc, json_object_get(op, "from"), "from");

	if (rc == 0 && value_at(a, &from) == NULL)
		rc = lapse_fail(LAPSE_EFORMAT, "\"from\": there is no '%.80s'", from.token);
	if (rc == 0 && move && is_within(op))
		rc = lapse_fail(LAPSE_EFORMAT, "a value cannot be moved into itself");
	/* Where nothing moves, nothing is taken away: the whole document cannot be. */
	if (rc == 0 && move && json_equal(json_object_get(op, "from"), json_object_get(op, "path")))
		goto out;
	if (rc == 0)
		value = move ? json_incref(value_at(a, &from)) : value_at(a, &from);
	if (rc == 0 && move)
		rc = take_away(a, &from);
	if (rc == 0)
		rc = find_spot(&to, a->doc, json_object_get(op, "path"), "path");
	if (rc == 0)
		rc = weigh(a, value, to.depth + 1);
	if (rc == 0)
		rc = put(a, &to, move ? json_incref(value) : json_deep_copy(value));
	if (move)
		json_decref(value);
out:
	spot_release(&from);
	spot_release(&to);
	return rc;
}

static int
apply_op(struct applying *a, const json_t *op)
{
	const char *name = json_string_value(json_object_get(op, "op"));
	struct spot spot = { 0 };
	int rc;

	if (!json_is_object(op) || name == NULL)
		return lapse_fail(LAPSE_EFORMAT, "no \"op\"");
	if (strcmp(name, "add") == 0 || strcmp(name, "replace") == 0 || strcmp(name, "test") == 0)
		return lapse_context(apply_value(a, name, op), "%s", name);
	if (strcmp(name, "move") == 0 || strcmp(name, "copy") == 0)
		return lapse_context(apply_from(a, name[0] == 'm', op), "%s", name);
	if (strcmp(name, "remove") != 0)
		return lapse_fail(LAPSE_EFORMAT, "no operation '%.20s'", name);
	rc = find_spot(&spot, a->doc, json_object_get(op, "path"), "path");
	if (rc == 0)
		rc = take_away(a, &spot);
	spot_release(&spot);
	return lapse_context(rc, "remove");
}

int
lapse_patch_apply(json_t **out, const json_t *doc, const json_t *patch)
{
	struct applying a = { .doc = NULL };
	int rc = 0;

	*out = NULL;
	if (!json_is_array(patch))
		return lapse_fail(LAPSE_EFORMAT, "a patch is an array of operations");
	a.doc = json_deep_copy(doc);
	if (a.doc == NULL)
		return lapse_fail(LAPSE_EFORMAT, "a document that is no JSON");
	for (size_t i = 0; rc == 0 && i < json_array_size(patch); i++)
		rc = lapse_context(apply_op(&a, json_array_get(patch, i)), "operation %zu", i + 1);
	if (rc == 0)
		*out = a.doc;
	else
		json_decref(a.doc);
	return rc;
}
