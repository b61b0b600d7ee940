#include "threading.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lapse/alloc.h"
#include "lapse/error.h"

#define NONE UINT32_MAX

/* A Message-ID, with the parent that it has in the forest. */
struct id {
	const char *text;
	uint32_t node;		/* the first message that has it, else its ghost; NONE: no ghost yet */
	uint32_t parent;	/* an id; NONE: it is a root */
	uint32_t above;		/* an ancestor, or itself if it is a root: a short cut */
	uint32_t seen;		/* the last message whose references were found to have it */
};

/* A message's own id and what counts of its references, by the ids' numbers. */
struct message {
	uint32_t id;
	uint32_t *references;
	uint32_t nreferences;
};

/* One place where an id is written. */
struct mention {
	uint64_t hash;
	const char *text;
	uint32_t *number;	/* to be set */
};

struct forest {
	struct lapse_nodes *nodes;
	struct message *messages;	/* as the nodes that were given */
	uint32_t nmessages;
	uint32_t *order;		/* in which messages are taken */
	uint32_t *numbers;		/* what messages' references point into */
	struct id *ids;
	uint32_t nids;
};

/* ---- the messages' order ---- */

static int
compare_times(struct lapse_instant a, struct lapse_instant b)
{
	bool has_a = lapse_time_is_set(a), has_b = lapse_time_is_set(b);

	if (!has_a || !has_b)
		return (int)has_b - (int)has_a;
	return lapse_time_cmp(a, b);
}

static int
compare_references(const struct lapse_node *a, const struct lapse_node *b)
{
	if (a->nreferences != b->nreferences)
		return a->nreferences < b->nreferences ? -1 : 1;
	for (size_t i = 0; i < a->nreferences; i++) {
		int order = strcmp(a->references[i], b->references[i]);

		if (order != 0)
			return order;
	}
	return 0;
}

/* Two that are equal in all of this are the same for everything below. */
static int
compare_messages(const void *left, const void *right)
{
	const struct lapse_node *a = *(struct lapse_node *const *)left, *b = *(struct lapse_node *const *)right;
	int order = compare_times(a->at, b->at);

	if (order == 0)
		order = strcmp(a->message_id, b->message_id);
	if (order == 0)
		order = strcmp(a->tie != NULL ? a->tie : "", b->tie != NULL ? b->tie : "");
	return order != 0 ? order : compare_references(a, b);
}

static void
put_in_order(struct forest *f)
{
	struct lapse_node *items = f->nodes->items, **sorted = lapse_alloc(f->nmessages, sizeof(struct lapse_node *));

	f->order = lapse_alloc(f->nmessages, sizeof(*f->order));
	for (uint32_t i = 0; i < f->nmessages; i++)
		sorted[i] = &items[i];
	qsort(sorted, f->nmessages, sizeof(struct lapse_node *), compare_messages);
	for (uint32_t i = 0; i < f->nmessages; i++)
		f->order[i] = (uint32_t)(sorted[i] - items);
	free(sorted);
}

/* ---- ids ---- */

static uint64_t
hash_text(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

/* The hash saves most comparisons of texts; whoever makes hashes collide makes it compare texts, n log n of them. */
static int
compare_mentions(const void *left, const void *right)
{
	const struct mention *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->text == b->text ? 0 : strcmp(a->text, b->text);
}

static int
count_mentions(size_t *out, const struct lapse_nodes *nodes)
{
	size_t n = nodes->nitems;

	for (size_t i = 0; i < nodes->nitems && n < NONE; i++)
		n = nodes->items[i].nreferences < NONE ? n + nodes->items[i].nreferences : NONE;
	if (n >= NONE)
		return lapse_fail(LAPSE_ETOOBIG, "threads of more than %lu Message-IDs", (unsigned long)NONE - 1);
	*out = n;
	return 0;
}

static void
mention(struct mention **next, const char *text, uint32_t *number)
{
	*(*next)++ = (struct mention){ hash_text(text), text, number };
}

/* Write down where the messages mention which ids. Returns how many mentions there are: empty references are none. */
static size_t
collect_mentions(struct forest *f, struct mention *mentions)
{
	struct mention *next = mentions;
	uint32_t *number = f->numbers;

	for (uint32_t i = 0; i < f->nmessages; i++) {
		const struct lapse_node *node = &f->nodes->items[i];
		struct message *message = &f->messages[i];

		mention(&next, node->message_id, &message->id);
		message->references = number;
		for (size_t k = 0; k < node->nreferences; k++)
			if (*node->references[k] != '\0')
				mention(&next, node->references[k], number++);
		message->nreferences = (uint32_t)(number - message->references);
	}
	return (size_t)(next - mentions);
}

/* Number the ids, equal ones alike. The numbers mean nothing: nothing that is found depends on them. */
static void
number_ids(struct forest *f, size_t nmentions)
{
	struct mention *mentions = lapse_alloc(nmentions, sizeof(*mentions));

	f->messages = lapse_alloc(f->nmessages, sizeof(*f->messages));
	f->numbers = lapse_alloc(nmentions, sizeof(*f->numbers));
	nmentions = collect_mentions(f, mentions);
	qsort(mentions, nmentions, sizeof(*mentions), compare_mentions);
	for (size_t i = 0; i < nmentions; i++) {
		f->nids += i == 0 || compare_mentions(&mentions[i - 1], &mentions[i]) != 0;
		*mentions[i].number = f->nids - 1;
	}
	f->ids = lapse_alloc(f->nids, sizeof(*f->ids));
	for (size_t i = 0; i < nmentions; i++) {
		uint32_t number = *mentions[i].number;

		f->ids[number] = (struct id){ mentions[i].text, NONE, NONE, number, NONE };
	}
	free(mentions);
}

/* Leave out a message's own id among its references, and repetitions. */
static void
weed_references(struct forest *f, uint32_t which)
{
	struct message *message = &f->messages[which];
	uint32_t n = 0;

	f->ids[message->id].seen = which;
	for (uint32_t i = 0; i < message->nreferences; i++) {
		uint32_t id = message->references[i];

		if (f->ids[id].seen != which)
			message->references[n++] = id;
		f->ids[id].seen = which;
	}
	message->nreferences = n;
}

/* Who is meant by an id: the first in order that has it. What others with it refer to is not followed. */
static void
find_firsts(struct forest *f)
{
	for (uint32_t i = 0; i < f->nmessages; i++) {
		uint32_t which = f->order[i];
		struct id *id = &f->ids[f->messages[which].id];

		if (id->node == NONE) {
			id->node = which;
			weed_references(f, which);
		} else {
			f->messages[which].nreferences = 0;
		}
	}
}

/* ---- the forest ---- */

/*
 * The root of the tree that an id stands in. `above` always holds an ancestor (or the id itself, at a root): linking
 * writes the new root there, and this replaces it by the ancestor's own. So it is the disjoint sets' find with path
 * halving, each set represented by its tree's root; m calls over n ids take O(m log n) in all, in whatever order
 * trees are joined (Tarjan and van Leeuwen, 1984: halving needs no ranks for that).
 */
static uint32_t
find_root(struct id *ids, uint32_t id)
{
	while (ids[id].above != id) {
		ids[id].above = ids[ids[id].above].above;
		id = ids[id].above;
	}
	return id;
}

/* Only a root gets a parent, once: with a parent in its own tree it would be its own ancestor, in any other it cannot be. */
static void
link_ids(struct id *ids, uint32_t child, uint32_t parent)
{
	uint32_t root;

	if (ids[child].parent != NONE)
		return;
	root = find_root(ids, parent);
	if (root == child)
		return;
	ids[child].parent = parent;
	ids[child].above = root;
}

static void
link_all(struct forest *f)
{
	for (uint32_t i = 0; i < f->nmessages; i++) {
		const struct message *message = &f->messages[f->order[i]];

		if (message->nreferences > 0)
			link_ids(f->ids, message->id, message->references[message->nreferences - 1]);
	}
	for (uint32_t i = 0; i < f->nmessages; i++) {
		const struct message *message = &f->messages[f->order[i]];

		for (uint32_t k = 1; k < message->nreferences; k++)
			link_ids(f->ids, message->references[k], message->references[k - 1]);
	}
}

/* ---- what is found ---- */

/* The ghosts above an id, up to the first that is a node already: then so are, or will be, all above it. */
static void
add_ghosts(struct forest *f, uint32_t id)
{
	struct lapse_nodes *nodes = f->nodes;

	for (id = f->ids[id].parent; id != NONE && f->ids[id].node == NONE; id = f->ids[id].parent) {
		nodes->items = lapse_grow(nodes->items, nodes->nitems, &nodes->cap, sizeof(*nodes->items));
		nodes->items[nodes->nitems] = (struct lapse_node){ .message_id = f->ids[id].text, .at = LAPSE_NEVER,
		    .is_ghost = true };
		f->ids[id].node = (uint32_t)nodes->nitems++;
	}
}

static void
settle(struct forest *f, struct lapse_node *node, uint32_t id)
{
	uint32_t parent = f->ids[id].parent;

	node->parent = parent != NONE ? f->ids[parent].node : LAPSE_NO_NODE;
	node->root = f->ids[find_root(f->ids, id)].node;
}

static void
settle_all(struct forest *f)
{
	for (uint32_t i = 0; i < f->nmessages; i++)
		add_ghosts(f, f->messages[f->order[i]].id);
	for (uint32_t i = 0; i < f->nmessages; i++) {
		f->nodes->items[i].is_ghost = false;
		settle(f, &f->nodes->items[i], f->messages[i].id);
	}
	for (uint32_t id = 0; id < f->nids; id++)
		if (f->ids[id].node != NONE && f->ids[id].node >= f->nmessages)
			settle(f, &f->nodes->items[f->ids[id].node], id);
}

int
lapse_threading(struct lapse_nodes *nodes)
{
	struct forest f = { .nodes = nodes };
	size_t nmentions = 0;
	int rc = count_mentions(&nmentions, nodes);

	if (rc < 0 || nodes->nitems == 0)
		return rc;
	f.nmessages = (uint32_t)nodes->nitems;
	put_in_order(&f);
	number_ids(&f, nmentions);
	find_firsts(&f);
	link_all(&f);
	settle_all(&f);
	free(f.ids);
	free(f.numbers);
	free(f.order);
	free(f.messages);
	return 0;
}

void
lapse_nodes_release(struct lapse_nodes *nodes)
{
	free(nodes->items);
	*nodes = (struct lapse_nodes){ 0 };
}
