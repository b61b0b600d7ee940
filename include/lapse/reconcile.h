/*
 * A list of late dates that somebody wrote by hand, against the computed
 * record. Days are civil days in the time zone of the rule that was missed.
 */
#ifndef LAPSE_RECONCILE_H
#define LAPSE_RECONCILE_H

#include "lapse/audit.h"

enum lapse_verdict {
	LAPSE_CLAIM_SUPPORTED,		/* the record has a lateness with both days */
	LAPSE_CLAIM_WITHIN_A_DAY,	/* … with either day, or both, off by one */
	LAPSE_CLAIM_NOT_SUPPORTED,
	LAPSE_CLAIM_NOT_JUDGED		/* a promise; a thread that is not archived, or has no owner; a day that no capture has seen */
};
const char *lapse_verdict_name(enum lapse_verdict verdict);	/* "supported", "within-a-day", … */

struct lapse_claim {
	const char *thread;		/* as written */
	struct lapse_day late_on;	/* the day it answered */
	struct lapse_day since;
	const char *kind;
	size_t line;
	enum lapse_verdict verdict;
	const char *why;		/* of one that is not judged, a phrase */
	size_t lateness;		/* number of the lateness that bears it, SIZE_MAX: none */
};

/*
 * A late or overdue obligation of the record. Those of one thread that the same event
 * stopped, or that all still run, are one late answer, whatever duties it met: a claim that
 * one of them bears accounts for all, and what no claim bears is listed once, by the longest.
 */
struct lapse_lateness {
	struct lapse_finding finding;
	struct lapse_day late_on;	/* the day it stopped; of one that still runs, the day of evaluation */
	struct lapse_day since;
	bool claimed;			/* a claim bears this answer */
	bool is_longest;		/* of its answer */
};

/* How far the record goes in one thread. */
struct lapse_looked {
	const char *source;
	const char *id;
	bool has_owner;
	struct lapse_day until;		/* the UTC day of the moment that it was evaluated at */
};

struct lapse_reconciliation {
	struct lapse_arena arena;
	struct lapse_claim *claims;	/* in the file's order */
	size_t nclaims, claims_cap;
	struct lapse_looked *looked;	/* the threads that the list names and the record has */
	size_t nlooked, looked_cap;
	struct lapse_lateness *latenesses;	/* of the threads that the list names, by thread and opened */
	size_t nlatenesses, latenesses_cap;
	size_t verdicts[LAPSE_CLAIM_NOT_JUDGED + 1];
	size_t missing;			/* late answers that no claim bears */
	struct lapse_tally tally;
};

/*
 * Read the claims of a CSV text (RFC 4180; a header naming thread, late_on, since and
 * maybe kind) and judge them. Failures are LAPSE_EFORMAT "NAME:LINE: cause". The
 * caller releases it with lapse_reconciliation_release(), also on failure.
 */
int lapse_reconcile(struct lapse_reconciliation *out, const struct lapse_question *question,
    const char *csv, size_t len, const char *name);
void lapse_reconciliation_release(struct lapse_reconciliation *r);

#endif
