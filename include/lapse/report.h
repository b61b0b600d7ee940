/*
 * Answers to bytes: the tables of each question, with what was asked on top
 * and what the answer cannot claim below.
 */
#ifndef LAPSE_REPORT_H
#define LAPSE_REPORT_H

#include <stdbool.h>

#include "lapse/audit.h"
#include "lapse/emit.h"
#include "lapse/events.h"
#include "lapse/reconcile.h"
#include "lapse/state.h"

/* What an answer says of itself. */
struct lapse_about {
	const struct lapse_question *question;
	const char *known;		/* --known as written; NULL: all */
	const char *parties;		/* where the parties come from; NULL: no matter */
};

/* What every report says of a source of which some capture was made logged in. */
#define LAPSE_SAY_AUTHENTICATED "captured logged in: it may hold what the public does not see"

/* "source bmo is incomplete: …": what the newest sync left to the next one, into `out`. `past`: as it was known earlier. */
#define LAPSE_DUE_LEN 160
char *lapse_report_due(char *out, const char *source, size_t due, bool past);

/* The question, for people: times, captures, policy (and how much of it is evaluated), parties. */
void lapse_report_head(struct lapse_emit *emit, const struct lapse_about *about);

/* Threads, those without an owner, those evaluated earlier than asked, for people. */
void lapse_report_foot(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_tally *tally);

/* "12 threads were evaluated at …": a sentence into `out` when that is so, else false. */
bool lapse_report_bounded(char *out, size_t size, const struct lapse_question *question, const struct lapse_tally *tally);

/* A table of obligations: begin, one row each, then lapse_emit_end(). */
void lapse_report_obligations_begin(struct lapse_emit *emit);
void lapse_report_obligation(struct lapse_emit *emit, const struct lapse_thread *thread, const struct lapse_obligation *o);

/* In the same table: of a list's thread that no rule is about, "answered" or "unanswered (no rule)". */
void lapse_report_answer(struct lapse_emit *emit, const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_answer_gap *gap);

/* Whole answers, head and foot included. */
void lapse_report_audit(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_audit *audit);

/* Coming due times are told by the clock of `now`, "unless answered since" the capture. */
void lapse_report_status(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_status *status,
    struct lapse_instant now);
void lapse_report_reconciliation(struct lapse_emit *emit, const struct lapse_about *about,
    const struct lapse_reconciliation *r);

/* The rules of a policy, and which this version evaluates. */
void lapse_report_policy(struct lapse_emit *emit, const struct lapse_policy *policy);

/* Who is who. */
void lapse_report_parties(struct lapse_emit *emit, const struct lapse_parties *parties);

/* Stories of obligations that have one (lapse_filter.stories): begin, each step by step, end. */
void lapse_report_stories_begin(struct lapse_emit *emit);
void lapse_report_story(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_thread *thread,
    const struct lapse_obligation *o);
void lapse_report_stories_end(struct lapse_emit *emit);

/* The list of threads: begin, one row each with the obligations that run or are overdue, then lapse_emit_end(). */
void lapse_report_threads_begin(struct lapse_emit *emit);
void lapse_report_thread_row(struct lapse_emit *emit, const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems);

/* A thread as it stood: what obligations need of it, and its whole state. */
struct lapse_shown {
	const struct lapse_thread *thread;
	const struct lapse_state_doc *state;
	int64_t only_post;		/* -1: all */
};

/* One thread as it stood, its posts with the texts that they had, and what is owed. */
void lapse_report_thread(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_shown *shown,
    const struct lapse_party *owner, const struct lapse_obligation *items, size_t nitems);

/* Which events of a thread are wanted. */
struct lapse_log {
	const struct lapse_events *events;
	struct lapse_instant at;	/* none later */
	int64_t post;			/* only those about this one; -1: all */
	bool all;			/* noise, too */
	bool silent;			/* silent ones only */
};

/* "the log ends at …": a sentence into `out` when it ends before the moment asked for, else false. */
bool lapse_report_log_bounded(char *out, size_t size, const struct lapse_log *log);

/* A thread's timeline, head and foot included. Texts are cut for people, and whole for machines. */
void lapse_report_log(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_log *log);

#endif
