/* An arena for all tests of a program: set_up and tear_down of its group. Include it after the system's headers. */
#ifndef TESTS_UNIT_ARENA_H
#define TESTS_UNIT_ARENA_H

#include "lapse/alloc.h"

static struct lapse_arena arena;

static int
set_up(void **state)
{
	(void)state;
	lapse_arena_init(&arena);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	lapse_arena_release(&arena);
	return 0;
}

#endif
