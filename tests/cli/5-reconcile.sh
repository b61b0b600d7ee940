#!/bin/sh
# lapse reconcile: a list of late dates, written by hand, against the record.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data
export LAPSE_NOW=2026-06-01T00:00:00Z

# ---- a real list against the bundled capture ----

ok "init" "$LAPSE" -q init demo
ok "parties" "$LAPSE" -q -C demo parties add "$data/demo/parties.json"
ok "policy" "$LAPSE" -q -C demo policy add "$data/demo/week-pacific.json"
ok "import" "$LAPSE" -q -C demo import bugzilla --source bmo --captured-at 2026-03-14T06:37:16Z "$data"/demo/*.json.gz
exits 1 "the list that a CA wrote" "$LAPSE" -C demo reconcile --policy week-pacific --at 2026-03-14T00:00:00Z "$data/demo/cfca-claims.csv"
says_nothing
prints '^27 rows: 9 supported, 1 supported within a day, 0 not supported, 17 not judged; the record has 3 more$'
prints '^at 2026-03-14T00:00:00Z, as known today$'
prints '^policy week-pacific: Seven calendar days, Pacific time'
prints '^  18  bmo:1888882  2024-05-08  2024-04-30  supported  *2024-05-08  *2024-04-30  week-update  *7d 23h  counting, history  -$'
prints '^  25  bmo:1888882  2024-08-21  2024-08-07  within-a-day  2024-08-21  *2024-08-06  week-update '
prints '^  23  bmo:1888882  2024-07-12  2024-07-08  not-judged  .*  a promise, which no rule here measures$'
prints '^   2  bmo:1886135  2024-04-01  2024-03-23  not-judged  .*  the thread is not in the archive$'
prints '^In the record, not in the list (3)$'
exits 1 "the same for programs" "$LAPSE" -C demo reconcile --policy week-pacific --at 2026-03-14T00:00:00Z "$data/demo/cfca-claims.csv" --json
cp "$out" answer
jq -cS . answer >expected
ok "is canonical" cmp expected answer
is "every row in its order" "$(jq -r 'select(.type == "claim") | "\(.thread),\(.late_on),\(.since),\(.kind)"' answer | cat -n | tr -d ' ')" \
    "$(sed 1d "$data/demo/cfca-claims.csv" | cat -n | tr -d ' ')"
is "with its line" "$(jq -r 'select(.type == "claim") | .line' answer | tr '\n' ' ')" "$(seq 2 28 | tr '\n' ' ')"
is "what the list leaves out, each once" "$(jq -r 'select(.type == "not-listed") | "\(.late_on)<\(.since)"' answer | tr '\n' ' ')" \
    "2024-07-08<2024-06-30 2024-11-25<2024-09-12 2025-02-13<2024-11-25 "
is "the keys of a claim" "$(head -n 1 answer | jq -c keys)" \
    '["doubts","gap_seconds","kind","late_on","line","record_late_on","record_since","rule","since","thread","type","v","verdict","why"]'
is "the keys of what is left out" "$(tail -n 1 answer | jq -c keys)" \
    '["capture","doubts","due","gap_seconds","late_on","late_seconds","opened","path","post","rule","since","state","stopped","thread","type","v"]'

# The verdicts again, from the gaps and the days that date(1) makes of them.
"$LAPSE" -C demo gaps --policy week-pacific --at 2026-03-14T00:00:00Z --late --json bmo:1888882 |
    jq -r '"\(.thread) \(.stopped // "2026-03-14T00:00:00Z") \(.opened)"' |
    while read -r thread stopped opened; do
	echo "$thread $(date -d "$(TZ=America/Los_Angeles date -d "$stopped" +%F)" +%s) $(date -d "$(TZ=America/Los_Angeles date -d "$opened" +%F)" +%s)"
    done >record
sed 1d "$data/demo/cfca-claims.csv" | tr , ' ' | while read -r thread late_on since kind; do
	echo "$thread $(date -d "$late_on" +%s) $(date -d "$since" +%s) $kind"
done | awk 'NR == FNR { thread[NR] = $1; late[NR] = $2; since[NR] = $3; n = NR; next }
	function apart(a, b) { return (a > b ? a - b : b - a) / 86400 }
	{ best = 2; archived = 0
	  for (i = 1; i <= n; i++) {
		archived = archived || thread[i] == $1
		if (thread[i] != $1 || apart(late[i], $2) > 1 || apart(since[i], $3) > 1) continue
		d = late[i] != $2 || since[i] != $3
		if (d < best) best = d
	  }
	  print $4 == "promise" || !archived ? "not-judged" : best == 0 ? "supported" : best == 1 ? "within-a-day" : "not-supported" }' record - >expected
jq -r 'select(.type == "claim") | .verdict' answer >found
ok "the verdicts are those" diff -u expected found

# ---- the invented incident ----

ok "init" "$LAPSE" -q init incident
ok "parties" "$LAPSE" -q -C incident parties add "$data/incident/parties.json"
ok "policy" "$LAPSE" -q -C incident policy add "$data/incident/rules.json"
ok "import" "$LAPSE" -q -C incident import bugzilla --source example --captured-at 2024-05-20T06:00:00Z "$data/incident/bug.json" \
    "$data/incident/comments.json" "$data/incident/history.json"

# reconcile OPTION...: list.csv
reconcile() {
	"$LAPSE" -C incident --policy example-rules --at 2024-05-20T06:00:00Z reconcile list.csv "$@"
}
# verdicts: of the last answer, a line.
verdicts() {
	jq -r 'select(.type == "claim") | .verdict' answer | tr '\n' ' '
}
# left: what the last answer says the list leaves out.
left() {
	jq -r 'select(.type == "not-listed") | "\(.rule)#\(.post)"' answer | tr '\n' ' '
}
echo 'thread,late_on,since' >list.csv
ok "a list without rows leaves out nothing of threads that it does not name" reconcile
prints '^0 rows: 0 supported, 0 supported within a day, 0 not supported, 0 not judged; the record has 0 more$'
cat >list.csv <<'END'
thread,late_on,since,kind
example:101,2024-03-12,2024-03-04,late
101,2024-03-13,2024-03-04,late
101,2024-03-11,2024-03-04,late
101,2024-03-12,2024-03-05,late
101,2024-03-13,2024-03-05,late
101,2024-03-14,2024-03-04,late
101,2024-03-12,2024-03-06,late
101,2024-04-15,2024-04-02,late
101,2024-04-15,2024-04-03,late
101,2024-05-20,2024-05-09,late
101,2024-05-21,2024-05-14,late
101,2024-04-16,2024-04-15,late
102,2024-04-16,2024-04-15,late
other:101,2024-04-16,2024-04-15,late
101,2024-04-16,2024-04-15,promise
END
exits 1 "a list" reconcile --json
cp "$out" answer
is "row by row" "$(verdicts)" "supported within-a-day within-a-day within-a-day within-a-day not-supported not-supported supported supported \
supported within-a-day not-supported not-judged not-judged not-judged "
is "with what the record has" "$(jq -r 'select(.type == "claim") | "\(.record_late_on // "-")<\(.record_since // "-") \(.rule // "-")"' answer | sed -n '1p;2p;6p;8p;9p;10p;11p' |
    tr '\n' '/')" "2024-03-12<2024-03-04 update/2024-03-12<2024-03-04 update/-<- -/2024-04-15<2024-04-02 update/2024-04-15<2024-04-03 acknowledge/\
2024-05-20<2024-05-09 update/2024-05-20<2024-05-14 acknowledge/"
is "one late answer, or one that is still owed, is listed once, by the longest" "$(left)" "update#2 update#5 acknowledge#12 acknowledge#14 "
sed -n '1p;/2024-04-15,2024-04-03/p' list.csv >one.csv && mv one.csv list.csv
exits 1 "one duty of an answer" reconcile --json
cp "$out" answer
is "accounts for all that the answer stopped" "$(left)" "update#0 update#2 update#5 acknowledge#12 acknowledge#14 update#15 "
"$LAPSE" -C incident --policy example-rules gaps --late --json 2>/dev/null |
    jq -r '"\(.thread),\((.stopped // "2024-05-20")[:10]),\(.opened[:10])"' | sed '1i thread,late_on,since' >list.csv
ok "a list that has it all" reconcile
prints '^12 rows: 12 supported, 0 supported within a day, 0 not supported, 0 not judged; the record has 0 more$'
exits 0 "as the record stood earlier" "$LAPSE" -C incident --policy example-rules --at 2024-03-12 reconcile list.csv
prints '^12 rows: 1 supported, 0 supported within a day, 0 not supported, 11 not judged; the record has 0 more$'
exits 1 "of a policy that has fewer duties" "$LAPSE" -C incident --policy "$data/demo/week.json" --at 2024-05-20T06:00:00Z reconcile list.csv
prints '^12 rows: 9 supported, 0 supported within a day, 3 not supported, 0 not judged; the record has 0 more$'
exits 0 "nothing known, nothing judged" "$LAPSE" -C incident --policy example-rules --known 2024-05-19 reconcile list.csv
prints '^12 rows: 0 supported, 0 supported within a day, 0 not supported, 12 not judged; the record has 0 more$'
ok "later than the capture" "$LAPSE" -C incident --policy example-rules reconcile list.csv --format csv
says '^lapse: reconcile: 1 thread was evaluated at 2024-05-20T06:00:00Z, the newest capture that covers it, not at 2026-06-01T00:00:00Z$'

# ---- CSV, as people's programs write it ----

# rows NAME COUNT TEXT: list.csv of this printf format is read, and has so many supported rows.
rows() {
	# shellcheck disable=SC2059
	printf "$3" >list.csv
	exits 1 "$1" reconcile --format csv
	sed 1d "$out" >answer
	is "$1: rows" "$(wc -l <answer | tr -d ' ')" "$2"
	is "$1: supported" "$(grep -c ',supported,' answer)" "$2"
}
row='101,2024-03-12,2024-03-04'
rows "LF" 2 "thread,late_on,since\n$row\n$row\n"
rows "CRLF" 2 "thread,late_on,since\r\n$row\r\n$row\r\n"
rows "no end of the last line" 2 "thread,late_on,since\n$row\n$row"
rows "a byte order mark" 1 "\357\273\277thread,late_on,since\n$row\n"
rows "quotes" 1 '"thread","late_on","since"\n"101","2024-03-12","2024-03-04"\n'
rows "columns in another order, and others" 1 'since,note,thread,kind,late_on\n2024-03-04,"He said ""late"", twice",101,late,2024-03-12\n'
rows "empty lines" 2 "\n\nthread,late_on,since\n\n$row\r\n\r\n\n$row\n\n"
rows "a field that breaks" 2 "thread,late_on,since,note\n$row,\"one\r\ntwo\n\"\n$row,\n"
is "lines are counted on" "$(cut -d , -f 1 answer | tr '\n' ' ')" "2 5 "
gzip -c list.csv >packed && mv packed list.csv
exits 1 "packed" reconcile --format csv
prints '^5,101,2024-03-12,2024-03-04,late,supported,2024-03-12,2024-03-04,update,694800,,.$'
prints '^line,thread,late_on,since,kind,verdict,record_late_on,record_since,rule,gap_seconds,doubts,why.$'
printf '%s\n' thread,late_on,since "$row" >list.csv
exits 1 "from standard input" "$LAPSE" -C incident --policy example-rules reconcile - <list.csv
prints '^1 rows: 1 supported'
exits 1 "Markdown" reconcile --format markdown
prints '^| 2 | 101 | 2024-03-12 | 2024-03-04 | supported | 2024-03-12 | 2024-03-04 | update | 8d 1h | - | - |$'
prints '^## In the record, not in the list (6)$'

# wrong NAME RE TEXT: list.csv of this printf format is refused at a line.
wrong() {
	# shellcheck disable=SC2059
	printf "$3" >list.csv
	exits 3 "$1" reconcile
	says "^lapse: reconcile: list\.csv$2\$"
	prints_nothing
	is "$1: lines" "$(wc -l <"$err" | tr -d ' ')" 1
}
head='thread,late_on,since,kind\n'
wrong "nothing" ":1: empty" ''
wrong "empty lines only" ":[0-9]*: empty" '\n\n'
wrong "other columns" ":1: the first line does not name the columns thread, late_on and since" 'bug,late\n'
wrong "a column too few" ":1: the first line does not name the columns thread, late_on and since" 'thread,late_on\n'
wrong "fields too few" ":3: 3 fields, not 4" "${head}101,2024-03-12,2024-03-04,late\n101,2024-03-12,2024-03-04\n"
wrong "fields too many" ":2: 5 fields, not 4" "${head}101,2024-03-12,2024-03-04,late,x\n"
wrong "many fields" ":2: more than 16 fields" "$head,,,,,,,,,,,,,,,,,,\n"
wrong "a day that is none" ":2: late_on: not a date: '2024-02-30'" "${head}101,2024-02-30,2024-03-04,late\n"
wrong "another day that is none" ":2: since: not a date: '03/04/2024'" "${head}101,2024-03-12,03/04/2024,late\n"
wrong "a day with blanks" ":2: late_on: not a date: ' 2024-03-12'" "${head}101, 2024-03-12,2024-03-04,late\n"
wrong "a kind that is none" ":2: kind: neither 'late' nor 'promise': 'Late'" "${head}101,2024-03-12,2024-03-04,Late\n"
wrong "a thread that is none" ":2: not a thread's name: 'bug 101' (SOURCE:ID, such as bmo:1888882)" "${head}bug 101,2024-03-12,2024-03-04,late\n"
wrong "a quote that is not closed" ":3: a quote that is not closed" "$head\n\"101,2024-03-12,2024-03-04,late\n101,,,\n"
wrong "text after a quote" ":2: text after a closing quote" "$head\"101\"x,2024-03-12,2024-03-04,late\n"
wrong "a NUL" ": not text" "thread,late_on,since\nexample:101,2024-03-12,2024-03-04\0\n"
wrong "hostile text" ":2: not a thread's name: '\\\\x1B\[31m =1+1' (SOURCE:ID, such as bmo:1888882)" "$head\"\033[31m\n=1+1\",2024-03-12,2024-03-04,late\n"
exits 3 "a list that is not there" "$LAPSE" -C incident reconcile nowhere.csv
says '^lapse: reconcile: nowhere.csv: cannot open: No such file or directory$'
exits 3 "no archive" "$LAPSE" -C nowhere reconcile list.csv
says "^lapse: reconcile: no archive in 'nowhere' (lapse init makes one)\$"
exits 3 "no policy" "$LAPSE" -C incident --policy none reconcile list.csv
says "^lapse: reconcile: no policy 'none' in the archive "
exits 2 "no list" "$LAPSE" -C incident reconcile
says "^lapse: reconcile: too few operands: lapse reconcile FILE (try 'lapse reconcile -h')\$"
exits 2 "two lists" "$LAPSE" -C incident reconcile list.csv list.csv
says "^lapse: reconcile: too many operands: lapse reconcile FILE"

# A number that two sources have names neither.
ok "another source" "$LAPSE" -q -C incident import bugzilla --source another --captured-at 2024-05-20T06:00:00Z "$data/incident/bug.json"
wrong "an ambiguous thread" ":2: several sources have a thread '101'; write SOURCE:101" "${head}101,2024-03-12,2024-03-04,late\n"
printf '%s\n' thread,late_on,since example:101,2024-03-12,2024-03-04 >list.csv
exits 1 "with its source it is clear" reconcile
prints '^1 rows: 1 supported'
# What the record cannot decide is not held against the list.
printf 'thread,late_on,since\nexample:101,2030-01-01,2029-12-01\n' >later.csv
exits 1 "a day that nobody has seen" "$LAPSE" -C incident --policy example-rules --at 2024-05-20T06:00:00Z reconcile later.csv --json
prints '"verdict":"not-judged","why":"the day lies after'
echo '{"format":"lapse-parties-1","parties":[]}' >nobody.json
printf 'thread,late_on,since\nexample:101,2024-03-12,2024-03-04\n' >early.csv
ok "a thread of nobody" "$LAPSE" -C incident --policy example-rules --parties nobody.json reconcile early.csv --json
prints '"why":"the thread has no owner'

finish
