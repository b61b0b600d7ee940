#include "cmd.h"
#include "lapse/settings.h"

static int
init(struct cmd_run *run)
{
	const char *dir = run->argc > 0 ? run->argv[0] : run->archive;
	int rc = lapse_archive_init(dir);

	if (rc == 0)
		cmd_say(run, "new archive in %s, with the built-in parties and the policy ccadb", dir);
	return rc;
}

const struct cmd cmd_init = {
	.name = "init",
	.group = CMD_SET_UP,
	.run = init,
	.flags = CMD_ARCHIVE,
	.synopsis = "[DIR]",
	.summary = "make a new archive",
	.description =
	    "Make a bare git repository in DIR (else what -C says, else this folder), which\n"
	    "must be empty or not there, and commit the built-in parties and the policy\n"
	    "ccadb into it, so that the archive explains itself.",
	.max_args = 1,
	.examples = (const char *const[]){ "lapse init incidents.git", NULL },
};
