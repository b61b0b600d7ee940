#include "lapse/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char sentence[2048];

static void
record(const char *fmt, va_list ap)
{
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
}

int
lapse_fail(enum lapse_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(fmt, ap);
	va_end(ap);
	return code;
}

int
lapse_fail_errno(enum lapse_code code, const char *fmt, ...)
{
	const char *cause = strerror(errno);
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	record(fmt, ap);
	va_end(ap);
	len = strlen(sentence);
	snprintf(sentence + len, sizeof(sentence) - len, ": %s", cause);
	return code;
}

int
lapse_context(int rc, const char *fmt, ...)
{
	char inner[sizeof(sentence)];
	size_t len;
	va_list ap;

	if (rc >= 0)
		return rc;
	memcpy(inner, sentence, sizeof(inner));
	va_start(ap, fmt);
	record(fmt, ap);
	va_end(ap);
	len = strlen(sentence);
	snprintf(sentence + len, sizeof(sentence) - len, ": %s", inner);
	return rc;
}

const char *
lapse_error(void)
{
	return sentence;
}
