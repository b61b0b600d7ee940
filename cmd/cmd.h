/*
 * The command floor: arguments in, bytes and an exit code out; it decides
 * nothing about the archive.
 *
 * To add a command NAME:
 *   1. write cmd/cmd_NAME.c, which defines `const struct cmd cmd_NAME`
 *      (cmd_canon.c is a small one to start from);
 *   2. add X(NAME) to COMMANDS in main.c;
 *   3. write a script in tests/cli that runs it.
 * `make check` tells when one of the three is missing. Only main.c prints
 * errors: a command records a sentence (lapse_fail) and returns the code.
 */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "lapse/emit.h"
#include "lapse/error.h"
#include "lapse/time.h"

/* What a command returns, unless it is a negative enum lapse_code. */
enum cmd_exit {
	CMD_OK = 0,	/* done, and nothing to say against it */
	CMD_NO = 1,	/* answered, and the answer is no */
	CMD_MISUSE = 2,	/* these three: main.c makes them of failures */
	CMD_FAILED = 3,
	CMD_LATER = 75
};

/* What a command takes and needs. A global option that it does not take is refused. */
enum cmd_flags {
	CMD_ARCHIVE = 1 << 0,	/* -C */
	CMD_AT = 1 << 1,	/* --at, --known */
	CMD_RULES = 1 << 2,	/* --policy, --parties */
	CMD_TABLE = 1 << 3,	/* --format, --json: it writes through cmd_emit() */
	CMD_PAGER = 1 << 4,	/* long answers go through a pager on a terminal */
	CMD_NOW = 1 << 5,	/* run->now, without --at */
	CMD_NET = 1 << 6	/* --offline: it may connect, after cmd_need_net() */
};

/* Where the overview lists it. */
enum cmd_group { CMD_SET_UP, CMD_BRING_IN, CMD_LOOK, CMD_JUDGE, CMD_CHECK, CMD_FILES };

enum cmd_kind {
	CMD_FLAG,	/* bool: no argument */
	CMD_TEXT,	/* const char *: not empty; NULL when absent */
	CMD_TEXTS,	/* struct cmd_texts: may be given more than once */
	CMD_INT,	/* int64_t from lo to hi; 0 when absent */
	CMD_CHOICE,	/* int: the place in `choices`; 0 when absent, so let that be the default */
	CMD_WHEN_START,	/* struct lapse_instant: a bare date is its first second; "-7d" counts from --at; LAPSE_NEVER when absent */
	CMD_WHEN_END	/* the same, a bare date is its last second */
};

struct cmd_texts {
	const char **items;
	size_t nitems;
	size_t cap;
};

/* Tables end with an option without a name. One name means one kind in every command. */
struct cmd_option {
	const char *name;	/* without "--" */
	char letter;		/* 0: none */
	enum cmd_kind kind;
	size_t offset;		/* of the target in the command's options struct */
	const char *arg;	/* what its argument is called in the help; NULL for flags */
	const char *help;	/* one line, lower case, no full stop */
	int64_t lo, hi;		/* CMD_INT */
	const char *const *choices;	/* CMD_CHOICE: ended by NULL */
	unsigned needs;		/* global options: the flags of which a command has one to take it; 0: every command */
};

/* One call of the program. */
struct cmd_run {
	const struct cmd *cmd;
	const char *archive;	/* -C, else LAPSE_DIR, else "." */
	struct lapse_instant now;	/* set with CMD_AT and CMD_NOW, and when an option is a time */
	struct lapse_instant at;	/* --at, else now */
	bool at_given;
	const char *known;	/* --known WHEN|REV as written; NULL: everything captured */
	const char *policy;	/* --policy ID|FILE; NULL: what the archive says */
	const char *parties;	/* --parties FILE; NULL: the archive's */
	int format;		/* enum lapse_format */
	int color;		/* enum cmd_color */
	bool json;
	bool offline;		/* --offline or LAPSE_OFFLINE: nothing may be opened */
	bool quiet;
	bool no_pager;
	bool help;
	bool version;

	int argc;		/* what is left: the operands, argv[0] is the first */
	char **argv;
	void *options;		/* the command's own struct, zeroed and filled */
	FILE *out;		/* standard output; main.c checks it at the end */
	int signal;		/* set by a command that a signal ended early: main.c lets it end the program; 0: none */

	/* Of main.c and output.c. */
	bool colour;
	struct lapse_emit *emit;
	long pager;
};

enum cmd_color { CMD_COLOR_AUTO, CMD_COLOR_ALWAYS, CMD_COLOR_NEVER };

struct cmd {
	const char *name;
	enum cmd_group group;
	int (*run)(struct cmd_run *run);	/* an enum cmd_exit, or a negative enum lapse_code */
	unsigned flags;
	const char *synopsis;	/* what follows the name; one form a line */
	const char *summary;	/* for the overview: one line, lower case, no full stop */
	const char *description;	/* for -h: sentences, broken into lines of at most 80 by hand */
	const struct cmd_option *options;	/* NULL: none */
	size_t options_size;	/* sizeof the struct that they fill */
	int min_args, max_args;	/* operands; max -1: any number */
	const char *exit_no;	/* when it exits 1: "there is a firm breach"; NULL: never */
	const char *const *examples;	/* commands to copy, ended by NULL */
};

/*
 * The answer's rows, in the format asked for. Borrowed from `run`: main.c
 * finishes and frees it, so a command returns as soon as it has ended its tables.
 */
struct lapse_emit *cmd_emit(struct cmd_run *run);

/* The one line with which a command that changed something says so on standard output; -q drops it. Made safe. */
void cmd_say(struct cmd_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "lapse: COMMAND: …" on standard error for what did not stop the command. Made safe. */
void cmd_note(struct cmd_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A progress meter on standard error: only on a terminal, only after a
 * second, at most ten times a second, erased at the end. cmd_progress_step is what
 * the library calls (payload: the struct).
 */
struct cmd_progress {
	const char *what;	/* "reading"; borrowed */
	bool enabled;
	bool shown;
	struct timespec started;
	struct timespec drawn;
};
void cmd_progress_init(struct cmd_progress *progress, const struct cmd_run *run, const char *what);
void cmd_progress_step(size_t done, size_t total, void *progress);
/* Something else than how far it is; it may be strangers' text. */
void cmd_progress_tell(struct cmd_progress *progress, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cmd_progress_release(struct cmd_progress *progress);

#endif
