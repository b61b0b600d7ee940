#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "edited.h"
#include "recheck.h"
#include "session.h"
#include "sync_key.h"
#include "sync_report.h"
#include "sync_sources.h"

#include "lapse/alloc.h"
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
	bool no_wait;
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
	    .help = "when it is too early to ask, wait until it is not" },
	{ .name = "no-wait", .kind = CMD_FLAG, .offset = offsetof(struct options, no_wait),
	    .help = "nor when the server told an earlier run to come back later" },
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

/* ---- what to read again ---- */

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

/* ---- the meter ---- */

struct meter {
	struct cmd_progress progress;
	size_t done, total;	/* bugs; 0 of 0 before it is known how many */
	struct timespec since;	/* the last answer */
};

#define PATIENCE 3	/* seconds after which it is told that no answer came */

static long
seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)(now.tv_sec - then->tv_sec);
}

static void
show_bugs(size_t done, size_t total, void *payload)
{
	struct meter *meter = payload;

	meter->done = done;
	meter->total = total;
	clock_gettime(CLOCK_MONOTONIC, &meter->since);
	cmd_progress_step(done, total, &meter->progress);
}

static void
show_waiting(int64_t left, const char *why, void *payload)
{
	struct meter *meter = payload;
	long silent = seconds_since(&meter->since);
	char what[64] = "asking what is new", wait[48] = "";

	if (meter->total > 0)
		snprintf(what, sizeof(what), "fetching bugs: %zu of %zu", meter->done, meter->total);
	if (silent >= PATIENCE)
		snprintf(wait, sizeof(wait), ", no answer for %ld s", silent);
	if (left > 0)
		cmd_progress_tell(&meter->progress, "asking%s in %" PRId64 " s%s%s", why != NULL ? " again" : "", left,
		    why != NULL ? ": " : "", why != NULL ? why : "");
	else
		cmd_progress_tell(&meter->progress, "%s%s", what, wait);
}

static void
open_meter(struct meter *meter, struct lapse_sync_options *options, const struct cmd_run *run)
{
	*meter = (struct meter){ .done = 0 };
	clock_gettime(CLOCK_MONOTONIC, &meter->since);
	cmd_progress_init(&meter->progress, run, "fetching bugs");
	options->progress = show_bugs;
	options->waiting = show_waiting;
	options->progress_payload = meter;
}

/* ---- one source ---- */

/* A source's turn, which may have to come again. */
struct turn {
	const char *name;
	const char *recheck;		/* what to read again; NULL: nothing */
	struct lapse_instant until;	/* the turn comes again then; LAPSE_NEVER: it does not */
};

/* Is the source to be waited for? By itself a run waits for what an earlier one was told. */
static bool
comes_again(const struct options *opt, int rc, const struct lapse_sync_result *result)
{
	return rc == LAPSE_EAGAIN && lapse_time_is_set(result->not_before) && !lapse_time_stands() &&
	    (opt->wait || (result->blocked && !opt->no_wait));
}

static int
sync_source(struct turn *turn, struct cmd_run *run, struct lapse_store *store, const struct lapse_sync_options *options)
{
	struct lapse_sync_options with_meter = *options;
	struct lapse_sync_result result;
	struct meter meter;
	int rc;

	open_meter(&meter, &with_meter, run);
	rc = lapse_sync(&result, store, &with_meter);
	cmd_progress_release(&meter.progress);
	cmd_sync_report(run, options, &result, rc);
	turn->until = comes_again(run->options, rc, &result) ? result.not_before : LAPSE_NEVER;
	lapse_sync_result_release(&result);
	return lapse_context(rc, "%s", options->source);
}

/* Wait for a turn that comes again. */
static int
wait_for(const struct turn *turn, struct cmd_run *run, struct lapse_store *store)
{
	struct lapse_sync_options options = { .source = turn->name, .cancelled = is_cancelled };
	struct meter meter;
	int rc;

	open_meter(&meter, &options, run);
	rc = lapse_sync_wait(store, &options, turn->until);
	cmd_progress_release(&meter.progress);
	return rc == 0 ? lapse_fail(LAPSE_EAGAIN, "%s: interrupted", turn->name) : lapse_context(rc, "%s", turn->name);
}

static int
print_plan(struct cmd_run *run, struct lapse_store *store, const struct lapse_sync_options *options)
{
	struct lapse_buf plan;
	int rc;

	lapse_buf_init(&plan, 1 << 20);
	rc = lapse_sync_plan(&plan, store, options);
	if (rc == 0) {
		fputs(plan.data, run->out);
		rc = cmd_sync_print_key(run, store, options->source);
	}
	lapse_buf_release(&plan);
	return lapse_context(rc, "%s", options->source);
}

static int
take_turn(struct turn *turn, struct cmd_run *run, struct lapse_store *store)
{
	const struct options *opt = run->options;
	struct choosing choosing = { .run = run, .store = store, .source = turn->name };
	struct lapse_sync_options options = {
		.source = turn->name,
		.cacert = opt->cacert,
		.recheck = turn->recheck != NULL ? choose : NULL,
		.edited = opt->revisions ? choose_edited : NULL,
		.recheck_payload = &choosing,
		.recheck_now = opt->recheck != NULL,
		.full = opt->full,
		.force = opt->force,
		.always = opt->always,
		.no_evidence = opt->no_evidence,
		.cancelled = is_cancelled,
	};
	int rc;

	turn->until = LAPSE_NEVER;
	if (turn->recheck != NULL && cmd_recheck_parse(&choosing.recheck, turn->recheck) < 0)
		return LAPSE_EUSAGE;
	rc = cmd_sync_note_key(run, store, turn->name);
	if (rc < 0)
		return lapse_context(rc, "%s", turn->name);
	return opt->dry_run ? print_plan(run, store, &options) : sync_source(turn, run, store, &options);
}

/* ---- the command ---- */

/* The sources' turns, and what came of them. What trying again does not mend decides the exit status. */
struct round {
	struct cmd_run *run;
	struct lapse_store *store;
	struct turn *turns;
	size_t n, nfailed;
	int rc;
};

/* One source's trouble keeps no other from its turn. */
static void
end_turn(struct round *round, const struct turn *turn, int rc)
{
	if (lapse_time_is_set(turn->until)) {
		cmd_say(round->run, "%s: waiting until then", lapse_error());
		fflush(round->run->out);
	} else if (rc < 0) {
		if (round->n > 1)
			cmd_note(round->run, "%s", lapse_error());
		if (round->rc == 0 || round->rc == LAPSE_EAGAIN)
			round->rc = rc;
		round->nfailed++;
	}
}

/* First all, then those that are to be waited for. */
static int
run_turns(struct round *round)
{
	struct turn *turn;
	int rc;

	for (turn = round->turns; turn < round->turns + round->n && caught == 0; turn++)
		end_turn(round, turn, take_turn(turn, round->run, round->store));
	for (turn = round->turns; turn < round->turns + round->n && caught == 0; turn++)
		while (lapse_time_is_set(turn->until)) {
			rc = wait_for(turn, round->run, round->store);
			turn->until = LAPSE_NEVER;
			if (rc > 0)
				rc = take_turn(turn, round->run, round->store);
			end_turn(round, turn, rc);
		}
	if (round->rc < 0 && round->n > 1)
		return lapse_fail(round->rc, "%zu of %zu sources were not brought up to date", round->nfailed, round->n);
	return round->rc;
}

static int
run_sources(struct cmd_run *run, struct lapse_store *store, const struct cmd_sync_sources *sources)
{
	const struct options *opt = run->options;
	struct round round = { .run = run, .store = store, .n = sources->n };
	int rc;

	round.turns = lapse_alloc(sources->n, sizeof(*round.turns));
	for (size_t i = 0; i < sources->n; i++)
		round.turns[i] = (struct turn){ sources->names[i], cmd_recheck_of(opt->recheck, sources->rechecks[i]), LAPSE_NEVER };
	rc = run_turns(&round);
	free(round.turns);
	return rc;
}

/* A file of certificates that cannot be read is told also where it would not be needed. */
static int
check_cacert(const char *path)
{
	FILE *file = path != NULL ? fopen(path, "re") : NULL;

	if (path != NULL && file == NULL)
		return lapse_context(lapse_fail_errno(LAPSE_EFAIL, "%s", path), "--cacert");
	if (file != NULL)
		fclose(file);
	return 0;
}

static int
sync(struct cmd_run *run)
{
	const struct options *opt = run->options;
	struct cmd_sync_sources sources = { .n = 0 };
	struct lapse_store *store = NULL;
	struct cmd_recheck recheck;
	int rc;

	if (cmd_recheck_of(opt->recheck, NULL) != NULL && cmd_recheck_parse(&recheck, opt->recheck) < 0)
		return LAPSE_EUSAGE;
	if (opt->wait && opt->no_wait)
		return lapse_fail(LAPSE_EUSAGE, "--wait and --no-wait exclude each other");
	if (check_cacert(opt->cacert) < 0)
		return LAPSE_EFAIL;
	rc = opt->dry_run ? 0 : cmd_need_net(run);
	if (rc == 0)
		rc = cmd_open_store(&store, run);
	if (rc == 0)
		rc = cmd_sync_sources_choose(&sources, run, store);
	if (rc == 0) {
		handle_signals(catch);
		rc = run_sources(run, store, &sources);
		handle_signals(SIG_DFL);
		run->signal = caught;
	}
	cmd_sync_sources_release(&sources);
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
	    "counts, once an hour. Where an API key shows how often comments were edited, that is\n"
	    "asked for, and only what it tells of is read; else what the server says is not\n"
	    "modified is not sent.\n"
	    "--revisions asks a web page of the Bugzilla for each post that earlier captures know\n"
	    "to be edited, once for each edit, at most 50 a run: it says when, and by whom. Such\n"
	    "pages are not made for programs; use it where an edit matters.\n"
	    "What keeps a run from its end (the network, the server's limits, Ctrl-C) takes\n"
	    "nothing from what came: it is committed, and the next run goes on from there. When\n"
	    "a server has had enough of our requests (its rate limit), the run ends at once and\n"
	    "says when to come back; the next run waits until then by itself (--no-wait ends it\n"
	    "instead), the other sources first; of several such runs one waits.\n"
	    "What was said is kept byte for byte on a branch of its own (evidence), secrets left\n"
	    "out. Evidence that somebody recorded himself proves nothing to others.\n"
	    "An API key for a host is read from $XDG_CONFIG_HOME/lapse/keys, else\n"
	    "~/.config/lapse/keys (lines HOST KEY or HOST:PORT KEY, mode 0600), or from ~/.netrc;\n"
	    "Bugzilla makes keys under Preferences, API Keys. With one, the archive may hold what\n"
	    "the public does not see. When a server may be asked again is kept in\n"
	    "$XDG_STATE_HOME/lapse, else ~/.local/state/lapse. Proxies are taken from https_proxy,\n"
	    "http_proxy, all_proxy, no_proxy. With several sources, trouble that another try does\n"
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
	    "echo 'bugzilla.mozilla.org KEY' >>~/.config/lapse/keys; chmod 600 ~/.config/lapse/keys",
	    "17 * * * *  /usr/local/bin/lapse -q -C /srv/incidents.git sync   (crontab)", NULL },
};
