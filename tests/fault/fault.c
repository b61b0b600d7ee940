/*
 * A shared object to preload. It counts every call that changes a file or
 * makes it durable, below the folder LAPSE_FAULT_DIR (any file without it),
 * and at the call that LAPSE_FAULT names does harm:
 *
 *	kill:N	the N-th call does not happen, the process is killed
 *	tear:N	the same, but half of a write gets through first
 *	fail:N	the N-th call fails: no space for a write, an I/O error for the rest
 *	full:N	from the N-th call on the disk is full: all that needs space fails
 *
 * LAPSE_FAULT_COUNT=FILE appends how many calls there were, one line a process.
 * What stdio writes goes past it; fopen() for writing does not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum harm { NONE, KILL, TEAR, FAIL, FULL };

/* What a call needs: space on the disk, or not. */
enum need { SPACE, NO_SPACE };

static atomic_long ncalls;
static enum harm harm;
static long at;
static char dir[PATH_MAX];
static size_t dir_len;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void __attribute__((constructor))
set_up(void)
{
	static const char *const words[] = { [KILL] = "kill:", [TEAR] = "tear:", [FAIL] = "fail:", [FULL] = "full:" };
	const char *what = getenv("LAPSE_FAULT"), *where = getenv("LAPSE_FAULT_DIR");

	for (int i = KILL; what != NULL && i <= FULL; i++) {
		if (strncmp(what, words[i], strlen(words[i])) == 0) {
			harm = (enum harm)i;
			at = atol(what + strlen(words[i]));
		}
	}
	if (where != NULL && *where != '\0' && realpath(where, dir) == NULL)
		snprintf(dir, sizeof(dir), "%s", where);
	dir_len = strlen(dir);
}

static void __attribute__((destructor))
report(void)
{
	const char *file = getenv("LAPSE_FAULT_COUNT");
	char line[32];
	int fd, len;

	if (file == NULL)
		return;
	fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND, 0666);
	len = snprintf(line, sizeof(line), "%ld\n", atomic_load(&ncalls));
	if (fd >= 0) {
		syscall(SYS_write, fd, line, (size_t)len);
		syscall(SYS_close, fd);
	}
}

/* ---- which files ---- */

static bool
is_below(const char *path)
{
	return dir_len == 0 ||
	    (strncmp(path, dir, dir_len) == 0 && (path[dir_len] == '/' || path[dir_len] == '\0'));
}

static bool
fd_path(char *out, int fd)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, out, PATH_MAX - 1);
	if (n < 0)
		return false;
	out[n] = '\0';
	return true;
}

static bool
fd_counts(int fd)
{
	char path[PATH_MAX];
	struct stat st;

	if (fstat(fd, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return false;
	return dir_len == 0 || (fd_path(path, fd) && is_below(path));
}

/* The file need not be there; the folder that it is in is looked up. */
static bool
path_counts(int dirfd, const char *path)
{
	char full[2 * PATH_MAX + 2], base[PATH_MAX] = "", real[PATH_MAX], *slash;

	if (dir_len == 0)
		return strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/", 6) != 0;
	if (path[0] != '/') {
		if (dirfd == AT_FDCWD ? getcwd(base, sizeof(base)) == NULL : !fd_path(base, dirfd))
			return false;
	}
	snprintf(full, sizeof(full), "%s%s%s", base, path[0] != '/' ? "/" : "", path);
	if (realpath(full, real) != NULL)
		return is_below(real);
	slash = strrchr(full, '/');
	if (slash == NULL || slash == full)
		return is_below(full);
	*slash = '\0';
	return is_below(realpath(full, real) != NULL ? real : full);
}

/* ---- the harm ---- */

static void
die(void)
{
	syscall(SYS_kill, getpid(), SIGKILL);
}

/* One more call: true when it is to fail, with errno set. */
static bool
strike(enum need need)
{
	long n = atomic_fetch_add(&ncalls, 1) + 1;

	if ((harm == KILL || harm == TEAR) && n == at)
		die();
	if ((harm == FAIL && n == at) || (harm == FULL && n >= at && need == SPACE)) {
		errno = need == SPACE ? ENOSPC : EIO;
		return true;
	}
	return false;
}

/* How much of a write is to happen before the process dies; 0 for a write like any other. */
static size_t
torn(size_t len)
{
	return harm == TEAR && atomic_load(&ncalls) + 1 == at ? len / 2 : 0;
}

/* ---- the calls ---- */

static bool
has_mode(int flags)
{
	return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

static bool
writes(int flags)
{
	return (flags & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR)) != 0;
}

#define OPEN(name) \
	int \
	name(const char *path, int flags, ...) \
	{ \
		mode_t mode = 0; \
		if (has_mode(flags)) { \
			va_list ap; \
			va_start(ap, flags); \
			mode = va_arg(ap, mode_t); \
			va_end(ap); \
		} \
		if (writes(flags) && path_counts(AT_FDCWD, path) && strike(flags & O_CREAT ? SPACE : NO_SPACE)) \
			return -1; \
		return REAL(name)(path, flags, mode); \
	}
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
	int \
	name(int dirfd, const char *path, int flags, ...) \
	{ \
		mode_t mode = 0; \
		if (has_mode(flags)) { \
			va_list ap; \
			va_start(ap, flags); \
			mode = va_arg(ap, mode_t); \
			va_end(ap); \
		} \
		if (writes(flags) && path_counts(dirfd, path) && strike(flags & O_CREAT ? SPACE : NO_SPACE)) \
			return -1; \
		return REAL(name)(dirfd, path, flags, mode); \
	}
OPENAT(openat)
OPENAT(openat64)

/* A call on one path or one descriptor: the same shape but for types and names. */
#define ON_PATH(type, bad, name, params, args, dirfd, path, need) \
	type \
	name params \
	{ \
		if (path_counts(dirfd, path) && strike(need)) \
			return bad; \
		return REAL(name) args; \
	}
#define ON_FD(type, bad, name, params, args, fd, need) \
	type \
	name params \
	{ \
		if (fd_counts(fd) && strike(need)) \
			return bad; \
		return REAL(name) args; \
	}

ON_PATH(int, -1, creat, (const char *path, mode_t mode), (path, mode), AT_FDCWD, path, SPACE)
ON_PATH(int, -1, creat64, (const char *path, mode_t mode), (path, mode), AT_FDCWD, path, SPACE)
ON_PATH(int, -1, mkstemp, (char *path), (path), AT_FDCWD, path, SPACE)
ON_PATH(int, -1, mkstemp64, (char *path), (path), AT_FDCWD, path, SPACE)
ON_PATH(int, -1, mkostemp, (char *path, int flags), (path, flags), AT_FDCWD, path, SPACE)
ON_PATH(int, -1, mkostemp64, (char *path, int flags), (path, flags), AT_FDCWD, path, SPACE)
ON_PATH(char *, NULL, mkdtemp, (char *path), (path), AT_FDCWD, path, SPACE)
ON_PATH(int, -1, mkdir, (const char *path, mode_t mode), (path, mode), AT_FDCWD, path, SPACE)
ON_PATH(int, -1, mkdirat, (int fd, const char *path, mode_t mode), (fd, path, mode), fd, path, SPACE)
ON_PATH(int, -1, rmdir, (const char *path), (path), AT_FDCWD, path, NO_SPACE)
ON_PATH(int, -1, unlink, (const char *path), (path), AT_FDCWD, path, NO_SPACE)
ON_PATH(int, -1, unlinkat, (int fd, const char *path, int flags), (fd, path, flags), fd, path, NO_SPACE)
ON_PATH(int, -1, remove, (const char *path), (path), AT_FDCWD, path, NO_SPACE)
ON_PATH(int, -1, rename, (const char *from, const char *to), (from, to), AT_FDCWD, to, NO_SPACE)
ON_PATH(int, -1, renameat, (int fd, const char *from, int fd2, const char *to), (fd, from, fd2, to), fd2, to, NO_SPACE)
ON_PATH(int, -1, renameat2, (int fd, const char *from, int fd2, const char *to, unsigned flags),
    (fd, from, fd2, to, flags), fd2, to, NO_SPACE)
ON_PATH(int, -1, link, (const char *from, const char *to), (from, to), AT_FDCWD, to, SPACE)
ON_PATH(int, -1, linkat, (int fd, const char *from, int fd2, const char *to, int flags),
    (fd, from, fd2, to, flags), fd2, to, SPACE)
ON_PATH(int, -1, symlink, (const char *from, const char *to), (from, to), AT_FDCWD, to, SPACE)
ON_PATH(int, -1, truncate, (const char *path, off_t len), (path, len), AT_FDCWD, path, NO_SPACE)
ON_PATH(int, -1, truncate64, (const char *path, off64_t len), (path, len), AT_FDCWD, path, NO_SPACE)
ON_FD(int, -1, ftruncate, (int fd, off_t len), (fd, len), fd, NO_SPACE)
ON_FD(int, -1, ftruncate64, (int fd, off64_t len), (fd, len), fd, NO_SPACE)
ON_FD(int, -1, fsync, (int fd), (fd), fd, NO_SPACE)
ON_FD(int, -1, fdatasync, (int fd), (fd), fd, NO_SPACE)
ON_FD(int, -1, fchmod, (int fd, mode_t mode), (fd, mode), fd, NO_SPACE)
ON_FD(ssize_t, -1, writev, (int fd, const struct iovec *iov, int n), (fd, iov, n), fd, SPACE)

#define WRITE(name, params, args, half) \
	ssize_t \
	name params \
	{ \
		if (!fd_counts(fd)) \
			return REAL(name) args; \
		if (torn(len) > 0) { \
			size_t n = torn(len); \
			REAL(name) half; \
			die(); \
		} \
		if (strike(SPACE)) \
			return -1; \
		return REAL(name) args; \
	}
WRITE(write, (int fd, const void *data, size_t len), (fd, data, len), (fd, data, n))
WRITE(pwrite, (int fd, const void *data, size_t len, off_t pos), (fd, data, len, pos), (fd, data, n, pos))
WRITE(pwrite64, (int fd, const void *data, size_t len, off64_t pos), (fd, data, len, pos), (fd, data, n, pos))

#define MMAP(name, off_type) \
	void * \
	name(void *addr, size_t len, int prot, int flags, int fd, off_type pos) \
	{ \
		if (fd >= 0 && (flags & MAP_TYPE) != MAP_PRIVATE && (prot & PROT_WRITE) && fd_counts(fd) && strike(SPACE)) \
			return MAP_FAILED; \
		return REAL(name)(addr, len, prot, flags, fd, pos); \
	}
MMAP(mmap, off_t)
MMAP(mmap64, off64_t)

#define FOPEN(name) \
	FILE * \
	name(const char *path, const char *mode) \
	{ \
		if (strpbrk(mode, "wa+") != NULL && path_counts(AT_FDCWD, path) && strike(SPACE)) \
			return NULL; \
		return REAL(name)(path, mode); \
	}
FOPEN(fopen)
FOPEN(fopen64)
