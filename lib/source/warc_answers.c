/* The HTTP answers in a WARC file: segments put together, codings undone, everything bounded. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/warc.h"
#include "message.h"

struct answers {
	struct lapse_warc_counts *counts;
	int (*fn)(const struct lapse_warc_answer *answer, void *payload);
	void *payload;
	struct lapse_buf block;	/* of an answer, or of as many of its segments as have come */
	struct lapse_buf body;
	char *uri;		/* of an answer whose segments are being put together; NULL: there is none */
	char *id;
	struct lapse_instant at;
	int64_t segment;	/* the last one that came */
	char *conditional;	/* address of the last request, if it set a condition; NULL */
};

#define REQUEST_MAX 65536

static bool
is_http(const char *media)
{
	size_t len = strcspn(media, "; \t");

	return len == strlen("application/http") && strncasecmp(media, "application/http", len) == 0;
}

/* Give what is in the block to fn, if it can be read. */
static int
tell(struct answers *a, const char *uri, struct lapse_instant at)
{
	struct message message;
	int rc;

	lapse_buf_reset(&a->body);
	if (!lapse_message_parse(&message, a->block.data, a->block.len) ||
	    lapse_message_body(&a->body, &message, a->block.data, a->block.len) < 0) {
		a->counts->broken++;
		return 0;
	}
	rc = lapse_buf_add(&a->body, "", 0);
	a->counts->answers++;
	return rc < 0 ? rc : a->fn(&(struct lapse_warc_answer){
		.uri = uri, .at = at, .status = message.status, .body = &a->body,
		.conditional = a->conditional != NULL && strcmp(a->conditional, uri) == 0,
	}, a->payload);
}

/* The segments that came are not all. */
static void
drop_segments(struct answers *a)
{
	if (a->uri != NULL)
		a->counts->broken++;
	free(a->uri);
	free(a->id);
	a->uri = a->id = NULL;
}

static int
begin_segments(struct answers *a, const struct lapse_warc_record *record)
{
	a->uri = lapse_strdup(record->uri);
	a->id = lapse_strdup(record->id);
	a->at = record->date;
	a->segment = 1;
	return 0;
}

static int
take_response(struct answers *a, struct lapse_warc *warc, const struct lapse_warc_record *record)
{
	int rc;

	drop_segments(a);
	if (record->is_cut || !is_http(record->media) || record->len > LAPSE_WARC_BLOCK_MAX) {
		a->counts->broken += record->is_cut || is_http(record->media);
		return 0;
	}
	lapse_buf_reset(&a->block);
	rc = lapse_warc_block(&a->block, warc);
	if (rc < 0)
		return rc;
	return record->segment > 0 ? begin_segments(a, record) : tell(a, record->uri, record->date);
}

static bool
has_condition(const struct lapse_buf *head)
{
	static const char name[] = "\nIf-None-Match:";

	for (size_t i = 0; i + strlen(name) <= head->len; i++)
		if (strncasecmp(head->data + i, name, strlen(name)) == 0)
			return true;
	return false;
}

/* Only what an answer to it may rest on: a condition. */
static int
take_request(struct answers *a, struct lapse_warc *warc, const struct lapse_warc_record *record)
{
	int rc;

	free(a->conditional);
	a->conditional = NULL;
	if (record->is_cut || record->uri == NULL || record->segment > 0 || record->len > REQUEST_MAX)
		return 0;
	lapse_buf_reset(&a->body);
	rc = lapse_warc_block(&a->body, warc);
	if (rc == 0 && has_condition(&a->body))
		a->conditional = lapse_strdup(record->uri);
	return rc;
}

static int
take_continuation(struct answers *a, struct lapse_warc *warc, const struct lapse_warc_record *record)
{
	char *uri;
	int rc;

	if (a->uri == NULL || strcmp(record->origin, a->id) != 0)
		return 0;
	if (record->segment != a->segment + 1 || record->is_cut || record->len > LAPSE_WARC_BLOCK_MAX - a->block.len) {
		drop_segments(a);
		return 0;
	}
	a->segment++;
	rc = lapse_warc_block(&a->block, warc);
	if (rc < 0 || !record->is_last)
		return rc;
	uri = a->uri;
	a->uri = NULL;
	rc = tell(a, uri, a->at);
	free(uri);
	return rc;
}

static int
take_record(struct answers *a, struct lapse_warc *warc, const struct lapse_warc_record *record)
{
	a->counts->records++;
	switch (record->type) {
	case LAPSE_WARC_REQUEST:
		return take_request(a, warc, record);
	case LAPSE_WARC_RESPONSE:
		return take_response(a, warc, record);
	case LAPSE_WARC_CONTINUATION:
		return take_continuation(a, warc, record);
	case LAPSE_WARC_REVISIT:
		a->counts->revisits++;
		return 0;
	default:
		return 0;
	}
}

int
lapse_warc_answers(struct lapse_warc_counts *counts, struct lapse_stream *stream,
    int (*fn)(const struct lapse_warc_answer *answer, void *payload), void *payload)
{
	struct answers a = { .counts = counts, .fn = fn, .payload = payload };
	struct lapse_warc *warc = lapse_warc_new(stream);
	const struct lapse_warc_record *record = NULL;
	int rc;

	lapse_buf_init(&a.block, LAPSE_WARC_BLOCK_MAX);
	lapse_buf_init(&a.body, LAPSE_WARC_BLOCK_MAX);
	while ((rc = lapse_warc_next(warc, &record)) > 0) {
		rc = take_record(&a, warc, record);
		if (rc < 0)
			break;
	}
	drop_segments(&a);
	free(a.conditional);
	lapse_buf_release(&a.block);
	lapse_buf_release(&a.body);
	lapse_warc_free(warc);
	return rc < 0 ? rc : 0;
}
