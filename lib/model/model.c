#include "lapse/model.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/text.h"

static const char *const part_names[LAPSE_NPARTS] = { "bugs", "comments", "history", "attachments" };

const char *
lapse_part_name(enum lapse_part part)
{
	return part_names[part];
}

bool
lapse_status_is_closed(const char *status)
{
	return strcmp(status, "RESOLVED") == 0 || strcmp(status, "VERIFIED") == 0 || strcmp(status, "CLOSED") == 0;
}

/* ---- what only the server wrote ---- */

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Text after `want`, or NULL when p does not begin with it; '#' in `want` stands for digits. */
static const char *
skip_pattern(const char *p, const char *want)
{
	for (; *want != '\0'; want++) {
		if (*want == '#') {
			size_t digits = strspn(p, "0123456789");

			if (digits == 0)
				return NULL;
			p += digits;
		} else if (*p++ != *want) {
			return NULL;
		}
	}
	return p;
}

bool
lapse_text_is_generated(const char *text)
{
	static const char *const notices[] = {
		"*** Bug # has been marked as a duplicate of this bug. ***",
		"*** This bug has been marked as a duplicate of bug # ***",
	};
	const char *start = skip_blanks(text);

	if (*start != '*')
		return false;
	for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++) {
		const char *end = skip_pattern(start, notices[i]);

		if (end != NULL && *skip_blanks(end) == '\0')
			return true;
	}
	return false;
}

int
lapse_thread_cmp(const char *source_a, const char *id_a, const char *source_b, const char *id_b)
{
	int order = strcmp(source_a, source_b);

	return order != 0 ? order : lapse_text_numcmp(id_a, id_b);
}

/* ---- lists of ids ---- */

void
lapse_ids_init(struct lapse_ids *ids)
{
	*ids = (struct lapse_ids){ 0 };
}

void
lapse_ids_add(struct lapse_ids *ids, int64_t id)
{
	ids->items = lapse_grow(ids->items, ids->nitems, &ids->cap, sizeof(*ids->items));
	ids->items[ids->nitems++] = id;
}

void
lapse_ids_release(struct lapse_ids *ids)
{
	free(ids->items);
	lapse_ids_init(ids);
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

void
lapse_ids_sort(struct lapse_ids *ids)
{
	size_t kept = 0;

	if (ids->nitems == 0)
		return;
	qsort(ids->items, ids->nitems, sizeof(*ids->items), by_value);
	for (size_t i = 0; i < ids->nitems; i++)
		if (i == 0 || ids->items[i] != ids->items[kept - 1])
			ids->items[kept++] = ids->items[i];
	ids->nitems = kept;
}

bool
lapse_ids_has(const struct lapse_ids *ids, int64_t id)
{
	return ids->nitems > 0 && bsearch(&id, ids->items, ids->nitems, sizeof(id), by_value) != NULL;
}

/* ---- captures ---- */

void
lapse_capture_init(struct lapse_capture *capture)
{
	*capture = (struct lapse_capture){ .time = LAPSE_NEVER };
}

void
lapse_capture_release(struct lapse_capture *capture)
{
	for (int part = 0; part < LAPSE_NPARTS; part++)
		lapse_ids_release(&capture->scope[part]);
}
