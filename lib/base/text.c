#include "lapse/text.h"

#include <inttypes.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "lapse/error.h"

/*
 * Code points that are invisible or steer the display (general category Cf, the
 * default-ignorable ones, line and paragraph separators), sorted. Left out:
 * the variation selectors FE00-FE0F, which stand after every second emoji,
 * and format characters that are seen (0600-0605, 06DD, 070F …).
 */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xd800, 0xdfff }, { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x13430, 0x1343f },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static bool
is_continuation(const char *text, size_t i)
{
	return ((unsigned char)text[i] & 0xc0) == 0x80;
}

size_t
lapse_utf8_decode(uint32_t *out, const char *text, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead;
	uint32_t c;
	size_t need;

	*out = LAPSE_BAD_CHAR;
	if (len == 0)
		return 0;
	lead = (unsigned char)text[0];
	if (lead < 0x80) {
		*out = lead;
		return 1;
	}
	if (lead < 0xc2 || lead > 0xf4)
		return 1;
	need = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (len < need)
		return 1;
	c = lead & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if (!is_continuation(text, i))
			return 1;
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (c < least[need] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 1;
	*out = c;
	return need;
}

bool
lapse_char_is_unsafe(uint32_t c)
{
	size_t lo = 0, hi = sizeof(unsafe) / sizeof(unsafe[0]);

	if (c >= 0x20 && c < 0x7f)
		return false;
	if (c > 0x10ffff || (c & 0xfffe) == 0xfffe)
		return true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c > unsafe[mid].last)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < sizeof(unsafe) / sizeof(unsafe[0]) && c >= unsafe[lo].first;
}

/* The character of `n` bytes at `text`, which is not printable ASCII. */
static int
add_odd_char(struct lapse_buf *out, const char *text, size_t n, uint32_t c, bool lines)
{
	if (c == '\n' || c == '\t')
		return lapse_buf_putc(out, lines ? (char)c : ' ');
	if (c == LAPSE_BAD_CHAR || c < 0x80)
		return lapse_buf_printf(out, "\\x%02X", (unsigned)(unsigned char)text[0]);
	if (lapse_char_is_unsafe(c))
		return lapse_buf_printf(out, "\\u{%04" PRIX32 "}", c);
	return lapse_buf_add(out, text, n);
}

int
lapse_text_safe(struct lapse_buf *out, const char *text, size_t len, bool lines)
{
	size_t i = 0;

	while (i < len) {
		size_t start = i, n;
		uint32_t c;
		int rc;

		while (i < len && text[i] >= 0x20 && text[i] < 0x7f)
			i++;
		rc = lapse_buf_add(out, text + start, i - start);
		if (rc < 0)
			return rc;
		if (i == len)
			break;
		n = lapse_utf8_decode(&c, text + i, len - i);
		/* CR LF is one newline. */
		if (c == '\r' && i + 1 < len && text[i + 1] == '\n')
			rc = 0;
		else
			rc = add_odd_char(out, text + i, n, c, lines);
		if (rc < 0)
			return rc;
		i += n;
	}
	return 0;
}

bool
lapse_text_is_plain(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] >= 0x20 && text[i] < 0x7f)
		i++;
	return i == len;
}

size_t
lapse_text_width(const char *text)
{
	size_t len = strlen(text), width = 0;

	while (text[width] >= 0x20 && text[width] < 0x7f)
		width++;
	for (size_t i = width; i < len;) {
		uint32_t c;
		int columns = 1;

		i += lapse_utf8_decode(&c, text + i, len - i);
		if (c >= 0x80 && c != LAPSE_BAD_CHAR)
			columns = wcwidth((wchar_t)c);
		width += columns >= 0 ? (size_t)columns : 1;
	}
	return width;
}

/*
 * Simple case folding: by way of the capital, so that the two small sigmas are
 * one. The Turkish dotted capital and dotless small i stay themselves.
 */
static uint32_t
fold(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
	if (c == 0x130 || c == 0x131 || c == LAPSE_BAD_CHAR)
		return c;
	return (uint32_t)towlower(towupper((wint_t)c));
}

static bool
is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* How many ASCII characters two texts have in common at their beginning, whatever their case. */
static size_t
ascii_alike(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && is_ascii(a[n]) && is_ascii(b[n]) && (a[n] == b[n] ||
	    fold((unsigned char)a[n]) == fold((unsigned char)b[n])))
		n++;
	return n;
}

size_t
lapse_text_has_prefix(const char *text, const char *prefix)
{
	size_t ntext, nprefix, i = ascii_alike(text, prefix), j = i;

	/* Most of them differ soon. */
	if (prefix[j] == '\0')
		return i;
	if (is_ascii(text[i]) && is_ascii(prefix[j]))
		return 0;
	ntext = strlen(text);
	nprefix = strlen(prefix);
	while (j < nprefix) {
		uint32_t a, b;
		size_t na = lapse_utf8_decode(&a, text + i, ntext - i);
		size_t nb = lapse_utf8_decode(&b, prefix + j, nprefix - j);

		if (na == 0 || fold(a) != fold(b))
			return 0;
		if (a == LAPSE_BAD_CHAR && text[i] != prefix[j])
			return 0;
		i += na;
		j += nb;
	}
	return i;
}

int
lapse_ascii_casecmp(const char *a, const char *b)
{
	for (;; a++, b++) {
		unsigned char ca = (unsigned char)*a, cb = (unsigned char)*b;

		ca = ca >= 'A' && ca <= 'Z' ? (unsigned char)(ca + ('a' - 'A')) : ca;
		cb = cb >= 'A' && cb <= 'Z' ? (unsigned char)(cb + ('a' - 'A')) : cb;
		if (ca != cb)
			return ca < cb ? -1 : 1;
		if (ca == '\0')
			return 0;
	}
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Compare the numbers at *a and *b by value and step over them. */
static int
number_cmp(const char **a, const char **b)
{
	size_t na = 0, nb = 0;
	int order;

	while (**a == '0')
		++*a;
	while (**b == '0')
		++*b;
	while (is_digit((*a)[na]))
		na++;
	while (is_digit((*b)[nb]))
		nb++;
	if (na != nb)
		return na < nb ? -1 : 1;
	order = memcmp(*a, *b, na);
	*a += na;
	*b += nb;
	return order;
}

int
lapse_text_numcmp(const char *a, const char *b)
{
	const char *whole_a = a, *whole_b = b;

	while (*a != '\0' && *b != '\0') {
		if (is_digit(*a) && is_digit(*b)) {
			int order = number_cmp(&a, &b);

			if (order != 0)
				return order < 0 ? -1 : 1;
			continue;
		}
		if (*a != *b)
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		a++;
		b++;
	}
	if (*a != '\0' || *b != '\0')
		return *a != '\0' ? 1 : -1;
	/* The same but for leading zeros: keep the order total. */
	return strcmp(whole_a, whole_b);
}

char *
lapse_int_format(char *out, int64_t n)
{
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
	char digits[LAPSE_INT_LEN];
	size_t len = 0;

	do
		digits[len++] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		*out++ = '-';
	while (len > 0)
		*out++ = digits[--len];
	*out = '\0';
	return out;
}

int
lapse_int_parse(int64_t *out, const char *text, int64_t lo, int64_t hi)
{
	const char *p = text + (text[0] == '-');
	bool negative = p != text;
	int64_t n = 0;

	if (*p == '\0')
		goto refuse;
	/* Counted downwards: INT64_MIN has no positive twin. */
	for (; *p != '\0'; p++) {
		if (!is_digit(*p) || n < (INT64_MIN + (*p - '0')) / 10)
			goto refuse;
		n = n * 10 - (*p - '0');
	}
	if (!negative) {
		if (n == INT64_MIN)
			goto refuse;
		n = -n;
	}
	if (n < lo || n > hi)
		goto refuse;
	*out = n;
	return 0;
refuse:
	return lapse_fail(LAPSE_EUSAGE, "not a number from %" PRId64 " to %" PRId64 ": '%s'", lo, hi, text);
}
