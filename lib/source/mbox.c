#include "mbox.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lines.h"

#define PENDING 64	/* messages whose stated end is still to come, one within the other */

/* ---- one line ---- */

static bool
is_one_of(const char *word, const char *words)
{
	for (; *words != '\0'; words += 3)
		if (strncmp(word, words, 3) == 0)
			return true;
	return false;
}

static const char *
skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

static const char *
skip_digits(const char *p, size_t most)
{
	while (most-- > 0 && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* " 1 11:19:12", " 1 11:19": a day and a time; NULL when it is none. */
static const char *
skip_day_time(const char *p)
{
	const char *from = skip_blanks(p), *q = skip_digits(from, 2);

	if (q == from || skip_blanks(q) == q)
		return NULL;
	from = skip_blanks(q);
	q = skip_digits(from, 2);
	if (q == from || *q != ':' || skip_digits(q + 1, 2) != q + 3)
		return NULL;
	q += 3;
	return *q == ':' && skip_digits(q + 1, 2) == q + 3 ? q + 3 : q;
}

/* Four digits among the words that follow: the year, with zones before or after it. */
static bool
has_year(const char *p)
{
	for (size_t words = 0; words < 4; words++) {
		p = skip_blanks(p);
		if (skip_digits(p, 5) == p + 4)
			return true;
		p += strcspn(p, " \t\r\n");
	}
	return false;
}

/* "From ", then anything, then a date: "Thu Nov  1 11:19:12 2001". The line ends with a NUL, and may hold one. */
static bool
is_from_line(const char *line)
{
	const char *p = line;

	if (strncmp(line, "From ", 5) != 0)
		return false;
	while ((p = strchr(p, ' ')) != NULL) {
		const char *time = NULL;

		p++;
		if (is_one_of(p, "SunMonTueWedThuFriSat") && (p[3] == ' ' || p[3] == ',')) {
			const char *month = skip_blanks(p + 4);

			if (is_one_of(month, "JanFebMarAprMayJunJulAugSepOctNovDec"))
				time = skip_day_time(month + 3);
		}
		if (time != NULL && has_year(time))
			return true;
	}
	return false;
}

bool
lapse_mbox_begins(const char *line, size_t len)
{
	(void)len;
	return is_from_line(line);
}

/* "Name: …", of characters that names really have: JSON and the like have others before their first colon. */
bool
lapse_mail_begins(const char *line, size_t len)
{
	size_t i = 0;

	while (i < len && ((line[i] | 32) >= 'a' ? (line[i] | 32) <= 'z' : i > 0 && (strchr("-_.0123456789", line[i]) != NULL && line[i] != '\0')))
		i++;
	return i > 0 && i < len && line[i] == ':';
}

/* A line of a header's beginning, as RFC 5322 has names: any visible character but ":". */
static bool
is_header(const char *line)
{
	size_t i = 0;

	while (line[i] > ' ' && line[i] <= '~' && line[i] != ':')
		i++;
	return i > 0 && line[i] == ':';
}

/* ---- the lines of a file, and where messages begin ---- */

struct walk {
	struct lines lines;
	struct lapse_buf line, ahead;
	bool has_ahead, was_empty;
	uint64_t start, next;	/* where the line begins in the file, and the one after it */
	uint64_t ahead_end;
	int64_t number;		/* of the line */
};

static int
walk_open(struct walk *w, const char *path)
{
	*w = (struct walk){ .was_empty = true };
	lapse_buf_init(&w->line, MESSAGE_MAX);
	lapse_buf_init(&w->ahead, MESSAGE_MAX);
	return lines_open(&w->lines, path);
}

static void
walk_close(struct walk *w)
{
	lines_close(&w->lines);
	lapse_buf_release(&w->line);
	lapse_buf_release(&w->ahead);
}

static int
take_line(struct walk *w)
{
	struct lapse_buf swap = w->line;
	int rc = 1;

	w->start = w->next;
	w->number++;
	if (w->has_ahead) {
		w->line = w->ahead;
		w->ahead = swap;
		w->has_ahead = false;
		w->next = w->ahead_end;
	} else {
		rc = lines_next(&w->line, &w->lines);
		w->next = w->lines.end;
	}
	return rc;
}

/* The next line, and whether a message begins with it: 1, or 0 at the end. */
static int
walk_next(struct walk *w, bool *begins)
{
	bool may_begin;
	int rc;

	may_begin = w->was_empty;
	*begins = false;
	rc = take_line(w);
	if (rc <= 0)
		return rc;
	w->was_empty = lines_is_empty(w->line.data, w->line.len);
	if (!may_begin || !is_from_line(w->line.data))
		return 1;
	rc = lines_next(&w->ahead, &w->lines);
	if (rc <= 0)
		return rc < 0 ? rc : 1;
	w->has_ahead = true;
	w->ahead_end = w->lines.end;
	*begins = is_header(w->ahead.data);
	return 1;
}

/* ---- the first reading: what kind of mailbox it is ---- */

struct beginning {
	uint64_t start;
	uint64_t end;	/* where its Content-Length says that it ends, and the next one begins indeed; 0: nothing, or not so */
};

struct survey {
	struct beginning *items;
	size_t nitems, cap;
	struct { size_t item; uint64_t end; } pending[PENDING];
	size_t npending;
	uint64_t empty_at;	/* where the last line began, if it was empty; else UINT64_MAX */
	bool in_header;
	int64_t length;		/* its Content-Length; -1: none so far */
	bool is_pipermail, is_quoted, is_bare;
};

/* An end that was stated is one indeed: a message begins here, or the file is at its end. */
static void
land(struct survey *s, uint64_t at)
{
	for (size_t i = 0; i < s->npending; i++)
		if (s->pending[i].end == at || s->pending[i].end == s->empty_at)
			s->items[s->pending[i].item].end = s->pending[i].end;
}

static void
note_beginning(struct survey *s, const struct walk *w)
{
	land(s, w->start);
	if (s->nitems == 0)
		s->is_pipermail = strstr(w->line.data, " at ") != NULL;
	s->items = lapse_grow(s->items, s->nitems, &s->cap, sizeof(*s->items));
	s->items[s->nitems++] = (struct beginning){ .start = w->start };
	s->in_header = true;
	s->length = -1;
}

static void
note_header(struct survey *s, const struct walk *w)
{
	static const char key[] = "Content-Length:";
	const char *digits = w->line.data + sizeof(key) - 1;

	if (w->was_empty) {
		s->in_header = false;
		if (s->length < 0)
			return;
		if (s->npending == PENDING)
			memmove(s->pending, s->pending + 1, --s->npending * sizeof(s->pending[0]));
		s->pending[s->npending].item = s->nitems - 1;
		s->pending[s->npending++].end = w->next + (uint64_t)s->length;
	} else if (strncasecmp(w->line.data, key, sizeof(key) - 1) == 0) {
		digits = skip_blanks(digits);
		if (skip_digits(digits, 15) > digits)
			s->length = strtoll(digits, NULL, 10);
	}
}

static void
note_text(struct survey *s, const struct walk *w)
{
	const char *line = w->line.data;

	s->is_bare = s->is_bare || strncmp(line, "From ", 5) == 0;
	s->is_quoted = s->is_quoted || strncmp(line, ">From ", 6) == 0;
}

static int
look_over(struct survey *s, const char *path)
{
	struct walk w;
	bool begins;
	int rc = walk_open(&w, path);

	*s = (struct survey){ .empty_at = UINT64_MAX };
	while (rc == 0 && (rc = walk_next(&w, &begins)) > 0) {
		if (begins)
			note_beginning(s, &w);
		else if (s->in_header)
			note_header(s, &w);
		else
			note_text(s, &w);
		s->empty_at = w.was_empty ? w.start : UINT64_MAX;
		rc = 0;
	}
	land(s, w.next);
	walk_close(&w);
	return rc;
}

/* Do most messages end where they say? Those within one that does are text. */
static bool
tells_lengths(const struct survey *s)
{
	size_t n = 0, told = 0;
	uint64_t end = 0;

	for (size_t i = 0; i < s->nitems; i++) {
		if (s->items[i].start < end)
			continue;
		n++;
		told += s->items[i].end > 0;
		end = s->items[i].end;
	}
	return 2 * told > n;
}

static const char *
kind_of(const struct survey *s)
{
	if (s->is_pipermail)
		return "pipermail";
	if (tells_lengths(s))
		return s->is_quoted ? "mboxcl" : "mboxcl2";
	return s->is_bare ? "mboxo" : "mboxrd";
}

/* ---- the second: the messages ---- */

struct cutting {
	const char *path, *kind;
	const struct survey *survey;
	size_t item;		/* the first beginning that was not reached */
	int (*fn)(const struct lapse_raw *raw, void *payload);
	void *payload;
	struct lapse_buf message, envelope;
	int64_t line;		/* where the message begins */
	uint64_t end;		/* where it ends, as it says; 0: at the next beginning */
	bool is_open, in_header;
};

static bool
has_lengths(const struct cutting *c)
{
	return strncmp(c->kind, "mboxcl", 6) == 0;
}

/* Without the empty line that is the mailbox's. */
static size_t
message_len(const struct cutting *c)
{
	const char *data = c->message.data;
	size_t len = c->message.len;

	if (c->end > 0 || len == 0 || data[len - 1] != '\n')
		return len;
	if (len == 1 || data[len - 2] == '\n')
		return len - 1;
	return data[len - 2] == '\r' && (len == 2 || data[len - 3] == '\n') ? len - 2 : len;
}

static int
end_message(struct cutting *c)
{
	int rc = 0;

	if (c->is_open)
		rc = c->fn(&(struct lapse_raw){ .format = c->kind, .data = c->message.data != NULL ? c->message.data : "",
		    .len = message_len(c), .envelope = c->envelope.data, .line = c->line }, c->payload);
	c->is_open = false;
	return rc;
}

static int
begin_message(struct cutting *c, const struct walk *w)
{
	size_t len = w->line.len;
	int rc = end_message(c);

	if (rc != 0)
		return rc;
	while (len > 0 && strchr("\r\n", w->line.data[len - 1]) != NULL)
		len--;
	lapse_buf_reset(&c->message);
	lapse_buf_reset(&c->envelope);
	/* A file that somebody changes meanwhile has other beginnings. */
	while (c->item + 1 < c->survey->nitems && c->survey->items[c->item].start < w->start)
		c->item++;
	c->end = has_lengths(c) && c->survey->items[c->item].start == w->start ? c->survey->items[c->item].end : 0;
	c->line = w->number;
	c->is_open = c->in_header = true;
	return lapse_buf_add(&c->envelope, w->line.data, len);
}

/* How much of a line's beginning is the mailbox's quoting: a ">" or nothing. */
static size_t
quoting(const struct cutting *c, const struct walk *w, bool after_empty)
{
	const char *line = w->line.data;
	size_t n = strspn(line, ">");

	if (c->in_header || n == 0 || strncmp(line + n, "From ", 5) != 0 || strcmp(c->kind, "pipermail") == 0 ||
	    strcmp(c->kind, "mboxcl2") == 0)
		return 0;
	return strcmp(c->kind, "mboxo") != 0 || (n == 1 && after_empty);
}

static int
add_line(struct cutting *c, const struct walk *w, bool after_empty)
{
	size_t skip = quoting(c, w, after_empty);

	if (!c->is_open)
		return 0;	/* empty lines before the first message */
	if (w->was_empty)
		c->in_header = false;
	if (lapse_buf_add(&c->message, w->line.data + skip, w->line.len - skip) < 0)
		return lapse_fail(LAPSE_ETOOBIG, "%s:%" PRId64 ": a message of more than 1 GiB", c->path, c->line);
	return 0;
}

/* A line at or after the end that the message states is the empty one that the mailbox puts there. */
static int
take(struct cutting *c, const struct walk *w, bool begins, bool after_empty)
{
	bool is_over = c->is_open && c->end > 0 && w->start >= c->end;

	if (begins && (!c->is_open || c->end == 0 || is_over))
		return begin_message(c, w);
	return is_over ? 0 : add_line(c, w, after_empty);
}

static int
cut(struct cutting *c)
{
	struct walk w;
	bool begins, after_empty;
	int rc = walk_open(&w, c->path);

	lapse_buf_init(&c->message, MESSAGE_MAX);
	lapse_buf_init(&c->envelope, MESSAGE_MAX);
	while (rc == 0) {
		after_empty = w.was_empty;
		rc = walk_next(&w, &begins);
		if (rc <= 0)
			break;
		rc = take(c, &w, begins, after_empty);
	}
	if (rc == 0)
		rc = end_message(c);
	lapse_buf_release(&c->message);
	lapse_buf_release(&c->envelope);
	walk_close(&w);
	return rc;
}

int
lapse_mbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload)
{
	struct survey survey;
	struct cutting cutting = { .path = path, .survey = &survey, .fn = fn, .payload = payload };
	int rc = look_over(&survey, path);

	if (rc == 0 && survey.nitems == 0)
		rc = lapse_fail(LAPSE_EFORMAT, "%s:1: not a mailbox: no header follows its \"From \"", path);
	if (rc == 0) {
		cutting.kind = kind_of(&survey);
		rc = cut(&cutting);
	}
	free(survey.items);
	return rc;
}
