#include "mail_html.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lapse/alloc.h"
#include "lapse/text.h"
#include "html.h"
#include "mail_html_plain.h"

#define LINK_MAX 2000

/* A text in the making. */
struct text {
	struct lapse_buf *out;
	size_t quotes;		/* block quotes that are open */
	bool pre;
	bool begun;		/* something is on this line */
	bool blank;		/* the line before is blank, or there is none */
	bool space;		/* one is due before the next word */
	bool gap;		/* a blank line is due before the next one, quoted so deep: */
	size_t gap_quotes;
	char link[LINK_MAX + 1];
	size_t link_start;	/* where its text begins in `out` */
	int rc;
};

static void
put(struct text *text, const char *data, size_t len)
{
	if (text->rc == 0)
		text->rc = lapse_buf_add(text->out, data, len);
}

/* What quoted lines begin with, `level` deep; what is blank ends with no blank. */
static void
put_quotes(struct text *text, size_t level, bool blank)
{
	for (size_t i = 0; i < level; i++)
		put(text, "> ", blank && i + 1 == level ? 1 : 2);
}

/* A word comes, or the end of a line: the blank line before it that is due is written, and what is before the word. */
static void
begin_line(struct text *text, bool blank)
{
	if (text->begun)
		return;
	if (text->gap && !text->blank) {
		put_quotes(text, text->gap_quotes, true);
		put(text, "\n", 1);
	}
	text->gap = false;
	put_quotes(text, text->quotes, blank);
}

static void
end_line(struct text *text)
{
	begin_line(text, true);
	put(text, "\n", 1);
	text->blank = !text->begun;
	text->begun = text->space = false;
}

static void
new_line(struct text *text)
{
	if (text->begun)
		end_line(text);
}

/* A new line, with a blank one before what comes next: quoted as deep as both are. */
static void
new_paragraph(struct text *text)
{
	new_line(text);
	if (!text->gap || text->gap_quotes > text->quotes)
		text->gap_quotes = text->quotes;
	text->gap = true;
}

static void
put_word(struct text *text, const char *data, size_t len)
{
	begin_line(text, false);
	if (text->begun && text->space)
		put(text, " ", 1);
	put(text, data, len);
	text->begun = true;
	text->space = false;
}

/* ---- events ---- */

static void
begin_link(struct text *text, const unsigned char **attributes)
{
	const char *href = attributes != NULL && attributes[0] != NULL && attributes[1] != NULL ? (const char *)attributes[1] : "";
	size_t len = strlen(href);

	if (len > LINK_MAX || (strncasecmp(href, "http://", 7) != 0 && strncasecmp(href, "https://", 8) != 0 &&
	    strncasecmp(href, "mailto:", 7) != 0))
		len = 0;
	memcpy(text->link, href, len);
	text->link[len] = '\0';
	text->link_start = text->out->len;
}

/* An address that the text does not show itself stands after it. */
static void
end_link(struct text *text)
{
	const char *shown = text->out->data != NULL ? text->out->data + text->link_start : "";
	const char *address = strncasecmp(text->link, "mailto:", 7) == 0 ? text->link + 7 : text->link;
	size_t len = strlen(address), n = text->out->len - text->link_start;

	if (len > 0 && text->rc == 0 && !(n >= len && memcmp(shown + n - len, address, len) == 0)) {
		put_word(text, "", 0);
		put(text, " <", 2);
		put(text, address, len);
		put(text, ">", 1);
	}
	text->link[0] = '\0';
}

static void
begin_element(void *payload, const unsigned char *xml, const unsigned char **attributes)
{
	struct text *text = payload;
	const char *name = (const char *)xml;

	if (strcmp(name, "br") == 0) {
		end_line(text);
	} else if (strcmp(name, "hr") == 0) {
		new_line(text);
	} else if (strcmp(name, "a") == 0) {
		begin_link(text, attributes);
	} else if (strcmp(name, "p") == 0 || strcmp(name, "pre") == 0 || strcmp(name, "blockquote") == 0) {
		new_paragraph(text);
		text->pre = name[1] == 'r';
		text->quotes += *name == 'b';
	}
}

static void
end_element(void *payload, const unsigned char *xml)
{
	struct text *text = payload;
	const char *name = (const char *)xml;

	if (strcmp(name, "a") == 0) {
		end_link(text);
	} else if (strcmp(name, "pre") == 0) {
		new_line(text);
		text->pre = false;
	} else if (strcmp(name, "blockquote") == 0) {
		new_line(text);
		text->quotes -= text->quotes > 0;
		new_paragraph(text);
	}
}

/* How many bytes of blanks are here; a no-break space is one too. */
static size_t
blanks(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len)
		if (strchr(" \t\r\n\f", p[n]) != NULL)
			n++;
		else if (len - n >= 2 && memcmp(p + n, "\xc2\xa0", 2) == 0)
			n += 2;
		else
			break;
	return n;
}

static size_t
word(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && blanks(p + n, len - n < 2 ? len - n : 2) == 0)
		n++;
	return n;
}

static void
take_lines(struct text *text, const char *p, size_t len)
{
	while (len > 0) {
		const char *newline = memchr(p, '\n', len);
		size_t n = newline != NULL ? (size_t)(newline - p) : len;

		if (n > 0)
			put_word(text, p, n);
		if (newline != NULL)
			end_line(text);
		n += newline != NULL;
		p += n;
		len -= n;
	}
}

static void
take_text(void *payload, const unsigned char *xml, int length)
{
	struct text *text = payload;
	const char *p = (const char *)xml;
	size_t len = length > 0 ? (size_t)length : 0;

	if (text->pre) {
		take_lines(text, p, len);
		return;
	}
	while (len > 0 && text->rc == 0) {
		size_t n = blanks(p, len);

		text->space |= n > 0;
		p += n;
		len -= n;
		n = word(p, len);
		if (n > 0)
			put_word(text, p, n);
		p += n;
		len -= n;
	}
}

static int
parse(struct text *text, const char *html, size_t len)
{
	const struct html_events events = { begin_element, end_element, take_text };
	int rc = html_parse(&events, text, html, len);

	return rc < 0 ? rc : text->rc;
}

int
lapse_mail_html_read(struct lapse_buf *out, const char *html, size_t len)
{
	struct text text = { .out = out, .blank = true };
	struct lapse_buf plain;
	int rc;

	lapse_buf_init(&plain, INT_MAX);
	/* Outside of any element libxml2 puts paragraphs of its own around text. */
	lapse_buf_puts(&plain, "<div>");
	rc = lapse_mail_html_plain(&plain, html, len);
	if (rc == 0)
		rc = parse(&text, plain.data, plain.len);
	lapse_buf_release(&plain);
	if (rc == 0 && text.begun) {
		end_line(&text);
		rc = text.rc;
	}
	return rc;
}
