#include "mail_headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "charset.h"

#define HEADERS_MAX 10000

void
lapse_mail_headers_init(struct lapse_mail_headers *headers)
{
	*headers = (struct lapse_mail_headers){ .nitems = 0 };
}

void
lapse_mail_headers_release(struct lapse_mail_headers *headers)
{
	free(headers->items);
	lapse_mail_headers_init(headers);
}

/* The length of a header's name, 0 when the line begins with none; *colon is set to the ":" after it. */
static size_t
name_length(const char *line, const char *end, const char **colon)
{
	const char *p = line;
	size_t len;

	while (p < end && *p > ' ' && *p < 0x7f && *p != ':')
		p++;
	len = (size_t)(p - line);
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	*colon = p;
	return p < end && *p == ':' ? len : 0;
}

static bool
is_from_line(const char *line, const char *end)
{
	line += line < end && *line == '>';
	return end - line >= 5 && memcmp(line, "From ", 5) == 0;
}

static const char *
line_end(const char *line, const char *end)
{
	const char *newline = memchr(line, '\n', (size_t)(end - line));

	return newline != NULL ? newline : end;
}

static void
add_header(struct lapse_mail_headers *out, const struct lapse_mail_header *header)
{
	if (out->nitems == HEADERS_MAX) {
		out->broken = true;
		return;
	}
	out->items = lapse_grow(out->items, out->nitems, &out->cap, sizeof(*out->items));
	out->items[out->nitems++] = *header;
}

/* Lines that begin with a blank go on with the one before; what is blank altogether does not, it ends the headers. */
static const char *
folded_end(const char *line, const char *end)
{
	const char *stop = line_end(line, end);

	while (end - stop > 1 && (stop[1] == ' ' || stop[1] == '\t'))
		stop = line_end(stop + 1, end);
	return stop;
}

const char *
lapse_mail_headers_cut(struct lapse_mail_headers *out, const char *data, size_t len)
{
	const char *line = data, *end = data + len;

	out->nitems = 0;
	out->broken = false;
	while (line < end) {
		const char *stop = line_end(line, end), *colon;
		size_t name = name_length(line, stop, &colon);

		if (stop == line || (stop == line + 1 && *line == '\r'))
			return stop < end ? stop + 1 : end;
		if (line[0] == '-' && end - line > 1 && line[1] == '-')
			name = 0;
		if (name == 0 && !is_from_line(line, stop)) {
			out->broken = true;
			return line;
		}
		stop = folded_end(line, end);
		if (name > 0)
			add_header(out, &(struct lapse_mail_header){ line, name, colon + 1, (size_t)(stop - colon - 1) });
		line = stop < end ? stop + 1 : end;
	}
	return end;
}

const struct lapse_mail_header *
lapse_mail_headers_next(const struct lapse_mail_headers *headers, size_t *place, const char *name)
{
	size_t len = strlen(name);

	while (*place < headers->nitems) {
		const struct lapse_mail_header *header = &headers->items[(*place)++];

		if (header->name_len == len && strncasecmp(header->name, name, len) == 0)
			return header;
	}
	return NULL;
}

const char *
lapse_mail_header_text(struct lapse_mail_headers *headers, struct lapse_arena *arena, const struct lapse_mail_header *header)
{
	const char *p = header->value, *end = p + header->value_len;
	char *line = lapse_arena_alloc(arena, header->value_len + 1);
	size_t len = 0;

	for (; p < end; p++) {
		char c = *p == '\t' ? ' ' : *p;

		if (c == '\n' || c == '\r' || (c == ' ' && len == 0))
			continue;
		line[len++] = c;
	}
	while (len > 0 && line[len - 1] == ' ')
		len--;
	line[len] = '\0';
	return lapse_charset_line(arena, line, len, &headers->bad);
}

const char *
lapse_mail_headers_text(struct lapse_mail_headers *headers, struct lapse_arena *arena, const char *name)
{
	size_t place = 0;
	const struct lapse_mail_header *header = lapse_mail_headers_next(headers, &place, name);

	return header != NULL ? lapse_mail_header_text(headers, arena, header) : NULL;
}
