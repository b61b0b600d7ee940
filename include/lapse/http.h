/*
 * HTTP (RFC 9110) as an archive needs it, by libcurl: a few connections to one server, HTTP/2 where it is
 * offered, everything bounded, every exchange shown to whoever keeps the evidence. GET only. The server is
 * a stranger, and so is the archive that names it: nothing is sent to another host than the one asked for.
 */
#ifndef LAPSE_HTTP_H
#define LAPSE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapse/buf.h"
#include "lapse/time.h"

/* One request and its answer, byte for byte but for secrets, which are left out. Borrowed until fn returns. */
struct lapse_exchange {
	const char *url;
	struct lapse_instant at;	/* when it was sent */
	const char *ip;			/* of the server; "" unknown */
	const char *request;		/* "GET /path HTTP/1.1\r\nHost: …\r\n…\r\n\r\n", also when it went over HTTP/2 */
	size_t request_len;
	const char *head;		/* the answer's status line and fields, up to and with the empty line; NULL: no answer came */
	size_t head_len;
	const char *body;		/* as it came, Content-Encoding and all; how it was framed (Transfer-Encoding) is in neither */
	size_t body_len;
	const char *trouble;		/* why the exchange failed; NULL: it did not */
};

struct lapse_http_options {
	const char *base;		/* "https://bugzilla.example.org/rest/", ends in a slash: requests are below it */
	const char *key;		/* sent as X-BUGZILLA-API-KEY, to base's host, over TLS or to loopback only; NULL: none */
	const char *cacert;		/* a file of certificates to trust instead of the system's; NULL */
	const char *agent;		/* the User-Agent */
	size_t connections;		/* at once; 0: 4 */
	size_t max_body;		/* bytes of a decoded answer; 0: 256 MiB */
	int64_t timeout;		/* seconds that one try may take; 0: 300 */
	int64_t stall;			/* seconds without a byte; 0: 60 */
	int64_t budget;			/* seconds of waiting for retries, in all of a run; 0: 300 */
	int64_t delay_ms;		/* before a request is tried again, the first time: doubled each time, up to a minute; 0: 1000 */
	int tries;			/* of one request; 0: 5 */
	bool offline;			/* nothing may be opened, as with LAPSE_OFFLINE of the environment */
	bool (*cancelled)(void *payload);	/* asked often; true ends the run (LAPSE_EAGAIN) */
	void *cancelled_payload;
	void (*exchange)(const struct lapse_exchange *exchange, void *payload);	/* NULL: nobody keeps them */
	void *exchange_payload;
	/* Called while nothing comes: seconds until something is asked again, and after what trouble; 0: an answer is waited for. NULL. */
	void (*waiting)(int64_t left, const char *why, void *payload);
	void *waiting_payload;
};

/* An answer that is one: any status but those that are retried. Borrowed until fn returns. */
struct lapse_answer {
	long status;			/* 200, 304, 400, 401, 404, 429 … */
	const char *type;		/* media type without parameters, lower case: "application/json"; "" */
	const char *etag;		/* as sent; NULL */
	const struct lapse_buf *body;	/* decoded; whole (a cut one is retried) */
	int64_t retry_after;		/* seconds; -1: not said */
	struct lapse_instant at;	/* when its request was sent */
};

struct lapse_http;

/* Is LAPSE_OFFLINE of the environment set (neither empty nor "0")? */
bool lapse_http_is_offline(void);

/*
 * LAPSE_EAGAIN when offline; LAPSE_EFAIL for a base that is no http(s) address or has a name or password in it,
 * and for a key over plain HTTP. Opens no connection. *out is released with lapse_http_free().
 */
int lapse_http_open(struct lapse_http **out, const struct lapse_http_options *options);
void lapse_http_free(struct lapse_http *http);

/*
 * Ask for `target` below the base ("bug?id=1,2"): fn gets the answer. A negative code of fn ends the run;
 * LAPSE_HTTP_AGAIN says that the body is no good (fn has recorded why with lapse_fail()): it is asked for
 * again, like one that was cut. `etag` (NULL: none) is sent as If-None-Match. May be called from within fn.
 */
#define LAPSE_HTTP_AGAIN 1
int lapse_http_get(struct lapse_http *http, const char *target, const char *etag,
    int (*fn)(const struct lapse_answer *answer, void *payload), void *payload);

/*
 * Carry out all requests, those that fn adds included; not from within fn. 0, fn's code, or LAPSE_EAGAIN: no
 * answer after all tries (timeouts, resets, TLS and DNS trouble, 5xx, cut bodies), the budget is spent, or
 * cancelled. LAPSE_EFAIL for what trying again does not mend: a certificate that is not trusted, a redirect to
 * another host, a body over the bound. After a failure the requests not yet answered are dropped.
 */
int lapse_http_run(struct lapse_http *http);

/* Requests sent and tries made again, so far. */
void lapse_http_counts(size_t *sent, size_t *again, const struct lapse_http *http);

#endif
