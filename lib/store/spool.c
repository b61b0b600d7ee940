#include "spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "lapse/zip.h"

/* What is kept in memory before it goes to the file. */
#define TAIL_MAX ((size_t)8 * 1024 * 1024)
#define HEADER_MAX 16

struct store_spool {
	char *path;
	int fd;			/* -1 while all is in memory */
	uint64_t flushed;	/* bytes in the file; the tail follows them */
	unsigned char *tail;
	size_t tail_len;
	size_t tail_cap;
	unsigned char *scratch;	/* an entry read back from the file */
	size_t scratch_cap;
	struct store_table objects;
	struct lapse_deflate *deflate;
};

struct store_spool *
store_spool_new(const char *dir, const char *name)
{
	struct store_spool *spool = lapse_alloc(1, sizeof(*spool));

	spool->path = store_path("%s/%s", dir, name);
	spool->fd = -1;
	store_table_init(&spool->objects, sizeof(struct store_spooled));
	spool->deflate = lapse_deflate_new(1);	/* git repacks for size later */
	return spool;
}

void
store_spool_free(struct store_spool *spool)
{
	if (spool == NULL)
		return;
	if (spool->fd >= 0) {
		close(spool->fd);
		/* Left behind it is in nobody's way: the next run removes it. */
		unlink(spool->path);
	}
	lapse_deflate_free(spool->deflate);
	store_table_release(&spool->objects);
	free(spool->scratch);
	free(spool->tail);
	free(spool->path);
	free(spool);
}

/* Move the tail to the file. */
static int
flush(struct store_spool *spool)
{
	size_t done = 0;

	if (spool->fd < 0)
		spool->fd = open(spool->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (spool->fd < 0)
		return lapse_fail_errno(LAPSE_EFAIL, "'%s'", spool->path);
	while (done < spool->tail_len) {
		ssize_t n = pwrite(spool->fd, spool->tail + done, spool->tail_len - done,
		    (off_t)(spool->flushed + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "'%s'", spool->path);
		done += (size_t)n;
	}
	spool->flushed += spool->tail_len;
	spool->tail_len = 0;
	return 0;
}

static int
make_room(struct store_spool *spool, size_t len)
{
	int rc = 0;

	if (spool->tail_len > 0 && spool->tail_len + len > TAIL_MAX)
		rc = flush(spool);
	while (rc == 0 && spool->tail_cap < spool->tail_len + len) {
		spool->tail_cap = spool->tail_cap > 0 ? spool->tail_cap * 2 : 64 * 1024;
		spool->tail = lapse_realloc(spool->tail, spool->tail_cap, 1);
	}
	return rc;
}

/* A pack entry begins with its type and inflated size: 4 bits of the size, then 7 at a time, lowest first. */
static size_t
put_header(unsigned char *out, git_object_t type, size_t size)
{
	unsigned char byte = (unsigned char)((unsigned)type << 4 | (size & 15));
	size_t n = 0;

	for (size >>= 4; size > 0; size >>= 7) {
		out[n++] = byte | 0x80;
		byte = size & 0x7f;
	}
	out[n++] = byte;
	return n;
}

bool
store_spool_has(const struct store_spool *spool, const struct lapse_oid *oid)
{
	return store_table_find(&spool->objects, oid->id) != NULL;
}

int
store_spool_add(struct store_spool *spool, const struct lapse_oid *oid,
    git_object_t type, const void *data, size_t len)
{
	struct store_spooled *object;
	size_t room, header, packed;
	int rc;

	if (store_spool_has(spool, oid))
		return 0;
	if (len > LAPSE_BUF_DOCUMENT)
		return lapse_fail(LAPSE_ETOOBIG, "an object of %zu bytes", len);
	room = HEADER_MAX + lapse_deflate_bound(spool->deflate, len);
	rc = make_room(spool, room);
	if (rc < 0)
		return rc;
	header = put_header(spool->tail + spool->tail_len, type, len);
	packed = lapse_deflate_run(spool->deflate, spool->tail + spool->tail_len + header, room - header, data, len);
	object = store_table_add(&spool->objects, oid->id);
	object->type = (uint8_t)type;
	object->size = len;
	object->offset = spool->flushed + spool->tail_len;
	object->len = (uint32_t)(header + packed);
	spool->tail_len += object->len;
	return 0;
}

void
store_spool_note(struct store_spool *spool, const struct lapse_oid *oid)
{
	struct store_spooled *object;

	if (store_spool_has(spool, oid))
		return;
	object = store_table_add(&spool->objects, oid->id);
	object->type = GIT_OBJECT_TREE;
	object->is_stored = true;
}

int
store_spool_entry(const void **out, struct store_spool *spool, const struct store_spooled *object)
{
	size_t done = 0;

	if (object->offset >= spool->flushed) {
		*out = spool->tail + (object->offset - spool->flushed);
		return 0;
	}
	if (spool->scratch_cap < object->len) {
		spool->scratch_cap = object->len;
		spool->scratch = lapse_realloc(spool->scratch, spool->scratch_cap, 1);
	}
	while (done < object->len) {
		ssize_t n = pread(spool->fd, spool->scratch + done, object->len - done,
		    (off_t)(object->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "'%s'", spool->path);
		if (n == 0)
			return lapse_fail(LAPSE_EFAIL, "'%s': was cut short", spool->path);
		done += (size_t)n;
	}
	*out = spool->scratch;
	return 0;
}

int
store_spool_read(struct store_object *out, const struct store_spool *spool, const struct lapse_oid *oid)
{
	const struct store_spooled *object = store_table_find(&spool->objects, oid->id);
	const unsigned char *entry;
	const void *bytes;
	size_t header = 1;
	char *data;
	int rc;

	if (object == NULL || object->is_stored)
		return 0;
	/* Reading changes nothing but the scratch space. */
	rc = store_spool_entry(&bytes, (struct store_spool *)(uintptr_t)spool, object);
	if (rc < 0)
		return rc;
	entry = bytes;
	while (entry[header - 1] & 0x80)
		header++;
	data = lapse_alloc(object->size + 1, 1);
	if (lapse_inflate(data, object->size, entry + header, object->len - header) < 0) {
		free(data);
		return lapse_fail(LAPSE_EFAIL, "'%s': was changed while the run wrote it", spool->path);
	}
	*out = (struct store_object){
		.data = data,
		.size = object->size,
		.type = (git_object_t)object->type,
		.owned = data,
	};
	return 1;
}

/* The ids of new objects whose own contents are still to be looked at. */
struct queue {
	struct lapse_oid *ids;
	size_t nitems;
	size_t cap;
	size_t nkept;
};

static void
keep(struct queue *queue, const struct store_spool *spool, const struct lapse_oid *oid)
{
	struct store_spooled *object = store_table_find(&spool->objects, oid->id);

	if (object == NULL || object->is_kept)
		return;
	object->is_kept = true;
	if (!object->is_stored)
		queue->nkept++;
	if (object->type == GIT_OBJECT_BLOB)
		return;
	queue->ids = lapse_grow(queue->ids, queue->nitems, &queue->cap, sizeof(*queue->ids));
	queue->ids[queue->nitems++] = *oid;
}

/* What one new object names: a tree's entries, a commit's tree (its parents are older than the run). */
static int
keep_named(struct queue *queue, const struct store_spool *spool, struct lapse_store *store,
    const struct lapse_oid *oid)
{
	struct store_object object;
	struct lapse_entry entry;
	struct store_tree tree;
	int rc = store_object_read(&object, store, spool, oid, GIT_OBJECT_ANY);

	if (rc < 0)
		return rc;
	if (object.type == GIT_OBJECT_COMMIT) {
		git_oid id;

		/* We wrote it ourselves: "tree ", 40 hex digits. */
		rc = git_oid_fromstrn(&id, object.data + strlen("tree "), LAPSE_OID_HEX);
		assert(rc == 0);
		entry.oid = store_own_oid(&id);
		keep(queue, spool, &entry.oid);
	} else {
		store_tree_over(&tree, oid, object.data, object.size);
		while ((rc = store_tree_next(&tree, &entry)) > 0)
			keep(queue, spool, &entry.oid);
	}
	store_object_release(&object);
	return rc < 0 ? rc : 0;
}

int
store_spool_mark(size_t *out, struct store_spool *spool, struct lapse_store *store, const struct lapse_oid *root)
{
	struct queue queue = { .nitems = 0 };
	int rc = 0;

	keep(&queue, spool, root);
	while (rc == 0 && queue.nitems > 0) {
		struct lapse_oid oid = queue.ids[--queue.nitems];

		rc = keep_named(&queue, spool, store, &oid);
	}
	free(queue.ids);
	*out = queue.nkept;
	return rc;
}

int
store_spool_each(struct store_spool *spool,
    int (*fn)(struct store_spool *spool, const struct store_spooled *object, void *payload), void *payload)
{
	int rc = 0;

	for (size_t i = 0; i < spool->objects.nitems && rc == 0; i++) {
		const struct store_spooled *object = store_table_at(&spool->objects, i);

		if (object->is_kept && !object->is_stored)
			rc = fn(spool, object, payload);
	}
	return rc;
}
