/* What the files of the command floor share, and commands need not know. */
#ifndef CMD_INTERNAL_H
#define CMD_INTERNAL_H

#include "cmd.h"

/* ---- main.c ---- */

/* The table of commands, ended by NULL. */
extern const struct cmd *const cmd_table[];

/* A command by its name. LAPSE_EUSAGE with the nearest name when there is none. */
int cmd_find(const struct cmd **out, const char *name);

/* ---- args.c ---- */

/* An option as it was given, or a word. */
struct cmd_given {
	const struct cmd_option *option;	/* NULL: a word */
	const char *value;	/* the word, or the option's argument; NULL for flags */
};

/* What is left to read. Borrows argv. */
struct cmd_args {
	const struct cmd *cmd;	/* NULL: not known yet, any command's options will do */
	int argc;
	char **argv;
	int next;
	const char *letters;	/* what is left of "-abc" */
	bool only_words;	/* after "--" */
};

/* The next option or word: 1, 0 at the end, or LAPSE_EUSAGE. "-" is a word, and so is "-7d": no option is a digit. */
int cmd_args_next(struct cmd_given *out, struct cmd_args *in);

/* The nearest of some words, within a distance that a slip of the fingers explains; begin with a zeroed one. */
struct cmd_nearest {
	const char *word;	/* NULL: none so far */
	size_t distance;
};
void cmd_nearest_try(struct cmd_nearest *best, const char *wanted, const char *word);

/* ---- opt.c ---- */

extern const struct cmd_option cmd_globals[];

/* Does a command (NULL: no command) take a global option? */
bool cmd_takes(const struct cmd *cmd, const struct cmd_option *global);

/*
 * Fill `run` from the program's arguments: the command and its options struct,
 * the global options, the operands. run->cmd stays NULL when none is named. With -h or
 * --version nothing else is checked. The caller ends it with cmd_opt_release().
 */
int cmd_opt_parse(struct cmd_run *run, int argc, char **argv);
void cmd_opt_release(struct cmd_run *run);

/* ---- help.c ---- */

void cmd_help_overview(FILE *out);
void cmd_help_command(FILE *out, const struct cmd *cmd);

/* ---- output.c ---- */

/* Decide on colour, start the pager. */
void cmd_output_open(struct cmd_run *run);

/*
 * Finish the answer, end the pager. `rc` is what the command returned; a failure to write replaces a
 * success. When the reader of a pipe left early that is no failure.
 */
int cmd_output_close(struct cmd_run *run, int rc);

/* "lapse: NAME: TEXT", made safe, on standard error; `name` may be NULL, `hint` is put after it as it is. */
void cmd_complain(const char *name, const char *text, const char *hint);

/* ---- pager.c ---- */

/* Put a pager behind standard output: its process, or 0 for none. */
long cmd_pager_start(void);

/* Wait until its user is done; standard output has been closed. LAPSE_EFAIL for one that cannot be run. */
int cmd_pager_wait(long pager);

#endif
