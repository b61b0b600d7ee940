#include "session.h"

#include "lapse/json.h"
#include "lapse/state.h"

struct options {
	bool state;
};

struct showing {
	struct lapse_emit *emit;
	const struct lapse_about *about;
	struct lapse_shown shown;
};

static int
report(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	struct showing *s = payload;

	(void)thread;
	lapse_report_thread(s->emit, s->about, &s->shown, owner, items, nitems);
	return 0;
}

static int
show_thread(struct cmd_run *run, struct cmd_session *session, size_t i, const struct lapse_shown *shown)
{
	struct lapse_filter filter = LAPSE_FILTER_ALL;
	struct showing s = { .emit = cmd_emit(run), .about = &session->about, .shown = *shown };
	struct lapse_tally tally;
	int rc;

	filter.threads = &i;
	filter.nthreads = 1;
	filter.post = shown->only_post;
	rc = lapse_gaps_each(&session->question, &filter, report, &s, &tally);
	if (rc == 0) {
		lapse_report_foot(s.emit, &session->about, &tally);
		cmd_note_bounded(run, session, &tally);
	}
	return rc;
}

/* The state document alone: what diff --json-patch compares. */
static int
write_state(struct cmd_run *run, const struct lapse_state_doc *state)
{
	struct lapse_buf bytes;
	int rc;

	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	rc = lapse_canon_write_safe(&bytes, state->doc);
	if (rc == 0)
		fprintf(run->out, "%s\n", bytes.data);
	lapse_buf_release(&bytes);
	return rc;
}

static int
show_in(struct cmd_run *run, struct cmd_session *session, struct lapse_arena *arena)
{
	const struct options *options = run->options;
	struct lapse_state_doc state = { .doc = NULL };
	struct lapse_thread thread;
	struct lapse_shown shown = { .thread = &thread, .state = &state };
	size_t i;
	int rc = lapse_view_find(&i, &shown.only_post, session->view, run->argv[0]);

	if (rc == 0)
		rc = lapse_state_load(&state, session->view, i, run->at);
	if (rc == 0)
		rc = cmd_fail_absent(session->view, i, run->argv[0]);
	if (rc > 0)
		rc = lapse_view_load(&thread, arena, session->view, i, run->at, false);
	if (rc > 0)
		rc = options->state ? write_state(run, &state) : show_thread(run, session, i, &shown);
	lapse_state_release(&state);
	return rc;
}

static int
show(struct cmd_run *run)
{
	struct cmd_session session;
	struct lapse_arena arena;
	int rc = cmd_session_open(&session, run);

	lapse_arena_init(&arena);
	if (rc == 0)
		rc = show_in(run, &session, &arena);
	lapse_arena_release(&arena);
	cmd_session_release(&session);
	return rc;
}

static const struct cmd_option show_options[] = {
	{ .name = "state", .kind = CMD_FLAG, .offset = offsetof(struct options, state),
	    .help = "the whole state as one JSON document, as diff compares it" },
	{ .name = NULL },
};

const struct cmd cmd_show = {
	.name = "show",
	.group = CMD_LOOK,
	.run = show,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "THREAD[#POST]",
	.summary = "one thread as it stood",
	.description =
	    "Show a thread as it stood at --at: every field and flag, when it closed and\n"
	    "reopened as far as that is known, every post with its side and its file, the\n"
	    "obligations that arose, and the posts' texts as they were then. A value that\n"
	    "captures and history do not settle is marked inexact, with the reason. With #POST\n"
	    "only that post and its duties. --state writes the whole state as one line of\n"
	    "JSON, which any JSON Patch of 'lapse diff --json-patch' applies to.",
	.options = show_options,
	.options_size = sizeof(struct options),
	.min_args = 1,
	.max_args = 1,
	.examples = (const char *const[]){
	    "lapse -C incidents.git show bmo:1888882",
	    "lapse -C incidents.git --at 2024-05-08 show 1888882#12", NULL },
};
