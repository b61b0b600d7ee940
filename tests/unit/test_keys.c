#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

#include "lapse/error.h"
#include "lapse/keys.h"
#include "scratch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Every test has a home of its own, with a configuration folder in it. */
static int
enter_home(void **state)
{
	int rc = enter_scratch(state);

	setenv("HOME", *state, 1);
	unsetenv("XDG_CONFIG_HOME");
	return rc != 0 ? rc : mkdir(".config", 0700) | mkdir(".config/lapse", 0700);
}

static int
leave_home(void **state)
{
	unlink(".config/lapse/keys");
	unlink(".netrc");
	rmdir(".config/lapse");
	rmdir(".config");
	return leave_scratch(state);
}

static void
put(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

/* The key that is found for an address; "" none. */
static void
finds(const char *address, const char *wanted)
{
	struct lapse_key key;
	int rc = lapse_key_find(&key, address);

	assert_int_equal(rc, wanted[0] != '\0');
	assert_string_equal(key.text, wanted);
	lapse_key_wipe(&key);
	for (size_t i = 0; i < sizeof(key.text); i++)
		assert_int_equal(key.text[i], 0);
}

static void
refuses(const char *address, const char *why)
{
	struct lapse_key key;

	assert_int_equal(lapse_key_find(&key, address), LAPSE_EFAIL);
	assert_non_null(strstr(lapse_error(), why));
	assert_null(strstr(lapse_error(), "secret"));
	assert_string_equal(key.text, "");
}

static void
without_files_there_is_no_key(void **state)
{
	(void)state;
	finds("https://a.example/rest/", "");
	unsetenv("HOME");
	finds("https://a.example/rest/", "");
	setenv("XDG_CONFIG_HOME", "relative", 1);
	finds("https://a.example/rest/", "");
}

static void
a_key_is_of_exactly_its_host_and_port(void **state)
{
	(void)state;
	put(".config/lapse/keys", "# comment secret0\n\na.example secret1\n  B.example:8443\tsecret2  \r\n"
	    "[::1]:9 secret3\n127.0.0.1:8080 secret4", 0600);
	finds("https://a.example/rest/", "secret1");
	finds("https://A.EXAMPLE:443/", "secret1");
	finds("http://a.example/", "secret1");
	finds("https://a.example:444/", "");
	finds("https://x.a.example/", "");
	finds("https://a.example.evil.example/", "");
	finds("https://b.example:8443/", "secret2");
	finds("https://b.example/", "");
	finds("https://[::1]:9/", "secret3");
	finds("http://127.0.0.1:8080/rest/", "secret4");
	finds("https://comment/", "");
}

static void
netrc_is_read_too_but_not_its_default(void **state)
{
	(void)state;
	put(".netrc", "machine a.example login me password secret1\n"
	    "# machine a.example password secret0\n"
	    "machine b.example\n\tpassword \"sec\\\"ret 2\"\n"
	    "macdef init\nmachine c.example password secret3\n\n"
	    "machine d.example account x password \"secret\\\"4\" login y\n"
	    "machine e.example login me\n"
	    "machine b.example:8443 password secret5 default login you password secret6\n", 0600);
	finds("https://a.example/rest/", "secret1");
	refuses("https://b.example/", ".netrc: 4: no key of 1 to 256 visible characters");
	finds("https://c.example/", "");
	finds("https://d.example/", "secret\"4");
	finds("https://e.example/", "");
	finds("https://b.example:8443/", "secret5");
	finds("https://f.example/", "");
	put(".config/lapse/keys", "a.example secret7\n", 0600);
	finds("https://a.example/rest/", "secret7");
}

static void
a_file_that_others_may_read_is_refused_if_it_holds_the_key(void **state)
{
	(void)state;
	put(".config/lapse/keys", "a.example secret1\n", 0644);
	refuses("https://a.example/", "/.config/lapse/keys: it holds a key and its mode is 0644");
	finds("https://b.example/", "");
	put(".config/lapse/keys", "a.example secret1\n", 0400);
	finds("https://a.example/", "secret1");
	unlink(".config/lapse/keys");
	put(".netrc", "machine a.example password secret1\n", 0640);
	refuses("https://a.example/", "/.netrc: it holds a key and its mode is 0640");
	if (geteuid() == 0) {
		chmod(".netrc", 0600);
		assert_int_equal(chown(".netrc", 12345, 12345), 0);
		refuses("https://a.example/", "/.netrc: it holds a key and is another user's");
	}
}

static void
what_is_no_key_is_refused_by_its_line(void **state)
{
	char line[600];

	(void)state;
	put(".config/lapse/keys", "b.example secret0\na.example\n", 0600);
	refuses("https://a.example/", "keys: 2: a host without a key");
	finds("https://b.example/", "secret0");
	put(".config/lapse/keys", "https://b.example/ secret0\na.example secret1\n", 0600);
	refuses("https://a.example/", "keys: 1: no host first (HOST KEY, or HOST:PORT KEY; no address)");
	put(".config/lapse/keys", "b.example: secret0\na.example secret1\n", 0600);
	refuses("https://a.example/", "keys: 1: no host first (HOST KEY, or HOST:PORT KEY; no address)");
	put(".config/lapse/keys", "a.example sec\x01ret\n", 0600);
	refuses("https://a.example/", "keys: 1: no key of");
	put(".config/lapse/keys", "b.example secret0 more\na.example secret1\n", 0600);
	refuses("https://a.example/", "keys: 1: more than a host and a key");
	snprintf(line, sizeof(line), "a.example %0300d\n", 7);
	put(".config/lapse/keys", line, 0600);
	refuses("https://a.example/", "keys: 1: no key of");
	snprintf(line, sizeof(line), "a.example %0256d\n", 7);
	put(".config/lapse/keys", line, 0600);
	line[10 + 256] = '\0';
	finds("https://a.example/", line + 10);
}

static void
the_configuration_folder_is_where_xdg_says(void **state)
{
	char folder[512];

	snprintf(folder, sizeof(folder), "%s/.config", (const char *)*state);
	put(".config/lapse/keys", "a.example secret1\n", 0600);
	setenv("HOME", "/nowhere", 1);
	finds("https://a.example/", "");
	setenv("XDG_CONFIG_HOME", folder, 1);
	finds("https://a.example/", "secret1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_home, leave_home)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_files_there_is_no_key),
		TEST(a_key_is_of_exactly_its_host_and_port),
		TEST(netrc_is_read_too_but_not_its_default),
		TEST(a_file_that_others_may_read_is_refused_if_it_holds_the_key),
		TEST(what_is_no_key_is_refused_by_its_line),
		TEST(the_configuration_folder_is_where_xdg_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
