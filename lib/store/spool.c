#include "spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger.h"

#include "lapse/alloc.h"
#include "lapse/zip.h"

/* What is kept in memory before it goes to the file. */
#define TAIL_MAX ((size_t)256 * 1024)
/* What is read of the file at once, with what is asked for. */
#define WINDOW ((size_t)16 * 1024)
#define HEADER_MAX 16

/* What stands before each entry in the file: its id and, in 4 bytes, its length. */
#define LABEL_ID 20
#define LABEL (LABEL_ID + 4)

struct store_spool {
	char *path;
	int fd;			/* -1 while all is in memory */
	uint64_t flushed;	/* bytes in the file; the tail follows them */
	unsigned char *tail;
	size_t tail_len;
	size_t tail_cap;
	unsigned char *window;	/* bytes of the file, */
	uint64_t window_at;	/* from here on */
	size_t window_len;
	size_t window_cap;
	struct store_ledger *objects;
	unsigned char *kept;	/* a bit an object: the run's commit leads to it */
	struct lapse_deflate *deflate;
};

struct store_spool *
store_spool_new(const char *dir, const char *name)
{
	struct store_spool *spool = lapse_alloc(1, sizeof(*spool));

	spool->path = store_path("%s/%s", dir, name);
	spool->fd = -1;
	spool->objects = store_ledger_new(dir, sizeof(struct store_spooled));
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
	store_ledger_free(spool->objects);
	free(spool->kept);
	free(spool->window);
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
	/* What a large object took is seldom needed again. */
	if (spool->tail_cap > TAIL_MAX) {
		free(spool->tail);
		spool->tail = NULL;
		spool->tail_cap = 0;
	}
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

/* What it says of itself: its inflated size, and where that ends. */
static size_t
read_header(size_t *size, const unsigned char *entry, size_t len)
{
	size_t n = 1;

	*size = entry[0] & 15;
	for (unsigned shift = 4; (entry[n - 1] & 0x80) != 0 && n < len && n < HEADER_MAX - 1; shift += 7)
		*size |= (size_t)(entry[n++] & 0x7f) << shift;
	return n;
}

int
store_spool_has(struct store_spool *spool, const struct lapse_oid *oid)
{
	return store_ledger_find(NULL, spool->objects, oid->id);
}

/* Enter an object whose entry follows the tail, behind room for its label. */
static int
enter(struct store_spool *spool, const struct lapse_oid *oid, git_object_t type, size_t len, bool is_stored)
{
	unsigned char *label = spool->tail + spool->tail_len;
	struct store_spooled object = {
		.len = (uint32_t)len,
		.offset = spool->flushed + spool->tail_len + LABEL,
		.number = (uint32_t)store_ledger_count(spool->objects),
		.type = (uint8_t)type,
		.is_stored = is_stored,
	};
	int rc;

	if (store_ledger_count(spool->objects) == UINT32_MAX)
		return lapse_fail(LAPSE_ETOOBIG, "more than %" PRIu32 " objects in one run", UINT32_MAX);
	memcpy(object.id, oid->id, sizeof(object.id));
	rc = store_ledger_add(spool->objects, &object);
	if (rc < 0)
		return rc;
	memcpy(label, object.id, LABEL_ID);
	memcpy(label + LABEL_ID, &object.len, LABEL - LABEL_ID);
	spool->tail_len += LABEL + len;
	return spool->tail_len > TAIL_MAX ? flush(spool) : 0;
}

int
store_spool_add(struct store_spool *spool, const struct lapse_oid *oid,
    git_object_t type, const void *data, size_t len)
{
	unsigned char *entry;
	size_t room, header;
	int rc = store_spool_has(spool, oid);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (len > LAPSE_BUF_DOCUMENT)
		return lapse_fail(LAPSE_ETOOBIG, "an object of %zu bytes", len);
	room = HEADER_MAX + lapse_deflate_bound(spool->deflate, len);
	rc = make_room(spool, LABEL + room);
	if (rc < 0)
		return rc;
	entry = spool->tail + spool->tail_len + LABEL;
	header = put_header(entry, type, len);
	return enter(spool, oid, type, header +
	    lapse_deflate_run(spool->deflate, entry + header, room - header, data, len), false);
}

int
store_spool_note(struct store_spool *spool, const struct lapse_oid *oid)
{
	int rc = store_spool_has(spool, oid);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = make_room(spool, LABEL);
	return rc < 0 ? rc : enter(spool, oid, GIT_OBJECT_TREE, 0, true);
}

/* ---- reading back ---- */

/* Read from the file into the window: `want` bytes, or as many as there are. */
static int
load_window(struct store_spool *spool, uint64_t offset, size_t want)
{
	size_t done = 0;

	if (want > spool->flushed - offset)
		want = (size_t)(spool->flushed - offset);
	if (spool->window_cap < want) {
		spool->window_cap = want;
		spool->window = lapse_realloc(spool->window, want, 1);
	}
	spool->window_len = 0;
	while (done < want) {
		ssize_t n = pread(spool->fd, spool->window + done, want - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "'%s'", spool->path);
		if (n == 0)
			return lapse_fail(LAPSE_EFAIL, "'%s': was cut short", spool->path);
		done += (size_t)n;
	}
	spool->window_at = offset;
	spool->window_len = want;
	return 0;
}

/*
 * Bytes of the spool, all in the file or all in the tail. Where they must be read so are up to `before` that precede and
 * `after` that follow them. Borrowed until the next use.
 */
static int
look_at(const unsigned char **out, struct store_spool *spool, uint64_t offset, size_t len, size_t before, size_t after)
{
	int rc = 0;

	if (offset >= spool->flushed) {
		*out = spool->tail + (offset - spool->flushed);
		return 0;
	}
	if (before > offset)
		before = (size_t)offset;
	if (offset < spool->window_at || offset + len > spool->window_at + spool->window_len)
		rc = load_window(spool, offset - before, before + len + after);
	*out = spool->window + (offset - spool->window_at);
	return rc;
}

/* What is looked for is mostly a folder: those above one were written after it, and are read before it. */
int
store_spool_entry(const unsigned char **out, struct store_spool *spool, const struct store_spooled *object)
{
	return look_at(out, spool, object->offset, object->len, WINDOW, 0);
}

static int
was_changed(const struct store_spool *spool)
{
	return lapse_fail(LAPSE_EFAIL, "'%s': was changed while the run wrote it", spool->path);
}

int
store_spool_read(struct store_object *out, struct store_spool *spool, const struct lapse_oid *oid)
{
	const struct store_spooled *object;
	const unsigned char *entry;
	const void *found;
	size_t size, header;
	char *data;
	int rc = store_ledger_find(&found, spool->objects, oid->id);

	object = found;
	if (rc <= 0 || object->is_stored)
		return rc < 0 ? rc : 0;
	rc = store_spool_entry(&entry, spool, object);
	if (rc < 0)
		return rc;
	header = read_header(&size, entry, object->len);
	if (size > LAPSE_BUF_DOCUMENT)
		return was_changed(spool);
	data = lapse_alloc(size + 1, 1);
	if (lapse_inflate(data, size, entry + header, object->len - header) < 0) {
		free(data);
		return was_changed(spool);
	}
	*out = (struct store_object){
		.data = data,
		.size = size,
		.type = (git_object_t)object->type,
		.owned = data,
	};
	return 1;
}

/* ---- what is kept ---- */

static bool
is_kept(const struct store_spool *spool, size_t number)
{
	return (spool->kept[number / 8] & 1u << number % 8) != 0;
}

/* The ids of new objects whose own contents are still to be looked at. */
struct queue {
	struct lapse_oid *ids;
	size_t nitems;
	size_t cap;
	size_t nkept;
};

static int
keep(struct queue *queue, struct store_spool *spool, const struct lapse_oid *oid)
{
	const struct store_spooled *object;
	const void *found;
	int rc = store_ledger_find(&found, spool->objects, oid->id);

	object = found;
	if (rc <= 0 || is_kept(spool, object->number))
		return rc < 0 ? rc : 0;
	spool->kept[object->number / 8] |= (unsigned char)(1u << object->number % 8);
	if (!object->is_stored)
		queue->nkept++;
	if (object->type == GIT_OBJECT_BLOB)
		return 0;
	queue->ids = lapse_grow(queue->ids, queue->nitems, &queue->cap, sizeof(*queue->ids));
	queue->ids[queue->nitems++] = *oid;
	return 0;
}

/* What one new object names: a tree's entries, a commit's tree (its parents are older than the run). */
static int
keep_named(struct queue *queue, struct store_spool *spool, struct lapse_store *store,
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
		rc = keep(queue, spool, &entry.oid);
	} else {
		store_tree_over(&tree, oid, object.data, object.size);
		while ((rc = store_tree_next(&tree, &entry)) > 0 && (rc = keep(queue, spool, &entry.oid)) == 0)
			;
	}
	store_object_release(&object);
	return rc < 0 ? rc : 0;
}

int
store_spool_mark(size_t *out, struct store_spool *spool, struct lapse_store *store, const struct lapse_oid *root)
{
	struct queue queue = { .nitems = 0 };
	int rc;

	free(spool->kept);
	spool->kept = lapse_alloc(store_ledger_count(spool->objects) / 8 + 1, 1);
	rc = keep(&queue, spool, root);
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
	struct store_spooled object = { .number = 0 };
	const unsigned char *label;
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < spool->flushed + spool->tail_len; at = object.offset + object.len) {
		rc = look_at(&label, spool, at, LABEL, 0, WINDOW);
		if (rc < 0)
			return rc;
		memcpy(object.id, label, LABEL_ID);
		memcpy(&object.len, label + LABEL_ID, LABEL - LABEL_ID);
		object.offset = at + LABEL;
		if (object.len > 0 && is_kept(spool, object.number))
			rc = look_at(&label, spool, object.offset, object.len, 0, WINDOW);
		if (rc == 0 && object.len > 0 && is_kept(spool, object.number))
			rc = fn(spool, &object, payload);
		object.number++;
	}
	return rc;
}
