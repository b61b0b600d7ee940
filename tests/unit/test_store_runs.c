#include "test_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

static int
count(const char *command)
{
	return atoi(output(command));
}

static int
loose_objects(void)
{
	return count("git -C a count-objects -v | sed -n 's/^count: //p'");
}

static int
packs(void)
{
	return count("git -C a count-objects -v | sed -n 's/^packs: //p'");
}

/* ---- loose objects and packs ---- */

static void
small_runs_are_loose_and_large_ones_a_pack(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	assert_int_equal(run_many(store, 1, 100), 1);
	assert_int_equal(packs(), 0);
	assert_int_equal(loose_objects(), 105);	/* documents, two folders, theirs, the root, the commit */
	assert_int_equal(run_many(store, 2, 600), 1);
	assert_int_equal(packs(), 1);
	assert_int_equal(loose_objects(), 105);
	assert_document(store, "t/11/599.json", "{\"document\":599,\"run\":2}");
	assert_int_equal(run_many(store, 2, 600), 0);
	lapse_store_free(store);
	assert_fsck("a");
	assert_int_equal(sh("git -C a verify-pack a/objects/pack/*.idx 2>/dev/null || cd a && git verify-pack objects/pack/*.idx"), 0);
	assert_int_equal(sh("test -z \"$(ls a | grep -v 'HEAD\\|config\\|lapse.lock\\|objects\\|refs')\""), 0);
	assert_int_equal(sh("test ! -s a/lapse.lock"), 0);
}

/* More than is held in memory: the objects go through a file. */
static void
a_run_larger_than_memory_goes_through_a_file(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch = open_batch(store);
	size_t len = 400000, n = 40;
	char *text = malloc(len + 1), path[64];
	struct lapse_buf buf;
	unsigned r = 1;

	(void)state;
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	text[len] = '\0';
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < len; k++) {
			r = r * 1103515245u + 12345u;
			text[k] = (char)(' ' + (r >> 16) % 90);
		}
		snprintf(path, sizeof(path), "big/%zu.json", i);
		put(batch, path, text);
	}
	assert_int_equal(access("a/lapse.spool", F_OK), 0);
	assert_int_equal(lapse_batch_get(&buf, batch, path), 1);
	assert_string_equal(buf.data, text);
	assert_int_equal(lapse_batch_get(&buf, batch, "big/0.json"), 1);
	assert_int_equal(commit(batch), 1);
	assert_int_not_equal(access("a/lapse.spool", F_OK), 0);
	assert_document(store, path, text);
	lapse_buf_release(&buf);
	lapse_store_free(store);
	free(text);
	assert_fsck("a");
}

/* More objects than are known in memory, and more folders: what was written and replaced stays out. */
static void
a_run_of_very_many_documents_is_like_any_other(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch = open_batch(store);

	(void)state;
	put_many(batch, 1, 17000);
	put_many(batch, 2, 3000);
	assert_int_equal(lapse_batch_changes(batch), 17000);
	assert_int_equal(lapse_batch_has_put(batch, "t/0/0.json"), 1);
	assert_int_equal(lapse_batch_has_put(batch, "t/0/17000.json"), 0);
	assert_int_equal(commit(batch), 1);
	assert_document(store, "t/0/0.json", "{\"document\":0,\"run\":2}");
	assert_document(store, "t/339/16999.json", "{\"document\":16999,\"run\":1}");
	assert_int_equal(count("git -C a ls-tree -r --name-only main | wc -l"), 17000);
	assert_int_equal(count("git -C a cat-file --batch-check --batch-all-objects | wc -l"), 17000 + 340 + 3);
	lapse_store_free(store);
	assert_fsck("a");
}

static void
a_run_without_a_commit_leaves_nothing(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch;

	(void)state;
	assert_int_equal(run_many(store, 1, 5), 1);
	batch = open_batch(store);
	put_many(batch, 2, 700);
	lapse_batch_free(batch);
	assert_int_equal(packs(), 0);
	assert_int_equal(loose_objects(), 9);
	assert_int_equal(run_many(store, 2, 5), 1);
	lapse_store_free(store);
	assert_fsck("a");
}

/* What runs leave is gathered: no archive gets slow by many small ones. */
static void
loose_objects_and_packs_are_gathered(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_store *reader;
	int most = 0, last = 0;

	(void)state;
	assert_int_equal(run_many(store, 0, 1), 1);
	reader = open_store("a");
	assert_document(reader, "t/0/0.json", "{\"document\":0,\"run\":0}");
	for (int run = 1; run <= 34; run++) {
		assert_int_equal(run_many(store, run, run % 2 == 0 ? 520 : 440), 1);
		last = run % 2 == 0 ? packs() : last;
		most = last > most ? last : most;
	}
	assert_int_equal(most, 12);
	assert_true(packs() < 13);
	assert_true(loose_objects() < 1600);
	assert_document(store, "t/10/519.json", "{\"document\":519,\"run\":34}");
	/* One that has not looked for a while finds what has moved. */
	assert_document(reader, "t/0/0.json", "{\"document\":0,\"run\":34}");
	lapse_store_free(reader);
	lapse_store_free(store);
	assert_fsck("a");
	assert_int_equal(count("git -C a rev-list --count HEAD"), 35);
	assert_string_equal(output("git -C a count-objects -v | sed -n 's/^garbage: //p'"), "0");
	assert_int_equal(sh("cd a && git verify-pack objects/pack/*.idx && test ! -s lapse.lock"), 0);
}

/* A pack that git was told to keep stays, and so does one that is damaged: it is evidence. */
static void
kept_and_damaged_packs_are_left_alone(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	assert_int_equal(run_many(store, 1, 600), 1);
	assert_int_equal(sh("cd a/objects/pack && for f in *.pack; do touch ${f%%.pack}.keep; done && ls *.pack >../../../kept"), 0);
	assert_int_equal(run_many(store, 2, 600), 1);
	assert_int_equal(sh("cd a/objects/pack && ls *.pack | grep -v -x -f ../../../kept >../../../bad && chmod u+w *.pack &&"
	    " printf xxx | dd of=$(cat ../../../bad) bs=1 seek=5000 conv=notrunc status=none"), 0);
	for (int run = 3; run <= 16; run++)
		assert_int_equal(run_many(store, run, 600), 1);
	assert_true(packs() < 13);
	assert_int_equal(sh("cd a/objects/pack && cat $(cat ../../../kept ../../../bad) >/dev/null"), 0);
	assert_document(store, "t/11/599.json", "{\"document\":599,\"run\":16}");
	lapse_store_free(store);
}

/* A damaged loose object keeps the others from nothing, and stays. */
static void
a_damaged_loose_object_stays_where_it_is(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	assert_int_equal(run_many(store, 1, 3), 1);
	assert_int_equal(sh("cd a && f=objects/$(git rev-parse HEAD:t/0/1.json | sed 's,..,&/,') && chmod u+w $f &&"
	    " echo rubbish >$f && echo $f >../damaged"), 0);
	for (int run = 2; run <= 4; run++)
		assert_int_equal(run_many(store, run, 440), 1);
	assert_int_equal(packs(), 1);
	assert_int_equal(loose_objects(), 1);
	assert_int_equal(sh("cd a && grep -q rubbish $(cat ../damaged)"), 0);
	lapse_store_free(store);
}

/* ---- side by side ---- */

static void
one_run_waits_for_another(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch;
	int fd;

	(void)state;
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	fd = open("a/lapse.lock", O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(lapse_batch_open(&batch, store), LAPSE_EAGAIN);
	assert_string_equal(lapse_error(), "the archive is in use by another run");
	assert_null(batch);
	/* Reading takes no lock. */
	assert_document(store, "x.json", "1");
	setenv("LAPSE_LOCK_WAIT", "10", 1);
	if (fork() == 0) {
		nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
		flock(fd, LOCK_UN);	/* the lock is the descriptor's, which both have */
		_exit(0);
	}
	assert_int_equal(run_one(store, "x.json", "2"), 1);
	while (wait(NULL) > 0)
		;
	close(fd);
	lapse_store_free(store);
}

static void
runs_at_once_all_get_in(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	lapse_store_free(store);
	setenv("LAPSE_LOCK_WAIT", "60", 1);
	for (int child = 0; child < 4; child++) {
		if (fork() != 0)
			continue;
		store = open_store("a");
		for (int i = 0; i < 5; i++) {
			char path[32];

			snprintf(path, sizeof(path), "%d/%d.json", child, i);
			if (run_one(store, path, "{}") != 1)
				_exit(1);
		}
		_exit(0);
	}
	for (int status = 0; wait(&status) > 0; )
		assert_int_equal(status, 0);
	assert_int_equal(count("git -C a rev-list --count HEAD"), 20);
	assert_int_equal(count("git -C a ls-tree -r HEAD | wc -l"), 20);
	assert_fsck("a");
}

static void
a_branch_that_moved_meanwhile_is_not_overwritten(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch;

	(void)state;
	/* There was no branch when the run began. */
	batch = open_batch(store);
	put(batch, "x.json", "1");
	assert_int_equal(sh("cd a && git update-ref refs/heads/main $(git commit-tree -m other $(git mktree </dev/null))"), 0);
	assert_int_equal(commit(batch), LAPSE_EAGAIN);
	assert_string_equal(lapse_error(), "refs/heads/main was moved by another program meanwhile");
	assert_int_equal(count("git -C a rev-list --count HEAD"), 1);
	/* There was another commit. */
	batch = open_batch(store);
	put(batch, "x.json", "1");
	assert_int_equal(sh("cd a && git update-ref refs/heads/main $(git commit-tree -m other -p HEAD $(git mktree </dev/null))"), 0);
	assert_int_equal(commit(batch), LAPSE_EAGAIN);
	assert_int_equal(count("git -C a rev-list --count HEAD"), 2);
	/* It is packed away, which is no move. */
	batch = open_batch(store);
	put(batch, "x.json", "1");
	assert_int_equal(sh("git -C a pack-refs --all"), 0);
	assert_int_equal(commit(batch), 1);
	assert_int_equal(count("git -C a rev-list --count HEAD"), 3);
	lapse_store_free(store);
	assert_fsck("a");
}

/* git holds the branch: its lock is never taken away. */
static void
a_branch_that_git_holds_is_left_to_it(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	assert_int_equal(sh(": >a/refs/heads/main.lock"), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(run_one(store, "x.json", "2"), LAPSE_EAGAIN);
		assert_error("/a/refs/heads/main.lock' is held by another program");
		assert_int_equal(access("a/refs/heads/main.lock", F_OK), 0);
	}
	assert_int_equal(sh("rm a/refs/heads/main.lock"), 0);
	assert_int_equal(run_one(store, "x.json", "2"), 1);
	lapse_store_free(store);
	assert_fsck("a");
}

/* ---- after a run that was killed ---- */

static void
leftovers_of_a_killed_run_are_cleared(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	assert_int_equal(sh("cd a && printf 'run\\nend\\n' >lapse.lock && touch lapse.spool lapse.spool.ids objects/tmp_object_git2_1234567890"
	    " objects/pack/tmp_lapse_abcdef objects/pack/pack_git2_1234 objects/pack/pack-%040d.idx", 7), 0);
	assert_int_equal(run_one(store, "x.json", "2"), 1);
	assert_int_equal(sh("cd a && test \"$(find . -type f -path './objects/*' ! -path './objects/[0-9a-f]?/*')\" = '' && test ! -e lapse.spool -a ! -e lapse.spool.ids"), 0);
	lapse_store_free(store);
}

static void
only_its_own_ref_lock_is_cleared(void **state)
{
	static const struct {
		const char *note;	/* after "ref refs/heads/main " */
		const char *lock;	/* what the lock of the branch holds */
		bool is_ours;
	} cases[] = {
		{ "1234567890123456789012345678901234567890\nend", "", true },
		{ "1234567890123456789012345678901234567890\nend", "12345678901234567", true },
		{ "1234567890123456789012345678901234567890\nend", "1234567890123456789012345678901234567890\n", true },
		{ "1234567890123456789012345678901234567890\nend", "1234567890123456789012345678901234567891\n", false },
		{ "1234567890123456789012345678901234567890\n", "", false },
		{ "12345678\nend", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct lapse_store *store = new_store("a");

		assert_int_equal(run_one(store, "x.json", "1"), 1);
		assert_int_equal(sh("printf 'ref refs/heads/main %%s\\n' '%s' >a/lapse.lock && printf '%s' >a/refs/heads/main.lock",
		    cases[i].note, cases[i].lock), 0);
		assert_int_equal(run_one(store, "x.json", "2"), cases[i].is_ours ? 1 : LAPSE_EAGAIN);
		assert_int_equal(access("a/refs/heads/main.lock", F_OK), cases[i].is_ours ? -1 : 0);
		lapse_store_free(store);
		assert_int_equal(sh("rm -rf a"), 0);
	}
}

/* The run got as far as the branch: a lock there now is another's, but for a second link to the branch. */
static void
the_lock_of_a_branch_that_moved_is_anothers(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	assert_int_equal(sh("cd a && printf 'ref refs/heads/main %%s\\nend\\n' $(git rev-parse HEAD) >lapse.lock && : >refs/heads/main.lock"), 0);
	assert_int_equal(run_one(store, "x.json", "2"), LAPSE_EAGAIN);
	assert_int_equal(sh("cd a && printf 'ref refs/heads/main %%s\\nend\\n' $(git rev-parse HEAD) >lapse.lock &&"
	    " ln -f refs/heads/main refs/heads/main.lock"), 0);
	assert_int_equal(run_one(store, "x.json", "2"), 1);
	lapse_store_free(store);
	assert_fsck("a");
}

static void
packs_that_were_merged_are_swept_by_the_next_run(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	for (int run = 1; run <= 3; run++)
		assert_int_equal(run_many(store, run, 600), 1);
	/* As it is when a run is killed between making the new pack and deleting the old ones. */
	assert_int_equal(sh("cd a && ls objects/pack/*.pack | sed 's,.*/,,; s,.pack,,' >../old && git repack -q -a &&"
	    " new=$(ls objects/pack/*.pack | sed 's,.*/,,; s,.pack,,' | grep -v -x -f ../old) &&"
	    " { echo sweep $new; cat ../old; echo $new; echo end; } >lapse.lock"), 0);
	assert_int_equal(packs(), 4);
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	assert_int_equal(packs(), 1);
	assert_fsck("a");
	/* The new one never came: nothing is swept. */
	assert_int_equal(sh("cd a && { echo sweep pack-%040d; ls objects/pack/*.pack | sed 's,.*/,,; s,.pack,,'; echo end; } >lapse.lock", 1), 0);
	assert_int_equal(run_one(store, "x.json", "2"), 1);
	assert_int_equal(packs(), 1);
	lapse_store_free(store);
	assert_fsck("a");
}

/* ---- other repositories ---- */

static void
a_clone_with_a_work_tree_is_an_archive(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	assert_int_equal(run_many(store, 1, 600), 1);
	lapse_store_free(store);
	assert_int_equal(sh("git clone -q a b && git clone -q --bare file://$PWD/a c && git -C a bundle create -q ../d.bundle HEAD main &&"
	    " git clone -q d.bundle d && git -C b worktree add -q ../e -b other 2>/dev/null"), 0);
	for (const char *dir = "bcd"; *dir != '\0'; dir++) {
		char name[2] = { *dir, '\0' };

		store = open_store(name);
		assert_document(store, "x.json", "1");
		assert_int_equal(run_one(store, "x.json", name), 1);
		assert_document(store, "x.json", name);
		lapse_store_free(store);
		assert_fsck(name);
	}
	assert_string_equal(output("git -C b cat-file -p main:x.json"), "b");
	/* A further work tree leads to another folder, as a stranger's might. */
	assert_int_equal(lapse_store_open(&store, "e"), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "'e/.git' leads to another folder; an archive is one folder: open that one");
	assert_string_equal(output("cat b/x.json"), "1");
}

static void
a_detached_head_is_refused_for_writing(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch;

	(void)state;
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	assert_int_equal(sh("git -C a rev-parse HEAD >head && cp head a/HEAD"), 0);
	assert_int_equal(lapse_batch_open(&batch, store), LAPSE_EFAIL);
	assert_string_equal(lapse_error(), "HEAD names no branch; check one out first");
	assert_document(store, "x.json", "1");
	lapse_store_free(store);
}

static void
links_in_place_of_folders_are_not_followed(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch;

	(void)state;
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	assert_int_equal(sh("mv a/objects/pack elsewhere && ln -s ../../elsewhere a/objects/pack"), 0);
	assert_int_equal(lapse_batch_open(&batch, store), LAPSE_EFAIL);
	assert_error("is not a folder of its own");
	assert_int_equal(sh("rm a/objects/pack && mv elsewhere a/objects/pack"), 0);
	assert_int_equal(sh("mv a/refs/heads/main victim && ln -s ../../../victim a/refs/heads/main"), 0);
	assert_int_equal(lapse_batch_open(&batch, store), LAPSE_EFAIL);
	assert_error("is a symbolic link");
	assert_int_equal(sh("rm a/refs/heads/main && mv victim a/refs/heads/main && rm a/lapse.lock && ln -s ../victim a/lapse.lock"), 0);
	assert_int_equal(lapse_batch_open(&batch, store), LAPSE_EFAIL);
	assert_error("cannot be written");
	assert_int_equal(access("victim", F_OK), -1);
	lapse_store_free(store);
}

/* As nobody, if we are root: to root every folder can be written. */
static void
a_read_only_archive_can_be_read(void **state)
{
	struct lapse_store *store = new_store("a");
	int status;

	(void)state;
	assert_int_equal(run_many(store, 1, 600), 1);
	assert_int_equal(run_one(store, "x.json", "1"), 1);
	lapse_store_free(store);
	assert_int_equal(sh("chmod -R a-w a && chmod -R a+rX ."), 0);
	if (fork() == 0) {
		struct lapse_batch *batch;

		if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(0);
		store = open_store("a");
		assert_document(store, "x.json", "1");
		assert_document(store, "t/0/7.json", "{\"document\":7,\"run\":1}");
		assert_int_equal(lapse_batch_open(&batch, store), LAPSE_EFAIL);
		assert_error("cannot be written: Permission denied");
		assert_null(batch);
		lapse_store_free(store);
		_exit(0);
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
}

/* What git makes of an archive is one still. */
static void
git_may_gather_an_archive_itself(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	for (int run = 1; run <= 3; run++)
		assert_int_equal(run_many(store, run, 600), 1);
	assert_int_equal(sh("cd a && git repack -q -d --write-midx && git multi-pack-index verify 2>/dev/null"), 0);
	assert_document(store, "t/11/599.json", "{\"document\":599,\"run\":3}");
	/* Its index over all packs does not outlive them. */
	for (int run = 4; run <= 14; run++)
		assert_int_equal(run_many(store, run, 600), 1);
	assert_true(packs() < 13);
	assert_int_not_equal(access("a/objects/pack/multi-pack-index", F_OK), 0);
	assert_fsck("a");
	assert_int_equal(sh("git -C a gc -q && git -C a repack -q -a -d --write-bitmap-index && git -C a commit-graph write --no-progress"), 0);
	assert_document(store, "t/11/599.json", "{\"document\":599,\"run\":14}");
	assert_int_equal(run_many(store, 15, 600), 1);
	assert_document(store, "t/11/599.json", "{\"document\":599,\"run\":15}");
	lapse_store_free(store);
	assert_fsck("a");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)
	const struct CMUnitTest tests[] = {
		TEST(small_runs_are_loose_and_large_ones_a_pack),
		TEST(a_run_larger_than_memory_goes_through_a_file),
		TEST(a_run_of_very_many_documents_is_like_any_other),
		TEST(a_run_without_a_commit_leaves_nothing),
		TEST(loose_objects_and_packs_are_gathered),
		TEST(kept_and_damaged_packs_are_left_alone),
		TEST(a_damaged_loose_object_stays_where_it_is),
		TEST(one_run_waits_for_another),
		TEST(runs_at_once_all_get_in),
		TEST(a_branch_that_moved_meanwhile_is_not_overwritten),
		TEST(a_branch_that_git_holds_is_left_to_it),
		TEST(leftovers_of_a_killed_run_are_cleared),
		TEST(only_its_own_ref_lock_is_cleared),
		TEST(the_lock_of_a_branch_that_moved_is_anothers),
		TEST(packs_that_were_merged_are_swept_by_the_next_run),
		TEST(a_clone_with_a_work_tree_is_an_archive),
		TEST(a_detached_head_is_refused_for_writing),
		TEST(links_in_place_of_folders_are_not_followed),
		TEST(a_read_only_archive_can_be_read),
		TEST(git_may_gather_an_archive_itself),
	};

	return cmocka_run_group_tests_name("store: runs", tests, NULL, NULL);
}
