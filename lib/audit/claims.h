/* Reading a list of claims: private to this floor. */
#ifndef LAPSE_AUDIT_CLAIMS_H
#define LAPSE_AUDIT_CLAIMS_H

#include "lapse/reconcile.h"

/* Read the claims of a CSV text into r->claims. LAPSE_EFORMAT "NAME:LINE: cause". */
int lapse_claims_read(struct lapse_reconciliation *r, const char *csv, size_t len, const char *name);

#endif
