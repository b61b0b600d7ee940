/* Documents and times in tests, from text that is easy to read. */
#ifndef LAPSE_TEST_DOCUMENTS_H
#define LAPSE_TEST_DOCUMENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/party.h"
#include "lapse/policy.h"
#include "lapse/time.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static inline json_t *
document(const char *text)
{
	json_t *doc;

	if (lapse_json_parse(&doc, text, strlen(text), "example") < 0)
		fail_msg("%s", lapse_error());
	return doc;
}

/* The same of a text that writes ' for ". */
static inline json_t *
quoted(const char *text)
{
	char *copy = strdup(text);
	json_t *doc;

	assert_non_null(copy);
	for (char *p = copy; *p != '\0'; p++) {
		if (*p == '\'')
			*p = '"';
	}
	doc = document(copy);
	free(copy);
	return doc;
}

/* These two take the document over. */
static inline struct lapse_parties *
parties_of(json_t *doc)
{
	struct lapse_parties *parties;

	if (lapse_parties_parse(&parties, doc, "FILE") < 0)
		fail_msg("%s", lapse_error());
	json_decref(doc);
	return parties;
}

static inline struct lapse_policy *
policy_of(json_t *doc)
{
	struct lapse_policy *policy;

	if (lapse_policy_parse(&policy, doc, "FILE") < 0)
		fail_msg("%s", lapse_error());
	json_decref(doc);
	return policy;
}

static inline struct lapse_instant
at(const char *text)
{
	struct lapse_instant t;

	if (lapse_time_parse(&t, text) < 0)
		fail_msg("%s", lapse_error());
	return t;
}

/* "-" stands for LAPSE_NEVER, a date for its midnight. */
static inline void
assert_day(struct lapse_instant t, const char *day, const char *what, const char *id)
{
	char text[LAPSE_TIME_LEN + 1] = "-", expected[32] = "-";

	if (lapse_time_is_set(t))
		lapse_time_format(text, t);
	if (strcmp(day, "-") != 0)
		snprintf(expected, sizeof(expected), "%sT00:00:00Z", day);
	if (strcmp(text, expected) != 0)
		fail_msg("%s: %s is %s, not %s", id, what, text, day);
}

#endif
