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

# is NAME FOUND WANTED
is() {
	ok "$1: '$2' is '$3'" test "$2" = "$3"
}

# refused DIR NAME RE COMMAND...: exit 3, one line, nothing on standard output, nothing written.
refused() {
	into=$1 name=$2 re=$3
	shift 3
	files "$into" >before
	exits 3 "$name" "$@"
	says "^lapse: import: $re\$"
	prints_nothing
	is "$name: lines" "$(wc -l <"$err" | tr -d ' ')" 1
	files "$into" >after
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
prints "^captured bmo at 2024-05-20T06:00:00Z (stated): 1 bugs, 17 comments, 11 changes, 1 attachments; commit [0-9a-f]\{12\}\$"
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
'{"asked":null,"counts":{"attachments":1,"bugs":1,"changes":11,"comments":17,"in_two_versions":0,"people":2},"format":"lapse-capture-1",'\
'"kind":"bugzilla","lapse":"","scope":{"attachments":[101],"bugs":[101],"comments":[101],"history":[101]},"source":"bmo",'\
'"time":"2024-05-20T06:00:00Z","time_is":"stated"}'
git -C shapes log -1 --format='%s%n%b%aI %cI' >message
cat >expected <<'END'
capture bmo 2024-05-20T06:00:00Z
1 bugs, 17 comments, 11 changes, 1 attachments

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
prints "1 bugs, 17 comments, 11 changes, 1 attachments"
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
prints "1 bugs, 17 comments, 0 changes, 1 attachments"
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
prints "1 bugs, 2 comments, 0 changes, 0 attachments"
is "fields are kept, the account apart" "$(doc stock threads/bmo/07/00/7/thread.json)" \
    '{"alias":["x"],"cf_last_resolved":null,"creation_time":"2024-01-01T00:00:00Z","faults":[],"id":7,"status":"NEW","summary":"CA: stock"}'
is "a history without entries is one" "$(doc stock threads/bmo/07/00/7/changes.json)" '{"history":[]}'
ok "and replays" "$LAPSE" -C stock show bmo:7 --format ndjson
ok "with author and time from the other keys" jq -s -e '[.[] | select(.type == "post") | [.post, .author, .at]] ==
    [[0, "n@x.example", "2024-01-01T00:00:00Z"], [1, "m@x.example", "2024-01-02T00:00:00Z"]]' "$out"

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
		says '^lapse: import: 1 things came in two versions; the later one was kept (archive-layout.md says which that is)$'
		is "$1, $order: stays" "$(doc v threads/bmo/05/00/5/posts/0/1.json)" "$("$LAPSE" canon <<-END
			$2
		END
		)"
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
versions "and of equal beginnings the longer" "$(comment 1 A | jq -c '.zz = [1]')" "$(comment 1 A | jq -c '.zz = []')"
comments "$(comment 0 a)" "$(comment 1 b)" >v1.json
comments "$(comment 0 a)" "$(comment 3 d)" >v2.json
new joined
ok "two lists of one run" capture joined $first v1.json v2.json
says_nothing
is "are joined" "$(doc joined threads/bmo/05/00/5/posts.json)" '{"numbers":[0,1,3]}'
ok "a later run that lists fewer" capture joined $later v1.json
is "has a list of its own" "$(doc joined threads/bmo/05/00/5/posts.json)" '{"numbers":[0,1]}'
is "and the post that left it is still there" "$(doc joined threads/bmo/05/00/5/posts/0/3.json | jq -r .text)" d
ok "between runs the newer one counts" capture joined 2024-05-22T06:00:00Z <<-END -
	$(comments "$(comment 0 a)" "$(comment 1 A)")
END
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
    "A	captures/bmo/2024/05-22/23/59/59_002.json"
ok "another source has its own order" "$LAPSE" -C order import bugzilla --source other --captured-at 2020-01-01 changed.json
prints "^captured other at 2020-01-01T23:59:59Z (stated)"
is "threads of two sources are apart" "$(git -C order ls-tree --name-only HEAD threads/ | tr '\n' ' ')" "threads/bmo threads/other "
exits 2 "then the source has to be named" "$LAPSE" -C order import bugzilla changed.json
says "^lapse: import: the archive has several sources: say --source NAME (try 'lapse import -h')\$"
ok "one time zone or another is the same second" capture order 2024-05-23T01:00:00+01:00 changed.json
prints "at 2024-05-23T00:00:00Z"
ok "the order verifies" "$LAPSE" -C order verify

# ---- parts that come apart ----

new apart
ok "a bug without its comments" capture apart $first "$data/incident/bug.json"
ok "is a thread" "$LAPSE" -C apart list --format csv
prints '^bmo:101,,REOPENED,,0,,0,0,,2024-05-20T06:00:00Z,threads/bmo/01/01/101,'
ok "the comments" capture apart $later "$data/incident/comments.json"
is "and later the history" "$(capture apart 2024-05-22 "$data/incident/history.json" >/dev/null && at apart threads/bmo/01/01/101/changes.json)" \
    "$(at shapes threads/bmo/01/01/101/changes.json)"
new orphans
ok "comments without their bug" capture orphans $first "$data/incident/comments.json"
ok "are a thread too" "$LAPSE" -C orphans list --format csv
prints '^bmo:101,,,,17,2024-05-14T11:00:00Z,0,0,,2024-05-20T06:00:00Z,threads/bmo/01/01/101,'
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
ok "the bundled capture" capture demo 2026-03-14T06:37:16Z "$data"/demo/*.json.gz
prints '829 bugs, 10882 comments'
says '^lapse: import: the data speaks of ' && :
