/* What differs between two states of a thread, for people and as records. */
#ifndef LAPSE_DIFF_H
#define LAPSE_DIFF_H

#include <stddef.h>

#include "lapse/emit.h"
#include "lapse/state.h"

/*
 * One row for each field, flag, post and attachment that differs; edited texts line by line below, for people. Empty
 * documents stand for a thread that did not exist. Returns how many rows there were: 0 exactly when the documents are the same.
 */
size_t lapse_report_diff(struct lapse_emit *emit, const struct lapse_state_doc *a, const struct lapse_state_doc *b);

#endif
