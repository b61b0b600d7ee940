/* A sync from its beginning to its commit. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edits.h"
#include "remember.h"
#include "sync_run.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/keys.h"
#include "lapse/witness.h"

/* ---- manners ---- */

int
lapse_sync_name(struct lapse_buf *out, const struct sync *s)
{
	return lapse_buf_printf(out, "%s\n%s", lapse_store_dir(s->store), s->options->source);
}

static int
too_early(struct sync *s, struct lapse_instant until, const char *why)
{
	char time[LAPSE_TIME_LEN + 1];

	s->result->not_before = until;
	return lapse_fail(LAPSE_EAGAIN, "%s; come back at %s", why, lapse_time_format(time, until));
}

/* Remember when the source was asked. Without a folder for it only the records say it: the caller is told. */
static void
remember_asking(struct sync *s, struct lapse_instant when)
{
	struct lapse_buf name;

	lapse_buf_init(&name, 8192);
	if (lapse_sync_name(&name, s) < 0 || lapse_remember_set(REMEMBER_ASKED, name.data, when) < 0)
		s->result->forgets = true;
	s->has_asked = true;
	lapse_buf_release(&name);
}

/* A run that no answer came of, or that was interrupted, keeps nobody from trying again. */
static void
forget_asking(struct sync *s)
{
	remember_asking(s, (struct lapse_instant){ s->run.capture->time.sec - SYNC_PAUSE });
}

/* When the source was asked last. A record of a run that left something due does not count: the next one is to go on from it. */
static struct lapse_instant
last_asked(const struct sync *s, const char *name)
{
	struct lapse_instant last = lapse_remember(REMEMBER_ASKED, name);
	bool counts = s->has_before && s->before.asked.due.nitems == 0;

	return counts && (!lapse_time_is_set(last) || last.sec < s->before.time.sec) ? s->before.time : last;
}

/* Did the server tell an earlier run to come back later than now? */
static bool
is_blocked(struct lapse_instant *until, const struct sync *s, struct lapse_instant now)
{
	*until = lapse_remember(REMEMBER_BLOCKED, s->host);
	return lapse_time_is_set(*until) && now.sec < until->sec && until->sec - now.sec <= 7 * SYNC_DAY;
}

/* Is it time to ask? Then that is remembered, so that also a run that brings nothing counts. */
static int
check_manners(struct sync *s)
{
	struct lapse_instant now = s->run.capture->time;
	struct lapse_instant blocked, last;
	struct lapse_buf name;
	int rc;

	s->result->blocked = is_blocked(&blocked, s, now);
	if (s->result->blocked)
		return too_early(s, blocked, "the server had enough of our requests and is not asked");
	lapse_buf_init(&name, 8192);
	rc = lapse_sync_name(&name, s);
	if (rc == 0) {
		last = last_asked(s, name.data);
		if (!s->options->force && lapse_time_is_set(last) && now.sec >= last.sec && now.sec - last.sec < SYNC_PAUSE)
			rc = too_early(s, lapse_time_add(last, (struct lapse_span){ SYNC_PAUSE }),
			    "asked within the last five minutes already (--force asks again)");
		else
			remember_asking(s, now);
	}
	lapse_buf_release(&name);
	return rc;
}

/* ---- the connection ---- */

static int
open_http(struct sync *s)
{
	struct lapse_http_options options = {
		.base = s->address.rest,
		.cacert = s->options->cacert,
		.agent = "lapse/" LAPSE_VERSION,
		.connections = SYNC_CONNECTIONS,
		.cancelled = s->options->cancelled,
		.cancelled_payload = s->options->cancelled_payload,
		.waiting = s->options->waiting,
		.waiting_payload = s->options->progress_payload,
		.exchange = s->witness != NULL ? lapse_witness_note : NULL,
		.exchange_payload = s->witness,
	};
	struct lapse_key key;
	int rc = lapse_key_find(&key, s->address.rest);

	if (rc < 0)
		return rc;
	options.key = rc > 0 ? key.text : NULL;
	lapse_etag_asker(&s->asker, s->address.rest, options.key);
	s->asked->authenticated = rc > 0;
	s->run.public_only = rc == 0;
	rc = lapse_http_open(&s->http, &options);
	lapse_key_wipe(&key);
	return rc;
}

/* ---- the end ---- */

static void
list_due(struct sync *s)
{
	for (size_t i = 0; i < s->nwanted; i++)
		if (!lapse_sync_is_done(&s->wanted[i]))
			lapse_ids_add(&s->asked->due, s->wanted[i].id);
	lapse_ids_sort(&s->asked->due);
	lapse_ids_sort(&s->asked->outside);
	s->asked->complete = s->asked->due.nitems == 0;
}

static void
count_requests(struct sync *s)
{
	size_t sent, again;

	lapse_http_counts(&sent, &again, s->http);
	s->asked->requests = (int64_t)sent;
	s->asked->again = (int64_t)again;
	if (s->pages == NULL)
		return;
	lapse_http_counts(&sent, &again, s->pages);
	s->asked->requests += (int64_t)sent;
	s->asked->again += (int64_t)again;
}

/* Did it leave the search since the capture before, or was it not known then whether it is visible? */
static bool
has_left(const struct lapse_asked *before, int64_t id)
{
	return !lapse_ids_has(&before->outside, id) || lapse_ids_has(&before->due, id);
}

/* Bugs that the search had at the capture before and has not any more, and that are visible; of those due nobody knows. */
static size_t
count_left(const struct sync *s)
{
	const struct lapse_asked *asked = s->asked;
	size_t n = 0;

	for (size_t i = 0; s->has_before && i < asked->outside.nitems; i++) {
		int64_t id = asked->outside.items[i];

		n += has_left(&s->before.asked, id) && !lapse_hidden_has(asked, id) && !lapse_ids_has(&asked->due, id);
	}
	return n;
}

/*
 * Is there something to record? Always, but that nothing changed is told once an hour, unless something was to be read
 * again: then it matters when that was.
 */
static bool
is_worth_a_record(const struct sync *s, bool same_knowledge)
{
	if (s->result->changed || !same_knowledge || !s->same_search || s->options->always ||
	    s->asked->rechecked > 0)
		return true;
	return s->run.capture->time.sec - s->before.time.sec >= SYNC_HOUR;
}

static bool
are_same_hidden(const struct lapse_asked *a, const struct lapse_asked *b)
{
	bool same = a->nhidden == b->nhidden;

	for (size_t i = 0; same && i < a->nhidden; i++)
		same = a->hidden[i].id == b->hidden[i].id;
	return same;
}

/* Does the record say of the search what the one before said? */
static bool
is_same_knowledge(const struct sync *s)
{
	return lapse_ids_equal(&s->asked->outside, &s->before.asked.outside) &&
	    lapse_ids_equal(&s->asked->due, &s->before.asked.due) && are_same_hidden(s->asked, &s->before.asked);
}

/* What was withheld from the archive is in the server's answers, and so in their ETags. */
static void
remember_etags(const struct sync *s)
{
	char commit[LAPSE_OID_HEX + 1];
	struct lapse_buf name;

	lapse_buf_init(&name, 8192);
	if (s->run.withheld == 0 && lapse_sync_name(&name, s) == 0)
		lapse_etags_write(&s->etags, name.data, lapse_oid_format(commit, &s->result->commit));
	lapse_buf_release(&name);
}

static int
commit(struct sync *s, int ordinal)
{
	int rc = 0;

	/* What came by a server's mistake would be in the evidence as well. */
	if (s->witness != NULL && s->run.withheld == 0)
		rc = lapse_witness_finish(&s->run.capture->evidence, s->witness, s->run.capture->time);
	if (rc >= 0)
		rc = lapse_import_commit(&s->result->commit, &s->run, ordinal);
	s->result->made = rc > 0;
	if (rc > 0)
		remember_etags(s);
	return rc < 0 ? rc : 0;
}

/* Record what came: all, or what came before `trouble`. */
static int
finish(struct sync *s, int trouble, int ordinal)
{
	count_requests(s);
	list_due(s);
	lapse_import_settle(&s->run);
	s->result->changed = lapse_batch_changes(s->run.batch) > 0;
	s->result->left = count_left(s);
	s->result->withheld = s->run.withheld;
	if (trouble < 0 && s->narrived == 0 && s->asked->revisions == 0)
		return 0;
	return is_worth_a_record(s, is_same_knowledge(s)) ? commit(s, ordinal) : 0;
}

/* ---- the run ---- */

static int
ask_all(struct sync *s)
{
	int rc = lapse_sync_look(s);

	if (rc > 0)
		rc = lapse_sync_fetch(s);
	return rc < 0 ? rc : lapse_sync_revisions(s);
}

/* Trouble that may be over later takes nothing from what came; the sentence that tells it stays. */
static int
ask_and_record(struct sync *s, int ordinal)
{
	char why[2048];
	int rc, trouble = ask_all(s);

	if (trouble < 0 && trouble != LAPSE_EAGAIN)
		return trouble;
	snprintf(why, sizeof(why), "%s", lapse_error());
	rc = finish(s, trouble, ordinal);
	if (rc < 0 || trouble == 0)
		return rc;
	return lapse_fail(LAPSE_EAGAIN, "%s", why);
}

/* Only what is read again is asked for with them. */
static int
read_etags(struct sync *s)
{
	struct lapse_buf name;
	int rc;

	lapse_buf_init(&name, 8192);
	rc = lapse_sync_name(&name, s);
	if (rc == 0 && s->options->recheck != NULL)
		lapse_etags_read(&s->etags, name.data);
	lapse_buf_release(&name);
	return rc;
}

static int
run_sync(struct sync *s)
{
	struct lapse_capture newest;
	struct lapse_place place = { .number = 0 };
	int ordinal, rc;

	lapse_capture_init(&newest);
	rc = lapse_import_earlier(&newest, &place, &s->run, s->store);
	ordinal = rc > 0 && lapse_time_cmp(newest.time, s->run.capture->time) == 0 ? (int)place.number + 1 : 1;
	lapse_capture_release(&newest);
	if (rc >= 0)
		rc = lapse_sync_past(s);
	if (s->has_before)
		s->result->before = s->before.time;
	if (rc >= 0)
		rc = check_manners(s);
	if (rc >= 0 && s->evidence && !s->options->no_evidence)
		rc = lapse_witness_open(&s->witness, s->run.batch, s->options->source);
	if (rc >= 0)
		rc = open_http(s);
	if (rc >= 0)
		rc = read_etags(s);
	return rc < 0 ? rc : ask_and_record(s, ordinal);
}

static void
begin(struct sync *s, struct lapse_sync_result *result, struct lapse_store *store, const struct lapse_sync_options *options)
{
	struct lapse_capture *capture = &result->capture;

	*result = (struct lapse_sync_result){ .before = LAPSE_NEVER, .not_before = LAPSE_NEVER };
	lapse_capture_init(capture);
	snprintf(capture->source, sizeof(capture->source), "%s", options->source);
	snprintf(capture->kind, sizeof(capture->kind), "bugzilla");
	*s = (struct sync){ .options = options, .result = result, .store = store, .asked = &capture->asked };
	lapse_import_init(&s->run, options->source, capture);
	lapse_arena_init(&s->arena);
	lapse_address_init(&s->address);
	lapse_capture_init(&s->before);
}

static void
end(struct sync *s)
{
	lapse_http_free(s->http);
	lapse_http_free(s->pages);
	lapse_witness_free(s->witness);
	lapse_import_release(&s->run);
	lapse_capture_release(&s->before);
	lapse_address_release(&s->address);
	lapse_arena_release(&s->arena);
	lapse_etags_release(&s->etags);
	free(s->query);
	free(s->list);
	free(s->wanted);
}

static bool
is_cancelled(const struct sync *s)
{
	return s->options->cancelled != NULL && s->options->cancelled(s->options->cancelled_payload);
}

int
lapse_sync(struct lapse_sync_result *out, struct lapse_store *store, const struct lapse_sync_options *options)
{
	struct sync s;
	int rc;

	begin(&s, out, store, options);
	rc = lapse_batch_open(&s.run.batch, store);
	if (rc >= 0)
		rc = lapse_sync_source(&s);
	if (rc >= 0)
		rc = lapse_time_now(&out->capture.time);
	if (rc >= 0) {
		s.asked->rest = lapse_strdup(s.address.rest);
		s.asked->query = lapse_strdup(s.query);
		rc = run_sync(&s);
		if (s.has_asked && !out->forgets && rc == LAPSE_EAGAIN && (!out->made || is_cancelled(&s)))
			forget_asking(&s);
	}
	end(&s);
	return rc < 0 ? rc : 0;
}

void
lapse_sync_result_release(struct lapse_sync_result *result)
{
	lapse_capture_release(&result->capture);
}

/* ---- the plan ---- */

static int
write_target(struct lapse_buf *out, const struct sync *s, const struct lapse_buf *target)
{
	return lapse_buf_printf(out, "GET %s%s\n", s->address.rest, target->data);
}

static int
write_lists(struct lapse_buf *out, const struct sync *s)
{
	struct lapse_instant since = s->same_search ? lapse_sync_since(s) : LAPSE_NEVER;
	const struct lapse_ids *outside = &s->before.asked.outside;
	struct lapse_buf target;
	int rc = s->same_search ? 0 : lapse_buf_printf(out, "GET %stime\n", s->address.rest);

	lapse_buf_init(&target, 8192);
	if (rc == 0)
		rc = lapse_sync_count_target(&target, s);
	if (rc == 0)
		rc = write_target(out, s, &target);
	lapse_buf_reset(&target);
	if (rc == 0)
		rc = lapse_sync_page_target(&target, s, since, -1);
	if (rc == 0)
		rc = write_target(out, s, &target);
	lapse_buf_reset(&target);
	if (rc == 0 && lapse_sync_follows_early(s) && outside->nitems > 0)
		rc = lapse_sync_follow_target(&target, outside->items, outside->nitems);
	if (rc == 0 && target.len > 0)
		rc = write_target(out, s, &target);
	lapse_buf_release(&target);
	return rc;
}

/* What else was asked for. */
static int
write_wishes(struct lapse_buf *out, const struct sync *s)
{
	int rc = 0;

	if (s->options->recheck != NULL && s->has_before)
		rc = lapse_buf_printf(out, "to read again, with a key that shows edit counts:\nGET %sbug?id=…&include_fields=" EDITS_FIELDS
		    "\nand what differs, or all, as above, but with the ETags of the last answers\n", s->address.rest);
	if (rc == 0 && s->options->edited != NULL && s->has_before)
		rc = lapse_buf_printf(out, "of each post that is known to be edited since its revisions were asked for:\nGET %.*s"
		    "page.cgi?id=comment-revisions.html&bug_id=…&comment_id=…\n", (int)(strlen(s->address.rest) - strlen("rest/")),
		    s->address.rest);
	return rc;
}

static int
write_plan(struct lapse_buf *out, const struct sync *s)
{
	int rc = write_lists(out, s);

	if (rc == 0)
		rc = lapse_buf_puts(out, "then further pages of it until all are listed, and ");
	if (rc == 0)
		rc = lapse_buf_puts(out, s->has_before ? "if anything changed " : "");
	if (rc == 0)
		rc = lapse_buf_printf(out, "the bugs, %d at a time:\nGET %sbug?id=…&include_fields=_default,comments,"
		    "history,attachments&exclude_fields=attachments.data\n", SYNC_BATCH, s->address.rest);
	return rc < 0 ? rc : write_wishes(out, s);
}

/* What a run would do before it asks. */
static int
write_waiting(struct lapse_buf *out, const struct sync *s)
{
	char time[LAPSE_TIME_LEN + 1];
	struct lapse_instant now, until;
	int rc = lapse_time_now(&now);

	if (rc < 0 || !is_blocked(&until, s, now))
		return rc;
	return lapse_buf_printf(out, "the server had enough of our requests: not before %s\n", lapse_time_format(time, until));
}

int
lapse_sync_plan(struct lapse_buf *out, struct lapse_store *store, const struct lapse_sync_options *options)
{
	struct lapse_sync_result result;
	struct sync s;
	int rc;

	begin(&s, &result, store, options);
	rc = lapse_sync_source(&s);
	if (rc >= 0)
		rc = lapse_sync_past(&s);
	if (rc >= 0)
		rc = write_waiting(out, &s);
	if (rc >= 0)
		rc = write_plan(out, &s);
	end(&s);
	lapse_sync_result_release(&result);
	return rc < 0 ? rc : 0;
}
