/* One import: the lock, the order of captures, every file, the record, one commit. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bugzilla.h"

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/source.h"

/* ---- the files ---- */

struct files {
	char **paths;
	size_t npaths;
	size_t cap;
};

static int
note_file(const char *path, void *payload)
{
	struct files *files = payload;

	files->paths = lapse_grow(files->paths, files->npaths, &files->cap, sizeof(*files->paths));
	files->paths[files->npaths++] = lapse_strdup(path);
	return 0;
}

static void
release_files(struct files *files)
{
	for (size_t i = 0; i < files->npaths; i++)
		free(files->paths[i]);
	free(files->paths);
}

static int
take_file(struct import *run, const char *path, void *payload)
{
	struct lapse_buf text;
	json_t *answer = NULL;
	int rc;

	(void)payload;
	lapse_buf_init(&text, LAPSE_BUF_DOCUMENT);
	rc = lapse_file_read(&text, path);
	if (rc == 0 && text.len > 5 && memcmp(text.data, "WARC/", 5) == 0)
		rc = lapse_fail(LAPSE_EFORMAT, "%s: a WARC file: lapse import warc", path);
	if (rc == 0)
		rc = lapse_json_parse(&answer, text.data, text.len, path);
	lapse_buf_release(&text);
	if (rc == 0)
		rc = lapse_context(lapse_bugzilla_take(run, answer), "%s", path);
	json_decref(answer);
	return rc;
}

static int
take_files(struct import *run, const struct files *files, const struct lapse_import_options *options,
    const struct lapse_import_input *input)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < files->npaths; i++) {
		if (options->progress != NULL)
			options->progress(i, files->npaths, options->payload);
		rc = input->take(run, files->paths[i], input->payload);
	}
	if (rc == 0 && options->progress != NULL)
		options->progress(files->npaths, files->npaths, options->payload);
	if (rc == 0 && input->end != NULL)
		rc = input->end(input->payload);
	return rc;
}

/* ---- the source and its captures ---- */

static int
put_source(struct import *run)
{
	const char *name, *its_kind, *url;
	char path[LAPSE_PATH_MAX];
	json_t *doc = NULL;
	int rc = lapse_batch_get(&run->other, run->batch, lapse_path_source(path, run->source));

	if (rc == 0) {
		doc = lapse_codec_source_encode(run->source, run->capture->kind, NULL);
		rc = lapse_import_put(run, path, doc);
		json_decref(doc);
		return rc < 0 ? rc : 0;
	}
	if (rc > 0)
		rc = lapse_json_parse(&doc, run->other.data, run->other.len, path);
	if (rc == 0)
		rc = lapse_codec_source_decode(&name, &its_kind, &url, doc);
	if (rc == 0 && strcmp(its_kind, run->capture->kind) != 0)
		rc = lapse_fail(LAPSE_EFAIL, "source '%s' is of kind %.40s, not %s", run->source, its_kind,
		    run->capture->kind);
	json_decref(doc);
	return rc;
}

static int
put_record(char *path, struct import *run, int ordinal)
{
	json_t *doc;
	int rc;

	if (ordinal > LAPSE_ORDINAL_MAX)
		return lapse_fail(LAPSE_EFAIL, "more than %d captures of one second", LAPSE_ORDINAL_MAX);
	doc = lapse_codec_capture_encode(run->capture);
	rc = lapse_import_put(run, lapse_path_capture(path, run->source, run->capture->time, ordinal), doc);
	json_decref(doc);
	return rc < 0 ? rc : 0;
}

/* What came, in the source's own words. */
static int
write_counts(struct lapse_buf *out, const struct lapse_capture *c)
{
	if (strcmp(c->kind, "mail") == 0)
		return lapse_buf_printf(out, "threads %" PRId64 ", messages %" PRId64, c->counts[LAPSE_PART_BUGS],
		    c->counts[LAPSE_PART_COMMENTS]);
	return lapse_buf_printf(out, "bugs %" PRId64 ", comments %" PRId64 ", changes %" PRId64 ", attachments %" PRId64,
	    c->counts[LAPSE_PART_BUGS], c->counts[LAPSE_PART_COMMENTS], c->counts[LAPSE_PART_HISTORY],
	    c->counts[LAPSE_PART_ATTACHMENTS]);
}

static int
write_message(struct lapse_buf *out, const struct lapse_capture *c, const char *record)
{
	char time[LAPSE_TIME_LEN + 1];
	int rc;

	lapse_time_format(time, c->time);
	rc = lapse_buf_printf(out, "capture %s %s\n\n", c->source, time);
	if (rc == 0)
		rc = write_counts(out, c);
	return rc < 0 ? rc : lapse_buf_printf(out, "\n\nLapse-Source: %s\nLapse-Capture: %s\nLapse-Time: %s\n"
	    "Lapse-Record: %s\n", c->source, time, c->stated ? "stated" : "observed", record);
}

int
lapse_import_commit(struct lapse_oid *out, struct import *run, int ordinal)
{
	struct lapse_buf message;
	char path[LAPSE_PATH_MAX];
	int rc = put_record(path, run, ordinal);

	lapse_buf_init(&message, 4096);
	if (rc == 0)
		rc = write_message(&message, run->capture, path);
	if (rc == 0)
		rc = lapse_batch_commit(out, run->batch, message.data, run->capture->time);
	lapse_buf_release(&message);
	return rc;
}

/* ---- the run ---- */

static void
begin_capture(struct lapse_capture *capture, const char *kind, const struct lapse_import_options *options)
{
	lapse_capture_init(capture);
	snprintf(capture->source, sizeof(capture->source), "%s", options->source);
	snprintf(capture->kind, sizeof(capture->kind), "%s", kind);
	capture->time = options->time;
	capture->stated = options->stated;
}

static int
by_bug_order(const void *va, const void *vb)
{
	const struct history *a = va, *b = vb;

	if (a->bug != b->bug)
		return a->bug < b->bug ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* The changes of the histories that stayed. */
static int64_t
count_changes(struct import *run)
{
	int64_t n = 0;

	if (run->nhistories > 0)
		qsort(run->histories, run->nhistories, sizeof(*run->histories), by_bug_order);
	for (size_t i = 0; i < run->nhistories; i++)
		if (i + 1 == run->nhistories || run->histories[i + 1].bug != run->histories[i].bug)
			n += (int64_t)run->histories[i].nchanges;
	return n;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each thing once, however often and in whatever order its versions met. */
static int64_t
count_contested(struct import *run)
{
	int64_t n = 0;

	if (run->ncontested > 0)
		qsort(run->contested, run->ncontested, sizeof(*run->contested), by_text);
	for (size_t i = 0; i < run->ncontested; i++)
		n += i == 0 || strcmp(run->contested[i], run->contested[i - 1]) != 0;
	return n;
}

void
lapse_import_settle(struct import *run)
{
	for (int part = 0; part < LAPSE_NPARTS; part++)
		lapse_ids_sort(&run->capture->scope[part]);
	run->capture->counts[LAPSE_PART_HISTORY] = count_changes(run);
	run->capture->versions = count_contested(run);
}

/* A run whose files say when they were made: only now is it known. */
static int
check_time(const struct import *run, const struct lapse_capture *newest, bool found)
{
	if (!lapse_time_is_set(run->capture->time))
		return lapse_fail(LAPSE_EFORMAT, "nothing says when these answers were given; say --captured-at");
	return found ? lapse_import_check_order(run, newest) : 0;
}

static int
run_import(struct lapse_import_result *out, struct import *run, struct lapse_store *store,
    const struct files *files, const struct lapse_import_options *options, const struct lapse_import_input *input)
{
	struct lapse_capture newest;
	struct lapse_place place = { .number = 0 };
	int found, rc;

	lapse_capture_init(&newest);
	rc = found = lapse_import_earlier(&newest, &place, run, store);
	if (rc >= 0)
		rc = put_source(run);
	if (rc >= 0)
		rc = take_files(run, files, options, input);
	if (rc >= 0)
		rc = check_time(run, &newest, found > 0);
	lapse_import_settle(run);
	if (rc >= 0 && !(found > 0 && lapse_import_is_known(run, &newest))) {
		bool again = found > 0 && lapse_time_cmp(newest.time, run->capture->time) == 0;

		rc = lapse_import_commit(&out->commit, run, again ? (int)place.number + 1 : 1);
		out->made = rc > 0;
	}
	lapse_capture_release(&newest);
	return rc < 0 ? rc : 0;
}

void
lapse_import_init(struct import *run, const char *source, struct lapse_capture *capture)
{
	*run = (struct import){ .source = source, .capture = capture, .newest = LAPSE_NEVER };
	lapse_arena_init(&run->arena);
	lapse_arena_init(&run->names);
	lapse_buf_init(&run->bytes, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&run->other, LAPSE_BUF_DOCUMENT);
}

void
lapse_import_release(struct import *run)
{
	lapse_batch_free(run->batch);
	lapse_arena_release(&run->arena);
	lapse_arena_release(&run->names);
	lapse_buf_release(&run->bytes);
	lapse_buf_release(&run->other);
	free(run->contested);
	free(run->histories);
}

int
lapse_import_files(struct lapse_import_result *out, struct lapse_store *store, const struct lapse_import_input *input,
    const struct lapse_import_options *options)
{
	struct import run;
	struct files files = { 0 };
	int rc = 0;

	*out = (struct lapse_import_result){ .newest = LAPSE_NEVER };
	begin_capture(&out->capture, input->kind, options);
	lapse_import_init(&run, options->source, &out->capture);
	for (size_t i = 0; rc == 0 && i < input->npaths; i++)
		rc = input->as_given ? note_file(input->paths[i], &files) :
		    lapse_files_each(input->paths[i], note_file, &files);
	if (rc == 0 && files.npaths == 0)
		rc = lapse_fail(LAPSE_EFAIL, "no files in %s", input->npaths > 0 ? input->paths[0] : "what was given");
	if (rc == 0)
		rc = lapse_batch_open(&run.batch, store);
	if (rc == 0)
		rc = run_import(out, &run, store, &files, options, input);
	out->newest = run.newest;
	lapse_import_release(&run);
	release_files(&files);
	return rc < 0 ? rc : 0;
}

int
lapse_import_bugzilla(struct lapse_import_result *out, struct lapse_store *store,
    char *const *paths, size_t npaths, const struct lapse_import_options *options)
{
	const struct lapse_import_input input = { .kind = "bugzilla", .paths = paths, .npaths = npaths, .take = take_file };

	return lapse_import_files(out, store, &input, options);
}

void
lapse_import_result_release(struct lapse_import_result *result)
{
	lapse_capture_release(&result->capture);
}
