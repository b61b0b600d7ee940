/*
 * WARC 1.1 (ISO 28500:2017): exchanges with servers kept byte for byte, record by record. Read are 1.0 and 1.1, plain or
 * gzip, also as others write them; a file may come from anybody. Written is what archive-layout.md describes.
 */
#ifndef LAPSE_WARC_H
#define LAPSE_WARC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapse/buf.h"
#include "lapse/stream.h"
#include "lapse/time.h"

/* What a record's block, and a decoded body, may hold at most. */
#define LAPSE_WARC_BLOCK_MAX ((size_t)256 << 20)

enum lapse_warc_type {
	LAPSE_WARC_OTHER,	/* a type that is not looked into */
	LAPSE_WARC_INFO,
	LAPSE_WARC_REQUEST,
	LAPSE_WARC_RESPONSE,
	LAPSE_WARC_REVISIT,
	LAPSE_WARC_METADATA,
	LAPSE_WARC_CONTINUATION
};

/* ---- reading ---- */

/* A record's header; what is absent is "", 0, false or LAPSE_NEVER. Borrowed until the next call. */
struct lapse_warc_record {
	enum lapse_warc_type type;
	size_t number;		/* in its file, from 1 */
	const char *id;		/* "urn:uuid:…", without brackets */
	const char *uri;
	const char *media;	/* Content-Type */
	const char *origin;	/* WARC-Segment-Origin-ID */
	const char *digest;	/* WARC-Block-Digest */
	struct lapse_instant date;
	int64_t segment;	/* WARC-Segment-Number */
	bool is_last;		/* of its segments: WARC-Segment-Total-Length is there */
	bool is_cut;		/* WARC-Truncated */
	uint64_t len;		/* of the block */
};

struct lapse_warc;

/* Over a stream, which must outlive it. The caller releases it with lapse_warc_free(). */
struct lapse_warc *lapse_warc_new(struct lapse_stream *stream);
void lapse_warc_free(struct lapse_warc *warc);

/*
 * The next record: 1, or 0 at the end; a block that was not asked for is passed over. LAPSE_EFORMAT "record N: …" for what
 * is not WARC and for a file that ends within a record. Memory does not grow with lengths that a record merely states.
 */
int lapse_warc_next(struct lapse_warc *warc, const struct lapse_warc_record **out);

/* Append the record's block; once. LAPSE_ETOOBIG over the buffer's ceiling, LAPSE_EFORMAT when it is not what its SHA-1 or SHA-256 says. */
int lapse_warc_block(struct lapse_buf *out, struct lapse_warc *warc);

/* ---- HTTP answers in it ---- */

/* Borrowed until fn returns. */
struct lapse_warc_answer {
	const char *uri;
	struct lapse_instant at;	/* LAPSE_NEVER when the record does not say */
	long status;
	bool conditional;		/* the request before it, for the same address, had If-None-Match (RFC 9110, 13.1.2) */
	const struct lapse_buf *body;	/* whole and decoded */
};

/* What there was. */
struct lapse_warc_counts {
	size_t records;
	size_t answers;		/* that fn got */
	size_t revisits;	/* that say: the same as another record */
	size_t broken;		/* answers that are cut short, coded in a way that is not known, too large, or no HTTP */
};

/*
 * Call fn for each answer of a WARC file (records in segments put together), stopping at its first failure. Counts are added
 * to *counts. Answers that cannot be read are counted and passed over; a file that cannot be is a failure.
 */
int lapse_warc_answers(struct lapse_warc_counts *counts, struct lapse_stream *stream,
    int (*fn)(const struct lapse_warc_answer *answer, void *payload), void *payload);

/* ---- writing ---- */

/* A record to write; NULL and 0 for what it lacks. */
struct lapse_warc_out {
	enum lapse_warc_type type;
	const char *id;		/* "urn:uuid:…" */
	const char *concurrent;	/* the id of the record of the same exchange */
	const char *origin;	/* of a continuation: the id of the first segment */
	const char *uri;
	const char *ip;
	const char *media;
	const char *filename;
	const char *payload;	/* labelled digest of the payload */
	struct lapse_instant date;
	int64_t segment;
	size_t total;		/* of the last segment: the length of all */
	bool is_cut;
	const char *block;
	size_t len;
};

/* Append a record, uncompressed. */
int lapse_warc_write(struct lapse_buf *out, const struct lapse_warc_out *record);

/* "sha256:" and 64 hex digits. `out` holds LAPSE_WARC_DIGEST_LEN + 1 bytes. Returns `out`. */
#define LAPSE_WARC_DIGEST_LEN 71
char *lapse_warc_digest(char *out, const void *data, size_t len);

#endif
