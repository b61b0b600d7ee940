/*
 * The ids that a check has met: what is there, and what others name. An
 * archive in which everything named is there needs no walk through its history.
 */
#ifndef LAPSE_STORE_CHECK_H
#define LAPSE_STORE_CHECK_H

#include "store_internal.h"

struct store_check {
	struct lapse_store *store;
	int (*fn)(const char *oid, const char *fault, void *payload);
	void *payload;
	void (*progress)(size_t done, size_t total, void *payload);
	size_t done;
	size_t total;
	struct store_table known;	/* of struct store_known */
};

#define STORE_KNOWN_BROKEN UINT8_MAX	/* it is there, and cannot be read; told already */

struct store_known {
	unsigned char id[20];
	uint8_t is;		/* git_object_t, 0 when it was not met */
	uint8_t should_be;	/* as what another names it, 0 when none does */
	bool is_walked;
};

/* Tell a fault: 0, or what the caller's fn says to stop. `oid` may be NULL. */
int store_check_tell(const struct store_check *check, const struct lapse_oid *oid, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Read every object, hashed again, and note what it is and names. */
int store_check_read(struct store_check *check);

/* Call fn for each id that an object names, and as what: 0, or LAPSE_EFORMAT for one that is not well-formed. */
int store_check_named(const struct lapse_oid *oid, const struct store_object *object,
    int (*fn)(const struct lapse_oid *oid, git_object_t type, void *payload), void *payload);

#endif
