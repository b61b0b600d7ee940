#!/bin/sh
# lapse explain: the story of an obligation, and an incident whose due times move.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data
export LAPSE_NOW=2024-06-01T00:00:00Z

explain() {
	"$LAPSE" -C archive explain --policy moves-rules "$@"
}

ok "init" "$LAPSE" -q init archive
ok "parties" "$LAPSE" -q -C archive parties add "$data/incident/parties.json"
ok "policy" "$LAPSE" -C archive policy add "$data/moves/rules.json"
prints '^policy moves-rules, rules: 2$'
ok "both rules are evaluated" "$LAPSE" policy check "$data/moves/rules.json"
prints 'rules: 2, of which this version evaluates 2$'
ok "import" "$LAPSE" -q -C archive import bugzilla --source example --captured-at 2024-05-20T06:00:00Z "$data/moves/bug.json"

# ---- what is owed, as the data's README says ----

ok "gaps" "$LAPSE" -C archive gaps --policy moves-rules --json
cp "$out" gaps.ndjson
grep -v '^$' >expected <<'END'
0 update 03-04T09:00:00 pki 03-11T09:00:00 limit 03-08T09:00:00 post 1 met 345600 0
- info 03-06T09:00:00 rita 03-13T09:00:00 limit 03-08T09:00:00 post 1 met 172800 0
1 update 03-08T09:00:00 pki 04-11T11:59:59 next-update 04-11T12:00:00 post 2 late 2948400 1
- info 03-22T09:00:00 ida 03-29T09:00:00 limit 03-30T09:00:00 flag - late 691200 86400
2 update 04-11T12:00:00 pki 04-21T11:59:59 next-update 04-25T09:00:00 rescheduled - late 1198800 334801 setter
2 update 04-25T09:00:00 rita 05-09T09:00:00 limit 05-09T15:00:00 post 3 late 1231200 21600 counting
3 update 05-09T15:00:00 pki 05-16T15:00:00 limit 05-13T09:00:00 closed - moot - 0
- info 05-10T09:00:00 rita 05-17T09:00:00 limit 05-12T09:00:00 withdrawn - moot - 0
END
jq -r '[.post, .rule, .opened[5:19], (.opened_by | split("@")[0]), .due[5:19], .due_by, .stopped[5:19], .stopped_how, .stopped_by, .state, .gap_seconds,
    .late_seconds, (.doubts[])] | map(. // "-") | join(" ")' gaps.ndjson >found
ok "every obligation" diff expected found
is "a flag's evidence is the history" "$(jq -r 'select(.clock == "needinfo") | .path' gaps.ndjson | sort -u)" "threads/example/02/01/102/changes.json"
ok "only needinfo" "$LAPSE" -C archive gaps --policy moves-rules --clock needinfo --json
is "three of them" "$(wc -l <"$out" | tr -d ' ')" 3
exits 1 "the audit" "$LAPSE" -C archive audit --policy moves-rules
prints '^8 obligations; firm breaches: 2 (2 silences); doubtful: 2 (2 silences)$'
ok "before the date was set the limit held" "$LAPSE" -C archive gaps --policy moves-rules --at 2024-03-11T11:59:59Z --json 102#1
prints '"due":"2024-03-15T09:00:00Z","due_by":"limit"'
ok "and from then on the date" "$LAPSE" -C archive gaps --policy moves-rules --at 2024-03-11T12:00:00Z --json 102#1
prints '"due":"2024-04-11T11:59:59Z","due_by":"next-update"'

# ---- the thread shows its date ----

ok "a date" "$LAPSE" -C archive show --at 2024-03-20 102
prints '^next update  2024-04-10, which ends everywhere on earth at 2024-04-11T11:59:59Z$'
ok "for programs" "$LAPSE" -C archive show --at 2024-03-20 102 --json
prints '"next_update":"2024-04-10","next_update_unreadable":null'
ok "in another form" "$LAPSE" -C archive show --at 2024-04-20 102
prints '^next update  2024-04-20, '
ok "one that cannot be read" "$LAPSE" -C archive show 102
prints "^next update  cannot be read as a date, so none is in force: 'Next update TBD'\$"
ok "for programs, too" "$LAPSE" -C archive show 102 --json
prints '"next_update":null,"next_update_unreadable":"Next update TBD"'

# ---- stories ----

ok "an update" explain '102#2'
says_nothing
prints '^policy moves-rules: '
prints '^ 1  2024-04-11T12:00:00Z  pki@trust.example (owner) wrote post #2\.$'
prints '^ 2  .*  Rule update of policy moves-rules (must): The CA posts by the Next update date in the whiteboard, else every seven days\.$'
prints '^  *In force from 2024-01-01T00:00:00Z, published 2023-12-01\.$'
prints '^  *(Example rules, Updates, https://rootprogram.example/rules)$'
prints '^ 3  2024-04-11T12:00:00Z  The obligation opened at once\.$'
prints '^  *Its limit, P7D counted in elapsed time, ends at 2024-04-18T12:00:00Z\.$'
prints '^ 4  2024-03-11T12:00:00Z  The Next update in force when the obligation opened: 2024-04-10, set by rita@rootprogram.example (root-program)\.$'
prints '^  *It changes nothing: that day had begun when the obligation opened\. Due at 2024-04-18T12:00:00Z\.$'
prints '^ 5  2024-04-12T09:00:00Z  ida@reader.example (other) changed the Next update in the whiteboard from 2024-05-31 to 2024-04-20\.$'
prints '^  *It takes the place of the limit: due when that day has ended everywhere on earth, at 2024-04-21T11:59:59Z\.$'
prints '^  *(history entry of 2024-04-12T09:00:00Z, field whiteboard: git show [0-9a-f]*:threads/example/02/01/102/changes.json)$'
prints '^  *It was past due at 2024-04-21T11:59:59Z: the breach ends here, and the same duty opens anew\.$'
prints '^ 7  2024-04-25T09:00:00Z  rita@rootprogram.example set a new date after the due time, which ended the breach\.$'
prints '^ 8  .*  Late by 3d 21h 0m 1s: stopped after 13d 21h 0m 0s, due at 2024-04-21T11:59:59Z\.$'
prints '^ 9  .*  Doubt setter: the date that decides was set or removed by somebody who is not known to be of a root program\.$'
prints '^10  2024-05-20T06:00:00Z  Judged at 2024-05-20T06:00:00Z: no known capture has seen the thread later, and nothing is asserted beyond it\.$'
prints '^ 3  2024-04-25T09:00:00Z  A new Next update date by rita@rootprogram.example ended the breach before this one, and the same duty opened anew\.$'
prints "from 2024-05-10 to 'Next update TBD', which cannot be read as a date\.\$"
prints '^  *The due time had come from a date: the limit counts anew from here, due at 2024-05-09T09:00:00Z\.$'
prints '^ 7  .*  Late by 6h 0m 0s: stopped after 14d 6h 0m 0s, due at 2024-05-09T09:00:00Z\.$'
prints 'Doubt counting: a limit in days was missed by less than 24 hours'
is "two obligations" "$(grep -c '^example:102#2, update: late$' "$out")" 2
ok "the owner's own date" explain '102#1'
prints '^  *It changes nothing: the owner made it, and root programs set the date\. Due at 2024-04-11T11:59:59Z\.$'
prints 'pki@trust.example (owner) wrote post #2, which fulfils the duty\.$'
prints '^ 8  .*  Firm: there is no doubt about it\.$'
ok "flags" explain --rule info 102
prints 'ida@reader.example (other) set needinfo?(pki@trust.example)\.$'
prints '^  *(history entry of 2024-03-22T09:00:00Z, field flagtypes.name: git show [0-9a-f]*:threads/example/02/01/102/changes.json)$'
prints 'pki@trust.example (owner) cleared the flag, which fulfils the duty\.$'
prints 'rita@rootprogram.example (root-program) took the flag away: it was withdrawn, and the duty ended\.$'
prints '  Moot: it ended before it was due at 2024-05-17T09:00:00Z\.$'
is "three stories" "$(grep -c '^example:102 needinfo?(pki@trust.example), info: ' "$out")" 3
ok "a closing" explain '102#3'
prints '2024-05-13T09:00:00Z  The thread was closed by rita@rootprogram.example; the duty stands, should it be opened again\.$'
prints '(history entry of 2024-05-13T09:00:00Z, field status: '
ok "while it runs" explain --at 2024-04-20 '102#2'
prints '  Running for 9d 11h 59m 59s, due at 2024-04-21T11:59:59Z: nothing has stopped it\.$'
prints '  Judged at 2024-04-20T23:59:59Z, as asked\.$'
ok "while it is overdue" explain --at 2024-04-22 '102#2'
prints '  Overdue by 1d 12h 0m 0s: '

# What the evidence names is there, and holds what it should.
commit=$(jq -r .capture gaps.ndjson | head -n 1)
ok "as NDJSON" explain 102 --json
cp "$out" stories.ndjson
jq -r '.evidence // empty' stories.ndjson | sed -n 's/.*git show \([0-9a-f]*\):\(.*\)/\1 \2/p' | sort -u >evidence
ok "evidence" test "$(wc -l <evidence)" -eq 5
while read -r rev path; do
	case $commit in "$rev"*) pass ;; *) fail "$rev is the capture" ;; esac
	ok "git show of $path" git -C archive cat-file -e "$rev:$path"
done <evidence
is "the keys" "$(head -n 1 stories.ndjson | jq -c keys)" \
    '["at","due","evidence","flag","kind","opened","post","rule","step","thread","type","v","what","who","why"]'
is "as many stories as obligations" "$(jq -r 'select(.step == 1) | 1' stories.ndjson | wc -l)" "$(wc -l <gaps.ndjson)"
ok "steps count up" jq -se 'reduce .[] as $s ({n: 0, ok: true}; {n: $s.step, ok: (.ok and ($s.step == .n + 1 or $s.step == 1))}) | .ok' stories.ndjson
jq -r 'select(.kind == "verdict") | "\(.rule) \(.post) \(.opened) \(.due) \(.what | split(":")[0] | split(" ")[0] | ascii_downcase)"' stories.ndjson >found
jq -r '"\(.rule) \(.post) \(.opened) \(.due) \(.state)"' gaps.ndjson >expected
ok "the verdicts are those of the gaps" diff expected found
jq -r 'select(.kind == "doubt") | .what | split(":")[0]' stories.ndjson | sort >found
jq -r '.doubts[] | "Doubt \(.)"' gaps.ndjson | sort >expected
ok "and so are the doubts" diff expected found
is "what moved the due time" "$(jq -r 'select(.kind == "date" and .post == 2) | "\(.at) \(.who | split("@")[0]) \(.due)"' stories.ndjson | tr '\n' ';')" \
    "2024-03-11T12:00:00Z rita 2024-04-18T12:00:00Z;2024-04-12T09:00:00Z ida 2024-04-21T11:59:59Z;2024-04-25T09:00:00Z rita 2024-04-21T11:59:59Z;\
2024-04-25T09:00:00Z rita 2024-05-11T11:59:59Z;2024-05-02T09:00:00Z rita 2024-05-09T09:00:00Z;"
ok "as CSV" explain '102#0' --format csv
prints '^thread,post,flag,rule,opened,step,kind,at,who,due,what,why,evidence.$'
prints '^example:102,0,,update,2024-03-04T09:00:00Z,1,raised,2024-03-04T09:00:00Z,pki@trust.example,,pki@trust.example (owner) wrote post #0.,'
ok "as Markdown" explain '102#0' --format markdown
prints '^## `example:102#0,` update: met$'

# ---- openings, closings, other rules: the other incident ----

ok "the other incident" "$LAPSE" -q -C archive import bugzilla --source other --captured-at 2024-05-20T06:00:00Z "$data/incident/bug.json" \
    "$data/incident/comments.json" "$data/incident/history.json" "$data/incident/attachment.json"
ok "a rule that comes into force" "$LAPSE" -C archive explain --policy "$data/incident/rules.json" --rule acknowledge 'other:101#6'
prints '2024-04-01T00:00:00Z  The rule came into force over the standing duty, and the obligation opened\.$'
prints 'pat@mail.example (unclaimed) wrote post #6\.$'
ok "a reopening" "$LAPSE" -C archive explain --policy "$data/incident/rules.json" --rule respond 'other:101#12'
prints '2024-04-26T09:00:00Z  The thread was opened again, the duty still unfulfilled, and the obligation opened\.$'
prints '(history entry of 2024-04-26T09:00:00Z, field status: '
ok "doubts" "$LAPSE" -C archive explain --policy "$data/incident/rules.json" --rule respond 'other:101#6'
prints 'Doubt opener: nobody claims who raised the duty\.$'
ok "the built-in policy" "$LAPSE" -C archive explain 'other:101#0'
prints 'Rule irg-2.0-update of policy ccadb (should): '

# ---- without a history, closed at an unknown time ----

cat >bare.json <<'END'
{"bugs":[{"id":1,"summary":"Example Trust: bare","status":"RESOLVED","creation_time":"2024-01-01T00:00:00Z","whiteboard":"Next update 2024-01-20",
  "comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"pki@trust.example"},
   {"count":1,"creation_time":"2024-02-01T00:00:00Z","author":"pki@trust.example"}]},
 {"id":2,"summary":"Nobody's: unowned","status":"NEW","creation_time":"2024-01-01T00:00:00Z","history":[],
  "comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"pki@trust.example"}]}]}
END
ok "import" "$LAPSE" -q -C archive import bugzilla --source bare --captured-at 2024-03-01 bare.json
ok "without a history" explain bare:1
prints 'The Next update in force when the obligation opened: 2024-01-20, there from the first, set by nobody knows whom\.$'
prints 'Doubt early-update: the date that was missed stood already when the owner.s post opened this'
prints 'Doubt history: no change history was captured up to this moment'
prints 'Doubt setter: '
prints '  Unproven: no post of the owner stopped it, and the thread is closed or its state unknown, since when nobody can tell\.$'
prints 'its history is not captured up to this moment\.$'
ok "without an owner" explain bare:2
prints '^bare:2: nothing to explain: no prefix of a party begins the summary, so it has no owner, and nothing is owed$'

# ---- hostile texts ----

printf '%s' '{"bugs":[{"id":7,"summary":"Example Trust: hostile","status":"NEW","creation_time":"2024-01-01T00:00:00Z","whiteboard":"next update \u001b[31m\u202e'"$(printf '\303\251%.0s' $(seq 200))"'",
  "history":[{"when":"2024-01-02T00:00:00Z","who":"\u001b]0;x\u0007@rootprogram.example","changes":[{"field_name":"whiteboard","removed":"","added":"next update \u001b[31m"},
   {"field_name":"flagtypes.name","removed":"","added":"needinfo?(\u001b[2Jx@trust.example)"}]}],
  "comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"pki@trust.example"}]}]}' >hostile.json
ok "import" "$LAPSE" -q -C archive import bugzilla --source evil --captured-at 2024-03-01 hostile.json
for format in table markdown csv ndjson; do
	ok "hostile texts in a $format" explain evil:7 --format $format
	ok "are made safe in a $format" sh -c '! LC_ALL=C grep -q "$(printf "[\001-\010\013\014\016-\037]")" "$1"' sh "$out"
done
ok "and so in show" "$LAPSE" -C archive show evil:7
prints "^next update  cannot be read as a date, so none is in force: 'next update "

# ---- misuse ----

exits 2 "no thread" explain
says '^lapse: explain: '
exits 2 "no rule of that name" explain --rule nap 102
says "^lapse: explain: --rule: no rule 'nap' in policy moves-rules (lapse policy show lists them)"
exits 2 "a rule that is not evaluated" "$LAPSE" -C archive explain --rule irg-3.0-full 102
says "^lapse: explain: --rule: 'irg-3.0-full' is not evaluated: it needs incident reports, which this version does not recognise"
exits 3 "no such thread" explain 103
says "^lapse: explain: no thread '103' in the archive$"
exits 3 "no such post" explain '102#9'
says '^lapse: explain: no post #9 in example:102 at that moment$'
exits 3 "not yet there" explain --at 2024-01-01 102
says "^lapse: explain: thread '102' did not exist yet at that moment$"
ok "nothing of that rule" explain --rule info '102#0'
prints '^example:102: nothing to explain: no obligation of these arose up to that moment$'
finish
