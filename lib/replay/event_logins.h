/* Logins, and places that show another one than before. Private to this floor. */
#ifndef LAPSE_REPLAY_LOGINS_H
#define LAPSE_REPLAY_LOGINS_H

#include "event_dossier.h"

/* One place that shows a login: before a version, and in it. */
struct pair {
	const char *before, *after;
};
struct pairs {
	struct pair *items;
	size_t nitems, cap;
};

/* Logins that were known. */
struct logins {
	const char **items;
	size_t nitems, cap;
};

/* Both known, and not the same? */
bool lapse_login_differs(const char *a, const char *b);

/* Texts are borrowed. Logins that are NULL, and in pairs empty ones, are left out. has() needs them sorted. */
void lapse_pairs_add(struct pairs *pairs, const char *before, const char *after);
void lapse_pairs_sort(struct pairs *pairs);
bool lapse_pairs_has(const struct pairs *pairs, const struct pair *pair);
void lapse_logins_add(struct logins *logins, const char *login);
void lapse_logins_sort(struct logins *logins);
bool lapse_logins_has(const struct logins *logins, const char *login);

/*
 * Which of these pairs, sorted, are one account's login before a version and in it? The people of the two captures
 * are compared, at the cost of those that differ; fn gets each, and the path of the account's document.
 */
int lapse_people_ask(struct dossier *r, size_t version, const struct pairs *wanted,
    void (*fn)(const struct pair *pair, const char *path, void *payload), void *payload);

#endif
