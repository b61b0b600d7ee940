#include "test_store.h"

struct steps {
	char text[4096];
};

static void
add(struct steps *steps, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
add(struct steps *steps, const char *fmt, ...)
{
	size_t len = strlen(steps->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(steps->text + len, sizeof(steps->text) - len, fmt, ap);
	va_end(ap);
}

/* The tree of the newest commit, or of one before it. */
static struct lapse_oid
tree_of(struct lapse_store *store, const char *rev)
{
	struct lapse_commit commit;

	if (lapse_store_commit(&commit, store, rev) < 0)
		fail_msg("%s", lapse_error());
	lapse_commit_release(&commit);
	return commit.tree;
}

static const char *
walk_all(struct steps *steps, struct lapse_store *store, const char *rev, const char *prefix)
{
	static const char letter[] = { 'b', 't', 'o' };
	struct lapse_oid tree = tree_of(store, rev);
	struct lapse_entry entry;
	struct lapse_walk *walk;
	const char *path;
	int rc;

	steps->text[0] = '\0';
	if (lapse_walk_open(&walk, store, &tree, prefix) < 0)
		fail_msg("%s", lapse_error());
	while ((rc = lapse_walk_next(walk, &path, &entry)) > 0)
		add(steps, "%c:%s ", letter[entry.kind], path);
	assert_int_equal(rc, 0);
	assert_int_equal(lapse_walk_next(walk, &path, &entry), 0);
	lapse_walk_free(walk);
	return steps->text;
}

static int
note_difference(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	struct steps *steps = payload;

	add(steps, "%s%s%s ", before == NULL ? "+" : after == NULL ? "-" : "~",
	    (after != NULL ? after : before)->kind == LAPSE_ENTRY_TREE ? "t:" : "", path);
	return 0;
}

static const char *
compare(struct steps *steps, struct lapse_store *store, const char *before, const char *after)
{
	struct lapse_oid b = tree_of(store, after), a;

	steps->text[0] = '\0';
	if (before != NULL)
		a = tree_of(store, before);
	if (lapse_tree_compare(store, before != NULL ? &a : NULL, &b, note_difference, steps) != 0)
		fail_msg("%s", lapse_error());
	return steps->text;
}

static void
a_walk_meets_every_document_in_gits_order(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch = open_batch(store);
	char *big = calloc(1, LAPSE_PART_SIZE + 2);
	struct steps steps;

	(void)state;
	memset(big, 'x', LAPSE_PART_SIZE + 1);
	put(batch, "b/2/x.json", "1");
	put(batch, "b/10/x.json", "2");
	put(batch, "b/10/big.json", big);
	put(batch, "b.json", "3");
	put(batch, "a.json", "4");
	assert_int_equal(commit(batch), 1);
	assert_string_equal(walk_all(&steps, store, "HEAD", NULL),
	    "b:a.json b:b.json t:b/10/big.parts b:b/10/x.json b:b/2/x.json ");
	assert_string_equal(walk_all(&steps, store, "HEAD", ""),
	    "b:a.json b:b.json t:b/10/big.parts b:b/10/x.json b:b/2/x.json ");
	assert_string_equal(walk_all(&steps, store, "HEAD", "b"), "t:b/10/big.parts b:b/10/x.json b:b/2/x.json ");
	assert_string_equal(walk_all(&steps, store, "HEAD", "b/10/"), "t:b/10/big.parts b:b/10/x.json ");
	assert_string_equal(walk_all(&steps, store, "HEAD", "c"), "");
	assert_string_equal(walk_all(&steps, store, "HEAD", "a.json"), "");
	lapse_store_free(store);
	free(big);
}

static void
a_walk_reads_documents_as_it_goes(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_entry entry;
	struct lapse_walk *walk;
	struct lapse_oid tree;
	struct lapse_buf buf;
	const char *path;
	size_t n = 0;

	(void)state;
	assert_int_equal(run_many(store, 7, 700), 1);
	tree = tree_of(store, "HEAD");
	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_walk_open(&walk, store, &tree, "t"), 0);
	while (lapse_walk_next(walk, &path, &entry) > 0) {
		assert_int_equal(lapse_doc_read(&buf, store, &entry), 0);
		assert_non_null(strstr(buf.data, "\"run\":7}"));
		n++;
	}
	assert_int_equal(n, 700);
	lapse_walk_free(walk);
	lapse_buf_release(&buf);
	lapse_store_free(store);
}

static void
trees_are_compared_at_the_cost_of_what_differs(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_batch *batch = open_batch(store);
	struct steps steps;

	(void)state;
	put(batch, "a/1.json", "1");
	put(batch, "a/2.json", "1");
	put(batch, "b/1.json", "1");
	put(batch, "c.json", "1");
	assert_int_equal(commit(batch), 1);
	batch = open_batch(store);
	put(batch, "a/2.json", "2");
	put(batch, "a-/2.json", "2");
	put(batch, "c/2.json", "2");
	assert_int_equal(commit(batch), 1);
	assert_string_equal(compare(&steps, store, NULL, "HEAD~1"), "+a/1.json +a/2.json +b/1.json +c.json ");
	assert_string_equal(compare(&steps, store, "HEAD~1", "HEAD"), "+a-/2.json ~a/2.json +c/2.json ");
	assert_string_equal(compare(&steps, store, "HEAD", "HEAD~1"), "-a-/2.json ~a/2.json -c/2.json ");
	assert_string_equal(compare(&steps, store, "HEAD", "HEAD"), "");
	/* The folder that did not change is not looked at: it need not even be there. */
	assert_int_equal(sh("f=$(git -C a rev-parse HEAD:b); rm -f a/objects/$(echo $f | cut -c1-2)/$(echo $f | cut -c3-)"), 0);
	lapse_store_free(store);
	store = open_store("a");
	assert_string_equal(compare(&steps, store, "HEAD~1", "HEAD"), "+a-/2.json ~a/2.json +c/2.json ");
	lapse_store_free(store);
}

static void
a_document_that_goes_into_slices_is_one_gone_and_one_new(void **state)
{
	struct lapse_store *store = new_store("a");
	char *big = calloc(1, LAPSE_PART_SIZE + 2);
	struct steps steps;

	(void)state;
	memset(big, 'x', LAPSE_PART_SIZE + 1);
	assert_int_equal(run_one(store, "d/x.json", "1"), 1);
	assert_int_equal(run_one(store, "d/x.json", big), 1);
	big[0] = 'y';
	assert_int_equal(run_one(store, "d/x.json", big), 1);
	assert_string_equal(compare(&steps, store, "HEAD~2", "HEAD~1"), "-d/x.json +t:d/x.parts ");
	assert_string_equal(compare(&steps, store, "HEAD~1", "HEAD"), "~t:d/x.parts ");
	lapse_store_free(store);
	free(big);
}

static int
stop(const char *path, const struct lapse_entry *before, const struct lapse_entry *after, void *payload)
{
	(void)path;
	(void)before;
	(void)after;
	(*(int *)payload)++;
	return 5;
}

static void
a_comparison_stops_when_told_to(void **state)
{
	struct lapse_store *store = new_store("a");
	struct lapse_oid tree;
	int calls = 0;

	(void)state;
	assert_int_equal(run_many(store, 1, 20), 1);
	tree = tree_of(store, "HEAD");
	assert_int_equal(lapse_tree_compare(store, NULL, &tree, stop, &calls), 5);
	assert_int_equal(calls, 1);
	lapse_store_free(store);
}

/* A name that is a document on one side and a folder on the other. */
static void
a_document_that_becomes_a_folder_is_one_gone_and_others_new(void **state)
{
	struct lapse_store *store;
	struct steps steps;

	(void)state;
	assert_int_equal(sh("git init -q a && cd a && echo 1 >x && git add . && git commit -qm 1 && rm x && mkdir x"
	    " && echo 2 >x/y && ln -s y x/z && git add . && git commit -qm 2"), 0);
	store = open_store("a");
	assert_string_equal(compare(&steps, store, "HEAD~1", "HEAD"), "-x +x/y +x/z ");
	assert_string_equal(walk_all(&steps, store, "HEAD", NULL), "b:x/y o:x/z ");
	lapse_store_free(store);
}

static void
a_tree_that_is_a_trap_is_refused(void **state)
{
	struct lapse_store *store;
	struct lapse_entry entry;
	struct lapse_walk *walk;
	struct lapse_oid tree;
	const char *path;
	int rc;

	(void)state;
	/* Folder in folder, deeper than any archive. */
	assert_int_equal(sh("git init -q --bare a && cd a && t=$(printf '' | git mktree) && for i in $(seq 100); do"
	    " t=$(printf '040000 tree %%s\\td\\n' $t | git mktree); done &&"
	    " git update-ref refs/heads/main $(git commit-tree -m x $t)"), 0);
	store = open_store("a");
	tree = tree_of(store, "HEAD");
	assert_int_equal(lapse_walk_open(&walk, store, &tree, NULL), 0);
	while ((rc = lapse_walk_next(walk, &path, &entry)) > 0)
		;
	assert_int_equal(rc, LAPSE_EFORMAT);
	assert_error("lies too deep");
	lapse_walk_free(walk);
	lapse_store_free(store);
	/* Bytes that are no tree. */
	assert_int_equal(sh("cd a && t=$(printf '100644 a' | git hash-object -w -t tree --literally --stdin) &&"
	    " git update-ref refs/heads/main $(printf 'tree %%s\\nauthor a <a> 1 +0000\\ncommitter a <a> 1 +0000\\n\\nx\\n' $t |"
	    " git hash-object -w -t commit --stdin --literally)"), 0);
	store = open_store("a");
	tree = tree_of(store, "HEAD");
	assert_int_equal(lapse_tree_find(&entry, store, &tree, "a"), LAPSE_EFORMAT);
	assert_error("is not a well-formed tree");
	lapse_store_free(store);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)
	const struct CMUnitTest tests[] = {
		TEST(a_walk_meets_every_document_in_gits_order),
		TEST(a_walk_reads_documents_as_it_goes),
		TEST(trees_are_compared_at_the_cost_of_what_differs),
		TEST(a_document_that_goes_into_slices_is_one_gone_and_one_new),
		TEST(a_comparison_stops_when_told_to),
		TEST(a_document_that_becomes_a_folder_is_one_gone_and_others_new),
		TEST(a_tree_that_is_a_trap_is_refused),
	};

	return cmocka_run_group_tests_name("store: walking and comparing", tests, NULL, NULL);
}
