/* What a killed run left behind, cleared by the next one, which holds the lock. */
#ifndef LAPSE_STORE_RECOVER_H
#define LAPSE_STORE_RECOVER_H

#include "store_internal.h"

/* `note` is what the run said it was about, "" when it ended well. */
int store_recover(struct lapse_store *store, const char *note);

#endif
