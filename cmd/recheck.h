/* Which threads a sync reads again though nothing tells of a change: edits leave no mark at the source. */
#ifndef CMD_RECHECK_H
#define CMD_RECHECK_H

#include "cmd.h"

#include "lapse/model.h"
#include "lapse/store.h"

enum cmd_recheck_kind { CMD_RECHECK_AGE, CMD_RECHECK_OPEN, CMD_RECHECK_ALL };

struct cmd_recheck {
	enum cmd_recheck_kind kind;
	struct lapse_span age;
};

/* What is to be read again: as was given (NULL: nothing was), else `otherwise`; "none", and so NULL, is nothing. */
const char *cmd_recheck_of(const char *given, const char *otherwise);

/* "open", "all", or an age: "7d", "12h", "2w". LAPSE_EUSAGE. */
int cmd_recheck_parse(struct cmd_recheck *out, const char *text);

/* The threads of a source to read again, those first that were not read for longest. */
int cmd_recheck_choose(struct lapse_ids *out, struct cmd_run *run, struct lapse_store *store, const char *source,
    const struct cmd_recheck *recheck);

#endif
