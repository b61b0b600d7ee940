/*
 * meter [-a] [-m] LOG COMMAND [ARGUMENT…]: run a command, its standard output
 * thrown away, and append a line to LOG:
 *   wall time in µs, user + system time in µs, peak resident memory in KiB, peak anonymous memory in KiB
 * Children that it waited for count. The last number is 0 without -m, with which it is sampled every
 * millisecond. With -a exit status 1 is an answer, not a failure. Exits 0, or 3 when the command failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t
microseconds(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

/* The process's anonymous memory now; 0 when it is gone, or the system does not tell. */
static long
anonymous(pid_t pid)
{
	char name[64], line[256];
	long kib = 0;
	FILE *status;

	snprintf(name, sizeof(name), "/proc/%ld/status", (long)pid);
	status = fopen(name, "r");
	if (status == NULL)
		return 0;
	while (fgets(line, sizeof(line), status) != NULL)
		if (sscanf(line, "RssAnon: %ld", &kib) == 1)
			break;
	fclose(status);
	return kib;
}

static int
wait_sampling(long *peak, pid_t pid)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int status;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0) {
		long kib = anonymous(pid);

		if (kib > *peak)
			*peak = kib;
		nanosleep(&pause, NULL);
	}
	return got == pid ? status : -1;
}

static int
wait_only(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static void
become(char **command)
{
	int fd = open("/dev/null", O_WRONLY);

	if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		execvp(command[0], command);
	fprintf(stderr, "meter: %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

static int
note(const char *path, int64_t wall, long peak)
{
	struct rusage used;
	FILE *log = fopen(path, "a");
	int failed;

	getrusage(RUSAGE_CHILDREN, &used);
	failed = log == NULL || fprintf(log, "%" PRId64 " %" PRId64 " %ld %ld\n", wall,
	    microseconds(used.ru_utime) + microseconds(used.ru_stime), used.ru_maxrss, peak) < 0;
	failed = (log != NULL && fclose(log) != 0) || failed;
	if (failed)
		fprintf(stderr, "meter: %s: %s\n", path, strerror(errno));
	return failed ? 3 : 0;
}

int
main(int argc, char **argv)
{
	bool answers = false, sample = false;
	int64_t start;
	long peak = 0;
	int opt, status;
	pid_t pid;

	while ((opt = getopt(argc, argv, "+am")) != -1) {
		answers = answers || opt == 'a';
		sample = sample || opt == 'm';
		if (opt == '?')
			return 2;
	}
	if (argc - optind < 2) {
		fputs("usage: meter [-a] [-m] LOG COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	start = now();
	pid = fork();
	if (pid == 0)
		become(argv + optind + 1);
	status = pid < 0 ? -1 : sample ? wait_sampling(&peak, pid) : wait_only(pid);
	if (status != -1 && WIFEXITED(status) && (WEXITSTATUS(status) == 0 || (answers && WEXITSTATUS(status) == 1)))
		return note(argv[optind], now() - start, peak);
	fprintf(stderr, "meter: '%s' failed (status %d)\n", argv[optind + 1], status);
	return 3;
}
