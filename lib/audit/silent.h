/* What nothing explains, in all threads that more than one capture changed. Private to this floor. */
#ifndef LAPSE_AUDIT_SILENT_H
#define LAPSE_AUDIT_SILENT_H

#include "lapse/events.h"
#include "lapse/store.h"

/*
 * Compare all versions of each thread that has more than one: fn gets each silent event, or, with NULL for it, the
 * folder of a thread that could not be read (lapse_error() says why). Returns how many threads were
 * compared, or a failure when the archive could not be opened.
 */
int64_t lapse_silent_check(struct lapse_store *store,
    void (*fn)(const struct lapse_events *events, const struct lapse_event *event, void *payload), void *payload);

#endif
