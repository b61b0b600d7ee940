#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../lib/source/page.h"
#include "../../lib/source/revisions_take.h"
#include "lapse/error.h"
#include "arena.h"

#define HEAD "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"UTF-8\"><title>Bug 7 Comment 1 x</title>" \
	"<script>BUGZILLA.x = JSON.parse('{\"h2\":\"<h2>Bug 9 Comment 9</h2>\"}');</script></head><body><main>" \
	"<h2>Bug 2 Comment 3 Edit History</h2>\n<p><strong>Note</strong>: <pre class=\"bz_comment_text\">no</pre></p>"
#define TAIL "\n<p><a href=\"/show_bug.cgi?id=2#c3\">Back</a></p></main></body>\n</html>\n\n"
#define REVISION(name, time, body) "<article class=\"revision\" data-comment-id=\"8\" data-revised-time=\"\">\n<header><div class=\"metadata\">" \
	"Original comment\n by <div class=\"vcard vcard_3\" ><a class=\"email \" href=\"/user_profile?user_id=3\" > <span class=\"fna\">" name \
	"</span></a>\n</div> on <time datetime=\"" time "\">then</time></div></header>\n<div class=\"body\">\n" body "</div>\n</article>\n"

static int
read_page(struct lapse_revisions *out, const char *html)
{
	return lapse_page_read(out, &arena, html, strlen(html));
}

static void
a_page_as_the_server_writes_it_is_read(void **state)
{
	struct lapse_revisions r;

	(void)state;
	assert_int_equal(read_page(&r, HEAD
	    REVISION("CA Rep [:carep] &lt;x&gt;", "2026-11-22 01:36:40", "<pre class=\"bz_comment_text\">Answer &amp; <b>1</b>.\n\xc3\xa4</pre>")
	    REVISION("B", "2026-11-22 01:37:10", "<div class=\"hidden-comment\">(Hidden by Administrator)</div>")
	    REVISION("C", "2026-11-22 01:37:13", "<div class=\"empty-comment\">No description provided.</div>") TAIL), 0);
	assert_int_equal(r.bug, 2);
	assert_int_equal(r.number, 3);
	assert_int_equal(r.comment, 8);
	assert_int_equal(r.nitems, 3);
	assert_string_equal(r.items[0].who, "CA Rep [:carep] <x>");
	assert_string_equal(r.items[0].shown, "2026-11-22 01:36:40");
	assert_string_equal(r.items[0].text, "Answer & 1.\n\xc3\xa4");
	assert_true(r.items[1].hidden && !r.items[0].hidden && !r.items[2].hidden);
	assert_string_equal(r.items[1].text, "(Hidden by Administrator)");
	assert_string_equal(r.items[2].text, "");
}

static void
what_the_server_puts_into_a_text_is_left_out(void **state)
{
	struct lapse_revisions r;

	(void)state;
	assert_int_equal(read_page(&r, HEAD REVISION("A", "2026-11-22 01:36:40", "<pre class=\"bz_comment_text\">See "
	    "<span class=\"bz_attachment\"><a href=\"x\">attachment 5</a> <a href=\"y\">[details]</a> <a href=\"z\">[diff]</a></span> and "
	    "<a class=\"bz_bug_link\" href=\"/show_bug.cgi?id=4\">bug 4</a>.\n<span class=\"quote\">&gt; so</span></pre>") TAIL), 0);
	assert_string_equal(r.items[0].text, "See attachment 5 and bug 4.\n> so");
}

static void
what_is_no_such_page_is_refused(void **state)
{
	static const struct { const char *html, *error; } rows[] = {
		{ "", "a page that does not end" },
		{ HEAD REVISION("A", "x", "<pre class=\"bz_comment_text\">a</pre>"), "a page that does not end" },
		{ "<html><h2>Please log in</h2></html>", "no page of a comment's revisions" },
		{ "<html><h2>Bug 99999999999999999999 Comment 3</h2></html>", "no page of a comment's revisions" },
		{ HEAD REVISION("A", "x", "<pre>a</pre>") TAIL, "a revision without a text" },
		{ HEAD "<article class=\"revision\">" TAIL, "a revision of no comment, or of another one" },
		{ HEAD REVISION("A", "x", "<pre class=\"bz_comment_text\">a</pre>")
		    "<article class=\"revision\" data-comment-id=\"9\">" TAIL, "a revision of no comment, or of another one" },
		{ HEAD "<p class=\"a\"b>" TAIL, "a page with tags that readers may read differently, or with very many attributes" },
	};
	struct lapse_revisions r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(read_page(&r, rows[i].html), LAPSE_EFORMAT);
		assert_string_equal(lapse_error(), rows[i].error);
	}
}

static void
times_are_dated_by_the_first(void **state)
{
	static const struct { const char *first; bool has; int64_t offset; } rows[] = {
		{ "2025-01-02 00:00:00", true, 0 }, { "2025-01-01 16:00:00", true, -28800 }, { "2025-01-02 05:45:00", true, 20700 },
		{ "2025-01-02 00:00:01", false, 0 }, { "2025-01-03 00:00:00", false, 0 }, { "2025-01-02T00:00:00", false, 0 }, { "", false, 0 },
	};
	struct lapse_revision items[2] = { { .who = "", .text = "a" }, { .who = "", .text = "b", .shown = "2025-03-01 12:00:00" } };
	struct lapse_revisions r = { .number = 4, .items = items, .nitems = 2 };
	struct lapse_instant created, edited;
	struct lapse_change *changes;
	size_t n;

	(void)state;
	assert_int_equal(lapse_time_parse(&created, "2025-01-02T00:00:00Z") + lapse_time_parse(&edited, "2025-03-01T12:00:00Z"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		items[0].shown = rows[i].first;
		lapse_revisions_date(&r, created);
		assert_int_equal(r.has_offset, rows[i].has);
		assert_int_equal(r.offset, rows[i].offset);
		lapse_revisions_changes(&changes, &n, &arena, &r);
		assert_int_equal(n, rows[i].has ? 1 : 0);
		if (n == 0)
			continue;
		assert_int_equal(changes[0].at.sec, edited.sec - rows[i].offset);
		assert_string_equal(changes[0].field, "comment_revision");
		assert_string_equal(changes[0].removed, "a");
		assert_int_equal(changes[0].post, 4);
	}
}

static void
an_address_says_what_it_asks_for(void **state)
{
	int64_t bug, comment;

	(void)state;
	assert_true(lapse_revisions_asked(&bug, &comment, "https://x.example/page.cgi?id=comment-revisions.html&bug_id=2&comment_id=8"));
	assert_int_equal(bug, 2);
	assert_int_equal(comment, 8);
	assert_false(lapse_revisions_asked(&bug, &comment, "https://x.example/page.cgi?id=comment-revisions.html&bug_id=2"));
	assert_false(lapse_revisions_asked(&bug, &comment, "https://x.example/page.cgi?id=comment-revisions.html&bug_id=2&comment_id=8x"));
	assert_false(lapse_revisions_asked(&bug, &comment, "https://x.example/page.cgi?id=comment-revisions.html&bug_id=&comment_id=8"));
	assert_false(lapse_revisions_asked(&bug, &comment, "https://x.example/rest/bug?id=2"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_as_the_server_writes_it_is_read),
		cmocka_unit_test(what_the_server_puts_into_a_text_is_left_out),
		cmocka_unit_test(what_is_no_such_page_is_refused),
		cmocka_unit_test(times_are_dated_by_the_first),
		cmocka_unit_test(an_address_says_what_it_asks_for),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
