/* Records by their ids, in memory and beyond it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "../../lib/store/ledger.h"
#include "lapse/digest.h"
#include "scratch.h"

#define MANY 100000	/* six times what is held in memory: some runs were made of others */

struct record {
	unsigned char id[20];
	uint32_t number;
};

/* Ids are hashes. */
static struct record
record_of(uint32_t number)
{
	struct record record = { .number = number };
	struct lapse_sha1 *sha = lapse_sha1_new();

	lapse_sha1_add(sha, &number, sizeof(number));
	lapse_sha1_end(sha, record.id);
	lapse_sha1_free(sha);
	return record;
}

static struct store_ledger *
ledger_of(uint32_t n)
{
	struct store_ledger *ledger = store_ledger_new(".", sizeof(struct record));

	for (uint32_t i = 0; i < n; i++) {
		struct record record = record_of(i);

		assert_int_equal(store_ledger_find(NULL, ledger, record.id), 0);
		assert_int_equal(store_ledger_add(ledger, &record), 0);
	}
	assert_int_equal(store_ledger_count(ledger), n);
	return ledger;
}

static void
assert_holds(struct store_ledger *ledger, uint32_t n)
{
	const void *found;

	for (uint32_t i = 0; i < n; i++) {
		struct record record = record_of(i);

		assert_int_equal(store_ledger_find(&found, ledger, record.id), 1);
		assert_memory_equal(found, &record, sizeof(record));
	}
	for (uint32_t i = n; i < n + 1000; i++)
		assert_int_equal(store_ledger_find(&found, ledger, record_of(i).id), 0);
}

struct seen {
	size_t n;
	struct record last;
	size_t stop;	/* at this one */
};

static int
see(const void *record, void *payload)
{
	struct seen *seen = payload;

	if (seen->n > 0)
		assert_true(memcmp(seen->last.id, record, sizeof(seen->last.id)) < 0);
	seen->last = *(const struct record *)record;
	seen->n++;
	return seen->n == seen->stop ? -7 : 0;
}

static void
all_records_are_found_and_no_others(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 16384, 16385, 40000, MANY };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct store_ledger *ledger = ledger_of(sizes[i]);

		assert_holds(ledger, sizes[i]);
		store_ledger_free(ledger);
	}
}

static void
each_goes_by_id_and_may_be_repeated(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 16385, MANY };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct store_ledger *ledger = ledger_of(sizes[i]);
		struct record more = record_of(sizes[i]);

		for (int round = 0; round < 2; round++) {
			struct seen seen = { .n = 0 };

			assert_int_equal(store_ledger_each(ledger, see, &seen), 0);
			assert_int_equal(seen.n, sizes[i]);
		}
		assert_holds(ledger, sizes[i]);
		assert_int_equal(store_ledger_add(ledger, &more), 0);
		assert_holds(ledger, sizes[i] + 1);
		store_ledger_free(ledger);
	}
}

static void
each_stops_at_a_failure(void **state)
{
	struct store_ledger *ledger = ledger_of(40000);
	struct seen seen = { .stop = 30000 };

	(void)state;
	assert_int_equal(store_ledger_each(ledger, see, &seen), -7);
	assert_int_equal(seen.n, 30000);
	store_ledger_free(ledger);
}

static void
its_files_have_no_name(void **state)
{
	struct store_ledger *ledger = ledger_of(40000);

	(void)state;
	assert_int_not_equal(access(STORE_LEDGER_NAME, F_OK), 0);
	store_ledger_free(ledger);
}

static int
count_open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Six times what memory holds: four files became one, and two are there beside it. */
static void
it_holds_few_files(void **state)
{
	int before = count_open_files();
	struct store_ledger *ledger = ledger_of(MANY);

	(void)state;
	assert_int_equal(count_open_files() - before, 3);
	store_ledger_free(ledger);
	assert_int_equal(count_open_files(), before);
}

/* Nothing is lost by it: the ledger holds what it held. */
static void
a_file_that_cannot_be_made_is_a_failure(void **state)
{
	struct store_ledger *ledger = ledger_of(16384);
	struct record more = record_of(16384);

	(void)state;
	assert_int_equal(mkdir(STORE_LEDGER_NAME, 0700), 0);
	assert_int_equal(store_ledger_add(ledger, &more), LAPSE_EFAIL);
	assert_non_null(strstr(lapse_error(), STORE_LEDGER_NAME));
	assert_holds(ledger, 16384);
	assert_int_equal(rmdir(STORE_LEDGER_NAME), 0);
	assert_int_equal(store_ledger_add(ledger, &more), 0);
	assert_holds(ledger, 16385);
	store_ledger_free(ledger);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_records_are_found_and_no_others),
		TEST(each_goes_by_id_and_may_be_repeated),
		TEST(each_stops_at_a_failure),
		TEST(its_files_have_no_name),
		TEST(it_holds_few_files),
		TEST(a_file_that_cannot_be_made_is_a_failure),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
