#!/bin/sh
# lapse sync --recheck: edit counts for who may see them, ETags for all others; what is asked, what is sent, what verify makes of it.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
. "$root/tests/cli/syncs.sh"

# what was asked: edit counts, bugs whole; and how many bytes were sent.
counts() { grep -c '^GET /rest/bug?id=[0-9,]*&include_fields=id,comments.id,.*comments.edit_count' one.log; }
wholes() { grep -c '^GET /rest/bug?id=[0-9,]*&include_fields=_default,comments,history,attachments&' one.log; }
with_etag() { grep -c '^If-None-Match: ' one.log; }
bytes() { sed -n 's/^# body //p' one.log | awk '{ n += $1 } END { print n }'; }

bugs state 1 130 2025-05-30T00:00:00Z 3
echo '{"key":"Sesame7c2f1e"}' | keep server.json
at 2025-06-01T00:00:00Z
serve one --bugzilla state

# ---- nobody is logged in: ETags ----

archive a
ok "a first sync" sync a
at 2025-06-01T02:00:00Z
ok "the first time" sync a --recheck all
prints '^bmo: bugs read again: 130 (as before by their edit counts: 0, not modified: 0, sent again: 130)$'
is "nobody asks for edit counts without a key" "$(counts) $(with_etag)" "0 0"
requests=$(wholes) whole=$(bytes)
at 2025-06-01T04:00:00Z
ok "the second time" sync a --recheck all
prints '^bmo: bugs read again: 130 (as before by their edit counts: 0, not modified: 130, sent again: 0)$'
is "as many requests" "$(wholes)" "$requests"
is "all with an ETag" "$(with_etag)" "$requests"
ok "and next to nothing is sent" test "$(bytes)" -lt $((whole / 100))
is "all are covered" "$(said a '.scope | map(length)')" '[130,130,130,130]'
is "the record says how" "$(said a '[.recheck.threads, .recheck.by_edit_counts, (.recheck.not_modified | map(length))]')" '[130,0,[130]]'
is "and by which capture" "$(said a '.recheck.not_modified | keys[0]')" "\"$(git -C a rev-parse HEAD^)\""
ok "it verifies" "$LAPSE" -C a verify
ok "an answer that changed nothing is in the evidence" sh -c \
    'git -C a cat-file blob "evidence:evidence/bmo/2025/06-01/04-00-00/0001.warc.gz" | gunzip | grep -a -q "^HTTP/1.1 304 "'
at 2025-06-01T06:00:00Z
alter 77 '.comments[1].text = "another" | .comments[1].raw_text = "another"'
ok "an edit" sync a --recheck all
is "changes one answer" "$(said a '[.counts.bugs, (.recheck.not_modified | map(length) | add)] | add')" 130
ok "of more requests than that" test "$(said a .counts.bugs)" -lt 130
ok "and is told" "$LAPSE" -C a log bmo:77
prints 'edited .*between 2025-06-01T04:00:00Z and 2025-06-01T06:00:00Z'
at 2025-06-01T08:00:00Z
bug state 131 2025-06-01T07:00:00Z 3
alter 20 '.last_change_time = "2025-06-01T07:00:00Z" | .summary = "Example Trust: another name"'
ok "what changed" sync a --recheck all
is "is not read twice" "$(grep -o '^GET /rest/bug?id=[0-9,]*' one.log | tr '=' ',' | tr ',' '\n' | grep -c -x 20)" 1
is "the others of its group are, not those of other groups" "$(said a '[(.recheck.not_modified | map(length) | add) > 60, .counts.bugs < 70, .counts.bugs > 2]')" '[true,true,true]'
ok "it verifies, but for the edit" sh -c '"$1" -C a verify >told; grep "^faults: " told' sh "$LAPSE"
prints '^faults: 2 .*silent 2, '

# ---- what an ETag stood for is not there ----

at 2025-06-01T10:00:00Z
ok "all once more" sync a --recheck all
ok "nothing has changed" sync a --force --recheck all
prints 'not modified: 131, sent again: 0)$'
cp -r a other
ok "another archive" sync other --force --recheck all
is "has no ETags" "$(with_etag)" 0
at 2025-06-01T12:00:00Z
alter 50 '.comments += [{id: 50003, bug_id: 50, count: 3, author: "x@y.example", is_private: false, creation_time: "2025-06-01T11:00:00Z", text: "new", raw_text: "new", tags: []}]'
jq -c . state/50.json >saved.json
ok "an import between" "$LAPSE" -q -C a import bugzilla --source bmo saved.json --captured-at 2025-06-01T11:30:00Z
alter 50 'del(.comments[3])'
ok "reading again" sync a --recheck all
ok "does not take what is kept for what it was" test "$(said a .counts.bugs)" -gt 0
is "so the list is right" "$(git -C a cat-file blob HEAD:threads/bmo/50/00/50/posts.json)" '{"numbers":[0,1,2]}'
rm -r "$XDG_STATE_HOME/lapse/etags"
at 2025-06-01T14:00:00Z
ok "without the user's folder" sync a --recheck all
prints 'not modified: 0, sent again: 131)$'
for file in "$XDG_STATE_HOME"/lapse/etags/*; do
	sed 's/\(.\{65\}\)\(.\{40\}\)/\10000000000000000000000000000000000000000/' "$file" >damaged && cp damaged "$file"
done
at 2025-06-01T16:00:00Z
ok "with one that names no capture" sync a --recheck all
prints 'not modified: 0, sent again: 131)$'
at 2025-06-01T18:00:00Z
ok "which heals" sync a --recheck all
prints 'not modified: 131, sent again: 0)$'

# ---- logged in, and without the right: the same ----

mkdir -p "$XDG_CONFIG_HOME/lapse"
(umask 077 && echo "127.0.0.1:$one_port Sesame7c2f1e" >"$XDG_CONFIG_HOME/lapse/keys")
echo '{"key":"Sesame7c2f1e","edits":0}' | keep server.json
bugs state 1 130 2025-05-30T00:00:00Z 3
rm -f state/131.json
at 2025-06-02T00:00:00Z
archive b
ok "a first sync" sync b
at 2025-06-02T02:00:00Z
ok "the first time" sync b --recheck all
prints 'by their edit counts: 0, not modified: 0, sent again: 130)$'
is "edit counts are asked for, once" "$(counts)" 1
at 2025-06-02T04:00:00Z
ok "the second time" sync b --recheck all
prints 'by their edit counts: 0, not modified: 130, sent again: 0)$'

at 2025-06-02T06:00:00Z
ok "an archive that was told without a key" sync a --recheck all
prints 'not modified: 0, sent again: 131)$'
is "sends no ETag of that time with it" "$(with_etag)" 0

# ---- with the right ----

echo '{"key":"Sesame7c2f1e"}' | keep server.json
at 2025-06-03T00:00:00Z
archive c
ok "a first sync" sync c
at 2025-06-03T02:00:00Z
ok "the first time" sync c --recheck all
prints '^bmo: bugs read again: 130 (as before by their edit counts: 130, not modified: 0, sent again: 0)$'
is "one request tells it" "$(counts) $(wholes)" "1 0"
ok "with less than half of the bytes" test "$(bytes)" -lt $((whole / 2))
is "the comments are covered, and nothing else" "$(said c '[.scope | .bugs, .comments, .history, .attachments | length]')" '[0,130,0,0]'
is "the record says how" "$(said c .recheck)" '{"by_edit_counts":130,"not_modified":{},"threads":130}'
ok "it verifies" "$LAPSE" -C c verify
at 2025-06-03T04:00:00Z
alter 8 '.comments[2] += {text: "edited", raw_text: "edited", edit_count: 1, last_change_time: "2025-06-03T03:00:00Z"}'
alter 9 '.comments[0].tags = ["spam"]'
alter 10 'del(.comments[1])'
ok "three bugs" sync c --recheck all
prints 'by their edit counts: 127, not modified: 0, sent again: 3)$'
is "are fetched in one request" "$(grep -o '^GET /rest/bug?id=[0-9,]*&include_fields=_default' one.log | tr -dc '0-9,&')" '8,9,10&'
ok "the edit" "$LAPSE" -C c log bmo:8
prints 'edited .*between 2025-06-03T02:00:00Z and 2025-06-03T04:00:00Z'
ok "it verifies, but for what vanished: the counts declare the edit" sh -c '"$1" -C c verify >told; grep "^faults: " told' sh "$LAPSE"
prints '^faults: 1 .*silent 1, '
at 2025-06-03T06:00:00Z
ok "those not read within the hour" sync c --recheck 1h
prints 'by their edit counts: 130, not modified: 0, sent again: 0)$'
at 2025-06-03T06:30:00Z
ok "are read now" sync c --recheck 1h
is "by their counts alone" "$(counts) $(wholes)" "0 0"
ok "an archive of before" sh -c 'rm -f "$1/lapse/keys"' sh "$XDG_CONFIG_HOME"
archive d
ok "made without a key" sync d
(umask 077 && echo "127.0.0.1:$one_port Sesame7c2f1e" >"$XDG_CONFIG_HOME/lapse/keys")
at 2025-06-03T08:00:00Z
ok "knows no counts" sync d --recheck all
prints 'by their edit counts: 0, not modified: 0, sent again: 130)$'
at 2025-06-03T10:00:00Z
ok "until it has read them" sync d --recheck all
prints 'by their edit counts: 130, not modified: 0, sent again: 0)$'

# ---- for so long ----

rm "$XDG_CONFIG_HOME/lapse/keys"
at 2025-07-01T00:00:00Z
archive long
ok "a first sync" sync long
at 2025-07-01T02:00:00Z
ok "all of it once more" sync long --recheck all
at 2025-07-31T02:00:00Z
ok "thirty days later" sync long --recheck all
ok "what the server then said counts" sh -c '[ "$1" -gt 100 ]' sh "$(said long '.recheck.not_modified | map(length) | add')"
at 2025-07-31T02:00:01Z
ok "a second more" sync long --force --recheck all
is "and it is asked for all of it" "$(said long '.recheck.not_modified')" '{}'

# ---- more than a run reads, and hidden ----

bugs state 1 207 2025-05-30T00:00:00Z 1
at 2025-08-01T00:00:00Z
archive many
ok "its habit" "$LAPSE" -q -C many source set bmo --recheck all
ok "a first sync" sync many
bugs state 1 203 2025-05-30T00:00:00Z 1 '{"groups":["secret"]}'
for minute in 1 2 3 4 5; do
	at "2025-08-01T00:0$minute:00Z"
	ok "fifty more are asked for themselves" "$LAPSE" -q -C many sync --force --recheck none
	says 'not visible any more: '
	ok "of the others nobody says that they are visible" sh -c '! grep "visible, but" "$1"' sh "$err"
done
is "most are hidden" "$(said many '.not_visible | length')" 203
is "and nothing was read again for once" "$(said many .recheck)" null
at 2025-08-01T02:00:00Z
ok "nobody waits for those" sync many
prints '^bmo: bugs read again: 4 ('
bugs state 1 203 2025-05-30T00:00:00Z 1
at 2025-08-01T03:00:00Z
ok "they are back" sync many --recheck none --full
at 2025-08-01T05:00:00Z
ok "so many in a run" sync many
is "and no more" "$(said many '[.recheck.threads, (.scope.comments | index(196, 197))]')" '[200,195,null]'
at 2025-08-01T07:00:00Z
ok "the others have their turn" sync many
is "the next time" "$(said many '[.recheck.threads, (.scope.comments | index(193, 194, 203))]')" '[200,192,null,199]'

# ---- records and evidence that do not agree ----

# lie DIR JQ: the newest capture's record says something else.
lie() {
	rm -rf lying
	git clone -q --bare "$1" lying
	git -C lying fetch -q "$PWD/$1" evidence:evidence
	path=$(git -C lying log -1 --format='%(trailers:key=Lapse-Record,valueonly)' | head -n 1)
	git -C lying cat-file blob "HEAD:$path" | jq -cjS "$2" >document
	GIT_INDEX_FILE=$PWD/index git -C lying read-tree HEAD
	GIT_INDEX_FILE=$PWD/index git -C lying update-index --cacheinfo "100644,$(git -C lying hash-object -w "$PWD/document"),$path"
	git -C lying log -1 --format=%B >message
	git -C lying update-ref HEAD "$(GIT_AUTHOR_DATE=$(git -C lying log -1 --format=%aI) git -C lying -c user.name=x -c user.email=x@x.example \
	    commit-tree -p HEAD^ -F "$PWD/message" "$(GIT_INDEX_FILE=$PWD/index git -C lying write-tree)")"
	rm index
}
lie c '.scope.comments -= [7]'
exits 1 "a thread less than its edit counts cover" "$LAPSE" -C lying verify
prints 'covers 129 in "comments", and its evidence covers 130 or others'
lie b '.recheck.not_modified = {}'
exits 1 "not modified since no capture" "$LAPSE" -C lying verify
prints 'bug 1 was not modified, by its evidence, and is not as any capture that its record names left it'
lie b '.recheck.not_modified |= with_entries(.key = "1111111111111111111111111111111111111111")'
exits 1 "since one that is not there" "$LAPSE" -C lying verify
prints 'bug 1 was not modified, by its evidence, and is not as the capture that its record names left it'
unserve one
finish
