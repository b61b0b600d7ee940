#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "lapse/digest.h"

static void
sha1_gives_the_digests_of_the_standard(void **state)
{
	static const struct {
		const char *text;
		unsigned char digest[LAPSE_SHA1_LEN];
	} rows[] = {
		{ "", { 0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55,
			0xbf, 0xef, 0x95, 0x60, 0x18, 0x90, 0xaf, 0xd8, 0x07, 0x09 } },
		{ "abc", { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
			0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d } },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  { 0x84, 0x98, 0x3e, 0x44, 0x1c, 0x3b, 0xd2, 0x6e, 0xba, 0xae,
			0x4a, 0xa1, 0xf9, 0x51, 0x29, 0xe5, 0xe5, 0x46, 0x70, 0xf1 } },
	};
	unsigned char got[LAPSE_SHA1_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lapse_sha1 *sha = lapse_sha1_new();
		size_t half = strlen(rows[i].text) / 2;

		lapse_sha1_add(sha, rows[i].text, half);
		lapse_sha1_add(sha, rows[i].text + half, strlen(rows[i].text) - half);
		lapse_sha1_end(sha, got);
		assert_memory_equal(got, rows[i].digest, sizeof(got));
		lapse_sha1_free(sha);
	}
	lapse_sha1_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha1_gives_the_digests_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
