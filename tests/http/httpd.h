/* What the files of the test server share. */
#ifndef HTTPD_H
#define HTTPD_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/buf.h"

struct request {
	char *head;		/* request line and fields, as they came, up to and with the empty line */
	size_t head_len;
	char target[16384];	/* "/rest/bug?id=1" */
	char key[256];		/* X-BUGZILLA-API-KEY; "" none */
	char none_match[256];	/* If-None-Match; "" none */
	bool takes_gzip;	/* Accept-Encoding names it */
	bool keep;		/* the connection may stay */
};

struct reply {
	int status;
	const char *type;
	char etag[256];			/* "" none */
	struct lapse_buf fields;	/* more of them, each ended by CR LF */
	struct lapse_buf body;
	bool raw;		/* the body is the whole answer, its head too */
	bool drop;		/* close without a word */
	bool chunked;
	bool no_length;		/* the end of the connection ends the body */
	bool gzip;
	long delay;		/* milliseconds before the head */
	size_t drip;		/* bytes at a time … */
	long drip_ms;		/* … with so long between; 0: at once */
	size_t cut;		/* close after so many bytes of the body; SIZE_MAX: never */
	bool reset;		/* … and with an RST */
};

/* ---- rules.c ---- */

struct rules;

/* The caller ends it with rules_free(). Failures are printed; NULL then. */
struct rules *rules_read(const char *path);
void rules_free(struct rules *rules);

/*
 * Answer a request by the first rule that has something to say; false: none
 * answers it whole (a rule may have set how the answer is to be sent). *state: the folder to which
 * Bugzilla is to be switched first, borrowed; NULL: none. Not thread-safe.
 */
bool rules_answer(struct reply *reply, const char **state, struct rules *rules, const struct request *request);

/* ---- bugzilla.c ---- */

struct bugzilla;

/* The caller ends it with bugzilla_free(). Failures are printed; NULL then. */
struct bugzilla *bugzilla_new(const char *folder);
void bugzilla_free(struct bugzilla *bz);

/* Answer from another folder from now on. */
void bugzilla_switch(struct bugzilla *bz, const char *folder);
void bugzilla_answer(struct reply *reply, struct bugzilla *bz, const struct request *request);

/* "%41+b" is "A b", in place. */
void url_decode(char *text);

/* A JSON answer and its ETag; a 304 when the request has that already. */
struct json_t;
void reply_json(struct reply *reply, int status, const struct json_t *value, const struct request *request);

#endif
