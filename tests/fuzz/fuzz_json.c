/*
 * Whatever is accepted has one canonical form: writing it, reading that and
 * writing it again must give the same bytes, in the safe form as well.
 */
#include "fuzz.h"

#include <string.h>

#include "lapse/error.h"
#include "lapse/json.h"

/* A refusal is one short line of printable ASCII: none of the input is in it. */
static void
demand_clean_refusal(void)
{
	const char *p = lapse_error();

	demand(strlen(p) < 120, "a long refusal");
	for (; *p != '\0'; p++)
		demand(*p >= ' ' && *p <= '~', "a refusal that repeats its input");
}

static void
demand_safe_form(const json_t *value, const struct lapse_buf *canon)
{
	struct lapse_buf safe, again;

	lapse_buf_init(&safe, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&again, LAPSE_BUF_DOCUMENT);
	demand(lapse_canon_write_safe(&safe, value) == 0, "no safe form");
	demand(memchr(safe.data, '\n', safe.len) == NULL, "more than one line");
	demand(lapse_canon(&again, safe.data, safe.len, NULL) == 0, "the safe form is not JSON");
	demand(again.len == canon->len && memcmp(again.data, canon->data, canon->len) == 0,
	    "the safe form means something else");
	lapse_buf_release(&safe);
	lapse_buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_buf once, twice;
	json_t *value;

	if (lapse_json_parse(&value, (const char *)data, size, NULL) < 0) {
		demand_clean_refusal();
		return 0;
	}
	lapse_buf_init(&once, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&twice, LAPSE_BUF_DOCUMENT);
	demand(lapse_canon_write(&once, value) == 0, "no canonical form");
	demand(lapse_canon(&twice, once.data, once.len, NULL) == 0, "the canonical form is not JSON");
	demand(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0,
	    "two canonical forms");
	demand_safe_form(value, &once);
	json_decref(value);
	lapse_buf_release(&once);
	lapse_buf_release(&twice);
	return 0;
}
