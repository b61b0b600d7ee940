/* What the tests of the archive share: a scratch folder, the real git, short words for the usual steps. */
#ifndef TEST_STORE_H
#define TEST_STORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lapse/error.h"
#include "lapse/store.h"

#define WHEN ((struct lapse_instant){ 1700000000 })

static inline int
sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A shell command's exit status. */
static inline int
sh(const char *fmt, ...)
{
	char command[4096];
	va_list ap;
	int status;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A command's first output, without its last newline. */
static inline const char *
output(const char *command)
{
	static char text[65536];
	FILE *pipe = popen(command, "r");
	size_t len;

	assert_non_null(pipe);
	len = fread(text, 1, sizeof(text) - 1, pipe);
	pclose(pipe);
	while (len > 0 && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	return text;
}

/* Every test runs in a folder of its own, which is its HOME too. */
static inline int
enter_scratch(void **state)
{
	char *folder = malloc(256);
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, 256, "%s/lapse-store-XXXXXX", tmp != NULL ? tmp : "/tmp");
	*state = folder;
	if (mkdtemp(folder) == NULL || chdir(folder) < 0)
		return -1;
	setenv("HOME", folder, 1);
	setenv("XDG_CONFIG_HOME", folder, 1);
	setenv("XDG_CACHE_HOME", folder, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("LAPSE_NOW", "2024-01-02T03:04:05Z", 1);
	setenv("LAPSE_LOCK_WAIT", "0", 1);
	return sh("printf '[user]\\n\\tname = A. Tester\\n\\temail = tester@example.org\\n"
	    "[init]\\n\\tdefaultBranch = main\\n[safe]\\n\\tdirectory = *\\n' >.gitconfig");
}

static inline int
leave_scratch(void **state)
{
	int rc = chdir("/") < 0 ? -1 : sh("chmod -R u+w '%s'; rm -rf '%s'", (char *)*state, (char *)*state);

	free(*state);
	return rc;
}

/* ---- steps ---- */

static inline struct lapse_store *
open_store(const char *dir)
{
	struct lapse_store *store;

	if (lapse_store_open(&store, dir) < 0)
		fail_msg("%s", lapse_error());
	return store;
}

static inline struct lapse_store *
new_store(const char *dir)
{
	if (lapse_store_init(dir) < 0)
		fail_msg("%s", lapse_error());
	return open_store(dir);
}

static inline struct lapse_batch *
open_batch(struct lapse_store *store)
{
	struct lapse_batch *batch;

	if (lapse_batch_open(&batch, store) < 0)
		fail_msg("%s", lapse_error());
	return batch;
}

static inline void
put(struct lapse_batch *batch, const char *path, const char *text)
{
	if (lapse_batch_put(batch, path, text, strlen(text)) < 0)
		fail_msg("%s", lapse_error());
}

/* Many documents, of which no two runs' are alike: t/0/0.json and on. */
static inline void
put_many(struct lapse_batch *batch, int run, int n)
{
	char path[64], text[64];

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "t/%d/%d.json", i / 50, i);
		snprintf(text, sizeof(text), "{\"document\":%d,\"run\":%d}", i, run);
		put(batch, path, text);
	}
}

/* Ends the batch. */
static inline int
commit(struct lapse_batch *batch)
{
	struct lapse_oid oid;
	int rc = lapse_batch_commit(&oid, batch, "Archive\n\nLapse-Source: bmo\n", WHEN);

	lapse_batch_free(batch);
	return rc;
}

/* A run of one document. */
static inline int
run_one(struct lapse_store *store, const char *path, const char *text)
{
	struct lapse_batch *batch = open_batch(store);

	put(batch, path, text);
	return commit(batch);
}

static inline int
run_many(struct lapse_store *store, int run, int n)
{
	struct lapse_batch *batch = open_batch(store);

	put_many(batch, run, n);
	return commit(batch);
}

/* Is the document of the newest commit this? NULL: is there none? */
static inline void
assert_document(struct lapse_store *store, const char *path, const char *text)
{
	struct lapse_commit tip;
	struct lapse_buf buf;
	int rc;

	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_store_tip(&tip, store), 1);
	rc = lapse_doc_find(&buf, store, &tip.tree, path);
	if (rc < 0)
		fail_msg("%s", lapse_error());
	assert_int_equal(rc, text != NULL);
	if (text != NULL)
		assert_string_equal(buf.data, text);
	lapse_buf_release(&buf);
	lapse_commit_release(&tip);
}

static inline void
assert_fsck(const char *dir)
{
	if (sh("git -C '%s' fsck --strict --no-dangling --no-progress >fsck.txt 2>&1", dir) != 0)
		fail_msg("%s", output("cat fsck.txt"));
	assert_string_equal(output("cat fsck.txt"), "");
}

#define assert_error(text) \
	do { \
		if (strstr(lapse_error(), (text)) == NULL) \
			fail_msg("not in the sentence '%s': '%s'", lapse_error(), (text)); \
	} while (0)

#endif
