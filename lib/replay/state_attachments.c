/* The attachments of a state. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "replay_internal.h"
#include "state_private.h"

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/text.h"

struct attaching {
	struct building *b;
	int64_t id;
	json_t *doc, *notes, *inexact;
};

/* Fields of an attachment that change; what tells of the description tells of the summary, too. */
static const struct {
	const char *key, *told_as;
	enum value_kind kind;
} changing[] = {
	{ "content_type", "content_type", VALUE_TEXT }, { "description", "description", VALUE_TEXT },
	{ "file_name", "file_name", VALUE_TEXT }, { "flags", "flags", VALUE_FLAGS },
	{ "is_obsolete", "is_obsolete", VALUE_TEXT }, { "is_patch", "is_patch", VALUE_TEXT },
	{ "is_private", "is_private", VALUE_TEXT }, { "summary", "description", VALUE_TEXT },
};
#define NCHANGING (sizeof(changing) / sizeof(changing[0]))

static bool
is_changing(const char *key)
{
	for (size_t i = 0; i < NCHANGING; i++)
		if (strcmp(changing[i].key, key) == 0)
			return true;
	return false;
}

static void
set_changing(struct attaching *a, const struct moment *moment, size_t i)
{
	struct tracked field = { .key = changing[i].key, .kind = changing[i].kind };

	field.changes = lapse_told_find(&field.nchanges, &a->b->told, SUBJECT_ATTACHMENT, a->id, changing[i].told_as);
	lapse_state_set(a->b, a->doc, a->inexact, moment, &field);
}

/* All that does not change; the file itself is no part of a state, and when it changed last follows from the rest. */
static void
set_fixed(struct attaching *a, const struct moment *moment)
{
	const json_t *doc = moment->after.doc != NULL ? moment->after.doc : moment->before.doc;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)doc, key, value)
		if (!is_changing(key) && strcmp(key, "data") != 0 && strcmp(key, "last_change_time") != 0)
			lapse_state_put(a->doc, key, json_deep_copy(value));
}

/* Did it exist at the moment? */
static bool
is_there(const struct moment *moment)
{
	const json_t *doc = moment->after.doc != NULL ? moment->after.doc : moment->before.doc;
	const char *created = lapse_json_text(doc, "creation_time");
	struct lapse_instant t;

	return created == NULL || lapse_time_parse(&t, created) < 0 || t.sec <= moment->at.sec;
}

static bool
is_listed(const struct attaching *a)
{
	const struct sights *s = &a->b->sights;
	struct lapse_instant at = a->b->thread.at;
	size_t seen = lapse_sights_listed(s, s->attachments, a->id, (struct lapse_instant){ at.sec + 1 }, false);
	size_t k = lapse_sights_covering(s, LAPSE_PART_ATTACHMENTS, (struct lapse_instant){ at.sec + 1 }, false);

	return seen != SIGHT_NONE ? seen == k : lapse_sights_listed(s, s->attachments, a->id, at, true) != SIGHT_NONE;
}

static void
fill(struct attaching *a, const struct moment *moment)
{
	char key[24];

	set_fixed(a, moment);
	for (size_t i = 0; i < NCHANGING; i++)
		set_changing(a, moment, i);
	lapse_state_put(a->doc, "listed", json_boolean(is_listed(a)));
	snprintf(key, sizeof(key), "%" PRId64, a->id);
	if (json_object_size(a->inexact) > 0) {
		json_object_set(a->notes, "inexact", a->inexact);
		json_object_set(json_object_get(a->b->out->notes, "attachments"), key, a->notes);
	}
	json_object_set(json_object_get(a->b->out->doc, "attachments"), key, a->doc);
}

static int
build_attachment(struct building *b, int64_t id)
{
	struct attaching a = { .b = b, .id = id, .doc = json_object(), .notes = json_object(), .inexact = json_object() };
	struct moment moment = { .at = b->thread.at };
	char path[LAPSE_PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "attachments/%02d/%" PRId64 ".json", (int)(id % 100), id);
	rc = lapse_sights_moment(&moment, &b->sights, path,
	    lapse_sights_listed(&b->sights, b->sights.attachments, id, moment.at, false),
	    lapse_sights_listed(&b->sights, b->sights.attachments, id, moment.at, true));
	if (rc == 0 && (moment.before.doc != NULL || moment.after.doc != NULL) && is_there(&moment))
		fill(&a, &moment);
	json_decref(a.doc);
	json_decref(a.notes);
	json_decref(a.inexact);
	return rc;
}

/* Every attachment that some known capture listed. */
int
lapse_state_attachments(struct building *b)
{
	const struct lapse_ids *last = NULL;
	struct lapse_ids all;
	int rc = 0;

	lapse_state_put(b->out->doc, "attachments", json_object());
	lapse_state_put(b->out->notes, "attachments", json_object());
	lapse_ids_init(&all);
	for (size_t k = 0; k < b->sights.ncaptures; k++) {
		const struct lapse_ids *list = b->sights.attachments[k];

		for (size_t i = 0; list != NULL && list != last && i < list->nitems; i++)
			lapse_ids_add(&all, list->items[i]);
		last = list != NULL ? list : last;
	}
	lapse_ids_sort(&all);
	for (size_t i = 0; i < all.nitems && rc == 0; i++)
		rc = build_attachment(b, all.items[i]);
	lapse_ids_release(&all);
	return rc;
}
