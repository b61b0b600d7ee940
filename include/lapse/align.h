/* Two sequences side by side: which items of the one stand in the other, in order. */
#ifndef LAPSE_ALIGN_H
#define LAPSE_ALIGN_H

#include <stdbool.h>
#include <stddef.h>

#define LAPSE_ALIGN_NONE ((size_t)-1)

/*
 * For each of the `na` items of a sequence a: out[i] is the place of the item of b that stands for it, or
 * LAPSE_ALIGN_NONE. Places grow. What begins and ends alike is matched; of what lies between as many as there can be, where that is
 * small enough to look for (else none). `same` compares a's item i with b's item j.
 */
void lapse_align(size_t *out, size_t na, size_t nb, bool (*same)(size_t i, size_t j, const void *payload),
    const void *payload);

#endif
