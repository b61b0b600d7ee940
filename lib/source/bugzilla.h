/* Bugzilla's REST answers, taken apart: private to this floor. */
#ifndef LAPSE_SOURCE_BUGZILLA_H
#define LAPSE_SOURCE_BUGZILLA_H

#include <jansson.h>

#include "lapse/alloc.h"
#include "lapse/model.h"
#include "lapse/store.h"

/* One run of an import: where documents go and what is known of them. */
struct import {
	struct lapse_batch *batch;
	const char *source;
	struct lapse_capture *capture;
	struct lapse_instant newest;
	struct lapse_arena arena;	/* scratch, reset after each document */
	struct lapse_arena names;	/* of what came in two versions */
	const char **contested;
	size_t ncontested;
	size_t contested_cap;
	struct lapse_buf bytes;		/* scratch: canonical bytes */
	struct lapse_buf other;		/* scratch: the version that was there */
};

/* Put the documents of one parsed answer into the run. Failures say where in the answer. */
int lapse_bugzilla_take(struct import *run, json_t *answer);

/*
 * Put one document. When this run has brought another version of it already, the one that
 * archive-layout.md prefers stays, whichever came first. Returns 1 when it is the first of
 * this run, 0 when it met another.
 */
int lapse_import_put(struct import *run, const char *path, const json_t *doc);

/* The same for a list of numbers, where versions are joined. `ids` gets sorted. */
int lapse_import_put_list(struct import *run, const char *path, struct lapse_ids *ids);

#endif
