#include "cells.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lapse/layout.h"

void
lapse_cell_doubts(struct lapse_emit *emit, unsigned doubts)
{
	const char *names[LAPSE_NDOUBTS];
	size_t n = 0;

	for (size_t bit = 0; bit < LAPSE_NDOUBTS; bit++)
		if (doubts & 1u << bit)
			names[n++] = lapse_doubt_name(bit);
	lapse_emit_list(emit, names, n);
}

void
lapse_cell_post(struct lapse_emit *emit, const struct lapse_post *post)
{
	if (post != NULL)
		lapse_emit_int(emit, post->number);
	else
		lapse_emit_null(emit);
}

void
lapse_cell_thread(struct lapse_emit *emit, const struct lapse_thread *thread)
{
	size_t source = strlen(thread->source), id = strlen(thread->id);
	char name[128];

	/* By hand: every row has one. A source's name has 64 letters at most. */
	assert(source + 1 + id < sizeof(name));
	memcpy(name, thread->source, source);
	name[source] = ':';
	memcpy(name + source + 1, thread->id, id);
	name[source + 1 + id] = '\0';
	lapse_emit_text(emit, name);
}

void
lapse_cell_evidence(struct lapse_emit *emit, const struct lapse_thread *thread, const struct lapse_obligation *o)
{
	char path[LAPSE_PATH_MAX];

	if (o->post != NULL) {
		lapse_emit_text(emit, lapse_post_path(path, thread, o->post));
		return;
	}
	snprintf(path, sizeof(path), "%s/changes.json", thread->path);
	lapse_emit_text(emit, path);
}

void
lapse_cell_gap(struct lapse_emit *emit, int64_t seconds)
{
	if (seconds >= 0)
		lapse_emit_span(emit, seconds);
	else
		lapse_emit_null(emit);
}
