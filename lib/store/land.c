#include "land.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "lapse/alloc.h"
#include "pack.h"
#include "recover.h"

/* Up to so many objects are written one by one, more in a pack. */
#define LOOSE_MAX 500

/* Nobody has reason to hold a branch for longer than a moment: so many seconds of patience are enough. */
#define REF_WAIT_MAX 2
#define REF_POLLS_A_SECOND 50

/* ---- the commit ---- */

/*
 * Who archives, as the user's own configuration says; the archive's is not
 * read. One that names nobody, or cannot be read, keeps nobody from archiving.
 */
static void
read_identity(git_signature **out)
{
	git_config *config = NULL, *snapshot = NULL;
	const char *name = NULL, *email = NULL;

	*out = NULL;
	if (git_config_open_default(&config) == 0 && git_config_snapshot(&snapshot, config) == 0) {
		if (git_config_get_string(&name, snapshot, "user.name") < 0)
			name = NULL;
		if (git_config_get_string(&email, snapshot, "user.email") < 0)
			email = NULL;
	}
	if (git_signature_new(out, name != NULL ? name : "lapse", email != NULL ? email : "lapse@localhost", 0, 0) < 0)
		*out = NULL;
	git_config_free(snapshot);
	git_config_free(config);
}

/* A name may hold anything, a line of a commit not. */
static int
put_word(struct lapse_buf *buf, const char *word)
{
	int rc = 0;

	for (; *word != '\0' && rc == 0; word++)
		rc = lapse_buf_putc(buf, (unsigned char)*word < ' ' ? ' ' : *word);
	return rc;
}

static int
put_person(struct lapse_buf *buf, const char *role, const git_signature *who, struct lapse_instant time)
{
	int rc = lapse_buf_printf(buf, "%s ", role);

	if (rc == 0)
		rc = put_word(buf, who != NULL ? who->name : "lapse");
	if (rc == 0)
		rc = lapse_buf_puts(buf, " <");
	if (rc == 0)
		rc = put_word(buf, who != NULL ? who->email : "lapse@localhost");
	return rc < 0 ? rc : lapse_buf_printf(buf, "> %" PRId64 " +0000\n", time.sec);
}

static int
format_commit(struct lapse_buf *buf, const struct store_landing *landing, struct lapse_instant now)
{
	char hex[LAPSE_OID_HEX + 1];
	size_t len = strlen(landing->message);
	git_signature *who;
	int rc;

	/* git has no dates before 1970. */
	if (landing->time.sec < 0 || now.sec < 0)
		return lapse_fail(LAPSE_EFAIL, "a commit cannot be dated before 1970");
	read_identity(&who);
	rc = lapse_buf_printf(buf, "tree %s\n", lapse_oid_format(hex, &landing->tree));
	if (rc == 0 && landing->parent != NULL)
		rc = lapse_buf_printf(buf, "parent %s\n", lapse_oid_format(hex, landing->parent));
	if (rc == 0)
		rc = put_person(buf, "author", who, landing->time);
	if (rc == 0)
		rc = put_person(buf, "committer", who, now);
	if (rc == 0)
		rc = lapse_buf_printf(buf, "\n%s%s", landing->message,
		    len > 0 && landing->message[len - 1] == '\n' ? "" : "\n");
	git_signature_free(who);
	return rc;
}

static int
add_commit(struct lapse_oid *out, const struct store_landing *landing)
{
	struct lapse_instant now;
	struct lapse_buf buf;
	git_oid id;
	int rc = lapse_time_now(&now);

	if (rc < 0)
		return rc;
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	rc = format_commit(&buf, landing, now);
	if (rc == 0 && git_odb_hash(&id, buf.data, buf.len, GIT_OBJECT_COMMIT) < 0)
		rc = store_fail(LAPSE_EFAIL, "the commit");
	if (rc == 0) {
		*out = store_own_oid(&id);
		rc = store_spool_add(landing->spool, out, GIT_OBJECT_COMMIT, buf.data, buf.len);
	}
	lapse_buf_release(&buf);
	return rc;
}

/* ---- the objects ---- */

static int
write_loose(struct store_spool *spool, const struct store_spooled *spooled, void *payload)
{
	struct lapse_store *store = payload;
	struct store_object object;
	struct lapse_oid oid;
	git_oid id;
	int rc;

	memcpy(oid.id, spooled->id, sizeof(oid.id));
	rc = store_spool_read(&object, spool, &oid);
	if (rc < 0)
		return rc;
	id = store_git_oid(&oid);
	/*
	 * The backend itself: git_odb_write() would look for the object again, twice. A git gc beside us may take
	 * away the emptied folder that it is about to move the object into, so it gets a second and a third chance.
	 */
	for (int tries = 0; tries < 3; tries++) {
		rc = store->loose->write(store->loose, &id, object.data, object.size, object.type);
		if (rc == 0)
			break;
	}
	if (rc < 0)
		rc = store_fail(LAPSE_EFAIL, "writing an object");
	store_object_release(&object);
	return rc;
}

/* libgit2 syncs each object and its folder, but not the folder of folders. */
static int
sync_objects(const struct lapse_store *store)
{
	char *objects = store_path("%s/objects", store->dir);
	int rc = store_sync_folder(objects);

	free(objects);
	return rc;
}

static int
append(struct store_spool *spool, const struct store_spooled *object, void *payload)
{
	const unsigned char *bytes;
	int rc = store_spool_entry(&bytes, spool, object);

	return rc < 0 ? rc : store_pack_add(payload, object->id, bytes, object->len);
}

static int
write_pack(const struct store_landing *landing, size_t nobjects)
{
	struct store_pack *pack = NULL;
	int rc = store_pack_begin(&pack, landing->store->dir, nobjects);

	if (rc == 0)
		rc = store_spool_each(landing->spool, append, pack);
	if (rc == 0)
		rc = store_pack_seal(NULL, pack);
	if (rc == 0)
		rc = store_pack_publish(pack);
	store_pack_free(pack);
	return rc;
}

static int
write_objects(const struct store_landing *landing, const struct lapse_oid *commit)
{
	size_t nobjects;
	int rc = store_spool_mark(&nobjects, landing->spool, landing->store, commit);

	if (rc < 0)
		return rc;
	if (nobjects > LOOSE_MAX)
		return write_pack(landing, nobjects);
	rc = store_spool_each(landing->spool, write_loose, landing->store);
	return rc < 0 ? rc : sync_objects(landing->store);
}

/* ---- the branch ---- */

static int
ref_failed(const struct store_landing *landing, int rc)
{
	/* The note said that a lock of the branch would be ours. It is not. */
	store_lock_note(landing->lock, false, "run\nend\n");
	if (rc == GIT_ELOCKED)
		return lapse_fail(LAPSE_EAGAIN, "'%s/%s.lock' is held by another program",
		    landing->store->dir, landing->branch);
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS || rc == GIT_ENOTFOUND)
		return lapse_fail(LAPSE_EAGAIN, "%s was moved by another program meanwhile", landing->branch);
	return store_fail(LAPSE_EFAIL, "%s", landing->branch);
}

/* Compare and swap: the branch moves only from the commit that the run builds on. */
static int
move_branch(const struct store_landing *landing, const struct lapse_oid *commit)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / REF_POLLS_A_SECOND };
	long polls = store_lock_patience() < REF_WAIT_MAX ? store_lock_patience() : REF_WAIT_MAX;
	git_oid old = { { 0 } }, new = store_git_oid(commit);	/* all zero: there must be none */
	git_reference *ref = NULL;
	int rc = GIT_ELOCKED;

	if (landing->parent != NULL && !landing->is_new)
		old = store_git_oid(landing->parent);
	polls *= REF_POLLS_A_SECOND;
	for (long i = 0; i <= polls && rc == GIT_ELOCKED; i++) {
		if (i > 0)
			nanosleep(&pause, NULL);
		rc = git_reference_create_matching(&ref, landing->store->repo, landing->branch, &new, 1, &old, "lapse");
	}
	git_reference_free(ref);
	if (rc < 0)
		return ref_failed(landing, rc);
	return store_drop_ref_lock(landing->store, landing->branch);
}

int
store_land(struct lapse_oid *out, const struct store_landing *landing)
{
	char hex[LAPSE_OID_HEX + 1], *note;
	int rc = add_commit(out, landing);

	if (rc < 0)
		return rc;
	rc = store_lock_note(landing->lock, false, "run\nend\n");
	if (rc < 0)
		return rc;
	rc = write_objects(landing, out);
	if (rc < 0)
		return rc;
	rc = store_reopen(landing->store);
	if (rc < 0)
		return rc;
	note = store_path("ref %s %s\nend\n", landing->branch, lapse_oid_format(hex, out));
	rc = store_lock_note(landing->lock, true, note);
	free(note);
	if (rc < 0)
		return rc;
	rc = move_branch(landing, out);
	if (rc < 0)
		return rc;
	store_lock_clear(landing->lock);
	return 0;
}
