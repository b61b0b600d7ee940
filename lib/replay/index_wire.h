/*
 * Numbers and names in the bytes of the index: varints (7 bits a byte, the lowest first), signed ones
 * zigzag. Reading never runs over the end: what is not there reads as 0 and leaves a mark. Private to this floor.
 */
#ifndef LAPSE_REPLAY_WIRE_H
#define LAPSE_REPLAY_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapse/buf.h"

int wire_put_uint(struct lapse_buf *out, uint64_t n);
int wire_put_int(struct lapse_buf *out, int64_t n);

struct wire {
	const unsigned char *pos;
	const unsigned char *end;
	bool bad;
};

uint64_t wire_uint(struct wire *wire);
int64_t wire_int(struct wire *wire);

/* A number of things that take at least `least` bytes each: more than can follow is bad, and 0. */
size_t wire_count(struct wire *wire, size_t least);

/* `size` bytes as they stand; NULL, and bad, when they are not there. */
const unsigned char *wire_bytes(struct wire *wire, size_t size);

#endif
