/* What sources there are: what is asked of each, and how far that came. */
#include "source_list.h"

#include <string.h>

#include "session.h"

#include "lapse/address.h"
#include "lapse/codec.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/source.h"

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
	{ "stopped", "stopped", false },
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
	lapse_emit_bool(emit, source->stopped);
	lapse_buf_release(&whole);
	lapse_buf_release(&query);
	lapse_address_release(&address);
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
	if (rc > 0)
		lapse_place_parse(&place, path);
	if (rc >= 0)
		rc = lapse_capture_due(&due, listing->store, &listing->tip.tree, name);
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

int
cmd_source_list(struct cmd_run *run)
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

/* ---- twins ---- */

struct twins {
	struct cmd_run *run;
	const char *name;
	const struct lapse_address *address;
};

static bool
has_term(const struct lapse_address *address, const struct lapse_term *term)
{
	for (size_t i = 0; i < address->nterms; i++)
		if (strcmp(address->terms[i].name, term->name) == 0 && strcmp(address->terms[i].value, term->value) == 0)
			return true;
	return false;
}

/* The same terms, in whatever order; an address holds none twice. */
static bool
asks_the_same(const struct lapse_source *source, const struct lapse_address *address)
{
	struct lapse_address its;
	bool same;

	lapse_address_init(&its);
	same = strcmp(source->rest, address->rest) == 0 && lapse_address_decode(&its, source->query) == 0 &&
	    its.nterms == address->nterms;
	for (size_t i = 0; same && i < its.nterms; i++)
		same = has_term(address, &its.terms[i]);
	lapse_address_release(&its);
	return same;
}

static int
note_twin(const char *name, const struct lapse_buf *bytes, void *payload)
{
	const struct twins *twins = payload;
	struct lapse_source source;
	json_t *doc = NULL;
	int rc = strcmp(name, twins->name) != 0;

	if (rc > 0)
		rc = lapse_json_parse(&doc, bytes->data, bytes->len, name) < 0 || lapse_codec_source_read(&source, doc) < 0 ? 0 : 1;
	if (rc > 0 && source.rest == NULL)
		cmd_note(twins->run, "source %s has no address: if its bugs are of this Bugzilla too, they will be there twice; "
		    "'lapse source set %s ADDRESS' goes on with them", name, name);
	else if (rc > 0 && asks_the_same(&source, twins->address))
		cmd_note(twins->run, "source %s asks the same: with both, every bug and what it owes will be there twice", name);
	json_decref(doc);
	return 0;
}

int
cmd_source_note_twins(struct cmd_run *run, struct lapse_store *store, const char *name,
    const struct lapse_address *address)
{
	struct twins twins = { run, name, address };

	return lapse_settings_each(store, "sources", note_twin, &twins);
}
