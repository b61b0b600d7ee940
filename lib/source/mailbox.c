/* Which files of a path are mail, and of what kind. */
#include "mailbox.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "mbox_cut.h"
#include "mbox_from.h"
#include "mbox_look.h"

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/fs.h"

#define SHORT_PATH "%.1000s"	/* leaves room for the cause in a sentence */

struct run {
	int (*fn)(const struct lapse_raw *raw, void *payload);
	void (*skipped)(const char *path, const char *cause, void *payload);	/* or NULL */
	void *payload;
	bool in_folder;
	size_t nmessages;
	struct lapse_buf text;		/* of a message that is a file of its own */
	struct lapse_buf envelope;
};

static int
pass_on(const struct lapse_raw *raw, void *payload)
{
	struct run *run = payload;

	run->nmessages++;
	return run->fn(raw, run->payload);
}

/* ---- Maildirs ---- */

/* The part of a path that names its last folder: "b" of "a/b/c"; of "c" nothing. */
static const char *
parent_name(size_t *len_out, const char *path)
{
	const char *end = strrchr(path, '/'), *start = end;

	while (start != NULL && start > path && start[-1] != '/')
		start--;
	*len_out = start != NULL ? (size_t)(end - start) : 0;
	return start != NULL ? start : path;
}

static bool
has_folder(const char *base, size_t len, const char *name)
{
	char *path = lapse_alloc(1, len + strlen(name) + 1);
	struct stat st;
	bool is_there;

	memcpy(path, base, len);
	memcpy(path + len, name, strlen(name));
	is_there = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	free(path);
	return is_there;
}

/* Is a file in one of these of a Maildir? One that was copied may have lost those that were empty. */
enum place { NO_MAILDIR, OF_MAILDIR, TMP_OF_MAILDIR };

static enum place
place_of(const char *path)
{
	size_t len;
	const char *name = parent_name(&len, path);
	size_t base = (size_t)(name - path);
	bool is_cur = len == 3 && memcmp(name, "cur", 3) == 0;
	bool is_tmp = len == 3 && memcmp(name, "tmp", 3) == 0;

	if (!is_cur && !is_tmp && !(len == 3 && memcmp(name, "new", 3) == 0))
		return NO_MAILDIR;
	if (!is_cur && !has_folder(path, base, "cur") && !(has_folder(path, base, "new") && has_folder(path, base, "tmp")))
		return NO_MAILDIR;
	return is_tmp ? TMP_OF_MAILDIR : OF_MAILDIR;
}

/* ---- files ---- */

/* Delivered by a program that thinks of mboxes: the From_ line is no header. Returns its length. */
static size_t
take_envelope(struct run *run, struct lapse_raw *raw)
{
	const char *end = raw->len > 0 ? memchr(raw->data, '\n', raw->len) : NULL;
	size_t len = end != NULL ? (size_t)(end + 1 - raw->data) : 0;
	struct lapse_mbox_from from;
	size_t shown = len > 1 && raw->data[len - 2] == '\r' ? len - 2 : len - 1;

	if (len == 0 || !lapse_mbox_from_read(&from, raw->data, len))
		return 0;
	lapse_buf_reset(&run->envelope);
	lapse_buf_add(&run->envelope, raw->data, shown);	/* a From_ line fits */
	raw->envelope = run->envelope.data;
	return len;
}

/* A file that is one message. */
static int
take_message(struct run *run, const char *path, const char *format)
{
	struct lapse_raw raw = { .format = format, .line = 1 };
	size_t skipped;
	int rc;

	lapse_buf_reset(&run->text);
	rc = lapse_file_read(&run->text, path);
	if (rc == LAPSE_ETOOBIG)
		return lapse_fail(rc, SHORT_PATH ":1: a message of more than 1 GiB", path);
	if (rc < 0 || run->text.len == 0)
		return rc;
	raw.data = run->text.data;
	raw.len = run->text.len;
	skipped = take_envelope(run, &raw);
	raw.data += skipped;
	raw.len -= skipped;
	rc = pass_on(&raw, run);
	return rc < 0 ? lapse_context(rc, SHORT_PATH, path) : 0;
}

static bool
is_named_eml(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && strcasecmp(path + len - 4, ".eml") == 0;
}

static int
take_none(const struct run *run, const char *path, const struct lapse_mbox_form *form)
{
	if (!run->in_folder || is_named_eml(path))
		return lapse_fail(LAPSE_EFORMAT, SHORT_PATH ":%" PRId64 ": not a mailbox: %s", path, form->line, form->cause);
	if (run->skipped != NULL)
		run->skipped(path, form->cause, run->payload);
	return 0;
}

static int
take_unknown(struct run *run, const char *path)
{
	struct lapse_mbox_form form;
	int rc = lapse_mbox_look(&form, path);

	if (rc < 0 || form.kind == LAPSE_FORM_EMPTY)
		goto out;
	if (form.kind == LAPSE_FORM_MBOX)
		rc = lapse_mbox_cut(path, &form, pass_on, run);
	else if (form.kind == LAPSE_FORM_MESSAGE && (form.is_mail || is_named_eml(path)))
		rc = take_message(run, path, "eml");
	else
		rc = take_none(run, path, &form);
out:
	lapse_mbox_form_release(&form);
	return rc;
}

static int
take_file(const char *path, void *payload)
{
	struct run *run = payload;
	enum place place = place_of(path);

	if (place == TMP_OF_MAILDIR && run->in_folder)	/* not delivered yet */
		return 0;
	return place == NO_MAILDIR ? take_unknown(run, path) : take_message(run, path, "maildir");
}

int
lapse_mailbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload)
{
	return lapse_mailbox_each_but(path, fn, NULL, payload);
}

int
lapse_mailbox_each_but(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload),
    void (*skipped)(const char *path, const char *cause, void *payload), void *payload)
{
	struct run run = { .fn = fn, .skipped = skipped, .payload = payload };
	struct stat st;
	int rc;

	if (strcmp(path, "-") == 0)
		return lapse_fail(LAPSE_EUSAGE, "a mailbox is read twice: standard input cannot be one, save it as a file");
	run.in_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	lapse_buf_init(&run.text, LAPSE_MBOX_MESSAGE_MAX);
	lapse_buf_init(&run.envelope, LAPSE_MBOX_FROM_MAX + 1);
	rc = lapse_files_each(path, take_file, &run);
	if (rc == 0 && run.in_folder && run.nmessages == 0)
		rc = lapse_fail(LAPSE_EFORMAT, SHORT_PATH ": no mail in it", path);
	lapse_buf_release(&run.text);
	lapse_buf_release(&run.envelope);
	return rc;
}
