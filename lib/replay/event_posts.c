/* Posts: those that came, and how each differs from one capture to the next. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "event_dossier.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"

/* ---- one document ---- */

static int
decode(struct lapse_post *out, struct dossier *r, struct take *take)
{
	int rc = lapse_dossier_read(r, take);

	*out = (struct lapse_post){ 0 };
	if (rc < 0)
		return rc;
	return lapse_context(lapse_codec_post(out, r->arena, take->doc, true), "%s", take->path);
}

/*
 * The author's own words where the answers do not give them apart: without the lines that the server
 * puts before them, "Created attachment N", its name, and a blank line.
 */
static const char *
own_words(const struct take *take, const char *text)
{
	const char *end;

	if (!json_is_number(json_object_get(take->doc, "attachment_id")) ||
	    strncmp(text, "Created attachment ", strlen("Created attachment ")) != 0)
		return text;
	end = strstr(text, "\n\n");
	return end != NULL ? end + 2 : "";
}

/* A number from 0 of a document; -1: it has none. */
static int64_t
number(const struct take *take, const char *key)
{
	int64_t n;

	return lapse_json_int(&n, json_object_get(take->doc, key)) && n >= 0 ? n : -1;
}

/* How often the source says that a post was edited; -1: it does not say, which is not the same as never. */
static int64_t
count_of_edits(const struct take *take)
{
	return number(take, "edit_count");
}

/* ---- two versions of one post ---- */

/* A list edits nothing. */
#define FULLER_COPY "a fuller copy of the same message came"

struct pair {
	struct take *before, *after;
	struct lapse_post a, b;
	struct between between;
	bool settled;
};

static struct lapse_event *
differ(struct dossier *r, const struct pair *p, enum lapse_event_kind kind)
{
	return lapse_dossier_difference(r, kind, &p->between, p->before, p->after);
}

static struct about
about_post(const struct pair *p, const char *field)
{
	return (struct about){ .field = field, .subject = ABOUT_POST, .number = p->after->number,
	    .span = p->between.span };
}

/* Does the source count more edits than before? Only two counts can tell. */
static bool
counts_more(const struct pair *p)
{
	int64_t before = count_of_edits(p->before);

	return before >= 0 && count_of_edits(p->after) > before;
}

/* Does it count edits of which nobody knows whether this one is among them? */
static bool
counts_some(const struct pair *p)
{
	return count_of_edits(p->before) < 0 && count_of_edits(p->after) > 0;
}

static void
note_edit(struct dossier *r, const struct pair *p, const char *from, const char *to)
{
	struct about about = about_post(p, "comment_revision");
	struct lapse_event *event;

	/* An entry that declares it is an event of its own. */
	if (lapse_declared_value(&r->declared, &r->renames, &about, from, to))
		return;
	event = differ(r, p, LAPSE_EVENT_EDITED);
	event->from = from;
	event->to = to;
	if (counts_more(p)) {
		event->standing = LAPSE_STANDING_DECLARED;
		event->why = "the source counts more edits";
	} else if (counts_some(p)) {
		event->standing = LAPSE_STANDING_UNPROVEN;
		event->why = "the source counts edits now, and said nothing of them before";
	}
}

static void
compare_words(struct dossier *r, const struct pair *p)
{
	const json_t *raw_a = json_object_get(p->before->doc, "raw_text");
	const json_t *raw_b = json_object_get(p->after->doc, "raw_text");
	const char *from = p->a.text, *to = p->b.text;
	bool raw = json_is_string(raw_a) && json_is_string(raw_b), shown = strcmp(from, to) != 0;

	if (raw) {
		from = lapse_dossier_text(r, raw_a);
		to = lapse_dossier_text(r, raw_b);
	} else {
		from = own_words(p->before, from);
		to = own_words(p->after, to);
	}
	if (!r->is_mail && (strcmp(from, to) != 0 || counts_more(p))) {
		note_edit(r, p, from, to);
	} else if (shown) {
		struct lapse_event *event = differ(r, p, LAPSE_EVENT_RENDERED);

		event->standing = LAPSE_STANDING_NOISE;
		event->from = p->a.text;
		event->to = p->b.text;
		event->why = r->is_mail ? FULLER_COPY : "the author's own words are the same";
	}
}

static void
explain_message(struct lapse_event *event, const struct dossier *r)
{
	if (!r->is_mail)
		return;
	event->standing = LAPSE_STANDING_EXPLAINED;
	event->why = FULLER_COPY;
}

static void
compare_author(struct dossier *r, const struct pair *p)
{
	struct lapse_event *event;

	if (strcmp(lapse_renames_login(&r->renames, p->a.author), lapse_renames_login(&r->renames, p->b.author)) == 0)
		return;
	event = differ(r, p, LAPSE_EVENT_REATTRIBUTED);
	event->field = "author";
	event->from = p->a.author;
	event->to = p->b.author;
	explain_message(event, r);
}

static void
compare_time(struct dossier *r, const struct pair *p)
{
	char from[LAPSE_TIME_LEN + 1], to[LAPSE_TIME_LEN + 1];
	struct lapse_event *event;

	if (p->a.at.sec == p->b.at.sec)
		return;
	event = differ(r, p, LAPSE_EVENT_RETIMED);
	event->field = "creation_time";
	event->from = lapse_arena_dup(r->arena, lapse_time_format(from, p->a.at));
	event->to = lapse_arena_dup(r->arena, lapse_time_format(to, p->b.at));
	explain_message(event, r);
}

static void
compare_privacy(struct dossier *r, const struct pair *p)
{
	struct about about = about_post(p, "longdescs.isprivate");
	struct lapse_event *event;
	bool before = json_is_true(json_object_get(p->before->doc, "is_private"));
	bool after = json_is_true(json_object_get(p->after->doc, "is_private"));

	if (before == after)
		return;
	event = differ(r, p, LAPSE_EVENT_PRIVACY);
	event->field = "is_private";
	event->from = before ? "true" : "false";
	event->to = after ? "true" : "false";
	event->standing = lapse_declared_entry(&r->declared, &about, before ? "1" : "0", after ? "1" : "0") != NULL ?
	    LAPSE_STANDING_DECLARED : lapse_dossier_judge(r, p->between.after, p->settled);
}

/* ---- tags ---- */

static void
compare_tags(struct dossier *r, const struct pair *p)
{
	struct texts a = lapse_dossier_list(r, json_object_get(p->before->doc, "tags"));
	struct texts b = lapse_dossier_list(r, json_object_get(p->after->doc, "tags"));
	struct texts gone = lapse_dossier_lacking(r, &a, &b), come = lapse_dossier_lacking(r, &b, &a);
	struct about about = about_post(p, "comment_tag");
	struct lapse_event *event;

	gone.nitems = lapse_declared_items(&r->declared, &r->renames, &about, false, gone.items, gone.nitems);
	come.nitems = lapse_declared_items(&r->declared, &r->renames, &about, true, come.items, come.nitems);
	if (gone.nitems == 0 && come.nitems == 0)
		return;
	event = differ(r, p, LAPSE_EVENT_TAGGED);
	event->field = "tags";
	event->from = lapse_dossier_joined(r, &gone);
	event->to = lapse_dossier_joined(r, &come);
	/* Tags do not touch the bug's last change: only a later history is sure to have them. */
	event->standing = lapse_dossier_judge(r, p->between.after, false);
}

/* ---- the rest ---- */

static void
compare_reactions(struct dossier *r, const struct pair *p)
{
	const json_t *a = json_object_get(p->before->doc, "reactions"), *b = json_object_get(p->after->doc, "reactions");
	struct lapse_event *event;

	if (a == NULL || b == NULL || json_equal(a, b))
		return;
	event = differ(r, p, LAPSE_EVENT_REACTED);
	event->field = "reactions";
	event->from = lapse_dossier_text(r, a);
	event->to = lapse_dossier_text(r, b);
	event->standing = LAPSE_STANDING_NOISE;
}

/* The number of the thread that a post belongs to, by one of its documents. */
static const char *
thread_of(struct dossier *r, const struct take *take)
{
	int64_t moved_to = lapse_codec_moved_to(take->doc);

	return moved_to >= 0 ? lapse_arena_printf(r->arena, "%" PRId64, moved_to) : r->id;
}

static void
compare_thread(struct dossier *r, const struct pair *p)
{
	const char *from = thread_of(r, p->before), *to = thread_of(r, p->after);
	struct lapse_event *event;

	if (strcmp(from, to) == 0)
		return;
	event = differ(r, p, LAPSE_EVENT_REHUNG);
	event->field = "thread";
	event->from = from;
	event->to = to;
	event->standing = LAPSE_STANDING_EXPLAINED;
	event->why = "a message that came later shows where it belongs";
}

static int
compare_post(struct dossier *r, struct take *before, struct take *after)
{
	struct pair p = { .before = before, .after = after };
	int rc = decode(&p.a, r, before);

	if (rc == 0)
		rc = decode(&p.b, r, after);
	if (rc < 0)
		return rc;
	p.settled = r->settled[after->version];
	p.between = lapse_dossier_between(r, LAPSE_PART_COMMENTS, before->version, after->version);
	if (number(before, "id") != number(after, "id") && number(before, "id") >= 0 && number(after, "id") >= 0) {
		struct lapse_event *event = differ(r, &p, LAPSE_EVENT_REPLACED);

		event->from = p.a.text;
		event->to = p.b.text;
		return 0;
	}
	compare_thread(r, &p);
	compare_words(r, &p);
	compare_author(r, &p);
	compare_time(r, &p);
	compare_privacy(r, &p);
	compare_tags(r, &p);
	compare_reactions(r, &p);
	return 0;
}

static int
add_post(struct dossier *r, struct take *run, size_t nrun)
{
	struct lapse_post first, last;
	struct lapse_event *event;
	int rc = decode(&first, r, &run[0]);

	if (rc == 0)
		rc = decode(&last, r, &run[nrun - 1]);
	if (rc < 0)
		return rc;
	event = lapse_dossier_event(r, LAPSE_EVENT_POST, first.at);
	event->is_undated = last.is_undated;
	event->post = run[0].number;
	event->who = lapse_renames_login(&r->renames, last.author);
	event->to = first.text;
	event->why = first.is_public ? NULL : "private";
	event->capture = r->captures[r->versions[run[0].version].capture].commit;
	event->path = run[0].path;
	return 0;
}

/* ---- the lists ---- */

static enum lapse_standing
judge_publication(struct dossier *r, const struct between *between, int64_t number, bool settled)
{
	struct about about = { .field = "longdescs.isprivate", .subject = ABOUT_POST, .number = number,
	    .span = between->span };

	if (lapse_declared_entry(&r->declared, &about, "1", "0") != NULL)
		return LAPSE_STANDING_DECLARED;
	return lapse_dossier_judge(r, between->after, settled);
}

static int
note_coming(struct dossier *r, int64_t number, const struct listing *before, const struct listing *after)
{
	struct between between = lapse_dossier_between(r, LAPSE_PART_COMMENTS, before->version, after->version);
	struct take *now = lapse_dossier_find(r, LAPSE_FILE_POST, number, after->version);
	bool again = lapse_dossier_listed_before(&r->posts, number, before->version);
	struct lapse_event *event;
	struct lapse_post post;
	int rc;

	if (now == NULL)
		return 0;	/* a list without its documents: verify names it */
	rc = decode(&post, r, now);
	if (rc < 0 || (!again && post.at.sec > between.span.after.sec))
		return rc;
	event = lapse_dossier_difference(r, again ? LAPSE_EVENT_RETURNED : LAPSE_EVENT_LATE, &between, NULL, now);
	if (!again)
		event->who = lapse_renames_login(&r->renames, post.author);
	event->to = post.text;
	event->standing = judge_publication(r, &between, number, r->settled[after->version]);
	if (r->is_mail) {
		event->standing = LAPSE_STANDING_EXPLAINED;
		event->why = "saved mail is brought in in any order";
	} else if (event->standing == LAPSE_STANDING_DECLARED)
		event->why = "it was made public";
	return 0;
}

static int
note_going(struct dossier *r, int64_t number, const struct listing *before, const struct listing *after)
{
	struct between between = lapse_dossier_between(r, LAPSE_PART_COMMENTS, before->version, after->version);
	struct about about = { .field = "longdescs.isprivate", .subject = ABOUT_POST, .number = number,
	    .span = between.span };
	struct take *last = lapse_dossier_find(r, LAPSE_FILE_POST, number, after->version);
	char list[LAPSE_PATH_MAX];
	struct lapse_event *event;
	struct lapse_post post;
	int rc = last != NULL ? decode(&post, r, last) : 0;

	if (rc < 0 || last == NULL || lapse_codec_moved_to(last->doc) >= 0)
		return rc;
	event = lapse_dossier_difference(r, LAPSE_EVENT_VANISHED, &between, last, last);
	snprintf(list, sizeof(list), "%s/posts.json", r->folder);
	event->path = lapse_arena_dup(r->arena, list);
	event->from = post.text;
	if (lapse_declared_entry(&r->declared, &about, "0", "1") != NULL) {
		event->standing = LAPSE_STANDING_DECLARED;
		event->why = "it was made private";
	} else if (!post.is_public) {
		event->standing = LAPSE_STANDING_EXPLAINED;
		event->why = "it was private before, and is not shown to everybody";
	} else if (post.at.sec > between.to.sec - EVENTS_LAG) {
		event->standing = LAPSE_STANDING_EXPLAINED;
		event->why = "it was minutes old, and the servers' copies may lag";
	}
	return 0;
}

static int
compare_lists(struct dossier *r, const struct listing *before, const struct listing *after)
{
	const struct lapse_ids *a = &before->ids, *b = &after->ids;
	size_t i = 0, j = 0;
	int rc = 0;

	while (rc == 0 && (i < a->nitems || j < b->nitems)) {
		if (j == b->nitems || (i < a->nitems && a->items[i] < b->items[j]))
			rc = note_going(r, a->items[i++], before, after);
		else if (i == a->nitems || b->items[j] < a->items[i])
			rc = note_coming(r, b->items[j++], before, after);
		else
			i++, j++;
	}
	return rc;
}

int
lapse_events_posts(struct dossier *r)
{
	size_t ntakes;
	struct take *takes = lapse_dossier_takes(&ntakes, r, LAPSE_FILE_POST);
	int rc = 0;

	for (size_t i = 0, n; rc == 0 && i < ntakes; i += n) {
		n = lapse_dossier_run(&takes[i], ntakes - i);
		if (!r->silent_only)
			rc = add_post(r, &takes[i], n);
		for (size_t k = 1; rc == 0 && k < n; k++)
			rc = compare_post(r, &takes[i + k - 1], &takes[i + k]);
	}
	for (size_t i = 1; rc == 0 && i < r->posts.nitems; i++)
		rc = compare_lists(r, &r->posts.items[i - 1], &r->posts.items[i]);
	return rc;
}
