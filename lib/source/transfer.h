/* One request and one answer by libcurl: private to http.c. */
#ifndef LAPSE_SOURCE_TRANSFER_H
#define LAPSE_SOURCE_TRANSFER_H

#include <stdbool.h>
#include <curl/curl.h>

#include "lapse/buf.h"
#include "lapse/http.h"
#include "url.h"

/* What is to be asked, until it is answered. */
struct request {
	struct request *next;
	struct lapse_url url;
	char *etag;		/* NULL: none */
	int (*fn)(const struct lapse_answer *answer, void *payload);
	void *payload;
	int tries;		/* made so far */
	int redirects;		/* followed so far */
	int64_t due;		/* not before, in milliseconds of http_now() */
};

/* A place for one transfer at a time, its handle and memory used again for the next. */
struct transfer {
	CURL *easy;
	struct request *request;	/* NULL: idle */
	struct curl_slist *fields;	/* of the request, as sent */
	struct lapse_buf asked;		/* the request as evidence has it: without the key */
	struct lapse_buf head;
	struct lapse_buf body;		/* as it comes */
	bool head_ended;
	const char *excess;		/* what came over a bound; NULL: nothing */
	struct lapse_instant at;
	char trouble[CURL_ERROR_SIZE];
};

/* Set up a handle for all its requests, as the options say. */
void transfer_init(struct transfer *t, const struct lapse_http_options *options, const struct lapse_url *base);
void transfer_release(struct transfer *t);

/* Make the handle ready to ask `request`; `key` (NULL: none) is sent with it. */
int transfer_prepare(struct transfer *t, struct request *request, const struct lapse_http_options *options, const char *key);

/* Forget the request and its secrets; the answer stays until the next one is prepared. */
void transfer_clear(struct transfer *t);

/* A field of the answer's head, borrowed; NULL when it is not there. */
const char *transfer_field(const struct transfer *t, const char *name);

/* Seconds of Retry-After, whichever its form; -1: not said. */
int64_t transfer_retry_after(const struct transfer *t);

/* What of an answer came over a bound of ours or of libcurl's; NULL: nothing. */
const char *transfer_excess(const struct transfer *t, CURLcode code);

/* Is it a failure that trying again does not mend? */
bool transfer_is_hopeless(CURLcode code);

/* The body without its Content-Encoding. LAPSE_EFORMAT when it is damaged or cut, LAPSE_ETOOBIG, LAPSE_EFAIL for an encoding not asked for. */
int transfer_decode(struct lapse_buf *out, const struct transfer *t);

#endif
