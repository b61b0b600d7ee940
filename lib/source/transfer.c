#include "transfer.h"

#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/stream.h"
#include "lapse/text.h"

#define HEAD_MAX ((size_t)256 * 1024)
#define CONNECT_TIMEOUT 30

#define HEAD_TOO_LARGE "the answer's head is too large"
#define BODY_TOO_LARGE "the answer is too big"

#define KEY_FIELD "X-BUGZILLA-API-KEY"

/* ---- what comes ---- */

static bool
is_field(const char *line, size_t len, const char *name)
{
	size_t n = strlen(name);
	char start[64];

	if (len <= n || line[n] != ':' || n >= sizeof(start))
		return false;
	memcpy(start, line, n);
	start[n] = '\0';
	return lapse_ascii_casecmp(start, name) == 0;
}

/* A line of a head: of one that only announces another (100, 103), of the answer's, or of what follows its body. */
static size_t
take_head(char *line, size_t size, size_t nitems, void *payload)
{
	struct transfer *t = payload;
	size_t len = size * nitems;

	if (len > 5 && memcmp(line, "HTTP/", 5) == 0) {
		lapse_buf_reset(&t->head);
		t->head_ended = false;
	}
	if (t->head_ended || is_field(line, len, "Transfer-Encoding"))
		return len;
	if (lapse_buf_add(&t->head, line, len) < 0) {
		t->excess = HEAD_TOO_LARGE;
		return 0;
	}
	t->head_ended = len <= 2 && (line[0] == '\r' || line[0] == '\n');
	return len;
}

static size_t
take_body(char *data, size_t size, size_t nitems, void *payload)
{
	struct transfer *t = payload;
	size_t len = size * nitems;

	if (lapse_buf_add(&t->body, data, len) == 0)
		return len;
	t->excess = BODY_TOO_LARGE;
	return 0;
}

/* ---- the handle ---- */

static void
set_bounds(CURL *easy, const struct lapse_http_options *options)
{
	long timeout = (long)options->timeout;

	curl_easy_setopt(easy, CURLOPT_TIMEOUT, timeout);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, timeout < CONNECT_TIMEOUT ? timeout : CONNECT_TIMEOUT);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)options->stall);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)options->max_body);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
}

/* Certificates are verified; redirects are ours to follow; a proxy is told nothing that is the server's. */
static void
set_trust(CURL *easy, const struct lapse_http_options *options, const struct lapse_url *base)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (options->cacert != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, options->cacert);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	/* What is meant for this machine stays on it, the key above all. */
	if (lapse_url_is_loopback(base))
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

void
transfer_init(struct transfer *t, const struct lapse_http_options *options, const struct lapse_url *base)
{
	*t = (struct transfer){ .easy = curl_easy_init() };
	if (t->easy == NULL)
		lapse_out_of_memory();
	lapse_buf_init(&t->asked, SIZE_MAX);
	lapse_buf_init(&t->head, HEAD_MAX);
	lapse_buf_init(&t->body, options->max_body);
	set_bounds(t->easy, options);
	set_trust(t->easy, options, base);
	curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* HTTP/2 carries all requests over one connection: wait to see whether it is spoken. */
	curl_easy_setopt(t->easy, CURLOPT_PIPEWAIT, lapse_url_is_tls(base) ? 1L : 0L);
	curl_easy_setopt(t->easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->trouble);
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
}

void
transfer_clear(struct transfer *t)
{
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, NULL);
	for (struct curl_slist *field = t->fields; field != NULL; field = field->next)
		lapse_wipe(field->data, strlen(field->data));
	curl_slist_free_all(t->fields);
	t->fields = NULL;
	t->request = NULL;
}

void
transfer_release(struct transfer *t)
{
	if (t->easy == NULL)
		return;
	transfer_clear(t);
	curl_easy_cleanup(t->easy);
	lapse_buf_release(&t->asked);
	lapse_buf_release(&t->head);
	lapse_buf_release(&t->body);
	*t = (struct transfer){ 0 };
}

/* One more field of the request; what is secret is not shown in evidence. */
static void
add_field(struct transfer *t, const char *name, const char *value, bool secret)
{
	struct curl_slist *fields;
	struct lapse_buf line;

	lapse_buf_init(&line, SIZE_MAX);
	lapse_buf_printf(&line, "%s: %s", name, value);
	fields = curl_slist_append(t->fields, line.data);
	if (fields == NULL)
		lapse_out_of_memory();
	t->fields = fields;
	if (!secret)
		lapse_buf_printf(&t->asked, "%s\r\n", line.data);
	lapse_wipe(line.data, line.len);
	lapse_buf_release(&line);
}

int
transfer_prepare(struct transfer *t, struct request *request, const struct lapse_http_options *options, const char *key)
{
	const struct lapse_url *url = &request->url;
	bool usual = lapse_url_has_usual_port(url);

	lapse_buf_reset(&t->asked);
	lapse_buf_reset(&t->head);
	lapse_buf_reset(&t->body);
	t->head_ended = false;
	t->excess = NULL;
	t->trouble[0] = '\0';
	t->request = request;
	lapse_buf_printf(&t->asked, "GET %s HTTP/1.1\r\nHost: %s%s%s\r\n", url->target, url->host, usual ? "" : ":",
	    usual ? "" : url->port);
	add_field(t, "User-Agent", options->agent, false);
	add_field(t, "Accept", "application/json", false);
	add_field(t, "Accept-Encoding", "gzip", false);
	if (key != NULL)
		add_field(t, KEY_FIELD, key, true);
	if (request->etag != NULL)
		add_field(t, "If-None-Match", request->etag, false);
	lapse_buf_puts(&t->asked, "\r\n");
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->fields);
	if (curl_easy_setopt(t->easy, CURLOPT_URL, url->text) != CURLE_OK)
		return lapse_fail(LAPSE_EFAIL, "an address too long");
	return lapse_time_now(&t->at);
}

/* ---- what came ---- */

const char *
transfer_field(const struct transfer *t, const char *name)
{
	struct curl_header *field;

	return curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &field) == CURLHE_OK ? field->value : NULL;
}

int64_t
transfer_retry_after(const struct transfer *t)
{
	curl_off_t seconds = 0;

	if (transfer_field(t, "Retry-After") == NULL)
		return -1;
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &seconds);
	return seconds > 0 ? seconds : 0;
}

/* Of a line of a head that libcurl cannot hold it says that memory ran out, since 8.6 this. */
#define TOO_LARGE 100

const char *
transfer_excess(const struct transfer *t, CURLcode code)
{
	if (t->excess != NULL || code == CURLE_OK)
		return t->excess;
	if (code == CURLE_FILESIZE_EXCEEDED)
		return BODY_TOO_LARGE;
	return code == CURLE_OUT_OF_MEMORY || (int)code == TOO_LARGE ? HEAD_TOO_LARGE : NULL;
}

bool
transfer_is_hopeless(CURLcode code)
{
	switch (code) {
	case CURLE_URL_MALFORMAT:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return true;
	default:
		return false;
	}
}

int
transfer_decode(struct lapse_buf *out, const struct transfer *t)
{
	const char *encoding = transfer_field(t, "Content-Encoding");

	if (t->body.len == 0 || encoding == NULL || lapse_ascii_casecmp(encoding, "identity") == 0)
		return lapse_buf_add(out, t->body.data, t->body.len);
	if (lapse_ascii_casecmp(encoding, "gzip") == 0 || lapse_ascii_casecmp(encoding, "x-gzip") == 0)
		return lapse_gzip_unpack(out, t->body.data, t->body.len);
	return lapse_fail(LAPSE_EFAIL, "an encoding that was not asked for: %.40s", encoding);
}
