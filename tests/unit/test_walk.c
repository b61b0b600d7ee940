#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lapse/error.h"
#include "lapse/fs.h"
#include "unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
touch(const char *name)
{
	FILE *file = fopen(name, "wb");

	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

struct seen {
	struct lapse_buf names;
	int left;	/* stop after so many files */
};

static int
note_name(const char *file, void *payload)
{
	struct seen *seen = payload;

	assert_int_equal(lapse_buf_printf(&seen->names, "%s\n", file), 0);
	return --seen->left == 0 ? 42 : 0;
}

static void
assert_walks(const char *path, int stop_after, int answer, const char *expected)
{
	struct seen seen = { .left = stop_after };

	lapse_buf_init(&seen.names, 4096);
	assert_int_equal(lapse_buf_puts(&seen.names, ""), 0);
	assert_int_equal(lapse_files_each(path, note_name, &seen), answer);
	assert_string_equal(seen.names.data, expected);
	lapse_buf_release(&seen.names);
}

static const char *const folders[] = { "d", "d/a", "d/a/z", "d/.git", "d/empty" };
static const char *const files[] = { "d/b", "d/a/2", "d/a/10", "d/a-b", "d/a.b", "d/a0",
	"d/a/z/x", "d/.hidden", "d/.git/x", "d/\xc3\xa9", "d/B" };

static void
files_are_walked_in_byte_order_of_their_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(folders); i++)
		assert_int_equal(mkdir(folders[i], 0700), 0);
	for (size_t i = 0; i < COUNT(files); i++)
		touch(files[i]);
	assert_int_equal(symlink("a", "d/link-to-folder"), 0);
	assert_int_equal(symlink("b", "d/link-to-file"), 0);
	assert_int_equal(symlink("d", "l"), 0);
	assert_int_equal(mkfifo("d/fifo", 0600), 0);
	assert_walks("d", -1, 0, "d/B\nd/a-b\nd/a.b\nd/a/10\nd/a/2\nd/a/z/x\nd/a0\nd/b\nd/\xc3\xa9\n");
	assert_walks("d/a/", -1, 0, "d/a/10\nd/a/2\nd/a/z/x\n");
	assert_walks("l/a", -1, 0, "l/a/10\nl/a/2\nl/a/z/x\n");
	assert_walks("d/empty", -1, 0, "");
	assert_walks("d/.git", -1, 0, "d/.git/x\n");
	assert_walks("d/a0", -1, 0, "d/a0\n");
	assert_walks("d/link-to-file", -1, 0, "d/link-to-file\n");
	assert_walks("d", 4, 42, "d/B\nd/a-b\nd/a.b\nd/a/10\n");
	assert_walks("-", -1, 0, "-\n");
	assert_walks("absent", -1, LAPSE_ENOTFOUND, "");
	assert_string_equal(lapse_error(), "absent: cannot open: No such file or directory");
	assert_walks("d/fifo", -1, LAPSE_EFAIL, "");
	assert_string_equal(lapse_error(), "d/fifo: not a regular file or folder");
	unlink("d/link-to-folder");
	unlink("d/link-to-file");
	unlink("l");
	unlink("d/fifo");
	for (size_t i = 0; i < COUNT(files); i++)
		unlink(files[i]);
	for (size_t i = COUNT(folders); i > 0; i--)
		rmdir(folders[i - 1]);
}

/* 25 folders of 200 letters make a path that no system call takes. */
static void
folders_too_deep_are_refused_not_crashed_on(void **state)
{
	char name[201];
	int depth = 0;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	while (depth < 25 && mkdir(name, 0700) == 0 && chdir(name) == 0)
		depth++;
	assert_int_equal(depth, 25);
	assert_int_equal(chdir(*state), 0);
	assert_walks(".", -1, LAPSE_EFAIL, "");
	assert_memory_equal(lapse_error(), "./nnnnn", 7);
	assert_non_null(strstr(lapse_error(), "n: cannot open: File name too long"));
	for (int i = 1; i < depth; i++)
		assert_int_equal(chdir(name), 0);
	for (; depth > 0; depth--) {
		assert_int_equal(rmdir(name), 0);
		if (depth > 1)
			assert_int_equal(chdir(".."), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_walked_in_byte_order_of_their_paths),
		cmocka_unit_test(folders_too_deep_are_refused_not_crashed_on),
	};

	return cmocka_run_group_tests(tests, enter_scratch, leave_scratch);
}
