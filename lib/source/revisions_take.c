#include "revisions_take.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "page.h"
#include "replay.h"

#include "lapse/codec.h"
#include "lapse/digest.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/text.h"

#define PAGE "page.cgi?id=comment-revisions.html&bug_id="
#define COMMENT "&comment_id="

int
lapse_revisions_target(struct lapse_buf *out, int64_t bug, int64_t comment)
{
	return lapse_buf_printf(out, PAGE "%" PRId64 COMMENT "%" PRId64, bug, comment);
}

static bool
read_digits(int64_t *out, const char *text, size_t len)
{
	char digits[24];

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return lapse_int_parse(out, digits, 1, INT64_C(9007199254740991)) == 0;
}

bool
lapse_revisions_asked(int64_t *bug, int64_t *comment, const char *uri)
{
	const char *p = strstr(uri, "/" PAGE), *end;

	if (p == NULL)
		return false;
	p += strlen("/" PAGE);
	end = p + strspn(p, "0123456789");
	if (!read_digits(bug, p, (size_t)(end - p)) || strncmp(end, COMMENT, strlen(COMMENT)) != 0)
		return false;
	p = end + strlen(COMMENT);
	return read_digits(comment, p, strlen(p));
}

void
lapse_revisions_mark(char *out, const json_t *post)
{
	const json_t *raw = json_object_get(post, "raw_text"), *words = json_is_string(raw) ? raw : json_object_get(post, "text");
	struct lapse_sha256 *sha = lapse_sha256_new();
	unsigned char digest[LAPSE_SHA256_LEN];
	char count[32] = "";
	int64_t n;

	if (lapse_json_int(&n, json_object_get(post, "edit_count")))
		snprintf(count, sizeof(count), "%" PRId64, n);
	lapse_sha256_add(sha, count, strlen(count) + 1);
	lapse_sha256_add(sha, json_is_string(words) ? json_string_value(words) : "", json_string_length(words));
	lapse_sha256_end(sha, digest);
	lapse_sha256_free(sha);
	lapse_hex_format(out, digest, sizeof(digest));
}

/* When was the post made that is kept? LAPSE_EFORMAT when none is, or it is another comment than the page's. */
static int
read_post(struct lapse_instant *out, struct import *run, struct lapse_revisions *r)
{
	struct lapse_post post = { 0 };
	char path[LAPSE_PATH_MAX];
	json_t *doc = NULL;
	int64_t id;
	int rc;

	lapse_path_post(path, run->source, r->bug, r->number);
	rc = run->replay != NULL ? lapse_replay_get(&run->other, run->replay, path) : lapse_batch_get(&run->other, run->batch, path);
	if (rc > 0)
		rc = lapse_json_parse(&doc, run->other.data, run->other.len, path);
	else if (rc == 0)
		rc = lapse_fail(LAPSE_EFORMAT, "revisions of a post that is not kept");
	if (rc == 0)
		rc = lapse_codec_post(&post, &run->arena, doc, false);
	if (rc == 0 && (!lapse_json_int(&id, json_object_get(doc, "id")) || id != r->comment))
		rc = lapse_fail(LAPSE_EFORMAT, "a page of another comment than the post's");
	*out = post.at;
	lapse_revisions_mark(r->of, doc);
	json_decref(doc);
	return rc;
}

static int
put(struct import *run, const struct lapse_revisions *r)
{
	char path[LAPSE_PATH_MAX];
	json_t *doc = lapse_revisions_encode(r);
	int rc;

	if (doc == NULL)
		return lapse_fail(LAPSE_EFORMAT, "a page that is no UTF-8");
	rc = lapse_import_put(run, lapse_path_revisions(path, run->source, r->bug, r->number), doc);
	json_decref(doc);
	return rc;
}

int
lapse_revisions_take(struct import *run, const struct lapse_buf *page, int64_t bug, int64_t comment)
{
	struct lapse_instant created = LAPSE_NEVER;
	struct lapse_revisions r;
	int rc = lapse_page_read(&r, &run->arena, page->data != NULL ? page->data : "", page->len);

	if (rc == 0 && r.nitems == 0)
		r.comment = comment;
	if (rc == 0 && (r.bug != bug || r.comment != comment))
		rc = lapse_fail(LAPSE_EFORMAT, "a page of another comment");
	if (rc == 0)
		rc = read_post(&created, run, &r);
	if (rc == 0) {
		lapse_revisions_date(&r, created);
		rc = put(run, &r);
	}
	lapse_arena_reset(&run->arena);
	return rc < 0 ? rc : r.has_offset || r.nitems == 0;
}
