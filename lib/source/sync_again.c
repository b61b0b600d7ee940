/*
 * Bugs that are read again though nothing says that they changed: edits leave no mark. Where the server tells how often
 * comments were edited, that is asked for first. What is fetched is fetched in groups that come back as they were, so that the
 * ETag of a group's answer serves the next time.
 */
#include "edits.h"
#include "stands.h"
#include "sync_run.h"

#include "lapse/error.h"

#define TARGET_MAX 8192

/* ---- which ---- */

static void
want_again(struct sync *s, int64_t id)
{
	lapse_sync_want(s, id);
	s->wanted[s->nwanted - 1].again = true;
}

/* Those that the caller chose, as many as a run reads, but for what is hidden, and what is fetched in any case. */
static int
choose(struct lapse_ids *out, struct sync *s)
{
	struct lapse_ids ids, wanted;
	int rc;

	lapse_ids_init(&ids);
	lapse_ids_init(&wanted);
	for (size_t i = 0; i < s->nwanted; i++)
		lapse_ids_add(&wanted, s->wanted[i].id);
	lapse_ids_sort(&wanted);
	rc = s->options->recheck(&ids, s->options->recheck_payload);
	for (size_t i = 0; rc == 0 && i < ids.nitems && out->nitems < SYNC_AGAIN; i++) {
		if (lapse_hidden_has(s->asked, ids.items[i]))
			continue;
		s->asked->rechecked++;
		if (!lapse_ids_has(&wanted, ids.items[i]))
			lapse_ids_add(out, ids.items[i]);
	}
	lapse_ids_sort(out);
	lapse_ids_release(&ids);
	lapse_ids_release(&wanted);
	return rc;
}

/* ---- edit counts ---- */

/* Ask for the edit counts of some bugs: 1, or 0 when they are not told. Adds those that are as they are kept to `same`. */
static int
ask_edits(struct lapse_ids *same, struct sync *s, const int64_t *ids, size_t n)
{
	struct lapse_buf target;
	json_t *answer = NULL;
	int rc, told = 0;

	lapse_buf_init(&target, TARGET_MAX);
	rc = lapse_edits_target(&target, ids, n);
	if (rc == 0)
		rc = lapse_sync_ask(&answer, s, &target, 1);
	if (rc == 0)
		told = lapse_edits_are_told(answer);
	if (rc == 0)
		rc = lapse_edits_compare(same, s->store, &s->tree, s->options->source, answer);
	json_decref(answer);
	lapse_buf_release(&target);
	return rc < 0 ? rc : told;
}

/* Take out of `ids` what need not be fetched: their comments are covered by this run. Nobody is told without a key. */
static int
drop_unedited(struct lapse_ids *ids, struct sync *s)
{
	struct lapse_ids same;
	size_t kept = 0;
	int told = s->asked->authenticated;

	lapse_ids_init(&same);
	for (size_t i = 0; told > 0 && i < ids->nitems; i += SYNC_EDITS)
		told = ask_edits(&same, s, ids->items + i, ids->nitems - i < SYNC_EDITS ? ids->nitems - i : SYNC_EDITS);
	lapse_ids_sort(&same);
	for (size_t i = 0; told >= 0 && i < ids->nitems; i++) {
		if (!lapse_ids_has(&same, ids->items[i])) {
			ids->items[kept++] = ids->items[i];
			continue;
		}
		lapse_ids_add(&s->run.capture->scope[LAPSE_PART_COMMENTS], ids->items[i]);
		s->asked->by_edits++;
	}
	if (told >= 0)
		ids->nitems = kept;
	lapse_ids_release(&same);
	return told < 0 ? told : 0;
}

int
lapse_sync_want_again(struct sync *s)
{
	struct lapse_ids ids;
	int rc;

	if (s->options->recheck == NULL || !s->has_before ||
	    (!s->options->recheck_now && s->run.capture->time.sec - s->before.time.sec < SYNC_HOUR))
		return 0;
	lapse_ids_init(&ids);
	rc = choose(&ids, s);
	if (rc == 0)
		rc = drop_unedited(&ids, s);
	for (size_t i = 0; rc == 0 && i < ids.nitems; i++)
		want_again(s, ids.items[i]);
	lapse_ids_release(&ids);
	return rc;
}

/* ---- groups ---- */

/* A number scattered over 32 bits. */
static uint32_t
scatter(int64_t id)
{
	return (uint32_t)(((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

/*
 * Groups end where the bugs themselves say so, one in 64: a bug that comes or goes then changes its own group, and not all
 * that follow.
 */
size_t
lapse_sync_group(const struct wanted *wanted, size_t n, size_t most)
{
	size_t i = 0;

	while (i < n && i < most && wanted[i].again == wanted[0].again)
		if (wanted[i++].again && scatter(wanted[i - 1].id) % 64 == 0)
			break;
	return i;
}

/* ---- ETags ---- */

#define ETAG_DAYS 30

/* Was the answer taken not long ago? A server that says "not modified" for ever would hide every edit. */
static int
is_recent(struct sync *s, const struct etag *etag)
{
	struct lapse_commit commit;
	int64_t age;
	int rc = lapse_store_commit(&commit, s->store, etag->commit);

	if (rc < 0)
		return rc;
	age = s->run.capture->time.sec - commit.author_time.sec;
	lapse_commit_release(&commit);
	return age >= 0 && age <= ETAG_DAYS * SYNC_DAY;
}

int
lapse_sync_etag(const struct etag **out, struct sync *s, const struct wanted *wanted, size_t n, const char *target)
{
	const struct etag *etag = lapse_etags_find(&s->etags, &s->asker, target);
	struct etag *copy;
	struct lapse_ids ids;
	int same;

	*out = NULL;
	if (etag == NULL)
		return 0;
	lapse_ids_init(&ids);
	for (size_t i = 0; i < n; i++)
		lapse_ids_add(&ids, wanted[i].id);
	same = lapse_stands(s->store, &s->tree, s->options->source, etag->commit, &ids);
	if (same > 0)
		same = is_recent(s, etag);
	if (same > 0) {
		*out = copy = lapse_arena_alloc(&s->arena, sizeof(*copy));
		*copy = *etag;
	}
	lapse_ids_release(&ids);
	return same < 0 ? same : 0;
}
