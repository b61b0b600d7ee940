#!/bin/sh
# lapse diff and show --state: what changed between two moments or captures, for people, as records, as JSON Patch.
. "$(dirname "$0")/lib.sh"
export LAPSE_NOW=2024-06-01T00:00:00Z

comment='{id: ($n + 100), bug_id: 7, count: $n, author: $who, creation_time: $at, time: $at, text: $text, raw_text: $text, is_private: false, tags: [], attachment_id: null}'
# comment N WHO AT TEXT
comment() {
	jq -nc --argjson n "$1" --arg who "$2" --arg at "$3" --arg text "$4" "$comment"
}

# ---- one bug, captured three times ----

# The first: filed, a question.
{
	comment 0 pki@ca.example 2024-05-01T08:00:00Z 'We found it.

Details follow.'
	comment 1 rita@root.example 2024-05-02T08:00:00Z 'Which ones?'
} | jq -sc '{bugs: {"7": {comments: .}}}' >comments-1.json
cat >bug-1.json <<'END'
{"bugs":[{"id":7,"summary":"Example: a typo","status":"NEW","resolution":"","whiteboard":"[ca-compliance]","product":"CA Program",
"component":"CA Certificate Compliance","creation_time":"2024-05-01T08:00:00Z","last_change_time":"2024-05-02T08:00:00Z","creator":"pki@ca.example",
"assigned_to":"nobody@root.example","cf_last_resolved":null,"is_open":true,"is_confirmed":true,"comment_count":2,"keywords":[],"cc":["a/b~c@x.example"],"depends_on":[5],
"flags":[],"dupe_of":null,"votes":0,"priority":"--"}]}
END
echo '{"bugs":[{"id":7,"alias":null,"history":[]}]}' >history-1.json
echo '{"bugs":{"7":[]},"attachments":{}}' >attachments-1.json

# The second: changes that the history tells, one of them joined, an edit that it does not, an attachment, a needinfo.
{
	comment 0 pki@ca.example 2024-05-01T08:00:00Z 'We found it.

Details follow.'
	comment 1 rita@root.example 2024-05-02T08:00:00Z 'Which ones?
All of them.'
	comment 2 pki@ca.example 2024-05-06T08:00:00Z "These <script> and \x1b[31m."
} | jq -sc '{bugs: {"7": {comments: .}}}' >comments-2.json
jq '.bugs[0] |= . + {status: "ASSIGNED", whiteboard: "[ca-compliance] Next update 2024-07-01", assigned_to: "pki@ca.example", keywords: ["audit", "crl"],
    cc: ["a/b~c@x.example", "rita@root.example"], depends_on: [5, 6], last_change_time: "2024-05-07T08:00:00Z", comment_count: 3,
    flags: [{id: 1, name: "needinfo", type_id: 9, status: "?", setter: "rita@root.example", requestee: "pki@ca.example"}]}' bug-1.json >bug-2.json
cat >history-2.json <<'END'
{"bugs":[{"id":7,"alias":null,"history":[
{"when":"2024-05-05T08:00:00Z","who":"rita@root.example","changes":[{"field_name":"status","removed":"NEW","added":"ASSIGNED"},
 {"field_name":"assigned_to","removed":"nobody@root.example","added":"pki@ca.example"},{"field_name":"keywords","removed":"","added":"audit, crl"}]},
{"when":"2024-05-06T09:00:00Z","who":"rita@root.example","changes":[{"field_name":"whiteboard",
 "removed":"[ca-compliance] [ca-compliance] Next update 2024-06-01","added":"[ca-compliance] Next update 2024-06-01 [ca-compliance] Next update 2024-07-01"},
 {"field_name":"cc","removed":"","added":"rita@root.example"},{"field_name":"depends_on","removed":"","added":"6"}]},
{"when":"2024-05-07T08:00:00Z","who":"rita@root.example","changes":[{"field_name":"flagtypes.name","removed":"","added":"needinfo?(pki@ca.example)"}]}]}]}
END
echo '{"bugs":{"7":[{"id":901,"bug_id":7,"file_name":"list.csv","summary":"list","description":"list","content_type":"text/csv","creation_time":"2024-05-06T08:00:00Z",
"last_change_time":"2024-05-06T08:00:00Z","is_obsolete":0,"is_patch":0,"is_private":0,"creator":"pki@ca.example","size":3,"flags":[],"data":"YWJj"}]},"attachments":{}}' >attachments-2.json

# The third: a comment has vanished, and the whiteboard is another one that no change tells of.
jq -c 'del(.bugs["7"].comments[1])' comments-2.json >comments-3.json
jq '.bugs[0] |= . + {whiteboard: "[elsewhere]", last_change_time: "2024-05-10T08:00:00Z"}' bug-2.json >bug-3.json

ok "init" "$LAPSE" -q init archive
# capture N DAY HISTORY
capture() {
	ok "capture $1" "$LAPSE" -q -C archive import bugzilla --source bmo --captured-at "2024-05-$2T12:00:00Z" \
	    "bug-$1.json" "comments-$1.json" "history-$3.json" "attachments-$3.json"
}
capture 1 03 1
capture 2 08 2
capture 3 11 2
git -C archive log --format=%H --reverse --grep='^Lapse-Source: bmo' >commits
one=$(sed -n 1p commits) two=$(sed -n 2p commits) three=$(sed -n 3p commits)

# ---- for people ----

exits 1 "two moments" "$LAPSE" -C archive diff bmo:7 2024-05-03 2024-05-06T12:00:00Z
prints '^from   2024-05-03T23:59:59Z$'
prints '^to     2024-05-06T12:00:00Z$'
prints '^status  *NEW  *ASSIGNED  *-$'
prints '^whiteboard  *\[ca-compliance\]  *\[ca-compliance\] Next update 2024-07-01  *-$'
prints '^keywords  *-  *audit, crl  *-$'
prints '^cc  *-  *rita@root.example  *-$'
prints '^depends_on  *-  *6  *-$'
prints '^#2  *-  *pki@ca.example: These <script> and \\x1b\[31m.*-$'
prints '^attachment 901  *-  *pki@ca.example: list.csv  *-$'
ok "no control character" test -z "$(tr -d '\n\t -~\200-\377' <"$out")"
ok "a moment with itself" "$LAPSE" -C archive diff 7 2024-05-03 2024-05-03
prints '^nothing differs$'
exits 1 "a flag" "$LAPSE" -C archive diff 7 2024-05-07T07:59:59Z 2024-05-07T08:00:00Z
prints '^flag  *-  *needinfo?(pki@ca.example)  *-$'
exits 1 "backwards" "$LAPSE" -C archive diff 7 2024-05-07T08:00:00Z 2024-05-07T07:59:59Z
prints '^flag  *needinfo?(pki@ca.example)  *-  *-$'
exits 1 "relative moments" "$LAPSE" -C archive diff 7 -28d -26d
exits 1 "an edit, by its captures" "$LAPSE" -C archive diff 7 "$one" "$two"
prints '^#1, its text$'
prints '^+ All of them\.$'
exits 1 "from before it was filed" "$LAPSE" -C archive diff 7 2024-04-30 2024-05-03
prints '^from   2024-04-30T23:59:59Z: the thread did not exist yet$'
prints '^#0  *-  *pki@ca.example: We found it\.  Details follow\.  *-$'
exits 1 "later than any capture" "$LAPSE" -C archive diff 7 2024-05-09 2024-05-20
prints '^to     2024-05-11T12:00:00Z, the newest capture that covers it, not 2024-05-20T23:59:59Z$'

# ---- what is not certain ----

exits 1 "a value that no change tells of" "$LAPSE" -C archive diff 7 "$two" "$three"
prints '^whiteboard  *\[ca-compliance\] Next update 2024-07-01  *\[elsewhere\]  *-$'
prints '^#1 listed  *true  *false  *-$'
exits 1 "between the captures it is not certain" "$LAPSE" -C archive diff 7 2024-05-08T12:00:00Z 2024-05-09
prints 'to is inexact'
ok "shown" "$LAPSE" -C archive show 7 --at 2024-05-09
prints "^inexact      whiteboard: the captures of 2024-05-08T12:00:00Z (here '\[ca-compliance\] Next update 2024-07-01') and 2024-05-11T12:00:00Z (here '\[elsewhere\]') do not agree, and no history tells what changed\$"
prints '^flags        needinfo?(pki@ca.example)$'
prints '^keywords     audit, crl$'
ok "between two captures an edit lies" "$LAPSE" -C archive show '7#1' --at 2024-05-04
prints ' edited between 2024-05-03T12:00:00Z and 2024-05-08T12:00:00Z '
prints '^Which ones?$'
ok "the vanished post" "$LAPSE" -C archive show 7
prints '^  *1 .* not listed then; edited between '
ok "as a record" "$LAPSE" -C archive show 7 --at 2024-05-09 --json
cp "$out" record
is "fields" "$(jq -c 'select(.type == "thread") | .fields | [.status, .depends_on, .keywords, .votes]' record)" '["ASSIGNED",[5,6],["audit","crl"],0]'
is "flags" "$(jq -c 'select(.type == "thread") | .flags' record)" '["needinfo?(pki@ca.example)"]'
is "inexact" "$(jq -c 'select(.type == "thread") | .inexact | index("whiteboard") != null' record)" true
is "an edit" "$(jq -c 'select(.type == "post" and .post == 1) | [.edits, .text, .listed]' record)" \
    '[[{"after":"2024-05-03T12:00:00Z","before":"2024-05-08T12:00:00Z"}],"Which ones?\nAll of them.",true]'
ok "before the joined change" "$LAPSE" -C archive show 7 --at 2024-05-06T08:59:59Z --state
is "both ends are right" "$(jq -r '.fields.whiteboard' "$out")" '[ca-compliance]'

# ---- records ----

exits 1 "records" "$LAPSE" -C archive diff 7 2024-05-03 2024-05-08 --json
cp "$out" records
is "one a thing" "$(jq -r 'select(.name == "status") | [.type, .v, .thread, .kind, .change, .from, .to, .number] | map(tostring) | join(" ")' records)" \
    'difference 1 bmo:7 field changed NEW ASSIGNED null'
is "a post" "$(jq -r 'select(.kind == "post" and .number == 2) | [.change, .name, .from, .to] | map(tostring) | join(" ")' records | cut -c1-30)" 'added null null These <script>'

# ---- JSON Patch ----

# A patch of add, remove and replace applied by jq.
cat >apply.jq <<'END'
def tokens: split("/")[1:] | map(gsub("~1"; "/") | gsub("~0"; "~"));
def at($tokens): reduce $tokens[] as $t (.; if type == "array" then .[$t | tonumber] else .[$t] end);
def path_of($tokens): . as $doc | reduce range($tokens | length) as $i ([];
    . + [if ($doc | at($tokens[:$i]) | type) == "array" then ($tokens[$i] | tonumber) else $tokens[$i] end]);
reduce $patch[0][] as $op (.; path_of($op.path | tokens) as $p
    | if $op.op == "remove" then delpaths([$p])
      elif $op.op == "add" and ($p[-1] | type) == "number" then setpath($p[:-1]; getpath($p[:-1]) | .[:$p[-1]] + [$op.value] + .[$p[-1]:])
      else setpath($p; $op.value) end)
END
# patched NAME A B: the patch of two moments makes the one state of the other.
patched() {
	"$LAPSE" -C archive show 7 --state --at "$2" >a.json
	"$LAPSE" -C archive show 7 --state --at "$3" >b.json
	exits 1 "$1" "$LAPSE" -C archive diff 7 "$2" "$3" --json-patch
	cp "$out" patch.json
	jq --slurpfile patch patch.json -f apply.jq a.json >made.json
	ok "$1: canonical" sh -c '"$0" canon made.json >made && "$0" canon b.json >wanted && cmp made wanted' "$LAPSE"
}
patched "forwards" 2024-05-03T12:00:00Z 2024-05-11
patched "backwards" 2024-05-11 2024-05-01T08:00:00Z
patched "over one change" 2024-05-06T08:59:59Z 2024-05-06T09:00:00Z
ok "it is small" test "$(jq length patch.json)" -le 5
is "in RFC 6901's spelling" "$(jq -r '.[] | select(.path | startswith("/fields/cc")) | .path' patch.json)" '/fields/cc/1'
ok "of the same" "$LAPSE" -C archive diff 7 2024-05-03 2024-05-03 --json-patch
is "empty" "$(cat "$out")" '[]'
"$LAPSE" -C archive show 7 --state --known "$one" >a.json
"$LAPSE" -C archive show 7 --state --known "$three" >b.json
exits 1 "of two captures" "$LAPSE" -C archive diff 7 "$one" "$three" --json-patch
cp "$out" patch.json
jq -cS --slurpfile patch patch.json -f apply.jq a.json >made.json
ok "applied" sh -c 'jq -cS . b.json | cmp - made.json'

# ---- refusals ----

exits 2 "neither moment nor capture" "$LAPSE" -C archive diff 7 yesterday now
says "^lapse: diff: 'yesterday' is neither a moment (2024-05-08, 2024-05-08T09:30:00Z, now, -7d) nor a capture"
exits 2 "a post" "$LAPSE" -C archive diff 7#1 2024-05-03 now
says "^lapse: diff: a thread is compared whole, not '7#1'"
exits 3 "no such thread" "$LAPSE" -C archive diff 8 2024-05-03 now
says "^lapse: diff: thread '8' is not in the archive at either\$"
exits 3 "at neither" "$LAPSE" -C archive diff 7 2024-04-01 2024-04-02
says "^lapse: diff: thread '7' is not in the archive at either\$"
exits 3 "no state before the thread" "$LAPSE" -C archive show 7 --state --at 2024-04-01
says "^lapse: show: thread '7' did not exist yet at that moment\$"
exits 2 "too few" "$LAPSE" -C archive diff 7 now
finish
