#include <stdlib.h>

#include "lapse/alloc.h"
#include "store_internal.h"

/* One folder in two versions; a side without it is empty. */
struct side {
	struct store_tree tree;
	struct lapse_entry entry;
	bool has_entry;
};

struct pair {
	struct side before;
	struct side after;
	size_t path_len;
};

struct comparison {
	struct lapse_store *store;
	struct lapse_buf path;
	size_t depth;		/* folders that lie so deep are not looked into; 0: all are */
	struct pair pairs[STORE_DEPTH_MAX];
	size_t npairs;
};

static int
side_next(struct side *side)
{
	int rc = store_tree_next(&side->tree, &side->entry);

	side->has_entry = rc > 0;
	return rc < 0 ? rc : 0;
}

static int
side_open(struct side *side, struct lapse_store *store, const struct lapse_oid *tree)
{
	int rc;

	side->has_entry = false;
	if (tree == NULL) {
		store_tree_over(&side->tree, &(struct lapse_oid){ { 0 } }, NULL, 0);
		return 0;
	}
	rc = store_tree_open(&side->tree, store, NULL, tree);
	return rc < 0 ? rc : side_next(side);
}

static void
pop(struct comparison *cmp)
{
	struct pair *pair = &cmp->pairs[--cmp->npairs];

	store_tree_close(&pair->before.tree);
	store_tree_close(&pair->after.tree);
}

static int
push(struct comparison *cmp, const struct lapse_oid *before, const struct lapse_oid *after)
{
	struct pair *pair = &cmp->pairs[cmp->npairs];
	int rc;

	if (cmp->npairs == STORE_DEPTH_MAX)
		return lapse_fail(LAPSE_EFORMAT, "%s: lies too deep", cmp->path.data);
	*pair = (struct pair){ .path_len = cmp->path.len };
	cmp->npairs++;
	rc = side_open(&pair->before, cmp->store, before);
	return rc < 0 ? rc : side_open(&pair->after, cmp->store, after);
}

/* Which side's entry comes first: < 0 before's, > 0 after's, 0 both have the name. */
static int
order(const struct pair *pair)
{
	const struct lapse_entry *a = &pair->before.entry, *b = &pair->after.entry;

	if (!pair->before.has_entry || !pair->after.has_entry)
		return pair->before.has_entry ? -1 : 1;
	return store_name_cmp(a->name, strlen(a->name), a->kind == LAPSE_ENTRY_TREE,
	    b->name, strlen(b->name), b->kind == LAPSE_ENTRY_TREE);
}

static bool
is_folder(const struct lapse_entry *entry)
{
	return entry->kind == LAPSE_ENTRY_TREE && !store_is_parts(entry);
}

static int
set_path(struct comparison *cmp, size_t path_len, const char *name)
{
	int rc = 0;

	cmp->path.len = path_len;
	if (path_len > 0)
		rc = lapse_buf_putc(&cmp->path, '/');
	return rc < 0 ? rc : lapse_buf_puts(&cmp->path, name);
}

/* The next name of the innermost folder, on either side or both. */
static int
step(struct comparison *cmp, lapse_compare_fn *fn, void *payload)
{
	struct pair *pair = &cmp->pairs[cmp->npairs - 1];
	int which = order(pair), rc;
	struct lapse_entry before = pair->before.entry, after = pair->after.entry;
	struct lapse_entry *a = which <= 0 ? &before : NULL, *b = which >= 0 ? &after : NULL;
	bool same = a != NULL && b != NULL && a->kind == b->kind && lapse_oid_equal(&a->oid, &b->oid);

	/* Both sides move on first: the names stay readable as long as the trees are open. */
	rc = a != NULL ? side_next(&pair->before) : 0;
	if (rc == 0 && b != NULL)
		rc = side_next(&pair->after);
	if (rc < 0 || same)
		return rc;
	rc = set_path(cmp, pair->path_len, a != NULL ? a->name : b->name);
	if (rc < 0)
		return rc;
	if (is_folder(a != NULL ? a : b) && cmp->npairs != cmp->depth)
		return push(cmp, a != NULL ? &a->oid : NULL, b != NULL ? &b->oid : NULL);
	return fn(cmp->path.data, a, b, payload);
}

int
lapse_tree_compare_folders(struct lapse_store *store, const struct lapse_oid *before, const struct lapse_oid *after,
    size_t depth, lapse_compare_fn *fn, void *payload)
{
	struct comparison *cmp;
	int rc;

	if (before != NULL && lapse_oid_equal(before, after))
		return 0;
	cmp = lapse_alloc(1, sizeof(*cmp));
	cmp->store = store;
	cmp->depth = depth;
	lapse_buf_init(&cmp->path, LAPSE_BUF_DOCUMENT);
	rc = push(cmp, before, after);
	while (rc == 0 && cmp->npairs > 0) {
		struct pair *pair = &cmp->pairs[cmp->npairs - 1];

		if (pair->before.has_entry || pair->after.has_entry)
			rc = step(cmp, fn, payload);
		else
			pop(cmp);
	}
	while (cmp->npairs > 0)
		pop(cmp);
	lapse_buf_release(&cmp->path);
	free(cmp);
	return rc;
}

int
lapse_tree_compare(struct lapse_store *store, const struct lapse_oid *before, const struct lapse_oid *after,
    lapse_compare_fn *fn, void *payload)
{
	return lapse_tree_compare_folders(store, before, after, 0, fn, payload);
}
