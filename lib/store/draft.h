/*
 * The tree that a run is making: the folders it has touched, in memory, over
 * the tree it builds on. Each is read once and written once, unless so many
 * are touched that the ones longest untouched are written early.
 */
#ifndef LAPSE_STORE_DRAFT_H
#define LAPSE_STORE_DRAFT_H

#include "spool.h"
#include "store_internal.h"

struct store_draft;
struct store_folder;

/* `base` is NULL for an empty tree. The caller releases it with store_draft_free(). */
struct store_draft *store_draft_new(struct lapse_store *store, struct store_spool *spool,
    const struct lapse_oid *base);
void store_draft_free(struct store_draft *draft);

/*
 * The folder that a path lies in, and the path's last name, which is borrowed
 * from `path`: 1, or 0 when the folder is not there and is not to be made.
 * The folder is borrowed until the next call.
 */
int store_draft_folder(struct store_folder **out, const char **name,
    struct store_draft *draft, const char *path, bool make);

/* An entry of a folder: false when there is none. The document in slices has kind TREE. */
bool store_folder_get(struct lapse_entry *out, const struct store_folder *folder,
    const char *name, size_t len, enum lapse_entry_kind kind);
void store_folder_set(struct store_folder *folder, const char *name, size_t len,
    enum lapse_entry_kind kind, const struct lapse_oid *oid);
void store_folder_unset(struct store_folder *folder, const char *name, size_t len, enum lapse_entry_kind kind);

/* Write all folders that changed; *out is the root. */
int store_draft_write(struct lapse_oid *out, struct store_draft *draft);

#endif
