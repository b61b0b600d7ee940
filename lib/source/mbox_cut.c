#include "mbox_cut.h"

#include <inttypes.h>
#include <string.h>

#include "mbox_from.h"

#include "lapse/buf.h"
#include "lapse/error.h"

struct cut {
	const char *path;
	const struct lapse_mbox_form *form;
	int (*fn)(const struct lapse_raw *raw, void *payload);
	void *payload;
	size_t nmarks;			/* From_ lines that came */
	size_t until;			/* the one that ends the message by its Content-Length; 0: the next after a blank line does */
	bool has_message;
	int64_t line;			/* of the message's From_ line, and where it ends */
	uint64_t start;
	struct lapse_mbox_head head;
	struct lapse_buf envelope;	/* the same line */
	struct lapse_buf message;	/* its bytes in the mailbox so far */
};

static size_t
end_of_line(const char *data, size_t len)
{
	return len > 1 && data[len - 2] == '\r' ? len - 2 : len - 1;
}

/* The length without the empty line that ends it. */
static size_t
without_blank(const char *data, size_t len)
{
	size_t end;

	if (len == 0 || data[len - 1] != '\n')
		return len;
	end = end_of_line(data, len);
	return end == 0 || data[end - 1] == '\n' ? end : len;
}

/* What the Content-Length leaves out is the blank line before the From_ line at most: the look has seen to it. */
static size_t
message_len(const struct cut *cut)
{
	size_t len = cut->message.len, said;

	if (cut->until == 0 || cut->head.body == 0)
		return without_blank(cut->message.data, len);
	said = (size_t)(cut->head.body - cut->start) + (size_t)cut->head.length;
	return said < len ? said : len;
}

static int
end_message(struct cut *cut)
{
	struct lapse_raw raw = { .format = cut->form->format, .envelope = cut->envelope.data, .line = cut->line };
	int rc;

	if (!cut->has_message)
		return 0;
	rc = lapse_buf_add(&cut->message, "", 0);
	if (rc < 0)
		return rc;
	raw.len = lapse_mbox_unquote(cut->message.data, message_len(cut), cut->form->quote);
	cut->message.data[raw.len] = '\0';
	raw.data = cut->message.data;
	rc = cut->fn(&raw, cut->payload);
	return rc < 0 ? lapse_context(rc, "%.1000s:%" PRId64, cut->path, cut->line) : 0;
}

static int
begin_message(struct cut *cut, const struct lapse_mbox_piece *piece)
{
	const struct lapse_mbox_form *form = cut->form;
	size_t mark = cut->nmarks - 1;

	cut->has_message = true;
	cut->line = piece->line;
	cut->start = piece->offset + piece->len;
	cut->until = form->by_length && mark < form->nmarks ? form->marks[mark].until : 0;
	lapse_mbox_head_start(&cut->head);
	lapse_buf_reset(&cut->message);
	lapse_buf_reset(&cut->envelope);
	return lapse_buf_add(&cut->envelope, piece->data, end_of_line(piece->data, piece->len));
}

/* Is the From_ line the beginning of a message? The first is, whatever it follows. */
static bool
is_boundary(const struct cut *cut, const struct lapse_mbox_piece *piece)
{
	if (!cut->has_message || (cut->until > 0 && cut->nmarks - 1 >= cut->until))
		return true;
	return cut->until == 0 && piece->after_blank;
}

static int
add_piece(struct cut *cut, const struct lapse_mbox_piece *piece)
{
	int rc = cut->has_message ? lapse_buf_add(&cut->message, piece->data, piece->len) : 0;

	lapse_mbox_head_add(&cut->head, piece);
	return rc == LAPSE_ETOOBIG ? lapse_fail(rc, "%.1000s:%" PRId64 ": a message of more than 1 GiB", cut->path, cut->line) : rc;
}

static int
take_piece(struct cut *cut, const struct lapse_mbox_piece *piece)
{
	int rc;

	cut->nmarks += piece->is_from;
	if (!piece->is_from || !is_boundary(cut, piece))
		return add_piece(cut, piece);
	rc = end_message(cut);
	return rc < 0 ? rc : begin_message(cut, piece);
}

int
lapse_mbox_cut(const char *path, const struct lapse_mbox_form *form, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload)
{
	struct cut cut = { .path = path, .form = form, .fn = fn, .payload = payload };
	struct lapse_mbox_lines *lines;
	struct lapse_mbox_piece piece;
	int rc = lapse_mbox_lines_open(&lines, path);

	lapse_buf_init(&cut.envelope, LAPSE_MBOX_FROM_MAX + 1);
	lapse_buf_init(&cut.message, LAPSE_MBOX_MESSAGE_MAX);
	while (rc >= 0 && (rc = lapse_mbox_lines_next(&piece, lines)) > 0)
		rc = take_piece(&cut, &piece);
	if (rc == 0)
		rc = end_message(&cut);
	lapse_mbox_lines_free(lines);
	lapse_buf_release(&cut.envelope);
	lapse_buf_release(&cut.message);
	return rc;
}
