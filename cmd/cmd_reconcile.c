#include "session.h"

#include "lapse/fs.h"

#define LIST_MAX ((size_t)64 << 20)

static int
reconcile(struct cmd_run *run)
{
	struct lapse_reconciliation answer = { 0 };
	struct cmd_session session;
	struct lapse_buf csv;
	int rc;

	lapse_buf_init(&csv, LIST_MAX);
	rc = lapse_file_read(&csv, run->argv[0]);
	if (rc < 0) {
		lapse_buf_release(&csv);
		return rc;
	}
	rc = cmd_session_open(&session, run);
	if (rc == 0)
		rc = lapse_reconcile(&answer, &session.question, csv.data, csv.len, run->argv[0]);
	if (rc == 0) {
		lapse_report_reconciliation(cmd_emit(run), &session.about, &answer);
		cmd_note_bounded(run, &session, &answer.tally);
		rc = answer.missing > 0 || answer.verdicts[LAPSE_CLAIM_NOT_SUPPORTED] > 0 ? CMD_NO : CMD_OK;
	}
	lapse_reconciliation_release(&answer);
	cmd_session_release(&session);
	lapse_buf_release(&csv);
	return rc;
}

const struct cmd cmd_reconcile = {
	.name = "reconcile",
	.group = CMD_JUDGE,
	.run = reconcile,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "FILE",
	.summary = "a list of late dates against the computed record",
	.description =
	    "Hold somebody's own list of late dates against the record. FILE is CSV with the\n"
	    "columns thread, late_on (the day it answered), since (the day it had to count\n"
	    "from) and, if wanted, kind (late or promise). Each row is supported (the record\n"
	    "has a lateness with both days), supported within a day, not supported, or not\n"
	    "judged (promises; threads not archived or without an owner; days not seen yet).\n"
	    "Then comes what the record has and the list lacks, for the threads that the list\n"
	    "names. Days are civil days in the time zone of the rule.\n"
	    "In CSV only the list's rows are written.",
	.min_args = 1,
	.max_args = 1,
	.exit_no = "a row is not supported, or the list lacks something",
	.examples = (const char *const[]){
	    "lapse -C incidents.git reconcile --policy week-pacific claims.csv", NULL },
};
