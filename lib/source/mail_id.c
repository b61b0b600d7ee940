#include "mail_id.h"

#include <stdlib.h>
#include <string.h>

/* An id among others, and its place among them. */
struct item {
	const char *id;
	size_t place;
};

struct list {
	struct item *items;	/* grows */
	size_t nitems;
	size_t cap;
};

static const char *
without_blanks(struct lapse_arena *arena, const char *text, size_t len)
{
	char *id = lapse_arena_alloc(arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] != ' ' && text[i] != '\t')
			id[n++] = text[i];
	return n > 0 ? id : NULL;
}

/* The next <…> that has something in it; *place moves beyond it. What opens twice begins at the second. */
static const char *
next_id(struct lapse_arena *arena, const char **place)
{
	const char *p = *place, *id = NULL;

	while (id == NULL && (p = strchr(p, '<')) != NULL) {
		size_t len = strcspn(++p, "<>");

		if (p[len] == '>')
			id = without_blanks(arena, p, len);
		p += len;
	}
	*place = p;
	return id;
}

const char *
lapse_mail_id_first(struct lapse_arena *arena, const char *text)
{
	const char *place = text, *id = next_id(arena, &place);

	if (id == NULL && *text != '\0' && text[strcspn(text, " <>")] == '\0')
		id = lapse_arena_dup(arena, text);
	return id;
}

static void
add(struct list *list, const char *id)
{
	list->items = lapse_grow(list->items, list->nitems, &list->cap, sizeof(*list->items));
	list->items[list->nitems] = (struct item){ id, list->nitems };
	list->nitems++;
}

static void
add_references(struct list *list, struct lapse_arena *arena, struct lapse_mail_headers *headers)
{
	const struct lapse_mail_header *header;
	size_t place = 0;

	while ((header = lapse_mail_headers_next(headers, &place, "References")) != NULL) {
		const char *p = lapse_mail_header_text(headers, arena, header), *id;

		while (p != NULL && (id = next_id(arena, &p)) != NULL)
			add(list, id);
	}
}

static int
by_id(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* Each once: of equal ids the one that stands first. Sorting keeps this from taking time by the square. */
static const char *const *
once_each(size_t *n, struct lapse_arena *arena, struct list *list)
{
	const char **ids = lapse_arena_alloc(arena, (list->nitems + 1) * sizeof(*ids));

	*n = 0;
	if (list->nitems == 0)
		return ids;
	qsort(list->items, list->nitems, sizeof(*list->items), by_id);
	for (size_t i = 0; i < list->nitems; i++)
		if (i == 0 || strcmp(list->items[i].id, list->items[i - 1].id) != 0)
			ids[list->items[i].place] = list->items[i].id;
	for (size_t i = 0; i < list->nitems; i++)
		if (ids[i] != NULL)
			ids[(*n)++] = ids[i];
	return ids;
}

static void
read_own(struct lapse_mail_ids *out, struct lapse_arena *arena, struct lapse_mail_headers *headers)
{
	const struct lapse_mail_header *header;
	size_t place = 0;

	while ((header = lapse_mail_headers_next(headers, &place, "Message-ID")) != NULL) {
		out->nheaders++;
		if (out->message_id == NULL)
			out->message_id = lapse_mail_id_first(arena, lapse_mail_header_text(headers, arena, header));
	}
}

void
lapse_mail_ids_read(struct lapse_mail_ids *out, struct lapse_arena *arena, struct lapse_mail_headers *headers)
{
	struct list list = { .nitems = 0 };
	const char *parent = lapse_mail_headers_text(headers, arena, "In-Reply-To");

	*out = (struct lapse_mail_ids){ .nheaders = 0 };
	read_own(out, arena, headers);
	out->in_reply_to = parent != NULL ? lapse_mail_id_first(arena, parent) : NULL;
	add_references(&list, arena, headers);
	if (out->in_reply_to != NULL)
		add(&list, out->in_reply_to);
	out->references = once_each(&out->nreferences, arena, &list);
	free(list.items);
}
