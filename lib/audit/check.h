/* What one document must be: private to this floor. */
#ifndef LAPSE_AUDIT_CHECK_H
#define LAPSE_AUDIT_CHECK_H

#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "lapse/layout.h"

/*
 * Check a document against its place: canonical bytes, the schema of its kind, its own ids against
 * its path. Returns NULL, or the class of the fault ("canonical", "schema", "identity"), whose
 * sentence lapse_error() then gives. `arena` and `canon` are scratch.
 */
const char *lapse_check_document(const struct lapse_buf *bytes, const struct lapse_place *place,
    struct lapse_arena *arena, struct lapse_buf *canon);

#endif
