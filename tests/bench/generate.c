/*
 * generate DIR N [TEXT]: write saved Bugzilla answers of a component N times
 * as large as the corpus in tests/data/demo, and its parties file:
 *   DIR/answers/bugs-NNN.json (1,000 bugs each), DIR/answers/comments-NNNN.json (100 bugs each), DIR/parties.json
 * Shape and proportions are the corpus's: the tables below were taken from it. The same N
 * gives the same bytes. Comments are empty, as there, or about TEXT bytes long.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lapse/error.h"
#include "lapse/time.h"

#define CORPUS_BUGS 829
#define BUGS_A_FILE 1000
#define THREADS_A_FILE 100
#define COMMENTS_MAX 200
#define CAPTURED INT64_C(1773470236)	/* 2026-03-14T06:37:16Z */
#define NROOT 16	/* people who speak for a root program */
#define NSTRANGERS 147	/* people whom no party claims */
#define MILLION 1000000

/* ---- what the corpus looks like ---- */

/* A distribution: values at so many millionths, straight lines between them. */
struct knot {
	int64_t part;
	int64_t value;
};

static const struct knot ids[] = {
	{ 0, 1262610 }, { 62500, 1420860 }, { 125000, 1509512 }, { 187500, 1544722 }, { 250000, 1583470 },
	{ 312500, 1630040 }, { 375000, 1653680 }, { 437500, 1685142 }, { 500000, 1716902 }, { 562500, 1765800 },
	{ 625000, 1825780 }, { 687500, 1872374 }, { 750000, 1895006 }, { 812500, 1919304 }, { 875000, 1965804 },
	{ 937500, 2002402 }, { MILLION, 2023190 }
};
static const struct knot created[] = {
	{ 0, 1459976203 }, { 62500, 1511778477 }, { 125000, 1542986464 }, { 187500, 1555409482 },
	{ 250000, 1569323318 }, { 312500, 1586894593 }, { 375000, 1595017921 }, { 437500, 1609874484 },
	{ 500000, 1623889244 }, { 562500, 1650549338 }, { 625000, 1680269361 }, { 687500, 1703867584 },
	{ 750000, 1714767570 }, { 812500, 1726582600 }, { 875000, 1747052585 }, { 937500, 1764105735 },
	{ MILLION, 1773412637 }
};
static const struct knot comments[] = {
	{ 0, 1 }, { 50000, 3 }, { 100000, 4 }, { 200000, 5 }, { 250000, 6 }, { 350000, 7 }, { 400000, 8 },
	{ 450000, 9 }, { 500000, 10 }, { 550000, 11 }, { 600000, 12 }, { 650000, 13 }, { 700000, 14 },
	{ 750000, 16 }, { 800000, 18 }, { 850000, 21 }, { 900000, 25 }, { 950000, 33 }, { 980000, 43 },
	{ 990000, 62 }, { 995000, 76 }, { MILLION, COMMENTS_MAX }
};
static const struct knot gaps[] = {
	{ 0, 6 }, { 50000, 140 }, { 100000, 546 }, { 150000, 1659 }, { 200000, 4751 }, { 250000, 11782 },
	{ 300000, 25328 }, { 350000, 47029 }, { 400000, 74329 }, { 450000, 113721 }, { 500000, 186993 },
	{ 550000, 265061 }, { 600000, 368841 }, { 650000, 506565 }, { 700000, 588519 }, { 750000, 608363 },
	{ 800000, 697790 }, { 850000, 1039694 }, { 900000, 1639304 }, { 950000, 3035034 }, { 980000, 6310666 },
	{ 990000, 9049682 }, { 999000, 21879818 }, { MILLION, 60000000 }
};

/* Bugs of each CA; the first stands for those without an owner. */
static const int owners[] = {
	35, 59, 51, 37, 33, 29, 26, 26, 26, 26, 21, 20, 19, 18, 18, 18, 17, 17, 16, 16, 16, 16, 15, 13, 13, 11, 10,
	10, 10, 9, 9, 9, 9, 9, 9, 9, 8, 8, 7, 7, 7, 7, 6, 5, 5, 5, 5, 5, 4, 4, 4, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1
};
#define NOWNERS (sizeof(owners) / sizeof(owners[0]))

static const int root_posts[NROOT] = { 897, 866, 538, 144, 139, 83, 51, 48, 9, 3, 2, 1, 1, 1, 1, 1 };

/* Who posts next, by who posted last. */
enum side { OWNER, ROOT, OTHER_CA, STRANGER, NOBODY, NSIDES };
static const int follows[NSIDES][NSIDES - 1] = {
	[OWNER] = { 566, 292, 29, 92 },
	[ROOT] = { 428, 171, 67, 98 },
	[OTHER_CA] = { 173, 226, 453, 125 },
	[STRANGER] = { 358, 205, 83, 335 },
	[NOBODY] = { 571, 180, 75, 175 }
};

static const char *const tags[] = {
	"[ov-misissuance]", "[ev-misissuance]", "[ocsp-failure]", "[policy-failure]", "[disclosure-failure]",
	"[leaf-revocation-delay]", "[dv-misissuance]", "[audit-finding]", "[uncategorized]", "[crl-failure]",
	"[audit-failure]", "[ca-misissuance]"
};
static const int tag_bugs[] = { 156, 65, 54, 54, 53, 52, 42, 37, 28, 26, 25, 20 };

static const char *const words[] = {
	"the", "certificate", "of", "an", "incident", "was", "issued", "and", "revoked", "after", "a", "report",
	"from", "our", "audit", "team", "which", "found", "that", "serial", "numbers", "in", "this", "profile", "did",
	"not", "meet", "Baseline", "Requirements", "we", "will", "update"
};
#define NWORDS (sizeof(words) / sizeof(words[0]))

/* ---- chance (splitmix64) ---- */

static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int
below(uint64_t *state, size_t n)
{
	return (int)(next(state) % n);
}

static int
smaller(int a, int b)
{
	return a < b ? a : b;
}

static int64_t
value_at(const struct knot *knots, int64_t part)
{
	while (knots[1].part < part)
		knots++;
	return knots[0].value + (2 * (knots[1].value - knots[0].value) * (part - knots[0].part) +
	    knots[1].part - knots[0].part) / (2 * (knots[1].part - knots[0].part));
}

static int
pick(uint64_t *state, const int *weights, size_t n)
{
	int sum = 0, left;
	size_t i = 0;

	for (size_t k = 0; k < n; k++)
		sum += weights[k];
	for (left = below(state, (size_t)sum); left >= weights[i]; i++)
		left -= weights[i];
	return (int)i;
}

/* ---- the component ---- */

struct bug {
	int64_t id;
	int64_t at;	/* of the comment being written */
	int owner;
	enum side side;	/* of the last comment */
	char author[48];
};

struct component {
	uint64_t chance;
	int64_t nbugs;
	int64_t ncomments;
	int text;
	int64_t last_id;
	const char *dir;
	FILE *bugs;
	FILE *comments;
};

static int
open_file(FILE **out, const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	*out = fopen(path, "w");
	return *out != NULL ? 0 : lapse_fail_errno(LAPSE_EFAIL, "%s", path);
}

static int
close_file(FILE **file, const char *end)
{
	int failed = fputs(end, *file) < 0 || ferror(*file);

	failed = fclose(*file) != 0 || failed;
	*file = NULL;
	return failed ? lapse_fail_errno(LAPSE_EFAIL, "writing") : 0;
}

/* A CA that many bugs are about has more people who post. */
static void
name_ca_author(struct bug *bug, uint64_t *chance, int ca)
{
	size_t npeople = owners[ca] >= 25 ? 6 : owners[ca] >= 9 ? 3 : owners[ca] >= 4 ? 2 : 1;
	int who = smaller(below(chance, npeople), below(chance, npeople));

	snprintf(bug->author, sizeof(bug->author), "person%d@ca%02d.example", who, ca);
}

static void
choose_author(struct bug *bug, uint64_t *chance)
{
	int who;

	bug->side = (enum side)pick(chance, follows[bug->side], NSIDES - 1);
	if (bug->side == OWNER && bug->owner == 0)
		bug->side = STRANGER;
	switch (bug->side) {
	case OWNER:
		name_ca_author(bug, chance, bug->owner);
		break;
	case OTHER_CA:
		name_ca_author(bug, chance, 1 + below(chance, NOWNERS - 1));
		break;
	case ROOT:
		who = pick(chance, root_posts, NROOT);
		snprintf(bug->author, sizeof(bug->author), "root%d@mail.example", who);
		break;
	default:
		who = smaller(below(chance, NSTRANGERS), below(chance, NSTRANGERS));
		snprintf(bug->author, sizeof(bug->author), "stranger%d@mail.example",
		    smaller(who, below(chance, NSTRANGERS)));
	}
}

static void
write_text(FILE *out, uint64_t *chance, int mean)
{
	int left = mean > 0 ? below(chance, 2 * (size_t)mean) : 0;

	for (int n = 1; left > 0; n++) {
		const char *word = words[below(chance, NWORDS)];

		fprintf(out, "%s%s", word, n % 12 == 0 ? ".\\n" : " ");
		left -= (int)strlen(word) + 1;
	}
}

static void
write_comment(struct component *c, const struct bug *bug, int number)
{
	char time[LAPSE_TIME_LEN + 1];

	lapse_time_format(time, (struct lapse_instant){ bug->at });
	fprintf(c->comments, "%s{\"id\":%" PRId64 "%03d,\"bug_id\":%" PRId64 ",\"count\":%d,\"creator\":\"%s\","
	    "\"author\":\"%s\",\"time\":\"%s\",\"creation_time\":\"%s\",\"is_private\":false,\"attachment_id\":null,"
	    "\"tags\":[],\"text\":\"", number > 0 ? "," : "", bug->id, number, bug->id, number, bug->author,
	    bug->author, time, time);
	write_text(c->comments, &c->chance, c->text);
	fputs("\"}", c->comments);
	c->ncomments++;
}

/* The bug itself, by the author of its first comment. */
static void
write_fields(struct component *c, const struct bug *bug, int64_t i)
{
	bool open = i * 100 > c->nbugs * 92 && below(&c->chance, 2) == 0;
	char time[LAPSE_TIME_LEN + 1], day[LAPSE_DAY_LEN + 1], owner[16] = "Somebody", update[40] = "";
	const char *tag = tags[pick(&c->chance, tag_bugs, sizeof(tags) / sizeof(tags[0]))];

	lapse_time_format(time, (struct lapse_instant){ bug->at });
	if (below(&c->chance, 100) < 4) {
		lapse_day_format(day, lapse_day_of((struct lapse_instant){ bug->at + 40 * 86400 }));
		snprintf(update, sizeof(update), " Next update %s", day);
	}
	if (bug->owner > 0)
		snprintf(owner, sizeof(owner), "CA %02d", bug->owner);
	fprintf(c->bugs, "%s{\"id\":%" PRId64 ",\"summary\":\"%s: certificates that the %s of %s should hold\","
	    "\"product\":\"CA Program\",\"component\":\"CA Certificate Compliance\",\"status\":\"%s\","
	    "\"resolution\":\"%s\",\"whiteboard\":\"[ca-compliance] %s%s\",\"creation_time\":\"%s\",\"creator\":\"%s\","
	    "\"is_confirmed\":true}", i % BUGS_A_FILE > 0 ? ",\n" : "", bug->id, owner,
	    words[below(&c->chance, NWORDS)], words[below(&c->chance, NWORDS)], open ? "ASSIGNED" : "RESOLVED",
	    open ? "" : "FIXED", tag, update, time, bug->author);
}

/* Ids and times grow together, the older bugs thinner than the newer, as in the corpus. */
static void
write_bug(struct component *c, int64_t i)
{
	int64_t part = (i * MILLION + below(&c->chance, MILLION)) / c->nbugs;
	struct bug bug = { .id = value_at(ids, part), .at = value_at(created, part), .side = NOBODY };
	int64_t ncomments = value_at(comments, below(&c->chance, MILLION));

	if (bug.id <= c->last_id)
		bug.id = c->last_id + 1;
	c->last_id = bug.id;
	bug.owner = pick(&c->chance, owners, NOWNERS);
	fprintf(c->comments, "%s\"%" PRId64 "\":{\"comments\":[", i % THREADS_A_FILE > 0 ? ",\n" : "", bug.id);
	for (int n = 0; n < ncomments; n++) {
		int64_t gap = value_at(gaps, below(&c->chance, MILLION)), left = CAPTURED - bug.at;

		choose_author(&bug, &c->chance);
		if (n == 0)
			write_fields(c, &bug, i);
		write_comment(c, &bug, n);
		bug.at += gap <= left ? gap : below(&c->chance, (size_t)left + 1);
	}
	fputs("]}", c->comments);
}

static int
write_bugs(struct component *c)
{
	char name[64];
	int rc = 0;

	for (int64_t i = 0; rc == 0 && i < c->nbugs; i++) {
		if (i % BUGS_A_FILE == 0) {
			snprintf(name, sizeof(name), "answers/bugs-%03" PRId64 ".json", i / BUGS_A_FILE + 1);
			rc = open_file(&c->bugs, c->dir, name);
			if (rc < 0)
				break;
			fputs("{\"bugs\":[\n", c->bugs);
		}
		if (i % THREADS_A_FILE == 0) {
			snprintf(name, sizeof(name), "answers/comments-%04" PRId64 ".json", i / THREADS_A_FILE + 1);
			rc = open_file(&c->comments, c->dir, name);
			if (rc < 0)
				break;
			fputs("{\"bugs\":{\n", c->comments);
		}
		write_bug(c, i);
		if ((i + 1) % THREADS_A_FILE == 0 || i + 1 == c->nbugs)
			rc = close_file(&c->comments, "\n},\"comments\":{}}\n");
		if (rc == 0 && ((i + 1) % BUGS_A_FILE == 0 || i + 1 == c->nbugs))
			rc = close_file(&c->bugs, "\n]}\n");
	}
	return rc;
}

static int
write_parties(const char *dir)
{
	FILE *out;
	int rc = open_file(&out, dir, "parties.json");

	if (rc < 0)
		return rc;
	fputs("{\"format\":\"lapse-parties-1\",\"parties\":[\n"
	    "{\"id\":\"root\",\"name\":\"Root\",\"role\":\"root-program\",\"members\":[", out);
	for (int i = 0; i < NROOT; i++)
		fprintf(out, "%s{\"address\":\"root%d@mail.example\"}", i > 0 ? "," : "", i);
	fputs("]}", out);
	for (size_t i = 1; i < NOWNERS; i++)
		fprintf(out, ",\n{\"id\":\"ca-%02zu\",\"name\":\"CA %02zu\",\"role\":\"ca\",\"summary_prefixes\":[\"CA %02zu\"],"
		    "\"members\":[{\"domain\":\"ca%02zu.example\"}]}", i, i, i, i);
	return close_file(&out, "\n]}\n");
}

static int
make_folder(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	return 0;
}

int
main(int argc, char **argv)
{
	struct component c = { .chance = 829 };
	int rc;

	if (argc < 3 || atoi(argv[2]) < 1 || (argc > 3 && atoi(argv[3]) < 0)) {
		fputs("usage: generate DIR N [TEXT]\n", stderr);
		return 2;
	}
	c.dir = argv[1];
	c.nbugs = (int64_t)CORPUS_BUGS * atoi(argv[2]);
	c.text = argc > 3 ? atoi(argv[3]) : 0;
	rc = make_folder(c.dir, "");
	if (rc == 0)
		rc = make_folder(c.dir, "answers");
	if (rc == 0)
		rc = write_bugs(&c);
	if (rc == 0)
		rc = write_parties(c.dir);
	if (rc < 0) {
		fprintf(stderr, "generate: %s\n", lapse_error());
		return 3;
	}
	printf("%" PRId64 " %" PRId64 "\n", c.nbugs, c.ncomments);
	return 0;
}
