#include <string.h>

#include "recheck.h"
#include "session.h"

#include "lapse/address.h"
#include "lapse/codec.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/source.h"

struct options {
	struct cmd_texts products;
	struct cmd_texts components;
	const char *url;
	const char *recheck;
	bool no_evidence;
};

static const struct cmd_option source_options[] = {
	{ .name = "product", .kind = CMD_TEXTS, .offset = offsetof(struct options, products), .arg = "NAME",
	    .help = "bugs of this product; may be given again, also for its old names" },
	{ .name = "component", .kind = CMD_TEXTS, .offset = offsetof(struct options, components), .arg = "NAME",
	    .help = "bugs of this component; may be given again" },
	{ .name = "url", .kind = CMD_TEXT, .offset = offsetof(struct options, url), .arg = "ADDRESS",
	    .help = "the same as ADDRESS" },
	{ .name = "recheck", .kind = CMD_TEXT, .offset = offsetof(struct options, recheck), .arg = "AGE|open|all",
	    .help = "what each sync reads again, changed or not (see lapse sync -h)" },
	{ .name = "no-evidence", .kind = CMD_FLAG, .offset = offsetof(struct options, no_evidence),
	    .help = "syncs do not keep what the server said, byte for byte" },
	{ .name = NULL },
};

/* ---- add ---- */

static void
add_terms(struct lapse_address *address, const char *name, const struct cmd_texts *values)
{
	for (size_t i = 0; i < values->nitems; i++)
		lapse_address_add(address, name, values->items[i]);
}

static int
read_address(struct lapse_address *address, const char *url, const struct options *opt)
{
	int rc = lapse_address_parse(address, url);

	if (rc < 0)
		return rc;
	add_terms(address, "product", &opt->products);
	add_terms(address, "component", &opt->components);
	return lapse_address_check(address);
}

static void
say_added(struct cmd_run *run, const struct lapse_source *source, const struct lapse_address *address, bool is_new)
{
	struct lapse_buf query;

	lapse_buf_init(&query, 65536);
	if (lapse_address_write(&query, address) == 0) {
		cmd_say(run, is_new ? "source %s: %s" : "nothing new: source %s is %s already", source->name, source->url);
		cmd_say(run, "a sync asks %sbug?%s", address->rest, query.data);
	}
	lapse_buf_release(&query);
}

static int
add_source(struct cmd_run *run, struct lapse_source *source)
{
	const struct options *opt = run->options;
	struct lapse_store *store = NULL;
	struct lapse_address address;
	json_t *query = NULL;
	int rc;

	lapse_address_init(&address);
	rc = read_address(&address, source->url, opt);
	source->query = query = lapse_address_encode(&address);
	source->rest = address.rest;
	if (rc == 0)
		rc = cmd_open_store(&store, run);
	if (rc == 0)
		rc = lapse_settings_add_source(store, source);
	if (rc >= 0)
		say_added(run, source, &address, rc > 0);
	json_decref(query);
	lapse_address_release(&address);
	lapse_store_free(store);
	return rc < 0 ? rc : 0;
}

static int
add(struct cmd_run *run)
{
	const struct options *opt = run->options;
	struct lapse_source source = { .kind = "bugzilla", .recheck = opt->recheck, .evidence = !opt->no_evidence };
	struct cmd_recheck recheck;

	if (run->argc < 2 || (run->argc == 3) == (opt->url != NULL))
		return lapse_fail(LAPSE_EUSAGE, "add takes a NAME and an ADDRESS");
	source.name = run->argv[1];
	source.url = opt->url != NULL ? opt->url : run->argv[2];
	if (!lapse_name_is_valid(source.name))
		return lapse_fail(LAPSE_EUSAGE, "not a source's name (a-z 0-9 . _ -, a letter or digit first): '%s'", source.name);
	if (opt->recheck != NULL && cmd_recheck_parse(&recheck, opt->recheck) < 0)
		return LAPSE_EUSAGE;
	return add_source(run, &source);
}

/* ---- list ---- */

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
	.synopsis = "add [--product NAME]... [--component NAME]... NAME ADDRESS\nlist",
	.summary = "where threads come from",
	.description =
	    "add names a source and what lapse sync is to ask for, and commits that; an import\n"
	    "makes its source by itself. ADDRESS is that of a search in the browser\n"
	    "(…/buglist.cgi?…), of a bug, of a REST call, or of a Bugzilla, with a product or\n"
	    "component named. Nothing is asked yet; it says what a sync will ask. list shows the\n"
	    "sources with their newest captures. Threads are named after their source:\n"
	    "bmo:1888882. Keep keys and passwords out of addresses: they would be refused.",
	.options = source_options,
	.options_size = sizeof(struct options),
	.min_args = 1,
	.max_args = 3,
	.examples = (const char *const[]){
	    "lapse -C incidents.git source add bmo 'https://bugzilla.mozilla.org/buglist.cgi?product=NSS'",
	    "lapse -C incidents.git source add bmo https://bugzilla.mozilla.org --product 'CA Program'",
	    "lapse -C incidents.git source list", NULL },
};
