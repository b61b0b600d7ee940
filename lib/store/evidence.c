#include "lapse/evidence.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "draft.h"
#include "land.h"
#include "lapse/alloc.h"
#include "spool.h"

/* What a clone calls the branch of the repository that it came from. */
#define CLONED "refs/remotes/origin/evidence"

/* In the message of each commit on the branch: a branch whose tip lacks it is somebody else's. */
#define TRAILER "Lapse-Evidence"

struct lapse_evidence {
	struct lapse_store *store;
	struct store_lock *lock;
	struct store_spool *spool;
	struct store_draft *draft;
	struct lapse_commit tip;
	bool has_tip;		/* there is something to build on */
	bool is_new;		/* the branch is to be made */
	struct lapse_oid *files;
	size_t nfiles;
	size_t cap;
};

/* ---- the branch ---- */

/* The commit that a ref names: 1, or 0 when there is no such ref. */
static int
find_ref(struct lapse_oid *out, struct lapse_store *store, const char *name)
{
	git_reference *ref = NULL;
	int rc = git_reference_lookup(&ref, store->repo, name);

	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return store_fail(LAPSE_EFORMAT, "%s", name);
	rc = 1;
	if (git_reference_type(ref) == GIT_REFERENCE_DIRECT)
		*out = store_own_oid(git_reference_target(ref));
	else
		rc = lapse_fail(LAPSE_EFAIL, "%s is another name for a branch, not one", name);
	git_reference_free(ref);
	return rc;
}

/* The newest commit of a ref: 1, or 0 when there is no such ref. */
static int
read_ref(struct lapse_commit *out, struct lapse_store *store, const char *name)
{
	char hex[LAPSE_OID_HEX + 1];
	struct lapse_oid oid;
	int rc = find_ref(&oid, store, name);

	if (rc <= 0)
		return rc;
	rc = lapse_store_commit(out, store, lapse_oid_format(hex, &oid));
	return rc < 0 ? rc : 1;
}

int
lapse_evidence_tip(struct lapse_commit *out, struct lapse_store *store)
{
	int rc;

	*out = (struct lapse_commit){ .message = NULL };
	rc = read_ref(out, store, STORE_EVIDENCE);
	return rc != 0 ? rc : read_ref(out, store, CLONED);
}

bool
lapse_evidence_is(const struct lapse_commit *commit)
{
	char value[LAPSE_OID_HEX * 4];

	return lapse_commit_trailer(value, sizeof(value), commit, TRAILER);
}

/* The time of the branch's first commit, which is its capture's: 1, or 0 when the branch is not here. */
static int
find_beginning(struct lapse_instant *out, struct lapse_store *store)
{
	struct lapse_commit commit;
	int rc = lapse_evidence_tip(&commit, store);

	if (rc <= 0)
		return rc;
	while ((rc = lapse_commit_parent(&commit, store)) > 0)
		continue;
	*out = commit.author_time;
	lapse_commit_release(&commit);
	return rc < 0 ? rc : 1;
}

int
lapse_evidence_should_hold(struct lapse_store *store, struct lapse_instant time)
{
	int rc = 1;

	if (!lapse_time_is_set(store->evidence_begins))
		rc = find_beginning(&store->evidence_begins, store);
	return rc <= 0 ? rc : store->evidence_begins.sec <= time.sec;
}

/* What the next commit builds on: the branch, or in a clone that has none yet, the other one's. */
static int
read_tip(struct lapse_evidence *evidence)
{
	int rc = read_ref(&evidence->tip, evidence->store, STORE_EVIDENCE);

	evidence->is_new = rc == 0;
	if (rc == 0)
		rc = read_ref(&evidence->tip, evidence->store, CLONED);
	if (rc <= 0)
		return rc;
	evidence->has_tip = true;
	if (!lapse_evidence_is(&evidence->tip))
		return lapse_fail(LAPSE_EFAIL, "is somebody else's: its newest commit brings no evidence");
	return 0;
}

/* Evidence lies beside the archive, not in it. */
static int
check_not_archive(struct lapse_store *store)
{
	char *branch;
	int rc = store_branch(&branch, store);

	if (rc == 0 && strcmp(branch, STORE_EVIDENCE) == 0)
		rc = lapse_fail(LAPSE_EFAIL, "is checked out; the archive is another branch");
	free(branch);
	return rc;
}

/* ---- one run ---- */

int
lapse_evidence_open(struct lapse_evidence **out, struct lapse_batch *batch)
{
	struct lapse_evidence *evidence = lapse_alloc(1, sizeof(*evidence));
	int rc;

	*out = NULL;
	evidence->store = store_batch_store(batch);
	evidence->lock = store_batch_lock(batch);
	rc = store_check_no_link(evidence->store, STORE_EVIDENCE);
	if (rc == 0)
		rc = check_not_archive(evidence->store);
	if (rc == 0)
		rc = read_tip(evidence);
	if (rc < 0) {
		lapse_evidence_free(evidence);
		return lapse_context(rc, STORE_EVIDENCE);
	}
	evidence->spool = store_spool_new(evidence->store->dir, STORE_SPOOL_EVIDENCE);
	evidence->draft = store_draft_new(evidence->store, evidence->spool,
	    evidence->has_tip ? &evidence->tip.tree : NULL);
	*out = evidence;
	return 0;
}

void
lapse_evidence_free(struct lapse_evidence *evidence)
{
	if (evidence == NULL)
		return;
	store_draft_free(evidence->draft);
	store_spool_free(evidence->spool);
	lapse_commit_release(&evidence->tip);
	free(evidence->files);
	free(evidence);
}

char *
lapse_evidence_name(char *out, size_t n)
{
	assert(n >= 1 && n <= LAPSE_EVIDENCE_FILES_MAX);
	snprintf(out, LAPSE_EVIDENCE_NAME_LEN + 1, "%04u.warc.gz", (unsigned)n % 10000);
	return out;
}

int
lapse_evidence_add(struct lapse_evidence *evidence, const void *data, size_t len)
{
	struct lapse_oid oid;
	int rc;

	if (len > LAPSE_EVIDENCE_FILE_MAX)
		return lapse_fail(LAPSE_ETOOBIG, "a file of evidence of %zu bytes", len);
	if (evidence->nfiles == LAPSE_EVIDENCE_FILES_MAX)
		return lapse_fail(LAPSE_ETOOBIG, "more than %d files of evidence in one run", LAPSE_EVIDENCE_FILES_MAX);
	rc = store_object_add(&oid, evidence->store, evidence->spool, GIT_OBJECT_BLOB, data, len);
	if (rc < 0)
		return rc;
	evidence->files = lapse_grow(evidence->files, evidence->nfiles, &evidence->cap, sizeof(*evidence->files));
	evidence->files[evidence->nfiles++] = oid;
	return 0;
}

size_t
lapse_evidence_files(const struct lapse_evidence *evidence)
{
	return evidence->nfiles;
}

int
lapse_evidence_has(struct lapse_evidence *evidence, const char *folder)
{
	struct lapse_entry entry;

	return evidence->has_tip ? lapse_tree_find(&entry, evidence->store, &evidence->tip.tree, folder) : 0;
}

static int
put_files(struct lapse_evidence *evidence, const char *folder)
{
	char name[LAPSE_EVIDENCE_NAME_LEN + 1], *path;
	struct store_folder *into;
	const char *last;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < evidence->nfiles; i++) {
		path = store_path("%s/%s", folder, lapse_evidence_name(name, i + 1));
		rc = store_draft_folder(&into, &last, evidence->draft, path, true);
		if (rc >= 0)
			store_folder_set(into, last, strlen(last), LAPSE_ENTRY_BLOB, &evidence->files[i]);
		free(path);
	}
	return rc;
}

int
lapse_evidence_commit(struct lapse_oid *out, struct lapse_evidence *evidence, const char *folder,
    const char *message, struct lapse_instant time)
{
	struct store_landing landing = {
		.store = evidence->store,
		.lock = evidence->lock,
		.spool = evidence->spool,
		.branch = STORE_EVIDENCE,
		.parent = evidence->has_tip ? &evidence->tip.id : NULL,
		.is_new = evidence->is_new,
		.message = message,
		.time = time,
	};
	int rc = put_files(evidence, folder);

	if (rc >= 0)
		rc = store_draft_write(&landing.tree, evidence->draft);
	return rc < 0 ? rc : lapse_context(store_land(out, &landing), STORE_EVIDENCE);
}
