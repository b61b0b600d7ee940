#include "edits.h"

#include <string.h>

#include "asking.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"

int
lapse_edits_target(struct lapse_buf *out, const int64_t *ids, size_t n)
{
	int rc = lapse_asking_write(out, ids, n, sizeof(*ids));

	return rc < 0 ? rc : lapse_buf_puts(out, "&include_fields=" EDITS_FIELDS);
}

static bool
is_number(const json_t *object, const char *key)
{
	int64_t n;

	return lapse_json_int(&n, json_object_get(object, key));
}

bool
lapse_edits_are_told(const json_t *answer)
{
	const json_t *bugs = json_object_get(answer, "bugs");

	for (size_t i = 0; i < json_array_size(bugs); i++) {
		const json_t *comments = json_object_get(json_array_get(bugs, i), "comments");

		if (json_array_size(comments) > 0)
			return is_number(json_array_get(comments, 0), "edit_count");
	}
	return false;
}

/* ---- against what is kept ---- */

struct against {
	struct lapse_store *store;
	const struct lapse_oid *tree;
	const char *source;
	int64_t bug;
	struct lapse_buf bytes;		/* scratch */
};

/* The document at a path: 1 and a new reference, or 0. */
static int
read_doc(json_t **out, struct against *a, const char *path)
{
	int rc = lapse_doc_find(&a->bytes, a->store, a->tree, path);

	*out = NULL;
	if (rc <= 0)
		return rc;
	rc = lapse_json_parse(out, a->bytes.data, a->bytes.len, path);
	return rc < 0 ? rc : 1;
}

/* Both absent, or both the same. */
static bool
are_same(const json_t *a, const json_t *b, const char *key)
{
	const json_t *x = json_object_get(a, key), *y = json_object_get(b, key);

	return x == y || (x != NULL && y != NULL && json_equal(x, y));
}

/* A comment that does not say how often it was edited is not known to be as it was. */
static int
is_comment_same(struct against *a, const json_t *told, int64_t number)
{
	static const char *const keys[] = { "id", "edit_count", "last_change_time", "is_private", "tags" };
	char path[LAPSE_PATH_MAX];
	json_t *kept;
	int same = read_doc(&kept, a, lapse_path_post(path, a->source, a->bug, number));

	if (same > 0)
		same = is_number(told, "edit_count");
	for (size_t i = 0; same > 0 && i < sizeof(keys) / sizeof(keys[0]); i++)
		same = are_same(told, kept, keys[i]);
	json_decref(kept);
	return same;
}

static int
read_numbers(struct lapse_ids *out, struct against *a)
{
	char path[LAPSE_PATH_MAX];
	json_t *doc;
	int rc = read_doc(&doc, a, lapse_path_posts(path, a->source, a->bug));

	if (rc > 0)
		rc = lapse_context(lapse_codec_list_decode(out, doc), "%s", path) < 0 ? LAPSE_EFORMAT : 1;
	json_decref(doc);
	return rc;
}

/* The list is kept ascending, and comments come in that order; in another one they are not the same, which costs a request. */
static int
is_bug_same(struct against *a, const json_t *comments)
{
	struct lapse_ids kept;
	int same;

	lapse_ids_init(&kept);
	same = read_numbers(&kept, a);
	if (same > 0)
		same = json_is_array(comments) && json_array_size(comments) == kept.nitems;
	for (size_t i = 0; same > 0 && i < kept.nitems; i++) {
		const json_t *told = json_array_get(comments, i);
		int64_t number;

		same = lapse_json_int(&number, json_object_get(told, "count")) && number == kept.items[i] ?
		    is_comment_same(a, told, number) : 0;
	}
	lapse_ids_release(&kept);
	return same;
}

int
lapse_edits_compare(struct lapse_ids *same, struct lapse_store *store, const struct lapse_oid *tree, const char *source,
    const json_t *answer)
{
	struct against a = { .store = store, .tree = tree, .source = source };
	const json_t *bugs = json_object_get(answer, "bugs");
	int rc = 0;

	lapse_buf_init(&a.bytes, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; rc >= 0 && i < json_array_size(bugs); i++) {
		const json_t *bug = json_array_get(bugs, i);

		if (!lapse_json_int(&a.bug, json_object_get(bug, "id")) || a.bug <= 0)
			continue;
		rc = is_bug_same(&a, json_object_get(bug, "comments"));
		if (rc > 0)
			lapse_ids_add(same, a.bug);
	}
	lapse_buf_release(&a.bytes);
	return rc < 0 ? rc : 0;
}
