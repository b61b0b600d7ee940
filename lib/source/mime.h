/*
 * Words, mailboxes, media types and transfer encodings of mail: the one place that knows GMime, which is loaded when it is first
 * needed. Where a message's parts begin and end is not left to it (mail_parts.h): its parser goes down by recursion, and takes
 * time by the square of the headers of one name. Private to this floor.
 */
#ifndef SOURCE_MIME_H
#define SOURCE_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/buf.h"

/* To be called before any other; 0, also when it is loaded already, else LAPSE_EFAIL. */
int lapse_mime_load(void);

/* A header's text with its encoded words (RFC 2047) decoded. Longer ones than mail has are returned as they are. */
const char *lapse_mime_words(struct lapse_arena *arena, const char *text);

/* Somebody in an address header; `name` is decoded, "" where there is none; `address` as written, "" where there is none. */
struct lapse_mailbox_name {
	const char *name;
	const char *address;
};

/* The first mailboxes of a header, at most `max`, those within a group too. Returns how many. */
size_t lapse_mime_mailboxes(struct lapse_mailbox_name *out, size_t max, struct lapse_arena *arena, const char *text);

/* A Content-Type. */
struct lapse_mime_type {
	const char *name;	/* "text/html", in lower case; "text/plain" when there is no header */
	const char *charset;	/* NULL: none */
	const char *boundary;	/* NULL: none */
	bool flowed;		/* format=flowed */
	bool broken;		/* it could not be read, and is taken for text/plain */
};
void lapse_mime_type_read(struct lapse_mime_type *out, struct lapse_arena *arena, const char *text);

/*
 * Append bytes that Content-Transfer-Encoding `encoding` (NULL: none) stands for. Returns 0; 1 when it is not known, and they are
 * appended as they are; or LAPSE_ETOOBIG.
 */
int lapse_mime_decode(struct lapse_buf *out, const char *encoding, const char *data, size_t len);

#endif
