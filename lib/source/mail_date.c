#include "mail_date.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* What has been read of a date; -1: not yet. */
struct reading {
	int day, month, year;
	int hour, minute, second;
	int zone;		/* minutes east of Greenwich */
	bool zoned;
};

struct word {
	const char *text;
	size_t len;
};

/* The next word: what is between blanks, commas and comments. */
static bool
next_word(struct word *out, const char **place)
{
	const char *p = *place;
	size_t depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '(')
			depth++;
		else if (*p == ')')
			depth -= depth > 0;
		else if (depth == 0 && *p != ' ' && *p != '\t' && *p != ',')
			break;
	}
	out->text = p;
	out->len = strcspn(p, " \t,(");
	*place = p + out->len;
	return out->len > 0;
}

/* A number of 1 to `max` digits, which are all of the `len` bytes; -1: it is none. */
static int
number(const char *text, size_t len, size_t max)
{
	int n = 0;

	if (len == 0 || len > max)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		n = n * 10 + (text[i] - '0');
	}
	return n;
}

/* Which of names with three letters each a word is; of longer words the first three count. -1: none. */
static int
which(const struct word *word, const char *names)
{
	if (word->len < 3)
		return -1;
	for (int i = 0; names[i * 3] != '\0'; i++)
		if (strncasecmp(names + (size_t)i * 3, word->text, 3) == 0)
			return i;
	return -1;
}

/* "17:36", "17:36:06", "17:36:06.123" */
static bool
read_time(struct reading *r, const struct word *word)
{
	const char *p = word->text, *end = p + word->len, *colon = memchr(p, ':', word->len), *second;
	size_t minutes;

	if (colon == NULL || r->hour >= 0)
		return false;
	second = memchr(colon + 1, ':', (size_t)(end - colon - 1));
	minutes = (size_t)((second != NULL ? second : end) - colon - 1);
	r->hour = number(p, (size_t)(colon - p), 2);
	r->minute = number(colon + 1, minutes, 2);
	r->second = 0;
	if (second != NULL) {
		const char *point = memchr(second, '.', (size_t)(end - second));

		r->second = number(second + 1, (size_t)((point != NULL ? point : end) - second - 1), 2);
	}
	r->second = r->second == 60 ? 59 : r->second;
	return true;
}

static bool
read_zone(struct reading *r, const struct word *word)
{
	static const struct { const char *name; int minutes; } names[] = {
		{ "UT", 0 }, { "UTC", 0 }, { "GMT", 0 }, { "Z", 0 }, { "EST", -300 }, { "EDT", -240 }, { "CST", -360 }, { "CDT", -300 },
		{ "MST", -420 }, { "MDT", -360 }, { "PST", -480 }, { "PDT", -420 },	/* RFC 5322's; others have several meanings */
	};
	const char *p = word->text;

	if (r->zoned || r->hour < 0)
		return false;
	if ((*p == '+' || *p == '-') && word->len >= 5) {
		/* "+0200", "+02:00" */
		bool colon = p[3] == ':' && word->len >= 6;
		int hours = number(p + 1, 2, 2), minutes = number(p + 3 + colon, 2, 2);

		if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || word->len != (size_t)5 + colon)
			return false;
		r->zone = (*p == '-' ? -1 : 1) * (hours * 60 + minutes);
		return r->zoned = true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == word->len && strncasecmp(names[i].name, p, word->len) == 0) {
			r->zone = names[i].minutes;
			return r->zoned = true;
		}
	return false;
}

static int
full_year(int year, size_t digits)
{
	return digits >= 4 ? year : digits == 3 || year >= 50 ? year + 1900 : year + 2000;
}

/* A day, then a year, wherever the month is: "2 May 2019", "May 2 2019"; what has four digits is a year. */
static bool
read_number(struct reading *r, const struct word *word)
{
	int n = number(word->text, word->len, 4);

	if (n < 0)
		return false;
	if (r->day < 0 && word->len <= 2)
		r->day = n;
	else if (r->year < 0 && word->len >= 2)
		r->year = full_year(n, word->len);
	else
		return false;
	return true;
}

/* "2-May-2019" is three words. */
static void
read_word(struct reading *r, const struct word *word)
{
	const char *dash = memchr(word->text, '-', word->len), *end = word->text + word->len, *second;
	struct word part;

	if (read_zone(r, word) || read_time(r, word) || read_number(r, word))
		return;
	if (r->month < 0 && which(word, "JanFebMarAprMayJunJulAugSepOctNovDec") >= 0 && dash == NULL) {
		r->month = which(word, "JanFebMarAprMayJunJulAugSepOctNovDec") + 1;
		return;
	}
	second = dash != NULL ? memchr(dash + 1, '-', (size_t)(end - dash - 1)) : NULL;
	if (second == NULL || r->month >= 0)
		return;
	part = (struct word){ dash + 1, (size_t)(second - dash - 1) };
	r->month = which(&part, "JanFebMarAprMayJunJulAugSepOctNovDec") + 1;
	r->month = r->month == 0 ? -1 : r->month;
	read_number(r, &(struct word){ word->text, (size_t)(dash - word->text) });
	read_number(r, &(struct word){ second + 1, (size_t)(end - second - 1) });
}

bool
lapse_mail_date_read(struct lapse_instant *out, bool *zone_known, const char *text)
{
	struct reading r = { -1, -1, -1, -1, -1, -1, 0, false };
	struct lapse_day day;
	struct word word;

	*zone_known = false;
	while (next_word(&word, &text))
		read_word(&r, &word);
	if (r.hour < 0 || r.hour > 23 || r.minute < 0 || r.minute > 59 || r.second < 0 || r.second > 59 ||
	    r.year < 2 || r.year > 9998 || !lapse_day_from_civil(&day, r.year, r.month, r.day))
		return false;
	out->sec = lapse_day_start(day).sec + r.hour * 3600 + r.minute * 60 + r.second - (int64_t)r.zone * 60;
	*zone_known = r.zoned;
	return true;
}
