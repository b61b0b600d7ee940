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
