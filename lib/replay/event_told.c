#include "event_told.h"

#include <stdlib.h>

#include "history.h"

#include "lapse/codec.h"
#include "lapse/error.h"

int
lapse_told_cmp(const struct lapse_change *a, const struct lapse_change *b)
{
	int order = lapse_time_cmp(a->at, b->at);

	return order != 0 ? order : lapse_change_cmp(a, b);
}

static int
by_what(const void *va, const void *vb)
{
	const struct lapse_change *a = *(const struct lapse_change *const *)va;
	const struct lapse_change *b = *(const struct lapse_change *const *)vb;
	int order = lapse_told_cmp(a, b);

	/* Of one history: in its order. */
	return order != 0 ? order : a < b ? -1 : a > b;
}

static int
read_told(struct told *out, struct dossier *r, struct take *take)
{
	struct lapse_change *changes;
	int rc = lapse_dossier_read(r, take);

	out->take = take;
	if (rc == 0)
		rc = lapse_context(lapse_codec_changes(&changes, &out->nentries, r->arena, take->doc), "%s", take->path);
	if (rc < 0)
		return rc;
	out->entries = lapse_arena_alloc(r->arena, out->nentries * sizeof(*out->entries));
	for (size_t i = 0; i < out->nentries; i++)
		out->entries[i] = &changes[i];
	if (out->nentries > 1)
		qsort(out->entries, out->nentries, sizeof(*out->entries), by_what);
	return 0;
}

int
lapse_told_read(struct told **out, size_t *nout, struct dossier *r)
{
	struct take *takes = lapse_dossier_takes(nout, r, LAPSE_FILE_CHANGES);
	int rc = 0;

	*out = lapse_arena_alloc(r->arena, *nout * sizeof(**out));
	for (size_t i = 0; rc == 0 && i < *nout; i++)
		rc = read_told(&(*out)[i], r, &takes[i]);
	return rc;
}

void
lapse_told_compare(const struct told *before, const struct told *after,
    void (*fn)(const struct lapse_change *before, const struct lapse_change *after, void *payload), void *payload)
{
	size_t i = 0, j = 0;

	while (i < before->nentries || j < after->nentries) {
		int order = i == before->nentries ? 1 : j == after->nentries ? -1 :
		    lapse_told_cmp(before->entries[i], after->entries[j]);

		fn(order <= 0 ? before->entries[i] : NULL, order >= 0 ? after->entries[j] : NULL, payload);
		i += order <= 0;
		j += order >= 0;
	}
}
