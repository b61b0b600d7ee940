#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lapse/alloc.h"

int
store_check_tell(const struct store_check *check, const struct lapse_oid *oid, const char *fmt, ...)
{
	char hex[LAPSE_OID_HEX + 1] = "", fault[1024];
	va_list ap;

	if (oid != NULL)
		lapse_oid_format(hex, oid);
	va_start(ap, fmt);
	vsnprintf(fault, sizeof(fault), fmt, ap);
	va_end(ap);
	return check->fn(hex, fault, check->payload);
}

/* ---- what an object names ---- */

/* A line "KEYWORD ID\n" at *pos, which moves past it. */
static bool
take_line(struct lapse_oid *out, const char **pos, const char *end, const char *keyword)
{
	size_t len = strlen(keyword);
	git_oid id;

	if ((size_t)(end - *pos) < len + LAPSE_OID_HEX + 2 || strncmp(*pos, keyword, len) != 0 || (*pos)[len] != ' ')
		return false;
	if (git_oid_fromstrn(&id, *pos + len + 1, LAPSE_OID_HEX) < 0 || (*pos)[len + 1 + LAPSE_OID_HEX] != '\n')
		return false;
	*out = store_own_oid(&id);
	*pos += len + LAPSE_OID_HEX + 2;
	return true;
}

static int
commit_named(const struct store_object *object,
    int (*fn)(const struct lapse_oid *oid, git_object_t type, void *payload), void *payload)
{
	const char *pos = object->data, *end = object->data + object->size;
	struct lapse_oid oid;
	int rc;

	if (!take_line(&oid, &pos, end, "tree"))
		return lapse_fail(LAPSE_EFORMAT, "is not a well-formed commit");
	rc = fn(&oid, GIT_OBJECT_TREE, payload);
	while (rc == 0 && take_line(&oid, &pos, end, "parent"))
		rc = fn(&oid, GIT_OBJECT_COMMIT, payload);
	if (rc == 0 && ((size_t)(end - pos) < strlen("author ") || strncmp(pos, "author ", strlen("author ")) != 0))
		rc = lapse_fail(LAPSE_EFORMAT, "is not a well-formed commit");
	return rc;
}

#define MODE_SUBMODULE 0160000u

static int
tree_named(const struct lapse_oid *id, const struct store_object *object,
    int (*fn)(const struct lapse_oid *oid, git_object_t type, void *payload), void *payload)
{
	struct lapse_entry entry, last = { .name = NULL };
	struct store_tree tree;
	int rc;

	store_tree_over(&tree, id, object->data, object->size);
	while ((rc = store_tree_next(&tree, &entry)) > 0) {
		bool is_tree = entry.kind == LAPSE_ENTRY_TREE;

		if (last.name != NULL && store_name_cmp(last.name, strlen(last.name), last.kind == LAPSE_ENTRY_TREE,
		    entry.name, strlen(entry.name), is_tree) >= 0)
			return lapse_fail(LAPSE_EFORMAT, "is a tree whose entries are not in order");
		last = entry;
		if (tree.mode == MODE_SUBMODULE)
			continue;
		rc = fn(&entry.oid, is_tree ? GIT_OBJECT_TREE : GIT_OBJECT_BLOB, payload);
		if (rc != 0)
			return rc;
	}
	return rc < 0 ? lapse_fail(LAPSE_EFORMAT, "is not a well-formed tree") : 0;
}

int
store_check_named(const struct lapse_oid *oid, const struct store_object *object,
    int (*fn)(const struct lapse_oid *oid, git_object_t type, void *payload), void *payload)
{
	if (object->type == GIT_OBJECT_COMMIT)
		return commit_named(object, fn, payload);
	if (object->type == GIT_OBJECT_TREE)
		return tree_named(oid, object, fn, payload);
	return 0;
}

/* ---- what is missing ---- */

struct queue {
	struct store_check *check;
	struct lapse_oid *ids;
	size_t nitems;
	size_t cap;
};

/* An id that was not met may have been gathered into a pack while we read: look once more. */
static int
look_again(struct store_check *check, struct store_known *known)
{
	struct store_object object;
	struct lapse_oid oid;

	memcpy(oid.id, known->id, sizeof(oid.id));
	if (store_object_read(&object, check->store, NULL, &oid, GIT_OBJECT_ANY) < 0)
		return store_check_tell(check, &oid, "is not in the archive");
	known->is = (uint8_t)object.type;
	store_object_release(&object);
	return 0;
}

static int
visit(const struct lapse_oid *oid, git_object_t type, void *payload)
{
	struct queue *queue = payload;
	struct store_known *known = store_table_find(&queue->check->known, oid->id);
	int rc = 0;

	if (known == NULL)
		known = store_table_add(&queue->check->known, oid->id);
	if (known->is_walked || known->is == STORE_KNOWN_BROKEN)
		return 0;
	known->is_walked = true;
	if (known->is == 0)
		rc = look_again(queue->check, known);
	if (rc != 0 || known->is == 0)
		return rc;
	if (known->is != type)
		return store_check_tell(queue->check, oid, "is a %s, and named as a %s",
		    git_object_type2string((git_object_t)known->is), git_object_type2string(type));
	if (type == GIT_OBJECT_BLOB)
		return 0;
	queue->ids = lapse_grow(queue->ids, queue->nitems, &queue->cap, sizeof(*queue->ids));
	queue->ids[queue->nitems++] = *oid;
	return 0;
}

/* Everything that a commit leads to. What cannot be read was told before. */
static int
walk_from(struct store_check *check, const struct lapse_oid *tip)
{
	struct queue queue = { .check = check };
	int rc = visit(tip, GIT_OBJECT_COMMIT, &queue);

	while (rc == 0 && queue.nitems > 0) {
		struct lapse_oid oid = queue.ids[--queue.nitems];
		struct store_object object;

		if (store_object_read(&object, check->store, NULL, &oid, GIT_OBJECT_ANY) < 0)
			continue;
		rc = store_check_named(&oid, &object, visit, &queue);
		rc = rc == LAPSE_EFORMAT ? 0 : rc;
		store_object_release(&object);
	}
	free(queue.ids);
	return rc;
}

/* Rubbish may name what is gone; only what the newest commit leads to must be there. */
static bool
something_is_missing(const struct store_check *check)
{
	for (size_t i = 0; i < check->known.nitems; i++) {
		const struct store_known *known = store_table_at(&check->known, i);

		if (known->should_be != 0 && known->should_be != known->is)
			return true;
	}
	return false;
}

/* 1, or 0 in an archive without a commit. */
static int
read_tip(struct lapse_oid *out, struct store_check *check)
{
	git_oid id;
	int rc = git_reference_name_to_id(&id, check->store->repo, "HEAD");

	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0) {
		rc = store_check_tell(check, NULL, "HEAD: %s", store_object_fault(rc));
		return rc;
	}
	*out = store_own_oid(&id);
	return 1;
}

static int
check_tip(struct store_check *check)
{
	const struct store_known *known;
	struct lapse_oid tip;
	int rc = read_tip(&tip, check);

	if (rc <= 0)
		return rc;
	known = store_table_find(&check->known, tip.id);
	if (known == NULL || known->is != GIT_OBJECT_COMMIT || something_is_missing(check))
		return walk_from(check, &tip);
	return 0;
}

int
lapse_store_check_objects(struct lapse_store *store,
    int (*fn)(const char *oid, const char *fault, void *payload), void *payload,
    void (*progress)(size_t done, size_t total, void *payload))
{
	struct store_check check = {
		.store = store,
		.fn = fn,
		.payload = payload,
		.progress = progress,
	};
	int rc;

	store_table_init(&check.known, sizeof(struct store_known));
	rc = store_check_read(&check);
	if (rc == 0)
		rc = check_tip(&check);
	store_table_release(&check.known);
	return rc;
}
