#include "url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <curl/curl.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "curl_late.h"

/* A part as the library's own memory; "" when it is not there. */
static char *
take_part(CURLU *parsed, CURLUPart part, unsigned flags)
{
	char *text = NULL, *copy;

	curl_url_get(parsed, part, &text, flags);
	copy = lapse_strdup(text != NULL ? text : "");
	curl_free(text);
	return copy;
}

static char *
take_target(CURLU *parsed)
{
	char *path = take_part(parsed, CURLUPART_PATH, 0), *query = take_part(parsed, CURLUPART_QUERY, 0);
	size_t len = strlen(path), more = strlen(query);
	char *target = lapse_alloc(1, len + more + 2);

	memcpy(target, path, len);
	if (more > 0) {
		target[len] = '?';
		memcpy(target + len + 1, query, more);
	}
	free(path);
	free(query);
	return target;
}

static int
take_apart(struct lapse_url *out, CURLU *parsed)
{
	curl_url_set(parsed, CURLUPART_FRAGMENT, NULL, 0);
	*out = (struct lapse_url){
		.text = take_part(parsed, CURLUPART_URL, CURLU_NO_DEFAULT_PORT),
		.scheme = take_part(parsed, CURLUPART_SCHEME, 0),
		.host = take_part(parsed, CURLUPART_HOST, 0),
		.port = take_part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT),
		.target = take_target(parsed),
	};
	for (char *c = out->host; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (strcmp(out->scheme, "http") != 0 && strcmp(out->scheme, "https") != 0)
		return lapse_fail(LAPSE_EFORMAT, "neither http nor https");
	return out->host[0] != '\0' ? 0 : lapse_fail(LAPSE_EFORMAT, "it names no host");
}

/* Put `text`, which may be relative to what is there, into `parsed`. */
static int
set_address(CURLU *parsed, const char *text)
{
	CURLUcode code;

	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 127)
			return lapse_fail(LAPSE_EFORMAT, "an address with blanks or control characters");
	code = curl_url_set(parsed, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_URLENCODE);
	if (code == CURLUE_USER_NOT_ALLOWED)
		return lapse_fail(LAPSE_EFORMAT, "an address with a name or password in it");
	if (code == CURLUE_UNSUPPORTED_SCHEME)
		return lapse_fail(LAPSE_EFORMAT, "neither http nor https");
	return code == CURLUE_OK ? 0 : lapse_fail(LAPSE_EFORMAT, "no web address");
}

static int
new_address(CURLU **parsed)
{
	int rc = curl_late_load();

	*parsed = rc == 0 ? curl_url() : NULL;
	if (rc == 0 && *parsed == NULL)
		lapse_out_of_memory();
	return rc;
}

int
lapse_url_read(struct lapse_url *out, const char *text)
{
	CURLU *parsed;
	int rc = new_address(&parsed);

	*out = (struct lapse_url){ 0 };
	if (rc < 0)
		return rc;
	rc = set_address(parsed, text);
	if (rc == 0)
		rc = take_apart(out, parsed);
	curl_url_cleanup(parsed);
	return rc;
}

int
lapse_url_follow(struct lapse_url *out, const struct lapse_url *from, const char *location)
{
	CURLU *parsed;
	int rc = new_address(&parsed);

	*out = (struct lapse_url){ 0 };
	if (rc < 0)
		return rc;
	rc = set_address(parsed, from->text);
	if (rc == 0)
		rc = set_address(parsed, location);
	if (rc == 0)
		rc = take_apart(out, parsed);
	curl_url_cleanup(parsed);
	return rc;
}

void
lapse_url_release(struct lapse_url *url)
{
	free(url->text);
	free(url->scheme);
	free(url->host);
	free(url->port);
	free(url->target);
	*url = (struct lapse_url){ 0 };
}

bool
lapse_url_same_place(const struct lapse_url *a, const struct lapse_url *b)
{
	return strcmp(a->scheme, b->scheme) == 0 && strcmp(a->host, b->host) == 0 && strcmp(a->port, b->port) == 0;
}

bool
lapse_url_is_tls(const struct lapse_url *url)
{
	return strcmp(url->scheme, "https") == 0;
}

bool
lapse_url_is_loopback(const struct lapse_url *url)
{
	struct in_addr v4;

	/* A name may begin with 127. too. */
	if (inet_pton(AF_INET, url->host, &v4) == 1)
		return strncmp(url->host, "127.", 4) == 0;
	return strcmp(url->host, "localhost") == 0 || strcmp(url->host, "[::1]") == 0;
}

bool
lapse_url_has_usual_port(const struct lapse_url *url)
{
	return strcmp(url->port, lapse_url_is_tls(url) ? "443" : "80") == 0;
}
