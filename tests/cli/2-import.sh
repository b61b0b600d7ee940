#!/bin/sh
# lapse import bugzilla: every shape, the normal form, order, refusals, sizes, hostile texts.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data
first=2024-05-20T06:00:00Z
later=2024-05-21T06:00:00Z

# new DIR: an archive in which nothing was captured.
new() {
	ok "a new archive, $1" "$LAPSE" -q init "$1"
}

# capture DIR WHEN FILE...
capture() {
	into=$1 when=$2
	shift 2
	"$LAPSE" -C "$into" import bugzilla --source bmo --captured-at "$when" "$@"
}

# at DIR PATH: the object there; nothing when there is none.
at() {
	git -C "$1" rev-parse --verify --quiet "HEAD:$2"
}

# doc DIR PATH: a document's bytes.
doc() {
	git -C "$1" cat-file blob "HEAD:$2"
}

# commits DIR: how many.
commits() {
	git -C "$1" rev-list --count HEAD
}

# files DIR: what there is of the archive, but for its lock.
files() {
	(cd "$1" && find . -type f ! -name lapse.lock -exec sha1sum {} + | sort -k 2)
}

# refused DIR NAME RE COMMAND...: exit 3, one line, nothing on standard output, nothing written.
refused() {
	spared=$1 name=$2 re=$3
	shift 3
	files "$spared" >before
	exits 3 "$name" "$@"
	says "^lapse: import: $re\$"
	prints_nothing
	is "$name: lines" "$(wc -l <"$err" | tr -d ' ')" 1
	files "$spared" >after
	ok "$name: nothing is written" cmp before after
}

# comment COUNT TEXT: one comment of bug 5.
comment() {
	jq -nc --argjson n "$1" --arg text "$2" '{id: ($n + 100), bug_id: 5, count: $n, author: "a@ca.example",
	    creation_time: "2024-05-01T00:00:0\($n)Z", is_private: false, text: $text}'
}

# comments COMMENT...: the answer that lists a bug's comments; comments arrive as JSON.
comments() {
	printf '%s\n' "$@" | jq -sc '{bugs: {"5": {comments: .}}, comments: {}}'
}

# ---- shapes ----

new shapes
ok "four answers" capture shapes $first "$data/incident/bug.json" "$data/incident/comments.json" \
    "$data/incident/history.json" "$data/incident/attachment.json"
prints "^captured bmo at 2024-05-20T06:00:00Z (stated): bugs 1, comments 17, changes 12, attachments 1; commit [0-9a-f]\{12\}\$"
says_nothing
is "the commit that it names is the branch" "$(sed 's/.*commit //' "$out")" "$(git -C shapes rev-parse HEAD | cut -c 1-12)"
cat >expected <<'END'
captures/bmo/2024/05-20/06/00/00.json
lapse.json
parties.json
people/bmo/11/00/11.json
people/bmo/13/00/13.json
policies/ccadb.json
sources/bmo.json
threads/bmo/01/01/101/attachments.json
threads/bmo/01/01/101/attachments/01/9001.json
threads/bmo/01/01/101/changes.json
END
for n in 0 1 10 11 12 13 14 15 16 2 3 4 5 6 7 8 9; do echo "threads/bmo/01/01/101/posts/0/$n.json"; done >>expected
printf 'threads/bmo/01/01/101/%s.json\n' posts thread >>expected
sort expected >expected.sorted
ok "every path" git -C shapes ls-tree -r --name-only HEAD
sort "$out" >paths && ok "every path is where the layout has it" cmp paths expected.sorted
is "the source was made" "$(doc shapes sources/bmo.json)" '{"format":"lapse-source-1","kind":"bugzilla","name":"bmo","url":null}'
is "the record" "$(doc shapes captures/bmo/2024/05-20/06/00/00.json | sed 's/"lapse":"[^"]*"/"lapse":""/')" \
'{"asked":null,"counts":{"attachments":1,"bugs":1,"changes":12,"comments":17,"in_two_versions":0,"people":2},"format":"lapse-capture-1",'\
'"kind":"bugzilla","lapse":"","scope":{"attachments":[101],"bugs":[101],"comments":[101],"history":[101]},"source":"bmo",'\
'"time":"2024-05-20T06:00:00Z","time_is":"stated"}'
git -C shapes log -1 --format='%B%aI %cI' >message
cat >expected <<'END'
capture bmo 2024-05-20T06:00:00Z

bugs 1, comments 17, changes 12, attachments 1

Lapse-Source: bmo
Lapse-Capture: 2024-05-20T06:00:00Z
Lapse-Time: stated
Lapse-Record: captures/bmo/2024/05-20/06/00/00.json
2024-05-20T06:00:00+00:00 2025-06-01T00:00:00+00:00
END
ok "the commit says what it is" diff -u expected message

# The same public state, the other way: one call, gzip, other order of keys, at another time, by somebody else.
jq -s '.[1].bugs["101"].comments as $c | .[2].bugs[0].history as $h | .[3].bugs["101"] as $a
    | {bugs: [.[0].bugs[0] + {comments: $c, history: $h, attachments: $a, description: $c[0].text, counts: {comments: 17},
	update_token: "1716-x", last_change_time_non_bot: "2024-05-14T11:00:00Z"} | to_entries | reverse | from_entries]}' \
    "$data/incident/bug.json" "$data/incident/comments.json" "$data/incident/history.json" "$data/incident/attachment.json" >one-call.json
gzip -n one-call.json
new again
printf '[user]\n\tname = Somebody Else\n\temail = else@example.org\n' >"$HOME/.gitconfig"
ok "the one-call form, gzip, from standard input" capture again $later - <one-call.json.gz
prints ": bugs 1, comments 17, changes 12, attachments 1;"
rm "$HOME/.gitconfig"
is "the user's own name is in the commit" "$(git -C again log -1 --format='%an <%ae>')" 'Somebody Else <else@example.org>'
for folder in threads people sources; do
	is "two archives made apart agree about $folder" "$(at again $folder)" "$(at shapes $folder)"
done
ok "the record covers the same" test "$(doc again captures/bmo/2024/05-21/06/00/00.json | jq -c '.scope, .counts')" = \
    "$(doc shapes captures/bmo/2024/05-20/06/00/00.json | jq -c '.scope, .counts')"

jq -c .bugs "$data/incident/bug.json" >bare.json
jq -c '{bugs: {}, comments: (.bugs["101"].comments | map({key: (.id | tostring), value: .}) | from_entries)}' \
    "$data/incident/comments.json" >single.json
jq -c '{bugs: {}, attachments: {"9001": .bugs["101"][0]}}' "$data/incident/attachment.json" >single-attachment.json
new shapes2
ok "a bare list, comments and attachments one by one" capture shapes2 $first bare.json single.json single-attachment.json
prints ": bugs 1, comments 17, changes 0, attachments 1;"
for path in thread.json posts attachments; do
	is "they are the same documents: $path" "$(at shapes2 threads/bmo/01/01/101/$path)" "$(at shapes threads/bmo/01/01/101/$path)"
done
is "but nothing was listed" "$(at shapes2 threads/bmo/01/01/101/posts.json)$(at shapes2 threads/bmo/01/01/101/attachments.json)" ""
is "and only the fields are covered" "$(doc shapes2 captures/bmo/2024/05-20/06/00/00.json | jq -c .scope)" \
    '{"attachments":[],"bugs":[101],"comments":[],"history":[]}'

# Stock Bugzilla 5: aliases are lists, comments have creator and time, and no author.
cat >stock.json <<'END'
{"bugs":[{"id":7,"alias":["x"],"summary":"CA: stock","status":"NEW","creation_time":"2024-01-01T00:00:00Z",
 "cf_last_resolved":null,"assigned_to_detail":{"id":3,"name":"n@x.example","real_name":"N"},"faults":[]}],"faults":[]}
END
cat >stock-comments.json <<'END'
{"bugs":{"7":{"comments":[{"id":1,"bug_id":7,"count":0,"creator":"n@x.example","time":"2024-01-01T00:00:00Z","creation_time":"2024-01-01T00:00:00Z","text":"t"},
 {"id":2,"count":1,"creator":"m@x.example","time":"2024-01-02T00:00:00Z","text":"u"}]}},"comments":{}}
END
echo '{"bugs":[{"id":7,"alias":["x"],"history":[]}]}' >stock-history.json
echo '{"db_time":"2024-05-20T06:00:00Z","web_time":"2024-05-20T06:00:00Z","tz_name":"UTC"}' >time.json
echo '{"bug_count":1}' >count.json
new stock
ok "stock Bugzilla, and answers that hold nothing" capture stock $first stock.json stock-comments.json stock-history.json time.json count.json
prints ": bugs 1, comments 2, changes 0, attachments 0;"
is "fields are kept, the account apart" "$(doc stock threads/bmo/07/00/7/thread.json)" \
    '{"alias":["x"],"cf_last_resolved":null,"creation_time":"2024-01-01T00:00:00Z","faults":[],"id":7,"status":"NEW","summary":"CA: stock"}'
is "a history without entries is one" "$(doc stock threads/bmo/07/00/7/changes.json)" '{"history":[]}'
ok "and replays" "$LAPSE" -C stock show bmo:7 --format ndjson
cp "$out" shown
ok "with author and time from the other keys" jq -s -e '[.[] | select(.type == "post") | [.post, .author, .at]] ==
    [[0, "n@x.example", "2024-01-01T00:00:00Z"], [1, "m@x.example", "2024-01-02T00:00:00Z"]]' shown

# ---- files, folders, order ----

mkdir -p saved/sub saved/.hidden saved/none
cp "$data/incident/bug.json" saved/b.json
gzip -c "$data/incident/comments.json" >saved/sub/comments.gz
cp "$data/incident/history.json" "saved/a name with blanks"
cp "$data/incident/attachment.json" saved/sub/z
echo 'no JSON at all' >saved/.hidden/x
echo 'no JSON at all' >saved/.y
ln -s ../shapes saved/link
new folders
ok "a folder with folders, gzip by its bytes, hidden files passed over" capture folders $first saved
is "the same tree as file by file" "$(at folders '')" "$(at shapes '')"
new backwards
ok "the files in another order" capture backwards $first saved/sub/z "saved/a name with blanks" saved/sub/comments.gz saved/b.json
is "the order does not matter" "$(at backwards '')" "$(at shapes '')"
ok "one file twice is once" capture backwards $later saved saved/b.json
says_nothing

# ---- two versions of one thing in one run ----

# versions NAME KEPT OTHER: two versions of comment 1 of bug 5, both ways round; KEPT must stay.
versions() {
	comments "$(comment 0 report)" "$2" >v1.json
	comments "$(comment 0 report)" "$3" >v2.json
	for order in "v1.json v2.json" "v2.json v1.json"; do
		rm -rf v && "$LAPSE" -q init v
		# shellcheck disable=SC2086
		ok "$1, $order" capture v $first $order
		says '^lapse: import: came in more than one version: 1; the later one was kept (archive-layout.md says which that is)$'
		is "$1, $order: stays" "$(doc v threads/bmo/05/00/5/posts/0/1.json)" "$(echo "$2" | jq -cS .)"
		is "$1, $order: is recorded" "$(doc v captures/bmo/2024/05-20/06/00/00.json | jq -c .counts.in_two_versions,.counts.comments | tr '\n' ' ')" '1 2 '
		at v '' >>"v.$1"
	done
	is "$1: one tree" "$(sort -u "v.$1" | wc -l | tr -d ' ')" 1
}
versions "the later last_change_time" "$(comment 1 A | jq -c '.last_change_time = "2024-05-02T00:00:00Z"')" \
    "$(comment 1 B | jq -c '.last_change_time = "2024-05-01T23:59:59Z" | .edit_count = 9 | .more = 1')"
versions "any last_change_time against none" "$(comment 1 A | jq -c '.last_change_time = "2024-05-02T00:00:00Z"')" \
    "$(comment 1 B | jq -c '.edit_count = 9 | .more = 1')"
versions "the greater edit_count" "$(comment 1 A | jq -c '.edit_count = 2')" "$(comment 1 B | jq -c '.edit_count = 1 | .more = 1')"
versions "the longer history" "$(comment 1 A | jq -c '.history = [1, 2]')" "$(comment 1 B | jq -c '.history = [1] | .more = 1')"
versions "the more keys" "$(comment 1 A | jq -c '.more = 1')" "$(comment 1 B)"
versions "the greater bytes" "$(comment 1 B)" "$(comment 1 A)"
comments "$(comment 0 a)" "$(comment 1 b)" >v1.json
comments "$(comment 0 a)" "$(comment 3 d)" >v2.json
new joined
ok "two lists of one run" capture joined $first v1.json v2.json
says_nothing
is "are joined" "$(doc joined threads/bmo/05/00/5/posts.json)" '{"numbers":[0,1,3]}'
ok "a later run that lists fewer" capture joined $later v1.json
is "has a list of its own" "$(doc joined threads/bmo/05/00/5/posts.json)" '{"numbers":[0,1]}'
is "and the post that left it is still there" "$(doc joined threads/bmo/05/00/5/posts/0/3.json | jq -r .text)" d
comments "$(comment 0 a)" "$(comment 1 A)" >v3.json
ok "between runs the newer one counts" capture joined 2024-05-22T06:00:00Z v3.json
says_nothing
is "whatever its bytes" "$(doc joined threads/bmo/05/00/5/posts/0/1.json | jq -r .text)" A

# ---- captures come in order ----

incident="$data/incident/bug.json $data/incident/comments.json"
new order
# shellcheck disable=SC2086
ok "a capture" capture order $first $incident
head=$(git -C order rev-parse HEAD)
# shellcheck disable=SC2086
ok "the same data at the same time" capture order $first $incident
prints "^nothing new: the capture of bmo at 2024-05-20T06:00:00Z holds all of this already\$"
is "makes no commit" "$(git -C order rev-parse HEAD)" "$head"
ok "less of it neither" capture order $first "$data/incident/bug.json"
prints "^nothing new"
# shellcheck disable=SC2086
ok "the same data later" capture order $later $incident
is "is one commit" "$(git -C order rev-parse HEAD~1)" "$head"
is "that adds its record and nothing else" "$(git -C order diff-tree -r --name-status HEAD~1 HEAD)" \
    "A	captures/bmo/2024/05-21/06/00/00.json"
jq -c '.bugs[0].whiteboard = "changed"' "$data/incident/bug.json" >changed.json
refused order "an older capture" "source 'bmo' was captured at 2024-05-21T06:00:00Z already; a capture at 2024-05-21T05:59:59Z would be older \
(captures of one source come in order)" capture order 2024-05-21T05:59:59Z changed.json
ok "other data at the same time" capture order $later changed.json
prints "^captured bmo at 2024-05-21T06:00:00Z"
is "are another record of that second" "$(git -C order diff-tree -r --name-only HEAD~1 HEAD | tr '\n' ' ')" \
    "captures/bmo/2024/05-21/06/00/00_002.json threads/bmo/01/01/101/thread.json "
is "and its commit names it" "$(git -C order log -1 --format='%(trailers:key=Lapse-Record,valueonly)' | head -n 1)" \
    "captures/bmo/2024/05-21/06/00/00_002.json"
ok "a later time that covers one part" capture order 2024-05-22 changed.json
ok "and, in the same second, another that changed nothing either" capture order 2024-05-22 "$data/incident/comments.json"
is "is a record too: it covers more" "$(git -C order diff-tree -r --name-status HEAD~1 HEAD)" \
    "A	captures/bmo/2024/05-22/00/00/00_002.json"
ok "another source has its own order" "$LAPSE" -C order import bugzilla --source other --captured-at 2020-01-01 changed.json
prints "^captured other at 2020-01-01T00:00:00Z (stated)"
is "threads of two sources are apart" "$(git -C order ls-tree --name-only HEAD threads/ | tr '\n' ' ')" "threads/bmo threads/other "
exits 2 "then the source has to be named" "$LAPSE" -C order import bugzilla changed.json
says "^lapse: import: the archive has several sources: say --source NAME (try 'lapse import -h')\$"
ok "one time zone or another is the same second" capture order 2024-05-23T01:00:00+01:00 changed.json
prints "at 2024-05-23T00:00:00Z"
ok "the order verifies" "$LAPSE" -C order verify

# ---- parts that come apart ----

new apart
ok "a bug without its comments" capture apart $first "$data/incident/bug.json"
ok "is a thread" "$LAPSE" -C apart list --json
is "with its fields" "$(jq -c '[.thread, .status, .posts, .last_post, .covered]' "$out")" '["bmo:101","REOPENED",0,null,"2024-05-20T06:00:00Z"]'
ok "the comments" capture apart $later "$data/incident/comments.json"
is "and later the history" "$(capture apart 2024-05-22 "$data/incident/history.json" >/dev/null && at apart threads/bmo/01/01/101/changes.json)" \
    "$(at shapes threads/bmo/01/01/101/changes.json)"
new orphans
ok "comments without their bug" capture orphans $first "$data/incident/comments.json"
ok "are a thread too" "$LAPSE" -C orphans list --json
is "with its posts" "$(jq -c '[.thread, .status, .posts, .last_post, .covered]' "$out")" '["bmo:101",null,17,"2024-05-14T11:00:00Z","2024-05-20T06:00:00Z"]'
ok "that can be shown" "$LAPSE" -C orphans show bmo:101
prints '^closed  *unknown: the bug itself was not captured$'
cat >other.json <<'END'
{"bugs":[{"id":8,"product":"NSS","component":"Libraries","summary":"x","new_field":{"deep":[1.5,{"z":null}]},"_detail":1,"cf_":"",
 "status":"NEW","creation_time":"2024-01-01T00:00:00Z","limits":[1e21,0.1,-0.0,9007199254740991]}]}
END
new other
ok "another product, fields that nobody knows" capture other $first other.json
is "are kept" "$(doc other threads/bmo/08/00/8/thread.json)" '{"_detail":1,"component":"Libraries",'\
'"creation_time":"2024-01-01T00:00:00Z","id":8,"limits":[1e+21,0.1,0,9007199254740991],"new_field":{"deep":[1.5,{"z":null}]},'\
'"product":"NSS","status":"NEW","summary":"x"}'
echo '{"bugs":[{"id":8,"last_change_time":"2024-01-02T00:00:00Z"}]}' >thin.json
ok "a search for ids alone" capture other $later thin.json
is "covers nothing and changes nothing" "$(git -C other diff-tree -r --name-only HEAD~1 HEAD) $(doc other captures/bmo/2024/05-21/06/00/00.json |
    jq -c '[.scope[]]')" "captures/bmo/2024/05-21/06/00/00.json [[],[],[],[]]"

# ---- the normal form, by jq ----

jq -cS '.bugs[0] | with_entries(select((.key | test("_detail$|^(comments|history|attachments|description|counts|update_token|last_change_time_non_bot)$") | not)
    and ((.key | test("^cf_") | not) or .key == "cf_last_resolved" or ([.value] | inside([null, "", "---", [], {}]) | not))))' \
    "$data/incident/bug.json" | tr -d '\n' >expected
doc shapes threads/bmo/01/01/101/thread.json >found
ok "a thread's document" cmp expected found
ok "some custom fields were there to be dropped" grep -q cf_user_story "$data/incident/bug.json"
cat >form.json <<'END'
{"bugs":[{"id":9,"summary":"s","status":"RESOLVED","cf_last_resolved":null,"cf_a":null,"cf_b":"","cf_c":"---","cf_d":[],"cf_e":{},
 "cf_f":"?","cf_g":0,"cf_h":false,"cf_i":[""],"cf_j":" ","whiteboard":"","qa_contact":"","see_also":[],"x_cf_":null,"cf":null,
 "counts":{"a":1},"description":"d","update_token":"t","last_change_time_non_bot":"x",
 "creator":"a@x.example","creator_detail":{"id":1,"name":"a@x.example","real_name":"A"},
 "cc":["b@x.example"],"cc_detail":[{"id":2,"name":"b@x.example"},{"name":"without id"},{"id":-1},{"id":1.5},7],"odd_detail":"text","null_detail":null,
 "history":[{"when":"2024-01-02T00:00:00Z","who":"a@x.example","extra":1,"changes":[{"field_name":"status","removed":"NEW","added":"RESOLVED","attachment_id":4}]},
  {"when":"2024-01-01T00:00:00Z","who":"a@x.example","changes":[]}],
 "comments":[{"count":0,"bug_id":9,"creation_time":"2024-01-01T00:00:00Z","author_detail":{"id":3,"nick":"c"},"tags":["b","a"],"reactions":{"+1":2}}]}]}
END
new form
ok "what is left out" capture form $first form.json
is "of fields" "$(doc form threads/bmo/09/00/9/thread.json)" '{"cc":["b@x.example"],"cf":null,"cf_f":"?","cf_g":0,"cf_h":false,'\
'"cf_i":[""],"cf_j":" ","cf_last_resolved":null,"creator":"a@x.example","id":9,"qa_contact":"","see_also":[],"status":"RESOLVED",'\
'"summary":"s","whiteboard":"","x_cf_":null}'
is "of comments" "$(doc form threads/bmo/09/00/9/posts/0/0.json)" \
    '{"bug_id":9,"count":0,"creation_time":"2024-01-01T00:00:00Z","reactions":{"+1":2},"tags":["b","a"]}'
is "histories stay as they came, in their order" "$(doc form threads/bmo/09/00/9/changes.json)" \
    '{"history":[{"changes":[{"added":"RESOLVED","attachment_id":4,"field_name":"status","removed":"NEW"}],"extra":1,'\
'"when":"2024-01-02T00:00:00Z","who":"a@x.example"},{"changes":[],"when":"2024-01-01T00:00:00Z","who":"a@x.example"}]}'
is "accounts are people" "$(git -C form ls-tree -r --name-only HEAD people | tr '\n' ' ')" \
    "people/bmo/01/00/1.json people/bmo/02/00/2.json people/bmo/03/00/3.json "
is "as the server sent them" "$(doc form people/bmo/03/00/3.json)$(doc form people/bmo/01/00/1.json)" \
    '{"id":3,"nick":"c"}{"id":1,"name":"a@x.example","real_name":"A"}'
jq -c '.bugs[0].creator_detail.real_name = "B" | .bugs[0].cf_new = "---" | .bugs[0].update_token = "u"' form.json >renamed.json
ok "a new display name, an empty new field" capture form $later renamed.json
is "rewrite the person and nothing else" "$(git -C form diff-tree -r --name-only HEAD~1 HEAD | tr '\n' ' ')" \
    "captures/bmo/2024/05-21/06/00/00.json people/bmo/01/00/1.json "

# All of the bundled capture, 829 bugs and 10,882 comments: every path and every byte, as jq has them.
new demo
ok "the bundled capture" env LAPSE_NOW=2026-06-01T00:00:00Z "$LAPSE" -C demo import bugzilla --source bmo --captured-at 2026-03-14T06:37:16Z \
    "$data"/demo/*.json.gz
prints ': bugs 829, comments 10882, '
says_nothing
cat >normal.jq <<'END'
def pad: tostring | if length < 2 then "0" + . else . end;
def shard: "\(. % 100 | pad)/\(. / 100 | floor % 100 | pad)/\(.)";
def plain: with_entries(select(.key | endswith("_detail") | not));
def bare: plain | del(.comments, .history, .attachments, .description, .counts, .update_token, .last_change_time_non_bot)
    | with_entries(select((.key | startswith("cf_") | not) or .key == "cf_last_resolved"
	or (.value != null and .value != "" and .value != "---" and .value != [] and .value != {})));
.bugs | if type == "array" then .[] | "threads/bmo/\(.id | shard)/thread.json", bare
    else to_entries[] | "threads/bmo/\(.key | tonumber | shard)" as $folder
	| ($folder + "/posts.json", {numbers: [.value.comments[].count]}),
	    (.value.comments[] | "\($folder)/posts/\(.count / 100 | floor)/\(.count).json", plain) end
END
for file in "$data"/demo/*.json.gz; do gzip -dc "$file"; done | jq -rcS -f normal.jq | paste - - | sort >expected
git -C demo ls-tree -r HEAD threads >list
sed 's/^[0-9]* blob \([0-9a-f]*\).*/\1/' list | git -C demo cat-file --batch='%(objectname)' | paste - - | cut -f 2 >contents
cut -f 2 list | paste - contents | sort >found
is "there are as many documents as in the capture" "$(wc -l <found | tr -d ' ')" "$((829 + 829 + 10882))"
ok "every path and byte of it" cmp expected found
ok "no folder is large" test "$(git -C demo ls-tree -r -t --name-only HEAD | sed 's,/[^/]*$,,' | sort | uniq -c | sort -rn |
    awk 'NR == 1 { print $1 }')" -le 300

# ---- what is refused ----

# bad NAME RE: standard input, as a file, is refused.
bad() {
	cat >bad.json
	refused shapes "$1" "bad\.json$2" capture shapes 2024-05-22 "$data/incident/bug.json" bad.json
}
bad "an error" ": Bugzilla answered with an error: Bug #5 does not exist\." <<'END'
{"error":true,"code":101,"message":"Bug #5 does not exist.","documentation":"https://bmo.readthedocs.io/"}
END
bad "an error of the newer kind" ": Bugzilla answered with an error: no" <<'END'
{"error":1,"code":410,"message":"no"}
END
bad "an error that would forge a line" ': Bugzilla answered with an error: a\\x1B\[2J lapse: b' <<'END'
{"error":true,"message":"a\u001b[2J\nlapse: b"}
END
unknown=": not an answer of Bugzilla's REST interface that lapse knows (bugs, comments, history, attachments)"
for shape in '{"foo":1}' '{"bugs":null}' '{"bugs":"x"}' '{}' '3' 'null' '"bugs"' '[[]]' '[{"name":"x"}]' '{"comments":{"7":"current text"}}'; do
	bad "the shape $shape" "$unknown" <<-END
		$shape
	END
done
bad "JSON that breaks" ":2:9: a key expected" <<'END'
{"bugs":[
{"id":5,}]}
END
bad "JSON that ends too early" ":[12]:[0-9]*: the text ends too early" <<'END'
{"bugs":[
END
bad "an empty file" ":1:1: the text ends too early" </dev/null
bad "a key twice" ":1:[0-9]*: a duplicate key" <<'END'
{"bugs":[{"id":5,"summary":"x","summary":"y"}]}
END
bad "a lone surrogate" ":1:[0-9]*: a lone surrogate in the string that ends here" <<'END'
{"bugs":[{"id":5,"summary":"\udc00 x"}]}
END
printf '{"bugs":[{"id":5,"summary":"\377"}]}' | bad "bytes that are not UTF-8" ":1:[0-9]*: .*"
head -c 1048576 /dev/zero | tr '\0' '[' | bad "a mebibyte of brackets" ":1:2049: values nested more than 2048 deep"
bad "a bug without a number" ': bugs\[1\]: a bug without a usable "id"' <<'END'
{"bugs":[{"id":6,"summary":"x"},{"id":"5","summary":"x"}]}
END
for id in 0 -1 1.5 1e30 null '"5"'; do
	bad "the bug number $id" ': bugs\[0\]: a bug without a usable "id"' <<-END
		{"bugs":[{"id":$id,"summary":"x"}]}
	END
done
bad "something else among the bugs" ': bugs\[1\]: a bug without a usable "id"' <<'END'
[{"id":5},7]
END
for key in x 0 -1 5a '' 99999999999999999999; do
	bad "a bug's key '$key'" ': bugs: a key that is no bug number' <<-END
		{"bugs":{"$key":{"comments":[]}},"comments":{}}
	END
done
bad "neither" ': bugs: bug 5: neither comments nor attachments' <<'END'
{"bugs":{"5":{"x":[]}},"comments":{}}
END
bad "comments that are no list" ': bugs: bug 5: "comments" is not a list' <<'END'
{"bugs":{"5":{"comments":{}}},"comments":{}}
END
bad "a comment without a time" ': bugs: bug 5: comments\[1\]: no "creation_time"' <<'END'
{"bugs":{"5":{"comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z"},{"count":1,"creation_time":null}]}},"comments":{}}
END
bad "a comment with a time that is none" ": bugs: bug 5: comments\[0\]: creation_time: not a time: '2024-02-30T00:00:00Z'" <<'END'
{"bugs":{"5":{"comments":[{"count":0,"creation_time":"2024-02-30T00:00:00Z"}]}},"comments":{}}
END
for count in null '"0"' -1 0.5; do
	bad "a comment with the number $count" ': bugs: bug 5: comments\[0\]: "count" is not a number from 0' <<-END
		{"bugs":{"5":{"comments":[{"count":$count,"creation_time":"2024-01-01T00:00:00Z"}]}},"comments":{}}
	END
done
bad "a comment of another bug" ': bugs: bug 5: comments\[0\]: a comment of another bug' <<'END'
{"bugs":{"5":{"comments":[{"count":0,"bug_id":6,"creation_time":"2024-01-01T00:00:00Z"}]}},"comments":{}}
END
bad "a single comment of no bug" ': comments: an item without a usable "bug_id"' <<'END'
{"bugs":{},"comments":{"7":{"count":0,"creation_time":"2024-01-01T00:00:00Z"}}}
END
bad "a bug with a time that is none" ": bugs\[0\]: bug 5: creation_time: not a time: 'yesterday'" <<'END'
{"bugs":[{"id":5,"summary":"x","creation_time":"yesterday"}]}
END
bad "a history that is no list" ': bugs\[0\]: bug 5: "history" is not a list' <<'END'
{"bugs":[{"id":5,"history":{}}]}
END
bad "a history item without its time" ': bugs\[0\]: bug 5: history: an item without "when" or "changes"' <<'END'
{"bugs":[{"id":5,"history":[{"who":"x","changes":[]}]}]}
END
bad "a change without its field" ': bugs\[0\]: bug 5: history: a change without "field_name"' <<'END'
{"bugs":[{"id":5,"history":[{"when":"2024-01-01T00:00:00Z","changes":[{"removed":""}]}]}]}
END
bad "attachments that are no list" ': bugs\[0\]: bug 5: "attachments" is not a list' <<'END'
{"bugs":[{"id":5,"attachments":1}]}
END
bad "an attachment without a number" ': bugs: bug 5: attachments\[0\]: an attachment without a usable "id"' <<'END'
{"bugs":{"5":[{"file_name":"x"}]},"attachments":{}}
END
bad "an attachment of another bug" ': bugs: bug 5: attachments\[0\]: an attachment of another bug' <<'END'
{"bugs":{"5":[{"id":1,"bug_id":6}]},"attachments":{}}
END
gzip -nc "$data/incident/comments.json" | head -c 700 >cut.json.gz
refused shapes "gzip cut short" "cut\.json\.gz: truncated gzip data" capture shapes 2024-05-22 cut.json.gz
refused shapes "a file that is not there" "nowhere\.json: cannot open: No such file or directory" capture shapes 2024-05-22 saved nowhere.json
refused shapes "a folder without files" "no files in saved/none" capture shapes 2024-05-22 saved/none
refused shapes "nothing on standard input" "\(-\|standard input\):1:1: the text ends too early" capture shapes 2024-05-22 -
refused shapes "no archive there" "no archive in '\.' (lapse init makes one)" "$LAPSE" import bugzilla bad.json
refused shapes "a repository that is none" ".*: a git repository, but not an archive (no lapse\.json)" sh -c 'git init -q --bare plain.git &&
    git -C plain.git update-ref HEAD $(git -C plain.git -c user.name=x -c user.email=x@x.example commit-tree -m x \
	$(git -C plain.git mktree </dev/null)) &&
    "$1" -C plain.git import bugzilla bad.json' sh "$LAPSE"

# used NAME RE ARGUMENT...: the command is misused.
used() {
	name=$1 re=$2
	shift 2
	files shapes >before
	exits 2 "$name" "$LAPSE" -C shapes import "$@"
	says "^lapse: import: $re (try 'lapse import -h')\$"
	prints_nothing
	files shapes >after
	ok "$name: nothing is written" cmp before after
}
used "a time in the future" "--captured-at lies in the future" bugzilla --captured-at 2025-06-01T00:00:01Z saved
used "a time that is none" "--captured-at: .*'2024-02-30'.*" bugzilla --captured-at 2024-02-30 saved
used "a source's name that is none" "--source: not a name (a-z 0-9 \. _ -, a letter or digit first): '\.\./x'" bugzilla --source ../x saved
used "in capitals" "--source: not a name .*: 'BMO'" bugzilla --source BMO saved
used "one too long" "--source: not a name .*" bugzilla --source "$(printf %065d 0)" saved
used "another kind" "cannot import 'mbox'; this version imports bugzilla, mail and warc" mbox saved
used "no files" "too few operands: lapse import bugzilla .*" bugzilla

# ---- when it was ----

new now
ok "without a time it is now" "$LAPSE" -C now import bugzilla "$data/incident/bug.json"
prints "^captured bugzilla at 2025-06-01T00:00:00Z (observed): bugs 1,"
says "^lapse: import: taken as seen now; if the files were saved earlier, say when with --captured-at: nothing may be asserted about the time since\$"
is "and is said to be observed" "$(doc now captures/bugzilla/2025/06-01/00/00/00.json | jq -r .time_is) $(git -C now log -1 \
    --format='%(trailers:key=Lapse-Time,valueonly)')" "observed observed"
ok "a time before what the data speaks of" capture apart 2024-05-23 "$data/incident/bug.json"
says_nothing
new early
ok "is taken, and doubted" capture early 2024-05-12 "$data/incident/comments.json"
says "^lapse: import: the data speaks of 2024-05-14T11:00:00Z, after the stated time of its capture: is --captured-at right?\$"
ok "the same file, quietly" "$LAPSE" -q -C early import bugzilla --captured-at 2024-05-12T00:00:00Z "$data/incident/comments.json"
prints_nothing

# ---- sizes ----

# sized COUNT BYTES: the document of a comment whose text has so many letters.
sized() {
	head -c "$2" /dev/zero | tr '\0' x >text
	jq -nc --argjson n "$1" --rawfile text text '{bugs: {"5": {comments: [{count: 0, creation_time: "2024-05-01T00:00:00Z", text: "r"},
	    {count: $n, creation_time: "2024-05-02T00:00:00Z", text: $text}]}}, comments: {}}' >sized.json
	jq -cS '.bugs["5"].comments[1]' sized.json | tr -d '\n' >sized.doc
}
new large
day=0
sized 7 0
rest=$(wc -c <sized.doc)
# A document of 524,288 bytes is one blob. More than ten parts: git has "10" before "2".
for size in 1 600000 $((524288 - rest)) $((524289 - rest)) 2200000 $((1048576 - rest)) 5800000 3; do
	day=$((day + 1))
	sized 7 $size
	ok "a comment of $size letters" capture large 2024-05-1$day sized.json
	bytes=$(wc -c <sized.doc | tr -d ' ')
	post=threads/bmo/05/00/5/posts/0/7
	if [ "$bytes" -le 524288 ]; then
		doc large $post.json >found
		is "$bytes bytes: no parts" "$(at large $post.parts)" ""
	else
		is "$bytes bytes: in parts only" "$(at large $post.json)" ""
		parts=$(((bytes + 524287) / 524288))
		: >found
		for part in $(seq 0 $((parts - 1))); do doc large $post.parts/$part >>found; done
		is "$bytes bytes: in so many" "$(git -C large ls-tree HEAD $post.parts/ | wc -l | tr -d ' ')" $parts
		is "$bytes bytes: all full but the last" "$(git -C large ls-tree -l HEAD $post.parts/ | awk '$4 == 524288' | wc -l | tr -d ' ')" \
		    $((bytes / 524288))
	fi
	ok "$bytes bytes, and the same" cmp sized.doc found
	ok "$bytes bytes: shown whole" "$LAPSE" -C large show 'bmo:5#7' --format ndjson
	is "$bytes bytes: read back" "$(jq -r 'select(.type == "post") | .text | length' "$out")" $size
done
is "it went over the border and back" "$(git -C large log --format=%H -- $post.json | wc -l | tr -d ' ')" 5
exits 1 "what went from one form to the other was edited, and is whole" "$LAPSE" -C large verify
prints '^faults: 7 (.* silent 7, history 0)$'

jq -nc '{bugs: {"5": {comments: [range(1000) | {count: ., author: "a@ca.example", text: "x", creation_time: (1704067200 + . * 60 | todate)}]}},
    comments: {}}' >thousand.json
new many
ok "a bug with a thousand comments" capture many $first thousand.json
prints ': bugs 0, comments 1000,'
is "all are there" "$(git -C many ls-tree -r --name-only HEAD threads/bmo/05/00/5/posts | wc -l | tr -d ' ')" 1000
ok "no folder has more than some hundred entries" test "$(git -C many ls-tree -r -t --name-only HEAD | sed 's,/[^/]*$,,' | sort | uniq -c |
    sort -rn | awk 'NR == 1 { print $1 }')" -le 102

# Long ids make a long record.
jq -nc '{bugs: [range(16000) | {id: (9000000000000000 + .), history: [], comments: []}]}' >wide.json
jq -nc '{bugs: [{id: 9000000000000003, history: [], comments: []}]}' >narrow.json
new wide
ok "a capture of so many threads that its record is in parts" capture wide $first wide.json
is "it is" "$(git -C wide ls-tree -d -r --name-only HEAD captures | grep -c '\.parts$')" 1
ok "another one may follow it" capture wide 2024-05-21 narrow.json
exits 3 "but none that is older" capture wide 2023-05-21 narrow.json
says "captured at .* already"
ok "it is the newest of its source" "$LAPSE" -C wide source list
prints '2024-05-21T00:00:00Z'

# ---- hostile texts ----

cat >hostile.json <<'END'
{"bugs":[{"id":13,"summary":"CA: \u001b[31m \u202e \u0000 \u2028 \ufeff \ud83d\ude00 \"\\ <b> | `x` =1+1","status":"../../etc","creation_time":"2024-01-01T00:00:00Z",
 "creator_detail":{"id":14,"name":"../../../x","real_name":"\u0007"},"../x":{"..":1},
 "comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","author":"a\u0000b@ca.example\u001b]0;x\u0007","text":"\u0000\u0001\u001b\u009b\u202a\r\n\t\udbff\udfff"}]}]}
END
new hostile
ok "hostile texts" capture hostile $first hostile.json
jq -cS '.bugs[0] | del(.comments, .creator_detail)' hostile.json | tr -d '\n' >expected
doc hostile threads/bmo/13/00/13/thread.json >found
ok "are kept as they are" cmp expected found
jq -cS '.bugs[0].comments[0]' hostile.json | tr -d '\n' >expected
doc hostile threads/bmo/13/00/13/posts/0/0.json >found
ok "in comments too" cmp expected found
is "and name no path" "$(git -C hostile ls-tree -r --name-only HEAD people threads | tr '\n' ' ')" \
    "people/bmo/14/00/14.json threads/bmo/13/00/13/posts.json threads/bmo/13/00/13/posts/0/0.json threads/bmo/13/00/13/thread.json "
ok "hostile texts verify" "$LAPSE" -C hostile verify

# ---- private comments ----

jq -c '.bugs["101"].comments |= map(if .count == 9 then .is_private = true else . end)' "$data/incident/comments.json" >private.json
new private
# answered: what stops the question of #8.
answered() {
	"$LAPSE" -C private --parties "$data/incident/parties.json" --policy "$data/incident/rules.json" --at $first "$@" gaps 'bmo:101#8' --json >answered &&
	    jq -rs 'map("\(.rule) \(.stopped_by)") | join(" ")' answered
}
ok "a comment that insiders see only" capture private $first "$data/incident/bug.json" "$data/incident/history.json" private.json
is "stops nothing" "$(answered)" "acknowledge 11 respond 11"
ok "and says so" "$LAPSE" -C private show 'bmo:101#9'
prints '^  *9  *2024-04-15T16:30:00Z .* private  '
ok "once it was public" capture private $later "$data/incident/comments.json"
is "it counts from its own time" "$(answered)" "acknowledge 9 respond 9"
ok "and when it is hidden again" capture private 2024-05-22 private.json
is "it goes on to count" "$(answered)" "acknowledge 9 respond 9"
is "but not for who knew only the first capture" "$(answered --known 2024-05-20)" "acknowledge 11 respond 11"
head -c 600000 /dev/zero | tr '\0' x >text
jq -c --rawfile text text '.bugs["101"].comments |= map(if .count == 9 then .is_private = true | .text = $text else . end)' \
    "$data/incident/comments.json" >long.json
ok "and when it is hidden and long enough for parts" capture private 2024-05-23 long.json
is "it goes on to count in parts" "$(answered)" "acknowledge 9 respond 9"

# ---- where it is written ----

for archive in clone clone/.git; do
	rm -rf clone && git clone -q shapes clone 2>/dev/null
	ok "an ordinary clone, as $archive" capture $archive $later saved
	is "moved its branch" "$(git -C clone log -1 --format=%s)" "capture bmo 2024-05-21T06:00:00Z"
	is "and left its work tree and index alone" "$(git -C clone diff-index --cached --name-status HEAD)$(git -C clone diff-files)" \
	    "D	captures/bmo/2024/05-21/06/00/00.json"
	git -C clone checkout -q --detach 2>/dev/null
	refused clone "a detached HEAD, as $archive" "HEAD names no branch; check one out first" capture $archive 2024-05-22 saved
	ok "it can be read" "$LAPSE" -C $archive list
	prints '^bmo:101 '
done

# Root may write everywhere: it becomes nobody for this, where it can.
program=$LAPSE stranger=
if [ "$(id -u)" -eq 0 ]; then
	program=$scratch/lapse stranger="setpriv --reuid=65534 --regid=65534 --clear-groups"
	cp "$LAPSE" "$program"
	chmod 755 "$scratch" "$scratch/here" "$program"
fi
chmod -R a+rX,a-w shapes
# shellcheck disable=SC2086
if $stranger "$program" --version >/dev/null 2>&1; then
	ok "a read-only archive can be read" $stranger "$program" -C shapes list
	prints '^bmo:101 '
	refused shapes "and not be written" "'.*' cannot be written: Permission denied" $stranger "$program" -C shapes import bugzilla --source bmo \
	    --captured-at 2024-05-22 saved/b.json
else
	echo "skipped: nobody cannot run the program here, so no archive is read-only"
fi
chmod -R u+w shapes

# ---- one run at a time ----

exec 8>>order/lapse.lock
flock 8
files order >before
exits 75 "while another run holds the archive" env LAPSE_LOCK_WAIT=0 "$LAPSE" -C order import bugzilla --source bmo --captured-at 2024-05-24 changed.json
says '^lapse: import: the archive is in use by another run$'
prints_nothing
files order >after
ok "nothing is written meanwhile" cmp before after
ok "but everything can be read" "$LAPSE" -C order list
exec 8>&-
ok "and when it is gone, it is the next one's turn" capture order 2024-05-24 changed.json
finish
