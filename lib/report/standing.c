#include "standing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/json.h"
#include "lapse/text.h"

/* ---- records ---- */

static void
emit_json(struct lapse_emit *emit, const json_t *value)
{
	struct lapse_buf buf;

	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	if (value == NULL || lapse_canon_write_safe(&buf, value) < 0)
		lapse_emit_null(emit);
	else
		lapse_emit_json(emit, buf.data);
	lapse_buf_release(&buf);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* An object's keys, sorted. The caller free()s the list. */
static const char **
keys_of(size_t *nkeys, const json_t *object)
{
	const char **keys = lapse_alloc(json_object_size(object), sizeof(*keys)), *key;
	json_t *value;

	*nkeys = 0;
	json_object_foreach((json_t *)object, key, value)
		keys[(*nkeys)++] = key;
	if (*nkeys > 1)
		qsort(keys, *nkeys, sizeof(*keys), by_name);
	return keys;
}

static void
emit_keys(struct lapse_emit *emit, const json_t *object)
{
	size_t nkeys;
	const char **keys = keys_of(&nkeys, object);

	lapse_emit_list(emit, keys, nkeys);
	free(keys);
}

void
lapse_cell_standing(struct lapse_emit *emit, const struct lapse_state_doc *state)
{
	emit_json(emit, json_object_get(state->doc, "fields"));
	emit_json(emit, json_object_get(state->doc, "flags"));
	emit_keys(emit, json_object_get(state->notes, "fields"));
}

const char *
lapse_field_text(const struct lapse_state_doc *state, const char *key)
{
	return lapse_json_text(json_object_get(state->doc, "fields"), key);
}

/* ---- for people ---- */

/* Fields that show names itself, that follow from others, or that are the thread's own name. */
static bool
is_told_elsewhere(const char *key)
{
	static const char *const keys[] = {
		"assigned_to", "classification", "comment_count", "component", "creation_time", "creator", "id",
		"is_cc_accessible", "is_confirmed", "is_creator_accessible", "is_open", "last_change_time", "product", "resolution", "status", "summary",
		"whiteboard"
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

/* Does a value say nothing? Bugzilla's words for that are "---", "--" and "Unspecified". */
static bool
is_empty(const json_t *value)
{
	static const char *const words[] = { "", "--", "---", "Unclassified", "Unspecified", "unspecified" };
	const char *text = json_string_value(value);

	for (size_t i = 0; text != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], text) == 0)
			return true;
	return json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
	    (json_is_number(value) && json_number_value(value) == 0);
}

static void
say_value(struct lapse_emit *emit, const char *key, const json_t *value)
{
	struct lapse_buf buf;
	char *name = lapse_strdup(key);

	for (char *p = name; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *item = json_array_get(value, i);

		lapse_buf_puts(&buf, i > 0 ? ", " : "");
		if (json_is_string(item))
			lapse_buf_puts(&buf, json_string_value(item));
		else
			lapse_canon_write(&buf, item);
	}
	if (json_is_boolean(value))
		lapse_buf_puts(&buf, json_is_true(value) ? "yes" : "no");
	else if (json_is_string(value))
		lapse_buf_puts(&buf, json_string_value(value));
	else if (!json_is_array(value))
		lapse_canon_write(&buf, value);
	lapse_emit_say(emit, "%-12s %s", name, buf.data != NULL ? buf.data : "");
	lapse_buf_release(&buf);
	free(name);
}

static void
say_inexact(struct lapse_emit *emit, const struct lapse_state_doc *state, const char *key)
{
	const json_t *value = json_object_get(json_object_get(state->doc, "fields"), key);
	const char *why = lapse_json_text(json_object_get(state->notes, "fields"), key);

	/* What only counts what is known, and what nobody ever voted for, is not worth a line. */
	if (strcmp(key, "comment_count") == 0 || strcmp(key, "last_change_time") == 0 || strcmp(key, "is_open") == 0 ||
	    (strcmp(key, "votes") == 0 && is_empty(value)))
		return;
	lapse_emit_say(emit, "%-12s %s: %s", "inexact", key, why != NULL ? why : "");
}

void
lapse_say_standing(struct lapse_emit *emit, const struct lapse_state_doc *state)
{
	const json_t *fields = json_object_get(state->doc, "fields"), *flags = json_object_get(state->doc, "flags");
	size_t nkeys;
	const char **keys = keys_of(&nkeys, fields);

	if (json_array_size(flags) > 0)
		say_value(emit, "flags", flags);
	for (size_t i = 0; i < nkeys; i++)
		if (!is_told_elsewhere(keys[i]) && !is_empty(json_object_get(fields, keys[i])))
			say_value(emit, keys[i], json_object_get(fields, keys[i]));
	free(keys);
	keys = keys_of(&nkeys, json_object_get(state->notes, "fields"));
	for (size_t i = 0; i < nkeys; i++)
		say_inexact(emit, state, keys[i]);
	free(keys);
}

/* ---- posts ---- */

static const json_t *
post_in(const json_t *doc, int64_t number)
{
	char key[24];

	snprintf(key, sizeof(key), "%" PRId64, number);
	return json_object_get(json_object_get(doc, "posts"), key);
}

const char *
lapse_post_text(const struct lapse_state_doc *state, int64_t number)
{
	return lapse_json_text(post_in(state->doc, number), "text");
}

const char *
lapse_post_first_seen(const struct lapse_state_doc *state, int64_t number)
{
	return lapse_json_text(post_in(state->notes, number), "first_seen");
}

void
lapse_cell_post_standing(struct lapse_emit *emit, const struct lapse_state_doc *state, int64_t number)
{
	const json_t *notes = post_in(state->notes, number);

	emit_json(emit, json_object_get(notes, "edits"));
	lapse_emit_text(emit, lapse_json_text(notes, "edited_after"));
	lapse_emit_text(emit, lapse_json_text(notes, "edited_before"));
	lapse_emit_text(emit, lapse_json_text(notes, "first_seen"));
	lapse_emit_bool(emit, json_is_true(json_object_get(post_in(state->doc, number), "listed")));
	emit_keys(emit, json_object_get(notes, "inexact"));
}

char *
lapse_post_note(char *out, const struct lapse_state_doc *state, int64_t number)
{
	const json_t *post = post_in(state->doc, number), *edits = json_object_get(post_in(state->notes, number), "edits");
	const json_t *last = json_array_get(edits, json_array_size(edits) - 1);
	size_t len = 0;

	out[0] = '\0';
	if (post != NULL && !json_is_true(json_object_get(post, "listed")))
		len = (size_t)snprintf(out, LAPSE_POST_NOTE_LEN + 1, "not listed then%s", last != NULL ? "; " : "");
	if (lapse_json_text(last, "at") != NULL)
		snprintf(out + len, LAPSE_POST_NOTE_LEN + 1 - len, "edited at %.20s", lapse_json_text(last, "at"));
	else if (last != NULL)
		snprintf(out + len, LAPSE_POST_NOTE_LEN + 1 - len, "edited between %.20s and %.20s",
		    lapse_json_text(last, "after"), lapse_json_text(last, "before"));
	return out;
}
