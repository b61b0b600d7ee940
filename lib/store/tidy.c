#include "tidy.h"

#include <stdlib.h>
#include <unistd.h>

#include "lapse/alloc.h"

/* Loose objects from which on it pays to gather them. */
#define LOOSE_MAX 1000
/* Of 256 folders, so many are counted for an estimate. */
#define SAMPLED 64

static int
count(const char *name, void *payload)
{
	size_t *n = payload;

	if (strlen(name) == LAPSE_OID_HEX - 2)
		(*n)++;
	return 0;
}

/* Ids are hashes: each folder has as many as any other, about. */
static size_t
estimate_loose(const struct lapse_store *store)
{
	size_t n = 0;

	for (unsigned i = 0; i < 256; i += 256 / SAMPLED) {
		char *dir = store_path("%s/objects/%02x", store->dir, i);

		/* A folder that cannot be read counts as empty; reading an object in it will say so. */
		store_folder_each(dir, count, &n);
		free(dir);
	}
	return n * (256 / SAMPLED);
}

void
store_tidy(struct lapse_store *store, struct store_lock *lock)
{
	int rc = store_lock_note(lock, false, "run\nend\n");

	if (rc == 0 && estimate_loose(store) > LOOSE_MAX)
		rc = store_gather(store);
	if (rc == 0)
		rc = store_merge(store, lock);
	if (rc == 0)
		store_lock_clear(lock);
}
