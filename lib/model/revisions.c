#include "lapse/revisions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"

#define QUARTER 900
#define OFFSET_MAX (14 * 3600)

/* ---- times ---- */

/* "2026-11-22 01:36:40" taken for UTC; LAPSE_NEVER for what is no time. */
static struct lapse_instant
read_shown(const char *shown)
{
	struct lapse_instant t;
	char text[21];

	if (strlen(shown) != 19 || shown[10] != ' ')
		return LAPSE_NEVER;
	memcpy(text, shown, 19);
	text[10] = 'T';
	text[19] = 'Z';
	text[20] = '\0';
	return lapse_time_parse(&t, text) == 0 ? t : LAPSE_NEVER;
}

void
lapse_revisions_date(struct lapse_revisions *r, struct lapse_instant created)
{
	struct lapse_instant first = r->nitems > 0 ? read_shown(r->items[0].shown) : LAPSE_NEVER;

	r->has_offset = false;
	r->offset = lapse_time_is_set(first) && lapse_time_is_set(created) ? first.sec - created.sec : 1;
	if (r->offset % QUARTER == 0 && r->offset <= OFFSET_MAX && r->offset >= -OFFSET_MAX)
		r->has_offset = true;
	else
		r->offset = 0;
	for (size_t i = 0; i < r->nitems; i++) {
		struct lapse_instant at = read_shown(r->items[i].shown);

		r->items[i].at = LAPSE_NEVER;
		if (r->has_offset && lapse_time_is_set(at))
			r->items[i].at.sec = at.sec - r->offset;
	}
}

/* ---- the document ---- */

static json_t *
encode_item(const struct lapse_revision *item)
{
	char time[LAPSE_TIME_LEN + 1];

	return json_pack("{s:s, s:s, s:s?, s:s, s:b}", "who", item->who, "shown", item->shown,
	    "time", lapse_time_is_set(item->at) ? lapse_time_format(time, item->at) : NULL, "text", item->text,
	    "hidden", item->hidden);
}

json_t *
lapse_revisions_encode(const struct lapse_revisions *r)
{
	json_t *items = json_array(), *item;

	for (size_t i = 0; i < r->nitems; i++) {
		item = encode_item(&r->items[i]);
		if (item == NULL) {
			json_decref(items);
			return NULL;
		}
		json_array_append_new(items, item);
	}
	return json_pack("{s:s, s:I, s:I, s:I, s:o, s:o}", "of", r->of, "bug_id", (json_int_t)r->bug, "comment_id", (json_int_t)r->comment,
	    "count", (json_int_t)r->number, "offset", r->has_offset ? json_integer(r->offset) : json_null(), "revisions", items);
}

static int
decode_item(struct lapse_revision *out, struct lapse_arena *arena, const json_t *item)
{
	const char *time = lapse_json_text(item, "time");

	*out = (struct lapse_revision){
		.who = lapse_codec_text(arena, json_object_get(item, "who")),
		.shown = lapse_codec_text(arena, json_object_get(item, "shown")),
		.text = lapse_codec_text(arena, json_object_get(item, "text")),
		.at = LAPSE_NEVER,
		.hidden = json_is_true(json_object_get(item, "hidden")),
	};
	if (out->who == NULL || out->shown == NULL || out->text == NULL)
		return lapse_fail(LAPSE_EFORMAT, "a revision without \"who\", \"shown\" or \"text\"");
	return time != NULL ? lapse_context(lapse_time_parse(&out->at, time), "time") : 0;
}

int
lapse_revisions_decode(struct lapse_revisions *out, struct lapse_arena *arena, const json_t *doc)
{
	const json_t *items = json_object_get(doc, "revisions");
	const char *of = lapse_json_text(doc, "of");
	int rc = 0;

	*out = (struct lapse_revisions){ .nitems = json_array_size(items) };
	if (!json_is_array(items) || !lapse_json_int(&out->bug, json_object_get(doc, "bug_id")) ||
	    !lapse_json_int(&out->comment, json_object_get(doc, "comment_id")) ||
	    !lapse_json_int(&out->number, json_object_get(doc, "count")) || out->number < 0)
		return lapse_fail(LAPSE_EFORMAT, "no usable \"bug_id\", \"comment_id\", \"count\" or \"revisions\"");
	snprintf(out->of, sizeof(out->of), "%s", of != NULL ? of : "");
	out->has_offset = lapse_json_int(&out->offset, json_object_get(doc, "offset"));
	out->items = lapse_arena_alloc(arena, out->nitems * sizeof(*out->items));
	for (size_t i = 0; rc == 0 && i < out->nitems; i++)
		rc = lapse_context(decode_item(&out->items[i], arena, json_array_get(items, i)), "revisions[%zu]", i);
	return rc;
}

/* ---- what they tell ---- */

void
lapse_revisions_changes(struct lapse_change **out, size_t *nout, struct lapse_arena *arena,
    const struct lapse_revisions *r)
{
	*out = lapse_arena_alloc(arena, r->nitems * sizeof(**out));
	*nout = 0;
	for (size_t i = 1; i < r->nitems; i++) {
		if (!lapse_time_is_set(r->items[i].at))
			continue;
		(*out)[(*nout)++] = (struct lapse_change){
			.at = r->items[i].at, .who = r->items[i].who, .field = "comment_revision",
			.removed = r->items[i - 1].text, .added = r->items[i].text,
			.post = r->number, .attachment = -1,
		};
	}
}

/* ---- posts that were edited ---- */

void
lapse_edited_add(struct lapse_edited *edited, int64_t bug, int64_t number)
{
	edited->items = lapse_grow(edited->items, edited->nitems, &edited->cap, sizeof(*edited->items));
	edited->items[edited->nitems].bug = bug;
	edited->items[edited->nitems++].number = number;
}

static int
by_bug_number(const void *va, const void *vb)
{
	const struct lapse_edited_post *a = va, *b = vb;

	if (a->bug != b->bug)
		return a->bug < b->bug ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

void
lapse_edited_sort(struct lapse_edited *edited)
{
	size_t kept = 0;

	if (edited->nitems > 1)
		qsort(edited->items, edited->nitems, sizeof(*edited->items), by_bug_number);
	for (size_t i = 0; i < edited->nitems; i++)
		if (kept == 0 || by_bug_number(&edited->items[kept - 1], &edited->items[i]) != 0)
			edited->items[kept++] = edited->items[i];
	edited->nitems = kept;
}

void
lapse_edited_release(struct lapse_edited *edited)
{
	free(edited->items);
	*edited = (struct lapse_edited){ .items = NULL };
}
