/* What a run recorded of itself. */
#include "lapse/codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/text.h"
#include "codec_parts.h"

/* ---- to a document ---- */

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
		json_object_set_new(stood, asked->stood[i].commit, codec_ids_encode(&asked->stood[i].bugs));
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
	json_object_set_new(doc, "outside", codec_ids_encode(&asked->outside));
	if (asked->followed.nitems > 0)
		json_object_set_new(doc, "followed", codec_ids_encode(&asked->followed));
	json_object_set_new(doc, "due", codec_ids_encode(&asked->due));
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
			list = codec_ids_encode(&capture->scope[part]);
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
	if (lapse_time_is_set(capture->reaches))
		set_time(doc, "reaches", capture->reaches);
	if (capture->asked.rest != NULL)
		encode_asked(doc, &capture->asked);
	if (capture->evidence.commit[0] != '\0')
		json_object_set_new(doc, "evidence", encode_exhibit(&capture->evidence));
	return doc;
}

/* ---- and back ---- */

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
	rc = codec_time(&out->reaches, doc, "reaches");
	if (rc == 0 && lapse_time_is_set(out->reaches) && out->reaches.sec > out->time.sec)
		rc = lapse_fail(LAPSE_EFORMAT, "\"reaches\" is after \"time\"");
	return rc;
}

/* Absent: none. */
static int
decode_optional_ids(struct lapse_ids *out, const json_t *doc, const char *key)
{
	const json_t *list = json_object_get(doc, key);
	int rc = list != NULL ? codec_ids_decode(out, list, key) : 0;

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
		rc = codec_ids_decode(&item->bugs, list, "not_modified");
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
	rc = codec_time(&out->server_time, doc, "server_time");
	if (rc == 0)
		rc = codec_time(&out->listed, doc, "listed");
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
		rc = codec_ids_decode(&out->scope[part], json_object_get(scope, lapse_part_name(part)),
		    lapse_part_name(part));
		lapse_ids_sort(&out->scope[part]);
		decode_count(&out->counts[part], counts, count_names[part]);
	}
	decode_count(&out->people, counts, "people");
	decode_count(&out->versions, counts, "in_two_versions");
	return rc == 0 ? decode_asked(&out->asked, doc) : rc;
}
