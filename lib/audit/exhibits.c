#include "exhibits.h"

#include "lapse/error.h"
#include "lapse/evidence.h"

struct checking {
	struct lapse_store *store;
	struct lapse_commit commit;	/* at hand */
	void (*fn)(const struct lapse_oid *commit, const char *path, const char *what, void *payload);
	void *payload;
};

static void
fault(struct checking *c, const char *path, const char *what)
{
	c->fn(&c->commit.id, path, what, c->payload);
}

static int
check_difference(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	if (before != NULL)
		fault(payload, path, after != NULL ? "the branch evidence: what was kept was changed later" :
		    "the branch evidence: what was kept was taken away later");
	return 0;
}

/* Check a commit against the one before it, and go on to that: 1, or 0 when there is none. */
static int
check_commit(struct checking *c)
{
	struct lapse_oid tree = c->commit.tree;
	struct lapse_commit parent = c->commit;
	int more, rc;

	if (!lapse_evidence_is(&c->commit))
		fault(c, "", "the branch evidence: the commit does not say that it brings evidence");
	if (c->commit.nparents > 1)
		fault(c, "", "the branch evidence: a merge; runs follow one another in one line");
	parent.message = NULL;
	more = lapse_commit_parent(&parent, c->store);
	if (more < 0)
		return more;
	rc = more > 0 ? lapse_tree_compare(c->store, &parent.tree, &tree, check_difference, c) : 0;
	lapse_commit_release(&c->commit);
	c->commit = parent;
	return rc < 0 ? rc : more;
}

/* Some commit of the branch says that it brings evidence: 1, else 0 and the branch is somebody else's, whatever its name. */
static int
is_ours(struct lapse_store *store)
{
	struct lapse_commit commit;
	int rc = lapse_evidence_tip(&commit, store);

	while (rc > 0 && !lapse_evidence_is(&commit))
		rc = lapse_commit_parent(&commit, store);
	lapse_commit_release(&commit);
	return rc;
}

int
lapse_exhibits_check(struct lapse_store *store,
    void (*fn)(const struct lapse_oid *commit, const char *path, const char *what, void *payload), void *payload)
{
	struct checking c = { .store = store, .fn = fn, .payload = payload };
	int rc = is_ours(store);

	if (rc > 0)
		rc = lapse_evidence_tip(&c.commit, store);
	while (rc > 0)
		rc = check_commit(&c);
	lapse_commit_release(&c.commit);
	return lapse_context(rc, "the branch evidence");
}
