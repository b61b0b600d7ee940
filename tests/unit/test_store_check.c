#include "test_store.h"

#include "lapse/digest.h"

struct faults {
	size_t nitems;
	char ids[64][LAPSE_OID_HEX + 1];
	char text[64][256];
	size_t done;
	size_t total;
};

static int
note_fault(const char *oid, const char *fault, void *payload)
{
	struct faults *faults = payload;

	assert_true(faults->nitems < 64);
	snprintf(faults->ids[faults->nitems], sizeof(faults->ids[0]), "%s", oid);
	snprintf(faults->text[faults->nitems], sizeof(faults->text[0]), "%s", fault);
	faults->nitems++;
	return 0;
}

static void
note_progress(size_t done, size_t total, void *payload)
{
	struct faults *faults = payload;

	faults->done = done;
	faults->total = total;
}

static struct faults
check(const char *dir)
{
	struct lapse_store *store = open_store(dir);
	struct faults faults = { .nitems = 0 };

	if (lapse_store_check_objects(store, note_fault, &faults, note_progress) != 0)
		fail_msg("%s", lapse_error());
	lapse_store_free(store);
	return faults;
}

/* Is there a fault of this object that says so? */
static void
assert_fault(const struct faults *faults, const char *id, const char *text)
{
	for (size_t i = 0; i < faults->nitems; i++)
		if (strcmp(faults->ids[i], id) == 0 && strstr(faults->text[i], text) != NULL)
			return;
	fail_msg("no fault '%s' of '%s'; the first of %zu is '%s' of '%s'", text, id, faults->nitems,
	    faults->text[0], faults->ids[0]);
}

static char *
id_of(char *out, const char *rev)
{
	char command[256];

	snprintf(command, sizeof(command), "git -C a rev-parse %s", rev);
	snprintf(out, LAPSE_OID_HEX + 1, "%.40s", output(command));
	return out;
}

/* A few documents in loose objects, or 600 in one pack. */
static void
make(const char *dir, int n)
{
	struct lapse_store *store = new_store(dir);

	assert_int_equal(run_many(store, 1, n), 1);
	lapse_store_free(store);
	assert_int_equal(sh("chmod -R u+w %s", dir), 0);
}

static void
assert_refused(const char *path)
{
	struct lapse_store *store = open_store("a");
	struct lapse_commit tip;
	struct lapse_buf buf;

	lapse_buf_init(&buf, LAPSE_BUF_DOCUMENT);
	assert_int_equal(lapse_store_tip(&tip, store), 1);
	assert_int_equal(lapse_doc_find(&buf, store, &tip.tree, path), LAPSE_EFORMAT);
	assert_error("object ");
	lapse_buf_release(&buf);
	lapse_commit_release(&tip);
	lapse_store_free(store);
}

/* ---- what is sound ---- */

static void
a_sound_archive_has_no_faults(void **state)
{
	struct lapse_store *store = new_store("a");
	struct faults faults = check("a");

	(void)state;
	assert_int_equal(faults.nitems, 0);
	for (int run = 1; run <= 3; run++)
		assert_int_equal(run_many(store, run, 300 * run), 1);
	lapse_store_free(store);
	faults = check("a");
	assert_int_equal(faults.nitems, 0);
	assert_int_equal(faults.done, faults.total);
	assert_int_equal(faults.total, atoi(output("git -C a cat-file --batch-all-objects --batch-check | wc -l")));
	assert_int_equal(sh("git -C a gc -q"), 0);
	assert_int_equal(check("a").nitems, 0);
	/* Rubbish may lack what it names. */
	assert_int_equal(sh("cd a && printf '040000 tree 1234567890123456789012345678901234567890\\tx\\n' | git mktree --missing >/dev/null"), 0);
	assert_int_equal(check("a").nitems, 0);
}

/* ---- what is not ---- */

static void
a_loose_object_with_other_contents_is_told(void **state)
{
	char one[LAPSE_OID_HEX + 1], other[LAPSE_OID_HEX + 1];
	struct faults faults;

	(void)state;
	make("a", 3);
	id_of(one, "HEAD:t/0/0.json");
	id_of(other, "HEAD:t/0/1.json");
	assert_int_equal(sh("cd a/objects && cp %.2s/%s %.2s/%s", other, other + 2, one, one + 2), 0);
	/* git itself does not mind. */
	assert_string_equal(output("git -C a show HEAD:t/0/0.json"), "{\"document\":1,\"run\":1}");
	faults = check("a");
	assert_int_equal(faults.nitems, 1);
	assert_fault(&faults, one, "was changed: its bytes have another id (loose)");
	assert_refused("t/0/0.json");
}

static void
a_truncated_loose_object_is_told(void **state)
{
	char one[LAPSE_OID_HEX + 1], tree[LAPSE_OID_HEX + 1];
	struct faults faults;

	(void)state;
	make("a", 3);
	id_of(one, "HEAD:t/0/0.json");
	id_of(tree, "HEAD:t/0");
	assert_int_equal(sh("truncate -s 9 a/objects/%.2s/%s && : >a/objects/%.2s/%s", one, one + 2, tree, tree + 2), 0);
	faults = check("a");
	assert_int_equal(faults.nitems, 2);
	assert_fault(&faults, one, "");
	assert_fault(&faults, tree, "");
	assert_refused("t/0/0.json");
}

static void
a_missing_object_is_told(void **state)
{
	char one[LAPSE_OID_HEX + 1], tree[LAPSE_OID_HEX + 1];
	struct faults faults;

	(void)state;
	make("a", 3);
	id_of(one, "HEAD:t/0/0.json");
	assert_int_equal(sh("rm a/objects/%.2s/%s", one, one + 2), 0);
	faults = check("a");
	assert_int_equal(faults.nitems, 1);
	assert_fault(&faults, one, "is not in the archive");
	assert_refused("t/0/0.json");
	id_of(tree, "HEAD^{tree}");
	assert_int_equal(sh("rm a/objects/%.2s/%s", tree, tree + 2), 0);
	faults = check("a");
	assert_int_equal(faults.nitems, 1);
	assert_fault(&faults, tree, "is not in the archive");
	id_of(one, "HEAD");
	assert_int_equal(sh("rm a/objects/%.2s/%s", one, one + 2), 0);
	faults = check("a");
	assert_int_equal(faults.nitems, 1);
	assert_fault(&faults, one, "is not in the archive");
}

/* The file "tree": entries as git would not write them, all of one blob; then a commit of it. */
static void
commit_tree(const char *const *entries, size_t n)
{
	unsigned char id[20];
	FILE *file;

	assert_int_equal(sh("git init -q --bare a"), 0);
	for (size_t i = 0; i < sizeof(id); i++) {
		char command[128];

		snprintf(command, sizeof(command), "printf x | git -C a hash-object -w --stdin | cut -c%zu-%zu", 2 * i + 1, 2 * i + 2);
		id[i] = (unsigned char)strtoul(output(command), NULL, 16);
	}
	file = fopen("tree", "wb");
	assert_non_null(file);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(fwrite(entries[i], strlen(entries[i]) + 1, 1, file), 1);
		assert_int_equal(fwrite(id, sizeof(id), 1, file), 1);
	}
	assert_int_equal(fclose(file), 0);
	assert_int_equal(sh("cd a && git update-ref refs/heads/main"
	    " $(git commit-tree -m x $(git hash-object -w -t tree --literally ../tree))"), 0);
}

static void
an_object_of_the_wrong_type_is_told(void **state)
{
	struct faults faults;
	char id[LAPSE_OID_HEX + 1];

	(void)state;
	commit_tree((const char *const[]){ "40000 d" }, 1);
	faults = check("a");
	assert_int_equal(faults.nitems, 1);
	assert_fault(&faults, id_of(id, "HEAD:d"), "is a blob, and named as a tree");
}

static void
a_tree_out_of_order_is_told(void **state)
{
	struct faults faults;
	char id[LAPSE_OID_HEX + 1];

	(void)state;
	commit_tree((const char *const[]){ "100644 b", "100644 a" }, 2);
	faults = check("a");
	assert_int_equal(faults.nitems, 1);
	assert_fault(&faults, id_of(id, "HEAD^{tree}"), "is a tree whose entries are not in order");
}

static void
a_flipped_byte_of_a_pack_is_told(void **state)
{
	struct faults faults;
	size_t nobjects = 0;

	(void)state;
	make("a", 600);
	for (int at = 100; at < 30000; at += 3001) {
		assert_int_equal(sh("cp -r a b && p=$(ls b/objects/pack/*.pack) && x=$(od -An -tu1 -j%d -N1 $p) &&"
		    " printf \"\\\\$(printf %%o $((x ^ 64)))\" | dd of=$p bs=1 seek=%d conv=notrunc status=none", at, at), 0);
		faults = check("b");
		assert_true(faults.nitems >= 1);
		assert_fault(&faults, "", "its bytes have another checksum");
		nobjects += faults.nitems - 1;
		assert_int_equal(sh("rm -rf b"), 0);
	}
	/* A flip may fall where an inflater does not look; most do not. */
	assert_true(nobjects >= 8);
}

static unsigned char *
read_file(size_t *size, const char *path)
{
	FILE *file = fopen(path, "rb");
	unsigned char *data = malloc(1 << 20);

	assert_non_null(file);
	*size = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

static void
swap(unsigned char *a, unsigned char *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = a[i];

		a[i] = b[i];
		b[i] = c;
	}
}

static void
write_file(const char *path, const unsigned char *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* The last 20 bytes are made the hash of those before them. */
static void
seal(unsigned char *data, size_t size)
{
	struct lapse_sha1 *sha = lapse_sha1_new();

	lapse_sha1_add(sha, data, size - 20);
	lapse_sha1_end(sha, data + size - 20);
	lapse_sha1_free(sha);
}

/* The place of an id among n sorted ones. */
static size_t
place_of(const unsigned char *ids, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++) {
		char hex[LAPSE_OID_HEX + 1];
		struct lapse_oid oid;

		memcpy(oid.id, ids + 20 * i, 20);
		if (strcmp(lapse_oid_format(hex, &oid), id) == 0)
			return i;
	}
	fail_msg("no %s", id);
	return 0;
}

static size_t
number(const unsigned char *bytes)
{
	return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

/* Two objects' places and checksums change places in the pack's index, whose own checksum is made right again. */
static void
a_swapped_index_is_told(void **state)
{
	char path[256], one[LAPSE_OID_HEX + 1], other[LAPSE_OID_HEX + 1];
	struct faults faults;
	unsigned char *data;
	size_t size, n, a, b;

	(void)state;
	make("a", 600);
	snprintf(path, sizeof(path), "%.255s", output("ls a/objects/pack/*.idx"));
	data = read_file(&size, path);
	n = number(data + 8 + 4 * 255);
	a = place_of(data + 1032, n, id_of(one, "HEAD:t/0/1.json"));
	b = place_of(data + 1032, n, id_of(other, "HEAD:t/0/2.json"));
	swap(data + 1032 + 20 * n + 4 * a, data + 1032 + 20 * n + 4 * b, 4);
	swap(data + 1032 + 24 * n + 4 * a, data + 1032 + 24 * n + 4 * b, 4);
	seal(data, size);
	write_file(path, data, size);
	free(data);
	/* git itself does not mind. */
	assert_string_equal(output("git -C a show HEAD:t/0/1.json"), "{\"document\":2,\"run\":1}");
	faults = check("a");
	assert_int_equal(faults.nitems, 2);
	assert_fault(&faults, one, "was changed: its bytes have another id (pack-");
	assert_fault(&faults, other, "was changed: its bytes have another id (pack-");
	assert_refused("t/0/1.json");
}

/* The same in git's index over all packs, where the packs' own indexes are right. */
static void
a_swapped_index_over_all_packs_is_told(void **state)
{
	const char *path = "a/objects/pack/multi-pack-index";
	char one[LAPSE_OID_HEX + 1], other[LAPSE_OID_HEX + 1];
	size_t size, n = 0, ids = 0, offsets = 0;
	struct faults faults;
	unsigned char *data;

	(void)state;
	make("a", 600);
	assert_int_equal(sh("git -C a multi-pack-index write 2>/dev/null && chmod u+w %s", path), 0);
	assert_int_equal(check("a").nitems, 0);
	data = read_file(&size, path);
	for (const unsigned char *chunk = data + 12; number(chunk) != 0; chunk += 12) {
		n = memcmp(chunk, "OIDF", 4) == 0 ? number(data + number(chunk + 8) + (size_t)4 * 255) : n;
		ids = memcmp(chunk, "OIDL", 4) == 0 ? number(chunk + 8) : ids;
		offsets = memcmp(chunk, "OOFF", 4) == 0 ? number(chunk + 8) : offsets;
	}
	swap(data + offsets + 8 * place_of(data + ids, n, id_of(one, "HEAD:t/0/1.json")),
	    data + offsets + 8 * place_of(data + ids, n, id_of(other, "HEAD:t/0/2.json")), 8);
	seal(data, size);
	write_file(path, data, size);
	free(data);
	assert_string_equal(output("git -C a show HEAD:t/0/1.json"), "{\"document\":2,\"run\":1}");
	faults = check("a");
	assert_int_equal(faults.nitems, 2);
	assert_fault(&faults, one, "is not where multi-pack-index says");
	assert_fault(&faults, other, "is not where multi-pack-index says");
	assert_refused("t/0/1.json");
}

static void
a_damaged_index_is_told(void **state)
{
	struct faults faults;

	(void)state;
	make("a", 600);
	assert_int_equal(sh("p=$(ls a/objects/pack/*.idx) && printf x | dd of=$p bs=1 seek=3000 conv=notrunc status=none"), 0);
	faults = check("a");
	assert_fault(&faults, "", ".idx: is damaged");
	assert_int_equal(sh("truncate -s 2000 a/objects/pack/*.idx"), 0);
	faults = check("a");
	assert_fault(&faults, "", ".idx: is not an index of version 2");
}

/* ---- other views ---- */

static void
assert_views(const char *expected)
{
	struct lapse_store *store = open_store("a");
	struct faults faults = { .nitems = 0 };
	char classes[256] = "";

	if (lapse_store_check_views(store, note_fault, &faults) != 0)
		fail_msg("%s", lapse_error());
	for (size_t i = 0; i < faults.nitems; i++)
		snprintf(classes + strlen(classes), sizeof(classes) - strlen(classes), "%s ", faults.ids[i]);
	assert_string_equal(classes, expected);
	lapse_store_free(store);
}

static void
what_shows_git_another_history_is_told(void **state)
{
	(void)state;
	make("a", 3);
	assert_views("");
	assert_int_equal(sh("git -C a replace HEAD:t/0/0.json HEAD:t/0/1.json"), 0);
	assert_views("replace ");
	assert_int_equal(sh("git -C a pack-refs --all"), 0);
	assert_views("replace ");
	assert_int_equal(sh("git -C a replace HEAD:t/0/2.json HEAD:t/0/1.json"), 0);
	assert_views("replace replace ");
	assert_int_equal(sh("cd a && mkdir -p info && git rev-parse HEAD >info/grafts && : >shallow"), 0);
	assert_views("replace replace grafts ");
	assert_int_equal(sh("cd a && echo /nowhere >objects/info/alternates && echo x >objects/info/http-alternates &&"
	    " git rev-parse HEAD >shallow"), 0);
	assert_views("replace replace grafts alternates alternates shallow ");
}

/* What the document says does not depend on any of them. */
static void
other_views_are_not_followed(void **state)
{
	struct lapse_store *store;
	char id[LAPSE_OID_HEX + 1];

	(void)state;
	make("a", 3);
	assert_int_equal(sh("git -C a replace HEAD:t/0/0.json HEAD:t/0/1.json"), 0);
	assert_string_equal(output("git -C a show HEAD:t/0/0.json"), "{\"document\":1,\"run\":1}");
	store = open_store("a");
	assert_document(store, "t/0/0.json", "{\"document\":0,\"run\":1}");
	lapse_store_free(store);
	/* An object that only the other folder has is missing. */
	id_of(id, "HEAD:t/0/0.json");
	assert_int_equal(sh("git -C a replace -d HEAD:t/0/0.json >/dev/null; cp -r a b && rm a/objects/%.2s/%s &&"
	    " echo $PWD/b/objects >a/objects/info/alternates", id, id + 2), 0);
	assert_string_equal(output("git -C a show HEAD:t/0/0.json"), "{\"document\":0,\"run\":1}");
	assert_refused("t/0/0.json");
	assert_int_equal(check("a").nitems, 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_archive_has_no_faults),
		TEST(a_loose_object_with_other_contents_is_told),
		TEST(a_truncated_loose_object_is_told),
		TEST(a_missing_object_is_told),
		TEST(an_object_of_the_wrong_type_is_told),
		TEST(a_tree_out_of_order_is_told),
		TEST(a_flipped_byte_of_a_pack_is_told),
		TEST(a_swapped_index_is_told),
		TEST(a_swapped_index_over_all_packs_is_told),
		TEST(a_damaged_index_is_told),
		TEST(what_shows_git_another_history_is_told),
		TEST(other_views_are_not_followed),
	};

	return cmocka_run_group_tests_name("store: integrity", tests, NULL, NULL);
}
