#include "session.h"

#include <string.h>

#include "lapse/json.h"

int
cmd_open_store(struct lapse_store **out, struct cmd_run *run)
{
	int rc = lapse_store_open(out, run->archive);

	if (rc == 0)
		rc = lapse_archive_check(*out);
	if (rc < 0) {
		lapse_store_free(*out);
		*out = NULL;
	}
	return rc;
}

int
cmd_need_net(const struct cmd_run *run)
{
	return run->offline ? lapse_fail(LAPSE_EAGAIN, "offline (--offline or LAPSE_OFFLINE): nothing is asked") : 0;
}

struct lapse_known
cmd_known(const struct cmd_run *run)
{
	struct lapse_known known = { .by = LAPSE_NEVER };

	if (run->known == NULL)
		return known;
	if (lapse_when_parse(&known.by, run->known, LAPSE_EDGE_END, run->at, run->now) < 0) {
		known.by = LAPSE_NEVER;
		known.rev = run->known;
	}
	return known;
}

static void
note_unknown(struct cmd_run *run, const struct lapse_view *view)
{
	for (size_t i = 0; i < lapse_view_nsources(view); i++)
		if (lapse_view_source(view, i)->has_capture)
			return;
	cmd_note(run, "nothing had been captured%s%s", run->known != NULL ? " by " : " yet",
	    run->known != NULL ? run->known : "");
}

/* NDJSON and CSV have no head that would say it. */
static void
note_incomplete(struct cmd_run *run, const struct lapse_view *view)
{
	char due[LAPSE_DUE_LEN + 1];

	for (size_t i = 0; i < lapse_view_nsources(view); i++) {
		const struct lapse_known_source *source = lapse_view_source(view, i);

		if (source->due > 0 && (run->format == LAPSE_FORMAT_NDJSON || run->format == LAPSE_FORMAT_CSV))
			cmd_note(run, "%s", lapse_report_due(due, source->name, source->due, run->known != NULL));
	}
}

int
cmd_open_view(struct lapse_view **out, struct lapse_store *store, const struct lapse_known *known, struct cmd_run *run)
{
	struct cmd_progress progress;
	struct lapse_meter meter = { .fn = cmd_progress_step, .payload = &progress };
	int rc;

	cmd_progress_init(&progress, run, "indexing");
	rc = lapse_view_open(out, store, known, &meter);
	cmd_progress_release(&progress);
	return rc;
}

int
cmd_session_open(struct cmd_session *session, struct cmd_run *run)
{
	struct lapse_known known = cmd_known(run);
	int rc;

	*session = (struct cmd_session){ 0 };
	rc = cmd_open_store(&session->store, run);
	if (rc == 0)
		rc = lapse_settings_parties(&session->parties, &session->about.parties, session->store, run->parties);
	if (rc == 0)
		rc = lapse_settings_policy(&session->policy, session->store, run->policy);
	if (rc == 0)
		rc = lapse_context(cmd_open_view(&session->view, session->store, &known, run),
		    run->known != NULL ? "--known %s" : "%.0sthe archive", run->known != NULL ? run->known : "");
	session->question = (struct lapse_question){
		.view = session->view,
		.parties = session->parties,
		.policy = session->policy,
		.at = run->at,
	};
	session->about.question = &session->question;
	session->about.known = run->known;
	if (rc == 0) {
		note_unknown(run, session->view);
		note_incomplete(run, session->view);
	}
	return rc;
}

void
cmd_session_release(struct cmd_session *session)
{
	lapse_view_free(session->view);
	lapse_policy_free(session->policy);
	lapse_parties_free(session->parties);
	lapse_store_free(session->store);
}

/* main.c checks the stream. */
int
cmd_write_json(struct cmd_run *run, const struct lapse_buf *bytes, const char *name)
{
	struct lapse_buf safe;
	json_t *doc = NULL;
	int rc = lapse_json_parse(&doc, bytes->data, bytes->len, name);

	lapse_buf_init(&safe, LAPSE_BUF_DOCUMENT);
	if (rc == 0)
		rc = lapse_canon_write_safe(&safe, doc);
	if (rc == 0)
		fprintf(run->out, "%s\n", safe.data);
	json_decref(doc);
	lapse_buf_release(&safe);
	return rc;
}

void
cmd_note_bounded(struct cmd_run *run, const struct cmd_session *session, const struct lapse_tally *tally)
{
	char text[256];

	if ((run->format == LAPSE_FORMAT_NDJSON || run->format == LAPSE_FORMAT_CSV) &&
	    lapse_report_bounded(text, sizeof(text), &session->question, tally))
		cmd_note(run, "%s", text);
}

int
cmd_answer(struct cmd_run *run, const struct cmd_session *session, const struct lapse_filter *filter,
    void (*begin)(struct lapse_emit *emit), lapse_gaps_fn *fn, void *payload)
{
	struct lapse_emit *emit = cmd_emit(run);
	struct lapse_tally tally;
	int rc;

	lapse_report_head(emit, &session->about);
	begin(emit);
	rc = lapse_gaps_each(&session->question, filter, fn, payload, &tally);
	if (rc < 0)
		return rc;	/* a table that is not ended is not shown */
	lapse_emit_end(emit);
	lapse_report_foot(emit, &session->about, &tally);
	cmd_note_bounded(run, session, &tally);
	return 0;
}

int
cmd_fail_absent(const struct lapse_view *view, size_t i, const char *name)
{
	return lapse_fail(LAPSE_ENOTFOUND, "thread '%s' did not exist yet at that moment%s", name,
	    lapse_view_of(view, i)->is_mail ? ", or its posts belong to another one (lapse log tells)" : "");
}

int
cmd_filter(struct lapse_filter *out, const struct cmd_session *session, const struct cmd_select *select)
{
	enum lapse_clock clock;
	enum lapse_level level;

	*out = LAPSE_FILTER_ALL;
	if (select->owner != NULL && lapse_parties_find(session->parties, select->owner) == NULL)
		return lapse_fail(LAPSE_EUSAGE, "--owner: no party '%s' (lapse parties list shows them)", select->owner);
	if (select->clock != NULL && !lapse_clock_parse(&clock, select->clock))
		return lapse_fail(LAPSE_EUSAGE, "--clock: no kind of duty '%s' (response, update, needinfo, report, "
		    "revocation, closure, action)", select->clock);
	if (select->level != NULL && !lapse_level_parse(&level, select->level))
		return lapse_fail(LAPSE_EUSAGE, "--level: none of must, should, best-practice: '%s'", select->level);
	if (lapse_time_is_set(select->since) && lapse_time_is_set(select->until) &&
	    select->since.sec > select->until.sec)
		return lapse_fail(LAPSE_EUSAGE, "--since is after --until");
	out->owner = select->owner;
	out->clock = select->clock;
	out->level = select->level;
	out->since = select->since;
	out->until = select->until;
	return 0;
}
