/*
 * Messages, one a line: a time (one byte; "-" is none), a Message-ID, a tie, references, with blanks between them.
 * Whatever they are, their threads are whole, and the same when the messages are given the other way round.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/threads.h"

#include "lapse/alloc.h"

#define MESSAGES_MAX 400	/* the check is slow */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(const char *fault)
{
	if (fault != NULL) {
		fprintf(stderr, "%s\n", fault);
		abort();
	}
}

/* The next word of a line; NULL at its end. */
static const char *
next_word(char **line)
{
	char *word = *line + strspn(*line, " ");

	if (*word == '\0')
		return NULL;
	*line = word + strcspn(word, " ");
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

static void
add_line(struct lapse_nodes *nodes, struct lapse_arena *arena, char *line)
{
	const char **references = lapse_arena_alloc(arena, (strlen(line) / 2 + 1) * sizeof(*references));
	struct lapse_node node = { .references = references, .at = LAPSE_NEVER };

	if (*line != '\0' && *line++ != '-')
		node.at.sec = (unsigned char)line[-1];
	node.message_id = next_word(&line);
	if (node.message_id == NULL)
		node.message_id = "";
	node.tie = next_word(&line);
	while ((references[node.nreferences] = next_word(&line)) != NULL)
		node.nreferences++;
	nodes->items = lapse_grow(nodes->items, nodes->nitems, &nodes->cap, sizeof(node));
	nodes->items[nodes->nitems++] = node;
}

static void
compare(const struct lapse_nodes *a, const struct lapse_nodes *b, size_t nmessages)
{
	if (a->nitems != b->nitems)
		demand("other ghosts when read backwards");
	for (size_t i = 0; i < a->nitems; i++) {
		size_t k = i < nmessages ? nmessages - 1 - i : i;

		if (!is_same_node(a, i, b, k) || !is_same_node(a, a->items[i].parent, b, b->items[k].parent) ||
		    !is_same_node(a, a->items[i].root, b, b->items[k].root))
			demand("other threads when read backwards");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_nodes nodes = { 0 }, backwards = { 0 };
	struct lapse_arena arena;
	size_t nmessages;
	char *line;

	lapse_arena_init(&arena);
	line = lapse_arena_dupn(&arena, (const char *)data, size);
	for (char *end; line != NULL && nodes.nitems < MESSAGES_MAX; line = end) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		add_line(&nodes, &arena, line);
	}
	nmessages = nodes.nitems;
	backwards = (struct lapse_nodes){ lapse_alloc(nmessages, sizeof(*nodes.items)), nmessages, nmessages };
	for (size_t i = 0; i < nmessages; i++)
		backwards.items[i] = nodes.items[nmessages - 1 - i];
	if (lapse_threading(&nodes) < 0 || lapse_threading(&backwards) < 0)
		demand("threads that are too many");
	demand(fault_of_threads(&nodes, nmessages));
	demand(fault_of_threads(&backwards, nmessages));
	compare(&nodes, &backwards, nmessages);
	lapse_nodes_release(&nodes);
	lapse_nodes_release(&backwards);
	lapse_arena_release(&arena);
	return 0;
}
