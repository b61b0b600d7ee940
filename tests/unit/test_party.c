#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <locale.h>

#include "unit/documents.h"

#define HEAD "{\"format\":\"lapse-parties-1\",\"parties\":["
#define TAIL "]}"

static const char world[] =
    "{'format':'lapse-parties-1','note':'for tests','parties':["
    "{'id':'moz','name':'Mozilla','role':'root-program','members':["
      "{'domain':'mozilla.org'},"
      "{'address':'Mover@Fastly.example','until':'2021-01-31','note':'moved'}]},"
    "{'id':'cfca','name':'CFCA','role':'ca','summary_prefixes':['CFCA','China FCA'],'members':["
      "{'domain':'cfca.com.cn'},{'domain':'shared.example'},"
      "{'address':'rep@mail.example','from':'2025-03-01'}]},"
    "{'id':'sub','role':'ca','summary_prefixes':['China FCA: Sub','\xc3\x89tat'],'members':["
      "{'domain':'sub.cfca.com.cn'},{'domain':'SHARED.Example'},{'domain':'deep.shared.example'}]},"
    "{'id':'bots','role':'bot','members':[{'address':'automation'},{'domain':'bots.example'}]},"
    "{'id':'folk','role':'community','members':[{'domain':'example'}]}],"
    "'threads':{'bmo:17':'sub','bmo:18':null,'list:<a:b@c>':'cfca','note':'why'}}";

static void
a_document_is_read_as_written(void **state)
{
	struct lapse_parties *p = parties_of(quoted(world));
	const struct lapse_party *cfca = lapse_parties_find(p, "cfca");

	(void)state;
	assert_int_equal(lapse_parties_count(p), 5);
	assert_ptr_equal(lapse_parties_at(p, 1), cfca);
	assert_string_equal(cfca->name, "CFCA");
	assert_string_equal(lapse_role_name(cfca->role), "ca");
	assert_int_equal(cfca->nprefixes, 2);
	assert_string_equal(cfca->prefixes[1], "China FCA");
	assert_int_equal(cfca->nmembers, 3);
	assert_string_equal(cfca->members[0].domain, "cfca.com.cn");
	assert_null(cfca->members[0].address);
	assert_false(lapse_time_is_set(cfca->members[0].from));
	assert_string_equal(cfca->members[2].address, "rep@mail.example");
	assert_true(cfca->members[2].from.sec == at("2025-03-01T00:00:00Z").sec);
	assert_false(lapse_time_is_set(cfca->members[2].until));
	assert_string_equal(lapse_parties_find(p, "sub")->name, "sub");
	assert_null(lapse_parties_find(p, "CFCA"));
	assert_null(lapse_parties_find(p, ""));
	lapse_parties_free(p);
	lapse_parties_free(NULL);
}

static void
a_thread_belongs_to_its_entry_or_its_prefix(void **state)
{
	static const struct {
		const char *source, *id, *summary, *owner;
	} rows[] = {
		{ "bmo", "1", "CFCA: late", "cfca" },
		{ "bmo", "1", "cfca : late", "cfca" },
		{ "bmo", "1", "  cFcA \t :late", "cfca" },
		{ "bmo", "1", "[meta] [ x ]CFCA: late", "cfca" },
		{ "bmo", "1", "[meta]  [x]  CFCA: late", "cfca" },
		{ "bmo", "1", "CFCA:", "cfca" },
		{ "bmo", "1", "China FCA: late", "cfca" },
		{ "bmo", "1", "China FCA: Sub: late", "sub" },
		{ "bmo", "1", "China FCA: Sub late", "cfca" },
		{ "bmo", "1", "\xc3\xa9TAT: en retard", "sub" },
		{ "bmo", "1", "CFCA late", NULL },
		{ "bmo", "1", "CFCA2: late", NULL },
		{ "bmo", "1", "The CFCA: late", NULL },
		{ "bmo", "1", "CFCA [meta]: late", NULL },
		{ "bmo", "1", "[meta CFCA: late", NULL },
		{ "bmo", "1", "CFCA-: late", NULL },
		{ "bmo", "1", ": late", NULL },
		{ "bmo", "1", "", NULL },
		{ "bmo", "1", NULL, NULL },
		{ "bmo", "17", "CFCA: late", "sub" },
		{ "bmo", "17", NULL, "sub" },
		{ "other", "17", "CFCA: late", "cfca" },
		{ "bmo", "18", "CFCA: late", NULL },
		{ "bmo", "018", "CFCA: late", "cfca" },
		{ "list", "<a:b@c>", NULL, "cfca" },
		{ "list", "<A:b@c>", NULL, NULL },
		{ "list:<a", "b@c>", NULL, NULL },
	};
	struct lapse_parties *p = parties_of(quoted(world));

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct lapse_party *owner = lapse_parties_owner(p, rows[i].source, rows[i].id,
		    rows[i].summary);
		const char *id = owner != NULL ? owner->id : "nobody";

		if (strcmp(id, rows[i].owner != NULL ? rows[i].owner : "nobody") != 0)
			fail_msg("%s:%s '%s': %s", rows[i].source, rows[i].id, rows[i].summary, id);
	}
	lapse_parties_free(p);
}

static void
an_address_has_one_claimant_and_a_side(void **state)
{
	static const struct {
		const char *owner, *address, *at, *claimant, *side;
	} rows[] = {
		{ "cfca", "x@cfca.com.cn", "2024-01-01T00:00:00Z", "cfca", "owner" },
		{ "cfca", "X@CFCA.com.CN", "2024-01-01T00:00:00Z", "cfca", "owner" },
		{ "cfca", "x@mail.cfca.com.cn", "2024-01-01T00:00:00Z", "cfca", "owner" },
		{ NULL, "x@cfca.com.cn", "2024-01-01T00:00:00Z", "cfca", "other" },
		{ NULL, "x@notcfca.com.cn", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
		{ NULL, "x@com.cn", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
		{ NULL, "x@cfca.com.cn.evil", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
		/* The longer domain, unless the owner has one at all. */
		{ NULL, "x@a.sub.cfca.com.cn", "2024-01-01T00:00:00Z", "sub", "other" },
		{ "sub", "x@a.sub.cfca.com.cn", "2024-01-01T00:00:00Z", "sub", "owner" },
		{ "cfca", "x@a.sub.cfca.com.cn", "2024-01-01T00:00:00Z", "cfca", "owner" },
		{ NULL, "x@shared.example", "2024-01-01T00:00:00Z", "cfca", "other" },
		{ "sub", "x@shared.example", "2024-01-01T00:00:00Z", "sub", "owner" },
		{ "folk", "x@shared.example", "2024-01-01T00:00:00Z", "folk", "owner" },
		{ NULL, "x@deep.shared.example", "2024-01-01T00:00:00Z", "sub", "other" },
		/* Memberships begin and end at a midnight. */
		{ NULL, "rep@mail.example", "2025-02-28T23:59:59Z", "folk", "other" },
		{ NULL, "rep@mail.example", "2025-03-01T00:00:00Z", "cfca", "other" },
		{ "cfca", "REP@MAIL.example", "2025-03-01T00:00:00Z", "cfca", "owner" },
		{ NULL, "mover@fastly.example", "2021-01-30T23:59:59Z", "moz", "root-program" },
		{ NULL, "mover@fastly.example", "2021-01-31T00:00:00Z", "folk", "other" },
		/* An exact address beats the owner's domain. */
		{ "folk", "rep@mail.example", "2025-03-01T00:00:00Z", "cfca", "other" },
		{ NULL, "a@mozilla.org", "2024-01-01T00:00:00Z", "moz", "root-program" },
		{ NULL, "a@bots.example", "2024-01-01T00:00:00Z", "bots", "bot" },
		/* Logins without an "@" are names, not domains. */
		{ NULL, "automation", "2024-01-01T00:00:00Z", "bots", "bot" },
		{ NULL, "AUTOMATION", "2024-01-01T00:00:00Z", "bots", "bot" },
		{ NULL, "mozilla.org", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
		{ NULL, "\"odd@local\"@mozilla.org", "2024-01-01T00:00:00Z", "moz", "root-program" },
		{ NULL, "a@mozilla.org.", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
		{ NULL, "a@", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
		{ NULL, "@", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
		{ NULL, "a@..", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
		{ NULL, "", "2024-01-01T00:00:00Z", NULL, "unclaimed" },
	};
	struct lapse_parties *p = parties_of(quoted(world));

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct lapse_party *owner =
		    rows[i].owner != NULL ? lapse_parties_find(p, rows[i].owner) : NULL;
		const struct lapse_party *claimant =
		    lapse_parties_claimant(p, owner, rows[i].address, at(rows[i].at));
		const char *side =
		    lapse_side_name(lapse_parties_side(p, owner, rows[i].address, at(rows[i].at)));
		const char *id = claimant != NULL ? claimant->id : "nobody";

		if (strcmp(id, rows[i].claimant != NULL ? rows[i].claimant : "nobody") != 0 ||
		    strcmp(side, rows[i].side) != 0)
			fail_msg("row %zu, %s: %s, %s", i, rows[i].address, id, side);
	}
	lapse_parties_free(p);
}

static void
what_is_wrong_is_named_with_its_place(void **state)
{
#define PARTY(rest) HEAD "{'id':'cfca','role':'ca'," rest "}" TAIL
#define MEMBER(m) PARTY("'members':[{'domain':'a.b'}," m "]")
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "[]", "not a lapse-parties-1 document" },
		{ "{}", "not a lapse-parties-1 document" },
		{ "{'format':'lapse-policy-1'}", "not a lapse-parties-1 document" },
		{ "{'format':1}", "not a lapse-parties-1 document" },
		{ "{'format':'lapse-parties-1'}", "no 'parties'" },
		{ "{'format':'lapse-parties-1','parties':{}}", "'parties' is not a list" },
		{ "{'format':'lapse-parties-1','partys':[]}", "unknown key 'partys'" },
		{ HEAD "3" TAIL, "party 1: not an object" },
		{ HEAD "{'role':'ca'}" TAIL, "party 1: no 'id'" },
		{ HEAD "{'id':''}" TAIL, "party 1: 'id' is empty" },
		{ HEAD "{'id':7}" TAIL, "party 1: 'id' is not text" },
		{ HEAD "{'id':'a '}" TAIL, "party 1: 'id' begins or ends with a blank: 'a '" },
		{ HEAD "{'id':'a\\u001bb'}" TAIL, "party 1: 'id' has a character in it that does not show" },
		{ HEAD "{'id':'a\\u0000b'}" TAIL, "party 1: 'id' has a NUL in it" },
		{ HEAD "{'id':'cfca'}" TAIL, "party 'cfca': no 'role'" },
		{ HEAD "{'id':'cfca','role':null}" TAIL, "party 'cfca': no 'role'" },
		{ HEAD "{'id':'cfca','role':'CA'}" TAIL, "party 'cfca': unknown role 'CA' (ca, root-program, community, bot)" },
		{ PARTY("'Name':'x'"), "party 'cfca': unknown key 'Name'" },
		{ PARTY("'name':[]"), "party 'cfca': 'name' is not text" },
		{ PARTY("'summary_prefixes':'CFCA'"), "party 'cfca': 'summary_prefixes' is not a list" },
		{ PARTY("'summary_prefixes':[1]"), "party 'cfca': a summary prefix is not text" },
		{ PARTY("'summary_prefixes':['']"), "party 'cfca': a summary prefix is empty" },
		{ PARTY("'summary_prefixes':['A ']"),
		    "party 'cfca': the summary prefix 'A ' begins or ends with a blank" },
		{ PARTY("'summary_prefixes':['A','B','A']"), "party 'cfca': the summary prefix 'A' twice" },
		{ HEAD "{'id':'a','role':'ca','summary_prefixes':['X','Stra\xc3\x9f" "e \xc3\xa9']},"
		    "{'id':'b','role':'ca','summary_prefixes':['STRA\xc3\x9f" "E \xc3\x89']}" TAIL,
		    "party 'b': the summary prefix 'STRA\xc3\x9f" "E \xc3\x89' is one of 'a' too" },
		{ PARTY("'members':{}"), "party 'cfca': 'members' is not a list" },
		{ MEMBER("'a@b'"), "party 'cfca': member 2: not an object" },
		{ MEMBER("{'adress':'a@b'}"), "party 'cfca': member 2: unknown key 'adress'" },
		{ MEMBER("{'note':'x'}"), "party 'cfca': member 2: neither 'address' nor 'domain'" },
		{ MEMBER("{'address':'a@b','domain':'b'}"),
		    "party 'cfca': member 2: both 'address' and 'domain'" },
		{ MEMBER("{'address':''}"), "party 'cfca': member 2: not an address: ''" },
		{ MEMBER("{'address':'a b'}"), "party 'cfca': member 2: not an address: 'a b'" },
		{ MEMBER("{'domain':''}"), "party 'cfca': member 2: not a domain: ''" },
		{ MEMBER("{'domain':'a@b'}"), "party 'cfca': member 2: not a domain: 'a@b'" },
		{ MEMBER("{'domain':'.b'}"), "party 'cfca': member 2: not a domain: '.b'" },
		{ MEMBER("{'domain':'b.'}"), "party 'cfca': member 2: not a domain: 'b.'" },
		{ MEMBER("{'domain':'*.b'}"), "party 'cfca': member 2: not a domain: '*.b'" },
		{ MEMBER("{'domain':'a..b'}"), "party 'cfca': member 2: not a domain: 'a..b'" },
		{ MEMBER("{'domain':7}"), "party 'cfca': member 2: 'domain' is not text" },
		{ MEMBER("{'domain':'c','from':'2024-02-30'}"),
		    "party 'cfca': member 2: 'from': not a date: '2024-02-30'" },
		{ MEMBER("{'domain':'c','until':'2024-05-08T00:00:00Z'}"),
		    "party 'cfca': member 2: 'until': not a date: '2024-05-08T00:00:00Z'" },
		{ MEMBER("{'domain':'c','until':20240508}"), "party 'cfca': member 2: 'until' is not text" },
		{ MEMBER("{'domain':'c','from':'2024-05-08','until':'2024-05-08'}"),
		    "party 'cfca': member 2: 'until' is not after 'from'" },
		{ HEAD "{'id':'a','role':'ca'},{'id':'b','role':'ca'},{'id':'a','role':'bot'}" TAIL,
		    "party 'a' twice" },
		{ HEAD "],'threads':[]}", "'threads' is not an object" },
		{ HEAD "],'threads':{'17':null}}", "thread '17': not SOURCE:ID" },
		{ HEAD "],'threads':{':17':null}}", "thread ':17': not SOURCE:ID" },
		{ HEAD "],'threads':{'bmo:':null}}", "thread 'bmo:': not SOURCE:ID" },
		{ HEAD "],'threads':{'bmo:1':'cfca'}}", "thread 'bmo:1': unknown party 'cfca'" },
		{ HEAD "],'threads':{'bmo:1':false}}", "thread 'bmo:1': neither a party nor null" },
	};
	struct lapse_parties *parties;
	char expected[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *doc = quoted(rows[i].text);
		int rc = lapse_parties_parse(&parties, doc, "FILE");

		json_decref(doc);
		snprintf(expected, sizeof(expected), "FILE: %s", rows[i].error);
		if (rc != LAPSE_EFORMAT || strcmp(lapse_error(), expected) != 0)
			fail_msg("%s: %d, %s", rows[i].text, rc, lapse_error());
		assert_null(parties);
	}
}

static void
spellings_of_one_prefix_may_stand_in_one_party(void **state)
{
	struct lapse_parties *p = parties_of(quoted(PARTY("'summary_prefixes':['NetLock','NETLOCK']")));

	(void)state;
	assert_ptr_equal(lapse_parties_owner(p, "bmo", "1", "netlock: x"), lapse_parties_at(p, 0));
	lapse_parties_free(p);
}

static void
too_many_prefixes_are_refused(void **state)
{
	json_t *list = json_array(), *doc;
	struct lapse_parties *parties;
	char text[16];

	(void)state;
	for (int i = 0; i < 4097; i++) {
		snprintf(text, sizeof(text), "P%d", i);
		json_array_append_new(list, json_string(text));
	}
	doc = json_pack("{s:s, s:[{s:s, s:s, s:o}]}", "format", "lapse-parties-1", "parties",
	    "id", "a", "role", "ca", "summary_prefixes", list);
	assert_int_equal(lapse_parties_parse(&parties, doc, "FILE"), LAPSE_ETOOBIG);
	assert_string_equal(lapse_error(), "FILE: party 'a': more than 4096 summary prefixes");
	json_decref(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_read_as_written),
		cmocka_unit_test(a_thread_belongs_to_its_entry_or_its_prefix),
		cmocka_unit_test(an_address_has_one_claimant_and_a_side),
		cmocka_unit_test(what_is_wrong_is_named_with_its_place),
		cmocka_unit_test(spellings_of_one_prefix_may_stand_in_one_party),
		cmocka_unit_test(too_many_prefixes_are_refused),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
