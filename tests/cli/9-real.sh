#!/bin/sh
# Old, odd, real bugs, where they are at hand: each rewinds to any moment, and what its history contradicts is named.
. "$(dirname "$0")/lib.sh"
real=$root/../shared/bugzilla/real

if [ ! -f "$real/full.json" ]; then
	echo "skipped: there are no real bugs beside the repository"
	finish
fi

ok "init" "$LAPSE" -q init archive
ok "import" "$LAPSE" -q -C archive import bugzilla --source bmo --captured-at 2023-02-01T00:00:00Z "$real"/*.json

# The moments of each: when it was filed, a few of its changes and comments, the end.
step=4
[ "${LAPSE_FLAVOUR:-plain}" = asan ] && step=12
jq -r --argjson step "$step" '.bugs[] | .id as $id | ([.history[].when, .comments[].creation_time] | unique) as $times
    | [.creation_time] + [range(0; $times | length; $step) | $times[.]] + ["2023-02-01T00:00:00Z"] | unique[] | "\($id) \(.)"' "$real/full.json" >moments
for file in "$real"/history-*.json; do
	jq -r '.bugs[] | .id as $id | .history | [first, .[length / 2 | floor], last] | .[].when | "\($id) \(.)"' "$file"
done >>moments
ok "many moments" test "$(wc -l <moments)" -gt 100
: >shown
while read -r bug at; do
	ok "$bug at $at" "$LAPSE" -C archive show "$bug" --at "$at" --json
	jq -c 'select(.type == "thread")' "$out" >>shown
done <moments

# A value is what its neighbours in the history say, or it is listed as inexact: no change says of a moment that
# something stood which show denies without a mark.
cat >claims.jq <<'END'
.bugs[] | .id as $id | [.history[] | .when as $when | .changes[] | select(.attachment_id == null) | {when: $when, field: .field_name, removed, added}]
| group_by(.field)[] | select(.[0].field | IN("status", "resolution", "priority", "severity", "summary", "product", "component", "whiteboard", "version", "target_milestone"))
| . as $all | range(length) as $i | {bug: "bmo:\($id)", field: $all[$i].field, from: $all[$i].when, until: ($all[$i + 1].when // "9999"), value: $all[$i].added}
END
jq -c -f claims.jq "$real/full.json" >claims
ok "the history's claims" jq -nc --slurpfile claims claims --slurpfile shown shown '
    [$shown[] as $s | $claims[] | select(.bug == $s.thread and .from <= $s.at and $s.at < .until)
	| select($s.fields[.field] != .value and (.field as $f | $s.inexact | index($f) | not)) | {at: $s.at} + .]'
ok "none is denied without a mark" jq -e 'length == 0' "$out"
ok "there were some" test "$(wc -l <claims)" -gt 50
ok "a keyword that the server renamed is named" "$LAPSE" -C archive show 1325215 --at 2016-12-25
prints "^inexact      keywords: the history of 2016-12-29T18:39:15Z says '' to 'mlk, regression', which does not fit what was seen\$"
ok "an account that was renamed" "$LAPSE" -C archive show 1350663 --at 2017-06-08T13:30:55Z
prints "^inexact      assigned_to: the history of 2017-03-29T06:36:27Z says 'nobody@mozilla.org' to 'cku@mozilla.com', "

# ---- comment_revision: edits that the history of those years declares ----

ok "before the first edit" "$LAPSE" -C archive show '1572869#0' --at 2019-08-09T21:48:53Z --json
ok "the first text" jq -e --slurpfile real "$real/full.json" 'select(.type == "post") | .text as $text
    | [$real[0].bugs[] | select(.id == 1572869) | .history[].changes[] | select(.field_name == "comment_revision" and .comment_count == 0)]
    | .[0].removed == $text' "$out"
ok "after it" "$LAPSE" -C archive show '1572869#0' --at 2019-08-09T21:48:54Z
prints ' edited at 2019-08-09T21:48:54Z '
finish
