/* What nothing explains, in all threads that were captured more than once. Private to this floor. */
#ifndef LAPSE_AUDIT_SILENT_H
#define LAPSE_AUDIT_SILENT_H

#include "lapse/alloc.h"
#include "lapse/events.h"
#include "lapse/layout.h"
#include "lapse/store.h"

/* Threads, as many times as commits changed them. */
struct silent {
	struct silent_thread *threads;
	size_t nthreads, cap;
	const char **sources;
	size_t nsources, sources_cap;
	struct lapse_arena arena;
	size_t commit;		/* a number of the commit at hand: the caller counts it up */
};

void lapse_silent_init(struct silent *silent);
void lapse_silent_release(struct silent *silent);

/* A document of a thread differs in the commit at hand; those of one thread come one after the other. */
void lapse_silent_note(struct silent *silent, const struct lapse_place *place);

/*
 * Compare all versions of each thread that was noted in more than one commit: fn gets each silent event, or, with
 * NULL for it, the folder of a thread that could not be read (lapse_error() says why). Returns how many threads
 * were compared, or a failure when the archive could not be opened.
 */
int64_t lapse_silent_check(struct silent *silent, struct lapse_store *store,
    void (*fn)(const struct lapse_events *events, const struct lapse_event *event, void *payload), void *payload);

#endif
