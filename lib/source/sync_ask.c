/* Requests and answers of Bugzilla's REST interface, and when to stop asking. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "remember.h"
#include "sync_run.h"

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/text.h"

int64_t
lapse_sync_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* ---- enough ---- */

static bool
speaks_of_rate_limit(const char *message)
{
	for (; *message != '\0'; message++)
		if (lapse_text_has_prefix(message, "rate limit") > 0)
			return true;
	return false;
}

/* Each request while it lasts may make it last longer: it is remembered, and the next run does not ask. */
static int
stop(struct sync *s, const struct lapse_answer *answer)
{
	int64_t pause = answer->retry_after >= 0 ? answer->retry_after : SYNC_BLOCK;
	struct lapse_instant until;
	char time[LAPSE_TIME_LEN + 1];
	int rc = lapse_time_now(&until);

	if (rc < 0)
		return rc;
	if (pause > 7 * SYNC_DAY)
		pause = 7 * SYNC_DAY;
	until.sec += pause;
	s->result->not_before = until;
	rc = lapse_remember_set(REMEMBER_BLOCKED, s->host, until);
	lapse_time_format(time, until);
	if (rc < 0)
		return lapse_context(LAPSE_EAGAIN, "%s has had enough of our requests (HTTP %ld): come back at %s; "
		    "this could not be remembered", s->host, answer->status, time);
	return lapse_fail(LAPSE_EAGAIN, "%s has had enough of our requests (HTTP %ld): come back at %s; until then the next run waits",
	    s->host, answer->status, time);
}

/* ---- answers ---- */

static void
take_refusal(struct sync_answer *out, const json_t *json)
{
	const char *message = lapse_json_text(json, "message");

	if (!lapse_json_int(&out->code, json_object_get(json, "code")))
		out->code = 0;
	snprintf(out->message, sizeof(out->message), "%s", message != NULL ? message : "");
}

/* `"error": true` of old, `"error": 1` of newer routes. */
static bool
is_refusal(const json_t *json)
{
	const json_t *error = json_object_get(json, "error");

	return json_is_true(error) || json_number_value(error) != 0;
}

int
lapse_sync_judge(struct sync_answer *out, struct sync *s, const struct lapse_answer *answer)
{
	json_t *json = NULL;
	bool parsed;

	*out = (struct sync_answer){ .status = answer->status, .size = answer->body->len };
	if (answer->status == 429)
		return stop(s, answer);
	parsed = lapse_json_parse(&json, answer->body->data != NULL ? answer->body->data : "", answer->body->len, NULL) == 0;
	if (parsed && is_refusal(json))
		take_refusal(out, json);
	if (answer->status == 400 && speaks_of_rate_limit(out->message)) {
		json_decref(json);
		return stop(s, answer);
	}
	if (answer->status == 200 && parsed && !is_refusal(json)) {
		out->json = json;
		return 0;
	}
	json_decref(json);
	if (answer->status != 200 || parsed)
		return 0;
	(void)lapse_fail(LAPSE_EAGAIN, "%s gives an answer that is not JSON (%.40s)", s->host, answer->type);
	return LAPSE_HTTP_AGAIN;
}

int
lapse_sync_refused(const struct sync_answer *answer, const char *target)
{
	if (answer->code == 410)
		return lapse_fail(LAPSE_EFAIL, "the server wants a login: an API key (see lapse sync -h)");
	if (answer->code == 306)
		return lapse_fail(LAPSE_EFAIL, "the server does not take the API key that the keys file or ~/.netrc has for its host "
		    "(see lapse sync -h)");
	if (answer->status == 403 && answer->message[0] == '\0')
		return lapse_fail(LAPSE_EFAIL, "the server refuses to answer us (HTTP 403)");
	if (answer->message[0] != '\0')
		return lapse_fail(LAPSE_EFAIL, "%.60s: Bugzilla answers with error %" PRId64 ": %s", target, answer->code,
		    answer->message);
	return lapse_fail(LAPSE_EFAIL, "%.60s: HTTP %ld: is there a Bugzilla with a REST interface?", target, answer->status);
}

bool
lapse_sync_is_of_a_bug(const struct sync_answer *answer)
{
	return answer->code == 101 || answer->code == 102;
}

/* ---- asking and waiting ---- */

struct asking {
	struct sync *sync;
	const char *target;
	json_t **out;
};

static int
take(const struct lapse_answer *answer, void *payload)
{
	struct asking *asking = payload;
	struct sync_answer got;
	int rc = lapse_sync_judge(&got, asking->sync, answer);

	if (rc != 0)
		return rc;
	if (got.json == NULL)
		return lapse_sync_refused(&got, asking->target);
	*asking->out = got.json;
	return 0;
}

int
lapse_sync_ask(json_t **out, struct sync *s, const struct lapse_buf *targets, size_t n)
{
	struct asking *asking = lapse_arena_alloc(&s->arena, n * sizeof(*asking));
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		out[i] = NULL;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		asking[i] = (struct asking){ s, targets[i].data, &out[i] };
		rc = lapse_http_get(s->http, targets[i].data, NULL, take, &asking[i]);
	}
	if (rc == 0)
		rc = lapse_http_run(s->http);
	for (size_t i = 0; rc < 0 && i < n; i++) {
		json_decref(out[i]);
		out[i] = NULL;
	}
	return rc;
}
