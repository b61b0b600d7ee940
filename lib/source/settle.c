/* What becomes of a request whose transfer has ended. */
#include "http_run.h"

#include <inttypes.h>
#include <string.h>

#include "lapse/error.h"

#define MAX_REDIRECTS 3
#define TYPE_MAX 128

/* ---- again ---- */

/* The last sentence that was recorded says why. `after`: what the server asks for, in seconds; -1: nothing. 1, or no more of it. */
static int
try_again(struct lapse_http *http, struct request *request, int64_t after)
{
	int64_t delay, now = http_now();

	if (++request->tries >= http->options.tries)
		return lapse_context(LAPSE_EAGAIN, SHORT_URL ": asked %d time%s", request->url.text, request->tries,
		    request->tries == 1 ? "" : "s");
	delay = patience_delay(&http->patience, request->tries, after);
	if (!patience_spend(&http->patience, now, now + delay))
		return lapse_context(LAPSE_EAGAIN, SHORT_URL ": not asked again, which would have to wait %" PRId64
		    " s (waiting may take %" PRId64 " s in all)", request->url.text, (delay + 999) / 1000, http->options.budget);
	/* A server that names a time means all requests. */
	if (after > 0 && now + delay > http->hold)
		http->hold = now + delay;
	request->due = now + delay;
	http->again++;
	http_put_first(http, request);
	return 1;
}

/* ---- redirects ---- */

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The same place, or the same host over TLS when there is no key, which is for the one place that it was written down for. */
static bool
may_follow(const struct lapse_http *http, const struct lapse_url *from, const struct lapse_url *to)
{
	if (lapse_url_same_place(from, to))
		return true;
	return http->key == NULL && !lapse_url_is_tls(from) && lapse_url_is_tls(to) && strcmp(from->host, to->host) == 0;
}

static int
follow(struct lapse_http *http, struct request *request, const char *location)
{
	struct lapse_url to;
	int rc = lapse_url_follow(&to, &request->url, location);

	if (rc < 0)
		rc = lapse_context(LAPSE_EFAIL, SHORT_URL ": redirected to", request->url.text);
	else if (++request->redirects > MAX_REDIRECTS)
		rc = lapse_fail(LAPSE_EFAIL, SHORT_URL ": redirected more than %d times", request->url.text, MAX_REDIRECTS);
	else if (!may_follow(http, &request->url, &to))
		rc = lapse_fail(LAPSE_EFAIL, SHORT_URL ": redirected to another place, which is not followed: " SHORT_URL,
		    request->url.text, to.text);
	if (rc < 0) {
		lapse_url_release(&to);
		return rc;
	}
	lapse_url_release(&request->url);
	request->url = to;
	http_put_first(http, request);
	return 1;
}

/* ---- answers ---- */

static void
show_exchange(const struct lapse_http *http, const struct transfer *t, const char *trouble)
{
	char *ip = NULL;
	bool answered = t->head_ended;

	if (http->options.exchange == NULL)
		return;
	curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &ip);
	http->options.exchange(&(struct lapse_exchange){
		.url = t->request->url.text,
		.at = t->at,
		.ip = ip != NULL ? ip : "",
		.request = t->asked.data,
		.request_len = t->asked.len,
		.head = answered ? t->head.data : NULL,
		.head_len = answered ? t->head.len : 0,
		.body = t->body.data != NULL ? t->body.data : "",
		.body_len = t->body.len,
		.trouble = trouble,
	}, http->options.exchange_payload);
}

static void
read_type(char out[TYPE_MAX], const struct transfer *t)
{
	const char *type = transfer_field(t, "Content-Type");
	size_t len = 0;

	for (; type != NULL && len < TYPE_MAX - 1 && strchr("; \t", type[len]) == NULL; len++)
		out[len] = (char)(type[len] >= 'A' && type[len] <= 'Z' ? type[len] + 'a' - 'A' : type[len]);
	out[len] = '\0';
}

/* Give the answer to who asked for it. */
static int
deliver(struct lapse_http *http, struct transfer *t, long status, const struct lapse_buf *body)
{
	struct request *request = t->request;
	char type[TYPE_MAX];
	int rc;

	read_type(type, t);
	rc = request->fn(&(struct lapse_answer){
		.status = status,
		.type = type,
		.etag = transfer_field(t, "ETag"),
		.body = body,
		.retry_after = transfer_retry_after(t),
		.at = t->at,
	}, request->payload);
	if (rc == LAPSE_HTTP_AGAIN)
		return try_again(http, request, -1);
	return rc < 0 ? rc : 0;
}

/* An answer that came whole. */
static int
take_answer(struct lapse_http *http, struct transfer *t)
{
	struct request *request = t->request;
	const char *location = transfer_field(t, "Location");
	struct lapse_buf body;
	long status = 0;
	int rc;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (is_redirect(status) && location != NULL)
		return follow(http, request, location);
	if (status >= 500) {
		lapse_fail(LAPSE_EAGAIN, "HTTP status %ld", status);
		return try_again(http, request, transfer_retry_after(t));
	}
	lapse_buf_init(&body, http->options.max_body);
	rc = transfer_decode(&body, t);
	if (rc == 0)
		rc = deliver(http, t, status, &body);
	else if (rc == LAPSE_EFORMAT)
		rc = try_again(http, request, -1);
	else
		rc = lapse_context(LAPSE_EFAIL, SHORT_URL, request->url.text);
	lapse_buf_release(&body);
	return rc;
}

/* A transfer has ended. The request stays when it is to be asked again. */
int
http_settle(struct lapse_http *http, struct transfer *t, CURLcode code)
{
	const char *trouble = t->trouble[0] != '\0' ? t->trouble : curl_easy_strerror(code), *excess;
	struct request *request = t->request;
	int rc;

	excess = transfer_excess(t, code);
	trouble = excess != NULL ? excess : code != CURLE_OK ? trouble : NULL;
	if (trouble == NULL && !t->head_ended)	/* which is no failure to libcurl */
		trouble = "the answer's head is cut short";
	show_exchange(http, t, trouble);
	if (trouble == NULL) {
		rc = take_answer(http, t);
	} else if (excess != NULL || transfer_is_hopeless(code)) {
		rc = lapse_fail(LAPSE_EFAIL, SHORT_URL ": %s", request->url.text, trouble);
	} else {
		lapse_fail(LAPSE_EAGAIN, "%s", trouble);
		rc = try_again(http, request, -1);
	}
	transfer_clear(t);
	if (rc <= 0)
		http_free_request(request);
	return rc < 0 ? rc : 0;
}
