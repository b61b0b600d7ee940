#include "check.h"

#include <inttypes.h>
#include <string.h>

#include "lapse/codec.h"
#include "lapse/digest.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/party.h"
#include "lapse/policy.h"
#include "lapse/revisions.h"

/* ---- ids against paths ---- */

/* Is a number of the document what the path says? A key that is absent says nothing unless it is `needed`. */
static int
is_number(const json_t *doc, const char *key, int64_t want, bool needed)
{
	const json_t *value = json_object_get(doc, key);
	int64_t have;

	if (value == NULL && !needed)
		return 0;
	if (lapse_json_int(&have, value) && have == want)
		return 0;
	return lapse_fail(LAPSE_EFORMAT, "\"%s\" is not the %" PRId64 " of its path", key, want);
}

static int
is_text(const json_t *doc, const char *key, const char *want)
{
	const char *have = lapse_json_text(doc, key);

	if (have != NULL && strcmp(have, want) == 0)
		return 0;
	return lapse_fail(LAPSE_EFORMAT, "\"%s\" is not the '%s' of its path", key, want);
}

static int
check_identity(const json_t *doc, const struct lapse_place *place)
{
	char time[LAPSE_TIME_LEN + 1];
	int rc;

	switch (place->file) {
	case LAPSE_FILE_THREAD:
	case LAPSE_FILE_PERSON:
		return is_number(doc, "id", place->thread, true);
	case LAPSE_FILE_POST:
	case LAPSE_FILE_REVISIONS:
		rc = is_number(doc, "count", place->number, true);
		return rc < 0 ? rc : is_number(doc, "bug_id", place->thread, false);
	case LAPSE_FILE_ATTACHMENT:
		rc = is_number(doc, "id", place->number, true);
		return rc < 0 ? rc : is_number(doc, "bug_id", place->thread, false);
	case LAPSE_FILE_SOURCE:
		return is_text(doc, "name", place->source);
	case LAPSE_FILE_POLICY:
		return is_text(doc, "id", place->source);
	case LAPSE_FILE_CAPTURE:
		rc = is_text(doc, "source", place->source);
		return rc < 0 ? rc : is_text(doc, "time", lapse_time_format(time, place->time));
	default:
		return 0;
	}
}

/* ---- schemas ---- */

static int
check_parties(const json_t *doc)
{
	struct lapse_parties *parties;
	int rc = lapse_parties_parse(&parties, doc, "parties");

	lapse_parties_free(parties);
	return rc;
}

static int
check_policy(const json_t *doc)
{
	struct lapse_policy *policy;
	int rc = lapse_policy_parse(&policy, doc, "policy");

	lapse_policy_free(policy);
	return rc;
}

static int
check_list(const json_t *doc)
{
	struct lapse_ids ids;
	int rc = lapse_codec_list_decode(&ids, doc);

	for (size_t i = 1; rc == 0 && i < ids.nitems; i++)
		if (ids.items[i] <= ids.items[i - 1])
			rc = lapse_fail(LAPSE_EFORMAT, "\"numbers\" is not in ascending order");
	lapse_ids_release(&ids);
	return rc;
}

static int
check_capture(const json_t *doc)
{
	struct lapse_capture capture;
	int rc = lapse_codec_capture_decode(&capture, doc);

	lapse_capture_release(&capture);
	return rc;
}

static int
check_schema(const json_t *doc, enum lapse_file file, struct lapse_arena *arena)
{
	struct lapse_thread thread = { 0 };
	struct lapse_change *changes;
	struct lapse_post post = { 0 };
	struct lapse_revisions revisions;
	const char *name, *kind, *url;
	size_t n;

	if (!json_is_object(doc))
		return lapse_fail(LAPSE_EFORMAT, "not an object");
	switch (file) {
	case LAPSE_FILE_ARCHIVE: return lapse_codec_format(doc, LAPSE_FORMAT_ARCHIVE);
	case LAPSE_FILE_PARTIES: return check_parties(doc);
	case LAPSE_FILE_POLICY: return check_policy(doc);
	case LAPSE_FILE_SOURCE: return lapse_codec_source_decode(&name, &kind, &url, doc);
	case LAPSE_FILE_THREAD: return lapse_codec_fields(&thread, arena, doc);
	case LAPSE_FILE_POST: return lapse_codec_post(&post, arena, doc, false);
	case LAPSE_FILE_CHANGES: return lapse_codec_changes(&changes, &n, arena, doc);
	case LAPSE_FILE_REVISIONS: return lapse_revisions_decode(&revisions, arena, doc);
	case LAPSE_FILE_POST_LIST:
	case LAPSE_FILE_ATTACHMENT_LIST: return check_list(doc);
	case LAPSE_FILE_CAPTURE: return check_capture(doc);
	default: return 0;
	}
}

static const char *
check_parsed(const json_t *doc, const struct lapse_buf *bytes, const struct lapse_place *place,
    struct lapse_arena *arena, struct lapse_buf *canon)
{
	lapse_buf_reset(canon);
	if (lapse_canon_write(canon, doc) < 0)
		return "canonical";
	if (canon->len != bytes->len || memcmp(canon->data, bytes->data, bytes->len) != 0) {
		lapse_fail(LAPSE_EFORMAT, "not in canonical form (RFC 8785)");
		return "canonical";
	}
	if (check_schema(doc, place->file, arena) < 0)
		return "schema";
	return check_identity(doc, place) < 0 ? "identity" : NULL;
}

/* A message's bytes are under the name of their digest. */
static const char *
check_message(const struct lapse_buf *bytes, const struct lapse_place *place)
{
	char sha256[LAPSE_SHA256_HEX + 1];

	lapse_sha256_hex(sha256, bytes->data, bytes->len);
	if (strcmp(sha256, place->sha256) == 0)
		return NULL;
	lapse_fail(LAPSE_EFORMAT, "its SHA-256 is %s", sha256);
	return "identity";
}

const char *
lapse_check_document(const struct lapse_buf *bytes, const struct lapse_place *place,
    struct lapse_arena *arena, struct lapse_buf *canon)
{
	json_t *doc = NULL;
	const char *class;

	if (place->file == LAPSE_FILE_MESSAGE)
		return check_message(bytes, place);
	lapse_arena_reset(arena);
	if (lapse_json_parse(&doc, bytes->data, bytes->len, NULL) < 0)
		return "canonical";
	class = check_parsed(doc, bytes, place, arena, canon);
	json_decref(doc);
	return class;
}
