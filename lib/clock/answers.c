/* Where no rule puts a duty on anybody: who was answered, and when. */
#include "bench.h"

bool
lapse_policy_is_about(const struct lapse_policy *policy, const struct lapse_thread *thread)
{
	for (size_t i = 0; i < lapse_policy_count(policy); i++)
		if (lapse_rule_is_about(lapse_policy_at(policy, i), thread->source, thread->is_mail))
			return true;
	return false;
}

int
lapse_answers_each(const struct lapse_thread *thread, const struct lapse_party *owner, const struct lapse_parties *parties,
    int (*fn)(const struct lapse_answer_gap *gap, void *payload), void *payload)
{
	struct lapse_obligations list;
	struct bench b = { .thread = thread, .owner = owner, .parties = parties, .list = &list };
	int rc = 0;

	lapse_obligations_init(&list);
	lapse_bench_posts(&b);
	for (size_t i = 0; rc == 0 && i < thread->nposts; i++) {
		size_t answer = b.posts.owners[i + 1];

		if (lapse_bench_wants_answer(&b, i))
			rc = fn(&(struct lapse_answer_gap){ &thread->posts[i],
			    answer < thread->nposts ? &thread->posts[answer] : NULL }, payload);
	}
	lapse_obligations_release(&list);
	return rc;
}
