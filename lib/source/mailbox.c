#include "mailbox.h"
#include "lapse/fs.h"
#include "lapse/buf.h"
struct st { int (*fn)(const struct lapse_raw *raw, void *payload); void *payload; };
static int one(const char *path, void *p)
{
	struct st *s = p;
	struct lapse_buf b;
	int rc;
	lapse_buf_init(&b, (size_t)1 << 30);
	rc = lapse_file_read(&b, path);
	if (rc == 0)
		rc = s->fn(&(struct lapse_raw){ .format = "eml", .data = b.data ? b.data : "", .len = b.len, .line = 1 }, s->payload);
	lapse_buf_release(&b);
	return rc;
}
int lapse_mailbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload)
{
	struct st s = { fn, payload };
	return lapse_files_each(path, one, &s);
}
