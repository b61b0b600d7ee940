/*
 * What a command that answers questions needs: the archive open, the view of
 * it that --known asks for, the parties and the policy.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cmd.h"
#include "lapse/audit.h"
#include "lapse/report.h"
#include "lapse/settings.h"

struct cmd_session {
	struct lapse_store *store;
	struct lapse_view *view;
	struct lapse_parties *parties;
	struct lapse_policy *policy;
	struct lapse_question question;
	struct lapse_about about;
};

/* The archive alone, checked to be one. *out is released with lapse_store_free(), NULL on failure. */
int cmd_open_store(struct lapse_store **out, struct cmd_run *run);

/* What --known asks for: a time in any form, else a revision. */
struct lapse_known cmd_known(const struct cmd_run *run);

/* A view of the archive; on a terminal a meter tells of long work. *out is released with lapse_view_free(), NULL on failure. */
int cmd_open_view(struct lapse_view **out, struct lapse_store *store, const struct lapse_known *known, struct cmd_run *run);
/* 0, or LAPSE_EAGAIN when the run is offline: before anything is opened, by a command that connects. */
int cmd_need_net(const struct cmd_run *run);

/* Everything. Released with cmd_session_release(), also on failure. */
int cmd_session_open(struct cmd_session *session, struct cmd_run *run);
void cmd_session_release(struct cmd_session *session);

/* Write a document as the answer: one line of JSON, safe to show. `name` is what messages call it. */
int cmd_write_json(struct cmd_run *run, const struct lapse_buf *bytes, const char *name);

/*
 * The whole answer of a command that writes one table over all threads that the filter wants: head,
 * `begin` for the columns, `fn` for each thread, foot.
 */
int cmd_answer(struct cmd_run *run, const struct cmd_session *session, const struct lapse_filter *filter,
    void (*begin)(struct lapse_emit *emit), lapse_gaps_fn *fn, void *payload);

/* For NDJSON and CSV, which have no foot: say on standard error that threads were evaluated earlier than asked. */
void cmd_note_bounded(struct cmd_run *run, const struct cmd_session *session, const struct lapse_tally *tally);

/* LAPSE_ENOTFOUND: of the thread number `i` of the view, called `name`, nothing was there at the moment asked for. */
int cmd_fail_absent(const struct lapse_view *view, size_t i, const char *name);

/* The options that select obligations, as every command that has them spells them. */
struct cmd_select {
	const char *owner;
	const char *clock;
	const char *level;
	struct lapse_instant since;
	struct lapse_instant until;
};
#define CMD_SELECT_OPTIONS(type, member) \
	{ .name = "owner", .kind = CMD_TEXT, .offset = offsetof(type, member) + offsetof(struct cmd_select, owner), \
	    .arg = "ID", .help = "only threads of this party" }, \
	{ .name = "clock", .kind = CMD_TEXT, .offset = offsetof(type, member) + offsetof(struct cmd_select, clock), \
	    .arg = "KIND", .help = "only response, update or needinfo duties" }, \
	{ .name = "level", .kind = CMD_TEXT, .offset = offsetof(type, member) + offsetof(struct cmd_select, level), \
	    .arg = "LEVEL", .help = "only rules of this level: must, should, best-practice" }, \
	{ .name = "since", .kind = CMD_WHEN_START, .offset = offsetof(type, member) + offsetof(struct cmd_select, since), \
	    .arg = "WHEN", .help = "only what was due then or later" }, \
	{ .name = "until", .kind = CMD_WHEN_END, .offset = offsetof(type, member) + offsetof(struct cmd_select, until), \
	    .arg = "WHEN", .help = "only what was due by then" }

/* Check the selection against the parties and fill a filter with it. LAPSE_EUSAGE for a word that is none. */
int cmd_filter(struct lapse_filter *out, const struct cmd_session *session, const struct cmd_select *select);

#endif
