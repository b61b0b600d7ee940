#include <stdlib.h>
#include <string.h>

#include "session.h"

#include "lapse/alloc.h"

struct options {
	struct cmd_select select;
	bool late;
};

static const struct cmd_option gaps_options[] = {
	{ .name = "late", .kind = CMD_FLAG, .offset = offsetof(struct options, late),
	    .help = "only what is late or overdue" },
	CMD_SELECT_OPTIONS(struct options, select),
	{ .name = NULL },
};

/* What a thread is reported with; thread and owner are those at hand. */
struct reporting {
	struct lapse_emit *emit;
	const struct cmd_session *session;
	const struct lapse_filter *filter;
	const struct lapse_thread *thread;
	const struct lapse_party *owner;
};

static int
report_answer(const struct lapse_answer_gap *gap, void *payload)
{
	const struct reporting *r = payload;

	if (r->filter->post < 0 || r->filter->post == gap->post->number)
		lapse_report_answer(r->emit, r->thread, r->owner, gap);
	return 0;
}

/* Who was answered where no rule wants it: that is told unless something is asked for that only a duty has. */
static bool
tells_answers(const struct lapse_filter *filter)
{
	return !filter->late && filter->level == NULL && !lapse_time_is_set(filter->since) && !lapse_time_is_set(filter->until) &&
	    (filter->clock == NULL || strcmp(filter->clock, lapse_clock_name(LAPSE_CLOCK_RESPONSE)) == 0);
}

static int
report_thread(const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems, void *payload)
{
	struct reporting *r = payload;

	for (size_t i = 0; i < nitems; i++)
		lapse_report_obligation(r->emit, thread, &items[i]);
	if (owner == NULL || !thread->is_mail || !tells_answers(r->filter) ||
	    lapse_policy_is_about(r->session->policy, thread))
		return 0;
	r->thread = thread;
	r->owner = owner;
	return lapse_answers_each(thread, owner, r->session->parties, report_answer, r);
}

static int
by_number(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* The threads named on the command line, each once, in the view's order. A post may be named with a single thread. */
static int
find_threads(struct lapse_filter *filter, size_t *threads, const struct cmd_session *session, struct cmd_run *run)
{
	size_t kept = 0;
	int64_t post;
	int rc = 0;

	for (int i = 0; rc == 0 && i < run->argc; i++) {
		rc = lapse_view_find(&threads[i], &post, session->view, run->argv[i]);
		if (rc == 0 && post >= 0 && run->argc > 1)
			return lapse_fail(LAPSE_EUSAGE, "a post can be asked for with one thread only: '%s'", run->argv[i]);
		if (rc == 0)
			filter->post = post;
	}
	if (rc < 0)
		return rc;
	qsort(threads, (size_t)run->argc, sizeof(*threads), by_number);
	for (size_t i = 0; i < (size_t)run->argc; i++)
		if (i == 0 || threads[i] != threads[kept - 1])
			threads[kept++] = threads[i];
	filter->threads = run->argc > 0 ? threads : NULL;
	filter->nthreads = kept;
	return 0;
}

static int
gaps(struct cmd_run *run)
{
	struct options *opt = run->options;
	size_t *threads = lapse_alloc((size_t)run->argc, sizeof(*threads));
	struct cmd_session session;
	struct lapse_filter filter;
	int rc = cmd_session_open(&session, run);

	if (rc == 0)
		rc = cmd_filter(&filter, &session, &opt->select);
	if (rc == 0)
		rc = find_threads(&filter, threads, &session, run);
	if (rc == 0) {
		struct reporting reporting = { .emit = cmd_emit(run), .session = &session, .filter = &filter };

		filter.late = opt->late;
		rc = cmd_answer(run, &session, &filter, lapse_report_obligations_begin, report_thread, &reporting);
	}
	cmd_session_release(&session);
	free(threads);
	return rc;
}

const struct cmd cmd_gaps = {
	.name = "gaps",
	.group = CMD_JUDGE,
	.run = gaps,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "[--late] [SELECTION...] [THREAD[#POST]...]",
	.summary = "every obligation with its exact gap",
	.description =
	    "List every obligation of the threads (all of them without THREAD): one duty under\n"
	    "one rule, when it opened, when it was due, what stopped it and how late that was.\n"
	    "States: met, late (stopped after it was due), running, overdue (not stopped, past\n"
	    "due), moot (the thread closed first), unproven (the data cannot tell). A breach\n"
	    "names its doubts: what it rests on that the archive does not establish; without\n"
	    "any it is firm. --since and --until select by due time.\n"
	    "On mailing lists only rules that name the list (\"sources\") put duties; without one\n"
	    "each post that is not the owner's is answered, or unanswered (no rule): no breach.",
	.options = gaps_options,
	.options_size = sizeof(struct options),
	.max_args = -1,
	.examples = (const char *const[]){
	    "lapse -C incidents.git gaps --late bmo:1888882",
	    "lapse -C incidents.git --at 2024-05-08 gaps --owner cfca --format csv", NULL },
};
