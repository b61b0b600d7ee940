/*
 * A growing byte buffer with a ceiling. lapse_buf is a low-level primitive:
 * it knows only alloc and error. Invariant: `data` is NUL-terminated after
 * `len` bytes once anything was added, and NULL before; bytes may be NUL.
 */
#ifndef LAPSE_BUF_H
#define LAPSE_BUF_H

#include <stddef.h>

struct lapse_buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;	/* ceiling in bytes; going over it is LAPSE_ETOOBIG */
};

/* The ceiling for one document read whole: a file, a blob. */
#define LAPSE_BUF_DOCUMENT ((size_t)1 << 30)

void lapse_buf_init(struct lapse_buf *buf, size_t max);
void lapse_buf_release(struct lapse_buf *buf);

/* Empty it and keep its memory. */
void lapse_buf_reset(struct lapse_buf *buf);

/* Add bytes, a string, one byte, formatted text: 0 or LAPSE_ETOOBIG. */
int lapse_buf_add(struct lapse_buf *buf, const void *data, size_t len);
int lapse_buf_puts(struct lapse_buf *buf, const char *text);
int lapse_buf_putc(struct lapse_buf *buf, char c);
int lapse_buf_printf(struct lapse_buf *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Room for `len` more bytes at data + len, which the caller fills and counts. */
int lapse_buf_reserve(struct lapse_buf *buf, size_t len);

/* The contents, moved out; the caller free()s them. The buffer is empty then. */
char *lapse_buf_detach(struct lapse_buf *buf);

#endif
