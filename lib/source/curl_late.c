#include "curl_late.h"

#include <stdarg.h>
#include <stdbool.h>
#include <curl/curl.h>

#include "late.h"

/* These check the types of what follows, and would stand where the functions are defined. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

/* X(type, name, parameters, the same handed on) of those that give something, and of those that give nothing. */
#define GIVING(X) \
	X(CURLcode, curl_global_init, (long flags), (flags)) \
	X(CURL *, curl_easy_init, (void), ()) \
	X(const char *, curl_easy_strerror, (CURLcode code), (code)) \
	X(CURLHcode, curl_easy_header, (CURL *easy, const char *name, size_t index, unsigned origin, int request, \
	    struct curl_header **out), (easy, name, index, origin, request, out)) \
	X(CURLM *, curl_multi_init, (void), ()) \
	X(CURLMcode, curl_multi_cleanup, (CURLM *multi), (multi)) \
	X(CURLMcode, curl_multi_add_handle, (CURLM *multi, CURL *easy), (multi, easy)) \
	X(CURLMcode, curl_multi_remove_handle, (CURLM *multi, CURL *easy), (multi, easy)) \
	X(CURLMcode, curl_multi_perform, (CURLM *multi, int *running), (multi, running)) \
	X(CURLMcode, curl_multi_poll, (CURLM *multi, struct curl_waitfd fds[], unsigned n, int ms, int *out), \
	    (multi, fds, n, ms, out)) \
	X(CURLMsg *, curl_multi_info_read, (CURLM *multi, int *left), (multi, left)) \
	X(const char *, curl_multi_strerror, (CURLMcode code), (code)) \
	X(struct curl_slist *, curl_slist_append, (struct curl_slist *list, const char *text), (list, text)) \
	X(CURLU *, curl_url, (void), ()) \
	X(CURLUcode, curl_url_get, (CURLU *url, CURLUPart what, char **part, unsigned flags), \
	    (url, what, part, flags)) \
	X(CURLUcode, curl_url_set, (CURLU *url, CURLUPart what, const char *part, unsigned flags), \
	    (url, what, part, flags))
#define SILENT(X) \
	X(void, curl_global_cleanup, (void), ()) \
	X(void, curl_easy_cleanup, (CURL *easy), (easy)) \
	X(void, curl_slist_free_all, (struct curl_slist *list), (list)) \
	X(void, curl_free, (void *memory), (memory)) \
	X(void, curl_url_cleanup, (CURLU *url), (url))
/* Those that take an option and its value, of any type. */
#define OPEN(X) \
	X(CURLcode, curl_easy_setopt, (CURL *handle, CURLoption option, ...), (handle, option, value)) \
	X(CURLcode, curl_easy_getinfo, (CURL *handle, CURLINFO option, ...), (handle, option, value)) \
	X(CURLMcode, curl_multi_setopt, (CURLM *handle, CURLMoption option, ...), (handle, option, value))

#define MEMBER(type, name, takes, hands) type (*name) takes;

static struct {
	GIVING(MEMBER)
	SILENT(MEMBER)
	OPEN(MEMBER)
} late;	/* what the library is to a linked program: there once for all */

#define PLACE(type, name, takes, hands) { #name, &late.name },

int
curl_late_load(void)
{
	static const struct late_function functions[] = { GIVING(PLACE) SILENT(PLACE) OPEN(PLACE) };
	static bool loaded;
	int rc = loaded ? 0 : late_load("libcurl.so.4", "libcurl4", functions, sizeof(functions) / sizeof(functions[0]));

	loaded = rc == 0;
	return rc;
}

/* The value is a pointer or a number as wide as one: one register, whatever it is, where this program runs (LP64). */
_Static_assert(sizeof(void *) == sizeof(long) && sizeof(void *) == sizeof(curl_off_t), "an option is handed on as it came");

#define HAND_OVER(type, name, takes, hands) type name takes { return late.name hands; }
#define HAND_SILENTLY(type, name, takes, hands) type name takes { late.name hands; }
#define HAND_WITH_VALUE(type, name, takes, hands) \
	type name takes \
	{ \
		va_list rest; \
		void *value; \
		va_start(rest, option); \
		value = va_arg(rest, void *); \
		va_end(rest); \
		return late.name hands; \
	}

GIVING(HAND_OVER)
SILENT(HAND_SILENTLY)
OPEN(HAND_WITH_VALUE)
