/* Documents that follow from evidence, compared instead of written: private to this floor. */
#ifndef LAPSE_SOURCE_REPLAY_H
#define LAPSE_SOURCE_REPLAY_H

#include "bugzilla.h"

struct replay;

/* Against a capture's tree. The caller releases it with lapse_replay_free(). */
struct replay *lapse_replay_new(struct lapse_store *store, const struct lapse_oid *tree);
void lapse_replay_free(struct replay *replay);

/* As lapse_import_put() and lapse_import_put_list(), whose run has a replay: the bytes are in run->bytes, the ids sorted. */
int lapse_replay_put(struct import *run, const char *path, const json_t *doc);
int lapse_replay_put_list(struct import *run, const char *path, const struct lapse_ids *ids);

/* The capture's document at a path: 1 read, 0 not there. */
int lapse_replay_get(struct lapse_buf *out, struct replay *replay, const char *path);

/* When all has come: fn gets every document that is not what the answers say. */
int lapse_replay_end(struct replay *replay, void (*fn)(const char *path, const char *what, void *payload), void *payload);

/* After that: did an answer say this document? */
bool lapse_replay_has(const struct replay *replay, const char *path);

#endif
