/*
 * A sync: what is new at a live Bugzilla, asked for politely, brought in as one capture. All that it asks for is below
 * the source's REST address, with GET.
 */
#ifndef LAPSE_SYNC_H
#define LAPSE_SYNC_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/buf.h"
#include "lapse/model.h"
#include "lapse/revisions.h"
#include "lapse/store.h"

struct lapse_sync_options {
	const char *source;
	const char *cacert;		/* a file of certificates to trust instead of the system's; NULL */
	int (*recheck)(struct lapse_ids *out, void *payload);	/* names threads to read again, changed or not, as their turn comes; NULL: none */
	int (*edited)(struct lapse_edited *out, void *payload);	/* names posts that were edited, to ask for their revisions; NULL: none is asked for */
	void *recheck_payload;	/* of both */
	bool recheck_now;		/* also when the last capture is less than an hour old */
	bool full;			/* list all bugs of the search, also when that was done less than a day ago */
	bool force;			/* though it was asked within the last five minutes */
	bool always;			/* record that nothing changed also when the last capture is less than an hour old */
	bool no_evidence;
	void (*progress)(size_t done, size_t total, void *payload);	/* bugs; may be NULL */
	void (*waiting)(int64_t left, const char *why, void *payload);	/* seconds until something is asked (again), and after what trouble (NULL: none); 0: an answer is waited for; may be NULL */
	void *progress_payload;		/* of both */
	bool (*cancelled)(void *payload);	/* may be NULL */
	void *cancelled_payload;
};

struct lapse_sync_result {
	bool made;			/* a commit was made */
	struct lapse_oid commit;
	struct lapse_capture capture;	/* what came; capture.asked says what was asked, and what is due */
	bool changed;			/* some document differs from the one before */
	struct lapse_instant before;	/* the capture from the network before this one; LAPSE_NEVER: none */
	struct lapse_instant not_before;	/* do not ask sooner; LAPSE_NEVER: no matter */
	bool blocked;			/* nothing was asked: an earlier run was told to come back later */
	bool forgets;			/* there is no folder to remember in when the source was asked */
	size_t gone;			/* threads that were visible, and are not any more */
	size_t left;			/* threads that have left the search, and are visible */
	size_t listed;			/* bugs that the full list held; 0: none was asked for */
	size_t pages_left;		/* pages of revisions that were too many for one run */
	size_t pages_bad;		/* that could not be read */
	size_t pages_undated;		/* whose times are of no zone that is known */
	size_t withheld;		/* private comments and attachments that came unasked, and were not kept */
	int64_t skew;			/* seconds that the server's clock is ahead of ours; 0: not known */
};

/*
 * Sync one source. LAPSE_EAGAIN when not all came (trouble on the way, the server's limits, cancelled) or it is too
 * early to ask: what came is committed all the same (out->made), out->capture.asked.due lists what is due, and
 * out->not_before says when to come back. Other failures leave the archive as it was. The result is
 * ended with lapse_sync_result_release(), whatever the code.
 */
int lapse_sync(struct lapse_sync_result *out, struct lapse_store *store, const struct lapse_sync_options *options);
void lapse_sync_result_release(struct lapse_sync_result *result);

/*
 * Wait until a source may be asked again, as a result said (not_before); options->waiting is called each second. 1 when
 * the time has come; 0 when it will not: cancelled, or the clock stands (lapse_time_stands()). LAPSE_EAGAIN when another
 * run waits for the same source of the same archive.
 */
int lapse_sync_wait(struct lapse_store *store, const struct lapse_sync_options *options, struct lapse_instant until);

/*
 * The requests that a sync would begin with, one address a line, and in words those that depend on the answers.
 * Connects to nothing.
 */
int lapse_sync_plan(struct lapse_buf *out, struct lapse_store *store, const struct lapse_sync_options *options);

#endif
