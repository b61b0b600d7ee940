/* Which thread each post belongs to, and the documents of the threads that a run touched. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mail_run.h"
#include "threading.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"

/* ---- which thread ---- */

static struct lapse_node
node_of(struct mail_run *m, const struct mail_post *post)
{
	struct lapse_instant at = post->at.sec == MAIL_UNDATED.sec ? LAPSE_NEVER : post->at;

	return (struct lapse_node){ .message_id = post->message_id, .references = post->references,
	    .nreferences = post->nreferences, .at = at, .tie = lapse_arena_printf(&m->arena, "%" PRId64, post->number) };
}

static void
take_node(struct mail_run *m, struct mail_post *post, const struct lapse_nodes *nodes, const struct lapse_node *node)
{
	post->root = lapse_arena_dup(&m->arena, nodes->items[node->root].message_id);
	post->thread = mail_thread_number(post->root);
	post->parent = node->parent < m->posts.nitems ? m->posts.items[node->parent].number : -1;
}

int
mail_threads_find(struct mail_run *m)
{
	struct lapse_nodes nodes = { 0 };
	size_t n = m->posts.nitems;
	int rc;

	nodes.items = lapse_alloc(n, sizeof(*nodes.items));
	nodes.nitems = nodes.cap = n;
	for (size_t i = 0; i < n; i++)
		nodes.items[i] = node_of(m, &m->posts.items[i]);
	rc = lapse_threading(&nodes);
	for (size_t i = 0; rc == 0 && i < n; i++)
		take_node(m, &m->posts.items[i], &nodes, &nodes.items[i]);
	lapse_nodes_release(&nodes);
	return rc;
}

/* A thread's posts among all, sorted by thread, then number. */
struct group {
	struct mail_post **posts;
	size_t nposts;
	int64_t id;
};

static bool
is_touched(const struct mail_post *post)
{
	return post->is_new_copy || post->had != post->thread;
}

/* ---- posts ---- */

/* The bytes of a copy, of the run at hand or of a commit. */
static int
read_copy(struct mail_run *m, const struct mail_copy *copy)
{
	char path[LAPSE_PATH_MAX];
	int rc;

	lapse_path_message(path, m->run->source, copy->sha256);
	rc = m->tree != NULL ? lapse_doc_find(&m->run->other, m->store, m->tree, path) :
	    lapse_batch_get(&m->run->other, m->run->batch, path);
	return rc == 0 ? lapse_fail(LAPSE_EFORMAT, "%s is not in the archive", path) : rc < 0 ? rc : 0;
}

static int
read_mail(struct lapse_mail *out, struct lapse_arena *arena, struct mail_run *m, const struct mail_copy *copy)
{
	int rc = read_copy(m, copy);

	return rc < 0 ? rc : lapse_mail_read(out, arena, &(struct lapse_raw){ .format = copy->format, .data = m->run->other.data,
	    .len = m->run->other.len, .envelope = *copy->envelope != '\0' ? copy->envelope : NULL }, NULL);
}

/* Where copies say different times, the one that speaks may be off as far as the others are. */
static void
widen(struct lapse_mail *mail, const struct lapse_mail *other)
{
	int64_t apart = lapse_time_is_set(other->at) && lapse_time_is_set(mail->at) ? other->at.sec - mail->at.sec : 0;

	apart = (apart < 0 ? -apart : apart) + (apart != 0 ? other->slack : 0);
	if (apart > mail->slack)
		mail->slack = apart;
}

/* Read the other copies, which stand after the one that speaks. */
static int
read_others(struct lapse_mail *mail, struct mail_run *m, struct mail_copy *copies, size_t ncopies)
{
	struct lapse_arena arena;
	struct lapse_mail other;
	int rc = 0;

	lapse_arena_init(&arena);
	for (size_t i = 1; rc == 0 && i < ncopies; i++) {
		lapse_arena_reset(&arena);
		rc = read_mail(&other, &arena, m, &copies[i]);
		copies[i].headers = (int64_t)other.nheaders;
		if (rc == 0 && mail_post_number(&other) != mail_post_number(mail))
			rc = lapse_fail(LAPSE_EFORMAT, "its copies are of different messages");
		widen(mail, &other);
	}
	lapse_arena_release(&arena);
	return rc;
}

int
mail_post_derive(json_t **out, struct mail_run *m, const struct mail_post *post)
{
	struct lapse_arena arena;
	struct lapse_mail mail;
	struct mail_copy *copies;
	int rc;

	lapse_arena_init(&arena);
	copies = lapse_arena_alloc(&arena, post->ncopies * sizeof(*copies));
	memcpy(copies, post->copies, post->ncopies * sizeof(*copies));
	rc = read_mail(&mail, &arena, m, &copies[0]);
	if (rc == 0) {
		copies[0].headers = (int64_t)mail.nheaders;
		rc = read_others(&mail, m, copies, post->ncopies);
	}
	if (rc == 0)
		*out = mail_post_encode(&mail, copies, post->ncopies);
	lapse_arena_release(&arena);
	return rc;
}

static int
put(struct mail_run *m, const char *path, json_t *doc)
{
	struct import *run = m->run;
	int rc;

	lapse_buf_reset(&run->bytes);
	rc = lapse_canon_write(&run->bytes, doc);
	json_decref(doc);
	return rc < 0 ? rc : lapse_batch_put(run->batch, path, run->bytes.data, run->bytes.len);
}

/* What is left of a post in the thread that it was in: where it belongs now. */
static int
put_moved(struct mail_run *m, const struct mail_post *post, const json_t *doc)
{
	char path[LAPSE_PATH_MAX];
	json_t *stub = json_copy((json_t *)doc);

	json_object_set_new(stub, "moved_to", json_integer(post->thread));
	return put(m, lapse_path_post(path, m->run->source, post->had, post->number), stub);
}

/* Its messages are read a second time here: that costs less than to keep what all of them say until it is known which thread they belong to. */
static int
put_post(struct mail_run *m, const struct mail_post *post)
{
	char path[LAPSE_PATH_MAX];
	json_t *doc = NULL;
	int rc = mail_post_derive(&doc, m, post);

	if (rc == 0 && post->had >= 0 && post->had != post->thread)
		rc = put_moved(m, post, doc);
	if (rc == 0)
		rc = put(m, lapse_path_post(path, m->run->source, post->thread, post->number), json_incref(doc));
	json_decref(doc);
	return rc;
}

/* ---- threads ---- */

/* posts.json, with whom each post answers. */
static json_t *
encode_list(const struct group *group)
{
	json_t *numbers = json_array(), *parents = json_array();

	for (size_t i = 0; i < group->nposts; i++) {
		int64_t parent = group->posts[i]->parent;

		json_array_append_new(numbers, json_integer(group->posts[i]->number));
		json_array_append_new(parents, parent >= 0 ? json_integer(parent) : json_null());
	}
	return json_pack("{s:o, s:o}", "numbers", numbers, "parents", parents);
}

/* The post that gives the thread its name: the root, else the oldest that is there. */
static const struct mail_post *
first_of(const struct mail_post *const *posts, size_t nposts)
{
	const struct mail_post *first = posts[0];

	for (size_t i = 0; i < nposts; i++) {
		const struct mail_post *post = posts[i];
		bool is_root = strcmp(post->message_id, post->root) == 0, was = strcmp(first->message_id, post->root) == 0;

		if (is_root != was ? is_root : post->at.sec < first->at.sec)
			first = post;
	}
	return first;
}

json_t *
mail_thread_encode(const struct mail_post *const *posts, size_t nposts)
{
	const struct mail_post *first = first_of(posts, nposts);

	return json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)first->thread, "root", first->root,
	    "summary", first->subject != NULL ? first->subject : "", "status", "");
}

json_t *
mail_changes_encode(void)
{
	return json_pack("{s:[]}", "history");
}

/* All posts of a thread may have left it: then only its list says so. */
static int
put_thread(struct mail_run *m, const struct group *group)
{
	const char *source = m->run->source;
	char path[LAPSE_PATH_MAX];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < group->nposts; i++)
		if (is_touched(group->posts[i]))
			rc = put_post(m, group->posts[i]);
	if (rc == 0)
		rc = put(m, lapse_path_posts(path, source, group->id), encode_list(group));
	if (rc < 0 || group->nposts == 0)
		return rc;
	rc = put(m, lapse_path_fields(path, source, group->id),
	    mail_thread_encode((const struct mail_post *const *)group->posts, group->nposts));
	/* A list tells no changes: that is known, and no reader need doubt it. */
	return rc < 0 ? rc : put(m, lapse_path_changes(path, source, group->id), mail_changes_encode());
}

/* ---- all ---- */

static int
by_thread_number(const void *va, const void *vb)
{
	const struct mail_post *a = *(struct mail_post *const *)va, *b = *(struct mail_post *const *)vb;

	if (a->thread != b->thread)
		return a->thread < b->thread ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* The threads that messages of this run belong to, and those that lose posts. */
static void
note_scope(const struct mail_run *m)
{
	struct lapse_capture *capture = m->run->capture;

	for (size_t i = 0; i < m->posts.nitems; i++) {
		const struct mail_post *post = &m->posts.items[i];
		bool moves = post->had >= 0 && post->had != post->thread;

		for (int part = 0; part < LAPSE_PART_ATTACHMENTS; part++) {
			if (post->came || moves)
				lapse_ids_add(&capture->scope[part], post->thread);
			if (moves)
				lapse_ids_add(&capture->scope[part], post->had);
		}
	}
	for (int part = 0; part < LAPSE_NPARTS; part++)
		lapse_ids_sort(&capture->scope[part]);
}

/* Of these threads nothing is known after their newest message. */
static struct lapse_instant
find_reach(const struct mail_run *m)
{
	const struct lapse_capture *capture = m->run->capture;
	struct lapse_instant newest = LAPSE_NEVER;

	for (size_t i = 0; i < m->posts.nitems; i++)
		/* One that is said to be of later than the capture says nothing of when it was. */
		if (m->posts.items[i].at.sec > newest.sec && m->posts.items[i].at.sec != MAIL_UNDATED.sec &&
		    m->posts.items[i].at.sec <= capture->time.sec && lapse_ids_has(&capture->scope[LAPSE_PART_BUGS], m->posts.items[i].thread))
			newest = m->posts.items[i].at;
	return lapse_time_is_set(newest) ? newest : capture->time;
}

struct mail_post **
mail_posts_by_thread(struct mail_run *m)
{
	struct mail_post **posts = lapse_alloc(m->posts.nitems, sizeof(*posts));

	for (size_t i = 0; i < m->posts.nitems; i++)
		posts[i] = &m->posts.items[i];
	if (m->posts.nitems > 1)
		qsort(posts, m->posts.nitems, sizeof(*posts), by_thread_number);
	return posts;
}

int
mail_threads_put(struct mail_run *m)
{
	const struct lapse_ids *touched = &m->run->capture->scope[LAPSE_PART_BUGS];
	struct mail_post **posts = mail_posts_by_thread(m);
	size_t at = 0;
	int rc = 0;

	note_scope(m);
	m->run->capture->reaches = find_reach(m);
	for (size_t i = 0; rc == 0 && i < touched->nitems; i++) {
		struct group group = { .id = touched->items[i] };

		while (at < m->posts.nitems && posts[at]->thread < group.id)
			at++;
		group.posts = posts + at;
		while (at + group.nposts < m->posts.nitems && group.posts[group.nposts]->thread == group.id)
			group.nposts++;
		rc = put_thread(m, &group);
	}
	free(posts);
	return rc;
}
