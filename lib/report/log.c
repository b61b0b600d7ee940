/* A thread's timeline: one line an event, and what each rests on. */
#include <stdio.h>
#include <string.h>

#include "lapse/buf.h"
#include "lapse/report.h"
#include "lapse/text.h"

static const struct lapse_column columns[] = {
	{ "thread", NULL, false },
	{ "at", NULL, false },
	{ "after", NULL, false },
	{ "before", NULL, false },
	{ NULL, "when", false },
	{ "kind", "event", false },
	{ "standing", NULL, false },
	{ NULL, "standing", false },
	{ "post", "post", true },
	{ "attachment", NULL, false },
	{ "who", "who", false },
	{ "field", NULL, false },
	{ "from", NULL, false },
	{ "to", NULL, false },
	{ "why", NULL, false },
	{ NULL, "what", false },
	{ "rests_on", NULL, false },
	{ NULL, "rests on", false },
	{ "capture", NULL, false },
	{ "path", NULL, false },
	{ "earlier_capture", NULL, false },
	{ "earlier_path", NULL, false },
};

/* ---- texts, cut for people ---- */

#define WORDS 60	/* code points of a text that are shown */
#define CONTEXT 20	/* of what two texts begin with, alike, when that is longer */

/* Where the text of `len` bytes has its first `n` code points behind it. */
static size_t
skip(const char *text, size_t len, size_t n)
{
	size_t i = 0;
	uint32_t c;

	while (n-- > 0 && i < len)
		i += lapse_utf8_decode(&c, text + i, len - i);
	return i;
}

static void
add_words(struct lapse_buf *out, const char *text, size_t start)
{
	size_t len = strlen(text + start), end = skip(text + start, len, WORDS);

	lapse_buf_printf(out, "\"%s%.*s%s\"", start > 0 ? "…" : "", (int)end, text + start, end < len ? "…" : "");
}

/* Two texts from some words before where they part. */
static void
add_both(struct lapse_buf *out, const char *from, const char *to)
{
	size_t same = 0, start = 0, next;
	uint32_t c;

	while (from[same] != '\0' && from[same] == to[same])
		same++;
	if (strlen(from) <= WORDS && strlen(to) <= WORDS)
		same = 0;
	/* In whole code points, and CONTEXT of them before. */
	for (next = 0; next < same; next += lapse_utf8_decode(&c, from + next, strlen(from + next)))
		if (same - next <= CONTEXT && start == 0 && same > 2 * CONTEXT)
			start = next;
	add_words(out, from, start);
	lapse_buf_puts(out, " -> ");
	add_words(out, to, start);
}

/* ---- what happened, in words ---- */

static const char *const phrases[LAPSE_NEVENTS] = {
	[LAPSE_EVENT_EDITED] = "the text was edited: ",
	[LAPSE_EVENT_LATE] = "an old post came late: ",
	[LAPSE_EVENT_VANISHED] = "hidden or deleted: ",
	[LAPSE_EVENT_RETURNED] = "there again: ",
	[LAPSE_EVENT_REHUNG] = "belongs to another thread: ",
	[LAPSE_EVENT_REPLACED] = "another comment under this number: ",
	[LAPSE_EVENT_RENDERED] = "shown differently by the server: ",
	[LAPSE_EVENT_RETIMED] = "its time was changed: ",
	[LAPSE_EVENT_REATTRIBUTED] = "its author was changed: ",
	[LAPSE_EVENT_RENAMED] = "an account was renamed: ",
	[LAPSE_EVENT_UNSEEN] = "no longer seen",
	[LAPSE_EVENT_SEEN] = "seen again",
	[LAPSE_EVENT_ATTACHMENT_LATE] = "an old attachment came late: ",
	[LAPSE_EVENT_ATTACHMENT_VANISHED] = "hidden or deleted: ",
	[LAPSE_EVENT_ATTACHMENT_RETURNED] = "there again: ",
	[LAPSE_EVENT_ENTRY_LOST] = "the history lost an entry: ",
	[LAPSE_EVENT_ENTRY_BACKDATED] = "the history gained an old entry: ",
	[LAPSE_EVENT_ENTRY_REATTRIBUTED] = "an entry of the history has another author: ",
};

/* Is the field's name news, or in the phrase already? */
static bool
names_field(enum lapse_event_kind kind)
{
	switch (kind) {
	case LAPSE_EVENT_EDITED:
	case LAPSE_EVENT_RETIMED:
	case LAPSE_EVENT_REATTRIBUTED:
	case LAPSE_EVENT_REHUNG:
		return false;
	default:
		return true;
	}
}

static void
add_what(struct lapse_buf *out, const struct lapse_event *event)
{
	char after[LAPSE_TIME_LEN + 1], before[LAPSE_TIME_LEN + 1];

	if (lapse_time_is_set(event->after))
		lapse_buf_printf(out, "between %s and %s: ", lapse_time_format(after, event->after),
		    lapse_time_format(before, event->at));
	if (event->attachment >= 0)
		lapse_buf_printf(out, "attachment %lld: ", (long long)event->attachment);
	if (phrases[event->kind] != NULL)
		lapse_buf_puts(out, phrases[event->kind]);
	if (event->field != NULL && names_field(event->kind))
		lapse_buf_printf(out, "%.60s: ", event->field);
	if (event->from != NULL && event->to != NULL)
		add_both(out, event->from, event->to);
	else if (event->from != NULL || event->to != NULL)
		add_words(out, event->from != NULL ? event->from : event->to, 0);
	if (event->why != NULL)
		lapse_buf_printf(out, " (%.200s)", event->why);
}

/* "by T" for what a comparison shows: it happened then at the latest. */
static void
emit_when(struct lapse_emit *emit, const struct lapse_event *event)
{
	char text[8 + LAPSE_TIME_LEN], at[LAPSE_TIME_LEN + 1];

	snprintf(text, sizeof(text), "%s%s", lapse_time_is_set(event->after) ? "by " : "",
	    event->is_undated ? "unknown" : lapse_time_format(at, event->at));
	lapse_emit_text(emit, text);
}

/* ---- what it rests on ---- */

static const char *
basis(const struct lapse_event *event)
{
	if (lapse_time_is_set(event->after))
		return "comparison";
	return event->kind == LAPSE_EVENT_POST ? "post" : event->kind == LAPSE_EVENT_ATTACHED ? "attachment" : "history";
}

/* A path of the thread's own folder without it. */
static const char *
below(const char *folder, const char *path)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/' ? path + len + 1 : path;
}

static void
emit_rests_on(struct lapse_emit *emit, const struct lapse_events *events, const struct lapse_event *event)
{
	char text[2 * 256 + 2 * 12 + 32];

	if (event->path == NULL)
		lapse_emit_null(emit);
	else if (event->earlier == NULL)
		snprintf(text, sizeof(text), "%.12s:%.250s", event->capture, below(events->folder, event->path));
	else
		snprintf(text, sizeof(text), "%.12s and %.12s:%.250s", event->earlier, event->capture,
		    below(events->folder, event->path));
	if (event->path != NULL)
		lapse_emit_text(emit, text);
}

/* ---- rows ---- */

static void
emit_number(struct lapse_emit *emit, int64_t n)
{
	if (n >= 0)
		lapse_emit_int(emit, n);
	else
		lapse_emit_null(emit);
}

static const char *
shown_standing(enum lapse_standing standing)
{
	switch (standing) {
	case LAPSE_STANDING_DECLARED:
		return "";
	case LAPSE_STANDING_SILENT:
		return "SILENT";
	default:
		return lapse_standing_name(standing);
	}
}

static enum lapse_style
style_of(enum lapse_standing standing)
{
	return standing == LAPSE_STANDING_SILENT ? LAPSE_STYLE_BAD :
	    standing == LAPSE_STANDING_UNPROVEN ? LAPSE_STYLE_DOUBTFUL :
	    standing == LAPSE_STANDING_NOISE ? LAPSE_STYLE_DIM : LAPSE_STYLE_PLAIN;
}

static void
emit_event(struct lapse_emit *emit, const struct lapse_events *events, const struct lapse_event *event,
    struct lapse_buf *what)
{
	char thread[128];

	snprintf(thread, sizeof(thread), "%s:%s", events->source, events->id);
	lapse_buf_reset(what);
	add_what(what, event);
	lapse_emit_text(emit, thread);
	lapse_emit_time(emit, event->is_undated ? LAPSE_NEVER : event->at);
	lapse_emit_time(emit, event->after);
	lapse_emit_time(emit, lapse_time_is_set(event->after) ? event->at : LAPSE_NEVER);
	emit_when(emit, event);
	lapse_emit_text(emit, lapse_event_name(event->kind));
	lapse_emit_text(emit, lapse_standing_name(event->standing));
	lapse_emit_style(emit, style_of(event->standing));
	lapse_emit_text(emit, shown_standing(event->standing));
	emit_number(emit, event->post);
	emit_number(emit, event->attachment);
	lapse_emit_text(emit, event->who);
	lapse_emit_text(emit, event->field);
	lapse_emit_text(emit, event->from);
	lapse_emit_text(emit, event->to);
	lapse_emit_text(emit, event->why);
	lapse_emit_text(emit, what->len > 0 ? what->data : "");
	lapse_emit_text(emit, basis(event));
	emit_rests_on(emit, events, event);
	lapse_emit_text(emit, event->capture);
	lapse_emit_text(emit, event->path);
	lapse_emit_text(emit, event->earlier);
	lapse_emit_text(emit, event->earlier_path != NULL ? event->earlier_path :
	    event->earlier != NULL && event->from != NULL ? event->path : NULL);
	lapse_emit_row(emit);
}

static bool
is_wanted(const struct lapse_log *log, const struct lapse_event *event)
{
	if (event->at.sec > log->at.sec || (log->post >= 0 && event->post != log->post))
		return false;
	if (log->silent)
		return event->standing == LAPSE_STANDING_SILENT;
	return log->all || event->standing != LAPSE_STANDING_NOISE;
}

static void
say_foot(struct lapse_emit *emit, const struct lapse_log *log)
{
	const struct lapse_events *events = log->events;
	size_t silent = 0, noise = 0, shown = 0;

	for (size_t i = 0; i < events->nitems; i++) {
		const struct lapse_event *event = &events->items[i];

		if (event->at.sec > log->at.sec || (log->post >= 0 && event->post != log->post))
			continue;
		silent += event->standing == LAPSE_STANDING_SILENT;
		noise += event->standing == LAPSE_STANDING_NOISE;
		shown += is_wanted(log, event);
	}
	lapse_emit_say(emit, "%s", "");
	lapse_emit_say(emit, "%zu event%s, %zu silent; %zu version%s captured", shown, shown == 1 ? "" : "s", silent,
	    events->nversions, events->nversions == 1 ? "" : "s");
	if (noise > 0 && !log->all && !log->silent)
		lapse_emit_say(emit, "%zu more that change%s by %s or follow%s from others (--all)", noise,
		    noise == 1 ? "s" : "", noise == 1 ? "itself" : "themselves", noise == 1 ? "s" : "");
}

bool
lapse_report_log_bounded(char *out, size_t size, const struct lapse_log *log)
{
	char seen[LAPSE_TIME_LEN + 1], at[LAPSE_TIME_LEN + 1];

	if (!lapse_time_is_set(log->events->seen) || log->at.sec <= log->events->seen.sec)
		return false;
	snprintf(out, size, "the log ends at %s, with the newest capture that covers the thread, not at %s",
	    lapse_time_format(seen, log->events->seen), lapse_time_format(at, log->at));
	return true;
}

void
lapse_report_log(struct lapse_emit *emit, const struct lapse_about *about, const struct lapse_log *log)
{
	const struct lapse_events *events = log->events;
	struct lapse_buf what;
	char bounded[160];

	lapse_report_head(emit, about);
	lapse_emit_say(emit, "%s:%s, all that rests on files in %s: git show COMMIT:PATH", events->source, events->id,
	    events->folder);
	lapse_emit_say(emit, "%s", "");
	lapse_buf_init(&what, (size_t)1 << 20);
	lapse_emit_begin(emit, "event", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < events->nitems; i++)
		if (is_wanted(log, &events->items[i]))
			emit_event(emit, events, &events->items[i], &what);
	lapse_emit_end(emit);
	lapse_buf_release(&what);
	say_foot(emit, log);
	if (lapse_report_log_bounded(bounded, sizeof(bounded), log))
		lapse_emit_say(emit, "%s: nothing is asserted about a time that no capture has seen", bounded);
}
