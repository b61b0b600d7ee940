/*
 * Threads told in a line, for tests of the clocks:
 *
 *	"0d ca post; 3d root board next update 2024-05-20; 3d root close; 9d ca open; 9d com flags needinfo?(ca@ca.example)>"
 *
 * Times are days and seconds from BASE ("7d-1", "7d+1"). People: ca (the owner's), root, com (of the community), bot, who
 * (unclaimed). Verbs: post; server (a post that only the server wrote); board TEXT; flags REMOVED>ADDED; close; open.
 * Of one second posts stand first, whatever the line says; changes keep its order. "!closed-unknown" and "!no-history" say so.
 *
 * An obligation is told as
 *
 *	"u#0 0d raised ca due 7d limit, post#1 8d late 86400 answer,counting"
 *	 rule and post (or flag), opened, how, by whom, due, by what, stopped by, when, state, seconds late, doubts
 */
#ifndef LAPSE_TEST_TALE_H
#define LAPSE_TEST_TALE_H

#include "unit/documents.h"

#include "lapse/clock.h"

#define TALE_DAY INT64_C(86400)
/* 2024-05-06T00:00:00Z, a Monday: 0d. 2024-05-20 is 14d: it begins at 13d+36000 and ends at 15d+43199. */
#define TALE_BASE INT64_C(1714953600)
#define TALE_MAX 32

struct tale {
	const char *what;
	const char *rules;	/* with ' for " */
	const char *first;	/* the whiteboard at first; NULL: "" */
	const char *events;
	const char *at;
	const char *expected;	/* a line each */
};

struct tale_thread {
	struct lapse_thread thread;
	struct lapse_post posts[TALE_MAX];
	struct lapse_step steps[TALE_MAX];
	struct lapse_change changes[TALE_MAX];
	struct lapse_turn turns[TALE_MAX];
	char events[2048];
};

static inline struct lapse_instant
tale_time(const char *text)
{
	char *end;
	long day = strtol(text, &end, 10), sec = 0;

	if (*end != 'd')
		fail_msg("not a time: '%s'", text);
	if (end[1] == '+' || end[1] == '-')
		sec = strtol(end + 1, NULL, 10);
	return (struct lapse_instant){ TALE_BASE + day * TALE_DAY + sec };
}

static inline const char *
tale_time_text(char *out, size_t size, struct lapse_instant t)
{
	long long sec = (long long)(t.sec - TALE_BASE);

	if (sec % TALE_DAY == 0)
		snprintf(out, size, "%lldd", sec / TALE_DAY);
	else
		snprintf(out, size, "%lldd+%lld", sec / TALE_DAY, sec % TALE_DAY);
	return out;
}

/* "ca" of "ca@ca.example". */
static inline int
tale_name_len(const char *address)
{
	return (int)strcspn(address, "@");
}

static inline const char *
tale_address(const char *name)
{
	static const char *const addresses[] = {
		"ca@ca.example", "ca2@ca.example", "root@root.example", "root2@root.example", "com@com.example",
		"bot@bot.example", "who@who.example"
	};

	for (size_t i = 0; i < COUNT(addresses); i++)
		if ((size_t)tale_name_len(addresses[i]) == strlen(name) && strncmp(addresses[i], name, strlen(name)) == 0)
			return addresses[i];
	fail_msg("nobody is called '%s'", name);
	return NULL;
}

static inline void
tale_post(struct lapse_thread *thread, struct lapse_post *posts, struct lapse_post post)
{
	post.number = (int64_t)thread->nposts;
	post.text = "";
	post.is_public = true;
	posts[thread->nposts++] = post;
}

static inline void
tale_event(struct tale_thread *t, char *event)
{
	struct lapse_thread *thread = &t->thread;
	char *end = event + strlen(event), *save, *time = strtok_r(event, " ", &save), *name = strtok_r(NULL, " ", &save);
	char *verb = strtok_r(NULL, " ", &save), *rest = save != NULL ? save : end;
	struct lapse_instant when = tale_time(time);
	const char *who = tale_address(name);
	struct lapse_change *change = &t->changes[thread->nchanges];

	if (strcmp(verb, "post") == 0 || strcmp(verb, "server") == 0) {
		tale_post(thread, t->posts, (struct lapse_post){ .at = when, .author = who, .is_generated = *verb == 's' });
		return;
	}
	*change = (struct lapse_change){ .at = when, .who = who, .field = "status", .removed = "", .added = rest,
	    .post = -1, .attachment = -1 };
	if (strcmp(verb, "board") == 0) {
		change->field = "whiteboard";
		t->steps[thread->whiteboards.nsteps++] = (struct lapse_step){ .at = when, .who = who, .value = rest,
		    .exact = true, .order = thread->nchanges };
	} else if (strcmp(verb, "flags") == 0) {
		char *bar = strchr(rest, '>');

		assert_non_null(bar);
		*bar = '\0';
		change->field = "flagtypes.name";
		change->removed = rest;
		change->added = bar + 1;
	} else {
		t->turns[thread->nturns++] = (struct lapse_turn){ .at = when, .open = *verb == 'o', .order = thread->nchanges };
	}
	thread->nchanges++;
}

static inline void
tale_begin(struct tale_thread *t, const struct tale *tale)
{
	char *save, *event;

	*t = (struct tale_thread){ .thread = { .source = "s", .id = "1", .summary = "CA: x", .has_fields = true,
	    .has_posts = true, .has_history = true, .starts_open = true, .at = tale_time(tale->at), .path = "threads/s/1" } };
	t->thread.whiteboards.first = tale->first != NULL ? tale->first : "";
	t->thread.whiteboards.steps = t->steps;
	t->thread.posts = t->posts;
	t->thread.changes = t->changes;
	t->thread.turns = t->turns;
	snprintf(t->events, sizeof(t->events), "%s", tale->events);
	for (event = strtok_r(t->events, ";", &save); event != NULL; event = strtok_r(NULL, ";", &save)) {
		event += strspn(event, " ");
		if (strcmp(event, "!closed-unknown") == 0)
			t->thread.closed_unknown = true;
		else if (strcmp(event, "!no-history") == 0)
			t->thread.has_history = false;
		else
			tale_event(t, event);
	}
}

static inline void
tale_tell(struct lapse_buf *out, const struct lapse_obligation *o)
{
	static const char *const openings[] = { "raised", "rule", "reopening", "rescheduled" };
	char text[32];
	bool first = true;

	lapse_buf_printf(out, "%s", o->rule->id);
	if (o->post != NULL)
		lapse_buf_printf(out, "#%lld", (long long)o->post->number);
	else
		lapse_buf_printf(out, " %s", o->flag);
	if (o->arose.sec != o->opened.sec)
		lapse_buf_printf(out, " %s..", tale_time_text(text, sizeof(text), o->arose));
	else
		lapse_buf_puts(out, " ");
	lapse_buf_printf(out, "%s %s %.*s", tale_time_text(text, sizeof(text), o->opened), openings[o->opening],
	    tale_name_len(o->opened_by), o->opened_by);
	lapse_buf_printf(out, " due %s %s,", tale_time_text(text, sizeof(text), o->due), lapse_due_by_name(o->due_by));
	if (o->stopped_how != LAPSE_STOP_NONE)
		lapse_buf_printf(out, " %s", lapse_stop_name(o->stopped_how));
	if (o->stopped_by != NULL)
		lapse_buf_printf(out, "#%lld", (long long)o->stopped_by->number);
	if (lapse_time_is_set(o->stopped))
		lapse_buf_printf(out, " %s", tale_time_text(text, sizeof(text), o->stopped));
	lapse_buf_printf(out, " %s", lapse_state_name(o->state));
	if (o->late_seconds > 0)
		lapse_buf_printf(out, " %lld", (long long)o->late_seconds);
	for (size_t bit = 0; bit < LAPSE_NDOUBTS; bit++) {
		if (o->doubts & 1u << bit) {
			lapse_buf_printf(out, "%s%s", first ? " " : ",", lapse_doubt_name(bit));
			first = false;
		}
	}
	lapse_buf_puts(out, "\n");
}

/* Compute, tell, compare; the list stays the caller's to release, for a closer look. */
static inline void
tale_check_list(struct lapse_obligations *list, struct tale_thread *t, const struct tale *tale,
    const struct lapse_parties *parties)
{
	char policy_text[2048];
	struct lapse_policy *policy;
	struct lapse_buf told;

	snprintf(policy_text, sizeof(policy_text), "{'format':'lapse-policy-1','id':'p','rules':[%s]}", tale->rules);
	policy = policy_of(quoted(policy_text));
	tale_begin(t, tale);
	lapse_buf_init(&told, LAPSE_BUF_DOCUMENT);
	lapse_buf_puts(&told, "");
	lapse_obligations_compute(list, &t->thread, lapse_parties_find(parties, "ca"), parties, policy);
	for (size_t i = 0; i < list->nitems; i++)
		tale_tell(&told, &list->items[i]);
	if (strcmp(told.data, tale->expected) != 0)
		fail_msg("%s\n%s at %s\n--- found\n%s--- expected\n%s", tale->what, tale->events, tale->at, told.data,
		    tale->expected);
	lapse_buf_release(&told);
	lapse_policy_free(policy);
}

static inline struct lapse_parties *
tale_parties(void)
{
	return parties_of(quoted("{'format':'lapse-parties-1','parties':["
	    "{'id':'ca','role':'ca','summary_prefixes':['CA'],'members':[{'domain':'ca.example'}]},"
	    "{'id':'root','role':'root-program','members':[{'domain':'root.example'}]},"
	    "{'id':'com','role':'community','members':[{'domain':'com.example'}]},"
	    "{'id':'bot','role':'bot','members':[{'domain':'bot.example'}]}]}"));
}

static inline void
tale_check(const struct tale *tales, size_t ntales)
{
	struct lapse_parties *parties = tale_parties();
	struct lapse_obligations list;
	struct tale_thread t;

	lapse_obligations_init(&list);
	for (size_t i = 0; i < ntales; i++)
		tale_check_list(&list, &t, &tales[i], parties);
	lapse_obligations_release(&list);
	lapse_parties_free(parties);
}

#endif
