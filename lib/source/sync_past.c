/* What the archive has of a source already. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync_run.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/text.h"

/* ---- the source ---- */

static int
write_query(struct sync *s)
{
	struct lapse_buf query;
	int rc;

	lapse_buf_init(&query, 8192);
	rc = lapse_address_write(&query, &s->address);
	if (rc == 0)
		s->query = lapse_buf_detach(&query);
	lapse_buf_release(&query);
	return rc;
}

/* An archive comes from anybody: its addresses are checked as if they had just been typed. */
static int
take_source(struct sync *s, const struct lapse_source *source)
{
	int rc;

	if (source->rest == NULL)
		return lapse_fail(LAPSE_EFAIL, "there is no address to sync from: lapse source add %s ADDRESS", s->options->source);
	if (strcmp(source->kind, "bugzilla") != 0)
		return lapse_fail(LAPSE_EFAIL, "cannot sync a source of kind %.40s", source->kind);
	if (!lapse_rest_is_valid(source->rest))
		return lapse_fail(LAPSE_EFORMAT, "\"rest\" is not the address of a REST interface");
	rc = lapse_address_decode(&s->address, source->query);
	if (rc == 0)
		rc = lapse_address_check(&s->address);
	s->address.rest = lapse_strdup(source->rest);
	snprintf(s->host, sizeof(s->host), "%.*s", (int)(strcspn(strstr(source->rest, "://") + 3, "/")), strstr(source->rest, "://") + 3);
	s->evidence = source->evidence;
	return rc == 0 ? write_query(s) : rc;
}

int
lapse_sync_source(struct sync *s)
{
	struct lapse_commit tip = { 0 };
	struct lapse_source source;
	char path[LAPSE_PATH_MAX];
	json_t *doc = NULL;
	int rc = lapse_store_tip(&tip, s->store);

	s->tree = tip.tree;
	lapse_commit_release(&tip);
	if (rc > 0)
		rc = lapse_doc_find(&s->run.other, s->store, &s->tree, lapse_path_source(path, s->options->source));
	if (rc == 0)
		return lapse_fail(LAPSE_ENOTFOUND, "no source '%s' in the archive (lapse source list)", s->options->source);
	if (rc > 0)
		rc = lapse_json_parse(&doc, s->run.other.data, s->run.other.len, path);
	if (rc == 0)
		rc = lapse_codec_source_read(&source, doc);
	if (rc == 0)
		rc = take_source(s, &source);
	json_decref(doc);
	return rc;
}

/* ---- captures ---- */

/* One of another Bugzilla, from before the source's address was changed, says nothing about this one. */
static bool
is_of_this_site(const struct sync *s, const struct lapse_asked *asked)
{
	return strcmp(asked->rest, s->address.rest) == 0 && lapse_time_is_set(asked->server_time);
}

int
lapse_sync_past(struct sync *s)
{
	int rc = lapse_capture_asked(&s->before, s->store, &s->tree, s->options->source);

	s->has_before = rc > 0 && is_of_this_site(s, &s->before.asked);
	s->same_search = s->has_before && strcmp(s->before.asked.query, s->query) == 0;
	return rc < 0 ? rc : 0;
}

/* ---- threads ---- */

static int
note_folder(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	const char *name = strrchr(path, '/');
	int64_t id;

	(void)before;
	if (after != NULL && after->kind == LAPSE_ENTRY_TREE && name != NULL &&
	    lapse_int_parse(&id, name + 1, 1, INT64_C(9007199254740991)) == 0)
		lapse_ids_add(payload, id);
	return 0;
}

int
lapse_sync_threads(struct lapse_ids *out, struct sync *s)
{
	struct lapse_entry folder;
	char path[LAPSE_PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "threads/%s", s->options->source);
	rc = lapse_tree_find(&folder, s->store, &s->tree, path);
	if (rc > 0)
		rc = lapse_tree_compare_folders(s->store, NULL, &folder.oid, 3, note_folder, out);
	lapse_ids_sort(out);
	return rc < 0 ? rc : 0;
}

int
lapse_sync_has_thread(struct sync *s, int64_t id)
{
	struct lapse_entry entry;
	char path[LAPSE_PATH_MAX];

	return lapse_tree_find(&entry, s->store, &s->tree, lapse_path_thread(path, s->options->source, id));
}

int
lapse_sync_changed_time(struct lapse_instant *out, struct sync *s, int64_t id)
{
	char path[LAPSE_PATH_MAX];
	const char *text;
	json_t *doc = NULL;
	int rc = lapse_doc_find(&s->run.other, s->store, &s->tree, lapse_path_fields(path, s->options->source, id));

	*out = LAPSE_NEVER;
	if (rc > 0)
		rc = lapse_json_parse(&doc, s->run.other.data, s->run.other.len, path);
	text = lapse_json_text(doc, "last_change_time");
	if (rc == 0 && text != NULL && lapse_time_parse(out, text) < 0)
		*out = LAPSE_NEVER;
	json_decref(doc);
	return rc < 0 ? rc : 0;
}
