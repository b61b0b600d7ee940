/* Bugzilla's REST answers, taken apart: private to this floor. */
#ifndef LAPSE_SOURCE_BUGZILLA_H
#define LAPSE_SOURCE_BUGZILLA_H

#include <jansson.h>

#include "lapse/alloc.h"
#include "lapse/layout.h"
#include "lapse/model.h"
#include "lapse/source.h"
#include "lapse/store.h"

/* How many changes a bug's history held. */
struct history {
	int64_t bug;
	size_t order;
	size_t nchanges;
};

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
	struct history *histories;	/* each that was put, in their order: the last one of a bug stays */
	size_t nhistories;
	size_t histories_cap;
	bool public_only;		/* private comments and attachments are passed over, and counted */
	size_t withheld;
	struct replay *replay;		/* documents are compared, and not written; NULL: they are written */
	struct lapse_buf bytes;		/* scratch: canonical bytes */
	struct lapse_buf other;		/* scratch: the version that was there */
};

/*
 * The source's newest capture from the network below a commit's tree (captures of saved files lie between): 1 and its
 * record, or 0. *out is ended with lapse_capture_release(), whatever the code.
 */
int lapse_capture_asked(struct lapse_capture *out, struct lapse_store *store, const struct lapse_oid *tree, const char *source);

/*
 * The source's newest capture before this run: 1 with its record and place, or 0. Fails when this run is
 * older, or when the archive's documents of the source are not what that capture left.
 */
int lapse_import_earlier(struct lapse_capture *newest, struct lapse_place *place, struct import *run,
    struct lapse_store *store);

/* Did the run change nothing, and cover nothing that a capture of the same time did not cover already? */
bool lapse_import_is_known(const struct import *run, const struct lapse_capture *newest);

/* Begin a run of a source without a batch yet; the batch that it gets later is its own, and ends with it. */
void lapse_import_init(struct import *run, const char *source, struct lapse_capture *capture);
void lapse_import_release(struct import *run);

/* When all has come: sort the scope, count what is counted at the end. */
void lapse_import_settle(struct import *run);

/* Write the record (the `ordinal`-th of its second) and commit the run: 1 and its id. */
int lapse_import_commit(struct lapse_oid *out, struct import *run, int ordinal);

/* Is this run's capture not older than that one? */
int lapse_import_check_order(const struct import *run, const struct lapse_capture *newest);

/*
 * A whole run over files and folders: `take` puts into it what one file holds, and lowers run->capture->time, LAPSE_NEVER
 * until then, if nobody has said it. For lapse_import_bugzilla() and its like.
 */
typedef int lapse_take_fn(struct import *run, const char *path, void *payload);
struct lapse_import_input {
	const char *kind;		/* of the source: "bugzilla", "mail" */
	char *const *paths;
	size_t npaths;
	bool as_given;			/* `take` looks into folders itself */
	lapse_take_fn *take;
	int (*end)(void *payload);	/* after the last file; NULL */
	void *payload;
};
int lapse_import_files(struct lapse_import_result *out, struct lapse_store *store, const struct lapse_import_input *input,
    const struct lapse_import_options *options);

/* Has it the shape of an answer that lapse_bugzilla_take() knows? Says nothing about what is in it. */
bool lapse_bugzilla_is_answer(const json_t *answer);

/* Put the documents of one parsed answer into the run. Failures say where in the answer. */
int lapse_bugzilla_take(struct import *run, json_t *answer);

/*
 * Put one document. When this run has brought another version of it already, the one that
 * archive-layout.md prefers stays, whichever came first. Returns 1 when it is the first of
 * this run, 2 when it took the place of another, 0 when the other stayed.
 */
int lapse_import_put(struct import *run, const char *path, const json_t *doc);

/* Which of two versions stays: > 0 when it is `a`. The bytes are their canonical ones. */
int lapse_import_compare(const json_t *a, const struct lapse_buf *abytes, const json_t *b, const struct lapse_buf *bbytes);

/* The same for a list of numbers, where versions are joined. `ids` gets sorted. */
int lapse_import_put_list(struct import *run, const char *path, struct lapse_ids *ids);

#endif
