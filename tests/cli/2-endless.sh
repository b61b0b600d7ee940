#!/bin/sh
# lapse sync and servers that would keep it busy for ever: what ends it, and that nothing is recorded.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
. "$root/tests/cli/syncs.sh"

# ---- lists ----

bugs state 1 120 2025-05-30T00:00:00Z 1
at 2025-06-01T00:00:00Z
echo '{"max_results":1}' | keep server.json
serve one --bugzilla state
archive lists
exits 75 "a list that goes bug by bug" sync lists
says '^lapse: sync: bmo: the server lists bugs one by one, and so without an end'
is "ends after so many pages" "$(requests | grep -c '^bug?SEARCH&LIST')" 101
is "and nothing is recorded" "$(commits lists)" 2
rm state/12[0-9].json state/11[0-9].json state/10[1-9].json
ok "fewer pages are taken as they come" sync lists --force
is "every one" "$(said lists '[.counts.bugs, .asked.pages]')" '[100,100]'
unserve one

# ---- refusals ----

jq -nc '{bugs: [range(1; 151) | {id: ., last_change_time: "2025-05-30T00:00:00Z"}]}' >list.json
printf '%s\n' '/rest/bug[?]*count_only* body={"bug_count":150}' '/rest/bug[?]product=* file=list.json' \
    '/rest/bug[?]id=* status=401 body={"error":true,"code":102,"message":"no"}' >rules
serve one --bugzilla state --rules rules
archive refusals
exits 75 "a server that lists what it refuses" sync refusals
says '^lapse: sync: bmo: the server refuses nearly all that is asked for by number'
ok "ends before each bug was asked for alone" test "$(requests | grep -c '^bug?id=')" -le 210
unserve one
finish
