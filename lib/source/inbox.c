#include "inbox.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/layout.h"
#include "lapse/store.h"

#define EPOCHS_MAX 10000
#define MESSAGE_MAX ((size_t)1 << 30)

struct inbox {
	struct lapse_store *store;
	struct lapse_buf message;
	int (*fn)(const struct lapse_raw *raw, void *payload);
	void *payload;
	int64_t nread;
};

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The message of a commit: 1, or 0 when it brings none. */
static int
find_message(struct lapse_entry *out, struct inbox *in, const struct lapse_commit *commit)
{
	int rc = lapse_tree_find(out, in->store, &commit->tree, "m");

	return rc > 0 && out->kind != LAPSE_ENTRY_BLOB ? 0 : rc;
}

static int
take_commit(struct inbox *in, const struct lapse_commit *commit)
{
	struct lapse_entry entry;
	int rc = find_message(&entry, in, commit);

	if (rc <= 0)
		return rc;
	rc = lapse_doc_read(&in->message, in->store, &entry);
	if (rc < 0)
		return rc;
	return in->fn(&(struct lapse_raw){ .format = "public-inbox", .data = in->message.data != NULL ? in->message.data : "",
	    .len = in->message.len, .line = ++in->nread }, in->payload);
}

/* Is it the repository of an epoch: does the newest commit hold a message, or the mark of one that was deleted, and nothing else? */
static int
is_epoch(struct inbox *in, const struct lapse_commit *tip)
{
	struct lapse_entry entry;
	int rc = find_message(&entry, in, tip);

	if (rc == 0)
		rc = lapse_tree_find(&entry, in->store, &tip->tree, "d");
	return rc;
}

/* All commits of one epoch, newest first: 1, or 0 when it is none. */
static int
take_epoch(struct inbox *in, const char *path)
{
	struct lapse_commit commit = { .message = NULL };
	int more, rc;

	if (lapse_store_open(&in->store, path) < 0)
		return 0;
	more = rc = lapse_store_tip(&commit, in->store);
	if (rc > 0)
		more = rc = is_epoch(in, &commit);
	while (rc >= 0 && more > 0) {
		rc = take_commit(in, &commit);
		more = rc == 0 ? lapse_commit_parent(&commit, in->store) : rc;
		rc = more < 0 ? more : 1;
	}
	lapse_commit_release(&commit);
	lapse_store_free(in->store);
	return lapse_context(rc, "%s", path);
}

static int
take_epochs(struct inbox *in, const char *path)
{
	char epoch[LAPSE_PATH_MAX * 16];
	int rc = 1;

	for (int i = 0; rc > 0 && i < EPOCHS_MAX; i++) {
		if (snprintf(epoch, sizeof(epoch), "%s/git/%d.git", path, i) >= (int)sizeof(epoch))
			return lapse_fail(LAPSE_EFAIL, "%.200s…: too long a path", path);
		if (!is_folder(epoch))
			return i > 0;
		rc = take_epoch(in, epoch);
		if (rc == 0)
			rc = lapse_fail(LAPSE_EFORMAT, "%s: no epoch of a public-inbox", epoch);
	}
	return rc;
}

int
lapse_inbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload)
{
	struct inbox in = { .fn = fn, .payload = payload };
	int rc;

	if (!is_folder(path))
		return 0;
	lapse_buf_init(&in.message, MESSAGE_MAX);
	rc = take_epochs(&in, path);
	if (rc == 0)
		rc = take_epoch(&in, path);
	lapse_buf_release(&in.message);
	return rc;
}
