/*
 * How Bugzilla writes a change of a text:
 *
 * - What one account changed several times within a second is one change, all removed values joined and all added
 *   values joined: A to B to C is removed "A B", added "B C". A blank stands between them, none before a value that
 *   begins with a blank or comma, and an empty value leaves nothing. With C known B follows from "B C", and A from "A B"; so
 *   for any number of values. With A known it goes the other way.
 * - A long value is kept in pieces and joined again the same way, so its blanks and commas are a guess.
 * - Logins are those of the day.
 */
#include "undo.h"

#include <string.h>

bool
lapse_undo_is_long(const char *value)
{
	size_t n = 0;

	for (; *value != '\0'; value++)
		n += ((unsigned char)*value & 0xc0) != 0x80;
	return n > UNDO_PIECE;
}

/* What stands between a value and the next one. */
static const char *
separator(const char *next, enum undo_kind kind)
{
	return kind == UNDO_URL || *next == ' ' || *next == ',' ? "" : " ";
}

/* The values of `joined` before its last one, `tail`; NULL when it does not end so. */
static const char *
cut_tail(struct lapse_arena *arena, const char *joined, const char *tail, enum undo_kind kind)
{
	const char *between = separator(tail, kind);
	size_t len = strlen(joined), tail_len = strlen(tail), gap = strlen(between);

	if (tail_len == 0)
		return joined;
	if (strcmp(joined, tail) == 0)
		return "";
	if (len <= tail_len + gap || strcmp(joined + len - tail_len, tail) != 0 ||
	    strncmp(joined + len - tail_len - gap, between, gap) != 0)
		return NULL;
	return lapse_arena_dupn(arena, joined, len - tail_len - gap);
}

/*
 * The values of `joined` after its first one, `head`; NULL when it does not begin so. A blank after it may be the
 * next value's own: `keep` says so.
 */
static const char *
cut_head(const char *joined, const char *head, enum undo_kind kind, bool keep)
{
	size_t head_len = strlen(head);

	if (head_len == 0 || strncmp(joined, head, head_len) != 0)
		return head_len == 0 ? joined : NULL;
	joined += head_len;
	if (*joined == '\0' || keep || kind == UNDO_URL || *joined == ',')
		return joined;
	return *joined == ' ' ? joined + 1 : NULL;
}

/* Are a value's blanks and commas a guess? */
static bool
is_guess(const char *value, enum undo_kind kind)
{
	return kind != UNDO_URL && kind != UNDO_WHOLE && lapse_undo_is_long(value);
}

/* Are two values the same but for the blanks and commas that a history guesses in long ones? */
static bool
is_same(const char *a, const char *b, enum undo_kind kind)
{
	if (strcmp(a, b) == 0)
		return true;
	if (!is_guess(a, kind) && !is_guess(b, kind))
		return false;
	for (;; a++, b++) {
		a += strspn(a, " ,");
		b += strspn(b, " ,");
		if (*a != *b || *a == '\0')
			return *a == *b;
	}
}

/* Can only one login be meant? Then it is what stood, whatever stands now. */
static bool
is_one_login(const char *value, enum undo_kind kind)
{
	return kind == UNDO_ACCOUNT && *value != '\0' && strchr(value, ' ') == NULL;
}

bool
lapse_undo_scalar(struct undone *state, struct lapse_arena *arena, const char *removed, const char *added,
    enum undo_kind kind, bool newer)
{
	const char *rest, *before = NULL;
	struct undone unseen = *state;

	if (state->value == NULL) {
		*state = (struct undone){ removed, false };
		return true;
	}
	if (is_same(state->value, added, kind)) {
		*state = (struct undone){ removed, !is_guess(removed, kind) };
		return true;
	}
	rest = cut_tail(arena, added, state->value, kind);
	if (rest != NULL)
		before = cut_tail(arena, removed, rest, kind);
	if (before != NULL) {
		*state = (struct undone){ before, state->exact && !is_guess(before, kind) };
		return true;
	}
	if (newer && lapse_redo_scalar(&unseen, removed, added, kind))
		return true;
	*state = (struct undone){ removed, is_one_login(removed, kind) };
	return false;
}

bool
lapse_redo_scalar(struct undone *state, const char *removed, const char *added, enum undo_kind kind)
{
	const char *rest, *after = NULL;

	if (state->value == NULL) {
		*state = (struct undone){ added, false };
		return true;
	}
	if (is_same(state->value, removed, kind)) {
		*state = (struct undone){ added, !is_guess(added, kind) };
		return true;
	}
	for (int keep = 0; keep <= 1 && after == NULL; keep++) {
		rest = cut_head(removed, state->value, kind, keep);
		if (rest != NULL)
			after = cut_head(added, rest, kind, false);
	}
	if (after != NULL) {
		*state = (struct undone){ after, state->exact && !is_guess(after, kind) };
		return true;
	}
	*state = (struct undone){ added, is_one_login(added, kind) };
	return false;
}
