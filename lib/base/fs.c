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

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/stream.h"

#define SHORT_PATH "%.1000s"	/* leaves room for the cause in a sentence */

static int
fail_path(const char *what)
{
	return lapse_fail_errno(errno == ENOENT ? LAPSE_ENOTFOUND : LAPSE_EFAIL, "%s", what);
}

int
lapse_file_read(struct lapse_buf *out, const char *path)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct lapse_stream *stream;
	size_t start = out->len;
	int rc = lapse_stream_open(&stream, path);

	if (rc == 0)
		rc = lapse_context(lapse_stream_read(out, stream), SHORT_PATH, name);
	lapse_stream_free(stream);
	if (rc < 0 && out->data != NULL) {
		out->len = start;
		out->data[start] = '\0';
	}
	return rc;
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
