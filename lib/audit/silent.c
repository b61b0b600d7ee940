#include "silent.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/replay.h"
#include "lapse/text.h"

struct silent_thread {
	size_t source;
	int64_t id;
	size_t commit;
};

void
lapse_silent_init(struct silent *silent)
{
	*silent = (struct silent){ 0 };
	lapse_arena_init(&silent->arena);
}

void
lapse_silent_release(struct silent *silent)
{
	free(silent->threads);
	free(silent->sources);
	lapse_arena_release(&silent->arena);
}

/* An archive has few sources. */
static size_t
find_source(struct silent *silent, const char *name)
{
	for (size_t i = 0; i < silent->nsources; i++)
		if (strcmp(silent->sources[i], name) == 0)
			return i;
	silent->sources = lapse_grow(silent->sources, silent->nsources, &silent->sources_cap,
	    sizeof(*silent->sources));
	silent->sources[silent->nsources] = lapse_arena_dup(&silent->arena, name);
	return silent->nsources++;
}

void
lapse_silent_note(struct silent *silent, const struct lapse_place *place)
{
	struct silent_thread thread = { find_source(silent, place->source), place->thread, silent->commit };
	const struct silent_thread *last = &silent->threads[silent->nthreads - (silent->nthreads > 0)];

	if (silent->nthreads > 0 && last->source == thread.source && last->id == thread.id &&
	    last->commit == thread.commit)
		return;
	silent->threads = lapse_grow(silent->threads, silent->nthreads, &silent->cap, sizeof(*silent->threads));
	silent->threads[silent->nthreads++] = thread;
}

static int
by_thread(const void *va, const void *vb)
{
	const struct silent_thread *a = va, *b = vb;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* Keep one of each thread that was noted more than once. */
static void
keep_repeated(struct silent *silent)
{
	struct silent_thread *threads = silent->threads;
	size_t n = 0, end;

	if (silent->nthreads > 1)
		qsort(threads, silent->nthreads, sizeof(*threads), by_thread);
	for (size_t i = 0; i < silent->nthreads; i = end) {
		for (end = i + 1; end < silent->nthreads && by_thread(&threads[i], &threads[end]) == 0; end++)
			;
		if (end - i > 1)
			threads[n++] = threads[i];
	}
	silent->nthreads = n;
}

static bool
is_repeated(struct silent *silent, const char *source, const char *id)
{
	struct silent_thread key = { .source = find_source(silent, source) };

	return silent->nthreads > 0 && lapse_int_parse(&key.id, id, 0, INT64_MAX) == 0 &&
	    bsearch(&key, silent->threads, silent->nthreads, sizeof(key), by_thread) != NULL;
}

int64_t
lapse_silent_check(struct silent *silent, struct lapse_store *store,
    void (*fn)(const struct lapse_events *events, const struct lapse_event *event, void *payload), void *payload)
{
	struct lapse_known known = { .by = LAPSE_NEVER };
	struct lapse_events events;
	struct lapse_arena arena;
	struct lapse_view *view;
	const char *source, *id;
	int rc;

	keep_repeated(silent);
	if (silent->nthreads == 0)
		return 0;
	rc = lapse_view_open(&view, store, &known, NULL);
	if (rc < 0)
		return rc;
	lapse_arena_init(&arena);
	for (size_t i = 0; i < lapse_view_nthreads(view); i++) {
		lapse_arena_reset(&arena);
		lapse_view_name(&source, &id, view, i, &arena);
		if (!is_repeated(silent, source, id))
			continue;
		if (lapse_events_load(&events, &arena, view, store, i, true) < 0)
			fn(&events, NULL, payload);
		for (size_t k = 0; k < events.nitems; k++)
			fn(&events, &events.items[k], payload);
	}
	lapse_arena_release(&arena);
	lapse_view_free(view);
	return (int64_t)silent->nthreads;
}
