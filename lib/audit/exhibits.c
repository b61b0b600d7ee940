#include "exhibits.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/evidence.h"

struct checking {
	struct lapse_store *store;
	struct lapse_commit commit;	/* at hand */
	struct exhibits *list;		/* by commit */
	void (*fn)(const char *commit, const char *path, const char *what, void *payload);
	void *payload;
};

/* ---- the list ---- */

void
lapse_exhibits_add(struct exhibits *list, const char *commit, const char *capture, const char *record)
{
	struct exhibit *exhibit;

	list->items = lapse_grow(list->items, list->nitems, &list->cap, sizeof(*list->items));
	exhibit = &list->items[list->nitems++];
	*exhibit = (struct exhibit){ .record = lapse_strdup(record) };
	memcpy(exhibit->capture, capture, sizeof(exhibit->capture));
	for (size_t i = 0; i < LAPSE_OID_HEX && commit[i] != '\0'; i++)
		exhibit->commit[i] = commit[i];
}

void
lapse_exhibits_release(struct exhibits *list)
{
	for (size_t i = 0; i < list->nitems; i++)
		free(list->items[i].record);
	free(list->items);
}

static int
by_commit(const void *a, const void *b)
{
	return strcmp(((const struct exhibit *)a)->commit, ((const struct exhibit *)b)->commit);
}

/* The commit at hand is of the branch: so are the exhibits that it is. Some captures may name one. */
static void
mark_kept(struct checking *c)
{
	struct exhibits *list = c->list;
	struct exhibit key = { .record = NULL }, *found;

	lapse_oid_format(key.commit, &c->commit.id);
	found = list->nitems > 0 ? bsearch(&key, list->items, list->nitems, sizeof(key), by_commit) : NULL;
	if (found == NULL)
		return;
	while (found > list->items && by_commit(found - 1, &key) == 0)
		found--;
	for (; found < list->items + list->nitems && by_commit(found, &key) == 0; found++)
		found->kept = true;
}

/* One that is not here at all has been told, where it should be. */
static bool
is_here(struct checking *c, const struct exhibit *exhibit)
{
	struct lapse_commit commit;
	int rc = lapse_store_commit(&commit, c->store, exhibit->commit);

	if (rc == 0)
		lapse_commit_release(&commit);
	return rc == 0;
}

static void
check_kept(struct checking *c)
{
	for (size_t i = 0; i < c->list->nitems; i++) {
		const struct exhibit *exhibit = &c->list->items[i];

		if (!exhibit->kept && is_here(c, exhibit))
			c->fn(exhibit->capture, exhibit->record, "the commit of its evidence is here, and not on the branch evidence: "
			    "git will throw it away", c->payload);
	}
}

/* ---- the branch ---- */

static void
fault(struct checking *c, const char *path, const char *what)
{
	char commit[LAPSE_OID_HEX + 1];

	c->fn(lapse_oid_format(commit, &c->commit.id), path, what, c->payload);
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

	mark_kept(c);
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
lapse_exhibits_check(struct lapse_store *store, struct exhibits *list,
    void (*fn)(const char *commit, const char *path, const char *what, void *payload), void *payload)
{
	struct checking c = { .store = store, .list = list, .fn = fn, .payload = payload };
	int rc = is_ours(store);

	if (list->nitems > 1)
		qsort(list->items, list->nitems, sizeof(*list->items), by_commit);
	if (rc > 0)
		rc = lapse_evidence_tip(&c.commit, store);
	while (rc > 0)
		rc = check_commit(&c);
	lapse_commit_release(&c.commit);
	if (rc == 0)
		check_kept(&c);
	return lapse_context(rc, "the branch evidence");
}
