/* WARC files, read and written: what others make, what is cut or lies, and what comes back of what we write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/source/message.h"

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/warc.h"
#include "lapse/zip.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- a text as a stream, in pieces ---- */

struct text {
	const char *data;
	size_t len;
	size_t piece;	/* 0: all at once */
};

static int
next_piece(const char **data, size_t *len, void *payload)
{
	struct text *text = payload;

	*data = text->data;
	*len = text->piece > 0 && text->piece < text->len ? text->piece : text->len;
	text->data += *len;
	text->len -= *len;
	return *len > 0;
}

static const char *const type_names[] = { "other", "info", "request", "response", "revisit", "metadata", "continuation" };

/* What a file holds, a line a record; at the end what went wrong. */
static const char *
read_records(const char *data, size_t len, size_t piece)
{
	static char out[8192];
	struct text text = { data, len, piece };
	struct lapse_stream *stream = lapse_stream_new(next_piece, &text);
	struct lapse_warc *warc = lapse_warc_new(stream);
	const struct lapse_warc_record *r;
	char date[LAPSE_TIME_LEN + 1];
	size_t n = 0;
	int rc;

	out[0] = '\0';
	while ((rc = lapse_warc_next(warc, &r)) > 0)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s %s %s %s %s %llu%s\n", type_names[r->type], r->id, r->uri,
		    lapse_time_is_set(r->date) ? lapse_time_format(date, r->date) : "-", r->media,
		    (unsigned long long)r->len, r->is_cut ? " cut" : "");
	if (rc < 0)
		snprintf(out + n, sizeof(out) - n, "%s\n", lapse_error());
	lapse_warc_free(warc);
	lapse_stream_free(stream);
	return out;
}

#define TWO \
	"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2024-05-02T12:00:00Z\r\n" \
	"Content-Type: application/warc-fields\r\nContent-Length: 14\r\n\r\nsoftware: wget\r\n\r\n" \
	"WARC/1.1\r\nwarc-type: response\r\nWARC-Target-URI: <http://a.example/x>\r\nWARC-Record-ID:\r\n\t<urn:uuid:2>\r\n" \
	"WARC-Date: 2024-05-02T12:00:01.123456Z\r\nWARC-Truncated: length\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n"
#define TWO_READ \
	"info urn:uuid:1  2024-05-02T12:00:00Z application/warc-fields 14\n" \
	"response urn:uuid:2 http://a.example/x 2024-05-02T12:00:01Z  3 cut\n"

static void
records_are_read_in_whatever_pieces_they_come(void **state)
{
	static const size_t pieces[] = { 0, 1, 2, 3, 7, 64 };

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++)
		assert_string_equal(read_records(TWO, strlen(TWO), pieces[i]), TWO_READ);
	assert_string_equal(read_records("", 0, 0), "");
}

static void
what_is_no_record_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "hello\r\n", "not a WARC file: it does not begin with WARC/1.0 or WARC/1.1\n" },
		{ "WARC/0.18\r\n", "record 1: does not begin with WARC/1.0 or WARC/1.1\n" },
		{ "WARC/1.10\r\n", "record 1: does not begin with WARC/1.0 or WARC/1.1\n" },
		{ "WARC/1.1\r\n\r\n", "record 1: has no Content-Length\n" },
		{ "WARC/1.1\r\nContent-Length: -1\r\n\r\n", "record 1: its Content-Length is no length\n" },
		{ "WARC/1.1\r\nContent-Length: 1x\r\n\r\n", "record 1: its Content-Length is no length\n" },
		{ "WARC/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "record 1: its Content-Length is no length\n" },
		{ "WARC/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "record 1: has more than one Content-Length\n" },
		{ "WARC/1.1\r\nContent-Length: 5\r\n\r\nab", "other   -  5\nrecord 1: the file ends within it\n" },
		/* So much is stated, and nothing is set aside for it. */
		{ "WARC/1.1\r\nContent-Length: 9007199254740991\r\n\r\nab",
		  "other   -  9007199254740991\nrecord 1: the file ends within it\n" },
		{ "WARC/1.1\r\nContent-Length: 1\r\n", "record 1: the file ends within it\n" },
		{ "WARC/1.1", "record 1: the file ends within it\n" },
		/* The block is shorter than stated: what follows is no record. */
		{ "WARC/1.1\r\nContent-Length: 1\r\n\r\nabc\r\n\r\nWARC/1.1\r\n",
		  "other   -  1\nrecord 2: does not begin with WARC/1.0 or WARC/1.1\n" },
		{ "WARC/1.1\r\nWARC-Date: yesterday\r\nContent-Length: 0\r\n\r\n", "other   -  0\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(read_records(rows[i].text, strlen(rows[i].text), 0), rows[i].says);
}

static void
a_header_without_an_end_is_not_read_for_ever(void **state)
{
	size_t len = 1 << 20;
	char *text = lapse_alloc(len + 1, 1);

	(void)state;
	memset(text, 'x', len);
	memcpy(text, "WARC/1.1\r\nX: ", 13);
	assert_string_equal(read_records(text, len, 4096), "record 1: its header is longer than 65536 bytes\n");
	memcpy(text, "WARC/1.1\r\nX: \0", 14);
	memcpy(text + 100, "\r\n\r\n", 4);
	assert_string_equal(read_records(text, len, 4096), "record 1: has a NUL in its header\n");
	free(text);
}

static void
pack(struct lapse_buf *out, const char *data, size_t len)
{
	struct lapse_deflate *gzip = lapse_gzip_new(6);
	size_t room = lapse_deflate_bound(gzip, len);

	assert_int_equal(lapse_buf_reserve(out, room), 0);
	out->len += lapse_deflate_run(gzip, out->data + out->len, room, data, len);
	lapse_deflate_free(gzip);
}

static void
members_are_read_and_a_file_cut_within_one_is_refused(void **state)
{
	const char *second = strstr(TWO, "WARC/1.1");
	size_t first_len = (size_t)(second - TWO), end;
	struct lapse_buf file;
	const char *got;

	(void)state;
	lapse_buf_init(&file, 1 << 20);
	pack(&file, TWO, first_len);
	end = file.len;
	pack(&file, second, strlen(second));
	assert_string_equal(read_records(file.data, file.len, 0), TWO_READ);
	assert_string_equal(read_records(file.data, file.len, 3), TWO_READ);
	for (size_t len = 2; len < file.len; len++) {
		got = read_records(file.data, len, 0);
		if (len == end)
			assert_string_equal(got, "info urn:uuid:1  2024-05-02T12:00:00Z application/warc-fields 14\n");
		else
			assert_non_null(strstr(got, "truncated gzip data"));
	}
	file.data[file.len - 6] ^= 1;
	assert_non_null(strstr(read_records(file.data, file.len, 0), "damaged gzip data"));
	lapse_buf_release(&file);
}

/* ---- digests ---- */

static int
read_block(const char *digest)
{
	char text[512];
	struct text t = { text, 0, 0 };
	struct lapse_stream *stream = lapse_stream_new(next_piece, &t);
	struct lapse_warc *warc = lapse_warc_new(stream);
	const struct lapse_warc_record *record;
	struct lapse_buf block;
	int rc;

	snprintf(text, sizeof(text), "WARC/1.1\r\nWARC-Block-Digest: %s\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n", digest);
	t.len = strlen(text);
	lapse_buf_init(&block, 100);
	assert_int_equal(lapse_warc_next(warc, &record), 1);
	rc = lapse_warc_block(&block, warc);
	assert_int_equal(lapse_warc_next(warc, &record), 0);
	lapse_buf_release(&block);
	lapse_warc_free(warc);
	lapse_stream_free(stream);
	return rc;
}

static void
a_block_is_what_its_digest_says(void **state)
{
	static const char *const right[] = {
		"sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5", "SHA1:a9993e364706816aba3e25717850c26c9cd0d89d",
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"sha-256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====", "md5:whatever", "",
	};
	static const char *const wrong[] = {
		"sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE6", "sha1:", "sha256:ba7816bf",
		"sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5X",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(right); i++)
		assert_int_equal(read_block(right[i]), 0);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(read_block(wrong[i]), LAPSE_EFORMAT);
		assert_string_equal(lapse_error(), "record 1: its block is not what its digest says");
	}
}

/* ---- answers ---- */

struct told {
	char text[4096];
	size_t len;
};

static int
note_answer(const struct lapse_warc_answer *answer, void *payload)
{
	struct told *told = payload;

	told->len += (size_t)snprintf(told->text + told->len, sizeof(told->text) - told->len, "%ld %s %.*s\n", answer->status,
	    answer->uri, (int)answer->body->len, answer->body->data);
	return 0;
}

static void
put_response(struct lapse_buf *out, const char *extra, const char *block, size_t len)
{
	assert_int_equal(lapse_buf_printf(out, "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:1>\r\n"
	    "WARC-Target-URI: u\r\nContent-Type: application/http;msgtype=response\r\n%sContent-Length: %zu\r\n\r\n",
	    extra, len), 0);
	lapse_buf_add(out, block, len);
	lapse_buf_puts(out, "\r\n\r\n");
}

static const char *
tell_answers(struct lapse_warc_counts *counts, const struct lapse_buf *file)
{
	static struct told told;
	struct text text = { file->data, file->len, 0 };
	struct lapse_stream *stream = lapse_stream_new(next_piece, &text);

	told.len = 0;
	told.text[0] = '\0';
	*counts = (struct lapse_warc_counts){ 0 };
	if (lapse_warc_answers(counts, stream, note_answer, &told) < 0)
		snprintf(told.text, sizeof(told.text), "%s", lapse_error());
	lapse_stream_free(stream);
	return told.text;
}

static void
bodies_come_decoded_and_broken_ones_are_counted(void **state)
{
	static const struct {
		const char *block, *says;	/* NULL: it is broken */
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\n\r\n{}", "200 u {}\n" },
		{ "HTTP/1.1 200 OK\n\n{}", "200 u {}\n" },
		{ "HTTP/2 404 \r\ncontent-length: 2\r\n\r\n{}\n", "404 u {}\n" },
		{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}", "200 u {}\n" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 u \n" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", "200 u {}\n" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\r\n0\r\n\r\n", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{", NULL },
		/* A client that put the chunks together and kept the head. */
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", "200 u {}\n" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n{}", NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{}", NULL },
		{ "HTTP/1.1 200 OK\r\n", NULL },
		{ "HTTP/1.1 2000 OK\r\n\r\n{}", NULL },
		{ "HTTP/1.1\r\n\r\n{}", NULL },
		{ "{}", NULL },
	};
	struct lapse_warc_counts counts;
	struct lapse_buf file;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		lapse_buf_init(&file, 1 << 20);
		put_response(&file, "", rows[i].block, strlen(rows[i].block));
		assert_string_equal(tell_answers(&counts, &file), rows[i].says != NULL ? rows[i].says : "");
		assert_int_equal(counts.broken, rows[i].says == NULL);
		assert_int_equal(counts.answers, rows[i].says != NULL);
		lapse_buf_release(&file);
	}
}

static void
packed_bodies_are_unpacked_chunks_first(void **state)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
	struct lapse_warc_counts counts;
	struct lapse_buf file, packed, block;

	(void)state;
	lapse_buf_init(&file, 1 << 20);
	lapse_buf_init(&packed, 1 << 20);
	lapse_buf_init(&block, 1 << 20);
	pack(&packed, "{\"bugs\":[]}", 11);
	lapse_buf_printf(&block, "%s%zx\r\n", head, packed.len);
	lapse_buf_add(&block, packed.data, packed.len);
	lapse_buf_puts(&block, "\r\n0\r\n\r\n");
	put_response(&file, "", block.data, block.len);
	assert_string_equal(tell_answers(&counts, &file), "200 u {\"bugs\":[]}\n");
	/* Cut within the packed body, whose chunks are whole. */
	lapse_buf_reset(&file);
	lapse_buf_reset(&block);
	lapse_buf_printf(&block, "%s%x\r\n", head, 12);
	lapse_buf_add(&block, packed.data, 12);
	lapse_buf_puts(&block, "\r\n0\r\n\r\n");
	put_response(&file, "", block.data, block.len);
	assert_string_equal(tell_answers(&counts, &file), "");
	assert_int_equal(counts.broken, 1);
	lapse_buf_release(&file);
	lapse_buf_release(&packed);
	lapse_buf_release(&block);
}

static void
a_bomb_is_no_larger_than_its_buffer(void **state)
{
	size_t len = 4 << 20;
	char *zeros = lapse_alloc(len, 1);
	struct lapse_buf packed, out;

	(void)state;
	lapse_buf_init(&packed, 2 * len);
	lapse_buf_init(&out, 1 << 20);
	pack(&packed, zeros, len);
	assert_int_equal(lapse_gzip_unpack(&out, packed.data, packed.len), LAPSE_ETOOBIG);
	assert_true(out.len <= 1 << 20);
	lapse_buf_release(&packed);
	lapse_buf_release(&out);
	free(zeros);
}

static void
segments_are_put_together_and_a_missing_one_breaks_them(void **state)
{
	static const char first[] = "HTTP/1.1 200 OK\r\n\r\n{\"bu";
	static const char *const middles[] = {
		"WARC-Segment-Origin-ID: <urn:1>\r\nWARC-Segment-Number: 2\r\n",
		"WARC-Segment-Origin-ID: <urn:1>\r\nWARC-Segment-Number: 3\r\n",
		"WARC-Segment-Origin-ID: <urn:9>\r\nWARC-Segment-Number: 2\r\n",
	};
	struct lapse_warc_counts counts;
	struct lapse_buf file;

	(void)state;
	for (size_t i = 0; i < COUNT(middles); i++) {
		lapse_buf_init(&file, 1 << 20);
		put_response(&file, "WARC-Segment-Number: 1\r\n", first, strlen(first));
		lapse_buf_printf(&file, "WARC/1.1\r\nWARC-Type: continuation\r\n%sContent-Length: 2\r\n\r\ngs\r\n\r\n", middles[i]);
		lapse_buf_puts(&file, "WARC/1.1\r\nWARC-Type: continuation\r\nWARC-Segment-Origin-ID: <urn:1>\r\n"
		    "WARC-Segment-Number: 3\r\nWARC-Segment-Total-Length: 9\r\nContent-Length: 2\r\n\r\n\"}\r\n\r\n");
		put_response(&file, "", "HTTP/1.1 201 X\r\n\r\nx", 19);
		assert_string_equal(tell_answers(&counts, &file), i == 0 ? "200 u {\"bugs\"}\n201 u x\n" : "201 u x\n");
		assert_int_equal(counts.broken, i > 0);
		assert_int_equal(counts.records, 4);
		lapse_buf_release(&file);
	}
}

static void
revisits_cut_answers_and_other_records_are_passed_over(void **state)
{
	struct lapse_warc_counts counts;
	struct lapse_buf file;

	(void)state;
	lapse_buf_init(&file, 1 << 20);
	lapse_buf_puts(&file, TWO "WARC/1.1\r\nWARC-Type: revisit\r\nContent-Type: application/http\r\nContent-Length: 19\r\n\r\n"
	    "HTTP/1.1 200 OK\r\n\r\n\r\n\r\n");
	put_response(&file, "WARC-Truncated: time\r\n", "HTTP/1.1 200 OK\r\n\r\n{}", 21);
	put_response(&file, "", "HTTP/1.1 200 OK\r\n\r\n{}", 21);
	assert_string_equal(tell_answers(&counts, &file), "200 u {}\n");
	assert_int_equal(counts.records, 5);
	assert_int_equal(counts.revisits, 1);
	assert_int_equal(counts.broken, 2);
	lapse_buf_release(&file);
}

/* ---- written ---- */

static void
a_record_is_written_as_the_standard_has_it(void **state)
{
	static const char written[] =
	    "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:a>\r\nWARC-Date: 1970-01-01T00:00:01Z\r\n"
	    "WARC-Target-URI: https://b.example/rest/bug?id=1\r\nWARC-Concurrent-To: <urn:uuid:b>\r\n"
	    "WARC-IP-Address: 127.0.0.1\r\nWARC-Segment-Number: 1\r\nWARC-Truncated: unspecified\r\n"
	    "WARC-Block-Digest: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\n"
	    "WARC-Payload-Digest: sha256:x\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n";
	struct lapse_buf out;

	(void)state;
	lapse_buf_init(&out, 1 << 20);
	assert_int_equal(lapse_warc_write(&out, &(struct lapse_warc_out){
		.type = LAPSE_WARC_RESPONSE, .id = "urn:uuid:a", .concurrent = "urn:uuid:b", .uri = "https://b.example/rest/bug?id=1",
		.ip = "127.0.0.1", .media = "application/http;msgtype=response", .payload = "sha256:x", .date = { 1 }, .segment = 1,
		.is_cut = true, .block = "abc", .len = 3,
	}), 0);
	assert_string_equal(out.data, written);
	assert_string_equal(read_records(out.data, out.len, 0), "response urn:uuid:a https://b.example/rest/bug?id=1 "
	    "1970-01-01T00:00:01Z application/http;msgtype=response 3 cut\n");
	lapse_buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read_in_whatever_pieces_they_come),
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(a_header_without_an_end_is_not_read_for_ever),
		cmocka_unit_test(members_are_read_and_a_file_cut_within_one_is_refused),
		cmocka_unit_test(a_block_is_what_its_digest_says),
		cmocka_unit_test(bodies_come_decoded_and_broken_ones_are_counted),
		cmocka_unit_test(packed_bodies_are_unpacked_chunks_first),
		cmocka_unit_test(a_bomb_is_no_larger_than_its_buffer),
		cmocka_unit_test(segments_are_put_together_and_a_missing_one_breaks_them),
		cmocka_unit_test(revisits_cut_answers_and_other_records_are_passed_over),
		cmocka_unit_test(a_record_is_written_as_the_standard_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
