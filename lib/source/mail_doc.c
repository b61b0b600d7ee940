/* A post's document from a message, and what a later run needs of it. */
#include <string.h>

#include "mail_run.h"

#include "lapse/digest.h"
#include "lapse/error.h"
#include "lapse/json.h"

static void
add_lower(struct lapse_sha256 *sha, const char *text)
{
	for (; *text != '\0'; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? (char)(*text | 32) : *text;

		lapse_sha256_add(sha, &c, 1);
	}
}

static int64_t
end_number(struct lapse_sha256 *sha)
{
	unsigned char digest[LAPSE_SHA256_LEN];
	uint64_t bits = 0;

	lapse_sha256_end(sha, digest);
	lapse_sha256_free(sha);
	for (size_t i = 0; i < sizeof(bits); i++)
		bits = bits << 8 | digest[i];
	return (int64_t)(bits >> 11);
}

const char *
mail_id(const struct lapse_mail *mail)
{
	return mail->message_id != NULL ? mail->message_id : mail->synthetic;
}

int64_t
mail_post_number(const struct lapse_mail *mail)
{
	struct lapse_sha256 *sha = lapse_sha256_new();

	lapse_sha256_add(sha, mail_id(mail), strlen(mail_id(mail)) + 1);
	lapse_sha256_add(sha, mail->alike, strlen(mail->alike) + 1);
	add_lower(sha, mail->author_address != NULL ? mail->author_address : mail->author_name);
	return end_number(sha) | LAPSE_POST_HASHED;
}

int64_t
mail_thread_number(const char *root)
{
	struct lapse_sha256 *sha = lapse_sha256_new();

	lapse_sha256_add(sha, root, strlen(root) + 1);
	return end_number(sha);
}

/* ---- to a document ---- */

static void
set_text(json_t *doc, const char *key, const char *text)
{
	if (text != NULL && *text != '\0')
		json_object_set_new(doc, key, json_string(text));
}

static json_t *
encode_references(const struct lapse_mail *mail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < mail->nreferences; i++)
		json_array_append_new(list, json_string(mail->references[i]));
	return list;
}

static json_t *
encode_copy(const struct mail_copy *copy)
{
	json_t *doc = json_pack("{s:s, s:s, s:I}", "sha256", copy->sha256, "format", copy->format,
	    "headers", (json_int_t)copy->headers);

	set_text(doc, "envelope", copy->envelope);
	return doc;
}

static json_t *
encode_copies(const struct mail_copy *copies, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, encode_copy(&copies[i]));
	return list;
}

static json_t *
encode_flags(unsigned flags)
{
	json_t *list = json_array();

	for (size_t i = 0; i < LAPSE_MAIL_NFLAGS; i++)
		if ((flags >> i & 1) != 0)
			json_array_append_new(list, json_string(lapse_mail_flag_name(i)));
	return list;
}

json_t *
mail_post_encode(const struct lapse_mail *mail, const struct mail_copy *copies, size_t ncopies)
{
	struct lapse_instant when = lapse_time_is_set(mail->at) ? mail->at : MAIL_UNDATED;
	char at[LAPSE_TIME_LEN + 1];
	json_t *doc = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o}",
	    "count", (json_int_t)mail_post_number(mail), "creation_time", lapse_time_format(at, when),
	    "author", mail->author_address != NULL ? mail->author_address : "",
	    "author_is", mail->author_how, "text", mail->text, "message_id", mail_id(mail), "alike", mail->alike,
	    "time_is", mail->date_source, "zone_known", mail->zone_known,
	    "references", encode_references(mail), "flags", encode_flags(mail->flags), "copies",
	    encode_copies(copies, ncopies));

	if (mail->slack > 0 && lapse_time_is_set(mail->at))
		json_object_set_new(doc, "time_slack", json_integer(mail->slack));
	set_text(doc, "author_name", mail->author_name);
	set_text(doc, "subject", mail->subject);
	set_text(doc, "date", mail->date_written);
	return doc;
}

/* ---- and back ---- */

static int
decode_references(struct mail_post *out, struct lapse_arena *arena, const json_t *list)
{
	const char **ids = lapse_arena_alloc(arena, json_array_size(list) * sizeof(*ids));

	out->references = ids;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *id = json_string_value(json_array_get(list, i));

		if (id == NULL)
			return lapse_fail(LAPSE_EFORMAT, "\"references\" holds something that is no text");
		ids[out->nreferences++] = lapse_arena_dup(arena, id);
	}
	return 0;
}

static int
decode_copies(struct mail_post *out, struct lapse_arena *arena, const json_t *list)
{
	out->copies = lapse_arena_alloc(arena, json_array_size(list) * sizeof(*out->copies));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct mail_copy *copy = &out->copies[out->ncopies++];

		copy->sha256 = lapse_arena_dup(arena, lapse_json_text(item, "sha256"));
		copy->format = lapse_arena_dup(arena, lapse_json_text(item, "format"));
		copy->envelope = lapse_json_text(item, "envelope") != NULL ?
		    lapse_arena_dup(arena, lapse_json_text(item, "envelope")) : "";
		if (copy->sha256 == NULL || strlen(copy->sha256) != LAPSE_SHA256_HEX || copy->format == NULL ||
		    !lapse_json_int(&copy->headers, json_object_get(item, "headers")))
			return lapse_fail(LAPSE_EFORMAT, "\"copies\" holds something that is no copy of a message");
	}
	return out->ncopies > 0 ? 0 : lapse_fail(LAPSE_EFORMAT, "no \"copies\"");
}

int
mail_post_decode(struct mail_post *out, struct lapse_arena *arena, const json_t *doc)
{
	const char *when = lapse_json_text(doc, "creation_time");
	int rc;

	*out = (struct mail_post){ .had = -1, .thread = -1, .parent = -1 };
	out->message_id = lapse_arena_dup(arena, lapse_json_text(doc, "message_id"));
	out->subject = lapse_arena_dup(arena, lapse_json_text(doc, "subject"));
	if (!lapse_json_int(&out->number, json_object_get(doc, "count")) || out->message_id == NULL || when == NULL)
		return lapse_fail(LAPSE_EFORMAT, "no \"count\", \"message_id\" or \"creation_time\"");
	rc = lapse_context(lapse_time_parse(&out->at, when), "creation_time");
	if (rc == 0)
		rc = decode_references(out, arena, json_object_get(doc, "references"));
	return rc < 0 ? rc : decode_copies(out, arena, json_object_get(doc, "copies"));
}
