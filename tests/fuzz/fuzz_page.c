/* Bytes as the web page of a comment's revisions: read, or refused with a sentence; what was read can be written and read again, as it was. */
#include "fuzz.h"

#include <string.h>

#include "../../lib/source/page.h"

#include "lapse/error.h"
#include "lapse/json.h"

static void
write_again(struct lapse_arena *arena, const struct lapse_revisions *r)
{
	json_t *doc = lapse_revisions_encode(r), *again;
	struct lapse_revisions read;

	if (doc == NULL)
		return;
	demand(lapse_revisions_decode(&read, arena, doc) == 0, "what was written is not read");
	again = lapse_revisions_encode(&read);
	demand(again != NULL && json_equal(doc, again), "and is another one");
	json_decref(doc);
	json_decref(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_revisions r;
	struct lapse_arena arena;
	struct lapse_change *changes;
	size_t n;
	int rc;

	lapse_arena_init(&arena);
	rc = lapse_page_read(&r, &arena, (const char *)data, size);
	demand(rc <= 0 && (rc == 0 || *lapse_error() != '\0'), "a failure without a sentence");
	if (rc == 0) {
		lapse_revisions_date(&r, (struct lapse_instant){ 1735776000 });
		lapse_revisions_changes(&changes, &n, &arena, &r);
		demand(n <= r.nitems, "more edits than revisions");
		write_again(&arena, &r);
	}
	lapse_arena_release(&arena);
	return 0;
}
