#include "sync_report.h"

#include <inttypes.h>

/* No bug is of the search, by the server's count: few people ask for that. */
static bool
finds_nothing(const struct lapse_sync_result *r)
{
	return r->capture.asked.total == 0 && r->listed == 0;
}

/* Of a run that something is left of, nobody knows what is new. */
static const char *
nothing_new(const struct lapse_sync_result *r)
{
	if (finds_nothing(r))
		return "no bugs";
	return r->capture.asked.due.nitems > 0 ? "nothing came" : "nothing new";
}

static void
say_captured(struct cmd_run *run, const struct lapse_sync_result *r)
{
	const struct lapse_capture *c = &r->capture;
	char time[LAPSE_TIME_LEN + 1], oid[LAPSE_OID_HEX + 1];

	lapse_time_format(time, c->time);
	if (finds_nothing(r) || !r->changed)
		cmd_say(run, "%s: %s at %s; requests %" PRId64 "; commit %.12s", c->source, nothing_new(r), time,
		    c->asked.requests, lapse_oid_format(oid, &r->commit));
	else
		cmd_say(run, "captured %s at %s (observed%s): bugs %" PRId64 ", comments %" PRId64 ", changes %" PRId64
		    ", attachments %" PRId64 "; requests %" PRId64 "; commit %.12s", c->source, time,
		    c->asked.authenticated ? ", logged in" : "", c->counts[LAPSE_PART_BUGS], c->counts[LAPSE_PART_COMMENTS],
		    c->counts[LAPSE_PART_HISTORY], c->counts[LAPSE_PART_ATTACHMENTS], c->asked.requests,
		    lapse_oid_format(oid, &r->commit));
}

/* How those were read again that were to be, changed or not. */
static void
say_rechecked(struct cmd_run *run, const struct lapse_sync_result *r)
{
	const struct lapse_asked *asked = &r->capture.asked;
	size_t stood = 0;

	for (size_t i = 0; i < asked->nstood; i++)
		stood += asked->stood[i].bugs.nitems;
	if (asked->rechecked > 0)
		cmd_say(run, "%s: bugs read again: %" PRId64 " (as before by their edit counts: %" PRId64 ", not modified: %zu, "
		    "sent again: %" PRId64 ")", r->capture.source, asked->rechecked, asked->by_edits, stood,
		    asked->rechecked - asked->by_edits - (int64_t)stood);
}

/* What was wished for and found nothing to do says so. */
static void
say_unneeded(struct cmd_run *run, const struct lapse_sync_options *wished, const struct lapse_sync_result *r)
{
	const char *name = r->capture.source;

	if (wished->recheck_now && r->capture.asked.rechecked == 0)
		cmd_say(run, "%s: nothing to read again", name);
	if (wished->edited != NULL && r->capture.asked.revisions == 0 && r->pages_left + r->pages_bad + r->pages_undated == 0)
		cmd_say(run, "%s: no revisions to ask for: no post is known to be edited since they were", name);
}

static void
say_idle(struct cmd_run *run, const struct lapse_sync_result *r)
{
	char before[LAPSE_TIME_LEN + 1];

	cmd_say(run, "%s: %s; requests %" PRId64 "; no capture, since that of %s is less than an hour old",
	    r->capture.source, nothing_new(r), r->capture.asked.requests, lapse_time_format(before, r->before));
}

/* Some ids, for people: the first few. */
static void
write_ids(char *out, size_t size, const struct lapse_ids *ids)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ids->nitems && i < 8 && len < size - 24; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%" PRId64, i > 0 ? ", " : "", ids->items[i]);
	if (ids->nitems > 8)
		snprintf(out + len, size - len, ", …");
}

static void
note_findings(struct cmd_run *run, const struct lapse_sync_result *r)
{
	const struct lapse_asked *asked = &r->capture.asked;
	const char *name = r->capture.source;
	char ids[256];

	if (r->made && asked->due.nitems > 0) {
		write_ids(ids, sizeof(ids), &asked->due);
		cmd_note(run, "%s: bugs still due: %zu (%s); the next sync asks for them first", name, asked->due.nitems, ids);
	}
	if (finds_nothing(r))
		cmd_note(run, "%s: the search finds no bugs: are the names of its products and components right (lapse source list)?",
		    name);
	if (r->gone > 0)
		cmd_note(run, "%s: not visible any more: %zu; what was seen of them stays (lapse list)", name, r->gone);
	if (r->left > 0)
		cmd_note(run, "%s: visible, but not in the search any more: %zu", name, r->left);
	if (r->listed > 0 && asked->total >= 0 && (size_t)asked->total != r->listed)
		cmd_note(run, "%s: the server counts %" PRId64 " bugs and listed %zu", name, asked->total, r->listed);
	if (asked->revisions > 0)
		cmd_say(run, "%s: revisions of %" PRId64 " post%s", name, asked->revisions, asked->revisions == 1 ? "" : "s");
	if (r->pages_undated > 0)
		cmd_note(run, "%s: revisions without a known zone of their times: posts %zu; their edits stay undated", name,
		    r->pages_undated);
	if (r->pages_bad > 0)
		cmd_note(run, "%s: pages of revisions that could not be read: %zu", name, r->pages_bad);
	if (r->pages_left > 0)
		cmd_note(run, "%s: pages of revisions left for another --revisions: %zu", name, r->pages_left);
	if (r->withheld > 0)
		cmd_note(run, "%s: the server sent private comments or attachments to somebody who is not logged in: %zu; they "
		    "were not kept, and neither was the evidence of this run", name, r->withheld);
	if (r->skew > 60 || r->skew < -60)
		cmd_note(run, "%s: the server's clock is %" PRId64 "s %s this one: is the time right here?", name,
		    r->skew > 0 ? r->skew : -r->skew, r->skew > 0 ? "ahead of" : "behind");
}

void
cmd_sync_report(struct cmd_run *run, const struct lapse_sync_options *wished, const struct lapse_sync_result *r, int rc)
{
	if (r->forgets)
		cmd_note(run, "%s: no place to remember when it was asked ($XDG_STATE_HOME/lapse, else ~/.local/state/lapse): how often "
		    "is up to you", wished->source);
	if (rc != 0 && rc != LAPSE_EAGAIN)
		return;
	if (r->made) {
		say_captured(run, r);
		say_rechecked(run, r);
	} else if (rc == 0) {
		say_idle(run, r);
	}
	if (rc == 0)
		say_unneeded(run, wished, r);
	note_findings(run, r);
}
