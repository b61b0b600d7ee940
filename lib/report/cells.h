/* Cells that several tables share: private to this floor. */
#ifndef LAPSE_REPORT_CELLS_H
#define LAPSE_REPORT_CELLS_H

#include "lapse/clock.h"
#include "lapse/emit.h"

void lapse_cell_doubts(struct lapse_emit *emit, unsigned doubts);

/* A post's number; NULL is null. */
void lapse_cell_post(struct lapse_emit *emit, const struct lapse_post *post);

/* "SOURCE:ID". */
void lapse_cell_thread(struct lapse_emit *emit, const struct lapse_thread *thread);

/* The file that shows the duty's post, or the history that shows its flag. */
void lapse_cell_evidence(struct lapse_emit *emit, const struct lapse_thread *thread, const struct lapse_obligation *o);

/* Seconds, -1 is null. */
void lapse_cell_gap(struct lapse_emit *emit, int64_t seconds);

#endif
