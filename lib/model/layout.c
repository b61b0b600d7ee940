#include "lapse/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 64
#define ID_MAX INT64_C(9007199254740991)	/* the largest whole number of I-JSON */

bool
lapse_name_is_valid(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	return len > 0 && len <= NAME_MAX_LEN && name[len] == '\0' && strchr("._-", name[0]) == NULL;
}

char *
lapse_path_source(char *out, const char *name)
{
	snprintf(out, LAPSE_PATH_MAX, "sources/%s.json", name);
	return out;
}

char *
lapse_path_policy(char *out, const char *id)
{
	snprintf(out, LAPSE_PATH_MAX, "policies/%s.json", id);
	return out;
}

/* Ids of one source are spread over 100 x 100 folders by their last digits, which are even. */
static char *
sharded(char *out, const char *top, const char *source, int64_t id, const char *rest)
{
	snprintf(out, LAPSE_PATH_MAX, "%s/%s/%02d/%02d/%" PRId64 "%s", top, source,
	    (int)(id % 100), (int)(id / 100 % 100), id, rest);
	return out;
}

char *
lapse_path_thread(char *out, const char *source, int64_t id)
{
	return sharded(out, "threads", source, id, "");
}

char *
lapse_path_fields(char *out, const char *source, int64_t id)
{
	return sharded(out, "threads", source, id, "/thread.json");
}

char *
lapse_path_posts(char *out, const char *source, int64_t id)
{
	return sharded(out, "threads", source, id, "/posts.json");
}

int64_t
lapse_post_folder(int64_t number)
{
	return number < LAPSE_POST_HASHED ? number / 100 : number % 100;
}

char *
lapse_path_post(char *out, const char *source, int64_t id, int64_t number)
{
	char rest[64];

	snprintf(rest, sizeof(rest), "/posts/%" PRId64 "/%" PRId64 ".json", lapse_post_folder(number), number);
	return sharded(out, "threads", source, id, rest);
}

char *
lapse_path_revisions(char *out, const char *source, int64_t id, int64_t number)
{
	char rest[64];

	snprintf(rest, sizeof(rest), "/revisions/%" PRId64 "/%" PRId64 ".json", number / 100, number);
	return sharded(out, "threads", source, id, rest);
}

char *
lapse_path_changes(char *out, const char *source, int64_t id)
{
	return sharded(out, "threads", source, id, "/changes.json");
}

char *
lapse_path_attachments(char *out, const char *source, int64_t id)
{
	return sharded(out, "threads", source, id, "/attachments.json");
}

char *
lapse_path_attachment(char *out, const char *source, int64_t id, int64_t attachment)
{
	char rest[64];

	snprintf(rest, sizeof(rest), "/attachments/%02d/%" PRId64 ".json", (int)(attachment % 100), attachment);
	return sharded(out, "threads", source, id, rest);
}

char *
lapse_path_person(char *out, const char *source, int64_t id)
{
	return sharded(out, "people", source, id, ".json");
}

char *
lapse_path_message(char *out, const char *source, const char *sha256)
{
	snprintf(out, LAPSE_PATH_MAX, "messages/%s/%.2s/%s.eml", source, sha256, sha256);
	return out;
}

char *
lapse_path_capture(char *out, const char *source, struct lapse_instant time, int ordinal)
{
	char t[LAPSE_TIME_LEN + 1], again[16] = "";

	lapse_time_format(t, time);	/* 2026-03-14T06:37:16Z */
	if (ordinal > 1)
		snprintf(again, sizeof(again), "_%03d", ordinal);
	snprintf(out, LAPSE_PATH_MAX, "captures/%s/%.4s/%.5s/%.2s/%.2s/%.2s%s.json",
	    source, t, t + 5, t + 11, t + 14, t + 17, again);
	return out;
}

char *
lapse_path_evidence(char *out, const char *source, struct lapse_instant time, int ordinal)
{
	char t[LAPSE_TIME_LEN + 1], again[16] = "";

	lapse_time_format(t, time);
	if (ordinal > 1)
		snprintf(again, sizeof(again), "_%03d", ordinal);
	snprintf(out, LAPSE_PATH_MAX, "evidence/%s/%.4s/%.5s/%.2s-%.2s-%.2s%s",
	    source, t, t + 5, t + 11, t + 14, t + 17, again);
	return out;
}

/* ---- and back ---- */

/* A place's parts are read leniently; building its path again shows whether it was exactly that. */
static bool
is_built_as(const struct lapse_place *place, const char *path)
{
	char built[LAPSE_PATH_MAX];
	const char *s = place->source;

	switch (place->file) {
	case LAPSE_FILE_POLICY: lapse_path_policy(built, s); break;
	case LAPSE_FILE_SOURCE: lapse_path_source(built, s); break;
	case LAPSE_FILE_THREAD: lapse_path_fields(built, s, place->thread); break;
	case LAPSE_FILE_POST_LIST: lapse_path_posts(built, s, place->thread); break;
	case LAPSE_FILE_POST: lapse_path_post(built, s, place->thread, place->number); break;
	case LAPSE_FILE_REVISIONS: lapse_path_revisions(built, s, place->thread, place->number); break;
	case LAPSE_FILE_CHANGES: lapse_path_changes(built, s, place->thread); break;
	case LAPSE_FILE_ATTACHMENT_LIST: lapse_path_attachments(built, s, place->thread); break;
	case LAPSE_FILE_ATTACHMENT: lapse_path_attachment(built, s, place->thread, place->number); break;
	case LAPSE_FILE_PERSON: lapse_path_person(built, s, place->thread); break;
	case LAPSE_FILE_MESSAGE: lapse_path_message(built, s, place->sha256); break;
	case LAPSE_FILE_CAPTURE: lapse_path_capture(built, s, place->time, (int)place->number); break;
	default: return true;
	}
	return strcmp(built, path) == 0 && lapse_name_is_valid(s);
}

/* Digits without leading zeros at *p, which moves past them. */
static bool
read_id(int64_t *out, const char **p)
{
	int64_t n = 0;
	const char *start = *p;

	for (; **p >= '0' && **p <= '9'; (*p)++) {
		n = n * 10 + (**p - '0');
		if (n > ID_MAX)
			return false;
	}
	*out = n;
	return *p != start;
}

/* "A/B/…": copies A, moves past the slash. */
static bool
read_name(char *out, const char **p)
{
	size_t len = strcspn(*p, "/");

	if (len == 0 || len > NAME_MAX_LEN || (*p)[len] != '/')
		return false;
	memcpy(out, *p, len);
	out[len] = '\0';
	*p += len + 1;
	return true;
}

/* "NAME.json" of one folder. */
static bool
read_named(struct lapse_place *out, enum lapse_file file, const char *p)
{
	size_t len = strlen(p);

	if (len < 6 || len - 5 > NAME_MAX_LEN || strcmp(p + len - 5, ".json") != 0)
		return false;
	memcpy(out->source, p, len - 5);
	out->source[len - 5] = '\0';
	out->file = file;
	return true;
}

/* "SOURCE/AA/BB/" and the id that follows. */
static bool
read_sharded(struct lapse_place *out, const char **p)
{
	if (!read_name(out->source, p) || strlen(*p) < 7)
		return false;
	*p += 6;
	return read_id(&out->thread, p);
}

static bool
read_numbered(struct lapse_place *out, enum lapse_file file, const char *p)
{
	const char *slash = strchr(p, '/');

	if (slash == NULL)
		return false;
	p = slash + 1;
	out->file = file;
	return read_id(&out->number, &p);
}

static bool
read_thread_file(struct lapse_place *out, const char *p)
{
	if (strcmp(p, "/thread.json") == 0)
		out->file = LAPSE_FILE_THREAD;
	else if (strcmp(p, "/posts.json") == 0)
		out->file = LAPSE_FILE_POST_LIST;
	else if (strcmp(p, "/changes.json") == 0)
		out->file = LAPSE_FILE_CHANGES;
	else if (strcmp(p, "/attachments.json") == 0)
		out->file = LAPSE_FILE_ATTACHMENT_LIST;
	else if (strncmp(p, "/posts/", 7) == 0)
		return read_numbered(out, LAPSE_FILE_POST, p + 7);
	else if (strncmp(p, "/revisions/", 11) == 0)
		return read_numbered(out, LAPSE_FILE_REVISIONS, p + 11);
	else if (strncmp(p, "/attachments/", 13) == 0)
		return read_numbered(out, LAPSE_FILE_ATTACHMENT, p + 13);
	else
		return false;
	return true;
}

/* "SOURCE/XX/SHA256.eml" */
static bool
read_message(struct lapse_place *out, const char *p)
{
	const size_t digits = sizeof(out->sha256) - 1;

	if (!read_name(out->source, &p) || strlen(p) < 3 + digits || strspn(p + 3, "0123456789abcdef") != digits)
		return false;
	memcpy(out->sha256, p + 3, digits);
	out->sha256[digits] = '\0';
	out->file = LAPSE_FILE_MESSAGE;
	return true;
}

/* "SOURCE/2026/03-14/06/37/16.json" */
static bool
read_capture(struct lapse_place *out, const char *p)
{
	char text[LAPSE_TIME_LEN + 1];

	if (!read_name(out->source, &p) || strlen(p) < 24)
		return false;
	snprintf(text, sizeof(text), "%.4s-%.5sT%.2s:%.2s:%.2sZ", p, p + 5, p + 11, p + 14, p + 17);
	if (lapse_time_parse(&out->time, text) < 0)
		return false;
	p += 19;
	out->number = 1;
	out->file = LAPSE_FILE_CAPTURE;
	if (*p != '_')
		return true;
	p++;
	return read_id(&out->number, &p) && out->number > 1 && out->number <= LAPSE_ORDINAL_MAX;
}

static bool
read_place(struct lapse_place *out, const char *path)
{
	const char *p = strchr(path, '/');
	size_t len = p != NULL ? (size_t)(p - path) : strlen(path);

	p = p != NULL ? p + 1 : path + len;
	if (strcmp(path, "lapse.json") == 0)
		out->file = LAPSE_FILE_ARCHIVE;
	else if (strcmp(path, "parties.json") == 0)
		out->file = LAPSE_FILE_PARTIES;
	else if (len == 8 && memcmp(path, "policies", len) == 0)
		return read_named(out, LAPSE_FILE_POLICY, p);
	else if (len == 7 && memcmp(path, "sources", len) == 0)
		return read_named(out, LAPSE_FILE_SOURCE, p);
	else if (len == 7 && memcmp(path, "threads", len) == 0)
		return read_sharded(out, &p) && read_thread_file(out, p);
	else if (len == 6 && memcmp(path, "people", len) == 0) {
		out->file = LAPSE_FILE_PERSON;
		return read_sharded(out, &p);
	} else if (len == 8 && memcmp(path, "messages", len) == 0)
		return read_message(out, p);
	else if (len == 8 && memcmp(path, "captures", len) == 0)
		return read_capture(out, p);
	else if (len == 10 && memcmp(path, "tombstones", len) == 0)
		out->file = LAPSE_FILE_TOMBSTONE;
	else
		return false;
	return true;
}

bool
lapse_place_parse(struct lapse_place *out, const char *path)
{
	char whole[LAPSE_PATH_MAX];
	size_t len = strlen(path);

	*out = (struct lapse_place){ .time = LAPSE_NEVER };
	if (len >= sizeof(whole))
		return false;
	memcpy(whole, path, len + 1);
	if (len > 6 && strcmp(path + len - 6, ".parts") == 0) {
		out->in_parts = true;
		snprintf(whole + len - 6, 6, "%s", strncmp(path, "messages/", 9) == 0 ? ".eml" : ".json");
	}
	if (read_place(out, whole) && is_built_as(out, whole))
		return true;
	out->file = LAPSE_FILE_UNKNOWN;
	return false;
}

bool
lapse_path_is_evidence(const char *path, const char *source, struct lapse_instant time)
{
	char built[LAPSE_PATH_MAX];
	size_t len = strlen(lapse_path_evidence(built, source, time, 1));
	int64_t ordinal = 1;
	const char *p;

	if (strncmp(path, built, len) != 0)
		return false;
	p = path + len;
	if (*p == '_') {
		p++;
		if (!read_id(&ordinal, &p) || ordinal < 2 || ordinal > LAPSE_ORDINAL_MAX)
			return false;
	}
	return strcmp(path, lapse_path_evidence(built, source, time, (int)ordinal)) == 0;
}

/* A number as the layout writes it: no leading zeros. */
static bool
read_plain_id(int64_t *out, const char **p)
{
	const char *start = *p;

	return read_id(out, p) && (*start != '0' || *p == start + 1);
}

int64_t
lapse_place_post(const char *below)
{
	int64_t folder, number;

	if (!read_plain_id(&folder, &below) || *below++ != '/' || !read_plain_id(&number, &below) ||
	    lapse_post_folder(number) != folder || (strcmp(below, ".json") != 0 && strcmp(below, ".parts") != 0))
		return -1;
	return number;
}
