/* What show says of a thread's state beyond what obligations need. Private to this floor. */
#ifndef LAPSE_REPORT_STANDING_H
#define LAPSE_REPORT_STANDING_H

#include "lapse/emit.h"
#include "lapse/state.h"

/* The members of a thread's record: "fields", "flags", "inexact". */
void lapse_cell_standing(struct lapse_emit *emit, const struct lapse_state_doc *state);

/* Flags, all further fields that hold something, and what is inexact, for people. */
void lapse_say_standing(struct lapse_emit *emit, const struct lapse_state_doc *state);

/* A field that is text; NULL: it is none, or not known. */
const char *lapse_field_text(const struct lapse_state_doc *state, const char *key);

/* A post of the state: its text at the moment (NULL: none); the members of its record: "edits", "edited_after",
 * "edited_before", "first_seen", "listed", "inexact". */
const char *lapse_post_text(const struct lapse_state_doc *state, int64_t number);
void lapse_cell_post_standing(struct lapse_emit *emit, const struct lapse_state_doc *state, int64_t number);

/* "edited between … and …", "no longer listed": for people, into `out`; "" when there is nothing to note. */
#define LAPSE_POST_NOTE_LEN 160
char *lapse_post_note(char *out, const struct lapse_state_doc *state, int64_t number);

/* The capture that saw a post first, when the text stands in from there; NULL. */
const char *lapse_post_first_seen(const struct lapse_state_doc *state, int64_t number);

#endif
