#include "stands.h"

#include <string.h>

#include "lapse/error.h"
#include "lapse/layout.h"

/* Have two trees the same at a path, and have it both? */
static int
is_same_at(struct lapse_store *store, const struct lapse_oid *a, const struct lapse_oid *b, const char *path)
{
	struct lapse_entry in_a, in_b;
	int rc = lapse_tree_find(&in_a, store, a, path);

	if (rc > 0)
		rc = lapse_tree_find(&in_b, store, b, path);
	return rc <= 0 ? rc : lapse_oid_equal(&in_a.oid, &in_b.oid);
}

/* Records are never taken away: a tree without it comes from another history. */
static int
has_record(struct lapse_store *store, const struct lapse_oid *tree, const char *source, const struct lapse_commit *commit)
{
	char path[LAPSE_PATH_MAX];
	struct lapse_place place;

	if (!lapse_commit_trailer(path, sizeof(path), commit, "Lapse-Record") || !lapse_place_parse(&place, path) ||
	    place.file != LAPSE_FILE_CAPTURE || strcmp(place.source, source) != 0)
		return 0;
	return is_same_at(store, &commit->tree, tree, path);
}

int
lapse_stands(struct lapse_store *store, const struct lapse_oid *tree, const char *source, const char *commit,
    const struct lapse_ids *ids)
{
	struct lapse_commit then;
	char path[LAPSE_PATH_MAX];
	int same = lapse_store_commit(&then, store, commit);

	if (same < 0)
		return same == LAPSE_ENOTFOUND ? 0 : same;
	same = has_record(store, tree, source, &then);
	for (size_t i = 0; same > 0 && i < ids->nitems; i++)
		same = is_same_at(store, &then.tree, tree, lapse_path_thread(path, source, ids->items[i]));
	lapse_commit_release(&then);
	return same;
}
