#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_internal.h"

/* There from the first to the last step of making an archive, so that one cut short can be gone on with. */
#define MARK "lapse.init"

static int
make_folder(const char *dir, const char *name)
{
	char *path = store_path("%s%s%s", dir, *name != '\0' ? "/" : "", name);
	int rc = 0;

	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		rc = lapse_fail_errno(LAPSE_EFAIL, "'%s'", path);
	free(path);
	return rc;
}

static int
write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
make_file(const char *dir, const char *name, const char *text)
{
	char *path = store_path("%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	int rc = 0;

	if (fd < 0 || write_all(fd, text) < 0 || fsync(fd) < 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "'%s'", path);
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "'%s'", path);
	free(path);
	return rc;
}

struct contents {
	bool marked;
	size_t nitems;
};

static int
look(const char *name, void *payload)
{
	struct contents *contents = payload;

	contents->nitems++;
	if (strcmp(name, MARK) == 0)
		contents->marked = true;
	return 0;
}

static int
fill(const char *dir)
{
	static const char *const folders[] = {
		"objects", "objects/info", "objects/pack", "refs", "refs/heads", "refs/tags"
	};
	int rc = make_file(dir, MARK, "");

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders) && rc == 0; i++)
		rc = make_folder(dir, folders[i]);
	if (rc == 0)
		rc = make_file(dir, "config", "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n");
	/* HEAD is what makes the folder a repository, so it comes last. */
	if (rc == 0)
		rc = make_file(dir, "HEAD", "ref: refs/heads/main\n");
	return rc;
}

static int
sync_folders(const char *dir)
{
	char *objects = store_path("%s/objects", dir);
	char *refs = store_path("%s/refs", dir);
	int rc = store_sync_folder(objects);

	if (rc == 0)
		rc = store_sync_folder(refs);
	if (rc == 0)
		rc = store_sync_folder(dir);
	free(refs);
	free(objects);
	return rc;
}

int
lapse_store_init(const char *dir)
{
	struct contents contents = { .nitems = 0 };
	char *mark = store_path("%s/%s", dir, MARK);
	int rc = make_folder(dir, "");

	if (rc < 0)
		goto out;
	rc = store_folder_each(dir, look, &contents);
	if (rc < 0)
		goto out;
	if (contents.nitems > 0 && !contents.marked) {
		rc = lapse_fail(LAPSE_EFAIL, "'%s' is not empty", dir);
		goto out;
	}
	rc = fill(dir);
	if (rc < 0)
		goto out;
	rc = sync_folders(dir);
	if (rc < 0)
		goto out;
	rc = store_remove(mark);
out:
	free(mark);
	return rc;
}
