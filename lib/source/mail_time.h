/* When a message was written, and how that is known. Private to this floor. */
#ifndef SOURCE_MAIL_TIME_H
#define SOURCE_MAIL_TIME_H

#include <stdbool.h>

#include "lapse/alloc.h"
#include "lapse/time.h"
#include "mail_headers.h"

struct lapse_mail_time {
	const char *written;		/* Date as it stands there; NULL: none */
	struct lapse_instant at;	/* LAPSE_NEVER: not known */
	const char *source;		/* "header", "received", "envelope", "none" */
	bool zone_known;		/* of `at` */
	bool absent;			/* there is no Date, or none that can be read */
	int64_t slack;			/* seconds that `at` may be off, either way; 0: it is what the message says */
	bool contradicted;		/* Date is more than a day away from `received` (without a zone: and 14 hours) */
	struct lapse_instant received;	/* LAPSE_NEVER: no line says it */
};

/*
 * `received` is of the top-most trustworthy line: of a Google group the first X-Received; else the first Received by a host of the
 * list's domain (`list`: its address, or NULL); else the first Received that does not tell of fetching from a mailbox
 * (POP, IMAP). `at` is the Date's instant, or where there is none or it is contradicted that; else that of the From_ line `envelope`
 * (which may be NULL), if it is not 1970's.
 */
void lapse_mail_time_read(struct lapse_mail_time *out, struct lapse_arena *arena, struct lapse_mail_headers *headers,
    const char *envelope, const char *list);

#endif
