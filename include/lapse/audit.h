/*
 * The audit: breaches in a period by owner and rule, with the evidence; what
 * is running now; and a list of dates held against the record.
 */
#ifndef LAPSE_AUDIT_H
#define LAPSE_AUDIT_H

#include "lapse/gaps.h"

/* One owner under one rule. */
struct lapse_audit_row {
	const struct lapse_party *owner;
	const struct lapse_rule *rule;
	size_t states[LAPSE_STATE_UNPROVEN + 1];	/* obligations by enum lapse_state */
	size_t obligations;
	size_t firm, firm_silences;		/* breaches without doubts, and how many silences they are */
	size_t doubtful, doubtful_silences;
	int64_t *gaps;				/* seconds, of those that a post or flag stopped */
	size_t ngaps, gaps_cap;
	int64_t median, p90, worst;		/* nearest rank over gaps; -1 when there is none */
	int64_t firm_late, doubtful_late;	/* seconds late, added up over silences: of each the longest */
	int64_t obligations_late;		/* seconds late, added up over all breaches */
};

/* Breaches with the same doubts, by thread, opened, post and rule. There may be many: they are let lie as they came. */
struct lapse_pile {
	struct lapse_finding *items;
	size_t nitems, cap;
};

struct lapse_audit {
	struct lapse_arena arena;
	struct lapse_audit_row *rows;	/* by owner's id, then rule's level (must first), then rule's id */
	size_t nrows, rows_cap;
	struct lapse_pile breaches[LAPSE_NLEVELS][1 << LAPSE_NDOUBTS];	/* by level and doubts: the first of a level is firm */
	struct lapse_tally tally;
	size_t firm, firm_silences, doubtful, doubtful_silences;
};

/* The caller releases it with lapse_audit_release(), also on failure. */
int lapse_audit_run(struct lapse_audit *out, const struct lapse_question *question, const struct lapse_filter *filter);
void lapse_audit_release(struct lapse_audit *audit);

/* What runs and what is overdue, soonest due first. The caller releases it with lapse_status_release(), also on failure. */
struct lapse_status {
	struct lapse_arena arena;
	struct lapse_finding *items;
	size_t nitems, cap;
	size_t unproven;	/* obligations of which the data cannot tell whether they still ran */
	struct lapse_tally tally;
};
int lapse_status_run(struct lapse_status *out, const struct lapse_question *question, const struct lapse_filter *filter);
void lapse_status_release(struct lapse_status *status);

#endif
