/* Arrays of numbers: what stands where in their order. */
#ifndef LAPSE_SORTED_H
#define LAPSE_SORTED_H

#include <stddef.h>
#include <stdint.h>

/*
 * The place of the first item whose number is not below `number`: where it stands, or would. Items are of `size`
 * bytes, begin with an int64_t, and are sorted by it; `items` may be NULL when there are none.
 */
size_t lapse_sorted_place(const void *items, size_t nitems, size_t size, int64_t number);

/* The value that would stand at `place` (from 0, below nvalues) if the values were sorted. In linear time, whatever they are. */
int64_t lapse_smallest(const int64_t *values, size_t nvalues, size_t place);

#endif
