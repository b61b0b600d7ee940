/* Packs written and merged byte by byte, and their indexes: gitformat-pack(5), index version 2. */
#ifndef LAPSE_STORE_PACK_H
#define LAPSE_STORE_PACK_H

#include "store_internal.h"

/* How a pack begins that is not finished; git, too, takes such a name for rubbish. */
#define STORE_PACK_UNFINISHED "tmp_lapse_"

/* ---- writing ---- */

struct store_pack;

/* Begin a pack of so many objects. The caller releases it with store_pack_free(), which removes what was not published. */
int store_pack_begin(struct store_pack **out, const char *store_dir, size_t nobjects);
void store_pack_free(struct store_pack *pack);

/* Add an object: its entry's bytes. */
int store_pack_add(struct store_pack *pack, const unsigned char *id, const void *entry, size_t len);

/* Make pack and index durable under names that nobody looks at. *name, "pack-" and 40 digits, is borrowed from `pack`. */
int store_pack_seal(const char **name, struct store_pack *pack);

/* Give them their names. */
int store_pack_publish(struct store_pack *pack);

/* ---- reading ---- */

/* A pack and its index, mapped. */
struct store_index {
	char *name;		/* "pack-…" */
	const unsigned char *map;
	size_t map_size;
	const unsigned char *pack;
	size_t pack_size;
	size_t nobjects;
	const unsigned char *ids;
	const unsigned char *crcs;
	const unsigned char *offsets;
	const unsigned char *long_offsets;
	size_t nlong;
};

/* Map pack NAME of `dir`. LAPSE_ENOTFOUND when it is gone, LAPSE_EFORMAT when its index has not the form of one. */
int store_index_open(struct store_index *out, const char *dir, const char *name);

/* Is the index in order, unchanged, and this pack's? 0, or LAPSE_EFORMAT saying what is wrong. */
int store_index_check(const struct store_index *index);

/* Has the pack the checksum that it ends with? */
bool store_index_pack_is_whole(const struct store_index *index);
void store_index_close(struct store_index *index);

const unsigned char *store_index_id(const struct store_index *index, size_t i);
uint32_t store_index_crc(const struct store_index *index, size_t i);
uint64_t store_index_offset(const struct store_index *index, size_t i);
bool store_index_has(const struct store_index *index, const unsigned char *id);

/* How many objects a pack says it has; 0 when it cannot be read. */
size_t store_index_count(const char *dir, const char *name);

/* Call fn for each pack of `dir` that has an index: its name, "pack-…". */
int store_packs_each(const char *dir, int (*fn)(const char *name, void *payload), void *payload);

#endif
