#include "internal.h"

static int
help(struct cmd_run *run)
{
	const struct cmd *cmd;
	int rc;

	if (run->argc == 0) {
		cmd_help_overview(run->out);
		return CMD_OK;
	}
	rc = cmd_find(&cmd, run->argv[0]);
	if (rc < 0)
		return rc;
	cmd_help_command(run->out, cmd);
	return CMD_OK;
}

const struct cmd cmd_help = {
	.name = "help",
	.group = CMD_FILES,
	.run = help,
	.synopsis = "[COMMAND [VERB]]",
	.summary = "this overview, or the help of one command",
	.description =
	    "Print the overview of all commands, or what 'lapse COMMAND -h' prints. The help of a\n"
	    "command is also that of its verbs.",
	.max_args = 2,
	.examples = (const char *const[]){ "lapse help", "lapse help source add", NULL },
};
