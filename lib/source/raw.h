/* One message as it was cut out of a mailbox: what cutting hands over to reading. Private to this floor. */
#ifndef SOURCE_RAW_H
#define SOURCE_RAW_H

#include <stddef.h>
#include <stdint.h>

struct lapse_raw {
	const char *format;	/* "mboxo", "mboxrd", "mboxcl", "mboxcl2", "pipermail", "maildir", "eml", "public-inbox" */
	const char *data;	/* its own bytes, what the mailbox quoted unquoted; may hold NULs, ends with none */
	size_t len;
	const char *envelope;	/* the From_ line without its end, or NULL */
	int64_t line;		/* where it begins in its file, from 1 */
};

#endif
