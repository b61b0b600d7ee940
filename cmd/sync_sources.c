#include "sync_sources.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/json.h"
#include "lapse/settings.h"

static bool
is_asked_for(const struct cmd_run *run, const char *name)
{
	for (int i = 0; i < run->argc; i++)
		if (strcmp(run->argv[i], name) == 0)
			return true;
	return run->argc == 0;
}

static int
note_source(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct cmd_sync_sources *sources = payload;
	struct lapse_source source;
	json_t *doc = NULL;
	int rc;

	if (!is_asked_for(sources->run, name))
		return 0;
	rc = lapse_json_parse(&doc, bytes->data, bytes->len, name);
	if (rc == 0)
		rc = lapse_context(lapse_codec_source_read(&source, doc), "sources/%s.json", name);
	if (rc == 0 && ((source.rest != NULL && !source.stopped) || sources->run->argc > 0)) {
		sources->names = lapse_grow(sources->names, sources->n, &sources->cap, sizeof(*sources->names));
		sources->rechecks = lapse_grow(sources->rechecks, sources->n, &sources->rechecks_cap, sizeof(*sources->rechecks));
		sources->names[sources->n] = lapse_strdup(name);
		sources->rechecks[sources->n++] = source.recheck != NULL ? lapse_strdup(source.recheck) : NULL;
	}
	else if (rc == 0)
		sources->nstopped += source.stopped;
	json_decref(doc);
	return rc;
}

void
cmd_sync_sources_release(struct cmd_sync_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		free(sources->names[i]);
		free(sources->rechecks[i]);
	}
	free(sources->names);
	free(sources->rechecks);
}

int
cmd_sync_sources_choose(struct cmd_sync_sources *out, struct cmd_run *run, struct lapse_store *store)
{
	int rc;

	*out = (struct cmd_sync_sources){ .run = run };
	rc = lapse_settings_each(store, "sources", note_source, out);
	for (int i = 0; rc == 0 && i < run->argc; i++) {
		size_t k = 0;

		while (k < out->n && strcmp(out->names[k], run->argv[i]) != 0)
			k++;
		if (k == out->n)
			rc = lapse_fail(LAPSE_ENOTFOUND, "no source '%s' in the archive (lapse source list)", run->argv[i]);
	}
	if (rc == 0 && out->n == 0)
		rc = lapse_fail(LAPSE_EFAIL, out->nstopped > 0 ? "all sources are stopped: name one, or 'lapse source set NAME --resume'" :
		    "no source has an address: lapse source add NAME ADDRESS");
	return rc;
}
