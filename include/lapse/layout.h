/*
 * The paths of an archive, as archive-layout.md specifies them: pure text,
 * both ways. All that is built comes from checked parts, so no path that a
 * stranger wrote is ever used.
 */
#ifndef LAPSE_LAYOUT_H
#define LAPSE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "lapse/time.h"

#define LAPSE_PATH_MAX 256	/* no path of the layout is longer */

enum lapse_file {
	LAPSE_FILE_UNKNOWN,	/* no path of this layout */
	LAPSE_FILE_ARCHIVE,	/* lapse.json */
	LAPSE_FILE_PARTIES,	/* parties.json */
	LAPSE_FILE_POLICY,	/* policies/ID.json */
	LAPSE_FILE_SOURCE,	/* sources/NAME.json */
	LAPSE_FILE_THREAD,	/* threads/SOURCE/AA/BB/ID/thread.json */
	LAPSE_FILE_POST_LIST,	/* …/posts.json */
	LAPSE_FILE_POST,	/* …/posts/N/NUMBER.json */
	LAPSE_FILE_CHANGES,	/* …/changes.json */
	LAPSE_FILE_REVISIONS,	/* …/revisions/N/NUMBER.json */
	LAPSE_FILE_ATTACHMENT_LIST,	/* …/attachments.json */
	LAPSE_FILE_ATTACHMENT,	/* …/attachments/NN/ID.json */
	LAPSE_FILE_PERSON,	/* people/SOURCE/AA/BB/ID.json */
	LAPSE_FILE_MESSAGE,	/* messages/SOURCE/XX/SHA256.eml: a message's own bytes */
	LAPSE_FILE_CAPTURE,	/* captures/SOURCE/YYYY/MM-DD/HH/MM/SS.json, SS_002.json … */
	LAPSE_FILE_TOMBSTONE	/* tombstones/…, reserved */
};

/* What a path says about its file. */
struct lapse_place {
	enum lapse_file file;
	char source[65];	/* or the policy's id, or the source's own name */
	int64_t thread;		/* bug id, or person id */
	int64_t number;		/* post number, attachment id, or the ordinal of a capture within its second, from 1 */
	struct lapse_instant time;	/* of a capture */
	char sha256[65];	/* of a message */
	bool in_parts;		/* the path is a ".parts" folder that stands for a ".json" or ".eml" file too large */
};

/* A source's or policy's name: 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit. */
bool lapse_name_is_valid(const char *name);

/*
 * Build a path into `out` (LAPSE_PATH_MAX bytes); returns `out`. thread_path
 * gives the folder, without a slash at its end; post, changes and so on are below it.
 */
char *lapse_path_source(char *out, const char *name);
char *lapse_path_policy(char *out, const char *id);
char *lapse_path_thread(char *out, const char *source, int64_t id);
char *lapse_path_fields(char *out, const char *source, int64_t id);
char *lapse_path_posts(char *out, const char *source, int64_t id);
char *lapse_path_post(char *out, const char *source, int64_t id, int64_t number);

/* The folder that a post lies in, by its number: a hundred in each. From LAPSE_POST_HASHED on numbers are spread already. */
#define LAPSE_POST_HASHED ((int64_t)1 << 52)
int64_t lapse_post_folder(int64_t number);
char *lapse_path_revisions(char *out, const char *source, int64_t id, int64_t number);
char *lapse_path_changes(char *out, const char *source, int64_t id);
char *lapse_path_attachments(char *out, const char *source, int64_t id);
char *lapse_path_attachment(char *out, const char *source, int64_t id, int64_t attachment);
char *lapse_path_person(char *out, const char *source, int64_t id);
char *lapse_path_message(char *out, const char *source, const char *sha256);	/* 64 lower-case hex digits */
#define LAPSE_ORDINAL_MAX 999	/* captures of one source in one second; names sort as they came */
char *lapse_path_capture(char *out, const char *source, struct lapse_instant time, int ordinal);

/*
 * On the branch of the evidence: the folder of a run's files, "evidence/bmo/2026/03-14/06-37-16", with "_002" for a second
 * one in that second. And whether a path is one for this source and time.
 */
char *lapse_path_evidence(char *out, const char *source, struct lapse_instant time, int ordinal);
bool lapse_path_is_evidence(const char *path, const char *source, struct lapse_instant time);

/* Take a path apart. False, and file LAPSE_FILE_UNKNOWN, when it is not exactly as the functions above would build it. */
bool lapse_place_parse(struct lapse_place *out, const char *path);

/* The number of a post by its path below its thread's posts/ ("0/12.json", "0/12.parts"): cheap; -1 for what is no such path. */
int64_t lapse_place_post(const char *below);

#endif
