#include <stdlib.h>
#include <sys/stat.h>

#include "lapse/alloc.h"
#include "tidy.h"

/* More wait for the next time: the search for deltas keeps all of them in mind. */
#define GATHERED_MAX 20000

struct gathering {
	struct lapse_store *store;
	git_packbuilder *builder;
	git_oid *ids;		/* to be deleted once a pack has them */
	size_t nitems;
	size_t cap;
};

static int
list_loose(const git_oid *id, void *payload)
{
	struct gathering *gathering = payload;

	if (gathering->nitems == GATHERED_MAX)
		return 0;
	gathering->ids = lapse_grow(gathering->ids, gathering->nitems, &gathering->cap, sizeof(*gathering->ids));
	gathering->ids[gathering->nitems++] = *id;
	return 0;
}

/* One that cannot be read stays where it is, for a check to find. */
static bool
is_sound(struct lapse_store *store, const git_oid *id)
{
	git_odb_object *object;

	if (git_odb_read(&object, store->odb, id) < 0)
		return false;
	git_odb_object_free(object);
	return true;
}

/* Leaves in ids what can be deleted afterwards. */
static int
insert_sound(struct gathering *gathering)
{
	git_odb_backend *packs = gathering->store->packs;
	size_t kept = 0;

	for (size_t i = 0; i < gathering->nitems; i++) {
		git_oid id = gathering->ids[i];

		if (!is_sound(gathering->store, &id))
			continue;
		if (!packs->exists(packs, &id) && git_packbuilder_insert(gathering->builder, &id, NULL) < 0)
			return store_fail(LAPSE_EFAIL, "gathering loose objects");
		gathering->ids[kept++] = id;
	}
	gathering->nitems = kept;
	return 0;
}

/* In a folder of the archive's own only: a link there would have us empty somebody else's. */
static int
delete_loose(const struct lapse_store *store, const char *hex)
{
	char *dir = store_path("%s/objects/%.2s", store->dir, hex);
	char *path = store_path("%s/%s", dir, hex + 2);
	struct stat st;
	int rc = 0;

	if (lstat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		rc = store_remove(path);
	free(path);
	free(dir);
	return rc;
}

static int
delete_packed(const struct gathering *gathering)
{
	git_odb_backend *packs = gathering->store->packs;
	int rc = 0;

	for (size_t i = 0; i < gathering->nitems && rc == 0; i++) {
		char hex[LAPSE_OID_HEX + 1];

		git_oid_tostr(hex, sizeof(hex), &gathering->ids[i]);
		if (!packs->exists(packs, &gathering->ids[i]))
			return lapse_fail(LAPSE_EFAIL, "object %s: is not in its new pack", hex);
		rc = delete_loose(gathering->store, hex);
	}
	return rc;
}

int
store_gather(struct lapse_store *store)
{
	struct gathering gathering = { .store = store };
	char *dir = store_path("%s/objects/pack", store->dir);
	int rc;

	if (git_packbuilder_new(&gathering.builder, store->repo) < 0 ||
	    store->loose->foreach(store->loose, list_loose, &gathering) < 0) {
		rc = store_fail(LAPSE_EFAIL, "gathering loose objects");
		goto out;
	}
	rc = insert_sound(&gathering);
	if (rc < 0)
		goto out;
	if (git_packbuilder_object_count(gathering.builder) > 0 &&
	    git_packbuilder_write(gathering.builder, dir, 0, NULL, NULL) < 0) {
		rc = store_fail(LAPSE_EFAIL, "gathering loose objects");
		goto out;
	}
	rc = store_reopen(store);
	if (rc == 0)
		rc = delete_packed(&gathering);
out:
	git_packbuilder_free(gathering.builder);
	free(gathering.ids);
	free(dir);
	return rc;
}
