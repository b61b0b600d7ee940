/*
 * A field at a moment is told twice: by the first capture from then on, with the changes in between undone, and by
 * the last capture before, with the changes since done again. Where one of them meets words of the history
 * that do not fit, the other may know; where both are sure and differ, something changed that no history tells.
 */
#include "state_moment.h"

#include <string.h>

/* One of the two ways. */
struct way {
	struct value value;
	const char *why;	/* it is not sure; NULL: it is */
	bool is_met;		/* a change between the moment and the other sight tells of it, too */
	bool is_there;
};

struct asking {
	struct lapse_arena *arena;
	const struct moment *moment;
	const struct tracked *field;
	struct names *names;	/* of several: in the arena, values go on using it */
	size_t split;		/* changes up to the moment */
};

/* The last moment whose changes a sight may hold. */
static int64_t
reach(const struct sight *sight)
{
	bool later = lapse_time_is_set(sight->changed) && sight->changed.sec > sight->time.sec;

	return later ? sight->changed.sec : sight->time.sec;
}

/* The last moment whose changes it certainly holds. */
static int64_t
start(const struct sight *sight)
{
	return lapse_time_is_set(sight->changed) ? sight->changed.sec : sight->time.sec;
}

/* Is a change newer than what the sight certainly holds? */
static bool
is_newer(const struct sight *sight, const struct lapse_change *change)
{
	return lapse_time_is_set(sight->changed) && change->at.sec > sight->changed.sec;
}

static const char *
short_text(struct lapse_arena *arena, const char *text)
{
	size_t len = strlen(text);

	if (len <= 60)
		return text;
	for (len = 60; ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return lapse_arena_printf(arena, "%.*s…", (int)len, text);
}

static const char *
misfit(struct lapse_arena *arena, const struct lapse_change *change)
{
	char time[LAPSE_TIME_LEN + 1];

	return lapse_arena_printf(arena, "the history of %s says '%s' to '%s', which does not fit what was seen",
	    lapse_time_format(time, change->at), short_text(arena, change->removed),
	    short_text(arena, change->added));
}

/* The way is not exact, and no words misfit: then it is how the history writes. */
static const char *
not_exact(const struct asking *q, const struct value *value)
{
	if (value->text != NULL && value->names == NULL && lapse_undo_is_long(value->text))
		return "long values are kept in pieces and joined again with a guess";
	return lapse_arena_printf(q->arena, "only the history tells of it");
}

static void
read_sight(struct way *way, const struct asking *q, const struct sight *sight)
{
	*way = (struct way){ .is_there = sight->doc != NULL };
	if (way->is_there)
		lapse_value_read(&way->value, q->arena, json_object_get(sight->doc, q->field->key), q->field->kind,
		    q->names, q->field->absent);
}

/* Does the nearest change on the other side of the moment tell of the same value? It must, if nothing is missing between. */
static void
check_neighbour(struct way *way, const struct asking *q, const struct lapse_change *change, bool is_older)
{
	if (way->why == NULL && !lapse_value_fits(&way->value, q->arena, change, q->field->kind, is_older))
		way->why = misfit(q->arena, change);
}

/* After a step: the words did not fit, or the value is exact (again). */
static void
note_step(struct way *way, const struct asking *q, const struct lapse_change *change, bool fits)
{
	if (way->value.exact)
		way->why = NULL;
	else if (!fits)
		way->why = misfit(q->arena, change);
}

static void
conclude(struct way *way, const struct asking *q)
{
	if (way->why != NULL)
		way->value.exact = false;
	else if (!way->value.exact)
		way->why = not_exact(q, &way->value);
}

/*
 * Back from the capture after the moment. Nothing of the thread changed from the document's last change up to the
 * capture: in that time it is what was seen.
 */
static struct way
come_back(const struct asking *q)
{
	const struct sight *sight = &q->moment->after;
	struct way way;
	bool stands = sight->doc != NULL && (sight->time.sec == q->moment->at.sec ||
	    (lapse_time_is_set(sight->changed) && sight->changed.sec <= q->moment->at.sec && !q->field->is_silent &&
	    q->field->kind != VALUE_ACCOUNT && q->field->kind != VALUE_FLAGS));
	size_t i;

	read_sight(&way, q, sight);
	if (!way.is_there)
		return way;
	for (i = q->field->nchanges; i > q->split; i--) {
		const struct lapse_change *change = q->field->changes[i - 1];

		if (change->at.sec > reach(sight))
			continue;
		stands = false;
		note_step(&way, q, change, lapse_value_undo(&way.value, q->arena, change, q->field->kind,
		    is_newer(sight, change)));
	}
	if (!stands && q->split > 0)
		check_neighbour(&way, q, q->field->changes[q->split - 1], true);
	way.is_met = stands || (q->split > 0 && q->field->changes[q->split - 1]->at.sec > start(&q->moment->before));
	conclude(&way, q);
	return way;
}

/* Did the sight hold a change already, though it cannot be told from the times? */
static bool
held_already(const struct asking *q, const struct value *value, const struct lapse_change *change)
{
	return change->at.sec <= q->moment->before.time.sec &&
	    !lapse_value_fits(value, q->arena, change, q->field->kind, false) &&
	    lapse_value_fits(value, q->arena, change, q->field->kind, true);
}

/* On from the capture before the moment. */
static struct way
go_on(const struct asking *q)
{
	const struct sight *sight = &q->moment->before;
	int64_t from = start(sight);
	struct way way;

	read_sight(&way, q, sight);
	if (!way.is_there)
		return way;
	for (size_t i = 0; i < q->split; i++) {
		const struct lapse_change *change = q->field->changes[i];

		if (change->at.sec <= from || held_already(q, &way.value, change))
			continue;
		note_step(&way, q, change, lapse_value_redo(&way.value, q->arena, change, q->field->kind));
	}
	if (q->split < q->field->nchanges)
		check_neighbour(&way, q, q->field->changes[q->split], false);
	way.is_met = q->split < q->field->nchanges && q->field->changes[q->split]->at.sec <= reach(&q->moment->after);
	conclude(&way, q);
	return way;
}

static const char *
say_difference(const struct asking *q, const struct way *before, const struct way *after)
{
	char from[LAPSE_TIME_LEN + 1], to[LAPSE_TIME_LEN + 1];
	const char *was = lapse_value_say(&before->value, q->arena), *is = lapse_value_say(&after->value, q->arena);

	was = was != NULL ? was : "not known";
	is = is != NULL ? is : "not known";
	return lapse_arena_printf(q->arena, "the captures of %s (here '%s') and %s (here '%s') do not agree, "
	    "and no history tells what changed", lapse_time_format(from, q->moment->before.time), short_text(q->arena, was),
	    lapse_time_format(to, q->moment->after.time), short_text(q->arena, is));
}

/*
 * The two ways end at different values: something changed between the captures that no history tells. A way that a change
 * on the far side of the moment meets is right all the same, for that something lies beyond it. Where neither is met nobody can
 * tell: of a comment's text the newest that is known to be at or before the moment counts, of all else the newest snapshot.
 */
static struct way
settle(const struct asking *q, const struct way *before, const struct way *after)
{
	bool trust_before = before->why == NULL && before->is_met, trust_after = after->why == NULL && after->is_met;
	struct way chosen = q->field->kind == VALUE_WHOLE ? *before : *after;

	if (trust_before != trust_after)
		return trust_before ? *before : *after;
	chosen.why = say_difference(q, before, after);
	return chosen;
}

static struct way
choose(const struct asking *q, const struct way *before, const struct way *after)
{
	struct way chosen = *after;

	if (!before->is_there || !after->is_there)
		return before->is_there ? *before : *after;
	if (q->moment->after.time.sec == q->moment->at.sec)
		return *after;
	if (!lapse_value_equal(&before->value, &after->value))
		chosen = settle(q, before, after);
	else if (before->why == NULL && !q->field->hides)
		chosen.why = NULL;
	chosen.value.exact = chosen.why == NULL;
	return chosen;
}

bool
lapse_moment_value(struct value *out, const char **why, struct lapse_arena *arena, const struct moment *moment,
    const struct tracked *field)
{
	struct asking q = { .arena = arena, .moment = moment, .field = field,
	    .names = lapse_arena_alloc(arena, sizeof(struct names)) };
	struct way before, after, chosen;

	while (q.split < field->nchanges && field->changes[q.split]->at.sec <= moment->at.sec)
		q.split++;
	if (lapse_value_is_several(field->kind))
		lapse_names_build(q.names, arena, field->kind, field->changes, field->nchanges,
		    json_object_get(moment->before.doc, field->key), json_object_get(moment->after.doc, field->key));
	before = go_on(&q);
	after = come_back(&q);
	chosen = choose(&q, &before, &after);
	if (chosen.why == NULL && field->is_silent && !(before.is_there && after.is_there) &&
	    moment->after.time.sec != moment->at.sec) {
		chosen.why = "no history tells of its changes";
		chosen.value.exact = false;
	}
	*out = chosen.value;
	if (why != NULL)
		*why = chosen.why;
	return chosen.is_there;
}

json_t *
lapse_moment_write(const struct value *value, const struct moment *moment, const char *key)
{
	const json_t *after = json_object_get(moment->after.doc, key), *before = json_object_get(moment->before.doc, key);
	const json_t *like = after == NULL || json_is_null(after) ||
	    (json_is_array(after) && json_array_size(after) == 0 && before != NULL) ? before : after;

	return lapse_value_write(value, like != NULL && !json_is_null(like) ? like : after);
}
