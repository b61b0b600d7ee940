/*
 * What a field held at one moment, whatever kind of field it is: one text, or several. Private to this floor.
 */
#ifndef LAPSE_REPLAY_VALUE_H
#define LAPSE_REPLAY_VALUE_H

#include <jansson.h>
#include <stdbool.h>

#include "undo.h"

#include "lapse/model.h"

enum value_kind {
	VALUE_TEXT,	/* one text, also a number or yes and no */
	VALUE_ACCOUNT,
	VALUE_URL,
	VALUE_WHOLE,
	VALUE_WORDS,	/* a set; none of its texts has a blank */
	VALUE_NAMES,	/* a set */
	VALUE_FLAGS	/* several, each perhaps more than once: "needinfo?(a@example.org)" */
};

/* The texts that a field of several ever holds, sorted by bytes, each once. */
struct names {
	const char **items;
	size_t nitems;
};

struct value {
	const char *text;		/* NULL: not known; of several: "" when they are known */
	const struct names *names;	/* of several: */
	long *counts;			/* how often it holds each name */
	bool exact;
	const json_t *as_seen;		/* the JSON that it was read from, while it is still that; NULL: none */
};

bool lapse_value_is_several(enum value_kind kind);

/* Collect the names of some changes and of what captures saw (either may be NULL). Borrowed from `arena`. */
void lapse_names_build(struct names *out, struct lapse_arena *arena, enum value_kind kind,
    const struct lapse_change *const *changes, size_t nchanges, const json_t *seen, const json_t *also_seen);

/*
 * Read a value, which is exact. `names` (of several) must have all of its. Without json it is what `absent` says:
 * "" for nothing, NULL for not known. Borrowed from `arena`, `names` and `json`.
 */
void lapse_value_read(struct value *out, struct lapse_arena *arena, const json_t *json, enum value_kind kind,
    const struct names *names, const char *absent);

/* Back to JSON of the type that `like` has (NULL: text, or an array). New reference. */
json_t *lapse_value_write(const struct value *value, const json_t *like);

bool lapse_value_equal(const struct value *a, const struct value *b);

/* One change undone, or done again: as lapse_undo_scalar() and lapse_redo_scalar() promise, for every kind. */
bool lapse_value_undo(struct value *value, struct lapse_arena *arena, const struct lapse_change *change,
    enum value_kind kind, bool newer);
bool lapse_value_redo(struct value *value, struct lapse_arena *arena, const struct lapse_change *change,
    enum value_kind kind);

/* Would undoing a change, or doing it again, fit? */
bool lapse_value_fits(const struct value *value, struct lapse_arena *arena, const struct lapse_change *change,
    enum value_kind kind, bool undo);

/* For people: the text, or the texts joined by ", ". Borrowed from `arena` or `value`. */
const char *lapse_value_say(const struct value *value, struct lapse_arena *arena);

#endif
