/*
 * Bytes as a mailbox: cut into messages, or refused with a sentence. The messages come in order, and all of them, with their From_ lines,
 * are no longer than the mailbox; what is left out are From_ lines, one empty line for each, and what quotes. Written again as an
 * mboxrd, messages that begin with a header come back byte for byte.
 */
#include "fuzz.h"

#include <string.h>
#include <unistd.h>

#include "../../lib/source/mailbox.h"
#include "../../lib/source/mbox_from.h"
#include "../../lib/source/mbox_quote.h"

#include "lapse/buf.h"

struct found {
	size_t nmessages, nbytes;
	size_t nlines;			/* where '>' may have been taken off */
	int64_t line;
	struct lapse_buf all;		/* the messages, each with its length before it */
	struct lapse_buf box;		/* the same as an mboxrd; the first tells what it is */
};

static void
start_box(struct found *found)
{
	*found = (struct found){ .nmessages = 0 };
	lapse_buf_init(&found->all, (size_t)1 << 28);
	lapse_buf_init(&found->box, (size_t)1 << 28);
	lapse_buf_puts(&found->all, "");
	lapse_buf_puts(&found->box, "");
}

static void
end_box(struct found *found)
{
	lapse_buf_release(&found->all);
	lapse_buf_release(&found->box);
}

static void
add_quoted(struct found *found, const char *data, size_t len)
{
	bool in_body = false;
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		const char *end = memchr(data + at, '\n', len - at);

		n = end != NULL ? (size_t)(end + 1 - (data + at)) : len - at;
		if (in_body && lapse_mbox_quote_depth(data + at, n) >= 0)
			lapse_buf_putc(&found->box, '>');
		lapse_buf_add(&found->box, data + at, n);
		in_body |= lapse_mbox_is_blank(data + at, n);
		found->nlines++;
	}
}

static int
take(const struct lapse_raw *raw, void *payload)
{
	struct found *found = payload;

	demand(raw->format != NULL && raw->data != NULL && raw->data[raw->len] == '\0', "no message");
	demand(raw->line > found->line || strcmp(raw->format, "eml") == 0, "a message before the one before it");
	found->line = raw->line;
	found->nbytes += raw->len + (raw->envelope != NULL ? strlen(raw->envelope) + 1 : 0);
	found->nmessages++;
	found->nlines++;
	if (lapse_mbox_is_header(raw->data, raw->len) && raw->data[raw->len - 1] == '\n') {
		lapse_buf_printf(&found->all, "%zu:", raw->len);
		lapse_buf_add(&found->all, raw->data, raw->len);
		lapse_buf_puts(&found->box, "From mboxrd@z Thu Jan  1 00:00:00 1970\n");
		add_quoted(found, raw->data, raw->len);
		lapse_buf_puts(&found->box, "\n");
	}
	return 0;
}

static int
read_box(struct found *found, const void *data, size_t len)
{
	char path[] = "/tmp/lapse-fuzz-XXXXXX";
	int fd = mkstemp(path);
	int rc;

	demand(fd >= 0 && write(fd, data, len) == (ssize_t)len && close(fd) == 0, "cannot write a file");
	start_box(found);
	rc = lapse_mailbox_each(path, take, found);
	unlink(path);
	demand(rc <= 0, "a code that is none");
	demand(rc == 0 || *lapse_error() != '\0', "a failure without a sentence");
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_gzip = size > 1 && data[0] == 0x1f && data[1] == 0x8b;
	struct found found, again;
	int rc = read_box(&found, data, size);

	if (rc == 0 && !is_gzip) {
		demand(found.nbytes <= size, "more than there is");
		/* Blank lines before the first From_ line apart, which are at most as many as its line says. */
		demand(found.nmessages == 0 || found.nbytes + 3 * found.nlines + 2 * (size_t)found.line >= size, "less than there is");
	}
	if (found.box.len > 0) {
		demand(read_box(&again, found.box.data, found.box.len) == 0, "an mboxrd that is none");
		demand(again.all.len == found.all.len && memcmp(again.all.data, found.all.data, found.all.len) == 0, "other messages");
		end_box(&again);
	}
	end_box(&found);
	return 0;
}
