/*
 * A capture against its evidence: the answers that the run kept are taken apart once more, and what follows from them is
 * compared with what the capture holds. It proves that the one follows from the other, and nothing about the server:
 * whoever makes an archive can make up its evidence.
 */
#ifndef LAPSE_REDERIVE_H
#define LAPSE_REDERIVE_H

#include "lapse/model.h"
#include "lapse/store.h"

/*
 * `commit` is the capture, `capture` its record, which names evidence. fn gets a fault's path ("" for the capture as a whole)
 * and sentence. 1 when it was compared, 0 when the evidence is not in this repository, < 0 only when the check itself
 * could not run. Nothing is written.
 */
int lapse_rederive(struct lapse_store *store, const struct lapse_commit *commit, const struct lapse_capture *capture,
    void (*fn)(const char *path, const char *what, void *payload), void *payload);

/*
 * A mailing list as a commit has it: every post, which thread it belongs to and what it answers are derived from the messages again.
 * fn gets what differs, as above. < 0 only when the list cannot be read.
 */
int lapse_rederive_mail(struct lapse_store *store, const struct lapse_commit *commit, const char *source,
    void (*fn)(const char *path, const char *what, void *payload), void *payload);

#endif
