/* Threads: the list of them, and one as it stood. */
#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "standing.h"

#include "lapse/layout.h"
#include "lapse/report.h"

/* ---- the list ---- */

static const struct lapse_column list_columns[] = {
	{ "thread", "thread", false },
	{ "owner", "owner", false },
	{ "status", NULL, false },
	{ "closed_unknown", NULL, false },
	{ NULL, "status", false },
	{ "resolution", NULL, false },
	{ "posts", "posts", true },
	{ "last_post", "last post", false },
	{ "overdue", "overdue", true },
	{ "running", "running", true },
	{ "unproven", "unproven", true },
	{ "next_due", "next due", false },
	{ "covered", NULL, false },
	{ "path", NULL, false },
	{ "summary", "summary", false },
	{ "not_visible_since", NULL, false },
};

void
lapse_report_threads_begin(struct lapse_emit *emit)
{
	lapse_emit_begin(emit, "thread", list_columns, sizeof(list_columns) / sizeof(list_columns[0]));
}

/* A status of which the archive does not know since when it holds says so. */
static void
emit_status(struct lapse_emit *emit, const struct lapse_thread *thread)
{
	char text[80];

	snprintf(text, sizeof(text), "%.40s%s%s", thread->status != NULL ? thread->status : "unknown",
	    thread->closed_unknown && thread->status != NULL ? ", since?" : "",
	    lapse_time_is_set(thread->hidden) ? ", not visible" : "");
	lapse_emit_text(emit, text);
}

void
lapse_report_thread_row(struct lapse_emit *emit, const struct lapse_thread *thread, const struct lapse_party *owner,
    const struct lapse_obligation *items, size_t nitems)
{
	struct lapse_instant due = LAPSE_NEVER, last = LAPSE_NEVER;
	int64_t overdue = 0, running = 0, unproven = 0;

	for (size_t i = 0; i < nitems; i++) {
		overdue += items[i].state == LAPSE_STATE_OVERDUE;
		unproven += items[i].state == LAPSE_STATE_UNPROVEN;
		if (items[i].state != LAPSE_STATE_RUNNING)
			continue;
		running++;
		if (!lapse_time_is_set(due) || items[i].due.sec < due.sec)
			due = items[i].due;
	}
	if (thread->nposts > 0 && !thread->posts[thread->nposts - 1].is_undated)
		last = thread->posts[thread->nposts - 1].at;
	lapse_cell_thread(emit, thread);
	lapse_emit_text(emit, owner != NULL ? owner->id : NULL);
	lapse_emit_text(emit, thread->status);
	lapse_emit_bool(emit, thread->closed_unknown);
	emit_status(emit, thread);
	lapse_emit_text(emit, thread->resolution);
	lapse_emit_int(emit, (int64_t)thread->nposts);
	lapse_emit_time(emit, last);
	if (overdue > 0)
		lapse_emit_style(emit, LAPSE_STYLE_DOUBTFUL);
	lapse_emit_int(emit, overdue);
	lapse_emit_int(emit, running);
	lapse_emit_int(emit, unproven);
	lapse_emit_time(emit, due);
	lapse_emit_time(emit, thread->covered);
	lapse_emit_text(emit, thread->path);
	lapse_emit_text(emit, thread->summary);
	lapse_emit_time(emit, thread->hidden);
	lapse_emit_row(emit);
}

/* ---- one thread ---- */

static const struct lapse_column thread_columns[] = {
	{ "thread", NULL, false }, { "at", NULL, false }, { "covered", NULL, false }, { "not_visible_since", NULL, false }, { "owner", NULL, false },
	{ "summary", NULL, false }, { "status", NULL, false }, { "resolution", NULL, false },
	{ "whiteboard", NULL, false }, { "next_update", NULL, false }, { "next_update_unreadable", NULL, false },
	{ "product", NULL, false }, { "component", NULL, false }, { "creator", NULL, false }, { "assigned_to", NULL, false }, { "created", NULL, false },
	{ "posts", NULL, true }, { "history_captured", NULL, false }, { "capture", NULL, false },
	{ "path", NULL, false },
	{ "fields", NULL, false }, { "flags", NULL, false }, { "inexact", NULL, false },
};

static const struct lapse_column post_columns[] = {
	{ "thread", NULL, false },
	{ "post", "post", true },
	{ "at", "at", false },
	{ "side", "side", false },
	{ "author", "author", false },
	{ "public", NULL, false },
	{ NULL, "note", false },
	{ "path", "evidence", false },
	{ "text", NULL, false },
	{ "edits", NULL, false }, { "edited_after", NULL, false }, { "edited_before", NULL, false },
	{ "first_seen", NULL, false }, { "listed", NULL, false }, { "inexact", NULL, false },
};

/* The date that the whiteboard holds, or what stands in its place and cannot be read. */
static void
emit_next_update(struct lapse_emit *emit, const char *whiteboard)
{
	char text[LAPSE_DAY_LEN + 1];
	struct lapse_day day;
	enum lapse_next_update read = lapse_whiteboard_read(&day, whiteboard);

	lapse_emit_text(emit, read == LAPSE_NEXT_UPDATE_DATE ? lapse_day_format(text, day) : NULL);
	lapse_emit_text(emit, read == LAPSE_NEXT_UPDATE_UNREADABLE ? lapse_whiteboard_promise(whiteboard) : NULL);
}

/* A field as the whole state has it, which knows more captures; else as obligations see it. */
static const char *
standing(const struct lapse_shown *shown, const char *key, const char *otherwise)
{
	const char *text = lapse_field_text(shown->state, key);

	return text != NULL ? text : otherwise;
}

static void
emit_thread(struct lapse_emit *emit, const struct lapse_shown *shown, const struct lapse_party *owner)
{
	const struct lapse_thread *t = shown->thread;
	const char *whiteboard = standing(shown, "whiteboard", t->whiteboard);

	lapse_emit_begin(emit, "thread", thread_columns, sizeof(thread_columns) / sizeof(thread_columns[0]));
	lapse_cell_thread(emit, t);
	lapse_emit_time(emit, t->at);
	lapse_emit_time(emit, t->covered);
	lapse_emit_time(emit, t->hidden);
	lapse_emit_text(emit, owner != NULL ? owner->id : NULL);
	lapse_emit_text(emit, standing(shown, "summary", t->summary));
	lapse_emit_text(emit, standing(shown, "status", t->status));
	lapse_emit_text(emit, standing(shown, "resolution", t->resolution));
	lapse_emit_text(emit, whiteboard);
	emit_next_update(emit, whiteboard);
	lapse_emit_text(emit, standing(shown, "product", t->product));
	lapse_emit_text(emit, standing(shown, "component", t->component));
	lapse_emit_text(emit, t->creator);
	lapse_emit_text(emit, standing(shown, "assigned_to", t->assigned_to));
	lapse_emit_time(emit, t->created);
	lapse_emit_int(emit, (int64_t)t->nposts);
	lapse_emit_bool(emit, t->has_history);
	lapse_emit_text(emit, t->capture);
	lapse_emit_text(emit, t->path);
	lapse_cell_standing(emit, shown->state);
	lapse_emit_row(emit);
	lapse_emit_end(emit);
}

static void
say_field(struct lapse_emit *emit, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		lapse_emit_say(emit, "%-12s %s", name, value);
}

static void
say_turns(struct lapse_emit *emit, const struct lapse_thread *t)
{
	char time[LAPSE_TIME_LEN + 1];

	for (size_t i = 0; i < t->nturns; i++)
		lapse_emit_say(emit, "%-12s %s", t->turns[i].open ? "reopened" : "closed",
		    lapse_time_format(time, t->turns[i].at));
	if (t->closed_unknown)
		lapse_emit_say(emit, "%-12s %s", "closed", t->status == NULL ? "unknown: the bug itself was not captured" :
		    "at an unknown time: no history or resolution time was captured");
	if (!t->has_history)
		lapse_emit_say(emit, "%-12s %s", "history", "not captured up to this moment: "
		    "the fields are those of the capture, and changes may be missing");
}

static void
say_next_update(struct lapse_emit *emit, const char *whiteboard)
{
	char text[LAPSE_DAY_LEN + 1], end[LAPSE_TIME_LEN + 1];
	struct lapse_day day;

	switch (lapse_whiteboard_read(&day, whiteboard)) {
	case LAPSE_NEXT_UPDATE_NONE:
		break;
	case LAPSE_NEXT_UPDATE_DATE:
		lapse_emit_say(emit, "%-12s %s, which ends everywhere on earth at %s", "next update",
		    lapse_day_format(text, day), lapse_time_format(end, lapse_date_end(day)));
		break;
	case LAPSE_NEXT_UPDATE_UNREADABLE:
		lapse_emit_say(emit, "%-12s cannot be read as a date, so none is in force: '%s'", "next update",
		    lapse_whiteboard_promise(whiteboard));
		break;
	}
}

static void
say_thread(struct lapse_emit *emit, const struct lapse_shown *shown, const struct lapse_party *owner)
{
	const struct lapse_thread *t = shown->thread;
	const char *summary = standing(shown, "summary", t->summary), *status = standing(shown, "status", t->status);
	const char *whiteboard = standing(shown, "whiteboard", t->whiteboard);
	char time[LAPSE_TIME_LEN + 1];

	lapse_emit_heading(emit, "%s:%s %s", t->source, t->id, summary != NULL ? summary : "");
	lapse_emit_say(emit, "%-12s %s", "owner", owner != NULL ? owner->id : t->is_mail ?
	    "none: no entry of \"threads\" in the parties file names it" : "none: no prefix of a party begins the summary");
	say_field(emit, "status", status != NULL ? status : "unknown");
	say_field(emit, "resolution", standing(shown, "resolution", t->resolution));
	say_turns(emit, t);
	say_field(emit, "whiteboard", whiteboard);
	say_next_update(emit, whiteboard);
	say_field(emit, "product", standing(shown, "product", t->product));
	say_field(emit, "component", standing(shown, "component", t->component));
	say_field(emit, "assigned to", standing(shown, "assigned_to", t->assigned_to));
	say_field(emit, "created by", t->creator);
	if (lapse_time_is_set(t->created))
		say_field(emit, "created", lapse_time_format(time, t->created));
	lapse_say_standing(emit, shown->state);
	if (lapse_time_is_set(t->hidden))
		lapse_emit_say(emit, "%-12s not since the capture of %s: what was seen before stays", "visible",
		    lapse_time_format(time, t->hidden));
	lapse_emit_say(emit, "%-12s git show %.12s:%s/thread.json", "evidence", t->capture, t->path);
}

/* A post's text at the moment. */
static const char *
text_of(const struct lapse_shown *shown, const struct lapse_post *post)
{
	const char *text = lapse_post_text(shown->state, post->number);

	return text != NULL ? text : "";
}

static void
emit_posts(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_shown *shown,
    const struct lapse_party *owner)
{
	const struct lapse_thread *t = shown->thread;
	char note[LAPSE_POST_NOTE_LEN + 1], path[LAPSE_PATH_MAX];

	lapse_emit_begin(emit, "post", post_columns, sizeof(post_columns) / sizeof(post_columns[0]));
	for (size_t i = 0; i < t->nposts; i++) {
		const struct lapse_post *post = &t->posts[i];
		enum lapse_side side = post->is_generated ? LAPSE_SIDE_BOT :
		    lapse_parties_side(about->question->parties, owner, post->author, post->at);

		if (shown->only_post >= 0 && post->number != shown->only_post)
			continue;
		lapse_cell_thread(emit, t);
		lapse_emit_int(emit, post->number);
		lapse_emit_time(emit, post->is_undated ? LAPSE_NEVER : post->at);
		lapse_emit_text(emit, lapse_side_name(side));
		lapse_emit_text(emit, post->author);
		lapse_emit_bool(emit, post->is_public);
		lapse_emit_text(emit, !post->is_public ? "private" : post->is_generated ? "by the server" : post->is_undated ? "undated" :
		    lapse_post_note(note, shown->state, post->number));
		lapse_emit_text(emit, lapse_post_path(path, t, post));
		lapse_emit_text(emit, text_of(shown, post));
		lapse_cell_post_standing(emit, shown->state, post->number);
		lapse_emit_row(emit);
	}
	lapse_emit_end(emit);
}

/* A text of several lines, each on its own. */
static void
say_lines(struct lapse_emit *emit, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		lapse_emit_say(emit, "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void
say_texts(struct lapse_emit *emit, const struct lapse_shown *shown)
{
	for (size_t i = 0; i < shown->thread->nposts; i++) {
		const struct lapse_post *post = &shown->thread->posts[i];
		const char *text = text_of(shown, post), *seen = lapse_post_first_seen(shown->state, post->number);
		char time[LAPSE_TIME_LEN + 1];

		if ((shown->only_post >= 0 && post->number != shown->only_post) || *text == '\0')
			continue;
		lapse_emit_heading(emit, "#%lld %s %s%s%s", (long long)post->number,
		    post->is_undated ? "undated" : lapse_time_format(time, post->at),
		    post->author, seen != NULL ? ", as first seen at " : "", seen != NULL ? seen : "");
		say_lines(emit, text);
	}
}

void
lapse_report_thread(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_shown *shown,
    const struct lapse_party *owner, const struct lapse_obligation *items, size_t nitems)
{
	const struct lapse_thread *thread = shown->thread;
	enum lapse_format format = lapse_emit_format(emit);
	char at[LAPSE_TIME_LEN + 1];

	if (format == LAPSE_FORMAT_NDJSON)
		emit_thread(emit, shown, owner);
	lapse_report_head(emit, about);
	say_thread(emit, shown, owner);
	lapse_emit_heading(emit, "Posts up to %s", lapse_time_format(at, thread->at));
	emit_posts(emit, about, shown, owner);
	if (format == LAPSE_FORMAT_CSV)
		return;
	if (nitems > 0)
		lapse_emit_heading(emit, "Obligations under %s", lapse_policy_id(about->question->policy));
	else
		lapse_emit_say(emit, "no obligations under %s", lapse_policy_id(about->question->policy));
	lapse_report_obligations_begin(emit);
	for (size_t i = 0; i < nitems; i++)
		lapse_report_obligation(emit, thread, &items[i]);
	lapse_emit_end(emit);
	if (format != LAPSE_FORMAT_NDJSON)
		say_texts(emit, shown);
}
