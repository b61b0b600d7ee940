#!/bin/sh
# The recorded years, where they are at hand: what a thread was at every moment, against the log of everything that
# was really done. Without the recording it says so.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/recording.sh"

import_recording

# What the log says each thread was, after each second in which one was changed. Logins are compared by person: the
# server shows today's, its history those of the day. What the log does not name (cc by the server's own doing) is left out, and
# so is what was hidden from the public.
cat >truth.jq <<'END'
def person: if type == "string" then gsub("b1@beta.example"; "beatrice.smith@beta.example") | gsub("c2@gmail.example"; "u9@disabled.tld")
    elif type == "array" then map(person) | sort else . end;
def words: split(", ") | map(select(. != ""));
def without($gone): reduce ($gone | words)[] as $x (.; (map(. == $x) | index(true)) as $i | if $i == null then . else del(.[$i]) end);
["status", "resolution", "whiteboard", "summary", "product", "component", "assigned_to", "priority", "severity", "url",
    "is_confirmed", "dupe_of", "cf_ca_ref"] as $one
| [foreach inputs as $a ({}; .now = [] |
    if $a.what == "file" then
	.[$a.bug | tostring] = (($one | map({(.): ""}) | add) + {priority: "--", severity: "--", status: "NEW", is_confirmed: "1", flags: []}
	    + ($a.args | with_entries(select(.key as $k | $one | index($k)))) + {assigned_to: "nobody@mozilla.example"}
	    + (if $a.key == "odd" then {status: "UNCONFIRMED", is_confirmed: "0"} else {} end))
	| .now = [$a.bug]
    else
	reduce (($a.answer | objects | .bugs // [])[]) as $b (.; .now += [$b.id]
	    | reduce ($b.changes | to_entries[]) as $c (.; ($b.id | tostring) as $id
		| if $c.key == "flagtypes.name" then
		    .[$id].flags |= ((person | without($c.value.removed | person)) + ($c.value.added | person | words))
		  elif $one | index($c.key) then .[$id][$c.key] = $c.value.added
		  else . end))
    end;
    .now[] as $id | {bug: $id, t: $a.t, state: (.[$id | tostring] | map_values(person))})]
| group_by([.bug, .t]) | map(.[-1]) | .[] | {bug, t} + .state
END
ok "the log is read" jq -cnS -f truth.jq "$recording/actions.ndjson"
cp "$out" truth

cat >state.jq <<'END'
def person: if type == "string" then gsub("b1@beta.example"; "beatrice.smith@beta.example") | gsub("c2@gmail.example"; "u9@disabled.tld")
    elif type == "array" then map(person) | sort else . end;
.flags as $flags | .fields | {status, resolution, whiteboard, summary, product, component, assigned_to, priority, severity, url,
    is_confirmed: (if .is_confirmed then "1" else "0" end), dupe_of: (.dupe_of // "" | tostring), cf_ca_ref: (.cf_ca_ref // ""),
    flags: $flags} | map_values(person) | {bug: $bug, t: $t} + .
END
# Each takes a run of the program: every second one, under the sanitizers every fifth.
step=2
[ "${LAPSE_FLAVOUR:-plain}" = asan ] && step=5
awk "NR % $step == 0" truth >expected
jq -r '"\(.bug) \(.t)"' expected >moments
: >found
while read -r bug at; do
	"$LAPSE" -C archive show --state --at "$at" "$bug" >document
	jq -cS --argjson bug "$bug" --arg t "$at" -f state.jq document >>found
done <moments
ok "every second in which something changed" test "$(wc -l <truth)" -gt 250
ok "what every thread was then" diff expected found

# ---- what was known then: each capture's time, as it saw the thread itself ----

# The second account's rename, the time of the torn capture: what the server shows, not what it was.
keys='{id, status, resolution, whiteboard, summary, product, component, assigned_to, cc: (.cc | sort), depends_on, blocks, keywords,
    last_change_time, comment_count, votes, cf_last_resolved, dupe_of, is_open, groups}'
for folder in "$recording"/captures/*/; do
	time=$(basename "$folder" | sed 's/\(..\)\(..\)Z$/:\1:\2Z/')
	jq -cS ".bugs[] | $keys" "$folder/bugs.json" | sort >expected
	: >found
	for bug in $(jq '.bugs[].id' "$folder/bugs.json"); do
		"$LAPSE" -C archive show --state --at "$time" --known "$time" "$bug" >document
		jq -cS ".fields | $keys" document >>found
	done
	sort found >sorted
	ok "the threads of $time, as known then" diff expected sorted
done

# ---- edits: what captures can show, and not what they cannot ----

ok "an edit between two captures" "$LAPSE" -C archive show '1884002#2' --json --at 2024-08-01
ok "of which none is known before" jq -e 'select(.type == "post") | .edits == null and .edited_after == null' "$out"
for pair in '1884002#3 2024-08-05 2024-07-19T22:10:50Z 2024-09-20T07:01:01Z' '1884002#0 2024-08-30 2024-07-19T22:10:50Z 2024-09-20T07:01:01Z'; do
	set -- $pair
	ok "$1 at $2" "$LAPSE" -C archive show "$1" --json --at "$2"
	ok "$1 was edited between $3 and $4" jq -e --arg a "$3" --arg b "$4" 'select(.type == "post") | .edited_after == $a and .edited_before == $b' "$out"
done
ok "the text from before the edit" "$LAPSE" -C archive show '1884002#3' --at 2024-08-05
prints '^\[E2\] The CPS was updated on 13 May\.$'
prints 'edited between 2024-07-19T22:10:50Z and 2024-09-20T07:01:01Z'
ok "and after it" "$LAPSE" -C archive show '1884002#3' --at 2024-09-21
prints '^\[E2\] The CPS was updated on 13 May 2024; see section 4.9.$'
ok "and redacted" "$LAPSE" -C archive show '1884002#3'
prints '^\[E2\] (redacted)$'

# ---- two captures compared ----

git -C archive log --format=%H --reverse --grep='^Lapse-Source: bmo' >commits
first=$(sed -n 4p commits) second=$(sed -n 5p commits)
exits 1 "two captures" "$LAPSE" -C archive diff 1884002 "$first" "$second"
prints '^from   2024-07-19T22:10:50Z$'
prints '^to     2024-09-20T07:01:01Z$'
prints '^#3 text '
prints '^- \[E2\] The CPS was updated on 13 May\.$'
prints '^+ (edited)$'
finish
