/*
 * The whole archive, from the objects up: first every object, then every
 * commit from the newest back, with the documents that it changed.
 */
#include "lapse/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "exhibits.h"
#include "silent.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/replay.h"
#include "lapse/rederive.h"
#include "lapse/settings.h"

/* The earliest capture of a source seen so far on the way back. */
struct seen {
	char source[65];
	struct lapse_instant time;
};

struct verifying {
	struct lapse_store *store;
	struct lapse_verify_counts *counts;
	void (*fn)(const struct lapse_fault *fault, void *payload);
	void *payload;
	void (*progress)(size_t done, size_t total, void *payload);
	void *progress_payload;
	struct lapse_arena arena;
	struct lapse_buf bytes;
	struct lapse_buf canon;
	struct seen *seen;
	size_t nseen, seen_cap;
	char commit[LAPSE_OID_HEX + 1];		/* of the one at hand */
	struct lapse_oid tree;
	char source[65];			/* that it says it captured; "" when it is no capture */
	char record[LAPSE_PATH_MAX];		/* the capture's record that this commit added */
	size_t nrecords;
	struct exhibits exhibits;		/* that are in this repository */
};

static void
fault(struct verifying *v, const char *class, const char *path, const char *what)
{
	struct lapse_fault f = { .class = class, .commit = v->commit, .path = path, .what = what };

	v->counts->faults++;
	v->fn(&f, v->payload);
}

/* ---- objects and views ---- */

static int
note_object(const char *oid, const char *what, void *payload)
{
	fault(payload, "object", oid, what);
	return 0;
}

static int
note_view(const char *class, const char *what, void *payload)
{
	fault(payload, class, "", what);
	return 0;
}

static void
forward_progress(size_t done, size_t total, void *payload)
{
	struct verifying *v = payload;

	v->progress(done, total, v->progress_payload);
}

/* ---- documents ---- */

static void
check_entry(struct verifying *v, const char *path, const struct lapse_entry *entry)
{
	struct lapse_place place;
	const char *class;

	v->counts->documents++;
	if (entry->kind == LAPSE_ENTRY_OTHER) {
		fault(v, "layout", path, "neither a plain file nor a folder");
		return;
	}
	if (!lapse_place_parse(&place, path)) {
		fault(v, "layout", path, "no path of an archive");
		return;
	}
	if (lapse_doc_read(&v->bytes, v->store, entry) < 0) {
		/* A plain object that cannot be read has been named already; parts may not fit together. */
		if (entry->kind == LAPSE_ENTRY_TREE)
			fault(v, "layout", path, lapse_error());
		return;
	}
	if ((v->bytes.len > LAPSE_PART_SIZE) != place.in_parts)
		fault(v, "layout", path, place.in_parts ? "in parts, and not larger than one" : "too large, and not in parts");
	class = place.file == LAPSE_FILE_TOMBSTONE ? NULL :
	    lapse_check_document(&v->bytes, &place, &v->arena, &v->canon);
	if (class != NULL)
		fault(v, class, path, lapse_error());
	if (place.file == LAPSE_FILE_CAPTURE) {
		snprintf(v->record, sizeof(v->record), "%s", path);
		v->nrecords++;
		v->counts->captures++;
	}
}

static bool
is_of_source(const struct lapse_place *place)
{
	switch (place->file) {
	case LAPSE_FILE_ARCHIVE:
	case LAPSE_FILE_PARTIES:
	case LAPSE_FILE_POLICY:
	case LAPSE_FILE_SOURCE:
	case LAPSE_FILE_TOMBSTONE:
		return false;
	default:
		return true;
	}
}

/* What a source said changes in captures of that source only, and settings in commits of their own. */
static void
check_scope(struct verifying *v, const char *path)
{
	bool is_capture = *v->source != '\0';
	struct lapse_place place;

	if (!lapse_place_parse(&place, path))
		return;
	if (is_of_source(&place) && (!is_capture || strcmp(place.source, v->source) != 0))
		fault(v, "record", path, is_capture ? "changed by a capture of another source" :
		    "changed by a commit that is no capture");
	else if (!is_of_source(&place) && is_capture &&
	    (place.file != LAPSE_FILE_SOURCE || strcmp(place.source, v->source) != 0))
		fault(v, "record", path, "changed by a capture, which changes no settings");
}

/* Is the document at a path that is gone kept in the other form now, plain or in parts? */
static bool
is_kept_otherwise(struct verifying *v, const char *path)
{
	const char *dot = strrchr(path, '.');
	char json[LAPSE_PATH_MAX];

	snprintf(json, sizeof(json), "%.*s.json", (int)(dot != NULL ? dot - path : 0), path);
	return lapse_doc_find(&v->bytes, v->store, &v->tree, json) != 0;
}

static int
check_difference(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct verifying *v = payload;
	struct lapse_place place;

	(void)before;
	check_scope(v, path);
	if (after != NULL)
		check_entry(v, path, after);
	else if (lapse_place_parse(&place, path) && !is_kept_otherwise(v, path))
		fault(v, "removed", path, "the document is gone from the archive");
	return 0;
}

/* ---- commits ---- */

static void
check_order(struct verifying *v, const char *source, struct lapse_instant time)
{
	for (size_t i = 0; i < v->nseen; i++) {
		if (strcmp(v->seen[i].source, source) != 0)
			continue;
		if (time.sec > v->seen[i].time.sec)
			fault(v, "order", v->record, "a later commit holds an earlier capture of this source");
		v->seen[i].time = time;
		return;
	}
	v->seen = lapse_grow(v->seen, v->nseen, &v->seen_cap, sizeof(*v->seen));
	snprintf(v->seen[v->nseen].source, sizeof(v->seen[v->nseen].source), "%s", source);
	v->seen[v->nseen++].time = time;
}

/* The trailers that make a commit a capture: all of them, or it is none. */
#define NTRAILERS 4

static size_t
count_trailers(const struct lapse_commit *commit)
{
	static const char *const keys[NTRAILERS] = { "Lapse-Source", "Lapse-Capture", "Lapse-Time", "Lapse-Record" };
	char value[LAPSE_PATH_MAX];
	size_t n = 0;

	for (size_t i = 0; i < NTRAILERS; i++)
		n += lapse_commit_trailer(value, sizeof(value), commit, keys[i]);
	return n;
}

/* Does the record say, as the trailer does, whether its time was stated or observed? One that says neither has been named. */
static bool
is_told_alike(struct verifying *v, const struct lapse_commit *commit, const char *record)
{
	const char *in_record;
	char is[16];
	json_t *doc = NULL;
	bool alike = true;

	if (lapse_doc_find(&v->bytes, v->store, &v->tree, record) > 0 &&
	    lapse_json_parse(&doc, v->bytes.data, v->bytes.len, NULL) == 0) {
		in_record = lapse_json_text(doc, "time_is");
		if (in_record != NULL && (strcmp(in_record, "stated") == 0 || strcmp(in_record, "observed") == 0))
			alike = lapse_commit_trailer(is, sizeof(is), commit, "Lapse-Time") && strcmp(in_record, is) == 0;
	}
	json_decref(doc);
	return alike;
}

static void
note_evidence(const char *path, const char *what, void *payload)
{
	struct verifying *v = payload;

	fault(v, "evidence", *path != '\0' ? path : v->record, what);
}

/* Does what the capture brought follow from the evidence that its record names, if it names any? A record that cannot be read has been named. */
static void
check_evidence(struct verifying *v, const struct lapse_commit *commit)
{
	struct lapse_capture capture;
	json_t *doc = NULL;
	int rc = 0;

	lapse_capture_init(&capture);
	if (lapse_doc_find(&v->bytes, v->store, &v->tree, v->record) > 0 &&
	    lapse_json_parse(&doc, v->bytes.data, v->bytes.len, NULL) == 0 &&
	    lapse_codec_capture_decode(&capture, doc) == 0 && capture.evidence.commit[0] != '\0') {
		rc = lapse_rederive(v->store, commit, &capture, note_evidence, v);
		*(rc == 0 ? &v->counts->elsewhere : &v->counts->derived) += 1;
		if (rc > 0)
			lapse_exhibits_add(&v->exhibits, capture.evidence.commit, v->commit, v->record);
	}
	if (rc < 0)
		fault(v, "evidence", v->record, lapse_error());
	json_decref(doc);
	lapse_capture_release(&capture);
}

/* A commit that says it is a capture adds that capture's record, and no other commit adds one. */
static void
check_record(struct verifying *v, const struct lapse_commit *commit)
{
	char source[65], time[LAPSE_TIME_LEN + 1], record[LAPSE_PATH_MAX] = "";
	struct lapse_place place;
	struct lapse_instant t;
	size_t n = count_trailers(commit);

	if (n == 0) {
		if (v->nrecords > 0)
			fault(v, "record", v->record, "the commit does not say that it is a capture");
		return;
	}
	lapse_commit_trailer(record, sizeof(record), commit, "Lapse-Record");
	if (n < NTRAILERS) {
		fault(v, "record", record, "the commit has some trailers of a capture and lacks others");
		return;
	}
	if (v->nrecords != 1 || strcmp(record, v->record) != 0) {
		fault(v, "record", record, "the commit does not add just the record that it names");
		return;
	}
	if (!lapse_place_parse(&place, record) ||
	    !lapse_commit_trailer(source, sizeof(source), commit, "Lapse-Source") ||
	    !lapse_commit_trailer(time, sizeof(time), commit, "Lapse-Capture") ||
	    lapse_time_parse(&t, time) < 0 || strcmp(source, place.source) != 0 || t.sec != place.time.sec ||
	    !is_told_alike(v, commit, record)) {
		fault(v, "record", record, "the commit's trailers and its record do not agree");
		return;
	}
	check_order(v, source, t);
	check_evidence(v, commit);
}

static int
check_commit(struct verifying *v, const struct lapse_commit *commit)
{
	struct lapse_commit parent = *commit;
	int rc;

	v->counts->commits++;
	lapse_oid_format(v->commit, &commit->id);
	v->tree = commit->tree;
	v->record[0] = '\0';
	v->nrecords = 0;
	v->source[0] = '\0';
	if (count_trailers(commit) == NTRAILERS)
		lapse_commit_trailer(v->source, sizeof(v->source), commit, "Lapse-Source");
	if (commit->nparents > 1)
		fault(v, "order", "", "a merge: captures follow one another in one line");
	parent.message = NULL;
	rc = lapse_commit_parent(&parent, v->store);
	if (rc >= 0)
		rc = lapse_tree_compare(v->store, rc > 0 ? &parent.tree : NULL, &commit->tree, check_difference, v);
	lapse_commit_release(&parent);
	if (rc >= 0)
		check_record(v, commit);
	return rc;
}

/* No document of the newest commit is kept in both forms, "X.json" and right after it "X.parts". */
static int
check_forms(struct verifying *v, const struct lapse_commit *tip)
{
	char before[LAPSE_PATH_MAX] = "";
	struct lapse_walk *walk = NULL;
	struct lapse_entry entry;
	const char *path;
	int rc = lapse_walk_open(&walk, v->store, &tip->tree, "");

	while (rc >= 0 && (rc = lapse_walk_next(walk, &path, &entry)) > 0) {
		size_t stem = strlen(path) > 6 ? strlen(path) - 6 : 0;

		if (entry.kind == LAPSE_ENTRY_TREE && strncmp(before, path, stem) == 0 &&
		    strcmp(before + stem, ".json") == 0)
			fault(v, "layout", path, "the document is there in one piece, too");
		snprintf(before, sizeof(before), "%s", path);
	}
	lapse_walk_free(walk);
	return rc;
}

static int
check_commits(struct verifying *v)
{
	struct lapse_commit commit = { 0 };
	int rc = lapse_store_tip(&commit, v->store);

	if (rc == 0)
		fault(v, "layout", "", "the archive has no commit");
	else if (rc > 0 && check_forms(v, &commit) < 0)
		rc = LAPSE_EFORMAT;
	while (rc > 0) {
		rc = check_commit(v, &commit);
		if (rc >= 0)
			rc = lapse_commit_parent(&commit, v->store);
	}
	if (rc < 0)
		fault(v, "object", "", lapse_error());
	lapse_commit_release(&commit);
	v->commit[0] = '\0';
	return 0;
}

static void
note_exhibit(const char *commit, const char *path, const char *what, void *payload)
{
	struct verifying *v = payload;

	snprintf(v->commit, sizeof(v->commit), "%s", commit);
	fault(v, "evidence", path, what);
}

/* Captures were compared with what the commits hold that they name; the branch that keeps these only grows. */
static void
check_exhibits(struct verifying *v)
{
	int rc = lapse_exhibits_check(v->store, &v->exhibits, note_exhibit, v);

	v->commit[0] = '\0';
	if (rc < 0 && v->counts->faults == 0)
		fault(v, "evidence", "", lapse_error());
}

/* ---- mail ---- */

static void
note_mail(const char *path, const char *what, void *payload)
{
	fault(payload, "mail", path, what);
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
			fault(v, "mail", "", lapse_error());
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
		fault(v, "mail", "", lapse_error());
}

/* ---- the user's index ---- */

static void
note_index(const char *path, const char *what, void *payload)
{
	fault(payload, "index", path, what);
}

/* It answers questions in the archive's place: what follows here rests on it, too. */
static void
check_index(struct verifying *v)
{
	struct lapse_meter meter = { .fn = forward_progress, .payload = v };

	if (lapse_index_check(v->store, note_index, v, v->progress != NULL ? &meter : NULL) < 0 && v->counts->faults == 0)
		fault(v, "object", "", lapse_error());
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
			fault(v, "object", events->folder != NULL ? events->folder : "", lapse_error());
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
	fault(v, history ? "history" : "silent", event->path, what);
}

static void
check_silent(struct verifying *v)
{
	int64_t n = lapse_silent_check(v->store, note_silent, v);

	v->commit[0] = '\0';
	if (n < 0 && v->counts->faults == 0)
		fault(v, "object", "", lapse_error());
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
	if (rc >= 0)
		rc = check_commits(&v);
	if (rc >= 0) {
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
