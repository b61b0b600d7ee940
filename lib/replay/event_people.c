/* Accounts as the captures' own documents of people show them. */
#include <stdio.h>
#include <string.h>

#include "event_logins.h"

#include "lapse/json.h"

struct people {
	struct dossier *r;
	const struct pairs *wanted;	/* in order */
	void (*fn)(const struct pair *pair, const char *path, void *payload);
	void *payload;
	struct lapse_buf buf;
	char root[LAPSE_PATH_MAX];
};

static int
read_login(json_t **doc, struct people *p, const struct lapse_entry *entry)
{
	int rc = lapse_doc_read(&p->buf, p->r->store, entry);

	return rc < 0 ? rc : lapse_json_parse(doc, p->buf.data, p->buf.len, NULL);
}

static int
compare_person(const char *below, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct people *p = payload;
	json_t *a = NULL, *b = NULL;
	struct pair pair = { 0 };
	int rc;

	if (before == NULL || after == NULL)
		return 0;
	rc = read_login(&a, p, before);
	if (rc == 0)
		rc = read_login(&b, p, after);
	pair.before = lapse_json_text(a, "name");
	pair.after = lapse_json_text(b, "name");
	if (rc == 0 && lapse_login_differs(pair.before, pair.after) && lapse_pairs_has(p->wanted, &pair))
		p->fn(&pair, lapse_arena_printf(p->r->arena, "%s/%s", p->root, below), p->payload);
	json_decref(a);
	json_decref(b);
	return rc;
}

/* The people of the source as a capture left them: 1, or 0 when it knew none. */
static int
find_people(struct lapse_entry *out, struct people *p, size_t capture)
{
	struct lapse_commit commit = { 0 };
	int rc = lapse_store_commit(&commit, p->r->store, p->r->captures[capture].commit);

	if (rc >= 0)
		rc = lapse_tree_find(out, p->r->store, &commit.tree, p->root);
	lapse_commit_release(&commit);
	return rc;
}

int
lapse_people_ask(struct dossier *r, size_t version, const struct pairs *wanted,
    void (*fn)(const struct pair *pair, const char *path, void *payload), void *payload)
{
	struct people p = { .r = r, .wanted = wanted, .fn = fn, .payload = payload };
	struct lapse_entry before, after;
	int rc;

	lapse_buf_init(&p.buf, LAPSE_BUF_DOCUMENT);
	snprintf(p.root, sizeof(p.root), "people/%s", r->source);
	rc = find_people(&before, &p, r->versions[version - 1].capture);
	if (rc > 0)
		rc = find_people(&after, &p, r->versions[version].capture);
	if (rc > 0)
		rc = lapse_tree_compare(r->store, &before.oid, &after.oid, compare_person, &p);
	lapse_buf_release(&p.buf);
	return rc < 0 ? rc : 0;
}
