#include "pack.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger.h"

#include "lapse/alloc.h"
#include "lapse/zip.h"
#include "lapse/digest.h"

#define BUFFER_SIZE ((size_t)256 * 1024)
/* From here on an offset does not fit into the index's 31 bits. */
#define LONG_OFFSET 0x80000000u

struct entry {
	unsigned char id[20];
	uint32_t crc;
	uint64_t offset;
};

/* A file that is hashed as it is written. */
struct output {
	char *path;
	int fd;
	struct lapse_sha1 *sha;
	unsigned char *buf;
	size_t len;
	uint64_t size;
	unsigned char sum[LAPSE_SHA1_LEN];
};

struct store_pack {
	char *dir;
	struct output pack;
	struct output index;
	struct store_ledger *entries;
	size_t nobjects;
	char name[sizeof("pack-") + LAPSE_OID_HEX];
};

/* ---- a hashed file ---- */

/* One such file at a time: the run has the archive's lock. What a killed one left under the name is removed. */
static int
output_open(struct output *out, const char *dir, const char *what)
{
	int rc;

	out->path = store_path("%s/" STORE_PACK_UNFINISHED "%s", dir, what);
	out->sha = lapse_sha1_new();
	out->buf = lapse_alloc(BUFFER_SIZE, 1);
	rc = store_remove(out->path);
	if (rc < 0)
		return rc;
	/* Read-only at once, as git's are, less what the umask forbids. */
	out->fd = open(out->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
	return out->fd < 0 ? lapse_fail_errno(LAPSE_EFAIL, "'%s'", out->path) : 0;
}

static int
output_flush(struct output *out)
{
	size_t done = 0;

	while (done < out->len) {
		ssize_t n = write(out->fd, out->buf + done, out->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "'%s'", out->path);
		done += (size_t)n;
	}
	lapse_sha1_add(out->sha, out->buf, out->len);
	out->len = 0;
	return 0;
}

static int
output_add(struct output *out, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	int rc = 0;

	out->size += len;
	while (len > 0 && rc == 0) {
		size_t n = BUFFER_SIZE - out->len < len ? BUFFER_SIZE - out->len : len;

		memcpy(out->buf + out->len, bytes, n);
		out->len += n;
		bytes += n;
		len -= n;
		if (out->len == BUFFER_SIZE)
			rc = output_flush(out);
	}
	return rc;
}

static int
output_u32(struct output *out, uint64_t value)
{
	const unsigned char bytes[4] = {
		(unsigned char)(value >> 24), (unsigned char)(value >> 16),
		(unsigned char)(value >> 8), (unsigned char)value,
	};

	return output_add(out, bytes, sizeof(bytes));
}

/* The hash of all before it ends the file, which is durable then, as far as a file can be without its name. */
static int
output_seal(struct output *out)
{
	int rc = output_flush(out);

	if (rc < 0)
		return rc;
	lapse_sha1_end(out->sha, out->sum);
	lapse_sha1_free(out->sha);
	out->sha = lapse_sha1_new();	/* for the flush below, which nobody reads */
	rc = output_add(out, out->sum, sizeof(out->sum));
	if (rc == 0)
		rc = output_flush(out);
	if (rc < 0)
		return rc;
	if (fsync(out->fd) < 0)
		return lapse_fail_errno(LAPSE_EFAIL, "'%s'", out->path);
	return 0;
}

static int
output_publish(struct output *out, const char *dir, const char *name, const char *suffix)
{
	char *path = store_path("%s/%s%s", dir, name, suffix);
	int rc = 0;

	if (rename(out->path, path) < 0) {
		rc = lapse_fail_errno(LAPSE_EFAIL, "'%s'", path);
	} else {
		free(out->path);
		out->path = NULL;	/* not ours to remove any more */
	}
	free(path);
	return rc;
}

static void
output_close(struct output *out)
{
	if (out->fd >= 0) {
		close(out->fd);
		/* Left behind it is in nobody's way: the next run removes it. */
		if (out->path != NULL)
			unlink(out->path);
	}
	lapse_sha1_free(out->sha);
	free(out->buf);
	free(out->path);
}

/* ---- the pack ---- */

int
store_pack_begin(struct store_pack **out, const char *store_dir, size_t nobjects)
{
	struct store_pack *pack = lapse_alloc(1, sizeof(*pack));
	int rc;

	pack->dir = store_path("%s/objects/pack", store_dir);
	pack->pack.fd = pack->index.fd = -1;
	pack->nobjects = nobjects;
	pack->entries = store_ledger_new(store_dir, sizeof(struct entry));
	rc = nobjects < UINT32_MAX ? 0 : lapse_fail(LAPSE_ETOOBIG, "%zu objects in one pack", nobjects);
	if (rc == 0)
		rc = output_open(&pack->pack, pack->dir, "pack");
	if (rc == 0)
		rc = output_add(&pack->pack, "PACK\0\0\0\2", 8);
	if (rc == 0)
		rc = output_u32(&pack->pack, nobjects);
	if (rc < 0) {
		store_pack_free(pack);
		pack = NULL;
	}
	*out = pack;
	return rc;
}

void
store_pack_free(struct store_pack *pack)
{
	if (pack == NULL)
		return;
	output_close(&pack->pack);
	output_close(&pack->index);
	store_ledger_free(pack->entries);
	free(pack->dir);
	free(pack);
}

int
store_pack_add(struct store_pack *pack, const unsigned char *id, const void *entry, size_t len)
{
	struct entry new = { .crc = lapse_crc32(entry, len), .offset = pack->pack.size };
	int rc;

	assert(store_ledger_count(pack->entries) < pack->nobjects);
	memcpy(new.id, id, sizeof(new.id));
	rc = store_ledger_add(pack->entries, &new);
	return rc < 0 ? rc : output_add(&pack->pack, entry, len);
}

/* ---- the index ---- */

/* An index being written, table by table. */
struct indexing {
	struct output *out;
	uint32_t upto[256];	/* how many ids begin with this byte or a lesser one */
	uint64_t nlong;
};

static int
count_first(const void *record, void *payload)
{
	struct indexing *indexing = payload;

	indexing->upto[((const struct entry *)record)->id[0]]++;
	return 0;
}

static int
write_fanout(struct indexing *indexing)
{
	int rc = 0;

	for (unsigned byte = 0; byte < 256 && rc == 0; byte++) {
		indexing->upto[byte] += byte > 0 ? indexing->upto[byte - 1] : 0;
		rc = output_u32(indexing->out, indexing->upto[byte]);
	}
	return rc;
}

static int
write_id(const void *record, void *payload)
{
	return output_add(((struct indexing *)payload)->out, ((const struct entry *)record)->id, 20);
}

static int
write_crc(const void *record, void *payload)
{
	return output_u32(((struct indexing *)payload)->out, ((const struct entry *)record)->crc);
}

static int
write_offset(const void *record, void *payload)
{
	struct indexing *indexing = payload;
	uint64_t offset = ((const struct entry *)record)->offset;

	return output_u32(indexing->out, offset < LONG_OFFSET ? offset : LONG_OFFSET | indexing->nlong++);
}

static int
write_long_offset(const void *record, void *payload)
{
	struct indexing *indexing = payload;
	uint64_t offset = ((const struct entry *)record)->offset;
	int rc;

	if (offset < LONG_OFFSET)
		return 0;
	rc = output_u32(indexing->out, offset >> 32);
	return rc < 0 ? rc : output_u32(indexing->out, offset);
}

static int
write_index(struct store_pack *pack)
{
	struct indexing indexing = { .out = &pack->index };
	int rc = output_add(&pack->index, "\377tOc\0\0\0\2", 8);

	if (rc == 0)
		rc = store_ledger_each(pack->entries, count_first, &indexing);
	if (rc == 0)
		rc = write_fanout(&indexing);
	if (rc == 0)
		rc = store_ledger_each(pack->entries, write_id, &indexing);
	if (rc == 0)
		rc = store_ledger_each(pack->entries, write_crc, &indexing);
	if (rc == 0)
		rc = store_ledger_each(pack->entries, write_offset, &indexing);
	if (rc == 0 && indexing.nlong > 0)
		rc = store_ledger_each(pack->entries, write_long_offset, &indexing);
	return rc < 0 ? rc : output_add(&pack->index, pack->pack.sum, sizeof(pack->pack.sum));
}

int
store_pack_seal(const char **name, struct store_pack *pack)
{
	char hex[LAPSE_OID_HEX + 1];
	struct lapse_oid sum;
	int rc;

	assert(store_ledger_count(pack->entries) == pack->nobjects);
	rc = output_seal(&pack->pack);
	if (rc == 0)
		rc = output_open(&pack->index, pack->dir, "index");
	if (rc == 0)
		rc = write_index(pack);
	if (rc == 0)
		rc = output_seal(&pack->index);
	if (rc < 0)
		return rc;
	memcpy(sum.id, pack->pack.sum, sizeof(sum.id));
	snprintf(pack->name, sizeof(pack->name), "pack-%s", lapse_oid_format(hex, &sum));
	if (name != NULL)
		*name = pack->name;
	return 0;
}

/* The index first, as libgit2 does: nobody looks at one without a pack, and left so it is known for ours. */
int
store_pack_publish(struct store_pack *pack)
{
	int rc = output_publish(&pack->index, pack->dir, pack->name, ".idx");

	if (rc == 0)
		rc = output_publish(&pack->pack, pack->dir, pack->name, ".pack");
	return rc < 0 ? rc : store_sync_folder(pack->dir);
}
