/*
 * The reference's own reading of the parties file, and when something is due.
 */
#include "brute.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Mail addresses are the same whatever their case. */
static bool
same_address(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

/*
 * Who is who
 */

const struct lapse_party *
brute_owner(const struct brute_world *world, const char *source, const char *id, const char *summary)
{
	const struct lapse_party *best = NULL;
	size_t best_len = 0;
	const char *rest;
	char name[128];
	size_t i, j, k, len;

	name[0] = '\0';
	strcat(strcat(strcat(name, source), ":"), id);
	for (i = 0; i < world->nentries; i++) {
		if (strcmp(world->entries[i].thread, name) != 0)
			continue;
		for (j = 0; j < world->nparties; j++)
			if (world->entries[i].party != NULL &&
			    strcmp(world->parties[j].id, world->entries[i].party) == 0)
				return &world->parties[j];
		return NULL;
	}
	if (summary == NULL)
		return NULL;
	for (;;) {
		while (*summary == ' ')
			summary++;
		if (*summary != '[' || strchr(summary, ']') == NULL)
			break;
		summary = strchr(summary, ']') + 1;
	}
	for (i = 0; i < world->nparties; i++) {
		for (j = 0; j < world->parties[i].nprefixes; j++) {
			const char *prefix = world->parties[i].prefixes[j];

			len = strlen(prefix);
			for (k = 0; k < len && lower(prefix[k]) == lower(summary[k]); k++)
				;
			if (k < len)
				continue;
			for (rest = summary + len; *rest == ' '; rest++)
				;
			if (*rest == ':' && len > best_len) {
				best_len = len;
				best = &world->parties[i];
			}
		}
	}
	return best;
}

/* Does a membership hold at a second, and cover the address? The length of the domain, or 1000 for an address. */
static size_t
member_claims(const struct lapse_member *member, const char *address, int64_t at)
{
	const char *host = strrchr(address, '@');
	const char *p;

	if (member->from.sec != BRUTE_NEVER && at < member->from.sec)
		return 0;
	if (member->until.sec != BRUTE_NEVER && at >= member->until.sec)
		return 0;
	if (member->address != NULL)
		return same_address(member->address, address) ? 1000 : 0;
	if (host == NULL)
		return 0;
	/* The host itself, then what follows each of its dots. */
	for (p = host; p != NULL; p = strchr(p + 1, '.'))
		if (same_address(p + 1, member->domain))
			return strlen(member->domain);
	return 0;
}

static const struct lapse_party *
claimant(const struct brute_world *world, const struct lapse_party *owner, const char *address, int64_t at)
{
	const struct lapse_party *by_address = NULL, *by_domain = NULL;
	bool owner_by_address = false, owner_by_domain = false;
	size_t longest = 0;
	size_t i, j, claim;

	for (i = 0; i < world->nparties; i++) {
		const struct lapse_party *party = &world->parties[i];

		for (j = 0; j < party->nmembers; j++) {
			claim = member_claims(&party->members[j], address, at);
			if (claim == 1000 && by_address == NULL)
				by_address = party;
			if (claim == 1000 && party == owner)
				owner_by_address = true;
			if (claim != 0 && claim < 1000 && party == owner)
				owner_by_domain = true;
			if (claim != 0 && claim < 1000 && claim > longest) {
				longest = claim;
				by_domain = party;
			}
		}
	}
	if (owner_by_address)
		return owner;
	if (by_address != NULL)
		return by_address;
	if (owner_by_domain)
		return owner;
	return by_domain;
}

enum lapse_side
brute_side(const struct brute_world *world, const struct lapse_party *owner, const char *address, int64_t at)
{
	const struct lapse_party *who = claimant(world, owner, address, at);

	if (who == NULL)
		return LAPSE_SIDE_UNCLAIMED;
	if (who == owner)
		return LAPSE_SIDE_OWNER;
	if (who->role == LAPSE_ROLE_ROOT_PROGRAM)
		return LAPSE_SIDE_ROOT_PROGRAM;
	if (who->role == LAPSE_ROLE_BOT)
		return LAPSE_SIDE_BOT;
	return LAPSE_SIDE_OTHER;
}

/*
 * When something is due
 */

/* The civil day in the zone of TZ, counted on from 1970-01-01 year by year. */
static int32_t
local_day(int64_t t)
{
	time_t when = (time_t)t;
	int32_t days = 0;
	struct tm tm;
	int year;

	localtime_r(&when, &tm);
	for (year = 1970; year < tm.tm_year + 1900; year++)
		days += is_leap(year) ? 366 : 365;
	return days + tm.tm_yday;
}

/*
 * The last second at which the calendar in the zone of TZ shows `day` or an
 * earlier one: quarter hours first, from well before to well after, then the
 * seconds of the quarter hour found.
 */
static int64_t
walk_to_end_of_day(int32_t day)
{
	int64_t start = ((int64_t)day - 2) * BRUTE_DAY;
	int64_t quarter = start, last;
	int64_t t;

	for (t = start; t <= start + 5 * (int64_t)BRUTE_DAY; t += 900)
		if (local_day(t) <= day)
			quarter = t;
	last = quarter;
	for (t = quarter; t < quarter + 900; t++)
		if (local_day(t) <= day)
			last = t;
	return last;
}

/* The walk is slow and days come again: remember. */
static int64_t
end_of_day(const char *zone, int32_t day)
{
	static struct {
		const char *zone;
		int32_t day;
		int64_t end;
	} seen[8192];
	size_t i = ((size_t)day * 31 + strlen(zone) * 977 + (size_t)zone[0]) % 8192;

	if (seen[i].zone == NULL || strcmp(seen[i].zone, zone) != 0 || seen[i].day != day) {
		seen[i].zone = zone;
		seen[i].day = day;
		seen[i].end = walk_to_end_of_day(day);
	}
	return seen[i].end;
}

int64_t
brute_due(const struct brute_rule *rule, int64_t x)
{
	if (rule->rule.count == LAPSE_COUNT_ELAPSED)
		return x + rule->rule.limit.days * BRUTE_DAY + rule->rule.limit.sec;
	setenv("TZ", rule->zone, 1);
	tzset();
	return end_of_day(rule->zone, local_day(x) + (int32_t)rule->rule.limit.days);
}
