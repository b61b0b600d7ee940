#include "session.h"

struct options {
	struct cmd_select select;
	bool doubtful;
};

static const struct cmd_option audit_options[] = {
	{ .name = "doubtful", .kind = CMD_FLAG, .offset = offsetof(struct options, doubtful),
	    .help = "exit 1 for doubtful breaches too, not for firm ones only" },
	CMD_SELECT_OPTIONS(struct options, select),
	{ .name = NULL },
};

static int
audit(struct cmd_run *run)
{
	struct options *opt = run->options;
	struct cmd_session session;
	struct lapse_audit answer = { 0 };
	struct lapse_filter filter;
	int rc = cmd_session_open(&session, run);

	if (rc == 0)
		rc = cmd_filter(&filter, &session, &opt->select);
	if (rc == 0)
		rc = lapse_audit_run(&answer, &session.question, &filter);
	if (rc == 0) {
		lapse_report_audit(cmd_emit(run), &session.about, &answer);
		cmd_note_bounded(run, &session, &answer.tally);
		rc = answer.firm > 0 || (opt->doubtful && answer.doubtful > 0) ? CMD_NO : CMD_OK;
	}
	lapse_audit_release(&answer);
	cmd_session_release(&session);
	return rc;
}

const struct cmd cmd_audit = {
	.name = "audit",
	.group = CMD_JUDGE,
	.run = audit,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "[--doubtful] [SELECTION...]",
	.summary = "breaches by owner and rule, with the evidence",
	.description =
	    "Who was late, by how much, under which rule: firm breaches first, must before\n"
	    "should, then doubtful ones by what they rest on; for each its thread, post, and\n"
	    "the file and commit that show it. Per owner and rule: obligations by their state,\n"
	    "silences (obligations that one event stopped are one silence), the median, 90th\n"
	    "percentile and worst gap (nearest rank, of gaps that an answer stopped), and the\n"
	    "time late, of each silence the longest. Rules that this version does not\n"
	    "evaluate are named. The period --since to --until selects by due time.\n"
	    "In CSV only the breaches are written.",
	.options = audit_options,
	.options_size = sizeof(struct options),
	.exit_no = "there is a firm breach (with --doubtful: any)",
	.examples = (const char *const[]){
	    "lapse -C incidents.git audit",
	    "lapse -C incidents.git audit --policy week --since 2024-01-01 --until 2024-12-31",
	    "lapse -C incidents.git --at 2024-05-08 --known 2024-05-08 audit --format ndjson", NULL },
};
