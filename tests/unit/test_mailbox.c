/* Mailboxes cut into messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "scratch.h"

#include "../../lib/source/mailbox.h"

#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/zip.h"

#define ROOM ((size_t)1 << 26)

static void
write_bytes(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
write_text(const char *path, const char *text)
{
	write_bytes(path, text, strlen(text));
}

/* "FORMAT LINE ENVELOPE|DATA~" of every message. */
static int
tell(const struct lapse_raw *raw, void *payload)
{
	struct lapse_buf *out = payload;

	assert_int_equal(raw->data[raw->len], '\0');
	lapse_buf_printf(out, "%s %d %s|", raw->format, (int)raw->line, raw->envelope != NULL ? raw->envelope : "-");
	lapse_buf_add(out, raw->data, raw->len);
	return lapse_buf_puts(out, "~");
}

static void
check_path(const char *path, const char *told)
{
	struct lapse_buf out;

	lapse_buf_init(&out, ROOM);
	lapse_buf_puts(&out, "");
	if (lapse_mailbox_each(path, tell, &out) != 0)
		fail_msg("%s", lapse_error());
	assert_string_equal(out.data, told);
	lapse_buf_release(&out);
}

static void
check(const char *text, const char *told)
{
	write_text("box", text);
	check_path("box", told);
	unlink("box");
}

static void
check_refused(const char *path, int code, const char *sentence)
{
	struct lapse_buf out;

	lapse_buf_init(&out, ROOM);
	assert_int_equal(lapse_mailbox_each(path, tell, &out), code);
	assert_string_equal(lapse_error(), sentence);
	assert_int_equal(out.len, 0);
	lapse_buf_release(&out);
}

#define F "From a@b Thu Nov  1 11:19:12 2001\n"
#define E "From a@b Thu Nov  1 11:19:12 2001"

/* ---- From_ lines ---- */

static void
a_from_line_needs_a_date_an_empty_line_before_and_a_header_behind(void **state)
{
	(void)state;
	check(F "A: 1\n\nx\n\n" F "A: 2\n\ny\n\n", "mboxo 1 " E "|A: 1\n\nx\n~mboxo 6 " E "|A: 2\n\ny\n~");
	check("\n\n" F "A: 1\n\nx\n", "mboxo 3 " E "|A: 1\n\nx\n~");
	check(F "A: 1\n\nx\n" F "A: 2\n\ny\n", "mboxo 1 " E "|A: 1\n\nx\n" F "A: 2\n\ny\n~");
	check(F "A: 1\n\nx\n\n" F "no header\n", "mboxo 1 " E "|A: 1\n\nx\n\n" F "no header\n~");
	check(F "A: 1\n\nx\n\n" F, "mboxo 1 " E "|A: 1\n\nx\n\n" F "~");
	check(F "A: 1\n\nx\n\nFrom here on\nA: 2\n", "mboxo 1 " E "|A: 1\n\nx\n\nFrom here on\nA: 2\n~");
	check(F "A: 1\n\nx\n\n" F ">From c Thu Nov  1 11:19:12 2001\nA: 2\n\ny",
	    "mboxo 1 " E "|A: 1\n\nx\n~mboxo 6 " E "|>From c Thu Nov  1 11:19:12 2001\nA: 2\n\ny~");
	check(F, "mboxo 1 " E "|~");
	check(F "\nbody\n", "mboxo 1 " E "|\nbody\n~");
	check("From a@b Thu Nov  1 11:19:12 2001\r\nA: 1\r\n\r\nx\r\n\r\nFrom a@b Thu Nov  1 11:19:12 2001\r\nA: 2\r\n\r\n",
	    "mboxo 1 " E "|A: 1\r\n\r\nx\r\n~mboxo 6 " E "|A: 2\r\n~");
}

static void
dates_of_from_lines_are_those_of_the_wild(void **state)
{
	static const char *const dates[] = {
		"From a@b Thu Nov  1 11:19:12 2001", "From a@b Thu Nov 1 11:19 2001", "From  Thu Nov  1 11:19:12 2001",
		"From - Thu Nov  1 11:19:12 2001", "From a b c <d@e> Thu Nov  1 11:19:12 2001", "From a@b  Thu Nov 01 1:19:12 01",
		"From a@b Thu Nov  1 11:19:12 CET 2001", "From a@b Thu Nov  1 11:19:12 MET DST 2001", "From a@b Thu Nov  1 11:19:12 2001 +0100",
		"From 1519@xxx Sun Feb 25 12:50:13 +0000 2018", "From a!b Thu Nov  1 11:19:12 2001 remote from c",
		"From a@b Thu, 1 Nov 2001 11:19:12 +0100 (CET)", "From a@b Thu Nov  1 11:19:12 GMT+0100 2001", "From Mon Thu Nov  1 11:19:12 2001",
		"From a@\xe4\xff Thu Nov  1 11:19:12 2001 ",
	};
	static const char *const none[] = {
		"From a@b", "From a@b Thu Nov  1 11:19:12", "From a@b Nov  1 11:19:12 2001", "From a@b Thu Nov  1 11:19:12 2001 it began",
		"From a@b Thu Nov  1 11-19-12 2001", "From a@b Thu Nov  1 11:19:12:13 2001", "From a@b Thu Nox  1 11:19:12 2001",
		"from a@b Thu Nov  1 11:19:12 2001", " From a@b Thu Nov  1 11:19:12 2001", "From a@b Thu Nov  1 11:19:12 20011",
		"From a@b Thu Nov  1 11:19:12 2001 remote from a b", "From",
	};
	char text[256], told[256];

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		snprintf(text, sizeof(text), F "A: 1\n\n\n%s\nA: 2\n", dates[i]);
		snprintf(told, sizeof(told), "mboxo 1 " E "|A: 1\n\n~mboxo 5 %s|A: 2\n~", dates[i]);
		check(text, told);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		snprintf(text, sizeof(text), F "A: 1\n\n\n%s\nA: 2\n", none[i]);
		snprintf(told, sizeof(told), "mboxo 1 " E "|A: 1\n\n\n%s\nA: 2\n~", none[i]);
		check(text, told);
	}
}

/* ---- what it is ---- */

static void
quoting_is_told_from_the_whole_file(void **state)
{
	(void)state;
	check(F "A: 1\n\n>From x\n", "mboxo 1 " E "|A: 1\n\nFrom x\n~");
	check(F "A: 1\n\n>From x\n>>From y\n> From z\n", "mboxrd 1 " E "|A: 1\n\nFrom x\n>From y\n> From z\n~");
	check("From mboxrd@z Thu Jan  1 00:00:00 1970\nA: 1\n\n>From x\n", "mboxrd 1 From mboxrd@z Thu Jan  1 00:00:00 1970|A: 1\n\nFrom x\n~");
	/* Whoever leaves "From " behind an empty line quotes nothing; whoever leaves it elsewhere quotes where he has to. */
	check(F "A: 1\n\nFrom x\n>From y\n>>From z\n", "mboxo 1 " E "|A: 1\n\nFrom x\n>From y\n>>From z\n~");
	check(F "A: 1\n\n>From x\nFrom y\n>From z\n", "mboxo 1 " E "|A: 1\n\nFrom x\nFrom y\n>From z\n~");
	/* Headers are not unquoted. */
	check(F "A: 1\n>From x\nB: 1\n\n>From x\n", "mboxo 1 " E "|A: 1\n>From x\nB: 1\n\nFrom x\n~");
}

static void
a_month_of_pipermail_is_told_by_its_senders(void **state)
{
	(void)state;
	check("From a at b.example  Thu Nov  1 11:19:12 2001\nFrom: a at b.example (A)\n\n>From x\n\n\n"
	    "From a bei b.example  Thu Nov  1 11:19:12 2001\nFrom: a\n\ny\n\n",
	    "pipermail 1 From a at b.example  Thu Nov  1 11:19:12 2001|From: a at b.example (A)\n\n>From x\n\n~"
	    "pipermail 7 From a bei b.example  Thu Nov  1 11:19:12 2001|From: a\n\ny\n~");
}

static void
a_content_length_that_is_right_is_followed(void **state)
{
	(void)state;
	/* With a From_ line in the body, behind an empty line, and a body that ends in an empty line. */
	check(F "Content-Length: 41\n\nx\n\n" F "A: 2\n\n\n" F "content-length:2 \n\ny\n\n",
	    "mboxo 1 " E "|Content-Length: 41\n\nx\n~mboxo 6 " E "|A: 2\n\n~mboxo 10 " E "|content-length:2 \n\ny\n~");
	check(F "Content-Length: 43\n\nx\n\n" F "A: 2\n\n\n" F "content-length:2 \n\ny\n\n",
	    "mboxcl2 1 " E "|Content-Length: 43\n\nx\n\n" F "A: 2\n\n~mboxcl2 10 " E "|content-length:2 \n\ny\n~");
	/* No empty line between them: the length does. */
	check(F "Content-Length: 2\n\nx\n" F "Content-Length: 2\n\ny\n",
	    "mboxcl2 1 " E "|Content-Length: 2\n\nx\n~mboxcl2 5 " E "|Content-Length: 2\n\ny\n~");
	check(F "Content-Length: 8\n\n>From x\n\n" F "Content-Length: 0\n\n\n",
	    "mboxcl 1 " E "|Content-Length: 8\n\nFrom x\n~mboxcl 6 " E "|Content-Length: 0\n\n~");
	/* CRLF */
	check("From a@b Thu Nov  1 11:19:12 2001\r\nContent-Length: 3\r\n\r\nx\r\n\r\nFrom a@b Thu Nov  1 11:19:12 2001\r\nContent-Length: 3\r\n\r\ny\r\n",
	    "mboxcl2 1 " E "|Content-Length: 3\r\n\r\nx\r\n~mboxcl2 6 " E "|Content-Length: 3\r\n\r\ny\r\n~");
}

static void
a_content_length_that_is_wrong_is_passed_over(void **state)
{
	static const char *const lengths[] = { "0", "1", "4", "999", "-2", "", "2x", "99999999999999999999999" };
	char text[512], told[512];

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		snprintf(text, sizeof(text), F "Content-Length: 2\n\na\n\n" F "Content-Length: %s\n\nb\n\n" F "Content-Length: 2\n\nc\n\n", lengths[i]);
		snprintf(told, sizeof(told), "mboxcl2 1 " E "|Content-Length: 2\n\na\n~mboxcl2 6 " E "|Content-Length: %s\n\nb\n~mboxcl2 11 " E
		    "|Content-Length: 2\n\nc\n~", lengths[i]);
		check(text, told);
	}
	/* One of many that says it may swallow the next one is not followed. */
	check(F "A: 1\n\na\n\n" F "A: 1\n\na\n\n" F "Content-Length: 45\n\nb\n\n" F "A: 1\n\nc\n\n",
	    "mboxo 1 " E "|A: 1\n\na\n~mboxo 6 " E "|A: 1\n\na\n~mboxo 11 " E "|Content-Length: 45\n\nb\n~mboxo 16 " E "|A: 1\n\nc\n~");
}

static void
lengths_of_many_messages_that_reach_far_do_no_harm(void **state)
{
	struct lapse_buf box, out;
	size_t n = 1000;
	size_t found = 0;

	(void)state;
	lapse_buf_init(&box, ROOM);
	lapse_buf_init(&out, ROOM);
	for (size_t i = 0; i < n; i++)
		lapse_buf_printf(&box, F "Content-Length: %d\n\nb%zu\n\n", i % 2 == 0 ? 500000 : i < 10 ? 3 : i < 100 ? 4 : 5, i);
	write_bytes("box", box.data, box.len);
	assert_int_equal(lapse_mailbox_each("box", tell, &out), 0);
	for (const char *p = out.data; (p = strchr(p, '~')) != NULL; p++)
		found++;
	assert_int_equal(found, n);
	assert_memory_equal(out.data, "mboxcl2 ", 8);
	unlink("box");
	lapse_buf_release(&box);
	lapse_buf_release(&out);
}

/* ---- what no mbox is ---- */

static void
what_is_no_mailbox_is_refused_and_says_why(void **state)
{
	static const struct { const char *text, *cause; } rows[] = {
		{ "{\"from\": 1}\n", "it begins with neither a From_ line nor a header" },
		{ "{\"from\":1,\n\"From: x\":2}\n", "it begins with neither a From_ line nor a header" },
		{ "\x89PNG\r\n\x1a\nIHDR", "it begins with neither a From_ line nor a header" },
		{ "name: x\nversion: 1\n", "its header has no field that mail has" },
		{ "From a@b, yesterday\nFrom: x\n\ny\n", "its From_ line ends in no date that is understood, or no header follows" },
		{ F "It was then.\n", "its From_ line ends in no date that is understood, or no header follows" },
	};
	char sentence[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_text("file", rows[i].text);
		snprintf(sentence, sizeof(sentence), "file:1: not a mailbox: %s", rows[i].cause);
		check_refused("file", LAPSE_EFORMAT, sentence);
	}
	write_text("file", "\n\nSubject: x\n");
	check_refused("file", LAPSE_EFORMAT, "file:3: not a mailbox: it begins with neither a From_ line nor a header");
	unlink("file");
	check_refused("file", LAPSE_ENOTFOUND, "file: cannot open: No such file or directory");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	check_refused("fifo", LAPSE_EFAIL, "fifo: not a regular file or folder");
	unlink("fifo");
	check_refused("-", LAPSE_EUSAGE, "a mailbox is read twice: standard input cannot be one, save it as a file");
}

static void
an_empty_mailbox_has_no_messages(void **state)
{
	(void)state;
	check("", "");
	check("\n\n", "");
}

static void
a_file_that_begins_with_a_header_is_one_message(void **state)
{
	(void)state;
	check("X-A: 1\n b\nSubject: x\n\n>From y\n\n" F "A: 1\n", "eml 1 -|X-A: 1\n b\nSubject: x\n\n>From y\n\n" F "A: 1\n~");
	write_text("b.EML", "X-A: 1\r\n\r\nx");
	check_path("b.EML", "eml 1 -|X-A: 1\r\n\r\nx~");
	unlink("b.EML");
}

static int
refuse(const struct lapse_raw *raw, void *payload)
{
	int *left = payload;

	(void)raw;
	return (*left)-- > 0 ? 7 : lapse_fail(LAPSE_EFAIL, "enough");
}

static void
the_first_refusal_ends_it(void **state)
{
	int left = 1;

	(void)state;
	write_text("box", F "A: 1\n\n\n" F "A: 2\n\n\n" F "A: 3\n\n\n");
	assert_int_equal(lapse_mailbox_each("box", refuse, &left), LAPSE_EFAIL);
	assert_int_equal(left, -1);
	assert_string_equal(lapse_error(), "box:5: enough");
	unlink("box");
}

/* ---- folders ---- */

static void
a_maildir_is_what_is_in_cur_and_new(void **state)
{
	(void)state;
	mkdir("md", 0700);
	check_refused("md", LAPSE_EFORMAT, "md: no mail in it");
	mkdir("md/cur", 0700);
	mkdir("md/new", 0700);
	mkdir("md/tmp", 0700);
	check_refused("md", LAPSE_EFORMAT, "md: no mail in it");
	write_text("md/cur/2:2,S", "From: b\n\n>From x\n\n");
	write_text("md/cur/10:2,", "no header");
	write_text("md/cur/3", "");
	write_text("md/cur/.4", "Subject: hidden\n");
	write_text("md/new/1", F "From: c\n\n");
	write_text("md/tmp/0", "From: half\n");
	write_text("md/uidlist", "3 V1\n");
	assert_int_equal(symlink("2:2,S", "md/cur/9"), 0);
	check_path("md", "maildir 1 -|no header~maildir 1 -|From: b\n\n>From x\n\n~maildir 1 " E "|From: c\n\n~");
	check_path("md/new", "maildir 1 " E "|From: c\n\n~");
	check_path("md/cur/2:2,S", "maildir 1 -|From: b\n\n>From x\n\n~");
	for (const char *const *p = (const char *const[]){ "md/cur/2:2,S", "md/cur/10:2,", "md/cur/3", "md/cur/.4", "md/new/1",
	    "md/tmp/0", "md/uidlist", "md/cur/9", NULL }; *p != NULL; p++)
		unlink(*p);
	rmdir("md/cur");
	rmdir("md/new");
	rmdir("md/tmp");
	rmdir("md");
}

static void
a_folder_is_all_the_mail_below_it(void **state)
{
	(void)state;
	mkdir("d", 0700);
	mkdir("d/b", 0700);
	mkdir("d/new", 0700);
	write_text("d/a.eml", "X-A: 1\n\na\n");
	write_text("d/b/1.Eml", "Subject: b\n\nb\n");
	write_text("d/b/msg", "Subject: c\n\nc\n");
	write_text("d/c.mbox", F "A: 1\n\nd\n\n");
	write_text("d/new/e", "Subject: e\n\n");
	write_text("d/notes", "Remember: the milk\n");
	write_text("d/list.json", "{}");
	assert_int_equal(symlink("a.eml", "d/z.eml"), 0);
	assert_int_equal(mkfifo("d/fifo.eml", 0600), 0);
	check_path("d", "eml 1 -|X-A: 1\n\na\n~eml 1 -|Subject: b\n\nb\n~eml 1 -|Subject: c\n\nc\n~mboxo 1 " E "|A: 1\n\nd\n~eml 1 -|Subject: e\n\n~");
	check_path("d/b/1.Eml", "eml 1 -|Subject: b\n\nb\n~");
	write_text("d/a.eml", "\x89PNG");
	check_refused("d", LAPSE_EFORMAT, "d/a.eml:1: not a mailbox: it begins with neither a From_ line nor a header");
	for (const char *const *p = (const char *const[]){ "d/a.eml", "d/b/1.Eml", "d/b/msg", "d/c.mbox", "d/new/e", "d/notes",
	    "d/list.json", "d/z.eml", "d/fifo.eml", NULL }; *p != NULL; p++)
		unlink(*p);
	rmdir("d/b");
	rmdir("d/new");
	rmdir("d");
}

/* ---- gzip ---- */

static void
add_member(struct lapse_buf *out, const char *text, size_t len)
{
	struct lapse_deflate *gzip = lapse_gzip_new(6);
	size_t room = lapse_deflate_bound(gzip, len);

	assert_int_equal(lapse_buf_reserve(out, room), 0);
	out->len += lapse_deflate_run(gzip, out->data + out->len, room, text, len);
	lapse_deflate_free(gzip);
}

static void
gzip_members_are_one_file_and_one_cut_short_gives_nothing(void **state)
{
	static const char box[] = F "A: 1\n\nx\n\n" F "A: 2\n\ny\n\n";
	struct lapse_buf packed;

	(void)state;
	lapse_buf_init(&packed, ROOM);
	lapse_buf_puts(&packed, "");
	add_member(&packed, box, 50);
	add_member(&packed, box + 50, sizeof(box) - 51);
	write_bytes("box.gz", packed.data, packed.len);
	check_path("box.gz", "mboxo 1 " E "|A: 1\n\nx\n~mboxo 6 " E "|A: 2\n\ny\n~");
	write_bytes("box.gz", packed.data, packed.len - 1);
	check_refused("box.gz", LAPSE_EFORMAT, "box.gz: truncated gzip data");
	packed.data[packed.len - 5] ^= 1;
	write_bytes("box.gz", packed.data, packed.len);
	check_refused("box.gz", LAPSE_EFORMAT, "box.gz: damaged gzip data");
	unlink("box.gz");
	lapse_buf_release(&packed);
}

static void
a_bomb_is_not_unpacked_into_memory(void **state)
{
	size_t len = (size_t)1 << 24;
	char *zeros = lapse_alloc(len, 1);
	struct lapse_buf packed, member;

	(void)state;
	lapse_buf_init(&packed, ROOM);
	lapse_buf_init(&member, ROOM);
	lapse_buf_puts(&packed, "");
	lapse_buf_puts(&member, "");
	add_member(&packed, F "A: 1\n\nx\n\n" F "A: 2\n\n", 2 * strlen(F) + 15);
	add_member(&member, zeros, len);
	for (size_t i = 0; i < 65; i++)
		lapse_buf_add(&packed, member.data, member.len);
	write_bytes("box.gz", packed.data, packed.len);
	check_refused("box.gz", LAPSE_ETOOBIG, "box.gz:6: a message of more than 1 GiB");
	unlink("box.gz");
	lapse_buf_release(&packed);
	lapse_buf_release(&member);
	free(zeros);
}

/* ---- nothing is lost ---- */

enum kind { O, RD, CL, CL2, NKINDS };
static const char *const kinds[] = { "mboxo", "mboxrd", "mboxcl", "mboxcl2" };

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* A body of lines of which many have to be quoted; in an mboxo no line may have been quoted before. */
static void
add_body(struct lapse_buf *out, uint32_t *seed, enum kind kind, bool is_crlf)
{
	static const char *const lines[] = { "", "x", "From ", F "Subject: it", "From x", "Content-Length: 7", "> From y", "\xff\xfe\t", "", "",
		">From z", ">>From " };
	size_t n = next_random(seed) % 12, nlines = kind == O || kind == CL ? 10 : 12;

	for (size_t i = 0; i < n; i++) {
		lapse_buf_puts(out, lines[next_random(seed) % nlines]);
		for (size_t j = next_random(seed) % 50 == 0 ? next_random(seed) % 20000 : 0; j > 0; j--)
			lapse_buf_putc(out, (char)('a' + j % 26));
		lapse_buf_puts(out, is_crlf ? "\r\n" : "\n");
	}
}

static void
add_quoted(struct lapse_buf *out, const char *body, enum kind kind)
{
	for (size_t len; *body != '\0'; body += len) {
		size_t depth = strspn(body, ">");

		len = strcspn(body, "\n") + 1;
		if (kind != CL2 && (kind == RD || depth == 0) && strncmp(body + depth, "From ", 5) == 0)
			lapse_buf_putc(out, '>');
		lapse_buf_add(out, body, len);
	}
}

/* The message, as it is and as it is in the mailbox. */
static void
add_message(struct lapse_buf *box, struct lapse_buf *plain, uint32_t *seed, enum kind kind)
{
	bool is_crlf = next_random(seed) % 4 == 0;
	const char *end = is_crlf ? "\r\n" : "\n";
	struct lapse_buf body, quoted, head;

	lapse_buf_init(&body, ROOM);
	lapse_buf_init(&quoted, ROOM);
	lapse_buf_init(&head, ROOM);
	lapse_buf_puts(&body, "");
	lapse_buf_puts(&quoted, "");
	/* What tells the kinds apart is in every message. */
	if (kind == RD)
		lapse_buf_printf(&body, ">From all%s", end);
	if (kind == CL || kind == CL2)
		lapse_buf_printf(&body, "From all%s", end);
	add_body(&body, seed, kind, is_crlf);
	add_quoted(&quoted, body.data, kind);
	lapse_buf_printf(&head, "Subject: %u%s", (unsigned)next_random(seed), end);
	if (kind >= CL)
		lapse_buf_printf(&head, "Content-Length: %zu%s", quoted.len, end);
	lapse_buf_puts(&head, end);
	lapse_buf_printf(plain, "%s 0 " E "|%s%s~", kinds[kind], head.data, body.data);
	lapse_buf_printf(box, E "%s%s%s%s", end, head.data, quoted.data, end);
	lapse_buf_release(&body);
	lapse_buf_release(&quoted);
	lapse_buf_release(&head);
}

static int
tell_without_line(const struct lapse_raw *raw, void *payload)
{
	struct lapse_raw copy = *raw;

	copy.line = 0;
	return tell(&copy, payload);
}

static void
what_is_written_to_a_mailbox_comes_out_of_it_byte_for_byte(void **state)
{
	struct lapse_buf box, plain, out;
	uint32_t seed = 1;

	(void)state;
	lapse_buf_init(&box, ROOM);
	lapse_buf_init(&plain, ROOM);
	lapse_buf_init(&out, ROOM);
	for (size_t round = 0; round < 400; round++) {
		lapse_buf_reset(&box);
		lapse_buf_reset(&plain);
		lapse_buf_reset(&out);
		for (size_t n = 1 + next_random(&seed) % 8; n > 0; n--)
			add_message(&box, &plain, &seed, (enum kind)(round % NKINDS));
		write_bytes("box", box.data, box.len);
		assert_int_equal(lapse_mailbox_each("box", tell_without_line, &out), 0);
		assert_string_equal(out.data, plain.data);
	}
	unlink("box");
	lapse_buf_release(&box);
	lapse_buf_release(&plain);
	lapse_buf_release(&out);
}

/* ---- the real ---- */

struct sum {
	struct lapse_buf told;
	size_t nmessages, nbytes;	/* with From_ lines and the empty lines between */
};

static int
add_up(const struct lapse_raw *raw, void *payload)
{
	struct sum *sum = payload;

	assert_true(raw->len > 0);
	sum->nmessages++;
	sum->nbytes += raw->len + (raw->envelope != NULL ? strlen(raw->envelope) + 2 : 0);
	return tell(raw, &sum->told);
}

/* Of a file in which nothing is quoted all bytes are accounted for. */
static void
check_real(const char *path, const char *format, size_t nmessages, bool is_file)
{
	struct sum sum = { .nmessages = 0 };
	struct lapse_buf file;

	lapse_buf_init(&sum.told, ROOM);
	lapse_buf_init(&file, ROOM);
	assert_int_equal(lapse_mailbox_each(path, add_up, &sum), 0);
	assert_memory_equal(sum.told.data, format, strlen(format));
	assert_int_equal(sum.nmessages, nmessages);
	if (is_file) {
		assert_int_equal(lapse_file_read(&file, path), 0);
		assert_int_equal(sum.nbytes, file.len);
	}
	lapse_buf_release(&sum.told);
	lapse_buf_release(&file);
}

static void
real_mailboxes_have_the_messages_they_are_known_to_have(void **state)
{
	static const struct { const char *path, *format; size_t n; } rows[] = {
		{ "google-groups.mboxrd.gz", "mboxrd ", 193 }, { "pipermail-2001-November.txt", "pipermail ", 164 },
		{ "duplicate", "eml ", 9 }, { "broken", "eml ", 4 }, { "threading/ghost-root", "eml ", 9 }, { "threading", "eml ", 12 },
		{ "threading/parent-priority", "maildir ", 3 }, { "", "eml ", 382 },
	};
	char path[256];
	struct stat st;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(path, sizeof(path), "../shared/mail/%s", rows[i].path);
		if (stat(path, &st) != 0) {
			print_message("skipped: no %s\n", path);
			skip();
		}
		check_real(path, rows[i].format, rows[i].n, S_ISREG(st.st_mode));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_from_line_needs_a_date_an_empty_line_before_and_a_header_behind),
		TEST(dates_of_from_lines_are_those_of_the_wild),
		TEST(quoting_is_told_from_the_whole_file),
		TEST(a_month_of_pipermail_is_told_by_its_senders),
		TEST(a_content_length_that_is_right_is_followed),
		TEST(a_content_length_that_is_wrong_is_passed_over),
		TEST(lengths_of_many_messages_that_reach_far_do_no_harm),
		TEST(what_is_no_mailbox_is_refused_and_says_why),
		TEST(an_empty_mailbox_has_no_messages),
		TEST(a_file_that_begins_with_a_header_is_one_message),
		TEST(the_first_refusal_ends_it),
		TEST(a_maildir_is_what_is_in_cur_and_new),
		TEST(a_folder_is_all_the_mail_below_it),
		TEST(gzip_members_are_one_file_and_one_cut_short_gives_nothing),
		TEST(a_bomb_is_not_unpacked_into_memory),
		TEST(what_is_written_to_a_mailbox_comes_out_of_it_byte_for_byte),
		cmocka_unit_test(real_mailboxes_have_the_messages_they_are_known_to_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
