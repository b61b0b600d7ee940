/* Verdicts and their reasons in plain English: private to this floor. */
#ifndef LAPSE_REPORT_WORDS_H
#define LAPSE_REPORT_WORDS_H

#include "lapse/clock.h"

/* Room for a sentence; one that a stranger made longer is cut. All `out` here have it. */
#define LAPSE_SENTENCE 2048
void lapse_sentence(char *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "In force from … until …, published …." */
void lapse_words_force(char *out, const struct lapse_rule *rule);

/* What a whiteboard says of the next update; `whiteboard` shows what cannot be read, NULL: it is not at hand. */
void lapse_words_date(char *out, enum lapse_next_update read, struct lapse_day day, const char *whiteboard);

/* What a date did to the due time. */
void lapse_words_effect(char *out, const struct lapse_turning *turning);

/* A doubt, by its bit: a clause. Static. */
const char *lapse_words_doubt(size_t bit);

#endif
