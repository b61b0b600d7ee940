#!/bin/sh
# lapse verify: archives that are whole, and one that is not for every class of fault, made with git itself.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data/incident

# ---- archives that are whole ----

# whole NAME DIR: verify finds nothing.
whole() {
	ok "whole: $1" "$LAPSE" -C "$2" verify
	prints '^faults: 0 ('
	says_nothing
	ok "whole: $1, for programs" "$LAPSE" -C "$2" verify --json
	prints_nothing
}

ok "init" "$LAPSE" -q init good
whole "a new archive" good
ok "parties" "$LAPSE" -q -C good parties add "$data/parties.json"
ok "policy" "$LAPSE" -q -C good policy add "$data/rules.json"
ok "a capture" "$LAPSE" -q -C good import bugzilla --source bmo --captured-at 2024-05-20T06:00:00Z "$data/bug.json" "$data/comments.json" \
    "$data/history.json" "$data/attachment.json"
# A comment that goes to parts, and comments of two more sources.
head -c 1200000 /dev/zero | tr '\0' y >text
jq -nc --rawfile text text '{bugs: {"5": {comments: [{count: 0, creation_time: "2024-01-01T00:00:00Z", text: "r"},
    {count: 1, bug_id: 5, creation_time: "2024-01-02T00:00:00Z", text: $text}]}}, comments: {}}' >large.json
ok "another" "$LAPSE" -q -C good import bugzilla --source bmo --captured-at 2024-05-21T06:00:00Z large.json
ok "one that found nothing new" "$LAPSE" -q -C good import bugzilla --source bmo --captured-at 2024-05-22T06:00:00Z large.json
ok "two of one second" "$LAPSE" -q -C good import bugzilla --source bmo --captured-at 2024-05-22T06:00:00Z "$data/bug.json"
ok "another source, earlier" "$LAPSE" -q -C good import bugzilla --source other --captured-at 2020-01-01 "$data/bug.json"
whole "an archive" good
ok "how much there is" "$LAPSE" -C good verify
cp "$out" found
is "is said" "$(sed 's/.*commits \([0-9]*\), captures \([0-9]*\), documents \([0-9]*\).*/\1 \2 \3/' found)" \
    "$(git -C good rev-list --count HEAD) 5 $(for commit in $(git -C good rev-list HEAD); do
	git -C good diff-tree -r --root --no-commit-id --name-only "$commit" | sed 's,\.parts/[0-9]*$,.parts,' | sort -u; done | wc -l | tr -d ' ')"
ok "quietly the same" "$LAPSE" -q -C good verify
cp -R good packed
git -C packed gc -q --prune=now
whole "packed by git" packed
git -C packed repack -q -a -d -f --depth=50 --window=50
git -C packed multi-pack-index write 2>/dev/null
whole "with deltas and a multi-pack index" packed
git clone -q --bare good bare.git 2>/dev/null
whole "a bare clone" bare.git
git clone -q good tree 2>/dev/null
whole "a clone with a work tree" tree/.git
git -C good bundle create -q ../good.bundle --all
git clone -q --bare good.bundle unbundled.git 2>/dev/null
whole "out of a bundle" unbundled.git
cp -R good stuffed
git -C stuffed tag v1 HEAD~2
git -C stuffed -c user.name=x -c user.email=x@x.example notes add -m 'a note' HEAD
echo rubbish | git -C stuffed hash-object -w --stdin >/dev/null
git -C stuffed branch other HEAD~1
mkdir -p stuffed/hooks
printf '#!/bin/sh\ntouch "%s"\n' "$scratch/ran" >stuffed/hooks/post-checkout
chmod +x stuffed/hooks/post-checkout
git -C stuffed config core.fsmonitor "touch $scratch/ran"
git -C stuffed config alias.show "!touch $scratch/ran"
whole "with tags, notes, branches, rubbish, hooks and configuration, which are no part of it" stuffed
ok "nothing of it was run" test ! -e "$scratch/ran"

# ---- faults ----

export GIT_INDEX_FILE="$scratch/index"

cp -R good work
head=$(git -C good rev-parse HEAD)

# begin: the archive as it was, and its files in the index. What the last one left is rubbish there.
begin() {
	copy=work
	git -C work update-ref HEAD "$head" && git -C work read-tree HEAD
}

# copied DIR: the same, in a folder of its own.
copied() {
	copy=$1
	cp -R good "$copy" && git -C "$copy" read-tree HEAD
}

# put PATH [MODE]: standard input becomes a file of it.
put() {
	git -C "$copy" update-index --add --cacheinfo "${2:-100644},$(git -C "$copy" hash-object -w --stdin),$1"
}

# drop PATH
drop() {
	printf '0 %040d\t%s\n' 0 "$1" | git -C "$copy" update-index --index-info
}

# doc PATH: a document's bytes.
doc() {
	git -C "$copy" cat-file blob "HEAD:$1"
}

# commit MESSAGE [-p PARENT]: the index becomes a commit.
commit() {
	message=$1
	shift
	commit=$(git -C "$copy" write-tree) &&
	    commit=$(printf '%s\n' "$message" | git -C "$copy" -c user.name=x -c user.email=x@x.example commit-tree "$commit" -p HEAD "$@") &&
	    git -C "$copy" update-ref HEAD "$commit"
}

# record SOURCE TIME: the record of a capture that saw nothing. path TIME: where below its source's folder it lies.
record() {
	printf '{"asked":null,"counts":{},"format":"lapse-capture-1","kind":"bugzilla","lapse":"0","scope":{"attachments":[],"bugs":[],'\
'"comments":[],"history":[]},"source":"%s","time":"%s","time_is":"stated"}' "$1" "$2"
}
path() {
	echo "$1" | sed 's,^\(....\)-\(..\)-\(..\)T\(..\):\(..\):\(..\)Z$,\1/\2-\3/\4/\5/\6.json,'
}

# trailers SOURCE TIME IS RECORD: the message of a capture's commit.
trailers() {
	printf 'capture\n\nLapse-Source: %s\nLapse-Capture: %s\nLapse-Time: %s\nLapse-Record: %s\n' "$@"
}

# land [SOURCE [TIME]]: a commit, as a capture of a source, which is how threads change.
land() {
	source=${1:-bmo} time=${2:-2024-05-24T00:00:00Z}
	record "$source" "$time" | put "captures/$source/$(path "$time")"
	commit "$(trailers "$source" "$time" stated "captures/$source/$(path "$time")")"
}

# settle: a commit that is no capture, which is how settings change.
settle() {
	commit "a setting"
}

# verify OPTION...: the copy. A damaged one must not keep it for ever.
verify() {
	timeout 60 "$LAPSE" -C "$copy" verify "$@"
}

# has NAME CLASS PATH WHAT: verify says no, and names a fault of this class, at this path, with this sentence (the two are RE).
has() {
	exits 1 "$1" verify --json
	says_nothing
	jq -r '"\(.class) \(.path // "-") \(.what)"' "$out" >found
	ok "$1: $2 $3 $4, in: $(cat found)" grep -q -x "$2 $3 $4" found
}

# faults NAME CLASS PATH WHAT: the same, and no other, but for changes that nothing explains and that damage may look like.
faults() {
	has "$@"
	is "$1: one fault" "$(grep -c -v '^silent ' found)" 1
}

bug=threads/bmo/01/01/101
loose() {
	echo "$copy/objects/$(echo "$1" | cut -c 1-2)/$(echo "$1" | cut -c 3-)"
}

# Objects. git sees these too.
copied loose
oid=$(git -C $copy rev-parse "HEAD:$bug/posts/0/3.json")
chmod u+w "$(loose "$oid")"
cp "$(loose "$(git -C $copy rev-parse "HEAD:$bug/posts/0/4.json")")" "$(loose "$oid")"
broken $copy
has "a loose blob with another's bytes" object "$oid" ".*"
exits 1 "where" verify --json
is "the object is named" "$(jq -r 'select(.class == "object") | .path' "$out" | sort -u)" "$oid"
copied cut
oid=$(git -C $copy rev-parse "HEAD:$bug/posts/0/3.json")
chmod u+w "$(loose "$oid")"
head -c 20 "$(loose "$(git -C good rev-parse "HEAD:$bug/posts/0/3.json")" | sed "s,^$copy,good,")" >"$(loose "$oid")"
broken $copy
has "a loose blob cut short" object "$oid" ".*"
copied gone
oid=$(git -C $copy rev-parse "HEAD:$bug/posts/0/3.json")
rm -f "$(loose "$oid")"
broken $copy
has "a blob that is missing" object "$oid" "is not in the archive"
copied gone-tree
oid=$(git -C $copy rev-parse "HEAD~3:$bug")
rm -f "$(loose "$oid")"
broken $copy
has "a tree that is missing" object "$oid" "is not in the archive"
copied gone-commit
oid=$(git -C $copy rev-parse HEAD~3)
rm -f "$(loose "$oid")"
broken $copy
has "a commit that is missing" object "$oid" "is not in the archive"
cp -R good packs
git -C packs repack -q -a -d
for n in 1 2; do
	echo $n | git -C packs hash-object -w --stdin | git -C packs pack-objects -q objects/pack/pack >/dev/null
done
git -C packs prune-packed
copy=packs
whole "three packs" packs
large=$(find packs/objects/pack -name '*.pack' -size +2 | head -n 1)
cp -R packs swapped && copy=swapped
chmod -R u+w swapped
set -- swapped/objects/pack/*.idx
cp "$1" idx && cp "$2" "$1" && cp idx "$2"
broken swapped
has "two packs with each other's index" object ".*" ".*"
cp -R packs flipped && copy=flipped
chmod -R u+w flipped
file=flipped${large#packs}
printf '\377' | dd of="$file" bs=1 seek=2000 conv=notrunc 2>/dev/null
broken flipped
has "a pack with another byte" object ".*" ".*"
cp -R packs short && copy=short
chmod -R u+w short
file=short${large#packs}
size=$(wc -c <"$file")
head -c $((size - 30)) "$large" >"$file"
broken short
has "a pack cut short" object ".*" ".*"
cp -R packs noindex && copy=noindex
chmod -R u+w noindex
file=noindex${large#packs}
rm "${file%.pack}.idx"
broken noindex
exits 1 "a pack without its index" verify
prints '^object '

# Documents.
begin
doc $bug/posts/0/3.json | jq . | put $bug/posts/0/3.json
land
faults "a document with blanks" canonical $bug/posts/0/3.json "not in canonical form (RFC 8785)"
exits 1 "where" verify --json
cp "$out" found
is "the commit is named" "$(jq -r .commit found)" "$commit"
is "the keys are" "$(jq -c keys found)" '["class","commit","path","type","v","what"]'
exits 1 "as a table" verify
prints '^class  *object or path  *fault$'
prints "^canonical  $bug/posts/0/3\.json  not in canonical form (RFC 8785)\$"
prints '^faults: 1 (commits 9, captures 6, documents [0-9]*; threads compared 1, silent 0, history 0)$'
says_nothing
begin
{ doc $bug/posts/0/3.json && echo; } | put $bug/posts/0/3.json
land
faults "a newline at the end" canonical $bug/posts/0/3.json "not in canonical form (RFC 8785)"
begin
doc $bug/posts/0/3.json | sed 's/"count":3/"count":3.0/' | put $bug/posts/0/3.json
land
faults "a number spelt otherwise" canonical $bug/posts/0/3.json "not in canonical form (RFC 8785)"
begin
printf '{"format":"lapse-archive-1","format":"lapse-archive-1"}' | put lapse.json
settle
faults "a key twice" canonical lapse.json ".*a duplicate key"
begin
printf 'no JSON' | put people/bmo/11/00/11.json
land
faults "no JSON at all" canonical people/bmo/11/00/11.json ".*"
begin
printf '{ }' | put $bug/posts/0/3.json
land
git -C good cat-file blob "HEAD:$bug/posts/0/3.json" | put $bug/posts/0/3.json
land bmo 2024-05-25T00:00:00Z
has "a fault of an older commit" canonical $bug/posts/0/3.json "not in canonical form (RFC 8785)"

# schema NAME PATH TEXT WHAT: a document that its place does not allow.
schema() {
	begin
	printf '%s' "$3" | put "$2"
	case $2 in threads/* | people/*) land ;; *) settle ;; esac
	faults "$1" schema "$2" "$4"
}
schema "a post without its time" $bug/posts/0/3.json '{"count":3}' 'no "creation_time"'
schema "a post without its number" $bug/posts/0/3.json '{"creation_time":"2024-01-01T00:00:00Z"}' '"count" is not a number from 0'
schema "a post with a time that is none" $bug/posts/0/3.json '{"count":3,"creation_time":"2024"}' "creation_time: not a time: '2024'"
schema "a list" $bug/thread.json '[]' 'not an object'
schema "a thread with a time that is none" $bug/thread.json '{"creation_time":"x","id":101}' "creation_time: not a time: 'x'"
schema "a history without its list" $bug/changes.json '{"history":{}}' 'no list "history"'
schema "a change without its field" $bug/changes.json '{"history":[{"changes":[{}],"when":"2024-01-01T00:00:00Z"}]}' 'a change without "field_name"'
schema "numbers that go back" $bug/posts.json '{"numbers":[0,2,1]}' '"numbers" is not in ascending order'
schema "numbers that stand twice" $bug/attachments.json '{"numbers":[9001,9001]}' '"numbers" is not in ascending order'
schema "no numbers" $bug/posts.json '{"numbers":["0"]}' '"numbers" holds something that is no number from 0'
schema "another version's archive" lapse.json '{"format":"lapse-archive-2"}' 'format "lapse-archive-2", not "lapse-archive-1"'
schema "another version's source" sources/bmo.json '{"format":"lapse-source-9","kind":"bugzilla","name":"bmo","url":null}' 'format "lapse-source-9", .*'
schema "parties that are none" parties.json '{"format":"lapse-parties-1","parties":[{"id":"a","role":"king"}]}' "parties: party 'a': unknown role 'king' .*"
schema "a policy that is none" policies/ccadb.json '{"format":"lapse-policy-1","id":"ccadb","rules":[{"id":"r"}]}' "policy: rule 'r': .*"

# identity NAME PATH JQ WHAT: a document that says that it is another.
identity() {
	begin
	doc "$2" | jq -cS "$3" | tr -d '\n' | put "$2"
	case $2 in threads/* | people/*) land ;; *) settle ;; esac
	faults "$1" identity "$2" "$4"
}
identity "another bug's fields" $bug/thread.json '.id = 102' '"id" is not the 101 of its path'
identity "fields of no bug" $bug/thread.json 'del(.id)' '"id" is not the 101 of its path'
identity "another comment" $bug/posts/0/3.json '.count = 4' '"count" is not the 3 of its path'
identity "another bug's comment" $bug/posts/0/3.json '.bug_id = 102' '"bug_id" is not the 101 of its path'
identity "another attachment" $bug/attachments/01/9001.json '.id = 9002' '"id" is not the 9001 of its path'
identity "another account" people/bmo/11/00/11.json '.id = 12' '"id" is not the 11 of its path'
identity "another source" sources/bmo.json '.name = "bmx"' "\"name\" is not the 'bmo' of its path"
identity "another policy" policies/example-rules.json '.id = "other"' "\"id\" is not the 'example-rules' of its path"

# layout NAME PATH WHAT: a path that no archive has.
layout() {
	begin
	printf '{"count":3,"creation_time":"2024-01-01T00:00:00Z"}' | put "$2"
	land
	faults "$1" layout "$2" "${3:-no path of an archive}"
}
layout "a file at the top" README.md
layout "a file in a bug" $bug/note.json
layout "a bug in the wrong folder" threads/bmo/01/02/101/posts.json
layout "a number with a zero before it" threads/bmo/01/00/01/posts.json
layout "a post in the wrong folder" $bug/posts/1/3.json
layout "a source in capitals" threads/BMO/01/01/101/posts.json
layout "a capture at no time" captures/bmo/2024/02-30/06/00/00.json
layout "a capture that is the first twice" captures/bmo/2024/05-20/06/00/00_001.json
layout "a document without .json" $bug/posts/0/3
layout "a hidden file" .gitattributes
printf x >target
begin
printf target | put $bug/posts/0/99.json 120000
land
faults "a symbolic link" layout $bug/posts/0/99.json "neither a plain file nor a folder"
begin
doc $bug/posts/0/3.json | put $bug/posts/0/3.json 100755
land
faults "an executable" layout $bug/posts/0/3.json "neither a plain file nor a folder"
begin
git -C $copy update-index --add --cacheinfo "160000,$(git -C $copy rev-parse HEAD),threads/bmo/01/01/102"
land
faults "a submodule" layout threads/bmo/01/01/102 "neither a plain file nor a folder"
begin
printf '{}' | put "threads/bmo/$(printf '\033[31mx\nlapse: forged')"
land
exits 1 "a hostile path" verify
prints '^layout  threads/bmo/\\x1B\[31mx lapse: forged  no path of an archive$'
exits 1 "a hostile path, for programs" verify --json
is "is one of class" "$(jq -r '.class' "$out")" layout

# Parts.
large=threads/bmo/05/00/5/posts/0/1
# slice N: the document's bytes of that part.
slice() {
	git -C good cat-file blob "HEAD:$large.parts/$1"
}
begin
doc $bug/posts/0/3.json | put $bug/posts/0/3.parts/0
drop $bug/posts/0/3.json
land
has "a small document in parts" layout $bug/posts/0/3.parts ".*"
begin
printf '{"bug_id":5,"count":1,"creation_time":"2024-01-02T00:00:00Z","text":"s"}' | put $large.json
land
has "a document in both forms" layout "$large\\.[a-z]*" ".*"
begin
for n in 0 1 2; do slice $n; done | put $large.json
for n in 0 1 2; do drop $large.parts/$n; done
land
faults "a large document in one" layout $large.json "too large, and not in parts"
begin
drop $large.parts/1
land
has "a part that is missing" layout $large.parts ".*"
begin
{ slice 0; slice 1; } | head -c 600000 | put $large.parts/0
{ slice 0; slice 1; } | tail -c +600001 | put $large.parts/1
land
has "parts of other sizes" layout $large.parts ".*"
begin
printf x | put $large.parts/3
land
has "a part too many" "[a-z]*" $large.parts ".*"
begin
slice 2 | put $large.parts/02
drop $large.parts/2
land
has "a part by another name" layout "$large\\.parts.*" ".*"
begin
printf '' | put $large.parts/3
land
has "an empty part" layout $large.parts ".*"
begin
{ for n in 0 1 2; do slice $n; done && echo; } >text
for n in 0 1 2; do tail -c +$((n * 524288 + 1)) text | head -c 524288 | put $large.parts/$n; done
land
faults "a large document with a newline at its end" canonical $large.parts "not in canonical form (RFC 8785)"
begin
ok "a comment that shrinks" "$LAPSE" -q -C work import bugzilla --source bmo --captured-at 2024-05-23 - <<'END'
{"bugs":{"5":{"comments":[{"count":0,"creation_time":"2024-01-01T00:00:00Z","text":"r"},{"count":1,"bug_id":5,"creation_time":"2024-01-02T00:00:00Z","text":"s"}]}},"comments":{}}
END
exits 1 "a comment that leaves its parts is whole, and silently edited" "$LAPSE" -C work verify
prints '^faults: 1 (.* silent 1, history 0)$'
prints '^silent  threads/bmo/05/00/5/posts/0/1.json  bmo:5#1: edited between 2024-05-22T06:00:00Z and 2024-05-23T00:00:00Z, and nothing explains it; before: '

# What was there stays there.
begin
drop $bug/posts/0/3.json
land
faults "a document that is gone" removed $bug/posts/0/3.json "the document is gone from the archive"
begin
for n in 0 1 2; do drop $large.parts/$n; done
land
faults "a large document that is gone" removed "$large\\.parts.*" "the document is gone from the archive"
begin
git -C $copy ls-files "threads/other/*" | while read -r file; do drop "$file"; done
land other
has "a bug that is gone" removed threads/other/01/01/101/thread.json "the document is gone from the archive"

# Captures: their order, their records.
next=captures/bmo/2024/05-24/00/00/00.json
begin
record bmo 2024-05-24T00:00:00Z | put $next
commit "$(trailers bmo 2024-05-24T00:00:00Z stated $next)"
whole "a capture by somebody else's program" work
begin
record bmo 2024-05-20T06:00:01Z | put captures/bmo/2024/05-20/06/00/01.json
commit "$(trailers bmo 2024-05-20T06:00:01Z stated captures/bmo/2024/05-20/06/00/01.json)"
exits 1 "a capture older than the one before" verify
prints '^order  .*a later commit holds an earlier capture of this source$'
prints '^faults: 1 '
begin
commit "$(trailers bmo 2024-05-24T00:00:00Z stated $next)"
faults "a capture without its record" record $next "the commit does not add just the record that it names"
begin
record bmo 2024-05-24T00:00:00Z | put $next
commit "captures nothing"
has "a record without its capture" record $next "the commit does not say that it is a capture"
begin
record bmo 2024-05-24T00:00:00Z | put $next
commit "$(trailers bmo 2024-05-24T00:00:01Z stated captures/bmo/2024/05-24/00/00/01.json)"
has "a capture that names another record" record captures/bmo/2024/05-24/00/00/01.json "the commit does not add just the record that it names"
begin
record bmo 2024-05-24T00:00:00Z | put $next
record bmo 2024-05-24T00:00:01Z | put captures/bmo/2024/05-24/00/00/01.json
commit "$(trailers bmo 2024-05-24T00:00:00Z stated $next)"
has "a capture with two records" record "captures/bmo/2024/05-24/00/00/0[01].json" "the commit does not add just the record that it names"
begin
commit "$(trailers bmo 2024-05-22T06:00:00Z stated captures/bmo/2024/05-22/06/00/00.json)"
faults "a capture with an old record" record captures/bmo/2024/05-22/06/00/00.json "the commit does not add just the record that it names"
for wrong in "other 2024-05-24T00:00:00Z" "bmo 2024-05-24T00:00:01Z" "bmo today"; do
	begin
	record bmo 2024-05-24T00:00:00Z | put $next
	# shellcheck disable=SC2086
	commit "$(trailers $wrong stated $next)"
	has "trailers that say $wrong" record $next "the commit's trailers and its record do not agree"
done
begin
record bmo 2024-05-24T00:00:00Z | put $next
commit "$(trailers bmo 2024-05-24T00:00:00Z observed $next)"
has "a time that was stated and is called observed" record $next "the commit's trailers and its record do not agree"
begin
record bmo 2024-05-24T00:00:01Z | put $next
commit "$(trailers bmo 2024-05-24T00:00:00Z stated $next)"
faults "a record of another time" identity $next "\"time\" is not the '2024-05-24T00:00:00Z' of its path"
begin
record other 2024-05-24T00:00:00Z | put $next
commit "$(trailers bmo 2024-05-24T00:00:00Z stated $next)"
faults "a record of another source" identity $next "\"source\" is not the 'bmo' of its path"
begin
record bmo 2024-05-24T00:00:00Z | jq -cS 'del(.scope.history)' | tr -d '\n' | put $next
commit "$(trailers bmo 2024-05-24T00:00:00Z stated $next)"
faults "a record without its scope" schema $next 'no list "history"'
begin
record bmo 2024-05-24T00:00:00Z | jq -cS '.time_is = "guessed"' | tr -d '\n' | put $next
commit "$(trailers bmo 2024-05-24T00:00:00Z stated $next)"
faults "a record of a guess" schema $next '"time_is" is neither "stated" nor "observed"'
# What a source said changes in captures of it, and settings do not.
begin
doc $bug/posts/0/4.json | jq -cS '.text = "forged"' | tr -d '\n' | put $bug/posts/0/4.json
settle
faults "a post that no capture changed" record $bug/posts/0/4.json "changed by a commit that is no capture"
exits 3 "no capture builds on that" "$LAPSE" -C $copy import bugzilla --source bmo --captured-at 2024-05-25 "$data/bug.json"
says "^lapse: import: what the archive holds of source 'bmo' was changed by a commit that is no capture (lapse verify names it)\$"
ok "another source's does" "$LAPSE" -q -C $copy import bugzilla --source other --captured-at 2024-05-25 "$data/bug.json"
begin
doc $bug/posts/0/4.json | jq -cS '.text = "forged"' | tr -d '\n' | put $bug/posts/0/4.json
land other
faults "a post that another source's capture changed" record $bug/posts/0/4.json "changed by a capture of another source"
for trailers in "Lapse-Source: bmo" "Lapse-Source: bmo
Lapse-Capture: 2024-05-24T00:00:00Z" "Lapse-Source: bmo
Lapse-Capture: 2024-05-24T00:00:00Z
Lapse-Time: stated"; do
	begin
	doc $bug/posts/0/4.json | jq -cS '.text = "forged"' | tr -d '\n' | put $bug/posts/0/4.json
	commit "no capture

$trailers"
	has "a commit that is a capture in part: $(echo "$trailers" | tail -n 1)" record ".*" ".*"
done
begin
printf '{"format":"lapse-parties-1","parties":[]}' | put parties.json
land
faults "parties that a capture changed" record parties.json "changed by a capture, which changes no settings"
begin
side=$(git -C $copy rev-parse HEAD~1)
record bmo 2024-05-24T00:00:00Z | put $next
commit "$(trailers bmo 2024-05-24T00:00:00Z stated $next)" -p "$side"
exits 1 "a merge" verify
prints '^order  *-  *a merge: captures follow one another in one line$'

# What makes git show another history than the objects hold.
copied replace
git -C $copy replace "$(git -C $copy rev-parse "HEAD:$bug/posts/0/3.json")" "$(git -C $copy rev-parse "HEAD:$bug/posts/0/4.json")"
faults "a replaced object" replace "-" "refs/replace/.*: git shows another object in its place"
ok "is not shown replaced" "$LAPSE" -C $copy show 'bmo:101#3' --json
is "but as it is" "$(jq -r 'select(.type == "post") | .text' "$out")" "Could you list the serial numbers?"
git -C $copy pack-refs --all
faults "a replaced object in packed refs" replace "-" "refs/replace/.*: git shows another object in its place"
copied grafts
mkdir -p grafts/info
git -C grafts rev-parse HEAD >grafts/info/grafts
faults "grafts" grafts "-" "info/grafts: git gives commits other parents"
copied alternates
mkdir -p alternates/objects/info
(cd packed && pwd) | sed 's,$,/objects,' >alternates/objects/info/alternates
faults "alternates" alternates "-" "objects/info/alternates: git reads objects from another folder"
copied borrowed
oid=$(git -C $copy rev-parse "HEAD:$bug/posts/0/3.json")
rm -f "$(loose "$oid")"
mkdir -p borrowed/objects/info
(cd good && pwd) | sed 's,$,/objects,' >borrowed/objects/info/alternates
has "what lies only there" object "$oid" "is not in the archive"
git clone -q --bare --depth 2 "file://$(pwd)/good" shallow 2>/dev/null
copy=shallow
broken shallow
has "a shallow clone" shallow "-" "shallow: the history is cut off"

# Things that are no archive.
git init -q --bare bare
copy=bare
exits 1 "a repository without a commit" verify
prints '^layout  *-  *the archive has no commit$'
mkdir nothing
exits 3 "a folder" "$LAPSE" -C nothing verify
says "^lapse: verify: no archive in 'nothing' (lapse init makes one)\$"
exits 3 "a folder that is not there" "$LAPSE" -C nowhere verify
says "^lapse: verify: no archive in 'nowhere' (lapse init makes one)\$"
exits 2 "an operand" "$LAPSE" -C good verify x
says "^lapse: verify: too many operands: lapse verify (try 'lapse verify -h')\$"
exits 2 "at another time" "$LAPSE" -C good verify --at 2024-01-01
says "^lapse: verify: --at means nothing to this command"
begin
printf '{}' | put README.md
settle
exits 1 "CSV" verify --format csv
printf '%s\r\n' class,commit,path,what "layout,$commit,README.md,no path of an archive" >expected
same_as expected
exits 1 "Markdown" verify --format markdown
prints '^| layout | README.md | no path of an archive |$'
unset GIT_INDEX_FILE
finish
