#include <assert.h>
#include <stdlib.h>

#include "lapse/alloc.h"
#include "store_internal.h"

#define ID_SIZE 20

void
store_table_init(struct store_table *table, size_t item_size)
{
	*table = (struct store_table){ .item_size = item_size };
}

void
store_table_release(struct store_table *table)
{
	free(table->items);
	free(table->slots);
	store_table_init(table, table->item_size);
}

void *
store_table_at(const struct store_table *table, size_t i)
{
	return table->items + i * table->item_size;
}

/* Ids are hashes already. The slot that holds the id, or the free one where it belongs. */
static size_t
slot_of(const struct store_table *table, const unsigned char *id)
{
	uint64_t hash;
	size_t i;

	memcpy(&hash, id, sizeof(hash));
	for (i = hash & (table->nslots - 1); table->slots[i] != 0; i = (i + 1) & (table->nslots - 1))
		if (memcmp(store_table_at(table, table->slots[i] - 1), id, ID_SIZE) == 0)
			break;
	return i;
}

static void
fill_slots(struct store_table *table)
{
	for (size_t i = 0; i < table->nitems; i++)
		table->slots[slot_of(table, store_table_at(table, i))] = (uint32_t)i + 1;
}

static void
grow_slots(struct store_table *table)
{
	table->nslots = table->nslots > 0 ? table->nslots * 2 : 64;
	free(table->slots);
	table->slots = lapse_alloc(table->nslots, sizeof(*table->slots));
	fill_slots(table);
}

void
store_table_clear(struct store_table *table)
{
	table->nitems = 0;
	memset(table->slots, 0, table->nslots * sizeof(*table->slots));
}

static int
cmp_ids(const void *a, const void *b)
{
	return memcmp(a, b, ID_SIZE);
}

void
store_table_sort(struct store_table *table)
{
	if (table->nitems == 0)
		return;
	qsort(table->items, table->nitems, table->item_size, cmp_ids);
	memset(table->slots, 0, table->nslots * sizeof(*table->slots));
	fill_slots(table);
}

void *
store_table_find(const struct store_table *table, const unsigned char *id)
{
	size_t slot;

	if (table->nslots == 0)
		return NULL;
	slot = slot_of(table, id);
	return table->slots[slot] != 0 ? store_table_at(table, table->slots[slot] - 1) : NULL;
}

void *
store_table_add(struct store_table *table, const unsigned char *id)
{
	unsigned char *item;

	assert(table->nitems < UINT32_MAX);
	table->items = lapse_grow(table->items, table->nitems, &table->cap, table->item_size);
	if (table->nitems * 4 >= table->nslots * 3)
		grow_slots(table);
	item = memset(store_table_at(table, table->nitems), 0, table->item_size);
	memcpy(item, id, ID_SIZE);
	table->nitems++;
	table->slots[slot_of(table, id)] = (uint32_t)table->nitems;
	return item;
}
