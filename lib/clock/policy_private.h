/* What reading a policy document leaves behind. */
#ifndef LAPSE_CLOCK_POLICY_PRIVATE_H
#define LAPSE_CLOCK_POLICY_PRIVATE_H

#include "lapse/alloc.h"
#include "lapse/policy.h"

struct lapse_policy {
	struct lapse_arena arena;
	const char *id;
	const char *name;
	struct lapse_rule *rules;
	size_t nrules;
	struct lapse_zone **zones;	/* each once, for all rules */
	size_t nzones;
	size_t zones_cap;
};

#endif
