/* Dates of mail, as headers and From_ lines write them. Private to this floor. */
#ifndef SOURCE_MAIL_DATE_H
#define SOURCE_MAIL_DATE_H

#include <stdbool.h>

#include "lapse/time.h"

/*
 * Read "Thu, 2 May 2019 17:36:06 +0200 (CEST)", "Thu Nov  1 11:19:12 2001", and what comes near to them: day, month by name, year
 * and time in any order, a weekday, words before and comments passed over; years of two digits as RFC 5322 has them; a second of 60 is
 * the one before. *zone_known is false when no zone is written, or a name that has no one meaning: UTC is taken then ("-0000"
 * says that it is UTC, and is known). False: it is no date, or none of the years 2 to 9998.
 */
bool lapse_mail_date_read(struct lapse_instant *out, bool *zone_known, const char *text);

#endif
