/*
 * A stranger's folder, looked at before libgit2 opens anything in it: it must
 * be one repository of plain files and folders, all of them inside it. Links that
 * lead elsewhere would have us write there, pipes would have us wait for ever.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_internal.h"

#include "lapse/buf.h"

#define CONFIG_MAX ((off_t)1 << 20)
#define HEAD_MAX 1024

/* A file that may be absent and else must be plain, and not larger than `max` bytes (0: any size). */
static int
check_file(const char *dir, const char *name, off_t max)
{
	char *path = store_path("%s/%s", dir, name);
	struct stat st;
	int rc = 0;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		rc = lapse_fail(LAPSE_EFORMAT, "'%s' is not a plain file", path);
	else if (lstat(path, &st) == 0 && max > 0 && st.st_size > max)
		rc = lapse_fail(LAPSE_EFORMAT, "'%s' is too large to be what it is called", path);
	free(path);
	return rc;
}

struct folder {
	const char *dir;
	bool files;	/* its entries are files; else folders or files, and no links */
};

static int
check_name(const char *name, void *payload)
{
	const struct folder *folder = payload;
	char *path = store_path("%s/%s", folder->dir, name);
	struct stat st;
	int rc = 0;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode) && (folder->files || !S_ISDIR(st.st_mode)))
		rc = lapse_fail(LAPSE_EFORMAT, "'%s' is neither a plain file nor a folder of its own", path);
	free(path);
	return rc;
}

static int
check_folder(const char *dir, const char *name, bool files)
{
	char *path = store_path("%s/%s", dir, name);
	struct folder folder = { path, files };
	struct stat st;
	int rc = 0;

	if (lstat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		rc = lapse_fail(LAPSE_EFORMAT, "'%s' is not a folder", path);
	else
		rc = store_folder_each(path, check_name, &folder);
	free(path);
	return rc;
}

static int
read_small(char *out, size_t size, const char *dir, const char *name)
{
	char *path = store_path("%s/%s", dir, name);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, out, size - 1) : 0;

	if (fd >= 0)
		close(fd);
	free(path);
	out[n > 0 ? n : 0] = '\0';
	return n > 0 ? (int)n : 0;
}

/* The branch that HEAD names lies inside, behind no link, and is a plain file if it is one at all. */
static int
check_head(const char *dir)
{
	char text[HEAD_MAX], *name = text + strlen("ref: ");

	if (read_small(text, sizeof(text), dir, "HEAD") == 0 || strncmp(text, "ref: ", strlen("ref: ")) != 0)
		return 0;
	name[strcspn(name, "\r\n")] = '\0';
	if (strncmp(name, "refs/", strlen("refs/")) != 0 || strstr(name, "..") != NULL)
		return lapse_fail(LAPSE_EFORMAT, "'%s/HEAD' names no branch of this repository", dir);
	for (char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		char *path;
		struct stat st;
		bool is_link;

		path = store_path("%s/%.*s", dir, (int)(slash - name), name);
		is_link = lstat(path, &st) == 0 && !S_ISDIR(st.st_mode);
		free(path);
		if (is_link)
			return lapse_fail(LAPSE_EFORMAT, "'%s/%.*s' is a symbolic link, or no folder", dir,
			    (int)(slash - name), name);
	}
	return check_file(dir, name, 0);
}

/* The configuration says only how the repository is built: of a version, and with extensions, that libgit2 reads. */
static int
check_words(const char *dir, const char *config)
{
	const char *version = strstr(config, "repositoryformatversion");

	if (version != NULL) {
		version += strcspn(version, "=\n");
		version += strspn(version, "= \t");
		if (*version >= '0' && *version <= '9' && strtol(version, NULL, 10) > 1)
			return lapse_fail(LAPSE_EFORMAT, "'%s': a repository of version %ld; up to 1 is read", dir,
			    strtol(version, NULL, 10));
	}
	if (strstr(config, "objectformat") != NULL || strstr(config, "refstorage") != NULL)
		return lapse_fail(LAPSE_EFORMAT, "'%s': unsupported extension: lapse reads repositories of "
		    "SHA-1 objects with refs in files", dir);
	return 0;
}

static int
check_format(const char *dir)
{
	struct lapse_buf text;
	int rc;

	lapse_buf_init(&text, (size_t)CONFIG_MAX + 1);
	rc = lapse_buf_reserve(&text, (size_t)CONFIG_MAX);
	if (rc == 0) {
		read_small(text.data, (size_t)CONFIG_MAX, dir, "config");
		for (char *p = text.data; *p != '\0'; p++)
			if (*p >= 'A' && *p <= 'Z')
				*p = (char)(*p - 'A' + 'a');
		rc = check_words(dir, text.data);
	}
	lapse_buf_release(&text);
	return rc;
}

static bool
exists(const char *dir, const char *name, struct stat *st)
{
	char *path = store_path("%s/%s", dir, name);
	bool found = lstat(path, st) == 0;

	free(path);
	return found;
}

static int
check_repository(const char *dir)
{
	struct stat st;
	int rc;

	if (exists(dir, "commondir", &st) || exists(dir, "gitdir", &st))
		return lapse_fail(LAPSE_EFORMAT, "'%s' is part of another repository; an archive is one folder: "
		    "open that one", dir);
	rc = check_file(dir, "config", CONFIG_MAX);
	if (rc == 0)
		rc = check_file(dir, "packed-refs", 0);
	if (rc == 0)
		rc = check_head(dir);
	if (rc == 0)
		rc = check_folder(dir, "objects", false);
	if (rc == 0)
		rc = check_folder(dir, "objects/pack", true);
	return rc < 0 ? rc : check_format(dir);
}

int
store_find_repository(char **out, const char *dir)
{
	struct stat st;
	int rc;

	*out = NULL;
	if (exists(dir, ".git", &st)) {
		if (!S_ISDIR(st.st_mode))
			return lapse_fail(LAPSE_EFORMAT, "'%s/.git' leads to another folder; an archive is one folder: "
			    "open that one", dir);
		*out = store_path("%s/.git", dir);
	} else {
		*out = store_path("%s", dir);
	}
	if (!exists(*out, "HEAD", &st) || !S_ISREG(st.st_mode))
		rc = lapse_fail(LAPSE_ENOTFOUND, "no archive in '%s' (lapse init makes one)", dir);
	else
		rc = check_repository(*out);
	if (rc < 0) {
		free(*out);
		*out = NULL;
	}
	return rc;
}
