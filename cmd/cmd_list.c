#include "session.h"

struct options {
	const char *owner;
};

static const struct cmd_option list_options[] = {
	{ .name = "owner", .kind = CMD_TEXT, .offset = offsetof(struct options, owner), .arg = "ID",
	    .help = "only threads of this party" },
	{ .name = NULL },
};

static int
report_thread(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	lapse_report_thread_row(payload, thread, owner, items, nitems);
	return 0;
}

static int
list(struct cmd_run *run)
{
	struct options *opt = run->options;
	struct cmd_select select = { .owner = opt->owner, .since = LAPSE_NEVER, .until = LAPSE_NEVER };
	struct cmd_session session;
	struct lapse_filter filter;
	int rc = cmd_session_open(&session, run);

	if (rc == 0)
		rc = cmd_filter(&filter, &session, &select);
	if (rc == 0)
		rc = cmd_answer(run, &session, &filter, lapse_report_threads_begin, report_thread, cmd_emit(run));
	cmd_session_release(&session);
	return rc;
}

const struct cmd cmd_list = {
	.name = "list",
	.group = CMD_LOOK,
	.run = list,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "[--owner ID]",
	.summary = "the threads, their owners, and what is owed in them",
	.description =
	    "List the threads that existed: owner, status, posts, the last post, and how many\n"
	    "obligations are overdue or running, with the next due time.",
	.options = list_options,
	.options_size = sizeof(struct options),
	.examples = (const char *const[]){ "lapse -C incidents.git list --owner cfca", NULL },
};
