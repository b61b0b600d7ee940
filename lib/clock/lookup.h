/*
 * Values by name, whatever the ASCII case of the name: filled, sorted once,
 * then looked up. A name may have several values, each with its place in the
 * order in which they were added.
 */
#ifndef LAPSE_CLOCK_LOOKUP_H
#define LAPSE_CLOCK_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

struct lapse_lookup_entry {
	const char *name;
	const void *value;
	size_t order;
	uint64_t hash;
};
struct lapse_lookup {
	struct lapse_lookup_entry *entries;
	size_t nentries;
	size_t cap;
	uint64_t hints[64];	/* a bit for each name, by its hash: most names that are looked up are not there */
};

void lapse_lookup_init(struct lapse_lookup *lookup);
void lapse_lookup_release(struct lapse_lookup *lookup);

/* Names and values stay the caller's. Sort after the last one is added. */
void lapse_lookup_add(struct lapse_lookup *lookup, const char *name,
    const void *value);
void lapse_lookup_sort(struct lapse_lookup *lookup);

/* An entry of a name, and another one of the same; NULL: no more. */
const struct lapse_lookup_entry *lapse_lookup_find(
    const struct lapse_lookup *lookup, const char *name);
const struct lapse_lookup_entry *lapse_lookup_next(
    const struct lapse_lookup *lookup, const struct lapse_lookup_entry *entry);

/* A name that was added twice, compared to the letter; NULL: none. */
const char *lapse_lookup_twice(const struct lapse_lookup *lookup);

#endif
