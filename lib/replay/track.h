/*
 * A field of text through time: from its newest known value, with the changes undone, newest first. What earlier
 * snapshots say stands in where the history's words do not tell. Private to this floor.
 */
#ifndef LAPSE_REPLAY_TRACK_H
#define LAPSE_REPLAY_TRACK_H

#include "undo.h"

#include "lapse/model.h"

/* A field as a capture saw it. */
struct snapshot {
	struct lapse_instant at;
	const char *value;	/* NULL: not there */
};

/*
 * Build the track of a field from all its known changes (others among them are passed over) and its snapshots,
 * oldest first (at least one: the newest counts). Steps after `until` are left out; steps are in the arena.
 */
void lapse_track_build(struct lapse_track *out, struct lapse_arena *arena, const char *field,
    const struct lapse_change *changes, size_t nchanges, const struct snapshot *snapshots, size_t nsnapshots,
    struct lapse_instant until);

/* The value at the end of a track. */
const char *lapse_track_last(const struct lapse_track *track);

#endif
