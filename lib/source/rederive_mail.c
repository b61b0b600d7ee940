/* A list's posts and threads against its messages: read again, they say what the archive says, or it is a fault. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail_run.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/rederive.h"

#define OF_THREAD "it does not follow from the thread's messages"

struct checking {
	struct mail_run mail;
	struct import run;
	struct lapse_capture capture;
	struct lapse_buf bytes;
	void (*fn)(const char *path, const char *what, void *payload);
	void *payload;
};

/* A document against what it should be, a reference that is taken. */
static void
check_document(struct checking *c, const char *path, json_t *derived, const char *what)
{
	int rc;

	lapse_buf_reset(&c->bytes);
	rc = lapse_canon_write(&c->bytes, derived);
	json_decref(derived);
	if (rc == 0)
		rc = lapse_doc_find(&c->run.other, c->mail.store, c->mail.tree, path);
	if (rc < 0)
		c->fn(path, lapse_error(), c->payload);
	else if (rc == 0 || c->bytes.len != c->run.other.len || memcmp(c->bytes.data, c->run.other.data, c->bytes.len) != 0)
		c->fn(path, what, c->payload);
}

/* ---- posts ---- */

static void
check_thread(struct checking *c, const struct mail_post *post, const char *path)
{
	char what[96];

	if (post->had == post->thread)
		return;
	snprintf(what, sizeof(what), "by its references it belongs to thread %" PRId64, post->thread);
	c->fn(path, what, c->payload);
}

static void
check_post(struct checking *c, const struct mail_post *post)
{
	char path[LAPSE_PATH_MAX];
	json_t *derived = NULL;

	lapse_path_post(path, c->run.source, post->had, post->number);
	check_thread(c, post, path);
	if (mail_post_derive(&derived, &c->mail, post) < 0)
		c->fn(path, lapse_error(), c->payload);
	else
		check_document(c, path, derived, "it does not follow from its message");
}

/* ---- threads ---- */

static bool
is_answer_to(const json_t *parent, const struct mail_post *post)
{
	int64_t number;

	if (post->parent < 0)
		return json_is_null(parent);
	return lapse_json_int(&number, parent) && number == post->parent;
}

/* The list of one thread, whose posts are together and by number. */
static void
check_list(struct checking *c, const struct mail_post *const *posts, size_t n)
{
	char path[LAPSE_PATH_MAX];
	const json_t *numbers, *parents;
	json_t *doc = NULL;
	bool same = false;

	lapse_path_posts(path, c->run.source, posts[0]->thread);
	if (lapse_doc_find(&c->run.other, c->mail.store, c->mail.tree, path) > 0 &&
	    lapse_json_parse(&doc, c->run.other.data, c->run.other.len, NULL) == 0) {
		numbers = json_object_get(doc, "numbers");
		parents = json_object_get(doc, "parents");
		same = json_array_size(numbers) == n && json_array_size(parents) == n;
		for (size_t i = 0; same && i < n; i++) {
			int64_t number;

			same = lapse_json_int(&number, json_array_get(numbers, i)) && number == posts[i]->number &&
			    is_answer_to(json_array_get(parents, i), posts[i]);
		}
	}
	json_decref(doc);
	if (!same)
		c->fn(path, OF_THREAD, c->payload);
}

static void
check_own(struct checking *c, const struct mail_post *const *posts, size_t n)
{
	char path[LAPSE_PATH_MAX];

	check_document(c, lapse_path_fields(path, c->run.source, posts[0]->thread), mail_thread_encode(posts, n), OF_THREAD);
	check_document(c, lapse_path_changes(path, c->run.source, posts[0]->thread), mail_changes_encode(), OF_THREAD);
}

static void
check_lists(struct checking *c)
{
	size_t n = c->mail.posts.nitems, end;
	struct mail_post **posts = mail_posts_by_thread(&c->mail);

	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n && posts[end]->thread == posts[i]->thread; )
			end++;
		check_list(c, (const struct mail_post *const *)posts + i, end - i);
		check_own(c, (const struct mail_post *const *)posts + i, end - i);
	}
	free(posts);
}

/* ---- all ---- */

int
lapse_rederive_mail(struct lapse_store *store, const struct lapse_commit *commit, const char *source,
    void (*fn)(const char *path, const char *what, void *payload), void *payload)
{
	struct checking c = { .mail = { .store = store, .tree = &commit->tree }, .fn = fn, .payload = payload };
	int rc;

	lapse_capture_init(&c.capture);
	lapse_import_init(&c.run, source, &c.capture);
	lapse_arena_init(&c.mail.arena);
	lapse_buf_init(&c.bytes, LAPSE_BUF_DOCUMENT);
	c.mail.run = &c.run;
	rc = mail_known_add(&c.mail, &commit->tree);
	if (rc == 0) {
		mail_posts_settle(&c.mail);
		rc = mail_threads_find(&c.mail);
	}
	for (size_t i = 0; rc == 0 && i < c.mail.posts.nitems; i++)
		check_post(&c, &c.mail.posts.items[i]);
	if (rc == 0)
		check_lists(&c);
	free(c.mail.posts.items);
	lapse_arena_release(&c.mail.arena);
	lapse_buf_release(&c.bytes);
	lapse_import_release(&c.run);
	lapse_capture_release(&c.capture);
	return rc;
}
