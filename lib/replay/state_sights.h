/*
 * What the known captures saw of one thread: its documents before and after a moment. Private to this floor.
 */
#ifndef LAPSE_REPLAY_SIGHTS_H
#define LAPSE_REPLAY_SIGHTS_H

#include "state_moment.h"

#include "lapse/replay.h"

#define SIGHT_NONE ((size_t)-1)

struct sights {
	struct lapse_view *view;
	struct lapse_arena *arena;
	struct lapse_known_capture *captures;
	unsigned char *covered;
	size_t ncaptures;
	struct lapse_version *versions;
	size_t nversions;
	struct lapse_ids **posts, **attachments;	/* by capture: what its list held; NULL: it did not list them */
	json_t *docs;			/* keeps the documents */
};

/* Fill it. lapse_sights_release() ends it, also after a failure; the rest is in the arena. */
int lapse_sights_open(struct sights *out, struct lapse_view *view, size_t i, struct lapse_arena *arena);
void lapse_sights_release(struct sights *sights);

/* The capture's number among them: the newest before `at` (or, with `after`, the oldest from `at` on) whose list has a number. */
size_t lapse_sights_listed(const struct sights *sights, struct lapse_ids *const *lists, int64_t number,
    struct lapse_instant at, bool after);

/* The same for a part, without a list. */
size_t lapse_sights_covering(const struct sights *sights, enum lapse_part part, struct lapse_instant at, bool after);

/*
 * A document of the thread's folder as two captures (SIGHT_NONE: no such) left it; both NULL when it is in neither. When there
 * is no such capture, the newest version stands in, after the moment. Documents are borrowed from `sights`.
 */
int lapse_sights_moment(struct moment *out, struct sights *sights, const char *path, size_t before, size_t after);

/* The tree of the thread's folder as a capture left it; NULL when it was not there yet. */
const struct lapse_oid *lapse_sights_tree(const struct sights *sights, size_t capture);

#endif
