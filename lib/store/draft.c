#include "draft.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "lapse/alloc.h"

#define MODE_BLOB 0100644u
#define MODE_TREE 040000u

/* Entries in memory at which the folders longest untouched are written: some 1 MB. */
#define ENTRIES_MAX ((size_t)10 * 1000)
/* Folders touched within so many look-ups stay: runs come thread by thread. */
#define RECENT 2000

struct item {
	char *name;
	struct lapse_oid oid;	/* outdated where the folder is in memory and changed */
	uint32_t mode;
	struct store_folder *folder;	/* NULL while it is not in memory */
};

struct store_folder {
	struct store_draft *draft;
	struct store_folder *parent;
	struct item *items;	/* in git's order */
	size_t nitems;
	size_t cap;
	size_t next;		/* while the tree is written: the item to look at next */
	uint64_t touched;
	bool is_changed;
};

struct store_draft {
	struct lapse_store *store;
	struct store_spool *spool;
	struct store_folder *above;	/* holds the root, as an entry like any other, and is never written */
	struct lapse_buf buf;
	size_t nentries;	/* in memory */
	size_t limit;		/* of nentries, before folders are settled */
	uint64_t clock;		/* counts look-ups */
};

/* ---- folders in memory ---- */

static struct store_folder *
folder_new(struct store_draft *draft, struct store_folder *parent)
{
	struct store_folder *folder = lapse_alloc(1, sizeof(*folder));

	folder->draft = draft;
	folder->parent = parent;
	return folder;
}

/* Not what lies below: that has gone before. */
static void
folder_free(struct store_folder *folder)
{
	folder->draft->nentries -= folder->nitems;
	for (size_t i = 0; i < folder->nitems; i++)
		free(folder->items[i].name);
	free(folder->items);
	free(folder);
}

/* The item, or where it belongs. */
static bool
find(size_t *out, const struct store_folder *folder, const char *name, size_t len, bool is_tree)
{
	size_t low = 0, high = folder->nitems;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct item *item = &folder->items[mid];
		int cmp = store_name_cmp(item->name, strlen(item->name), item->mode == MODE_TREE, name, len, is_tree);

		if (cmp == 0) {
			*out = mid;
			return true;
		}
		if (cmp < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*out = low;
	return false;
}

static struct item *
insert(struct store_folder *folder, size_t at, const char *name, size_t len, uint32_t mode)
{
	struct item *item;
	char *copy = lapse_alloc(len + 1, 1);

	memcpy(copy, name, len);
	folder->items = lapse_grow(folder->items, folder->nitems, &folder->cap, sizeof(*folder->items));
	item = &folder->items[at];
	memmove(item + 1, item, (folder->nitems - at) * sizeof(*item));
	*item = (struct item){ .name = copy, .mode = mode };
	folder->nitems++;
	folder->draft->nentries++;
	return item;
}

static int
load(struct store_folder *folder, const struct lapse_oid *oid)
{
	struct store_draft *draft = folder->draft;
	struct lapse_entry entry;
	struct store_tree tree;
	size_t at;
	int rc = store_tree_open(&tree, draft->store, draft->spool, oid);

	if (rc < 0)
		return rc;
	while ((rc = store_tree_next(&tree, &entry)) > 0) {
		size_t len = strlen(entry.name);

		if (find(&at, folder, entry.name, len, entry.kind == LAPSE_ENTRY_TREE)) {
			char hex[LAPSE_OID_HEX + 1];

			rc = lapse_fail(LAPSE_EFORMAT, "object %s: has '%s' twice",
			    lapse_oid_format(hex, oid), entry.name);
			break;
		}
		insert(folder, at, entry.name, len, tree.mode)->oid = entry.oid;
	}
	store_tree_close(&tree);
	return rc;
}

struct store_draft *
store_draft_new(struct lapse_store *store, struct store_spool *spool, const struct lapse_oid *base)
{
	struct store_draft *draft = lapse_alloc(1, sizeof(*draft));
	struct item *item;
	struct store_folder *above;

	draft->store = store;
	draft->spool = spool;
	draft->limit = ENTRIES_MAX;
	lapse_buf_init(&draft->buf, LAPSE_BUF_DOCUMENT);
	above = folder_new(draft, NULL);
	item = insert(above, 0, "", 0, MODE_TREE);
	if (base != NULL)
		item->oid = *base;
	else
		item->folder = folder_new(draft, above);
	draft->above = above;
	return draft;
}

void
store_draft_free(struct store_draft *draft)
{
	struct store_folder *folder;

	if (draft == NULL)
		return;
	folder = draft->above;
	folder->next = 0;
	while (folder != NULL) {
		struct store_folder *parent = folder->parent, *child = NULL;

		while (folder->next < folder->nitems && child == NULL)
			child = folder->items[folder->next++].folder;
		if (child != NULL) {
			child->next = 0;
			folder = child;
			continue;
		}
		folder_free(folder);
		folder = parent;
	}
	lapse_buf_release(&draft->buf);
	free(draft);
}

/* ---- writing ---- */

static int
write_folder(struct lapse_oid *out, struct store_folder *folder)
{
	struct store_draft *draft = folder->draft;
	int rc = 0;

	lapse_buf_reset(&draft->buf);
	for (size_t i = 0; i < folder->nitems && rc == 0; i++)
		rc = store_tree_put(&draft->buf, folder->items[i].mode, folder->items[i].name, &folder->items[i].oid);
	if (rc < 0)
		return rc;
	return store_object_add(out, draft->store, draft->spool, GIT_OBJECT_TREE, draft->buf.data, draft->buf.len);
}

/* The next folder below that is in memory; NULL when none is left. */
static struct store_folder *
next_below(struct store_folder *folder)
{
	while (folder->next < folder->nitems) {
		struct store_folder *child = folder->items[folder->next].folder;

		if (child != NULL)
			return child;
		folder->next++;
	}
	return NULL;
}

/* Write a folder with nothing in memory below it, if it changed, and forget it. */
static int
settle_one(struct store_folder *folder, struct item *item)
{
	int rc = 0;

	if (folder->is_changed)
		rc = write_folder(&item->oid, folder);
	if (rc < 0)
		return rc;
	item->folder = NULL;
	folder_free(folder);
	return 0;
}

/*
 * Settle the folders not touched since, those below first. A look-up touches
 * all folders above what it finds, so one that stays has none to settle above it.
 */
static int
settle(struct store_draft *draft, uint64_t since)
{
	struct store_folder *folder = draft->above;
	int rc;

	folder->next = 0;
	for (;;) {
		struct store_folder *child = next_below(folder), *parent = folder->parent;

		if (child != NULL) {
			child->next = 0;
			folder = child;
			continue;
		}
		if (parent == NULL)
			return 0;
		if (folder->touched < since) {
			rc = settle_one(folder, &parent->items[parent->next]);
			if (rc < 0)
				return rc;
		}
		parent->next++;
		folder = parent;
	}
}

int
store_draft_write(struct lapse_oid *out, struct store_draft *draft)
{
	int rc = settle(draft, UINT64_MAX);

	*out = draft->above->items[0].oid;
	return rc;
}

/* ---- looking up ---- */

/* The folder of a name in a folder: 1, or 0 when it is not there and not to be made. */
static int
enter(struct store_folder **out, struct store_folder *folder, const char *name, size_t len, bool make)
{
	struct store_folder *child;
	size_t at, other;
	int rc;

	if (!find(&at, folder, name, len, true)) {
		if (!make)
			return 0;
		if (find(&other, folder, name, len, false))
			return lapse_fail(LAPSE_EFORMAT, "'%.*s' is not a folder", (int)len, name);
		child = folder_new(folder->draft, folder);
		insert(folder, at, name, len, MODE_TREE)->folder = child;
	} else if (folder->items[at].folder == NULL) {
		child = folder_new(folder->draft, folder);
		rc = load(child, &folder->items[at].oid);
		if (rc < 0) {
			folder_free(child);
			return rc;
		}
		folder->items[at].folder = child;
	}
	*out = folder->items[at].folder;
	(*out)->touched = folder->draft->clock;
	return 1;
}

int
store_draft_folder(struct store_folder **out, const char **name,
    struct store_draft *draft, const char *path, bool make)
{
	int rc;

	draft->clock++;
	if (draft->nentries > draft->limit && draft->clock > RECENT) {
		rc = settle(draft, draft->clock - RECENT);
		if (rc < 0)
			return rc;
		/* Where the recent ones are that many by themselves, settling at every look-up would not help. */
		draft->limit = draft->nentries > ENTRIES_MAX / 2 ? 2 * draft->nentries : ENTRIES_MAX;
	}
	*out = draft->above;
	rc = enter(out, *out, "", 0, make);
	for (*name = path; rc > 0; *name += strcspn(*name, "/") + 1) {
		const char *slash = strchr(*name, '/');

		if (slash == NULL)
			return 1;
		rc = enter(out, *out, *name, (size_t)(slash - *name), make);
	}
	return rc;
}

bool
store_folder_get(struct lapse_entry *out, const struct store_folder *folder,
    const char *name, size_t len, enum lapse_entry_kind kind)
{
	size_t at;

	if (!find(&at, folder, name, len, kind == LAPSE_ENTRY_TREE))
		return false;
	*out = (struct lapse_entry){ .oid = folder->items[at].oid, .kind = kind };
	if (kind != LAPSE_ENTRY_TREE && folder->items[at].mode != MODE_BLOB)
		out->kind = LAPSE_ENTRY_OTHER;
	return true;
}

/* This folder and those above it differ from what is written. */
static void
changed(struct store_folder *folder)
{
	for (; folder != NULL && !folder->is_changed; folder = folder->parent)
		folder->is_changed = true;
}

void
store_folder_set(struct store_folder *folder, const char *name, size_t len,
    enum lapse_entry_kind kind, const struct lapse_oid *oid)
{
	uint32_t mode = kind == LAPSE_ENTRY_TREE ? MODE_TREE : MODE_BLOB;
	struct item *item;
	size_t at;

	if (find(&at, folder, name, len, kind == LAPSE_ENTRY_TREE))
		item = &folder->items[at];
	else
		item = insert(folder, at, name, len, mode);
	item->oid = *oid;
	item->mode = mode;
	changed(folder);
}

void
store_folder_unset(struct store_folder *folder, const char *name, size_t len, enum lapse_entry_kind kind)
{
	size_t at;

	if (!find(&at, folder, name, len, kind == LAPSE_ENTRY_TREE))
		return;
	/* A document in slices is never looked into, so nothing of it is in memory. */
	assert(folder->items[at].folder == NULL);
	free(folder->items[at].name);
	folder->nitems--;
	folder->draft->nentries--;
	memmove(&folder->items[at], &folder->items[at + 1], (folder->nitems - at) * sizeof(*folder->items));
	changed(folder);
}
