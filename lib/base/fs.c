#include "lapse/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lapse/alloc.h"
#include "lapse/error.h"

#define CHUNK ((size_t)32 * 1024)
#define SHORT_PATH "%.1000s"	/* leaves room for the cause in a sentence */
#define GZIP_WINDOW (15 + 16)	/* zlib: the largest window, gzip framing only */

/* The input, a chunk at a time. */
struct source {
	int fd;
	bool ended;	/* a terminal must not be asked again */
	size_t len;
	unsigned char data[CHUNK];
};

/* Fill the chunk as far as the input goes: 1, 0 at the end, < 0 on failure. */
static int
source_next(struct source *in)
{
	in->len = 0;
	while (in->len < CHUNK && !in->ended) {
		ssize_t n = read(in->fd, in->data + in->len, CHUNK - in->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "cannot read");
		in->ended = n == 0;
		in->len += (size_t)n;
	}
	return in->len > 0;
}

static int
copy_plain(struct lapse_buf *out, struct source *in)
{
	int rc;

	do
		rc = lapse_buf_add(out, in->data, in->len);
	while (rc >= 0 && (rc = source_next(in)) > 0);
	return rc;
}

/* Unpack some of what zlib has been given: 1 when its member ends there. */
static int
inflate_some(struct lapse_buf *out, z_stream *z)
{
	unsigned char data[CHUNK];
	int rc, status;

	z->next_out = data;
	z->avail_out = CHUNK;
	status = inflate(z, Z_NO_FLUSH);
	if (status == Z_MEM_ERROR)
		return lapse_fail(LAPSE_EFAIL, "out of memory");
	if (status != Z_OK && status != Z_STREAM_END)
		return lapse_fail(LAPSE_EFORMAT, "damaged gzip data");
	rc = lapse_buf_add(out, data, CHUNK - z->avail_out);
	return rc < 0 ? rc : status == Z_STREAM_END;
}

/* One member may follow another; the file must end where a member ends. */
static int
inflate_members(struct lapse_buf *out, struct source *in, z_stream *z)
{
	bool whole = false;
	int rc;

	do {
		z->next_in = in->data;
		z->avail_in = (uInt)in->len;
		while (z->avail_in > 0) {
			if (whole)
				inflateReset(z);
			rc = inflate_some(out, z);
			if (rc < 0)
				return rc;
			whole = rc > 0;
		}
	} while ((rc = source_next(in)) > 0);
	if (rc == 0 && !whole)
		return lapse_fail(LAPSE_EFORMAT, "truncated gzip data");
	return rc;
}

static int
copy_gzip(struct lapse_buf *out, struct source *in)
{
	z_stream z = { .next_in = NULL };
	int rc;

	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return lapse_fail(LAPSE_EFAIL, "out of memory");
	rc = inflate_members(out, in, &z);
	inflateEnd(&z);
	return rc;
}

static int
read_all(struct lapse_buf *out, int fd)
{
	struct source in;	/* its 32 KiB stay as they are */
	int rc;

	in.fd = fd;
	in.ended = false;
	rc = source_next(&in);
	if (rc < 0)
		return rc;
	if (in.len >= 2 && in.data[0] == 0x1f && in.data[1] == 0x8b)
		return copy_gzip(out, &in);
	return copy_plain(out, &in);
}

static int
fail_path(const char *what)
{
	return lapse_fail_errno(errno == ENOENT ? LAPSE_ENOTFOUND : LAPSE_EFAIL, "%s", what);
}

/* Not blocking: or a FIFO would wait for its writer before it can be refused. */
static int
open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return fail_path("cannot open");
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return lapse_fail(LAPSE_EFAIL, "not a regular file");
}

int
lapse_file_read(struct lapse_buf *out, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	size_t start = out->len;
	int fd, rc;

	fd = is_stdin ? STDIN_FILENO : open_regular(path);
	rc = fd >= 0 ? read_all(out, fd) : fd;
	if (rc < 0 && out->data != NULL) {
		out->len = start;
		out->data[start] = '\0';
	}
	if (fd >= 0 && !is_stdin)
		close(fd);
	return lapse_context(rc, SHORT_PATH, is_stdin ? "standard input" : path);
}

/* What is still to be visited; folders end in '/', so they sort as the paths below them do. */
struct walk {
	char **paths;
	size_t npaths;
	size_t cap;
};

static int
compare_descending(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

/* `folder` with `name` after it, and '/' for a folder. */
static void
push(struct walk *w, const char *folder, const char *name, const char *slash)
{
	size_t size = strlen(folder) + strlen(name) + strlen(slash) + 1;
	char *path = lapse_alloc(1, size);

	snprintf(path, size, "%s%s%s", folder, name, slash);
	w->paths = lapse_grow(w->paths, w->npaths, &w->cap, sizeof(*w->paths));
	w->paths[w->npaths++] = path;
}

static int
push_entry(struct walk *w, const char *folder, DIR *dir, const char *name)
{
	struct stat st;

	if (fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno == ENOENT)	/* gone since it was listed: as if never seen */
			return 0;
		return lapse_fail_errno(LAPSE_EFAIL, "%s%s", folder, name);
	}
	if (S_ISDIR(st.st_mode))
		push(w, folder, name, "/");
	else if (S_ISREG(st.st_mode))
		push(w, folder, name, "");
	return 0;
}

/* Push what is in `folder`, the last on top of it to be visited first. */
static int
push_entries(struct walk *w, const char *folder)
{
	DIR *dir = opendir(folder);
	size_t first = w->npaths;
	struct dirent *entry;
	int rc = 0;

	if (dir == NULL)
		return lapse_context(fail_path("cannot open"), SHORT_PATH, folder);
	while (rc >= 0) {
		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			break;
		if (entry->d_name[0] != '.')
			rc = push_entry(w, folder, dir, entry->d_name);
	}
	if (rc >= 0 && errno != 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "%s: cannot read", folder);
	closedir(dir);
	if (w->npaths > first)
		qsort(w->paths + first, w->npaths - first, sizeof(*w->paths), compare_descending);
	return rc;
}

static int
visit(struct walk *w, const char *path, int (*fn)(const char *file, void *payload), void *payload)
{
	return path[strlen(path) - 1] == '/' ? push_entries(w, path) : fn(path, payload);
}

static int
walk_folder(const char *path, int (*fn)(const char *file, void *payload), void *payload)
{
	struct walk w = { .paths = NULL };
	char *next;
	int rc = 0;

	push(&w, path, "", path[strlen(path) - 1] == '/' ? "" : "/");
	while (rc == 0 && w.npaths > 0) {
		next = w.paths[--w.npaths];
		rc = visit(&w, next, fn, payload);
		free(next);
	}
	while (w.npaths > 0)
		free(w.paths[--w.npaths]);
	free(w.paths);
	return rc;
}

int
lapse_files_each(const char *path, int (*fn)(const char *file, void *payload), void *payload)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return fn(path, payload);
	if (stat(path, &st) != 0)
		return lapse_context(fail_path("cannot open"), SHORT_PATH, path);
	if (S_ISDIR(st.st_mode))
		return walk_folder(path, fn, payload);
	if (!S_ISREG(st.st_mode))
		return lapse_fail(LAPSE_EFAIL, "%s: not a regular file or folder", path);
	return fn(path, payload);
}
