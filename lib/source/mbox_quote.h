/* What mailboxes put before lines that would look like From_ lines, taken off again. Private to this floor. */
#ifndef LAPSE_SOURCE_MBOX_QUOTE_H
#define LAPSE_SOURCE_MBOX_QUOTE_H

#include <stddef.h>

enum lapse_mbox_quote {
	LAPSE_QUOTE_NONE,
	LAPSE_QUOTE_ONE,		/* ">From " */
	LAPSE_QUOTE_ONE_AFTER_BLANK,	/* the same, where an empty line precedes it */
	LAPSE_QUOTE_ANY			/* ">From ", ">>From " and so on: one '>' goes */
};

/* How many '>' precede "From " at the start of a line, or -1: there is no "From " behind them. */
long lapse_mbox_quote_depth(const char *line, size_t len);

/* Unquote a message's body in place. Returns its length. */
size_t lapse_mbox_unquote(char *data, size_t len, enum lapse_mbox_quote quote);

#endif
