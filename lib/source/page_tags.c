#include "page_tags.h"

#include <string.h>

#include "lapse/text.h"

#define ATTRIBUTES_MAX 64
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME LETTERS "0123456789-_:."
#define BLANKS " \t\r\n\f"

/* How many of the characters from here on are among `set`. */
static size_t
span(const char *p, const char *end, const char *set)
{
	const char *start = p;

	while (p < end && *p != '\0' && strchr(set, *p) != NULL)
		p++;
	return (size_t)(p - start);
}

/* After `what`, or NULL when it does not come any more. */
static const char *
after(const char *p, const char *end, const char *what)
{
	size_t len = strlen(what);

	for (; (size_t)(end - p) >= len; p++)
		if (memcmp(p, what, len) == 0)
			return p + len;
	return NULL;
}

/* A comment: nothing in it may end it for some and not for others. */
static const char *
skip_comment(const char *p, const char *end)
{
	const char *dashes = after(p, end, "--");

	if (p == end || *p == '>' || *p == '-' || dashes == NULL || dashes == end || *dashes != '>')
		return NULL;
	return dashes + 1;
}

/* An attribute's value, after its "=". */
static const char *
skip_value(const char *p, const char *end)
{
	if (p < end && (*p == '"' || *p == '\'')) {
		p = memchr(p + 1, *p, (size_t)(end - p - 1));
		return p != NULL ? p + 1 : NULL;
	}
	return p + span(p, end, NAME "/#%&?;,+=");
}

/* Attributes, up to the tag's end; *empty: "/>". */
static const char *
skip_attributes(const char *p, const char *end, bool *empty)
{
	size_t n = 0, blanks;

	for (;;) {
		blanks = span(p, end, BLANKS);
		p += blanks;
		*empty = p < end && *p == '/';
		p += *empty;
		if (p < end && *p == '>')
			return p + 1;
		if (*empty || blanks == 0 || span(p, end, LETTERS "_") == 0 || ++n > ATTRIBUTES_MAX)
			return NULL;
		p += span(p, end, NAME);
		if (p < end && *p == '=')
			p = skip_value(p + 1, end);
		if (p == NULL)
			return NULL;
	}
}

/* A script or a style holds no tags, up to its own end. */
static const char *
skip_raw(const char *p, const char *end, const char *name)
{
	size_t len = strlen(name);

	while ((p = after(p, end, "</")) != NULL) {
		char found[8] = "";

		if ((size_t)(end - p) <= len)
			return NULL;
		memcpy(found, p, len);
		if (lapse_ascii_casecmp(found, name) == 0)
			return strchr(BLANKS ">", p[len]) != NULL ? p - 2 : NULL;
	}
	return NULL;
}

/* A tag, after its "<". */
static const char *
skip_tag(const char *p, const char *end)
{
	char name[8] = "";
	bool closes = p < end && *p == '/', empty;
	size_t len = span(p + closes, end, NAME);

	p += closes;
	if (span(p, end, LETTERS) == 0)
		return NULL;
	memcpy(name, p, len < sizeof(name) ? len : 0);
	p = skip_attributes(p + len, end, &empty);
	if (p == NULL || closes || (lapse_ascii_casecmp(name, "script") != 0 && lapse_ascii_casecmp(name, "style") != 0))
		return p;
	return empty ? NULL : skip_raw(p, end, name);
}

bool
page_tags_are_plain(const char *html, size_t len)
{
	static const char doctype[] = "!doctype html>";
	const char *p = html, *end = html + len;
	size_t n = strlen(doctype);

	while (p != NULL && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		char start[sizeof(doctype)] = "";

		p++;
		memcpy(start, p, (size_t)(end - p) < n ? (size_t)(end - p) : n);
		if (lapse_ascii_casecmp(start, doctype) == 0)
			p += n;
		else if (strncmp(start, "!--", 3) == 0)
			p = skip_comment(p + 3, end);
		else
			p = skip_tag(p, end);
		if (p == NULL)
			return false;
	}
	return true;
}
