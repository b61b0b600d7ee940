#!/bin/sh
# lapse gaps: known answers, every filter, both times, names of threads, every format.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data
export LAPSE_NOW=2026-06-01T00:00:00Z

# lines FILE: how many.
lines() {
	wc -l <"$1" | tr -d ' '
}

# gaps OPTION...: of the archive at hand.
gaps() {
	"$LAPSE" -C "$archive" gaps --json "$@"
}

# filtered NAME JQ OPTION...: the same rows as those of the file `all` that jq selects.
filtered() {
	name=$1
	jq -c "select($2)" all >expected
	shift 2
	ok "$name" gaps "$@"
	same_as expected
	ok "$name: some, and not all" test "$(lines expected)" -gt 0 -a "$(lines expected)" -lt "$(lines all)"
}

# ---- the bundled capture ----

archive=demo
ok "init" "$LAPSE" -q init demo
ok "import" "$LAPSE" -q -C demo import bugzilla --source bmo --captured-at 2026-03-14T06:37:16Z "$data"/demo/*.json.gz
ok "parties" "$LAPSE" -q -C demo parties add "$data/demo/parties.json"
ok "week" "$LAPSE" -q -C demo policy add "$data/demo/week.json"
ok "week-pacific" "$LAPSE" -q -C demo policy add "$data/demo/week-pacific.json"
at=2026-03-14T00:00:00Z

# counted POLICY CLOCK MET LATE OVERDUE RUNNING UNPROVEN
counted() {
	is "$1, $2" "$(jq -r --arg clock "$2" 'select(.clock == $clock) | .state' "$1.ndjson" | sort | uniq -c | awk '{ printf "%s %s ", $2, $1 }')" \
	    "late $4 met $3 overdue $5 running $6 unproven $7 "
}
for policy in week week-pacific; do
	ok "every obligation under $policy" gaps --policy $policy --at $at
	says_nothing
	cp "$out" $policy.ndjson
	is "$policy: so many" "$(lines $policy.ndjson)" 10577
done
counted week update 3302 2202 25 7 722
counted week response 2578 752 5 1 983
counted week-pacific update 3734 1770 19 13 722
counted week-pacific response 2628 702 5 1 983

# What must hold of every row, whatever the data: jq computes it again from the answers themselves.
for file in "$data"/demo/comments-*.json.gz; do gzip -dc "$file"; done |
    jq -c '.bugs | to_entries[] | .key as $bug | .value.comments[] | {key: "bmo:\($bug)#\(.count)", value: {at: .creation_time, by: .author}}' |
    jq -sc from_entries >posts.json
cat >rows.jq <<'END'
def sec: if . == null then null else fromdate end;
$posts[0] as $posts | . as $row | {
  keys: (keys == ["arose", "capture", "clock", "doubts", "due", "due_by", "gap_seconds", "late_seconds", "level", "opened", "opened_by", "owner",
    "path", "post", "rule", "state", "stopped", "stopped_by", "stopped_how", "thread", "type", "v"]),
  type: (.type == "obligation" and .v == 1),
  raised: ($posts["\(.thread)#\(.post)"] as $p | $p.at == .arose and $p.by == .opened_by and .opened == .arose),
  stopped: (if .stopped == null then .stopped_by == null and .stopped_how == null
    else .stopped_how == "post" and $posts["\(.thread)#\(.stopped_by)"].at == .stopped and .stopped >= .opened end),
  gap: ((if .state == "unproven" then null elif .stopped == null then ($at | sec) - (.opened | sec) else (.stopped | sec) - (.opened | sec) end) == .gap_seconds),
  late: (.late_seconds == (if .state == "late" or .state == "overdue" then ((.stopped // $at) | sec) - (.due | sec) else 0 end)),
  state: (.state == (if .stopped != null then (if .stopped <= .due then "met" else "late" end)
    elif .state == "unproven" then "unproven" elif .due >= $at then "running" else "overdue" end)),
  due: ($elapsed == 0 or (.due | sec) - (.opened | sec) == 604800),
  due_by: (.due_by == "limit"),
  doubts: ((.doubts == (.doubts | sort)) and (if .state == "late" or .state == "overdue" then (.doubts | index("history")) != null else .doubts == [] end)),
  counting: ((.doubts | index("counting") != null) == ((.state == "late" or .state == "overdue") and .late_seconds < 86400)),
  path: (.path | test("^threads/bmo/[0-9]{2}/[0-9]{2}/[0-9]+/posts/[0-9]+/\($row.post)[.]json$"))
} | to_entries[] | select(.value | not) | "\(.key): \($row)"
END
for policy in week week-pacific; do
	elapsed=1
	[ $policy = week ] || elapsed=0
	ok "every row of $policy agrees with the answers" jq -r --slurpfile posts posts.json --arg at $at --argjson elapsed $elapsed -f rows.jq $policy.ndjson
	prints_nothing
	jq -cS . $policy.ndjson >expected
	ok "every line of $policy is canonical" cmp expected $policy.ndjson
	ok "$policy is sorted by thread, opened, post, rule" jq -se 'map([(.thread | split(":")[1] | tonumber), .opened, .post, .rule]) | . == sort' \
	    $policy.ndjson
	is "$policy: one capture" "$(jq -r .capture $policy.ndjson | sort -u)" "$(git -C demo log --format=%H --grep='^Lapse-Capture: ')"
done
git -C demo ls-tree -r --name-only "$(head -n 1 week.ndjson | jq -r .capture)" | sort >tree
jq -r .path week.ndjson | sort -u >paths
is "every path is in that commit" "$(comm -23 paths tree | wc -l | tr -d ' ')" 0

# One bug: the days, in Pacific time, on which its owner was late.
ok "one CA's late updates" gaps --policy week-pacific --at $at --clock update --late bmo:1888882
cp "$out" late.ndjson
jq -r .stopped late.ndjson | while read -r time; do TZ=America/Los_Angeles date -d "$time" +%F; done | tr '\n' ' ' >days
is "on these days" "$(cat days)" "2024-04-09 2024-05-08 2024-05-17 2024-06-06 2024-06-21 2024-06-30 2024-07-08 2024-07-30 2024-08-21 2024-09-12 \
2024-11-25 2025-02-13 2025-03-12 "
head -n 2 late.ndjson | tail -n 1 | sed 's/"capture":"[0-9a-f]*"/"capture":""/' >found
cat >expected <<'END'
{"arose":"2024-04-30T09:20:22Z","capture":"","clock":"update","doubts":["counting","history"],"due":"2024-05-08T06:59:59Z","due_by":"limit","gap_seconds":688732,"late_seconds":5955,"level":"must","opened":"2024-04-30T09:20:22Z","opened_by":"p030e399@cfca.com.cn","owner":"cfca","path":"threads/bmo/82/88/1888882/posts/0/12.json","post":12,"rule":"week-update","state":"late","stopped":"2024-05-08T08:39:14Z","stopped_by":13,"stopped_how":"post","thread":"bmo:1888882","type":"obligation","v":1}
END
ok "as a line" diff -u expected found

# ---- filters ----

cp week.ndjson all
filtered "--late" '.state == "late" or .state == "overdue"' --policy week --at $at --late
filtered "--owner" '.owner == "cfca"' --policy week --at $at --owner cfca
filtered "--clock" '.clock == "response"' --policy week --at $at --clock response
filtered "--since a day" '.due >= "2025-10-01T00:00:00Z"' --policy week --at $at --since 2025-10-01
filtered "--until a day" '.due <= "2018-05-08T23:59:59Z"' --policy week --at $at --until 2018-05-08
filtered "--since and --until" '.due >= "2024-05-01T00:00:00Z" and .due <= "2024-05-31T23:59:59Z"' --policy week --at $at --since 2024-05-01 --until 2024-05-31
filtered "a second" '.due == "2024-05-07T09:20:22Z"' --policy week --at $at --since 2024-05-07T09:20:22Z --until 2024-05-07T11:20:22+02:00
filtered "--since -7d counts from --at" '.due >= "2026-03-07T00:00:00Z"' --policy week --at $at --since -7d
filtered "one thread" '.thread == "bmo:1888882"' --policy week --at $at bmo:1888882
filtered "without its source" '.thread == "bmo:1888882"' --policy week --at $at 1888882
filtered "one post" '.thread == "bmo:1888882" and .post == 12' --policy week --at $at 'bmo:1888882#12'
filtered "one post, without the source" '.thread == "bmo:1888882" and .post == 0' --policy week --at $at '1888882#0'
filtered "two threads, each once, in the archive's order" '.thread == "bmo:1888882" or .thread == "bmo:1990254"' --policy week --at $at \
    1990254 bmo:1888882 bmo:1990254
filtered "all at once" '.owner == "swisssign" and .clock == "update" and .state == "overdue" and .due >= "2025-11-01T00:00:00Z"' --policy week --at $at \
    --owner swisssign --clock update --late --since 2025-11-01 --level must 1990282
ok "nothing of a level" gaps --policy week --at $at --level should
prints_nothing

# misused NAME RE OPTION...
misused() {
	name=$1 re=$2
	shift 2
	exits 2 "$name" gaps "$@"
	says "^lapse: gaps: $re (try 'lapse gaps -h')\$"
	prints_nothing
}
misused "an owner that is none" "--owner: no party 'nobody' (lapse parties list shows them)" --owner nobody
misused "a clock that is none" "--clock: no kind of duty 'nap' (response, update, needinfo, report, revocation, closure, action)" --clock nap
misused "a level that is none" "--level: none of must, should, best-practice: 'may'" --level may
misused "a period backwards" "--since is after --until" --since 2024-05-08 --until 2024-05-07
misused "a date that is none" "--since: .*'2024-13-01'.*" --since 2024-13-01
misused "a name that is none" "not a thread's name: 'x' (SOURCE:ID, such as bmo:1888882)" x
for name in bmo: :5 bmo:x 'bmo:5#' 'bmo:5#x' '5#-1' BMO:5 bmo:5:6 bmo:-5 'bmo:5#1#2' ' 5' 9223372036854775808; do
	misused "the name '$name'" "not a thread's name: '$name' (SOURCE:ID, such as bmo:1888882)" -- "$name"
done
misused "a post among threads" "a post can be asked for with one thread only: '1888882#1'" '1888882#1' 1990254
exits 3 "a post that is not there" gaps 'bmo:1888882#99999'
says "^lapse: gaps: no post #99999 in bmo:1888882 at that moment\$"
prints_nothing
exits 3 "a post that was not there yet" gaps --at 2024-05-08T08:39:13Z 'bmo:1888882#13'
says "^lapse: gaps: no post #13 in bmo:1888882 at that moment\$"
exits 3 "a thread that is not there" gaps bmo:5
says "^lapse: gaps: no thread 'bmo:5' in the archive\$"
prints_nothing
exits 3 "a source that is not there" gaps other:1888882
says "^lapse: gaps: no thread 'other:1888882' in the archive\$"
exits 3 "a policy that is not there" gaps --policy month
says "^lapse: gaps: no policy 'month' in the archive (lapse policy list shows what there is; a file is named with a slash or .json)\$"
exits 3 "no archive" "$LAPSE" -C nowhere gaps
says "^lapse: gaps: no archive in 'nowhere' (lapse init makes one)\$"
ok "the archive by LAPSE_DIR" env LAPSE_DIR=demo "$LAPSE" gaps --policy week --at $at 1888882 --json
is "as by -C" "$(lines "$out")" "$(grep -c '"bmo:1888882"' week.ndjson)"

# ---- formats ----

ok "CSV" "$LAPSE" -C demo gaps --policy week --at $at --format csv bmo:1888882
says_nothing
cp "$out" csv
is "has the keys" "$(head -n 1 csv | tr -d '\r')" "thread,post,owner,rule,clock,level,arose,opened,opened_by,due,due_by,stopped,stopped_by,stopped_how,\
gap_seconds,late_seconds,state,doubts,capture,path"
jq -r 'select(.thread == "bmo:1888882") | [.thread, .post, .owner, .rule, .clock, .level, .arose, .opened, .opened_by, .due, .due_by, .stopped, .stopped_by,
    .stopped_how, .gap_seconds, .late_seconds, .state, (.doubts | join(" ")), .capture, .path] | map(. // "" | tostring) | join(",") + "\r"' week.ndjson >expected
sed 1d csv >found
ok "and the same rows" cmp expected found
ok "a table" "$LAPSE" -C demo gaps --policy week --at $at 'bmo:1888882#12'
prints '^at 2026-03-14T00:00:00Z, as known today$'
prints "^source bmo: captured 2026-03-14T06:37:16Z (stated), commit $(jq -r .capture late.ndjson | cut -c 1-12 | head -n 1)\$"
prints '^policy week: Seven times 24 hours'
prints 'parties: the archive.s parties\.json$'
prints '^thread  *post  owner  rule  *level  opened  *due  *stopped  *by post  *gap  *late  state  doubts  *evidence$'
prints '^bmo:1888882  *12  cfca  *week-update  must  *2024-04-30T09:20:22Z  2024-05-07T09:20:22Z  2024-05-08T08:39:14Z  *13  7d 23h  23h 18m  late  *counting, history  threads/'
prints '^1 thread, 0 without an owner$'
ok "Markdown" "$LAPSE" -C demo gaps --policy week --at $at --format markdown 'bmo:1888882#12'
prints '^| bmo:1888882 | 12 | cfca | week-update | must | 2024-04-30T09:20:22Z | 2024-05-07T09:20:22Z | 2024-05-08T08:39:14Z | 13 | 7d 23h | 23h 18m | late | counting, history | threads/'
prints '^| --- | ---: | --- |'
ok "how many rules are evaluated is said" "$LAPSE" -C demo gaps bmo:1888882
prints '^policy ccadb: .*this version evaluates 5 of its 21 rules'
ok "--json is --format ndjson" "$LAPSE" -C demo --format ndjson gaps --policy week --at $at
same_as week.ndjson
misused "--json and another format" "--json and --format csv exclude each other" --format csv

# ---- at ----

for when in 2026-01-13 2026-01-13T23:59:59Z 2026-01-14T01:59:59+02:00 '2026-01-13 23:59:59z' 2026-01-13t16:59:59-07:00; do
	ok "--at $when" gaps --policy week --at "$when" bmo:2005194
	[ "$when" = 2026-01-13 ] && cp "$out" day
	same_as day
done
is "nothing later exists" "$(jq -r '.stopped // empty, .opened' day | sort | tail -n 1)" 2026-01-13T14:05:37Z
is "and what was owed then runs" "$(jq -r 'select(.state == "running") | "\(.post) \(.gap_seconds)"' day)" "4 35662"
ok "--at a second earlier" gaps --policy week --at 2026-01-13T14:05:36Z 'bmo:2005194#3'
is "it was overdue" "$(jq -c '[.state, .stopped, .gap_seconds, .late_seconds, .doubts]' "$out")" '["overdue",null,615983,11183,["counting","history"]]'
ok "--at the very second" gaps --policy week --at 2026-01-13T14:05:37Z 'bmo:2005194#3'
is "it was answered" "$(jq -c '[.state, .stopped_by, .gap_seconds, .late_seconds, .doubts]' "$out")" '["late",4,615984,11184,["counting","history"]]'
ok "--at the second it was due" gaps --policy week --at 2026-01-13T10:59:13Z 'bmo:2005194#3'
is "it still ran" "$(jq -c '[.state, .gap_seconds, .late_seconds]' "$out")" '["running",604800,0]'
ok "--at the second after" gaps --policy week --at 2026-01-13T10:59:14Z 'bmo:2005194#3'
is "it did not" "$(jq -c '[.state, .gap_seconds, .late_seconds]' "$out")" '["overdue",604801,1]'
ok "--at a time of a thread that is closed since nobody knows when" gaps --policy week --at 2024-05-07 'bmo:1888882#12'
is "cannot be told" "$(jq -c '[.state, .stopped, .gap_seconds, .late_seconds, .doubts]' "$out")" '["unproven",null,null,0,[]]'
ok "--at before anything" gaps --policy week --at 2000-01-01
prints_nothing
ok "--at so many days before now" gaps --policy week --at -79d
says_nothing
cp "$out" days-ago
ok "is that second" gaps --policy week --at 2026-03-14T00:00:00Z
same_as days-ago
ok "in weeks and hours" gaps --policy week --at -1896h 1888882
cp "$out" hours-ago
ok "just so" gaps --policy week --at $at 1888882
same_as hours-ago
misused "a time that is none" "--at: .*'soon'.*" --at soon
misused "a date that does not exist" "--at: .*'2023-02-29'.*" --at 2023-02-29
ok "--at beyond the capture" gaps --policy week --at 2026-05-01
says '^lapse: gaps: 829 threads were evaluated at 2026-03-14T06:37:16Z, the newest capture that covers them, not at 2026-05-01T23:59:59Z$'
cp "$out" beyond
ok "is answered for the capture" gaps --policy week --at 2026-03-14T06:37:16Z
says_nothing
same_as beyond
ok "as is now" gaps --policy week --at now
says 'not at 2026-06-01T00:00:00Z$'
same_as beyond
ok "which is the default" gaps --policy week
same_as beyond
ok "CSV says so beside" "$LAPSE" -C demo gaps --policy week --format csv 1888882
says '^lapse: gaps: 1 thread was evaluated at 2026-03-14T06:37:16Z, the newest capture that covers it, not at 2026-06-01T00:00:00Z$'
ok "a table says so at its foot" "$LAPSE" -C demo gaps --policy week 1888882
says_nothing
prints '^1 thread was evaluated at 2026-03-14T06:37:16Z, the newest capture that covers it, not at 2026-06-01T00:00:00Z: nothing is asserted about a time that no capture has seen$'

# ---- known: three captures of the invented incident ----

archive=known
ok "init" "$LAPSE" -q init known
ok "parties" "$LAPSE" -q -C known parties add "$data/incident/parties.json"
ok "policy" "$LAPSE" -q -C known policy add "$data/incident/rules.json"
# stood TIME: the bug, its comments and its history as they stood then, without what undoes itself.
stood() {
	jq -c --arg t "$1" '.bugs["101"].comments |= map(select(.creation_time <= $t))' "$data/incident/comments.json" >c.json
	jq -c --arg t "$1" '.bugs[0].history |= map(select(.when <= $t))' "$data/incident/history.json" >h.json
	jq -c --arg t "$1" '.bugs[0] |= if $t < "2024-04-18T10:00:00Z" then .status = "ASSIGNED" | .cf_last_resolved = null
	    elif $t < "2024-04-26T09:00:00Z" then .status = "RESOLVED" | .resolution = "FIXED" else . end' "$data/incident/bug.json" >b.json
}
for time in 2024-03-21T00:00:00Z 2024-04-20T12:00:00Z 2024-05-20T06:00:00Z; do
	stood $time
	ok "a capture at $time" "$LAPSE" -q -C known import bugzilla --source example --captured-at $time b.json c.json h.json
done
ok "everything known" gaps --policy example-rules --at 2024-05-20T06:00:00Z
is "24 obligations" "$(jq -r .state "$out" | sort | uniq -c | awk '{ printf "%s %s ", $2, $1 }')" "late 10 met 10 moot 1 overdue 2 running 1 "
ok "what was known on 2024-04-20, of that day" gaps --policy example-rules --at 2024-04-20 --known 2024-04-20
says '^lapse: gaps: 1 thread was evaluated at 2024-04-20T12:00:00Z, the newest capture that covers it, not at 2024-04-20T23:59:59Z$'
cp "$out" by-time
is "is what the second capture saw" "$(jq -r '"\(.rule)#\(.post):\(.state)"' by-time | tail -n 5 | tr '\n' ' ')" \
    "respond#8:late update#9:met acknowledge#10:met respond#10:met update#11:moot "
second=$(git -C known rev-parse HEAD~1)
for rev in "$second" "$(echo "$second" | cut -c 1-7)" HEAD~1; do
	ok "--known by the commit $rev" gaps --policy example-rules --at 2024-04-20 --known "$rev"
	same_as by-time
done
is "every row names that commit" "$(jq -r .capture by-time | sort -u)" "$second"
ok "--known by a time between captures" gaps --policy example-rules --at 2024-04-20 --known 2024-05-20T05:59:59Z
same_as by-time
ok "--known by the second of a capture" gaps --policy example-rules --at 2024-04-20 --known 2024-04-20T12:00:00Z
same_as by-time
ok "--known so long before --at" gaps --policy example-rules --at 2024-05-19T12:00:00Z --known -29d
is "is the second capture too" "$(jq -r .capture "$out" | sort -u)" "$second"
ok "all that is known today, of the same moment" gaps --policy example-rules --at 2024-04-20T12:00:00Z
jq -c 'del(.capture)' "$out" >today
jq -c 'del(.capture)' by-time >then
ok "is the same here: nothing was found out later" cmp today then
ok "but the later moment is unknown then" gaps --policy example-rules --at 2024-05-20 --known 2024-04-20
same_as by-time
ok "--known before any capture" "$LAPSE" -C known gaps --policy example-rules --known 2024-03-20
prints '^at 2026-06-01T00:00:00Z, as known at 2024-03-20$'
prints '^source example: no capture known$'
prints '^0 threads'
exits 3 "then no thread is there" gaps --known 2024-03-20 example:101
says "^lapse: gaps: no thread 'example:101' in the archive\$"
for rev in nothing 2024-13-01 0000000 HEAD~99; do
	exits 3 "--known $rev" gaps --known $rev
	says "^lapse: gaps: --known $rev: no commit '$rev'\$"
	prints_nothing
done
misused "--known without anything" "--known: the argument is empty" --known ''

# ---- the invented incident, as its README has it ----

ok "every gap" gaps --policy example-rules
cp "$out" every
sed -n '/^| rule | post/,/^$/{/^| [a-z]* | #/p;}' "$data/incident/README.md" | tr -d '|#' >readme
awk '{ i = 3; rule = $1; post = $2; opened = "2024-" $3 "T" $4 "Z"; i = 5; stopped = "-"; by = "-"
	if ($i ~ /^[0-9][0-9]-[0-9][0-9]$/) { stopped = "2024-" $i "T" $(i + 1) "Z"; by = $(i + 2); i += 3 }
	state = $i; i++; gap = "-"; if (state != "moot") gap = $(i++)
	print rule, post, opened, stopped, by, state, gap, $i, $(i + 1) == "" ? "-" : $(i + 1) }' readme >expected
is "the README's table is read" "$(lines expected)" 24
jq -r '"\(.rule) \(.post) \(.opened) \(.stopped // "-") \(.stopped_by // .stopped_how // "-") \(.state) \(.gap_seconds // "-") \(.late_seconds) \(.doubts |
    if . == [] then "-" else join(",") end)"' every >found
ok "is as the README has it" diff -u expected found

# ---- two sources ----

ok "another source" "$LAPSE" -q -C known import bugzilla --source another --captured-at 2024-05-20T06:00:00Z "$data/incident/bug.json" \
    "$data/incident/comments.json" "$data/incident/history.json"
exits 2 "a number that two sources have" gaps 101
says "^lapse: gaps: several sources have a thread '101'; write SOURCE:101 (try 'lapse gaps -h')\$"
ok "one of them" gaps --policy example-rules another:101
is "24 of it" "$(jq -r .thread "$out" | sort | uniq -c | awk '{ print $1, $2 }')" "24 another:101"
ok "all of them, sorted by source" gaps --policy example-rules
cp "$out" every
is "each its own" "$(jq -r .thread "$out" | uniq -c | awk '{ printf "%s %s ", $1, $2 }')" "24 another:101 24 example:101 "
ok "each with its source's capture" jq -se 'group_by(.thread) | map([.[].capture] | unique | length) == [1, 1]' every
is "which are two" "$(jq -r .capture every | sort -u | wc -l | tr -d ' ')" 2
ok "known by the time of one of them" "$LAPSE" -C known gaps --policy example-rules --known 2024-04-20
prints '^source another: no capture known$'
prints '^source example: captured 2024-04-20T12:00:00Z (stated), commit '

# Numbers sort as numbers, and of two threads the one that came last does not go first.
archive=sorted
ok "init" "$LAPSE" -q init sorted
for id in 1000 9 100 99 10; do
	jq -nc --argjson id $id '{bugs: [{id: $id, summary: "CA: x", status: "NEW", comments: [range(12) | {count: ., author: "a@ca.example", text: "",
	    creation_time: "2024-01-01T00:00:00Z"}], history: []}]}' >sorted-$id.json
done
ok "import" "$LAPSE" -q -C sorted import bugzilla --source s --captured-at 2024-02-01 sorted-*.json
echo '{"format":"lapse-parties-1","parties":[{"id":"ca","role":"ca","summary_prefixes":["CA"],"members":[{"domain":"ca.example"}]}]}' >ca.json
ok "posts of one second" gaps --policy "$data/demo/week.json" --parties ca.json
cp "$out" every
is "threads as numbers" "$(jq -r .thread "$out" | uniq | tr '\n' ' ')" "s:9 s:10 s:99 s:100 s:1000 "
is "posts as numbers" "$(jq -r 'select(.thread == "s:9") | .post' every | tr '\n' ' ')" "0 1 2 3 4 5 6 7 8 9 10 11 "

# ---- hostile texts ----

cat >hostile.json <<'END'
{"bugs":[{"id":66,"summary":"CA: \u001b[31m=1+1 \u202e|`<script>alert(1)</script>","status":"NEW","creation_time":"2024-01-01T00:00:00Z","history":[],"comments":[
 {"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"=cmd|' /C calc'!A0\u001b]0;x\u0007","text":""},
 {"count":1,"creation_time":"2024-01-01T00:00:01Z","author":"a\nlapse: forged\r\u202e\u2066<img src=x>@[x](http://x.example)","text":""}]}]}
END
archive=hostile
ok "init" "$LAPSE" -q init hostile
ok "import" "$LAPSE" -q -C hostile import bugzilla --source s --captured-at 2024-02-01 hostile.json
for format in table csv markdown ndjson; do
	ok "hostile authors, $format" "$LAPSE" -C hostile --parties ca.json --policy "$data/demo/week.json" gaps --format $format
	cat "$out" "$err" >shown
	ok "$format: the rows are there" grep -q 's:66' shown
	ok "$format: no control character" sh -c '! tr -d "\n\r" <shown | grep -q "[[:cntrl:]]"'
	ok "$format: no bidirectional one" sh -c '! grep -q -e "$(printf "\342\200\256")" -e "$(printf "\342\201\246")" shown'
	# In CSV a line may break within quotes.
	[ $format = csv ] || ok "$format: no line is forged" sh -c '! grep -q "^lapse: forged" shown'
done
ok "CSV" "$LAPSE" -C hostile --parties ca.json --policy "$data/demo/week.json" gaps --format csv
prints ",\"'=cmd|' /C calc'!A0\\\\x1B\]0;x\\\\x07\","
is "has a line a row" "$(tr -cd '\r' <"$out" | wc -c | tr -d ' ')" 3
ok "NDJSON" gaps --parties ca.json --policy "$data/demo/week.json"
cp "$out" shown
is "keeps every character" "$(jq -r 'select(.post == 1) | .opened_by | explode | map(select(. < 32 or . > 8000)) | tostring' shown)" "[10,13,8238,8294]"
# A bug that its history shows closed, and that a later answer without a history shows open again.
reopened() {
	jq -nc --arg status "$1" --argjson comments "$2" '{bugs: [{id: 9, summary: "Example Trust: again", status: $status,
	    creation_time: "2024-01-01T00:00:00Z", last_change_time: $comments[-1].creation_time, comments: $comments}]}'
}
first='{"id":1,"count":0,"author":"pki@trust.example","creation_time":"2024-01-01T00:00:00Z","text":""}'
asked='{"id":2,"count":1,"author":"rita@rootprogram.example","creation_time":"2024-03-01T00:00:00Z","text":""}'
reopened RESOLVED "[$first]" | jq -c '.bugs[0].history = [{when: "2024-01-02T00:00:00Z", who: "x",
    changes: [{field_name: "status", removed: "NEW", added: "RESOLVED"}]}]' >closed.json
reopened REOPENED "[$first,$asked]" >open.json
ok "an archive of it" "$LAPSE" -q init reopened
ok "closed" "$LAPSE" -q -C reopened import bugzilla --source bmo --captured-at 2024-02-01 closed.json
ok "and open again" "$LAPSE" -q -C reopened import bugzilla --source bmo --captured-at 2024-04-01 open.json
ok "what it owes" "$LAPSE" -C reopened gaps --policy "$root/tests/data/demo/week.json" \
    --parties "$root/tests/data/incident/parties.json" --json
cp "$out" owed
ok "nobody can tell, and nobody says that nothing is" jq -se 'map([.post, .state]) == [[0, "unproven"], [1, "unproven"]]' owed

finish
