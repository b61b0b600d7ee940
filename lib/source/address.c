#include "lapse/address.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list_address.h"

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/text.h"

#define QUERY_MAX 4096	/* bytes, encoded: a request's target is below 8 KiB, and has more to say */

void
lapse_address_init(struct lapse_address *address)
{
	*address = (struct lapse_address){ .nterms = 0 };
}

void
lapse_address_release(struct lapse_address *address)
{
	for (size_t i = 0; i < address->nterms; i++) {
		free(address->terms[i].name);
		free(address->terms[i].value);
	}
	free(address->terms);
	free(address->rest);
	lapse_address_init(address);
}

/* ---- names of parameters ---- */

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* What lays out the page, pages through it, chooses fields, or asks for what is new: none of it says which bugs. */
static bool
is_layout(const char *name)
{
	static const char *const names[] = {
		"list_id", "query_format", "order", "columnlist", "known_name", "query_based_on", "ctype", "format",
		"limit", "offset", "regetlastlist", "include_fields", "exclude_fields", "count_only", "human", "title",
		"tweak", "debug", "splitheader", "dontsavesearch", "last_change_time", "new_since", NULL
	};

	return is_one_of(name, names);
}

static bool
is_secret(const char *name)
{
	static const char *const names[] = {
		"Bugzilla_api_key", "Bugzilla_login", "Bugzilla_password", "Bugzilla_token", "api_key", "token", "login",
		"password", NULL
	};

	return is_one_of(name, names);
}

/* The web page's names of what REST calls otherwise. */
static const char *
rest_name(const char *name)
{
	if (strcmp(name, "bug_status") == 0)
		return "status";
	return strcmp(name, "bug_id") == 0 ? "id" : name;
}

/* The number of a chart's parameter ("f12", "j3"), else -1. */
static int64_t
chart_of(const char *name)
{
	int64_t n;

	if (name[0] == '\0' || strchr("fovnj", name[0]) == NULL || lapse_int_parse(&n, name + 1, 0, 99999) < 0)
		return -1;
	return n;
}

/* ---- terms ---- */

void
lapse_address_add(struct lapse_address *address, const char *name, const char *value)
{
	if (*value == '\0')
		return;
	for (size_t i = 0; i < address->nterms; i++)
		if (strcmp(address->terms[i].name, name) == 0 && strcmp(address->terms[i].value, value) == 0)
			return;
	address->terms = lapse_grow(address->terms, address->nterms, &address->cap, sizeof(*address->terms));
	address->terms[address->nterms++] = (struct lapse_term){ lapse_strdup(name), lapse_strdup(value) };
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode a part of a query in place: false for what is no encoding, no text, or a control character. */
static bool
decode(char *text)
{
	char *to = text;
	uint32_t c;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '%') {
			if (hex(p[1]) < 0 || hex(p[2]) < 0)
				return false;
			*to++ = (char)(hex(p[1]) << 4 | hex(p[2]));
			p += 2;
		} else {
			*to++ = *p == '+' ? ' ' : *p;
		}
	}
	for (size_t i = 0, len = (size_t)(to - text); i < len; ) {
		i += lapse_utf8_decode(&c, text + i, len - i);
		if (c == LAPSE_BAD_CHAR || c < 0x20 || c == 0x7f)
			return false;
	}
	*to = '\0';
	return true;
}

static int
take_term(struct lapse_address *out, char *pair)
{
	char *value = strchr(pair, '=');

	if (value != NULL)
		*value++ = '\0';
	if (!decode(pair) || (value != NULL && !decode(value)))
		return lapse_fail(LAPSE_EUSAGE, "the address holds a parameter that is not encoded as it should be");
	if (is_secret(pair))
		return lapse_fail(LAPSE_EUSAGE, "the address holds a login, a password or a key ('%s'): take it out "
		    "(keys lie outside of the archive)", pair);
	if (strcmp(pair, "namedcmd") == 0 || strcmp(pair, "sharer_id") == 0)
		return lapse_fail(LAPSE_EUSAGE, "the address is that of a saved search, which does not say what it looks for: open "
		    "it, choose \"Edit Search\", search again, and take the address then");
	if (strncmp(pair, "field", 5) == 0 && strchr(pair, '-') != NULL)
		return lapse_fail(LAPSE_EUSAGE, "the address holds charts in the old form ('%s'): search anew in the browser", pair);
	if (value != NULL && *pair != '\0' && !is_layout(pair))
		lapse_address_add(out, rest_name(pair), value);
	return 0;
}

static int
take_query(struct lapse_address *out, const char *query)
{
	char *copy = lapse_strdup(query), *next = copy;
	int rc = 0;

	copy[strcspn(copy, "#")] = '\0';
	while (rc == 0 && next != NULL) {
		char *pair = next;

		next = strchr(pair, '&');
		if (next != NULL)
			*next++ = '\0';
		rc = take_term(out, pair);
	}
	free(copy);
	return rc;
}

/* A bug's page has parameters that say how to show it. */
static void
keep_ids(struct lapse_address *address)
{
	size_t kept = 0;

	for (size_t i = 0; i < address->nterms; i++) {
		if (strcmp(address->terms[i].name, "id") == 0) {
			address->terms[kept++] = address->terms[i];
			continue;
		}
		free(address->terms[i].name);
		free(address->terms[i].value);
	}
	address->nterms = kept;
}

/* ---- charts ---- */

int
lapse_address_free_chart(const struct lapse_address *address)
{
	int64_t last = 0;

	for (size_t i = 0; i < address->nterms; i++)
		if (chart_of(address->terms[i].name) > last)
			last = chart_of(address->terms[i].name);
	return (int)last + 1;
}

static void
rename_term(struct lapse_term *term, const char *name)
{
	free(term->name);
	term->name = lapse_strdup(name);
}

/*
 * Charts that are joined by "or" become a group of their own, so that another condition (a page's) can be added to
 * all of them: f1=OP, j1=OR, the charts, f9=CP.
 */
static void
group_charts(struct lapse_address *address)
{
	struct lapse_term *top = NULL;
	char name[16];

	for (size_t i = 0; i < address->nterms; i++)
		if (strcmp(address->terms[i].name, "j_top") == 0)
			top = &address->terms[i];
	if (top == NULL || strcmp(top->value, "AND") == 0)
		return;
	for (size_t i = 0; i < address->nterms; i++) {
		int64_t n = chart_of(address->terms[i].name);

		if (n < 0)
			continue;
		snprintf(name, sizeof(name), "%c%d", address->terms[i].name[0], (int)n + 2);
		rename_term(&address->terms[i], name);
	}
	rename_term(top, "j1");
	lapse_address_add(address, "f1", "OP");
	snprintf(name, sizeof(name), "f%d", lapse_address_free_chart(address));
	lapse_address_add(address, name, "CP");
}

/* ---- the Bugzilla ---- */

/* Where the path begins, after scheme and host; NULL when these are not what they should be. */
static const char *
skip_host(const char *text)
{
	const char *host, *end;
	size_t len;

	if (strncmp(text, "https://", 8) == 0)
		host = text + 8;
	else if (strncmp(text, "http://", 7) == 0)
		host = text + 7;
	else
		return NULL;
	if (*host == '[') {
		len = strspn(host + 1, "0123456789abcdefABCDEF:.");
		end = host + 1 + len;
		if (len < 2 || *end++ != ']')
			return NULL;
	} else {
		len = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
		end = host + len;
		if (len == 0 || len > 253 || *host == '.' || *host == '-')
			return NULL;
	}
	if (*end == ':') {
		int64_t port;
		char digits[6];

		len = strspn(++end, "0123456789");
		snprintf(digits, sizeof(digits), "%.*s", (int)len, end);
		if (len == 0 || len > 5 || lapse_int_parse(&port, digits, 1, 65535) < 0)
			return NULL;
		end += len;
	}
	return *end == '\0' || *end == '/' || *end == '?' || *end == '#' ? end : NULL;
}

/* A path of plain names: no ".." or empty ones that another program may read otherwise. */
static bool
is_plain_path(const char *path, size_t len)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-/";

	for (size_t i = 0; i < len; i++) {
		if (strchr(plain, path[i]) == NULL)
			return false;
		if (path[i] == '/' && i + 1 < len && (path[i + 1] == '/' || path[i + 1] == '.'))
			return false;
	}
	return true;
}

bool
lapse_rest_is_valid(const char *rest)
{
	const char *path = skip_host(rest);
	size_t len = path != NULL ? strlen(path) : 0;

	return len >= 6 && strlen(rest) <= 1024 && is_plain_path(path, len) && strcmp(path + len - 6, "/rest/") == 0;
}

/* How much of a path is the folder that Bugzilla is in, its slash included. `rest` is set when the bugs are in the path: /rest/bug/12. */
static size_t
folder_of(const char *path, size_t len, const char **rest)
{
	const char *found = NULL;
	size_t last;

	*rest = NULL;
	for (const char *p = path; p + 9 <= path + len; p++)
		if (strncmp(p, "/rest/bug", 9) == 0 && (p + 9 == path + len || p[9] == '/'))
			found = p;
	if (found != NULL) {
		*rest = found + 9;
		return (size_t)(found - path) + 1;
	}
	if (len >= 5 && strncmp(path + len - 5, "/rest", 5) == 0)
		return len - 4;
	if (len >= 6 && strncmp(path + len - 6, "/rest/", 6) == 0)
		return len - 5;
	for (last = len; last > 0 && path[last - 1] != '/'; )
		last--;
	if (last > 0 && last < len && strspn(path + last, "0123456789") == len - last)
		*rest = path + last - 1;	/* a bug's short address: /12 */
	else if (len < 4 || strncmp(path + len - 4, ".cgi", 4) != 0)
		last = len;
	return last;
}

/* "/12/comment" says bug 12. */
static void
take_bug_of_path(struct lapse_address *out, const char *rest, const char *end)
{
	char digits[20];
	size_t len = rest < end && *rest == '/' ? strspn(rest + 1, "0123456789") : 0;

	if (len == 0 || len >= sizeof(digits))
		return;
	snprintf(digits, sizeof(digits), "%.*s", (int)len, rest + 1);
	lapse_address_add(out, "id", digits);
}

/* Scheme and host in small letters, the port unless it says itself, the folder, "rest/". */
static void
set_rest(struct lapse_address *out, const char *text, const char *path, size_t folder)
{
	size_t host = (size_t)(path - text);
	bool tls = strncmp(text, "https:", 6) == 0;
	const char *usual = tls ? ":443" : ":80";
	char *p;

	if (host > strlen(usual) && strncmp(path - strlen(usual), usual, strlen(usual)) == 0)
		host -= strlen(usual);
	out->rest = p = lapse_alloc(host + folder + 8, 1);
	for (size_t i = 0; i < host; i++)
		*p++ = (char)tolower((unsigned char)text[i]);
	memcpy(p, path, folder);
	p += folder;
	if (p[-1] != '/')
		*p++ = '/';
	memcpy(p, "rest/", 6);
}

/* The scheme may be written in any case. */
static char *
with_small_scheme(const char *text)
{
	char *copy = lapse_strdup(text);

	for (char *p = copy; *p != '\0' && *p != ':'; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static bool
has_login(const char *text)
{
	const char *host = strstr(text, "://");

	return host != NULL && memchr(host + 3, '@', strcspn(host + 3, "/?#")) != NULL;
}

static int
parse(struct lapse_address *out, const char *text)
{
	const char *path, *rest, *end, *advice;
	size_t folder;
	int rc = 0;

	if (has_login(text))
		return lapse_fail(LAPSE_EUSAGE, "the address holds a login or a password: take it out (keys lie outside of the archive)");
	advice = lapse_list_advice(text);
	if (advice != NULL)
		return lapse_fail(LAPSE_EUSAGE, "%s", advice);
	path = skip_host(text);
	if (path == NULL || strpbrk(text, " \t\r\n\\\"<>") != NULL)
		return lapse_fail(LAPSE_EUSAGE, "not a web address (http or https, a host): '%.200s'", text);
	end = path + strcspn(path, "?#");
	folder = folder_of(path, (size_t)(end - path), &rest);
	if (!is_plain_path(path, (size_t)(end - path)))
		return lapse_fail(LAPSE_EUSAGE, "the address of no Bugzilla: '%.200s'", text);
	set_rest(out, text, path, folder);
	if (rest != NULL)
		take_bug_of_path(out, rest, end);
	if (end - path >= 15 && strncmp(end - 15, "/attachment.cgi", 15) == 0)
		return lapse_fail(LAPSE_EUSAGE, "the address of an attachment, which says no bug: '%.200s'", text);
	if (*end == '?')
		rc = take_query(out, end + strspn(end, "?"));
	if (end - path >= 13 && strncmp(end - 13, "/show_bug.cgi", 13) == 0)
		keep_ids(out);
	return rc;
}

int
lapse_address_parse(struct lapse_address *out, const char *text)
{
	char *copy = with_small_scheme(text);
	int rc = parse(out, copy);

	free(copy);
	if (rc == 0)
		group_charts(out);
	return rc;
}

/* ---- all of it ---- */

int
lapse_address_check(const struct lapse_address *address)
{
	struct lapse_buf query;
	int rc;

	if (address->nterms == 0)
		return lapse_fail(LAPSE_EUSAGE, "the address does not say which bugs, and that would be all of the site: take that of a "
		    "search, or name a --product or --component");
	lapse_buf_init(&query, QUERY_MAX);
	rc = lapse_address_write(&query, address);
	lapse_buf_release(&query);
	return rc < 0 ? lapse_fail(LAPSE_EUSAGE, "the search is longer than a request may be (%d bytes)", QUERY_MAX) : 0;
}

static int
write_encoded(struct lapse_buf *out, const char *text)
{
	int rc = 0;

	for (const unsigned char *p = (const unsigned char *)text; rc == 0 && *p != '\0'; p++)
		rc = isalnum(*p) || strchr("-._~", *p) != NULL ? lapse_buf_putc(out, (char)*p) : lapse_buf_printf(out, "%%%02X", *p);
	return rc;
}

int
lapse_address_write(struct lapse_buf *out, const struct lapse_address *address)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < address->nterms; i++) {
		if (i > 0)
			rc = lapse_buf_putc(out, '&');
		if (rc == 0)
			rc = write_encoded(out, address->terms[i].name);
		if (rc == 0)
			rc = lapse_buf_putc(out, '=');
		if (rc == 0)
			rc = write_encoded(out, address->terms[i].value);
	}
	return rc;
}

json_t *
lapse_address_encode(const struct lapse_address *address)
{
	json_t *query = json_array();

	for (size_t i = 0; i < address->nterms; i++)
		json_array_append_new(query, json_pack("[s, s]", address->terms[i].name, address->terms[i].value));
	return query;
}

int
lapse_address_decode(struct lapse_address *address, const json_t *query)
{
	if (!json_is_array(query))
		return lapse_fail(LAPSE_EFORMAT, "no list \"query\"");
	for (size_t i = 0; i < json_array_size(query); i++) {
		const json_t *pair = json_array_get(query, i);
		const char *name = json_string_value(json_array_get(pair, 0));
		const char *value = json_string_value(json_array_get(pair, 1));

		if (name == NULL || value == NULL || *name == '\0' || json_array_size(pair) != 2)
			return lapse_fail(LAPSE_EFORMAT, "\"query\" holds something that is no pair of texts");
		if (is_secret(name))
			return lapse_fail(LAPSE_EFORMAT, "\"query\" holds a login or a key");
		lapse_address_add(address, name, value);
	}
	return 0;
}
