#include "message.h"

#include <string.h>
#include <strings.h>

#include "lapse/error.h"
#include "lapse/stream.h"
#include "lapse/text.h"

#define LENGTH_MAX INT64_C(9007199254740991)

size_t
lapse_line_len(const char *data, size_t len)
{
	const char *end = len > 0 ? memchr(data, '\n', len) : NULL;

	return end != NULL ? (size_t)(end - data) + 1 : len;
}

bool
lapse_field_is(const char *line, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0)
		return false;
	while (n < len && (line[n] == ' ' || line[n] == '\t'))
		n++;
	return n < len && line[n] == ':';
}

/* ---- the head ---- */

static bool
is_empty_line(const char *line, size_t len)
{
	return (len == 1 && line[0] == '\n') || (len == 2 && line[0] == '\r' && line[1] == '\n');
}

/* "HTTP/1.1 200 OK", "HTTP/2 200". */
static bool
parse_status(long *out, const char *line, size_t len)
{
	const char *code = memchr(line, ' ', len);

	if (len < 5 || strncmp(line, "HTTP/", 5) != 0 || code == NULL || len - (size_t)(code - line) < 5)
		return false;
	*out = 0;
	for (code++; *code >= '0' && *code <= '9' && *out < 1000; code++)
		*out = *out * 10 + (*code - '0');
	return *out >= 100 && *out <= 999 && (*code == ' ' || *code == '\r' || *code == '\n');
}

/* A field's value, copied without the blanks around it; "" when it is too long to be one that is read here. */
static void
copy_value(char *out, size_t size, const char *line, size_t len)
{
	const char *value = (const char *)memchr(line, ':', len) + 1, *end = line + len;

	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	*out = '\0';
	if ((size_t)(end - value) >= size)
		return;
	memcpy(out, value, (size_t)(end - value));
	out[end - value] = '\0';
}

static bool
ends_in_chunked(const char *value)
{
	size_t len = strlen(value);

	return len >= 7 && strcasecmp(value + len - 7, "chunked") == 0;
}

static void
read_field(struct message *out, const char *line, size_t len)
{
	char value[128];

	if (lapse_field_is(line, len, "Transfer-Encoding")) {
		copy_value(value, sizeof(value), line, len);
		out->chunked = ends_in_chunked(value);
		out->coded |= strcasecmp(value, "chunked") != 0 && strcasecmp(value, "identity") != 0;
	} else if (lapse_field_is(line, len, "Content-Encoding")) {
		copy_value(value, sizeof(value), line, len);
		out->gzip = strcasecmp(value, "gzip") == 0 || strcasecmp(value, "x-gzip") == 0;
		out->coded |= !out->gzip && *value != '\0' && strcasecmp(value, "identity") != 0;
	} else if (lapse_field_is(line, len, "Content-Length")) {
		copy_value(value, sizeof(value), line, len);
		if (lapse_int_parse(&out->length, value, 0, LENGTH_MAX) < 0)
			out->length = -1;
	}
}

/* One head; false when there is none. */
static bool
parse_head(struct message *out, const char *data, size_t len)
{
	size_t n = lapse_line_len(data, len);

	*out = (struct message){ .length = -1 };
	if (n == 0 || data[n - 1] != '\n' || !parse_status(&out->status, data, n))
		return false;
	for (out->head_len = n; out->head_len < len; ) {
		const char *line = data + out->head_len;

		n = lapse_line_len(line, len - out->head_len);
		if (line[n - 1] != '\n')
			return false;
		out->head_len += n;
		if (is_empty_line(line, n))
			return true;
		read_field(out, line, n);
	}
	return false;
}

bool
lapse_message_parse(struct message *out, const char *data, size_t len)
{
	size_t before = 0;

	while (parse_head(out, data + before, len - before)) {
		out->head_len += before;
		if (out->status >= 200)
			return true;
		before = out->head_len;
	}
	return false;
}

/* ---- the body ---- */

/* The size that a chunk begins with: the length of its line, 0 when it is none. */
static size_t
parse_chunk(uint64_t *out, const char *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t line = lapse_line_len(data, len), n = 0;

	*out = 0;
	for (; n < line && n < 16; n++) {
		int c = data[n] >= 'A' && data[n] <= 'F' ? data[n] - 'A' + 'a' : data[n];
		const char *digit = c != '\0' ? strchr(digits, c) : NULL;

		if (digit == NULL)
			break;
		*out = *out << 4 | (uint64_t)(digit - digits);
	}
	/* Behind the size an extension may follow, or blanks. */
	return n > 0 && n < line && data[line - 1] == '\n' && strchr("; \t\r\n", data[n]) != NULL && data[n] != '\0' ? line : 0;
}

static int
cut(void)
{
	return lapse_fail(LAPSE_EFORMAT, "a body that is cut short");
}

int
lapse_chunks_join(struct lapse_buf *out, const char *data, size_t len)
{
	const char *start = data;
	uint64_t size;
	int rc = lapse_buf_add(out, "", 0);

	while (rc == 0) {
		size_t line = parse_chunk(&size, data, len);

		if (line == 0)
			return data == start ? 0 : cut();
		if (size == 0)
			return 1;
		data += line;
		len -= line;
		if (size > len)
			return cut();
		rc = lapse_buf_add(out, data, (size_t)size);
		data += size;
		len -= (size_t)size;
		line = lapse_line_len(data, len);
		if (rc == 0 && !is_empty_line(data, line))
			return cut();
		data += line;
		len -= line;
	}
	return rc;
}

static int
undo_content_coding(struct lapse_buf *out, const struct message *message, const char *data, size_t len)
{
	if (message->gzip && len > 0)
		return lapse_gzip_unpack(out, data, len);
	return lapse_buf_add(out, data, len);
}

int
lapse_message_body(struct lapse_buf *out, const struct message *message, const char *data, size_t len)
{
	struct lapse_buf joined;
	int rc = 0;

	data += message->head_len;
	len -= message->head_len;
	if (message->coded)
		return lapse_fail(LAPSE_EFORMAT, "a body in a coding that is not known");
	lapse_buf_init(&joined, out->max);
	if (message->chunked)
		rc = lapse_chunks_join(&joined, data, len);
	if (rc > 0) {
		rc = undo_content_coding(out, message, joined.data, joined.len);
	} else if (rc == 0 && !message->chunked && message->length >= 0 && (uint64_t)message->length > len) {
		rc = cut();
	} else if (rc == 0) {
		if (!message->chunked && message->length >= 0)
			len = (size_t)message->length;
		rc = undo_content_coding(out, message, data, len);
	}
	lapse_buf_release(&joined);
	return rc;
}
