/* Two versions of one document, member by member, each by its own rule. */
#include <stdlib.h>
#include <string.h>

#include "event_dossier.h"

struct members {
	struct dossier *r;
	const struct document_rules *rules;
	const struct take *before, *after;
	struct between between;
	/* of the member at hand */
	const char *key;
	const json_t *a, *b;	/* NULL: absent */
	const char *field;
};

static int
by_key(const void *key, const void *item)
{
	return strcmp(key, ((const struct member_rule *)item)->key);
}

static struct about
about_member(const struct members *m)
{
	return (struct about){ .field = m->field, .subject = m->rules->subject, .number = m->rules->number,
	    .span = m->between.span };
}

static struct lapse_event *
differ(struct members *m, enum lapse_standing standing, const char *from, const char *to)
{
	struct lapse_event *event = lapse_dossier_difference(m->r, m->rules->kind, &m->between, m->before, m->after);

	event->field = lapse_arena_dup(m->r->arena, m->key);
	event->standing = standing;
	event->from = from;
	event->to = to;
	return event;
}

/* What a difference is that nothing declares. */
static enum lapse_standing
judge(const struct members *m)
{
	return lapse_dossier_judge(m->r, m->between.after, m->r->settled[m->after->version]);
}

/* The history writes truth values as 1 and 0. */
static const char *
as_written(struct members *m, const json_t *value)
{
	if (json_is_boolean(value))
		return json_is_true(value) ? "1" : "0";
	return lapse_dossier_text(m->r, value);
}

/*
 * A member that one answer has and the other has not. An empty custom field is left out, so its absence may mean that
 * it was emptied; or that the server got, or lost, the field for all bugs at once.
 */
static void
note_absent(struct members *m, const char *from, const char *to)
{
	bool custom = strncmp(m->key, "cf_", 3) == 0;
	struct lapse_event *event = differ(m, custom ? LAPSE_STANDING_UNPROVEN : LAPSE_STANDING_NOISE, from, to);

	event->why = custom ? "the server may have got or lost this field for all bugs" :
	    "one of the answers does not hold this field";
}

static void
compare_value(struct members *m)
{
	const char *from = as_written(m, m->a), *to = as_written(m, m->b);
	struct about about = about_member(m);

	if (strcmp(from, to) == 0 ||
	    lapse_declared_value(&m->r->declared, &m->r->renames, &about, from, to))
		return;
	if (m->a == NULL || m->b == NULL)
		note_absent(m, from, to);
	else
		differ(m, judge(m), from, to);
}

static void
compare_person(struct members *m)
{
	const struct renames *renames = &m->r->renames;

	if (strcmp(lapse_renames_login(renames, lapse_dossier_text(m->r, m->a)),
	    lapse_renames_login(renames, lapse_dossier_text(m->r, m->b))) != 0)
		compare_value(m);
}

static void
compare_lists(struct members *m, struct texts a, struct texts b)
{
	struct texts gone = lapse_dossier_lacking(m->r, &a, &b), come = lapse_dossier_lacking(m->r, &b, &a);
	struct about about = about_member(m);
	struct lapse_event *event;

	gone.nitems = lapse_declared_items(&m->r->declared, &m->r->renames, &about, false, gone.items, gone.nitems);
	come.nitems = lapse_declared_items(&m->r->declared, &m->r->renames, &about, true, come.items, come.nitems);
	if (gone.nitems == 0 && come.nitems == 0)
		return;
	event = differ(m, judge(m), lapse_dossier_joined(m->r, &gone), lapse_dossier_joined(m->r, &come));
	if (m->rules->kind == LAPSE_EVENT_FIELD && strcmp(m->key, "flags") == 0)
		event->kind = LAPSE_EVENT_FLAG;
}

static void
compare_links(struct members *m)
{
	size_t before = m->r->nevents;

	compare_lists(m, lapse_dossier_list(m->r, m->a), lapse_dossier_list(m->r, m->b));
	for (size_t i = before; i < m->r->nevents; i++) {
		m->r->events[i].standing = LAPSE_STANDING_EXPLAINED;
		m->r->events[i].why = "bugs that are hidden from the reader are left out";
	}
}

static void
compare_by(struct members *m, enum treatment treatment)
{
	struct dossier *r = m->r;

	if ((m->a == NULL || m->b == NULL) && treatment != TREAT_VALUE && treatment != TREAT_NOISE) {
		note_absent(m, lapse_dossier_text(r, m->a), lapse_dossier_text(r, m->b));
		return;
	}
	switch (treatment) {
	case TREAT_VALUE:
		compare_value(m);
		return;
	case TREAT_PERSON:
		compare_person(m);
		return;
	case TREAT_LIST:
		compare_lists(m, lapse_dossier_list(r, m->a), lapse_dossier_list(r, m->b));
		return;
	case TREAT_FLAGS:
		compare_lists(m, lapse_dossier_flags(r, m->a), lapse_dossier_flags(r, m->b));
		return;
	case TREAT_LINKS:
		compare_links(m);
		return;
	case TREAT_FIXED:
		differ(m, LAPSE_STANDING_SILENT, lapse_dossier_text(r, m->a), lapse_dossier_text(r, m->b));
		return;
	case TREAT_NOISE:
		differ(m, LAPSE_STANDING_NOISE, lapse_dossier_text(r, m->a), lapse_dossier_text(r, m->b));
		return;
	case TREAT_SKIP:
		return;
	}
}

static void
compare_member(struct members *m)
{
	const struct member_rule *rule = bsearch(m->key, m->rules->items, m->rules->nitems, sizeof(*rule), by_key);
	const char *name = rule != NULL && rule->field != NULL ? rule->field : m->key;

	if (m->a != NULL && m->b != NULL && json_equal(m->a, m->b))
		return;
	m->field = rule != NULL && rule->field != NULL ? name :
	    lapse_arena_printf(m->r->arena, "%s%s", m->rules->prefix, name);
	compare_by(m, rule != NULL ? rule->treatment :
	    json_is_array(m->a) || json_is_array(m->b) ? TREAT_LIST : TREAT_VALUE);
}

void
lapse_events_members(struct dossier *r, const struct document_rules *rules,
    const struct take *before, const struct take *after)
{
	struct members m = { .r = r, .rules = rules, .before = before, .after = after };
	const char *key;
	json_t *value;

	m.between = lapse_dossier_between(r, rules->part, before->version, after->version);
	json_object_foreach(before->doc, key, value) {
		m.key = key;
		m.a = value;
		m.b = json_object_get(after->doc, key);
		compare_member(&m);
	}
	json_object_foreach(after->doc, key, value) {
		m.key = key;
		m.a = NULL;
		m.b = value;
		if (json_object_get(before->doc, key) == NULL)
			compare_member(&m);
	}
}
