/* Who posts in the archive's threads without any party claiming them. */
#ifndef LAPSE_UNCLAIMED_H
#define LAPSE_UNCLAIMED_H

#include "lapse/gaps.h"

struct lapse_stranger {
	const char *address;	/* as the posts have it, lower case */
	size_t posts;
	size_t threads;
	struct lapse_instant first;
	struct lapse_instant last;
};

struct lapse_unclaimed {
	struct lapse_arena arena;
	struct lapse_stranger *items;	/* most posts first, then by address */
	size_t nitems, cap;
	size_t *table;			/* by hash: number + 1 */
	size_t table_size;
	struct lapse_tally tally;
};

/* Public posts only. The caller releases it with lapse_unclaimed_release(), also on failure. */
int lapse_unclaimed_run(struct lapse_unclaimed *out, const struct lapse_question *question);
void lapse_unclaimed_release(struct lapse_unclaimed *unclaimed);

#endif
