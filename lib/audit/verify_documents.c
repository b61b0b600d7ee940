/* The documents that a commit changed. */
#include "verifying.h"

#include <stdio.h>
#include <string.h>

#include "check.h"

#include "lapse/error.h"

static void
check_entry(struct verifying *v, const char *path, const struct lapse_entry *entry)
{
	struct lapse_place place;
	const char *class;

	v->counts->documents++;
	if (entry->kind == LAPSE_ENTRY_OTHER) {
		lapse_verify_fault(v, "layout", path, "neither a plain file nor a folder");
		return;
	}
	if (!lapse_place_parse(&place, path)) {
		lapse_verify_fault(v, "layout", path, "no path of an archive");
		return;
	}
	if (lapse_doc_read(&v->bytes, v->store, entry) < 0) {
		/* A plain object that cannot be read has been named already; parts may not fit together. */
		if (entry->kind == LAPSE_ENTRY_TREE)
			lapse_verify_fault(v, "layout", path, lapse_error());
		return;
	}
	if ((v->bytes.len > LAPSE_PART_SIZE) != place.in_parts)
		lapse_verify_fault(v, "layout", path, place.in_parts ? "in parts, and not larger than one" : "too large, and not in parts");
	class = place.file == LAPSE_FILE_TOMBSTONE ? NULL :
	    lapse_check_document(&v->bytes, &place, &v->arena, &v->canon);
	if (class != NULL)
		lapse_verify_fault(v, class, path, lapse_error());
	if (place.file == LAPSE_FILE_CAPTURE) {
		snprintf(v->record, sizeof(v->record), "%s", path);
		v->nrecords++;
		v->counts->captures++;
	}
}

static bool
is_of_source(const struct lapse_place *place)
{
	switch (place->file) {
	case LAPSE_FILE_ARCHIVE:
	case LAPSE_FILE_PARTIES:
	case LAPSE_FILE_POLICY:
	case LAPSE_FILE_SOURCE:
	case LAPSE_FILE_TOMBSTONE:
		return false;
	default:
		return true;
	}
}

/* What a source said changes in captures of that source only, and settings in commits of their own. */
static void
check_scope(struct verifying *v, const char *path)
{
	bool is_capture = *v->source != '\0';
	struct lapse_place place;

	if (!lapse_place_parse(&place, path))
		return;
	if (is_of_source(&place) && (!is_capture || strcmp(place.source, v->source) != 0))
		lapse_verify_fault(v, "record", path, is_capture ? "changed by a capture of another source" :
		    "changed by a commit that is no capture");
	else if (!is_of_source(&place) && is_capture &&
	    (place.file != LAPSE_FILE_SOURCE || strcmp(place.source, v->source) != 0))
		lapse_verify_fault(v, "record", path, "changed by a capture, which changes no settings");
}

/* Is the document at a path that is gone kept in the other form now, plain or in parts? */
static bool
is_kept_otherwise(struct verifying *v, const char *path)
{
	const char *dot = strrchr(path, '.');
	char json[LAPSE_PATH_MAX];

	snprintf(json, sizeof(json), "%.*s.json", (int)(dot != NULL ? dot - path : 0), path);
	return lapse_doc_find(&v->bytes, v->store, &v->tree, json) != 0;
}

int
lapse_verify_difference(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct verifying *v = payload;
	struct lapse_place place;

	(void)before;
	check_scope(v, path);
	if (after != NULL)
		check_entry(v, path, after);
	else if (lapse_place_parse(&place, path) && !is_kept_otherwise(v, path))
		lapse_verify_fault(v, "removed", path, "the document is gone from the archive");
	return 0;
}

/* No document of the newest commit is kept in both forms, "X.json" and right after it "X.parts". */
int
lapse_verify_forms(struct verifying *v, const struct lapse_commit *tip)
{
	char before[LAPSE_PATH_MAX] = "";
	struct lapse_walk *walk = NULL;
	struct lapse_entry entry;
	const char *path;
	int rc = lapse_walk_open(&walk, v->store, &tip->tree, "");

	while (rc >= 0 && (rc = lapse_walk_next(walk, &path, &entry)) > 0) {
		size_t stem = strlen(path) > 6 ? strlen(path) - 6 : 0;

		if (entry.kind == LAPSE_ENTRY_TREE && strncmp(before, path, stem) == 0 &&
		    strcmp(before + stem, ".json") == 0)
			lapse_verify_fault(v, "layout", path, "the document is there in one piece, too");
		snprintf(before, sizeof(before), "%s", path);
	}
	lapse_walk_free(walk);
	return rc;
}
