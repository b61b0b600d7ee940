/* Everything that is known of one thread, put in order. */
#include "lapse/events.h"

#include <stdlib.h>
#include <string.h>

#include "event_dossier.h"

#include "lapse/error.h"

static const char *const names[LAPSE_NEVENTS] = {
	[LAPSE_EVENT_POST] = "post",
	[LAPSE_EVENT_CHANGE] = "change",
	[LAPSE_EVENT_CLOSED] = "closed",
	[LAPSE_EVENT_REOPENED] = "reopened",
	[LAPSE_EVENT_DUPLICATE] = "duplicate",
	[LAPSE_EVENT_MOVED] = "moved",
	[LAPSE_EVENT_RETITLED] = "retitled",
	[LAPSE_EVENT_ATTACHED] = "attached",
	[LAPSE_EVENT_EDITED] = "edited",
	[LAPSE_EVENT_LATE] = "late",
	[LAPSE_EVENT_VANISHED] = "vanished",
	[LAPSE_EVENT_RETURNED] = "returned",
	[LAPSE_EVENT_REHUNG] = "rehung",
	[LAPSE_EVENT_REPLACED] = "replaced",
	[LAPSE_EVENT_RENDERED] = "rendered",
	[LAPSE_EVENT_TAGGED] = "tagged",
	[LAPSE_EVENT_REACTED] = "reacted",
	[LAPSE_EVENT_RETIMED] = "retimed",
	[LAPSE_EVENT_REATTRIBUTED] = "reattributed",
	[LAPSE_EVENT_PRIVACY] = "privacy",
	[LAPSE_EVENT_RENAMED] = "renamed",
	[LAPSE_EVENT_FIELD] = "field",
	[LAPSE_EVENT_FLAG] = "flag",
	[LAPSE_EVENT_UNSEEN] = "unseen",
	[LAPSE_EVENT_SEEN] = "seen",
	[LAPSE_EVENT_ATTACHMENT_LATE] = "attachment-late",
	[LAPSE_EVENT_ATTACHMENT_VANISHED] = "attachment-vanished",
	[LAPSE_EVENT_ATTACHMENT_RETURNED] = "attachment-returned",
	[LAPSE_EVENT_ATTACHMENT_CHANGED] = "attachment-changed",
	[LAPSE_EVENT_ENTRY_LOST] = "entry-lost",
	[LAPSE_EVENT_ENTRY_BACKDATED] = "entry-backdated",
	[LAPSE_EVENT_ENTRY_REATTRIBUTED] = "entry-reattributed",
};

const char *
lapse_event_name(enum lapse_event_kind kind)
{
	return names[kind];
}

const char *
lapse_standing_name(enum lapse_standing standing)
{
	static const char *const words[] = { "declared", "explained", "unproven", "silent", "noise" };

	return words[standing];
}

/* In one second: posts, then what the history says, then what comparisons show. */
static int
rank(const struct lapse_event *event)
{
	if (lapse_time_is_set(event->after))
		return 2;
	return event->kind == LAPSE_EVENT_POST ? 0 : 1;
}

/* An event, and its place among those that were found, which those of one second keep. */
struct place {
	const struct lapse_event *event;
	size_t i;
};

static int
by_time(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;
	int order = rank(a->event) - rank(b->event);

	if (a->event->at.sec != b->event->at.sec)
		return a->event->at.sec < b->event->at.sec ? -1 : 1;
	return order != 0 ? order : a->i < b->i ? -1 : a->i > b->i;
}

static void
hand_over(struct lapse_events *out, const struct dossier *r)
{
	struct place *places = lapse_alloc(r->nevents, sizeof(*places));
	struct lapse_event *items = lapse_arena_alloc(r->arena, r->nevents * sizeof(*items));
	size_t n = 0;

	for (size_t i = 0; i < r->nevents; i++)
		if (!r->silent_only || r->events[i].standing == LAPSE_STANDING_SILENT)
			places[n++] = (struct place){ &r->events[i], i };
	if (n > 1)
		qsort(places, n, sizeof(*places), by_time);
	for (size_t i = 0; i < n; i++)
		items[i] = *places[i].event;
	free(places);
	out->items = items;
	out->nitems = n;
}

static int
gather(struct dossier *r)
{
	int rc = lapse_events_renames(r);

	if (rc == 0)
		rc = lapse_events_posts(r);
	if (rc == 0)
		rc = lapse_events_attachments(r);
	if (rc == 0)
		rc = lapse_events_history(r);
	if (rc == 0)
		rc = lapse_events_fields(r);
	if (rc == 0 && !r->silent_only)
		rc = lapse_events_sight(r);
	return rc;
}

static struct lapse_instant
last_seen(const struct dossier *r)
{
	for (size_t c = r->ncaptures; c-- > 0; )
		if (r->covered[c] & (1 << LAPSE_PART_BUGS | 1 << LAPSE_PART_COMMENTS))
			return r->captures[c].time;
	return LAPSE_NEVER;
}

int
lapse_events_load(struct lapse_events *out, struct lapse_arena *arena, struct lapse_view *view,
    struct lapse_store *store, size_t i, bool silent_only)
{
	struct dossier r = { .view = view, .store = store, .arena = arena, .silent_only = silent_only };
	int rc = lapse_dossier_open(&r, i);

	if (rc == 0 && !(silent_only && r.nversions < 2))
		rc = gather(&r);
	*out = (struct lapse_events){ .source = r.source, .id = r.id, .folder = r.folder, .nversions = r.nversions };
	out->seen = LAPSE_NEVER;
	if (rc == 0) {
		out->seen = last_seen(&r);
		hand_over(out, &r);
	}
	lapse_dossier_release(&r);
	return lapse_context(rc, "%s:%s", r.source, r.id);
}
