#include "lapse/rederive.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "edits.h"
#include "replay.h"
#include "revisions_take.h"
#include "stands.h"

#include "lapse/digest.h"
#include "lapse/error.h"
#include "lapse/evidence.h"
#include "lapse/json.h"
#include "lapse/warc.h"

struct rederiving {
	struct lapse_store *store;
	const struct lapse_commit *commit;
	const struct lapse_capture *capture;
	void (*fn)(const char *path, const char *what, void *payload);
	void *payload;
	struct lapse_oid folder;	/* the evidence's, in its own commit */
	size_t nread;			/* of its files */
	struct lapse_sha256 *sha;
	struct lapse_buf file;
	struct import run;
	struct replay *replay;
};

static void
fault(struct rederiving *r, const char *what)
{
	r->fn("", what, r->payload);
}

/* ---- the files ---- */

/* The commit that the record names: 1 found, 0 not here; a fault, and LAPSE_ENOTFOUND, when it should be. */
static int
find_commit(struct lapse_commit *out, struct rederiving *r)
{
	int rc = lapse_store_commit(out, r->store, r->capture->evidence.commit);

	if (rc != LAPSE_ENOTFOUND)
		return rc < 0 ? rc : 1;
	rc = lapse_evidence_should_hold(r->store, r->capture->time);
	if (rc <= 0)
		return rc;
	fault(r, "the commit of its evidence is not in this repository, and the branch evidence, which is older, is");
	return LAPSE_ENOTFOUND;
}

static int
count_entry(const struct lapse_entry *entry, void *payload)
{
	size_t *n = payload;

	(void)entry;
	(*n)++;
	return 0;
}

/* The folder of the files, with just as many as the record says. */
static int
find_folder(struct rederiving *r)
{
	const struct lapse_exhibit *exhibit = &r->capture->evidence;
	struct lapse_commit commit;
	struct lapse_entry entry;
	size_t n = 0;
	int found, rc = find_commit(&commit, r);

	if (rc <= 0)
		return rc;
	found = lapse_path_is_evidence(exhibit->folder, r->capture->source, r->capture->time) ?
	    lapse_tree_find(&entry, r->store, &commit.tree, exhibit->folder) : 0;
	lapse_commit_release(&commit);
	if (found > 0 && entry.kind == LAPSE_ENTRY_TREE) {
		r->folder = entry.oid;
		found = lapse_tree_each(r->store, &entry.oid, count_entry, &n);
	}
	if (found < 0)
		return found;
	if (n == 0 || (int64_t)n != exhibit->files || n > LAPSE_EVIDENCE_FILES_MAX)
		return lapse_fail(LAPSE_EFORMAT, "its evidence is not the files that its record names");
	return 1;
}

/* One file after the other, for lapse_stream_new(). */
static int
next_file(const char **data, size_t *len, void *payload)
{
	struct rederiving *r = payload;
	char name[LAPSE_EVIDENCE_NAME_LEN + 1];
	struct lapse_entry entry;
	int rc;

	if ((int64_t)r->nread == r->capture->evidence.files)
		return 0;
	lapse_evidence_name(name, r->nread + 1);
	rc = lapse_tree_find(&entry, r->store, &r->folder, name);
	if (rc == 0 || (rc > 0 && entry.kind != LAPSE_ENTRY_BLOB))
		rc = lapse_fail(LAPSE_EFORMAT, "its evidence has no file '%s'", name);
	if (rc > 0)
		rc = lapse_doc_read(&r->file, r->store, &entry);
	if (rc < 0)
		return lapse_context(rc, "%s", name);
	r->nread++;
	lapse_sha256_add(r->sha, r->file.data, r->file.len);
	*data = r->file.data;
	*len = r->file.len;
	return 1;
}

/* ---- the answers ---- */

/* A thread that stands as an earlier capture left it is covered; the record names that capture. */
static int
take_stood(struct rederiving *r, int64_t id)
{
	const char *commit = lapse_stood_find(&r->capture->asked, id);
	struct lapse_ids one = { .items = &id, .nitems = 1 };
	char what[160];
	int same = commit == NULL ? 0 : lapse_stands(r->store, &r->commit->tree, r->capture->source, commit, &one);

	if (same < 0)
		return same;
	for (int part = 0; part < LAPSE_NPARTS; part++)
		lapse_ids_add(&r->run.capture->scope[part], id);
	if (same > 0)
		return 0;
	snprintf(what, sizeof(what), "bug %" PRId64 " was not modified, by its evidence, and is not as %s left it", id,
	    commit == NULL ? "any capture that its record names" : "the capture that its record names");
	fault(r, what);
	return 0;
}

/* Not modified: the run asked so only of what it had fetched before. */
static int
take_unmodified(struct rederiving *r, const char *uri)
{
	struct lapse_ids ids;
	int rc = 0;

	lapse_ids_init(&ids);
	lapse_asking_bugs(&ids, uri);
	for (size_t i = 0; rc == 0 && i < ids.nitems; i++)
		rc = take_stood(r, ids.items[i]);
	lapse_ids_release(&ids);
	return rc;
}

/* Edit counts: bugs whose comments they find as they are kept are covered. */
static int
take_edits(struct rederiving *r, json_t *answer, const char *uri)
{
	lapse_asking_narrow(answer, uri);
	return lapse_edits_compare(&r->run.capture->scope[LAPSE_PART_COMMENTS], r->store, &r->commit->tree,
	    r->capture->source, answer);
}

/*
 * What the run did with an answer, it did with the same steps. One that it could make nothing of is no fault of the evidence: what
 * it lacks is missed elsewhere.
 */
static int
take_answer(const struct lapse_warc_answer *answer, void *payload)
{
	struct rederiving *r = payload;
	int64_t bug, comment;
	json_t *doc = NULL;
	int rc = 0;

	if (answer->status == 200 && lapse_revisions_asked(&bug, &comment, answer->uri)) {
		(void)lapse_revisions_take(&r->run, answer->body, bug, comment);
		return 0;
	}
	if (answer->status == 304)
		return take_unmodified(r, answer->uri);
	if (answer->status != 200 || lapse_json_parse(&doc, answer->body->data, answer->body->len, NULL) < 0 ||
	    !lapse_bugzilla_is_answer(doc))
		rc = 0;
	else if (lapse_asking_edits(answer->uri))
		rc = take_edits(r, doc, answer->uri);
	else if (lapse_asking_narrow(doc, answer->uri))
		lapse_bugzilla_take(&r->run, doc);
	json_decref(doc);
	return rc;
}

static int
read_answers(struct rederiving *r)
{
	struct lapse_stream *stream = lapse_stream_new(next_file, r);
	struct lapse_warc_counts counts = { 0 };
	unsigned char digest[LAPSE_SHA256_LEN];
	char hex[LAPSE_SHA256_HEX + 1];
	int rc = lapse_warc_answers(&counts, stream, take_answer, r);

	lapse_stream_free(stream);
	if (rc < 0)
		return rc;
	lapse_sha256_end(r->sha, digest);
	if (strcmp(lapse_hex_format(hex, digest, sizeof(digest)), r->capture->evidence.sha256) != 0)
		return lapse_fail(LAPSE_EFORMAT, "its evidence has another SHA-256 than its record says");
	return 0;
}

/* ---- the comparison ---- */

static bool
is_of_source(const char *path, const char *top, const char *source)
{
	size_t len = strlen(top);

	return strncmp(path, top, len) == 0 && strncmp(path + len, source, strlen(source)) == 0 &&
	    path[len + strlen(source)] == '/';
}

/* A document that the capture brought, and no answer said. */
static int
check_said(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct rederiving *r = payload;
	const char *source = r->capture->source, *dot = strrchr(path, '.');
	char json[LAPSE_PATH_MAX];

	(void)before;
	if (after == NULL || dot == NULL ||
	    (!is_of_source(path, "threads/", source) && !is_of_source(path, "people/", source)))
		return 0;
	snprintf(json, sizeof(json), "%.*s.json", (int)(dot - path), path);
	if (!lapse_replay_has(r->replay, json))
		r->fn(path, "the capture changed it, and nothing in its evidence says so", r->payload);
	return 0;
}

static int
check_changes(struct rederiving *r)
{
	struct lapse_commit parent = *r->commit;
	int rc;

	parent.message = NULL;
	rc = lapse_commit_parent(&parent, r->store);
	if (rc >= 0)
		rc = lapse_tree_compare(r->store, rc > 0 ? &parent.tree : NULL, &r->commit->tree, check_said, r);
	lapse_commit_release(&parent);
	return rc;
}

static void
check_scope(struct rederiving *r, struct lapse_capture *derived)
{
	char what[128];

	for (int part = 0; part < LAPSE_NPARTS; part++) {
		const struct lapse_ids *said = &r->capture->scope[part];
		struct lapse_ids *is = &derived->scope[part];

		lapse_ids_sort(is);
		if (is->nitems == said->nitems &&
		    (is->nitems == 0 || memcmp(is->items, said->items, is->nitems * sizeof(*is->items)) == 0))
			continue;
		snprintf(what, sizeof(what), "its record says that it covers %zu in \"%s\", and its evidence covers %zu or others",
		    said->nitems, lapse_part_name((enum lapse_part)part), is->nitems);
		fault(r, what);
	}
}

static int
rederive(struct rederiving *r, struct lapse_capture *derived)
{
	int rc = read_answers(r);

	if (rc == 0)
		rc = lapse_replay_end(r->replay, r->fn, r->payload);
	if (rc == 0)
		rc = check_changes(r);
	if (rc == 0)
		check_scope(r, derived);
	return rc;
}

int
lapse_rederive(struct lapse_store *store, const struct lapse_commit *commit, const struct lapse_capture *capture,
    void (*fn)(const char *path, const char *what, void *payload), void *payload)
{
	struct rederiving r = { .store = store, .commit = commit, .capture = capture, .fn = fn, .payload = payload };
	struct lapse_capture derived;
	int rc;

	rc = find_folder(&r);
	if (rc == 0 || rc == LAPSE_ENOTFOUND)
		return rc == 0 ? 0 : 1;
	if (rc < 0) {
		fault(&r, lapse_error());
		return 1;
	}
	lapse_capture_init(&derived);
	lapse_import_init(&r.run, capture->source, &derived);
	lapse_buf_init(&r.file, LAPSE_EVIDENCE_FILE_MAX + 1);
	r.run.replay = r.replay = lapse_replay_new(store, &commit->tree);
	r.run.public_only = capture->asked.rest != NULL && !capture->asked.authenticated;
	r.sha = lapse_sha256_new();
	rc = rederive(&r, &derived);
	if (rc < 0)
		fault(&r, lapse_error());
	lapse_sha256_free(r.sha);
	lapse_replay_free(r.replay);
	lapse_buf_release(&r.file);
	lapse_import_release(&r.run);
	lapse_capture_release(&derived);
	return 1;
}
