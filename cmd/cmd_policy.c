#include <string.h>

#include "session.h"

#include "lapse/json.h"
#include "lapse/layout.h"

static int
add(struct cmd_run *run, const char *file)
{
	struct lapse_policy *policy = NULL;
	struct lapse_store *store = NULL;
	int rc = cmd_open_store(&store, run);

	if (rc == 0)
		rc = lapse_settings_add_policy(&policy, store, file);
	if (rc >= 0)
		cmd_say(run, rc > 0 ? "policy %s, rules: %zu" : "nothing new: policy %s, rules: %zu, is there already",
		    lapse_policy_id(policy), lapse_policy_count(policy));
	lapse_policy_free(policy);
	lapse_store_free(store);
	return rc < 0 ? rc : 0;
}

/* How many rules of a policy this version evaluates. */
static size_t
count_evaluated(const struct lapse_policy *policy)
{
	size_t n = 0;

	for (size_t i = 0; i < lapse_policy_count(policy); i++)
		n += lapse_policy_at(policy, i)->unevaluated == NULL;
	return n;
}

static int
check(struct cmd_run *run, const char *file)
{
	struct lapse_policy *policy = NULL;
	int rc = lapse_settings_check_policy(&policy, file);

	if (rc == 0)
		cmd_say(run, "%s: policy %s, rules: %zu, of which this version evaluates %zu", file,
		    lapse_policy_id(policy), lapse_policy_count(policy), count_evaluated(policy));
	for (size_t i = 0; rc == 0 && i < lapse_policy_count(policy); i++)
		if (lapse_policy_at(policy, i)->unevaluated != NULL)
			cmd_say(run, "not evaluated: %s: %s", lapse_policy_at(policy, i)->id,
			    lapse_policy_at(policy, i)->unevaluated);
	lapse_policy_free(policy);
	return rc;
}

static int
show(struct cmd_run *run, const char *name)
{
	struct lapse_policy *policy = NULL;
	struct lapse_store *store = NULL;
	int rc = 0;

	if (name == NULL || !lapse_settings_is_file(name))
		rc = cmd_open_store(&store, run);
	if (rc == 0)
		rc = lapse_settings_policy(&policy, store, name);
	if (rc == 0)
		lapse_report_policy(cmd_emit(run), policy);
	lapse_policy_free(policy);
	lapse_store_free(store);
	return rc;
}

static const struct lapse_column columns[] = {
	{ "policy", "policy", false },
	{ "name", "name", false },
	{ "rules", "rules", true },
	{ "evaluated", "evaluated", true },
};

static int
emit_policy(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct lapse_policy *policy = NULL;
	json_t *doc = NULL;
	int rc = lapse_json_parse(&doc, bytes->data, bytes->len, name);

	if (rc == 0)
		rc = lapse_policy_parse(&policy, doc, name);
	if (rc == 0) {
		lapse_emit_text(payload, lapse_policy_id(policy));
		lapse_emit_text(payload, lapse_policy_name(policy));
		lapse_emit_int(payload, (int64_t)lapse_policy_count(policy));
		lapse_emit_int(payload, (int64_t)count_evaluated(policy));
		lapse_emit_row(payload);
	}
	lapse_policy_free(policy);
	json_decref(doc);
	return rc;
}

static int
list(struct cmd_run *run)
{
	struct lapse_store *store = NULL;
	struct lapse_emit *emit;
	int rc = cmd_open_store(&store, run);

	if (rc == 0) {
		emit = cmd_emit(run);
		lapse_emit_begin(emit, "policy", columns, sizeof(columns) / sizeof(columns[0]));
		rc = lapse_settings_each(store, "policies", emit_policy, emit);
		lapse_emit_end(emit);
	}
	lapse_store_free(store);
	return rc;
}

static int
policy(struct cmd_run *run)
{
	const char *verb = run->argc > 0 ? run->argv[0] : "list";
	const char *operand = run->argc > 1 ? run->argv[1] : NULL;

	if (strcmp(verb, "list") == 0 && operand == NULL)
		return list(run);
	if (strcmp(verb, "show") == 0 && (operand == NULL || run->policy == NULL))
		return show(run, operand != NULL ? operand : run->policy);
	if (strcmp(verb, "add") != 0 && strcmp(verb, "check") != 0)
		return lapse_fail(LAPSE_EUSAGE, "none of add FILE, check FILE, list, show [ID|FILE]: '%s'", verb);
	if (operand == NULL)
		return lapse_fail(LAPSE_EUSAGE, "%s takes a FILE", verb);
	return strcmp(verb, "add") == 0 ? add(run, operand) : check(run, operand);
}

const struct cmd cmd_policy = {
	.name = "policy",
	.group = CMD_SET_UP,
	.run = policy,
	.flags = CMD_ARCHIVE | CMD_RULES | CMD_TABLE | CMD_PAGER,
	.synopsis = "add FILE\ncheck FILE\nlist\nshow [ID|FILE]",
	.summary = "which rules hold",
	.description =
	    "add checks a policy file (lapse-policy-1) and commits it into the archive under its\n"
	    "id, in place of one with the same id. check only checks it. list (the default)\n"
	    "names the archive's policies. show lists the rules of one (ccadb without ID), when\n"
	    "each was in force, and which of them this version evaluates; the others are named\n"
	    "by every audit.",
	.max_args = 2,
	.examples = (const char *const[]){
	    "lapse policy check week.json",
	    "lapse -C incidents.git policy add week.json",
	    "lapse -C incidents.git policy show ccadb", NULL },
};
