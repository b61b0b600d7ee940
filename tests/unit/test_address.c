/* Addresses of searches: what is taken, what is dropped, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lapse/address.h"
#include "lapse/error.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct row {
	const char *text;
	const char *rest;	/* NULL: refused */
	const char *query;	/* or what the message begins with */
};

static const struct row rows[] = {
	{ "https://bugzilla.mozilla.org/buglist.cgi?product=CA%20Program&component=CA%20Certificate%20Compliance",
	    "https://bugzilla.mozilla.org/rest/", "product=CA%20Program&component=CA%20Certificate%20Compliance" },
	{ "https://bugzilla.mozilla.org/buglist.cgi?list_id=17&query_format=advanced&order=Bug%20Number&columnlist=x&product=NSS&limit=0",
	    "https://bugzilla.mozilla.org/rest/", "product=NSS" },
	{ "http://localhost:8080/bugs/buglist.cgi?product=A+B", "http://localhost:8080/bugs/rest/", "product=A%20B" },
	{ "https://x.example:443/a/b/buglist.cgi?product=A#top", "https://x.example/a/b/rest/", "product=A" },
	{ "http://x.example:80?product=A", "http://x.example/rest/", "product=A" },
	{ "http://x.example:443/?product=A", "http://x.example:443/rest/", "product=A" },
	{ "HTTPS://X.Example/Bugs/buglist.cgi?product=A", "https://x.example/Bugs/rest/", "product=A" },
	{ "http://[::1]:8080/buglist.cgi?product=A", "http://[::1]:8080/rest/", "product=A" },
	{ "https://x.example", "https://x.example/rest/", "" },
	{ "https://x.example/bugs", "https://x.example/bugs/rest/", "" },
	{ "https://x.example/rest", "https://x.example/rest/", "" },
	{ "https://x.example/rest/", "https://x.example/rest/", "" },
	{ "https://x.example/b/query.cgi?format=advanced", "https://x.example/b/rest/", "" },
	{ "https://x.example/show_bug.cgi?id=12&ctype=xml#c5", "https://x.example/rest/", "id=12" },
	{ "https://x.example/show_bug.cgi?id=12&id=13&mark=2", "https://x.example/rest/", "id=12&id=13" },
	{ "https://x.example/12", "https://x.example/rest/", "id=12" },
	{ "https://x.example/b/12#c3", "https://x.example/b/rest/", "id=12" },
	{ "https://x.example/rest/bug/12", "https://x.example/rest/", "id=12" },
	{ "https://x.example/rest/bug/12/comment?new_since=2024-01-01", "https://x.example/rest/", "id=12" },
	{ "https://x.example/rest/bug?product=A&include_fields=id&limit=5&offset=3&order=bug_id", "https://x.example/rest/", "product=A" },
	{ "https://x.example/rest/bug?product=A&last_change_time=2024-01-01T00:00:00Z", "https://x.example/rest/", "product=A" },
	{ "https://x.example/buglist.cgi?quicksearch=prod%3ANSS%20crash", "https://x.example/rest/", "quicksearch=prod%3ANSS%20crash" },
	{ "https://x.example/buglist.cgi?bug_status=NEW&bug_status=__open__&resolution=---&bug_id=1%2C2", "https://x.example/rest/",
	    "status=NEW&status=__open__&resolution=---&id=1%2C2" },
	{ "https://x.example/buglist.cgi?product=A&product=A&f1=&o1=equals&v1=", "https://x.example/rest/", "product=A&o1=equals" },
	{ "https://x.example/buglist.cgi?f1=whiteboard&o1=substring&v1=%5Bca-compliance%5D", "https://x.example/rest/",
	    "f1=whiteboard&o1=substring&v1=%5Bca-compliance%5D" },
	/* "or" holds among the charts of the search alone. */
	{ "https://x.example/buglist.cgi?f1=a&o1=equals&v1=1&j_top=OR&f2=b&o2=equals&v2=2", "https://x.example/rest/",
	    "f3=a&o3=equals&v3=1&j1=OR&f4=b&o4=equals&v4=2&f1=OP&f5=CP" },
	{ "https://x.example/buglist.cgi?product=A&j_top=AND&f1=b", "https://x.example/rest/", "product=A&j_top=AND&f1=b" },
	{ "https://x.example/buglist.cgi?product=%C3%84&component=\xc3\xa4", "https://x.example/rest/", "product=%C3%84&component=%C3%A4" },

	{ "", NULL, "not a web address" },
	{ "bugzilla.mozilla.org", NULL, "not a web address" },
	{ "ftp://x.example/buglist.cgi?product=A", NULL, "not a web address" },
	{ "file:///etc/passwd", NULL, "not a web address" },
	{ "javascript:alert(1)", NULL, "not a web address" },
	{ "https://", NULL, "not a web address" },
	{ "https:///x", NULL, "not a web address" },
	{ "https://x.example:/", NULL, "not a web address" },
	{ "https://x.example:0/", NULL, "not a web address" },
	{ "https://x.example:65536/", NULL, "not a web address" },
	{ "https://x_y/", NULL, "not a web address" },
	{ "https://[::1/", NULL, "not a web address" },
	{ "https://x.example\\@y.example/", NULL, "the address holds a login" },
	{ "https://x.example\\y/", NULL, "not a web address" },
	{ "https://x.example/a b", NULL, "not a web address" },
	{ "https://x.example/\r\nHost: y", NULL, "not a web address" },
	{ "https://x.example/../buglist.cgi?product=A", NULL, "the address of no Bugzilla" },
	{ "https://x.example//buglist.cgi?product=A", NULL, "the address of no Bugzilla" },
	{ "https://x.example/%2e%2e/buglist.cgi?product=A", NULL, "the address of no Bugzilla" },
	{ "https://me:hunter2@x.example/buglist.cgi?product=A", NULL, "the address holds a login" },
	{ "https://me@x.example/", NULL, "the address holds a login" },
	{ "https://x.example/buglist.cgi?product=A&Bugzilla_api_key=hunter2", NULL, "the address holds a login, a password or a key" },
	{ "https://x.example/buglist.cgi?product=A&Bugzilla%5Fapi%5Fkey=hunter2", NULL, "the address holds a login, a password or a key" },
	{ "https://x.example/rest/bug?api_key=hunter2&product=A", NULL, "the address holds a login, a password or a key" },
	{ "https://x.example/buglist.cgi?cmdtype=runnamed&namedcmd=mine", NULL, "the address is that of a saved search" },
	{ "https://x.example/buglist.cgi?field0-0-0=product&type0-0-0=equals&value0-0-0=A", NULL, "the address holds charts in the old form" },
	{ "https://x.example/buglist.cgi?product=%4", NULL, "the address holds a parameter that is not encoded" },
	{ "https://x.example/buglist.cgi?product=%zz", NULL, "the address holds a parameter that is not encoded" },
	{ "https://x.example/buglist.cgi?product=a%00b", NULL, "the address holds a parameter that is not encoded" },
	{ "https://x.example/buglist.cgi?product=a%0Ab", NULL, "the address holds a parameter that is not encoded" },
	{ "https://x.example/buglist.cgi?product=%FF", NULL, "the address holds a parameter that is not encoded" },
};

static char *
query_of(const struct lapse_address *address)
{
	struct lapse_buf query;

	lapse_buf_init(&query, 1 << 20);
	assert_int_equal(lapse_buf_puts(&query, ""), 0);
	assert_int_equal(lapse_address_write(&query, address), 0);
	return lapse_buf_detach(&query);
}

static void
addresses_are_taken_apart_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_address address;
		char *query;
		int rc;

		lapse_address_init(&address);
		rc = lapse_address_parse(&address, rows[i].text);
		if ((rc == 0) != (rows[i].rest != NULL))
			fail_msg("%s: %s", rows[i].text, rc == 0 ? "taken" : lapse_error());
		if (rc < 0) {
			assert_int_equal(rc, LAPSE_EUSAGE);
			if (strncmp(lapse_error(), rows[i].query, strlen(rows[i].query)) != 0)
				fail_msg("%s: %s", rows[i].text, lapse_error());
			assert_null(strstr(lapse_error(), "hunter2"));
		} else {
			assert_string_equal(address.rest, rows[i].rest);
			assert_true(lapse_rest_is_valid(address.rest));
			query = query_of(&address);
			assert_string_equal(query, rows[i].query);
			assert_int_equal(lapse_address_check(&address), *query != '\0' ? 0 : LAPSE_EUSAGE);
			free(query);
		}
		lapse_address_release(&address);
	}
}

static void
a_search_survives_its_document(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows) && rows[i].rest != NULL; i++) {
		struct lapse_address address, again;
		char *query;
		json_t *doc;

		lapse_address_init(&address);
		lapse_address_init(&again);
		assert_int_equal(lapse_address_parse(&address, rows[i].text), 0);
		doc = lapse_address_encode(&address);
		assert_int_equal(lapse_address_decode(&again, doc), 0);
		query = query_of(&again);
		assert_string_equal(query, rows[i].query);
		free(query);
		json_decref(doc);
		lapse_address_release(&address);
		lapse_address_release(&again);
	}
}

static void
documents_that_lie_are_refused(void **state)
{
	static const char *const queries[] = { "7", "{}", "[7]", "[[\"a\"]]", "[[\"a\",7]]", "[[\"\",\"b\"]]", "[[\"a\",\"b\",\"c\"]]",
	    "[[\"Bugzilla_api_key\",\"hunter2\"]]" };
	static const char *const rests[] = { "", "rest/", "https://x.example/", "https://x.example/rest", "file:///rest/",
	    "https://me:hunter2@x.example/rest/", "https://x.example/a/../rest/", "https://x.example/rest/?x=/rest/",
	    "https://x.example/a b/rest/", "https://x.example#/rest/", "https://x.example/%2e/rest/", "gopher://x.example/rest/" };

	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct lapse_address address;
		json_t *doc = json_loads(queries[i], JSON_DECODE_ANY, NULL);

		lapse_address_init(&address);
		assert_int_equal(lapse_address_decode(&address, doc), LAPSE_EFORMAT);
		lapse_address_release(&address);
		json_decref(doc);
	}
	for (size_t i = 0; i < COUNT(rests); i++)
		if (lapse_rest_is_valid(rests[i]))
			fail_msg("%s", rests[i]);
}

static void
a_free_chart_is_behind_all_others(void **state)
{
	struct lapse_address address;

	(void)state;
	lapse_address_init(&address);
	assert_int_equal(lapse_address_free_chart(&address), 1);
	lapse_address_add(&address, "product", "f9");
	lapse_address_add(&address, "f3", "OP");
	lapse_address_add(&address, "v12", "x");
	lapse_address_add(&address, "vote", "x");
	lapse_address_add(&address, "f99999999999999", "x");
	assert_int_equal(lapse_address_free_chart(&address), 13);
	lapse_address_release(&address);
}

static void
a_search_has_a_length_that_a_request_can_hold(void **state)
{
	struct lapse_address address;
	char value[16];

	(void)state;
	lapse_address_init(&address);
	for (int i = 0; i < 300; i++) {
		snprintf(value, sizeof(value), "component %d", i);
		lapse_address_add(&address, "component", value);
	}
	assert_int_equal(lapse_address_check(&address), LAPSE_EUSAGE);
	assert_string_equal(lapse_error(), "the search is longer than a request may be (4096 bytes)");
	lapse_address_release(&address);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_taken_apart_or_refused),
		cmocka_unit_test(a_search_survives_its_document),
		cmocka_unit_test(documents_that_lie_are_refused),
		cmocka_unit_test(a_free_chart_is_behind_all_others),
		cmocka_unit_test(a_search_has_a_length_that_a_request_can_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
