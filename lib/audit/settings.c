#include "lapse/settings.h"

#include <stdio.h>
#include <string.h>

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/json.h"
#include "lapse/layout.h"

#define DEFAULT_POLICY "ccadb"
#define SETTING_MAX ((size_t)16 << 20)	/* a parties or policy file larger than this is none */

/* ---- reading ---- */

int
lapse_settings_read(struct lapse_buf *out, struct lapse_store *store, const char *path)
{
	struct lapse_commit tip = { 0 };
	int rc = lapse_store_tip(&tip, store);

	if (rc > 0)
		rc = lapse_doc_find(out, store, &tip.tree, path);
	lapse_commit_release(&tip);
	return rc;
}

int
lapse_archive_check(struct lapse_store *store)
{
	struct lapse_buf bytes;
	json_t *doc = NULL;
	int rc;

	lapse_buf_init(&bytes, SETTING_MAX);
	rc = lapse_settings_read(&bytes, store, "lapse.json");
	if (rc == 0)
		rc = lapse_fail(LAPSE_EFORMAT, "%s: a git repository, but not an archive (no lapse.json)",
		    lapse_store_dir(store));
	if (rc > 0)
		rc = lapse_json_parse(&doc, bytes.data, bytes.len, "lapse.json");
	if (rc == 0)
		rc = lapse_context(lapse_codec_format(doc, LAPSE_FORMAT_ARCHIVE), "lapse.json");
	json_decref(doc);
	lapse_buf_release(&bytes);
	return rc;
}

/* A setting's JSON: of a file when one is given, else of the archive's path, else the built-in text (NULL: none; then 0). */
struct origin {
	const char *file;
	const char *path;
	const char *builtin;
	const char *name;	/* found out: what messages call it */
};

static int
read_setting(json_t **out, struct lapse_store *store, struct origin *origin)
{
	struct lapse_buf bytes;
	int rc;

	*out = NULL;
	lapse_buf_init(&bytes, SETTING_MAX);
	if (origin->file != NULL) {
		origin->name = origin->file;
		rc = lapse_file_read(&bytes, origin->file);
		rc = rc < 0 ? rc : 1;
	} else {
		origin->name = origin->path;
		rc = lapse_settings_read(&bytes, store, origin->path);
	}
	if (rc == 0 && origin->builtin != NULL) {
		origin->name = "built-in";
		rc = lapse_buf_puts(&bytes, origin->builtin);
		rc = rc < 0 ? rc : 1;
	}
	if (rc > 0) {
		rc = lapse_json_parse(out, bytes.data != NULL ? bytes.data : "", bytes.len, origin->name);
		rc = rc < 0 ? rc : 1;
	}
	lapse_buf_release(&bytes);
	return rc;
}

int
lapse_settings_parties(struct lapse_parties **out, const char **from, struct lapse_store *store, const char *file)
{
	struct origin origin = { .file = file, .path = "parties.json", .builtin = lapse_builtin_parties };
	json_t *doc = NULL;
	int rc = read_setting(&doc, store, &origin);

	*out = NULL;
	*from = file != NULL ? file : strcmp(origin.name, "built-in") == 0 ? "built in" : "the archive's parties.json";
	if (rc > 0)
		rc = lapse_parties_parse(out, doc, origin.name);
	json_decref(doc);
	return rc;
}

bool
lapse_settings_is_file(const char *name)
{
	size_t len = strlen(name);

	return strchr(name, '/') != NULL || (len > 5 && strcmp(name + len - 5, ".json") == 0);
}

int
lapse_settings_policy(struct lapse_policy **out, struct lapse_store *store, const char *name)
{
	const char *id = name != NULL ? name : DEFAULT_POLICY;
	char path[LAPSE_PATH_MAX] = "";
	struct origin origin = { .path = path };
	json_t *doc = NULL;
	int rc;

	*out = NULL;
	if (lapse_settings_is_file(id))
		origin.file = id;
	else if (lapse_name_is_valid(id))
		lapse_path_policy(path, id);
	else
		return lapse_fail(LAPSE_EUSAGE, "not a policy's id or file: '%s'", id);
	if (strcmp(id, DEFAULT_POLICY) == 0)
		origin.builtin = lapse_builtin_ccadb;
	rc = read_setting(&doc, store, &origin);
	if (rc == 0)
		rc = lapse_fail(LAPSE_ENOTFOUND, "no policy '%s' in the archive (lapse policy list shows what there is; "
		    "a file is named with a slash or .json)", id);
	if (rc > 0)
		rc = lapse_policy_parse(out, doc, origin.name);
	json_decref(doc);
	return rc;
}

/* A policy of a file that can be added: its id becomes a file's name. */
static int
read_addable(struct lapse_policy **out, json_t **doc, const char *file)
{
	struct origin origin = { .file = file };
	int rc = read_setting(doc, NULL, &origin);

	*out = NULL;
	if (rc > 0)
		rc = lapse_policy_parse(out, *doc, file);
	if (rc == 0 && !lapse_name_is_valid(lapse_policy_id(*out)))
		rc = lapse_fail(LAPSE_EFORMAT, "%s: the id '%s' cannot be a file's name (a-z 0-9 . _ -)", file,
		    lapse_policy_id(*out));
	return rc;
}

int
lapse_settings_check_policy(struct lapse_policy **out, const char *file)
{
	json_t *doc = NULL;
	int rc = read_addable(out, &doc, file);

	json_decref(doc);
	return rc;
}

struct each {
	struct lapse_store *store;
	int (*fn)(const char *name, const struct lapse_buf *bytes, void *payload);
	void *payload;
};

static int
visit(const struct lapse_entry *entry, void *payload)
{
	struct each *each = payload;
	const char *dot = strrchr(entry->name, '.');
	struct lapse_buf bytes;
	char name[65];
	int rc;

	if (entry->kind == LAPSE_ENTRY_OTHER || dot == NULL || (size_t)(dot - entry->name) >= sizeof(name) ||
	    strcmp(dot, entry->kind == LAPSE_ENTRY_TREE ? ".parts" : ".json") != 0)
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(dot - entry->name), entry->name);
	lapse_buf_init(&bytes, SETTING_MAX);
	rc = lapse_doc_read(&bytes, each->store, entry);
	if (rc == 0)
		rc = each->fn(name, &bytes, each->payload);
	lapse_buf_release(&bytes);
	return rc;
}

int
lapse_settings_each(struct lapse_store *store, const char *folder,
    int (*fn)(const char *name, const struct lapse_buf *bytes, void *payload), void *payload)
{
	struct each each = { .store = store, .fn = fn, .payload = payload };
	struct lapse_commit tip = { 0 };
	struct lapse_entry entry;
	int rc = lapse_store_tip(&tip, store);

	if (rc > 0)
		rc = lapse_tree_find(&entry, store, &tip.tree, folder);
	if (rc > 0)
		rc = lapse_tree_each(store, &entry.oid, visit, &each);
	lapse_commit_release(&tip);
	return rc;
}

/* ---- writing ---- */

static int
put_json(struct lapse_batch *batch, const char *path, const json_t *doc)
{
	struct lapse_buf bytes;
	int rc;

	lapse_buf_init(&bytes, SETTING_MAX);
	rc = lapse_canon_write(&bytes, doc);
	if (rc == 0)
		rc = lapse_batch_put(batch, path, bytes.data, bytes.len);
	lapse_buf_release(&bytes);
	return rc;
}

static int
commit(struct lapse_batch *batch, const char *message)
{
	struct lapse_instant now;
	struct lapse_oid oid;
	int rc = lapse_time_now(&now);

	return rc < 0 ? rc : lapse_batch_commit(&oid, batch, message, now);
}

/* One document, one commit. */
static int
put_setting(struct lapse_store *store, const char *path, const json_t *doc, const char *what, const char *name)
{
	struct lapse_batch *batch = NULL;
	char message[256];
	int rc = lapse_batch_open(&batch, store);

	if (rc == 0)
		rc = put_json(batch, path, doc);
	snprintf(message, sizeof(message), "%s: %s\n\nLapse-Setting: %s\n", what, name, path);
	if (rc == 0)
		rc = commit(batch, message);
	lapse_batch_free(batch);
	return rc;
}

int
lapse_settings_add_parties(struct lapse_parties **out, struct lapse_store *store, const char *file)
{
	struct origin origin = { .file = file };
	json_t *doc = NULL;
	char name[64];
	int rc = read_setting(&doc, store, &origin);

	*out = NULL;
	if (rc > 0)
		rc = lapse_parties_parse(out, doc, file);
	if (rc == 0) {
		snprintf(name, sizeof(name), "%zu of them", lapse_parties_count(*out));
		rc = put_setting(store, "parties.json", doc, "parties", name);
	}
	json_decref(doc);
	return rc;
}

int
lapse_settings_add_policy(struct lapse_policy **out, struct lapse_store *store, const char *file)
{
	char path[LAPSE_PATH_MAX];
	json_t *doc = NULL;
	int rc = read_addable(out, &doc, file);

	if (rc == 0)
		rc = put_setting(store, lapse_path_policy(path, lapse_policy_id(*out)), doc,
		    "policy", lapse_policy_id(*out));
	json_decref(doc);
	return rc;
}

/* Is a source there just so (1), there without an address (0), or with another one? */
static int
compare_source(const struct lapse_buf *bytes, const char *path, const json_t *doc)
{
	struct lapse_source there;
	struct lapse_buf mine;
	json_t *old = NULL;
	bool same;
	int rc;

	lapse_buf_init(&mine, SETTING_MAX);
	rc = lapse_canon_write(&mine, doc);
	same = rc == 0 && mine.len == bytes->len && memcmp(mine.data, bytes->data, mine.len) == 0;
	lapse_buf_release(&mine);
	if (rc == 0 && !same)
		rc = lapse_json_parse(&old, bytes->data, bytes->len, path);
	if (rc == 0 && !same)
		rc = lapse_context(lapse_codec_source_read(&there, old), "%s", path);
	if (rc == 0 && !same && (there.url != NULL || there.rest != NULL))
		rc = lapse_fail(LAPSE_EFAIL, "%s is there already, and says something else (lapse source list; "
		    "lapse source set changes it)", path);
	json_decref(old);
	return rc < 0 ? rc : same;
}

int
lapse_settings_add_source(struct lapse_store *store, const struct lapse_source *source)
{
	json_t *doc = lapse_codec_source_write(source);
	char path[LAPSE_PATH_MAX];
	struct lapse_buf bytes;
	int rc, same = 0;

	lapse_buf_init(&bytes, SETTING_MAX);
	rc = lapse_settings_read(&bytes, store, lapse_path_source(path, source->name));
	if (rc > 0)
		rc = same = compare_source(&bytes, path, doc);
	if (rc >= 0 && !same)
		rc = put_setting(store, path, doc, "source", source->name);
	json_decref(doc);
	lapse_buf_release(&bytes);
	return rc < 0 ? rc : !same;
}

/* What a source's document becomes: the keys of ours anew, others as they are. */
static void
change_source(json_t *doc, const struct lapse_source *source)
{
	static const char *const optional[] = { "rest", "query", "recheck", "evidence" };
	json_t *keys = lapse_codec_source_write(source);

	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		json_object_del(doc, optional[i]);
	json_object_update(doc, keys);
	json_decref(keys);
}

int
lapse_settings_set_source(struct lapse_store *store, const struct lapse_source *source)
{
	char path[LAPSE_PATH_MAX];
	json_t *old = NULL, *new = NULL;
	struct lapse_buf bytes;
	bool same = false;
	int rc;

	lapse_buf_init(&bytes, SETTING_MAX);
	rc = lapse_settings_read(&bytes, store, lapse_path_source(path, source->name));
	if (rc == 0)
		rc = lapse_fail(LAPSE_ENOTFOUND, "no source '%s'", source->name);
	if (rc > 0)
		rc = lapse_json_parse(&old, bytes.data, bytes.len, path);
	if (rc == 0) {
		new = json_deep_copy(old);
		change_source(new, source);
		same = json_equal(old, new);
	}
	if (rc == 0 && !same)
		rc = put_setting(store, path, new, "source", source->name);
	json_decref(old);
	json_decref(new);
	lapse_buf_release(&bytes);
	return rc < 0 ? rc : !same;
}

static int
put_builtin(struct lapse_batch *batch, const char *path, const char *text)
{
	json_t *doc;
	int rc = lapse_json_parse(&doc, text, strlen(text), path);

	if (rc == 0) {
		rc = put_json(batch, path, doc);
		json_decref(doc);
	}
	return rc;
}

static int
put_first(struct lapse_batch *batch)
{
	json_t *doc = lapse_codec_archive_encode();
	int rc = put_json(batch, "lapse.json", doc);

	json_decref(doc);
	if (rc == 0)
		rc = put_builtin(batch, "parties.json", lapse_builtin_parties);
	if (rc == 0)
		rc = put_builtin(batch, "policies/" DEFAULT_POLICY ".json", lapse_builtin_ccadb);
	return rc < 0 ? rc : commit(batch, "a new archive\n\nLapse-Setting: lapse.json\n");
}

/* Make the repository, or take one without a commit: what an interrupted making left. */
static int
open_new(struct lapse_store **out, const char *dir)
{
	struct lapse_commit tip = { 0 };
	int made = lapse_store_init(dir);
	char why[512];
	int rc;

	snprintf(why, sizeof(why), "%s", lapse_error());
	rc = lapse_store_open(out, dir);
	if (made == 0)
		return rc;
	if (rc == 0)
		rc = lapse_store_tip(&tip, *out);
	lapse_commit_release(&tip);
	if (rc > 0)
		return lapse_fail(LAPSE_EFAIL, "'%s' is an archive already", dir);
	return rc == 0 ? 0 : lapse_fail(LAPSE_EFAIL, "%s", why);
}

int
lapse_archive_init(const char *dir)
{
	struct lapse_store *store = NULL;
	struct lapse_batch *batch = NULL;
	int rc = open_new(&store, dir);

	if (rc == 0)
		rc = lapse_batch_open(&batch, store);
	if (rc == 0)
		rc = put_first(batch);
	lapse_batch_free(batch);
	lapse_store_free(store);
	return rc < 0 ? rc : 0;
}
