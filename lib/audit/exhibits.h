/* The branch of the evidence: it only grows. Private to this floor. */
#ifndef LAPSE_AUDIT_EXHIBITS_H
#define LAPSE_AUDIT_EXHIBITS_H

#include "lapse/store.h"

/* A commit of evidence that a capture's record names. */
struct exhibit {
	char commit[LAPSE_OID_HEX + 1];
	char capture[LAPSE_OID_HEX + 1];	/* that names it, and its record */
	char *record;
	bool kept;		/* it is of the branch */
};

struct exhibits {
	struct exhibit *items;
	size_t nitems, cap;
};

/* Note one, and forget all. */
void lapse_exhibits_add(struct exhibits *list, const char *commit, const char *capture, const char *record);
void lapse_exhibits_release(struct exhibits *list);

/*
 * Check each commit of the branch, if it is here (this repository's own, else that of the one it was cloned from) and not
 * somebody else's: it says that it brings evidence, follows one other, and changes or takes away nothing that was there.
 * Then those of the list that are in this repository, though not of the branch: git throws them away one day.
 * fn gets the commit, the path ("" for the commit as a whole) and the sentence. < 0 only when the branch cannot be read.
 */
int lapse_exhibits_check(struct lapse_store *store, struct exhibits *list,
    void (*fn)(const char *commit, const char *path, const char *what, void *payload), void *payload);

#endif
