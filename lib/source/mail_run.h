/*
 * One run of an import of mail: which messages came and which posts they are, what the archive has of the source
 * already, how it all hangs together now, and the documents that follow. Private to this floor.
 *
 * Nothing here depends on the order in which messages come: a post's number follows from its Message-ID and its
 * content, a thread's from the Message-ID of its root, and of several copies of one mail the fullest speaks.
 */
#ifndef LAPSE_SOURCE_MAIL_RUN_H
#define LAPSE_SOURCE_MAIL_RUN_H

#include "bugzilla.h"
#include "mail.h"

/* One message as it lies in the archive, and how it was kept where it came from. */
struct mail_copy {
	const char *sha256;	/* of its bytes: 64 hex digits */
	const char *format;	/* "mboxrd", "maildir", … */
	const char *envelope;	/* the From_ line that stood before it; "" none */
	int64_t headers;	/* lines of its header: the copy with the most speaks for the post */
};

/* What a message without a time has instead, for documents: no clock rests on it. */
#define MAIL_UNDATED ((struct lapse_instant){ 0 })

struct mail_post {
	int64_t number;
	const char *message_id, *subject;
	const char *const *references;	/* oldest first */
	size_t nreferences;
	struct lapse_instant at;
	struct mail_copy *copies;	/* by headers, most first; then digest, format, envelope */
	size_t ncopies;
	int64_t had;		/* the thread in which the archive has it; -1: in none */
	int64_t thread;		/* that it belongs to */
	const char *root;	/* Message-ID of that thread's root, a message or not */
	int64_t parent;		/* number of the post that it answers; -1: none that is known */
	bool came;		/* in this run */
	bool is_new_copy;	/* it has a copy that the archive does not */
};

struct mail_posts {
	struct mail_post *items;
	size_t nitems, cap;
};

struct mail_run {
	struct import *run;
	struct lapse_store *store;
	const struct lapse_import_options *options;	/* NULL: no import */
	struct lapse_skipped *skipped;	/* of an import */
	const struct lapse_oid *tree;	/* messages are read from it; NULL: from the run's batch */
	struct lapse_arena arena;	/* of all posts */
	struct mail_posts posts;
};

/* A message's own id, else the one that was made for it. */
const char *mail_id(const struct lapse_mail *mail);

/*
 * The number of a post, and of a thread: 53 bits of a SHA-256, so that any JSON reader can hold it. A post is what it says and who
 * says so: what another author says under the same Message-ID is another post.
 */
int64_t mail_post_number(const struct lapse_mail *mail);
int64_t mail_thread_number(const char *root);

/* Add what a commit's tree has of the source already. */
int mail_known_add(struct mail_run *m, const struct lapse_oid *tree);

/* Each post once: copies of one number are joined. Sorted by number. */
void mail_posts_settle(struct mail_run *m);

/* Find out to which thread each post belongs, and what it answers. */
int mail_threads_find(struct mail_run *m);

/* The document of a post from the message that speaks for it, read again. New reference. LAPSE_EFORMAT when that is not there. */
int mail_post_derive(json_t **out, struct mail_run *m, const struct mail_post *post);

/* A post's document: what its fullest copy says, and all copies. New reference. */
json_t *mail_post_encode(const struct lapse_mail *mail, const struct mail_copy *copies, size_t ncopies);

/* And back, as far as a run needs it; `had` and what follows it are not set. */
int mail_post_decode(struct mail_post *out, struct lapse_arena *arena, const json_t *doc);

/* A thread's own document, and its change history's, which is empty. The posts are its; at least one. New references. */
json_t *mail_thread_encode(const struct mail_post *const *posts, size_t nposts);
json_t *mail_changes_encode(void);

/* The posts by thread, then number: the caller free()s the list. */
struct mail_post **mail_posts_by_thread(struct mail_run *m);

/* Put the documents of every thread that this run touched, and note its scope. Threads and parents are known. */
int mail_threads_put(struct mail_run *m);

#endif
