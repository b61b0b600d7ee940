/* Obligations as rows, and what stands above and below every answer. */
#include <stdio.h>

#include "cells.h"

#include "lapse/layout.h"
#include "lapse/report.h"

static const struct lapse_column columns[] = {
	{ "thread", "thread", false },
	{ "post", "post", true },
	{ "owner", "owner", false },
	{ "rule", "rule", false },
	{ "clock", NULL, false },
	{ "level", "level", false },
	{ "arose", NULL, false },
	{ "opened", "opened", false },
	{ "opened_by", NULL, false },
	{ "due", "due", false },
	{ "due_by", NULL, false },
	{ "stopped", "stopped", false },
	{ "stopped_by", "by post", true },
	{ "stopped_how", NULL, false },
	{ "gap_seconds", "gap", true },
	{ "late_seconds", "late", true },
	{ "state", "state", false },
	{ "doubts", "doubts", false },
	{ "capture", NULL, false },
	{ "path", "evidence", false },
};

void
lapse_report_obligations_begin(struct lapse_emit *emit)
{
	lapse_emit_begin(emit, "obligation", columns, sizeof(columns) / sizeof(columns[0]));
}

static enum lapse_style
style_of(const struct lapse_obligation *o)
{
	if (lapse_obligation_is_breach(o))
		return o->doubts == 0 ? LAPSE_STYLE_BAD : LAPSE_STYLE_DOUBTFUL;
	return o->state == LAPSE_STATE_MET ? LAPSE_STYLE_GOOD : LAPSE_STYLE_PLAIN;
}

void
lapse_report_obligation(struct lapse_emit *emit, const struct lapse_thread *thread, const struct lapse_obligation *o)
{
	lapse_cell_thread(emit, thread);
	lapse_cell_post(emit, o->post);
	lapse_emit_text(emit, o->owner->id);
	lapse_emit_text(emit, o->rule->id);
	lapse_emit_text(emit, lapse_clock_name(o->rule->clock));
	lapse_emit_text(emit, lapse_level_name(o->rule->level));
	lapse_emit_time(emit, o->arose);
	lapse_emit_time(emit, o->opened);
	lapse_emit_text(emit, o->opened_by);
	lapse_emit_time(emit, o->due);
	lapse_emit_text(emit, lapse_due_by_name(o->due_by));
	lapse_emit_time(emit, o->stopped);
	lapse_cell_post(emit, o->stopped_by);
	lapse_emit_text(emit, lapse_stop_name(o->stopped_how));
	lapse_cell_gap(emit, o->gap_seconds);
	lapse_emit_span(emit, o->late_seconds);
	lapse_emit_style(emit, style_of(o));
	lapse_emit_text(emit, lapse_state_name(o->state));
	lapse_cell_doubts(emit, o->doubts);
	lapse_emit_text(emit, thread->capture);
	lapse_cell_evidence(emit, thread, o);
	lapse_emit_row(emit);
}

void
lapse_report_answer(struct lapse_emit *emit, const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_answer_gap *gap)
{
	const struct lapse_post *post = gap->post, *answer = gap->answer;
	char path[LAPSE_PATH_MAX];

	lapse_cell_thread(emit, thread);
	lapse_cell_post(emit, post);
	lapse_emit_text(emit, owner->id);
	lapse_emit_null(emit);	/* rule */
	lapse_emit_text(emit, lapse_clock_name(LAPSE_CLOCK_RESPONSE));
	lapse_emit_null(emit);	/* level */
	lapse_emit_time(emit, post->at);
	lapse_emit_time(emit, post->at);
	lapse_emit_text(emit, post->author);
	lapse_emit_null(emit);	/* due */
	lapse_emit_null(emit);
	lapse_emit_time(emit, answer != NULL ? answer->at : LAPSE_NEVER);
	lapse_cell_post(emit, answer);
	lapse_emit_text(emit, answer != NULL ? lapse_stop_name(LAPSE_STOP_POST) : NULL);
	lapse_cell_gap(emit, lapse_span_between(post->at, answer != NULL ? answer->at : thread->at).sec);
	lapse_emit_null(emit);	/* late */
	lapse_emit_text(emit, answer != NULL ? "answered" : "unanswered (no rule)");
	lapse_cell_doubts(emit, 0);
	lapse_emit_text(emit, thread->capture);
	lapse_emit_text(emit, lapse_post_path(path, thread, post));
	lapse_emit_row(emit);
}

/* ---- above and below ---- */

char *
lapse_report_due(char *out, const char *source, size_t due, bool past)
{
	const char *is = past ? "was" : "is", *are = past ? "were" : "are";

	snprintf(out, LAPSE_DUE_LEN + 1, "source %s %s incomplete: %zu thread%s %s still to be fetched%s", source, is, due,
	    due == 1 ? "" : "s", due == 1 ? is : are, past ? "" : " (lapse sync)");
	return out;
}

static void
say_source(struct lapse_emit *emit, const struct lapse_known_source *source, bool past)
{
	char time[LAPSE_TIME_LEN + 1], due[LAPSE_DUE_LEN + 1];

	if (source->has_capture)
		lapse_emit_say(emit, "source %s: captured %s (%s), commit %.12s%s", source->name,
		    lapse_time_format(time, source->time), source->stated ? "stated" : "observed", source->commit,
		    source->authenticated ? "; " LAPSE_SAY_AUTHENTICATED : "");
	else
		lapse_emit_say(emit, "source %s: no capture known", source->name);
	if (source->due > 0)
		lapse_emit_say(emit, "%s", lapse_report_due(due, source->name, source->due, past));
}

static void
say_policy(struct lapse_emit *emit, const struct lapse_policy *policy)
{
	size_t count = lapse_policy_count(policy), n = 0;

	for (size_t i = 0; i < count; i++)
		n += lapse_policy_at(policy, i)->unevaluated == NULL;
	if (n == count)
		lapse_emit_say(emit, "policy %s: %s", lapse_policy_id(policy), lapse_policy_name(policy));
	else
		lapse_emit_say(emit, "policy %s: %s; this version evaluates %zu of its %zu rules (lapse policy show %s)",
		    lapse_policy_id(policy), lapse_policy_name(policy), n, count, lapse_policy_id(policy));
}

void
lapse_report_head(struct lapse_emit *emit, const struct lapse_about *about)
{
	const struct lapse_question *q = about->question;
	char at[LAPSE_TIME_LEN + 1];

	lapse_emit_say(emit, "at %s, as known %s%s", lapse_time_format(at, q->at),
	    about->known != NULL ? "at " : "today", about->known != NULL ? about->known : "");
	for (size_t i = 0; i < lapse_view_nsources(q->view); i++)
		say_source(emit, lapse_view_source(q->view, i), about->known != NULL);
	if (q->policy != NULL)
		say_policy(emit, q->policy);
	if (about->parties != NULL)
		lapse_emit_say(emit, "parties: %s", about->parties);
	lapse_emit_say(emit, "%s", "");
}

bool
lapse_report_bounded(char *out, size_t size, const struct lapse_question *question, const struct lapse_tally *tally)
{
	char at[LAPSE_TIME_LEN + 1], earliest[LAPSE_TIME_LEN + 1], latest[LAPSE_TIME_LEN + 1];
	bool one = tally->bounded == 1;

	if (tally->bounded == 0)
		return false;
	lapse_time_format(at, question->at);
	lapse_time_format(earliest, tally->earliest);
	lapse_time_format(latest, tally->latest);
	if (tally->earliest.sec == tally->latest.sec)
		snprintf(out, size, "%zu thread%s evaluated at %s, the newest capture that covers %s, not at %s",
		    tally->bounded, one ? " was" : "s were", latest, one ? "it" : "them", at);
	else
		snprintf(out, size, "%zu threads were evaluated at the newest captures that cover them, "
		    "from %s to %s, not at %s", tally->bounded, earliest, latest, at);
	return true;
}

static const char *
why_unowned(const struct lapse_tally *tally)
{
	if (tally->unowned == 0)
		return "";
	if (tally->unowned_mail == 0)
		return ": no prefix of a party begins the summary, and nothing is owed";
	return tally->unowned_mail == tally->unowned ?
	    ": no entry of \"threads\" in the parties file names it, and nothing is owed" :
	    ": no prefix of a party begins the summary, or, of mail, no entry of \"threads\" names it; and nothing is owed";
}

void
lapse_report_foot(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_tally *tally)
{
	char bounded[256];

	lapse_emit_say(emit, "%s", "");
	lapse_emit_say(emit, "%zu thread%s, %zu without an owner%s", tally->threads, tally->threads == 1 ? "" : "s",
	    tally->unowned, why_unowned(tally));
	if (lapse_report_bounded(bounded, sizeof(bounded), about->question, tally))
		lapse_emit_say(emit, "%s: nothing is asserted about a time that no capture has seen", bounded);
}
