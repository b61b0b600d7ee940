#include "remember.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lapse/digest.h"
#include "lapse/error.h"
#include "lapse/fs.h"

#define PATH_MAX_LEN 4096

/* Append the user's folder for state; LAPSE_EFAIL when there is none. A relative one counts as none, as the specification has it. */
static int
write_user_folder(struct lapse_buf *out)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state != NULL && *state == '/')
		return lapse_buf_puts(out, state);
	if (home != NULL && *home == '/')
		return lapse_buf_printf(out, "%s/.local/state", home);
	return lapse_fail(LAPSE_EFAIL, "no folder for state: neither XDG_STATE_HOME nor HOME is set");
}

static int
write_path(struct lapse_buf *out, const char *kind, const char *name)
{
	struct lapse_sha1 *sha = lapse_sha1_new();
	unsigned char digest[LAPSE_SHA1_LEN];
	char hex[2 * LAPSE_SHA1_LEN + 1];
	int rc = write_user_folder(out);

	lapse_sha1_add(sha, name, strlen(name));
	lapse_sha1_end(sha, digest);
	lapse_sha1_free(sha);
	return rc < 0 ? rc : lapse_buf_printf(out, "/lapse/%s/%s", kind, lapse_hex_format(hex, digest, sizeof(digest)));
}

struct lapse_instant
lapse_remember(const char *kind, const char *name)
{
	struct lapse_instant when = LAPSE_NEVER;
	char text[LAPSE_TIME_LEN + 1] = "";
	struct lapse_buf path;
	FILE *file = NULL;

	lapse_buf_init(&path, PATH_MAX_LEN);
	if (write_path(&path, kind, name) == 0)
		file = fopen(path.data, "re");
	if (file != NULL) {
		/* What is damaged is none: it is only a matter of manners. */
		if (fgets(text, sizeof(text), file) == NULL || lapse_time_parse(&when, text) < 0)
			when = LAPSE_NEVER;
		fclose(file);
	}
	lapse_buf_release(&path);
	return when;
}

/* Make the folders that a path lies in. */
static void
make_folders(char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		(void)mkdir(path, 0700);	/* one that cannot be made shows when the file is to be written */
		*p = '/';
	}
}

static int
write_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc = 0;

	if (fd < 0)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	if (write(fd, text, len) != (ssize_t)len)
		rc = lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	if (close(fd) != 0 && rc == 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	return rc;
}

static int
keep(const char *kind, const char *name, const char *text, size_t len)
{
	struct lapse_buf path, temporary;
	int rc;

	lapse_buf_init(&path, PATH_MAX_LEN);
	lapse_buf_init(&temporary, PATH_MAX_LEN);
	rc = write_path(&path, kind, name);
	if (rc == 0)
		rc = lapse_buf_printf(&temporary, "%s.%ld", path.data, (long)getpid());
	if (rc == 0) {
		make_folders(path.data);
		rc = write_file(temporary.data, text, len);
	}
	if (rc == 0 && rename(temporary.data, path.data) != 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "%s", path.data);
	lapse_buf_release(&path);
	lapse_buf_release(&temporary);
	return rc;
}

int
lapse_remember_set(const char *kind, const char *name, struct lapse_instant when)
{
	char text[LAPSE_TIME_LEN + 2], time[LAPSE_TIME_LEN + 1];

	snprintf(text, sizeof(text), "%s\n", lapse_time_format(time, when));
	return keep(kind, name, text, strlen(text));
}

int
lapse_remember_text(struct lapse_buf *out, const char *kind, const char *name)
{
	struct lapse_buf path;
	int rc;

	lapse_buf_init(&path, PATH_MAX_LEN);
	rc = write_path(&path, kind, name);
	if (rc == 0 && access(path.data, R_OK) == 0)
		rc = lapse_file_read(out, path.data) == 0;
	lapse_buf_release(&path);
	return rc > 0;
}

int
lapse_remember_text_set(const char *kind, const char *name, const struct lapse_buf *text)
{
	return keep(kind, name, text->data != NULL ? text->data : "", text->len);
}

int
lapse_remember_open(int *fd, const char *kind, const char *name)
{
	struct lapse_buf path;
	int rc;

	*fd = -1;
	lapse_buf_init(&path, PATH_MAX_LEN);
	rc = write_path(&path, kind, name);
	if (rc == 0) {
		make_folders(path.data);
		*fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (*fd < 0)
			rc = lapse_fail_errno(LAPSE_EFAIL, "%s", path.data);
	}
	lapse_buf_release(&path);
	return rc;
}
