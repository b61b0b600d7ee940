/* The state of the test server's Bugzilla: a folder of answers, whichever way they were recorded. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bugzilla.h"
#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/fs.h"

/* The place where a bug is or would be. */
static size_t
place_of(const struct state *state, int64_t id)
{
	size_t lo = 0, hi = state->nbugs;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (state->bugs[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct bug *
state_find(const struct state *state, int64_t id)
{
	size_t at = place_of(state, id);

	return at < state->nbugs && state->bugs[at].id == id ? &state->bugs[at] : NULL;
}

static struct bug *
need(struct state *state, int64_t id)
{
	size_t at = place_of(state, id);

	if (at < state->nbugs && state->bugs[at].id == id)
		return &state->bugs[at];
	state->bugs = lapse_grow(state->bugs, state->nbugs, &state->cap, sizeof(*state->bugs));
	memmove(state->bugs + at + 1, state->bugs + at, (state->nbugs - at) * sizeof(*state->bugs));
	state->nbugs++;
	state->bugs[at] = (struct bug){ .id = id };
	return &state->bugs[at];
}

static void
keep(json_t **slot, json_t *value)
{
	if (!json_is_array(value))
		return;
	json_decref(*slot);
	*slot = json_incref(value);
}

/* A bug of a search, or what one answer says of it: {"id", fields, "comments", "history", "attachments"}. */
static void
take_bug(struct state *state, json_t *object)
{
	struct bug *bug = need(state, json_integer_value(json_object_get(object, "id")));

	keep(&bug->comments, json_object_get(object, "comments"));
	keep(&bug->history, json_object_get(object, "history"));
	keep(&bug->attachments, json_object_get(object, "attachments"));
	if (json_object_get(object, "summary") == NULL)
		return;
	json_object_del(object, "comments");
	json_object_del(object, "history");
	json_object_del(object, "attachments");
	json_decref(bug->fields);
	bug->fields = json_incref(object);
	bug->hidden = json_array_size(json_object_get(object, "groups")) > 0;
}

/* {"ID":{"comments":[…]}} and {"ID":[…]} */
static void
take_parts(struct state *state, json_t *bugs)
{
	const char *key;
	json_t *value;

	json_object_foreach(bugs, key, value) {
		struct bug *bug = need(state, strtoll(key, NULL, 10));

		keep(&bug->comments, json_object_get(value, "comments"));
		keep(&bug->attachments, value);
	}
}

/* An error that was answered for a bug: it is hidden. The bug is the number in the file's name. */
static void
take_error(struct state *state, const char *file)
{
	const char *dash = strrchr(file, '-');
	int64_t id = dash != NULL ? strtoll(dash + 1, NULL, 10) : 0;

	if (id > 0)
		need(state, id)->hidden = true;
}

static void
take(struct state *state, json_t *root, const char *file)
{
	json_t *bugs = json_is_array(root) ? root : json_object_get(root, "bugs");
	const char *name = strrchr(file, '/');
	size_t i;
	json_t *bug;

	if (name != NULL && strcmp(name, "/server.json") == 0)
		state->settings = json_incref(root);
	else if (json_object_get(root, "db_time") != NULL)
		state->time = json_incref(root);
	else if (json_object_get(root, "error") != NULL)
		take_error(state, file);
	else if (json_is_object(bugs))
		take_parts(state, bugs);
	else
		json_array_foreach(bugs, i, bug)
			take_bug(state, bug);
}

static int
read_one(const char *file, void *payload)
{
	struct lapse_buf bytes;
	json_error_t error;
	json_t *root;
	int rc;

	if (strstr(file, ".json") == NULL)
		return 0;
	lapse_buf_init(&bytes, LAPSE_BUF_DOCUMENT);
	rc = lapse_file_read(&bytes, file);
	root = rc == 0 ? json_loadb(bytes.data != NULL ? bytes.data : "", bytes.len, JSON_ALLOW_NUL, &error) : NULL;
	if (rc == 0 && root == NULL)
		rc = lapse_fail(LAPSE_EFORMAT, "%s: %s", file, error.text);
	if (root != NULL)
		take(payload, root, file);
	json_decref(root);
	lapse_buf_release(&bytes);
	return rc;
}

bool
state_read(struct state *state, const char *folder)
{
	memset(state, 0, sizeof(*state));
	if (lapse_files_each(folder, read_one, state) == 0)
		return true;
	fprintf(stderr, "httpd: %s\n", lapse_error());
	return false;
}

void
state_release(struct state *state)
{
	for (size_t i = 0; i < state->nbugs; i++) {
		json_decref(state->bugs[i].fields);
		json_decref(state->bugs[i].comments);
		json_decref(state->bugs[i].history);
		json_decref(state->bugs[i].attachments);
	}
	free(state->bugs);
	json_decref(state->time);
	json_decref(state->settings);
	memset(state, 0, sizeof(*state));
}

int64_t
state_setting(const struct state *state, const char *name, int64_t otherwise)
{
	const json_t *value = json_object_get(state->settings, name);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

/* The items of a list that the reader may see; each a copy that may be changed. */
static json_t *
seen(json_t *list, bool trusted)
{
	json_t *out = json_array(), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		json_t *private = json_object_get(item, "is_private");

		if (trusted || !(json_is_true(private) || json_integer_value(private) != 0))
			json_array_append_new(out, json_copy(item));
	}
	return out;
}

json_t *
seen_comments(const struct bug *bug, bool trusted, bool edits)
{
	json_t *out = seen(bug->comments, trusted), *comment;
	size_t i;

	json_array_foreach(out, i, comment) {
		json_object_del(comment, "revisions");
		if (edits && json_object_get(comment, "edit_count") == NULL)
			json_object_set_new(comment, "edit_count", json_integer(0));
		if (!edits) {
			json_object_del(comment, "edit_count");
			json_object_del(comment, "last_change_time");
		}
	}
	return out;
}

json_t *
seen_attachments(const struct bug *bug, bool trusted)
{
	return seen(bug->attachments, trusted);
}
