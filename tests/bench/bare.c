/*
 * bare -l ARCHIVE: list the ids of the blobs that an audit reads, in the order
 * in which it reads them: threads by number, of each thread.json, changes.json, every post.
 * bare -b ARCHIVE: the same of the blobs that building the index reads: of each thread, in each capture that changed
 * it, those of these documents that it changed.
 * bare ARCHIVE <IDS: read these blobs through libgit2, strictly, parse them with
 * jansson and throw them away: the least that an audit, or an index, can cost.
 */
#include <git2.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/layout.h"
#include "lapse/store.h"

/* ---- the list ---- */

struct item {
	struct lapse_oid oid;
	struct lapse_place place;
	size_t capture;	/* that brought it, when all captures are looked at */
	size_t n;	/* in the walk */
};

struct list {
	struct item *items;
	size_t nitems;
	size_t cap;
	size_t capture;	/* at hand */
};

/* LAPSE_FILE_THREAD comes first; the changes are read before the posts. */
static int
rank(enum lapse_file file)
{
	return file == LAPSE_FILE_THREAD ? 0 : file == LAPSE_FILE_CHANGES ? 1 : 2;
}

static int
by_reading(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;
	int order = strcmp(a->place.source, b->place.source);

	if (order == 0)
		order = (a->place.thread > b->place.thread) - (a->place.thread < b->place.thread);
	if (order == 0)
		order = (a->capture > b->capture) - (a->capture < b->capture);
	if (order == 0)
		order = rank(a->place.file) - rank(b->place.file);
	return order != 0 ? order : (a->n > b->n) - (a->n < b->n);
}

static int
note(struct list *list, const char *path, const struct lapse_entry *entry)
{
	struct lapse_place place;

	if (!lapse_place_parse(&place, path) || (place.file != LAPSE_FILE_THREAD &&
	    place.file != LAPSE_FILE_CHANGES && place.file != LAPSE_FILE_POST))
		return 0;
	if (entry->kind != LAPSE_ENTRY_BLOB)
		return lapse_fail(LAPSE_EFAIL, "%s: is in parts, which this does not measure", path);
	list->items = lapse_grow(list->items, list->nitems, &list->cap, sizeof(*list->items));
	list->items[list->nitems] = (struct item){ entry->oid, place, list->capture, list->nitems };
	list->nitems++;
	return 0;
}

static int
collect(struct list *list, struct lapse_store *store)
{
	struct lapse_commit tip = { .message = NULL };
	struct lapse_walk *walk = NULL;
	struct lapse_entry entry;
	const char *path;
	int rc = lapse_store_tip(&tip, store);

	if (rc == 0)
		rc = lapse_fail(LAPSE_ENOTFOUND, "no commit");
	if (rc > 0)
		rc = lapse_walk_open(&walk, store, &tip.tree, "");
	while (rc >= 0 && (rc = lapse_walk_next(walk, &path, &entry)) > 0)
		rc = note(list, path, &entry);
	lapse_walk_free(walk);
	lapse_commit_release(&tip);
	return rc;
}

static int
note_changed(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	(void)before;
	return after != NULL ? note(payload, path, after) : 0;
}

/* From the tip back: captures get lower numbers. */
static int
collect_all(struct list *list, struct lapse_store *store)
{
	struct lapse_commit commit = { .message = NULL };
	int rc = lapse_store_tip(&commit, store);

	list->capture = SIZE_MAX;
	while (rc > 0) {
		struct lapse_oid tree = commit.tree;

		rc = lapse_commit_parent(&commit, store);
		if (rc >= 0) {
			int had = rc;

			rc = lapse_tree_compare(store, had > 0 ? &commit.tree : NULL, &tree, note_changed, list);
			rc = rc < 0 ? rc : had;
		}
		list->capture--;
	}
	lapse_commit_release(&commit);
	return rc;
}

static int
list_ids(const char *dir, int (*fn)(struct list *list, struct lapse_store *store))
{
	char hex[LAPSE_OID_HEX + 1];
	struct lapse_store *store = NULL;
	struct list list = { .nitems = 0 };
	int rc = lapse_store_open(&store, dir);

	if (rc == 0)
		rc = fn(&list, store);
	if (rc == 0 && list.nitems > 0)
		qsort(list.items, list.nitems, sizeof(*list.items), by_reading);
	for (size_t i = 0; rc == 0 && i < list.nitems; i++)
		puts(lapse_oid_format(hex, &list.items[i].oid));
	lapse_store_free(store);
	free(list.items);
	if (rc < 0)
		fprintf(stderr, "bare: %s\n", lapse_error());
	return rc;
}

/* ---- the reading ---- */

static int
read_blob(git_odb *odb, const char *hex)
{
	git_odb_object *blob;
	json_t *doc;
	git_oid id;

	if (git_oid_fromstrn(&id, hex, LAPSE_OID_HEX) < 0 || git_odb_read(&blob, odb, &id) < 0)
		return -1;
	doc = json_loadb(git_odb_object_data(blob), git_odb_object_size(blob), 0, NULL);
	git_odb_object_free(blob);
	if (doc == NULL)
		return -1;
	json_decref(doc);
	return 0;
}

static int
read_blobs(const char *dir)
{
	char line[LAPSE_OID_HEX + 2];
	git_repository *repo = NULL;
	git_odb *odb = NULL;
	int rc;

	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
	rc = git_repository_open(&repo, dir);
	if (rc == 0)
		rc = git_repository_odb(&odb, repo);
	while (rc == 0 && fgets(line, sizeof(line), stdin) != NULL)
		rc = read_blob(odb, line);
	if (rc < 0)
		fprintf(stderr, "bare: %s\n", git_error_last() != NULL ? git_error_last()->message : "no JSON");
	git_odb_free(odb);
	git_repository_free(repo);
	git_libgit2_shutdown();
	return rc;
}

int
main(int argc, char **argv)
{
	int rc;

	if (argc == 3 && strcmp(argv[1], "-l") == 0) {
		rc = list_ids(argv[2], collect);
	} else if (argc == 3 && strcmp(argv[1], "-b") == 0) {
		rc = list_ids(argv[2], collect_all);
	} else if (argc == 2) {
		rc = read_blobs(argv[1]);
	} else {
		fputs("usage: bare [-l | -b] ARCHIVE\n", stderr);
		return 2;
	}
	return rc < 0 ? 3 : 0;
}
