/* Tables for a terminal: columns side by side, two blanks between. */
#include <stdlib.h>
#include <string.h>

#include "emit_private.h"
#include "lapse/text.h"

static const char *const colours[] = {
	[LAPSE_STYLE_PLAIN] = NULL,
	[LAPSE_STYLE_BAD] = "\033[31m",
	[LAPSE_STYLE_DOUBTFUL] = "\033[33m",
	[LAPSE_STYLE_GOOD] = "\033[32m",
	[LAPSE_STYLE_DIM] = "\033[2m",
};
static const char bold[] = "\033[1m";
static const char normal[] = "\033[m";

static int
say(struct lapse_emit *emit, const char *text)
{
	int rc = lapse_text_safe(&emit->out, text, strlen(text), false);

	emit->wrote_blank = text[0] == '\0';
	return rc == 0 ? lapse_buf_putc(&emit->out, '\n') : rc;
}

static int
heading(struct lapse_emit *emit, const char *text)
{
	int rc = 0;

	if (emit->wrote && !emit->wrote_blank)
		rc = lapse_buf_putc(&emit->out, '\n');
	emit->wrote_blank = false;
	if (rc == 0 && emit->colour)
		rc = lapse_buf_puts(&emit->out, bold);
	if (rc == 0)
		rc = lapse_text_safe(&emit->out, text, strlen(text), false);
	if (rc == 0 && emit->colour)
		rc = lapse_buf_puts(&emit->out, normal);
	return rc == 0 ? lapse_buf_putc(&emit->out, '\n') : rc;
}

/* Most cells are safe as they are, and are written where they stay. */
static int
cell(struct lapse_emit *emit, size_t column, const struct cell *cell)
{
	struct lapse_buf *laid = &emit->laid;
	size_t start = laid->len;
	int rc = emit_plain(laid, cell, true);
	bool plain = rc == 0 && lapse_text_is_plain(laid->data + start, laid->len - start);

	(void)column;
	if (rc == 0 && !plain) {
		lapse_buf_reset(&emit->text);
		rc = lapse_buf_add(&emit->text, laid->data + start, laid->len - start);
		laid->len = start;
		if (rc == 0)
			rc = lapse_text_safe(laid, emit->text.data, emit->text.len, false);
	}
	return rc == 0 ? emit_lay(emit, start, plain, cell->style) : rc;
}

static int
add_blanks(struct lapse_buf *out, size_t n)
{
	int rc = lapse_buf_reserve(out, n);

	if (rc < 0)
		return rc;
	memset(out->data + out->len, ' ', n);
	out->len += n;
	out->data[out->len] = '\0';
	return 0;
}

static int
add_cell(struct lapse_emit *emit, const char *text, size_t len, const char *colour, size_t blanks)
{
	int rc = add_blanks(&emit->out, blanks);

	if (rc == 0 && colour != NULL)
		rc = lapse_buf_puts(&emit->out, colour);
	if (rc == 0)
		rc = lapse_buf_add(&emit->out, text, len);
	if (rc == 0 && colour != NULL)
		rc = lapse_buf_puts(&emit->out, normal);
	return rc;
}

/* One line of cells, the first of which has its text at *text, which moves on; `heads` says that they are headings. */
static int
add_line(struct lapse_emit *emit, const struct laid_cell *cell, const char **text, const size_t *widths, bool heads)
{
	size_t shown = 0, blanks = 0;
	int rc = 0;

	for (size_t i = 0; i < emit->ncolumns && rc == 0; i++) {
		const struct lapse_column *column = &emit->columns[i];
		const char *colour = NULL;

		if (column->title == NULL)
			continue;
		if (emit->colour)
			colour = heads ? bold : colours[cell->style];
		rc = add_cell(emit, *text, cell->len, colour, blanks + (column->right ? widths[shown] - cell->width : 0));
		blanks = 2 + (column->right ? 0 : widths[shown] - cell->width);
		*text += cell->len + 1;
		shown++;
		cell++;
	}
	return rc == 0 ? lapse_buf_putc(&emit->out, '\n') : rc;
}

/* The headings become cells behind all others, of which there are `ncells`. */
static int
lay_heads(size_t *nshown, struct lapse_emit *emit)
{
	size_t start;
	int rc = 0;

	*nshown = 0;
	for (size_t i = 0; i < emit->ncolumns && rc == 0; i++) {
		if (emit->columns[i].title == NULL)
			continue;
		start = emit->laid.len;
		rc = lapse_buf_puts(&emit->laid, emit->columns[i].title);
		if (rc == 0)
			rc = emit_lay(emit, start, false, LAPSE_STYLE_PLAIN);
		++*nshown;
	}
	return rc;
}

static int
end(struct lapse_emit *emit)
{
	size_t *widths = lapse_alloc(emit->ncolumns, sizeof(*widths));
	size_t ncells = emit->ncells, heads = emit->laid.len, nshown;
	int rc = lay_heads(&nshown, emit);
	const char *text = emit->laid.data + heads;

	for (size_t i = 0; rc == 0 && nshown > 0 && i < emit->ncells; i += nshown)
		for (size_t k = 0; k < nshown; k++)
			if (widths[k] < emit->cells[i + k].width)
				widths[k] = emit->cells[i + k].width;
	if (rc == 0 && emit->nrows > 0 && nshown > 0)
		rc = add_line(emit, &emit->cells[ncells], &text, widths, true);
	text = emit->laid.data;
	for (size_t i = 0; i < ncells && rc == 0; i += nshown) {
		rc = add_line(emit, &emit->cells[i], &text, widths, false);
		if (rc == 0 && emit->out.len > 64 * 1024)
			rc = emit_flush(emit);
	}
	free(widths);
	emit->wrote_blank = false;
	return rc;
}

const struct format format_table = {
	.for_people = true,
	.say = say,
	.heading = heading,
	.cell = cell,
	.end = end,
};
