#include <stdlib.h>

#include "lapse/alloc.h"
#include "store_internal.h"

struct frame {
	struct store_tree tree;
	size_t path_len;	/* of the path above this tree */
	const char *start;	/* of its entries, and where those left end: for a walk that begins with the last */
	const char *limit;
};

struct lapse_walk {
	struct lapse_store *store;
	struct lapse_buf path;
	struct frame frames[STORE_DEPTH_MAX];
	size_t nframes;
	bool last_first;
};

static int
descend(struct lapse_walk *walk, const struct lapse_oid *tree)
{
	struct frame *frame = &walk->frames[walk->nframes];
	int rc;

	if (walk->nframes == STORE_DEPTH_MAX)
		return lapse_fail(LAPSE_EFORMAT, "%s: lies too deep", walk->path.data);
	rc = store_tree_open(&frame->tree, walk->store, NULL, tree);
	if (rc < 0)
		return walk->path.len > 0 ? lapse_context(rc, "%s", walk->path.data) : rc;
	frame->path_len = walk->path.len;
	frame->start = frame->tree.pos;
	frame->limit = frame->tree.end;
	walk->nframes++;
	return 0;
}

/* The last entry before frame->limit, which moves to it. A folder is small, so it is simply read again. */
static int
step_back(struct frame *frame, struct lapse_entry *entry)
{
	const char *before = frame->start;
	int rc = 0;

	frame->tree.pos = frame->start;
	while (frame->tree.pos != frame->limit) {
		before = frame->tree.pos;
		rc = store_tree_next(&frame->tree, entry);
		if (rc < 0)
			return rc;
	}
	frame->limit = before;
	return rc;
}

static int
step(struct lapse_walk *walk, struct frame *frame, struct lapse_entry *entry)
{
	return walk->last_first ? step_back(frame, entry) : store_tree_next(&frame->tree, entry);
}

int
lapse_walk_open_last(struct lapse_walk **out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *prefix)
{
	int rc = lapse_walk_open(out, store, tree, prefix);

	if (rc == 0)
		(*out)->last_first = true;
	return rc;
}

int
lapse_walk_open(struct lapse_walk **out, struct lapse_store *store,
    const struct lapse_oid *tree, const char *prefix)
{
	struct lapse_walk *walk;
	struct lapse_entry entry;
	int rc;

	*out = NULL;
	if (prefix == NULL)
		prefix = "";
	rc = lapse_tree_find(&entry, store, tree, prefix);
	if (rc < 0)
		return rc;
	walk = lapse_alloc(1, sizeof(*walk));
	walk->store = store;
	lapse_buf_init(&walk->path, LAPSE_BUF_DOCUMENT);
	if (rc > 0 && entry.kind == LAPSE_ENTRY_TREE) {
		size_t len = strlen(prefix);

		rc = lapse_buf_add(&walk->path, prefix, len > 0 && prefix[len - 1] == '/' ? len - 1 : len);
		if (rc == 0)
			rc = descend(walk, &entry.oid);
	}
	if (rc < 0) {
		lapse_walk_free(walk);
		return rc;
	}
	*out = walk;
	return 0;
}

/* The path of an entry of the innermost tree. */
static int
set_path(struct lapse_walk *walk, const char *name)
{
	struct lapse_buf *path = &walk->path;
	int rc = 0;

	path->len = walk->frames[walk->nframes - 1].path_len;
	if (path->len > 0)
		rc = lapse_buf_putc(path, '/');
	return rc < 0 ? rc : lapse_buf_puts(path, name);
}

int
lapse_walk_next(struct lapse_walk *walk, const char **path, struct lapse_entry *entry)
{
	int rc;

	while (walk->nframes > 0) {
		struct frame *frame = &walk->frames[walk->nframes - 1];

		rc = step(walk, frame, entry);
		if (rc < 0)
			return rc;
		if (rc == 0) {
			store_tree_close(&frame->tree);
			walk->nframes--;
			continue;
		}
		rc = set_path(walk, entry->name);
		if (rc < 0)
			return rc;
		if (entry->kind != LAPSE_ENTRY_TREE || store_is_parts(entry)) {
			*path = walk->path.data;
			return 1;
		}
		rc = descend(walk, &entry->oid);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void
lapse_walk_free(struct lapse_walk *walk)
{
	if (walk == NULL)
		return;
	while (walk->nframes > 0)
		store_tree_close(&walk->frames[--walk->nframes].tree);
	lapse_buf_release(&walk->path);
	free(walk);
}
