/*
 * The run of a list of requests. Requests wait in one list, in their order; a few transfers take them from it;
 * what must be tried again goes back to its head with a time before which it is not due.
 */
#include "lapse/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "curl_late.h"
#include "http_run.h"

#define PATIENCE_MS 100		/* how long cancelling may stay unnoticed */

bool
lapse_http_is_offline(void)
{
	const char *value = getenv("LAPSE_OFFLINE");

	return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

/* ---- addresses in messages ---- */

#define VALUE_END 12	/* of a long value, about so much of its beginning and its end is shown */
#define ELLIPSIS "…"

/* Append what has room; room for two ellipses stays. */
static void
put_some(char out[BRIEF_MAX], const char *text, size_t n)
{
	size_t len = strlen(out), limit = BRIEF_MAX - 2 * sizeof(ELLIPSIS), room = len < limit ? limit - len : 0;

	snprintf(out + len, BRIEF_MAX - len, "%.*s", (int)(n < room ? n : room), text);
}

static void
put_ellipsis(char out[BRIEF_MAX])
{
	size_t len = strlen(out);

	snprintf(out + len, BRIEF_MAX - len, "%s", ELLIPSIS);
}

/* Of a long list the first items and the last; of any other long value its beginning and its end. */
static void
put_ends(char out[BRIEF_MAX], const char *value, size_t len)
{
	const char *comma = memchr(value, ',', VALUE_END), *tail = value + len - VALUE_END;
	size_t head = VALUE_END;

	for (; comma != NULL && (size_t)(comma - value) < VALUE_END; comma = memchr(comma + 1, ',', VALUE_END))
		head = (size_t)(comma - value) + 1;
	comma = memchr(tail, ',', VALUE_END - 1);
	tail = comma != NULL ? comma : tail;
	put_some(out, value, head);
	put_ellipsis(out);
	put_some(out, tail, (size_t)(value + len - tail));
}

const char *
http_brief(char out[BRIEF_MAX], const char *url)
{
	while (*url != '\0' && strlen(out) < BRIEF_MAX / 2) {
		size_t n = strcspn(url, "=&");	/* up to where a value begins or has ended */
		bool has_value = url[n] == '=';

		n += url[n] != '\0';
		put_some(out, url, n);
		url += n;
		n = has_value ? strcspn(url, "&") : 0;
		if (n > 3 * VALUE_END) {
			put_ends(out, url, n);
			url += n;
		}
	}
	if (*url != '\0' || strlen(out) >= BRIEF_MAX - 2 * sizeof(ELLIPSIS))
		put_ellipsis(out);
	return out;
}

/* ---- open, free ---- */

static void
replace_zeros(struct lapse_http_options *o)
{
	o->connections = o->connections > 0 ? o->connections : 4;
	o->max_body = o->max_body > 0 ? o->max_body : (size_t)256 << 20;
	o->timeout = o->timeout > 0 ? o->timeout : 300;
	o->stall = o->stall > 0 ? o->stall : 60;
	o->budget = o->budget > 0 ? o->budget : 300;
	o->delay_ms = o->delay_ms > 0 ? o->delay_ms : 1000;
	o->tries = o->tries > 0 ? o->tries : 5;
}

static int
check_base(struct lapse_http *http, const struct lapse_http_options *options)
{
	int rc = lapse_url_read(&http->base, options->base);

	if (rc < 0)	/* there may be a password in it: it is not repeated */
		return lapse_context(LAPSE_EFAIL, "the address to ask");
	if (http->base.text[strlen(http->base.text) - 1] != '/' || strchr(http->base.target, '?') != NULL)
		return lapse_fail(LAPSE_EFAIL, "%s: it does not end in a slash", BRIEF(options->base));
	if (options->key != NULL && !lapse_url_is_tls(&http->base) && !lapse_url_is_loopback(&http->base))
		return lapse_fail(LAPSE_EFAIL, "%s: an API key is sent over TLS only; make it https", BRIEF(options->base));
	return 0;
}

static char *
copy(const char *text)
{
	return text != NULL ? lapse_strdup(text) : NULL;
}

static void
prepare(struct lapse_http *http, const struct lapse_http_options *options)
{
	struct lapse_http_options *o = &http->options;

	*o = *options;
	replace_zeros(o);
	o->base = NULL;
	o->key = http->key = copy(options->key);
	o->cacert = http->cacert = copy(options->cacert);
	o->agent = http->agent = copy(options->agent != NULL ? options->agent : "lapse");
	http->patience = (struct patience){
		.delay = o->delay_ms,
		.budget = o->budget * 1000,
		.random = ((uint64_t)http_now() << 20 ^ (uint64_t)getpid()) | 1,
	};
	http->multi = curl_multi_init();
	if (http->multi == NULL)
		lapse_out_of_memory();
	curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)o->connections);
	curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)o->connections);
	curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	http->transfers = lapse_alloc(o->connections, sizeof(*http->transfers));
	for (size_t i = 0; i < o->connections; i++)
		transfer_init(&http->transfers[i], o, &http->base);
}

int
lapse_http_open(struct lapse_http **out, const struct lapse_http_options *options)
{
	struct lapse_http *http;
	int rc;

	*out = NULL;
	if (options->offline || lapse_http_is_offline())
		return lapse_fail(LAPSE_EAGAIN, "offline (--offline or LAPSE_OFFLINE): nothing is asked");
	rc = curl_late_load();
	if (rc < 0)
		return rc;
	http = lapse_alloc(1, sizeof(*http));
	http->last = &http->first;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		lapse_out_of_memory();
	rc = check_base(http, options);
	if (rc == 0) {
		prepare(http, options);
		*out = http;
	} else {
		lapse_http_free(http);
	}
	return rc;
}

/* Drop every request, those on their way too. */
static void
drop_all(struct lapse_http *http)
{
	for (size_t i = 0; http->transfers != NULL && i < http->options.connections; i++) {
		struct transfer *t = &http->transfers[i];

		if (t->request == NULL)
			continue;
		curl_multi_remove_handle(http->multi, t->easy);
		http_free_request(t->request);
		transfer_clear(t);
	}
	while (http->first != NULL) {
		struct request *next = http->first->next;

		http_free_request(http->first);
		http->first = next;
	}
	http->last = &http->first;
}

void
lapse_http_free(struct lapse_http *http)
{
	if (http == NULL)
		return;
	drop_all(http);
	for (size_t i = 0; http->transfers != NULL && i < http->options.connections; i++)
		transfer_release(&http->transfers[i]);
	free(http->transfers);
	curl_multi_cleanup(http->multi);
	lapse_url_release(&http->base);
	lapse_wipe(http->key, http->key != NULL ? strlen(http->key) : 0);
	free(http->key);
	free(http->cacert);
	free(http->agent);
	free(http);
	curl_global_cleanup();
}

/* ---- asking ---- */

/* What goes into a field is visible ASCII; an archive may hold anything. */
static bool
is_visible(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

int
lapse_http_get(struct lapse_http *http, const char *target, const char *etag,
    int (*fn)(const struct lapse_answer *answer, void *payload), void *payload)
{
	struct request *request = lapse_alloc(1, sizeof(*request));
	struct lapse_buf text;
	int rc;

	lapse_buf_init(&text, (size_t)1 << 20);
	rc = lapse_buf_printf(&text, "%s%s", http->base.text, target);
	if (rc == 0)
		rc = lapse_url_read(&request->url, text.data);
	if (rc == 0 && !lapse_url_same_place(&request->url, &http->base))
		rc = lapse_fail(LAPSE_EFORMAT, "it is no path");
	if (rc == 0 && etag != NULL && !is_visible(etag))
		rc = lapse_fail(LAPSE_EFORMAT, "its ETag is not one");
	lapse_buf_release(&text);
	request->etag = copy(etag);
	request->fn = fn;
	request->payload = payload;
	if (rc == 0)
		http_append(http, request);
	else
		http_free_request(request);
	return lapse_context(rc, "%s", BRIEF(target));
}

/* ---- the run ---- */

static struct transfer *
idle(struct lapse_http *http)
{
	for (size_t i = 0; i < http->options.connections; i++)
		if (http->transfers[i].request == NULL)
			return &http->transfers[i];
	return NULL;
}

/* Begin what is due, as far as there is room. *due: when the next one will be. */
static int
begin(struct lapse_http *http, int64_t *due)
{
	struct transfer *t;
	struct request *request;
	int rc;

	while ((t = idle(http)) != NULL && (request = http_take_due(http, http_now(), due)) != NULL) {
		rc = transfer_prepare(t, request, &http->options,
		    lapse_url_same_place(&request->url, &http->base) ? http->key : NULL);
		if (rc < 0)
			return rc;
		if (curl_multi_add_handle(http->multi, t->easy) != CURLM_OK)
			lapse_out_of_memory();
		http->sent++;
	}
	return 0;
}

/* Take what has ended: *n transfers. */
static int
collect(struct lapse_http *http, size_t *n)
{
	CURLMsg *message;
	int left, rc = 0;

	for (*n = 0; rc == 0 && (message = curl_multi_info_read(http->multi, &left)) != NULL; (*n)++) {
		CURLcode code = message->data.result;
		struct transfer *t = NULL;

		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		curl_multi_remove_handle(http->multi, t->easy);
		rc = http_settle(http, t, code);
	}
	return rc;
}

static bool
is_flying(const struct lapse_http *http)
{
	for (size_t i = 0; i < http->options.connections; i++)
		if (http->transfers[i].request != NULL)
			return true;
	return false;
}

static bool
is_busy(const struct lapse_http *http)
{
	return is_flying(http) || http->first != NULL;
}

static void
tell_waiting(const struct lapse_http *http, int64_t left)
{
	const struct lapse_http_options *o = &http->options;

	if (o->waiting != NULL && !is_flying(http) && left > 0)
		o->waiting((left + 999) / 1000, http->why, o->waiting_payload);
	else if (o->waiting != NULL)
		o->waiting(0, NULL, o->waiting_payload);
}

/* Wait for the network, or until a request is due. */
static int
wait_some(struct lapse_http *http, int64_t due)
{
	int64_t left = due - http_now();
	int patience = left < 0 ? 0 : left < PATIENCE_MS ? (int)left : PATIENCE_MS;
	CURLMcode code;

	tell_waiting(http, left);
	code = curl_multi_poll(http->multi, NULL, 0, patience, NULL);
	return code == CURLM_OK ? 0 : lapse_fail(LAPSE_EFAIL, "libcurl: %s", curl_multi_strerror(code));
}

static int
step(struct lapse_http *http)
{
	const struct lapse_http_options *o = &http->options;
	int64_t due = INT64_MAX;
	size_t ended = 0;
	int running, rc;

	if (o->cancelled != NULL && o->cancelled(o->cancelled_payload))
		return lapse_fail(LAPSE_EAGAIN, "interrupted");
	rc = begin(http, &due);
	if (rc == 0 && curl_multi_perform(http->multi, &running) != CURLM_OK)
		rc = lapse_fail(LAPSE_EFAIL, "libcurl failed");
	if (rc == 0)
		rc = collect(http, &ended);
	return rc == 0 && ended == 0 ? wait_some(http, due) : rc;
}

int
lapse_http_run(struct lapse_http *http)
{
	int rc = 0;

	while (rc == 0 && is_busy(http))
		rc = step(http);
	if (rc < 0)
		drop_all(http);
	return rc;
}

void
lapse_http_counts(size_t *sent, size_t *again, const struct lapse_http *http)
{
	*sent = http->sent;
	*again = http->again;
}
