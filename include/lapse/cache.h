/*
 * Files in the user's own cache folder ($XDG_CACHE_HOME/lapse, else $HOME/.cache/lapse; XDG Base
 * Directory Specification). They may be deleted at any time; they are written whole beside their name
 * and moved there, so that who has one open goes on reading what it was.
 */
#ifndef LAPSE_CACHE_H
#define LAPSE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A file's bytes, mapped. Ended by lapse_cache_close(). */
struct lapse_cached {
	const unsigned char *data;
	size_t size;
	bool in_memory;		/* it was never a file */
};

/*
 * Map a file: 1, or 0 when it is not there, is empty, is no plain file or belongs to (or may be written by) somebody
 * else than the user. `kind` is the folder below lapse/.
 */
int lapse_cache_open(struct lapse_cached *out, const char *kind, const char *name);
void lapse_cache_close(struct lapse_cached *cached);

/* Remove it; that it is not there is as good. */
void lapse_cache_remove(const char *kind, const char *name);

/* A file on its way into the cache. */
struct lapse_caching {
	FILE *stream;
	char *path;		/* where it is written; NULL: in memory */
	char *data;		/* what was written to memory so far */
	size_t size;
};

/*
 * Begin to write one; in memory when `in_memory`, or when there is no place for files. A failure to write shows in
 * lapse_caching_finish(): whoever must have the bytes writes them to memory then. Ended by that or lapse_caching_abandon().
 */
void lapse_caching_begin(struct lapse_caching *out, const char *kind, bool in_memory);

/* Map what was written and give the file its name, replacing what is there. LAPSE_EFAIL when it could not all be written. */
int lapse_caching_finish(struct lapse_cached *out, struct lapse_caching *caching, const char *kind, const char *name);
void lapse_caching_abandon(struct lapse_caching *caching);

#endif
