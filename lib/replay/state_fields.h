/*
 * What the fields of a bug, its comments and its attachments are, and which entries of the history tell of each.
 * Private to this floor.
 */
#ifndef LAPSE_REPLAY_TOLD_FIELDS_H
#define LAPSE_REPLAY_TOLD_FIELDS_H

#include "state_moment.h"

/* What a change is about. */
enum subject { SUBJECT_THREAD, SUBJECT_POST, SUBJECT_ATTACHMENT };

/* All known changes, by subject, its number, field (the key in its document), then as they came. */
struct told_fields {
	const struct lapse_change **changes;
	struct told_field *entries;
	size_t nentries;
};

/* Borrows `changes`; everything else is in the arena. */
void lapse_told_build(struct told_fields *out, struct lapse_arena *arena, const struct lapse_change *changes,
    size_t nchanges);

/* The changes of one field of a subject (number 0 for the thread). */
const struct lapse_change *const *lapse_told_find(size_t *n, const struct told_fields *told, enum subject subject,
    int64_t number, const char *key);

/* The fields of the thread that have changes, one after the other: the next one's key from *next on; NULL at the end. */
const char *lapse_told_next(size_t *next, const struct told_fields *told);

/*
 * How a field of a thread is kept, given the documents that show it. `out` has its key, kind, what its absence means; its
 * changes are those told of.
 */
void lapse_field_describe(struct tracked *out, const struct told_fields *told, const char *key,
    const struct moment *moment);

/* Does it never change, and does it follow from other fields? */
bool lapse_field_is_fixed(const char *key);
bool lapse_field_is_derived(const char *key);

#endif
