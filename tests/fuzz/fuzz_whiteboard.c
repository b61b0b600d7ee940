/*
 * Whiteboards and flags as strangers write them, a line each, and a thread that lives through them: line n is
 * what the whiteboard said from hour 7 n on, and "removed|added" flags in the same second. Dates are within their bounds;
 * obligations end after they open, and add up.
 */
#include "fuzz.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/clock.h"
#include "lapse/json.h"

#define MAX_LINES 64
#define NPOSTS 12
#define START INT64_C(1714953600)
#define HOUR INT64_C(3600)

static const char parties_text[] = "{\"format\":\"lapse-parties-1\",\"parties\":["
    "{\"id\":\"ca\",\"role\":\"ca\",\"summary_prefixes\":[\"CA\"],\"members\":[{\"domain\":\"ca.example\"}]},"
    "{\"id\":\"root\",\"role\":\"root-program\",\"members\":[{\"domain\":\"root.example\"}]}]}";
static const char policy_text[] = "{\"format\":\"lapse-policy-1\",\"id\":\"p\",\"rules\":["
    "{\"id\":\"u\",\"clock\":\"update\",\"next_update\":true,\"limit\":\"P3D\",\"level\":\"must\"},"
    "{\"id\":\"n\",\"clock\":\"needinfo\",\"limit\":\"P2D\",\"level\":\"must\"},"
    "{\"id\":\"r\",\"clock\":\"response\",\"limit\":\"P1D\",\"level\":\"must\"}]}";
static const char *const people[] = { "a@ca.example", "b@root.example", "c@who.example" };

static void
try_whiteboard(const char *text)
{
	struct lapse_day day;
	enum lapse_next_update read = lapse_whiteboard_read(&day, text);
	const char *promise = lapse_whiteboard_promise(text);
	int year, month, mday;

	demand((promise == NULL) == (read == LAPSE_NEXT_UPDATE_NONE), "a promise that is none");
	demand(promise == NULL || (promise >= text && promise < text + strlen(text)), "a promise from elsewhere");
	if (read != LAPSE_NEXT_UPDATE_DATE)
		return;
	lapse_day_to_civil(day, &year, &month, &mday);
	demand(year >= 1990 && year <= 2999, "a year beyond its bounds");
	demand(lapse_date_end(day).sec - lapse_date_begin(day).sec == 50 * HOUR - 1, "a day of another length");
}

struct life {
	struct lapse_thread thread;
	struct lapse_step steps[MAX_LINES];
	struct lapse_change changes[MAX_LINES];
	struct lapse_post posts[NPOSTS];
};

static void
live(struct life *life, char *text)
{
	char *rest = text, *line;
	size_t n = 0;

	*life = (struct life){ .thread = { .source = "s", .id = "1", .summary = "CA: x", .starts_open = true,
		.has_fields = true, .has_posts = true, .has_history = true, .at = { START + 600 * HOUR } } };
	while (n < MAX_LINES && (line = rest) != NULL) {
		char *end = strchr(line, '\n'), *bar;
		struct lapse_instant at = { START + 7 * HOUR * (int64_t)(n - n % 2) };

		rest = end != NULL ? end + 1 : NULL;
		if (end != NULL)
			*end = '\0';
		try_whiteboard(line);
		bar = strchr(line, '|');
		life->steps[n] = (struct lapse_step){ .at = at, .who = people[n % 3], .value = line, .exact = true, .order = n };
		life->changes[n] = (struct lapse_change){ .at = at, .who = people[n % 3], .field = "flagtypes.name",
		    .removed = bar != NULL ? line : "", .added = bar != NULL ? bar + 1 : line, .post = -1, .attachment = -1 };
		n++;
	}
	for (int i = 0; i < NPOSTS; i++)
		life->posts[i] = (struct lapse_post){ .number = i, .at = { START + 29 * HOUR * i }, .author = people[i % 3],
		    .text = "", .is_public = true };
	life->thread.posts = life->posts;
	life->thread.nposts = NPOSTS;
	life->thread.changes = life->changes;
	life->thread.nchanges = n;
	life->thread.whiteboards = (struct lapse_track){ .first = "", .first_exact = true, .steps = life->steps, .nsteps = n };
}

static void
judge(const struct lapse_obligation *o, const struct lapse_thread *thread)
{
	struct lapse_instant end = lapse_time_is_set(o->stopped) ? o->stopped : thread->at;

	demand(o->arose.sec <= o->opened.sec && o->opened.sec <= end.sec, "an end before its beginning");
	demand((o->stopped_how == LAPSE_STOP_NONE) == !lapse_time_is_set(o->stopped), "a stop without a time");
	demand((o->post == NULL) == (o->flag != NULL), "a duty that nobody raised");
	demand(o->state == LAPSE_STATE_MOOT || o->gap_seconds == end.sec - o->opened.sec, "another gap");
	demand(lapse_obligation_is_breach(o) == (o->late_seconds > 0), "a breach that is not late");
	demand(o->story != NULL, "no story");
	if (o->due_by == LAPSE_DUE_NEXT_UPDATE)
		demand(o->rule->next_update && o->story->nturnings > 0, "a date from nowhere");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_parties *parties = NULL;
	struct lapse_policy *policy = NULL;
	struct lapse_obligations list;
	struct life life;
	json_t *doc;
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	setlocale(LC_CTYPE, "C.UTF-8");
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	live(&life, text);
	demand(lapse_json_parse(&doc, parties_text, strlen(parties_text), "parties") == 0, "no parties");
	demand(lapse_parties_parse(&parties, doc, "parties") == 0, "bad parties");
	json_decref(doc);
	demand(lapse_json_parse(&doc, policy_text, strlen(policy_text), "policy") == 0, "no policy");
	demand(lapse_policy_parse(&policy, doc, "policy") == 0, "a bad policy");
	json_decref(doc);
	lapse_obligations_init(&list);
	list.tells_stories = true;
	lapse_obligations_compute(&list, &life.thread, lapse_parties_find(parties, "ca"), parties, policy);
	for (size_t i = 0; i < list.nitems; i++)
		judge(&list.items[i], &life.thread);
	lapse_obligations_release(&list);
	lapse_policy_free(policy);
	lapse_parties_free(parties);
	free(text);
	return 0;
}
