#include <inttypes.h>
#include <string.h>

#include "session.h"

#include "lapse/codec.h"
#include "lapse/layout.h"
#include "lapse/source.h"

#define DAY 86400

struct options {
	const char *source;
	struct lapse_instant captured_at;
	const char *host;
};

static const struct cmd_option import_options[] = {
	{ .name = "source", .kind = CMD_TEXT, .offset = offsetof(struct options, source), .arg = "NAME",
	    .help = "the source, made if new (default: the only one, or bugzilla)" },
	/* The start of a bare date: more than was seen must not be claimed. */
	{ .name = "captured-at", .kind = CMD_WHEN_START, .offset = offsetof(struct options, captured_at), .arg = "WHEN",
	    .help = "when they were saved; a date: its start (default: now, or theirs)" },
	{ .name = "host", .kind = CMD_TEXT, .offset = offsetof(struct options, host), .arg = "HOST",
	    .help = "warc: only the answers of this host (HOST:PORT, as they name it)" },
	{ .name = NULL },
};

/* ---- what can be brought in ---- */

typedef int import_fn(struct lapse_import_result *out, struct lapse_store *store, char *const *paths, size_t npaths,
    const struct lapse_import_options *options);

struct kind {
	const char *name;
	import_fn *import;
	bool says_when;		/* the files state when their data was asked for */
	const char *source;	/* its name where the archive has none yet */
	const char *step;	/* what the meter counts */
};

static const struct kind kinds[] = {
	{ "bugzilla", lapse_import_bugzilla, false, "bugzilla", "reading files" },
	{ "mail", lapse_import_mail, false, "mail", "reading messages" },
	{ "warc", lapse_import_warc, true, "bugzilla", "reading files" },
};

static const struct kind *
find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* ---- which source ---- */

struct only {
	char name[65];
	size_t n;
};

static int
note_source(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct only *only = payload;

	(void)bytes;
	only->n++;
	snprintf(only->name, sizeof(only->name), "%s", name);
	return 0;
}

/* The source's name: as given, else the only one there is. */
static int
choose_source(struct only *out, struct lapse_store *store, const char *given, const struct kind *kind)
{
	int rc;

	*out = (struct only){ .n = 0 };
	if (given != NULL) {
		if (!lapse_name_is_valid(given))
			return lapse_fail(LAPSE_EUSAGE, "--source: not a name (a-z 0-9 . _ -, a letter or digit first): '%s'",
			    given);
		return note_source(given, NULL, out);
	}
	rc = lapse_settings_each(store, "sources", note_source, out);
	if (rc == 0 && out->n > 1)
		return lapse_fail(LAPSE_EUSAGE, "the archive has several sources: say --source NAME");
	if (rc == 0 && out->n == 0)
		return note_source(kind->source, NULL, out);
	return rc;
}

/* ---- the answer ---- */

static void
say_result(struct cmd_run *run, const struct lapse_import_result *r)
{
	const struct lapse_capture *c = &r->capture;
	char time[LAPSE_TIME_LEN + 1], oid[LAPSE_OID_HEX + 1];

	lapse_time_format(time, c->time);
	if (!r->made) {
		cmd_say(run, "nothing new: the capture of %s at %s holds all of this already", c->source, time);
		return;
	}
	lapse_oid_format(oid, &r->commit);
	if (strcmp(c->kind, "mail") == 0) {
		cmd_say(run, "captured %s at %s (%s): messages %" PRId64 ", of threads %" PRId64 "; commit %.12s", c->source, time,
		    c->stated ? "stated" : "observed", c->counts[LAPSE_PART_COMMENTS], c->counts[LAPSE_PART_BUGS], oid);
		return;
	}
	cmd_say(run, "captured %s at %s (%s): bugs %" PRId64 ", comments %" PRId64 ", changes %" PRId64
	    ", attachments %" PRId64 "; commit %.12s", c->source, time, c->stated ? "stated" : "observed",
	    c->counts[LAPSE_PART_BUGS], c->counts[LAPSE_PART_COMMENTS], c->counts[LAPSE_PART_HISTORY],
	    c->counts[LAPSE_PART_ATTACHMENTS], oid);
}

/* What else was in WARC files. */
static void
say_passed(struct cmd_run *run, const struct lapse_passed *passed)
{
	if (passed->others > 0)
		cmd_say(run, "passed over: other answers (no data of Bugzilla's, errors, or of another host): %zu", passed->others);
	if (passed->revisits > 0)
		cmd_say(run, "passed over: records that only name another one with the same bytes: %zu", passed->revisits);
}

static void
note_doubtful(struct cmd_run *run, const struct lapse_import_result *r)
{
	const struct lapse_capture *c = &r->capture;
	char newest[LAPSE_TIME_LEN + 1];

	if (r->passed.broken > 0)
		cmd_note(run, "answers that are cut short, or coded in a way that is not known, were passed over: %zu",
		    r->passed.broken);
	if (r->skipped.n > 0)
		cmd_note(run, "files of a folder that are no mail were passed over: %zu (%s%s)", r->skipped.n, r->skipped.first,
		    r->skipped.n > 1 ? ", …" : "");
	if (c->versions > 0)
		cmd_note(run, "came in more than one version: %" PRId64 "; the later one was kept "
		    "(archive-layout.md says which that is)", c->versions);
	/* Of mail nothing is asserted after its newest message, whenever it was saved. */
	if (!c->stated && strcmp(c->kind, "mail") != 0)
		cmd_note(run, "taken as seen now; if the files were saved earlier, say when with --captured-at: "
		    "nothing may be asserted about the time since");
	else if (c->stated && lapse_time_is_set(r->newest) && r->newest.sec > c->time.sec + DAY)
		cmd_note(run, "the data speaks of %s, after the stated time of its capture: is --captured-at right?",
		    lapse_time_format(newest, r->newest));
}

static int
check_usage(const struct kind **kind, const struct cmd_run *run)
{
	const struct options *opt = run->options;

	*kind = find_kind(run->argv[0]);
	if (*kind == NULL)
		return lapse_fail(LAPSE_EUSAGE, "cannot import '%s'; this version imports bugzilla, mail and warc", run->argv[0]);
	if (!(*kind)->says_when && opt->host != NULL)
		return lapse_fail(LAPSE_EUSAGE, "--host goes with warc only");
	if (lapse_time_is_set(opt->captured_at) && opt->captured_at.sec > run->now.sec)
		return lapse_fail(LAPSE_EUSAGE, "--captured-at lies in the future");
	return 0;
}

static int
import(struct cmd_run *run)
{
	struct options *opt = run->options;
	struct lapse_import_result result = { 0 };
	struct lapse_import_options options;
	struct cmd_progress progress;
	struct lapse_store *store = NULL;
	struct only source;
	const struct kind *kind;
	int rc = check_usage(&kind, run);

	if (rc < 0)
		return rc;
	cmd_progress_init(&progress, run, kind->step);
	options = (struct lapse_import_options){
		.source = source.name,
		.stated = kind->says_when || lapse_time_is_set(opt->captured_at),
		.time = lapse_time_is_set(opt->captured_at) || kind->says_when ? opt->captured_at : run->now,
		.host = opt->host,
		.progress = cmd_progress_step,
		.payload = &progress,
	};
	rc = cmd_open_store(&store, run);
	if (rc == 0)
		rc = choose_source(&source, store, opt->source, kind);
	if (rc == 0)
		rc = kind->import(&result, store, run->argv + 1, (size_t)run->argc - 1, &options);
	cmd_progress_release(&progress);
	if (rc == 0) {
		say_result(run, &result);
		say_passed(run, &result.passed);
		note_doubtful(run, &result);
	}
	lapse_import_result_release(&result);
	lapse_store_free(store);
	return rc;
}

const struct cmd cmd_import = {
	.name = "import",
	.group = CMD_BRING_IN,
	.run = import,
	.flags = CMD_ARCHIVE | CMD_NOW,
	.synopsis = "bugzilla [--source NAME] [--captured-at WHEN] FILE...\n"
	    "mail [--source NAME] [--captured-at WHEN] FILE...\n"
	    "warc [--source NAME] [--captured-at WHEN] [--host HOST] FILE...",
	.summary = "bring saved answers or mail in, as one capture",
	.description =
	    "Bring saved answers of Bugzilla's REST interface into the archive: one capture,\n"
	    "one commit. FILEs are files or folders, plain or gzip. What they hold is told by\n"
	    "their shape: bug searches, comments, history, attachments, and the form that has\n"
	    "all of them (include_fields=_default,comments,history,attachments). Their order\n"
	    "does not matter. When anything cannot be read, nothing is brought in.\n"
	    "With warc, FILEs are WARC files (1.0, 1.1, plain or gzip; wget --warc-file makes\n"
	    "such): every answer of Bugzilla's REST interface in them is taken, told by its\n"
	    "shape, and the capture's time is that of the first, as the file states it.\n"
	    "With mail, FILEs are mailboxes of a list: mbox of every kind, plain or gzip, months\n"
	    "of pipermail, exports of HyperKitty, Maildirs, messages (.eml) and folders of them,\n"
	    "mirrors of a public-inbox (v2: the folder with git/0.git, or an epoch of it).\n"
	    "Every message is kept byte for byte, once; a thread's name follows from its first\n"
	    "Message-ID, whatever file came first. What lacks a date, an id or a structure is\n"
	    "kept, and flagged. Mail that is there already, in this form, is no capture, whenever.\n"
	    "Captures of one source come in order of time; an older one is refused. The same\n"
	    "data at the same time is no second capture; at a later time it is: nothing new\n"
	    "is knowledge too.",
	.options = import_options,
	.options_size = sizeof(struct options),
	.min_args = 2,
	.max_args = -1,
	.examples = (const char *const[]){
	    "lapse -C incidents.git import bugzilla --source bmo --captured-at 2026-03-14T06:37:16Z saved/",
	    "lapse -C incidents.git import mail --source dev-security-policy list.mbox.gz Maildir/",
	    "lapse -C incidents.git import warc --source bmo crawl-00000.warc.gz",
	    NULL },
};
