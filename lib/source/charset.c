#include "charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "lapse/text.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define NAME_MAX_LEN 40

/* windows-1252's 0x80 to 0x9f; 0 where it has none. */
static const uint16_t high[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178
};

/* How many bytes from here on are valid UTF-8 without NULs. */
static size_t
span_utf8(const char *data, size_t len)
{
	size_t i = 0;

	while (i < len) {
		uint32_t c;
		size_t n;

		if (data[i] > 0) {
			i++;
			continue;
		}
		n = lapse_utf8_decode(&c, data + i, len - i);
		if (c == LAPSE_BAD_CHAR || c == 0)
			break;
		i += n;
	}
	return i;
}

static int
add_utf8(struct lapse_buf *out, const char *data, size_t len)
{
	int rc = 0, bad = 0;

	while (len > 0 && rc == 0) {
		size_t n = span_utf8(data, len);

		rc = lapse_buf_add(out, data, n);
		data += n;
		len -= n;
		if (len > 0 && rc == 0) {
			rc = lapse_buf_puts(out, REPLACEMENT);
			bad = 1;
			data++;
			len--;
		}
	}
	return rc < 0 ? rc : bad;
}

static int
add_latin(struct lapse_buf *out, const char *data, size_t len)
{
	int rc = 0, bad = 0;

	for (size_t i = 0; i < len && rc == 0; i++) {
		uint32_t c = (unsigned char)data[i];

		if (c >= 0x80 && c < 0xa0)
			c = high[c - 0x80];
		if (c == 0) {
			rc = lapse_buf_puts(out, REPLACEMENT);
			bad = 1;
		} else if (c < 0x80) {
			rc = lapse_buf_putc(out, (char)c);
		} else if (c < 0x800) {
			rc = lapse_buf_add(out, (const char[]){ (char)(0xc0 | c >> 6), (char)(0x80 | (c & 63)) }, 2);
		} else {
			rc = lapse_buf_add(out, (const char[]){ (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63)) }, 3);
		}
	}
	return rc < 0 ? rc : bad;
}

static int
add_converted(struct lapse_buf *out, iconv_t how, const char *data, size_t len)
{
	char *from = (char *)(uintptr_t)data;	/* iconv() takes no const, and changes nothing */
	int rc = 0, bad = 0;

	while (len > 0 && rc == 0) {
		char piece[4096], *to = piece;
		size_t room = sizeof(piece), done = iconv(how, &from, &len, &to, &room);
		int why = errno, n = add_utf8(out, piece, (size_t)(to - piece));

		bad |= n > 0 || (done != (size_t)-1 && done > 0);
		rc = n < 0 ? n : 0;
		if (done == (size_t)-1 && why != E2BIG && rc == 0 && len > 0) {
			rc = lapse_buf_puts(out, REPLACEMENT);
			bad = 1;
			from++;
			len--;
		}
	}
	return rc < 0 ? rc : bad;
}

/* A charset's name, in lower case and of characters that names have; false: it is none. */
static bool
read_name(char name[NAME_MAX_LEN + 1], const char *charset)
{
	size_t len = charset != NULL ? strlen(charset) : 0;

	if (len == 0 || len > NAME_MAX_LEN ||
	    strspn(charset, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:+()") != len)
		return false;
	for (size_t i = 0; i <= len; i++)
		name[i] = charset[i] >= 'A' && charset[i] <= 'Z' ? (char)(charset[i] + 32) : charset[i];
	return true;
}

static bool
is_one_of(const char *name, const char *const *names)
{
	while (*names != NULL && strcmp(name, *names) != 0)
		names++;
	return *names != NULL;
}

/* The charset is none that is known: what the bytes look like. */
static int
add_guessed(struct lapse_buf *out, const char *data, size_t len)
{
	int rc;

	if (span_utf8(data, len) == len)
		return lapse_buf_add(out, data, len);
	rc = add_latin(out, data, len);
	return rc < 0 ? rc : 1;
}

int
lapse_charset_read(struct lapse_buf *out, const char *charset, const char *data, size_t len)
{
	static const char *const none[] = { "us-ascii", "ascii", "ansi_x3.4-1968", "x-unknown", "unknown-8bit", "default", NULL };
	static const char *const utf8[] = { "utf-8", "utf8", NULL };
	static const char *const latin[] = { "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "windows-1252", "cp1252", NULL };
	char name[NAME_MAX_LEN + 1] = "us-ascii";
	bool named = charset == NULL || read_name(name, charset);
	iconv_t how;
	int rc;

	if (named && is_one_of(name, none))
		return add_guessed(out, data, len);
	if (named && is_one_of(name, utf8))
		return add_utf8(out, data, len);
	if (named && is_one_of(name, latin))
		return add_latin(out, data, len);
	how = named ? iconv_open("UTF-8", name) : (iconv_t)-1;
	if (how == (iconv_t)-1) {
		rc = add_guessed(out, data, len);
		return rc < 0 ? rc : 1;
	}
	rc = add_converted(out, how, data, len);
	iconv_close(how);
	return rc;
}

const char *
lapse_charset_line(struct lapse_arena *arena, const char *text, size_t len, bool *bad)
{
	struct lapse_buf buf;
	const char *line;

	if (span_utf8(text, len) == len)
		return lapse_arena_dupn(arena, text, len);
	lapse_buf_init(&buf, SIZE_MAX / 2);
	add_guessed(&buf, text, len);
	*bad = true;
	line = lapse_arena_dupn(arena, buf.data, buf.len);
	lapse_buf_release(&buf);
	return line;
}
