/*
 * Is the archive whole? Every object's hash, every document's bytes and
 * schema, the layout, the order of captures, and nothing that makes git show
 * another history than the objects hold. And is it explained: did every thread that was captured more
 * than once change only as its source declares ("silent"), its history only by growing ("history")? And does every capture
 * that names evidence follow from it ("evidence"), as far as that is here?
 */
#ifndef LAPSE_VERIFY_H
#define LAPSE_VERIFY_H

#include <stddef.h>

#include "lapse/store.h"

/* One fault; fields that do not apply are "". */
struct lapse_fault {
	const char *class;	/* "object", "canonical", "layout", "schema", "identity", "order", "record", "replace", "grafts", "alternates", "shallow", "index", "history", "silent", "evidence", "mail" */
	const char *commit;
	const char *path;
	const char *what;	/* a sentence */
};

struct lapse_verify_counts {
	size_t commits;
	size_t documents;
	size_t captures;
	size_t compared;	/* threads that have more than one version */
	size_t silent;		/* faults of this class, and of "history" */
	size_t history;
	size_t derived;		/* captures that were compared with their evidence */
	size_t lists;		/* mailing lists whose posts and threads were derived from their messages again */
	size_t elsewhere;	/* captures whose evidence is not in this repository */
	size_t faults;
};

/* fn gets each fault. Returns < 0 only when the check could not run. progress may be NULL. */
int lapse_verify(struct lapse_verify_counts *out, struct lapse_store *store,
    void (*fn)(const struct lapse_fault *fault, void *payload), void *payload,
    void (*progress)(size_t done, size_t total, void *payload), void *progress_payload);

#endif
