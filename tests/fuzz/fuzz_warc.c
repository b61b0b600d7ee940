/*
 * Bytes as a WARC file: read record by record and answer by answer, or refused with a sentence. In whatever pieces they
 * come, a file that is read says the same; no answer is larger than a block may be, and what was read can be written and read again.
 */
#include "fuzz.h"

#include <string.h>

#include "../../lib/source/asking.h"

#include "lapse/digest.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/warc.h"

struct bytes {
	const uint8_t *data;
	size_t len;
	size_t piece;
};

static int
next_piece(const char **data, size_t *len, void *payload)
{
	struct bytes *bytes = payload;

	*data = (const char *)bytes->data;
	*len = bytes->piece < bytes->len ? bytes->piece : bytes->len;
	bytes->data += *len;
	bytes->len -= *len;
	return *len > 0;
}

/* All that is read goes into one digest. */
static int
digest_answer(const struct lapse_warc_answer *answer, void *payload)
{
	struct lapse_sha256 *sha = payload;
	struct lapse_ids bugs;
	json_t *json = NULL;

	lapse_ids_init(&bugs);
	demand(answer->status >= 200 && answer->status <= 999, "a status that is none");
	lapse_sha256_add(sha, answer->uri, strlen(answer->uri));
	lapse_sha256_add(sha, answer->body->data, answer->body->len);
	if (lapse_json_parse(&json, answer->body->data, answer->body->len, NULL) == 0)
		lapse_asking_narrow(json, answer->uri);
	lapse_asking_edits(answer->uri);
	lapse_asking_bugs(&bugs, answer->uri);
	lapse_ids_release(&bugs);
	json_decref(json);
	return 0;
}

static int
read_answers(unsigned char out[LAPSE_SHA256_LEN], struct lapse_warc_counts *counts, struct bytes bytes)
{
	struct lapse_stream *stream = lapse_stream_new(next_piece, &bytes);
	struct lapse_sha256 *sha = lapse_sha256_new();
	int rc;

	*counts = (struct lapse_warc_counts){ 0 };
	rc = lapse_warc_answers(counts, stream, digest_answer, sha);
	lapse_sha256_end(sha, out);
	lapse_sha256_free(sha);
	lapse_stream_free(stream);
	demand(rc <= 0, "a code that is none");
	demand(rc == 0 || *lapse_error() != '\0', "a failure without a sentence");
	return rc;
}

static void
write_again(const struct lapse_warc_record *record, const struct lapse_buf *block)
{
	struct lapse_buf out;
	struct bytes bytes;
	struct lapse_stream *stream;
	struct lapse_warc *warc;
	const struct lapse_warc_record *again;

	lapse_buf_init(&out, LAPSE_BUF_DOCUMENT);
	demand(lapse_warc_write(&out, &(struct lapse_warc_out){ .type = record->type, .id = "urn:x",
	    .date = lapse_time_is_set(record->date) ? record->date : (struct lapse_instant){ 0 },
	    .block = block->data, .len = block->len }) == 0, "a record that cannot be written");
	bytes = (struct bytes){ (const uint8_t *)out.data, out.len, 1000 };
	stream = lapse_stream_new(next_piece, &bytes);
	warc = lapse_warc_new(stream);
	demand(lapse_warc_next(warc, &again) == 1 && again->len == block->len && again->type == record->type, "another record");
	demand(lapse_warc_next(warc, &again) == 0, "more than was written");
	lapse_warc_free(warc);
	lapse_stream_free(stream);
	lapse_buf_release(&out);
}

/* Every block, whatever its record is. */
static void
read_records(struct bytes bytes)
{
	struct lapse_stream *stream = lapse_stream_new(next_piece, &bytes);
	struct lapse_warc *warc = lapse_warc_new(stream);
	const struct lapse_warc_record *record;
	struct lapse_buf block;

	lapse_buf_init(&block, 1 << 20);
	while (lapse_warc_next(warc, &record) > 0) {
		lapse_buf_reset(&block);
		if (lapse_warc_block(&block, warc) < 0)
			break;
		demand(block.len == record->len, "a block of another length");
		write_again(record, &block);
	}
	lapse_buf_release(&block);
	lapse_warc_free(warc);
	lapse_stream_free(stream);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char whole[LAPSE_SHA256_LEN], pieces[LAPSE_SHA256_LEN];
	struct lapse_warc_counts a, b;
	int rc = read_answers(whole, &a, (struct bytes){ data, size, SIZE_MAX });

	/* What is packed is told by its first two bytes, which come together. */
	demand(read_answers(pieces, &b, (struct bytes){ data, size, 7 }) == rc, "in pieces it is another file");
	/* Of damaged data more or less may come before the damage is noticed. */
	demand(rc < 0 || (memcmp(whole, pieces, sizeof(whole)) == 0 && a.records == b.records && a.broken == b.broken),
	    "in pieces it says something else");
	read_records((struct bytes){ data, size, 4096 });
	return 0;
}
