#include "brute.h"

#include <stdlib.h>
#include <string.h>

#include "brute_read.c"
#include "brute_who.c"

/* Up to this length of a story every second is visited, not only those near an event. */
#define BRUTE_EVERY_SECOND 200

/*
 * Dates in force
 */

/* A Next update date, and the move that put it in force. */
struct date {
	int64_t midnight;	/* BRUTE_NEVER: no date */
	bool setter;		/* neither a root program nor the owner moved it, or nobody knows who */
	int64_t at;		/* of the move */
	size_t order;
	const char *who;
};

/* It begins where it begins first on earth, at UTC+14, and ends where it ends last, at UTC-12. */
static int64_t
begin_of(const struct date *date)
{
	return date->midnight - 14 * 3600;
}

static int64_t
end_of(const struct date *date)
{
	return date->midnight + BRUTE_DAY - 1 + 12 * 3600;
}

/* Does a date bind what opened at x? */
static bool
binds(const struct date *date, int64_t x)
{
	return date->midnight != BRUTE_NEVER && x < begin_of(date);
}

/* A thread of an owner, with all that does not depend on the rule. */
struct scene {
	const struct lapse_thread *thread;
	const struct lapse_party *owner;
	const struct brute_world *world;
	enum lapse_side *sides;		/* of the thread's posts; bot for those that only the server wrote */
	struct date *dates;		/* the first whiteboard's, then one a move */
	size_t ndates;
	struct brute_flag flags[BRUTE_MAX_FLAGS];
	size_t nflags;
};

static enum lapse_side
side_of(const struct scene *scene, const char *who, int64_t at)
{
	return brute_side(scene->world, scene->owner, who, at);
}

/* A step of the whiteboard moves the date if it holds another than the whiteboard before, and not the owner made it. */
static void
collect_dates(struct scene *scene)
{
	const struct lapse_track *track = &scene->thread->whiteboards;
	int64_t before = brute_whiteboard_date(track->first);
	size_t i;

	scene->dates = calloc(track->nsteps + 1, sizeof(*scene->dates));
	if (scene->dates == NULL)
		abort();
	scene->dates[0] = (struct date){ .midnight = before, .setter = true, .at = BRUTE_NEVER };
	scene->ndates = 1;
	for (i = 0; i < track->nsteps; i++) {
		const struct lapse_step *step = &track->steps[i];
		enum lapse_side side = side_of(scene, step->who, step->at.sec);
		int64_t after = brute_whiteboard_date(step->value);

		if (after != before && side != LAPSE_SIDE_OWNER)
			scene->dates[scene->ndates++] = (struct date){ .midnight = after, .at = step->at.sec,
				.setter = side != LAPSE_SIDE_ROOT_PROGRAM, .order = step->order, .who = step->who };
		before = after;
	}
}

/* What stood before a second. */
static const struct date *
date_before(const struct scene *scene, int64_t s)
{
	const struct date *found = &scene->dates[0];
	size_t i;

	for (i = 1; i < scene->ndates; i++)
		if (scene->dates[i].at < s)
			found = &scene->dates[i];
	return found;
}

/*
 * The clocks
 */

/* One duty under one rule. */
struct duty {
	const struct scene *scene;
	const struct brute_rule *rule;
	const struct lapse_post *post;		/* that raised it, or … */
	const struct brute_flag *flag;		/* … the flag */
	int64_t t;
	struct lapse_obligation *out;
	size_t cap;
	size_t nout;

	/* As of the second in view. */
	bool open;		/* the thread is */
	bool arisen;
	bool ended;		/* fulfilled or withdrawn */
	const struct lapse_post *answer;	/* that fulfilled it */
	bool may_open;		/* in this second */

	/* The obligation that runs, when `running`. */
	bool running;
	struct lapse_obligation now;
	bool opened_by_post;
	bool setter;		/* of the move that gave `due` */
	int64_t due_date;	/* that gives `due`; BRUTE_NEVER: none does */
	int64_t stood;		/* the date that stood in force before the post that opened it */
};

static bool
in_force(const struct lapse_rule *rule, int64_t s)
{
	if (rule->from.sec != BRUTE_NEVER && s < rule->from.sec)
		return false;
	return rule->until.sec == BRUTE_NEVER || s < rule->until.sec;
}

/* Posts that were never public neither open nor stop anything. */
static bool
counts(const struct scene *scene, size_t i, enum lapse_side side)
{
	return scene->thread->posts[i].is_public && scene->sides[i] == side;
}

static bool
post_raises_duty(const struct scene *scene, size_t i, const struct lapse_rule *rule)
{
	if (rule->clock == LAPSE_CLOCK_UPDATE)
		return counts(scene, i, LAPSE_SIDE_OWNER);
	if (rule->clock != LAPSE_CLOCK_RESPONSE)
		return false;
	if (!rule->description && scene->thread->posts[i].number == 0)
		return false;
	return counts(scene, i, LAPSE_SIDE_ROOT_PROGRAM) || counts(scene, i, LAPSE_SIDE_OTHER) ||
	    counts(scene, i, LAPSE_SIDE_UNCLAIMED);
}

static bool
flag_raises_duty(const struct scene *scene, const struct brute_flag *flag, const struct lapse_rule *rule)
{
	return rule->clock == LAPSE_CLOCK_NEEDINFO && flag->login[0] != '\0' &&
	    side_of(scene, flag->login, flag->at) == LAPSE_SIDE_OWNER;
}

/* Did a stranger post at x or later, after the post that raised the duty, and not after due? */
static bool
stranger_posted(const struct duty *d, const struct lapse_obligation *o)
{
	const struct lapse_thread *thread = d->scene->thread;
	size_t i;

	for (i = 0; i < thread->nposts; i++)
		if (counts(d->scene, i, LAPSE_SIDE_UNCLAIMED) && (d->post == NULL || &thread->posts[i] > d->post) &&
		    thread->posts[i].at.sec >= o->opened.sec && thread->posts[i].at.sec <= o->due.sec)
			return true;
	return false;
}

static int64_t
slack_of(const struct lapse_post *post)
{
	return post != NULL ? post->slack : 0;
}

/* Might an answer have come in time, if each message was written anywhere within its bounds? */
static bool
may_be_in_time(const struct duty *d, const struct lapse_obligation *o)
{
	const struct lapse_thread *thread = d->scene->thread;
	size_t i;

	if (o->late_seconds <= slack_of(d->post) + slack_of(o->stopped_by))
		return true;
	for (i = 0; i < thread->nposts; i++) {
		const struct lapse_post *post = &thread->posts[i];

		if (post->is_undated && post->is_public && side_of(d->scene, post->author, thread->at.sec) == LAPSE_SIDE_OWNER)
			return true;
		if (d->post != NULL && post < d->post && counts(d->scene, i, LAPSE_SIDE_OWNER) && slack_of(post) + slack_of(d->post) > 0 &&
		    post->at.sec + post->slack >= d->post->at.sec - d->post->slack)
			return true;
	}
	return false;
}

static unsigned
doubts_of(const struct duty *d, const struct lapse_obligation *o)
{
	const struct lapse_rule *rule = &d->rule->rule;
	const char *raiser = d->post != NULL ? d->post->author : d->flag->who;
	unsigned doubts = 0;

	if (!d->scene->thread->has_history)
		doubts |= LAPSE_DOUBT_HISTORY;
	if (rule->limit.in_days && o->due_by == LAPSE_DUE_LIMIT && o->late_seconds < BRUTE_DAY)
		doubts |= LAPSE_DOUBT_COUNTING;
	if (side_of(d->scene, raiser, d->t) == LAPSE_SIDE_UNCLAIMED)
		doubts |= LAPSE_DOUBT_OPENER;
	if (stranger_posted(d, o))
		doubts |= LAPSE_DOUBT_ANSWER;
	if (d->setter)
		doubts |= LAPSE_DOUBT_SETTER;
	if (rule->certain_from.sec != BRUTE_NEVER && o->opened.sec < rule->certain_from.sec)
		doubts |= LAPSE_DOUBT_RULE;
	if (d->opened_by_post && d->due_date != BRUTE_NEVER && d->due_date == d->stood)
		doubts |= LAPSE_DOUBT_EARLY_UPDATE;
	if (may_be_in_time(d, o))
		doubts |= LAPSE_DOUBT_TIME;
	return doubts;
}

/* `date` gives the due time from c on, if it binds; else the limit does. */
static void
set_due(struct duty *d, const struct date *date, int64_t c)
{
	bool by_date = d->rule->rule.next_update && binds(date, d->now.opened.sec) && c <= end_of(date);

	d->now.due_by = by_date ? LAPSE_DUE_NEXT_UPDATE : LAPSE_DUE_LIMIT;
	d->now.due.sec = by_date ? end_of(date) : brute_due(d->rule, c);
	d->due_date = by_date ? date->midnight : BRUTE_NEVER;
	d->setter = by_date && date->setter;
}

/* A post sees the date before its second, a rule, a reopening or a rescheduling what stands after it. */
static void
start(struct duty *d, int64_t x, const char *who, bool by_post)
{
	const struct date *date = date_before(d->scene, by_post ? x : x + 1);

	d->running = true;
	d->now = (struct lapse_obligation){
		.rule = &d->rule->rule,
		.owner = d->scene->owner,
		.post = d->post,
		.opened_by = who,
		.arose = { d->t },
		.opened = { x },
		.stopped = { BRUTE_NEVER },
		.gap_seconds = -1,
	};
	d->opened_by_post = by_post;
	d->stood = by_post ? date->midnight : BRUTE_NEVER;
	set_due(d, date, x);
}

static const char *
raised_by(const struct duty *d)
{
	return d->post != NULL ? d->post->author : d->flag->who;
}

/* The obligation that runs comes to its end at second `end`; it ran until then. */
static void
finish(struct duty *d, int64_t end)
{
	struct lapse_obligation *o = &d->now;

	if (o->state != LAPSE_STATE_MOOT) {
		o->gap_seconds = end - o->opened.sec;
		if (end > o->due.sec)
			o->late_seconds = end - o->due.sec;
	}
	/* Closed, and not since when: posts and closings that are known stand, all else may have come too late. */
	if (d->scene->thread->closed_unknown && o->stopped_how != LAPSE_STOP_POST &&
	    o->stopped_how != LAPSE_STOP_CLOSED) {
		o->state = LAPSE_STATE_UNPROVEN;
		o->stopped.sec = BRUTE_NEVER;
		o->stopped_how = LAPSE_STOP_NONE;
		o->gap_seconds = -1;
		o->late_seconds = 0;
	}
	if (o->state == LAPSE_STATE_LATE || o->state == LAPSE_STATE_OVERDUE)
		o->doubts = doubts_of(d, o);
	if (d->nout < d->cap)
		d->out[d->nout] = *o;
	d->nout++;
	d->running = false;
}

/* Something stops what runs, if anything does. In time it is `kept`: met by what fulfils, moot by what ends. */
static void
stop(struct duty *d, int64_t s, enum lapse_stop how, enum lapse_state kept)
{
	if (!d->running)
		return;
	d->now.stopped.sec = s;
	d->now.stopped_how = how;
	d->now.state = s <= d->now.due.sec ? kept : LAPSE_STATE_LATE;
	finish(d, s);
}

static void
stop_by_post(struct duty *d, int64_t s)
{
	d->now.stopped_by = d->answer;
	stop(d, s, LAPSE_STOP_POST, LAPSE_STATE_MET);
}

/* Does an open thread close in this second, even if it opens again in it? */
static bool
closes(const struct lapse_thread *thread, bool open, int64_t s)
{
	bool closing = false;
	size_t i;

	for (i = 0; i < thread->nturns; i++) {
		if (thread->turns[i].at.sec != s)
			continue;
		if (open && !thread->turns[i].open)
			closing = true;
		open = thread->turns[i].open;
	}
	return closing;
}

/* Is the duty's flag cleared in this second, by the owner's side or by anybody else? */
static bool
clears(const struct duty *d, int64_t s, bool by_owner)
{
	return d->flag != NULL && d->flag->cleared && d->flag->cleared_at == s &&
	    (side_of(d->scene, d->flag->cleared_by, s) == LAPSE_SIDE_OWNER) == by_owner;
}

/* The rule, an open thread and the duty come together at something that is not a post. */
static void
open_if_owed(struct duty *d, int64_t s)
{
	if (!d->arisen || d->running || !d->open || !d->may_open)
		return;
	/* Not in the second in which the duty is fulfilled, unless x is t. */
	if (s != d->t && (d->ended || clears(d, s, true)))
		return;
	if (d->ended && d->answer == NULL && !clears(d, s, true))
		return;
	start(d, s, raised_by(d), false);
	if (d->ended && d->answer != NULL)
		stop_by_post(d, s);
	else if (d->ended)
		stop(d, s, LAPSE_STOP_FLAG, LAPSE_STATE_MET);
}

static void
live_posts(struct duty *d, int64_t s)
{
	const struct lapse_thread *thread = d->scene->thread;
	size_t i;

	for (i = 0; i < thread->nposts; i++) {
		if (thread->posts[i].at.sec != s)
			continue;
		if (&thread->posts[i] == d->post) {
			d->arisen = true;
			if (d->open && d->may_open)
				start(d, s, d->post->author, true);
		} else if (d->arisen && !d->ended && counts(d->scene, i, LAPSE_SIDE_OWNER)) {
			d->answer = &thread->posts[i];
			d->ended = true;
			if (d->running)
				stop_by_post(d, s);
		}
	}
}

static void
live_turn(struct duty *d, const struct lapse_turn *turn)
{
	if (turn->open == d->open)
		return;
	d->open = turn->open;
	if (!d->open)
		stop(d, turn->at.sec, LAPSE_STOP_CLOSED, LAPSE_STATE_MOOT);
	open_if_owed(d, turn->at.sec);
}

/* The date in force changes at c. */
static void
live_move(struct duty *d, const struct date *date)
{
	bool takes = binds(date, d->now.opened.sec) && date->at <= end_of(date);

	if (!d->running || !d->rule->rule.next_update)
		return;
	/* What opened in this second and not by a post has seen it already. */
	if (d->now.opened.sec == date->at && !d->opened_by_post)
		return;
	if (date->at <= d->now.due.sec) {
		if (!takes && d->now.due_by == LAPSE_DUE_LIMIT)
			return;
		set_due(d, date, date->at);
		d->setter = date->setter;
	} else if (takes) {
		stop(d, date->at, LAPSE_STOP_RESCHEDULED, LAPSE_STATE_LATE);
		if (d->may_open)
			start(d, date->at, date->who, false);
	}
}

static void
live_flag(struct duty *d, size_t order, int64_t s)
{
	if (order == d->flag->order && s == d->t) {
		d->arisen = true;
		open_if_owed(d, s);
	} else if (d->flag->cleared && order == d->flag->cleared_order && !d->ended) {
		d->ended = true;
		if (clears(d, s, true))
			stop(d, s, LAPSE_STOP_FLAG, LAPSE_STATE_MET);
		else
			stop(d, s, LAPSE_STOP_WITHDRAWN, LAPSE_STATE_MOOT);
	}
}

/* All that takes effect in a second at one place of its order. */
static void
live_place(struct duty *d, int64_t s, size_t order)
{
	const struct scene *scene = d->scene;
	size_t i;

	for (i = 0; i < scene->thread->nturns; i++)
		if (scene->thread->turns[i].at.sec == s && scene->thread->turns[i].order == order)
			live_turn(d, &scene->thread->turns[i]);
	for (i = 1; i < scene->ndates; i++)
		if (scene->dates[i].at == s && scene->dates[i].order == order)
			live_move(d, &scene->dates[i]);
	if (d->flag != NULL && order < scene->thread->nchanges && scene->thread->changes[order].at.sec == s)
		live_flag(d, order, s);
}

/* The next place after `order` at which anything takes effect in a second; false: there is none. */
static bool
next_place(size_t *out, const struct scene *scene, int64_t s, size_t order, bool first)
{
	const struct lapse_thread *thread = scene->thread;
	bool found = false;
	size_t i, n = thread->nturns, m = scene->ndates, place;

	for (i = 0; i < n + m + thread->nchanges; i++) {
		if (i < n ? thread->turns[i].at.sec != s : i < n + m ? scene->dates[i - n].at != s :
		    thread->changes[i - n - m].at.sec != s)
			continue;
		place = i < n ? thread->turns[i].order : i < n + m ? scene->dates[i - n].order : i - n - m;
		if ((!first && place <= order) || (found && place >= *out))
			continue;
		*out = place;
		found = true;
	}
	return found;
}

/* Live through the seconds, in order, with one duty under one rule in view. */
static void
live(struct duty *d, const int64_t *seconds, size_t nseconds)
{
	const struct lapse_thread *thread = d->scene->thread;
	size_t i, place = 0;
	bool first;

	d->open = thread->starts_open;
	d->arisen = d->ended = d->running = false;
	d->answer = NULL;
	for (i = 0; i < nseconds; i++) {
		int64_t s = seconds[i];

		/* Nothing opens in the second of a closing or a withdrawal. */
		d->may_open = in_force(&d->rule->rule, s) && !closes(thread, d->open, s) && !clears(d, s, false);
		/* In the same second posts come before changes, posts by number. */
		live_posts(d, s);
		if (s == d->rule->rule.from.sec && s != d->t)
			open_if_owed(d, s);
		for (first = true; next_place(&place, d->scene, s, place, first); first = false)
			live_place(d, s, place);
	}
	if (d->running) {
		d->now.state = thread->at.sec <= d->now.due.sec ? LAPSE_STATE_RUNNING : LAPSE_STATE_OVERDUE;
		finish(d, thread->at.sec);
	}
}

static int
second_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Every second up to the evaluation at which anything can happen, and those beside it. The caller frees. */
static int64_t *
collect_seconds(size_t *n_out, const struct lapse_thread *thread, const struct brute_world *world)
{
	size_t nevents = thread->nposts + thread->nturns + thread->nchanges + thread->whiteboards.nsteps;
	size_t cap = 3 * (nevents + 2 * world->nrules + 1) + BRUTE_EVERY_SECOND + 1;
	int64_t *all = calloc(cap, sizeof(*all));
	size_t n = 0, kept = 0;
	size_t i;
	int64_t s;

	if (all == NULL)
		abort();
	for (i = 0; i < thread->nposts; i++)
		all[n++] = thread->posts[i].at.sec;
	for (i = 0; i < thread->nturns; i++)
		all[n++] = thread->turns[i].at.sec;
	for (i = 0; i < thread->nchanges; i++)
		all[n++] = thread->changes[i].at.sec;
	for (i = 0; i < thread->whiteboards.nsteps; i++)
		all[n++] = thread->whiteboards.steps[i].at.sec;
	for (i = 0; i < world->nrules; i++) {
		if (world->rules[i].rule.from.sec != BRUTE_NEVER)
			all[n++] = world->rules[i].rule.from.sec;
		if (world->rules[i].rule.until.sec != BRUTE_NEVER)
			all[n++] = world->rules[i].rule.until.sec;
	}
	all[n++] = thread->at.sec;
	for (i = n; i-- > 0;) {
		all[n++] = all[i] - 1;
		all[n++] = all[i] + 1;
	}
	for (i = 0, s = thread->at.sec; i < n; i++)
		s = all[i] < s ? all[i] : s;
	if (thread->at.sec - s < BRUTE_EVERY_SECOND)
		for (; s <= thread->at.sec; s++)
			all[n++] = s;
	qsort(all, n, sizeof(*all), second_cmp);
	for (i = 0; i < n; i++)
		if (all[i] <= thread->at.sec && (kept == 0 || all[kept - 1] != all[i]))
			all[kept++] = all[i];
	*n_out = kept;
	return all;
}

int
brute_cmp(const void *a, const void *b)
{
	const struct lapse_obligation *x = a, *y = b;
	int64_t m = x->post != NULL ? x->post->number : -1, n = y->post != NULL ? y->post->number : -1;

	if (x->opened.sec != y->opened.sec)
		return x->opened.sec < y->opened.sec ? -1 : 1;
	if (m != n)
		return m < n ? -1 : 1;
	return strcmp(x->rule->id, y->rule->id);
}

static void
look_around(struct scene *scene)
{
	const struct lapse_thread *thread = scene->thread;
	size_t i;

	scene->sides = calloc(thread->nposts + 1, sizeof(*scene->sides));
	if (scene->sides == NULL)
		abort();
	for (i = 0; i < thread->nposts; i++)
		scene->sides[i] = thread->posts[i].is_generated || thread->posts[i].is_undated ? LAPSE_SIDE_BOT :
		    side_of(scene, thread->posts[i].author, thread->posts[i].at.sec);
	collect_dates(scene);
	scene->nflags = brute_flags(scene->flags, thread);
}

size_t
brute_compute(struct lapse_obligation *out, size_t cap, const struct lapse_thread *thread,
    const struct lapse_party *owner, const struct brute_world *world)
{
	static struct scene scene;
	struct duty duty = { .scene = &scene, .out = out, .cap = cap };
	int64_t *seconds;
	size_t i, j, nseconds;

	if (owner == NULL)
		return 0;
	scene = (struct scene){ .thread = thread, .owner = owner, .world = world };
	look_around(&scene);
	seconds = collect_seconds(&nseconds, thread, world);
	for (i = 0; i < world->nrules; i++) {
		duty.rule = &world->rules[i];
		for (j = 0; j < thread->nposts + scene.nflags; j++) {
			duty.post = j < thread->nposts ? &thread->posts[j] : NULL;
			duty.flag = j < thread->nposts ? NULL : &scene.flags[j - thread->nposts];
			duty.t = duty.post != NULL ? duty.post->at.sec : duty.flag->at;
			if (duty.post != NULL ? post_raises_duty(&scene, j, &duty.rule->rule) :
			    flag_raises_duty(&scene, duty.flag, &duty.rule->rule))
				live(&duty, seconds, nseconds);
		}
	}
	free(seconds);
	free(scene.sides);
	free(scene.dates);
	qsort(out, duty.nout < cap ? duty.nout : cap, sizeof(*out), brute_cmp);
	return duty.nout;
}
