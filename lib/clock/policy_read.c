#include "policy_private.h"

#include <string.h>

#include "doc.h"
#include "lookup.h"

#include "lapse/error.h"

static const char *const rule_keys[] = {
	"id", "clock", "trigger", "limit", "count", "timezone", "level",
	"from", "until", "published", "certain_from", "sources", "summary", "source",
	"description", "next_update", "suspended_by", NULL
};

/* Reasons are to be read: further ones are left out beyond this length. */
#define MAX_REASONS 400

/* Add one more reason why a rule is not evaluated. */
static void
add_reason(struct lapse_rule *rule, struct lapse_arena *arena,
    const char *reason)
{
	if (rule->unevaluated == NULL)
		rule->unevaluated = reason;
	else if (strlen(rule->unevaluated) < MAX_REASONS &&
	    strstr(rule->unevaluated, reason) == NULL)
		rule->unevaluated = lapse_arena_printf(arena, "%s; %s",
		    rule->unevaluated, reason);
}

static int
read_clock(struct lapse_rule *rule, struct lapse_arena *arena,
    const json_t *value)
{
	static const char *const reasons[] = {
		[LAPSE_CLOCK_RESPONSE] = NULL,
		[LAPSE_CLOCK_UPDATE] = NULL,
		[LAPSE_CLOCK_NEEDINFO] = NULL,
		[LAPSE_CLOCK_REPORT] = "it needs incident reports, "
		    "which this version does not recognise",
		[LAPSE_CLOCK_REVOCATION] = "it needs revocation statistics, "
		    "which this version does not recognise",
		[LAPSE_CLOCK_CLOSURE] = "it needs closure reports, "
		    "which this version does not recognise",
		[LAPSE_CLOCK_ACTION] = "it needs action items, "
		    "which this version does not read",
	};
	const char *text;
	int rc = lapse_doc_need_text(&text, arena, value, "clock");

	if (rc < 0)
		return rc;
	if (!lapse_clock_parse(&rule->clock, text))
		return lapse_fail(LAPSE_EFORMAT, "unknown clock '%s' (response, update, needinfo, report, "
		    "revocation, closure, action)", text);
	if (reasons[rule->clock] != NULL)
		add_reason(rule, arena, reasons[rule->clock]);
	return 0;
}

static int
read_trigger(struct lapse_rule *rule, struct lapse_arena *arena,
    const json_t *value)
{
	const char *text;
	int rc = lapse_doc_text(&text, arena, value, "trigger");

	rule->trigger = LAPSE_TRIGGER_POST;
	if (rc < 0 || text == NULL || strcmp(text, "post") == 0)
		return rc;
	if (strcmp(text, "question") != 0)
		return lapse_fail(LAPSE_EFORMAT, "unknown trigger '%s' (post, question)", text);
	if (rule->clock != LAPSE_CLOCK_RESPONSE)
		return lapse_fail(LAPSE_EFORMAT,
		    "'trigger' is for response rules");
	rule->trigger = LAPSE_TRIGGER_QUESTION;
	add_reason(rule, arena, "it needs questions in the text, "
	    "which this version does not read");
	return 0;
}

static int
read_limit(struct lapse_rule *rule, struct lapse_arena *arena,
    const json_t *value)
{
	const char *count;
	int rc = lapse_doc_need_text(&rule->limit_text, arena, value, "limit");

	if (rc == 0)
		rc = lapse_context(lapse_duration_parse(&rule->limit,
		    rule->limit_text), "'limit'");
	if (rc == 0)
		rc = lapse_doc_text(&count, arena, value, "count");
	if (rc < 0)
		return rc;
	rule->count = LAPSE_COUNT_ELAPSED;
	if (count == NULL || strcmp(count, "elapsed") == 0)
		return 0;
	if (strcmp(count, "calendar") != 0)
		return lapse_fail(LAPSE_EFORMAT, "unknown count '%s' (elapsed, calendar)", count);
	if (!rule->limit.in_days)
		return lapse_fail(LAPSE_EFORMAT, "calendar days are counted, "
		    "but the limit '%s' is not in whole days",
		    rule->limit_text);
	rule->count = LAPSE_COUNT_CALENDAR;
	return 0;
}

static int
read_zone(struct lapse_rule *rule, struct lapse_policy *policy,
    const json_t *value)
{
	struct lapse_zone *zone;
	const char *name;
	int rc = lapse_doc_text(&name, &policy->arena, value, "timezone");

	if (rc < 0)
		return rc;
	if (name == NULL)
		name = "UTC";
	for (size_t i = 0; i < policy->nzones; i++) {
		if (strcmp(lapse_zone_name(policy->zones[i]), name) == 0) {
			rule->zone = policy->zones[i];
			return 0;
		}
	}
	rc = lapse_zone_load(&zone, name);
	if (rc < 0)
		return rc;
	policy->zones = lapse_grow(policy->zones, policy->nzones,
	    &policy->zones_cap, sizeof(*policy->zones));
	policy->zones[policy->nzones++] = zone;
	rule->zone = zone;
	return 0;
}

static int
read_level(struct lapse_rule *rule, struct lapse_arena *arena,
    const json_t *value)
{
	const char *text;
	int rc = lapse_doc_need_text(&text, arena, value, "level");

	if (rc < 0)
		return rc;
	if (!lapse_level_parse(&rule->level, text))
		return lapse_fail(LAPSE_EFORMAT, "unknown level '%s' (must, should, best-practice)", text);
	return 0;
}

static int
read_times(struct lapse_rule *rule, struct lapse_arena *arena,
    const json_t *value)
{
	struct lapse_instant published;
	int rc = lapse_doc_instant(&rule->from, value, "from", true);

	if (rc == 0)
		rc = lapse_doc_instant(&rule->until, value, "until", true);
	if (rc == 0)
		rc = lapse_doc_instant(&rule->certain_from, value,
		    "certain_from", true);
	if (rc == 0)
		rc = lapse_doc_instant(&published, value, "published", false);
	if (rc == 0)
		rc = lapse_doc_text(&rule->published, arena, value,
		    "published");
	if (rc < 0)
		return rc;
	if (lapse_time_is_set(rule->from) && lapse_time_is_set(rule->until) &&
	    lapse_time_cmp(rule->until, rule->from) <= 0)
		return lapse_fail(LAPSE_EFORMAT, "'until' is not after 'from'");
	return 0;
}

/* "description" and "next_update", which say something of one clock only. */
static int
read_switches(struct lapse_rule *rule, const json_t *value)
{
	int rc;

	rule->description = true;
	rule->next_update = false;
	rc = lapse_doc_bool(&rule->description, value, "description");
	if (rc == 0)
		rc = lapse_doc_bool(&rule->next_update, value, "next_update");
	if (rc < 0)
		return rc;
	if (!rule->description && rule->clock != LAPSE_CLOCK_RESPONSE)
		return lapse_fail(LAPSE_EFORMAT,
		    "'description' is for response rules");
	if (rule->next_update && rule->clock != LAPSE_CLOCK_UPDATE)
		return lapse_fail(LAPSE_EFORMAT,
		    "'next_update' is for update rules");
	return 0;
}

static int
read_sources(struct lapse_rule *rule, struct lapse_arena *arena, const json_t *value)
{
	const char **names;
	const json_t *list;
	int rc = lapse_doc_array(&list, value, "sources");

	if (rc < 0 || list == NULL)
		return rc;
	if (json_array_size(list) == 0)
		return lapse_fail(LAPSE_EFORMAT, "'sources' is empty");
	names = lapse_arena_alloc(arena, json_array_size(list) * sizeof(*names));
	rule->sources = names;
	for (; rc == 0 && rule->nsources < json_array_size(list); rule->nsources++)
		rc = lapse_doc_string(&names[rule->nsources], arena, json_array_get(list, rule->nsources), "a part of 'sources'");
	return rc;
}

/* What suspends a duty: kept as a reason, for nothing here can see it yet. */
static int
read_suspensions(struct lapse_rule *rule, struct lapse_arena *arena,
    const json_t *value)
{
	const json_t *list;
	const char *text, *reason;
	int rc = lapse_doc_array(&list, value, "suspended_by");

	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
		rc = lapse_doc_string(&text, arena, json_array_get(list, i),
		    "a part of 'suspended_by'");
		if (rc < 0)
			return rc;
		if (strcmp(text, "last-call") == 0)
			reason = "a last call suspends it, "
			    "which this version does not recognise";
		else if (strcmp(text, "closure-report") == 0)
			reason = "a closure report suspends it, "
			    "which this version does not recognise";
		else
			reason = lapse_arena_printf(arena, "'%s' suspends it, "
			    "which this version does not know", text);
		add_reason(rule, arena, reason);
	}
	return rc;
}

static int
read_source(struct lapse_rule *rule, struct lapse_arena *arena,
    const json_t *value)
{
	static const char *const keys[] = { "title", "section", "url", NULL };
	const json_t *source = json_object_get(value, "source");
	const char *key = NULL;
	int rc;

	if (source == NULL || json_is_null(source))
		return 0;
	if (!json_is_object(source))
		return lapse_fail(LAPSE_EFORMAT, "'source' is not an object");
	while ((key = lapse_doc_unknown(source, keys, key)) != NULL)
		add_reason(rule, arena, lapse_arena_printf(arena,
		    "its source has the key '%s', "
		    "which this version does not know", key));
	rc = lapse_doc_text(&rule->title, arena, source, "title");
	if (rc == 0)
		rc = lapse_doc_text(&rule->section, arena, source, "section");
	if (rc == 0)
		rc = lapse_doc_text(&rule->url, arena, source, "url");
	return lapse_context(rc, "'source'");
}

static int
read_rule(struct lapse_rule *rule, struct lapse_policy *policy,
    const json_t *value)
{
	struct lapse_arena *arena = &policy->arena;
	const char *key = NULL;
	int rc = read_clock(rule, arena, value);

	if (rc == 0)
		rc = read_trigger(rule, arena, value);
	if (rc == 0)
		rc = read_limit(rule, arena, value);
	if (rc == 0)
		rc = read_zone(rule, policy, value);
	if (rc == 0)
		rc = read_level(rule, arena, value);
	if (rc == 0)
		rc = read_times(rule, arena, value);
	if (rc == 0)
		rc = read_switches(rule, value);
	if (rc == 0)
		rc = read_sources(rule, arena, value);
	if (rc == 0)
		rc = read_suspensions(rule, arena, value);
	if (rc == 0)
		rc = lapse_doc_text(&rule->summary, arena, value, "summary");
	if (rc == 0)
		rc = read_source(rule, arena, value);
	if (rc < 0)
		return rc;
	while ((key = lapse_doc_unknown(value, rule_keys, key)) != NULL)
		add_reason(rule, arena, lapse_arena_printf(arena,
		    "it has the key '%s', which this version does not know",
		    key));
	return 0;
}

static int
read_rules(struct lapse_policy *policy, const json_t *doc)
{
	const json_t *list, *value;
	int rc = lapse_doc_array(&list, doc, "rules");

	if (rc < 0)
		return rc;
	if (list == NULL)
		return lapse_fail(LAPSE_EFORMAT, "no 'rules'");
	policy->nrules = json_array_size(list);
	policy->rules = lapse_arena_alloc(&policy->arena,
	    policy->nrules * sizeof(*policy->rules));
	for (size_t i = 0; i < policy->nrules; i++) {
		struct lapse_rule *rule = &policy->rules[i];

		value = json_array_get(list, i);
		rc = lapse_doc_need_id(&rule->id, &policy->arena, value, "id");
		if (rc < 0)
			return lapse_context(rc, "rule %zu", i + 1);
		rc = read_rule(rule, policy, value);
		if (rc < 0)
			return lapse_context(rc, "rule '%s'", rule->id);
	}
	return 0;
}

static int
check_ids(const struct lapse_policy *policy)
{
	struct lapse_lookup ids;
	const char *twice;

	lapse_lookup_init(&ids);
	for (size_t i = 0; i < policy->nrules; i++)
		lapse_lookup_add(&ids, policy->rules[i].id, NULL);
	lapse_lookup_sort(&ids);
	twice = lapse_lookup_twice(&ids);
	lapse_lookup_release(&ids);
	if (twice != NULL)
		return lapse_fail(LAPSE_EFORMAT, "rule '%s' twice", twice);
	return 0;
}

/* The id names the policy on the command line, and its file in an archive. */
static int
check_policy_id(const char *id)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (strlen(id) > 64 || strspn(id, letters) != strlen(id) ||
	    strchr("._-", *id) != NULL)
		return lapse_fail(LAPSE_EFORMAT, "'id' is not 1 to 64 letters, "
		    "digits, '.', '_' and '-' that begin with a letter or "
		    "digit: '%s'", id);
	return 0;
}

static int
read_document(struct lapse_policy *policy, const json_t *doc)
{
	static const char *const keys[] = {
		"format", "id", "name", "rules", NULL
	};
	struct lapse_arena *arena = &policy->arena;
	int rc = lapse_doc_check_format(doc, "lapse-policy-1");

	if (rc == 0)
		rc = lapse_doc_check_keys(doc, keys);
	if (rc == 0)
		rc = lapse_doc_need_text(&policy->id, arena, doc, "id");
	if (rc == 0)
		rc = check_policy_id(policy->id);
	if (rc == 0)
		rc = lapse_doc_text(&policy->name, arena, doc, "name");
	if (policy->name == NULL)
		policy->name = policy->id;
	if (rc == 0)
		rc = read_rules(policy, doc);
	if (rc == 0)
		rc = check_ids(policy);
	return rc;
}

int
lapse_policy_parse(struct lapse_policy **out, const json_t *doc,
    const char *name)
{
	struct lapse_policy *policy = lapse_alloc(1, sizeof(*policy));
	int rc;

	lapse_arena_init(&policy->arena);
	rc = read_document(policy, doc);
	if (rc < 0) {
		lapse_policy_free(policy);
		policy = NULL;
	}
	*out = policy;
	return lapse_context(rc, "%s", name);
}
