/*
 * Who is who: a parties file (lapse-parties-1), the owner of a thread and the
 * side of a post. Pure: nothing here reads a file or knows the time.
 */
#ifndef LAPSE_PARTY_H
#define LAPSE_PARTY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lapse/time.h"

enum lapse_role { LAPSE_ROLE_CA, LAPSE_ROLE_ROOT_PROGRAM, LAPSE_ROLE_COMMUNITY, LAPSE_ROLE_BOT };

/* A post's side in its thread. */
enum lapse_side { LAPSE_SIDE_OWNER, LAPSE_SIDE_ROOT_PROGRAM, LAPSE_SIDE_OTHER, LAPSE_SIDE_BOT, LAPSE_SIDE_UNCLAIMED };
const char *lapse_side_name(enum lapse_side side);	/* "owner", "root-program", … */
const char *lapse_role_name(enum lapse_role role);	/* "ca", "root-program", … */

/* One membership: an exact address, or a domain with its subdomains; half-open dates at UTC midnight. */
struct lapse_member {
	const char *address;	/* one of the two is NULL */
	const char *domain;
	struct lapse_instant from;	/* LAPSE_NEVER: always */
	struct lapse_instant until;	/* LAPSE_NEVER: still */
};

struct lapse_party {
	const char *id;
	const char *name;
	enum lapse_role role;
	const char **prefixes;
	size_t nprefixes;
	struct lapse_member *members;
	size_t nmembers;
};

struct lapse_parties;

/*
 * Read a parties document. LAPSE_EFORMAT "NAME: …" names the party and what is
 * wrong with it (unknown role, twice the same id or prefix, a member with neither or both of address
 * and domain, a date that is none, a thread of an unknown party …). A key that
 * this version does not know is an error too; "note" may stand anywhere.
 * The caller releases it with lapse_parties_free().
 */
int lapse_parties_parse(struct lapse_parties **out, const json_t *doc, const char *name);
void lapse_parties_free(struct lapse_parties *parties);

size_t lapse_parties_count(const struct lapse_parties *parties);

/* In the order of the file; borrowed from `parties`. */
const struct lapse_party *lapse_parties_at(const struct lapse_parties *parties, size_t i);
const struct lapse_party *lapse_parties_find(const struct lapse_parties *parties, const char *id);

/*
 * The owner of a thread: its entry in "threads" ("SOURCE:ID", or null for none), else the
 * party whose prefix begins the summary: after any [bracketed] tags, whatever its case, then
 * optional blanks, then ":"; the longest prefix wins. NULL: no owner. `summary` may be NULL.
 */
const struct lapse_party *lapse_parties_owner(const struct lapse_parties *parties,
    const char *source, const char *id, const char *summary);

/*
 * The party that claims an address at a time: an exact address beats a domain;
 * among equals `owner` (may be NULL) wins, then the longer domain, then the
 * first in the file. NULL: unclaimed.
 */
const struct lapse_party *lapse_parties_claimant(const struct lapse_parties *parties,
    const struct lapse_party *owner, const char *address, struct lapse_instant at);

/* The side of an author at a time in a thread of `owner`. */
enum lapse_side lapse_parties_side(const struct lapse_parties *parties,
    const struct lapse_party *owner, const char *address, struct lapse_instant at);

/*
 * The same, and how long around `at` it holds: from <= t < until; LAPSE_NEVER where nothing bounds it. `parties` remembers
 * some answers: one thread at a time may ask.
 */
struct lapse_stance {
	enum lapse_side side;
	struct lapse_instant from;
	struct lapse_instant until;
};
struct lapse_stance lapse_parties_stance(const struct lapse_parties *parties,
    const struct lapse_party *owner, const char *address, struct lapse_instant at);
bool lapse_stance_holds(const struct lapse_stance *stance, struct lapse_instant at);

/* The built-in parties document (canonical or not): JSON text, static. */
extern const char lapse_builtin_parties[];

#endif
