/* Queries of the test server's Bugzilla: which bugs a search means. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bugzilla.h"

static int
hex(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)((at - digits) % 16) : -1;
}

void
url_decode(char *text)
{
	char *out = text;

	for (; *text != '\0'; text++) {
		if (*text == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
			*out++ = (char)(hex(text[1]) * 16 + hex(text[2]));
			text += 2;
		} else {
			*out++ = *text == '+' ? ' ' : *text;
		}
	}
	*out = '\0';
}

void
query_read(struct query *query, const char *text)
{
	char *next = query->text;

	query->nparams = 0;
	snprintf(query->text, sizeof(query->text), "%s", text);
	while (*next != '\0' && query->nparams < sizeof(query->params) / sizeof(query->params[0])) {
		char *name = next, *value;

		next += strcspn(next, "&");
		if (*next != '\0')
			*next++ = '\0';
		value = name + strcspn(name, "=");
		if (*value != '\0')
			*value++ = '\0';
		url_decode(name);
		url_decode(value);
		query->params[query->nparams++] = (struct param){ name, value };
	}
}

const char *
query_get(const struct query *query, const char *name)
{
	for (size_t i = 0; i < query->nparams; i++)
		if (strcmp(query->params[i].name, name) == 0)
			return query->params[i].value;
	return NULL;
}

static bool
list_has(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (; *list != '\0'; list += strcspn(list, ","), list += *list == ',')
		if (strncmp(list, word, len) == 0 && (list[len] == ',' || list[len] == '\0'))
			return true;
	return false;
}

bool
query_has(const struct query *query, const char *name, const char *word)
{
	for (size_t i = 0; i < query->nparams; i++)
		if (strcmp(query->params[i].name, name) == 0 && list_has(query->params[i].value, word))
			return true;
	return false;
}

/* A field as text: "" absent. */
static const char *
field(const struct bug *bug, const char *name)
{
	const char *text = json_string_value(json_object_get(bug->fields, name));

	return text != NULL ? text : "";
}

static bool
is_open(const struct bug *bug)
{
	return json_is_true(json_object_get(bug->fields, "is_open"));
}

static bool
value_matches(const struct bug *bug, const char *name, const char *value)
{
	if (strcmp(name, "status") == 0 && strcmp(value, "__open__") == 0)
		return is_open(bug);
	if (strcmp(name, "status") == 0 && strcmp(value, "__closed__") == 0)
		return !is_open(bug);
	if (strcmp(name, "last_change_time") == 0 || strcmp(name, "creation_time") == 0)
		return strcmp(field(bug, name), value) >= 0;
	if (strcmp(name, "whiteboard") == 0 || strcmp(name, "summary") == 0)
		return strstr(field(bug, name), value) != NULL;
	if (strcmp(name, "quicksearch") == 0)
		return strstr(field(bug, "summary"), value) != NULL;
	return strcmp(field(bug, name), value) == 0;
}

/* Those that restrict a search; repeated ones are alternatives. */
static const char *const searched[] = {
	"product", "component", "status", "resolution", "creator", "assigned_to", "priority", "severity", "type",
	"last_change_time", "creation_time", "whiteboard", "summary", "quicksearch"
};

static bool
matches_field(const struct query *query, const struct bug *bug, const char *name)
{
	bool asked = false;

	for (size_t i = 0; i < query->nparams; i++) {
		if (strcmp(query->params[i].name, name) != 0)
			continue;
		asked = true;
		if (value_matches(bug, name, query->params[i].value))
			return true;
	}
	return !asked;
}

static bool
compare(const char *operator, int64_t order, const char *has, const char *value)
{
	if (strcmp(operator, "greaterthan") == 0)
		return order > 0;
	if (strcmp(operator, "greaterthaneq") == 0)
		return order >= 0;
	if (strcmp(operator, "lessthan") == 0)
		return order < 0;
	if (strcmp(operator, "lessthaneq") == 0)
		return order <= 0;
	if (strcmp(operator, "notequals") == 0)
		return order != 0;
	if (strcmp(operator, "substring") == 0 || strcmp(operator, "allwordssubstr") == 0)
		return strstr(has, value) != NULL;
	if (strcmp(operator, "notsubstring") == 0)
		return strstr(has, value) == NULL;
	if (strcmp(operator, "anyexact") == 0)
		return list_has(value, has);
	return order == 0;
}

/* One row of a chart: f1=FIELD o1=OPERATOR v1=VALUE. */
static bool
matches_row(const struct query *query, const struct bug *bug, const struct param *row)
{
	char name[32];
	const char *operator, *value, *has;
	int64_t order;

	snprintf(name, sizeof(name), "o%.20s", row->name + 1);
	operator = query_get(query, name);
	name[0] = 'v';
	value = query_get(query, name);
	if (operator == NULL || value == NULL)
		return true;
	has = field(bug, strcmp(row->value, "status_whiteboard") == 0 ? "whiteboard" : row->value);
	order = strcmp(has, value);
	if (strcmp(row->value, "bug_id") == 0)
		order = bug->id - strtoll(value, NULL, 10);
	return compare(operator, order, has, value);
}

bool
query_matches(const struct query *query, const struct bug *bug)
{
	char id[24];

	snprintf(id, sizeof(id), "%" PRId64, bug->id);
	if (query_get(query, "id") != NULL && !query_has(query, "id", id))
		return false;
	for (size_t i = 0; i < sizeof(searched) / sizeof(searched[0]); i++)
		if (!matches_field(query, bug, searched[i]))
			return false;
	for (size_t i = 0; i < query->nparams; i++) {
		const char *name = query->params[i].name;

		if (name[0] == 'f' && name[1] >= '0' && name[1] <= '9' && !matches_row(query, bug, &query->params[i]))
			return false;
	}
	return true;
}
