/*
 * One obligation's story, step by step: a sentence, the reason, and what it rests on. All of it is read off
 * the obligation; nothing is computed here a second time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "words.h"

#include "lapse/layout.h"
#include "lapse/report.h"

static const struct lapse_column columns[] = {
	{ "thread", NULL, false }, { "post", NULL, true }, { "flag", NULL, false }, { "rule", NULL, false },
	{ "opened", NULL, false }, { "step", NULL, true }, { "kind", NULL, false }, { "at", NULL, false },
	{ "who", NULL, false }, { "due", NULL, false }, { "what", NULL, false }, { "why", NULL, false }, { "evidence", NULL, false },
};

/* What tells one story. */
struct teller {
	struct lapse_emit *emit;
	const struct lapse_about *about;
	const struct lapse_thread *thread;
	const struct lapse_obligation *o;
	int64_t nsteps;
};

/* One step of it; NULL where it has none. */
struct story_step {
	const char *kind;
	struct lapse_instant at;
	const char *who;
	const char *what;
	const char *why;
	const char *evidence;
	const struct lapse_instant *due;	/* after it */
};

static bool
is_for_people(const struct teller *t)
{
	enum lapse_format format = lapse_emit_format(t->emit);

	return format == LAPSE_FORMAT_TABLE || format == LAPSE_FORMAT_MARKDOWN;
}

static void
emit_step(struct teller *t, const struct story_step *s)
{
	struct lapse_emit *emit = t->emit;

	lapse_cell_thread(emit, t->thread);
	lapse_cell_post(emit, t->o->post);
	lapse_emit_text(emit, t->o->flag);
	lapse_emit_text(emit, t->o->rule->id);
	lapse_emit_time(emit, t->o->opened);
	lapse_emit_int(emit, t->nsteps);
	lapse_emit_text(emit, s->kind);
	lapse_emit_time(emit, s->at);
	lapse_emit_text(emit, s->who);
	lapse_emit_time(emit, s->due != NULL ? *s->due : LAPSE_NEVER);
	lapse_emit_text(emit, s->what);
	lapse_emit_text(emit, s->why);
	lapse_emit_text(emit, s->evidence);
	lapse_emit_row(emit);
}

static void
step(struct teller *t, const struct story_step *s)
{
	char at[LAPSE_TIME_LEN + 1] = "";

	t->nsteps++;
	if (!is_for_people(t)) {
		emit_step(t, s);
		return;
	}
	if (lapse_time_is_set(s->at))
		lapse_time_format(at, s->at);
	lapse_emit_say(t->emit, "%2" PRId64 "  %-20s  %s", t->nsteps, at, s->what);
	if (s->why != NULL)
		lapse_emit_say(t->emit, "%24s  %s", "", s->why);
	if (s->evidence != NULL)
		lapse_emit_say(t->emit, "%24s  (%s)", "", s->evidence);
}

/* ---- who, and what it rests on ---- */

static const char *
side_of(const struct teller *t, const char *who, struct lapse_instant at)
{
	return lapse_side_name(lapse_parties_side(t->about->question->parties, t->o->owner, who != NULL ? who : "", at));
}

static const char *
name_of(const char *who)
{
	return who != NULL && *who != '\0' ? who : "somebody unknown";
}

static void
evidence_of_post(char *out, const struct teller *t, const struct lapse_post *post)
{
	char path[LAPSE_PATH_MAX];

	lapse_sentence(out, "git show %.12s:%s", t->thread->capture, lapse_post_path(path, t->thread, post));
}

/* A change is an entry of the bug's own history. */
static void
evidence_of_change(char *out, const struct teller *t, size_t order)
{
	const struct lapse_change *change = order < t->thread->nchanges ? &t->thread->changes[order] : NULL;
	char at[LAPSE_TIME_LEN + 1];

	if (change != NULL)
		lapse_sentence(out, "history entry of %s, field %s: git show %.12s:%s/changes.json",
		    lapse_time_format(at, change->at), change->field,
		    change->capture != NULL ? change->capture : t->thread->capture, t->thread->path);
	else
		lapse_sentence(out, "cf_last_resolved: git show %.12s:%s/thread.json", t->thread->capture, t->thread->path);
}

/* ---- the duty, the rule, the opening ---- */

static void
tell_duty(struct teller *t)
{
	const struct lapse_obligation *o = t->o;
	const struct lapse_change *set = o->flag != NULL ? &t->thread->changes[o->flag_order] : NULL;
	const char *who = set != NULL ? set->who : o->post->author;
	char what[LAPSE_SENTENCE], evidence[LAPSE_SENTENCE];
	struct story_step s = { "raised", o->arose, who, what, NULL, evidence, NULL };

	if (set != NULL) {
		lapse_sentence(what, "%s (%s) set %s.", name_of(who), side_of(t, who, o->arose), o->flag);
		s.why = "The owner owes a post, or to clear the flag.";
		evidence_of_change(evidence, t, o->flag_order);
	} else {
		lapse_sentence(what, "%s (%s) wrote post #%" PRId64 ".", name_of(who), side_of(t, who, o->arose), o->post->number);
		s.why = o->rule->clock == LAPSE_CLOCK_UPDATE ? "From each of its posts on, the owner owes the next one." :
		    "The owner owes an answer: its next post, whatever it says.";
		evidence_of_post(evidence, t, o->post);
	}
	step(t, &s);
}

static void
tell_rule(struct teller *t)
{
	const struct lapse_rule *rule = t->o->rule;
	const char *parts[] = { rule->title, rule->section, rule->url };
	char what[LAPSE_SENTENCE], why[LAPSE_SENTENCE], source[LAPSE_SENTENCE] = "";
	struct story_step s = { "rule", LAPSE_NEVER, NULL, what, why, NULL, NULL };

	lapse_sentence(what, "Rule %s of policy %s (%s): %s", rule->id, lapse_policy_id(t->about->question->policy),
	    lapse_level_name(rule->level), rule->summary != NULL ? rule->summary : lapse_clock_name(rule->clock));
	lapse_words_force(why, rule);
	for (size_t i = 0, len = 0; i < sizeof(parts) / sizeof(parts[0]) && len < sizeof(source); i++) {
		if (parts[i] == NULL || *parts[i] == '\0')
			continue;
		snprintf(source + len, sizeof(source) - len, "%s%s", len > 0 ? ", " : "", parts[i]);
		len = strlen(source);
		s.evidence = source;
	}
	step(t, &s);
}

/* The change that opened the thread again in a second. */
static size_t
order_of_reopening(const struct lapse_thread *thread, struct lapse_instant at)
{
	size_t order = LAPSE_ORDER_LAST;

	for (size_t i = 0; i < thread->nturns; i++)
		if (thread->turns[i].at.sec == at.sec && thread->turns[i].open)
			order = thread->turns[i].order;
	return order;
}

static void
tell_opening(struct teller *t)
{
	const struct lapse_obligation *o = t->o;
	char what[LAPSE_SENTENCE], why[LAPSE_SENTENCE], limit[LAPSE_TIME_LEN + 1], evidence[LAPSE_SENTENCE];
	struct story_step s = { "opened", o->opened, o->opened_by, what, why, NULL, &o->story->limit };
	bool calendar = o->rule->count == LAPSE_COUNT_CALENDAR;

	switch (o->opening) {
	case LAPSE_OPENED_RAISED:
		lapse_sentence(what, "The obligation opened at once.");
		break;
	case LAPSE_OPENED_RULE:
		lapse_sentence(what, "The rule came into force over the standing duty, and the obligation opened.");
		break;
	case LAPSE_OPENED_REOPENING:
		lapse_sentence(what, "The thread was opened again, the duty still unfulfilled, and the obligation opened.");
		evidence_of_change(evidence, t, order_of_reopening(t->thread, o->opened));
		s.evidence = evidence;
		break;
	case LAPSE_OPENED_RESCHEDULED:
		lapse_sentence(what, "A new Next update date by %s ended the breach before this one, and the same duty opened anew.",
		    name_of(o->opened_by));
		break;
	}
	lapse_sentence(why, "Its limit, %s counted in %s%s, ends at %s.", o->rule->limit_text,
	    calendar ? "calendar days of " : "elapsed time", calendar ? lapse_zone_name(o->rule->zone) : "",
	    lapse_time_format(limit, o->story->limit));
	step(t, &s);
}

/* ---- the due time ---- */

static void
tell_turning(struct teller *t, const struct lapse_turning *turning)
{
	const struct lapse_step *change = turning->step;
	const char *who = change != NULL ? change->who : NULL;
	char what[LAPSE_SENTENCE], why[LAPSE_SENTENCE], evidence[LAPSE_SENTENCE], was[LAPSE_SENTENCE], is[LAPSE_SENTENCE];
	struct story_step s = { "date", change != NULL ? change->at : LAPSE_NEVER, who, what, why, evidence,
	    &turning->due };

	lapse_words_date(was, turning->was, turning->was_day, NULL);
	lapse_words_date(is, turning->is, turning->is_day, change != NULL ? change->value : t->thread->whiteboards.first);
	if (turning->before && change != NULL)
		lapse_sentence(what, "The Next update in force when the obligation opened: %.300s, set by %s (%s).", is,
		    name_of(who), side_of(t, who, change->at));
	else if (turning->before)
		lapse_sentence(what, "The Next update in force when the obligation opened: %.300s, there from the first, "
		    "set by nobody knows whom.", is);
	else
		lapse_sentence(what, "%s (%s) changed the Next update in the whiteboard from %.300s to %.300s.", name_of(who),
		    side_of(t, who, change->at), was, is);
	lapse_words_effect(why, turning);
	if (change != NULL)
		evidence_of_change(evidence, t, change->order);
	else
		lapse_sentence(evidence, "git show %.12s:%s/thread.json, with the changes of its whiteboard undone",
		    t->thread->capture, t->thread->path);
	step(t, &s);
}

/* ---- the end ---- */

static void
tell_stop(struct teller *t)
{
	const struct lapse_obligation *o = t->o;
	const struct lapse_change *change = o->stopped_order < t->thread->nchanges ?
	    &t->thread->changes[o->stopped_order] : NULL;
	const char *who = o->stopped_by != NULL ? o->stopped_by->author : change != NULL ? change->who : NULL;
	char what[LAPSE_SENTENCE], evidence[LAPSE_SENTENCE];
	struct story_step s = { "stopped", o->stopped, who, what, NULL, evidence, NULL };

	evidence_of_change(evidence, t, o->stopped_order);
	switch (o->stopped_how) {
	case LAPSE_STOP_NONE:
		return;
	case LAPSE_STOP_POST:
		lapse_sentence(what, "%s (owner) wrote post #%" PRId64 ", which fulfils the duty.", name_of(who), o->stopped_by->number);
		evidence_of_post(evidence, t, o->stopped_by);
		break;
	case LAPSE_STOP_FLAG:
		lapse_sentence(what, "%s (owner) cleared the flag, which fulfils the duty.", name_of(who));
		break;
	case LAPSE_STOP_WITHDRAWN:
		lapse_sentence(what, "%s (%s) took the flag away: it was withdrawn, and the duty ended.", name_of(who),
		    side_of(t, name_of(who), o->stopped));
		break;
	case LAPSE_STOP_RESCHEDULED:
		lapse_sentence(what, "%s set a new date after the due time, which ended the breach.", name_of(who));
		break;
	case LAPSE_STOP_CLOSED:
		lapse_sentence(what, "The thread was closed%s%s; the duty stands, should it be opened again.", who != NULL ? " by " : "",
		    who != NULL ? who : "");
		break;
	}
	step(t, &s);
}

static void
tell_verdict(struct teller *t)
{
	const struct lapse_obligation *o = t->o;
	char what[LAPSE_SENTENCE], due[LAPSE_TIME_LEN + 1], gap[LAPSE_SPAN_LEN + 1] = "", late[LAPSE_SPAN_LEN + 1];
	struct story_step s = { "verdict", LAPSE_NEVER, NULL, what, NULL, NULL, &o->due };

	lapse_time_format(due, o->due);
	lapse_span_format(gap, o->gap_seconds, 4);
	lapse_span_format(late, o->late_seconds, 4);
	switch (o->state) {
	case LAPSE_STATE_MET:
		lapse_sentence(what, "Met: after %s, due at %s.", gap, due);
		break;
	case LAPSE_STATE_LATE:
		lapse_sentence(what, "Late by %s: stopped after %s, due at %s.", late, gap, due);
		break;
	case LAPSE_STATE_RUNNING:
		lapse_sentence(what, "Running for %s, due at %s: nothing has stopped it.", gap, due);
		break;
	case LAPSE_STATE_OVERDUE:
		lapse_sentence(what, "Overdue by %s: running for %s, due at %s; nothing has stopped it.", late, gap, due);
		break;
	case LAPSE_STATE_MOOT:
		lapse_sentence(what, "Moot: it ended before it was due at %s.", due);
		break;
	case LAPSE_STATE_UNPROVEN:
		lapse_sentence(what, "Unproven: no post of the owner stopped it, and the thread is closed or its state unknown, "
		    "since when nobody can tell.");
		break;
	}
	step(t, &s);
}

static void
tell_doubts(struct teller *t)
{
	char what[LAPSE_SENTENCE];

	if (!lapse_obligation_is_breach(t->o))
		return;
	for (size_t bit = 0; bit < LAPSE_NDOUBTS; bit++) {
		if ((t->o->doubts & 1u << bit) == 0)
			continue;
		lapse_sentence(what, "Doubt %s: %s.", lapse_doubt_name(bit), lapse_words_doubt(bit));
		step(t, &(struct story_step){ "doubt", LAPSE_NEVER, NULL, what, NULL, NULL, NULL });
	}
	if (t->o->doubts == 0)
		step(t, &(struct story_step){ "firm", LAPSE_NEVER, NULL, "Firm: there is no doubt about it.",
		    NULL, NULL, NULL });
}

/* How far the archive's knowledge goes. */
static void
tell_bound(struct teller *t)
{
	const struct lapse_thread *thread = t->thread;
	struct lapse_instant asked = t->about->question->at;
	char what[LAPSE_SENTENCE], why[LAPSE_SENTENCE], moment[LAPSE_TIME_LEN + 1], covered[LAPSE_TIME_LEN + 1] = "never whole";
	struct story_step s = { "known", thread->at, NULL, what, why, NULL, NULL };

	if (lapse_time_is_set(thread->covered))
		lapse_time_format(covered, thread->covered);
	lapse_time_format(moment, thread->at);
	if (thread->at.sec < asked.sec)
		lapse_sentence(what, "Judged at %s: no known capture has seen the thread later, and nothing is asserted beyond it.", moment);
	else
		lapse_sentence(what, "Judged at %s, as asked.", moment);
	lapse_sentence(why, "The newest known capture of the thread: %s; its history is %s.", covered,
	    thread->has_history ? "captured up to this moment" : "not captured up to this moment");
	step(t, &s);
}

/* ---- all of it ---- */

static void
tell_heading(struct teller *t)
{
	const struct lapse_obligation *o = t->o;
	char post[32] = "";

	if (o->post != NULL)
		snprintf(post, sizeof(post), "#%" PRId64, o->post->number);
	lapse_emit_heading(t->emit, "%s:%s%s%s%s, %s: %s", t->thread->source, t->thread->id, post,
	    o->flag != NULL ? " " : "", o->flag != NULL ? o->flag : "", o->rule->id, lapse_state_name(o->state));
}

void
lapse_report_stories_begin(struct lapse_emit *emit)
{
	enum lapse_format format = lapse_emit_format(emit);

	if (format == LAPSE_FORMAT_NDJSON || format == LAPSE_FORMAT_CSV)
		lapse_emit_begin(emit, "story", columns, sizeof(columns) / sizeof(columns[0]));
}

void
lapse_report_stories_end(struct lapse_emit *emit)
{
	enum lapse_format format = lapse_emit_format(emit);

	if (format == LAPSE_FORMAT_NDJSON || format == LAPSE_FORMAT_CSV)
		lapse_emit_end(emit);
}

void
lapse_report_story(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_thread *thread,
    const struct lapse_obligation *o)
{
	struct teller t = { .emit = emit, .about = about, .thread = thread, .o = o };

	if (is_for_people(&t))
		tell_heading(&t);
	tell_duty(&t);
	tell_rule(&t);
	tell_opening(&t);
	for (size_t i = 0; i < o->story->nturnings; i++)
		tell_turning(&t, &o->story->turnings[i]);
	tell_stop(&t);
	tell_verdict(&t);
	tell_doubts(&t);
	tell_bound(&t);
}
