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
		"opener", "rule", "setter", "time" };
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

/* Flags of one second may be told in any order: bring them into one. False when `items` is in no order at all. */
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
		    post->is_public ? "" : " (private)", post->is_generated ? " (generated)" : post->is_undated ? " (undated)" : "");
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

#include "clock_roll.c"

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
 * What happens is "T WHO [#N] [private] [generated]" (a post), "T [WHO] close", "T [WHO] reopen", "T close last" (only
 * the last resolution says so), "T WHO board TEXT", "T WHO ask LOGIN...", "T WHO clear LOGIN...", "T WHO redirect LOGIN
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
		.author = who, .text = "", .is_public = true };
	story->nposts++;
	for (; word != NULL; word = strtok_r(NULL, " ", save)) {
		if (word[0] == '#')
			post->number = strtoll(word + 1, NULL, 10);
		else if (strcmp(word, "private") == 0)
			post->is_public = false;
		else if (strcmp(word, "generated") == 0)
			post->is_generated = true;
		else if (strcmp(word, "undated") == 0)
			post->is_undated = true;
		else if (strncmp(word, "slack=", 6) == 0)
			post->slack = (int32_t)strtol(word + 6, NULL, 10);
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

#include "clock_rows.c"
#define NROWS (sizeof(rows) / sizeof(rows[0]))

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
