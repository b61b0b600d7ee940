#include "lapse/sorted.h"

#include <string.h>

size_t
lapse_sorted_place(const void *items, size_t nitems, size_t size, int64_t number)
{
	size_t low = 0, high = nitems;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int64_t at;

		memcpy(&at, (const char *)items + middle * size, sizeof(at));
		if (at < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* In the order of unsigned numbers. */
static uint64_t
key_of(int64_t value)
{
	return (uint64_t)value ^ UINT64_C(1) << 63;
}

/* Its bytes one by one, from the first: which one has the place among those that begin like it. */
int64_t
lapse_smallest(const int64_t *values, size_t nvalues, size_t place)
{
	uint64_t found = 0, decided = 0;

	for (int shift = 56; shift >= 0; shift -= 8) {
		size_t counts[256] = { 0 }, byte = 0;

		for (size_t i = 0; i < nvalues; i++) {
			uint64_t key = key_of(values[i]);

			counts[key >> shift & 0xff] += (key & decided) == found;
		}
		while (place >= counts[byte])
			place -= counts[byte++];
		found |= (uint64_t)byte << shift;
		decided |= UINT64_C(0xff) << shift;
	}
	return (int64_t)(found ^ UINT64_C(1) << 63);
}
