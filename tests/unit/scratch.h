/* A folder of its own for every test: include it after the system's headers. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int start;	/* where the tests were started */

/* Every test runs inside a folder of its own, and leaves it empty. */
static int
enter_scratch(void **state)
{
	static char folder[256];
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/lapse-fs-XXXXXX", tmp != NULL ? tmp : "/tmp");
	*state = mkdtemp(folder);
	start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *state != NULL && start >= 0 ? chdir(folder) : -1;
}

static int
leave_scratch(void **state)
{
	int rc = fchdir(start);

	close(start);
	return rc == 0 ? rmdir(*state) : rc;
}

#endif
