#include "index_wire.h"

int
wire_put_uint(struct lapse_buf *out, uint64_t n)
{
	unsigned char bytes[10];
	size_t len = 0;

	while (n >= 0x80) {
		bytes[len++] = (unsigned char)(n | 0x80);
		n >>= 7;
	}
	bytes[len++] = (unsigned char)n;
	return lapse_buf_add(out, bytes, len);
}

int
wire_put_int(struct lapse_buf *out, int64_t n)
{
	return wire_put_uint(out, n < 0 ? ~((uint64_t)n << 1) : (uint64_t)n << 1);
}

uint64_t
wire_uint(struct wire *wire)
{
	uint64_t n = 0;
	unsigned shift = 0;

	while (wire->pos < wire->end && shift < 64) {
		unsigned char byte = *wire->pos++;

		n |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return n;
		shift += 7;
	}
	wire->bad = true;
	return 0;
}

int64_t
wire_int(struct wire *wire)
{
	uint64_t n = wire_uint(wire);

	return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}

size_t
wire_count(struct wire *wire, size_t least)
{
	uint64_t n = wire_uint(wire);

	if (n <= (uint64_t)(wire->end - wire->pos) / least)
		return (size_t)n;
	wire->bad = true;
	return 0;
}

const unsigned char *
wire_bytes(struct wire *wire, size_t size)
{
	const unsigned char *bytes = wire->pos;

	if (size > (size_t)(wire->end - wire->pos)) {
		wire->bad = true;
		return NULL;
	}
	wire->pos += size;
	return bytes;
}
