/*
 * Failures. A fallible function returns 0 (or a positive answer), or a
 * negative enum lapse_code; the sentence that says what went wrong is recorded
 * once, where it is noticed, and each floor may put its context in front on
 * the way up. Only cmd/main.c prints it. Thread-local, no allocation.
 */
#ifndef LAPSE_ERROR_H
#define LAPSE_ERROR_H

/* A code exists only because some caller acts on it. */
enum lapse_code {
	LAPSE_EFAIL = -1,	/* failed, and will again: exit 3 */
	LAPSE_ENOTFOUND = -2,	/* what was asked for is not there: exit 3 */
	LAPSE_EFORMAT = -3,	/* input that is not what it should be: exit 3 */
	LAPSE_EAGAIN = -4,	/* a lock, later may work: exit 75 */
	LAPSE_ETOOBIG = -5,	/* over a stated ceiling: exit 3 */
	LAPSE_EUSAGE = -6	/* the caller of the program misused it: exit 2 */
};

/* Record a sentence (lower case, no full stop) and return `code`. */
int lapse_fail(enum lapse_code code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, with ": " and strerror(errno) after it. */
int lapse_fail_errno(enum lapse_code code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * When `rc` is a failure, put "CONTEXT: " in front of the recorded sentence;
 * do nothing otherwise. Returns `rc`.
 */
int lapse_context(int rc, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The recorded sentence. Borrowed until the next failure of this thread. */
const char *lapse_error(void);

#endif
