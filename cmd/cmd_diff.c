#include <string.h>

#include "session.h"

#include "lapse/diff.h"
#include "lapse/json.h"
#include "lapse/patch.h"

struct options {
	bool json_patch;
};

/* One of the two: a moment as the archive knows it, or a capture at its own time. */
struct side {
	const char *name;		/* as it was given */
	struct lapse_known known;
	struct lapse_instant at;	/* LAPSE_NEVER: that of the capture */
	struct lapse_view *view;
	struct lapse_state_doc state;
	bool is_there;
	const struct lapse_known_source *source;	/* of the thread; NULL: the thread is not known */
};

static void
side_release(struct side *side)
{
	lapse_state_release(&side->state);
	lapse_view_free(side->view);
}

static int
open_side(struct side *side, struct cmd_run *run, struct lapse_store *store, const char *name)
{
	int rc;

	*side = (struct side){ .name = name };
	if (lapse_when_parse(&side->at, name, LAPSE_EDGE_END, run->at, run->now) == 0) {
		side->known = cmd_known(run);
		return lapse_context(cmd_open_view(&side->view, store, &side->known, run),
		    run->known != NULL ? "--known %s" : "%.0sthe archive", run->known != NULL ? run->known : "");
	}
	side->at = LAPSE_NEVER;
	side->known = (struct lapse_known){ .by = LAPSE_NEVER, .rev = name };
	rc = cmd_open_view(&side->view, store, &side->known, run);
	if (rc == LAPSE_ENOTFOUND)
		return lapse_fail(LAPSE_EUSAGE, "'%s' is neither a moment (2024-05-08, 2024-05-08T09:30:00Z, now, -7d) "
		    "nor a capture", name);
	return lapse_context(rc, "%s", name);
}

/* A source as a side knows it; NULL when it does not. */
static const struct lapse_known_source *
find_source(const struct side *side, const char *source)
{
	for (size_t i = 0; i < lapse_view_nsources(side->view); i++)
		if (strcmp(lapse_view_source(side->view, i)->name, source) == 0)
			return lapse_view_source(side->view, i);
	return NULL;
}

/* Load a side's state: 1; 0 when the thread was not there, with empty documents. */
static int
load_side(struct side *side, const char *thread)
{
	struct lapse_arena arena;
	const char *source, *id;
	int64_t post;
	size_t i;
	int rc = lapse_view_find(&i, &post, side->view, thread);

	if (rc == 0 && post >= 0)
		rc = lapse_fail(LAPSE_EUSAGE, "a thread is compared whole, not '%s'", thread);
	if (rc == LAPSE_ENOTFOUND) {
		side->state = (struct lapse_state_doc){ json_object(), json_object(), side->at };
		return 0;
	}
	if (rc < 0)
		return rc;
	lapse_arena_init(&arena);
	lapse_view_name(&source, &id, side->view, i, &arena);
	side->source = find_source(side, source);
	if (!lapse_time_is_set(side->at) && side->source != NULL)
		side->at = side->source->time;
	lapse_arena_release(&arena);
	rc = lapse_state_load(&side->state, side->view, i, side->at);
	side->is_there = rc > 0;
	return rc;
}

static void
say_side(struct lapse_emit *emit, const char *label, const struct side *side)
{
	char at[LAPSE_TIME_LEN + 1], covered[LAPSE_TIME_LEN + 1];

	if (!lapse_time_is_set(side->at))
		lapse_emit_say(emit, "%-6s %s: the thread is not known", label, side->name);
	else if (!side->is_there)
		lapse_emit_say(emit, "%-6s %s: the thread did not exist yet", label, lapse_time_format(at, side->at));
	else if (side->state.at.sec < side->at.sec)
		lapse_emit_say(emit, "%-6s %s, the newest capture that covers it, not %s", label,
		    lapse_time_format(covered, side->state.at), lapse_time_format(at, side->at));
	else
		lapse_emit_say(emit, "%-6s %s", label, lapse_time_format(at, side->at));
}

static int
write_patch(struct cmd_run *run, const struct side *a, const struct side *b)
{
	struct lapse_buf bytes;
	json_t *patch;
	bool differs;
	int rc = lapse_patch_make(&patch, a->state.doc, b->state.doc);

	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	differs = json_array_size(patch) > 0;
	if (rc == 0)
		rc = lapse_canon_write_safe(&bytes, patch);
	if (rc == 0)
		fprintf(run->out, "%s\n", bytes.data);
	json_decref(patch);
	lapse_buf_release(&bytes);
	return rc < 0 ? rc : differs ? CMD_NO : CMD_OK;
}

static int
write_rows(struct cmd_run *run, const struct side *a, const struct side *b)
{
	struct lapse_emit *emit = cmd_emit(run);
	const char *thread = lapse_json_text((b->is_there ? b : a)->state.doc, "thread");
	char due[LAPSE_DUE_LEN + 1];
	size_t nrows;

	lapse_emit_heading(emit, "%s", thread);
	say_side(emit, "from", a);
	say_side(emit, "to", b);
	if ((a->source != NULL && a->source->authenticated) || (b->source != NULL && b->source->authenticated))
		lapse_emit_say(emit, "source %s: " LAPSE_SAY_AUTHENTICATED, (b->source != NULL ? b : a)->source->name);
	if (b->source != NULL && b->source->due > 0)
		lapse_emit_say(emit, "%s", lapse_report_due(due, b->source->name, b->source->due,
		    b->known.rev != NULL || run->known != NULL));
	nrows = lapse_report_diff(emit, &a->state, &b->state);
	if (nrows == 0)
		lapse_emit_say(emit, "nothing differs");
	return nrows > 0 ? CMD_NO : CMD_OK;
}

static int
compare(struct cmd_run *run, struct side *a, struct side *b)
{
	const struct options *options = run->options;
	int before = load_side(a, run->argv[0]), after;

	if (before < 0)
		return before;
	after = load_side(b, run->argv[0]);
	if (after < 0)
		return after;
	if (before == 0 && after == 0)
		return lapse_fail(LAPSE_ENOTFOUND, "thread '%s' is not in the archive at either", run->argv[0]);
	return options->json_patch ? write_patch(run, a, b) : write_rows(run, a, b);
}

static int
diff(struct cmd_run *run)
{
	struct lapse_store *store = NULL;
	struct side a = { 0 }, b = { 0 };
	int rc = cmd_open_store(&store, run);

	if (rc == 0)
		rc = open_side(&a, run, store, run->argv[1]);
	if (rc == 0)
		rc = open_side(&b, run, store, run->argv[2]);
	if (rc == 0)
		rc = compare(run, &a, &b);
	side_release(&a);
	side_release(&b);
	lapse_store_free(store);
	return rc;
}

static const struct cmd_option diff_options[] = {
	{ .name = "json-patch", .kind = CMD_FLAG, .offset = offsetof(struct options, json_patch),
	    .help = "a JSON Patch (RFC 6902) that makes of the state at A that at B" },
	{ .name = NULL },
};

const struct cmd cmd_diff = {
	.name = "diff",
	.group = CMD_LOOK,
	.run = diff,
	.flags = CMD_ARCHIVE | CMD_AT | CMD_TABLE | CMD_PAGER,
	.synopsis = "THREAD A B",
	.summary = "what changed in a thread between two moments or captures",
	.description =
	    "Show what differs between the thread as it stood at A and at B: fields, flags,\n"
	    "posts (edited ones line by line) and attachments. A and B are moments, in any form\n"
	    "that --at takes, as known by --known; or captures, by their commit, each with what\n"
	    "was known by then. A value that the archive does not know for certain says so.\n"
	    "With --json-patch the answer is a JSON Patch of the two documents that\n"
	    "'lapse show --state' writes for A and B.",
	.options = diff_options,
	.options_size = sizeof(struct options),
	.min_args = 3,
	.max_args = 3,
	.exit_no = "something differs",
	.examples = (const char *const[]){
	    "lapse -C incidents.git diff bmo:1888882 2024-05-01 2024-05-08",
	    "lapse -C incidents.git diff bmo:1888882 -7d now --json-patch", NULL },
};
