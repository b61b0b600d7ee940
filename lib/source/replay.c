/*
 * Of a document that came in several versions the run kept the preferred one. Here they come again, one by one, and none is
 * kept: the capture's is right if one of them is its bytes and none is preferred to it.
 */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"

enum outcome {
	SAME,		/* as the capture has it */
	LESSER,		/* a version that was not kept, and rightly */
	GREATER,	/* one that should have been kept */
	MISSING		/* the capture has no such document */
};

struct said {
	const char *path;
	enum outcome outcome;
};

struct list {
	const char *path;
	struct lapse_ids ids;
};

struct replay {
	struct lapse_store *store;
	struct lapse_oid tree;
	struct lapse_arena paths;
	struct said *said;
	size_t nsaid, said_cap;
	struct list *lists;
	size_t nlists, lists_cap;
	struct lapse_buf there;		/* scratch: the capture's document */
	struct lapse_buf bytes;		/* scratch */
};

struct replay *
lapse_replay_new(struct lapse_store *store, const struct lapse_oid *tree)
{
	struct replay *replay = lapse_alloc(1, sizeof(*replay));

	replay->store = store;
	replay->tree = *tree;
	lapse_arena_init(&replay->paths);
	lapse_buf_init(&replay->there, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&replay->bytes, LAPSE_BUF_DOCUMENT);
	return replay;
}

void
lapse_replay_free(struct replay *replay)
{
	if (replay == NULL)
		return;
	for (size_t i = 0; i < replay->nlists; i++)
		lapse_ids_release(&replay->lists[i].ids);
	free(replay->lists);
	free(replay->said);
	lapse_arena_release(&replay->paths);
	lapse_buf_release(&replay->there);
	lapse_buf_release(&replay->bytes);
	free(replay);
}

static void
note(struct replay *replay, const char *path, enum outcome outcome)
{
	replay->said = lapse_grow(replay->said, replay->nsaid, &replay->said_cap, sizeof(*replay->said));
	replay->said[replay->nsaid++] = (struct said){ lapse_arena_dup(&replay->paths, path), outcome };
}

/* ---- documents ---- */

/* The capture's version of a document against the one that came. A capture's that cannot be read has been named elsewhere. */
static enum outcome
compare(struct replay *replay, const json_t *doc, const struct lapse_buf *bytes)
{
	json_t *there = NULL;
	int order;

	if (replay->there.len == bytes->len && memcmp(replay->there.data, bytes->data, bytes->len) == 0)
		return SAME;
	if (lapse_json_parse(&there, replay->there.data, replay->there.len, NULL) < 0)
		return LESSER;
	order = lapse_import_compare(doc, bytes, there, &replay->there);
	json_decref(there);
	return order > 0 ? GREATER : LESSER;
}

int
lapse_replay_put(struct import *run, const char *path, const json_t *doc)
{
	struct replay *replay = run->replay;
	int rc = lapse_doc_find(&replay->there, replay->store, &replay->tree, path);

	if (rc < 0)
		return rc;
	note(replay, path, rc == 0 ? MISSING : compare(replay, doc, &run->bytes));
	return 1;
}

int
lapse_replay_put_list(struct import *run, const char *path, const struct lapse_ids *ids)
{
	struct replay *replay = run->replay;
	struct list *list;

	replay->lists = lapse_grow(replay->lists, replay->nlists, &replay->lists_cap, sizeof(*replay->lists));
	list = &replay->lists[replay->nlists++];
	list->path = lapse_arena_dup(&replay->paths, path);
	lapse_ids_init(&list->ids);
	for (size_t i = 0; i < ids->nitems; i++)
		lapse_ids_add(&list->ids, ids->items[i]);
	return 0;
}

int
lapse_replay_get(struct lapse_buf *out, struct replay *replay, const char *path)
{
	return lapse_doc_find(out, replay->store, &replay->tree, path);
}

/* ---- lists ---- */

static int
by_list_path(const void *a, const void *b)
{
	return strcmp(((const struct list *)a)->path, ((const struct list *)b)->path);
}

/* The lists of one path are joined in the first of them, which is compared. */
static int
end_list(struct replay *replay, size_t first, size_t end)
{
	struct lapse_ids *ids = &replay->lists[first].ids;
	const char *path = replay->lists[first].path;
	json_t *doc;
	int rc;

	for (size_t i = first + 1; i < end; i++)
		for (size_t k = 0; k < replay->lists[i].ids.nitems; k++)
			lapse_ids_add(ids, replay->lists[i].ids.items[k]);
	lapse_ids_sort(ids);
	doc = lapse_codec_list_encode(ids);
	lapse_buf_reset(&replay->bytes);
	rc = lapse_canon_write(&replay->bytes, doc);
	json_decref(doc);
	if (rc == 0)
		rc = lapse_doc_find(&replay->there, replay->store, &replay->tree, path);
	if (rc < 0)
		return rc;
	if (rc == 0)
		note(replay, path, MISSING);
	else
		note(replay, path, replay->there.len == replay->bytes.len &&
		    memcmp(replay->there.data, replay->bytes.data, replay->bytes.len) == 0 ? SAME : GREATER);
	return 0;
}

static int
end_lists(struct replay *replay)
{
	size_t end;
	int rc = 0;

	if (replay->nlists > 0)
		qsort(replay->lists, replay->nlists, sizeof(*replay->lists), by_list_path);
	for (size_t i = 0; rc == 0 && i < replay->nlists; i = end) {
		for (end = i + 1; end < replay->nlists && by_list_path(&replay->lists[i], &replay->lists[end]) == 0; end++)
			;
		rc = end_list(replay, i, end);
	}
	return rc;
}

/* ---- the end ---- */

static int
by_path(const void *va, const void *vb)
{
	const struct said *a = va, *b = vb;
	int order = strcmp(a->path, b->path);

	return order != 0 ? order : (a->outcome > b->outcome) - (a->outcome < b->outcome);
}

int
lapse_replay_end(struct replay *replay, void (*fn)(const char *path, const char *what, void *payload), void *payload)
{
	size_t end, n = 0;
	int rc = end_lists(replay);

	if (rc == 0 && replay->nsaid > 0)
		qsort(replay->said, replay->nsaid, sizeof(*replay->said), by_path);
	for (size_t i = 0; rc == 0 && i < replay->nsaid; i = end) {
		enum outcome best = replay->said[i].outcome, worst;

		for (end = i + 1; end < replay->nsaid && strcmp(replay->said[i].path, replay->said[end].path) == 0; end++)
			;
		worst = replay->said[end - 1].outcome;
		if (worst == MISSING)
			fn(replay->said[i].path, "the capture lacks it, and its evidence has it", payload);
		else if (worst == GREATER || best != SAME)
			fn(replay->said[i].path, "is not what the capture's evidence says", payload);
		replay->said[n++] = replay->said[i];
	}
	replay->nsaid = n;
	return rc;
}

bool
lapse_replay_has(const struct replay *replay, const char *path)
{
	size_t low = 0, high = replay->nsaid;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(replay->said[mid].path, path);

		if (order == 0)
			return true;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}
