#!/bin/sh
# Keys and private things of a sync: where they go, and where they never do; whom the program talks to at all.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
key=Sesame7c2f1e

# everything DIR: what the archive's objects hold, evidence unpacked, and its other files.
everything() {
	git -C "$1" cat-file --batch-all-objects --batch-check='%(objectname) %(objecttype)' |
	while read -r object type; do
		git -C "$1" cat-file "$type" "$object" >object
		cat object
		gzip -dc object 2>/dev/null
	done
	find "$1" -type f ! -path '*/objects/*' -exec cat {} +
}

# holds DIR TEXT: how many lines of everything have it.
holds() {
	everything "$1" | grep -a -c -e "$2"
}

# ---- a Bugzilla with secrets ----

person='{"id":1,"name":"a@ca.example","real_name":"Ann","email":"a@ca.example","nick":"a"}'
bug() {
	jq -nc --argjson id "$1" --argjson groups "$2" --argjson who "$person" '{id: $id, summary: "Bug \($id)",
	    product: "CA Program", component: "CA Certificate Compliance", status: "NEW", resolution: "", is_open: true,
	    creation_time: "2025-05-01T00:00:00Z", last_change_time: "2025-05-02T00:00:00Z", creator: "a@ca.example",
	    creator_detail: $who, assigned_to: "a@ca.example", assigned_to_detail: $who, whiteboard: "[ca-compliance]",
	    cc: [], flags: [], groups: $groups, alias: null, comment_count: 2}'
}
comments() {
	jq -nc --argjson id "$1" '{bugs: {"\($id)": {comments: [{id: ($id * 10), bug_id: $id, count: 0, text: "public words",
	    raw_text: "public words", author: "a@ca.example", creator: "a@ca.example", is_private: false, tags: [],
	    time: "2025-05-01T00:00:00Z", creation_time: "2025-05-01T00:00:00Z"}, {id: ($id * 10 + 1), bug_id: $id, count: 1,
	    text: "private words", raw_text: "private words", author: "a@ca.example", creator: "a@ca.example", is_private: true,
	    tags: [], time: "2025-05-02T00:00:00Z", creation_time: "2025-05-02T00:00:00Z"}]}}, comments: {}}'
}
mkdir state
{ bug 5 '[]' && bug 6 '["security"]'; } | jq -sc '{bugs: .}' >state/bugs.json
comments 5 >state/comments-5.json
comments 6 >state/comments-6.json
jq -nc --arg key "$key" '{key: $key}' >state/server.json
printf '{"db_time":"2025-06-01T00:00:00Z","web_time":"2025-06-01T00:00:00Z"}' >state/time.json
search='product=CA%20Program&component=CA%20Certificate%20Compliance'
mkdir -p "$XDG_CONFIG_HOME/lapse"

# ---- with and without a key ----

serve bz --bugzilla state --gzip
ok "an archive for all" "$LAPSE" -q init public
ok "its source" "$LAPSE" -q -C public source add bmo "$bz_url/buglist.cgi?$search"
ok "a sync without a key" "$LAPSE" -C public sync
is "it is sent none" "$(grep -c -i -e api-key -e authorization -e cookie bz.log)" 0
ok "it has the public words" test "$(holds public 'public words')" -gt 0
is "no private ones" "$(holds public 'private words')" 0
is "not the hidden bug" "$(holds public 'Bug 6')" 0

printf '127.0.0.1:%s %s\n' "$bz_port" "$key" >"$XDG_CONFIG_HOME/lapse/keys"
chmod 600 "$XDG_CONFIG_HOME/lapse/keys"
: >bz.log
ok "an archive for some" "$LAPSE" -q init private
ok "its source" "$LAPSE" -q -C private source add bmo "$bz_url/buglist.cgi?$search"
ok "a sync with a key" "$LAPSE" -C private sync
ok "it is sent" test "$(grep -c "^X-BUGZILLA-API-KEY: $key.\$" bz.log)" -gt 1
is "with every request" "$(grep -c "^X-BUGZILLA-API-KEY: $key.\$" bz.log)" "$(asked bz)"
is "in no address" "$(grep '^GET' bz.log | grep -c "$key")" 0
ok "the archive has the private words" test "$(holds private 'private words')" -gt 0
ok "and the hidden bug" test "$(holds private 'Bug 6')" -gt 0
is "but not the key" "$(holds private "$key")" 0
is "nor what it is sent as" "$(everything private | grep -a -i -c 'x-bugzilla-api-key')" 0
ok "evidence is kept" git -C private rev-parse --verify -q refs/heads/evidence
cat "$out" "$err" >said
find "$XDG_STATE_HOME" "$XDG_CACHE_HOME" -type f -exec cat {} + >>said 2>/dev/null
is "it is said and noted nowhere" "$(grep -a -c "$key" said)" 0

# ---- an archive of a stranger ----

serve stranger --listen 127.0.0.2 --bugzilla state
ok "an archive that names another host" "$LAPSE" -q init strange
ok "its source" "$LAPSE" -q -C strange source add bmo "$stranger_url/buglist.cgi?$search"
ok "is synced" "$LAPSE" -C strange sync
is "without the key" "$(grep -c -i -e "$key" -e api-key stranger.log)" 0
: >stranger.log
printf '/rest/* redirect=%s/rest/time\n' "$stranger_url" >rules
unserve bz
serve bz --port "$bz_port" --rules rules
for archive in private public; do
	exits 3 "a server that sends $archive elsewhere" "$LAPSE" -C "$archive" sync --force
	says 'redirected to another place, which is not followed: http://127.0.0.2:'
done
is "is not followed" "$(met stranger)" 0
printf '127.0.0.1:%s %s1\n' "$bz_port" "$key" >"$XDG_CONFIG_HOME/lapse/keys"
unserve bz
serve bz --port "$bz_port" --bugzilla state
exits 3 "a key that is wrong" "$LAPSE" -C private sync --force
says 'API key'
is "is not repeated" "$(grep -c "$key" "$err")" 0
chmod 644 "$XDG_CONFIG_HOME/lapse/keys"
: >bz.log
exits 3 "a key that others may read" "$LAPSE" -C private sync --force
says "$XDG_CONFIG_HOME/lapse/keys: it holds a key and its mode is 0644"
is "is sent to nobody" "$(met bz)" 0

# ---- whom it talks to ----

printf '127.0.0.1:%s %s\n' "$bz_port" "$key" >"$XDG_CONFIG_HOME/lapse/keys"
chmod 600 "$XDG_CONFIG_HOME/lapse/keys"
if strace -o /dev/null true 2>/dev/null; then
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0	# it cannot look for them while it is traced
	ok "a sync, traced" strace -f -s 100000 -o trace -e trace=network,write,writev,pwrite64 \
	    "$LAPSE" -C private sync --force --full --always
	ok "it connects" grep -q 'connect(.*AF_INET.*127\.0\.0\.1' trace
	is "to nobody but this machine" "$(grep -E '(connect|sendto|sendmsg|sendmmsg)\(.*AF_' trace | grep -v 'AF_UNIX' |
	    grep -v -c "htons($bz_port), sin_addr=inet_addr(\"127.0.0.1\")")" 0
	ok "the key leaves by the network" grep -q "sendto(.*$key" trace
	is "and in no other way" "$(grep "$key" trace | grep -v -c -E '^[0-9]+ +sendto\(')" 0
	exits 75 "a sync offline, traced" strace -f -o trace -e trace=network "$LAPSE" -C private sync --offline
	says 'offline (--offline or LAPSE_OFFLINE): nothing is asked$'
	is "no socket of the internet" "$(grep -c 'AF_INET' trace)" 0
	ok "a sync that only shows" strace -f -o trace -e trace=network "$LAPSE" -C private sync --dry-run
	is "neither" "$(grep -c 'AF_INET' trace)" 0
	for command in list "log bmo:5" status gaps verify "source list" "show bmo:5"; do
		# shellcheck disable=SC2086
		strace -f -o trace -e trace=socket,connect "$LAPSE" -C private $command >"$out" 2>"$err"
		ok "$command: traced" grep -q -E 'exited with [01] ' trace
		is "$command opens no socket" "$(grep -c -E '(socket|connect)\(' trace)" 0
	done
else
	echo "skipped: strace is not here"
fi
finish
