/* WARC files record by record: the header's named fields, and the block behind them. */
#include "lapse/warc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lapse/alloc.h"
#include "lapse/digest.h"
#include "lapse/error.h"
#include "lapse/text.h"

/* What a header may hold: the address of a request is the long part of it. */
#define HEADER_MAX ((size_t)64 * 1024)
#define LENGTH_MAX INT64_C(9007199254740991)

struct lapse_warc {
	struct lapse_stream *stream;
	const char *piece;	/* what came and was not used yet */
	size_t piece_len;
	uint64_t left;		/* of the block at hand */
	struct lapse_buf header;
	struct lapse_warc_record record;
};

struct lapse_warc *
lapse_warc_new(struct lapse_stream *stream)
{
	struct lapse_warc *warc = lapse_alloc(1, sizeof(*warc));

	warc->stream = stream;
	lapse_buf_init(&warc->header, HEADER_MAX);
	return warc;
}

void
lapse_warc_free(struct lapse_warc *warc)
{
	if (warc == NULL)
		return;
	lapse_buf_release(&warc->header);
	free(warc);
}

/* ---- bytes ---- */

static int
fetch(struct lapse_warc *warc)
{
	int rc = warc->piece_len > 0 ? 1 : lapse_stream_next(warc->stream, &warc->piece, &warc->piece_len);

	if (rc <= 0)
		warc->piece_len = 0;
	return rc;
}

/* Take up to `len` bytes of the piece at hand: how many. */
static size_t
take(const char **out, struct lapse_warc *warc, uint64_t len)
{
	size_t n = warc->piece_len < len ? warc->piece_len : (size_t)len;

	*out = warc->piece;
	warc->piece += n;
	warc->piece_len -= n;
	return n;
}

static int
ends_early(void)
{
	return lapse_fail(LAPSE_EFORMAT, "the file ends within it");
}

/* Append one line, its end included: 1, or 0 at the end of the file. */
static int
read_line(struct lapse_warc *warc)
{
	size_t start = warc->header.len;
	int rc;

	while ((rc = fetch(warc)) > 0) {
		const char *end = memchr(warc->piece, '\n', warc->piece_len), *bytes;
		size_t n = take(&bytes, warc, end != NULL ? (uint64_t)(end - warc->piece) + 1 : UINT64_MAX);

		if (lapse_buf_add(&warc->header, bytes, n) < 0)
			return lapse_fail(LAPSE_EFORMAT, "its header is longer than %zu bytes", HEADER_MAX);
		if (end != NULL)
			return 1;
	}
	return rc == 0 && warc->header.len > start ? ends_early() : rc;
}

/* Past what is left of the block at hand. */
static int
skip_block(struct lapse_warc *warc)
{
	const char *bytes;
	int rc = 1;

	while (warc->left > 0 && (rc = fetch(warc)) > 0)
		warc->left -= take(&bytes, warc, warc->left);
	return rc == 0 ? ends_early() : rc;
}

/* ---- the header ---- */

static bool
is_blank_line(const char *line)
{
	return line[0] == '\n' || (line[0] == '\r' && line[1] == '\n');
}

/* The version line, the first after any number of empty ones: 1, or 0 at the end of the file. */
static int
read_version(struct lapse_warc *warc)
{
	const char *line;
	int rc;

	do {
		lapse_buf_reset(&warc->header);
		rc = read_line(warc);
		line = warc->header.data;
	} while (rc > 0 && is_blank_line(line));
	if (rc <= 0)
		return rc;
	if (strncmp(line, "WARC/1.0", 8) != 0 && strncmp(line, "WARC/1.1", 8) != 0)
		return lapse_fail(LAPSE_EFORMAT, "does not begin with WARC/1.0 or WARC/1.1");
	return line[8 + strspn(line + 8, "\r")] == '\n' ? 1 :
	    lapse_fail(LAPSE_EFORMAT, "does not begin with WARC/1.0 or WARC/1.1");
}

static int
read_fields(struct lapse_warc *warc)
{
	size_t start;
	int rc;

	lapse_buf_reset(&warc->header);
	do {
		start = warc->header.len;
		rc = read_line(warc);
	} while (rc > 0 && !is_blank_line(warc->header.data + start));
	if (rc == 0)
		return ends_early();
	if (rc > 0 && memchr(warc->header.data, '\0', warc->header.len) != NULL)
		return lapse_fail(LAPSE_EFORMAT, "has a NUL in its header");
	return rc;
}

/* A line that begins with a blank goes on with the one before. */
static void
unfold(char *text)
{
	for (; (text = strchr(text, '\n')) != NULL; text++) {
		if (text[1] != ' ' && text[1] != '\t')
			continue;
		if (text[-1] == '\r')
			text[-1] = ' ';
		*text = ' ';
	}
}

static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

/* "<urn:uuid:…>" without its brackets; old programs put addresses in them as well. */
static const char *
unwrap(char *text)
{
	size_t len = strlen(text);

	if (len < 2 || text[0] != '<' || text[len - 1] != '>')
		return text;
	text[len - 1] = '\0';
	return text + 1;
}

static enum lapse_warc_type
type_of(const char *name)
{
	static const char *const names[] = {
		[LAPSE_WARC_INFO] = "warcinfo",
		[LAPSE_WARC_REQUEST] = "request",
		[LAPSE_WARC_RESPONSE] = "response",
		[LAPSE_WARC_REVISIT] = "revisit",
		[LAPSE_WARC_METADATA] = "metadata",
		[LAPSE_WARC_CONTINUATION] = "continuation",
	};

	for (size_t i = LAPSE_WARC_INFO; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(name, names[i]) == 0)
			return (enum lapse_warc_type)i;
	return LAPSE_WARC_OTHER;
}

/* A date of whole seconds, or with a fraction, as 1.1 allows. One that is neither says nothing. */
static struct lapse_instant
date_of(const char *text)
{
	char whole[LAPSE_TIME_LEN + 1] = "";
	const char *dot = strchr(text, '.');
	struct lapse_instant t;

	if (dot != NULL && dot - text == LAPSE_TIME_LEN - 1 && dot[1 + strspn(dot + 1, "0123456789")] == 'Z') {
		memcpy(whole, text, LAPSE_TIME_LEN - 1);
		whole[LAPSE_TIME_LEN - 1] = 'Z';
		text = whole;
	}
	return lapse_time_parse(&t, text) == 0 ? t : LAPSE_NEVER;
}

static int
set_field(struct lapse_warc_record *record, const char *name, char *value)
{
	int64_t n;

	if (strcasecmp(name, "WARC-Type") == 0)
		record->type = type_of(value);
	else if (strcasecmp(name, "WARC-Record-ID") == 0)
		record->id = unwrap(value);
	else if (strcasecmp(name, "WARC-Target-URI") == 0)
		record->uri = unwrap(value);
	else if (strcasecmp(name, "WARC-Date") == 0)
		record->date = date_of(value);
	else if (strcasecmp(name, "Content-Type") == 0)
		record->media = value;
	else if (strcasecmp(name, "WARC-Block-Digest") == 0)
		record->digest = value;
	else if (strcasecmp(name, "WARC-Truncated") == 0)
		record->is_cut = true;
	else if (strcasecmp(name, "WARC-Segment-Origin-ID") == 0)
		record->origin = unwrap(value);
	else if (strcasecmp(name, "WARC-Segment-Total-Length") == 0)
		record->is_last = true;
	else if (strcasecmp(name, "WARC-Segment-Number") == 0)
		record->segment = lapse_int_parse(&n, value, 1, LENGTH_MAX) == 0 ? n : 0;
	else if (strcasecmp(name, "Content-Length") == 0) {
		if (lapse_int_parse(&n, value, 0, LENGTH_MAX) < 0)
			return lapse_fail(LAPSE_EFORMAT, "its Content-Length is no length");
		record->len = (uint64_t)n;
		return 1;
	}
	return 0;
}

static int
parse_fields(struct lapse_warc *warc)
{
	struct lapse_warc_record *record = &warc->record;
	char *line = warc->header.data, *end;
	int rc = 0, lengths = 0;

	unfold(line);
	for (; rc >= 0 && (end = strchr(line, '\n')) != NULL; line = end + 1) {
		char *colon;

		*end = '\0';
		colon = strchr(line, ':');
		if (colon == NULL)
			continue;
		*colon = '\0';
		rc = set_field(record, trim(line), trim(colon + 1));
		lengths += rc > 0;
	}
	if (rc >= 0 && lengths != 1)
		return lapse_fail(LAPSE_EFORMAT, "has %s Content-Length", lengths == 0 ? "no" : "more than one");
	return rc < 0 ? rc : 1;
}

/* What begins otherwise is another kind of file, and nothing in it is a record. */
static int
check_start(struct lapse_warc *warc)
{
	static const char start[] = "WARC/";
	size_t at = 0, len = strlen(start);
	int rc = fetch(warc);

	if (rc <= 0)
		return rc;
	while (at < warc->piece_len && (warc->piece[at] == '\r' || warc->piece[at] == '\n'))
		at++;
	if (warc->piece_len - at < len)
		len = warc->piece_len - at;
	return memcmp(warc->piece + at, start, len) == 0 ? 1 :
	    lapse_fail(LAPSE_EFORMAT, "not a WARC file: it does not begin with WARC/1.0 or WARC/1.1");
}

int
lapse_warc_next(struct lapse_warc *warc, const struct lapse_warc_record **out)
{
	size_t number = warc->record.number + 1;
	int rc = skip_block(warc);

	if (rc < 0)
		return lapse_context(rc, "record %zu", number - 1);
	warc->record = (struct lapse_warc_record){
		.number = number, .id = "", .uri = "", .media = "", .origin = "", .digest = "", .date = LAPSE_NEVER,
	};
	rc = number == 1 ? check_start(warc) : 1;
	if (rc <= 0)
		return rc;
	rc = read_version(warc);
	if (rc > 0)
		rc = read_fields(warc);
	if (rc > 0)
		rc = parse_fields(warc);
	if (rc <= 0)
		return lapse_context(rc, "record %zu", number);
	warc->left = warc->record.len;
	*out = &warc->record;
	return 1;
}

/* ---- the block ---- */

/* RFC 4648 §6, without padding: five bytes are eight letters. `out` has room. */
static void
format_base32(char *out, const unsigned char *bytes, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | bytes[i]) & 0xfff;
		for (have += 8; have >= 5; have -= 5)
			*out++ = letters[bits >> (have - 5) & 31];
	}
	if (have > 0)
		*out++ = letters[bits << (5 - have) & 31];
	*out = '\0';
}

/* Is this what the label says? One of another algorithm says nothing to us. */
static bool
is_digest(const char *label, const struct lapse_buf *block, size_t start)
{
	unsigned char digest[LAPSE_SHA256_LEN];
	char hex[2 * LAPSE_SHA256_LEN + 1], base32[2 * LAPSE_SHA256_LEN + 1];
	const char *value = strchr(label, ':');
	size_t name = value != NULL ? (size_t)(value - label) : 0, len, base32_len;

	if (name == 4 && strncasecmp(label, "sha1", name) == 0) {
		struct lapse_sha1 *sha = lapse_sha1_new();

		lapse_sha1_add(sha, block->data + start, block->len - start);
		lapse_sha1_end(sha, digest);
		lapse_sha1_free(sha);
		len = LAPSE_SHA1_LEN;
	} else if ((name == 6 && strncasecmp(label, "sha256", name) == 0) ||
	    (name == 7 && strncasecmp(label, "sha-256", name) == 0)) {
		struct lapse_sha256 *sha = lapse_sha256_new();

		lapse_sha256_add(sha, block->data + start, block->len - start);
		lapse_sha256_end(sha, digest);
		lapse_sha256_free(sha);
		len = LAPSE_SHA256_LEN;
	} else {
		return true;
	}
	value++;
	lapse_hex_format(hex, digest, len);
	format_base32(base32, digest, len);
	base32_len = strlen(base32);
	return strcasecmp(value, hex) == 0 || (strncasecmp(value, base32, base32_len) == 0 &&
	    value[base32_len + strspn(value + base32_len, "=")] == '\0');
}

int
lapse_warc_block(struct lapse_buf *out, struct lapse_warc *warc)
{
	size_t start = out->len;
	const char *bytes;
	int rc = lapse_buf_add(out, "", 0);

	while (rc >= 0 && warc->left > 0 && (rc = fetch(warc)) > 0) {
		size_t n = take(&bytes, warc, warc->left);

		warc->left -= n;
		rc = lapse_buf_add(out, bytes, n);
		rc = rc < 0 ? rc : 1;
	}
	if (rc == 0 && warc->left > 0)
		rc = ends_early();
	if (rc >= 0 && !is_digest(warc->record.digest, out, start))
		rc = lapse_fail(LAPSE_EFORMAT, "its block is not what its digest says");
	return rc < 0 ? lapse_context(rc, "record %zu", warc->record.number) : 0;
}
