#include "party_private.h"

#include <string.h>

#include "doc.h"

#include "lapse/error.h"
#include "lapse/text.h"

/* Prefixes are compared each with each, and each with every summary. */
#define MAX_PREFIXES 4096

/* The longest name that the DNS can hold. */
#define MAX_DOMAIN 253

static int
read_role(enum lapse_role *out, const char *text)
{
	static const enum lapse_role roles[] = {
		LAPSE_ROLE_CA, LAPSE_ROLE_ROOT_PROGRAM,
		LAPSE_ROLE_COMMUNITY, LAPSE_ROLE_BOT
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(lapse_role_name(roles[i]), text) == 0) {
			*out = roles[i];
			return 0;
		}
	}
	return lapse_fail(LAPSE_EFORMAT, "unknown role '%s' (ca, root-program, community, bot)", text);
}

static int
check_place(const struct lapse_member *member)
{
	const char *address = member->address, *domain = member->domain;

	if (address == NULL && domain == NULL)
		return lapse_fail(LAPSE_EFORMAT,
		    "neither 'address' nor 'domain'");
	if (address != NULL && domain != NULL)
		return lapse_fail(LAPSE_EFORMAT, "both 'address' and 'domain'");
	if (address != NULL) {
		if (*address == '\0' || strpbrk(address, " \t\r\n") != NULL)
			return lapse_fail(LAPSE_EFORMAT,
			    "not an address: '%s'", address);
		return 0;
	}
	if (*domain == '\0' || strpbrk(domain, "@* \t\r\n") != NULL ||
	    *domain == '.' || domain[strlen(domain) - 1] == '.' ||
	    strstr(domain, "..") != NULL || strlen(domain) > MAX_DOMAIN)
		return lapse_fail(LAPSE_EFORMAT, "not a domain: '%s'", domain);
	return 0;
}

static int
read_member(struct lapse_member *out, struct lapse_arena *arena,
    const json_t *value)
{
	static const char *const keys[] = {
		"address", "domain", "from", "until", NULL
	};
	int rc = lapse_doc_check_keys(value, keys);

	if (rc == 0)
		rc = lapse_doc_text(&out->address, arena, value, "address");
	if (rc == 0)
		rc = lapse_doc_text(&out->domain, arena, value, "domain");
	if (rc == 0)
		rc = check_place(out);
	if (rc == 0)
		rc = lapse_doc_instant(&out->from, value, "from", false);
	if (rc == 0)
		rc = lapse_doc_instant(&out->until, value, "until", false);
	if (rc < 0)
		return rc;
	if (lapse_time_is_set(out->from) && lapse_time_is_set(out->until) &&
	    lapse_time_cmp(out->until, out->from) <= 0)
		return lapse_fail(LAPSE_EFORMAT, "'until' is not after 'from'");
	return 0;
}

static void
add_claim(struct lapse_parties *parties, const struct lapse_party *party,
    const struct lapse_member *member)
{
	struct lapse_claim *claim =
	    lapse_arena_alloc(&parties->arena, sizeof(*claim));
	size_t len;

	claim->party = party;
	claim->member = member;
	if (member->address != NULL) {
		lapse_lookup_add(&parties->addresses, member->address, claim);
		return;
	}
	lapse_lookup_add(&parties->domains, member->domain, claim);
	len = strlen(member->domain);
	if (len > parties->longest_domain)
		parties->longest_domain = len;
}

static int
read_members(struct lapse_parties *parties, struct lapse_party *party,
    const json_t *value)
{
	const json_t *list;
	int rc = lapse_doc_array(&list, value, "members");

	if (rc < 0)
		return rc;
	party->nmembers = json_array_size(list);
	party->members = lapse_arena_alloc(&parties->arena,
	    party->nmembers * sizeof(*party->members));
	for (size_t i = 0; i < party->nmembers; i++) {
		rc = read_member(&party->members[i], &parties->arena,
		    json_array_get(list, i));
		if (rc < 0)
			return lapse_context(rc, "member %zu", i + 1);
		add_claim(parties, party, &party->members[i]);
	}
	return 0;
}

static int
read_prefix(const char **out, struct lapse_arena *arena, const json_t *value)
{
	const char *text;
	int rc = lapse_doc_string(out, arena, value, "a summary prefix");

	if (rc < 0)
		return rc;
	text = *out;
	if (*text == '\0')
		return lapse_fail(LAPSE_EFORMAT, "a summary prefix is empty");
	if (strchr(" \t", *text) != NULL ||
	    strchr(" \t", text[strlen(text) - 1]) != NULL)
		return lapse_fail(LAPSE_EFORMAT, "the summary prefix '%s' "
		    "begins or ends with a blank", text);
	return 0;
}

static int
read_prefixes(struct lapse_parties *parties, struct lapse_party *party,
    const json_t *value)
{
	const json_t *list;
	int rc = lapse_doc_array(&list, value, "summary_prefixes");

	if (rc < 0)
		return rc;
	party->nprefixes = json_array_size(list);
	parties->nprefixes += party->nprefixes;
	if (parties->nprefixes > MAX_PREFIXES)
		return lapse_fail(LAPSE_ETOOBIG,
		    "more than %d summary prefixes", MAX_PREFIXES);
	party->prefixes = lapse_arena_alloc(&parties->arena,
	    party->nprefixes * sizeof(*party->prefixes));
	for (size_t i = 0; i < party->nprefixes; i++) {
		rc = read_prefix(&party->prefixes[i], &parties->arena,
		    json_array_get(list, i));
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
read_party(struct lapse_parties *parties, struct lapse_party *party,
    const json_t *value)
{
	static const char *const keys[] = {
		"id", "name", "role", "summary_prefixes", "members", NULL
	};
	const char *role;
	int rc = lapse_doc_check_keys(value, keys);

	if (rc == 0)
		rc = lapse_doc_need_text(&role, &parties->arena, value, "role");
	if (rc == 0)
		rc = read_role(&party->role, role);
	if (rc == 0)
		rc = lapse_doc_text(&party->name, &parties->arena, value,
		    "name");
	if (rc == 0)
		rc = read_prefixes(parties, party, value);
	if (rc == 0)
		rc = read_members(parties, party, value);
	if (party->name == NULL)
		party->name = party->id;
	return rc;
}

/* Do two prefixes match the same text? Then neither decides whose it is. */
static bool
is_same_prefix(const char *a, const char *b)
{
	return lapse_text_has_prefix(a, b) == strlen(a);
}

/* One party may give a prefix in several spellings, two parties may not. */
static int
check_prefix(const struct lapse_parties *parties, size_t party, size_t prefix)
{
	const struct lapse_party *mine = &parties->items[party];
	const char *text = mine->prefixes[prefix];

	for (size_t i = 0; i < prefix; i++) {
		if (strcmp(mine->prefixes[i], text) == 0)
			return lapse_fail(LAPSE_EFORMAT, "party '%s': the "
			    "summary prefix '%s' twice", mine->id, text);
	}
	for (size_t i = 0; i < party; i++) {
		const struct lapse_party *other = &parties->items[i];

		for (size_t j = 0; j < other->nprefixes; j++) {
			if (is_same_prefix(other->prefixes[j], text))
				return lapse_fail(LAPSE_EFORMAT, "party '%s': "
				    "the summary prefix '%s' is one of '%s' "
				    "too", mine->id, text, other->id);
		}
	}
	return 0;
}

static int
read_parties(struct lapse_parties *parties, const json_t *doc)
{
	const json_t *list, *value;
	int rc = lapse_doc_array(&list, doc, "parties");

	if (rc < 0)
		return rc;
	if (list == NULL)
		return lapse_fail(LAPSE_EFORMAT, "no 'parties'");
	parties->nitems = json_array_size(list);
	parties->items = lapse_arena_alloc(&parties->arena,
	    parties->nitems * sizeof(*parties->items));
	for (size_t i = 0; i < parties->nitems; i++) {
		struct lapse_party *party = &parties->items[i];

		value = json_array_get(list, i);
		rc = lapse_doc_need_id(&party->id, &parties->arena, value, "id");
		if (rc < 0)
			return lapse_context(rc, "party %zu", i + 1);
		lapse_lookup_add(&parties->ids, party->id, party);
		rc = read_party(parties, party, value);
		if (rc < 0)
			return lapse_context(rc, "party '%s'", party->id);
		for (size_t j = 0; rc == 0 && j < party->nprefixes; j++)
			rc = check_prefix(parties, i, j);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
by_first(const void *va, const void *vb)
{
	const struct lapse_start *a = va, *b = vb;

	return (a->first > b->first) - (a->first < b->first);
}

/* All prefixes, by the byte that a summary must begin with to match. */
static void
index_prefixes(struct lapse_parties *parties)
{
	size_t n = 0;

	parties->starts = lapse_arena_alloc(&parties->arena, parties->nprefixes * sizeof(*parties->starts));
	for (size_t i = 0; i < parties->nitems; i++) {
		for (size_t j = 0; j < parties->items[i].nprefixes; j++) {
			const char *prefix = parties->items[i].prefixes[j];

			parties->starts[n++] = (struct lapse_start){ lapse_start_of(prefix), prefix, &parties->items[i] };
		}
	}
	if (n > 1)
		qsort(parties->starts, n, sizeof(*parties->starts), by_first);
	for (size_t first = 0, at = 0; first <= LAPSE_START_OTHER + 1; first++) {
		while (at < n && parties->starts[at].first < first)
			at++;
		parties->begins[first] = at;
	}
}

static int
read_thread(struct lapse_parties *parties, const char *thread,
    const json_t *value)
{
	const char *colon = strchr(thread, ':');
	struct lapse_assignment *assignment;

	if (colon == NULL || colon == thread || colon[1] == '\0')
		return lapse_fail(LAPSE_EFORMAT, "not SOURCE:ID");
	if (!json_is_null(value) && !json_is_string(value))
		return lapse_fail(LAPSE_EFORMAT, "neither a party nor null");
	assignment = lapse_arena_alloc(&parties->arena, sizeof(*assignment));
	assignment->source = lapse_arena_dupn(&parties->arena, thread,
	    (size_t)(colon - thread));
	if (json_is_string(value)) {
		const char *id = json_string_value(value);

		assignment->party = lapse_parties_find(parties, id);
		if (assignment->party == NULL)
			return lapse_fail(LAPSE_EFORMAT,
			    "unknown party '%s'", id);
	}
	lapse_lookup_add(&parties->threads,
	    lapse_arena_dup(&parties->arena, colon + 1), assignment);
	return 0;
}

static int
read_threads(struct lapse_parties *parties, const json_t *doc)
{
	/* jansson's iterators want a json_t that is not const: nothing is written. */
	json_t *threads = json_object_get(doc, "threads");

	if (threads == NULL || json_is_null(threads))
		return 0;
	if (!json_is_object(threads))
		return lapse_fail(LAPSE_EFORMAT, "'threads' is not an object");
	for (void *it = json_object_iter(threads); it != NULL;
	    it = json_object_iter_next(threads, it)) {
		const char *thread = json_object_iter_key(it);
		int rc = 0;

		if (strcmp(thread, "note") != 0)
			rc = read_thread(parties, thread,
			    json_object_iter_value(it));
		if (rc < 0)
			return lapse_context(rc, "thread '%s'", thread);
	}
	return 0;
}

static int
read_document(struct lapse_parties *parties, const json_t *doc)
{
	static const char *const keys[] = {
		"format", "parties", "threads", NULL
	};
	const char *twice;
	int rc = lapse_doc_check_format(doc, "lapse-parties-1");

	if (rc == 0)
		rc = lapse_doc_check_keys(doc, keys);
	if (rc == 0)
		rc = read_parties(parties, doc);
	if (rc < 0)
		return rc;
	index_prefixes(parties);
	parties->memos = lapse_alloc(LAPSE_NMEMOS, sizeof(*parties->memos));
	lapse_lookup_sort(&parties->ids);
	lapse_lookup_sort(&parties->addresses);
	lapse_lookup_sort(&parties->domains);
	twice = lapse_lookup_twice(&parties->ids);
	if (twice != NULL)
		return lapse_fail(LAPSE_EFORMAT, "party '%s' twice", twice);
	rc = read_threads(parties, doc);
	lapse_lookup_sort(&parties->threads);
	return rc;
}

int
lapse_parties_parse(struct lapse_parties **out, const json_t *doc,
    const char *name)
{
	struct lapse_parties *parties = lapse_alloc(1, sizeof(*parties));
	int rc;

	lapse_arena_init(&parties->arena);
	rc = read_document(parties, doc);
	if (rc < 0) {
		lapse_parties_free(parties);
		parties = NULL;
	}
	*out = parties;
	return lapse_context(rc, "%s", name);
}
