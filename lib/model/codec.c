#include "lapse/codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/text.h"

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

/* A time that may be absent or null. */
static int
time_field(struct lapse_instant *out, const json_t *doc, const char *key)
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
	rc = time_field(&thread->created, doc, "creation_time");
	if (rc == 0)
		rc = time_field(&thread->changed, doc, "last_change_time");
	return rc < 0 ? rc : time_field(&thread->last_resolved, doc, "cf_last_resolved");
}

/* ---- posts ---- */

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
	post->text = text && json_is_string(words) ? lapse_codec_text(arena, words) : "";
	return 0;
}

/* ---- changes ---- */

static int64_t
number_or_none(const json_t *doc, const char *key)
{
	int64_t n;

	return lapse_json_int(&n, json_object_get(doc, key)) && n >= 0 ? n : -1;
}

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

static json_t *
encode_ids(const struct lapse_ids *ids)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ids->nitems; i++)
		json_array_append_new(list, json_integer(ids->items[i]));
	return list;
}

static int
decode_ids(struct lapse_ids *out, const json_t *list, const char *key)
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
	return json_pack("{s:o}", "numbers", encode_ids(ids));
}

int
lapse_codec_list_decode(struct lapse_ids *out, const json_t *doc)
{
	lapse_ids_init(out);
	return decode_ids(out, json_object_get(doc, "numbers"), "numbers");
}

/* ---- captures ---- */

static const char *const count_names[LAPSE_NPARTS] = { "bugs", "comments", "changes", "attachments" };

static void
set_time(json_t *object, const char *key, struct lapse_instant t)
{
	char text[LAPSE_TIME_LEN + 1];

	json_object_set_new(object, key, lapse_time_is_set(t) ? json_string(lapse_time_format(text, t)) : json_null());
}

static json_t *
encode_hidden(const struct lapse_asked *asked)
{
	json_t *object = json_object();
	char id[24];

	for (size_t i = 0; i < asked->nhidden; i++) {
		snprintf(id, sizeof(id), "%" PRId64, asked->hidden[i].id);
		json_object_set_new(object, id,
		    asked->hidden[i].code != 0 ? json_integer(asked->hidden[i].code) : json_null());
	}
	return object;
}

/* How threads were read again, when some were to be. */
static void
encode_recheck(json_t *doc, const struct lapse_asked *asked)
{
	json_t *stood = json_object();

	for (size_t i = 0; i < asked->nstood; i++)
		json_object_set_new(stood, asked->stood[i].commit, encode_ids(&asked->stood[i].bugs));
	json_object_set_new(doc, "recheck", json_pack("{s:I, s:I, s:o}", "threads", (json_int_t)asked->rechecked,
	    "by_edit_counts", (json_int_t)asked->by_edits, "not_modified", stood));
}

/* The keys of a capture from the network. */
static void
encode_asked(json_t *doc, const struct lapse_asked *asked)
{
	json_object_set_new(doc, "asked", json_pack("{s:s, s:s, s:I, s:I, s:I}", "rest", asked->rest, "query", asked->query,
	    "requests", (json_int_t)asked->requests, "again", (json_int_t)asked->again, "pages", (json_int_t)asked->pages));
	json_object_set_new(doc, "authenticated", json_boolean(asked->authenticated));
	json_object_set_new(doc, "complete", json_boolean(asked->complete));
	set_time(doc, "server_time", asked->server_time);
	set_time(doc, "listed", asked->listed);
	json_object_set_new(doc, "total", asked->total >= 0 ? json_integer(asked->total) : json_null());
	json_object_set_new(doc, "unchanged", json_boolean(asked->unchanged));
	json_object_set_new(doc, "outside", encode_ids(&asked->outside));
	if (asked->followed.nitems > 0)
		json_object_set_new(doc, "followed", encode_ids(&asked->followed));
	json_object_set_new(doc, "due", encode_ids(&asked->due));
	json_object_set_new(doc, "not_visible", encode_hidden(asked));
	if (asked->rechecked > 0)
		encode_recheck(doc, asked);
	if (asked->revisions > 0)
		json_object_set_new(doc, "revisions", json_integer(asked->revisions));
}

static json_t *
encode_exhibit(const struct lapse_exhibit *exhibit)
{
	return json_pack("{s:s, s:s, s:s, s:I}", "commit", exhibit->commit, "folder", exhibit->folder,
	    "sha256", exhibit->sha256, "files", (json_int_t)exhibit->files);
}

/* One part's bugs are mostly another's: then there is one list in memory. */
static json_t *
encode_scope(const struct lapse_capture *capture)
{
	json_t *scope = json_object(), *list;

	for (int part = 0; part < LAPSE_NPARTS; part++) {
		const struct lapse_ids *before = part > 0 ? &capture->scope[part - 1] : NULL;

		if (before != NULL && lapse_ids_equal(before, &capture->scope[part]))
			list = json_incref(json_object_get(scope, lapse_part_name((enum lapse_part)part - 1)));
		else
			list = encode_ids(&capture->scope[part]);
		json_object_set_new(scope, lapse_part_name((enum lapse_part)part), list);
	}
	return scope;
}

json_t *
lapse_codec_capture_encode(const struct lapse_capture *capture)
{
	json_t *scope = encode_scope(capture), *counts = json_object(), *doc;
	char time[LAPSE_TIME_LEN + 1];

	for (int part = 0; part < LAPSE_NPARTS; part++)
		json_object_set_new(counts, count_names[part], json_integer(capture->counts[part]));
	json_object_set_new(counts, "people", json_integer(capture->people));
	json_object_set_new(counts, "in_two_versions", json_integer(capture->versions));
	doc = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:n, s:o, s:o}",
	    "format", LAPSE_FORMAT_CAPTURE, "lapse", LAPSE_VERSION,
	    "source", capture->source, "kind", capture->kind,
	    "time", lapse_time_format(time, capture->time),
	    "time_is", capture->stated ? "stated" : "observed",
	    "asked", "scope", scope, "counts", counts);
	if (capture->asked.rest != NULL)
		encode_asked(doc, &capture->asked);
	if (capture->evidence.commit[0] != '\0')
		json_object_set_new(doc, "evidence", encode_exhibit(&capture->evidence));
	return doc;
}

static void
decode_count(int64_t *out, const json_t *counts, const char *key)
{
	if (!lapse_json_int(out, json_object_get(counts, key)))
		*out = 0;
}

static int
decode_name(char *out, size_t size, const json_t *doc, const char *key)
{
	const char *text = lapse_json_text(doc, key);

	if (text == NULL || strlen(text) >= size)
		return lapse_fail(LAPSE_EFORMAT, "no usable \"%s\"", key);
	snprintf(out, size, "%s", text);
	return 0;
}

static int
decode_capture_head(struct lapse_capture *out, const json_t *doc)
{
	const char *time = lapse_json_text(doc, "time");
	const char *is = lapse_json_text(doc, "time_is");
	int rc = lapse_codec_format(doc, LAPSE_FORMAT_CAPTURE);

	if (rc == 0)
		rc = decode_name(out->source, sizeof(out->source), doc, "source");
	if (rc == 0)
		rc = decode_name(out->kind, sizeof(out->kind), doc, "kind");
	if (rc < 0)
		return rc;
	if (time == NULL || lapse_time_parse(&out->time, time) < 0)
		return lapse_fail(LAPSE_EFORMAT, "no usable \"time\"");
	if (is == NULL || (strcmp(is, "stated") != 0 && strcmp(is, "observed") != 0))
		return lapse_fail(LAPSE_EFORMAT, "\"time_is\" is neither \"stated\" nor \"observed\"");
	out->stated = strcmp(is, "stated") == 0;
	return 0;
}

/* Absent: none. */
static int
decode_optional_ids(struct lapse_ids *out, const json_t *doc, const char *key)
{
	const json_t *list = json_object_get(doc, key);
	int rc = list != NULL ? decode_ids(out, list, key) : 0;

	lapse_ids_sort(out);
	return rc;
}

static int
by_id(const void *va, const void *vb)
{
	const struct lapse_hidden *a = va, *b = vb;

	return a->id < b->id ? -1 : a->id > b->id;
}

static int
decode_hidden(struct lapse_asked *asked, json_t *object)
{
	const char *key;
	json_t *value;
	int64_t id, code;

	json_object_foreach(object, key, value) {
		if (lapse_int_parse(&id, key, 0, INT64_MAX) < 0)
			return lapse_fail(LAPSE_EFORMAT, "\"not_visible\" holds a key that is no number");
		asked->hidden = lapse_grow(asked->hidden, asked->nhidden, &asked->hidden_cap, sizeof(*asked->hidden));
		asked->hidden[asked->nhidden++] = (struct lapse_hidden){ id, lapse_json_int(&code, value) ? code : 0 };
	}
	if (asked->nhidden > 0)
		qsort(asked->hidden, asked->nhidden, sizeof(*asked->hidden), by_id);
	return 0;
}

static bool
is_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

/* No run reads so many threads again. */
#define STOOD_MAX 1000

static int
decode_recheck(struct lapse_asked *out, const json_t *recheck)
{
	json_t *stood = json_object_get(recheck, "not_modified"), *list;
	const char *commit;
	int rc = 0;

	decode_count(&out->rechecked, recheck, "threads");
	decode_count(&out->by_edits, recheck, "by_edit_counts");
	if (json_object_size(stood) > STOOD_MAX)
		return lapse_fail(LAPSE_EFORMAT, "\"not_modified\" names more than %d captures", STOOD_MAX);
	json_object_foreach(stood, commit, list) {
		struct lapse_stood *item;

		if (!is_hex(commit, 40))
			return lapse_fail(LAPSE_EFORMAT, "\"not_modified\" holds a key that is no commit");
		out->stood = lapse_grow(out->stood, out->nstood, &out->stood_cap, sizeof(*out->stood));
		item = &out->stood[out->nstood++];
		snprintf(item->commit, sizeof(item->commit), "%s", commit);
		lapse_ids_init(&item->bugs);
		rc = decode_ids(&item->bugs, list, "not_modified");
		lapse_ids_sort(&item->bugs);
		if (rc < 0)
			break;
	}
	return rc;
}

static int
decode_asked(struct lapse_asked *out, const json_t *doc)
{
	const json_t *asked = json_object_get(doc, "asked");
	const char *rest = lapse_json_text(asked, "rest");
	const char *query = lapse_json_text(asked, "query");
	int rc;

	if (rest == NULL || query == NULL)
		return 0;
	out->rest = lapse_strdup(rest);
	out->query = lapse_strdup(query);
	decode_count(&out->requests, asked, "requests");
	decode_count(&out->again, asked, "again");
	decode_count(&out->pages, asked, "pages");
	decode_count(&out->revisions, doc, "revisions");
	out->authenticated = json_is_true(json_object_get(doc, "authenticated"));
	out->complete = json_is_true(json_object_get(doc, "complete"));
	out->unchanged = json_is_true(json_object_get(doc, "unchanged"));
	if (!lapse_json_int(&out->total, json_object_get(doc, "total")))
		out->total = -1;
	rc = time_field(&out->server_time, doc, "server_time");
	if (rc == 0)
		rc = time_field(&out->listed, doc, "listed");
	if (rc == 0)
		rc = decode_optional_ids(&out->outside, doc, "outside");
	if (rc == 0)
		rc = decode_optional_ids(&out->followed, doc, "followed");
	if (rc == 0)
		rc = decode_optional_ids(&out->due, doc, "due");
	if (rc == 0)
		rc = decode_hidden(out, json_object_get(doc, "not_visible"));
	return rc == 0 ? decode_recheck(out, json_object_get(doc, "recheck")) : rc;
}

/* What a record says of its evidence, if it says anything. */
static int
decode_exhibit(struct lapse_exhibit *out, const json_t *doc)
{
	int rc;

	if (doc == NULL)
		return 0;
	rc = decode_name(out->commit, sizeof(out->commit), doc, "commit");
	if (rc == 0)
		rc = decode_name(out->folder, sizeof(out->folder), doc, "folder");
	if (rc == 0)
		rc = decode_name(out->sha256, sizeof(out->sha256), doc, "sha256");
	if (rc == 0 && (!is_hex(out->commit, 40) || !is_hex(out->sha256, 64) ||
	    !lapse_json_int(&out->files, json_object_get(doc, "files")) || out->files < 1))
		rc = lapse_fail(LAPSE_EFORMAT, "no usable commit, sha256 or number of files");
	return lapse_context(rc, "evidence");
}

int
lapse_codec_capture_decode(struct lapse_capture *out, const json_t *doc)
{
	const json_t *scope = json_object_get(doc, "scope");
	const json_t *counts = json_object_get(doc, "counts");
	int rc;

	lapse_capture_init(out);
	rc = decode_capture_head(out, doc);
	if (rc == 0)
		rc = decode_exhibit(&out->evidence, json_object_get(doc, "evidence"));
	for (int part = 0; rc == 0 && part < LAPSE_NPARTS; part++) {
		rc = decode_ids(&out->scope[part], json_object_get(scope, lapse_part_name(part)),
		    lapse_part_name(part));
		lapse_ids_sort(&out->scope[part]);
		decode_count(&out->counts[part], counts, count_names[part]);
	}
	decode_count(&out->people, counts, "people");
	decode_count(&out->versions, counts, "in_two_versions");
	return rc == 0 ? decode_asked(&out->asked, doc) : rc;
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
	};
	return lapse_codec_source_decode(&out->name, &out->kind, &out->url, doc);
}

json_t *
lapse_codec_archive_encode(void)
{
	return json_pack("{s:s}", "format", LAPSE_FORMAT_ARCHIVE);
}
