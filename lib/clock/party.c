#include "party_private.h"

#include <stdlib.h>
#include <string.h>

#include "lapse/text.h"

const char *
lapse_side_name(enum lapse_side side)
{
	static const char *const names[] = {
		[LAPSE_SIDE_OWNER] = "owner",
		[LAPSE_SIDE_ROOT_PROGRAM] = "root-program",
		[LAPSE_SIDE_OTHER] = "other",
		[LAPSE_SIDE_BOT] = "bot",
		[LAPSE_SIDE_UNCLAIMED] = "unclaimed",
	};

	return names[side];
}

const char *
lapse_role_name(enum lapse_role role)
{
	static const char *const names[] = {
		[LAPSE_ROLE_CA] = "ca",
		[LAPSE_ROLE_ROOT_PROGRAM] = "root-program",
		[LAPSE_ROLE_COMMUNITY] = "community",
		[LAPSE_ROLE_BOT] = "bot",
	};

	return names[role];
}

void
lapse_parties_free(struct lapse_parties *parties)
{
	if (parties == NULL)
		return;
	lapse_lookup_release(&parties->ids);
	lapse_lookup_release(&parties->addresses);
	lapse_lookup_release(&parties->domains);
	lapse_lookup_release(&parties->threads);
	lapse_arena_release(&parties->arena);
	free(parties->memos);
	free(parties);
}

size_t
lapse_parties_count(const struct lapse_parties *parties)
{
	return parties->nitems;
}

const struct lapse_party *
lapse_parties_at(const struct lapse_parties *parties, size_t i)
{
	return &parties->items[i];
}

const struct lapse_party *
lapse_parties_find(const struct lapse_parties *parties, const char *id)
{
	const struct lapse_lookup_entry *e;

	for (e = lapse_lookup_find(&parties->ids, id); e != NULL;
	    e = lapse_lookup_next(&parties->ids, e)) {
		if (strcmp(e->name, id) == 0)
			return e->value;
	}
	return NULL;
}

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* "[tag] [other] CFCA: …" from the C on. */
static const char *
skip_tags(const char *summary)
{
	const char *text = skip_blanks(summary), *end;

	while (*text == '[') {
		end = strchr(text, ']');
		if (end == NULL)
			break;
		text = skip_blanks(end + 1);
	}
	return text;
}

unsigned char
lapse_start_of(const char *text)
{
	unsigned char c = (unsigned char)*text;

	if (c >= 'A' && c <= 'Z')
		return (unsigned char)(c + ('a' - 'A'));
	return c < LAPSE_START_OTHER ? c : LAPSE_START_OTHER;
}

/* The longest prefix so far. */
struct longest {
	const struct lapse_party *party;
	size_t len;
};

/* Two parties never have the same prefix: which comes first does not matter. */
static void
try_starts(struct longest *best, const struct lapse_parties *parties, const char *text, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++) {
		const struct lapse_start *start = &parties->starts[i];
		size_t len = lapse_text_has_prefix(text, start->prefix);

		if (len > best->len && *skip_blanks(text + len) == ':')
			*best = (struct longest){ start->party, len };
	}
}

static const struct lapse_party *
find_prefix(const struct lapse_parties *parties, const char *summary)
{
	const char *text = skip_tags(summary);
	unsigned char first = lapse_start_of(text);
	struct longest best = { 0 };

	if (strchr(text, ':') == NULL)
		return NULL;
	/* The case of letters beyond ASCII may lead into it and out of it: those are all tried. */
	if (first == LAPSE_START_OTHER) {
		try_starts(&best, parties, text, 0, parties->nprefixes);
	} else {
		try_starts(&best, parties, text, parties->begins[first], parties->begins[first + 1]);
		try_starts(&best, parties, text, parties->begins[LAPSE_START_OTHER], parties->nprefixes);
	}
	return best.party;
}

const struct lapse_party *
lapse_parties_owner(const struct lapse_parties *parties, const char *source,
    const char *id, const char *summary)
{
	const struct lapse_assignment *assignment;
	const struct lapse_lookup_entry *e;

	for (e = lapse_lookup_find(&parties->threads, id); e != NULL;
	    e = lapse_lookup_next(&parties->threads, e)) {
		assignment = e->value;
		if (strcmp(e->name, id) == 0 &&
		    strcmp(assignment->source, source) == 0)
			return assignment->party;
	}
	return summary != NULL ? find_prefix(parties, summary) : NULL;
}

/* Let the stance end where a bound of a membership lies. */
static void
narrow(struct lapse_stance *stance, struct lapse_instant bound, struct lapse_instant at)
{
	if (!lapse_time_is_set(bound))
		return;
	if (bound.sec <= at.sec) {
		if (!lapse_time_is_set(stance->from) || bound.sec > stance->from.sec)
			stance->from = bound;
	} else if (!lapse_time_is_set(stance->until) || bound.sec < stance->until.sec) {
		stance->until = bound;
	}
}

static bool
is_member_at(const struct lapse_member *member, struct lapse_instant at,
    struct lapse_stance *stance)
{
	narrow(stance, member->from, at);
	narrow(stance, member->until, at);
	if (lapse_time_is_set(member->from) && at.sec < member->from.sec)
		return false;
	return !lapse_time_is_set(member->until) || at.sec < member->until.sec;
}

/* The claim on a name at a time: the owner's, else the first in the file. */
static const struct lapse_party *
find_claim(const struct lapse_lookup *lookup, const struct lapse_party *owner,
    const char *name, struct lapse_instant at, struct lapse_stance *stance)
{
	const struct lapse_lookup_entry *e, *first = NULL;
	const struct lapse_claim *claim;

	for (e = lapse_lookup_find(lookup, name); e != NULL;
	    e = lapse_lookup_next(lookup, e)) {
		claim = e->value;
		if (!is_member_at(claim->member, at, stance))
			continue;
		if (claim->party == owner)
			return owner;
		if (first == NULL || e->order < first->order)
			first = e;
	}
	return first != NULL ?
	    ((const struct lapse_claim *)first->value)->party : NULL;
}

/* The claimant; the stance is narrowed by every membership that was looked at. */
static const struct lapse_party *
find_claimant(const struct lapse_parties *parties, const struct lapse_party *owner,
    const char *address, struct lapse_instant at, struct lapse_stance *stance)
{
	const struct lapse_party *party, *best;
	const char *domain, *end = address + strlen(address);

	best = find_claim(&parties->addresses, owner, address, at, stance);
	if (best != NULL)
		return best;
	/* From the whole domain up, so that the first found is the longest. */
	domain = strrchr(address, '@');
	for (; domain != NULL; domain = strchr(domain, '.')) {
		domain++;
		if (end - domain > (ptrdiff_t)parties->longest_domain)
			continue;
		party = find_claim(&parties->domains, owner, domain, at, stance);
		if (party != NULL && party == owner)
			return owner;
		if (best == NULL)
			best = party;
	}
	return best;
}

const struct lapse_party *
lapse_parties_claimant(const struct lapse_parties *parties,
    const struct lapse_party *owner, const char *address,
    struct lapse_instant at)
{
	struct lapse_stance stance = { .from = LAPSE_NEVER, .until = LAPSE_NEVER };

	return find_claimant(parties, owner, address, at, &stance);
}

static enum lapse_side
side_of(const struct lapse_party *party, const struct lapse_party *owner)
{
	if (party == NULL)
		return LAPSE_SIDE_UNCLAIMED;
	if (party == owner)
		return LAPSE_SIDE_OWNER;
	if (party->role == LAPSE_ROLE_ROOT_PROGRAM)
		return LAPSE_SIDE_ROOT_PROGRAM;
	if (party->role == LAPSE_ROLE_BOT)
		return LAPSE_SIDE_BOT;
	return LAPSE_SIDE_OTHER;
}

bool
lapse_stance_holds(const struct lapse_stance *stance, struct lapse_instant at)
{
	return (!lapse_time_is_set(stance->from) || stance->from.sec <= at.sec) &&
	    (!lapse_time_is_set(stance->until) || at.sec < stance->until.sec);
}

static struct lapse_memo *
memo_of(const struct lapse_parties *parties, const struct lapse_party *owner, const char *address, size_t len)
{
	uint64_t hash = (uint64_t)(uintptr_t)owner;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)address[i]) * UINT64_C(0x100000001b3);
	return &parties->memos[(hash * UINT64_C(0x9e3779b97f4a7c15) >> 40) % LAPSE_NMEMOS];
}

struct lapse_stance
lapse_parties_stance(const struct lapse_parties *parties,
    const struct lapse_party *owner, const char *address,
    struct lapse_instant at)
{
	struct lapse_stance stance = { .from = LAPSE_NEVER, .until = LAPSE_NEVER };
	size_t len = strlen(address);
	struct lapse_memo *memo = len > 0 && len < sizeof(memo->address) ? memo_of(parties, owner, address, len) : NULL;

	if (memo != NULL && memo->owner == owner && memcmp(memo->address, address, len + 1) == 0 &&
	    lapse_stance_holds(&memo->stance, at))
		return memo->stance;
	stance.side = side_of(find_claimant(parties, owner, address, at, &stance), owner);
	if (memo != NULL) {
		memo->owner = owner;
		memo->stance = stance;
		memcpy(memo->address, address, len + 1);
	}
	return stance;
}

enum lapse_side
lapse_parties_side(const struct lapse_parties *parties,
    const struct lapse_party *owner, const char *address,
    struct lapse_instant at)
{
	return lapse_parties_stance(parties, owner, address, at).side;
}
