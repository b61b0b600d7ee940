/* How long to wait before a request is tried again, and how long in all: private to http.c. Times are milliseconds of any steady clock. */
#ifndef LAPSE_SOURCE_PATIENCE_H
#define LAPSE_SOURCE_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct patience {
	int64_t delay;		/* before the second try */
	int64_t budget;		/* for all waiting */
	uint64_t random;	/* of the jitter; not 0 */
	int64_t waited;		/* so far … */
	int64_t waited_until;	/* … up to then, so that waiting for two at once counts once */
};

/*
 * How long to wait after so many tries: the delay, doubled with each, up to a minute, and of that something between half and
 * all; or what the server asks for if that is longer (`after`, in seconds; -1: it does not).
 */
int64_t patience_delay(struct patience *patience, int tries, int64_t after);

/* Count the time from now until then as waited for. False, and nothing counted, when that is more than the budget. */
bool patience_spend(struct patience *patience, int64_t now, int64_t until);

#endif
