/*
 * Two times: what the archive had captured by then (known), and how a thread stood at a moment. The
 * archive is made by imports, as a user makes it.
 */
#include "test_store.h"

#include <inttypes.h>
#include <jansson.h>

#include "../../lib/source/bugzilla.h"

#include "lapse/json.h"
#include "lapse/replay.h"
#include "lapse/settings.h"
#include "lapse/source.h"
#include "lapse/time.h"

static struct lapse_store *store;
static struct lapse_arena arena;

static struct lapse_instant
at(const char *text)
{
	struct lapse_instant t;

	if (lapse_time_parse(&t, text) < 0)
		fail_msg("%s", lapse_error());
	return t;
}

static int
set_up(void **state)
{
	int rc = enter_scratch(state);

	if (rc == 0)
		rc = lapse_archive_init("a");
	if (rc == 0)
		rc = lapse_store_open(&store, "a");
	lapse_arena_init(&arena);
	return rc;
}

static int
tear_down(void **state)
{
	lapse_arena_release(&arena);
	lapse_store_free(store);
	store = NULL;
	return leave_scratch(state);
}

/* One capture of one answer, which writes ' for ". */
static void
capture(const char *source, const char *time, const char *answer)
{
	const struct lapse_import_options options = { .source = source, .time = at(time), .stated = true };
	struct lapse_import_result result;
	FILE *file = fopen("answer.json", "w");
	char name[] = "answer.json", *names[] = { name };

	assert_non_null(file);
	for (; *answer != '\0'; answer++)
		fputc(*answer == '\'' ? '"' : *answer, file);
	assert_int_equal(fclose(file), 0);
	if (lapse_import_bugzilla(&result, store, names, 1, &options) < 0)
		fail_msg("%s", lapse_error());
	assert_true(result.made);
	lapse_import_result_release(&result);
}

/* A capture from the network: an answer, NULL for none, and what else it knows of threads 5, 6 and 7. */
struct network {
	const char *time;
	const char *answer;
	bool unchanged;
	int64_t outside, due, hidden;	/* a thread; 0: none */
};

static void
capture_asked(const struct network *n)
{
	struct lapse_capture c;
	struct import run;
	struct lapse_oid oid;
	char *text = lapse_arena_dup(&arena, n->answer);
	json_t *json = NULL;

	for (char *p = text; p != NULL && *p != '\0'; p++)
		*p = *p == '\'' ? '"' : *p;
	lapse_capture_init(&c);
	snprintf(c.source, sizeof(c.source), "bmo");
	snprintf(c.kind, sizeof(c.kind), "bugzilla");
	c.time = at(n->time);
	c.asked.rest = lapse_strdup("https://x.example/rest/");
	c.asked.query = lapse_strdup("product=A");
	c.asked.unchanged = n->unchanged;
	if (n->outside != 0)
		lapse_ids_add(&c.asked.outside, n->outside);
	if (n->due != 0)
		lapse_ids_add(&c.asked.due, n->due);
	if (n->hidden != 0)
		lapse_hidden_set(&c.asked, n->hidden, 102);
	lapse_import_init(&run, "bmo", &c);
	assert_int_equal(lapse_batch_open(&run.batch, store), 0);
	if (text != NULL) {
		assert_int_equal(lapse_json_parse(&json, text, strlen(text), NULL), 0);
		assert_int_equal(lapse_bugzilla_take(&run, json), 0);
		json_decref(json);
	}
	lapse_import_settle(&run);
	assert_int_equal(lapse_import_commit(&oid, &run, 1), 1);
	lapse_import_release(&run);
	lapse_capture_release(&c);
}

/* What is known by a time ("2024-…"), by a commit, or of all (NULL). */
static struct lapse_view *
known(const char *text)
{
	struct lapse_known k = { .by = LAPSE_NEVER };
	struct lapse_view *view;

	if (text != NULL && lapse_time_parse(&k.by, text) < 0) {
		k.by = LAPSE_NEVER;
		k.rev = text;
	}
	if (lapse_view_open(&view, store, &k, NULL) < 0)
		fail_msg("%s", lapse_error());
	return view;
}

/* The thread of a name at a moment: 1, 0 when it was not there yet, < 0 when it is not known. */
static int
look(struct lapse_thread *out, struct lapse_view *view, const char *name, const char *moment)
{
	int64_t post;
	size_t i;
	int rc = lapse_view_find(&i, &post, view, name);

	return rc < 0 ? rc : lapse_view_load(out, &arena, view, i, at(moment), true);
}

/* The numbers of its posts, in their order, the private ones in brackets. */
static const char *
posts_of(const struct lapse_thread *thread)
{
	char *text = lapse_arena_dup(&arena, "");

	for (size_t i = 0; i < thread->nposts; i++)
		text = lapse_arena_printf(&arena, thread->posts[i].is_public ? "%s%s%" PRId64 : "%s%s(%" PRId64 ")", text, i > 0 ? " " : "",
		    thread->posts[i].number);
	return text;
}

static void
assert_time(struct lapse_instant t, const char *wanted)
{
	char text[LAPSE_TIME_LEN + 1] = "-";

	if (lapse_time_is_set(t))
		lapse_time_format(text, t);
	assert_string_equal(text, wanted);
}

#define POST(n, time, author, more) "{'count':" #n ",'creation_time':'" time "','author':'" author "@x.example'" more "}"
#define LISTED(posts) "{'bugs':{'5':{'comments':[" posts "]}},'comments':{}}"
#define FIELDS(status, whiteboard) "{'bugs':[{'id':5,'summary':'CA: x','status':'" status "','whiteboard':'" whiteboard "'," \
	"'creation_time':'2024-01-01T00:00:00Z'}]}"
#define BUG(status, whiteboard, posts, history) "{'bugs':[{'id':5,'summary':'CA: x','status':'" status "','whiteboard':'" whiteboard "'," \
	"'creation_time':'2024-01-01T00:00:00Z','comments':[" posts "],'history':[" history "]}]}"
#define CHANGE(time, field, removed, added) "{'when':'" time "','who':'w@x.example','changes':[{'field_name':'" field "','removed':'" removed "','added':'" added "'}]}"

/* ---- two times ---- */

#define P0 POST(0, "2024-01-01T00:00:00Z", "a", ",'text':'report'")
#define P1 POST(1, "2024-01-05T00:00:00Z", "b", ",'text':'question'")
#define P1_RENAMED POST(1, "2024-01-05T00:00:00Z", "renamed", ",'text':'question'")
#define P2 POST(2, "2024-01-20T00:00:00Z", "a", ",'text':'answer'")
#define FIRST_CHANGE CHANGE("2024-01-06T00:00:00Z", "whiteboard", "", "one")
#define SECOND_CHANGE CHANGE("2024-01-21T00:00:00Z", "whiteboard", "one", "two")

static void
two_captures(void)
{
	capture("bmo", "2024-01-10T00:00:00Z", BUG("NEW", "one", P0 "," P1, FIRST_CHANGE));
	capture("bmo", "2024-02-10T00:00:00Z", BUG("NEW", "two", P0 "," P1_RENAMED "," P2, FIRST_CHANGE "," SECOND_CHANGE));
}

static void
what_is_known_does_not_depend_on_the_moment(void **state)
{
	struct lapse_thread thread;
	struct lapse_view *first, *second;

	(void)state;
	two_captures();
	first = known("2024-01-31T00:00:00Z");
	second = known(NULL);
	/* One moment, as it was known then and as it is known now: the posts of that day, under the newest known names. */
	assert_int_equal(look(&thread, first, "bmo:5", "2024-01-08T00:00:00Z"), 1);
	assert_string_equal(posts_of(&thread), "0 1");
	assert_string_equal(thread.posts[1].author, "b@x.example");
	assert_string_equal(thread.posts[1].text, "question");
	assert_string_equal(thread.whiteboard, "one");
	assert_true(thread.has_history);
	assert_int_equal(look(&thread, second, "bmo:5", "2024-01-08T00:00:00Z"), 1);
	assert_string_equal(posts_of(&thread), "0 1");
	assert_string_equal(thread.posts[1].author, "renamed@x.example");
	assert_string_equal(thread.whiteboard, "one");
	assert_int_equal(thread.nchanges, 1);
	assert_time(thread.at, "2024-01-08T00:00:00Z");
	assert_time(thread.covered, "2024-02-10T00:00:00Z");
	/* And the other way: one state of knowledge, several moments. */
	assert_int_equal(look(&thread, second, "bmo:5", "2024-01-05T23:59:59Z"), 1);
	assert_string_equal(thread.whiteboard, "");
	assert_int_equal(thread.nchanges, 0);
	assert_int_equal(look(&thread, second, "bmo:5", "2024-01-04T23:59:59Z"), 1);
	assert_string_equal(posts_of(&thread), "0");
	assert_int_equal(look(&thread, second, "bmo:5", "2024-01-05T00:00:00Z"), 1);
	assert_string_equal(posts_of(&thread), "0 1");
	assert_int_equal(look(&thread, second, "bmo:5", "2024-01-21T00:00:00Z"), 1);
	assert_string_equal(posts_of(&thread), "0 1 2");
	assert_string_equal(thread.whiteboard, "two");
	assert_int_equal(thread.nchanges, 2);
	lapse_view_free(first);
	lapse_view_free(second);
}

static void
nothing_is_said_of_a_time_after_the_capture(void **state)
{
	struct lapse_thread thread;
	struct lapse_view *first, *second;

	(void)state;
	two_captures();
	first = known("2024-02-09T23:59:59Z");
	second = known("2024-02-10T00:00:00Z");
	assert_int_equal(look(&thread, first, "5", "2024-02-01T00:00:00Z"), 1);
	assert_time(thread.at, "2024-01-10T00:00:00Z");
	assert_time(thread.covered, "2024-01-10T00:00:00Z");
	assert_string_equal(posts_of(&thread), "0 1");
	assert_int_equal(look(&thread, first, "5", "2024-01-10T00:00:01Z"), 1);
	assert_time(thread.at, "2024-01-10T00:00:00Z");
	assert_int_equal(look(&thread, second, "5", "2025-01-01T00:00:00Z"), 1);
	assert_time(thread.at, "2024-02-10T00:00:00Z");
	assert_string_equal(posts_of(&thread), "0 1 2");
	lapse_view_free(first);
	lapse_view_free(second);
}

static void
known_is_a_time_or_a_commit(void **state)
{
	struct lapse_known none = { .by = LAPSE_NEVER, .rev = "abcdef0" };
	const struct lapse_known_source *source;
	struct lapse_view *view;
	struct lapse_thread thread;
	char first[LAPSE_OID_HEX + 1];

	(void)state;
	two_captures();
	snprintf(first, sizeof(first), "%.40s", output("git -C a rev-parse HEAD~1"));
	view = known(first);
	assert_int_equal(lapse_view_nsources(view), 1);
	source = lapse_view_source(view, 0);
	assert_string_equal(source->name, "bmo");
	assert_string_equal(source->commit, first);
	assert_time(source->time, "2024-01-10T00:00:00Z");
	assert_true(source->stated && source->has_capture);
	assert_int_equal(look(&thread, view, "5", "2025-01-01T00:00:00Z"), 1);
	assert_string_equal(thread.capture, first);
	assert_string_equal(posts_of(&thread), "0 1");
	lapse_view_free(view);

	view = known("2024-01-09T23:59:59Z");
	assert_int_equal(lapse_view_nthreads(view), 0);
	assert_false(lapse_view_source(view, 0)->has_capture);
	assert_int_equal(look(&thread, view, "bmo:5", "2024-01-08T00:00:00Z"), LAPSE_ENOTFOUND);
	assert_string_equal(lapse_error(), "no thread 'bmo:5' in the archive");
	lapse_view_free(view);

	view = known("HEAD~2");		/* before any source */
	assert_int_equal(lapse_view_nsources(view), 0);
	lapse_view_free(view);
	assert_int_equal(lapse_view_open(&view, store, &none, NULL), LAPSE_ENOTFOUND);
	assert_null(view);
	assert_string_equal(lapse_error(), "no commit 'abcdef0'");
}

static void
a_thread_is_not_there_before_it_was_made(void **state)
{
	struct lapse_thread thread;
	struct lapse_view *view;

	(void)state;
	two_captures();
	capture("bmo", "2024-03-01T00:00:00Z", "{'bugs':{'6':{'comments':[" P1 "]}},'comments':{}}");
	view = known(NULL);
	assert_int_equal(look(&thread, view, "5", "2023-12-31T23:59:59Z"), 0);
	assert_int_equal(look(&thread, view, "5", "2024-01-01T00:00:00Z"), 1);
	/* Without fields its first post says since when. */
	assert_int_equal(look(&thread, view, "6", "2024-01-04T23:59:59Z"), 0);
	assert_int_equal(look(&thread, view, "6", "2024-01-05T00:00:00Z"), 1);
	assert_false(thread.has_fields);
	assert_null(thread.summary);
	assert_null(thread.status);
	assert_true(thread.closed_unknown);
	lapse_view_free(view);
}

/* ---- parts that were seen at different times ---- */

/* How far bug 5 is covered, and what of it is there, at the end of times. */
static void
assert_covered(const char *what, const char *covered, const char *moment, bool has_history)
{
	struct lapse_view *view = known(NULL);
	struct lapse_thread thread;
	char text[LAPSE_TIME_LEN + 1] = "-";

	assert_int_equal(look(&thread, view, "bmo:5", "2030-01-01T00:00:00Z"), 1);
	if (lapse_time_is_set(thread.covered))
		lapse_time_format(text, thread.covered);
	if (strcmp(text, covered) != 0)
		fail_msg("%s: covered up to %s, not %s", what, text, covered);
	lapse_time_format(text, thread.at);
	if (strcmp(text, moment) != 0)
		fail_msg("%s: evaluated at %s, not %s", what, text, moment);
	if (thread.has_history != has_history)
		fail_msg("%s: the history is %scaptured", what, has_history ? "" : "not ");
	lapse_view_free(view);
}

static void
a_thread_is_covered_as_far_as_both_its_fields_and_its_posts(void **state)
{
	(void)state;
	capture("bmo", "2024-02-01T00:00:00Z", FIELDS("NEW", ""));
	assert_covered("fields alone", "2024-02-01T00:00:00Z", "2024-02-01T00:00:00Z", false);
	capture("bmo", "2024-02-02T00:00:00Z", FIELDS("NEW", ""));
	assert_covered("fields again", "2024-02-02T00:00:00Z", "2024-02-02T00:00:00Z", false);
	capture("bmo", "2024-02-03T00:00:00Z", LISTED(P0));
	assert_covered("fields, then posts", "2024-02-02T00:00:00Z", "2024-02-02T00:00:00Z", false);
	capture("bmo", "2024-02-04T00:00:00Z", FIELDS("NEW", ""));
	assert_covered("posts, then fields", "2024-02-03T00:00:00Z", "2024-02-03T00:00:00Z", false);
	capture("bmo", "2024-02-05T00:00:00Z", "{'bugs':{'6':{'comments':[]}},'comments':{}}");
	assert_covered("another bug", "2024-02-03T00:00:00Z", "2024-02-03T00:00:00Z", false);
	capture("bmo", "2024-02-06T00:00:00Z", "{'bugs':{},'comments':{'1':{'bug_id':5,'count':1,'creation_time':'2024-01-05T00:00:00Z'}}}");
	assert_covered("a single post", "2024-02-03T00:00:00Z", "2024-02-03T00:00:00Z", false);
	capture("bmo", "2024-02-07T00:00:00Z", LISTED(P0 "," P1));
	assert_covered("posts again", "2024-02-04T00:00:00Z", "2024-02-04T00:00:00Z", false);
}

static void
what_was_never_listed_is_covered_by_nothing(void **state)
{
	struct lapse_view *view;
	struct lapse_thread thread;

	(void)state;
	capture("bmo", "2024-02-01T00:00:00Z", "{'bugs':{},'comments':{'1':{'bug_id':5,'count':1,'creation_time':'2024-01-05T00:00:00Z'}}}");
	capture("bmo", "2024-02-02T00:00:00Z", "{'bugs':{'6':{'comments':[]}},'comments':{}}");
	assert_covered("a single post alone", "-", "2024-02-02T00:00:00Z", false);
	view = known(NULL);
	assert_int_equal(look(&thread, view, "5", "2030-01-01T00:00:00Z"), 1);
	assert_false(thread.has_posts);
	assert_true(thread.closed_unknown);
	lapse_view_free(view);
	/* The fields say that it is open; whether its posts are all there nobody knows. */
	capture("bmo", "2024-02-03T00:00:00Z", FIELDS("NEW", ""));
	view = known(NULL);
	assert_int_equal(look(&thread, view, "5", "2030-01-01T00:00:00Z"), 1);
	assert_false(thread.has_posts);
	assert_true(thread.closed_unknown);
	assert_string_equal(posts_of(&thread), "1");
	lapse_view_free(view);
}

static void
a_history_counts_as_far_as_it_is_as_new_as_the_rest(void **state)
{
	(void)state;
	capture("bmo", "2024-02-01T00:00:00Z", BUG("NEW", "one", P0 "," P1, FIRST_CHANGE));
	assert_covered("all at once", "2024-02-01T00:00:00Z", "2024-02-01T00:00:00Z", true);
	capture("bmo", "2024-02-02T00:00:00Z", LISTED(P0 "," P1));
	assert_covered("newer posts are not covered by it", "2024-02-01T00:00:00Z", "2024-02-01T00:00:00Z", true);
	capture("bmo", "2024-02-03T00:00:00Z", FIELDS("NEW", "two"));
	assert_covered("newer fields that it cannot explain", "2024-02-02T00:00:00Z", "2024-02-02T00:00:00Z", false);
	capture("bmo", "2024-02-04T00:00:00Z", "{'bugs':[{'id':5,'history':[" FIRST_CHANGE "]}]}");
	assert_covered("a newer history", "2024-02-02T00:00:00Z", "2024-02-02T00:00:00Z", true);
	capture("bmo", "2024-02-05T00:00:00Z", LISTED(P0 "," P1));
	assert_covered("between the two", "2024-02-03T00:00:00Z", "2024-02-03T00:00:00Z", true);
	capture("bmo", "2024-02-06T00:00:00Z", FIELDS("NEW", "two"));
	assert_covered("and older again", "2024-02-05T00:00:00Z", "2024-02-05T00:00:00Z", false);
}

/* ---- posts that were private, posts that vanished ---- */

#define PRIVATE(text) POST(1, "2024-01-05T00:00:00Z", "b", ",'is_private':true,'text':'" text "'")

/* The posts of bug 5 as known by a time. */
static void
assert_posts(const char *by, const char *wanted)
{
	struct lapse_view *view = known(by);
	struct lapse_thread thread;

	assert_int_equal(look(&thread, view, "5", "2030-01-01T00:00:00Z"), 1);
	if (strcmp(posts_of(&thread), wanted) != 0)
		fail_msg("known by %s: %s, not %s", by, posts_of(&thread), wanted);
	lapse_view_free(view);
}

static void
a_post_once_seen_in_public_counts_for_good(void **state)
{
	(void)state;
	capture("bmo", "2024-02-01T00:00:00Z", LISTED(P0 "," PRIVATE("x")));
	capture("bmo", "2024-02-02T00:00:00Z", LISTED(P0 "," PRIVATE("y")));
	capture("bmo", "2024-02-03T00:00:00Z", LISTED(P0 "," P1));
	capture("bmo", "2024-02-04T00:00:00Z", LISTED(P0 "," PRIVATE("z")));
	capture("bmo", "2024-02-05T00:00:00Z", LISTED(P0 "," PRIVATE("z")));
	capture("bmo", "2024-02-06T00:00:00Z", LISTED(P0 "," PRIVATE("again")));
	assert_posts("2024-02-01T00:00:00Z", "0 (1)");
	assert_posts("2024-02-02T00:00:00Z", "0 (1)");
	assert_posts("2024-02-03T00:00:00Z", "0 1");
	assert_posts("2024-02-04T00:00:00Z", "0 1");
	assert_posts("2024-02-05T00:00:00Z", "0 1");
	assert_posts("2024-02-06T00:00:00Z", "0 1");
}

/* Kept in one blob or in parts, a post is the same post. */
static void
a_post_once_seen_in_public_counts_in_whatever_form_it_is_kept(void **state)
{
	static char large[700 * 1024];
	char *text = large;

	(void)state;
	text += snprintf(text, 256, "{'bugs':{'5':{'comments':[" P0 ",{'count':1,'creation_time':'2024-01-05T00:00:00Z','is_private':true,'text':'");
	memset(text, 'x', 600 * 1024);
	snprintf(text + 600 * 1024, 64, "'}]}},'comments':{}}");
	capture("bmo", "2024-02-01T00:00:00Z", LISTED(P0 "," P1));
	capture("bmo", "2024-02-02T00:00:00Z", large);
	capture("bmo", "2024-02-03T00:00:00Z", LISTED(P0 "," PRIVATE("short")));
	assert_posts("2024-02-01T00:00:00Z", "0 1");
	assert_posts("2024-02-02T00:00:00Z", "0 1");
	assert_posts("2024-02-03T00:00:00Z", "0 1");
}

static void
a_post_that_vanished_is_still_there(void **state)
{
	(void)state;
	capture("bmo", "2024-02-01T00:00:00Z", LISTED(P0 "," P1 "," P2));
	capture("bmo", "2024-02-02T00:00:00Z", LISTED(P0 "," P2));
	assert_posts(NULL, "0 1 2");
}

static void
posts_are_ordered_by_time_then_number(void **state)
{
	(void)state;
	capture("bmo", "2024-02-01T00:00:00Z", LISTED(POST(10, "2024-01-02T00:00:00Z", "a", "") "," POST(9, "2024-01-02T00:00:00Z", "a", "") ","
	    POST(2, "2024-01-03T00:00:00Z", "a", "") "," POST(100, "2024-01-01T00:00:00Z", "a", "") "," P0));
	assert_posts(NULL, "0 100 9 10 2");
}

/* ---- open and closed ---- */

static void
a_thread_turns_as_far_as_the_moment(void **state)
{
	struct lapse_view *view;
	struct lapse_thread thread;

	(void)state;
	capture("bmo", "2024-03-01T00:00:00Z", BUG("REOPENED", "", P0, CHANGE("2024-02-01T00:00:00Z", "status", "NEW", "RESOLVED") ","
	    CHANGE("2024-02-10T00:00:00Z", "status", "RESOLVED", "REOPENED")));
	view = known(NULL);
	assert_int_equal(look(&thread, view, "5", "2024-02-05T00:00:00Z"), 1);
	assert_true(thread.starts_open);
	assert_int_equal(thread.nturns, 1);
	assert_false(thread.turns[0].open);
	assert_time(thread.turns[0].at, "2024-02-01T00:00:00Z");
	assert_false(thread.closed_unknown);
	assert_string_equal(thread.status, "RESOLVED");
	assert_int_equal(look(&thread, view, "5", "2024-03-01T00:00:00Z"), 1);
	assert_int_equal(thread.nturns, 2);
	assert_string_equal(thread.status, "REOPENED");
	lapse_view_free(view);
}

/* ---- names ---- */

static void
threads_are_found_by_their_names(void **state)
{
	static const char *const none[] = { "", ":", "#", "5#", "#1", "x", "bmo:", ":5", "bmo:x", "bmo:5#x", "bmo:5:1", "BMO:5", "bmo:-5", "-5", "5 ", "5#-1",
		"99999999999999999999",
		"bmo:0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000005" };
	struct lapse_view *view;
	const char *source, *id;
	int64_t post;
	size_t i;

	(void)state;
	capture("bmo", "2024-02-01T00:00:00Z", "{'bugs':[{'id':5,'summary':'a'},{'id':40,'summary':'b'},{'id':300,'summary':'c'}]}");
	capture("gnome", "2024-02-01T00:00:00Z", "{'bugs':[{'id':5,'summary':'d'},{'id':7,'summary':'e'}]}");
	view = known(NULL);
	assert_int_equal(lapse_view_nthreads(view), 5);
	for (i = 0; i < 5; i++) {
		static const char *const wanted[] = { "bmo:5", "bmo:40", "bmo:300", "gnome:5", "gnome:7" };

		lapse_view_name(&source, &id, view, i, &arena);
		assert_string_equal(lapse_arena_printf(&arena, "%s:%s", source, id), wanted[i]);
	}
	assert_int_equal(lapse_view_find(&i, &post, view, "gnome:5"), 0);
	assert_int_equal(i, 3);
	assert_int_equal(post, -1);
	assert_int_equal(lapse_view_find(&i, &post, view, "300#12"), 0);
	assert_int_equal(i, 2);
	assert_int_equal(post, 12);
	assert_int_equal(lapse_view_find(&i, &post, view, "5"), LAPSE_EUSAGE);
	assert_string_equal(lapse_error(), "several sources have a thread '5'; write SOURCE:5");
	assert_int_equal(lapse_view_find(&i, &post, view, "bmo:7"), LAPSE_ENOTFOUND);
	assert_string_equal(lapse_error(), "no thread 'bmo:7' in the archive");
	for (size_t n = 0; n < sizeof(none) / sizeof(none[0]); n++) {
		assert_int_equal(lapse_view_find(&i, &post, view, none[n]), LAPSE_EUSAGE);
		assert_string_equal(lapse_error(), lapse_arena_printf(&arena, "not a thread's name: '%s' (SOURCE:ID, such as bmo:1888882)", none[n]));
	}
	lapse_view_free(view);
}

#define WHOLE(id) "{'id':" #id ",'summary':'x','status':'NEW','creation_time':'2024-01-01T00:00:00Z','comments':[" \
	"{'count':0,'creation_time':'2024-01-01T00:00:00Z','author':'a@x.example'}],'history':[]}"

static void
what_is_said_to_be_unchanged_is_covered_and_not_read(void **state)
{
	static const struct { const char *name, *known, *covered, *hidden; } rows[] = {
		{ "bmo:5", NULL, "2024-02-05T00:00:00Z", "-" },
		{ "bmo:6", NULL, "2024-02-02T00:00:00Z", "2024-02-03T00:00:00Z" },
		{ "bmo:7", NULL, "2024-02-05T00:00:00Z", "-" },
		{ "bmo:5", "2024-02-04T00:00:00Z", "2024-02-04T00:00:00Z", "-" },
		{ "bmo:7", "2024-02-04T00:00:00Z", "2024-02-03T00:00:00Z", "-" },
		{ "bmo:6", "2024-02-02T00:00:00Z", "2024-02-02T00:00:00Z", "-" },
		{ "bmo:7", "2024-02-01T00:00:00Z", "2024-02-01T00:00:00Z", "-" },
	};
	struct lapse_instant *reads;
	struct lapse_thread thread;
	struct lapse_view *view;

	(void)state;
	capture_asked(&(struct network){ "2024-02-01T00:00:00Z", "{'bugs':[" WHOLE(5) "," WHOLE(6) "," WHOLE(7) "]}", false, 0, 0, 0 });
	capture_asked(&(struct network){ "2024-02-02T00:00:00Z", NULL, true, 0, 0, 0 });
	capture_asked(&(struct network){ "2024-02-03T00:00:00Z", "{'bugs':[" WHOLE(7) "]}", true, 6, 0, 6 });
	capture_asked(&(struct network){ "2024-02-04T00:00:00Z", NULL, true, 6, 7, 6 });
	capture_asked(&(struct network){ "2024-02-05T00:00:00Z", NULL, true, 6, 0, 6 });
	capture("bmo", "2024-02-06T00:00:00Z", "{'bugs':[" WHOLE(8) "]}");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		view = known(rows[i].known);
		assert_int_equal(look(&thread, view, rows[i].name, "2024-12-31T00:00:00Z"), 1);
		assert_time(thread.covered, rows[i].covered);
		assert_time(thread.at, rows[i].covered);
		assert_time(thread.hidden, rows[i].hidden);
		assert_true(thread.has_history);
		lapse_view_free(view);
	}
	view = known(NULL);
	lapse_view_reads(&reads, &arena, view);
	assert_time(reads[0], "2024-02-01T00:00:00Z");
	assert_time(reads[1], "2024-02-01T00:00:00Z");
	assert_time(reads[2], "2024-02-03T00:00:00Z");
	assert_time(reads[3], "2024-02-06T00:00:00Z");
	lapse_view_free(view);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_known_does_not_depend_on_the_moment),
		TEST(nothing_is_said_of_a_time_after_the_capture),
		TEST(known_is_a_time_or_a_commit),
		TEST(a_thread_is_not_there_before_it_was_made),
		TEST(a_thread_is_covered_as_far_as_both_its_fields_and_its_posts),
		TEST(what_is_said_to_be_unchanged_is_covered_and_not_read),
		TEST(what_was_never_listed_is_covered_by_nothing),
		TEST(a_history_counts_as_far_as_it_is_as_new_as_the_rest),
		TEST(a_post_once_seen_in_public_counts_for_good),
		TEST(a_post_once_seen_in_public_counts_in_whatever_form_it_is_kept),
		TEST(a_post_that_vanished_is_still_there),
		TEST(posts_are_ordered_by_time_then_number),
		TEST(a_thread_turns_as_far_as_the_moment),
		TEST(threads_are_found_by_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
