#define _DEFAULT_SOURCE	/* madvise() */
#include "lapse/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define CHUNK_SIZE ((size_t)64 * 1024 - 64)
#define PAGE ((size_t)4096)
#define LARGE_PAGE ((size_t)2 * 1024 * 1024)
#define SOME_PAGES (32 * PAGE)
#define MANY_PAGES (2048 * PAGE)
#define LARGE_CHUNK_SIZE (LARGE_PAGE - 64)

struct lapse_chunk {
	struct lapse_chunk *next;
	size_t used;
	size_t cap;
	max_align_t data[];
};

_Noreturn void
lapse_out_of_memory(void)
{
	fputs("lapse: out of memory\n", stderr);
	abort();
}

void
lapse_alloc_tune(void)
{
#ifdef __GLIBC__
	mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
#endif
}

static void *
checked(void *memory)
{
	if (memory == NULL)
		lapse_out_of_memory();
	return memory;
}

/*
 * Ask for large pages where much is wanted: a page fault costs more than what we do with the page. Who does not
 * give them gives small ones. All pages that the memory lies in are named, as a mapping of its own must stay one to grow in place.
 */
static void
want_large_pages(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
	size_t before = (uintptr_t)memory % PAGE;

	if (size >= LARGE_PAGE)
		(void)madvise((char *)memory - before, (before + size + PAGE - 1) / PAGE * PAGE, MADV_HUGEPAGE);
#else
	(void)memory;
	(void)size;
#endif
}

/*
 * What grows is about to be filled: ask for its pages at once, which costs less than a fault for each. Not for much, since it may
 * not all be needed.
 */
static void
want_pages_now(void *memory, size_t size)
{
#ifdef MADV_POPULATE_WRITE
	size_t before = (uintptr_t)memory % PAGE;

	if (size >= SOME_PAGES && size <= MANY_PAGES)
		(void)madvise((char *)memory - before, (before + size + PAGE - 1) / PAGE * PAGE, MADV_POPULATE_WRITE);
#else
	(void)memory;
	(void)size;
#endif
}

void *
lapse_alloc(size_t nitems, size_t size)
{
	void *memory = checked(calloc(nitems > 0 ? nitems : 1, size > 0 ? size : 1));

	want_large_pages(memory, nitems * size);	/* calloc() found that this fits */
	return memory;
}

void *
lapse_realloc(void *old, size_t nitems, size_t size)
{
	void *memory;

	if (size != 0 && nitems > SIZE_MAX / size)
		checked(NULL);
	memory = checked(realloc(old, nitems * size > 0 ? nitems * size : 1));
	want_large_pages(memory, nitems * size);
	want_pages_now(memory, nitems * size);
	return memory;
}

char *
lapse_strdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(lapse_alloc(1, size), text, size);
}

void
lapse_wipe(void *memory, size_t len)
{
	volatile unsigned char *bytes = memory;	/* a compiler may not leave these writes out */

	for (size_t i = 0; i < len; i++)
		bytes[i] = 0;
}

void *
lapse_grow(void *items, size_t nitems, size_t *cap, size_t size)
{
	if (nitems < *cap)
		return items;
	*cap = *cap > 0 ? *cap * 2 : 16;
	return lapse_realloc(items, *cap, size);
}

void
lapse_arena_init(struct lapse_arena *arena)
{
	arena->chunks = NULL;
}

void
lapse_arena_release(struct lapse_arena *arena)
{
	while (arena->chunks != NULL) {
		struct lapse_chunk *next = arena->chunks->next;

		free(arena->chunks);
		arena->chunks = next;
	}
}

/* Keeps one chunk of a usual size, so that a loop over items does not allocate. */
void
lapse_arena_reset(struct lapse_arena *arena)
{
	struct lapse_chunk *keep = arena->chunks;

	if (keep == NULL)
		return;
	arena->chunks = keep->next;
	lapse_arena_release(arena);
	if (keep->cap > LARGE_CHUNK_SIZE) {
		free(keep);
		return;
	}
	keep->next = NULL;
	keep->used = 0;
	arena->chunks = keep;
}

/* The first chunk is small: most arenas need no other. */
static struct lapse_chunk *
new_chunk(struct lapse_chunk *next, size_t size)
{
	size_t cap = next == NULL ? CHUNK_SIZE : LARGE_CHUNK_SIZE;
	struct lapse_chunk *chunk;

	if (size > cap)
		cap = size;
	if (cap == LARGE_CHUNK_SIZE) {
		chunk = checked(aligned_alloc(LARGE_PAGE, LARGE_PAGE));
		want_large_pages(chunk, LARGE_PAGE);
	} else {
		chunk = checked(malloc(sizeof(*chunk) + cap));
	}
	chunk->next = next;
	chunk->used = 0;
	chunk->cap = cap;
	return chunk;
}

void *
lapse_arena_alloc(struct lapse_arena *arena, size_t size)
{
	const size_t align = sizeof(max_align_t);
	struct lapse_chunk *chunk = arena->chunks;
	void *memory;

	if (size > SIZE_MAX / 2)
		checked(NULL);
	size = (size + align - 1) / align * align;
	if (chunk == NULL || chunk->cap - chunk->used < size)
		chunk = arena->chunks = new_chunk(chunk, size);
	memory = (char *)chunk->data + chunk->used;
	chunk->used += size;
	return memset(memory, 0, size);
}

char *
lapse_arena_dupn(struct lapse_arena *arena, const char *text, size_t len)
{
	char *copy = lapse_arena_alloc(arena, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *
lapse_arena_dup(struct lapse_arena *arena, const char *text)
{
	return text != NULL ? lapse_arena_dupn(arena, text, strlen(text)) : NULL;
}

char *
lapse_arena_printf(struct lapse_arena *arena, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return lapse_arena_dup(arena, "");
	text = lapse_arena_alloc(arena, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}
