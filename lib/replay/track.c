#include "track.h"

#include <string.h>

static enum undo_kind
kind_of(const char *field)
{
	return strcmp(field, "assigned_to") == 0 ? UNDO_ACCOUNT : UNDO_TEXT;
}

/* The newest snapshot from one moment on (LAPSE_NEVER: any) and before another; *left moves back past later ones. */
static const char *
seen_between(const struct snapshot *snapshots, size_t *left, struct lapse_instant from, struct lapse_instant to)
{
	while (*left > 0 && snapshots[*left - 1].at.sec >= to.sec)
		--*left;
	if (*left == 0 || (lapse_time_is_set(from) && snapshots[*left - 1].at.sec < from.sec))
		return NULL;
	return snapshots[*left - 1].value;
}

/* Most are told apart by their first letters. */
static bool
is_of(const struct lapse_change *change, const char *field)
{
	return change->field[0] == field[0] && strcmp(change->field, field) == 0;
}

/* The steps of a field, each with its change's place; their values are filled in later. */
static struct lapse_step *
list_steps(size_t *nout, struct lapse_arena *arena, const char *field, const struct lapse_change *changes,
    size_t nchanges)
{
	struct lapse_step *steps;
	size_t n = 0;

	for (size_t i = 0; i < nchanges; i++)
		n += is_of(&changes[i], field);
	steps = lapse_arena_alloc(arena, n * sizeof(*steps));
	*nout = 0;
	for (size_t i = 0; i < nchanges; i++)
		if (is_of(&changes[i], field))
			steps[(*nout)++] = (struct lapse_step){ .at = changes[i].at, .who = changes[i].who, .order = i };
	return steps;
}

void
lapse_track_build(struct lapse_track *out, struct lapse_arena *arena, const char *field,
    const struct lapse_change *changes, size_t nchanges, const struct snapshot *snapshots, size_t nsnapshots,
    struct lapse_instant until)
{
	const struct snapshot *newest = &snapshots[nsnapshots - 1];
	struct undone state = { newest->value, true };
	struct lapse_step *steps;
	size_t n, left = nsnapshots;
	const char *seen;

	*out = (struct lapse_track){ .first = NULL };
	if (newest->value == NULL)
		return;
	steps = list_steps(&n, arena, field, changes, nchanges);
	for (size_t i = n; i-- > 0; ) {
		const struct lapse_change *change = &changes[steps[i].order];
		struct undone after = state;

		if (!lapse_undo_scalar(&state, arena, change->removed, change->added, kind_of(field),
		    change->at.sec > newest->at.sec))
			after = (struct undone){ change->added, false };
		steps[i].value = after.value;
		steps[i].exact = after.exact;
		seen = state.exact ? NULL :
		    seen_between(snapshots, &left, i > 0 ? steps[i - 1].at : LAPSE_NEVER, change->at);
		if (seen != NULL)
			state = (struct undone){ seen, true };
	}
	while (n > 0 && steps[n - 1].at.sec > until.sec)
		n--;
	*out = (struct lapse_track){ .first = state.value, .first_exact = state.exact, .steps = steps, .nsteps = n };
}

const char *
lapse_track_last(const struct lapse_track *track)
{
	return track->nsteps > 0 ? track->steps[track->nsteps - 1].value : track->first;
}
