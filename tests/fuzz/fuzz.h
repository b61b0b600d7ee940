/* What every fuzz target has: its entry, and what it demands of the library whatever the input is. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lapse/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The sentence recorded last is told too: where a call that may not fail did, it is the reason. */
static inline void
demand(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s (%s)\n", what, lapse_error());
	abort();
}

#endif
