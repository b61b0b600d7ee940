/*
 * feed ARCHIVE: write the newest commit's tree as a stream for
 * `git fast-import`: the same blobs at the same paths, one commit.
 */
#include <git2.h>
#include <stdio.h>

static int
feed_blob(const char *root, const git_tree_entry *entry, void *payload)
{
	git_odb_object *blob;

	if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		return 0;
	if (git_odb_read(&blob, payload, git_tree_entry_id(entry)) < 0)
		return -1;
	printf("M 100644 inline %s%s\ndata %zu\n", root, git_tree_entry_name(entry), git_odb_object_size(blob));
	fwrite(git_odb_object_data(blob), 1, git_odb_object_size(blob), stdout);
	putchar('\n');
	git_odb_object_free(blob);
	return 0;
}

int
main(int argc, char **argv)
{
	git_repository *repo = NULL;
	git_object *tree = NULL;
	git_odb *odb = NULL;
	int rc;

	if (argc != 2) {
		fputs("usage: feed ARCHIVE\n", stderr);
		return 2;
	}
	git_libgit2_init();
	rc = git_repository_open(&repo, argv[1]);
	if (rc == 0)
		rc = git_repository_odb(&odb, repo);
	if (rc == 0)
		rc = git_revparse_single(&tree, repo, "HEAD^{tree}");
	if (rc == 0) {
		printf("commit refs/heads/main\ncommitter bench <bench@localhost> 1773470236 +0000\ndata 0\n");
		rc = git_tree_walk((git_tree *)tree, GIT_TREEWALK_PRE, feed_blob, odb);
	}
	if (rc < 0)
		fprintf(stderr, "feed: %s\n", git_error_last() != NULL ? git_error_last()->message : "failed");
	else if (fflush(stdout) != 0 || ferror(stdout))
		rc = -1;
	git_object_free(tree);
	git_odb_free(odb);
	git_repository_free(repo);
	git_libgit2_shutdown();
	return rc < 0 ? 3 : 0;
}
