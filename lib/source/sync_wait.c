/* Between two runs: waiting until a server may be asked again. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "remember.h"
#include "sync_run.h"

#include "lapse/error.h"

/*
 * Take the place of the one run that waits for a source: 1 and a file to close, 0 when another has it. Runs of a
 * schedule would pile up otherwise, and all ask at once when their time comes.
 */
static int
take_place(int *fd, const struct sync *s)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct lapse_buf name;
	int rc;

	lapse_buf_init(&name, 8192);
	rc = lapse_sync_name(&name, s);
	if (rc == 0)
		rc = lapse_remember_open(fd, REMEMBER_WAITS, name.data);
	lapse_buf_release(&name);
	if (rc < 0)
		return rc;
	return fcntl(*fd, F_SETLK, &whole) == 0;
}

/* The clock is read again each time: a laptop may be shut meanwhile. 1 when the time has come, 0 when it is waited for in vain. */
static int
wait_until(struct lapse_instant when, const struct lapse_sync_options *options)
{
	const struct timespec second = { .tv_sec = 1 };
	struct lapse_instant now;
	int rc;

	while ((rc = lapse_time_now(&now)) == 0 && now.sec < when.sec) {
		if (options->cancelled != NULL && options->cancelled(options->cancelled_payload))
			return 0;
		if (options->waiting != NULL)
			options->waiting(when.sec - now.sec, NULL, options->progress_payload);
		nanosleep(&second, NULL);
	}
	return rc < 0 ? rc : 1;
}

int
lapse_sync_wait(struct lapse_store *store, const struct lapse_sync_options *options, struct lapse_instant until)
{
	struct sync s = { .options = options, .store = store };
	char time[LAPSE_TIME_LEN + 1];
	int fd = -1, rc;

	if (lapse_time_stands())
		return 0;
	rc = take_place(&fd, &s);
	if (rc == 0)
		rc = lapse_fail(LAPSE_EAGAIN, "another run waits until %s already", lapse_time_format(time, until));
	if (rc > 0)
		rc = wait_until(until, options);
	if (fd >= 0)
		close(fd);
	return rc;
}
