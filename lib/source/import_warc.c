/* WARC files as an import: which of their answers are taken, and when they were given. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "asking.h"
#include "bugzilla.h"

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/warc.h"

#define HOSTS 5

struct taking {
	struct import *run;
	struct lapse_import_result *out;
	const struct lapse_import_options *options;
	struct lapse_arena arena;
	const char *server;	/* whose answers these are; NULL: none came yet */
	char *hosts[HOSTS];	/* others than the one that was chosen, some of them */
	size_t nhosts;
	struct lapse_instant now;
};

/* ---- servers ---- */

/* Up to the REST interface's own path: "https://bugzilla.example.org/prefix". */
static size_t
server_len(const char *uri)
{
	const char *authority = strstr(uri, "://");
	size_t start = authority != NULL ? (size_t)(authority - uri) + 3 : 0;
	size_t end = start + strcspn(uri + start, "?#");
	const char *rest = strstr(uri + start, "/rest");

	if (rest != NULL && (size_t)(rest - uri) < end)
		return (size_t)(rest - uri);
	return start + strcspn(uri + start, "/?#");
}

/* The host and its port, without a name before it: how long it is; 0 without one. */
static size_t
find_host(const char **host, const char *uri)
{
	const char *authority = strstr(uri, "://"), *at;
	size_t len;

	if (authority == NULL)
		return 0;
	authority += 3;
	len = strcspn(authority, "/?#");
	at = memchr(authority, '@', len);
	*host = at != NULL ? at + 1 : authority;
	return len - (size_t)(*host - authority);
}

static bool
is_host(const char *uri, const char *wanted)
{
	const char *host;
	size_t len = find_host(&host, uri);

	return len > 0 && strlen(wanted) == len && strncasecmp(host, wanted, len) == 0;
}

/* One that was not chosen, for who chose in vain. */
static void
note_host(struct taking *t, const char *uri)
{
	const char *host;
	size_t len = find_host(&host, uri);

	if (len == 0 || t->nhosts == HOSTS)
		return;
	for (size_t i = 0; i < t->nhosts; i++)
		if (strlen(t->hosts[i]) == len && strncasecmp(t->hosts[i], host, len) == 0)
			return;
	t->hosts[t->nhosts++] = lapse_arena_dupn(&t->arena, host, len);
}

/* Bugs of two servers have the same numbers. */
static int
check_server(struct taking *t, const char *uri)
{
	const char *server = lapse_arena_dupn(&t->arena, uri, server_len(uri));

	if (t->server == NULL)
		t->server = server;
	if (strcasecmp(t->server, server) == 0)
		return 0;
	return lapse_fail(LAPSE_EFORMAT, "answers of two servers, %.200s and %.200s: choose one with --host",
	    t->server, server);
}

/* ---- answers ---- */

static int
note_time(struct taking *t, struct lapse_instant at)
{
	struct lapse_instant *time = &t->run->capture->time;

	if (lapse_time_is_set(t->options->time) || !lapse_time_is_set(at))
		return 0;
	if (at.sec > t->now.sec)
		return lapse_fail(LAPSE_EFORMAT, "an answer that was given in the future; say --captured-at");
	if (!lapse_time_is_set(*time) || at.sec < time->sec)
		*time = at;
	return 0;
}

static int
take(struct taking *t, const struct lapse_warc_answer *answer, json_t *doc)
{
	int rc = check_server(t, answer->uri);

	if (rc == 0)
		rc = note_time(t, answer->at);
	if (rc == 0)
		rc = lapse_bugzilla_take(t->run, doc);
	t->out->passed.taken += rc == 0;
	return lapse_context(rc, "%.500s", answer->uri);
}

static int
take_answer(const struct lapse_warc_answer *answer, void *payload)
{
	struct taking *t = payload;
	bool chosen = t->options->host == NULL || is_host(answer->uri, t->options->host);
	json_t *doc = NULL;
	int rc = 0;

	if (!chosen)
		note_host(t, answer->uri);
	/* Edit counts are no comments. */
	if (answer->status == 200 && chosen && !lapse_asking_edits(answer->uri) &&
	    lapse_json_parse(&doc, answer->body->data, answer->body->len, NULL) == 0 && lapse_bugzilla_is_answer(doc))
		rc = take(t, answer, doc);
	else
		t->out->passed.others++;
	json_decref(doc);
	return rc;
}

static int
take_file(struct import *run, const char *path, void *payload)
{
	struct taking *t = payload;
	struct lapse_warc_counts counts = { 0 };
	struct lapse_stream *stream;
	int rc = lapse_stream_open(&stream, path);

	if (rc < 0)
		return rc;
	t->run = run;
	rc = lapse_warc_answers(&counts, stream, take_answer, t);
	lapse_stream_free(stream);
	t->out->passed.broken += counts.broken;
	t->out->passed.revisits += counts.revisits;
	if (rc == 0 && counts.records == 0)
		rc = lapse_fail(LAPSE_EFORMAT, "an empty file");
	return lapse_context(rc, "%s", path);
}

static int
end(void *payload)
{
	const struct taking *t = payload;

	char hosts[512] = "";

	if (t->out->passed.taken > 0)
		return 0;
	for (size_t i = 0, len = 0; i < t->nhosts && len < sizeof(hosts); i++)
		len += (size_t)snprintf(hosts + len, sizeof(hosts) - len, "%s%.80s", i == 0 ? "; there are some of " : ", ", t->hosts[i]);
	return lapse_fail(LAPSE_EFORMAT, "no answer of Bugzilla's REST interface%s%.100s in what was given (other answers: %zu, "
	    "broken ones: %zu)%s", t->options->host != NULL ? " at " : "",
	    t->options->host != NULL ? t->options->host : "", t->out->passed.others, t->out->passed.broken, hosts);
}

int
lapse_import_warc(struct lapse_import_result *out, struct lapse_store *store,
    char *const *paths, size_t npaths, const struct lapse_import_options *options)
{
	struct taking t = { .out = out, .options = options };
	const struct lapse_import_input input = { .kind = "bugzilla", .paths = paths, .npaths = npaths,
	    .take = take_file, .end = end, .payload = &t };
	int rc = lapse_time_now(&t.now);

	*out = (struct lapse_import_result){ .newest = LAPSE_NEVER };
	lapse_arena_init(&t.arena);
	if (rc == 0)
		rc = lapse_import_files(out, store, &input, options);
	lapse_arena_release(&t.arena);
	return rc;
}
