#include "recheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/replay.h"
#include "lapse/text.h"

const char *
cmd_recheck_of(const char *given, const char *otherwise)
{
	if (given == NULL)
		return otherwise;
	return strcmp(given, "none") == 0 ? NULL : given;
}

int
cmd_recheck_parse(struct cmd_recheck *out, const char *text)
{
	const struct lapse_instant now = { 0 };
	struct lapse_instant then;
	char when[32];

	*out = (struct cmd_recheck){ .kind = CMD_RECHECK_AGE };
	if (strcmp(text, "open") == 0) {
		out->kind = CMD_RECHECK_OPEN;
		return 0;
	}
	if (strcmp(text, "all") == 0) {
		out->kind = CMD_RECHECK_ALL;
		return 0;
	}
	snprintf(when, sizeof(when), "-%.30s", text);
	if (strlen(text) > 20 || text[strspn(text, "0123456789")] == '\0' ||
	    lapse_when_parse(&then, when, LAPSE_EDGE_START, now, now) < 0)
		return lapse_fail(LAPSE_EUSAGE, "--recheck takes open, all, none or an age such as 7d, not '%s'", text);
	out->age = lapse_span_between(then, now);
	return 0;
}

struct candidate {
	int64_t id;
	struct lapse_instant read;
};

static int
by_read(const void *va, const void *vb)
{
	const struct candidate *a = va, *b = vb;

	if (a->read.sec != b->read.sec)
		return a->read.sec < b->read.sec ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* Does the rule want a thread? */
static int
is_wanted(struct lapse_view *view, size_t i, struct lapse_instant read, const struct cmd_recheck *recheck,
    struct lapse_instant now)
{
	struct lapse_thread thread;
	struct lapse_arena arena;
	int rc;

	if (recheck->kind == CMD_RECHECK_ALL)
		return 1;
	if (recheck->kind == CMD_RECHECK_AGE)
		return !lapse_time_is_set(read) || now.sec - read.sec >= recheck->age.sec;
	lapse_arena_init(&arena);
	rc = lapse_view_load(&thread, &arena, view, i, now, false);
	if (rc > 0)
		rc = thread.status == NULL || !lapse_status_is_closed(thread.status);
	lapse_arena_release(&arena);
	return rc;
}

static int
gather(struct candidate *out, size_t *n, struct cmd_run *run, struct lapse_view *view, const char *source,
    const struct cmd_recheck *recheck)
{
	struct lapse_instant *reads;
	struct lapse_arena arena;
	int rc = 0;

	*n = 0;
	lapse_arena_init(&arena);
	lapse_view_reads(&reads, &arena, view);
	for (size_t i = 0; rc >= 0 && i < lapse_view_nthreads(view); i++) {
		const char *its_source, *id;
		struct candidate *c = &out[*n];

		lapse_view_name(&its_source, &id, view, i, &arena);
		if (strcmp(its_source, source) != 0 || lapse_int_parse(&c->id, id, 0, INT64_MAX) < 0)
			continue;
		c->read = reads[i];
		rc = is_wanted(view, i, reads[i], recheck, run->now);
		*n += rc > 0;
	}
	lapse_arena_release(&arena);
	return rc < 0 ? rc : 0;
}

int
cmd_recheck_choose(struct lapse_ids *out, struct cmd_run *run, struct lapse_store *store, const char *source,
    const struct cmd_recheck *recheck)
{
	const struct lapse_known known = { .by = LAPSE_NEVER };
	struct candidate *candidates = NULL;
	struct lapse_view *view = NULL;
	size_t n = 0;
	int rc = lapse_view_open(&view, store, &known, NULL);

	if (rc == 0) {
		candidates = lapse_alloc(lapse_view_nthreads(view) + 1, sizeof(*candidates));
		rc = gather(candidates, &n, run, view, source, recheck);
	}
	if (rc == 0 && n > 0)
		qsort(candidates, n, sizeof(*candidates), by_read);
	for (size_t i = 0; rc == 0 && i < n; i++)
		lapse_ids_add(out, candidates[i].id);
	free(candidates);
	lapse_view_free(view);
	return rc;
}
