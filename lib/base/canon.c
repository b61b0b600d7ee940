#include "lapse/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/text.h"

#define WHOLE_MAX INT64_C(9007199254740991)

struct member {
	const char *key;
	size_t len;
	const json_t *value;
};

/* An array or object that is open: items `next` up to `end` are still to be written. */
struct frame {
	const json_t *value;
	size_t first;
	size_t next;
	size_t end;
};

/*
 * The open containers, and the members of the open objects in order, those of
 * the innermost last: two arrays for the whole document, and no recursion.
 */
struct writer {
	struct lapse_buf *out;
	bool safe;
	struct frame *frames;
	size_t nframes;
	size_t frames_cap;
	struct member *members;
	size_t nmembers;
	size_t members_cap;
};

/*
 * The order of UTF-16 code units, told from UTF-8: that of the bytes, but
 * surrogates (lead bytes F0 and up) come before U+E000..U+FFFF (EE and EF).
 */
static int
compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	size_t i, len = x->len < y->len ? x->len : y->len;
	unsigned char p, q;

	for (i = 0; i < len && x->key[i] == y->key[i]; i++)
		;
	if (i == len)
		return (x->len > y->len) - (x->len < y->len);
	p = (unsigned char)x->key[i];
	q = (unsigned char)y->key[i];
	if (p >= 0xee && q >= 0xee && (p >= 0xf0) != (q >= 0xf0))
		return p >= 0xf0 ? -1 : 1;
	return p < q ? -1 : 1;
}

/* Put the members of `object` on top of the others, in order. */
static void
push_members(struct writer *w, const json_t *object)
{
	json_t *o = (json_t *)object;	/* jansson's iterator only reads, but takes no const */
	size_t first = w->nmembers;
	bool sorted = true;
	struct member *m;
	void *it;

	for (it = json_object_iter(o); it != NULL; it = json_object_iter_next(o, it)) {
		w->members = lapse_grow(w->members, w->nmembers, &w->members_cap, sizeof(*m));
		m = &w->members[w->nmembers];
		m->key = json_object_iter_key(it);
		m->len = json_object_iter_key_len(it);
		m->value = json_object_iter_value(it);
		if (w->nmembers > first && compare_members(m - 1, m) > 0)
			sorted = false;
		w->nmembers++;
	}
	if (!sorted)
		qsort(w->members + first, w->nmembers - first, sizeof(*m), compare_members);
}

static int
open_container(struct writer *w, const json_t *value)
{
	struct frame *f;

	w->frames = lapse_grow(w->frames, w->nframes, &w->frames_cap, sizeof(*f));
	f = &w->frames[w->nframes++];
	*f = (struct frame){ .value = value };
	if (json_is_array(value)) {
		f->end = json_array_size(value);
		return lapse_buf_putc(w->out, '[');
	}
	f->first = f->next = w->nmembers;
	push_members(w, value);
	f->end = w->nmembers;
	return lapse_buf_putc(w->out, '{');
}

static int
close_container(struct writer *w)
{
	const struct frame *f = &w->frames[--w->nframes];

	if (json_is_array(f->value))
		return lapse_buf_putc(w->out, ']');
	w->nmembers = f->first;
	return lapse_buf_putc(w->out, '}');
}

static int
write_escape(struct lapse_buf *out, uint32_t c)
{
	static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *p = c != 0 && c < 0x80 ? strchr(named, (int)c) : NULL;
	char text[sizeof("\\ud800\\udc00")];

	if (c == LAPSE_BAD_CHAR)
		c = 0xfffd;	/* no parser gives it, but it must not get through */
	if (p != NULL)
		snprintf(text, sizeof(text), "\\%c", letters[p - named]);
	else if (c < 0x10000)
		snprintf(text, sizeof(text), "\\u%04x", (unsigned)c & 0xffff);
	else
		snprintf(text, sizeof(text), "\\u%04x\\u%04x",
		    0xd800 + ((unsigned)(c - 0x10000) >> 10 & 0x3ff),
		    0xdc00 + ((unsigned)c & 0x3ff));
	return lapse_buf_puts(out, text);
}

/*
 * How many bytes at `text` need no escape; if that is not all of them, *c is
 * the character to escape and *taken its length.
 */
static size_t
plain_run(uint32_t *c, size_t *taken, const char *text, size_t len, bool safe)
{
	size_t i = 0;

	while (i < len) {
		unsigned char byte = (unsigned char)text[i];

		*taken = 1;
		*c = byte;
		if (byte < 0x20 || byte == '"' || byte == '\\')
			break;
		if (safe && byte >= 0x7f) {
			*taken = lapse_utf8_decode(c, text + i, len - i);
			if (*c == LAPSE_BAD_CHAR || lapse_char_is_unsafe(*c))
				break;
		}
		i += *taken;
	}
	return i;
}

static int
write_string(struct writer *w, const char *text, size_t len)
{
	size_t n, taken = 0;
	uint32_t c = 0;
	int rc;

	rc = lapse_buf_putc(w->out, '"');
	while (rc >= 0 && len > 0) {
		n = plain_run(&c, &taken, text, len, w->safe);
		rc = lapse_buf_add(w->out, text, n);
		if (rc >= 0 && n < len) {
			rc = write_escape(w->out, c);
			n += taken;
		}
		text += n;
		len -= n;
	}
	return rc >= 0 ? lapse_buf_putc(w->out, '"') : rc;
}

static int
write_number(struct writer *w, const json_t *value)
{
	char text[LAPSE_NUMBER_LEN + 1];
	int64_t whole = json_integer_value(value);

	if (whole > WHOLE_MAX || whole < -WHOLE_MAX)
		return lapse_fail(LAPSE_EFORMAT, "a whole number beyond 2^53 has no canonical JSON");
	return lapse_buf_add(w->out, text,
	    lapse_number_format(text, json_number_value(value)));
}

static int
write_value(struct writer *w, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return open_container(w, value);
	case JSON_STRING:
		return write_string(w, json_string_value(value), json_string_length(value));
	case JSON_INTEGER:
	case JSON_REAL:
		return write_number(w, value);
	case JSON_TRUE:
		return lapse_buf_puts(w->out, "true");
	case JSON_FALSE:
		return lapse_buf_puts(w->out, "false");
	case JSON_NULL:
		break;
	}
	return lapse_buf_puts(w->out, "null");
}

/* Write what comes next in the innermost open container. */
static int
write_next(struct writer *w)
{
	struct frame *f = &w->frames[w->nframes - 1];
	const struct member *m;
	const json_t *value;
	int rc = 0;

	if (f->next == f->end)
		return close_container(w);
	if (f->next != f->first)
		rc = lapse_buf_putc(w->out, ',');
	if (json_is_object(f->value)) {
		m = &w->members[f->next];
		value = m->value;
		if (rc >= 0)
			rc = write_string(w, m->key, m->len);
		if (rc >= 0)
			rc = lapse_buf_putc(w->out, ':');
	} else {
		value = json_array_get(f->value, f->next);
	}
	f->next++;
	return rc >= 0 ? write_value(w, value) : rc;
}

static int
write_document(struct lapse_buf *out, const json_t *value, bool safe)
{
	struct writer w = { .out = out, .safe = safe };
	size_t start = out->len;
	int rc;

	if (value == NULL)	/* what jansson's makers answer to these */
		return lapse_fail(LAPSE_EFORMAT,
		    "no JSON for a number that is not finite, or text that is not UTF-8");
	rc = write_value(&w, value);
	while (rc >= 0 && w.nframes > 0)
		rc = write_next(&w);
	if (rc < 0 && out->data != NULL) {
		out->len = start;
		out->data[start] = '\0';
	}
	free(w.frames);
	free(w.members);
	return rc;
}

int
lapse_canon_write(struct lapse_buf *out, const json_t *value)
{
	return write_document(out, value, false);
}

int
lapse_canon_write_safe(struct lapse_buf *out, const json_t *value)
{
	return write_document(out, value, true);
}

int
lapse_canon(struct lapse_buf *out, const char *data, size_t len, const char *name)
{
	json_t *value;
	int rc;

	rc = lapse_json_parse(&value, data, len, name);
	if (rc < 0)
		return rc;
	rc = lapse_canon_write(out, value);
	json_decref(value);
	return rc;
}
