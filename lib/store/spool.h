/*
 * The new objects of one run, each deflated once, as a pack keeps them: in
 * memory as long as they are few, beyond that in a file of the archive's
 * folder (and what is known of each in a ledger's). What a run wrote and then
 * replaced stays out of the archive.
 */
#ifndef LAPSE_STORE_SPOOL_H
#define LAPSE_STORE_SPOOL_H

#include "store_internal.h"

/* Of a run, and of its evidence. */
#define STORE_SPOOL_NAME "lapse.spool"
#define STORE_SPOOL_EVIDENCE "lapse.spool.evidence"

/* One object: `len` bytes at `offset` are its entry in a pack, header and all. */
struct store_spooled {
	unsigned char id[20];
	uint32_t len;
	uint64_t offset;
	uint32_t number;	/* in the order in which they were added */
	uint8_t type;		/* git_object_t */
	bool is_stored;		/* the archive had it already: no bytes here */
};

/* `name` is the file's in the archive's folder; nothing is made on disk yet. The caller releases it with store_spool_free(), which removes the file. */
struct store_spool *store_spool_new(const char *dir, const char *name);
void store_spool_free(struct store_spool *spool);

/* Add an object whose id is known, unless the run has it already. */
int store_spool_add(struct store_spool *spool, const struct lapse_oid *oid,
    git_object_t type, const void *data, size_t len);

/*
 * Remember a tree that the run made and the archive has already. What is in it
 * may be new all the same: a killed run leaves trees that nothing leads to.
 */
int store_spool_note(struct store_spool *spool, const struct lapse_oid *oid);

/* Is it an object of this run? 1 or 0. */
int store_spool_has(struct store_spool *spool, const struct lapse_oid *oid);

/* 1 read, 0 not an object of this run. */
int store_spool_read(struct store_object *out, struct store_spool *spool, const struct lapse_oid *oid);

/* Find what the commit `root` leads to among the run's objects: that is kept. *out is how many these are. */
int store_spool_mark(size_t *out, struct store_spool *spool, struct lapse_store *store, const struct lapse_oid *root);

/*
 * Call fn for each object that is kept, in the order in which they were added; stops at its first failure. The object's
 * type is not told.
 */
int store_spool_each(struct store_spool *spool,
    int (*fn)(struct store_spool *spool, const struct store_spooled *object, void *payload), void *payload);

/* The bytes of an object's entry. Borrowed until the spool's next use. */
int store_spool_entry(const unsigned char **out, struct store_spool *spool, const struct store_spooled *object);

#endif
