/*
 * JSON Patch (RFC 6902) with JSON Pointers (RFC 6901): the difference of two documents, and how to apply one.
 * Documents are at most as deep as lapse_json_parse() takes them.
 */
#ifndef LAPSE_PATCH_H
#define LAPSE_PATCH_H

#include <jansson.h>
#include <stdbool.h>

/* Are two values the same? Numbers by value, members in any order. */
bool lapse_json_equal(const json_t *a, const json_t *b);

/*
 * The patch (an array of "add", "remove" and "replace") that makes b of a; an empty array when they are the same.
 * The same two values always give the same patch. New reference. LAPSE_EFORMAT for a value that is no JSON.
 */
int lapse_patch_make(json_t **patch, const json_t *a, const json_t *b);

/*
 * Apply a patch (all six operations) to a copy of `doc`: all of it or nothing. New reference in *out; NULL
 * on failure: LAPSE_EFORMAT "operation 3 (remove): …", LAPSE_ETOOBIG for one that grows a document beyond reason.
 */
int lapse_patch_apply(json_t **out, const json_t *doc, const json_t *patch);

#endif
