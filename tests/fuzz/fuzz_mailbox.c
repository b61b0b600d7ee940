/*
 * Bytes as a file of mail: whatever is cut out of it is no more than there was, is the same the second time, and messages
 * begin in order. A line "From …" less and a ">" less is all that a message lacks of its file.
 */
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#include "../../lib/source/mailbox.h"

#include "lapse/digest.h"

struct cut {
	struct lapse_sha256 *sha;
	size_t len;
	int64_t line;
};

static int
take(const struct lapse_raw *raw, void *payload)
{
	struct cut *cut = payload;

	demand(raw->line > cut->line, "a message that begins before the one before it");
	cut->line = raw->line;
	cut->len += raw->len + (raw->envelope != NULL ? strlen(raw->envelope) : 0);
	lapse_sha256_add(cut->sha, raw->format, strlen(raw->format));
	lapse_sha256_add(cut->sha, raw->data, raw->len);
	return 0;
}

static int
cut_file(unsigned char digest[LAPSE_SHA256_LEN], size_t *len, const char *path)
{
	struct cut cut = { .sha = lapse_sha256_new() };
	int rc = lapse_mailbox_each(path, take, &cut);

	lapse_sha256_end(cut.sha, digest);
	lapse_sha256_free(cut.sha);
	*len = cut.len;
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char once[LAPSE_SHA256_LEN], twice[LAPSE_SHA256_LEN];
	char path[] = "/tmp/lapse-mailbox-XXXXXX";
	bool packed = size > 1 && data[0] == 0x1f && data[1] == 0x8b;
	size_t len, again;
	int fd = mkstemp(path), rc;

	demand(fd >= 0 && write(fd, data, size) == (ssize_t)size, "no file to write");
	close(fd);
	rc = cut_file(once, &len, path);
	demand(cut_file(twice, &again, path) == rc && memcmp(once, twice, sizeof(once)) == 0, "the second time it is another");
	demand(packed || len <= size, "more than there was");
	unlink(path);
	return 0;
}
