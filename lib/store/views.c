#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lapse/alloc.h"
#include "store_internal.h"

#define REPLACE "refs/replace/"

struct views {
	const struct lapse_store *store;
	int (*fn)(const char *class, const char *fault, void *payload);
	void *payload;
};

static int
tell_replaced(const struct views *views, const char *name, size_t len)
{
	char *fault = store_path(REPLACE "%.*s: git shows another object in its place", (int)len, name);
	int rc = views->fn("replace", fault, views->payload);

	free(fault);
	return rc;
}

static int
loose_replaced(const char *name, void *payload)
{
	return tell_replaced(payload, name, strlen(name));
}

/* Lines "ID REF" of packed-refs. */
static int
packed_replaced(const struct views *views, FILE *file)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int rc = 0;

	while (rc == 0 && (len = getline(&line, &cap, file)) > 0) {
		const char *ref = strchr(line, ' ');

		if (line[0] == '#' || ref == NULL || strncmp(ref + 1, REPLACE, strlen(REPLACE)) != 0)
			continue;
		ref += 1 + strlen(REPLACE);
		rc = tell_replaced(views, ref, strcspn(ref, "\n"));
	}
	if (rc == 0 && ferror(file))
		rc = lapse_fail_errno(LAPSE_EFAIL, "packed-refs");
	free(line);
	return rc;
}

static int
check_replaced(const struct views *views)
{
	char *loose = store_path("%s/refs/replace", views->store->dir);
	char *packed = store_path("%s/packed-refs", views->store->dir);
	int rc = store_folder_each(loose, loose_replaced, (void *)(uintptr_t)views);
	FILE *file = rc == 0 ? fopen(packed, "re") : NULL;

	if (file != NULL) {
		rc = packed_replaced(views, file);
		fclose(file);
	} else if (rc == 0 && errno != ENOENT) {
		rc = lapse_fail_errno(LAPSE_EFAIL, "'%s'", packed);
	}
	free(packed);
	free(loose);
	return rc;
}

/* A file that need only hold anything. */
static int
check_file(const struct views *views, const char *name, const char *class, const char *fault)
{
	char *path = store_path("%s/%s", views->store->dir, name);
	struct stat st;
	int rc = 0;

	if (stat(path, &st) == 0) {
		if (st.st_size > 0)
			rc = views->fn(class, fault, views->payload);
	} else if (errno != ENOENT && errno != ENOTDIR) {
		rc = lapse_fail_errno(LAPSE_EFAIL, "'%s'", path);
	}
	free(path);
	return rc;
}

int
lapse_store_check_views(struct lapse_store *store,
    int (*fn)(const char *class, const char *fault, void *payload), void *payload)
{
	static const struct {
		const char *name;
		const char *class;
		const char *fault;
	} files[] = {
		{ "info/grafts", "grafts", "info/grafts: git gives commits other parents" },
		{ "objects/info/alternates", "alternates",
		    "objects/info/alternates: git reads objects from another folder" },
		{ "objects/info/http-alternates", "alternates",
		    "objects/info/http-alternates: git reads objects from another place" },
		{ "shallow", "shallow", "shallow: the history is cut off" },
	};
	struct views views = { store, fn, payload };
	int rc = check_replaced(&views);

	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && rc == 0; i++)
		rc = check_file(&views, files[i].name, files[i].class, files[i].fault);
	return rc;
}
