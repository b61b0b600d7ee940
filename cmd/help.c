/* The overview, and the help of one command, from the tables. */
#include <string.h>

#include "internal.h"

static const char *const group_titles[] = {
	[CMD_SET_UP] = "set up",
	[CMD_BRING_IN] = "bring in",
	[CMD_LOOK] = "look",
	[CMD_JUDGE] = "judge",
	[CMD_CHECK] = "check",
	[CMD_FILES] = "files",
};

static const char first_steps[] =
"first steps\n"
"  lapse init incidents                              make an archive\n"
"  lapse -C incidents import bugzilla saved-answers  bring in saved answers, offline\n"
"  lapse -C incidents status                         what is owed now, soonest first\n"
"  lapse -C incidents gaps --late                    every answer that came too late\n"
"  lapse -C incidents audit --at 2024-05-08          who was in breach that day\n";

void
cmd_help_overview(FILE *out)
{
	size_t ngroups = sizeof(group_titles) / sizeof(group_titles[0]);

	fputs("lapse: who owed whom an answer, under which rule, by when, and how late was it?\n\n"
	    "usage: lapse [-C ARCHIVE] COMMAND [OPTION...] [OPERAND...]\n\n", out);
	fputs(first_steps, out);
	for (size_t group = 0; group < ngroups; group++) {
		bool titled = false;

		for (size_t i = 0; cmd_table[i] != NULL; i++) {
			if (cmd_table[i]->group != (enum cmd_group)group)
				continue;
			if (!titled)
				fprintf(out, "\n%s\n", group_titles[group]);
			titled = true;
			fprintf(out, "  %-10s %s\n", cmd_table[i]->name, cmd_table[i]->summary);
		}
	}
	fputs("\n'lapse COMMAND -h' explains a command; options stand before or after it.\n"
	    "WHEN is 2024-05-08, 2024-05-08T09:30:00Z, now, or -7d. Times are UTC.\n", out);
}

/* "-C, --archive ARCHIVE" into `text`. */
static void
format_option(char *text, size_t size, const struct cmd_option *option)
{
	char letter[8] = "    ";

	if (option->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(text, size, "%s--%s%s%s", letter, option->name,
	    option->arg != NULL ? " " : "", option->arg != NULL ? option->arg : "");
}

static void
print_options(FILE *out, const struct cmd_option *options, const struct cmd *cmd)
{
	const size_t column = 26;
	char text[120];

	for (const struct cmd_option *o = options; o != NULL && o->name != NULL; o++) {
		/* What is never of use to the command, and what goes without saying. */
		if (!cmd_takes(cmd, o) || strcmp(o->name, "version") == 0)
			continue;
		if (strcmp(o->name, "no-pager") == 0 && (cmd->flags & CMD_PAGER) == 0)
			continue;
		if (strcmp(o->name, "color") == 0 && (cmd->flags & CMD_TABLE) == 0)
			continue;
		format_option(text, sizeof(text), o);
		if (strlen(text) > column)
			fprintf(out, "  %s\n  %-*s  %s\n", text, (int)column, "", o->help);
		else
			fprintf(out, "  %-*s  %s\n", (int)column, text, o->help);
	}
}

static void
print_synopsis(FILE *out, const struct cmd *cmd)
{
	const char *form = cmd->synopsis, *lead = "usage:";

	do {
		size_t len = strcspn(form, "\n");

		fprintf(out, "%s lapse %s%s%.*s\n", lead, cmd->name, len > 0 ? " " : "", (int)len, form);
		form += len + (form[len] == '\n');
		lead = "      ";
	} while (*form != '\0');
}

void
cmd_help_command(FILE *out, const struct cmd *cmd)
{
	print_synopsis(out, cmd);
	fprintf(out, "\n%s\n\noptions\n", cmd->description);
	print_options(out, cmd->options, cmd);
	print_options(out, cmd_globals, cmd);
	fputs("\nexit status\n  0   done\n", out);
	if (cmd->exit_no != NULL)
		fprintf(out, "  1   %s\n", cmd->exit_no);
	fputs("  2   not called as it must be; nothing was done\n"
	    "  3   bad input, a bad archive, or another failure\n", out);
	if ((cmd->flags & CMD_ARCHIVE) != 0)
		fputs((cmd->flags & CMD_NET) != 0 ?
		    "  75  try again later (another run holds the archive; offline; no answer; too early)\n" :
		    "  75  try again later (another run holds the archive)\n", out);
	fputs("\nexamples\n", out);
	for (size_t i = 0; cmd->examples != NULL && cmd->examples[i] != NULL; i++)
		fprintf(out, "  %s\n", cmd->examples[i]);
}
