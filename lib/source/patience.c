#include "patience.h"

#define MOST INT64_C(60000)
#define FAR (INT64_C(1) << 32)	/* seconds; later than any budget allows */

/* From half of `ms` to all of it, by xorshift64. */
static int64_t
jitter(struct patience *patience, int64_t ms)
{
	patience->random ^= patience->random << 13;
	patience->random ^= patience->random >> 7;
	patience->random ^= patience->random << 17;
	return ms - (int64_t)(patience->random % (uint64_t)(ms / 2 + 1));
}

int64_t
patience_delay(struct patience *patience, int tries, int64_t after)
{
	int64_t ms = patience->delay < MOST ? patience->delay : MOST;

	while (--tries > 0 && ms < MOST)
		ms = ms * 2 < MOST ? ms * 2 : MOST;
	ms = jitter(patience, ms);
	after = (after < FAR ? after : FAR) * 1000;
	return after > ms ? after : ms;
}

bool
patience_spend(struct patience *patience, int64_t now, int64_t until)
{
	int64_t from = now > patience->waited_until ? now : patience->waited_until;
	int64_t more = until > from ? until - from : 0;

	if (patience->waited + more > patience->budget)
		return false;
	patience->waited += more;
	if (until > patience->waited_until)
		patience->waited_until = until;
	return true;
}
