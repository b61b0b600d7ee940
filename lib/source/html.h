/* HTML by events, by libxml2, which is loaded when a command first needs it. Private to this floor. */
#ifndef SOURCE_HTML_H
#define SOURCE_HTML_H

#include <stddef.h>

/* Names are in lower case; attributes are names and values by turns (a value may be NULL), ended by NULL, or NULL; a text may come in pieces. */
struct html_events {
	void (*begin)(void *payload, const unsigned char *name, const unsigned char **attributes);
	void (*end)(void *payload, const unsigned char *name);
	void (*text)(void *payload, const unsigned char *text, int len);
};

/*
 * Parse some HTML, in UTF-8 and at most INT_MAX bytes, whatever it is: no tree is built, nothing is fetched, complaints go
 * nowhere. 0, or LAPSE_EFAIL without the library.
 */
int html_parse(const struct html_events *events, void *payload, const char *html, size_t len);

#endif
