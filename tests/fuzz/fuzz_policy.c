/*
 * A policy document, and then each of its rules: whole, and never due before
 * it opens.
 */
#include "fuzz.h"

#include <locale.h>
#include <string.h>

#include "lapse/json.h"
#include "lapse/policy.h"

static void
try_rule(const struct lapse_rule *rule)
{
	/* Not the edges of the years, where a civil day may not exist. */
	static const int64_t opened[] = {
		-62135400000, -1, 0, 1325203199, 1541289600, 1715160600,
		253402100000
	};
	enum lapse_clock clock;
	enum lapse_level level;

	demand(rule->id != NULL && *rule->id != '\0', "a rule without an id");
	demand(lapse_clock_parse(&clock, lapse_clock_name(rule->clock)) &&
	    clock == rule->clock, "a clock without a name");
	demand(lapse_level_parse(&level, lapse_level_name(rule->level)) &&
	    level == rule->level, "a level without a name");
	demand(rule->count == LAPSE_COUNT_ELAPSED || rule->limit.in_days,
	    "calendar days of a limit that is not in days");
	for (size_t i = 0; i < sizeof(opened) / sizeof(opened[0]); i++) {
		struct lapse_instant x = { opened[i] };

		demand(lapse_rule_due(rule, x).sec >= x.sec,
		    "due before it opened");
		lapse_rule_in_force(rule, x);
	}
	if (lapse_time_is_set(rule->from))
		demand(lapse_rule_in_force(rule, rule->from), "no start");
	if (lapse_time_is_set(rule->until))
		demand(!lapse_rule_in_force(rule, rule->until), "no end");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_policy *policy;
	json_t *doc;

	setlocale(LC_CTYPE, "C.UTF-8");
	if (lapse_json_parse(&doc, (const char *)data, size, "input") < 0)
		return 0;
	if (lapse_policy_parse(&policy, doc, "input") == 0) {
		json_decref(doc);
		doc = NULL;
		for (size_t i = 0; i < lapse_policy_count(policy); i++)
			try_rule(lapse_policy_at(policy, i));
	}
	json_decref(doc);
	lapse_policy_free(policy);
	return 0;
}
