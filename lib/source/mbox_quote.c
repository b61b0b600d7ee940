#include "mbox_quote.h"

#include <stdbool.h>
#include <string.h>

#include "mbox_from.h"

long
lapse_mbox_quote_depth(const char *line, size_t len)
{
	size_t depth = 0;

	while (depth < len && line[depth] == '>')
		depth++;
	return len - depth >= 5 && memcmp(line + depth, "From ", 5) == 0 ? (long)depth : -1;
}

static bool
is_quoted(const char *line, size_t len, enum lapse_mbox_quote quote, bool after_blank)
{
	long depth = line[0] == '>' ? lapse_mbox_quote_depth(line, len) : 0;

	switch (quote) {
	case LAPSE_QUOTE_ONE:
		return depth == 1;
	case LAPSE_QUOTE_ONE_AFTER_BLANK:
		return depth == 1 && after_blank;
	case LAPSE_QUOTE_ANY:
		return depth >= 1;
	case LAPSE_QUOTE_NONE:
		break;
	}
	return false;
}

static size_t
line_len(const char *data, size_t len)
{
	const char *end = memchr(data, '\n', len);

	return end != NULL ? (size_t)(end + 1 - data) : len;
}

size_t
lapse_mbox_unquote(char *data, size_t len, enum lapse_mbox_quote quote)
{
	bool in_body = false, after_blank = false;
	size_t to = 0, n;

	if (quote == LAPSE_QUOTE_NONE)
		return len;
	for (size_t from = 0; from < len; from += n) {
		bool is_blank;
		size_t off;

		n = line_len(data + from, len - from);
		is_blank = lapse_mbox_is_blank(data + from, n);
		off = in_body && is_quoted(data + from, n, quote, after_blank);
		memmove(data + to, data + from + off, n - off);
		to += n - off;
		in_body |= is_blank;
		after_blank = is_blank;
	}
	return to;
}
