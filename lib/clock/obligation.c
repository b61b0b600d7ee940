/*
 * Obligations: for each rule and each duty, when it opened, when it was due
 * and how it ended. A duty is raised by a post and fulfilled by the owner's
 * next one; in one second posts come before the thread's turns.
 */
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/clock.h"

#define DAY ((int64_t)86400)

/* What one thread's computation works on. */
struct bench {
	const struct lapse_thread *thread;
	const struct lapse_party *owner;
	enum lapse_side *sides;		/* of each post */
	size_t *answered_by;		/* of each post: the owner's next post, or nposts */
	struct lapse_obligations *list;
};

static const char *const state_names[] = { "met", "late", "running", "overdue", "moot", "unproven" };
static const char *const stop_names[] = { NULL, "post", "flag", "withdrawn", "rescheduled", "closed" };
static const char *const due_by_names[] = { "limit", "next-update" };
static const char *const doubt_names[LAPSE_NDOUBTS] = {
	"answer", "counting", "early-update", "history", "opener", "rule", "setter"
};

const char *
lapse_state_name(enum lapse_state state)
{
	return state_names[state];
}

const char *
lapse_stop_name(enum lapse_stop stop)
{
	return stop_names[stop];
}

const char *
lapse_due_by_name(enum lapse_due_by due_by)
{
	return due_by_names[due_by];
}

const char *
lapse_doubt_name(size_t bit)
{
	return doubt_names[bit];
}

bool
lapse_obligation_is_breach(const struct lapse_obligation *o)
{
	return o->state == LAPSE_STATE_LATE || o->state == LAPSE_STATE_OVERDUE;
}

void
lapse_obligations_init(struct lapse_obligations *list)
{
	*list = (struct lapse_obligations){ 0 };
}

void
lapse_obligations_release(struct lapse_obligations *list)
{
	free(list->items);
	lapse_obligations_init(list);
}

/* ---- posts ---- */

static enum lapse_side
side_of(const struct lapse_post *post, const struct lapse_party *owner, const struct lapse_parties *parties)
{
	if (post->is_generated)
		return LAPSE_SIDE_BOT;
	return lapse_parties_side(parties, owner, post->author, post->at);
}

/* Does a post take part at all? One that was never public neither opens nor stops anything. */
static bool
counts(const struct bench *b, size_t i, enum lapse_side side)
{
	return b->thread->posts[i].is_public && b->sides[i] == side;
}

static void
look_at_posts(struct bench *b, const struct lapse_parties *parties)
{
	const struct lapse_thread *thread = b->thread;
	size_t next = thread->nposts;

	b->sides = lapse_alloc(thread->nposts, sizeof(*b->sides));
	b->answered_by = lapse_alloc(thread->nposts, sizeof(*b->answered_by));
	for (size_t i = thread->nposts; i-- > 0; ) {
		b->sides[i] = side_of(&thread->posts[i], b->owner, parties);
		b->answered_by[i] = next;
		if (counts(b, i, LAPSE_SIDE_OWNER))
			next = i;
	}
}

static bool
raises_duty(const struct bench *b, const struct lapse_rule *rule, size_t i)
{
	if (rule->clock == LAPSE_CLOCK_UPDATE)
		return counts(b, i, LAPSE_SIDE_OWNER);
	if (b->thread->posts[i].number == 0 && !rule->description)
		return false;
	return counts(b, i, LAPSE_SIDE_ROOT_PROGRAM) || counts(b, i, LAPSE_SIDE_OTHER) ||
	    counts(b, i, LAPSE_SIDE_UNCLAIMED);
}

/* ---- open and closed ---- */

/* Is the thread open after all that second x brought, and was it not closed in that second? */
static bool
stays_open(const struct lapse_thread *thread, struct lapse_instant x)
{
	bool open = thread->starts_open;
	bool closing = false;

	for (size_t i = 0; i < thread->nturns && thread->turns[i].at.sec <= x.sec; i++) {
		if (open && !thread->turns[i].open && thread->turns[i].at.sec == x.sec)
			closing = true;
		open = thread->turns[i].open;
	}
	return open && !closing;
}

/* The first closing after x; the thread is open at x. LAPSE_NEVER: none. */
static struct lapse_instant
next_closing(const struct lapse_thread *thread, struct lapse_instant x)
{
	for (size_t i = 0; i < thread->nturns; i++)
		if (thread->turns[i].at.sec > x.sec && !thread->turns[i].open)
			return thread->turns[i].at;
	return LAPSE_NEVER;
}

/* ---- one obligation ---- */

static bool
may_speak_for_owner(const struct bench *b, size_t duty, struct lapse_instant opened, struct lapse_instant due)
{
	const struct lapse_post *posts = b->thread->posts;

	for (size_t i = duty + 1; i < b->thread->nposts && posts[i].at.sec <= due.sec; i++)
		if (posts[i].at.sec >= opened.sec && counts(b, i, LAPSE_SIDE_UNCLAIMED))
			return true;
	return false;
}

static unsigned
doubts_of(const struct bench *b, size_t duty, const struct lapse_obligation *o)
{
	unsigned doubts = 0;

	if (!b->thread->has_history)
		doubts |= LAPSE_DOUBT_HISTORY;
	if (o->rule->limit.in_days && o->due_by == LAPSE_DUE_LIMIT && o->late_seconds < DAY)
		doubts |= LAPSE_DOUBT_COUNTING;
	if (b->sides[duty] == LAPSE_SIDE_UNCLAIMED)
		doubts |= LAPSE_DOUBT_OPENER;
	if (may_speak_for_owner(b, duty, o->opened, o->due))
		doubts |= LAPSE_DOUBT_ANSWER;
	if (lapse_time_is_set(o->rule->certain_from) && o->opened.sec < o->rule->certain_from.sec)
		doubts |= LAPSE_DOUBT_RULE;
	return doubts;
}

static void
stop(struct lapse_obligation *o, struct lapse_instant at, enum lapse_stop how, enum lapse_state in_time)
{
	o->stopped = at;
	o->stopped_how = how;
	o->state = at.sec <= o->due.sec ? in_time : LAPSE_STATE_LATE;
}

/* How it ends: the answer, else a closing, else it runs, is overdue, or cannot be told. */
static void
settle(const struct bench *b, size_t duty, struct lapse_obligation *o)
{
	const struct lapse_thread *thread = b->thread;
	struct lapse_instant closing = next_closing(thread, o->opened);
	const struct lapse_post *answer = b->answered_by[duty] < thread->nposts ?
	    &thread->posts[b->answered_by[duty]] : NULL;
	struct lapse_instant end = thread->at;

	if (answer != NULL && (!lapse_time_is_set(closing) || answer->at.sec <= closing.sec)) {
		stop(o, answer->at, LAPSE_STOP_POST, LAPSE_STATE_MET);
		o->stopped_by = answer;
	} else if (lapse_time_is_set(closing)) {
		stop(o, closing, LAPSE_STOP_CLOSED, LAPSE_STATE_MOOT);
	} else if (thread->closed_unknown) {
		o->state = LAPSE_STATE_UNPROVEN;
	} else {
		o->state = thread->at.sec <= o->due.sec ? LAPSE_STATE_RUNNING : LAPSE_STATE_OVERDUE;
	}
	if (o->state == LAPSE_STATE_MOOT || o->state == LAPSE_STATE_UNPROVEN)
		return;
	if (lapse_time_is_set(o->stopped))
		end = o->stopped;
	o->gap_seconds = end.sec - o->opened.sec;
	if (end.sec > o->due.sec)
		o->late_seconds = end.sec - o->due.sec;
	if (lapse_obligation_is_breach(o))
		o->doubts = doubts_of(b, duty, o);
}

static void
open_at(struct bench *b, const struct lapse_rule *rule, size_t duty, struct lapse_instant x)
{
	struct lapse_obligations *list = b->list;
	const struct lapse_post *post = &b->thread->posts[duty];
	struct lapse_obligation *o;

	list->items = lapse_grow(list->items, list->nitems, &list->cap, sizeof(*list->items));
	o = &list->items[list->nitems++];
	*o = (struct lapse_obligation){
		.rule = rule,
		.owner = b->owner,
		.post = post,
		.opened_by = post->author,
		.arose = post->at,
		.opened = x,
		.due = lapse_rule_due(rule, x),
		.stopped = LAPSE_NEVER,
		.due_by = LAPSE_DUE_LIMIT,
		.gap_seconds = -1,
	};
	settle(b, duty, o);
}

/* ---- when a duty opens ---- */

/* May the duty open at second x, given that something brings it up then? */
static bool
opens(const struct bench *b, const struct lapse_rule *rule, size_t duty, struct lapse_instant x)
{
	const struct lapse_thread *thread = b->thread;
	size_t answer = b->answered_by[duty];
	struct lapse_instant arose = thread->posts[duty].at;

	if (x.sec > thread->at.sec || !lapse_rule_in_force(rule, x) || !stays_open(thread, x))
		return false;
	return x.sec == arose.sec || answer == thread->nposts || thread->posts[answer].at.sec > x.sec;
}

/*
 * Open the duty when it arises or the rule comes into force, and again at each
 * reopening. Where two of these fall into one second, it opens once.
 */
static void
run_duty(struct bench *b, const struct lapse_rule *rule, size_t duty)
{
	const struct lapse_thread *thread = b->thread;
	struct lapse_instant arose = thread->posts[duty].at;
	struct lapse_instant first = arose;
	bool open = thread->starts_open;

	if (lapse_time_is_set(rule->from) && rule->from.sec > arose.sec)
		first = rule->from;
	if (opens(b, rule, duty, first))
		open_at(b, rule, duty, first);
	for (size_t i = 0; i < thread->nturns; i++) {
		struct lapse_instant x = thread->turns[i].at;
		bool reopening = thread->turns[i].open && !open;

		open = thread->turns[i].open;
		if (reopening && x.sec > first.sec && opens(b, rule, duty, x))
			open_at(b, rule, duty, x);
	}
}

static int
by_opened_post_rule(const void *va, const void *vb)
{
	const struct lapse_obligation *a = va, *b = vb;

	if (a->opened.sec != b->opened.sec)
		return a->opened.sec < b->opened.sec ? -1 : 1;
	if (a->post != b->post) {
		if (a->post == NULL || b->post == NULL)
			return a->post == NULL ? -1 : 1;
		if (a->post->number != b->post->number)
			return a->post->number < b->post->number ? -1 : 1;
	}
	return strcmp(a->rule->id, b->rule->id);
}

void
lapse_obligations_compute(struct lapse_obligations *list, const struct lapse_thread *thread,
    const struct lapse_party *owner, const struct lapse_parties *parties, const struct lapse_policy *policy)
{
	struct bench b = { .thread = thread, .owner = owner, .list = list };

	list->nitems = 0;
	if (owner == NULL)
		return;
	look_at_posts(&b, parties);
	for (size_t r = 0; r < lapse_policy_count(policy); r++) {
		const struct lapse_rule *rule = lapse_policy_at(policy, r);

		if (rule->unevaluated != NULL)
			continue;
		for (size_t i = 0; i < thread->nposts; i++)
			if (raises_duty(&b, rule, i))
				run_duty(&b, rule, i);
	}
	free(b.sides);
	free(b.answered_by);
	if (list->nitems > 0)
		qsort(list->items, list->nitems, sizeof(*list->items), by_opened_post_rule);
}
