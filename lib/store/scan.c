#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "lapse/alloc.h"
#include "pack.h"

/* ---- one object ---- */

static struct store_known *
know(struct store_check *check, const struct lapse_oid *oid)
{
	struct store_known *known = store_table_find(&check->known, oid->id);

	return known != NULL ? known : store_table_add(&check->known, oid->id);
}

static int
note_named(const struct lapse_oid *oid, git_object_t type, void *payload)
{
	struct store_known *known = know(payload, oid);

	/* Named as two things at once it cannot be right: any mismatch leads to the full walk. */
	known->should_be = known->should_be == 0 || known->should_be == type ? (uint8_t)type : UINT8_MAX;
	return 0;
}

/* Read one object of one place; `where` says which, for a copy elsewhere may be sound. */
static int
check_one(struct store_check *check, git_odb *odb, const struct lapse_oid *oid, const char *where)
{
	git_oid id = store_git_oid(oid);
	struct store_object object = { .data = NULL };
	int rc = git_odb_read(&object.held, odb, &id);

	check->done++;
	if (check->progress != NULL)
		check->progress(check->done, check->total, check->payload);
	/* It was gathered into a pack since it was listed, or it is missed where it is named. */
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0) {
		struct store_known *known = know(check, oid);

		if (known->is == 0)
			known->is = STORE_KNOWN_BROKEN;
		return store_check_tell(check, oid, "%s (%s)", store_object_fault(rc), where);
	}
	object.data = git_odb_object_data(object.held);
	object.size = git_odb_object_size(object.held);
	object.type = git_odb_object_type(object.held);
	know(check, oid)->is = (uint8_t)object.type;
	rc = store_check_named(oid, &object, note_named, check);
	store_object_release(&object);
	return rc < 0 ? store_check_tell(check, oid, "%s (%s)", lapse_error(), where) : 0;
}

/* ---- loose objects ---- */

struct id_list {
	struct lapse_oid *ids;
	size_t nitems;
	size_t cap;
};

static int
list_id(const git_oid *id, void *payload)
{
	struct id_list *list = payload;

	list->ids = lapse_grow(list->ids, list->nitems, &list->cap, sizeof(*list->ids));
	list->ids[list->nitems++] = store_own_oid(id);
	return 0;
}

static int
open_loose(git_odb **out, const struct lapse_store *store, struct id_list *list)
{
	char *objects = store_path("%s/objects", store->dir);
	git_odb_backend *loose;
	int rc = 0;

	if (git_odb_new(out) < 0 || store_loose_backend(&loose, objects) < 0 ||
	    git_odb_add_backend(*out, loose, 1) < 0 || git_odb_foreach(*out, list_id, list) < 0)
		rc = store_fail(LAPSE_EFAIL, "%s", objects);
	free(objects);
	return rc;
}

/* ---- packs ---- */

struct pack_list {
	const struct lapse_store *store;
	char *dir;
	char **names;
	size_t nitems;
	size_t cap;
};

static int
list_pack(const char *name, void *payload)
{
	struct pack_list *list = payload;

	list->names = lapse_grow(list->names, list->nitems, &list->cap, sizeof(*list->names));
	list->names[list->nitems++] = lapse_strdup(name);
	return 0;
}

struct place {
	uint64_t offset;
	size_t i;
};

static int
cmp_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* In the pack's own order: what rests on each other lies together there. */
static struct place *
places_of(const struct store_index *index)
{
	struct place *places = lapse_alloc(index->nobjects, sizeof(*places));

	for (size_t i = 0; i < index->nobjects; i++)
		places[i] = (struct place){ store_index_offset(index, i), i };
	qsort(places, index->nobjects, sizeof(*places), cmp_places);
	return places;
}

static int
open_pack(git_odb **out, const char *dir, const char *name)
{
	char *idx = store_path("%s/%s.idx", dir, name);
	git_odb_backend *backend;
	int rc = 0;

	if (git_odb_new(out) < 0 || git_odb_backend_one_pack(&backend, idx) < 0 ||
	    git_odb_add_backend(*out, backend, 1) < 0)
		rc = store_fail(LAPSE_EFORMAT, "%s.pack", name);
	free(idx);
	return rc;
}

static int
check_entries(struct store_check *check, git_odb *odb, const struct store_index *index)
{
	struct place *places = places_of(index);
	int rc = 0;

	for (size_t i = 0; i < index->nobjects && rc == 0; i++) {
		struct lapse_oid oid;

		memcpy(oid.id, store_index_id(index, places[i].i), sizeof(oid.id));
		rc = check_one(check, odb, &oid, index->name);
	}
	free(places);
	return rc;
}

static int
check_pack(struct store_check *check, const char *dir, const char *name)
{
	struct store_index index;
	git_odb *odb = NULL;
	int rc = store_index_open(&index, dir, name);

	/* As with a loose object: gone since it was listed. */
	if (rc == LAPSE_ENOTFOUND)
		return 0;
	if (rc < 0)
		return store_check_tell(check, NULL, "%s", lapse_error());
	if (store_index_check(&index) < 0)
		rc = store_check_tell(check, NULL, "%s", lapse_error());
	if (rc == 0 && !store_index_pack_is_whole(&index))
		rc = store_check_tell(check, NULL, "%s.pack: was changed: its bytes have another checksum", name);
	if (rc == 0 && open_pack(&odb, dir, name) < 0)
		rc = store_check_tell(check, NULL, "%s", lapse_error());
	else if (rc == 0)
		rc = check_entries(check, odb, &index);
	git_odb_free(odb);
	store_index_close(&index);
	return rc;
}

/*
 * git may keep an index over all packs, and believes it before theirs, as
 * libgit2 does when it reads for us: each object is read by way of it as well.
 */
static int
check_multi_index(struct store_check *check, const char *dir)
{
	char *path = store_path("%s/multi-pack-index", dir);
	bool is_there = access(path, F_OK) == 0;
	int rc = 0;

	free(path);
	if (!is_there || store_reopen(check->store) < 0)
		return 0;
	for (size_t i = 0; i < check->known.nitems && rc == 0; i++) {
		const struct store_known *known = store_table_at(&check->known, i);
		struct store_object object;
		struct lapse_oid oid;

		memcpy(oid.id, known->id, sizeof(oid.id));
		if (known->is == 0 || known->is == STORE_KNOWN_BROKEN)
			continue;
		if (store_object_read(&object, check->store, NULL, &oid, GIT_OBJECT_ANY) < 0)
			rc = store_check_tell(check, &oid, "is not where multi-pack-index says");
		store_object_release(&object);
	}
	return rc;
}

/* ---- all ---- */

static size_t
count_packed(const struct pack_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->nitems; i++)
		n += store_index_count(list->dir, list->names[i]);
	return n;
}

int
store_check_read(struct store_check *check)
{
	struct pack_list packs = { .dir = store_path("%s/objects/pack", check->store->dir) };
	struct id_list loose = { .nitems = 0 };
	git_odb *odb = NULL;
	int rc = open_loose(&odb, check->store, &loose);

	if (rc == 0)
		rc = store_packs_each(packs.dir, list_pack, &packs);
	check->total = loose.nitems + count_packed(&packs);
	for (size_t i = 0; i < loose.nitems && rc == 0; i++)
		rc = check_one(check, odb, &loose.ids[i], "loose");
	for (size_t i = 0; i < packs.nitems && rc == 0; i++)
		rc = check_pack(check, packs.dir, packs.names[i]);
	if (rc == 0)
		rc = check_multi_index(check, packs.dir);
	git_odb_free(odb);
	for (size_t i = 0; i < packs.nitems; i++)
		free(packs.names[i]);
	free(packs.names);
	free(packs.dir);
	free(loose.ids);
	return rc;
}
