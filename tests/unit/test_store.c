#include "test_store.h"

#include <sys/stat.h>

/* ---- making and opening ---- */

static void
a_new_archive_is_an_empty_bare_repository(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_commit tip;

	(void)state;
	assert_int_equal(lapse_store_tip(&tip, store), 0);
	lapse_store_free(store);
	assert_string_equal(output("git -C a rev-parse --is-bare-repository"), "true");
	assert_string_equal(output("git -C a symbolic-ref HEAD"), "refs/heads/main");
	assert_int_equal(sh("git -C a fsck --strict 2>fsck.txt"), 0);
}

static void
an_archive_is_not_made_over_other_things(void **state)
{
	(void)state;
	assert_int_equal(sh("mkdir full && touch full/x"), 0);
	assert_int_equal(lapse_store_init("full"), LAPSE_EFAIL);
	assert_string_equal(lapse_error(), "'full' is not empty");
	assert_int_equal(lapse_store_init("not/there"), LAPSE_EFAIL);
	assert_error("No such file");
}

static void
making_an_archive_goes_on_where_it_was_cut_short(void **state)
{
	(void)state;
	assert_int_equal(sh("mkdir -p a/objects/pack && touch a/lapse.init"), 0);
	lapse_store_free(new_store("a"));
	assert_int_not_equal(access("a/lapse.init", F_OK), 0);
	assert_int_equal(lapse_store_init("a"), LAPSE_EFAIL);
}

static void
what_is_no_archive_is_refused(void **state)
{
	struct lapse_store *store;

	(void)state;
	assert_int_equal(lapse_store_open(&store, "nowhere"), LAPSE_ENOTFOUND);
	assert_string_equal(lapse_error(), "no archive in 'nowhere' (lapse init makes one)");
	assert_null(store);
	assert_int_equal(sh("mkdir empty && git init -q later && git -C later config core.repositoryformatversion 2"), 0);
	assert_int_equal(lapse_store_open(&store, "empty"), LAPSE_ENOTFOUND);
	assert_int_equal(lapse_store_open(&store, "later"), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "'later/.git': a repository of version 2; up to 1 is read");
	/* Only the folder named is looked at, not those above it. */
	assert_int_equal(sh("git init -q above && mkdir above/below"), 0);
	assert_int_equal(lapse_store_open(&store, "above/below"), LAPSE_ENOTFOUND);
}

/* ---- documents ---- */

static void
a_run_is_one_commit(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch = open_batch(store);
	struct lapse_commit tip;
	char source[16];

	(void)state;
	assert_null(lapse_batch_base(batch));
	put(batch, "threads/bmo/1/thread.json", "{}");
	put(batch, "lapse.json", "{\"format\":1}");
	assert_int_equal(lapse_batch_changes(batch), 2);
	assert_int_equal(commit(batch), 1);
	assert_document(store, "threads/bmo/1/thread.json", "{}");
	assert_document(store, "threads/bmo/2/thread.json", NULL);
	assert_document(store, "threads/bmo/1/thread.json/x.json", NULL);
	assert_string_equal(output("git -C a cat-file -p HEAD:lapse.json"), "{\"format\":1}");
	assert_string_equal(output("git -C a log --format='%an <%ae> %ad|%cn <%ce> %cd|%s|%(trailers)' --date=iso-strict"),
	    "A. Tester <tester@example.org> 2023-11-14T22:13:20+00:00|"
	    "A. Tester <tester@example.org> 2024-01-02T03:04:05+00:00|Archive|Lapse-Source: bmo");
	assert_int_equal(lapse_store_tip(&tip, store), 1);
	assert_int_equal(tip.nparents, 0);
	assert_int_equal(tip.author_time.sec, WHEN.sec);
	assert_true(lapse_commit_trailer(source, sizeof(source), &tip, "Lapse-Source"));
	assert_string_equal(source, "bmo");
	assert_false(lapse_commit_trailer(source, 3, &tip, "Lapse-Source"));
	assert_false(lapse_commit_trailer(source, sizeof(source), &tip, "Lapse"));
	assert_false(lapse_commit_trailer(source, sizeof(source), &tip, "Archive"));
	lapse_commit_release(&tip);
	lapse_store_free(store);
	assert_fsck("a");
}

static void
a_run_that_changes_nothing_is_no_commit(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch;

	(void)state;
	assert_int_equal(run_one(store, "a.json", "1"), 1);
	assert_int_equal(commit(open_batch(store)), 0);
	assert_int_equal(run_one(store, "a.json", "1"), 0);
	batch = open_batch(store);
	put(batch, "a.json", "2");
	put(batch, "b.json", "2");
	assert_int_equal(lapse_batch_changes(batch), 2);
	put(batch, "a.json", "1");
	assert_int_equal(lapse_batch_changes(batch), 1);
	lapse_batch_free(batch);
	batch = open_batch(store);
	put(batch, "a.json", "2");
	put(batch, "a.json", "1");
	assert_int_equal(lapse_batch_changes(batch), 0);
	assert_int_equal(commit(batch), 0);
	lapse_store_free(store);
	assert_string_equal(output("git -C a rev-list --count HEAD"), "1");
}

static void
a_run_sees_what_it_has_put(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch;
	struct lapse_buf buf;

	(void)state;
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	assert_int_equal(run_one(store, "x/old.json", "old"), 1);
	batch = open_batch(store);
	assert_int_equal(lapse_batch_base(batch)->nparents, 0);
	assert_int_equal(lapse_batch_get(&buf, batch, "x/old.json"), 1);
	assert_string_equal(buf.data, "old");
	assert_int_equal(lapse_batch_get(&buf, batch, "x/new.json"), 0);
	assert_int_equal(lapse_batch_get(&buf, batch, "y/new.json"), 0);
	put(batch, "y/new.json", "new");
	put(batch, "x/old.json", "old");
	assert_int_equal(lapse_batch_get(&buf, batch, "y/new.json"), 1);
	assert_string_equal(buf.data, "new");
	assert_true(lapse_batch_has_put(batch, "x/old.json"));
	assert_true(lapse_batch_has_put(batch, "y/new.json"));
	assert_false(lapse_batch_has_put(batch, "x/new.json"));
	put(batch, "y/new.json", "");
	assert_int_equal(lapse_batch_get(&buf, batch, "y/new.json"), 1);
	assert_string_equal(buf.data, "");
	assert_int_equal(commit(batch), 1);
	assert_document(store, "y/new.json", "");
	lapse_buf_release(&buf);
	lapse_store_free(store);
	/* The text that was put first is nowhere. */
	assert_int_not_equal(sh("git -C a cat-file -e $(printf new | git hash-object --stdin) 2>/dev/null"), 0);
	assert_fsck("a");
}

static void
paths_that_are_none_are_refused(void **state)
{
	static const char *const paths[] = {
		"", ".json", "a", "a.txt", "/a.json", "a//b.json", "../a.json", "a/./b.json", ".git/a.json", "a/",
		"x.parts/0.json"
	};
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch = open_batch(store);

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		assert_int_equal(lapse_batch_put(batch, paths[i], "", 0), LAPSE_EFAIL);
		assert_error("is no path of a document");
	}
	lapse_batch_free(batch);
	lapse_store_free(store);
}

static void
a_folder_and_a_document_of_one_name_are_refused(void **state)
{
	struct lapse_store *store = open_store((sh("git init -q --bare a && cd a && b=$(echo x | git hash-object -w --stdin)"
	    " && s=$(printf '100644 blob %%s\\tf\\n' $b | git mktree) && t=$(printf '100644 blob %%s\\tdir\\n"
	    "040000 tree %%s\\tdoc.json\\n' $b $s | git mktree)"
	    " && git update-ref refs/heads/main $(git commit-tree -m x $t)"), "a"));
	struct lapse_batch *batch = open_batch(store);

	(void)state;
	assert_int_equal(lapse_batch_put(batch, "dir/x.json", "1", 1), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "dir/x.json: 'dir' is not a folder");
	assert_int_equal(lapse_batch_put(batch, "doc.json", "1", 1), LAPSE_EFORMAT);
	assert_string_equal(lapse_error(), "doc.json: is not a document");
	lapse_batch_free(batch);
	lapse_store_free(store);
}

/* git compares a folder's name as if it ended in a slash. */
static void
names_are_in_gits_order(void **state)
{
	static const char *const paths[] = {
		"a.json", "a/x.json", "a-b.json", "a-/x.json", "a0.json", "a0/x.json", "A.json", "a.b/x.json", "a.b.json",
		"z/10.json", "z/9.json", "z/1.json", "z/1/a.json", "z/\303\244.json"
	};
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch;
	size_t n = sizeof(paths) / sizeof(*paths);

	(void)state;
	for (size_t step = 1; step <= 3; step++) {
		batch = open_batch(store);
		for (size_t i = 0; i < n; i += step)
			put(batch, paths[(i * 5) % n], step == 1 ? "1" : step == 2 ? "2" : "3");
		assert_int_equal(commit(batch), 1);
	}
	lapse_store_free(store);
	assert_fsck("a");
	assert_int_equal(atoi(output("git -C a ls-tree -r HEAD | wc -l")), (int)n);
}

static void
other_entries_stay_as_they_are(void **state)
{
	struct lapse_store *store;

	(void)state;
	assert_int_equal(sh("git init -q a && cd a && mkdir d && echo x >d/run && chmod +x d/run && ln -s run d/link"
	    " && echo y >d/README && git add . && git commit -qm x"), 0);
	store = open_store("a");
	assert_int_equal(run_one(store, "d/doc.json", "{}"), 1);
	lapse_store_free(store);
	assert_string_equal(output("git -C a ls-tree HEAD d/ | cut -c1-6,53- | tr '\\t\\n' '  '"),
	    "100644 d/README 100644 d/doc.json 120000 d/link 100755 d/run ");
	assert_fsck("a");
}

/* ---- parts ---- */

static char *
letters(size_t len)
{
	char *text = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i / 1000 % 26);
	text[len] = '\0';
	return text;
}

static void
a_long_document_is_kept_in_slices(void **state)
{
	struct lapse_store *store = new_store("a");
	char *fits = letters(LAPSE_PART_SIZE), *over = letters(LAPSE_PART_SIZE + 1), *big = letters(11 * LAPSE_PART_SIZE + 5);

	(void)state;
	assert_int_equal(run_one(store, "d/x.json", fits), 1);
	assert_document(store, "d/x.json", fits);
	assert_string_equal(output("git -C a ls-tree -r --name-only HEAD"), "d/x.json");
	assert_int_equal(run_one(store, "d/x.json", over), 1);
	assert_document(store, "d/x.json", over);
	assert_string_equal(output("git -C a ls-tree -r --name-only HEAD | tr '\\n' ' '"), "d/x.parts/0 d/x.parts/1 ");
	assert_int_equal(run_one(store, "d/x.json", over), 0);
	assert_int_equal(run_one(store, "d/x.json", big), 1);
	assert_document(store, "d/x.json", big);
	assert_string_equal(output("cd a && for i in 0 1 2 3 4 5 6 7 8 9 10 11; do"
	    " git cat-file blob HEAD:d/x.parts/$i; done | wc -c"), "5767173");
	assert_fsck("a");
	assert_int_equal(run_one(store, "d/x.json", "{}"), 1);
	assert_document(store, "d/x.json", "{}");
	assert_string_equal(output("git -C a ls-tree -r --name-only HEAD"), "d/x.json");
	lapse_store_free(store);
	assert_fsck("a");
	free(big);
	free(over);
	free(fits);
}

static void
a_run_may_change_its_mind_about_slices(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch = open_batch(store);
	char *big = letters(LAPSE_PART_SIZE * 2);
	struct lapse_buf buf;

	(void)state;
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	put(batch, "x.json", big);
	assert_int_equal(lapse_batch_get(&buf, batch, "x.json"), 1);
	assert_string_equal(buf.data, big);
	put(batch, "x.json", "{}");
	assert_int_equal(lapse_batch_get(&buf, batch, "x.json"), 1);
	assert_string_equal(buf.data, "{}");
	put(batch, "y.json", "{}");
	put(batch, "y.json", big);
	assert_int_equal(lapse_batch_changes(batch), 2);
	assert_int_equal(commit(batch), 1);
	assert_string_equal(output("git -C a ls-tree -r --name-only HEAD | tr '\\n' ' '"), "x.json y.parts/0 y.parts/1 ");
	batch = open_batch(store);
	put(batch, "y.json", "{}");
	put(batch, "y.json", big);
	assert_int_equal(lapse_batch_changes(batch), 0);
	lapse_batch_free(batch);
	lapse_buf_release(&buf);
	lapse_store_free(store);
	assert_fsck("a");
	free(big);
}

static void
slices_that_make_no_document_are_refused(void **state)
{
	static const char *const trees[] = {
		/* one slice; a gap; a short one in the middle; not a number; a number written otherwise */
		"0:1", "0:1 2:1", "0:2 1:1", "0:1 x:2", "0:1 01:2", "00:1 1:2"
	};

	(void)state;
	assert_int_equal(sh("git init -q --bare a && head -c %zu /dev/zero >1 && echo end >2", LAPSE_PART_SIZE), 0);
	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		struct lapse_store *store;
		struct lapse_commit tip;
		struct lapse_buf buf;

		assert_int_equal(sh("cd a && t=$(for s in %s; do printf '100644 blob %%s\\t%%s\\n'"
		    " $(git hash-object -w ../${s#*:}) ${s%%%%:*}; done | git mktree) &&"
		    " git update-ref refs/heads/main $(git commit-tree -m x $(printf '040000 tree %%s\\tx.parts\\n' $t | git mktree))",
		    trees[i]), 0);
		store = open_store("a");
		lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
		assert_int_equal(lapse_store_tip(&tip, store), 1);
		assert_int_equal(lapse_doc_find(&buf, store, &tip.tree, "x.json"), LAPSE_EFORMAT);
		assert_error("are not the slices of one document");
		lapse_buf_release(&buf);
		lapse_commit_release(&tip);
		lapse_store_free(store);
	}
}

/* ---- commits by name ---- */

static void
commits_are_found_by_name(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_commit commit, other;
	char hex[LAPSE_OID_HEX + 1];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(run_one(store, "n.json", i == 0 ? "0" : i == 1 ? "1" : "2"), 1);
	assert_int_equal(lapse_store_commit(&commit, store, "HEAD~2"), 0);
	assert_int_equal(commit.nparents, 0);
	assert_int_equal(lapse_commit_parent(&commit, store), 0);
	lapse_oid_format(hex, &commit.id);
	assert_string_equal(hex, output("git -C a rev-parse HEAD~2"));
	hex[8] = '\0';
	assert_int_equal(lapse_store_commit(&other, store, hex), 0);
	assert_true(lapse_oid_equal(&other.id, &commit.id));
	lapse_commit_release(&other);
	hex[6] = '\0';
	assert_int_equal(lapse_store_commit(&other, store, hex), LAPSE_ENOTFOUND);
	lapse_commit_release(&commit);
	assert_int_equal(lapse_store_commit(&commit, store, "HEAD"), 0);
	for (size_t n = 2; n > 0; n--)
		assert_int_equal(lapse_commit_parent(&commit, store), 1);
	assert_int_equal(lapse_commit_parent(&commit, store), 0);
	lapse_commit_release(&commit);
	lapse_store_free(store);
}

static void
what_names_no_commit_is_said_so(void **state)
{
	static const char *const revs[] = { "HEAD~1", "HEAD~", "HEAD~x", "HEAD^", "main", "", "1234567", "zzzzzzz",
		"0000000000000000000000000000000000000000", "00000000000000000000000000000000000000000" };
	struct lapse_store *store = new_store("a");
	struct lapse_commit commit;
	char expected[128], tree[64];

	(void)state;
	assert_int_equal(lapse_store_commit(&commit, store, "HEAD"), LAPSE_ENOTFOUND);
	assert_int_equal(run_one(store, "n.json", "1"), 1);
	for (size_t i = 0; i < sizeof(revs) / sizeof(*revs); i++) {
		assert_int_equal(lapse_store_commit(&commit, store, revs[i]), LAPSE_ENOTFOUND);
		snprintf(expected, sizeof(expected), "no commit '%s'", revs[i]);
		assert_string_equal(lapse_error(), expected);
	}
	snprintf(tree, sizeof(tree), "%.40s", output("git -C a rev-parse HEAD^{tree}"));
	assert_int_equal(lapse_store_commit(&commit, store, tree), LAPSE_ENOTFOUND);
	lapse_store_free(store);
}

/* ---- identity ---- */

static void
the_archives_configuration_names_nobody(void **state)
{
	struct lapse_store *store = new_store("a");

	(void)state;
	assert_int_equal(sh("git -C a config user.name Mallory && git -C a config user.email m@example.org"), 0);
	assert_int_equal(run_one(store, "n.json", "1"), 1);
	assert_string_equal(output("git -C a log --format=%an/%ae"), "A. Tester/tester@example.org");
	lapse_store_free(store);
	/* git itself would log the move of the branch; an archive's configuration is not followed in that either. */
	assert_int_equal(sh("rm .gitconfig && git -C a config core.logAllRefUpdates true"), 0);
	store = open_store("a");
	assert_int_equal(run_one(store, "n.json", "2"), 1);
	lapse_store_free(store);
	assert_int_equal(access("a/logs", F_OK), -1);
}

/* ---- trees ---- */

static int
count_entries(const struct lapse_entry *entry, void *payload)
{
	size_t *counts = payload;

	counts[entry->kind]++;
	return 0;
}

static int
stop_at_first(const struct lapse_entry *entry, void *payload)
{
	(void)entry;
	(void)payload;
	return 42;
}

static void
a_tree_is_listed_and_searched(void **state)
{
	struct lapse_store *store;
	struct lapse_commit tip;
	struct lapse_entry entry;
	size_t counts[3] = { 0 };

	(void)state;
	assert_int_equal(sh("git init -q a && cd a && mkdir d && echo x >d/f && ln -s d link && echo y >e.json"
	    " && git add . && git commit -qm x"), 0);
	store = open_store("a");
	assert_int_equal(lapse_store_tip(&tip, store), 1);
	assert_int_equal(lapse_tree_each(store, &tip.tree, count_entries, counts), 0);
	assert_int_equal(counts[LAPSE_ENTRY_BLOB], 1);
	assert_int_equal(counts[LAPSE_ENTRY_TREE], 1);
	assert_int_equal(counts[LAPSE_ENTRY_OTHER], 1);
	assert_int_equal(lapse_tree_each(store, &tip.tree, stop_at_first, NULL), 42);
	assert_int_equal(lapse_tree_find(&entry, store, &tip.tree, "d/f"), 1);
	assert_int_equal(entry.kind, LAPSE_ENTRY_BLOB);
	assert_null(entry.name);
	assert_int_equal(lapse_tree_find(&entry, store, &tip.tree, "d/"), 1);
	assert_int_equal(entry.kind, LAPSE_ENTRY_TREE);
	assert_int_equal(lapse_tree_find(&entry, store, &tip.tree, "d/g"), 0);
	assert_int_equal(lapse_tree_find(&entry, store, &tip.tree, "d/f/x"), 0);
	assert_int_equal(lapse_tree_find(&entry, store, &tip.tree, "/d"), 0);
	assert_int_equal(lapse_tree_find(&entry, store, &tip.id, "d"), LAPSE_EFORMAT);
	assert_error("is a commit, not a tree");
	lapse_commit_release(&tip);
	lapse_store_free(store);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)
	const struct CMUnitTest tests[] = {
		TEST(a_new_archive_is_an_empty_bare_repository),
		TEST(an_archive_is_not_made_over_other_things),
		TEST(making_an_archive_goes_on_where_it_was_cut_short),
		TEST(what_is_no_archive_is_refused),
		TEST(a_run_is_one_commit),
		TEST(a_run_that_changes_nothing_is_no_commit),
		TEST(a_run_sees_what_it_has_put),
		TEST(paths_that_are_none_are_refused),
		TEST(a_folder_and_a_document_of_one_name_are_refused),
		TEST(names_are_in_gits_order),
		TEST(other_entries_stay_as_they_are),
		TEST(a_long_document_is_kept_in_slices),
		TEST(a_run_may_change_its_mind_about_slices),
		TEST(slices_that_make_no_document_are_refused),
		TEST(commits_are_found_by_name),
		TEST(what_names_no_commit_is_said_so),
		TEST(the_archives_configuration_names_nobody),
		TEST(a_tree_is_listed_and_searched),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
