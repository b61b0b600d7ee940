#include "lapse/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/layout.h"
#include "lapse/sorted.h"
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

/* By hand: an answer may cite millions. */
char *
lapse_post_path(char *out, const struct lapse_thread *thread, const struct lapse_post *post)
{
	static const char posts[] = "/posts/";
	size_t len = strlen(thread->path);
	char *to = out + len + strlen(posts);

	memcpy(out, thread->path, len);
	memcpy(out + len, posts, strlen(posts));
	to = lapse_int_format(to, lapse_post_folder(post->number));
	*to++ = '/';
	to = lapse_int_format(to, post->number);
	memcpy(to, post->in_parts ? ".parts" : ".json", post->in_parts ? sizeof(".parts") : sizeof(".json"));
	return out;
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

bool
lapse_ids_equal(const struct lapse_ids *a, const struct lapse_ids *b)
{
	return a->nitems == b->nitems && (a->nitems == 0 || memcmp(a->items, b->items, a->nitems * sizeof(*a->items)) == 0);
}

void
lapse_ids_drop(struct lapse_ids *ids, int64_t id)
{
	size_t kept = 0;

	for (size_t i = 0; i < ids->nitems; i++)
		if (ids->items[i] != id)
			ids->items[kept++] = ids->items[i];
	ids->nitems = kept;
}

/* ---- captures ---- */

void
lapse_capture_init(struct lapse_capture *capture)
{
	*capture = (struct lapse_capture){
		.time = LAPSE_NEVER,
		.reaches = LAPSE_NEVER,
		.asked = { .server_time = LAPSE_NEVER, .listed = LAPSE_NEVER, .total = -1 },
	};
}

void
lapse_capture_release(struct lapse_capture *capture)
{
	for (int part = 0; part < LAPSE_NPARTS; part++)
		lapse_ids_release(&capture->scope[part]);
	lapse_ids_release(&capture->asked.outside);
	lapse_ids_release(&capture->asked.followed);
	lapse_ids_release(&capture->asked.due);
	free(capture->asked.rest);
	free(capture->asked.query);
	free(capture->asked.hidden);
	capture->asked.rest = capture->asked.query = NULL;
	capture->asked.hidden = NULL;
	capture->asked.nhidden = capture->asked.hidden_cap = 0;
	for (size_t i = 0; i < capture->asked.nstood; i++)
		lapse_ids_release(&capture->asked.stood[i].bugs);
	free(capture->asked.stood);
	capture->asked.stood = NULL;
	capture->asked.nstood = capture->asked.stood_cap = 0;
}

void
lapse_stood_add(struct lapse_asked *asked, const char *commit, int64_t id)
{
	size_t i = 0;

	while (i < asked->nstood && strcmp(asked->stood[i].commit, commit) != 0)
		i++;
	if (i == asked->nstood) {
		asked->stood = lapse_grow(asked->stood, asked->nstood, &asked->stood_cap, sizeof(*asked->stood));
		asked->stood[asked->nstood++] = (struct lapse_stood){ .commit = "" };
		snprintf(asked->stood[i].commit, sizeof(asked->stood[i].commit), "%s", commit);
		lapse_ids_init(&asked->stood[i].bugs);
	}
	lapse_ids_add(&asked->stood[i].bugs, id);
}

const char *
lapse_stood_find(const struct lapse_asked *asked, int64_t id)
{
	for (size_t i = 0; i < asked->nstood; i++)
		if (lapse_ids_has(&asked->stood[i].bugs, id))
			return asked->stood[i].commit;
	return NULL;
}

static size_t
find_hidden(const struct lapse_asked *asked, int64_t id)
{
	return lapse_sorted_place(asked->hidden, asked->nhidden, sizeof(*asked->hidden), id);
}

void
lapse_hidden_set(struct lapse_asked *asked, int64_t id, int64_t code)
{
	size_t at = find_hidden(asked, id);

	if (at < asked->nhidden && asked->hidden[at].id == id) {
		if (code != 0)
			asked->hidden[at].code = code;
		return;
	}
	asked->hidden = lapse_grow(asked->hidden, asked->nhidden, &asked->hidden_cap, sizeof(*asked->hidden));
	memmove(asked->hidden + at + 1, asked->hidden + at, (asked->nhidden - at) * sizeof(*asked->hidden));
	asked->hidden[at] = (struct lapse_hidden){ id, code };
	asked->nhidden++;
}

bool
lapse_hidden_has(const struct lapse_asked *asked, int64_t id)
{
	size_t at = find_hidden(asked, id);

	return at < asked->nhidden && asked->hidden[at].id == id;
}

void
lapse_hidden_clear(struct lapse_asked *asked, int64_t id)
{
	size_t at = find_hidden(asked, id);

	if (!lapse_hidden_has(asked, id))
		return;
	asked->nhidden--;
	memmove(asked->hidden + at, asked->hidden + at + 1, (asked->nhidden - at) * sizeof(*asked->hidden));
}
