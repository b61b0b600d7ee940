#include "pack.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
	struct entry *entries;
	size_t nentries;
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
	pack->entries = lapse_alloc(nobjects, sizeof(*pack->entries));
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
	free(pack->entries);
	free(pack->dir);
	free(pack);
}

int
store_pack_add(struct store_pack *pack, const unsigned char *id, const void *entry, size_t len)
{
	struct entry *new;

	assert(pack->nentries < pack->nobjects);
	new = &pack->entries[pack->nentries++];
	memcpy(new->id, id, sizeof(new->id));
	new->offset = pack->pack.size;
	new->crc = lapse_crc32(entry, len);
	return output_add(&pack->pack, entry, len);
}

static int
cmp_entries(const void *a, const void *b)
{
	return memcmp(((const struct entry *)a)->id, ((const struct entry *)b)->id, 20);
}

static int
write_fanout(struct store_pack *pack)
{
	size_t n = 0;
	int rc = 0;

	for (unsigned byte = 0; byte < 256 && rc == 0; byte++) {
		while (n < pack->nentries && pack->entries[n].id[0] <= byte)
			n++;
		rc = output_u32(&pack->index, n);
	}
	return rc;
}

static int
write_offsets(struct store_pack *pack)
{
	uint64_t nlong = 0;
	int rc = 0;

	for (size_t i = 0; i < pack->nentries && rc == 0; i++) {
		uint64_t offset = pack->entries[i].offset;

		rc = output_u32(&pack->index, offset < LONG_OFFSET ? offset : LONG_OFFSET | nlong++);
	}
	for (size_t i = 0; i < pack->nentries && rc == 0; i++) {
		uint64_t offset = pack->entries[i].offset;

		if (offset < LONG_OFFSET)
			continue;
		rc = output_u32(&pack->index, offset >> 32);
		if (rc == 0)
			rc = output_u32(&pack->index, offset);
	}
	return rc;
}

static int
write_index(struct store_pack *pack)
{
	struct output *index = &pack->index;
	int rc;

	qsort(pack->entries, pack->nentries, sizeof(*pack->entries), cmp_entries);
	rc = output_add(index, "\377tOc\0\0\0\2", 8);
	if (rc == 0)
		rc = write_fanout(pack);
	for (size_t i = 0; i < pack->nentries && rc == 0; i++)
		rc = output_add(index, pack->entries[i].id, sizeof(pack->entries[i].id));
	for (size_t i = 0; i < pack->nentries && rc == 0; i++)
		rc = output_u32(index, pack->entries[i].crc);
	if (rc == 0)
		rc = write_offsets(pack);
	return rc < 0 ? rc : output_add(index, pack->pack.sum, sizeof(pack->pack.sum));
}

int
store_pack_seal(const char **name, struct store_pack *pack)
{
	char hex[LAPSE_OID_HEX + 1];
	struct lapse_oid sum;
	int rc;

	assert(pack->nentries == pack->nobjects);
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
