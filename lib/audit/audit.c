#include "lapse/audit.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/sorted.h"

/* ---- rows ---- */

/* Where the row of an owner under a rule is: row number + 1, 0 for none yet. */
struct matrix {
	size_t *rows;
	size_t nrules;
};

struct silences {
	struct silence *slots;
	size_t size;	/* of those in use: a power of two */
	size_t cap;
};

struct auditing {
	struct lapse_audit *audit;
	const struct lapse_question *question;
	struct matrix matrix;
	struct silences silences;	/* of the thread at hand */
};

static struct lapse_audit_row *
row_of(struct auditing *a, const struct lapse_obligation *o)
{
	struct lapse_audit *audit = a->audit;
	size_t party = (size_t)(o->owner - lapse_parties_at(a->question->parties, 0));
	size_t rule = (size_t)(o->rule - lapse_policy_at(a->question->policy, 0));
	size_t *row = &a->matrix.rows[party * a->matrix.nrules + rule];

	if (*row == 0) {
		audit->rows = lapse_grow(audit->rows, audit->nrows, &audit->rows_cap, sizeof(*audit->rows));
		audit->rows[audit->nrows] = (struct lapse_audit_row){ .owner = o->owner, .rule = o->rule };
		*row = ++audit->nrows;
	}
	return &audit->rows[*row - 1];
}

/* ---- silences ---- */

/* One silence of the thread at hand, among breaches of like firmness; of one rule, or of any (NULL). */
struct silence {
	bool is_used;
	bool firm;
	enum lapse_clock clock;
	const struct lapse_rule *rule;
	int64_t mark;
	int64_t longest;	/* seconds late */
};

/* Room for the silences of a thread with so many breaches, all of it unused. */
static void
clear_silences(struct silences *silences, size_t nbreaches)
{
	size_t need = 16;

	while (need < 4 * nbreaches)
		need *= 2;
	if (need > silences->cap) {
		free(silences->slots);
		silences->slots = lapse_alloc(need, sizeof(*silences->slots));
		silences->cap = need;
	}
	memset(silences->slots, 0, need * sizeof(*silences->slots));
	silences->size = need;
}

static struct silence *
silence_of(struct silences *silences, const struct lapse_obligation *o, const struct lapse_rule *rule)
{
	int64_t mark = lapse_silence_mark(o);
	bool firm = o->doubts == 0;
	uint64_t hash = ((uint64_t)mark * 31 + (uintptr_t)rule * 7 + (uint64_t)o->rule->clock * 2 + firm) *
	    UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(hash >> 32) & (silences->size - 1);

	for (; silences->slots[i].is_used; i = (i + 1) & (silences->size - 1)) {
		struct silence *s = &silences->slots[i];

		if (s->mark == mark && s->rule == rule && s->clock == o->rule->clock && s->firm == firm)
			return s;
	}
	silences->slots[i] = (struct silence){ .firm = firm, .clock = o->rule->clock, .rule = rule, .mark = mark };
	return &silences->slots[i];
}

/*
 * How an obligation adds to the silences so far: is it the first of its own, and by how much is it later
 * than the others were?
 */
struct addition {
	bool is_first;
	int64_t late;
};

static struct addition
addition(struct silences *silences, const struct lapse_obligation *o, const struct lapse_rule *rule)
{
	struct silence *s = silence_of(silences, o, rule);
	struct addition add = { .is_first = !s->is_used };

	s->is_used = true;
	if (o->late_seconds > s->longest) {
		add.late = o->late_seconds - s->longest;
		s->longest = o->late_seconds;
	}
	return add;
}

static void
count_breach(struct auditing *a, struct lapse_audit_row *row, const struct lapse_obligation *o)
{
	struct lapse_audit *audit = a->audit;
	struct addition in_row = addition(&a->silences, o, o->rule);
	struct addition in_all = addition(&a->silences, o, NULL);

	row->obligations_late += o->late_seconds;
	if (o->doubts == 0) {
		row->firm++;
		row->firm_silences += in_row.is_first;
		row->firm_late += in_row.late;
		audit->firm++;
		audit->firm_silences += in_all.is_first;
	} else {
		row->doubtful++;
		row->doubtful_silences += in_row.is_first;
		row->doubtful_late += in_row.late;
		audit->doubtful++;
		audit->doubtful_silences += in_all.is_first;
	}
}

/* The next breach with these doubts under a rule of this level, to be filled in. */
static struct lapse_finding *
new_breach(struct lapse_audit *audit, const struct lapse_obligation *o)
{
	struct lapse_pile *pile = &audit->breaches[o->rule->level][o->doubts];

	pile->items = lapse_grow(pile->items, pile->nitems, &pile->cap, sizeof(*pile->items));
	return &pile->items[pile->nitems++];
}

/* ---- one thread ---- */

static int
audit_thread(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	struct auditing *a = payload;
	struct lapse_audit *audit = a->audit;
	struct lapse_keeper keeper = { .arena = &audit->arena, .from = thread };

	(void)owner;
	clear_silences(&a->silences, nitems);
	for (size_t i = 0; i < nitems; i++) {
		const struct lapse_obligation *o = &items[i];
		struct lapse_audit_row *row = row_of(a, o);

		row->obligations++;
		row->states[o->state]++;
		if (o->stopped_how == LAPSE_STOP_POST || o->stopped_how == LAPSE_STOP_FLAG) {
			row->gaps = lapse_grow(row->gaps, row->ngaps, &row->gaps_cap, sizeof(*row->gaps));
			row->gaps[row->ngaps++] = o->gap_seconds;
		}
		if (!lapse_obligation_is_breach(o))
			continue;
		count_breach(a, row, o);
		lapse_finding_keep(new_breach(audit, o), &keeper, o);
	}
	return 0;
}

/* ---- rows at last ---- */

static int
by_owner_level_rule(const void *va, const void *vb)
{
	const struct lapse_audit_row *a = va, *b = vb;
	int order = strcmp(a->owner->id, b->owner->id);

	if (order == 0)
		order = (int)a->rule->level - (int)b->rule->level;
	return order != 0 ? order : strcmp(a->rule->id, b->rule->id);
}

static int
compare_times(struct lapse_instant a, struct lapse_instant b)
{
	return a.sec < b.sec ? -1 : a.sec > b.sec;
}

/* Nearest rank: the smallest value that at least `percent` of all do not exceed. */
static int64_t
rank(const struct lapse_audit_row *row, size_t percent)
{
	return row->ngaps > 0 ? lapse_smallest(row->gaps, row->ngaps, (row->ngaps * percent + 99) / 100 - 1) : -1;
}

static void
finish_rows(struct lapse_audit *audit)
{
	for (size_t i = 0; i < audit->nrows; i++) {
		struct lapse_audit_row *row = &audit->rows[i];

		row->median = rank(row, 50);
		row->p90 = rank(row, 90);
		row->worst = rank(row, 100);
	}
	if (audit->nrows > 0)
		qsort(audit->rows, audit->nrows, sizeof(*audit->rows), by_owner_level_rule);
}

int
lapse_audit_run(struct lapse_audit *out, const struct lapse_question *question, const struct lapse_filter *filter)
{
	struct auditing a = { .audit = out, .question = question };
	int rc;

	*out = (struct lapse_audit){ 0 };
	lapse_arena_init(&out->arena);
	a.matrix.nrules = lapse_policy_count(question->policy);
	a.matrix.rows = lapse_alloc(lapse_parties_count(question->parties) * a.matrix.nrules, sizeof(size_t));
	rc = lapse_gaps_each(question, filter, audit_thread, &a, &out->tally);
	free(a.matrix.rows);
	free(a.silences.slots);
	finish_rows(out);
	return rc;
}

void
lapse_audit_release(struct lapse_audit *audit)
{
	for (size_t i = 0; i < audit->nrows; i++)
		free(audit->rows[i].gaps);
	free(audit->rows);
	for (size_t level = 0; level < LAPSE_NLEVELS; level++)
		for (size_t doubts = 0; doubts < 1u << LAPSE_NDOUBTS; doubts++)
			free(audit->breaches[level][doubts].items);
	lapse_arena_release(&audit->arena);
	*audit = (struct lapse_audit){ 0 };
}

/* ---- status ---- */

static int
note_open(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	struct lapse_status *status = payload;
	struct lapse_keeper keeper = { .arena = &status->arena, .from = thread };

	(void)owner;
	for (size_t i = 0; i < nitems; i++) {
		status->unproven += items[i].state == LAPSE_STATE_UNPROVEN;
		if (items[i].state != LAPSE_STATE_RUNNING && items[i].state != LAPSE_STATE_OVERDUE)
			continue;
		status->items = lapse_grow(status->items, status->nitems, &status->cap, sizeof(*status->items));
		lapse_finding_keep(&status->items[status->nitems], &keeper, &items[i]);
		status->items[status->nitems].place = status->nitems;
		status->nitems++;
	}
	return 0;
}

static int
by_due(const void *va, const void *vb)
{
	const struct lapse_finding *a = va, *b = vb;
	int order = compare_times(a->o.due, b->o.due);

	if (order != 0)
		return order;
	return a->place < b->place ? -1 : a->place > b->place;
}

int
lapse_status_run(struct lapse_status *out, const struct lapse_question *question, const struct lapse_filter *filter)
{
	int rc;

	*out = (struct lapse_status){ 0 };
	lapse_arena_init(&out->arena);
	rc = lapse_gaps_each(question, filter, note_open, out, &out->tally);
	if (out->nitems > 0)
		qsort(out->items, out->nitems, sizeof(*out->items), by_due);
	return rc;
}

void
lapse_status_release(struct lapse_status *status)
{
	free(status->items);
	lapse_arena_release(&status->arena);
	*status = (struct lapse_status){ 0 };
}
