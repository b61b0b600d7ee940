/* Arrays that are sorted by a number. */
#ifndef LAPSE_SORTED_H
#define LAPSE_SORTED_H

#include <stddef.h>
#include <stdint.h>

/*
 * The place of the first item whose number is not below `number`: where it stands, or would. Items are of `size`
 * bytes, begin with an int64_t, and are sorted by it; `items` may be NULL when there are none.
 */
size_t lapse_sorted_place(const void *items, size_t nitems, size_t size, int64_t number);

#endif
