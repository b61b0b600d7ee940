/*
 * Options, from tables. Reading goes in three steps: find the command (its
 * options may stand before it), collect what is given, then set the targets,
 * --at first because other times may count from it.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "lapse/alloc.h"
#include "lapse/http.h"
#include "lapse/text.h"

static const char *const format_names[] = { "table", "ndjson", "csv", "markdown", NULL };
static const char *const color_names[] = { "auto", "always", "never", NULL };

#define TARGET(member) .offset = offsetof(struct cmd_run, member)
const struct cmd_option cmd_globals[] = {
	{ "archive", 'C', CMD_TEXT, TARGET(archive), .arg = "ARCHIVE", .needs = CMD_ARCHIVE,
	    .help = "the archive's folder (default: $LAPSE_DIR, else this one)" },
	{ "at", 0, CMD_WHEN_END, TARGET(at), .arg = "WHEN", .needs = CMD_AT,
	    .help = "evaluate as the world stood then (default: now)" },
	{ "known", 0, CMD_TEXT, TARGET(known), .arg = "WHEN|REV", .needs = CMD_AT,
	    .help = "use only what was captured by then (default: everything)" },
	{ "policy", 0, CMD_TEXT, TARGET(policy), .arg = "ID|FILE", .needs = CMD_RULES,
	    .help = "the rules to judge by" },
	{ "parties", 0, CMD_TEXT, TARGET(parties), .arg = "FILE", .needs = CMD_RULES,
	    .help = "who is who (default: the archive's parties)" },
	{ "format", 0, CMD_CHOICE, TARGET(format), .arg = "table|ndjson|csv|markdown", .needs = CMD_TABLE,
	    .help = "how to write the answer (default: table)", .choices = format_names },
	{ "json", 0, CMD_FLAG, TARGET(json), .needs = CMD_TABLE, .help = "short for --format ndjson" },
	{ "offline", 0, CMD_FLAG, TARGET(offline), .needs = CMD_NET,
	    .help = "refuse to connect anywhere (default: if $LAPSE_OFFLINE is 1)" },
	{ "color", 0, CMD_CHOICE, TARGET(color), .arg = "auto|always|never",
	    .help = "colour (default: on a terminal)", .choices = color_names },
	{ "no-pager", 0, CMD_FLAG, TARGET(no_pager), .help = "never start a pager" },
	{ "quiet", 'q', CMD_FLAG, TARGET(quiet), .help = "no line about what was done" },
	{ "help", 'h', CMD_FLAG, TARGET(help), .help = "this help" },
	{ "version", 0, CMD_FLAG, TARGET(version), .help = "the program's version" },
	{ 0 }
};
#undef TARGET

bool
cmd_takes(const struct cmd *cmd, const struct cmd_option *global)
{
	return global->needs == 0 || (cmd != NULL && (cmd->flags & global->needs) != 0);
}

static bool
is_global(const struct cmd_option *option)
{
	return option >= cmd_globals
	    && option < cmd_globals + sizeof(cmd_globals) / sizeof(cmd_globals[0]);
}

/* Is it the global option that fills this member of struct cmd_run? */
#define FILLS(option, member) (is_global(option) && (option)->offset == offsetof(struct cmd_run, member))

static void *
target(struct cmd_run *run, const struct cmd_option *option)
{
	return (char *)(is_global(option) ? (void *)run : run->options) + option->offset;
}

static int
set_choice(int *out, const struct cmd_option *option, const char *value)
{
	for (int i = 0; option->choices[i] != NULL; i++) {
		if (strcmp(option->choices[i], value) == 0) {
			*out = i;
			return 0;
		}
	}
	return lapse_fail(LAPSE_EUSAGE, "--%s: '%s' is not one of %s", option->name, value, option->arg);
}

static int
set_when(struct lapse_instant *out, struct cmd_run *run, const struct cmd_option *option, const char *value)
{
	/* Until --at itself is set, run->at is now. */
	enum lapse_edge edge = option->kind == CMD_WHEN_START ? LAPSE_EDGE_START : LAPSE_EDGE_END;
	int rc = lapse_when_parse(out, value, edge, run->at, run->now);

	return lapse_context(rc, "--%s", option->name);
}

static int
set_target(struct cmd_run *run, const struct cmd_given *given)
{
	const struct cmd_option *option = given->option;
	void *out = target(run, option);
	struct cmd_texts *texts;

	switch (option->kind) {
	case CMD_FLAG:
		*(bool *)out = true;
		return 0;
	case CMD_TEXT:
	case CMD_TEXTS:
		if (given->value[0] == '\0')
			return lapse_fail(LAPSE_EUSAGE, "--%s: the argument is empty", option->name);
		if (option->kind == CMD_TEXT) {
			*(const char **)out = given->value;
			return 0;
		}
		texts = out;
		texts->items = lapse_grow(texts->items, texts->nitems, &texts->cap, sizeof(*texts->items));
		texts->items[texts->nitems++] = given->value;
		return 0;
	case CMD_INT:
		return lapse_context(lapse_int_parse(out, given->value, option->lo, option->hi), "--%s", option->name);
	case CMD_CHOICE:
		return set_choice(out, option, given->value);
	case CMD_WHEN_START:
	case CMD_WHEN_END:
		return set_when(out, run, option, given->value);
	}
	return 0;
}

static bool
is_when(const struct cmd_option *option)
{
	return option->kind == CMD_WHEN_START || option->kind == CMD_WHEN_END;
}

/* Times that are not given are LAPSE_NEVER, and `now` is needed when one may be. */
static int
prepare_times(struct cmd_run *run)
{
	bool wants_now = (run->cmd->flags & (CMD_AT | CMD_NOW)) != 0;
	int rc;

	for (const struct cmd_option *o = run->cmd->options; o != NULL && o->name != NULL; o++) {
		if (!is_when(o))
			continue;
		*(struct lapse_instant *)target(run, o) = LAPSE_NEVER;
		wants_now = true;
	}
	if (!wants_now)
		return 0;
	rc = lapse_time_now(&run->now);
	run->at = run->now;
	return lapse_context(rc, "LAPSE_NOW");
}

/* May the last of these options be given, to this command and after the others? */
static int
check_given(const struct cmd *cmd, const struct cmd_given *given, size_t ngiven)
{
	const struct cmd_option *option = given[ngiven - 1].option;

	if (is_global(option) && !cmd_takes(cmd, option))
		return lapse_fail(LAPSE_EUSAGE, "--%s means nothing to this command", option->name);
	if (option->kind == CMD_FLAG || option->kind == CMD_TEXTS)
		return 0;
	for (size_t i = 0; i < ngiven - 1; i++) {
		if (given[i].option == option)
			return lapse_fail(LAPSE_EUSAGE, "--%s is given twice", option->name);
	}
	return 0;
}

/* Step three. */
static int
set_targets(struct cmd_run *run, const struct cmd_given *given, size_t ngiven)
{
	int rc = prepare_times(run);

	for (size_t i = 0; i < ngiven && rc == 0; i++) {
		if (FILLS(given[i].option, at)) {
			rc = set_target(run, &given[i]);
			run->at_given = true;
		}
	}
	for (size_t i = 0; i < ngiven && rc == 0; i++) {
		if (!FILLS(given[i].option, at))
			rc = set_target(run, &given[i]);
		if (rc == 0 && run->json && FILLS(given[i].option, format) && run->format != LAPSE_FORMAT_NDJSON)
			rc = lapse_fail(LAPSE_EUSAGE, "--json and --format %s exclude each other", given[i].value);
	}
	if (run->json)
		run->format = LAPSE_FORMAT_NDJSON;
	run->offline = run->offline || lapse_http_is_offline();
	if (run->archive == NULL)
		run->archive = getenv("LAPSE_DIR");
	if (run->archive == NULL || run->archive[0] == '\0')
		run->archive = ".";
	return rc;
}

static int
count_operands(const struct cmd_run *run)
{
	const struct cmd *cmd = run->cmd;

	if (run->argc >= cmd->min_args && (cmd->max_args < 0 || run->argc <= cmd->max_args))
		return 0;
	return lapse_fail(LAPSE_EUSAGE, "%s operands: lapse %s%s%.*s",
	    run->argc < cmd->min_args ? "too few" : "too many", cmd->name, cmd->synopsis[0] != '\0' ? " " : "",
	    (int)strcspn(cmd->synopsis, "\n"), cmd->synopsis);
}

/* Step one: the first word names the command; there may be none. */
static int
find_command(struct cmd_run *run, int argc, char **argv)
{
	struct cmd_args in = { .argc = argc, .argv = argv, .next = 1 };
	struct cmd_given arg;
	int rc;

	while ((rc = cmd_args_next(&arg, &in)) > 0) {
		if (arg.option == NULL)
			return cmd_find(&run->cmd, arg.value);
		run->help = run->help || FILLS(arg.option, help);
		run->version = run->version || FILLS(arg.option, version);
	}
	if (rc == 0 && argc > 1 && !run->help && !run->version)
		return lapse_fail(LAPSE_EUSAGE, "no command is named");
	return rc;
}

/* Step two: options into `given` (room for all), words into run->argv. */
static int
collect(size_t *ngiven, struct cmd_given *given, struct cmd_run *run, struct cmd_args *in)
{
	struct cmd_given arg;
	bool named = false;
	int rc;

	while ((rc = cmd_args_next(&arg, in)) > 0) {
		if (arg.option == NULL) {
			if (named)
				run->argv[run->argc++] = (char *)arg.value;
			named = true;
			continue;
		}
		given[(*ngiven)++] = arg;
		rc = check_given(run->cmd, given, *ngiven);
		if (rc < 0)
			return rc;
		run->help = run->help || FILLS(arg.option, help);
		run->version = run->version || FILLS(arg.option, version);
	}
	return rc;
}

/* No more options than characters: "-qqq" holds three. */
static size_t
count_chars(int argc, char **argv)
{
	size_t n = 1;

	for (int i = 1; i < argc; i++)
		n += strlen(argv[i]);
	return n;
}

int
cmd_opt_parse(struct cmd_run *run, int argc, char **argv)
{
	struct cmd_args in = { .argc = argc, .argv = argv, .next = 1 };
	struct cmd_given *given = NULL;
	size_t ngiven = 0;
	int rc = find_command(run, argc, argv);

	if (rc < 0 || run->cmd == NULL)
		return rc;
	in.cmd = run->cmd;
	given = lapse_alloc(count_chars(argc, argv), sizeof(*given));
	run->argv = lapse_alloc((size_t)argc, sizeof(*run->argv));
	run->options = lapse_alloc(1, run->cmd->options_size);
	rc = collect(&ngiven, given, run, &in);
	if (rc == 0 && !run->help && !run->version)
		rc = set_targets(run, given, ngiven);
	if (rc == 0 && !run->help && !run->version)
		rc = count_operands(run);
	free(given);
	return rc;
}

void
cmd_opt_release(struct cmd_run *run)
{
	const struct cmd_option *option = run->cmd != NULL ? run->cmd->options : NULL;

	for (; run->options != NULL && option != NULL && option->name != NULL; option++) {
		if (option->kind == CMD_TEXTS)
			free(((struct cmd_texts *)target(run, option))->items);
	}
	free(run->options);
	free(run->argv);
}
