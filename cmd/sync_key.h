/* Which API key a sync sends, told before it is sent. */
#ifndef CMD_SYNC_KEY_H
#define CMD_SYNC_KEY_H

#include "cmd.h"

#include "lapse/store.h"

/* For a plan: "with the API key of FILE", or without one. */
int cmd_sync_print_key(struct cmd_run *run, struct lapse_store *store, const char *source);

/* Say that no key is sent when one was meant to be: its line names the host with another port. */
int cmd_sync_note_key(struct cmd_run *run, struct lapse_store *store, const char *source);

#endif
