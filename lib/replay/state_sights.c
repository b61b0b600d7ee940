#include "state_sights.h"

#include <string.h>

#include "replay_internal.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"

/* ---- lists ---- */

static int
read_doc(json_t **out, struct sights *sights, const struct lapse_entry *entry)
{
	struct lapse_buf *buf = &sights->view->buf;
	int rc = lapse_doc_read(buf, sights->view->store, entry);

	*out = NULL;
	return rc < 0 ? rc : lapse_json_parse(out, buf->data, buf->len, NULL);
}

static int
read_list(struct lapse_ids **out, struct sights *sights, const struct lapse_entry *entry)
{
	struct lapse_ids ids = { 0 };
	json_t *doc;
	int rc = read_doc(&doc, sights, entry);

	if (rc == 0)
		rc = lapse_codec_list_decode(&ids, doc);
	json_decref(doc);
	*out = lapse_arena_alloc(sights->arena, sizeof(**out));
	if (rc == 0) {
		lapse_ids_sort(&ids);
		(*out)->items = lapse_arena_alloc(sights->arena, ids.nitems * sizeof(*ids.items));
		(*out)->nitems = ids.nitems;
		if (ids.nitems > 0)
			memcpy((*out)->items, ids.items, ids.nitems * sizeof(*ids.items));
	}
	lapse_ids_release(&ids);
	return rc;
}

/* The list of each capture that covers the part. Captures with one list share it. */
static int
read_lists(struct lapse_ids ***out, struct sights *sights, enum lapse_part part, const char *name)
{
	struct lapse_entry entry;
	struct lapse_oid last = { { 0 } };
	const struct lapse_oid *tree, *last_tree = NULL;
	struct lapse_ids *list = NULL;
	int rc = 0;

	*out = lapse_arena_alloc(sights->arena, sights->ncaptures * sizeof(**out));
	for (size_t k = 0; k < sights->ncaptures && rc >= 0; k++) {
		tree = lapse_sights_tree(sights, k);
		if (tree == NULL || !(sights->covered[k] & 1 << part))
			continue;
		if (tree != last_tree) {
			rc = lapse_doc_entry(&entry, sights->view->store, tree, name);
			if (rc > 0 && !lapse_oid_equal(&entry.oid, &last))
				rc = read_list(&list, sights, &entry);
			else if (rc == 0)
				list = NULL;
			lapse_context(rc, "%s", name);
			last = entry.oid;
			last_tree = tree;
		}
		(*out)[k] = list;
	}
	return rc < 0 ? rc : 0;
}

int
lapse_sights_open(struct sights *out, struct lapse_view *view, size_t i, struct lapse_arena *arena)
{
	int rc;

	*out = (struct sights){ .view = view, .arena = arena, .docs = json_array() };
	rc = lapse_view_captures(&out->captures, &out->covered, &out->ncaptures, arena, view, i);
	if (rc >= 0)
		rc = lapse_view_versions(&out->versions, &out->nversions, arena, view, i);
	if (rc >= 0)
		rc = read_lists(&out->posts, out, LAPSE_PART_COMMENTS, "posts.json");
	if (rc >= 0)
		rc = read_lists(&out->attachments, out, LAPSE_PART_ATTACHMENTS, "attachments.json");
	return rc < 0 ? rc : 0;
}

void
lapse_sights_release(struct sights *sights)
{
	json_decref(sights->docs);
	sights->docs = NULL;
}

/* ---- captures ---- */

const struct lapse_oid *
lapse_sights_tree(const struct sights *sights, size_t capture)
{
	size_t lo = 0, hi = sights->nversions;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (sights->versions[middle].capture <= capture)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo > 0 ? &sights->versions[lo - 1].tree : NULL;
}

/* The number of captures before a moment. */
static size_t
count_before(const struct sights *sights, struct lapse_instant at)
{
	size_t lo = 0, hi = sights->ncaptures;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (sights->captures[middle].time.sec < at.sec)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

size_t
lapse_sights_listed(const struct sights *sights, struct lapse_ids *const *lists, int64_t number,
    struct lapse_instant at, bool after)
{
	size_t k = count_before(sights, at);

	for (; after && k < sights->ncaptures; k++)
		if (lists[k] != NULL && lapse_ids_has(lists[k], number))
			return k;
	for (; !after && k > 0; k--)
		if (lists[k - 1] != NULL && lapse_ids_has(lists[k - 1], number))
			return k - 1;
	return SIGHT_NONE;
}

size_t
lapse_sights_covering(const struct sights *sights, enum lapse_part part, struct lapse_instant at, bool after)
{
	size_t k = count_before(sights, at);

	for (; after && k < sights->ncaptures; k++)
		if (sights->covered[k] & 1 << part)
			return k;
	for (; !after && k > 0; k--)
		if (sights->covered[k - 1] & 1 << part)
			return k - 1;
	return SIGHT_NONE;
}

/* ---- documents ---- */

static int
keep_doc(struct sight *out, struct sights *sights, const struct lapse_entry *entry)
{
	const char *changed;
	json_t *doc;
	int rc = read_doc(&doc, sights, entry);

	if (rc < 0)
		return rc;
	json_array_append_new(sights->docs, doc);
	out->doc = doc;
	changed = lapse_json_text(doc, "last_change_time");
	if (changed != NULL && lapse_time_parse(&out->changed, changed) < 0)
		return lapse_context(LAPSE_EFORMAT, "last_change_time");
	return 0;
}

/* Find a document as a capture left it: 1, or 0. */
static int
find_doc(struct lapse_entry *out, struct sights *sights, const char *path, size_t capture)
{
	const struct lapse_oid *tree = capture != SIGHT_NONE ? lapse_sights_tree(sights, capture) : NULL;

	return tree != NULL ? lapse_doc_entry(out, sights->view->store, tree, path) : 0;
}

int
lapse_sights_moment(struct moment *out, struct sights *sights, const char *path, size_t before, size_t after)
{
	struct lapse_entry entry, last;
	int rc, has_before;

	out->before = out->after = (struct sight){ .time = LAPSE_NEVER, .changed = LAPSE_NEVER };
	if (before == SIGHT_NONE && after == SIGHT_NONE && sights->ncaptures > 0)
		after = sights->ncaptures - 1;
	has_before = rc = find_doc(&last, sights, path, before);
	if (rc > 0) {
		out->before.time = sights->captures[before].time;
		rc = keep_doc(&out->before, sights, &last);
	}
	if (rc >= 0)
		rc = find_doc(&entry, sights, path, after);
	if (rc > 0) {
		out->after = (struct sight){ out->before.doc, sights->captures[after].time, out->before.changed };
		if (has_before <= 0 || !lapse_oid_equal(&entry.oid, &last.oid)) {
			out->after.changed = LAPSE_NEVER;
			rc = keep_doc(&out->after, sights, &entry);
		}
	}
	return rc < 0 ? lapse_context(rc, "%s", path) : 0;
}
