#!/bin/sh
# lapse audit: the breaches, firm and doubtful, and every figure of it computed again by jq.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data
export LAPSE_NOW=2026-06-01T00:00:00Z

# audit OPTION...: of the archive at hand.
audit() {
	"$LAPSE" -C "$archive" audit --policy "$policy" "$@"
}

# What an audit must say, from the rows of gaps: the summary's figures, then a row an owner and rule, then the breaches.
cat >audit.jq <<'END'
def breach: .state == "late" or .state == "overdue";
def firm: breach and .doubts == [];
def doubtful: breach and .doubts != [];
def id: .thread | split(":") | [.[0], (.[1] | tonumber)];
def mark: [.thread, .clock, if .stopped == null then "runs" elif .stopped_by != null then .stopped_by else .stopped end];
def silences: group_by(mark) | length;
def late: group_by(mark) | map(map(.late_seconds) | max) | add // 0;
def level: {"must": 0, "should": 1, "best-practice": 2}[.level];
def rank(p): if length == 0 then null else sort[(length * p / 100 | ceil) - 1] end;
def count(f): map(select(f)) | length;
. as $all
| {firm: count(firm), firm_silences: map(select(firm)) | silences, doubtful: count(doubtful), doubtful_silences: map(select(doubtful)) | silences, type: "audit"},
  (group_by([.owner, level, .rule])[] | map(select(.stopped_how == "post" or .stopped_how == "flag") | .gap_seconds) as $gaps
    | {owner: .[0].owner, rule: .[0].rule, level: .[0].level, clock: .[0].clock, obligations: length, met: count(.state == "met"),
	late: count(.state == "late"), overdue: count(.state == "overdue"), running: count(.state == "running"), moot: count(.state == "moot"),
	unproven: count(.state == "unproven"), firm: count(firm), firm_silences: map(select(firm)) | silences, doubtful: count(doubtful),
	doubtful_silences: map(select(doubtful)) | silences, stopped_gaps: $gaps | length, median_seconds: $gaps | rank(50),
	p90_seconds: $gaps | rank(90), worst_seconds: $gaps | rank(100), firm_late_seconds: map(select(firm)) | late,
	doubtful_late_seconds: map(select(doubtful)) | late, obligations_late_seconds: (map(select(breach) | .late_seconds) | add // 0),
	type: "audit-row", v: 1})
END

# recomputed NAME OPTION...: the audit of that question agrees with the gaps of the same.
recomputed() {
	name=$1
	shift
	"$LAPSE" -C "$archive" gaps --policy "$policy" --json "$@" >gaps.ndjson 2>/dev/null
	"$LAPSE" -C "$archive" audit --policy "$policy" --json "$@" >audit.ndjson 2>/dev/null
	ended=$?
	jq -cS -s -f audit.jq gaps.ndjson >expected
	jq -cS 'select(.type == "audit") |= {firm, firm_silences, doubtful, doubtful_silences, type} | select(.type != "obligation")' audit.ndjson >found
	ok "$name: every figure" diff -u expected found
	jq -c 'select(.type == "obligation")' audit.ndjson | sort >found
	jq -c 'select(.state == "late" or .state == "overdue")' gaps.ndjson | sort >expected
	ok "$name: every breach" cmp expected found
	jq -cs 'map(select(.type == "obligation") | [(.doubts != []), {"must": 0, "should": 1, "best-practice": 2}[.level]])' audit.ndjson >order
	ok "$name: firm before doubtful, must before should" jq -e '. == sort' order
	jq -cs '[.[] | select(.type == "obligation") | [.level, .doubts]] | [range(length) as $i | select($i == 0 or .[$i] != .[$i - 1]) | .[$i]]
	    | length == (unique | length)' audit.ndjson >groups
	is "$name: those with the same doubts lie together" "$(cat groups)" true
	jq -cs 'map(select(.type == "obligation")) | group_by([.level, .doubts])[] | map([(.thread | split(":") | [.[0], (.[1] | tonumber)]), .opened, .post, .rule])
	    | . == sort' audit.ndjson | sort -u >order
	ok "$name: and in the order of gaps" test "$(cat order)" = true -o ! -s order
	is "$name: the summary comes first" "$(head -n 1 audit.ndjson | jq -r .type)" audit
	is "$name: the status is that of the firm ones" "$ended" "$(head -n 1 audit.ndjson | jq 'if .firm > 0 then 1 else 0 end')"
}

# ---- the invented incident, against its README ----

archive=incident policy=example-rules
ok "init" "$LAPSE" -q init incident
ok "parties" "$LAPSE" -q -C incident parties add "$data/incident/parties.json"
ok "policy" "$LAPSE" -q -C incident policy add "$data/incident/rules.json"
ok "import" "$LAPSE" -q -C incident import bugzilla --source example --captured-at 2024-05-20T06:00:00Z "$data/incident/bug.json" \
    "$data/incident/comments.json" "$data/incident/history.json" "$data/incident/attachment.json"
exits 1 "firm breaches" audit
says_nothing
prints '^24 obligations; firm breaches: 8 (7 silences); doubtful: 4 (4 silences)$'
prints '^evidence: git show COMMIT:PATH, with the commit of the thread.s source above$'
prints '^1 thread was evaluated at 2024-05-20T06:00:00Z, the newest capture that covers it, not at 2026-06-01T00:00:00Z: nothing is asserted about a time that no capture has seen$'
prints '^1 thread, 0 without an owner$'
is "firm first, must before should, then doubtful" "$(grep -e '^Firm' -e '^Doubtful' "$out" | tr '\n' '/')" \
    "Firm breaches, must (4)/Firm breaches, should (4)/Doubtful, must (4): each rests on what its doubts name/"
exits 1 "the same, once more" audit
cp "$out" table
prints '^example:101  *0  example-trust  update  *must  *2024-03-04T09:00:00Z  2024-03-11T09:00:00Z  2024-03-12T10:00:00Z  *2  *8d 1h  *1d 1h  late  *-  *threads/example/01/01/101/posts/0/0.json$'
prints '^example:101  *15  example-trust  update  *must .*  -  *-  10d 19h  3d 19h  overdue  -  *threads/example/01/01/101/posts/0/15.json$'
prints '^example:101  *6  example-trust  respond  must .*  12d 0h   5d 0h  late   opener    threads'
prints '^example-trust  update  *must  *10  *4  *4  *1  *0  *1  *0  *3  *3  *2  *2  6d 14h  13d 7h  13d 7h  *11d 4h  *6d 11h$'
recomputed "the incident"
is "no rule is left out" "$(head -n 1 audit.ndjson | jq -c '[.at, .policy, .threads, .threads_without_owner, .threads_evaluated_earlier, .not_evaluated]')" \
    '["2026-06-01T00:00:00Z","example-rules",1,0,1,[]]'
is "its keys are" "$(head -n 1 audit.ndjson | jq -c keys)" \
'["at","doubtful","doubtful_silences","firm","firm_silences","not_evaluated","policy","threads","threads_evaluated_earlier","threads_without_owner","type","v"]'
is "three firm findings in two silences" "$(jq -c 'select(.type == "obligation" and .stopped_by == 9 and .doubts == []) | .rule' audit.ndjson | tr '\n' ' ')" \
    '"update" "respond" "acknowledge" '
is "of a response and an update" "$(jq -cs 'map(select(.type == "obligation" and .stopped_by == 9) | .clock) | unique' audit.ndjson)" '["response","update"]'
ok "before any was due" audit --at 2024-03-10
prints '^2 obligations; firm breaches: 0 (0 silences); doubtful: 0 (0 silences)$'
ok "overdue by less than a day is doubtful" audit --at 2024-03-11
prints 'firm breaches: 0 (0 silences); doubtful: 1 (1 silences)$'
prints '  overdue  counting  '
exits 1 "and counts with --doubtful" audit --at 2024-03-11 --doubtful
exits 1 "a day later it is firm" audit --at 2024-03-12
prints 'firm breaches: 1 (1 silences); doubtful: 0 (0 silences)$'
for at in 2024-03-12T08:59:59Z 2024-03-12T09:00:00Z 2024-03-19T20:00:00Z 2024-04-18T10:00:00Z 2024-04-26 2024-05-09T10:00:00Z 2024-05-09T10:00:01Z; do
	recomputed "at $at" --at $at
done
exits 0 "a second before" audit --at 2024-03-12T08:59:59Z
exits 1 "at the second, 24 hours late" audit --at 2024-03-12T09:00:00Z

# A period, and other selections.
recomputed "a period" --since 2024-04-01 --until 2024-04-30
is "by due" "$(jq -r 'select(.type == "obligation") | .due' audit.ndjson | sort | sed -n '1p;$p' | tr '\n' ' ')" "2024-04-06T12:00:00Z 2024-04-29T09:00:00Z "
recomputed "a second" --since 2024-04-10T12:00:00Z --until 2024-04-10T12:00:00Z
is "has what was due then" "$(jq -r 'select(.type == "obligation") | "\(.rule) \(.post)"' audit.ndjson)" "respond 8"
recomputed "the second after" --since 2024-04-10T12:00:01Z --until 2024-04-12
is "has it not" "$(jq -r 'select(.type == "obligation")' audit.ndjson)" ""
recomputed "a clock" --clock response
recomputed "a level" --level should
is "is of that" "$(head -n 1 audit.ndjson | jq -c '[.firm, .doubtful]')" "[4,0]"
recomputed "an owner" --owner example-trust
recomputed "as it was known" --known 2024-05-20T06:00:00Z --at 2024-05-20
ok "nothing known: nothing found" audit --known 2024-05-19
prints '^0 obligations; firm breaches: 0 (0 silences); doubtful: 0 (0 silences)$'

# Formats, and the same bytes each time.
for format in table csv markdown ndjson; do
	exits 1 "$format" audit --format $format
	cp "$out" once
	exits 1 "$format, again" audit --format $format
	same_as once
done
exits 1 "CSV" audit --format csv
says '^lapse: audit: 1 thread was evaluated at 2024-05-20T06:00:00Z, '
jq -r 'select(.type == "obligation") | "\(.thread),\(.post),\(.owner),\(.rule)"' once >expected
sed 1d "$out" | cut -d , -f 1-4 >found
ok "has the breaches only" cmp expected found
exits 1 "Markdown" audit --format markdown
prints '^## Firm breaches, must (4)$'
prints '^| example-trust | respond | must | 8 | 4 | 3 | 0 | 1 | 0 | 0 | 1 | 1 | 2 | 2 | 7d 0h | 12d 4h | 12d 4h | 5d 4h | 5d 0h |$'

# Other parties make other findings: claims turn doubts into verdicts, and the other way round.
jq '.parties[2].members += [{address: "pat@mail.example"}]' "$data/incident/parties.json" >pat.json
exits 1 "who is claimed raises no doubt" audit --parties pat.json --json
is "then two are firm that were not" "$(head -n 1 "$out" | jq -c '[.firm, .doubtful]')" "[10,2]"
jq '.parties |= map(select(.role == "ca"))' "$data/incident/parties.json" >ca.json
ok "who is not claimed does" audit --parties ca.json --json
is "then nothing is firm" "$(head -n 1 "$out" | jq -c '[.firm, .doubtful]')" "[0,12]"

# ---- usage ----

# misused NAME RE OPTION...
misused() {
	name=$1 re=$2
	shift 2
	exits 2 "$name" audit "$@"
	says "^lapse: audit: $re (try 'lapse audit -h')\$"
	prints_nothing
}
misused "an operand" "too many operands: lapse audit .*" 101
misused "nobody" "--owner: no party 'nobody' (lapse parties list shows them)" --owner nobody
misused "no clock" "--clock: no kind of duty 'x' .*" --clock x
misused "no level" "--level: none of must, should, best-practice: 'x'" --level x
misused "a period backwards" "--since is after --until" --since 2024-02-01 --until 2024-01-01
exits 3 "no archive" "$LAPSE" -C nowhere audit
says "^lapse: audit: no archive in 'nowhere' (lapse init makes one)\$"
exits 3 "no policy" "$LAPSE" -C incident audit --policy none
says "^lapse: audit: no policy 'none' in the archive "
exits 3 "broken parties" "$LAPSE" -C incident audit --parties /dev/null
says "^lapse: audit: /dev/null"
if [ -w /dev/full ]; then
	exits 3 "an answer that cannot be written is no answer" sh -c '"$1" -C incident audit >/dev/full' sh "$LAPSE"
	says '^lapse: audit: writing the answer: No space left on device$'
fi

# ---- rules that are not evaluated ----

jq '.id = "more" | .rules += [{id: "full", clock: "report", limit: "P14D", level: "must"}, {id: "novel", clock: "update", limit: "P1D", level: "must", exempt: true},
    {id: "asked", clock: "response", trigger: "question", limit: "P1D", level: "should"}]' "$data/incident/rules.json" >more.json
policy=./more.json
exits 1 "rules that are not evaluated" audit
prints '^not evaluated: full: it needs incident reports, which this version does not recognise$'
prints "^not evaluated: novel: it has the key 'exempt', which this version does not know\$"
prints '^not evaluated: asked: it needs questions in the text, which this version does not read$'
prints '^24 obligations; firm breaches: 8 '
exits 1 "are named for programs" audit --json
is "all of them" "$(head -n 1 "$out" | jq -c .not_evaluated)" '["full","novel","asked"]'
exits 1 "the built-in policy" "$LAPSE" -C incident audit
is "names all that it lacks" "$(grep -c '^not evaluated: ' "$out")" "$("$LAPSE" -C incident policy show --json | jq -c 'select(.evaluated | not)' | wc -l | tr -d ' ')"

# ---- what a closing stops is no answer ----

cat >closing.json <<'END'
{"bugs":[{"id":1,"summary":"Example Trust: closed late","status":"RESOLVED","creation_time":"2024-01-01T00:00:00Z",
  "history":[{"when":"2024-02-01T00:00:00Z","who":"x","changes":[{"field_name":"status","removed":"NEW","added":"RESOLVED"}]}],
  "comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"pki@trust.example"},
   {"count":1,"creation_time":"2024-01-02T00:00:00Z","author":"pki@trust.example"},
   {"count":2,"creation_time":"2024-01-03T00:00:00Z","author":"rita@rootprogram.example"},
   {"count":3,"creation_time":"2024-01-04T00:00:00Z","author":"rita@rootprogram.example"}]},
 {"id":2,"summary":"Nobody's: unowned","status":"NEW","creation_time":"2024-01-01T00:00:00Z","history":[],"comments":[]}]}
END
archive=closing
ok "init" "$LAPSE" -q init closing
ok "parties" "$LAPSE" -q -C closing parties add "$data/incident/parties.json"
ok "policy" "$LAPSE" -q -C closing policy add "$data/incident/rules.json"
ok "import" "$LAPSE" -q -C closing import bugzilla --source s --captured-at 2024-03-01 closing.json
recomputed "what a closing stops"
is "is late" "$(head -n 1 audit.ndjson | jq -c '[.firm, .firm_silences, .threads, .threads_without_owner]')" "[3,2,2,1]"
is "and no gap that was answered" "$(jq -c 'select(.type == "audit-row") | [.rule, .stopped_gaps, .median_seconds, .worst_seconds]' audit.ndjson | tr '\n' ' ')" \
    '["respond",0,null,null] ["update",1,86400,86400] '

# ---- the bundled capture: nothing firm without a history ----

archive=demo
ok "init" "$LAPSE" -q init demo
ok "parties" "$LAPSE" -q -C demo parties add "$data/demo/parties.json"
ok "import" "$LAPSE" -q -C demo import bugzilla --source bmo --captured-at 2026-03-14T06:37:16Z "$data"/demo/*.json.gz
policy=$data/demo/week.json
ok "the bundled capture" audit --at 2026-03-14T00:00:00Z
prints '^10577 obligations; firm breaches: 0 (0 silences); doubtful: 2984 ([0-9]* silences)$'
prints '^829 threads, 35 without an owner'
exits 1 "all of it doubtful" audit --at 2026-03-14T00:00:00Z --doubtful
recomputed "the bundled capture" --at 2026-03-14T00:00:00Z
policy=$data/demo/week-pacific.json
recomputed "in calendar days" --at 2026-03-14T00:00:00Z --since 2024-01-01 --until 2024-12-31
finish
