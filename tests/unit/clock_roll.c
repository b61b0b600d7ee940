/*
 * Random stories for test_clock.c, which includes this file: all that can
 * happen in a thread, drawn so that it meets in the same seconds.
 */
struct dice {
	uint64_t state;
};

static uint64_t
roll(struct dice *dice, uint64_t n)
{
	uint64_t z;

	dice->state += UINT64_C(0x9e3779b97f4a7c15);
	z = dice->state;
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % n;
}

static bool
chance(struct dice *dice, unsigned percent)
{
	return roll(dice, 100) < percent;
}

/* Times that something else in the story has to do with: what comes later is drawn to them. */
struct pool {
	int64_t times[MAX_POOL];
	size_t n;
	int64_t base;	/* where the story begins */
	int64_t grain;	/* fresh times are base + grain * n … */
	int64_t span;	/* … with n below this */
	int64_t echo;	/* so much earlier some of it happens as well; 0: nothing does */
};

static void
remember(struct pool *pool, int64_t t)
{
	if (pool->n < MAX_POOL)
		pool->times[pool->n++] = t;
}

static int64_t
draw_time(struct dice *dice, struct pool *pool)
{
	int64_t t;

	if (pool->n == 0 || chance(dice, 40)) {
		t = pool->base + pool->grain * (int64_t)roll(dice, (uint64_t)pool->span);
		if (pool->echo != 0 && chance(dice, 40))
			t -= pool->echo;
	} else {
		t = pool->times[roll(dice, pool->n)];
		if (chance(dice, 40))
			t += chance(dice, 50) ? 1 : -1;
	}
	remember(pool, t);
	return t;
}

static const char *const acme_prefixes[] = { "Acme", "Acme Root CA" };
static const char *const beta_prefixes[] = { "Beta", "Acme Root" };

static const char *const addresses[] = {
	"a@acme.example", "b@acme.example", "c@pki.acme.example", "d@a.pki.acme.example", "e@notacme.example",
	"r@root.example", "s@root.example", "o@beta.example", "m@people.example", "n@people.example",
	"auto@bots.example", "x@nowhere.example", "y@nowhere.example", "z@example",
	"A@Acme.example", "R@root.Example", "masked", "",
};
#define NADDRESSES (sizeof(addresses) / sizeof(addresses[0]))

static const char *const domains[] = {
	"acme.example", "pki.acme.example", "root.example", "beta.example", "people.example", "bots.example", "example",
};
#define NDOMAINS (sizeof(domains) / sizeof(domains[0]))

static int64_t
midnight(int64_t t)
{
	return t - t % DAY;
}

static void
add_member(struct story *story, size_t party, const char *address, const char *domain,
    int64_t from, int64_t until)
{
	struct lapse_party *p = &story->parties[party];

	if (p->nmembers == MAX_MEMBERS)
		return;
	story->members[party][p->nmembers++] = (struct lapse_member){ .address = address, .domain = domain,
		.from = { from }, .until = { until } };
}

static void
draw_membership(struct dice *dice, struct pool *pool, int64_t *from, int64_t *until)
{
	int64_t a = midnight(draw_time(dice, pool)) + DAY * (int64_t)roll(dice, 2);
	int64_t b = midnight(draw_time(dice, pool)) + DAY * (int64_t)roll(dice, 2);

	*from = *until = INT64_MIN;
	switch (roll(dice, 6)) {
	case 0:
		*from = a;
		break;
	case 1:
		*until = a;
		break;
	case 2:
		*from = a < b ? a : b;
		*until = a < b ? b : a + DAY;
		break;
	default:
		break;
	}
	if (*from != INT64_MIN)
		remember(pool, *from);
	if (*until != INT64_MIN)
		remember(pool, *until);
}

static const struct lapse_party stock[] = {
	{ .id = "acme", .name = "Acme", .role = LAPSE_ROLE_CA, .nprefixes = 2 },
	{ .id = "root", .name = "Root program", .role = LAPSE_ROLE_ROOT_PROGRAM },
	{ .id = "beta", .name = "Beta CA", .role = LAPSE_ROLE_CA, .nprefixes = 2 },
	{ .id = "people", .name = "People one knows", .role = LAPSE_ROLE_COMMUNITY },
	{ .id = "bots", .name = "Bots", .role = LAPSE_ROLE_BOT },
};
#define NSTOCK (sizeof(stock) / sizeof(stock[0]))
static const char *const stock_domains[NSTOCK] = {
	"acme.example", "root.example", "beta.example", "people.example", "bots.example",
};

static void
add_stock_party(struct story *story, size_t which)
{
	struct lapse_party *party = &story->parties[story->nparties];

	*party = stock[which];
	if (strcmp(party->id, "acme") == 0)
		party->prefixes = (const char **)(uintptr_t)acme_prefixes;
	if (strcmp(party->id, "beta") == 0)
		party->prefixes = (const char **)(uintptr_t)beta_prefixes;
	party->members = story->members[story->nparties++];
}

static void
draw_parties(struct dice *dice, struct story *story, struct pool *pool)
{
	static const char *const summaries[] = {
		"Acme: late", "acme : late", "[a] [b] ACME: late", "Acme Root: late", "Acme Root CA: late",
		"Beta: late", "No one: late", "Acme late", "Acmes: late",
	};
	static const char *const owners[] = { "acme", "root", "beta", "bots", NULL };
	size_t i, shift = roll(dice, NSTOCK);
	int64_t from, until;

	for (i = 0; i < NSTOCK; i++) {
		add_stock_party(story, (i + shift) % NSTOCK);
		if (chance(dice, 85)) {
			from = until = INT64_MIN;
			if (chance(dice, 15))
				draw_membership(dice, pool, &from, &until);
			add_member(story, i, NULL, stock_domains[(i + shift) % NSTOCK], from, until);
		}
	}
	for (i = roll(dice, 4); i > 0; i--) {
		draw_membership(dice, pool, &from, &until);
		if (chance(dice, 50))
			add_member(story, roll(dice, NSTOCK), addresses[roll(dice, NADDRESSES - 2)], NULL, from, until);
		else
			add_member(story, roll(dice, NSTOCK), NULL, domains[roll(dice, NDOMAINS)], from, until);
	}
	story->summary = chance(dice, 75) ? summaries[0] :
	    summaries[roll(dice, sizeof(summaries) / sizeof(summaries[0]))];
	if (chance(dice, 10))
		story->entries[story->nentries++] = (struct brute_entry){ "bmo:77", "beta" };
	if (chance(dice, 10))
		story->entries[story->nentries++] = (struct brute_entry){ "bmo:7",
			owners[roll(dice, sizeof(owners) / sizeof(owners[0]))] };
}

struct limit {
	const char *text;
	struct lapse_duration length;
};

static void
draw_rules(struct dice *dice, struct story *story, struct pool *pool, bool compressed)
{
	static const struct limit short_limits[] = {
		{ "PT0S", { 0, 0, false } }, { "PT1S", { 0, 1, false } }, { "PT3S", { 0, 3, false } },
		{ "PT10S", { 0, 10, false } }, { "PT30S", { 0, 30, false } }, { "PT1M", { 0, 60, false } },
	};
	static const struct limit long_limits[] = {
		{ "P0D", { 0, 0, true } }, { "P1D", { 1, 0, true } }, { "P2D", { 2, 0, true } }, { "P3D", { 3, 0, true } },
		{ "P7D", { 7, 0, true } }, { "P1W", { 7, 0, true } }, { "PT72H", { 0, 72 * HOUR, false } },
		{ "P1DT12H", { 1, 12 * HOUR, false } }, { "PT24H", { 0, 24 * HOUR, false } },
		{ "P14D", { 14, 0, true } },
	};
	static const char *const zones[] = { "UTC", "America/Los_Angeles", "Europe/Berlin",
		"America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata" };
	/* Ids sort by bytes: "r10" before "r9". */
	static const char *const ids[MAX_RULES] = { "r9", "r10", "b", "a", "Z", "a-b" };
	size_t i, shift = roll(dice, MAX_RULES);
	bool dated = chance(dice, 60);

	story->nrules = 1 + roll(dice, 4);
	for (i = 0; i < story->nrules; i++) {
		struct lapse_rule *rule = &story->rules[i].rule;
		const struct limit *limit;

		limit = compressed && chance(dice, 85) ?
		    &short_limits[roll(dice, sizeof(short_limits) / sizeof(short_limits[0]))] :
		    &long_limits[roll(dice, sizeof(long_limits) / sizeof(long_limits[0]))];
		*rule = (struct lapse_rule){
			.id = ids[(i + shift) % MAX_RULES],
			.clock = chance(dice, 50) ? LAPSE_CLOCK_UPDATE :
			    chance(dice, 50) ? LAPSE_CLOCK_NEEDINFO : LAPSE_CLOCK_RESPONSE,
			.limit = limit->length, .limit_text = limit->text,
			.from = { INT64_MIN }, .until = { INT64_MIN }, .certain_from = { INT64_MIN },
			.description = true,
		};
		if (rule->clock == LAPSE_CLOCK_RESPONSE)
			rule->description = chance(dice, 70);
		if (rule->clock == LAPSE_CLOCK_UPDATE)
			rule->next_update = chance(dice, 75);
		story->rules[i].zone = "UTC";
		if (limit->length.in_days && chance(dice, 50)) {
			rule->count = LAPSE_COUNT_CALENDAR;
			story->rules[i].zone = zones[roll(dice, sizeof(zones) / sizeof(zones[0]))];
		}
		if (dated && chance(dice, 50))
			rule->from.sec = draw_time(dice, pool);
		if (dated && chance(dice, 40)) {
			rule->until.sec = draw_time(dice, pool);
			if (rule->from.sec >= rule->until.sec)
				rule->until.sec = rule->from.sec + 1 + (int64_t)roll(dice, 20) * pool->grain;
		}
		if (dated && chance(dice, 30))
			rule->certain_from.sec = draw_time(dice, pool);
	}
	/* One version of a rule follows the other. */
	if (story->nrules >= 2 && chance(dice, 30)) {
		story->rules[1].rule.clock = story->rules[0].rule.clock;
		story->rules[1].rule.description = story->rules[0].rule.description;
		story->rules[1].rule.next_update = story->rules[0].rule.next_update;
		story->rules[0].rule.from.sec = INT64_MIN;
		story->rules[0].rule.until.sec = draw_time(dice, pool);
		story->rules[1].rule.from = story->rules[0].rule.until;
		story->rules[1].rule.until.sec = INT64_MIN;
	}
}

static int
post_cmp(const void *a, const void *b)
{
	const struct lapse_post *x = a, *y = b;

	if (x->at.sec != y->at.sec)
		return x->at.sec < y->at.sec ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void
draw_posts(struct dice *dice, struct story *story, struct pool *pool)
{
	size_t n = roll(dice, 13), i, j;
	int64_t number = (int64_t)roll(dice, 8) / 7, swap;
	bool is_mail = chance(dice, 30);	/* times may be off */

	for (i = 0; i < n; i++) {
		struct lapse_post *post = &story->posts[i];
		const struct brute_rule *rule = &story->rules[roll(dice, story->nrules)];

		*post = (struct lapse_post){
			.at = { draw_time(dice, pool) },
			.author = chance(dice, 40) ? addresses[roll(dice, 3)] : addresses[roll(dice, NADDRESSES)],
			.text = "", .is_public = !chance(dice, 8), .is_generated = chance(dice, 8),
			.is_undated = is_mail && chance(dice, 8),
			.slack = is_mail && chance(dice, 25) ? (int32_t)(roll(dice, 4) * 50400 + roll(dice, 3)) : 0,
		};
		remember(pool, brute_due(rule, post->at.sec));
		if (rule->rule.from.sec != INT64_MIN)
			remember(pool, brute_due(rule, rule->rule.from.sec));
	}
	story->nposts = n;
	for (i = 0; i < n; i++)
		story->posts[i].number = (int64_t)i;
	if (n > 0)
		qsort(story->posts, n, sizeof(story->posts[0]), post_cmp);
	for (i = 0; i < n; i++) {
		story->posts[i].number = number;
		number += chance(dice, 85) ? 1 : 2 + (int64_t)roll(dice, 3);
	}
	if (n > 0 && chance(dice, 10)) {
		for (i = n - 1; i > 0; i--) {
			j = roll(dice, i + 1);
			swap = story->posts[i].number;
			story->posts[i].number = story->posts[j].number;
			story->posts[j].number = swap;
		}
		qsort(story->posts, n, sizeof(story->posts[0]), post_cmp);
	}
}

static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December" };

/* A date in any of the forms that whiteboards really have. */
static void
write_date(char *out, struct dice *dice, int64_t midnight_then)
{
	time_t when = (time_t)midnight_then;
	const char *month;
	struct tm tm;
	int y, m, d, width = chance(dice, 50) ? 2 : 1;

	gmtime_r(&when, &tm);
	y = tm.tm_year + 1900;
	m = tm.tm_mon + 1;
	d = tm.tm_mday;
	month = months[tm.tm_mon];
	switch (roll(dice, 9)) {
	case 0:
		sprintf(out, "%d/%0*d/%0*d", y, width, m, width, d);
		break;
	case 1:
		sprintf(out, "%0*d-%.3s-%d", width, d, month, y);
		break;
	case 2:
		sprintf(out, "%0*d %s %d", width, d, month, y);
		break;
	case 3:
		sprintf(out, "%0*d-%s %d", width, d, month, y);
		break;
	case 4:
		sprintf(out, "%d-%.3s-%0*d", y, month, width, d);
		break;
	case 5:
		sprintf(out, "%s %d%s %d", month, d, width == 1 ? "," : "", y);
		break;
	case 6:
		sprintf(out, "%0*d.%0*d.%d", width, d, width, m, y);
		break;
	default:
		sprintf(out, "%d-%0*d-%0*d", y, width, m, width, d);
		break;
	}
}

/* A whiteboard: tags and, mostly, a Next update of one of the story's dates; sometimes one that cannot be read. */
static void
write_board(char *out, struct dice *dice, const int64_t *dates, size_t ndates)
{
	static const char *const tags[] = { "", "[ca-compliance] ", "[close on 2026-03-06] ", "Next update 2031-01-01 ",
		"next update TBD " };
	static const char *const words[] = { "Next update", "next-update", "NEXTUPDATE", "NeXt UpDate" };
	static const char *const seps[] = { " ", " ", " ", "  ", ": ", ":", " - ", " -", " at ", "", " : " };
	static const char *const odd[] = { "TBD", "3-1-2024", "2025-13-45", "2024-05-20x", "2024-05-200", "9999-12-31",
		"1989-12-31", "3000-01-01", "31-Apr-2024", "2023-02-29", "20 Octember 2024", "", "24-05-20",
		"\357\274\222\357\274\220\357\274\222\357\274\225-12-01" };
	static const char *const ends[] = { "", "", "", " (pending audit)", "]", ".", ", we hope" };
	char date[64];

	strcpy(out, tags[roll(dice, sizeof(tags) / sizeof(tags[0]))]);
	if (chance(dice, 22))
		return;
	strcat(strcat(out, words[roll(dice, 4)]), seps[roll(dice, sizeof(seps) / sizeof(seps[0]))]);
	write_date(date, dice, dates[roll(dice, ndates)]);
	strcat(out, chance(dice, 10) ? odd[roll(dice, sizeof(odd) / sizeof(odd[0]))] : date);
	strcat(out, ends[roll(dice, sizeof(ends) / sizeof(ends[0]))]);
}

static void
draw_step(struct dice *dice, struct story *story, int64_t t, const int64_t *dates, size_t ndates)
{
	const char *who = chance(dice, 45) ? addresses[5 + roll(dice, 2)] : addresses[roll(dice, NADDRESSES)];
	char board[256];
	size_t i;

	/* What one account does twice in a second is one step. */
	for (i = 0; i < story->nsteps; i++)
		if (story->steps[i].at.sec == t && strcmp(story->steps[i].who, who) == 0)
			return;
	write_board(board, dice, dates, ndates);
	if (story->nsteps < MAX_STEPS)
		add_step(story, t, who, board);
}

/* The flags that somebody set and nobody has cleared, by their logins. */
struct asked {
	const char *logins[MAX_CHANGES * 3];
	size_t n;
};

static void
append_flag(char *list, const char *sep, const char *login)
{
	if (list[0] != '\0')
		strcat(list, sep);
	strcat(list, "needinfo?");
	if (login != NULL)
		strcat(strcat(strcat(list, "("), login), ")");
}

static void
draw_ask(struct dice *dice, struct asked *asked, char *added, const char *sep)
{
	static const char *const owners[] = { "a@acme.example", "b@acme.example", "c@pki.acme.example", "A@Acme.example" };
	const char *login = chance(dice, 60) ? owners[roll(dice, 4)] : addresses[roll(dice, NADDRESSES - 1)];

	if (chance(dice, 6))
		login = NULL;
	asked->logins[asked->n++] = login;
	append_flag(added, sep, login);
}

/* Somebody clears what is asked, or what the login was called later, or what no history says was asked. */
static void
draw_clear(struct dice *dice, struct asked *asked, char *removed, const char *sep)
{
	size_t i;

	if (asked->n == 0 || chance(dice, 5)) {
		append_flag(removed, sep, addresses[roll(dice, 5)]);
		return;
	}
	i = roll(dice, asked->n);
	append_flag(removed, sep, chance(dice, 15) ? addresses[roll(dice, 5)] : asked->logins[i]);
	asked->logins[i] = asked->logins[--asked->n];
}

static void
draw_flags(struct dice *dice, struct story *story, struct asked *asked, int64_t t)
{
	const char *who = chance(dice, 35) ? addresses[roll(dice, 3)] : addresses[roll(dice, NADDRESSES)];
	const char *sep = chance(dice, 75) ? ", " : " ";
	char removed[512] = "", added[512] = "";
	size_t i, nclear = 0, nask = 0;

	switch (roll(dice, 8)) {
	case 0:
	case 1:
	case 2:
		nask = 1 + roll(dice, 6) / 4;
		break;
	case 3:
	case 4:
		nclear = 1 + roll(dice, 6) / 3;
		break;
	case 5:
		nclear = nask = 1;	/* redirected */
		break;
	case 6:
		nclear = roll(dice, 3);
		nask = roll(dice, 3);
		break;
	default:		/* set and cleared in one second by one account */
		append_flag(added, sep, addresses[roll(dice, 3)]);
		strcpy(removed, added);
		break;
	}
	if (chance(dice, 15))
		strcpy(removed, "qe-verify?");
	if (chance(dice, 15))
		strcpy(added, "qe-verify+");
	for (i = 0; i < nclear; i++)
		draw_clear(dice, asked, removed, sep);
	for (i = 0; i < nask; i++)
		draw_ask(dice, asked, added, sep);
	add_flags(story, t, who, removed, added);
}

/* A closing that no change tells of, but the last resolution does, is after all else of its second. */
static void
draw_last_resolved(struct dice *dice, struct story *story)
{
	struct lapse_turn *turn = &story->turns[story->nturns - 1];

	if (turn->open || !chance(dice, 10))
		return;
	turn->order = LAPSE_ORDER_LAST;
	story->changes[story->nchanges - 1].field = "priority";
}

enum what { TURN, STEP, FLAGS };
struct happening {
	int64_t at;
	uint64_t rank;	/* within a second */
	enum what what;
};

static int
happening_cmp(const void *a, const void *b)
{
	const struct happening *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static size_t
draw_happenings(struct dice *dice, struct happening *out, struct pool *pool)
{
	size_t counts[] = { 0, 0, 0 }, n = 0, i, what;

	if (!chance(dice, 30))
		counts[TURN] = roll(dice, 7);
	if (!chance(dice, 25))
		counts[STEP] = roll(dice, 9);
	if (!chance(dice, 25))
		counts[FLAGS] = roll(dice, 12);
	for (what = TURN; what <= FLAGS; what++)
		for (i = 0; i < counts[what]; i++)
			out[n++] = (struct happening){ draw_time(dice, pool), roll(dice, UINT64_MAX), (enum what)what };
	if (n > 0)
		qsort(out, n, sizeof(out[0]), happening_cmp);
	return n;
}

static void
draw_changes(struct dice *dice, struct story *story, struct pool *pool)
{
	bool open = story->starts_open = chance(dice, 85);
	bool alternate = chance(dice, 90);
	struct happening all[MAX_CHANGES];
	struct asked asked = { .n = 0 };
	int64_t dates[4];
	char board[256];
	size_t i, n, ndates = 1 + roll(dice, 4);

	for (i = 0; i < ndates; i++) {
		dates[i] = midnight(draw_time(dice, pool)) + DAY * ((int64_t)roll(dice, 5) - 1);
		remember(pool, dates[i] - 14 * HOUR);
		remember(pool, dates[i] + DAY + 12 * HOUR - 1);
	}
	write_board(board, dice, dates, ndates);
	story->board = chance(dice, 40) ? keep(story, board) : chance(dice, 90) ? "" : NULL;
	n = draw_happenings(dice, all, pool);
	for (i = 0; i < n; i++) {
		const struct brute_rule *rule = &story->rules[roll(dice, story->nrules)];

		remember(pool, brute_due(rule, all[i].at));
		if (all[i].what == STEP) {
			draw_step(dice, story, all[i].at, dates, ndates);
		} else if (all[i].what == FLAGS) {
			draw_flags(dice, story, &asked, all[i].at);
		} else {
			open = alternate ? !open : chance(dice, 50);
			add_turn(story, all[i].at, addresses[roll(dice, NADDRESSES)], open);
			if (i + 1 == n || all[i + 1].at != all[i].at)
				draw_last_resolved(dice, story);
		}
	}
}

static void
draw_documents(struct dice *dice, struct story *story, struct pool *pool)
{
	/* Days around which a zone of the rules changes its clocks, or leaves a day out. */
	static const int64_t odd_days[] = {
		1509840000,	/* 2017-11-05, America/Los_Angeles off */
		1508025600,	/* 2017-10-15, America/Sao_Paulo on */
		1518912000,	/* 2018-02-18, America/Sao_Paulo off */
		1541289600,	/* 2018-11-04, America/Sao_Paulo on */
		1325203200,	/* 2011-12-30, Pacific/Apia has none */
		1333238400,	/* 2012-04-01, Pacific/Apia off */
		1710028800,	/* 2024-03-10, America/Los_Angeles on */
		1711843200,	/* 2024-03-31, Europe/Berlin on */
		1729987200,	/* 2024-10-27, Europe/Berlin off */
		1730592000,	/* 2024-11-03, America/Los_Angeles off */
	};
	/* Some local midnights of those zones, in half hours after 00:00 UTC. */
	static const int64_t midnights[] = { 0, 0, 4, 6, 14, 16, -2, -4, 20, 22, -11,
		20, 20, 24, 24, 24, 24 };	/* 10:00 and 12:00: where dates begin and end */
	int64_t day = odd_days[roll(dice, sizeof(odd_days) / sizeof(odd_days[0]))];
	bool compressed = false;

	*story = (struct story){ .summary = "" };
	*pool = (struct pool){ .n = 0 };
	switch (roll(dice, 4)) {
	case 0:
	case 1:		/* a minute around a midnight, maybe with one when the same date began: everything meets */
		compressed = true;
		pool->echo = chance(dice, 50) ? 50 * HOUR : 0;
		pool->base = day + 1800 * midnights[roll(dice, sizeof(midnights) / sizeof(midnights[0]))] -
		    (int64_t)roll(dice, 40);
		pool->grain = 1;
		pool->span = 1 + (int64_t)roll(dice, 60);
		break;
	case 2:		/* weeks in steps of hours: limits in days meet */
		pool->base = day - DAY * (int64_t)roll(dice, 16);
		pool->grain = (1 + (int64_t)roll(dice, 2) * 5) * HOUR;
		pool->span = 20 + (int64_t)roll(dice, 60);
		break;
	default:	/* weeks, as they come */
		pool->base = day - DAY * (int64_t)roll(dice, 16) + (int64_t)roll(dice, DAY);
		pool->grain = 1;
		pool->span = 30 * DAY;
		break;
	}
	draw_rules(dice, story, pool, compressed);
	draw_parties(dice, story, pool);
}

static void
draw_story(struct dice *dice, struct story *story, struct pool *pool)
{
	story->has_history = chance(dice, 75);
	story->closed_unknown = chance(dice, 12);
	story->nturns = story->nsteps = story->nchanges = story->nwords = 0;
	if (chance(dice, 50)) {
		draw_changes(dice, story, pool);
		draw_posts(dice, story, pool);
	} else {
		draw_posts(dice, story, pool);
		draw_changes(dice, story, pool);
	}
}
