#include "session.h"

struct showing {
	struct lapse_emit *emit;
	const struct lapse_about *about;
	const struct lapse_thread *thread;	/* with its texts */
	int64_t post;
};

static int
report(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	struct showing *s = payload;

	(void)thread;
	lapse_report_thread(s->emit, s->about, s->thread, owner, items, nitems, s->post);
	return 0;
}

static int
show_thread(struct cmd_run *run, struct cmd_session *session, struct lapse_arena *arena)
{
	struct lapse_filter filter = LAPSE_FILTER_ALL;
	struct lapse_thread thread;
	struct lapse_tally tally;
	struct showing s = { .about = &session->about, .thread = &thread };
	size_t i;
	int rc = lapse_view_find(&i, &s.post, session->view, run->argv[0]);

	if (rc == 0)
		rc = lapse_view_load(&thread, arena, session->view, i, run->at, true);
	if (rc == 0)
		return lapse_fail(LAPSE_ENOTFOUND, "thread '%s' did not exist yet at that moment", run->argv[0]);
	if (rc < 0)
		return rc;
	filter.threads = &i;
	filter.nthreads = 1;
	filter.post = s.post;
	s.emit = cmd_emit(run);
	rc = lapse_gaps_each(&session->question, &filter, report, &s, &tally);
	if (rc == 0) {
		lapse_report_foot(s.emit, &session->about, &tally);
		cmd_note_bounded(run, session, &tally);
	}
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
		rc = show_thread(run, &session, &arena);
	lapse_arena_release(&arena);
	cmd_session_release(&session);
	return rc;
}

const struct cmd cmd_show = {
	.name = "show",
	.group = CMD_LOOK,
	.run = show,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "THREAD[#POST]",
	.summary = "one thread as it stood",
	.description =
	    "Show a thread as it stood at --at: its fields, when it closed and reopened as far\n"
	    "as that is known, every post with its side and its file, the obligations that\n"
	    "arose, and the posts' texts. With #POST only that post and its duties.",
	.min_args = 1,
	.max_args = 1,
	.examples = (const char *const[]){
	    "lapse -C incidents.git show bmo:1888882",
	    "lapse -C incidents.git --at 2024-05-08 show 1888882#12", NULL },
};
