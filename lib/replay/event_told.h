/* What the histories told, one after the other. Private to this floor. */
#ifndef LAPSE_REPLAY_TOLD_H
#define LAPSE_REPLAY_TOLD_H

#include "event_dossier.h"

/* The entries that one version's history told, by time and what they say, whoever made them. */
struct told {
	struct take *take;
	const struct lapse_change **entries;
	size_t nentries;
};

/* All of them, oldest first; `entries` are in the record's arena. */
int lapse_told_read(struct told **out, size_t *nout, struct dossier *r);

/*
 * Go through two of them side by side: fn gets both entries, NULL for one that is in one of them only. Entries are
 * the same when all but their authors is; as many of a kind as both have.
 */
void lapse_told_compare(const struct told *before, const struct told *after,
    void (*fn)(const struct lapse_change *before, const struct lapse_change *after, void *payload), void *payload);

/* <0, 0, >0 by time and what they say. */
int lapse_told_cmp(const struct lapse_change *a, const struct lapse_change *b);

#endif
