#include "brute.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BRUTE_NEVER INT64_MIN
#define BRUTE_DAY 86400
/* Up to this length of a story every second is visited, not only those near an event. */
#define BRUTE_EVERY_SECOND 200

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Mail addresses are the same whatever their case. */
static bool
same_address(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

/*
 * Who is who
 */

const struct lapse_party *
brute_owner(const struct brute_world *world, const char *source, const char *id, const char *summary)
{
	const struct lapse_party *best = NULL;
	size_t best_len = 0;
	const char *rest;
	char name[128];
	size_t i, j, k, len;

	name[0] = '\0';
	strcat(strcat(strcat(name, source), ":"), id);
	for (i = 0; i < world->nentries; i++) {
		if (strcmp(world->entries[i].thread, name) != 0)
			continue;
		for (j = 0; j < world->nparties; j++)
			if (world->entries[i].party != NULL &&
			    strcmp(world->parties[j].id, world->entries[i].party) == 0)
				return &world->parties[j];
		return NULL;
	}
	if (summary == NULL)
		return NULL;
	for (;;) {
		while (*summary == ' ')
			summary++;
		if (*summary != '[' || strchr(summary, ']') == NULL)
			break;
		summary = strchr(summary, ']') + 1;
	}
	for (i = 0; i < world->nparties; i++) {
		for (j = 0; j < world->parties[i].nprefixes; j++) {
			const char *prefix = world->parties[i].prefixes[j];

			len = strlen(prefix);
			for (k = 0; k < len && lower(prefix[k]) == lower(summary[k]); k++)
				;
			if (k < len)
				continue;
			for (rest = summary + len; *rest == ' '; rest++)
				;
			if (*rest == ':' && len > best_len) {
				best_len = len;
				best = &world->parties[i];
			}
		}
	}
	return best;
}

/* Does a membership hold at a second, and cover the address? The length of the domain, or 1000 for an address. */
static size_t
member_claims(const struct lapse_member *member, const char *address, int64_t at)
{
	const char *host = strrchr(address, '@');
	const char *p;

	if (member->from.sec != BRUTE_NEVER && at < member->from.sec)
		return 0;
	if (member->until.sec != BRUTE_NEVER && at >= member->until.sec)
		return 0;
	if (member->address != NULL)
		return same_address(member->address, address) ? 1000 : 0;
	if (host == NULL)
		return 0;
	/* The host itself, then what follows each of its dots. */
	for (p = host; p != NULL; p = strchr(p + 1, '.'))
		if (same_address(p + 1, member->domain))
			return strlen(member->domain);
	return 0;
}

static const struct lapse_party *
claimant(const struct brute_world *world, const struct lapse_party *owner, const char *address, int64_t at)
{
	const struct lapse_party *by_address = NULL, *by_domain = NULL;
	bool owner_by_address = false, owner_by_domain = false;
	size_t longest = 0;
	size_t i, j, claim;

	for (i = 0; i < world->nparties; i++) {
		const struct lapse_party *party = &world->parties[i];

		for (j = 0; j < party->nmembers; j++) {
			claim = member_claims(&party->members[j], address, at);
			if (claim == 1000 && by_address == NULL)
				by_address = party;
			if (claim == 1000 && party == owner)
				owner_by_address = true;
			if (claim != 0 && claim < 1000 && party == owner)
				owner_by_domain = true;
			if (claim != 0 && claim < 1000 && claim > longest) {
				longest = claim;
				by_domain = party;
			}
		}
	}
	if (owner_by_address)
		return owner;
	if (by_address != NULL)
		return by_address;
	if (owner_by_domain)
		return owner;
	return by_domain;
}

enum lapse_side
brute_side(const struct brute_world *world, const struct lapse_party *owner, const char *address, int64_t at)
{
	const struct lapse_party *who = claimant(world, owner, address, at);

	if (who == NULL)
		return LAPSE_SIDE_UNCLAIMED;
	if (who == owner)
		return LAPSE_SIDE_OWNER;
	if (who->role == LAPSE_ROLE_ROOT_PROGRAM)
		return LAPSE_SIDE_ROOT_PROGRAM;
	if (who->role == LAPSE_ROLE_BOT)
		return LAPSE_SIDE_BOT;
	return LAPSE_SIDE_OTHER;
}

/*
 * When something is due
 */

/* Is there a 29 February? */
static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The civil day in the zone of TZ, counted on from 1970-01-01 year by year. */
static int32_t
local_day(int64_t t)
{
	time_t when = (time_t)t;
	int32_t days = 0;
	struct tm tm;
	int year;

	localtime_r(&when, &tm);
	for (year = 1970; year < tm.tm_year + 1900; year++)
		days += is_leap(year) ? 366 : 365;
	return days + tm.tm_yday;
}

/*
 * The last second at which the calendar in the zone of TZ shows `day` or an
 * earlier one: quarter hours first, from well before to well after, then the
 * seconds of the quarter hour found.
 */
static int64_t
walk_to_end_of_day(int32_t day)
{
	int64_t start = ((int64_t)day - 2) * BRUTE_DAY;
	int64_t quarter = start, last;
	int64_t t;

	for (t = start; t <= start + 5 * (int64_t)BRUTE_DAY; t += 900)
		if (local_day(t) <= day)
			quarter = t;
	last = quarter;
	for (t = quarter; t < quarter + 900; t++)
		if (local_day(t) <= day)
			last = t;
	return last;
}

/* The walk is slow and days come again: remember. */
static int64_t
end_of_day(const char *zone, int32_t day)
{
	static struct {
		const char *zone;
		int32_t day;
		int64_t end;
	} seen[8192];
	size_t i = ((size_t)day * 31 + strlen(zone) * 977 + (size_t)zone[0]) % 8192;

	if (seen[i].zone == NULL || strcmp(seen[i].zone, zone) != 0 || seen[i].day != day) {
		seen[i].zone = zone;
		seen[i].day = day;
		seen[i].end = walk_to_end_of_day(day);
	}
	return seen[i].end;
}

int64_t
brute_due(const struct brute_rule *rule, int64_t x)
{
	if (rule->rule.count == LAPSE_COUNT_ELAPSED)
		return x + rule->rule.limit.days * BRUTE_DAY + rule->rule.limit.sec;
	setenv("TZ", rule->zone, 1);
	tzset();
	return end_of_day(rule->zone, local_day(x) + (int32_t)rule->rule.limit.days);
}

/*
 * The clocks
 */

struct duty {
	const struct lapse_thread *thread;
	const enum lapse_side *sides;	/* of the thread's posts; bot for those that only the server wrote */
	const struct brute_rule *rule;
	const struct lapse_party *owner;
	size_t post;
	struct lapse_obligation *out;
	size_t cap;
	size_t nout;
	struct lapse_obligation now;	/* the one that runs, when `running` */
	bool running;
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
counts(const struct duty *d, size_t i, enum lapse_side side)
{
	return d->thread->posts[i].is_public && d->sides[i] == side;
}

static bool
raises_duty(const struct duty *d, size_t i)
{
	const struct lapse_rule *rule = &d->rule->rule;

	if (rule->clock == LAPSE_CLOCK_UPDATE)
		return counts(d, i, LAPSE_SIDE_OWNER);
	if (!rule->description && d->thread->posts[i].number == 0)
		return false;
	return counts(d, i, LAPSE_SIDE_ROOT_PROGRAM) || counts(d, i, LAPSE_SIDE_OTHER) ||
	    counts(d, i, LAPSE_SIDE_UNCLAIMED);
}

static unsigned
doubts_of(const struct duty *d, const struct lapse_obligation *o)
{
	const struct lapse_rule *rule = &d->rule->rule;
	unsigned doubts = 0;
	size_t i;

	if (!d->thread->has_history)
		doubts |= LAPSE_DOUBT_HISTORY;
	if (rule->limit.in_days && o->due_by == LAPSE_DUE_LIMIT && o->late_seconds < BRUTE_DAY)
		doubts |= LAPSE_DOUBT_COUNTING;
	if (d->sides[d->post] == LAPSE_SIDE_UNCLAIMED)
		doubts |= LAPSE_DOUBT_OPENER;
	for (i = d->post + 1; i < d->thread->nposts; i++)
		if (counts(d, i, LAPSE_SIDE_UNCLAIMED) && d->thread->posts[i].at.sec >= o->opened.sec &&
		    d->thread->posts[i].at.sec <= o->due.sec)
			doubts |= LAPSE_DOUBT_ANSWER;
	if (rule->certain_from.sec != BRUTE_NEVER && o->opened.sec < rule->certain_from.sec)
		doubts |= LAPSE_DOUBT_RULE;
	return doubts;
}

static void
start(struct duty *d, int64_t x)
{
	const struct lapse_post *post = &d->thread->posts[d->post];

	d->running = true;
	d->now = (struct lapse_obligation){
		.rule = &d->rule->rule,
		.owner = d->owner,
		.post = post,
		.opened_by = post->author,
		.arose = post->at,
		.opened = { x },
		.due = { brute_due(d->rule, x) },
		.stopped = { BRUTE_NEVER },
		.due_by = LAPSE_DUE_LIMIT,
		.gap_seconds = -1,
	};
}

/* The obligation that runs has its end, at second `end`, in a state that the caller set. */
static void
finish(struct duty *d, int64_t end)
{
	struct lapse_obligation *o = &d->now;

	if (o->state != LAPSE_STATE_MOOT && o->state != LAPSE_STATE_UNPROVEN) {
		o->gap_seconds = end - o->opened.sec;
		if (end > o->due.sec)
			o->late_seconds = end - o->due.sec;
	}
	if (o->state == LAPSE_STATE_LATE || o->state == LAPSE_STATE_OVERDUE)
		o->doubts = doubts_of(d, o);
	if (d->nout < d->cap)
		d->out[d->nout] = *o;
	d->nout++;
	d->running = false;
}

static void
stop_by_post(struct duty *d, const struct lapse_post *post)
{
	d->now.stopped = post->at;
	d->now.stopped_by = post;
	d->now.stopped_how = LAPSE_STOP_POST;
	d->now.state = post->at.sec <= d->now.due.sec ? LAPSE_STATE_MET : LAPSE_STATE_LATE;
	finish(d, post->at.sec);
}

static void
stop_by_closing(struct duty *d, int64_t s)
{
	d->now.stopped.sec = s;
	d->now.stopped_how = LAPSE_STOP_CLOSED;
	d->now.state = s <= d->now.due.sec ? LAPSE_STATE_MOOT : LAPSE_STATE_LATE;
	finish(d, s);
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

/* Live through the seconds, in order, with one duty under one rule in view. */
static void
live(struct duty *d, const int64_t *seconds, size_t nseconds)
{
	const struct lapse_thread *thread = d->thread;
	const struct lapse_post *answer = NULL;
	int64_t t = thread->posts[d->post].at.sec;
	bool open = thread->starts_open;
	bool arisen = false;
	size_t i, j;

	for (i = 0; i < nseconds; i++) {
		int64_t s = seconds[i];
		bool may_open = in_force(&d->rule->rule, s) && !closes(thread, open, s);

		/* In the same second posts come before changes, posts by number. */
		for (j = 0; j < thread->nposts; j++) {
			if (thread->posts[j].at.sec != s)
				continue;
			if (j == d->post) {
				arisen = true;
				if (open && may_open)
					start(d, s);
			} else if (arisen && answer == NULL && counts(d, j, LAPSE_SIDE_OWNER)) {
				answer = &thread->posts[j];
				if (d->running)
					stop_by_post(d, answer);
			}
		}
		/* The rule comes into force over a standing duty. */
		if (s == d->rule->rule.from.sec && arisen && answer == NULL && !d->running &&
		    open && may_open)
			start(d, s);
		for (j = 0; j < thread->nturns; j++) {
			if (thread->turns[j].at.sec != s || thread->turns[j].open == open)
				continue;
			open = thread->turns[j].open;
			if (!open && d->running)
				stop_by_closing(d, s);
			if (!open || !arisen || !may_open)
				continue;
			/* Not in the second in which the duty is fulfilled, unless x is t. */
			if (answer == NULL || s == t)
				start(d, s);
			if (answer != NULL && s == t)
				stop_by_post(d, answer);
		}
	}
	if (d->running) {
		if (thread->closed_unknown)
			d->now.state = LAPSE_STATE_UNPROVEN;
		else
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
	size_t cap = 3 * (thread->nposts + thread->nturns + 2 * world->nrules + 1) + BRUTE_EVERY_SECOND + 1;
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
	if (thread->nposts > 0 && thread->at.sec - thread->posts[0].at.sec < BRUTE_EVERY_SECOND)
		for (s = thread->posts[0].at.sec; s <= thread->at.sec; s++)
			all[n++] = s;
	qsort(all, n, sizeof(*all), second_cmp);
	for (i = 0; i < n; i++)
		if (all[i] <= thread->at.sec && (kept == 0 || all[kept - 1] != all[i]))
			all[kept++] = all[i];
	*n_out = kept;
	return all;
}

/* Sorted by opened, post, rule's id. */
static int
obligation_cmp(const void *a, const void *b)
{
	const struct lapse_obligation *x = a, *y = b;

	if (x->opened.sec != y->opened.sec)
		return x->opened.sec < y->opened.sec ? -1 : 1;
	if (x->post->number != y->post->number)
		return x->post->number < y->post->number ? -1 : 1;
	return strcmp(x->rule->id, y->rule->id);
}

size_t
brute_compute(struct lapse_obligation *out, size_t cap, const struct lapse_thread *thread,
    const struct lapse_party *owner, const struct brute_world *world)
{
	struct duty duty = { .thread = thread, .owner = owner, .out = out, .cap = cap };
	enum lapse_side *sides;
	int64_t *seconds;
	size_t i, nseconds;

	if (owner == NULL || thread->nposts == 0)
		return 0;
	sides = calloc(thread->nposts, sizeof(*sides));
	if (sides == NULL)
		abort();
	for (i = 0; i < thread->nposts; i++) {
		const struct lapse_post *post = &thread->posts[i];

		sides[i] = post->is_generated ? LAPSE_SIDE_BOT :
		    brute_side(world, owner, post->author, post->at.sec);
	}
	duty.sides = sides;
	seconds = collect_seconds(&nseconds, thread, world);
	for (i = 0; i < world->nrules; i++) {
		duty.rule = &world->rules[i];
		for (duty.post = 0; duty.post < thread->nposts; duty.post++)
			if (raises_duty(&duty, duty.post))
				live(&duty, seconds, nseconds);
	}
	free(seconds);
	free(sides);
	qsort(out, duty.nout < cap ? duty.nout : cap, sizeof(*out), obligation_cmp);
	return duty.nout;
}
