#include "lapse/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"

void
lapse_buf_init(struct lapse_buf *buf, size_t max)
{
	*buf = (struct lapse_buf){ .max = max };
}

void
lapse_buf_release(struct lapse_buf *buf)
{
	free(buf->data);
	lapse_buf_init(buf, buf->max);
}

void
lapse_buf_reset(struct lapse_buf *buf)
{
	buf->len = 0;
	if (buf->data != NULL)
		buf->data[0] = '\0';
}

int
lapse_buf_reserve(struct lapse_buf *buf, size_t len)
{
	size_t need, cap = buf->cap > 0 ? buf->cap : 64;

	if (len > buf->max || buf->len > buf->max - len)
		return lapse_fail(LAPSE_ETOOBIG, "more than %zu bytes", buf->max);
	need = buf->len + len + 1;
	if (need <= buf->cap)
		return 0;
	while (cap < need)
		cap *= 2;
	buf->data = lapse_realloc(buf->data, cap, 1);
	buf->data[buf->len] = '\0';
	buf->cap = cap;
	return 0;
}

int
lapse_buf_add(struct lapse_buf *buf, const void *data, size_t len)
{
	int rc = lapse_buf_reserve(buf, len);

	if (rc < 0)
		return rc;
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return 0;
}

int
lapse_buf_puts(struct lapse_buf *buf, const char *text)
{
	return lapse_buf_add(buf, text, strlen(text));
}

int
lapse_buf_putc(struct lapse_buf *buf, char c)
{
	return lapse_buf_add(buf, &c, 1);
}

int
lapse_buf_printf(struct lapse_buf *buf, const char *fmt, ...)
{
	va_list ap;
	int len, rc;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return lapse_fail(LAPSE_EFAIL, "text that cannot be formatted");
	rc = lapse_buf_reserve(buf, (size_t)len);
	if (rc < 0)
		return rc;
	va_start(ap, fmt);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	buf->len += (size_t)len;
	return 0;
}

char *
lapse_buf_detach(struct lapse_buf *buf)
{
	char *data = buf->data != NULL ? buf->data : lapse_strdup("");

	lapse_buf_init(buf, buf->max);
	return data;
}
