/*
 * The outside world brought in: saved answers of a foreign system become the
 * archive's documents, in its normal form. The only place that knows a
 * foreign format.
 */
#ifndef LAPSE_SOURCE_H
#define LAPSE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "lapse/model.h"
#include "lapse/store.h"

struct lapse_import_options {
	const char *source;		/* its name in the archive; made if it is new */
	struct lapse_instant time;	/* of the capture; LAPSE_NEVER: as the files say, if they can */
	bool stated;			/* the user said the time */
	const char *host;		/* of WARC files: only its answers, "bugzilla.example.org"; NULL: all are of one server */
	void (*progress)(size_t done, size_t total, void *payload);	/* files; may be NULL */
	void *payload;
};

/* What WARC files held beside the answers that were taken. */
struct lapse_passed {
	size_t taken;
	size_t others;		/* answers that are none of Bugzilla's REST interface, or errors of it, or of another host */
	size_t broken;		/* answers that are cut short or coded in a way that is not known */
	size_t revisits;	/* records that say: the same as another one */
};

/* Files of a folder that hold no mail: how many, and which one is the first, and why. */
struct lapse_skipped {
	size_t n;
	char first[512];
};

struct lapse_import_result {
	struct lapse_skipped skipped;
	bool made;			/* a commit was made; false: nothing new */
	struct lapse_oid commit;
	struct lapse_capture capture;	/* what came */
	struct lapse_instant newest;	/* the newest time that the data speaks of; LAPSE_NEVER: none */
	struct lapse_passed passed;	/* of WARC files */
};

/*
 * Bring saved Bugzilla REST answers (files or folders, plain or gzip) into the
 * archive as one capture, one commit. Answers are recognised by their shape: bug
 * searches, comment, history and attachment answers, and the form that holds
 * all of them. Anything that cannot be read is LAPSE_EFORMAT naming file, place
 * and cause; a capture older than the source's newest is LAPSE_EFAIL; both leave the archive as
 * it was. The result is ended with lapse_import_result_release().
 */
int lapse_import_bugzilla(struct lapse_import_result *out, struct lapse_store *store,
    char *const *paths, size_t npaths, const struct lapse_import_options *options);
void lapse_import_result_release(struct lapse_import_result *result);

/*
 * The same with WARC files (1.0 and 1.1, plain or gzip): every answer of Bugzilla's REST interface in them, told by its shape;
 * all else is passed over and counted. Answers of two servers are LAPSE_EFORMAT, unless a host is chosen. Without a time
 * the capture's is that of the first request, as the files state it.
 */
int lapse_import_warc(struct lapse_import_result *out, struct lapse_store *store,
    char *const *paths, size_t npaths, const struct lapse_import_options *options);

/*
 * Bring saved mail into the archive as one capture, one commit: mbox files of every kind, plain or gzip, months of
 * pipermail, Maildirs, .eml files and folders of them. Each message is kept byte for byte, once; what cannot be read as mail
 * is kept and flagged, never dropped. A path that holds no mail is LAPSE_EFORMAT.
 */
int lapse_import_mail(struct lapse_import_result *out, struct lapse_store *store,
    char *const *paths, size_t npaths, const struct lapse_import_options *options);

/*
 * The newest capture record of a source below a commit's tree: 1 and its path
 * (LAPSE_PATH_MAX bytes), 0 when there is none.
 */
int lapse_capture_newest(char *path, struct lapse_store *store, const struct lapse_oid *tree, const char *source);

/* How many bugs the source's newest capture from the network left to be asked for: 1 and *out, 0 when there is no such capture. */
int lapse_capture_due(size_t *out, struct lapse_store *store, const struct lapse_oid *tree, const char *source);

#endif
