#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <locale.h>

#include "unit/documents.h"

#define QUESTION "it needs questions in the text, which this version does not read"
#define LAST_CALL "a last call suspends it, which this version does not recognise"
#define CLOSURE_REPORT "a closure report suspends it, which this version does not recognise"
#define REPORT "it needs incident reports, which this version does not recognise"
#define REVOCATION "it needs revocation statistics, which this version does not recognise"
#define ACTION "it needs action items, which this version does not read"

/* From the table of the field's rules, by hand. */
static const struct {
	const char *id, *from, *until, *certain_from, *published, *limit, *why;
	enum lapse_clock clock;
	enum lapse_level level;
} ccadb[] = {
#define RESPONSE LAPSE_CLOCK_RESPONSE
#define MUST LAPSE_LEVEL_MUST
#define SHOULD LAPSE_LEVEL_SHOULD
#define BEST LAPSE_LEVEL_BEST_PRACTICE
	{ "wiki-respond-best-practice", "2017-08-15", "2020-01-01", "2019-07-04", "2017-08-15", "P7D",
	    QUESTION, RESPONSE, BEST },
	{ "wiki-respond-should", "2020-01-01", "2023-10-17", "-", "2020-01-01", "P7D",
	    QUESTION, RESPONSE, SHOULD },
	{ "wiki-update-best-practice", "2017-08-15", "2020-01-01", "2019-07-04", "2017-08-15", "P7D",
	    NULL, LAPSE_CLOCK_UPDATE, BEST },
	{ "wiki-update-should", "2020-01-01", "2023-10-17", "-", "2020-01-01", "P7D",
	    NULL, LAPSE_CLOCK_UPDATE, SHOULD },
	{ "wiki-report-best-practice", "2017-12-12", "2020-01-01", "-", "2017-12-12", "P14D",
	    REPORT, LAPSE_CLOCK_REPORT, BEST },
	{ "wiki-report-should", "2020-01-01", "2023-10-17", "-", "2020-01-01", "P14D",
	    REPORT, LAPSE_CLOCK_REPORT, SHOULD },
	{ "irg-1.0-report", "2023-02-15", "2023-10-17", "-", "2023-02-15", "P14D",
	    REPORT, LAPSE_CLOCK_REPORT, SHOULD },
	{ "irg-1.0-update", "2023-05-02", "2023-10-17", "-", "2023-05-02", "P7D",
	    LAST_CALL, LAPSE_CLOCK_UPDATE, SHOULD },
	{ "irg-2.0-respond", "2023-10-17", "2025-03-01", "-", "2023-10-17", "P7D",
	    QUESTION, RESPONSE, SHOULD },
	{ "irg-2.0-update", "2023-10-17", "2025-03-01", "-", "2023-10-17", "P7D",
	    NULL, LAPSE_CLOCK_UPDATE, SHOULD },
	{ "irg-2.0-preliminary", "2023-10-17", "2025-03-01", "-", "2023-10-17", "PT72H",
	    REPORT, LAPSE_CLOCK_REPORT, SHOULD },
	{ "irg-2.0-full", "2023-10-17", "2025-03-01", "-", "2023-10-17", "P14D",
	    REPORT, LAPSE_CLOCK_REPORT, MUST },
	{ "irg-3.0-respond", "2025-03-01", "-", "-", "2025-02-25", "P7D", NULL, RESPONSE, MUST },
	{ "irg-3.0-update", "2025-03-01", "2025-07-15", "-", "2025-02-25", "P7D",
	    NULL, LAPSE_CLOCK_UPDATE, MUST },
	{ "irg-3.0-revocation-should", "2025-03-01", "-", "-", "2025-02-25", "P3D",
	    REVOCATION, LAPSE_CLOCK_REVOCATION, SHOULD },
	{ "irg-3.0-revocation-must", "2025-03-01", "-", "-", "2025-02-25", "P7D",
	    REVOCATION, LAPSE_CLOCK_REVOCATION, MUST },
	{ "irg-3.0-preliminary", "2025-03-01", "-", "-", "2025-02-25", "PT72H",
	    REPORT, LAPSE_CLOCK_REPORT, MUST },
	{ "irg-3.0-full", "2025-03-01", "-", "-", "2025-02-25", "P14D",
	    REPORT, LAPSE_CLOCK_REPORT, MUST },
	{ "irg-3.1-update", "2025-07-15", "-", "-", "2025-06-17", "P7D",
	    CLOSURE_REPORT, LAPSE_CLOCK_UPDATE, MUST },
	{ "irg-3.1-action", "2025-07-15", "-", "-", "2025-06-17", "P3D",
	    ACTION, LAPSE_CLOCK_ACTION, MUST },
	{ "chrome-1.4-respond", "2023-03-03", "2024-01-16", "-", "2023-03-03", "P7D",
	    QUESTION, RESPONSE, MUST },
};

static void
the_built_in_policy_has_every_rule_of_the_field(void **state)
{
	struct lapse_policy *p = policy_of(document(lapse_builtin_ccadb));

	(void)state;
	assert_string_equal(lapse_policy_id(p), "ccadb");
	assert_int_equal(lapse_policy_count(p), COUNT(ccadb));
	for (size_t i = 0; i < COUNT(ccadb); i++) {
		const struct lapse_rule *r = lapse_policy_at(p, i);
		bool is_chrome = strncmp(r->id, "chrome", 6) == 0;

		assert_string_equal(r->id, ccadb[i].id);
		assert_day(r->from, ccadb[i].from, "from", r->id);
		assert_day(r->until, ccadb[i].until, "until", r->id);
		assert_day(r->certain_from, ccadb[i].certain_from, "certain_from", r->id);
		assert_string_equal(r->published, ccadb[i].published);
		assert_string_equal(r->limit_text, ccadb[i].limit);
		assert_int_equal(r->clock, ccadb[i].clock);
		assert_int_equal(r->level, ccadb[i].level);
		assert_int_equal(r->count, is_chrome ? LAPSE_COUNT_CALENDAR : LAPSE_COUNT_ELAPSED);
		assert_string_equal(lapse_zone_name(r->zone), "UTC");
		assert_int_equal(r->description, r->clock != LAPSE_CLOCK_RESPONSE);
		if (ccadb[i].why == NULL)
			assert_null(r->unevaluated);
		else
			assert_string_equal(r->unevaluated, ccadb[i].why);
	}
	lapse_policy_free(p);
}

static void
every_built_in_rule_cites_its_source(void **state)
{
	static const struct {
		const char *ids, *title, *url;
	} rows[] = {
		{ "wiki-", "Mozilla wiki, CA/Responding_To_An_Incident",
		    "https://wiki.mozilla.org/CA/Responding_To_An_Incident" },
		{ "irg-1.0-", "CCADB Incident Reporting Guidelines 1.0",
		    "https://www.ccadb.org/cas/incident-report" },
		{ "irg-2.0-", "CCADB Incident Reporting Guidelines 2.0",
		    "https://www.ccadb.org/cas/incident-report" },
		{ "irg-3.0-", "CCADB Incident Reporting Guidelines 3.0",
		    "https://www.ccadb.org/cas/incident-report" },
		{ "irg-3.1-", "CCADB Incident Reporting Guidelines 3.1",
		    "https://www.ccadb.org/cas/incident-report" },
		{ "chrome-1.4-", "Chrome Root Program Policy, Version 1.4",
		    "https://googlechrome.github.io/chromerootprogram/" },
	};
	struct lapse_policy *p = policy_of(document(lapse_builtin_ccadb));
	size_t ncited = 0;

	(void)state;
	for (size_t i = 0; i < lapse_policy_count(p); i++) {
		const struct lapse_rule *r = lapse_policy_at(p, i);

		for (size_t j = 0; j < COUNT(rows); j++) {
			if (strncmp(r->id, rows[j].ids, strlen(rows[j].ids)) != 0)
				continue;
			assert_string_equal(r->title, rows[j].title);
			assert_string_equal(r->url, rows[j].url);
			ncited++;
		}
		assert_non_null(r->section);
		assert_non_null(r->summary);
		assert_int_equal(r->summary[strlen(r->summary) - 1], '.');
	}
	assert_int_equal(ncited, lapse_policy_count(p));
	lapse_policy_free(p);
}

static void
the_built_in_parties_are_the_root_programs(void **state)
{
	static const struct {
		const char *address, *id;
	} rows[] = {
		{ "a@mozilla.com", "mozilla" }, { "a@mozilla.org", "mozilla" },
		{ "chrome-root-program@google.com", "chrome" }, { "a@chromium.org", "chrome" },
		{ "a@ccadb.org", "ccadb" }, { "a@google.com", NULL }, { "a@gmail.com", NULL },
	};
	struct lapse_parties *p = parties_of(document(lapse_builtin_parties));

	(void)state;
	assert_int_equal(lapse_parties_count(p), 3);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct lapse_party *c = lapse_parties_claimant(p, NULL, rows[i].address,
		    at("2024-01-01T00:00:00Z"));

		if (rows[i].id == NULL) {
			assert_null(c);
			continue;
		}
		assert_string_equal(c->id, rows[i].id);
		assert_string_equal(lapse_role_name(c->role), "root-program");
		assert_int_equal(c->nprefixes, 0);
	}
	lapse_parties_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_built_in_policy_has_every_rule_of_the_field),
		cmocka_unit_test(every_built_in_rule_cites_its_source),
		cmocka_unit_test(the_built_in_parties_are_the_root_programs),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
