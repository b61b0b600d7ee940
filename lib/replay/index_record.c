#include "index_record.h"

#include <stdlib.h>
#include <string.h>

#include "index_wire.h"

#include "lapse/error.h"
#include "lapse/replay.h"

/* The names of kept fields by the number that stands for them; appended to only with a new version of the index. */
static const char *const field_names[] = {
	"assigned_to", "component", "flagtypes.name", "product", "resolution", "status", "summary", "whiteboard"
};
#define NFIELDS (sizeof(field_names) / sizeof(field_names[0]))

static size_t
field_number(const char *name)
{
	size_t i = 0;

	while (i < NFIELDS && strcmp(field_names[i], name) != 0)
		i++;
	return i;
}

bool
lapse_field_is_kept(const char *field)
{
	return field_number(field) < NFIELDS;
}

/* ---- texts: each once, together at the record's end ---- */

struct texts {
	struct lapse_buf bytes;
	size_t *slots;		/* 1 + offset into bytes; 0 is free */
	size_t nslots;
	size_t nused;
};

static size_t
hash_text(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 32);
}

/* The slot of a text, or a free one for it. */
static size_t *
find_slot(const struct texts *texts, const char *text)
{
	size_t i = hash_text(text) & (texts->nslots - 1);

	while (texts->slots[i] != 0 && strcmp(texts->bytes.data + texts->slots[i] - 1, text) != 0)
		i = (i + 1) & (texts->nslots - 1);
	return &texts->slots[i];
}

static void
grow_slots(struct texts *texts)
{
	size_t *old = texts->slots, nold = texts->nslots;

	texts->nslots = nold > 0 ? 2 * nold : 64;
	texts->slots = lapse_alloc(texts->nslots, sizeof(*texts->slots));
	for (size_t i = 0; i < nold; i++)
		if (old[i] != 0)
			*find_slot(texts, texts->bytes.data + old[i] - 1) = old[i];
	free(old);
}

/* Write the number of a text: 0 for none, else 1 + where it stands. */
static int
put_text(struct lapse_buf *out, struct texts *texts, const char *text)
{
	size_t *slot;
	int rc = 0;

	if (text == NULL)
		return wire_put_uint(out, 0);
	if (2 * texts->nused >= texts->nslots)
		grow_slots(texts);
	slot = find_slot(texts, text);
	if (*slot == 0) {
		*slot = texts->bytes.len + 1;
		texts->nused++;
		rc = lapse_buf_add(&texts->bytes, text, strlen(text) + 1);
	}
	return rc < 0 ? rc : wire_put_uint(out, *slot);
}

/* ---- writing ---- */

static int
put_time(struct lapse_buf *out, struct lapse_instant t)
{
	int rc = wire_put_uint(out, lapse_time_is_set(t));

	return rc == 0 && lapse_time_is_set(t) ? wire_put_int(out, t.sec) : rc;
}

static int
put_versions(struct lapse_buf *out, const struct record *r)
{
	int rc = wire_put_uint(out, r->nversions);

	for (size_t i = 0; rc == 0 && i < r->nversions; i++) {
		rc = wire_put_uint(out, r->versions[i].capture);
		if (rc == 0)
			rc = lapse_buf_add(out, r->versions[i].tree.id, sizeof(r->versions[i].tree.id));
	}
	return rc;
}

static int
put_fields(struct lapse_buf *out, struct texts *texts, const struct record *r)
{
	int rc = wire_put_uint(out, r->nfields);

	for (size_t i = 0; rc == 0 && i < r->nfields; i++) {
		const struct record_fields *f = &r->fields[i];

		rc = wire_put_uint(out, f->capture);
		for (size_t t = 0; rc == 0 && t < RECORD_NTEXTS; t++)
			rc = put_text(out, texts, f->texts[t]);
		if (rc == 0)
			rc = put_time(out, f->created);
		if (rc == 0)
			rc = put_time(out, f->changed);
		if (rc == 0)
			rc = put_time(out, f->last_resolved);
	}
	return rc;
}

static int
put_whos(struct lapse_buf *out, struct texts *texts, const struct history_who *who)
{
	size_t n = 0;
	int rc;

	for (const struct history_who *w = who; w != NULL; w = w->older)
		n++;
	rc = wire_put_uint(out, n);
	for (; rc == 0 && who != NULL; who = who->older) {
		rc = wire_put_uint(out, who->since);
		if (rc == 0)
			rc = put_text(out, texts, who->who);
	}
	return rc;
}

static int
put_changes(struct lapse_buf *out, struct texts *texts, const struct record *r)
{
	int64_t last = 0;
	int rc = wire_put_uint(out, r->nchanges);

	for (size_t i = 0; rc == 0 && i < r->nchanges; i++) {
		const struct history_entry *e = &r->changes[i];

		rc = wire_put_int(out, e->change.at.sec - last);
		last = e->change.at.sec;
		if (rc == 0)
			rc = wire_put_uint(out, field_number(e->change.field));
		if (rc == 0)
			rc = put_text(out, texts, e->change.removed);
		if (rc == 0)
			rc = put_text(out, texts, e->change.added);
		if (rc == 0)
			rc = wire_put_int(out, e->change.attachment);
		if (rc == 0)
			rc = wire_put_uint(out, e->since);
		if (rc == 0)
			rc = put_whos(out, texts, e->who);
	}
	return rc;
}

static int
put_posts(struct lapse_buf *out, struct texts *texts, const struct record *r)
{
	int64_t last = 0, at = 0;
	int rc = wire_put_uint(out, r->nposts);

	for (size_t i = 0; rc == 0 && i < r->nposts; i++) {
		const struct record_post *post = &r->posts[i];

		rc = wire_put_uint(out, (uint64_t)(post->number - last));
		last = post->number;
		if (rc == 0)
			rc = wire_put_uint(out, post->nsights);
		for (size_t s = 0; rc == 0 && s < post->nsights; s++) {
			const struct record_sight *sight = &post->sights[s];

			rc = wire_put_uint(out, sight->capture);
			if (rc == 0)
				rc = wire_put_int(out, sight->at.sec - at);
			at = sight->at.sec;
			if (rc == 0)
				rc = put_text(out, texts, sight->author);
			if (rc == 0)
				rc = lapse_buf_putc(out, (char)(sight->is_public | sight->is_generated << 1 | sight->in_parts << 2 |
				    sight->is_elsewhere << 3 | sight->is_undated << 4 | (sight->slack > 0) << 5));
			if (rc == 0 && sight->slack > 0)
				rc = wire_put_int(out, sight->slack);
		}
	}
	return rc;
}

static int
put_since(struct lapse_buf *out, uint32_t since)
{
	return wire_put_uint(out, since == RECORD_NEVER ? 0 : (uint64_t)since + 1);
}

int
lapse_record_encode(struct lapse_buf *out, const struct record *record)
{
	struct texts texts = { .nslots = 0 };
	struct lapse_buf body;
	int rc;

	lapse_buf_init(&texts.bytes, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&body, LAPSE_BUF_DOCUMENT);
	rc = put_versions(&body, record);
	if (rc == 0)
		rc = put_fields(&body, &texts, record);
	if (rc == 0)
		rc = put_since(&body, record->list_since);
	if (rc == 0)
		rc = put_since(&body, record->history_since);
	if (rc == 0)
		rc = put_changes(&body, &texts, record);
	if (rc == 0)
		rc = put_posts(&body, &texts, record);
	if (rc == 0)
		rc = wire_put_uint(out, texts.bytes.len);
	if (rc == 0 && texts.bytes.len > 0)
		rc = lapse_buf_add(out, texts.bytes.data, texts.bytes.len);
	if (rc == 0)
		rc = lapse_buf_add(out, body.data, body.len);
	free(texts.slots);
	lapse_buf_release(&texts.bytes);
	lapse_buf_release(&body);
	return rc;
}

/* ---- reading ---- */

struct reading {
	struct wire wire;
	struct lapse_arena *arena;
	const char *texts;
	size_t texts_len;
};

static const char *
get_text(struct reading *in)
{
	uint64_t n = wire_uint(&in->wire);

	if (n == 0)
		return NULL;
	if (n <= in->texts_len)
		return in->texts + n - 1;
	in->wire.bad = true;
	return NULL;
}

/* One that must be there. */
static const char *
need_text(struct reading *in)
{
	const char *text = get_text(in);

	if (text != NULL)
		return text;
	in->wire.bad = true;
	return "";
}

static uint32_t
get_capture(struct reading *in)
{
	uint64_t n = wire_uint(&in->wire);

	if (n < RECORD_NEVER)
		return (uint32_t)n;
	in->wire.bad = true;
	return 0;
}

/* The capture of one of a list, which are oldest first; *last is that of the one before. */
static uint32_t
get_next_capture(struct reading *in, uint32_t *last)
{
	uint32_t capture = get_capture(in);

	in->wire.bad |= capture < *last;
	return *last = capture;
}

static uint32_t
get_since(struct reading *in)
{
	uint64_t n = wire_uint(&in->wire);

	return n == 0 || n > RECORD_NEVER ? RECORD_NEVER : (uint32_t)(n - 1);
}

static struct lapse_instant
get_time(struct reading *in)
{
	return wire_uint(&in->wire) != 0 ? (struct lapse_instant){ wire_int(&in->wire) } : LAPSE_NEVER;
}

static void
get_versions(struct record *out, struct reading *in)
{
	size_t n = wire_count(&in->wire, 1 + sizeof(struct lapse_oid));
	struct record_version *items = lapse_arena_alloc(in->arena, n * sizeof(*items));
	const unsigned char *id;
	uint32_t last = 0;

	for (size_t i = 0; i < n && !in->wire.bad; i++) {
		items[i].capture = get_next_capture(in, &last);
		id = wire_bytes(&in->wire, sizeof(items[i].tree.id));
		if (id != NULL)
			memcpy(items[i].tree.id, id, sizeof(items[i].tree.id));
	}
	out->versions = items;
	out->nversions = n;
}

static void
get_fields(struct record *out, struct reading *in)
{
	size_t n = wire_count(&in->wire, 1 + RECORD_NTEXTS);
	struct record_fields *items = lapse_arena_alloc(in->arena, n * sizeof(*items));
	uint32_t last = 0;

	for (size_t i = 0; i < n && !in->wire.bad; i++) {
		items[i].capture = get_next_capture(in, &last);
		for (size_t t = 0; t < RECORD_NTEXTS; t++)
			items[i].texts[t] = get_text(in);
		items[i].created = get_time(in);
		items[i].changed = get_time(in);
		items[i].last_resolved = get_time(in);
	}
	out->fields = items;
	out->nfields = n;
}

static void
get_whos(struct history_entry *entry, struct reading *in)
{
	size_t n = wire_count(&in->wire, 2);
	struct history_who *items = lapse_arena_alloc(in->arena, (n > 0 ? n : 1) * sizeof(*items));

	for (size_t i = 0; i < n; i++) {
		items[i].since = get_capture(in);
		items[i].who = need_text(in);
		items[i].older = i + 1 < n ? &items[i + 1] : NULL;
	}
	if (n == 0) {
		in->wire.bad = true;
		items[0].who = "";
	}
	entry->who = items;
	entry->change.who = items[0].who;
}

static void
get_changes(struct record *out, struct reading *in)
{
	size_t n = wire_count(&in->wire, 8);
	struct history_entry *items = lapse_arena_alloc(in->arena, n * sizeof(*items));
	uint64_t last = 0;

	for (size_t i = 0; i < n && !in->wire.bad; i++) {
		struct lapse_change *change = &items[i].change;
		uint64_t field;

		last += (uint64_t)wire_int(&in->wire);
		change->at.sec = (int64_t)last;
		field = wire_uint(&in->wire);
		in->wire.bad |= field >= NFIELDS;
		change->field = field_names[field % NFIELDS];
		change->removed = need_text(in);
		change->added = need_text(in);
		change->post = -1;
		change->attachment = wire_int(&in->wire);
		items[i].since = get_capture(in);
		get_whos(&items[i], in);
	}
	out->changes = items;
	out->nchanges = n;
}

static void
get_sights(struct record_post *post, struct reading *in, uint64_t *at)
{
	size_t n = wire_count(&in->wire, 4);
	struct record_sight *items = lapse_arena_alloc(in->arena, n * sizeof(*items));
	const unsigned char *bits;
	uint32_t last = 0;

	for (size_t i = 0; i < n && !in->wire.bad; i++) {
		items[i].capture = get_next_capture(in, &last);
		*at += (uint64_t)wire_int(&in->wire);
		items[i].at.sec = (int64_t)*at;
		items[i].author = need_text(in);
		bits = wire_bytes(&in->wire, 1);
		items[i].is_public = bits != NULL && (*bits & 1) != 0;
		items[i].is_generated = bits != NULL && (*bits & 2) != 0;
		items[i].in_parts = bits != NULL && (*bits & 4) != 0;
		items[i].is_elsewhere = bits != NULL && (*bits & 8) != 0;
		items[i].is_undated = bits != NULL && (*bits & 16) != 0;
		if (bits != NULL && (*bits & 32) != 0)
			items[i].slack = (int32_t)wire_int(&in->wire);
	}
	in->wire.bad |= n == 0;
	post->sights = items;
	post->nsights = n;
}

static void
get_posts(struct record *out, struct reading *in)
{
	size_t n = wire_count(&in->wire, 6);
	struct record_post *items = lapse_arena_alloc(in->arena, n * sizeof(*items));
	uint64_t last = 0, at = 0;

	for (size_t i = 0; i < n && !in->wire.bad; i++) {
		last += wire_uint(&in->wire);
		items[i].number = (int64_t)(last & INT64_MAX);
		get_sights(&items[i], in, &at);
	}
	out->posts = items;
	out->nposts = n;
}

static void
get_texts(struct reading *in)
{
	in->texts_len = wire_count(&in->wire, 1);
	in->texts = (const char *)wire_bytes(&in->wire, in->texts_len);
	if (in->texts_len > 0 && in->texts[in->texts_len - 1] != '\0')
		in->wire.bad = true;
}

int
lapse_record_decode(struct record *out, struct lapse_arena *arena, const unsigned char *bytes, size_t len)
{
	struct reading in = { .wire = { .pos = bytes, .end = bytes + len }, .arena = arena };

	*out = (struct record){ .list_since = RECORD_NEVER, .history_since = RECORD_NEVER };
	get_texts(&in);
	if (!in.wire.bad)
		get_versions(out, &in);
	if (!in.wire.bad)
		get_fields(out, &in);
	out->list_since = get_since(&in);
	out->history_since = get_since(&in);
	if (!in.wire.bad)
		get_changes(out, &in);
	if (!in.wire.bad)
		get_posts(out, &in);
	if (in.wire.bad || in.wire.pos != in.wire.end || out->nversions == 0)
		return lapse_fail(LAPSE_EFORMAT, "damaged bytes in the index");
	return 0;
}
