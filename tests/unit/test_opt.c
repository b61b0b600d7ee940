#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The command floor is not in the library: the two files under test come as text. */
#include "../../cmd/args.c"
#include "../../cmd/opt.c"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct options {
	bool late;
	const char *owner;
	struct cmd_texts marks;
	int64_t limit;
	int clock;
	struct lapse_instant since;
	struct lapse_instant until;
};

static const struct cmd_option options[] = {
	{ "late", 'l', CMD_FLAG, offsetof(struct options, late), .help = "h" },
	{ "owner", 'o', CMD_TEXT, offsetof(struct options, owner), .arg = "ID", .help = "h" },
	{ "mark", 'm', CMD_TEXTS, offsetof(struct options, marks), .arg = "WORD", .help = "h" },
	{ "limit", 'n', CMD_INT, offsetof(struct options, limit), .arg = "N", .help = "h", .lo = 1, .hi = 100 },
	{ "clock", 0, CMD_CHOICE, offsetof(struct options, clock), .arg = "any|response|update", .help = "h",
	    .choices = (const char *const[]){ "any", "response", "update", NULL } },
	{ "since", 0, CMD_WHEN_START, offsetof(struct options, since), .arg = "WHEN", .help = "h" },
	{ "until", 0, CMD_WHEN_END, offsetof(struct options, until), .arg = "WHEN", .help = "h" },
	{ 0 }
};

static const struct cmd gaps = {
	.name = "gaps",
	.flags = CMD_ARCHIVE | CMD_AT | CMD_TABLE,
	.synopsis = "[THREAD...]",
	.options = options,
	.options_size = sizeof(struct options),
	.max_args = -1,
};
static const struct cmd diff = { .name = "diff", .synopsis = "THREAD A B", .min_args = 3, .max_args = 3 };
static const struct cmd sync = { .name = "sync", .flags = CMD_NET, .synopsis = "" };
const struct cmd *const cmd_table[] = { &gaps, &diff, &sync, NULL };

int
cmd_find(const struct cmd **out, const char *name)
{
	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (strcmp(cmd_table[i]->name, name) == 0) {
			*out = cmd_table[i];
			return 0;
		}
	}
	return lapse_fail(LAPSE_EUSAGE, "unknown command '%s'", name);
}

/* Parse a command line, cut at its blanks. `words` keeps what run->argv points to. */
static int
parse(struct cmd_run *run, char *words, size_t size, const char *line)
{
	char program[] = "lapse", *argv[32] = { program };
	int argc = 1;

	assert_true(strlen(line) < size);
	snprintf(words, size, "%s", line);
	for (char *p = words; *p != '\0' && argc < 31;) {
		argv[argc++] = p;
		p += strcspn(p, " ");
		if (*p == ' ')
			*p++ = '\0';
	}
	*run = (struct cmd_run){ 0 };
	return cmd_opt_parse(run, argc, argv);
}

static void
options_mean_the_same_before_and_after_the_command(void **state)
{
	static const char *const lines[] = {
		"-C dir --at 2024-05-08 --late -o cfca -m a -mb --limit=7 --clock update --since -7d --until 2024-05-01 --json gaps x -7d",
		"gaps -C dir --at 2024-05-08 --late -o cfca -m a -mb --limit=7 --clock update --since -7d --until 2024-05-01 --json x -7d",
		"gaps x --until=2024-05-01 --clock=update -lo cfca --json -7d -Cdir --since=-7d --mark a -n 7 -m b --at=2024-05-08",
		"-lm a gaps x -mb -ocfca -n7 --since -7d --at 2024-05-08T23:59:59Z --until 2024-05-01 --clock update -C dir --format ndjson -- -7d",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct cmd_run run;
		struct options *o;
		char words[256];

		if (parse(&run, words, sizeof(words), lines[i]) < 0)
			fail_msg("%s: %s", lines[i], lapse_error());
		o = run.options;
		assert_ptr_equal(run.cmd, &gaps);
		assert_string_equal(run.archive, "dir");
		assert_true(run.at_given);
		assert_int_equal(run.at.sec, 1715212799);
		assert_true(o->late);
		assert_string_equal(o->owner, "cfca");
		assert_int_equal(o->marks.nitems, 2);
		assert_string_equal(o->marks.items[0], "a");
		assert_string_equal(o->marks.items[1], "b");
		assert_int_equal(o->limit, 7);
		assert_int_equal(o->clock, 2);
		assert_int_equal(o->since.sec, 1715212799 - 7 * 86400);
		assert_int_equal(o->until.sec, 1714607999);
		assert_int_equal(run.format, LAPSE_FORMAT_NDJSON);
		assert_int_equal(run.argc, 2);
		assert_string_equal(run.argv[0], "x");
		assert_string_equal(run.argv[1], "-7d");
		cmd_opt_release(&run);
	}
}

static void
what_is_absent_has_its_default(void **state)
{
	struct cmd_run run;
	struct options *o;
	char words[256];

	(void)state;
	setenv("LAPSE_NOW", "2025-06-01T00:00:00Z", 1);
	assert_int_equal(parse(&run, words, sizeof(words), "gaps"), 0);
	o = run.options;
	assert_string_equal(run.archive, ".");
	assert_false(run.at_given);
	assert_int_equal(run.at.sec, run.now.sec);
	assert_int_equal(run.now.sec, 1748736000);
	assert_false(lapse_time_is_set(o->since));
	assert_false(lapse_time_is_set(o->until));
	assert_int_equal(run.format, LAPSE_FORMAT_TABLE);
	cmd_opt_release(&run);

	setenv("LAPSE_DIR", "there", 1);
	assert_int_equal(parse(&run, words, sizeof(words), "gaps"), 0);
	assert_string_equal(run.archive, "there");
	cmd_opt_release(&run);
	assert_int_equal(parse(&run, words, sizeof(words), "-C here gaps"), 0);
	assert_string_equal(run.archive, "here");
	cmd_opt_release(&run);
	unsetenv("LAPSE_DIR");
	unsetenv("LAPSE_NOW");
}

static void
misuse_is_named(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{ "-C x", "no command is named" },
		{ "frob", "unknown command 'frob'" },
		{ "gaps --lat", "unknown option '--lat'; did you mean '--late'?" },
		{ "gaps --knwon x", "unknown option '--knwon'; did you mean '--known'?" },
		{ "--late diff a b c", "unknown option '--late'" },
		{ "gaps -x", "unknown option '-x'" },
		{ "gaps -lx", "unknown option '-x'" },
		{ "gaps --owner", "--owner needs an argument: ID" },
		{ "gaps -lo", "--owner needs an argument: ID" },
		{ "gaps --owner=", "--owner: the argument is empty" },
		{ "gaps --late=1", "--late takes no argument" },
		{ "gaps -o a --owner b", "--owner is given twice" },
		{ "gaps --at 2024-05-08 --at 2024-05-08", "--at is given twice" },
		{ "gaps --limit 0", "--limit: not a number from 1 to 100: '0'" },
		{ "gaps --limit 1x", "--limit: not a number from 1 to 100: '1x'" },
		{ "gaps --clock never", "--clock: 'never' is not one of any|response|update" },
		{ "gaps --policy ccadb", "--policy means nothing to this command" },
		{ "gaps --offline", "--offline means nothing to this command" },
		{ "--format csv diff a b c", "--format means nothing to this command" },
		{ "gaps --json --format csv", "--json and --format csv exclude each other" },
		{ "diff a b", "too few operands: lapse diff THREAD A B" },
		{ "diff a b c d", "too many operands: lapse diff THREAD A B" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cmd_run run;
		char words[256];

		assert_int_equal(parse(&run, words, sizeof(words), cases[i].line), LAPSE_EUSAGE);
		assert_string_equal(lapse_error(), cases[i].message);
		cmd_opt_release(&run);
	}
}

static void
a_time_that_is_none_is_refused_by_its_option(void **state)
{
	static const char *const lines[] = { "gaps --at yesterday", "gaps --since 2024-02-30", "gaps --until=-7x" };
	static const char *const names[] = { "--at: ", "--since: ", "--until: " };

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct cmd_run run;
		char words[256];

		assert_int_equal(parse(&run, words, sizeof(words), lines[i]), LAPSE_EUSAGE);
		assert_int_equal(strncmp(lapse_error(), names[i], strlen(names[i])), 0);
		cmd_opt_release(&run);
	}
}

static void
help_asks_for_nothing_else(void **state)
{
	static const char *const lines[] = { "diff -h", "-h diff", "diff a --help", "gaps --limit 0 -h" };

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct cmd_run run;
		char words[256];

		assert_int_equal(parse(&run, words, sizeof(words), lines[i]), 0);
		assert_true(run.help);
		assert_non_null(run.cmd);
		cmd_opt_release(&run);
	}
}

static void
offline_is_an_option_of_what_connects_or_of_the_environment(void **state)
{
	static const struct {
		const char *line, *value;
		bool offline;
	} rows[] = {
		{ "sync", NULL, false }, { "sync", "", false }, { "sync", "0", false }, { "sync", "1", true },
		{ "sync --offline", NULL, true }, { "--offline sync", "0", true }, { "gaps", "yes", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cmd_run run;
		char words[256];

		unsetenv("LAPSE_OFFLINE");
		if (rows[i].value != NULL)
			setenv("LAPSE_OFFLINE", rows[i].value, 1);
		assert_int_equal(parse(&run, words, sizeof(words), rows[i].line), 0);
		assert_int_equal(run.offline, rows[i].offline);
		cmd_opt_release(&run);
	}
	unsetenv("LAPSE_OFFLINE");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_mean_the_same_before_and_after_the_command),
		cmocka_unit_test(what_is_absent_has_its_default),
		cmocka_unit_test(misuse_is_named),
		cmocka_unit_test(a_time_that_is_none_is_refused_by_its_option),
		cmocka_unit_test(help_asks_for_nothing_else),
		cmocka_unit_test(offline_is_an_option_of_what_connects_or_of_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
