/*
 * Input: three JSON documents, one a line: two to compare, and a patch. The patch made of the two leads from
 * the one to the other and back; the third, whatever it is, is applied whole or not at all.
 */
#include "fuzz.h"

#include <string.h>

#include "lapse/buf.h"
#include "lapse/json.h"
#include "lapse/patch.h"

static void
demand_same(const json_t *a, const json_t *b)
{
	struct lapse_buf left, right;

	lapse_buf_init(&left, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&right, LAPSE_BUF_DOCUMENT);
	demand(lapse_canon_write(&left, a) == 0 && lapse_canon_write(&right, b) == 0, "no canonical form");
	demand(left.len == right.len && memcmp(left.data, right.data, left.len) == 0, "not the other document");
	demand(lapse_json_equal(a, b), "equal bytes are not equal");
	lapse_buf_release(&left);
	lapse_buf_release(&right);
}

static void
demand_round_trip(const json_t *a, const json_t *b)
{
	json_t *patch, *made;

	demand(lapse_patch_make(&patch, a, b) == 0, "no patch");
	demand((json_array_size(patch) == 0) == lapse_json_equal(a, b), "an empty patch of different documents");
	demand(lapse_patch_apply(&made, a, patch) == 0, "the patch does not apply");
	demand_same(made, b);
	json_decref(made);
	json_decref(patch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *docs[3] = { NULL, NULL, NULL };
	const char *text = (const char *)data;
	json_t *out = NULL, *copy;

	for (int i = 0; i < 3; i++) {
		const char *end = size > 0 ? memchr(text, '\n', size) : NULL;
		size_t len = end != NULL ? (size_t)(end - text) : size;

		if (lapse_json_parse(&docs[i], text, len, NULL) < 0)
			goto out;
		text += len + (end != NULL);
		size -= len + (end != NULL);
	}
	demand_round_trip(docs[0], docs[1]);
	demand_round_trip(docs[1], docs[0]);
	copy = json_deep_copy(docs[0]);
	if (lapse_patch_apply(&out, docs[0], docs[2]) == 0)
		demand_round_trip(docs[0], out);
	else
		demand(out == NULL, "a failure that leaves something");
	demand_same(copy, docs[0]);
	json_decref(copy);
	json_decref(out);
out:
	for (int i = 0; i < 3; i++)
		json_decref(docs[i]);
	return 0;
}
