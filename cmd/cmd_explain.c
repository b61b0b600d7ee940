#include <string.h>

#include "session.h"

struct options {
	const char *rule;
};

static const struct cmd_option explain_options[] = {
	{ .name = "rule", .kind = CMD_TEXT, .offset = offsetof(struct options, rule), .arg = "ID",
	    .help = "only what this rule of the policy demands" },
	{ .name = NULL },
};

struct telling {
	struct lapse_emit *emit;
	const struct lapse_about *about;
};

static int
tell(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	struct telling *t = payload;

	lapse_report_head(t->emit, t->about);
	if (nitems == 0)
		lapse_emit_say(t->emit, "%s:%s: nothing to explain: %s", thread->source, thread->id, owner != NULL ?
		    "no obligation of these arose up to that moment" : thread->is_mail ?
		    "no entry of \"threads\" in the parties file names it, so it has no owner, and nothing is owed" :
		    "no prefix of a party begins the summary, so it has no owner, and nothing is owed");
	lapse_report_stories_begin(t->emit);
	for (size_t i = 0; i < nitems; i++)
		lapse_report_story(t->emit, t->about, thread, &items[i]);
	lapse_report_stories_end(t->emit);
	return 0;
}

/* A rule that is asked for is one that can be told of. */
static int
check_rule(const struct lapse_policy *policy, const char *id)
{
	for (size_t i = 0; i < lapse_policy_count(policy); i++) {
		const struct lapse_rule *rule = lapse_policy_at(policy, i);

		if (strcmp(rule->id, id) != 0)
			continue;
		if (rule->unevaluated != NULL)
			return lapse_fail(LAPSE_EUSAGE, "--rule: '%s' is not evaluated: %s", id, rule->unevaluated);
		return 0;
	}
	return lapse_fail(LAPSE_EUSAGE, "--rule: no rule '%s' in policy %s (lapse policy show lists them)", id,
	    lapse_policy_id(policy));
}

static int
explain_thread(struct cmd_run *run, struct cmd_session *session)
{
	const struct options *opt = run->options;
	struct lapse_filter filter = LAPSE_FILTER_ALL;
	struct telling t = { .about = &session->about };
	struct lapse_tally tally;
	size_t i;
	int rc = lapse_view_find(&i, &filter.post, session->view, run->argv[0]);

	if (rc == 0 && opt->rule != NULL)
		rc = check_rule(session->policy, opt->rule);
	if (rc < 0)
		return rc;
	filter.threads = &i;
	filter.nthreads = 1;
	filter.rule = opt->rule;
	filter.stories = true;
	t.emit = cmd_emit(run);
	rc = lapse_gaps_each(&session->question, &filter, tell, &t, &tally);
	if (rc == 0 && tally.threads == 0)
		return cmd_fail_absent(session->view, i, run->argv[0]);
	if (rc == 0)
		cmd_note_bounded(run, session, &tally);
	return rc;
}

static int
explain(struct cmd_run *run)
{
	struct cmd_session session;
	int rc = cmd_session_open(&session, run);

	if (rc == 0)
		rc = explain_thread(run, &session);
	cmd_session_release(&session);
	return rc;
}

const struct cmd cmd_explain = {
	.name = "explain",
	.group = CMD_JUDGE,
	.run = explain,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "[--rule ID] THREAD[#POST]",
	.summary = "how an obligation came about, step by step",
	.description =
	    "Tell the story of each obligation of a thread in plain sentences: what raised the\n"
	    "duty, the rule and why it was in force, when the obligation opened, every change of\n"
	    "the Next update date and what it did to the due time, what stopped it, the verdict,\n"
	    "each doubt, and how far the archive's knowledge goes. Every step names what it\n"
	    "rests on. With #POST only the duties of that post; with --rule only one rule.",
	.options = explain_options,
	.options_size = sizeof(struct options),
	.min_args = 1,
	.max_args = 1,
	.examples = (const char *const[]){
	    "lapse -C incidents.git explain bmo:1888882#12",
	    "lapse -C incidents.git --at 2024-05-08 explain --rule irg-2.0-update 1888882", NULL },
};
