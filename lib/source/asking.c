#include "asking.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "edits.h"

#include "lapse/json.h"

#define ID_MAX INT64_C(9007199254740991)

struct asking {
	struct lapse_ids ids;
	bool by_id;		/* bugs were named, and only these were asked for */
	bool list;		/* nothing but a list of ids */
	bool edits;		/* nothing but how often comments were edited */
};

int
lapse_asking_write(struct lapse_buf *out, const void *items, size_t n, size_t size)
{
	int rc = lapse_buf_puts(out, "bug?id=");

	for (size_t i = 0; rc == 0 && i < n; i++) {
		int64_t id;

		memcpy(&id, (const char *)items + i * size, sizeof(id));
		rc = lapse_buf_printf(out, "%s%" PRId64, i > 0 ? "," : "", id);
	}
	return rc;
}

/* The number at *p, which moves past its digits; false when there is none, or none that a bug can have. */
static bool
read_id(int64_t *out, const char **p)
{
	const char *start = *p;

	*out = 0;
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		*out = *out * 10 + (**p - '0');
		if (*out > ID_MAX)
			return false;
	}
	return *p != start;
}

/* "1,2,3" up to the end of the parameter. */
static void
read_ids(struct asking *asking, const char *p)
{
	int64_t id;

	asking->by_id = true;
	while (read_id(&id, &p)) {
		lapse_ids_add(&asking->ids, id);
		if (*p == ',')
			p++;
		else if (strncasecmp(p, "%2c", 3) == 0)
			p += 3;
		else
			break;
	}
}

/* Are these fields what a list of ids is made of? */
static bool
is_list(const char *p)
{
	static const char *const fields[] = { "id", "last_change_time" };
	size_t len;

	for (;; p += len) {
		bool known = false;

		len = strcspn(p, ",%&#");
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			known |= strlen(fields[i]) == len && strncmp(p, fields[i], len) == 0;
		if (!known)
			return false;
		p += len;
		if (*p == ',')
			len = 1;
		else if (strncasecmp(p, "%2c", 3) == 0)
			len = 3;
		else
			return *p != '%';
	}
}

static bool
is_edits(const char *p)
{
	size_t len = strlen(EDITS_FIELDS);

	return strncmp(p, EDITS_FIELDS, len) == 0 && (p[len] == '\0' || p[len] == '&' || p[len] == '#');
}

static void
read_parameter(struct asking *asking, const char *p)
{
	if (strncmp(p, "id=", 3) == 0)
		read_ids(asking, p + 3);
	else if (strncmp(p, "include_fields=", 15) == 0) {
		asking->list = is_list(p + 15);
		asking->edits = is_edits(p + 15);
	}
}

/* …/bug, …/bug/N, …/bug/N/comment, and behind them the parameters. */
static void
read_uri(struct asking *asking, const char *uri)
{
	size_t path = strcspn(uri, "?#");
	const char *p = uri, *bug = NULL;
	int64_t id;

	while ((p = strstr(p, "/bug/")) != NULL && (size_t)(p - uri) < path) {
		p += strlen("/bug/");
		bug = p;
	}
	if (bug != NULL && read_id(&id, &bug) && strchr("/?#", *bug) != NULL) {
		asking->by_id = true;
		lapse_ids_add(&asking->ids, id);
	}
	for (p = strchr(uri, '?'); p != NULL; p = strchr(p, '&'))
		read_parameter(asking, ++p);
	lapse_ids_sort(&asking->ids);
}

static void
narrow_list(json_t *answer, const json_t *bugs, const struct asking *asking)
{
	json_t *kept = json_array();
	int64_t id;

	for (size_t i = 0; i < json_array_size(bugs); i++)
		if (lapse_json_int(&id, json_object_get(json_array_get(bugs, i), "id")) &&
		    lapse_ids_has(&asking->ids, id))
			json_array_append(kept, json_array_get(bugs, i));
	json_object_set_new(answer, "bugs", kept);
}

static void
narrow_object(json_t *bugs, const struct asking *asking)
{
	const char *key, *p;
	json_t *value;
	void *next;
	int64_t id;

	json_object_foreach_safe(bugs, next, key, value) {
		p = key;
		if (!read_id(&id, &p) || *p != '\0' || !lapse_ids_has(&asking->ids, id))
			json_object_del(bugs, key);
	}
}

bool
lapse_asking_narrow(json_t *answer, const char *uri)
{
	json_t *bugs = json_object_get(answer, "bugs");
	struct asking asking = { .by_id = false };

	lapse_ids_init(&asking.ids);
	read_uri(&asking, uri);
	if (asking.by_id && json_is_array(bugs))
		narrow_list(answer, bugs, &asking);
	else if (asking.by_id && json_is_object(bugs))
		narrow_object(bugs, &asking);
	lapse_ids_release(&asking.ids);
	return !asking.list && !asking.edits;
}

bool
lapse_asking_edits(const char *uri)
{
	struct asking asking = { .by_id = false };

	lapse_ids_init(&asking.ids);
	read_uri(&asking, uri);
	lapse_ids_release(&asking.ids);
	return asking.edits;
}

bool
lapse_asking_all(const char *uri)
{
	return strstr(uri, "&" ASKING_ALL) != NULL;
}

void
lapse_asking_bugs(struct lapse_ids *out, const char *uri)
{
	struct asking asking = { .by_id = false };

	lapse_ids_init(&asking.ids);
	read_uri(&asking, uri);
	for (size_t i = 0; i < asking.ids.nitems; i++)
		lapse_ids_add(out, asking.ids.items[i]);
	lapse_ids_release(&asking.ids);
}
