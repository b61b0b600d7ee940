#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PROMISE 80	/* bytes of a whiteboard that cannot be read */

void
lapse_sentence(char *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out, LAPSE_SENTENCE, fmt, ap);
	va_end(ap);
}

void
lapse_words_force(char *out, const struct lapse_rule *rule)
{
	char from[LAPSE_TIME_LEN + 8] = "", until[LAPSE_TIME_LEN + 8] = "", certain[LAPSE_TIME_LEN + 24] = "";
	char time[LAPSE_TIME_LEN + 1];

	if (lapse_time_is_set(rule->from))
		snprintf(from, sizeof(from), " from %s", lapse_time_format(time, rule->from));
	if (lapse_time_is_set(rule->until))
		snprintf(until, sizeof(until), " until %s", lapse_time_format(time, rule->until));
	if (lapse_time_is_set(rule->certain_from))
		snprintf(certain, sizeof(certain), ", for certain from %s", lapse_time_format(time, rule->certain_from));
	lapse_sentence(out, "In force%s%s%s%s%s%s.", *from == '\0' && *until == '\0' ? " at all times" : "", from, until,
	    rule->published != NULL ? ", published " : "", rule->published != NULL ? rule->published : "", certain);
}

void
lapse_words_date(char *out, enum lapse_next_update read, struct lapse_day day, const char *whiteboard)
{
	const char *promise = lapse_whiteboard_promise(whiteboard);
	char text[LAPSE_DAY_LEN + 1];
	size_t len = promise != NULL ? strnlen(promise, PROMISE) : 0;

	/* Not in the midst of a character. */
	while (len == PROMISE && len > 0 && ((unsigned char)promise[len] & 0xc0) == 0x80)
		len--;
	if (read == LAPSE_NEXT_UPDATE_DATE)
		lapse_sentence(out, "%s", lapse_day_format(text, day));
	else if (read == LAPSE_NEXT_UPDATE_NONE)
		lapse_sentence(out, "no date");
	else if (promise != NULL)
		lapse_sentence(out, "'%.*s', which cannot be read as a date", (int)len, promise);
	else
		lapse_sentence(out, "something that cannot be read as a date");
}

void
lapse_words_effect(char *out, const struct lapse_turning *turning)
{
	char due[LAPSE_TIME_LEN + 1];

	lapse_time_format(due, turning->due);
	switch (turning->effect) {
	case LAPSE_EFFECT_DUE:
		lapse_sentence(out, "It takes the place of the limit: due when that day has ended everywhere on earth, at %s.", due);
		break;
	case LAPSE_EFFECT_LIMIT:
		lapse_sentence(out, "The due time had come from a date: the limit counts anew from here, due at %s.", due);
		break;
	case LAPSE_EFFECT_RESCHEDULED:
		lapse_sentence(out, "It was past due at %s: the breach ends here, and the same duty opens anew.", due);
		break;
	case LAPSE_EFFECT_SPENT:
		lapse_sentence(out, "It changes nothing: that day had begun when the obligation opened. Due at %s.", due);
		break;
	case LAPSE_EFFECT_OVER:
		lapse_sentence(out, "It changes nothing: that day had ended by then. Due at %s.", due);
		break;
	case LAPSE_EFFECT_NONE:
		lapse_sentence(out, "It changes nothing: due at %s.", due);
		break;
	case LAPSE_EFFECT_TOO_LATE:
		lapse_sentence(out, "It changes nothing after the due time, %s.", due);
		break;
	case LAPSE_EFFECT_OWNER:
		lapse_sentence(out, "It changes nothing: the owner made it, and root programs set the date. Due at %s.", due);
		break;
	}
}

const char *
lapse_words_doubt(size_t bit)
{
	static const char *const words[LAPSE_NDOUBTS] = {
		"somebody whom no party claims posted in time, and may speak for the owner",
		"a limit in days was missed by less than 24 hours, and another reading of \"days\" may not see it",
		"the date that was missed stood already when the owner's post opened this, so that post may have been the update",
		"no change history was captured up to this moment, so closings and dates may be missing",
		"nobody claims who raised the duty",
		"the obligation opened before the rule's start is certain",
		"the date that decides was set or removed by somebody who is not known to be of a root program",
		"a message's time is not certain, and within its bounds the answer may have come in time",
	};

	return words[bit];
}
