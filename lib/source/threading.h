/*
 * Who answers whom: the messages of a list hung together by their Message-IDs and references, as public-inbox does
 * it (Jamie Zawinski's algorithm, without guesses from subjects and without pruning). Pure. Private to this floor.
 *
 * 1. Messages are taken in order: by time (those without one last), then by the bytes of Message-ID, tie and
 *    references; so the order in which they are given does not matter. The first one with a Message-ID is what
 *    references to it mean. Of its references those that are empty, its own Message-ID or a repetition do not count.
 * 2. Each such first message has the last of its references for a parent, unless it would be its own ancestor.
 * 3. Then gaps are filled: in each message's references, one after the other, a reference that has no parent yet
 *    gets the one before it, unless it would be its own ancestor. What a message says of itself goes before what
 *    others say of it.
 * 4. Further messages with the Message-ID of a first one are distinct, and stand beside it: the same parent, the
 *    same root. Their references are not followed.
 *
 * A Message-ID that is referred to and that no message has is a ghost; those that have a message below them become
 * nodes too. n log n in the number of Message-IDs mentioned, whatever they are; nothing recurs.
 */
#ifndef LAPSE_SOURCE_THREADING_H
#define LAPSE_SOURCE_THREADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapse/time.h"

#define LAPSE_NO_NODE SIZE_MAX

struct lapse_node {
	const char *message_id;			/* never NULL */
	const char *const *references;		/* oldest first; In-Reply-To last when it was not among them */
	size_t nreferences;
	struct lapse_instant at;		/* or LAPSE_NEVER */
	const char *tie;			/* decides where time and Message-ID are equal, then references do; may be NULL */

	/* What is found: */
	size_t parent;		/* place among the nodes, or LAPSE_NO_NODE */
	size_t root;		/* the top-most ancestor, whose Message-ID names the thread: possibly itself, or a ghost */
	bool is_ghost;
};

/* {0} is none. */
struct lapse_nodes {
	struct lapse_node *items;
	size_t nitems, cap;
};

/*
 * In: messages. Out: their parents and roots, each at its place; ghosts follow them, in an order that does not depend
 * on that of the messages. A further message with the Message-ID of a thread's root has that root and no parent.
 * Texts are borrowed from the messages. 0, or LAPSE_ETOOBIG when 2^32 Message-IDs or so are mentioned: nothing is changed.
 */
int lapse_threading(struct lapse_nodes *nodes);

void lapse_nodes_release(struct lapse_nodes *nodes);

#endif
