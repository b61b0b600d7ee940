#include "lapse/store.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lapse/alloc.h"
#include "store_internal.h"

/* Trees are read again and again while a run looks paths up; blobs are not, and are never kept. */
#define CACHE_TREE_MAX ((size_t)64 * 1024)
#define CACHE_MAX ((ssize_t)4 * 1024 * 1024)

_Static_assert(sizeof(git_oid) == sizeof(struct lapse_oid), "an id is 20 bytes");

char *
lapse_oid_format(char *out, const struct lapse_oid *oid)
{
	git_oid id = store_git_oid(oid);

	git_oid_fmt(out, &id);
	out[LAPSE_OID_HEX] = '\0';
	return out;
}

bool
lapse_oid_equal(const struct lapse_oid *a, const struct lapse_oid *b)
{
	return memcmp(a->id, b->id, sizeof(a->id)) == 0;
}

int
store_fail(enum lapse_code code, const char *fmt, ...)
{
	const git_error *error = git_error_last();
	char cause[512], sentence[1024];
	va_list ap;

	snprintf(cause, sizeof(cause), "%s", error != NULL ? error->message : "no cause given");
	cause[0] = (char)tolower((unsigned char)cause[0]);
	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	return lapse_fail(code, "%s: %s", sentence, cause);
}

/*
 * Where libgit2 was built with mbed TLS, git_libgit2_init() reads and decodes the system's certificates each time, which
 * takes longer than most of our answers. libgit2 connects nowhere here, so the program's own function stands in for the
 * one that would: it finds no certificate, and with none no connection could be trusted.
 */
struct mbedtls_x509_crt;
int mbedtls_x509_crt_parse_file(struct mbedtls_x509_crt *chain, const char *path);

int
mbedtls_x509_crt_parse_file(struct mbedtls_x509_crt *chain, const char *path)
{
	(void)chain;
	(void)path;
	return 0;
}

/*
 * libgit2's settings are the process's. Objects are hashed at each read, all
 * that is written is synced, and whose the folder is does not matter: nothing
 * in it is run or believed.
 */
static int
set_up_libgit2(void)
{
	if (git_libgit2_init() < 0)
		return store_fail(LAPSE_EFAIL, "libgit2");
	if (git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1) < 0 ||
	    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, CACHE_TREE_MAX) < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_MAX) < 0)
		return store_fail(LAPSE_EFAIL, "libgit2");
	return 0;
}

/* An object database without alternates: git_odb_open() would follow them. */
int
store_reopen(struct lapse_store *store)
{
	git_odb *odb = NULL;
	git_odb_backend *loose = NULL, *packs = NULL;
	char *objects = store_path("%s/objects", store->dir);
	int rc = 0;

	if (git_odb_new(&odb) < 0 ||
	    store_loose_backend(&loose, objects) < 0 ||
	    git_odb_add_backend(odb, loose, 1) < 0 ||
	    git_odb_backend_pack(&packs, objects) < 0 ||
	    git_odb_add_backend(odb, packs, 2) < 0 ||
	    git_repository_set_odb(store->repo, odb) < 0)
		rc = store_fail(LAPSE_EFORMAT, "%s", objects);
	free(objects);
	if (rc < 0) {
		git_odb_free(odb);
		return rc;
	}
	git_odb_free(store->odb);
	store->odb = odb;
	store->loose = loose;
	store->packs = packs;
	return 0;
}

/* As a bare one always: of a clone, the work tree and the reflogs are not ours to touch. No configuration is read. */
static int
open_repository(struct lapse_store *store, const char *dir)
{
	git_config *empty = NULL;
	char *repository;
	size_t len;
	int rc = store_find_repository(&repository, dir);

	if (rc < 0)
		return rc;
	rc = git_repository_open_bare(&store->repo, repository);
	free(repository);
	if (rc == GIT_ENOTFOUND)
		return lapse_fail(LAPSE_ENOTFOUND, "no archive in '%s' (lapse init makes one)", dir);
	if (rc < 0)
		return store_fail(LAPSE_EFORMAT, "'%s'", dir);
	if (git_config_new(&empty) < 0 || git_repository_set_config(store->repo, empty) < 0) {
		git_config_free(empty);
		return store_fail(LAPSE_EFAIL, "'%s'", dir);
	}
	git_config_free(empty);
	store->dir = lapse_strdup(git_repository_commondir(store->repo));
	len = strlen(store->dir);
	while (len > 1 && store->dir[len - 1] == '/')
		store->dir[--len] = '\0';
	return 0;
}

int
lapse_store_open(struct lapse_store **out, const char *dir)
{
	struct lapse_store *store;
	int rc;

	*out = NULL;
	rc = set_up_libgit2();
	if (rc < 0)
		return rc;
	store = lapse_alloc(1, sizeof(*store));
	store->evidence_begins = LAPSE_NEVER;
	rc = open_repository(store, dir);
	if (rc < 0)
		goto out;
	rc = store_reopen(store);
	if (rc < 0)
		goto out;
	*out = store;
	store = NULL;
out:
	lapse_store_free(store);
	return rc;
}

void
lapse_store_free(struct lapse_store *store)
{
	if (store == NULL)
		return;
	git_repository_free(store->repo);
	git_odb_free(store->odb);
	free(store->dir);
	free(store);
	git_libgit2_shutdown();
}

const char *
lapse_store_dir(const struct lapse_store *store)
{
	return store->dir;
}

int
store_check_no_link(const struct lapse_store *store, const char *name)
{
	char *path = store_path("%s/%s", store->dir, name);
	struct stat st;
	int rc = 0;

	for (char *slash = path + strlen(store->dir) + 1; slash != NULL && rc == 0; ) {
		slash = strchr(slash + 1, '/');
		if (slash != NULL)
			*slash = '\0';
		if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
			rc = lapse_fail(LAPSE_EFAIL, "'%s' is a symbolic link", path);
		if (slash != NULL)
			*slash = '/';
	}
	free(path);
	return rc;
}

int
store_branch(char **out, struct lapse_store *store)
{
	git_reference *head = NULL, *branch = NULL;
	const char *name;
	int rc;

	*out = NULL;
	if (git_reference_lookup(&head, store->repo, "HEAD") < 0)
		return store_fail(LAPSE_EFORMAT, "HEAD");
	name = git_reference_symbolic_target(head);
	if (name == NULL || strncmp(name, "refs/heads/", strlen("refs/heads/")) != 0) {
		rc = lapse_fail(LAPSE_EFAIL, "HEAD names no branch; check one out first");
		goto out;
	}
	rc = store_check_no_link(store, name);
	if (rc < 0)
		goto out;
	rc = git_reference_lookup(&branch, store->repo, name);
	if (rc < 0 && rc != GIT_ENOTFOUND) {
		rc = store_fail(LAPSE_EFORMAT, "%s", name);
		goto out;
	}
	if (rc == 0 && git_reference_type(branch) != GIT_REFERENCE_DIRECT) {
		rc = lapse_fail(LAPSE_EFAIL, "%s is another name for a branch, not one", name);
		goto out;
	}
	rc = 0;
	*out = lapse_strdup(name);
out:
	git_reference_free(branch);
	git_reference_free(head);
	return rc;
}
