#include "mail_html_plain.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lapse/text.h"

#define QUOTES_MAX 16
#define NAME_LEN 11	/* of the longest name that is known, and one more */
#define LINK_MAX 2000	/* a longer address is none for people */

enum element { OTHER, BREAK, LINE, BLOCK, QUOTE, PRE, LINK, CELL, ITEM, RAW };

struct tag {
	char name[NAME_LEN + 1];	/* in lower case; "" when it is longer than any known one */
	bool closes;
	const char *href;		/* its value as written, NULL: none */
	size_t href_len;
};

struct plain {
	struct lapse_buf *out;
	const char *p, *end;
	size_t quotes;			/* that are open */
	size_t over;			/* and those too deep, which are not written */
	bool pre, link;			/* is one open? */
	bool endless[4];		/* of the raw elements, and of comments: no end comes any more */
	int rc;
};

static const char *const raw_names[] = { "script", "style", "title" };
#define COMMENT 3	/* after those */

static enum element
element_named(const char *name)
{
	static const struct { const char *name; enum element element; } known[] = {
		{ "a", LINK }, { "address", BLOCK }, { "article", BLOCK }, { "blockquote", QUOTE }, { "br", BREAK }, { "center", BLOCK },
		{ "dd", LINE }, { "div", LINE }, { "dl", BLOCK }, { "dt", LINE }, { "h1", BLOCK }, { "h2", BLOCK }, { "h3", BLOCK },
		{ "h4", BLOCK }, { "h5", BLOCK }, { "h6", BLOCK }, { "hr", BLOCK }, { "li", ITEM }, { "ol", BLOCK }, { "p", BLOCK },
		{ "pre", PRE }, { "script", RAW }, { "section", BLOCK }, { "style", RAW }, { "table", BLOCK }, { "td", CELL }, { "th", CELL },
		{ "title", RAW }, { "tr", LINE }, { "ul", BLOCK },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].element;
	return OTHER;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
put(struct plain *plain, const char *text)
{
	if (plain->rc == 0)
		plain->rc = lapse_buf_puts(plain->out, text);
}

/* ---- tags ---- */

/* A value after its "="; returns what is after it. */
static const char *
read_value(const char *p, const char *end, const char **value, size_t *len)
{
	const char *stop;

	while (p < end && is_blank(*p))
		p++;
	if (p < end && (*p == '"' || *p == '\'')) {
		stop = memchr(p + 1, *p, (size_t)(end - p - 1));
		*value = p + 1;
		*len = stop != NULL ? (size_t)(stop - p - 1) : 0;
		/* A quote that nothing ends is a mistake, not the rest of the message. */
		return stop != NULL ? stop + 1 : p + 1;
	}
	*value = p;
	while (p < end && !is_blank(*p) && *p != '>')
		p++;
	*len = (size_t)(p - *value);
	return p;
}

/* Attributes up to the tag's end; returns what is after it. */
static const char *
read_attributes(struct tag *tag, const char *p, const char *end)
{
	while (p < end && *p != '>') {
		const char *name = p, *value = "";
		size_t len, value_len = 0;

		while (p < end && !is_blank(*p) && *p != '=' && *p != '>')
			p++;
		len = (size_t)(p - name);
		while (p < end && is_blank(*p))
			p++;
		if (p < end && *p == '=')
			p = read_value(p + 1, end, &value, &value_len);
		if (len == 4 && strncasecmp(name, "href", 4) == 0 && tag->href == NULL) {
			tag->href = value;
			tag->href_len = value_len;
		}
	}
	return p < end ? p + 1 : end;
}

/* A tag after its "<"; NULL when it is none. */
static const char *
read_tag(struct tag *tag, const char *p, const char *end)
{
	const char *name;
	size_t len;

	*tag = (struct tag){ .closes = p < end && *p == '/' };
	name = p += tag->closes;
	if (p == end || !((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')))
		return NULL;
	while (p < end && !is_blank(*p) && *p != '>' && *p != '/')
		p++;
	len = (size_t)(p - name);
	for (size_t i = 0; i < len && len <= NAME_LEN; i++)
		tag->name[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
	return read_attributes(tag, p, end);
}

/* After the end tag of a raw element, or where we are when there is none. */
static void
skip_raw(struct plain *plain, const char *name)
{
	size_t which = 0, len = strlen(name);

	while (strcmp(raw_names[which], name) != 0)
		which++;
	for (const char *p = plain->p; !plain->endless[which] && (p = memchr(p, '<', (size_t)(plain->end - p))) != NULL; p++)
		if ((size_t)(plain->end - p) > len + 2 && p[1] == '/' && strncasecmp(p + 2, name, len) == 0) {
			plain->p = p;
			return;
		}
	plain->endless[which] = true;
}

/* After a comment's end, or where we are when there is none. */
static void
skip_comment(struct plain *plain)
{
	const char *start = plain->p + 3;

	for (const char *p = start; !plain->endless[COMMENT] && (p = memchr(p, '>', (size_t)(plain->end - p))) != NULL; p++)
		if (p - start >= 2 && p[-1] == '-' && p[-2] == '-') {
			plain->p = p + 1;
			return;
		}
	plain->endless[COMMENT] = true;
}

/* Comments, declarations and instructions, after their "<". */
static void
skip_other(struct plain *plain)
{
	const char *start = plain->p, *stop;

	if (plain->end - plain->p >= 3 && memcmp(plain->p, "!--", 3) == 0)
		skip_comment(plain);
	if (plain->p != start)
		return;
	stop = memchr(plain->p, '>', (size_t)(plain->end - plain->p));
	plain->p = stop != NULL ? stop + 1 : plain->end;
}

/* ---- what is written ---- */

static void
close_link(struct plain *plain)
{
	if (plain->link)
		put(plain, "</a>");
	plain->link = false;
}

static void
open_link(struct plain *plain, const struct tag *tag)
{
	close_link(plain);
	if (tag->href_len == 0 || tag->href_len > LINK_MAX)
		return;
	plain->link = true;
	put(plain, "<a href=\"");
	for (size_t i = 0; i < tag->href_len && plain->rc == 0; i++) {
		char c = tag->href[i];

		if (c == '"' || c == '<' || c == '>')
			put(plain, c == '"' ? "&quot;" : c == '<' ? "&lt;" : "&gt;");
		else if (c != '\0')
			plain->rc = lapse_buf_putc(plain->out, c);
	}
	put(plain, "\">");
}

static void
set_pre(struct plain *plain, bool pre)
{
	if (plain->pre != pre)
		put(plain, pre ? "<pre>" : "</pre>");
	plain->pre = pre;
}

static void
open_quote(struct plain *plain)
{
	if (plain->quotes == QUOTES_MAX) {
		plain->over++;
		return;
	}
	plain->quotes++;
	put(plain, "<blockquote>");
}

static void
close_quote(struct plain *plain)
{
	if (plain->over > 0) {
		plain->over--;
	} else if (plain->quotes > 0) {
		plain->quotes--;
		put(plain, "</blockquote>");
	}
}

static void
write_tag(struct plain *plain, const struct tag *tag)
{
	enum element element = element_named(tag->name);

	if (element != LINK && element != OTHER && element != BREAK && element != RAW)
		close_link(plain);
	if (element == QUOTE || (element == BLOCK && !tag->closes))
		set_pre(plain, false);
	switch (element) {
	case QUOTE: (tag->closes ? close_quote : open_quote)(plain); break;
	case PRE: set_pre(plain, !tag->closes); break;
	case BLOCK: put(plain, "<p></p>"); break;
	case BREAK: put(plain, "<br>"); break;
	case LINE: put(plain, "<hr>"); break;
	case ITEM: put(plain, tag->closes ? "<hr>" : "<hr>- "); break;
	case CELL: put(plain, tag->closes ? " " : ""); break;
	case LINK: tag->closes ? close_link(plain) : open_link(plain, tag); break;
	case RAW: if (!tag->closes) skip_raw(plain, tag->name); break;
	case OTHER: break;
	}
}

int
lapse_mail_html_plain(struct lapse_buf *out, const char *html, size_t len)
{
	struct plain plain = { .out = out, .p = html, .end = html + len };

	while (plain.p < plain.end && plain.rc == 0) {
		const char *open = memchr(plain.p, '<', (size_t)(plain.end - plain.p)), *after;
		struct tag tag;

		plain.rc = lapse_buf_add(out, plain.p, (size_t)((open != NULL ? open : plain.end) - plain.p));
		if (open == NULL || plain.rc < 0)
			break;
		after = read_tag(&tag, open + 1, plain.end);
		plain.p = after != NULL ? after : open + 1;
		if (after != NULL)
			write_tag(&plain, &tag);
		else if (plain.p < plain.end && (*plain.p == '!' || *plain.p == '?' || *plain.p == '/'))
			skip_other(&plain);
		else
			put(&plain, "&lt;");
	}
	close_link(&plain);
	set_pre(&plain, false);
	while (plain.quotes > 0 || plain.over > 0)
		close_quote(&plain);
	return plain.rc;
}
