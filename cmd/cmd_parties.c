#include <string.h>

#include "session.h"

#include "lapse/fs.h"
#include "lapse/json.h"
#include "lapse/unclaimed.h"

struct options {
	bool unclaimed;
};

static const struct cmd_option parties_options[] = {
	{ .name = "unclaimed", .kind = CMD_FLAG, .offset = offsetof(struct options, unclaimed),
	    .help = "list who posts most without any party claiming them" },
	{ .name = NULL },
};

static int
add(struct cmd_run *run, const char *file)
{
	struct lapse_parties *parties = NULL;
	struct lapse_store *store = NULL;
	int rc = cmd_open_store(&store, run);

	if (rc == 0)
		rc = lapse_settings_add_parties(&parties, store, file);
	if (rc >= 0)
		cmd_say(run, rc > 0 ? "the archive's parties are now the %zu of %s" :
		    "nothing new: the archive's parties are the %zu of %s already",
		    lapse_parties_count(parties), file);
	lapse_parties_free(parties);
	lapse_store_free(store);
	return rc < 0 ? rc : 0;
}

static int
check(struct cmd_run *run, const char *file)
{
	struct lapse_parties *parties = NULL;
	const char *from;
	int rc = lapse_settings_parties(&parties, &from, NULL, file);

	if (rc == 0)
		cmd_say(run, "%s: parties: %zu", file, lapse_parties_count(parties));
	lapse_parties_free(parties);
	return rc;
}

static int
list(struct cmd_run *run)
{
	struct lapse_parties *parties = NULL;
	struct lapse_store *store = NULL;
	const char *from;
	int rc = cmd_open_store(&store, run);

	if (rc == 0)
		rc = lapse_settings_parties(&parties, &from, store, run->parties);
	if (rc == 0)
		lapse_report_parties(cmd_emit(run), parties);
	lapse_parties_free(parties);
	lapse_store_free(store);
	return rc;
}

/* The document itself, to be edited and added again. */
static int
show(struct cmd_run *run)
{
	struct lapse_store *store = NULL;
	struct lapse_buf bytes;
	int rc = cmd_open_store(&store, run);

	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	if (rc == 0)
		rc = lapse_settings_read(&bytes, store, "parties.json");
	if (rc == 0)
		rc = lapse_buf_puts(&bytes, lapse_builtin_parties);
	if (rc >= 0)
		rc = cmd_write_json(run, &bytes, "parties.json");
	lapse_buf_release(&bytes);
	lapse_store_free(store);
	return rc;
}

static const struct lapse_column columns[] = {
	{ "address", "address", false },
	{ "posts", "posts", true },
	{ "threads", "threads", true },
	{ "first", "first", false },
	{ "last", "last", false },
};

static int
unclaimed(struct cmd_run *run)
{
	struct lapse_unclaimed answer = { 0 };
	struct cmd_session session;
	struct lapse_emit *emit;
	int rc = cmd_session_open(&session, run);

	session.question.policy = NULL;
	if (rc == 0)
		rc = lapse_unclaimed_run(&answer, &session.question);
	if (rc == 0) {
		emit = cmd_emit(run);
		lapse_emit_begin(emit, "unclaimed", columns, sizeof(columns) / sizeof(columns[0]));
		for (size_t i = 0; i < answer.nitems; i++) {
			lapse_emit_text(emit, answer.items[i].address);
			lapse_emit_int(emit, (int64_t)answer.items[i].posts);
			lapse_emit_int(emit, (int64_t)answer.items[i].threads);
			lapse_emit_time(emit, answer.items[i].first);
			lapse_emit_time(emit, answer.items[i].last);
			lapse_emit_row(emit);
		}
		lapse_emit_end(emit);
	}
	lapse_unclaimed_release(&answer);
	cmd_session_release(&session);
	return rc;
}

static int
parties(struct cmd_run *run)
{
	const struct options *opt = run->options;
	const char *verb = run->argc > 0 ? run->argv[0] : "list";
	bool takes_file = strcmp(verb, "add") == 0 || strcmp(verb, "check") == 0;

	if (opt->unclaimed && run->argc > 0)
		return lapse_fail(LAPSE_EUSAGE, "--unclaimed takes nothing more");
	if (run->argc != (takes_file ? 2 : run->argc > 0))
		return lapse_fail(LAPSE_EUSAGE, takes_file ? "%s takes a FILE" : "%s takes nothing more", verb);
	if (opt->unclaimed)
		return unclaimed(run);
	if (strcmp(verb, "list") == 0)
		return list(run);
	if (strcmp(verb, "show") == 0)
		return show(run);
	if (!takes_file)
		return lapse_fail(LAPSE_EUSAGE, "none of add, check, list, show: '%s'", verb);
	return strcmp(verb, "add") == 0 ? add(run, run->argv[1]) : check(run, run->argv[1]);
}

const struct cmd cmd_parties = {
	.name = "parties",
	.group = CMD_SET_UP,
	.run = parties,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "add FILE\ncheck FILE\nlist\nshow\n--unclaimed",
	.summary = "who is who",
	.description =
	    "add checks a parties file (lapse-parties-1) and commits it into the archive, in\n"
	    "place of the parties that were there. check only checks it. list (the default) is\n"
	    "a table of the parties, show the archive's document itself, to be edited and added\n"
	    "again. --unclaimed lists who posts most without any party claiming them: every one\n"
	    "of them raises doubts.",
	.options = parties_options,
	.options_size = sizeof(struct options),
	.max_args = 2,
	.examples = (const char *const[]){
	    "lapse parties check parties.json",
	    "lapse -C incidents.git parties add parties.json",
	    "lapse -C incidents.git parties --unclaimed", NULL },
};
