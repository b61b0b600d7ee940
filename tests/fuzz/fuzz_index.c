/*
 * A record of the index: whatever its bytes, reading stays within them; what is read and written again is
 * read as the same.
 */
#include "fuzz.h"

#include <string.h>

#include "../../lib/replay/index_record.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_arena arena;
	struct lapse_buf once, twice;
	struct record record, again;

	lapse_arena_init(&arena);
	lapse_buf_init(&once, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&twice, LAPSE_BUF_DOCUMENT);
	if (lapse_record_decode(&record, &arena, data, size) == 0) {
		demand(lapse_record_encode(&once, &record) == 0, "a record that cannot be written");
		demand(lapse_record_decode(&again, &arena, (unsigned char *)once.data, once.len) == 0,
		    "a record that cannot be read again");
		demand(lapse_record_encode(&twice, &again) == 0, "a record that cannot be written twice");
		demand(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0, "another record");
	}
	lapse_buf_release(&once);
	lapse_buf_release(&twice);
	lapse_arena_release(&arena);
	return 0;
}
