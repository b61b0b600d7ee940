#include "session.h"

struct options {
	struct cmd_select select;
};

static const struct cmd_option status_options[] = {
	CMD_SELECT_OPTIONS(struct options, select),
	{ .name = NULL },
};

static int
status(struct cmd_run *run)
{
	struct options *opt = run->options;
	struct cmd_session session;
	struct lapse_status answer = { 0 };
	struct lapse_filter filter;
	int rc = cmd_session_open(&session, run);

	if (rc == 0)
		rc = cmd_filter(&filter, &session, &opt->select);
	if (rc == 0)
		rc = lapse_status_run(&answer, &session.question, &filter);
	if (rc == 0) {
		lapse_report_status(cmd_emit(run), &session.about, &answer, run->at);
		cmd_note_bounded(run, &session, &answer.tally);
	}
	lapse_status_release(&answer);
	cmd_session_release(&session);
	return rc;
}

const struct cmd cmd_status = {
	.name = "status",
	.group = CMD_LOOK,
	.run = status,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "[SELECTION...]",
	.summary = "what is running and overdue, soonest first",
	.description =
	    "One page of what is owed: every obligation that runs or is overdue, the soonest\n"
	    "due first. Each thread is judged as the newest capture that covers it saw it;\n"
	    "coming due times are told by the clock (or by --at), so what fell due since then\n"
	    "says \"unless answered since\".",
	.options = status_options,
	.options_size = sizeof(struct options),
	.examples = (const char *const[]){
	    "lapse -C incidents.git status",
	    "lapse -C incidents.git status --owner cfca --policy week", NULL },
};
