/* Claims in CSV, RFC 4180: quoted fields, "" for a quote, CRLF or LF; a byte order mark is passed over. */
#include "claims.h"

#include <string.h>

#include "lapse/error.h"
#include "lapse/text.h"

#define MAX_FIELDS 16

struct csv {
	const char *p;
	const char *end;
	size_t line;		/* of the next record */
	size_t record_line;	/* of the one just read */
	const char *fields[MAX_FIELDS];
	size_t nfields;
};

/* Which field is which, SIZE_MAX for none. */
struct columns {
	size_t thread, late_on, since, kind;
};

/* One quoted field; p stands after its opening quote, and after its closing one then. */
static int
read_quoted(struct csv *csv, struct lapse_arena *arena, char **out)
{
	const char *start = csv->p, *quote = csv->p;
	char *to;

	while ((quote = memchr(quote, '"', (size_t)(csv->end - quote))) != NULL &&
	    quote + 1 < csv->end && quote[1] == '"')
		quote += 2;
	if (quote == NULL)
		return lapse_fail(LAPSE_EFORMAT, "a quote that is not closed");
	to = *out = lapse_arena_alloc(arena, (size_t)(quote - start) + 1);
	for (const char *p = start; p < quote; p++) {
		csv->line += *p == '\n';
		*to++ = *p;
		p += *p == '"';
	}
	csv->p = quote + 1;
	return 0;
}

static int
read_field(struct csv *csv, struct lapse_arena *arena)
{
	const char *start = csv->p;
	char *text = NULL;
	int rc = 0;

	if (csv->nfields == MAX_FIELDS)
		return lapse_fail(LAPSE_EFORMAT, "more than %d fields", MAX_FIELDS);
	if (csv->p < csv->end && *csv->p == '"') {
		csv->p++;
		rc = read_quoted(csv, arena, &text);
	} else {
		while (csv->p < csv->end && *csv->p != ',' && *csv->p != '\n' && *csv->p != '\r')
			csv->p++;
		text = lapse_arena_dupn(arena, start, (size_t)(csv->p - start));
	}
	if (rc == 0)
		csv->fields[csv->nfields++] = text;
	return rc;
}

/* The next record that is not empty: 1, 0 at the end. */
static int
read_record(struct csv *csv, struct lapse_arena *arena)
{
	int rc;

	while (csv->p < csv->end && (*csv->p == '\n' || *csv->p == '\r'))
		csv->line += *csv->p++ == '\n';
	csv->nfields = 0;
	csv->record_line = csv->line;
	if (csv->p == csv->end)
		return 0;
	for (;;) {
		rc = read_field(csv, arena);
		if (rc < 0)
			return rc;
		if (csv->p == csv->end || *csv->p == '\n' || *csv->p == '\r')
			return 1;
		if (*csv->p++ != ',')
			return lapse_fail(LAPSE_EFORMAT, "text after a closing quote");
	}
}

static int
read_columns(struct columns *out, const struct csv *csv)
{
	*out = (struct columns){ SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX };
	for (size_t i = 0; i < csv->nfields; i++) {
		const char *name = csv->fields[i];

		if (strcmp(name, "thread") == 0)
			out->thread = i;
		else if (strcmp(name, "late_on") == 0)
			out->late_on = i;
		else if (strcmp(name, "since") == 0)
			out->since = i;
		else if (strcmp(name, "kind") == 0)
			out->kind = i;
	}
	if (out->thread == SIZE_MAX || out->late_on == SIZE_MAX || out->since == SIZE_MAX)
		return lapse_fail(LAPSE_EFORMAT, "the first line does not name the columns thread, late_on and since");
	return 0;
}

static int
read_claim(struct lapse_claim *out, const struct csv *csv, const struct columns *columns, size_t ncolumns)
{
	int rc;

	if (csv->nfields != ncolumns)
		return lapse_fail(LAPSE_EFORMAT, "%zu fields, not %zu", csv->nfields, ncolumns);
	*out = (struct lapse_claim){
		.thread = csv->fields[columns->thread],
		.kind = columns->kind != SIZE_MAX ? csv->fields[columns->kind] : "late",
		.line = csv->record_line,
		.lateness = SIZE_MAX,
	};
	if (strcmp(out->kind, "late") != 0 && strcmp(out->kind, "promise") != 0)
		return lapse_fail(LAPSE_EFORMAT, "kind: neither 'late' nor 'promise': '%.40s'", out->kind);
	rc = lapse_context(lapse_day_parse(&out->late_on, csv->fields[columns->late_on]), "late_on");
	return rc < 0 ? rc : lapse_context(lapse_day_parse(&out->since, csv->fields[columns->since]), "since");
}

static int
add_claim(struct lapse_reconciliation *r, const struct csv *csv, const struct columns *columns, size_t ncolumns)
{
	int rc;

	r->claims = lapse_grow(r->claims, r->nclaims, &r->claims_cap, sizeof(*r->claims));
	rc = read_claim(&r->claims[r->nclaims], csv, columns, ncolumns);
	r->nclaims += rc == 0;
	return rc;
}

int
lapse_claims_read(struct lapse_reconciliation *r, const char *csv_text, size_t len, const char *name)
{
	struct csv csv = { .p = csv_text, .end = csv_text + len, .line = 1 };
	struct columns columns = { 0 };
	size_t ncolumns;
	int rc;

	if (len > 0 && memchr(csv_text, '\0', len) != NULL)
		return lapse_fail(LAPSE_EFORMAT, "%s: not text", name);
	if (len >= 3 && memcmp(csv_text, "\xef\xbb\xbf", 3) == 0)
		csv.p += 3;
	rc = read_record(&csv, &r->arena);
	if (rc == 0)
		rc = lapse_fail(LAPSE_EFORMAT, "empty");
	if (rc > 0)
		rc = read_columns(&columns, &csv);
	ncolumns = csv.nfields;
	while (rc >= 0 && (rc = read_record(&csv, &r->arena)) > 0)
		rc = add_claim(r, &csv, &columns, ncolumns);
	return lapse_context(rc, "%s:%zu", name, csv.record_line);
}
