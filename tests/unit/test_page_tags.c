/* The tags of a page, before a parser sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../../lib/source/page_tags.h"

static const char *const plain[] = {
	"", "no tags", "<!DOCTYPE html><html lang=en><body class=\"a b\" data-x='>'>text</body></html>",
	"<!-- <a b> --><p>", "<script type=\"x\">if (a<b && c>d) '</p>';</script><br/>", "<style>a > b {}</STYLE >", "<input disabled value=>",
	"<a href=/show_bug.cgi?id=1&x=2#c3>", "a > b", "<p\n>", "<bz:x _y=\"\">",
};
static const char *const odd[] = {
	"<", "a < b", "<a", "<a ", "<a b", "<a b=", "<a b=\"c>", "<a \" b=\">\" c>", "<a =\"x>y\">", "<a b=\"c\"d>", "<a b='c'\">", "<a/b>", "<>",
	"</>", "<?xml?>", "<![CDATA[x]]>", "<!-->-->", "<!--->", "<!-- a -- b -->", "<!-- a --!>", "<!-- never ends", "<!DOCTYPE html \"x\">",
	"<script/>", "<script>never ends", "<script></scripts>", "<a b=`c`>", "<a b=c\"d>", "<1>", "<a <b>>", "< a>",
};

static void
tags_that_all_read_alike_are_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (!page_tags_are_plain(plain[i], strlen(plain[i])))
			fail_msg("%s", plain[i]);
}

static void
all_others_are_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (page_tags_are_plain(odd[i], strlen(odd[i])))
			fail_msg("%s", odd[i]);
}

/* Where a page is cut, nothing behind the cut is read: the memory is as long as the text, for the sanitizers. */
static void
a_page_may_end_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]) + sizeof(odd) / sizeof(odd[0]); i++) {
		const char *text = i < sizeof(plain) / sizeof(plain[0]) ? plain[i] : odd[i - sizeof(plain) / sizeof(plain[0])];

		for (size_t len = 0; len <= strlen(text); len++) {
			char *copy = malloc(len + (len == 0));

			assert_non_null(copy);
			memcpy(copy, text, len);
			(void)page_tags_are_plain(copy, len);
			free(copy);
		}
	}
}

static void
a_tag_has_sixty_four_attributes_at_most(void **state)
{
	char text[1024] = "<a";

	(void)state;
	for (size_t i = 0; i < 64; i++)
		strcat(text, " b");
	strcat(text, ">");
	assert_true(page_tags_are_plain(text, strlen(text)));
	strcpy(text + strlen(text) - 1, " b>");
	assert_false(page_tags_are_plain(text, strlen(text)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_that_all_read_alike_are_plain),
		cmocka_unit_test(all_others_are_not),
		cmocka_unit_test(a_page_may_end_anywhere),
		cmocka_unit_test(a_tag_has_sixty_four_attributes_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
