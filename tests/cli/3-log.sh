#!/bin/sh
# lapse log: every kind of event, on invented bugs that are captured again and again; each capture changes one thing or two.
. "$(dirname "$0")/lib.sh"

# new NAME: an archive, and a bug of three comments and two entries as it stands.
new() {
	archive=$1 day=0
	ok "init $archive" "$LAPSE" -q init "$archive"
	cat >bug.json <<'END'
{"id":5,"summary":"Example Trust: a typo","status":"ASSIGNED","resolution":"","whiteboard":"[ca-compliance]","product":"CA Program",
 "component":"CA Certificate Compliance","creation_time":"2024-01-01T08:00:00Z","last_change_time":"2024-01-03T08:00:00Z",
 "creator":"ann@ca.example","assigned_to":"ann@ca.example","cc":[],"keywords":[],"depends_on":[],"votes":0,"is_open":true,"flags":[],
 "creator_detail":{"id":21,"name":"ann@ca.example","real_name":"Ann"},
 "comments":[
  {"id":100,"count":0,"author":"ann@ca.example","creation_time":"2024-01-01T08:00:00Z","text":"The report.","raw_text":"The report.","tags":[],"is_private":false,"reactions":{}},
  {"id":101,"count":1,"author":"ruth@root.example","creation_time":"2024-01-02T08:00:00Z","text":"Which one?","raw_text":"Which one?","tags":[],"is_private":false,"reactions":{}},
  {"id":102,"count":2,"author":"bob@ca.example","creation_time":"2024-01-03T08:00:00Z","text":"This one.","raw_text":"This one.","tags":[],"is_private":false,"reactions":{}}],
 "history":[
  {"when":"2024-01-01T09:00:00Z","who":"ruth@root.example","changes":[{"field_name":"status","removed":"NEW","added":"ASSIGNED"}]},
  {"when":"2024-01-02T09:00:00Z","who":"ruth@root.example","changes":[{"field_name":"priority","removed":"--","added":"P1"}]}],
 "attachments":[]}
END
	capture .
}

# capture EDIT: the bug changed by this jq program, captured at noon of the next day of February. $now is that day's 06:00.
capture() {
	day=$((day + 1))
	date=2024-02-$(printf %02d $day)
	jq -c --arg now "${date}T06:00:00Z" "$1" bug.json >next.json && mv next.json bug.json
	jq -c '{bugs: [.], faults: []}' bug.json >answer.json
	ok "a capture of $archive: $1" "$LAPSE" -q -C "$archive" import bugzilla --source bmo --captured-at "${date}T12:00:00Z" answer.json
}

# log OPTION...: the events, one short line each into `found`.
log() {
	ok "log $archive $*" "$LAPSE" -C "$archive" log --json "$@" 5
	cp "$out" events
	jq -r '[.standing, .kind, (.post // .attachment // "-"), .field // "-", .from // "-", .to // "-", .after // "-", .at] | join(" | ")' events |
		sed 's/2024-02-\(..\)T12:00:00Z/day \1/g' >found
	jq -c 'select(.rests_on == "comparison")' events >comparisons
}

# shows LINE..., shows_only LINE...: these lines are among the comparisons that the last log showed, or are all of them.
shows() {
	for line in "$@"; do
		ok "$archive shows '$line' in $(grep ' day ..$' found | tr '\n' ';')" grep -q -x -F -e "$line" found
	done
}
shows_only() {
	shows "$@"
	is "$archive: no more comparisons than these" "$(wc -l <comparisons | tr -d ' ')" $#
}

# declare_ FIELD REMOVED ADDED: the jq program that adds such an entry of today's.
declare_() {
	printf '(.history += [{when: $now, who: "ruth@root.example", changes: [{field_name: "%s", removed: "%s", added: "%s"}]}] | .last_change_time = $now)' "$1" "$2" "$3"
}

# ---- what the source declares ----

new plain
log
is "posts and entries, in order" "$(cut -d'|' -f1-3 found | tr -d ' ' | tr '\n' ' ')" \
    "declared|post|0 declared|change|- declared|post|1 declared|change|- declared|post|2 "
shows_only
ok "for people" "$LAPSE" -C plain log 5
prints '^when  *event  *standing  *post  *who  *what  *rests on$'
prints '^2024-01-02T08:00:00Z  post  *-  *1  ruth@root.example  "Which one?"  *[0-9a-f]\{12\}:posts/0/1.json$'
prints '^2024-01-01T09:00:00Z  change  *-  *-  ruth@root.example  status: "NEW" -> "ASSIGNED"  *[0-9a-f]\{12\}:changes.json$'
prints '^5 events, 0 silent; 1 version captured$'
prints '^the log ends at 2024-02-01T12:00:00Z, with the newest capture that covers the thread, not at 2025-06-01T00:00:00Z: nothing is asserted about a time that no capture has seen$'
ok "at a time" "$LAPSE" -C plain --at 2024-01-02T08:00:00Z log 5
prints '^3 events, 0 silent; 1 version captured$'
says_nothing
ok "at the capture" "$LAPSE" -C plain --at 2024-02-01T12:00:00Z log --json 5
says_nothing
ok "later, for programs" "$LAPSE" -C plain --at 2024-02-01T12:00:01Z log --json 5
says '^lapse: log: the log ends at 2024-02-01T12:00:00Z, with the newest capture that covers the thread, not at 2024-02-01T12:00:01Z$'
ok "csv" "$LAPSE" -C plain log --format csv 5
prints '^thread,at,after,before,kind,standing,post,attachment,who,field,from,to,why,rests_on,capture,path,earlier_capture,earlier_path'
ok "markdown" "$LAPSE" -C plain log --format markdown 5
prints '^| when | event | standing | post | who | what | rests on |'
ok "one post" "$LAPSE" -C plain log --json '5#1'
is "only it" "$(jq -r '"\(.kind) \(.post)"' "$out")" "post 1"
ok "json" "$LAPSE" -C plain log --json 5
cp "$out" events
is "the keys are" "$(jq -r 'keys | join(" ")' events | sort -u)" \
    "after at attachment before capture earlier_capture earlier_path field from kind path post rests_on standing thread to type v who why"
while read -r file; do
	ok "$file is there" git -C plain cat-file -e "$file"
done <<END
$(jq -r '"\(.capture):\(.path)"' events)
END
exits 3 "no such thread" "$LAPSE" -C plain log 6
says "^lapse: log: no thread '6' in the archive$"
exits 2 "both" "$LAPSE" -C plain log --all --silent 5
says '^lapse: log: --all and --silent exclude each other'
exits 2 "none" "$LAPSE" -C plain log

new words
capture "$(declare_ status ASSIGNED RESOLVED) | .status = \"RESOLVED\" | $(declare_ resolution '' FIXED) | .resolution = \"FIXED\" | .is_open = false"
capture "$(declare_ status RESOLVED REOPENED) | .status = \"REOPENED\" | $(declare_ resolution FIXED '') | .resolution = \"\" | .is_open = true"
capture "$(declare_ component 'CA Certificate Compliance' 'CA Documents') | .component = \"CA Documents\""
capture "$(declare_ summary 'Example Trust: a typo' 'Other Trust: a typo') | .summary = \"Other Trust: a typo\""
capture "$(declare_ status REOPENED RESOLVED) | .status = \"RESOLVED\" | $(declare_ resolution '' DUPLICATE) | .resolution = \"DUPLICATE\""
log
shows_only
is "in words" "$(jq -r .kind events | grep -v -e post -e change | tr '\n' ' ')" "closed reopened moved retitled closed duplicate "
log --all
is "the rest follows from them" "$(jq -r 'select(.standing == "noise") | .field' events | sort -u | tr '\n' ' ')" "is_open last_change_time "
ok "and all is explained" "$LAPSE" -C words verify

# ---- texts ----

new texts
capture '.comments[1] |= (.text = "Which two?" | .raw_text = "Which two?")'
log
shows_only "silent | edited | 1 | - | Which one? | Which two? | day 01 | day 02"
is "both versions" "$(jq -r '"\(.earlier_capture):\(.earlier_path) \(.capture):\(.path)"' comparisons | tr ' ' '\n' |
    while read -r file; do git -C texts show "$file" | jq -r .raw_text; done | tr '\n' ' ')" "Which one? Which two? "
ok "for people" "$LAPSE" -C texts log 5
prints '^by 2024-02-02T12:00:00Z  edited  SILENT  *1  -  *between 2024-02-01T12:00:00Z and 2024-02-02T12:00:00Z: the text was edited: "Which one?" -> "Which two?"  *[0-9a-f]\{12\} and [0-9a-f]\{12\}:posts/0/1.json$'
prints '^6 events, 1 silent; 2 versions captured$'
exits 1 "verify" "$LAPSE" -C texts verify
prints '^silent  threads/bmo/05/00/5/posts/0/1.json  bmo:5#1: edited between 2024-02-01T12:00:00Z and 2024-02-02T12:00:00Z, and nothing explains it; before: [0-9a-f]\{40\}$'
prints '^faults: 1 (commits 3, captures 2, documents [0-9]*; threads compared 1, silent 1, history 0)$'
# An edit that an entry declares is that entry.
capture '.comments[2] |= (.text = "That one." | .raw_text = "That one.") | .history += [{when: $now, who: "bob@ca.example", changes: [{field_name: "comment_revision", comment_id: 102, comment_count: 2, removed: "This one.", added: "That one."}]}]'
log
shows_only "silent | edited | 1 | - | Which one? | Which two? | day 01 | day 02"
shows "declared | edited | 2 | comment_revision | This one. | That one. | - | 2024-02-03T06:00:00Z"
# An entry that declares another text declares nothing.
capture '.comments[2] |= (.text = "Those." | .raw_text = "Those.") | .history += [{when: $now, who: "bob@ca.example", changes: [{field_name: "comment_revision", comment_id: 102, comment_count: 2, removed: "That one.", added: "These."}]}]'
log
shows "silent | edited | 2 | - | That one. | Those. | day 03 | day 04"
# Captures that found nothing in between narrow it down.
capture .
capture .
capture '.comments[0] |= (.text = "A report." | .raw_text = "A report.")'
log --silent
shows "silent | edited | 0 | - | The report. | A report. | day 06 | day 07"
# What the server writes around the author's words is its own.
capture '.comments[0].text = "Created attachment 7\nx\n\nA report."'
log
is "no edit" "$(grep -c 'day 08$' found)" 0
log --all
shows "noise | rendered | 0 | - | A report. | Created attachment 7" # and the rest of it on lines of its own
# A reader who is told of the number of edits knows of them.
capture '.comments[0].edit_count = 0'
capture '.comments[0] |= (.text = "My report." | .raw_text = "My report." | .edit_count = 1)'
log
shows "declared | edited | 0 | - | A report. | My report. | day 09 | day 10"
# A count where none was told before is no news of an edit, and hides none.
capture 'del(.comments[].edit_count)'
capture '.comments[0].edit_count = 1 | .comments[1] |= (.text = "Which three?" | .raw_text = "Which three?" | .edit_count = 0)'
log
is "no edit of the first" "$(grep -c '| edited | 0 | .*day 12$' found)" 0
shows "silent | edited | 1 | - | Which two? | Which three? | day 11 | day 12"
capture 'del(.comments[].edit_count)'
capture '.comments[1] |= (.text = "Which four?" | .raw_text = "Which four?" | .edit_count = 2)'
log
shows "unproven | edited | 1 | - | Which three? | Which four? | day 13 | day 14"

new bare # as other Bugzillas answer
capture 'del(.comments[].raw_text) | .comments[1] |= (.attachment_id = 7 | .text = "Created attachment 7\nlist\n\nWhich one?")'
capture '.comments[1].text = "Created attachment 7\nlist, new\n\nWhich one?"'
log
shows_only
capture '.comments[1].text = "Created attachment 7\nlist, new\n\nWhich ones?"'
log
shows_only "silent | edited | 1 | - | Which one? | Which ones? | day 03 | day 04"

# ---- posts that come and go ----

new posts
capture 'del(.comments[1])'
log
shows_only "silent | vanished | 1 | - | Which one? | - | day 01 | day 02"
is "where it was" "$(git -C posts show "$(jq -r '"\(.earlier_capture):\(.earlier_path)"' comparisons)" | jq -r .text)" "Which one?"
is "where it is not" "$(git -C posts show "$(jq -r '"\(.capture):\(.path)"' comparisons)" | jq -c .)" '{"numbers":[0,2]}'
capture '.comments += [{id: 101, count: 1, author: "ruth@root.example", creation_time: "2024-01-02T08:00:00Z", text: "Which one?", raw_text: "Which one?", tags: [], is_private: false, reactions: {}}] | .history += [{when: $now, who: "ruth@root.example", changes: [{field_name: "longdescs.isprivate", removed: "1", added: "0", comment_count: 1, comment_id: 101}]}] | .last_change_time = $now'
log
shows_only "silent | vanished | 1 | - | Which one? | - | day 01 | day 02" "declared | returned | 1 | - | - | Which one? | day 02 | day 03"
capture '.comments += [{id: 99, count: 3, author: "ruth@root.example", creation_time: "2024-01-04T08:00:00Z", text: "Old.", raw_text: "Old."}] | .history += [{when: $now, who: "ruth@root.example", changes: [{field_name: "longdescs.isprivate", removed: "1", added: "0", comment_count: 3, comment_id: 99}]}] | .last_change_time = $now'
capture '.comments += [{id: 98, count: 4, author: "ruth@root.example", creation_time: "2024-01-05T08:00:00Z", text: "Older.", raw_text: "Older."}]'
capture '.comments += [{id: 97, count: 5, author: "ruth@root.example", creation_time: $now, text: "New.", raw_text: "New."}] | .last_change_time = $now'
log
shows "declared | late | 3 | - | - | Old. | day 03 | day 04" "silent | late | 4 | - | - | Older. | day 04 | day 05" \
    "declared | post | 5 | - | - | New. | - | 2024-02-06T06:00:00Z"
is "a new post is no more than that" "$(grep -c 'day 06$' found)" 0
capture '(.comments[] | select(.count == 5)) |= (.id = 96 | .text = "Another." | .raw_text = "Another.")'
log
shows "silent | replaced | 5 | - | New. | Another. | day 06 | day 07"
capture '(.comments[] | select(.count == 5)) |= (.is_private = true)'
log
shows "silent | privacy | 5 | is_private | false | true | day 07 | day 08"
capture 'del(.comments[] | select(.count == 5))'
log
shows "explained | vanished | 5 | - | Another. | - | day 08 | day 09"

# ---- authors and times ----

new times
capture '.comments[1].creation_time = "2024-01-02T07:00:00Z"'
log
shows_only "silent | retimed | 1 | creation_time | 2024-01-02T08:00:00Z | 2024-01-02T07:00:00Z | day 01 | day 02"
capture '.comments[2].author = "ruth@root.example"'
log
shows "silent | reattributed | 2 | author | bob@ca.example | ruth@root.example | day 02 | day 03"
capture '.history[0].who = "ann@ca.example"'
log
shows "silent | entry-reattributed | - | status | ruth@root.example | ann@ca.example | day 03 | day 04"
exits 1 "verify" "$LAPSE" -C times verify
prints '^history  *threads/bmo/05/00/5/changes.json  *bmo:5: entry-reattributed status between '
prints ' silent 2, history 1)$'

new names # a login that is another one everywhere
capture '(.. | select(. == "ruth@root.example")) = "r.smith@root.example"'
log
shows_only "explained | renamed | - | - | ruth@root.example | r.smith@root.example | day 01 | day 02"
is "posts and entries are under today's login" "$(jq -r 'select(.post == 1) | .who' events)" "r.smith@root.example"
# One that the people show, though a post keeps the old one.
capture '(.comments[0].author, .creator, .creator_detail.name) = "ann@new.example" | .comments += [{id: 103, count: 3, author: "ann@ca.example", creation_time: "2024-02-03T05:00:00Z", text: "x", raw_text: "x"}]'
log
shows "explained | renamed | - | - | ann@ca.example | ann@new.example | day 02 | day 03"
is "as the people show" "$(jq -r 'select(.to == "ann@new.example") | .path' comparisons)" "people/bmo/21/00/21.json"
# assigned_to, which kept it, is hers.
capture '.assigned_to = "ann@new.example"'
log
is "and no silent change" "$(grep -c ^silent found)" 0
# A flag set before and cleared after under another name.
capture ".flags = [{id: 1, name: \"needinfo\", status: \"?\", requestee: \"bob@ca.example\"}] | $(declare_ flagtypes.name '' 'needinfo?(bob@ca.example)')"
capture '(.flags[0].requestee, .comments[2].author) = "bob@new.example"'
capture ".flags = [] | $(declare_ flagtypes.name 'needinfo?(bob@new.example)' '')"
log
is "a flag of a renamed login is no silent change" "$(grep -c ^silent found)" 0
shows "explained | renamed | - | - | bob@ca.example | bob@new.example | day 05 | day 06"

# ---- tags, reactions, votes ----

new tags
capture '.comments[1].tags = ["spam"] | .history += [{when: $now, who: "ruth@root.example", changes: [{field_name: "comment_tag", removed: "", added: "spam", comment_id: 101, comment_count: 1}]}]'
capture '.comments[1].reactions = {"+1": 2} | .votes = 3 | .cc = ["x@y.example"]'
log
shows_only
log --all
shows_only 'noise | reacted | 1 | reactions | {} | {"+1":2} | day 02 | day 03' "noise | field | - | votes | 0 | 3 | day 02 | day 03" \
    'noise | field | - | cc | [] | ["x@y.example"] | day 02 | day 03'
ok "for people" "$LAPSE" -C tags log 5
prints '^3 more that change by themselves or follow from others (--all)$'
ok "and all is explained" "$LAPSE" -C tags verify
capture '.comments[1].tags = []'
log
shows_only "unproven | tagged | 1 | tags | spam |  | day 03 | day 04"
capture '.votes = 4'
log
shows_only "silent | tagged | 1 | tags | spam |  | day 03 | day 04" # a later history does not tell it either

# ---- fields and flags ----

new fields
capture '.whiteboard = "[ca-compliance] x"'
capture ".whiteboard = \"z\" | $(declare_ whiteboard '[ca-compliance] x' y) | $(declare_ whiteboard y z)"
capture ".keywords = [\"a\", \"b\"] | $(declare_ keywords '' a)"
capture '.flags = [{id: 1, name: "needinfo", status: "?", requestee: "bob@ca.example"}]'
capture ".flags = [{id: 1, name: \"needinfo\", status: \"?\", requestee: \"ann@ca.example\"}, {id: 2, name: \"needinfo\", status: \"?\", requestee: \"ann@ca.example\"}] | $(declare_ flagtypes.name 'needinfo?(bob@ca.example)' 'needinfo?(ann@ca.example), needinfo?(ann@ca.example)')"
capture ".flags = [] | $(declare_ flagtypes.name 'needinfo?(ann@ca.example)' '')"
capture '.depends_on = [9]'
capture '.creation_time = "2024-01-01T07:59:59Z"'
capture '.cf_ca_ref = "X"'
capture "$(declare_ whiteboard z 'z z2 z3') | .history[-1].changes[0] |= (.removed = \"z z2\" | .added = \"z2 z3\") | .whiteboard = \"z3\""
log
shows_only "silent | field | - | whiteboard | [ca-compliance] | [ca-compliance] x | day 01 | day 02" \
    "silent | field | - | keywords |  | b | day 03 | day 04" \
    "silent | flag | - | flags |  | needinfo?(bob@ca.example) | day 04 | day 05" \
    "silent | flag | - | flags | needinfo?(ann@ca.example) |  | day 06 | day 07" \
    "explained | field | - | depends_on |  | 9 | day 07 | day 08" \
    "silent | field | - | creation_time | 2024-01-01T08:00:00Z | 2024-01-01T07:59:59Z | day 08 | day 09" \
    "unproven | field | - | cf_ca_ref |  | X | day 09 | day 10"

# Without a history nothing could declare it.
new mute
jq -c '{bugs: [del(.history) | .whiteboard = "x"]}' bug.json >answer.json
ok "fields alone" "$LAPSE" -q -C mute import bugzilla --source bmo --captured-at 2024-02-02T12:00:00Z answer.json
log
shows_only "unproven | field | - | whiteboard | [ca-compliance] | x | day 01 | day 02"
ok "no fault" "$LAPSE" -C mute verify

# ---- a capture that was torn ----

new torn # the fields were read before the change, comments and history after it
capture "(.history += [{when: \"2024-02-02T12:00:05Z\", who: \"ruth@root.example\", changes: [{field_name: \"whiteboard\", removed: \"[ca-compliance]\", added: \"w\"}]}])"
capture '.whiteboard = "w"'
# The history was read before it, the fields after it.
capture '.whiteboard = "v" | .last_change_time = "2024-02-04T12:00:04Z"'
log
shows_only "unproven | field | - | whiteboard | w | v | day 03 | day 04"
capture '.history += [{when: "2024-02-04T12:00:04Z", who: "ruth@root.example", changes: [{field_name: "whiteboard", removed: "w", added: "v"}]}]'
log
shows_only
capture '.comments += [{id: 104, count: 3, author: "bob@ca.example", creation_time: "2024-02-05T12:00:03Z", text: "x", raw_text: "x"}]' # after the comments were read
log
shows_only
ok "all is explained" "$LAPSE" -C torn verify

# ---- attachments ----

new files
capture '.attachments = [{id: 7, creation_time: $now, summary: "list", file_name: "a", is_obsolete: 0, is_private: 0, creator: "ann@ca.example", size: 4, data: "YWJj", flags: []}]'
capture '.attachments[0] |= (.summary = "old list" | .is_obsolete = 1) | .history += [{when: $now, who: "ann@ca.example", changes: [{field_name: "attachments.description", removed: "list", added: "old list", attachment_id: 7}, {field_name: "attachments.isobsolete", removed: "0", added: "1", attachment_id: 7}]}] | .last_change_time = $now'
log
shows_only
shows "declared | attached | 7 | - | - | list | - | 2024-02-02T06:00:00Z"
capture '.attachments[0].file_name = "b"'
capture '.attachments[0].data = "YWJk"'
capture '.attachments = [] | .history = .history[0:2]'
log
shows_only "silent | attachment-changed | 7 | file_name | a | b | day 03 | day 04" \
    "silent | attachment-changed | 7 | data | 4 characters of base64 | 4 characters of base64 | day 04 | day 05" \
    "silent | attachment-vanished | 7 | - | old list | - | day 05 | day 06" \
    "explained | entry-lost | 7 | attachments.description | list | old list | day 05 | day 06" \
    "explained | entry-lost | 7 | attachments.isobsolete | 0 | 1 | day 05 | day 06"
capture '.attachments = [{id: 7, creation_time: "2024-02-02T06:00:00Z", summary: "old list", file_name: "b", is_obsolete: 1, is_private: 0, creator: "ann@ca.example", size: 4, data: "YWJk", flags: []}] | .history += [{when: "2024-02-03T06:00:00Z", who: "ann@ca.example", changes: [{field_name: "attachments.description", removed: "list", added: "old list", attachment_id: 7}, {field_name: "attachments.isobsolete", removed: "0", added: "1", attachment_id: 7}]}, {when: "2024-02-06T05:00:00Z", who: "r@root.example", changes: [{field_name: "attachments.isprivate", removed: "0", added: "1", attachment_id: 7}]}, {when: $now, who: "r@root.example", changes: [{field_name: "attachments.isprivate", removed: "1", added: "0", attachment_id: 7}]}] | .last_change_time = $now'
log
shows "declared | attachment-vanished | 7 | - | old list | - | day 05 | day 06" \
    "declared | attachment-returned | 7 | - | - | old list | day 06 | day 07"
ok "known before" "$LAPSE" -C files --known 2024-02-06T12:00:00Z log --silent --json 5
is "it was silent then" "$(jq -r 'select(.kind == "attachment-vanished") | .standing' "$out")" silent

# ---- histories that did not just grow ----

new rewritten
capture 'del(.history[1])'
log
shows_only "silent | entry-lost | - | priority | -- | P1 | day 01 | day 02"
shows "declared | change | - | priority | -- | P1 | - | 2024-01-02T09:00:00Z" # once seen it stays known
capture '.history = [.history[0], {when: "2024-01-05T09:00:00Z", who: "ruth@root.example", changes: [{field_name: "severity", removed: "--", added: "S1"}]}]'
log
shows "silent | entry-backdated | - | severity | -- | S1 | day 02 | day 03"
capture '.history += [{when: "2024-01-06T09:00:00Z", who: "ruth@root.example", changes: [{field_name: "blocks", removed: "", added: "9"}]}]'
capture 'del(.history[-1])'
log
shows "explained | entry-backdated | - | blocks |  | 9 | day 03 | day 04" "explained | entry-lost | - | blocks |  | 9 | day 04 | day 05"
exits 1 "verify" "$LAPSE" -C rewritten verify
prints '^history  *threads/bmo/05/00/5/changes.json  *bmo:5: entry-lost priority between 2024-02-01T12:00:00Z and 2024-02-02T12:00:00Z, and nothing explains it; before: '
prints ' silent 0, history 2)$'

# ---- out of sight ----

new sight
bugs() {
	ok "$1: bugs $2" "$LAPSE" -q -C sight import bugzilla --source bmo --captured-at "$1" - <<END
{"bugs":[$(for id in $2; do printf '%s{"id":%d,"summary":"s %d","status":"NEW"}' "$comma" "$id" "$id"; comma=,; done)]}
END
}
comma=
bugs 2024-03-01T12:00:00Z "5 6 7 8"
bugs 2024-03-02T12:00:00Z "6 7 8"
bugs 2024-03-03T12:00:00Z "5 6 7 8"
bugs 2024-03-04T12:00:00Z "9"
log
shows "unproven | unseen | - | - | - | - | 2024-03-01T12:00:00Z | 2024-03-02T12:00:00Z" \
    "unproven | seen | - | - | - | - | 2024-03-02T12:00:00Z | 2024-03-03T12:00:00Z"
is "others that were asked for say nothing" "$(grep -c 2024-03-04 found)" 0

# ---- hostile texts ----

new odd
capture '.comments[1] |= (.text = "\u001b[31mred\u202e" | .raw_text = "\u001b[31mred\u202e") | .whiteboard = "a\u0000b"'
ok "for people" "$LAPSE" -C odd log 5
prints '"Which one?" -> "\\x1B\[31mred\\u{202E}"'
ok "for programs" "$LAPSE" -C odd log --json 5
is "whole" "$(jq -r 'select(.kind == "edited") | .to' "$out" | od -An -c | tr -d ' \n')" '033[31mred342200256\n'
finish
