/* WARC 1.1, written: the fields in one order, so that the same exchange has the same bytes. */
#include <inttypes.h>
#include <stdio.h>

#include "lapse/digest.h"
#include "lapse/warc.h"

char *
lapse_warc_digest(char *out, const void *data, size_t len)
{
	static const char label[] = "sha256:";
	struct lapse_sha256 *sha = lapse_sha256_new();
	unsigned char digest[LAPSE_SHA256_LEN];

	lapse_sha256_add(sha, data, len);
	lapse_sha256_end(sha, digest);
	lapse_sha256_free(sha);
	snprintf(out, sizeof(label), "%s", label);
	lapse_hex_format(out + sizeof(label) - 1, digest, sizeof(digest));
	return out;
}

static const char *
type_name(enum lapse_warc_type type)
{
	switch (type) {
	case LAPSE_WARC_INFO: return "warcinfo";
	case LAPSE_WARC_REQUEST: return "request";
	case LAPSE_WARC_RESPONSE: return "response";
	case LAPSE_WARC_REVISIT: return "revisit";
	case LAPSE_WARC_METADATA: return "metadata";
	case LAPSE_WARC_CONTINUATION: return "continuation";
	case LAPSE_WARC_OTHER: break;
	}
	return "resource";
}

static int
put_field(struct lapse_buf *out, const char *name, const char *value)
{
	return value != NULL && *value != '\0' ? lapse_buf_printf(out, "%s: %s\r\n", name, value) : 0;
}

static int
put_id(struct lapse_buf *out, const char *name, const char *id)
{
	return id != NULL ? lapse_buf_printf(out, "%s: <%s>\r\n", name, id) : 0;
}

static int
put_segment(struct lapse_buf *out, const struct lapse_warc_out *record)
{
	int rc = 0;

	if (record->segment > 0)
		rc = lapse_buf_printf(out, "WARC-Segment-Number: %" PRId64 "\r\n", record->segment);
	if (rc == 0)
		rc = put_id(out, "WARC-Segment-Origin-ID", record->origin);
	if (rc == 0 && record->total > 0)
		rc = lapse_buf_printf(out, "WARC-Segment-Total-Length: %zu\r\n", record->total);
	return rc;
}

static int
put_header(struct lapse_buf *out, const struct lapse_warc_out *record)
{
	char time[LAPSE_TIME_LEN + 1], digest[LAPSE_WARC_DIGEST_LEN + 1];
	int rc = lapse_buf_printf(out, "WARC/1.1\r\nWARC-Type: %s\r\n", type_name(record->type));

	if (rc == 0)
		rc = put_id(out, "WARC-Record-ID", record->id);
	if (rc == 0)
		rc = put_field(out, "WARC-Date", lapse_time_format(time, record->date));
	if (rc == 0)
		rc = put_field(out, "WARC-Filename", record->filename);
	if (rc == 0)
		rc = put_field(out, "WARC-Target-URI", record->uri);
	if (rc == 0)
		rc = put_id(out, "WARC-Concurrent-To", record->concurrent);
	if (rc == 0)
		rc = put_field(out, "WARC-IP-Address", record->ip);
	if (rc == 0)
		rc = put_segment(out, record);
	if (rc == 0 && record->is_cut)
		rc = put_field(out, "WARC-Truncated", "unspecified");
	if (rc == 0)
		rc = put_field(out, "WARC-Block-Digest", lapse_warc_digest(digest, record->block, record->len));
	if (rc == 0)
		rc = put_field(out, "WARC-Payload-Digest", record->payload);
	if (rc == 0)
		rc = put_field(out, "Content-Type", record->media);
	return rc < 0 ? rc : lapse_buf_printf(out, "Content-Length: %zu\r\n\r\n", record->len);
}

int
lapse_warc_write(struct lapse_buf *out, const struct lapse_warc_out *record)
{
	int rc = put_header(out, record);

	if (rc == 0)
		rc = lapse_buf_add(out, record->block, record->len);
	return rc < 0 ? rc : lapse_buf_puts(out, "\r\n\r\n");
}
