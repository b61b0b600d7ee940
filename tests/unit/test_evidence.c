/* A run's evidence: kept on a branch of its own, the same bytes for the same exchanges, and what follows from it again. */
#include "test_store.h"

#include "../../lib/source/bugzilla.h"

#include "lapse/evidence.h"
#include "lapse/json.h"
#include "lapse/rederive.h"
#include "lapse/settings.h"
#include "lapse/source.h"
#include "lapse/verify.h"
#include "lapse/warc.h"
#include "lapse/witness.h"

#define REST "https://bugzilla.example/rest/"
#define BUG "{\"bugs\":[{\"id\":7,\"summary\":\"Example: a bug\",\"status\":\"NEW\",\"creation_time\":\"2023-01-01T00:00:00Z\"," \
	"\"history\":[],\"comments\":[{\"id\":1,\"bug_id\":7,\"count\":0,\"author\":\"a@b.example\"," \
	"\"creation_time\":\"2023-01-01T00:00:00Z\",\"text\":\"%s\"}]}]}"
#define ASK_BUG REST "bug?id=7&include_fields=_default,comments,history"

static struct lapse_store *store;

static void
open_archive(void)
{
	if (lapse_archive_init("a") < 0 || lapse_store_open(&store, "a") < 0)
		fail_msg("%s", lapse_error());
}

static void
close_archive(void)
{
	lapse_store_free(store);
	assert_int_equal(sh("git -C a fsck --strict --no-progress >fsck 2>&1"), 0);
}

/* ---- the branch ---- */

/* One commit of evidence with these files. */
static int
keep_files(struct lapse_oid *out, const char *folder, const char *const *files, size_t n)
{
	struct lapse_evidence *evidence = NULL;
	struct lapse_batch *batch = NULL;
	int rc = lapse_batch_open(&batch, store);

	if (rc == 0)
		rc = lapse_evidence_open(&evidence, batch);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = lapse_evidence_add(evidence, files[i], strlen(files[i]));
	if (rc == 0)
		rc = lapse_evidence_commit(out, evidence, folder, "evidence\n\nLapse-Evidence: here\n", WHEN);
	lapse_evidence_free(evidence);
	lapse_batch_free(batch);
	return rc;
}

static void
evidence_has_a_branch_of_its_own_and_leaves_the_archive_alone(void **state)
{
	static const char *const first[] = { "one", "two" }, *const second[] = { "three" };
	char head[64];
	struct lapse_oid oid;

	(void)state;
	open_archive();
	snprintf(head, sizeof(head), "%.40s", output("git -C a rev-parse HEAD"));
	assert_int_equal(lapse_evidence_should_hold(store, WHEN), 0);
	assert_int_equal(keep_files(&oid, "evidence/bmo/2024/01-01/00-00-00", first, 2), 0);
	assert_int_equal(lapse_evidence_should_hold(store, WHEN), 1);
	assert_int_equal(keep_files(&oid, "evidence/bmo/2024/01-02/00-00-00", second, 1), 0);
	assert_string_equal(output("git -C a rev-parse HEAD"), head);
	assert_string_equal(output("git -C a ls-tree -r --name-only evidence"),
	    "evidence/bmo/2024/01-01/00-00-00/0001.warc.gz\nevidence/bmo/2024/01-01/00-00-00/0002.warc.gz\n"
	    "evidence/bmo/2024/01-02/00-00-00/0001.warc.gz");
	assert_string_equal(output("git -C a show evidence~:evidence/bmo/2024/01-01/00-00-00/0002.warc.gz"), "two");
	assert_string_equal(output("git -C a rev-list --count evidence"), "2");
	assert_string_equal(output("git -C a log -1 --format=%aI evidence"), "2023-11-14T22:13:20+00:00");
	assert_int_equal(sh("test ! -e a/lapse.spool -a ! -e a/lapse.spool.evidence -a ! -s a/lapse.lock"), 0);
	close_archive();
}

static void
a_branch_that_is_not_ours_is_left_alone(void **state)
{
	static const char *const files[] = { "one" };
	struct lapse_oid oid;

	(void)state;
	open_archive();
	assert_int_equal(sh("git -C a branch evidence HEAD"), 0);
	assert_int_equal(keep_files(&oid, "evidence/x", files, 1), LAPSE_EFAIL);
	assert_string_equal(lapse_error(), "refs/heads/evidence: is somebody else's: its newest commit brings no evidence");
	assert_int_equal(sh("git -C a update-ref -d refs/heads/evidence && git -C a symbolic-ref refs/heads/evidence refs/heads/main"), 0);
	assert_int_equal(keep_files(&oid, "evidence/x", files, 1), LAPSE_EFAIL);
	assert_string_equal(lapse_error(), "refs/heads/evidence: refs/heads/evidence is another name for a branch, not one");
	assert_int_equal(sh("cd a && rm refs/heads/evidence && ln -s main refs/heads/evidence"), 0);
	assert_int_equal(keep_files(&oid, "evidence/x", files, 1), LAPSE_EFAIL);
	assert_non_null(strstr(lapse_error(), "is a symbolic link"));
	assert_int_equal(sh("rm a/refs/heads/evidence"), 0);
	close_archive();
}

static void
a_clone_goes_on_where_the_other_one_was(void **state)
{
	static const char *const files[] = { "one" };
	struct lapse_oid first, second;
	char hex[LAPSE_OID_HEX + 1];

	(void)state;
	open_archive();
	assert_int_equal(keep_files(&first, "evidence/bmo/2024/01-01/00-00-00", files, 1), 0);
	close_archive();
	assert_int_equal(sh("git clone -q a b"), 0);
	assert_int_equal(lapse_store_open(&store, "b"), 0);
	assert_int_equal(lapse_evidence_should_hold(store, WHEN), 1);
	assert_int_equal(lapse_evidence_should_hold(store, (struct lapse_instant){ WHEN.sec - 1 }), 0);
	assert_int_equal(keep_files(&second, "evidence/bmo/2024/01-02/00-00-00", files, 1), 0);
	assert_string_equal(output("git -C b rev-parse evidence~"), lapse_oid_format(hex, &first));
	lapse_store_free(store);
	assert_int_equal(sh("git clone -q --single-branch a c"), 0);
	assert_int_equal(lapse_store_open(&store, "c"), 0);
	assert_int_equal(lapse_evidence_should_hold(store, WHEN), 0);
	close_archive();
}

static void
no_file_is_as_large_as_a_mebibyte(void **state)
{
	char *data = calloc(1, LAPSE_EVIDENCE_FILE_MAX + 1);
	struct lapse_evidence *evidence;
	struct lapse_batch *batch;

	(void)state;
	open_archive();
	assert_int_equal(lapse_batch_open(&batch, store), 0);
	assert_int_equal(lapse_evidence_open(&evidence, batch), 0);
	assert_int_equal(lapse_evidence_add(evidence, data, LAPSE_EVIDENCE_FILE_MAX + 1), LAPSE_ETOOBIG);
	assert_int_equal(lapse_evidence_add(evidence, data, LAPSE_EVIDENCE_FILE_MAX), 0);
	lapse_evidence_free(evidence);
	lapse_batch_free(batch);
	assert_int_equal(lapse_evidence_should_hold(store, WHEN), 0);
	free(data);
	close_archive();
}

/* ---- a run ---- */

struct talk {
	const char *url, *head, *body, *trouble;
	size_t len;	/* of the body; 0: it is text */
};

static void
show(struct lapse_witness *witness, const struct talk *talk)
{
	static const char request[] = "GET /rest/x HTTP/1.1\r\nHost: bugzilla.example\r\nX-Bugzilla-API-Key: sesame\r\n"
	    "Cookie: a=sesame\r\n b=sesame\r\nauthorization : Basic sesame\r\nAccept: */*\r\n\r\n";

	lapse_witness_note(&(struct lapse_exchange){
		.url = talk->url, .at = WHEN, .ip = "127.0.0.1", .request = request, .request_len = sizeof(request) - 1,
		.head = talk->head, .head_len = talk->head != NULL ? strlen(talk->head) : 0,
		.body = talk->body, .body_len = talk->len > 0 ? talk->len : strlen(talk->body), .trouble = talk->trouble,
	}, witness);
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: s=sesame\r\n\r\n"

/* A capture of what `taken` says, with the evidence of these exchanges: the evidence's code. */
static int
capture(const char *taken, const struct talk *talks, size_t n)
{
	struct lapse_witness *witness = NULL;
	struct lapse_capture capture;
	struct import run;
	struct lapse_oid oid;
	json_t *answer;
	int rc;

	lapse_capture_init(&capture);
	snprintf(capture.source, sizeof(capture.source), "bmo");
	snprintf(capture.kind, sizeof(capture.kind), "bugzilla");
	capture.time = WHEN;
	lapse_import_init(&run, "bmo", &capture);
	assert_int_equal(lapse_batch_open(&run.batch, store), 0);
	assert_int_equal(lapse_witness_open(&witness, run.batch, "bmo"), 0);
	for (size_t i = 0; i < n; i++)
		show(witness, &talks[i]);
	assert_int_equal(lapse_json_parse(&answer, taken, strlen(taken), NULL), 0);
	assert_int_equal(lapse_bugzilla_take(&run, answer), 0);
	json_decref(answer);
	lapse_import_settle(&run);
	rc = lapse_witness_finish(&capture.evidence, witness, WHEN);
	if (rc >= 0)
		assert_int_equal(lapse_import_commit(&oid, &run, 1), 1);
	lapse_witness_free(witness);
	lapse_import_release(&run);
	lapse_capture_release(&capture);
	return rc;
}

static char faults[4096];

static void
note_fault(const struct lapse_fault *fault, void *payload)
{
	size_t len = strlen(faults);

	(void)payload;
	snprintf(faults + len, sizeof(faults) - len, "%s %s: %s\n", fault->class, fault->path, fault->what);
}

static const char *
verify(struct lapse_verify_counts *counts)
{
	faults[0] = '\0';
	if (lapse_verify(counts, store, note_fault, NULL, NULL, NULL) < 0)
		fail_msg("%s", lapse_error());
	return faults;
}

/* A bug whose one comment has this text. Borrowed until the next but one. */
static const char *
bug(const char *text)
{
	static char bugs[2][1024];
	static unsigned n;
	char *out = bugs[n++ % 2];

	snprintf(out, sizeof(bugs[0]), BUG, text);
	return out;
}

static void
what_was_captured_follows_from_the_evidence(void **state)
{
	const struct talk talks[] = {
		{ REST "time", OK_HEAD, "{\"db_time\":\"2024-01-01T00:00:00Z\"}", NULL, 0 },
		{ REST "bug?product=x&include_fields=id,last_change_time", OK_HEAD,
		  "{\"bugs\":[{\"id\":7,\"last_change_time\":\"2024-01-01T00:00:00Z\"}]}", NULL, 0 },
		{ ASK_BUG, "HTTP/1.1 503 Busy\r\n\r\n", "{}", NULL, 0 },
		{ ASK_BUG, NULL, "", "connection reset", 0 },
		{ ASK_BUG, OK_HEAD, "{\"bugs\":[{\"id\":", "cut short", 0 },
		{ ASK_BUG, OK_HEAD, bug("hello"), NULL, 0 },
		{ REST "bug/8?include_fields=id", "HTTP/1.1 401 X\r\n\r\n", "{\"error\":true,\"code\":102}", NULL, 0 },
	};
	struct lapse_verify_counts counts;

	(void)state;
	open_archive();
	assert_int_equal(capture(bug("hello"), talks, 7), 1);
	assert_string_equal(verify(&counts), "");
	assert_int_equal(counts.derived, 1);
	assert_int_equal(counts.elsewhere, 0);
	assert_string_equal(output("git -C a ls-tree -r --name-only evidence"), "evidence/bmo/2023/11-14/22-13-20/0001.warc.gz");
	assert_string_equal(output("git -C a show HEAD:captures/bmo/2023/11-14/22/13/20.json | jq -r "
	    "'.evidence | .folder + \" \" + (.files|tostring)'"), "evidence/bmo/2023/11-14/22-13-20 1");
	/* The commit and the digest, by git and sha256sum alone. */
	assert_int_equal(sh("cd a && test \"$(git show HEAD:captures/bmo/2023/11-14/22/13/20.json | jq -r .evidence.sha256)\" = "
	    "\"$(git show evidence:evidence/bmo/2023/11-14/22-13-20/0001.warc.gz | sha256sum | cut -d' ' -f1)\""), 0);
	assert_int_equal(sh("cd a && test \"$(git show HEAD:captures/bmo/2023/11-14/22/13/20.json | jq -r .evidence.commit)\" = "
	    "\"$(git rev-parse evidence)\""), 0);
	close_archive();
}

static void
no_secret_is_in_the_evidence(void **state)
{
	const struct talk talks[] = { { ASK_BUG, OK_HEAD, bug("hello"), NULL, 0 } };
	const struct talk keys[] = {
		{ "https://bugzilla.example/rest/bug?id=7&Bugzilla_API_Key=sesame", OK_HEAD, "{}", NULL, 0 },
		{ "https://bugzilla.example/rest/bug?api_key=sesame", OK_HEAD, "{}", NULL, 0 },
		{ "https://me:sesame@bugzilla.example/rest/bug", OK_HEAD, "{}", NULL, 0 },
	};

	(void)state;
	open_archive();
	assert_int_equal(capture(bug("hello"), talks, 1), 1);
	assert_int_equal(sh("cd a && git show evidence:evidence/bmo/2023/11-14/22-13-20/0001.warc.gz | zcat >../all"), 0);
	assert_int_equal(sh("grep -q sesame all"), 1);
	assert_int_equal(sh("grep -a -q '^Accept: \\*/\\*.$' all && grep -a -q '^Content-Type: application/json.$' all"), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(capture(bug("again"), &keys[i], 1), LAPSE_EFAIL);
		assert_string_equal(lapse_error(),
		    "keeping the evidence: a request whose address holds a key or a password is not kept");
	}
	assert_string_equal(output("git -C a rev-list --count evidence"), "1");
	close_archive();
}

static void
a_field_that_the_client_made_wrong_is_set_aside(void **state)
{
	const struct talk talks[] = {
		{ ASK_BUG, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", bug("hello"), NULL, 0 },
		{ REST "time", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", NULL, 0 },
	};
	struct lapse_verify_counts counts;

	(void)state;
	open_archive();
	assert_int_equal(capture(bug("hello"), talks, 2), 1);
	assert_string_equal(verify(&counts), "");
	assert_int_equal(sh("cd a && git show evidence:evidence/bmo/2023/11-14/22-13-20/0001.warc.gz | zcat >../all"), 0);
	assert_string_equal(output("grep -a -c '^X-Archive-Orig-Transfer-Encoding: chunked.$' all"), "1");
	assert_string_equal(output("grep -a -c '^Transfer-Encoding: chunked.$' all"), "1");
	/* {} by sha256sum: the payload is what was sent, without its chunks. */
	assert_string_equal(output("grep -a -c '^WARC-Payload-Digest: "
	    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.$' all"), "1");
	close_archive();
}

static void
the_same_exchanges_make_the_same_bytes(void **state)
{
	const struct talk talks[] = {
		{ ASK_BUG, OK_HEAD, bug("hello"), NULL, 0 }, { ASK_BUG, OK_HEAD, bug("hello"), NULL, 0 },
	};
	char tree[64];

	(void)state;
	open_archive();
	assert_int_equal(capture(bug("hello"), talks, 2), 1);
	snprintf(tree, sizeof(tree), "%.40s", output("git -C a rev-parse evidence^{tree}"));
	/* Two records of the same exchange are two. */
	assert_string_equal(output("git -C a show evidence:evidence/bmo/2023/11-14/22-13-20/0001.warc.gz | zcat | "
	    "grep -a ^WARC-Record-ID | sort -u | wc -l"), "5");
	close_archive();
	assert_int_equal(sh("rm -rf a"), 0);
	open_archive();
	assert_int_equal(capture(bug("hello"), talks, 2), 1);
	assert_string_equal(output("git -C a rev-parse evidence^{tree}"), tree);
	close_archive();
}

static void
a_run_that_asked_nothing_leaves_no_evidence(void **state)
{
	struct lapse_verify_counts counts;

	(void)state;
	open_archive();
	assert_int_equal(capture(bug("hello"), NULL, 0), 0);
	assert_int_equal(lapse_evidence_should_hold(store, WHEN), 0);
	assert_string_equal(verify(&counts), "");
	assert_int_equal(counts.derived + counts.elsewhere, 0);
	close_archive();
}

static void
a_second_run_of_a_second_has_a_folder_of_its_own(void **state)
{
	const struct talk talks[] = { { REST "time", OK_HEAD, "{}", NULL, 0 } };
	struct lapse_exhibit exhibit;
	struct lapse_witness *witness;
	struct lapse_batch *batch;

	(void)state;
	open_archive();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(lapse_batch_open(&batch, store), 0);
		assert_int_equal(lapse_witness_open(&witness, batch, "bmo"), 0);
		show(witness, talks);
		assert_int_equal(lapse_witness_finish(&exhibit, witness, WHEN), 1);
		assert_string_equal(exhibit.folder, i == 0 ? "evidence/bmo/2023/11-14/22-13-20" : "evidence/bmo/2023/11-14/22-13-20_002");
		lapse_witness_free(witness);
		lapse_batch_free(batch);
	}
	close_archive();
}

/* ---- large ---- */

/* Bytes that no compression makes smaller. */
static char *
noise(size_t len)
{
	char *out = malloc(len);
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		out[i] = (char)x;
	}
	return out;
}

struct seen {
	const char *body;
	size_t len, n;
};

static int
note_large(const struct lapse_warc_answer *answer, void *payload)
{
	struct seen *seen = payload;

	seen->n += answer->body->len == seen->len && memcmp(answer->body->data, seen->body, seen->len) == 0;
	return 0;
}

static void
a_large_answer_is_cut_into_segments_and_put_together(void **state)
{
	size_t len = 3500 * 1000;
	char *body = noise(len);
	const struct talk talks[] = { { REST "x", OK_HEAD, body, NULL, len }, { ASK_BUG, OK_HEAD, bug("hello"), NULL, 0 } };
	struct seen seen = { body, len, 0 };
	struct lapse_warc_counts warc = { 0 };
	struct lapse_verify_counts counts;
	struct lapse_stream *stream;

	(void)state;
	open_archive();
	assert_int_equal(capture(bug("hello"), talks, 2), 1);
	assert_string_equal(output("git -C a ls-tree -r -l evidence | awk '$4 >= 1048576' | wc -l"), "0");
	assert_string_equal(output("git -C a ls-tree -r evidence | wc -l"), "4");
	assert_int_equal(sh("cd a && for i in 1 2 3 4; do git show evidence:evidence/bmo/2023/11-14/22-13-20/000$i.warc.gz; done >../all"), 0);
	assert_string_equal(output("zcat all | grep -a -c '^WARC-Type: continuation'"), "3");
	assert_string_equal(output("zcat all | grep -a -c '^WARC-Type: warcinfo'"), "4");
	assert_int_equal(lapse_stream_open(&stream, "all"), 0);
	assert_int_equal(lapse_warc_answers(&warc, stream, note_large, &seen), 0);
	lapse_stream_free(stream);
	assert_int_equal(seen.n, 1);
	assert_int_equal(warc.answers, 2);
	assert_int_equal(warc.broken, 0);
	assert_string_equal(verify(&counts), "");
	free(body);
	close_archive();
}

/* ---- what does not follow ---- */

static void
what_does_not_follow_is_named(void **state)
{
	static const struct {
		const char *taken, *evidence, *faults;
	} rows[] = {
		{ "one", "two", "evidence threads/bmo/07/00/7/posts/0/0.json: is not what the capture's evidence says\n" },
	};
	struct lapse_verify_counts counts;

	(void)state;
	for (size_t i = 0; i < 1; i++) {
		const struct talk talks[] = { { ASK_BUG, OK_HEAD, bug(rows[i].evidence), NULL, 0 } };

		open_archive();
		assert_int_equal(capture(bug(rows[i].taken), talks, 1), 1);
		assert_string_equal(verify(&counts), rows[i].faults);
		assert_int_equal(counts.derived, 1);
		close_archive();
		assert_int_equal(sh("rm -rf a"), 0);
	}
}

static void
what_the_evidence_lacks_and_what_the_capture_lacks_is_named(void **state)
{
	static const char two[] = "{\"bugs\":[{\"id\":7,\"summary\":\"x\"},{\"id\":8,\"summary\":\"y\",\"creator_detail\":{\"id\":3}}]}";
	static const char one[] = "{\"bugs\":[{\"id\":7,\"summary\":\"x\"}]}";
	const struct talk more[] = { { REST "bug?id=7,8", OK_HEAD, two, NULL, 0 } };
	const struct talk less[] = { { REST "bug?id=7,8", OK_HEAD, one, NULL, 0 } };
	/* A bug that nobody asked for is not the capture's. */
	const struct talk other[] = { { REST "bug?id=7", OK_HEAD, two, NULL, 0 } };
	struct lapse_verify_counts counts;

	(void)state;
	open_archive();
	assert_int_equal(capture(one, more, 1), 1);
	assert_string_equal(verify(&counts),
	    "evidence people/bmo/03/00/3.json: the capture lacks it, and its evidence has it\n"
	    "evidence threads/bmo/08/00/8/thread.json: the capture lacks it, and its evidence has it\n"
	    "evidence captures/bmo/2023/11-14/22/13/20.json: its record says that it covers 1 in \"bugs\", and its evidence covers 2 or others\n");
	close_archive();
	assert_int_equal(sh("rm -rf a"), 0);
	open_archive();
	assert_int_equal(capture(two, less, 1), 1);
	assert_string_equal(verify(&counts),
	    "evidence people/bmo/03/00/3.json: the capture changed it, and nothing in its evidence says so\n"
	    "evidence threads/bmo/08/00/8/thread.json: the capture changed it, and nothing in its evidence says so\n"
	    "evidence captures/bmo/2023/11-14/22/13/20.json: its record says that it covers 2 in \"bugs\", and its evidence covers 1 or others\n");
	close_archive();
	assert_int_equal(sh("rm -rf a"), 0);
	open_archive();
	assert_int_equal(capture(one, other, 1), 1);
	assert_string_equal(verify(&counts), "");
	close_archive();
}

static void
of_two_versions_the_preferred_one_must_be_kept(void **state)
{
	static const char older[] = "{\"bugs\":[{\"id\":7,\"summary\":\"x\",\"last_change_time\":\"2023-01-01T00:00:00Z\"}]}";
	static const char newer[] = "{\"bugs\":[{\"id\":7,\"summary\":\"x\",\"last_change_time\":\"2023-01-02T00:00:00Z\"}]}";
	const struct talk talks[] = {
		{ REST "bug?id=7", OK_HEAD, newer, NULL, 0 }, { REST "bug?id=7", OK_HEAD, older, NULL, 0 },
	};
	struct lapse_verify_counts counts;

	(void)state;
	open_archive();
	assert_int_equal(capture(newer, talks, 2), 1);
	assert_string_equal(verify(&counts), "");
	close_archive();
	assert_int_equal(sh("rm -rf a"), 0);
	open_archive();
	assert_int_equal(capture(older, talks, 2), 1);
	assert_string_equal(verify(&counts), "evidence threads/bmo/07/00/7/thread.json: is not what the capture's evidence says\n");
	close_archive();
}

static void
evidence_that_is_elsewhere_is_no_fault_and_lost_evidence_is(void **state)
{
	const struct talk talks[] = { { ASK_BUG, OK_HEAD, bug("hello"), NULL, 0 } };
	struct lapse_verify_counts counts;

	(void)state;
	open_archive();
	assert_int_equal(capture(bug("hello"), talks, 1), 1);
	close_archive();
	assert_int_equal(sh("git clone -q --bare --single-branch file://$PWD/a b"), 0);
	assert_int_equal(lapse_store_open(&store, "b"), 0);
	assert_string_equal(verify(&counts), "");
	assert_int_equal(counts.elsewhere, 1);
	assert_int_equal(counts.derived, 0);
	lapse_store_free(store);
	/* One that was begun later never had it. */
	assert_int_equal(sh("git -C b branch evidence HEAD"), 0);
	assert_int_equal(lapse_store_open(&store, "b"), 0);
	assert_string_equal(verify(&counts), "");
	lapse_store_free(store);
	assert_int_equal(sh("cd b && export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x && "
		"git update-ref refs/heads/evidence $(echo x | GIT_AUTHOR_DATE='2023-11-14T22:13:20Z' git commit-tree HEAD^{tree})"), 0);
	assert_int_equal(lapse_store_open(&store, "b"), 0);
	assert_string_equal(verify(&counts), "evidence captures/bmo/2023/11-14/22/13/20.json: the commit of its evidence is not in "
	    "this repository, and the branch evidence, which is older, is\n");
	lapse_store_free(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)
		TEST(evidence_has_a_branch_of_its_own_and_leaves_the_archive_alone),
		TEST(a_branch_that_is_not_ours_is_left_alone),
		TEST(a_clone_goes_on_where_the_other_one_was),
		TEST(no_file_is_as_large_as_a_mebibyte),
		TEST(what_was_captured_follows_from_the_evidence),
		TEST(no_secret_is_in_the_evidence),
		TEST(a_field_that_the_client_made_wrong_is_set_aside),
		TEST(the_same_exchanges_make_the_same_bytes),
		TEST(a_run_that_asked_nothing_leaves_no_evidence),
		TEST(a_second_run_of_a_second_has_a_folder_of_its_own),
		TEST(a_large_answer_is_cut_into_segments_and_put_together),
		TEST(what_does_not_follow_is_named),
		TEST(what_the_evidence_lacks_and_what_the_capture_lacks_is_named),
		TEST(of_two_versions_the_preferred_one_must_be_kept),
		TEST(evidence_that_is_elsewhere_is_no_fault_and_lost_evidence_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
