#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "recover.h"

#define LOCK_NAME "lapse.lock"
#define WAIT_SECONDS 10
#define POLLS_A_SECOND 20
/* A note names some dozens of packs at most. */
#define NOTE_MAX 16384

struct store_lock {
	int fd;
	bool has_note;
};

long
store_lock_patience(void)
{
	const char *text = getenv("LAPSE_LOCK_WAIT");
	char *end;
	long seconds;

	if (text == NULL || *text == '\0')
		return WAIT_SECONDS;
	seconds = strtol(text, &end, 10);
	return *end == '\0' && seconds >= 0 && seconds <= 86400 ? seconds : WAIT_SECONDS;
}

static int
wait_for_lock(int fd)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / POLLS_A_SECOND };

	for (long polls = store_lock_patience() * POLLS_A_SECOND; ; polls--) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return lapse_fail_errno(LAPSE_EFAIL, "the archive's lock");
		if (polls <= 0)
			return lapse_fail(LAPSE_EAGAIN, "the archive is in use by another run");
		nanosleep(&pause, NULL);
	}
}

/* What we write and delete lies in the archive's own folders, not wherever a link in their place points. */
static int
check_folder(const struct lapse_store *store, const char *name)
{
	char *path = store_path("%s/%s", store->dir, name);
	struct stat st;
	int rc = 0;

	if (lstat(path, &st) < 0)
		rc = lapse_fail_errno(LAPSE_EFORMAT, "'%s'", path);
	else if (!S_ISDIR(st.st_mode))
		rc = lapse_fail(LAPSE_EFAIL, "'%s' is not a folder of its own", path);
	else if (access(path, W_OK) < 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "'%s' cannot be written", path);
	free(path);
	return rc;
}

static int
open_lock(struct store_lock *lock, const struct lapse_store *store)
{
	char *path = store_path("%s/" LOCK_NAME, store->dir);
	int rc = check_folder(store, "");

	if (rc == 0)
		rc = check_folder(store, "objects");
	if (rc == 0)
		rc = check_folder(store, "objects/pack");
	if (rc == 0) {
		lock->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (lock->fd < 0)
			rc = lapse_fail_errno(LAPSE_EFAIL, "'%s' cannot be written", path);
	}
	free(path);
	return rc;
}

/* What a run that was killed has noted; "" after one that ended. */
static int
read_note(char *out, const struct store_lock *lock)
{
	ssize_t n = pread(lock->fd, out, NOTE_MAX - 1, 0);

	if (n < 0)
		return lapse_fail_errno(LAPSE_EFAIL, "the archive's lock");
	out[n] = '\0';
	return 0;
}

int
store_lock_take(struct store_lock **out, struct lapse_store *store)
{
	struct store_lock *lock = lapse_alloc(1, sizeof(*lock));
	char *note = lapse_alloc(NOTE_MAX, 1);
	int rc;

	*out = NULL;
	lock->fd = -1;
	rc = open_lock(lock, store);
	if (rc < 0)
		goto out;
	rc = wait_for_lock(lock->fd);
	if (rc < 0)
		goto out;
	rc = read_note(note, lock);
	if (rc < 0)
		goto out;
	lock->has_note = note[0] != '\0';
	rc = store_recover(store, note);
	if (rc < 0)
		goto out;
	store_lock_clear(lock);
	*out = lock;
	lock = NULL;
out:
	store_lock_free(lock);
	free(note);
	return rc;
}

void
store_lock_free(struct store_lock *lock)
{
	if (lock == NULL)
		return;
	if (lock->fd >= 0)
		close(lock->fd);
	free(lock);
}

int
store_lock_note(struct store_lock *lock, bool durable, const char *text)
{
	size_t len = strlen(text), done = 0;

	if (len >= NOTE_MAX)
		return lapse_fail(LAPSE_ETOOBIG, "a note of %zu bytes", len);
	lock->has_note = true;
	/* Not emptied first: killed in between, the old note's end would be worse than none. */
	while (done < len) {
		ssize_t n = pwrite(lock->fd, text + done, len - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "the archive's lock");
		done += (size_t)n;
	}
	if (ftruncate(lock->fd, (off_t)len) < 0 || (durable && fsync(lock->fd) < 0))
		return lapse_fail_errno(LAPSE_EFAIL, "the archive's lock");
	return 0;
}

/* A note that stays by failure only makes the next run look for what is not there. */
void
store_lock_clear(struct store_lock *lock)
{
	if (lock->has_note && ftruncate(lock->fd, 0) == 0)
		lock->has_note = false;
}
