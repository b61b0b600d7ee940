#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../lib/source/url.h"
#include "lapse/error.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
an_address_is_taken_apart(void **state)
{
	static const struct {
		const char *text, *whole, *host, *port, *target;
	} rows[] = {
		{ "https://Bugzilla.Example.org/rest/", "https://Bugzilla.Example.org/rest/", "bugzilla.example.org", "443", "/rest/" },
		{ "HTTP://127.0.0.1:8080/rest/bug?id=1,2#c3", "http://127.0.0.1:8080/rest/bug?id=1,2", "127.0.0.1", "8080",
		    "/rest/bug?id=1,2" },
		{ "https://[::1]:8443/", "https://[::1]:8443/", "[::1]", "8443", "/" },
		{ "https://a.example:443", "https://a.example/", "a.example", "443", "/" },
		{ "http://0x7f.1/x", "http://127.0.0.1/x", "127.0.0.1", "80", "/x" },
		{ "https://a.example/rest/../x", "https://a.example/x", "a.example", "443", "/x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_url url;

		assert_int_equal(lapse_url_read(&url, rows[i].text), 0);
		assert_string_equal(url.text, rows[i].whole);
		assert_string_equal(url.host, rows[i].host);
		assert_string_equal(url.port, rows[i].port);
		assert_string_equal(url.target, rows[i].target);
		lapse_url_release(&url);
	}
}

static void
what_is_no_web_address_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "no web address" },
		{ "bugzilla.example.org/rest", "no web address" },
		{ "/rest/", "no web address" },
		{ "ftp://a.example/", "neither http nor https" },
		{ "file:///etc/passwd", "neither http nor https" },
		{ "gopher://a.example/", "neither http nor https" },
		{ "javascript:alert(1)", "neither http nor https" },
		{ "https://me:secret@a.example/", "an address with a name or password in it" },
		{ "https://me@a.example/", "an address with a name or password in it" },
		{ "https://a.example/x y", "an address with blanks or control characters" },
		{ "https://a.example/x\r\nX: y", "an address with blanks or control characters" },
		{ "https://a.example:99999/", "no web address" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_url url;

		assert_int_equal(lapse_url_read(&url, rows[i].text), LAPSE_EFORMAT);
		assert_string_equal(lapse_error(), rows[i].why);
		lapse_url_release(&url);
	}
}

static void
a_redirect_is_read_from_where_it_was_met(void **state)
{
	static const struct {
		const char *location, *whole;
		bool same;
	} rows[] = {
		{ "/login?next=1", "https://a.example:8443/login?next=1", true },
		{ "bug/2", "https://a.example:8443/rest/bug/2", true },
		{ "?id=2", "https://a.example:8443/rest/bug?id=2", true },
		{ "https://a.example:8443/", "https://a.example:8443/", true },
		{ "https://A.Example:8443/", "https://A.Example:8443/", true },
		{ "https://a.example/", "https://a.example/", false },
		{ "http://a.example:8443/", "http://a.example:8443/", false },
		{ "//b.example:8443/", "https://b.example:8443/", false },
		{ "https://a.example.evil.example:8443/", "https://a.example.evil.example:8443/", false },
		{ "https://a.example:8443@b.example/", NULL, false },
		{ "file:///etc/passwd", NULL, false },
	};
	struct lapse_url from;

	(void)state;
	assert_int_equal(lapse_url_read(&from, "https://a.example:8443/rest/bug?id=1"), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_url to;
		int rc = lapse_url_follow(&to, &from, rows[i].location);

		assert_int_equal(rc, rows[i].whole != NULL ? 0 : LAPSE_EFORMAT);
		if (rc == 0) {
			assert_string_equal(to.text, rows[i].whole);
			assert_int_equal(lapse_url_same_place(&from, &to), rows[i].same);
		}
		lapse_url_release(&to);
	}
	lapse_url_release(&from);
}

static void
loopback_is_this_machine_and_no_name_that_looks_like_it(void **state)
{
	static const struct {
		const char *text;
		bool loopback;
	} rows[] = {
		{ "http://127.0.0.1/", true }, { "http://127.9.8.7:1/", true }, { "http://[::1]/", true },
		{ "http://localhost/", true }, { "http://LOCALHOST/", true },
		{ "http://127.0.0.1.evil.example/", false }, { "http://127.evil/", false }, { "http://128.0.0.1/", false },
		{ "http://localhost.evil.example/", false }, { "http://[::2]/", false }, { "http://0.0.0.0/", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_url url;

		assert_int_equal(lapse_url_read(&url, rows[i].text), 0);
		assert_int_equal(lapse_url_is_loopback(&url), rows[i].loopback);
		lapse_url_release(&url);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_taken_apart),
		cmocka_unit_test(what_is_no_web_address_is_refused),
		cmocka_unit_test(a_redirect_is_read_from_where_it_was_met),
		cmocka_unit_test(loopback_is_this_machine_and_no_name_that_looks_like_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
