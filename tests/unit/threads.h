/*
 * What must be true of any threading, and slow ways to find it that need no structure: this program's rules as they
 * are written, and public-inbox's own order of doing things. Shared by the unit test and the fuzz target.
 */
#ifndef TESTS_UNIT_THREADS_H
#define TESTS_UNIT_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "../../lib/source/threading.h"

/* The same message or ghost, wherever it stands? */
static bool
is_same_node(const struct lapse_nodes *a, size_t i, const struct lapse_nodes *b, size_t k)
{
	const struct lapse_node *x, *y;

	if (i == LAPSE_NO_NODE || k == LAPSE_NO_NODE)
		return i == k;
	x = &a->items[i];
	y = &b->items[k];
	return strcmp(x->message_id, y->message_id) == 0 && x->is_ghost == y->is_ghost && x->at.sec == y->at.sec &&
	    strcmp(x->tie != NULL ? x->tie : "", y->tie != NULL ? y->tie : "") == 0;
}

static bool
is_mentioned(const struct lapse_nodes *nodes, size_t nmessages, const char *id)
{
	for (size_t i = 0; i < nmessages; i++)
		for (size_t k = 0; k < nodes->items[i].nreferences; k++)
			if (strcmp(nodes->items[i].references[k], id) == 0)
				return true;
	return false;
}

/* NULL, or what is wrong with a ghost. */
static const char *
fault_of_ghost(const struct lapse_nodes *nodes, size_t nmessages, size_t ghost)
{
	bool has_child = false;

	for (size_t i = 0; i < nodes->nitems; i++) {
		if (i != ghost && strcmp(nodes->items[i].message_id, nodes->items[ghost].message_id) == 0)
			return "a ghost of what is there";
		has_child = has_child || nodes->items[i].parent == ghost;
	}
	if (!has_child)
		return "a ghost without children";
	return is_mentioned(nodes, nmessages, nodes->items[ghost].message_id) ? NULL : "a ghost that nobody mentions";
}

/* NULL, or what is wrong with a node's parent and root. */
static const char *
fault_of_node(const struct lapse_nodes *nodes, size_t which)
{
	const struct lapse_node *node = &nodes->items[which], *root;
	size_t top = which;

	if (node->root >= nodes->nitems || (node->parent != LAPSE_NO_NODE && node->parent >= nodes->nitems))
		return "a parent or root out of nowhere";
	root = &nodes->items[node->root];
	for (size_t steps = 0; nodes->items[top].parent != LAPSE_NO_NODE; top = nodes->items[top].parent)
		if (steps++ > nodes->nitems)
			return "a loop";
	if (root->parent != LAPSE_NO_NODE || root->root != node->root)
		return "a root that is none";
	if (strcmp(nodes->items[top].message_id, root->message_id) != 0)
		return "another root than where the parents lead";
	if (top != which && top != node->root)
		return "a root beside the root";
	if (node->parent != LAPSE_NO_NODE && strcmp(nodes->items[node->parent].message_id, node->message_id) == 0)
		return "a message that answers itself";
	return NULL;
}

/* NULL, or what is wrong. */
static const char *
fault_of_threads(const struct lapse_nodes *nodes, size_t nmessages)
{
	const char *fault = NULL;

	for (size_t i = 0; i < nodes->nitems && fault == NULL; i++) {
		fault = fault_of_node(nodes, i);
		if (fault == NULL && nodes->items[i].is_ghost != (i >= nmessages))
			fault = "a ghost among messages";
		if (fault == NULL && i >= nmessages)
			fault = fault_of_ghost(nodes, nmessages, i);
	}
	return fault;
}

#endif
