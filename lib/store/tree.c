#include "store_internal.h"

int
store_tree_open(struct store_tree *out, struct lapse_store *store,
    struct store_spool *spool, const struct lapse_oid *id)
{
	struct store_object object;
	int rc = store_object_read(&object, store, spool, id, GIT_OBJECT_TREE);

	if (rc < 0) {
		store_tree_over(out, id, NULL, 0);
		return rc;
	}
	store_tree_over(out, id, object.data, object.size);
	out->object = object;
	return 0;
}

void
store_tree_over(struct store_tree *out, const struct lapse_oid *id, const char *data, size_t size)
{
	*out = (struct store_tree){
		.id = *id,
		.pos = data,
		.end = data != NULL ? data + size : NULL,
	};
}

void
store_tree_close(struct store_tree *tree)
{
	store_object_release(&tree->object);
	store_tree_over(tree, &tree->id, NULL, 0);
}

static int
malformed(const struct store_tree *tree)
{
	char hex[LAPSE_OID_HEX + 1];

	return lapse_fail(LAPSE_EFORMAT, "object %s: is not a well-formed tree", lapse_oid_format(hex, &tree->id));
}

static enum lapse_entry_kind
kind_of(uint32_t mode)
{
	if (mode == 0100644)
		return LAPSE_ENTRY_BLOB;
	return mode == 040000 ? LAPSE_ENTRY_TREE : LAPSE_ENTRY_OTHER;
}

/* An entry is MODE in octal, a blank, NAME, a NUL, and 20 bytes of id. */
int
store_tree_next(struct store_tree *tree, struct lapse_entry *entry)
{
	const char *pos = tree->pos, *nul;
	uint32_t mode = 0;

	if (pos == tree->end)
		return 0;
	for (; pos < tree->end && *pos >= '0' && *pos <= '7' && mode < 01000000; pos++)
		mode = mode * 8 + (uint32_t)(*pos - '0');
	if (pos == tree->pos || pos == tree->end || *pos != ' ')
		return malformed(tree);
	pos++;
	nul = memchr(pos, '\0', (size_t)(tree->end - pos));
	if (nul == NULL || nul == pos || (size_t)(tree->end - nul) < 1 + sizeof(entry->oid.id) ||
	    memchr(pos, '/', (size_t)(nul - pos)) != NULL)
		return malformed(tree);
	entry->name = pos;
	entry->kind = kind_of(mode);
	memcpy(entry->oid.id, nul + 1, sizeof(entry->oid.id));
	tree->mode = mode;
	tree->pos = nul + 1 + sizeof(entry->oid.id);
	return 1;
}

int
store_tree_put(struct lapse_buf *out, uint32_t mode, const char *name, const struct lapse_oid *oid)
{
	int rc = lapse_buf_printf(out, "%o %s", (unsigned)mode, name);

	if (rc == 0)
		rc = lapse_buf_putc(out, '\0');
	if (rc == 0)
		rc = lapse_buf_add(out, oid->id, sizeof(oid->id));
	return rc;
}

int
store_name_cmp(const char *a, size_t alen, bool a_is_tree, const char *b, size_t blen, bool b_is_tree)
{
	size_t common = alen < blen ? alen : blen;
	int cmp = memcmp(a, b, common);
	unsigned char aend, bend;

	if (cmp != 0)
		return cmp;
	aend = common < alen ? (unsigned char)a[common] : a_is_tree ? '/' : '\0';
	bend = common < blen ? (unsigned char)b[common] : b_is_tree ? '/' : '\0';
	return (aend > bend) - (aend < bend);
}

bool
store_is_parts(const struct lapse_entry *entry)
{
	return entry->kind == LAPSE_ENTRY_TREE && store_ends_in(entry->name, strlen(entry->name), ".parts");
}

int
lapse_tree_each(struct lapse_store *store, const struct lapse_oid *tree,
    int (*fn)(const struct lapse_entry *entry, void *payload), void *payload)
{
	struct lapse_entry entry;
	struct store_tree view;
	int rc = store_tree_open(&view, store, NULL, tree);

	if (rc < 0)
		return rc;
	while ((rc = store_tree_next(&view, &entry)) > 0) {
		rc = fn(&entry, payload);
		if (rc != 0)
			break;
	}
	store_tree_close(&view);
	return rc;
}

/* One name in one tree: 1 found, 0 not there. */
static int
find_name(struct lapse_entry *out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *name, size_t len)
{
	struct store_tree view;
	int rc = store_tree_open(&view, store, NULL, tree);

	if (rc < 0)
		return rc;
	while ((rc = store_tree_next(&view, out)) > 0)
		if (strncmp(out->name, name, len) == 0 && out->name[len] == '\0')
			break;
	store_tree_close(&view);
	out->name = NULL;
	return rc;
}

int
lapse_tree_find(struct lapse_entry *out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *path)
{
	*out = (struct lapse_entry){ .oid = *tree, .kind = LAPSE_ENTRY_TREE };
	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		struct lapse_oid above = out->oid;
		int rc;

		if (out->kind != LAPSE_ENTRY_TREE || len == 0)
			return 0;
		rc = find_name(out, store, &above, path, len);
		if (rc <= 0)
			return rc;
		path += len;
		if (*path == '/')
			path++;
	}
	return 1;
}
