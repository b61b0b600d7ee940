#include "lapse/keys.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "lapse/error.h"
#include "lapse/fs.h"
#include "lapse/text.h"
#include "url.h"

#define FILE_MAX ((size_t)1 << 20)
#define SHORT_PATH "%.1000s"

/* A file's words, taken one after another; a word ends with a blank or its line. */
struct words {
	const char *next;
	int line;
	char word[LAPSE_KEY_MAX + 2];	/* one byte more than may be: what is too long is seen to be */
};

/* Keep a character of a word; what is over its room is dropped, and seen by its length. */
static void
add_char(struct words *in, size_t *len, char c)
{
	if (*len < sizeof(in->word) - 1)
		in->word[(*len)++] = c;
}

/* "a \"quoted\" word", as netrc has them; `next` stands behind the first quote. */
static void
read_quoted(struct words *in, size_t *len)
{
	while (*in->next != '\0' && *in->next != '"' && *in->next != '\n') {
		if (*in->next == '\\' && in->next[1] != '\0' && in->next[1] != '\n')
			in->next++;
		add_char(in, len, *in->next++);
	}
	if (*in->next == '"')
		in->next++;
}

/* The next word, with blanks and lines' ends before it passed over: false at the end. */
static bool
next_word(struct words *in, bool quotes)
{
	size_t len = 0;

	for (; *in->next != '\0' && strchr(" \t\r\n", *in->next) != NULL; in->next++)
		in->line += *in->next == '\n';
	if (*in->next == '\0')
		return false;
	if (quotes && *in->next == '"') {
		in->next++;
		read_quoted(in, &len);
	} else {
		while (*in->next != '\0' && strchr(" \t\r\n", *in->next) == NULL)
			add_char(in, &len, *in->next++);
	}
	in->word[len] = '\0';
	return true;
}

static void
skip_line(struct words *in)
{
	in->next += strcspn(in->next, "\n");
}

static bool
line_ends(const struct words *in)
{
	return in->next[strspn(in->next, " \t\r")] == '\n' || in->next[strspn(in->next, " \t\r")] == '\0';
}

/* Is it the host (with its port, unless that is the usual one) of the address? */
static bool
is_host(const char *word, const struct lapse_url *url)
{
	char full[600];

	snprintf(full, sizeof(full), "%s:%s", url->host, url->port);
	return lapse_ascii_casecmp(word, full) == 0 ||
	    (lapse_url_has_usual_port(url) && lapse_ascii_casecmp(word, url->host) == 0);
}

/* It goes into a header field: nothing but visible ASCII. */
static int
take_key(struct lapse_key *out, const struct words *in)
{
	size_t len = strlen(in->word);

	for (size_t i = 0; i < len; i++)
		if (in->word[i] <= ' ' || in->word[i] > '~')
			len = 0;
	if (len == 0 || len > LAPSE_KEY_MAX)
		return lapse_fail(LAPSE_EFAIL, "%d: no key of 1 to %d visible characters", in->line, LAPSE_KEY_MAX);
	memcpy(out->text, in->word, len + 1);
	return 1;
}

/* Lines "HOST KEY". */
static int
search_keys(struct lapse_key *out, struct words *in, const struct lapse_url *url)
{
	while (next_word(in, false)) {
		bool wanted = is_host(in->word, url);

		if (in->word[0] == '#') {
			skip_line(in);
			continue;
		}
		/* The word is not shown: somebody may have put the key first. */
		if (strchr(in->word, '/') != NULL || in->word[strlen(in->word) - 1] == ':')
			return lapse_fail(LAPSE_EFAIL, "%d: no host first (HOST KEY, or HOST:PORT KEY; no address)", in->line);
		if (line_ends(in))
			return lapse_fail(LAPSE_EFAIL, "%d: a host without a key", in->line);
		next_word(in, false);
		if (wanted)
			return take_key(out, in);
		if (!line_ends(in))
			return lapse_fail(LAPSE_EFAIL, "%d: more than a host and a key", in->line);
	}
	return 0;
}

/* netrc's macros end with an empty line. */
static void
skip_macro(struct words *in)
{
	const char *end = strstr(in->next, "\n\n");

	while (*in->next != '\0' && (end == NULL || in->next < end))
		in->line += *in->next++ == '\n';
}

/* machine NAME, then login, account and password in any order. */
static int
search_netrc(struct lapse_key *out, struct words *in, const struct lapse_url *url)
{
	bool wanted = false;

	while (next_word(in, false)) {
		if (in->word[0] == '#')
			skip_line(in);
		else if (strcmp(in->word, "macdef") == 0)
			skip_macro(in);
		else if (strcmp(in->word, "default") == 0)
			wanted = false;
		else if (strcmp(in->word, "machine") == 0)
			wanted = next_word(in, true) && is_host(in->word, url);
		else if (strcmp(in->word, "password") == 0 && next_word(in, true) && wanted)
			return take_key(out, in);
		else if (strcmp(in->word, "login") == 0 || strcmp(in->word, "account") == 0)
			next_word(in, true);
	}
	return 0;
}

static int
check_mode(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return lapse_fail_errno(LAPSE_EFAIL, "cannot look at it");
	if (st.st_uid != geteuid())
		return lapse_fail(LAPSE_EFAIL, "it holds a key and is another user's");
	if ((st.st_mode & 077) != 0)
		return lapse_fail(LAPSE_EFAIL, "it holds a key and its mode is %04o: others may read it (chmod 600 it)",
		    (unsigned)st.st_mode & 07777);
	return 0;
}

typedef int search_fn(struct lapse_key *out, struct words *in, const struct lapse_url *url);

/* Search what a file holds; it must be private only if that is the key. */
static int
search_bytes(struct lapse_key *out, const struct lapse_buf *bytes, const struct lapse_url *url, search_fn *search)
{
	struct words in = { .next = bytes->data, .line = 1 };
	int rc = bytes->len > 0 ? search(out, &in, url) : 0;

	lapse_wipe(&in, sizeof(in));
	return rc;
}

/* A file that need not be there. */
static int
search_file(struct lapse_key *out, const char *path, const struct lapse_url *url, search_fn *search)
{
	struct lapse_buf bytes;
	int rc, mode;

	if (access(path, F_OK) != 0)
		return 0;
	lapse_buf_init(&bytes, FILE_MAX);
	rc = lapse_file_read(&bytes, path);
	if (rc == 0) {
		rc = lapse_context(search_bytes(out, &bytes, url, search), SHORT_PATH, path);
		mode = rc > 0 ? check_mode(path) : 0;
		rc = mode < 0 ? lapse_context(mode, SHORT_PATH, path) : rc;
	}
	if (rc < 0)
		lapse_key_wipe(out);
	lapse_wipe(bytes.data, bytes.len);
	lapse_buf_release(&bytes);
	return rc;
}

/* A file below a folder that the environment names; `folder` NULL or empty: 0. */
static int
search_below(struct lapse_key *out, const char *folder, const char *name, const struct lapse_url *url, search_fn *search)
{
	char *path;
	size_t size;
	int rc;

	if (folder == NULL || folder[0] == '\0')
		return 0;
	size = strlen(folder) + strlen(name) + 1;
	path = lapse_alloc(1, size);
	snprintf(path, size, "%s%s", folder, name);
	rc = search_file(out, path, url, search);
	free(path);
	return rc;
}

int
lapse_key_find(struct lapse_key *out, const char *address)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct lapse_url url;
	int rc = lapse_url_read(&url, address);

	out->text[0] = '\0';
	if (rc == 0 && config != NULL && config[0] == '/')
		rc = search_below(out, config, "/lapse/keys", &url, search_keys);
	else if (rc == 0)
		rc = search_below(out, home, "/.config/lapse/keys", &url, search_keys);
	if (rc == 0)
		rc = search_below(out, home, "/.netrc", &url, search_netrc);
	lapse_url_release(&url);
	return rc;
}

void
lapse_key_wipe(struct lapse_key *key)
{
	lapse_wipe(key, sizeof(*key));
}
