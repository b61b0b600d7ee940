/*
 * What a field held at a moment: from what captures saw before and after it, and the changes in between.
 * Private to this floor.
 */
#ifndef LAPSE_REPLAY_MOMENT_H
#define LAPSE_REPLAY_MOMENT_H

#include "state_value.h"

/* A document as a capture saw it. */
struct sight {
	const json_t *doc;		/* NULL: no capture did */
	struct lapse_instant time;	/* of the capture */
	struct lapse_instant changed;	/* its last_change_time; LAPSE_NEVER: it has none */
};

/* A document at a moment. */
struct moment {
	struct lapse_instant at;
	struct sight before;		/* the newest capture before `at` that saw it */
	struct sight after;		/* the oldest one from `at` on */
};

/* A field, and all changes of it that are known, oldest first. */
struct tracked {
	const char *key;		/* in the document */
	enum value_kind kind;
	const char *absent;		/* what a document without the key says: "" nothing, NULL that it is not known */
	bool is_silent;			/* it may change without a history telling */
	bool hides;			/* captures may leave out what it holds: bugs that the reader cannot see */
	const struct lapse_change *const *changes;
	size_t nchanges;
};

/*
 * The value at the moment. *why (may be NULL) is a sentence when it is not exact, else NULL. Everything is
 * borrowed from `arena` and the documents. False when nothing at all is known of it.
 */
bool lapse_moment_value(struct value *out, const char **why, struct lapse_arena *arena, const struct moment *moment,
    const struct tracked *field);

/* The value in JSON, of the type that the documents show. New reference. */
json_t *lapse_moment_write(const struct value *value, const struct moment *moment, const char *key);

#endif
