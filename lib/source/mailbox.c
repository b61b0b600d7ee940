#include "mailbox.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/stream.h"
#include "lines.h"
#include "mbox.h"

struct mailbox {
	int (*fn)(const struct lapse_raw *raw, void *payload);
	void *payload;
	size_t nfiles;
};

/* ---- one message a file ---- */

static int
take_whole(struct mailbox *box, const char *path, const char *format)
{
	struct lapse_buf bytes;
	int rc;

	lapse_buf_init(&bytes, MESSAGE_MAX);
	rc = lapse_file_read(&bytes, path);
	if (rc == LAPSE_ETOOBIG)
		rc = lapse_fail(LAPSE_ETOOBIG, "%s:1: a message of more than 1 GiB", path);
	if (rc == 0 && bytes.len > 0)
		rc = box->fn(&(struct lapse_raw){ .format = format, .data = bytes.data, .len = bytes.len, .line = 1 }, box->payload);
	lapse_buf_release(&bytes);
	return rc;
}

/* ---- which kind ---- */

/* The name of the folder that a file lies in, and its length. */
static const char *
folder_of(size_t *len, const char *path)
{
	const char *slash = strrchr(path, '/'), *start = slash;

	if (slash == NULL)
		return *len = 0, path;
	while (start > path && start[-1] != '/')
		start--;
	*len = (size_t)(slash - start);
	return start;
}

static bool
is_in(const char *path, const char *name)
{
	size_t len;
	const char *folder = folder_of(&len, path);

	return len == strlen(name) && strncmp(folder, name, len) == 0;
}

/* "…/tmp/FILE" of a Maildir: on its way, and nobody's mail yet. */
static bool
is_unfinished(const char *path)
{
	size_t len;
	const char *folder = folder_of(&len, path);
	struct lapse_buf cur;
	struct stat st;
	bool is = false;

	if (!is_in(path, "tmp"))
		return false;
	lapse_buf_init(&cur, (size_t)1 << 20);
	if (lapse_buf_printf(&cur, "%.*scur", (int)(folder - path), path) == 0)
		is = stat(cur.data, &st) == 0 && S_ISDIR(st.st_mode);
	lapse_buf_release(&cur);
	return is;
}

static bool
is_named_eml(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && strcasecmp(path + len - 4, ".eml") == 0;
}

/* The first line that is not empty: 1, or 0 when there is none. */
static int
read_first(struct lapse_buf *line, const char *path)
{
	struct lines lines;
	int rc = lines_open(&lines, path);

	while (rc == 0 && (rc = lines_next(line, &lines)) > 0 && lines_is_empty(line->data, line->len))
		rc = 0;
	lines_close(&lines);
	return rc;
}

static int
take_unnamed(struct mailbox *box, const char *path)
{
	struct lapse_buf line;
	int rc;

	lapse_buf_init(&line, MESSAGE_MAX);
	rc = read_first(&line, path);
	if (rc > 0 && lapse_mbox_begins(line.data, line.len))
		rc = lapse_mbox_each(path, box->fn, box->payload);
	else if (rc > 0 && lapse_mail_begins(line.data, line.len))
		rc = take_whole(box, path, "eml");
	else if (rc > 0)
		rc = lapse_fail(LAPSE_EFORMAT, "%s:1: not a mailbox: it begins neither with \"From \" and a date nor with a header", path);
	lapse_buf_release(&line);
	return rc;
}

static int
take_file(const char *path, void *payload)
{
	struct mailbox *box = payload;

	if (is_unfinished(path))
		return 0;
	box->nfiles++;
	if (is_in(path, "cur") || is_in(path, "new"))
		return take_whole(box, path, "maildir");
	return is_named_eml(path) ? take_whole(box, path, "eml") : take_unnamed(box, path);
}

int
lapse_mailbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload)
{
	struct mailbox box = { .fn = fn, .payload = payload };
	struct stat st;
	int rc;

	if (stat(path, &st) != 0)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return lapse_fail(LAPSE_EFAIL, "%s: neither a file nor a folder; mailboxes are read twice", path);
	rc = lapse_files_each(path, take_file, &box);
	if (rc == 0 && box.nfiles == 0 && S_ISDIR(st.st_mode))
		return lapse_fail(LAPSE_EFORMAT, "%s: no mail in it", path);
	return rc;
}
