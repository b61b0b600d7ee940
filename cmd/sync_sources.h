/* Which sources a sync is about. */
#ifndef CMD_SYNC_SOURCES_H
#define CMD_SYNC_SOURCES_H

#include "cmd.h"

#include "lapse/store.h"

struct cmd_sync_sources {
	char **names;
	char **rechecks;	/* what each reads again by habit; NULL where it says none */
	size_t n, cap, rechecks_cap;
	size_t nstopped;	/* that were left out, since they are stopped */
	const struct cmd_run *run;
};

/* Those named on the command line, else all that have an address and are not stopped. LAPSE_ENOTFOUND, LAPSE_EFAIL for none. */
int cmd_sync_sources_choose(struct cmd_sync_sources *out, struct cmd_run *run, struct lapse_store *store);
void cmd_sync_sources_release(struct cmd_sync_sources *sources);

#endif
