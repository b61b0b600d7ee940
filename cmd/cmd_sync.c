#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edited.h"
#include "recheck.h"
#include "session.h"

#include "lapse/json.h"
#include "lapse/sync.h"

struct options {
	const char *recheck;
	const char *cacert;
	bool dry_run;
	bool full;
	bool force;
	bool always;
	bool no_evidence;
	bool revisions;
	bool wait;
};

static const struct cmd_option sync_options[] = {
	{ .name = "dry-run", .letter = 'n', .kind = CMD_FLAG, .offset = offsetof(struct options, dry_run),
	    .help = "print what would be asked; connect to nothing" },
	{ .name = "recheck", .kind = CMD_TEXT, .offset = offsetof(struct options, recheck), .arg = "AGE|open|all|none",
	    .help = "read comments again, changed or not (default: as the source says)" },
	{ .name = "revisions", .kind = CMD_FLAG, .offset = offsetof(struct options, revisions),
	    .help = "ask the public pages that date edits, of posts known to be edited" },
	{ .name = "full", .kind = CMD_FLAG, .offset = offsetof(struct options, full),
	    .help = "list all bugs of the search, which is done once a day anyway" },
	{ .name = "force", .kind = CMD_FLAG, .offset = offsetof(struct options, force),
	    .help = "ask also within five minutes after the last time" },
	{ .name = "always", .kind = CMD_FLAG, .offset = offsetof(struct options, always),
	    .help = "record each time that nothing changed, not once an hour" },
	{ .name = "wait", .kind = CMD_FLAG, .offset = offsetof(struct options, wait),
	    .help = "when it is too early to ask, wait" },
	{ .name = "no-evidence", .kind = CMD_FLAG, .offset = offsetof(struct options, no_evidence),
	    .help = "do not keep what the server said, byte for byte" },
	{ .name = "cacert", .kind = CMD_TEXT, .offset = offsetof(struct options, cacert), .arg = "FILE",
	    .help = "trust the certificates in it instead of the system's" },
	{ .name = NULL },
};

/* ---- signals ---- */

/* The signal that came; a handler can reach nothing else. */
static volatile sig_atomic_t caught;

static void
catch(int signal)
{
	caught = signal;
}

static void
handle_signals(void (*handler)(int))
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = handler };
	struct sigaction old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaction(signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

static bool
is_cancelled(void *payload)
{
	(void)payload;
	return caught != 0;
}

/* ---- what a run did ---- */

/* Of a run that something is left of, nobody knows what is new. */
static const char *
new_or_came(const struct lapse_sync_result *r)
{
	return r->capture.asked.due.nitems > 0 ? "came" : "new";
}

static void
say_captured(struct cmd_run *run, const struct lapse_sync_result *r)
{
	const struct lapse_capture *c = &r->capture;
	char time[LAPSE_TIME_LEN + 1], oid[LAPSE_OID_HEX + 1];

	lapse_time_format(time, c->time);
	if (!r->changed)
		cmd_say(run, "%s: nothing %s at %s; requests %" PRId64 "; commit %.12s", c->source, new_or_came(r), time,
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
	if (asked->rechecked == 0)
		return;
	cmd_say(run, "%s: bugs read again: %" PRId64 " (as before by their edit counts: %" PRId64 ", not modified: %zu, sent again: %"
	    PRId64 ")", r->capture.source, asked->rechecked, asked->by_edits, stood,
	    asked->rechecked - asked->by_edits - (int64_t)stood);
}

static void
say_idle(struct cmd_run *run, const struct lapse_sync_result *r)
{
	char before[LAPSE_TIME_LEN + 1];

	cmd_say(run, "%s: nothing %s; requests %" PRId64 "; no capture, since that of %s is less than an hour old",
	    r->capture.source, new_or_came(r), r->capture.asked.requests, lapse_time_format(before, r->before));
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
	if (r->made && asked->complete && asked->total == 0)
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

/* ---- one source ---- */

struct choosing {
	struct cmd_run *run;
	struct lapse_store *store;
	const char *source;
	struct cmd_recheck recheck;
};

static int
choose(struct lapse_ids *out, void *payload)
{
	struct choosing *c = payload;

	return cmd_recheck_choose(out, c->run, c->store, c->source, &c->recheck);
}

static int
choose_edited(struct lapse_edited *out, void *payload)
{
	struct choosing *c = payload;

	return cmd_edited_choose(out, c->store, c->source);
}

/* Wait until a time to ask, or a signal: 1 when it has come. */
static int
wait_until(struct lapse_instant when)
{
	const struct timespec second = { .tv_sec = 1 };
	struct lapse_instant now;

	while (caught == 0) {
		if (lapse_time_now(&now) < 0)
			return 0;
		if (now.sec >= when.sec)
			return 1;
		nanosleep(&second, NULL);
	}
	return 0;
}

static int
sync_once(struct lapse_sync_result *result, struct cmd_run *run, struct lapse_store *store,
    const struct lapse_sync_options *options)
{
	struct lapse_sync_options with_meter = *options;
	struct cmd_progress progress;
	int rc;

	cmd_progress_init(&progress, run, "fetching bugs");
	with_meter.progress = cmd_progress_step;
	with_meter.progress_payload = &progress;
	rc = lapse_sync(result, store, &with_meter);
	cmd_progress_release(&progress);
	if (result->forgets)
		cmd_note(run, "%s: no place to remember when it was asked ($XDG_STATE_HOME/lapse, else ~/.local/state/lapse): how often "
		    "is up to you", options->source);
	if (rc == 0 || rc == LAPSE_EAGAIN) {
		if (result->made) {
			say_captured(run, result);
			say_rechecked(run, result);
		}
		else if (rc == 0)
			say_idle(run, result);
		note_findings(run, result);
	}
	return rc;
}

static int
sync_source(struct cmd_run *run, struct lapse_store *store, const struct lapse_sync_options *options, bool wait)
{
	struct lapse_sync_result result;
	struct lapse_instant when;
	int rc;

	do {
		rc = sync_once(&result, run, store, options);
		when = result.not_before;
		lapse_sync_result_release(&result);
	} while (rc == LAPSE_EAGAIN && wait && lapse_time_is_set(when) && wait_until(when));
	return lapse_context(rc, "%s", options->source);
}

static int
print_plan(struct cmd_run *run, struct lapse_store *store, const struct lapse_sync_options *options)
{
	struct lapse_buf plan;
	int rc;

	lapse_buf_init(&plan, 1 << 20);
	rc = lapse_sync_plan(&plan, store, options);
	if (rc == 0)
		fputs(plan.data, run->out);
	lapse_buf_release(&plan);
	return rc;
}

/* ---- which sources ---- */

struct sources {
	char **names;
	char **rechecks;	/* NULL where the source says none */
	size_t n, cap, rechecks_cap;
	const struct cmd_run *run;
};

static bool
is_asked_for(const struct cmd_run *run, const char *name)
{
	for (int i = 0; i < run->argc; i++)
		if (strcmp(run->argv[i], name) == 0)
			return true;
	return run->argc == 0;
}

static int
note_source(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct sources *sources = payload;
	struct lapse_source source;
	json_t *doc = NULL;
	int rc;

	if (!is_asked_for(sources->run, name))
		return 0;
	rc = lapse_json_parse(&doc, bytes->data, bytes->len, name);
	if (rc == 0)
		rc = lapse_context(lapse_codec_source_read(&source, doc), "sources/%s.json", name);
	if (rc == 0 && (source.rest != NULL || sources->run->argc > 0)) {
		sources->names = lapse_grow(sources->names, sources->n, &sources->cap, sizeof(*sources->names));
		sources->rechecks = lapse_grow(sources->rechecks, sources->n, &sources->rechecks_cap, sizeof(*sources->rechecks));
		sources->names[sources->n] = lapse_strdup(name);
		sources->rechecks[sources->n++] = source.recheck != NULL ? lapse_strdup(source.recheck) : NULL;
	}
	json_decref(doc);
	return rc;
}

static void
release_sources(struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		free(sources->names[i]);
		free(sources->rechecks[i]);
	}
	free(sources->names);
	free(sources->rechecks);
}

static int
choose_sources(struct sources *out, struct cmd_run *run, struct lapse_store *store)
{
	int rc;

	*out = (struct sources){ .run = run };
	rc = lapse_settings_each(store, "sources", note_source, out);
	for (int i = 0; rc == 0 && i < run->argc; i++) {
		size_t k = 0;

		while (k < out->n && strcmp(out->names[k], run->argv[i]) != 0)
			k++;
		if (k == out->n)
			rc = lapse_fail(LAPSE_ENOTFOUND, "no source '%s' in the archive (lapse source list)", run->argv[i]);
	}
	if (rc == 0 && out->n == 0)
		rc = lapse_fail(LAPSE_EFAIL, "no source has an address: lapse source add NAME ADDRESS");
	return rc;
}

/* ---- the command ---- */

static int
run_source(struct cmd_run *run, struct lapse_store *store, const char *name, const char *recheck)
{
	const struct options *opt = run->options;
	struct choosing choosing = { .run = run, .store = store, .source = name };
	struct lapse_sync_options options = {
		.source = name,
		.cacert = opt->cacert,
		.recheck = recheck != NULL ? choose : NULL,
		.edited = opt->revisions ? choose_edited : NULL,
		.recheck_payload = &choosing,
		.recheck_now = opt->recheck != NULL,
		.full = opt->full,
		.force = opt->force,
		.always = opt->always,
		.no_evidence = opt->no_evidence,
		.cancelled = is_cancelled,
	};

	if (recheck != NULL && cmd_recheck_parse(&choosing.recheck, recheck) < 0)
		return LAPSE_EUSAGE;
	return opt->dry_run ? print_plan(run, store, &options) : sync_source(run, store, &options, opt->wait);
}

/* One source's trouble keeps no other from its turn. What trying again does not mend decides the exit status. */
static int
run_sources(struct cmd_run *run, struct lapse_store *store, const struct sources *sources)
{
	const struct options *opt = run->options;
	size_t nfailed = 0;
	int one, rc = 0;

	for (size_t i = 0; i < sources->n && caught == 0; i++) {
		one = run_source(run, store, sources->names[i], cmd_recheck_of(opt->recheck, sources->rechecks[i]));
		if (one == 0)
			continue;
		if (sources->n > 1)
			cmd_note(run, "%s", lapse_error());
		if (rc == 0 || rc == LAPSE_EAGAIN)
			rc = one;
		nfailed++;
	}
	if (rc < 0 && sources->n > 1)
		return lapse_fail(rc, "%zu of %zu sources were not brought up to date", nfailed, sources->n);
	return rc;
}

static int
sync(struct cmd_run *run)
{
	const struct options *opt = run->options;
	struct sources sources = { .n = 0 };
	struct lapse_store *store = NULL;
	struct cmd_recheck recheck;
	int rc;

	if (cmd_recheck_of(opt->recheck, NULL) != NULL && cmd_recheck_parse(&recheck, opt->recheck) < 0)
		return LAPSE_EUSAGE;
	rc = opt->dry_run ? 0 : cmd_need_net(run);
	if (rc == 0)
		rc = cmd_open_store(&store, run);
	if (rc == 0)
		rc = choose_sources(&sources, run, store);
	if (rc == 0) {
		handle_signals(catch);
		rc = run_sources(run, store, &sources);
		handle_signals(SIG_DFL);
		run->signal = caught;
	}
	release_sources(&sources);
	lapse_store_free(store);
	return rc;
}

const struct cmd cmd_sync = {
	.name = "sync",
	.group = CMD_BRING_IN,
	.run = sync,
	.flags = CMD_ARCHIVE | CMD_NOW | CMD_NET,
	.synopsis = "[--recheck AGE|open|all|none] [--revisions] [--force] [--dry-run] [NAME...]",
	.summary = "bring in what is new from the network",
	.description =
	    "Ask the sources (all that have an address, or those named) what is new, and bring\n"
	    "it in: one capture, one commit each. The first time everything is fetched, later what\n"
	    "changed since; once a day all bugs are listed to find those that are gone. What is\n"
	    "gone at the source stays in the archive; bugs that left the search are asked for by\n"
	    "number, so that what happens to them is seen.\n"
	    "Edits of comments leave no mark at the source. --recheck reads some comments again,\n"
	    "those not read for longest first, at most 200 bugs a run: of open bugs, of all, or of\n"
	    "those not read for AGE (7d, 12h), or of none. Without it a source's own default\n"
	    "counts, once an hour. Where an API key shows how often comments were edited, that is asked for, and\n"
	    "only what it tells of is read; else what the server says is not modified is not sent.\n"
	    "--revisions asks a web page of the Bugzilla for each post that earlier captures know\n"
	    "to be edited, once for each edit, at most 50 a run: it says when, and by whom. Such\n"
	    "pages are not made for programs; use it where an edit matters.\n"
	    "What keeps a run from its end (the network, the server's limits, Ctrl-C) takes\n"
	    "nothing from what came: it is committed, and the next run goes on from there.\n"
	    "What was said is kept byte for byte on a branch of its own (evidence), secrets left\n"
	    "out. Evidence that somebody recorded himself proves nothing to others.\n"
	    "An API key for a host is read from $XDG_CONFIG_HOME/lapse/keys, else\n"
	    "~/.config/lapse/keys (lines HOST KEY or HOST:PORT KEY, mode 0600), or from ~/.netrc.\n"
	    "With one, the archive may hold what the public does not see. Proxies are taken from\n"
	    "http_proxy, https_proxy, no_proxy. With several sources, trouble that another try does\n"
	    "not mend (3) counts before trouble that it may (75). Ctrl-C ends by the signal: 130.",
	.options = sync_options,
	.options_size = sizeof(struct options),
	.min_args = 0,
	.max_args = -1,
	.examples = (const char *const[]){
	    "lapse -C incidents.git sync",
	    "lapse -C incidents.git sync --dry-run bmo",
	    "lapse -C incidents.git sync --recheck 7d --wait",
	    "lapse -C incidents.git sync --revisions bmo",
	    "17 * * * *  /usr/local/bin/lapse -q -C /srv/incidents.git sync   (crontab)", NULL },
};
