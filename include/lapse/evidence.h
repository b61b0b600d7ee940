/*
 * The evidence branch: what a run was told, byte for byte, in files of its own, one commit a run, in the same
 * repository and beside the archive's branch. Nothing that reads the archive needs it.
 */
#ifndef LAPSE_EVIDENCE_H
#define LAPSE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/store.h"

/* No file of evidence is larger: all are under 1 MiB. */
#define LAPSE_EVIDENCE_FILE_MAX (((size_t)1 << 20) - 1)
#define LAPSE_EVIDENCE_FILES_MAX 9999

struct lapse_evidence;

/*
 * Begin with the evidence of a run, under its lock: `batch` must outlive it. LAPSE_EFAIL when the branch is there and not
 * ours. The caller releases it with lapse_evidence_free(), which without a commit leaves the branch as it was.
 */
int lapse_evidence_open(struct lapse_evidence **out, struct lapse_batch *batch);
void lapse_evidence_free(struct lapse_evidence *evidence);

/* The run's next file: "0001.warc.gz" is the first. LAPSE_ETOOBIG for a larger one, and for one too many. */
int lapse_evidence_add(struct lapse_evidence *evidence, const void *data, size_t len);

/* How many files were added. */
size_t lapse_evidence_files(const struct lapse_evidence *evidence);

/* Is there such a folder on the branch already? */
int lapse_evidence_has(struct lapse_evidence *evidence, const char *folder);

/* Commit the files below a folder that is not there yet, and move the branch: durable when it returns. Dates as lapse_batch_commit() has them. */
int lapse_evidence_commit(struct lapse_oid *out, struct lapse_evidence *evidence, const char *folder,
    const char *message, struct lapse_instant time);

/* The name of a run's n-th file, from 1. `out` holds LAPSE_EVIDENCE_NAME_LEN + 1 bytes. Returns `out`. */
#define LAPSE_EVIDENCE_NAME_LEN 12
char *lapse_evidence_name(char *out, size_t n);

/* The newest commit of the branch in this repository (its own, or in a clone the other one's): 1, or 0 when it is not here. Released with lapse_commit_release(). */
int lapse_evidence_tip(struct lapse_commit *out, struct lapse_store *store);

/* Does a commit say that it brings evidence? */
bool lapse_evidence_is(const struct lapse_commit *commit);

/*
 * Should the branch in this repository (its own, or in a clone the other one's) hold the evidence of a capture of this
 * time: is it here, and does it begin at that time or before? One that was begun later, in a clone without it, does not.
 * The branch is read to its beginning once. 1 or 0.
 */
int lapse_evidence_should_hold(struct lapse_store *store, struct lapse_instant time);

#endif
