#include "edited.h"

#include <string.h>

#include "lapse/events.h"
#include "lapse/replay.h"
#include "lapse/text.h"

static void
note_edits(struct lapse_edited *out, const struct lapse_events *events, int64_t bug)
{
	for (size_t i = 0; i < events->nitems; i++) {
		const struct lapse_event *event = &events->items[i];

		if (event->kind == LAPSE_EVENT_EDITED && lapse_time_is_set(event->after) && event->post >= 0)
			lapse_edited_add(out, bug, event->post);
	}
}

/* What has one version only was never seen to change. */
static int
look_at(struct lapse_edited *out, struct lapse_view *view, struct lapse_store *store, size_t i, int64_t bug)
{
	struct lapse_version *versions;
	struct lapse_events events;
	struct lapse_arena arena;
	size_t n;
	int rc;

	lapse_arena_init(&arena);
	rc = lapse_view_versions(&versions, &n, &arena, view, i);
	if (rc == 0 && n > 1)
		rc = lapse_events_load(&events, &arena, view, store, i, false);
	if (rc == 0 && n > 1)
		note_edits(out, &events, bug);
	lapse_arena_release(&arena);
	return rc;
}

int
cmd_edited_choose(struct lapse_edited *out, struct lapse_store *store, const char *source)
{
	const struct lapse_known known = { .by = LAPSE_NEVER };
	struct lapse_view *view = NULL;
	struct lapse_arena arena;
	int rc = lapse_view_open(&view, store, &known, NULL);

	lapse_arena_init(&arena);
	for (size_t i = 0; rc == 0 && i < lapse_view_nthreads(view); i++) {
		const char *its_source, *id;
		int64_t bug;

		lapse_view_name(&its_source, &id, view, i, &arena);
		if (strcmp(its_source, source) == 0 && lapse_int_parse(&bug, id, 0, INT64_MAX) == 0)
			rc = look_at(out, view, store, i, bug);
	}
	lapse_arena_release(&arena);
	lapse_view_free(view);
	return rc;
}
