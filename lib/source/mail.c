#include "mail.h"

#include <string.h>

#include "lapse/buf.h"
#include "mail_author.h"
#include "mail_headers.h"
#include "mail_id.h"
#include "mail_parts.h"
#include "mail_text.h"
#include "mail_time.h"
#include "mime.h"

const char *
lapse_mail_flag_name(size_t bit)
{
	static const char *const names[LAPSE_MAIL_NFLAGS] = {
		"no-date", "no-message-id", "two-message-ids", "no-zone", "date-contradicted", "bad-charset", "bad-structure",
		"body-from-html", "no-author"
	};

	return names[bit];
}

static void
flag(struct lapse_mail *mail, bool is, enum lapse_mail_flag which)
{
	if (is)
		mail->flags |= which;
}

static void
read_ids(struct lapse_mail *out, struct lapse_arena *arena, struct lapse_mail_headers *headers)
{
	struct lapse_mail_ids ids;

	lapse_mail_ids_read(&ids, arena, headers);
	out->message_id = ids.message_id;
	out->in_reply_to = ids.in_reply_to;
	out->references = ids.references;
	out->nreferences = ids.nreferences;
	flag(out, ids.message_id == NULL, LAPSE_MAIL_NO_MESSAGE_ID);
	flag(out, ids.nheaders > 1, LAPSE_MAIL_TWO_MESSAGE_IDS);
}

static void
read_time(struct lapse_mail *out, struct lapse_arena *arena, struct lapse_mail_headers *headers, const char *envelope, const char *list)
{
	struct lapse_mail_time time;

	lapse_mail_time_read(&time, arena, headers, envelope, list);
	out->date_written = time.written;
	out->date_source = time.source;
	out->at = time.at;
	out->zone_known = time.zone_known;
	out->slack = time.slack;
	flag(out, time.absent, LAPSE_MAIL_NO_DATE);
	flag(out, lapse_time_is_set(time.at) && !time.zone_known, LAPSE_MAIL_NO_ZONE);
	flag(out, time.contradicted, LAPSE_MAIL_DATE_CONTRADICTED);
}

static void
read_author(struct lapse_mail *out, struct lapse_arena *arena, struct lapse_mail_headers *headers, const char *format, const char *list)
{
	struct lapse_mail_author author;

	lapse_mail_author_read(&author, arena, headers, format, list);
	out->author_name = author.name;
	out->author_address = author.address;
	out->author_how = author.how;
	flag(out, *author.name == '\0' && author.address == NULL, LAPSE_MAIL_NO_AUTHOR);
}

/* The text ends without blank lines: how many there are depends on the mailbox. */
static void
keep_text(struct lapse_mail *out, struct lapse_arena *arena, const struct lapse_buf *text, size_t first)
{
	size_t len = text->len;

	while (len > 0 && strchr(" \t\n", text->data[len - 1]) != NULL)
		len--;
	out->text = lapse_arena_dupn(arena, len > 0 ? text->data : "", len);
	out->own = lapse_mail_own(arena, out->text, len);
	lapse_mail_alike(out->alike, out->subject, out->text, first < len ? first : len);
}

static int
read_text(struct lapse_mail *out, struct lapse_arena *arena, struct lapse_mail_headers *headers, const char *body, const char *end)
{
	struct lapse_mail_body found;
	struct lapse_buf text;
	int rc;

	lapse_buf_init(&text, LAPSE_BUF_DOCUMENT);
	rc = lapse_mail_parts_read(&found, &text, headers, body, end);
	if (rc == 0)
		keep_text(out, arena, &text, found.first);
	lapse_buf_release(&text);
	out->nattachments = found.nattachments;
	flag(out, found.bad_charset, LAPSE_MAIL_BAD_CHARSET);
	flag(out, found.broken, LAPSE_MAIL_BAD_STRUCTURE);
	flag(out, found.html, LAPSE_MAIL_BODY_FROM_HTML);
	return rc;
}

static void
add(struct lapse_sha256 *sha, const char *text)
{
	lapse_sha256_add(sha, text, strlen(text));
	lapse_sha256_add(sha, "|", 1);
}

/* Made of what anybody would say it is: who, when, about what, and what. */
static const char *
make_id(struct lapse_arena *arena, const struct lapse_mail *mail)
{
	struct lapse_sha256 *sha = lapse_sha256_new();
	unsigned char digest[LAPSE_SHA256_LEN];
	char hex[LAPSE_SHA256_HEX + 1];

	add(sha, mail->author_address != NULL ? mail->author_address : mail->author_name);
	add(sha, mail->date_written != NULL ? mail->date_written : "");
	add(sha, mail->subject);
	add(sha, mail->alike);
	lapse_sha256_end(sha, digest);
	lapse_sha256_free(sha);
	return lapse_arena_printf(arena, "%s@local.invalid", lapse_hex_format(hex, digest, sizeof(digest)));
}

int
lapse_mail_read(struct lapse_mail *out, struct lapse_arena *arena, const struct lapse_raw *raw, const struct lapse_list *list)
{
	const char *address = list != NULL ? list->address : NULL, *body, *subject;
	struct lapse_mail_headers headers;
	int rc = lapse_mime_load();

	*out = (struct lapse_mail){ .at = LAPSE_NEVER };
	if (rc < 0)
		return rc;
	lapse_mail_headers_init(&headers);
	body = lapse_mail_headers_cut(&headers, raw->data, raw->len);
	out->nheaders = headers.nitems;
	flag(out, headers.broken, LAPSE_MAIL_BAD_STRUCTURE);
	read_ids(out, arena, &headers);
	read_author(out, arena, &headers, raw->format, address);
	read_time(out, arena, &headers, raw->envelope, address);
	subject = lapse_mail_headers_text(&headers, arena, "Subject");
	out->subject = subject != NULL ? lapse_mime_words(arena, subject) : "";
	rc = read_text(out, arena, &headers, body, raw->data + raw->len);
	if (rc == 0 && out->message_id == NULL)
		out->synthetic = make_id(arena, out);
	flag(out, headers.bad, LAPSE_MAIL_BAD_CHARSET);
	lapse_mail_headers_release(&headers);
	return rc;
}
