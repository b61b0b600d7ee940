/* Attachments: those that came and went, and how each differs from one capture to the next. */
#include <stdio.h>
#include <string.h>

#include "event_dossier.h"

#include "lapse/codec.h"
#include "lapse/json.h"

/* By key; what the history calls them. */
static const struct member_rule rules[] = {
	{ "attacher", TREAT_SKIP, NULL },		/* the creator again */
	{ "bug_id", TREAT_FIXED, NULL },
	{ "content_type", TREAT_VALUE, "attachments.mimetype" },
	{ "creation_time", TREAT_FIXED, NULL },
	{ "creator", TREAT_PERSON, NULL },
	{ "data", TREAT_SKIP, NULL },			/* compared by its size below */
	{ "description", TREAT_SKIP, NULL },		/* the summary again */
	{ "file_name", TREAT_VALUE, "attachments.filename" },
	{ "flags", TREAT_FLAGS, "flagtypes.name" },
	{ "id", TREAT_FIXED, NULL },
	{ "is_obsolete", TREAT_VALUE, "attachments.isobsolete" },
	{ "is_patch", TREAT_VALUE, "attachments.ispatch" },
	{ "is_private", TREAT_VALUE, "attachments.isprivate" },
	{ "last_change_time", TREAT_NOISE, NULL },
	{ "size", TREAT_FIXED, NULL },
	{ "summary", TREAT_VALUE, "attachments.description" },
};

/* The file itself: never to be shown, and never to change. */
static void
compare_data(struct dossier *r, const struct take *before, const struct take *after)
{
	const json_t *a = json_object_get(before->doc, "data"), *b = json_object_get(after->doc, "data");
	struct between between = lapse_dossier_between(r, LAPSE_PART_ATTACHMENTS, before->version, after->version);
	struct lapse_event *event;

	if (a == NULL || b == NULL || json_equal(a, b))
		return;
	event = lapse_dossier_difference(r, LAPSE_EVENT_ATTACHMENT_CHANGED, &between, before, after);
	event->field = "data";
	event->from = lapse_arena_printf(r->arena, "%zu characters of base64", json_string_length(a));
	event->to = lapse_arena_printf(r->arena, "%zu characters of base64", json_string_length(b));
}

static int
compare_attachment(struct dossier *r, struct take *before, struct take *after)
{
	struct document_rules attachment = { .items = rules, .nitems = sizeof(rules) / sizeof(rules[0]),
	    .part = LAPSE_PART_ATTACHMENTS, .kind = LAPSE_EVENT_ATTACHMENT_CHANGED,
	    .subject = ABOUT_ATTACHMENT, .number = after->number, .prefix = "attachments." };
	int rc = lapse_dossier_read(r, before);

	if (rc == 0)
		rc = lapse_dossier_read(r, after);
	if (rc < 0)
		return rc;
	lapse_events_members(r, &attachment, before, after);
	compare_data(r, before, after);
	return 0;
}

/* ---- coming and going ---- */

static struct lapse_instant
created(const struct take *take)
{
	struct lapse_instant at = LAPSE_NEVER;
	const char *text = lapse_json_text(take->doc, "creation_time");

	if (text == NULL || lapse_time_parse(&at, text) < 0)
		return LAPSE_NEVER;
	return at;
}

static void
set_creator(struct dossier *r, struct lapse_event *event, const struct take *take)
{
	const char *creator = lapse_json_text(take->doc, "creator");

	if (creator == NULL)
		creator = lapse_json_text(take->doc, "attacher");
	event->who = creator == NULL ? NULL : lapse_renames_login(&r->renames, lapse_arena_dup(r->arena, creator));
}

static const char *
title(struct dossier *r, const struct take *take)
{
	const json_t *summary = json_object_get(take->doc, "summary");

	return lapse_dossier_text(r, summary != NULL ? summary : json_object_get(take->doc, "description"));
}

static int
add_attachment(struct dossier *r, struct take *take)
{
	struct lapse_event *event;
	struct lapse_instant at;
	int rc = lapse_dossier_read(r, take);

	if (rc < 0)
		return rc;
	at = created(take);
	if (!lapse_time_is_set(at))
		return 0;	/* without a time it has no place in a log */
	event = lapse_dossier_event(r, LAPSE_EVENT_ATTACHED, at);
	event->attachment = take->number;
	event->to = title(r, take);
	event->capture = r->captures[r->versions[take->version].capture].commit;
	event->path = take->path;
	set_creator(r, event, take);
	return 0;
}

/* An attachment left a list, or came into it: what explains that. */
static void
explain(struct dossier *r, struct lapse_event *event, const struct between *between, const struct take *take, bool comes)
{
	struct about about = { .field = "attachments.isprivate", .subject = ABOUT_ATTACHMENT, .number = take->number,
	    .span = between->span };
	struct lapse_instant at = created(take);

	if (lapse_declared_entry(&r->declared, &about, comes ? "1" : "0", comes ? "0" : "1") != NULL) {
		event->standing = LAPSE_STANDING_DECLARED;
		event->why = comes ? "it was made public" : "it was made private";
	} else if (!comes && lapse_time_is_set(at) && at.sec > between->to.sec - EVENTS_LAG) {
		event->standing = LAPSE_STANDING_EXPLAINED;
		event->why = "it was minutes old, and the servers' copies may lag";
	}
}

static int
note_going(struct dossier *r, int64_t number, const struct listing *before, const struct listing *after)
{
	struct between between = lapse_dossier_between(r, LAPSE_PART_ATTACHMENTS, before->version, after->version);
	struct take *take = lapse_dossier_find(r, LAPSE_FILE_ATTACHMENT, number, after->version);
	struct lapse_event *event;
	char path[LAPSE_PATH_MAX];
	int rc = take != NULL ? lapse_dossier_read(r, take) : 0;

	if (rc < 0 || take == NULL)
		return rc;
	event = lapse_dossier_difference(r, LAPSE_EVENT_ATTACHMENT_VANISHED, &between, take, take);
	snprintf(path, sizeof(path), "%s/attachments.json", r->folder);
	event->path = lapse_arena_dup(r->arena, path);
	event->from = title(r, take);
	explain(r, event, &between, take, false);
	return 0;
}

static int
note_coming(struct dossier *r, int64_t number, const struct listing *before, const struct listing *after)
{
	struct between between = lapse_dossier_between(r, LAPSE_PART_ATTACHMENTS, before->version, after->version);
	struct take *take = lapse_dossier_find(r, LAPSE_FILE_ATTACHMENT, number, after->version);
	bool again = lapse_dossier_listed_before(&r->attachments, number, before->version);
	struct lapse_event *event;
	int rc = take != NULL ? lapse_dossier_read(r, take) : 0;

	if (rc < 0 || take == NULL)
		return rc;
	if (!again && (!lapse_time_is_set(created(take)) || created(take).sec > between.span.after.sec))
		return 0;
	event = lapse_dossier_difference(r, again ? LAPSE_EVENT_ATTACHMENT_RETURNED : LAPSE_EVENT_ATTACHMENT_LATE,
	    &between, NULL, take);
	event->to = title(r, take);
	event->standing = lapse_dossier_judge(r, between.after, r->settled[after->version]);
	if (!again)
		set_creator(r, event, take);
	explain(r, event, &between, take, true);
	return 0;
}

static int
compare_lists(struct dossier *r, const struct listing *before, const struct listing *after)
{
	const struct lapse_ids *a = &before->ids, *b = &after->ids;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < a->nitems; i++)
		if (!lapse_ids_has(b, a->items[i]))
			rc = note_going(r, a->items[i], before, after);
	for (size_t i = 0; rc == 0 && i < b->nitems; i++)
		if (!lapse_ids_has(a, b->items[i]))
			rc = note_coming(r, b->items[i], before, after);
	return rc;
}

int
lapse_events_attachments(struct dossier *r)
{
	size_t ntakes;
	struct take *takes = lapse_dossier_takes(&ntakes, r, LAPSE_FILE_ATTACHMENT);
	int rc = 0;

	for (size_t i = 0, n; rc == 0 && i < ntakes; i += n) {
		n = lapse_dossier_run(&takes[i], ntakes - i);
		if (!r->silent_only)
			rc = add_attachment(r, &takes[i]);
		for (size_t k = 1; rc == 0 && k < n; k++)
			rc = compare_attachment(r, &takes[i + k - 1], &takes[i + k]);
	}
	for (size_t i = 1; rc == 0 && i < r->attachments.nitems; i++)
		rc = compare_lists(r, &r->attachments.items[i - 1], &r->attachments.items[i]);
	return rc;
}
