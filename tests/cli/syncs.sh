# Source this after httpd.sh: a Bugzilla made up on loopback (the server `one`, of the folder `state`), archives that sync from
# it, and what was asked.

# keep FILE: what comes goes into the state in one step, so that the server sees all of it.
keep() {
	cat >state/.new && mv state/.new "state/$1"
}

# at TIME: what the clocks say now, the server's too.
at() {
	export LAPSE_NOW=$1
	[ ! -d "${2:-state}" ] || printf '{"db_time":"%s"}' "$1" >"${2:-state}/time.json"
}

# bugs FOLDER FROM TO CHANGED COMMENTS [FIELDS]: their state; FIELDS is JSON that takes the place of what is made up.
bugs() {
	mkdir -p "$1"
	jq -nc --argjson from "$2" --argjson to "$3" --arg changed "$4" --argjson n "$5" --argjson more "${6:-{\}}" 'range($from; $to + 1) as $id |
	    $id, {bugs: [{id: $id, summary: "Example Trust: bug \($id)", status: "ASSIGNED", resolution: "", product: "CA Program",
	    component: "Incidents", whiteboard: "", creator: "ca@trust.example", creation_time: "2025-01-01T00:00:00Z", last_change_time: $changed,
	    history: [], attachments: [], comments: [range($n) | {id: ($id * 1000 + .), bug_id: $id, count: ., author: "ca@trust.example",
		is_private: false, creation_time: (if . < 2 then "2025-01-02T00:00:00Z" else $changed end), text: "text \(.)", raw_text: "text \(.)",
		tags: []}]} + $more]}' |
	    while read -r id && read -r made; do
		printf '%s' "$made" >"$1/.new" && mv "$1/.new" "$1/$id.json"
	done
}

# bug FOLDER ID CHANGED COMMENTS [FIELDS]
bug() {
	bugs "$1" "$2" "$2" "$3" "$4" ${5:+"$5"}
}

# alter ID JQ: one bug of the state, changed.
alter() {
	jq -c ".bugs[0] |= ($2)" "state/$1.json" | keep "$1.json"
}

# archive DIR: one with the source bmo, which is the server `one`.
archive() {
	ok "a new archive, $1" "$LAPSE" -q init "$1"
	ok "its source" "$LAPSE" -q -C "$1" source add bmo "$one_url/buglist.cgi?product=CA%20Program&component=Incidents&order=x"
}

# sync DIR [OPTION...]
sync() {
	synced=$1
	shift
	: >one.log
	"$LAPSE" -C "$synced" sync "$@"
}

# requests: what the server was asked, without what is the same in all of it. (The server's time is less by what passed since.)
requests() {
	sed -n 's,^GET /rest/\(.*\) HTTP/1.1.*,\1,p' one.log |
	    sed 's,product=CA%20Program&component=Incidents,SEARCH,; s,include_fields=id\,last_change_time&order=bug_id&limit=1000,LIST,
		s,include_fields=id\,last_change_time$,STANDING,
		s,\(:5\)[0-9]Z,\19Z,
		s,include_fields=_default\,comments\,history\,attachments&exclude_fields=attachments.data,ALL,'
}

# were NAME REQUEST...: the requests, in any order of those that went together.
were() {
	name=$1
	shift
	requests | sort >were
	printf '%s\n' "$@" | sort >wanted
	ok "$name: the requests" diff -u wanted were
}

# record DIR: the newest capture's.
record() {
	git -C "$1" cat-file blob "HEAD:$(git -C "$1" log -1 --format='%(trailers:key=Lapse-Record,valueonly)' | head -n 1)"
}

# said DIR JQ: something of it.
said() {
	record "$1" | jq -c "$2"
}

commits() {
	git -C "$1" rev-list --count HEAD
}

posts() {
	git -C "$1" ls-tree -r --name-only HEAD threads | grep -c /posts/
}

# settled DIR: it verifies, and gets the same threads as a whole import of what the server has.
settled() {
	ok "$1 verifies" "$LAPSE" -C "$1" verify
	rm -rf whole
	ok "an import of the same" "$LAPSE" -q init whole
	ok "all of it" "$LAPSE" -q -C whole import bugzilla --source bmo --captured-at 2025-05-01 state/[1-9]*.json
	is "$1 has the same threads" "$(git -C "$1" rev-parse HEAD:threads)" "$(git -C whole rev-parse HEAD:threads)"
}
