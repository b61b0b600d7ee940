/* Saved mail brought in: every message kept as it is, the posts and threads that follow, one capture. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "charset.h"
#include "inbox.h"
#include "mail_run.h"
#include "mailbox.h"

#include "lapse/digest.h"
#include "lapse/error.h"

/* ---- messages ---- */

static int
keep_bytes(struct import *run, const char *sha256, const struct lapse_raw *raw)
{
	char path[LAPSE_PATH_MAX];

	return lapse_batch_put(run->batch, lapse_path_message(path, run->source, sha256), raw->data, raw->len);
}

/* What a run needs of a message, out of the arena of one message into that of all. */
static void
note_post(struct mail_run *m, const struct lapse_mail *mail, const char *sha256, const struct lapse_raw *raw)
{
	const char *id = mail_id(mail);
	const char *envelope = raw->envelope;
	bool bad = false;
	struct mail_copy *copy = lapse_arena_alloc(&m->arena, sizeof(*copy));
	const char **references = lapse_arena_alloc(&m->arena, mail->nreferences * sizeof(*references));
	struct mail_posts *posts = &m->posts;

	for (size_t i = 0; i < mail->nreferences; i++)
		references[i] = lapse_arena_dup(&m->arena, mail->references[i]);
	*copy = (struct mail_copy){ lapse_arena_dup(&m->arena, sha256), raw->format,
	    envelope != NULL ? lapse_charset_line(&m->arena, envelope, strlen(envelope), &bad) : "", (int64_t)mail->nheaders };
	posts->items = lapse_grow(posts->items, posts->nitems, &posts->cap, sizeof(*posts->items));
	posts->items[posts->nitems++] = (struct mail_post){
		.number = mail_post_number(mail),
		.message_id = lapse_arena_dup(&m->arena, id),
		.subject = lapse_arena_dup(&m->arena, mail->subject),
		.references = references, .nreferences = mail->nreferences,
		.at = lapse_time_is_set(mail->at) ? mail->at : MAIL_UNDATED,
		.copies = copy, .ncopies = 1,
		.had = -1, .parent = -1,
		.came = true,
	};
}

static int
take_message(const struct lapse_raw *raw, void *payload)
{
	struct mail_run *m = payload;
	struct import *run = m->run;
	char sha256[LAPSE_SHA256_HEX + 1];
	struct lapse_mail mail;
	int rc;

	lapse_sha256_hex(sha256, raw->data, raw->len);
	lapse_arena_reset(&run->arena);
	rc = keep_bytes(run, sha256, raw);
	if (rc == 0)
		rc = lapse_mail_read(&mail, &run->arena, raw, NULL);
	if (rc < 0)
		return rc;
	note_post(m, &mail, sha256, raw);
	if (m->options->progress != NULL)
		m->options->progress(m->posts.nitems, 0, m->options->payload);
	if (lapse_time_is_set(mail.at) && (!lapse_time_is_set(run->newest) || mail.at.sec > run->newest.sec))
		run->newest = mail.at;
	return 0;
}

static void
note_skipped(const char *path, const char *cause, void *payload)
{
	struct lapse_skipped *skipped = ((struct mail_run *)payload)->skipped;

	if (skipped->n++ == 0)
		snprintf(skipped->first, sizeof(skipped->first), "%.250s: %.200s", path, cause);
}

static int
take_file(struct import *run, const char *path, void *payload)
{
	struct mail_run *m = payload;

	int rc;

	m->run = run;
	rc = lapse_inbox_each(path, take_message, m);
	return rc != 0 ? (rc < 0 ? rc : 0) : lapse_mailbox_each_but(path, take_message, note_skipped, m);
}

/* ---- the run ---- */

/* All messages are there: what they are, beside what the archive has. */
static int
end_messages(void *payload)
{
	struct mail_run *m = payload;
	struct lapse_capture *capture = m->run->capture;
	size_t came = m->posts.nitems;
	const struct lapse_commit *base = lapse_batch_base(m->run->batch);
	int rc = base != NULL ? mail_known_add(m, &base->tree) : 0;

	if (rc < 0)
		return rc;
	mail_posts_settle(m);
	rc = mail_threads_find(m);
	if (rc == 0)
		rc = mail_threads_put(m);
	capture->counts[LAPSE_PART_BUGS] = (int64_t)capture->scope[LAPSE_PART_BUGS].nitems;
	capture->counts[LAPSE_PART_COMMENTS] = (int64_t)came;
	return rc;
}

int
lapse_import_mail(struct lapse_import_result *out, struct lapse_store *store,
    char *const *paths, size_t npaths, const struct lapse_import_options *options)
{
	struct lapse_skipped skipped = { .n = 0 };
	struct mail_run m = { .store = store, .options = options, .skipped = &skipped };
	struct lapse_import_options quiet = *options;	/* not a file, but a message is a step */
	const struct lapse_import_input input = { .kind = "mail", .paths = paths, .npaths = npaths, .as_given = true,
	    .take = take_file, .end = end_messages, .payload = &m };
	int rc;

	quiet.progress = NULL;
	lapse_arena_init(&m.arena);
	rc = lapse_import_files(out, store, &input, &quiet);
	out->skipped = skipped;
	free(m.posts.items);
	lapse_arena_release(&m.arena);
	return rc;
}
