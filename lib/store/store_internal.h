/* What the files of this floor share. Nothing else may include it. */
#ifndef LAPSE_STORE_INTERNAL_H
#define LAPSE_STORE_INTERNAL_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/store.h"

struct store_spool;

struct lapse_store {
	git_repository *repo;	/* for refs; its configuration is an empty one */
	git_odb *odb;		/* the loose objects and packs of this folder, nothing else */
	git_odb_backend *loose;	/* borrowed from odb */
	git_odb_backend *packs;	/* borrowed from odb */
	bool folders[256];	/* of objects/, for loose ones, that were there when the run began */
	char *dir;		/* where refs/ and objects/ are, no slash at the end */
	struct lapse_instant evidence_begins;	/* the time of that branch's first commit; LAPSE_NEVER: not looked for yet */
};

/* No folder of an archive lies deeper; a tree that does is somebody's trap. */
#define STORE_DEPTH_MAX 64

static inline git_oid
store_git_oid(const struct lapse_oid *oid)
{
	git_oid out;

	memcpy(out.id, oid->id, sizeof(out.id));
	return out;
}

static inline struct lapse_oid
store_own_oid(const git_oid *oid)
{
	struct lapse_oid out;

	memcpy(out.id, oid->id, sizeof(out.id));
	return out;
}

/* ---- store.c ---- */

/* Fail with the sentence, ": " and what libgit2 has to say. */
int store_fail(enum lapse_code code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Look at objects/ afresh: packs may have come and gone. */
int store_reopen(struct lapse_store *store);

/* The branch that HEAD names, "refs/heads/…"; EFAIL when HEAD names none. The caller free()s it. */
int store_branch(char **out, struct lapse_store *store);

/* The branch of the evidence. */
#define STORE_EVIDENCE "refs/heads/evidence"

/* A link in place of a ref, or of a folder above it, would have us write wherever it points: LAPSE_EFAIL. */
int store_check_no_link(const struct lapse_store *store, const char *name);

/* ---- plain.c ---- */

/* The repository's folder of an archive: DIR/.git or DIR itself, looked through and found plain. The caller free()s it. */
int store_find_repository(char **out, const char *dir);

/* ---- loose.c ---- */

/* The backend for the loose objects below a folder objects/; libgit2's error when it fails. */
int store_loose_backend(git_odb_backend **out, const char *objects);

/* ---- path.c ---- */

/* A path of printf's making. The caller free()s it. */
char *store_path(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

bool store_ends_in(const char *name, size_t len, const char *suffix);

/* Is it the name of a document that is one blob, "….json" or "….eml"? And the path that it has in slices. The caller free()s it. */
bool store_is_document(const char *name, size_t len);
char *store_parts_path(const char *path);

/* Call fn for each name in a folder, in no order; a folder that is not there has none. */
int store_folder_each(const char *dir, int (*fn)(const char *name, void *payload), void *payload);

/* Make a folder's own entries durable. */
int store_sync_folder(const char *dir);

/* Remove a file; that it is gone already is as good. */
int store_remove(const char *path);

/* ---- table.c: records found by the 20-byte id that each begins with ---- */

struct store_table {
	unsigned char *items;
	size_t item_size;
	size_t nitems;
	size_t cap;
	uint32_t *slots;	/* 1 + the item's index; 0 is free */
	size_t nslots;
};

void store_table_init(struct store_table *table, size_t item_size);
void store_table_release(struct store_table *table);

/* The record with this id, or NULL. Borrowed until the next add. */
void *store_table_find(const struct store_table *table, const unsigned char *id);

/* A new record, zeroed but for its id, which must not be there. Borrowed until the next add. */
void *store_table_add(struct store_table *table, const unsigned char *id);
void *store_table_at(const struct store_table *table, size_t i);

/* Put the records into the order of their ids. */
void store_table_sort(struct store_table *table);

/* Forget all records of a table that had some. */
void store_table_clear(struct store_table *table);

/* ---- object.c ---- */

/* One object in memory: from the repository, or from the run that is being written. */
struct store_object {
	const char *data;
	size_t size;
	git_object_t type;
	git_odb_object *held;	/* what data belongs to: this, */
	char *owned;		/* or this */
};

/* Read an object, hashed again. `spool` may be NULL. GIT_OBJECT_ANY takes any type. */
int store_object_read(struct store_object *out, struct lapse_store *store,
    struct store_spool *spool, const struct lapse_oid *oid, git_object_t type);
void store_object_release(struct store_object *object);

/* What an object that cannot be read suffers from, in words that follow its name; `rc` is libgit2's. Borrowed until its next failure. */
const char *store_object_fault(int rc);

/* Find out which folders loose objects can be in: asking for one that is in none of them takes its time. */
int store_list_folders(struct lapse_store *store);

/* Put an object among the run's, unless the archive has it. */
int store_object_add(struct lapse_oid *out, struct lapse_store *store, struct store_spool *spool,
    git_object_t type, const void *data, size_t len);

/* lapse_doc_read with the objects of a run. */
int store_doc_read(struct lapse_buf *out, struct lapse_store *store,
    struct store_spool *spool, const struct lapse_entry *entry);

/* ---- tree.c ---- */

/* A tree's entries, one by one. */
struct store_tree {
	struct store_object object;
	struct lapse_oid id;
	const char *pos;
	const char *end;
	uint32_t mode;		/* of the entry last given */
};

int store_tree_open(struct store_tree *out, struct lapse_store *store,
    struct store_spool *spool, const struct lapse_oid *id);

/* Over bytes that the caller keeps; store_tree_close() need not be called. */
void store_tree_over(struct store_tree *out, const struct lapse_oid *id, const char *data, size_t size);
int store_tree_next(struct store_tree *tree, struct lapse_entry *entry);
void store_tree_close(struct store_tree *tree);

/* Append one entry to a tree's bytes. */
int store_tree_put(struct lapse_buf *out, uint32_t mode, const char *name, const struct lapse_oid *oid);

/* git's order of two names in one tree, where a folder's ends in a slash. */
int store_name_cmp(const char *a, size_t alen, bool a_is_tree, const char *b, size_t blen, bool b_is_tree);

/* One folder of slices stands for one document. */
bool store_is_parts(const struct lapse_entry *entry);

#endif
