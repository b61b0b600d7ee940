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

	return rc == 0 ? lapse_buf_putc(&emit->out, '\n') : rc;
}

static int
heading(struct lapse_emit *emit, const char *text)
{
	int rc = 0;

	if (emit->wrote)
		rc = lapse_buf_putc(&emit->out, '\n');
	if (rc == 0 && emit->colour)
		rc = lapse_buf_puts(&emit->out, bold);
	if (rc == 0)
		rc = lapse_text_safe(&emit->out, text, strlen(text), false);
	if (rc == 0 && emit->colour)
		rc = lapse_buf_puts(&emit->out, normal);
	return rc == 0 ? lapse_buf_putc(&emit->out, '\n') : rc;
}

static int
cell(struct lapse_emit *emit, size_t column, const struct cell *cell)
{
	struct lapse_buf *safe = &emit->row;
	int rc;

	(void)column;
	lapse_buf_reset(&emit->text);
	lapse_buf_reset(safe);
	rc = emit_plain(&emit->text, cell, true);
	if (rc == 0)
		rc = lapse_text_safe(safe, emit->text.data, emit->text.len, false);
	if (rc == 0)
		emit_lay(emit, safe->len > 0 ? safe->data : "-", cell->style);
	return rc;
}

static int
add_blanks(struct lapse_buf *out, size_t n)
{
	int rc = 0;

	while (n-- > 0 && rc == 0)
		rc = lapse_buf_putc(out, ' ');
	return rc;
}

static int
add_cell(struct lapse_emit *emit, const struct laid_cell *cell, const char *colour, size_t width, bool right, bool last)
{
	int rc = 0;

	if (right)
		rc = add_blanks(&emit->out, width - cell->width);
	if (rc == 0 && colour != NULL)
		rc = lapse_buf_puts(&emit->out, colour);
	if (rc == 0)
		rc = lapse_buf_puts(&emit->out, cell->text);
	if (rc == 0 && colour != NULL)
		rc = lapse_buf_puts(&emit->out, normal);
	if (rc == 0 && !right && !last)
		rc = add_blanks(&emit->out, width - cell->width);
	if (rc == 0)
		rc = lapse_buf_puts(&emit->out, last ? "\n" : "  ");
	return rc;
}

/* One line: `cells` are those of the shown columns, `heads` says that they are headings. */
static int
add_line(struct lapse_emit *emit, const struct laid_cell *cells, const size_t *widths, size_t nshown, bool heads)
{
	size_t shown = 0;
	int rc = 0;

	for (size_t i = 0; i < emit->ncolumns && rc == 0; i++) {
		const char *colour = NULL;

		if (emit->columns[i].title == NULL)
			continue;
		if (emit->colour)
			colour = heads ? bold : colours[cells[shown].style];
		rc = add_cell(emit, &cells[shown], colour, widths[shown],
		    emit->columns[i].right, shown + 1 == nshown);
		shown++;
	}
	return rc;
}

static int
end(struct lapse_emit *emit)
{
	struct laid_cell *heads = lapse_alloc(emit->ncolumns, sizeof(*heads));
	size_t *widths = lapse_alloc(emit->ncolumns, sizeof(*widths));
	size_t nshown = 0;
	int rc = 0;

	for (size_t i = 0; i < emit->ncolumns; i++) {
		const char *title = emit->columns[i].title;

		if (title == NULL)
			continue;
		heads[nshown] = (struct laid_cell){ .text = title, .width = lapse_text_width(title) };
		widths[nshown] = heads[nshown].width;
		nshown++;
	}
	for (size_t i = 0; i < emit->ncells; i++) {
		if (widths[i % nshown] < emit->cells[i].width)
			widths[i % nshown] = emit->cells[i].width;
	}
	if (emit->nrows > 0 && nshown > 0)
		rc = add_line(emit, heads, widths, nshown, true);
	for (size_t i = 0; i < emit->ncells && rc == 0; i += nshown) {
		rc = add_line(emit, &emit->cells[i], widths, nshown, false);
		if (rc == 0 && emit->out.len > 64 * 1024)
			rc = emit_flush(emit);
	}
	free(heads);
	free(widths);
	return rc;
}

const struct format format_table = {
	.for_people = true,
	.say = say,
	.heading = heading,
	.cell = cell,
	.end = end,
};
