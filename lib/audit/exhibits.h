/* The branch of the evidence: it only grows. Private to this floor. */
#ifndef LAPSE_AUDIT_EXHIBITS_H
#define LAPSE_AUDIT_EXHIBITS_H

#include "lapse/store.h"

/*
 * Check each commit of the branch, if it is here (this repository's own, else that of the one it was cloned from) and not
 * somebody else's: it says that it brings evidence, follows one other, and changes or takes away nothing that was there.
 * fn gets the commit, the path ("" for the commit as a whole) and the sentence. < 0 only when the branch cannot be read.
 */
int lapse_exhibits_check(struct lapse_store *store,
    void (*fn)(const struct lapse_oid *commit, const char *path, const char *what, void *payload), void *payload);

#endif
