#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "lapse/error.h"
#include "lapse/fs.h"
#include "unit/scratch.h"

#define MEGABYTE ((size_t)1 << 20)

static void
put_file(const char *name, const void *data, size_t len)
{
	FILE *file = fopen(name, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Append one gzip member. */
static void
gzip_add(struct lapse_buf *out, const void *data, size_t len)
{
	z_stream z = { .next_in = (z_const Bytef *)data, .avail_in = (uInt)len };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(lapse_buf_reserve(out, deflateBound(&z, (uLong)len)), 0);
	z.next_out = (Bytef *)out->data + out->len;
	z.avail_out = (uInt)(out->cap - out->len);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len += z.total_out;
	deflateEnd(&z);
}

/* Bytes that do not compress. */
static void
fill_noise(unsigned char *out, size_t len)
{
	uint64_t x = UINT64_C(88172645463325252);

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		out[i] = (unsigned char)(x >> 32);
	}
}

static void
assert_reads(const char *name, const void *data, size_t len)
{
	struct lapse_buf out;

	lapse_buf_init(&out, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_buf_puts(&out, "> "), 0);
	if (lapse_file_read(&out, name) != 0)
		fail_msg("%s", lapse_error());
	assert_int_equal(out.len, len + 2);
	assert_memory_equal(out.data, "> ", 2);
	assert_memory_equal(out.data + 2, data, len);
	lapse_buf_release(&out);
}

/* Refused, and what was in the buffer before stays alone in it. */
static void
assert_refuses(const char *name, size_t max, int code, const char *message)
{
	struct lapse_buf out;

	lapse_buf_init(&out, max);
	assert_int_equal(lapse_buf_puts(&out, "> "), 0);
	assert_int_equal(lapse_file_read(&out, name), code);
	assert_string_equal(lapse_error(), message);
	assert_int_equal(out.len, 2);
	assert_string_equal(out.data, "> ");
	assert_true(out.cap <= 2 * max + 64);
	lapse_buf_release(&out);
}

static void
plain_files_are_read_as_they_are(void **state)
{
	static unsigned char noise[100000];

	(void)state;
	fill_noise(noise, sizeof(noise));
	noise[0] = 0;
	put_file("plain", noise, sizeof(noise));
	assert_reads("plain", noise, sizeof(noise));
	put_file("plain", "\x1f", 1);
	assert_reads("plain", "\x1f", 1);
	put_file("plain", "\x1f\x8a\0x", 4);
	assert_reads("plain", "\x1f\x8a\0x", 4);
	unlink("plain");
}

static void
an_empty_file_gives_an_empty_text_not_none(void **state)
{
	struct lapse_buf out;

	(void)state;
	put_file("empty", "", 0);
	lapse_buf_init(&out, 0);
	assert_int_equal(lapse_file_read(&out, "empty"), 0);
	assert_int_equal(out.len, 0);
	assert_string_equal(out.data, "");
	lapse_buf_release(&out);
	unlink("empty");
}

static void
gzip_is_recognised_whatever_its_name_with_all_its_members(void **state)
{
	static unsigned char noise[200000];
	struct lapse_buf gz;

	(void)state;
	fill_noise(noise, sizeof(noise));
	lapse_buf_init(&gz, LAPSE_BUF_DOCUMENT);
	gzip_add(&gz, noise, 70000);
	put_file("one", gz.data, gz.len);
	assert_reads("one", noise, 70000);
	gzip_add(&gz, noise + 70000, 0);
	gzip_add(&gz, noise + 70000, 1);
	gzip_add(&gz, noise + 70001, sizeof(noise) - 70001);
	put_file("four", gz.data, gz.len);
	assert_reads("four", noise, sizeof(noise));
	unlink("one");
	unlink("four");
	lapse_buf_release(&gz);
}

static void
much_may_come_out_of_little(void **state)
{
	char *text = malloc(MEGABYTE);
	struct lapse_buf gz;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < MEGABYTE; i++)
		text[i] = "twelve bytes"[i % 12];
	lapse_buf_init(&gz, LAPSE_BUF_DOCUMENT);
	for (size_t len = MEGABYTE - 300; len <= MEGABYTE; len += 50) {
		lapse_buf_reset(&gz);
		gzip_add(&gz, text, len);
		put_file("dense", gz.data, gz.len);
		assert_reads("dense", text, len);
	}
	unlink("dense");
	lapse_buf_release(&gz);
	free(text);
}

/* A member that ends with a chunk of reading, and one byte before and after. */
static void
members_may_end_anywhere(void **state)
{
	static unsigned char noise[65536];
	struct lapse_buf gz;
	int nedges = 0;

	(void)state;
	fill_noise(noise, sizeof(noise));
	lapse_buf_init(&gz, LAPSE_BUF_DOCUMENT);
	for (size_t len = 32700; len < 32768; len++) {
		lapse_buf_reset(&gz);
		gzip_add(&gz, noise, len);
		if (gz.len < 32768 - 1 || gz.len > 32768 + 1)
			continue;
		gzip_add(&gz, noise + len, 100);
		put_file("edge", gz.data, gz.len);
		assert_reads("edge", noise, len + 100);
		unlink("edge");
		nedges++;
	}
	assert_int_equal(nedges, 3);
	lapse_buf_release(&gz);
}

static void
gzip_cut_anywhere_is_refused(void **state)
{
	static const char text[] = "{\"a\": \"some text, some text, some text\"}";
	struct lapse_buf gz;

	(void)state;
	lapse_buf_init(&gz, LAPSE_BUF_DOCUMENT);
	gzip_add(&gz, text, sizeof(text));
	for (size_t len = 2; len < gz.len; len++) {
		put_file("cut", gz.data, len);
		assert_refuses("cut", 1024, LAPSE_EFORMAT, "cut: truncated gzip data");
	}
	gzip_add(&gz, text, sizeof(text));
	put_file("cut", gz.data, gz.len - 1);
	assert_refuses("cut", 1024, LAPSE_EFORMAT, "cut: truncated gzip data");
	unlink("cut");
	lapse_buf_release(&gz);
}

static void
gzip_with_one_bit_changed_never_gives_other_data(void **state)
{
	static const char text[] = "{\"a\": \"some text, some text, some text\"}";
	struct lapse_buf gz, out;
	int nrefused = 0, nflips = 0;

	(void)state;
	lapse_buf_init(&gz, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&out, LAPSE_BUF_DOCUMENT);
	gzip_add(&gz, text, sizeof(text));
	for (size_t bit = 16; bit < gz.len * 8; bit++, nflips++) {
		gz.data[bit / 8] ^= (char)(1 << bit % 8);
		put_file("bad", gz.data, gz.len);
		gz.data[bit / 8] ^= (char)(1 << bit % 8);
		lapse_buf_reset(&out);
		if (lapse_file_read(&out, "bad") < 0) {
			nrefused++;
			assert_memory_equal(lapse_error(), "bad: ", 5);
			continue;
		}
		assert_int_equal(out.len, sizeof(text));
		assert_memory_equal(out.data, text, sizeof(text));
	}
	/* 7 bytes of the header (text flag, time, flags, system) carry no data */
	assert_true(nrefused >= nflips - 7 * 8);
	unlink("bad");
	lapse_buf_release(&gz);
	lapse_buf_release(&out);
}

static void
what_follows_gzip_and_is_not_gzip_is_refused(void **state)
{
	struct lapse_buf gz;

	(void)state;
	lapse_buf_init(&gz, LAPSE_BUF_DOCUMENT);
	gzip_add(&gz, "text", 4);
	assert_int_equal(lapse_buf_add(&gz, "more", 4), 0);
	put_file("tail", gz.data, gz.len);
	assert_refuses("tail", 1024, LAPSE_EFORMAT, "tail: damaged gzip data");
	unlink("tail");
	lapse_buf_release(&gz);
}

static void
a_ceiling_stops_plain_files_and_bombs(void **state)
{
	void *zeros = calloc(64, MEGABYTE);
	struct lapse_buf gz;

	(void)state;
	assert_non_null(zeros);
	lapse_buf_init(&gz, LAPSE_BUF_DOCUMENT);
	gzip_add(&gz, zeros, 64 * MEGABYTE);
	assert_true(gz.len < MEGABYTE / 10);
	put_file("bomb", gz.data, gz.len);
	assert_refuses("bomb", MEGABYTE, LAPSE_ETOOBIG, "bomb: more than 1048576 bytes");
	put_file("long", zeros, 100001);
	assert_refuses("long", 100002, LAPSE_ETOOBIG, "long: more than 100002 bytes");
	put_file("long", zeros, 100000);
	assert_reads("long", zeros, 100000);
	unlink("bomb");
	unlink("long");
	lapse_buf_release(&gz);
	free(zeros);
}

/* Somebody slow writes `data` to standard input: one byte, and then the rest. */
static void
feed_stdin(const char *data, size_t len)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	if (fork() == 0) {
		if (write(ends[1], data, 1) == 1 && nanosleep(&pause, NULL) == 0 &&
		    write(ends[1], data + 1, len - 1) == (ssize_t)(len - 1))
			_exit(0);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
}

static void
assert_stdin_reads(const char *data, size_t len, int code, const char *answer)
{
	int status, old = dup(STDIN_FILENO);
	struct lapse_buf out;

	feed_stdin(data, len);
	lapse_buf_init(&out, 1024);
	assert_int_equal(lapse_file_read(&out, "-"), code);
	assert_string_equal(code == 0 ? out.data : lapse_error(), answer);
	lapse_buf_release(&out);
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	if (old >= 0) {
		dup2(old, STDIN_FILENO);
		close(old);
	}
}

static void
a_dash_is_standard_input(void **state)
{
	struct lapse_buf gz;

	(void)state;
	lapse_buf_init(&gz, 1024);
	gzip_add(&gz, "packed", 6);
	assert_stdin_reads("plain", 5, 0, "plain");
	assert_stdin_reads(gz.data, gz.len, 0, "packed");
	assert_stdin_reads(gz.data, gz.len - 1, LAPSE_EFORMAT, "standard input: truncated gzip data");
	lapse_buf_release(&gz);
}

static void
what_is_no_regular_file_is_refused(void **state)
{
	(void)state;
	assert_refuses("absent", 1024, LAPSE_ENOTFOUND, "absent: cannot open: No such file or directory");
	assert_refuses(".", 1024, LAPSE_EFAIL, ".: not a regular file");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_refuses("fifo", 1024, LAPSE_EFAIL, "fifo: not a regular file");
	unlink("fifo");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_files_are_read_as_they_are),
		cmocka_unit_test(an_empty_file_gives_an_empty_text_not_none),
		cmocka_unit_test(gzip_is_recognised_whatever_its_name_with_all_its_members),
		cmocka_unit_test(much_may_come_out_of_little),
		cmocka_unit_test(members_may_end_anywhere),
		cmocka_unit_test(gzip_cut_anywhere_is_refused),
		cmocka_unit_test(gzip_with_one_bit_changed_never_gives_other_data),
		cmocka_unit_test(what_follows_gzip_and_is_not_gzip_is_refused),
		cmocka_unit_test(a_ceiling_stops_plain_files_and_bombs),
		cmocka_unit_test(a_dash_is_standard_input),
		cmocka_unit_test(what_is_no_regular_file_is_refused),
	};

	return cmocka_run_group_tests(tests, enter_scratch, leave_scratch);
}
