/*
 * Rules as data: a policy file (lapse-policy-1). Pure, but for the zones that
 * it loads.
 */
#ifndef LAPSE_POLICY_H
#define LAPSE_POLICY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lapse/time.h"
#include "lapse/zone.h"

enum lapse_clock {
	LAPSE_CLOCK_RESPONSE,
	LAPSE_CLOCK_UPDATE,
	LAPSE_CLOCK_NEEDINFO,
	LAPSE_CLOCK_REPORT,
	LAPSE_CLOCK_REVOCATION,
	LAPSE_CLOCK_CLOSURE,
	LAPSE_CLOCK_ACTION
};
enum lapse_level { LAPSE_LEVEL_MUST, LAPSE_LEVEL_SHOULD, LAPSE_LEVEL_BEST_PRACTICE };
#define LAPSE_NLEVELS 3
enum lapse_trigger { LAPSE_TRIGGER_POST, LAPSE_TRIGGER_QUESTION };
enum lapse_count { LAPSE_COUNT_ELAPSED, LAPSE_COUNT_CALENDAR };

const char *lapse_clock_name(enum lapse_clock clock);	/* "response", … */
bool lapse_clock_parse(enum lapse_clock *out, const char *name);
const char *lapse_level_name(enum lapse_level level);	/* "must", "should", "best-practice" */
bool lapse_level_parse(enum lapse_level *out, const char *name);

struct lapse_rule {
	const char *id;
	enum lapse_clock clock;
	enum lapse_trigger trigger;	/* of a response rule; default post */
	struct lapse_duration limit;
	const char *limit_text;		/* as written */
	enum lapse_count count;		/* default elapsed; calendar takes a limit in days only */
	const struct lapse_zone *zone;	/* default UTC; the days of calendar counting, and of reconcile */
	enum lapse_level level;
	struct lapse_instant from;	/* LAPSE_NEVER: always */
	struct lapse_instant until;	/* half-open; LAPSE_NEVER: still */
	struct lapse_instant certain_from;	/* LAPSE_NEVER: certain */
	const char *published;		/* a date, or NULL */
	bool description;		/* response: also at post 0; default true */
	bool next_update;		/* update: a Next update date may take the limit's place; default false */
	const char *const *sources;	/* names of the sources whose threads it is about; none: all bugs, and no mailing list */
	size_t nsources;
	const char *summary;		/* NULL when absent, as the next three */
	const char *title;
	const char *section;
	const char *url;
	const char *unevaluated;	/* why this version does not evaluate the rule, a phrase; NULL: it does */
};

struct lapse_policy;

/*
 * Read a policy document. LAPSE_EFORMAT "NAME: rule ID: …" for what is wrong.
 * A rule whose clock, trigger or keys this version knows of, or does not know, but cannot evaluate is kept, with
 * the reason in `unevaluated`; values of the wrong kind are errors.
 * The caller releases it with lapse_policy_free().
 */
int lapse_policy_parse(struct lapse_policy **out, const json_t *doc, const char *name);
void lapse_policy_free(struct lapse_policy *policy);

const char *lapse_policy_id(const struct lapse_policy *policy);
const char *lapse_policy_name(const struct lapse_policy *policy);
size_t lapse_policy_count(const struct lapse_policy *policy);
const struct lapse_rule *lapse_policy_at(const struct lapse_policy *policy, size_t i);

/* Is the rule in force at an instant: from <= t < until? */
bool lapse_rule_in_force(const struct lapse_rule *rule, struct lapse_instant t);

/* Is the rule about the threads of a source, one of mail or of bugs? */
bool lapse_rule_is_about(const struct lapse_rule *rule, const char *source, bool is_mail);

/* x + limit: elapsed seconds, or the last second of the civil day `limit` days after that of x. */
struct lapse_instant lapse_rule_due(const struct lapse_rule *rule, struct lapse_instant x);

/* The built-in policy `ccadb`: JSON text, static. */
extern const char lapse_builtin_ccadb[];

#endif
