#include "mail_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lapse/text.h"
#include "mail_lines.h"

#define SIGNATURE_LINES 30
#define TAG_MAX 80

/* ---- own words ---- */

static bool
is_quoted(const struct lapse_mail_line *line)
{
	size_t blanks = 0;

	while (blanks < line->len && blanks < 3 && line->text[blanks] == ' ')
		blanks++;
	return blanks < line->len && line->text[blanks] == '>';
}

/* Is what comes after, up to two blank lines apart, quoted? */
static bool
is_before_quoted(const char *p, const char *end)
{
	struct lapse_mail_line line;

	for (size_t i = 0; i < 3 && lapse_mail_line_at(&line, p, end); i++) {
		if (line.len > 0)
			return is_quoted(&line);
		p = line.next;
	}
	return false;
}

static bool
says_wrote(const struct lapse_mail_line *line)
{
	return lapse_mail_line_ends(line, "wrote:") || lapse_mail_line_ends(line, "writes:") || lapse_mail_line_ends(line, "said:") ||
	    lapse_mail_line_ends(line, "schrieb:") || lapse_mail_line_ends(line, "\xc3\xa9" "crit :");
}

/* "On …, X wrote:" before quoted lines, or its first half. */
static bool
introduces(const struct lapse_mail_line *line, const char *end)
{
	struct lapse_mail_line second;

	if (says_wrote(line))
		return is_before_quoted(line->next, end);
	return lapse_mail_line_begins(line, "On ") && lapse_mail_line_at(&second, line->next, end) && says_wrote(&second) &&
	    is_before_quoted(second.next, end);
}

/* All below is another mail, as Outlook puts it there. */
static bool
begins_another(const struct lapse_mail_line *line, const char *end)
{
	struct lapse_mail_line second;

	if (lapse_mail_line_is(line, "-----Original Message-----"))
		return true;
	if (!lapse_mail_line_begins(line, "From: ") || !lapse_mail_line_at(&second, line->next, end))
		return false;
	return lapse_mail_line_begins(&second, "Sent: ");
}

/* The last "-- " that the text's last few lines come after; else the end. */
static const char *
signature_start(const char *text, const char *end)
{
	const char *start = end, *footer, *next;
	struct lapse_mail_line line;
	size_t after = 0;

	for (const char *p = text; lapse_mail_line_at(&line, p, end); p = next) {
		footer = lapse_mail_footer_end(&line, end);
		next = footer != NULL ? footer : line.next;
		if (footer == NULL && lapse_mail_line_is(&line, "--") && line.text + 2 < end && line.text[2] == ' ') {
			start = p;
			after = 0;
		} else if (footer == NULL && line.len > 0) {
			after++;
		}
	}
	return after <= SIGNATURE_LINES ? start : end;
}

/* Copy the lines that are the author's to `to`, which has the room. Returns where they end. */
static char *
copy_own(char *to, const char *text, const char *end)
{
	const char *stop = signature_start(text, end), *next;
	struct lapse_mail_line line;

	for (const char *p = text; p < stop && lapse_mail_line_at(&line, p, end); p = next) {
		const char *footer = lapse_mail_footer_end(&line, end);

		next = footer != NULL ? footer : line.next;
		if (begins_another(&line, end))
			break;
		if (footer != NULL || is_quoted(&line) || introduces(&line, end))
			continue;
		memcpy(to, line.text, line.len);
		to += line.len;
		*to++ = '\n';
	}
	return to;
}

const char *
lapse_mail_own(struct lapse_arena *arena, const char *text, size_t len)
{
	char *own = lapse_arena_alloc(arena, len + 2), *end = copy_own(own, text, text + len);

	while (end > own && end[-1] == '\n')
		end--;
	*end = '\0';
	return own + strspn(own, "\n");
}

/* ---- alike ---- */

/* Letters on their way into a digest. */
struct letters {
	struct lapse_sha256 *sha;	/* NULL: they are only counted */
	bool all;			/* not the ASCII ones alone */
	size_t nascii, nother;
	size_t len;
	char piece[4096];
};

static void
flush(struct letters *l)
{
	if (l->sha != NULL && l->len > 0)
		lapse_sha256_add(l->sha, l->piece, l->len);
	l->len = 0;
}

static void
put(struct letters *l, const char *bytes, size_t n)
{
	if (l->sha == NULL)
		return;
	if (sizeof(l->piece) - l->len < n)
		flush(l);
	for (size_t i = 0; i < n; i++)
		l->piece[l->len++] = bytes[i] >= 'A' && bytes[i] <= 'Z' ? (char)(bytes[i] + 32) : bytes[i];
}

static bool
is_word(char c)
{
	return (unsigned)(c | 32) - 'a' < 26 || (unsigned)c - '0' < 10;
}

static bool
is_ascii(const char *text, size_t len)
{
	unsigned char all = 0;

	for (size_t i = 0; i < len; i++)
		all |= (unsigned char)text[i];
	return all < 0x80;
}

/* Beyond ASCII: not punctuation, symbols, what replaces or modifies. No locale is asked. */
static bool
is_letter(uint32_t c)
{
	return c >= 0xc0 && c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c < 0x2c00) && !(c >= 0x3000 && c < 0x3040) &&
	    !(c >= 0xfe00 && c < 0xfe70) && !(c >= 0xff00 && c < 0xff10) && c < 0xfff0;
}

/* A word of `len` bytes within a text: "@" is written "at" and "(a)". */
static bool
is_at(const char *text, const char *word, size_t len, const char *end)
{
	if (len == 2)
		return strncasecmp(word, "at", 2) == 0;
	return len == 1 && *word == 'a' && word > text && word[-1] == '(' && word + 1 < end && word[1] == ')';
}

static void
add_letters(struct letters *l, const char *text, size_t n)
{
	const char *p = text, *end = text + n;

	while (p < end) {
		uint32_t c;
		size_t len = 0;

		while (p + len < end && is_word(p[len]))
			len++;
		if (len > 0) {
			if (!is_at(text, p, len, end)) {
				l->nascii += len;
				put(l, p, len <= sizeof(l->piece) ? len : 0);
			}
			/* No word is longer than a piece but in an attack or an encoding: it goes in by pieces. */
			for (size_t i = 0; len > sizeof(l->piece) && i < len; i++)
				put(l, p + i, 1);
			p += len;
			continue;
		}
		if ((unsigned char)*p < 0x80) {
			p++;
			continue;
		}
		len = lapse_utf8_decode(&c, p, (size_t)(end - p));
		if (c != LAPSE_BAD_CHAR && is_letter(c)) {
			l->nother++;
			put(l, p, l->all ? len : 0);
		}
		p += len;
	}
}

/* "A non-text attachment was scrubbed..." and so on: Mailman's note goes to the next blank line. */
static bool
is_note(const struct lapse_mail_line *line)
{
	return lapse_mail_line_begins(line, "Skipped content of type ") ||
	    (line->len > 0 && line->text[0] == 'A' && lapse_mail_line_ends(line, " was scrubbed..."));
}

static void
add_subject(struct letters *l, const char *subject)
{
	for (;;) {
		const char *close;

		subject += strspn(subject, " ");
		close = *subject == '[' ? memchr(subject, ']', strnlen(subject, TAG_MAX)) : NULL;
		if (close != NULL)
			subject = close + 1;
		else if (strncasecmp(subject, "re:", 3) == 0)
			subject += 3;
		else
			break;
	}
	add_letters(l, subject, strlen(subject));
	put(l, "\n", 1);
}

static void
add_text(struct letters *l, const char *text, const char *end)
{
	size_t before = l->nascii + l->nother;
	struct lapse_mail_line line;
	bool note = false;

	for (const char *p = text, *footer; lapse_mail_line_at(&line, p, end); p = footer != NULL ? footer : line.next) {
		footer = lapse_mail_footer_end(&line, end);
		note = (note && line.len > 0) || is_note(&line);
		if (lapse_mail_line_is(&line, "-------------- next part --------------")) {
			if (l->nascii + l->nother > before)
				break;
		} else if (footer == NULL && !note) {
			add_letters(l, line.text, line.len);
		}
	}
}

char *
lapse_mail_alike(char out[LAPSE_SHA256_HEX + 1], const char *subject, const char *text, size_t len)
{
	struct letters l = { .sha = NULL };
	unsigned char digest[LAPSE_SHA256_LEN];

	if (!is_ascii(subject, strlen(subject)) || !is_ascii(text, len)) {
		add_subject(&l, subject);
		add_text(&l, text, text + len);
		l.all = l.nother > l.nascii;
	}
	l.sha = lapse_sha256_new();
	add_subject(&l, subject);
	add_text(&l, text, text + len);
	flush(&l);
	lapse_sha256_end(l.sha, digest);
	lapse_sha256_free(l.sha);
	return lapse_hex_format(out, digest, sizeof(digest));
}
