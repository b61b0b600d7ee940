/* The list of requests that wait. */
#include <stdlib.h>
#include <time.h>

#include "http_run.h"

int64_t
http_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
http_free_request(struct request *request)
{
	lapse_url_release(&request->url);
	free(request->etag);
	free(request);
}

void
http_append(struct lapse_http *http, struct request *request)
{
	request->next = NULL;
	*http->last = request;
	http->last = &request->next;
}

void
http_put_first(struct lapse_http *http, struct request *request)
{
	request->next = http->first;
	if (http->first == NULL)
		http->last = &request->next;
	http->first = request;
}

struct request *
http_take_due(struct lapse_http *http, int64_t now, int64_t *due)
{
	for (struct request **at = &http->first; *at != NULL; at = &(*at)->next) {
		struct request *request = *at;
		int64_t when = request->due > http->hold ? request->due : http->hold;

		if (when > now) {
			*due = when < *due ? when : *due;
			continue;
		}
		*at = request->next;
		if (request->next == NULL)
			http->last = at;
		return request;
	}
	return NULL;
}
