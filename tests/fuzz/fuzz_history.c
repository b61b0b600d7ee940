/*
 * Histories of several captures, joined, and a thread rewound by them: the input is a JSON list of documents like
 * changes.json. Whatever they hold, what was told is known, in the order of time, and no step lies
 * after the moment asked for.
 */
#include "fuzz.h"

#include <jansson.h>
#include <string.h>

#include "../../lib/replay/history.h"
#include "../../lib/replay/replay_internal.h"
#include "../../lib/replay/track.h"
#include "lapse/codec.h"
#include "lapse/json.h"

static void
check_order(const struct history *history)
{
	for (size_t i = 1; i < history->nentries; i++)
		demand(history->entries[i - 1]->change.at.sec <= history->entries[i]->change.at.sec, "not in the order of time");
}

static void
rewind_by(struct lapse_arena *arena, const struct history *history)
{
	static const char *const fields[] = { "whiteboard", "status", "assigned_to", "summary" };
	struct lapse_change *changes = lapse_arena_alloc(arena, history->nentries * sizeof(*changes));
	struct lapse_thread thread = { .last_resolved = LAPSE_NEVER };
	size_t n = history->nentries;
	struct snapshot newest;
	struct lapse_track track;

	for (size_t i = 0; i < n; i++)
		changes[i] = history->entries[i]->change;
	if (n == 0)
		return;
	for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++) {
		newest = (struct snapshot){ changes[n - 1].at, changes[n - 1].added };
		thread.at = changes[n / 2].at;
		lapse_track_build(&track, arena, fields[f], changes, n, &newest, 1, thread.at);
		for (size_t i = 0; i < track.nsteps; i++)
			demand(track.steps[i].at.sec <= thread.at.sec && track.steps[i].value != NULL, "a step that is none");
	}
	thread.status = newest.value;
	lapse_rewind_turns(&thread, arena, changes, n);
	for (size_t i = 1; i < thread.nturns; i++)
		demand(thread.turns[i].open != thread.turns[i - 1].open, "a turn that turns nothing");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_arena arena;
	struct history history;
	struct lapse_change *changes;
	json_t *list = NULL;
	size_t n, known = 0;

	lapse_arena_init(&arena);
	lapse_history_init(&history, &arena);
	if (lapse_json_parse(&list, (const char *)data, size, NULL) == 0) {
		for (size_t i = 0; i < json_array_size(list); i++) {
			if (lapse_codec_changes(&changes, &n, &arena, json_array_get(list, i)) < 0)
				continue;
			lapse_history_add(&history, changes, n, i);
			demand(history.nentries >= known && history.nentries >= n, "something was forgotten");
			known = history.nentries;
			lapse_history_add(&history, changes, n, i);
			demand(history.nentries == known, "the same again is more");
			check_order(&history);
		}
		rewind_by(&arena, &history);
	}
	json_decref(list);
	lapse_history_release(&history);
	lapse_arena_release(&arena);
	return 0;
}
