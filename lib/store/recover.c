#include "recover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "ledger.h"
#include "pack.h"
#include "spool.h"
#include "tidy.h"

struct folder {
	const char *path;
	const char *prefix;
};

/* libgit2's name for a file that is not finished yet. */
static int
remove_unfinished(const char *name, void *payload)
{
	const struct folder *folder = payload;
	char *path;
	int rc;

	if (strncmp(name, folder->prefix, strlen(folder->prefix)) != 0)
		return 0;
	path = store_path("%s/%s", folder->path, name);
	rc = store_remove(path);
	free(path);
	return rc;
}

/* We and libgit2 name an index before its pack; git never does, so one alone is what a killed run left. */
static int
remove_lone_index(const char *name, void *payload)
{
	const char *dir = payload;
	size_t len = strlen(name);
	char *pack, *index;
	int rc = 0;

	if (strncmp(name, "pack-", strlen("pack-")) != 0 || !store_ends_in(name, len, ".idx"))
		return 0;
	pack = store_path("%s/%.*s.pack", dir, (int)(len - strlen(".idx")), name);
	index = store_path("%s/%s", dir, name);
	if (access(pack, F_OK) < 0 && errno == ENOENT)
		rc = store_remove(index);
	free(index);
	free(pack);
	return rc;
}

static int
remove_temporaries(const struct lapse_store *store)
{
	char *objects = store_path("%s/objects", store->dir);
	char *packs = store_path("%s/objects/pack", store->dir);
	int rc = store_folder_each(objects, remove_unfinished, &(struct folder){ objects, "tmp_object_git2_" });

	if (rc == 0)
		rc = store_folder_each(packs, remove_unfinished, &(struct folder){ packs, "pack_git2_" });
	if (rc == 0)
		rc = store_folder_each(packs, remove_unfinished, &(struct folder){ packs, STORE_PACK_UNFINISHED });
	if (rc == 0)
		rc = store_folder_each(packs, remove_lone_index, packs);
	free(packs);
	free(objects);
	return rc;
}

/* Is this lock of a ref the killed run's? Then it holds what the run was writing, or as much as it came to. */
static bool
is_ours(const char *path, const char *hex)
{
	char text[LAPSE_OID_HEX + 2];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text));
	close(fd);
	if (n == LAPSE_OID_HEX + 1 && text[LAPSE_OID_HEX] == '\n')
		n--;
	return n >= 0 && n <= LAPSE_OID_HEX && strncmp(text, hex, (size_t)n) == 0;
}

int
store_drop_ref_lock(const struct lapse_store *store, const char *name)
{
	char *ref = store_path("%s/%s", store->dir, name);
	char *lock = store_path("%s/%s.lock", store->dir, name);
	struct stat a, b;
	int rc = 0;

	if (lstat(lock, &a) == 0 && lstat(ref, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		rc = store_remove(lock);
	free(lock);
	free(ref);
	return rc;
}

/* The branch that a note names, if a run of ours would move it and no link leads to it: a note may be a stranger's. */
static char *
named_branch(struct lapse_store *store, const char *named, size_t len)
{
	char *name = NULL;

	if (len == strlen(STORE_EVIDENCE) && strncmp(named, STORE_EVIDENCE, len) == 0)
		return store_check_no_link(store, STORE_EVIDENCE) == 0 ? lapse_strdup(STORE_EVIDENCE) : NULL;
	if (store_branch(&name, store) == 0 && strlen(name) == len && strncmp(name, named, len) == 0)
		return name;
	free(name);
	return NULL;
}

/* "ref NAME ID": the run was moving NAME to ID. If it is there, the lock became the ref, and any other now is not ours. */
static int
remove_ref_lock(struct lapse_store *store, const char *note)
{
	const char *named = note + strlen("ref "), *blank = strchr(named, ' ');
	char *name, *lock;
	git_oid now, wanted;
	int rc = 0;

	if (blank == NULL || git_oid_fromstrn(&wanted, blank + 1, LAPSE_OID_HEX) < 0)
		return 0;
	name = named_branch(store, named, (size_t)(blank - named));
	if (name == NULL)
		return 0;
	lock = store_path("%s/%s.lock", store->dir, name);
	if (git_reference_name_to_id(&now, store->repo, name) == 0 && git_oid_equal(&now, &wanted))
		rc = store_drop_ref_lock(store, name);
	else if (is_ours(lock, blank + 1))
		rc = store_remove(lock);
	free(lock);
	free(name);
	return rc;
}

static int
remove_spool(const struct lapse_store *store, const char *name)
{
	char *spool = store_path("%s/%s", store->dir, name);
	int rc = store_remove(spool);

	free(spool);
	return rc;
}

int
store_recover(struct lapse_store *store, const char *note)
{
	int rc = remove_spool(store, STORE_SPOOL_NAME);

	if (rc == 0)
		rc = remove_spool(store, STORE_SPOOL_EVIDENCE);
	if (rc == 0)
		rc = remove_spool(store, STORE_LEDGER_NAME);
	if (rc < 0 || *note == '\0')
		return rc;
	rc = remove_temporaries(store);
	/* A note without its end was torn by a power cut, and is not to be acted on. */
	if (rc == 0 && strstr(note, "\nend\n") != NULL) {
		if (strncmp(note, "ref ", strlen("ref ")) == 0)
			rc = remove_ref_lock(store, note);
		else if (strncmp(note, "sweep ", strlen("sweep ")) == 0)
			rc = store_sweep(store, note);
	}
	return rc < 0 ? lapse_context(rc, "clearing what a killed run left") : 0;
}
