#include "lapse/codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/text.h"
#include "codec_parts.h"

int
lapse_codec_format(const json_t *doc, const char *format)
{
	const char *have = lapse_json_text(doc, "format");

	if (have == NULL)
		return lapse_fail(LAPSE_EFORMAT, "no \"format\"; it should be \"%s\"", format);
	if (strcmp(have, format) != 0)
		return lapse_fail(LAPSE_EFORMAT, "format \"%.40s\", not \"%s\"", have, format);
	return 0;
}

/* ---- a bug's fields ---- */

/* A NUL becomes U+FFFD: cut there it would be another text. */
const char *
lapse_codec_text(struct lapse_arena *arena, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	char *copy, *to;

	if (text == NULL || memchr(text, '\0', len) == NULL)
		return lapse_arena_dup(arena, text);
	to = copy = lapse_arena_alloc(arena, 3 * len + 1);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0') {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
		} else {
			*to++ = text[i];
		}
	}
	return copy;
}

static const char *
field(struct lapse_arena *arena, const json_t *doc, const char *key)
{
	return lapse_codec_text(arena, json_object_get(doc, key));
}

int
codec_time(struct lapse_instant *out, const json_t *doc, const char *key)
{
	const char *text = lapse_json_text(doc, key);

	*out = LAPSE_NEVER;
	return text != NULL ? lapse_context(lapse_time_parse(out, text), "%s", key) : 0;
}

int
lapse_codec_fields(struct lapse_thread *thread, struct lapse_arena *arena, const json_t *doc)
{
	int rc;

	if (!json_is_object(doc))
		return lapse_fail(LAPSE_EFORMAT, "not an object");
	thread->summary = field(arena, doc, "summary");
	thread->status = field(arena, doc, "status");
	thread->resolution = field(arena, doc, "resolution");
	thread->whiteboard = field(arena, doc, "whiteboard");
	thread->product = field(arena, doc, "product");
	thread->component = field(arena, doc, "component");
	thread->creator = field(arena, doc, "creator");
	thread->assigned_to = field(arena, doc, "assigned_to");
	rc = codec_time(&thread->created, doc, "creation_time");
	if (rc == 0)
		rc = codec_time(&thread->changed, doc, "last_change_time");
	return rc < 0 ? rc : codec_time(&thread->last_resolved, doc, "cf_last_resolved");
}

/* ---- posts ---- */

static int64_t
number_or_none(const json_t *doc, const char *key)
{
	int64_t n;

	return lapse_json_int(&n, json_object_get(doc, key)) && n >= 0 ? n : -1;
}

/* The first of two keys that holds text: Bugzillas differ in which they send. */
static const json_t *
either(const json_t *doc, const char *key, const char *other)
{
	const json_t *value = json_object_get(doc, key);

	return json_is_string(value) ? value : json_object_get(doc, other);
}

static bool
is_generated(const json_t *text)
{
	const char *words = json_string_value(text);

	return words != NULL && strlen(words) == json_string_length(text) && lapse_text_is_generated(words);
}

/* What only messages of lists have: their numbers say which they are, and to no other document do these keys mean anything. */
static void
read_message(struct lapse_post *post, const json_t *doc)
{
	const char *time_is = lapse_json_text(doc, "time_is");
	int64_t slack = number_or_none(doc, "time_slack");

	post->is_undated = time_is != NULL && strcmp(time_is, "none") == 0;
	post->slack = slack < 0 ? 0 : slack < INT32_MAX ? (int32_t)slack : INT32_MAX;
}

int64_t
lapse_codec_moved_to(const json_t *doc)
{
	return number_or_none(doc, "count") >= LAPSE_POST_HASHED ? number_or_none(doc, "moved_to") : -1;
}

int
lapse_codec_post(struct lapse_post *post, struct lapse_arena *arena, const json_t *doc, bool text)
{
	const char *author = lapse_codec_text(arena, either(doc, "author", "creator"));
	const char *when = json_string_value(either(doc, "creation_time", "time"));
	const json_t *words = json_object_get(doc, "text");
	int rc;

	if (!lapse_json_int(&post->number, json_object_get(doc, "count")) || post->number < 0)
		return lapse_fail(LAPSE_EFORMAT, "\"count\" is not a number from 0");
	if (when == NULL)
		return lapse_fail(LAPSE_EFORMAT, "no \"creation_time\"");
	rc = lapse_context(lapse_time_parse(&post->at, when), "creation_time");
	if (rc < 0)
		return rc;
	post->author = author != NULL ? author : "";
	post->is_public = !json_is_true(json_object_get(doc, "is_private"));
	post->is_generated = is_generated(words);
	if (post->number >= LAPSE_POST_HASHED)
		read_message(post, doc);
	post->text = text && json_is_string(words) ? lapse_codec_text(arena, words) : "";
	return 0;
}

/* ---- changes ---- */

static int
decode_change(struct lapse_change *out, struct lapse_arena *arena, const json_t *change)
{
	const char *name = lapse_json_text(change, "field_name");
	const char *removed = field(arena, change, "removed");
	const char *added = field(arena, change, "added");

	if (name == NULL)
		return lapse_fail(LAPSE_EFORMAT, "a change without \"field_name\"");
	out->field = field(arena, change, "field_name");
	out->removed = removed != NULL ? removed : "";
	out->added = added != NULL ? added : "";
	out->post = number_or_none(change, "comment_count");
	out->attachment = number_or_none(change, "attachment_id");
	return 0;
}

static int
decode_item(struct lapse_change *out, size_t *nout, struct lapse_arena *arena, const json_t *item)
{
	const json_t *changes = json_object_get(item, "changes");
	const char *when = lapse_json_text(item, "when");
	const char *who = field(arena, item, "who");
	struct lapse_instant at;
	int rc;

	if (when == NULL || !json_is_array(changes))
		return lapse_fail(LAPSE_EFORMAT, "an item without \"when\" or \"changes\"");
	rc = lapse_time_parse(&at, when);
	who = who != NULL ? who : "";
	for (size_t i = 0; rc == 0 && i < json_array_size(changes); i++) {
		out[*nout] = (struct lapse_change){ .at = at, .who = who };
		rc = decode_change(&out[*nout], arena, json_array_get(changes, i));
		*nout += 1;
	}
	return rc;
}

int
lapse_codec_changes(struct lapse_change **out, size_t *nout, struct lapse_arena *arena, const json_t *doc)
{
	const json_t *history = json_object_get(doc, "history");
	size_t n = 0;
	int rc = 0;

	*out = NULL;
	*nout = 0;
	if (!json_is_array(history))
		return lapse_fail(LAPSE_EFORMAT, "no list \"history\"");
	for (size_t i = 0; i < json_array_size(history); i++)
		n += json_array_size(json_object_get(json_array_get(history, i), "changes"));
	*out = lapse_arena_alloc(arena, n * sizeof(**out));
	for (size_t i = 0; rc == 0 && i < json_array_size(history); i++)
		rc = decode_item(*out, nout, arena, json_array_get(history, i));
	return rc;
}

/* ---- lists ---- */

json_t *
codec_ids_encode(const struct lapse_ids *ids)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ids->nitems; i++)
		json_array_append_new(list, json_integer(ids->items[i]));
	return list;
}

int
codec_ids_decode(struct lapse_ids *out, const json_t *list, const char *key)
{
	int64_t id;

	if (!json_is_array(list))
		return lapse_fail(LAPSE_EFORMAT, "no list \"%s\"", key);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!lapse_json_int(&id, json_array_get(list, i)) || id < 0)
			return lapse_fail(LAPSE_EFORMAT, "\"%s\" holds something that is no number from 0", key);
		lapse_ids_add(out, id);
	}
	return 0;
}

json_t *
lapse_codec_list_encode(const struct lapse_ids *ids)
{
	return json_pack("{s:o}", "numbers", codec_ids_encode(ids));
}

int
lapse_codec_list_decode(struct lapse_ids *out, const json_t *doc)
{
	lapse_ids_init(out);
	return codec_ids_decode(out, json_object_get(doc, "numbers"), "numbers");
}

/* ---- the archive's own documents ---- */

json_t *
lapse_codec_source_encode(const char *name, const char *kind, const char *url)
{
	return json_pack("{s:s, s:s, s:s, s:s?}", "format", LAPSE_FORMAT_SOURCE,
	    "name", name, "kind", kind, "url", url);
}

int
lapse_codec_source_decode(const char **name, const char **kind, const char **url, const json_t *doc)
{
	int rc = lapse_codec_format(doc, LAPSE_FORMAT_SOURCE);

	*name = lapse_json_text(doc, "name");
	*kind = lapse_json_text(doc, "kind");
	*url = lapse_json_text(doc, "url");
	if (rc == 0 && (*name == NULL || *kind == NULL))
		rc = lapse_fail(LAPSE_EFORMAT, "no \"name\" or no \"kind\"");
	return rc;
}

/* Absent keys stay absent, so that a source is spelt as before when nothing more is known of it. */
json_t *
lapse_codec_source_write(const struct lapse_source *source)
{
	json_t *doc = lapse_codec_source_encode(source->name, source->kind, source->url);

	if (source->rest != NULL) {
		json_object_set_new(doc, "rest", json_string(source->rest));
		json_object_set_new(doc, "query", json_deep_copy(source->query));
	}
	if (source->recheck != NULL)
		json_object_set_new(doc, "recheck", json_string(source->recheck));
	if (!source->evidence)
		json_object_set_new(doc, "evidence", json_false());
	if (source->stopped)
		json_object_set_new(doc, "stopped", json_true());
	return doc;
}

int
lapse_codec_source_read(struct lapse_source *out, const json_t *doc)
{
	*out = (struct lapse_source){
		.rest = lapse_json_text(doc, "rest"),
		.query = json_object_get(doc, "query"),
		.recheck = lapse_json_text(doc, "recheck"),
		.evidence = !json_is_false(json_object_get(doc, "evidence")),
		.stopped = json_is_true(json_object_get(doc, "stopped")),
	};
	return lapse_codec_source_decode(&out->name, &out->kind, &out->url, doc);
}

json_t *
lapse_codec_archive_encode(void)
{
	return json_pack("{s:s}", "format", LAPSE_FORMAT_ARCHIVE);
}
