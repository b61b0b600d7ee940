#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/source/mail.h"
#include "lapse/fs.h"
#include "arena.h"

#define LIST "talk@lists.example.org"
#define LIST_ID "List-Id: Talk <talk.lists.example.org>\n"
#define GOOGLE LIST_ID "X-Google-Group-Id: 1\n"
#define TEXT "\nWords.\n"

static const struct lapse_mail *
read_as(const char *format, const char *data, size_t len, const char *envelope, const char *list)
{
	static struct lapse_mail mail;
	struct lapse_raw raw = { .format = format, .data = data, .len = len, .envelope = envelope, .line = 1 };

	assert_int_equal(lapse_mail_read(&mail, &arena, &raw, &(struct lapse_list){ list }), 0);
	return &mail;
}

static const struct lapse_mail *
read_mail(const char *data)
{
	return read_as("mboxrd", data, strlen(data), NULL, LIST);
}

static void
a_plain_message_is_read(void **state)
{
	const struct lapse_mail *m = read_mail("Message-ID: < A.b @Example.ORG >\r\nReferences: <1@x>\r\n <2@x> (junk) <1@x>\r\n"
	    "In-Reply-To: Your message of today <3@x> <4@x>\r\nFrom: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\n"
	    "Subject: =?iso-8859-1?q?Gr=FC=DFe?=\r\n =?utf-8?b?IQ==?=\r\nDate: Thu, 2 May 2019 17:36:06 +0200 (CEST)\r\n\r\nHello,\r\n\r\nyou.\r\n\r\n");

	(void)state;
	assert_string_equal(m->message_id, "A.b@Example.ORG");
	assert_null(m->synthetic);
	assert_string_equal(m->in_reply_to, "3@x");
	assert_int_equal(m->nreferences, 3);
	assert_string_equal(m->references[0], "1@x");
	assert_string_equal(m->references[1], "2@x");
	assert_string_equal(m->references[2], "3@x");
	assert_string_equal(m->author_name, "J\xc3\xbcrgen");
	assert_string_equal(m->author_address, "j@example.org");
	assert_string_equal(m->author_how, "from");
	assert_string_equal(m->subject, "Gr\xc3\xbc\xc3\x9f" "e!");
	assert_string_equal(m->date_written, "Thu, 2 May 2019 17:36:06 +0200 (CEST)");
	assert_string_equal(m->date_source, "header");
	assert_int_equal(m->at.sec, 1556811366);
	assert_true(m->zone_known);
	assert_int_equal(m->flags, 0);
	assert_string_equal(m->text, "Hello,\n\nyou.");
}

static void
what_is_missing_or_twice_there_is_flagged(void **state)
{
	static const struct { const char *data; unsigned flags; const char *id; } rows[] = {
		{ "", LAPSE_MAIL_NO_DATE | LAPSE_MAIL_NO_MESSAGE_ID | LAPSE_MAIL_NO_AUTHOR, NULL },
		{ "no headers at all\n", LAPSE_MAIL_NO_DATE | LAPSE_MAIL_NO_MESSAGE_ID | LAPSE_MAIL_NO_AUTHOR | LAPSE_MAIL_BAD_STRUCTURE, NULL },
		{ "From: a@b.org\nMessage-ID: <1@x>\nmessage-id: <2@x>\nDate: 2 May 2019 17:36 GMT\n" TEXT, LAPSE_MAIL_TWO_MESSAGE_IDS, "1@x" },
		{ "From: a@b.org\nMessage-ID:\nDate: 2 May 2019 17:36 GMT\n" TEXT, LAPSE_MAIL_NO_MESSAGE_ID, NULL },
		{ "From: a@b.org\nMessage-ID:  bare@x \nDate: 2 May 2019 17:36\n" TEXT, LAPSE_MAIL_NO_ZONE, "bare@x" },
		{ "From: a@b.org\nMessage-ID: <1@x>\nDate: yesterday\n" TEXT, LAPSE_MAIL_NO_DATE, "1@x" },
		{ "From: a@b.org\nMessage-ID: <1@x>\nDate: 2 May 2019 17:36 GMT\nContent-Type: text/plain; charset=x-nobody\n" TEXT,
		    LAPSE_MAIL_BAD_CHARSET, "1@x" },
		{ "From: a@b.org\nMessage-ID: <1@x>\nDate: 2 May 2019 17:36 GMT\n\n\xfc\n", LAPSE_MAIL_BAD_CHARSET, "1@x" },
		{ "From: a@b.org\nMessage-ID: <1@x>\nDate: 2 May 2019 17:36 GMT\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\na\n",
		    LAPSE_MAIL_BAD_STRUCTURE, "1@x" },
		{ "From: a@b.org\nMessage-ID: <1@x>\nDate: 2 May 2019 17:36 GMT\nContent-Type: multipart/mixed\n" TEXT, LAPSE_MAIL_BAD_STRUCTURE, "1@x" },
		{ "From: a@b.org\nMessage-ID: <1@x>\nDate: 2 May 2019 17:36 GMT\nContent-Type: text/html\n\n<p>a\n", LAPSE_MAIL_BODY_FROM_HTML, "1@x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct lapse_mail *m = read_mail(rows[i].data);

		assert_int_equal(m->flags, rows[i].flags);
		if (rows[i].id != NULL)
			assert_string_equal(m->message_id, rows[i].id);
		assert_true((rows[i].id == NULL) == (m->message_id == NULL) && (m->message_id == NULL) == (m->synthetic != NULL));
	}
	assert_string_equal(read_mail("no headers at all\n")->text, "no headers at all");
}

static void
an_id_that_is_made_is_of_what_the_message_says(void **state)
{
	const char *one = read_mail("From: a@b.org\nSubject: x\nDate: 2 May 2019 17:36 GMT\n" TEXT)->synthetic;

	(void)state;
	assert_string_equal(one, read_mail("Received: by x\nFrom: a@b.org\nSubject: x\nDate: 2 May 2019 17:36 GMT\n" TEXT "\n")->synthetic);
	assert_string_not_equal(one, read_mail("From: b@b.org\nSubject: x\nDate: 2 May 2019 17:36 GMT\n" TEXT)->synthetic);
	assert_string_not_equal(one, read_mail("From: a@b.org\nSubject: x\nDate: 2 May 2019 17:37 GMT\n" TEXT)->synthetic);
	assert_string_not_equal(one, read_mail("From: a@b.org\nSubject: x\nDate: 2 May 2019 17:36 GMT\n\nOther words.\n")->synthetic);
	assert_int_equal(strlen(one), LAPSE_SHA256_HEX + strlen("@local.invalid"));
	assert_string_equal(one + LAPSE_SHA256_HEX, "@local.invalid");
}

static void
authors_that_lists_hide_are_recovered(void **state)
{
	static const struct { const char *data, *how, *name, *address; } rows[] = {
		{ "From: 'Ann B' via talk <" LIST ">\n" GOOGLE "X-Original-From: Ann Bell <ann@ca.example>\nX-Original-Sender: bounce@ca.example\n"
		    "Reply-To: Other <o@x.example>\n" TEXT, "x-original-from", "Ann Bell", "ann@ca.example" },
		{ "From: =?UTF-8?B?J0rDtnJuIEVuZ2VsJyB2aWEgdGFsaw==?= <Talk@lists.example.org>\n" GOOGLE
		    "X-Original-From: =?utf-8?q?J=C3=B6rn_Engel?= <j@ca.example>\n" TEXT, "x-original-from", "J\xc3\xb6rn Engel", "j@ca.example" },
		{ "From: 'Ann B' via talk <" LIST ">\n" GOOGLE "X-Original-Sender: ann@ca.example\n" TEXT, "x-original-sender", "Ann B", "ann@ca.example" },
		{ "From: Ann B via talk <" LIST ">\n" LIST_ID "X-Mailman-Version: 2.1.15\nReply-To: Ann B <ann@ca.example>, Talk <" LIST ">\n" TEXT,
		    "reply-to", "Ann B", "ann@ca.example" },
		{ "From: Ann B via talk <" LIST ">\n" LIST_ID "X-Mailman-Version: 2.1.15\nX-Original-From: Victim <v@ca.example>\n"
		    "Reply-To: Talk <" LIST ">\nCc: Bob <bob@ca.example>, Ann B <ann@ca.example>\n" TEXT, "cc", "Ann B", "ann@ca.example" },
		{ "From: Ann B via talk <" LIST ">\n" LIST_ID "Cc: Bob <bob@ca.example>\n" TEXT, "name-only", "Ann B", NULL },
		{ "From: Ann B via talk <" LIST ">\nX-Original-From: v@ca.example\n" TEXT, "name-only", "Ann B", NULL },
		{ "From: Ann B via other <other@groups.example>\n" TEXT, "name-only", "Ann B", NULL },
		{ "From: Ann B <ann=40ca.example@dmarc.ietf.org>\n" LIST_ID TEXT, "dmarc-local-part", "Ann B", "ann@ca.example" },
		{ "From: Ann B <ann=40ca.example@dmarc.lists.example.org>\n" LIST_ID TEXT, "dmarc-local-part", "Ann B", "ann@ca.example" },
		{ "From: Ann B <ann=40ca.example@dmarc.evil.example>\n" LIST_ID TEXT, "from", "Ann B", "ann=40ca.example@dmarc.evil.example" },
		{ "From: jjl at pobox.example (John J. Lee)\n" TEXT, "pipermail", "John J. Lee", "jjl@pobox.example" },
		{ "From: jjl at pobox.example (=?utf-8?q?J=C3=B6?=)\n" TEXT, "pipermail", "J\xc3\xb6", "jjl@pobox.example" },
		{ "From: jjl at pobox.example (jjl at pobox.example)\n" TEXT, "pipermail", "", "jjl@pobox.example" },
		{ "From: bogus at does.not.exist.com ()\n" TEXT, "pipermail", "", NULL },
		{ "From: talk at lists.example.org (Ann B via talk)\n" TEXT, "name-only", "Ann B", NULL },
		{ "From: Ann <ann(a)ca.example>\n" TEXT, "from", "Ann", "ann@ca.example" },
		{ "From: Meet me at noon\n" TEXT, "from", "Meet me at noon", NULL },
		{ "From: Octo via Hub <noreply@hub.example>\n" LIST_ID TEXT, "from", "Octo via Hub", "noreply@hub.example" },
		{ "From: group: Ann <ann@ca.example>, b@c.example;\n" TEXT, "from", "Ann", "ann@ca.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct lapse_mail *m = read_mail(rows[i].data);

		assert_string_equal(m->author_how, rows[i].how);
		assert_string_equal(m->author_name, rows[i].name);
		if (rows[i].address != NULL)
			assert_string_equal(m->author_address, rows[i].address);
		else
			assert_null(m->author_address);
	}
}

/* Who writes to a list may write there what he likes: the list's own headers stand beside it. */
static void
headers_of_another_list_do_not_make_an_author(void **state)
{
	static const char forged[] = "From: Victim via evil <evil@groups.evil.example>\nList-ID: <evil.groups.evil.example>\nX-Google-Group-Id: 2\n"
	    "X-Original-From: Victim <victim@ca.example>\n" GOOGLE TEXT;
	const struct lapse_mail *m = read_mail(forged);

	(void)state;
	assert_string_equal(m->author_how, "name-only");
	assert_null(m->author_address);
	m = read_mail("From: Me <me@evil.example>\nX-Original-From: Victim <victim@ca.example>\n" GOOGLE TEXT);
	assert_string_equal(m->author_how, "from");
	assert_string_equal(m->author_address, "me@evil.example");
	/* A list that has moved: its old mail names the old address throughout. */
	m = read_mail("From: 'Ann' via old <old@lists.example.org>\nList-ID: <old.lists.example.org>\nX-Google-Group-Id: 1\n"
	    "X-Original-From: Ann <ann@ca.example>\n" TEXT);
	assert_string_equal(m->author_how, "x-original-from");
	assert_string_equal(m->author_address, "ann@ca.example");
}

static void
a_date_that_the_list_contradicts_is_replaced(void **state)
{
#define GOOD "Received: by mx.lists.example.org with SMTP; Thu, 2 May 2019 08:36:05 -0700 (PDT)\n"
	static const struct { const char *data, *source; int64_t at; unsigned flags; } rows[] = {
		{ GOOD "Date: Thu, 2 May 2019 17:30:00 +0200\n" TEXT, "header", 1556811000, 0 },
		{ GOOD "Date: Thu, 2 May 2019 17:30:00\n" TEXT, "header", 1556818200, LAPSE_MAIL_NO_ZONE },
		{ GOOD "Date: Fri, 3 May 2019 17:36:06 +0200\n" TEXT, "received", 1556811365, LAPSE_MAIL_DATE_CONTRADICTED },
		{ GOOD "Date: Fri, 3 May 2019 17:36:05 +0200\n" TEXT, "header", 1556897765, 0 },
		{ GOOD "Date: Fri, 2 May 2008 17:36:05 +0200\n" TEXT, "received", 1556811365, LAPSE_MAIL_DATE_CONTRADICTED },
		{ GOOD TEXT, "received", 1556811365, LAPSE_MAIL_NO_DATE },
		/* Fetched years later, and before that by way of the list. */
		{ "Received: from a by b.example with POP3 (fetchmail); Wed, 1 Jan 2020 00:00:00 +0000\n" GOOD
		    "Date: Thu, 2 May 2019 17:30:00 +0200\n" TEXT, "header", 1556811000, 0 },
		{ "Received: from a by b.example; Wed, 1 Jan 2020 00:00:00 +0000\n" GOOD "Date: Thu, 2 May 2019 17:30:00 +0200\n" TEXT,
		    "header", 1556811000, 0 },
		{ "X-Google-Group-Id: 1\nReceived: from a by b.example; Wed, 1 Jan 2020 00:00:00 +0000\n"
		    "X-Received: by 2002:a1c; Thu, 2 May 2019 08:36:05 -0700\nDate: Thu, 2 May 2019 17:30:00 +0200\n" TEXT, "header", 1556811000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct lapse_mail *m = read_mail(rows[i].data);

		assert_string_equal(m->date_source, rows[i].source);
		assert_int_equal(m->at.sec, rows[i].at);
		assert_int_equal(m->flags & (LAPSE_MAIL_NO_DATE | LAPSE_MAIL_NO_ZONE | LAPSE_MAIL_DATE_CONTRADICTED), rows[i].flags);
	}
}

static void
without_any_other_the_envelope_has_the_date(void **state)
{
	static const char data[] = "From: a@b.org\n" TEXT;
	const struct lapse_mail *m = read_as("mboxrd", data, strlen(data), "From jjl at pobox.example  Thu Nov  1 11:19:12 2001", LIST);

	(void)state;
	assert_string_equal(m->date_source, "envelope");
	assert_int_equal(m->at.sec, 1004613552);
	assert_int_equal(m->flags & (LAPSE_MAIL_NO_DATE | LAPSE_MAIL_NO_ZONE), LAPSE_MAIL_NO_DATE | LAPSE_MAIL_NO_ZONE);
	m = read_as("mboxrd", data, strlen(data), "From mboxrd@z Thu Jan  1 00:00:00 1970", LIST);
	assert_string_equal(m->date_source, "none");
	assert_false(lapse_time_is_set(m->at));
}

static void
parts_become_one_text(void **state)
{
	static const struct { const char *data, *text; size_t attachments; unsigned flags; } rows[] = {
		{ "Content-Type: multipart/mixed; boundary=\"b b\"\n\npreamble\n--b b\n\none\n--b b  \nContent-Type: application/pdf\n\nx\n"
		    "--b b\nContent-Type: TEXT/Plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\ndHdvIMO8\n--b b--\nepilogue\n", "one\ntwo \xc3\xbc", 1, 0 },
		{ "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: text/html\n\n<b>html</b>\n--b--\n", "plain", 0, 0 },
		{ "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<b>html</b>\n--b--\n", "html", 0,
		    LAPSE_MAIL_BODY_FROM_HTML },
		{ "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: multipart/related; boundary=bb\n\n--bb\n"
		    "Content-Type: text/html\n\nhtml\n--bb\nContent-Type: image/png\n\nx\n--bb--\n--b--\n", "plain", 1, 0 },
		{ "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Disposition: attachment; filename=x\n\ntwo\n--b\n"
		    "Content-Type: message/rfc822\n\nSubject: three\n\nthree\n--b--\n", "one", 2, 0 },
		{ "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\none\n--b--\n", "", 1, 0 },
		/* The outer boundary ends what is open inside. */
		{ "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\none\n--b\n\ntwo\n--b--\n",
		    "one\ntwo", 0, LAPSE_MAIL_BAD_STRUCTURE },
		/* Nothing is lost of what has no boundary. */
		{ "Content-Type: multipart/mixed; boundary=b\n\nwords\n", "words", 0, LAPSE_MAIL_BAD_STRUCTURE },
		{ "Content-Type: text\n\nwords\n", "words", 0, LAPSE_MAIL_BAD_STRUCTURE },
		{ "Content-Transfer-Encoding: x-own\n\nwords\n", "words", 0, LAPSE_MAIL_BAD_STRUCTURE },
		{ "Content-Transfer-Encoding: Quoted-Printable\n\na=\n=C3=BC=3D\n", "a\xc3\xbc=", 0, 0 },
		{ "Content-Type: text/plain; format=flowed\n\n >stuffed\n  two\n", ">stuffed\n two", 0, 0 },
		{ "Content-Type: text/plain; charset=iso-8859-2\n\n\xb1\n", "\xc4\x85", 0, 0 },
		{ "Content-Type: text/plain; charset=utf-8\n\na\xff" "b\n", "a\xef\xbf\xbd" "b", 0, LAPSE_MAIL_BAD_CHARSET },
		{ "\na\xfc\x80\n", "a\xc3\xbc\xe2\x82\xac", 0, LAPSE_MAIL_BAD_CHARSET },
		{ "From x@y Thu Nov  1 11:19:12 2001\nSubject: a\n>From z\nX: y\n\nbody\n", "body", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct lapse_mail *m = read_mail(rows[i].data);

		assert_string_equal(m->text, rows[i].text);
		assert_int_equal(m->nattachments, rows[i].attachments);
		assert_int_equal(m->flags & (LAPSE_MAIL_BAD_CHARSET | LAPSE_MAIL_BAD_STRUCTURE | LAPSE_MAIL_BODY_FROM_HTML), rows[i].flags);
	}
}

static void
bytes_that_are_no_text_stay_outside(void **state)
{
	static const char data[] = "Subject: a\0b\nFrom: \"\0\" <a@b.org>\n\nx\0y\n";
	const struct lapse_mail *m = read_as("eml", data, sizeof(data) - 1, NULL, NULL);

	(void)state;
	assert_string_equal(m->subject, "a\xef\xbf\xbd" "b");
	assert_string_equal(m->text, "x\xef\xbf\xbdy");
	assert_true(m->flags & LAPSE_MAIL_BAD_CHARSET);
}

/* ---- real mail ---- */

struct box {
	size_t n, rewritten, original, pipermail, bad, alike;
	char seen[200][LAPSE_SHA256_HEX + 1];
};

static void
take(struct box *box, const struct lapse_mail *m, const char *data)
{
	static const char *const how[] = { "x-original-from", "x-original-sender", "reply-to", "cc", "name-only" };
	bool rewritten = false;

	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++)
		rewritten |= strcmp(m->author_how, how[i]) == 0;
	box->rewritten += rewritten;
	box->original += strcmp(m->author_how, "x-original-from") == 0;
	box->pipermail += strcmp(m->author_how, "pipermail") == 0;
	box->bad += m->author_address == NULL || strstr(m->author_name, " via ") != NULL || strcmp(m->date_source, "header") != 0 ||
	    m->message_id == NULL || strstr(data, m->message_id) == NULL || (m->flags & ~(unsigned)LAPSE_MAIL_NO_ZONE) != 0;
	for (size_t i = 0; i < box->n && i < 200; i++)
		box->alike += strcmp(box->seen[i], m->alike) == 0;
	if (box->n < 200)
		memcpy(box->seen[box->n], m->alike, sizeof(m->alike));
	box->n++;
}

/* Cut at From_ lines that come after an empty line and have a header after them, and undo ">From ". */
static void
read_box(struct box *box, char *data, const char *format, const char *list)
{
	char *p = data;

	while (p != NULL) {
		char *body = strchr(p, '\n') + 1, *next = p, *to = body;

		while ((next = strstr(next, "\n\nFrom ")) != NULL)
			if (strncmp(strchr(next + 2, '\n') + 1, strcmp(format, "mboxrd") == 0 ? "Return-Path: " : "From: ", 6) == 0)
				break;
			else
				next++;
		if (next != NULL)
			next[1] = '\0';
		for (char *q = body; *q != '\0'; q++) {
			if (q[-1] == '\n' && *q == '>' && strncmp(q + strspn(q, ">"), "From ", 5) == 0)
				q++;
			*to++ = *q;
		}
		*to = '\0';
		body[-1] = '\0';
		take(box, read_as(format, body, (size_t)(to - body), p, list), body);
		lapse_arena_reset(&arena);
		p = next != NULL ? next + 2 : NULL;
	}
}

static void
read_file(struct box *box, const char *path, const char *format, const char *list)
{
	struct lapse_buf buf;
	FILE *file = fopen(path, "r");

	if (file == NULL) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	fclose(file);
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_file_read(&buf, path), 0);
	read_box(box, buf.data, format, list);
	lapse_buf_release(&buf);
}

static void
every_author_of_a_google_group_is_recovered(void **state)
{
	struct box *box = lapse_alloc(1, sizeof(*box));

	(void)state;
	read_file(box, "../shared/mail/google-groups.mboxrd.gz", "mboxrd", "kasan-dev@googlegroups.com");
	assert_int_equal(box->n, 193);
	assert_int_equal(box->rewritten, 79);
	assert_int_equal(box->original, 79);
	assert_int_equal(box->bad, 0);
	assert_int_equal(box->alike, 0);
	free(box);
}

static void
every_message_of_an_archive_of_mailman_is_read(void **state)
{
	struct box *box = lapse_alloc(1, sizeof(*box));

	(void)state;
	read_file(box, "../shared/mail/pipermail-2001-November.txt", "pipermail", NULL);
	assert_int_equal(box->n, 164);
	assert_int_equal(box->pipermail, 164);
	assert_int_equal(box->bad, 0);
	/* The file has every message twice. */
	assert_int_equal(box->alike, 82);
	free(box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_message_is_read),
		cmocka_unit_test(what_is_missing_or_twice_there_is_flagged),
		cmocka_unit_test(an_id_that_is_made_is_of_what_the_message_says),
		cmocka_unit_test(authors_that_lists_hide_are_recovered),
		cmocka_unit_test(headers_of_another_list_do_not_make_an_author),
		cmocka_unit_test(a_date_that_the_list_contradicts_is_replaced),
		cmocka_unit_test(without_any_other_the_envelope_has_the_date),
		cmocka_unit_test(parts_become_one_text),
		cmocka_unit_test(bytes_that_are_no_text_stay_outside),
		cmocka_unit_test(every_author_of_a_google_group_is_recovered),
		cmocka_unit_test(every_message_of_an_archive_of_mailman_is_read),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
