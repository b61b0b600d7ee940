/* Commits: their order, their records, and what each changed. */
#include "verifying.h"

#include <stdio.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/rederive.h"

static void
check_order(struct verifying *v, const char *source, struct lapse_instant time)
{
	for (size_t i = 0; i < v->nseen; i++) {
		if (strcmp(v->seen[i].source, source) != 0)
			continue;
		if (time.sec > v->seen[i].time.sec)
			lapse_verify_fault(v, "order", v->record, "a later commit holds an earlier capture of this source");
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

	lapse_verify_fault(v, "evidence", *path != '\0' ? path : v->record, what);
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
		lapse_verify_fault(v, "evidence", v->record, lapse_error());
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
			lapse_verify_fault(v, "record", v->record, "the commit does not say that it is a capture");
		return;
	}
	lapse_commit_trailer(record, sizeof(record), commit, "Lapse-Record");
	if (n < NTRAILERS) {
		lapse_verify_fault(v, "record", record, "the commit has some trailers of a capture and lacks others");
		return;
	}
	if (v->nrecords != 1 || strcmp(record, v->record) != 0) {
		lapse_verify_fault(v, "record", record, "the commit does not add just the record that it names");
		return;
	}
	if (!lapse_place_parse(&place, record) ||
	    !lapse_commit_trailer(source, sizeof(source), commit, "Lapse-Source") ||
	    !lapse_commit_trailer(time, sizeof(time), commit, "Lapse-Capture") ||
	    lapse_time_parse(&t, time) < 0 || strcmp(source, place.source) != 0 || t.sec != place.time.sec ||
	    !is_told_alike(v, commit, record)) {
		lapse_verify_fault(v, "record", record, "the commit's trailers and its record do not agree");
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
		lapse_verify_fault(v, "order", "", "a merge: captures follow one another in one line");
	parent.message = NULL;
	rc = lapse_commit_parent(&parent, v->store);
	if (rc >= 0)
		rc = lapse_tree_compare(v->store, rc > 0 ? &parent.tree : NULL, &commit->tree, lapse_verify_difference, v);
	lapse_commit_release(&parent);
	if (rc >= 0)
		check_record(v, commit);
	return rc;
}

void
lapse_verify_commits(struct verifying *v)
{
	struct lapse_commit commit = { 0 };
	int rc = lapse_store_tip(&commit, v->store);

	if (rc == 0)
		lapse_verify_fault(v, "layout", "", "the archive has no commit");
	else if (rc > 0 && lapse_verify_forms(v, &commit) < 0)
		rc = LAPSE_EFORMAT;
	while (rc > 0) {
		rc = check_commit(v, &commit);
		if (rc >= 0)
			rc = lapse_commit_parent(&commit, v->store);
	}
	if (rc < 0)
		lapse_verify_fault(v, "object", "", lapse_error());
	lapse_commit_release(&commit);
	v->commit[0] = '\0';
}
