#include "etags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "remember.h"

#include "lapse/alloc.h"

/* So many are remembered of a source: a run reads 200 threads again, in some few requests. */
#define MOST 1000
#define LINE (LAPSE_SHA256_HEX + 1 + 40 + 1 + ETAG_LEN + 1)

void
lapse_etag_asker(struct etag_asker *out, const char *rest, const char *key)
{
	static const char purpose[] = "lapse etags ";
	struct lapse_sha256 *sha;
	unsigned char digest[LAPSE_SHA256_LEN];

	*out = (struct etag_asker){ .rest = rest };
	if (key == NULL)
		return;
	sha = lapse_sha256_new();
	lapse_sha256_add(sha, purpose, strlen(purpose));
	lapse_sha256_add(sha, key, strlen(key));
	lapse_sha256_end(sha, digest);
	lapse_sha256_free(sha);
	lapse_hex_format(out->key, digest, sizeof(digest));
}

static void
digest_request(char out[LAPSE_SHA256_HEX + 1], const struct etag_asker *asker, const char *target)
{
	struct lapse_sha256 *sha = lapse_sha256_new();
	unsigned char digest[LAPSE_SHA256_LEN];

	lapse_sha256_add(sha, asker->key, strlen(asker->key) + 1);
	lapse_sha256_add(sha, asker->rest, strlen(asker->rest));
	lapse_sha256_add(sha, target, strlen(target));
	lapse_sha256_end(sha, digest);
	lapse_sha256_free(sha);
	lapse_hex_format(out, digest, sizeof(digest));
}

/* RFC 9110, 8.8.3: no blanks, no controls. */
static bool
is_etag(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] > ' ' && text[i] < '\177')
		i++;
	return len > 0 && len <= ETAG_LEN && i == len;
}

static bool
is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdef") >= len;
}

static struct etag *
add(struct etags *etags)
{
	etags->items = lapse_grow(etags->items, etags->nitems, &etags->cap, sizeof(*etags->items));
	etags->items[etags->nitems] = (struct etag){ .commit = "" };
	return &etags->items[etags->nitems++];
}

/* "REQUEST COMMIT ETAG" */
static void
read_line(struct etags *etags, const char *line, size_t len)
{
	const char *commit = line + LAPSE_SHA256_HEX + 1, *text = commit + 40 + 1;
	size_t before = (size_t)(text - line);
	struct etag *etag;

	if (len <= before || commit[-1] != ' ' || text[-1] != ' ' || !is_hex(line, LAPSE_SHA256_HEX) ||
	    !is_hex(commit, 40) || !is_etag(text, len - before))
		return;
	etag = add(etags);
	snprintf(etag->request, sizeof(etag->request), "%.*s", LAPSE_SHA256_HEX, line);
	snprintf(etag->commit, sizeof(etag->commit), "%.40s", commit);
	snprintf(etag->text, sizeof(etag->text), "%.*s", (int)(len - before), text);
}

void
lapse_etags_read(struct etags *etags, const char *name)
{
	struct lapse_buf text;
	const char *line;

	*etags = (struct etags){ .items = NULL };
	lapse_buf_init(&text, 2 * MOST * LINE);
	if (lapse_remember_text(&text, REMEMBER_ETAGS, name) > 0 && text.len > 0)
		for (line = text.data; *line != '\0' && etags->nitems < MOST; line += line[strcspn(line, "\n")] == '\n') {
			size_t len = strcspn(line, "\n");

			read_line(etags, line, len);
			line += len;
		}
	etags->nread = etags->nitems;
	lapse_buf_release(&text);
}

void
lapse_etags_release(struct etags *etags)
{
	free(etags->items);
	*etags = (struct etags){ .items = NULL };
}

const struct etag *
lapse_etags_find(const struct etags *etags, const struct etag_asker *asker, const char *target)
{
	char request[LAPSE_SHA256_HEX + 1];

	digest_request(request, asker, target);
	for (size_t i = 0; i < etags->nread; i++)
		if (strcmp(etags->items[i].request, request) == 0)
			return &etags->items[i];
	return NULL;
}

void
lapse_etags_note(struct etags *etags, const struct etag_asker *asker, const char *target, const char *etag)
{
	struct etag *item;

	if (etag == NULL || !is_etag(etag, strlen(etag)))
		return;
	item = add(etags);
	digest_request(item->request, asker, target);
	snprintf(item->text, sizeof(item->text), "%s", etag);
}

/* Did this run get another one for the same request? */
static bool
is_replaced(const struct etags *etags, const struct etag *etag)
{
	for (size_t i = etags->nread; i < etags->nitems; i++)
		if (strcmp(etags->items[i].request, etag->request) == 0)
			return true;
	return false;
}

static int
write_etags(struct lapse_buf *out, const struct etags *etags, const char *commit)
{
	size_t n = 0;
	int rc = 0;

	for (size_t i = etags->nread; rc == 0 && i < etags->nitems && n < MOST; i++, n++)
		rc = lapse_buf_printf(out, "%s %s %s\n", etags->items[i].request, commit, etags->items[i].text);
	for (size_t i = 0; rc == 0 && i < etags->nread && n < MOST; i++) {
		if (is_replaced(etags, &etags->items[i]))
			continue;
		rc = lapse_buf_printf(out, "%s %s %s\n", etags->items[i].request, etags->items[i].commit, etags->items[i].text);
		n++;
	}
	return rc;
}

void
lapse_etags_write(const struct etags *etags, const char *name, const char *commit)
{
	struct lapse_buf text;

	if (etags->nitems == etags->nread)
		return;
	lapse_buf_init(&text, 2 * MOST * LINE);
	if (write_etags(&text, etags, commit) == 0)
		(void)lapse_remember_text_set(REMEMBER_ETAGS, name, &text);
	lapse_buf_release(&text);
}
