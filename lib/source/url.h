/* Addresses that HTTP asks, taken apart by libcurl: private to this floor. */
#ifndef LAPSE_SOURCE_URL_H
#define LAPSE_SOURCE_URL_H

#include <stdbool.h>

/* An http or https address, as it is asked: no name, no password, no fragment. Zeroed is empty. */
struct lapse_url {
	char *text;	/* whole */
	char *scheme;
	char *host;	/* lower case; an IPv6 one in brackets */
	char *port;	/* the scheme's, when none is written */
	char *target;	/* path and query */
};

/* LAPSE_EFORMAT for whatever is no such address. The caller ends it with lapse_url_release(), also after a failure. */
int lapse_url_read(struct lapse_url *out, const char *text);

/* The address that a redirect names, which may be relative to where it was met. */
int lapse_url_follow(struct lapse_url *out, const struct lapse_url *from, const char *location);
void lapse_url_release(struct lapse_url *url);

/* The same scheme, host and port. */
bool lapse_url_same_place(const struct lapse_url *a, const struct lapse_url *b);
bool lapse_url_is_tls(const struct lapse_url *url);

/* Does it name this machine: localhost, 127.x.y.z, [::1]? */
bool lapse_url_is_loopback(const struct lapse_url *url);

/* Is the port the one that the scheme has anyway? */
bool lapse_url_has_usual_port(const struct lapse_url *url);

#endif
