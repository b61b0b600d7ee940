/*
 * runs CORPUS DIR N: make N answers, each one bug of the corpus with all its
 * comments and one new one, DIR/NNNNNN.json, and DIR/list of lines "TIME FILE", a minute apart.
 * CORPUS is a folder of bugs.json and comments-*.json (or .json.gz).
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/time.h"

#define CAPTURED INT64_C(1773470236)	/* 2026-03-14T06:37:16Z, when the corpus was */
#define STRIDE 37	/* which bug comes next: far from the last one */

struct corpus {
	json_t *bugs;	/* a list */
	json_t *comments;	/* by id: {"comments":[…]} */
};

static int
take_file(const char *path, void *payload)
{
	struct corpus *corpus = payload;
	const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	bool is_bugs = strncmp(name, "bugs.json", 9) == 0;
	struct lapse_buf text;
	json_t *answer = NULL, *bugs;
	int rc;

	if (!is_bugs && strncmp(name, "comments-", 9) != 0)
		return 0;
	lapse_buf_init(&text, LAPSE_BUF_DOCUMENT);
	rc = lapse_file_read(&text, path);
	if (rc == 0)
		answer = json_loadb(text.data, text.len, 0, NULL);
	bugs = json_object_get(answer, "bugs");
	if (rc == 0 && bugs == NULL)
		rc = lapse_fail(LAPSE_EFORMAT, "%s: no answer", path);
	if (rc == 0)
		rc = is_bugs ? json_array_extend(corpus->bugs, bugs) : json_object_update(corpus->comments, bugs);
	json_decref(answer);
	lapse_buf_release(&text);
	return rc;
}

/* A comment like the bug's last, a moment ago. */
static json_t *
new_comment(const json_t *comments, int64_t bug, int64_t at)
{
	json_t *comment = json_deep_copy(json_array_get(comments, json_array_size(comments) - 1));
	char time[LAPSE_TIME_LEN + 1];
	json_int_t count = (json_int_t)json_array_size(comments);

	lapse_time_format(time, (struct lapse_instant){ at });
	json_object_set_new(comment, "id", json_integer(bug * 1000 + count));
	json_object_set_new(comment, "count", json_integer(count));
	json_object_set_new(comment, "time", json_string(time));
	json_object_set_new(comment, "creation_time", json_string(time));
	return comment;
}

static int
write_run(struct corpus *corpus, FILE *list, const char *dir, int64_t n)
{
	json_t *bug = json_array_get(corpus->bugs, (size_t)n * STRIDE % json_array_size(corpus->bugs));
	char path[4096], key[32], time[LAPSE_TIME_LEN + 1];
	int64_t id = json_integer_value(json_object_get(bug, "id")), at = CAPTURED + 60 * n;
	json_t *comments, *answer;
	int rc;

	snprintf(key, sizeof(key), "%" PRId64, id);
	comments = json_object_get(json_object_get(corpus->comments, key), "comments");
	if (json_array_size(comments) == 0)
		return lapse_fail(LAPSE_EFORMAT, "bug %s has no comments", key);
	json_array_append_new(comments, new_comment(comments, id, at - 30));
	answer = json_pack("{s:[o]}", "bugs", json_copy(bug));
	json_object_set(json_array_get(json_object_get(answer, "bugs"), 0), "comments", comments);
	snprintf(path, sizeof(path), "%s/%06" PRId64 ".json", dir, n);
	rc = json_dump_file(answer, path, JSON_COMPACT);
	json_decref(answer);
	fprintf(list, "%s %s\n", lapse_time_format(time, (struct lapse_instant){ at }), path);
	return rc < 0 ? lapse_fail_errno(LAPSE_EFAIL, "%s", path) : 0;
}

static int
write_runs(struct corpus *corpus, const char *dir, int64_t n)
{
	char path[4096];
	FILE *list;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/list", dir);
	list = fopen(path, "w");
	if (list == NULL)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	for (int64_t i = 1; rc == 0 && i <= n; i++)
		rc = write_run(corpus, list, dir, i);
	if (fclose(list) != 0 && rc == 0)
		rc = lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	return rc;
}

int
main(int argc, char **argv)
{
	struct corpus corpus = { json_array(), json_object() };
	int rc;

	if (argc != 4 || atoi(argv[3]) < 1) {
		fputs("usage: runs CORPUS DIR N\n", stderr);
		return 2;
	}
	rc = lapse_files_each(argv[1], take_file, &corpus);
	if (rc == 0 && json_array_size(corpus.bugs) == 0)
		rc = lapse_fail(LAPSE_EFAIL, "%s: no bugs", argv[1]);
	if (rc == 0)
		rc = write_runs(&corpus, argv[2], atoi(argv[3]));
	json_decref(corpus.bugs);
	json_decref(corpus.comments);
	if (rc < 0)
		fprintf(stderr, "runs: %s\n", lapse_error());
	return rc < 0 ? 3 : 0;
}
