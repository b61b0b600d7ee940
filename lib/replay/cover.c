/*
 * When each thread was last seen, part by part: the captures' own records,
 * newest first, until every thread's fields and posts have been met, and then as far back as a
 * history could still be as new as they are.
 */
#include <stdio.h>
#include <stdlib.h>

#include "replay_internal.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"

/* A source's threads in the view, and how many of their parts nothing has covered yet. */
struct uncovered {
	struct known_thread *threads;
	size_t nthreads;
	size_t left;			/* of their fields and posts */
	struct lapse_instant oldest;	/* of the captures that these were met in */
};

static int
by_id(const void *key, const void *item)
{
	int64_t id = *(const int64_t *)key, other = ((const struct known_thread *)item)->id;

	return id < other ? -1 : id > other;
}

static void
cover_part(struct uncovered *u, enum lapse_part part, const struct lapse_ids *ids, struct lapse_instant time)
{
	for (size_t i = 0; i < ids->nitems && u->nthreads > 0; i++) {
		struct known_thread *thread = bsearch(&ids->items[i], u->threads, u->nthreads,
		    sizeof(*u->threads), by_id);

		if (thread == NULL || lapse_time_is_set(thread->seen[part]))
			continue;
		thread->seen[part] = time;
		if (part != LAPSE_PART_BUGS && part != LAPSE_PART_COMMENTS)
			continue;
		u->left--;
		u->oldest = time;
	}
}

static int
cover_by_record(struct lapse_view *view, struct uncovered *u, const struct lapse_entry *entry, const char *path)
{
	struct lapse_capture capture;
	json_t *doc = NULL;
	int rc = lapse_doc_read(&view->buf, view->store, entry);

	if (rc == 0)
		rc = lapse_json_parse(&doc, view->buf.data, view->buf.len, NULL);
	if (rc < 0)
		return lapse_context(rc, "%s", path);
	rc = lapse_codec_capture_decode(&capture, doc);
	for (int part = 0; rc == 0 && part < LAPSE_NPARTS; part++)
		cover_part(u, part, &capture.scope[part], capture.time);
	lapse_capture_release(&capture);
	json_decref(doc);
	return lapse_context(rc, "%s", path);
}

/* The view's threads are sorted by source: this source's are one run of them. */
static struct uncovered
run_of(struct lapse_view *view, size_t s)
{
	struct uncovered u = { .threads = view->threads, .oldest = LAPSE_NEVER };
	size_t i = 0;

	while (i < view->nthreads && view->threads[i].source < s)
		i++;
	u.threads = view->threads + i;
	while (i + u.nthreads < view->nthreads && u.threads[u.nthreads].source == s)
		u.nthreads++;
	u.left = 2 * u.nthreads;
	return u;
}

static bool
is_older(const char *path, struct lapse_instant than)
{
	struct lapse_place place;

	return lapse_place_parse(&place, path) && lapse_time_is_set(than) && place.time.sec < than.sec;
}

int
lapse_view_cover(struct lapse_view *view, size_t s)
{
	struct uncovered u = run_of(view, s);
	struct lapse_walk *walk = NULL;
	struct lapse_entry entry;
	char folder[LAPSE_PATH_MAX];
	const char *path;
	int rc;

	snprintf(folder, sizeof(folder), "captures/%s", view->sources[s].public.name);
	rc = lapse_walk_open_last(&walk, view->store, &view->sources[s].commit.tree, folder);
	while (rc >= 0 && (rc = lapse_walk_next(walk, &path, &entry)) > 0) {
		if (u.left == 0 && is_older(path, u.oldest))
			break;
		rc = cover_by_record(view, &u, &entry, path);
	}
	lapse_walk_free(walk);
	return rc < 0 ? rc : 0;
}
