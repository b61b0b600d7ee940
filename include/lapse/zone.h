/*
 * Civil time in a zone of the IANA database, as the C library reads it from
 * the system. Loading reads the zone once; afterwards all is arithmetic.
 */
#ifndef LAPSE_ZONE_H
#define LAPSE_ZONE_H

#include "lapse/time.h"

struct lapse_zone;

/*
 * Load a zone by its name ("UTC", "America/Los_Angeles"). Names are checked
 * (letters, digits, "_", "-", "+", "/" between words; no "right/", no "posix/", no leading "/") and an unknown one
 * is LAPSE_EFORMAT "unknown time zone 'X'", never silently UTC.
 * The caller releases it with lapse_zone_free().
 */
int lapse_zone_load(struct lapse_zone **out, const char *name);
void lapse_zone_free(struct lapse_zone *zone);
const char *lapse_zone_name(const struct lapse_zone *zone);

/* Seconds east of UTC at an instant. */
int32_t lapse_zone_offset(const struct lapse_zone *zone, struct lapse_instant t);

/* The civil day in the zone at an instant. */
struct lapse_day lapse_zone_day(const struct lapse_zone *zone, struct lapse_instant t);

/*
 * The last second of a civil day in the zone: the last instant at which the
 * zone's date is `day` or an earlier one (days that a zone skipped, midnights that
 * do not exist or come twice included).
 */
struct lapse_instant lapse_zone_day_end(const struct lapse_zone *zone, struct lapse_day day);

/* Write "2024-05-08T02:30:00-07:00" of an instant in the zone: out holds LAPSE_ZONE_TIME_LEN + 1 bytes. */
#define LAPSE_ZONE_TIME_LEN 25
char *lapse_zone_format(char *out, const struct lapse_zone *zone, struct lapse_instant t);

#endif
