/*
 * When the records in memory are many they are written, sorted, to a file of their own, a run; of several runs of a size
 * one is made. So each record is copied a few times only, and there are never many runs to look into. Of a run, memory
 * holds a filter, which most ids that are not in it do not pass, and the first id of each block.
 */
#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lapse/alloc.h"

#define ID_SIZE 20
/* Records in memory. */
#define RECENT_MAX ((size_t)16 * 1024)
/* Records that are read at once. */
#define BLOCK ((size_t)64)
/* Runs of a size that become one. */
#define FAN 4
#define FILTER_BITS 8	/* a record */

struct run {
	int fd;
	unsigned size;		/* 0: from memory; of FAN runs of one size the next is made */
	size_t nitems;
	unsigned char *filter;
	size_t nbits;
	unsigned char *firsts;	/* ids */
};

struct store_ledger {
	char *path;
	size_t item_size;
	struct store_table recent;
	bool is_sorted;		/* recent */
	size_t nitems;
	struct run *runs;	/* the oldest and largest first */
	size_t nruns;
	size_t cap;
	unsigned char *block;	/* scratch */
};

struct store_ledger *
store_ledger_new(const char *dir, size_t item_size)
{
	struct store_ledger *ledger = lapse_alloc(1, sizeof(*ledger));

	ledger->path = store_path("%s/" STORE_LEDGER_NAME, dir);
	ledger->item_size = item_size;
	store_table_init(&ledger->recent, item_size);
	return ledger;
}

static void
run_release(struct run *run)
{
	close(run->fd);
	free(run->filter);
	free(run->firsts);
}

void
store_ledger_free(struct store_ledger *ledger)
{
	if (ledger == NULL)
		return;
	for (size_t i = 0; i < ledger->nruns; i++)
		run_release(&ledger->runs[i]);
	store_table_release(&ledger->recent);
	free(ledger->runs);
	free(ledger->block);
	free(ledger->path);
	free(ledger);
}

size_t
store_ledger_count(const struct store_ledger *ledger)
{
	return ledger->nitems;
}

/* ---- files ---- */

/* A file without a name ends with the run, whatever becomes of it. */
static int
open_nameless(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0 && unlink(path) == 0)
		return fd;
	lapse_fail_errno(LAPSE_EFAIL, "'%s'", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
write_all(const struct store_ledger *ledger, int fd, const unsigned char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "'%s'", ledger->path);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Read the block that begins with a run's record `first`: *n records. */
static int
read_block(unsigned char *out, size_t *n, const struct store_ledger *ledger, const struct run *run, size_t first)
{
	size_t len, done = 0;

	*n = run->nitems - first < BLOCK ? run->nitems - first : BLOCK;
	len = *n * ledger->item_size;
	while (done < len) {
		ssize_t got = pread(run->fd, out + done, len - done, (off_t)(first * ledger->item_size + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return lapse_fail_errno(LAPSE_EFAIL, "'%s'", ledger->path);
		if (got == 0)
			return lapse_fail(LAPSE_EFAIL, "'%s': was cut short", ledger->path);
		done += (size_t)got;
	}
	return 0;
}

/* ---- filters ---- */

/* The `i`-th bit of an id: ids are hashes already. */
static size_t
filter_bit(const struct run *run, const unsigned char *id, unsigned i)
{
	uint32_t word;

	memcpy(&word, id + i * sizeof(word), sizeof(word));
	return (size_t)((uint64_t)word * run->nbits >> 32);
}

static void
filter_add(struct run *run, const unsigned char *id)
{
	for (unsigned i = 0; i < 4; i++) {
		size_t bit = filter_bit(run, id, i);

		run->filter[bit / 8] |= (unsigned char)(1u << bit % 8);
	}
}

static bool
filter_passes(const struct run *run, const unsigned char *id)
{
	for (unsigned i = 0; i < 4; i++) {
		size_t bit = filter_bit(run, id, i);

		if ((run->filter[bit / 8] & 1u << bit % 8) == 0)
			return false;
	}
	return true;
}

/* ---- in order ---- */

/* Where a run, or the records in memory, are read. */
struct cursor {
	const struct run *run;		/* NULL: all is in the block */
	const unsigned char *record;	/* NULL at the end */
	unsigned char *block;
	size_t nblock, at;		/* records in the block; which one */
	size_t next;			/* the run's first record after the block */
};

static int
cursor_load(struct cursor *cursor, const struct store_ledger *ledger)
{
	int rc = 0;

	cursor->at = cursor->nblock = 0;
	if (cursor->run != NULL && cursor->next < cursor->run->nitems)
		rc = read_block(cursor->block, &cursor->nblock, ledger, cursor->run, cursor->next);
	cursor->next += cursor->nblock;
	cursor->record = cursor->nblock > 0 ? cursor->block : NULL;
	return rc;
}

static int
cursor_step(struct cursor *cursor, const struct store_ledger *ledger)
{
	if (++cursor->at == cursor->nblock)
		return cursor_load(cursor, ledger);
	cursor->record += ledger->item_size;
	return 0;
}

static struct cursor *
least(struct cursor *cursors, size_t n)
{
	struct cursor *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (cursors[i].record != NULL &&
		    (found == NULL || memcmp(cursors[i].record, found->record, ID_SIZE) < 0))
			found = &cursors[i];
	return found;
}

static int
open_cursors(struct cursor *cursors, const struct store_ledger *ledger, size_t first)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && first + i < ledger->nruns; i++) {
		cursors[i].run = &ledger->runs[first + i];
		cursors[i].block = lapse_alloc(BLOCK, ledger->item_size);
		rc = cursor_load(&cursors[i], ledger);
	}
	return rc;
}

/* Call fn for the records of the runs from `first` on, and, `with_recent`, of those in memory, in order. */
static int
merge(struct store_ledger *ledger, size_t first, bool with_recent,
    int (*fn)(const void *record, void *payload), void *payload)
{
	size_t n = ledger->nruns - first;
	struct cursor *cursors = lapse_alloc(n + 1, sizeof(*cursors)), *cursor;
	int rc = open_cursors(cursors, ledger, first);

	if (with_recent && !ledger->is_sorted)
		store_table_sort(&ledger->recent);
	ledger->is_sorted = ledger->is_sorted || with_recent;
	if (with_recent && ledger->recent.nitems > 0)
		cursors[n] = (struct cursor){ .record = ledger->recent.items, .nblock = ledger->recent.nitems };
	while (rc == 0 && (cursor = least(cursors, n + 1)) != NULL) {
		rc = fn(cursor->record, payload);
		if (rc == 0)
			rc = cursor_step(cursor, ledger);
	}
	for (size_t i = 0; i < n; i++)
		free(cursors[i].block);
	free(cursors);
	return rc;
}

int
store_ledger_each(struct store_ledger *ledger, int (*fn)(const void *record, void *payload), void *payload)
{
	return merge(ledger, 0, true, fn, payload);
}

/* ---- new runs ---- */

struct writer {
	const struct store_ledger *ledger;
	struct run run;
	unsigned char *block;
};

static int
write_record(const void *record, void *payload)
{
	struct writer *w = payload;
	struct run *run = &w->run;
	size_t size = w->ledger->item_size, at = run->nitems % BLOCK;

	if (at == 0)
		memcpy(run->firsts + run->nitems / BLOCK * ID_SIZE, record, ID_SIZE);
	filter_add(run, record);
	memcpy(w->block + at * size, record, size);
	run->nitems++;
	return at + 1 < BLOCK ? 0 : write_all(w->ledger, run->fd, w->block, BLOCK * size);
}

/* A run of up to `nitems` records. */
static int
writer_open(struct writer *w, struct store_ledger *ledger, size_t nitems)
{
	*w = (struct writer){ .ledger = ledger };
	w->run.fd = open_nameless(ledger->path);
	if (w->run.fd < 0)
		return LAPSE_EFAIL;
	w->run.nbits = nitems * FILTER_BITS;
	w->run.filter = lapse_alloc(nitems, FILTER_BITS / 8);
	w->run.firsts = lapse_alloc(nitems / BLOCK + 1, ID_SIZE);
	w->block = lapse_alloc(BLOCK, ledger->item_size);
	return 0;
}

/* Put the runs from `first` on, or with none of them the records in memory, into one run in their place. */
static int
make_run(struct store_ledger *ledger, size_t first)
{
	bool from_memory = first == ledger->nruns;
	size_t nitems = from_memory ? ledger->recent.nitems : 0;
	struct writer w;
	int rc;

	for (size_t i = first; i < ledger->nruns; i++)
		nitems += ledger->runs[i].nitems;
	rc = writer_open(&w, ledger, nitems);
	if (rc < 0)
		return rc;
	w.run.size = from_memory ? 0 : ledger->runs[first].size + 1;
	rc = merge(ledger, first, from_memory, write_record, &w);
	if (rc == 0)
		rc = write_all(ledger, w.run.fd, w.block, w.run.nitems % BLOCK * ledger->item_size);
	free(w.block);
	if (rc < 0) {
		run_release(&w.run);
		return rc;
	}
	while (ledger->nruns > first)
		run_release(&ledger->runs[--ledger->nruns]);
	ledger->runs = lapse_grow(ledger->runs, ledger->nruns, &ledger->cap, sizeof(*ledger->runs));
	ledger->runs[ledger->nruns++] = w.run;
	return 0;
}

/* Move the records in memory to files. */
static int
spill(struct store_ledger *ledger)
{
	int rc = make_run(ledger, ledger->nruns);

	if (rc < 0)
		return rc;
	store_table_clear(&ledger->recent);
	while (rc == 0 && ledger->nruns >= FAN &&
	    ledger->runs[ledger->nruns - FAN].size == ledger->runs[ledger->nruns - 1].size)
		rc = make_run(ledger, ledger->nruns - FAN);
	return rc;
}

int
store_ledger_add(struct store_ledger *ledger, const void *record)
{
	int rc = ledger->recent.nitems >= RECENT_MAX ? spill(ledger) : 0;

	if (rc < 0)
		return rc;
	memcpy(store_table_add(&ledger->recent, record), record, ledger->item_size);
	ledger->is_sorted = false;
	ledger->nitems++;
	return 0;
}

/* ---- looking up ---- */

/* Of `n` records `size` bytes apart in order, the last whose id is not greater; 0 when all are. */
static size_t
last_not_after(const unsigned char *records, size_t size, size_t n, const unsigned char *id)
{
	size_t low = 0, high = n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(records + mid * size, id, ID_SIZE) <= 0)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static int
find_in_run(const void **out, struct store_ledger *ledger, const struct run *run, const unsigned char *id)
{
	size_t block, n, i;
	int rc;

	if (!filter_passes(run, id))
		return 0;
	if (ledger->block == NULL)
		ledger->block = lapse_alloc(BLOCK, ledger->item_size);
	block = last_not_after(run->firsts, ID_SIZE, (run->nitems + BLOCK - 1) / BLOCK, id);
	rc = read_block(ledger->block, &n, ledger, run, block * BLOCK);
	if (rc < 0)
		return rc;
	i = last_not_after(ledger->block, ledger->item_size, n, id);
	*out = ledger->block + i * ledger->item_size;
	return memcmp(*out, id, ID_SIZE) == 0;
}

int
store_ledger_find(const void **out, struct store_ledger *ledger, const unsigned char *id)
{
	const void *found = store_table_find(&ledger->recent, id);
	int rc = found != NULL;

	for (size_t i = ledger->nruns; rc == 0 && i > 0; i--)
		rc = find_in_run(&found, ledger, &ledger->runs[i - 1], id);
	if (rc > 0 && out != NULL)
		*out = found;
	return rc;
}
