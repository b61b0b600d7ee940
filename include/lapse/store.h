/*
 * The archive on git, by libgit2: nothing above this floor knows that it is
 * git. One run is one commit on one ref (the branch HEAD names), moved last by compare-and-swap;
 * objects are loose in small runs, one pack in large ones. Every object read
 * is hashed again (libgit2's strict verification stays on).
 *
 * A document larger than LAPSE_PART_SIZE is kept as a folder NAME.parts of
 * slices 0, 1, … of exactly that size but for the last, instead of NAME.json (or, the bytes of a message, NAME.eml).
 */
#ifndef LAPSE_STORE_H
#define LAPSE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapse/buf.h"
#include "lapse/time.h"

#define LAPSE_PART_SIZE ((size_t)512 * 1024)

struct lapse_store;

/* An object's id. */
struct lapse_oid {
	unsigned char id[20];
};
#define LAPSE_OID_HEX 40

/* 40 lower-case hex digits; `out` holds LAPSE_OID_HEX + 1 bytes. Returns `out`. */
char *lapse_oid_format(char *out, const struct lapse_oid *oid);
bool lapse_oid_equal(const struct lapse_oid *a, const struct lapse_oid *b);

/*
 * Make an empty bare repository in `dir` (made if it is not there; refused when it holds
 * anything). It has no commit yet: the first batch makes it.
 */
int lapse_store_init(const char *dir);

/*
 * Open the archive in `dir`: a bare repository, or a clone with a work tree.
 * No configuration, alternates, hooks or replace refs of it are used; a read-only one can be read.
 * LAPSE_ENOTFOUND "no archive in 'DIR' …"; LAPSE_EFORMAT for one that libgit2 cannot read.
 * The caller releases it with lapse_store_free().
 */
int lapse_store_open(struct lapse_store **out, const char *dir);
void lapse_store_free(struct lapse_store *store);

/* The repository's folder (with objects/ and refs/ in it). Borrowed from `store`. */
const char *lapse_store_dir(const struct lapse_store *store);

/* ---- commits ---- */

struct lapse_commit {
	struct lapse_oid id;
	struct lapse_oid tree;
	struct lapse_oid parent;	/* all zero when there is none */
	size_t nparents;
	struct lapse_instant author_time;
	struct lapse_instant commit_time;
	char *message;
};

/* The newest commit: 1, or 0 in an archive without one. `out` is ended with lapse_commit_release(). */
int lapse_store_tip(struct lapse_commit *out, struct lapse_store *store);

/* A commit by REV: a full or abbreviated (7 digits or more) id, "HEAD", "HEAD~3". LAPSE_ENOTFOUND "no commit 'REV'". */
int lapse_store_commit(struct lapse_commit *out, struct lapse_store *store, const char *rev);

/* Replace *commit by its first parent: 1, or 0 when it has none (unchanged then). */
int lapse_commit_parent(struct lapse_commit *commit, struct lapse_store *store);

void lapse_commit_release(struct lapse_commit *commit);

/* The value of a trailer ("Lapse-Source") in the message's last paragraph, copied into `out` of `size` bytes; false when it is absent, too long, or there twice. */
bool lapse_commit_trailer(char *out, size_t size, const struct lapse_commit *commit, const char *key);

/* ---- trees and blobs ---- */

enum lapse_entry_kind {
	LAPSE_ENTRY_BLOB,	/* mode 100644 */
	LAPSE_ENTRY_TREE,
	LAPSE_ENTRY_OTHER	/* a link, a submodule, an executable: nothing of ours */
};

struct lapse_entry {
	const char *name;	/* borrowed until the callback returns */
	struct lapse_oid oid;
	enum lapse_entry_kind kind;
};

/* Call fn for each entry of one directory, in git's order; stops at its first non-zero answer and returns it. */
int lapse_tree_each(struct lapse_store *store, const struct lapse_oid *tree,
    int (*fn)(const struct lapse_entry *entry, void *payload), void *payload);

/* Find a path below a tree: 1 found (name is NULL then), 0 not there. */
int lapse_tree_find(struct lapse_entry *out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *path);

/*
 * Read a document: a blob, or the slices of a ".parts" folder (entry kind TREE) put together.
 * The buffer is emptied first. Strict: a changed object is LAPSE_EFORMAT "object ID: …".
 */
int lapse_doc_read(struct lapse_buf *out, struct lapse_store *store, const struct lapse_entry *entry);

/*
 * Find the document at a path ending in ".json" or ".eml" below a tree, whichever way it is kept: 1 found, 0 not there.
 * The sentence of a failure is without the path: the caller has it.
 */
int lapse_doc_entry(struct lapse_entry *out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *path);

/* The same, and read it: 1 read, 0 not there. */
int lapse_doc_find(struct lapse_buf *out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *path);

/*
 * Walk every document below `prefix` (a path below the tree; "" for all), depth first, git's order. Steps give
 * the path from the tree on (a ".parts" folder is one step). Returns 1 and sets *entry and *path (borrowed
 * until the next step), 0 at the end.
 */
struct lapse_walk;
int lapse_walk_open(struct lapse_walk **out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *prefix);
/* The same, the last document first. */
int lapse_walk_open_last(struct lapse_walk **out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *prefix);
int lapse_walk_next(struct lapse_walk *walk, const char **path, struct lapse_entry *entry);
void lapse_walk_free(struct lapse_walk *walk);

/*
 * Compare two trees at the cost of what differs (equal ids are skipped): fn gets the path and
 * either side's entry, NULL when absent, for every document that differs (a ".parts" folder is one). `before` may
 * be NULL: nothing.
 */
typedef int lapse_compare_fn(const char *path, const struct lapse_entry *before, const struct lapse_entry *after,
    void *payload);
int lapse_tree_compare(struct lapse_store *store, const struct lapse_oid *before, const struct lapse_oid *after,
    lapse_compare_fn *fn, void *payload);

/* The same, but a folder `depth` names deep (1: of the trees themselves) is not looked into: fn gets it as it gets a document. */
int lapse_tree_compare_folders(struct lapse_store *store, const struct lapse_oid *before, const struct lapse_oid *after,
    size_t depth, lapse_compare_fn *fn, void *payload);

/* ---- writing: one run, one commit ---- */

struct lapse_batch;

/*
 * Begin a run: takes the archive's lock (waits LAPSE_LOCK_WAIT seconds of the environment, 10 without it, then
 * LAPSE_EAGAIN "the archive is in use by another run"), clears what a killed run left, reads the tip.
 * LAPSE_EFAIL for a read-only archive. The caller releases it with lapse_batch_free(), which
 * without a commit leaves the archive as it was.
 */
int lapse_batch_open(struct lapse_batch **out, struct lapse_store *store);
void lapse_batch_free(struct lapse_batch *batch);

/* The commit that the run builds on: NULL when there is none. Borrowed from `batch`. */
const struct lapse_commit *lapse_batch_base(const struct lapse_batch *batch);

/* Set the document at a path ending in ".json" or ".eml". The last put of a path counts. */
int lapse_batch_put(struct lapse_batch *batch, const char *path, const void *data, size_t len);

/* The document as this run has it so far: 1 read, 0 not there. */
int lapse_batch_get(struct lapse_buf *out, struct lapse_batch *batch, const char *path);

/* Was this path put in this run, even with the bytes that it had? 1 or 0. */
int lapse_batch_has_put(struct lapse_batch *batch, const char *path);

/* Documents of this run that differ from the base so far. */
size_t lapse_batch_changes(const struct lapse_batch *batch);

/*
 * Write the run as one commit and move the ref: 1 and the commit's id, or 0 when no document
 * differs from the base (nothing is written then). LAPSE_EAGAIN when the ref was moved by somebody
 * else meanwhile. Author and committer are the user's own git identity (never the archive's), else "lapse"; the author date is
 * `time`, the committer date now.
 */
int lapse_batch_commit(struct lapse_oid *out, struct lapse_batch *batch, const char *message, struct lapse_instant time);

/* ---- integrity, for verify ---- */

/*
 * Read every object of the repository and hash it again: fn gets a fault's object (40 hex digits or "") and sentence.
 * progress may be NULL. Returns < 0 only when the check itself could not run.
 */
int lapse_store_check_objects(struct lapse_store *store,
    int (*fn)(const char *oid, const char *fault, void *payload), void *payload,
    void (*progress)(size_t done, size_t total, void *payload));

/* What makes git and others read another history than the objects say: refs/replace, grafts, alternates, shallow. fn gets the class and a sentence. */
int lapse_store_check_views(struct lapse_store *store,
    int (*fn)(const char *class, const char *fault, void *payload), void *payload);

#endif
