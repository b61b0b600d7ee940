/* What a run of sync did, for people. */
#ifndef CMD_SYNC_REPORT_H
#define CMD_SYNC_REPORT_H

#include "cmd.h"

#include "lapse/sync.h"

/* Say what came of lapse_sync(), which returned `rc`: what was captured, what is due, what was found out on the way. */
void cmd_sync_report(struct cmd_run *run, const struct lapse_sync_options *wished, const struct lapse_sync_result *result, int rc);

#endif
