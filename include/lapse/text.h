/*
 * Text that strangers wrote: UTF-8, made safe to show, compared whatever its
 * case. Widths and case need an LC_CTYPE of C.UTF-8, which main() sets.
 */
#ifndef LAPSE_TEXT_H
#define LAPSE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapse/buf.h"

/*
 * Decode one code point of valid or invalid UTF-8 (RFC 3629). Returns the
 * number of bytes taken, at least 1 while len > 0; *out is the code point, or
 * LAPSE_BAD_CHAR for a byte that starts no valid sequence.
 */
#define LAPSE_BAD_CHAR UINT32_MAX
size_t lapse_utf8_decode(uint32_t *out, const char *text, size_t len);

/* May `c` do harm or hide on a terminal: C0, DEL, C1, bidirectional and other format controls, U+2028/9, BOM, tags, noncharacters? */
bool lapse_char_is_unsafe(uint32_t c);

/*
 * Append `text` as one safe line: unsafe characters as \xHH or \u{HHHH},
 * newline and tab as a blank, bad bytes as \xHH. With `lines`, newlines stay
 * and tabs too.
 */
int lapse_text_safe(struct lapse_buf *out, const char *text, size_t len, bool lines);

/* Is all of it printable ASCII, which is safe as it is? */
bool lapse_text_is_plain(const char *text, size_t len);

/* Columns that valid, safe text takes on a terminal (wide and combining characters counted). */
size_t lapse_text_width(const char *text);

/* Does `text` begin with `prefix`, whatever its case (Unicode simple case)? Returns the bytes of `text` that match, 0 if not. */
size_t lapse_text_has_prefix(const char *text, const char *prefix);

/* strcasecmp for ASCII only, whatever the locale. */
int lapse_ascii_casecmp(const char *a, const char *b);

/* Order names as people do: decimal numbers by value, all else by bytes. */
int lapse_text_numcmp(const char *a, const char *b);

/* A number's digits; `out` holds LAPSE_INT_LEN + 1 bytes. Returns where they end. */
#define LAPSE_INT_LEN 20
char *lapse_int_format(char *out, int64_t n);

/* A whole decimal number from lo to hi, nothing else in the text. 0 or LAPSE_EUSAGE. */
int lapse_int_parse(int64_t *out, const char *text, int64_t lo, int64_t hi);

#endif
