#include "mail_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "charset.h"
#include "mail_html.h"
#include "mime.h"

#define DEPTH_MAX 32
#define TEXTS_MAX 1000
#define PARTS_MAX 100000

/* A multipart that is open. */
struct frame {
	const char *boundary;
	size_t len;
	size_t alternative;	/* the nearest multipart/alternative around its parts, 0: none */
	bool digest;
};

/* A part of text. */
struct piece {
	const char *start;
	const char *end;	/* NULL while it is open */
	const char *charset;
	const char *encoding;
	size_t alternative;
	bool html;
	bool flowed;
};

struct walk {
	struct lapse_mail_body *out;
	struct lapse_arena arena;
	struct frame frames[DEPTH_MAX];
	size_t depth;
	size_t nalternatives;
	size_t nparts;
	size_t npieces;
	struct piece pieces[TEXTS_MAX];
	bool open;		/* the last piece has no end yet */
};

/* ---- cutting ---- */

static bool
is_attachment(const char *disposition)
{
	return disposition != NULL && strncasecmp(disposition, "attachment", 10) == 0;
}

static void
push(struct walk *w, const struct lapse_mime_type *type)
{
	struct frame *frame = &w->frames[w->depth];
	size_t around = w->depth > 0 ? w->frames[w->depth - 1].alternative : 0;

	*frame = (struct frame){ .boundary = type->boundary, .len = strlen(type->boundary), .alternative = around };
	frame->digest = strcmp(type->name, "multipart/digest") == 0;
	if (strcmp(type->name, "multipart/alternative") == 0)
		frame->alternative = ++w->nalternatives;
	w->depth++;
}

static void
add_piece(struct walk *w, const struct lapse_mime_type *type, const char *encoding, const char *start)
{
	if (w->npieces == TEXTS_MAX) {
		w->out->broken = true;
		return;
	}
	w->pieces[w->npieces++] = (struct piece){
		.start = start,
		.charset = type->charset,
		.encoding = encoding,
		.alternative = w->depth > 0 ? w->frames[w->depth - 1].alternative : 0,
		.html = strcmp(type->name, "text/html") == 0,
		.flowed = type->flowed,
	};
	w->open = true;
}

/* A part begins, whose headers are cut: a multipart is opened, a text kept in mind, all else passed over. */
static void
begin_part(struct walk *w, struct lapse_mail_headers *headers, const char *start)
{
	const char *type_text = lapse_mail_headers_text(headers, &w->arena, "Content-Type");
	const char *encoding = lapse_mail_headers_text(headers, &w->arena, "Content-Transfer-Encoding");
	bool root = w->depth == 0;
	struct lapse_mime_type type;

	if (type_text == NULL && !root && w->frames[w->depth - 1].digest)
		type_text = "message/rfc822";
	lapse_mime_type_read(&type, &w->arena, type_text);
	w->out->broken |= type.broken;
	if (strncmp(type.name, "multipart/", 10) == 0) {
		if (type.boundary != NULL && w->depth < DEPTH_MAX) {
			push(w, &type);
			return;
		}
		w->out->broken = true;
		type.name = "text/plain";
		encoding = NULL;
	}
	if (strncmp(type.name, "text/", 5) == 0 &&
	    (root || !is_attachment(lapse_mail_headers_text(headers, &w->arena, "Content-Disposition"))))
		add_piece(w, &type, encoding, start);
	else
		w->out->nattachments++;
}

static void
end_piece(struct walk *w, const char *line)
{
	struct piece *piece;

	if (!w->open)
		return;
	piece = &w->pieces[w->npieces - 1];
	/* The line's end before a boundary is the boundary's. */
	piece->end = line;
	if (piece->end > piece->start && piece->end[-1] == '\n')
		piece->end--;
	if (piece->end > piece->start && piece->end[-1] == '\r')
		piece->end--;
	w->open = false;
}

/* The open multipart that a line "--…" is a boundary of, from 1; 0: of none. *closes: it is the last one. */
static size_t
boundary_of(const struct walk *w, const char *line, const char *end, bool *closes)
{
	while (end > line && (end[-1] == '\r' || end[-1] == ' ' || end[-1] == '\t'))
		end--;
	for (size_t i = w->depth; i > 0; i--) {
		const struct frame *frame = &w->frames[i - 1];
		size_t len = (size_t)(end - line) - 2;

		if (len < frame->len || memcmp(line + 2, frame->boundary, frame->len) != 0)
			continue;
		*closes = len == frame->len + 2 && end[-1] == '-' && end[-2] == '-';
		if (len == frame->len || *closes)
			return i;
	}
	return 0;
}

/* From the body of the outermost multipart to its end. Headers are cut into `headers`. */
static void
walk(struct walk *w, struct lapse_mail_headers *headers, const char *line, const char *end)
{
	while (line < end && w->depth > 0) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline != NULL ? newline : end;
		const char *next = newline != NULL ? newline + 1 : end;
		bool closes = false;
		size_t which = stop - line > 2 && line[0] == '-' && line[1] == '-' ? boundary_of(w, line, stop, &closes) : 0;

		if (which > 0) {
			end_piece(w, line);
			w->out->broken |= which < w->depth;
			w->depth = closes ? which - 1 : which;
		}
		if (which > 0 && !closes) {
			next = lapse_mail_headers_cut(headers, next, (size_t)(end - next));
			if (++w->nparts == PARTS_MAX)
				break;
			begin_part(w, headers, next);
		}
		line = next;
	}
	w->out->broken |= w->depth > 0;
	end_piece(w, end);
}

/* ---- reading ---- */

/* \r\n and \r are \n; a flowed line's first blank was stuffed in (RFC 3676, 4.4). Done in place. */
static void
end_lines(struct lapse_buf *text, size_t start, bool flowed)
{
	char *to = text->data + start;
	const char *p = to, *end = text->data + text->len;
	bool at_start = true;

	for (; p < end; p++) {
		if (*p == '\r' && p + 1 < end && p[1] == '\n')
			continue;
		if (!(flowed && at_start && *p == ' '))
			*to++ = *p == '\r' ? '\n' : *p;
		at_start = *p == '\r' || *p == '\n';
	}
	text->len = (size_t)(to - text->data);
	*to = '\0';
}

static int
add_plain(struct lapse_buf *text, const struct piece *piece, const struct lapse_buf *decoded)
{
	size_t start = text->len;
	int rc = lapse_charset_read(text, piece->charset, decoded->data, decoded->len);

	if (rc >= 0 && text->len > start)
		end_lines(text, start, piece->flowed);
	return rc;
}

static int
add_html(struct lapse_buf *text, const struct piece *piece, const struct lapse_buf *decoded)
{
	struct lapse_buf html;
	int rc, bad;

	lapse_buf_init(&html, text->max);
	rc = bad = lapse_charset_read(&html, piece->charset, decoded->data, decoded->len);
	if (rc >= 0 && html.len > 0)
		rc = lapse_mail_html_read(text, html.data, html.len);
	lapse_buf_release(&html);
	return rc < 0 ? rc : bad;
}

static int
add_text(struct walk *w, struct lapse_buf *text, const struct piece *piece)
{
	struct lapse_buf decoded;
	int rc;

	lapse_buf_init(&decoded, text->max);
	rc = lapse_mime_decode(&decoded, piece->encoding, piece->start, (size_t)(piece->end - piece->start));
	w->out->broken |= rc > 0;
	if (rc >= 0 && text->len > 0 && text->data[text->len - 1] != '\n')
		rc = lapse_buf_putc(text, '\n');
	if (rc >= 0 && decoded.len > 0)
		rc = (piece->html ? add_html : add_plain)(text, piece, &decoded);
	w->out->bad_charset |= rc > 0;
	w->out->html |= piece->html;
	if (rc >= 0 && w->out->first == 0 && text->len > 0 && text->data[strspn(text->data, " \t\n")] != '\0')
		w->out->first = text->len;
	lapse_buf_release(&decoded);
	return rc < 0 ? rc : 0;
}

static bool
has_more_than_blanks(const struct piece *piece)
{
	for (const char *p = piece->start; p < piece->end; p++)
		if (*p != ' ' && *p != '\t' && *p != '\r' && *p != '\n')
			return true;
	return false;
}

/* Of alternatives HTML is left out when there is a plain one, the others of them are taken; what is blank says nothing. */
static int
add_texts(struct walk *w, struct lapse_buf *text)
{
	bool *plain = lapse_alloc(w->nalternatives + 1, sizeof(*plain));
	int rc = 0;

	for (size_t i = 0; i < w->npieces; i++)
		if (!w->pieces[i].html && w->pieces[i].alternative > 0 && has_more_than_blanks(&w->pieces[i]))
			plain[w->pieces[i].alternative] = true;
	for (size_t i = 0; i < w->npieces && rc == 0; i++)
		if (has_more_than_blanks(&w->pieces[i]) && (!w->pieces[i].html || !plain[w->pieces[i].alternative]))
			rc = add_text(w, text, &w->pieces[i]);
	free(plain);
	return rc;
}

int
lapse_mail_parts_read(struct lapse_mail_body *out, struct lapse_buf *text, struct lapse_mail_headers *headers,
    const char *body, const char *end)
{
	struct walk *w = lapse_alloc(1, sizeof(*w));
	struct lapse_mail_headers inner;
	int rc;

	*out = (struct lapse_mail_body){ .nattachments = 0 };
	w->out = out;
	lapse_arena_init(&w->arena);
	lapse_mail_headers_init(&inner);
	begin_part(w, headers, body);
	walk(w, &inner, body, end);
	if (w->npieces == 0 && out->nattachments == 0) {
		/* A multipart without parts: what is there is read as it is. */
		out->broken = true;
		w->depth = 0;
		add_piece(w, &(struct lapse_mime_type){ .name = "text/plain" }, NULL, body);
		end_piece(w, end);
	}
	rc = add_texts(w, text);
	lapse_mail_headers_release(&inner);
	lapse_arena_release(&w->arena);
	free(w);
	return rc;
}
