/*
 * Documents into the run. One thing may come in several versions, in any
 * order: which one stays depends on the versions alone.
 */
#include <string.h>

#include "bugzilla.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "replay.h"

/* Text that is later or greater in a key; a missing key is the least. */
static int
compare_text(const json_t *a, const json_t *b, const char *key)
{
	const char *x = lapse_json_text(a, key);
	const char *y = lapse_json_text(b, key);

	return strcmp(x != NULL ? x : "", y != NULL ? y : "");
}

static int
compare_number(const json_t *a, const json_t *b, const char *key)
{
	double x = json_number_value(json_object_get(a, key));
	double y = json_number_value(json_object_get(b, key));

	return x < y ? -1 : x > y;
}

static int
compare_size(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_bytes(const struct lapse_buf *a, const struct lapse_buf *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->data, b->data, len);

	return order != 0 ? order : compare_size(a->len, b->len);
}

/*
 * The later version of a document: by last_change_time, then edit_count, then
 * the longer history, then the fuller object, then the bytes. A total order, so the
 * order of arrival does not matter.
 */
int
lapse_import_compare(const json_t *a, const struct lapse_buf *abytes, const json_t *b, const struct lapse_buf *bbytes)
{
	int order = compare_text(a, b, "last_change_time");

	if (order == 0)
		order = compare_number(a, b, "edit_count");
	if (order == 0)
		order = compare_size(json_array_size(json_object_get(a, "history")),
		    json_array_size(json_object_get(b, "history")));
	if (order == 0)
		order = compare_size(json_object_size(a), json_object_size(b));
	return order != 0 ? order : compare_bytes(abytes, bbytes);
}

/* The document of this run at `path` against the one in run->bytes: > 0 when the new one should stay. */
static int
is_preferred(struct import *run, const char *path, const json_t *doc)
{
	json_t *there = NULL;
	int order, rc = lapse_batch_get(&run->other, run->batch, path);

	if (rc < 0)
		return rc;
	if (run->other.len == run->bytes.len && memcmp(run->other.data, run->bytes.data, run->bytes.len) == 0)
		return 0;
	run->contested = lapse_grow(run->contested, run->ncontested, &run->contested_cap, sizeof(*run->contested));
	run->contested[run->ncontested++] = lapse_arena_dup(&run->names, path);
	rc = lapse_json_parse(&there, run->other.data, run->other.len, path);
	if (rc < 0)
		return rc;
	order = lapse_import_compare(doc, &run->bytes, there, &run->other);
	json_decref(there);
	return order > 0;
}

int
lapse_import_put(struct import *run, const char *path, const json_t *doc)
{
	int was_put, rc;

	lapse_buf_reset(&run->bytes);
	rc = lapse_canon_write(&run->bytes, doc);
	if (rc < 0)
		return rc;
	if (run->replay != NULL)
		return lapse_replay_put(run, path, doc);
	was_put = rc = lapse_batch_has_put(run->batch, path);
	if (was_put > 0)
		rc = is_preferred(run, path, doc);
	if (rc < 0 || (was_put > 0 && rc == 0))
		return rc;
	rc = lapse_batch_put(run->batch, path, run->bytes.data, run->bytes.len);
	return rc < 0 ? rc : was_put > 0 ? 2 : 1;
}

static int
join_list(struct import *run, const char *path, struct lapse_ids *ids)
{
	struct lapse_ids there;
	json_t *doc = NULL;
	int rc;

	lapse_ids_init(&there);
	rc = lapse_batch_get(&run->other, run->batch, path);
	if (rc > 0)
		rc = lapse_json_parse(&doc, run->other.data, run->other.len, path);
	if (rc == 0)
		rc = lapse_codec_list_decode(&there, doc);
	for (size_t i = 0; rc == 0 && i < there.nitems; i++)
		lapse_ids_add(ids, there.items[i]);
	lapse_ids_release(&there);
	json_decref(doc);
	return rc;
}

int
lapse_import_put_list(struct import *run, const char *path, struct lapse_ids *ids)
{
	json_t *doc;
	int rc;

	if (run->replay != NULL)
		return lapse_replay_put_list(run, path, ids);
	rc = lapse_batch_has_put(run->batch, path);
	if (rc > 0)
		rc = join_list(run, path, ids);
	if (rc < 0)
		return rc;
	lapse_ids_sort(ids);
	doc = lapse_codec_list_encode(ids);
	lapse_buf_reset(&run->bytes);
	rc = lapse_canon_write(&run->bytes, doc);
	json_decref(doc);
	return rc < 0 ? rc : lapse_batch_put(run->batch, path, run->bytes.data, run->bytes.len);
}
