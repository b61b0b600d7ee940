/*
 * Reading the members of a JSON document that a user wrote. Absent and null
 * mean the same. Sentences name the key; callers put the place in front.
 */
#ifndef LAPSE_CLOCK_DOC_H
#define LAPSE_CLOCK_DOC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/time.h"

/* Is it an object whose "format" is this one? Otherwise LAPSE_EFORMAT. */
int lapse_doc_check_format(const json_t *doc, const char *format);

/* Text, or NULL when it is absent. Borrowed from `arena`. */
int lapse_doc_text(const char **out, struct lapse_arena *arena,
    const json_t *object, const char *key);

/* Text that must be there and not be empty. Borrowed from `arena`. */
int lapse_doc_need_text(const char **out, struct lapse_arena *arena,
    const json_t *object, const char *key);

/* The same for an id: nothing in it may hide, nor stand at its edges. */
int lapse_doc_need_id(const char **out, struct lapse_arena *arena,
    const json_t *object, const char *key);

/* Text of a JSON value that `what` names in the sentence. */
int lapse_doc_string(const char **out, struct lapse_arena *arena,
    const json_t *value, const char *what);

/* true or false; *out stays as it is when it is absent. */
int lapse_doc_bool(bool *out, const json_t *object, const char *key);

/* The start of a date or, with `times`, an instant; LAPSE_NEVER when absent. */
int lapse_doc_instant(struct lapse_instant *out, const json_t *object,
    const char *key, bool times);

/* An array, or NULL when it is absent. Borrowed from `object`. */
int lapse_doc_array(const json_t **out, const json_t *object, const char *key);

/*
 * The first key after `after` (NULL: of all) that is neither "note" nor in the
 * NULL-terminated list, NULL if none. Borrowed from `object`.
 */
const char *lapse_doc_unknown(const json_t *object, const char *const *keys,
    const char *after);

/* LAPSE_EFORMAT for a value that is no object, or has an unknown key. */
int lapse_doc_check_keys(const json_t *object, const char *const *keys);

#endif
