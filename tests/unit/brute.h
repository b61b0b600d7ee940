/*
 * A reference for the clocks: the sentences of the design, carried out second
 * by second and by linear search, sharing nothing with lib/clock but the plain
 * structs. Slow on purpose; test_clock.c compares the two.
 *
 * It knows the clocks `response` (trigger post), `update` and `needinfo`.
 */
#ifndef LAPSE_TESTS_BRUTE_H
#define LAPSE_TESTS_BRUTE_H

#include <stddef.h>
#include <stdint.h>

#include "lapse/clock.h"

#define BRUTE_NEVER INT64_MIN
#define BRUTE_DAY 86400
#define BRUTE_MAX_FLAGS 256

/* A rule and the name of its zone; rule.zone is not looked at. */
struct brute_rule {
	struct lapse_rule rule;
	const char *zone;
};

/* An entry of "threads": who owns one thread, whatever its summary says. */
struct brute_entry {
	const char *thread;	/* "SOURCE:ID" */
	const char *party;	/* NULL: nobody */
};

/* What a parties file and a policy say, as their author meant it. */
struct brute_world {
	const struct lapse_party *parties;
	size_t nparties;
	const struct brute_entry *entries;
	size_t nentries;
	const struct brute_rule *rules;
	size_t nrules;
};

/* The owner of a thread; NULL: none. */
const struct lapse_party *brute_owner(const struct brute_world *world, const char *source,
    const char *id, const char *summary);

/* The side of an author at a second in a thread of `owner`. */
enum lapse_side brute_side(const struct brute_world *world, const struct lapse_party *owner,
    const char *address, int64_t at);

/* When something that opened at x is due. Changes TZ. */
int64_t brute_due(const struct brute_rule *rule, int64_t x);

/* 00:00:00 UTC of the Next update date that a whiteboard holds; BRUTE_NEVER: none that can be read. */
int64_t brute_whiteboard_date(const char *text);

/* A needinfo that a change set. */
struct brute_flag {
	char text[128];		/* "needinfo?(login)" */
	char login[128];	/* "": it asks nobody */
	const char *who;
	int64_t at;
	size_t order;		/* of its change, in the thread's */
	bool cleared;
	int64_t cleared_at;
	size_t cleared_order;
	const char *cleared_by;
};

/* The flags that a thread's changes set, oldest first, with their clearings; at most BRUTE_MAX_FLAGS. */
size_t brute_flags(struct brute_flag *out, const struct lapse_thread *thread);

/* The order of obligations: opened, post (none first), rule's id. */
int brute_cmp(const void *a, const void *b);

/*
 * Every obligation of a thread of `owner`, in order; the number of them. Those
 * over `cap` are counted and not stored.
 */
size_t brute_compute(struct lapse_obligation *out, size_t cap, const struct lapse_thread *thread,
    const struct lapse_party *owner, const struct brute_world *world);

#endif
