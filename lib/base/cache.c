#include "lapse/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "lapse/error.h"

/* ---- names ---- */

static char *
join(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	char *path = lapse_alloc(a_len + b_len + 2, 1);

	memcpy(path, a, a_len);
	path[a_len] = '/';
	memcpy(path + a_len + 1, b, b_len + 1);
	return path;
}

/* The user's cache folder; NULL when there is none. A relative one counts as none, as the specification has it. */
static char *
user_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache != NULL && *cache == '/')
		return lapse_strdup(cache);
	return home != NULL && *home == '/' ? join(home, ".cache") : NULL;
}

/* The folder of a kind, made with `make`; NULL when there is none. */
static char *
kind_folder(const char *kind, bool make)
{
	char *user = user_folder(), *ours, *folder;

	if (user == NULL)
		return NULL;
	ours = join(user, "lapse");
	folder = join(ours, kind);
	if (make) {
		/* What is there already, or cannot be made, shows when a file is to be written there. */
		(void)mkdir(user, 0700);
		(void)mkdir(ours, 0700);
		(void)mkdir(folder, 0700);
	}
	free(user);
	free(ours);
	return folder;
}

static char *
file_path(const char *kind, const char *name)
{
	char *folder = kind_folder(kind, false), *path;

	if (folder == NULL)
		return NULL;
	path = join(folder, name);
	free(folder);
	return path;
}

/* ---- reading ---- */

static int
map(struct lapse_cached *out, int fd, size_t size)
{
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return lapse_fail_errno(LAPSE_EFAIL, "the cache");
	out->data = data;
	out->size = size;
	return 1;
}

int
lapse_cache_open(struct lapse_cached *out, const char *kind, const char *name)
{
	char *path = file_path(kind, name);
	struct stat st;
	int fd, rc = 0;

	*out = (struct lapse_cached){ 0 };
	if (path == NULL)
		return 0;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_uid == geteuid() &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		rc = map(out, fd, (size_t)st.st_size);
	close(fd);
	return rc < 0 ? 0 : rc;		/* a cache that cannot be read is none */
}

void
lapse_cache_close(struct lapse_cached *cached)
{
	if (cached->in_memory)
		free((void *)cached->data);
	else if (cached->data != NULL)
		munmap((void *)cached->data, cached->size);
	*cached = (struct lapse_cached){ 0 };
}

void
lapse_cache_remove(const char *kind, const char *name)
{
	char *path = file_path(kind, name);

	if (path != NULL)
		(void)unlink(path);
	free(path);
}

/* ---- writing ---- */

#define NEW "new-"
#define LEFT_FOR 3600	/* seconds: nobody writes at one file for so long without a pause */

/* Remove what runs that were killed have left: files that nobody has written to since long before the one just begun. */
static void
sweep(const char *folder, FILE *begun)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat now, st;

	if (dir == NULL)
		return;
	if (fstat(fileno(begun), &now) == 0)
		while ((entry = readdir(dir)) != NULL)
			if (strncmp(entry->d_name, NEW, strlen(NEW)) == 0 &&
			    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			    S_ISREG(st.st_mode) && st.st_mtime < now.st_mtime - LEFT_FOR)
				(void)unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

static FILE *
open_new(char *path)
{
	int fd = mkstemp(path);
	FILE *stream;

	if (fd < 0)
		return NULL;
	stream = fdopen(fd, "w+");
	if (stream == NULL)
		close(fd);
	return stream;
}

void
lapse_caching_begin(struct lapse_caching *out, const char *kind, bool in_memory)
{
	char *folder = in_memory ? NULL : kind_folder(kind, true);

	*out = (struct lapse_caching){ 0 };
	if (folder != NULL) {
		out->path = join(folder, NEW "XXXXXX");
		out->stream = open_new(out->path);
	}
	if (out->stream != NULL)
		sweep(folder, out->stream);
	free(folder);
	if (out->stream != NULL)
		return;
	free(out->path);
	out->path = NULL;
	out->stream = open_memstream(&out->data, &out->size);
	if (out->stream == NULL)
		lapse_out_of_memory();
}

static int
finish_file(struct lapse_cached *out, struct lapse_caching *caching, const char *kind, const char *name)
{
	char *path = file_path(kind, name);
	struct stat st;
	int rc;

	if (fstat(fileno(caching->stream), &st) != 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "writing the cache");
	else
		rc = map(out, fileno(caching->stream), (size_t)st.st_size);
	if (rc > 0 && path != NULL && rename(caching->path, path) == 0) {
		free(caching->path);
		caching->path = NULL;	/* one that gets no name is removed, and read all the same */
	}
	free(path);
	return rc < 0 ? rc : 0;
}

int
lapse_caching_finish(struct lapse_cached *out, struct lapse_caching *caching, const char *kind, const char *name)
{
	int rc = 0;

	*out = (struct lapse_cached){ 0 };
	if (fflush(caching->stream) != 0 || ferror(caching->stream))
		rc = lapse_fail_errno(LAPSE_EFAIL, "writing the cache");
	else if (caching->path != NULL)
		rc = finish_file(out, caching, kind, name);
	if (rc == 0 && out->data == NULL) {
		fclose(caching->stream);
		*out = (struct lapse_cached){ (unsigned char *)caching->data, caching->size, true };
		*caching = (struct lapse_caching){ 0 };
	}
	lapse_caching_abandon(caching);
	return rc;
}

void
lapse_caching_abandon(struct lapse_caching *caching)
{
	if (caching->stream != NULL)
		fclose(caching->stream);
	if (caching->path != NULL)
		(void)unlink(caching->path);
	free(caching->path);
	free(caching->data);
	*caching = (struct lapse_caching){ 0 };
}
