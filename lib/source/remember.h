/*
 * What a run remembers for the next one outside of the archive: moments and texts, in the user's state folder
 * ($XDG_STATE_HOME/lapse, else ~/.local/state/lapse). Private to this floor.
 */
#ifndef LAPSE_SOURCE_REMEMBER_H
#define LAPSE_SOURCE_REMEMBER_H

#include "lapse/buf.h"
#include "lapse/time.h"

/* Kinds, each a folder. */
#define REMEMBER_BLOCKED "blocked"	/* by host: do not ask before */
#define REMEMBER_ASKED "asked"		/* by archive and source: when it was asked last */
#define REMEMBER_ETAGS "etags"		/* by archive and source: see etags.h */

#define REMEMBER_WAITS "waits"		/* by archive and source: a lock of the run that waits until it may ask */

/* The moment of a name (any text: its digest is the file's name); LAPSE_NEVER when there is none. */
struct lapse_instant lapse_remember(const char *kind, const char *name);

/* Keep one; LAPSE_EFAIL when that is not possible. */
int lapse_remember_set(const char *kind, const char *name, struct lapse_instant when);

/* The same with a text: 1 and *out, 0 when there is none, or none that can be read whole into the buffer. */
int lapse_remember_text(struct lapse_buf *out, const char *kind, const char *name);
int lapse_remember_text_set(const char *kind, const char *name, const struct lapse_buf *text);

/* Open a name's file, empty when it is new, to lock it; the caller closes it. LAPSE_EFAIL when that is not possible. */
int lapse_remember_open(int *fd, const char *kind, const char *name);

#endif
