/* Who wrote a message: lists rewrite From. Private to this floor. */
#ifndef SOURCE_MAIL_AUTHOR_H
#define SOURCE_MAIL_AUTHOR_H

#include <stdbool.h>

#include "lapse/alloc.h"
#include "mail_headers.h"

/*
 * Which pattern gave the author:
 *   from               From, as it stands: the list did not rewrite it
 *   pipermail          From as Mailman's archive writes it, "user at host (Name)"
 *   x-original-from    of From rewritten by a list, which its own headers (List-ID, List-Post, X-BeenThere, Mailing-List) name
 *   x-original-sender    the same; the name is that in From, without "via LIST"
 *   reply-to, cc         the same, of a Mailman that has "From is list"
 *   dmarc-local-part   "user=40host@dmarc.DOMAIN", of ietf.org or the list's domain
 *   name-only          From is a list's, and no header that is to be trusted has the author: the address is NULL
 */
struct lapse_mail_author {
	const char *name;	/* "" when there is none */
	const char *address;	/* as written; NULL when it is not known */
	const char *how;
};

/*
 * `list` is the address of the list whose mail this is, or NULL: then any list's headers are trusted that name From's address. `format`
 * is that of lapse_raw.
 */
void lapse_mail_author_read(struct lapse_mail_author *out, struct lapse_arena *arena, struct lapse_mail_headers *headers,
    const char *format, const char *list);

#endif
