/*
 * What the server's ETags stood for: each goes with the request that it answered and with the capture that took the answer.
 * Kept in the user's state folder, so that no archive can say what its own documents are; lost, all is fetched whole. Private to
 * this floor.
 */
#ifndef LAPSE_SOURCE_ETAGS_H
#define LAPSE_SOURCE_ETAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/digest.h"

#define ETAG_LEN 200	/* a longer one is not kept */

struct etag {
	char request[LAPSE_SHA256_HEX + 1];	/* SHA-256 of its address and of who asked */
	char commit[41];			/* the capture that took the answer; "" this run's */
	char text[ETAG_LEN + 1];
};

struct etags {
	struct etag *items;	/* the newest first, but for those of this run, which are behind all others */
	size_t nitems, cap;
	size_t nread;		/* of them that were there before this run */
};

/* Those that are remembered by a name; end them with lapse_etags_release(). What is damaged is none. */
void lapse_etags_read(struct etags *etags, const char *name);
void lapse_etags_release(struct etags *etags);

/* Who asks whom, since a server shows more to some: the interface's address (borrowed), and what stands for the key, "" without one. */
struct etag_asker {
	const char *rest;
	char key[LAPSE_SHA256_HEX + 1];
};
void lapse_etag_asker(struct etag_asker *out, const char *rest, const char *key);

/* That of what is asked for, below the interface's address: NULL when there is none. */
const struct etag *lapse_etags_find(const struct etags *etags, const struct etag_asker *asker, const char *target);

/* This run took an answer with an ETag; NULL, and what is no ETag, is passed over. */
void lapse_etags_note(struct etags *etags, const struct etag_asker *asker, const char *target, const char *etag);

/* Remember them, now that the run's commit is known. Without a folder for them they are lost, which does no harm. */
void lapse_etags_write(const struct etags *etags, const char *name, const char *commit);

#endif
