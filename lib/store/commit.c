#include <stdlib.h>
#include <strings.h>

#include "lapse/alloc.h"
#include "store_internal.h"

#define ABBREVIATION_MIN 7

static struct lapse_instant
instant(const git_signature *who)
{
	return (struct lapse_instant){ who != NULL ? (int64_t)who->when.time : 0 };
}

/* Reads through our own reader first: its sentences are better, and it looks again for what has moved. */
static int
load(struct lapse_commit *out, struct lapse_store *store, const struct lapse_oid *oid)
{
	git_oid id = store_git_oid(oid);
	struct store_object object;
	git_commit *commit = NULL;
	char hex[LAPSE_OID_HEX + 1];
	int rc = store_object_read(&object, store, NULL, oid, GIT_OBJECT_COMMIT);

	if (rc < 0)
		return rc;
	store_object_release(&object);
	if (git_commit_lookup(&commit, store->repo, &id) < 0)
		return store_fail(LAPSE_EFORMAT, "object %s", lapse_oid_format(hex, oid));
	*out = (struct lapse_commit){
		.id = *oid,
		.tree = store_own_oid(git_commit_tree_id(commit)),
		.nparents = git_commit_parentcount(commit),
		.author_time = instant(git_commit_author(commit)),
		.commit_time = instant(git_commit_committer(commit)),
		.message = lapse_strdup(git_commit_message_raw(commit)),
	};
	if (out->nparents > 0)
		out->parent = store_own_oid(git_commit_parent_id(commit, 0));
	git_commit_free(commit);
	return 0;
}

int
lapse_store_tip(struct lapse_commit *out, struct lapse_store *store)
{
	git_oid id;
	struct lapse_oid oid;
	int rc = git_reference_name_to_id(&id, store->repo, "HEAD");

	*out = (struct lapse_commit){ .nparents = 0 };
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return store_fail(LAPSE_EFORMAT, "HEAD");
	oid = store_own_oid(&id);
	rc = load(out, store, &oid);
	return rc < 0 ? lapse_context(rc, "HEAD") : 1;
}

int
lapse_commit_parent(struct lapse_commit *commit, struct lapse_store *store)
{
	struct lapse_commit parent;
	int rc;

	if (commit->nparents == 0)
		return 0;
	rc = load(&parent, store, &commit->parent);
	if (rc < 0)
		return rc;
	lapse_commit_release(commit);
	*commit = parent;
	return 1;
}

void
lapse_commit_release(struct lapse_commit *commit)
{
	free(commit->message);
	commit->message = NULL;
}

static int
no_commit(const char *rev)
{
	return lapse_fail(LAPSE_ENOTFOUND, "no commit '%s'", rev);
}

static bool
hex_starts_with(const struct lapse_oid *oid, const char *prefix, size_t len)
{
	char hex[LAPSE_OID_HEX + 1];

	return strncasecmp(lapse_oid_format(hex, oid), prefix, len) == 0;
}

/* Some other object begins like it: the commit of our own history is meant, if it is one. */
static int
find_in_history(struct lapse_commit *out, struct lapse_store *store, const char *prefix, size_t len)
{
	int rc = lapse_store_tip(out, store);

	while (rc > 0 && !hex_starts_with(&out->id, prefix, len))
		rc = lapse_commit_parent(out, store);
	if (rc <= 0)
		lapse_commit_release(out);
	return rc;
}

/* 1 found, 0 no such commit. */
static int
find_by_id(struct lapse_commit *out, struct lapse_store *store, const char *hex, size_t len)
{
	struct lapse_oid oid;
	git_object_t type;
	git_oid id, prefix;
	size_t size;
	int rc;

	if (len < ABBREVIATION_MIN || len > LAPSE_OID_HEX || git_oid_fromstrn(&prefix, hex, len) < 0)
		return 0;
	rc = git_odb_exists_prefix(&id, store->odb, &prefix, len);
	if (rc == GIT_EAMBIGUOUS)
		return find_in_history(out, store, hex, len);
	if (rc < 0)
		return 0;
	if (git_odb_read_header(&size, &type, store->odb, &id) == 0 && type != GIT_OBJECT_COMMIT)
		return 0;
	oid = store_own_oid(&id);
	rc = load(out, store, &oid);
	return rc < 0 ? rc : 1;
}

/* "~3" as 3; "" as 0. False when it is neither. */
static bool
parse_steps(unsigned long *out, const char *text)
{
	char *end;

	*out = 0;
	if (*text == '\0')
		return true;
	if (text[0] != '~' || text[1] < '0' || text[1] > '9')
		return false;
	*out = strtoul(text + 1, &end, 10);
	return *end == '\0';
}

int
lapse_store_commit(struct lapse_commit *out, struct lapse_store *store, const char *rev)
{
	size_t len = strcspn(rev, "~");
	unsigned long steps;
	int rc;

	*out = (struct lapse_commit){ .nparents = 0 };
	if (!parse_steps(&steps, rev + len))
		return no_commit(rev);
	if (len == strlen("HEAD") && strncmp(rev, "HEAD", len) == 0)
		rc = lapse_store_tip(out, store);
	else
		rc = find_by_id(out, store, rev, len);
	for (; rc > 0 && steps > 0; steps--)
		rc = lapse_commit_parent(out, store);
	if (rc <= 0)
		lapse_commit_release(out);
	if (rc == 0)
		return no_commit(rev);
	return rc < 0 ? rc : 0;
}

/* The message's last paragraph: its beginning; the text's end when there is but one. */
static const char *
last_paragraph(const char *message)
{
	size_t len = strlen(message);
	const char *start;

	while (len > 0 && message[len - 1] == '\n')
		len--;
	for (start = message + len; start > message + 1; start--)
		if (start[-1] == '\n' && start[-2] == '\n')
			return start;
	return message + strlen(message);
}

bool
lapse_commit_trailer(char *out, size_t size, const struct lapse_commit *commit, const char *key)
{
	size_t key_len = strlen(key), len;
	const char *line = last_paragraph(commit->message);
	bool found = false;

	for (; *line != '\0'; line += line[len] == '\n' ? len + 1 : len) {
		const char *value = line + key_len + 1;

		len = strcspn(line, "\n");
		if (len <= key_len || strncasecmp(line, key, key_len) != 0 || line[key_len] != ':')
			continue;
		len -= key_len + 1;
		while (len > 0 && *value == ' ') {
			value++;
			len--;
		}
		if (found || len >= size)
			return false;
		memcpy(out, value, len);
		out[len] = '\0';
		found = true;
		len += (size_t)(value - line);
	}
	return found;
}
