#include <stdio.h>
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
	bool evidence;
	bool no_evidence;
};

static const struct cmd_option source_options[] = {
	{ .name = "product", .kind = CMD_TEXTS, .offset = offsetof(struct options, products), .arg = "NAME",
	    .help = "bugs of this product; may be given again, also for its old names" },
	{ .name = "component", .kind = CMD_TEXTS, .offset = offsetof(struct options, components), .arg = "NAME",
	    .help = "bugs of this component; may be given again" },
	{ .name = "url", .kind = CMD_TEXT, .offset = offsetof(struct options, url), .arg = "ADDRESS",
	    .help = "the same as ADDRESS" },
	{ .name = "recheck", .kind = CMD_TEXT, .offset = offsetof(struct options, recheck), .arg = "AGE|open|all|none",
	    .help = "what each sync reads again, changed or not (see lapse sync -h)" },
	{ .name = "evidence", .kind = CMD_FLAG, .offset = offsetof(struct options, evidence),
	    .help = "syncs keep what the server said, byte for byte (default)" },
	{ .name = "no-evidence", .kind = CMD_FLAG, .offset = offsetof(struct options, no_evidence),
	    .help = "syncs do not keep that" },
	{ .name = NULL },
};

/* ---- what options say ---- */

static int
check_options(const struct options *opt)
{
	struct cmd_recheck recheck;

	if (opt->evidence && opt->no_evidence)
		return lapse_fail(LAPSE_EUSAGE, "--evidence and --no-evidence exclude each other");
	if (cmd_recheck_of(opt->recheck, NULL) == NULL)
		return 0;
	return cmd_recheck_parse(&recheck, opt->recheck) < 0 ? LAPSE_EUSAGE : 0;
}

/* ---- add ---- */

static void
add_terms(struct lapse_address *address, const char *name, const struct cmd_texts *values)
{
	for (size_t i = 0; i < values->nitems; i++)
		lapse_address_add(address, name, values->items[i]);
}

/* With the names that options give. */
static int
check_names(struct lapse_address *address, const struct options *opt)
{
	add_terms(address, "product", &opt->products);
	add_terms(address, "component", &opt->components);
	return lapse_address_check(address);
}

static void
say_asks(struct cmd_run *run, const struct lapse_address *address)
{
	struct lapse_buf query;

	lapse_buf_init(&query, 65536);
	if (lapse_address_write(&query, address) == 0)
		cmd_say(run, "a sync asks %sbug?%s", address->rest, query.data);
	lapse_buf_release(&query);
}

static void
say_source(struct cmd_run *run, const struct lapse_source *source, bool is_new)
{
	cmd_say(run, "%ssource %s: %s; read again: %s; evidence: %s", is_new ? "" : "nothing new: ", source->name,
	    source->url != NULL ? source->url : "no address", source->recheck != NULL ? source->recheck : "none",
	    source->evidence ? "kept" : "not kept");
}

/* Another source that asks the same. */
struct twin {
	const struct lapse_source *source;
	char name[65];		/* "": none */
};

static int
compare_source(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct twin *twin = payload;
	struct lapse_source other;
	json_t *doc = NULL;
	int rc = lapse_json_parse(&doc, bytes->data, bytes->len, name);

	if (rc == 0)
		rc = lapse_context(lapse_codec_source_read(&other, doc), "sources/%s.json", name);
	if (rc == 0 && strcmp(name, twin->source->name) != 0 && other.rest != NULL &&
	    strcmp(other.rest, twin->source->rest) == 0 && json_equal(other.query, twin->source->query))
		snprintf(twin->name, sizeof(twin->name), "%s", name);
	json_decref(doc);
	return rc;
}

/* Two sources with the same bugs have every obligation twice. */
static int
warn_of_twin(struct cmd_run *run, struct lapse_store *store, const struct lapse_source *source)
{
	struct twin twin = { .source = source };
	int rc = lapse_settings_each(store, "sources", compare_source, &twin);

	if (rc == 0 && twin.name[0] != '\0')
		cmd_note(run, "source %s asks the same: with both, every bug and what it owes will be there twice", twin.name);
	return rc;
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
	rc = lapse_address_parse(&address, source->url);
	if (rc == 0)
		rc = check_names(&address, opt);
	source->query = query = lapse_address_encode(&address);
	source->rest = address.rest;
	if (rc == 0)
		rc = cmd_open_store(&store, run);
	if (rc == 0)
		rc = lapse_settings_add_source(store, source);
	if (rc >= 0) {
		say_source(run, source, rc > 0);
		say_asks(run, &address);
		rc = warn_of_twin(run, store, source);
	}
	json_decref(query);
	lapse_address_release(&address);
	lapse_store_free(store);
	return rc < 0 ? rc : 0;
}

static int
add(struct cmd_run *run)
{
	const struct options *opt = run->options;
	struct lapse_source source = { .kind = "bugzilla", .recheck = cmd_recheck_of(opt->recheck, NULL), .evidence = !opt->no_evidence };
	int rc = check_options(opt);

	if (run->argc < 2 || (run->argc == 3) == (opt->url != NULL))
		return lapse_fail(LAPSE_EUSAGE, "add takes a NAME and an ADDRESS");
	source.name = run->argv[1];
	source.url = opt->url != NULL ? opt->url : run->argv[2];
	if (!lapse_name_is_valid(source.name))
		return lapse_fail(LAPSE_EUSAGE, "not a source's name (a-z 0-9 . _ -, a letter or digit first): '%s'", source.name);
	return rc < 0 ? rc : add_source(run, &source);
}

/* ---- set ---- */

/* A source on its way from what it is to what it shall be. */
struct setting {
	struct lapse_store *store;
	struct lapse_source source;
	json_t *doc;			/* what it is, which the source borrows from */
	json_t *query;			/* what it shall ask, when that changes */
	struct lapse_address address;	/* the same */
};

static int
read_source(struct setting *s, const char *name)
{
	char path[LAPSE_PATH_MAX];
	struct lapse_buf bytes;
	int rc;

	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	rc = lapse_settings_read(&bytes, s->store, lapse_path_source(path, name));
	if (rc == 0)
		rc = lapse_fail(LAPSE_ENOTFOUND, "no source '%s' in the archive (lapse source list)", name);
	if (rc > 0)
		rc = lapse_json_parse(&s->doc, bytes.data, bytes.len, path);
	if (rc == 0)
		rc = lapse_context(lapse_codec_source_read(&s->source, s->doc), "%s", path);
	s->source.name = name;
	lapse_buf_release(&bytes);
	return rc;
}

/* An address of its own beats the one that is there; what only the scheme tells apart is one Bugzilla. */
static int
check_host(const struct setting *s)
{
	const char *old = s->source.rest, *new = s->address.rest;
	struct lapse_commit tip = { 0 };
	char path[LAPSE_PATH_MAX];
	int rc;

	if (old == NULL || strstr(old, "://") == NULL || strcmp(strstr(old, "://"), strstr(new, "://")) == 0)
		return 0;
	rc = lapse_store_tip(&tip, s->store);
	if (rc > 0)
		rc = lapse_capture_newest(path, s->store, &tip.tree, s->source.name);
	lapse_commit_release(&tip);
	if (rc > 0)
		rc = lapse_fail(LAPSE_EFAIL, "the archive has bugs of %s under this name, and another Bugzilla has others under their "
		    "numbers: lapse source add NAME ADDRESS", old);
	return rc;
}

/* A search without a product finds less once it names one. */
static void
warn_of_narrowing(struct cmd_run *run, const struct lapse_address *address, const char *name, const struct cmd_texts *values)
{
	if (values->nitems == 0 || address->nterms == 0)
		return;
	for (size_t i = 0; i < address->nterms; i++)
		if (strcmp(address->terms[i].name, name) == 0)
			return;
	cmd_note(run, "the search named no %s so far: with one it finds fewer bugs, not more", name);
}

/* The search that there is, or the one of an address, and the names beside. */
static int
set_search(struct setting *s, struct cmd_run *run, const char *url)
{
	const struct options *opt = run->options;
	int rc = 0;

	if (url != NULL) {
		rc = lapse_address_parse(&s->address, url);
	} else if (s->source.rest == NULL) {
		rc = lapse_fail(LAPSE_EUSAGE, "source %s has no address to add names to: name one", s->source.name);
	} else if (!lapse_rest_is_valid(s->source.rest)) {
		rc = lapse_fail(LAPSE_EFORMAT, "source %s: \"rest\" is not the address of a REST interface", s->source.name);
	} else {
		s->address.rest = lapse_strdup(s->source.rest);
		rc = lapse_address_decode(&s->address, s->source.query);
		warn_of_narrowing(run, &s->address, "product", &opt->products);
		warn_of_narrowing(run, &s->address, "component", &opt->components);
	}
	if (rc == 0)
		rc = check_names(&s->address, opt);
	if (rc == 0 && url != NULL)
		rc = check_host(s);
	if (rc < 0)
		return rc;
	s->source.url = url != NULL ? url : s->source.url;
	s->source.rest = s->address.rest;
	s->source.query = s->query = lapse_address_encode(&s->address);
	return 0;
}

static int
set_source(struct setting *s, struct cmd_run *run, const char *url)
{
	const struct options *opt = run->options;
	int rc = cmd_open_store(&s->store, run);

	if (rc == 0)
		rc = read_source(s, run->argv[1]);
	if (rc == 0 && (url != NULL || opt->products.nitems > 0 || opt->components.nitems > 0))
		rc = set_search(s, run, url);
	if (rc < 0)
		return rc;
	s->source.recheck = cmd_recheck_of(opt->recheck, s->source.recheck);
	s->source.evidence = opt->evidence || (s->source.evidence && !opt->no_evidence);
	rc = lapse_settings_set_source(s->store, &s->source);
	if (rc >= 0)
		say_source(run, &s->source, rc > 0);
	if (rc >= 0 && s->query != NULL)
		say_asks(run, &s->address);
	return rc < 0 ? rc : 0;
}

static int
set(struct cmd_run *run)
{
	const struct options *opt = run->options;
	const char *url = opt->url != NULL ? opt->url : run->argc > 2 ? run->argv[2] : NULL;
	struct setting s = { .store = NULL };
	int rc = check_options(opt);

	if (run->argc < 2 || (run->argc == 3 && opt->url != NULL))
		return lapse_fail(LAPSE_EUSAGE, "set takes a NAME and what is to be changed");
	if (url == NULL && opt->recheck == NULL && !opt->evidence && !opt->no_evidence && opt->products.nitems == 0 &&
	    opt->components.nitems == 0)
		return lapse_fail(LAPSE_EUSAGE, "set takes what is to be changed: an ADDRESS, --product, --component, --recheck, "
		    "--evidence or --no-evidence");
	if (!lapse_name_is_valid(run->argv[1]))
		return lapse_fail(LAPSE_EUSAGE, "not a source's name (a-z 0-9 . _ -, a letter or digit first): '%s'", run->argv[1]);
	lapse_address_init(&s.address);
	if (rc == 0)
		rc = set_source(&s, run, url);
	json_decref(s.query);
	json_decref(s.doc);
	lapse_address_release(&s.address);
	lapse_store_free(s.store);
	return rc;
}

/* ---- list ---- */

static const struct lapse_column columns[] = {
	{ "source", "source", false },
	{ "kind", "kind", false },
	{ "newest_capture", "newest capture", false },
	{ "url", NULL, false },
	{ "rest", NULL, false },
	{ "query", NULL, false },
	{ "recheck", "read again", false },
	{ "evidence", "evidence", false },
	{ "due", "due", true },
	{ "asks", "a sync asks", false },
};

struct listing {
	struct lapse_store *store;
	struct lapse_emit *emit;
	struct lapse_commit tip;
};

/* What a sync asks, as far as it is an address's query, and what it has yet to. */
static void
emit_asking(struct lapse_emit *emit, const struct lapse_source *source, size_t due)
{
	struct lapse_address address;
	struct lapse_buf query, whole;
	bool asks;

	lapse_address_init(&address);
	lapse_buf_init(&query, 65536);
	lapse_buf_init(&whole, 131072);
	asks = source->rest != NULL && lapse_address_decode(&address, source->query) == 0 &&
	    lapse_address_write(&query, &address) == 0 &&
	    lapse_buf_printf(&whole, "%sbug?%s", source->rest, query.data) == 0;
	lapse_emit_text(emit, source->url);
	lapse_emit_text(emit, source->rest);
	lapse_emit_text(emit, asks ? query.data : NULL);
	lapse_emit_text(emit, source->recheck);
	lapse_emit_bool(emit, source->evidence);
	lapse_emit_int(emit, (int64_t)due);
	lapse_emit_text(emit, asks ? whole.data : NULL);
	lapse_buf_release(&whole);
	lapse_buf_release(&query);
	lapse_address_release(&address);
}

/* How many threads the capture at a path was still to ask for. */
static int
count_due(size_t *out, const struct listing *listing, const char *path)
{
	struct lapse_capture capture;
	struct lapse_buf bytes;
	json_t *doc = NULL;
	int rc;

	lapse_capture_init(&capture);
	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	rc = lapse_doc_find(&bytes, listing->store, &listing->tip.tree, path);
	if (rc > 0)
		rc = lapse_json_parse(&doc, bytes.data, bytes.len, path);
	if (rc == 0)
		rc = lapse_context(lapse_codec_capture_decode(&capture, doc), "%s", path);
	*out = capture.asked.due.nitems;
	lapse_capture_release(&capture);
	json_decref(doc);
	lapse_buf_release(&bytes);
	return rc;
}

static int
emit_source(const char *name, const struct lapse_buf *bytes, void *payload)
{
	struct listing *listing = payload;
	struct lapse_source source;
	char path[LAPSE_PATH_MAX];
	struct lapse_place place = { .time = LAPSE_NEVER };
	json_t *doc = NULL;
	size_t due = 0;
	int rc = lapse_json_parse(&doc, bytes->data, bytes->len, name);

	if (rc == 0)
		rc = lapse_context(lapse_codec_source_read(&source, doc), "sources/%s.json", name);
	if (rc == 0)
		rc = lapse_capture_newest(path, listing->store, &listing->tip.tree, name);
	if (rc > 0 && lapse_place_parse(&place, path))
		rc = count_due(&due, listing, lapse_path_capture(path, name, place.time, (int)place.number));
	if (rc >= 0) {
		lapse_emit_text(listing->emit, name);
		lapse_emit_text(listing->emit, source.kind);
		lapse_emit_time(listing->emit, place.time);
		emit_asking(listing->emit, &source, due);
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
	if (strcmp(run->argv[0], "set") == 0)
		return set(run);
	if (strcmp(run->argv[0], "list") == 0)
		return list(run);
	return lapse_fail(LAPSE_EUSAGE, "neither add, set nor list: '%s'", run->argv[0]);
}

const struct cmd cmd_source = {
	.name = "source",
	.group = CMD_SET_UP,
	.run = source,
	.flags = CMD_ARCHIVE | CMD_TABLE,
	.synopsis = "add [--product NAME]... [--component NAME]... NAME ADDRESS\n"
	    "set [OPTION]... NAME [ADDRESS]\nlist",
	.summary = "where threads come from",
	.description =
	    "add names a source and what lapse sync is to ask for, and commits that; an import\n"
	    "makes its source by itself. ADDRESS is that of a search in the browser\n"
	    "(…/buglist.cgi?…), of a bug, of a REST call, or of a Bugzilla, with a product or\n"
	    "component named. Nothing is asked yet; it says what a sync will ask.\n"
	    "set changes what options name, in a commit of its own: products and components are\n"
	    "added to those that the search has (an old name beside a new one), ADDRESS takes the\n"
	    "place of the search. The next sync lists what it holds and fetches what is missing;\n"
	    "bugs that it does not hold any more stay, and are asked for by their numbers.\n"
	    "list shows the sources with their newest captures. Threads are named after their\n"
	    "source: bmo:1888882. Keep keys and passwords out of addresses: they would be refused.",
	.options = source_options,
	.options_size = sizeof(struct options),
	.min_args = 1,
	.max_args = 3,
	.examples = (const char *const[]){
	    "lapse -C incidents.git source add bmo 'https://bugzilla.mozilla.org/buglist.cgi?product=NSS'",
	    "lapse -C incidents.git source add bmo https://bugzilla.mozilla.org --product 'CA Program'",
	    "lapse -C incidents.git source set bmo --component 'CA Certificate Compliance' --recheck open",
	    "lapse -C incidents.git source list", NULL },
};
