#include "policy_private.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Days that a civil day can be moved by, to stay far within its type. */
#define MAX_DAYS 10000000

static const char *const clock_names[] = {
	[LAPSE_CLOCK_RESPONSE] = "response",
	[LAPSE_CLOCK_UPDATE] = "update",
	[LAPSE_CLOCK_NEEDINFO] = "needinfo",
	[LAPSE_CLOCK_REPORT] = "report",
	[LAPSE_CLOCK_REVOCATION] = "revocation",
	[LAPSE_CLOCK_CLOSURE] = "closure",
	[LAPSE_CLOCK_ACTION] = "action",
};
static const char *const level_names[] = {
	[LAPSE_LEVEL_MUST] = "must",
	[LAPSE_LEVEL_SHOULD] = "should",
	[LAPSE_LEVEL_BEST_PRACTICE] = "best-practice",
};
#define NITEMS(array) (sizeof(array) / sizeof((array)[0]))

const char *
lapse_clock_name(enum lapse_clock clock)
{
	return clock_names[clock];
}

const char *
lapse_level_name(enum lapse_level level)
{
	return level_names[level];
}

static bool
find_name(size_t *out, const char *const *names, size_t nnames,
    const char *name)
{
	for (*out = 0; *out < nnames; (*out)++) {
		if (strcmp(names[*out], name) == 0)
			return true;
	}
	return false;
}

bool
lapse_clock_parse(enum lapse_clock *out, const char *name)
{
	size_t i;

	if (!find_name(&i, clock_names, NITEMS(clock_names), name))
		return false;
	*out = (enum lapse_clock)i;
	return true;
}

bool
lapse_level_parse(enum lapse_level *out, const char *name)
{
	size_t i;

	if (!find_name(&i, level_names, NITEMS(level_names), name))
		return false;
	*out = (enum lapse_level)i;
	return true;
}

void
lapse_policy_free(struct lapse_policy *policy)
{
	if (policy == NULL)
		return;
	for (size_t i = 0; i < policy->nzones; i++)
		lapse_zone_free(policy->zones[i]);
	free(policy->zones);
	lapse_arena_release(&policy->arena);
	free(policy);
}

const char *
lapse_policy_id(const struct lapse_policy *policy)
{
	return policy->id;
}

const char *
lapse_policy_name(const struct lapse_policy *policy)
{
	return policy->name;
}

size_t
lapse_policy_count(const struct lapse_policy *policy)
{
	return policy->nrules;
}

const struct lapse_rule *
lapse_policy_at(const struct lapse_policy *policy, size_t i)
{
	return &policy->rules[i];
}

bool
lapse_rule_in_force(const struct lapse_rule *rule, struct lapse_instant t)
{
	if (lapse_time_is_set(rule->from) && lapse_time_cmp(t, rule->from) < 0)
		return false;
	return !lapse_time_is_set(rule->until) ||
	    lapse_time_cmp(t, rule->until) < 0;
}

bool
lapse_rule_is_about(const struct lapse_rule *rule, const char *source, bool is_mail)
{
	if (rule->nsources == 0)
		return !is_mail;
	for (size_t i = 0; i < rule->nsources; i++)
		if (strcmp(rule->sources[i], source) == 0)
			return true;
	return false;
}

struct lapse_instant
lapse_rule_due(const struct lapse_rule *rule, struct lapse_instant x)
{
	int64_t days = rule->limit.days;
	struct lapse_day day;

	if (rule->count == LAPSE_COUNT_ELAPSED)
		return lapse_time_add(x, (struct lapse_span){
			days * 86400 + rule->limit.sec
		});
	day = lapse_zone_day(rule->zone, x);
	day.n += (int32_t)(days > MAX_DAYS ? MAX_DAYS : days);
	return lapse_zone_day_end(rule->zone, day);
}
