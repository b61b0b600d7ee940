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

/* A summary prefix, found by the first byte of what it matches. */
struct lapse_start {
	unsigned char first;	/* ASCII, a capital as its small letter; LAPSE_START_OTHER: anything may match it */
	const char *prefix;
	const struct lapse_party *party;
};
#define LAPSE_START_OTHER 0x80

/* Stances that were asked for: the same few hundred people write in all threads. */
#define LAPSE_NMEMOS 1024
struct lapse_memo {
	char address[48];	/* "": a free place; longer ones are not kept */
	const struct lapse_party *owner;
	struct lapse_stance stance;
};

struct lapse_parties {
	struct lapse_arena arena;
	struct lapse_party *items;
	size_t nitems;
	struct lapse_start *starts;	/* by first byte */
	size_t nprefixes;
	size_t begins[LAPSE_START_OTHER + 2];	/* of each first byte, in starts; the last one: their end */
	struct lapse_memo *memos;
	size_t longest_domain;		/* in bytes */
	struct lapse_lookup ids;
	struct lapse_lookup addresses;	/* of struct lapse_claim */
	struct lapse_lookup domains;	/* of struct lapse_claim */
	struct lapse_lookup threads;	/* of struct lapse_assignment */
};

/* The first byte of a text, as struct lapse_start has it. */
unsigned char lapse_start_of(const char *text);

#endif
