#include "cells.h"

#include "lapse/report.h"

static const struct lapse_column claim_columns[] = {
	{ "line", "line", true },
	{ "thread", "thread", false },
	{ "late_on", "late on", false },
	{ "since", "since", false },
	{ "kind", NULL, false },
	{ "verdict", "verdict", false },
	{ "record_late_on", "record: late on", false },
	{ "record_since", "since", false },
	{ "rule", "rule", false },
	{ "gap_seconds", "gap", true },
	{ "doubts", "doubts", false },
	{ "why", "why", false },
};

static const struct lapse_column missing_columns[] = {
	{ "thread", "thread", false },
	{ "late_on", "late on", false },
	{ "since", "since", false },
	{ "rule", "rule", false },
	{ "post", "post", true },
	{ "opened", "opened", false },
	{ "due", "due", false },
	{ "stopped", "stopped", false },
	{ "state", "state", false },
	{ "gap_seconds", "gap", true },
	{ "late_seconds", "late", true },
	{ "doubts", "doubts", false },
	{ "capture", NULL, false },
	{ "path", "evidence", false },
};

static void
emit_day(struct lapse_emit *emit, struct lapse_day day)
{
	char text[LAPSE_DAY_LEN + 1];

	lapse_emit_text(emit, lapse_day_format(text, day));
}

static void
emit_borne_by(struct lapse_emit *emit, const struct lapse_lateness *lateness)
{
	if (lateness == NULL) {
		for (int i = 0; i < 5; i++)
			lapse_emit_null(emit);
		return;
	}
	emit_day(emit, lateness->late_on);
	emit_day(emit, lateness->since);
	lapse_emit_text(emit, lateness->finding.o.rule->id);
	lapse_emit_span(emit, lateness->finding.o.gap_seconds);
	lapse_cell_doubts(emit, lateness->finding.o.doubts);
}

static void
report_claims(struct lapse_emit *emit, const struct lapse_reconciliation *r)
{
	lapse_emit_begin(emit, "claim", claim_columns, sizeof(claim_columns) / sizeof(claim_columns[0]));
	for (size_t i = 0; i < r->nclaims; i++) {
		const struct lapse_claim *claim = &r->claims[i];

		lapse_emit_int(emit, (int64_t)claim->line);
		lapse_emit_text(emit, claim->thread);
		emit_day(emit, claim->late_on);
		emit_day(emit, claim->since);
		lapse_emit_text(emit, claim->kind);
		lapse_emit_text(emit, lapse_verdict_name(claim->verdict));
		emit_borne_by(emit, claim->lateness != SIZE_MAX ? &r->latenesses[claim->lateness] : NULL);
		lapse_emit_text(emit, claim->why);
		lapse_emit_row(emit);
	}
	lapse_emit_end(emit);
}

static void
emit_missing(struct lapse_emit *emit, const struct lapse_lateness *lateness)
{
	const struct lapse_thread *thread = lateness->finding.thread;
	const struct lapse_obligation *o = &lateness->finding.o;

	lapse_cell_thread(emit, thread);
	emit_day(emit, lateness->late_on);
	emit_day(emit, lateness->since);
	lapse_emit_text(emit, o->rule->id);
	lapse_cell_post(emit, o->post);
	lapse_emit_time(emit, o->opened);
	lapse_emit_time(emit, o->due);
	lapse_emit_time(emit, o->stopped);
	lapse_emit_text(emit, lapse_state_name(o->state));
	lapse_emit_span(emit, o->gap_seconds);
	lapse_emit_span(emit, o->late_seconds);
	lapse_cell_doubts(emit, o->doubts);
	lapse_emit_text(emit, thread->capture);
	lapse_cell_evidence(emit, thread, o);
	lapse_emit_row(emit);
}

static void
report_missing(struct lapse_emit *emit, const struct lapse_reconciliation *r)
{
	lapse_emit_heading(emit, "In the record, not in the list (%zu)", r->missing);
	lapse_emit_begin(emit, "not-listed", missing_columns, sizeof(missing_columns) / sizeof(missing_columns[0]));
	for (size_t i = 0; i < r->nlatenesses; i++)
		if (r->latenesses[i].is_longest && !r->latenesses[i].claimed)
			emit_missing(emit, &r->latenesses[i]);
	lapse_emit_end(emit);
}

void
lapse_report_reconciliation(struct lapse_emit *emit, const struct lapse_about *about,
    const struct lapse_reconciliation *r)
{
	lapse_report_head(emit, about);
	lapse_emit_say(emit, "%zu rows: %zu supported, %zu supported within a day, %zu not supported, %zu not judged; "
	    "the record has %zu more", r->nclaims, r->verdicts[LAPSE_CLAIM_SUPPORTED],
	    r->verdicts[LAPSE_CLAIM_WITHIN_A_DAY], r->verdicts[LAPSE_CLAIM_NOT_SUPPORTED],
	    r->verdicts[LAPSE_CLAIM_NOT_JUDGED], r->missing);
	lapse_emit_heading(emit, "The list, row by row");
	report_claims(emit, r);
	if (lapse_emit_format(emit) != LAPSE_FORMAT_CSV)
		report_missing(emit, r);
	lapse_report_foot(emit, about, &r->tally);
}
