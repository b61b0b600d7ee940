#include <inttypes.h>
#include <unistd.h>

#include "cmd.h"

#define DELAY_MS 1000
#define PAUSE_MS 100

static long
ms_between(const struct timespec *from, const struct timespec *to)
{
	return (long)(to->tv_sec - from->tv_sec) * 1000 + (to->tv_nsec - from->tv_nsec) / 1000000;
}

void
cmd_progress_init(struct cmd_progress *progress, const struct cmd_run *run, const char *what)
{
	*progress = (struct cmd_progress){ .what = what };
	/* Not from the background: it would write over somebody else's prompt. */
	progress->enabled = !run->quiet && isatty(STDERR_FILENO) && tcgetpgrp(STDERR_FILENO) == getpgrp();
	clock_gettime(CLOCK_MONOTONIC, &progress->started);
	progress->drawn = progress->started;
}

void
cmd_progress_step(size_t done, size_t total, void *payload)
{
	struct cmd_progress *progress = payload;
	struct timespec now;

	if (!progress->enabled)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (ms_between(&progress->started, &now) < DELAY_MS || ms_between(&progress->drawn, &now) < PAUSE_MS)
		return;
	progress->drawn = now;
	progress->shown = true;
	if (total > 0)
		fprintf(stderr, "\r\033[K%s: %zu of %zu (%zu%%)", progress->what, done, total,
		    done >= total ? (size_t)100 : (size_t)((double)done / (double)total * 100));
	else
		fprintf(stderr, "\r\033[K%s: %zu", progress->what, done);
	fflush(stderr);
}

void
cmd_progress_release(struct cmd_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
	progress->enabled = false;
}
