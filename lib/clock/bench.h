/*
 * What the computation of one thread's obligations works on. Each part is looked at once, in time that is
 * linear in it, so that an obligation then finds its own by a search. Private to this floor.
 *
 * All events have a place in time: in one second posts come before changes, changes as the history lists them.
 */
#ifndef LAPSE_CLOCK_BENCH_H
#define LAPSE_CLOCK_BENCH_H

#include "lapse/clock.h"

/* ---- places in time ---- */

struct place {
	int64_t sec;
	size_t rank;	/* 0: a post; else 1 + the order of a change */
};
#define NOWHERE ((struct place){ INT64_MAX, SIZE_MAX })

static inline struct place
place_of_post(struct lapse_instant at)
{
	return (struct place){ at.sec, 0 };
}

static inline struct place
place_of_change(struct lapse_instant at, size_t order)
{
	return (struct place){ at.sec, order == LAPSE_ORDER_LAST ? SIZE_MAX : order + 1 };
}

static inline bool
is_before(struct place a, struct place b)
{
	return a.sec != b.sec ? a.sec < b.sec : a.rank < b.rank;
}

/* ---- sides ---- */

/* Sides that were asked for, by author: a few people write most of a thread. */
#define NSTANCES 32
struct stances {
	const char *authors[NSTANCES];	/* NULL: a free place */
	struct lapse_stance items[NSTANCES];
};

/* ---- posts ---- */

struct posts {
	enum lapse_side *sides;		/* of each post */
	size_t *owners;			/* for each number, nposts included: the owner's first post from there on, or nposts */
	size_t *unclaimed;		/* the same for posts by unclaimed authors */
	bool undated;			/* the owner wrote a message that nothing dates */
	int64_t slack;			/* the most that any post's time may be off, in seconds: 0 of all bugs */
};

/* ---- open and closed ---- */

/* A second in which the thread was opened or closed. */
struct door {
	struct lapse_instant at;
	bool was_open;		/* before it */
	bool open;		/* after it */
	bool closes;		/* in it, whether or not it was opened again */
	size_t order;		/* of its first closing */
	size_t next;		/* the first door from this one on that closes, or ndoors */
};

/* ---- Next update dates ---- */

/* A change of the date in the whiteboard. The first of them is what the whiteboard said at first. */
struct move {
	struct place place;
	const struct lapse_step *step;	/* NULL: the whiteboard at first */
	bool owners;			/* the owner made it: what was in force before stays so */
	bool moves;			/* it puts a date in force, be it the same one, or takes it away */
	enum lapse_next_update read;	/* what the whiteboard says */
	struct lapse_day day;
	/* What is in force after it. */
	bool has_date;
	const struct lapse_step *giver;	/* what put it in force; NULL: it stood at first */
	bool setter;			/* by somebody who is not known to be of a root program */
	struct lapse_day date;
	struct lapse_instant begin;	/* of the date */
	struct lapse_instant end;
};

/* ---- the bench ---- */

struct flag;

struct bench {
	const struct lapse_thread *thread;
	const struct lapse_party *owner;
	const struct lapse_parties *parties;
	struct lapse_obligations *list;
	struct stances stances;
	struct posts posts;
	struct door *doors;		/* oldest first */
	size_t ndoors;
	struct move *moves;		/* oldest first; NULL until a rule asks for them */
	size_t nmoves;
	struct flag *flags;		/* those that ask the owner, oldest first; NULL until a rule asks for them */
	size_t nflags;
	bool has_flags;
};

/* The side of somebody at a time. */
enum lapse_side lapse_bench_side(struct bench *b, const char *author, struct lapse_instant at);

/* posts.c: fill b->posts. */
void lapse_bench_posts(struct bench *b);

/* Does a post count on a side? One that was never public neither opens nor stops anything. */
bool lapse_bench_counts(const struct bench *b, size_t i, enum lapse_side side);

/* Did somebody write it in public who is not the owner's, and no program? */
bool lapse_bench_wants_answer(const struct bench *b, size_t i);

/* The first post at `at` or later, or after it. */
size_t lapse_bench_posts_from(const struct bench *b, struct lapse_instant at);
size_t lapse_bench_posts_after(const struct bench *b, struct lapse_instant at);

/* doors.c: fill b->doors. */
void lapse_bench_doors(struct bench *b);

/* The first door after a second. */
size_t lapse_bench_doors_after(const struct bench *b, struct lapse_instant at);

/* Is the thread open after all that second x brought, and was it not closed in that second? */
bool lapse_bench_stays_open(const struct bench *b, struct lapse_instant x);

/* Was it open before what second x brought? Posts see it so, which come before its changes. */
bool lapse_bench_was_open(const struct bench *b, struct lapse_instant x);

/* The first closing after x; the thread is open at x. NULL: none. */
const struct door *lapse_bench_next_closing(const struct bench *b, struct lapse_instant x);

/* dates.c: fill b->moves. */
void lapse_bench_moves(struct bench *b);

/* The last move before a second, or the last one up to its end. There is always one. */
size_t lapse_bench_move_before(const struct bench *b, struct lapse_instant x);
size_t lapse_bench_move_until(const struct bench *b, struct lapse_instant x);

/* ---- one duty, and one obligation ---- */

/* A duty, whoever raised it. */
struct duty {
	const struct lapse_post *post;		/* NULL: a flag did */
	const struct flag *flag;		/* NULL: a post did */
	struct lapse_instant arose;
	const char *raised_by;
	bool unclaimed;				/* nobody claims who raised it */
	size_t rest;				/* the first post after it */
	const struct lapse_post *answer;	/* the owner's next post; NULL: none */
	struct place end;			/* of the duty: fulfilled or withdrawn; NOWHERE: it stands */
	enum lapse_stop end_how;		/* post, flag or withdrawn */
};

/* settle.c: open an obligation at x, live it to its end, and so on as often as it is rescheduled. */
void lapse_bench_open(struct bench *b, const struct lapse_rule *rule, const struct duty *duty,
    struct lapse_instant x, enum lapse_opening opening);

/* May the duty open at second x, given that something brings it up then? */
bool lapse_bench_opens(const struct bench *b, const struct lapse_rule *rule, const struct duty *duty,
    struct lapse_instant x);

#endif
