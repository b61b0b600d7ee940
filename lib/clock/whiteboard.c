#include "lapse/whiteboard.h"

#include <string.h>
#include <wctype.h>

#include "lapse/text.h"

#define HOUR ((int64_t)3600)
#define FIRST_YEAR 1990
#define LAST_YEAR 2999

static const char *const months[] = {
	"january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december"
};

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* What of `text` follows a word in small letters, whatever the case of the text; NULL: it does not begin so. */
static const char *
after_word(const char *text, const char *word)
{
	for (; *word != '\0'; text++, word++)
		if (small(*text) != *word)
			return NULL;
	return text;
}

static const char *
after_next_update(const char *text)
{
	const char *rest = after_word(text, "next");

	if (rest == NULL)
		return NULL;
	if (*rest == ' ' || *rest == '-')
		rest++;
	return after_word(rest, "update");
}

const char *
lapse_whiteboard_promise(const char *whiteboard)
{
	const char *last = NULL;

	for (const char *p = whiteboard; p != NULL && *p != '\0'; p++)
		if (after_next_update(p) != NULL)
			last = p;
	return last;
}

/* ---- a date, part by part: each takes its part off *text, or says no ---- */

static bool
take_number(int *out, const char **text, int least_digits, int most_digits)
{
	const char *p = *text;
	int n = 0;

	while (*p >= '0' && *p <= '9' && p - *text < most_digits)
		n = n * 10 + (*p++ - '0');
	if (p - *text < least_digits)
		return false;
	*text = p;
	*out = n;
	return true;
}

static bool
take_year(int *out, const char **text)
{
	return take_number(out, text, 4, 4);
}

static bool
take_two(int *out, const char **text)
{
	return take_number(out, text, 1, 2);
}

static bool
take_char(const char **text, const char *one_of)
{
	if (**text == '\0' || strchr(one_of, **text) == NULL)
		return false;
	++*text;
	return true;
}

/* A month's name, whole or its first three letters; what may follow it is the caller's to say. */
static bool
take_month(int *out, const char **text)
{
	char head[4] = "";
	const char *rest;

	for (int i = 0; i < 12; i++) {
		memcpy(head, months[i], 3);
		rest = after_word(*text, months[i]);
		if (rest == NULL)
			rest = after_word(*text, head);
		if (rest != NULL) {
			*out = i + 1;
			*text = rest;
			return true;
		}
	}
	return false;
}

struct date {
	int year, month, mday;
};

static bool
take_iso(struct date *d, const char **text)
{
	char sep[2] = "";

	if (!take_year(&d->year, text))
		return false;
	*sep = **text;
	return take_char(text, "-/") && take_two(&d->month, text) && take_char(text, sep) &&
	    take_two(&d->mday, text);
}

static bool
take_day_first(struct date *d, const char **text)
{
	return take_two(&d->mday, text) && take_char(text, " -") && take_month(&d->month, text) &&
	    take_char(text, " -") && take_year(&d->year, text);
}

static bool
take_year_month(struct date *d, const char **text)
{
	return take_year(&d->year, text) && take_char(text, "-") && take_month(&d->month, text) &&
	    take_char(text, "-") && take_two(&d->mday, text);
}

static bool
take_month_first(struct date *d, const char **text)
{
	if (!take_month(&d->month, text) || !take_char(text, " ") || !take_two(&d->mday, text))
		return false;
	take_char(text, ",");
	return take_char(text, " ") && take_year(&d->year, text);
}

static bool
take_dotted(struct date *d, const char **text)
{
	return take_two(&d->mday, text) && take_char(text, ".") && take_two(&d->month, text) &&
	    take_char(text, ".") && take_year(&d->year, text);
}

/* Does a letter or a digit, of whatever script, stand here? */
static bool
is_word_char(const char *text)
{
	uint32_t c;

	if (*text == '\0')
		return false;
	lapse_utf8_decode(&c, text, strlen(text));
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (small((char)c) >= 'a' && small((char)c) <= 'z');
	return c != LAPSE_BAD_CHAR && iswalnum((wint_t)c);
}

static bool
read_date(struct lapse_day *out, const char *text)
{
	static bool (*const forms[])(struct date *d, const char **text) = {
		take_iso, take_day_first, take_year_month, take_month_first, take_dotted
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *rest = text;
		struct date d = { 0 };

		if (forms[i](&d, &rest))
			return !is_word_char(rest) && d.year >= FIRST_YEAR && d.year <= LAST_YEAR &&
			    lapse_day_from_civil(out, d.year, d.month, d.mday);
	}
	return false;
}

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

enum lapse_next_update
lapse_whiteboard_read(struct lapse_day *out, const char *whiteboard)
{
	const char *promise = lapse_whiteboard_promise(whiteboard), *rest, *after_at;

	if (promise == NULL)
		return LAPSE_NEXT_UPDATE_NONE;
	rest = skip_blanks(after_next_update(promise));
	after_at = after_word(rest, "at");
	if (after_at != NULL)
		rest = after_at;
	else
		take_char(&rest, ":-");
	return read_date(out, skip_blanks(rest)) ? LAPSE_NEXT_UPDATE_DATE : LAPSE_NEXT_UPDATE_UNREADABLE;
}

struct lapse_instant
lapse_date_begin(struct lapse_day day)
{
	return lapse_time_add(lapse_day_start(day), (struct lapse_span){ -14 * HOUR });
}

struct lapse_instant
lapse_date_end(struct lapse_day day)
{
	return lapse_time_add(lapse_day_start(day), (struct lapse_span){ 36 * HOUR - 1 });
}
