/*
 * Memory for sizes that we chose: these never fail, they say so and abort().
 * Sizes that come from input go through lapse_buf, which has a ceiling.
 */
#ifndef LAPSE_ALLOC_H
#define LAPSE_ALLOC_H

#include <stddef.h>

/* Say so and end the process: for what fails only without memory. */
_Noreturn void lapse_out_of_memory(void);

/*
 * To be called once, at the start of the program: memory that is let go stays with it, up to 64 MiB, and large blocks grow
 * in place. On its own glibc gives pages back and asks for them again, and moves what grows; each page costs a fault.
 */
void lapse_alloc_tune(void);

/* Zeroed memory for `nitems` of `size` bytes. The caller free()s it. */
void *lapse_alloc(size_t nitems, size_t size);

/* `old` grown or shrunk to `nitems` of `size` bytes. The caller free()s it. */
void *lapse_realloc(void *old, size_t nitems, size_t size);

/* A copy of `text`. The caller free()s it. */
char *lapse_strdup(const char *text);

/* Overwrite a secret, also when nobody reads the memory again. `memory` may be NULL when `len` is 0. */
void lapse_wipe(void *memory, size_t len);

/*
 * Make room for one more item in a growing array: returns `items`, moved if
 * it was full, with *cap doubled. Use: v = lapse_grow(v, n, &cap, sizeof(*v)).
 */
void *lapse_grow(void *items, size_t nitems, size_t *cap, size_t size);

/*
 * An arena: many small strings and arrays that are dropped together.
 * init allocates nothing; reset keeps the memory for the next item.
 */
struct lapse_arena {
	struct lapse_chunk *chunks;
};
void lapse_arena_init(struct lapse_arena *arena);
void lapse_arena_reset(struct lapse_arena *arena);
void lapse_arena_release(struct lapse_arena *arena);

/* Zeroed memory, aligned for any type. Borrowed from `arena`. */
void *lapse_arena_alloc(struct lapse_arena *arena, size_t size);

/* Copies of `text` (NULL stays NULL), of `len` bytes of it, and of a printf. Borrowed from `arena`. */
char *lapse_arena_dup(struct lapse_arena *arena, const char *text);
char *lapse_arena_dupn(struct lapse_arena *arena, const char *text, size_t len);
char *lapse_arena_printf(struct lapse_arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
