#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <locale.h>

#include "unit/documents.h"

#include "lapse/buf.h"
#include "lapse/text.h"

/* The definition, by trying everything: how well a member matches, 0 not at all. */
static size_t
naive_match(const struct lapse_member *m, const char *address, struct lapse_instant t)
{
	const char *domain = strrchr(address, '@');
	size_t len, want;

	if ((lapse_time_is_set(m->from) && t.sec < m->from.sec) ||
	    (lapse_time_is_set(m->until) && t.sec >= m->until.sec))
		return 0;
	if (m->address != NULL)
		return lapse_ascii_casecmp(m->address, address) == 0 ? 1000000 : 0;
	if (domain == NULL)
		return 0;
	len = strlen(domain);
	want = strlen(m->domain);
	if (len < want + 1 || lapse_ascii_casecmp(domain + len - want, m->domain) != 0)
		return 0;
	return domain[len - want - 1] == '@' || domain[len - want - 1] == '.' ? want : 0;
}

static const struct lapse_party *
naive_claimant(const struct lapse_parties *p, const struct lapse_party *owner, const char *address,
    struct lapse_instant t)
{
	const struct lapse_party *best = NULL;
	size_t best_rank = 0;

	for (size_t i = 0; i < lapse_parties_count(p); i++) {
		const struct lapse_party *party = lapse_parties_at(p, i);

		for (size_t j = 0; j < party->nmembers; j++) {
			size_t rank = naive_match(&party->members[j], address, t);

			if (rank > 0 && party == owner)
				rank += 1000;
			if (rank > best_rank) {
				best = party;
				best_rank = rank;
			}
		}
	}
	return best;
}

/* Random below `n`, but the same in every run. */
static unsigned
next_random(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % n;
}

static void
add_random_party(struct lapse_buf *out, int id, unsigned *seed)
{
	static const char *const domains[] = { "a.x", "b.a.x", "c.b.a.x", "A.X", "x", "y.x" };
	static const char *const people[] = { "p@b.a.x", "P@a.x", "q@c.b.a.x", "login" };
	static const char *const dates[] = { "null", "'2024-01-02'", "'2024-01-03'", "'2024-01-04'" };

	lapse_buf_printf(out, "{'id':'p%d','role':'ca','members':[", id);
	for (int i = 0; i < 4; i++) {
		unsigned from = next_random(seed, 3), until = next_random(seed, 2) * (from + 1);

		lapse_buf_puts(out, i > 0 ? ",{" : "{");
		if (next_random(seed, 2) == 0)
			lapse_buf_printf(out, "'domain':'%s'", domains[next_random(seed, 6)]);
		else
			lapse_buf_printf(out, "'address':'%s'", people[next_random(seed, 4)]);
		lapse_buf_printf(out, ",'from':%s,'until':%s}", dates[from], dates[until]);
	}
	lapse_buf_puts(out, "]}");
}

static void
the_index_agrees_with_trying_every_member(void **state)
{
	static const char *const asked[] = {
		"p@b.a.x", "p@a.x", "Q@C.B.A.X", "z@z.y.x", "z@x", "z@ax", "login", "x", "r@d.c.b.a.x",
	};
	struct lapse_instant noon = at("2024-01-01T12:00:00Z");
	struct lapse_buf text;
	unsigned seed = 1;

	(void)state;
	lapse_buf_init(&text, LAPSE_BUF_DOCUMENT);
	for (int round = 0; round < 300; round++) {
		struct lapse_parties *p;

		lapse_buf_reset(&text);
		lapse_buf_puts(&text, "{'format':'lapse-parties-1','parties':[");
		for (int i = 0; i < 4; i++) {
			lapse_buf_puts(&text, i > 0 ? "," : "");
			add_random_party(&text, i, &seed);
		}
		lapse_buf_puts(&text, "]}");
		p = parties_of(quoted(text.data));
		for (size_t i = 0; i < COUNT(asked) * 4 * 5; i++) {
			const struct lapse_party *owner = i % 5 < 4 ? lapse_parties_at(p, i % 5) : NULL;
			struct lapse_instant t = { noon.sec + (int64_t)(i / 5 % 4) * 86400 };

			if (lapse_parties_claimant(p, owner, asked[i / 20], t) !=
			    naive_claimant(p, owner, asked[i / 20], t))
				fail_msg("%s at %zu in %s", asked[i / 20], i / 5 % 4, text.data);
		}
		lapse_parties_free(p);
	}
	lapse_buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_index_agrees_with_trying_every_member),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
