/* One sync on its way: private to this floor. */
#ifndef LAPSE_SOURCE_SYNC_RUN_H
#define LAPSE_SOURCE_SYNC_RUN_H

#include "bugzilla.h"
#include "etags.h"

#include "lapse/address.h"
#include "lapse/http.h"
#include "lapse/sync.h"
#include "lapse/witness.h"

#define SYNC_OVERLAP 300	/* seconds: an answer may come from a replica that lags */
#define SYNC_PAUSE 300		/* between two runs */
#define SYNC_BLOCK 3600		/* when the server has had enough of us and does not say for how long */
#define SYNC_HOUR 3600
#define SYNC_DAY 86400
#define SYNC_PAGE 1000		/* bugs of a list */
#define SYNC_BATCH 50		/* bugs with everything */
#define SYNC_GROUP 400		/* bugs that are asked for by number and last change */
#define SYNC_CONNECTIONS 4
#define SYNC_AGAIN 200		/* bugs that a run reads again: a few requests */
#define SYNC_EDITS 200		/* bugs whose edit counts are asked for at once */

/* A bug to ask for. */
struct wanted {
	int64_t id;
	unsigned char parts;	/* that are in the run: 1 << enum lapse_part */
	unsigned char coming;	/* those of the answer at hand */
	bool visible;		/* some answer had it */
	bool absent;		/* an answer to a request for it and others had none of these */
	bool settled;		/* it is not visible, and that is noted */
	bool again;		/* nothing says that it changed: it is to be read again */
};

/* A bug of the search's list. */
struct listed {
	int64_t id;
	struct lapse_instant changed;	/* LAPSE_NEVER: not said */
};

struct sync {
	const struct lapse_sync_options *options;
	struct lapse_sync_result *result;
	struct lapse_store *store;
	struct lapse_oid tree;		/* of the commit that the run builds on */
	struct import run;
	struct lapse_asked *asked;	/* of the capture */
	struct lapse_address address;
	char *query;			/* the same, encoded */
	bool evidence;			/* the source wants it kept */
	bool has_asked;			/* that it asked now is remembered */
	char host[1024];		/* for what is remembered of it */
	struct lapse_http *http;
	struct lapse_http *pages;	/* web pages, when some are asked for; NULL */
	struct lapse_witness *witness;	/* NULL: no evidence is kept */
	struct lapse_arena arena;	/* batches on their way */
	struct etags etags;		/* of answers with bugs that are read again */
	struct etag_asker asker;

	bool has_before;
	bool same_search;		/* it asked for what this one asks for; false without one */
	struct lapse_capture before;	/* the newest capture from the network of this Bugzilla */

	int64_t first_asked;		/* by a clock that only goes forward: seconds */
	bool has_list;
	struct listed *list;		/* bugs of the search, when all were listed: by id */
	size_t nlist, list_cap;
	size_t nrefused;		/* lists of bugs to fetch that the server refused for one of them */
	size_t nfollowing;		/* requests for bugs that the search does not have */

	struct wanted *wanted;		/* in the order of asking; once it is asked for, a batch is by id */
	size_t nwanted, wanted_cap;
	size_t next;			/* the first that was not asked for yet */
	size_t batch;			/* how many at once */
	size_t flying;			/* requests on their way */
	size_t narrived;
};

/* What an archive's source is remembered by. */
int lapse_sync_name(struct lapse_buf *out, const struct sync *s);

/* ---- what the archive has (sync_past.c) ---- */

/* Read the newest commit: the source's settings, its address and search. */
int lapse_sync_source(struct sync *s);

/* Find the newest capture from the network of this Bugzilla. */
int lapse_sync_past(struct sync *s);

/* The source's threads in the archive, ascending; is one of them there; its last_change_time (LAPSE_NEVER: not known). */
int lapse_sync_threads(struct lapse_ids *out, struct sync *s);
int lapse_sync_has_thread(struct sync *s, int64_t id);
int lapse_sync_changed_time(struct lapse_instant *out, struct sync *s, int64_t id);

/* ---- asking (sync_ask.c) ---- */

/* An answer of Bugzilla's. */
struct sync_answer {
	json_t *json;		/* NULL when it refused */
	long status;
	int64_t code;		/* why it refused; 0: it did not say */
	char message[200];
	size_t size;		/* of the answer, in bytes */
};

/*
 * Judge what came: 0 and *out, with or without JSON; LAPSE_HTTP_AGAIN for what should be JSON and is none; a negative
 * code that ends the run, when the server has had enough of us. The caller decref's out->json.
 */
int lapse_sync_judge(struct sync_answer *out, struct sync *s, const struct lapse_answer *answer);

/* A refusal that nothing can be made of: LAPSE_EFAIL with what the server said. */
int lapse_sync_refused(const struct sync_answer *answer, const char *target);

/* Is it for one of the bugs that were asked for, which is not there or not to be seen? */
bool lapse_sync_is_of_a_bug(const struct sync_answer *answer);

/* Ask for some things at once and wait for all: *out[i] is the JSON of target i. Refusals are failures. */
int lapse_sync_ask(json_t **out, struct sync *s, const struct lapse_buf *targets, size_t n);

/* Seconds of a clock that only goes forward. */
int64_t lapse_sync_clock(void);

/* ---- lists (sync_list.c) ---- */

/* What to ask for: a page of the search's bugs after `after` (-1: the first), changed since `since` (LAPSE_NEVER: all); their count. */
int lapse_sync_page_target(struct lapse_buf *out, const struct sync *s, struct lapse_instant since, int64_t after);
int lapse_sync_count_target(struct lapse_buf *out, const struct sync *s);

/* Find out what is to be fetched: fills s->wanted and what the record says of the search. 1, or 0 when that is nothing. */
int lapse_sync_look(struct sync *s);

/* A bug of a list, as an answer has it: LAPSE_EFORMAT without a number. Is it as the archive has it: 1 or 0. */
int lapse_sync_read_listed(struct listed *out, const json_t *bug);
int lapse_sync_is_as_kept(struct sync *s, const struct listed *bug);

/* From when on changes are asked for. */
struct lapse_instant lapse_sync_since(const struct sync *s);

/* ---- bugs that the search does not have (sync_follow.c) ---- */

/* What to ask for: a list of bugs by their numbers. */
int lapse_sync_follow_target(struct lapse_buf *out, const int64_t *ids, size_t n);

/*
 * Ask for them: what changed, or is back, is wanted; the record says of which all is as it was. Those that the capture before
 * knew go early, with the requests of the next lapse_sync_ask(), if they are few; many are asked for only when all is listed.
 */
bool lapse_sync_follows_early(const struct sync *s);
int lapse_sync_follow_early(struct sync *s);
int lapse_sync_follow(struct sync *s);

/* ---- reading again (sync_again.c) ---- */

/* Want those bugs that the caller chose, changed or not; but not those of which edit counts say that they are as they are kept. */
int lapse_sync_want_again(struct sync *s);

/* The ETag of an earlier answer with these bugs, if the archive still has what it stood for; NULL. In the arena. */
int lapse_sync_etag(const struct etag **out, struct sync *s, const struct wanted *wanted, size_t n, const char *target);

/* How many of those wanted at `wanted`, of `n`, go into one request, at most `most`. */
size_t lapse_sync_group(const struct wanted *wanted, size_t n, size_t most);

/* ---- revisions of posts (sync_revisions.c) ---- */

/* Ask for those of posts that were edited, as the caller and the posts themselves say. */
int lapse_sync_revisions(struct sync *s);

/* ---- bugs (sync_fetch.c) ---- */

/* Want a bug; once is enough. */
void lapse_sync_want(struct sync *s, int64_t id);
int lapse_sync_batch_target(struct lapse_buf *out, const struct wanted *wanted, size_t n);

/* Fetch all that is wanted; afterwards ask why some did not come. What is left over at a failure is due. */
int lapse_sync_fetch(struct sync *s);

/* Did all of a bug come, or is it known why not? */
bool lapse_sync_is_done(const struct wanted *wanted);

#endif
