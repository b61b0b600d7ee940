/* lapse: find the command, give it what it needs, print the one error, choose the exit code. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#include "lapse/alloc.h"
#include "lapse/codec.h"

/* In the order of the overview, group by group. */
#define COMMANDS(X) \
	X(init) X(source) X(parties) X(policy) \
	X(import) X(sync) \
	X(list) X(show) X(log) X(diff) X(status) \
	X(gaps) X(explain) X(audit) X(reconcile) \
	X(verify) \
	X(canon) X(help)

#define DECLARE(name) extern const struct cmd cmd_##name;
#define ENTRY(name) &cmd_##name,
COMMANDS(DECLARE)
const struct cmd *const cmd_table[] = { COMMANDS(ENTRY) NULL };

int
cmd_find(const struct cmd **out, const char *name)
{
	struct cmd_nearest best = { 0 };

	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (strcmp(cmd_table[i]->name, name) == 0) {
			*out = cmd_table[i];
			return 0;
		}
		cmd_nearest_try(&best, name, cmd_table[i]->name);
	}
	if (best.word != NULL)
		return lapse_fail(LAPSE_EUSAGE, "unknown command '%s'; did you mean '%s'?", name, best.word);
	return lapse_fail(LAPSE_EUSAGE, "unknown command '%s'", name);
}

/* The only place that knows which failure is which exit code. */
static int
exit_code(int rc)
{
	if (rc >= 0)
		return rc;
	switch ((enum lapse_code)rc) {
	case LAPSE_EUSAGE:
		return CMD_MISUSE;
	case LAPSE_EAGAIN:
		return CMD_LATER;
	case LAPSE_EFAIL:
	case LAPSE_ENOTFOUND:
	case LAPSE_EFORMAT:
	case LAPSE_ETOOBIG:
		break;
	}
	return CMD_FAILED;
}

static void
print_error(const struct cmd *cmd, int rc)
{
	char hint[80] = "";

	if (rc == LAPSE_EUSAGE)
		snprintf(hint, sizeof(hint), " (try 'lapse%s%s -h')",
		    cmd != NULL ? " " : "", cmd != NULL ? cmd->name : "");
	cmd_complain(cmd != NULL ? cmd->name : NULL, lapse_error(), hint);
}

static int
run_command(struct cmd_run *run)
{
	int rc;

	if (run->version) {
		fprintf(run->out, "lapse %s\n", LAPSE_VERSION);
		return cmd_output_close(run, CMD_OK);
	}
	if (run->help || run->cmd == NULL) {
		if (run->cmd != NULL)
			cmd_help_command(run->out, run->cmd);
		else
			cmd_help_overview(run->out);
		return cmd_output_close(run, CMD_OK);
	}
	cmd_output_open(run);
	rc = run->cmd->run(run);
	return cmd_output_close(run, rc);
}

/* A file opened in the place of a closed standard stream would be written to by mistake. */
static void
fill_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int
main(int argc, char **argv)
{
	struct cmd_run run = { 0 };
	int rc;

	lapse_alloc_tune();
	fill_standard_streams();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);	/* a file too large for the user's limit is an error like any other */
	setlocale(LC_CTYPE, "C.UTF-8");
	run.out = stdout;
	rc = cmd_opt_parse(&run, argc, argv);
	if (rc >= 0)
		rc = run_command(&run);
	if (rc < 0)
		print_error(run.cmd, rc);
	cmd_opt_release(&run);
	if (run.signal != 0)
		raise(run.signal);
	return exit_code(rc);
}
