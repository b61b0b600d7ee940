/* Bugzilla's state, and what of it one reader sees: private to the test server's Bugzilla. */
#ifndef HTTPD_BUGZILLA_H
#define HTTPD_BUGZILLA_H

#include <jansson.h>
#include <stdint.h>

#include "httpd.h"

struct bug {
	int64_t id;
	json_t *fields;		/* NULL: known only to be hidden */
	json_t *comments;	/* arrays; NULL is an empty one */
	json_t *history;
	json_t *attachments;
	bool hidden;
};

struct state {
	struct bug *bugs;	/* by id */
	size_t nbugs;
	size_t cap;
	json_t *time;		/* NULL: the clock's */
	json_t *settings;	/* of server.json; NULL: none */
};

/* Read a folder. False when it cannot be; what is wrong is printed. */
bool state_read(struct state *state, const char *folder);
void state_release(struct state *state);
struct bug *state_find(const struct state *state, int64_t id);

/* A setting, a whole number. */
int64_t state_setting(const struct state *state, const char *name, int64_t otherwise);

/* ---- what one reader sees: new references ---- */

json_t *seen_comments(const struct bug *bug, bool trusted, bool edits);
json_t *seen_attachments(const struct bug *bug, bool trusted);

/* ---- one query ---- */

struct param {
	const char *name;
	const char *value;
};

struct query {
	char text[16384];	/* cut into the parameters */
	struct param params[2048];
	size_t nparams;
};

/* Take "a=1&b=2" apart. */
void query_read(struct query *query, const char *text);

/* A parameter's first value; NULL: not there. */
const char *query_get(const struct query *query, const char *name);

/* Is `word` among the values of a parameter, each of which may be a list with commas? */
bool query_has(const struct query *query, const char *name, const char *word);

/* Does a bug match? */
bool query_matches(const struct query *query, const struct bug *bug);

#endif
