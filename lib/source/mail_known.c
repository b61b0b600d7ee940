/* What the archive has of a list already, and what this run brings, as one set of posts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail_run.h"

#include "lapse/error.h"
#include "lapse/json.h"

/* ---- the archive's ---- */

static int
add_post(struct mail_run *m, const struct lapse_entry *entry, const struct lapse_place *place)
{
	struct mail_post post;
	json_t *doc = NULL;
	int rc = lapse_doc_read(&m->run->other, m->store, entry);

	if (rc == 0)
		rc = lapse_json_parse(&doc, m->run->other.data, m->run->other.len, NULL);
	/* A post that belongs to another thread now is there, too. */
	if (rc == 0 && json_object_get(doc, "moved_to") == NULL) {
		rc = mail_post_decode(&post, &m->arena, doc);
		post.had = place->thread;
		m->posts.items = lapse_grow(m->posts.items, m->posts.nitems, &m->posts.cap, sizeof(*m->posts.items));
		m->posts.items[m->posts.nitems++] = post;
	}
	json_decref(doc);
	return rc;
}

int
mail_known_add(struct mail_run *m, const struct lapse_oid *tree)
{
	struct lapse_walk *walk = NULL;
	struct lapse_place place;
	struct lapse_entry entry;
	char folder[LAPSE_PATH_MAX];
	const char *path;
	int rc;

	snprintf(folder, sizeof(folder), "threads/%s", m->run->source);
	rc = lapse_walk_open(&walk, m->store, tree, folder);
	while (rc == 0 && (rc = lapse_walk_next(walk, &path, &entry)) > 0) {
		rc = 0;
		if (lapse_place_parse(&place, path) && place.file == LAPSE_FILE_POST)
			rc = lapse_context(add_post(m, &entry, &place), "%s", path);
	}
	lapse_walk_free(walk);
	return rc;
}

/* ---- one post of all its copies ---- */

static int
compare_copies(const struct mail_copy *a, const struct mail_copy *b)
{
	int order;

	if (a->headers != b->headers)
		return a->headers > b->headers ? -1 : 1;
	order = strcmp(a->sha256, b->sha256);
	if (order == 0)
		order = strcmp(a->format, b->format);
	return order != 0 ? order : strcmp(a->envelope, b->envelope);
}

static int
by_copy(const void *a, const void *b)
{
	return compare_copies(a, b);
}

/* By number; in one number what the archive has, then what came by its copy (it has one). */
static int
by_number(const void *va, const void *vb)
{
	const struct mail_post *a = va, *b = vb;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (a->came != b->came)
		return a->came ? 1 : -1;
	return compare_copies(&a->copies[0], &b->copies[0]);
}

/* The posts of one number, all of them. What its fullest copy says of it stands. */
static struct mail_post
join(struct lapse_arena *arena, const struct mail_post *posts, size_t nposts)
{
	struct mail_post out = posts[0];
	size_t most = 0, had = posts[0].came ? 0 : posts[0].ncopies;

	for (size_t i = 0; i < nposts; i++) {
		most += posts[i].ncopies;
		out.came = out.came || posts[i].came;
		if (compare_copies(&posts[i].copies[0], &out.copies[0]) < 0) {
			out.subject = posts[i].subject;
			out.references = posts[i].references;
			out.nreferences = posts[i].nreferences;
			out.at = posts[i].at;
			out.copies = posts[i].copies;
		}
	}
	out.copies = lapse_arena_alloc(arena, most * sizeof(*out.copies));
	out.ncopies = 0;
	for (size_t i = 0; i < nposts; i++)
		for (size_t k = 0; k < posts[i].ncopies; k++)
			out.copies[out.ncopies++] = posts[i].copies[k];
	qsort(out.copies, out.ncopies, sizeof(*out.copies), by_copy);
	most = out.ncopies;
	out.ncopies = 1;
	for (size_t k = 1; k < most; k++)
		if (compare_copies(&out.copies[k], &out.copies[out.ncopies - 1]) != 0)
			out.copies[out.ncopies++] = out.copies[k];
	out.is_new_copy = out.ncopies > had;
	return out;
}

void
mail_posts_settle(struct mail_run *m)
{
	struct mail_posts *posts = &m->posts;
	size_t n = 0, end;

	if (posts->nitems > 1)
		qsort(posts->items, posts->nitems, sizeof(*posts->items), by_number);
	for (size_t i = 0; i < posts->nitems; i = end) {
		for (end = i + 1; end < posts->nitems && posts->items[end].number == posts->items[i].number; )
			end++;
		posts->items[n++] = join(&m->arena, &posts->items[i], end - i);
	}
	posts->nitems = n;
}
