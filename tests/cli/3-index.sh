#!/bin/sh
# The index in the user's cache folder: with it, without it and with a damaged one every answer is the same.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data/incident
index=$XDG_CACHE_HOME/lapse/index-4
export LAPSE_NOW=2024-06-10T00:00:00Z

# bare CMD...: without any place for an index.
bare() {
	env XDG_CACHE_HOME=/nonexistent/cache HOME=/nonexistent/home "$@"
}

# agree NAME STATUS OPERAND...: with and without, the same bytes and the same status.
agree() {
	name=$1 wanted=$2
	shift 2
	exits "$wanted" "$name, without an index" bare "$LAPSE" -C archive "$@"
	cp "$out" bare.out && cp "$err" bare.err
	exits "$wanted" "$name, with one" "$LAPSE" -C archive "$@"
	cp "$err" said
	same_as bare.out
	if cmp -s bare.err said; then pass; else fail "$name, with one: says the same"; fi
}

ok "an archive" "$LAPSE" -q init archive
ok "a capture" "$LAPSE" -q -C archive import bugzilla --source example --captured-at 2024-05-20T06:00:00Z \
    "$data/bug.json" "$data/comments.json" "$data/history.json"
first=$(git -C archive rev-parse HEAD)
agree "the first capture" 0 log --all --json 101
ok "there is an index now" test -f "$index/$first"

# ---- what killed runs have left ----

: >"$index/new-old" && touch -t 202001010000 "$index/new-old"
: >"$index/new-now"
: >"$index/note" && touch -t 202001010000 "$index/note"
rm "$index/$first"
agree "after a run that was killed" 0 log --all --json 101
ok "its file is gone" test ! -e "$index/new-old"
ok "one that is being written is not" test -e "$index/new-now"
ok "what is not ours is not" test -e "$index/note"
rm "$index/new-now" "$index/note"

# ---- places that are none ----

for place in relative /nonexistent/x "$PWD/file" "$PWD/loop" "$PWD/closed"; do
	: >file && ln -sf loop loop && mkdir -p closed && chmod 555 closed
	ok "the index at $place" env XDG_CACHE_HOME="$place" HOME=/nonexistent "$LAPSE" -C archive log --all --json 101
	same_as bare.out
done
ok "nothing is made in the working folder" test ! -e relative

# ---- files that are none ----

# instead NAME CMD...: what CMD makes of the index's file is not believed.
instead() {
	what=$1
	shift
	rm -rf "${index:?}/$first"
	"$@"
	agree "$what" 0 log --all --json 101
}
cp "$index/$first" good
instead "a pipe" mkfifo "$index/$first"
instead "a folder" mkdir "$index/$first"
instead "a link" ln -s "$PWD/good" "$index/$first"
instead "a shorter one" sh -c 'head -c 1000 good >"$0"' "$index/$first"
instead "an empty one" sh -c ': >"$0"' "$index/$first"
instead "one of another version" sh -c 'sed "s/lapse index 2/lapse index 9/" good >"$0"' "$index/$first"
instead "one with other texts" sh -c 'sed "s/trust.example/crust.example/" good >"$0"' "$index/$first"
instead "one that others may write" sh -c 'sed "s/trust.example/crust.example/" good >"$0" && chmod 666 "$0"' "$index/$first"

# ---- a thread that was damaged ----

# strange FILE NUMBER TIME: a capture by hand, of this text at the path of a post.
strange() {
	export GIT_INDEX_FILE="$scratch/index"
	record=captures/example/2024/$(echo "$3" | cut -c 6-10)/12/00/00.json
	git -C archive read-tree HEAD
	git -C archive update-index --add --cacheinfo "100644,$(git -C archive hash-object -w "$PWD/$1"),threads/example/01/01/101/posts/0/$2.json"
	printf '{"asked":null,"counts":{"attachments":0,"bugs":0,"changes":0,"comments":0,"in_two_versions":0,"people":0},"format":"lapse-capture-1","kind":"bugzilla","lapse":"0","scope":{"attachments":[],"bugs":[101],"comments":[101],"history":[101]},"source":"example","time":"%s","time_is":"stated"}' "$3" >record.json
	git -C archive update-index --add --cacheinfo "100644,$(git -C archive hash-object -w "$PWD/record.json"),$record"
	printf 'capture example %s\n\nx\n\nLapse-Source: example\nLapse-Capture: %s\nLapse-Time: stated\nLapse-Record: %s\n' "$3" "$3" "$record" >message
	commit=$(git -C archive -c user.name=x -c user.email=x@x commit-tree "$(git -C archive write-tree)" -p HEAD -F "$PWD/message")
	git -C archive update-ref HEAD "$commit"
	unset GIT_INDEX_FILE
}
broken archive
git -C archive show HEAD:threads/example/01/01/101/posts/0/1.json >whole.json
printf 'no JSON' >damaged.json
strange damaged.json 1 2024-05-21T12:00:00Z
agree "a damaged post" 3 list
says '^lapse: list: threads/example/01/01/101/posts/0/1.json: .*not a JSON value$'
strange whole.json 1 2024-05-22T12:00:00Z
for known in "$first" 2024-05-20 2024-05-21 2024-05-22; do
	agree "a post that was damaged, as known at $known" 3 list --known "$known"
	says '^lapse: list: threads/example/01/01/101/posts/0/1.json: .*not a JSON value$'
	agree "its gaps, as known at $known" 3 gaps --json --known "$known"
	agree "its thread, as known at $known" 3 show 101 --known "$known"
done
# ---- verify tells when it is not what the archive gives ----

rm -rf "$XDG_CACHE_HOME"
ok "another archive" "$LAPSE" -q init told
ok "its capture" "$LAPSE" -q -C told import bugzilla --source example --captured-at 2024-05-20T06:00:00Z "$data/bug.json" "$data/comments.json"
ok "its index" "$LAPSE" -C told list
printf 'x' | dd of="$index/$(git -C told rev-parse HEAD)" bs=1 seek=40 conv=notrunc 2>"$scratch/dd"
exits 1 "an index with another record" "$LAPSE" -C told verify
prints '^index  threads/example/01/01/101  '
ok "it was thrown away" "$LAPSE" -C told verify
prints '^faults: 0 ('
finish
