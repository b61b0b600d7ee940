/* CSV: RFC 4180, with a header row, and nothing in it that a spreadsheet would compute. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "emit_private.h"
#include "lapse/text.h"

/*
 * Would a spreadsheet take the text for a formula? By its first character
 * that is no blank; the last four are the full-width = + - @, which some
 * input methods and programs take for the plain ones.
 */
static bool
is_formula(const char *text)
{
	static const char *const starts[] = { "=", "+", "-", "@", "\t", "\r", "\n",
	    "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" };

	while (*text == ' ')
		text++;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return true;
	}
	return false;
}

static int
add_field(struct lapse_buf *out, const char *text)
{
	int rc = 0;

	/* Quoted for a semicolon and a tab too: some programs split at those. */
	if (text[strcspn(text, "\",;\t\r\n")] == '\0' && text[0] != ' ')
		return lapse_buf_puts(out, text);
	rc = lapse_buf_putc(out, '"');
	while (*text != '\0' && rc == 0) {
		size_t n = strcspn(text, "\"");

		rc = lapse_buf_add(out, text, n);
		text += n;
		if (*text == '"' && rc == 0) {
			rc = lapse_buf_puts(out, "\"\"");
			text++;
		}
	}
	return rc == 0 ? lapse_buf_putc(out, '"') : rc;
}

/* A comma before every cell but the first of the row; emit->text stays free. */
static int
add_comma(struct lapse_emit *emit, size_t column)
{
	for (size_t i = 0; i < column; i++) {
		if (emit->columns[i].key != NULL)
			return lapse_buf_putc(&emit->out, ',');
	}
	return 0;
}

static int
cell(struct lapse_emit *emit, size_t column, const struct cell *cell)
{
	struct lapse_buf *text = &emit->text, *safe = &emit->row;
	int rc = add_comma(emit, column);

	if (rc < 0 || cell->kind == CELL_NULL)
		return rc;
	if (cell->kind != CELL_TEXT && cell->kind != CELL_LIST && cell->kind != CELL_JSON)
		return emit_plain(&emit->out, cell, false);
	lapse_buf_reset(text);
	lapse_buf_reset(safe);
	rc = emit_plain(text, cell, false);
	if (rc == 0 && is_formula(text->len > 0 ? text->data : ""))
		rc = lapse_buf_putc(safe, '\'');
	if (rc == 0)
		rc = lapse_text_safe(safe, text->data, text->len, true);
	return rc == 0 && safe->len > 0 ? add_field(&emit->out, safe->data) : rc;
}

static int
row(struct lapse_emit *emit)
{
	return lapse_buf_puts(&emit->out, "\r\n");
}

static int
begin(struct lapse_emit *emit)
{
	int rc = 0;

	/* A second table in one answer stands apart. */
	if (emit->wrote)
		rc = row(emit);
	for (size_t i = 0; i < emit->ncolumns && rc == 0; i++) {
		if (emit->columns[i].key == NULL)
			continue;
		rc = add_comma(emit, i);
		if (rc == 0)
			rc = add_field(&emit->out, emit->columns[i].key);
	}
	return rc == 0 ? row(emit) : rc;
}

const struct format format_csv = {
	.begin = begin,
	.cell = cell,
	.row = row,
};
