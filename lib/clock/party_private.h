/* What reading a parties document leaves behind, for the lookups. */
#ifndef LAPSE_CLOCK_PARTY_PRIVATE_H
#define LAPSE_CLOCK_PARTY_PRIVATE_H

#include "lookup.h"

#include "lapse/alloc.h"
#include "lapse/party.h"

/* One membership, found by its address or its domain. */
struct lapse_claim {
	const struct lapse_party *party;
	const struct lapse_member *member;
};

/* One entry of "threads", found by the thread's id. */
struct lapse_assignment {
	const char *source;
	const struct lapse_party *party;	/* NULL: nobody's */
};

struct lapse_parties {
	struct lapse_arena arena;
	struct lapse_party *items;
	size_t nitems;
	size_t nprefixes;
	size_t longest_domain;		/* in bytes */
	struct lapse_lookup ids;
	struct lapse_lookup addresses;	/* of struct lapse_claim */
	struct lapse_lookup domains;	/* of struct lapse_claim */
	struct lapse_lookup threads;	/* of struct lapse_assignment */
};

#endif
