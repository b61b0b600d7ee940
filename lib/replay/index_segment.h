/*
 * One file of the index: what the captures of a stretch of the archive's history brought, and the records of the
 * threads that they changed, whole. Files follow one another; of a thread's records the newest counts. Nothing is
 * trusted: sums are checked before anything is read. Private to this floor.
 *
 * In the file, in this order: records; the table of threads, by source and id; the threads that each capture covers;
 * the table of captures; the names of sources; the foot, which says where all that is. Numbers of the tables
 * are the machine's own, which the foot's mark shows.
 */
#ifndef LAPSE_REPLAY_SEGMENT_H
#define LAPSE_REPLAY_SEGMENT_H

#include "lapse/cache.h"
#include "lapse/model.h"
#include "lapse/store.h"

#define SEGMENT_KIND "index-4"	/* the cache's folder: another version is another one */

struct segment_thread {
	int64_t id;
	uint64_t offset;	/* of the record; length 0: it could not be made, and is made anew when it is asked for */
	uint32_t length;
	uint32_t sum;		/* crc32 of its bytes */
	uint32_t source;
	uint32_t first;		/* the capture that brought the thread */
};

/* Lists of a capture: the threads that each part covers, and these. */
enum segment_list {
	SEGMENT_BUT = LAPSE_NPARTS,	/* those that the capture does not cover, when all others are as before */
	SEGMENT_HIDDEN,			/* those that are not visible */
	SEGMENT_NLISTS
};

enum segment_mark {
	SEGMENT_STATED = 1 << 0,	/* its time was */
	SEGMENT_ASKED = 1 << 1,		/* it is from the network */
	SEGMENT_UNCHANGED = 1 << 2,	/* all threads of the source but SEGMENT_BUT are as the capture before saw them */
	SEGMENT_AUTHENTICATED = 1 << 3,
	SEGMENT_MAIL = 1 << 4
};

struct segment_capture {
	unsigned char commit[20];
	uint32_t source;
	int64_t time;
	int64_t reaches;	/* it knows nothing of the time after that: its time, or before */
	uint64_t scopes[SEGMENT_NLISTS];	/* where each list begins among the scopes */
	uint32_t marks;
	uint32_t due;		/* threads that were still to be asked for */
};

struct segment {
	struct lapse_cached file;
	struct lapse_oid tip;	/* the commit that it reaches to */
	struct lapse_oid base;	/* the one that it goes on from; all zero: from the beginning */
	uint32_t first;		/* the number of its first capture */
	const struct segment_thread *threads;
	size_t nthreads;
	const struct segment_capture *captures;
	size_t ncaptures;
	const int64_t *scopes;		/* lists: how many, then the ids */
	size_t nscopes;
	const char *sources;	/* names of all sources so far, each ended by NUL */
	size_t nsources;
};

/* Open the file of a commit: 1, or 0 when there is none that can be trusted (such a one is removed). */
int lapse_segment_open(struct segment *out, const struct lapse_oid *tip);
void lapse_segment_close(struct segment *segment);

/* The bytes of a thread's record; NULL when they are damaged, or there are none. */
const unsigned char *lapse_segment_record(const struct segment *segment, const struct segment_thread *thread);

/* The threads of a capture's list (an enum lapse_part, or enum segment_list), ascending: how many. */
size_t lapse_segment_scope(const int64_t **ids, const struct segment *segment, const struct segment_capture *capture,
    int list);

/* ---- writing ---- */

struct segment_writer {
	struct lapse_caching caching;
	uint64_t offset;
	struct segment_thread *threads;
	size_t nthreads, threads_cap;
	struct segment_capture *captures;
	size_t ncaptures, captures_cap;
	int64_t *scopes;
	size_t nscopes, scopes_cap;
	struct lapse_buf sources;
	size_t nsources;
};

void lapse_segment_begin(struct segment_writer *writer, bool in_memory);

/* Threads come by source, then id. `bytes` may be NULL: a record that could not be made. */
void lapse_segment_add_thread(struct segment_writer *writer, const struct segment_thread *thread, const unsigned char *bytes,
    size_t len);

/* Add a capture; then its lists, in order, each a sorted list of threads. */
void lapse_segment_add_capture(struct segment_writer *writer, const struct segment_capture *capture);
void lapse_segment_add_scope(struct segment_writer *writer, int list, const struct lapse_ids *ids);

/* Add all captures of another segment. */
void lapse_segment_add_captures(struct segment_writer *writer, const struct segment *segment);
int lapse_segment_add_source(struct segment_writer *writer, const char *name);

/* Write the rest and open it. LAPSE_EFAIL when it could not be written. Ends the writer, whatever comes of it. */
int lapse_segment_finish(struct segment *out, struct segment_writer *writer, const struct lapse_oid *tip,
    const struct lapse_oid *base, uint32_t first);
void lapse_segment_abandon(struct segment_writer *writer);

#endif
