#!/bin/sh
# lapse sync against a Bugzilla on loopback: the first time, what is new, nothing new, what is gone, manners, trouble.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
. "$root/tests/cli/syncs.sh"

# ---- the first time ----

bugs state 101 230 2025-05-30T00:00:00Z 2
bug state 900 2025-05-30T00:00:00Z 1 '{"component":"Another"}'
at 2025-06-01T00:00:00Z
serve one --bugzilla state
archive a
ok "what would be asked" sync a --dry-run
prints "^GET $one_url/rest/time\$"
prints '^without an API key$'
says_nothing
prints "^GET $one_url/rest/bug?product=CA%20Program&component=Incidents&count_only=1\$"
prints "^GET $one_url/rest/bug?product=CA%20Program&component=Incidents&include_fields=id,last_change_time&order=bug_id&limit=1000\$"
is "and nothing was" "$(met one)" 0
exits 75 "offline" sync a --offline
says '^lapse: sync: offline (--offline or LAPSE_OFFLINE): nothing is asked$'
exits 75 "offline by the environment" env LAPSE_OFFLINE=1 "$LAPSE" -C a sync
is "nothing was asked" "$(met one)" 0
ok "the first sync" sync a
prints '^captured bmo at 2025-06-01T00:00:00Z (observed): bugs 130, comments 260, changes 0, attachments 0; requests 6; commit '
says_nothing
ids() { seq -s , "$1" "$2"; }
were "the first sync" time 'bug?SEARCH&count_only=1' 'bug?SEARCH&LIST' "bug?id=$(ids 101 150)&ALL" "bug?id=$(ids 151 200)&ALL" "bug?id=$(ids 201 230)&ALL"
ok "an honest name" grep -q '^User-Agent: lapse/[0-9.]*.$' one.log
is "no more connections than that" "$([ "$(met one)" -le 4 ] && echo few)" few
is "what its record says" "$(said a '[.asked.query, .asked.requests, .asked.pages, .total, .server_time[:-4], .listed, .complete, .authenticated, .due, .outside, .not_visible, .time_is]')" \
    '["product=CA%20Program&component=Incidents",6,1,130,"2025-05-31T23:59","2025-06-01T00:00:00Z",true,false,[],[],{},"observed"]'
is "its scope" "$(said a '[.scope[] | length]')" '[130,130,130,130]'
archive misspelt
ok "a product that is none" "$LAPSE" -q -C misspelt source set bmo "$one_url/" --product "CA Progam"
ok "finds nothing" sync misspelt
says '^lapse: sync: bmo: the search finds no bugs: are the names of its products and components right (lapse source list)?$'
prints '^bmo: no bugs at 2025-06-01T00:00:00Z; requests 2; commit [0-9a-f]*$'
ok "again" sync misspelt --force
says "^lapse: sync: bmo: the search finds no bugs: "
prints '^bmo: no bugs; requests 2; no capture, '
exits 3 "certificates that are not there" sync misspelt --force --cacert /nope
says '^lapse: sync: --cacert: /nope: No such file or directory$'
exits 0 "a schedule, and nothing to do" sync misspelt --force --recheck 7d --revisions
prints '^bmo: nothing to read again$'
prints '^bmo: no revisions to ask for: no post is known to be edited since they were$'
ok "it verifies" "$LAPSE" -C a verify
ok "and the bug of the other component did not come" test -z "$(git -C a ls-tree HEAD threads/bmo/00/09/900)"

# ---- nothing new ----

exits 75 "too early" sync a
says '^lapse: sync: bmo: asked within the last five minutes already (--force asks again); come back at 2025-06-01T00:05:00Z$'
is "nothing was asked" "$(asked one)" 0
at 2025-06-01T00:10:00Z
ok "nothing new" sync a
prints '^bmo: nothing new; requests 2; no capture, since that of 2025-06-01T00:00:00Z is less than an hour old$'
were "nothing new" 'bug?SEARCH&LIST&last_change_time=2025-05-31T23:54:59Z' 'bug?SEARCH&count_only=1'
is "no commit" "$(commits a)" 3
exits 75 "a run without a capture counts too" sync a
says 'come back at 2025-06-01T00:15:00Z$'
ok "told to" sync a --force --always
prints '^bmo: nothing new at 2025-06-01T00:10:00Z; requests 2; commit [0-9a-f]\{12\}$'
is "the record alone" "$(git -C a diff-tree -r --name-only --no-commit-id HEAD)" captures/bmo/2025/06-01/00/10/00.json
is "it says so" "$(said a '[.unchanged, .complete, .total, .server_time[:-4], (.scope | map(length)), .counts.bugs]')" \
    '[true,true,130,"2025-05-31T23:59",[0,0,0,0],0]'
at 2025-06-01T01:10:00Z
ok "an hour later" sync a
is "a record" "$(commits a)" 5
ok "all threads are covered up to then" "$LAPSE" -C a list --json
is "every one" "$(jq -r .covered "$out" | sort -u)" 2025-06-01T01:10:00Z
ok "it verifies" "$LAPSE" -C a verify

# ---- what is new ----

at 2025-06-01T02:00:00Z
bug state 150 2025-06-01T01:30:00Z 3
bug state 300 2025-06-01T01:40:00Z 1
ok "what is new" sync a
prints '^captured bmo at 2025-06-01T02:00:00Z (observed): bugs 2, comments 4, changes 0, attachments 0; requests 5; commit '
says_nothing
were "what is new" 'bug?SEARCH&LIST&last_change_time=2025-05-31T23:54:59Z' 'bug?SEARCH&LIST&last_change_time=2025-05-31T23:54:59Z&f1=bug_id&o1=greaterthan&v1=300' \
    'bug?SEARCH&count_only=1' time 'bug?id=150,300&ALL'
is "its record" "$(said a '[.scope.comments, .unchanged, .total, .server_time[:-4]]')" '[[150,300],true,131,"2025-06-01T01:59"]'
settled_at=$(git -C a rev-parse HEAD:threads)
at 2025-06-01T02:10:00Z
bug state 151 2025-06-01T01:56:00Z 3
ok "what a replica that lags shows later" sync a
were "back to five minutes before" 'bug?SEARCH&LIST&last_change_time=2025-06-01T01:54:59Z' 'bug?SEARCH&LIST&last_change_time=2025-06-01T01:54:59Z&f1=bug_id&o1=greaterthan&v1=151' \
    'bug?SEARCH&count_only=1' time 'bug?id=151&ALL'
is "is there" "$([ "$(git -C a rev-parse HEAD:threads)" != "$settled_at" ] && posts a)" 263

# ---- what is gone ----

at 2025-06-01T03:00:00Z
bug state 101 2025-06-01T02:30:00Z 2 '{"groups":["secret"]}'
bug state 102 2025-06-01T02:31:00Z 3 '{"component":"Another","history":[{"when":"2025-06-01T02:31:00Z","who":"x@y.example","changes":[{"field_name":"component","removed":"Incidents","added":"Another"}]}]}'
ok "one is hidden, one has moved" sync a
says '^lapse: sync: bmo: not visible any more: 1; what was seen of them stays (lapse list)$'
says '^lapse: sync: bmo: visible, but not in the search any more: 1$'
were "one is hidden, one has moved" 'bug?SEARCH&LIST&last_change_time=2025-06-01T02:04:59Z' 'bug?SEARCH&count_only=1' 'bug?SEARCH&LIST' \
    'bug?id=101,102&ALL' 'bug?id=101&ALL' 'bug/101?include_fields=id'
is "the record" "$(said a '[.not_visible, .outside, .scope.bugs, .total, .listed]')" '[{"101":102},[101,102],[102],129,"2025-06-01T03:00:00Z"]'
ok "the hidden one stays" git -C a cat-file -e HEAD:threads/bmo/01/01/101/posts/0/1.json
is "the moved one's fields are kept" "$(git -C a cat-file blob HEAD:threads/bmo/02/01/102/thread.json | jq -r .component)" Another
ok "the list" "$LAPSE" -C a list --json
is "says since when" "$(jq -c 'select(.not_visible_since != null) | [.thread, .not_visible_since, .covered]' "$out")" \
    '["bmo:101","2025-06-01T03:00:00Z","2025-06-01T02:10:00Z"]'
ok "for people" "$LAPSE" -C a list
prints '^bmo:101 .*ASSIGNED, not visible '
ok "show" "$LAPSE" -C a show bmo:101
prints '^visible  *not since the capture of 2025-06-01T03:00:00Z: what was seen before stays$'
ok "log" "$LAPSE" -C a log bmo:101
prints 'no longer seen (the source says that it is not to be seen)'
ok "log of the moved one" "$LAPSE" -C a log bmo:102
prints '^2025-06-01T02:31:00Z  *moved '
at 2025-06-01T03:10:00Z
ok "after that" sync a
were "they are asked for by number" 'bug?SEARCH&LIST&last_change_time=2025-06-01T02:04:59Z' 'bug?SEARCH&count_only=1' 'bug?id=101,102&STANDING'
at 2025-06-01T04:20:00Z
ok "nothing else" sync a
ok "a list later" "$LAPSE" -C a list --json
cp "$out" list
is "the hidden one is not covered by what came since" "$(jq -r 'select(.thread == "bmo:101" or .thread == "bmo:102" or .thread == "bmo:103") | .covered' list | paste -sd ' ')" \
    "2025-06-01T02:10:00Z 2025-06-01T04:20:00Z 2025-06-01T04:20:00Z"
is "the moved one is, since it was asked for" "$(said a '[.outside, .followed, .unchanged]')" '[[101,102],[102],true]'
is "hidden since the first capture that found it so" "$(jq -r 'select(.thread == "bmo:101") | .not_visible_since' list)" 2025-06-01T03:00:00Z
at 2025-06-01T05:00:00Z
bug state 101 2025-06-01T04:30:00Z 3
ok "it comes back" sync a
is "and is covered" "$(said a '[.not_visible, .outside, .scope.bugs, .total]')" '[{},[102],[101],130]'
ok "the list" "$LAPSE" -C a list --json
is "none is hidden" "$(jq -c 'select(.not_visible_since != null)' "$out")" ""
at 2025-06-02T05:00:00Z
ok "a day later" sync a
were "all are listed" 'bug?SEARCH&LIST&last_change_time=2025-06-01T04:54:59Z' 'bug?SEARCH&count_only=1' 'bug?SEARCH&LIST' 'bug?id=102&STANDING'
at 2025-06-02T06:10:00Z
ok "when told to" sync a --full
were "all are listed" 'bug?SEARCH&LIST&last_change_time=2025-06-01T04:54:59Z' 'bug?SEARCH&count_only=1' 'bug?SEARCH&LIST' 'bug?id=102&STANDING'
is "when that was" "$(said a .listed)" '"2025-06-02T06:10:00Z"'
rm state/900.json
settled a

# ---- what leaves no mark ----

at 2025-06-02T08:00:00Z
bug state 120 2025-05-30T00:00:00Z 2 '{"comments":[{"id":120000,"bug_id":120,"count":0,"author":"ca@trust.example","is_private":false,"creation_time":"2025-01-02T00:00:00Z","text":"another text","raw_text":"another text","tags":[]},{"id":120001,"bug_id":120,"count":1,"author":"ca@trust.example","is_private":false,"creation_time":"2025-01-02T00:00:00Z","text":"text 1","raw_text":"text 1","tags":[]}]}'
ok "an edit is not seen" sync a
prints '^bmo: nothing new at '
bug state 121 2025-05-30T00:00:00Z 2 '{"status":"RESOLVED","resolution":"FIXED"}'
exits 2 "a schedule that is none" sync a --recheck never
says "^lapse: sync: --recheck takes open, all, none or an age such as 7d, not 'never' (try 'lapse sync -h')\$"
ok "those read within a day" sync a --force --recheck 1d
is "are the two of yesterday" "$(requests | grep -c 'id=.*ALL')" 4
ok "reading again" sync a --force --recheck all
prints '^bmo: nothing new at '
is "the edit is there, once" "$(git -C a cat-file blob HEAD:threads/bmo/20/01/120/posts/0/0.json | jq -r .text)" "another text"
ok "log tells it" "$LAPSE" -C a log bmo:120
prints 'edited .*between 2025-06-01T00:00:00Z and 2025-06-02T08:00:00Z'
is "when it was read, and the moved one" "$(said a '.scope.comments | length')" 131
at 2025-06-02T08:10:00Z
ok "those that are open" sync a --recheck open
is "are 130 of them, not the closed one" "$(said a '.scope.comments | [length, index(121)]')" '[130,null]'
ok "it verifies, but for the edit" sh -c '"$1" -C a verify >told; grep "^faults: " told' sh "$LAPSE"
prints '^faults: .* silent [1-9]'

# ---- a source that reads again by itself ----

unserve one
rm -rf state
bugs state 1 3 2025-05-30T00:00:00Z 1
at 2025-06-03T00:00:00Z
serve one --bugzilla state
ok "an archive" "$LAPSE" -q init again
ok "a source with a schedule" "$LAPSE" -q -C again source add bmo "$one_url/" --product "CA Program" --recheck open
ok "a first sync" sync again
at 2025-06-03T00:30:00Z
ok "within the hour" sync again
is "nothing is read again" "$(asked one)" 2
at 2025-06-03T01:30:00Z
ok "after an hour" sync again
is "three are" "$(said again '[.scope.comments, .unchanged]')" '[[1,2,3],true]'

# ---- servers ----

echo '{"max_results": 2}' >state/server.json
bugs state 4 7 2025-05-30T00:00:00Z 1
archive low
ok "a server that lowers limits" sync low
is "all come" "$(said low '[.counts.bugs, .asked.pages]')" '[7,4]'
settled low
rm state/server.json
echo '{"one_call": 0}' >state/server.json
archive stock
ok "a server that knows no such form" sync stock
is "is asked part by part" "$(said stock '[.counts.bugs, .counts.comments, .asked.requests, (.scope | map(length))]')" '[7,7,25,[7,7,7,7]]'
ok "one by one" grep -q '^GET /rest/bug/7/attachment?exclude_fields=data ' one.log
settled stock
rm state/server.json
unserve one

cat >rules <<'END'
/rest/bug[?]*include_fields=id,last* body={"bugs":[{"id":3},{"id":2}]}
END
serve one --bugzilla state --rules rules
archive order
exits 3 "a server that lists as it likes" sync order
says '^lapse: sync: bmo: the server does not list bugs by number: bug 2 came after 3$'
is "nothing is recorded" "$(commits order)" 2
unserve one

printf '%s\n' '/rest/time type=text/html body=<html>Maintenance</html> times=1' '/rest/bug[?]*count_only* body={"bug_count":9}' \
    '/rest/bug[?]id=* body={"bugs":[{"id":1,"summary":"x","comments":[{"count":0,"creation_time":"2025-01-01T00:00:00Z","text":"open"},{"count":1,"creation_time":"2025-01-01T00:00:00Z","text":"secret","is_private":true}],"history":[],"attachments":[{"id":5,"is_private":1}]},{"id":66,"summary":"never%20asked%20for"}]}' >rules
rm state/[2-7].json
serve one --bugzilla state --rules rules
archive odd
ok "a page in HTML, and then an answer" sync odd
says '^lapse: sync: bmo: the server sent private comments or attachments to somebody who is not logged in: 2; they were not kept, and neither was the evidence of this run$'
says '^lapse: sync: bmo: the server counts 9 bugs and listed 1$'
is "was asked twice" "$(requests | grep -c '^time$')" 2
is "what nobody asked for is not kept" "$(git -C odd ls-tree -r --name-only HEAD threads | sed 's,.*/1/,,' | paste -sd ' ')" \
    "attachments.json changes.json posts.json posts/0/0.json thread.json"
ok "nor told by the list of posts" sh -c 'git -C odd cat-file blob HEAD:threads/bmo/01/00/1/posts.json | grep -q -x -F "{\"numbers\":[0]}"'
ok "it verifies" "$LAPSE" -C odd verify
unserve one

# ---- bugs that change between two pages ----

rm -rf state later
bugs state 1 6 2025-05-30T00:00:00Z 1
bugs later 1 6 2025-05-30T00:00:00Z 1
echo '{"max_results": 3}' | tee state/server.json >later/server.json
bug later 2 2025-06-03T01:59:58Z 1 '{"groups":["secret"]}'
bug later 7 2025-06-03T01:59:59Z 1
at 2025-06-03T02:00:00Z
at 2025-06-03T02:00:00Z later
printf '%s\n' '/rest/bug[?]*greaterthan* pass state=later times=1' >rules
serve one --bugzilla state --rules rules
archive torn
ok "bugs that change between two pages" sync torn
is "what is there came" "$(said torn '[.scope.bugs, .due, .not_visible]')" '[[1,3,4,5,6],[],{}]'
at 2025-06-03T02:30:00Z later
ok "the next sync" sync torn
is "brings the one that came meanwhile" "$(said torn '[.scope.bugs, .total]')" '[[7],6]'
rm -rf state
cp -r later state
rm state/2.json
settled torn
unserve one

# ---- enough ----

rm -rf state
bugs state 1 120 2025-05-30T00:00:00Z 1
at 2025-06-03T03:00:00Z
printf '%s\n' '/rest/bug[?]id=51,* status=400 body={"error":true,"code":32000,"message":"You%20have%20exceeded%20the%20rate%20limit."} times=1 delay=200' \
    '/rest/bug[?]id=101,* pass delay=1000' >rules
serve one --bugzilla state --rules rules
archive limited
exits 75 "the server has enough" sync limited
says '^lapse: sync: bmo: 127.0.0.1:[0-9]* has had enough of our requests (HTTP 400): come back at 2025-06-03T04:00:00Z; until then the next run waits$'
says '^lapse: sync: bmo: bugs still due: 70 (51, 52, 53, 54, 55, 56, 57, 58, …); the next sync asks for them first$'
prints '^captured bmo at 2025-06-03T03:00:00Z (observed): bugs 50, comments 50, '
is "what came is there, and what did not is due" "$(said limited '[(.scope.bugs | length), (.due | length), .complete, .total]')" '[50,70,false,120]'
ok "it verifies" "$LAPSE" -C limited verify
says '^lapse: verify: source bmo is incomplete: 70 threads are still to be fetched (lapse sync)$'
echo 'thread,late_on,since' >claims
for command in status list gaps audit "show 1" "log 1" "explain 1" "reconcile claims"; do
	ok "$command" "$LAPSE" -C limited $command
	prints '^source bmo is incomplete: 70 threads are still to be fetched (lapse sync)$'
	says_nothing
done
ok "for programs" "$LAPSE" -C limited list --json
says '^lapse: list: source bmo is incomplete: 70 threads are still to be fetched (lapse sync)$'
ok "diff" "$LAPSE" -C limited diff 1 now now
prints '^source bmo is incomplete: 70 threads are still to be fetched (lapse sync)$'
ok "the list of sources" "$LAPSE" -C limited source list
prints '^bmo .*  70  .*  no$'
ok "saved files beside" "$LAPSE" -q -C limited import bugzilla --source bmo state/1.json
ok "the list of sources" "$LAPSE" -C limited source list --json
is "says what the newest sync left" "$(jq .due "$out")" 70
exits 3 "a bug that is due" "$LAPSE" -C limited show bmo:60
says "^lapse: show: no thread 'bmo:60' in the archive yet: it is still to be fetched (lapse sync)\$"
exits 3 "by its number alone" "$LAPSE" -C limited log 120
says "^lapse: log: no thread '120' in the archive yet: it is still to be fetched (lapse sync)\$"
exits 3 "one that nobody asked for" "$LAPSE" -C limited show bmo:121
says "^lapse: show: no thread 'bmo:121' in the archive\$"
partial=$(git -C limited rev-parse HEAD)
at 2025-06-03T03:30:00Z
: >one.log
exits 75 "before that time" sync limited --force
says '^lapse: sync: bmo: the server had enough of our requests and is not asked; come back at 2025-06-03T04:00:00Z$'
is "nobody asks" "$(met one)" 0
archive neighbour
exits 75 "nor from another archive" sync neighbour
at 2025-06-03T04:00:00Z
ok "then the rest comes" sync limited
were "what is due is asked for, and nothing twice" 'bug?SEARCH&LIST&last_change_time=2025-06-03T02:54:59Z' 'bug?SEARCH&count_only=1' \
    "bug?id=$(ids 51 100)&ALL" "bug?id=$(ids 101 120)&ALL"
is "nothing is due now" "$(said limited '[.due, .complete, .unchanged]')" '[[],true,true]'
settled limited
ok "it verifies" "$LAPSE" -C limited verify
says_nothing
ok "no report speaks of it any more" "$LAPSE" -C limited status
ok "nor of what is incomplete" sh -c '! grep -q incomplete "$1"' sh "$out"
ok "but one of then does" "$LAPSE" -C limited status --known "$partial"
prints '^source bmo was incomplete: 70 threads were still to be fetched$'
ok "all are covered" "$LAPSE" -C limited list --json
is "up to now" "$(jq -r .covered "$out" | sort -u)" 2025-06-03T04:00:00Z
unserve one

echo '/rest/bug[?]*count_only* status=429 type=text/html header=Retry-After:120 body=<html>' >rules
serve one --bugzilla state --rules rules
archive slow
exits 75 "429 with a time" sync slow
says 'has had enough of our requests (HTTP 429): come back at 2025-06-03T04:02:00Z; '
is "nothing came, so nothing is recorded" "$(commits slow)" 2
unserve one

echo '/rest/bug[?]id=1,* status=503 header=Retry-After:1000' >rules
serve one --bugzilla state --rules rules
archive ill
exits 75 "503 for longer than anybody waits" sync ill
says '^lapse: sync: bmo: http://[^ ]*/rest/bug?id=1,2,3,4,5,6,…,47,48,49,50&include_fields=_default,…,attachments…: not asked again, which would have to wait 1000 s (waiting may take 300 s in all): HTTP status 503$'
unserve one
archive away
exits 75 "nobody there" env LAPSE_NOW=2025-06-03T04:00:00Z timeout -s KILL 60 "$LAPSE" -C away sync
says '^lapse: sync: bmo: '

# ---- a server that tells a wrong time ----

rm -rf state
bugs state 1 3 2025-05-30T00:00:00Z 2
at 2025-06-03T05:00:00Z
for wrong in 2025-06-03T10:00:00Z 9999-12-31T00:00:00Z; do
	rm -f state/time.json
	echo "/rest/time body={\"db_time\":\"$wrong\"} times=1" >rules
	export LAPSE_NOW=2025-06-03T05:00:00Z
	bugs state 1 3 2025-05-30T00:00:00Z 2
	serve one --bugzilla state --rules rules
	archive "wrong-$wrong"
	ok "a time that is still to come" sync "wrong-$wrong"
	says "the server's clock is [0-9]*s ahead of this one"
	bug state 2 2025-06-03T05:30:00Z 3
	at 2025-06-03T06:10:00Z
	ok "hides no change" sync "wrong-$wrong"
	prints '^captured bmo at 2025-06-03T06:10:00Z (observed): bugs 1, comments 3, '
	at 2025-06-03T08:00:00Z
	ok "and is forgotten" sync "wrong-$wrong"
	prints '^bmo: nothing new at '
	unserve one
done

# ---- a server that says two things at once ----

rm -rf state
bugs state 1 2 2025-05-30T00:00:00Z 2
jq -c '{bugs: [.bugs[0], (.bugs[0] | .summary = "another")]}' state/1.json >twice.json
jq -c '{bugs: [.bugs[0] | .comments[1].count = 0]}' state/1.json >same.json
for answer in twice same; do
	echo "/rest/bug[?]id=* file=$answer.json" >rules
	serve one --bugzilla state --rules rules
	archive "says-$answer"
	exits 3 "nothing of it is taken" sync "says-$answer"
	case $answer in
	twice) says '^lapse: sync: bmo: bug 1 is twice in one answer' ;;
	same) says '^lapse: sync: bmo: .*two comments with one "count"$' ;;
	esac
	is "and nothing is recorded" "$(commits "says-$answer")" 2
	unserve one
done

# ---- logged in ----

rm -rf state
bug state 1 2025-05-30T00:00:00Z 2
bug state 2 2025-05-30T00:00:00Z 1 '{"groups":["secret"]}'
echo '{"key":"Sesame7c2f1e"}' >state/server.json
at 2025-06-03T05:00:00Z
serve one --bugzilla state
archive open
ok "without a key" sync open
is "what the public sees" "$(said open '[.authenticated, .scope.bugs]')" '[false,[1]]'
mkdir -p "$XDG_CONFIG_HOME/lapse"
(umask 077 && echo "127.0.0.1:$one_port Sesame7c2f1e" >"$XDG_CONFIG_HOME/lapse/keys")
archive inside
ok "what would be asked" sync inside --dry-run
prints "^with the API key of $XDG_CONFIG_HOME/lapse/keys\$"
ok "with a key" sync inside
prints '^captured bmo at 2025-06-03T05:00:00Z (observed, logged in): bugs 2, '
is "the record says so" "$(said inside '[.authenticated, .scope.bugs]')" '[true,[1,2]]'
echo 'thread,late_on,since' >claims
for command in status list gaps audit "show 1" "log 1" "explain 1" "reconcile claims"; do
	for format in table markdown; do
		ok "$command" "$LAPSE" -C inside $command --format $format
		prints '^source bmo: captured .*; captured logged in: it may hold what the public does not see$'
	done
done
ok "diff" "$LAPSE" -C inside diff 1 2025-06-03T05:00:00Z HEAD
prints '^source bmo: captured logged in: it may hold what the public does not see$'
ok "not the other archive" "$LAPSE" -C open status
ok "which says nothing of the kind" sh -c '! grep -q "logged in" "$1"' sh "$out"
ok "nor does its diff" "$LAPSE" -C open diff 1 2025-06-03T05:00:00Z HEAD
ok "which is as silent" sh -c '! grep -q "logged in" "$1"' sh "$out"
ok "no key is in the archive" sh -c '! git -C inside rev-list --objects --all | cut -d " " -f 1 | git -C inside cat-file --batch | grep -a -q Sesame'
echo '127.0.0.1 Sesame7c2f1e' >"$XDG_CONFIG_HOME/lapse/keys"
ok "a key for another port" sync open --force
says "^lapse: sync: bmo: no API key is sent: $XDG_CONFIG_HOME/lapse/keys has one for '127\.0\.0\.1', and this is '127\.0\.0\.1:$one_port'\$"
echo "$one_url Sesame7c2f1e" >"$XDG_CONFIG_HOME/lapse/keys"
exits 3 "a key for an address" sync open --force
says "^lapse: sync: bmo: $XDG_CONFIG_HOME/lapse/keys: 1: no host first (HOST KEY, or HOST:PORT KEY; no address)\$"
rm "$XDG_CONFIG_HOME/lapse/keys"
unserve one

# ---- interrupted ----

rm -rf state
bugs state 1 120 2025-05-30T00:00:00Z 1
at 2025-06-03T06:00:00Z

# interrupted SIGNAL STATUS N: a first sync that gets the signal while its N-th request is on its way.
interrupted() {
	rm -rf it
	printf '* pass after=%s delay=2000\n' $(($3 - 1)) >rules
	serve one --bugzilla state --rules rules
	"$LAPSE" -q init it
	"$LAPSE" -q -C it source add bmo "$one_url/buglist.cgi?product=CA%20Program&component=Incidents"
	old=$(git -C it rev-parse HEAD)
	"$LAPSE" -C it sync --force >told 2>said &
	pid=$!
	n=0
	# Not before it is lapse: a shell that has just forked loses a signal that it traps.
	while [ "$(cat /proc/$pid/comm)" != "${LAPSE##*/}" ] || [ "$(asked one)" -lt "$3" ]; do
		[ $n -lt 200 ] || break
		sleep 0.02
		n=$((n + 1))
	done
	kill -"$1" $pid
	wait $pid 2>/dev/null
	status=$?
	unserve one
	is "$1 at request $3: ends by it" "$status" "$2"
	ok "$1 at request $3: it verifies" "$LAPSE" -C it verify
	if [ "$(git -C it rev-parse HEAD)" = "$old" ]; then
		n=0
	else
		n=$(said it '.scope.bugs | length')
		is "$1 at request $3: what is not there is due" "$(said it '.due | length')" $((120 - n))
	fi
	rm -f one.port
	"$bin/httpd" --port "$one_port" --port-file one.port --log one.log --bugzilla state 2>/dev/null & one_pid=$!
	servers="$servers $!"
	while [ ! -f one.port ]; do sleep 0.02; done
	ok "$1 at request $3: the next one" sync it --force
	is "$1 at request $3: asks for nothing twice" "$(sed -n 's,^GET /rest/bug?id=\([0-9\,]*\).*,\1,p' one.log | tr , '\n' | wc -l | tr -d ' ')" $((120 - n))
	settled it
	unserve one
}
for n in 1 2 3 4 5 6; do
	interrupted KILL 137 $n
	interrupted TERM 143 $n
done

# Ctrl-C, while the last of three answers with bugs is on its way. A shell's background jobs ignore SIGINT, so it is reset.
echo '/rest/bug[?]id=101,* pass delay=9000' >rules
serve one --bugzilla state --rules rules
archive stopped
: >one.log
env --default-signal=INT "$LAPSE" -C stopped sync >"$out" 2>"$err" &
pid=$!
waited=0
while ! grep -q '^GET /rest/bug?id=101,' one.log && [ $waited -lt 200 ]; do sleep 0.05; waited=$((waited + 1)); done
sleep 1
kill -INT $pid
wait $pid 2>/dev/null
status=$? last="Ctrl-C"
says '^lapse: sync: bmo: bugs still due: 20 (101, 102, 103, 104, 105, 106, 107, 108, …); the next sync asks for them first$'
prints '^captured bmo at 2025-06-03T06:00:00Z (observed): bugs 100, comments 100, '
is "it ends by it" "$status" 130
is "the archive says what is there and what is due" "$(said stopped '[(.scope.bugs | length), .due[0], (.due | length), .complete]')" '[100,101,20,false]'
ok "it verifies" "$LAPSE" -C stopped verify
unserve one
serve one --port "$one_port" --bugzilla state
at 2025-06-03T06:10:00Z
ok "the next one" sync stopped
were "goes on from there" 'bug?SEARCH&LIST&last_change_time=2025-06-03T05:54:59Z' 'bug?SEARCH&count_only=1' "bug?id=$(ids 101 120)&ALL"
settled stopped
unserve one

# ---- two at once ----

echo '/rest/time pass delay=1500' >rules
serve one --bugzilla state --rules rules
archive two
"$LAPSE" -C two sync >told 2>&1 & pid=$!
while [ "$(asked one)" -lt 1 ]; do sleep 0.02; done
exits 75 "a second one at the same time" env LAPSE_LOCK_WAIT=0 "$LAPSE" -C two sync
says '^lapse: sync: bmo: the archive is in use by another run$'
ok "the first ends well" wait $pid
settled two
unserve one

# ---- a full disk ----

if [ "${LAPSE_FLAVOUR:-plain}" = plain ] && [ -f "$bin/fault.so" ]; then
	serve one --bugzilla state
	archive base
	harmed() { LD_PRELOAD=$bin/fault.so LAPSE_FAULT_DIR=$PWD/it "$@" "$LAPSE" -C it sync --force; }
	rm -rf it
	cp -r base it
	ok "calls are counted" harmed env LAPSE_FAULT_COUNT="$PWD/count"
	calls=$(tail -n 1 count)
	ok "some" test "$calls" -gt 10
	i=1
	while [ "$i" -le "$calls" ]; do
		rm -rf it
		cp -r base it
		harmed env LAPSE_FAULT=full:"$i" >told 2>said
		case $? in
		0 | 3 | 75) ;;
		*) fail "full at call $i: ends as it must" ;;
		esac
		ok "full at call $i: it verifies" "$LAPSE" -C it verify
		i=$((i + calls / 12 + 1))
	done
	ok "with room again" sync it --force
	settled it
	unserve one
fi

# ---- certificates, strangers ----

certify one 127.0.0.1
serve one --bugzilla state --tls one.pem
archive tls
exits 3 "a certificate that nobody vouches for" sync tls
says '^lapse: sync: bmo: .*certificate'
is "nothing was asked" "$(asked one)" 0
ok "one that the user vouches for" sync tls --force --cacert one.crt
unserve one

serve one --bugzilla state
archive nowhere
ok "a server that is not there" "$LAPSE" -q -C nowhere source set bmo "http://127.0.0.1:1/buglist.cgi?product=x"
exits 75 "cannot be asked" "$LAPSE" -C nowhere sync
says '^lapse: sync: bmo: .*127.0.0.1'
ok "one that is" "$LAPSE" -q -C nowhere source set bmo "$one_url/buglist.cgi?product=CA%20Program"
ok "is asked without waiting" "$LAPSE" -C nowhere sync
says_nothing
exits 75 "and not again" "$LAPSE" -C nowhere sync
says 'asked within the last five minutes already'
ok "without a place to remember" env XDG_STATE_HOME=/proc/nowhere "$LAPSE" -C nowhere sync --force
says '^lapse: sync: bmo: no place to remember when it was asked '
archive misnamed
ok "the names of a search that finds nothing" "$LAPSE" -q -C misnamed source set bmo "$one_url/buglist.cgi?product=CA%20Progam"
ok "are not said to be up to date" sync misnamed
says '^lapse: sync: bmo: the search finds no bugs: are the names of its products and components right (lapse source list)?$'
ok "two sources more, one at a port where nobody is, one that asks the same" sh -c \
    '"$1" -q -C misnamed source add away "http://127.0.0.1:1/buglist.cgi?product=x" && "$1" -C misnamed source add bmo2 "$2"' \
    sh "$LAPSE" "$one_url/buglist.cgi?product=CA%20Progam"
says '^lapse: source: source bmo asks the same: with both, every bug and what it owes will be there twice$'
echo '/rest/* status=404' >rules
unserve one
serve one --rules rules
ok "they are at one server" "$LAPSE" -q -C misnamed source set bmo2 "$one_url/buglist.cgi?product=CA%20Progam"
exits 3 "trouble that another try does not mend counts" "$LAPSE" -C misnamed sync --force away bmo2
says '^lapse: sync: 2 of 2 sources were not brought up to date$'
is "each trouble is told once" "$(grep -c '^lapse: sync: away: ' "$err") $(grep -c '^lapse: sync: bmo2: ' "$err")" '1 1'
unserve one

exits 3 "no address" sh -c '"$1" -q init none && "$1" -C none sync' sh "$LAPSE"
says '^lapse: sync: no source has an address: lapse source add NAME ADDRESS$'
archive idle
ok "a source that is stopped" "$LAPSE" -q -C idle source set bmo --stop
exits 3 "is not asked" sync idle
says "^lapse: sync: all sources are stopped: name one, or 'lapse source set NAME --resume'\$"
ok "nor beside another" "$LAPSE" -q -C idle source add other http://127.0.0.1:1/ --product P
ok "which is" "$LAPSE" -C idle sync --dry-run
is "alone" "$(grep '^GET ' "$out" | grep -c -v 'http://127.0.0.1:1/')" 0
ok "unless it is named" "$LAPSE" -C idle sync --dry-run bmo
prints "^GET $one_url/rest/time\$"
exits 3 "no such source" "$LAPSE" -C none sync nobody
says "^lapse: sync: no source 'nobody' in the archive (lapse source list)\$"
ok "a source of saved files" "$LAPSE" -q -C none import bugzilla --source saved --captured-at 2025-05-01 state/1.json
exits 3 "cannot be asked" "$LAPSE" -C none sync saved
says '^lapse: sync: saved: there is no address to sync from: lapse source add saved ADDRESS$'
ok "until it has one" "$LAPSE" -C none source add saved 'http://127.0.0.1:1/show_bug.cgi?id=1#c2'
prints '^a sync asks http://127.0.0.1:1/rest/bug?id=1$'
# A stranger's archive names what it likes.
for lie in '"file:///etc/passwd/rest/"' '"http://me:secret@127.0.0.1/rest/"' '"http://127.0.0.1/../rest/"' '"http://127.0.0.1/rest/\r\nX: y/rest/"' '7'; do
	rm -rf lying
	git clone -q --bare none lying
	git -C lying cat-file blob HEAD:sources/saved.json | jq -cj --argjson lie "$lie" '.rest = $lie' >document
	GIT_INDEX_FILE=$PWD/index git -C lying read-tree HEAD
	GIT_INDEX_FILE=$PWD/index git -C lying update-index --cacheinfo "100644,$(git -C lying hash-object -w "$PWD/document"),sources/saved.json"
	git -C lying update-ref HEAD "$(git -C lying -c user.name=x -c user.email=x@x.example commit-tree -p HEAD -m x "$(GIT_INDEX_FILE=$PWD/index git -C lying write-tree)")"
	rm index
	broken lying
	exits 3 "a source that lies: $lie" "$LAPSE" -C lying sync saved
	says '^lapse: sync: saved: '
done
finish
