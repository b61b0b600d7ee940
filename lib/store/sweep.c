#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "tidy.h"

static bool
is_pack_name(const char *name)
{
	return strlen(name) == strlen("pack-") + LAPSE_OID_HEX && strncmp(name, "pack-", strlen("pack-")) == 0 &&
	    strspn(name + strlen("pack-"), "0123456789abcdef") == LAPSE_OID_HEX;
}

static bool
is_there(const char *dir, const char *name)
{
	char *pack = store_path("%s/%s.pack", dir, name);
	char *index = store_path("%s/%s.idx", dir, name);
	bool there = access(pack, F_OK) == 0 && access(index, F_OK) == 0;

	free(index);
	free(pack);
	return there;
}

/* The index first: from then on nobody finds the pack. */
static int
delete_pack(const char *dir, const char *name)
{
	static const char *const suffixes[] = { ".idx", ".bitmap", ".rev", ".pack" };
	int rc = 0;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes) && rc == 0; i++) {
		char *path = store_path("%s/%s%s", dir, name, suffixes[i]);

		rc = store_remove(path);
		free(path);
	}
	return rc;
}

/* git's index over all packs would name those that go. It is a cache, which git makes again when told to. */
static int
delete_multi_index(const char *name, void *payload)
{
	char *path;
	int rc;

	if (strncmp(name, "multi-pack-index", strlen("multi-pack-index")) != 0 ||
	    store_ends_in(name, strlen(name), ".lock"))
		return 0;
	path = store_path("%s/%s", (const char *)payload, name);
	rc = store_remove(path);
	free(path);
	return rc;
}

/* The next line of a note, or NULL. */
static char *
take_line(char **pos)
{
	char *line = *pos, *end = strchr(line, '\n');

	if (end == NULL)
		return NULL;
	*end = '\0';
	*pos = end + 1;
	return line;
}

int
store_sweep(const struct lapse_store *store, const char *note)
{
	char *dir = store_path("%s/objects/pack", store->dir);
	char *text = lapse_strdup(note), *pos = text, *line = take_line(&pos);
	const char *name = line + strlen("sweep ");
	int rc = 0;

	if (is_pack_name(name) && is_there(dir, name)) {
		rc = store_folder_each(dir, delete_multi_index, dir);
		while (rc == 0 && (line = take_line(&pos)) != NULL && is_pack_name(line))
			if (strcmp(line, name) != 0)
				rc = delete_pack(dir, line);
	}
	free(text);
	free(dir);
	return rc;
}
