#include "lapse/emit.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "emit_private.h"
#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/text.h"

static const struct {
	const char *name;
	const struct format *format;
} formats[] = {
	[LAPSE_FORMAT_TABLE] = { "table", &format_table },
	[LAPSE_FORMAT_NDJSON] = { "ndjson", &format_ndjson },
	[LAPSE_FORMAT_CSV] = { "csv", &format_csv },
	[LAPSE_FORMAT_MARKDOWN] = { "markdown", &format_markdown },
};

bool
lapse_format_parse(enum lapse_format *out, const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*out = (enum lapse_format)i;
			return true;
		}
	}
	return false;
}

struct lapse_emit *
lapse_emit_new(FILE *stream, enum lapse_format format, bool colour)
{
	struct lapse_emit *emit = lapse_alloc(1, sizeof(*emit));

	emit->stream = stream;
	emit->name = format;
	emit->format = formats[format].format;
	emit->colour = colour;
	lapse_buf_init(&emit->out, EMIT_MAX);
	lapse_buf_init(&emit->row, EMIT_MAX);
	lapse_buf_init(&emit->text, EMIT_MAX);
	lapse_buf_init(&emit->laid, EMIT_LAID_MAX);
	return emit;
}

void
lapse_emit_free(struct lapse_emit *emit)
{
	if (emit == NULL)
		return;
	for (size_t i = 0; i < emit->nmembers; i++)
		free(emit->members[i].key);
	free(emit->members);
	free(emit->spans);
	free(emit->cells);
	lapse_buf_release(&emit->laid);
	lapse_buf_release(&emit->out);
	lapse_buf_release(&emit->row);
	lapse_buf_release(&emit->text);
	free(emit);
}

enum lapse_format
lapse_emit_format(const struct lapse_emit *emit)
{
	return emit->name;
}

/* Keep the first failure: the calls that write rows return nothing, lapse_emit_finish() tells. */
static void
note(struct lapse_emit *emit, int rc)
{
	if (rc >= 0 || emit->failed != 0)
		return;
	emit->failed = rc;
	snprintf(emit->error, sizeof(emit->error), "%s", lapse_error());
}

int
emit_flush(struct lapse_emit *emit)
{
	size_t len = emit->out.len;

	if (len == 0)
		return 0;
	emit->wrote = true;
	errno = 0;
	if (fwrite(emit->out.data, 1, len, emit->stream) != len && emit->saved_errno == 0)
		emit->saved_errno = errno != 0 ? errno : EIO;
	lapse_buf_reset(&emit->out);
	if (emit->saved_errno == 0)
		return 0;
	errno = emit->saved_errno;
	return lapse_fail_errno(LAPSE_EFAIL, "writing the answer");
}

static int
add_int(struct lapse_buf *out, int64_t n)
{
	char digits[LAPSE_INT_LEN + 1];

	return lapse_buf_add(out, digits, (size_t)(lapse_int_format(digits, n) - digits));
}

int
emit_plain(struct lapse_buf *out, const struct cell *cell, bool for_people)
{
	char when[LAPSE_TIME_LEN + 1], span[LAPSE_SPAN_LEN + 1];
	int rc = 0;

	switch (cell->kind) {
	case CELL_NULL:
		return 0;
	case CELL_TEXT:
	case CELL_JSON:
		return lapse_buf_puts(out, cell->text);
	case CELL_INT:
		return add_int(out, cell->n);
	case CELL_BOOL:
		if (for_people)
			return lapse_buf_puts(out, cell->n != 0 ? "yes" : "no");
		return lapse_buf_puts(out, cell->n != 0 ? "true" : "false");
	case CELL_TIME:
		return lapse_buf_puts(out, lapse_time_format(when, cell->time));
	case CELL_SPAN:
		if (for_people)
			return lapse_buf_puts(out, lapse_span_format(span, cell->n, 2));
		return add_int(out, cell->n);
	case CELL_LIST:
		for (size_t i = 0; i < cell->ntexts && rc == 0; i++) {
			if (i > 0)
				rc = lapse_buf_puts(out, for_people ? ", " : " ");
			if (rc == 0)
				rc = lapse_buf_puts(out, cell->texts[i]);
		}
		return rc;
	}
	return 0;
}

int
emit_lay(struct lapse_emit *emit, size_t start, bool plain, enum lapse_style style)
{
	int rc = emit->laid.len > start ? 0 : lapse_buf_putc(&emit->laid, '-');
	size_t width, len = emit->laid.len - start;

	if (rc < 0)
		return rc;
	width = plain ? len : lapse_text_width(emit->laid.data + start);
	emit->cells = lapse_grow(emit->cells, emit->ncells, &emit->cap, sizeof(*emit->cells));
	emit->cells[emit->ncells++] = (struct laid_cell){
		.width = (uint32_t)width,
		.len = (uint32_t)len,
		.style = style,
	};
	return lapse_buf_putc(&emit->laid, '\0');
}

static void __attribute__((format(printf, 3, 0)))
prose(struct lapse_emit *emit, int (*write)(struct lapse_emit *, const char *), const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int len;

	assert(emit->type == NULL);
	if (write == NULL || emit->failed != 0)
		return;
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0) {
		note(emit, lapse_fail(LAPSE_EFAIL, "text that cannot be formatted"));
		return;
	}
	text = lapse_alloc((size_t)len + 1, 1);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	note(emit, write(emit, text));
	free(text);
	note(emit, emit_flush(emit));
}

void
lapse_emit_say(struct lapse_emit *emit, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	prose(emit, emit->format->say, fmt, ap);
	va_end(ap);
}

void
lapse_emit_heading(struct lapse_emit *emit, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	prose(emit, emit->format->heading, fmt, ap);
	va_end(ap);
}

void
lapse_emit_begin(struct lapse_emit *emit, const char *type, const struct lapse_column *columns, size_t ncolumns)
{
	assert(emit->type == NULL);
	emit->type = type;
	emit->columns = columns;
	emit->ncolumns = ncolumns;
	emit->column = 0;
	emit->nrows = 0;
	emit->ncells = 0;
	emit->style = LAPSE_STYLE_PLAIN;
	lapse_buf_reset(&emit->laid);
	if (emit->format->begin != NULL && emit->failed == 0)
		note(emit, emit->format->begin(emit));
	note(emit, emit_flush(emit));
}

static void
put(struct lapse_emit *emit, struct cell cell)
{
	const struct lapse_column *column;

	assert(emit->type != NULL && emit->column < emit->ncolumns);
	column = &emit->columns[emit->column];
	cell.style = emit->style;
	emit->style = LAPSE_STYLE_PLAIN;
	if ((emit->format->for_people ? column->title : column->key) != NULL && emit->failed == 0)
		note(emit, emit->format->cell(emit, emit->column, &cell));
	emit->column++;
}

void
lapse_emit_null(struct lapse_emit *emit)
{
	put(emit, (struct cell){ .kind = CELL_NULL });
}

void
lapse_emit_text(struct lapse_emit *emit, const char *text)
{
	put(emit, (struct cell){ .kind = text != NULL ? CELL_TEXT : CELL_NULL, .text = text });
}

void
lapse_emit_int(struct lapse_emit *emit, int64_t n)
{
	put(emit, (struct cell){ .kind = CELL_INT, .n = n });
}

void
lapse_emit_bool(struct lapse_emit *emit, bool yes)
{
	put(emit, (struct cell){ .kind = CELL_BOOL, .n = yes });
}

void
lapse_emit_time(struct lapse_emit *emit, struct lapse_instant t)
{
	put(emit, (struct cell){ .kind = lapse_time_is_set(t) ? CELL_TIME : CELL_NULL, .time = t });
}

void
lapse_emit_span(struct lapse_emit *emit, int64_t seconds)
{
	put(emit, (struct cell){ .kind = seconds >= 0 ? CELL_SPAN : CELL_NULL, .n = seconds });
}

void
lapse_emit_list(struct lapse_emit *emit, const char *const *texts, size_t n)
{
	put(emit, (struct cell){ .kind = CELL_LIST, .texts = texts, .ntexts = n });
}

void
lapse_emit_json(struct lapse_emit *emit, const char *json)
{
	put(emit, (struct cell){ .kind = json != NULL ? CELL_JSON : CELL_NULL, .text = json });
}

void
lapse_emit_style(struct lapse_emit *emit, enum lapse_style style)
{
	emit->style = style;
}

void
lapse_emit_row(struct lapse_emit *emit)
{
	assert(emit->column == emit->ncolumns);
	emit->column = 0;
	emit->nrows++;
	if (emit->format->row != NULL && emit->failed == 0)
		note(emit, emit->format->row(emit));
	/* stdio buffers too, but not an open-ended number of rows. */
	if (emit->out.len > 64 * 1024)
		note(emit, emit_flush(emit));
}

void
lapse_emit_end(struct lapse_emit *emit)
{
	assert(emit->type != NULL && emit->column == 0);
	if (emit->format->end != NULL && emit->failed == 0)
		note(emit, emit->format->end(emit));
	note(emit, emit_flush(emit));
	emit->type = NULL;
}

int
lapse_emit_finish(struct lapse_emit *emit)
{
	/* A table that was begun and not ended belongs to an answer that failed: it is dropped. */
	note(emit, emit_flush(emit));
	if (emit->failed != 0) {
		errno = emit->saved_errno;
		return lapse_fail((enum lapse_code)emit->failed, "%s", emit->error);
	}
	errno = 0;
	if (fflush(emit->stream) != 0 || ferror(emit->stream)) {
		errno = errno != 0 ? errno : EIO;
		return lapse_fail_errno(LAPSE_EFAIL, "writing the answer");
	}
	return 0;
}

char *
lapse_span_format(char *out, int64_t seconds, int units)
{
	static const struct {
		int64_t sec;
		char letter;
	} unit[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;
	char *p = out;

	if (seconds < 0) {
		snprintf(out, LAPSE_SPAN_LEN + 1, "-");
		return out;
	}
	while (unit[i].sec > 1 && seconds < unit[i].sec)
		i++;
	for (; i < sizeof(unit) / sizeof(unit[0]) && units > 0; i++, units--) {
		if (p > out)
			*p++ = ' ';
		p = lapse_int_format(p, seconds / unit[i].sec);
		*p++ = unit[i].letter;
		seconds %= unit[i].sec;
	}
	*p = '\0';
	return out;
}
