/*
 * The program's arguments, read one option or word at a time: "-q", "-Cdir",
 * "-C dir", "--at WHEN", "--at=WHEN", and "--" before words only.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static bool
is_named(const struct cmd_option *option, const char *name, size_t len, char letter)
{
	if (letter != 0)
		return option->letter == letter;
	return strncmp(option->name, name, len) == 0 && option->name[len] == '\0';
}

static const struct cmd_option *
find_in(const struct cmd_option *table, const char *name, size_t len, char letter)
{
	for (; table != NULL && table->name != NULL; table++) {
		if (is_named(table, name, len, letter))
			return table;
	}
	return NULL;
}

/* By its letter, or if that is 0 by its name. */
static const struct cmd_option *
find_option(const struct cmd *cmd, const char *name, size_t len, char letter)
{
	const struct cmd_option *option = find_in(cmd_globals, name, len, letter);

	if (option == NULL && cmd != NULL)
		return find_in(cmd->options, name, len, letter);
	for (size_t i = 0; option == NULL && cmd_table[i] != NULL; i++)
		option = find_in(cmd_table[i]->options, name, len, letter);
	return option;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

void
cmd_nearest_try(struct cmd_nearest *best, const char *wanted, const char *word)
{
	size_t rows[3][34], n = strlen(wanted), m = strlen(word), limit = m < 5 ? 1 : 2, distance;

	if (n > 32 || m > 32)
		return;
	/* Levenshtein's distance, with two letters changed about as one slip: three rows of its table are kept. */
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = least(above[j - 1] + (wanted[i - 1] != word[j - 1]), above[j] + 1, row[j - 1] + 1);
			if (i > 1 && j > 1 && wanted[i - 1] == word[j - 2] && wanted[i - 2] == word[j - 1])
				row[j] = least(row[j], rows[(i + 1) % 3][j - 2] + 1, row[j]);
		}
	}
	distance = rows[n % 3][m];
	if (distance <= limit && (best->word == NULL || distance < best->distance))
		*best = (struct cmd_nearest){ word, distance };
}

static int
fail_unknown(const struct cmd *cmd, const char *arg)
{
	struct cmd_nearest best = { 0 };
	size_t len = strcspn(arg, "=");
	char name[40];

	if (len < sizeof(name)) {
		snprintf(name, sizeof(name), "%.*s", (int)len, arg);
		for (const struct cmd_option *o = cmd != NULL ? cmd->options : NULL; o != NULL && o->name != NULL; o++)
			cmd_nearest_try(&best, name, o->name);
		for (const struct cmd_option *o = cmd_globals; o->name != NULL; o++) {
			if (cmd_takes(cmd, o))
				cmd_nearest_try(&best, name, o->name);
		}
	}
	if (best.word != NULL)
		return lapse_fail(LAPSE_EUSAGE, "unknown option '--%.*s'; did you mean '--%s'?", (int)len, arg, best.word);
	return lapse_fail(LAPSE_EUSAGE, "unknown option '--%.*s'", (int)len, arg);
}

/* The argument of an option that needs one: what is attached to it, or the next word. */
static int
take_value(struct cmd_given *out, struct cmd_args *in, const char *attached)
{
	if (attached == NULL && in->next < in->argc)
		attached = in->argv[in->next++];
	if (attached == NULL)
		return lapse_fail(LAPSE_EUSAGE, "--%s needs an argument: %s", out->option->name, out->option->arg);
	out->value = attached;
	return 1;
}

static int
read_letter(struct cmd_given *out, struct cmd_args *in)
{
	char letter = *in->letters++;
	const char *rest = in->letters;

	if (*rest == '\0')
		in->letters = NULL;
	out->option = find_option(in->cmd, "", 0, letter);
	if (out->option == NULL)
		return lapse_fail(LAPSE_EUSAGE, "unknown option '-%c'", letter);
	if (out->option->kind == CMD_FLAG)
		return 1;
	in->letters = NULL;
	return take_value(out, in, *rest != '\0' ? rest : NULL);
}

static int
read_long(struct cmd_given *out, struct cmd_args *in, const char *arg)
{
	size_t len = strcspn(arg, "=");

	out->option = find_option(in->cmd, arg, len, 0);
	if (out->option == NULL)
		return fail_unknown(in->cmd, arg);
	if (out->option->kind != CMD_FLAG)
		return take_value(out, in, arg[len] == '=' ? arg + len + 1 : NULL);
	if (arg[len] == '=')
		return lapse_fail(LAPSE_EUSAGE, "--%s takes no argument", out->option->name);
	return 1;
}

int
cmd_args_next(struct cmd_given *out, struct cmd_args *in)
{
	const char *arg;

	*out = (struct cmd_given){ 0 };
	if (in->letters != NULL)
		return read_letter(out, in);
	if (in->next >= in->argc)
		return 0;
	arg = in->argv[in->next++];
	if (!in->only_words && strcmp(arg, "--") == 0) {
		in->only_words = true;
		return cmd_args_next(out, in);
	}
	if (in->only_words || arg[0] != '-' || arg[1] == '\0' || (arg[1] >= '0' && arg[1] <= '9')) {
		out->value = arg;
		return 1;
	}
	if (arg[1] == '-')
		return read_long(out, in, arg + 2);
	in->letters = arg + 1;
	return read_letter(out, in);
}
