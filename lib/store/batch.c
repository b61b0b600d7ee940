#include <stdio.h>
#include <stdlib.h>

#include "lapse/alloc.h"
#include "land.h"
#include "draft.h"
#include "ledger.h"
#include "lock.h"
#include "spool.h"
#include "tidy.h"

struct lapse_batch {
	struct lapse_store *store;
	struct store_lock *lock;
	struct store_spool *spool;
	struct store_draft *draft;
	struct store_ledger *put;	/* hashes of the paths put so far */
	char *branch;
	struct lapse_commit base;
	bool has_base;
	bool is_done;
	size_t nchanges;
};

/* ---- opening ---- */

int
lapse_batch_open(struct lapse_batch **out, struct lapse_store *store)
{
	struct lapse_batch *batch = lapse_alloc(1, sizeof(*batch));
	int rc;

	*out = NULL;
	batch->store = store;
	batch->put = store_ledger_new(store->dir, sizeof(struct lapse_oid));
	rc = store_branch(&batch->branch, store);
	if (rc < 0)
		goto out;
	rc = store_lock_take(&batch->lock, store);
	if (rc < 0)
		goto out;
	/* The run before may have packed what we knew as loose objects. */
	rc = store_reopen(store);
	if (rc < 0)
		goto out;
	rc = store_list_folders(store);
	if (rc < 0)
		goto out;
	rc = lapse_store_tip(&batch->base, store);
	if (rc < 0)
		goto out;
	batch->has_base = rc > 0;
	rc = 0;
	batch->spool = store_spool_new(store->dir, STORE_SPOOL_NAME);
	batch->draft = store_draft_new(store, batch->spool, batch->has_base ? &batch->base.tree : NULL);
	*out = batch;
	batch = NULL;
out:
	lapse_batch_free(batch);
	return rc;
}

void
lapse_batch_free(struct lapse_batch *batch)
{
	if (batch == NULL)
		return;
	store_draft_free(batch->draft);
	store_spool_free(batch->spool);
	store_ledger_free(batch->put);
	lapse_commit_release(&batch->base);
	store_lock_free(batch->lock);
	free(batch->branch);
	free(batch);
}

const struct lapse_commit *
lapse_batch_base(const struct lapse_batch *batch)
{
	return batch->has_base ? &batch->base : NULL;
}

struct store_lock *
store_batch_lock(const struct lapse_batch *batch)
{
	return batch->lock;
}

struct lapse_store *
store_batch_store(const struct lapse_batch *batch)
{
	return batch->store;
}

size_t
lapse_batch_changes(const struct lapse_batch *batch)
{
	return batch->nchanges;
}

/* ---- paths ---- */

static bool
is_name(const char *name, size_t len)
{
	return len > 0 && !(len == 1 && name[0] == '.') && !(len == 2 && name[0] == '.' && name[1] == '.') &&
	    !(len == 4 && strncmp(name, ".git", 4) == 0);
}

/* Layout builds the paths that come here; this keeps a mistake of ours out of the archive. */
static int
check_path(const char *path)
{
	const char *name = path;
	size_t depth = 0, len;

	for (;; name += len + 1) {
		len = strcspn(name, "/");
		if (!is_name(name, len) || ++depth >= STORE_DEPTH_MAX)
			break;
		if (name[len] == '\0' && store_is_document(name, len))
			return 0;
		if (name[len] == '\0' || store_ends_in(name, len, ".parts"))
			break;
	}
	return lapse_fail(LAPSE_EFAIL, "'%s' is no path of a document", path);
}

static struct lapse_oid
path_key(const char *path)
{
	git_oid id;

	/* Hashing bytes in memory does not fail. */
	git_odb_hash(&id, path, strlen(path), GIT_OBJECT_BLOB);
	return store_own_oid(&id);
}

int
lapse_batch_has_put(struct lapse_batch *batch, const char *path)
{
	struct lapse_oid key = path_key(path);

	return store_ledger_find(NULL, batch->put, key.id);
}

/* ---- documents ---- */

/* The document of a name in a folder, whichever way it is kept: 1, or 0 when there is none. */
static int
find_document(struct lapse_entry *out, const struct store_folder *folder, const char *name)
{
	size_t len = strlen(name);
	struct lapse_entry other;
	char *parts = store_parts_path(name);
	bool in_parts = store_folder_get(out, folder, parts, strlen(parts), LAPSE_ENTRY_TREE);
	bool taken = store_folder_get(&other, folder, parts, strlen(parts), LAPSE_ENTRY_BLOB) ||
	    store_folder_get(&other, folder, name, len, LAPSE_ENTRY_TREE);

	free(parts);
	if (taken)
		return lapse_fail(LAPSE_EFORMAT, "is not a document");
	return store_folder_get(out, folder, name, len, LAPSE_ENTRY_BLOB) || in_parts;
}

/* The document that the base has at a path. */
static int
find_in_base(struct lapse_entry *out, struct lapse_batch *batch, const char *path)
{
	char *parts;
	int rc;

	if (!batch->has_base)
		return 0;
	rc = lapse_tree_find(out, batch->store, &batch->base.tree, path);
	if (rc != 0)
		return rc;
	parts = store_parts_path(path);
	rc = lapse_tree_find(out, batch->store, &batch->base.tree, parts);
	free(parts);
	return rc;
}

static bool
is_same(const struct lapse_entry *a, const struct lapse_entry *b)
{
	return a->kind == b->kind && lapse_oid_equal(&a->oid, &b->oid);
}

static int
cmp_slice_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What to do with an object: find out its id, or put it among the run's as well. */
typedef int object_fn(struct lapse_oid *out, struct lapse_batch *batch,
    git_object_t type, const void *data, size_t len);

static int
hash_object(struct lapse_oid *out, struct lapse_batch *batch, git_object_t type, const void *data, size_t len)
{
	git_oid id;

	(void)batch;
	if (git_odb_hash(&id, data, len, type) < 0)
		return store_fail(LAPSE_EFAIL, "an object of %zu bytes", len);
	*out = store_own_oid(&id);
	return 0;
}

static int
add_object(struct lapse_oid *out, struct lapse_batch *batch, git_object_t type, const void *data, size_t len)
{
	return store_object_add(out, batch->store, batch->spool, type, data, len);
}

/* The tree of a document's slices. */
static int
make_slices(struct lapse_oid *out, struct lapse_batch *batch, const char *data, size_t len, object_fn *fn)
{
	size_t n = (len + LAPSE_PART_SIZE - 1) / LAPSE_PART_SIZE;
	char **names = lapse_alloc(n, sizeof(*names));
	struct lapse_buf tree;
	int rc = 0;

	lapse_buf_init(&tree, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; i < n; i++)
		names[i] = store_path("%zu", i);
	/* git's order of names, not the numbers': "10" before "2". */
	qsort(names, n, sizeof(*names), cmp_slice_names);
	for (size_t i = 0; i < n && rc == 0; i++) {
		size_t at = strtoul(names[i], NULL, 10) * LAPSE_PART_SIZE;
		struct lapse_oid oid;

		rc = fn(&oid, batch, GIT_OBJECT_BLOB, data + at,
		    len - at < LAPSE_PART_SIZE ? len - at : LAPSE_PART_SIZE);
		if (rc == 0)
			rc = store_tree_put(&tree, 0100644, names[i], &oid);
	}
	if (rc == 0)
		rc = fn(out, batch, GIT_OBJECT_TREE, tree.data, tree.len);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	lapse_buf_release(&tree);
	return rc;
}

static int
make_document(struct lapse_entry *out, struct lapse_batch *batch, const void *data, size_t len, object_fn *fn)
{
	out->name = NULL;
	out->kind = len > LAPSE_PART_SIZE ? LAPSE_ENTRY_TREE : LAPSE_ENTRY_BLOB;
	if (out->kind == LAPSE_ENTRY_TREE)
		return make_slices(&out->oid, batch, data, len, fn);
	return fn(&out->oid, batch, GIT_OBJECT_BLOB, data, len);
}

static void
set_document(struct store_folder *folder, const char *name, const struct lapse_entry *entry)
{
	char *parts = store_parts_path(name);

	if (entry->kind == LAPSE_ENTRY_TREE) {
		store_folder_set(folder, parts, strlen(parts), LAPSE_ENTRY_TREE, &entry->oid);
		store_folder_unset(folder, name, strlen(name), LAPSE_ENTRY_BLOB);
	} else {
		store_folder_set(folder, name, strlen(name), LAPSE_ENTRY_BLOB, &entry->oid);
		store_folder_unset(folder, parts, strlen(parts), LAPSE_ENTRY_TREE);
	}
	free(parts);
}

/* Did the run change this path so far? `now` is NULL when the run has nothing there. */
static int
differs_from_base(struct lapse_batch *batch, const char *path, const struct lapse_entry *now)
{
	struct lapse_entry base;
	int rc = find_in_base(&base, batch, path);

	if (rc < 0)
		return rc;
	if (rc == 0 || now == NULL)
		return (rc != 0) != (now != NULL);
	return !is_same(&base, now);
}

/* Count the change that a put of `new` over `old` makes. `old` is NULL when there was nothing. */
static int
count_change(struct lapse_batch *batch, const char *path, bool was_put,
    const struct lapse_entry *old, const struct lapse_entry *new)
{
	/* Only a put changes a path: before its first, the run's document is the base's. */
	int was = 0, is = 1;

	if (was_put) {
		was = differs_from_base(batch, path, old);
		is = was < 0 ? was : differs_from_base(batch, path, new);
	}
	if (is < 0)
		return is;
	batch->nchanges += (size_t)is;
	batch->nchanges -= (size_t)was;
	return 0;
}

static int
put(struct lapse_batch *batch, const char *path, const void *data, size_t len)
{
	struct lapse_oid key = path_key(path);
	int was_put = store_ledger_find(NULL, batch->put, key.id);
	struct lapse_entry old, new;
	struct store_folder *folder;
	const char *name = path;
	int has_old, rc = was_put < 0 ? was_put : make_document(&new, batch, data, len, hash_object);

	if (rc < 0)
		return rc;
	rc = store_draft_folder(&folder, &name, batch->draft, path, true);
	if (rc < 0)
		return rc;
	has_old = find_document(&old, folder, name);
	if (has_old < 0)
		return has_old;
	if (was_put == 0)
		rc = store_ledger_add(batch->put, &key);
	if (rc < 0)
		return rc;
	if (has_old > 0 && is_same(&old, &new))
		return 0;
	rc = count_change(batch, path, was_put > 0, has_old > 0 ? &old : NULL, &new);
	if (rc < 0)
		return rc;
	rc = make_document(&new, batch, data, len, add_object);
	if (rc < 0)
		return rc;
	set_document(folder, name, &new);
	return 0;
}

int
lapse_batch_put(struct lapse_batch *batch, const char *path, const void *data, size_t len)
{
	int rc = check_path(path);

	return rc < 0 ? rc : lapse_context(put(batch, path, data, len), "%s", path);
}

int
lapse_batch_get(struct lapse_buf *out, struct lapse_batch *batch, const char *path)
{
	struct store_folder *folder;
	struct lapse_entry entry;
	const char *name = path;
	int rc = check_path(path);

	if (rc < 0)
		return rc;
	rc = store_draft_folder(&folder, &name, batch->draft, path, false);
	if (rc > 0)
		rc = find_document(&entry, folder, name);
	if (rc > 0 && entry.kind == LAPSE_ENTRY_OTHER)
		rc = lapse_fail(LAPSE_EFORMAT, "is not a document");
	if (rc > 0) {
		rc = store_doc_read(out, batch->store, batch->spool, &entry);
		rc = rc < 0 ? rc : 1;
	}
	return rc < 0 ? lapse_context(rc, "%s", path) : rc;
}

/* ---- committing ---- */

int
lapse_batch_commit(struct lapse_oid *out, struct lapse_batch *batch, const char *message, struct lapse_instant time)
{
	struct lapse_oid tree;
	int rc;

	if (batch->is_done)
		return lapse_fail(LAPSE_EFAIL, "the run has ended");
	batch->is_done = true;
	if (batch->nchanges == 0)
		return 0;
	rc = store_draft_write(&tree, batch->draft);
	if (rc < 0)
		return rc;
	rc = store_land(out, &(struct store_landing){
		.store = batch->store,
		.lock = batch->lock,
		.spool = batch->spool,
		.branch = batch->branch,
		.parent = batch->has_base ? &batch->base.id : NULL,
		.tree = tree,
		.message = message,
		.time = time,
	});
	if (rc < 0)
		return rc;
	/* The run is in the archive whatever comes of this: what was not tidied is the next run's to try. */
	store_tidy(batch->store, batch->lock);
	return 1;
}
