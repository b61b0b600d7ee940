#!/bin/sh
# Two recorded years of twelve captures, where they are at hand, and the log of everything that was really done: the
# silent changes that are found are those done that captures can show, and no others. Without the recording it says so.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/recording.sh"

each_capture() {
	# What it covers, and which number each comment has that anybody could see.
	for file in "$1"comments-*.json; do
		jq -c --arg time "$2" '.bugs | to_entries[] | {time: $time, bug: (.key | tonumber),
		    comments: [.value.comments[] | {id, count, creation_time}]}' "$file" >>covers
	done
	for file in "$1"attachments-*.json; do
		jq -c '.bugs[][] | {id, bug_id, creation_time}' "$file" >>attachments
	done
}
import_recording

# What was done, by the accounts' own log: texts and privacy of each comment and attachment at each capture that covers
# its bug, and from these what two captures in a row show.
cat >done.jq <<'END'
def at($time; $steps): [$steps[] | select(.t <= $time)] | last | if . == null then null else .value end;
($covers | group_by(.bug) | map({key: (.[0].bug | tostring), value: (map(.time) | sort)}) | from_entries) as $times
| [.[] | select(.ok)] as $done
| [.[] | select(.what == "comment_id_of_update")] as $ids
| def original($id): first(($done[] | select(.answer | type == "object" and .id == $id) | .args.comment),
      ($ids[] | select(.comment_id == $id) | .n as $n | $done[] | select(.n == $n) | .args.comment.body)) // "as it was";
  def comments: [$covers[] | .bug as $bug | .comments[] | {bug: $bug, id, number: .count, created: .creation_time}] | unique | .[]
      | .id as $id
      | {bug, number, created, kind: "vanished",
          texts: ([{t: .created, value: original($id)}] +
              [$done[] | select(.what == "edit_comment" and .args.comment_id == $id) | {t, value: .args.new_comment}]),
          hidden: [$done[] | select(.what == "comment_private" and (.args.comment_is_private | has($id | tostring)))
              | {t, value: .args.comment_is_private[$id | tostring]}]};
  def files: $attachments | unique | .[] | .id as $id
      | {bug: .bug_id, number: .id, created: .creation_time, kind: "attachment-vanished", texts: [{t: .creation_time, value: ""}],
          hidden: [$done[] | select(.what == "attachment_update" and .args.attachment_id == $id and (.args | has("is_private")))
              | {t, value: .args.is_private}]};
  (comments, files) | . as $one | $times[.bug | tostring] as $t | range(1; $t | length) as $i
| def seen($time): $one.created <= $time and (at($time; $one.hidden) | not);
  select(seen($t[$i - 1]))
| if (seen($t[$i]) | not) then $one.kind
  elif at($t[$i - 1]; $one.texts) != at($t[$i]; $one.texts) then "edited"
  else empty end
| "bmo:\($one.bug) \(.) \($one.number) between \($t[$i - 1]) and \($t[$i])"
END
jq -rs --slurpfile covers covers --slurpfile attachments attachments -f done.jq "$recording/actions.ndjson" | sort >done
ok "what was done and can be seen" test "$(wc -l <done)" -ge 9

jq -r .bug covers | sort -u >bugs
while read -r bug; do
	ok "log of $bug" "$LAPSE" -C archive log --silent --json "bmo:$bug"
	jq -r '"\(.thread) \(.kind) \(.post // .attachment) between \(.after) and \(.before)"' "$out" >>found
done <bugs
sort -o found found
ok "found is what was done" diff done found
ok "16 bugs" test "$(wc -l <bugs)" -eq 16

# Both texts are there, in the versions that the event names.
ok "the edits" "$LAPSE" -C archive log --silent --json 1884002
cp "$out" edits
while read -r n; do
	jq -c "select(input_line_number == $n)" edits >edit
	for side in '[.earlier_capture, .earlier_path, .from]' '[.capture, .path, .to]'; do
		git -C archive show "$(jq -r "$side | \"\(.[0]):\(.[1])\"" edit)" >post.json
		ok "$n: the text of $side" test "$(jq -r .raw_text post.json)" = "$(jq -r "$side | .[2]" edit)"
	done
done <<END
1
2
3
4
5
6
END
ok "six edits" test "$(wc -l <edits)" -eq 6

exits 1 "verify names the same" "$LAPSE" -C archive verify --json
cp "$out" faults
ok "as many" test "$(wc -l <faults)" -eq "$(wc -l <done)"
ok "all of them silent" test "$(jq -r .class faults | sort -u)" = silent

# Known then: what later captures show is not there yet, and a hiding that was declared afterwards is silent still.
ok "known in September 2024" "$LAPSE" -C archive --known 2024-09-30 log --silent --json 1884002
cp "$out" then
ok "two edits by then" test "$(wc -l <then)" -eq 2
ok "at a day before it was seen" "$LAPSE" -C archive --at 2024-09-20T07:01:00Z log --silent --json 1884002
prints_nothing
finish
