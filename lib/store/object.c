#include <stdlib.h>

#include "lapse/alloc.h"
#include "spool.h"
#include "store_internal.h"

const char *
store_object_fault(int rc)
{
	const git_error *error = git_error_last();

	if (rc == GIT_EMISMATCH)
		return "was changed: its bytes have another id";
	if (rc == GIT_ENOTFOUND)
		return "is not in the archive";
	return error != NULL ? error->message : "cannot be read";
}

static int
read_failed(int rc, const struct lapse_oid *oid)
{
	char hex[LAPSE_OID_HEX + 1];

	return lapse_fail(LAPSE_EFORMAT, "object %s: %s", lapse_oid_format(hex, oid), store_object_fault(rc));
}

/* One that is not found may have moved into a pack since the archive was opened: look again, once. */
static int
read_stored(git_odb_object **out, struct lapse_store *store, const struct lapse_oid *oid)
{
	git_oid id = store_git_oid(oid);
	int rc = git_odb_read(out, store->odb, &id);

	if (rc == 0)
		return 0;
	if (rc != GIT_EMISMATCH && store_reopen(store) == 0)
		rc = git_odb_read(out, store->odb, &id);
	return rc < 0 ? read_failed(rc, oid) : 0;
}

static int
wrong_type(const struct lapse_oid *oid, git_object_t is, git_object_t should_be)
{
	char hex[LAPSE_OID_HEX + 1];

	return lapse_fail(LAPSE_EFORMAT, "object %s: is a %s, not a %s", lapse_oid_format(hex, oid),
	    git_object_type2string(is), git_object_type2string(should_be));
}

int
store_object_read(struct store_object *out, struct lapse_store *store,
    struct store_spool *spool, const struct lapse_oid *oid, git_object_t type)
{
	int rc = 0;

	*out = (struct store_object){ .data = NULL };
	if (spool != NULL)
		rc = store_spool_read(out, spool, oid);
	if (rc == 0) {
		rc = read_stored(&out->held, store, oid);
		if (rc < 0)
			return rc;
		out->data = git_odb_object_data(out->held);
		out->size = git_odb_object_size(out->held);
		out->type = git_odb_object_type(out->held);
	}
	if (rc >= 0 && type != GIT_OBJECT_ANY && out->type != type)
		rc = wrong_type(oid, out->type, type);
	if (rc < 0)
		store_object_release(out);
	return rc < 0 ? rc : 0;
}

void
store_object_release(struct store_object *object)
{
	git_odb_object_free(object->held);
	free(object->owned);
	*object = (struct store_object){ .data = NULL };
}

/* ---- adding ---- */

static int
note_folder(const char *name, void *payload)
{
	struct lapse_store *store = payload;

	if (strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2)
		store->folders[strtoul(name, NULL, 16)] = true;
	return 0;
}

int
store_list_folders(struct lapse_store *store)
{
	char *objects = store_path("%s/objects", store->dir);
	int rc;

	memset(store->folders, 0, sizeof(store->folders));
	rc = store_folder_each(objects, note_folder, store);
	free(objects);
	return rc;
}

/* Has the archive the object? If so it is touched, as git does it, lest a git gc takes it for old rubbish. */
static bool
is_stored(struct lapse_store *store, const git_oid *id)
{
	if (store->packs->exists(store->packs, id)) {
		/* A pack that cannot be touched is there all the same. */
		store->packs->freshen(store->packs, id);
		return true;
	}
	return store->folders[id->id[0]] && store->loose->freshen(store->loose, id) == 0;
}

int
store_object_add(struct lapse_oid *out, struct lapse_store *store, struct store_spool *spool,
    git_object_t type, const void *data, size_t len)
{
	git_oid id;
	int rc;

	if (git_odb_hash(&id, data, len, type) < 0)
		return store_fail(LAPSE_EFAIL, "an object of %zu bytes", len);
	*out = store_own_oid(&id);
	rc = store_spool_has(spool, out);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (!is_stored(store, &id))
		return store_spool_add(spool, out, type, data, len);
	return type == GIT_OBJECT_TREE ? store_spool_note(spool, out) : 0;
}
