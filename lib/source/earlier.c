/* What the archive holds of a source already, and whether a new capture may follow it. */
#include <stdio.h>
#include <string.h>

#include "bugzilla.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/source.h"

int
lapse_capture_newest(char *path, struct lapse_store *store, const struct lapse_oid *tree, const char *source)
{
	char folder[LAPSE_PATH_MAX];
	struct lapse_walk *walk = NULL;
	struct lapse_entry entry;
	const char *newest;
	int rc;

	snprintf(folder, sizeof(folder), "captures/%s", source);
	rc = lapse_walk_open_last(&walk, store, tree, folder);
	if (rc == 0)
		rc = lapse_walk_next(walk, &newest, &entry);
	if (rc > 0)
		snprintf(path, LAPSE_PATH_MAX, "%s", newest);
	lapse_walk_free(walk);
	return rc;
}

static int
read_record(struct lapse_capture *out, struct lapse_store *store, const struct lapse_entry *entry, const char *path)
{
	struct lapse_buf bytes;
	json_t *doc = NULL;
	int rc;

	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	rc = lapse_doc_read(&bytes, store, entry);
	if (rc >= 0)
		rc = lapse_json_parse(&doc, bytes.data, bytes.len, path);
	if (rc == 0)
		rc = lapse_context(lapse_codec_capture_decode(out, doc), "%s", path);
	json_decref(doc);
	lapse_buf_release(&bytes);
	return rc;
}

int
lapse_capture_asked(struct lapse_capture *out, struct lapse_store *store, const struct lapse_oid *tree, const char *source)
{
	char folder[LAPSE_PATH_MAX];
	struct lapse_walk *walk = NULL;
	struct lapse_entry entry;
	const char *path;
	int rc;

	lapse_capture_init(out);
	snprintf(folder, sizeof(folder), "captures/%s", source);
	rc = lapse_walk_open_last(&walk, store, tree, folder);
	while (rc >= 0 && out->asked.rest == NULL && (rc = lapse_walk_next(walk, &path, &entry)) > 0) {
		lapse_capture_release(out);
		lapse_capture_init(out);
		rc = read_record(out, store, &entry, path);
	}
	lapse_walk_free(walk);
	return rc < 0 ? rc : out->asked.rest != NULL;
}

int
lapse_capture_due(size_t *out, struct lapse_store *store, const struct lapse_oid *tree, const char *source)
{
	struct lapse_capture capture;
	int rc = lapse_capture_asked(&capture, store, tree, source);

	*out = capture.asked.due.nitems;
	lapse_capture_release(&capture);
	return rc;
}

/* The source's newest capture: 1 and its record, or 0. */
static int
read_newest(struct lapse_capture *out, struct lapse_place *place, struct import *run, struct lapse_store *store)
{
	const struct lapse_commit *base = lapse_batch_base(run->batch);
	char path[LAPSE_PATH_MAX];
	json_t *doc = NULL;
	int rc;

	if (base == NULL)
		return 0;
	rc = lapse_capture_newest(path, store, &base->tree, run->source);
	if (rc <= 0)
		return rc;
	if (!lapse_place_parse(place, path) || place->file != LAPSE_FILE_CAPTURE)
		return lapse_fail(LAPSE_EFORMAT, "%s: not a capture's record", path);
	/* Its name when it is whole: a large one lies in parts. */
	lapse_path_capture(path, run->source, place->time, (int)place->number);
	rc = lapse_doc_find(&run->other, store, &base->tree, path);
	if (rc > 0)
		rc = lapse_json_parse(&doc, run->other.data, run->other.len, path);
	if (rc == 0)
		rc = lapse_context(lapse_codec_capture_decode(out, doc), "%s", path);
	json_decref(doc);
	return rc < 0 ? rc : 1;
}

/* Have two trees the same entry at TOP/NAME, or both none? */
static int
is_same_below(struct lapse_store *store, const struct lapse_oid *a, const struct lapse_oid *b,
    const char *top, const char *name)
{
	struct lapse_entry in_a, in_b;
	char path[LAPSE_PATH_MAX];
	int has_a, has_b;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	has_a = lapse_tree_find(&in_a, store, a, path);
	has_b = has_a < 0 ? has_a : b != NULL ? lapse_tree_find(&in_b, store, b, path) : 0;
	if (has_b < 0)
		return has_b;
	return has_a == has_b && (has_a == 0 || lapse_oid_equal(&in_a.oid, &in_b.oid));
}

/* The newest capture of the source on the way back from *commit, which moves there: 1, or 0. */
static int
find_capture(struct lapse_commit *commit, struct lapse_store *store, const char *source)
{
	char name[65];
	int rc;

	do {
		if (lapse_commit_trailer(name, sizeof(name), commit, "Lapse-Source") && strcmp(name, source) == 0)
			return 1;
	} while ((rc = lapse_commit_parent(commit, store)) > 0);
	return rc;
}

/* A run builds on what captures brought: what another commit did to the source's threads it must not take for that. */
static int
check_untouched(const struct import *run, struct lapse_store *store)
{
	static const char *const tops[] = { "threads", "people", "captures" };
	const struct lapse_commit *base = lapse_batch_base(run->batch);
	struct lapse_commit commit;
	int found, same = 1;

	if (base == NULL)
		return 0;
	commit = *base;
	commit.message = lapse_strdup(base->message);
	found = find_capture(&commit, store, run->source);
	for (size_t i = 0; found >= 0 && same > 0 && i < 3; i++)
		same = is_same_below(store, &base->tree, found > 0 ? &commit.tree : NULL, tops[i], run->source);
	lapse_commit_release(&commit);
	if (found < 0 || same < 0)
		return found < 0 ? found : same;
	return same ? 0 : lapse_fail(LAPSE_EFORMAT, "what the archive holds of source '%s' was changed by a commit that "
	    "is no capture (lapse verify names it)", run->source);
}

int
lapse_import_check_order(const struct import *run, const struct lapse_capture *newest)
{
	char have[LAPSE_TIME_LEN + 1], mine[LAPSE_TIME_LEN + 1];

	if (!lapse_time_is_set(run->capture->time) || lapse_time_cmp(run->capture->time, newest->time) >= 0)
		return 0;
	return lapse_fail(LAPSE_EFAIL, "source '%s' was captured at %s already; a capture at %s would be older "
	    "(captures of one source come in order)", run->source,
	    lapse_time_format(have, newest->time), lapse_time_format(mine, run->capture->time));
}

static bool
is_subset(const struct lapse_ids *ids, const struct lapse_ids *of)
{
	for (size_t i = 0; i < ids->nitems; i++)
		if (!lapse_ids_has(of, ids->items[i]))
			return false;
	return true;
}

bool
lapse_import_is_known(const struct import *run, const struct lapse_capture *newest)
{
	if (lapse_batch_changes(run->batch) > 0)
		return false;
	/* Of mail that was there already nothing more is known at a later time. */
	if (strcmp(run->capture->kind, "mail") == 0)
		return true;
	if (lapse_time_cmp(newest->time, run->capture->time) != 0)
		return false;
	for (int part = 0; part < LAPSE_NPARTS; part++)
		if (!is_subset(&run->capture->scope[part], &newest->scope[part]))
			return false;
	return true;
}

int
lapse_import_earlier(struct lapse_capture *newest, struct lapse_place *place, struct import *run,
    struct lapse_store *store)
{
	int found = read_newest(newest, place, run, store);
	int rc = found > 0 ? lapse_import_check_order(run, newest) : found;

	if (rc >= 0)
		rc = check_untouched(run, store);
	return rc < 0 ? rc : found;
}
