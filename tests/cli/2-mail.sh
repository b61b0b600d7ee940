#!/bin/sh
# Mailing lists: saved mail brought in, whatever it was saved as, and the commands that read it.
. "$(dirname "$0")/lib.sh"
# What looks for leaks at the end of a process sometimes crashes itself where GLib was loaded late; the unit tests look for them.
export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"

# message ID DATE SUBJECT BODY [HEADER...]: one message; "" leaves a header out.
message() {
	id=$1 date=$2 subject=$3 body=$4
	shift 4
	printf 'From: %s\n' "${from:-Ann Auditor <ann@auditor.example>}"
	[ -z "$id" ] || printf 'Message-ID: <%s>\n' "$id"
	[ -z "$date" ] || printf 'Date: %s\n' "$date"
	printf 'Subject: %s\n' "$subject"
	for header; do printf '%s\n' "$header"; done
	printf '\n%s\n' "$body"
}

# envelope: what an mbox puts before a message.
envelope() {
	echo 'From ann@auditor.example Thu Jan  2 10:00:00 2025'
}

# threads ARCHIVE: id, summary and number of posts of each, by summary.
threads() {
	"$LAPSE" -C "$1" list --json >"$out" 2>"$err"
	jq -r '[.thread, .summary, .posts] | @tsv' "$out" | sort -t '	' -k 2
}

# thread ARCHIVE SUMMARY: the number of the thread.
thread() {
	threads "$1" | awk -F '\t' -v summary="$2" '$2 == summary { print $1 }'
}

new() {
	ok "a new archive, $1" "$LAPSE" -q init "$1"
}

mkdir one
message a@x 'Thu, 02 Jan 2025 10:00:00 +0000' 'A question' 'What happened?' >one/a.eml
from='Bob <bob@ca.example>' message b@x 'Fri, 03 Jan 2025 10:00:00 +0100' 'Re: A question' '> What happened?
This.' 'References: <a@x>' 'In-Reply-To: <a@x>' >one/b.eml
message c@x 'Sat, 04 Jan 2025 10:00:00 +0000' 'Something else' 'From here on, nothing.

From there, too.' >one/c.eml
message '' '' 'Bare' 'Neither a date nor an id.' >one/d.eml

# ---- bringing in ----

new first
ok "a folder of messages" "$LAPSE" -C first import mail --source list one
prints '^captured list at 2025-06-01T00:00:00Z (observed): messages 4, of threads 3; commit '
says_nothing
ok "it verifies" "$LAPSE" -C first verify
prints '^faults: 0 '
prints '^mailing lists compared with their messages: 1$'
is "three threads" "$(threads first | cut -f 2,3)" 'A question	2
Bare	1
Something else	1'
head=$(git -C first rev-parse HEAD)
ok "the same mail, later" env LAPSE_NOW=2025-06-02T00:00:00Z "$LAPSE" -C first import mail --source list one
prints '^nothing new: '
is "commits nothing" "$(git -C first rev-parse HEAD)" "$head"
for file in one/*.eml; do
	sha256=$(sha256sum <"$file" | cut -c 1-64)
	is "$file is kept byte for byte" "$(git -C first cat-file blob "HEAD:messages/list/$(printf %.2s "$sha256")/$sha256.eml" | sha256sum)" "$sha256  -"
done

# ---- the same from other formats ----

{ for name in a b c d; do envelope; sed 's/^\(>*From \)/>\1/' one/$name.eml; echo; done; } >all.mbox
new second
ok "an mbox" "$LAPSE" -C second import mail --source list all.mbox
prints '^captured list at 2025-06-01T00:00:00Z (observed): messages 4, of threads 3; commit '
is "the same threads" "$(threads second)" "$(threads first)"
ok "it verifies" "$LAPSE" -C second verify
gzip -k all.mbox
ok "the same again, packed" "$LAPSE" -C second import mail --source list all.mbox.gz
prints '^nothing new: '
ok "and as files" "$LAPSE" -C second import mail --source list one
prints '^captured list at .*: messages 4, of threads 3; commit '
is "the messages are there once" "$(git -C second ls-tree -r --name-only HEAD messages | wc -l | tr -d ' ')" 4
is "with both copies told" "$(git -C second grep -h '"copies"' HEAD -- threads | jq -c '[.copies[].format] | sort' | sort -u)" '["eml","mboxo"]'
ok "it verifies" "$LAPSE" -C second verify
prints '^faults: 0 '

# shuffled NAME FILE...: an archive of these files, in this order.
shuffled() {
	archive=$1
	shift
	new "$archive"
	ok "in another order" "$LAPSE" -q -C "$archive" import mail --source list --captured-at 2025-05-01T00:00:00Z "$@"
}
shuffled forth one/a.eml one/b.eml one/c.eml one/d.eml all.mbox
shuffled back all.mbox one/d.eml one/c.eml one/b.eml one/a.eml
is "the order of files does not matter" "$(git -C back rev-parse 'HEAD^{tree}')" "$(git -C forth rev-parse 'HEAD^{tree}')"

# ---- late arrivals ----

mkdir late
message r@x 'Wed, 01 Jan 2025 10:00:00 +0000' 'The root' 'First.' >late/r.eml
message s@x 'Thu, 02 Jan 2025 10:00:00 +0000' 'Re: The root' 'Second.' 'References: <r@x>' >late/s.eml
message t@x 'Fri, 03 Jan 2025 10:00:00 +0000' 'Re: Re: The root' 'Third.' 'References: <s@x>' >late/t.eml
new joined
ok "an answer to what was never seen" "$LAPSE" -q -C joined import mail --source list --captured-at 2025-02-01T00:00:00Z late/t.eml
old=$(thread joined 'Re: Re: The root')
ok "the root" "$LAPSE" -q -C joined import mail --source list --captured-at 2025-02-02T00:00:00Z late/r.eml
new=$(thread joined 'The root')
ok "what joins them" "$LAPSE" -q -C joined import mail --source list --captured-at 2025-02-03T00:00:00Z late/s.eml
is "is one thread now" "$(threads joined | grep -c '	3$')" 1
ok "which has all" "$LAPSE" -C joined show "$new"
prints '^Third\.$'
exits 3 "the old one has none" "$LAPSE" -C joined show "$old"
says "thread '$old' did not exist yet at that moment, or its posts belong to another one (lapse log tells)\$"
ok "its log tells" "$LAPSE" -C joined log "$old"
prints "belongs to another thread: \"${old#*:}\" -> \"${new#*:}\" (a message that came later shows where it belongs)"
ok "as was known before" "$LAPSE" -C joined show "$old" --known 2025-02-02
prints '^Third\.$'
ok "it verifies" "$LAPSE" -C joined verify
prints '^faults: 0 '
new atonce
ok "all at once" "$LAPSE" -q -C atonce import mail --source list --captured-at 2025-02-03T00:00:00Z late
is "gives the same names" "$(thread atonce 'The root')" "$new"
prefix=threads/list/$(git -C atonce ls-tree -r --name-only HEAD | sed -n 's,^threads/list/\(.*\)/thread.json$,\1,p')
is "and the same documents" "$(git -C joined rev-parse "HEAD:$prefix")" "$(git -C atonce rev-parse "HEAD:$prefix")"

# ---- who owes whom ----

new owed
ok "mail" "$LAPSE" -q -C owed import mail --source list one
question=$(thread owed 'A question')
jq -n --arg thread "$question" '{format: "lapse-parties-1", threads: {($thread): "ca"},
    parties: [{id: "ca", name: "CA", role: "ca", members: [{domain: "ca.example"}], summary_prefixes: ["Something else"]}]}' >parties.json
policy() {
	jq -n --argjson more "$1" '{format: "lapse-policy-1", id: "quick", name: "Quick", rules: [{id: "quick-respond", clock: "response",
	    limit: "PT12H", level: "must"} + $more]}' >quick.json
}
policy '{}'
ok "no rule names the list" "$LAPSE" -C owed gaps --parties parties.json --policy ./quick.json
prints "^$question  *[0-9]*  ca  *-  *-  *2025-01-02T10:00:00Z  *-  *2025-01-03T09:00:00Z  *[0-9]*  *23h 0m  *-  *answered "
ok "nor a rule that is built in" "$LAPSE" -C owed audit --parties parties.json
prints '^0 obligations; firm breaches: 0 '
ok "status" "$LAPSE" -C owed status --parties parties.json
prints '^0 overdue, 0 running, 0 unproven$'
ok "by its due time nothing is asked" "$LAPSE" -C owed gaps --parties parties.json --since 2024-01-01 --format csv
is "so nothing is told" "$(wc -l <"$out" | tr -d ' ')" 1
jq '.parties[0].members = [{domain: "nobody.example"}]' parties.json >silent.json
ok "one that never answers" "$LAPSE" -C owed gaps --parties silent.json --json
is "is unanswered" "$(jq -c 'select(.state) | [.state, .rule, .due]' "$out" | sort -u)" '["unanswered (no rule)",null,null]'
policy '{"sources":["list"]}'
ok "a rule that names it" "$LAPSE" -C owed gaps --parties parties.json --policy ./quick.json
prints "^$question  *[0-9]*  ca  *quick-respond  *must  *2025-01-02T10:00:00Z  *2025-01-02T22:00:00Z  *2025-01-03T09:00:00Z .* late "

# Times that are not certain: the answer may have come in time.
mkdir uncertain
message q@x 'Thu, 02 Jan 2025 10:00:00' 'No zone' 'When?' >uncertain/q.eml
from='Bob <bob@ca.example>' message p@x 'Fri, 03 Jan 2025 00:00:00 +0000' 'Re: No zone' 'Now.' 'References: <q@x>' >uncertain/p.eml
message z@x 'Thu, 02 Jan 2025 10:00:00 +0000' 'A zone' 'When?' >uncertain/z.eml
from='Bob <bob@ca.example>' message y@x 'Fri, 03 Jan 2025 00:00:00 +0000' 'Re: A zone' 'Now.' 'References: <z@x>' >uncertain/y.eml
ok "mail without a zone" "$LAPSE" -q -C owed import mail --source list uncertain
jq --arg a "$(thread owed 'No zone')" --arg b "$(thread owed 'A zone')" '.threads += {($a): "ca", ($b): "ca"}' parties.json >uncertain.json
ok "what rests on it" "$LAPSE" -C owed gaps --parties uncertain.json --policy ./quick.json --json
is "is doubtful, and the rest is firm" "$(jq -r 'select(.opened == "2025-01-02T10:00:00Z" and .stopped == "2025-01-03T00:00:00Z") | [.state, .doubts] | tostring' "$out" | sort)" \
    '["late",["opener","time"]]
["late",["opener"]]'


# A copy by somebody else, dates that cannot be, and none at all.
mkdir doubtful
message one@y 'Thu, 02 Jan 2025 10:00:00 +0000' 'Other' 'When?' >doubtful/one.eml
from='Bob <bob@ca.example>' message two@y 'Sat, 04 Jan 2025 10:00:00 +0000' 'Re: Other' 'Now.' 'References: <one@y>' >doubtful/two.eml
from='Eve <eve@x>' message two@y 'Fri, 03 Jan 2025 10:00:00 +0000' 'Re: Other' 'Now.' 'References: <one@y>' 'X-A: 1' 'X-B: 1' >eve.eml
from='Bob <bob@ca.example>' message two@y 'Thu, 02 Jan 2025 11:00:00 +0000' 'Re: Other' 'Now.' 'References: <one@y>' 'X-A: 1' 'X-B: 1' >earlier.eml
message spam@y 'Tue, 03 Feb 2099 10:00:00 +0000' 'Spam' 'Buy.' >spam.eml
from='Bob <bob@ca.example>' message late@y 'Tue, 03 Feb 2099 10:00:00 +0000' 'Re: Other' 'Here it is.' 'References: <one@y>' >future.eml
policy '{"sources":["list"]}'

# doubtful ARCHIVE FILE...: state and doubts of what was asked at ten, with these files beside the two.
doubtful() {
	archive=$1
	shift
	new "$archive"
	ok "its mail" "$LAPSE" -q -C "$archive" import mail --source list doubtful "$@"
	jq --arg t "$(thread "$archive" Other)" '.threads = {($t): "ca"} | .parties += [{id: "ann", name: "Ann", role: "community",
	    members: [{domain: "auditor.example"}]}]' parties.json >its.json
	ok "what is owed in it" "$LAPSE" -C "$archive" gaps --parties its.json --policy ./quick.json --json
	jq -r 'select(.opened == "2025-01-02T10:00:00Z") | [.state, .stopped, .doubts] | tostring' "$out" >verdict
	ok "it verifies" "$LAPSE" -C "$archive" verify
}
doubtful plain
is "the two alone are firm" "$(cat verdict)" '["late","2025-01-04T10:00:00Z",[]]'
doubtful byeve eve.eml
is "what another author says is another post" "$(cat verdict)" '["late","2025-01-04T10:00:00Z",[]]'
doubtful twice earlier.eml
is "copies with two dates are met by the fuller one" "$(cat verdict)" '["met","2025-01-02T11:00:00Z",[]]'
from='Bob <bob@ca.example>' message two@y 'Sat, 04 Jan 2025 10:00:00 +0000' 'Re: Other' 'Now.' 'References: <one@y>' 'X-A: 1' 'X-B: 1' 'X-C: 1' >fuller.eml
doubtful thrice earlier.eml fuller.eml
is "by a later one they are late, and may have been in time" "$(cat verdict)" '["late","2025-01-04T10:00:00Z",["time"]]'
doubtful spammed spam.eml
is "a date that is still to come makes no silence" "$(cat verdict)" '["late","2025-01-04T10:00:00Z",[]]'
ok "the list of it" "$LAPSE" -C spammed list --json
is "covers what it did" "$(jq -r .covered "$out" | sort -u)" 2025-01-04T10:00:00Z
rm doubtful/two.eml
doubtful never future.eml
is "an owner's message from the future is no date, and a doubt" "$(cat verdict)" '["running",null,[]]'
message seen@y 'Fri, 10 Jan 2025 10:00:00 +0000' 'Later' 'Something.' >doubtful/seen.eml
doubtful never2 future.eml
is "of a breach" "$(cat verdict)" '["overdue",null,["time"]]'
ok "it is shown" "$LAPSE" -C never2 show "$(thread never2 Other)"
prints ' undated '

policy '{"sources":["another"]}'
ok "one that names another" "$LAPSE" -C owed gaps --parties parties.json --policy ./quick.json
prints ' answered '
policy '{"sources":[]}'
exits 3 "one that names none" "$LAPSE" -C owed gaps --parties parties.json --policy ./quick.json
says "rule 'quick-respond': 'sources' is empty"
ok "no prefix makes an owner" "$LAPSE" -C owed list --parties parties.json
prints '^list:[0-9]*  *-  .*  Something else$'
ok "explain" "$LAPSE" -C owed explain "$question" --parties parties.json
prints 'nothing to explain'

# ---- files in any order, copies as many as may be ----

cp one/a.eml copy.eml
set -- one/a.eml one/b.eml one/c.eml one/d.eml late/r.eml late/s.eml late/t.eml uncertain/q.eml uncertain/p.eml all.mbox all.mbox.gz copy.eml
tree=
for turn in 1 2 3 4; do
	first=$1 second=$2 third=$3
	shift 3
	set -- "$@" "$third" "$first" "$second"
	rm -rf any
	ok "order $turn" "$LAPSE" -q init any
	ok "order $turn, at once" "$LAPSE" -q -C any import mail --source list --captured-at 2025-05-01T00:00:00Z "$@"
	: "${tree:=$(git -C any rev-parse 'HEAD^{tree}')}"
	is "order $turn makes the same objects" "$(git -C any rev-parse 'HEAD^{tree}')" "$tree"
	rm -rf steps
	ok "order $turn, in steps" "$LAPSE" -q init steps
	hour=10
	for file; do
		ok "order $turn: $file" "$LAPSE" -q -C steps import mail --source list --captured-at "2025-05-01T$hour:00:00Z" "$file"
		hour=$((hour + 1))
	done
	ok "order $turn verifies" "$LAPSE" -C steps verify
	prints '^faults: 0 '
	is "order $turn ends in the same threads" "$(threads steps)" "$(threads any)"
done

# ---- what is no mail, and what is broken ----

printf '{"bugs":[]}' >bugs.json
: >empty
new bad
exits 3 "JSON" "$LAPSE" -C bad import mail --source list bugs.json
says '^lapse: import: bugs.json:1: not a mailbox'
new some
mkdir half
cp all.mbox half/a.mbox
printf '\357\273\277' | cat - all.mbox >half/b.mbox
ok "a file of a folder that is no mail" "$LAPSE" -C some import mail --source list half
says '^lapse: import: files of a folder that are no mail were passed over: 1 (half/b.mbox: '
exits 3 "one that is not there" "$LAPSE" -C bad import mail --source list nowhere
is "nothing is written" "$(git -C bad rev-list --count HEAD)" 1
ok "an empty mailbox beside a full one" "$LAPSE" -q -C bad import mail --source list empty all.mbox
ok "a source of bugs" "$LAPSE" -q -C bad import bugzilla --source bugs bugs.json
exits 3 "takes no mail" "$LAPSE" -C bad import mail --source bugs all.mbox
says "source 'bugs' is of kind bugzilla, not mail"
exits 3 "a search for a list" "$LAPSE" -C bad source set list 'https://bugzilla.example/buglist.cgi?product=X'
says "source 'list' is of kind mail: what is set here is asked of Bugzillas"

# What only messages have means nothing in a bug, whatever its server sends.
comment='{bug_id: 1, creator: "a@x", is_private: false, tags: []}'
saved() {
	jq -nc "{bugs: {\"1\": {comments: [$comment + {id: 1, count: 0, time: \"2025-01-01T00:00:00Z\", text: \"opened\"},
	    $comment + {id: 2, count: 1, time: \"2025-01-02T00:00:00Z\", text: \"$1\"} + $2]}}, comments: {}}" >saved.json
}
new keys
saved words '{message_id: "m@x", root: "r@x", time_is: "none", time_slack: 999999999, moved_to: 7}'
ok "a bug with keys of messages" "$LAPSE" -q -C keys import bugzilla --source bugs --captured-at 2025-02-01T00:00:00Z saved.json
ok "keeps its comment" "$LAPSE" -C keys show bugs:1 --json
is "with its time" "$(jq -c 'select(.type == "post" and .post == 1) | [.at, .note // null]' "$out")" '["2025-01-02T00:00:00Z",null]'
saved others '{message_id: "m@x", root: "r@x", time_is: "none", time_slack: 999999999, moved_to: 7}'
ok "its edit" "$LAPSE" -q -C keys import bugzilla --source bugs --captured-at 2025-02-02T00:00:00Z saved.json
exits 1 "is as silent as any" "$LAPSE" -C keys verify
prints '^silent .* bugs:1#1: edited '
saved words '{count: 4503599627370496}'
exits 3 "a count that is no comment's" "$LAPSE" -C keys import bugzilla --source bugs --captured-at 2025-02-03T00:00:00Z saved.json
says 'comments\[1\]: "count" is more than any bug has comments$'

# forge PATH-PATTERN FILTER: a clone of first in which a document is what FILTER makes of it.
forge() {
	rm -rf forged
	git clone -q --bare first forged
	path=$(git -C first ls-tree -r --name-only HEAD | grep -m 1 "$1")
	blob=$(git -C first cat-file blob "HEAD:$path" | sh -c "$2" | git -C forged hash-object -w --stdin)
	GIT_INDEX_FILE=$PWD/index git -C forged read-tree HEAD
	GIT_INDEX_FILE=$PWD/index git -C forged update-index --cacheinfo "100644,$blob,$path"
	commit=$(git -C forged log -1 --format=%B | GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x \
	    git -C forged commit-tree -p "$(git -C forged rev-parse HEAD~)" "$(GIT_INDEX_FILE=$PWD/index git -C forged write-tree)")
	git -C forged update-ref HEAD "$commit"
}
forge '^messages/' 'sed s/What/That/'
exits 1 "a message with other bytes" "$LAPSE" -C forged verify
prints '^identity .*its SHA-256 is '
forge '/posts/' 'jq -c -j -S ".author = \"eve@x\""'
exits 1 "a post with another author" "$LAPSE" -C forged verify
prints '^mail .*it does not follow from its message$'
forge '/posts/' 'jq -c -j -S ".creation_time = \"2025-01-01T00:00:00Z\""'
exits 1 "a post with another time" "$LAPSE" -C forged verify
prints '^mail .*it does not follow from its message$'
forge '/thread.json$' 'jq -c -j -S ".status = \"RESOLVED\""'
exits 1 "a thread with another status" "$LAPSE" -C forged verify
prints "^mail .*it does not follow from the thread's messages\$"
forge '/posts.json$' 'jq -c -j -S ".parents[0] = .numbers[0]"'
exits 1 "another parent" "$LAPSE" -C forged verify
prints "^mail .*it does not follow from the thread's messages\$"
finish
