/*
 * httpget: asks with the library what its arguments name, for the tests of HTTP.
 *
 *   httpget [OPTION...] BASE TARGET...
 *
 * --cacert FILE --connections N --max-body N --timeout S --stall S --budget S --tries N --delay MS   as in lapse/http.h
 * --find-key        the key that lapse_key_find() finds for BASE
 * --etag TEXT       sent with every request
 * --json            what is no JSON is asked for again
 * --bodies FILE     the answers' bodies, one after another
 * --exchanges FILE  every exchange: "# URL IP TROUBLE", the request, the head, the body
 * --cancel N        cancelled after N exchanges
 * --offline
 *
 * A line for each answer: TARGET STATUS TYPE BYTES ETAG RETRY-AFTER ("-": none), at last "sent N again N". Exit status as lapse's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/http.h"
#include "lapse/json.h"
#include "lapse/keys.h"

struct run {
	struct lapse_http_options options;
	struct lapse_key key;
	const char *etag;
	FILE *bodies, *exchanges;
	size_t nexchanges, cancel;
	bool find_key, json;
};

struct question {
	struct run *run;
	const char *target;
};

static bool
is_json(const struct lapse_answer *answer)
{
	json_t *value = NULL;
	int rc = lapse_json_parse(&value, answer->body->data != NULL ? answer->body->data : "", answer->body->len, NULL);

	json_decref(value);
	return rc == 0;
}

static int
take(const struct lapse_answer *answer, void *payload)
{
	const struct question *question = payload;
	struct run *run = question->run;

	if (run->json && answer->status == 200 && !is_json(answer))
		return LAPSE_HTTP_AGAIN;
	printf("%s %ld %s %zu %s %" PRId64 "\n", question->target, answer->status,
	    answer->type[0] != '\0' ? answer->type : "-", answer->body->len, answer->etag != NULL ? answer->etag : "-",
	    answer->retry_after);
	if (run->bodies != NULL)
		fwrite(answer->body->data, 1, answer->body->len, run->bodies);
	return 0;
}

static void
show(const struct lapse_exchange *exchange, void *payload)
{
	struct run *run = payload;

	run->nexchanges++;
	if (run->exchanges == NULL)
		return;
	fprintf(run->exchanges, "# %s %s %s\n", exchange->url, exchange->ip, exchange->trouble != NULL ? exchange->trouble : "-");
	fwrite(exchange->request, 1, exchange->request_len, run->exchanges);
	if (exchange->head != NULL)
		fwrite(exchange->head, 1, exchange->head_len, run->exchanges);
	fwrite(exchange->body, 1, exchange->body_len, run->exchanges);
	fflush(run->exchanges);
}

static bool
cancelled(void *payload)
{
	const struct run *run = payload;

	return run->cancel > 0 && run->nexchanges >= run->cancel;
}

static bool
take_text(struct run *run, const char *name, const char *value)
{
	if (strcmp(name, "--cacert") == 0)
		run->options.cacert = value;
	else if (strcmp(name, "--etag") == 0)
		run->etag = value;
	else if (strcmp(name, "--bodies") == 0)
		run->bodies = fopen(value, "wb");
	else if (strcmp(name, "--exchanges") == 0)
		run->exchanges = fopen(value, "wb");
	else
		return false;
	return true;
}

static bool
take_number(struct run *run, const char *name, int64_t n)
{
	if (strcmp(name, "--connections") == 0)
		run->options.connections = (size_t)n;
	else if (strcmp(name, "--max-body") == 0)
		run->options.max_body = (size_t)n;
	else if (strcmp(name, "--timeout") == 0)
		run->options.timeout = n;
	else if (strcmp(name, "--stall") == 0)
		run->options.stall = n;
	else if (strcmp(name, "--budget") == 0)
		run->options.budget = n;
	else if (strcmp(name, "--tries") == 0)
		run->options.tries = (int)n;
	else if (strcmp(name, "--delay") == 0)
		run->options.delay_ms = n;
	else if (strcmp(name, "--cancel") == 0)
		run->cancel = (size_t)n;
	else
		return false;
	return true;
}

/* The arguments' place behind the options; -1 for one that there is not. */
static int
read_options(struct run *run, int argc, char **argv)
{
	int i = 1;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--find-key") == 0)
			run->find_key = true;
		else if (strcmp(argv[i], "--json") == 0)
			run->json = true;
		else if (strcmp(argv[i], "--offline") == 0)
			run->options.offline = true;
		else if (i + 1 == argc || !(take_text(run, argv[i], argv[i + 1]) ||
		    take_number(run, argv[i], strtoll(argv[i + 1], NULL, 10))))
			return -1;
		else
			i++;
	}
	return i < argc ? i : -1;
}

static int
ask(struct run *run, char **targets, int ntargets)
{
	struct question *questions = calloc((size_t)ntargets + 1, sizeof(*questions));
	struct lapse_http *http = NULL;
	size_t sent = 0, again = 0;
	int rc = run->find_key ? lapse_key_find(&run->key, run->options.base) : 0;

	if (rc > 0)
		run->options.key = run->key.text;
	if (rc >= 0)
		rc = lapse_http_open(&http, &run->options);
	lapse_key_wipe(&run->key);
	for (int i = 0; rc == 0 && i < ntargets; i++) {
		questions[i] = (struct question){ run, targets[i] };
		rc = lapse_http_get(http, targets[i], run->etag, take, &questions[i]);
	}
	if (rc == 0)
		rc = lapse_http_run(http);
	if (http != NULL)
		lapse_http_counts(&sent, &again, http);
	printf("sent %zu again %zu\n", sent, again);
	lapse_http_free(http);
	free(questions);
	return rc;
}

int
main(int argc, char **argv)
{
	struct run run = { .options = { .agent = "lapse-test/1" } };
	int at = read_options(&run, argc, argv), rc;

	if (at < 0) {
		fprintf(stderr, "httpget: see the top of tests/http/get.c\n");
		return 2;
	}
	run.options.base = argv[at];
	run.options.exchange = show;
	run.options.exchange_payload = &run;
	run.options.cancelled = cancelled;
	run.options.cancelled_payload = &run;
	rc = ask(&run, argv + at + 1, argc - at - 1);
	if (rc < 0)
		fprintf(stderr, "httpget: %s\n", lapse_error());
	if (run.bodies != NULL)
		fclose(run.bodies);
	if (run.exchanges != NULL)
		fclose(run.exchanges);
	return rc == 0 ? 0 : rc == LAPSE_EAGAIN ? 75 : 3;
}
