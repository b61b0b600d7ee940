#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "lapse/digest.h"
#include "pack.h"

#define HEADER_SIZE 8
#define PACK_HEADER_SIZE 12
#define FANOUT_SIZE ((size_t)256 * 4)
#define SUM_SIZE ((size_t)LAPSE_SHA1_LEN)

static uint32_t
u32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int
map_file(const unsigned char **out, size_t *size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map = MAP_FAILED;
	int rc = 0;

	if (fd < 0)
		return lapse_fail_errno(errno == ENOENT ? LAPSE_ENOTFOUND : LAPSE_EFORMAT, "'%s'", path);
	if (fstat(fd, &st) < 0)
		rc = lapse_fail_errno(LAPSE_EFORMAT, "'%s'", path);
	else if (!S_ISREG(st.st_mode) || st.st_size < (off_t)(PACK_HEADER_SIZE + SUM_SIZE))
		rc = lapse_fail(LAPSE_EFORMAT, "'%s': is too short", path);
	if (rc == 0) {
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (map == MAP_FAILED)
			rc = lapse_fail_errno(LAPSE_EFAIL, "'%s'", path);
	}
	close(fd);
	if (rc < 0)
		return rc;
	*out = map;
	*size = (size_t)st.st_size;
	return 0;
}

static bool
sum_is_right(const unsigned char *map, size_t size)
{
	unsigned char sum[LAPSE_SHA1_LEN];
	struct lapse_sha1 *sha = lapse_sha1_new();

	lapse_sha1_add(sha, map, size - SUM_SIZE);
	lapse_sha1_end(sha, sum);
	lapse_sha1_free(sha);
	return memcmp(sum, map + size - SUM_SIZE, SUM_SIZE) == 0;
}

/* Where the tables are, if there is room for what the fan-out promises. */
static bool
lay_out(struct store_index *index)
{
	const unsigned char *fanout = index->map + HEADER_SIZE;
	size_t fixed = HEADER_SIZE + FANOUT_SIZE + 2 * SUM_SIZE, rest;

	if (index->map_size < fixed || memcmp(index->map, "\377tOc\0\0\0\2", HEADER_SIZE) != 0)
		return false;
	for (size_t i = 1; i < 256; i++)
		if (u32(fanout + 4 * i) < u32(fanout + 4 * (i - 1)))
			return false;
	index->nobjects = u32(fanout + 4 * 255);
	if ((index->map_size - fixed) / 28 < index->nobjects)
		return false;
	rest = index->map_size - fixed - index->nobjects * 28;
	if (rest % 8 != 0)
		return false;
	index->nlong = rest / 8;
	index->ids = fanout + FANOUT_SIZE;
	index->crcs = index->ids + index->nobjects * 20;
	index->offsets = index->crcs + index->nobjects * 4;
	index->long_offsets = index->offsets + index->nobjects * 4;
	return true;
}

/* In order, none twice, each under its first byte, each within the pack. */
static bool
tables_are_right(const struct store_index *index)
{
	const unsigned char *fanout = index->map + HEADER_SIZE;

	for (size_t i = 0; i < index->nobjects; i++) {
		const unsigned char *id = store_index_id(index, i);
		uint64_t offset = store_index_offset(index, i);

		if (i > 0 && memcmp(id - 20, id, 20) >= 0)
			return false;
		if (i >= u32(fanout + (size_t)4 * id[0]) || (id[0] > 0 && i < u32(fanout + (size_t)4 * (id[0] - 1))))
			return false;
		if (offset < PACK_HEADER_SIZE || offset >= index->pack_size - SUM_SIZE)
			return false;
	}
	return true;
}

int
store_index_check(const struct store_index *index)
{
	if (!tables_are_right(index) || !sum_is_right(index->map, index->map_size))
		return lapse_fail(LAPSE_EFORMAT, "%s.idx: is damaged", index->name);
	if (memcmp(index->pack, "PACK\0\0\0\2", 8) != 0 || u32(index->pack + 8) != index->nobjects ||
	    memcmp(index->pack + index->pack_size - SUM_SIZE,
	    index->map + index->map_size - 2 * SUM_SIZE, SUM_SIZE) != 0)
		return lapse_fail(LAPSE_EFORMAT, "%s.idx: is not the index of its pack", index->name);
	return 0;
}

bool
store_index_pack_is_whole(const struct store_index *index)
{
	return sum_is_right(index->pack, index->pack_size);
}

int
store_index_open(struct store_index *out, const char *dir, const char *name)
{
	char *idx = store_path("%s/%s.idx", dir, name);
	char *pack = store_path("%s/%s.pack", dir, name);
	int rc;

	*out = (struct store_index){ .name = lapse_strdup(name) };
	rc = map_file(&out->map, &out->map_size, idx);
	if (rc == 0)
		rc = map_file(&out->pack, &out->pack_size, pack);
	if (rc == 0 && !lay_out(out))
		rc = lapse_fail(LAPSE_EFORMAT, "%s.idx: is not an index of version 2", name);
	if (rc < 0)
		store_index_close(out);
	free(pack);
	free(idx);
	return rc;
}

void
store_index_close(struct store_index *index)
{
	if (index->map != NULL)
		munmap((void *)(uintptr_t)index->map, index->map_size);
	if (index->pack != NULL)
		munmap((void *)(uintptr_t)index->pack, index->pack_size);
	free(index->name);
	*index = (struct store_index){ .name = NULL };
}

const unsigned char *
store_index_id(const struct store_index *index, size_t i)
{
	return index->ids + i * 20;
}

uint32_t
store_index_crc(const struct store_index *index, size_t i)
{
	return u32(index->crcs + i * 4);
}

uint64_t
store_index_offset(const struct store_index *index, size_t i)
{
	uint32_t offset = u32(index->offsets + i * 4);
	const unsigned char *wide;

	if ((offset & 0x80000000u) == 0)
		return offset;
	offset &= 0x7fffffffu;
	if (offset >= index->nlong)
		return UINT64_MAX;
	wide = index->long_offsets + (size_t)offset * 8;
	return (uint64_t)u32(wide) << 32 | u32(wide + 4);
}

bool
store_index_has(const struct store_index *index, const unsigned char *id)
{
	size_t low = 0, high = index->nobjects;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int cmp = memcmp(store_index_id(index, mid), id, 20);

		if (cmp == 0)
			return true;
		if (cmp < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

size_t
store_index_count(const char *dir, const char *name)
{
	char *path = store_path("%s/%s.idx", dir, name);
	unsigned char last[4] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	free(path);
	if (fd < 0)
		return 0;
	if (pread(fd, last, sizeof(last), HEADER_SIZE + 4 * 255) != (ssize_t)sizeof(last))
		memset(last, 0, sizeof(last));
	close(fd);
	return u32(last);
}

struct listing {
	const char *dir;
	int (*fn)(const char *name, void *payload);
	void *payload;
};

static int
list_pack(const char *file, void *payload)
{
	const struct listing *listing = payload;
	size_t len = strlen(file);
	char *pack, *name;
	int rc = 0;

	if (strncmp(file, "pack-", strlen("pack-")) != 0 || !store_ends_in(file, len, ".idx"))
		return 0;
	name = store_path("%.*s", (int)(len - strlen(".idx")), file);
	pack = store_path("%s/%s.pack", listing->dir, name);
	/* An index whose pack is gone, or not there yet, is not read by git either. */
	if (access(pack, F_OK) == 0 || errno != ENOENT)
		rc = listing->fn(name, listing->payload);
	free(pack);
	free(name);
	return rc;
}

int
store_packs_each(const char *dir, int (*fn)(const char *name, void *payload), void *payload)
{
	return store_folder_each(dir, list_pack, &(struct listing){ dir, fn, payload });
}
