/*
 * Records found by the 20-byte id that each begins with: in memory while they are some thousands; beyond that they lie
 * sorted in files that have no name, and about a byte and a half of memory is left of each.
 */
#ifndef LAPSE_STORE_LEDGER_H
#define LAPSE_STORE_LEDGER_H

#include "store_internal.h"

/* The name in the archive's folder that such a file has for the moment between its making and its loss of it. */
#define STORE_LEDGER_NAME "lapse.spool.ids"

struct store_ledger;

/* `dir` is the archive's folder; nothing is made on disk yet. The caller releases it with store_ledger_free(). */
struct store_ledger *store_ledger_new(const char *dir, size_t item_size);
void store_ledger_free(struct store_ledger *ledger);

/* How many records there are. */
size_t store_ledger_count(const struct store_ledger *ledger);

/* The record with an id: 1 and *out, borrowed until the next call, or 0. `out` may be NULL. */
int store_ledger_find(const void **out, struct store_ledger *ledger, const unsigned char *id);

/* Add a record whose id is not there. */
int store_ledger_add(struct store_ledger *ledger, const void *record);

/* Call fn for each record in the order of their ids; stops at its first failure. */
int store_ledger_each(struct store_ledger *ledger, int (*fn)(const void *record, void *payload), void *payload);

#endif
