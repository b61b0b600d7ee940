/* One verification on its way. Private to this floor. */
#ifndef LAPSE_AUDIT_VERIFYING_H
#define LAPSE_AUDIT_VERIFYING_H

#include "exhibits.h"

#include "lapse/alloc.h"
#include "lapse/layout.h"
#include "lapse/verify.h"

/* The earliest capture of a source seen so far on the way back. */
struct seen {
	char source[65];
	struct lapse_instant time;
};

struct verifying {
	struct lapse_store *store;
	struct lapse_verify_counts *counts;
	void (*fn)(const struct lapse_fault *fault, void *payload);
	void *payload;
	void (*progress)(size_t done, size_t total, void *payload);
	void *progress_payload;
	struct lapse_arena arena;
	struct lapse_buf bytes;
	struct lapse_buf canon;
	struct seen *seen;
	size_t nseen, seen_cap;
	char commit[LAPSE_OID_HEX + 1];		/* of the one at hand */
	struct lapse_oid tree;
	char source[65];			/* that it says it captured; "" when it is no capture */
	char record[LAPSE_PATH_MAX];		/* the capture's record that this commit added */
	size_t nrecords;
	struct exhibits exhibits;		/* that records name */
};

void lapse_verify_fault(struct verifying *v, const char *class, const char *path, const char *what);

/*
 * All commits from the newest back, with the documents that each changed against the one before: their bytes, their
 * place, and what commits of their kind may change. What of it is damaged is a fault; the check goes on as far as it can.
 */
void lapse_verify_commits(struct verifying *v);

/* What a commit changed: for lapse_tree_compare(), with the struct verifying. */
int lapse_verify_difference(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload);

/* No document of the newest commit is kept in both forms. */
int lapse_verify_forms(struct verifying *v, const struct lapse_commit *tip);

#endif
