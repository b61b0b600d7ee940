#include "sync_key.h"

#include <string.h>

#include "lapse/codec.h"
#include "lapse/json.h"
#include "lapse/keys.h"
#include "lapse/layout.h"
#include "lapse/settings.h"

/* The host and port that a source's address names, and the key for it: 1, 0 without one. A sync says what is wrong with it. */
static int
find_key(struct lapse_key *out, char *place, size_t size, struct lapse_store *store, const char *source)
{
	char path[LAPSE_PATH_MAX];
	struct lapse_source it = { .rest = NULL };
	struct lapse_buf bytes;
	json_t *doc = NULL;
	const char *host;
	int rc;

	*out = (struct lapse_key){ .text = "" };
	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	rc = lapse_settings_read(&bytes, store, lapse_path_source(path, source));
	if (rc > 0)
		rc = lapse_json_parse(&doc, bytes.data, bytes.len, path);
	if (rc == 0 && doc != NULL)
		rc = lapse_codec_source_read(&it, doc);
	host = it.rest != NULL ? strstr(it.rest, "://") : NULL;
	if (rc == 0 && host != NULL) {
		snprintf(place, size, "%.*s", (int)strcspn(host + 3, "/"), host + 3);
		rc = lapse_key_find(out, it.rest);
	}
	json_decref(doc);
	lapse_buf_release(&bytes);
	return rc;
}

int
cmd_sync_print_key(struct cmd_run *run, struct lapse_store *store, const char *source)
{
	struct lapse_key key;
	char place[300] = "";
	int rc = find_key(&key, place, sizeof(place), store, source);

	if (rc > 0)
		fprintf(run->out, "with the API key of %s\n", key.file);
	else if (rc == 0)
		fprintf(run->out, "without an API key\n");
	lapse_key_wipe(&key);
	return rc < 0 ? rc : 0;
}

int
cmd_sync_note_key(struct cmd_run *run, struct lapse_store *store, const char *source)
{
	struct lapse_key key;
	char place[300] = "";
	int rc = find_key(&key, place, sizeof(place), store, source);

	if (rc == 0 && key.near[0] != '\0')
		cmd_note(run, "%s: no API key is sent: %s has one for '%s', and this is '%s'", source, key.file, key.near, place);
	lapse_key_wipe(&key);
	return rc < 0 ? rc : 0;
}
