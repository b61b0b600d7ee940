#include "index_segment.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"
#include "lapse/zip.h"

#define MAGIC "lapse index 2\n"
#define ORDER_MARK UINT64_C(0x0102030405060708)

struct foot {
	char magic[16];
	uint64_t order_mark;
	unsigned char tip[20];
	unsigned char base[20];
	uint32_t first;
	uint32_t nsources;
	uint64_t threads;	/* offsets: where the section begins, and ends where the next one does */
	uint64_t scopes;
	uint64_t captures;
	uint64_t sources;
	uint64_t end;		/* of the sources: where the foot begins */
	uint64_t nthreads;
	uint64_t ncaptures;
	uint32_t sum;		/* of all sections behind the records */
	uint32_t foot_sum;	/* of the foot up to here */
};

/* ---- reading ---- */

static bool
is_in_order(const struct foot *foot, size_t size)
{
	return foot->threads % 8 == 0 && foot->captures % 8 == 0 && foot->threads <= foot->scopes &&
	    foot->scopes <= foot->captures && foot->captures <= foot->sources && foot->sources <= foot->end &&
	    foot->end == size - sizeof(*foot) &&
	    foot->nthreads == (foot->scopes - foot->threads) / sizeof(struct segment_thread) &&
	    foot->ncaptures == (foot->sources - foot->captures) / sizeof(struct segment_capture);
}

static bool
is_whole(struct foot *foot, const struct lapse_cached *file, const struct lapse_oid *tip)
{
	if (file->size < sizeof(*foot))
		return false;
	memcpy(foot, file->data + file->size - sizeof(*foot), sizeof(*foot));
	return memcmp(foot->magic, MAGIC, sizeof(MAGIC)) == 0 && foot->order_mark == ORDER_MARK &&
	    foot->foot_sum == lapse_crc32(foot, offsetof(struct foot, foot_sum)) &&
	    memcmp(foot->tip, tip->id, sizeof(tip->id)) == 0 && is_in_order(foot, file->size) &&
	    foot->sum == lapse_crc32(file->data + foot->threads, foot->end - foot->threads);
}

static void
point(struct segment *segment, const struct foot *foot)
{
	const unsigned char *data = segment->file.data;

	memcpy(segment->tip.id, foot->tip, sizeof(foot->tip));
	memcpy(segment->base.id, foot->base, sizeof(foot->base));
	segment->first = foot->first;
	segment->threads = (const struct segment_thread *)(const void *)(data + foot->threads);
	segment->nthreads = (size_t)foot->nthreads;
	segment->captures = (const struct segment_capture *)(const void *)(data + foot->captures);
	segment->ncaptures = (size_t)foot->ncaptures;
	segment->scopes = (const int64_t *)(const void *)(data + foot->scopes);
	segment->nscopes = (size_t)(foot->captures - foot->scopes) / sizeof(*segment->scopes);
	segment->sources = (const char *)data + foot->sources;
	segment->nsources = foot->nsources;
}

/* The names are as many as the foot says, and each has its end. */
static bool
has_sources(const struct segment *segment, const struct foot *foot)
{
	const char *end = (const char *)segment->file.data + foot->end;
	size_t n = 0;

	for (const char *p = segment->sources; p < end; p++)
		n += *p == '\0';
	return n == segment->nsources && (segment->sources == end || end[-1] == '\0');
}

int
lapse_segment_open(struct segment *out, const struct lapse_oid *tip)
{
	char name[LAPSE_OID_HEX + 1];
	struct foot foot;

	*out = (struct segment){ .nthreads = 0 };
	if (lapse_cache_open(&out->file, SEGMENT_KIND, lapse_oid_format(name, tip)) == 0)
		return 0;
	if (is_whole(&foot, &out->file, tip)) {
		point(out, &foot);
		if (has_sources(out, &foot))
			return 1;
	}
	lapse_segment_close(out);
	lapse_cache_remove(SEGMENT_KIND, name);
	return 0;
}

void
lapse_segment_close(struct segment *segment)
{
	lapse_cache_close(&segment->file);
	*segment = (struct segment){ .nthreads = 0 };
}

const unsigned char *
lapse_segment_record(const struct segment *segment, const struct segment_thread *thread)
{
	uint64_t records = (uint64_t)((const unsigned char *)segment->threads - segment->file.data);
	const unsigned char *bytes = segment->file.data + thread->offset;

	if (thread->length == 0 || thread->offset > records || thread->length > records - thread->offset)
		return NULL;
	return lapse_crc32(bytes, thread->length) == thread->sum ? bytes : NULL;
}

size_t
lapse_segment_scope(const int64_t **ids, const struct segment *segment, const struct segment_capture *capture,
    int list)
{
	uint64_t place = capture->scopes[list], room;

	*ids = NULL;
	if (place >= segment->nscopes)
		return 0;
	room = segment->nscopes - place - 1;
	*ids = segment->scopes + place + 1;
	return (uint64_t)segment->scopes[place] <= room ? (size_t)segment->scopes[place] : 0;
}

/* ---- writing ---- */

void
lapse_segment_begin(struct segment_writer *writer, bool in_memory)
{
	*writer = (struct segment_writer){ .offset = 0 };
	lapse_caching_begin(&writer->caching, SEGMENT_KIND, in_memory);
	lapse_buf_init(&writer->sources, LAPSE_BUF_DOCUMENT);
}

/* Failures stay in the stream, and are looked for at the end. */
static void
put(struct segment_writer *writer, const void *data, size_t len)
{
	if (len > 0)
		fwrite(data, 1, len, writer->caching.stream);
	writer->offset += len;
}

void
lapse_segment_add_thread(struct segment_writer *writer, const struct segment_thread *thread, const unsigned char *bytes,
    size_t len)
{
	struct segment_thread *entry;

	writer->threads = lapse_grow(writer->threads, writer->nthreads, &writer->threads_cap, sizeof(*writer->threads));
	entry = &writer->threads[writer->nthreads++];
	*entry = *thread;
	entry->offset = writer->offset;
	entry->length = bytes != NULL && len <= UINT32_MAX ? (uint32_t)len : 0;
	entry->sum = entry->length > 0 ? lapse_crc32(bytes, len) : 0;
	put(writer, bytes, entry->length);
}

void
lapse_segment_add_capture(struct segment_writer *writer, const struct segment_capture *capture)
{
	writer->captures = lapse_grow(writer->captures, writer->ncaptures, &writer->captures_cap,
	    sizeof(*writer->captures));
	writer->captures[writer->ncaptures++] = *capture;
}

/* Where the same list stands already: an earlier one of this capture, or this one of the one before. */
static bool
find_list(uint64_t *out, const struct segment_writer *writer, int wanted, const struct lapse_ids *ids)
{
	const struct segment_capture *now = &writer->captures[writer->ncaptures - 1];
	uint64_t places[SEGMENT_NLISTS + 1];
	size_t n = 0;

	if (writer->ncaptures > 1)
		places[n++] = now[-1].scopes[wanted];
	for (int p = 0; p < wanted; p++)
		places[n++] = now->scopes[p];
	for (size_t i = 0; i < n; i++) {
		const int64_t *list = writer->scopes + places[i];

		*out = places[i];
		if ((size_t)*list == ids->nitems && (ids->nitems == 0 ||
		    memcmp(list + 1, ids->items, ids->nitems * sizeof(*list)) == 0))
			return true;
	}
	return false;
}

static void
add_number(struct segment_writer *writer, int64_t n)
{
	writer->scopes = lapse_grow(writer->scopes, writer->nscopes, &writer->scopes_cap, sizeof(*writer->scopes));
	writer->scopes[writer->nscopes++] = n;
}

void
lapse_segment_add_scope(struct segment_writer *writer, int list, const struct lapse_ids *ids)
{
	struct segment_capture *capture = &writer->captures[writer->ncaptures - 1];

	if (find_list(&capture->scopes[list], writer, list, ids))
		return;
	capture->scopes[list] = writer->nscopes;
	add_number(writer, (int64_t)ids->nitems);
	for (size_t i = 0; i < ids->nitems; i++)
		add_number(writer, ids->items[i]);
}

void
lapse_segment_add_captures(struct segment_writer *writer, const struct segment *segment)
{
	uint64_t shift = writer->nscopes;

	for (size_t i = 0; i < segment->ncaptures; i++) {
		struct segment_capture capture = segment->captures[i];

		for (int n = 0; n < SEGMENT_NLISTS; n++)
			capture.scopes[n] += shift;
		lapse_segment_add_capture(writer, &capture);
	}
	for (size_t i = 0; i < segment->nscopes; i++)
		add_number(writer, segment->scopes[i]);
}

int
lapse_segment_add_source(struct segment_writer *writer, const char *name)
{
	writer->nsources++;
	return lapse_buf_add(&writer->sources, name, strlen(name) + 1);
}

static void
align(struct segment_writer *writer)
{
	static const char zeros[8];

	put(writer, zeros, (8 - writer->offset % 8) % 8);
}

static uint32_t
put_summed(struct segment_writer *writer, uint32_t sum, const void *data, size_t len)
{
	put(writer, data, len);
	return len > 0 ? lapse_crc32_add(sum, data, len) : sum;
}

static void
write_tables(struct segment_writer *writer, struct foot *foot)
{
	align(writer);
	foot->threads = writer->offset;
	foot->nthreads = writer->nthreads;
	foot->sum = put_summed(writer, 0, writer->threads, writer->nthreads * sizeof(*writer->threads));
	foot->scopes = writer->offset;
	foot->sum = put_summed(writer, foot->sum, writer->scopes, writer->nscopes * sizeof(*writer->scopes));
	foot->captures = writer->offset;
	foot->ncaptures = writer->ncaptures;
	foot->sum = put_summed(writer, foot->sum, writer->captures, writer->ncaptures * sizeof(*writer->captures));
	foot->sources = writer->offset;
	foot->nsources = (uint32_t)writer->nsources;
	foot->sum = put_summed(writer, foot->sum, writer->sources.data, writer->sources.len);
	foot->end = writer->offset;
}

static void
release(struct segment_writer *writer)
{
	free(writer->threads);
	free(writer->captures);
	free(writer->scopes);
	lapse_buf_release(&writer->sources);
}

int
lapse_segment_finish(struct segment *out, struct segment_writer *writer, const struct lapse_oid *tip,
    const struct lapse_oid *base, uint32_t first)
{
	struct foot foot = { .magic = MAGIC, .order_mark = ORDER_MARK, .first = first };
	char name[LAPSE_OID_HEX + 1];
	int rc;

	*out = (struct segment){ .nthreads = 0 };
	memcpy(foot.tip, tip->id, sizeof(foot.tip));
	memcpy(foot.base, base->id, sizeof(foot.base));
	write_tables(writer, &foot);
	foot.foot_sum = lapse_crc32(&foot, offsetof(struct foot, foot_sum));
	put(writer, &foot, sizeof(foot));
	rc = lapse_caching_finish(&out->file, &writer->caching, SEGMENT_KIND, lapse_oid_format(name, tip));
	if (rc == 0)
		point(out, &foot);
	release(writer);
	return rc;
}

void
lapse_segment_abandon(struct segment_writer *writer)
{
	lapse_caching_abandon(&writer->caching);
	release(writer);
}
