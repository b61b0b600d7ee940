/*
 * lives DIR NCAPTURES: give the bugs that generate wrote into DIR/answers what happened to them:
 *   DIR/answers/history-NNNN.json (100 bugs each): change histories, about 15 changes a bug in the proportions of real ones;
 *   DIR/answers/bugs-NNN.json, written again: with assignees, times of closing and of the last change;
 *   DIR/captures/NNNNNN.json and DIR/list of lines "TIME FILE", an hour apart: captures that follow, each of 20 bugs with
 *   a comment more, the whiteboard changed with its entry in the history, and now and then a comment edited.
 * The same answers give the same bytes.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/time.h"

#define BUGS_A_FILE 1000	/* as generate writes them */
#define THREADS_A_FILE 100
#define BUGS_A_CAPTURE 20
#define CAPTURES_A_BUG 8	/* that a bug changes in, roughly */
#define CAPTURED INT64_C(1773470236)	/* 2026-03-14T06:37:16Z */
#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
#define MILLION 1000000
#define EVENTS_MAX 40

/* A bug that goes on changing after the first capture. */
struct life {
	json_t *bug, *comments, *history;
};

struct lives {
	uint64_t chance;
	const char *dir;
	json_t *bugs, *comments;	/* of the files at hand */
	FILE *out;
	struct life *items;
	size_t nitems;
	size_t wanted, stride;	/* of items; every so many-th bug is one */
	size_t nbugs, nchanges;
};

/* ---- chance and files ---- */

static int
below(uint64_t *state, size_t n)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (int)((z ^ (z >> 31)) % n);
}

static const char *
text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int
load(json_t **out, const char *dir, const char *name)
{
	char path[4096];

	json_decref(*out);
	snprintf(path, sizeof(path), "%s/answers/%s", dir, name);
	*out = json_load_file(path, 0, NULL);
	return *out != NULL ? 0 : lapse_fail(LAPSE_EFAIL, "%s: no answer", path);
}

static int
dump(const json_t *doc, const char *path)
{
	return json_dump_file(doc, path, JSON_COMPACT) == 0 ? 0 : lapse_fail_errno(LAPSE_EFAIL, "%s", path);
}

/* ---- one history ---- */

enum kind { ASSIGNED, WHITEBOARD, FLAG, CC, LINK, MINOR, RESOLVED };

struct event {
	int phase;	/* in the bug's life, in millionths */
	enum kind kind;
};

struct telling {
	struct lives *lives;
	json_t *bug, *comments;
	FILE *out;
	int64_t first, last;		/* of its comments */
	char board[256], tags[256];	/* the whiteboard so far, and what it holds beside dates */
	char flag[128];			/* the one that is set */
	size_t nboards, nevents;
};

static void
add_events(struct event *events, size_t *n, uint64_t *chance, enum kind kind, int count)
{
	for (; count > 0 && *n < EVENTS_MAX; count--)
		events[(*n)++] = (struct event){ 30000 + below(chance, 950000), kind };
}

static int
by_phase(const void *va, const void *vb)
{
	const struct event *a = va, *b = vb;

	return a->phase != b->phase ? a->phase - b->phase : (int)a->kind - (int)b->kind;
}

static const char *
somebody(struct telling *t)
{
	const json_t *comment = json_array_get(t->comments, (size_t)below(&t->lives->chance, json_array_size(t->comments)));

	return text(comment, "author");
}

static void
tell(struct telling *t, const char *field, const char *removed, const char *added)
{
	fprintf(t->out, "%s{\"field_name\":\"%s\",\"removed\":\"%s\",\"added\":\"%s\"}", t->nevents > 0 ? "," : "", field,
	    removed, added);
	t->nevents++;
	t->lives->nchanges++;
}

/* From nothing by the mark, the tag, and dates, to what the bug shows. */
static void
tell_whiteboard(struct telling *t, int64_t at, bool is_last)
{
	char next[256], day[LAPSE_DAY_LEN + 1];

	if (is_last) {
		snprintf(next, sizeof(next), "%s", text(t->bug, "whiteboard"));
	} else if (t->nboards == 0) {
		snprintf(next, sizeof(next), "[ca-compliance]");
	} else if (t->nboards == 1) {
		snprintf(next, sizeof(next), "%s", t->tags);
	} else {
		lapse_day_format(day, lapse_day_of((struct lapse_instant){ at + (10 + below(&t->lives->chance, 40)) * DAY }));
		snprintf(next, sizeof(next), "%.200s Next update %s", t->tags, day);
	}
	t->nboards++;
	if (strcmp(t->board, next) == 0)
		return;
	tell(t, "whiteboard", t->board, next);
	memcpy(t->board, next, sizeof(next));
}

static void
tell_flag(struct telling *t)
{
	char flag[128];

	if (t->flag[0] != '\0') {
		tell(t, "flagtypes.name", t->flag, "");
		t->flag[0] = '\0';
		return;
	}
	snprintf(flag, sizeof(flag), "needinfo?(%s)", somebody(t));
	tell(t, "flagtypes.name", "", flag);
	memcpy(t->flag, flag, sizeof(flag));
}

static void
tell_resolved(struct telling *t, const char *time)
{
	if (strcmp(text(t->bug, "status"), "RESOLVED") != 0)
		return;
	tell(t, "status", "ASSIGNED", "RESOLVED");
	tell(t, "resolution", "", "FIXED");
	tell(t, "cf_last_resolved", "", time);
	json_object_set_new(t->bug, "cf_last_resolved", json_string(time));
}

static void
tell_changes(struct telling *t, const struct event *event, int64_t at, bool is_last_board)
{
	static const char *const minor[] = { "priority", "severity", "keywords", "comment_tag", "cf_user_story" };
	char time[LAPSE_TIME_LEN + 1], number[16];

	lapse_time_format(time, (struct lapse_instant){ at });
	snprintf(number, sizeof(number), "%d", MILLION + below(&t->lives->chance, MILLION));
	switch (event->kind) {
	case ASSIGNED:
		tell(t, "status", "NEW", "ASSIGNED");
		tell(t, "assigned_to", "nobody@mozilla.org", text(t->bug, "assigned_to"));
		break;
	case WHITEBOARD:
		tell_whiteboard(t, at, is_last_board);
		break;
	case FLAG:
		tell_flag(t);
		break;
	case CC:
		tell(t, "cc", "", somebody(t));
		break;
	case LINK:
		tell(t, below(&t->lives->chance, 4) > 0 ? "depends_on" : "blocks", "", number);
		break;
	case MINOR:
		tell(t, minor[below(&t->lives->chance, sizeof(minor) / sizeof(minor[0]))], "--", number);
		break;
	case RESOLVED:
		tell_resolved(t, time);
	}
}

static size_t
roll_events(struct event *events, uint64_t *chance)
{
	size_t n = 0;

	events[n++] = (struct event){ 20000, ASSIGNED };
	add_events(events, &n, chance, WHITEBOARD, 2 + below(chance, 3));
	add_events(events, &n, chance, FLAG, 2 * below(chance, 4));
	add_events(events, &n, chance, CC, below(chance, 6));
	add_events(events, &n, chance, LINK, below(chance, 4));
	add_events(events, &n, chance, MINOR, below(chance, 4));
	events[n++] = (struct event){ 990000, RESOLVED };
	qsort(events, n, sizeof(*events), by_phase);
	return n;
}

static size_t
last_board(const struct event *events, size_t n)
{
	while (n > 0 && events[n - 1].kind != WHITEBOARD)
		n--;
	return n;
}

static void
tell_history(struct telling *t)
{
	struct event events[EVENTS_MAX + 2];
	char time[LAPSE_TIME_LEN + 1];
	size_t n = roll_events(events, &t->lives->chance), last = last_board(events, n);
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		int64_t at = t->first + (t->last - t->first) * events[i].phase / MILLION;
		char *changes = NULL;
		size_t len = 0;
		FILE *out = t->out;

		t->out = open_memstream(&changes, &len);
		t->nevents = 0;
		tell_changes(t, &events[i], at, i + 1 == last);
		fclose(t->out);
		t->out = out;
		if (len > 0)
			fprintf(out, "%s{\"when\":\"%s\",\"who\":\"%s\",\"changes\":[%s]}", any ? "," : "",
			    lapse_time_format(time, (struct lapse_instant){ at }), somebody(t), changes);
		any = any || len > 0;
		free(changes);
	}
}

/* ---- a bug of the first capture ---- */

static int64_t
time_of(const json_t *comment)
{
	struct lapse_instant t = { 0 };

	(void)lapse_time_parse(&t, text(comment, "time"));
	return t.sec;
}

static void
live(struct lives *lives, json_t *bug, size_t i)
{
	char key[32], time[LAPSE_TIME_LEN + 1], *history = NULL;
	json_int_t id = json_integer_value(json_object_get(bug, "id"));
	struct telling t = { .lives = lives, .bug = bug };
	size_t len = 0;

	snprintf(key, sizeof(key), "%" JSON_INTEGER_FORMAT, id);
	t.comments = json_object_get(json_object_get(json_object_get(lives->comments, "bugs"), key), "comments");
	t.first = time_of(json_array_get(t.comments, 0));
	t.last = time_of(json_array_get(t.comments, json_array_size(t.comments) - 1));
	snprintf(t.tags, sizeof(t.tags), "%s", text(bug, "whiteboard"));
	t.tags[strcspn(t.tags, "N")] = '\0';	/* up to " Next update" */
	t.tags[strlen(t.tags) - (t.tags[0] != '\0' && t.tags[strlen(t.tags) - 1] == ' ')] = '\0';
	json_object_set_new(bug, "assigned_to", json_string(somebody(&t)));
	json_object_set_new(bug, "last_change_time", json_string(lapse_time_format(time, (struct lapse_instant){ t.last })));
	t.out = open_memstream(&history, &len);
	tell_history(&t);
	fclose(t.out);
	fprintf(lives->out, "%s{\"id\":%s,\"alias\":[],\"history\":[%s]}", i % THREADS_A_FILE > 0 ? ",\n" : "", key, history);
	if (lives->nbugs % lives->stride == 0 && lives->nitems < lives->wanted) {
		char *list = lapse_alloc(len + 3, 1);

		snprintf(list, len + 3, "[%s]", history);
		lives->items[lives->nitems++] = (struct life){ json_deep_copy(bug), json_deep_copy(t.comments),
		    json_loads(list, 0, NULL) };
		free(list);
	}
	free(history);
	lives->nbugs++;
}

/* One file of bugs, with the files of comments that belong to it. */
static int
live_file(struct lives *lives, int n)
{
	char name[64], path[4096];
	json_t *list;
	int rc;

	snprintf(name, sizeof(name), "bugs-%03d.json", n);
	rc = load(&lives->bugs, lives->dir, name);
	list = json_object_get(lives->bugs, "bugs");
	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
		if (i % THREADS_A_FILE == 0) {
			int file = (n - 1) * (BUGS_A_FILE / THREADS_A_FILE) + (int)(i / THREADS_A_FILE) + 1;

			snprintf(name, sizeof(name), "comments-%04d.json", file);
			rc = load(&lives->comments, lives->dir, name);
			snprintf(path, sizeof(path), "%s/answers/history-%04d.json", lives->dir, file);
			lives->out = rc == 0 ? fopen(path, "w") : NULL;
			if (lives->out == NULL)
				return rc < 0 ? rc : lapse_fail_errno(LAPSE_EFAIL, "%s", path);
			fputs("{\"bugs\":[\n", lives->out);
		}
		live(lives, json_array_get(list, i), i);
		if (((i + 1) % THREADS_A_FILE == 0 || i + 1 == json_array_size(list)) &&
		    (fputs("\n]}\n", lives->out) < 0) + (fclose(lives->out) != 0) > 0)
			rc = lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	}
	snprintf(path, sizeof(path), "%s/answers/bugs-%03d.json", lives->dir, n);
	return rc < 0 ? rc : dump(lives->bugs, path);
}

static int
live_all(struct lives *lives)
{
	char path[4096];
	struct stat st;
	int nfiles = 0, rc = 0;

	do
		snprintf(path, sizeof(path), "%s/answers/bugs-%03d.json", lives->dir, ++nfiles);
	while (stat(path, &st) == 0);
	nfiles--;
	lives->stride = (size_t)nfiles * BUGS_A_FILE / lives->wanted;
	lives->stride += lives->stride == 0;
	for (int n = 1; rc == 0 && n <= nfiles; n++)
		rc = live_file(lives, n);
	return rc;
}

/* ---- the captures that follow ---- */

static void
add_comment(struct life *life, int64_t at, uint64_t *chance)
{
	size_t n = json_array_size(life->comments);
	json_t *comment = json_deep_copy(json_array_get(life->comments, (size_t)below(chance, n)));
	json_int_t bug = json_integer_value(json_object_get(life->bug, "id"));
	char time[LAPSE_TIME_LEN + 1];

	lapse_time_format(time, (struct lapse_instant){ at });
	json_object_set_new(comment, "id", json_integer(bug * 1000 + (json_int_t)n));
	json_object_set_new(comment, "count", json_integer((json_int_t)n));
	json_object_set_new(comment, "time", json_string(time));
	json_object_set_new(comment, "creation_time", json_string(time));
	json_array_append_new(life->comments, comment);
}

static void
move_date(struct life *life, int64_t at, uint64_t *chance)
{
	const json_t *by = json_array_get(life->comments, (size_t)below(chance, json_array_size(life->comments)));
	char board[256], time[LAPSE_TIME_LEN + 1], day[LAPSE_DAY_LEN + 1];
	const char *old = text(life->bug, "whiteboard"), *date = strstr(old, " Next update");

	lapse_time_format(time, (struct lapse_instant){ at });
	lapse_day_format(day, lapse_day_of((struct lapse_instant){ at + (10 + below(chance, 40)) * DAY }));
	snprintf(board, sizeof(board), "%.*s Next update %s", (int)(date != NULL ? (size_t)(date - old) : strlen(old)), old, day);
	json_array_append_new(life->history, json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}]}", "when", time,
	    "who", text(by, "author"), "changes", "field_name", "whiteboard", "removed", old, "added", board));
	json_object_set_new(life->bug, "whiteboard", json_string(board));
	json_object_set_new(life->bug, "last_change_time", json_string(time));
}

static void
edit_comment(struct life *life, int capture, uint64_t *chance)
{
	json_t *comment = json_array_get(life->comments, (size_t)below(chance, json_array_size(life->comments)));
	char words[64];

	snprintf(words, sizeof(words), "edited before capture %d", capture);
	json_object_set_new(comment, "text", json_string(words));
}

static int
write_capture(struct lives *lives, FILE *list, int n)
{
	char path[4096], time[LAPSE_TIME_LEN + 1];
	json_t *bugs = json_array(), *answer = json_pack("{s:o}", "bugs", bugs);
	int64_t at = CAPTURED + n * HOUR;
	int rc;

	for (size_t i = 0; i < BUGS_A_CAPTURE && i < lives->nitems; i++) {
		struct life *life = &lives->items[((size_t)(n - 1) * BUGS_A_CAPTURE + i) % lives->nitems];
		json_t *bug;

		add_comment(life, at - 2400 + (int64_t)i, &lives->chance);
		move_date(life, at - 1200 + (int64_t)i, &lives->chance);
		if (below(&lives->chance, 5) == 0)
			edit_comment(life, n, &lives->chance);
		bug = json_copy(life->bug);
		json_object_set(bug, "comments", life->comments);
		json_object_set(bug, "history", life->history);
		json_array_append_new(bugs, bug);
	}
	snprintf(path, sizeof(path), "%s/captures/%06d.json", lives->dir, n);
	rc = dump(answer, path);
	json_decref(answer);
	fprintf(list, "%s %s\n", lapse_time_format(time, (struct lapse_instant){ at }), path);
	return rc;
}

static int
write_captures(struct lives *lives, int ncaptures)
{
	char path[4096];
	FILE *list;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/captures", lives->dir);
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	snprintf(path, sizeof(path), "%s/list", lives->dir);
	list = fopen(path, "w");
	if (list == NULL)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	for (int n = 1; rc == 0 && n <= ncaptures; n++)
		rc = write_capture(lives, list, n);
	if (fclose(list) != 0 && rc == 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	return rc;
}

int
main(int argc, char **argv)
{
	struct lives lives = { .chance = 15 };
	int ncaptures = argc == 3 ? atoi(argv[2]) : 0, rc;

	if (ncaptures < 1) {
		fputs("usage: lives DIR NCAPTURES\n", stderr);
		return 2;
	}
	lives.dir = argv[1];
	lives.wanted = BUGS_A_CAPTURE + (size_t)ncaptures * BUGS_A_CAPTURE / CAPTURES_A_BUG;
	lives.items = lapse_alloc(lives.wanted, sizeof(*lives.items));
	rc = live_all(&lives);
	if (rc == 0)
		rc = write_captures(&lives, ncaptures);
	for (size_t i = 0; i < lives.nitems; i++) {
		json_decref(lives.items[i].bug);
		json_decref(lives.items[i].comments);
		json_decref(lives.items[i].history);
	}
	free(lives.items);
	json_decref(lives.bugs);
	json_decref(lives.comments);
	if (rc < 0) {
		fprintf(stderr, "lives: %s\n", lapse_error());
		return 3;
	}
	printf("%zu %zu\n", lives.nbugs, lives.nchanges);
	return 0;
}
