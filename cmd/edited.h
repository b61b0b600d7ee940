/* Posts whose edit comparisons of captures show, and nothing dates. */
#ifndef CMD_EDITED_H
#define CMD_EDITED_H

#include "cmd.h"

#include "lapse/revisions.h"
#include "lapse/store.h"

/* Add those of a source. */
int cmd_edited_choose(struct lapse_edited *out, struct lapse_store *store, const char *source);

#endif
