/*
 * Random lives of a bug, captured at random moments, and replayed: what the replay says stood at any moment, as
 * known at any other, is what really stood; whether the index of events grew capture by capture, was made at once, or is
 * damaged. Histories are written as Bugzilla writes them: one account's changes of one field in one second are one
 * change, joined; and they forget.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/layout.h"
#include "lapse/replay.h"
#include "lapse/settings.h"
#include "lapse/source.h"
#include "lapse/store.h"
#include "test_store.h"

#define MAX_EVENTS 60
#define MAX_CAPTURES 8
#define START INT64_C(1704067200)	/* 2024-01-01T00:00:00Z */
#define SPAN 60				/* seconds of a life: few, so that everything meets */

enum field { STATUS, WHITEBOARD, SUMMARY, NFIELDS };
static const char *const field_names[NFIELDS] = { "status", "whiteboard", "summary" };
static const char *const values[NFIELDS][5] = {
	{ "NEW", "ASSIGNED", "RESOLVED", "REOPENED", "VERIFIED" },
	{ "", "[x]", "[x] Next update 2024-02-03", "Next update 2024-03-04", "[x] [y]" },
	{ "CA: a", "CA: b", "CA: a b", "Other: a", "a" },
};

/* One thing done: a field changed, or a post (field NFIELDS), which a later event may hide. */
struct event {
	int64_t at;
	int who;
	enum field field;
	const char *from, *to;
	int64_t hidden;		/* of a post: when it was, else INT64_MAX */
};

struct capture {
	int64_t at;
	bool has_bug;
};

struct life {
	struct event events[MAX_EVENTS];
	size_t nevents;
	struct capture captures[MAX_CAPTURES];
	size_t ncaptures;
	int nchanges;			/* items of the full history */
	bool forgets[MAX_EVENTS];	/* an item that captures after the first to list it leave out */
};

static uint64_t dice;

static uint64_t
roll(uint64_t n)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (dice >> 33) % n;
}

/* ---- a life ---- */

static void
live(struct life *life)
{
	const char *now[NFIELDS] = { values[STATUS][0], values[WHITEBOARD][roll(5)], values[SUMMARY][0] };
	int64_t t = START;

	*life = (struct life){ .nevents = 0 };
	life->events[life->nevents++] = (struct event){ t, 0, NFIELDS, NULL, NULL, INT64_MAX };
	while (life->nevents < MAX_EVENTS && t < START + SPAN) {
		struct event *e = &life->events[life->nevents];
		uint64_t step = roll(4);

		/* Within a second accounts take turns once: the first, then the second. */
		e->who = step > 0 ? (int)roll(2) : e[-1].who | (int)roll(2);
		t += (int64_t)step;
		e->at = t;
		e->hidden = INT64_MAX;
		e->field = (enum field)roll(NFIELDS + 1);
		if (e->field < NFIELDS) {
			e->from = now[e->field];
			e->to = values[e->field][roll(5)];
			if (strcmp(e->from, e->to) == 0)
				continue;
			now[e->field] = e->to;
		} else if (roll(3) == 0) {
			e->hidden = t + 1 + (int64_t)roll(SPAN);
		}
		life->forgets[life->nevents] = roll(6) == 0;
		life->nevents++;
	}
	for (int64_t at = START + (int64_t)roll(20); at < START + SPAN + 20 && life->ncaptures < MAX_CAPTURES; at += 1 + (int64_t)roll(20))
		life->captures[life->ncaptures++] = (struct capture){ at, roll(5) > 0 };
}

/* What a field was after all that a second brought. */
static const char *
truth(const struct life *life, enum field field, int64_t at)
{
	const char *value = NULL;

	for (size_t i = 0; i < life->nevents; i++) {
		const struct event *e = &life->events[i];

		if (e->field == field && (value == NULL || e->at <= at))
			value = e->at <= at ? e->to : e->from;
	}
	return value;
}

/* ---- as Bugzilla tells it ---- */

static const char *
iso(int64_t t)
{
	static char texts[4][LAPSE_TIME_LEN + 1];
	static int next;

	next = (next + 1) % 4;
	return lapse_time_format(texts[next], (struct lapse_instant){ t });
}

static const char *
never_changed(enum field field)
{
	return field == STATUS ? "NEW" : field == SUMMARY ? "CA: a" : "";
}

static void
join(char *joined, const char *value)
{
	if (*joined != '\0' && *value != '\0')
		strcat(joined, " ");
	strcat(joined, value);
}

/* The change that event `i` begins, joined with those of its second, account and field; false when it is one's continuation. */
static bool
change_of(char *removed, char *added, const struct life *life, size_t i)
{
	const struct event *e = &life->events[i];

	*removed = *added = '\0';
	for (size_t k = 0; k < life->nevents; k++) {
		const struct event *o = &life->events[k];

		if (o->at != e->at || o->who != e->who || o->field != e->field)
			continue;
		if (k < i)
			return false;
		join(removed, o->from);
		join(added, o->to);
	}
	return true;
}

/* Was event i's change listed by an earlier capture? Then this one may forget it. */
static bool
was_listed(const struct life *life, size_t i, size_t capture)
{
	for (size_t c = 0; c < capture; c++)
		if (life->captures[c].has_bug && life->captures[c].at >= life->events[i].at)
			return true;
	return false;
}

static void
tell(struct lapse_buf *out, const struct life *life, size_t c)
{
	const struct capture *capture = &life->captures[c];
	char removed[2048], added[2048];
	const char *value, *comma = "";
	int number = 0;

	lapse_buf_printf(out, "{\"bugs\":[{\"id\":7,\"creation_time\":\"%s\"", iso(START));
	for (int f = 0; f < NFIELDS; f++) {
		value = truth(life, (enum field)f, capture->at);
		lapse_buf_printf(out, ",\"%s\":\"%s\"", field_names[f], value != NULL ? value : never_changed((enum field)f));
	}
	lapse_buf_puts(out, ",\"comments\":[");
	for (size_t i = 0; i < life->nevents; i++) {
		const struct event *e = &life->events[i];

		if (e->field != NFIELDS || e->at > capture->at)
			continue;
		if (e->hidden > capture->at) {
			lapse_buf_printf(out, "%s{\"count\":%d,\"creation_time\":\"%s\",\"author\":\"a%d@x.example\",\"text\":\"t\"}",
			    comma, number, iso(e->at), e->who);
			comma = ",";
		}
		number++;
	}
	lapse_buf_puts(out, "],\"history\":[");
	comma = "";
	for (size_t i = 0; i < life->nevents; i++) {
		const struct event *e = &life->events[i];

		if (e->field == NFIELDS || e->at > capture->at || !change_of(removed, added, life, i) ||
		    (life->forgets[i] && was_listed(life, i, c)))
			continue;
		lapse_buf_printf(out, "%s{\"when\":\"%s\",\"who\":\"a%d@x.example\",\"changes\":[{\"field_name\":\"%s\","
		    "\"removed\":\"%s\",\"added\":\"%s\"}]}", comma, iso(e->at), e->who, field_names[e->field], removed, added);
		comma = ",";
	}
	lapse_buf_puts(out, "]}]}");
}

static void
import(struct lapse_store *store, const struct life *life, size_t c)
{
	static const char *const files[] = { "bug.json" };
	struct lapse_import_options options = { .source = "bmo", .time = { life->captures[c].at }, .stated = true };
	struct lapse_import_result result;
	struct lapse_buf answer;
	char *paths[1] = { (char *)files[0] };
	FILE *file = fopen(files[0], "w");

	lapse_buf_init(&answer, LAPSE_BUF_DOCUMENT);
	if (life->captures[c].has_bug)
		tell(&answer, life, c);
	else	/* the bug is not visible: another one is */
		lapse_buf_puts(&answer, "{\"bugs\":[{\"id\":8,\"summary\":\"x\",\"comments\":[]}]}");
	assert_non_null(file);
	assert_int_equal(fwrite(answer.data, 1, answer.len, file), answer.len);
	assert_int_equal(fclose(file), 0);
	lapse_buf_release(&answer);
	if (lapse_import_bugzilla(&result, store, paths, 1, &options) < 0)
		fail_msg("%s", lapse_error());
	lapse_import_result_release(&result);
}

/* ---- what the replay says ---- */

static int
look(struct lapse_thread *out, struct lapse_arena *arena, struct lapse_view *view, int64_t at)
{
	int64_t post;
	size_t i;

	if (lapse_view_find(&i, &post, view, "7") < 0)
		return 0;
	return lapse_view_load(out, arena, view, i, (struct lapse_instant){ at }, false);
}

static bool
is_open(const struct lapse_thread *thread, int64_t at)
{
	bool open = thread->starts_open;

	for (size_t i = 0; i < thread->nturns && thread->turns[i].at.sec <= at; i++)
		open = thread->turns[i].open;
	return open;
}

static void
check_field(const struct life *life, enum field field, const char *found, int64_t at)
{
	const char *wanted = truth(life, field, at);

	if (wanted == NULL)
		wanted = never_changed(field);
	if (found == NULL || strcmp(found, wanted) != 0)
		fail_msg("%s at %" PRId64 ": '%s', not '%s'", field_names[field], at - START, found != NULL ? found : "none", wanted);
}

/* The posts that a capture by `known` showed, up to the moment. */
static size_t
count_posts(const struct life *life, int64_t at, int64_t known)
{
	size_t n = 0;

	for (size_t i = 0; i < life->nevents; i++) {
		const struct event *e = &life->events[i];
		bool seen = false;

		for (size_t c = 0; c < life->ncaptures && life->captures[c].at <= known; c++)
			seen |= life->captures[c].has_bug && life->captures[c].at >= e->at && life->captures[c].at < e->hidden;
		n += e->field == NFIELDS && e->at <= at && seen;
	}
	return n;
}

/* The newest capture by `known` that has the bug. */
static int64_t
last_capture(const struct life *life, int64_t known)
{
	int64_t last = INT64_MIN;

	for (size_t c = 0; c < life->ncaptures && life->captures[c].at <= known; c++)
		if (life->captures[c].has_bug)
			last = life->captures[c].at;
	return last;
}

static void
check_life(const struct life *life, struct lapse_store *store)
{
	struct lapse_arena arena;

	lapse_arena_init(&arena);
	for (int k = 0; k < 6; k++) {
		int64_t known = START + (int64_t)roll(SPAN + 25), last = last_capture(life, known);
		struct lapse_known by = { .by = { known } };
		struct lapse_thread thread;
		struct lapse_view *view;

		if (lapse_view_open(&view, store, &by, NULL) < 0)
			fail_msg("%s", lapse_error());
		for (int n = 0; n < 10; n++) {
			int64_t at = START + (int64_t)roll(SPAN + 25), x;

			lapse_arena_reset(&arena);
			assert_int_equal(look(&thread, &arena, view, at), last != INT64_MIN);
			if (last == INT64_MIN)
				continue;
			assert_int_equal(thread.at.sec, at < last ? at : last);
			assert_true(thread.has_history);
			check_field(life, STATUS, thread.status, thread.at.sec);
			check_field(life, WHITEBOARD, thread.whiteboard, thread.at.sec);
			check_field(life, SUMMARY, thread.summary, thread.at.sec);
			assert_int_equal(thread.nposts, count_posts(life, thread.at.sec, known));
			x = START + (int64_t)roll((uint64_t)(thread.at.sec - START) + 1);
			if (truth(life, STATUS, x) != NULL)
				assert_int_equal(is_open(&thread, x), !lapse_status_is_closed(truth(life, STATUS, x)));
			for (size_t i = 0; i < thread.whiteboards.nsteps; i++)
				assert_true(thread.whiteboards.steps[i].exact);
		}
		lapse_view_free(view);
	}
	lapse_arena_release(&arena);
}

/* Everything that can be loaded, as text: at every second, as known at every capture. */
static void
dump(struct lapse_buf *out, const struct life *life, struct lapse_store *store)
{
	struct lapse_arena arena;

	lapse_arena_init(&arena);
	for (size_t c = 0; c < life->ncaptures; c++) {
		struct lapse_known by = { .by = { life->captures[c].at } };
		struct lapse_view *view;
		struct lapse_thread t;
		char path[LAPSE_PATH_MAX];

		if (lapse_view_open(&view, store, &by, NULL) < 0)
			fail_msg("%s", lapse_error());
		for (int64_t at = START; at < START + SPAN + 20; at += 7) {
			lapse_arena_reset(&arena);
			if (look(&t, &arena, view, at) <= 0)
				continue;
			lapse_buf_printf(out, "%zu %" PRId64 " %s|%s|%s|%zu|%zu|%s\n", c, at, t.status, t.whiteboard, t.summary,
			    t.nposts, t.nturns, t.capture);
			for (size_t i = 0; i < t.nchanges; i++)
				lapse_buf_printf(out, " %s %s %s %s\n", t.changes[i].who, t.changes[i].field, t.changes[i].removed, t.changes[i].added);
			for (size_t i = 0; i < t.nposts; i++)
				lapse_buf_printf(out, " %s %s\n", lapse_post_path(path, &t, &t.posts[i]), t.posts[i].author);
		}
		lapse_view_free(view);
	}
	lapse_buf_putc(out, '\n');
	lapse_arena_release(&arena);
}

/* ---- harm ---- */

/* Write over, cut, empty or replace one of the index's files. */
static void
harm_index(void)
{
	static const char *const ways[] = {
		"dd if=/dev/urandom of=\"$f\" bs=1 count=3 seek=$((n % s)) conv=notrunc 2>/dev/null",
		"head -c $((n % s)) \"$f\" >x && mv x \"$f\"",
		"head -c $((n % 300)) /dev/urandom >\"$f\"",
		"head -c $((n % 300)) /dev/urandom >>\"$f\"",
		"cp \"$(ls cache/lapse/index-4/* | head -n 1)\" \"$f\" 2>/dev/null",
		"rm \"$f\"; mkdir \"$f\"",
		"chmod 666 \"$f\"",
	};

	sh("n=%u; for f in $(ls -d cache/lapse/index-4/* | tail -n $((1 + n %% 2))); do [ -f \"$f\" ] || continue; "
	    "s=$(($(wc -c <\"$f\") + 0)); %s; done; true", (unsigned)roll(1 << 20),
	    ways[roll(sizeof(ways) / sizeof(ways[0]))]);
}

/* The one file of an index that was made at once. */
static char *
index_file(void)
{
	static char path[256];

	snprintf(path, sizeof(path), "cache/lapse/index-4/%.40s", output("ls cache/lapse/index-4"));
	return path;
}

static void
write_file(const char *path, const unsigned char *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* ---- tests ---- */

static int
set_up(void **state)
{
	int rc = enter_scratch(state);
	char cache[300];

	snprintf(cache, sizeof(cache), "%s/cache", (char *)*state);
	setenv("XDG_CACHE_HOME", cache, 1);
	return rc;
}

static struct lapse_store *
new_archive(void)
{
	struct lapse_store *store;

	sh("rm -rf a cache; mkdir cache");
	assert_int_equal(lapse_archive_init("a"), 0);
	assert_int_equal(lapse_store_open(&store, "a"), 0);
	return store;
}

static void
what_stood_at_any_moment_is_what_the_replay_says(void **state)
{
	(void)state;
	for (int n = 0; n < 25; n++) {
		struct lapse_store *store = new_archive();
		struct life life;

		dice = 1000 + (uint64_t)n;
		live(&life);
		for (size_t c = 0; c < life.ncaptures; c++) {
			import(store, &life, c);
			if (roll(2) == 0) {	/* as known so far: later captures are not there yet */
				struct life so_far = life;

				so_far.ncaptures = c + 1;
				check_life(&so_far, store);
			}
		}
		check_life(&life, store);
		lapse_store_free(store);
	}
}

static void
the_index_is_the_same_however_it_came_about(void **state)
{
	struct lapse_buf grown, anew, nowhere;

	(void)state;
	lapse_buf_init(&grown, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&anew, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&nowhere, LAPSE_BUF_DOCUMENT);
	for (int n = 0; n < 8; n++) {
		struct lapse_store *store = new_archive();
		struct life life;

		dice = 2000 + (uint64_t)n;
		live(&life);
		for (size_t c = 0; c < life.ncaptures; c++) {
			import(store, &life, c);
			lapse_buf_reset(&grown);
			dump(&grown, &life, store);
		}
		sh("rm -rf cache");
		lapse_buf_reset(&anew);
		dump(&anew, &life, store);
		assert_string_equal(grown.data, anew.data);
		sh("rm -rf cache; : >cache");	/* no folder can be made there */
		lapse_buf_reset(&nowhere);
		dump(&nowhere, &life, store);
		assert_string_equal(grown.data, nowhere.data);
		sh("rm cache");
		lapse_store_free(store);
	}
	lapse_buf_release(&grown);
	lapse_buf_release(&anew);
	lapse_buf_release(&nowhere);
}

static void
a_damaged_index_gives_the_right_answer(void **state)
{
	struct lapse_buf right, found;

	(void)state;
	lapse_buf_init(&right, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&found, LAPSE_BUF_DOCUMENT);
	for (int n = 0; n < 3; n++) {
		struct lapse_store *store = new_archive();
		struct life life;

		dice = 3000 + (uint64_t)n;
		live(&life);
		for (size_t c = 0; c < life.ncaptures; c++)
			import(store, &life, c);
		lapse_buf_reset(&right);
		dump(&right, &life, store);
		for (int h = 0; h < 20; h++) {
			harm_index();
			lapse_buf_reset(&found);
			dump(&found, &life, store);
			assert_string_equal(found.data, right.data);
		}
		lapse_store_free(store);
	}
	lapse_buf_release(&right);
	lapse_buf_release(&found);
}

static void
every_byte_of_the_index_counts(void **state)
{
	struct lapse_store *store = new_archive();
	struct lapse_buf right, found, file;
	const char *path;
	struct life life;

	(void)state;
	lapse_buf_init(&right, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&found, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&file, LAPSE_BUF_DOCUMENT);
	dice = 4000;
	live(&life);
	life.nevents = 12;
	life.ncaptures = 2;
	import(store, &life, 0);
	import(store, &life, 1);
	dump(&right, &life, store);
	assert_int_equal(lapse_file_read(&file, index_file()), 0);
	umask(022);
	path = index_file();
	for (size_t i = 0; i < file.len; i++) {
		char whole = file.data[i];

		file.data[i] = (char)(whole ^ (1 << roll(8)));
		write_file(path, (unsigned char *)file.data, file.len);
		file.data[i] = whole;
		lapse_buf_reset(&found);
		dump(&found, &life, store);
		if (strcmp(found.data, right.data) != 0)
			fail_msg("byte %zu of %zu", i, file.len);
	}
	lapse_store_free(store);
	lapse_buf_release(&right);
	lapse_buf_release(&found);
	lapse_buf_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_stood_at_any_moment_is_what_the_replay_says, set_up, leave_scratch),
		cmocka_unit_test_setup_teardown(the_index_is_the_same_however_it_came_about, set_up, leave_scratch),
		cmocka_unit_test_setup_teardown(a_damaged_index_gives_the_right_answer, set_up, leave_scratch),
		cmocka_unit_test_setup_teardown(every_byte_of_the_index_counts, set_up, leave_scratch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
