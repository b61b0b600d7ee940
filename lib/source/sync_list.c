/*
 * What the search holds, and what of it is to be fetched. Lists go by number, never by offset: bugs that come and go
 * meanwhile shift nothing. A short page is no end, since servers lower limits silently; an empty one is, or the count.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sync_run.h"

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/sorted.h"

#define TARGET_MAX 8192

/* Beyond so many pages of a list, each holds so many bugs at the least. */
#define PAGES_MIN 100
#define PAGE_LEAST 20

/* ---- targets ---- */

int
lapse_sync_page_target(struct lapse_buf *out, const struct sync *s, struct lapse_instant since, int64_t after)
{
	int chart = lapse_address_free_chart(&s->address);
	char time[LAPSE_TIME_LEN + 1];
	int rc = lapse_buf_printf(out, "bug?%s&include_fields=id,last_change_time&order=bug_id&limit=%d", s->query, SYNC_PAGE);

	if (rc == 0 && lapse_time_is_set(since))
		rc = lapse_buf_printf(out, "&last_change_time=%s", lapse_time_format(time, since));
	if (rc == 0 && after >= 0)
		rc = lapse_buf_printf(out, "&f%d=bug_id&o%d=greaterthan&v%d=%" PRId64, chart, chart, chart, after);
	return rc;
}

int
lapse_sync_count_target(struct lapse_buf *out, const struct sync *s)
{
	return lapse_buf_printf(out, "bug?%s&count_only=1", s->query);
}

struct lapse_instant
lapse_sync_since(const struct sync *s)
{
	struct lapse_instant since = s->before.asked.server_time;

	/* A server whose clock is ahead, or that told a wrong time once, would hide what changes until then. */
	if (since.sec > s->before.time.sec)
		since = s->before.time;
	return lapse_time_add(since, (struct lapse_span){ -SYNC_OVERLAP });
}

/* ---- answers ---- */

static int
take_count(int64_t *out, const json_t *answer)
{
	if (lapse_json_int(out, json_object_get(answer, "bug_count")) && *out >= 0)
		return 0;
	return lapse_fail(LAPSE_EFORMAT, "the server does not count bugs: an answer without \"bug_count\"");
}

static int
take_time(struct sync *s, const json_t *answer)
{
	const char *text = lapse_json_text(answer, "db_time");
	struct lapse_instant now;
	int rc = lapse_time_now(&now);

	if (rc == 0 && (text == NULL || lapse_time_parse(&s->asked->server_time, text) < 0))
		rc = lapse_fail(LAPSE_EFORMAT, "the server does not tell its time: an answer without a usable \"db_time\"");
	if (rc < 0)
		return rc;
	s->result->skew = s->asked->server_time.sec - now.sec;
	/* What counts is its time when it was first asked; a second may have been rounded off. */
	s->asked->server_time.sec -= lapse_sync_clock() - s->first_asked + 1;
	return 0;
}

/* A growing list of bugs, by number. */
struct bugs {
	struct listed *items;
	size_t nitems, cap;
};

int
lapse_sync_read_listed(struct listed *out, const json_t *bug)
{
	const char *changed = lapse_json_text(bug, "last_change_time");

	*out = (struct listed){ .changed = LAPSE_NEVER };
	if (!lapse_json_int(&out->id, json_object_get(bug, "id")) || out->id <= 0)
		return lapse_fail(LAPSE_EFORMAT, "a list with a bug without a usable \"id\"");
	if (changed != NULL && lapse_time_parse(&out->changed, changed) < 0)
		out->changed = LAPSE_NEVER;
	return 0;
}

static int
take_bug(struct bugs *bugs, const json_t *bug)
{
	struct listed item;
	int rc = lapse_sync_read_listed(&item, bug);

	if (rc < 0)
		return rc;
	if (bugs->nitems > 0 && item.id <= bugs->items[bugs->nitems - 1].id)
		return lapse_fail(LAPSE_EFORMAT, "the server does not list bugs by number: bug %" PRId64 " came after %" PRId64,
		    item.id, bugs->items[bugs->nitems - 1].id);
	bugs->items = lapse_grow(bugs->items, bugs->nitems, &bugs->cap, sizeof(*bugs->items));
	bugs->items[bugs->nitems++] = item;
	return 0;
}

/* Add a page: how many bugs it held. */
static int
take_page(size_t *n, struct bugs *bugs, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "bugs");
	int rc = 0;

	if (!json_is_array(list))
		return lapse_fail(LAPSE_EFORMAT, "a list without \"bugs\"");
	*n = json_array_size(list);
	for (size_t i = 0; rc == 0 && i < *n; i++)
		rc = take_bug(bugs, json_array_get(list, i));
	return rc;
}

/* ---- paging ---- */

static int
ask_page(json_t **out, struct sync *s, struct lapse_instant since, int64_t after)
{
	struct lapse_buf target;
	int rc;

	lapse_buf_init(&target, TARGET_MAX);
	rc = lapse_sync_page_target(&target, s, since, after);
	if (rc == 0)
		rc = lapse_sync_ask(out, s, &target, 1);
	lapse_buf_release(&target);
	return rc;
}

/* Pages after what there is, until as many are there as the server counts (-1: not known), or an empty one comes. */
static int
ask_pages(struct bugs *bugs, struct sync *s, struct lapse_instant since, int64_t total)
{
	size_t n = 1, npages = 0;
	int rc = 0;

	while (rc == 0 && n > 0 && (total < 0 || bugs->nitems < (size_t)total)) {
		json_t *answer = NULL;

		rc = ask_page(&answer, s, since, bugs->nitems > 0 ? bugs->items[bugs->nitems - 1].id : -1);
		if (rc == 0)
			rc = take_page(&n, bugs, answer);
		json_decref(answer);
		s->asked->pages++;
		if (rc == 0 && ++npages > PAGES_MIN && bugs->nitems < npages * PAGE_LEAST)
			rc = lapse_fail(LAPSE_EAGAIN, "the server lists bugs one by one, and so without an end");
	}
	return rc;
}

static int
ask_one(json_t **out, struct sync *s, const char *text)
{
	struct lapse_buf target;
	int rc;

	lapse_buf_init(&target, TARGET_MAX);
	rc = lapse_buf_puts(&target, text);
	if (rc == 0)
		rc = lapse_sync_ask(out, s, &target, 1);
	lapse_buf_release(&target);
	return rc;
}

static int
ask_time(struct sync *s)
{
	json_t *answer = NULL;
	int rc = ask_one(&answer, s, "time");

	if (rc == 0)
		rc = take_time(s, answer);
	json_decref(answer);
	return rc;
}

static int
ask_count(struct sync *s)
{
	struct lapse_buf target;
	json_t *answer = NULL;
	int rc;

	lapse_buf_init(&target, TARGET_MAX);
	rc = lapse_sync_count_target(&target, s);
	if (rc == 0)
		rc = lapse_sync_ask(&answer, s, &target, 1);
	if (rc == 0)
		rc = take_count(&s->asked->total, answer);
	json_decref(answer);
	lapse_buf_release(&target);
	return rc;
}

/* All bugs of the search. */
static int
list_all(struct sync *s)
{
	struct bugs bugs = { .items = NULL };
	int rc = ask_pages(&bugs, s, LAPSE_NEVER, s->asked->total);

	s->list = bugs.items;
	s->nlist = bugs.nitems;
	s->has_list = rc == 0;
	s->result->listed = bugs.nitems;
	s->asked->listed = s->run.capture->time;
	return rc;
}

/* What changed since the capture before, and, in the same breath, how many bugs there are. */
static int
ask_changed(struct bugs *bugs, struct sync *s)
{
	struct lapse_buf targets[2];
	json_t *answers[2] = { NULL, NULL };
	size_t n = 0;
	int rc;

	lapse_buf_init(&targets[0], TARGET_MAX);
	lapse_buf_init(&targets[1], TARGET_MAX);
	rc = lapse_sync_page_target(&targets[0], s, lapse_sync_since(s), -1);
	if (rc == 0)
		rc = lapse_sync_count_target(&targets[1], s);
	if (rc == 0)
		rc = lapse_sync_ask(answers, s, targets, 2);
	if (rc == 0)
		rc = take_page(&n, bugs, answers[0]);
	if (rc == 0)
		rc = take_count(&s->asked->total, answers[1]);
	s->asked->pages++;
	for (size_t i = 0; i < 2; i++) {
		json_decref(answers[i]);
		lapse_buf_release(&targets[i]);
	}
	return rc == 0 && n > 0 ? ask_pages(bugs, s, lapse_sync_since(s), -1) : rc;
}

/* ---- what follows from a whole list ---- */

static bool
is_listed(const struct sync *s, int64_t id)
{
	size_t place = lapse_sorted_place(s->list, s->nlist, sizeof(*s->list), id);

	return place < s->nlist && s->list[place].id == id;
}

/* Threads of the archive that the search does not have; one that it had before is wanted whole. */
static int
compare_outside(struct sync *s, const struct lapse_ids *threads)
{
	struct lapse_ids outside;

	lapse_ids_init(&outside);
	for (size_t i = 0; i < threads->nitems; i++) {
		int64_t id = threads->items[i];

		if (is_listed(s, id))
			continue;
		lapse_ids_add(&outside, id);
		if (s->same_search && !lapse_ids_has(&s->asked->outside, id))
			lapse_sync_want(s, id);
	}
	lapse_ids_release(&s->asked->outside);
	s->asked->outside = outside;
	return 0;
}

int
lapse_sync_is_as_kept(struct sync *s, const struct listed *bug)
{
	struct lapse_instant kept;
	int rc = lapse_sync_changed_time(&kept, s, bug->id);

	return rc < 0 ? rc : lapse_time_is_set(kept) && lapse_time_is_set(bug->changed) && kept.sec == bug->changed.sec;
}

static int
compare_listed(struct sync *s, const struct lapse_ids *threads, const struct lapse_ids *were_outside)
{
	int same = 1;

	for (size_t i = 0; same >= 0 && i < s->nlist; i++) {
		int64_t id = s->list[i].id;

		if (s->has_before && lapse_ids_has(threads, id) && !lapse_ids_has(were_outside, id))
			same = lapse_sync_is_as_kept(s, &s->list[i]);
		else
			same = 0;
		if (same == 0)
			lapse_sync_want(s, id);
		lapse_hidden_clear(s->asked, id);
	}
	return same < 0 ? same : 0;
}

static int
compare_list(struct sync *s)
{
	struct lapse_ids threads, were_outside;
	int rc;

	lapse_ids_init(&threads);
	lapse_ids_init(&were_outside);
	for (size_t i = 0; i < s->asked->outside.nitems; i++)
		lapse_ids_add(&were_outside, s->asked->outside.items[i]);
	rc = lapse_sync_threads(&threads, s);
	if (rc == 0)
		rc = compare_listed(s, &threads, &were_outside);
	if (rc == 0)
		rc = compare_outside(s, &threads);
	lapse_ids_release(&threads);
	lapse_ids_release(&were_outside);
	return rc;
}

/* ---- looking ---- */

/* What the capture before knew holds until something else is seen. */
static void
carry_over(struct sync *s)
{
	const struct lapse_asked *before = &s->before.asked;
	struct lapse_asked *asked = s->asked;

	asked->server_time = before->server_time;
	asked->listed = before->listed;
	for (size_t i = 0; i < before->outside.nitems; i++)
		lapse_ids_add(&asked->outside, before->outside.items[i]);
	for (size_t i = 0; i < before->nhidden; i++)
		lapse_hidden_set(asked, before->hidden[i].id, before->hidden[i].code);
	for (size_t i = 0; i < before->due.nitems; i++)
		lapse_sync_want(s, before->due.items[i]);
}

/* All of the search. What is known of its bugs, from another search that the source had, tells what need not be fetched. */
static int
look_first(struct sync *s)
{
	int rc;

	if (s->has_before)
		carry_over(s);
	rc = ask_time(s);
	if (rc == 0)
		rc = ask_count(s);
	if (rc == 0)
		rc = list_all(s);
	if (rc == 0)
		rc = compare_list(s);
	if (rc == 0)
		s->asked->unchanged = s->has_before;
	return rc;
}

/* Take what changed: *nnew are those that the search did not have at the capture before. */
static int
take_changed(int64_t *nnew, struct sync *s, const struct bugs *bugs)
{
	int had = 1;

	*nnew = 0;
	for (size_t i = 0; had >= 0 && i < bugs->nitems; i++) {
		int64_t id = bugs->items[i].id;
		bool outside = lapse_ids_has(&s->asked->outside, id);

		had = outside ? 0 : lapse_sync_has_thread(s, id);
		if (had == 0 && !lapse_ids_has(&s->before.asked.due, id))
			++*nnew;
		if (outside)
			lapse_ids_drop(&s->asked->outside, id);
		lapse_hidden_clear(s->asked, id);
		lapse_sync_want(s, id);
	}
	return had < 0 ? had : 0;
}

static bool
is_list_due(const struct sync *s)
{
	return s->options->full || !lapse_time_is_set(s->asked->listed) ||
	    s->run.capture->time.sec - s->asked->listed.sec >= SYNC_DAY;
}

/*
 * With a change the search says so. What leaves it says nothing: but then there are not as many as there should
 * be, and all are listed, as they are once a day in any case.
 */
static int
look_again(struct sync *s)
{
	struct bugs changed = { .items = NULL };
	int64_t nnew = 0;
	int rc;

	carry_over(s);
	rc = lapse_sync_follow_early(s);
	if (rc == 0)
		rc = ask_changed(&changed, s);
	if (rc == 0)
		rc = take_changed(&nnew, s, &changed);
	if (rc == 0 && (is_list_due(s) || s->asked->total != s->before.asked.total + nnew)) {
		rc = list_all(s);
		if (rc == 0)
			rc = compare_list(s);
	}
	if (rc == 0 && changed.nitems > 0)
		rc = ask_time(s);
	if (rc == 0)
		s->asked->unchanged = true;
	free(changed.items);
	return rc;
}

int
lapse_sync_look(struct sync *s)
{
	int rc;

	s->first_asked = lapse_sync_clock();
	rc = s->same_search ? look_again(s) : look_first(s);
	if (rc == 0)
		rc = lapse_sync_follow(s);
	if (rc == 0)
		rc = lapse_sync_want_again(s);
	return rc < 0 ? rc : s->nwanted > 0;
}
