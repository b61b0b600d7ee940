#!/bin/sh
# lapse sync and bugs that its search has not: moved, hidden, back again, outside of a search that was changed.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
. "$root/tests/cli/syncs.sh"

# listed DIR THREAD JQ: something of its line.
listed() {
	"$LAPSE" -q -C "$1" list --json 2>/dev/null | jq -c "select(.thread == \"bmo:$2\") | $3"
}

# change WHEN FIELD REMOVED ADDED: what a bug becomes by that: its field, its history, its time.
change() {
	printf '.last_change_time = "%s" | .%s = "%s" | .history += [{when: "%s", who: "x@y.example", changes: [{field_name: "%s", removed: "%s", added: "%s"}]}]' \
	    "$1" "$2" "$4" "$1" "$2" "$3" "$4"
}

# comment WHEN: a bug that gets another.
comment() {
	printf '.last_change_time = "%s" | .comments += [(.comments[-1] | .id += 1 | .count += 1 | .creation_time = "%s" | .text = "another" | .raw_text = "another")]' "$1" "$1"
}

# ---- moved, answered, closed ----

bugs state 1 5 2025-05-30T00:00:00Z 2
at 2025-06-01T00:00:00Z
serve one --bugzilla state
archive a
ok "a first sync" sync a
at 2025-06-01T02:00:00Z
alter 2 "$(change 2025-06-01T01:00:00Z component Incidents Another)"
ok "one moves" sync a
says '^lapse: sync: bmo: visible, but not in the search any more: 1$'
were "one moves" 'bug?SEARCH&LIST&last_change_time=2025-05-31T23:54:59Z' 'bug?SEARCH&count_only=1' 'bug?SEARCH&LIST' 'bug?id=2&ALL'
is "the record" "$(said a '[.outside, .followed, .scope.bugs]')" '[[2],null,[2]]'
at 2025-06-01T03:30:00Z
ok "nothing new" sync a
says_nothing
were "it is asked for by number" 'bug?SEARCH&LIST&last_change_time=2025-05-31T23:54:59Z' 'bug?SEARCH&count_only=1' 'bug?id=2&STANDING'
is "the record" "$(said a '[.outside, .followed, .scope.bugs]')" '[[2],[2],[]]'
is "which covers it" "$(listed a 2 .covered)" '"2025-06-01T03:30:00Z"'
ok "what would be asked next" sync a --dry-run
prints "^GET $one_url/rest/bug?id=2&include_fields=id,last_change_time\$"
unserve one
serve one --port "$one_port" --bugzilla state --latency 300
at 2025-06-01T03:40:00Z
ok "nothing new, from a server that is far away" sync a
says_nothing
were "the same again" 'bug?SEARCH&LIST&last_change_time=2025-05-31T23:54:59Z' 'bug?SEARCH&count_only=1' 'bug?id=2&STANDING'
is "all three went before the first was answered" "$(met one)" 3
unserve one
serve one --port "$one_port" --bugzilla state
at 2025-06-01T04:00:00Z
alter 2 "$(comment 2025-06-01T03:50:00Z)"
ok "an answer" sync a
prints '^captured bmo at 2025-06-01T04:00:00Z (observed): bugs 1, comments 3, '
says_nothing
were "an answer" 'bug?SEARCH&LIST&last_change_time=2025-05-31T23:54:59Z' 'bug?SEARCH&count_only=1' 'bug?id=2&STANDING' 'bug?id=2&ALL'
is "it is seen" "$(listed a 2 '[.posts, .last_post, .status, .covered]')" '[3,"2025-06-01T03:50:00Z","ASSIGNED","2025-06-01T04:00:00Z"]'
is "the record" "$(said a '[.outside, .followed, .scope.comments]')" '[[2],null,[2]]'
at 2025-06-01T05:00:00Z
alter 2 "$(change 2025-06-01T04:50:00Z status ASSIGNED RESOLVED)"
ok "it is closed" sync a
is "and is known to be" "$(listed a 2 .status)" '"RESOLVED"'
ok "its log" "$LAPSE" -C a log bmo:2
prints '^2025-06-01T01:00:00Z  *moved '
prints '^2025-06-01T04:50:00Z  *closed '
ok "does not call it out of sight" sh -c '! grep -q "no longer seen" "$1"' sh "$out"

# ---- hidden there, and back ----

at 2025-06-01T06:10:00Z
alter 2 '.groups = ["secret"]'
alter 3 '.groups = ["secret"] | .last_change_time = "2025-06-01T06:00:00Z"'
ok "two are hidden, one of them outside of the search" sync a
says '^lapse: sync: bmo: not visible any more: 2; what was seen of them stays (lapse list)$'
is "the record" "$(said a '[.outside, .followed, .not_visible]')" '[[2,3],null,{"2":102,"3":102}]'
is "since then" "$(listed a 2 '[.not_visible_since, .covered, .posts, .status]')" '["2025-06-01T06:10:00Z","2025-06-01T05:00:00Z",3,"RESOLVED"]'
at 2025-06-01T07:20:00Z
ok "as before" sync a
says_nothing
were "as before: nobody asks why again" 'bug?SEARCH&LIST&last_change_time=2025-05-31T23:54:59Z' 'bug?SEARCH&count_only=1' 'bug?id=2,3&STANDING'
is "still since then" "$(listed a 2 .not_visible_since)" '"2025-06-01T06:10:00Z"'
at 2025-06-01T07:40:00Z
alter 2 'del(.groups)'
ok "one is back, though its time says nothing" sync a
says_nothing
is "the record" "$(said a '[.outside, .not_visible, .scope.bugs, .scope.comments]')" '[[2,3],{"3":102},[2],[2]]'
is "is visible" "$(listed a 2 '[.not_visible_since, .covered, .posts]')" '[null,"2025-06-01T07:40:00Z",3]'
is "the other is not" "$(listed a 3 .not_visible_since)" '"2025-06-01T06:10:00Z"'
at 2025-06-01T08:50:00Z
ok "afterwards" sync a
is "it is followed" "$(said a '[.followed, .not_visible]')" '[[2],{"3":102}]'
at 2025-06-02T08:50:00Z
alter 3 "del(.groups) | $(comment 2025-06-02T08:00:00Z)"
ok "a day later the other is back in the search" sync a
is "the record" "$(said a '[.outside, .followed, .not_visible, .scope.bugs]')" '[[2],[2],{},[3]]'
is "and visible" "$(listed a 3 '[.not_visible_since, .posts]')" '[null,3]'
settled a
at 2025-06-02T10:00:00Z
alter 2 '.component = "Incidents"'
ok "one is in the search again, though its time says nothing" sync a
says_nothing
is "it is no bug to follow" "$(said a '[.outside, .followed, .scope.bugs]')" '[[],null,[2]]'

# ---- a server that answers an error for all when one is hidden ----

echo '{"strict":1}' >state/server.json
archive strict
at 2025-06-03T00:00:00Z
ok "a first sync" sync strict
at 2025-06-03T02:00:00Z
alter 1 "$(change 2025-06-03T01:00:00Z component Incidents Another)"
alter 4 '.groups = ["secret"]'
alter 5 "$(change 2025-06-03T01:00:00Z component Incidents Another)"
ok "two move, one is hidden" sync strict
says '^lapse: sync: bmo: not visible any more: 1; '
says '^lapse: sync: bmo: visible, but not in the search any more: 2$'
is "the record" "$(said strict '[.outside, .not_visible, .scope.bugs, .due]')" '[[1,4,5],{"4":102},[1,5],[]]'
at 2025-06-03T04:00:00Z
alter 5 "$(comment 2025-06-03T03:00:00Z)"
ok "one of them changes" sync strict
were "the list is halved" 'bug?SEARCH&LIST&last_change_time=2025-06-02T23:54:59Z' 'bug?SEARCH&count_only=1' \
    'bug?id=1,4,5&STANDING' 'bug?id=1&STANDING' 'bug?id=4,5&STANDING' 'bug?id=4&STANDING' 'bug?id=5&STANDING' 'bug?id=5&ALL'
is "the record" "$(said strict '[.outside, .followed, .not_visible, .scope.bugs]')" '[[1,4,5],[1],{"4":102},[5]]'
rm state/server.json

# ---- a source whose search changes ----

rm -f state/[1-9].json
bugs state 1 3 2025-05-30T00:00:00Z 2
bugs state 11 13 2025-05-30T00:00:00Z 1 '{"product":"NSS"}'
at 2025-06-04T00:00:00Z
ok "an archive" "$LAPSE" -q init wide
ok "its source" "$LAPSE" -q -C wide source add bmo "$one_url" --product 'CA Program'
ok "a first sync" sync wide
at 2025-06-04T02:00:00Z
alter 2 "$(change 2025-06-04T01:00:00Z product 'CA Program' NSS)"
ok "one moves" sync wide
at 2025-06-04T03:00:00Z
alter 3 "$(comment 2025-06-04T02:30:00Z)"
ok "an old name beside the new one" "$LAPSE" -q -C wide source set bmo --product NSS
ok "what would be asked" sync wide --dry-run
prints "^GET $one_url/rest/bug?product=CA%20Program&product=NSS&include_fields=id,last_change_time&order=bug_id&limit=1000\$"
ok "is" sync wide
says_nothing
requests | sed 's/^bug?product=CA%20Program&product=NSS/bug?BOTH/' | sort >were
printf '%s\n' 'bug?BOTH&LIST' 'bug?BOTH&count_only=1' 'bug?id=2,3,11,12,13&ALL' time | sort >wanted
ok "no bug is fetched that is there as it is" diff -u wanted were
is "the record" "$(said wide '[.outside, .total, .unchanged, .scope.bugs]')" '[[],6,true,[2,3,11,12,13]]'
is "all are covered" "$("$LAPSE" -C wide list --json | jq -r .covered | sort -u)" 2025-06-04T03:00:00Z
settled wide
at 2025-06-04T04:00:00Z
ok "another search" "$LAPSE" -q -C wide source set bmo "$one_url/buglist.cgi?product=NSS"
alter 1 "$(comment 2025-06-04T03:30:00Z)"
ok "that has fewer" sync wide
says '^lapse: sync: bmo: visible, but not in the search any more: 2$'
requests | sort >were
printf '%s\n' 'bug?product=NSS&LIST' 'bug?product=NSS&count_only=1' 'bug?id=1,3&STANDING' 'bug?id=1&ALL' time | sort >wanted
ok "the others are followed" diff -u wanted were
is "the record" "$(said wide '[.outside, .followed, .total, .scope.bugs]')" '[[1,3],[3],4,[1]]'
is "all are covered" "$("$LAPSE" -C wide list --json | jq -r .covered | sort -u)" 2025-06-04T04:00:00Z
settled wide

# ---- more than one request names ----

rm -f state/[1-9]*.json
bugs state 1 450 2025-05-30T00:00:00Z 1 '{"component":"Another"}'
at 2025-06-05T00:00:00Z
archive many
ok "saved files of bugs that the search has not" "$LAPSE" -q -C many import bugzilla --source bmo --captured-at 2025-05-31 state/[1-9]*.json
ok "a first sync" sync many
is "asks for them" "$(requests | grep -c STANDING) $(said many '.scope.bugs | length')" '2 450'
at 2025-06-05T02:00:00Z
alter 450 "$(comment 2025-06-05T01:00:00Z)"
ok "the next" sync many
is "does not ask for so many" "$(requests | grep -c STANDING) $(said many '.scope.bugs | length')" '0 0'
ok "until all are listed" sync many --force --full
is "then the one that changed comes" "$(requests | grep -c STANDING) $(said many '[.scope.bugs, (.followed | length)]')" '2 [[450],449]'
ok "it verifies" "$LAPSE" -C many verify
unserve one
finish
