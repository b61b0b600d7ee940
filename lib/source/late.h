/*
 * Libraries that are loaded when a command first needs them. They bring dozens of others along, which cost every start about
 * ten milliseconds, and which nobody needs who only reads an archive.
 */
#ifndef SOURCE_LATE_H
#define SOURCE_LATE_H

#include <stddef.h>

/* A function of a library, and the pointer to it, which is to be set. */
struct late_function {
	const char *name;
	void *place;
};

/*
 * Load a library by its file's name, and find `n` functions in it. `package` is Debian's, for the message. Returns 0, else
 * LAPSE_EFAIL, and nothing is loaded.
 */
int late_load(const char *library, const char *package, const struct late_function *functions, size_t n);

#endif
