/*
 * Exchanges into WARC files: a request and its answer are a record each, every record a gzip member of its own, and a file
 * is full when the next record would make it too large. The same exchanges make the same bytes.
 */
#include "lapse/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lapse/alloc.h"
#include "lapse/codec.h"
#include "lapse/digest.h"
#include "lapse/error.h"
#include "lapse/evidence.h"
#include "lapse/layout.h"
#include "lapse/warc.h"
#include "lapse/zip.h"
#include "message.h"

#define LEVEL 6
/* Of a record too large for a file, so much of its block goes into each segment: room is left for headers and what stored bytes add. */
#define SEGMENT ((size_t)1000 * 1000)
#define ID_LEN 45	/* "urn:uuid:" and 36 */
#define MEDIA_REQUEST "application/http;msgtype=request"
#define MEDIA_RESPONSE "application/http;msgtype=response"
#define MEDIA_FIELDS "application/warc-fields"

struct lapse_witness {
	struct lapse_evidence *evidence;
	struct lapse_deflate *gzip;
	struct lapse_sha256 *sha;	/* of all files */
	char source[65];
	size_t nrecords;
	size_t nexchanges;
	size_t nbytes;			/* of finished files */
	struct lapse_buf file;		/* the one being filled */
	struct lapse_buf member;	/* scratch */
	struct lapse_buf record;	/* scratch */
	struct lapse_buf block;		/* scratch */
	int rc;				/* what went wrong first, and its sentence */
	char trouble[512];
};

int
lapse_witness_open(struct lapse_witness **out, struct lapse_batch *batch, const char *source)
{
	struct lapse_evidence *evidence;
	struct lapse_witness *w;
	int rc = lapse_evidence_open(&evidence, batch);

	*out = NULL;
	if (rc < 0)
		return rc;
	w = lapse_alloc(1, sizeof(*w));
	w->evidence = evidence;
	w->gzip = lapse_gzip_new(LEVEL);
	w->sha = lapse_sha256_new();
	snprintf(w->source, sizeof(w->source), "%s", source);
	lapse_buf_init(&w->file, LAPSE_EVIDENCE_FILE_MAX);
	lapse_buf_init(&w->member, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&w->record, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&w->block, LAPSE_WARC_BLOCK_MAX);
	*out = w;
	return 0;
}

void
lapse_witness_free(struct lapse_witness *w)
{
	if (w == NULL)
		return;
	lapse_evidence_free(w->evidence);
	lapse_deflate_free(w->gzip);
	lapse_sha256_free(w->sha);
	lapse_buf_release(&w->file);
	lapse_buf_release(&w->member);
	lapse_buf_release(&w->record);
	lapse_buf_release(&w->block);
	free(w);
}

/* ---- secrets ---- */

/* Fields that say who asks, or hand out such words. */
static const char *const secret_fields[] = {
	"Authorization", "Cookie", "Proxy-Authorization", "Set-Cookie", "Set-Cookie2", "X-BUGZILLA-API-KEY",
	"X-BUGZILLA-LOGIN", "X-BUGZILLA-PASSWORD", "X-BUGZILLA-TOKEN"
};

static const char *const secret_parameters[] = {
	"api_key", "bugzilla_api_key", "bugzilla_login", "bugzilla_password", "bugzilla_token", "password", "token"
};

static bool
is_secret(const char *line, size_t len)
{
	for (size_t i = 0; i < sizeof(secret_fields) / sizeof(secret_fields[0]); i++)
		if (lapse_field_is(line, len, secret_fields[i]))
			return true;
	return false;
}

static bool
is_secret_parameter(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(secret_parameters) / sizeof(secret_parameters[0]); i++)
		if (strlen(secret_parameters[i]) == len && strncasecmp(text, secret_parameters[i], len) == 0)
			return true;
	return false;
}

/* Names and passwords before the host, keys among the parameters. */
static bool
has_secret(const char *url)
{
	const char *authority = strstr(url, "://"), *p = strchr(url, '?');

	if (authority != NULL && memchr(authority + 3, '@', strcspn(authority + 3, "/?#")) != NULL)
		return true;
	while (p != NULL) {
		size_t len = strcspn(++p, "=&;#");

		if (is_secret_parameter(p, len))
			return true;
		p = strpbrk(p, "&;");
	}
	return false;
}

/* Copy a head without secret fields and what goes on in the lines after them. */
static int
put_head(struct lapse_buf *out, const char *head, size_t len, bool unchunked)
{
	bool secret = false;
	int rc = 0;

	while (len > 0 && rc == 0) {
		size_t n = lapse_line_len(head, len);

		if (*head != ' ' && *head != '\t')
			secret = is_secret(head, n);
		/* The client put the chunks together: the field would be wrong of the body that it gave. */
		if (!secret && unchunked && lapse_field_is(head, n, "Transfer-Encoding"))
			rc = lapse_buf_puts(out, "X-Archive-Orig-");
		if (!secret && rc == 0)
			rc = lapse_buf_add(out, head, n);
		head += n;
		len -= n;
	}
	return rc;
}

/* ---- files ---- */

/* An id that follows from the record: it looks like a UUID (RFC 9562, version 8), and is one of a digest. */
static void
make_id(char *out, const struct lapse_witness *w, const struct lapse_warc_out *record)
{
	char time[LAPSE_TIME_LEN + 1], digest[LAPSE_WARC_DIGEST_LEN + 1], name[256];
	unsigned char id[LAPSE_SHA256_LEN];
	struct lapse_sha256 *sha = lapse_sha256_new();
	char hex[33];
	int n;

	lapse_warc_digest(digest, record->block, record->len);
	n = snprintf(name, sizeof(name), "%s %zu %d %s %s ", w->source, w->nrecords, (int)record->type,
	    lapse_time_format(time, record->date), digest);
	lapse_sha256_add(sha, name, (size_t)n);
	if (record->uri != NULL)
		lapse_sha256_add(sha, record->uri, strlen(record->uri));
	lapse_sha256_end(sha, id);
	lapse_sha256_free(sha);
	id[6] = (unsigned char)(0x80 | (id[6] & 0x0f));
	id[8] = (unsigned char)(0x80 | (id[8] & 0x3f));
	lapse_hex_format(hex, id, 16);
	snprintf(out, ID_LEN + 1, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* The record as a member, in w->member. */
static int
make_member(struct lapse_witness *w, const struct lapse_warc_out *record)
{
	size_t room;
	int rc;

	lapse_buf_reset(&w->record);
	lapse_buf_reset(&w->member);
	rc = lapse_warc_write(&w->record, record);
	if (rc < 0)
		return rc;
	room = lapse_deflate_bound(w->gzip, w->record.len);
	rc = lapse_buf_reserve(&w->member, room);
	if (rc == 0)
		w->member.len = lapse_deflate_run(w->gzip, w->member.data, room, w->record.data, w->record.len);
	return rc;
}

static int
end_file(struct lapse_witness *w)
{
	int rc;

	if (w->file.len == 0)
		return 0;
	rc = lapse_evidence_add(w->evidence, w->file.data, w->file.len);
	lapse_sha256_add(w->sha, w->file.data, w->file.len);
	w->nbytes += w->file.len;
	lapse_buf_reset(&w->file);
	return rc;
}

/* Each file says what it is. */
static int
begin_file(struct lapse_witness *w, struct lapse_instant date)
{
	static const char about[] = "software: lapse/" LAPSE_VERSION "\r\nformat: WARC File Format 1.1\r\n"
	    "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n";
	char name[LAPSE_EVIDENCE_NAME_LEN + 1], id[ID_LEN + 1];
	struct lapse_warc_out info = {
		.type = LAPSE_WARC_INFO,
		.filename = lapse_evidence_name(name, lapse_evidence_files(w->evidence) + 1),
		.media = MEDIA_FIELDS,
		.date = date,
		.block = about,
		.len = sizeof(about) - 1,
	};
	int rc;

	make_id(id, w, &info);
	info.id = id;
	w->nrecords++;
	rc = make_member(w, &info);
	return rc < 0 ? rc : lapse_buf_add(&w->file, w->member.data, w->member.len);
}

/* A record, if it fits into a file: 1, or 0. */
static int
put_record(struct lapse_witness *w, const struct lapse_warc_out *record)
{
	struct lapse_buf member;
	int rc = make_member(w, record);

	if (rc < 0)
		return rc;
	/* What a segment can be, and nothing larger, fits beside the record that begins a file. */
	if (w->member.len > SEGMENT + SEGMENT / 100)
		return 0;
	if (w->file.len + w->member.len > LAPSE_EVIDENCE_FILE_MAX) {
		rc = end_file(w);
		if (rc < 0)
			return rc;
	}
	if (w->file.len > 0) {
		rc = lapse_buf_add(&w->file, w->member.data, w->member.len);
		return rc < 0 ? rc : 1;
	}
	member = w->member;
	lapse_buf_init(&w->member, LAPSE_BUF_DOCUMENT);
	rc = begin_file(w, record->date);
	if (rc == 0)
		rc = lapse_buf_add(&w->file, member.data, member.len);
	lapse_buf_release(&member);
	return rc < 0 ? rc : 1;
}

/* A record that no file can hold: the first segment keeps its fields, the others only continue the block. */
static int
put_segments(struct lapse_witness *w, const struct lapse_warc_out *whole)
{
	struct lapse_warc_out part = *whole;
	char id[ID_LEN + 1];
	int rc = 1;

	for (size_t at = 0; rc > 0 && at < whole->len; at += part.len) {
		part.block = whole->block + at;
		part.len = whole->len - at < SEGMENT ? whole->len - at : SEGMENT;
		part.total = at + part.len == whole->len ? whole->len : 0;
		part.segment++;
		if (at > 0) {
			part.type = LAPSE_WARC_CONTINUATION;
			part.origin = whole->id;
			part.concurrent = part.media = part.payload = part.ip = NULL;
			make_id(id, w, &part);
			part.id = id;
			w->nrecords++;
		}
		rc = put_record(w, &part);
	}
	return rc == 0 ? lapse_fail(LAPSE_ETOOBIG, "a header that fits into no file of evidence") : rc;
}

static int
keep(struct lapse_witness *w, const struct lapse_warc_out *record)
{
	int rc = put_record(w, record);

	if (rc == 0)
		rc = put_segments(w, record);
	return rc < 0 ? rc : 0;
}

/* ---- exchanges ---- */

static int
keep_request(char *id, struct lapse_witness *w, const struct lapse_exchange *exchange)
{
	struct lapse_warc_out record = {
		.type = LAPSE_WARC_REQUEST,
		.uri = exchange->url,
		.ip = exchange->ip,
		.media = MEDIA_REQUEST,
		.date = exchange->at,
	};
	int rc;

	lapse_buf_reset(&w->block);
	rc = put_head(&w->block, exchange->request, exchange->request_len, false);
	if (rc < 0)
		return rc;
	record.block = w->block.data != NULL ? w->block.data : "";
	record.len = w->block.len;
	make_id(id, w, &record);
	record.id = id;
	w->nrecords++;
	return keep(w, &record);
}

/* The digest of a body with its chunks put together; false when it is cut. */
static bool
digest_payload(char *out, const struct lapse_exchange *exchange, bool chunked)
{
	struct lapse_buf joined;
	int rc = 0;

	lapse_buf_init(&joined, LAPSE_WARC_BLOCK_MAX);
	if (chunked)
		rc = lapse_chunks_join(&joined, exchange->body, exchange->body_len);
	if (rc > 0)
		lapse_warc_digest(out, joined.data, joined.len);
	else if (rc == 0)
		lapse_warc_digest(out, exchange->body, exchange->body_len);
	lapse_buf_release(&joined);
	return rc >= 0;
}

/* Does the body lack the chunks that its head speaks of? */
static bool
is_unchunked(const struct lapse_exchange *exchange)
{
	struct lapse_buf nothing;
	int rc;

	lapse_buf_init(&nothing, LAPSE_WARC_BLOCK_MAX);
	rc = lapse_chunks_join(&nothing, exchange->body, exchange->body_len);
	lapse_buf_release(&nothing);
	return rc == 0;
}

static int
keep_response(struct lapse_witness *w, const struct lapse_exchange *exchange, const char *request)
{
	char id[ID_LEN + 1], payload[LAPSE_WARC_DIGEST_LEN + 1];
	struct lapse_warc_out record = {
		.type = LAPSE_WARC_RESPONSE,
		.concurrent = request,
		.uri = exchange->url,
		.ip = exchange->ip,
		.media = MEDIA_RESPONSE,
		.date = exchange->at,
		.is_cut = exchange->trouble != NULL,
	};
	struct message message;
	bool is_message = lapse_message_parse(&message, exchange->head, exchange->head_len);
	bool chunked = is_message && message.chunked;
	int rc;

	lapse_buf_reset(&w->block);
	rc = put_head(&w->block, exchange->head, exchange->head_len, chunked && is_unchunked(exchange));
	if (rc == 0)
		rc = lapse_buf_add(&w->block, exchange->body, exchange->body_len);
	if (rc < 0)
		return rc;
	record.block = w->block.data;
	record.len = w->block.len;
	if (!record.is_cut && digest_payload(payload, exchange, chunked))
		record.payload = payload;
	make_id(id, w, &record);
	record.id = id;
	w->nrecords++;
	return keep(w, &record);
}

/* Why an exchange failed. */
static int
keep_trouble(struct lapse_witness *w, const struct lapse_exchange *exchange, const char *request)
{
	char id[ID_LEN + 1], text[600];
	struct lapse_warc_out record = {
		.type = LAPSE_WARC_METADATA,
		.concurrent = request,
		.uri = exchange->url,
		.media = MEDIA_FIELDS,
		.date = exchange->at,
		.block = text,
	};

	snprintf(text, sizeof(text), "trouble: %.500s", exchange->trouble);
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "\r\n");
	record.len = strlen(text);
	make_id(id, w, &record);
	record.id = id;
	w->nrecords++;
	return keep(w, &record);
}

static int
note(struct lapse_witness *w, const struct lapse_exchange *exchange)
{
	char request[ID_LEN + 1];
	int rc;

	if (has_secret(exchange->url))
		return lapse_fail(LAPSE_EFAIL, "a request whose address holds a key or a password is not kept");
	w->nexchanges++;
	rc = keep_request(request, w, exchange);
	if (rc == 0 && exchange->head != NULL)
		rc = keep_response(w, exchange, request);
	if (rc == 0 && exchange->trouble != NULL)
		rc = keep_trouble(w, exchange, request);
	return rc;
}

void
lapse_witness_note(const struct lapse_exchange *exchange, void *witness)
{
	struct lapse_witness *w = witness;

	if (w->rc < 0)
		return;
	w->rc = note(w, exchange);
	if (w->rc < 0)
		snprintf(w->trouble, sizeof(w->trouble), "%s", lapse_error());
}

/* ---- the end of the run ---- */

/* A folder that no run before had. */
static int
choose_folder(char *out, struct lapse_witness *w, struct lapse_instant time)
{
	for (int ordinal = 1; ordinal <= LAPSE_ORDINAL_MAX; ordinal++) {
		int rc = lapse_evidence_has(w->evidence, lapse_path_evidence(out, w->source, time, ordinal));

		if (rc <= 0)
			return rc;
	}
	return lapse_fail(LAPSE_EFAIL, "more than %d runs of one second", LAPSE_ORDINAL_MAX);
}

static int
commit(struct lapse_exhibit *out, struct lapse_witness *w, struct lapse_instant time)
{
	char folder[LAPSE_PATH_MAX], date[LAPSE_TIME_LEN + 1], message[1024];
	unsigned char digest[LAPSE_SHA256_LEN];
	struct lapse_oid oid;
	int rc = choose_folder(folder, w, time);

	if (rc < 0)
		return rc;
	lapse_sha256_end(w->sha, digest);
	lapse_hex_format(out->sha256, digest, sizeof(digest));
	snprintf(message, sizeof(message), "evidence %s %s\n\nexchanges %zu, files %zu, bytes %zu\n\n"
	    "Lapse-Evidence: %s\nLapse-Sha256: %s\n", w->source, lapse_time_format(date, time), w->nexchanges,
	    lapse_evidence_files(w->evidence), w->nbytes, folder, out->sha256);
	rc = lapse_evidence_commit(&oid, w->evidence, folder, message, time);
	if (rc < 0)
		return rc;
	lapse_oid_format(out->commit, &oid);
	snprintf(out->folder, sizeof(out->folder), "%.*s", (int)sizeof(out->folder) - 1, folder);
	out->files = (int64_t)lapse_evidence_files(w->evidence);
	return 1;
}

int
lapse_witness_finish(struct lapse_exhibit *out, struct lapse_witness *w, struct lapse_instant time)
{
	int rc = w->rc < 0 ? lapse_fail((enum lapse_code)w->rc, "%s", w->trouble) : end_file(w);

	*out = (struct lapse_exhibit){ .files = 0 };
	if (rc == 0 && w->nexchanges > 0)
		rc = commit(out, w, time);
	if (rc < 0)
		*out = (struct lapse_exhibit){ .files = 0 };
	return lapse_context(rc, "keeping the evidence");
}
