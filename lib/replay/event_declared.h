/*
 * What a source declares, laid out to match differences with it: pure, no archive. Private to
 * this floor.
 */
#ifndef LAPSE_REPLAY_DECLARED_H
#define LAPSE_REPLAY_DECLARED_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/model.h"

/* ---- logins ---- */

struct rename {
	const char *from, *to;
};

/* One of a login: by `from`, none twice. */
struct renames {
	struct rename *items;
	size_t nitems, cap;
};

void lapse_renames_add(struct renames *renames, const char *from, const char *to);

/* Sort them: what add() put in becomes known. Of two for one login the last added counts. */
void lapse_renames_sort(struct renames *renames);

/* What a login is called in the end; itself when nobody renamed it. All of a circle of renames have one name. */
const char *lapse_renames_login(const struct renames *renames, const char *login);

/* The same for a text that is a login, or a flag with one: "needinfo?(old@x)". In the arena when it differs. */
const char *lapse_renames_text(const struct renames *renames, struct lapse_arena *arena, const char *text);

/* ---- entries of the history ---- */

struct declared {
	const struct lapse_change **items;	/* by field, then by what they are about, then by time */
	size_t nitems;
};

void lapse_declared_init(struct declared *declared, const struct lapse_change *changes, size_t nchanges);
void lapse_declared_release(struct declared *declared);

/* Entries after `after`, up to `until` (both may be LAPSE_NEVER: no bound). */
struct span {
	struct lapse_instant after, until;
};

/* What an entry is about. */
enum subject { ABOUT_BUG, ABOUT_POST, ABOUT_ATTACHMENT };

/* Which entries are meant. */
struct about {
	const char *field;
	enum subject subject;
	int64_t number;		/* of the post or attachment; 0 */
	struct span span;
};

/*
 * Did the entries lead from one value to the other? An entry begins where its `removed` is the first
 * value, a later one, or itself, ends where its `added` is the second. Values that one second joined count with their
 * first and last part, long ones whatever their blanks and commas, logins whatever their renames.
 */
bool lapse_declared_value(const struct declared *declared, const struct renames *renames,
    const struct about *about, const char *from, const char *to);

/* Is there an entry that has these very values (NULL: any)? */
const struct lapse_change *lapse_declared_entry(const struct declared *declared, const struct about *about,
    const char *removed, const char *added);

/*
 * Of some items of a list (a flag each, a keyword each) those that the entries do not add (or, without
 * `added`, remove): moved to the front of `items`; returns how many. As multisets; logins whatever their renames.
 */
size_t lapse_declared_items(const struct declared *declared, const struct renames *renames,
    const struct about *about, bool added, const char **items, size_t nitems);

#endif
