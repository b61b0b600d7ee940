/*
 * Bugzilla REST answers (BMO and stock 5.x), told apart by their shape:
 *   {"bugs":[{…}]}                            bugs, each with what it holds: fields, comments, history, attachments
 *   {"bugs":{"ID":{"comments":[…]}},"comments":{"CID":{…}}}
 *   {"bugs":{"ID":[…]},"attachments":{"AID":{…}}}
 *   [{…}]                                     a bare list of bugs
 *   {"db_time":…}, {"bug_count":…}            nothing to keep
 */
#include "bugzilla.h"

#include <inttypes.h>
#include <string.h>

#include "lapse/codec.h"
#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/layout.h"
#include "lapse/text.h"

/* What changes with every request, repeats other fields or lies in files of its own. */
static const char *const dropped[] = {
	"attachments", "comments", "counts", "description", "history", "last_change_time_non_bot", "update_token"
};

static void
saw_time(struct import *run, struct lapse_instant t)
{
	if (!lapse_time_is_set(run->newest) || t.sec > run->newest.sec)
		run->newest = t;
}

/* ---- people ---- */

static int
put_person(struct import *run, const json_t *detail)
{
	char path[LAPSE_PATH_MAX];
	int64_t id;
	int rc;

	if (!lapse_json_int(&id, json_object_get(detail, "id")) || id < 0)
		return 0;
	rc = lapse_import_put(run, lapse_path_person(path, run->source, id), detail);
	if (rc == 1)
		run->capture->people++;
	return rc < 0 ? rc : 0;
}

static bool
is_detail(const char *key)
{
	size_t len = strlen(key);

	return len > 7 && strcmp(key + len - 7, "_detail") == 0;
}

/* Take every "…_detail" out of an object: names that people show change for all threads at once. */
static int
take_people(struct import *run, json_t *object)
{
	const char *key;
	json_t *value;
	void *next;
	int rc = 0;

	json_object_foreach_safe(object, next, key, value) {
		if (!is_detail(key))
			continue;
		if (json_is_array(value))
			for (size_t i = 0; rc == 0 && i < json_array_size(value); i++)
				rc = put_person(run, json_array_get(value, i));
		else
			rc = put_person(run, value);
		if (rc < 0)
			return rc;
		json_object_del(object, key);
	}
	return 0;
}

/* ---- fields ---- */

static bool
is_empty(const json_t *value)
{
	const char *text = json_string_value(value);

	if (text != NULL)
		return *text == '\0' || strcmp(text, "---") == 0;
	return json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
	    (json_is_object(value) && json_object_size(value) == 0);
}

/* A custom field that is empty says nothing; a new one must not rewrite every thread. */
static void
drop_empty_custom(json_t *bug)
{
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(bug, next, key, value)
		if (strncmp(key, "cf_", 3) == 0 && strcmp(key, "cf_last_resolved") != 0 && is_empty(value))
			json_object_del(bug, key);
}

static int
put_fields(struct import *run, json_t *bug, int64_t id)
{
	struct lapse_thread thread = { 0 };
	char path[LAPSE_PATH_MAX];
	int rc = take_people(run, bug);

	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		json_object_del(bug, dropped[i]);
	if (rc < 0 || json_object_get(bug, "summary") == NULL)
		return rc;
	drop_empty_custom(bug);
	rc = lapse_codec_fields(&thread, &run->arena, bug);
	if (rc < 0)
		return rc;
	if (lapse_time_is_set(thread.created))
		saw_time(run, thread.created);
	rc = lapse_import_put(run, lapse_path_fields(path, run->source, id), bug);
	if (rc < 0)
		return rc;
	run->capture->counts[LAPSE_PART_BUGS] += rc == 1;
	lapse_ids_add(&run->capture->scope[LAPSE_PART_BUGS], id);
	return 0;
}

/* ---- comments ---- */

/* Is a comment's own "bug_id", where it has one, that of the bug it came under? */
static bool
belongs_to(const json_t *item, int64_t bug)
{
	const json_t *value = json_object_get(item, "bug_id");
	int64_t id;

	return value == NULL || (lapse_json_int(&id, value) && id == bug);
}

/* What no outsider may see cannot come to one; if it does, it is the server's mistake, and not to be kept. */
static bool
withhold(struct import *run, const json_t *item)
{
	const json_t *value = json_object_get(item, "is_private");

	if (!run->public_only || !(json_is_true(value) || json_number_value(value) != 0))
		return false;
	run->withheld++;
	return true;
}

static int
put_comment(struct import *run, json_t *comment, int64_t bug, struct lapse_ids *numbers)
{
	struct lapse_post post = { 0 };
	char path[LAPSE_PATH_MAX];
	int rc;

	if (withhold(run, comment))
		return 0;
	if (!belongs_to(comment, bug))
		return lapse_fail(LAPSE_EFORMAT, "a comment of another bug");
	rc = take_people(run, comment);
	if (rc == 0)
		rc = lapse_codec_post(&post, &run->arena, comment, false);
	if (rc == 0 && post.number >= LAPSE_POST_HASHED)
		rc = lapse_fail(LAPSE_EFORMAT, "\"count\" is more than any bug has comments");
	if (rc < 0)
		return rc;
	saw_time(run, post.at);
	if (numbers != NULL)
		lapse_ids_add(numbers, post.number);
	rc = lapse_import_put(run, lapse_path_post(path, run->source, bug, post.number), comment);
	if (rc == 1)
		run->capture->counts[LAPSE_PART_COMMENTS]++;
	return rc < 0 ? rc : 0;
}

/* In one list each comment has a number of its own. The numbers are sorted. */
static int
check_once(struct lapse_ids *numbers)
{
	size_t n = numbers->nitems;

	lapse_ids_sort(numbers);
	return numbers->nitems == n ? 0 : lapse_fail(LAPSE_EFORMAT, "two comments with one \"count\"");
}

static int
put_comments(struct import *run, const json_t *comments, int64_t bug)
{
	struct lapse_ids numbers;
	char path[LAPSE_PATH_MAX];
	int rc = 0;

	if (!json_is_array(comments))
		return lapse_fail(LAPSE_EFORMAT, "\"comments\" is not a list");
	lapse_ids_init(&numbers);
	for (size_t i = 0; rc == 0 && i < json_array_size(comments); i++)
		rc = lapse_context(put_comment(run, json_array_get(comments, i), bug, &numbers),
		    "comments[%zu]", i);
	if (rc == 0)
		rc = check_once(&numbers);
	if (rc == 0)
		rc = lapse_import_put_list(run, lapse_path_posts(path, run->source, bug), &numbers);
	if (rc == 0)
		lapse_ids_add(&run->capture->scope[LAPSE_PART_COMMENTS], bug);
	lapse_ids_release(&numbers);
	return rc;
}

/* ---- history ---- */

static void
note_history(struct import *run, int64_t bug, size_t nchanges)
{
	run->histories = lapse_grow(run->histories, run->nhistories, &run->histories_cap, sizeof(*run->histories));
	run->histories[run->nhistories] = (struct history){ bug, run->nhistories, nchanges };
	run->nhistories++;
}

static int
put_history(struct import *run, json_t *history, int64_t bug)
{
	struct lapse_change *changes;
	char path[LAPSE_PATH_MAX];
	json_t *doc;
	size_t n;
	int rc;

	if (!json_is_array(history))
		return lapse_fail(LAPSE_EFORMAT, "\"history\" is not a list");
	doc = json_pack("{s:O}", "history", history);
	rc = lapse_codec_changes(&changes, &n, &run->arena, doc);
	for (size_t i = 0; rc == 0 && i < n; i++)
		saw_time(run, changes[i].at);
	if (rc == 0)
		rc = lapse_import_put(run, lapse_path_changes(path, run->source, bug), doc);
	json_decref(doc);
	if (rc < 0)
		return lapse_context(rc, "history");
	if (rc > 0)
		note_history(run, bug, n);
	lapse_ids_add(&run->capture->scope[LAPSE_PART_HISTORY], bug);
	return 0;
}

/* ---- attachments ---- */

static int
put_attachment(struct import *run, json_t *attachment, int64_t bug, struct lapse_ids *ids)
{
	char path[LAPSE_PATH_MAX];
	int64_t id;
	int rc;

	if (withhold(run, attachment))
		return 0;
	if (!lapse_json_int(&id, json_object_get(attachment, "id")) || id < 0)
		return lapse_fail(LAPSE_EFORMAT, "an attachment without a usable \"id\"");
	if (!belongs_to(attachment, bug))
		return lapse_fail(LAPSE_EFORMAT, "an attachment of another bug");
	rc = take_people(run, attachment);
	if (rc < 0)
		return rc;
	if (ids != NULL)
		lapse_ids_add(ids, id);
	rc = lapse_import_put(run, lapse_path_attachment(path, run->source, bug, id), attachment);
	if (rc == 1)
		run->capture->counts[LAPSE_PART_ATTACHMENTS]++;
	return rc < 0 ? rc : 0;
}

static int
put_attachments(struct import *run, const json_t *attachments, int64_t bug)
{
	struct lapse_ids ids;
	char path[LAPSE_PATH_MAX];
	int rc = 0;

	if (!json_is_array(attachments))
		return lapse_fail(LAPSE_EFORMAT, "\"attachments\" is not a list");
	lapse_ids_init(&ids);
	for (size_t i = 0; rc == 0 && i < json_array_size(attachments); i++)
		rc = lapse_context(put_attachment(run, json_array_get(attachments, i), bug, &ids),
		    "attachments[%zu]", i);
	if (rc == 0)
		rc = lapse_import_put_list(run, lapse_path_attachments(path, run->source, bug), &ids);
	if (rc == 0)
		lapse_ids_add(&run->capture->scope[LAPSE_PART_ATTACHMENTS], bug);
	lapse_ids_release(&ids);
	return rc;
}

/* ---- shapes ---- */

/* A bug object, with whatever parts it holds. */
static int
take_bug(struct import *run, json_t *bug)
{
	json_t *part;
	int64_t id;
	int rc = 0;

	if (!lapse_json_int(&id, json_object_get(bug, "id")) || id <= 0)
		return lapse_fail(LAPSE_EFORMAT, "a bug without a usable \"id\"");
	part = json_object_get(bug, "comments");
	if (part != NULL)
		rc = put_comments(run, part, id);
	part = json_object_get(bug, "history");
	if (rc == 0 && part != NULL)
		rc = put_history(run, part, id);
	part = json_object_get(bug, "attachments");
	if (rc == 0 && part != NULL)
		rc = put_attachments(run, part, id);
	if (rc == 0)
		rc = put_fields(run, bug, id);
	lapse_arena_reset(&run->arena);
	return lapse_context(rc, "bug %" PRId64, id);
}

static int
take_bugs(struct import *run, json_t *bugs)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(bugs); i++)
		rc = lapse_context(take_bug(run, json_array_get(bugs, i)), "bugs[%zu]", i);
	return rc;
}

/* {"ID":{"comments":[…]}} or {"ID":[attachment, …]}. */
static int
take_keyed(struct import *run, const char *key, const json_t *value)
{
	int64_t bug;
	int rc;

	if (lapse_int_parse(&bug, key, 1, INT64_C(9007199254740991)) < 0)
		return lapse_fail(LAPSE_EFORMAT, "a key that is no bug number");
	if (json_is_array(value))
		rc = put_attachments(run, value, bug);
	else if (json_object_get(value, "comments") != NULL)
		rc = put_comments(run, json_object_get(value, "comments"), bug);
	else
		rc = lapse_fail(LAPSE_EFORMAT, "neither comments nor attachments");
	lapse_arena_reset(&run->arena);
	return lapse_context(rc, "bug %" PRId64, bug);
}

/* {"CID":{…}}: comments or attachments asked for one by one, which say themselves whose they are. */
static int
take_single(struct import *run, json_t *item, bool is_comment)
{
	int64_t bug;
	int rc;

	if (!lapse_json_int(&bug, json_object_get(item, "bug_id")) || bug <= 0)
		return lapse_fail(LAPSE_EFORMAT, "an item without a usable \"bug_id\"");
	rc = is_comment ? put_comment(run, item, bug, NULL) : put_attachment(run, item, bug, NULL);
	lapse_arena_reset(&run->arena);
	return rc;
}

static int
take_by_key(struct import *run, json_t *answer)
{
	static const char *const singles[] = { "comments", "attachments" };
	const char *key;
	json_t *value;
	int rc = 0;

	json_object_foreach(json_object_get(answer, "bugs"), key, value) {
		rc = lapse_context(take_keyed(run, key, value), "bugs");
		if (rc < 0)
			return rc;
	}
	for (size_t i = 0; i < 2; i++) {
		json_object_foreach(json_object_get(answer, singles[i]), key, value) {
			rc = lapse_context(take_single(run, value, i == 0), "%s", singles[i]);
			if (rc < 0)
				return rc;
		}
	}
	return rc;
}

static int
refuse(const json_t *answer)
{
	const char *message = lapse_json_text(answer, "message");

	if (json_object_get(answer, "error") != NULL && message != NULL)
		return lapse_fail(LAPSE_EFORMAT, "Bugzilla answered with an error: %.200s", message);
	return lapse_fail(LAPSE_EFORMAT, "not an answer of Bugzilla's REST interface that lapse knows "
	    "(bugs, comments, history, attachments)");
}

static bool
is_list_of_bugs(const json_t *answer)
{
	return json_is_array(answer) && json_object_get(json_array_get(answer, 0), "id") != NULL;
}

bool
lapse_bugzilla_is_answer(const json_t *answer)
{
	const json_t *bugs = json_object_get(answer, "bugs");

	return is_list_of_bugs(answer) || json_is_array(bugs) || json_is_object(bugs);
}

int
lapse_bugzilla_take(struct import *run, json_t *answer)
{
	const json_t *bugs = json_object_get(answer, "bugs");

	if (is_list_of_bugs(answer))
		return take_bugs(run, answer);
	if (json_is_array(bugs))
		return take_bugs(run, json_object_get(answer, "bugs"));
	if (json_is_object(bugs))
		return take_by_key(run, answer);
	if (json_object_get(answer, "db_time") != NULL || json_object_get(answer, "bug_count") != NULL)
		return 0;
	return refuse(answer);
}
