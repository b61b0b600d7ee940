#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../lib/source/mail_date.h"
#include "../../lib/source/mail_html.h"
#include "../../lib/source/mail_id.h"
#include "../../lib/source/mail_text.h"
#include "arena.h"

#define GOOGLE "-- \nYou received this message because you are subscribed to the Google Groups \"talk\" group.\n" \
	"To unsubscribe from this group, send an email to talk+unsubscribe@googlegroups.com.\n" \
	"To view this discussion visit https://groups.google.com/d/msgid/talk/x%40y.\n"
#define RULE "_______________________________________________\n"
#define MAILMAN RULE "Public mailing list\nPublic@cabforum.org\nhttps://cabforum.org/mailman/listinfo/public\n"
#define NEXT "-------------- next part --------------\n"

static void
dates_are_read_as_people_write_them(void **state)
{
	static const struct { const char *text; int64_t at; int known; } rows[] = {
		{ "Thu, 2 May 2019 17:36:06 +0200 (CEST)", 1556811366, 1 },
		{ "Thu,  2 May 2019 08:36:06 -0700", 1556811366, 1 },
		{ "2 May 19 15:36:06 GMT", 1556811366, 1 },
		{ "2 May 119 15:36:06 UT", 1556811366, 1 },
		{ "Thu, 02 May 2019 11:36:06 EDT", 1556811366, 1 },
		{ "Thu, 2 May 2019 15:36:06 -0000", 1556811366, 1 },
		{ "Thu, 2 May 2019 15:36:06", 1556811366, 0 },
		{ "Thu, 2 May 2019 15:36:06 CEST", 1556811366, 0 },
		{ "Thu, 2 May 2019 15:36 +0000", 1556811360, 1 },
		{ "Thu, 2 May 2019 15:35:60 +0000", 1556811359, 1 },
		{ "Thu (a (nested) comment) 2 (x) May 2019 17:36:06 +02:00", 1556811366, 1 },
		{ "Thu May  2 15:36:06 2019", 1556811366, 0 },
		{ "Thu May  2 17:36:06 CEST 2019", 1556818566, 0 },
		{ "Thu May  2 17:36:06 +0200 2019", 1556811366, 1 },
		{ "Thursday, 2-May-19 15:36:06 GMT", 1556811366, 1 },
		{ "RANDOM_Wed, 21 Sep 2016 22:42:07 +0300", 1474486927, 1 },
		{ "Thu, 2 May 2019 15:36:06.123 +0000", 1556811366, 1 },
		{ "Fri, 31 Dec 99 23:59:59 +0000", 946684799, 1 },
	};
	static const char *const none[] = { "", "yesterday", "2 May 2019", "17:36:06", "31 Feb 2019 17:36:06 +0000", "2 May 2019 24:00:00 +0000",
		"2 May 2019 10:60:00 +0000", "2 May 0001 10:00:00 +0000", "2 Foo 2019 10:00:00 +0000", "99 May 2019 1:00:00 GMT", "(2 May 2019 1:00:00 GMT",
		"12 May 2019 1x:00:00 GMT" };
	struct lapse_instant at;
	bool known;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(lapse_mail_date_read(&at, &known, rows[i].text));
		assert_int_equal(at.sec, rows[i].at);
		assert_int_equal(known, rows[i].known);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(lapse_mail_date_read(&at, &known, none[i]));
}

static void
an_id_is_what_stands_in_brackets(void **state)
{
	static const struct { const char *text, *id; } rows[] = {
		{ "<a@b>", "a@b" }, { "< a @ b >", "a@b" }, { "a@b", "a@b" }, { "Your message of \"today\" <a@b> <c@d>", "a@b" },
		{ "<a@b> (Ann's message of \"Thu\")", "a@b" }, { "<<a@b>>", "a@b" }, { "<> <a@b>", "a@b" }, { "", NULL }, { "<>", NULL }, { "<a@b", NULL },
		{ "two words", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *id = lapse_mail_id_first(&arena, rows[i].text);

		if (rows[i].id != NULL)
			assert_string_equal(id, rows[i].id);
		else
			assert_null(id);
	}
}

static void
html_reads_as_text(void **state)
{
	static const struct { const char *html, *text; } rows[] = {
		{ "<!DOCTYPE html><html><head><title>t</title><style>p{}</style></head><body><p>One  \n two</p><p>three</p></body></html>", "One two\n\nthree\n" },
		{ "a<br>b<br/>c<BR />d", "a\nb\nc\nd\n" },
		{ "<div>a</div><div><br></div><div>b</div>c", "a\n\nb\nc\n" },
		{ "x<blockquote class='q'>one<br>two<blockquote>three</blockquote></blockquote>y",
		    "x\n\n> one\n> two\n>\n> > three\n\ny\n" },
		{ "<a href=\"https://x.example/?a=1&amp;b=2\">see</a>, <a href='https://y.example'>https://y.example</a>, <a href=mailto:a@b.org>a@b.org</a>, "
		    "<a href='javascript:x'>no</a>", "see <https://x.example/?a=1&b=2>, https://y.example, a@b.org, no\n" },
		{ "<pre>  a\n  b\n</pre>c", "  a\n  b\nc\n" },
		{ "<ul><li>a</li><li>b</li></ul>", "- a\n- b\n" },
		{ "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n" },
		{ "a &lt;b&gt; &amp; &eacute;&#233;&#x2014;&nbsp;x &unknown; 1 < 2 <3", "a <b> & \xc3\xa9\xc3\xa9\xe2\x80\x94 x &unknown; 1 < 2 <3\n" },
		{ "a<!-- > hidden -->b<script>if (a<b) document.write('<p>')</script>c<![if !x]>d<?xml?>e", "abcde\n" },
		{ "a<!-- not ended", "a\n" },
		{ "a<b title='not ended>b</b>c", "abc\n" },
		{ "a<script>not ended", "anot ended\n" },
		{ "</blockquote></pre></a>a<o:p></o:p>", "a\n" },
		{ "<a href='http://x'>a<a href='http://y'>b", "a <http://x>b <http://y>\n" },
		{ "\xc3\xbc <b>f</b>ett", "\xc3\xbc fett\n" },
		{ "", "" },
		{ " <p> </p> ", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lapse_buf out;

		lapse_buf_init(&out, 10000);
		assert_int_equal(lapse_mail_html_read(&out, rows[i].html, strlen(rows[i].html)), 0);
		assert_string_equal(out.data != NULL ? out.data : "", rows[i].text);
		lapse_buf_release(&out);
	}
}

static void
own_words_are_without_those_of_others(void **state)
{
	static const struct { const char *text, *own; } rows[] = {
		{ "Yes.\n", "Yes." },
		{ "On Tue, 30 Oct 2001, Perry Greenfield wrote:\n> > What?\n> So.\nReally?\n\n> more\n", "Really?" },
		{ "On Tue, 30 Oct 2001 at 10:00, Perry Greenfield\n<p@x.example> wrote:\n\n> What?\n\nOn that: I agree.\n", "On that: I agree." },
		{ "On Monday he wrote:\nnothing.\n", "On Monday he wrote:\nnothing." },
		{ "Am Montag schrieb:\n>a\nJa\n", "Ja" },
		{ "Top.\n\n-----Original Message-----\nFrom: X\nWhy?\n", "Top." },
		{ "Top.\n\nFrom: X <x@y>\nSent: Monday\nTo: Y\n\nWhy?\n", "Top." },
		{ "From: the start\nit went on\n", "From: the start\nit went on" },
		{ "Words.\n\n-- \nAnn\nCA, Ltd.\n", "Words." },
		{ "Words.\n\n-- \nAnn\n\n" GOOGLE, "Words." },
		{ "Words.\n" GOOGLE "\nMore.\n", "Words.\n\nMore." },
		{ "Words.\n" MAILMAN, "Words." },
		{ "Words.\n" RULE "not a footer\n", "Words.\n" RULE "not a footer" },
		{ "Words.\n> " "-- \n> You received this message because you are subscribed to x\nMore\n", "Words.\nMore" },
		{ "\n\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(lapse_mail_own(&arena, rows[i].text, strlen(rows[i].text)), rows[i].own);
}

static const char *
alike(const char *subject, const char *text)
{
	return lapse_mail_alike(lapse_arena_alloc(&arena, LAPSE_SHA256_HEX + 1), subject, text, strlen(text));
}

static void
the_same_mail_is_alike_in_every_archive(void **state)
{
	static const char *const texts[] = {
		"Write to a.b@c.org or d@e at noon, caf\xc3\xa9.\n\n> From me\n",
		"Write to a.b at c.org or d at e at noon, caf?.\n\n> From me\n\n\n\n",
		"Write to a.b(a)c.org or d(a)e at noon, caf\xc3\xa9.\n\n> >From me",
		"Write to a.b@c.org or d@e at noon, caf\xc3\xa9.\r\n\r\n> From me\r\n" GOOGLE,
		"Write to a.b@c.org\nor d@e at noon, caf\xc3\xa9.\n\n> From me\n" MAILMAN,
		"Write to a.b at c.org or d at e at noon, caf.\n> From me\n" NEXT "A non-text attachment was scrubbed...\nName: x\nURL: <http://x>\n",
		"Write to a.b at c.org or d at e at noon, caf.\n> From me\n" NEXT "Another part, which the first one is not.\n",
		"A non-text attachment was scrubbed...\nName: x\n\n" NEXT "Write to a.b at c.org or d at e at noon, caf.\n> From me\n",
	};
	static const char *const subjects[] = { "Re: [talk] What at?", "[talk] Re: what", "what", "RE: re: [a] [b] What?" };
	const char *first = alike(subjects[0], texts[0]);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(alike("Re: [talk] What at?", texts[i]), first);
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		assert_string_equal(alike(subjects[i], texts[0]), first);
}

static void
other_mail_is_not_alike(void **state)
{
	static const struct { const char *subject, *text; } rows[] = {
		{ "a", "b" }, { "a", "c" }, { "b", "b" }, { "ab", "" }, { "", "ab" }, { "a", "The meeting is at 5." }, { "a", "The meeting is at 6." },
		{ "\xd0\xb4\xd0\xb0", "\xd0\xb4\xd0\xb0" }, { "\xd0\xb4\xd0\xb0", "\xd0\xbd\xd0\xb5\xd1\x82" }, { "", "" }, { "a", "(b)" "a" },
		{ "[PATCH", "b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(alike(rows[i].subject, rows[i].text), alike(rows[j].subject, rows[j].text));
}

/* What takes time by the square is seen by how long it takes: each of these is done in well under a second. */
static void
long_texts_take_no_longer_than_their_length(void **state)
{
	static const char *const units[] = { "<!-- > ", "<script>", "<a x='", "<blockquote>", "</b>", "<div>", "&", "<a href='http://x'>", "<p a=1 b=2 c=3>" };
	size_t len = (size_t)1 << 20;
	char *html = lapse_arena_alloc(&arena, len + 1);

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t unit = strlen(units[i]);
		struct lapse_buf out;

		for (size_t n = 0; n < len; n++)
			html[n] = units[i][n % unit];
		lapse_buf_init(&out, len * 4);
		assert_int_equal(lapse_mail_html_read(&out, html, len), 0);
		assert_true(out.len <= len * 2);
		lapse_buf_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_read_as_people_write_them),
		cmocka_unit_test(an_id_is_what_stands_in_brackets),
		cmocka_unit_test(html_reads_as_text),
		cmocka_unit_test(own_words_are_without_those_of_others),
		cmocka_unit_test(the_same_mail_is_alike_in_every_archive),
		cmocka_unit_test(other_mail_is_not_alike),
		cmocka_unit_test(long_texts_take_no_longer_than_their_length),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
