#include "mbox_look.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mbox_from.h"

#include "lapse/alloc.h"
#include "lapse/error.h"

/*
 * Content-Lengths of which it is not known yet whether a From_ line stands where they end. One inside the other they wait only
 * while mailboxes lie in messages; when a stranger makes it more, those that reach farthest are not believed.
 */
#define CLAIMS 64

struct claim {
	uint64_t end;
	uint32_t mark;		/* whose */
};

struct look {
	struct lapse_mbox_form *form;
	const char *path;
	struct lapse_mbox_head head;
	struct claim claims[CLAIMS];	/* the nearest end last */
	size_t nclaims;
	uint64_t start;			/* of the last message that a From_ line begins */
	int64_t start_line;
	uint64_t last_blank;		/* the last line when it is blank, else the end */
	size_t nfrom, npipermail, nmboxrd;	/* From_ lines after blank ones */
	size_t bare, bare_after_blank;	/* body lines with "From ", ">From ", ">>From " and more */
	size_t quoted, deep;
};

/* ---- Content-Length ---- */

void
lapse_mbox_head_start(struct lapse_mbox_head *head)
{
	*head = (struct lapse_mbox_head){ .length = -1 };
}

/* Digits with blanks around them, of no more than a message may have; else -1. */
static int64_t
read_length(const char *text, size_t len)
{
	int64_t n = 0;
	size_t i = 0, start;

	while (i < len && (text[i] == ' ' || text[i] == '\t'))
		i++;
	for (start = i; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
		n = n * 10 + (text[i] - '0');
		if (n > (int64_t)LAPSE_MBOX_MESSAGE_MAX)
			return -1;
	}
	if (i == start)
		return -1;
	while (i < len && strchr(" \t\r\n", text[i]) != NULL && text[i] != '\0')
		i++;
	return i == len ? n : -1;
}

void
lapse_mbox_head_add(struct lapse_mbox_head *head, const struct lapse_mbox_piece *piece)
{
	static const char name[] = "Content-Length:";
	size_t n = sizeof(name) - 1;

	if (head->body > 0 || !piece->starts)
		return;
	if (piece->is_blank)
		head->body = piece->offset + piece->len;
	else if (head->length < 0 && piece->len > n && strncasecmp(piece->data, name, n) == 0)
		head->length = read_length(piece->data + n, piece->len - n);
}

/* The header of the last From_ line's message is read: remember where it says that it ends. */
static void
claim(struct look *look)
{
	struct claim new = { look->head.body + (uint64_t)look->head.length, (uint32_t)(look->form->nmarks - 1) };
	size_t i;

	if (look->nclaims == CLAIMS && look->claims[0].end <= new.end)
		return;
	if (look->nclaims == CLAIMS)
		memmove(look->claims, look->claims + 1, --look->nclaims * sizeof(new));
	for (i = look->nclaims++; i > 0 && look->claims[i - 1].end < new.end; i--)
		look->claims[i] = look->claims[i - 1];
	look->claims[i] = new;
}

/* A From_ line, or the end, is at `offset`, and perhaps a blank line at `blank` right before it: who said so? */
static void
settle(struct look *look, uint64_t offset, uint64_t blank)
{
	size_t next = look->form->nmarks;

	while (look->nclaims > 0 && look->claims[look->nclaims - 1].end <= offset) {
		const struct claim *it = &look->claims[--look->nclaims];

		if (next < UINT32_MAX && (it->end == offset || it->end == blank))
			look->form->marks[it->mark].until = (uint32_t)next;
	}
}

/* ---- one line after the other ---- */

static void
take_from(struct look *look, const struct lapse_mbox_piece *piece)
{
	struct lapse_mbox_form *form = look->form;
	struct lapse_mbox_from from = { false, false };

	settle(look, piece->offset, piece->after_blank ? look->last_blank : piece->offset);
	form->marks = lapse_grow(form->marks, form->nmarks, &form->cap, sizeof(*form->marks));
	form->marks[form->nmarks++] = (struct lapse_mbox_mark){ .after_blank = piece->after_blank };
	lapse_mbox_head_start(&look->head);
	if (!piece->after_blank)
		return;
	lapse_mbox_from_read(&from, piece->data, piece->len);
	look->nfrom++;
	look->npipermail += from.is_pipermail;
	look->nmboxrd += from.is_mboxrd;
	look->start = piece->offset + piece->len;
	look->start_line = piece->line;
}

static void
take_body(struct look *look, const struct lapse_mbox_piece *piece)
{
	long depth = piece->starts ? lapse_mbox_quote_depth(piece->data, piece->len) : -1;

	look->bare += depth == 0;
	look->bare_after_blank += depth == 0 && piece->after_blank;
	look->quoted += depth == 1;
	look->deep += depth > 1;
}

static void
take_text(struct look *look, const struct lapse_mbox_piece *piece)
{
	if (look->head.body > 0) {
		take_body(look, piece);
		return;
	}
	lapse_mbox_head_add(&look->head, piece);
	if (look->head.body > 0 && look->head.length >= 0 && look->form->nmarks < UINT32_MAX)
		claim(look);
}

static int
take_piece(struct look *look, const struct lapse_mbox_piece *piece)
{
	if (piece->is_from)
		take_from(look, piece);
	else
		take_text(look, piece);
	look->last_blank = piece->is_blank ? piece->offset : piece->offset + piece->len;
	if (piece->offset + piece->len <= look->start + LAPSE_MBOX_MESSAGE_MAX)
		return 0;
	return lapse_fail(LAPSE_ETOOBIG, "%.1000s:%" PRId64 ": a message of more than 1 GiB", look->path, look->start_line);
}

static int
look_through(struct look *look, struct lapse_mbox_lines *lines, struct lapse_mbox_piece *piece)
{
	uint64_t end = 0;
	int rc = 1;

	while (rc > 0) {
		end = piece->offset + piece->len;
		rc = take_piece(look, piece);
		if (rc == 0)
			rc = lapse_mbox_lines_next(piece, lines);
	}
	if (rc == 0)
		settle(look, end, look->last_blank);
	return rc;
}

/* ---- what it is ---- */

struct weight {
	size_t messages, by_length;		/* those of them that Content-Length cuts */
	size_t bare, bare_after_blank;		/* From_ lines that are body lines then */
};

/* A message ends where its Content-Length says rightly; else before the next From_ line after a blank one. */
static struct weight
weigh(const struct lapse_mbox_form *form, bool by_length)
{
	struct weight out = { 0 };
	size_t end = 0;		/* the From_ line up to which all belongs to one message */

	for (size_t i = 0; i < form->nmarks; i++) {
		const struct lapse_mbox_mark *mark = &form->marks[i];

		if (i == end || (i > end && mark->after_blank)) {
			end = by_length ? mark->until : 0;
			out.messages++;
			out.by_length += end > 0;
		} else {
			out.bare++;
			out.bare_after_blank += mark->after_blank;
		}
	}
	return out;
}

static enum lapse_mbox_quote
quote_of_mboxo(size_t bare, size_t bare_after_blank)
{
	if (bare_after_blank > 0)
		return LAPSE_QUOTE_NONE;
	return bare > 0 ? LAPSE_QUOTE_ONE_AFTER_BLANK : LAPSE_QUOTE_ONE;
}

static void
decide(const struct look *look)
{
	struct lapse_mbox_form *form = look->form;
	bool is_public_inbox = look->nmboxrd * 2 > look->nfrom;
	struct weight weight = weigh(form, true);
	size_t bare;

	form->by_length = !is_public_inbox && weight.by_length > 0 && weight.by_length * 2 >= weight.messages;
	if (!form->by_length)
		weight = weigh(form, false);
	bare = look->bare + weight.bare;
	form->quote = LAPSE_QUOTE_NONE;
	if (look->npipermail * 2 > look->nfrom) {
		form->format = "pipermail";
		form->by_length = false;
	} else if (form->by_length) {
		form->format = look->quoted > 0 && bare == 0 ? "mboxcl" : "mboxcl2";
		form->quote = look->quoted > 0 && bare == 0 ? LAPSE_QUOTE_ONE : LAPSE_QUOTE_NONE;
	} else if (is_public_inbox || (look->deep > 0 && bare == 0)) {
		form->format = "mboxrd";
		form->quote = LAPSE_QUOTE_ANY;
	} else {
		form->format = "mboxo";
		form->quote = quote_of_mboxo(bare, look->bare_after_blank + weight.bare_after_blank);
	}
}

/* A field without which no mail is sent, or which those who carry mail add. */
static bool
is_mail_field(const struct lapse_mbox_piece *piece)
{
	static const char *const names[] = { "From:", "Date:", "Subject:", "Message-ID:", "To:", "Received:", "Return-Path:", "Delivered-To:" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (piece->len > strlen(names[i]) && strncasecmp(piece->data, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static bool
continues_header(const struct lapse_mbox_piece *piece)
{
	return !piece->starts || piece->data[0] == ' ' || piece->data[0] == '\t' || lapse_mbox_is_header(piece->data, piece->len);
}

/* A file that does not begin with a From_ line. A mail's field names begin with a letter or a digit, those of JSON do not. */
static int
look_at_header(struct lapse_mbox_form *form, struct lapse_mbox_lines *lines, struct lapse_mbox_piece *piece)
{
	int rc = 1;

	form->kind = LAPSE_FORM_NONE;
	form->line = piece->line;
	form->cause = "it begins with neither a From_ line nor a header";
	if (piece->len > 5 && memcmp(piece->data, "From ", 5) == 0)
		form->cause = "its From_ line ends in no date that is understood, or no header follows";
	if (piece->line > 1 || !lapse_mbox_is_header(piece->data, piece->len) || !isalnum((unsigned char)piece->data[0]))
		return 0;
	form->kind = LAPSE_FORM_MESSAGE;
	form->cause = "its header has no field that mail has";
	while (rc > 0 && !form->is_mail && continues_header(piece)) {
		form->is_mail = piece->starts && is_mail_field(piece);
		rc = lapse_mbox_lines_next(piece, lines);
	}
	return rc < 0 ? rc : 0;
}

static int
look_at(struct look *look, struct lapse_mbox_lines *lines)
{
	struct lapse_mbox_piece piece;
	int rc;

	while ((rc = lapse_mbox_lines_next(&piece, lines)) > 0 && piece.is_blank)
		;
	if (rc <= 0)
		return rc;
	if (!piece.is_from)
		return look_at_header(look->form, lines, &piece);
	look->form->kind = LAPSE_FORM_MBOX;
	rc = look_through(look, lines, &piece);
	if (rc == 0)
		decide(look);
	return rc;
}

int
lapse_mbox_look(struct lapse_mbox_form *out, const char *path)
{
	struct look look = { .form = out, .path = path };
	struct lapse_mbox_lines *lines;
	int rc = lapse_mbox_lines_open(&lines, path);

	*out = (struct lapse_mbox_form){ .kind = LAPSE_FORM_EMPTY };
	if (rc == 0)
		rc = look_at(&look, lines);
	lapse_mbox_lines_free(lines);
	return rc;
}

void
lapse_mbox_form_release(struct lapse_mbox_form *form)
{
	free(form->marks);
	form->marks = NULL;
	form->nmarks = form->cap = 0;
}
