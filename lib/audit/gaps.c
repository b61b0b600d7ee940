#include "lapse/gaps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"

static bool
is_wanted(const struct lapse_filter *f, const struct lapse_obligation *o)
{
	if (f->late && !lapse_obligation_is_breach(o))
		return false;
	if (f->clock != NULL && strcmp(f->clock, lapse_clock_name(o->rule->clock)) != 0)
		return false;
	if (f->rule != NULL && strcmp(f->rule, o->rule->id) != 0)
		return false;
	if (f->level != NULL && strcmp(f->level, lapse_level_name(o->rule->level)) != 0)
		return false;
	if (f->post >= 0 && (o->post == NULL || o->post->number != f->post))
		return false;
	if (lapse_time_is_set(f->since) && o->due.sec < f->since.sec)
		return false;
	return !lapse_time_is_set(f->until) || o->due.sec <= f->until.sec;
}

static void
count_thread(struct lapse_tally *tally, const struct lapse_thread *thread, const struct lapse_party *owner,
    struct lapse_instant at)
{
	tally->threads++;
	tally->unowned += owner == NULL;
	if (thread->at.sec >= at.sec)
		return;
	if (tally->bounded++ == 0)
		tally->earliest = tally->latest = thread->at;
	if (thread->at.sec < tally->earliest.sec)
		tally->earliest = thread->at;
	if (thread->at.sec > tally->latest.sec)
		tally->latest = thread->at;
}

/* What one walk over the threads works with; the arena holds one thread at a time. */
struct walk {
	const struct lapse_question *question;
	const struct lapse_filter *filter;
	struct lapse_arena arena;
	struct lapse_obligations list;
};

static void
compute_wanted(struct walk *w, const struct lapse_thread *thread, const struct lapse_party *owner)
{
	size_t kept = 0;

	w->list.nitems = 0;
	if (w->question->policy == NULL)
		return;
	lapse_obligations_compute(&w->list, thread, owner, w->question->parties, w->question->policy);
	for (size_t i = 0; i < w->list.nitems; i++)
		if (is_wanted(w->filter, &w->list.items[i]))
			w->list.items[kept++] = w->list.items[i];
	w->list.nitems = kept;
}

static bool
has_post(const struct lapse_thread *thread, int64_t number)
{
	for (size_t i = 0; i < thread->nposts; i++)
		if (thread->posts[i].number == number)
			return true;
	return false;
}

static int
look_at(struct walk *w, size_t i, lapse_gaps_fn *fn, void *payload, struct lapse_tally *tally)
{
	const struct lapse_question *q = w->question;
	const struct lapse_party *owner;
	struct lapse_thread thread;
	int rc;

	lapse_arena_reset(&w->arena);
	rc = lapse_view_load(&thread, &w->arena, q->view, i, q->at, false);
	if (rc <= 0)
		return rc;
	if (w->filter->post >= 0 && !has_post(&thread, w->filter->post))
		return lapse_fail(LAPSE_ENOTFOUND, "no post #%" PRId64 " in %s:%s at that moment", w->filter->post,
		    thread.source, thread.id);
	owner = lapse_parties_owner(q->parties, thread.source, thread.id, thread.summary);
	if (w->filter->owner != NULL && (owner == NULL || strcmp(owner->id, w->filter->owner) != 0))
		return 0;
	count_thread(tally, &thread, owner, q->at);
	compute_wanted(w, &thread, owner);
	return fn(&thread, owner, w->list.items, w->list.nitems, payload);
}

int
lapse_gaps_each(const struct lapse_question *question, const struct lapse_filter *filter,
    lapse_gaps_fn *fn, void *payload, struct lapse_tally *tally)
{
	struct walk w = { .question = question, .filter = filter };
	size_t n = filter->threads != NULL ? filter->nthreads : lapse_view_nthreads(question->view);
	int rc = 0;

	*tally = (struct lapse_tally){ .earliest = LAPSE_NEVER, .latest = LAPSE_NEVER };
	lapse_arena_init(&w.arena);
	lapse_obligations_init(&w.list);
	w.list.tells_stories = filter->stories;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = look_at(&w, filter->threads != NULL ? filter->threads[i] : i, fn, payload, tally);
	lapse_obligations_release(&w.list);
	lapse_arena_release(&w.arena);
	return rc;
}

/* A post without its text, and without its author until that is wanted. */
static struct lapse_post *
keep_post(struct lapse_keeper *keeper, const struct lapse_post *post)
{
	size_t i = (uintptr_t)post / sizeof(*post) % LAPSE_NKEPT;
	struct lapse_post *copy;

	if (post == NULL || keeper->posts[i] == post)
		return post == NULL ? NULL : keeper->copies[i];
	copy = lapse_arena_alloc(keeper->arena, sizeof(*copy));
	*copy = *post;
	copy->author = copy->text = "";
	keeper->posts[i] = post;
	keeper->copies[i] = copy;
	return copy;
}

static const struct lapse_thread *
keep_thread(struct lapse_arena *arena, const struct lapse_thread *thread)
{
	struct lapse_thread *kept = lapse_arena_alloc(arena, sizeof(*kept));

	*kept = (struct lapse_thread){
		.source = thread->source,	/* the view's, which outlives the answer */
		.capture = thread->capture,
		.id = lapse_arena_dup(arena, thread->id),
		.summary = lapse_arena_dup(arena, thread->summary),
		.path = lapse_arena_dup(arena, thread->path),
		.created = thread->created,
		.last_resolved = thread->last_resolved,
		.has_history = thread->has_history,
		.at = thread->at,
		.covered = thread->covered,
	};
	return kept;
}

void
lapse_finding_keep(struct lapse_finding *out, struct lapse_keeper *keeper, const struct lapse_obligation *o)
{
	struct lapse_post *post = keep_post(keeper, o->post);

	if (keeper->thread == NULL)
		keeper->thread = keep_thread(keeper->arena, keeper->from);
	if (post != NULL && *post->author == '\0')
		post->author = lapse_arena_dup(keeper->arena, o->post->author);
	out->thread = keeper->thread;
	out->o = *o;
	out->o.post = post;
	out->o.stopped_by = keep_post(keeper, o->stopped_by);
	if (post != NULL && o->opened_by == o->post->author)
		out->o.opened_by = post->author;
	else
		out->o.opened_by = lapse_arena_dup(keeper->arena, o->opened_by);
	out->o.flag = lapse_arena_dup(keeper->arena, o->flag);
	out->o.story = NULL;
}

/* A change's number, cut to so much, tells it from the others of its second. */
#define CHANGES_A_SECOND (1 << 20)

int64_t
lapse_silence_mark(const struct lapse_obligation *o)
{
	if (!lapse_time_is_set(o->stopped))
		return -1;
	if (o->stopped_by != NULL)
		return o->stopped_by->number;
	return -2 - (o->stopped.sec * CHANGES_A_SECOND + (int64_t)(o->stopped_order % CHANGES_A_SECOND));
}
