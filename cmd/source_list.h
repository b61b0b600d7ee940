/* lapse source list, and what the sources of an archive have to do with a new one. */
#ifndef CMD_SOURCE_LIST_H
#define CMD_SOURCE_LIST_H

#include "cmd.h"

#include "lapse/address.h"
#include "lapse/store.h"

int cmd_source_list(struct cmd_run *run);

/*
 * Say of other sources than `name` that they have the bugs of this search too, or may have: those that ask for the same, and
 * those of saved files.
 */
int cmd_source_note_twins(struct cmd_run *run, struct lapse_store *store, const char *name,
    const struct lapse_address *address);

#endif
