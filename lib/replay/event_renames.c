/*
 * Accounts that took another login. The server then shows the new one everywhere, also in old posts and entries, and
 * says nothing of it. It is one when the people of the archive show it, the same account's login before and
 * after; or when a login turned into another, which nobody had before, in all places of its kind.
 */
#include <stdlib.h>
#include <string.h>

#include "event_logins.h"
#include "event_told.h"

#include "lapse/error.h"
#include "lapse/json.h"

/* A rename that was found. */
struct found {
	struct rename rename;
	size_t version;
	const char *path;	/* of the account's document; NULL: none shows it */
};

struct renaming {
	struct dossier *r;
	bool *differs;			/* of each version: some login is another than before */
	size_t version;			/* at hand */
	struct logins known;		/* before it */
	struct pairs posts, history, fields;
	struct logins stay;		/* shown in a post before it, and still in it */
	struct found *found;
	size_t nfound, found_cap;
};

/* ---- where versions differ ---- */

static const char *
author(const struct take *take)
{
	const char *login = lapse_json_text(take->doc, "author");

	return login != NULL ? login : lapse_json_text(take->doc, "creator");
}

/* Posts or attachments that came in more than one version. */
static int
mark_authors(struct renaming *n, enum lapse_file file)
{
	size_t ntakes;
	struct take *takes = lapse_dossier_takes(&ntakes, n->r, file);
	int rc = 0;

	for (size_t i = 1; rc == 0 && i < ntakes; i++) {
		if (takes[i].number != takes[i - 1].number)
			continue;
		rc = lapse_dossier_read(n->r, &takes[i - 1]);
		if (rc == 0)
			rc = lapse_dossier_read(n->r, &takes[i]);
		if (rc == 0 && lapse_login_differs(author(&takes[i - 1]), author(&takes[i])))
			n->differs[takes[i].version] = true;
	}
	return rc;
}

struct marking {
	struct renaming *n;
	size_t version;
};

static void
mark_who(const struct lapse_change *before, const struct lapse_change *after, void *payload)
{
	struct marking *m = payload;

	if (before != NULL && after != NULL && strcmp(before->who, after->who) != 0)
		m->n->differs[m->version] = true;
}

static const char *const person_fields[] = { "creator", "assigned_to", "qa_contact" };
#define NPERSONS (sizeof(person_fields) / sizeof(person_fields[0]))

/* Does a field of the bug name another person, and does no entry of the history say so? */
static bool
is_other_person(struct renaming *n, const struct take *before, const struct take *after, const char *key)
{
	const char *a = lapse_json_text(before->doc, key), *b = lapse_json_text(after->doc, key);
	struct between between = lapse_dossier_between(n->r, LAPSE_PART_BUGS, before->version, after->version);
	static const struct renames none;
	struct about about = { .field = key, .span = between.span };

	return lapse_login_differs(a, b) && *a != '\0' && *b != '\0' &&
	    !lapse_declared_value(&n->r->declared, &none, &about, a, b);
}

static void add_flags(struct pairs *out, const struct take *before, const struct take *after);

static int
mark_fields(struct renaming *n)
{
	size_t ntakes;
	struct take *takes = lapse_dossier_takes(&ntakes, n->r, LAPSE_FILE_THREAD);
	struct pairs flags = { 0 };
	int rc = ntakes > 0 ? lapse_dossier_read(n->r, &takes[0]) : 0;

	for (size_t i = 1; rc == 0 && i < ntakes; i++) {
		rc = lapse_dossier_read(n->r, &takes[i]);
		for (size_t k = 0; rc == 0 && k < NPERSONS; k++)
			if (is_other_person(n, &takes[i - 1], &takes[i], person_fields[k]))
				n->differs[takes[i].version] = true;
		flags.nitems = 0;
		if (rc == 0)
			add_flags(&flags, &takes[i - 1], &takes[i]);
		if (flags.nitems > 0)
			n->differs[takes[i].version] = true;
	}
	free(flags.items);
	return rc;
}

static int
mark_versions(struct renaming *n)
{
	int rc = mark_authors(n, LAPSE_FILE_POST);

	if (rc == 0)
		rc = mark_authors(n, LAPSE_FILE_ATTACHMENT);
	for (size_t i = 1; rc == 0 && i < n->r->ntold; i++)
		lapse_told_compare(&n->r->told[i - 1], &n->r->told[i], mark_who,
		    &(struct marking){ n, n->r->told[i].take->version });
	return rc < 0 ? rc : mark_fields(n);
}

/* ---- the pairs of one version ---- */

/* Of one post's takes, those that stood before the version and in it. */
static int
gather_post(struct renaming *n, struct take *run, size_t nrun)
{
	size_t after = 0, before;
	int rc;

	if (run[0].version >= n->version)
		return 0;
	while (after + 1 < nrun && run[after + 1].version <= n->version)
		after++;
	before = run[after].version == n->version ? after - 1 : after;
	rc = lapse_dossier_read(n->r, &run[before]);
	if (rc == 0)
		rc = lapse_dossier_read(n->r, &run[after]);
	if (rc < 0)
		return rc;
	lapse_logins_add(&n->known, author(&run[before]));
	/* One that is not listed stays as it was seen last: it says nothing of today's logins. */
	if (before == after && !lapse_dossier_lists(&n->r->posts, run[0].number, n->version))
		return 0;
	lapse_pairs_add(&n->posts, author(&run[before]), author(&run[after]));
	if (!lapse_login_differs(author(&run[before]), author(&run[after])))
		lapse_logins_add(&n->stay, author(&run[after]));
	return 0;
}

static int
gather_posts(struct renaming *n)
{
	size_t ntakes;
	struct take *takes = lapse_dossier_takes(&ntakes, n->r, LAPSE_FILE_POST);
	int rc = 0;

	for (size_t i = 0, run; rc == 0 && i < ntakes; i += run) {
		run = lapse_dossier_run(&takes[i], ntakes - i);
		rc = gather_post(n, &takes[i], run);
	}
	return rc;
}

static void
gather_who(const struct lapse_change *before, const struct lapse_change *after, void *payload)
{
	struct renaming *n = payload;

	if (before != NULL)
		lapse_logins_add(&n->known, before->who);
	if (before != NULL && after != NULL)
		lapse_pairs_add(&n->history, before->who, after->who);
}

static void
gather_history(struct renaming *n)
{
	size_t i = 0;

	while (i < n->r->ntold && n->r->told[i].take->version < n->version)
		i++;
	if (i < n->r->ntold && i > 0 && n->r->told[i].take->version == n->version) {
		lapse_told_compare(&n->r->told[i - 1], &n->r->told[i], gather_who, n);
		return;
	}
	for (size_t k = 0; i > 0 && k < n->r->told[i - 1].nentries; k++)
		lapse_logins_add(&n->known, n->r->told[i - 1].entries[k]->who);
}

struct flag_login {
	int64_t id;
	const char *login;
};

static int
by_id(const void *va, const void *vb)
{
	const struct flag_login *a = va, *b = vb;

	return a->id < b->id ? -1 : a->id > b->id;
}

static struct flag_login *
flag_logins(size_t *nout, const struct take *take)
{
	const json_t *flags = json_object_get(take->doc, "flags");
	struct flag_login *list = lapse_alloc(json_array_size(flags), sizeof(*list));

	*nout = 0;
	for (size_t i = 0; i < json_array_size(flags); i++) {
		const json_t *flag = json_array_get(flags, i);
		const char *login = lapse_json_text(flag, "requestee");

		if (login != NULL && lapse_json_int(&list[*nout].id, json_object_get(flag, "id")))
			list[(*nout)++].login = login;
	}
	if (*nout > 1)
		qsort(list, *nout, sizeof(*list), by_id);
	return list;
}

/* A flag that asks somebody else than before was redirected, or it asks the same under another login. */
static void
add_flags(struct pairs *out, const struct take *before, const struct take *after)
{
	size_t na, nb, i = 0, j = 0;
	struct flag_login *a = flag_logins(&na, before), *b = flag_logins(&nb, after);

	while (i < na && j < nb) {
		if (a[i].id == b[j].id && strcmp(a[i].login, b[j].login) != 0)
			lapse_pairs_add(out, a[i].login, b[j].login);
		if (a[i].id <= b[j].id)
			i++;
		else
			j++;
	}
	free(a);
	free(b);
}

/* Pairs of the bug's fields that only an account's document can prove go to `doubtful`. */
static void
gather_fields(struct renaming *n, struct pairs *doubtful)
{
	size_t ntakes, i = 0;
	struct take *takes = lapse_dossier_takes(&ntakes, n->r, LAPSE_FILE_THREAD);

	while (i < ntakes && takes[i].version < n->version)
		i++;
	if (i == ntakes || i == 0 || takes[i].version != n->version)
		return;
	for (size_t k = 0; k < NPERSONS; k++)
		if (is_other_person(n, &takes[i - 1], &takes[i], person_fields[k]))
			lapse_pairs_add(&n->fields, lapse_json_text(takes[i - 1].doc, person_fields[k]),
			    lapse_json_text(takes[i].doc, person_fields[k]));
	add_flags(doubtful, &takes[i - 1], &takes[i]);
}

static void
gather_attachments(struct renaming *n)
{
	size_t ntakes;
	struct take *takes = lapse_dossier_takes(&ntakes, n->r, LAPSE_FILE_ATTACHMENT);

	for (size_t i = 1; i < ntakes; i++)
		if (takes[i].version == n->version && takes[i].number == takes[i - 1].number &&
		    lapse_login_differs(author(&takes[i - 1]), author(&takes[i])))
			lapse_pairs_add(&n->fields, author(&takes[i - 1]), author(&takes[i]));
}

/* ---- judging ---- */

static void
accept(const struct pair *pair, const char *path, void *payload)
{
	struct renaming *n = payload;
	struct lapse_arena *arena = n->r->arena;

	n->found = lapse_grow(n->found, n->nfound, &n->found_cap, sizeof(*n->found));
	n->found[n->nfound++] = (struct found){ { lapse_arena_dup(arena, pair->before),
	    lapse_arena_dup(arena, pair->after) }, n->version, path };
}

/* Pairs in order: a login that is another one now in all its places, and always the same one, which is new. */
static void
judge(struct renaming *n, struct pairs *pairs, bool stays_count)
{
	size_t end;

	lapse_pairs_sort(pairs);
	for (size_t i = 0; i < pairs->nitems; i = end) {
		const struct pair *first = &pairs->items[i], *last;

		for (end = i + 1; end < pairs->nitems && strcmp(pairs->items[end].before, first->before) == 0; end++)
			;
		last = &pairs->items[end - 1];
		if (strcmp(first->after, last->after) == 0 && strcmp(first->before, first->after) != 0 &&
		    !lapse_logins_has(&n->known, first->after) && !(stays_count && lapse_logins_has(&n->stay, first->before)))
			accept(first, NULL, n);
	}
}

static void
collect(struct pairs *out, const struct pairs *from)
{
	for (size_t i = 0; i < from->nitems; i++)
		if (strcmp(from->items[i].before, from->items[i].after) != 0)
			lapse_pairs_add(out, from->items[i].before, from->items[i].after);
}

static int
judge_version(struct renaming *n)
{
	struct pairs wanted = { 0 };
	int rc;

	n->known.nitems = n->stay.nitems = 0;
	n->posts.nitems = n->history.nitems = n->fields.nitems = 0;
	rc = gather_posts(n);
	gather_history(n);
	gather_fields(n, &wanted);
	gather_attachments(n);
	collect(&wanted, &n->posts);
	collect(&wanted, &n->history);
	collect(&wanted, &n->fields);
	lapse_pairs_sort(&wanted);
	if (rc == 0)
		rc = lapse_people_ask(n->r, n->version, &wanted, accept, n);
	free(wanted.items);
	if (rc < 0)
		return rc;
	lapse_logins_sort(&n->known);
	lapse_logins_sort(&n->stay);
	judge(n, &n->posts, false);
	judge(n, &n->history, false);
	judge(n, &n->fields, true);
	return 0;
}

/* ---- what was found ---- */

/* One rename is often found in several places: first where it was first, and where an account shows it. */
static int
by_rename(const void *va, const void *vb)
{
	const struct found *a = va, *b = vb;
	int order = strcmp(a->rename.from, b->rename.from);

	if (order == 0)
		order = strcmp(a->rename.to, b->rename.to);
	if (order == 0)
		order = a->version < b->version ? -1 : a->version > b->version;
	return order != 0 ? order : (a->path == NULL) - (b->path == NULL);
}

static void
add_event(struct dossier *r, const struct found *found)
{
	struct between between = lapse_dossier_between(r, LAPSE_PART_BUGS, found->version - 1, found->version);
	struct take here = { .path = found->path != NULL ? found->path : r->folder };
	struct lapse_event *event = lapse_dossier_difference(r, LAPSE_EVENT_RENAMED, &between, &here, &here);

	event->standing = LAPSE_STANDING_EXPLAINED;
	event->from = found->rename.from;
	event->to = found->rename.to;
	event->why = found->path != NULL ? "the account is the same" :
	    "everywhere at once, and nobody had the new login before";
}

static void
add_found(struct renaming *n)
{
	struct found *found = n->found;

	if (n->nfound > 1)
		qsort(found, n->nfound, sizeof(*found), by_rename);
	for (size_t i = 0; i < n->nfound; i++) {
		if (i > 0 && strcmp(found[i - 1].rename.from, found[i].rename.from) == 0 &&
		    strcmp(found[i - 1].rename.to, found[i].rename.to) == 0)
			continue;
		lapse_renames_add(&n->r->renames, found[i].rename.from, found[i].rename.to);
		add_event(n->r, &found[i]);
	}
	lapse_renames_sort(&n->r->renames);
}

int
lapse_events_renames(struct dossier *r)
{
	struct renaming n = { .r = r };
	int rc = lapse_told_read(&r->told, &r->ntold, r);

	n.differs = lapse_alloc(r->nversions, sizeof(*n.differs));
	if (rc == 0)
		rc = mark_versions(&n);
	for (n.version = 1; rc == 0 && n.version < r->nversions; n.version++)
		if (n.differs[n.version])
			rc = judge_version(&n);
	add_found(&n);
	free(n.found);
	free(n.differs);
	free(n.known.items);
	free(n.stay.items);
	free(n.posts.items);
	free(n.history.items);
	free(n.fields.items);
	return rc;
}
