/*
 * The web page that lists a comment's revisions: the one place that reads HTML. It may be anything; what is not as expected is no
 * revision. Private to this floor.
 */
#ifndef LAPSE_SOURCE_PAGE_H
#define LAPSE_SOURCE_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "lapse/revisions.h"

#define PAGE_MAX ((size_t)8 << 20)	/* bytes of one */

/*
 * Read one: of which bug and comment it is, and the revisions, not dated. Strings are in the arena. LAPSE_EFORMAT for what is
 * no such page; LAPSE_ETOOBIG for more than is believable.
 */
int lapse_page_read(struct lapse_revisions *out, struct lapse_arena *arena, const char *html, size_t len);

#endif
