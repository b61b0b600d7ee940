#include <string.h>

#include "session.h"

#include "lapse/codec.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/source.h"

static int
add(struct cmd_run *run)
{
	struct lapse_store *store = NULL;
	const char *name, *url;
	int rc;

	if (run->argc != 3)
		return lapse_fail(LAPSE_EUSAGE, "add takes a NAME and a URL");
	name = run->argv[1];
	url = run->argv[2];
	if (!lapse_name_is_valid(name))
		return lapse_fail(LAPSE_EUSAGE, "not a source's name (a-z 0-9 . _ -, a letter or digit first): '%s'", name);
	if ((strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) || strpbrk(url, " \t\r\n") != NULL)
		return lapse_fail(LAPSE_EUSAGE, "not a web address: '%s'", url);
	rc = cmd_open_store(&store, run);
	if (rc == 0)
		rc = lapse_settings_add_source(store, name, "bugzilla", url);
	if (rc >= 0)
		cmd_say(run, rc > 0 ? "source %s: %s" : "nothing new: source %s is %s already", name, url);
	lapse_store_free(store);
	return rc < 0 ? rc : 0;
}

static const struct lapse_column columns[] = {
	{ "source", "source", false },
	{ "kind", "kind", false },
	{ "newest_capture", "newest capture", false },
	{ "url", "address", false },
};

struct listing {
	struct lapse_store *store;
	struct lapse_emit *emit;
	struct lapse_commit tip;
};

static int
emit_source(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct listing *listing = payload;
	const char *its_name, *kind, *url;
	char path[LAPSE_PATH_MAX];
	struct lapse_place place = { .time = LAPSE_NEVER };
	json_t *doc = NULL;
	int rc = lapse_json_parse(&doc, bytes->data, bytes->len, name);

	if (rc == 0)
		rc = lapse_context(lapse_codec_source_decode(&its_name, &kind, &url, doc), "sources/%s.json", name);
	if (rc == 0)
		rc = lapse_capture_newest(path, listing->store, &listing->tip.tree, name);
	if (rc > 0)
		lapse_place_parse(&place, path);
	if (rc >= 0) {
		lapse_emit_text(listing->emit, name);
		lapse_emit_text(listing->emit, kind);
		lapse_emit_time(listing->emit, place.time);
		lapse_emit_text(listing->emit, url);
		lapse_emit_row(listing->emit);
	}
	json_decref(doc);
	return rc < 0 ? rc : 0;
}

static int
list(struct cmd_run *run)
{
	struct listing listing = { .store = NULL };
	int rc;

	if (run->argc > 1)
		return lapse_fail(LAPSE_EUSAGE, "list takes nothing more");
	rc = cmd_open_store(&listing.store, run);
	if (rc == 0)
		rc = lapse_store_tip(&listing.tip, listing.store);
	if (rc > 0) {
		listing.emit = cmd_emit(run);
		lapse_emit_begin(listing.emit, "source", columns, sizeof(columns) / sizeof(columns[0]));
		rc = lapse_settings_each(listing.store, "sources", emit_source, &listing);
		lapse_emit_end(listing.emit);
	}
	lapse_commit_release(&listing.tip);
	lapse_store_free(listing.store);
	return rc;
}

static int
source(struct cmd_run *run)
{
	if (strcmp(run->argv[0], "add") == 0)
		return add(run);
	if (strcmp(run->argv[0], "list") == 0)
		return list(run);
	return lapse_fail(LAPSE_EUSAGE, "neither add nor list: '%s'", run->argv[0]);
}

const struct cmd cmd_source = {
	.name = "source",
	.group = CMD_SET_UP,
	.run = source,
	.flags = CMD_ARCHIVE | CMD_TABLE,
	.synopsis = "add NAME URL\nlist",
	.summary = "where threads come from",
	.description =
	    "add names a source and its address and commits that; an import makes its source by\n"
	    "itself. list shows the sources with their newest captures. Threads are named\n"
	    "after their source: bmo:1888882. This version does not fetch from addresses.",
	.min_args = 1,
	.max_args = 3,
	.examples = (const char *const[]){
	    "lapse -C incidents.git source add bmo 'https://bugzilla.mozilla.org/buglist.cgi?product=NSS'",
	    "lapse -C incidents.git source list", NULL },
};
