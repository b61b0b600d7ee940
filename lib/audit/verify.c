/*
 * The whole archive, from the objects up: first every object, then every
 * commit from the newest back, with the documents that it changed; then what all of it together says.
 */
#include "verifying.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "silent.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/replay.h"
#include "lapse/rederive.h"
#include "lapse/settings.h"

void
lapse_verify_fault(struct verifying *v, const char *class, const char *path, const char *what)
{
	struct lapse_fault f = { .class = class, .commit = v->commit, .path = path, .what = what };

	v->counts->faults++;
	v->fn(&f, v->payload);
}

/* ---- objects and views ---- */

static int
note_object(const char *oid, const char *what, void *payload)
{
	lapse_verify_fault(payload, "object", oid, what);
	return 0;
}

static int
note_view(const char *class, const char *what, void *payload)
{
	lapse_verify_fault(payload, class, "", what);
	return 0;
}

static void
forward_progress(size_t done, size_t total, void *payload)
{
	struct verifying *v = payload;

	v->progress(done, total, v->progress_payload);
}

/* ---- the branch of the evidence ---- */

static void
note_exhibit(const char *commit, const char *path, const char *what, void *payload)
{
	struct verifying *v = payload;

	snprintf(v->commit, sizeof(v->commit), "%s", commit);
	lapse_verify_fault(v, "evidence", path, what);
}

/* Captures were compared with what the commits hold that they name; the branch that keeps these only grows. */
static void
check_exhibits(struct verifying *v)
{
	int rc = lapse_exhibits_check(v->store, &v->exhibits, note_exhibit, v);

	v->commit[0] = '\0';
	if (rc < 0 && v->counts->faults == 0)
		lapse_verify_fault(v, "evidence", "", lapse_error());
}

/* ---- mail ---- */

static void
note_mail(const char *path, const char *what, void *payload)
{
	lapse_verify_fault(payload, "mail", path, what);
}

/* One that cannot be read has been named. */
static int
check_list(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct verifying *v = payload;
	struct lapse_source source;
	struct lapse_commit tip;
	json_t *doc = NULL;
	int rc = lapse_json_parse(&doc, bytes->data, bytes->len, NULL);

	if (rc == 0)
		rc = lapse_codec_source_read(&source, doc);
	if (rc == 0 && strcmp(source.kind, "mail") == 0 && lapse_store_tip(&tip, v->store) > 0) {
		if (lapse_rederive_mail(v->store, &tip, name, note_mail, v) < 0 && v->counts->faults == 0)
			lapse_verify_fault(v, "mail", "", lapse_error());
		v->counts->lists++;
		lapse_commit_release(&tip);
	}
	json_decref(doc);
	return 0;
}

static void
check_lists(struct verifying *v)
{
	if (lapse_settings_each(v->store, "sources", check_list, v) < 0 && v->counts->faults == 0)
		lapse_verify_fault(v, "mail", "", lapse_error());
}

/* ---- the user's index ---- */

static void
note_index(const char *path, const char *what, void *payload)
{
	lapse_verify_fault(payload, "index", path, what);
}

/* It answers questions in the archive's place: what follows here rests on it, too. */
static void
check_index(struct verifying *v)
{
	struct lapse_meter meter = { .fn = forward_progress, .payload = v };

	if (lapse_index_check(v->store, note_index, v, v->progress != NULL ? &meter : NULL) < 0 && v->counts->faults == 0)
		lapse_verify_fault(v, "object", "", lapse_error());
}

/* ---- what nothing explains ---- */

static bool
is_of_history(enum lapse_event_kind kind)
{
	return kind == LAPSE_EVENT_ENTRY_LOST || kind == LAPSE_EVENT_ENTRY_BACKDATED ||
	    kind == LAPSE_EVENT_ENTRY_REATTRIBUTED;
}

static void
note_silent(const struct lapse_events *events, const struct lapse_event *event, void *payload)
{
	struct verifying *v = payload;
	bool history = event != NULL && is_of_history(event->kind);
	char after[LAPSE_TIME_LEN + 1], before[LAPSE_TIME_LEN + 1], post[48] = "", what[512];

	if (event == NULL) {
		/* What of it is damaged has been named, if anything has. */
		v->commit[0] = '\0';
		if (v->counts->faults == 0)
			lapse_verify_fault(v, "object", events->folder != NULL ? events->folder : "", lapse_error());
		return;
	}
	if (event->post >= 0)
		snprintf(post, sizeof(post), "#%lld", (long long)event->post);
	else if (event->attachment >= 0)
		snprintf(post, sizeof(post), ", attachment %lld", (long long)event->attachment);
	snprintf(what, sizeof(what), "%.64s:%.20s%s: %.24s%s%.60s between %s and %s, and nothing explains it; before: %.40s",
	    events->source, events->id, post, lapse_event_name(event->kind), event->field != NULL ? " " : "",
	    event->field != NULL ? event->field : "", lapse_time_format(after, event->after),
	    lapse_time_format(before, event->at), event->earlier);
	snprintf(v->commit, sizeof(v->commit), "%s", event->capture);
	*(history ? &v->counts->history : &v->counts->silent) += 1;
	lapse_verify_fault(v, history ? "history" : "silent", event->path, what);
}

static void
check_silent(struct verifying *v)
{
	int64_t n = lapse_silent_check(v->store, note_silent, v);

	v->commit[0] = '\0';
	if (n < 0 && v->counts->faults == 0)
		lapse_verify_fault(v, "object", "", lapse_error());
	v->counts->compared = n > 0 ? (size_t)n : 0;
}

int
lapse_verify(struct lapse_verify_counts *out, struct lapse_store *store,
    void (*fn)(const struct lapse_fault *fault, void *payload), void *payload,
    void (*progress)(size_t done, size_t total, void *payload), void *progress_payload)
{
	struct verifying v = { .store = store, .counts = out, .fn = fn, .payload = payload };
	int rc;

	*out = (struct lapse_verify_counts){ 0 };
	lapse_arena_init(&v.arena);
	lapse_buf_init(&v.bytes, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&v.canon, LAPSE_BUF_DOCUMENT);
	v.progress = progress;
	v.progress_payload = progress_payload;
	rc = lapse_store_check_views(store, note_view, &v);
	if (rc >= 0)
		rc = lapse_store_check_objects(store, note_object, &v, progress != NULL ? forward_progress : NULL);
	if (rc >= 0) {
		lapse_verify_commits(&v);
		check_exhibits(&v);
		check_lists(&v);
		check_index(&v);
		check_silent(&v);
	}
	lapse_arena_release(&v.arena);
	lapse_buf_release(&v.bytes);
	lapse_buf_release(&v.canon);
	lapse_exhibits_release(&v.exhibits);
	free(v.seen);
	return rc;
}
