#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/source/patience.h"

static void
delays_double_up_to_a_minute_and_vary(void **state)
{
	static const int64_t most[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000 };

	(void)state;
	for (int tries = 1; tries <= 9; tries++) {
		struct patience patience = { .delay = 1000, .random = 42 };
		int64_t first = patience_delay(&patience, tries, -1), varied = 0;

		for (int i = 0; i < 1000; i++) {
			int64_t ms = patience_delay(&patience, tries, -1);

			assert_in_range(ms, most[tries - 1] / 2, most[tries - 1]);
			varied += ms != first;
		}
		assert_true(varied > 900);
	}
}

static void
what_the_server_asks_for_is_the_least(void **state)
{
	struct patience patience = { .delay = 1000, .random = 1 };

	(void)state;
	assert_int_equal(patience_delay(&patience, 1, 7), 7000);
	assert_in_range(patience_delay(&patience, 1, 0), 500, 1000);
	assert_int_equal(patience_delay(&patience, 1, 86400), 86400000);
	assert_true(patience_delay(&patience, 1, INT64_MAX) > INT64_C(1) << 40);
}

static void
waiting_for_two_at_once_counts_once(void **state)
{
	struct patience patience = { .budget = 10000 };

	(void)state;
	assert_true(patience_spend(&patience, 100, 4100));
	assert_true(patience_spend(&patience, 200, 4100));
	assert_true(patience_spend(&patience, 300, 6100));
	assert_int_equal(patience.waited, 6000);
	/* Time between two waits is not waiting. */
	assert_true(patience_spend(&patience, 20000, 24000));
	assert_int_equal(patience.waited, 10000);
}

static void
over_the_budget_nothing_is_counted(void **state)
{
	struct patience patience = { .budget = 10000 };

	(void)state;
	assert_false(patience_spend(&patience, 0, 10001));
	assert_true(patience_spend(&patience, 0, 10000));
	assert_false(patience_spend(&patience, 10000, 10001));
	assert_int_equal(patience.waited, 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delays_double_up_to_a_minute_and_vary),
		cmocka_unit_test(what_the_server_asks_for_is_the_least),
		cmocka_unit_test(waiting_for_two_at_once_counts_once),
		cmocka_unit_test(over_the_budget_nothing_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
