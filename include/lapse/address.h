/*
 * The address of a Bugzilla's search, as people have it in their browser, taken apart: where its REST interface is,
 * and what to search for. Addresses are strangers' words: they come from the command line or with an archive.
 */
#ifndef LAPSE_ADDRESS_H
#define LAPSE_ADDRESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lapse/buf.h"

/* One parameter of a search, decoded. */
struct lapse_term {
	char *name;
	char *value;
};

struct lapse_address {
	char *rest;		/* "https://bugzilla.example.org/rest/"; NULL before it is known */
	struct lapse_term *terms;
	size_t nterms;
	size_t cap;
};

void lapse_address_init(struct lapse_address *address);
void lapse_address_release(struct lapse_address *address);

/*
 * Take apart the address of a search (…/buglist.cgi?…), of bugs (…/show_bug.cgi?id=…), of a REST call (…/rest/bug?…), or of
 * the Bugzilla itself. What only lays out the web page is dropped. LAPSE_EUSAGE for what is none: another scheme, one
 * with a name, a password or a key in it (which the message does not repeat), a saved search. `out` is an empty one.
 */
int lapse_address_parse(struct lapse_address *out, const char *text);

/* Add a parameter; one that is there already, or empty, is passed over. */
void lapse_address_add(struct lapse_address *address, const char *name, const char *value);

/* LAPSE_EUSAGE when there is nothing to search for (that would be all bugs of the site), or more than a request can hold. */
int lapse_address_check(const struct lapse_address *address);

/* Is this the address of a REST interface, as parse makes it: http(s), a host, nothing secret, "/rest/" at its end? */
bool lapse_rest_is_valid(const char *rest);

/* Append the parameters, encoded: "product=CA%20Program&component=…". */
int lapse_address_write(struct lapse_buf *out, const struct lapse_address *address);

/* A number that no chart (f1, o1, v1) of the search has. */
int lapse_address_free_chart(const struct lapse_address *address);

/* The parameters as JSON, [[name, value], …]: a new reference. And back, added to an address; LAPSE_EFORMAT. */
json_t *lapse_address_encode(const struct lapse_address *address);
int lapse_address_decode(struct lapse_address *address, const json_t *query);

#endif
