/* The state of a thread at a moment: its fields, put together with its posts and attachments. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"
#include "state_private.h"

#include "lapse/error.h"
#include "lapse/json.h"

void
lapse_state_put(json_t *object, const char *key, json_t *value)
{
	/* What fails here is text that no parser lets through. */
	if (json_object_set_new(object, key, value) < 0)
		json_object_set_new(object, key, json_null());
}

json_t *
lapse_state_time(struct lapse_instant t)
{
	char text[LAPSE_TIME_LEN + 1];

	return lapse_time_is_set(t) ? json_string(lapse_time_format(text, t)) : json_null();
}

void
lapse_state_set(struct building *b, json_t *to, json_t *inexact, const struct moment *moment,
    const struct tracked *field)
{
	struct value value;
	const char *why;

	if (!lapse_moment_value(&value, &why, &b->arena, moment, field) || (value.text == NULL && field->nchanges == 0))
		return;
	if (value.text != NULL)
		lapse_state_put(to, field->key, lapse_moment_write(&value, moment, field->key));
	if (why != NULL)
		lapse_state_put(inexact, field->key, json_string(why));
}

/* ---- fields ---- */

/* The database writes "2024-05-08 09:30:00" where answers have "2024-05-08T09:30:00Z". */
static const char *
iso_time(struct lapse_arena *arena, const char *text)
{
	struct lapse_instant t;
	const char *iso;

	if (strlen(text) != 19 || text[10] != ' ')
		return text;
	iso = lapse_arena_printf(arena, "%.10sT%sZ", text, text + 11);
	return lapse_time_parse(&t, iso) == 0 ? iso : text;
}

static void
spell_times(struct building *b)
{
	for (size_t i = 0; i < b->nchanges; i++) {
		if (strcmp(b->changes[i].field, "cf_last_resolved") != 0)
			continue;
		b->changes[i].removed = iso_time(&b->arena, b->changes[i].removed);
		b->changes[i].added = iso_time(&b->arena, b->changes[i].added);
	}
}

struct keys {
	const char **items;
	size_t nitems;
	size_t cap;
};

static void
add_key(struct keys *keys, const char *key)
{
	keys->items = lapse_grow(keys->items, keys->nitems, &keys->cap, sizeof(*keys->items));
	keys->items[keys->nitems++] = key;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every field that a document shows or a change tells of, sorted; the caller free()s the list. */
static struct keys
list_keys(const struct building *b, const struct moment *moment)
{
	struct keys keys = { .nitems = 0 };
	const char *key;
	json_t *value;
	size_t next = 0, kept = 0;

	json_object_foreach((json_t *)moment->before.doc, key, value)
		add_key(&keys, key);
	json_object_foreach((json_t *)moment->after.doc, key, value)
		add_key(&keys, key);
	while ((key = lapse_told_next(&next, &b->told)) != NULL)
		add_key(&keys, key);
	add_key(&keys, "flags");
	qsort(keys.items, keys.nitems, sizeof(*keys.items), by_bytes);
	for (size_t i = 0; i < keys.nitems; i++)
		if (kept == 0 || strcmp(keys.items[i], keys.items[kept - 1]) != 0)
			keys.items[kept++] = keys.items[i];
	keys.nitems = kept;
	return keys;
}

/* A field that nobody changes: as the newest document has it. */
static void
set_fixed(json_t *fields, const struct moment *moment, const char *key)
{
	const json_t *value = json_object_get(moment->after.doc, key);

	if (value == NULL)
		value = json_object_get(moment->before.doc, key);
	if (value != NULL)
		lapse_state_put(fields, key, json_deep_copy(value));
}

/* A custom field that holds nothing is left out, as in the archive's documents. */
static void
drop_empty(json_t *fields, const char *key)
{
	const json_t *value = json_object_get(fields, key);
	const char *text = json_string_value(value);

	if (strncmp(key, "cf_", 3) != 0 || strcmp(key, "cf_last_resolved") == 0)
		return;
	if (json_is_null(value) || (text != NULL && (*text == '\0' || strcmp(text, "---") == 0)) ||
	    (json_is_array(value) && json_array_size(value) == 0))
		json_object_del(fields, key);
}

static void
set_field(struct building *b, json_t *fields, json_t *inexact, const struct moment *moment, const char *key)
{
	struct tracked field;

	if (lapse_field_is_derived(key))
		return;
	if (lapse_field_is_fixed(key)) {
		set_fixed(fields, moment, key);
		return;
	}
	lapse_field_describe(&field, &b->told, key, moment);
	lapse_state_set(b, strcmp(key, "flags") == 0 ? b->out->doc : fields, inexact, moment, &field);
	drop_empty(fields, key);
}

/* ---- what follows from the rest ---- */

/* Is what the document after the moment says true at the moment, too? It is, when nothing of the thread changed in between. */
static bool
stands(const struct moment *moment)
{
	const struct sight *after = &moment->after;

	return after->doc != NULL && (after->time.sec == moment->at.sec ||
	    (lapse_time_is_set(after->changed) && after->changed.sec <= moment->at.sec));
}

/* The last event up to the moment that the archive knows of: there may have been others, that the public cannot see. */
static struct lapse_instant
last_event(const struct building *b)
{
	struct lapse_instant last = b->thread.created;

	for (size_t i = 0; i < b->thread.nposts; i++)
		if (b->thread.posts[i].at.sec > last.sec)
			last = b->thread.posts[i].at;
	for (size_t i = 0; i < b->nchanges && b->changes[i].at.sec <= b->thread.at.sec; i++)
		if (b->changes[i].at.sec > last.sec)
			last = b->changes[i].at;
	return last;
}

/* Counts are given one by one, also to comments that the public cannot see: so many had come by the last post. */
static int64_t
count_posts(const struct building *b)
{
	int64_t most = -1;

	for (size_t i = 0; i < b->thread.nposts; i++)
		if (b->thread.posts[i].number > most)
			most = b->thread.posts[i].number;
	return most + 1;
}

/* Is this the number of the next post, or how many there were later on? Then none came in between that cannot be seen. */
static bool
is_next(const struct building *b, const struct moment *moment, int64_t number)
{
	const struct sights *s = &b->sights;
	int64_t count;

	for (size_t k = s->ncaptures; k-- > 0; )
		if (s->posts[k] != NULL)
			return lapse_ids_has(s->posts[k], number) ||
			    (lapse_json_int(&count, json_object_get(moment->after.doc, "comment_count")) && count == number);
	return false;
}

static void
derive(struct building *b, json_t *fields, json_t *inexact, const struct moment *moment)
{
	const char *status = lapse_json_text(fields, "status");
	const char *reason = "counted from what is public";

	if (status != NULL && json_object_get(moment->after.doc, "is_open") != NULL)
		lapse_state_put(fields, "is_open", json_boolean(!lapse_status_is_closed(status)));
	if (json_object_get(inexact, "status") != NULL && json_object_get(fields, "is_open") != NULL)
		json_object_set(inexact, "is_open", json_object_get(inexact, "status"));
	if (stands(moment)) {
		set_fixed(fields, moment, "last_change_time");
		set_fixed(fields, moment, "comment_count");
		return;
	}
	if (json_object_get(moment->after.doc, "last_change_time") != NULL && lapse_time_is_set(last_event(b))) {
		lapse_state_put(fields, "last_change_time", lapse_state_time(last_event(b)));
		lapse_state_put(inexact, "last_change_time", json_string(reason));
	}
	if (json_object_get(moment->after.doc, "comment_count") != NULL) {
		lapse_state_put(fields, "comment_count", json_integer(count_posts(b)));
		if (!is_next(b, moment, count_posts(b)))
			lapse_state_put(inexact, "comment_count", json_string(reason));
	}
}

/* A bug that is no duplicate is none of any; old histories do not say of which it was one. */
static void
settle_duplicate(json_t *fields, json_t *inexact)
{
	const char *resolution = lapse_json_text(fields, "resolution");

	if (resolution == NULL || strcmp(resolution, "DUPLICATE") == 0 || json_object_get(inexact, "resolution") != NULL ||
	    json_object_get(fields, "dupe_of") == NULL)
		return;
	lapse_state_put(fields, "dupe_of", json_null());
	json_object_del(inexact, "dupe_of");
}

static int
build_fields(struct building *b)
{
	struct moment moment = { .at = b->thread.at };
	json_t *fields = json_object(), *inexact = json_object();
	struct keys keys;
	int rc;

	lapse_state_put(b->out->doc, "fields", fields);
	lapse_state_put(b->out->doc, "flags", json_array());
	lapse_state_put(b->out->notes, "fields", inexact);
	rc = lapse_sights_moment(&moment, &b->sights, "thread.json",
	    lapse_sights_covering(&b->sights, LAPSE_PART_BUGS, moment.at, false),
	    lapse_sights_covering(&b->sights, LAPSE_PART_BUGS, moment.at, true));
	if (rc < 0 || (moment.before.doc == NULL && moment.after.doc == NULL))
		return rc;
	keys = list_keys(b, &moment);
	for (size_t i = 0; i < keys.nitems; i++)
		set_field(b, fields, inexact, &moment, keys.items[i]);
	free(keys.items);
	derive(b, fields, inexact, &moment);
	settle_duplicate(fields, inexact);
	return 0;
}

/* ---- all of it ---- */

static int
build_from(struct building *b, struct lapse_view *view, size_t i)
{
	int rc = lapse_sights_open(&b->sights, view, i, &b->arena);

	if (rc == 0)
		rc = lapse_view_changes(&b->changes, &b->nchanges, &b->arena, view, i);
	if (rc < 0)
		return rc;
	spell_times(b);
	lapse_told_build(&b->told, &b->arena, b->changes, b->nchanges);
	lapse_state_put(b->out->doc, "thread",
	    json_string(lapse_arena_printf(&b->arena, "%s:%s", b->thread.source, b->thread.id)));
	rc = build_fields(b);
	if (rc == 0)
		rc = lapse_state_posts(b);
	return rc == 0 ? lapse_state_attachments(b) : rc;
}

static int
build(struct building *b, struct lapse_view *view, size_t i)
{
	return lapse_context(build_from(b, view, i), "%s", b->thread.path);
}

int
lapse_state_load(struct lapse_state_doc *out, struct lapse_view *view, size_t i, struct lapse_instant at)
{
	struct building b = { .out = out };
	int rc;

	*out = (struct lapse_state_doc){ .doc = json_object(), .notes = json_object() };
	lapse_arena_init(&b.arena);
	rc = lapse_view_load(&b.thread, &b.arena, view, i, at, false);
	out->at = b.thread.at;
	if (rc > 0) {
		rc = build(&b, view, i);
		lapse_sights_release(&b.sights);
		rc = rc < 0 ? rc : 1;
	}
	lapse_arena_release(&b.arena);
	if (rc < 0)
		lapse_state_release(out);
	return rc;
}

void
lapse_state_release(struct lapse_state_doc *state)
{
	json_decref(state->doc);
	json_decref(state->notes);
	*state = (struct lapse_state_doc){ .doc = NULL };
}
