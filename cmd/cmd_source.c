#include <string.h>

#include "recheck.h"
#include "session.h"
#include "source_list.h"

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
	bool stop;
	bool resume;
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
	{ .name = "stop", .kind = CMD_FLAG, .offset = offsetof(struct options, stop),
	    .help = "set: syncs do not ask it any more, unless they name it" },
	{ .name = "resume", .kind = CMD_FLAG, .offset = offsetof(struct options, resume),
	    .help = "set: they do again" },
	{ .name = NULL },
};

/* ---- what options say ---- */

static int
check_options(const struct options *opt)
{
	struct cmd_recheck recheck;

	if (opt->evidence && opt->no_evidence)
		return lapse_fail(LAPSE_EUSAGE, "--evidence and --no-evidence exclude each other");
	if (opt->stop && opt->resume)
		return lapse_fail(LAPSE_EUSAGE, "--stop and --resume exclude each other");
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

/* How it stands in the archive now. */
static void
say_source(struct cmd_run *run, const struct lapse_source *source, bool is_new)
{
	cmd_say(run, "%ssource %s: %s; read again: %s; evidence: %s%s", is_new ? "" : "nothing new: ", source->name,
	    source->url != NULL ? source->url : "no address", source->recheck != NULL ? source->recheck : "none",
	    source->evidence ? "kept" : "not kept", source->stopped ? "; stopped" : "");
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
		rc = cmd_source_note_twins(run, store, source->name, &address);
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
	if (opt->stop || opt->resume)
		return lapse_fail(LAPSE_EUSAGE, "--stop and --resume go with set only");
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
	if (rc == 0 && strcmp(s->source.kind, "bugzilla") != 0)
		return lapse_fail(LAPSE_EFAIL, "source '%s' is of kind %.40s: what is set here is asked of Bugzillas", s->source.name,
		    s->source.kind);
	if (rc == 0 && (url != NULL || opt->products.nitems > 0 || opt->components.nitems > 0))
		rc = set_search(s, run, url);
	if (rc < 0)
		return rc;
	s->source.recheck = cmd_recheck_of(opt->recheck, s->source.recheck);
	s->source.stopped = opt->stop || (s->source.stopped && !opt->resume);
	s->source.evidence = opt->evidence || (s->source.evidence && !opt->no_evidence);
	rc = lapse_settings_set_source(s->store, &s->source);
	if (rc < 0)
		return rc;
	say_source(run, &s->source, rc > 0);
	if (s->query != NULL)
		say_asks(run, &s->address);
	return 0;
}

static bool
changes_nothing(const struct options *opt)
{
	return opt->recheck == NULL && !opt->evidence && !opt->no_evidence && !opt->stop && !opt->resume &&
	    opt->products.nitems == 0 && opt->components.nitems == 0;
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
	if (url == NULL && changes_nothing(opt))
		return lapse_fail(LAPSE_EUSAGE, "set takes what is to be changed: an ADDRESS, --product, --component, --recheck, "
		    "--evidence, --no-evidence, --stop or --resume");
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

/* ---- the command ---- */

/* What people try who want to be rid of a source. */
static bool
is_removal(const char *verb)
{
	static const char *const verbs[] = { "delete", "del", "drop", "forget", "remove", "rm" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i], verb) == 0)
			return true;
	return false;
}

static int
source(struct cmd_run *run)
{
	if (strcmp(run->argv[0], "add") == 0)
		return add(run);
	if (strcmp(run->argv[0], "set") == 0)
		return set(run);
	if (strcmp(run->argv[0], "list") == 0)
		return cmd_source_list(run);
	if (is_removal(run->argv[0]))
		return lapse_fail(LAPSE_EUSAGE, "an archive only grows, and a source stays in it: 'lapse source set NAME --stop' "
		    "keeps syncs from asking it, 'lapse source set NAME ADDRESS' gives it another address");
	return lapse_fail(LAPSE_EUSAGE, "none of add, set and list: '%s'", run->argv[0]);
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
	    "A source cannot be taken out, since archives only grow: set --stop keeps syncs from\n"
	    "asking it, set --resume lets them again.\n"
	    "list shows the sources: the newest capture, what is asked for, and how many bugs are\n"
	    "still due. Threads are named after their source: bmo:1888882. Keep keys and passwords\n"
	    "out of addresses: they would be refused.",
	.options = source_options,
	.options_size = sizeof(struct options),
	.min_args = 1,
	.max_args = 3,
	.examples = (const char *const[]){
	    "lapse -C incidents.git source add bmo 'https://bugzilla.mozilla.org/buglist.cgi?product=NSS'",
	    "lapse -C incidents.git source add bmo https://bugzilla.mozilla.org --product 'CA Program'",
	    "lapse -C incidents.git source set bmo --component 'CA Certificate Compliance' --recheck open",
	    "lapse -C incidents.git source set bmo --stop",
	    "lapse -C incidents.git source list", NULL },
};
