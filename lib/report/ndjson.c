/* NDJSON: one canonical JSON object a line (RFC 8785), safe to show. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emit_private.h"
#include "lapse/text.h"

/* One character that is not plain: escaped as RFC 8785 §3.2.2.2 has it, and the unsafe ones besides. */
static int
add_odd_char(struct lapse_buf *out, uint32_t c, const char *bytes, size_t n)
{
	static const char *const named[] = { ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r" };

	if (c == LAPSE_BAD_CHAR)
		return lapse_buf_puts(out, "\xef\xbf\xbd");
	if (c == '"' || c == '\\')
		return lapse_buf_printf(out, "\\%c", (int)c);
	if (c < sizeof(named) / sizeof(named[0]) && named[c] != NULL)
		return lapse_buf_puts(out, named[c]);
	if (!lapse_char_is_unsafe(c))
		return lapse_buf_add(out, bytes, n);
	if (c < 0x10000)
		return lapse_buf_printf(out, "\\u%04" PRIx32, c);
	c -= 0x10000;
	return lapse_buf_printf(out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

/* A string with its quotes. Bytes that are no UTF-8 become U+FFFD: JSON has no place for them. */
static int
add_string(struct lapse_buf *out, const char *text)
{
	size_t len = strlen(text), i = 0;
	int rc = lapse_buf_putc(out, '"');

	while (i < len && rc == 0) {
		size_t start = i, n;
		uint32_t c;

		while (i < len && text[i] >= 0x20 && text[i] < 0x7f && text[i] != '"' && text[i] != '\\')
			i++;
		rc = lapse_buf_add(out, text + start, i - start);
		if (rc < 0 || i == len)
			break;
		n = lapse_utf8_decode(&c, text + i, len - i);
		rc = add_odd_char(out, c, text + i, n);
		i += n;
	}
	return rc == 0 ? lapse_buf_putc(out, '"') : rc;
}

static int
add_list(struct lapse_buf *out, const char *const *texts, size_t n)
{
	int rc = lapse_buf_putc(out, '[');

	for (size_t i = 0; i < n && rc == 0; i++) {
		if (i > 0)
			rc = lapse_buf_putc(out, ',');
		if (rc == 0)
			rc = add_string(out, texts[i]);
	}
	return rc == 0 ? lapse_buf_putc(out, ']') : rc;
}

static int
cell(struct lapse_emit *emit, size_t column, const struct cell *cell)
{
	struct lapse_buf *row = &emit->row;
	char when[LAPSE_TIME_LEN + 1];
	int rc;

	emit->spans[column].start = row->len;
	switch (cell->kind) {
	case CELL_NULL:
		rc = lapse_buf_puts(row, "null");
		break;
	case CELL_TEXT:
		rc = add_string(row, cell->text);
		break;
	case CELL_TIME:
		rc = add_string(row, lapse_time_format(when, cell->time));
		break;
	case CELL_LIST:
		rc = add_list(row, cell->texts, cell->ntexts);
		break;
	default:
		rc = emit_plain(row, cell, false);
		break;
	}
	emit->spans[column].len = row->len - emit->spans[column].start;
	return rc;
}

/* Keys are our own ASCII, so that bytes order them as UTF-16 would; the quote that ends a key is below every letter. */
static int
member_cmp(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static int
add_member(struct lapse_emit *emit, const char *key, size_t column, const char *fixed)
{
	struct lapse_buf text;
	int rc;

	lapse_buf_init(&text, EMIT_MAX);
	rc = add_string(&text, key);
	if (rc == 0)
		rc = lapse_buf_putc(&text, ':');
	if (rc == 0)
		emit->members[emit->nmembers++] = (struct member){ lapse_buf_detach(&text), column, fixed };
	lapse_buf_release(&text);
	return rc;
}

static int
begin(struct lapse_emit *emit)
{
	int rc;

	for (size_t i = 0; i < emit->nmembers; i++)
		free(emit->members[i].key);
	emit->nmembers = 0;
	emit->members = lapse_realloc(emit->members, emit->ncolumns + 2, sizeof(*emit->members));
	emit->spans = lapse_realloc(emit->spans, emit->ncolumns, sizeof(*emit->spans));
	lapse_buf_reset(&emit->row);
	lapse_buf_reset(&emit->text);
	rc = add_string(&emit->text, emit->type);
	if (rc == 0)
		rc = add_member(emit, "type", SIZE_MAX, emit->text.data);
	if (rc == 0)
		rc = add_member(emit, "v", SIZE_MAX, "1");
	for (size_t i = 0; i < emit->ncolumns && rc == 0; i++) {
		if (emit->columns[i].key != NULL)
			rc = add_member(emit, emit->columns[i].key, i, NULL);
	}
	qsort(emit->members, emit->nmembers, sizeof(*emit->members), member_cmp);
	for (size_t i = 1; i < emit->nmembers; i++)
		assert(strcmp(emit->members[i - 1].key, emit->members[i].key) != 0);
	return rc;
}

static int
row(struct lapse_emit *emit)
{
	struct lapse_buf *out = &emit->out;
	int rc = lapse_buf_putc(out, '{');

	for (size_t i = 0; i < emit->nmembers && rc == 0; i++) {
		const struct member *m = &emit->members[i];

		if (i > 0)
			rc = lapse_buf_putc(out, ',');
		if (rc == 0)
			rc = lapse_buf_puts(out, m->key);
		if (rc == 0 && m->fixed != NULL)
			rc = lapse_buf_puts(out, m->fixed);
		else if (rc == 0)
			rc = lapse_buf_add(out, emit->row.data + emit->spans[m->column].start, emit->spans[m->column].len);
	}
	lapse_buf_reset(&emit->row);
	return rc == 0 ? lapse_buf_puts(out, "}\n") : rc;
}

const struct format format_ndjson = {
	.begin = begin,
	.cell = cell,
	.row = row,
};
