/*
 * One change of one field undone, or done again: pure, on the words that a history writes. A history
 * does not always write what stood (see undo.c), so each value carries whether it is exact. Private to this floor.
 */
#ifndef LAPSE_REPLAY_UNDO_H
#define LAPSE_REPLAY_UNDO_H

#include <stdbool.h>

#include "lapse/alloc.h"

/* A field's value at one moment. */
struct undone {
	const char *value;	/* NULL: not known */
	bool exact;		/* it is what stood, byte by byte */
};

enum undo_kind {
	UNDO_TEXT,	/* status, whiteboard, summary … */
	UNDO_ACCOUNT,	/* a login: histories keep that of the day, all else shows today's */
	UNDO_URL,	/* pieces and values are joined with nothing between them */
	UNDO_WHOLE	/* never in pieces: the text of a comment */
};

/*
 * From the value after a change to the value before it. False when the change does not tell of this value: what is between
 * them is not known, so the value after the change is in doubt, too; then the value before is what the change says was
 * removed. `newer` says that the change is newer than the snapshot that the value comes from, which may not have seen it:
 * then a value that is still the one before it stays.
 */
bool lapse_undo_scalar(struct undone *state, struct lapse_arena *arena, const char *removed, const char *added,
    enum undo_kind kind, bool newer);

/* From the value before a change to the value after it. False as above: then the value is what the change says was added. */
bool lapse_redo_scalar(struct undone *state, const char *removed, const char *added, enum undo_kind kind);

/* A history keeps a value longer than this many characters in pieces, which it joins with a guess. */
#define UNDO_PIECE 254
bool lapse_undo_is_long(const char *value);

#endif
