/*
 * A parties document, and then the lookups in it: each answer is one of its
 * parties, a member's own address is claimed, and a side follows its claim.
 */
#include "fuzz.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "lapse/json.h"
#include "lapse/party.h"

static bool
is_one_of(const struct lapse_parties *parties, const struct lapse_party *party)
{
	size_t n = lapse_parties_count(parties);

	return party == NULL || (n > 0 && party >= lapse_parties_at(parties, 0) &&
	    party <= lapse_parties_at(parties, n - 1));
}

static void
look_up(const struct lapse_parties *parties, const struct lapse_party *owner,
    const char *address, struct lapse_instant at)
{
	const struct lapse_party *claimant =
	    lapse_parties_claimant(parties, owner, address, at);
	enum lapse_side side = lapse_parties_side(parties, owner, address, at);

	demand(is_one_of(parties, claimant), "a claimant from elsewhere");
	demand((claimant == NULL) == (side == LAPSE_SIDE_UNCLAIMED),
	    "a side without its claim");
	demand((claimant != NULL && claimant == owner) ==
	    (side == LAPSE_SIDE_OWNER), "an owner on another side");
}

/* A member claims its address from its first second to before its last. */
static void
try_member(const struct lapse_parties *parties,
    const struct lapse_party *party, const struct lapse_member *member)
{
	struct lapse_instant at = { 1715160600 };

	if (lapse_time_is_set(member->from))
		at = member->from;
	else if (lapse_time_is_set(member->until))
		at.sec = member->until.sec - 1;
	if (member->domain != NULL) {
		char address[300];

		snprintf(address, sizeof(address), "who@sub.%s", member->domain);
		look_up(parties, party, address, at);
		demand(lapse_parties_claimant(parties, party, address, at) !=
		    NULL, "a domain that its member does not claim");
		look_up(parties, party, member->domain, at);
		return;
	}
	demand(lapse_parties_claimant(parties, party, member->address, at) ==
	    party, "an address that its member does not claim");
	look_up(parties, NULL, member->address, at);
}

static void
try_party(const struct lapse_parties *parties, const struct lapse_party *party)
{
	const struct lapse_party *owner;
	struct lapse_buf summary;

	demand(lapse_parties_find(parties, party->id) == party, "a lost id");
	demand(lapse_role_name(party->role) != NULL, "a role without a name");
	lapse_buf_init(&summary, LAPSE_BUF_DOCUMENT);
	for (size_t i = 0; i < party->nprefixes; i++) {
		lapse_buf_reset(&summary);
		lapse_buf_printf(&summary, "[tag] %s : x", party->prefixes[i]);
		owner = lapse_parties_owner(parties, "bmo", "1", summary.data);
		demand(is_one_of(parties, owner), "an owner from elsewhere");
		lapse_parties_owner(parties, party->id, party->prefixes[i],
		    party->name);
	}
	lapse_buf_release(&summary);
	for (size_t i = 0; i < party->nmembers; i++)
		try_member(parties, party, &party->members[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_parties *parties;
	json_t *doc;

	setlocale(LC_CTYPE, "C.UTF-8");
	if (lapse_json_parse(&doc, (const char *)data, size, "input") < 0)
		return 0;
	if (lapse_parties_parse(&parties, doc, "input") == 0) {
		json_decref(doc);
		doc = NULL;
		for (size_t i = 0; i < lapse_parties_count(parties); i++)
			try_party(parties, lapse_parties_at(parties, i));
	}
	json_decref(doc);
	lapse_parties_free(parties);
	return 0;
}
