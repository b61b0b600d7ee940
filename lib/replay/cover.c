/*
 * When each thread was last seen, part by part: the captures' own records,
 * newest first, read only as far back as somebody needs to know.
 */
#include <stdio.h>
#include <stdlib.h>

#include "replay_internal.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"

static int
by_id(const void *key, const void *item)
{
	int64_t id = *(const int64_t *)key, other = ((const struct known_thread *)item)->id;

	return id < other ? -1 : id > other;
}

static void
cover_part(struct lapse_view *view, struct known_source *source, enum lapse_part part,
    const struct lapse_ids *ids, struct lapse_instant time)
{
	for (size_t i = 0; i < ids->nitems && source->nthreads > 0; i++) {
		struct known_thread *thread = bsearch(&ids->items[i], view->threads + source->first,
		    source->nthreads, sizeof(*view->threads), by_id);

		if (thread == NULL || lapse_time_is_set(thread->seen[part]))
			continue;
		thread->seen[part] = time;
		if (part == LAPSE_PART_BUGS || part == LAPSE_PART_COMMENTS)
			source->uncovered--;
	}
}

/* Read one record further back: 1, or 0 when there is none. */
static int
cover_by_record(struct lapse_view *view, struct known_source *source)
{
	struct lapse_capture capture;
	struct lapse_entry entry;
	json_t *doc = NULL;
	const char *path;
	int rc = lapse_walk_next(source->records, &path, &entry);

	if (rc <= 0)
		return rc;
	lapse_capture_init(&capture);
	rc = lapse_doc_read(&view->buf, view->store, &entry);
	if (rc == 0)
		rc = lapse_json_parse(&doc, view->buf.data, view->buf.len, NULL);
	if (rc == 0)
		rc = lapse_codec_capture_decode(&capture, doc);
	for (int part = 0; rc == 0 && part < LAPSE_NPARTS; part++)
		cover_part(view, source, part, &capture.scope[part], capture.time);
	lapse_capture_release(&capture);
	json_decref(doc);
	return rc < 0 ? lapse_context(rc, "%s", path) : 1;
}

/* The view's threads are sorted by source: this source's are one run of them. */
static void
find_run(const struct lapse_view *view, size_t s)
{
	struct known_source *source = &view->sources[s];
	size_t i = 0;

	while (i < view->nthreads && view->threads[i].source < s)
		i++;
	source->first = i;
	while (i < view->nthreads && view->threads[i].source == s)
		i++;
	source->nthreads = i - source->first;
	source->uncovered = 2 * source->nthreads;
}

int
lapse_view_cover(struct lapse_view *view, size_t s)
{
	struct known_source *source = &view->sources[s];
	char folder[LAPSE_PATH_MAX];
	int rc;

	find_run(view, s);
	snprintf(folder, sizeof(folder), "captures/%s", source->public.name);
	rc = lapse_walk_open_last(&source->records, view->store, &source->commit.tree, folder);
	if (rc == 0)
		rc = 1;
	while (rc > 0 && source->uncovered > 0)
		rc = cover_by_record(view, source);
	return rc < 0 ? rc : 0;
}

int
lapse_view_cover_history(struct lapse_view *view, struct known_thread *thread)
{
	struct known_source *source = &view->sources[thread->source];
	int rc = 1;

	while (rc > 0 && !lapse_time_is_set(thread->seen[LAPSE_PART_HISTORY]))
		rc = cover_by_record(view, source);
	return rc < 0 ? rc : 0;
}
