/*
 * Results to bytes: one description of rows, four formats. Human formats
 * (table, Markdown) are safe to show whatever strangers wrote; CSV is RFC 4180
 * with formulas made harmless; NDJSON is one canonical JSON object a line, with control and
 * bidirectional characters escaped.
 */
#ifndef LAPSE_EMIT_H
#define LAPSE_EMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lapse/time.h"

enum lapse_format { LAPSE_FORMAT_TABLE, LAPSE_FORMAT_NDJSON, LAPSE_FORMAT_CSV, LAPSE_FORMAT_MARKDOWN };

/* "table", "ndjson", "csv", "markdown"; false for another word. */
bool lapse_format_parse(enum lapse_format *out, const char *name);

struct lapse_column {
	const char *key;	/* name in NDJSON and CSV; NULL: for people only */
	const char *title;	/* heading in tables and Markdown; NULL: for machines only */
	bool right;		/* align to the right in tables */
};

enum lapse_style { LAPSE_STYLE_PLAIN, LAPSE_STYLE_BAD, LAPSE_STYLE_DOUBTFUL, LAPSE_STYLE_GOOD, LAPSE_STYLE_DIM };

struct lapse_emit;

/* Write to `stream` (borrowed). `colour`: the table may use it; never alone carries meaning. The caller releases it with lapse_emit_free(). */
struct lapse_emit *lapse_emit_new(FILE *stream, enum lapse_format format, bool colour);
void lapse_emit_free(struct lapse_emit *emit);
enum lapse_format lapse_emit_format(const struct lapse_emit *emit);

/* A line of prose for people (tables, Markdown), made safe; nothing in NDJSON and CSV. An empty one is a blank line. Between tables, not within. */
void lapse_emit_say(struct lapse_emit *emit, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A heading over what follows, for people only. */
void lapse_emit_heading(struct lapse_emit *emit, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Begin a table of records of one `type` ("obligation"). Columns are borrowed until lapse_emit_end(). */
void lapse_emit_begin(struct lapse_emit *emit, const char *type, const struct lapse_column *columns, size_t ncolumns);

/*
 * The next cell of the row, in the order of the columns; exactly one call a column. NULL text,
 * LAPSE_NEVER and lapse_emit_null are null: "" in CSV, "-" for people.
 */
void lapse_emit_text(struct lapse_emit *emit, const char *text);
void lapse_emit_int(struct lapse_emit *emit, int64_t n);
void lapse_emit_bool(struct lapse_emit *emit, bool yes);
void lapse_emit_time(struct lapse_emit *emit, struct lapse_instant t);
void lapse_emit_span(struct lapse_emit *emit, int64_t seconds);		/* seconds for machines, "7d 23h" for people (two largest units, cut, never rounded up) */
void lapse_emit_null(struct lapse_emit *emit);
void lapse_emit_list(struct lapse_emit *emit, const char *const *texts, size_t n);	/* an array; "a, b" for people; "a b" in CSV */
void lapse_emit_json(struct lapse_emit *emit, const char *json);	/* one line that lapse_canon_write_safe() wrote; text for all else; NULL is null */
void lapse_emit_style(struct lapse_emit *emit, enum lapse_style style);	/* of the next cell */

/* End the row; end the table (tables are laid out here). */
void lapse_emit_row(struct lapse_emit *emit);
void lapse_emit_end(struct lapse_emit *emit);

/* Flush and check: a full disk is a failure (LAPSE_EFAIL "writing the answer: …"). */
int lapse_emit_finish(struct lapse_emit *emit);

/* "7d 23h 18m", "45s", "-": a span for people in its `units` largest units, cut. `out` holds LAPSE_SPAN_LEN + 1 bytes. Returns `out`. */
#define LAPSE_SPAN_LEN 47
char *lapse_span_format(char *out, int64_t seconds, int units);

#endif
