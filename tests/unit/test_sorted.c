/* The order of numbers: the place of one, and the one at a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lapse/sorted.h"

static void
a_number_has_the_place_of_the_first_that_is_not_below_it(void **state)
{
	struct { int64_t number; char rest[5]; } items[] = { { -3, "a" }, { 4, "b" }, { 4, "c" }, { 9, "d" } };

	(void)state;
	assert_int_equal(lapse_sorted_place(NULL, 0, sizeof(items[0]), 1), 0);
	assert_int_equal(lapse_sorted_place(items, 4, sizeof(items[0]), -4), 0);
	assert_int_equal(lapse_sorted_place(items, 4, sizeof(items[0]), 4), 1);
	assert_int_equal(lapse_sorted_place(items, 4, sizeof(items[0]), 5), 3);
	assert_int_equal(lapse_sorted_place(items, 4, sizeof(items[0]), 10), 4);
}

static int
by_value(const void *va, const void *vb)
{
	int64_t a = *(const int64_t *)va, b = *(const int64_t *)vb;

	return (a > b) - (a < b);
}

static int64_t
random_value(void)
{
	static const int64_t edges[] = { INT64_MIN, INT64_MAX, -1, 0, 1, 604800 };
	int kind = rand() % 4;

	if (kind == 0)
		return edges[rand() % 6];
	if (kind == 1)
		return rand() % 5 - 2;
	return (int64_t)rand() << (rand() % 32) | rand();
}

static void
the_smallest_values_are_those_that_sorting_finds(void **state)
{
	int64_t values[64], sorted[64];

	(void)state;
	srand(7);
	for (int round = 0; round < 500; round++) {
		size_t n = 1 + (size_t)rand() % 64;

		for (size_t i = 0; i < n; i++)
			sorted[i] = values[i] = random_value();
		qsort(sorted, n, sizeof(*sorted), by_value);
		for (size_t i = 0; i < n; i++)
			assert_true(lapse_smallest(values, n, i) == sorted[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_has_the_place_of_the_first_that_is_not_below_it),
		cmocka_unit_test(the_smallest_values_are_those_that_sorting_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
