/*
 * JSON in, by jansson (RFC 8259, I-JSON RFC 7493: no duplicate keys, no lone
 * surrogates, valid UTF-8), and canonical JSON out (RFC 8785), by us.
 * All numbers are IEEE doubles, as RFC 8785 §3.2.2.3 has them: every number is
 * a json_real; lapse_json_int gives whole ones back as integers.
 */
#ifndef LAPSE_JSON_H
#define LAPSE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lapse/buf.h"

/*
 * Parse one JSON text of exactly `len` bytes (nothing but blanks after it).
 * The new reference in *out is the caller's to json_decref(). Failures are
 * LAPSE_EFORMAT "NAME:LINE:COLUMN: cause" (`name` NULL: "LINE:COLUMN: cause").
 */
int lapse_json_parse(json_t **out, const char *data, size_t len, const char *name);

/* A whole number within ±(2^53 - 1)? Then *out is it. */
bool lapse_json_int(int64_t *out, const json_t *value);

/*
 * Members of an object, borrowed from it: the text, or NULL when it is absent,
 * not a string, or `object` is not an object. lapse_json_text is of no use for text with a NUL
 * in it, which it cuts there.
 */
const char *lapse_json_text(const json_t *object, const char *key);

/*
 * The keys of two objects, each once, in the order that `order` gives to pointers to them, as qsort() wants it. The
 * caller free()s the list; the keys are the objects'.
 */
const char **lapse_json_keys(size_t *nkeys, const json_t *a, const json_t *b, int (*order)(const void *, const void *));

/* Append the canonical form of a value (RFC 8785 §3.2). LAPSE_EFORMAT for a number that is not finite. */
int lapse_canon_write(struct lapse_buf *out, const json_t *value);

/* The same, but characters that lapse_char_is_unsafe() names are \u-escaped: for NDJSON, one line, safe to show. */
int lapse_canon_write_safe(struct lapse_buf *out, const json_t *value);

/* Parse and write again: the canonical bytes of a JSON text. `name` as above. */
int lapse_canon(struct lapse_buf *out, const char *data, size_t len, const char *name);

/* A double as ECMAScript writes it (RFC 8785 §3.2.2.3), finite ones only. `out` holds LAPSE_NUMBER_LEN + 1 bytes. Returns the length. */
#define LAPSE_NUMBER_LEN 25
size_t lapse_number_format(char *out, double value);

#endif
