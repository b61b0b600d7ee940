#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

#include "lapse/buf.h"
#include "lapse/text.h"

#define DELAY_MS 1000
#define PAUSE_MS 100
#define WIDTH 79	/* a line that wraps cannot be taken back */

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

/* Is it time to draw? Not before the work is known to be long, and not more often than eyes can follow. */
static bool
is_due(struct cmd_progress *progress)
{
	struct timespec now;

	if (!progress->enabled)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (ms_between(&progress->started, &now) < DELAY_MS || ms_between(&progress->drawn, &now) < PAUSE_MS)
		return false;
	progress->drawn = now;
	progress->shown = true;
	return true;
}

void
cmd_progress_step(size_t done, size_t total, void *payload)
{
	struct cmd_progress *progress = payload;

	if (!is_due(progress))
		return;
	if (total > 0)
		fprintf(stderr, "\r\033[K%s: %zu of %zu (%zu%%)", progress->what, done, total,
		    done >= total ? (size_t)100 : (size_t)((double)done / (double)total * 100));
	else
		fprintf(stderr, "\r\033[K%s: %zu", progress->what, done);
	fflush(stderr);
}

void
cmd_progress_tell(struct cmd_progress *progress, const char *fmt, ...)
{
	struct lapse_buf safe;
	char text[WIDTH + 1];
	va_list ap;

	if (!is_due(progress))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lapse_buf_init(&safe, 8 * sizeof(text));
	if (lapse_text_safe(&safe, text, strlen(text), false) == 0)
		fprintf(stderr, "\r\033[K%s", safe.data);
	lapse_buf_release(&safe);
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
