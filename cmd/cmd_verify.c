#include "session.h"

#include "lapse/source.h"
#include "lapse/verify.h"

struct noting {
	struct cmd_run *run;
	struct lapse_store *store;
	struct lapse_commit tip;
};

static const struct lapse_column columns[] = {
	{ "class", "class", false },
	{ "commit", NULL, false },
	{ "path", "object or path", false },
	{ "what", "fault", false },
};

static void
emit_fault(const struct lapse_fault *fault, void *payload)
{
	lapse_emit_text(payload, fault->class);
	lapse_emit_text(payload, *fault->commit != '\0' ? fault->commit : NULL);
	lapse_emit_text(payload, *fault->path != '\0' ? fault->path : NULL);
	lapse_emit_text(payload, fault->what);
	lapse_emit_row(payload);
}

/* What is not there yet is no fault. What cannot be read is one, and was told. */
static int
note_source(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct noting *noting = payload;
	char text[LAPSE_DUE_LEN + 1];
	size_t due;

	(void)bytes;
	if (lapse_capture_due(&due, noting->store, &noting->tip.tree, name) > 0 && due > 0)
		cmd_note(noting->run, "%s", lapse_report_due(text, name, due, false));
	return 0;
}

static void
note_incomplete(struct cmd_run *run, struct lapse_store *store)
{
	struct noting noting = { .run = run, .store = store };

	if (lapse_store_tip(&noting.tip, store) > 0)
		(void)lapse_settings_each(store, "sources", note_source, &noting);
	lapse_commit_release(&noting.tip);
}

static int
verify(struct cmd_run *run)
{
	struct lapse_verify_counts counts;
	struct cmd_progress progress;
	struct lapse_store *store = NULL;
	struct lapse_emit *emit;
	int rc = lapse_store_open(&store, run->archive);

	if (rc < 0)
		return rc;
	emit = cmd_emit(run);
	cmd_progress_init(&progress, run, "objects");
	lapse_emit_begin(emit, "fault", columns, sizeof(columns) / sizeof(columns[0]));
	rc = lapse_verify(&counts, store, emit_fault, emit, cmd_progress_step, &progress);
	lapse_emit_end(emit);
	cmd_progress_release(&progress);
	if (rc == 0)
		lapse_emit_say(emit, "faults: %zu (commits %zu, captures %zu, documents %zu; "
		    "threads compared %zu, silent %zu, history %zu)", counts.faults, counts.commits, counts.captures,
		    counts.documents, counts.compared, counts.silent, counts.history);
	if (rc == 0 && counts.derived > 0)
		lapse_emit_say(emit, "captures compared with their evidence: %zu", counts.derived);
	if (rc == 0 && counts.lists > 0)
		lapse_emit_say(emit, "mailing lists compared with their messages: %zu", counts.lists);
	if (rc == 0 && counts.elsewhere > 0)
		cmd_note(run, "evidence: not here, of captures: %zu (the archive that this was cloned from may have it, on its "
		    "branch evidence)", counts.elsewhere);
	if (rc == 0)
		note_incomplete(run, store);
	lapse_store_free(store);
	return rc < 0 ? rc : counts.faults > 0 ? CMD_NO : CMD_OK;
}

const struct cmd cmd_verify = {
	.name = "verify",
	.group = CMD_CHECK,
	.run = verify,
	.flags = CMD_ARCHIVE | CMD_TABLE,
	.synopsis = "",
	.summary = "is the archive whole, and all that changed explained?",
	.description =
	    "Check the archive from the objects up: every object's hash; every document's\n"
	    "canonical bytes, layout and schema, its own ids against its path; that nothing was\n"
	    "taken away; that captures have their records and never go back in time; and that\n"
	    "no replace refs, grafts, alternates or shallow marks make git show another history.\n"
	    "Then see whether the index of it in your cache folder tells anything else, and throw\n"
	    "it away if so; and compare all versions of each thread that changed: what its source\n"
	    "declares nowhere is silent, and a history that lost entries or gained old ones is a\n"
	    "fault of the history (lapse log shows both, and all that is explained).\n"
	    "What each capture brought is derived again from the evidence that it names (the\n"
	    "server's answers, on the branch evidence), where that is here, and compared.\n"
	    "So is what is said of a mailing list: its posts and threads follow from the messages,\n"
	    "which lie in the archive byte for byte.\n"
	    "Bugs that a sync left to the next one are no fault; it says how many there are.\n"
	    "One line a fault, with its class. It proves that the archive is whole, not that\n"
	    "what its maker recorded was true: evidence that somebody recorded himself says\n"
	    "what he kept, and proves nothing about the server.",
	.exit_no = "there is a fault, or a silent change",
	.examples = (const char *const[]){ "lapse -C incidents.git verify", NULL },
};
