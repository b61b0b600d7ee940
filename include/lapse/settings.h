/*
 * What an archive says about itself: its format, its sources, who is who and
 * which rules hold. Settings change results, so they are committed.
 */
#ifndef LAPSE_SETTINGS_H
#define LAPSE_SETTINGS_H

#include <stdbool.h>

#include "lapse/buf.h"
#include "lapse/codec.h"
#include "lapse/party.h"
#include "lapse/policy.h"
#include "lapse/store.h"

/*
 * Make a new archive in `dir`: an empty repository and a first commit with the
 * built-in parties and policy. An interrupted one is finished. Refused where anything else is.
 */
int lapse_archive_init(const char *dir);

/* Is this an archive that this version reads? LAPSE_EFORMAT for another version's, LAPSE_ENOTFOUND when it has no commit. */
int lapse_archive_check(struct lapse_store *store);

/*
 * Read parties: of `file` (NULL: the archive's, else the built-in ones). *from tells where they come from, for
 * people; it is static or `file`. The caller releases them with lapse_parties_free().
 */
int lapse_settings_parties(struct lapse_parties **out, const char **from, struct lapse_store *store, const char *file);

/*
 * Read a policy by its id in the archive, its file (a name with a slash or ending in ".json"), or NULL for
 * "ccadb". The caller releases it with lapse_policy_free().
 */
int lapse_settings_policy(struct lapse_policy **out, struct lapse_store *store, const char *name);

/* Does a name mean a file: has it a slash, or does it end in ".json"? Such a policy needs no store. */
bool lapse_settings_is_file(const char *name);

/* Check whether lapse_settings_add_policy() would take a file. The caller releases it with lapse_policy_free(). */
int lapse_settings_check_policy(struct lapse_policy **out, const char *file);

/* The ids of the archive's policies and names of its sources, sorted: fn gets each document's bytes. */
int lapse_settings_each(struct lapse_store *store, const char *folder,
    int (*fn)(const char *name, const struct lapse_buf *bytes, void *payload), void *payload);

/*
 * Check a file and put it into the archive, one commit: 1, or 0 when it says what is there already. Parties
 * replace those that were there, a policy the one with its id. *out is the caller's to free.
 */
int lapse_settings_add_parties(struct lapse_parties **out, struct lapse_store *store, const char *file);
int lapse_settings_add_policy(struct lapse_policy **out, struct lapse_store *store, const char *file);

/*
 * Name a source: 1, or 0 when it is there just so. One without an address, as an import makes it, gets this one; LAPSE_EFAIL when
 * it is there with another.
 */
int lapse_settings_add_source(struct lapse_store *store, const struct lapse_source *source);

/* Make a source that is there this one, one commit: 1, or 0 when it is already. Keys that this version does not know stay. */
int lapse_settings_set_source(struct lapse_store *store, const struct lapse_source *source);

/* The canonical bytes of the archive's document at a path: 1, or 0 when there is none. */
int lapse_settings_read(struct lapse_buf *out, struct lapse_store *store, const char *path);

#endif
