/*
 * The clocks: tables written by hand, one row a sentence of the design, and a
 * comparison with the reference (brute.c) over random threads.
 *
 *	test_clock			everything
 *	test_clock SEED [COUNT]		random threads only, of COUNT seeds from SEED on
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lapse/clock.h"
#include "lapse/error.h"

#include "brute.c"

/* Reading documents, and their zones, takes longer than all else: many threads under each. */
#define NSEEDS 1000
#define STORIES_PER_SEED 20
#define MOMENTS_PER_STORY 4

#define MAX_PARTIES 8
#define MAX_MEMBERS 8
#define MAX_RULES 6
#define MAX_POSTS 24
#define MAX_TURNS 16
#define MAX_STEPS 16
#define MAX_CHANGES 48
#define MAX_OBLIGATIONS 2048
#define MAX_POOL 512

#define MINUTE INT64_C(60)
#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)

/* 2024-05-06T00:00:00Z, a Monday: 0 of the tables. */
#define BASE INT64_C(1714953600)

/*
 * A story: who is who, the rules, and all that ever happened in one thread.
 * `thread` is what of it stands at one moment.
 */
struct story {
	struct lapse_party parties[MAX_PARTIES];
	struct lapse_member members[MAX_PARTIES][MAX_MEMBERS];
	size_t nparties;
	struct brute_entry entries[2];
	size_t nentries;
	struct brute_rule rules[MAX_RULES];
	size_t nrules;
	struct lapse_post posts[MAX_POSTS];
	size_t nposts;
	struct lapse_turn turns[MAX_TURNS];
	size_t nturns;
	struct lapse_change changes[MAX_CHANGES];
	size_t nchanges;
	const char *board;	/* the first whiteboard; NULL: not known */
	struct lapse_step steps[MAX_STEPS];	/* of the whiteboard */
	size_t nsteps;
	bool starts_open;
	bool closed_unknown;
	bool has_history;
	const char *summary;
	char words[8192];	/* texts that changes and steps borrow */
	size_t nwords;
};

/* A text that lasts as long as the story. */
static const char *
keep(struct story *story, const char *text)
{
	size_t len = strlen(text) + 1;
	char *kept = story->words + story->nwords;

	assert_true(story->nwords + len <= sizeof(story->words));
	story->nwords += len;
	return memcpy(kept, text, len);
}

/* One more entry of the bug's own history; its place among them. */
static size_t
add_change(struct story *story, const struct lapse_change *change)
{
	assert_true(story->nchanges < MAX_CHANGES);
	assert_true(story->nchanges == 0 || story->changes[story->nchanges - 1].at.sec <= change->at.sec);
	story->changes[story->nchanges] = *change;
	story->changes[story->nchanges].post = story->changes[story->nchanges].attachment = -1;
	return story->nchanges++;
}

static void
add_turn(struct story *story, int64_t t, const char *who, bool open)
{
	struct lapse_change change = { .at = { t }, .who = who, .field = "status",
		.removed = open ? "RESOLVED" : "NEW", .added = open ? "REOPENED" : "RESOLVED" };

	assert_true(story->nturns < MAX_TURNS);
	story->turns[story->nturns++] = (struct lapse_turn){ .at = { t }, .open = open,
		.order = add_change(story, &change) };
}

static void
add_step(struct story *story, int64_t t, const char *who, const char *value)
{
	struct lapse_change change = { .at = { t }, .who = who, .field = "whiteboard", .removed = story->board,
		.added = keep(story, value) };

	assert_true(story->nsteps < MAX_STEPS);
	if (story->nsteps > 0)
		change.removed = story->steps[story->nsteps - 1].value;
	if (change.removed == NULL)
		change.removed = "";
	story->steps[story->nsteps++] = (struct lapse_step){ .at = { t }, .who = who, .value = change.added,
		.exact = true, .order = add_change(story, &change) };
}

static void
add_flags(struct story *story, int64_t t, const char *who, const char *removed, const char *added)
{
	add_change(story, &(struct lapse_change){ .at = { t }, .who = who, .field = "flagtypes.name",
		.removed = keep(story, removed), .added = keep(story, added) });
}

/* What the real parsers made of a story's documents. */
struct parsed {
	struct lapse_parties *parties;
	struct lapse_policy *policy;
};

/*
 * Stories to documents
 */

static const char *
iso(char *out, int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

static void
put_time(FILE *f, const char *key, struct lapse_instant t, size_t len)
{
	char text[32];

	if (t.sec == INT64_MIN)
		fprintf(f, ",\"%s\":null", key);
	else
		fprintf(f, ",\"%s\":\"%.*s%s\"", key, (int)len, iso(text, t.sec), len > 10 ? "Z" : "");
}

static char *
parties_json(const struct story *story)
{
	static const char *const roles[] = { "ca", "root-program", "community", "bot" };
	char *text = NULL;
	size_t len, i, j;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	fprintf(f, "{\"format\":\"lapse-parties-1\",\"parties\":[");
	for (i = 0; i < story->nparties; i++) {
		const struct lapse_party *party = &story->parties[i];

		fprintf(f, "%s\n{\"id\":\"%s\",\"name\":\"%s\",\"role\":\"%s\"", i > 0 ? "," : "",
		    party->id, party->name, roles[party->role]);
		for (j = 0; j < party->nprefixes; j++)
			fprintf(f, "%s\"%s\"", j > 0 ? "," : ",\"summary_prefixes\":[", party->prefixes[j]);
		fprintf(f, "%s,\"members\":[", party->nprefixes > 0 ? "]" : "");
		for (j = 0; j < party->nmembers; j++) {
			const struct lapse_member *member = &party->members[j];

			fprintf(f, "%s\n  {\"%s\":\"%s\"", j > 0 ? "," : "",
			    member->address != NULL ? "address" : "domain",
			    member->address != NULL ? member->address : member->domain);
			if (member->from.sec != INT64_MIN)
				put_time(f, "from", member->from, 10);
			put_time(f, "until", member->until, 10);
			fputs("}", f);
		}
		fputs("]}", f);
	}
	fputs("],\n\"threads\":{", f);
	for (i = 0; i < story->nentries; i++) {
		fprintf(f, "%s\"%s\":", i > 0 ? "," : "", story->entries[i].thread);
		if (story->entries[i].party == NULL)
			fputs("null", f);
		else
			fprintf(f, "\"%s\"", story->entries[i].party);
	}
	fputs("}}\n", f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static char *
policy_json(const struct story *story)
{
	static const char *const clocks[] = { "response", "update", "needinfo" };
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	fprintf(f, "{\"format\":\"lapse-policy-1\",\"id\":\"test\",\"name\":\"Test\",\"rules\":[");
	for (i = 0; i < story->nrules; i++) {
		const struct lapse_rule *rule = &story->rules[i].rule;

		fprintf(f, "%s\n {\"id\":\"%s\",\"clock\":\"%s\",\"limit\":\"%s\",\"level\":\"must\"", i > 0 ? "," : "",
		    rule->id, clocks[rule->clock], rule->limit_text);
		/* Defaults are left out now and then. */
		if (rule->clock == LAPSE_CLOCK_RESPONSE && i % 2 == 0)
			fputs(",\"trigger\":\"post\"", f);
		if (!rule->description)
			fputs(",\"description\":false", f);
		if (rule->next_update)
			fputs(",\"next_update\":true", f);
		else if (rule->clock == LAPSE_CLOCK_UPDATE && i % 2 == 0)
			fputs(",\"next_update\":false", f);
		if (rule->count == LAPSE_COUNT_CALENDAR)
			fputs(",\"count\":\"calendar\"", f);
		else if (i % 2 == 1)
			fputs(",\"count\":\"elapsed\"", f);
		if (i % 2 == 0 || strcmp(story->rules[i].zone, "UTC") != 0)
			fprintf(f, ",\"timezone\":\"%s\"", story->rules[i].zone);
		if (rule->from.sec != INT64_MIN || i % 2 == 0)
			put_time(f, "from", rule->from, 19);
		if (rule->until.sec != INT64_MIN || i % 2 == 1)
			put_time(f, "until", rule->until, 19);
		if (rule->certain_from.sec != INT64_MIN || i % 2 == 0)
			put_time(f, "certain_from", rule->certain_from, 19);
		fputs(",\"summary\":\"a duty\",\"source\":{\"title\":\"t\",\"section\":\"s\",\"url\":\"https://example.org/\"}}", f);
	}
	fputs("]}\n", f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
parse_story(struct parsed *parsed, const struct story *story)
{
	json_error_t error;
	json_t *doc;
	char *text;
	int rc;

	text = parties_json(story);
	doc = json_loads(text, 0, &error);
	assert_non_null(doc);
	rc = lapse_parties_parse(&parsed->parties, doc, "parties");
	if (rc != 0)
		fail_msg("%s\n%s", lapse_error(), text);
	json_decref(doc);
	free(text);
	text = policy_json(story);
	doc = json_loads(text, 0, &error);
	assert_non_null(doc);
	rc = lapse_policy_parse(&parsed->policy, doc, "policy");
	if (rc != 0)
		fail_msg("%s\n%s", lapse_error(), text);
	json_decref(doc);
	free(text);
}

static void
free_parsed(struct parsed *parsed)
{
	lapse_parties_free(parsed->parties);
	lapse_policy_free(parsed->policy);
}

static struct brute_world
world_of(const struct story *story)
{
	return (struct brute_world){ .parties = story->parties, .nparties = story->nparties,
		.entries = story->entries, .nentries = story->nentries,
		.rules = story->rules, .nrules = story->nrules };
}

/* What of a story stands at a moment; borrowed from it. */
static struct lapse_thread
stand_at(const struct story *story, int64_t at)
{
	struct lapse_thread thread = {
		.source = "bmo", .id = "7", .summary = story->summary, .status = "NEW", .resolution = "",
		.whiteboard = story->board, .creator = "", .created = { at },
		.posts = story->posts, .changes = story->changes, .turns = story->turns,
		.whiteboards = { .first = story->board, .first_exact = true, .steps = story->steps },
		.starts_open = story->starts_open,
		.closed_unknown = story->closed_unknown, .has_fields = true, .has_posts = true,
		.has_history = story->has_history, .at = { at }, .covered = { at },
		.capture = "0123456789012345678901234567890123456789", .path = "bmo/7",
	};

	if (story->nposts > 0)
		thread.created = story->posts[0].at;
	while (thread.nposts < story->nposts && story->posts[thread.nposts].at.sec <= at)
		thread.nposts++;
	while (thread.nturns < story->nturns && story->turns[thread.nturns].at.sec <= at)
		thread.nturns++;
	while (thread.nchanges < story->nchanges && story->changes[thread.nchanges].at.sec <= at)
		thread.nchanges++;
	while (thread.whiteboards.nsteps < story->nsteps && story->steps[thread.whiteboards.nsteps].at.sec <= at)
		thread.whiteboard = story->steps[thread.whiteboards.nsteps++].value;
	return thread;
}

/*
 * Comparing, and telling the difference
 */

static const char *
state_text(enum lapse_state state)
{
	static const char *const names[] = { "met", "late", "running", "overdue", "moot", "unproven" };

	return names[state];
}

static const char *
stop_text(enum lapse_stop stop)
{
	static const char *const names[] = { "none", "post", "flag", "withdrawn", "rescheduled", "closed" };

	return names[stop];
}

static const char *
doubts_text(char *out, unsigned doubts)
{
	static const char *const names[] = { "answer", "counting", "early-update", "history",
		"opener", "rule", "setter" };
	size_t i;

	out[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((doubts & 1U << i) == 0)
			continue;
		if (out[0] != '\0')
			strcat(out, ",");
		strcat(out, names[i]);
	}
	return out;
}

static const char *
side_text(enum lapse_side side)
{
	static const char *const names[] = { "owner", "root-program", "other", "bot", "unclaimed" };

	return names[side];
}

static void
print_obligation(FILE *f, const char *mark, const struct lapse_obligation *o)
{
	char t[4][32], doubts[96];

	fprintf(f, "%s%-4s #%-3" PRId64 " arose %s opened %s by %s due %s (%d) %s %s", mark, o->rule->id,
	    o->post != NULL ? o->post->number : -1, iso(t[0], o->arose.sec), iso(t[1], o->opened.sec),
	    o->opened_by != NULL ? o->opened_by : "(null)", iso(t[2], o->due.sec), (int)o->due_by,
	    state_text(o->state), stop_text(o->stopped_how));
	if (o->stopped.sec != INT64_MIN)
		fprintf(f, " at %s", iso(t[3], o->stopped.sec));
	if (o->stopped_by != NULL)
		fprintf(f, " #%" PRId64, o->stopped_by->number);
	fprintf(f, " gap %" PRId64 " late %" PRId64 " doubts [%s]\n", o->gap_seconds, o->late_seconds,
	    doubts_text(doubts, o->doubts));
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_obligation(const struct lapse_obligation *a, const struct lapse_obligation *b)
{
	return strcmp(a->rule->id, b->rule->id) == 0 && strcmp(a->owner->id, b->owner->id) == 0 &&
	    a->post == b->post && same_text(a->opened_by, b->opened_by) &&
	    a->arose.sec == b->arose.sec && a->opened.sec == b->opened.sec &&
	    a->due.sec == b->due.sec && a->due_by == b->due_by &&
	    a->stopped.sec == b->stopped.sec && a->stopped_by == b->stopped_by &&
	    a->stopped_how == b->stopped_how && a->state == b->state &&
	    a->gap_seconds == b->gap_seconds && a->late_seconds == b->late_seconds &&
	    a->doubts == b->doubts;
}

/* The order of obligations and, where it leaves any open, one that is as good as another. */
static int
whole_cmp(const void *a, const void *b)
{
	const struct lapse_obligation *x = a, *y = b;
	const int64_t keys[][2] = {
		{ x->arose.sec, y->arose.sec }, { x->due.sec, y->due.sec }, { x->due_by, y->due_by },
		{ x->stopped.sec, y->stopped.sec }, { x->stopped_how, y->stopped_how },
		{ x->state, y->state }, { x->doubts, y->doubts },
	};
	int order = brute_cmp(x, y);
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && order == 0; i++)
		order = keys[i][0] < keys[i][1] ? -1 : keys[i][0] > keys[i][1];
	return order != 0 ? order : strcmp(x->opened_by, y->opened_by);
}

/* Several flags of one second may be told in any order: bring both into one. False when `items` is in no order at all. */
static bool
settle(struct lapse_obligation *items, size_t nitems)
{
	bool sorted = true;
	size_t i;

	for (i = 1; i < nitems; i++)
		sorted = sorted && brute_cmp(&items[i - 1], &items[i]) <= 0;
	if (nitems > 0)
		qsort(items, nitems, sizeof(*items), whole_cmp);
	return sorted;
}

static bool
same_obligations(const struct lapse_obligations *fast, const struct lapse_obligation *slow, size_t nslow)
{
	size_t i;

	if (fast->nitems != nslow)
		return false;
	for (i = 0; i < nslow; i++)
		if (!same_obligation(&fast->items[i], &slow[i]))
			return false;
	return true;
}

static void
print_list(FILE *f, const char *name, const struct lapse_obligation *items, size_t nitems,
    const struct lapse_obligation *others, size_t nothers)
{
	size_t i, j;

	fprintf(f, "%s (%zu; those that the other has not are marked):\n", name, nitems);
	for (i = 0; i < nitems; i++) {
		for (j = 0; j < nothers && !same_obligation(&items[i], &others[j]); j++)
			;
		print_obligation(f, j < nothers ? "    " : "  > ", &items[i]);
	}
}

static void
print_thread(FILE *f, const struct story *story, const struct lapse_thread *thread)
{
	struct brute_world world = world_of(story);
	const struct lapse_party *owner = brute_owner(&world, thread->source, thread->id, thread->summary);
	char *parties = parties_json(story), *policy = policy_json(story);
	char t[32];
	size_t i;

	fprintf(f, "%s%s", parties, policy);
	fprintf(f, "thread %s:%s \"%s\" owner %s, starts %s%s%s, at %s\n", thread->source, thread->id,
	    thread->summary, owner != NULL ? owner->id : "none", thread->starts_open ? "open" : "closed",
	    thread->closed_unknown ? ", closed since who knows when" : "",
	    thread->has_history ? "" : ", no history", iso(t, thread->at.sec));
	for (i = 0; i < thread->nposts; i++) {
		const struct lapse_post *post = &thread->posts[i];

		fprintf(f, "  %s #%-3" PRId64 " %-13s %s%s%s\n", iso(t, post->at.sec), post->number,
		    side_text(brute_side(&world, owner, post->author, post->at.sec)), post->author,
		    post->is_public ? "" : " (private)", post->is_generated ? " (generated)" : "");
	}
	for (i = 0; i < thread->nturns; i++)
		fprintf(f, "  %s %s (%zu)\n", iso(t, thread->turns[i].at.sec),
		    thread->turns[i].open ? "OPENED AGAIN" : "CLOSED", thread->turns[i].order);
	fprintf(f, "  whiteboard first '%s'\n", thread->whiteboards.first);
	for (i = 0; i < thread->whiteboards.nsteps; i++) {
		const struct lapse_step *step = &thread->whiteboards.steps[i];

		fprintf(f, "  %s whiteboard '%s' by %s, %s (%zu)\n", iso(t, step->at.sec), step->value, step->who,
		    side_text(brute_side(&world, owner, step->who, step->at.sec)), step->order);
	}
	for (i = 0; i < thread->nchanges; i++) {
		const struct lapse_change *change = &thread->changes[i];

		if (strcmp(change->field, "flagtypes.name") == 0)
			fprintf(f, "  %s flags '%s' to '%s' by %s, %s (%zu)\n", iso(t, change->at.sec), change->removed,
			    change->added, change->who, side_text(brute_side(&world, owner, change->who, change->at.sec)), i);
	}
	free(parties);
	free(policy);
}

/* Both ways over one story at one moment. The number of obligations, or -1 when they differ. */
static int64_t
compare_at(FILE *f, struct lapse_obligations *fast, const struct story *story, const struct parsed *parsed, int64_t at)
{
	static struct lapse_obligation slow[MAX_OBLIGATIONS];
	struct brute_world world = world_of(story);
	struct lapse_thread thread = stand_at(story, at);
	const struct lapse_party *owner, *brute_owned;
	enum lapse_side side, brute;
	size_t i, nslow;
	bool same = true;

	owner = lapse_parties_owner(parsed->parties, thread.source, thread.id, thread.summary);
	brute_owned = brute_owner(&world, thread.source, thread.id, thread.summary);
	same = (owner == NULL) == (brute_owned == NULL) &&
	    (owner == NULL || strcmp(owner->id, brute_owned->id) == 0);
	if (!same && f != NULL)
		fprintf(f, "owner %s, by the reference %s\n", owner != NULL ? owner->id : "none",
		    brute_owned != NULL ? brute_owned->id : "none");
	for (i = 0; i < thread.nposts && same; i++) {
		side = lapse_parties_side(parsed->parties, owner, thread.posts[i].author, thread.posts[i].at);
		brute = brute_side(&world, brute_owned, thread.posts[i].author, thread.posts[i].at.sec);
		same = side == brute;
		if (!same && f != NULL)
			fprintf(f, "post #%" PRId64 " side %s, by the reference %s\n", thread.posts[i].number,
			    side_text(side), side_text(brute));
	}
	nslow = brute_compute(slow, MAX_OBLIGATIONS, &thread, brute_owned, &world);
	assert_true(nslow <= MAX_OBLIGATIONS);
	lapse_obligations_compute(fast, &thread, owner, parsed->parties, parsed->policy);
	if (!settle(fast->items, fast->nitems) || !settle(slow, nslow)) {
		same = false;
		if (f != NULL)
			fprintf(f, "not sorted\n");
	}
	same = same && same_obligations(fast, slow, nslow);
	if (!same && f != NULL) {
		print_thread(f, story, &thread);
		print_list(f, "lapse", fast->items, fast->nitems, slow, nslow);
		print_list(f, "reference", slow, nslow, fast->items, fast->nitems);
	}
	return same ? (int64_t)nslow : -1;
}

/* Take one thing out of a story; false when it was out already. */
static bool
take_out(struct story *story, size_t i)
{
	if (i < story->nposts) {
		story->nposts--;
		memmove(&story->posts[i], &story->posts[i + 1], (story->nposts - i) * sizeof(story->posts[0]));
		return true;
	}
	i -= story->nposts;
	if (i < story->nturns) {
		story->nturns--;
		memmove(&story->turns[i], &story->turns[i + 1], (story->nturns - i) * sizeof(story->turns[0]));
		return true;
	}
	i -= story->nturns;
	if (i < story->nsteps) {
		story->nsteps--;
		memmove(&story->steps[i], &story->steps[i + 1], (story->nsteps - i) * sizeof(story->steps[0]));
		return true;
	}
	/* The places of changes are their order: one that is taken out leaves another behind. */
	i -= story->nsteps;
	if (strcmp(story->changes[i].field, "flagtypes.name") != 0)
		return false;
	story->changes[i].field = "priority";
	return true;
}

/* Take out of a story what it does not need to show a difference, then print it. */
static void
explain(struct lapse_obligations *fast, struct story *story, const struct parsed *parsed, int64_t at)
{
	static struct story smaller;
	bool again = true;
	size_t i;

	while (again) {
		again = false;
		for (i = 0; i < story->nposts + story->nturns + story->nsteps + story->nchanges && !again; i++) {
			smaller = *story;
			if (!take_out(&smaller, i) || compare_at(NULL, fast, &smaller, parsed, at) >= 0)
				continue;
			/* The parties' members lie in the story: copy only what shrank. */
			memcpy(story->posts, smaller.posts, sizeof(story->posts));
			memcpy(story->turns, smaller.turns, sizeof(story->turns));
			memcpy(story->steps, smaller.steps, sizeof(story->steps));
			memcpy(story->changes, smaller.changes, sizeof(story->changes));
			story->nposts = smaller.nposts;
			story->nturns = smaller.nturns;
			story->nsteps = smaller.nsteps;
			again = true;
		}
	}
	compare_at(stderr, fast, story, parsed, at);
}

/*
 * Random stories
 */

struct dice {
	uint64_t state;
};

static uint64_t
roll(struct dice *dice, uint64_t n)
{
	uint64_t z;

	dice->state += UINT64_C(0x9e3779b97f4a7c15);
	z = dice->state;
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % n;
}

static bool
chance(struct dice *dice, unsigned percent)
{
	return roll(dice, 100) < percent;
}

/* Times that something else in the story has to do with: what comes later is drawn to them. */
struct pool {
	int64_t times[MAX_POOL];
	size_t n;
	int64_t base;	/* where the story begins */
	int64_t grain;	/* fresh times are base + grain * n … */
	int64_t span;	/* … with n below this */
	int64_t echo;	/* so much earlier some of it happens as well; 0: nothing does */
};

static void
remember(struct pool *pool, int64_t t)
{
	if (pool->n < MAX_POOL)
		pool->times[pool->n++] = t;
}

static int64_t
draw_time(struct dice *dice, struct pool *pool)
{
	int64_t t;

	if (pool->n == 0 || chance(dice, 40)) {
		t = pool->base + pool->grain * (int64_t)roll(dice, (uint64_t)pool->span);
		if (pool->echo != 0 && chance(dice, 40))
			t -= pool->echo;
	} else {
		t = pool->times[roll(dice, pool->n)];
		if (chance(dice, 40))
			t += chance(dice, 50) ? 1 : -1;
	}
	remember(pool, t);
	return t;
}

static const char *const acme_prefixes[] = { "Acme", "Acme Root CA" };
static const char *const beta_prefixes[] = { "Beta", "Acme Root" };

static const char *const addresses[] = {
	"a@acme.example", "b@acme.example", "c@pki.acme.example", "d@a.pki.acme.example", "e@notacme.example",
	"r@root.example", "s@root.example", "o@beta.example", "m@people.example", "n@people.example",
	"auto@bots.example", "x@nowhere.example", "y@nowhere.example", "z@example",
	"A@Acme.example", "R@root.Example", "masked", "",
};
#define NADDRESSES (sizeof(addresses) / sizeof(addresses[0]))

static const char *const domains[] = {
	"acme.example", "pki.acme.example", "root.example", "beta.example", "people.example", "bots.example", "example",
};
#define NDOMAINS (sizeof(domains) / sizeof(domains[0]))

static int64_t
midnight(int64_t t)
{
	return t - t % DAY;
}

static void
add_member(struct story *story, size_t party, const char *address, const char *domain,
    int64_t from, int64_t until)
{
	struct lapse_party *p = &story->parties[party];

	if (p->nmembers == MAX_MEMBERS)
		return;
	story->members[party][p->nmembers++] = (struct lapse_member){ .address = address, .domain = domain,
		.from = { from }, .until = { until } };
}

static void
draw_membership(struct dice *dice, struct pool *pool, int64_t *from, int64_t *until)
{
	int64_t a = midnight(draw_time(dice, pool)) + DAY * (int64_t)roll(dice, 2);
	int64_t b = midnight(draw_time(dice, pool)) + DAY * (int64_t)roll(dice, 2);

	*from = *until = INT64_MIN;
	switch (roll(dice, 6)) {
	case 0:
		*from = a;
		break;
	case 1:
		*until = a;
		break;
	case 2:
		*from = a < b ? a : b;
		*until = a < b ? b : a + DAY;
		break;
	default:
		break;
	}
	if (*from != INT64_MIN)
		remember(pool, *from);
	if (*until != INT64_MIN)
		remember(pool, *until);
}

static const struct lapse_party stock[] = {
	{ .id = "acme", .name = "Acme", .role = LAPSE_ROLE_CA, .nprefixes = 2 },
	{ .id = "root", .name = "Root program", .role = LAPSE_ROLE_ROOT_PROGRAM },
	{ .id = "beta", .name = "Beta CA", .role = LAPSE_ROLE_CA, .nprefixes = 2 },
	{ .id = "people", .name = "People one knows", .role = LAPSE_ROLE_COMMUNITY },
	{ .id = "bots", .name = "Bots", .role = LAPSE_ROLE_BOT },
};
#define NSTOCK (sizeof(stock) / sizeof(stock[0]))
static const char *const stock_domains[NSTOCK] = {
	"acme.example", "root.example", "beta.example", "people.example", "bots.example",
};

static void
add_stock_party(struct story *story, size_t which)
{
	struct lapse_party *party = &story->parties[story->nparties];

	*party = stock[which];
	if (strcmp(party->id, "acme") == 0)
		party->prefixes = (const char **)(uintptr_t)acme_prefixes;
	if (strcmp(party->id, "beta") == 0)
		party->prefixes = (const char **)(uintptr_t)beta_prefixes;
	party->members = story->members[story->nparties++];
}

static void
draw_parties(struct dice *dice, struct story *story, struct pool *pool)
{
	static const char *const summaries[] = {
		"Acme: late", "acme : late", "[a] [b] ACME: late", "Acme Root: late", "Acme Root CA: late",
		"Beta: late", "No one: late", "Acme late", "Acmes: late",
	};
	static const char *const owners[] = { "acme", "root", "beta", "bots", NULL };
	size_t i, shift = roll(dice, NSTOCK);
	int64_t from, until;

	for (i = 0; i < NSTOCK; i++) {
		add_stock_party(story, (i + shift) % NSTOCK);
		if (chance(dice, 85)) {
			from = until = INT64_MIN;
			if (chance(dice, 15))
				draw_membership(dice, pool, &from, &until);
			add_member(story, i, NULL, stock_domains[(i + shift) % NSTOCK], from, until);
		}
	}
	for (i = roll(dice, 4); i > 0; i--) {
		draw_membership(dice, pool, &from, &until);
		if (chance(dice, 50))
			add_member(story, roll(dice, NSTOCK), addresses[roll(dice, NADDRESSES - 2)], NULL, from, until);
		else
			add_member(story, roll(dice, NSTOCK), NULL, domains[roll(dice, NDOMAINS)], from, until);
	}
	story->summary = chance(dice, 75) ? summaries[0] :
	    summaries[roll(dice, sizeof(summaries) / sizeof(summaries[0]))];
	if (chance(dice, 10))
		story->entries[story->nentries++] = (struct brute_entry){ "bmo:77", "beta" };
	if (chance(dice, 10))
		story->entries[story->nentries++] = (struct brute_entry){ "bmo:7",
			owners[roll(dice, sizeof(owners) / sizeof(owners[0]))] };
}

struct limit {
	const char *text;
	struct lapse_duration length;
};

static void
draw_rules(struct dice *dice, struct story *story, struct pool *pool, bool compressed)
{
	static const struct limit short_limits[] = {
		{ "PT0S", { 0, 0, false } }, { "PT1S", { 0, 1, false } }, { "PT3S", { 0, 3, false } },
		{ "PT10S", { 0, 10, false } }, { "PT30S", { 0, 30, false } }, { "PT1M", { 0, 60, false } },
	};
	static const struct limit long_limits[] = {
		{ "P0D", { 0, 0, true } }, { "P1D", { 1, 0, true } }, { "P2D", { 2, 0, true } }, { "P3D", { 3, 0, true } },
		{ "P7D", { 7, 0, true } }, { "P1W", { 7, 0, true } }, { "PT72H", { 0, 72 * HOUR, false } },
		{ "P1DT12H", { 1, 12 * HOUR, false } }, { "PT24H", { 0, 24 * HOUR, false } },
		{ "P14D", { 14, 0, true } },
	};
	static const char *const zones[] = { "UTC", "America/Los_Angeles", "Europe/Berlin",
		"America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata" };
	/* Ids sort by bytes: "r10" before "r9". */
	static const char *const ids[MAX_RULES] = { "r9", "r10", "b", "a", "Z", "a-b" };
	size_t i, shift = roll(dice, MAX_RULES);
	bool dated = chance(dice, 60);

	story->nrules = 1 + roll(dice, 4);
	for (i = 0; i < story->nrules; i++) {
		struct lapse_rule *rule = &story->rules[i].rule;
		const struct limit *limit;

		limit = compressed && chance(dice, 85) ?
		    &short_limits[roll(dice, sizeof(short_limits) / sizeof(short_limits[0]))] :
		    &long_limits[roll(dice, sizeof(long_limits) / sizeof(long_limits[0]))];
		*rule = (struct lapse_rule){
			.id = ids[(i + shift) % MAX_RULES],
			.clock = chance(dice, 50) ? LAPSE_CLOCK_UPDATE :
			    chance(dice, 50) ? LAPSE_CLOCK_NEEDINFO : LAPSE_CLOCK_RESPONSE,
			.limit = limit->length, .limit_text = limit->text,
			.from = { INT64_MIN }, .until = { INT64_MIN }, .certain_from = { INT64_MIN },
			.description = true,
		};
		if (rule->clock == LAPSE_CLOCK_RESPONSE)
			rule->description = chance(dice, 70);
		if (rule->clock == LAPSE_CLOCK_UPDATE)
			rule->next_update = chance(dice, 75);
		story->rules[i].zone = "UTC";
		if (limit->length.in_days && chance(dice, 50)) {
			rule->count = LAPSE_COUNT_CALENDAR;
			story->rules[i].zone = zones[roll(dice, sizeof(zones) / sizeof(zones[0]))];
		}
		if (dated && chance(dice, 50))
			rule->from.sec = draw_time(dice, pool);
		if (dated && chance(dice, 40)) {
			rule->until.sec = draw_time(dice, pool);
			if (rule->from.sec >= rule->until.sec)
				rule->until.sec = rule->from.sec + 1 + (int64_t)roll(dice, 20) * pool->grain;
		}
		if (dated && chance(dice, 30))
			rule->certain_from.sec = draw_time(dice, pool);
	}
	/* One version of a rule follows the other. */
	if (story->nrules >= 2 && chance(dice, 30)) {
		story->rules[1].rule.clock = story->rules[0].rule.clock;
		story->rules[1].rule.description = story->rules[0].rule.description;
		story->rules[1].rule.next_update = story->rules[0].rule.next_update;
		story->rules[0].rule.from.sec = INT64_MIN;
		story->rules[0].rule.until.sec = draw_time(dice, pool);
		story->rules[1].rule.from = story->rules[0].rule.until;
		story->rules[1].rule.until.sec = INT64_MIN;
	}
}

static int
post_cmp(const void *a, const void *b)
{
	const struct lapse_post *x = a, *y = b;

	if (x->at.sec != y->at.sec)
		return x->at.sec < y->at.sec ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void
draw_posts(struct dice *dice, struct story *story, struct pool *pool)
{
	size_t n = roll(dice, 13), i, j;
	int64_t number = (int64_t)roll(dice, 8) / 7, swap;

	for (i = 0; i < n; i++) {
		struct lapse_post *post = &story->posts[i];
		const struct brute_rule *rule = &story->rules[roll(dice, story->nrules)];

		*post = (struct lapse_post){
			.at = { draw_time(dice, pool) },
			.author = chance(dice, 40) ? addresses[roll(dice, 3)] : addresses[roll(dice, NADDRESSES)],
			.text = "", .path = "", .is_public = !chance(dice, 8), .is_generated = chance(dice, 8),
		};
		remember(pool, brute_due(rule, post->at.sec));
		if (rule->rule.from.sec != INT64_MIN)
			remember(pool, brute_due(rule, rule->rule.from.sec));
	}
	story->nposts = n;
	for (i = 0; i < n; i++)
		story->posts[i].number = (int64_t)i;
	if (n > 0)
		qsort(story->posts, n, sizeof(story->posts[0]), post_cmp);
	for (i = 0; i < n; i++) {
		story->posts[i].number = number;
		number += chance(dice, 85) ? 1 : 2 + (int64_t)roll(dice, 3);
	}
	if (n > 0 && chance(dice, 10)) {
		for (i = n - 1; i > 0; i--) {
			j = roll(dice, i + 1);
			swap = story->posts[i].number;
			story->posts[i].number = story->posts[j].number;
			story->posts[j].number = swap;
		}
		qsort(story->posts, n, sizeof(story->posts[0]), post_cmp);
	}
}

static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December" };

/* A date in any of the forms that whiteboards really have. */
static void
write_date(char *out, struct dice *dice, int64_t midnight_then)
{
	time_t when = (time_t)midnight_then;
	const char *month;
	struct tm tm;
	int y, m, d, width = chance(dice, 50) ? 2 : 1;

	gmtime_r(&when, &tm);
	y = tm.tm_year + 1900;
	m = tm.tm_mon + 1;
	d = tm.tm_mday;
	month = months[tm.tm_mon];
	switch (roll(dice, 9)) {
	case 0:
		sprintf(out, "%d/%0*d/%0*d", y, width, m, width, d);
		break;
	case 1:
		sprintf(out, "%0*d-%.3s-%d", width, d, month, y);
		break;
	case 2:
		sprintf(out, "%0*d %s %d", width, d, month, y);
		break;
	case 3:
		sprintf(out, "%0*d-%s %d", width, d, month, y);
		break;
	case 4:
		sprintf(out, "%d-%.3s-%0*d", y, month, width, d);
		break;
	case 5:
		sprintf(out, "%s %d%s %d", month, d, width == 1 ? "," : "", y);
		break;
	case 6:
		sprintf(out, "%0*d.%0*d.%d", width, d, width, m, y);
		break;
	default:
		sprintf(out, "%d-%0*d-%0*d", y, width, m, width, d);
		break;
	}
}

/* A whiteboard: tags and, mostly, a Next update of one of the story's dates; sometimes one that cannot be read. */
static void
write_board(char *out, struct dice *dice, const int64_t *dates, size_t ndates)
{
	static const char *const tags[] = { "", "[ca-compliance] ", "[close on 2026-03-06] ", "Next update 2031-01-01 ",
		"next update TBD " };
	static const char *const words[] = { "Next update", "next-update", "NEXTUPDATE", "NeXt UpDate" };
	static const char *const seps[] = { " ", " ", " ", "  ", ": ", ":", " - ", " -", " at ", "", " : " };
	static const char *const odd[] = { "TBD", "3-1-2024", "2025-13-45", "2024-05-20x", "2024-05-200", "9999-12-31",
		"1989-12-31", "3000-01-01", "31-Apr-2024", "2023-02-29", "20 Octember 2024", "", "24-05-20",
		"\357\274\222\357\274\220\357\274\222\357\274\225-12-01" };
	static const char *const ends[] = { "", "", "", " (pending audit)", "]", ".", ", we hope" };
	char date[64];

	strcpy(out, tags[roll(dice, sizeof(tags) / sizeof(tags[0]))]);
	if (chance(dice, 22))
		return;
	strcat(strcat(out, words[roll(dice, 4)]), seps[roll(dice, sizeof(seps) / sizeof(seps[0]))]);
	write_date(date, dice, dates[roll(dice, ndates)]);
	strcat(out, chance(dice, 10) ? odd[roll(dice, sizeof(odd) / sizeof(odd[0]))] : date);
	strcat(out, ends[roll(dice, sizeof(ends) / sizeof(ends[0]))]);
}

static void
draw_step(struct dice *dice, struct story *story, int64_t t, const int64_t *dates, size_t ndates)
{
	const char *who = chance(dice, 45) ? addresses[5 + roll(dice, 2)] : addresses[roll(dice, NADDRESSES)];
	char board[256];
	size_t i;

	/* What one account does twice in a second is one step. */
	for (i = 0; i < story->nsteps; i++)
		if (story->steps[i].at.sec == t && strcmp(story->steps[i].who, who) == 0)
			return;
	write_board(board, dice, dates, ndates);
	if (story->nsteps < MAX_STEPS)
		add_step(story, t, who, board);
}

/* The flags that somebody set and nobody has cleared, by their logins. */
struct asked {
	const char *logins[MAX_CHANGES * 3];
	size_t n;
};

static void
append_flag(char *list, const char *sep, const char *login)
{
	if (list[0] != '\0')
		strcat(list, sep);
	strcat(list, "needinfo?");
	if (login != NULL)
		strcat(strcat(strcat(list, "("), login), ")");
}

static void
draw_ask(struct dice *dice, struct asked *asked, char *added, const char *sep)
{
	static const char *const owners[] = { "a@acme.example", "b@acme.example", "c@pki.acme.example", "A@Acme.example" };
	const char *login = chance(dice, 60) ? owners[roll(dice, 4)] : addresses[roll(dice, NADDRESSES - 1)];

	if (chance(dice, 6))
		login = NULL;
	asked->logins[asked->n++] = login;
	append_flag(added, sep, login);
}

/* Somebody clears what is asked, or what the login was called later, or what no history says was asked. */
static void
draw_clear(struct dice *dice, struct asked *asked, char *removed, const char *sep)
{
	size_t i;

	if (asked->n == 0 || chance(dice, 5)) {
		append_flag(removed, sep, addresses[roll(dice, 5)]);
		return;
	}
	i = roll(dice, asked->n);
	append_flag(removed, sep, chance(dice, 15) ? addresses[roll(dice, 5)] : asked->logins[i]);
	asked->logins[i] = asked->logins[--asked->n];
}

static void
draw_flags(struct dice *dice, struct story *story, struct asked *asked, int64_t t)
{
	const char *who = chance(dice, 35) ? addresses[roll(dice, 3)] : addresses[roll(dice, NADDRESSES)];
	const char *sep = chance(dice, 75) ? ", " : " ";
	char removed[512] = "", added[512] = "";
	size_t i, nclear = 0, nask = 0;

	switch (roll(dice, 8)) {
	case 0:
	case 1:
	case 2:
		nask = 1 + roll(dice, 6) / 4;
		break;
	case 3:
	case 4:
		nclear = 1 + roll(dice, 6) / 3;
		break;
	case 5:
		nclear = nask = 1;	/* redirected */
		break;
	case 6:
		nclear = roll(dice, 3);
		nask = roll(dice, 3);
		break;
	default:		/* set and cleared in one second by one account */
		append_flag(added, sep, addresses[roll(dice, 3)]);
		strcpy(removed, added);
		break;
	}
	if (chance(dice, 15))
		strcpy(removed, "qe-verify?");
	if (chance(dice, 15))
		strcpy(added, "qe-verify+");
	for (i = 0; i < nclear; i++)
		draw_clear(dice, asked, removed, sep);
	for (i = 0; i < nask; i++)
		draw_ask(dice, asked, added, sep);
	add_flags(story, t, who, removed, added);
}

/* A closing that no change tells of, but the last resolution does, is after all else of its second. */
static void
draw_last_resolved(struct dice *dice, struct story *story)
{
	struct lapse_turn *turn = &story->turns[story->nturns - 1];

	if (turn->open || !chance(dice, 10))
		return;
	turn->order = LAPSE_ORDER_LAST;
	story->changes[story->nchanges - 1].field = "priority";
}

enum what { TURN, STEP, FLAGS };
struct happening {
	int64_t at;
	uint64_t rank;	/* within a second */
	enum what what;
};

static int
happening_cmp(const void *a, const void *b)
{
	const struct happening *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static size_t
draw_happenings(struct dice *dice, struct happening *out, struct pool *pool)
{
	size_t counts[] = { 0, 0, 0 }, n = 0, i, what;

	if (!chance(dice, 30))
		counts[TURN] = roll(dice, 7);
	if (!chance(dice, 25))
		counts[STEP] = roll(dice, 9);
	if (!chance(dice, 25))
		counts[FLAGS] = roll(dice, 12);
	for (what = TURN; what <= FLAGS; what++)
		for (i = 0; i < counts[what]; i++)
			out[n++] = (struct happening){ draw_time(dice, pool), roll(dice, UINT64_MAX), (enum what)what };
	if (n > 0)
		qsort(out, n, sizeof(out[0]), happening_cmp);
	return n;
}

static void
draw_changes(struct dice *dice, struct story *story, struct pool *pool)
{
	bool open = story->starts_open = chance(dice, 85);
	bool alternate = chance(dice, 90);
	struct happening all[MAX_CHANGES];
	struct asked asked = { .n = 0 };
	int64_t dates[4];
	char board[256];
	size_t i, n, ndates = 1 + roll(dice, 4);

	for (i = 0; i < ndates; i++) {
		dates[i] = midnight(draw_time(dice, pool)) + DAY * ((int64_t)roll(dice, 5) - 1);
		remember(pool, dates[i] - 14 * HOUR);
		remember(pool, dates[i] + DAY + 12 * HOUR - 1);
	}
	write_board(board, dice, dates, ndates);
	story->board = chance(dice, 40) ? keep(story, board) : chance(dice, 90) ? "" : NULL;
	n = draw_happenings(dice, all, pool);
	for (i = 0; i < n; i++) {
		const struct brute_rule *rule = &story->rules[roll(dice, story->nrules)];

		remember(pool, brute_due(rule, all[i].at));
		if (all[i].what == STEP) {
			draw_step(dice, story, all[i].at, dates, ndates);
		} else if (all[i].what == FLAGS) {
			draw_flags(dice, story, &asked, all[i].at);
		} else {
			open = alternate ? !open : chance(dice, 50);
			add_turn(story, all[i].at, addresses[roll(dice, NADDRESSES)], open);
			if (i + 1 == n || all[i + 1].at != all[i].at)
				draw_last_resolved(dice, story);
		}
	}
}

static void
draw_documents(struct dice *dice, struct story *story, struct pool *pool)
{
	/* Days around which a zone of the rules changes its clocks, or leaves a day out. */
	static const int64_t odd_days[] = {
		1509840000,	/* 2017-11-05, America/Los_Angeles off */
		1508025600,	/* 2017-10-15, America/Sao_Paulo on */
		1518912000,	/* 2018-02-18, America/Sao_Paulo off */
		1541289600,	/* 2018-11-04, America/Sao_Paulo on */
		1325203200,	/* 2011-12-30, Pacific/Apia has none */
		1333238400,	/* 2012-04-01, Pacific/Apia off */
		1710028800,	/* 2024-03-10, America/Los_Angeles on */
		1711843200,	/* 2024-03-31, Europe/Berlin on */
		1729987200,	/* 2024-10-27, Europe/Berlin off */
		1730592000,	/* 2024-11-03, America/Los_Angeles off */
	};
	/* Some local midnights of those zones, in half hours after 00:00 UTC. */
	static const int64_t midnights[] = { 0, 0, 4, 6, 14, 16, -2, -4, 20, 22, -11,
		20, 20, 24, 24, 24, 24 };	/* 10:00 and 12:00: where dates begin and end */
	int64_t day = odd_days[roll(dice, sizeof(odd_days) / sizeof(odd_days[0]))];
	bool compressed = false;

	*story = (struct story){ .summary = "" };
	*pool = (struct pool){ .n = 0 };
	switch (roll(dice, 4)) {
	case 0:
	case 1:		/* a minute around a midnight, maybe with one when the same date began: everything meets */
		compressed = true;
		pool->echo = chance(dice, 50) ? 50 * HOUR : 0;
		pool->base = day + 1800 * midnights[roll(dice, sizeof(midnights) / sizeof(midnights[0]))] -
		    (int64_t)roll(dice, 40);
		pool->grain = 1;
		pool->span = 1 + (int64_t)roll(dice, 60);
		break;
	case 2:		/* weeks in steps of hours: limits in days meet */
		pool->base = day - DAY * (int64_t)roll(dice, 16);
		pool->grain = (1 + (int64_t)roll(dice, 2) * 5) * HOUR;
		pool->span = 20 + (int64_t)roll(dice, 60);
		break;
	default:	/* weeks, as they come */
		pool->base = day - DAY * (int64_t)roll(dice, 16) + (int64_t)roll(dice, DAY);
		pool->grain = 1;
		pool->span = 30 * DAY;
		break;
	}
	draw_rules(dice, story, pool, compressed);
	draw_parties(dice, story, pool);
}

static void
draw_story(struct dice *dice, struct story *story, struct pool *pool)
{
	story->has_history = chance(dice, 75);
	story->closed_unknown = chance(dice, 12);
	story->nturns = story->nsteps = story->nchanges = story->nwords = 0;
	if (chance(dice, 50)) {
		draw_changes(dice, story, pool);
		draw_posts(dice, story, pool);
	} else {
		draw_posts(dice, story, pool);
		draw_changes(dice, story, pool);
	}
}

struct tally {
	int64_t states[6];
	int64_t doubts[LAPSE_NDOUBTS];
	int64_t stops[6];
	int64_t clocks[3];
	int64_t by_date, moved;	/* due by a date; stopped by a rescheduling, and opened anew */
	int64_t threads, moments, obligations, reopened;
};

static void
count_in(struct tally *tally, const struct lapse_obligations *list)
{
	size_t i, bit;

	for (i = 0; i < list->nitems; i++) {
		tally->obligations++;
		tally->states[list->items[i].state]++;
		tally->stops[list->items[i].stopped_how]++;
		tally->clocks[list->items[i].rule->clock]++;
		tally->by_date += list->items[i].due_by == LAPSE_DUE_NEXT_UPDATE;
		tally->moved += list->items[i].post != NULL &&
		    strcmp(list->items[i].opened_by, list->items[i].post->author) != 0;
		tally->reopened += list->items[i].opened.sec != list->items[i].arose.sec;
		for (bit = 0; bit < LAPSE_NDOUBTS; bit++)
			tally->doubts[bit] += (list->items[i].doubts & 1U << bit) != 0;
	}
}

static void
compare_story(struct tally *tally, struct lapse_obligations *fast, struct dice *dice,
    struct story *story, const struct parsed *parsed, struct pool *pool, uint64_t seed)
{
	int64_t at, n;
	size_t i;

	draw_story(dice, story, pool);
	tally->threads++;
	for (i = 0; i < MOMENTS_PER_STORY; i++) {
		at = draw_time(dice, pool);
		if (i == 0)
			at += pool->grain * pool->span + (int64_t)roll(dice, 20) * DAY;
		n = compare_at(NULL, fast, story, parsed, at);
		if (n < 0) {
			explain(fast, story, parsed, at);
			fail_msg("seed %" PRIu64 " differs", seed);
		}
		tally->moments++;
		count_in(tally, fast);
	}
}

/* The documents of one seed, and threads under them. */
static void
compare_seed(struct tally *tally, struct lapse_obligations *fast, uint64_t seed)
{
	static struct story story;
	struct dice dice = { seed * UINT64_C(0x2545f4914f6cdd1d) };
	struct parsed parsed;
	struct pool pool, copy;
	size_t i;

	draw_documents(&dice, &story, &pool);
	parse_story(&parsed, &story);
	for (i = 0; i < STORIES_PER_SEED; i++) {
		copy = pool;
		compare_story(tally, fast, &dice, &story, &parsed, &copy, seed);
	}
	free_parsed(&parsed);
}

static void
compare_stories(uint64_t first, uint64_t count)
{
	struct lapse_obligations fast;
	struct tally tally = { .threads = 0 };
	uint64_t seed;
	size_t i;

	lapse_obligations_init(&fast);
	for (seed = first; seed < first + count; seed++)
		compare_seed(&tally, &fast, seed);
	lapse_obligations_release(&fast);
	print_message("%" PRId64 " threads, %" PRId64 " moments, %" PRId64 " obligations (%" PRId64
	    " opened after they arose):", tally.threads, tally.moments, tally.obligations, tally.reopened);
	for (i = 0; i < 6; i++)
		print_message(" %s %" PRId64, state_text((enum lapse_state)i), tally.states[i]);
	for (i = 0; i < LAPSE_NDOUBTS; i++)
		print_message(" %s %" PRId64, lapse_doubt_name(i), tally.doubts[i]);
	for (i = LAPSE_STOP_POST; i < 6; i++)
		print_message(" %s %" PRId64, stop_text((enum lapse_stop)i), tally.stops[i]);
	print_message(" response %" PRId64 " update %" PRId64 " needinfo %" PRId64 " by a date %" PRId64
	    " anew %" PRId64 "\n", tally.clocks[0], tally.clocks[1], tally.clocks[2], tally.by_date, tally.moved);
	/* Random threads that never come to it compare nothing. */
	if (count >= NSEEDS) {
		for (i = 0; i < 6; i++)
			assert_true(tally.states[i] > 100);
		assert_true(tally.reopened > 100);
		assert_true(tally.by_date > 100);
		assert_true(tally.moved > 100);
		for (i = LAPSE_STOP_POST; i < 6; i++)
			assert_true(tally.stops[i] > 100);
		for (i = 0; i < 3; i++)
			assert_true(tally.clocks[i] > 100);
		for (i = 0; i < LAPSE_NDOUBTS; i++)
			assert_true(tally.doubts[i] > 100);
	}
}

static void
random_threads_come_out_as_the_reference_has_them(void **state)
{
	(void)state;
	compare_stories(1, NSEEDS);
}

/*
 * Tables
 *
 * A rule is "ID CLOCK LIMIT [calendar ZONE] [from T] [until T] [certain T] [nodescription] [next]"; next: a Next update
 * date may take the limit's place.
 * What happens is "T WHO [#N] [private] [generated]", "T WHO close", "T WHO reopen" (WHO may be left out), "T close last"
 * (only the last resolution says so), "T WHO board TEXT", "T WHO ask LOGIN…", "T WHO clear LOGIN…", "T WHO redirect LOGIN
 * LOGIN", "T WHO flags REMOVED|ADDED" as the history has them, "board TEXT" (the first whiteboard) or "noboard" (nobody
 * knows it), "closed" (it starts so), "unknown" (closed, and not since when), "nohistory". LOGIN is a WHO, an address,
 * or "nobody". Changes of one second stand in their order. Pieces end with ";". Times are 1d2h3m4s after BASE, with -1s
 * or +1s behind if need be, or RFC 3339.
 */
struct row {
	const char *name;
	const char *rules;
	const char *story;
	const char *at;
	const char *expected;	/* lines end with ";" */
};

static int64_t
read_time(const char *text)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t t = BASE, sign = 1, n;
	int year, month, mday, hour, min, sec;
	char *end;

	if (sscanf(text, "%d-%d-%dT%d:%d:%dZ", &year, &month, &mday, &hour, &min, &sec) == 6) {
		for (t = 0, n = 1970; n < year; n++)
			t += (is_leap((int)n) ? 366 : 365) * DAY;
		for (n = 0; n < month - 1; n++)
			t += (days[n] + (n == 1 && is_leap(year))) * DAY;
		return t + (mday - 1) * DAY + hour * HOUR + min * MINUTE + sec;
	}
	if (strcmp(text, "0") == 0)
		return t;
	while (*text != '\0') {
		if (*text == '-' || *text == '+')
			sign = *text++ == '-' ? -1 : 1;
		n = strtoll(text, &end, 10);
		assert_true(end != text && *end != '\0' && strchr("dhms", *end) != NULL);
		n *= *end == 'd' ? DAY : *end == 'h' ? HOUR : *end == 'm' ? MINUTE : 1;
		t += sign * n;
		text = end + 1;
	}
	return t;
}

/* The reverse: from 0 on in d, h, m, s; before 0 and from day 100 on RFC 3339. */
static const char *
show_time(char *out, int64_t t)
{
	int64_t rest = t - BASE;
	size_t len = 0;

	if (rest == 0)
		return strcpy(out, "0");
	if (rest < 0 || rest >= 100 * DAY)
		return iso(out, t);
	if (rest >= DAY)
		len += (size_t)sprintf(out + len, "%dd", (int)(rest / DAY));
	if (rest % DAY >= HOUR)
		len += (size_t)sprintf(out + len, "%dh", (int)(rest % DAY / HOUR));
	if (rest % HOUR >= MINUTE)
		len += (size_t)sprintf(out + len, "%dm", (int)(rest % HOUR / MINUTE));
	if (rest % MINUTE > 0)
		sprintf(out + len, "%ds", (int)(rest % MINUTE));
	return out;
}

static const char *const people[][2] = {
	{ "owner", "a@acme.example" }, { "colleague", "b@acme.example" }, { "root", "r@root.example" },
	{ "otherca", "o@beta.example" }, { "community", "m@people.example" },
	{ "bot", "auto@bots.example" }, { "stranger", "x@nowhere.example" }, { "unknown", "" },
};
#define NPEOPLE (sizeof(people) / sizeof(people[0]))

/* The address of somebody; NULL: nobody is called so. */
static const char *
read_who(const char *word)
{
	size_t i;

	for (i = 0; i < NPEOPLE; i++)
		if (strcmp(people[i][0], word) == 0)
			return people[i][1];
	return NULL;
}

static const char *
show_who(const char *address)
{
	size_t i;

	for (i = 0; i < NPEOPLE; i++)
		if (strcmp(people[i][1], address) == 0)
			return people[i][0];
	return address;
}

static void
read_limit(struct lapse_duration *out, const char *text)
{
	long long n = 0, hours = 0;
	char unit = '\0', time = '\0';

	*out = (struct lapse_duration){ 0, 0, false };
	if (sscanf(text, "P%lldDT%lldH", &n, &hours) == 2) {
		out->days = n;
		out->sec = hours * HOUR;
		return;
	}
	if (sscanf(text, "P%lld%c", &n, &unit) == 2) {
		out->days = n * (unit == 'W' ? 7 : 1);
		out->in_days = true;
		return;
	}
	assert_int_equal(sscanf(text, "P%c%lld%c", &time, &n, &unit), 3);
	out->sec = n * (unit == 'H' ? HOUR : unit == 'M' ? MINUTE : 1);
}

/* `words` is cut up; rules borrow from it. */
static void
read_rule(struct brute_rule *out, char *words)
{
	char *save = NULL, *word;
	struct lapse_rule *rule = &out->rule;

	*rule = (struct lapse_rule){ .from = { INT64_MIN }, .until = { INT64_MIN },
		.certain_from = { INT64_MIN }, .description = true };
	out->zone = "UTC";
	rule->id = strtok_r(words, " ", &save);
	word = strtok_r(NULL, " ", &save);
	rule->clock = strcmp(word, "update") == 0 ? LAPSE_CLOCK_UPDATE :
	    strcmp(word, "needinfo") == 0 ? LAPSE_CLOCK_NEEDINFO : LAPSE_CLOCK_RESPONSE;
	rule->limit_text = strtok_r(NULL, " ", &save);
	read_limit(&rule->limit, rule->limit_text);
	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		if (strcmp(word, "nodescription") == 0) {
			rule->description = false;
		} else if (strcmp(word, "next") == 0) {
			rule->next_update = true;
		} else if (strcmp(word, "calendar") == 0) {
			rule->count = LAPSE_COUNT_CALENDAR;
			out->zone = strtok_r(NULL, " ", &save);
		} else if (strcmp(word, "from") == 0) {
			rule->from.sec = read_time(strtok_r(NULL, " ", &save));
		} else if (strcmp(word, "until") == 0) {
			rule->until.sec = read_time(strtok_r(NULL, " ", &save));
		} else if (strcmp(word, "certain") == 0) {
			rule->certain_from.sec = read_time(strtok_r(NULL, " ", &save));
		} else {
			fail_msg("what is '%s'?", word);
		}
	}
}

/* Flags of logins, as words, joined as the history joins them. */
static char *
read_flags(char *out, char **save, size_t n)
{
	const char *word;

	out[0] = '\0';
	while (n-- > 0 && (word = strtok_r(NULL, " ", save)) != NULL) {
		if (strcmp(word, "nobody") == 0)
			append_flag(out, ", ", NULL);
		else
			append_flag(out, ", ", read_who(word) != NULL ? read_who(word) : word);
	}
	return out;
}

/* What somebody changed; false when it is no change at all. */
static bool
read_change(struct story *story, int64_t t, const char *who, const char *what, char **save)
{
	char removed[512], added[512], *bar;

	if (strcmp(what, "close") == 0 || strcmp(what, "reopen") == 0) {
		add_turn(story, t, who, what[0] == 'r');
		if (strtok_r(NULL, " ", save) != NULL) {
			story->turns[story->nturns - 1].order = LAPSE_ORDER_LAST;
			story->changes[story->nchanges - 1].field = "priority";
		}
	} else if (strcmp(what, "board") == 0) {
		add_step(story, t, who, *save);
	} else if (strcmp(what, "ask") == 0) {
		add_flags(story, t, who, "", read_flags(added, save, 9));
	} else if (strcmp(what, "clear") == 0) {
		add_flags(story, t, who, read_flags(removed, save, 9), "");
	} else if (strcmp(what, "redirect") == 0) {
		read_flags(removed, save, 1);
		add_flags(story, t, who, removed, read_flags(added, save, 1));
	} else if (strcmp(what, "flags") == 0) {
		bar = strchr(*save, '|');
		assert_non_null(bar);
		*bar = '\0';
		add_flags(story, t, who, *save, bar + 1);
	} else {
		return false;
	}
	return true;
}

static void
read_post(struct story *story, int64_t t, const char *who, const char *word, char **save)
{
	struct lapse_post *post = &story->posts[story->nposts];

	*post = (struct lapse_post){ .number = story->nposts > 0 ? post[-1].number + 1 : 0, .at = { t },
		.author = who, .text = "", .path = "", .is_public = true };
	story->nposts++;
	for (; word != NULL; word = strtok_r(NULL, " ", save)) {
		if (word[0] == '#')
			post->number = strtoll(word + 1, NULL, 10);
		else if (strcmp(word, "private") == 0)
			post->is_public = false;
		else if (strcmp(word, "generated") == 0)
			post->is_generated = true;
		else
			fail_msg("what is '%s'?", word);
	}
}

static void
read_event(struct story *story, char *words)
{
	char *save = NULL, *word = strtok_r(words, " ", &save);
	const char *who;
	int64_t t;

	if (strcmp(word, "closed") == 0) {
		story->starts_open = false;
	} else if (strcmp(word, "unknown") == 0) {
		story->closed_unknown = true;
	} else if (strcmp(word, "nohistory") == 0) {
		story->has_history = false;
	} else if (strcmp(word, "board") == 0) {
		story->board = keep(story, save);
	} else if (strcmp(word, "noboard") == 0) {
		story->board = NULL;
	} else {
		t = read_time(word);
		word = strtok_r(NULL, " ", &save);
		who = read_who(word);
		if (who == NULL && read_change(story, t, "r@root.example", word, &save))
			return;
		if (who == NULL)
			fail_msg("who is '%s'?", word);
		word = strtok_r(NULL, " ", &save);
		if (word == NULL || !read_change(story, t, who, word, &save))
			read_post(story, t, who, word, &save);
	}
}

static void
read_row(struct story *story, const struct row *row, char *rules, char *events)
{
	char *save = NULL, *piece;
	size_t i;

	*story = (struct story){ .starts_open = true, .has_history = true, .summary = "Acme: late",
		.board = "" };
	for (i = 0; i < NSTOCK; i++) {
		add_stock_party(story, i);
		add_member(story, i, NULL, stock_domains[i], INT64_MIN, INT64_MIN);
	}
	strcpy(rules, row->rules);
	strcpy(events, row->story);
	for (piece = strtok_r(rules, ";", &save); piece != NULL; piece = strtok_r(NULL, ";", &save))
		read_rule(&story->rules[story->nrules++], piece);
	for (piece = strtok_r(events, ";", &save); piece != NULL; piece = strtok_r(NULL, ";", &save))
		read_event(story, piece);
}

static char *
show_obligations(const struct lapse_obligation *items, size_t nitems)
{
	char t[4][32], doubts[96];
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	for (i = 0; i < nitems; i++) {
		const struct lapse_obligation *o = &items[i];

		if (o->post != NULL)
			fprintf(f, "%s #%" PRId64, o->rule->id, o->post->number);
		else
			fprintf(f, "%s", o->rule->id);
		if (o->opened.sec != o->arose.sec)
			fprintf(f, " arose %s", show_time(t[0], o->arose.sec));
		fprintf(f, " opened %s", show_time(t[1], o->opened.sec));
		if (o->post == NULL || strcmp(o->post->author, o->opened_by) != 0)
			fprintf(f, " by %s", show_who(o->opened_by));
		fprintf(f, " due %s%s %s", show_time(t[2], o->due.sec),
		    o->due_by == LAPSE_DUE_NEXT_UPDATE ? " by date" : "", state_text(o->state));
		if (o->stopped_how != LAPSE_STOP_NONE)
			fprintf(f, " %s", stop_text(o->stopped_how));
		if (o->stopped_by != NULL)
			fprintf(f, " #%" PRId64, o->stopped_by->number);
		if (o->stopped.sec != INT64_MIN)
			fprintf(f, " %s", show_time(t[3], o->stopped.sec));
		if (o->gap_seconds != -1)
			fprintf(f, " gap %" PRId64, o->gap_seconds);
		if (o->late_seconds != 0)
			fprintf(f, " late %" PRId64, o->late_seconds);
		if (o->doubts != 0)
			fprintf(f, " doubts %s", doubts_text(doubts, o->doubts));
		fputs("; ", f);
	}
	assert_int_equal(fclose(f), 0);
	if (len > 0)
		text[len - 1] = '\0';
	return text;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	static struct lapse_obligation slow[MAX_OBLIGATIONS];
	char rules[1024], events[1024];
	static struct story story;
	struct brute_world world;
	struct parsed parsed;
	struct lapse_thread thread;
	struct lapse_obligations fast;
	const struct lapse_party *owner;
	char *text;
	size_t i, n;

	read_row(&story, row, rules, events);
	world = world_of(&story);
	thread = stand_at(&story, read_time(row->at));
	n = brute_compute(slow, MAX_OBLIGATIONS, &thread, &story.parties[0], &world);
	assert_true(settle(slow, n));
	text = show_obligations(slow, n);
	if (strcmp(text, row->expected) != 0)
		print_error("the reference is wrong\n");
	assert_string_equal(text, row->expected);
	free(text);
	parse_story(&parsed, &story);
	owner = lapse_parties_find(parsed.parties, "acme");
	assert_non_null(owner);
	lapse_obligations_init(&fast);
	lapse_obligations_compute(&fast, &thread, owner, parsed.parties, parsed.policy);
	assert_true(settle(fast.items, fast.nitems));
	text = show_obligations(fast.items, fast.nitems);
	assert_string_equal(text, row->expected);
	free(text);
	for (i = 0; i < fast.nitems; i++) {
		const struct lapse_obligation *o = &fast.items[i];

		assert_true(same_obligation(o, &slow[i]));
		assert_ptr_equal(o->owner, owner);
		assert_int_equal(lapse_obligation_is_breach(o),
		    o->state == LAPSE_STATE_LATE || o->state == LAPSE_STATE_OVERDUE);
	}
	lapse_obligations_release(&fast);
	lapse_obligations_release(&fast);
	free_parsed(&parsed);
}

#define R "r response P7D"
#define U "u update P7D"
#define UN "u update P7D next"
#define N "i needinfo P7D"

static const struct row rows[] = {
	/* Duties */
	{ "a post of a root program, another CA, the community or a stranger needs an answer, one of a bot does not",
	    R, "0 root; 1h otherca; 2h community; 3h stranger; 4h bot; 1d owner", "2d",
	    "r #0 opened 0 due 7d met post #5 1d gap 86400; "
	    "r #1 opened 1h due 7d1h met post #5 1d gap 82800; "
	    "r #2 opened 2h due 7d2h met post #5 1d gap 79200; "
	    "r #3 opened 3h due 7d3h met post #5 1d gap 75600;" },
	{ "the owner's next post fulfils, whoever of the owner's people writes it, and not the one after",
	    R, "0 root; 1d colleague; 2d owner", "3d",
	    "r #0 opened 0 due 7d met post #1 1d gap 86400;" },
	{ "the owner's earlier post fulfils nothing",
	    R, "0 owner; 1d root", "2d", "r #1 opened 1d due 8d running gap 86400;" },
	{ "only the owner's post fulfils",
	    R, "0 root; 1d root; 2d otherca; 3d bot", "1d12h",
	    "r #0 opened 0 due 7d running gap 129600; r #1 opened 1d due 8d running gap 43200;" },
	{ "with description false the bug's own text raises no response",
	    "r response P7D nodescription", "0 root; 1d root", "2d", "r #1 opened 1d due 8d running gap 86400;" },
	{ "with description false the first post still raises one when it is not the bug's own text",
	    "r response P7D nodescription", "0 root #1", "1d", "r #1 opened 0 due 7d running gap 86400;" },
	{ "an update arises at every post of the owner, and the next one fulfils it",
	    U, "0 owner; 3d root; 6d owner; 8d colleague", "9d",
	    "u #0 opened 0 due 7d met post #2 6d gap 518400; "
	    "u #2 opened 6d due 13d met post #3 8d gap 172800; "
	    "u #3 opened 8d due 15d running gap 86400;" },
	{ "posts of others neither raise nor fulfil an update",
	    U, "0 root; 1d owner; 2d stranger; 3d bot", "4d", "u #1 opened 1d due 8d running gap 259200;" },
	{ "a post that only the server wrote raises nothing",
	    R ";" U, "0 root generated; 1d owner generated", "2d", "" },
	{ "a post that only the server wrote fulfils nothing",
	    R, "0 root; 1d owner generated; 2d owner", "3d", "r #0 opened 0 due 7d met post #2 2d gap 172800;" },
	{ "a post that was never public raises nothing",
	    R ";" U, "0 root private; 1d owner private", "2d", "" },
	{ "a post that was never public fulfils nothing",
	    R, "0 root; 1d owner private; 2d owner", "3d", "r #0 opened 0 due 7d met post #2 2d gap 172800;" },
	{ "two rules are two clocks",
	    "b response P7D;a response P3D", "0 root; 4d owner", "5d",
	    "a #0 opened 0 due 3d late post #1 4d gap 345600 late 86400; "
	    "b #0 opened 0 due 7d met post #1 4d gap 345600;" },

	/* Order within a second */
	{ "an answer in the second of the question has gap 0",
	    R, "0 root; 0 owner", "1d", "r #0 opened 0 due 7d met post #1 0 gap 0;" },
	{ "an owner's post before the question in the same second is no answer",
	    R, "0 owner; 0 root", "1d", "r #1 opened 0 due 7d running gap 86400;" },
	{ "of two updates in one second the second fulfils the first",
	    U, "0 owner; 0 owner", "1d",
	    "u #0 opened 0 due 7d met post #1 0 gap 0; u #1 opened 0 due 7d running gap 86400;" },
	{ "time comes before number",
	    R, "0 root #9; 1d owner #3", "2d", "r #9 opened 0 due 7d met post #3 1d gap 86400;" },
	{ "obligations are in the order of opened, post as a number, rule's id",
	    "r9 response P7D;r10 response P7D", "0 root #10; 0 root #11; 1s root #2", "2s",
	    "r10 #10 opened 0 due 7d running gap 2; r9 #10 opened 0 due 7d running gap 2; "
	    "r10 #11 opened 0 due 7d running gap 2; r9 #11 opened 0 due 7d running gap 2; "
	    "r10 #2 opened 1s due 7d1s running gap 1; r9 #2 opened 1s due 7d1s running gap 1;" },

	{ "the order goes by the post's number, not by its time",
	    R " from 1d", "0 root #9; 1s root #3", "2d",
	    "r #3 arose 1s opened 1d due 8d running gap 86400; r #9 arose 0 opened 1d due 8d running gap 86400;" },

	/* When an obligation opens: the rule */
	{ "a rule holds from the second of its from",
	    R " from 1d", "1d root", "1d", "r #0 opened 1d due 8d running gap 0;" },
	{ "a rule does not hold in the second of its until",
	    R " until 1d", "1d-1s root; 1d root", "2d",
	    "r #0 opened 23h59m59s due 7d23h59m59s running gap 86401;" },
	{ "a rule that comes into force opens over a standing duty",
	    R " from 1d", "0 root; 9d owner", "10d",
	    "r #0 arose 0 opened 1d due 8d late post #1 9d gap 691200 late 86400;" },
	{ "a rule that comes into force opens over every question without an answer, and over the last update only",
	    R " from 2d;" U " from 2d", "0 owner; 1d owner; 1d root; 1d1h root", "3d",
	    "u #1 arose 1d opened 2d due 9d running gap 86400; "
	    "r #2 arose 1d opened 2d due 9d running gap 86400; "
	    "r #3 arose 1d1h opened 2d due 9d running gap 86400;" },
	{ "an obligation outlives the rule that it opened under",
	    R " until 1d", "0 root; 8d owner", "9d",
	    "r #0 opened 0 due 7d late post #1 8d gap 691200 late 86400;" },
	{ "when one version of a rule follows another both run over a standing duty",
	    "old response P7D until 1d;new response P3D from 1d", "0 root; 2d root", "5d",
	    "old #0 opened 0 due 7d running gap 432000; "
	    "new #0 arose 0 opened 1d due 4d overdue gap 345600 late 86400; "
	    "new #1 opened 2d due 5d running gap 259200;" },
	{ "a rule that comes into force in the second of the answer opens nothing",
	    R " from 1d", "0 root; 1d owner", "2d", "" },
	{ "a rule that comes into force a second before the answer opens for a second",
	    R " from 1d-1s", "0 root; 1d owner", "2d",
	    "r #0 arose 0 opened 23h59m59s due 7d23h59m59s met post #1 1d gap 1;" },
	{ "a rule that comes into force in the second of question and answer has a gap of 0",
	    R " from 1d", "1d root; 1d owner", "2d", "r #0 opened 1d due 8d met post #1 1d gap 0;" },
	{ "a rule that comes into force after the evaluation opens nothing",
	    R " from 1d", "0 root", "1d-1s", "" },
	{ "a rule that comes into force at the evaluation opens",
	    R " from 1d", "0 root", "1d", "r #0 arose 0 opened 1d due 8d running gap 0;" },

	/* When an obligation opens: the thread */
	{ "a question on a closed bug opens nothing",
	    R, "0 root; 1d close; 2d root", "3d", "r #0 opened 0 due 7d moot closed 1d;" },
	{ "a reopening opens what was left on a closed bug",
	    R, "closed; 0 root; 1d reopen", "2d", "r #0 arose 0 opened 1d due 8d running gap 86400;" },
	{ "a reopening opens again what the closing ended",
	    R ";" U, "0 owner; 1d root; 2d close; 9d reopen; 10d owner", "11d",
	    "u #0 opened 0 due 7d moot closed 2d; "
	    "r #1 opened 1d due 8d moot closed 2d; "
	    "u #0 arose 0 opened 9d due 16d met post #2 10d gap 86400; "
	    "r #1 arose 1d opened 9d due 16d met post #2 10d gap 86400; "
	    "u #2 opened 10d due 17d running gap 86400;" },
	{ "each reopening opens again",
	    R, "0 root; 1d close; 2d reopen; 3d close; 4d reopen", "5d",
	    "r #0 opened 0 due 7d moot closed 1d; "
	    "r #0 arose 0 opened 2d due 9d moot closed 3d; "
	    "r #0 arose 0 opened 4d due 11d running gap 86400;" },
	{ "a reopening does not open what was answered while the bug was closed",
	    R, "0 root; 1d close; 2d owner; 3d reopen", "4d", "r #0 opened 0 due 7d moot closed 1d;" },
	{ "a question in the second of the closing waits for a reopening",
	    R, "1d root; 1d close; 3d reopen", "4d", "r #0 arose 1d opened 3d due 10d running gap 86400;" },
	{ "a question in the second of the closing opens nothing while the bug stays closed",
	    R, "1d root; 1d close", "4d", "" },
	{ "a question and its answer in the second of the closing were never owed",
	    R, "1d root; 1d owner; 1d close; 2d reopen", "4d", "" },
	{ "a question in the second of a reopening opens in it",
	    R, "closed; 1d root; 1d reopen", "2d", "r #0 opened 1d due 8d running gap 86400;" },
	{ "an answer in the second of a reopening comes before it",
	    R, "closed; 0 root; 1d owner; 1d reopen", "2d", "" },
	{ "question, answer and reopening in one second: x is t, and the gap is 0",
	    R, "closed; 1d root; 1d owner; 1d reopen", "2d", "r #0 opened 1d due 8d met post #1 1d gap 0;" },
	{ "a reopening at the evaluation opens",
	    R, "closed; 0 root; 1d reopen", "1d", "r #0 arose 0 opened 1d due 8d running gap 0;" },
	{ "a reopening when the rule is not in force any more opens nothing",
	    R " until 2d", "0 root; 1d close; 2d reopen", "3d", "r #0 opened 0 due 7d moot closed 1d;" },
	{ "a reopening before the rule is in force opens nothing, the rule does",
	    R " from 3d", "0 root; 1d close; 2d reopen", "4d", "r #0 arose 0 opened 3d due 10d running gap 86400;" },
	{ "a rule that comes into force over a closed bug opens nothing, the reopening does",
	    R " from 2d", "0 root; 1d close; 3d reopen", "4d", "r #0 arose 0 opened 3d due 10d running gap 86400;" },
	{ "a rule that comes into force in the second of a closing opens nothing",
	    R " from 1d", "0 root; 1d close; 3d reopen", "4d", "r #0 arose 0 opened 3d due 10d running gap 86400;" },
	{ "a rule that comes into force in the second of a reopening opens once",
	    R " from 1d", "closed; 0 root; 1d reopen", "2d", "r #0 arose 0 opened 1d due 8d running gap 86400;" },
	{ "a closing and a reopening in one second end what ran, and nothing opens in that second",
	    R, "0 root; 1d close; 1d reopen; 2d root", "3d",
	    "r #0 opened 0 due 7d moot closed 1d; r #1 opened 2d due 9d running gap 86400;" },
	{ "after a closing and a reopening in one second the next reopening opens what stands",
	    R, "0 root; 1d close; 1d reopen; 2d close; 3d reopen", "4d",
	    "r #0 opened 0 due 7d moot closed 1d; r #0 arose 0 opened 3d due 10d running gap 86400;" },
	{ "a reopening and a closing in one second open nothing",
	    R, "closed; 0 root; 1d reopen; 1d close", "2d", "" },
	{ "a bug that is open is not opened again",
	    R, "0 root; 1d reopen", "2d", "r #0 opened 0 due 7d running gap 172800;" },
	{ "a bug that is closed is not closed again",
	    R, "closed; 0 root; 1d close; 1d reopen", "2d", "r #0 arose 0 opened 1d due 8d running gap 86400;" },

	/* When it is due */
	{ "elapsed limits count seconds",
	    "r response PT72H", "0 root; 3d+1s owner", "4d",
	    "r #0 opened 0 due 3d late post #1 3d1s gap 259201 late 1;" },
	{ "weeks are seven days",
	    "r response P2W", "0 root", "1d", "r #0 opened 0 due 14d running gap 86400;" },
	{ "calendar days end with the last second of the day",
	    "r response P7D calendar UTC", "12h root; 8d-1s owner; 9d root; 17d owner", "20d",
	    "r #0 opened 12h due 7d23h59m59s met post #1 7d23h59m59s gap 647999; "
	    "r #2 opened 9d due 16d23h59m59s late post #3 17d gap 691200 late 1 doubts counting;" },
	{ "calendar days begin with the day of x, be x its first second or its last",
	    "r response P1D calendar UTC", "1d-1s root; 1d root", "1d",
	    "r #0 opened 23h59m59s due 1d23h59m59s running gap 1; r #1 opened 1d due 2d23h59m59s running gap 0;" },
	{ "calendar days are those of the rule's zone, over the start of daylight saving time",
	    "r response P7D calendar America/Los_Angeles", "2024-03-09T07:30:00Z root", "2024-03-16T07:00:00Z",
	    "r #0 opened 2024-03-09T07:30:00Z due 2024-03-16T06:59:59Z overdue gap 603000 late 1 doubts counting;" },
	{ "calendar days are those of the rule's zone, over the end of daylight saving time",
	    "r response P3D calendar Europe/Berlin", "2024-10-25T10:00:00Z root", "2024-10-28T22:59:59Z",
	    "r #0 opened 2024-10-25T10:00:00Z due 2024-10-28T22:59:59Z running gap 305999;" },
	{ "a day that begins at one o'clock ends as others do",
	    "r response P7D calendar America/Sao_Paulo", "2018-10-28T12:00:00Z root", "2018-10-28T12:00:00Z",
	    "r #0 opened 2018-10-28T12:00:00Z due 2018-11-05T01:59:59Z running gap 0;" },
	{ "a day before one that begins at one o'clock ends an hour before it",
	    "r response P7D calendar America/Sao_Paulo", "2018-10-27T12:00:00Z root", "2018-10-27T12:00:00Z",
	    "r #0 opened 2018-10-27T12:00:00Z due 2018-11-04T02:59:59Z running gap 0;" },
	{ "a day whose last hour comes twice ends the second time",
	    "r response P7D calendar America/Sao_Paulo", "2018-02-10T12:00:00Z root", "2018-02-10T12:00:00Z",
	    "r #0 opened 2018-02-10T12:00:00Z due 2018-02-18T02:59:59Z running gap 0;" },
	{ "a day that a zone left out ends with the one before",
	    "r response P1D calendar Pacific/Apia", "2011-12-29T10:30:00Z root", "2011-12-29T10:30:00Z",
	    "r #0 opened 2011-12-29T10:30:00Z due 2011-12-30T09:59:59Z running gap 0;" },
	{ "a day that a zone left out counts among the days of the limit",
	    "r response P7D calendar Pacific/Apia", "2011-12-24T12:00:00Z root", "2011-12-24T12:00:00Z",
	    "r #0 opened 2011-12-24T12:00:00Z due 2011-12-31T09:59:59Z running gap 0;" },
	{ "a midnight in Kolkata is 18:30 UTC",
	    "r response P1D calendar Asia/Kolkata", "18h30m-1s root; 18h30m root", "1d",
	    "r #0 opened 18h29m59s due 1d18h29m59s running gap 19801; "
	    "r #1 opened 18h30m due 2d18h29m59s running gap 19800;" },

	/* How it ends */
	{ "fulfilled at due is met",
	    R, "0 root; 7d owner", "7d", "r #0 opened 0 due 7d met post #1 7d gap 604800;" },
	{ "fulfilled a second after due is late",
	    R, "0 root; 7d+1s owner", "7d+1s",
	    "r #0 opened 0 due 7d late post #1 7d1s gap 604801 late 1 doubts counting;" },
	{ "not fulfilled at due it still runs",
	    R, "0 root", "7d", "r #0 opened 0 due 7d running gap 604800;" },
	{ "not fulfilled a second after due it is overdue",
	    R, "0 root", "7d+1s", "r #0 opened 0 due 7d overdue gap 604801 late 1 doubts counting;" },
	{ "a limit of nothing is kept by an answer in the same second only",
	    "r response PT0S", "0 root; 0 owner; 1s root; 2s owner; 3s root", "3s",
	    "r #0 opened 0 due 0 met post #1 0 gap 0; "
	    "r #2 opened 1s due 1s late post #3 2s gap 1 late 1; "
	    "r #4 opened 3s due 3s running gap 0;" },
	{ "closed at due is moot",
	    R, "0 root; 7d close", "8d", "r #0 opened 0 due 7d moot closed 7d;" },
	{ "closed a second after due is late up to then",
	    R, "0 root; 7d+1s close", "8d", "r #0 opened 0 due 7d late closed 7d1s gap 604801 late 1 doubts counting;" },
	{ "an answer in the second of the closing comes before it",
	    R, "0 root; 1d owner; 1d close", "8d", "r #0 opened 0 due 7d met post #1 1d gap 86400;" },
	{ "a late answer in the second of the closing comes before it",
	    R, "0 root; 9d owner; 9d close", "9d", "r #0 opened 0 due 7d late post #1 9d gap 777600 late 172800;" },
	{ "the owner's last post before the closing leaves an update that is moot",
	    U, "0 owner; 3d close", "30d", "u #0 opened 0 due 7d moot closed 3d;" },
	{ "closed and not since when: what the owner's posts have not stopped is unproven",
	    R ";" U, "unknown; 0 root; 9d owner; 20d root", "40d",
	    "r #0 opened 0 due 7d late post #1 9d gap 777600 late 172800; "
	    "u #1 opened 9d due 16d unproven; r #2 opened 20d due 27d unproven;" },
	{ "closed and not since when: what is not due yet is unproven too",
	    R, "unknown; 0 root", "1d", "r #0 opened 0 due 7d unproven;" },
	{ "closed again and not since when: a closing that is known still ends what ran",
	    R, "unknown; 0 root; 8d+1s close; 9d reopen", "40d",
	    "r #0 opened 0 due 7d late closed 8d1s gap 691201 late 86401; r #0 arose 0 opened 9d due 16d unproven;" },
	{ "an answer after a long closing was not owed again",
	    R, "0 root; 1d close; 30d owner", "40d", "r #0 opened 0 due 7d moot closed 1d;" },

	/* Doubts */
	{ "no history is a doubt of every breach and of nothing else",
	    R, "nohistory; 0 root; 9d owner; 10d root; 11d owner; 12d root; 21d root", "22d",
	    "r #0 opened 0 due 7d late post #1 9d gap 777600 late 172800 doubts history; "
	    "r #2 opened 10d due 17d met post #3 11d gap 86400; "
	    "r #4 opened 12d due 19d overdue gap 864000 late 259200 doubts history; "
	    "r #5 opened 21d due 28d running gap 86400;" },
	{ "missed by a second less than 24 hours is a doubt of counting",
	    R, "0 root; 8d-1s owner", "9d",
	    "r #0 opened 0 due 7d late post #1 7d23h59m59s gap 691199 late 86399 doubts counting;" },
	{ "missed by 24 hours is none",
	    R, "0 root; 8d owner", "9d", "r #0 opened 0 due 7d late post #1 8d gap 691200 late 86400;" },
	{ "a limit in hours is counted in one way only",
	    "r response PT168H", "0 root; 7d+1s owner", "9d", "r #0 opened 0 due 7d late post #1 7d1s gap 604801 late 1;" },
	{ "a limit in weeks is one in days",
	    "r response P1W", "0 root", "7d+1s", "r #0 opened 0 due 7d overdue gap 604801 late 1 doubts counting;" },
	{ "a limit of days and hours is not one in days",
	    "r response P1DT12H", "0 root", "1d13h", "r #0 opened 0 due 1d12h overdue gap 133200 late 3600;" },
	{ "a post by a stranger raises a duty with the doubt opener",
	    R, "0 stranger; 9d owner", "9d",
	    "r #0 opened 0 due 7d late post #1 9d gap 777600 late 172800 doubts opener;" },
	{ "a party of role community claims the people one knows",
	    R, "0 community; 9d owner", "9d", "r #0 opened 0 due 7d late post #1 9d gap 777600 late 172800;" },
	{ "a stranger who posts at due may have been the owner",
	    R, "0 root; 7d stranger; 9d owner", "9d",
	    "r #0 opened 0 due 7d late post #2 9d gap 777600 late 172800 doubts answer; "
	    "r #1 opened 7d due 14d met post #2 9d gap 172800;" },
	{ "a stranger who posts after due was late as well",
	    R " until 1d", "0 root; 7d+1s stranger; 9d owner", "9d",
	    "r #0 opened 0 due 7d late post #2 9d gap 777600 late 172800;" },
	{ "a stranger who posts in the second of the question and after it may have been the owner",
	    R " nodescription;" U, "0 owner; 0 stranger; 9d owner", "9d",
	    "u #0 opened 0 due 7d late post #2 9d gap 777600 late 172800 doubts answer; "
	    "r #1 opened 0 due 7d late post #2 9d gap 777600 late 172800 doubts opener; "
	    "u #2 opened 9d due 16d running gap 0;" },
	{ "a stranger who posts before the question answered nothing",
	    U, "0 stranger; 0 owner; 9d owner", "9d",
	    "u #1 opened 0 due 7d late post #2 9d gap 777600 late 172800; u #2 opened 9d due 16d running gap 0;" },
	{ "a stranger who posts before a reopening answered nothing of what it opens",
	    U, "closed; 0 owner; 1d stranger; 2d-1s stranger; 2d reopen", "11d",
	    "u #0 arose 0 opened 2d due 9d overdue gap 777600 late 172800;" },
	{ "a stranger who posts in the second of the reopening may have been the owner",
	    U, "closed; 0 owner; 2d stranger; 2d reopen", "11d",
	    "u #0 arose 0 opened 2d due 9d overdue gap 777600 late 172800 doubts answer;" },
	{ "a stranger's post that was never public or that only the server wrote is no answer",
	    U, "0 owner; 1d stranger private; 2d stranger generated", "9d",
	    "u #0 opened 0 due 7d overdue gap 777600 late 172800;" },
	{ "a breach that opened before the rule was certain has the doubt rule",
	    R " from 0 certain 1d", "1d-1s root; 1d root", "30d",
	    "r #0 opened 23h59m59s due 7d23h59m59s overdue gap 2505601 late 1900801 doubts rule; "
	    "r #1 opened 1d due 8d overdue gap 2505600 late 1900800;" },
	{ "it is when it opened that counts for the doubt rule, not when it arose",
	    R " certain 1d", "closed; 0 root; 1d reopen", "30d",
	    "r #0 arose 0 opened 1d due 8d overdue gap 2505600 late 1900800;" },
	{ "doubts add up",
	    R " certain 1d", "nohistory; 0 stranger; 1d stranger", "7d+1s",
	    "r #0 opened 0 due 7d overdue gap 604801 late 1 doubts answer,counting,history,opener,rule; "
	    "r #1 opened 1d due 8d running gap 518401;" },

	/* Two times */
	{ "what happened after the evaluation does not exist",
	    R, "0 root; 1d owner; 2d root", "1d-1s", "r #0 opened 0 due 7d running gap 86399;" },
	{ "a post at the evaluation exists",
	    R, "0 root; 1d owner; 2d root", "1d", "r #0 opened 0 due 7d met post #1 1d gap 86400;" },
	{ "a closing after the evaluation does not exist",
	    R, "0 root; 8d close", "8d-1s", "r #0 opened 0 due 7d overdue gap 691199 late 86399 doubts counting;" },
	{ "without posts nothing is owed",
	    R ";" U, "1d close; 2d reopen", "8d", "" },

	/* Next update dates: what they do to the due time */
	{ "a Next update date takes the limit's place, and ends with the last second of its day at UTC-12",
	    UN, "0 owner; 1d root board Next update 2024-05-20", "15d12h",
	    "u #0 opened 0 due 15d11h59m59s by date overdue gap 1339200 late 1;" },
	{ "an update in the last second of the date is met",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 15d12h-1s owner", "15d12h-1s",
	    "u #0 opened 0 due 15d11h59m59s by date met post #1 15d11h59m59s gap 1339199; "
	    "u #1 opened 15d11h59m59s due 22d11h59m59s running gap 0;" },
	{ "a rule that does not say next_update knows no dates",
	    U, "0 owner; 1d root board Next update 2024-05-20", "2d", "u #0 opened 0 due 7d running gap 172800;" },
	{ "a date does not postpone an answer",
	    R, "0 root; 1d root board Next update 2024-05-20", "2d", "r #0 opened 0 due 7d running gap 172800;" },
	{ "a date binds what opened before it began at UTC+14; a post from then on spends it",
	    UN, "0 root board Next update 2024-05-20; 13d10h-1s owner; 13d10h owner", "14d",
	    "u #0 opened 13d9h59m59s due 15d11h59m59s by date met post #1 13d10h gap 1; "
	    "u #1 opened 13d10h due 20d10h running gap 50400;" },
	{ "a date may be earlier than the limit",
	    UN, "0 owner; 1d root board Next update 2024-05-08", "3d12h",
	    "u #0 opened 0 due 3d11h59m59s by date overdue gap 302400 late 1;" },
	{ "a date that is moved before due is due, later or earlier",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 2d root board Next update 2024-05-27; "
	    "3d root board Next update 2024-05-13", "8d",
	    "u #0 opened 0 due 8d11h59m59s by date running gap 691200;" },
	{ "a date that is removed before due leaves the limit, from the removal on",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 3d root board [x]", "10d+1s",
	    "u #0 opened 0 due 10d overdue gap 864001 late 1 doubts counting;" },
	{ "after a removal calendar days count from the day of the removal",
	    "u update P7D calendar UTC next", "0 owner; 1d root board Next update 2024-05-20; 3d5h root board", "4d",
	    "u #0 opened 0 due 10d23h59m59s running gap 345600;" },
	{ "a second removal moves nothing",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 3d root board [x]; 4d root board [y]; "
	    "5d root board Next update 2024-05-06", "6d",
	    "u #0 opened 0 due 10d running gap 518400;" },
	{ "a date replaced by one that does not bind is as good as removed",
	    UN, "0 owner; 1h root board Next update 2024-05-20; 1d root board Next update 2024-05-06", "2d",
	    "u #0 opened 0 due 8d running gap 172800;" },
	{ "a date replaced by one that has ended is as good as removed",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 3d12h root board Next update 2024-05-08", "4d",
	    "u #0 opened 0 due 10d12h running gap 345600;" },
	{ "a date replaced by one that ends in this second is due in it",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 3d12h-1s root board Next update 2024-05-08", "4d",
	    "u #0 opened 0 due 3d11h59m59s by date overdue gap 345600 late 43201;" },
	{ "a date replaced by one that cannot be read is as good as removed",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 3d root board Next update TBD", "4d",
	    "u #0 opened 0 due 10d running gap 345600;" },
	{ "a date that cannot be read stays none when it is removed",
	    UN, "0 owner; 1d root board Next update TBD; 3d root board [x]", "4d",
	    "u #0 opened 0 due 7d running gap 345600;" },
	{ "a date that does not bind changes nothing of a limit",
	    UN, "0 owner; 1d root board Next update 2024-05-06", "2d", "u #0 opened 0 due 7d running gap 172800;" },
	{ "a date set at due is not set after it",
	    UN, "0 owner; 7d root board Next update 2024-05-20", "8d",
	    "u #0 opened 0 due 15d11h59m59s by date running gap 691200;" },
	{ "a date set after due ends the breach, and the duty opens anew",
	    UN, "0 owner; 7d+1s root board Next update 2024-05-20", "8d",
	    "u #0 opened 0 due 7d late rescheduled 7d1s gap 604801 late 1 doubts counting; "
	    "u #0 arose 0 opened 7d1s by root due 15d11h59m59s by date running gap 86399;" },
	{ "a date moved after it was due ends the breach, time after time",
	    UN, "0 owner; 1d root board Next update 2024-05-08; 4d root board Next update 2024-05-12; "
	    "9d root board Next update 2024-05-20; 10d owner", "10d",
	    "u #0 opened 0 due 3d11h59m59s by date late rescheduled 4d gap 345600 late 43201; "
	    "u #0 arose 0 opened 4d by root due 7d11h59m59s by date late rescheduled 9d gap 432000 late 129601; "
	    "u #0 arose 0 opened 9d by root due 15d11h59m59s by date met post #1 10d gap 86400; "
	    "u #1 opened 10d due 15d11h59m59s by date running gap 0;" },
	{ "a date set after due that does not bind changes nothing",
	    UN, "0 owner; 8d root board Next update 2024-05-06", "9d",
	    "u #0 opened 0 due 7d overdue gap 777600 late 172800;" },
	{ "a date set after due that has ended changes nothing",
	    UN, "0 owner; 8d root board Next update 2024-05-08", "9d",
	    "u #0 opened 0 due 7d overdue gap 777600 late 172800;" },
	{ "a date removed after due changes nothing",
	    UN, "0 owner; 1d root board Next update 2024-05-08; 5d root board [x]", "6d",
	    "u #0 opened 0 due 3d11h59m59s by date overdue gap 518400 late 216001;" },
	{ "a breach that is rescheduled ends, and opens anew only under a rule in force",
	    UN " until 8d", "0 owner; 8d root board Next update 2024-05-20", "9d",
	    "u #0 opened 0 due 7d late rescheduled 8d gap 691200 late 86400;" },
	{ "what is rescheduled to a date that has begun is bound by the limit",
	    UN, "0 owner; 8d root board Next update 2024-05-14", "9d",
	    "u #0 opened 0 due 7d late rescheduled 8d gap 691200 late 86400; "
	    "u #0 arose 0 opened 8d by root due 15d running gap 86400;" },
	{ "each of two rules has its own due time and its own breach",
	    "a update P3D next;b update P7D next", "0 owner; 4d root board Next update 2024-05-20", "5d",
	    "a #0 opened 0 due 3d late rescheduled 4d gap 345600 late 86400; "
	    "b #0 opened 0 due 15d11h59m59s by date running gap 432000; "
	    "a #0 arose 0 opened 4d by root due 15d11h59m59s by date running gap 86400;" },
	{ "rescheduled and closed in one second, nothing opens",
	    UN, "0 owner; 8d root board Next update 2024-05-20; 8d close; 9d reopen", "10d",
	    "u #0 opened 0 due 7d late rescheduled 8d gap 691200 late 86400; "
	    "u #0 arose 0 opened 9d due 15d11h59m59s by date running gap 86400;" },
	{ "closed and then rescheduled in one second, it is closed",
	    UN, "0 owner; 8d close; 8d root board Next update 2024-05-20; 9d reopen", "10d",
	    "u #0 opened 0 due 7d late closed 8d gap 691200 late 86400; "
	    "u #0 arose 0 opened 9d due 15d11h59m59s by date running gap 86400;" },
	{ "a closing that no change tells of is the last in its second",
	    UN, "0 owner; 8d close last; 8d root board Next update 2024-05-20", "10d",
	    "u #0 opened 0 due 7d late rescheduled 8d gap 691200 late 86400;" },
	{ "an answer in the second of the move comes before it",
	    UN, "0 owner; 8d owner; 8d root board Next update 2024-05-20", "9d",
	    "u #0 opened 0 due 7d late post #1 8d gap 691200 late 86400; "
	    "u #1 opened 8d due 15d11h59m59s by date running gap 86400;" },
	{ "closed before the date is moot",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 10d close", "20d",
	    "u #0 opened 0 due 15d11h59m59s by date moot closed 10d;" },
	{ "a reopening sees the date that was set while the bug was closed",
	    UN, "0 owner; 1d close; 2d root board Next update 2024-05-20; 3d reopen", "4d",
	    "u #0 opened 0 due 7d moot closed 1d; u #0 arose 0 opened 3d due 15d11h59m59s by date running gap 86400;" },
	{ "a reopening sees what stands after its second",
	    UN, "closed; 0 owner; 1d reopen; 1d root board Next update 2024-05-20", "2d",
	    "u #0 arose 0 opened 1d due 15d11h59m59s by date running gap 86400;" },
	{ "a rule that comes into force sees what stands after its second",
	    UN " from 1d", "0 owner; 1d root board Next update 2024-05-20", "2d",
	    "u #0 arose 0 opened 1d due 15d11h59m59s by date running gap 86400;" },
	{ "a post sees what stood before its second, and what is removed in it leaves the limit",
	    UN, "0 root board Next update 2024-05-20; 1d owner; 1d root board [x]", "2d",
	    "u #0 opened 1d due 8d running gap 86400;" },
	{ "what a rescheduling opens sees what stands after its second",
	    UN, "0 owner; 8d root board Next update 2024-05-20; 8d otherca board Next update 2024-05-27", "23d",
	    "u #0 opened 0 due 7d late rescheduled 8d gap 691200 late 86400; "
	    "u #0 arose 0 opened 8d by root due 22d11h59m59s by date overdue gap 1296000 late 43201 doubts setter;" },
	{ "nobody knows the first whiteboard: no date is in force",
	    UN, "noboard; 0 owner", "1d", "u #0 opened 0 due 7d running gap 86400;" },
	{ "closed and not since when: what a date says is unproven",
	    UN, "unknown; 0 owner; 1d root board Next update 2024-05-20", "20d",
	    "u #0 opened 0 due 15d11h59m59s by date unproven;" },

	/* Next update dates: who moves them */
	{ "the owner moves no date",
	    UN, "0 owner; 1d owner board Next update 2024-05-20", "2d", "u #0 opened 0 due 7d running gap 172800;" },
	{ "the owner removes no date",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 2d colleague board [x]", "3d",
	    "u #0 opened 0 due 15d11h59m59s by date running gap 259200;" },
	{ "the owner reschedules nothing",
	    UN, "0 owner; 8d owner board Next update 2024-05-20", "9d",
	    "u #0 opened 0 due 7d overdue gap 777600 late 172800;" },
	{ "a root program that leaves the date as the owner made it moves none",
	    UN, "0 owner; 1d owner board Next update 2024-05-20; 2d root board [x] next-update: 20 May 2024", "3d",
	    "u #0 opened 0 due 7d running gap 259200;" },
	{ "a root program that changes the date as the owner made it moves it",
	    UN, "0 owner; 1d owner board Next update 2024-05-20; 2d root board Next update 2024-05-27", "3d",
	    "u #0 opened 0 due 22d11h59m59s by date running gap 259200;" },
	{ "tags and another spelling of the date move nothing",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 2d otherca board [x] NEXT UPDATE 20-May-2024", "16d",
	    "u #0 opened 0 due 15d11h59m59s by date overdue gap 1382400 late 43201;" },
	{ "a date set by another CA has the doubt setter",
	    UN, "0 owner; 1d otherca board Next update 2024-05-20", "16d",
	    "u #0 opened 0 due 15d11h59m59s by date overdue gap 1382400 late 43201 doubts setter;" },
	{ "a date set by the community has the doubt setter",
	    UN, "0 owner; 1d community board Next update 2024-05-20", "16d",
	    "u #0 opened 0 due 15d11h59m59s by date overdue gap 1382400 late 43201 doubts setter;" },
	{ "a date set by a bot has the doubt setter",
	    UN, "0 owner; 1d bot board Next update 2024-05-20", "16d",
	    "u #0 opened 0 due 15d11h59m59s by date overdue gap 1382400 late 43201 doubts setter;" },
	{ "a date set by a stranger has the doubt setter",
	    UN, "0 owner; 1d stranger board Next update 2024-05-20", "16d",
	    "u #0 opened 0 due 15d11h59m59s by date overdue gap 1382400 late 43201 doubts setter;" },
	{ "the author of the first whiteboard is unknown",
	    UN, "board Next update 2024-05-20; closed; 0 owner; 1d reopen", "16d",
	    "u #0 arose 0 opened 1d due 15d11h59m59s by date overdue gap 1296000 late 43201 doubts setter;" },
	{ "a date removed by somebody else has the doubt setter",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 3d community board", "12d",
	    "u #0 opened 0 due 10d overdue gap 1036800 late 172800 doubts setter;" },
	{ "a date of somebody else that a root program removes has none",
	    UN, "0 owner; 1d otherca board Next update 2024-05-20; 3d root board", "12d",
	    "u #0 opened 0 due 10d overdue gap 1036800 late 172800;" },
	{ "a date of somebody else that a root program moves has none",
	    UN, "0 owner; 1d otherca board Next update 2024-05-20; 3d root board Next update 2024-05-27", "23d",
	    "u #0 opened 0 due 22d11h59m59s by date overdue gap 1987200 late 43201;" },
	{ "a date of a root program that somebody else moves has the doubt setter",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 3d otherca board Next update 2024-05-27", "23d",
	    "u #0 opened 0 due 22d11h59m59s by date overdue gap 1987200 late 43201 doubts setter;" },
	{ "a date of somebody else that does not bind makes no doubt",
	    UN, "board Next update 2024-05-06; 0 owner; 1d otherca board Next update 2024-05-05", "9d",
	    "u #0 opened 0 due 7d overdue gap 777600 late 172800;" },
	{ "rescheduled by somebody else: the doubt is of what opens, the breach was one before",
	    UN, "0 owner; 8d otherca board Next update 2024-05-20", "16d",
	    "u #0 opened 0 due 7d late rescheduled 8d gap 691200 late 86400; "
	    "u #0 arose 0 opened 8d by otherca due 15d11h59m59s by date overdue gap 691200 late 43201 doubts setter;" },
	{ "moves of several accounts in one second go one after the other",
	    UN, "0 owner; 1d root board Next update 2024-05-20; 1d otherca board Next update 2024-05-27", "23d",
	    "u #0 opened 0 due 22d11h59m59s by date overdue gap 1987200 late 43201 doubts setter;" },
	{ "a date that stood before the owner's post opened what it gives the due time: the post may have been the update",
	    UN, "0 root board Next update 2024-05-20; 1d owner", "16d",
	    "u #0 opened 1d due 15d11h59m59s by date overdue gap 1296000 late 43201 doubts early-update;" },
	{ "a date set in the second of the owner's post did not stand before it",
	    UN, "1d owner; 1d root board Next update 2024-05-20", "16d",
	    "u #0 opened 1d due 15d11h59m59s by date overdue gap 1296000 late 43201;" },
	{ "a date that stood and was moved makes no early update",
	    UN, "0 root board Next update 2024-05-20; 1d owner; 2d root board Next update 2024-05-27", "23d",
	    "u #0 opened 1d due 22d11h59m59s by date overdue gap 1900800 late 43201;" },
	{ "what a reopening opens knows no early update",
	    UN, "closed; 0 root board Next update 2024-05-20; 1d owner; 2d reopen", "16d",
	    "u #0 arose 1d opened 2d due 15d11h59m59s by date overdue gap 1209600 late 43201;" },
	{ "what a date gives as due is not counted in days",
	    UN, "0 owner; 1d root board Next update 2024-05-08; 3d12h owner", "4d",
	    "u #0 opened 0 due 3d11h59m59s by date late post #1 3d12h gap 302400 late 1; "
	    "u #1 opened 3d12h due 10d12h running gap 43200;" },

	/* Needinfos */
	{ "a needinfo for somebody on the owner's side raises a duty, one for anybody else or nobody does not",
	    N, "0 root ask owner; 1h root ask root; 2h root ask stranger; 3h root ask nobody; 4h owner ask colleague", "1d",
	    "i opened 0 by root due 7d running gap 86400; i opened 4h by owner due 7d4h running gap 72000;" },
	{ "a login is the same whatever its case",
	    N, "0 root ask A@ACME.example", "1d", "i opened 0 by root due 7d running gap 86400;" },
	{ "a post raises no needinfo, and a needinfo no response",
	    N ";" R, "0 root; 1d root ask owner", "2d",
	    "r #0 opened 0 due 7d running gap 172800; i opened 1d by root due 8d running gap 86400;" },
	{ "the owner's next post fulfils a needinfo, whoever was asked",
	    N, "0 root ask owner; 1d root; 2d colleague; 3d owner", "4d",
	    "i opened 0 by root due 7d met post #1 2d gap 172800;" },
	{ "a post that was never public fulfils no needinfo",
	    N, "0 root ask owner; 2d owner private", "4d", "i opened 0 by root due 7d running gap 345600;" },
	{ "an owner's post in the second of the needinfo precedes it",
	    N, "0 owner; 0 root ask owner; 1d owner", "2d", "i opened 0 by root due 7d met post #1 1d gap 86400;" },
	{ "a needinfo that the owner's side clears is fulfilled",
	    N, "0 root ask owner; 1d colleague clear owner; 2d owner", "4d",
	    "i opened 0 by root due 7d met flag 1d gap 86400;" },
	{ "a needinfo that is cleared at due is met",
	    N, "0 root ask owner; 7d owner clear owner", "8d", "i opened 0 by root due 7d met flag 7d gap 604800;" },
	{ "a needinfo that is cleared after due is late",
	    N, "0 root ask owner; 7d+1s owner clear owner", "8d",
	    "i opened 0 by root due 7d late flag 7d1s gap 604801 late 1 doubts counting;" },
	{ "a post before the clearing fulfils a needinfo, one after it does not",
	    N, "0 root ask owner; 1d owner; 2d owner clear owner; 3d root ask owner; 4d owner clear owner; 5d owner", "6d",
	    "i opened 0 by root due 7d met post #0 1d gap 86400; i opened 3d by root due 10d met flag 4d gap 86400;" },
	{ "of a post and a clearing in one second it is the post",
	    N, "0 root ask owner; 1d owner clear owner; 1d owner", "2d",
	    "i opened 0 by root due 7d met post #0 1d gap 86400;" },
	{ "a needinfo that anybody else clears is withdrawn, and the duty ends",
	    N, "0 root ask owner; 1d root clear owner; 2d close; 3d reopen; 4d owner", "5d",
	    "i opened 0 by root due 7d moot withdrawn 1d;" },
	{ "a needinfo withdrawn at due is moot",
	    N, "0 root ask owner; 7d bot clear owner", "8d", "i opened 0 by root due 7d moot withdrawn 7d;" },
	{ "a needinfo withdrawn after due is late up to then",
	    N, "0 root ask owner; 8d stranger clear owner; 9d owner", "9d",
	    "i opened 0 by root due 7d late withdrawn 8d gap 691200 late 86400;" },
	{ "a post in the second of the withdrawal comes before it",
	    N, "0 root ask owner; 1d root clear owner; 1d owner", "2d",
	    "i opened 0 by root due 7d met post #0 1d gap 86400;" },
	{ "a needinfo set and withdrawn in one second opens nothing",
	    N, "0 root ask owner; 0 otherca clear owner", "1d", "" },
	{ "a needinfo set and cleared by the owner's side in one second has gap 0",
	    N, "0 root ask owner; 0 owner clear owner", "1d", "i opened 0 by root due 7d met flag 0 gap 0;" },
	{ "what one change adds and removes it neither sets nor clears",
	    N, "0 root flags needinfo?(a@acme.example)|needinfo?(a@acme.example); "
	    "1d root ask owner; 2d owner flags needinfo?(a@acme.example)|needinfo?(a@acme.example)", "3d",
	    "i opened 1d by root due 8d running gap 172800;" },
	{ "flags are counted: two for one login are two",
	    N, "0 root ask owner owner; 1d owner clear owner", "2d",
	    "i opened 0 by root due 7d running gap 172800; i opened 0 by root due 7d met flag 1d gap 86400;" },
	{ "flags are counted: what a change adds once more than it removes it sets once",
	    N, "0 root flags needinfo?(a@acme.example)|needinfo?(a@acme.example), needinfo?(a@acme.example)", "1d",
	    "i opened 0 by root due 7d running gap 86400;" },
	{ "flags are joined by commas or blanks, among others",
	    N, "0 root flags qe-verify?|qe-verify+, needinfo?(a@acme.example) needinfo?(b@acme.example), review?", "1d",
	    "i opened 0 by root due 7d running gap 86400; i opened 0 by root due 7d running gap 86400;" },
	{ "a clearing belongs to the oldest open flag of its text",
	    N, "0 root ask owner; 1d otherca ask owner; 2d root ask colleague; 3d owner clear owner", "4d",
	    "i opened 0 by root due 7d met flag 3d gap 259200; i opened 1d by otherca due 8d running gap 259200; "
	    "i opened 2d by root due 9d running gap 172800;" },
	{ "a needinfo that the owner's side redirects is fulfilled",
	    N, "0 root ask owner; 1d owner redirect owner root", "2d", "i opened 0 by root due 7d met flag 1d gap 86400;" },
	{ "a needinfo redirected to the owner's side arises then",
	    N, "0 root ask otherca; 1d otherca redirect otherca owner", "2d",
	    "i opened 1d by otherca due 8d running gap 86400;" },
	{ "a needinfo that somebody else redirects is withdrawn, and another arises",
	    N, "0 root ask owner; 1d root redirect owner colleague", "2d",
	    "i opened 0 by root due 7d moot withdrawn 1d; i opened 1d by root due 8d running gap 86400;" },
	{ "a clearing of a login that was renamed belongs to the oldest flag that nothing cleared",
	    N, "0 root ask owner; 1d owner clear renamed@acme.example", "2d",
	    "i opened 0 by root due 7d met flag 1d gap 86400;" },
	{ "a clearing left over takes what the clearings of its text have left up to the evaluation",
	    N, "0 root ask owner; 1d root ask colleague; 2d owner clear renamed@acme.example; 3d owner clear owner", "4d",
	    "i opened 0 by root due 7d met flag 3d gap 259200; i opened 1d by root due 8d met flag 2d gap 86400;" },
	{ "a clearing of a later time leaves nothing over before it",
	    N, "0 root ask owner; 1d root ask colleague; 2d owner clear renamed@acme.example; 3d owner clear owner", "3d-1s",
	    "i opened 0 by root due 7d met flag 2d gap 172800; i opened 1d by root due 8d running gap 172799;" },
	{ "a clearing left over takes a flag whoever it asks",
	    N, "0 root ask stranger; 1d root ask owner; 2d owner clear renamed@acme.example", "3d",
	    "i opened 1d by root due 8d running gap 172800;" },
	{ "clearings left over take flags in order, only such as were set before them",
	    N, "0 owner clear owner; 1d root ask owner; 2d otherca ask colleague; 3d owner clear x@acme.example; "
	    "4d root clear y@acme.example", "5d",
	    "i opened 1d by root due 8d met flag 3d gap 172800; i opened 2d by otherca due 9d moot withdrawn 4d;" },
	{ "a needinfo set by a stranger has the doubt opener",
	    N, "0 stranger ask owner", "9d", "i opened 0 by stranger due 7d overdue gap 777600 late 172800 doubts opener;" },
	{ "a needinfo set by nobody that the history names has the doubt opener",
	    N, "0 unknown ask owner", "9d", "i opened 0 by unknown due 7d overdue gap 777600 late 172800 doubts opener;" },
	{ "a stranger who posts in the second of a needinfo may have been the owner",
	    N, "0 stranger; 0 root ask owner", "9d",
	    "i opened 0 by root due 7d overdue gap 777600 late 172800 doubts answer;" },
	{ "a stranger who posts before a needinfo or after due answered nothing in time",
	    N, "0 stranger; 1s root ask owner; 7d+2s stranger", "9d",
	    "i opened 1s by root due 7d1s overdue gap 777599 late 172799;" },
	{ "a closing ends a needinfo, and a reopening opens it again",
	    N, "0 root ask owner; 1d close; 2d reopen", "3d",
	    "i opened 0 by root due 7d moot closed 1d; i arose 0 opened 2d by root due 9d running gap 86400;" },
	{ "a needinfo set on a closed bug opens with the reopening",
	    N, "closed; 0 root ask owner; 2d reopen", "3d", "i arose 0 opened 2d by root due 9d running gap 86400;" },
	{ "a needinfo cleared by the owner's side while the bug was closed is not owed again",
	    N, "0 root ask owner; 1d close; 2d owner clear owner; 3d reopen", "4d",
	    "i opened 0 by root due 7d moot closed 1d;" },
	{ "a needinfo withdrawn while the bug was closed is not owed again",
	    N, "0 root ask owner; 1d close; 2d root clear owner; 3d reopen", "4d",
	    "i opened 0 by root due 7d moot closed 1d;" },
	{ "a needinfo set in the second of a closing opens with the reopening",
	    N, "0 root ask owner; 0 close; 1d reopen", "2d", "i arose 0 opened 1d by root due 8d running gap 86400;" },
	{ "closed and then cleared in one second, it is closed; the duty is fulfilled",
	    N, "0 root ask owner; 1d close; 1d owner clear owner; 2d reopen", "3d",
	    "i opened 0 by root due 7d moot closed 1d;" },
	{ "cleared and then closed in one second, it is fulfilled",
	    N, "0 root ask owner; 1d owner clear owner; 1d close", "3d", "i opened 0 by root due 7d met flag 1d gap 86400;" },
	{ "withdrawn and then closed in one second, it is withdrawn",
	    N, "0 root ask owner; 8d root clear owner; 8d close", "9d",
	    "i opened 0 by root due 7d late withdrawn 8d gap 691200 late 86400;" },
	{ "a reopening in the second of the withdrawal opens nothing, whichever is first",
	    N, "closed; 0 root ask owner; 1d reopen; 1d root clear owner", "2d", "" },
	{ "a reopening in the second of the clearing opens nothing, whichever is first",
	    N, "closed; 0 root ask owner; 1d reopen; 1d owner clear owner", "2d", "" },
	{ "a reopening and a clearing in the second of the needinfo itself have gap 0",
	    N, "closed; 0 root ask owner; 0 reopen; 0 owner clear owner", "2d", "i opened 0 by root due 7d met flag 0 gap 0;" },
	{ "a rule that comes into force opens over a standing needinfo",
	    N " from 1d", "0 root ask owner; 2d owner clear owner", "3d",
	    "i arose 0 opened 1d by root due 8d met flag 2d gap 86400;" },
	{ "a rule that comes into force in the second of the clearing or the withdrawal opens nothing",
	    N " from 1d", "0 root ask owner colleague; 1d root clear owner; 1d owner clear colleague", "3d", "" },
	{ "a Next update date is nothing to a needinfo",
	    N, "0 root ask owner; 1d root board Next update 2024-05-20", "2d",
	    "i opened 0 by root due 7d running gap 172800;" },
	{ "closed and not since when: what a flag says is unproven, what a post says is not",
	    N, "unknown; 0 root ask owner; 1d owner clear owner; 2d root ask owner; 3d root clear owner; "
	    "4d root ask owner; 5d owner", "6d",
	    "i opened 0 by root due 7d unproven; i opened 2d by root due 9d unproven; "
	    "i opened 4d by root due 11d met post #0 5d gap 86400;" },
	{ "a flag after the evaluation does not exist, nor does its clearing",
	    N, "0 root ask owner; 1d owner clear owner; 2d root ask owner", "1d-1s",
	    "i opened 0 by root due 7d running gap 86399;" },
	{ "needinfos come before posts in the order, and after what opened before",
	    N ";" R, "0 root; 0 root ask owner", "1d",
	    "i opened 0 by root due 7d running gap 86400; r #0 opened 0 due 7d running gap 86400;" },
};
#define NROWS (sizeof(rows) / sizeof(rows[0]))

/* The date that a whiteboard holds; NULL: none. */
static const char *const boards[][2] = {
	{ "Next update 2024-05-20", "2024-05-20" },
	{ "next update 2024-05-20", "2024-05-20" },
	{ "NEXT UPDATE 20 May 2024", "2024-05-20" },
	{ "Next-Update 2024-05-20", "2024-05-20" },
	{ "NextUpdate 2024-05-20", "2024-05-20" },
	{ "[ca-compliance] [x]Next update 2024-05-20", "2024-05-20" },
	{ "[next update 2024-05-20]", "2024-05-20" },
	{ " next update: 2024/05/20 [ca-compliance]", "2024-05-20" },
	{ "Next update:2024-5-20", "2024-05-20" },
	{ "Next update - 2024-05-20", "2024-05-20" },
	{ "Next update at 20.5.2024", "2024-05-20" },
	{ "Next update \t at\t20.05.2024", "2024-05-20" },
	{ "Next update 20-May-2024", "2024-05-20" },
	{ "Next update 01-September-2024", "2024-09-01" },
	{ "Next update 01-April 2025", "2025-04-01" },
	{ "Next Update - 1-Sep-2024", "2024-09-01" },
	{ "Next update 2024-Oct-27", "2024-10-27" },
	{ "Next update 2024-October-7", "2024-10-07" },
	{ "Next update September 30, 2024", "2024-09-30" },
	{ "Next update Sep 30 2024", "2024-09-30" },
	{ "Next update september 3, 2024", "2024-09-03" },
	{ "Next update 2024-05-20 (pending audit) foo]", "2024-05-20" },
	{ "Next update 2024-05-20, we hope", "2024-05-20" },
	{ "Next update 2024-05-20-ish", "2024-05-20" },
	{ "Next update 2024-05-20 Next update 2024-06-20", "2024-06-20" },
	{ "Next update TBD Next update 2024-06-20", "2024-06-20" },
	{ "Next update 2028-02-29", "2028-02-29" },
	{ "Next update 2999-12-31", "2999-12-31" },
	{ "", NULL },
	{ "[ca-compliance]", NULL },
	{ "2024-05-20", NULL },
	{ "[close on 2024-05-20]", NULL },
	{ "update 2024-05-20", NULL },
	{ "Next  update 2024-05-20", NULL },
	{ "Next update", NULL },
	{ "Next update TBD", NULL },
	{ "Next update TBD 2024-05-20", NULL },
	{ "Next update 2024-05-20 Next update TBD", NULL },
	{ "Next update on 2024-05-20", NULL },
	{ "Next update :- 2024-05-20", NULL },
	{ "Next update 5-20-2024", NULL },
	{ "Next update 3-1-2025", NULL },
	{ "Next update 20/5/2024", NULL },
	{ "Next update 2025-13-45", NULL },
	{ "Next update 2024-00-20", NULL },
	{ "Next update 2024-06-31", NULL },
	{ "Next update 2025-02-29", NULL },
	{ "Next update 2100-02-29", NULL },
	{ "Next update 2024-05-200", NULL },
	{ "Next update 2024-05-20T00:00:00Z", NULL },
	{ "Next update 20-May-20245", NULL },
	{ "Next update 24-05-20", NULL },
	{ "Next update 02024-05-20", NULL },
	{ "Next update 020-May-2024", NULL },
	{ "Next update 20-Sept-2024", NULL },
	{ "Next update 20-Mai-2024", NULL },
	{ "Next update 2024-05/20", NULL },
	{ "Next update 3000-01-01", NULL },
	{ "Next update 9999-12-31", NULL },
	{ "Next update 1989-12-31", NULL },
	{ "Next update \357\274\222\357\274\220\357\274\222\357\274\225-12-01", NULL },
};

/* What is due shows the date that a reader saw. */
static void
whiteboards_hold_the_dates_that_they_really_have(void **state)
{
	struct row row = { "", UN, "0 owner", "0", "" };
	char rules[1024], events[1024], midnight_then[32];
	static struct lapse_obligation slow[MAX_OBLIGATIONS];
	static struct story story;
	struct brute_world world;
	struct parsed parsed;
	struct lapse_thread thread;
	struct lapse_obligations fast;
	int64_t due;
	size_t i;

	(void)state;
	read_row(&story, &row, rules, events);
	world = world_of(&story);
	parse_story(&parsed, &story);
	lapse_obligations_init(&fast);
	for (i = 0; i < sizeof(boards) / sizeof(boards[0]); i++) {
		story.board = boards[i][0];
		due = BASE + 7 * DAY;
		if (boards[i][1] != NULL) {
			sprintf(midnight_then, "%sT00:00:00Z", boards[i][1]);
			due = read_time(midnight_then) + DAY + 12 * HOUR - 1;
		}
		thread = stand_at(&story, BASE);
		assert_int_equal(brute_compute(slow, MAX_OBLIGATIONS, &thread, &story.parties[0], &world), 1);
		if (slow[0].due.sec != due)
			fail_msg("the reference reads '%s' as due %s", boards[i][0], iso(midnight_then, slow[0].due.sec));
		lapse_obligations_compute(&fast, &thread, lapse_parties_find(parsed.parties, "acme"), parsed.parties,
		    parsed.policy);
		assert_int_equal(fast.nitems, 1);
		if (fast.items[0].due.sec != due)
			fail_msg("'%s' is due %s", boards[i][0], iso(midnight_then, fast.items[0].due.sec));
		assert_true(same_obligation(&fast.items[0], &slow[0]));
	}
	lapse_obligations_release(&fast);
	free_parsed(&parsed);
}

static void
without_an_owner_nothing_is_owed(void **state)
{
	struct row row = { "", R ";" U, "0 root; 1d owner", "9d", "" };
	char rules[1024], events[1024];
	static struct story story;
	struct parsed parsed;
	struct lapse_thread thread;
	struct lapse_obligations list;

	(void)state;
	read_row(&story, &row, rules, events);
	parse_story(&parsed, &story);
	thread = stand_at(&story, read_time(row.at));
	lapse_obligations_init(&list);
	lapse_obligations_compute(&list, &thread, lapse_parties_at(parsed.parties, 0), parsed.parties, parsed.policy);
	assert_int_equal(list.nitems, 2);
	lapse_obligations_compute(&list, &thread, NULL, parsed.parties, parsed.policy);
	assert_int_equal(list.nitems, 0);
	lapse_obligations_release(&list);
	assert_int_equal(list.nitems, 0);
	free_parsed(&parsed);
}

static void
a_membership_ends_in_the_midnight_of_its_until(void **state)
{
	struct row row = { "", U, "1d-1s owner; 1d owner; 3d-1s owner; 3d owner", "4d", "" };
	char rules[1024], events[1024];
	static struct story story;
	struct parsed parsed;
	struct lapse_thread thread;
	struct lapse_obligations list;
	char *text;

	(void)state;
	read_row(&story, &row, rules, events);
	story.members[0][0].from.sec = BASE + DAY;
	story.members[0][0].until.sec = BASE + 3 * DAY;
	parse_story(&parsed, &story);
	thread = stand_at(&story, read_time(row.at));
	lapse_obligations_init(&list);
	lapse_obligations_compute(&list, &thread, lapse_parties_at(parsed.parties, 0), parsed.parties, parsed.policy);
	text = show_obligations(list.items, list.nitems);
	assert_string_equal(text, "u #1 opened 1d due 8d met post #2 2d23h59m59s gap 172799; "
	    "u #2 opened 2d23h59m59s due 9d23h59m59s running gap 86401;");
	free(text);
	lapse_obligations_release(&list);
	free_parsed(&parsed);
}

static void
names_are_those_of_the_design(void **state)
{
	size_t i;

	(void)state;
	for (i = LAPSE_STATE_MET; i <= LAPSE_STATE_UNPROVEN; i++)
		assert_string_equal(lapse_state_name((enum lapse_state)i), state_text((enum lapse_state)i));
	assert_null(lapse_stop_name(LAPSE_STOP_NONE));
	for (i = LAPSE_STOP_POST; i <= LAPSE_STOP_CLOSED; i++)
		assert_string_equal(lapse_stop_name((enum lapse_stop)i), stop_text((enum lapse_stop)i));
	assert_string_equal(lapse_due_by_name(LAPSE_DUE_LIMIT), "limit");
	assert_string_equal(lapse_due_by_name(LAPSE_DUE_NEXT_UPDATE), "next-update");
	for (i = 0; i < LAPSE_NDOUBTS; i++) {
		char name[96];

		assert_string_equal(lapse_doubt_name(i), doubts_text(name, 1U << i));
		if (i > 0)
			assert_true(strcmp(lapse_doubt_name(i - 1), lapse_doubt_name(i)) < 0);
	}
}

int
main(int argc, char **argv)
{
	static struct CMUnitTest tests[NROWS + 5] = {
		cmocka_unit_test(whiteboards_hold_the_dates_that_they_really_have),
		cmocka_unit_test(without_an_owner_nothing_is_owed),
		cmocka_unit_test(a_membership_ends_in_the_midnight_of_its_until),
		cmocka_unit_test(names_are_those_of_the_design),
		cmocka_unit_test(random_threads_come_out_as_the_reference_has_them),
	};
	size_t i;

	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc > 1) {
		compare_stories(strtoull(argv[1], NULL, 10), argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
		return 0;
	}
	for (i = 0; i < NROWS; i++)
		tests[5 + i] = (struct CMUnitTest){ .name = rows[i].name, .test_func = row_holds,
			.initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
