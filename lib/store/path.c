#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "store_internal.h"

char *
store_path(const char *fmt, ...)
{
	va_list ap;
	char *path;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	path = lapse_alloc((size_t)(len > 0 ? len : 0) + 1, 1);
	va_start(ap, fmt);
	vsnprintf(path, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return path;
}

bool
store_ends_in(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && memcmp(name + len - n, suffix, n) == 0;
}

bool
store_is_document(const char *name, size_t len)
{
	return store_ends_in(name, len, ".json") || store_ends_in(name, len, ".eml");
}

char *
store_parts_path(const char *path)
{
	const char *dot = strrchr(path, '.');

	return store_path("%.*s.parts", (int)(dot - path), path);
}

int
store_folder_each(const char *dir, int (*fn)(const char *name, void *payload), void *payload)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	int rc = 0;

	if (stream == NULL && errno == ENOENT)
		return 0;
	if (stream == NULL)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", dir);
	for (;;) {
		errno = 0;
		entry = readdir(stream);
		if (entry == NULL && errno != 0)
			rc = lapse_fail_errno(LAPSE_EFAIL, "%s", dir);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		rc = fn(entry->d_name, payload);
		if (rc != 0)
			break;
	}
	closedir(stream);
	return rc;
}

int
store_sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", dir);
	/* Some file systems cannot sync a folder, and say so with EINVAL: nothing more can be done there. */
	if (fsync(fd) < 0 && errno != EINVAL)
		rc = lapse_fail_errno(LAPSE_EFAIL, "%s", dir);
	close(fd);
	return rc;
}

int
store_remove(const char *path)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	return 0;
}
