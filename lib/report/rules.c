/* Policies and parties as tables. */
#include "lapse/report.h"

static const struct lapse_column rule_columns[] = {
	{ "rule", "rule", false },
	{ "clock", "clock", false },
	{ "trigger", NULL, false },
	{ "limit", "limit", false },
	{ "count", "count", false },
	{ "timezone", "zone", false },
	{ "level", "level", false },
	{ "from", "in force from", false },
	{ "until", "until", false },
	{ "published", "published", false },
	{ "certain_from", NULL, false },
	{ "evaluated", "evaluated", false },
	{ "why_not", "why not", false },
	{ "summary", NULL, false },
	{ "title", NULL, false },
	{ "section", NULL, false },
	{ "url", NULL, false },
};

void
lapse_report_policy(struct lapse_emit *emit, const struct lapse_policy *policy)
{
	lapse_emit_say(emit, "policy %s: %s", lapse_policy_id(policy), lapse_policy_name(policy));
	lapse_emit_say(emit, "%s", "");
	lapse_emit_begin(emit, "rule", rule_columns, sizeof(rule_columns) / sizeof(rule_columns[0]));
	for (size_t i = 0; i < lapse_policy_count(policy); i++) {
		const struct lapse_rule *rule = lapse_policy_at(policy, i);

		lapse_emit_text(emit, rule->id);
		lapse_emit_text(emit, lapse_clock_name(rule->clock));
		lapse_emit_text(emit, rule->trigger == LAPSE_TRIGGER_QUESTION ? "question" : "post");
		lapse_emit_text(emit, rule->limit_text);
		lapse_emit_text(emit, rule->count == LAPSE_COUNT_CALENDAR ? "calendar" : "elapsed");
		lapse_emit_text(emit, lapse_zone_name(rule->zone));
		lapse_emit_text(emit, lapse_level_name(rule->level));
		lapse_emit_time(emit, rule->from);
		lapse_emit_time(emit, rule->until);
		lapse_emit_text(emit, rule->published);
		lapse_emit_time(emit, rule->certain_from);
		lapse_emit_bool(emit, rule->unevaluated == NULL);
		lapse_emit_text(emit, rule->unevaluated);
		lapse_emit_text(emit, rule->summary);
		lapse_emit_text(emit, rule->title);
		lapse_emit_text(emit, rule->section);
		lapse_emit_text(emit, rule->url);
		lapse_emit_row(emit);
	}
	lapse_emit_end(emit);
}

static const struct lapse_column party_columns[] = {
	{ "party", "party", false },
	{ "name", "name", false },
	{ "role", "role", false },
	{ "prefixes", "prefixes", false },
	{ "members", "members", true },
};

void
lapse_report_parties(struct lapse_emit *emit, const struct lapse_parties *parties)
{
	lapse_emit_begin(emit, "party", party_columns, sizeof(party_columns) / sizeof(party_columns[0]));
	for (size_t i = 0; i < lapse_parties_count(parties); i++) {
		const struct lapse_party *party = lapse_parties_at(parties, i);

		lapse_emit_text(emit, party->id);
		lapse_emit_text(emit, party->name);
		lapse_emit_text(emit, lapse_role_name(party->role));
		lapse_emit_list(emit, party->prefixes, party->nprefixes);
		lapse_emit_int(emit, (int64_t)party->nmembers);
		lapse_emit_row(emit);
	}
	lapse_emit_end(emit);
}
