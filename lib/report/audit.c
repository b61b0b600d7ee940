/* The audit, the status and the reconciliation as people and programs read them. */
#include <stdio.h>
#include <stdlib.h>

#include "cells.h"

#include "lapse/report.h"

/* ---- audit ---- */

static const struct lapse_column row_columns[] = {
	{ "owner", "owner", false },
	{ "rule", "rule", false },
	{ "level", "level", false },
	{ "clock", NULL, false },
	{ "obligations", "duties", true },
	{ "met", "met", true },
	{ "late", "late", true },
	{ "overdue", "overdue", true },
	{ "running", "running", true },
	{ "moot", "moot", true },
	{ "unproven", "unproven", true },
	{ "firm", "firm", true },
	{ "firm_silences", "silences", true },
	{ "doubtful", "doubtful", true },
	{ "doubtful_silences", "silences", true },
	{ "stopped_gaps", NULL, true },
	{ "median_seconds", "median", true },
	{ "p90_seconds", "p90", true },
	{ "worst_seconds", "worst", true },
	{ "firm_late_seconds", "firm late", true },
	{ "doubtful_late_seconds", "doubtful late", true },
	{ "obligations_late_seconds", NULL, true },
};

static void
emit_row(struct lapse_emit *emit, const struct lapse_audit_row *row)
{
	lapse_emit_text(emit, row->owner->id);
	lapse_emit_text(emit, row->rule->id);
	lapse_emit_text(emit, lapse_level_name(row->rule->level));
	lapse_emit_text(emit, lapse_clock_name(row->rule->clock));
	lapse_emit_int(emit, (int64_t)row->obligations);
	lapse_emit_int(emit, (int64_t)row->states[LAPSE_STATE_MET]);
	lapse_emit_int(emit, (int64_t)row->states[LAPSE_STATE_LATE]);
	lapse_emit_int(emit, (int64_t)row->states[LAPSE_STATE_OVERDUE]);
	lapse_emit_int(emit, (int64_t)row->states[LAPSE_STATE_RUNNING]);
	lapse_emit_int(emit, (int64_t)row->states[LAPSE_STATE_MOOT]);
	lapse_emit_int(emit, (int64_t)row->states[LAPSE_STATE_UNPROVEN]);
	if (row->firm > 0)
		lapse_emit_style(emit, LAPSE_STYLE_BAD);
	lapse_emit_int(emit, (int64_t)row->firm);
	lapse_emit_int(emit, (int64_t)row->firm_silences);
	lapse_emit_int(emit, (int64_t)row->doubtful);
	lapse_emit_int(emit, (int64_t)row->doubtful_silences);
	lapse_emit_int(emit, (int64_t)row->ngaps);
	lapse_cell_gap(emit, row->median);
	lapse_cell_gap(emit, row->p90);
	lapse_cell_gap(emit, row->worst);
	lapse_emit_span(emit, row->firm_late);
	lapse_emit_span(emit, row->doubtful_late);
	lapse_emit_span(emit, row->obligations_late);
	lapse_emit_row(emit);
}

static void
report_rows(struct lapse_emit *emit, const struct lapse_audit *audit)
{
	if (audit->nrows == 0)
		return;
	lapse_emit_heading(emit, "By owner and rule");
	lapse_emit_begin(emit, "audit-row", row_columns, sizeof(row_columns) / sizeof(row_columns[0]));
	for (size_t i = 0; i < audit->nrows; i++)
		emit_row(emit, &audit->rows[i]);
	lapse_emit_end(emit);
}

/* How many of a level: firm, or doubtful. */
static size_t
count_breaches(const struct lapse_audit *audit, size_t level, bool firm)
{
	size_t n = 0;

	for (size_t doubts = firm ? 0 : 1; doubts < (firm ? 1 : 1u << LAPSE_NDOUBTS); doubts++)
		n += audit->breaches[level][doubts].nitems;
	return n;
}

static void
report_breaches_of(struct lapse_emit *emit, const struct lapse_audit *audit, size_t level, bool firm)
{
	for (size_t doubts = firm ? 0 : 1; doubts < (firm ? 1 : 1u << LAPSE_NDOUBTS); doubts++) {
		const struct lapse_pile *pile = &audit->breaches[level][doubts];

		for (size_t i = 0; i < pile->nitems; i++)
			lapse_report_obligation(emit, pile->items[i].thread, &pile->items[i].o);
	}
}

/* For people: a table a level, under a heading. */
static void
report_tables(struct lapse_emit *emit, const struct lapse_audit *audit, bool firm)
{
	for (size_t level = 0; level < LAPSE_NLEVELS; level++) {
		const char *name = lapse_level_name((enum lapse_level)level);
		size_t n = count_breaches(audit, level, firm);

		if (n == 0)
			continue;
		if (firm)
			lapse_emit_heading(emit, "Firm breaches, %s (%zu)", name, n);
		else
			lapse_emit_heading(emit, "Doubtful, %s (%zu): each rests on what its doubts name", name, n);
		lapse_report_obligations_begin(emit);
		report_breaches_of(emit, audit, level, firm);
		lapse_emit_end(emit);
	}
}

/* For programs: rows of one table, which is begun. */
static void
report_all(struct lapse_emit *emit, const struct lapse_audit *audit, bool firm)
{
	for (size_t level = 0; level < LAPSE_NLEVELS; level++)
		report_breaches_of(emit, audit, level, firm);
}

static void
report_breaches(struct lapse_emit *emit, const struct lapse_audit *audit, bool firm)
{
	if (lapse_emit_format(emit) != LAPSE_FORMAT_NDJSON) {
		report_tables(emit, audit, firm);
		return;
	}
	lapse_report_obligations_begin(emit);
	report_all(emit, audit, firm);
	lapse_emit_end(emit);
}

static void
say_unevaluated(struct lapse_emit *emit, const struct lapse_policy *policy)
{
	for (size_t i = 0; i < lapse_policy_count(policy); i++) {
		const struct lapse_rule *rule = lapse_policy_at(policy, i);

		if (rule->unevaluated != NULL)
			lapse_emit_say(emit, "not evaluated: %s: %s", rule->id, rule->unevaluated);
	}
}

static void
say_totals(struct lapse_emit *emit, const struct lapse_audit *audit)
{
	size_t obligations = 0;

	for (size_t i = 0; i < audit->nrows; i++)
		obligations += audit->rows[i].obligations;
	lapse_emit_say(emit, "%zu obligations; firm breaches: %zu (%zu silences); doubtful: %zu (%zu silences)",
	    obligations, audit->firm, audit->firm_silences, audit->doubtful, audit->doubtful_silences);
}

/* For programs: the figures that people find in the head, the totals and the foot. */
static void
report_summary(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_audit *audit)
{
	static const struct lapse_column columns[] = {
		{ "at", NULL, false }, { "policy", NULL, false }, { "firm", NULL, true },
		{ "firm_silences", NULL, true }, { "doubtful", NULL, true }, { "doubtful_silences", NULL, true },
		{ "threads", NULL, true }, { "threads_without_owner", NULL, true },
		{ "threads_evaluated_earlier", NULL, true }, { "not_evaluated", NULL, false },
	};
	const struct lapse_policy *policy = about->question->policy;
	const char **rules = lapse_alloc(lapse_policy_count(policy), sizeof(*rules));
	size_t nrules = 0;

	lapse_emit_begin(emit, "audit", columns, sizeof(columns) / sizeof(columns[0]));
	lapse_emit_time(emit, about->question->at);
	lapse_emit_text(emit, lapse_policy_id(policy));
	lapse_emit_int(emit, (int64_t)audit->firm);
	lapse_emit_int(emit, (int64_t)audit->firm_silences);
	lapse_emit_int(emit, (int64_t)audit->doubtful);
	lapse_emit_int(emit, (int64_t)audit->doubtful_silences);
	lapse_emit_int(emit, (int64_t)audit->tally.threads);
	lapse_emit_int(emit, (int64_t)audit->tally.unowned);
	lapse_emit_int(emit, (int64_t)audit->tally.bounded);
	for (size_t i = 0; i < lapse_policy_count(policy); i++)
		if (lapse_policy_at(policy, i)->unevaluated != NULL)
			rules[nrules++] = lapse_policy_at(policy, i)->id;
	lapse_emit_list(emit, rules, nrules);
	free(rules);
	lapse_emit_row(emit);
	lapse_emit_end(emit);
}

void
lapse_report_audit(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_audit *audit)
{
	enum lapse_format format = lapse_emit_format(emit);

	if (format == LAPSE_FORMAT_CSV) {
		lapse_report_obligations_begin(emit);
		report_all(emit, audit, true);
		report_all(emit, audit, false);
		lapse_emit_end(emit);
		return;
	}
	if (format == LAPSE_FORMAT_NDJSON)
		report_summary(emit, about, audit);
	lapse_report_head(emit, about);
	say_totals(emit, audit);
	if (audit->firm + audit->doubtful > 0 && format != LAPSE_FORMAT_NDJSON)
		lapse_emit_say(emit, "evidence: git show COMMIT:PATH, with the commit of the thread's source above");
	report_breaches(emit, audit, true);
	report_rows(emit, audit);
	report_breaches(emit, audit, false);
	lapse_report_foot(emit, about, &audit->tally);
	say_unevaluated(emit, about->question->policy);
}

/* ---- status ---- */

static const struct lapse_column status_columns[] = {
	{ "due", "due", false },
	{ NULL, "left", false },
	{ "state", "state", false },
	{ "thread", "thread", false },
	{ "post", "post", true },
	{ "owner", "owner", false },
	{ "rule", "rule", false },
	{ "level", "level", false },
	{ "opened", "waiting since", false },
	{ "late_seconds", NULL, true },
	{ "doubts", "doubts", false },
	{ "covered", NULL, false },
	{ "capture", NULL, false },
	{ "path", NULL, false },
	{ NULL, "summary", false },
};

/* How a due time stands to the clock: what was running at the capture may be past due by now. */
static void
emit_left(struct lapse_emit *emit, const struct lapse_obligation *o, struct lapse_instant now)
{
	char span[LAPSE_SPAN_LEN + 1], text[LAPSE_SPAN_LEN + 64];
	int64_t left = o->due.sec - now.sec;

	if (left >= 0)
		snprintf(text, sizeof(text), "in %s", lapse_span_format(span, left, 2));
	else
		snprintf(text, sizeof(text), "%s ago%s", lapse_span_format(span, -left, 2),
		    o->state == LAPSE_STATE_RUNNING ? ", unless answered since" : "");
	lapse_emit_text(emit, text);
}

static void
emit_status(struct lapse_emit *emit, const struct lapse_finding *f, struct lapse_instant now)
{
	lapse_emit_time(emit, f->o.due);
	emit_left(emit, &f->o, now);
	if (f->o.state == LAPSE_STATE_OVERDUE)
		lapse_emit_style(emit, f->o.doubts == 0 ? LAPSE_STYLE_BAD : LAPSE_STYLE_DOUBTFUL);
	lapse_emit_text(emit, lapse_state_name(f->o.state));
	lapse_cell_thread(emit, f->thread);
	lapse_cell_post(emit, f->o.post);
	lapse_emit_text(emit, f->o.owner->id);
	lapse_emit_text(emit, f->o.rule->id);
	lapse_emit_text(emit, lapse_level_name(f->o.rule->level));
	lapse_emit_time(emit, f->o.opened);
	lapse_emit_span(emit, f->o.late_seconds);
	lapse_cell_doubts(emit, f->o.doubts);
	lapse_emit_time(emit, f->thread->covered);
	lapse_emit_text(emit, f->thread->capture);
	lapse_cell_evidence(emit, f->thread, &f->o);
	lapse_emit_text(emit, f->thread->summary);
	lapse_emit_row(emit);
}

void
lapse_report_status(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_status *status,
    struct lapse_instant now)
{
	size_t overdue = 0;

	for (size_t i = 0; i < status->nitems; i++)
		overdue += status->items[i].o.state == LAPSE_STATE_OVERDUE;
	lapse_report_head(emit, about);
	lapse_emit_say(emit, "%zu overdue, %zu running, %zu unproven%s", overdue, status->nitems - overdue,
	    status->unproven, status->unproven > 0 ? ": their threads have closed, and the archive does not know when "
	    "(bring in the histories)" : "");
	lapse_emit_begin(emit, "status", status_columns, sizeof(status_columns) / sizeof(status_columns[0]));
	for (size_t i = 0; i < status->nitems; i++)
		emit_status(emit, &status->items[i], now);
	lapse_emit_end(emit);
	lapse_report_foot(emit, about, &status->tally);
}
