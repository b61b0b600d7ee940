/* What becomes of a request whose transfer has ended. */
#include "http_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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
		return lapse_context(LAPSE_EAGAIN, "%s: asked %d time%s", BRIEF(request->url.text), request->tries,
		    request->tries == 1 ? "" : "s");
	delay = patience_delay(&http->patience, request->tries, after);
	if (!patience_spend(&http->patience, now, now + delay))
		return lapse_context(LAPSE_EAGAIN, "%s: not asked again, which would have to wait %" PRId64
		    " s (waiting may take %" PRId64 " s in all)", BRIEF(request->url.text), (delay + 999) / 1000, http->options.budget);
	/* A server that names a time means all requests. */
	if (after > 0 && now + delay > http->hold)
		http->hold = now + delay;
	request->due = now + delay;
	snprintf(http->why, sizeof(http->why), "%s", lapse_error());
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
		rc = lapse_context(LAPSE_EFAIL, "%s: redirected to", BRIEF(request->url.text));
	else if (++request->redirects > MAX_REDIRECTS)
		rc = lapse_fail(LAPSE_EFAIL, "%s: redirected more than %d times", BRIEF(request->url.text), MAX_REDIRECTS);
	else if (!may_follow(http, &request->url, &to))
		rc = lapse_fail(LAPSE_EFAIL, "%s: redirected to another place, which is not followed: %s (lapse source set NAME ADDRESS)",
		    BRIEF(request->url.text), BRIEF(to.text));
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
		rc = lapse_context(LAPSE_EFAIL, "%s", BRIEF(request->url.text));
	lapse_buf_release(&body);
	return rc;
}

/* The environment's proxy that a connection went through, as far as it can be told; NULL. Its name alone: its value may hold a password. */
static const char *
proxy_of(const struct lapse_url *url)
{
	/* As libcurl has it: HTTP_PROXY is what a web server makes of a stranger's field. */
	static const char *const tls[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
	static const char *const plain[] = { "http_proxy", "all_proxy", "ALL_PROXY", NULL };
	const char *const *names = lapse_url_is_tls(url) ? tls : plain;

	for (size_t i = 0; i < 4 && names[i] != NULL && !lapse_url_is_loopback(url); i++)
		if (getenv(names[i]) != NULL && getenv(names[i])[0] != '\0')
			return names[i];
	return NULL;
}

/* Does libcurl speak of a proxy? It names that as it would name the server. */
static bool
is_of_proxy(CURLcode code, const char *trouble, const struct lapse_url *url)
{
	return code == CURLE_COULDNT_RESOLVE_PROXY || strstr(trouble, "CONNECT ") != NULL ||
	    (strstr(trouble, "Failed to connect to ") != NULL && strstr(trouble, url->host) == NULL);
}

/* Record why a transfer failed, with what explains or may help. */
static int
fail_transfer(enum lapse_code code, const struct lapse_url *url, CURLcode why, const char *trouble)
{
	const char *proxy = is_of_proxy(why, trouble, url) ? proxy_of(url) : NULL;

	if (proxy != NULL)
		return lapse_fail(code, "%s (the proxy that $%s names)", trouble, proxy);
	if (why == CURLE_PEER_FAILED_VERIFICATION && strncmp(trouble, "SSL certificate problem", 23) == 0)
		return lapse_fail(code, "%s (--cacert FILE says whom else to trust)", trouble);
	return lapse_fail(code, "%s", trouble);
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
		rc = lapse_context(fail_transfer(LAPSE_EFAIL, &request->url, code, trouble), "%s", BRIEF(request->url.text));
	} else {
		fail_transfer(LAPSE_EAGAIN, &request->url, code, trouble);
		rc = try_again(http, request, -1);
	}
	transfer_clear(t);
	if (rc <= 0)
		http_free_request(request);
	return rc < 0 ? rc : 0;
}
