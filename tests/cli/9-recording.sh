#!/bin/sh
# Two recorded years of twelve captures, where they are at hand: every obligation of every rule, at ten pairs of
# times, against what two programs made by others have computed. Without the recording it says so.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/recording.sh"

import_recording
ok "parties" "$LAPSE" -q -C archive parties add "$recording/parties.json"
ok "policy" "$LAPSE" -q -C archive policy add "$recording/lab.json"
exits 1 "the archive verifies, but for what was done silently" "$LAPSE" -C archive verify
prints '^faults: \([0-9]*\) (.* silent \1, history 0)$'

# What the expected lines have, in one order.
fields='{arose, clock, doubts, due, due_by, gap_seconds, late_seconds, opened, opened_by, owner, post, rule, state, stopped, stopped_by, stopped_how, thread}'
jq -c "[.at, .known, $fields]" "$recording/expected.ndjson" >all
jq -r '"\(.[0]) \(.[1])"' all | sort -u >pairs
ok "ten pairs of times" test "$(wc -l <pairs)" -eq 10
total=0
while read -r at known; do
	ok "gaps at $at, known at $known" "$LAPSE" -C archive gaps --policy lab --at "$at" --known "$known" --json
	jq -cS "$fields" "$out" | sort >found
	jq -cS --arg at "$at" --arg known "$known" 'select(.[0] == $at and .[1] == $known) | .[2]' all | sort >expected
	total=$((total + $(wc -l <expected)))
	ok "at $at, known at $known: every obligation, every field" diff expected found
done <pairs
ok "all that was expected was looked at" test "$total" -eq "$(wc -l <all)" -a "$total" -eq 6213
finish
