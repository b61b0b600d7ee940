/*
 * Obligations: for each rule and each duty, when it opened. A duty is raised by a post or a flag and
 * ends when it is fulfilled or withdrawn; settle.c says how each obligation ends.
 */
#include <stdlib.h>
#include <string.h>

#include "flag.h"

static const char *const state_names[] = { "met", "late", "running", "overdue", "moot", "unproven" };
static const char *const stop_names[] = { NULL, "post", "flag", "withdrawn", "rescheduled", "closed" };
static const char *const due_by_names[] = { "limit", "next-update" };
static const char *const doubt_names[LAPSE_NDOUBTS] = {
	"answer", "counting", "early-update", "history", "opener", "rule", "setter", "time"
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

void
lapse_obligations_init(struct lapse_obligations *list)
{
	*list = (struct lapse_obligations){ 0 };
}

void
lapse_obligations_release(struct lapse_obligations *list)
{
	free(list->items);
	lapse_arena_release(&list->arena);
	lapse_obligations_init(list);
}

/* ---- duties ---- */

static struct duty
duty_of_post(const struct bench *b, size_t i)
{
	const struct lapse_post *post = &b->thread->posts[i];
	size_t answer = b->posts.owners[i + 1];
	struct duty duty = { .post = post, .arose = post->at, .raised_by = post->author, .rest = i + 1,
		.unclaimed = b->posts.sides[i] == LAPSE_SIDE_UNCLAIMED, .end = NOWHERE };

	if (answer < b->thread->nposts) {
		duty.answer = &b->thread->posts[answer];
		duty.end = place_of_post(duty.answer->at);
		duty.end_how = LAPSE_STOP_POST;
	}
	return duty;
}

/* A post in the second in which the flag is set precedes it. */
static struct duty
duty_of_flag(struct bench *b, const struct flag *flag)
{
	const struct lapse_change *changes = b->thread->changes, *set = &changes[flag->set];
	size_t answer = b->posts.owners[lapse_bench_posts_after(b, set->at)];
	struct duty duty = { .flag = flag, .arose = set->at, .raised_by = set->who, .end = NOWHERE };

	duty.unclaimed = lapse_bench_side(b, set->who, set->at) == LAPSE_SIDE_UNCLAIMED;
	if (answer < b->thread->nposts) {
		duty.answer = &b->thread->posts[answer];
		duty.end = place_of_post(duty.answer->at);
		duty.end_how = LAPSE_STOP_POST;
	}
	if (flag->cleared != SIZE_MAX) {
		const struct lapse_change *cleared = &changes[flag->cleared];
		struct place place = place_of_change(cleared->at, flag->cleared);

		if (is_before(place, duty.end)) {
			duty.end = place;
			duty.end_how = lapse_bench_side(b, cleared->who, cleared->at) == LAPSE_SIDE_OWNER ?
			    LAPSE_STOP_FLAG : LAPSE_STOP_WITHDRAWN;
		}
	}
	return duty;
}

static bool
raises_duty(const struct bench *b, const struct lapse_rule *rule, size_t i)
{
	if (rule->clock == LAPSE_CLOCK_UPDATE)
		return lapse_bench_counts(b, i, LAPSE_SIDE_OWNER);
	if (b->thread->posts[i].number == 0 && !rule->description)
		return false;
	return lapse_bench_wants_answer(b, i);
}

/*
 * Open the duty when it arises or the rule comes into force, and again at each
 * reopening. Where two of these fall into one second, it opens once.
 */
static void
run_duty(struct bench *b, const struct lapse_rule *rule, const struct duty *duty)
{
	struct lapse_instant first = duty->arose;
	enum lapse_opening opening = LAPSE_OPENED_RAISED;

	if (lapse_time_is_set(rule->from) && rule->from.sec > first.sec) {
		first = rule->from;
		opening = LAPSE_OPENED_RULE;
	} else if (duty->post != NULL && !lapse_bench_was_open(b, first)) {
		opening = LAPSE_OPENED_REOPENING;	/* in the second of the post, and after it */
	}
	if (lapse_bench_opens(b, rule, duty, first))
		lapse_bench_open(b, rule, duty, first, opening);
	for (size_t i = lapse_bench_doors_after(b, first); i < b->ndoors; i++) {
		const struct door *door = &b->doors[i];

		if (door->at.sec >= duty->end.sec || (lapse_time_is_set(rule->until) && door->at.sec >= rule->until.sec))
			break;
		if (!door->was_open && door->open && lapse_bench_opens(b, rule, duty, door->at))
			lapse_bench_open(b, rule, duty, door->at, LAPSE_OPENED_REOPENING);
	}
}

static void
run_rule(struct bench *b, const struct lapse_rule *rule)
{
	struct duty duty;

	if (rule->next_update && b->moves == NULL)
		lapse_bench_moves(b);
	if (rule->clock == LAPSE_CLOCK_NEEDINFO) {
		if (!b->has_flags)
			lapse_bench_flags(b);
		for (size_t i = 0; i < b->nflags; i++) {
			duty = duty_of_flag(b, &b->flags[i]);
			run_duty(b, rule, &duty);
		}
		return;
	}
	for (size_t i = 0; i < b->thread->nposts; i++) {
		if (!raises_duty(b, rule, i))
			continue;
		duty = duty_of_post(b, i);
		run_duty(b, rule, &duty);
	}
}

/* ---- all of a thread ---- */

static int
by_opened_post_rule(const void *va, const void *vb)
{
	const struct lapse_obligation *a = va, *b = vb;
	int order;

	if (a->opened.sec != b->opened.sec)
		return a->opened.sec < b->opened.sec ? -1 : 1;
	if (a->post != b->post) {
		if (a->post == NULL || b->post == NULL)
			return a->post == NULL ? -1 : 1;
		if (a->post->number != b->post->number)
			return a->post->number < b->post->number ? -1 : 1;
	}
	order = strcmp(a->rule->id, b->rule->id);
	if (order != 0)
		return order;
	/* Flags that one second set, in a firm order. */
	if (a->flag_order != b->flag_order)
		return a->flag_order < b->flag_order ? -1 : 1;
	if (a->flag != NULL && b->flag != NULL)
		order = strcmp(a->flag, b->flag);
	if (order == 0)
		order = (a->stopped.sec > b->stopped.sec) - (a->stopped.sec < b->stopped.sec);
	return order;
}

void
lapse_obligations_compute(struct lapse_obligations *list, const struct lapse_thread *thread,
    const struct lapse_party *owner, const struct lapse_parties *parties, const struct lapse_policy *policy)
{
	struct bench b = { .thread = thread, .owner = owner, .parties = parties, .list = list };

	list->nitems = 0;
	lapse_arena_reset(&list->arena);
	if (owner == NULL)
		return;
	lapse_bench_posts(&b);
	lapse_bench_doors(&b);
	for (size_t i = 0; i < lapse_policy_count(policy); i++)
		if (lapse_policy_at(policy, i)->unevaluated == NULL &&
		    lapse_rule_is_about(lapse_policy_at(policy, i), thread->source, thread->is_mail))
			run_rule(&b, lapse_policy_at(policy, i));
	if (list->nitems > 1)
		qsort(list->items, list->nitems, sizeof(*list->items), by_opened_post_rule);
}
