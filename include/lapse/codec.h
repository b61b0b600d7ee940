/*
 * Documents of the archive to structs and back: the one place that spells
 * their keys. Strings are copied into the arena. Failures are LAPSE_EFORMAT
 * and name the key.
 */
#ifndef LAPSE_CODEC_H
#define LAPSE_CODEC_H

#include <jansson.h>

#include "lapse/alloc.h"
#include "lapse/buf.h"
#include "lapse/model.h"

/* The versions that this program writes and reads. */
#define LAPSE_FORMAT_ARCHIVE "lapse-archive-1"
#define LAPSE_FORMAT_SOURCE "lapse-source-1"
#define LAPSE_FORMAT_CAPTURE "lapse-capture-1"
#define LAPSE_FORMAT_PARTIES "lapse-parties-1"
#define LAPSE_FORMAT_POLICY "lapse-policy-1"
#define LAPSE_VERSION "0.1.0"

/* A text of a document, copied; NULL when the value is none. Without NULs, whatever it holds. */
const char *lapse_codec_text(struct lapse_arena *arena, const json_t *value);

/* The fields of thread.json into thread (summary … created); absent ones become NULL. */
int lapse_codec_fields(struct lapse_thread *thread, struct lapse_arena *arena, const json_t *doc);

/* A post's document; `path` is left alone. With `text` false the text is only looked at, not kept. */
int lapse_codec_post(struct lapse_post *post, struct lapse_arena *arena, const json_t *doc, bool text);

/* The items of changes.json, each change one struct, in the document's order; *out is in the arena. */
int lapse_codec_changes(struct lapse_change **out, size_t *nout, struct lapse_arena *arena, const json_t *doc);

/* A message of a list: the thread that it belongs to instead of the one whose document this is, as a later message showed; -1: none. */
int64_t lapse_codec_moved_to(const json_t *doc);

/* The list in posts.json or attachments.json: {"numbers":[…]}. New reference; and back, ended by lapse_ids_release(). */
json_t *lapse_codec_list_encode(const struct lapse_ids *ids);
int lapse_codec_list_decode(struct lapse_ids *out, const json_t *doc);

/* A capture's record. New reference; and back, ended by lapse_capture_release(). */
json_t *lapse_codec_capture_encode(const struct lapse_capture *capture);
int lapse_codec_capture_decode(struct lapse_capture *out, const json_t *doc);

/* sources/NAME.json; `url` may be NULL. New reference. And the kind and url of one, borrowed from it. */
json_t *lapse_codec_source_encode(const char *name, const char *kind, const char *url);
int lapse_codec_source_decode(const char **name, const char **kind, const char **url, const json_t *doc);

/*
 * The same with what a sync needs to know. Borrowed from the document. `query` is [[name, value], …], checked by who
 * asks; without a `rest` there is nothing to sync.
 */
struct lapse_source {
	const char *name;
	const char *kind;
	const char *url;	/* as given; NULL */
	const char *rest;	/* the REST interface's address; NULL */
	const json_t *query;
	const char *recheck;	/* "open", "all" or an age; NULL */
	bool evidence;		/* keep what was told, byte for byte */
	bool stopped;		/* it is asked only when it is named */
};
json_t *lapse_codec_source_write(const struct lapse_source *source);
int lapse_codec_source_read(struct lapse_source *out, const json_t *doc);

/* lapse.json. New reference. */
json_t *lapse_codec_archive_encode(void);

/* Is the document's "format" this one? LAPSE_EFORMAT naming both otherwise. */
int lapse_codec_format(const json_t *doc, const char *format);

#endif
