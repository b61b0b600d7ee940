/*
 * The Next update date that a whiteboard holds: "[ca-compliance] Next update 2025-03-03". It has no
 * time zone, so it begins where it begins first on earth and ends where it ends last. Pure.
 */
#ifndef LAPSE_WHITEBOARD_H
#define LAPSE_WHITEBOARD_H

#include <stdbool.h>

#include "lapse/time.h"

enum lapse_next_update {
	LAPSE_NEXT_UPDATE_NONE,		/* no "next update" in the text */
	LAPSE_NEXT_UPDATE_DATE,
	LAPSE_NEXT_UPDATE_UNREADABLE	/* something else than one date follows it; no date is in force then */
};

/*
 * What a whiteboard says (NULL: nothing). The last "next update" ("next-update", "nextupdate", in any case) in the
 * text counts, followed by one of
 *	2025-3-3   2025/3/3   3-Mar-2025   3 March 2025   2025-Mar-3   Mar 3, 2025   3.3.2025
 * with blanks and one ":", "-" or "at" before it. Days exist, years are 1990 to 2999, and no letter or
 * digit follows. *out is set for a date only.
 */
enum lapse_next_update lapse_whiteboard_read(struct lapse_day *out, const char *whiteboard);

/* The last "next update" in the text and all that follows it, for whoever reports an unreadable one; NULL: none. Borrowed from `whiteboard`. */
const char *lapse_whiteboard_promise(const char *whiteboard);

/* The first second of a date anywhere on earth (00:00:00 UTC+14), and the last one (23:59:59 UTC-12). */
struct lapse_instant lapse_date_begin(struct lapse_day day);
struct lapse_instant lapse_date_end(struct lapse_day day);

#endif
