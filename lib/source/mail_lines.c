#include "mail_lines.h"

#include <string.h>

#define RULE_MIN 40	/* Outlook's has 32 */
#define FOOTER_LINES 12	/* of Mailman's */

bool
lapse_mail_line_at(struct lapse_mail_line *out, const char *p, const char *end)
{
	const char *stop;

	if (p >= end)
		return false;
	stop = memchr(p, '\n', (size_t)(end - p));
	out->text = p;
	out->next = stop != NULL ? stop + 1 : end;
	out->len = (size_t)((stop != NULL ? stop : end) - p);
	while (out->len > 0 && (p[out->len - 1] == ' ' || p[out->len - 1] == '\t'))
		out->len--;
	return true;
}

bool
lapse_mail_line_is(const struct lapse_mail_line *line, const char *text)
{
	return line->len == strlen(text) && memcmp(line->text, text, line->len) == 0;
}

bool
lapse_mail_line_begins(const struct lapse_mail_line *line, const char *text)
{
	size_t len = strlen(text);

	return line->len >= len && memcmp(line->text, text, len) == 0;
}

bool
lapse_mail_line_ends(const struct lapse_mail_line *line, const char *text)
{
	size_t len = strlen(text);

	return line->len >= len && memcmp(line->text + line->len - len, text, len) == 0;
}

bool
lapse_mail_line_has(const struct lapse_mail_line *line, const char *text)
{
	const char *p = line->text, *end = p + line->len;
	size_t len = strlen(text);

	for (; (size_t)(end - p) >= len && (p = memchr(p, *text, (size_t)(end - p) - len + 1)) != NULL; p++)
		if (memcmp(p, text, len) == 0)
			return true;
	return false;
}

static bool
is_rule(const struct lapse_mail_line *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (line->text[i] != '_')
			return false;
	return line->len >= RULE_MIN;
}

static bool
is_google_line(const struct lapse_mail_line *line)
{
	return lapse_mail_line_begins(line, "You received this message because you are subscribed to");
}

/* After the blank line that ends a paragraph. */
static const char *
paragraph_end(const char *p, const char *end)
{
	struct lapse_mail_line line;

	while (lapse_mail_line_at(&line, p, end) && line.len > 0)
		p = line.next;
	return p;
}

static const char *
mailman_end(const char *p, const char *end)
{
	struct lapse_mail_line line;
	const char *start = p;
	bool lists = false;

	for (size_t i = 0; i < FOOTER_LINES && lapse_mail_line_at(&line, p, end) && line.len > 0 && !lists; i++) {
		lists = lapse_mail_line_has(&line, "mailing list") || lapse_mail_line_has(&line, "/listinfo/") ||
		    lapse_mail_line_has(&line, "To unsubscribe");
		p = line.next;
	}
	return lists ? paragraph_end(start, end) : NULL;
}

const char *
lapse_mail_footer_end(const struct lapse_mail_line *line, const char *end)
{
	struct lapse_mail_line second;

	if (line->len == 0 || (line->text[0] != '-' && line->text[0] != '_' && line->text[0] != 'Y'))
		return NULL;
	if (is_google_line(line))
		return paragraph_end(line->next, end);
	if (is_rule(line))
		return mailman_end(line->next, end);
	if (lapse_mail_line_is(line, "--") && lapse_mail_line_at(&second, line->next, end) && is_google_line(&second))
		return paragraph_end(line->next, end);
	return NULL;
}
