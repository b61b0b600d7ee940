/*
 * The reference's own readers: the date that a whiteboard holds, by templates
 * tried one after the other, and the needinfo flags of a change history.
 */
#include "brute.h"

#include <stdlib.h>
#include <string.h>

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* How much of `text` is `word`, whatever its case: all of it (its length) or nothing (0). */
static size_t
starts_with(const char *text, const char *word)
{
	size_t i;

	for (i = 0; word[i] != '\0'; i++)
		if (lower(text[i]) != lower(word[i]))
			return 0;
	return i;
}

/* Is there a 29 February? */
static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* 00:00:00 UTC of a date, or BRUTE_NEVER when there is no such date from 1990 to 2999; counted year by year. */
static int64_t
midnight_of(int year, int month, int mday)
{
	int lengths[] = { 31, is_leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t days = 0;
	int i;

	if (year < 1990 || year > 2999 || month < 1 || month > 12 || mday < 1 || mday > lengths[month - 1])
		return BRUTE_NEVER;
	for (i = 1970; i < year; i++)
		days += is_leap(i) ? 366 : 365;
	for (i = 0; i < month - 1; i++)
		days += lengths[i];
	return (days + mday - 1) * BRUTE_DAY;
}

/* From `least` to `most` digits, as many as there are; how many, or 0. */
static size_t
read_digits(int *out, const char *text, size_t least, size_t most)
{
	size_t n;

	*out = 0;
	for (n = 0; n < most && is_digit(text[n]); n++)
		*out = *out * 10 + (text[n] - '0');
	return n >= least ? n : 0;
}

/* The name of a month, whole or its first three letters; its length, or 0. */
static size_t
read_month(int *out, const char *text)
{
	static const char *const names[] = { "january", "february", "march", "april", "may", "june", "july",
		"august", "september", "october", "november", "december" };
	char abbreviated[4] = "";
	size_t n;
	int i;

	for (i = 0; i < 12; i++) {
		n = starts_with(text, names[i]);
		if (n == 0)
			n = starts_with(text, memcpy(abbreviated, names[i], 3));
		if (n == 0)
			continue;
		*out = i + 1;
		return n;
	}
	return 0;
}

/*
 * A date that begins `text` in the form of `template`: Y a year of four digits, N a month in digits, M its name, D a
 * day, ~ a blank or a hyphen, a comma or nothing, anything else itself.
 */
static int64_t
read_date(const char *text, const char *template)
{
	int year = 0, month = 0, mday = 0;
	size_t n;

	for (; *template != '\0'; template++, text += n) {
		if (*template == 'Y')
			n = read_digits(&year, text, 4, 4);
		else if (*template == 'N')
			n = read_digits(&month, text, 1, 2);
		else if (*template == 'M')
			n = read_month(&month, text);
		else if (*template == 'D')
			n = read_digits(&mday, text, 1, 2);
		else if (*template == '~')
			n = *text == ' ' || *text == '-';
		else
			n = *text == *template;
		if (n == 0 && *template != ',')
			return BRUTE_NEVER;
	}
	if (is_digit(*text) || (lower(*text) >= 'a' && lower(*text) <= 'z'))
		return BRUTE_NEVER;
	return midnight_of(year, month, mday);
}

int64_t
brute_whiteboard_date(const char *text)
{
	static const char *const templates[] = { "Y-N-D", "Y/N/D", "D~M~Y", "Y-M-D", "M D, Y", "D.N.Y" };
	const char *last = NULL;
	int64_t date = BRUTE_NEVER;
	size_t i, n;

	if (text == NULL)
		return BRUTE_NEVER;
	for (; *text != '\0'; text++) {
		n = starts_with(text, "next update") + starts_with(text, "next-update") + starts_with(text, "nextupdate");
		if (n > 0)
			last = text + n;
	}
	if (last == NULL)
		return BRUTE_NEVER;
	while (is_blank(*last))
		last++;
	if (*last == ':' || *last == '-')
		last++;
	else
		last += starts_with(last, "at");
	while (is_blank(*last))
		last++;
	for (i = 0; i < sizeof(templates) / sizeof(templates[0]) && date == BRUTE_NEVER; i++)
		date = read_date(last, templates[i]);
	return date;
}

/*
 * Needinfo flags
 */

/* A text in a list of flags. */
struct token {
	const char *text;
	size_t len;
	bool spent;	/* the same stands on the other side of the change */
};

/* The texts of a list, separated by ", " or blanks; how many. */
static size_t
cut_list(struct token *out, size_t cap, const char *list)
{
	size_t n = 0, len;

	while (*list != '\0') {
		len = strcspn(list, " \t");
		if (len > 1 && list[len - 1] == ',')
			len--;
		if (len > 0 && n < cap)
			out[n++] = (struct token){ .text = list, .len = len };
		list += len;
		list += strspn(list, *list == ',' ? "," : " \t");
	}
	return n;
}

static bool
same_token(const struct token *a, const struct token *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* What stands in both lists was not changed: as multisets, one for one. */
static void
spend_common(struct token *a, size_t na, struct token *b, size_t nb)
{
	size_t i, j;

	for (i = 0; i < na; i++) {
		for (j = 0; j < nb && (b[j].spent || !same_token(&a[i], &b[j])); j++)
			;
		if (j < nb)
			a[i].spent = b[j].spent = true;
	}
}

static void
add_marks(struct brute_flag *out, size_t *n, const struct token *tokens, size_t ntokens,
    const struct lapse_change *change, size_t order)
{
	struct brute_flag *flag;
	size_t i;

	for (i = 0; i < ntokens; i++) {
		if (tokens[i].spent || tokens[i].len < 9 || memcmp(tokens[i].text, "needinfo?", 9) != 0)
			continue;
		if (*n == BRUTE_MAX_FLAGS || tokens[i].len >= sizeof(flag->text))
			abort();
		flag = &out[(*n)++];
		*flag = (struct brute_flag){ .at = change->at.sec, .order = order, .who = change->who };
		memcpy(flag->text, tokens[i].text, tokens[i].len);
		/* "needinfo?(login)"; without a login it asks nobody. */
		if (tokens[i].len > 11 && flag->text[9] == '(' && flag->text[tokens[i].len - 1] == ')')
			memcpy(flag->login, flag->text + 10, tokens[i].len - 11);
	}
}

/* The oldest flag set before a clearing that nothing has cleared, of the same text or of any; NULL: there is none. */
static struct brute_flag *
oldest_open(struct brute_flag *flags, size_t nflags, const struct brute_flag *clearing, bool same_text)
{
	size_t i;

	for (i = 0; i < nflags; i++)
		if (!flags[i].cleared && flags[i].order < clearing->order &&
		    (!same_text || strcmp(flags[i].text, clearing->text) == 0))
			return &flags[i];
	return NULL;
}

static void
clear_flag(struct brute_flag *flag, struct brute_flag *clearing)
{
	flag->cleared = clearing->cleared = true;
	flag->cleared_at = clearing->at;
	flag->cleared_order = clearing->order;
	flag->cleared_by = clearing->who;
}

size_t
brute_flags(struct brute_flag *out, const struct lapse_thread *thread)
{
	static struct brute_flag clearings[BRUTE_MAX_FLAGS];
	struct token added[BRUTE_MAX_FLAGS], removed[BRUTE_MAX_FLAGS];
	struct brute_flag *flag;
	size_t n = 0, nclearings = 0, nadded, nremoved;
	size_t i, pass;

	for (i = 0; i < thread->nchanges; i++) {
		if (strcmp(thread->changes[i].field, "flagtypes.name") != 0)
			continue;
		nadded = cut_list(added, BRUTE_MAX_FLAGS, thread->changes[i].added);
		nremoved = cut_list(removed, BRUTE_MAX_FLAGS, thread->changes[i].removed);
		spend_common(added, nadded, removed, nremoved);
		add_marks(out, &n, added, nadded, &thread->changes[i], i);
		add_marks(clearings, &nclearings, removed, nremoved, &thread->changes[i], i);
	}
	/* First all clearings of a flag of the same text, then those left over. */
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < nclearings; i++) {
			if (clearings[i].cleared)
				continue;
			flag = oldest_open(out, n, &clearings[i], pass == 0);
			if (flag != NULL)
				clear_flag(flag, &clearings[i]);
		}
	}
	return n;
}
