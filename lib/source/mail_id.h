/* Message-IDs: a message's own, and those that it refers to. Private to this floor. */
#ifndef SOURCE_MAIL_ID_H
#define SOURCE_MAIL_ID_H

#include <stddef.h>

#include "lapse/alloc.h"
#include "mail_headers.h"

/*
 * The first id of a text: what is between < and >, without blanks, else the text itself when it is one word. NULL: there is none.
 */
const char *lapse_mail_id_first(struct lapse_arena *arena, const char *text);

/* What a message says of itself. */
struct lapse_mail_ids {
	const char *message_id;		/* of the first Message-ID that has one; NULL: none has */
	size_t nheaders;		/* Message-ID headers, empty ones too */
	const char *in_reply_to;	/* In-Reply-To's first id, NULL: none */
	size_t nreferences;		/* all ids of References in their order, then in_reply_to; each once, where it is first */
	const char *const *references;
};
void lapse_mail_ids_read(struct lapse_mail_ids *out, struct lapse_arena *arena, struct lapse_mail_headers *headers);

#endif
