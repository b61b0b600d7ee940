#include "state_fields.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct told_field {
	enum subject subject;
	int64_t number;
	const char *key;
	const struct lapse_change *change;
};

/* ---- which field an entry tells of ---- */

/* Names of the history that are not the key in the document; also those of the database, which old answers show. */
static const struct {
	const char *name, *key;
} names[] = {
	{ "attachments.description", "description" }, { "attachments.filename", "file_name" },
	{ "attachments.isobsolete", "is_obsolete" }, { "attachments.ispatch", "is_patch" },
	{ "attachments.isprivate", "is_private" }, { "attachments.mimetype", "content_type" },
	{ "blocked", "blocks" }, { "bug_file_loc", "url" }, { "bug_group", "groups" }, { "bug_mentor", "mentors" },
	{ "bug_severity", "severity" }, { "bug_status", "status" }, { "cclist_accessible", "is_cc_accessible" },
	{ "comment_revision", "text" }, { "comment_tag", "tags" }, { "dependson", "depends_on" },
	{ "everconfirmed", "is_confirmed" }, { "flagtypes.name", "flags" }, { "longdescs.isprivate", "is_private" },
	{ "rep_platform", "platform" }, { "reporter_accessible", "is_creator_accessible" },
	{ "short_desc", "summary" }, { "status_whiteboard", "whiteboard" },
};

static const char *
key_of(const char *name)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].key;
	return name;
}

/* False for an entry that does not say which comment or attachment it is about. */
static bool
place(struct told_field *out, const struct lapse_change *change)
{
	bool of_post = strcmp(change->field, "comment_tag") == 0 || strcmp(change->field, "comment_revision") == 0 ||
	    strcmp(change->field, "longdescs.isprivate") == 0;
	bool of_attachment = change->attachment >= 0 || strncmp(change->field, "attachments.", 12) == 0;

	*out = (struct told_field){ .key = key_of(change->field), .change = change };
	if (of_post)
		out->subject = SUBJECT_POST;
	else if (of_attachment)
		out->subject = SUBJECT_ATTACHMENT;
	out->number = of_post ? change->post : of_attachment ? change->attachment : 0;
	return out->number >= 0;
}

static int
compare_fields(const struct told_field *a, const struct told_field *b)
{
	if (a->subject != b->subject)
		return a->subject < b->subject ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return strcmp(a->key, b->key);
}

/* The changes are of one array, which is by time. */
static int
by_field(const void *va, const void *vb)
{
	const struct told_field *a = va, *b = vb;
	int order = compare_fields(a, b);

	return order != 0 ? order : a->change < b->change ? -1 : a->change > b->change;
}

void
lapse_told_build(struct told_fields *out, struct lapse_arena *arena, const struct lapse_change *changes,
    size_t nchanges)
{
	out->entries = lapse_arena_alloc(arena, nchanges * sizeof(*out->entries));
	out->changes = lapse_arena_alloc(arena, nchanges * sizeof(*out->changes));
	out->nentries = 0;
	for (size_t i = 0; i < nchanges; i++)
		out->nentries += place(&out->entries[out->nentries], &changes[i]);
	if (out->nentries > 1)
		qsort(out->entries, out->nentries, sizeof(*out->entries), by_field);
	for (size_t i = 0; i < out->nentries; i++)
		out->changes[i] = out->entries[i].change;
}

/* The first entry that is not before a field (or, with `behind`, that is after it). */
static size_t
bound(const struct told_fields *told, const struct told_field *field, bool behind)
{
	size_t lo = 0, hi = told->nentries;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (compare_fields(&told->entries[middle], field) < (behind ? 1 : 0))
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

const struct lapse_change *const *
lapse_told_find(size_t *n, const struct told_fields *told, enum subject subject, int64_t number, const char *key)
{
	struct told_field field = { .subject = subject, .number = number, .key = key };
	size_t first = bound(told, &field, false);

	*n = bound(told, &field, true) - first;
	return (const struct lapse_change *const *)told->changes + first;
}

const char *
lapse_told_next(size_t *next, const struct told_fields *told)
{
	const struct told_field *entry;

	if (*next >= told->nentries || told->entries[*next].subject != SUBJECT_THREAD)
		return NULL;
	entry = &told->entries[*next];
	*next = bound(told, entry, true);
	return entry->key;
}

/* ---- what a field is ---- */

static bool
is_one_of(const char *key, const char *const *keys, size_t nkeys)
{
	for (size_t i = 0; i < nkeys; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

bool
lapse_field_is_fixed(const char *key)
{
	static const char *const keys[] = { "id", "creator", "creation_time", "filed_via" };

	return is_one_of(key, keys, COUNT(keys));
}

bool
lapse_field_is_derived(const char *key)
{
	static const char *const keys[] = { "comment_count", "is_open", "last_change_time" };

	return is_one_of(key, keys, COUNT(keys));
}

static enum value_kind
kind_of(const char *key, const json_t *seen)
{
	static const char *const accounts[] = { "assigned_to", "qa_contact" };
	static const char *const words[] = {
		"blocks", "cc", "depends_on", "duplicates", "keywords", "mentors", "regressed_by", "regressions", "see_also"
	};

	if (strcmp(key, "flags") == 0)
		return VALUE_FLAGS;
	if (is_one_of(key, accounts, COUNT(accounts)))
		return VALUE_ACCOUNT;
	if (is_one_of(key, words, COUNT(words)))
		return VALUE_WORDS;
	if (strcmp(key, "url") == 0)
		return VALUE_URL;
	return strcmp(key, "groups") == 0 || json_is_array(seen) ? VALUE_NAMES : VALUE_TEXT;
}

/*
 * May the field have changed since the moment without the history telling? The classification goes with the product; old
 * histories say nothing of duplicates.
 */
static bool
is_silent(const struct told_fields *told, const struct tracked *field, const json_t *seen, struct lapse_instant at)
{
	const struct lapse_change *const *moves;
	size_t n;

	if (strcmp(field->key, "classification") == 0) {
		moves = lapse_told_find(&n, told, SUBJECT_THREAD, 0, "product");
		return n > 0 && moves[n - 1]->at.sec > at.sec;
	}
	if (strcmp(field->key, "duplicates") == 0)
		return field->nchanges == 0 && json_array_size(seen) > 0;
	return strcmp(field->key, "votes") == 0;
}

static bool
may_hide(const char *key)
{
	static const char *const keys[] = { "blocks", "depends_on", "duplicates", "regressed_by", "regressions" };

	return is_one_of(key, keys, COUNT(keys));
}

void
lapse_field_describe(struct tracked *out, const struct told_fields *told, const char *key, const struct moment *moment)
{
	const json_t *seen = json_object_get(moment->after.doc, key);

	if (seen == NULL)
		seen = json_object_get(moment->before.doc, key);
	/* Custom fields that hold nothing are left out of the archive's documents. */
	*out = (struct tracked){ .key = key, .kind = kind_of(key, seen),
	    .absent = strncmp(key, "cf_", 3) == 0 ? "" : NULL, .hides = may_hide(key) };
	out->changes = lapse_told_find(&out->nchanges, told, SUBJECT_THREAD, 0, key);
	out->is_silent = is_silent(told, out, seen, moment->at);
}
