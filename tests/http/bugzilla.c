/*
 * A Bugzilla (BMO) for the test server, as much of REST as an archive asks. Its state is a folder of recorded
 * answers, whatever their names: *.json and *.json.gz, also in folders below, told apart by their shapes:
 * searches and one-call answers, /comment, /history, /attachment, time (else the clock's), errors (a bug hidden:
 * the number in the file's name, gone/bug-12.json). A capture of the recording will do as it is.
 *
 * server.json in it, all optional:
 *   {"key": "…",         an API key that is right; any other is error 306. With it hidden bugs, private comments and
 *                         attachments, edit_count and last_change_time of comments are shown
 *    "edits": 0,          edit_count and last_change_time are not shown, the account lacks the right; else a comment
 *                         that nothing is said of has edit_count 0 (1)
 *    "max_results": 500,  a larger limit is lowered to it, silently (10000)
 *    "strict": 1,         a search with id= that names a bug that is not to be seen is that bug's error (0: it is left out)
 *    "one_call": 0,       comments, history and attachments are no fields of a bug, as of old (1)
 *    "rate": 75}          the 76th request for a bug, its comments or attachments is the 400, then all are 429
 *
 * A bug with groups is hidden. The folder is read again when it or its bugs.json is another file or
 * has changed, so a link that is turned around (ln -sfn) switches the state; and by a rule's state=FOLDER.
 *
 * The key "revisions" of a comment, [{"who", "time", "text", "hidden"}], is no part of it, but what
 * /page.cgi?id=comment-revisions.html shows; "offset" of server.json is the zone of its times in seconds (0).
 *
 * Answers: /rest/time /rest/version /rest/bug?SEARCH /rest/bug/ID /rest/bug/ID/comment|history|attachment (ids=,
 * skip_private=) /rest/bug/comment/CID. Searches: see query.c; id, limit, offset, order, include_fields,
 * exclude_fields, count_only. Without an order the newest come first. Every answer has an ETag.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <zlib.h>

#include "bugzilla.h"
#include "lapse/alloc.h"
#include "lapse/time.h"

#define DOCUMENTATION "https://bmo.readthedocs.io/en/latest/api/"
#define HTML "text/html; charset=UTF-8"

struct bugzilla {
	char folder[4096];
	struct stat seen[2];	/* of the folder and its bugs.json, when they were read */
	struct state state;
	int64_t asked;		/* requests that the rate limit counts */
	bool blocked;
	int64_t tokens;		/* given out: each answer to who is logged in has others */
	struct query query;	/* scratch */
};

/* One request on its way. */
struct call {
	struct reply *reply;
	struct bugzilla *bz;
	const struct request *request;
	bool trusted;		/* it has the key */
};

/* ---- the state ---- */

static void
look(struct stat seen[2], const char *folder)
{
	char path[4200];

	memset(seen, 0, 2 * sizeof(*seen));
	snprintf(path, sizeof(path), "%s/bugs.json", folder);
	stat(folder, &seen[0]);
	stat(path, &seen[1]);
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
refresh(struct bugzilla *bz)
{
	struct stat now[2];
	struct state state;

	look(now, bz->folder);
	if (same_file(&now[0], &bz->seen[0]) && same_file(&now[1], &bz->seen[1]))
		return;
	if (!state_read(&state, bz->folder)) {
		state_release(&state);
		return;
	}
	state_release(&bz->state);
	bz->state = state;
	memcpy(bz->seen, now, sizeof(now));
	bz->asked = 0;
	bz->blocked = false;
}

struct bugzilla *
bugzilla_new(const char *folder)
{
	struct bugzilla *bz = lapse_alloc(1, sizeof(*bz));

	snprintf(bz->folder, sizeof(bz->folder), "%s", folder);
	look(bz->seen, folder);
	if (state_read(&bz->state, folder))
		return bz;
	bugzilla_free(bz);
	return NULL;
}

void
bugzilla_free(struct bugzilla *bz)
{
	if (bz == NULL)
		return;
	state_release(&bz->state);
	free(bz);
}

void
bugzilla_switch(struct bugzilla *bz, const char *folder)
{
	snprintf(bz->folder, sizeof(bz->folder), "%s", folder);
	refresh(bz);
}

/* ---- answers ---- */

void
reply_json(struct reply *reply, int status, const struct json_t *value, const struct request *request)
{
	char *text = json_dumps(value, JSON_COMPACT);

	reply->status = status;
	reply->type = "application/json; charset=UTF-8";
	snprintf(reply->etag, sizeof(reply->etag), "%08lx%zx", crc32_z(0, (const Bytef *)text, strlen(text)), strlen(text));
	if (strcmp(reply->etag, request->none_match) == 0)
		reply->status = 304;
	else
		lapse_buf_puts(&reply->body, text);
	free(text);
}

static void
answer(const struct call *call, json_t *value)
{
	reply_json(call->reply, 200, value, call->request);
	json_decref(value);
}

static void
error(const struct call *call, int status, int code, const char *message)
{
	json_t *value = json_pack("{s:b, s:i, s:s, s:s}", "error", 1, "code", code, "message", message,
	    "documentation", DOCUMENTATION);

	reply_json(call->reply, status, value, call->request);
	json_decref(value);
}

static void
error_for(const struct call *call, int status, int code, const char *format, const char *what)
{
	char message[1024];
	size_t before = strcspn(format, "%");

	snprintf(message, sizeof(message), "%.*s%s%s", (int)before, format, what, format + before + 1);
	error(call, status, code, message);
}

static void
text(const struct call *call, int status, const char *type, const char *body)
{
	call->reply->status = status;
	call->reply->type = type;
	lapse_buf_puts(&call->reply->body, body);
}

static void
answer_time(const struct call *call)
{
	char now[LAPSE_TIME_LEN + 1];

	if (call->bz->state.time != NULL) {
		answer(call, json_incref(call->bz->state.time));
		return;
	}
	lapse_time_format(now, (struct lapse_instant){ time(NULL) });
	answer(call, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "db_time", now, "web_time", now, "web_time_utc", now,
	    "tz_name", "UTC", "tz_offset", "+0000", "tz_short_name", "UTC"));
}

/* ---- which fields ---- */

/* Does a list of fields name some below this one: "comments.text" below "comments"? */
static bool
names_below(const struct query *query, const char *list, const char *name)
{
	char dotted[300];

	snprintf(dotted, sizeof(dotted), "%.290s.", name);
	for (size_t i = 0; i < query->nparams; i++)
		if (strcmp(query->params[i].name, list) == 0 && strstr(query->params[i].value, dotted) != NULL)
			return true;
	return false;
}

static bool
wants(const struct query *query, const char *name, bool extra)
{
	if (query_has(query, "exclude_fields", name))
		return false;
	if (query_get(query, "include_fields") == NULL)
		return !extra;
	return query_has(query, "include_fields", name) || query_has(query, "include_fields", "_all") ||
	    query_has(query, "include_fields", extra ? "_extra" : "_default") ||
	    names_below(query, "include_fields", name);
}

/* Cut the objects of a list down to the fields that are asked for; `list` is a field itself, or NULL. */
static void
cut_fields(const struct query *query, json_t *items, const char *list)
{
	bool some = list == NULL ? query_get(query, "include_fields") != NULL : names_below(query, "include_fields", list);
	char name[300];
	const char *key;
	json_t *item, *value;
	void *next;
	size_t i;

	json_array_foreach(items, i, item)
		json_object_foreach_safe(item, next, key, value) {
			snprintf(name, sizeof(name), "%s%s%.200s", list != NULL ? list : "", list != NULL ? "." : "", key);
			if (query_has(query, "exclude_fields", name) || (some && !wants(query, name, false)))
				json_object_del(item, key);
		}
}

static void
set_part(const struct query *query, json_t *object, const char *name, json_t *items)
{
	cut_fields(query, items, name);
	json_object_set_new(object, name, items);
}

/* The comments that this reader may see: a new reference. */
static json_t *
comments_of(const struct call *call, const struct bug *bug)
{
	return seen_comments(bug, call->trusted, call->trusted && state_setting(&call->bz->state, "edits", 1) != 0);
}

/* A bug as this reader asked for it: a new reference. */
static json_t *
show_bug(const struct call *call, const struct bug *bug)
{
	const struct query *query = &call->bz->query;
	json_t *out = json_object(), *value;
	bool one_call = state_setting(&call->bz->state, "one_call", 1) != 0;
	const char *key;

	json_object_foreach(bug->fields, key, value)
		if (wants(query, key, false))
			json_object_set(out, key, value);
	if (call->trusted && wants(query, "update_token", false))
		json_object_set_new(out, "update_token", json_sprintf("%lld-token", (long long)++call->bz->tokens));
	if (one_call && wants(query, "comments", true))
		set_part(query, out, "comments", comments_of(call, bug));
	if (one_call && wants(query, "history", true))
		set_part(query, out, "history", bug->history != NULL ? json_deep_copy(bug->history) : json_array());
	if (one_call && wants(query, "attachments", true))
		set_part(query, out, "attachments", seen_attachments(bug, call->trusted));
	return out;
}

/* ---- searches ---- */

static bool
is_visible(const struct call *call, const struct bug *bug)
{
	return bug->fields != NULL && (call->trusted || !bug->hidden);
}

/* The state's bugs that match, in the order asked for. Returns how many; the caller free()s *out. */
static size_t
find_all(const struct bug ***out, const struct call *call)
{
	const struct state *state = &call->bz->state;
	const char *order = query_get(&call->bz->query, "order");
	bool upwards = order != NULL && strncmp(order, "bug_id", 6) == 0 && strstr(order, "DESC") == NULL;
	size_t n = 0;

	*out = lapse_alloc(state->nbugs, sizeof(**out));
	for (size_t i = 0; i < state->nbugs; i++) {
		const struct bug *bug = &state->bugs[upwards ? i : state->nbugs - 1 - i];

		if (is_visible(call, bug) && query_matches(&call->bz->query, bug))
			(*out)[n++] = bug;
	}
	return n;
}

/* A bug by the number in a path or parameter; NULL after an answer that says why not. */
static const struct bug *
get_bug(const struct call *call, const char *word)
{
	char *end;
	int64_t id = strtoll(word, &end, 10);
	const struct bug *bug = state_find(&call->bz->state, id);

	if (*end != '\0' || end == word)
		error_for(call, 400, 100, "There is no bug named '%'.", word);
	else if (bug == NULL)
		error_for(call, 404, 101, "Bug #% does not exist.", word);
	else if (!is_visible(call, bug))
		error_for(call, 401, 102, "You are not authorized to access bug %. To see this bug, you must first log in to "
		    "an account with the appropriate permissions.", word);
	else
		return bug;
	return NULL;
}

/* For a server that is strict: the first bug of id= that cannot be seen is answered. */
static bool
are_all_seen(const struct call *call)
{
	char ids[sizeof(call->bz->query.text)], *save, *id;
	const char *list = query_get(&call->bz->query, "id");
	bool seen = true;

	snprintf(ids, sizeof(ids), "%s", list != NULL ? list : "");
	for (id = strtok_r(ids, ",", &save); seen && id != NULL; id = strtok_r(NULL, ",", &save))
		seen = get_bug(call, id) != NULL;
	return seen;
}

static void
search(const struct call *call)
{
	const struct query *query = &call->bz->query;
	const char *limit_text = query_get(query, "limit"), *offset_text = query_get(query, "offset");
	size_t limit = limit_text != NULL ? strtoul(limit_text, NULL, 10) : 0;
	size_t offset = offset_text != NULL ? strtoul(offset_text, NULL, 10) : 0;
	size_t most = (size_t)state_setting(&call->bz->state, "max_results", 10000);
	const struct bug **found;
	json_t *bugs = json_array();
	size_t nfound;

	if (offset_text != NULL && limit_text == NULL) {
		error(call, 400, 50, "You must set a limit when you set an offset.");
		json_decref(bugs);
		return;
	}
	if (state_setting(&call->bz->state, "strict", 0) != 0 && !are_all_seen(call)) {
		json_decref(bugs);
		return;
	}
	offset = limit == 0 ? 0 : offset;
	limit = limit == 0 || limit > most ? most : limit;
	nfound = find_all(&found, call);
	if (query_get(query, "count_only") != NULL && strcmp(query_get(query, "count_only"), "0") != 0) {
		json_decref(bugs);
		answer(call, json_pack("{s:I}", "bug_count", (json_int_t)nfound));
	} else {
		for (size_t i = offset; i < nfound && i - offset < limit; i++)
			json_array_append_new(bugs, show_bug(call, found[i]));
		answer(call, json_pack("{s:o}", "bugs", bugs));
	}
	free(found);
}

/* ---- one bug, and several ---- */

static void
add_comments(const struct call *call, json_t *out, const char *id, const struct bug *bug)
{
	json_t *items = comments_of(call, bug);

	cut_fields(&call->bz->query, items, NULL);
	json_object_set_new(out, id, json_pack("{s:o}", "comments", items));
}

static void
add_attachments(const struct call *call, json_t *out, const char *id, const struct bug *bug)
{
	json_t *items = seen_attachments(bug, call->trusted);

	cut_fields(&call->bz->query, items, NULL);
	json_object_set_new(out, id, items);
}

static void
add_history(const struct call *call, json_t *out, const char *id, const struct bug *bug)
{
	json_t *alias = json_object_get(bug->fields, "alias");
	json_t *history = bug->history != NULL ? json_deep_copy(bug->history) : json_array();

	(void)call;
	(void)id;
	json_array_append_new(out, json_pack("{s:I, s:O?, s:o}", "id", (json_int_t)bug->id, "alias", alias, "history", history));
}

typedef void add_fn(const struct call *call, json_t *out, const char *id, const struct bug *bug);

/* Add a part of one bug: false when that is answered with an error. */
static bool
add_one(const struct call *call, json_t *out, const char *id, add_fn *add)
{
	const struct bug *bug = get_bug(call, id);

	if (bug != NULL) {
		add(call, out, id, bug);
	} else if (query_get(&call->bz->query, "skip_private") != NULL) {
		lapse_buf_reset(&call->reply->body);
		return true;
	}
	return bug != NULL;
}

/* Add a part of the bug in the path and of those in ids=. */
static bool
add_each(const struct call *call, json_t *out, const char *first, add_fn *add)
{
	const struct query *query = &call->bz->query;
	bool ok = add_one(call, out, first, add);

	for (size_t i = 0; ok && i < query->nparams; i++) {
		char *ids, *save;

		if (strcmp(query->params[i].name, "ids") != 0)
			continue;
		save = ids = lapse_strdup(query->params[i].value);
		for (char *id = ids; ok && *id != '\0';) {
			ids = id + strcspn(id, ",");
			if (*ids != '\0')
				*ids++ = '\0';
			ok = add_one(call, out, id, add);
			id = ids;
		}
		free(save);
	}
	return ok;
}

static void
answer_part(const struct call *call, const char *id, const char *part)
{
	json_t *out = strcmp(part, "history") == 0 ? json_array() : json_object();
	bool ok = false;

	if (strcmp(part, "comment") == 0)
		ok = add_each(call, out, id, add_comments);
	else if (strcmp(part, "attachment") == 0)
		ok = add_each(call, out, id, add_attachments);
	else if (strcmp(part, "history") == 0)
		ok = add_each(call, out, id, add_history);
	else
		error(call, 404, 32614, "The requested path was not found.");
	if (!ok)
		json_decref(out);
	else if (strcmp(part, "history") == 0)
		answer(call, json_pack("{s:o}", "bugs", out));
	else
		answer(call, json_pack("{s:o, s:{}}", "bugs", out, strcmp(part, "comment") == 0 ? "comments" : "attachments"));
}

static void
answer_bug(const struct call *call, const char *id)
{
	const struct bug *bug = get_bug(call, id);

	if (bug != NULL)
		answer(call, json_pack("{s:[o], s:[]}", "bugs", show_bug(call, bug), "faults"));
}

static void
answer_comment(const struct call *call, const char *cid)
{
	const struct state *state = &call->bz->state;

	for (size_t i = 0; i < state->nbugs; i++) {
		json_t *items, *item;
		size_t j;

		if (!is_visible(call, &state->bugs[i]))
			continue;
		items = comments_of(call, &state->bugs[i]);
		json_array_foreach(items, j, item)
			if (json_integer_value(json_object_get(item, "id")) == strtoll(cid, NULL, 10)) {
				answer(call, json_pack("{s:{}, s:{s:O}}", "bugs", "comments", cid, item));
				json_decref(items);
				return;
			}
		json_decref(items);
	}
	error_for(call, 400, 111, "There is no comment with the id '%'.", cid);
}

/* ---- requests ---- */

/* Does the rate limit stand against it? Then that is answered. */
static bool
is_limited(const struct call *call, bool counted)
{
	struct bugzilla *bz = call->bz;
	int64_t rate = state_setting(&bz->state, "rate", -1);

	if (bz->blocked) {
		text(call, 429, HTML, "<!DOCTYPE html><html><head><title>Too Many Requests</title></head></html>\n");
		return true;
	}
	if (rate < 0 || !counted || ++bz->asked <= rate)
		return false;
	bz->blocked = true;
	error(call, 400, 32000, "You have exceeded the rate limit.");
	return true;
}

/* The key is right, or there is none: true. */
static bool
check_key(struct call *call)
{
	const char *key = json_string_value(json_object_get(call->bz->state.settings, "key"));

	if (call->request->key[0] == '\0')
		return true;
	call->trusted = key != NULL && strcmp(key, call->request->key) == 0;
	if (!call->trusted)
		error(call, 400, 306, "The API key you specified is invalid. Please check that you typed it correctly.");
	return call->trusted;
}

/* What is below /rest/bug/: "ID", "ID/comment", "comment/CID". */
static void
answer_below(const struct call *call, char *path)
{
	char *part = strchr(path, '/');

	if (is_limited(call, part == NULL || strcmp(part, "/history") != 0))
		return;
	if (part == NULL) {
		answer_bug(call, path);
		return;
	}
	*part++ = '\0';
	if (strcmp(path, "comment") == 0)
		answer_comment(call, part);
	else
		answer_part(call, path, part);
}

static void
answer_rest(const struct call *call, char *path)
{
	if (strncmp(path, "bug/", 4) == 0) {
		answer_below(call, path + 4);
		return;
	}
	if (is_limited(call, false))
		return;
	if (strcmp(path, "time") == 0)
		answer_time(call);
	else if (strcmp(path, "version") == 0)
		answer(call, json_pack("{s:s}", "version", "20260801.1"));
	else if (strcmp(path, "bug") == 0)
		search(call);
	else
		error(call, 404, 32614, "The requested path was not found.");
}

/* ---- the page of a comment's revisions ---- */

static void
put_html(struct lapse_buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '<': lapse_buf_puts(out, "&lt;"); break;
		case '>': lapse_buf_puts(out, "&gt;"); break;
		case '&': lapse_buf_puts(out, "&amp;"); break;
		case '"': lapse_buf_puts(out, "&quot;"); break;
		default: lapse_buf_putc(out, *text);
		}
}

/* As the page shows times: of the server's zone, which it does not name. */
static void
put_time(struct lapse_buf *out, const struct call *call, const char *time)
{
	struct lapse_instant t = { 0 };
	char text[LAPSE_TIME_LEN + 1];

	lapse_time_parse(&t, time);
	t.sec += state_setting(&call->bz->state, "offset", 0);
	lapse_time_format(text, t);
	lapse_buf_printf(out, "%.10s %.8s", text, text + 11);
}

static void
put_revision(struct lapse_buf *out, const struct call *call, int64_t comment, const json_t *revision, size_t n)
{
	const char *who = json_string_value(json_object_get(revision, "who"));
	const char *text = json_string_value(json_object_get(revision, "text"));

	lapse_buf_printf(out, "  <article class=\"revision\" data-comment-id=\"%" PRId64 "\" data-revised-time=\"\">\n"
	    "    <header>\n      <div class=\"metadata\">", comment);
	if (n == 0)
		lapse_buf_puts(out, "Original comment\n");
	else
		lapse_buf_printf(out, "Revision %zu\n", n);
	lapse_buf_puts(out, "        by <div class=\"vcard vcard_3\" ><a class=\"email \" href=\"/user_profile?user_id=3\" > <span class=\"fna\">");
	put_html(out, who != NULL ? who : "");
	lapse_buf_puts(out, "</span></a>\n</div>\n        on <time datetime=\"");
	put_time(out, call, json_string_value(json_object_get(revision, "time")));
	lapse_buf_puts(out, "\">then</time>\n      </div>\n    </header>\n    <div class=\"body\">\n");
	if (json_is_true(json_object_get(revision, "hidden"))) {
		lapse_buf_puts(out, "        <div class=\"hidden-comment\">(Hidden by Administrator)</div>\n");
	} else {
		lapse_buf_puts(out, "        <pre class=\"bz_comment_text\">");
		put_html(out, text != NULL ? text : "");
		lapse_buf_puts(out, "</pre>\n");
	}
	lapse_buf_puts(out, "    </div>\n  </article>\n");
}

static void
put_revisions(const struct call *call, int64_t bug, const json_t *comment)
{
	struct lapse_buf *out = &call->reply->body;
	const json_t *list = json_object_get(comment, "revisions"), *revision;
	int64_t id = json_integer_value(json_object_get(comment, "id"));
	size_t i;

	lapse_buf_printf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"UTF-8\"><title>Bug %" PRId64 " Comment %" PRId64
	    " Edit History</title><script>if (1 < 2) x = '<article>';</script></head>\n<body><main>\n<h2>Bug %" PRId64 " Comment %" PRId64
	    " Edit History</h2>\n", bug, (int64_t)json_integer_value(json_object_get(comment, "count")), bug,
	    (int64_t)json_integer_value(json_object_get(comment, "count")));
	json_array_foreach(list, i, revision)
		put_revision(out, call, id, revision, i);
	if (json_array_size(list) == 0)
		lapse_buf_puts(out, "  <p><em>No changes have been made to this comment.</em></p>\n");
	lapse_buf_puts(out, "</main></body></html>\n");
}

static void
answer_page(const struct call *call)
{
	const char *id = query_get(&call->bz->query, "bug_id"), *comment_id = query_get(&call->bz->query, "comment_id");
	const struct bug *bug = id != NULL ? state_find(&call->bz->state, strtoll(id, NULL, 10)) : NULL;
	json_t *comment;
	size_t i;

	if (is_limited(call, true))
		return;
	text(call, 200, HTML, "");
	json_array_foreach(bug != NULL && is_visible(call, bug) ? bug->comments : NULL, i, comment)
		if (comment_id != NULL && json_integer_value(json_object_get(comment, "id")) == strtoll(comment_id, NULL, 10)) {
			put_revisions(call, bug->id, comment);
			return;
		}
	text(call, 200, HTML, "<!DOCTYPE html><html><head><title>Invalid Comment</title></head></html>\n");
}

void
bugzilla_answer(struct reply *reply, struct bugzilla *bz, const struct request *request)
{
	struct call call = { .reply = reply, .bz = bz, .request = request };
	char path[sizeof(request->target)];
	char *rest, *query;

	refresh(bz);
	if (strlen(request->target) > 8192) {
		text(&call, 414, "text/plain", "URI Too Long\n");
		return;
	}
	snprintf(path, sizeof(path), "%s", request->target);
	query = path + strcspn(path, "?");
	if (*query != '\0')
		*query++ = '\0';
	query_read(&bz->query, query);
	url_decode(path);
	rest = strstr(path, "/rest/");
	if (strcmp(path, "/page.cgi") == 0)
		answer_page(&call);
	else if (rest == NULL)
		text(&call, 404, HTML, "<!DOCTYPE html><html><head><title>Not Found</title></head></html>\n");
	else if (check_key(&call))
		answer_rest(&call, rest + 6);
}
