#include "mbox_from.h"

#include <string.h>
#include <strings.h>

#define WORDS 64	/* of a line; one with more is no From_ line */

struct word {
	const char *text;
	size_t len;
};

struct words {
	struct word items[WORDS];
	size_t nitems;
};

static bool
is_blank_char(char c)
{
	return c == ' ' || c == '\t';
}

/* The words of a line; false when there are too many, or a byte that no line of text has. */
static bool
split(struct words *out, const char *line, size_t len)
{
	out->nitems = 0;
	for (size_t i = 0; i < len;) {
		size_t start = i;

		if (is_blank_char(line[i])) {
			i++;
			continue;
		}
		while (i < len && !is_blank_char(line[i]))
			if (line[i++] == '\0')
				return false;
		if (out->nitems == WORDS)
			return false;
		out->items[out->nitems++] = (struct word){ line + start, i - start };
	}
	return true;
}

/* ---- the parts of a date ---- */

/* One of the names of three letters that stand together in `names`. */
static bool
is_name(const struct word *word, const char *names)
{
	for (; word->len == 3 && *names != '\0'; names += 3)
		if (strncasecmp(word->text, names, 3) == 0)
			return true;
	return false;
}

static bool
is_weekday(struct word word)
{
	if (word.len == 4 && word.text[3] == ',')
		word.len = 3;
	return is_name(&word, "MonTueWedThuFriSatSun");
}

static bool
is_month(const struct word *word)
{
	return is_name(word, "JanFebMarAprMayJunJulAugSepOctNovDec");
}

static size_t
span(const struct word *word, size_t start, const char *chars)
{
	size_t n = start;

	while (n < word->len && word->text[n] != '\0' && strchr(chars, word->text[n]) != NULL)
		n++;
	return n - start;
}

static bool
is_number(const struct word *word, size_t min, size_t max)
{
	size_t n = span(word, 0, "0123456789");

	return n == word->len && n >= min && n <= max;
}

static bool
is_day(const struct word *word)
{
	return is_number(word, 1, 2);
}

static bool
is_year(const struct word *word)
{
	return is_number(word, 4, 4) || is_number(word, 2, 2);
}

/* H:MM, HH:MM, HH:MM:SS */
static bool
is_time(const struct word *word)
{
	size_t hours = span(word, 0, "0123456789");
	size_t parts = 0, at = hours;

	while (at < word->len && word->text[at] == ':' && span(word, at + 1, "0123456789") == 2) {
		at += 3;
		parts++;
	}
	return at == word->len && hours >= 1 && hours <= 2 && parts >= 1 && parts <= 2;
}

static bool
is_offset(const struct word *word, size_t at)
{
	size_t digits = span(word, at + 1, "0123456789:");

	return (word->text[at] == '+' || word->text[at] == '-') && digits >= 1 && digits <= 5 && at + 1 + digits == word->len;
}

static bool
is_zone(struct word word)
{
	size_t letters;

	if (word.len > 2 && word.text[0] == '(' && word.text[word.len - 1] == ')')
		word = (struct word){ word.text + 1, word.len - 2 };
	letters = span(&word, 0, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	if (letters == word.len)
		return letters >= 1 && letters <= 5;
	return letters <= 5 && is_offset(&word, letters);
}

static size_t
skip_zones(const struct words *words, size_t at, size_t max)
{
	for (; max > 0 && at < words->nitems && is_zone(words->items[at]); max--)
		at++;
	return at;
}

/* ---- lines ---- */

/* Where a date ends that begins with the weekday at `at`; 0: it is none. */
static size_t
date_end(const struct words *words, size_t at)
{
	const struct word *w = words->items + at;

	if (at + 5 > words->nitems || !is_weekday(w[0]))
		return 0;
	if (is_month(&w[1]) && is_day(&w[2]) && is_time(&w[3])) {
		at = skip_zones(words, at + 4, 2);
		return at < words->nitems && is_year(&words->items[at]) ? skip_zones(words, at + 1, 1) : 0;
	}
	if (is_day(&w[1]) && is_month(&w[2]) && is_number(&w[3], 4, 4) && is_time(&w[4]))
		return skip_zones(words, at + 5, 2);
	return 0;
}

static bool
is_word(const struct word *word, const char *text)
{
	return word->len == strlen(text) && memcmp(word->text, text, word->len) == 0;
}

/* Nothing but "remote from HOST" is behind the date. */
static bool
is_end(const struct words *words, size_t at)
{
	return at == words->nitems ||
	    (at + 3 == words->nitems && is_word(&words->items[at], "remote") && is_word(&words->items[at + 1], "from"));
}

/* "user at host", "user bei host" */
static bool
is_obscured(const struct words *words, size_t date)
{
	if (date != 4)
		return false;
	for (size_t i = 1; i < date; i++)
		if (memchr(words->items[i].text, '@', words->items[i].len) != NULL)
			return false;
	return true;
}

bool
lapse_mbox_from_read(struct lapse_mbox_from *out, const char *line, size_t len)
{
	struct words words;

	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	if (len < 5 || len > LAPSE_MBOX_FROM_MAX || memcmp(line, "From ", 5) != 0 || !split(&words, line, len))
		return false;
	for (size_t i = 1; i < words.nitems; i++) {
		size_t end = date_end(&words, i);

		if (end == 0 || !is_end(&words, end))
			continue;
		out->is_pipermail = is_obscured(&words, i);
		out->is_mboxrd = i == 2 && is_word(&words.items[1], "mboxrd@z");
		return true;
	}
	return false;
}

bool
lapse_mbox_is_header(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && line[n] > ' ' && line[n] < 0x7f && line[n] != ':')
		n++;
	return n > 0 && n < len && line[n] == ':';
}

bool
lapse_mbox_is_blank(const char *line, size_t len)
{
	return (len == 1 && line[0] == '\n') || (len == 2 && line[0] == '\r' && line[1] == '\n');
}
