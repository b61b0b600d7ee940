/*
 * What a run remembers for the next one outside of the archive: moments, in the user's state folder
 * ($XDG_STATE_HOME/lapse, else ~/.local/state/lapse). Private to this floor.
 */
#ifndef LAPSE_SOURCE_REMEMBER_H
#define LAPSE_SOURCE_REMEMBER_H

#include "lapse/time.h"

/* Kinds of moments, each a folder. */
#define REMEMBER_BLOCKED "blocked"	/* by host: do not ask before */
#define REMEMBER_ASKED "asked"		/* by archive and source: when it was asked last */

/* The moment of a name (any text: its digest is the file's name); LAPSE_NEVER when there is none. */
struct lapse_instant lapse_remember(const char *kind, const char *name);

/* Keep one; LAPSE_EFAIL when that is not possible. */
int lapse_remember_set(const char *kind, const char *name, struct lapse_instant when);

#endif
