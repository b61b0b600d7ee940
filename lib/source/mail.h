/*
 * One message of a mailing list, read: who wrote it when, what it answers, and what it says. Anything is a message: what is missing or
 * broken is flagged. Private to this floor.
 */
#ifndef SOURCE_MAIL_H
#define SOURCE_MAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/alloc.h"
#include "lapse/digest.h"
#include "lapse/time.h"
#include "raw.h"

enum lapse_mail_flag {
	LAPSE_MAIL_NO_DATE = 1 << 0,		/* no Date, or none that can be read */
	LAPSE_MAIL_NO_MESSAGE_ID = 1 << 1,
	LAPSE_MAIL_TWO_MESSAGE_IDS = 1 << 2,	/* two headers or more; the first that has one counts */
	LAPSE_MAIL_NO_ZONE = 1 << 3,		/* `at` rests on a date without a zone: it may be 14 hours off */
	LAPSE_MAIL_DATE_CONTRADICTED = 1 << 4,	/* Date is over a day away from when the list had the message, which `at` is then */
	LAPSE_MAIL_BAD_CHARSET = 1 << 5,	/* in a header or the text a charset was guessed, or bytes were replaced */
	LAPSE_MAIL_BAD_STRUCTURE = 1 << 6,	/* headers, boundaries, types or encodings that are not as they should be */
	LAPSE_MAIL_BODY_FROM_HTML = 1 << 7,	/* some of the text was written as HTML */
	LAPSE_MAIL_NO_AUTHOR = 1 << 8		/* neither a name nor an address */
};
#define LAPSE_MAIL_NFLAGS 9

/* The name of the flag 1 << bit: "no-date", "no-message-id", … */
const char *lapse_mail_flag_name(size_t bit);

/* What is known of the list. */
struct lapse_list {
	const char *address;	/* or NULL */
};

struct lapse_mail {
	const char *message_id;		/* without <> and blanks, in its own case; NULL: none */
	const char *synthetic;		/* an id made of what it says, "…@local.invalid"; NULL when it has its own */
	const char *in_reply_to;	/* or NULL */
	const char *const *references;	/* oldest first, in_reply_to last unless it is among them; each once */
	size_t nreferences;
	const char *author_name;	/* "" when there is none */
	const char *author_address;	/* NULL: not known */
	const char *author_how;		/* mail_author.h */
	const char *subject;		/* decoded; "" when there is none */
	const char *date_written;	/* Date as it stands there; NULL: none */
	const char *date_source;	/* mail_time.h */
	struct lapse_instant at;	/* LAPSE_NEVER: not known */
	int64_t slack;			/* seconds that `at` may be off, either way */
	bool zone_known;
	unsigned flags;			/* of enum lapse_mail_flag */
	size_t nattachments;
	size_t nheaders;		/* lines of its header: the copy with the most is the fullest */
	const char *text;		/* UTF-8, lines end in \n but for the last; "" when there is none */
	const char *own;		/* the author's own words of it (mail_text.h) */
	char alike[LAPSE_SHA256_HEX + 1];	/* equal for the same mail from any archive (mail_text.h) */
};

/*
 * Read a message. All strings are in the arena. In linear time, whatever it is. Fails only without a library (LAPSE_EFAIL), and where a
 * text is over 1 GiB (LAPSE_ETOOBIG).
 */
int lapse_mail_read(struct lapse_mail *out, struct lapse_arena *arena, const struct lapse_raw *raw, const struct lapse_list *list);

#endif
