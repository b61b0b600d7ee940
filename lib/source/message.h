/* An HTTP message (RFC 9112) in memory: private to this floor. */
#ifndef LAPSE_SOURCE_MESSAGE_H
#define LAPSE_SOURCE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapse/buf.h"

struct message {
	long status;
	size_t head_len;	/* up to and with the empty line */
	bool chunked;		/* Transfer-Encoding ends in it */
	bool gzip;		/* Content-Encoding */
	bool coded;		/* in a way that is not known here */
	int64_t length;		/* Content-Length; -1: none */
};

/* Take an answer's head apart; informational ones (1xx) before it are passed over. False when it is none. */
bool lapse_message_parse(struct message *out, const char *data, size_t len);

/* The name at the beginning of a line of a head: does it read so, whatever its case? */
bool lapse_field_is(const char *line, size_t len, const char *name);

/* Length of the line at `data`, its end included. */
size_t lapse_line_len(const char *data, size_t len);

/*
 * Put chunks together: 1, or 0 when the data does not begin with a chunk (a client may have done it already, and kept the head as it
 * came), LAPSE_EFORMAT when it is cut short or damaged.
 */
int lapse_chunks_join(struct lapse_buf *out, const char *data, size_t len);

/* The body of a message, transfer and content coding undone, into an empty buffer. LAPSE_EFORMAT or LAPSE_ETOOBIG when there is no such. */
int lapse_message_body(struct lapse_buf *out, const struct message *message, const char *data, size_t len);

#endif
