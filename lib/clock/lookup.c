#include "lookup.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/text.h"

void
lapse_lookup_init(struct lapse_lookup *lookup)
{
	*lookup = (struct lapse_lookup){ 0 };
}

void
lapse_lookup_release(struct lapse_lookup *lookup)
{
	free(lookup->entries);
	lapse_lookup_init(lookup);
}

/* FNV-1a over the name in small letters. */
static uint64_t
hash_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + ('a' - 'A'));
		hash = (hash ^ c) * UINT64_C(0x100000001b3);
	}
	return hash;
}

static uint64_t
hint_bit(uint64_t hash)
{
	return UINT64_C(1) << (hash & 63);
}

static size_t
hint_word(uint64_t hash)
{
	return hash >> 6 & 63;
}

void
lapse_lookup_add(struct lapse_lookup *lookup, const char *name,
    const void *value)
{
	size_t n = lookup->nentries;

	lookup->entries = lapse_grow(lookup->entries, n, &lookup->cap,
	    sizeof(*lookup->entries));
	lookup->entries[n] = (struct lapse_lookup_entry){
		.hash = hash_name(name),
		.order = n,
		.name = name,
		.value = value,
	};
	lookup->hints[hint_word(lookup->entries[n].hash)] |= hint_bit(lookup->entries[n].hash);
	lookup->nentries++;
}

/* Entries of one name, in capitals or not, compare equal. */
static int
compare_names(const struct lapse_lookup_entry *a,
    const struct lapse_lookup_entry *b)
{
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return lapse_ascii_casecmp(a->name, b->name);
}

/* To the letter within those, so that a name given twice stands together. */
static int
compare(const void *left, const void *right)
{
	const struct lapse_lookup_entry *a = left, *b = right;
	int cmp = compare_names(a, b);

	if (cmp == 0)
		cmp = strcmp(a->name, b->name);
	if (cmp == 0)
		cmp = (a->order > b->order) - (a->order < b->order);
	return cmp;
}

void
lapse_lookup_sort(struct lapse_lookup *lookup)
{
	if (lookup->nentries > 1)
		qsort(lookup->entries, lookup->nentries,
		    sizeof(*lookup->entries), compare);
}

const char *
lapse_lookup_twice(const struct lapse_lookup *lookup)
{
	for (size_t i = 1; i < lookup->nentries; i++) {
		const char *name = lookup->entries[i].name;

		if (strcmp(name, lookup->entries[i - 1].name) == 0)
			return name;
	}
	return NULL;
}

const struct lapse_lookup_entry *
lapse_lookup_find(const struct lapse_lookup *lookup, const char *name)
{
	struct lapse_lookup_entry key = { .name = name };
	size_t lo = 0, hi = lookup->nentries;

	if (hi == 0)
		return NULL;
	key.hash = hash_name(name);
	if ((lookup->hints[hint_word(key.hash)] & hint_bit(key.hash)) == 0)
		return NULL;
	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (compare_names(&lookup->entries[middle], &key) < 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	if (lo == lookup->nentries ||
	    compare_names(&lookup->entries[lo], &key) != 0)
		return NULL;
	return &lookup->entries[lo];
}

const struct lapse_lookup_entry *
lapse_lookup_next(const struct lapse_lookup *lookup,
    const struct lapse_lookup_entry *entry)
{
	const struct lapse_lookup_entry *next = entry + 1;

	if (next == lookup->entries + lookup->nentries ||
	    compare_names(next, entry) != 0)
		return NULL;
	return next;
}
