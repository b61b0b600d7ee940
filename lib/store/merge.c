#include <stdlib.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "lapse/zip.h"
#include "pack.h"
#include "tidy.h"

/* So many packs are no burden. */
#define PACKS_MAX 12
/* A pack stays out of it that is this many times as large as all smaller ones together, so that each object is copied seldom. */
#define FACTOR 2
/* Nor is one copied that would take minutes. */
#define PACK_SIZE_MAX ((size_t)2 << 30)

/* As many as the lock's note can name. */
#define SOURCES_MAX 200

#define SUM_SIZE 20

struct candidate {
	char *name;
	size_t nobjects;
};

/* An entry by its place in the pack: it ends where the next begins. */
struct place {
	uint64_t offset;
	size_t i;
};

struct source {
	struct store_index index;
	struct place *places;	/* in the pack's order */
};

struct merge {
	char *dir;
	struct candidate *candidates;
	size_t ncandidates;
	size_t cap;
	struct source *sources;
	size_t nsources;
	size_t nobjects;
	struct store_table ids;
};

/* ---- which ---- */

static bool
has_companion(const char *dir, const char *name, const char *suffix)
{
	char *path = store_path("%s/%s%s", dir, name, suffix);
	bool has = access(path, F_OK) == 0;

	free(path);
	return has;
}

/* Packs that git was told to keep, or that are not what the others are, are left alone. */
static int
list_candidate(const char *name, void *payload)
{
	struct merge *merge = payload;

	if (has_companion(merge->dir, name, ".keep") || has_companion(merge->dir, name, ".promisor") ||
	    has_companion(merge->dir, name, ".mtimes"))
		return 0;
	merge->candidates = lapse_grow(merge->candidates, merge->ncandidates, &merge->cap, sizeof(*merge->candidates));
	merge->candidates[merge->ncandidates++] = (struct candidate){
		.name = lapse_strdup(name),
		.nobjects = store_index_count(merge->dir, name),
	};
	return 0;
}

static int
cmp_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return (x->nobjects > y->nobjects) - (x->nobjects < y->nobjects);
}

static int
cmp_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static size_t
entry_len(const struct source *source, size_t place)
{
	uint64_t end = place + 1 < source->index.nobjects ?
	    source->places[place + 1].offset : source->index.pack_size - SUM_SIZE;

	return (size_t)(end - source->places[place].offset);
}

/* Is every byte of the pack one of an entry, and as it was when it was written? */
static bool
is_whole(struct source *source)
{
	const struct store_index *index = &source->index;

	source->places = lapse_alloc(index->nobjects, sizeof(*source->places));
	for (size_t i = 0; i < index->nobjects; i++)
		source->places[i] = (struct place){ store_index_offset(index, i), i };
	qsort(source->places, index->nobjects, sizeof(*source->places), cmp_places);
	if (index->nobjects == 0 || source->places[0].offset != 12)
		return false;
	for (size_t i = 0; i < index->nobjects; i++) {
		const unsigned char *entry = index->pack + source->places[i].offset;

		if (lapse_crc32(entry, entry_len(source, i)) !=
		    store_index_crc(index, source->places[i].i))
			return false;
	}
	return true;
}

/* Does another source have one of its objects? A pack may have none twice. */
static bool
overlaps(const struct merge *merge, const struct store_index *index)
{
	for (size_t i = 0; i < index->nobjects; i++)
		if (store_table_find(&merge->ids, store_index_id(index, i)) != NULL)
			return true;
	return false;
}

static void
source_close(struct source *source)
{
	store_index_close(&source->index);
	free(source->places);
}

/* Take a pack into the merge, if it can be. */
static void
take(struct merge *merge, const char *name)
{
	struct source *source = &merge->sources[merge->nsources];

	*source = (struct source){ .places = NULL };
	if (store_index_open(&source->index, merge->dir, name) < 0)
		return;
	if (source->index.pack_size > PACK_SIZE_MAX || store_index_check(&source->index) < 0 ||
	    overlaps(merge, &source->index) || !is_whole(source)) {
		source_close(source);
		return;
	}
	for (size_t i = 0; i < source->index.nobjects; i++)
		store_table_add(&merge->ids, store_index_id(&source->index, i));
	merge->nobjects += source->index.nobjects;
	merge->nsources++;
}

static int
choose(struct merge *merge)
{
	size_t below = 0;
	int rc = store_packs_each(merge->dir, list_candidate, merge);

	if (rc < 0 || merge->ncandidates <= PACKS_MAX)
		return rc;
	qsort(merge->candidates, merge->ncandidates, sizeof(*merge->candidates), cmp_candidates);
	merge->sources = lapse_alloc(merge->ncandidates, sizeof(*merge->sources));
	for (size_t i = 0; i < merge->ncandidates && merge->nsources < SOURCES_MAX; i++) {
		const struct candidate *candidate = &merge->candidates[i];

		if (i > 1 && candidate->nobjects >= FACTOR * below)
			break;
		below += candidate->nobjects;
		take(merge, candidate->name);
	}
	return 0;
}

/* ---- copying ---- */

/* In the pack's order and without gaps: entries name others by how far back they lie. */
static int
copy(struct store_pack *pack, const struct source *source)
{
	int rc = 0;

	for (size_t i = 0; i < source->index.nobjects && rc == 0; i++)
		rc = store_pack_add(pack, store_index_id(&source->index, source->places[i].i),
		    source->index.pack + source->places[i].offset, entry_len(source, i));
	return rc;
}

static int
format_note(struct lapse_buf *note, const struct merge *merge, const char *name)
{
	int rc = lapse_buf_printf(note, "sweep %s\n", name);

	for (size_t i = 0; i < merge->nsources && rc == 0; i++)
		rc = lapse_buf_printf(note, "%s\n", merge->sources[i].index.name);
	return rc < 0 ? rc : lapse_buf_puts(note, "end\n");
}

/* Killed at any point, the next run finds the note: it sweeps if the new pack is there, and clears it away if not. */
static int
replace(struct lapse_store *store, struct store_lock *lock, const struct merge *merge)
{
	struct store_pack *pack = NULL;
	struct lapse_buf note;
	const char *name;
	int rc = store_pack_begin(&pack, store->dir, merge->nobjects);

	lapse_buf_init(&note, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; i < merge->nsources && rc == 0; i++)
		rc = copy(pack, &merge->sources[i]);
	if (rc == 0)
		rc = store_pack_seal(&name, pack);
	if (rc == 0)
		rc = format_note(&note, merge, name);
	if (rc == 0)
		rc = store_lock_note(lock, true, note.data);
	if (rc == 0)
		rc = store_pack_publish(pack);
	if (rc == 0)
		rc = store_sweep(store, note.data);
	store_pack_free(pack);
	lapse_buf_release(&note);
	return rc;
}

int
store_merge(struct lapse_store *store, struct store_lock *lock)
{
	struct merge merge = { .dir = store_path("%s/objects/pack", store->dir) };
	int rc;

	store_table_init(&merge.ids, sizeof(struct lapse_oid) + 4);
	rc = choose(&merge);
	if (rc == 0 && merge.nsources > 1) {
		rc = replace(store, lock, &merge);
		if (rc == 0)
			rc = store_reopen(store);
	}
	for (size_t i = 0; i < merge.nsources; i++)
		source_close(&merge.sources[i]);
	for (size_t i = 0; i < merge.ncandidates; i++)
		free(merge.candidates[i].name);
	free(merge.sources);
	free(merge.candidates);
	store_table_release(&merge.ids);
	free(merge.dir);
	return rc;
}
