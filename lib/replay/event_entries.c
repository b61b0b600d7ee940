/* The history itself: its entries as events, and where it did not just grow at its end. */
#include <stdlib.h>
#include <string.h>

#include "event_told.h"

#include "lapse/error.h"
#include "lapse/revisions.h"

/* ---- entries as events ---- */

/* The first version that told an entry. */
struct first {
	const struct lapse_change *change;
	const struct take *take;
};
struct firsts {
	struct first *items;
	size_t nitems, cap;
	const struct take *take;	/* at hand */
};

static void
note_first(const struct lapse_change *before, const struct lapse_change *after, void *payload)
{
	struct firsts *firsts = payload;

	if (before != NULL || after == NULL)
		return;
	firsts->items = lapse_grow(firsts->items, firsts->nitems, &firsts->cap, sizeof(*firsts->items));
	firsts->items[firsts->nitems++] = (struct first){ after, firsts->take };
}

static int
by_what_version(const void *va, const void *vb)
{
	const struct first *a = va, *b = vb;
	int order = lapse_told_cmp(a->change, b->change);

	return order != 0 ? order : a->take->version < b->take->version ? -1 : a->take->version > b->take->version;
}

static const struct take *
find_first(const struct firsts *firsts, const struct lapse_change *change)
{
	size_t lo = 0, hi = firsts->nitems;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (lapse_told_cmp(firsts->items[middle].change, change) < 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < firsts->nitems && lapse_told_cmp(firsts->items[lo].change, change) == 0 ?
	    firsts->items[lo].take : NULL;
}

/* The last of the words that one second joined. */
static const char *
last_word(const char *text)
{
	const char *blank = strrchr(text, ' ');

	return blank != NULL ? blank + 1 : text;
}

/* The first of them, as long as it is a closed status. */
static bool
begins_closed(const char *text)
{
	char word[16];
	size_t len = strcspn(text, " ");

	if (len >= sizeof(word))
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	return lapse_status_is_closed(word);
}

static enum lapse_event_kind
kind_of(const struct lapse_change *change)
{
	if (strcmp(change->field, "status") == 0) {
		bool closed = begins_closed(change->removed), closes = lapse_status_is_closed(last_word(change->added));

		return closed == closes ? LAPSE_EVENT_CHANGE : closes ? LAPSE_EVENT_CLOSED : LAPSE_EVENT_REOPENED;
	}
	if (strcmp(change->field, "resolution") == 0 && strcmp(last_word(change->added), "DUPLICATE") == 0)
		return LAPSE_EVENT_DUPLICATE;
	if (strcmp(change->field, "product") == 0 || strcmp(change->field, "component") == 0)
		return LAPSE_EVENT_MOVED;
	if (strcmp(change->field, "summary") == 0)
		return LAPSE_EVENT_RETITLED;
	return strcmp(change->field, "comment_revision") == 0 ? LAPSE_EVENT_EDITED : LAPSE_EVENT_CHANGE;
}

static void
add_change(struct dossier *r, const struct lapse_change *change, const struct firsts *firsts)
{
	const struct take *take = find_first(firsts, change);
	struct lapse_event *event = lapse_dossier_event(r, kind_of(change), change->at);

	event->who = change->who;
	event->post = change->post;
	event->attachment = change->attachment;
	event->field = change->field;
	event->from = change->removed;
	event->to = change->added;
	if (take != NULL) {
		event->capture = r->captures[r->versions[take->version].capture].commit;
		event->path = take->path;
	}
}

/* The listed revisions of posts tell of edits as entries do. */
static int
note_revisions(struct dossier *r, struct firsts *firsts)
{
	size_t ntakes, n;
	struct take *takes = lapse_dossier_takes(&ntakes, r, LAPSE_FILE_REVISIONS);
	struct lapse_revisions revisions;
	struct lapse_change *changes;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ntakes; i++) {
		rc = lapse_dossier_read(r, &takes[i]);
		if (rc == 0)
			rc = lapse_context(lapse_revisions_decode(&revisions, r->arena, takes[i].doc), "%s", takes[i].path);
		if (rc < 0)
			break;
		lapse_revisions_changes(&changes, &n, r->arena, &revisions);
		firsts->take = &takes[i];
		for (size_t k = 0; k < n; k++)
			note_first(NULL, &changes[k], firsts);
	}
	return rc;
}

static int
add_changes(struct dossier *r, const struct told *told, size_t ntold)
{
	static const struct told nothing;
	struct firsts firsts = { 0 };
	int rc;

	for (size_t i = 0; i < ntold; i++) {
		firsts.take = told[i].take;
		lapse_told_compare(i > 0 ? &told[i - 1] : &nothing, &told[i], note_first, &firsts);
	}
	rc = note_revisions(r, &firsts);
	if (firsts.nitems > 1)
		qsort(firsts.items, firsts.nitems, sizeof(*firsts.items), by_what_version);
	for (size_t i = 0; i < r->nchanges; i++)
		add_change(r, &r->changes[i], &firsts);
	free(firsts.items);
	return rc;
}

/* ---- histories that did not just grow ---- */

struct comparing {
	struct dossier *r;
	const struct told *before, *after;
	struct between between;
	bool revisions_before, revisions_after;	/* the history told revisions of comments at all */
};

static bool
is_link(const char *field)
{
	static const char *const links[] = { "blocked", "blocks", "depends_on", "dependson", "duplicates",
	    "regressed_by", "regresses", "regressions" };

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (strcmp(field, links[i]) == 0)
			return true;
	return false;
}

/*
 * Why an entry may come and go without being rewritten: the server leaves out what the reader must not see. NULL: no
 * reason is known. *known is false when nothing captured could tell.
 */
static const char *
reason(const struct comparing *c, const struct lapse_change *change, bool *known)
{
	const struct dossier *r = c->r;
	size_t from = c->before->take->version, to = c->after->take->version;

	*known = true;
	if (is_link(change->field))
		return "entries about bugs that are hidden from the reader are left out";
	if (strcmp(change->field, "comment_revision") == 0 && c->revisions_before != c->revisions_after)
		return "the server lists revisions of comments at some times only";
	if (change->attachment >= 0) {
		*known = r->attachments.nitems > 0;
		return lapse_dossier_hides(&r->attachments, change->attachment, from, to) ?
		    "entries about an attachment that is not public are left out" : NULL;
	}
	if (change->post >= 0) {
		*known = r->posts.nitems > 0;
		return lapse_dossier_hides(&r->posts, change->post, from, to) ?
		    "entries about a post that is not public are left out" : NULL;
	}
	return NULL;
}

static struct lapse_event *
note(const struct comparing *c, enum lapse_event_kind kind, const struct lapse_change *change)
{
	struct lapse_event *event = lapse_dossier_difference(c->r, kind, &c->between, c->before->take, c->after->take);
	char time[LAPSE_TIME_LEN + 1];

	event->who = change->who;
	event->post = change->post;
	event->attachment = change->attachment;
	event->field = change->field;
	event->from = change->removed;
	event->to = change->added;
	event->why = lapse_arena_printf(c->r->arena, "the entry of %s", lapse_time_format(time, change->at));
	return event;
}

static void
explain(const struct comparing *c, struct lapse_event *event, const struct lapse_change *change)
{
	bool known;
	const char *why = reason(c, change, &known);

	if (why != NULL)
		event->standing = LAPSE_STANDING_EXPLAINED;
	else if (!known)
		event->standing = LAPSE_STANDING_UNPROVEN;
	if (why != NULL)
		event->why = lapse_arena_printf(c->r->arena, "%s: %s", event->why, why);
}

static void
compare_entries(const struct lapse_change *before, const struct lapse_change *after, void *payload)
{
	struct comparing *c = payload;
	const struct renames *renames = &c->r->renames;
	struct lapse_event *event;

	if (before == NULL) {
		if (after->at.sec <= c->between.span.after.sec)
			explain(c, note(c, LAPSE_EVENT_ENTRY_BACKDATED, after), after);
	} else if (after == NULL) {
		if (before->at.sec <= c->between.to.sec - EVENTS_LAG)
			explain(c, note(c, LAPSE_EVENT_ENTRY_LOST, before), before);
	} else if (strcmp(lapse_renames_login(renames, before->who), lapse_renames_login(renames, after->who)) != 0) {
		event = note(c, LAPSE_EVENT_ENTRY_REATTRIBUTED, after);
		event->from = before->who;
		event->to = after->who;
		event->who = NULL;
	}
}

static bool
has_revisions(const struct told *told)
{
	for (size_t i = 0; i < told->nentries; i++)
		if (strcmp(told->entries[i]->field, "comment_revision") == 0)
			return true;
	return false;
}

int
lapse_events_history(struct dossier *r)
{
	const struct told *told = r->told;
	int rc = 0;

	if (!r->silent_only)
		rc = add_changes(r, told, r->ntold);
	for (size_t i = 1; i < r->ntold; i++) {
		struct comparing c = { .r = r, .before = &told[i - 1], .after = &told[i] };

		c.between = lapse_dossier_between(r, LAPSE_PART_HISTORY, told[i - 1].take->version, told[i].take->version);
		c.revisions_before = has_revisions(&told[i - 1]);
		c.revisions_after = has_revisions(&told[i]);
		lapse_told_compare(&told[i - 1], &told[i], compare_entries, &c);
	}
	return rc;
}
