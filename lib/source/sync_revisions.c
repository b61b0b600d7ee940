/*
 * Revisions of posts, on request: no interface lists them but a web page, which is not made for programs. So only pages of posts
 * whose edit earlier captures know are asked for, each until it was read once for the state that the post is in, one after the
 * other and not many in a run. They are asked for without a key, also where there is one, and so not of what outsiders do not see:
 * bugs that are not visible, and private posts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "revisions_take.h"
#include "sync_run.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"

#define PAGES_MAX 50	/* in one run */
#define TARGET_MAX 8192

struct asking {
	struct sync *sync;
	struct lapse_buf bytes;		/* scratch */
	int64_t bug, number, comment;
	size_t nasked;
};

/* ---- which ---- */

/* Posts that count edits, wherever they are kept. The key cannot stand in a text: a quotation mark would be escaped there. */
static int
find_counted(struct lapse_edited *out, struct sync *s)
{
	struct lapse_walk *walk = NULL;
	struct lapse_entry entry;
	struct lapse_place place;
	struct lapse_buf bytes;
	char folder[LAPSE_PATH_MAX];
	const char *path, *count;
	int rc;

	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	snprintf(folder, sizeof(folder), "threads/%s", s->options->source);
	rc = lapse_walk_open(&walk, s->store, &s->tree, folder);
	while (rc >= 0 && (rc = lapse_walk_next(walk, &path, &entry)) > 0) {
		if (!lapse_place_parse(&place, path) || place.file != LAPSE_FILE_POST)
			continue;
		rc = lapse_doc_read(&bytes, s->store, &entry);
		count = rc == 0 && bytes.len > 0 ? strstr(bytes.data, "\"edit_count\":") : NULL;
		if (count != NULL && strchr("123456789", count[strlen("\"edit_count\":")]) != NULL)
			lapse_edited_add(out, place.thread, place.number);
	}
	lapse_walk_free(walk);
	lapse_buf_release(&bytes);
	return rc < 0 ? rc : 0;
}

static int
read_doc(json_t **out, struct asking *a, const char *path)
{
	int rc = lapse_batch_get(&a->bytes, a->sync->run.batch, path);

	*out = NULL;
	if (rc <= 0)
		return rc;
	rc = lapse_json_parse(out, a->bytes.data, a->bytes.len, path);
	return rc < 0 ? rc : 1;
}

/* Is a page to be asked for, which outsiders see? Then the comment's id is known, too. */
static int
is_due(struct asking *a)
{
	struct sync *s = a->sync;
	struct lapse_revisions kept;
	char path[LAPSE_PATH_MAX], mark[65];
	json_t *post, *doc = NULL;
	int rc = read_doc(&post, a, lapse_path_post(path, s->options->source, a->bug, a->number));
	int due = rc > 0 && !json_is_true(json_object_get(post, "is_private")) &&
	    lapse_json_int(&a->comment, json_object_get(post, "id"));

	if (due)
		rc = read_doc(&doc, a, lapse_path_revisions(path, s->options->source, a->bug, a->number));
	if (due && rc > 0) {
		rc = lapse_context(lapse_revisions_decode(&kept, &s->run.arena, doc), "%s", path);
		lapse_revisions_mark(mark, post);
		due = rc == 0 && strcmp(kept.of, mark) != 0;
	}
	lapse_arena_reset(&s->run.arena);
	json_decref(post);
	json_decref(doc);
	return rc < 0 ? rc : due;
}

/* ---- asking ---- */

/* A page that cannot be read is passed over: it is not made to be read by programs. */
static int
take(const struct lapse_answer *answer, void *payload)
{
	struct asking *a = payload;
	struct sync *s = a->sync;
	struct sync_answer got;
	int rc;

	if (answer->status != 200) {
		rc = lapse_sync_judge(&got, s, answer);
		if (rc == 0)
			s->result->pages_bad++;
		json_decref(rc == 0 ? got.json : NULL);
		return rc < 0 ? rc : 0;
	}
	rc = lapse_revisions_take(&s->run, answer->body, a->bug, a->comment);
	if (rc < 0 && rc != LAPSE_EFORMAT && rc != LAPSE_ETOOBIG)
		return rc;
	s->result->pages_bad += rc < 0;
	s->result->pages_undated += rc == 0;
	s->asked->revisions += rc >= 0;
	return 0;
}

static int
ask(struct asking *a)
{
	struct sync *s = a->sync;
	struct lapse_buf target;
	int rc;

	a->nasked++;
	lapse_buf_init(&target, TARGET_MAX);
	rc = lapse_revisions_target(&target, a->bug, a->comment);
	if (rc == 0)
		rc = lapse_http_get(s->pages, target.data, NULL, take, a);
	if (rc == 0)
		rc = lapse_http_run(s->pages);
	lapse_buf_release(&target);
	if (rc != LAPSE_EFAIL)
		return rc;
	/* What trying again does not mend is so for all pages; it takes nothing from what came. */
	s->result->pages_bad++;
	a->nasked = PAGES_MAX;
	return 0;
}

static int
ask_due(struct sync *s, const struct lapse_edited *edited)
{
	struct asking a = { .sync = s };
	/* Elsewhere in each run: pages that cannot be read let nobody wait for ever. */
	size_t first = (size_t)s->run.capture->time.sec * 7919;
	int rc = 0;

	lapse_buf_init(&a.bytes, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; rc >= 0 && i < edited->nitems; i++) {
		const struct lapse_edited_post *post = &edited->items[(first % edited->nitems + i) % edited->nitems];

		a.bug = post->bug;
		a.number = post->number;
		if (lapse_hidden_has(s->asked, a.bug))
			continue;
		rc = is_due(&a);
		if (rc > 0 && a.nasked == PAGES_MAX)
			s->result->pages_left++;
		else if (rc > 0)
			rc = ask(&a);
	}
	lapse_buf_release(&a.bytes);
	return rc < 0 ? rc : 0;
}

/* The Bugzilla itself, not its REST interface; it gets no key, and shows what it shows to everybody. */
static int
open_pages(struct sync *s)
{
	struct lapse_http_options options = {
		.cacert = s->options->cacert,
		.agent = "lapse/" LAPSE_VERSION,
		.connections = 1,
		.max_body = PAGE_MAX,
		.cancelled = s->options->cancelled,
		.cancelled_payload = s->options->cancelled_payload,
		.waiting = s->options->waiting,
		.waiting_payload = s->options->progress_payload,
		.exchange = s->witness != NULL ? lapse_witness_note : NULL,
		.exchange_payload = s->witness,
	};
	char *base = lapse_strdup(s->address.rest);
	int rc;

	base[strlen(base) - strlen("rest/")] = '\0';
	options.base = base;
	rc = lapse_http_open(&s->pages, &options);
	free(base);
	return rc;
}

int
lapse_sync_revisions(struct sync *s)
{
	struct lapse_edited edited = { .items = NULL };
	int rc;

	if (s->options->edited == NULL || !s->has_before)
		return 0;
	rc = s->options->edited(&edited, s->options->recheck_payload);
	if (rc == 0)
		rc = find_counted(&edited, s);
	lapse_edited_sort(&edited);
	if (rc == 0)
		rc = open_pages(s);
	if (rc == 0)
		rc = ask_due(s, &edited);
	lapse_edited_release(&edited);
	return rc;
}
