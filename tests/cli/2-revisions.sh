#!/bin/sh
# lapse sync --revisions: which pages are asked for, what they say in log, show, diff and verify, pages that are none.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
. "$root/tests/cli/syncs.sh"

# edit ID NUMBER TIME TEXT [MORE]: somebody edits a comment; MORE is JSON that the revision has beside.
edit() {
	jq -c --argjson n "$2" --arg t "$3" --arg text "$4" --argjson more "${5:-{\}}" '.bugs[0].comments[$n] |= (
	    .revisions = ((.revisions // [{who: "CA Rep [:carep]", time: .creation_time, text: .raw_text}]) + [{who: "CA Rep [:carep]", time: $t, text: $text} + $more])
	    | if $more.hidden then . else .text = $text | .raw_text = $text end)' "state/$1.json" | keep "$1.json"
}

pages() {
	sed -n 's,^GET /page.cgi?id=comment-revisions.html&\(.*\) HTTP/1.1.*,\1,p' one.log | paste -sd ' '
}

# revisions DIR PATH JQ: what is kept of one post's.
revisions() {
	git -C "$1" cat-file blob "HEAD:threads/bmo/$2.json" | jq -c "$3"
}

bugs state 1 3 2025-05-30T00:00:00Z 3
echo '{"key":"Sesame7c2f1e"}' | keep server.json
at 2025-06-01T00:00:00Z
serve one --bugzilla state
archive a
ok "a first sync" sync a --revisions
is "knows no edits" "$(pages)" ""

# ---- two edits between two captures ----

edit 1 2 2025-06-01T00:30:00Z "another < text"
edit 1 2 2025-06-01T00:40:00Z "a third text
of two lines & \"more\""
at 2025-06-01T01:00:00Z
ok "an edit is seen" sync a --recheck all --revisions
is "which this run did not know before" "$(pages)" ""
exits 1 "verify calls it silent" "$LAPSE" -C a verify
ok "the log bounds it" "$LAPSE" -C a log bmo:1
prints 'edited .*between 2025-06-01T00:00:00Z and 2025-06-01T01:00:00Z'
at 2025-06-01T01:10:00Z
ok "revisions on request" sync a --revisions
prints '^bmo: revisions of 1 post$'
is "one page is asked for" "$(pages)" "bug_id=1&comment_id=1002"
is "what is kept of it" "$(revisions a 01/00/1/revisions/0/2 '[.bug_id, .comment_id, .count, .offset, (.revisions | map([.who, .shown, .time, .text, .hidden]))]')" \
    '[1,1002,2,0,[["CA Rep [:carep]","2025-05-30 00:00:00","2025-05-30T00:00:00Z","text 2",false],["CA Rep [:carep]","2025-06-01 00:30:00","2025-06-01T00:30:00Z","another < text",false],["CA Rep [:carep]","2025-06-01 00:40:00","2025-06-01T00:40:00Z","a third text\nof two lines & \"more\"",false]]]'
ok "the log dates it" "$LAPSE" -C a log bmo:1
prints '^2025-06-01T00:30:00Z *edited '
prints '^2025-06-01T00:40:00Z *edited '
ok "and bounds nothing" sh -c '! grep -q between "$1"' sh "$out"
ok "for programs" "$LAPSE" -C a log bmo:1 --json
is "who, when, which" "$(jq -c 'select(.kind == "edited") | [.standing, .at, .who, .post, .path]' "$out" | head -n 1)" \
    '["declared","2025-06-01T00:30:00Z","CA Rep [:carep]",2,"threads/bmo/01/00/1/revisions/0/2.json"]'
for time in "00:20:00Z text 2" "00:35:00Z another < text"; do
	ok "the state at ${time%% *}" "$LAPSE" -C a show bmo:1 --state --at "2025-06-01T${time%% *}"
	is "its text at ${time%% *}" "$(jq -r '.posts["2"].text' "$out")" "${time#* }"
done
exits 1 "a difference between moments" "$LAPSE" -C a diff bmo:1 2025-06-01T00:20:00Z 2025-06-01T00:35:00Z
prints 'another < text'
ok "verify calls nothing silent" "$LAPSE" -C a verify
at 2025-06-01T01:20:00Z
ok "once more" sync a --revisions
is "nothing is asked for twice" "$(pages)" ""
at 2025-06-01T02:00:00Z
edit 1 2 2025-06-01T01:50:00Z "a fourth text"
ok "another edit" sync a --recheck all
ok "of a post whose revisions are kept" sync a --force --revisions
is "is asked for" "$(pages)" "bug_id=1&comment_id=1002"
ok "and again" sync a --force --revisions
is "not again" "$(pages)" ""
is "and there are four texts" "$(revisions a 01/00/1/revisions/0/2 '.revisions | length')" 4
ok "verify" "$LAPSE" -C a verify

ok "what would be asked" sync a --dry-run --revisions --recheck open
prints "^GET $one_url/page.cgi?id=comment-revisions.html&bug_id=…&comment_id=…\$"
prints "^GET $one_url/rest/bug?id=…&include_fields=id,comments.id,.*,comments.edit_count,"
is "and nothing was" "$(asked one)" 0

# ---- counted edits, hidden ones, and who asks ----

mkdir -p "$XDG_CONFIG_HOME/lapse"
(umask 077 && echo "127.0.0.1:$one_port Sesame7c2f1e" >"$XDG_CONFIG_HOME/lapse/keys")
edit 2 0 2025-06-01T02:10:00Z "never seen" '{"hidden":true}'
edit 2 0 2025-06-01T02:20:00Z "a last text"
alter 2 '.comments[0].edit_count = 2'
alter 2 '.comments[1] += {is_private: true, edit_count: 1}'
at 2025-06-01T03:00:00Z
archive b
ok "an archive made with a key" sync b
ok "knows edits that it never saw" sync b --force --revisions
is "by their counts, and is asked for those that outsiders see" "$(pages)" "bug_id=2&comment_id=2000"
is "the key stays with the interface" "$(sed -n '/^GET .page/,/^.$/p' one.log | grep -c -i api-key)" 0
is "what is hidden is what is shown" "$(revisions b 02/00/2/revisions/0/0 '.revisions[1] | [.text, .hidden]')" '["(Hidden by Administrator)",true]'
ok "the log of what was before" "$LAPSE" -C b log bmo:2
prints '^2025-06-01T02:10:00Z *edited '
ok "the text of before" "$LAPSE" -C b show bmo:2 --state --at 2025-06-01T02:00:00Z
is "is the first one" "$(jq -r '.posts["0"].text' "$out")" "text 0"
ok "verify" "$LAPSE" -C b verify
rm "$XDG_CONFIG_HOME/lapse/keys"
alter 2 '.comments[1].is_private = false | del(.comments[1].edit_count)'

# ---- zones ----

zone() {
	echo "{\"offset\":$1}" | keep server.json
	edit 3 "$2" "$3" "edited $2"
	at "$4"
	ok "zone $1: the edit is seen" sync a --recheck all
	exits "$5" "zone $1: its revisions" sync a --force --revisions
}
zone -28800 1 2025-06-01T03:30:00Z 2025-06-01T04:00:00Z 0
is "an offset that is measured" "$(revisions a 03/00/3/revisions/0/1 '[.offset, .revisions[1].shown, .revisions[1].time]')" \
    '[-28800,"2025-05-31 19:30:00","2025-06-01T03:30:00Z"]'
zone 1234 2 2025-06-01T04:30:00Z 2025-06-01T05:00:00Z 0
says '^lapse: sync: bmo: revisions without a known zone of their times: posts 1; their edits stay undated$'
is "one that is none" "$(revisions a 03/00/3/revisions/0/2 '[.offset, .revisions[1].time]')" '[null,null]'
ok "is still bounded" "$LAPSE" -C a log bmo:3
prints '^2025-06-01T03:30:00Z *edited '
prints 'edited .*between 2025-06-01T04:00:00Z and 2025-06-01T05:00:00Z'
echo '{}' | keep server.json
at 2025-06-01T06:00:00Z
alter 1 '.component = "Another"'
ok "a bug leaves the search" sync a
edit 1 0 2025-06-01T06:30:00Z "edited there"
at 2025-06-01T07:00:00Z
ok "it is edited there" sync a --recheck all
ok "its revisions" sync a --force --revisions
is "are asked for as well" "$(pages)" "bug_id=1&comment_id=1000"
at 2025-06-01T08:00:00Z
edit 1 0 2025-06-01T07:30:00Z "edited again"
ok "it is edited again" sync a --recheck all
alter 1 '.groups = ["secret"]'
ok "and hidden" sync a --force
ok "its revisions" sync a --force --revisions
is "are not asked for any more" "$(pages)" ""
unserve one

# ---- pages that are none ----

bug state 4 2025-05-30T00:00:00Z 3
printf '%s\n' '/page.cgi[?]*comment_id=4000 file=page type=text/html' >rules
serve one --bugzilla state --rules rules
archive c
at 2025-06-02T00:00:00Z
ok "an archive" sync c
edit 4 0 2025-06-02T00:30:00Z "other"
at 2025-06-02T01:00:00Z
ok "an edit" sync c --recheck all
article() { printf '<article class="revision" data-comment-id="%s"><time datetime="2025-01-02 00:00:00"></time>%s</article>' "$1" "$2"; }
text='<pre class="bz_comment_text">x</pre>'
page() {
	{ cat && printf '</body></html>\n'; } >page
	sync c --force --revisions
}
bad() {
	ok "a page $1" page
	says '^lapse: sync: bmo: pages of revisions that could not be read: 1$'
	ok "of it nothing is kept" test -z "$(git -C c ls-tree HEAD threads/bmo/04/00/4/revisions)"
}
printf '' | bad "that is empty"
printf '{"error":true}' | bad "that is JSON"
printf '<html><h2>Please log in</h2>' | bad "of something else"
{ printf '<h2>Bug 4 Comment 1</h2>' && article 4001 "$text"; } | bad "of another comment"
{ printf '<h2>Bug 5 Comment 0</h2>' && article 4000 "$text"; } | bad "of another bug"
{ printf '<h2>Bug 4 Comment 1</h2>' && article 4000 "$text"; } | bad "that gives the comment another number"
{ printf '<h2>Bug 4 Comment 0</h2>' && article 4000 "$text" && article 4001 "$text"; } | bad "of two comments"
{ printf '<h2>Bug 4 Comment 0</h2>' && article 4000 '<p>x'; } | bad "without a text"
{ printf '<h2>Bug 4 Comment 0</h2>' && article 4000 "$text" && printf '</html>' && article 4000 "$text" | head -c 30; } >page
sync c --force --revisions >told 2>&1
ok "a page that is cut" grep -q 'could not be read: 1$' told
ok "of it nothing is kept" test -z "$(git -C c ls-tree HEAD threads/bmo/04/00/4/revisions)"
{ printf '<h2>Bug 4 Comment 0</h2>' && article 4000 "$text" && yes "$(article 4000 "$text")" | head -n 1200; } | bad "with more revisions than anybody makes"
{ printf '<h2>Bug 4 Comment 0</h2><article class="revision" data-comment-id="4000">' && yes '<div>' | head -n 1000000 | tr -d '\n'; } | bad "deeper than anything"
head -c 9000000 /dev/zero | tr '\0' '<' | bad "larger than anything"
{ printf '<h2>Bug 4 Comment 0</h2>' && article 4000 '<pre class="bz_comment_text">&#0;&#x110000;&nosuch;</pre>' && head -c 3000000 /dev/zero; } | page >told 2>&1
exits 1 "zeros do no harm" "$LAPSE" -C c verify
prints '^faults: 1 .*silent 1, '
rm -f page
unserve one
cat >rules <<'END'
/page.cgi* redirect=http://127.0.0.2:9/
END
serve one --bugzilla state --rules rules
archive d
at 2025-06-03T00:00:00Z
ok "an archive" sync d
edit 4 1 2025-06-03T00:30:00Z "other"
at 2025-06-03T01:00:00Z
ok "an edit" sync d --recheck all
ok "a page that leads elsewhere" sync d --force --revisions
says '^lapse: sync: bmo: pages of revisions that could not be read: 1$'
unserve one
echo '/page.cgi* status=429 header=Retry-After:120' >rules
serve one --bugzilla state --rules rules
archive e
at 2025-06-04T00:00:00Z
ok "an archive" sync e
edit 4 2 2025-06-04T00:30:00Z "other"
at 2025-06-04T01:00:00Z
ok "an edit" sync e --recheck all
exits 75 "the server has enough" sync e --force --revisions
says 'has had enough of our requests (HTTP 429)'
is "at the first page" "$(asked one)" 3
unserve one

# ---- more pages than one run asks for, none of which can be read ----

bug state 5 2025-05-30T00:00:00Z 60
echo '/page.cgi* body=no%20page type=text/html' >rules
serve one --bugzilla state --rules rules
archive f
at 2025-06-05T00:00:00Z
ok "an archive" sync f
alter 5 '.comments[] |= (.text = "other" | .raw_text = "other")'
at 2025-06-05T01:00:00Z
ok "sixty edits" sync f --recheck all
ok "one run" sync f --force --revisions
says '^lapse: sync: bmo: pages of revisions that could not be read: 50$'
says '^lapse: sync: bmo: pages of revisions left for another --revisions: 10$'
pages | tr ' ' '\n' >asked
is "has its fifty" "$(sort -u asked | wc -l)" 50
at 2025-06-05T02:00:25Z
ok "another" sync f --revisions
pages | tr ' ' '\n' >>asked
is "begins elsewhere, so that all were asked for" "$(sort -u asked | wc -l)" 60
unserve one
finish
