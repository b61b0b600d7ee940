#include <stdlib.h>

#include "lapse/alloc.h"
#include "store_internal.h"

/* The slices of one document, in order. */
struct slices {
	struct lapse_oid *ids;
	size_t nitems;
	size_t cap;
	size_t nseen;
};

/* "0", "1", "10": no other spelling of a number is a slice's name. */
static bool
slice_number(size_t *out, const char *name)
{
	size_t n = 0;

	if (*name == '\0' || (name[0] == '0' && name[1] != '\0'))
		return false;
	for (; *name != '\0'; name++) {
		if (*name < '0' || *name > '9' || n > 99999)
			return false;
		n = n * 10 + (size_t)(*name - '0');
	}
	*out = n;
	return true;
}

/* The folder is no document in slices. */
static int
not_slices(const struct lapse_oid *tree)
{
	char hex[LAPSE_OID_HEX + 1];

	return lapse_fail(LAPSE_EFORMAT, "object %s: its entries are not the slices of one document",
	    lapse_oid_format(hex, tree));
}

static bool
note_slice(struct slices *slices, const struct lapse_entry *entry)
{
	size_t n;

	if (entry->kind != LAPSE_ENTRY_BLOB || !slice_number(&n, entry->name))
		return false;
	while (slices->nitems <= n) {
		slices->ids = lapse_grow(slices->ids, slices->nitems, &slices->cap, sizeof(*slices->ids));
		slices->ids[slices->nitems++] = (struct lapse_oid){ { 0 } };
	}
	slices->ids[n] = entry->oid;
	slices->nseen++;
	return true;
}

static int
list_slices(struct slices *out, struct lapse_store *store, struct store_spool *spool,
    const struct lapse_oid *tree)
{
	struct lapse_entry entry;
	struct store_tree view;
	int rc = store_tree_open(&view, store, spool, tree);

	if (rc < 0)
		return rc;
	while ((rc = store_tree_next(&view, &entry)) > 0) {
		if (!note_slice(out, &entry)) {
			rc = not_slices(tree);
			break;
		}
	}
	/* As many names as numbers: none is missing, for no name comes twice in a tree that is in order. */
	if (rc == 0 && (out->nitems < 2 || out->nseen != out->nitems))
		rc = not_slices(tree);
	store_tree_close(&view);
	return rc;
}

static int
read_slices(struct lapse_buf *out, struct lapse_store *store, struct store_spool *spool,
    const struct lapse_oid *tree)
{
	struct slices slices = { .nitems = 0 };
	struct store_object object;
	int rc = list_slices(&slices, store, spool, tree);

	for (size_t i = 0; i < slices.nitems && rc == 0; i++) {
		bool is_last = i + 1 == slices.nitems;

		rc = store_object_read(&object, store, spool, &slices.ids[i], GIT_OBJECT_BLOB);
		if (rc < 0)
			break;
		if (is_last ? object.size == 0 || object.size > LAPSE_PART_SIZE : object.size != LAPSE_PART_SIZE)
			rc = not_slices(tree);
		else
			rc = lapse_buf_add(out, object.data, object.size);
		store_object_release(&object);
	}
	free(slices.ids);
	return rc;
}

int
store_doc_read(struct lapse_buf *out, struct lapse_store *store,
    struct store_spool *spool, const struct lapse_entry *entry)
{
	struct store_object object;
	int rc;

	lapse_buf_reset(out);
	if (entry->kind == LAPSE_ENTRY_TREE)
		return read_slices(out, store, spool, &entry->oid);
	rc = store_object_read(&object, store, spool, &entry->oid, GIT_OBJECT_BLOB);
	if (rc < 0)
		return rc;
	rc = lapse_buf_add(out, object.data, object.size);
	store_object_release(&object);
	return rc;
}

int
lapse_doc_read(struct lapse_buf *out, struct lapse_store *store, const struct lapse_entry *entry)
{
	return store_doc_read(out, store, NULL, entry);
}

int
lapse_doc_entry(struct lapse_entry *out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *path)
{
	enum lapse_entry_kind kind = LAPSE_ENTRY_BLOB;
	int rc = lapse_tree_find(out, store, tree, path);

	if (rc == 0 && store_is_document(path, strlen(path))) {
		char *parts = store_parts_path(path);

		kind = LAPSE_ENTRY_TREE;
		rc = lapse_tree_find(out, store, tree, parts);
		free(parts);
	}
	if (rc > 0 && out->kind != kind)
		return lapse_fail(LAPSE_EFORMAT, "is not a document");
	return rc;
}

int
lapse_doc_find(struct lapse_buf *out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *path)
{
	struct lapse_entry entry;
	int rc = lapse_doc_entry(&entry, store, tree, path);

	if (rc == 0)
		return 0;
	if (rc > 0)
		rc = store_doc_read(out, store, NULL, &entry);
	return rc < 0 ? lapse_context(rc, "%s", path) : 1;
}
