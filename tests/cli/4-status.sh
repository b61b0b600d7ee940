#!/bin/sh
# lapse list, show and status: the threads, one thread, and what is owed now.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data
export LAPSE_NOW=2026-06-01T00:00:00Z

# lines FILE: how many.
lines() {
	wc -l <"$1" | tr -d ' '
}

# ---- the bundled capture: list and status against gaps and the answers ----

ok "init" "$LAPSE" -q init demo
ok "import" "$LAPSE" -q -C demo import bugzilla --source bmo --captured-at 2026-03-14T06:37:16Z "$data"/demo/*.json.gz
ok "parties" "$LAPSE" -q -C demo parties add "$data/demo/parties.json"
ok "week" "$LAPSE" -q -C demo policy add "$data/demo/week.json"
at=2026-03-14T00:00:00Z
ok "gaps" "$LAPSE" -C demo gaps --policy week --at $at --json
cp "$out" gaps.ndjson
gzip -dc "$data/demo/bugs.json.gz" >bugs.json
for file in "$data"/demo/comments-*.json.gz; do gzip -dc "$file"; done |
    jq -c --arg at $at '.bugs | to_entries[] | {key, value: [.value.comments[].creation_time | select(. <= $at)]}' | jq -sc from_entries >times.json

jq -c --slurpfile times times.json --slurpfile gaps gaps.ndjson -n 'input.bugs | sort_by(.id) | .[] | "bmo:\(.id)" as $thread
    | $times[0]["\(.id)"] as $at | select($at | length > 0)
    | {covered: "2026-03-14T06:37:16Z", last_post: ($at | max), path: "", posts: ($at | length), resolution, status, summary, thread: $thread,
	type: "thread", v: 1}' bugs.json >expected
ok "list" "$LAPSE" -C demo list --policy week --at $at --json
says_nothing
cp "$out" list.ndjson
is "every thread" "$(lines list.ndjson)" 829
jq -cS '.path = "" | {covered, last_post, path, posts, resolution, status, summary, thread, type, v}' list.ndjson >found
ok "in order, with what it holds" cmp expected found
is "no key is missing" "$(head -n 1 list.ndjson | jq -c '["covered","last_post","next_due","overdue","owner","path","posts","resolution","running",
    "status","summary","thread","type","v"] - keys')" "[]"
jq -c '[.thread, .owner, .overdue, .running, .unproven, .next_due] | select(.[2] + .[3] + .[4] > 0)' list.ndjson >found
jq -sc 'map(select(.state == "overdue" or .state == "running" or .state == "unproven")) | group_by(.thread | split(":")[1] | tonumber)[]
    | [.[0].thread, .[0].owner, (map(select(.state == "overdue")) | length), (map(select(.state == "running")) | length),
	(map(select(.state == "unproven")) | length), (map(select(.state == "running") | .due) | min)]' gaps.ndjson >expected
ok "and what is owed in it" cmp expected found
is "35 threads have no owner" "$(jq -c 'select(.owner == null)' list.ndjson | wc -l | tr -d ' ')" 35
is "and no obligation" "$(jq -r 'select(.owner == null) | .thread' list.ndjson | sort >unowned; jq -r .thread gaps.ndjson | sort -u | comm -12 - unowned)" ""
ok "list --owner" "$LAPSE" -C demo list --policy week --at $at --json --owner cfca
jq -c 'select(.owner == "cfca")' list.ndjson >expected
same_as expected
ok "list, for people" "$LAPSE" -C demo list --policy week --at $at --owner swisssign
prints '^thread  *owner  *status  *posts  *last post  *overdue  *running  .*next due  *summary$'
prints '^bmo:1990254  swisssign  ASSIGNED  *6  2025-10-28T12:50:25Z  *3  *0  .*SwissSign: recommendation on risk assessment$'
prints '^[0-9]* threads, 0 without an owner$'
ok "list, CSV" "$LAPSE" -C demo list --policy week --at $at --format csv --owner swisssign
prints '^bmo:1990254,swisssign,ASSIGNED,.*,6,2025-10-28T12:50:25Z,3,0,.*,2026-03-14T06:37:16Z,threads/bmo/54/02/1990254,SwissSign: recommendation on risk assessment,.$'
ok "list, Markdown" "$LAPSE" -C demo list --policy week --at $at --format markdown --owner swisssign
prints '^| bmo:1990254 | swisssign | ASSIGNED | 6 | 2025-10-28T12:50:25Z | 3 | 0 | .*SwissSign: recommendation on risk assessment |$'
ok "list at a time before most of them" "$LAPSE" -C demo list --at 2017-12-31 --json
jq -c '.bugs[] | select(.creation_time <= "2017-12-31T23:59:59Z")' bugs.json >expected
is "has those that existed" "$(lines "$out")" "$(lines expected)"

ok "status" "$LAPSE" -C demo status --policy week --at $at --json
says_nothing
cp "$out" status.ndjson
jq -c '[.due, .state, .thread, .post, .owner, .rule, .level, .opened, .late_seconds, .capture, .path]' status.ndjson >found
jq -sc 'map(select(.state == "overdue" or .state == "running")) | sort_by(.due, (.thread | split(":")[1] | tonumber), .opened, .post, .rule)[]
    | [.due, .state, .thread, .post, .owner, .rule, .level, .opened, .late_seconds, .capture, .path]' gaps.ndjson >expected
ok "is what runs and is overdue, soonest first" cmp expected found
is "so many" "$(lines found)" 38
is "no key is missing" "$(head -n 1 status.ndjson | jq -c '["capture","covered","doubts","due","late_seconds","level","opened","owner","path","post",
    "rule","state","thread","type","v"] - keys')" "[]"

# filtered NAME JQ OPTION...
filtered() {
	name=$1
	jq -c "select($2)" status.ndjson >expected
	shift 2
	ok "status $name" "$LAPSE" -C demo status --policy week --at $at --json "$@"
	same_as expected
	ok "status $name: some, and not all" test "$(lines expected)" -gt 0 -a "$(lines expected)" -lt 38
}
filtered "--owner" '.owner == "secom"' --owner secom
filtered "--clock" '.rule == "week-respond"' --clock response
filtered "--since" '.due >= "2026-03-12T00:00:00Z"' --since 2026-03-12
filtered "--until" '.due <= "2026-03-12T23:59:59Z"' --until 2026-03-12
filtered "--until so long before" '.due <= "2026-03-07T00:00:00Z"' --until -1w
ok "status of another level" "$LAPSE" -C demo status --policy week --at $at --json --level should
prints_nothing
exits 2 "status of nobody" "$LAPSE" -C demo status --owner nobody
says "^lapse: status: --owner: no party 'nobody' (lapse parties list shows them) (try 'lapse status -h')\$"
exits 2 "list of nobody" "$LAPSE" -C demo list --owner nobody
says "^lapse: list: --owner: no party 'nobody' (lapse parties list shows them) (try 'lapse list -h')\$"
exits 2 "status of a thread" "$LAPSE" -C demo status 1990254
says "^lapse: status: too many operands: lapse status "

# Coming due times are told by the clock.
ok "status, on the day" "$LAPSE" -C demo status --policy week --owner buypass --at 2026-03-14T06:37:16Z
prints '^0 overdue, 2 running'
prints '^2026-03-16T09:38:20Z  in 2d 3h  running  bmo:2005194  *9  buypass  week-update  must  *2026-03-09T09:38:20Z  .*Buypass: '
ok "status, when the time has come" "$LAPSE" -C demo status --policy week --owner buypass --at 2026-03-16T09:38:20Z
prints '^2026-03-16T09:38:20Z  in 0s  *running  bmo:2005194 '
ok "status, later" env LAPSE_NOW=2026-03-16T11:00:00Z "$LAPSE" -C demo status --policy week --owner buypass
prints '^at 2026-03-16T11:00:00Z, as known today$'
prints '^2026-03-16T09:38:20Z  1h 21m ago, unless answered since  running  bmo:2005194  '
prints 'evaluated at 2026-03-14T06:37:16Z, .*, not at 2026-03-16T11:00:00Z: nothing is asserted about a time that no capture has seen$'
says_nothing
ok "for programs" env LAPSE_NOW=2026-03-16T11:00:00Z "$LAPSE" -C demo status --policy week --owner buypass --format csv
says '^lapse: status: [0-9]* threads were evaluated at 2026-03-14T06:37:16Z, .*, not at 2026-03-16T11:00:00Z$'
prints '^2026-03-16T09:38:20Z,running,bmo:2005194,9,buypass,week-update,must,2026-03-09T09:38:20Z,0,.*2026-03-14T06:37:16Z,'
ok "overdue" "$LAPSE" -C demo status --policy week --owner swisssign --at $at --format markdown
prints '^| 2025-10-28T12:40:39Z | 136d 11h ago | overdue | bmo:1990254 | 3 | swisssign | week-update | must | 2025-10-21T12:40:39Z | .*SwissSign: '

# ---- one thread as it stood: the invented incident ----

ok "init" "$LAPSE" -q init incident
ok "parties" "$LAPSE" -q -C incident parties add "$data/incident/parties.json"
ok "policy" "$LAPSE" -q -C incident policy add "$data/incident/rules.json"
ok "import" "$LAPSE" -q -C incident import bugzilla --source example --captured-at 2024-05-20T06:00:00Z "$data/incident/bug.json" \
    "$data/incident/comments.json" "$data/incident/history.json"
commit=$(git -C incident rev-parse HEAD)

# stood WHEN: the fields at that moment, a line.
stood() {
	"$LAPSE" -C incident show --policy example-rules --at "$1" --json 101 >shown 2>/dev/null &&
	    jq -r 'select(.type == "thread") | [.status, .resolution, .whiteboard, .assigned_to, .posts, .at] | join("|")' shown
}
is "before the first change" "$(stood 2024-03-05T09:59:59Z)" "UNCONFIRMED|||nobody@rootprogram.example|1|2024-03-05T09:59:59Z"
is "from its second on" "$(stood 2024-03-05T10:00:00Z)" "ASSIGNED||[ca-compliance]|pki@trust.example|2|2024-03-05T10:00:00Z"
is "tagged" "$(stood 2024-04-03)" "ASSIGNED||[ca-compliance] [dv-misissuance]|pki@trust.example|9|2024-04-03T23:59:59Z"
is "closed" "$(stood 2024-04-18T10:00:00Z)" "RESOLVED|FIXED|[ca-compliance] [dv-misissuance]|pki@trust.example|12|2024-04-18T10:00:00Z"
is "reopened" "$(stood 2024-04-26T09:00:00Z)" "REOPENED||[ca-compliance] [dv-misissuance] [ocsp-failure]|pki@trust.example|13|2024-04-26T09:00:00Z"
is "now, which is at the capture" "$(stood now)" "REOPENED||[ca-compliance] [dv-misissuance] [ocsp-failure]|pki@trust.example|17|2024-05-20T06:00:00Z"
ok "show" "$LAPSE" -C incident show --policy example-rules --at 2024-04-26T09:00:00Z example:101
cp "$out" shown
for line in '^example:101 Example Trust: certificates with a wrong subject country$' '^owner  *example-trust$' '^status  *REOPENED *$' \
    '^closed  *2024-04-18T10:00:00Z$' '^reopened  *2024-04-26T09:00:00Z$' '^whiteboard  *\[ca-compliance\] \[dv-misissuance\] \[ocsp-failure\]$' \
    '^product  *Example Root Program$' '^component  *CA Incidents$' '^assigned to  *pki@trust.example$' '^created by  *pki@trust.example$' \
    '^created  *2024-03-04T09:00:00Z$' "^evidence  *git show $(echo "$commit" | cut -c 1-12):threads/example/01/01/101/thread.json\$" \
    '^Posts up to 2024-04-26T09:00:00Z$' '^Obligations under example-rules$' '^ *0  2024-03-04T09:00:00Z  owner  *pki@trust.example  *-  *threads/example' \
    '^ *1  2024-03-05T10:00:00Z  root-program  rita@rootprogram.example ' '^ *6  .*  unclaimed  *pat@mail.example ' '^ *3  .*  other  *ida@reader.example ' \
    '^example:101  *12  example-trust  respond  .*  running  ' '^#12 2024-04-20T09:00:00Z ida@reader.example, as first seen at 2024-05-20T06:00:00Z$' \
    '^This is closed, but one of the 214 still answers as good in OCSP. Is that intended?$'; do
	prints "$line"
done
ok "the evidence that it names is there" sh -c "$(sed -n 's/^evidence  *git \(.*\)/git -C incident \1/p' shown)"
prints '"status":"REOPENED"'
ok "nothing of later" sh -c '! grep -q -e "^ *13  " -e 2024-05-02 shown'
ok "show, NDJSON" "$LAPSE" -C incident show --policy example-rules --at 2024-04-26T09:00:00Z --json 101
cp "$out" shown
jq -cS . shown >expected
ok "is canonical" cmp expected shown
is "one thread, its posts, its obligations" "$(jq -r .type shown | uniq -c | awk '{ printf "%s %s ", $1, $2 }')" "1 thread 13 post 18 obligation "
jq -r 'select(.type == "post") | [.post, .at, .author, .text, .side] | @json' shown >found
jq -r '.bugs["101"].comments[] | select(.creation_time <= "2024-04-26T09:00:00Z") | [.count, .creation_time, .author, .text,
    ({"pki@trust.example": "owner", "rita@rootprogram.example": "root-program", "ida@reader.example": "other"}[.author] // "unclaimed")] | @json' \
    "$data/incident/comments.json" >expected
ok "posts as they are" cmp expected found
is "every post's path is its document" "$(jq -r 'select(.type == "post") | "\(.path) \(.post)"' shown | while read -r path n; do
    git -C incident cat-file blob "$commit:$path" | jq -r --argjson n "$n" 'select(.count != $n)'; done)" ""
jq -c 'select(.type == "obligation")' shown >found
ok "gaps of it" "$LAPSE" -C incident gaps --policy example-rules --at 2024-04-26T09:00:00Z --json
same_as found

ok "one post" "$LAPSE" -C incident show --policy example-rules --json '101#8'
is "and its duties" "$(jq -r '"\(.type) \(.post) \(.rule // "")"' "$out" | sed 1d | tr '\n' ',')" "post 8 ,obligation 8 acknowledge,obligation 8 respond,"
ok "one post, CSV" "$LAPSE" -C incident show --policy example-rules --format csv '101#8'
printf '%s\r\n' 'thread,post,at,side,author,public,path,text,edits,edited_after,edited_before,first_seen,listed,inexact' \
    'example:101,8,2024-04-03T12:00:00Z,root-program,rita@rootprogram.example,true,threads/example/01/01/101/posts/0/8.json,How will you find such a loss yourselves next time?,,,,,true,' >expected
same_as expected
ok "one post, Markdown" "$LAPSE" -C incident show --policy example-rules --format markdown '101#8'
prints '^| 8 | 2024-04-03T12:00:00Z | root-program | `rita@rootprogram.example` | - | threads/example/01/01/101/posts/0/8.json |$'
prints '^How will you find such a loss yourselves next time?$'
exits 3 "a thread that is not there" "$LAPSE" -C incident show 102
says "^lapse: show: no thread '102' in the archive\$"
prints_nothing
exits 3 "a post that is not there" "$LAPSE" -C incident show '101#17'
says "^lapse: show: no post #17 in example:101 at that moment\$"
prints_nothing
exits 3 "a thread that was not there yet" "$LAPSE" -C incident show 101 --at 2024-03-04T08:59:59Z
says "^lapse: show: thread '101' did not exist yet at that moment\$"
prints_nothing
ok "from its first second on it was" "$LAPSE" -C incident show 101 --at 2024-03-04T09:00:00Z
exits 2 "no thread's name" "$LAPSE" -C incident show all
says "^lapse: show: not a thread's name: 'all' (SOURCE:ID, such as bmo:1888882) (try 'lapse show -h')\$"
exits 2 "two threads" "$LAPSE" -C incident show 101 102
says "^lapse: show: too many operands: lapse show THREAD"
exits 2 "no thread" "$LAPSE" -C incident show
says "^lapse: show: too few operands: lapse show THREAD"
for command in list status "show 101"; do
	# shellcheck disable=SC2086
	exits 3 "$command without an archive" "$LAPSE" -C nowhere $command
	says "^lapse: ${command%% *}: no archive in 'nowhere' (lapse init makes one)\$"
	# shellcheck disable=SC2086
	exits 3 "$command of a commit that is not there" "$LAPSE" -C incident --known abcdef0 $command
	says "^lapse: ${command%% *}: --known abcdef0: no commit 'abcdef0'\$"
	# shellcheck disable=SC2086
	exits 2 "$command of no time" "$LAPSE" -C incident --at tomorrow $command
	says "^lapse: ${command%% *}: --at: "
done

# What is known of closings: nothing, the last one, all.
cat >closed.json <<'END'
{"bugs":[
 {"id":1,"summary":"Example Trust: closed, nobody knows when","status":"RESOLVED","cf_last_resolved":null,"creation_time":"2024-01-01T00:00:00Z",
  "comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"pki@trust.example","text":"r"}]},
 {"id":2,"summary":"Example Trust: closed then","status":"VERIFIED","cf_last_resolved":"2024-02-01T00:00:00Z","creation_time":"2024-01-01T00:00:00Z",
  "comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"pki@trust.example","text":"r"}]},
 {"id":3,"summary":"Example Trust: with a history","status":"RESOLVED","cf_last_resolved":"2024-02-01T00:00:00Z","creation_time":"2024-01-01T00:00:00Z",
  "history":[{"when":"2024-02-01T00:00:00Z","who":"x","changes":[{"field_name":"status","removed":"NEW","added":"RESOLVED"}]}],
  "comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"pki@trust.example","text":"r"},
   {"count":1,"creation_time":"2024-01-02T00:00:00Z","author":"x@y.example","text":" *** This bug has been marked as a duplicate of bug 7 ***\n"},
   {"count":2,"creation_time":"2024-01-03T00:00:00Z","author":"x@y.example","text":"s","is_private":true}]}]}
END
ok "closed threads" "$LAPSE" -q -C incident import bugzilla --source closed --captured-at 2024-03-01 closed.json
ok "closed, and not since when" "$LAPSE" -C incident show closed:1 --policy example-rules
prints '^closed  *at an unknown time: no history or resolution time was captured$'
prints '^history  *not captured up to this moment'
prints '  unproven  '
ok "closed by its own word" "$LAPSE" -C incident show closed:2 --policy example-rules
prints '^closed  *2024-02-01T00:00:00Z$'
prints '^history  *not captured up to this moment'
prints '  2024-02-01T00:00:00Z  *-  *31d 0h  24d 0h  late  *history  '
ok "closed by its history" "$LAPSE" -C incident show closed:3 --policy example-rules
prints '^closed  *2024-02-01T00:00:00Z$'
prints '  2024-02-01T00:00:00Z  *-  *31d 0h  24d 0h  late  *-  '
prints '^ *1  2024-01-02T00:00:00Z  bot  *x@y.example  *by the server  '
prints '^ *2  2024-01-03T00:00:00Z  unclaimed  *x@y.example  *private  '
ok "before it was closed" "$LAPSE" -C incident show closed:3 --policy example-rules --at 2024-01-31T23:59:59Z --json
is "it was open" "$(jq -r 'select(.type != "post") | .status // .state' "$out" | tr '\n' ' ')" "NEW overdue "
exits 2 "one number of two sources" sh -c '"$1" -q -C incident import bugzilla --source more closed.json --captured-at 2024-03-01 && "$1" -C incident show 1' sh "$LAPSE"
says "^lapse: show: several sources have a thread '1'; write SOURCE:1 "

# ---- hostile texts ----

cat >hostile.json <<'END'
{"bugs":[{"id":66,"summary":"CA: \u001b[31m\u202e=1+1|`x`<script>alert(1)</script>\nlapse: forged","status":"=NEW\u0007","resolution":"@x\u009b","whiteboard":"-2\u001b]0;t\u0007",
 "product":"\u2028p","component":"+c\u0000","creator":"\u200fx","assigned_to":"\ttab","creation_time":"2024-01-01T00:00:00Z","history":[],"comments":[
 {"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"=a\u001b[2Jb\r\nlapse: forged","text":"=first\u001b[2J\nsecond\u202e\rthird\n\u0000fourth\u0007\n</pre><script>"},
 {"count":1,"creation_time":"2024-01-01T00:00:01Z","author":"a@ca.example","text":"[x](javascript:x) @everyone #1 \u0085"}]}]}
END
echo '{"format":"lapse-parties-1","parties":[{"id":"ca","role":"ca","summary_prefixes":["CA"],"members":[{"domain":"ca.example"}]}]}' >ca.json
ok "init" "$LAPSE" -q init hostile
ok "import" "$LAPSE" -q -C hostile import bugzilla --source s --captured-at 2024-02-01 hostile.json
unsafe=$(printf '\342\200\256\|\342\200\250\|\342\200\217\|\302\205\|\302\233')
for command in list status "show 66" "parties --unclaimed"; do
	for format in table csv markdown ndjson; do
		# shellcheck disable=SC2086
		ok "hostile: $command, $format" "$LAPSE" -C hostile --parties ca.json --policy "$data/demo/week.json" --format $format $command
		cat "$out" "$err" >shown
		ok "$command, $format: something is there" grep -q -e 66 -e forged shown
		ok "$command, $format: no control character" sh -c '! tr -d "\n\r\t" <shown | grep -q "[[:cntrl:]]"'
		ok "$command, $format: no bidirectional one, no C1" sh -c '! grep -q -e "$1" shown' sh "$unsafe"
		[ $format = csv ] || ok "$command, $format: no line is forged" sh -c '! grep -q "^lapse: forged" shown'
	done
done
ok "CSV" "$LAPSE" -C hostile --parties ca.json --policy "$data/demo/week.json" list --format csv
prints "^s:66,ca,'=NEW\\\\x07,.*'@x\\\\u{009B},2,"
ok "Markdown" "$LAPSE" -C hostile --parties ca.json --policy "$data/demo/week.json" list --format markdown
cp "$out" markdown
grep '^| s:66 ' markdown >row
ok "no markup" sh -c '! grep -q -e "<" -e "[^\\]\`" -e "[^\\]\[" row'
is "as many cells as columns" "$(tr -cd '|' <row | wc -c | tr -d ' ')" "$(grep '^| ---' markdown | tr -cd '|' | wc -c | tr -d ' ')"
ok "the whole text is shown, whatever is in it" "$LAPSE" -C hostile show 's:66#0'
prints '^=first\\x1B\[2J$'
prints '^second\\u{202E}\\x0Dthird$'
prints '^.*fourth\\x07$'
ok "to programs too" "$LAPSE" -C hostile show 's:66#0' --json
# A NUL cannot be shown; what follows it can.
is "every character" "$(jq -c 'select(.type == "post") | .text' "$out")" "$(jq -c '.bugs[0].comments[0].text' hostile.json | sed 's/\\u0000/�/')"
finish
