/* Bytes in a charset that somebody declared, or did not, as UTF-8. Private to this floor. */
#ifndef SOURCE_CHARSET_H
#define SOURCE_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/buf.h"

/*
 * Append `len` bytes of `data` as valid UTF-8 without NULs. Where the charset is unknown, or none or US-ASCII and the bytes are
 * not, UTF-8 is tried, then windows-1252, which has (nearly) every byte; ISO-8859-1 is read as windows-1252, as browsers do.
 * What is no character of the charset becomes U+FFFD. Returns 0 when nothing was guessed or replaced, 1 when something was, or
 * LAPSE_ETOOBIG. `charset` may be NULL.
 */
int lapse_charset_read(struct lapse_buf *out, const char *charset, const char *data, size_t len);

/* The same for a short text without a charset, as a string in the arena; *bad is set when something was guessed, else left. */
const char *lapse_charset_line(struct lapse_arena *arena, const char *text, size_t len, bool *bad);

#endif
