/*
 * What the formats of emit.c share. emit.c keeps the order of calls and hands
 * each cell to the format's functions; a format knows only its syntax.
 */
#ifndef LAPSE_EMIT_PRIVATE_H
#define LAPSE_EMIT_PRIVATE_H

#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "lapse/emit.h"

enum cell_kind { CELL_NULL, CELL_TEXT, CELL_INT, CELL_BOOL, CELL_TIME, CELL_SPAN, CELL_LIST, CELL_JSON };

struct cell {
	enum cell_kind kind;
	enum lapse_style style;
	const char *text;
	int64_t n;		/* a number, a bool, or seconds */
	struct lapse_instant time;
	const char *const *texts;
	size_t ntexts;
};

/* A functions table a format; NULL members do nothing. What they return is 0 or a failure. */
struct format {
	bool for_people;
	int (*say)(struct lapse_emit *emit, const char *text);
	int (*heading)(struct lapse_emit *emit, const char *text);
	int (*begin)(struct lapse_emit *emit);
	int (*cell)(struct lapse_emit *emit, size_t column, const struct cell *cell);
	int (*row)(struct lapse_emit *emit);
	int (*end)(struct lapse_emit *emit);
};

extern const struct format format_table;
extern const struct format format_ndjson;
extern const struct format format_csv;
extern const struct format format_markdown;

/* A cell laid out for people: its columns on a terminal. Its text, of `len` bytes, is in `laid`, where that of the next one follows. */
struct laid_cell {
	uint32_t width;
	uint32_t len;
	enum lapse_style style;
};

/* A member of a row in NDJSON: the key with its quotes and colon, and where this row's value lies in `row`. */
struct member {
	char *key;
	size_t column;		/* SIZE_MAX: `fixed` */
	const char *fixed;
};

struct lapse_emit {
	FILE *stream;
	enum lapse_format name;
	const struct format *format;
	bool colour;

	const char *type;	/* NULL between tables */
	const struct lapse_column *columns;
	size_t ncolumns;
	size_t column;		/* of the next cell */
	size_t nrows;
	enum lapse_style style;	/* of the next cell */

	struct lapse_buf out;	/* what is to be written next */
	struct lapse_buf row;	/* cells of the present row: CSV, NDJSON */
	struct lapse_buf text;	/* scratch of one cell */

	/* Table, Markdown: cells of all rows, row by row, shown columns only. */
	struct lapse_buf laid;	/* their texts, each ended by NUL */
	struct laid_cell *cells;
	size_t ncells;
	size_t cap;

	/* NDJSON */
	struct member *members;	/* in the order of the keys */
	size_t nmembers;
	struct { size_t start, len; } *spans;	/* of the row's cells, by column */

	bool wrote;		/* anything at all */
	bool wrote_blank;	/* the last line was empty */

	int failed;		/* the first failure, 0: none */
	int saved_errno;	/* of a failed write, else 0 */
	char error[256];
};

/* The most that a row, and a cell, may take. */
#define EMIT_MAX ((size_t)1 << 30)

/* The same of all the cells of a table, as much as there is memory for. */
#define EMIT_LAID_MAX (SIZE_MAX / 4)

/* Write out and empty `emit->out`. */
int emit_flush(struct lapse_emit *emit);

/*
 * Append the cell as plain text, not yet made safe: `for_people` as a reader
 * would say it, else as a machine would read it; nothing for null.
 */
int emit_plain(struct lapse_buf *out, const struct cell *cell, bool for_people);

/* Keep one laid-out cell of a table: the text that was added to `laid` from a place on, "-" for none. `plain`: it is printable ASCII. */
int emit_lay(struct lapse_emit *emit, size_t start, bool plain, enum lapse_style style);

#endif
