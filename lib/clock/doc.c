#include "doc.h"

#include <stdio.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/text.h"

/* A member, with null taken for absent. */
static const json_t *
member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_null(value) ? NULL : value;
}

int
lapse_doc_check_format(const json_t *doc, const char *format)
{
	const json_t *value = json_object_get(doc, "format");

	if (!json_is_string(value) ||
	    strcmp(json_string_value(value), format) != 0)
		return lapse_fail(LAPSE_EFORMAT, "not a %s document", format);
	return 0;
}

int
lapse_doc_string(const char **out, struct lapse_arena *arena,
    const json_t *value, const char *what)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);

	*out = NULL;
	if (text == NULL)
		return lapse_fail(LAPSE_EFORMAT, "%s is not text", what);
	if (memchr(text, '\0', len) != NULL)
		return lapse_fail(LAPSE_EFORMAT, "%s has a NUL in it", what);
	*out = lapse_arena_dupn(arena, text, len);
	return 0;
}

int
lapse_doc_text(const char **out, struct lapse_arena *arena,
    const json_t *object, const char *key)
{
	const json_t *value = member(object, key);
	char what[64];

	*out = NULL;
	if (value == NULL)
		return 0;
	snprintf(what, sizeof(what), "'%s'", key);
	return lapse_doc_string(out, arena, value, what);
}

int
lapse_doc_need_text(const char **out, struct lapse_arena *arena,
    const json_t *object, const char *key)
{
	int rc = lapse_doc_text(out, arena, object, key);

	if (rc < 0)
		return rc;
	if (*out == NULL)
		return lapse_fail(LAPSE_EFORMAT, "no '%s'", key);
	if (**out == '\0')
		return lapse_fail(LAPSE_EFORMAT, "'%s' is empty", key);
	return 0;
}

int
lapse_doc_need_id(const char **out, struct lapse_arena *arena,
    const json_t *object, const char *key)
{
	size_t len, n;
	uint32_t c;
	int rc;

	*out = NULL;
	if (!json_is_object(object))
		return lapse_fail(LAPSE_EFORMAT, "not an object");
	rc = lapse_doc_need_text(out, arena, object, key);
	if (rc < 0)
		return rc;
	len = strlen(*out);
	if ((*out)[0] == ' ' || (*out)[len - 1] == ' ')
		return lapse_fail(LAPSE_EFORMAT,
		    "'%s' begins or ends with a blank: '%s'", key, *out);
	for (const char *p = *out; len > 0; p += n, len -= n) {
		n = lapse_utf8_decode(&c, p, len);
		if (c == LAPSE_BAD_CHAR || lapse_char_is_unsafe(c))
			return lapse_fail(LAPSE_EFORMAT,
			    "'%s' has a character in it that does not show",
			    key);
	}
	return 0;
}

int
lapse_doc_bool(bool *out, const json_t *object, const char *key)
{
	const json_t *value = member(object, key);

	if (value == NULL)
		return 0;
	if (!json_is_boolean(value))
		return lapse_fail(LAPSE_EFORMAT,
		    "'%s' is neither true nor false", key);
	*out = json_is_true(value);
	return 0;
}

int
lapse_doc_instant(struct lapse_instant *out, const json_t *object,
    const char *key, bool times)
{
	const json_t *value = member(object, key);
	struct lapse_day day;
	const char *text;
	int rc;

	*out = LAPSE_NEVER;
	if (value == NULL)
		return 0;
	text = json_string_value(value);
	if (text == NULL)
		return lapse_fail(LAPSE_EFORMAT, "'%s' is not text", key);
	if (strlen(text) != json_string_length(value))
		return lapse_fail(LAPSE_EFORMAT, "'%s' has a NUL in it", key);
	if (times && strlen(text) > LAPSE_DAY_LEN)
		return lapse_context(lapse_time_parse(out, text), "'%s'", key);
	rc = lapse_day_parse(&day, text);
	if (rc == 0)
		*out = lapse_day_start(day);
	return lapse_context(rc, "'%s'", key);
}

int
lapse_doc_array(const json_t **out, const json_t *object, const char *key)
{
	*out = member(object, key);
	if (*out != NULL && !json_is_array(*out))
		return lapse_fail(LAPSE_EFORMAT, "'%s' is not a list", key);
	return 0;
}

static bool
is_in(const char *const *keys, const char *key)
{
	for (; *keys != NULL; keys++) {
		if (strcmp(*keys, key) == 0)
			return true;
	}
	return strcmp(key, "note") == 0;
}

const char *
lapse_doc_unknown(const json_t *object, const char *const *keys,
    const char *after)
{
	/* jansson's iterators want a json_t that is not const: nothing is written. */
	json_t *all = (json_t *)object;
	void *it = json_object_iter(all);

	if (after != NULL)
		it = json_object_iter_next(all,
		    json_object_iter_at(all, after));
	for (; it != NULL; it = json_object_iter_next(all, it)) {
		if (!is_in(keys, json_object_iter_key(it)))
			return json_object_iter_key(it);
	}
	return NULL;
}

int
lapse_doc_check_keys(const json_t *object, const char *const *keys)
{
	const char *unknown;

	if (!json_is_object(object))
		return lapse_fail(LAPSE_EFORMAT, "not an object");
	unknown = lapse_doc_unknown(object, keys, NULL);
	if (unknown != NULL)
		return lapse_fail(LAPSE_EFORMAT, "unknown key '%s'", unknown);
	return 0;
}
