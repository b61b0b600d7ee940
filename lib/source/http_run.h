/* The state of a run of requests: private to http.c, http_queue.c and settle.c. */
#ifndef LAPSE_SOURCE_HTTP_RUN_H
#define LAPSE_SOURCE_HTTP_RUN_H

#include "patience.h"
#include "transfer.h"

/* An address for messages: what is long in its query shows its beginning and end. `out` is returned. */
#define BRIEF_MAX 160
const char *http_brief(char out[BRIEF_MAX], const char *url);
#define BRIEF(url) http_brief((char[BRIEF_MAX]){ "" }, url)

struct lapse_http {
	struct lapse_http_options options;	/* its zeros replaced; strings borrowed but for these: */
	struct lapse_url base;
	char *key, *cacert, *agent;
	CURLM *multi;
	struct transfer *transfers;
	struct request *first;		/* waiting */
	struct request **last;
	size_t sent, again;
	struct patience patience;
	int64_t hold;			/* the server wants to be asked nothing before then */
	char why[128];			/* what was asked last is to be asked again */
};

/* Milliseconds of a clock that only goes forward. */
int64_t http_now(void);

/* Let a request be the last one of those that wait, or the next one, once it is due. */
void http_append(struct lapse_http *http, struct request *request);
void http_put_first(struct lapse_http *http, struct request *request);

/* Take out the first request that is due; NULL when none is. *due: when the next one will be, if that is before it. */
struct request *http_take_due(struct lapse_http *http, int64_t now, int64_t *due);
void http_free_request(struct request *request);

/*
 * A transfer has ended, as `code` says: show the exchange, then give the answer to who asked, put the request
 * back to be asked again or elsewhere, or fail. The transfer is idle then.
 */
int http_settle(struct lapse_http *http, struct transfer *t, CURLcode code);

#endif
