/* The posts of a state: each with the text that it had at the moment, as far as captures and entries tell. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"
#include "state_private.h"

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/patch.h"
#include "lapse/sorted.h"

/* ---- edits that captures show ---- */

/* A post was another file in a version than in the version before. */
struct rewrite {
	int64_t number;
	size_t version;
};

struct rewrites {
	struct rewrite *items;
	size_t nitems;
	size_t cap;
	size_t version;		/* at hand */
};

static int
note_rewrite(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct rewrites *r = payload;
	int64_t number = strncmp(path, "posts/", 6) == 0 ? lapse_place_post(path + 6) : -1;

	if (number < 0 || before == NULL || after == NULL)
		return 0;
	r->items = lapse_grow(r->items, r->nitems, &r->cap, sizeof(*r->items));
	r->items[r->nitems++] = (struct rewrite){ number, r->version };
	return 0;
}

static int
by_number(const void *va, const void *vb)
{
	const struct rewrite *a = va, *b = vb;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->version < b->version ? -1 : a->version > b->version;
}

/* The caller free()s r->items. */
static int
find_rewrites(struct rewrites *r, struct building *b)
{
	const struct sights *s = &b->sights;
	int rc = 0;

	for (r->version = 1; r->version < s->nversions && rc == 0; r->version++)
		rc = lapse_tree_compare(s->view->store, &s->versions[r->version - 1].tree, &s->versions[r->version].tree,
		    note_rewrite, r);
	if (r->nitems > 1)
		qsort(r->items, r->nitems, sizeof(*r->items), by_number);
	return rc;
}

/* What a comment's author wrote, without what the server puts before it; where that is not sent, the text. */
static const json_t *
words_of(const json_t *doc)
{
	const json_t *raw = json_object_get(doc, "raw_text");

	return json_is_string(raw) ? raw : json_object_get(doc, "text");
}

static bool
is_edited(const struct moment *m)
{
	const json_t *before = words_of(m->before.doc), *after = words_of(m->after.doc);

	return before != NULL && after != NULL && !lapse_json_equal(before, after);
}

/* ---- one post ---- */

struct posting {
	struct building *b;
	const struct lapse_post *post;
	char path[64];			/* below the thread's folder */
	json_t *doc, *notes, *inexact, *edits;
};

/* An entry of the history says when a text was edited, between two captures (LAPSE_NEVER: no bound)? */
static bool
is_declared(const struct posting *p, struct lapse_instant from, struct lapse_instant to)
{
	size_t n;
	const struct lapse_change *const *changes = lapse_told_find(&n, &p->b->told, SUBJECT_POST, p->post->number, "text");

	for (size_t i = 0; i < n; i++)
		if (changes[i]->at.sec > from.sec && changes[i]->at.sec <= to.sec)
			return true;
	return false;
}

/* The edits that the history declares, up to the moment. */
static void
add_declared(struct posting *p)
{
	size_t n;
	const struct lapse_change *const *changes = lapse_told_find(&n, &p->b->told, SUBJECT_POST, p->post->number, "text");

	for (size_t i = 0; i < n && changes[i]->at.sec <= p->b->thread.at.sec; i++)
		json_array_append_new(p->edits, json_pack("{s:o}", "at", lapse_state_time(changes[i]->at)));
}

/* A rewrite that is an edit, and that may lie before the moment: between which captures. */
static int
add_edit(struct posting *p, const struct rewrite *rewrite)
{
	struct sights *s = &p->b->sights;
	size_t capture = s->versions[rewrite->version].capture, older;
	struct moment m = { .at = s->captures[capture].time };
	int rc;

	older = lapse_sights_listed(s, s->posts, p->post->number, m.at, false);
	if (older == SIGHT_NONE || s->captures[older].time.sec >= p->b->thread.at.sec)
		return 0;
	rc = lapse_sights_moment(&m, s, p->path, older, capture);
	if (rc < 0 || !is_edited(&m) || is_declared(p, m.before.time, m.after.time))
		return rc;
	json_array_append_new(p->edits, json_pack("{s:o, s:o}", "after", lapse_state_time(m.before.time),
	    "before", lapse_state_time(m.after.time)));
	return 0;
}

static void
set_changing(struct posting *p, const struct moment *moment, const char *key, enum value_kind kind)
{
	struct tracked field = { .key = key, .kind = kind };

	field.changes = lapse_told_find(&field.nchanges, &p->b->told, SUBJECT_POST, p->post->number, key);
	lapse_state_set(p->b, p->doc, p->inexact, moment, &field);
}

/* A post begins without tags: where the server does not send them, its history tells of all. */
static void
set_tags(struct posting *p, const struct moment *moment)
{
	struct moment begun = { .at = moment->at };

	if (json_object_get(moment->before.doc, "tags") == NULL && json_object_get(moment->after.doc, "tags") == NULL) {
		json_t *doc = json_pack("{s:[]}", "tags");

		json_array_append_new(p->b->sights.docs, doc);
		begun.before = (struct sight){ doc, p->post->at, { p->post->at.sec - 1 } };
		moment = &begun;
	}
	set_changing(p, moment, "tags", VALUE_WORDS);
}

static void
set_as_it_is(struct posting *p, const struct moment *moment, const char *key)
{
	const json_t *value = json_object_get(moment->after.doc, key);

	if (value == NULL)
		value = json_object_get(moment->before.doc, key);
	if (value != NULL)
		lapse_state_put(p->doc, key, json_deep_copy(value));
}

/*
 * Did the source list it then? By the newest list up to the moment that could have it, else by the first one after.
 * Saved mail comes in any order: there the newest list of all counts.
 */
static bool
is_listed(const struct posting *p)
{
	const struct sights *s = &p->b->sights;
	struct lapse_instant after = { p->b->thread.is_mail ? INT64_MAX : p->b->thread.at.sec + 1 };
	size_t k = lapse_sights_covering(s, LAPSE_PART_COMMENTS, after, false);

	if (k == SIGHT_NONE || s->captures[k].time.sec < p->post->at.sec)
		k = lapse_sights_covering(s, LAPSE_PART_COMMENTS, p->b->thread.at, true);
	return k != SIGHT_NONE && s->posts[k] != NULL && lapse_ids_has(s->posts[k], p->post->number);
}

static void
note_edited(struct posting *p, const struct moment *moment)
{
	if (moment->before.doc == NULL && lapse_time_is_set(moment->after.time) &&
	    moment->after.time.sec > p->b->thread.at.sec)
		lapse_state_put(p->notes, "first_seen", lapse_state_time(moment->after.time));
	if (moment->after.time.sec > p->b->thread.at.sec && is_edited(moment) && !is_declared(p, moment->before.time, moment->after.time)) {
		lapse_state_put(p->notes, "edited_after", lapse_state_time(moment->before.time));
		lapse_state_put(p->notes, "edited_before", lapse_state_time(moment->after.time));
	}
}

static void
fill_post(struct posting *p, const struct moment *moment)
{
	lapse_state_put(p->doc, "time", lapse_state_time(p->post->at));
	lapse_state_put(p->doc, "author", json_string(p->post->author));
	lapse_state_put(p->doc, "listed", json_boolean(is_listed(p)));
	set_as_it_is(p, moment, "id");
	set_as_it_is(p, moment, "attachment_id");
	set_changing(p, moment, "text", VALUE_WHOLE);
	set_changing(p, moment, "is_private", VALUE_TEXT);
	set_tags(p, moment);
	note_edited(p, moment);
}

/* The rewrites are this post's. */
static int
build_post(struct building *b, const struct lapse_post *post, const struct rewrite *rewrites, size_t nrewrites)
{
	struct posting p = { .b = b, .post = post, .doc = json_object(), .notes = json_object(),
	    .inexact = json_object(), .edits = json_array() };
	struct moment moment = { .at = b->thread.at };
	char key[24];
	int rc;

	snprintf(p.path, sizeof(p.path), "posts/%" PRId64 "/%" PRId64 ".json", lapse_post_folder(post->number),
	    post->number);
	rc = lapse_sights_moment(&moment, &b->sights, p.path,
	    lapse_sights_listed(&b->sights, b->sights.posts, post->number, moment.at, false),
	    lapse_sights_listed(&b->sights, b->sights.posts, post->number, moment.at, true));
	if (rc == 0)
		fill_post(&p, &moment);
	for (size_t i = 0; i < nrewrites && rc == 0; i++)
		rc = add_edit(&p, &rewrites[i]);
	add_declared(&p);
	snprintf(key, sizeof(key), "%" PRId64, post->number);
	if (json_object_size(p.inexact) > 0)
		json_object_set(p.notes, "inexact", p.inexact);
	if (json_array_size(p.edits) > 0)
		json_object_set(p.notes, "edits", p.edits);
	if (json_object_size(p.notes) > 0)
		json_object_set(json_object_get(b->out->notes, "posts"), key, p.notes);
	lapse_state_put(json_object_get(b->out->doc, "posts"), key, p.doc);
	json_decref(p.notes);
	json_decref(p.inexact);
	json_decref(p.edits);
	return rc;
}

/* The rewrites of one post among all, which are by number. */
static size_t
first_of(const struct rewrites *r, int64_t number)
{
	return lapse_sorted_place(r->items, r->nitems, sizeof(*r->items), number);
}

int
lapse_state_posts(struct building *b)
{
	struct rewrites r = { .nitems = 0 };
	int rc = find_rewrites(&r, b);

	lapse_state_put(b->out->doc, "posts", json_object());
	lapse_state_put(b->out->notes, "posts", json_object());
	for (size_t i = 0; i < b->thread.nposts && rc == 0; i++) {
		const struct lapse_post *post = &b->thread.posts[i];
		size_t first = first_of(&r, post->number);

		rc = build_post(b, post, r.items + first, first_of(&r, post->number + 1) - first);
	}
	free(r.items);
	return rc;
}

