/* Members of documents as texts, and lists of them. */
#include <stdlib.h>
#include <string.h>

#include "event_dossier.h"

#include "lapse/codec.h"
#include "lapse/json.h"

const char *
lapse_dossier_text(struct dossier *r, const json_t *value)
{
	const char *text;

	if (value == NULL || json_is_null(value))
		return "";
	if (json_is_string(value))
		return lapse_codec_text(r->arena, value);
	lapse_buf_reset(&r->buf);
	text = lapse_canon_write(&r->buf, value) < 0 || r->buf.data == NULL ? "" : r->buf.data;
	return lapse_arena_dup(r->arena, text);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
sort(struct texts *texts)
{
	if (texts->nitems > 1)
		qsort(texts->items, texts->nitems, sizeof(*texts->items), by_bytes);
}

struct texts
lapse_dossier_list(struct dossier *r, const json_t *list)
{
	struct texts texts = { .nitems = json_array_size(list) };

	texts.items = lapse_arena_alloc(r->arena, texts.nitems * sizeof(*texts.items));
	for (size_t i = 0; i < texts.nitems; i++)
		texts.items[i] = lapse_renames_login(&r->renames, lapse_dossier_text(r, json_array_get(list, i)));
	sort(&texts);
	return texts;
}

struct texts
lapse_dossier_lacking(struct dossier *r, const struct texts *a, const struct texts *b)
{
	struct texts out = { .items = lapse_arena_alloc(r->arena, a->nitems * sizeof(*out.items)) };
	size_t j = 0;

	for (size_t i = 0; i < a->nitems; i++) {
		while (j < b->nitems && strcmp(b->items[j], a->items[i]) < 0)
			j++;
		if (j < b->nitems && strcmp(b->items[j], a->items[i]) == 0)
			j++;
		else
			out.items[out.nitems++] = a->items[i];
	}
	return out;
}

const char *
lapse_dossier_joined(struct dossier *r, const struct texts *texts)
{
	lapse_buf_reset(&r->buf);
	for (size_t i = 0; i < texts->nitems; i++)
		if ((i > 0 && lapse_buf_puts(&r->buf, ", ") < 0) || lapse_buf_puts(&r->buf, texts->items[i]) < 0)
			break;
	return r->buf.len > 0 ? lapse_arena_dup(r->arena, r->buf.data) : "";
}

struct texts
lapse_dossier_flags(struct dossier *r, const json_t *flags)
{
	struct texts texts = { .nitems = 0 };

	texts.items = lapse_arena_alloc(r->arena, json_array_size(flags) * sizeof(*texts.items));
	for (size_t i = 0; i < json_array_size(flags); i++) {
		const json_t *flag = json_array_get(flags, i);
		const char *name = lapse_dossier_text(r, json_object_get(flag, "name"));
		const char *status = lapse_dossier_text(r, json_object_get(flag, "status"));
		const char *login = lapse_dossier_text(r, json_object_get(flag, "requestee"));

		texts.items[texts.nitems++] = *login == '\0' ? lapse_arena_printf(r->arena, "%s%s", name, status) :
		    lapse_arena_printf(r->arena, "%s%s(%s)", name, status, lapse_renames_login(&r->renames, login));
	}
	sort(&texts);
	return texts;
}
