/*
 * Bugs that the archive has and the search has not, because they moved, were hidden, or came with saved files: they are
 * asked for by number, many in one list, so that what happens to them is seen as well. A list leaves out what is not visible.
 * As long as they are few, they are asked for at once, with what changed in the search: nothing waits for them.
 */
#include "asking.h"
#include "sync_run.h"

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/sorted.h"

#define TARGET_MAX 8192
#define REQUESTS_MAX 40		/* in one run: a server may refuse a list for one of its bugs, and then it is halved */

/* Bugs that are asked for in one list, ascending. */
struct group {
	struct sync *sync;
	const int64_t *ids;
	size_t n;
};

int
lapse_sync_follow_target(struct lapse_buf *out, const int64_t *ids, size_t n)
{
	int rc = lapse_asking_write(out, ids, n, sizeof(*ids));

	return rc < 0 ? rc : lapse_buf_puts(out, "&include_fields=id,last_change_time");
}

/* One that is there: is it as the archive has it? */
static int
take_visible(struct sync *s, const struct listed *bug)
{
	bool was_hidden = lapse_hidden_has(s->asked, bug->id);
	int same = s->has_before && !was_hidden ? lapse_sync_is_as_kept(s, bug) : 0;

	lapse_hidden_clear(s->asked, bug->id);
	if (same > 0)
		lapse_ids_add(&s->asked->followed, bug->id);
	else if (same == 0)
		lapse_sync_want(s, bug->id);
	return same < 0 ? same : 0;
}

/* One that is not there is asked for itself, which tells why, unless that is known. */
static int
take_list(const struct group *group, const json_t *answer)
{
	const json_t *bugs = json_object_get(answer, "bugs");
	struct sync *s = group->sync;
	bool *came = lapse_arena_alloc(&s->arena, group->n * sizeof(*came));
	int rc = json_is_array(bugs) ? 0 : lapse_fail(LAPSE_EFORMAT, "a list without \"bugs\"");

	for (size_t i = 0; i < group->n; i++)
		came[i] = false;
	for (size_t i = 0; rc == 0 && i < json_array_size(bugs); i++) {
		struct listed bug;
		size_t place;

		rc = lapse_sync_read_listed(&bug, json_array_get(bugs, i));
		place = rc == 0 ? lapse_sorted_place(group->ids, group->n, sizeof(*group->ids), bug.id) : group->n;
		if (place == group->n || group->ids[place] != bug.id || came[place])
			continue;
		came[place] = true;
		rc = take_visible(s, &bug);
	}
	for (size_t i = 0; rc == 0 && i < group->n; i++)
		if (!came[i] && !lapse_hidden_has(s->asked, group->ids[i]))
			lapse_sync_want(s, group->ids[i]);
	return rc;
}

static int ask_group(struct sync *s, const int64_t *ids, size_t n);

static int
take_refusal(const struct group *group, const struct sync_answer *got)
{
	struct sync *s = group->sync;
	size_t half = group->n / 2;
	int rc;

	if (!lapse_sync_is_of_a_bug(got))
		return lapse_sync_refused(got, "bug?id=");
	if (group->n == 1) {
		if (!lapse_hidden_has(s->asked, group->ids[0]))
			lapse_sync_want(s, group->ids[0]);
		return 0;
	}
	rc = ask_group(s, group->ids, half);
	return rc == 0 ? ask_group(s, group->ids + half, group->n - half) : rc;
}

static int
take_group(const struct lapse_answer *answer, void *payload)
{
	const struct group *group = payload;
	struct sync_answer got;
	int rc = lapse_sync_judge(&got, group->sync, answer);

	if (rc != 0)
		return rc;
	rc = got.json != NULL ? take_list(group, got.json) : take_refusal(group, &got);
	json_decref(got.json);
	return rc;
}

/* What is too much for one run stays as it was known. */
static int
ask_group(struct sync *s, const int64_t *ids, size_t n)
{
	struct group *group = lapse_arena_alloc(&s->arena, sizeof(*group));
	struct lapse_buf target;
	int rc;

	if (s->nfollowing++ >= REQUESTS_MAX)
		return 0;
	*group = (struct group){ s, ids, n };
	lapse_buf_init(&target, TARGET_MAX);
	rc = lapse_sync_follow_target(&target, ids, n);
	if (rc == 0)
		rc = lapse_http_get(s->http, target.data, NULL, take_group, group);
	lapse_buf_release(&target);
	return rc;
}

bool
lapse_sync_follows_early(const struct sync *s)
{
	return s->same_search && s->before.asked.outside.nitems <= SYNC_GROUP;
}

int
lapse_sync_follow_early(struct sync *s)
{
	const struct lapse_ids *outside = &s->before.asked.outside;

	if (!lapse_sync_follows_early(s) || outside->nitems == 0)
		return 0;
	return ask_group(s, outside->items, outside->nitems);
}

/* Those that have left the search since the capture before are wanted whole already. */
static void
choose(struct lapse_ids *out, const struct sync *s)
{
	const struct lapse_ids *outside = &s->asked->outside;

	if (lapse_sync_follows_early(s) || (s->same_search && !s->has_list))
		return;
	for (size_t i = 0; i < outside->nitems; i++)
		if (!s->same_search || lapse_ids_has(&s->before.asked.outside, outside->items[i]))
			lapse_ids_add(out, outside->items[i]);
}

/* One that was asked for before it was known to be back in the search is not followed any more. */
static void
settle_followed(struct sync *s)
{
	struct lapse_ids *followed = &s->asked->followed;
	size_t kept = 0;

	lapse_ids_sort(followed);
	for (size_t i = 0; i < followed->nitems; i++)
		if (lapse_ids_has(&s->asked->outside, followed->items[i]))
			followed->items[kept++] = followed->items[i];
	followed->nitems = kept;
}

int
lapse_sync_follow(struct sync *s)
{
	struct lapse_ids ids;
	int rc = 0;

	lapse_ids_init(&ids);
	choose(&ids, s);
	for (size_t i = 0; rc == 0 && i < ids.nitems; i += SYNC_GROUP)
		rc = ask_group(s, ids.items + i, ids.nitems - i < SYNC_GROUP ? ids.nitems - i : SYNC_GROUP);
	if (rc == 0 && ids.nitems > 0)
		rc = lapse_http_run(s->http);
	settle_followed(s);
	lapse_ids_release(&ids);
	return rc;
}
