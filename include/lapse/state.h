/*
 * The whole state of a thread at a moment, as one JSON document: every field, flag, post and attachment as it stood,
 * as far as the known captures tell. What is not certain of it is noted apart.
 */
#ifndef LAPSE_STATE_H
#define LAPSE_STATE_H

#include <jansson.h>

#include "lapse/replay.h"

/*
 * `doc` is the state:
 *   "thread"       "SOURCE:ID"
 *   "fields"       what thread.json holds, but for "flags"; lists sorted
 *   "flags"        the thread's own, as the history writes them, sorted: "needinfo?(a@example.org)"
 *   "posts"        by number: "time", "author", "text", "tags", "is_private", "listed" (the source listed it then), and
 *                  what else never changes
 *   "attachments"  by id: what the attachment's document holds, "flags" as above, "listed"
 *
 * `notes` has what is not part of it: "fields" (a name of a field, or "flags", to a sentence: why it is inexact), "posts"
 * and "attachments" (by number: an object with the same under "inexact"; of posts also "first_seen" (the capture that saw
 * it first, when its text is told by that later capture), "edited_after" and "edited_before" (captures between which it was
 * edited, when the moment lies between them too), "edits" (how many are known up to the moment)).
 */
struct lapse_state_doc {
	json_t *doc;
	json_t *notes;
	struct lapse_instant at;	/* the moment: never after the newest known capture that covers the thread */
};

/*
 * The state at `at`: 1, or 0 when the thread did not exist yet (doc and notes are empty objects then). The caller ends it
 * with lapse_state_release().
 */
int lapse_state_load(struct lapse_state_doc *out, struct lapse_view *view, size_t i, struct lapse_instant at);
void lapse_state_release(struct lapse_state_doc *state);


#endif
