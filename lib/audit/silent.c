#include "silent.h"

#include "lapse/replay.h"

/* Was the thread changed by more than one capture? */
static int
is_repeated(struct lapse_view *view, size_t i, struct lapse_arena *arena)
{
	struct lapse_version *versions;
	size_t n;
	int rc = lapse_view_versions(&versions, &n, arena, view, i);

	return rc < 0 ? rc : n > 1;
}

int64_t
lapse_silent_check(struct lapse_store *store,
    void (*fn)(const struct lapse_events *events, const struct lapse_event *event, void *payload), void *payload)
{
	struct lapse_known known = { .by = LAPSE_NEVER };
	struct lapse_events events;
	struct lapse_arena arena;
	struct lapse_view *view;
	int64_t compared = 0;
	int rc = lapse_view_open(&view, store, &known, NULL);

	if (rc < 0)
		return rc;
	lapse_arena_init(&arena);
	for (size_t i = 0; i < lapse_view_nthreads(view); i++) {
		lapse_arena_reset(&arena);
		rc = is_repeated(view, i, &arena);
		if (rc == 0)
			continue;
		compared++;
		events = (struct lapse_events){ .nitems = 0 };
		if (rc < 0 || lapse_events_load(&events, &arena, view, store, i, true) < 0)
			fn(&events, NULL, payload);
		for (size_t k = 0; k < events.nitems; k++)
			fn(&events, &events.items[k], payload);
	}
	lapse_arena_release(&arena);
	lapse_view_free(view);
	return compared;
}
