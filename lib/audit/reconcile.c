#include "lapse/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "claims.h"

#include "lapse/error.h"

#define NO_THREAD SIZE_MAX

static const char *const verdict_names[] = { "supported", "within-a-day", "not-supported", "not-judged" };

const char *
lapse_verdict_name(enum lapse_verdict verdict)
{
	return verdict_names[verdict];
}

/* ---- the record ---- */

static bool
is_same_answer(const struct lapse_lateness *a, const struct lapse_lateness *b)
{
	const struct lapse_finding *f = &a->finding, *g = &b->finding;

	return lapse_silence_mark(&f->o) == lapse_silence_mark(&g->o) &&
	    strcmp(f->thread->id, g->thread->id) == 0 && strcmp(f->thread->source, g->thread->source) == 0;
}

/* The one that stands for its answer: the longest so far, of equal ones the first. */
static void
mark_longest(struct lapse_reconciliation *r, struct lapse_lateness *new)
{
	new->is_longest = true;
	for (struct lapse_lateness *l = r->latenesses; l < new; l++) {
		if (!l->is_longest || !is_same_answer(l, new))
			continue;
		new->is_longest = new->finding.o.gap_seconds > l->finding.o.gap_seconds;
		l->is_longest = !new->is_longest;
	}
}

static int
note_latenesses(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	struct lapse_reconciliation *r = payload;
	struct lapse_keeper keeper = { .arena = &r->arena, .from = thread };

	r->looked = lapse_grow(r->looked, r->nlooked, &r->looked_cap, sizeof(*r->looked));
	r->looked[r->nlooked++] = (struct lapse_looked){
		.source = thread->source,
		.id = lapse_arena_dup(&r->arena, thread->id),
		.has_owner = owner != NULL,
		.until = lapse_day_of(thread->at),
	};
	for (size_t i = 0; i < nitems; i++) {
		const struct lapse_obligation *o = &items[i];
		const struct lapse_zone *zone = o->rule->zone;
		struct lapse_lateness *l;

		r->latenesses = lapse_grow(r->latenesses, r->nlatenesses, &r->latenesses_cap, sizeof(*r->latenesses));
		l = &r->latenesses[r->nlatenesses++];
		*l = (struct lapse_lateness){ .claimed = false };
		lapse_finding_keep(&l->finding, &keeper, o);
		l->since = lapse_zone_day(zone, o->opened);
		l->late_on = lapse_zone_day(zone, lapse_time_is_set(o->stopped) ? o->stopped : thread->at);
		mark_longest(r, l);
	}
	return 0;
}

/* ---- claims ---- */

static int32_t
apart(struct lapse_day a, struct lapse_day b)
{
	return a.n < b.n ? b.n - a.n : a.n - b.n;
}

/* How well a lateness bears a claim: 0 to the day, 1 within one, 2 not. */
static int
distance(const struct lapse_lateness *lateness, const struct lapse_claim *claim, const char *source, const char *id)
{
	int32_t late_on = apart(lateness->late_on, claim->late_on);
	int32_t since = apart(lateness->since, claim->since);

	if (strcmp(lateness->finding.thread->id, id) != 0 || strcmp(lateness->finding.thread->source, source) != 0 ||
	    late_on > 1 || since > 1)
		return 2;
	return late_on > 0 || since > 0;
}

static void
mark_claimed(struct lapse_reconciliation *r, size_t borne)
{
	for (size_t i = 0; i < r->nlatenesses; i++)
		if (is_same_answer(&r->latenesses[borne], &r->latenesses[i]))
			r->latenesses[i].claimed = true;
}

static void
judge(struct lapse_reconciliation *r, struct lapse_claim *claim, const char *source, const char *id)
{
	int best = 2;

	for (size_t i = 0; i < r->nlatenesses; i++) {
		int d = distance(&r->latenesses[i], claim, source, id);

		if (d < best) {
			best = d;
			claim->lateness = i;
		}
	}
	claim->verdict = best == 0 ? LAPSE_CLAIM_SUPPORTED :
	    best == 1 ? LAPSE_CLAIM_WITHIN_A_DAY : LAPSE_CLAIM_NOT_SUPPORTED;
	if (best < 2)
		mark_claimed(r, claim->lateness);
}

/* Why the record cannot decide a claim about a thread of its own; NULL: it can. A zone's day may be one off. */
static const char *
why_undecided(const struct lapse_reconciliation *r, const struct lapse_claim *claim, const char *source, const char *id)
{
	for (size_t i = 0; i < r->nlooked; i++) {
		const struct lapse_looked *looked = &r->looked[i];

		if (strcmp(looked->id, id) != 0 || strcmp(looked->source, source) != 0)
			continue;
		if (!looked->has_owner)
			return "the thread has no owner among these parties";
		return claim->late_on.n > looked->until.n + 1 ? "the day lies after the moment that the record was evaluated at" : NULL;
	}
	return "the thread did not exist yet";
}

/* The view's thread that a claim names, NO_THREAD when it is not archived. */
static int
find_thread(size_t *out, const struct lapse_view *view, const struct lapse_claim *claim, const char *name)
{
	int64_t post;
	int rc = lapse_view_find(out, &post, view, claim->thread);

	if (rc == LAPSE_ENOTFOUND) {
		*out = NO_THREAD;
		return 0;
	}
	if (rc == LAPSE_EUSAGE)
		rc = LAPSE_EFORMAT;
	return lapse_context(rc, "%s:%zu", name, claim->line);
}

/* ---- the run ---- */

static int
by_number(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* Compute the latenesses of the threads that are claimed, each thread once. */
static int
compute_record(struct lapse_reconciliation *r, const struct lapse_question *question, const size_t *claimed)
{
	struct lapse_filter filter = LAPSE_FILTER_ALL;
	size_t *threads = lapse_alloc(r->nclaims, sizeof(*threads));
	size_t n = 0, kept = 0;
	int rc;

	for (size_t i = 0; i < r->nclaims; i++)
		if (claimed[i] != NO_THREAD)
			threads[n++] = claimed[i];
	qsort(threads, n, sizeof(*threads), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || threads[i] != threads[kept - 1])
			threads[kept++] = threads[i];
	filter.threads = threads;
	filter.nthreads = kept;
	filter.late = true;
	rc = lapse_gaps_each(question, &filter, note_latenesses, r, &r->tally);
	free(threads);
	return rc;
}

/* Which of the record's threads a claim is about, by the finding's names. */
static void
judge_all(struct lapse_reconciliation *r, const struct lapse_question *question, const size_t *claimed)
{
	for (size_t i = 0; i < r->nclaims; i++) {
		struct lapse_claim *claim = &r->claims[i];
		const char *source, *id;

		claim->verdict = LAPSE_CLAIM_NOT_JUDGED;
		if (strcmp(claim->kind, "promise") == 0) {
			claim->why = "a promise, which no rule here measures";
		} else if (claimed[i] == NO_THREAD) {
			claim->why = "the thread is not in the archive";
		} else {
			lapse_view_name(&source, &id, question->view, claimed[i], &r->arena);
			claim->why = why_undecided(r, claim, source, id);
			if (claim->why == NULL)
				judge(r, claim, source, id);
		}
		r->verdicts[claim->verdict]++;
	}
	for (size_t i = 0; i < r->nlatenesses; i++)
		r->missing += r->latenesses[i].is_longest && !r->latenesses[i].claimed;
}

int
lapse_reconcile(struct lapse_reconciliation *out, const struct lapse_question *question,
    const char *csv, size_t len, const char *name)
{
	size_t *claimed = NULL;
	int rc;

	*out = (struct lapse_reconciliation){ 0 };
	lapse_arena_init(&out->arena);
	rc = lapse_claims_read(out, csv, len, name);
	if (rc == 0)
		claimed = lapse_alloc(out->nclaims, sizeof(*claimed));
	for (size_t i = 0; rc == 0 && i < out->nclaims; i++)
		rc = find_thread(&claimed[i], question->view, &out->claims[i], name);
	if (rc == 0)
		rc = compute_record(out, question, claimed);
	if (rc == 0)
		judge_all(out, question, claimed);
	free(claimed);
	return rc;
}

void
lapse_reconciliation_release(struct lapse_reconciliation *r)
{
	free(r->claims);
	free(r->latenesses);
	free(r->looked);
	lapse_arena_release(&r->arena);
	*r = (struct lapse_reconciliation){ 0 };
}
