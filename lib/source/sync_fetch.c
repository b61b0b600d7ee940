/*
 * Bugs with all that belongs to them, some dozens in one answer, a few answers at once: each goes into the run as it
 * comes, so that no more than those few are in memory. A server that does not know this form is asked part by part.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "sync_run.h"

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/text.h"

#define REFUSALS_MAX 200	/* in one run: each halves a list */
#define TARGET_MAX 8192
#define ANSWER_SIZE ((size_t)8 << 20)	/* what an answer should not be larger than */
#define REASONS_MAX 50			/* bugs that are asked one by one why they are gone: such requests are counted */
#define ALL_PARTS ((1 << LAPSE_NPARTS) - 1)

/* Bugs that were asked for together. */
struct batch {
	struct sync *sync;
	struct wanted *wanted;
	size_t n;
	const struct etag *etag;	/* that it was asked for with; NULL */
	const char *target;		/* what was asked for, when its ETag is to be remembered; NULL */
};

/* One part of one bug. */
struct portion {
	struct batch *batch;
	struct wanted *bug;
	enum lapse_part part;
};

/* ---- wanted ---- */

void
lapse_sync_want(struct sync *s, int64_t id)
{
	s->wanted = lapse_grow(s->wanted, s->nwanted, &s->wanted_cap, sizeof(*s->wanted));
	s->wanted[s->nwanted++] = (struct wanted){ .id = id };
}

struct order {
	int64_t id;
	size_t place;
};

static int
by_id_place(const void *va, const void *vb)
{
	const struct order *a = va, *b = vb;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

/* Each bug once, where it was wanted first. */
static void
drop_doubles(struct sync *s)
{
	struct order *orders = lapse_alloc(s->nwanted + 1, sizeof(*orders));
	size_t kept = 0;

	for (size_t i = 0; i < s->nwanted; i++)
		orders[i] = (struct order){ s->wanted[i].id, i };
	qsort(orders, s->nwanted, sizeof(*orders), by_id_place);
	for (size_t i = 1; i < s->nwanted; i++)
		if (orders[i].id == orders[i - 1].id)
			s->wanted[orders[i].place].id = 0;
	for (size_t i = 0; i < s->nwanted; i++)
		if (s->wanted[i].id != 0)
			s->wanted[kept++] = s->wanted[i];
	s->nwanted = kept;
	free(orders);
}

static int
by_id(const void *va, const void *vb)
{
	const struct wanted *a = va, *b = vb;

	return a->id < b->id ? -1 : a->id > b->id;
}

static struct wanted *
find(const struct batch *batch, int64_t id)
{
	const struct wanted key = { .id = id };

	return bsearch(&key, batch->wanted, batch->n, sizeof(key), by_id);
}

bool
lapse_sync_is_done(const struct wanted *wanted)
{
	return wanted->settled || wanted->parts == ALL_PARTS;
}

/* ---- what came ---- */

static void
tell_progress(const struct sync *s)
{
	if (s->options->progress != NULL)
		s->options->progress(s->narrived, s->nwanted, s->options->progress_payload);
}

static void
note_parts(struct sync *s, struct wanted *bug, unsigned parts)
{
	bool had_all = bug->parts == ALL_PARTS;

	bug->parts |= (unsigned char)parts;
	if (had_all || bug->parts != ALL_PARTS)
		return;
	s->narrived++;
	tell_progress(s);
}

static unsigned char
parts_of(const json_t *bug)
{
	unsigned parts = json_object_get(bug, "summary") != NULL ? 1 << LAPSE_PART_BUGS : 0;

	for (int part = LAPSE_PART_COMMENTS; part < LAPSE_NPARTS; part++)
		if (json_object_get(bug, lapse_part_name((enum lapse_part)part)) != NULL)
			parts |= 1u << part;
	return (unsigned char)parts;
}

/* The bugs of an answer that were asked for; what else it holds is passed over. *out is a new reference. */
static int
asked_bugs(json_t **out, const struct batch *batch, const json_t *bugs)
{
	json_t *kept = json_array();
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(bugs); i++) {
		json_t *bug = json_array_get(bugs, i);
		struct wanted *wanted = NULL;
		int64_t id;

		if (lapse_json_int(&id, json_object_get(bug, "id")))
			wanted = find(batch, id);
		if (wanted == NULL)
			continue;
		if (wanted->coming & parts_of(bug))	/* of two versions nobody knows which one is true */
			rc = lapse_fail(LAPSE_EFORMAT, "bug %" PRId64 " is twice in one answer", id);
		wanted->coming |= parts_of(bug);
		wanted->visible = true;
		json_array_append(kept, bug);
	}
	*out = json_pack("{s:o}", "bugs", kept);
	return rc;
}

/* An answer that is larger than it should be makes the next ones smaller. */
static void
fit_batch(struct sync *s, size_t size, size_t n)
{
	size_t each = size / n + 1;

	s->batch = ANSWER_SIZE / each;
	if (s->batch > SYNC_BATCH)
		s->batch = SYNC_BATCH;
	if (s->batch < 1)
		s->batch = 1;
}

/* ---- part by part ---- */

static int pump(struct sync *s);

/* What an answer about one part says of this bug, in the shape that it has alone; NULL: nothing. A new reference. */
static json_t *
portion_of(const struct portion *portion, const json_t *answer)
{
	const json_t *bugs = json_object_get(answer, "bugs");
	char key[24];
	json_t *value;
	int64_t id;

	snprintf(key, sizeof(key), "%" PRId64, portion->bug->id);
	value = json_object_get(bugs, key);
	if (value != NULL)
		return json_pack("{s:{s:O}}", "bugs", key, value);
	for (size_t i = 0; i < json_array_size(bugs); i++) {
		value = json_array_get(bugs, i);
		if (lapse_json_int(&id, json_object_get(value, "id")) && id == portion->bug->id)
			return json_pack("{s:[{s:I, s:O}]}", "bugs", "id", (json_int_t)id, "history",
			    json_object_get(value, "history"));
	}
	return NULL;
}

static int
take_portion(const struct lapse_answer *answer, void *payload)
{
	const struct portion *portion = payload;
	struct sync *s = portion->batch->sync;
	struct sync_answer got;
	json_t *own;
	int rc = lapse_sync_judge(&got, s, answer);

	if (rc != 0)
		return rc;
	s->flying--;
	if (got.json == NULL) {
		portion->bug->absent = true;	/* it was there a moment ago; it is asked why */
		return pump(s);
	}
	own = portion_of(portion, got.json);
	rc = own != NULL ? lapse_bugzilla_take(&s->run, own) :
	    lapse_fail(LAPSE_EFORMAT, "bug %" PRId64 ": an answer about another one", portion->bug->id);
	if (rc == 0)
		note_parts(s, portion->bug, 1u << portion->part);
	json_decref(own);
	json_decref(got.json);
	return rc == 0 ? pump(s) : rc;
}

static int
ask_portion(struct batch *batch, struct wanted *bug, enum lapse_part part)
{
	static const char *const names[LAPSE_NPARTS] = {
		[LAPSE_PART_COMMENTS] = "comment", [LAPSE_PART_HISTORY] = "history",
		[LAPSE_PART_ATTACHMENTS] = "attachment?exclude_fields=data",
	};
	struct portion *portion = lapse_arena_alloc(&batch->sync->arena, sizeof(*portion));
	char target[80];

	*portion = (struct portion){ batch, bug, part };
	snprintf(target, sizeof(target), "bug/%" PRId64 "/%s", bug->id, names[part]);
	batch->sync->flying++;
	return lapse_http_get(batch->sync->http, target, NULL, take_portion, portion);
}

/* What an answer lacks of its first `n` bugs: the server is of the kind that has it elsewhere. */
static int
ask_portions(struct batch *batch, size_t n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		for (int part = LAPSE_PART_COMMENTS; rc == 0 && part < LAPSE_NPARTS; part++)
			if ((batch->wanted[i].parts & 1 << part) == 0)
				rc = ask_portion(batch, &batch->wanted[i], (enum lapse_part)part);
	return rc;
}

/* ---- together ---- */

int
lapse_sync_batch_target(struct lapse_buf *out, const struct wanted *wanted, size_t n)
{
	int rc = lapse_asking_write(out, wanted, n, sizeof(*wanted));

	if (rc == 0)
		rc = lapse_buf_puts(out, "&" ASKING_ALL);
	/* It is another one in every answer to who is logged in: with it no answer would be as it was. */
	return rc == 0 && n > 0 && wanted[0].again ? lapse_buf_puts(out, ",update_token") : rc;
}

static int ask_batch(struct sync *s, struct wanted *wanted, size_t n);

/* Bring the bugs that came to the front: how many. */
static size_t
part_batch(struct batch *batch)
{
	size_t ncame = 0;

	for (size_t i = 0; i < batch->n; i++) {
		struct wanted bug = batch->wanted[i];

		if (!bug.visible)
			continue;
		batch->wanted[i] = batch->wanted[ncame];
		batch->wanted[ncame++] = bug;
	}
	return ncame;
}

/*
 * What did not come is asked for again, as long as some come: a server may give fewer bugs in an answer than were asked
 * for, and not say so. When none comes, they are not there.
 */
static int
ask_rest(struct batch *batch, size_t ncame)
{
	if (ncame > 0 && ncame < batch->n)
		return ask_batch(batch->sync, batch->wanted + ncame, batch->n - ncame);
	for (size_t i = ncame; i < batch->n; i++)
		batch->wanted[i].absent = true;
	return 0;
}

static int
take_bugs(struct batch *batch, const json_t *answer)
{
	struct sync *s = batch->sync;
	json_t *bugs = json_object_get(answer, "bugs"), *asked;
	size_t ncame;
	int rc;

	if (!json_is_array(bugs))
		return lapse_fail(LAPSE_EFORMAT, "an answer to a search without \"bugs\"");
	rc = asked_bugs(&asked, batch, bugs);
	if (rc == 0)
		rc = lapse_bugzilla_take(&s->run, asked);
	json_decref(asked);
	ncame = part_batch(batch);
	for (size_t i = 0; rc == 0 && i < ncame; i++)
		note_parts(s, &batch->wanted[i], batch->wanted[i].coming);
	if (rc == 0)
		rc = ask_portions(batch, ncame);
	return rc == 0 ? ask_rest(batch, ncame) : rc;
}

/* A server that refuses all because of one bug is asked for the halves. */
static int
take_refusal(struct batch *batch, const struct sync_answer *got)
{
	size_t half = batch->n / 2;
	int rc;

	if (!lapse_sync_is_of_a_bug(got))
		return lapse_sync_refused(got, "bug?id=");
	if (batch->sync->nrefused++ >= REFUSALS_MAX)
		return lapse_fail(LAPSE_EAGAIN, "the server refuses nearly all that is asked for by number");
	if (batch->n == 1) {
		batch->wanted[0].absent = true;
		return 0;
	}
	rc = ask_batch(batch->sync, batch->wanted, half);
	return rc == 0 ? ask_batch(batch->sync, batch->wanted + half, batch->n - half) : rc;
}

/* Nothing of them is other than what an earlier capture took: this one covers them as if all had come again. */
static void
take_unmodified(struct batch *batch)
{
	struct sync *s = batch->sync;

	for (size_t i = 0; i < batch->n; i++) {
		struct wanted *bug = &batch->wanted[i];

		bug->visible = true;
		for (int part = 0; part < LAPSE_NPARTS; part++)
			lapse_ids_add(&s->run.capture->scope[part], bug->id);
		lapse_stood_add(s->asked, batch->etag->commit, bug->id);
		note_parts(s, bug, ALL_PARTS);
	}
}

/* All that was asked for, and nothing left out: then the ETag stands for what is kept of it. */
static bool
is_whole(const struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (batch->wanted[i].coming != ALL_PARTS)
			return false;
	return true;
}

static int
take_batch(const struct lapse_answer *answer, void *payload)
{
	struct batch *batch = payload;
	struct sync *s = batch->sync;
	struct sync_answer got;
	int rc = lapse_sync_judge(&got, s, answer);

	if (rc != 0)
		return rc;
	s->flying--;
	if (got.status == 304 && batch->etag != NULL) {
		take_unmodified(batch);
	} else if (got.status == 304) {
		rc = lapse_fail(LAPSE_EAGAIN, "the server says 304 to what was asked for without an ETag");
	} else if (got.json == NULL) {
		rc = take_refusal(batch, &got);
	} else {
		fit_batch(s, got.size, batch->n);
		rc = take_bugs(batch, got.json);
		json_decref(got.json);
		if (rc == 0 && batch->target != NULL && is_whole(batch))
			lapse_etags_note(&s->etags, &s->asker, batch->target, answer->etag);
	}
	return rc == 0 ? pump(s) : rc;
}

static int
ask_batch(struct sync *s, struct wanted *wanted, size_t n)
{
	struct batch *batch = lapse_arena_alloc(&s->arena, sizeof(*batch));
	struct lapse_buf target;
	int rc;

	*batch = (struct batch){ .sync = s, .wanted = wanted, .n = n };
	qsort(wanted, n, sizeof(*wanted), by_id);
	s->flying++;
	lapse_buf_init(&target, TARGET_MAX);
	rc = lapse_sync_batch_target(&target, batch->wanted, batch->n);
	if (rc == 0 && n > 0 && wanted[0].again) {
		batch->target = lapse_arena_dup(&s->arena, target.data);
		rc = lapse_sync_etag(&batch->etag, s, wanted, n, target.data);
	}
	if (rc == 0)
		rc = lapse_http_get(s->http, target.data, batch->etag != NULL ? batch->etag->text : NULL, take_batch, batch);
	lapse_buf_release(&target);
	return rc;
}

/* Keep a few requests on their way. */
static int
pump(struct sync *s)
{
	int rc = 0;

	while (rc == 0 && s->flying < SYNC_CONNECTIONS && s->next < s->nwanted) {
		size_t n = lapse_sync_group(s->wanted + s->next, s->nwanted - s->next, s->batch);

		rc = ask_batch(s, s->wanted + s->next, n);
		s->next += n;
	}
	return rc;
}

/* ---- what did not come ---- */

/* A bug that the archive never had is none of its business when it is not there. */
static int
note_hidden(struct sync *s, struct wanted *bug, int64_t code)
{
	int had = lapse_sync_has_thread(s, bug->id);

	if (had < 0)
		return had;
	bug->settled = true;
	if (had == 0)
		return 0;
	lapse_hidden_set(s->asked, bug->id, code);
	lapse_ids_add(&s->asked->outside, bug->id);
	s->result->gone++;
	return 0;
}

/* The bug itself says whether it is there; when it is, it is due: something was in the way. */
static int
take_reason(const struct lapse_answer *answer, void *payload)
{
	struct portion *reason = payload;
	struct sync *s = reason->batch->sync;
	struct sync_answer got;
	int rc = lapse_sync_judge(&got, s, answer);

	if (rc != 0)
		return rc;
	if (got.json == NULL && got.code == 0 && got.status != 401 && got.status != 403 && got.status != 404)
		return lapse_sync_refused(&got, "bug/ID");
	json_decref(got.json);
	return got.json != NULL ? 0 : note_hidden(s, reason->bug, got.code != 0 ? got.code : got.status);
}

static int
ask_reason(struct batch *all, struct wanted *bug)
{
	struct portion *reason = lapse_arena_alloc(&all->sync->arena, sizeof(*reason));
	char target[60];

	*reason = (struct portion){ .batch = all, .bug = bug };
	snprintf(target, sizeof(target), "bug/%" PRId64 "?include_fields=id", bug->id);
	return lapse_http_get(all->sync->http, target, NULL, take_reason, reason);
}

/* Those that are too many for one run stay due. */
static int
ask_reasons(struct sync *s)
{
	struct batch all = { .sync = s };
	size_t nasked = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->nwanted && nasked < REASONS_MAX; i++) {
		if (!s->wanted[i].absent)
			continue;
		rc = ask_reason(&all, &s->wanted[i]);
		nasked++;
	}
	return rc < 0 ? rc : lapse_http_run(s->http);
}

int
lapse_sync_fetch(struct sync *s)
{
	int rc;

	drop_doubles(s);
	tell_progress(s);
	s->batch = SYNC_BATCH;
	rc = pump(s);
	if (rc == 0)
		rc = lapse_http_run(s->http);
	return rc == 0 ? ask_reasons(s) : rc;
}
