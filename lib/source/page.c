/*
 * By events, without a tree: neither depth nor size of a page costs more than one pass (page_tags.h sees to the width of
 * its tags). What a revision looks like:
 *   <article class="revision" data-comment-id="8">… <span class="fna">NAME</span> … <time datetime="YYYY-MM-DD HH:MM:SS">
 *   … <pre class="bz_comment_text">TEXT</pre> or <div class="hidden-comment">WORDS</div> or <div class="empty-comment">… </article>
 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/text.h"
#include "html.h"
#include "page_tags.h"

#define REVISIONS_MAX 1000
#define ID_MAX INT64_C(9007199254740991)

/* What the text at hand is. */
enum taking { NOTHING, TITLE, NAME, TEXT };

struct reading {
	struct lapse_revisions *out;
	struct lapse_arena *arena;
	size_t cap;
	struct lapse_revision *items;	/* grows */
	struct lapse_revision *item;	/* the article at hand; NULL: none */
	struct lapse_buf text;
	enum taking taking;
	size_t level;			/* elements that are open since the one whose text is taken */
	size_t link;			/* at which a link to an attachment is; 0: none */
	bool muted;			/* the rest of that is the server's: "[details]" */
	bool titled;
	int rc;
};

/* ---- words of attributes ---- */

static const char *
attribute(const unsigned char **attributes, const char *name)
{
	for (size_t i = 0; attributes != NULL && attributes[i] != NULL; i += 2)
		if (strcmp((const char *)attributes[i], name) == 0)
			return attributes[i + 1] != NULL ? (const char *)attributes[i + 1] : "";
	return "";
}

static bool
has_class(const unsigned char **attributes, const char *name)
{
	const char *p = attribute(attributes, "class");
	size_t len = strlen(name);

	while (*(p += strspn(p, " \t\r\n\f")) != '\0') {
		size_t word = strcspn(p, " \t\r\n\f");

		if (word == len && memcmp(p, name, len) == 0)
			return true;
		p += word;
	}
	return false;
}

/* ---- revisions ---- */

static void
begin_revision(struct reading *r, const unsigned char **attributes)
{
	int64_t comment;

	if (lapse_int_parse(&comment, attribute(attributes, "data-comment-id"), 1, ID_MAX) < 0 ||
	    (r->out->comment != 0 && r->out->comment != comment))
		r->rc = lapse_fail(LAPSE_EFORMAT, "a revision of no comment, or of another one");
	else if (r->out->nitems == REVISIONS_MAX)
		r->rc = lapse_fail(LAPSE_ETOOBIG, "more than %d revisions of a comment", REVISIONS_MAX);
	if (r->rc < 0)
		return;
	r->out->comment = comment;
	r->items = lapse_grow(r->items, r->out->nitems, &r->cap, sizeof(*r->items));
	r->item = &r->items[r->out->nitems++];
	*r->item = (struct lapse_revision){ .who = "", .shown = "", .at = LAPSE_NEVER };
}

static void
end_revision(struct reading *r)
{
	if (r->item->text == NULL)
		r->rc = lapse_fail(LAPSE_EFORMAT, "a revision without a text");
	r->item = NULL;
}

static void
begin_taking(struct reading *r, enum taking taking)
{
	lapse_buf_reset(&r->text);
	r->taking = taking;
	r->level = 1;
	r->link = 0;
	r->muted = false;
}

/* "Bug 2 Comment 3 …": two numbers, in whatever language. */
static void
read_title(struct reading *r, const char *text)
{
	int64_t numbers[2] = { -1, -1 };

	for (size_t i = 0; i < 2; i++) {
		char digits[20];
		size_t len;

		text += strcspn(text, "0123456789");
		len = strspn(text, "0123456789");
		if (len == 0 || len >= sizeof(digits))
			return;
		memcpy(digits, text, len);
		digits[len] = '\0';
		if (lapse_int_parse(&numbers[i], digits, 0, ID_MAX) < 0)
			return;
		text += len;
	}
	r->out->bug = numbers[0];
	r->out->number = numbers[1];
	r->titled = true;
}

static void
end_taking(struct reading *r)
{
	const char *text = lapse_arena_dupn(r->arena, r->text.data != NULL ? r->text.data : "", r->text.len);

	if (r->taking == TITLE)
		read_title(r, text);
	else if (r->item != NULL && r->taking == NAME)
		r->item->who = text;
	else if (r->item != NULL)
		r->item->text = text;
	r->taking = NOTHING;
}

/* ---- events ---- */

static void
begin_in_revision(struct reading *r, const char *name, const unsigned char **attributes)
{
	if (strcmp(name, "time") == 0 && r->item->shown[0] == '\0')
		r->item->shown = lapse_arena_dup(r->arena, attribute(attributes, "datetime"));
	else if (strcmp(name, "span") == 0 && r->item->who[0] == '\0' &&
	    (has_class(attributes, "fna") || has_class(attributes, "fn")))
		begin_taking(r, NAME);
	else if (strcmp(name, "pre") == 0 && has_class(attributes, "bz_comment_text") && r->item->text == NULL)
		begin_taking(r, TEXT);
	else if (strcmp(name, "div") == 0 && has_class(attributes, "empty-comment"))
		r->item->text = "";
	else if (strcmp(name, "div") == 0 && has_class(attributes, "hidden-comment")) {
		r->item->hidden = true;
		begin_taking(r, TEXT);
	}
}

static void
begin_element(void *payload, const unsigned char *xml, const unsigned char **attributes)
{
	struct reading *r = payload;
	const char *name = (const char *)xml;

	if (r->rc < 0)
		return;
	if (r->taking != NOTHING) {
		r->level++;
		if (r->link == 0 && strcmp(name, "span") == 0 && has_class(attributes, "bz_attachment"))
			r->link = r->level;
	} else if (r->item != NULL) {
		begin_in_revision(r, name, attributes);
	} else if (strcmp(name, "article") == 0 && has_class(attributes, "revision")) {
		begin_revision(r, attributes);
	} else if (strcmp(name, "h2") == 0 && !r->titled) {
		begin_taking(r, TITLE);
	}
}

static void
end_element(void *payload, const unsigned char *xml)
{
	struct reading *r = payload;
	const char *name = (const char *)xml;

	if (r->rc < 0)
		return;
	if (r->taking == NOTHING) {
		if (r->item != NULL && strcmp(name, "article") == 0)
			end_revision(r);
		return;
	}
	if (r->link != 0 && strcmp(name, "a") == 0)
		r->muted = true;
	if (r->level == r->link) {
		r->link = 0;
		r->muted = false;
	}
	if (--r->level == 0)
		end_taking(r);
}

static void
take_text(void *payload, const unsigned char *text, int len)
{
	struct reading *r = payload;

	if (r->rc == 0 && r->taking != NOTHING && !r->muted && len > 0)
		r->rc = lapse_buf_add(&r->text, (const char *)text, (size_t)len);
}

/* ---- the page ---- */

static int
parse(struct reading *r, const char *html, size_t len)
{
	const struct html_events events = { begin_element, end_element, take_text };
	int rc = html_parse(&events, r, html, len);

	return rc < 0 ? rc : r->rc;
}

/* A parser closes what is open at the end of a page: that it did not end before is asked first. */
static bool
is_whole(const char *html, size_t len)
{
	static const char end[] = "</html>";
	size_t n = strlen(end);

	while (len > 0 && strchr(" \t\r\n", html[len - 1]) != NULL && html[len - 1] != '\0')
		len--;
	return len >= n && memcmp(html + len - n, end, n) == 0;
}

int
lapse_page_read(struct lapse_revisions *out, struct lapse_arena *arena, const char *html, size_t len)
{
	struct reading r = { .out = out, .arena = arena };
	int rc;

	*out = (struct lapse_revisions){ .bug = 0 };
	if (len > PAGE_MAX)
		return lapse_fail(LAPSE_ETOOBIG, "a page of more than %zu bytes", PAGE_MAX);
	if (!is_whole(html, len))
		return lapse_fail(LAPSE_EFORMAT, "a page that does not end");
	if (!page_tags_are_plain(html, len))
		return lapse_fail(LAPSE_EFORMAT, "a page with tags that readers may read differently, or with very many attributes");
	lapse_buf_init(&r.text, PAGE_MAX);
	rc = parse(&r, html, len);
	if (rc == 0 && !r.titled)
		rc = lapse_fail(LAPSE_EFORMAT, "no page of a comment's revisions");
	if (rc == 0) {
		out->items = lapse_arena_alloc(arena, out->nitems * sizeof(*out->items));
		if (out->nitems > 0)
			memcpy(out->items, r.items, out->nitems * sizeof(*out->items));
	}
	free(r.items);
	lapse_buf_release(&r.text);
	return rc;
}
