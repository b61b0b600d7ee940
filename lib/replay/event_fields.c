/* The bug's own fields, from one capture to the next. */
#include "event_dossier.h"

/* By key. The history calls almost every field as the answers do. */
static const struct member_rule rules[] = {
	{ "assigned_to", TREAT_PERSON, NULL },
	{ "blocks", TREAT_LINKS, NULL },
	{ "cc", TREAT_NOISE, NULL },
	{ "cf_last_resolved", TREAT_NOISE, NULL },	/* follows from the status */
	{ "classification", TREAT_NOISE, NULL },	/* follows from the product */
	{ "comment_count", TREAT_NOISE, NULL },		/* counts private comments, too */
	{ "creation_time", TREAT_FIXED, NULL },
	{ "creator", TREAT_PERSON, NULL },
	{ "depends_on", TREAT_LINKS, NULL },
	{ "dupe_of", TREAT_NOISE, NULL },		/* follows from the resolution */
	{ "duplicates", TREAT_NOISE, NULL },		/* tells of other bugs */
	{ "flags", TREAT_FLAGS, "flagtypes.name" },
	{ "id", TREAT_FIXED, NULL },
	{ "is_confirmed", TREAT_NOISE, NULL },		/* follows from the status */
	{ "is_open", TREAT_NOISE, NULL },
	{ "last_change_time", TREAT_NOISE, NULL },
	{ "qa_contact", TREAT_PERSON, NULL },
	{ "regressed_by", TREAT_LINKS, NULL },
	{ "regressions", TREAT_LINKS, NULL },
	{ "votes", TREAT_NOISE, NULL },
};

static const struct document_rules bug = {
	.items = rules,
	.nitems = sizeof(rules) / sizeof(rules[0]),
	.part = LAPSE_PART_BUGS,
	.kind = LAPSE_EVENT_FIELD,
	.subject = ABOUT_BUG,
	.prefix = "",
};

/* What is said of a list's thread follows from its messages: only these can have changed it. */
static void
explain_thread(struct dossier *r, size_t from)
{
	for (size_t i = from; i < r->nevents && r->is_mail; i++) {
		r->events[i].standing = LAPSE_STANDING_EXPLAINED;
		r->events[i].why = "a message that came later says so";
	}
}

int
lapse_events_fields(struct dossier *r)
{
	size_t ntakes;
	struct take *takes = lapse_dossier_takes(&ntakes, r, LAPSE_FILE_THREAD);
	size_t before = r->nevents;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ntakes; i++) {
		rc = lapse_dossier_read(r, &takes[i]);
		if (rc == 0 && i > 0)
			lapse_events_members(r, &bug, &takes[i - 1], &takes[i]);
	}
	explain_thread(r, before);
	return rc;
}
