#include "lapse/align.h"

#include <stdint.h>
#include <stdlib.h>

#include "lapse/alloc.h"

/* The most pairs of items that are looked at in the middle: beyond that it would take too long. */
#define PAIRS_MAX ((size_t)1 << 18)

/* The part of both sequences that neither begins nor ends alike. */
struct middle {
	size_t first;		/* in both */
	size_t na, nb;
	bool (*same)(size_t i, size_t j, const void *payload);
	const void *payload;
};

/*
 * lengths[i * (nb + 1) + j]: the most matches of the items of a from i on with those of b from j on. The counts
 * fit: PAIRS_MAX leaves the shorter side at most 2^9 items.
 */
static uint16_t *
count_matches(const struct middle *m)
{
	size_t width = m->nb + 1;
	uint16_t *lengths = lapse_alloc((m->na + 1) * width, sizeof(*lengths));

	for (size_t i = m->na; i-- > 0; ) {
		for (size_t j = m->nb; j-- > 0; ) {
			uint16_t down = lengths[(i + 1) * width + j], right = lengths[i * width + j + 1];

			if (m->same(m->first + i, m->first + j, m->payload))
				lengths[i * width + j] = (uint16_t)(lengths[(i + 1) * width + j + 1] + 1);
			else
				lengths[i * width + j] = down > right ? down : right;
		}
	}
	return lengths;
}

static void
match_middle(size_t *out, const struct middle *m)
{
	size_t i = 0, j = 0, width = m->nb + 1;
	uint16_t *lengths;

	if (m->na == 0 || m->nb == 0 || m->na > PAIRS_MAX / m->nb)
		return;
	lengths = count_matches(m);
	while (i < m->na && j < m->nb) {
		if (m->same(m->first + i, m->first + j, m->payload))
			out[m->first + i++] = m->first + j++;
		else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])
			i++;
		else
			j++;
	}
	free(lengths);
}

void
lapse_align(size_t *out, size_t na, size_t nb, bool (*same)(size_t i, size_t j, const void *payload),
    const void *payload)
{
	struct middle m = { .same = same, .payload = payload };
	size_t shorter = na < nb ? na : nb, last = 0;

	while (m.first < shorter && same(m.first, m.first, payload)) {
		out[m.first] = m.first;
		m.first++;
	}
	while (last < shorter - m.first && same(na - 1 - last, nb - 1 - last, payload)) {
		out[na - 1 - last] = nb - 1 - last;
		last++;
	}
	m.na = na - m.first - last;
	m.nb = nb - m.first - last;
	for (size_t i = 0; i < m.na; i++)
		out[m.first + i] = LAPSE_ALIGN_NONE;
	match_middle(out, &m);
}
