/* What the files that build a state share. */
#ifndef LAPSE_REPLAY_STATE_PRIVATE_H
#define LAPSE_REPLAY_STATE_PRIVATE_H

#include "state_sights.h"
#include "state_fields.h"

#include "lapse/state.h"

struct building {
	struct lapse_state_doc *out;
	struct lapse_arena arena;
	struct sights sights;
	struct lapse_thread thread;	/* at the moment, without texts */
	struct lapse_change *changes;
	size_t nchanges;
	struct told_fields told;
};

/* Fill "posts" and "attachments" of the document and of the notes. */
int lapse_state_posts(struct building *b);
int lapse_state_attachments(struct building *b);

/*
 * Work out one field and set it in `to`; a sentence why it is inexact goes to `inexact` under its key. A field of
 * which nothing is known is left out.
 */
void lapse_state_set(struct building *b, json_t *to, json_t *inexact, const struct moment *moment,
    const struct tracked *field);

/* json_object_set_new(), for keys and values that can be set. */
void lapse_state_put(json_t *object, const char *key, json_t *value);

/* A time as text. New reference. */
json_t *lapse_state_time(struct lapse_instant t);

#endif
