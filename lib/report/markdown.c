/*
 * Markdown: GitHub's tables and paragraphs (GFM), in which nothing that a
 * stranger wrote becomes markup, HTML, a link or a mention.
 *
 * Punctuation that could be markup gets a backslash or becomes an entity.
 * Links and mentions (www.…, a@b.c, @name, #12) are found by renderers after
 * that has been undone, so words that hold one are set as code; those in
 * which code cannot be written safely (a backquote, a pipe or a backslash in
 * it) are broken instead by U+200B, written as an entity and so seen in the source.
 */
#include <string.h>

#include "emit_private.h"
#include "lapse/text.h"

#define BREAK "&#8203;"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_www(const char *word, size_t len)
{
	for (size_t i = 0; i < 3; i++) {
		if (i >= len || (word[i] != 'w' && word[i] != 'W'))
			return false;
	}
	return len > 3 && word[3] == '.';
}

/* Does a renderer find something here, at a character of a word, that it makes a link or a mention of? */
static bool
is_catch(const char *at, size_t len)
{
	if (*at == '@' || is_www(at, len))
		return true;
	if (*at == ':')
		return len >= 3 && at[1] == '/' && at[2] == '/';
	return strchr("#!$%~&", *at) != NULL && len >= 2 && (is_alnum(at[1]) || at[1] == '"');
}

static bool
needs_code(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_catch(word + i, len - i))
			return true;
	}
	return false;
}

static bool
may_be_code(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("`|\\", word[i]) != NULL)
			return false;
	}
	return true;
}

static int
add_char(struct lapse_buf *out, char c)
{
	switch (c) {
	case '&':
		return lapse_buf_puts(out, "&amp;");
	case '<':
		return lapse_buf_puts(out, "&lt;");
	case '>':
		return lapse_buf_puts(out, "&gt;");
	case '|':
		/* Not "\|": what a backslash before it means differs between tables and renderers. */
		return lapse_buf_puts(out, "&#124;");
	case '\\': case '`': case '*': case '_': case '[': case ']': case '{': case '}': case '~': case '$': case '#':
		return lapse_buf_printf(out, "\\%c", c);
	default:
		return lapse_buf_putc(out, c);
	}
}

static int
add_word(struct lapse_buf *out, const char *word, size_t len)
{
	bool code = needs_code(word, len);
	int rc = 0;

	if (code && may_be_code(word, len)) {
		rc = lapse_buf_putc(out, '`');
		if (rc == 0)
			rc = lapse_buf_add(out, word, len);
		return rc == 0 ? lapse_buf_putc(out, '`') : rc;
	}
	for (size_t i = 0; i < len && rc == 0; i++) {
		if (!code || !is_catch(word + i, len - i)) {
			rc = add_char(out, word[i]);
			continue;
		}
		/* "www." is broken before its dot, all else after its sign. */
		for (size_t n = is_www(word + i, len - i) ? 3 : 1; n > 0 && rc == 0; n--)
			rc = add_char(out, word[i++]);
		i--;
		if (rc == 0)
			rc = lapse_buf_puts(out, BREAK);
	}
	return rc;
}

/* One safe line as Markdown text. At the start of a paragraph the first characters could make a block of it. */
static int
add_line(struct lapse_buf *out, const char *text, bool starts_block)
{
	int rc = 0;

	text += strspn(text, " ");
	if (starts_block && *text != '\0') {
		size_t digits = strspn(text, "0123456789");

		/* A list's number, "1." or "1)", gets its backslash before the sign. */
		if (digits > 0 && strchr(".)", text[digits]) != NULL && text[digits] != '\0') {
			rc = lapse_buf_printf(out, "%.*s\\%c", (int)digits, text, text[digits]);
			text += digits + 1;
		} else if (strchr("#+-=:", *text) != NULL && (text[1] == *text || strchr(" -=", text[1]) != NULL)) {
			rc = lapse_buf_printf(out, "\\%c", *text);
			text++;
		}
	}
	while (*text != '\0' && rc == 0) {
		size_t len = strcspn(text, " ");

		rc = add_word(out, text, len);
		text += len;
		len = strspn(text, " ");
		text += len;
		if (rc == 0 && len > 0 && *text != '\0')
			rc = lapse_buf_putc(out, ' ');
	}
	return rc;
}

static int
add_blank_line(struct lapse_emit *emit)
{
	if (!emit->wrote || emit->wrote_blank)
		return 0;
	emit->wrote_blank = true;
	return lapse_buf_putc(&emit->out, '\n');
}

/* A paragraph, between blank lines. */
static int
paragraph(struct lapse_emit *emit, const char *lead, const char *text)
{
	int rc = add_blank_line(emit);

	if (text[0] == '\0' || rc < 0)
		return rc;
	lapse_buf_reset(&emit->text);
	rc = lapse_text_safe(&emit->text, text, strlen(text), false);
	if (rc == 0)
		rc = lapse_buf_puts(&emit->out, lead);
	if (rc == 0)
		rc = add_line(&emit->out, emit->text.data, lead[0] == '\0');
	emit->wrote_blank = false;
	return rc == 0 ? lapse_buf_putc(&emit->out, '\n') : rc;
}

static int
say(struct lapse_emit *emit, const char *text)
{
	return paragraph(emit, "", text);
}

static int
heading(struct lapse_emit *emit, const char *text)
{
	return paragraph(emit, "## ", text);
}

static int
cell(struct lapse_emit *emit, size_t column, const struct cell *cell)
{
	struct lapse_buf *plain = &emit->text, *safe = &emit->row;
	size_t start = emit->laid.len;
	int rc;

	(void)column;
	lapse_buf_reset(plain);
	lapse_buf_reset(safe);
	rc = emit_plain(plain, cell, true);
	if (rc == 0)
		rc = lapse_text_safe(safe, plain->data, plain->len, false);
	if (rc == 0 && safe->len > 0)
		rc = add_line(&emit->laid, safe->data, false);
	return rc == 0 ? emit_lay(emit, start, false, cell->style) : rc;
}

static int
add_heads(struct lapse_emit *emit)
{
	struct lapse_buf *out = &emit->out;
	int rc = lapse_buf_putc(out, '|');

	for (size_t i = 0; i < emit->ncolumns && rc == 0; i++) {
		if (emit->columns[i].title == NULL)
			continue;
		rc = lapse_buf_putc(out, ' ');
		if (rc == 0)
			rc = add_line(out, emit->columns[i].title, false);
		if (rc == 0)
			rc = lapse_buf_puts(out, " |");
	}
	if (rc == 0)
		rc = lapse_buf_puts(out, "\n|");
	for (size_t i = 0; i < emit->ncolumns && rc == 0; i++) {
		if (emit->columns[i].title != NULL)
			rc = lapse_buf_puts(out, emit->columns[i].right ? " ---: |" : " --- |");
	}
	return rc == 0 ? lapse_buf_putc(out, '\n') : rc;
}

static int
end(struct lapse_emit *emit)
{
	size_t nshown = emit->nrows > 0 ? emit->ncells / emit->nrows : 0;
	const char *text = emit->laid.data;
	int rc;

	if (nshown == 0)
		return 0;
	rc = add_blank_line(emit);
	if (rc == 0)
		rc = add_heads(emit);
	for (size_t i = 0; i < emit->ncells && rc == 0; i++) {
		rc = lapse_buf_puts(&emit->out, i % nshown == 0 ? "| " : " | ");
		if (rc == 0)
			rc = lapse_buf_puts(&emit->out, text);
		text += strlen(text) + 1;
		if (rc == 0 && (i + 1) % nshown == 0)
			rc = lapse_buf_puts(&emit->out, " |\n");
		if (rc == 0 && emit->out.len > 64 * 1024)
			rc = emit_flush(emit);
	}
	emit->wrote_blank = false;
	return rc;
}

const struct format format_markdown = {
	.for_people = true,
	.say = say,
	.heading = heading,
	.cell = cell,
	.end = end,
};
