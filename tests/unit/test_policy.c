#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <locale.h>
#include <unistd.h>

#include "unit/documents.h"

#define DOC(rules) "{'format':'lapse-policy-1','id':'p','rules':[" rules "]}"
#define RULE(rest) DOC("{'id':'r','clock':'response','limit':'P7D','level':'must'" rest "}")
#define UPDATE(rest) DOC("{'id':'r','clock':'update','limit':'P7D','level':'must'" rest "}")

static void
a_rule_has_defaults(void **state)
{
	struct lapse_policy *p = policy_of(quoted(RULE("")));
	const struct lapse_rule *r = lapse_policy_at(p, 0);

	(void)state;
	assert_string_equal(lapse_policy_id(p), "p");
	assert_string_equal(lapse_policy_name(p), "p");
	assert_int_equal(lapse_policy_count(p), 1);
	assert_string_equal(r->id, "r");
	assert_int_equal(r->clock, LAPSE_CLOCK_RESPONSE);
	assert_int_equal(r->trigger, LAPSE_TRIGGER_POST);
	assert_int_equal(r->limit.days, 7);
	assert_string_equal(r->limit_text, "P7D");
	assert_int_equal(r->count, LAPSE_COUNT_ELAPSED);
	assert_string_equal(lapse_zone_name(r->zone), "UTC");
	assert_int_equal(r->level, LAPSE_LEVEL_MUST);
	assert_false(lapse_time_is_set(r->from));
	assert_false(lapse_time_is_set(r->until));
	assert_false(lapse_time_is_set(r->certain_from));
	assert_null(r->published);
	assert_true(r->description);
	assert_false(r->next_update);
	assert_null(r->summary);
	assert_null(r->title);
	assert_null(r->section);
	assert_null(r->url);
	assert_null(r->unevaluated);
	lapse_policy_free(p);
	lapse_policy_free(NULL);
}

static void
a_rule_says_all_that_it_can_say(void **state)
{
	struct lapse_policy *p = policy_of(quoted("{'format':'lapse-policy-1','id':'week','name':'Seven days',"
	    "'note':'x','rules':[{'id':'week-respond','clock':'response','trigger':'post',"
	    "'limit':'P1W','count':'calendar','timezone':'UTC','level':'best-practice',"
	    "'from':'2025-03-01T02:00:00+02:00','until':'2026-01-01','published':'2025-02-25',"
	    "'certain_from':'2025-04-01','summary':'the duty','description':false,'note':'why',"
	    "'next_update':false,'suspended_by':[],"
	    "'source':{'title':'T','section':'S','url':'U','note':'x'}}]}"));
	const struct lapse_rule *r = lapse_policy_at(p, 0);

	(void)state;
	assert_string_equal(lapse_policy_name(p), "Seven days");
	assert_string_equal(r->limit_text, "P1W");
	assert_int_equal(r->count, LAPSE_COUNT_CALENDAR);
	assert_int_equal(r->level, LAPSE_LEVEL_BEST_PRACTICE);
	assert_day(r->from, "2025-03-01", "from", r->id);
	assert_day(r->until, "2026-01-01", "until", r->id);
	assert_day(r->certain_from, "2025-04-01", "certain_from", r->id);
	assert_string_equal(r->published, "2025-02-25");
	assert_false(r->description);
	assert_string_equal(r->summary, "the duty");
	assert_string_equal(r->title, "T");
	assert_string_equal(r->section, "S");
	assert_string_equal(r->url, "U");
	assert_null(r->unevaluated);
	lapse_policy_free(p);
}

static void
names_go_there_and_back(void **state)
{
	static const char *const clocks[] = {
		"response", "update", "needinfo", "report", "revocation", "closure", "action"
	};
	static const char *const levels[] = { "must", "should", "best-practice" };
	enum lapse_clock clock;
	enum lapse_level level;

	(void)state;
	for (size_t i = 0; i < COUNT(clocks); i++) {
		assert_true(lapse_clock_parse(&clock, clocks[i]));
		assert_int_equal(clock, i);
		assert_string_equal(lapse_clock_name(clock), clocks[i]);
	}
	for (size_t i = 0; i < COUNT(levels); i++) {
		assert_true(lapse_level_parse(&level, levels[i]));
		assert_string_equal(lapse_level_name(level), levels[i]);
	}
	assert_false(lapse_clock_parse(&clock, "Response"));
	assert_false(lapse_clock_parse(&clock, ""));
	assert_false(lapse_level_parse(&level, "MUST"));
}

static void
a_rule_is_in_force_from_its_first_second_to_before_its_last(void **state)
{
	static const struct {
		const char *rule, *at;
		bool in_force;
	} rows[] = {
		{ RULE(""), "0001-01-01T00:00:00Z", true },
		{ RULE(",'from':'2025-03-01'"), "2025-02-28T23:59:59Z", false },
		{ RULE(",'from':'2025-03-01'"), "2025-03-01T00:00:00Z", true },
		{ RULE(",'from':'2025-03-01'"), "9999-12-31T23:59:59Z", true },
		{ RULE(",'until':'2025-03-01'"), "2025-02-28T23:59:59Z", true },
		{ RULE(",'until':'2025-03-01'"), "2025-03-01T00:00:00Z", false },
		{ RULE(",'from':'2025-03-01T00:00:00Z','until':'2025-03-01T00:00:01Z'"),
		    "2025-03-01T00:00:00Z", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_policy *p = policy_of(quoted(rows[i].rule));

		if (lapse_rule_in_force(lapse_policy_at(p, 0), at(rows[i].at)) != rows[i].in_force)
			fail_msg("%s at %s", rows[i].rule, rows[i].at);
		lapse_policy_free(p);
	}
}

static void
a_limit_ends_after_seconds_or_with_a_day(void **state)
{
#define PACIFIC ",'count':'calendar','timezone':'America/Los_Angeles'"
	static const struct {
		const char *rule, *from, *due;
	} rows[] = {
		{ RULE(""), "2024-04-30T09:20:22Z", "2024-05-07T09:20:22Z" },
		{ RULE(",'timezone':'America/Los_Angeles'"), "2024-03-08T09:20:22Z", "2024-03-15T09:20:22Z" },
		{ DOC("{'id':'r','clock':'update','limit':'P1DT12H','level':'must'}"),
		    "2024-02-28T18:00:00Z", "2024-03-01T06:00:00Z" },
		{ RULE(",'count':'calendar'"), "2024-04-30T00:00:00Z", "2024-05-07T23:59:59Z" },
		{ RULE(",'count':'calendar'"), "2024-04-30T23:59:59Z", "2024-05-07T23:59:59Z" },
		{ RULE(PACIFIC), "2024-04-30T06:59:59Z", "2024-05-07T06:59:59Z" },
		{ RULE(PACIFIC), "2024-04-30T07:00:00Z", "2024-05-08T06:59:59Z" },
		{ RULE(PACIFIC), "2024-03-05T20:00:00Z", "2024-03-13T06:59:59Z" },	/* spring forward */
		{ RULE(PACIFIC), "2024-10-30T20:00:00Z", "2024-11-07T07:59:59Z" },	/* fall back */
		{ DOC("{'id':'r','clock':'update','limit':'P0D','level':'must','count':'calendar'}"),
		    "2024-04-30T09:20:22Z", "2024-04-30T23:59:59Z" },
		{ DOC("{'id':'r','clock':'update','limit':'P999999999999D','level':'must'}"),
		    "2024-04-30T09:20:22Z", "9999-12-31T23:59:59Z" },
		{ DOC("{'id':'r','clock':'update','limit':'P999999999999D','level':'must','count':'calendar'}"),
		    "2024-04-30T09:20:22Z", "9999-12-31T23:59:59Z" },
	};
	char text[LAPSE_TIME_LEN + 1];

	(void)state;
	if (access("/usr/share/zoneinfo/America/Los_Angeles", R_OK) != 0) {
		print_message("skipped: no time zone database\n");
		return;
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_policy *p = policy_of(quoted(rows[i].rule));

		lapse_time_format(text, lapse_rule_due(lapse_policy_at(p, 0), at(rows[i].from)));
		if (strcmp(text, rows[i].due) != 0)
			fail_msg("%s from %s: %s", rows[i].rule, rows[i].from, text);
		lapse_policy_free(p);
	}
}

#define QUESTION "it needs questions in the text, which this version does not read"
#define LAST_CALL "a last call suspends it, which this version does not recognise"
#define CLOSURE_REPORT "a closure report suspends it, which this version does not recognise"
#define REPORT "it needs incident reports, which this version does not recognise"
#define REVOCATION "it needs revocation statistics, which this version does not recognise"
#define ACTION "it needs action items, which this version does not read"

static void
what_cannot_be_evaluated_is_kept_and_says_why(void **state)
{
#define CLOCK(c) DOC("{'id':'r','clock':'" c "','limit':'P7D','level':'must'}")
	static const struct {
		const char *rule, *why;
	} rows[] = {
		{ RULE(",'trigger':'question'"), QUESTION },
		{ CLOCK("report"), REPORT },
		{ CLOCK("revocation"), REVOCATION },
		{ CLOCK("closure"), "it needs closure reports, which this version does not recognise" },
		{ CLOCK("action"), ACTION },
		{ UPDATE(",'suspended_by':['last-call']"), LAST_CALL },
		{ UPDATE(",'suspended_by':['closure-report','last-call']"), CLOSURE_REPORT "; " LAST_CALL },
		{ UPDATE(",'suspended_by':['rain']"), "'rain' suspends it, which this version does not know" },
		{ UPDATE(",'except':3"), "it has the key 'except', which this version does not know" },
		{ UPDATE(",'a':3,'note':'n','b':4"), "it has the key 'a', which this version does not know; "
		    "it has the key 'b', which this version does not know" },
		{ UPDATE(",'source':{'doi':'x'}"),
		    "its source has the key 'doi', which this version does not know" },
		{ UPDATE(",'next_update':true,'x':1"),
		    "it has the key 'x', which this version does not know" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_policy *p = policy_of(quoted(rows[i].rule));
		const char *why = lapse_policy_at(p, 0)->unevaluated;

		if (why == NULL || strcmp(why, rows[i].why) != 0)
			fail_msg("%s: %s", rows[i].rule, why != NULL ? why : "evaluated");
		lapse_policy_free(p);
	}
}

static void
next_update_dates_and_needinfo_flags_are_evaluated(void **state)
{
	static const char *const rows[] = { UPDATE(",'next_update':true"), CLOCK("needinfo") };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lapse_policy *p = policy_of(quoted(rows[i]));

		assert_null(lapse_policy_at(p, 0)->unevaluated);
		assert_int_equal(lapse_policy_at(p, 0)->next_update, i == 0);
		lapse_policy_free(p);
	}
}

static void
reasons_beyond_number_are_cut_short(void **state)
{
	json_t *rule = json_pack("{s:s, s:s, s:s, s:s}", "id", "r", "clock", "update",
	    "limit", "P7D", "level", "must"), *doc;
	struct lapse_policy *policy;
	char key[32];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		snprintf(key, sizeof(key), "unheard-of-%d", i);
		json_object_set_new(rule, key, json_true());
	}
	doc = json_pack("{s:s, s:s, s:[o]}", "format", "lapse-policy-1", "id", "p", "rules", rule);
	assert_int_equal(lapse_policy_parse(&policy, doc, "FILE"), 0);
	assert_true(strlen(lapse_policy_at(policy, 0)->unevaluated) < 500);
	lapse_policy_free(policy);
	json_decref(doc);
}

static void
what_is_wrong_is_named_with_its_place(void **state)
{
#define ID_FORM " is not 1 to 64 letters, digits, '.', '_' and '-' that begin with a letter or digit: "
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "[]", "not a lapse-policy-1 document" },
		{ "{'format':'lapse-policy-2'}", "not a lapse-policy-1 document" },
		{ "{'format':'lapse-policy-1','rulez':[]}", "unknown key 'rulez'" },
		{ "{'format':'lapse-policy-1','rules':[]}", "no 'id'" },
		{ "{'format':'lapse-policy-1','id':'../x','rules':[]}", "'id'" ID_FORM "'../x'" },
		{ "{'format':'lapse-policy-1','id':'p','name':1}", "'name' is not text" },
		{ "{'format':'lapse-policy-1','id':'p'}", "no 'rules'" },
		{ "{'format':'lapse-policy-1','id':'p','rules':{}}", "'rules' is not a list" },
		{ DOC("null"), "rule 1: not an object" },
		{ DOC("{'clock':'update'}"), "rule 1: no 'id'" },
		{ DOC("{'id':'r'}"), "rule 'r': no 'clock'" },
		{ DOC("{'id':'r','clock':'answer'}"), "rule 'r': unknown clock 'answer' (response, update, needinfo, report, revocation, closure, action)" },
		{ DOC("{'id':'r','clock':'update','level':'must'}"), "rule 'r': no 'limit'" },
		{ DOC("{'id':'r','clock':'update','limit':7,'level':'must'}"), "rule 'r': 'limit' is not text" },
		{ DOC("{'id':'r','clock':'update','limit':'P1M','level':'must'}"),
		    "rule 'r': 'limit': not a duration: 'P1M' (whole weeks, days, hours, minutes and "
		    "seconds are, as P7D, PT72H, P1DT12H)" },
		{ DOC("{'id':'r','clock':'update','limit':'PT72H','level':'must','count':'calendar'}"),
		    "rule 'r': calendar days are counted, but the limit 'PT72H' is not in whole days" },
		{ DOC("{'id':'r','clock':'update','limit':'P7D'}"), "rule 'r': no 'level'" },
		{ DOC("{'id':'r','clock':'update','limit':'P7D','level':'may'}"),
		    "rule 'r': unknown level 'may' (must, should, best-practice)" },
		{ RULE(",'trigger':'mention'"), "rule 'r': unknown trigger 'mention' (post, question)" },
		{ UPDATE(",'trigger':'question'"), "rule 'r': 'trigger' is for response rules" },
		{ UPDATE(",'description':false"), "rule 'r': 'description' is for response rules" },
		{ RULE(",'next_update':true"), "rule 'r': 'next_update' is for update rules" },
		{ RULE(",'count':'business'"), "rule 'r': unknown count 'business' (elapsed, calendar)" },
		{ RULE(",'timezone':'PST'"), "rule 'r': unknown time zone 'PST'" },
		{ RULE(",'timezone':8"), "rule 'r': 'timezone' is not text" },
		{ RULE(",'from':'soon'"), "rule 'r': 'from': not a date: 'soon'" },
		{ RULE(",'until':'2025-03-01T00:00'"), "rule 'r': 'until': not a time: '2025-03-01T00:00'" },
		{ RULE(",'certain_from':7"), "rule 'r': 'certain_from' is not text" },
		{ RULE(",'from':'2025-03-01T00:00:00Z\\u0000x'"), "rule 'r': 'from' has a NUL in it" },
		{ RULE(",'from':'2025-03-01','until':'2025-03-01'"), "rule 'r': 'until' is not after 'from'" },
		{ RULE(",'from':'2025-03-02','until':'2025-03-01'"), "rule 'r': 'until' is not after 'from'" },
		{ RULE(",'published':'2025-02-25T00:00:00Z'"),
		    "rule 'r': 'published': not a date: '2025-02-25T00:00:00Z'" },
		{ RULE(",'description':0"), "rule 'r': 'description' is neither true nor false" },
		{ RULE(",'next_update':'yes'"), "rule 'r': 'next_update' is neither true nor false" },
		{ RULE(",'suspended_by':'last-call'"), "rule 'r': 'suspended_by' is not a list" },
		{ RULE(",'suspended_by':[1]"), "rule 'r': a part of 'suspended_by' is not text" },
		{ RULE(",'summary':{}"), "rule 'r': 'summary' is not text" },
		{ RULE(",'source':'x'"), "rule 'r': 'source' is not an object" },
		{ RULE(",'source':{'url':1}"), "rule 'r': 'source': 'url' is not text" },
		{ DOC("{'id':'r','clock':'update','limit':'P7D','level':'must'},"
		    "{'id':'s','clock':'update','limit':'P7D','level':'must'},"
		    "{'id':'r','clock':'response','limit':'P7D','level':'must'}"), "rule 'r' twice" },
	};
	struct lapse_policy *policy;
	char expected[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *doc = quoted(rows[i].text);
		int rc = lapse_policy_parse(&policy, doc, "FILE");

		json_decref(doc);
		snprintf(expected, sizeof(expected), "FILE: %s", rows[i].error);
		if (rc != LAPSE_EFORMAT || strcmp(lapse_error(), expected) != 0)
			fail_msg("%s: %d, %s", rows[i].text, rc, lapse_error());
		assert_null(policy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_has_defaults),
		cmocka_unit_test(a_rule_says_all_that_it_can_say),
		cmocka_unit_test(names_go_there_and_back),
		cmocka_unit_test(a_rule_is_in_force_from_its_first_second_to_before_its_last),
		cmocka_unit_test(a_limit_ends_after_seconds_or_with_a_day),
		cmocka_unit_test(what_cannot_be_evaluated_is_kept_and_says_why),
		cmocka_unit_test(next_update_dates_and_needinfo_flags_are_evaluated),
		cmocka_unit_test(reasons_beyond_number_are_cut_short),
		cmocka_unit_test(what_is_wrong_is_named_with_its_place),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
