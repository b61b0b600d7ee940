#include "session.h"

#include "lapse/events.h"

struct options {
	bool all;
	bool silent;
};

static const struct cmd_option options[] = {
	{ .name = "all", .kind = CMD_FLAG, .offset = offsetof(struct options, all),
	    .help = "noise too: reactions, cc, votes, counts, what follows from others" },
	{ .name = "silent", .kind = CMD_FLAG, .offset = offsetof(struct options, silent),
	    .help = "only what nothing explains" },
	{ .name = NULL },
};

static int
report(struct cmd_run *run, struct cmd_session *session, struct lapse_arena *arena)
{
	const struct options *o = run->options;
	struct lapse_about about = session->about;
	struct lapse_question question = session->question;
	struct lapse_events events;
	struct lapse_log log = { .events = &events, .at = run->at, .all = o->all, .silent = o->silent };
	char bounded[160];
	size_t i;
	int rc = lapse_view_find(&i, &log.post, session->view, run->argv[0]);

	if (rc == 0)
		rc = lapse_events_load(&events, arena, session->view, session->store, i, false);
	if (rc < 0)
		return rc;
	/* Who is who and what is owed bears on none of it. */
	question.policy = NULL;
	about.question = &question;
	about.parties = NULL;
	lapse_report_log(cmd_emit(run), &about, &log);
	if ((run->format == LAPSE_FORMAT_NDJSON || run->format == LAPSE_FORMAT_CSV) &&
	    lapse_report_log_bounded(bounded, sizeof(bounded), &log))
		cmd_note(run, "%s", bounded);
	return 0;
}

static int
show_log(struct cmd_run *run)
{
	const struct options *o = run->options;
	struct cmd_session session;
	struct lapse_arena arena;
	int rc;

	if (o->all && o->silent)
		return lapse_fail(LAPSE_EUSAGE, "--all and --silent exclude each other");
	rc = cmd_session_open(&session, run);
	lapse_arena_init(&arena);
	if (rc == 0)
		rc = report(run, &session, &arena);
	lapse_arena_release(&arena);
	cmd_session_release(&session);
	return rc;
}

const struct cmd cmd_log = {
	.name = "log",
	.group = CMD_LOOK,
	.run = show_log,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_TABLE | CMD_PAGER,
	.synopsis = "[--all | --silent] THREAD[#POST]",
	.summary = "a thread's timeline: every event, and what it rests on",
	.description =
	    "Every event of a thread up to --at, in order: its posts and the entries of its\n"
	    "history at their own times, and what only the comparison of two captures shows\n"
	    "(edits, posts and attachments that vanished or came back, fields and flags that\n"
	    "changed, a history that was rewritten), between the two. Each is matched with\n"
	    "what the source declares; what it does not is marked SILENT. Where no captured\n"
	    "history could declare it, it is unproven. With #POST only events about that post.",
	.options = options,
	.options_size = sizeof(struct options),
	.min_args = 1,
	.max_args = 1,
	.examples = (const char *const[]){
	    "lapse -C incidents.git log bmo:1888882",
	    "lapse -C incidents.git log --silent --json 1888882#12", NULL },
};
