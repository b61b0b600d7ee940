/*
 * The witness of a run: it is shown every HTTP exchange, keeps them as WARC files on the archive's evidence
 * branch, before the capture is committed, and says what the capture's record is to name.
 */
#ifndef LAPSE_WITNESS_H
#define LAPSE_WITNESS_H

#include <stddef.h>

#include "lapse/http.h"
#include "lapse/model.h"
#include "lapse/store.h"

struct lapse_witness;

/*
 * Begin with a run: the witness works under the lock of its batch, which must outlive it. The caller releases it with
 * lapse_witness_free(), which without lapse_witness_finish() leaves the archive as it was.
 */
int lapse_witness_open(struct lapse_witness **out, struct lapse_batch *batch, const char *source);
void lapse_witness_free(struct lapse_witness *witness);

/*
 * Keep an exchange: for lapse_http_options.exchange, whose payload is the witness. Fields that hold secrets are left
 * out. What goes wrong is told by lapse_witness_finish().
 */
void lapse_witness_note(const struct lapse_exchange *exchange, void *witness);

/*
 * Commit what was noted to the evidence branch; `time` is that of the capture. 1 and *out (for capture->evidence), or 0
 * and an empty *out when there was no exchange. To be called before lapse_batch_commit(): killed in between, a run
 * leaves evidence that no record names, which is harmless.
 */
int lapse_witness_finish(struct lapse_exhibit *out, struct lapse_witness *witness, struct lapse_instant time);

#endif
