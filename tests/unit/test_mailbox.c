/* Saved mail cut into messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "scratch.h"

#include "../../lib/source/mailbox.h"

#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/zip.h"

#define MANY 40

/* ---- what was cut ---- */

struct found {
	struct lapse_buf bytes;
	size_t ends[MANY];
	int64_t lines[MANY];
	size_t n;
	char format[16], envelope[200];	/* of the last one */
	int answer;			/* of the callback, when there are so many: */
	size_t stop;
};

static int
take(const struct lapse_raw *raw, void *payload)
{
	struct found *f = payload;

	assert_true(f->n < MANY);
	assert_int_equal(lapse_buf_add(&f->bytes, raw->data, raw->len), 0);
	f->lines[f->n] = raw->line;
	f->ends[f->n++] = f->bytes.len;
	snprintf(f->format, sizeof(f->format), "%s", raw->format);
	snprintf(f->envelope, sizeof(f->envelope), "%s", raw->envelope != NULL ? raw->envelope : "");
	return f->stop > 0 && f->n == f->stop ? f->answer : 0;
}

static int
cut(struct found *f, const char *path)
{
	*f = (struct found){ .n = 0 };
	lapse_buf_init(&f->bytes, 1 << 22);
	return lapse_mailbox_each(path, take, f);
}

static const char *
message(const struct found *f, size_t i)
{
	static char text[1 << 16];
	size_t from = i > 0 ? f->ends[i - 1] : 0;

	assert_true(i < f->n && f->ends[i] - from < sizeof(text));
	memcpy(text, f->bytes.data != NULL ? f->bytes.data + from : "", f->ends[i] - from);
	text[f->ends[i] - from] = '\0';
	return text;
}

static void
write_bytes(const char *path, const char *data, size_t len)
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

/* Cut a text, and compare messages (the last of them NULL), format and the lines where they begin. */
static void
expect(const char *text, const char *format, const char *const *messages)
{
	struct found f;

	write_text("box", text);
	if (cut(&f, "box") < 0)
		fail_msg("%s", lapse_error());
	for (size_t i = 0; messages[i] != NULL; i++)
		assert_string_equal(message(&f, i), messages[i]);
	assert_null(messages[f.n]);
	assert_string_equal(f.format, format);
	lapse_buf_release(&f.bytes);
	unlink("box");
}

static void
refuse(const char *path, int code, const char *sentence)
{
	struct found f;

	assert_int_equal(cut(&f, path), code);
	assert_string_equal(lapse_error(), sentence);
	lapse_buf_release(&f.bytes);
}

/* ---- by hand ---- */

#define FROM "From ann@x Thu Jan  2 10:00:00 2025\n"

static void
a_line_is_a_beginning_only_with_a_date_an_empty_line_before_and_a_header_after(void **state)
{
	(void)state;
	expect(FROM "A: 1\n\none\n\n" FROM "A: 2\n\ntwo\n\n", "mboxrd", (const char *const[]){ "A: 1\n\none\n", "A: 2\n\ntwo\n", NULL });
	expect(FROM "A: 1\n\none\n" FROM "A: 2\n\n", "mboxo", (const char *const[]){ "A: 1\n\none\n" FROM "A: 2\n", NULL });
	expect(FROM "A: 1\n\none\n\n" FROM "no header\n\n", "mboxo", (const char *const[]){ "A: 1\n\none\n\n" FROM "no header\n", NULL });
	expect(FROM "A: 1\n\none\n\nFrom here on: it is text\nB: 2\n", "mboxo",
	    (const char *const[]){ "A: 1\n\none\n\nFrom here on: it is text\nB: 2\n", NULL });
	expect("From ann at x  Thu Nov  1 11:19:12 2001\nA: 1\n\n>From there\n\n", "pipermail",
	    (const char *const[]){ "A: 1\n\n>From there\n", NULL });
}

static void
dates_of_all_writers_are_known(void **state)
{
	static const char *const lines[] = {
		"From a Thu Jan  2 10:00:00 2025", "From a Thu Jan 02 10:00 2025", "From a  Thu Jan  2 10:00:00 CET 2025",
		"From a Thu Jan  2 10:00:00 2025 +0100", "From a Thu Jan  2 10:00:00 2025 remote from b", "From a b c Thu Jan  2 10:00:00 GMT+2 2025",
		"From \"a b\"@c Thu Jan  2 10:00:00 2025\r", "From - Thu Jan  2 10:00:00 2025"
	};
	struct found f;
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(text, sizeof(text), "\n%s\nA: 1\n\none\n\n%s\nA: 2\n\ntwo\n", lines[i], lines[i]);
		write_text("box", text);
		assert_int_equal(cut(&f, "box"), 0);
		assert_int_equal(f.n, 2);
		assert_int_equal(f.lines[0], 2);
		assert_int_equal(f.lines[1], 7);
		assert_int_equal(strcspn(lines[i], "\r"), strlen(f.envelope));
		lapse_buf_release(&f.bytes);
	}
	unlink("box");
}

static void
carriage_returns_stay_and_the_empty_line_at_the_end_goes(void **state)
{
	(void)state;
	expect("From a Thu Jan  2 10:00:00 2025\r\nA: 1\r\n\r\n>From b\r\n\r\nFrom a Thu Jan  2 10:00:00 2025\r\nA: 2\r\n\r\n\r\n", "mboxrd",
	    (const char *const[]){ "A: 1\r\n\r\nFrom b\r\n", "A: 2\r\n\r\n", NULL });
}

static void
a_stated_length_counts_where_messages_end_there(void **state)
{
	(void)state;
	expect(FROM "Content-Length: 41\n\n12\n\n" FROM "\n\n" FROM "Content-Length: 4\n\none\n\n", "mboxcl2",
	    (const char *const[]){ "Content-Length: 41\n\n12\n\n" FROM "\n", "Content-Length: 4\n\none\n", NULL });
	/* One that is wrong takes nothing from anybody. */
	expect(FROM "Content-Length: 99999\n\none\n\n" FROM "Content-Length: 4\n\ntwo\n\n" FROM "Content-Length: 6\n\nthree\n\n", "mboxcl2",
	    (const char *const[]){ "Content-Length: 99999\n\none\n", "Content-Length: 4\n\ntwo\n", "Content-Length: 6\n\nthree\n", NULL });
	expect(FROM "Content-Length: 99\n\none\n\n" FROM "A: 2\n\n>From two\n\n", "mboxrd",
	    (const char *const[]){ "Content-Length: 99\n\none\n", "A: 2\n\nFrom two\n", NULL });
}

static void
files_and_folders_are_told_by_looking(void **state)
{
	struct found f;

	(void)state;
	mkdir("d", 0700), mkdir("d/cur", 0700), mkdir("d/new", 0700), mkdir("d/tmp", 0700), mkdir("d/more", 0700);
	write_text("d/cur/2:2,S", "anything");
	write_text("d/new/1", "A: 1\n");
	write_text("d/tmp/3", "half");
	write_text("d/more/x.EML", "no header");
	write_text("d/more/y.mbox", FROM "A: 4\n\nfour\n");
	write_text("d/more/z", "A: 5\n\nfive");
	write_text("d/more/empty", "");
	assert_int_equal(cut(&f, "d"), 0);
	assert_int_equal(f.n, 5);
	assert_string_equal(message(&f, 0), "anything");
	assert_string_equal(message(&f, 1), "no header");
	assert_string_equal(message(&f, 2), "A: 4\n\nfour\n");
	assert_string_equal(message(&f, 3), "A: 5\n\nfive");
	assert_string_equal(message(&f, 4), "A: 1\n");
	assert_string_equal(f.format, "maildir");
	lapse_buf_release(&f.bytes);
	unlink("d/cur/2:2,S"), unlink("d/new/1"), unlink("d/more/x.EML"), unlink("d/more/y.mbox"), unlink("d/more/z"), unlink("d/more/empty");
	refuse("d", LAPSE_EFORMAT, "d: no mail in it");
	unlink("d/tmp/3"), rmdir("d/cur"), rmdir("d/new"), rmdir("d/tmp"), rmdir("d/more"), rmdir("d");
}

static void
what_is_no_mail_is_refused_with_its_name(void **state)
{
	(void)state;
	write_text("box", "{\"bugs\":[]}");
	refuse("box", LAPSE_EFORMAT, "box:1: not a mailbox: it begins neither with \"From \" and a date nor with a header");
	write_text("box", FROM "no header\n");
	refuse("box", LAPSE_EFORMAT, "box:1: not a mailbox: no header follows its \"From \"");
	refuse("nowhere", LAPSE_EFAIL, "nowhere: No such file or directory");
	assert_int_equal(mkfifo("pipe", 0600), 0);
	refuse("pipe", LAPSE_EFAIL, "pipe: neither a file nor a folder; mailboxes are read twice");
	unlink("pipe"), unlink("box");
}

static void
an_answer_of_the_caller_ends_it(void **state)
{
	struct found f = { .stop = 1, .answer = -7 };

	(void)state;
	lapse_buf_init(&f.bytes, 1 << 20);
	write_text("box", FROM "A: 1\n\n" FROM "A: 2\n\n");
	assert_int_equal(lapse_mailbox_each("box", take, &f), -7);
	assert_int_equal(f.n, 1);
	lapse_buf_release(&f.bytes);
	unlink("box");
}

/* ---- packed ---- */

static size_t
pack(char *out, size_t room, const char *text)
{
	struct lapse_deflate *gzip = lapse_gzip_new(6);
	size_t len = lapse_deflate_run(gzip, out, room, text, strlen(text));

	lapse_deflate_free(gzip);
	return len;
}

static void
packed_mailboxes_are_unpacked_and_one_that_is_cut_short_is_refused(void **state)
{
	char packed[2000];
	struct found f;
	size_t len = pack(packed, sizeof(packed) / 2, FROM "A: 1\n\none\n\n");

	(void)state;
	len += pack(packed + len, sizeof(packed) / 2, FROM "A: 2\n\ntwo\n\n");
	write_bytes("box.gz", packed, len);
	assert_int_equal(cut(&f, "box.gz"), 0);
	assert_int_equal(f.n, 2);
	assert_string_equal(message(&f, 1), "A: 2\n\ntwo\n");
	lapse_buf_release(&f.bytes);
	write_bytes("box.gz", packed, len - 3);
	assert_int_equal(cut(&f, "box.gz"), LAPSE_EFORMAT);
	assert_memory_equal(lapse_error(), "box.gz:", 7);
	lapse_buf_release(&f.bytes);
	unlink("box.gz");
}

/* ---- written and read again ---- */

enum kind { RD, O, CL, CL2, PIPERMAIL };
static const char *const names[] = { "mboxrd", "mboxo", "mboxcl", "mboxcl2", "pipermail" };

static uint64_t dice;

static size_t
roll(size_t n)
{
	dice += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = (dice ^ dice >> 30) * UINT64_C(0xbf58476d1ce4e5b9);

	return (size_t)((z ^ z >> 27) * UINT64_C(0x94d049bb133111eb) >> 33) % n;
}

/* A line of text that this kind can keep, whatever it looks like. */
static const char *
draw_line(enum kind kind)
{
	static const char *const lines[] = {
		"", "words\n", "From here on, nothing\n", "From ann@x Thu Jan  2 10:00:00 2025\n", "A: like a header\n", " From\n", "\n", "\n",
		">quoted\n", ">From somebody\n", ">>From somebody\n", ">>>> From\n", "From \n", "end\r\n"
	};
	const char *line;

	do
		line = lines[roll(sizeof(lines) / sizeof(lines[0]))];
	while (kind != RD && *line == '>' && strstr(line, ">From ") != NULL);
	return line;
}

/* Two lines that together are a beginning, and nobody quoted, cannot be kept. */
static void
draw_body(struct lapse_buf *out, enum kind kind)
{
	const char *before = "\n", *line = "";

	for (size_t n = roll(12); n > 0; n--) {
		line = draw_line(kind);
		if (kind == PIPERMAIL && strncmp(line, "From ", 5) == 0 && before[0] == '\n')
			line = "words\n";
		assert_int_equal(lapse_buf_puts(out, line), 0);
		before = *line != '\0' ? line : before;
	}
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		assert_int_equal(lapse_buf_puts(out, "\n"), 0);
}

static bool
is_from(const char *line)
{
	return strncmp(line, "From ", 5) == 0;
}

/* The body as this kind of mailbox quotes it. */
static void
quote(struct lapse_buf *out, enum kind kind, const char *body)
{
	bool after_empty = true;

	for (const char *line = body, *end; *line != '\0'; line = end) {
		bool from = is_from(line + (kind == RD ? strspn(line, ">") : 0));

		end = line + strcspn(line, "\n");
		end += *end == '\n';
		if (from && (kind == RD || kind == CL || (kind == O && after_empty)))
			assert_int_equal(lapse_buf_putc(out, '>'), 0);
		assert_int_equal(lapse_buf_add(out, line, (size_t)(end - line)), 0);
		after_empty = *line == '\n' || (line[0] == '\r' && line[1] == '\n');
	}
}

/* A message that makes the kind be seen: text that only it would keep so. */
static const char *
telling(enum kind kind)
{
	return kind == O ? "text\nFrom the text\n" : kind == CL ? "\nFrom the text\n" : "text\n";
}

static void
a_mailbox(enum kind kind, struct lapse_buf *box, struct lapse_buf *messages, size_t *ends, size_t n)
{
	struct lapse_buf body, quoted;

	lapse_buf_init(&body, 1 << 20);
	lapse_buf_init(&quoted, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		char header[100] = "";

		lapse_buf_reset(&body);
		lapse_buf_reset(&quoted);
		assert_int_equal(lapse_buf_puts(&body, ""), 0);
		assert_int_equal(lapse_buf_puts(&quoted, ""), 0);
		if (i == 0)
			assert_int_equal(lapse_buf_puts(&body, telling(kind)), 0);
		else
			draw_body(&body, kind);
		quote(&quoted, kind, body.data);
		snprintf(header, sizeof(header), "Message: %zu\n", i);
		if (kind == CL || kind == CL2)
			snprintf(header, sizeof(header), "Message: %zu\ncontent-length:  %zu\n", i, quoted.len);
		assert_int_equal(lapse_buf_printf(messages, "%s\n%s", header, body.data), 0);
		ends[i] = messages->len;
		assert_int_equal(lapse_buf_printf(box, "From %s Thu Jan  2 10:00:00 2025\n%s\n%s\n", kind == PIPERMAIL ? "ann at x " : "ann@x",
		    header, quoted.data), 0);
	}
	lapse_buf_release(&body);
	lapse_buf_release(&quoted);
}

static void
mailboxes_of_every_kind_give_back_what_was_put_in(void **state)
{
	size_t ends[MANY];

	(void)state;
	for (unsigned seed = 0; seed < 2000; seed++) {
		enum kind kind = (enum kind)(seed % 5);
		struct lapse_buf box, messages;
		struct found f;
		size_t n;

		dice = seed * UINT64_C(7919);
		n = 1 + roll(12);
		lapse_buf_init(&box, 1 << 22);
		lapse_buf_init(&messages, 1 << 22);
		a_mailbox(kind, &box, &messages, ends, n);
		write_bytes("box", box.data, box.len);
		if (cut(&f, "box") < 0)
			fail_msg("%s", lapse_error());
		if (f.n != n || f.bytes.len != messages.len || memcmp(f.bytes.data, messages.data, messages.len) != 0 ||
		    memcmp(f.ends, ends, n * sizeof(ends[0])) != 0 || strcmp(f.format, names[kind]) != 0)
			fail_msg("seed %u, %s read as %s: %zu messages of %zu\n%s\n---\n%s", seed, names[kind], f.format, f.n, n, box.data,
			    f.bytes.data);
		lapse_buf_release(&f.bytes);
		lapse_buf_release(&box);
		lapse_buf_release(&messages);
	}
	unlink("box");
}

#define test(f) cmocka_unit_test_setup_teardown(f, enter_scratch, leave_scratch)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_line_is_a_beginning_only_with_a_date_an_empty_line_before_and_a_header_after),
		test(dates_of_all_writers_are_known),
		test(carriage_returns_stay_and_the_empty_line_at_the_end_goes),
		test(a_stated_length_counts_where_messages_end_there),
		test(files_and_folders_are_told_by_looking),
		test(what_is_no_mail_is_refused_with_its_name),
		test(an_answer_of_the_caller_ends_it),
		test(packed_mailboxes_are_unpacked_and_one_that_is_cut_short_is_refused),
		test(mailboxes_of_every_kind_give_back_what_was_put_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
