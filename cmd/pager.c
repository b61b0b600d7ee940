/*
 * The pager: what the user's environment names, never what an archive says.
 * LAPSE_PAGER, else PAGER, else less; empty or "cat" is none.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

static void __attribute__((noreturn))
run_pager(const char *pager)
{
	signal(SIGPIPE, SIG_DFL);
	setenv("LESS", "FRX", 0);
	/* The user's own command line, with its options: "less -S". */
	if (pager != NULL)
		execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
	else
		execlp("less", "less", (char *)NULL);
	execlp("cat", "cat", (char *)NULL);
	_exit(127);
}

long
cmd_pager_start(void)
{
	const char *pager = getenv("LAPSE_PAGER");
	int fds[2];
	pid_t child;

	if (pager == NULL)
		pager = getenv("PAGER");
	if (pager != NULL && (pager[0] == '\0' || strcmp(pager, "cat") == 0))
		return 0;
	fflush(stdout);
	if (pipe(fds) < 0)
		return 0;
	child = fork();
	if (child == 0) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		close(fds[1]);
		run_pager(pager);
	}
	/* Without a process for it the answer goes straight to the terminal. */
	if (child > 0)
		dup2(fds[1], STDOUT_FILENO);
	close(fds[0]);
	close(fds[1]);
	return child > 0 ? child : 0;
}

int
cmd_pager_wait(long pager)
{
	int status = 0;

	while (waitpid((pid_t)pager, &status, 0) < 0 && errno == EINTR)
		;
	/* What the shell answers for a program that it cannot find, or not run. */
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127))
		return lapse_fail(LAPSE_EFAIL, "the pager cannot be run (see LAPSE_PAGER, PAGER and --no-pager)");
	return 0;
}
