/*
 * One obligation: from its opening, through the moves of its due time, to whatever stops it first; its verdict, and
 * what that rests on without proof.
 */
#include "flag.h"

#define DAY ((int64_t)86400)

/* What the computation of one obligation works on. */
struct run {
	struct bench *b;
	const struct duty *duty;
	struct lapse_obligation *o;
	const struct move *standing;	/* in force when it opened; NULL: the rule knows no dates */
	const struct move *giver;	/* of the present due time; NULL: the opening */
	size_t next_move;
	const struct move *rescheduler;	/* what ended the breach; NULL: nothing did */
	struct lapse_story *story;	/* NULL: nobody asked */
	struct lapse_turning *turnings;
};

/* ---- the due time ---- */

static void
tell(struct run *r, const struct move *move, enum lapse_effect effect)
{
	struct lapse_turning *t;

	if (r->story == NULL)
		return;
	t = &r->turnings[r->story->nturnings++];
	*t = (struct lapse_turning){ .effect = effect, .step = move->step, .setter = move->setter,
	    .is = move->read, .is_day = move->day, .due = r->o->due };
	t->before = move == r->standing;
	if (t->before && move->has_date) {
		t->is = LAPSE_NEXT_UPDATE_DATE;
		t->is_day = move->date;
		t->step = move->giver;
	} else if (!t->before) {
		t->was = move[-1].read;
		t->was_day = move[-1].day;
	}
}

/* A date binds what opened before it began: a post from then on is the promised update, and spends it. */
static bool
binds(const struct run *r, const struct move *move)
{
	return move->has_date && r->o->opened.sec < move->begin.sec;
}

static void
take_date(struct run *r, const struct move *move)
{
	r->o->due = move->end;
	r->o->due_by = LAPSE_DUE_NEXT_UPDATE;
	r->giver = move;
}

/* Room for what there will be to tell: of the moves before the end, those from number `first` on. */
static void
make_room(struct run *r, size_t first, struct place end)
{
	const struct bench *b = r->b;
	size_t n = 1;

	if (r->story == NULL)
		return;
	while (first + n < b->nmoves && is_before(b->moves[first + n].place, end))
		n++;
	r->turnings = lapse_arena_alloc(&b->list->arena, n * sizeof(*r->turnings));
	r->story->turnings = r->turnings;
}

/* A post sees what stood before its second, all else what stands after it. */
static void
start_dates(struct run *r, struct place end)
{
	struct bench *b = r->b;
	bool by_post = r->o->opening == LAPSE_OPENED_RAISED;
	size_t i = by_post ? lapse_bench_move_before(b, r->o->opened) : lapse_bench_move_until(b, r->o->opened);
	const struct move *move = &b->moves[i];

	make_room(r, i, end);
	r->standing = move;
	r->next_move = i + 1;
	if (binds(r, move)) {
		take_date(r, move);
		tell(r, move, LAPSE_EFFECT_DUE);
	} else if (move->has_date) {
		tell(r, move, LAPSE_EFFECT_SPENT);
	} else if (move->read != LAPSE_NEXT_UPDATE_NONE) {
		tell(r, move, LAPSE_EFFECT_NONE);
	}
}

static enum lapse_effect
no_effect(const struct run *r, const struct move *move, bool after_due)
{
	if (!move->has_date)
		return after_due ? LAPSE_EFFECT_TOO_LATE : LAPSE_EFFECT_NONE;
	return binds(r, move) ? LAPSE_EFFECT_OVER : LAPSE_EFFECT_SPENT;
}

/* The date in force changes while the obligation runs. */
static enum lapse_effect
follow(struct run *r, const struct move *move)
{
	struct lapse_obligation *o = r->o;
	struct lapse_instant c = { move->place.sec };
	bool after_due = c.sec > o->due.sec;
	bool takes = binds(r, move) && c.sec <= move->end.sec;

	if (move->owners)
		return LAPSE_EFFECT_OWNER;
	if (!move->moves)
		return LAPSE_EFFECT_NONE;
	if (takes && after_due) {
		r->rescheduler = move;
		return LAPSE_EFFECT_RESCHEDULED;
	}
	if (takes) {
		take_date(r, move);
		return LAPSE_EFFECT_DUE;
	}
	if (after_due || o->due_by == LAPSE_DUE_LIMIT)
		return no_effect(r, move, after_due);
	o->due = lapse_rule_due(o->rule, c);
	o->due_by = LAPSE_DUE_LIMIT;
	r->giver = move;
	return LAPSE_EFFECT_LIMIT;
}

/* Follow the moves until the end, or until one ends the breach. */
static void
follow_dates(struct run *r, struct place end)
{
	const struct bench *b = r->b;

	while (r->rescheduler == NULL && r->next_move < b->nmoves &&
	    is_before(b->moves[r->next_move].place, end)) {
		const struct move *move = &b->moves[r->next_move++];

		tell(r, move, follow(r, move));
	}
}

/* ---- doubts ---- */

static bool
may_speak_for_owner(const struct run *r)
{
	const struct bench *b = r->b;
	size_t i = lapse_bench_posts_from(b, r->o->opened);

	if (r->duty->post != NULL && i < r->duty->rest)
		i = r->duty->rest;
	i = b->posts.unclaimed[i];
	return i < b->thread->nposts && b->thread->posts[i].at.sec <= r->o->due.sec;
}

/* Was it due by a date that stood already when the owner's post opened it? */
static bool
may_have_been_update(const struct run *r)
{
	const struct lapse_obligation *o = r->o;

	return o->due_by == LAPSE_DUE_NEXT_UPDATE && o->opening == LAPSE_OPENED_RAISED &&
	    r->standing->has_date && r->standing->date.n == r->giver->date.n;
}

/* An owner's post before the duty's, which within the bounds of their times may have come after it, and so have answered it. */
static bool
may_be_answered_before(const struct run *r)
{
	const struct bench *b = r->b;
	const struct lapse_post *opener = r->duty->post;
	size_t i = r->duty->rest - 1;	/* the duty's own post */

	while (i-- > 0 && b->thread->posts[i].at.sec >= opener->at.sec - 2 * b->posts.slack) {
		int64_t slack = (int64_t)opener->slack + b->thread->posts[i].slack;

		if (slack > 0 && b->thread->posts[i].at.sec >= opener->at.sec - slack && lapse_bench_counts(b, i, LAPSE_SIDE_OWNER))
			return true;
	}
	return false;
}

/* Do the bounds of the messages' times leave room for an answer in time? */
static bool
may_be_in_time(const struct run *r)
{
	const struct lapse_obligation *o = r->o;
	int64_t slack = o->post != NULL ? o->post->slack : 0;

	if (r->b->posts.undated)
		return true;
	if (r->b->posts.slack == 0)
		return false;
	slack += o->stopped_by != NULL ? o->stopped_by->slack : 0;
	return o->late_seconds <= slack || (r->duty->post != NULL && may_be_answered_before(r));
}

static unsigned
doubts_of(const struct run *r)
{
	const struct lapse_obligation *o = r->o;
	unsigned doubts = 0;

	if (!r->b->thread->has_history)
		doubts |= LAPSE_DOUBT_HISTORY;
	if (o->rule->limit.in_days && o->due_by == LAPSE_DUE_LIMIT && o->late_seconds < DAY)
		doubts |= LAPSE_DOUBT_COUNTING;
	if (r->duty->unclaimed)
		doubts |= LAPSE_DOUBT_OPENER;
	if (may_speak_for_owner(r))
		doubts |= LAPSE_DOUBT_ANSWER;
	if (r->giver != NULL && r->giver->setter)
		doubts |= LAPSE_DOUBT_SETTER;
	if (may_have_been_update(r))
		doubts |= LAPSE_DOUBT_EARLY_UPDATE;
	if (lapse_time_is_set(o->rule->certain_from) && o->opened.sec < o->rule->certain_from.sec)
		doubts |= LAPSE_DOUBT_RULE;
	if (may_be_in_time(r))
		doubts |= LAPSE_DOUBT_TIME;
	return doubts;
}

/* ---- how it ends ---- */

static void
stop(struct lapse_obligation *o, struct lapse_instant at, enum lapse_stop how, size_t order)
{
	bool fulfilled = how == LAPSE_STOP_POST || how == LAPSE_STOP_FLAG;

	o->stopped = at;
	o->stopped_how = how;
	o->stopped_order = order;
	if (at.sec > o->due.sec)
		o->state = LAPSE_STATE_LATE;
	else
		o->state = fulfilled ? LAPSE_STATE_MET : LAPSE_STATE_MOOT;
}

/* Whatever comes first stops it: the duty's end, a closing, a new date; else it runs, is overdue, or cannot be told. */
static void
find_end(struct run *r)
{
	const struct lapse_thread *thread = r->b->thread;
	const struct duty *duty = r->duty;
	struct lapse_obligation *o = r->o;
	const struct door *door = lapse_bench_next_closing(r->b, o->opened);
	struct place closing = door != NULL ? place_of_change(door->at, door->order) : NOWHERE;
	bool ends = duty->end.sec != INT64_MAX && !is_before(closing, duty->end);

	if (o->rule->next_update) {
		start_dates(r, ends ? duty->end : closing);
		follow_dates(r, ends ? duty->end : closing);
	}
	if (r->rescheduler == NULL && ends && duty->end_how == LAPSE_STOP_POST) {
		stop(o, duty->answer->at, LAPSE_STOP_POST, LAPSE_ORDER_LAST);
		o->stopped_by = duty->answer;
	} else if (r->rescheduler == NULL && !ends && door != NULL) {
		stop(o, door->at, LAPSE_STOP_CLOSED, door->order);
	} else if (thread->closed_unknown) {
		o->state = LAPSE_STATE_UNPROVEN;	/* it may have closed before any flag or date */
	} else if (r->rescheduler != NULL) {
		stop(o, r->rescheduler->step->at, LAPSE_STOP_RESCHEDULED, r->rescheduler->step->order);
	} else if (ends) {
		stop(o, (struct lapse_instant){ duty->end.sec }, duty->end_how, duty->end.rank - 1);
	} else {
		o->state = thread->at.sec <= o->due.sec ? LAPSE_STATE_RUNNING : LAPSE_STATE_OVERDUE;
	}
}

static void
measure(struct run *r)
{
	struct lapse_obligation *o = r->o;
	struct lapse_instant end = lapse_time_is_set(o->stopped) ? o->stopped : r->b->thread->at;

	if (o->state == LAPSE_STATE_MOOT || o->state == LAPSE_STATE_UNPROVEN)
		return;
	o->gap_seconds = end.sec - o->opened.sec;
	if (end.sec > o->due.sec)
		o->late_seconds = end.sec - o->due.sec;
	if (lapse_obligation_is_breach(o))
		o->doubts = doubts_of(r);
}

/* Add one obligation, and live it to its end. Returns the step that ended its breach, NULL: none did. */
static const struct lapse_step *
live(struct bench *b, const struct duty *duty, const struct lapse_obligation *opened)
{
	struct lapse_obligations *list = b->list;
	struct run r = { .b = b, .duty = duty };

	list->items = lapse_grow(list->items, list->nitems, &list->cap, sizeof(*list->items));
	r.o = &list->items[list->nitems++];
	*r.o = *opened;
	if (list->tells_stories) {
		r.o->story = r.story = lapse_arena_alloc(&list->arena, sizeof(*r.story));
		r.story->limit = opened->due;
	}
	find_end(&r);
	measure(&r);
	return r.rescheduler != NULL ? r.rescheduler->step : NULL;
}

void
lapse_bench_open(struct bench *b, const struct lapse_rule *rule, const struct duty *duty,
    struct lapse_instant x, enum lapse_opening opening)
{
	struct lapse_obligation o = {
		.rule = rule,
		.owner = b->owner,
		.post = duty->post,
		.flag = duty->flag != NULL ? duty->flag->text : NULL,
		.flag_order = duty->flag != NULL ? duty->flag->set : LAPSE_ORDER_LAST,
		.opening = opening,
		.opened_by = duty->raised_by,
		.arose = duty->arose,
		.opened = x,
		.due = lapse_rule_due(rule, x),
		.stopped = LAPSE_NEVER,
		.stopped_order = LAPSE_ORDER_LAST,
		.due_by = LAPSE_DUE_LIMIT,
		.gap_seconds = -1,
	};
	const struct lapse_step *step;

	while ((step = live(b, duty, &o)) != NULL && lapse_bench_opens(b, rule, duty, step->at)) {
		o.opening = LAPSE_OPENED_RESCHEDULED;
		o.opened_by = step->who;
		o.opened = step->at;
		o.due = lapse_rule_due(rule, step->at);
	}
}

bool
lapse_bench_opens(const struct bench *b, const struct lapse_rule *rule, const struct duty *duty,
    struct lapse_instant x)
{
	if (x.sec > b->thread->at.sec || !lapse_rule_in_force(rule, x) || !lapse_bench_stays_open(b, x))
		return false;
	if (x.sec < duty->end.sec)
		return true;
	return x.sec == duty->arose.sec && duty->end_how != LAPSE_STOP_WITHDRAWN;
}

bool
lapse_obligation_is_breach(const struct lapse_obligation *o)
{
	return o->state == LAPSE_STATE_LATE || o->state == LAPSE_STATE_OVERDUE;
}
