/* Who answers whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "threads.h"

#include "lapse/error.h"

/* ---- answers given by hand ---- */

struct row {
	const char *at, *id, *references;	/* references with blanks between them */
	const char *parent, *root;		/* Message-IDs; no parent: "" */
};

static const char *const *
split(size_t *n_out, const char *text)
{
	const char **words = lapse_arena_alloc(&arena, (strlen(text) / 2 + 1) * sizeof(*words));
	char *rest = lapse_arena_dup(&arena, text);

	*n_out = 0;
	for (char *word = strtok(rest, " "); word != NULL; word = strtok(NULL, " "))
		words[(*n_out)++] = word;
	return words;
}

static void
add_row(struct lapse_nodes *nodes, const struct row *row, const char *tie)
{
	struct lapse_node node = { .message_id = row->id, .at = LAPSE_NEVER, .tie = tie };

	node.references = split(&node.nreferences, row->references);
	if (row->at != NULL)
		assert_int_equal(lapse_time_parse(&node.at, row->at), 0);
	nodes->items = lapse_grow(nodes->items, nodes->nitems, &nodes->cap, sizeof(node));
	nodes->items[nodes->nitems++] = node;
}

static void
check_row(const struct lapse_nodes *nodes, size_t i, const struct row *row)
{
	const struct lapse_node *node = &nodes->items[i];

	assert_string_equal(node->parent != LAPSE_NO_NODE ? nodes->items[node->parent].message_id : "", row->parent);
	assert_string_equal(nodes->items[node->root].message_id, row->root);
}

/* The rows' answers, with the messages given in their order, and the other way round. Returns how many ghosts there are. */
static size_t
check_rows(const struct row *rows, size_t nrows)
{
	size_t nghosts = 0;

	for (int backwards = 0; backwards < 2; backwards++) {
		struct lapse_nodes nodes = { 0 };

		for (size_t i = 0; i < nrows; i++)
			add_row(&nodes, &rows[backwards ? nrows - 1 - i : i], NULL);
		assert_int_equal(lapse_threading(&nodes), 0);
		for (size_t i = 0; i < nrows; i++)
			check_row(&nodes, i, &rows[backwards ? nrows - 1 - i : i]);
		assert_null(fault_of_threads(&nodes, nrows));
		nghosts = nodes.nitems - nrows;
		lapse_nodes_release(&nodes);
	}
	return nghosts;
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void
no_messages_make_no_threads(void **state)
{
	struct lapse_nodes nodes = { 0 };

	(void)state;
	assert_int_equal(lapse_threading(&nodes), 0);
	assert_int_equal(nodes.nitems, 0);
	lapse_nodes_release(&nodes);
}

static void
an_answer_stands_below_the_last_of_its_references(void **state)
{
	static const struct row rows[] = {
		{ "2016-06-17T00:00:00Z", "a", "", "", "a" },
		{ "2016-06-17T01:00:00Z", "b", "a", "a", "a" },
		{ "2016-06-17T02:00:00Z", "c", "a b", "b", "a" },
		{ "2016-06-17T03:00:00Z", "d", "a", "a", "a" },
		{ "2016-06-17T04:00:00Z", "B", "", "", "B" },
	};

	(void)state;
	assert_int_equal(CHECK_ROWS(rows), 0);
}

/* A message whose parent nobody has, whose ghost others have placed; and a ticket's number that all its mails name. */
static void
parents_never_seen_are_ghosts(void **state)
{
	static const struct row rows[] = {
		{ "2016-06-19T16:26:26Z", "87bmc6lp3h.fsf@len", "", "RT-Ticket-33575@x", "RT-Ticket-33575@x" },
		{ "2016-06-19T16:26:36Z", "rt-211-0@x", "RT-Ticket-33575@x 87bmc6lp3h.fsf@len", "87bmc6lp3h.fsf@len", "RT-Ticket-33575@x" },
		{ "2016-06-26T12:44:24Z", "rt-215-0@x", "RT-Ticket-33575@x", "RT-Ticket-33575@x", "RT-Ticket-33575@x" },
		{ "2016-06-17T02:14:41Z", "000-real-root@x", "", "", "000-real-root@x" },
		{ "2016-06-17T02:14:41Z", "001-fake-message-root@x", "000-real-root@x 001-child@x nonexistent-message@x",
		    "nonexistent-message@x", "000-real-root@x" },
		{ "2016-06-18T02:14:41Z", "001-child@x", "000-real-root@x", "000-real-root@x", "000-real-root@x" },
		{ "2016-06-18T02:24:41Z", "001-grand-child@x", "000-real-root@x 001-child@x", "001-child@x", "000-real-root@x" },
		{ "2016-06-18T02:34:41Z", "001-grand-child2@x", "000-real-root@x 001-child@x", "001-child@x", "000-real-root@x" },
		{ "2016-06-18T02:44:41Z", "001-great-grand-child@x", "000-real-root@x 001-grand-child@x", "001-grand-child@x",
		    "000-real-root@x" },
	};

	(void)state;
	assert_int_equal(CHECK_ROWS(rows), 2);
}

/* References in the wrong order, and an In-Reply-To that they do not have: what is last counts. */
static void
the_last_reference_counts_also_where_others_would_be_better(void **state)
{
	static const struct row rows[] = {
		{ "2016-06-17T02:14:41Z", "B00-root@x", "", "B00--root@x", "B00--root@x" },
		{ "2016-06-18T02:14:41Z", "B01-child@x", "B00--root@x B00-root@x", "B00-root@x", "B00--root@x" },
		{ "2016-06-18T02:24:41Z", "B01-grand-child@x", "B01-child@x B00-root@x", "B00-root@x", "B00--root@x" },
	};

	(void)state;
	assert_int_equal(CHECK_ROWS(rows), 1);
}

static void
a_loop_is_broken_at_its_latest_message(void **state)
{
	static const struct row two[] = {
		{ "2016-06-17T02:14:41Z", "mid-loop-12@x", "mid-loop-21@x", "mid-loop-21@x", "mid-loop-21@x" },
		{ "2016-06-18T02:14:41Z", "mid-loop-21@x", "mid-loop-12@x", "", "mid-loop-21@x" },
	};
	static const struct row three[] = {
		{ "2016-06-17T00:00:00Z", "b", "c", "c", "a" },
		{ "2016-06-17T00:00:01Z", "c", "a", "a", "a" },
		{ "2016-06-17T00:00:02Z", "a", "b", "", "a" },
	};

	(void)state;
	assert_int_equal(CHECK_ROWS(two), 0);
	assert_int_equal(CHECK_ROWS(three), 0);
}

static void
what_a_message_says_of_itself_goes_before_what_others_say(void **state)
{
	static const struct row rows[] = {
		{ "2016-06-17T00:00:00Z", "early", "x b a", "a", "a" },		/* b below x, a below b */
		{ "2016-06-17T00:00:01Z", "b", "a", "a", "a" },
		{ "2016-06-17T00:00:02Z", "late", "b y", "y", "a" },
		{ "2016-06-17T00:00:03Z", "later", "z y", "y", "a" },		/* too late: y is below b */
	};

	(void)state;
	assert_int_equal(CHECK_ROWS(rows), 2);
}

static void
references_to_oneself_repeated_or_empty_do_not_count(void **state)
{
	static const char *const references[] = { "", "a", "b", "", "b", "a", "c", "" };
	struct lapse_nodes nodes = { lapse_alloc(1, sizeof(struct lapse_node)), 1, 1 };

	(void)state;
	nodes.items[0] = (struct lapse_node){ .message_id = "c", .references = references, .nreferences = 8 };
	assert_int_equal(lapse_threading(&nodes), 0);
	assert_int_equal(nodes.nitems, 3);
	assert_string_equal(nodes.items[nodes.items[0].parent].message_id, "b");
	assert_string_equal(nodes.items[nodes.items[0].root].message_id, "a");
	lapse_nodes_release(&nodes);
}

static void
messages_without_a_time_come_last(void **state)
{
	static const struct row rows[] = {
		{ NULL, "x", "p c", "c", "q" },
		{ "2016-06-17T00:00:00Z", "y", "q c", "c", "q" },
		{ NULL, "c", "", "q", "q" },
	};

	(void)state;
	assert_int_equal(CHECK_ROWS(rows), 1);
}

static void
messages_with_one_id_stand_side_by_side(void **state)
{
	static const struct row rows[] = {
		{ "2016-06-17T00:00:00Z", "root", "", "", "root" },
		{ "2016-06-17T00:00:01Z", "again", "root", "root", "root" },
		{ "2016-06-17T00:00:02Z", "again", "elsewhere", "root", "root" },
		{ NULL, "again", "", "root", "root" },
		{ "2016-06-17T00:00:03Z", "root", "elsewhere", "", "root" },
		{ "2016-06-17T00:00:04Z", "child", "again", "again", "root" },
	};
	struct lapse_nodes nodes = { 0 };

	(void)state;
	assert_int_equal(CHECK_ROWS(rows), 0);
	for (size_t i = sizeof(rows) / sizeof(rows[0]); i > 0; i--)
		add_row(&nodes, &rows[i - 1], NULL);
	assert_int_equal(lapse_threading(&nodes), 0);
	assert_int_equal(nodes.items[0].parent, 4);	/* of the four: the earliest one */
	assert_int_equal(nodes.items[1].root, 5);
	lapse_nodes_release(&nodes);
}

static void
ties_decide_between_messages_of_one_id_and_time(void **state)
{
	static const struct row twin = { "2016-06-17T00:00:00Z", "twin", "", "", "twin" }, other = { "2016-06-17T00:00:00Z",
	    "twin", "p", "", "twin" }, child = { "2016-06-17T00:00:00Z", "child", "twin", "twin", "twin" };
	struct lapse_nodes nodes = { 0 };

	(void)state;
	add_row(&nodes, &other, "b");
	add_row(&nodes, &child, NULL);
	add_row(&nodes, &twin, "a");
	assert_int_equal(lapse_threading(&nodes), 0);
	assert_int_equal(nodes.nitems, 3);
	assert_int_equal(nodes.items[1].parent, 2);
	assert_int_equal(nodes.items[0].root, 2);
	assert_int_equal(nodes.items[0].parent, LAPSE_NO_NODE);
	lapse_nodes_release(&nodes);
}

static void
references_decide_where_there_are_no_ties(void **state)
{
	static const struct row rows[] = {
		{ "2016-06-17T00:00:00Z", "twin", "q", "p", "p" },
		{ "2016-06-17T00:00:00Z", "twin", "p", "p", "p" },
		{ "2016-06-17T00:00:00Z", "twin", "a b", "p", "p" },
	};

	(void)state;
	assert_int_equal(CHECK_ROWS(rows), 1);
}

static void
too_many_references_are_refused_before_they_are_read(void **state)
{
	struct lapse_node node = { .message_id = "a", .nreferences = SIZE_MAX };
	struct lapse_nodes nodes = { &node, 1, 1 };

	(void)state;
	assert_int_equal(lapse_threading(&nodes), LAPSE_ETOOBIG);
	assert_string_equal(lapse_error(), "threads of more than 4294967294 Message-IDs");
	node.nreferences = UINT32_MAX - 1;
	assert_int_equal(lapse_threading(&nodes), LAPSE_ETOOBIG);
	assert_int_equal(nodes.nitems, 1);
}

/* ---- small inputs by chance ---- */

#define MESSAGES_MAX 9
#define REFERENCES_MAX 5
#define NIDS 8

static const char *const names[NIDS] = { "a", "b", "c", "d", "e", "f", "g", "h" };
static const char *const ties[MESSAGES_MAX] = { "0", "1", "2", "3", "4", "5", "6", "7", "8" };

/* Messages with names by number, and the parents of names that a slow way finds: -1 none. */
struct sample {
	size_t nmessages;
	struct lapse_node messages[MESSAGES_MAX];
	const char *references[MESSAGES_MAX][REFERENCES_MAX];
	int parents[NIDS];
	bool refused;		/* a link was, for a loop */
};

static uint32_t
chance(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % below;
}

static void
make_sample(struct sample *s, uint64_t *seed)
{
	uint32_t nids = 1 + chance(seed, NIDS);

	memset(s, 0, sizeof(*s));
	s->nmessages = chance(seed, MESSAGES_MAX + 1);
	for (size_t i = 0; i < s->nmessages; i++) {
		struct lapse_node *message = &s->messages[i];

		message->message_id = names[chance(seed, nids)];
		message->references = s->references[i];
		message->nreferences = chance(seed, REFERENCES_MAX + 1);
		message->at.sec = chance(seed, 4);
		if (message->at.sec == 3)
			message->at = LAPSE_NEVER;
		message->tie = ties[i];
		for (size_t k = 0; k < message->nreferences; k++)
			s->references[i][k] = names[chance(seed, nids)];
	}
}

static int
name_of(const char *text)
{
	return text[0] - 'a';
}

static bool
is_above(const struct sample *s, int above, int name)
{
	for (; name >= 0; name = s->parents[name])
		if (name == above)
			return true;
	return false;
}

/* Of those not taken yet, the first. Samples are in the order of their ties; no time is the last one when it is unsigned. */
static size_t
next_in_order(const struct sample *s, const bool *taken)
{
	size_t best = s->nmessages;

	for (size_t i = 0; i < s->nmessages; i++) {
		const struct lapse_node *a = &s->messages[i], *b = best < s->nmessages ? &s->messages[best] : NULL;
		uint64_t time_a = (uint64_t)a->at.sec, time_b = b != NULL ? (uint64_t)b->at.sec : 0;

		if (!taken[i] && (b == NULL || time_a < time_b || (time_a == time_b && name_of(a->message_id) < name_of(b->message_id))))
			best = i;
	}
	return best;
}

/* The messages that count, in order: the first of each name. */
static size_t
firsts_of(const struct sample *s, size_t out[MESSAGES_MAX])
{
	bool taken[MESSAGES_MAX] = { false }, has[NIDS] = { false };
	size_t n = 0;

	for (size_t i = 0; i < s->nmessages; i++) {
		size_t next = next_in_order(s, taken);
		int name = name_of(s->messages[next].message_id);

		taken[next] = true;
		if (!has[name])
			out[n++] = next;
		has[name] = true;
	}
	return n;
}

/* A message's references that count. */
static size_t
references_of(const struct sample *s, size_t which, int out[REFERENCES_MAX])
{
	bool has[NIDS] = { false };
	size_t n = 0;

	has[name_of(s->messages[which].message_id)] = true;
	for (size_t k = 0; k < s->messages[which].nreferences; k++) {
		int name = name_of(s->references[which][k]);

		if (!has[name])
			out[n++] = name;
		has[name] = true;
	}
	return n;
}

static void
try_link(struct sample *s, int child, int parent, bool anew)
{
	if (s->parents[child] >= 0 && !anew)
		return;
	if (is_above(s, child, parent))
		s->refused = true;
	else
		s->parents[child] = parent;
}

/* The rules as they are written. */
static void
thread_slowly(struct sample *s)
{
	size_t firsts[MESSAGES_MAX], nfirsts = firsts_of(s, firsts), n;
	int references[REFERENCES_MAX];

	memset(s->parents, -1, sizeof(s->parents));
	for (size_t i = 0; i < nfirsts; i++) {
		n = references_of(s, firsts[i], references);
		if (n > 0)
			try_link(s, name_of(s->messages[firsts[i]].message_id), references[n - 1], false);
	}
	for (size_t i = 0; i < nfirsts; i++) {
		n = references_of(s, firsts[i], references);
		for (size_t k = 1; k < n; k++)
			try_link(s, references[k], references[k - 1], false);
	}
}

/* As public-inbox goes about it: message by message, and a message's own word replaces what others said before. */
static void
thread_as_public_inbox(struct sample *s)
{
	size_t firsts[MESSAGES_MAX], nfirsts = firsts_of(s, firsts);
	int references[REFERENCES_MAX];

	memset(s->parents, -1, sizeof(s->parents));
	for (size_t i = 0; i < nfirsts; i++) {
		size_t n = references_of(s, firsts[i], references);

		for (size_t k = 1; k < n; k++)
			try_link(s, references[k], references[k - 1], false);
		if (n > 0)
			try_link(s, name_of(s->messages[firsts[i]].message_id), references[n - 1], true);
	}
}

static void
copy_messages(struct lapse_nodes *nodes, const struct sample *s)
{
	nodes->items = lapse_alloc(s->nmessages, sizeof(*nodes->items));
	nodes->nitems = nodes->cap = s->nmessages;
	if (s->nmessages > 0)
		memcpy(nodes->items, s->messages, s->nmessages * sizeof(*nodes->items));
	for (size_t i = 0; i < s->nmessages; i++)
		nodes->items[i].parent = nodes->items[i].root = i + 1000;
}

/* Is this what the slow way found? */
static void
check_sample(const struct sample *s, const struct lapse_nodes *nodes)
{
	assert_null(fault_of_threads(nodes, s->nmessages));
	for (size_t i = 0; i < nodes->nitems; i++) {
		const struct lapse_node *node = &nodes->items[i];
		int name = name_of(node->message_id), root = name;

		while (s->parents[root] >= 0)
			root = s->parents[root];
		assert_int_equal(node->parent != LAPSE_NO_NODE ? name_of(nodes->items[node->parent].message_id) : -1, s->parents[name]);
		assert_int_equal(name_of(nodes->items[node->root].message_id), root);
	}
}

/* A name means the first message that has it. */
static void
check_firsts(const struct sample *s, const struct lapse_nodes *nodes)
{
	size_t firsts[MESSAGES_MAX], nfirsts = firsts_of(s, firsts);

	for (size_t i = 0; i < nodes->nitems; i++)
		for (size_t k = 0; k < nfirsts; k++) {
			size_t parent = nodes->items[i].parent, root = nodes->items[i].root;

			if (parent != LAPSE_NO_NODE &&
			    strcmp(nodes->items[parent].message_id, s->messages[firsts[k]].message_id) == 0)
				assert_int_equal(parent, firsts[k]);
			if (strcmp(nodes->items[root].message_id, s->messages[firsts[k]].message_id) == 0)
				assert_int_equal(root, firsts[k]);
		}
}

static void
any_small_input_gives_what_the_rules_say(void **state)
{
	uint64_t seed = 20260101;
	int nloops = 0;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		struct lapse_nodes nodes;
		struct sample s;

		make_sample(&s, &seed);
		thread_slowly(&s);
		copy_messages(&nodes, &s);
		assert_int_equal(lapse_threading(&nodes), 0);
		check_sample(&s, &nodes);
		check_firsts(&s, &nodes);
		nloops += s.refused;
		lapse_nodes_release(&nodes);
	}
	assert_in_range(nloops, 5000, 45000);
}

static void
where_no_loop_is_refused_it_is_what_public_inbox_finds(void **state)
{
	uint64_t seed = 7;
	int ncompared = 0;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		struct lapse_nodes nodes;
		struct sample s, own;

		make_sample(&s, &seed);
		own = s;
		thread_slowly(&own);
		thread_as_public_inbox(&s);
		if (s.refused || own.refused)
			continue;
		copy_messages(&nodes, &s);
		assert_int_equal(lapse_threading(&nodes), 0);
		check_sample(&s, &nodes);
		ncompared++;
		lapse_nodes_release(&nodes);
	}
	assert_in_range(ncompared, 5000, 45000);
}

static void
shuffle(struct sample *s, size_t from[MESSAGES_MAX], uint64_t *seed)
{
	for (size_t i = 0; i < s->nmessages; i++)
		from[i] = i;
	for (size_t i = s->nmessages; i > 1; i--) {
		size_t k = chance(seed, (uint32_t)i), old = from[i - 1];
		struct lapse_node message = s->messages[i - 1];

		s->messages[i - 1] = s->messages[k];
		s->messages[k] = message;
		from[i - 1] = from[k];
		from[k] = old;
	}
}

/* The nodes of messages shuffled, against those of the messages as they were; ghosts stand alike in both. */
static void
check_shuffled(const struct lapse_nodes *now, const size_t *from, const struct lapse_nodes *then, size_t nmessages)
{
	assert_int_equal(now->nitems, then->nitems);
	for (size_t i = 0; i < now->nitems; i++) {
		size_t was = i < nmessages ? from[i] : i;

		assert_true(is_same_node(now, i, then, was));
		assert_true(is_same_node(now, now->items[i].parent, then, then->items[was].parent));
		assert_true(is_same_node(now, now->items[i].root, then, then->items[was].root));
	}
}

static void
the_order_in_which_messages_are_given_does_not_matter(void **state)
{
	uint64_t seed = 99;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct lapse_nodes then, now;
		size_t from[MESSAGES_MAX];
		struct sample s;

		make_sample(&s, &seed);
		copy_messages(&then, &s);
		shuffle(&s, from, &seed);
		copy_messages(&now, &s);
		assert_int_equal(lapse_threading(&then), 0);
		assert_int_equal(lapse_threading(&now), 0);
		check_shuffled(&now, from, &then, s.nmessages);
		lapse_nodes_release(&then);
		lapse_nodes_release(&now);
	}
}

/* ---- large ones ---- */

#define LARGE 10000

static const char *const *
number_names(size_t n)
{
	const char **out = lapse_arena_alloc(&arena, n * sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = lapse_arena_printf(&arena, "%zu@example.org", i);
	return out;
}

/* Message i answers i - 1; time runs with the chain, or against it. */
static void
a_chain_is_followed_whichever_way_time_runs(void **state)
{
	const char *const *ids = number_names(LARGE);

	(void)state;
	for (int way = -1; way <= 1; way++) {
		struct lapse_nodes nodes = { lapse_alloc(LARGE, sizeof(struct lapse_node)), LARGE, LARGE };

		for (size_t i = 0; i < LARGE; i++)
			nodes.items[i] = (struct lapse_node){ .message_id = ids[i], .references = i > 0 ? &ids[i - 1] : NULL,
			    .nreferences = i > 0, .at = { way * (int64_t)i } };
		assert_int_equal(lapse_threading(&nodes), 0);
		assert_int_equal(nodes.nitems, LARGE);
		for (size_t i = 0; i < LARGE; i++) {
			assert_int_equal(nodes.items[i].parent, i > 0 ? i - 1 : LAPSE_NO_NODE);
			assert_int_equal(nodes.items[i].root, 0);
		}
		lapse_nodes_release(&nodes);
	}
}

static void
one_message_may_have_ten_thousand_references(void **state)
{
	const char *const *ids = number_names(LARGE);
	struct lapse_nodes nodes = { lapse_alloc(1, sizeof(struct lapse_node)), 1, 1 };

	(void)state;
	nodes.items[0] = (struct lapse_node){ .message_id = "last", .references = ids, .nreferences = LARGE };
	assert_int_equal(lapse_threading(&nodes), 0);
	assert_int_equal(nodes.nitems, LARGE + 1);
	assert_string_equal(nodes.items[nodes.items[0].root].message_id, ids[0]);
	for (size_t i = 0, node = nodes.items[0].parent; i < LARGE; i++, node = nodes.items[node].parent)
		assert_string_equal(nodes.items[node].message_id, ids[LARGE - 1 - i]);
	lapse_nodes_release(&nodes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_messages_make_no_threads),
		cmocka_unit_test(an_answer_stands_below_the_last_of_its_references),
		cmocka_unit_test(parents_never_seen_are_ghosts),
		cmocka_unit_test(the_last_reference_counts_also_where_others_would_be_better),
		cmocka_unit_test(a_loop_is_broken_at_its_latest_message),
		cmocka_unit_test(what_a_message_says_of_itself_goes_before_what_others_say),
		cmocka_unit_test(references_to_oneself_repeated_or_empty_do_not_count),
		cmocka_unit_test(messages_without_a_time_come_last),
		cmocka_unit_test(messages_with_one_id_stand_side_by_side),
		cmocka_unit_test(ties_decide_between_messages_of_one_id_and_time),
		cmocka_unit_test(references_decide_where_there_are_no_ties),
		cmocka_unit_test(too_many_references_are_refused_before_they_are_read),
		cmocka_unit_test(any_small_input_gives_what_the_rules_say),
		cmocka_unit_test(where_no_loop_is_refused_it_is_what_public_inbox_finds),
		cmocka_unit_test(the_order_in_which_messages_are_given_does_not_matter),
		cmocka_unit_test(a_chain_is_followed_whichever_way_time_runs),
		cmocka_unit_test(one_message_may_have_ten_thousand_references),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
